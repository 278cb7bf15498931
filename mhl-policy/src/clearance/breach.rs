//! What may stand against a permit.

use super::statement::{BoundCopy, ProfileName};
use crate::{
    ledger::{Head, PinError},
    media::MediumId,
    roll::RollId,
    time::Time,
    verdict::Decision,
    word::{escaped, joined},
};
use mhl_core::{FindingKind, Operation, Status};
use std::{collections::BTreeSet, fmt};

/// One thing that stands against a permit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Breach {
    /// It is from later than now.
    #[error("it was issued at {issued}, and now is {now}")]
    NotYet {
        /// When it was issued.
        issued: Time,
        /// The moment that the caller named.
        now: Time,
    },
    /// Its time is over.
    #[error("it expired at {expires}, and now is {now}")]
    Expired {
        /// The first moment at which it held no more.
        expires: Time,
        /// The moment that the caller named.
        now: Time,
    },
    /// The ledger is not the one that it was judged on, or lost lines of it.
    #[error("the ledger is another: {0}")]
    Ledger(PinError),
    /// Something was recorded since.
    #[error("{} events were recorded since: ask again", found.seq.saturating_sub(bound.seq))]
    LedgerWentOn {
        /// The head that it is bound to.
        bound: Head,
        /// The ledger's head.
        found: Head,
    },
    /// The verdict that it names is not the one that this ledger gave then.
    #[error("its verdict {bound} is not the one that the ledger gives for that moment")]
    Verdict {
        /// C4 of the verdict that it names.
        bound: String,
    },
    /// The profile is another.
    #[error(
        "it was judged by {} of {} ({}), and {} of {} ({}) is given",
        bound.name, bound.date, bound.c4, found.name, found.date, found.c4
    )]
    Profile {
        /// The profile that it is bound to.
        bound: ProfileName,
        /// The profile that was given.
        found: ProfileName,
    },
    /// One is a demonstration's and the other is not.
    #[error("{}", if *bound { "it is simulated, and the ledger is not" } else { "the ledger is simulated" })]
    Simulated {
        /// Whether the permit is.
        bound: bool,
    },
    /// The question is not cleared now.
    #[error("it is {decision} now{}", because(rules))]
    NotCleared {
        /// The answer now.
        decision: Decision,
        /// The rules that it rests on.
        rules: Vec<String>,
    },
    /// Other media would be wiped.
    #[error("it permits to wipe {}, and what would be wiped is {}", list(bound), list(found))]
    Media {
        /// The media that it names.
        bound: BTreeSet<MediumId>,
        /// The media that would be wiped now.
        found: BTreeSet<MediumId>,
    },
    /// A roll on what would be wiped is another than it was.
    #[error("roll {roll}: content {} expected, {} found", or_none(bound), or_none(found))]
    Content {
        /// The roll.
        roll: RollId,
        /// Its content in the permit; `None` where the permit knows no such roll there.
        bound: Option<String>,
        /// Its content now; `None` where it is unknown, or the roll is not there.
        found: Option<String>,
    },
    /// A copy that it rests on does not count any more, or counts by other evidence.
    #[error("the copy of {} on {}, {}, counts no more as it did", copy.roll, copy.medium, copy.root)]
    Copy {
        /// The copy.
        copy: BoundCopy,
    },
    /// A look at the card found something.
    #[error("on the card: {kind}: {path}", kind = kind.name())]
    Card {
        /// What was found.
        kind: FindingKind,
        /// Where.
        path: String,
    },
    /// A look at the card came to no end, or compared nothing.
    #[error("the card was looked at by a {} that is {status:?}", operation.name())]
    Look {
        /// What was done.
        operation: Operation,
        /// How it ended.
        status: Status,
    },
    /// A look at the card is from before the permit, or does not say when it was.
    #[error("the card was looked at at {started:?}, and not since {issued}")]
    EarlyLook {
        /// When it began, as its report says.
        started: String,
        /// When the permit was issued.
        issued: Time,
    },
    /// A look at the card compared it with another list than the roll's, or with none.
    #[error(
        "the card was compared with content {}, which is no roll's of this permit",
        or_none(found)
    )]
    OtherContent {
        /// The content of the list that it was compared with; `None` where it cannot be told.
        found: Option<String>,
    },
    /// The card was looked at, and this roll on it was not.
    #[error("roll {roll} on the card was not looked at")]
    NotLookedAt {
        /// The roll.
        roll: RollId,
    },
}

