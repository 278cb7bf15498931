//! What the list at a root says of every file, whichever format it has.

use std::{
    collections::BTreeSet,
    io::{self, BufReader, Read},
    path::PathBuf,
};

use mhl_hash::{Algorithm, HashValue, Hasher};

use crate::{
    CacheDoubt, Comparison, Entry, Event, FileEntry, FileRecord, Finding, FindingKind, Format,
    Item, Limits, Manifest, ManifestRecord, ReadError, ReadErrorKind, RecordedHash, RelativePath,
    asc,
    diff::{self, Named},
    digests::Digests,
    hashes::Hashes,
    histories::Past,
    listing::{Say, Says},
    path::around,
    read::{Events, ManifestReader, Paths, files_agree},
    roll::{Content, roll_content, total},
    tree::{FoundFile, Kind, ReadFile, Volume, is_litter, open_files::patiently, read},
};

/// A list, read: what every file is expected to be.
#[derive(Clone, Debug)]
pub(crate) struct Expected {
    pub(crate) record: ManifestRecord,
    pub(crate) format: Format,
    /// Sorted by path bytes, each path once.
    pub(crate) files: Vec<ExpectedFile>,
    /// The identity of the roll by its first list.
    pub(crate) content: HashValue,
    /// Ignore patterns of a history.
    pub(crate) ignore: Vec<String>,
    /// What was unusual or wrong about the list itself.
    pub(crate) findings: Vec<Finding>,
    /// The history and those within it, outer before inner; none for a list by itself.
    pub(crate) histories: Vec<Past>,
    /// Read [past the cache](crate::tree::PastTheCache): why it is not proven that all of it came from
    /// the device, if it is not. What is read as the system likes has no doubt to tell.
    pub(crate) doubt: Option<CacheDoubt>,
}

/// A listed file.
#[derive(Clone, Debug)]
pub(crate) struct ExpectedFile {
    pub(crate) path: RelativePath,
    /// Bytes.
    pub(crate) size: Option<u64>,
    pub(crate) hashes: Hashes,
}

/// Whether a file's recorded digests held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Held {
    /// Every one that can be compared, and there is one.
    Yes,
    /// One or more differ.
    No,
    /// There is none that can be compared.
    Unknown,
}

impl ExpectedFile {
    /// Whether this is its size, or none is recorded.
    pub(crate) fn has_size(&self, size: u64) -> bool {
        self.size.is_none_or(|expected| expected == size)
    }

    /// Whether a digest is recorded that can be compared.
    pub(crate) fn can_be_proven(&self) -> bool {
        self.hashes.iter().any(|hash| hash.value().is_some() && !hash.is_failed())
    }

    /// A finding where another list records a digest that cannot be of the same bytes. Either of the
    /// two may be spelled in its format's other byte order.
    pub(crate) fn conflict(&self, other: &ExpectedFile) -> Option<Finding> {
        let others = || other.hashes.iter();
        let pairs = self.hashes.iter().flat_map(|own| others().map(move |o| (own.clone(), o)));
        let holds = |a: &RecordedHash, b: &RecordedHash| {
            b.value().is_none_or(|value| a.value().is_none() || a.compare(&value).holds())
        };
        let spelled = |hash: &RecordedHash| format!("{} {}", hash.element(), hash.text());
        let comparable = |a: &RecordedHash, b: &RecordedHash| {
            a.algorithm() == b.algorithm() && !a.is_failed() && !b.is_failed()
        };
        let (own, their) =
            pairs.into_iter().find(|(a, b)| comparable(a, b) && !holds(a, b) && !holds(b, a))?;
        let finding = Finding::new(FindingKind::ConflictingOriginals, self.path.as_str());
        Some(finding.differing(spelled(&own), spelled(&their)))
    }

    /// Adds the digests of another list in formats of which there is none.
    pub(crate) fn add_formats_of(&mut self, other: &ExpectedFile) {
        let mut own = self.hashes.to_vec();
        for hash in other.hashes.iter().filter(|hash| !hash.is_failed()) {
            if own.iter().all(|own| own.algorithm() != hash.algorithm()) {
                own.push(hash.into_owned());
            }
        }
        self.hashes = own.into();
    }

    /// The same in a report.
    pub(crate) fn record(&self) -> FileRecord {
        let values = self.hashes.iter().filter_map(|hash| hash.value());
        let hashes = values.map(|value| format!("{value:?}")).collect();
        FileRecord::new(self.path.clone(), self.size, hashes)
    }

