//! The answer, and the proof of it: a tree from the question down to events and lists.

use crate::{
    Truth, action::Action, event_ref::EventRef, ledger::Head, media::MediumId, place::PlaceId,
    roll::RollId, rules::Rule, time::Time, word::escape_json,
};
use mhl_core::Grade;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::json;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

/// What may be asked. In JSON: `{"roll": …}`, `{"roll": …, "card": …}` or `{"storage": …}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Asked", into = "Asked")]
#[non_exhaustive]
pub enum Question {
    /// May every capture device that holds this roll be wiped?
    Roll(RollId),
    /// May this one capture device be wiped? The others then count.
    Card(RollId, MediumId),
    /// May this storage be wiped?
    Storage(MediumId),
}

impl Question {
    /// May every capture device that holds this roll be wiped?
    #[must_use]
    pub fn roll(roll: impl Into<RollId>) -> Self {
        Question::Roll(roll.into())
    }

    /// May this one capture device, which holds the roll, be wiped?
    #[must_use]
    pub fn card(roll: impl Into<RollId>, card: MediumId) -> Self {
        Question::Card(roll.into(), card)
    }

    /// May this onset or near-set storage be wiped?
    #[must_use]
    pub const fn storage(medium: MediumId) -> Self {
        Question::Storage(medium)
    }
}

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Question::Roll(roll) => write!(f, "wipe every card of roll {roll}"),
            Question::Card(roll, card) => write!(f, "wipe card {card} of roll {roll}"),
            Question::Storage(medium) => write!(f, "wipe storage {medium}"),
        }
    }
}

/// A question as JSON spells it.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    roll: Option<RollId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    card: Option<MediumId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    storage: Option<MediumId>,
}

impl From<Question> for Asked {
    fn from(question: Question) -> Self {
        match question {
            Question::Roll(roll) => Asked { roll: Some(roll), ..Asked::default() },
            Question::Card(roll, card) => {
                Asked { roll: Some(roll), card: Some(card), ..Asked::default() }
            }
            Question::Storage(medium) => Asked { storage: Some(medium), ..Asked::default() },
        }
    }
}

impl TryFrom<Asked> for Question {
    type Error = &'static str;

    fn try_from(asked: Asked) -> Result<Self, Self::Error> {
        match asked {
            Asked { roll: Some(roll), card: None, storage: None } => Ok(Question::Roll(roll)),
            Asked { roll: Some(roll), card: Some(card), storage: None } => {
                Ok(Question::Card(roll, card))
            }
            Asked { roll: None, card: None, storage: Some(medium) } => {
                Ok(Question::Storage(medium))
            }
            _ => Err("a question names a roll, a roll and a card, or a storage"),
        }
    }
}

/// The answer in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[allow(clippy::exhaustive_enums)] // One for each truth value.
pub enum Decision {
    /// Every necessary condition holds.
    Cleared,
    /// At least one does not.
    Withheld,
    /// None is known not to hold, and at least one cannot be told.
    Indeterminate,
}

impl Decision {
    /// `cleared`, `withheld` or `indeterminate`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Decision::Cleared => "cleared",
            Decision::Withheld => "withheld",
            Decision::Indeterminate => "indeterminate",
        }
    }
}

impl From<Truth> for Decision {
    fn from(truth: Truth) -> Self {
        match truth {
            Truth::Yes => Decision::Cleared,
            Truth::No => Decision::Withheld,
            Truth::Unknown => Decision::Indeterminate,
        }
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// How binding a rule is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[non_exhaustive]
pub enum Level {
    /// A minimum expectation: it decides.
    #[serde(rename = "M")]
    Minimum,
    /// Ideally so: mentioned where it is not, and never decides.
    #[serde(rename = "I")]
    Ideal,
    /// Advice: mentioned where it is not followed, and never decides.
    #[serde(rename = "A")]
    Advice,
}

/// What a step of the proof rests on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Reference {
    /// An event of the ledger.
    Event(EventRef),
    /// A list, by the C4 of its bytes.
    Manifest(String),
    /// A roll's content, by its C4.
    Content(String),
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reference::Event(event) => write!(f, "event {event}"),
            Reference::Manifest(c4) => write!(f, "manifest {c4}"),
            Reference::Content(c4) => write!(f, "content {c4}"),
        }
    }
}

