//! The clearance as a page.

use super::*;
use mhl_policy::{Ledger, Profile, next_actions};
use serde_json::json;

fn page(ledger: &Ledger, question: &Question) -> String {
    let verdict = mhl_policy::clear(ledger, question, &Profile::default(), now());
    verdict.to_html(&next_actions(ledger, question, &Profile::default(), now()))
}

fn roll() -> Question {
    Question::roll("A001")
}

#[test]
fn the_answer_the_copies_the_proof_and_what_is_next_are_there() {
    let cleared = page(&ledger_of(&day()), &roll());
    assert!(cleared.contains("<p class=\"word\">Cleared</p>"));
    assert!(!cleared.contains("id=\"next\"") && !cleared.contains("id=\"reasons\""));
    for told in ["RAID 5", "serial:SET", "Stage 5", "read back past the cache, grade 6", "event 10"]
    {
        assert!(cleared.contains(told), "{told}");
    }
    assert!(cleared.contains(&format!("content {}", c4("A001"))), "down to the digests");

    let withheld = page(&ledger_of(&without("qc", "A001")), &roll());
    assert!(withheld.contains("<p class=\"word\">Withheld</p>"));
    assert!(withheld.contains("1 thing stands against it."));
    assert!(withheld.contains("<section id=\"next\">") && withheld.contains("do visual QC"));
    assert!(withheld.contains("<details class=\"no\" open>"), "open where the answer rests");

    let unknown = page(&ledger_of(&without("medium", "serial:SET")), &roll());
    assert!(unknown.contains("<p class=\"word\">Indeterminate</p>"));
}

#[test]
fn the_same_verdict_is_the_same_page_and_every_element_is_closed() {
    for steps in [day(), without("qc", "A001"), without("medium", "serial:SET"), vec![]] {
        let ledger = ledger_of(&steps);
        let written = page(&ledger, &roll());
        assert_eq!(written, page(&ledger, &roll()));
        for element in ["details", "summary", "section", "li", "ul", "ol", "dl", "table", "div"] {
            let count = |text: String| written.matches(&text).count();
            let opened = count(format!("<{element}>")) + count(format!("<{element} "));
            assert_eq!(opened, count(format!("</{element}>")), "{element}");
        }
    }
}

#[test]
fn row_37_and_38_no_name_is_obeyed() {
    let name = "<img src=x onerror=alert(1)>\u{202e}\"";
    let mut steps = day();
    steps.push(event("roll", json!({"id": name, "kind": "camera", "name": name})));
    steps.push(event("medium", json!({"id": "serial:LAB", "label": name})));
    let written = page(&ledger_of(&steps), &Question::roll(name));
    assert!(written.contains("&lt;img src=x onerror"), "it is shown");
    assert!(!written.contains("<img") && !written.contains('\u{202e}'));
}

#[test]
fn a_simulated_page_says_so_at_its_top() {
    let mut ledger = Ledger::simulated();
    for step in day() {
        record(&mut ledger, &step).unwrap();
    }
    let written = page(&ledger, &roll());
    assert!(written.find("SIMULATED").unwrap() < written.find("<p class=\"word\">").unwrap());
}

#[test]
fn what_is_next_fits_a_terminal() {
    let ledger = ledger_of(&[]);
    let next = next_actions(&ledger, &roll(), &Profile::default(), now());
    assert!(next.to_string().starts_with("Next\n   1 record the roll A001"), "{next}");
    let text = next_actions(&ledger_of(&day()[..10]), &roll(), &Profile::default(), now());
    assert!(text.to_string().lines().all(|line| line.chars().count() <= 80), "{text}");
    let done = next_actions(&ledger_of(&day()), &roll(), &Profile::default(), now());
    assert_eq!(done.to_string(), "");
}
