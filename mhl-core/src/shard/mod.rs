//! Verification by many machines: a roll divided among shards that need not talk to each other, and
//! their reports made one.
//!
//! A shard walks the tree and reads the list as any verification does, so that it knows the division
//! without asking anybody; it reads what is its own. Its [`Report`](crate::Report) tells what it found
//! there, and [`ShardRecord`] what only all shards together can judge: files that may have been renamed,
//! directory hashes. [`merge`] does that, and refuses shards that are not of one division of one state
//! of one list.

mod append;
mod division;
mod merge;
mod record;
mod rolls;
#[cfg(test)]
mod tests;

use std::{fmt, num::NonZero, str::FromStr};

use serde::{Deserialize, Serialize};

#[cfg(test)]
pub(crate) use self::division::Span;
pub use self::{
    append::{MergeIntoError, merge_into},
    division::RollShard,
    merge::{MergeError, merge},
    record::{DirectoryText, HashText, ListedText, ShardRecord},
    rolls::{FailedRoll, RollsPlan, RollsShard, ToldRoll, told_of_rolls},
};
pub(crate) use self::{
    division::Division,
    record::{ListedDigest, Marks, read_record, tree_digest},
};

/// Which of so many shards: `K/N`, 1 ≤ K ≤ N.
///
/// ```
/// use mhl_core::Shard;
///
/// let shard: Shard = "3/16".parse()?;
/// assert_eq!((shard.number().get(), shard.of().get()), (3, 16));
/// assert_eq!(shard.to_string(), "3/16");
/// assert!("17/16".parse::<Shard>().is_err());
/// # Ok::<(), mhl_core::ShardError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Shard {
    number: NonZero<u32>,
    of: NonZero<u32>,
}

/// A text is no shard.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} found, K/N with 1 <= K <= N expected: as 3/16")]
pub struct ShardError(String);

impl Shard {
    /// Shard `number` of `of`; nothing where there is no such one: 0, or more than there are.
    #[must_use]
    pub fn new(number: u32, of: u32) -> Option<Self> {
        let (number, of) = (NonZero::new(number)?, NonZero::new(of)?);
        (number <= of).then_some(Shard { number, of })
    }

    /// Which one, from 1.
    #[must_use]
    pub const fn number(self) -> NonZero<u32> {
        self.number
    }

    /// How many there are.
    #[must_use]
    pub const fn of(self) -> NonZero<u32> {
        self.of
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

impl FromStr for Shard {
    type Err = ShardError;

    fn from_str(text: &str) -> Result<Self, ShardError> {
        let parts = text.split_once('/');
        let parsed =
            parts.and_then(|(number, of)| Shard::new(number.parse().ok()?, of.parse().ok()?));
        parsed.ok_or_else(|| ShardError(text.to_owned()))
    }
}

impl TryFrom<String> for Shard {
    type Error = ShardError;

    fn try_from(text: String) -> Result<Self, ShardError> {
        text.parse()
    }
}

impl From<Shard> for String {
    fn from(shard: Shard) -> Self {
        shard.to_string()
    }
}
