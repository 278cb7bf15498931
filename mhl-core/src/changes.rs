//! Two inventories compared by names, sizes and recorded digests: pure.

use std::{collections::HashMap, fmt};

use mhl_hash::HashValue;
use serde::Serialize;

use crate::{
    Comparison, Finding, FindingKind, Item, Manifest, RecordedHash, RelativePath, diff,
    escape_for_display,
};

/// A file as a manifest, a history or a tree knows it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Listed<'a> {
    /// Its path.
    pub path: &'a RelativePath,
    /// Its size in bytes, where it is known.
    pub size: Option<u64>,
    /// Its digests, where some are known; of either format. What is labelled `failed` is passed over.
    pub hashes: &'a [RecordedHash],
    /// The path from which it was renamed, where that is recorded.
    pub previous_path: Option<&'a RelativePath>,
}

impl<'a> Listed<'a> {
    /// A file with what is known of it.
    #[must_use]
    pub fn new(path: &'a RelativePath, size: Option<u64>, hashes: &'a [RecordedHash]) -> Self {
        Listed { path, size, hashes, previous_path: None }
    }

    /// The files of a manifest.
    #[must_use]
    pub fn all_of(manifest: &'a Manifest) -> Vec<Self> {
        let listed = manifest.files().map(|file| Listed {
            previous_path: file.previous_path.as_ref(),
            ..Listed::new(&file.path, file.size, &file.hashes)
        });
        listed.collect()
    }
}

/// What [`changes`] found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Changes {
    /// Files under one name on both sides whose sizes do not differ and whose comparable digests
    /// hold, at least one of them.
    pub same: u64,
    /// Everything else, sorted by path bytes. A file with another spelling and another content is
    /// in two of them.
    pub changes: Vec<Change>,
}

/// What became of a file. In JSON an object whose `kind` is the name in kebab case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Change {
    /// It is on the second side alone.
    Added {
        /// Which.
        path: String,
    },
    /// It is on the first side alone.
    Removed {
        /// Which.
        path: String,
    },
    /// It has another size or another digest. A size that differs is never reconciled with a digest
    /// that holds.
    Changed {
        /// Which, by its path on the first side.
        path: String,
        /// Both sizes, where they differ.
        #[serde(skip_serializing_if = "Option::is_none")]
        size: Option<[u64; 2]>,
        /// Every digest that differs.
        digests: Vec<Differing>,
    },
    /// It has another name in the same folder.
    Renamed {
        /// Its path on the first side.
        from: String,
        /// Its path on the second side.
        to: String,
    },
    /// It is in another folder.
    Moved {
        /// Its path on the first side.
        from: String,
        /// Its path on the second side.
        to: String,
    },
    /// The two paths are the same but for their spelling.
    Respelled {
        /// Its path on the first side.
        from: String,
        /// Its path on the second side.
        to: String,
        /// In what: `normalisation`, `separator` or `case`.
        #[serde(rename = "in")]
        respelled: FindingKind,
    },
    /// Its digests are the same bits, one of them in the other byte order.
    ByteOrder {
        /// Which.
        path: String,
    },
    /// Nothing follows from what is known of its content.
    Incomparable {
        /// Which.
        path: String,
        /// Why.
        reason: &'static str,
    },
}

/// A digest that differs between two inventories.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Differing {
    /// The algorithm, by [`Algorithm::name`](mhl_hash::Algorithm::name).
    pub algorithm: &'static str,
    /// The text on the first side.
    pub before: String,
    /// The text on the second side.
    pub after: String,
}

