use super::{Rule, v1};
use crate::{case::Case, roll::RollId, verdict::Node};

pub(super) const RULE: Rule =
    Rule::minimum("T1", "The visual inspection of original camera and audio files has been done");

/// V1, plainly.
pub(super) fn judge(case: &Case<'_>, roll: &RollId) -> Node {
    Node::all(&RULE, roll.as_str(), vec![v1::judge(case, roll)])
}

#[cfg(test)]
mod tests {
    use super::super::tests::*;

    #[test]
    fn table_of_cases() {
        let cases = [
            ("inspected", day(), Yes),
            (
                "inspected against nothing",
                patched("inspection", "camera-reports", json!({"against": []})),
                Yes,
            ),
            ("not inspected", without("inspection", "camera-reports"), No),
            (
                "inspected for what is not recorded",
                patched("inspection", "camera-reports", json!({"covers": null})),
                Unknown,
            ),
        ];
        storage_table(&super::RULE, "A001", &cases);
    }
}
