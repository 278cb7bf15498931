//! Listed names and sizes against found ones: pure.

use std::collections::{HashMap, HashSet};

use unicode_normalization::UnicodeNormalization;

use crate::{Finding, FindingKind, RelativePath};

/// A file that is expected or found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs)]
pub struct Item<'a> {
    /// Its path.
    pub path: &'a RelativePath,
    /// Its size in bytes; `None` where it is not known, and then it is not compared.
    pub size: Option<u64>,
}

impl<'a> Item<'a> {
    /// A file with its size.
    #[must_use]
    pub fn new(path: &'a RelativePath, size: Option<u64>) -> Self {
        Item { path, size }
    }
}

/// An expected file and the found one that stands for it, by their places in the arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Pair {
    /// Place among the expected.
    pub expected: usize,
    /// Place among the found.
    pub found: usize,
}

/// What [`diff`] found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Difference {
    /// The files that stand for each other, in the order of the expected; those with another
    /// size included, so that their digests can still be told. A path that is expected twice is
    /// in two pairs.
    pub pairs: Vec<Pair>,
    /// Missing and new files, other sizes, other spellings of names; sorted by path.
    pub findings: Vec<Finding>,
}

/// Compares names and sizes.
///
/// A name is first looked for as it is. Of those that remain on both sides, two stand for each
/// other where exactly one and exactly one agree: after Unicode normalisation (macOS writes NFD,
/// most others NFC), then with backslashes as separators, then but for upper and lower case. Each
/// such pair is a warning. Where more than one could be meant, nothing is guessed: all of them are
/// missing and new.
///
/// ```
/// use mhl_core::{FindingKind, Item, RelativePath, diff};
///
/// let [listed, there] = [RelativePath::new("Café.mov")?, RelativePath::new("Cafe\u{301}.mov")?];
/// let difference = diff(&[Item::new(&listed, Some(5))], &[Item::new(&there, Some(5))]);
/// assert_eq!(difference.pairs.len(), 1);
/// assert_eq!(difference.findings[0].kind, FindingKind::Normalisation);
/// # Ok::<(), mhl_core::PathError>(())
/// ```
#[must_use]
pub fn diff(expected: &[Item<'_>], found: &[Item<'_>]) -> Difference {
    compare(expected, found)
}

/// What has a path and perhaps a size: lists of it are compared where they stand.
pub(crate) trait Named {
    fn item(&self) -> Item<'_>;
}

impl Named for Item<'_> {
    fn item(&self) -> Item<'_> {
        *self
    }
}

/// As [`diff`].
pub(crate) fn compare(expected: &[impl Named], found: &[impl Named]) -> Difference {
    let mut difference = Difference::default();
    // A few bytes for each file, where a map would take a hundred.
    let mut places: Vec<usize> = (0..found.len()).collect();
    let path = |at: &usize| found.get(*at).map_or("", |found| found.item().path.as_str());
    places.sort_by(|a, b| path(a).cmp(path(b)));
    let mut taken = vec![false; found.len()];
    let mut missing = Vec::new();
    // Both sides have the same order, mostly: it stands behind the one before.
    let mut behind = 0;
    for (at, item) in expected.iter().map(Named::item).enumerate() {
        let is_it = |at: &&usize| path(at) == item.path.as_str();
        let place = match places.get(behind).filter(is_it) {
            Some(_) => behind,
            None => places.partition_point(|at| path(at) < item.path.as_str()),
        };
        match places.get(place).filter(is_it) {
            Some(&found) => {
                behind = place + 1;
                difference.pairs.push(Pair { expected: at, found });
                if let Some(taken) = taken.get_mut(found) {
                    *taken = true;
                }
            }
            None => missing.push(at),
        }
    }
    drop(places);
    let mut new: Vec<usize> =
        taken.iter().enumerate().filter(|(_, taken)| !**taken).map(|(at, _)| at).collect();

    for Spelling { kind, note, key } in SPELLINGS {
        if missing.is_empty() || new.is_empty() {
            break;
        }
        let pairs = unique(expected, &missing, found, &new, key);
        let (listed, there): (HashSet<usize>, HashSet<usize>) =
            pairs.iter().map(|pair| (pair.expected, pair.found)).unzip();
        missing.retain(|at| !listed.contains(at));
        new.retain(|at| !there.contains(at));
        for pair in pairs {
            if let (Some(listed), Some(there)) =
                (expected.get(pair.expected), found.get(pair.found))
            {
                let [listed, there] = [listed.item(), there.item()].map(|item| item.path.as_str());
                difference
                    .findings
                    .push(Finding::new(kind, listed).differing(listed, there).noting(note));
            }
            difference.pairs.push(pair);
        }
    }
    difference.pairs.sort_unstable();

    for pair in &difference.pairs {
        let (Some(listed), Some(there)) = (expected.get(pair.expected), found.get(pair.found))
        else {
            continue;
        };
        let (listed, there) = (listed.item(), there.item());
        if let (Some(size), Some(other)) = (listed.size, there.size)
            && size != other
        {
            let finding = Finding::new(FindingKind::SizeMismatch, listed.path.as_str());
            difference.findings.push(finding.differing(size.to_string(), other.to_string()));
        }
    }
    let finding = |kind, item: Item<'_>| Finding::new(kind, item.path.as_str());
    let missing = missing.into_iter().filter_map(|at| expected.get(at));
    let missing = missing.map(|item| finding(FindingKind::MissingFile, item.item()));
    let new = new.into_iter().filter_map(|at| found.get(at));
    let new = new.map(|item| finding(FindingKind::NewFile, item.item()));
    difference.findings.extend(missing.chain(new));
    difference.findings.sort_by(|a, b| (&a.path, a.kind).cmp(&(&b.path, b.kind)));
    difference
}