/// Everything that stands against a permit.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Breaches {
    /// Each thing; at least one.
    pub breaches: Vec<Breach>,
}

impl fmt::Display for Breaches {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the permit does not hold")?;
        for breach in &self.breaches {
            write!(f, "\n  {}", escaped(&breach.to_string()))?;
        }
        Ok(())
    }
}

impl std::error::Error for Breaches {}

impl Breach {
    /// The kind's name, for programs: lower case with hyphens.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Breach::NotYet { .. } => "not-yet",
            Breach::Expired { .. } => "expired",
            Breach::Ledger(_) => "other-ledger",
            Breach::LedgerWentOn { .. } => "ledger-went-on",
            Breach::Verdict { .. } => "other-verdict",
            Breach::Profile { .. } => "other-profile",
            Breach::Simulated { .. } => "simulated",
            Breach::NotCleared { .. } => "not-cleared",
            Breach::Media { .. } => "other-media",
            Breach::Content { .. } => "content-changed",
            Breach::Copy { .. } => "copy-gone",
            Breach::Card { .. } => "card-changed",
            Breach::Look { .. } => "look-unfinished",
            Breach::EarlyLook { .. } => "early-look",
            Breach::OtherContent { .. } => "look-at-other-content",
            Breach::NotLookedAt { .. } => "not-looked-at",
        }
    }
}

fn because(rules: &[String]) -> String {
    if rules.is_empty() { String::new() } else { format!(", by {}", joined(rules)) }
}

fn list(media: &BTreeSet<MediumId>) -> String {
    if media.is_empty() { "nothing".to_owned() } else { joined(media) }
}

fn or_none(content: &Option<String>) -> &str {
    content.as_deref().unwrap_or("none")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_says_what_was_bound_and_what_was_found() {
        let media = |ids: &[&str]| ids.iter().map(|id| id.parse().unwrap()).collect();
        let not_cleared = |rules: &[&str]| Breach::NotCleared {
            decision: Decision::Withheld,
            rules: rules.iter().map(|rule| (*rule).to_owned()).collect(),
        };
        let card: MediumId = "serial:CARD-A".parse().unwrap();
        for (breach, told) in [
            (not_cleared(&["R1", "W3"]), "it is withheld now, by R1 and W3"),
            (not_cleared(&[]), "it is withheld now"),
            (
                Breach::Media { bound: media(&["serial:A", "serial:B"]), found: media(&[]) },
                "it permits to wipe serial:A and serial:B, and what would be wiped is nothing",
            ),
            (
                Breach::Content { roll: "A001".into(), bound: Some("c4a".into()), found: None },
                "roll A001: content c4a expected, none found",
            ),
            (
                Breach::Content { roll: "B001".into(), bound: None, found: Some("c4b".into()) },
                "roll B001: content none expected, c4b found",
            ),
            (
                Breach::OtherContent { found: None },
                "the card was compared with content none, which is no roll's of this permit",
            ),
            (Breach::Simulated { bound: true }, "it is simulated, and the ledger is not"),
            (Breach::Simulated { bound: false }, "the ledger is simulated"),
            (
                Breach::Copy {
                    copy: BoundCopy {
                        roll: "A\u{202e}001".into(),
                        medium: card,
                        root: "/set".into(),
                        event: None,
                        manifest: None,
                        grade: None,
                    },
                },
                "the copy of A\\u{202e}001 on serial:CARD-A, /set, counts no more as it did",
            ),
        ] {
            let breaches = Breaches { breaches: vec![breach] };
            assert_eq!(breaches.to_string(), format!("the permit does not hold\n  {told}"));
        }
    }
}
