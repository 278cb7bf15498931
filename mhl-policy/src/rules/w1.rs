use super::{Rule, attested, v1};
use crate::{
    Truth,
    action::{Action, RollFact},
    attestation::Paper,
    case::Case,
    roll::{RollId, RollKind},
    verdict::Node,
};
use std::collections::BTreeSet;

pub(super) const RULE: Rule = Rule::minimum(
    "W1",
    "Visual inspection of all footage has been performed against camera reports and if working on a scripted show, script notes.",
);

/// Every file was inspected as V1 asks, against the reports of its kind of roll.
pub(super) fn judge(case: &Case<'_>, roll: &RollId) -> Node {
    let Some(kind @ (RollKind::Camera | RollKind::Sound)) = case.roll_kind(roll) else {
        return Node::new(
            &RULE,
            roll.as_str(),
            Truth::Unknown,
            "whether it is a camera or a sound roll is unknown",
        )
        .needing([Action::RecordRoll { roll: roll.clone(), fact: RollFact::Kind }]);
    };
    let sound = *kind == RollKind::Sound;
    let scripted = case.scripted(roll);
    let mut against = BTreeSet::from([match sound {
        true => case.profile.sound.inspected_against.clone(),
        false => Paper::Camera,
    }]);
    let needed: Vec<Paper> = against.iter().cloned().collect();
    if !sound && scripted != Truth::No {
        against.insert(Paper::Script);
    }
    let anew = Action::Inspect { roll: roll.clone(), against };
    let inspections = &case.state.inspections;
    attested::judge(case, (&RULE, "inspection"), roll, inspections, anew, |inspection, asked| {
        v1::ask(&inspection.says, asked);
        let against = inspection.says.against.as_ref();
        let reports = "the reports that it was made against";
        asked.names(against, &needed, reports);
        if !sound {
            let genre = Action::RecordRoll { roll: roll.clone(), fact: RollFact::Genre };
            asked.names_if((scripted, genre), against, &[Paper::Script], reports);
        }
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::*;

    #[test]
    fn table_of_cases() {
        let cases = [
            ("against camera reports and script notes", day(), Yes),
            (
                "scripted, without script notes",
                patched("inspection", "camera-reports", json!({"against": ["camera-reports"]})),
                No,
            ),
            (
                "nonfiction, without script notes",
                {
                    let mut steps = patched(
                        "inspection",
                        "camera-reports",
                        json!({"against": ["camera-reports"]}),
                    );
                    if let Step::Event { data, .. } = &mut steps[0] {
                        data["genre"] = json!("nonfiction");
                    }
                    steps
                },
                Yes,
            ),
            (
                "genre unknown, without script notes",
                {
                    let mut steps = patched(
                        "inspection",
                        "camera-reports",
                        json!({"against": ["camera-reports"]}),
                    );
                    if let Step::Event { data, .. } = &mut steps[0] {
                        data["genre"] = json!("essay");
                    }
                    steps
                },
                Unknown,
            ),
            (
                "reports not recorded",
                patched("inspection", "camera-reports", json!({"against": null})),
                Unknown,
            ),
            (
                "kind of roll not recorded",
                patched("roll", "camera", json!({"kind": null})),
                Unknown,
            ),
        ];
        table(&super::RULE, "A001", &cases);
    }
}
