//! What people attest: which words of theirs count, and what is said of those that do not.

use super::*;
use Decision::{Cleared, Indeterminate, Withheld};
use mhl_policy::{Node, Profile, clear};
use serde_json::json;

fn roll() -> Question {
    Question::roll("A001")
}

/// The reasons of every step about this subject, or of this subject's attestations.
fn reasons<'v>(node: &'v Node, of: &str, found: &mut Vec<&'v str>) {
    if node.subject.starts_with(of) || node.reason.contains(of) {
        found.push(&node.reason);
    }
    node.children.iter().for_each(|child| reasons(child, of, found));
}

fn inspection(patch: serde_json::Value) -> (Decision, Vec<String>) {
    let verdict = judged(&patched("inspection", "camera-reports", patch), &roll());
    let mut found = Vec::new();
    reasons(&verdict.proof, "inspection", &mut found);
    // That of the sound roll holds in any case.
    found.retain(|reason| {
        !["it is good enough", "inspection of every file is on record"].contains(reason)
    });
    (verdict.decision, found.into_iter().map(str::to_owned).collect())
}

#[test]
fn what_is_wrong_with_an_attestation_is_said_all_of_it_and_nothing_else() {
    assert_eq!(inspection(json!({})), (Cleared, vec![]));
    let none = "no inspection on record is good enough".to_owned();
    let covers = "the faults that it looked for lack transfer";
    let said = inspection(json!({"covers": ["recording"]}));
    assert_eq!(said, (Withheld, vec![none.clone(), covers.to_owned()]));
    let lacks = "the reports that it was made against lack script-notes";
    let said = inspection(json!({"covers": ["recording"], "against": ["camera-reports"]}));
    assert_eq!(said, (Withheld, vec![none.clone(), format!("{covers}; {lacks}")]));
    // Of two things the one that is known to be wrong decides, and is told.
    let said = inspection(json!({"result": null, "against": ["camera-reports"]}));
    assert_eq!(said, (Withheld, vec![none, lacks.to_owned()]));
}

#[test]
fn what_an_attestation_covers_is_said() {
    let said = inspection(json!({"files": ["Clips/A001C001.mxf"]}));
    assert_eq!(said, (Withheld, vec!["inspection does not cover every file".to_owned()]));
    let (decision, said) = inspection(json!({"files": null}));
    assert_eq!(decision, Indeterminate);
    assert_eq!(said[0], "whether inspection covers every file is unknown");
}

#[test]
fn where_the_list_of_files_is_unknown_that_is_said() {
    let verdict = judged(&reported("A001", |report| report.roll = None), &roll());
    let mut found = Vec::new();
    reasons(&verdict.proof, "list of files", &mut found);
    // Every kind of attestation is asked for it.
    assert_eq!(found, ["the roll's list of files is unknown"; 4]);
}

/// The day with each attestation of two rolls given for one at a time.
fn one_at_a_time() -> Vec<Step> {
    let each = |step: Step| match step {
        Step::Event { kind, data } if data["rolls"].as_array().is_some_and(|all| all.len() > 1) => {
            let rolls = data["rolls"].as_array().unwrap().clone();
            let alone = |roll| {
                let mut data = data.clone();
                data["rolls"] = json!([roll]);
                event(kind, data)
            };
            rolls.into_iter().map(alone).collect()
        }
        step => vec![step],
    };
    day().into_iter().flat_map(each).collect()
}

#[test]
fn where_an_attestation_is_of_one_roll_those_of_each_suffice() {
    let text = Profile::DEFAULT.replace("several_rolls = true", "several_rolls = false");
    let strict = Profile::from_toml(&text).unwrap();
    let decide = |steps: &[Step]| clear(&ledger_of(steps), &roll(), &strict, now()).decision;
    assert_eq!(decide(&one_at_a_time()), Cleared);
    assert_eq!(decide(&day()), Withheld);
}
