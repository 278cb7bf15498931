//! How a rule's table is run: a day that clears, changed, and the rule's outcome in its proof.

#[path = "../../tests/story/day.rs"]
mod day;

pub(super) use crate::Truth::{self, No, Unknown, Yes};
use crate::{Question, verdict::Node};
pub(super) use day::*;
pub(super) use serde_json::json;

/// A rule's outcome where it is first judged about a subject that contains this text.
pub(super) fn outcome(steps: &[Step], question: &Question, rule: &str, subject: &str) -> Truth {
    node(steps, question, rule, subject).outcome
}

/// The reason of a rule for the question whether the cards of the camera roll may be wiped, and what
/// would satisfy it.
pub(super) fn said(steps: &[Step], rule: &super::Rule, subject: &str) -> (String, String) {
    let node = node(steps, &Question::roll("A001"), rule.id, subject);
    (node.reason, node.remedy.unwrap_or_default())
}

/// The step of a rule that is judged first about a subject that contains this text.
pub(super) fn node(steps: &[Step], question: &Question, rule: &str, subject: &str) -> Node {
    fn find<'a>(node: &'a Node, rule: &str, subject: &str) -> Option<&'a Node> {
        let this = node.rule == rule && node.subject.contains(subject);
        let below = || node.children.iter().find_map(|child| find(child, rule, subject));
        this.then_some(node).or_else(below)
    }
    let verdict = judged(steps, question);
    find(&verdict.proof, rule, subject)
        .unwrap_or_else(|| panic!("{rule} is not judged about {subject}\n{verdict}"))
        .clone()
}

/// A rule's table for the question whether the cards of the camera roll may be wiped.
pub(super) fn table(rule: &super::Rule, subject: &str, cases: &[(&str, Vec<Step>, Truth)]) {
    for (case, steps, expected) in cases {
        let found = outcome(steps, &Question::roll("A001"), rule.id, subject);
        assert_eq!(found, *expected, "{}: {case}", rule.id);
    }
}

/// The same for the question whether the RAID on set may be wiped.
pub(super) fn storage_table(rule: &super::Rule, subject: &str, cases: &[(&str, Vec<Step>, Truth)]) {
    for (case, steps, expected) in cases {
        let question = Question::storage(medium("serial:SET"));
        let found = outcome(steps, &question, rule.id, subject);
        assert_eq!(found, *expected, "{}: {case}", rule.id);
    }
}

#[test]
fn every_rule_has_its_own_id_and_its_words() {
    let mut ids: Vec<&str> = super::Rule::ALL.iter().map(|rule| rule.id).collect();
    assert!(super::Rule::ALL.iter().all(|rule| !rule.quotation.is_empty()));
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), super::Rule::ALL.len());
}

/// Two careful readers agree on what decides: what the source calls ideal or advises never does.
#[test]
fn only_a_minimum_decides() {
    use super::{Level, Rule};
    for (rule, level, outcome) in [
        (Rule::minimum("X1", "words"), Level::Minimum, No),
        (Rule::ideal("X2", "words"), Level::Ideal, Yes),
        (Rule::advice("X3", "words"), Level::Advice, Yes),
    ] {
        assert_eq!((rule.level, rule.quotation), (level, "words"));
        let held = Node::new(&super::r1::RULE, "A001", Yes, "");
        let children = vec![held, Node::new(&rule, "A001", No, "")];
        assert_eq!(Node::all(&super::w2::RULE, "A001", children).outcome, outcome, "{}", rule.id);
    }
}

/// The words in quotation, marks and headings aside, stand in the source.
#[test]
fn quotations_stand_in_the_source() {
    let path =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/policy/netflix-production-assets.txt");
    let Ok(source) = std::fs::read_to_string(path) else {
        println!("skipped: {path} is not there");
        return;
    };
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let source = words(&source);
    for rule in super::Rule::ALL {
        for sentence in rule.quotation.split(". ") {
            let sentence = words(sentence.trim_end_matches('.'));
            assert!(source.contains(&sentence), "{}: {sentence}", rule.id);
        }
    }
}
