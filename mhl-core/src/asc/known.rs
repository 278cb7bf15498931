//! What a history knows of each file: learned generation by generation, renames followed.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Bound,
};

use crate::{FileEntry, Manifest, RecordedHash, RelativePath, read::files_agree};

/// What a history knows of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Known {
    /// The number of the generation that listed it first, under whatever name.
    pub since: u64,
    /// Its size by the earliest record that has one and is not labelled `failed`.
    pub size: Option<u64>,
    /// For each hash format the earliest digest that is not labelled `failed`. Empty when every
    /// one is: nothing can be proven then.
    pub hashes: Vec<RecordedHash>,
    /// A rename gave it the path that it has.
    pub renamed: bool,
}

/// What has been learned so far.
#[derive(Debug, Default)]
pub(crate) struct Knowledge {
    /// Every file by its path as of now.
    pub(crate) files: BTreeMap<RelativePath, Known>,
    /// Paths that a rename gave up, and no file has taken since.
    pub(crate) given_up: BTreeSet<RelativePath>,
}

impl Knowledge {
    /// Adds what one generation says: its files, and the folders that it gave other names.
    pub(crate) fn learn<'a>(
        &mut self,
        number: u64,
        files: impl Iterator<Item = &'a FileEntry> + Clone,
        folders: &FolderRenames,
    ) {
        // All are taken from their old names before one gets its new: two may have swapped.
        let mut renamed = Vec::new();
        for file in files.clone() {
            if let Some(previous) = &file.previous_path
                && self.is_renamed(file, previous)
                && let Some(record) = self.files.remove(previous)
            {
                renamed.push((previous.clone(), file.path.clone(), record));
            }
        }
        for (from, to) in self.below_renamed(folders) {
            if let Some(record) = self.files.remove(&from) {
                renamed.push((from, to, record));
            }
        }
        self.given_up.extend(renamed.iter().map(|(from, ..)| from.clone()));
        for (_, to, record) in renamed {
            self.given_up.remove(&to);
            self.files.insert(to, Known { renamed: true, ..record });
        }
        // Generations list the same files in the same order, mostly: the record of one is looked
        // for behind that of the one before, and only then among all.
        let mut following = self.files.range_mut::<RelativePath, _>(..);
        for file in files {
            self.given_up.remove(&file.path);
            match following.next() {
                Some((path, record)) if *path == file.path => record.learn(file),
                _ => {
                    if let Some(record) = self.files.get_mut(&file.path) {
                        record.learn(file);
                    } else {
                        let (size, hashes) = (None, Vec::new());
                        let mut record = Known { since: number, size, hashes, renamed: false };
                        record.learn(file);
                        self.files.insert(file.path.clone(), record);
                    }
                    let behind = (Bound::Excluded(&file.path), Bound::Unbounded);
                    following = self.files.range_mut(behind);
                }
            }
        }
    }

    /// Whether an entry renames a known file. Some programs repeat the previous path in later
    /// generations, when another file may have taken it.
    fn is_renamed(&self, file: &FileEntry, previous: &RelativePath) -> bool {
        self.files.contains_key(previous)
            && self
                .files
                .get(&file.path)
                .is_none_or(|own| !files_agree((own.size, &own.hashes), (file.size, &file.hashes)))
    }

    /// Old and new path of each known file in a renamed folder.
    fn below_renamed(&self, folders: &FolderRenames) -> Vec<(RelativePath, RelativePath)> {
        let mut moved = Vec::new();
        for (from, _) in &folders.0 {
            let first = format!("{}/", from.as_str());
            let from_here = self.files.range(from.clone()..).map(|(path, _)| path);
            let below = from_here
                .skip_while(|path| path.as_str() < first.as_str())
                .take_while(|path| path.as_str().starts_with(&first));
            moved.extend(below.filter_map(|path| Some((path.clone(), folders.follow(path)?))));
        }
        moved.retain(|(_, to)| !self.files.contains_key(to));
        moved
    }
}

impl Known {
    /// Whether one of these digests is of a format that is known.
    pub(crate) fn shares_a_format(&self, hashes: &[RecordedHash]) -> bool {
        let known = |hash: &RecordedHash| {
            hash.algorithm().is_some()
                && self.hashes.iter().any(|own| own.algorithm() == hash.algorithm())
        };
        hashes.iter().any(known)
    }

