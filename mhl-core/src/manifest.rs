//! What a manifest says, whatever its format; no I/O.

mod index;
mod json;

use mhl_hash::HashValue;

pub use self::index::PathIndex;
use crate::{Finding, FindingKind, RecordedHash, RelativePath, Timestamp, roll_content};

/// The two formats of Media Hash Lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Format {
    /// MHL 1.0 and 1.1: one file at the root of a roll.
    Classic,
    /// ASC MHL 2.0: a history of generations in a folder `ascmhl`.
    Asc,
}

impl Format {
    /// The name in reports: `classic` or `asc`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Format::Classic => "classic",
            Format::Asc => "asc",
        }
    }
}

impl std::fmt::Display for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}

/// A manifest: its header, what it lists, and everything else that stood in it.
///
/// Nothing that a file held is lost by reading and writing it: what this crate does not know is
/// kept in [`Extra`] and written back.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Manifest {
    /// Who made it, how, and over what.
    pub header: Header,
    /// Files and directories, in the order of the document.
    pub entries: Vec<Entry>,
    /// Nested manifests that it refers to (ASC).
    pub references: Vec<Reference>,
    /// What else stood in the root element: the ASC `metadata`, a signature, unknown elements.
    pub extra: Extra,
    /// What was unusual about it; every one a warning, for a fault is an error of reading.
    pub findings: Vec<Finding>,
}

/// Everything that stands before the entries.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Header {
    /// Which format.
    pub format: Format,
    /// The version as it stood in the file. Writers write 1.1 and 2.0.
    pub version: String,
    /// When the manifest was made: `creationdate`.
    pub created: Option<Timestamp>,
    /// Who made it.
    pub creator: Creator,
    /// In which process (ASC).
    pub process: Option<Process>,
    /// The directory hash of the scope's root (ASC).
    pub root_hash: Option<RootHash>,
    /// Ignore patterns in `.gitignore` syntax, in order (ASC).
    pub ignore: Vec<String>,
    /// What else stood in these elements.
    pub extra: Extra,
}

/// Who made a manifest, with what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Creator {
    /// Full name of the person (classic).
    pub name: Option<String>,
    /// Name of the account (classic).
    pub username: Option<String>,
    /// Name of the computer.
    pub hostname: Option<String>,
    /// Name of the program; in classic lists with its version.
    pub tool: Option<String>,
    /// Version of the program (ASC).
    pub tool_version: Option<String>,
    /// What was read (classic).
    pub source: Option<String>,
    /// When the work began (classic).
    pub started: Option<Timestamp>,
    /// When the work ended (classic).
    pub finished: Option<Timestamp>,
    /// A log (classic).
    pub log: Option<String>,
    /// The people who took part (ASC).
    pub authors: Vec<Author>,
    /// Where it happened (ASC).
    pub location: Option<String>,
    /// A comment (ASC).
    pub comment: Option<String>,
}

/// A person who took part (ASC).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Author {
    /// Name.
    pub name: String,
    /// Address for mail.
    pub email: Option<String>,
    /// Telephone number.
    pub phone: Option<String>,
    /// What the person does.
    pub role: Option<String>,
    /// What else stood in the element.
    pub extra: Extra,
}

impl Author {
    /// An author with a name and nothing else.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Author { name: name.into(), ..Author::default() }
    }
}

/// In which process a manifest was made (ASC).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Process {
    /// Files were hashed where they stand.
    InPlace,
    /// Files were copied, and are known to be identical.
    Transfer,
    /// A history was put into one manifest.
    Flatten,
    /// A word that the format does not know.
    Unknown(Box<str>),
}

impl Process {
    /// The word in the manifest.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Process::InPlace => "in-place",
            Process::Transfer => "transfer",
            Process::Flatten => "flatten",
            Process::Unknown(word) => word,
        }
    }

    pub(crate) fn parse(word: &str) -> Self {
        match word {
            "in-place" => Process::InPlace,
            "transfer" => Process::Transfer,
            "flatten" => Process::Flatten,
            other => Process::Unknown(other.into()),
        }
    }
}

/// The directory hash of a scope's root: a pair for each hash format.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RootHash {
    /// Over the content of all files.
    pub content: Vec<RecordedHash>,
    /// Over their names too.
    pub structure: Vec<RecordedHash>,
}

impl RootHash {
    /// A pair of lists, each with the same hash formats.
    #[must_use]
    pub fn new(content: Vec<RecordedHash>, structure: Vec<RecordedHash>) -> Self {
        RootHash { content, structure }
    }
}

/// What a manifest lists.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
// Entries are files but for one in hundreds: boxing the file would cost more than it saves.
#[allow(clippy::large_enum_variant)]
pub enum Entry {
    /// A file.
    File(FileEntry),
    /// A directory with its directory hash (ASC).
    Directory(DirectoryEntry),
}

