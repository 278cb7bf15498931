use super::{Rule, copies::Standing, f1};
use crate::{Truth, case::Case, roll::RollId, verdict::Node};

pub(super) const RULE: Rule = Rule::minimum("T3", "including the final archival delivery format.");

/// One of the copies that count is in a final archival format.
pub(super) fn judge(case: &Case<'_>, roll: &RollId, standings: &[Standing<'_>]) -> Node {
    let formats =
        standings.iter().map(|standing| (f1::judge(case, roll, standing), standing.counts));
    let formats: Vec<(Node, Truth)> = formats.collect();
    let outcome = Truth::any(formats.iter().map(|(format, counts)| format.outcome.and(*counts)));
    let reason = match outcome {
        Truth::Yes => "a copy that counts is in a final archival format",
        Truth::No => "no copy that counts is in a final archival format",
        Truth::Unknown => "whether a copy that counts is in a final archival format is unknown",
    };
    Node::new(&RULE, roll.as_str(), outcome, reason)
        .remedied(|| format!("write {roll} to LTO in LTFS, or have another final format approved"))
        .with(formats.into_iter().map(|(format, _)| format))
}

#[cfg(test)]
mod tests {
    use super::super::tests::*;

    #[test]
    fn table_of_cases() {
        let cases = [
            ("a tape in LTFS", day(), Yes),
            (
                "no tape, a RAID of no role",
                day_and([
                    event("loss", json!({"medium": "lto:T00001L8", "condition": "lost"})),
                    event(
                        "approval",
                        json!({"use": "raid-final", "by": "Netflix", "media": ["serial:LAB"], "rolls": "all", "expires": "never"}),
                    ),
                ]),
                Unknown,
            ),
            (
                "no tape, no approval",
                day_and([event("loss", json!({"medium": "lto:T00001L8", "condition": "lost"}))]),
                No,
            ),
            (
                "no tape, an approved RAID in the role final",
                day_and([
                    event("loss", json!({"medium": "lto:T00001L8", "condition": "lost"})),
                    event(
                        "approval",
                        json!({"use": "raid-final", "by": "Netflix", "media": ["serial:LAB"], "rolls": "all", "expires": "never"}),
                    ),
                    event("medium", json!({"id": "serial:LAB", "role": "final"})),
                ]),
                Yes,
            ),
            ("the tape is not verified", reported("A001", |r| r.copies[2].grade = None), No),
        ];
        storage_table(&super::RULE, "A001", &cases);
    }
}
