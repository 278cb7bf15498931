//! What a history knows of each file: learned generation by generation, renames followed.

use std::collections::{BTreeMap, BTreeSet};

use super::saying::{Heard, Saying};
use crate::{
    Manifest, RecordedHash, RelativePath, expected::ExpectedFile, hashes::Hashes, read::files_agree,
};

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

/// The same in few bytes: with its path as many as [`Heard`], in whose place it is put.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    /// The place of the generation among those that were learned.
    since: u32,
    pub(crate) size: Option<u64>,
    pub(crate) hashes: Hashes,
    pub(crate) renamed: bool,
}

/// What has been learned so far.
#[derive(Debug, Default)]
pub(crate) struct Knowledge {
    /// Every file by its path as of now, sorted by path: a map would take twice the room.
    pub(crate) files: Vec<(RelativePath, Record)>,
    /// Paths that a rename gave up, and no file has taken since.
    pub(crate) given_up: BTreeSet<RelativePath>,
    /// The numbers of the generations that were learned.
    generations: Vec<u64>,
}

impl Knowledge {
    /// All of it, at length.
    pub(super) fn known(self) -> BTreeMap<RelativePath, Known> {
        let Knowledge { files, generations, .. } = self;
        let known = |Record { since, size, hashes, renamed }| {
            let since = usize::try_from(since).ok().and_then(|place| generations.get(place));
            let since = since.copied().unwrap_or(u64::MAX);
            Known { since, size, hashes: hashes.to_vec(), renamed }
        };
        files.into_iter().map(|(path, record)| (path, known(record))).collect()
    }

    /// The place of a file among all.
    pub(crate) fn place(&self, path: &RelativePath) -> Option<usize> {
        self.files.binary_search_by(|(own, _)| own.cmp(path)).ok()
    }

    /// The same for one that is looked for at a place first: generations list the same files in the
    /// same order, mostly.
    pub(crate) fn place_near(&self, near: usize, path: &RelativePath) -> Option<usize> {
        match self.files.get(near) {
            Some((own, _)) if own == path => Some(near),
            _ => self.place(path),
        }
    }

    /// What is known of a file.
    pub(crate) fn get(&self, path: &RelativePath) -> Option<&Record> {
        self.files.get(self.place(path)?).map(|(_, record)| record)
    }

    /// Adds what one generation says: its files, and the folders that it gave other names. A rename
    /// takes a second copy for a while.
    pub(crate) fn learn(&mut self, saying: Saying, folders: &FolderRenames) {
        let Saying { number, mut files, repeated, .. } = saying;
        if !folders.0.is_empty() || files.iter().any(|heard| heard.previous.is_some()) {
            self.rename(&mut files, &repeated, folders);
        }
        for heard in &files {
            self.given_up.remove(&heard.file.path);
        }
        let since = u32::try_from(self.generations.len()).unwrap_or(u32::MAX);
        self.generations.push(number);
        let mut near = 0;
        let new = files.into_iter().filter_map(|Heard { file, .. }| {
            if let Some(place) = self.place_near(near, &file.path) {
                near = place + 1;
                let (_, record) = self.files.get_mut(place)?;
                record.add(file.size, file.hashes);
                return None;
            }
            let mut record = Record { since, size: None, hashes: Hashes::None, renamed: false };
            record.add(file.size, file.hashes);
            Some((file.path, record))
        });
        let mut new: Vec<(RelativePath, Record)> = new.collect();
        if new.is_empty() {
            return;
        }
        new.sort_by(|(a, _), (b, _)| a.cmp(b));
        new.dedup_by(|(later, again), (earlier, record)| {
            let same = later == earlier;
            if same {
                record.add(again.size, std::mem::take(&mut again.hashes));
            }
            same
        });
        if self.files.is_empty() {
            self.files = new;
        } else {
            self.files.append(&mut new);
            self.files.sort_by(|(a, _), (b, _)| a.cmp(b));
        }
    }