impl Entry {
    /// The entry's path.
    #[must_use]
    pub fn path(&self) -> &RelativePath {
        match self {
            Entry::File(file) => &file.path,
            Entry::Directory(directory) => &directory.path,
        }
    }
}

/// A listed file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FileEntry {
    /// Relative to the roll.
    pub path: RelativePath,
    /// Bytes. The reference tool of ASC leaves it out for an empty file.
    pub size: Option<u64>,
    /// When the file was made.
    pub created: Option<Timestamp>,
    /// When it was last changed.
    pub modified: Option<Timestamp>,
    /// Its recorded digests. All of them must hold; with none, nothing can be proven.
    pub hashes: Vec<RecordedHash>,
    /// When the digests were computed (classic; ASC has a date in each).
    pub hash_date: Option<Timestamp>,
    /// The path before this generation renamed it (ASC).
    pub previous_path: Option<RelativePath>,
    /// The entry names another hash list (classic, `referencehhashlist`).
    pub reference: bool,
    /// What else stood in the entry.
    pub extra: Extra,
    /// The size as it was spelled, where that is not plain digits.
    pub(crate) size_spelling: Option<Box<str>>,
}

impl FileEntry {
    /// A file of so many bytes, with no digest yet.
    #[must_use]
    pub fn new(path: RelativePath, size: Option<u64>) -> Self {
        FileEntry {
            path,
            size,
            created: None,
            modified: None,
            hashes: Vec::new(),
            hash_date: None,
            previous_path: None,
            reference: false,
            extra: Extra::default(),
            size_spelling: None,
        }
    }
}

/// A listed directory (ASC).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DirectoryEntry {
    /// Relative to the roll.
    pub path: RelativePath,
    /// When the directory was made.
    pub created: Option<Timestamp>,
    /// When it was last changed.
    pub modified: Option<Timestamp>,
    /// Its content hash in each hash format.
    pub content: Vec<RecordedHash>,
    /// Its structure hash in each hash format.
    pub structure: Vec<RecordedHash>,
    /// The path before this generation renamed it.
    pub previous_path: Option<RelativePath>,
    /// What else stood in the entry.
    pub extra: Extra,
}

impl DirectoryEntry {
    /// A directory with no hash yet.
    #[must_use]
    pub fn new(path: RelativePath) -> Self {
        DirectoryEntry {
            path,
            created: None,
            modified: None,
            content: Vec::new(),
            structure: Vec::new(),
            previous_path: None,
            extra: Extra::default(),
        }
    }
}

/// A nested manifest that an ASC manifest refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reference {
    /// The nested manifest's file, relative to the root of the scope.
    pub path: RelativePath,
    /// C4 of that file's bytes.
    pub c4: HashValue,
    /// What else stood in the element.
    pub extra: Extra,
}

impl Reference {
    /// A reference to a manifest whose bytes have this C4.
    #[must_use]
    pub fn new(path: RelativePath, c4: HashValue) -> Self {
        Reference { path, c4, extra: Extra::default() }
    }
}

/// What stood in a manifest and this crate does not know: kept as it was, and written back.
///
/// Empty in a manifest that was made and not read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extra {
    /// `None` in nearly every entry of a list: a pointer, where two vectors would cost 48 bytes.
    kept: Option<Box<Kept>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Kept {
    attributes: Vec<Attribute>,
    fragments: Vec<Fragment>,
}

impl Extra {
    /// Attributes that the formats do not define, in the order of the document.
    #[must_use]
    pub fn attributes(&self) -> &[Attribute] {
        self.kept.as_ref().map_or(&[], |kept| &kept.attributes)
    }

    /// Elements that the formats do not define, comments, and processing instructions.
    #[must_use]
    pub fn fragments(&self) -> &[Fragment] {
        self.kept.as_ref().map_or(&[], |kept| &kept.fragments)
    }

    pub(crate) fn keep(&mut self, fragment: Fragment) {
        self.kept.get_or_insert_default().fragments.push(fragment);
    }

    pub(crate) fn keep_attribute(&mut self, attribute: Attribute) {
        self.kept.get_or_insert_default().attributes.push(attribute);
    }

    /// Whether something of this element was kept.
    pub(crate) fn has(&self, element: &str) -> bool {
        self.attributes().iter().any(|kept| kept.element == element)
            || self.fragments().iter().any(|kept| kept.element == element)
    }

    /// Puts together what belongs to one element: where the elements stood among each other
    /// means nothing, and is not kept.
    pub(crate) fn settle(&mut self) {
        if let Some(kept) = &mut self.kept {
            kept.attributes.sort_by_key(|kept| kept.element);
            kept.fragments.sort_by_key(|kept| kept.element);
        }
    }

    /// Whether there is nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.kept.is_none()
    }
}