    /// Compares its recorded digests with computed ones: the one place where that is decided.
    pub(crate) fn judge(&self, computed: &[HashValue]) -> (Held, Vec<Finding>) {
        let path = self.path.as_str();
        let (mut held, mut differed, mut reason) = (0u32, 0u32, "no digest is recorded");
        let mut findings = Vec::new();
        for recorded in self.hashes.iter() {
            let value =
                computed.iter().find(|value| Some(value.algorithm()) == recorded.algorithm());
            let Some(value) = value else {
                reason = if recorded.is_null() {
                    "its existence and size are recorded, and no digest"
                } else {
                    "its digest is of an algorithm that is not known"
                };
                continue;
            };
            match recorded.compare(value) {
                Comparison::Equal => held += 1,
                Comparison::EqualWithNote { kind, note } => {
                    held += 1;
                    findings.push(Finding::new(kind, path).noting(note));
                }
                Comparison::Different { note } => {
                    differed += 1;
                    let mut finding = Finding::new(FindingKind::HashMismatch, path).differing(
                        format!("{} {}", recorded.element(), recorded.text()),
                        format!("{} {value}", recorded.element()),
                    );
                    finding.note = note.map(str::to_owned);
                    findings.push(finding);
                }
                Comparison::Incomparable { reason: why } => reason = why,
            }
        }
        let judged = match (held, differed) {
            (_, 1..) => Held::No,
            (1.., 0) => Held::Yes,
            (0, 0) => {
                findings.push(Finding::new(FindingKind::Unproven, path).noting(reason));
                Held::Unknown
            }
        };
        (judged, findings)
    }
}

/// Why there is nothing to compare with.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ListError {
    /// No list stands at the root.
    #[error("{}: no Media Hash List stands there: expected one .mhl file, or a folder ascmhl", root.display())]
    None {
        /// The folder.
        root: PathBuf,
    },
    /// Several lists stand at the root, and one roll has one list.
    #[error("{}: several lists stand there: {}; name the one to use", root.display(), lists.join(", "))]
    Several {
        /// The folder.
        root: PathBuf,
        /// All of them.
        lists: Vec<String>,
    },
    /// A list cannot be read from the disk.
    #[error("{}: {error}", path.display())]
    Io {
        /// The list.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// A list is no Media Hash List.
    #[error("{}: {error}", path.display())]
    Invalid {
        /// The list.
        path: PathBuf,
        /// Where and what.
        error: Box<ReadError>,
    },
}

/// The lists at a root: classic files, and `ascmhl` where there is a history. A folder with a
/// classic list's name is none; what cannot be examined is told by whoever opens it.
pub(crate) fn lists_at(volume: &dyn Volume) -> io::Result<Vec<RelativePath>> {
    let mut lists: Vec<RelativePath> = volume
        .names(None)?
        .into_iter()
        .filter_map(|name| RelativePath::new(name.to_str()?).ok())
        .filter(|path| is_list(path) && (path.as_str() == asc::FOLDER || !is_folder(volume, path)))
        .collect();
    lists.sort_unstable();
    Ok(lists)
}

fn is_folder(volume: &dyn Volume, path: &RelativePath) -> bool {
    volume.stat(Some(path)).is_ok_and(|stat| stat.kind == Kind::Folder)
}

/// Whether a path is that of a list at the root of a roll; `ascmhl` stands for its history.
pub(crate) fn is_list(path: &RelativePath) -> bool {
    let name = path.as_str();
    name == asc::FOLDER
        || (path.parent().is_none()
            && name.len() > 4
            && name.to_ascii_lowercase().ends_with(".mhl"))
            && !is_litter(name)
}

/// The list that a tree is compared with.
pub(crate) struct TheList {
    path: RelativePath,
    /// Lists at the root.
    at_root: u32,
}

impl TheList {
    /// The one list at a root, or the one that was named.
    pub(crate) fn at(volume: &dyn Volume, named: Option<&RelativePath>) -> Result<Self, ListError> {
        let root = volume.root();
        let lists =
            lists_at(volume).map_err(|error| ListError::Io { path: root.to_owned(), error })?;
        let list = match (named, lists.as_slice()) {
            (Some(named), _) => named,
            (None, []) => return Err(ListError::None { root: root.to_owned() }),
            (None, [only]) => only,
            (None, _) => {
                let lists = lists.iter().map(ToString::to_string).collect();
                return Err(ListError::Several { root: root.to_owned(), lists });
            }
        };
        let at_root = u32::try_from(lists.len()).unwrap_or(u32::MAX);
        Ok(TheList { path: list.clone(), at_root })
    }

