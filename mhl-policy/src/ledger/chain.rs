//! One line and how lines are chained.

use super::event::Event;
use crate::{
    evidence::{c4, c4_value},
    time::Time,
};
use mhl_hash::{Algorithm, HashValue, Streams};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::{borrow::Cow, fmt, str::FromStr};

/// Who recorded an event, and with what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Agent {
    /// A person's or service's name.
    pub name: String,
    /// Their role, as "DIT".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// Program and version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool: Option<String>,
    /// Name of the computer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
}

impl Agent {
    /// An agent by name.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Agent { name: name.into(), role: None, tool: None, host: None }
    }
}

/// The end of a ledger: what a pin keeps. `prev` of the next line is its digest.
///
/// ```
/// use mhl_policy::Head;
///
/// let empty = Head::default();
/// assert_eq!(empty.seq, 0);
/// assert_eq!(empty.to_string().parse(), Ok(empty));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[non_exhaustive]
pub struct Head {
    /// Lines so far: the sequence number of the last one, 0 when there is none.
    pub seq: u64,
    /// C4 of the last line's bytes without its line feed; of nothing when there is none.
    pub digest: String,
}

impl Default for Head {
    fn default() -> Self {
        Head { seq: 0, digest: c4(b"") }
    }
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.seq, self.digest)
    }
}

/// Why a text is no head.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is no ledger's head; expected its sequence number, a colon, and a C4 identifier")]
#[non_exhaustive]
pub struct ParseHeadError {
    /// The text that was given.
    pub text: String,
}

impl FromStr for Head {
    type Err = ParseHeadError;

    fn from_str(text: &str) -> Result<Self, ParseHeadError> {
        let refused = || ParseHeadError { text: text.to_owned() };
        let (seq, digest) = text.split_once(':').ok_or_else(refused)?;
        let seq = seq.parse().map_err(|_| refused())?;
        HashValue::from_c4(digest).map_err(|_| refused())?;
        Ok(Head { seq, digest: digest.to_owned() })
    }
}

impl TryFrom<String> for Head {
    type Error = ParseHeadError;

    fn try_from(text: String) -> Result<Self, ParseHeadError> {
        text.parse()
    }
}

impl From<Head> for String {
    fn from(head: Head) -> Self {
        head.to_string()
    }
}

/// The end of a ledger that is being read.
#[derive(Clone, Copy)]
pub(super) struct End {
    pub(super) seq: u64,
    pub(super) digest: HashValue,
}

impl End {
    /// Before the first line.
    pub(super) fn new() -> Self {
        End { seq: 0, digest: c4_value(b"") }
    }

    /// The end after a line of this C4.
    pub(super) fn after(self, digest: HashValue) -> Self {
        End { seq: self.seq.saturating_add(1), digest }
    }

    pub(super) fn head(self) -> Head {
        Head { seq: self.seq, digest: self.digest.to_string() }
    }
}

/// Hashes lines side by side.
pub(super) struct LineHasher(Streams);

impl LineHasher {
    pub(super) fn new() -> Self {
        LineHasher(Streams::new(&[Algorithm::C4]))
    }

    /// C4 of each line, in their order.
    pub(super) fn digests(&mut self, lines: &[&[u8]]) -> Vec<HashValue> {
        let started: Vec<_> = lines.iter().map(|line| (self.0.start(), *line)).collect();
        let pushed = self.0.push_each(&started);
        let finished = started.iter().map(|(stream, line)| {
            let value = self.0.finish(*stream).filter(|_| pushed);
            // Every stream that was started takes its line and has one value.
            value.and_then(|values| values.first().copied()).unwrap_or_else(|| c4_value(line))
        });
        finished.collect()
    }
}

/// The version of the line format.
pub(super) const VERSION: u32 = 1;

/// A line as it is spelled. Fields out of this list, and fields said twice, are faults.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Line<'a> {
    pub(super) v: u32,
    pub(super) seq: u64,
    #[serde(borrow)]
    pub(super) prev: Cow<'a, str>,
    pub(super) time: Time,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) simulated: bool,
    #[serde(borrow)]
    pub(super) event: Cow<'a, str>,
    pub(super) agent: Agent,
    #[serde(borrow)]
    pub(super) data: &'a RawValue,
}

impl Line<'_> {
    /// The line after a head.
    pub(super) fn write(
        head: &Head,
        simulated: bool,
        event: &Event,
        time: Time,
        agent: Agent,
    ) -> Result<String, serde_json::Error> {
        let data = serde_json::value::to_raw_value(&event.data()?)?;
        serde_json::to_string(&Line {
            v: VERSION,
            seq: head.seq.saturating_add(1),
            prev: Cow::from(&head.digest),
            time,
            simulated,
            event: Cow::from(event.kind()),
            agent,
            data: &data,
        })
    }
}
