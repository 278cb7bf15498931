//! What to do next: done, it clears; and nothing of it could be left out.

use super::*;
use mhl_core::Operation;
use mhl_policy::{
    Action, Ledger, Next, Placement, Profile, RollFact, RollId, Truth, clear, next_actions,
};
use proptest::prelude::*;
use serde_json::{Value, json};

fn roll() -> Question {
    Question::roll("A001")
}

fn next_of(ledger: &Ledger, question: &Question) -> Next {
    next_actions(ledger, question, &Profile::default(), now())
}

fn verdict_of(ledger: &Ledger, question: &Question) -> Verdict {
    clear(ledger, question, &Profile::default(), now())
}

fn note(ledger: &mut Ledger, kind: &'static str, data: Value) {
    let step = event(kind, data);
    record(ledger, &step).unwrap_or_else(|error| panic!("{step:?}: {error}"));
}

/// What the day records of something, by its identifier.
fn of_the_day(kind: &str, id: &str) -> Option<Value> {
    day().into_iter().find_map(|step| match step {
        Step::Event { kind: of, data } if of == kind && data["id"] == id => Some(data),
        _ => None,
    })
}

/// A verification of a copy against what the card holds now, in which everything held.
fn read(ledger: &mut Ledger, roll: &RollId, on: &str, root: &str, place: Option<&str>) {
    let known = verdict_of(ledger, &Question::roll(roll.as_str())).contents[roll].clone();
    let mut report = report(Operation::Verify, root, roll.as_str(), &[root]);
    report.roll.as_mut().unwrap().content = known.unwrap_or_else(|| c4("longer"));
    let placed = Placement::copy(0, medium(on));
    let placed = place.map_or(placed.clone(), |place| placed.at(place));
    let name: &'static str = if roll.as_str() == "A001" { "A001" } else { "S001" };
    let step = Step::Report { report, roll: name, placements: vec![placed] };
    record(ledger, &step).unwrap_or_else(|error| panic!("{step:?}: {error}"));
}

/// Takes a medium to a place of its own.
fn carry(ledger: &mut Ledger, on: &str) {
    let place = format!("vault of {on}");
    note(ledger, "place", json!({"id": place, "site": place}));
    note(ledger, "move", json!({"medium": on, "condition": "in-place", "place": place}));
}