    /// The first digest that cannot be of the same bytes as one of these, and that one.
    pub(crate) fn conflict(&self, hashes: &[RecordedHash]) -> Option<(String, String)> {
        let pairs = self.hashes.iter().flat_map(|own| hashes.iter().map(move |hash| (own, hash)));
        let spelled = |hash: &RecordedHash| format!("{} {}", hash.element(), hash.text());
        pairs
            .filter(|(own, hash)| own.algorithm() == hash.algorithm() && !hash.is_failed())
            .find(|(own, hash)| hash.value().is_some_and(|value| !own.compare(&value).holds()))
            .map(|(own, hash)| (spelled(own), spelled(hash)))
    }

    /// Adds what one entry says.
    fn learn(&mut self, file: &FileEntry) {
        // The length of a damaged file is no more to be compared against than its digest.
        if file.hashes.iter().any(|hash| !hash.is_failed()) {
            self.size = self.size.or(file.size);
        }
        for hash in file.hashes.iter().filter(|hash| !hash.is_failed()) {
            if self.lacks(hash) {
                self.add(hash.clone());
            }
        }
    }

    /// Adds a digest, unless there is one of its format.
    pub(crate) fn add(&mut self, hash: RecordedHash) {
        if self.lacks(&hash) {
            // One is usual, and a growing vector would take room for four.
            self.hashes.reserve_exact(1);
            self.hashes.push(hash);
        }
    }

    /// Whether there is no digest of this one's format.
    fn lacks(&self, hash: &RecordedHash) -> bool {
        let same = |other: &RecordedHash| {
            other.algorithm() == hash.algorithm() && other.element() == hash.element()
        };
        !self.hashes.iter().any(same)
    }
}

/// The folders that a generation gave other names, from and to; the longest path first.
#[derive(Debug, Default)]
pub(crate) struct FolderRenames(Vec<(RelativePath, RelativePath)>);

impl FolderRenames {
    pub(crate) fn of(manifest: &Manifest) -> Self {
        let renamed = manifest
            .directories()
            .filter_map(|folder| Some((folder.previous_path.clone()?, folder.path.clone())));
        let mut renamed: Vec<_> = renamed.collect();
        renamed.sort_by_key(|(from, _)| std::cmp::Reverse(from.as_str().len()));
        FolderRenames(renamed)
    }

    /// Where something that stood in a renamed folder stands now; `None` when it stays.
    pub(crate) fn follow(&self, path: &RelativePath) -> Option<RelativePath> {
        self.0.iter().find_map(|(from, to)| match path == from {
            true => Some(to.clone()),
            false => to.join(path.below(from)?.as_str()).ok(),
        })
    }

    /// Where something that stands in a renamed folder stood before; `None` when it stayed.
    pub(crate) fn back(&self, path: &RelativePath) -> Option<RelativePath> {
        let around = self.0.iter().filter(|(_, to)| path.below(to).is_some());
        let (from, to) = around.max_by_key(|(_, to)| to.as_str().len())?;
        from.join(path.below(to)?.as_str()).ok()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_file_is_known_since_it_was_first_listed_in_whatever_order(
            generations in prop::collection::vec(prop::collection::vec("[a-f]{1,2}", 0..12), 1..6),
            ordered in any::<bool>(),
        ) {
            let mut knowledge = Knowledge::default();
            let mut expected = BTreeMap::new();
            for (number, mut names) in (1u64..).zip(generations) {
                if ordered {
                    names.sort();
                    names.dedup();
                }
                let path = |name: &String| RelativePath::new(name).unwrap();
                let files: Vec<_> =
                    names.iter().map(|name| FileEntry::new(path(name), Some(number))).collect();
                knowledge.learn(number, files.iter(), &FolderRenames::default());
                for name in &names {
                    expected.entry(path(name)).or_insert(number);
                }
            }
            let known = knowledge.files.into_iter().map(|(path, known)| (path, known.since));
            prop_assert_eq!(known.collect::<BTreeMap<_, _>>(), expected);
        }
    }
}
