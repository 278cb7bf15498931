//! What a shard's report says for the merge.

use std::collections::HashSet;

use mhl_hash::{Algorithm, HashValue, Hasher};
use serde::{Deserialize, Serialize};

use super::{Division, Shard};
use crate::{
    FileRecord, Format, RecordedHash, RelativePath, Report, VerifyOptions,
    expected::{Expected, ExpectedFile},
    histories::RecordedDirectory,
    path::around,
    tree::{FoundFile, Tree},
};

/// What a shard knows that only all shards together can judge: part of its report.
///
/// The report's findings come in the order of the work, and are counted here: first those of the list
/// and the tree as a whole, which every shard tells alike, then those of names and sizes, then those of
/// the reading, both of the shard's own paths alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ShardRecord {
    /// Which shard of how many.
    pub shard: Shard,
    /// The first shard that shares this roll, from 1: of many rolls each is shared by some.
    pub first: u32,
    /// The last shard that shares this roll.
    pub last: u32,
    /// C4 over what the list records of each file: a line `path NUL size NUL digests LF` each, digests
    /// as in [`FileRecord::hashes`] with commas between. The files of all shards have to give it again.
    pub listed: String,
    /// C4 over what stands in the tree: a line `path NUL size LF` for each file, and one
    /// `path LF` for each folder.
    pub tree: String,
    /// How many of the findings are of the whole.
    pub of_all: usize,
    /// How many are of names and sizes.
    pub of_names: usize,
    /// How many are of the reading.
    pub of_reading: usize,
    /// It was asked to read past the cache.
    pub past_cache: bool,
    /// It read what a generation records, so that one may be appended: it was no dry run.
    pub recordable: bool,
    /// Everything that it read came from the medium, as was asked.
    pub proven: bool,
    /// Each of its files that stands in the tree was read to its end.
    pub all_read: bool,
    /// What was read and is not just what [`Report::files`](crate::Report::files) records: new files,
    /// and, of a history, files with other or more digests.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub read: Vec<FileRecord>,
    /// Listed files that are missing, and could be found by their digests elsewhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<ListedText>,
    /// Directories with the hashes that the newest whole generation records.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub directories: Vec<DirectoryText>,
    /// Folders in which no file stands, nor in any within, where directory hashes are compared.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub empty_folders: Vec<String>,
}

/// A recorded digest as its list spells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct HashText {
    /// The element, such as `xxhash64be`.
    pub element: String,
    /// Its text.
    pub text: String,
}

/// A listed file as its list has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ListedText {
    /// Its path.
    pub path: String,
    /// Bytes; absent where the list has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// Digests that may be compared against.
    pub hashes: Vec<HashText>,
}

/// A directory with its recorded hashes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DirectoryText {
    /// Its place among all recorded directories of the histories.
    pub place: usize,
    /// Its path; absent for the root.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The hashes of its content.
    pub content: Vec<HashText>,
    /// The hashes of its structure.
    pub structure: Vec<HashText>,
}

impl HashText {
    pub(super) fn of(hash: &RecordedHash) -> Self {
        HashText { element: hash.element().to_owned(), text: hash.text() }
    }

    /// The same as a list of the format has it; nothing where that is no hash of it.
    pub(super) fn recorded(&self, format: Format) -> Option<RecordedHash> {
        RecordedHash::parse(format, &self.element, &self.text).ok().flatten()
    }
}

impl ListedText {
    pub(crate) fn of(file: &ExpectedFile) -> Self {
        let hashes = file.hashes.iter().filter(|hash| hash.value().is_some() && !hash.is_failed());
        let hashes = hashes.map(|hash| HashText::of(&hash)).collect();
        ListedText { path: file.path.to_string(), size: file.size, hashes }
    }
}

impl DirectoryText {
    fn of(place: usize, directory: &RecordedDirectory) -> Self {
        let texts = |hashes: &[RecordedHash]| hashes.iter().map(HashText::of).collect();
        DirectoryText {
            place,
            path: directory.path.as_ref().map(RelativePath::to_string),
            content: texts(&directory.content),
            structure: texts(&directory.structure),
        }
    }

    pub(super) fn recorded(&self) -> Option<RecordedDirectory> {
        let hashes = |texts: &[HashText]| -> Option<Vec<_>> {
            texts.iter().map(|text| text.recorded(Format::Asc)).collect()
        };
        let path = self.path.as_deref().map(RelativePath::new).transpose().ok()?;
        Some(RecordedDirectory {
            path,
            content: hashes(&self.content)?,
            structure: hashes(&self.structure)?,
        })
    }
}

