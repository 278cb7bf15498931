//! What to do next: the cheapest actions that would have a question cleared.

use crate::{
    Truth,
    action::Action,
    clear::judge,
    ledger::Ledger,
    profile::Profile,
    render::paragraph,
    roll::RollId,
    rules::{Shortfall, make_good},
    time::Time,
    verdict::{Level, Node, Question},
};
use serde_json::{Value, json};
use std::{collections::BTreeSet, fmt};

/// What to do next, in the order in which it is done.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Next {
    /// The actions; none where the question is cleared.
    pub actions: Vec<Action>,
    /// Whether the question is cleared once all of them are done and each came out well. Where it
    /// is not, what is asked and recorded first decides what else is needed: ask again then.
    pub clears: bool,
    /// Whether no other set of actions would do for less, by [`Action::cost`]. Where many copies of
    /// many rolls are wanting at once, not every set is tried.
    pub cheapest: bool,
}

impl Next {
    /// What they cost together, by [`Action::cost`].
    #[must_use]
    pub fn cost(&self) -> u32 {
        self.actions.iter().map(Action::cost).fold(0, u32::saturating_add)
    }

    /// What comes of it, in a sentence.
    pub(crate) fn outcome(&self) -> &'static str {
        match (self.actions.is_empty(), self.clears, self.cheapest) {
            (true, true, _) => "Nothing is left to do.",
            (true, false, _) => "Nothing that can be done here would have it cleared.",
            (_, true, true) => {
                "Done, and each come out well, it is cleared; nothing less would do."
            }
            (_, true, false) => "Done, and each come out well, it is cleared.",
            (_, false, _) => {
                "What is asked and recorded first decides what else is needed: ask again then."
            }
        }
    }

    /// As JSON: `actions` with their `action`, fields, `cost` and `text`, and `clears`, `cheapest`
    /// and `cost`.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let actions = self.actions.iter().map(|action| {
            let mut value = json!(action);
            if let Value::Object(fields) = &mut value {
                fields.insert("cost".to_owned(), json!(action.cost()));
                fields.insert("text".to_owned(), json!(action.to_string()));
            }
            value
        });
        json!({
            "actions": actions.collect::<Vec<_>>(),
            "clears": self.clears,
            "cheapest": self.cheapest,
            "cost": self.cost(),
        })
    }
}

impl fmt::Display for Next {
    /// The actions, numbered, and what comes of them; eighty columns. Nothing where nothing is left
    /// to do.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.actions.is_empty() && self.clears {
            return Ok(());
        }
        writeln!(f, "Next")?;
        for (index, action) in self.actions.iter().enumerate() {
            let head = format!("  {:>2} ", index.saturating_add(1));
            paragraph(f, &head, &action.to_string())?;
        }
        paragraph(f, "  ", self.outcome())
    }
}

/// The cheapest actions that would have a question cleared, as the ledger stands. The same inputs
/// give the same actions.
///
/// An action helps every roll that it concerns and costs once. What holds already is left alone,
/// and what somebody has to decide is never presumed: a genre that is not recorded is asked for,
/// and what else is needed is told once it is known ([`Next::clears`]).
///
/// ```
/// use mhl_policy::{Action, Ledger, Profile, Question, RollFact, Time, next_actions};
///
/// let question = Question::roll("A001");
/// let next = next_actions(&Ledger::new(), &question, &Profile::default(), Time::from_unix(0));
/// let roll = "A001".into();
/// assert_eq!(next.actions, [Action::RecordRoll { roll, fact: RollFact::Itself }]);
/// assert!(!next.clears, "there will be more to do");
/// ```
#[must_use]
pub fn next_actions(ledger: &Ledger, question: &Question, profile: &Profile, now: Time) -> Next {
    let (case, proof) = judge(ledger, question, profile, now);
    let (mut actions, mut wanting) = (BTreeSet::new(), BTreeSet::new());
    gather(&proof, &mut actions, &mut wanting);
    if proof.outcome == Truth::Yes {
        return Next { actions: Vec::new(), clears: true, cheapest: true };
    }
    if let Some(again) = actions.iter().find(|action| matches!(action, Action::AskAgain { .. })) {
        return Next { actions: vec![again.clone()], clears: false, cheapest: true };
    }
    let storage = matches!(question, Question::Storage(_));
    let Shortfall { actions, made_good, cheapest } = make_good(&case, storage, &wanting, actions);
    let settled = !actions.iter().any(Action::decides_more);
    Next { actions: actions.into_iter().collect(), clears: made_good && settled, cheapest }
}

/// The actions of the highest steps that have any, and the rolls whose copies do not suffice.
fn gather(node: &Node, actions: &mut BTreeSet<Action>, wanting: &mut BTreeSet<RollId>) {
    if node.outcome == Truth::Yes || node.level != Level::Minimum {
        return;
    }
    if !node.actions.is_empty() {
        actions.extend(node.actions.iter().cloned());
    } else if matches!(node.rule, "3:2:1" | "T2" | "T3") {
        wanting.insert(node.subject.as_str().into());
    } else {
        for child in &node.children {
            gather(child, actions, wanting);
        }
    }
}

/// What actions cost together.
pub(crate) fn cost<'a>(actions: impl IntoIterator<Item = &'a Action>) -> u32 {
    actions.into_iter().map(Action::cost).fold(0, u32::saturating_add)
}
