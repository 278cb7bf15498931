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
    use super::{Action, Paper};
    use crate::{Profile, Question, next_actions};

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

    /// The camera's own reports, the script's notes where there is a script, and of sound the sound
    /// report alone.
    #[test]
    fn an_inspection_is_asked_for_against_what_there_is() {
        for (roll, reports, genre, against) in [
            ("A001", "camera-reports", "scripted", &[Paper::Camera, Paper::Script][..]),
            ("A001", "camera-reports", "nonfiction", &[Paper::Camera]),
            ("S001", "sound-report", "scripted", &[Paper::Sound]),
        ] {
            let mut steps = without("inspection", reports);
            for step in &mut steps {
                if let Step::Event { kind: "roll", data } = step {
                    data["genre"] = json!(genre);
                }
            }
            let (question, profile) = (Question::roll(roll), Profile::default());
            let next = next_actions(&ledger_of(&steps), &question, &profile, now());
            let against = against.iter().cloned().collect();
            assert_eq!(next.actions, [Action::Inspect { roll: roll.into(), against }]);
        }
    }
}
