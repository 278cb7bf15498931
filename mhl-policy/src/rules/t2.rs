use super::{Rule, copies::Standing, r1};
use crate::{case::Case, roll::RollId, verdict::Node};

pub(super) const RULE: Rule =
    Rule::minimum("T2", "it resides on a minimum of three checksum-verified storage mediums");

/// Copies that count on distinct devices, as for R1.
pub(super) fn judge(case: &Case<'_>, roll: &RollId, standings: &[Standing<'_>]) -> Node {
    let (outcome, reason) = r1::count(case, standings);
    let needed = case.profile.redundancy.copies;
    Node::new(&RULE, roll.as_str(), outcome, reason)
        .remedied(|| format!("make {roll} stand verified on {needed} media that are not wiped"))
}

#[cfg(test)]
mod tests {
    use super::super::tests::*;

    #[test]
    fn table_of_cases() {
        let cases = [
            ("two are left", day(), No),
            (
                "three are left",
                day_and([
                    event("medium", json!({"id": "serial:THIRD", "kind": "raid", "level": "10"})),
                    verify("A001", "/third/A001", "serial:THIRD"),
                ]),
                Yes,
            ),
            (
                "two and one of unknown kind",
                day_and([verify("A001", "/third/A001", "serial:THIRD")]),
                Unknown,
            ),
            (
                "three, one of them on its way",
                day_and([
                    event("medium", json!({"id": "serial:THIRD", "kind": "raid", "level": "10"})),
                    verify("A001", "/third/A001", "serial:THIRD"),
                    event("move", json!({"medium": "serial:LAB", "condition": "in-transit"})),
                ]),
                Yes,
            ),
            (
                "three, one of them a RAID on a shelf",
                day_and([
                    event("medium", json!({"id": "serial:THIRD", "kind": "raid", "level": "10"})),
                    verify("A001", "/third/A001", "serial:THIRD"),
                    event("move", json!({"medium": "serial:LAB", "condition": "offline"})),
                ]),
                Unknown,
            ),
            (
                "three, one of them a tape on a shelf",
                day_and([
                    event("medium", json!({"id": "serial:THIRD", "kind": "raid", "level": "10"})),
                    verify("A001", "/third/A001", "serial:THIRD"),
                    event("move", json!({"medium": "lto:T00001L8", "condition": "offline"})),
                ]),
                Yes,
            ),
        ];
        storage_table(&super::RULE, "A001", &cases);
    }
}
