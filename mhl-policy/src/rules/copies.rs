//! Copies of a roll, each judged by every filter: which of them count.

use super::{
    c1, c2, c3, c4, media, r4,
    readings::{AFTER, AGE, CONDITION, COPY, FRESH},
};
use crate::{
    Truth,
    case::{Case, Current},
    copy::{CopyId, RollCopy, Seen},
    device::Device,
    ledger::{MediumState, Recorded},
    media::{Condition, Medium, MediumId, MediumKind},
    place::{Place, PlaceId, comparable},
    roll::RollId,
    verdict::{JudgedCopy, Node, Reference},
};
use mhl_core::Status;
use std::collections::BTreeSet;

/// A copy and whether it counts.
pub(super) struct Standing<'a> {
    pub(super) id: &'a CopyId,
    /// The device that it stands on; `None` when its medium is unknown.
    pub(super) device: Option<Device>,
    pub(super) medium: Option<&'a Medium>,
    pub(super) place: Whereabouts<'a>,
    /// Whether it counts, after the wipe.
    pub(super) counts: Truth,
    /// The evidence that it stands on.
    pub(super) seen: Option<&'a Seen>,
    pub(super) node: Node,
}

impl Standing<'_> {
    /// The same without its step, to be imagined otherwise.
    pub(super) fn bare(&self) -> Self {
        let node = Node::new(&COPY, "", self.counts, "");
        Standing { device: self.device.clone(), node, ..*self }
    }

    /// The copy as a verdict shows it.
    pub(super) fn judged(&self) -> JudgedCopy {
        let place = match self.place {
            Whereabouts::At(place) => Some(place),
            _ => None,
        };
        JudgedCopy {
            roll: self.id.roll.clone(),
            medium: self.id.medium.clone(),
            root: self.id.root.clone(),
            kind: self.medium.map(Medium::describe),
            place: place.map(|place| place.id.clone()),
            site: place.and_then(|place| place.site.clone()),
            counts: self.counts,
            reason: whys(&self.node).join("; "),
            event: self.seen.map(|seen| seen.at.clone()),
            manifest: self.seen.and_then(|seen| Some(seen.found.manifest.as_ref()?.c4.clone())),
            grade: self.seen.and_then(|seen| seen.found.grade),
        }
    }
}

/// Where a copy is.
#[derive(Clone, Copy)]
pub(super) enum Whereabouts<'a> {
    Unknown,
    InTransit,
    /// On its way by one name of its device, and not by another.
    PerhapsInTransit,
    At(&'a Place),
    /// Imagined: at a recorded site that may be any other copy's.
    Somewhere,
    /// Imagined: at a recorded site, and in a zone, where no other copy is.
    Elsewhere,
}

impl Whereabouts<'_> {
    /// Whether two copies stand at different sites. `zoned`: at least one site has a threat zone,
    /// so that a site without one is unknown.
    pub(super) fn differs(&self, other: &Self, zoned: bool, in_transit: Truth) -> Truth {
        let (a, b) = match (self, other) {
            (Whereabouts::PerhapsInTransit, _) | (_, Whereabouts::PerhapsInTransit) => {
                return in_transit.and(Truth::Unknown);
            }
            (Whereabouts::InTransit, _) | (_, Whereabouts::InTransit) => return in_transit,
            (Whereabouts::Unknown, _) | (_, Whereabouts::Unknown) => return Truth::Unknown,
            (Whereabouts::At(a), Whereabouts::At(b)) => (a, b),
            // Two that are taken elsewhere may be taken to one site.
            (Whereabouts::Elsewhere, Whereabouts::Elsewhere) => return Truth::No,
            (Whereabouts::Elsewhere, _) | (_, Whereabouts::Elsewhere) => return Truth::Yes,
            (Whereabouts::Somewhere, _) | (_, Whereabouts::Somewhere) => return Truth::No,
        };
        let differ = |a: &Option<String>, b: &Option<String>| match (a, b) {
            (Some(a), Some(b)) => Truth::from(comparable(a) != comparable(b)),
            _ => Truth::Unknown,
        };
        let sites = if a.id == b.id { Truth::No } else { differ(&a.site, &b.site) };
        if zoned { sites.and(differ(&a.zone, &b.zone)) } else { sites }
    }
}

