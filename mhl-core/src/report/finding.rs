//! What can be found, by the names that programs match on.

use serde::{Deserialize, Serialize};

/// One thing that is to be known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Finding {
    /// What kind of thing.
    pub kind: FindingKind,
    /// Where: a path relative to the roll, or the path of a folder or device. Bytes that are no
    /// UTF-8 are escaped as `\xHH`.
    pub path: String,
    /// Which copy, by its place in [`Report::copies`](super::Report::copies); absent for the source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copy: Option<usize>,
    /// What was expected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// What was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<String>,
    /// A sentence for people: the cause, and what to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Finding {
    /// A finding about a path.
    #[must_use]
    pub fn new(kind: FindingKind, path: impl Into<String>) -> Self {
        Finding { kind, path: path.into(), copy: None, expected: None, found: None, note: None }
    }

    /// The same, with what was expected and what was found.
    #[must_use]
    pub fn differing(mut self, expected: impl Into<String>, found: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self.found = Some(found.into());
        self
    }

    /// The same, with a sentence for people.
    #[must_use]
    pub fn noting(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    /// The same, of the copy at this place of [`Report::copies`](super::Report::copies).
    #[must_use]
    pub fn on_copy(mut self, copy: usize) -> Self {
        self.copy = Some(copy);
        self
    }
}

macro_rules! finding_kinds {
    ($($(#[doc = $meaning:literal])+ $kind:ident $name:literal $severity:ident,)*) => {
        /// The kinds of findings, by the names that programs match on.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[non_exhaustive]
        pub enum FindingKind {
            $($(#[doc = $meaning])+ #[serde(rename = $name)] $kind,)*
        }

        impl FindingKind {
            /// The name in reports: lower case with hyphens.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(FindingKind::$kind => $name,)* }
            }

            /// What it means, in a sentence for people: the one that documents it here.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $(FindingKind::$kind => concat!($($meaning),+).trim_ascii(),)* }
            }

            /// Whether it is a fault, which no verification survives, or a warning.
            #[must_use]
            pub const fn is_fault(self) -> bool {
                match self { $(FindingKind::$kind => finding_kinds!(@$severity),)* }
            }
        }
    };
    (@fault) => { true };
    (@warning) => { false };
}

finding_kinds! {
    /// A digest differs from the recorded one.
    HashMismatch "hash-mismatch" fault,
    /// A size differs from the recorded one.
    SizeMismatch "size-mismatch" fault,
    /// Listed, and not there.
    MissingFile "missing-file" fault,
    /// There, and not listed.
    NewFile "new-file" fault,
    /// It could not be read to its end, or is no regular file, or its name is no UTF-8.
    UnreadableFile "unreadable-file" fault,
    /// It changed while it was read, or changed, came or went before all was done.
    SourceChanged "source-changed" fault,
    /// It could not be written to a destination.
    WriteFailed "write-failed" fault,
    /// Something else stands where it was to be written.
    NameTaken "name-taken" fault,
    /// A destination cannot take the roll at all: absent, full, not to be written.
    DestinationUnusable "destination-unusable" fault,
    /// A destination is another device than when the work began.
    DeviceChanged "device-changed" fault,
    /// A card or a destination gave no answer for as long as it was granted, and was given up.
    Stalled "stalled" fault,
    /// A directory hash differs.
    DirectoryHashMismatch "directory-hash-mismatch" fault,
    /// A manifest's bytes differ from the C4 in its chain.
    ManifestModified "manifest-modified" fault,
    /// The chain lists a manifest that is not there.
    ManifestMissing "manifest-missing" fault,
    /// A manifest stands in the history and its chain does not list it.
    ManifestUnlisted "manifest-unlisted" fault,
    /// A manifest cannot be read.
    ManifestInvalid "manifest-invalid" fault,
    /// A history has no chain file.
    ChainMissing "chain-missing" fault,
    /// Sequence numbers repeat or leave a gap.
    SequenceBroken "sequence-broken" fault,
    /// A file that an earlier generation knows is recorded as `original` again.
    Rebaselined "rebaselined" fault,
    /// Two generations record different bytes as the original of one file.
    ConflictingOriginals "conflicting-originals" fault,
    /// Two manifests of one history have the same number.
    Forked "forked" fault,
    /// The chain does not continue the one that was pinned.
    ChainRewritten "chain-rewritten" fault,
    /// An ignore pattern of an earlier generation is gone.
    IgnoreShrank "ignore-shrank" fault,
    /// A referenced nested manifest has other bytes.
    ReferenceModified "reference-modified" fault,
    /// A path leaves the scope.
    PathOutside "path-outside" fault,
    /// The same bits in the other byte order.
    ByteOrder "byte-order" warning,
    /// The same name in another Unicode normalisation.
    Normalisation "normalisation" warning,
    /// The same name but for upper and lower case.
    Case "case" warning,
    /// A backslash as separator or in a name.
    Separator "separator" warning,
    /// One path listed twice with the same digests.
    DuplicateEntry "duplicate-entry" warning,
    /// Nothing to compare: no digest, an unknown algorithm, no entry at all.
    Unproven "unproven" warning,
    /// Listed files that were not read, as a portion was asked for or the first fault ended it.
    Unread "unread" warning,
    /// Files that an operating system left behind; passed over.
    Litter "litter" warning,
    /// Files that a pattern of the user's ignores: copied, not listed.
    Ignored "ignored" warning,
    /// A missing and a new file have the same digest: perhaps one was renamed to the other.
    RenameCandidate "rename-candidate" warning,
    /// A list or history that the card carried itself: taken over, as the note says.
    Carried "carried" warning,
    /// Files that were read from the card before an interruption, and not again.
    TakenUp "taken-up" warning,
    /// A zero-byte file, whose size the classic schema does not admit.
    EmptyFile "empty-file" warning,
    /// A value is spelled in an unusual way; it was read and the spelling is kept.
    Spelling "spelling" warning,
    /// Something is not as the schema asks; it was read and is kept.
    Nonconforming "nonconforming" warning,
    /// A classic list carries an XML signature: kept, and not verified.
    Signature "signature" warning,
    /// A time, permission or other attribute could not be kept on a copy.
    AttributeLost "attribute-lost" warning,
    /// A name that some operating system reserves or cannot hold.
    ReservedName "reserved-name" warning,
    /// It was read back, but perhaps from the cache.
    ThroughTheCache "through-the-cache" warning,
}

impl std::fmt::Display for FindingKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}