/// A crew that does what it is told, and to whom all of it comes out well.
fn perform(ledger: &mut Ledger, action: &Action) {
    let attest = |roll: &RollId, more: Value| {
        let mut data = json!({"rolls": [roll], "files": "all", "result": "passed"});
        data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        data
    };
    match action {
        Action::RecordRoll { roll, fact } => {
            let card = if roll.as_str() == "A001" { "serial:CARD-A" } else { "serial:CARD-S" };
            let known = of_the_day("roll", roll.as_str()).unwrap();
            match fact {
                RollFact::Card => {
                    note(ledger, "medium", json!({"id": card, "kind": "capture-device"}));
                    read(ledger, roll, card, &format!("/card/{roll}"), None);
                }
                _ => note(ledger, "roll", known),
            }
        }
        Action::RecordMedium { medium } => {
            let plain = json!({"id": medium, "kind": "raid", "level": "5"});
            let known = of_the_day("medium", medium.as_str()).unwrap_or(plain);
            note(ledger, "medium", known);
        }
        Action::RecordPlace { medium } => {
            let place = ledger
                .state()
                .media()
                .find(|(id, _)| *id == medium)
                .and_then(|(_, state)| Some(state.place.as_ref()?.says.to_string()));
            match place.and_then(|place| of_the_day("place", &place)) {
                Some(known) => note(ledger, "place", known),
                None => carry(ledger, medium.as_str()),
            }
        }
        Action::Return { medium } => {
            let back = json!({"medium": medium, "condition": "in-place", "place": "cart"});
            note(ledger, "move", back);
        }
        Action::Carry { medium } => carry(ledger, medium.as_str()),
        Action::Scan { roll } => {
            let card = if roll.as_str() == "A001" { "serial:CARD-A" } else { "serial:CARD-S" };
            read(ledger, roll, card, &format!("/card/{roll}"), None);
        }
        Action::Verify { roll, medium, root }
        | Action::List { roll, medium, root }
        | Action::Recopy { roll, medium, root } => {
            read(ledger, roll, medium.as_str(), root, None);
        }
        Action::Copy { roll, kind, what, elsewhere, number } => {
            let on = format!("serial:{roll}-{what}-{elsewhere}-{number}").replace(' ', "");
            let mut medium = json!({"id": on, "kind": kind.name()});
            match what.rsplit_once([' ', '-']) {
                Some(("RAID", level)) => medium["level"] = json!(level),
                Some((_, generation)) => {
                    medium["generation"] = json!(generation.parse::<u32>().unwrap());
                    medium["file_system"] = json!("ltfs");
                }
                None => {}
            }
            note(ledger, "medium", medium);
            let beside = verdict_of(ledger, &Question::roll(roll.as_str())).copies;
            // Not where something was carried so as to stand apart.
            let is_apart = |site: &String| site.starts_with("vault of");
            let beside = beside.into_iter().find(|copy| {
                copy.roll == *roll && copy.site.as_ref().is_some_and(|site| !is_apart(site))
            });
            let place = beside.filter(|_| !elsewhere).and_then(|copy| copy.place);
            read(ledger, roll, &on, &format!("/{on}"), place.as_ref().map(|place| place.as_str()));
            match (elsewhere, place) {
                (true, _) => carry(ledger, &on),
                (false, Some(_)) => {}
                (false, None) => {
                    note(ledger, "place", json!({"id": "truck", "site": "truck"}));
                    let there = json!({"medium": on, "condition": "in-place", "place": "truck"});
                    note(ledger, "move", there);
                }
            }
        }
        Action::Inspect { roll, against } => {
            let more = json!({"covers": ["recording", "transfer"], "against": against});
            note(ledger, "inspection", attest(roll, more));
        }
        Action::Qc { roll, width, height } => {
            let copies = verdict_of(ledger, &Question::roll(roll.as_str())).copies;
            let good =
                |copy: &&mhl_policy::JudgedCopy| copy.roll == *roll && copy.counts == Truth::Yes;
            let from = copies.iter().find(good).unwrap().medium.clone();
            let more = json!({"width": width, "height": height, "environment": "controlled",
                "colour_evaluated": false, "medium": from});
            note(ledger, "qc", attest(roll, more));
        }
        Action::Evaluate { roll, against } => {
            let more = json!({"by": "editorial", "against": against, "all_received": true});
            note(ledger, "evaluation", attest(roll, more));
        }
        Action::CheckReports { roll, against } => {
            let more = json!({"by": "dailies-lab", "against": against});
            note(ledger, "report-check", attest(roll, more));
        }
        Action::Resolve { attestation, issue } => note(
            ledger,
            "resolution",
            json!({"attestation": attestation, "issue": issue, "resolution": "explained"}),
        ),
        Action::Clear { roll } => {
            note(ledger, "final-clearance", json!({"rolls": [roll], "by": "editorial"}));
        }
        other => panic!("the crew cannot {other}"),
    }
}

fn performed<'a>(ledger: &Ledger, actions: impl IntoIterator<Item = &'a Action>) -> Ledger {
    let mut ledger = ledger.clone();
    for action in actions {
        perform(&mut ledger, action);
    }
    ledger
}