/// Whether any site has a threat zone: then a site without one is unknown.
pub(super) fn are_zoned(case: &Case<'_>) -> bool {
    case.state.places.values().any(|place| place.says.zone.is_some())
}

/// Every copy of a roll that is held, judged.
pub(super) fn standings<'a>(case: &Case<'a>, roll: &RollId) -> Vec<Standing<'a>> {
    let current = case.current(roll);
    case.copies(roll).map(|(id, copy)| standing(case, &current, id, copy)).collect()
}

fn standing<'a>(
    case: &Case<'a>,
    current: &Current<'_>,
    id: &'a CopyId,
    copy: &'a RollCopy,
) -> Standing<'a> {
    let device = case.devices.of_copy(id);
    let state = id.medium.as_ref().and_then(|medium| case.state.media.get(medium));
    let medium = state.and_then(|state| state.medium.as_ref()).map(|medium| &medium.says);
    let subject = match &id.medium {
        Some(medium) => format!("{} on {medium}, {}", id.roll, id.root),
        None => format!("{} on an unknown medium, {}", id.roll, id.root),
    };
    let mut filters = vec![after(case, &subject, device.as_ref())];
    let mut seen = copy.standing_evidence().next_back();
    // What will not be there needs no further reason.
    if filters.iter().all(|after| after.outcome != Truth::No) {
        filters.extend([
            media::judge(case, &id.roll, id.medium.as_ref()),
            r4::judge(case, &subject, medium),
            condition(case, &subject, id.medium.as_ref(), device.as_ref()),
        ]);
        filters.extend(replaced(case, &subject, id, copy, device.as_ref()));
        let failed = failed_elsewhere(case, id, device.as_ref());
        let (judged, best) = evidence(case, current, &subject, copy, failed);
        filters.extend(judged);
        seen = best;
    }
    if medium.is_some_and(|medium| medium.kind == Some(MediumKind::CaptureDevice)) {
        // It waits to be wiped itself: nobody is advised to make it count.
        filters.iter_mut().for_each(|filter| filter.remedy = None);
    }
    let node = Node::all(&COPY, subject, filters);
    let place = whereabouts(case, device.as_ref());
    Standing { id, device, medium, place, counts: node.outcome, seen, node: told(node) }
}

/// What is recorded of a device by any of its names.
fn names<'a>(case: &Case<'a>, device: Option<&Device>) -> Vec<(&'a MediumId, &'a MediumState)> {
    let names = device.into_iter().flat_map(|device| case.devices.media_of(device));
    names.filter_map(|name| case.state.media.get_key_value(name)).collect()
}

/// Where a device is. Nobody knows where one is that stands at two places by two names, or of which
/// the latest that was said by one name is no place.
fn whereabouts<'a>(case: &Case<'a>, device: Option<&Device>) -> Whereabouts<'a> {
    let names = names(case, device);
    let moved = |moved: &Recorded<Condition>| moved.says == Condition::InTransit;
    let (moving, others): (Vec<_>, Vec<_>) =
        names.iter().partition(|(_, state)| state.condition.as_ref().is_some_and(moved));
    let told = |state: &MediumState| state.condition.is_some() || state.place.is_some();
    if !moving.is_empty() {
        return match others.iter().any(|(_, state)| told(state)) {
            true => Whereabouts::PerhapsInTransit,
            false => Whereabouts::InTransit,
        };
    }
    if names.iter().any(|(_, state)| state.condition.is_some() && state.place.is_none()) {
        return Whereabouts::Unknown;
    }
    let places = names.iter().filter_map(|(_, state)| state.place.as_ref());
    let places: BTreeSet<&PlaceId> = places.map(|place| &place.says).collect();
    let place = match (places.first(), places.len()) {
        (Some(place), 1) => case.state.places.get(*place),
        _ => None,
    };
    place.map_or(Whereabouts::Unknown, |place| Whereabouts::At(&place.says))
}

