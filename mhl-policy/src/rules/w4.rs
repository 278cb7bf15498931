use super::{Rule, w3};
use crate::{
    Truth,
    action::Action,
    attestation::Party,
    case::Case,
    roll::RollId,
    verdict::{Node, Reference},
};

pub(super) const RULE: Rule = Rule::minimum(
    "W4",
    "Ideally, we would expect Editorial to perform final clearance, but if the turnaround doesn't allow for this, the cross-report check should at least be done by the dailies lab.",
);

pub(super) const EDITORIAL: Rule =
    Rule::ideal("W4i", "Ideally, we would expect Editorial to perform final clearance");

/// Scripted: final clearance by Editorial, or the check against all reports by the dailies lab
/// or Editorial.
pub(super) fn judge(case: &Case<'_>, roll: &RollId) -> Node {
    if case.scripted(roll) == Truth::No {
        return Node::new(&RULE, roll.as_str(), Truth::Yes, "not asked of nonfiction");
    }
    let editorial = editorial(case, roll);
    let check = w3::accounted(case, &RULE, roll, |check| match &check.by {
        Some(Party::Editorial | Party::DailiesLab) => Truth::Yes,
        Some(Party::Other(_)) | None => Truth::Unknown,
        Some(_) => Truth::No,
    });
    let outcome = editorial.outcome.or(check.outcome);
    let reason = match (editorial.outcome, outcome) {
        (Truth::Yes, _) => "Editorial gave final clearance".to_owned(),
        (_, Truth::Yes) => "the dailies lab or Editorial checked all footage".to_owned(),
        _ => format!("no final clearance by Editorial; {}", check.reason),
    };
    // A check that W3 needs as well serves both.
    let anybody = w3::accounted(case, &RULE, roll, |_| Truth::Yes);
    let checked_anew = |actions: &[Action]| {
        actions.iter().any(|action| matches!(action, Action::CheckReports { .. }))
    };
    let actions = match checked_anew(&check.actions) && !checked_anew(&anybody.actions) {
        true => vec![Action::Clear { roll: roll.clone() }],
        false => check.actions,
    };
    let node = Node::new(&RULE, roll.as_str(), outcome, reason)
        .needing(actions)
        .with([editorial])
        .with(check.children);
    w3::conditional(case, roll, node)
}

fn editorial(case: &Case<'_>, roll: &RollId) -> Node {
    let current = case.current(roll);
    let judged = case.state.final_clearances.of(roll).map(|cleared| {
        let by = match &cleared.says.by {
            Some(Party::Editorial) => Truth::Yes,
            Some(Party::Other(_)) | None => Truth::Unknown,
            Some(_) => Truth::No,
        };
        let fresh =
            Truth::from(!case.is_stale(&current, &cleared.at, cleared.as_of(cleared.says.when)))
                .or(case.profile.evidence.before_a_differing_scan.into());
        (by.and(fresh), &cleared.at)
    });
    let best = judged.max_by_key(|(outcome, _)| *outcome);
    let outcome = best.map_or(Truth::No, |(outcome, _)| outcome);
    let reason = match (outcome, best) {
        (Truth::Yes, _) => "Editorial gave final clearance",
        (_, None) => "no final clearance is on record",
        (Truth::Unknown, _) => "who gave final clearance is unknown",
        (Truth::No, _) => "final clearance is not Editorial's, or from before the card changed",
    };
    let events = best.map(|(_, at)| Reference::Event(at.clone()));
    Node::new(&EDITORIAL, roll.as_str(), outcome, reason)
        .needing([Action::Clear { roll: roll.clone() }])
        .citing(events)
}

#[cfg(test)]
mod tests {
    use super::super::tests::*;

    #[test]
    fn table_of_cases() {
        let cases = [
            ("Editorial and the lab", day(), Yes),
            ("the lab alone", without("final-clearance", "A001"), Yes),
            (
                "clearance by the camera department, check by the DIT",
                {
                    let mut steps = patched("report-check", "A001", json!({"by": "dit"}));
                    steps.pop();
                    steps
                        .push(event("final-clearance", json!({"rolls": ["A001"], "by": "camera"})));
                    steps
                },
                No,
            ),
            (
                "clearance by nobody known, check by the DIT",
                {
                    let mut steps = patched("report-check", "A001", json!({"by": "dit"}));
                    steps.pop();
                    steps.push(event("final-clearance", json!({"rolls": ["A001"]})));
                    steps
                },
                Unknown,
            ),
            (
                "no clearance, check by nobody known",
                {
                    let mut steps = patched("report-check", "A001", json!({"by": null}));
                    steps.pop();
                    steps
                },
                Unknown,
            ),
            (
                "clearance of another roll, check by the DIT",
                {
                    let mut steps = patched("report-check", "A001", json!({"by": "dit"}));
                    steps.pop();
                    steps.push(event(
                        "final-clearance",
                        json!({"rolls": ["S001"], "by": "editorial"}),
                    ));
                    steps
                },
                No,
            ),
        ];
        table(&super::RULE, "A001", &cases);
    }

    #[test]
    fn who_cleared_is_said() {
        let said = |steps: &[Step]| said(steps, &super::RULE, "A001").0;
        assert_eq!(said(&day()), "Editorial gave final clearance");
        let checked = without("final-clearance", "A001");
        assert_eq!(said(&checked), "the dailies lab or Editorial checked all footage");
        let neither: Vec<Step> = checked
            .into_iter()
            .filter(|step| !matches!(step, Step::Event { kind: "report-check", .. }))
            .collect();
        let neither = said(&neither);
        assert!(neither.starts_with("no final clearance by Editorial; "), "{neither}");
    }
}
