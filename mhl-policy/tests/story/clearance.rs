//! The three questions, and what a verdict promises.

use super::*;
use Decision::{Cleared, Indeterminate, Withheld};
use mhl_core::Operation;
use mhl_policy::{Ledger, Placement, Profile, clear};
use serde_json::{Value, json};

fn roll() -> Question {
    Question::roll("A001")
}

fn card() -> Question {
    Question::card("A001", medium("serial:CARD-A"))
}

#[test]
fn every_other_roll_on_the_card_is_judged_too() {
    let mut steps = day();
    steps.push(event("roll", json!({"id": "A000", "kind": "camera", "links": []})));
    steps.push(verify("A000", "/card/A000", "serial:CARD-A"));
    for question in [roll(), card()] {
        let verdict = judged(&steps, &question);
        assert_eq!(verdict.decision, Withheld, "{verdict}");
        assert!(verdict.contents.contains_key(&"A000".into()));
    }
}

#[test]
fn one_card_is_asked_about_while_another_counts() {
    let mut steps = day_and([
        event("medium", json!({"id": "serial:CARD-B", "kind": "capture-device"})),
        event("loss", json!({"medium": "lto:T00001L8", "condition": "lost", "roll": "A001"})),
        verify("A001", "/card-b/A001", "serial:CARD-B"),
    ]);
    assert_eq!(judged(&steps, &card()).decision, Cleared, "the second card is the third copy");
    assert_eq!(judged(&steps, &roll()).decision, Withheld, "both cards would be wiped");
    steps.push(event("wipe", json!({"medium": "serial:CARD-B"})));
    assert_eq!(judged(&steps, &card()).decision, Withheld, "it was wiped");
}

#[test]
fn what_was_not_asked_rightly_is_never_cleared() {
    let steps = day();
    for (question, decision) in [
        (Question::roll("A009"), Withheld),
        (Question::card("A001", medium("serial:CARD-S")), Withheld),
        (Question::card("A001", medium("serial:SET")), Withheld),
        (Question::card("A001", medium("serial:NEVER-SEEN")), Withheld),
        (Question::storage(medium("serial:CARD-A")), Withheld),
        (Question::storage(medium("serial:NEVER-SEEN")), Indeterminate),
    ] {
        let verdict = judged(&steps, &question);
        assert_eq!(verdict.decision, decision, "{verdict}");
        assert!(answer(&verdict).1.contains(&"asked"), "{verdict}");
    }
    let empty =
        day_and([event("medium", json!({"id": "serial:NEW", "kind": "raid", "level": "5"}))]);
    let verdict = judged(&empty, &Question::storage(medium("serial:NEW")));
    assert_eq!(answer(&verdict), (Indeterminate, vec!["asked"]));
    assert_eq!(judged(&[], &roll()).decision, Withheld);
}

#[test]
fn storage_is_cleared_without_genre_links_or_sites() {
    let mut steps = day();
    for step in &mut steps {
        if let Step::Event { kind: "roll", data } = step {
            data.as_object_mut().unwrap().retain(|field, _| field == "id");
        }
    }
    steps.retain(|step| !matches!(step, Step::Event { kind: "place", .. }));
    let storage = Question::storage(medium("serial:SET"));
    assert_eq!(answer(&judged(&steps, &storage)).0, Withheld);
    steps.push(event("medium", json!({"id": "serial:THIRD", "kind": "raid", "level": "50"})));
    steps.push(verify("A001", "/third/A001", "serial:THIRD"));
    assert_eq!(answer(&judged(&steps, &storage)).0, Withheld, "the sound roll is on it too");
    steps.push(verify("S001", "/third/S001", "serial:THIRD"));
    assert_eq!(answer(&judged(&steps, &storage)), (Cleared, vec![]));
}

#[test]
fn an_open_issue_withholds_until_it_is_resolved() {
    for kind in ["inspection", "qc", "evaluation"] {
        let issue = json!({"rolls": ["A001"], "result": "failed", "issues": ["flicker"]});
        let mut steps = day_and([event(kind, issue)]);
        assert_eq!(answer(&judged(&steps, &roll())), (Withheld, vec!["issues"]), "{kind}");
        let attestation = steps.len().to_string();
        steps.push(event(
            "resolution",
            json!({"attestation": attestation, "issue": "flicker", "resolution": "a lamp"}),
        ));
        assert_eq!(answer(&judged(&steps, &roll())), (Cleared, vec![]), "{kind}");
    }
}

#[test]
fn advice_and_ideals_are_mentioned_and_never_decide() {
    let steps = patched("qc", "A001", json!({"real_time": false}));
    let late = "2026-05-01T00:00:00Z".parse().unwrap();
    let verdict = clear(&ledger_of(&steps), &roll(), &Profile::default(), late);
    assert_eq!(verdict.decision, Cleared);
    let mentioned: Vec<_> = verdict.reasons().iter().map(|r| (r.node.rule, r.decides)).collect();
    assert!(mentioned.contains(&("Q1i", false)), "{mentioned:?}");
    assert!(mentioned.contains(&("age", false)), "{mentioned:?}");
}

