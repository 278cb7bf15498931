//! Which media count at all, and what was approved.

use super::readings::MEDIUM;
use crate::{
    Truth,
    approval::{Approval, ApprovedUse, Expiry},
    case::Case,
    ledger::Recorded,
    media::{Medium, MediumId, MediumKind},
    roll::RollId,
    verdict::{Node, Reference},
};
use std::cell::LazyCell;

/// Whether a medium is of those that count.
pub(super) fn judge(case: &Case<'_>, roll: &RollId, id: Option<&MediumId>) -> Node {
    let Some(id) = id else {
        return Node::new(
            &MEDIUM,
            "unknown medium",
            Truth::Unknown,
            "nobody says which medium it is",
        )
        .remedied(|| "report the copy again, naming its medium".to_owned());
    };
    let Some(Recorded { at, says: medium, .. }) = case.medium(id) else {
        return Node::new(&MEDIUM, id.as_str(), Truth::Unknown, "the medium is not recorded")
            .remedied(|| format!("record the medium {id} with its kind"));
    };
    let cited = [Reference::Event(at.clone())];
    let mut approvals = Vec::new();
    let listed = listed(case, medium, |usage| {
        let (approved, why, events) = approved(case, &usage, id, roll);
        approvals = events;
        (approved, why)
    });
    let (outcome, why) = match (listed, case.otherwise(medium)) {
        ((Truth::Yes, why), Some(other)) => {
            let otherwise = format!("{why}, and by its name {} {}", other.id, other.describe());
            (Truth::Unknown, otherwise)
        }
        (listed, _) => listed,
    };
    Node::new(&MEDIUM, id.as_str(), outcome, why)
        .remedied(|| match (&medium.kind, outcome) {
            (Some(MediumKind::ContentHub), _) => {
                format!("record an approval of the content hub {id} that covers {roll}")
            }
            (_, Truth::Unknown) => format!("record what is missing about {id}"),
            _ => "copy the roll to a medium that the profile lists".to_owned(),
        })
        .citing(cited.into_iter().chain(approvals))
}

/// Whether the profile lists a medium of this description; `approved` tells of a use that it asks an
/// approval for.
fn listed(
    case: &Case<'_>,
    medium: &Medium,
    approved: impl FnOnce(ApprovedUse) -> (Truth, String),
) -> (Truth, String) {
    let media = &case.profile.media;
    let what = medium.describe();
    let unlisted = |listed: bool| match listed {
        true => (Truth::Yes, what.clone()),
        false => (Truth::No, format!("{what} is not of the media that count")),
    };
    match &medium.kind {
        None => (Truth::Unknown, "nobody says what kind of medium it is".to_owned()),
        Some(MediumKind::CaptureDevice) => (media.capture_device.into(), what),
        Some(MediumKind::SingleDrive) => {
            (media.single_drive.into(), format!("one drive by itself ({what})"))
        }
        Some(MediumKind::Raid) => match &medium.level {
            None => (Truth::Unknown, "the level of the RAID is not recorded".to_owned()),
            // What is barred is for R4 to say.
            Some(level) if media.raid_levels_barred.contains(level) => (Truth::Yes, what),
            Some(level) => unlisted(media.raid_levels.contains(level)),
        },
        Some(MediumKind::Lto) => match (medium.generation, &medium.file_system) {
            (Some(generation), _) if !media.lto_generations.contains(&generation) => {
                unlisted(false)
            }
            (_, Some(system)) if !has_word(&media.lto_file_systems, system) => {
                (Truth::No, format!("{what} written in {system} is not of the media that count"))
            }
            (Some(_), Some(_)) => (Truth::Yes, what),
            (None, _) => (Truth::Unknown, "the tape's generation is not recorded".to_owned()),
            (_, None) => (Truth::Unknown, "how the tape is written is not recorded".to_owned()),
        },
        Some(MediumKind::ContentHub) => {
            let (approved, why) = approved(ApprovedUse::ContentHub);
            (Truth::from(media.content_hub).and(approved), format!("content hub, {why}"))
        }
        Some(MediumKind::Other(kind)) => {
            (Truth::Unknown, format!("the profile knows no kind of medium called {kind}"))
        }
    }
}

fn has_word<'a>(words: impl IntoIterator<Item = &'a String>, word: &str) -> bool {
    words.into_iter().any(|listed| listed.eq_ignore_ascii_case(word.trim()))
}

