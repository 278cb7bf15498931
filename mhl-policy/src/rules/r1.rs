use super::{Rule, copies::Standing};
use crate::{Truth, case::Case, device::Device, roll::RollId, verdict::Node};
use std::collections::BTreeMap;

pub(super) const RULE: Rule =
    Rule::minimum("R1", "Hold at least three copies of all original camera files (OCF) and audio.");

/// Copies on distinct, known devices. A copy on a medium of unknown identity may be one of the
/// others.
pub(super) fn judge(case: &Case<'_>, roll: &RollId, standings: &[Standing<'_>]) -> Node {
    let (outcome, reason) = count(case, standings);
    let needed = case.profile.redundancy.copies;
    Node::new(&RULE, roll.as_str(), outcome, reason)
        .remedied(|| format!("make {roll} stand verified on {needed} media that are not wiped"))
}

/// Whether enough devices have a copy that counts, and how many do.
pub(super) fn count(case: &Case<'_>, standings: &[Standing<'_>]) -> (Truth, String) {
    let Devices { sure, possible } = devices(standings);
    let needed = usize::try_from(case.profile.redundancy.copies.get()).unwrap_or(usize::MAX);
    let mut reason = format!("{sure} of {needed} copies count");
    if possible > sure {
        reason.push_str(&format!(", and {} more may", possible.saturating_sub(sure)));
    }
    (Truth::at_least(needed, sure, possible), reason)
}

/// Devices on which a copy is sure to count, and on which one may.
pub(super) struct Devices {
    pub(super) sure: usize,
    pub(super) possible: usize,
}

pub(super) fn devices(standings: &[Standing<'_>]) -> Devices {
    let mut devices: BTreeMap<&Device, Truth> = BTreeMap::new();
    let mut unknown = 0_usize;
    for standing in standings {
        match &standing.device {
            Some(device) => {
                let best = devices.entry(device).or_insert(Truth::No);
                *best = best.or(standing.counts);
            }
            None if standing.counts != Truth::No => unknown = unknown.saturating_add(1),
            None => {}
        }
    }
    let of = |truth| devices.values().filter(|counts| **counts == truth).count();
    let sure = of(Truth::Yes);
    Devices { sure, possible: sure.saturating_add(of(Truth::Unknown)).saturating_add(unknown) }
}

#[cfg(test)]
mod tests {
    use super::super::tests::*;
    use mhl_core::Status;

    #[test]
    fn table_of_cases() {
        let cases = [
            (
                "a copy on nobody knows what",
                {
                    let mut steps = day();
                    if let Step::Report { placements, .. } = &mut steps[9] {
                        placements.retain(|placed| placed.copy != Some(1));
                    }
                    steps
                },
                Unknown,
            ),
            (
                "a copy on nobody knows what, that failed",
                {
                    let mut steps = reported("A001", |r| r.copies[1].status = Status::Failed);
                    if let Step::Report { placements, .. } = &mut steps[9] {
                        placements.retain(|placed| placed.copy != Some(1));
                    }
                    steps
                },
                No,
            ),
            ("three media are left", day(), Yes),
            (
                "the tape was lost",
                day_and([event("loss", json!({"medium": "lto:T00001L8", "condition": "lost"}))]),
                No,
            ),
            (
                "two ids on one file system",
                reported("A001", |r| {
                    for copy in &mut r.copies {
                        copy.place.device = Some("fs:1".into());
                    }
                }),
                No,
            ),
            ("a medium of unknown kind", without("medium", "serial:LAB"), Unknown),
            (
                "the card, verified itself, is wiped",
                day_and([
                    event("loss", json!({"medium": "lto:T00001L8", "condition": "lost"})),
                    verify("A001", "/card/A001", "serial:CARD-A"),
                ]),
                No,
            ),
        ];
        table(&super::RULE, "A001", &cases);
    }

    #[test]
    fn how_many_count_is_said_and_how_many_may() {
        let said = |steps: &[Step]| said(steps, &super::RULE, "A001").0;
        assert_eq!(said(&day()), "3 of 3 copies count");
        let unknown = without("medium", "serial:LAB");
        assert_eq!(said(&unknown), "2 of 3 copies count, and 1 more may");
    }
}
