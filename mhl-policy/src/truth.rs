//! Yes, no and unknown: Kleene's strong three-valued logic.
//!
//! With `No < Unknown < Yes`, "and" is the minimum and "or" the maximum, so unknown never turns
//! into yes by being combined.

use serde::Serialize;
use std::ops::Not;

/// Whether a condition holds.
///
/// ```
/// use mhl_policy::Truth::{self, *};
///
/// assert_eq!(Yes.and(Unknown), Unknown);
/// assert_eq!(No.and(Unknown), No);
/// assert_eq!(Yes.or(Unknown), Yes);
/// assert_eq!(Unknown.implies(Yes), Yes, "it holds whichever way the condition turns out");
/// assert_eq!(Truth::at_least(3, 2, 4), Unknown, "two are sure, four are possible");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[allow(clippy::exhaustive_enums)] // A fourth truth value would be another logic.
pub enum Truth {
    /// It does not hold.
    No,
    /// It cannot be told.
    Unknown,
    /// It holds.
    Yes,
}

impl Truth {
    /// Both hold.
    #[must_use]
    pub fn and(self, other: Truth) -> Truth {
        self.min(other)
    }

    /// At least one holds.
    #[must_use]
    pub fn or(self, other: Truth) -> Truth {
        self.max(other)
    }

    /// The other holds wherever this one does.
    #[must_use]
    pub fn implies(self, other: Truth) -> Truth {
        (!self).or(other)
    }

    /// Whether a count of which only bounds are known reaches `needed`: `sure` are certain, and
    /// no more than `possible` can be.
    #[must_use]
    pub fn at_least(needed: usize, sure: usize, possible: usize) -> Truth {
        if sure >= needed {
            Truth::Yes
        } else if possible >= needed {
            Truth::Unknown
        } else {
            Truth::No
        }
    }

    /// Every one holds; of none, yes.
    #[must_use]
    pub fn all(truths: impl IntoIterator<Item = Truth>) -> Truth {
        truths.into_iter().min().unwrap_or(Truth::Yes)
    }

    /// At least one holds; of none, no.
    #[must_use]
    pub fn any(truths: impl IntoIterator<Item = Truth>) -> Truth {
        truths.into_iter().max().unwrap_or(Truth::No)
    }
}

impl From<bool> for Truth {
    fn from(value: bool) -> Self {
        if value { Truth::Yes } else { Truth::No }
    }
}

/// A field that is missing is unknown.
impl From<Option<bool>> for Truth {
    fn from(value: Option<bool>) -> Self {
        value.map_or(Truth::Unknown, Truth::from)
    }
}

impl Not for Truth {
    type Output = Truth;

    fn not(self) -> Truth {
        match self {
            Truth::No => Truth::Yes,
            Truth::Unknown => Truth::Unknown,
            Truth::Yes => Truth::No,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Truth::{self, *};

    const ALL: [Truth; 3] = [No, Unknown, Yes];

    /// Kleene's definition: a value is definite exactly when every way to settle the unknowns
    /// agrees.
    fn settled(truth: Truth) -> Vec<bool> {
        match truth {
            No => vec![false],
            Yes => vec![true],
            Unknown => vec![false, true],
        }
    }

    fn by_cases(a: Truth, b: Truth, of: impl Fn(bool, bool) -> bool) -> Truth {
        let (a, b) = (settled(a), settled(b));
        let mut results = a.iter().flat_map(|a| b.iter().map(|b| of(*a, *b)).collect::<Vec<_>>());
        let first = results.next().unwrap();
        if results.all(|result| result == first) { first.into() } else { Unknown }
    }

    #[test]
    fn every_pair_is_what_settling_the_unknowns_gives() {
        for a in ALL {
            for b in ALL {
                assert_eq!(a.and(b), by_cases(a, b, |a, b| a && b), "{a:?} and {b:?}");
                assert_eq!(a.or(b), by_cases(a, b, |a, b| a || b), "{a:?} or {b:?}");
                assert_eq!(a.implies(b), by_cases(a, b, |a, b| !a || b), "{a:?} implies {b:?}");
            }
        }
    }

    #[test]
    fn bounds_decide_only_when_they_must() {
        assert_eq!(Truth::at_least(3, 3, 3), Yes);
        assert_eq!(Truth::at_least(3, 2, 3), Unknown);
        assert_eq!(Truth::at_least(3, 2, 2), No);
        assert_eq!(Truth::at_least(3, 0, usize::MAX), Unknown);
    }
}