/// The type that a medium adds for R2; `None` is unknown.
pub(super) fn class(medium: Option<&Medium>) -> Option<&MediumKind> {
    match medium?.kind.as_ref()? {
        MediumKind::Other(_) => None,
        kind => Some(kind),
    }
}

/// Whether a use of a medium for a roll is approved, why, and by which events. An approval that
/// is not recorded does not exist; a part of one that is not recorded is unknown.
pub(super) fn approved(
    case: &Case<'_>,
    usage: &ApprovedUse,
    medium: &MediumId,
    roll: &RollId,
) -> (Truth, String, Vec<Reference>) {
    // What the roll is takes a look at all that was seen of it: once, and only if one asks.
    let content = LazyCell::new(|| case.current(roll).content);
    let judged = case
        .state
        .approvals
        .iter()
        .filter(|approval| in_scope(&approval.says, medium, roll) != Truth::No)
        .map(|approval| {
            (one_approval(case, &approval.says, usage, medium, roll, || *content), approval)
        });
    let best = judged.max_by_key(|(outcome, _)| *outcome);
    match best {
        Some((outcome @ (Truth::Yes | Truth::Unknown), approval)) => {
            let why = match outcome {
                Truth::Yes => "approved",
                _ => "its approval lacks its use, scope, author or expiry",
            };
            (outcome, why.to_owned(), vec![Reference::Event(approval.at.clone())])
        }
        _ => (Truth::No, "no approval on record covers it".to_owned(), Vec::new()),
    }
}

/// Whether an approval is for this roll on this medium.
fn in_scope(approval: &Approval, medium: &MediumId, roll: &RollId) -> Truth {
    let rolls = approval.rolls.as_ref().map(|scope| scope.covers(roll));
    let media = approval.media.as_ref().map(|scope| scope.covers(medium));
    rolls.unwrap_or(Truth::Unknown).and(media.unwrap_or(Truth::Unknown))
}

fn one_approval<'a>(
    case: &Case<'_>,
    approval: &Approval,
    usage: &ApprovedUse,
    medium: &MediumId,
    roll: &RollId,
    current: impl Fn() -> Option<&'a str>,
) -> Truth {
    let unless_absent = |truth: Option<Truth>| truth.unwrap_or(Truth::Unknown);
    let of_use = unless_absent(approval.usage.as_ref().map(|of| match of {
        ApprovedUse::Other(_) => Truth::Unknown,
        of => Truth::from(of == usage),
    }));
    let approver = &case.profile.media.approver;
    let by = unless_absent(
        approval.by.as_ref().map(|by| by.trim().eq_ignore_ascii_case(approver).into()),
    );
    let lasts = unless_absent(approval.expires.map(|expires| match expires {
        Expiry::Never(_) => Truth::Yes,
        Expiry::At(end) => (case.now < end).into(),
    }));
    let content = approval.content.as_ref().map_or(Truth::Yes, |named| {
        let named = crate::evidence::content(named);
        current().map(|content| Some(content) == named).into()
    });
    Truth::all([of_use, by, in_scope(approval, medium, roll), lasts, content])
}

#[cfg(test)]
mod tests {
    use super::super::tests::*;
    use mhl_core::Grade;

    #[test]
    fn table_of_media() {
        let lab = |patch| patched("medium", "serial:LAB", patch);
        let cases = [
            ("RAID 6", day(), Yes),
            ("RAID 50", lab(json!({"level": "RAID 50"})), Yes),
            ("RAID 1", lab(json!({"level": "1"})), No),
            ("RAID-Z2", lab(json!({"level": "z2"})), No),
            ("RAID of unknown level", lab(json!({"level": null})), Unknown),
            ("one drive", lab(json!({"kind": "single-drive"})), No),
            (
                "LTO-8 in LTFS",
                lab(json!({"kind": "lto", "generation": 8, "file_system": "ltfs"})),
                Yes,
            ),
            ("LTO-9", lab(json!({"kind": "lto", "generation": 9, "file_system": "ltfs"})), No),
            ("LTO-9, written somehow", lab(json!({"kind": "lto", "generation": 9})), No),
            (
                "LTO-7 in tar",
                lab(json!({"kind": "lto", "generation": 7, "file_system": "tar"})),
                No,
            ),
            ("LTO-7, written somehow", lab(json!({"kind": "lto", "generation": 7})), Unknown),
            (
                "LTO of unknown generation",
                lab(json!({"kind": "lto", "file_system": "ltfs"})),
                Unknown,
            ),
            ("a kind that nobody knows", lab(json!({"kind": "drum"})), Unknown),
            ("of no kind", lab(json!({"kind": null})), Unknown),
            ("not recorded", without("medium", "serial:LAB"), Unknown),
        ];
        table(&super::MEDIUM, "serial:LAB", &cases);
    }