    pub(crate) fn path(&self) -> &RelativePath {
        &self.path
    }

    pub(crate) fn is_history(&self) -> bool {
        self.path.as_str() == asc::FOLDER
    }
}

impl Expected {
    /// Reads the one list at a root, or the one that was named. `within` names the folders that have
    /// histories of their own, outer before inner; `ignore` are patterns beside those of a history.
    pub(crate) fn load(
        volume: &dyn Volume,
        named: Option<&RelativePath>,
        within: &[RelativePath],
        limits: &Limits,
        ignore: &[String],
    ) -> Result<Self, ListError> {
        Self::of_list(&TheList::at(volume, named)?, volume, within, limits, ignore)
    }

    /// The same of a list that was found before.
    pub(crate) fn of_list(
        list: &TheList,
        volume: &dyn Volume,
        within: &[RelativePath],
        limits: &Limits,
        ignore: &[String],
    ) -> Result<Self, ListError> {
        let mut expected = if list.is_history() {
            Self::of_histories(volume, within, limits, ignore)?
        } else {
            Self::of_file(volume, &list.path, limits)?
        };
        expected.record.at_root = list.at_root;
        Ok(expected)
    }

    /// Reads a list entry by entry, and keeps of each what is needed to compare.
    pub(crate) fn of_file(
        volume: &dyn Volume,
        list: &RelativePath,
        limits: &Limits,
    ) -> Result<Self, ListError> {
        let path = || volume.root().join(list.as_str());
        let io = |error| ListError::Io { path: path(), error };
        let invalid = |error: ReadError| match error.kind {
            // What the medium does not give is no fault of the list.
            ReadErrorKind::Io(error) => io(error),
            _ => ListError::Invalid { path: path(), error: Box::new(error) },
        };
        let mut file = Reading::open(volume, list).map_err(io)?.hashing(limits);
        let buffered = BufReader::with_capacity(1 << 16, &mut file);
        let mut events = ManifestReader::new(buffered, limits).map_err(invalid)?;
        let header = events.take_header();
        let (mut files, mut findings) = (Vec::<ExpectedFile>::new(), Vec::new());
        let mut paths = Paths::default();
        while let Some(event) = events.next() {
            match event.map_err(invalid)? {
                Event::Entry(Entry::File(entry)) => {
                    let file = ExpectedFile::from(entry);
                    let Some(earlier) = paths.earlier(&files, &file.path, |file| &file.path) else {
                        files.push(file);
                        continue;
                    };
                    let (first, second) = (earlier.hashes.to_vec(), file.hashes.to_vec());
                    if !files_agree((earlier.size, &first), (file.size, &second)) {
                        let kind = ReadErrorKind::Contradiction(file.path.to_string());
                        return Err(invalid(events.error(kind)));
                    }
                    let note = "listed twice; the entries agree";
                    let path = file.path.as_str();
                    findings.push(Finding::new(FindingKind::DuplicateEntry, path).noting(note));
                    files.push(file);
                }
                Event::Finding(finding) => findings.push(in_list(list.as_str(), finding)),
                _ => {}
            }
        }
        drop(events);
        let c4 = file.finish().map_err(io)?;
        if files.iter().any(|file| file.path == *list) {
            findings.push(Manifest::names_itself(list));
        }
        if header.format == Format::Asc {
            let note = "a generation by itself: whether its chain holds is not looked at; verify \
                        the roll for that";
            findings.push(Finding::new(FindingKind::Unproven, list.as_str()).noting(note));
        }
        merge_duplicates(&mut files);
        Ok(Expected {
            record: ManifestRecord::new(list.as_str(), header.format.name(), c4.to_string()),
            format: header.format,
            content: content_of(files.iter()),
            ignore: header.ignore,
            findings,
            files,
            histories: Vec::new(),
            doubt: None,
        })
    }

    /// For each found file the listed one that it stands for; and everything that differs in names
    /// and sizes.
    pub(crate) fn stand_for(
        &self,
        found: &[FoundFile],
    ) -> (Vec<Option<&ExpectedFile>>, Vec<Finding>) {
        let difference = diff::compare(&self.files, found);
        let mut stands_for = vec![None; found.len()];
        for pair in difference.pairs {
            if let Some(place) = stands_for.get_mut(pair.found) {
                *place = self.files.get(pair.expected);
            }
        }
        (stands_for, self.without_guesses(FindingKind::NewFile, difference.findings))
    }

