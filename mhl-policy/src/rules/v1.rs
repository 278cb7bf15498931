use super::{
    Rule,
    attested::{self, Checks},
};
use crate::{
    action::Action,
    attestation::{FaultClass, Inspection},
    case::Case,
    roll::RollId,
    verdict::Node,
};
use std::collections::BTreeSet;

pub(super) const RULE: Rule = Rule::minimum(
    "V1",
    "Whether you’re shooting scripted or nonfiction content, the best time to check for any image or sound file irregularities is during the offload. The visual inspection should cover any possible major recording or data transfer issues and serves as a technical check.",
);

/// Every file was inspected for both kinds of fault.
pub(super) fn judge(case: &Case<'_>, roll: &RollId) -> Node {
    let anew = Action::Inspect { roll: roll.clone(), against: BTreeSet::new() };
    let inspections = &case.state.inspections;
    attested::judge(case, (&RULE, "inspection"), roll, inspections, anew, |inspection, asked| {
        ask(&inspection.says, asked);
    })
}

/// What an inspection is asked by itself: both kinds of fault named.
pub(super) fn ask(inspection: &Inspection, asked: &mut Checks) {
    let both = [FaultClass::Recording, FaultClass::Transfer];
    asked.names(inspection.covers.as_ref(), &both, "the faults that it looked for");
}

#[cfg(test)]
mod tests {
    use super::super::tests::*;

    #[test]
    fn table_of_cases() {
        let unlisted = |files| {
            let steps = patched("inspection", "camera-reports", json!({"files": files}));
            steps.into_iter().map(|step| changed(step, |r| r.roll = None)).collect()
        };
        let cases = [
            ("both kinds of fault", day(), Yes),
            ("recording faults alone", patched("inspection", "camera-reports", json!({"covers": ["recording"]})), No),
            ("faults not recorded", patched("inspection", "camera-reports", json!({"covers": null})), Unknown),
            ("failed", patched("inspection", "camera-reports", json!({"result": "failed", "issues": ["flicker"]})), No),
            ("result not recorded", patched("inspection", "camera-reports", json!({"result": null})), Unknown),
            ("row 104: a result that nobody knows", patched("inspection", "camera-reports", json!({"result": "fine"})), Unknown),
            ("one file of two", patched("inspection", "camera-reports", json!({"files": ["Clips/A001C001.mxf"]})), No),
            ("one file each, in two inspections", patched("inspection", "camera-reports", json!({"files": ["Clips/A001C001.mxf"]})).into_iter().chain([event("inspection", json!({"rolls": ["A001"], "files": ["Clips/A001C002.mxf"], "result": "passed", "covers": ["recording", "transfer"]}))]).collect(), Yes),
            ("which files is not recorded", patched("inspection", "camera-reports", json!({"files": null})), Unknown),
            ("none", without("inspection", "camera-reports"), No),
            ("one file of a roll whose files nobody listed", unlisted(json!(["Clips/A001C001.mxf"])), Unknown),
            ("every file of a roll whose files nobody listed", unlisted(json!("all")), Unknown),
            ("no file of a roll whose files nobody listed", without("inspection", "camera-reports").into_iter().map(|step| changed(step, |r| r.roll = None)).collect(), No),
        ];
        storage_table(&super::RULE, "A001", &cases);
    }
}