    #[test]
    fn table_of_hubs() {
        let hub = |approval| {
            let mut steps = patched("medium", "serial:LAB", json!({"kind": "content-hub"}));
            steps.push(event("approval", approval));
            steps
        };
        let cases = [
            ("not approved", patched("medium", "serial:LAB", json!({"kind": "content-hub"})), No),
            (
                "approved",
                hub(
                    json!({"use": "content-hub", "by": "Netflix", "media": "all", "rolls": "all", "expires": "never"}),
                ),
                Yes,
            ),
            (
                "a receipt for this content",
                hub(
                    json!({"use": "content-hub", "by": "Netflix", "media": "all", "rolls": ["A001"], "expires": "never", "content": format!("c4:{}", c4("A001"))}),
                ),
                Yes,
            ),
            (
                "a receipt for other content",
                hub(
                    json!({"use": "content-hub", "by": "Netflix", "media": "all", "rolls": ["A001"], "expires": "never", "content": c4("B001")}),
                ),
                No,
            ),
            (
                "approved by nobody known",
                hub(
                    json!({"use": "content-hub", "media": "all", "rolls": "all", "expires": "never"}),
                ),
                Unknown,
            ),
            (
                "row 104: approved for a use that nobody knows",
                hub(
                    json!({"use": "everything", "by": "Netflix", "media": "all", "rolls": "all", "expires": "never"}),
                ),
                Unknown,
            ),
            (
                "approved for something",
                hub(json!({"by": "Netflix", "media": "all", "rolls": "all", "expires": "never"})),
                Unknown,
            ),
        ];
        table(&super::MEDIUM, "serial:LAB", &cases);
    }

    /// By default a store's own checksum is too weak, and a profile may accept it.
    #[test]
    fn a_hub_counts_with_approval_and_a_profile_that_takes_its_checksum() {
        let mut steps = reported("A001", |r| r.copies[1].grade = Some(Grade::ObjectStore));
        let index = steps.iter().position(|step| {
            matches!(step, Step::Event { kind: "medium", data } if data["id"] == "serial:LAB")
        });
        steps[index.unwrap()] = event("medium", json!({"id": "serial:LAB", "kind": "content-hub"}));
        steps.push(event(
            "approval",
            json!({"use": "content-hub", "by": "Netflix", "media": "all", "rolls": "all", "expires": "never"}),
        ));
        let question = crate::Question::roll("A001");
        assert_eq!(judged(&steps, &question).decision, crate::Decision::Withheld);
        let text = crate::Profile::DEFAULT.replace("minimum_grade = 6", "minimum_grade = 4");
        let profile = crate::Profile::from_toml(&text).unwrap();
        let verdict = crate::clear(&ledger_of(&steps), &question, &profile, now());
        assert_eq!(verdict.decision, crate::Decision::Cleared, "{verdict}");
    }

    #[test]
    fn what_would_make_a_medium_count_is_said() {
        let said =
            |patch| said(&patched("medium", "serial:LAB", patch), &super::MEDIUM, "serial:LAB").1;
        assert_eq!(
            said(json!({"kind": "content-hub"})),
            "record an approval of the content hub serial:LAB that covers A001"
        );
        assert_eq!(said(json!({"level": null})), "record what is missing about serial:LAB");
        assert_eq!(said(json!({"level": "1"})), "copy the roll to a medium that the profile lists");
    }

    #[test]
    fn an_approval_is_told_as_one() {
        let mut steps = patched("medium", "serial:LAB", json!({"kind": "content-hub"}));
        let approval = json!({"use": "content-hub", "by": "Netflix", "media": "all", "rolls": "all", "expires": "never"});
        steps.push(event("approval", approval));
        assert_eq!(said(&steps, &super::MEDIUM, "serial:LAB").0, "content hub, approved");
    }

    /// A level that the profile bars is R4's to refuse, and is of the media all the same.
    #[test]
    fn what_is_barred_is_not_told_twice() {
        let barred = patched("medium", "serial:LAB", json!({"level": "0"}));
        table(&super::MEDIUM, "serial:LAB", &[("RAID 0", barred, Yes)]);
    }
}