    /// Gives the records of renamed files their new paths. All are taken from their old names before
    /// one gets its new: two may have swapped. What the generation repeats of a record whose path
    /// another one leaves or takes is added to what is to be learned.
    fn rename(&mut self, heard: &mut Vec<Heard>, repeated: &[bool], folders: &FolderRenames) {
        let before: Vec<_> = std::mem::take(&mut self.files);
        let repeats: BTreeSet<RelativePath> = (before.iter().zip(repeated))
            .filter(|(_, repeated)| **repeated)
            .map(|((path, _), _)| path.clone())
            .collect();
        let mut files: BTreeMap<RelativePath, Record> = before.into_iter().collect();
        let mut renamed = Vec::new();
        for Heard { file, previous } in heard.iter() {
            if let Some(previous) = previous.as_deref()
                && is_renamed(&files, file, previous)
                && let Some(record) = files.remove(previous)
            {
                renamed.push((previous.clone(), file.path.clone(), record));
            }
        }
        for (from, to) in below_renamed(&files, folders) {
            if let Some(record) = files.remove(&from) {
                renamed.push((from, to, record));
            }
        }
        let mut again = Vec::new();
        let mut repeat = |path: &RelativePath, record: &Record| {
            if repeats.contains(path) {
                let (path, size, hashes) = (path.clone(), record.size, record.hashes.clone());
                let file = ExpectedFile { path, size, hashes };
                again.push(Heard { file, previous: None });
            }
        };
        for (from, to, record) in &renamed {
            repeat(from, record);
            files.get(to).into_iter().for_each(|taken| repeat(to, taken));
        }
        self.given_up.extend(renamed.iter().map(|(from, ..)| from.clone()));
        for (_, to, record) in renamed {
            self.given_up.remove(&to);
            files.insert(to, Record { renamed: true, ..record });
        }
        self.files = files.into_iter().collect();
        heard.append(&mut again);
    }
}

/// Whether an entry renames a known file. Some programs repeat the previous path in later
/// generations, when another file may have taken it.
fn is_renamed(
    files: &BTreeMap<RelativePath, Record>,
    file: &ExpectedFile,
    previous: &RelativePath,
) -> bool {
    files.contains_key(previous)
        && files.get(&file.path).is_none_or(|own| {
            let (before, now) = (own.hashes.to_vec(), file.hashes.to_vec());
            !files_agree((own.size, &before), (file.size, &now))
        })
}

/// Old and new path of each known file in a renamed folder.
fn below_renamed(
    files: &BTreeMap<RelativePath, Record>,
    folders: &FolderRenames,
) -> Vec<(RelativePath, RelativePath)> {
    let mut moved = Vec::new();
    for (from, _) in &folders.0 {
        let first = format!("{}/", from.as_str());
        let from_here = files.range(from.clone()..).map(|(path, _)| path);
        let below = from_here
            .skip_while(|path| path.as_str() < first.as_str())
            .take_while(|path| path.as_str().starts_with(&first));
        moved.extend(below.filter_map(|path| Some((path.clone(), folders.follow(path)?))));
    }
    moved.retain(|(_, to)| !files.contains_key(to));
    moved
}