/// Compares two inventories: manifests, histories, trees, of the same format or not.
///
/// Files are paired by their names as [`diff`](crate::diff) does it. Of those that remain, two are
/// one file that was renamed or moved when its list says so (`previousPath`), or when exactly one
/// removed and exactly one added file have a digest in common and nothing else disagrees. Empty
/// files are all alike and are never paired by content.
///
/// XXH64 of a classic list is the same in either byte order. The second inventory is sorted by
/// reference and the first passed through once; beside them some 80 bytes are kept for a file, and
/// some 200 more for one that is removed or added.
///
/// ```
/// use mhl_core::{Change, Format, Listed, RecordedHash, RelativePath, changes};
/// use mhl_hash::{Algorithm, HashValue};
///
/// let digest = HashValue::from_hex(Algorithm::Xxh64, "0ea03b369a463d9d")?;
/// let [classic, asc] = [Format::Classic, Format::Asc].map(|f| [RecordedHash::new(f, digest)]);
/// let [old, new] = [RelativePath::new("Clips/a.mov")?, RelativePath::new("Selects/a.mov")?];
/// let found = changes(&[Listed::new(&old, Some(5), &classic)], &[Listed::new(&new, None, &asc)]);
/// let moved = Change::Moved { from: "Clips/a.mov".into(), to: "Selects/a.mov".into() };
/// assert_eq!(found.changes, [moved]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn changes(before: &[Listed<'_>], after: &[Listed<'_>]) -> Changes {
    let names = diff(&items(before), &items(after));
    let mut found = Changes::default();
    for finding in names.findings {
        if let (Some(from), Some(to)) = (finding.expected, finding.found)
            && finding.kind != FindingKind::SizeMismatch
        {
            found.changes.push(Change::Respelled { from, to, respelled: finding.kind });
        }
    }
    let (mut removed, mut added) = (vec![true; before.len()], vec![true; after.len()]);
    for pair in &names.pairs {
        let (Some(old), Some(new)) = (before.get(pair.expected), after.get(pair.found)) else {
            continue;
        };
        take(&mut removed, pair.expected);
        take(&mut added, pair.found);
        match compare(old, new) {
            Some(change) => found.changes.push(change),
            None => found.same += 1,
        }
    }
    for find in [by_previous_path, by_content] {
        let pairs = find(&left(before, &removed), &left(after, &added));
        for ((at, old), (to, new)) in pairs {
            take(&mut removed, at);
            take(&mut added, to);
            let renamed = old.path.parent() == new.path.parent();
            let [from, to] = [old, new].map(|file| file.path.to_string());
            found.changes.push(match renamed {
                true => Change::Renamed { from, to },
                false => Change::Moved { from, to },
            });
            found.changes.extend(compare(old, new));
        }
    }
    let path = |file: &Listed<'_>| file.path.to_string();
    let removed = left(before, &removed).into_iter();
    let added = left(after, &added).into_iter();
    found.changes.extend(removed.map(|(_, file)| Change::Removed { path: path(file) }));
    found.changes.extend(added.map(|(_, file)| Change::Added { path: path(file) }));
    found.changes.sort_by(|a, b| a.path().cmp(b.path()));
    found
}

fn items<'a>(listed: &[Listed<'a>]) -> Vec<Item<'a>> {
    listed.iter().map(|file| Item::new(file.path, file.size)).collect()
}

fn take(left: &mut [bool], at: usize) {
    if let Some(left) = left.get_mut(at) {
        *left = false;
    }
}

/// A file and its place among all.
type Placed<'a, 'b> = (usize, &'b Listed<'a>);

/// The files that are in no pair.
fn left<'a, 'b>(listed: &'b [Listed<'a>], left: &[bool]) -> Vec<Placed<'a, 'b>> {
    listed.iter().enumerate().zip(left).filter(|(_, left)| **left).map(|(file, _)| file).collect()
}

/// The pairs of a removed file and an added one that the list says was renamed from it.
fn by_previous_path<'a, 'b>(
    removed: &[Placed<'a, 'b>],
    added: &[Placed<'a, 'b>],
) -> Vec<(Placed<'a, 'b>, Placed<'a, 'b>)> {
    let mut old: HashMap<&RelativePath, Placed<'a, 'b>> =
        removed.iter().map(|placed| (placed.1.path, *placed)).collect();
    let pair = |new: &Placed<'a, 'b>| Some((old.remove(new.1.previous_path?)?, *new));
    added.iter().filter_map(pair).collect()
}

/// The pairs of the one removed and the one added file that have a digest.
fn by_content<'a, 'b>(
    removed: &[Placed<'a, 'b>],
    added: &[Placed<'a, 'b>],
) -> Vec<(Placed<'a, 'b>, Placed<'a, 'b>)> {
    // For each digest the first file of either side that has it, and whether others have it too.
    let mut holders: HashMap<HashValue, [(Option<Placed<'a, 'b>>, bool); 2]> = HashMap::new();
    for (side, files) in [removed, added].into_iter().enumerate() {
        for placed in files.iter().filter(|placed| placed.1.size != Some(0)) {
            for value in comparable(placed.1).filter_map(RecordedHash::value) {
                if let Some((first, several)) = holders.entry(value).or_default().get_mut(side) {
                    *several |= first.is_some_and(|first| first.0 != placed.0);
                    first.get_or_insert(*placed);
                }
            }
        }
    }
    let mut pairs: Vec<_> = holders
        .into_values()
        .filter_map(|holders| match holders {
            [(Some(old), false), (Some(new), false)] => Some((old, new)),
            _ => None,
        })
        .filter(|(old, new)| matches!(compare(old.1, new.1), None | Some(Change::ByteOrder { .. })))
        .collect();
    pairs.sort_unstable_by_key(|(old, new)| (old.0, new.0));
    pairs.dedup_by_key(|(old, new)| (old.0, new.0));
    // A file whose digests point at two others is in doubt: nothing is guessed.
    let (mut olds, mut news) = (HashMap::new(), HashMap::new());
    for (old, new) in &pairs {
        *olds.entry(old.0).or_insert(0) += 1;
        *news.entry(new.0).or_insert(0) += 1;
    }
    pairs.retain(|(old, new)| olds.get(&old.0) == Some(&1) && news.get(&new.0) == Some(&1));
    pairs
}