impl Serialize for Reference {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// One step of the proof: a rule judged about a subject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Node {
    /// The rule's id, as `R1`; readings and groups have words, as `copy`.
    pub rule: &'static str,
    /// How binding it is.
    pub level: Level,
    /// The rule in the words of its source.
    pub quotation: &'static str,
    /// What it is judged about: a roll, a copy, an attestation.
    pub subject: String,
    /// Whether it holds.
    pub outcome: Truth,
    /// Why, in a sentence.
    pub reason: String,
    /// What would satisfy it, where it does not hold and something can be done here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
    /// The same as actions, where it is not a choice of several ways.
    #[serde(skip)]
    pub(crate) actions: Vec<Action>,
    /// What it rests on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<Reference>,
    /// The steps that it was made of.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<Node>,
}

impl Node {
    pub(crate) fn new(
        rule: &Rule,
        subject: impl Into<String>,
        outcome: Truth,
        reason: impl Into<String>,
    ) -> Self {
        Node {
            rule: rule.id,
            level: rule.level,
            quotation: rule.quotation,
            subject: subject.into(),
            outcome,
            reason: reason.into(),
            remedy: None,
            actions: Vec::new(),
            references: Vec::new(),
            children: Vec::new(),
        }
    }

    /// A step that holds when each of its binding parts does.
    pub(crate) fn all(rule: &Rule, subject: impl Into<String>, children: Vec<Node>) -> Self {
        let binding = || children.iter().filter(|child| child.level == Level::Minimum);
        let outcome = Truth::all(binding().map(|child| child.outcome));
        let open: Vec<&str> =
            binding().filter(|child| child.outcome != Truth::Yes).map(|child| child.rule).collect();
        let reason = match outcome {
            Truth::Yes => "every part holds".to_owned(),
            _ => format!("it rests on {}", crate::word::joined(open)),
        };
        Node { children, ..Node::new(rule, subject, outcome, reason) }
    }

    /// The same, saying what would satisfy it; dropped where it holds.
    pub(crate) fn remedied<T: Into<String>>(mut self, remedy: impl FnOnce() -> T) -> Self {
        self.remedy = (self.outcome != Truth::Yes).then(|| remedy().into());
        self
    }

    /// The same, satisfied by these actions together; dropped where it holds.
    pub(crate) fn needing(mut self, actions: impl IntoIterator<Item = Action>) -> Self {
        if self.outcome != Truth::Yes {
            self.actions = actions.into_iter().collect();
            let texts: Vec<String> = self.actions.iter().map(Action::to_string).collect();
            self.remedy = (!texts.is_empty()).then(|| texts.join("; and "));
        }
        self
    }

    /// The same, resting on these.
    pub(crate) fn citing(mut self, references: impl IntoIterator<Item = Reference>) -> Self {
        self.references.extend(references);
        self
    }

    /// The same, made of these.
    pub(crate) fn with(mut self, children: impl IntoIterator<Item = Node>) -> Self {
        self.children.extend(children);
        self
    }
}

/// A step that does not hold, taken out of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reason<'a> {
    /// The step.
    pub node: &'a Node,
    /// Whether the answer rests on it. Otherwise it is only mentioned: advice, or something that
    /// does not hold where enough else does.
    pub decides: bool,
    /// What would satisfy it: its own remedy, or that of the closest step that rests on it.
    pub remedy: Option<&'a str>,
}

/// A copy as a verdict found it: of the rolls that were judged, and of those that they are linked
/// to where that was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct JudgedCopy {
    /// The roll.
    pub roll: RollId,
    /// The medium; `None` when nobody knows.
    pub medium: Option<MediumId>,
    /// What the medium is, as `RAID 5`; `None` where it is not recorded.
    pub kind: Option<String>,
    /// The root folder, as the report spelled it.
    pub root: String,
    /// Where the medium stands; `None` in transit and where nobody said.
    pub place: Option<PlaceId>,
    /// The site of that place.
    pub site: Option<String>,
    /// Whether it counts after the wipe.
    pub counts: Truth,
    /// Why it does not, or may not: the rules that stand in its way, with their reasons. Empty where
    /// it counts.
    pub reason: String,
    /// The event whose evidence it stands on.
    pub event: Option<EventRef>,
    /// C4 of the list that stands with it.
    pub manifest: Option<String>,
    /// How strong that evidence is.
    pub grade: Option<Grade>,
}

/// The answer to a question, bound to the ledger's head, the profile, the rolls' content and the
/// moment.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verdict {
    /// What was asked.
    pub question: Question,
    /// The answer in one word.
    pub decision: Decision,
    /// The moment that the caller named.
    pub now: Time,
    /// The ledger's head.
    pub head: Head,
    /// Whether the ledger is a demonstration's.
    pub simulated: bool,
    /// The profile's name.
    pub profile: String,
    /// The profile's date.
    pub profile_date: String,
    /// C4 of the profile's text.
    pub profile_digest: String,
    /// Every reading that the profile chose.
    pub readings: BTreeMap<String, String>,
    /// The content of each roll that was judged; `None` where it is unknown.
    pub contents: BTreeMap<RollId, Option<String>>,
    /// Every medium that would be wiped: those asked about, by every name of their devices.
    pub media: BTreeSet<MediumId>,
    /// Every copy, in the order of the rolls.
    pub copies: Vec<JudgedCopy>,
    /// The proof.
    pub proof: Node,
}

