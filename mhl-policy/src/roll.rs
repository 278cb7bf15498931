//! Camera and sound rolls.

use crate::word::{identifier, words};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

identifier! {
    /// A roll by the identifier that the ledger uses. Card names repeat across days: the
    /// identifier is the production's own, and the roll is bound to its content besides.
    RollId
}

words! {
    /// What a roll holds.
    RollKind {
        /// Original camera files.
        Camera "camera",
        /// Original audio files.
        Sound "sound",
    }
}

words! {
    /// What is being made; some rules ask only for scripted work.
    Genre {
        /// Scripted fiction.
        Scripted "scripted",
        /// Nonfiction.
        Nonfiction "nonfiction",
    }
}

/// A roll. What it contains is not typed in: it comes with the first evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Roll {
    /// Its identifier.
    pub id: RollId,
    /// The name on the card.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The production.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub production: Option<String>,
    /// Scripted or nonfiction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub genre: Option<Genre>,
    /// The shooting day, as the production counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub day: Option<String>,
    /// Camera or sound.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<RollKind>,
    /// The sound rolls of a camera roll, or the camera rolls of a sound roll. Empty says that
    /// there are none ("no sound"); absent says nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub links: Option<BTreeSet<RollId>>,
}

impl Roll {
    /// A roll of which nothing more is known.
    #[must_use]
    pub fn new(id: impl Into<RollId>) -> Self {
        Roll {
            id: id.into(),
            name: None,
            production: None,
            genre: None,
            day: None,
            kind: None,
            links: None,
        }
    }
}
