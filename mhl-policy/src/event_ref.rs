//! How one event points at another.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// An event by its sequence number; an imported one by the number of its import and its own, as
/// `7.3`. References order as the ledger does.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EventRef {
    /// The event's number, or that of the outermost import around it.
    outer: u64,
    /// The numbers within that import. Empty takes no memory, and most events are not imported.
    within: Box<[u64]>,
}

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
        EventRef { outer: seq, within: Box::default() }
    }

    /// The event of that number inside the ledger that this event imports.
    pub(crate) fn within(import: Option<&EventRef>, seq: u64) -> Self {
        EventRef::new(seq).below(import)
    }

    /// The same path, below an import.
    pub(crate) fn below(&self, import: Option<&EventRef>) -> Self {
        let Some(import) = import else { return self.clone() };
        let path = import.within.iter().copied().chain(self.numbers());
        EventRef { outer: import.outer, within: path.collect() }
    }

    /// How many imports it lies within.
    pub(crate) fn depth(&self) -> usize {
        self.within.len()
    }

    /// Its number in its own ledger, the innermost.
    pub(crate) fn number(&self) -> u64 {
        self.within.last().copied().unwrap_or(self.outer)
    }

    fn numbers(&self) -> impl Iterator<Item = u64> {
        std::iter::once(self.outer).chain(self.within.iter().copied())
    }
}

impl FromStr for EventRef {
    type Err = ParseEventRefError;

    fn from_str(text: &str) -> Result<Self, ParseEventRefError> {
        let refused = || ParseEventRefError { text: text.to_owned() };
        let number = |part: &str| part.parse().ok().filter(|seq| *seq > 0).ok_or_else(refused);
        let mut parts = text.split('.').map(number);
        let outer = parts.next().ok_or_else(refused)??;
        Ok(EventRef { outer, within: parts.collect::<Result<_, _>>()? })
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
        let parts: Vec<String> = self.numbers().map(|number| number.to_string()).collect();
        f.pad(&parts.join("."))
    }
}
