//! Attestations, added up file by file.

use super::Rule;
use crate::{
    Truth,
    action::Action,
    attestation::{Attested, Outcome},
    case::Case,
    ledger::{ByRoll, Recorded},
    next::cost,
    roll::RollId,
    verdict::{Node, Reference},
    word::Scope,
};
use std::collections::BTreeSet;

/// What an attestation is asked, each with what to say where it does not hold.
#[derive(Default)]
pub(super) struct Checks(Vec<Check>);

struct Check {
    outcome: Truth,
    otherwise: String,
    /// What would make it hold of this very attestation. Without, only another one helps.
    mends: Vec<Action>,
}

impl Checks {
    pub(super) fn ask(&mut self, outcome: impl Into<Truth>, otherwise: impl Into<String>) {
        self.ask_or(outcome, otherwise, []);
    }

    /// Asks what these actions would make hold, if it does not.
    pub(super) fn ask_or(
        &mut self,
        outcome: impl Into<Truth>,
        otherwise: impl Into<String>,
        mends: impl IntoIterator<Item = Action>,
    ) {
        let (outcome, otherwise) = (outcome.into(), otherwise.into());
        self.0.push(Check { outcome, otherwise, mends: mends.into_iter().collect() });
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

    /// Asks the same only where a condition holds; `settled` tells whether it does.
    pub(super) fn names_if<T: Ord + std::fmt::Display>(
        &mut self,
        (condition, settled): (Truth, Action),
        list: Option<&BTreeSet<T>>,
        needed: &[T],
        what: &str,
    ) {
        let mut checks = Checks::default();
        checks.names(list, needed, what);
        self.0.extend(checks.0.into_iter().map(|check| Check {
            outcome: condition.implies(check.outcome),
            mends: (condition == Truth::Unknown).then(|| settled.clone()).into_iter().collect(),
            ..check
        }));
    }

    /// What would make every check hold; `None` where something only another attestation gives.
    fn mends(&self) -> Option<BTreeSet<Action>> {
        let open = || self.0.iter().filter(|check| check.outcome != Truth::Yes);
        open()
            .all(|check| !check.mends.is_empty())
            .then(|| open().flat_map(|check| check.mends.iter().cloned()).collect())
    }

    fn node(self, rule: &Rule, subject: String) -> Node {
        let outcome = Truth::all(self.0.iter().map(|check| check.outcome));
        let whys = self.0.into_iter().filter(|check| check.outcome == outcome);
        let reason = match outcome {
            Truth::Yes => "it is good enough".to_owned(),
            _ => whys.map(|check| check.otherwise).collect::<Vec<_>>().join("; "),
        };
        Node::new(rule, subject, outcome, reason)
    }
}

/// One attestation, judged.
struct Judged<'a> {
    node: Node,
    files: Option<&'a Scope<String>>,
    /// What would make it good enough.
    mends: Option<BTreeSet<Action>>,
}

/// Every file of the roll is covered by an attestation that is good enough by itself. `checks`
/// asks what the rule asks beyond what every attestation is asked; `anew` is one more attestation.
pub(super) fn judge<A: Attested>(
    case: &Case<'_>,
    (rule, what): (&Rule, &str),
    roll: &RollId,
    attestations: &ByRoll<A>,
    anew: Action,
    checks: impl Fn(&Recorded<A>, &mut Checks),
) -> Node {
    let current = case.current(roll);
    let judged: Vec<Judged<'_>> = attestations
        .of(roll)
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
            let issues = case.open_issues(attestation);
            asked.ask_or(
                issues.is_empty(),
                "an issue of it is open",
                issues.into_iter().map(|issue| Action::Resolve {
                    attestation: attestation.at.clone(),
                    issue: issue.clone(),
                }),
            );
            asked.ask(
                case.profile.attestations.several_rolls || says.rolls().len() == 1,
                "it covers several rolls",
            );
            let fresh = Truth::from(!case.is_stale(
                &current,
                &attestation.at,
                attestation.as_of(says.when()),
            ));
            asked.ask(
                fresh.or(case.profile.evidence.before_a_differing_scan.into()),
                "a later scan of the card found other content",
            );
            if says.files().is_none() {
                asked.ask(Truth::Unknown, "which files it covers is not recorded");
            }
            checks(attestation, &mut asked);
            let mends = asked.mends();
            let node = asked.node(rule, format!("{what} {}", attestation.at));
            let node = node.citing([Reference::Event(attestation.at.clone())]);
            Judged { node, files: says.files(), mends }
        })
        .collect();
    let files = current.content.and_then(|content| case.state.contents.get(content));
    let outcome = coverage(files, &judged, &[]);
    let good = judged.iter().filter(|judged| judged.node.outcome == Truth::Yes).count();
    let reason = match (outcome, judged.len()) {
        (Truth::Yes, _) => format!("{what} of every file is on record"),
        (_, 0) => format!("no {what} of {roll} is on record"),
        (Truth::Unknown, _) if files.is_none() => "the roll's list of files is unknown".to_owned(),
        (Truth::Unknown, _) => format!("whether {what} covers every file is unknown"),
        (Truth::No, _) if good == 0 => format!("no {what} on record is good enough"),
        (Truth::No, _) => format!("{what} does not cover every file"),
    };
    let actions = mended(roll, files, &judged, anew);
    Node::new(rule, roll.as_str(), outcome, reason)
        .needing(actions)
        .with(judged.into_iter().map(|judged| judged.node))
}