/// What a comparison notes for its shard's record while it works.
#[derive(Debug, Default)]
pub(crate) struct Marks {
    /// The first shard that shares the roll, and the last.
    pub(crate) sharers: (u32, u32),
    pub(crate) tree: String,
    pub(crate) of_all: usize,
    pub(crate) of_names: usize,
    pub(crate) of_reading: usize,
    pub(crate) all_read: bool,
    pub(crate) read: Vec<FileRecord>,
    pub(crate) missing: Vec<ListedText>,
    pub(crate) directories: Vec<DirectoryText>,
    pub(crate) empty_folders: Vec<String>,
    /// The places of the shard's own files in the list.
    pub(crate) own: Vec<usize>,
}

impl Marks {
    /// The same as it stands in a report; [`ShardRecord::listed`] is of the whole list.
    pub(crate) fn record(
        self,
        shard: Shard,
        listed: String,
        options: &VerifyOptions,
        proven: bool,
    ) -> ShardRecord {
        let Marks { sharers: (first, last), tree, of_all, of_names, of_reading, all_read, .. } =
            self;
        let Marks { read, missing, directories, empty_folders, .. } = self;
        ShardRecord {
            shard,
            first,
            last,
            listed,
            tree,
            of_all,
            of_names,
            of_reading,
            past_cache: options.past_cache,
            recordable: !options.dry_run,
            proven,
            all_read,
            read,
            missing,
            directories,
            empty_folders,
        }
    }

    /// Notes the recorded directories that are the shard's own, and the empty folders among them.
    pub(crate) fn note_directories(
        &mut self,
        expected: &Expected,
        tree: &Tree,
        division: &Division<'_>,
    ) {
        let all = expected.histories.iter().flat_map(|past| &past.directories).enumerate();
        let is_own =
            |path: Option<&RelativePath>| division.is_own(path.map_or("", RelativePath::as_str));
        let own = all.filter(|(_, directory)| is_own(directory.path.as_ref()));
        self.directories =
            own.map(|(place, directory)| DirectoryText::of(place, directory)).collect();
        if expected.histories.iter().all(|past| past.directories.is_empty()) {
            return;
        }
        let holds: HashSet<&str> =
            tree.files.iter().flat_map(|file| around(file.path.as_str())).collect();
        let empty = tree.folders.iter().map(|(folder, _)| folder.as_str());
        let empty = empty.filter(|folder| !holds.contains(folder) && division.is_own(folder));
        self.empty_folders = empty.map(str::to_owned).collect();
    }
}

/// C4 over what a list records: [`ShardRecord::listed`].
#[derive(Debug)]
pub(crate) struct ListedDigest(Hasher, String);

impl ListedDigest {
    pub(crate) fn new() -> Self {
        ListedDigest(Hasher::new(Algorithm::C4), String::new())
    }

    pub(crate) fn file(&mut self, file: &FileRecord) {
        let ListedDigest(hasher, line) = self;
        line.clear();
        line.push_str(&file.path);
        line.push('\0');
        if let Some(size) = file.size {
            line.push_str(&size.to_string());
        }
        line.push('\0');
        for hash in &file.hashes {
            line.push_str(hash);
            line.push(',');
        }
        line.push('\n');
        hasher.update(line.as_bytes());
    }

    pub(crate) fn finish(self) -> String {
        self.0.finish().to_string()
    }
}

/// C4 over what stands in a tree: [`ShardRecord::tree`].
pub(crate) fn tree_digest(tree: &Tree) -> String {
    let mut hasher = Hasher::new(Algorithm::C4);
    let mut line = String::new();
    for file in &tree.files {
        line.clear();
        line.push_str(file.path.as_str());
        line.push('\0');
        line.push_str(&file.stat.size.to_string());
        line.push('\n');
        hasher.update(line.as_bytes());
    }
    for (folder, _) in &tree.folders {
        hasher.update(folder.as_str().as_bytes());
        hasher.update(b"\n");
    }
    hasher.finish().to_string()
}

/// A file that was read, with its digests.
pub(crate) fn read_record(file: &FoundFile, values: &[HashValue]) -> FileRecord {
    let values = values.iter().map(|value| format!("{value:?}")).collect();
    FileRecord::new(file.path.as_str(), Some(file.stat.size), values)
}

impl Report {
    /// The sections of a shard's findings: of all, of names and sizes, of the reading. Nothing where
    /// the counts are not of these findings.
    pub(super) fn sections(&self) -> Option<[&[crate::Finding]; 3]> {
        let record = self.shard.as_ref()?;
        let (of_all, rest) = self.findings.split_at_checked(record.of_all)?;
        let (of_names, rest) = rest.split_at_checked(record.of_names)?;
        let (of_reading, _) = rest.split_at_checked(record.of_reading)?;
        Some([of_all, of_names, of_reading])
    }
}