fn comparable<'a>(file: &Listed<'a>) -> impl Iterator<Item = &'a RecordedHash> {
    file.hashes.iter().filter(|hash| !hash.is_failed())
}

/// What two records say of the content of one file; `None` when it is the same.
fn compare(old: &Listed<'_>, new: &Listed<'_>) -> Option<Change> {
    let path = || old.path.to_string();
    let size = match (old.size, new.size) {
        (Some(old), Some(new)) if old != new => Some([old, new]),
        _ => None,
    };
    let (mut held, mut reversed, mut digests) = (false, false, Vec::new());
    for before in comparable(old) {
        let Some(value) = before.value() else { continue };
        for after in comparable(new) {
            let Some(other) = after.value().filter(|v| v.algorithm() == value.algorithm()) else {
                continue;
            };
            // Either of the two may be the one that is spelled unusually.
            let comparisons = [before.compare(&other), after.compare(&value)];
            if comparisons.iter().any(Comparison::holds) {
                held = true;
                reversed |= value != other && value.reversed() == other;
            } else {
                let [before, after] = [before, after].map(RecordedHash::text);
                digests.push(Differing { algorithm: value.algorithm().name(), before, after });
            }
        }
    }
    if size.is_some() || !digests.is_empty() {
        return Some(Change::Changed { path: path(), size, digests });
    }
    if reversed {
        return Some(Change::ByteOrder { path: path() });
    }
    let sides = [old, new];
    let none = |of: fn(&RecordedHash) -> bool| {
        sides.iter().any(|file| !file.hashes.is_empty() && file.hashes.iter().all(of))
    };
    (!held).then(|| Change::Incomparable {
        path: path(),
        reason: match () {
            () if sides.iter().any(|file| file.hashes.is_empty()) => "one side has no digest",
            () if none(RecordedHash::is_null) => "one side records existence and size alone",
            () if none(RecordedHash::is_failed) => "one side's digests are labelled as failed",
            () => "no algorithm is common to both sides",
        },
    })
}

impl Change {
    /// The path on the first side; on the second for what is there alone.
    #[must_use]
    pub fn path(&self) -> &str {
        match self {
            Change::Added { path }
            | Change::Removed { path }
            | Change::Changed { path, .. }
            | Change::ByteOrder { path }
            | Change::Incomparable { path, .. } => path,
            Change::Renamed { from, .. }
            | Change::Moved { from, .. }
            | Change::Respelled { from, .. } => from,
        }
    }

    /// What a rename or move that nobody recorded amounts to: a guess, for people to decide on.
    pub(crate) fn rename_candidate(&self) -> Option<Finding> {
        let (Change::Renamed { from, to } | Change::Moved { from, to }) = self else { return None };
        let note = "the same digest under a new name: if it was renamed, record that, or give it \
                    its old name back";
        let finding = Finding::new(FindingKind::RenameCandidate, from.as_str());
        Some(finding.differing(from.as_str(), to.as_str()).noting(note))
    }
}

impl Changes {
    /// All of it as one line of JSON: `same`, and `changes` with a `kind` each.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Strings, numbers and vectors alone: serde_json has no error for them.
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl fmt::Display for Changes {
    /// A line for each change, and one that counts the rest.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for change in &self.changes {
            writeln!(f, "{change}")?;
        }
        write!(f, "{} the same, {} changes", self.same, self.changes.len())
    }
}