/// The cheapest way to have every file covered: one attestation mended, all that can be, or one
/// more. A list of files that is unknown has to be read first.
fn mended(
    roll: &RollId,
    files: Option<&BTreeSet<String>>,
    judged: &[Judged<'_>],
    anew: Action,
) -> BTreeSet<Action> {
    let scan = files.is_none_or(BTreeSet::is_empty).then(|| Action::Scan { roll: roll.clone() });
    // What is unknown alone because the list is must hold of any file.
    let some_file = BTreeSet::from([String::new()]);
    let files = if scan.is_some() { Some(&some_file) } else { files };
    let mendable: Vec<usize> = (0..judged.len())
        .filter(|index| judged.get(*index).is_some_and(|judged| judged.mends.is_some()))
        .collect();
    let ways = std::iter::once(Vec::new())
        .chain(mendable.iter().map(|index| vec![*index]))
        .chain([mendable.clone()]);
    let covering = ways.filter(|way| coverage(files, judged, way) == Truth::Yes).map(|way| {
        let mended = way
            .iter()
            .filter_map(|index| judged.get(*index).and_then(|judged| judged.mends.clone()));
        mended.flatten().collect::<BTreeSet<Action>>()
    });
    let anew = BTreeSet::from([anew]);
    let cheapest = covering.chain([anew]).min_by_key(|actions| cost(actions));
    cheapest.unwrap_or_default().into_iter().chain(scan).collect()
}

/// File by file: covered by one that is good enough. Nothing is never "every file".
/// Those in `mended` are taken for good enough.
fn coverage(files: Option<&BTreeSet<String>>, judged: &[Judged<'_>], mended: &[usize]) -> Truth {
    let covers = |file: Option<&String>| {
        Truth::any(judged.iter().enumerate().map(|(index, judged)| {
            let good = if mended.contains(&index) { Truth::Yes } else { judged.node.outcome };
            let covers = match (judged.files, file) {
                (None, _) => Truth::Yes, // Asked for above: the attestation itself is unknown.
                (Some(Scope::Only(_)), None) => Truth::Unknown,
                (Some(scope), Some(file)) => scope.covers(file),
                (Some(scope), None) => scope.covers(&String::new()),
            };
            good.and(covers)
        }))
    };
    match files {
        Some(files) if !files.is_empty() => Truth::all(files.iter().map(|file| covers(Some(file)))),
        _ => covers(None).and(Truth::Unknown),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{action::RollFact, attestation::Paper};

    fn settled() -> Action {
        Action::RecordRoll { roll: "A001".into(), fact: RollFact::Genre }
    }

    /// Whether the words hold that are asked for under a condition, and what would make them hold.
    fn asked_if(condition: Truth) -> (Truth, Option<BTreeSet<Action>>) {
        let mut checks = Checks::default();
        let list = BTreeSet::from([Paper::Camera]);
        checks.names_if((condition, settled()), Some(&list), &[Paper::Script], "the reports");
        let mends = checks.mends();
        let rule = Rule { id: "R0", level: crate::Level::Minimum, quotation: "asked" };
        (checks.node(&rule, "inspection".to_owned()).outcome, mends)
    }

    #[test]
    fn what_is_asked_under_a_condition_is_settled_where_that_is_unknown() {
        assert_eq!(asked_if(Truth::Yes), (Truth::No, None), "only another one helps");
        assert_eq!(asked_if(Truth::No), (Truth::Yes, Some(BTreeSet::new())));
        let settles = BTreeSet::from([settled()]);
        assert_eq!(asked_if(Truth::Unknown), (Truth::Unknown, Some(settles)));
    }

    #[test]
    fn an_attestation_is_mended_where_everything_open_can_be() {
        let mut checks = Checks::default();
        checks.ask(true, "this holds");
        checks.ask_or(false, "this does not", [settled()]);
        assert_eq!(checks.mends(), Some(BTreeSet::from([settled()])));
        checks.ask(Truth::Unknown, "of this nothing is known");
        assert_eq!(checks.mends(), None);
    }

    /// Nothing is never "every file", whatever an attestation says that it covers.
    #[test]
    fn no_files_at_all_are_never_covered() {
        let rule = Rule { id: "R0", level: crate::Level::Minimum, quotation: "asked" };
        let node = Node::new(&rule, "inspection", Truth::Yes, "it is good enough");
        let all = Scope::all();
        let judged = [Judged { node, files: Some(&all), mends: None }];
        let some = BTreeSet::from(["A001C001.mxf".to_owned()]);
        assert_eq!(coverage(Some(&some), &judged, &[]), Truth::Yes);
        assert_eq!(coverage(Some(&BTreeSet::new()), &judged, &[]), Truth::Unknown);
        assert_eq!(coverage(None, &judged, &[]), Truth::Unknown);
    }
}