/// A way in which two names may be the same: by their keys.
struct Spelling {
    kind: FindingKind,
    note: &'static str,
    key: fn(&str) -> String,
}

/// The ways, the closest first.
const SPELLINGS: [Spelling; 3] = [
    Spelling {
        kind: FindingKind::Normalisation,
        note: "the same name in another Unicode normalisation",
        key: composed,
    },
    Spelling {
        kind: FindingKind::Separator,
        note: "the same path with a backslash for a separator",
        key: separated,
    },
    Spelling {
        kind: FindingKind::Case,
        note: "the same name but for upper and lower case",
        key: folded,
    },
];

/// The pairs of a missing and a new file whose names have the same key, and no other's has it.
fn unique(
    expected: &[impl Named],
    missing: &[usize],
    found: &[impl Named],
    new: &[usize],
    key: fn(&str) -> String,
) -> Vec<Pair> {
    let of = |side: usize| move |(at, item): (usize, Item<'_>)| (side, at, key(item.path.as_str()));
    let missing = missing.iter().filter_map(|at| Some((*at, expected.get(*at)?.item())));
    let new = new.iter().filter_map(|at| Some((*at, found.get(*at)?.item())));
    // For each key the place among missing and among new, and whether a second one has it.
    let mut places: HashMap<String, [(Option<usize>, bool); 2]> = HashMap::new();
    for (side, at, key) in missing.map(of(0)).chain(new.map(of(1))) {
        if let Some(place) = places.entry(key).or_default().get_mut(side) {
            place.1 |= place.0.is_some();
            place.0 = Some(at);
        }
    }
    let mut pairs: Vec<Pair> = places
        .into_values()
        .filter_map(|sides| match sides {
            [(Some(expected), false), (Some(found), false)] => Some(Pair { expected, found }),
            _ => None,
        })
        .collect();
    pairs.sort_unstable();
    pairs
}

fn composed(path: &str) -> String {
    path.nfc().collect()
}

fn separated(path: &str) -> String {
    composed(path).replace('\\', "/")
}

/// The widest of the ways: names that are the same in any of them have the same key.
pub(crate) fn folded(path: &str) -> String {
    separated(path).to_lowercase().nfc().collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn run(expected: &[(&str, u64)], found: &[(&str, u64)]) -> (Vec<(usize, usize)>, Vec<String>) {
        let own = |items: &[(&str, u64)]| -> Vec<(RelativePath, u64)> {
            items.iter().map(|(path, size)| (RelativePath::new(path).unwrap(), *size)).collect()
        };
        let (expected, found) = (own(expected), own(found));
        let items = |items: &'static [(RelativePath, u64)]| -> Vec<Item<'static>> {
            items.iter().map(|(path, size)| Item::new(path, Some(*size))).collect()
        };
        let difference = diff(&items(expected.leak()), &items(found.leak()));
        let pairs = difference.pairs.iter().map(|pair| (pair.expected, pair.found)).collect();
        let findings =
            difference.findings.iter().map(|f| format!("{} {}", f.kind, f.path)).collect();
        (pairs, findings)
    }

    #[test]
    fn missing_new_and_resized_files_are_told_together() {
        let (pairs, findings) =
            run(&[("a", 1), ("b", 2), ("c", 3)], &[("d", 4), ("c", 5), ("a", 1)]);
        assert_eq!(pairs, [(0, 2), (2, 1)]);
        assert_eq!(findings, ["missing-file b", "size-mismatch c", "new-file d"]);
    }

    #[test]
    fn row_40_both_normalisations_are_two_files() {
        let both = [("é", 1), ("e\u{301}", 2)];
        assert_eq!(run(&both, &both), (vec![(0, 0), (1, 1)], vec![]));
        let (pairs, findings) = run(&both[..1], &both);
        assert_eq!(pairs, [(0, 0)]);
        assert_eq!(findings, ["new-file e\u{301}"]);
    }

    #[test]
    fn row_41_another_normalisation_matches_if_it_is_unique() {
        let (pairs, findings) = run(&[("é", 1)], &[("e\u{301}", 1)]);
        assert_eq!((pairs, findings), (vec![(0, 0)], vec!["normalisation é".to_owned()]));
        // Two spellings of one name on the disk, neither of them the listed one.
        let (pairs, findings) = run(&[("ǭ", 1)], &[("o\u{328}\u{304}", 1), ("ō\u{328}", 1)]);
        assert!(pairs.is_empty());
        assert_eq!(findings.len(), 3, "{findings:?}");
    }

    #[test]
    fn separators_and_case_match_if_they_are_unique() {
        let (pairs, findings) = run(&[("a/b", 1), ("C", 1)], &[("a\\b", 1), ("c", 1)]);
        assert_eq!(pairs, [(0, 0), (1, 1)]);
        assert_eq!(findings, ["case C", "separator a/b"]);
        let (pairs, findings) = run(&[("A", 1)], &[("a", 1), ("a/b", 1)]);
        assert_eq!((pairs.len(), findings.len()), (1, 2));
        let (pairs, findings) = run(&[("ab", 1), ("aB", 1)], &[("AB", 1)]);
        assert_eq!((pairs.len(), findings.len()), (0, 3), "nothing is guessed");
    }

    #[test]
    fn an_unknown_size_is_not_compared_and_a_doubled_entry_is_paired_twice() {
        let path = RelativePath::new("a").unwrap();
        let [known, unknown] = [Some(1), None].map(|size| Item::new(&path, size));
        let difference = diff(&[unknown, known], &[known]);
        assert_eq!(difference.pairs.len(), 2);
        assert_eq!(difference.findings, []);
    }

    proptest! {
        #[test]
        fn every_file_is_paired_or_reported(
            expected in proptest::collection::btree_map("[aAbéE\\\\]{1,2}", 0u64..2, 0..6),
            found in proptest::collection::btree_map("[aAbéE\\\\]{1,2}", 0u64..2, 0..6),
        ) {
            let list = |map: &std::collections::BTreeMap<String, u64>| -> Vec<(RelativePath, u64)> {
                map.iter().filter_map(|(p, s)| Some((RelativePath::new(p).ok()?, *s))).collect()
            };
            let (expected, found) = (list(&expected), list(&found));
            let left: Vec<Item<'_>> = expected.iter().map(|(p, s)| Item::new(p, Some(*s))).collect();
            let right: Vec<Item<'_>> = found.iter().map(|(p, s)| Item::new(p, Some(*s))).collect();
            let difference = diff(&left, &right);
            let count = |kind| difference.findings.iter().filter(|f| f.kind == kind).count();
            prop_assert_eq!(difference.pairs.len() + count(FindingKind::MissingFile), left.len());
            prop_assert_eq!(difference.pairs.len() + count(FindingKind::NewFile), right.len());
        }
    }
}