#[test]
fn the_same_inputs_give_the_same_bytes() {
    let json = judged(&day(), &roll()).to_json();
    assert_eq!(json, judged(&day(), &roll()).to_json());
    let value: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(value["schema"], "mhl.clear/1");
    assert_eq!(value["status"], "cleared");
    assert_eq!(value["profile"]["readings"]["redundancy.wiped_medium_counts"], "false");
    assert_eq!(value["counts"]["against"], 0);
    let withheld = judged(&without("qc", "A001"), &roll()).to_json();
    let value: Value = serde_json::from_str(&withheld).unwrap();
    assert_eq!(value["status"], "withheld");
    let q1 = value["findings"].as_array().unwrap().iter().find(|f| f["kind"] == "Q1").unwrap();
    assert_eq!(
        (&q1["path"], &q1["outcome"], &q1["decides"]),
        (&"A001".into(), &"no".into(), &true.into())
    );
    assert!(q1["remedy"].as_str().unwrap().contains("3840x2160"));
}

#[test]
fn the_proof_leads_down_to_events_and_manifests() {
    let verdict = judged(&day(), &roll());
    let json = verdict.to_json();
    assert!(json.contains(&format!("manifest {}", c4("manifest"))));
    assert!(json.contains(&format!("content {}", c4("A001"))));
    assert!(json.contains("\"event 10\""), "the offload");
    assert!(json.contains("\"event 14\""), "the QC");
}

#[test]
fn a_verdict_fits_a_terminal_and_hides_no_character() {
    let name = "A\u{202e}001\u{1b}[2J\n a name so long that no line of eighty columns can hold all of its words";
    let mut steps = day();
    steps.push(event("roll", json!({"id": name, "kind": "camera"})));
    steps.push(Step::Report {
        report: report(Operation::Verify, "/card/x", "x", &["/card/x"]),
        roll: "A001",
        placements: vec![Placement::copy(0, medium("serial:CARD-A"))],
    });
    let verdict = judged(&steps, &Question::roll(name));
    for text in [verdict.to_string(), verdict.to_json()] {
        assert!(!text.contains(['\u{202e}', '\u{1b}']), "{text}");
    }
    assert!(verdict.to_string().lines().all(|line| line.chars().count() <= 80), "{verdict}");
    let value: Value = serde_json::from_str(&verdict.to_json()).unwrap();
    assert!(value["question"].as_str().unwrap().contains(name), "the name itself is kept");
}

#[test]
fn a_simulated_ledger_says_so_in_every_verdict() {
    let mut ledger = Ledger::simulated();
    for step in day() {
        record(&mut ledger, &step).unwrap();
    }
    let verdict = clear(&ledger, &roll(), &Profile::default(), now());
    assert!(verdict.simulated);
    assert!(verdict.to_string().starts_with("SIMULATED: CLEARED"));
    assert!(verdict.to_json().contains("\"simulated\":true"));
}

#[test]
fn readings_of_a_profile_change_the_answer() {
    let answer = |steps: &[Step], from: &str, to: &str| {
        let text = Profile::DEFAULT.replace(from, to);
        assert_ne!(text, Profile::DEFAULT, "{from}");
        let profile = Profile::from_toml(&text).unwrap();
        clear(&ledger_of(steps), &roll(), &profile, now()).decision
    };
    let lost = day_and([
        event("loss", json!({"medium": "lto:T00001L8", "condition": "lost"})),
        verify("A001", "/card/A001", "serial:CARD-A"),
        verify("S001", "/card/S001", "serial:CARD-S"),
    ]);
    let counts = ("wiped_medium_counts = false", "wiped_medium_counts = true");
    assert_eq!(judged(&lost, &roll()).decision, Withheld);
    assert_eq!(answer(&lost, counts.0, counts.1), Cleared);

    let travelling =
        day_and([event("move", json!({"medium": "serial:SET", "condition": "in-transit"}))]);
    assert_eq!(judged(&travelling, &roll()).decision, Withheld);
    let elsewhere = ("in_transit_as_elsewhere = \"no\"", "in_transit_as_elsewhere = \"yes\"");
    assert_eq!(answer(&travelling, elsewhere.0, elsewhere.1), Cleared);

    let apart = ("elsewhere = \"two-sites\"", "elsewhere = \"one-apart\"");
    assert_eq!(answer(&day(), apart.0, apart.1), Cleared);
    assert_eq!(answer(&day(), "several_rolls = true", "several_rolls = false"), Withheld);
    assert_eq!(answer(&day(), "copies = 3", "copies = 4"), Withheld);
    assert_eq!(answer(&day(), "[\"md5\", \"xxh64be\"]", "[\"c4\"]"), Withheld);
}