impl Verdict {
    /// Whether this clears exactly that: the same question, asked of a ledger with this head.
    /// A verdict for another card, or from before another event, clears nothing.
    ///
    /// ```
    /// # use mhl_policy::{clear, Ledger, Profile, Question, Time};
    /// let ledger = Ledger::new();
    /// let question = Question::roll("A001");
    /// let verdict = clear(&ledger, &question, &Profile::default(), Time::from_unix(0));
    /// assert!(!verdict.clears(&question, ledger.head()));
    /// ```
    #[must_use]
    pub fn clears(&self, question: &Question, head: &Head) -> bool {
        self.decision == Decision::Cleared && self.question == *question && self.head == *head
    }

    /// Every step that does not hold, in the order of the proof: what the answer rests on, and
    /// what is only mentioned.
    #[must_use]
    pub fn reasons(&self) -> Vec<Reason<'_>> {
        let mut reasons = Vec::new();
        collect(&self.proof, true, None, &mut reasons);
        reasons
    }

    /// The verdict as one line of JSON, `"schema": "mhl.clear/1"`. The same verdict is the same
    /// bytes. Control characters and bidirectional overrides are escaped.
    #[must_use]
    pub fn to_json(&self) -> String {
        let reasons = self.reasons();
        let count = |decides: bool, outcome: Truth| {
            reasons
                .iter()
                .filter(|r| r.decides == decides && (!decides || r.node.outcome == outcome))
                .count()
        };
        let findings: Vec<_> = reasons
            .iter()
            .map(|Reason { node, decides, remedy }| {
                json!({
                    "kind": node.rule,
                    "path": node.subject,
                    "level": node.level,
                    "outcome": node.outcome,
                    "decides": decides,
                    "expected": node.quotation,
                    "found": node.reason,
                    "remedy": remedy,
                    "references": node.references,
                })
            })
            .collect();
        let text = json!({
            "schema": "mhl.clear/1",
            "status": self.decision,
            "simulated": self.simulated,
            "question": self.question.to_string(),
            "now": self.now,
            "ledger": self.head,
            "profile": {
                "name": self.profile,
                "date": self.profile_date,
                "c4": self.profile_digest,
                "readings": self.readings,
            },
            "rolls": self.contents,
            "media": self.media,
            "copies": self.copies,
            "counts": {
                "against": count(true, Truth::No),
                "unknown": count(true, Truth::Unknown),
                "mentioned": count(false, Truth::No),
                "held": held(&self.proof),
            },
            "findings": findings,
            "proof": self.proof,
        })
        .to_string();
        escape_json(&text)
    }
}

/// Rules that hold, counted.
fn held(node: &Node) -> usize {
    let below: usize = node.children.iter().map(held).sum();
    below + usize::from(node.outcome == Truth::Yes)
}

