//! Attestations, added up file by file.

use super::Rule;
use crate::{
    Truth,
    attestation::{Attested, Outcome},
    case::Case,
    ledger::Recorded,
    roll::RollId,
    verdict::{Node, Reference},
    word::Scope,
};
use std::collections::BTreeSet;

/// What an attestation is asked, each with what to say where it does not hold.
#[derive(Default)]
pub(super) struct Checks(Vec<(Truth, String)>);

impl Checks {
    pub(super) fn ask(&mut self, outcome: impl Into<Truth>, otherwise: impl Into<String>) {
        self.0.push((outcome.into(), otherwise.into()));
    }

    /// Asks that a list of words names all of these; an absent list is unknown.
    pub(super) fn names<T: Ord + std::fmt::Display>(
        &mut self,
        list: Option<&BTreeSet<T>>,
        needed: &[T],
        what: &str,
    ) {
        let missing = |list: &BTreeSet<T>| {
            crate::word::joined(needed.iter().filter(|word| !list.contains(word)))
        };
        match list {
            None => self.ask(Truth::Unknown, format!("{what} not recorded")),
            Some(list) => {
                let missing = missing(list);
                self.ask(missing.is_empty(), format!("{what} lack {missing}"));
            }
        }
    }

    /// Asks the same only where a condition holds.
    pub(super) fn names_if<T: Ord + std::fmt::Display>(
        &mut self,
        condition: Truth,
        list: Option<&BTreeSet<T>>,
        needed: &[T],
        what: &str,
    ) {
        let mut checks = Checks::default();
        checks.names(list, needed, what);
        self.0.extend(checks.0.into_iter().map(|(outcome, why)| (condition.implies(outcome), why)));
    }

    fn node(self, rule: &Rule, subject: String) -> Node {
        let outcome = Truth::all(self.0.iter().map(|(outcome, _)| *outcome));
        let whys = self.0.into_iter().filter(|(of, _)| *of == outcome && outcome != Truth::Yes);
        let reason = match outcome {
            Truth::Yes => "it is good enough".to_owned(),
            _ => whys.map(|(_, why)| why).collect::<Vec<_>>().join("; "),
        };
        Node::new(rule, subject, outcome, reason)
    }
}

/// Every file of the roll is covered by an attestation that is good enough by itself. `checks`
/// asks what the rule asks beyond what every attestation is asked.
pub(super) fn judge<A: Attested>(
    case: &Case<'_>,
    rule: &Rule,
    what: &str,
    roll: &RollId,
    attestations: &[Recorded<A>],
    checks: impl Fn(&Recorded<A>, &mut Checks),
) -> Node {
    let current = case.current(roll);
    let naming = attestations.iter().filter(|attestation| attestation.says.rolls().contains(roll));
    let judged: Vec<(Node, Option<&Scope<String>>)> = naming
        .map(|attestation| {
            let says = &attestation.says;
            let mut asked = Checks::default();
            asked.ask(
                says.result().map_or(Truth::Unknown, |result| match result {
                    Outcome::Passed => Truth::Yes,
                    Outcome::Failed => Truth::No,
                    Outcome::Other(_) => Truth::Unknown,
                }),
                "it did not pass, or its result is not recorded",
            );
            asked.ask(case.open_issues(attestation).is_empty(), "an issue of it is open");
            asked.ask(
                case.profile.attestations.several_rolls || says.rolls().len() == 1,
                "it covers several rolls",
            );
            let fresh = Truth::from(!case.is_stale(&current, &attestation.at));
            asked.ask(
                fresh.or(case.profile.evidence.before_a_differing_scan.into()),
                "a later scan of the card found other content",
            );
            if says.files().is_none() {
                asked.ask(Truth::Unknown, "which files it covers is not recorded");
            }
            checks(attestation, &mut asked);
            let node = asked.node(rule, format!("{what} {}", attestation.at));
            (node.citing([Reference::Event(attestation.at.clone())]), says.files())
        })
        .collect();
    let files = current.content.and_then(|content| case.state.contents.get(content));
    let outcome = coverage(files, &judged);
    let (good, all) =
        (judged.iter().filter(|(node, _)| node.outcome == Truth::Yes).count(), judged.len());
    let reason = match (outcome, all) {
        (Truth::Yes, _) => format!("{what} of every file is on record"),
        (_, 0) => format!("no {what} of {roll} is on record"),
        (Truth::Unknown, _) if files.is_none() => "the roll's list of files is unknown".to_owned(),
        (Truth::Unknown, _) => format!("whether {what} covers every file is unknown"),
        (Truth::No, _) if good == 0 => format!("no {what} on record is good enough"),
        (Truth::No, _) => format!("{what} does not cover every file"),
    };
    Node::new(rule, roll.as_str(), outcome, reason).with(judged.into_iter().map(|(node, _)| node))
}

/// File by file: covered by one that is good enough. Nothing is never "every file".
fn coverage(files: Option<&BTreeSet<String>>, judged: &[(Node, Option<&Scope<String>>)]) -> Truth {
    let covers = |file: Option<&String>| {
        Truth::any(judged.iter().map(|(node, scope)| {
            let covers = match (scope, file) {
                (None, _) => Truth::Yes, // Asked for above: the attestation itself is unknown.
                (Some(Scope::Only(_)), None) => Truth::Unknown,
                (Some(scope), Some(file)) => scope.covers(file),
                (Some(scope), None) => scope.covers(&String::new()),
            };
            node.outcome.and(covers)
        }))
    };
    match files {
        Some(files) if !files.is_empty() => Truth::all(files.iter().map(|file| covers(Some(file)))),
        _ => covers(None).and(Truth::Unknown),
    }
}