/// The copy's step says at once why it does not count.
fn told(mut node: Node) -> Node {
    node.reason = match node.outcome {
        Truth::Yes => "it counts".to_owned(),
        outcome => {
            let verb = if outcome == Truth::No { "it does not count" } else { "it may not count" };
            format!("{verb} ({})", whys(&node).join("; "))
        }
    };
    node
}

/// The filters that a copy does not pass, each with its reason; none where it counts.
fn whys(node: &Node) -> Vec<String> {
    let open = |filter: &&Node| filter.outcome == node.outcome && filter.level == COPY.level;
    let failing = node.children.iter().filter(open).filter(|_| node.outcome != Truth::Yes);
    failing.map(|filter| format!("{}: {}", filter.rule, filter.reason)).collect()
}

fn after(case: &Case<'_>, subject: &str, device: Option<&Device>) -> Node {
    let among = |devices: &BTreeSet<Device>| device.is_some_and(|device| devices.contains(device));
    if among(&case.gone) {
        return Node::new(&AFTER, subject, Truth::No, "it is imagined gone");
    }
    if among(&case.perhaps_gone) {
        return Node::new(&AFTER, subject, Truth::Unknown, "it may be gone");
    }
    match among(&case.wiped) {
        true if case.profile.redundancy.wiped_medium_counts => {
            Node::new(&AFTER, subject, Truth::Yes, "it will be wiped, and the profile counts it")
        }
        true => Node::new(
            &AFTER,
            subject,
            Truth::No,
            "it is on the device that is to be wiped, whatever it is called",
        ),
        false => Node::new(&AFTER, subject, Truth::Yes, "it is left after the wipe"),
    }
}

/// Whether the copy's device is where it can be counted on, by what is recorded of any of its names.
fn condition(
    case: &Case<'_>,
    subject: &str,
    medium: Option<&MediumId>,
    device: Option<&Device>,
) -> Node {
    let names = names(case, device);
    let moved = names.iter().filter_map(|(name, state)| Some((*name, state.condition.as_ref()?)));
    let judged = moved.map(|(name, moved)| (answer(case, name, &moved.says), name, moved));
    // Of several, the worst.
    let Some((answer, name, moved)) = judged.min_by_key(|(answer, ..)| *answer) else {
        return Node::new(&CONDITION, subject, Truth::Yes, "nothing says that it left its place");
    };
    let called =
        if Some(name) == medium { String::new() } else { format!(", by its name {name},") };
    Node::new(&CONDITION, subject, answer, format!("the medium{called} is {}", moved.says))
        .remedied(|| "bring the medium back and verify the copy, or make another".to_owned())
        .citing([Reference::Event(moved.at.clone())])
}

fn answer(case: &Case<'_>, medium: &MediumId, moved: &Condition) -> Truth {
    let readings = &case.profile.conditions;
    match moved {
        Condition::InPlace => Truth::Yes,
        Condition::InTransit => readings.in_transit.into(),
        Condition::Offline => match case.kind(medium) {
            Some(MediumKind::Lto) => readings.offline_lto.into(),
            Some(_) => readings.offline_other.into(),
            None => Truth::Unknown,
        },
        Condition::Lost => readings.lost.into(),
        Condition::Failed => readings.failed.into(),
        Condition::Retired => readings.retired.into(),
        Condition::Other(_) => Truth::Unknown,
    }
}

