use super::{Rule, attested, v1};
use crate::{
    Truth,
    attestation::Paper,
    case::Case,
    roll::{RollId, RollKind},
    verdict::Node,
};

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
        .remedied(|| format!("record the kind of {roll}: camera or sound"));
    };
    let sound = [case.profile.sound.inspected_against.clone()];
    let what = "inspection";
    attested::judge(case, &RULE, what, roll, &case.state.inspections, |inspection, asked| {
        v1::ask(&inspection.says, asked);
        let against = inspection.says.against.as_ref();
        let reports = "the reports that it was made against";
        if *kind == RollKind::Sound {
            asked.names(against, &sound, reports);
        } else {
            asked.names(against, &[Paper::Camera], reports);
            asked.names_if(case.scripted(roll), against, &[Paper::Script], reports);
        }
    })
    .remedied(|| match kind {
        RollKind::Sound => format!(
            "check every file of {roll} for recording and transfer faults against {}",
            case.profile.sound.inspected_against
        ),
        _ if case.scripted(roll) == Truth::No => format!(
            "inspect every file of {roll} for recording and transfer faults, against camera reports"
        ),
        _ => format!(
            "inspect every file of {roll} for recording and transfer faults, against camera reports and script notes"
        ),
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
