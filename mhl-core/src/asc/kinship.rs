//! How the histories of two copies stand to each other: one goes on from the other, or both went on
//! by themselves.

use std::{collections::BTreeMap, fmt};

use serde::Serialize;

use super::{Chain, History, Link};
use crate::{Finding, FindingKind, RelativePath, read::files_agree};

/// How the chains of two copies stand to each other.
///
/// Copies part when two facilities each append their own generation: that is the usual course of
/// things, and no fault of either. [`History::conflicts_with`] tells whether what they recorded since
/// contradicts. Serialised it is an object with its `kinship` and its numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(tag = "kinship", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Kinship {
    /// Both have the same generations.
    Same,
    /// One begins with all generations of the other, and has more.
    Continued {
        /// Generations that both have.
        common: u64,
        /// Those that the first alone has; 0 when the second is the longer one.
        first: u64,
        /// Those that the second alone has; 0 when the first is the longer one.
        second: u64,
    },
    /// Both went on by themselves after the generations that they have in common.
    Forked {
        /// Generations that both have; at least one.
        common: u64,
        /// Those that the first alone has; at least one.
        first: u64,
        /// Those that the second alone has; at least one.
        second: u64,
    },
    /// They have no generation in common: they are no copies of one history.
    Strangers,
}

impl Chain {
    /// How this chain and that of another copy stand to each other, by the names, numbers and C4 of
    /// their generations. Two chains without any are the same.
    ///
    /// ```
    /// use mhl_core::{RelativePath, asc::{Chain, Kinship, Link}};
    /// use mhl_hash::{Algorithm, Hasher};
    ///
    /// let link = |number, name| {
    ///     Link::new(Some(number), RelativePath::new(name).unwrap(), Hasher::new(Algorithm::C4).finish())
    /// };
    /// let mut here = Chain::default();
    /// here.links.push(link(1, "0001_A001_2026-11-22_143000Z.mhl"));
    /// let mut there = here.clone();
    /// here.links.push(link(2, "0002_A001_2026-11-23_090000Z.mhl"));
    /// assert_eq!(here.kinship(&there), Kinship::Continued { common: 1, first: 1, second: 0 });
    ///
    /// there.links.push(link(2, "0002_A001_2026-11-24_170000Z.mhl"));
    /// assert_eq!(here.kinship(&there), Kinship::Forked { common: 1, first: 1, second: 1 });
    /// ```
    #[must_use]
    pub fn kinship(&self, other: &Chain) -> Kinship {
        let same =
            |(a, b): &(&Link, &Link)| (a.sequence, &a.path, a.c4) == (b.sequence, &b.path, b.c4);
        let common = self.links.iter().zip(&other.links).take_while(same).count() as u64;
        let [first, second] = [self, other].map(|chain| chain.links.len() as u64 - common);
        match (common, first, second) {
            (_, 0, 0) => Kinship::Same,
            (0, ..) => Kinship::Strangers,
            (_, 0, _) | (_, _, 0) => Kinship::Continued { common, first, second },
            _ => Kinship::Forked { common, first, second },
        }
    }
}

/// A sentence without its stop: `1 generation in common, then 2 in the first alone`.
impl fmt::Display for Kinship {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let generations = |count| match count {
            1 => "1 generation".to_owned(),
            count => format!("{count} generations"),
        };
        match *self {
            Kinship::Same => f.write_str("the same generations"),
            Kinship::Strangers => f.write_str("no generation in common"),
            Kinship::Continued { common, first, second } => {
                let (longer, more) = match second {
                    0 => ("first", first),
                    more => ("second", more),
                };
                let common = generations(common);
                write!(f, "{common} in common, then {more} in the {longer} alone")
            }
            Kinship::Forked { common, first, second } => {
                let common = generations(common);
                write!(
                    f,
                    "{common} in common, then {first} in the first and {second} in the second"
                )
            }
        }
    }
}

impl History {
    /// How it and the history of another copy stand to each other, and those of every folder within
    /// for which both have one: by folder, `None` for their own. What has no chain that can be read
    /// is left out.
    #[must_use]
    pub fn kinship(&self, other: &History) -> BTreeMap<Option<RelativePath>, Kinship> {
        let mut kin = BTreeMap::new();
        kin.extend(self.own_kinship(other).map(|kinship| (None, kinship)));
        for (root, own, their) in self.nested_of_both(other) {
            kin.extend(own.kinship(their).into_iter().filter_map(|(scope, kinship)| {
                let scope = match scope {
                    Some(scope) => root.join(scope.as_str()).ok()?,
                    None => root.clone(),
                };
                Some((Some(scope), kinship))
            }));
        }
        kin
    }

