use super::{Rule, copies::Standing, media};
use crate::{
    Truth,
    approval::ApprovedUse,
    case::Case,
    media::{MediumKind, MediumRole},
    roll::RollId,
    verdict::Node,
};

pub(super) const RULE: Rule = Rule::minimum(
    "F1",
    "LTO tapes (LTO6, LTO7, LTO8, written in LTFS format). Netflix's Content Hub (Pending Netflix Approval). RAID 5, 6, or 10 (or above) storage (Pending Netflix Approval)",
);

/// The format of one copy. Whether its medium counts at all is judged with the copy: here a tape
/// needs nothing more, a hub its one approval, a RAID its role and an approval for it.
pub(super) fn judge(case: &Case<'_>, roll: &RollId, standing: &Standing<'_>) -> Node {
    let archive = &case.profile.final_archive;
    let approved = |usage| match &standing.id.medium {
        Some(medium) => media::approved(case, &usage, medium, roll),
        None => (Truth::Unknown, "its medium is unknown".to_owned(), Vec::new()),
    };
    let mut cited = Vec::new();
    let kind = standing.medium.and_then(|medium| medium.kind.as_ref());
    let (outcome, reason) = match kind {
        Some(MediumKind::Lto) => (archive.lto.into(), "a tape".to_owned()),
        Some(MediumKind::ContentHub) => {
            let (outcome, why, events) = approved(ApprovedUse::ContentHub);
            cited = events;
            (Truth::from(archive.content_hub).and(outcome), format!("a content hub, {why}"))
        }
        Some(MediumKind::Raid) => {
            let (outcome, why, events) = approved(ApprovedUse::RaidFinal);
            cited = events;
            let role = match standing.medium.and_then(|medium| medium.role.as_ref()) {
                Some(MediumRole::Final) => Truth::Yes,
                Some(MediumRole::Other(_)) | None => Truth::Unknown,
                Some(_) => Truth::No,
            };
            let why = if role == Truth::Yes { why } else { "not in the role final".to_owned() };
            (Truth::all([archive.raid.into(), role, outcome]), format!("a RAID, {why}"))
        }
        Some(MediumKind::Other(_)) | None => (Truth::Unknown, "its medium is unknown".to_owned()),
        Some(kind) => (Truth::No, format!("{kind} is no final archival format")),
    };
    let subject = match &standing.id.medium {
        Some(medium) => format!("{roll} on {medium}"),
        None => format!("{roll} on an unknown medium"),
    };
    Node::new(&RULE, subject, outcome, reason).citing(cited)
}

#[cfg(test)]
mod tests {
    use super::super::tests::*;

    #[test]
    fn table_of_cases() {
        let approved = |usage: &str, by: &str| {
            event(
                "approval",
                json!({"use": usage, "by": by, "media": "all", "rolls": "all", "expires": "never"}),
            )
        };
        let raid = |role: Option<&str>| {
            let steps =
                role.map_or(day(), |role| patched("medium", "serial:LAB", json!({"role": role})));
            steps.into_iter().chain([approved("raid-final", "Netflix")]).collect()
        };
        let hub = |by: Option<&str>| {
            let steps = patched("medium", "serial:LAB", json!({"kind": "content-hub"}));
            steps.into_iter().chain(by.map(|by| approved("content-hub", by))).collect()
        };
        let cases = [
            (
                "approved",
                day_and([
                    event("medium", json!({"id": "serial:LAB", "role": "final"})),
                    event(
                        "approval",
                        json!({"use": "raid-final", "by": "Netflix", "media": ["serial:LAB"], "rolls": ["A001"], "expires": "2026-03-07T00:00:00Z"}),
                    ),
                ]),
                Yes,
            ),
            (
                "expired",
                day_and([
                    event("medium", json!({"id": "serial:LAB", "role": "final"})),
                    event(
                        "approval",
                        json!({"use": "raid-final", "by": "Netflix", "media": ["serial:LAB"], "rolls": ["A001"], "expires": "2026-03-06T09:00:00Z"}),
                    ),
                ]),
                No,
            ),
            (
                "for another roll",
                day_and([
                    event("medium", json!({"id": "serial:LAB", "role": "final"})),
                    event(
                        "approval",
                        json!({"use": "raid-final", "by": "Netflix", "media": ["serial:LAB"], "rolls": ["B001"], "expires": "never"}),
                    ),
                ]),
                No,
            ),
            (
                "for another use",
                day_and([
                    event("medium", json!({"id": "serial:LAB", "role": "final"})),
                    event(
                        "approval",
                        json!({"use": "content-hub", "by": "Netflix", "media": "all", "rolls": "all", "expires": "never"}),
                    ),
                ]),
                No,
            ),
            (
                "by another",
                day_and([
                    event("medium", json!({"id": "serial:LAB", "role": "final"})),
                    event(
                        "approval",
                        json!({"use": "raid-final", "by": "DIT", "media": "all", "rolls": "all", "expires": "never"}),
                    ),
                ]),
                No,
            ),
            (
                "without expiry",
                day_and([
                    event("medium", json!({"id": "serial:LAB", "role": "final"})),
                    event(
                        "approval",
                        json!({"use": "raid-final", "by": "Netflix", "media": "all", "rolls": "all"}),
                    ),
                ]),
                Unknown,
            ),
            (
                "without scope",
                day_and([
                    event("medium", json!({"id": "serial:LAB", "role": "final"})),
                    event(
                        "approval",
                        json!({"use": "raid-final", "by": "Netflix", "expires": "never"}),
                    ),
                ]),
                Unknown,
            ),
            (
                "for other content",
                day_and([
                    event("medium", json!({"id": "serial:LAB", "role": "final"})),
                    event(
                        "approval",
                        json!({"use": "raid-final", "by": "Netflix", "media": "all", "rolls": "all", "expires": "never", "content": c4("other")}),
                    ),
                ]),
                No,
            ),
            ("none", day(), No),
            ("a RAID that holds it for a while", raid(Some("temporary")), No),
            ("a RAID of a role that nobody knows", raid(Some("shelf")), Unknown),
            ("a RAID of no role", raid(None), Unknown),
            ("a content hub, approved", hub(Some("Netflix")), Yes),
            ("a content hub, approved by another", hub(Some("DIT")), No),
            ("a content hub, not approved", hub(None), No),
        ];
        storage_table(&super::RULE, "A001 on serial:LAB", &cases);
    }
}