impl fmt::Display for Change {
    /// A line for people; what names could do to a terminal is escaped.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let escape = escape_for_display;
        match self {
            Change::Added { path } => write!(f, "added      {}", escape(path)),
            Change::Removed { path } => write!(f, "removed    {}", escape(path)),
            Change::Changed { path, size, digests } => {
                write!(f, "changed    {}", escape(path))?;
                if let Some([before, after]) = size {
                    write!(f, "; size {before} -> {after}")?;
                }
                for Differing { algorithm, before, after } in digests {
                    write!(f, "; {algorithm} {} -> {}", escape(before), escape(after))?;
                }
                Ok(())
            }
            Change::Renamed { from, to } => {
                write!(f, "renamed    {} -> {}", escape(from), escape(to))
            }
            Change::Moved { from, to } => {
                write!(f, "moved      {} -> {}", escape(from), escape(to))
            }
            Change::Respelled { from, to, respelled } => {
                write!(f, "respelled  {} -> {} ({respelled})", escape(from), escape(to))
            }
            Change::ByteOrder { path } => write!(f, "byte order {}", escape(path)),
            Change::Incomparable { path, reason } => {
                write!(f, "unknown    {}: {reason}", escape(path))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use mhl_hash::Algorithm;
    use proptest::prelude::*;

    use super::*;
    use crate::{Action, Format};

    type File = (RelativePath, Option<u64>, Vec<RecordedHash>);

    fn file(path: &str, size: impl Into<Option<u64>>, hashes: Vec<RecordedHash>) -> File {
        (RelativePath::new(path).unwrap(), size.into(), hashes)
    }

    fn hash(format: Format, algorithm: Algorithm, byte: u8) -> RecordedHash {
        let mut bytes = vec![byte; algorithm.digest_len()];
        bytes[0] = 0;
        RecordedHash::new(format, HashValue::from_bytes(algorithm, &bytes).unwrap())
    }

    fn md5(byte: u8) -> Vec<RecordedHash> {
        vec![hash(Format::Classic, Algorithm::Md5, byte)]
    }

    fn listed(files: &[File]) -> Vec<Listed<'_>> {
        files.iter().map(|(path, size, hashes)| Listed::new(path, *size, hashes)).collect()
    }

    fn lines(before: &[File], after: &[File]) -> String {
        changes(&listed(before), &listed(after)).to_string()
    }

    #[test]
    fn every_kind_is_told_apart() {
        let before = [
            file("same", 1, md5(1)),
            file("gone", 1, md5(2)),
            file("bigger", 1, md5(3)),
            file("other", 1, md5(4)),
            file("A/name", 1, md5(5)),
            file("A/moved", 1, md5(6)),
            file("Caf\u{e9}", 1, md5(7)),
            file("null", 1, vec![RecordedHash::null()]),
        ];
        let sha1 = vec![hash(Format::Asc, Algorithm::Sha1, 4)];
        let after = [
            file("same", None, md5(1)),
            file("bigger", 2, md5(3)),
            file("other", 1, [md5(9), sha1].concat()),
            file("A/other name", 1, md5(5)),
            file("B/moved", 1, md5(6)),
            file("Cafe\u{301}", 1, md5(8)),
            file("null", 1, md5(1)),
            file("new\n", 1, md5(10)),
        ];
        assert_eq!(
            lines(&before, &after),
            "moved      A/moved -> B/moved
renamed    A/name -> A/other name
respelled  Caf\u{e9} -> Cafe\u{301} (normalisation)
changed    Caf\u{e9}; md5 00070707070707070707070707070707 -> 00080808080808080808080808080808
changed    bigger; size 1 -> 2
removed    gone
added      new\\n
unknown    null: one side records existence and size alone
changed    other; md5 00040404040404040404040404040404 -> 00090909090909090909090909090909
1 the same, 9 changes"
        );
    }

    #[test]
    fn json_is_exact() {
        let found = changes(&listed(&[file("a", 1, md5(1))]), &listed(&[file("a", 2, vec![])]));
        assert_eq!(
            found.to_json(),
            "{\"same\":0,\"changes\":[{\"kind\":\"changed\",\"path\":\"a\",\"size\":[1,2],\
             \"digests\":[]}]}"
        );
        let found = changes(&listed(&[file("A", 1, md5(1))]), &listed(&[file("a", 1, md5(1))]));
        assert_eq!(
            found.to_json(),
            "{\"same\":1,\"changes\":[{\"kind\":\"respelled\",\"from\":\"A\",\"to\":\"a\",\
             \"in\":\"case\"}]}"
        );
    }

    #[test]
    fn row_58_either_byte_order_of_a_classic_xxh64_is_the_same_content() {
        let big = HashValue::from_hex(Algorithm::Xxh64, "0ea03b369a463d9d").unwrap();
        let one = |format, value| [file("a", 1, vec![RecordedHash::new(format, value)])];
        let classic = one(Format::Classic, big.reversed());
        for format in [Format::Classic, Format::Asc] {
            let there = lines(&classic, &one(format, big));
            assert_eq!(there, "byte order a\n0 the same, 1 changes");
            assert_eq!(lines(&one(format, big), &classic), there, "either way round");
        }
        let asc = lines(&one(Format::Asc, big), &one(Format::Asc, big.reversed()));
        assert!(asc.starts_with("changed    a; xxh64"), "{asc}");
    }

    #[test]
    fn row_64_failed_digests_compare_with_nothing() {
        let mut failed = md5(1);
        failed[0].action = Some(Action::Failed);
        let told = lines(&[file("a", 1, failed.clone())], &[file("a", 1, md5(1))]);
        assert!(told.starts_with("unknown    a: one side's digests are labelled"), "{told}");
        // Nor do they make one file of two.
        let told = lines(&[file("a", 1, failed)], &[file("b", 1, md5(1))]);
        assert_eq!(told, "removed    a\nadded      b\n0 the same, 2 changes");
    }

    #[test]
    fn content_pairs_one_with_one_and_guesses_nothing() {
        for (before, after) in [
            // Two candidates on either side, empty files, another size, another digest beside it.
            (vec![file("a", 1, md5(1)), file("b", 1, md5(1))], vec![file("c", 1, md5(1))]),
            (vec![file("a", 1, md5(1))], vec![file("c", 1, md5(1)), file("d", 1, md5(1))]),
            (vec![file("a", 0, md5(1))], vec![file("c", 0, md5(1))]),
            (vec![file("a", 1, md5(1))], vec![file("c", 2, md5(1))]),
        ] {
            let found = changes(&listed(&before), &listed(&after));
            assert_eq!(found.changes.len(), before.len() + after.len(), "{found}");
        }
    }

    #[test]
    fn a_recorded_rename_is_believed_and_its_content_still_compared() {
        let (before, after) = ([file("a", 1, md5(1))], [file("B/b", 1, md5(2))]);
        let mut to = listed(&after);
        to[0].previous_path = Some(&before[0].0);
        let told = changes(&listed(&before), &to).to_string();
        assert!(told.starts_with("moved      a -> B/b\nchanged    a; md5"), "{told}");
    }

    fn inventory() -> impl Strategy<Value = Vec<File>> {
        let one = ("[abAB]{1,2}", 0u64..3, proptest::option::of(0u8..4));
        proptest::collection::btree_map("[abAB]{1,2}", one, 0..6).prop_map(|files| {
            let file = |(path, (_, size, byte)): (String, (String, u64, Option<u8>))| {
                file(&path, size, byte.map(md5).unwrap_or_default())
            };
            files.into_iter().map(file).collect()
        })
    }

    proptest! {
        #[test]
        fn each_file_is_told_of_once_and_the_way_back_mirrors_it(
            before in inventory(), after in inventory(),
        ) {
            let there = changes(&listed(&before), &listed(&after));
            let back = changes(&listed(&after), &listed(&before));
            let count = |of: &Changes, is: fn(&Change) -> bool| {
                of.changes.iter().filter(|change| is(change)).count()
            };
            prop_assert_eq!(there.same, back.same);
            prop_assert_eq!(
                count(&there, |c| matches!(c, Change::Added { .. })),
                count(&back, |c| matches!(c, Change::Removed { .. }))
            );
            for is in [
                (|c| matches!(c, Change::Changed { .. })) as fn(&Change) -> bool,
                |c| matches!(c, Change::Renamed { .. } | Change::Moved { .. }),
                |c| matches!(c, Change::Respelled { .. }),
                |c| matches!(c, Change::Incomparable { .. }),
            ] {
                prop_assert_eq!(count(&there, is), count(&back, is));
            }
            // A file that was renamed is in no pair of names.
            let renamed = count(&there, |c| matches!(c, Change::Renamed { .. } | Change::Moved { .. }));
            let removed = count(&there, |c| matches!(c, Change::Removed { .. }));
            let judged = count(&there, |c| matches!(
                c, Change::Changed { .. } | Change::Incomparable { .. }
            ));
            prop_assert_eq!(there.same as usize + judged + renamed + removed, before.len());
            let itself = changes(&listed(&before), &listed(&before));
            prop_assert_eq!(count(&itself, |c| !matches!(c, Change::Incomparable { .. })), 0);
        }
    }
}