    fn own_kinship(&self, other: &History) -> Option<Kinship> {
        Some(self.chain.as_ref()?.kinship(other.chain.as_ref()?))
    }

    fn nested_of_both<'a>(
        &'a self,
        other: &'a History,
    ) -> impl Iterator<Item = (&'a RelativePath, &'a History, &'a History)> {
        self.nested.iter().filter_map(|own| {
            let their = other.nested.iter().find(|their| their.root == own.root)?;
            Some((&own.root, &own.history, &their.history))
        })
    }

    /// A [`ConflictingOriginals`](FindingKind::ConflictingOriginals) for each file that this history
    /// and that of another copy know by one path and different bytes; then likewise for those of every
    /// folder within for which both have one. Sorted by path in each; paths are relative to the root
    /// of this one.
    ///
    /// Digests labelled `failed` contradict nothing, and neither do [`Kinship::Strangers`]: they are no
    /// copies of one history.
    #[must_use]
    pub fn conflicts_with(&self, other: &History) -> Vec<Finding> {
        let mut conflicts = match self.own_kinship(other) {
            Some(Kinship::Strangers) => Vec::new(),
            _ => self.own_conflicts_with(other),
        };
        for (root, own, their) in self.nested_of_both(other) {
            conflicts.extend(own.conflicts_with(their).into_iter().map(|finding| {
                let path = format!("{root}/{}", finding.path);
                Finding { path, ..finding }
            }));
        }
        conflicts
    }

    fn own_conflicts_with(&self, other: &History) -> Vec<Finding> {
        let theirs = other.known();
        let ours = self.known().into_iter();
        let conflicting = ours.filter(|(path, known)| {
            theirs.get(path).is_some_and(|their| {
                !files_agree((known.size, &known.hashes), (their.size, &their.hashes))
            })
        });
        let note = "two copies of the history record different bytes as the original of this file";
        conflicting
            .map(|(path, _)| {
                Finding::new(FindingKind::ConflictingOriginals, path.as_str()).noting(note)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use mhl_hash::{Algorithm, Hasher};

    use super::*;
    use crate::RelativePath;

    /// A chain whose generations have these letters for their content.
    fn chain(generations: &str) -> Chain {
        let mut chain = Chain::default();
        for (letter, number) in generations.chars().zip(1..) {
            let mut c4 = Hasher::new(Algorithm::C4);
            c4.update(&[letter as u8]);
            let path = RelativePath::new(&format!("{number:04}_A001.mhl")).unwrap();
            chain.links.push(Link::new(Some(number), path, c4.finish()));
        }
        chain
    }

    #[test]
    fn copies_are_the_same_continued_forked_or_strangers() {
        for (here, there, expected) in [
            ("", "", Kinship::Same),
            ("abc", "abc", Kinship::Same),
            ("abc", "a", Kinship::Continued { common: 1, first: 2, second: 0 }),
            ("ab", "abc", Kinship::Continued { common: 2, first: 0, second: 1 }),
            ("abc", "abd", Kinship::Forked { common: 2, first: 1, second: 1 }),
            ("abcd", "ax", Kinship::Forked { common: 1, first: 3, second: 1 }),
            ("ab", "xb", Kinship::Strangers),
            ("a", "", Kinship::Strangers),
        ] {
            assert_eq!(chain(here).kinship(&chain(there)), expected, "{here:?} and {there:?}");
        }
    }

    #[test]
    fn kinship_is_said_in_words_and_to_programs() {
        let said = |here: &str, there: &str| chain(here).kinship(&chain(there)).to_string();
        assert_eq!(said("a", "a"), "the same generations");
        assert_eq!(said("ab", "a"), "1 generation in common, then 1 in the first alone");
        assert_eq!(said("ab", "abcd"), "2 generations in common, then 2 in the second alone");
        let forked = "1 generation in common, then 1 in the first and 2 in the second";
        assert_eq!(said("ab", "acd"), forked);
        assert_eq!(said("a", "b"), "no generation in common");
        let json = serde_json::to_value(chain("ab").kinship(&chain("acd"))).unwrap();
        let expected = r#"{"kinship":"forked","common":1,"first":1,"second":2}"#;
        assert_eq!(json, serde_json::from_str::<serde_json::Value>(expected).unwrap());
    }

    #[test]
    fn another_number_or_name_is_another_generation() {
        let here = chain("ab");
        let mut there = here.clone();
        there.links[1].sequence = Some(3);
        let forked = Kinship::Forked { common: 1, first: 1, second: 1 };
        assert_eq!(here.kinship(&there), forked);
        there = here.clone();
        there.links[1].path = RelativePath::new("0002_A001_later.mhl").unwrap();
        assert_eq!(here.kinship(&there), forked);
    }
}