/// Another roll was seen where this one had been: a folder holds one, and this one is gone unless it
/// was seen there again.
fn replaced(
    case: &Case<'_>,
    subject: &str,
    id: &CopyId,
    copy: &RollCopy,
    device: Option<&Device>,
) -> Option<Node> {
    let last = copy.since_wiped().rev().find(|seen| seen.content.is_some())?;
    let names = names(case, device)
        .into_iter()
        .map(|(name, _)| CopyId { medium: Some(name.clone()), ..id.clone() });
    let names: Vec<CopyId> = names.collect();
    let there = names.iter().flat_map(|place| case.state.at_the_same_place(place));
    let others = there.filter(|(other, _)| other.roll != id.roll);
    let other = |seen: &&Seen| {
        (seen.at > last.at || seen.time > last.time)
            && seen.content.is_some()
            && seen.content != last.content
    };
    let seen = others.flat_map(|(other, copy)| copy.since_wiped().map(move |seen| (other, seen)));
    let (roll, seen) = seen.filter(|(_, seen)| other(seen)).max_by_key(|(_, seen)| &seen.at)?;
    let reason = format!("{} was seen there since", roll.roll);
    let replaced = Node::new(&FRESH, subject, Truth::No, reason)
        .remedied(|| "verify what stands there against the roll's list".to_owned());
    Some(replaced.citing([Reference::Event(seen.at.clone())]))
}

/// The latest report that found the roll wanting on the same medium or device, below another
/// folder: a drive that is mounted elsewhere is still the same drive.
fn failed_elsewhere<'a>(
    case: &Case<'a>,
    id: &CopyId,
    device: Option<&Device>,
) -> Option<(&'a CopyId, &'a Seen)> {
    let others = case.copies(&id.roll).filter(|(other, _)| {
        let same_medium = other.medium.is_some() && other.medium == id.medium;
        let same_device = device.is_some() && case.devices.of_copy(other).as_ref() == device;
        *other != id && (same_medium || same_device)
    });
    let failures = others.flat_map(|(other, copy)| {
        copy.standing_evidence().filter(|seen| c1::is_failed(seen)).map(move |seen| (other, seen))
    });
    failures.max_by_key(|(_, seen)| &seen.at)
}

/// `C1` to `C4` and how the evidence stands to the card's latest scan; and the evidence that was
/// judged.
fn evidence<'a>(
    case: &Case<'_>,
    current: &Current<'_>,
    subject: &str,
    copy: &'a RollCopy,
    failed_elsewhere: Option<(&CopyId, &Seen)>,
) -> (Vec<Node>, Option<&'a Seen>) {
    let after = failed_elsewhere.map(|(_, failed)| &failed.at);
    let standing: Vec<&'a Seen> =
        copy.standing_evidence().filter(|seen| Some(&seen.at) > after).collect();
    if let (true, Some((other, failed))) = (standing.is_empty(), failed_elsewhere) {
        return (vec![c1::judge_failed_elsewhere(subject, other, failed)], None);
    }
    // A copy that failed must be verified again; what was found before does not help it.
    let failed = standing.iter().rposition(|seen| c1::is_failed(seen)).unwrap_or(0);
    let standing = standing.get(failed..).unwrap_or_default();
    let judged = standing.iter().map(|seen| {
        let filters = [
            c1::judge(case, subject, seen),
            c4::judge(current, subject, seen),
            fresh(case, current, subject, seen),
        ];
        (filters, *seen)
    });
    // The strongest evidence is the copy's; of two alike the later.
    let best = judged.max_by_key(|(filters, seen)| {
        let outcome = Truth::all(filters.iter().map(|filter| filter.outcome));
        (outcome, seen.found.grade, seen.at.clone())
    });
    // What stands at its root is what was seen last by a run that came to a result.
    let last = standing.iter().rev().find(|seen| concluded(seen)).or(standing.last());
    let Some(((filters, best), last)) = best.zip(last) else {
        let lost = copy.lost.last().map(|at| Reference::Event(at.clone()));
        return (vec![c1::judge_lost(subject).citing(lost)], None);
    };
    let [c1, c4, fresh] = filters;
    let judged = vec![
        c1,
        c2::judge(subject, last),
        c3::judge(subject, last),
        c4,
        fresh,
        age(case, subject, best),
    ];
    (judged, Some(best))
}

fn concluded(seen: &Seen) -> bool {
    matches!(seen.found.status, Status::Verified | Status::Failed)
}

