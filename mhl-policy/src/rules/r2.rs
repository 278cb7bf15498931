use super::{Rule, copies::Standing, media};
use crate::{Truth, case::Case, device::Device, media::MediumKind, roll::RollId, verdict::Node};
use std::collections::{BTreeMap, BTreeSet};

pub(super) const RULE: Rule =
    Rule::minimum("R2", "Store the copies on at least two different types of media.");

/// Types by class: two cards are one type, LTO-6 and LTO-8 are one type. A device whose media
/// are recorded as two kinds has an unknown one.
pub(super) fn judge(case: &Case<'_>, roll: &RollId, standings: &[Standing<'_>]) -> Node {
    let mut kinds: BTreeMap<Option<&Device>, BTreeSet<&MediumKind>> = BTreeMap::new();
    for standing in standings {
        let kind = standing.medium.and_then(|medium| medium.kind.as_ref());
        kinds.entry(standing.device.as_ref()).or_default().extend(kind);
    }
    let (mut sure, mut possible) = (BTreeSet::new(), BTreeSet::new());
    // Devices whose type is unknown; each adds at most one.
    let mut unknown = BTreeSet::new();
    for standing in standings.iter().filter(|standing| standing.counts != Truth::No) {
        let one = kinds.get(&standing.device.as_ref()).is_some_and(|kinds| kinds.len() == 1);
        match media::class(standing.medium).filter(|_| one && standing.device.is_some()) {
            Some(class) => {
                possible.insert(class);
                if standing.counts == Truth::Yes {
                    sure.insert(class);
                }
            }
            None => {
                // Copies on unknown media may be on as many.
                let own = standing.device.is_none().then_some(standing.id);
                unknown.insert((standing.device.as_ref(), own));
            }
        }
    }
    let needed = usize::try_from(case.profile.redundancy.media_types.get()).unwrap_or(usize::MAX);
    let outcome = Truth::at_least(needed, sure.len(), possible.len().saturating_add(unknown.len()));
    let reason = match sure.is_empty() {
        true => format!("no type of media is sure to be left, {needed} are needed"),
        false => format!("{} of {needed} types: {}", sure.len(), crate::word::joined(sure)),
    };
    Node::new(&RULE, roll.as_str(), outcome, reason)
        .remedied(|| format!("copy {roll} to another type of media, as LTO beside RAID"))
}

#[cfg(test)]
mod tests {
    use super::super::tests::*;

    #[test]
    fn table_of_cases() {
        let cases = [
            ("RAID and tape", day(), Yes),
            (
                "RAID 5 and RAID 6 are one type",
                day_and([event("loss", json!({"medium": "lto:T00001L8", "condition": "failed"}))]),
                No,
            ),
            ("RAID and a medium of unknown kind", without("medium", "lto:"), Unknown),
            (
                "RAID and a kind that nobody knows",
                patched("medium", "lto:", json!({"kind": "punched-tape"})),
                Unknown,
            ),
        ];
        table(&super::RULE, "A001", &cases);
    }
}
