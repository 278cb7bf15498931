use super::{Rule, attested, e1, q1};
use crate::{
    Truth,
    action::{Action, RollFact},
    attestation::ReportCheck,
    case::Case,
    ledger::Recorded,
    roll::{RollId, RollKind},
    verdict::Node,
};

pub(super) const RULE: Rule = Rule::minimum(
    "W3",
    "On a scripted show, both a visual QC and a visual evaluation of all OCF has been performed and all the footage has been checked and accounted for against all relevant reports",
);

/// Scripted: QC and evaluation of every camera file, and a check of all footage against all four
/// reports, by anyone.
pub(super) fn judge(case: &Case<'_>, roll: &RollId) -> Node {
    let scripted = case.scripted(roll);
    if scripted == Truth::No {
        return Node::new(&RULE, roll.as_str(), Truth::Yes, "not asked of nonfiction");
    }
    let looked_at = match case.roll_kind(roll) {
        Some(RollKind::Camera) => Truth::Yes,
        Some(RollKind::Sound) => case.profile.sound.qc_and_evaluation.into(),
        Some(RollKind::Other(_)) | None => Truth::Unknown,
    };
    let mut children = Vec::new();
    if looked_at != Truth::No {
        children.extend([q1::judge(case, roll), e1::judge(case, roll)].map(|mut child| {
            let outcome = looked_at.implies(child.outcome);
            if outcome == child.outcome {
                return child;
            }
            child.outcome = outcome;
            child.needing([Action::RecordRoll { roll: roll.clone(), fact: RollFact::Kind }])
        }));
    }
    children.push(accounted(case, &RULE, roll, |_| Truth::Yes));
    conditional(case, roll, Node::all(&RULE, roll.as_str(), children))
}

/// A check of every file against all four reports, made by one whom the rule admits.
pub(super) fn accounted(
    case: &Case<'_>,
    rule: &Rule,
    roll: &RollId,
    admits: impl Fn(&ReportCheck) -> Truth,
) -> Node {
    let checks = &case.state.report_checks;
    let anew = Action::CheckReports { roll: roll.clone(), against: e1::REPORTS.into() };
    attested::judge(
        case,
        (rule, "report check"),
        roll,
        checks,
        anew,
        |Recorded { says, .. }, asked| {
            asked.names(says.against.as_ref(), &e1::REPORTS, "the reports that it compared");
            asked.ask(admits(says), "who made it is not one who may, or not recorded");
        },
    )
}

/// A rule for scripted work: where the genre is unknown, what does not hold is unknown.
pub(super) fn conditional(case: &Case<'_>, roll: &RollId, mut node: Node) -> Node {
    if node.outcome == Truth::Yes || case.scripted(roll) != Truth::Unknown {
        return node;
    }
    node.outcome = Truth::Unknown;
    node.reason = format!("{}, if scripted; the genre is not recorded", node.reason);
    node.needing([Action::RecordRoll { roll: roll.clone(), fact: RollFact::Genre }])
}

#[cfg(test)]
mod tests {
    use super::super::tests::*;

    #[test]
    fn table_of_cases() {
        let cases = [
            (
                "an issue of the check is open",
                patched("report-check", "A001", json!({"issues": ["A001C003 is missing"]})),
                No,
            ),
            ("QC, evaluation and all footage accounted for", day(), Yes),
            (
                "no check: evaluation and clearance do not replace it",
                without("report-check", "A001"),
                No,
            ),
            (
                "not asked of nonfiction",
                {
                    let mut steps = without("qc", "A001");
                    if let Step::Event { data, .. } = &mut steps[0] {
                        data["genre"] = json!("nonfiction");
                    }
                    steps
                },
                Yes,
            ),
            (
                "genre unknown and no QC",
                {
                    let mut steps = without("qc", "A001");
                    if let Step::Event { data, .. } = &mut steps[0] {
                        data["genre"] = json!("");
                    }
                    steps
                },
                Unknown,
            ),
            (
                "no QC of a roll that may be sound",
                {
                    let mut steps = without("qc", "A001");
                    if let Step::Event { data, .. } = &mut steps[0] {
                        data.as_object_mut().unwrap().remove("kind");
                    }
                    steps
                },
                Unknown,
            ),
            (
                "the check may be anyone's",
                patched("report-check", "A001", json!({"by": "camera"})),
                Yes,
            ),
        ];
        table(&super::RULE, "A001", &cases);
    }
}