    /// Compares digests of files with what is listed: what a generation would say of each file, and
    /// everything that differs.
    pub(crate) fn compare(&self, files: &[FoundFile], digests: &Digests) -> (Says, Vec<Finding>) {
        let (stands_for, mut findings) = self.stand_for(files);
        let mut says = Says::default();
        for (index, (file, listed)) in files.iter().zip(stands_for).enumerate() {
            let Some(listed) = listed else {
                says.push(Say::Original, None);
                continue;
            };
            let (held, judged) = listed.judge(&digests.get(index));
            findings.extend(judged);
            let renamed = (listed.path != file.path).then(|| listed.path.clone());
            match held {
                Held::Yes if listed.has_size(file.stat.size) => says.push(Say::Verified, renamed),
                Held::Yes | Held::No => says.push(Say::Failed, renamed),
                Held::Unknown => says.push(Say::Nothing, None),
            }
        }
        (says, findings)
    }

    /// Findings that this list does not name a file, without those that nobody can know: a
    /// generation that was not read may name it. `kind` is what the finding would be.
    pub(crate) fn without_guesses(
        &self,
        kind: FindingKind,
        mut findings: Vec<Finding>,
    ) -> Vec<Finding> {
        let unread = self.partly_unread();
        let guessed = findings.iter_mut().filter(|finding| {
            finding.kind == kind && around(&finding.path).any(|folder| unread.contains(folder))
        });
        for finding in guessed {
            let note = "no generation that was read lists it, and one could not be read: whether \
                        it is listed is not known";
            *finding = Finding::new(FindingKind::Unproven, &*finding.path).noting(note);
        }
        findings
    }

    /// Whether it names every one of these files with a digest that can be compared.
    pub(crate) fn covers(&self, files: &[FoundFile]) -> bool {
        let (stands_for, _) = self.stand_for(files);
        self.format == Format::Classic
            && stands_for.iter().all(|listed| listed.is_some_and(ExpectedFile::can_be_proven))
    }

    /// Whether the tree's own history has no generation yet.
    pub(crate) fn begins(&self) -> bool {
        self.histories.first().is_some_and(|own| own.next_number == 1)
    }

    /// Forgets what a comparison does not need.
    pub(crate) fn for_comparison(&mut self) {
        for file in &mut self.files {
            file.hashes = std::mem::take(&mut file.hashes).for_comparison();
        }
    }

    /// The sizes that it records, added up.
    pub(crate) fn bytes(&self) -> u64 {
        total(self.files.iter().filter_map(|file| file.size))
    }

    /// The place of a listed file.
    pub(crate) fn place_of(&self, path: &str) -> Option<usize> {
        self.files.binary_search_by(|file| file.path.as_str().cmp(path)).ok()
    }

    /// Forgets the files that a history lists and passes over since.
    pub(crate) fn pass_over(&mut self, ignore: &asc::IgnoreList) {
        self.files.retain(|file| !ignore.is_ignored(&file.path, false));
    }

    /// Tells of a file's path whether its patterns pass it over.
    pub(crate) fn passes_over(&self) -> impl Fn(&str) -> bool + use<> {
        // Patterns that are none were a fault of the history, and pass nothing over.
        let ignore = asc::IgnoreList::new(&self.ignore).ok();
        move |path| {
            let path = RelativePath::new(path);
            ignore.as_ref().is_some_and(|list| path.is_ok_and(|path| list.is_ignored(&path, false)))
        }
    }

    /// The paths of litter that it names, and of the folders that it stands in.
    pub(crate) fn listed_litter(&self) -> BTreeSet<&str> {
        let directories = self.histories.iter().flat_map(|past| &past.directories);
        let directories = directories.filter_map(|directory| directory.path.as_ref());
        let listed = self.files.iter().map(|file| &file.path).chain(directories);
        let mut litter = BTreeSet::new();
        for path in listed.filter(|path| path.segments().any(is_litter)) {
            litter.extend(path.with_folders());
        }
        litter
    }