/// Asks and does until it is cleared; whatever claims to suffice does, and is not too much.
fn follow(mut ledger: Ledger, question: &Question) {
    for _ in 0..5 {
        let next = next_of(&ledger, question);
        assert_eq!(next, next_of(&ledger, question), "the same inputs give the same actions");
        let verdict = verdict_of(&ledger, question);
        for reason in verdict.reasons().iter().filter(|reason| reason.decides) {
            assert!(reason.remedy.is_some(), "{:?}\n{verdict}", reason.node);
        }
        let cleared = verdict.decision == Decision::Cleared;
        assert_eq!(next.actions.is_empty(), cleared, "{next:?}");
        if cleared {
            return;
        }
        if let [Action::AskAgain { .. }] = next.actions.as_slice() {
            assert!(matches!(question, Question::Storage(_)), "{next:?}");
            return;
        }
        if next.clears {
            for left_out in 0..next.actions.len() {
                let others = next.actions.iter().enumerate().filter(|(at, _)| *at != left_out);
                let fewer = performed(&ledger, others.map(|(_, action)| action));
                let verdict = verdict_of(&fewer, question);
                let spared = &next.actions[left_out];
                assert_ne!(verdict.decision, Decision::Cleared, "{spared} of {next:#?}");
            }
        }
        // What decides more is done first, and asked again.
        let first = next.actions.iter().filter(|action| next.clears || action.decides_more());
        assert!(first.clone().next().is_some(), "{next:#?}");
        let done = performed(&ledger, first);
        let verdict = verdict_of(&done, question);
        if next.clears {
            assert_eq!(verdict.decision, Decision::Cleared, "{next:#?}\n{verdict}");
        }
        ledger = done;
    }
    panic!("it goes on for ever: {:#?}", next_of(&ledger, question));
}

fn told(steps: &[Step], question: &Question) -> Vec<String> {
    next_of(&ledger_of(steps), question).actions.iter().map(Action::to_string).collect()
}

#[test]
fn each_missing_step_has_its_one_action() {
    for (kind, text, action) in [
        ("inspection", "camera-reports", "inspect every file of A001"),
        ("qc", "A001", "do visual QC of every file of A001 at 3840x2160"),
        ("evaluation", "A001", "have Editorial evaluate every file of A001"),
        ("report-check", "A001", "have the dailies lab or Editorial check all footage of A001"),
        ("place", "Lab", "record where"),
        ("medium", "serial:SET", "record what serial:SET is"),
        ("medium", "serial:LAB", "record what serial:LAB is"),
        ("medium", "lto:", "record what lto:T00001L8 is"),
        ("medium", "serial:CARD-A", "record the card of A001"),
    ] {
        let told = told(&without(kind, text), &roll());
        assert_eq!(told.len(), 1, "without {kind} {text}: {told:#?}");
        assert!(told[0].starts_with(action), "{told:?}");
    }
    assert_eq!(told(&day(), &roll()), [""; 0]);
}

#[test]
fn the_cheaper_of_two_ways_is_taken() {
    let lost = event("loss", json!({"medium": "lto:T00001L8", "condition": "lost"}));
    let one_tape = |roll| {
        format!(
            "copy {roll} to a medium (LTO-8), verify the copy past the cache, and record the \
             medium and its place"
        )
    };
    assert_eq!(told(&day_and([lost]), &roll()), [one_tape("A001"), one_tape("S001")]);

    // One drive carried is cheaper than a copy of each roll elsewhere.
    let mut together = day();
    for step in &mut together {
        if let Step::Event { kind: "place", data } = step {
            data["site"] = json!("Stage 5");
        }
    }
    let next = told(&together, &roll());
    assert_eq!(next.len(), 1, "{next:?}");
    assert!(next[0].starts_with("take ") && next[0].contains("no other copy is"), "{next:?}");

    // What is on record is mended before anything is done again.
    let issue = json!({"issues": ["flicker"]});
    let next = told(&patched("qc", "A001", issue), &roll());
    assert_eq!(next, ["resolve \u{201c}flicker\u{201d} (event 14), and record how"]);

    // A signature where the check was made by somebody else.
    let mut steps = patched("report-check", "A001", json!({"by": "dit"}));
    steps.pop();
    assert_eq!(told(&steps, &roll()), ["have Editorial give final clearance of A001"]);

    // A check that serves two rules is made once.
    let mut steps = without("report-check", "A001");
    steps.pop();
    let next = told(&steps, &roll());
    assert_eq!(next.len(), 1, "{next:?}");
    assert!(next[0].starts_with("have the dailies lab or Editorial check"), "{next:?}");

    // What may be good enough and is not known to be is done again.
    let vague = patched("evaluation", "A001", json!({"result": null}));
    let next = told(&vague, &roll());
    assert_eq!(next.len(), 1, "{next:?}");
    assert!(next[0].starts_with("have Editorial evaluate every file"), "{next:?}");

    // A copy that failed is copied again, beside nothing.
    let failed = changed(verify("A001", "/lab/A001", "serial:LAB"), |r| {
        r.copies[0].status = mhl_core::Status::Failed;
    });
    let next = told(&day_and([failed]), &roll());
    assert_eq!(next.len(), 1, "{next:?}");
    assert!(next[0].starts_with("copy A001 to serial:LAB, /lab/A001, again"), "{next:?}");
}