/// `decides`: the answer rests on the parent. A parent that is unknown does not rest on what is
/// false below it: that may be outweighed.
fn collect<'a>(
    node: &'a Node,
    decides: bool,
    above: Option<&'a str>,
    reasons: &mut Vec<Reason<'a>>,
) {
    let remedy = node.remedy.as_deref().or(above);
    let decides = decides && node.level == Level::Minimum && node.outcome != Truth::Yes;
    // A step is told where something can be done about it, or where the answer rests on it and
    // nothing below tells more; and once, however many rolls share it.
    let told = node.remedy.is_some() || (decides && node.children.is_empty());
    let again = reasons.iter_mut().find(|told| {
        let told = told.node;
        (told.rule, &told.subject, &told.reason) == (node.rule, &node.subject, &node.reason)
    });
    match again {
        Some(again) => again.decides |= decides,
        None if node.outcome != Truth::Yes && told => {
            reasons.push(Reason { node, decides, remedy });
        }
        None => {}
    }
    for child in &node.children {
        let outweighed = node.outcome == Truth::Unknown && child.outcome == Truth::No;
        collect(child, decides && !outweighed, remedy, reasons);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_one_of_three() {
        let card: MediumId = "serial:CARD".parse().unwrap();
        for (question, text, asked) in [
            (Question::roll("A001"), r#"{"roll":"A001"}"#, "wipe every card of roll A001"),
            (
                Question::card("A001", card.clone()),
                r#"{"roll":"A001","card":"serial:CARD"}"#,
                "wipe card serial:CARD of roll A001",
            ),
            (Question::storage(card), r#"{"storage":"serial:CARD"}"#, "wipe storage serial:CARD"),
        ] {
            assert_eq!(serde_json::to_string(&question).unwrap(), text);
            assert_eq!(serde_json::from_str::<Question>(text).unwrap(), question);
            assert_eq!(question.to_string(), asked);
        }
        for text in [
            "{}",
            r#"{"card":"serial:CARD"}"#,
            r#"{"roll":"A001","storage":"serial:CARD"}"#,
            r#"{"roll":"A001","card":"serial:CARD","storage":"serial:CARD"}"#,
            r#"{"roll":"A001","cards":"all"}"#,
        ] {
            assert!(serde_json::from_str::<Question>(text).is_err(), "{text}");
        }
    }

    const ASKED: Rule = Rule { id: "R0", level: Level::Minimum, quotation: "asked" };
    const WISHED: Rule = Rule { id: "I0", level: Level::Ideal, quotation: "wished" };

    fn step(rule: &Rule, subject: &str, outcome: Truth, children: Vec<Node>) -> Node {
        Node { children, ..Node::new(rule, subject, outcome, "so it is") }
    }

    fn wish(subject: &str, outcome: Truth) -> Node {
        step(&WISHED, subject, outcome, vec![]).remedied(|| "do it")
    }

    #[test]
    fn a_step_of_parts_rests_on_those_that_are_asked_for_and_do_not_hold() {
        let part = |id, outcome| step(&Rule { id, ..ASKED }, "part", outcome, vec![]);
        let (yes, no, unknown) = (Truth::Yes, Truth::No, Truth::Unknown);
        let node = Node::all(&ASKED, "roll", vec![part("R1", yes), wish("part", no)]);
        assert_eq!((node.outcome, &*node.reason), (yes, "every part holds"));
        let parts = vec![part("R1", yes), part("R2", no), wish("part", no), part("R3", unknown)];
        let node = Node::all(&ASKED, "roll", parts);
        assert_eq!((node.outcome, &*node.reason), (no, "it rests on R2 and R3"));
    }

    #[test]
    fn a_verdict_counts_what_holds_and_what_does_not() {
        let (yes, no, unknown) = (Truth::Yes, Truth::No, Truth::Unknown);
        let mut children = Vec::new();
        let outcomes = [(yes, 4), (no, 3), (unknown, 2)];
        for (outcome, count) in outcomes {
            let leaf = |number| step(&ASKED, &format!("{outcome:?} {number}"), outcome, vec![]);
            children.extend((0..count).map(leaf));
        }
        children.extend([wish("one", no), wish("other", unknown)]);
        let (ledger, question) = (crate::Ledger::new(), Question::roll("A001"));
        let profile = crate::Profile::default();
        let mut verdict = crate::clear(&ledger, &question, &profile, Time::from_unix(0));
        verdict.proof = step(&ASKED, "roll", no, children);
        let told: serde_json::Value = serde_json::from_str(&verdict.to_json()).unwrap();
        let counts = json!({"against": 3, "unknown": 2, "mentioned": 2, "held": 4});
        assert_eq!(told["counts"], counts);
    }

    #[test]
    fn a_step_that_is_met_twice_decides_where_it_does_once() {
        let (no, unknown) = (Truth::No, Truth::Unknown);
        let shared = || step(&ASKED, "shared", no, vec![]).remedied(|| "do it");
        // Below what is unknown, what is false may be outweighed.
        let open = || step(&ASKED, "open", unknown, vec![shared()]);
        for children in [vec![open(), shared()], vec![shared(), open()]] {
            let proof = step(&ASKED, "roll", no, children);
            let mut reasons = Vec::new();
            collect(&proof, true, None, &mut reasons);
            let told: Vec<_> = reasons.iter().map(|r| (&*r.node.subject, r.decides)).collect();
            assert_eq!(told, [("shared", true)]);
        }
        let proof = step(&ASKED, "roll", no, vec![open()]);
        let mut reasons = Vec::new();
        collect(&proof, true, None, &mut reasons);
        assert!(reasons.iter().all(|reason| !reason.decides), "it may be outweighed");
    }

    #[test]
    fn an_answer_is_one_word() {
        for (truth, word) in
            [(Truth::Yes, "cleared"), (Truth::No, "withheld"), (Truth::Unknown, "indeterminate")]
        {
            let decision = Decision::from(truth);
            assert_eq!(format!("{decision:>13}"), format!("{word:>13}"), "as wide as is asked");
            assert_eq!(json!(decision), word);
        }
    }
}
