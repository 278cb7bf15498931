//! A chain's newest state, kept where whoever changes the history cannot reach it.

use std::{fmt, str::FromStr};

use mhl_hash::{Algorithm, HashValue, Hasher};

use super::{Chain, Link};
use crate::{Finding, FindingKind};

/// The newest state of a chain, as few bytes as can be noted elsewhere: how many generations it
/// had, and one digest over all of them.
///
/// Whoever can write to a history can replace its manifests and make a chain that fits. A pin that
/// was kept elsewhere shows it: a later chain has to begin with the generations that were pinned.
/// The digest is C4 over the line `number NUL path NUL c4 LF` of each link, in order; the number is
/// empty where the chain gives none.
///
/// As text it is `GENERATIONS:C4`, in JSON that text.
///
/// ```
/// use mhl_core::{RelativePath, asc::{Chain, HistoryPin, Link}};
/// use mhl_hash::{Algorithm, Hasher};
///
/// let link = |number, name| {
///     Link::new(Some(number), RelativePath::new(name).unwrap(), Hasher::new(Algorithm::C4).finish())
/// };
/// let mut chain = Chain::default();
/// chain.links.push(link(1, "0001_A001_2026-11-22_143000Z.mhl"));
/// let pin = HistoryPin::of(&chain);
/// assert_eq!(pin.to_string().parse(), Ok(pin));
///
/// chain.links.push(link(2, "0002_A001_2026-11-23_090000Z.mhl"));
/// assert!(pin.is_continued_by(&chain));
/// chain.links.remove(0);
/// assert!(!pin.is_continued_by(&chain));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct HistoryPin {
    generations: u64,
    head: HashValue,
}

/// Why a text is no pin.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the pin of a history: {text:?}; GENERATIONS:C4 expected")]
#[non_exhaustive]
pub struct ParsePinError {
    /// What was found.
    pub text: String,
}

impl HistoryPin {
    /// The state of a chain as it is.
    #[must_use]
    pub fn of(chain: &Chain) -> Self {
        HistoryPin { generations: chain.links.len() as u64, head: head(&chain.links) }
    }

    /// How many generations the chain had.
    #[must_use]
    pub const fn generations(&self) -> u64 {
        self.generations
    }

    /// Whether a chain begins with the generations that were pinned.
    #[must_use]
    pub fn is_continued_by(&self, chain: &Chain) -> bool {
        let pinned = usize::try_from(self.generations).ok().and_then(|n| chain.links.get(..n));
        pinned.is_some_and(|links| head(links) == self.head)
    }

    /// What is wrong with a chain, if anything; `path` is where it stands.
    pub(crate) fn check(&self, chain: Option<&Chain>, path: &str) -> Option<Finding> {
        let Some(chain) = chain else {
            let note = format!("a history of {} generations was pinned", self.generations);
            return Some(Finding::new(FindingKind::ChainMissing, path).noting(note));
        };
        (!self.is_continued_by(chain)).then(|| {
            Finding::new(FindingKind::ChainRewritten, path)
                .differing(self.to_string(), HistoryPin::of(chain).to_string())
                .noting("the chain does not begin with the generations that were pinned")
        })
    }
}

fn head(links: &[Link]) -> HashValue {
    let mut head = Hasher::new(Algorithm::C4);
    for Link { sequence, path, c4, .. } in links {
        let number = sequence.map(|number| number.to_string()).unwrap_or_default();
        for part in [&*number, "\0", path.as_str(), "\0", &c4.to_string(), "\n"] {
            head.update(part.as_bytes());
        }
    }
    head.finish()
}

impl fmt::Display for HistoryPin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.generations, self.head)
    }
}

impl FromStr for HistoryPin {
    type Err = ParsePinError;

    fn from_str(text: &str) -> Result<Self, ParsePinError> {
        let parts = text.split_once(':');
        let pin = parts.and_then(|(generations, head)| {
            let generations = generations.parse().ok()?;
            Some(HistoryPin { generations, head: HashValue::from_c4(head).ok()? })
        });
        pin.ok_or_else(|| ParsePinError { text: text.to_owned() })
    }
}

impl serde::Serialize for HistoryPin {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for HistoryPin {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <String as serde::Deserialize>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
