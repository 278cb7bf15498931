//! The day as it should go, and each step of it left out.

use super::*;
use Decision::{Cleared, Indeterminate, Withheld};

fn roll() -> Question {
    Question::roll("A001")
}

#[test]
fn the_whole_day_clears_both_cards() {
    let verdict = judged(&day(), &roll());
    assert_eq!(answer(&verdict), (Cleared, vec![]), "\n{verdict}");
    let sound = judged(&day(), &Question::roll("S001"));
    assert_eq!(answer(&sound), (Cleared, vec![]), "\n{sound}");
    let card = judged(&day(), &Question::card("A001", medium("serial:CARD-A")));
    assert_eq!(answer(&card), (Cleared, vec![]), "\n{card}");
}

#[test]
fn each_missing_step_is_named_by_its_rule() {
    let cases: [(&str, &str, Decision, &[&str]); 9] = [
        ("inspection", "camera-reports", Withheld, &["W1"]),
        ("qc", "A001", Withheld, &["Q1"]),
        ("evaluation", "A001", Withheld, &["E1"]),
        ("report-check", "A001", Withheld, &["W3"]),
        ("place", "Lab", Indeterminate, &["R3"]),
        ("medium", "serial:SET", Indeterminate, &["R1", "R3", "R4", "medium"]),
        ("medium", "serial:LAB", Indeterminate, &["Q1", "R1", "R4", "medium"]),
        ("medium", "lto:", Indeterminate, &["R1", "R2", "R4", "medium"]),
        ("medium", "serial:CARD-A", Indeterminate, &["asked"]),
    ];
    for (kind, text, decision, rules) in cases {
        let verdict = judged(&without(kind, text), &roll());
        let word = format!("{kind} of {text}");
        assert_eq!(answer(&verdict), (decision, rules.to_vec()), "without {word}\n{verdict}");
        let remedied =
            verdict.reasons().iter().filter(|r| r.decides).any(|r| r.node.remedy.is_some());
        assert!(remedied, "without {word}: nothing says what would satisfy it\n{verdict}");
    }
}
