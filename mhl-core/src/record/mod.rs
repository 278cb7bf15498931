//! Record: what another program copied or hashed is listed as it tells it, and nothing is read again.

mod error;
// They make links, and ask for times as Unix tells them.
#[cfg(test)]
#[cfg(unix)]
mod tests;
mod write;

use std::{collections::BTreeSet, path::Path};

use mhl_hash::{Algorithm, HashValue};

pub use self::error::{EntryError, RecordError};
use crate::{
    Finding, FindingKind, Format, Limits, Process, RelativePath, Report, Timestamp,
    asc::IgnoreList,
    context::Context,
    digests::Digests,
    listing::check_algorithms,
    tree::{Disk, FoundFile, Kind, Modified, Stat, Tree, refusal},
};

/// How what another program did is to be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecordOptions {
    /// The digests that the program tells of each file: all of these, of every file.
    pub algorithms: Vec<Algorithm>,
    /// The format of a first list. Where a history stands, it gets a generation whatever this says.
    pub format: Format,
    /// What the program did: [`Process::Transfer`] or [`Process::InPlace`]. A classic list does not say.
    pub process: Process,
    /// What is held against the disk.
    pub look: Look,
    /// What is to be left out, in `.gitignore` syntax (ASC only; the list records the patterns).
    pub ignore: Vec<String>,
    /// When the program's work began; when the list is written, where nobody says.
    pub started: Option<Timestamp>,
    /// Leave [`Report::files`] empty, and with it some 250 bytes for each file.
    pub without_files: bool,
    /// How much of everything a history that stands there may hold.
    pub limits: Limits,
}

impl Default for RecordOptions {
    /// XXH64 of a transfer, a classic list, the whole tree looked at, nothing left out.
    fn default() -> Self {
        RecordOptions {
            algorithms: vec![Algorithm::Xxh64],
            format: Format::Classic,
            process: Process::Transfer,
            look: Look::Whole,
            ignore: Vec::new(),
            started: None,
            without_files: false,
            limits: Limits::default(),
        }
    }
}

/// How far what a program tells is held against the disk. No file is ever read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Look {
    /// Every file that was told has to stand there with its size, and nothing else may. Folders are
    /// listed as they stand there.
    #[default]
    Whole,
    /// Every file that was told has to stand there with its size; nothing is said of any other, and
    /// no folder is listed. Wants a history.
    Part,
    /// The files are not looked for, and listed as they were told, with the folders around them and
    /// those that were told. Histories are looked for all the same.
    Nothing,
}

/// A file as the program that copied or hashed it tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct HashedFile {
    /// Relative to the root.
    pub path: RelativePath,
    /// Bytes.
    pub size: u64,
    /// A digest in each of [`RecordOptions::algorithms`], in any order.
    pub digests: Vec<HashValue>,
    /// When the file was last changed; listed in whole seconds. A classic list cannot do without.
    pub modified: Option<Timestamp>,
    /// When the digests were computed; listed in whole seconds. When the list is written, where
    /// nobody says.
    pub hashed: Option<Timestamp>,
}

impl HashedFile {
    /// A file with its digests, and no time.
    #[must_use]
    pub fn new(path: RelativePath, size: u64, digests: Vec<HashValue>) -> Self {
        HashedFile { path, size, digests, modified: None, hashed: None }
    }
}