fn fresh(case: &Case<'_>, current: &Current<'_>, subject: &str, seen: &Seen) -> Node {
    let cited = Reference::Event(seen.at.clone());
    let changed = current.changed.filter(|_| case.is_stale(current, &seen.at, seen.time));
    let Some((changed, _)) = changed else {
        return Node::new(&FRESH, subject, Truth::Yes, "no scan of the card differs since")
            .citing([cited]);
    };
    let answer = case.profile.evidence.before_a_differing_scan.into();
    Node::new(&FRESH, subject, answer, "a later scan of the card found other content")
        .remedied(|| "offload the card as it is now, and verify every copy".to_owned())
        .citing([cited, Reference::Event(changed.clone())])
}

fn age(case: &Case<'_>, subject: &str, seen: &Seen) -> Node {
    let days = case.now.days_since(seen.time);
    let limit = case.profile.evidence.mention_after_days;
    let (outcome, reason) = if days < 0 {
        (Truth::No, format!("the evidence is recorded after now, at {}", seen.time))
    } else {
        let young = days <= i64::from(limit);
        (young.into(), format!("the evidence is {days} days old"))
    };
    Node::new(&AGE, subject, outcome, reason)
        .remedied(|| "verify the copy again".to_owned())
        .citing([Reference::Event(seen.at.clone())])
}

#[cfg(test)]
mod tests {
    use super::super::tests::*;

    #[test]
    fn table_of_conditions() {
        let after = |kind, data| day_and([event(kind, data)]);
        let lab = |condition| {
            let kind = if matches!(condition, "in-place" | "in-transit" | "offline") {
                "move"
            } else {
                "loss"
            };
            after(kind, json!({"medium": "serial:LAB", "condition": condition}))
        };
        let cases = [
            ("never moved", day(), Yes),
            ("arrived", lab("in-place"), Yes),
            ("on its way", lab("in-transit"), Yes),
            ("a RAID on a shelf", lab("offline"), Unknown),
            ("lost", lab("lost"), No),
            ("failed", lab("failed"), No),
            ("retired", lab("retired"), No),
            (
                "what is on the shelf is not recorded",
                {
                    let mut steps = without("medium", "serial:LAB");
                    let data = json!({"medium": "serial:LAB", "condition": "offline"});
                    steps.push(event("move", data));
                    steps
                },
                Unknown,
            ),
        ];
        table(&super::CONDITION, "serial:LAB", &cases);
        let tape = json!({"medium": "lto:T00001L8", "condition": "offline"});
        table(&super::CONDITION, "lto:", &[("a tape on a shelf", after("move", tape), Yes)]);
    }

    /// Whoever asks about a moment before the evidence is told so. It never decides.
    #[test]
    fn evidence_from_after_the_moment_is_mentioned() {
        let before = "2026-03-05T20:29:59Z".parse().unwrap();
        for (now, mentioned) in [(now(), false), (before, true)] {
            let question = crate::Question::roll("A001");
            let verdict =
                crate::clear(&ledger_of(&day()), &question, &crate::Profile::default(), now);
            let ages: Vec<_> =
                verdict.reasons().into_iter().filter(|reason| reason.node.rule == "age").collect();
            assert_eq!(!ages.is_empty(), mentioned, "{verdict}");
            assert!(ages.iter().all(|age| age.node.reason.contains("after now") && !age.decides));
            assert_eq!(verdict.decision, crate::Decision::Cleared);
        }
    }

    #[test]
    fn row_97_a_drive_that_failed_where_it_was_mounted_later_counts_nowhere() {
        let mut steps = day_and([changed(verify("A001", "/elsewhere/A001", "serial:SET"), |r| {
            r.copies[0].status = mhl_core::Status::Failed;
        })]);
        let question = crate::Question::roll("A001");
        let set = "A001 on serial:SET, /set/A001";
        assert_eq!(outcome(&steps, &question, "copy", set), No);
        steps.push(verify("A001", "/set/A001", "serial:SET"));
        assert_eq!(outcome(&steps, &question, "copy", set), Yes);
    }