    /// Every algorithm that any file is listed with.
    pub(crate) fn algorithms(&self) -> Vec<Algorithm> {
        let all = self.files.iter().flat_map(|file| file.hashes.algorithms());
        all.collect::<BTreeSet<_>>().into_iter().collect()
    }
}

impl Named for ExpectedFile {
    fn item(&self) -> Item<'_> {
        Item { path: &self.path, size: self.size }
    }
}

impl Named for FoundFile {
    fn item(&self) -> Item<'_> {
        Item { path: &self.path, size: Some(self.stat.size) }
    }
}

impl From<FileEntry> for ExpectedFile {
    fn from(entry: FileEntry) -> Self {
        ExpectedFile { path: entry.path, size: entry.size, hashes: entry.hashes.into() }
    }
}

/// Sorts by path and makes one of entries that agree.
fn merge_duplicates(files: &mut Vec<ExpectedFile>) {
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files.dedup_by(|later, earlier| {
        let same = later.path == earlier.path;
        if same {
            earlier.hashes = [earlier.hashes.to_vec(), later.hashes.to_vec()].concat().into();
        }
        same
    });
}

pub(crate) fn content_of<'a>(files: impl Iterator<Item = &'a ExpectedFile> + Clone) -> HashValue {
    let known = |file: &ExpectedFile| -> Vec<HashValue> {
        let known = file.hashes.iter().filter(|hash| !hash.is_failed());
        known.filter_map(|hash| hash.value()).collect()
    };
    if !files.clone().is_sorted_by(|one, next| one.path < next.path) {
        return roll_content(files.map(|file| (&file.path, file.size, known(file))));
    }
    let mut content = Content::default();
    for file in files {
        content.file(file.path.as_str(), file.size, known(file));
    }
    content.finish()
}

/// A finding of a list: one that is of none of its entries is of the list itself.
pub(crate) fn in_list(list: &str, finding: Finding) -> Finding {
    if finding.path.is_empty() { Finding { path: list.to_owned(), ..finding } } else { finding }
}

/// C4 of a file's bytes.
pub(crate) fn c4_of(volume: &dyn Volume, path: &RelativePath) -> io::Result<HashValue> {
    let way = read::Way::ThroughTheCache;
    let result = read::read(volume, path, &[Algorithm::C4], way, &mut read::buffer(), &());
    match result.map(|outcome| outcome.values.into_iter().next()) {
        Ok(Some(value)) => Ok(value),
        Err(read::Failure::Io(_, error)) => Err(error),
        _ => Err(io::Error::other("it changed while it was read")),
    }
}

/// The finding that a list cannot be used, for reports.
impl From<&ListError> for Finding {
    fn from(error: &ListError) -> Self {
        let (kind, path) = match error {
            ListError::None { root } | ListError::Several { root, .. } => {
                (FindingKind::ManifestInvalid, root)
            }
            ListError::Io { path, .. } | ListError::Invalid { path, .. } => {
                (FindingKind::ManifestInvalid, path)
            }
        };
        Finding::new(kind, path.to_string_lossy()).noting(error.to_string())
    }
}

/// A file of a volume as a reader.
pub(crate) struct Reading(Box<dyn ReadFile>);

impl Reading {
    /// Opens it, and waits where there is no file to be had: that a list could not be opened would
    /// otherwise be told of the list.
    pub(crate) fn open(volume: &dyn Volume, path: &RelativePath) -> io::Result<Self> {
        patiently(|| volume.open(path)).map(Reading)
    }

    /// Bytes when it was opened.
    pub(crate) fn size(&self) -> io::Result<u64> {
        Ok(self.0.at_opening()?.size)
    }
}

impl Read for Reading {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Reading {
    /// The same, hashed as it is read, to a byte beyond what a document may have.
    pub(crate) fn hashing(self, limits: &Limits) -> Hashing {
        let file = self.take(limits.bytes.saturating_add(1));
        Hashing { file, hasher: Hasher::new(Algorithm::C4) }
    }
}

/// A list that is hashed as it is read: read once, so that what is hashed is what is parsed.
pub(crate) struct Hashing {
    file: io::Take<Reading>,
    hasher: Hasher,
}

impl Read for Hashing {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.hasher.update(buffer.get(..count).unwrap_or_default());
        Ok(count)
    }
}

impl Hashing {
    /// C4 of the whole file.
    pub(crate) fn finish(mut self) -> io::Result<HashValue> {
        io::copy(&mut self, &mut io::sink())?;
        Ok(self.hasher.finish())
    }
}
