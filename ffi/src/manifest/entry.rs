//! What a list says of a file or folder.

use mhl_core::{
    DirectoryEntry, Entry as CoreEntry, FileEntry, Finding, Header, RecordedHash as CoreHash,
};

use crate::{
    Action, Digest, Error, Status, Text, Time,
    boundary::arguments::{StructSize, item},
    hash::digest::DIGEST_LEN_MAX,
};

/// What `mhl_entry.size` holds where the list has no size.
pub const NO_SIZE: u64 = u64::MAX;

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
#[non_exhaustive]
pub enum EntryKind {
    /// One that this header does not name.
    Unknown = 0,
    /// A file.
    File = 1,
    /// A folder with its directory hashes (ASC MHL).
    Directory = 2,
    /// Another list that this one refers to; its one hash is the C4 of that list (ASC MHL).
    Reference = 3,
    /// No entry: something unusual about the list. Readers tell it where it stands.
    Finding = 4,
}

/// What a list says of a file or folder. Its texts belong to what it was read from.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Entry {
    /// `sizeof(mhl_entry)`. Set it before it is filled.
    pub struct_size: usize,
    /// What it is.
    pub kind: EntryKind,
    /// 1 where a file's entry names another hash list (classic).
    pub is_list: u32,
    /// Relative to the roll, with `/` between its parts. Of a finding, what it is about; empty for
    /// the whole list. Control characters stand as they are: escape them for a terminal.
    pub path: Text,
    /// Bytes; `MHL_NO_SIZE` where the list has none.
    pub size: u64,
    /// When the file was made.
    pub created: Time,
    /// When it was last changed.
    pub modified: Time,
    /// When its digests were computed, where the list says so for all of them (classic).
    pub hashed: Time,
    /// The path before this generation renamed it (ASC MHL); absent where it did not.
    pub previous_path: Text,
    /// Its recorded hashes.
    pub hash_count: u64,
    /// The kind of a finding, by the names that programs match on; absent otherwise.
    pub finding: Text,
    /// A sentence about a finding; absent otherwise.
    pub note: Text,
}

// SAFETY: `repr(C)`, `struct_size` first; zeros are nothing known and absent texts. C never fills it.
unsafe impl StructSize for Entry {
    const NAME: &'static str = "mhl_entry";
}

/// Of what a recorded hash is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
#[non_exhaustive]
pub enum HashOf {
    /// Of something that this header does not name.
    Unknown = 0,
    /// A file's bytes; of a reference, the list's.
    File = 1,
    /// The content of all files in a folder.
    Content = 2,
    /// The names in a folder.
    Structure = 3,
}

/// A hash as a list records it. Its texts belong to what it was read from.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct RecordedHash {
    /// `sizeof(mhl_recorded_hash)`. Set it before it is filled.
    pub struct_size: usize,
    /// Of what.
    pub of: HashOf,
    /// What was done with the file (ASC MHL).
    pub action: Action,
    /// The value; with algorithm and length 0 where the list records none, or one that is not known.
    pub digest: Digest,
    /// When it was computed (ASC MHL).
    pub hashed: Time,
    /// The name of its element in the list.
    pub element: Text,
    /// The text in the list where it does not follow from the value; absent otherwise.
    pub text: Text,
}

// SAFETY: as above.
unsafe impl StructSize for RecordedHash {
    const NAME: &'static str = "mhl_recorded_hash";
}

impl Entry {
    fn new(kind: EntryKind, path: &str) -> Self {
        let (none, absent) = (Time::default(), Text::of_optional(None));
        Entry {
            struct_size: size_of::<Entry>(),
            kind,
            is_list: 0,
            path: Text::of(path),
            size: NO_SIZE,
            created: none,
            modified: none,
            hashed: none,
            previous_path: absent,
            hash_count: 0,
            finding: absent,
            note: absent,
        }
    }

    /// The other list that one refers to.
    pub(crate) fn reference(path: &str) -> Self {
        Entry { hash_count: 1, ..Entry::new(EntryKind::Reference, path) }
    }
}