    #[test]
    fn what_was_lost_counts_again_once_it_is_back_and_verified() {
        let mut steps = day_and([
            event("loss", json!({"medium": "serial:LAB", "condition": "lost"})),
            event(
                "move",
                json!({"medium": "serial:LAB", "condition": "in-place", "place": "vault"}),
            ),
        ]);
        let question = crate::Question::roll("A001");
        assert_eq!(outcome(&steps, &question, "copy", "A001 on serial:LAB"), No);
        steps.push(verify("A001", "/lab/A001", "serial:LAB"));
        assert_eq!(outcome(&steps, &question, "copy", "A001 on serial:LAB"), Yes);
    }

    /// The step of the copy on this medium.
    fn step(steps: &[Step], on: &str) -> crate::Node {
        node(steps, &crate::Question::roll("A001"), "copy", &format!("A001 on {on},"))
    }

    #[test]
    fn a_copy_says_why_it_does_not_count_and_nothing_else() {
        let lab = |condition| {
            let kind = if condition == "lost" { "loss" } else { "move" };
            let data = json!({"medium": "serial:LAB", "condition": condition});
            step(&day_and([event(kind, data)]), "serial:LAB").reason
        };
        assert_eq!(lab("in-transit"), "it counts");
        assert_eq!(
            lab("lost"),
            "it does not count (condition: the medium is lost; C1: its medium was lost, failed or \
             wiped, by this or another of its names, and the copy not verified since)"
        );
        assert_eq!(lab("offline"), "it may not count (condition: the medium is offline)");
    }

    #[test]
    fn what_would_make_a_copy_count_is_said_but_not_of_the_card() {
        let remedies = |steps: &[Step], on: &str| -> Vec<String> {
            let filters = step(steps, on).children.into_iter();
            filters.filter_map(|filter| filter.remedy).collect()
        };
        let failed = changed(verify("A001", "/set/A001", "serial:SET"), |report| {
            report.copies[0].status = mhl_core::Status::Failed;
        });
        assert_eq!(
            remedies(&day_and([failed]), "serial:SET"),
            ["copy the roll there again, or to another medium, and verify it past the cache"]
        );
        let card = day_and([verify("A001", "/card/A001", "serial:CARD-A")]);
        assert_eq!(step(&card, "serial:CARD-A").outcome, No);
        assert_eq!(remedies(&card, "serial:CARD-A"), [""; 0]);
    }

    /// One report of two copies on one drive: what failed in the first takes the second with it.
    #[test]
    fn row_97_what_failed_on_a_drive_counts_nowhere_on_it_in_the_same_report() {
        let both = changed(verify("A001", "/set/A001", "serial:SET"), |report| {
            let mut other = report.copies[0].clone();
            other.place = mhl_core::Place::new("/set/again/A001", None);
            report.copies[0].status = mhl_core::Status::Failed;
            report.copies.push(other);
        });
        let Step::Report { report, roll, mut placements } = both else { unreachable!() };
        placements.push(crate::Placement::copy(1, medium("serial:SET")));
        let steps = day_and([Step::Report { report, roll, placements }]);
        let question = crate::Question::roll("A001");
        for root in ["/set/A001", "/set/again/A001"] {
            let subject = format!("A001 on serial:SET, {root}");
            assert_eq!(outcome(&steps, &question, "copy", &subject), No, "{root}");
        }
    }

    #[test]
    fn row_97_what_failed_on_a_drive_by_one_of_its_names_counts_by_none() {
        let mut steps = reported("A001", |report| {
            report.copies[0].place.device = Some("fs:1".into());
        });
        steps.push(event("medium", json!({"id": "serial:SET-2", "kind": "raid", "level": "5"})));
        steps.push(changed(verify("A001", "/elsewhere/A001", "serial:SET-2"), |report| {
            report.copies[0].place.device = Some("fs:1".into());
            report.copies[0].status = mhl_core::Status::Failed;
        }));
        let question = crate::Question::roll("A001");
        assert_eq!(outcome(&steps, &question, "copy", "A001 on serial:SET, /set/A001"), No);
    }
}