/// What another program copied or hashed, told file by file, and listed where the files stand.
///
/// A program with a copy engine of its own knows every digest when it is through. It tells each file
/// as it comes, in any order, and then has the list [written](Record::write) at the root of every
/// copy that it made. No file is read for that. Dropped before, nothing is written.
///
/// Memory: some 130 bytes for each file with a usual path and one digest of 8 bytes; while a list is
/// written, 250, and 370 where a history stands that it is held against. A report without
/// [`without_files`](RecordOptions::without_files) takes 250 more.
///
/// ```
/// use mhl_core::{
///     Agent, Context, Grade, HashedFile, Record, RecordOptions, RelativePath, Status, Timestamp,
/// };
/// use mhl_hash::{Algorithm, HashValue};
///
/// let copy = tempfile::tempdir()?;
/// std::fs::write(copy.path().join("A001C001.mxf"), "abc")?;
///
/// let mut record = Record::new(RecordOptions::default())?;
/// let digest = HashValue::from_hex(Algorithm::Xxh64, "44bc2cf5ad770999")?;
/// let mut clip = HashedFile::new(RelativePath::new("A001C001.mxf")?, 3, vec![digest]);
/// clip.modified = Timestamp::from_unix(1_795_357_800, 0);
/// record.file(clip)?;
///
/// let agent = Agent::new("our engine", "4.2", "cart-1", "DIT");
/// let report = record.write(copy.path(), &Context::new(&agent))?;
/// assert_eq!(report.status, Status::Recorded);
/// assert_eq!(report.copies[0].grade, Some(Grade::Inherited));
/// assert_eq!(report.counts.bytes, 0, "nothing was read");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Record {
    options: RecordOptions,
    /// The files in the order in which they came, until they are [settled](Record::settle); nothing
    /// else.
    told: Tree,
    digests: Digests,
    /// Files from here on are not sorted in among those before.
    settled: usize,
    folders: Vec<(RelativePath, Modified)>,
    /// Files that were told more than once.
    twice: Vec<Finding>,
}

impl Record {
    /// Begins a record: nothing was told yet.
    ///
    /// # Errors
    /// [`RecordError::Algorithm`], [`RecordError::Process`], [`RecordError::Ignore`].
    pub fn new(options: RecordOptions) -> Result<Self, RecordError> {
        check_algorithms(&options.algorithms, options.format)?;
        if !matches!(options.process, Process::Transfer | Process::InPlace) {
            let process = options.process.as_str().to_owned();
            return Err(RecordError::Process { process });
        }
        IgnoreList::new(&options.ignore)?;
        Ok(Record {
            digests: Digests::new(&options.algorithms, 0),
            told: Tree::default(),
            settled: 0,
            folders: Vec::new(),
            twice: Vec::new(),
            options,
        })
    }

    /// Takes a file. One that is told twice is a finding of [`Record::write`].
    ///
    /// # Errors
    /// [`EntryError`]: the file is not taken, the record goes on.
    pub fn file(&mut self, file: HashedFile) -> Result<(), EntryError> {
        let HashedFile { path, size, digests, modified, hashed } = file;
        self.check_name(&path)?;
        if modified.is_none() && self.options.format == Format::Classic {
            return Err(EntryError::NotDated { path });
        }
        let expected = self.digests.algorithms();
        let in_order = expected.iter().filter_map(|algorithm| {
            digests.iter().find(|value| value.algorithm() == *algorithm).copied()
        });
        let in_order: Vec<HashValue> = in_order.collect();
        if in_order.len() != expected.len() || digests.len() != expected.len() {
            let told = digests.iter().map(HashValue::algorithm).collect();
            return Err(EntryError::Digests { path, told, expected: expected.to_vec() });
        }
        self.digests.push(&in_order, hashed.as_ref());
        let modified = modified.as_ref().map_or(Modified::UNKNOWN, Modified::from);
        let stat = Stat { kind: Kind::File, size, modified, mode: 0, identity: (0, 0), changed: 0 };
        self.told.files.push(FoundFile { path, stat });
        Ok(())
    }

    /// Takes a folder, with the time of its last change. Only an empty one has to be told, and only
    /// where the disk is not looked at; one that was told has to stand there otherwise.
    ///
    /// # Errors
    /// [`EntryError::Name`].
    pub fn folder(
        &mut self,
        path: RelativePath,
        modified: Option<&Timestamp>,
    ) -> Result<(), EntryError> {
        self.check_name(&path)?;
        self.folders.push((path, modified.map_or(Modified::UNKNOWN, Modified::from)));
        Ok(())
    }

    fn check_name(&self, path: &RelativePath) -> Result<(), EntryError> {
        match refusal(path, self.options.format) {
            Some(reason) => Err(EntryError::Name { path: path.clone(), reason }),
            None => Ok(()),
        }
    }

