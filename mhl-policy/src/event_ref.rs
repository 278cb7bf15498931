//! How one event points at another.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// An event by its sequence number; an imported one by the number of its import and its own, as
/// `7.3`. References order as the ledger does.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EventRef(Vec<u64>);

/// Why a text points at no event.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{text:?} points at no event; expected a sequence number, as 7, or 7.3 for an imported one"
)]
#[non_exhaustive]
pub struct ParseEventRefError {
    /// The text that was given.
    pub text: String,
}

impl EventRef {
    /// The event with this sequence number.
    #[must_use]
    pub fn new(seq: u64) -> Self {
        EventRef(vec![seq])
    }

    /// The event of that number inside the ledger that this event imports.
    pub(crate) fn within(import: Option<&EventRef>, seq: u64) -> Self {
        let mut path = import.map(|import| import.0.clone()).unwrap_or_default();
        path.push(seq);
        EventRef(path)
    }

    /// The same path, below an import.
    pub(crate) fn below(&self, import: Option<&EventRef>) -> Self {
        let mut path = import.map(|import| import.0.clone()).unwrap_or_default();
        path.extend(&self.0);
        EventRef(path)
    }

    /// How many imports it lies within.
    pub(crate) fn depth(&self) -> usize {
        self.0.len().saturating_sub(1)
    }
}

impl FromStr for EventRef {
    type Err = ParseEventRefError;

    fn from_str(text: &str) -> Result<Self, ParseEventRefError> {
        text.split('.')
            .map(|part| part.parse().ok().filter(|seq| *seq > 0))
            .collect::<Option<Vec<u64>>>()
            .map(EventRef)
            .ok_or_else(|| ParseEventRefError { text: text.to_owned() })
    }
}

impl TryFrom<String> for EventRef {
    type Error = ParseEventRefError;

    fn try_from(text: String) -> Result<Self, ParseEventRefError> {
        text.parse()
    }
}

impl From<EventRef> for String {
    fn from(event: EventRef) -> Self {
        event.to_string()
    }
}

impl fmt::Display for EventRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<String> = self.0.iter().map(u64::to_string).collect();
        f.pad(&parts.join("."))
    }
}