impl From<&CoreEntry> for Entry {
    fn from(entry: &CoreEntry) -> Self {
        match entry {
            CoreEntry::File(file) => file.into(),
            CoreEntry::Directory(directory) => directory.into(),
            _ => Entry::new(EntryKind::Unknown, entry.path().as_str()),
        }
    }
}

impl From<&FileEntry> for Entry {
    fn from(file: &FileEntry) -> Self {
        Entry {
            is_list: u32::from(file.reference),
            size: file.size.unwrap_or(NO_SIZE),
            created: Time::of(file.created.as_ref()),
            modified: Time::of(file.modified.as_ref()),
            hashed: Time::of(file.hash_date.as_ref()),
            previous_path: Text::of_optional(file.previous_path.as_ref().map(|p| p.as_str())),
            hash_count: file.hashes.len() as u64,
            ..Entry::new(EntryKind::File, file.path.as_str())
        }
    }
}

impl From<&DirectoryEntry> for Entry {
    fn from(directory: &DirectoryEntry) -> Self {
        Entry {
            created: Time::of(directory.created.as_ref()),
            modified: Time::of(directory.modified.as_ref()),
            previous_path: Text::of_optional(directory.previous_path.as_ref().map(|p| p.as_str())),
            hash_count: (directory.content.len() + directory.structure.len()) as u64,
            ..Entry::new(EntryKind::Directory, directory.path.as_str())
        }
    }
}

impl From<&Finding> for Entry {
    fn from(finding: &Finding) -> Self {
        Entry {
            finding: Text::of(finding.kind.name()),
            note: Text::of_optional(finding.note.as_deref()),
            ..Entry::new(EntryKind::Finding, &finding.path)
        }
    }
}

impl RecordedHash {
    pub(crate) fn new(of: HashOf, hash: &CoreHash) -> Self {
        let none = Digest { algorithm: 0, len: 0, bytes: [0; DIGEST_LEN_MAX] };
        RecordedHash {
            struct_size: size_of::<RecordedHash>(),
            of,
            action: hash.action.as_ref().into(),
            digest: hash.value().as_ref().map_or(none, Digest::from),
            hashed: Time::of(hash.date.as_ref()),
            element: Text::of(hash.element()),
            text: Text::of_optional(hash.spelling()),
        }
    }

    /// The hash of an entry at an index.
    pub(crate) fn of_entry(entry: &CoreEntry, index: u64) -> Result<Self, Error> {
        match entry {
            CoreEntry::File(file) => Self::of_file(file, index),
            CoreEntry::Directory(directory) => {
                Self::of_pair(&directory.content, &directory.structure, index)
            }
            _ => Err(Error::new(Status::NotFound, "what was read last has no hash")),
        }
    }

    pub(crate) fn of_file(file: &FileEntry, index: u64) -> Result<Self, Error> {
        Self::of_file_hashes(&file.hashes, index)
    }

    pub(crate) fn of_file_hashes(hashes: &[CoreHash], index: u64) -> Result<Self, Error> {
        Ok(RecordedHash::new(HashOf::File, item(hashes, index, "hash")?))
    }

    /// The hash of the root of what a list is of.
    pub(crate) fn of_root(header: &Header, index: u64) -> Result<Self, Error> {
        let root = header.root_hash.as_ref();
        let (content, structure) =
            root.map_or((&[][..], &[][..]), |root| (&root.content, &root.structure));
        Self::of_pair(content, structure, index)
    }

    /// Those of the content come first.
    fn of_pair(content: &[CoreHash], structure: &[CoreHash], index: u64) -> Result<Self, Error> {
        match index.checked_sub(content.len() as u64) {
            None => Ok(RecordedHash::new(HashOf::Content, item(content, index, "hash")?)),
            Some(index) => {
                Ok(RecordedHash::new(HashOf::Structure, item(structure, index, "structure hash")?))
            }
        }
    }
}