#[test]
fn a_question_that_cannot_be_cleared_is_asked_otherwise() {
    for (question, told) in [
        (Question::card("A001", medium("serial:CARD-S")), "name the card that holds the roll"),
        (Question::card("A001", medium("serial:SET")), "name the card that holds the roll"),
        (Question::storage(medium("serial:CARD-A")), "ask about its roll"),
    ] {
        let next = next_of(&ledger_of(&day()), &question);
        assert!(!next.clears);
        let [Action::AskAgain { instead }] = next.actions.as_slice() else {
            // The RAID on set holds the roll, and is no card.
            assert_eq!(question, Question::card("A001", medium("serial:SET")), "{next:?}");
            continue;
        };
        assert!(instead.starts_with(told) || instead.contains("storage"), "{instead}");
    }
}

#[test]
fn a_fact_that_is_open_is_asked_for_before_what_depends_on_it() {
    let mut steps = without("qc", "A001");
    if let Step::Event { data, .. } = &mut steps[0] {
        data.as_object_mut().unwrap().remove("genre");
    }
    let next = next_of(&ledger_of(&steps), &roll());
    let genre = Action::RecordRoll { roll: "A001".into(), fact: RollFact::Genre };
    assert_eq!((next.actions, next.clears), (vec![genre], false));
}

#[test]
fn storage_is_followed_until_it_may_be_wiped() {
    let storage = Question::storage(medium("serial:SET"));
    let next = next_of(&ledger_of(&day()), &storage);
    assert!(next.clears && next.cheapest);
    assert_eq!(next.actions.len(), 2, "one copy more of each roll: {next:?}");
    follow(ledger_of(&day()), &storage);
}

#[test]
fn any_one_or_two_steps_left_out_are_made_good() {
    let day = day();
    for first in 0..day.len() {
        for second in 0..=first {
            let mut steps = day.clone();
            steps.remove(first);
            if first != second {
                steps.remove(second);
            }
            let mut ledger = Ledger::new();
            for step in &steps {
                let _ = record(&mut ledger, step);
            }
            follow(ledger, &roll());
        }
    }
}

#[test]
fn actions_as_json_say_what_they_are_and_cost() {
    let next = next_of(&ledger_of(&without("qc", "A001")), &roll());
    let json = next.to_json();
    assert_eq!(json["actions"][0]["action"], "qc");
    assert_eq!(json["actions"][0]["roll"], "A001");
    assert_eq!(json["actions"][0]["cost"], json["cost"]);
    assert_eq!((&json["clears"], &json["cheapest"]), (&json!(true), &json!(true)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_day_is_made_good(
        left_out in prop::collection::btree_set(0_usize..17, 0..4),
        after in Just(subsets::afterwards()).prop_shuffle(),
        taken in prop::collection::vec(prop::bool::weighted(0.25), 13),
        asked in any::<bool>(),
    ) {
        let steps = day().into_iter().enumerate().filter(|(index, _)| !left_out.contains(index));
        let after = after.into_iter().zip(taken).filter(|(_, taken)| *taken);
        let mut ledger = Ledger::new();
        for step in steps.map(|(_, step)| step).chain(after.map(|(step, _)| step)) {
            // What the ledger refuses did not happen.
            let _ = record(&mut ledger, &step);
        }
        let storage = Question::storage(medium("serial:SET"));
        follow(ledger, &if asked { storage } else { roll() });
    }
}
