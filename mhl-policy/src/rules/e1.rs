use super::{Rule, attested};
use crate::{
    Truth,
    action::Action,
    attestation::{Paper, Party},
    case::Case,
    roll::RollId,
    verdict::Node,
};

pub(super) const RULE: Rule = Rule::minimum(
    "E1",
    "Editorial has access to reports from multiple departments such as Script Supervisor, camera loader and the DIT, and can cross-reference all of these reports with the lab report to confirm they have received every piece of shot material",
);

/// The reports that footage is accounted for against.
pub(super) const REPORTS: [Paper; 4] =
    [Paper::ScriptSupervisor, Paper::Loader, Paper::Dit, Paper::Lab];

/// Editorial evaluated every file, compared the reports, and received everything.
pub(super) fn judge(case: &Case<'_>, roll: &RollId) -> Node {
    let evaluations = &case.state.evaluations;
    let anew = Action::Evaluate { roll: roll.clone(), against: REPORTS.into() };
    attested::judge(case, (&RULE, "evaluation"), roll, evaluations, anew, |evaluation, asked| {
        let says = &evaluation.says;
        let editorial = says.by.as_ref().map_or(Truth::Unknown, |by| match by {
            Party::Other(_) => Truth::Unknown,
            by => (*by == Party::Editorial).into(),
        });
        asked.ask(editorial, "it is not recorded as Editorial's");
        asked.names(says.against.as_ref(), &REPORTS, "the reports that it compared");
        asked.ask(says.all_received, "it does not say that every piece was received");
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::*;

    #[test]
    fn table_of_cases() {
        let cases = [
            ("Editorial, all four reports, everything received", day(), Yes),
            ("by the lab", patched("evaluation", "A001", json!({"by": "dailies-lab"})), No),
            ("by nobody known", patched("evaluation", "A001", json!({"by": null})), Unknown),
            (
                "without the lab report",
                patched(
                    "evaluation",
                    "A001",
                    json!({"against": ["script-supervisor", "camera-loader", "dit"]}),
                ),
                No,
            ),
            (
                "something was not received",
                patched("evaluation", "A001", json!({"all_received": false})),
                No,
            ),
            (
                "what was received is not recorded",
                patched("evaluation", "A001", json!({"all_received": null})),
                Unknown,
            ),
        ];
        table(&super::RULE, "A001", &cases);
    }
}