    /// Files that were told so far, each as often as it was.
    #[must_use]
    pub fn files(&self) -> usize {
        self.told.files.len()
    }

    /// Writes the list of what was told at the root of a copy: a classic list, or a generation of the
    /// ASC MHL history that stands there or begins there. Repeat it for every copy.
    ///
    /// What was told is held against the disk as [`RecordOptions::look`] has it: by names and sizes,
    /// and nothing is read. Where the two differ, and where a file was told twice with two contents,
    /// everything that differs is a finding and no list is written. Operating systems' litter is not
    /// listed, and neither is what an ignore pattern matches.
    ///
    /// With a history the digests are held against what it records: each file is listed as
    /// `original`, `verified` or `failed`, as [`verify`](fn@crate::verify) would, and the hashes of
    /// directories are computed of the digests and compared. Histories within get a generation for
    /// their own files first. What nothing can be said of, because the history knows it by another
    /// algorithm alone, is [`Unproven`](FindingKind::Unproven) and not in the generation.
    ///
    /// The report's operation is [`Operation::Record`](crate::Operation::Record), its status
    /// [`Status::Recorded`](crate::Status::Recorded) where nothing is amiss, its one copy the root;
    /// the evidence is [`Grade::Inherited`](crate::Grade::Inherited), for the digests come from the
    /// program, and the copy is never complete. No rule clears a wipe on it: have the copy verified.
    ///
    /// # Errors
    /// [`RecordError`] when nothing was begun. Everything later is a finding.
    pub fn write(&mut self, root: &Path, context: &Context<'_>) -> Result<Report, RecordError> {
        self.settle();
        let disk =
            Disk::open(root).map_err(|error| RecordError::Root { path: root.to_owned(), error })?;
        // They get the folders of this root, and come back whatever comes of it.
        let mut told = std::mem::take(&mut self.told);
        let report = write::write(self, &mut told, &disk, context);
        self.told = Tree { files: told.files, ..Tree::default() };
        report
    }

    /// Sorts the files, and takes out what was told again.
    fn settle(&mut self) {
        let files = &mut self.told.files;
        if self.settled == files.len() {
            return;
        }
        self.settled = files.len();
        if files.is_sorted_by(|one, next| one.path < next.path) {
            return;
        }
        let mut order: Vec<usize> = (0..files.len()).collect();
        let path = |place: &usize| files.get(*place).map(|file| &file.path);
        order.sort_by(|one, other| path(one).cmp(&path(other)));
        files.sort_by(|one, other| one.path.cmp(&other.path));
        self.digests = self.digests.select(&order);
        drop(order);

        let is_again = |(at, pair): (usize, &[FoundFile])| match pair {
            [one, next] if one.path == next.path => Some(at + 1),
            _ => None,
        };
        let again: BTreeSet<usize> = files.windows(2).enumerate().filter_map(is_again).collect();
        if again.is_empty() {
            return;
        }
        let content = |place: usize| {
            let file = files.get(place)?;
            let digests = self.digests.get(place);
            let digests = digests.iter().map(|value| format!(", {value:?}")).collect::<String>();
            Some((file.path.as_str(), format!("{} bytes{digests}", file.stat.size)))
        };
        for (before, after) in again.iter().filter_map(|at| content(at - 1).zip(content(*at))) {
            let path = after.0;
            self.twice.push(match before == after {
                true => Finding::new(FindingKind::DuplicateEntry, path)
                    .noting("told twice, with the same size and digests"),
                false => Finding::new(FindingKind::ConflictingOriginals, path)
                    .differing(before.1, after.1)
                    .noting("told twice, with two contents: tell each file once"),
            });
        }
        let left: Vec<usize> = (0..files.len()).filter(|place| !again.contains(place)).collect();
        self.digests = self.digests.select(&left);
        let mut place = 0..;
        files.retain(|_| place.next().is_some_and(|place| !again.contains(&place)));
        self.settled = files.len();
    }
}