/// Under this name the XML signature of a classic list is kept.
pub(crate) const SIGNATURE: &str = "Signature";

/// Name and value of an attribute.
pub(crate) type NameValue = (Box<str>, Box<str>);

/// An attribute that a format does not define.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    pub(crate) element: &'static str,
    /// Which of the elements of that name, where one parent holds several, from 0.
    pub(crate) place: usize,
    pub(crate) name: Box<str>,
    pub(crate) value: Box<str>,
}

impl Attribute {
    /// The element that carries it.
    #[must_use]
    pub fn element(&self) -> &str {
        self.element
    }

    /// Which of the elements of that name carries it, from 0: the ignore pattern at this place.
    /// Every other element that carries one stands alone in what holds this.
    #[must_use]
    pub fn place(&self) -> usize {
        self.place
    }

    /// Its name as written, prefix included.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its value, with references resolved.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }
}

/// XML that a format does not define, as it was written, with the namespace declarations that it
/// needs to stand alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fragment {
    pub(crate) element: &'static str,
    pub(crate) xml: Box<str>,
}

impl Fragment {
    /// The element that holds it; for a list's `metadata` and `Signature` that element itself.
    #[must_use]
    pub fn element(&self) -> &str {
        self.element
    }

    /// The XML text: one element, comment, or processing instruction.
    #[must_use]
    pub fn xml(&self) -> &str {
        &self.xml
    }
}

impl Header {
    /// The header of a new manifest: the version that writers write, nothing else.
    #[must_use]
    pub fn new(format: Format) -> Self {
        let version = match format {
            Format::Classic => "1.1",
            Format::Asc => "2.0",
        };
        Header {
            format,
            version: version.to_owned(),
            created: None,
            creator: Creator::default(),
            process: None,
            root_hash: None,
            ignore: Vec::new(),
            extra: Extra::default(),
        }
    }
}

impl Manifest {
    /// A manifest that lists nothing yet.
    #[must_use]
    pub fn new(header: Header) -> Self {
        Manifest {
            header,
            entries: Vec::new(),
            references: Vec::new(),
            extra: Extra::default(),
            findings: Vec::new(),
        }
    }

    /// Its format.
    #[must_use]
    pub fn format(&self) -> Format {
        self.header.format
    }

    /// The listed files, in the order of the document.
    pub fn files(&self) -> impl Iterator<Item = &FileEntry> + Clone {
        self.entries.iter().filter_map(|entry| match entry {
            Entry::File(file) => Some(file),
            Entry::Directory(_) => None,
        })
    }

    /// The listed directories, in the order of the document.
    pub fn directories(&self) -> impl Iterator<Item = &DirectoryEntry> {
        self.entries.iter().filter_map(|entry| match entry {
            Entry::Directory(directory) => Some(directory),
            Entry::File(_) => None,
        })
    }

    /// The XML signature of a classic list, as it was written. It is kept and written back, and
    /// nobody has verified it: a list that was changed since still carries its old one.
    #[must_use]
    pub fn signature(&self) -> Option<&Fragment> {
        self.extra.fragments().iter().find(|kept| kept.element == SIGNATURE)
    }

    /// The identity of what it lists, by [`roll_content`] over the files and those of their
    /// digests that are known and not labelled `failed`.
    #[must_use]
    pub fn roll_content(&self) -> HashValue {
        roll_content(self.files().map(|file| {
            let values = file.hashes.iter().filter(|hash| !hash.is_failed());
            (&file.path, file.size, values.filter_map(RecordedHash::value).collect::<Vec<_>>())
        }))
    }

    /// The finding that the list names itself, where `own` is its path relative to the roll: its
    /// digest cannot stand in it, so whoever wrote that entry did not mean this file.
    #[must_use]
    pub fn lists_itself(&self, own: &RelativePath) -> Option<Finding> {
        self.entries.iter().any(|entry| entry.path() == own).then(|| Manifest::names_itself(own))
    }

    /// The finding that a list has an entry for the list itself.
    pub(crate) fn names_itself(own: &RelativePath) -> Finding {
        Finding::new(FindingKind::ManifestInvalid, own.as_str())
            .noting("the list has an entry for the list itself")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn row_49_a_list_that_names_itself_is_invalid() {
        let own = RelativePath::new("A001_2026-11-22_143000.mhl").unwrap();
        let mut manifest = Manifest::new(Header::new(Format::Classic));
        assert_eq!(manifest.lists_itself(&own), None);
        manifest.entries.push(Entry::File(FileEntry::new(own.clone(), Some(1))));
        assert_eq!(manifest.lists_itself(&own).unwrap().kind, FindingKind::ManifestInvalid);
    }

    #[test]
    fn processes_are_read_back() {
        for word in ["in-place", "transfer", "flatten", "something else"] {
            assert_eq!(Process::parse(word).as_str(), word);
        }
    }
}