impl Record {
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
        let spelled = |hash: &RecordedHash| format!("{} {}", hash.element(), hash.text());
        self.hashes.iter().find_map(|own| {
            let differs = |hash: &&RecordedHash| {
                own.algorithm() == hash.algorithm()
                    && !hash.is_failed()
                    && hash.value().is_some_and(|value| !own.compare(&value).holds())
            };
            hashes.iter().find(differs).map(|hash| (spelled(&own), spelled(hash)))
        })
    }

    /// Adds what one entry says: a size, and digests of formats of which there is none.
    pub(crate) fn add(&mut self, size: Option<u64>, hashes: Hashes) {
        // The length of a damaged file is no more to be compared against than its digest.
        let has_held = hashes.iter().any(|hash| !hash.is_failed());
        if has_held {
            self.size = self.size.or(size);
        }
        if self.hashes.is_empty() && matches!(hashes, Hashes::One { .. }) {
            self.hashes = hashes;
        } else {
            self.add_hashes(&hashes);
        }
    }

    /// Adds digests of formats of which there is none.
    pub(crate) fn add_hashes(&mut self, hashes: &Hashes) {
        let mut more = Vec::new();
        for hash in hashes.iter().filter(|hash| !hash.is_failed()) {
            let same = |other: &RecordedHash| {
                other.algorithm() == hash.algorithm() && other.element() == hash.element()
            };
            if !self.hashes.iter().any(|own| same(&own)) && !more.iter().any(same) {
                more.push(hash.into_owned());
            }
        }
        if !more.is_empty() {
            let mut all = self.hashes.to_vec();
            all.append(&mut more);
            self.hashes = all.into();
        }
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

    use mhl_hash::{Algorithm, HashValue};

    use super::*;
    use crate::{Action, FileEntry, Format, Timestamp, hashes::Keep};

    /// A generation that lists these files, as read entry by entry.
    fn saying(knowledge: &Knowledge, keep: Keep, number: u64, files: &[FileEntry]) -> Saying {
        let mut saying = Saying::new(number, keep, knowledge);
        files.iter().for_each(|file| _ = saying.hear(file, knowledge));
        saying
    }

    /// A file of a generation: a name, what it holds, the formats of its digests, whether one failed,
    /// and the name that it had before.
    type Listed = (u8, u8, u8, bool, Option<u8>);

    fn name(number: u8) -> RelativePath {
        RelativePath::new(&format!("{}/{}", number / 4, number % 4)).unwrap()
    }

    /// Digests that are recorded on the day of their generation: no two of them are the same.
    fn entry(generation: u64, (file, content, formats, failed, previous): Listed) -> FileEntry {
        let mut entry = FileEntry::new(name(file), Some(u64::from(content)));
        entry.previous_path = previous.map(name);
        let known = [Algorithm::Md5, Algorithm::Xxh64, Algorithm::C4];
        let wanted = known.iter().enumerate().filter(|(bit, _)| formats >> bit & 1 == 1);
        entry.hashes = wanted
            .map(|(_, algorithm)| {
                let bytes = vec![content; algorithm.digest_len()];
                let value = HashValue::from_bytes(*algorithm, &bytes).unwrap();
                let mut hash = RecordedHash::new(Format::Asc, value);
                hash.action = Some(if failed { Action::Failed } else { Action::Verified });
                hash.date = Timestamp::from_unix(i64::try_from(generation).unwrap(), 0);
                hash
            })
            .collect();
        entry
    }

    #[test]
    fn what_is_heard_gives_its_place_to_what_is_known() {
        assert_eq!(size_of::<(RelativePath, Record)>(), size_of::<Heard>());
        assert!(size_of::<Heard>() <= 64);
    }

    proptest! {
        /// What generations only repeat is not kept, whatever they rename.
        #[test]
        fn in_few_bytes_the_same_is_known(
            generations in prop::collection::vec(
                (
                    prop::collection::vec(
                        (0..9u8, 0..2u8, 1..8u8, prop::bool::weighted(0.1),
                         prop::option::weighted(0.2, 0..9u8)),
                        0..9,
                    ),
                    prop::option::weighted(0.2, (0..3u8, 0..3u8)),
                ),
                1..6,
            ),
        ) {
            let [mut few, mut all] = [Knowledge::default(), Knowledge::default()];
            for (number, (files, folder)) in (1..).zip(generations) {
                let mut files: Vec<_> = files.into_iter().map(|file| entry(number, file)).collect();
                files.sort_by(|a, b| a.path.cmp(&b.path));
                // A list that contradicts itself is none.
                files.dedup_by(|a, b| a.path == b.path);
                let folders = folder.filter(|(from, to)| from != to).map(|(from, to)| {
                    [from, to].map(|folder| RelativePath::new(&folder.to_string()).unwrap())
                });
                let folders = FolderRenames(folders.map(Into::into).into_iter().collect());
                let said = saying(&few, Keep::ToCompare, number, &files);
                few.learn(said, &folders);
                let said = saying(&all, Keep::Everything, number, &files);
                prop_assert!(said.repeated.iter().all(|repeated| !repeated));
                all.learn(said, &folders);
            }
            let shown = |knowledge: Knowledge, strip: bool| {
                let given_up = knowledge.given_up.clone();
                let mut known = knowledge.known();
                for hash in known.values_mut().flat_map(|known| &mut known.hashes).filter(|_| strip) {
                    (hash.action, hash.date) = (None, None);
                }
                (known, given_up)
            };
            prop_assert_eq!(shown(few, false), shown(all, true));
        }
    }

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
                let saying = saying(&knowledge, Keep::ToCompare, number, &files);
                knowledge.learn(saying, &FolderRenames::default());
                for name in &names {
                    expected.entry(path(name)).or_insert(number);
                }
            }
            let known = knowledge.known().into_iter().map(|(path, known)| (path, known.since));
            prop_assert_eq!(known.collect::<BTreeMap<_, _>>(), expected);
        }
    }
}
