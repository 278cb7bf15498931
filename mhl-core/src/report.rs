//! What an operation found: all of it, serialisable.
//!
//! One type serves sealing, offloading, verifying and comparing, so that a program reads one shape
//! and a ledger takes one kind of evidence. [`Report::to_json`] is what the command prints with
//! `--json`; `"schema"` names its version.

use serde::{Deserialize, Serialize};

use crate::asc::HistoryPin;

/// What an operation found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Report {
    /// `mhl.<operation>/1`.
    pub schema: String,
    /// Which operation it was.
    pub operation: Operation,
    /// The whole in one word.
    pub status: Status,
    /// Program and version that did it.
    pub tool: String,
    /// Name of the computer.
    pub host: String,
    /// When it started, RFC 3339 in UTC.
    pub started: String,
    /// When it ended, RFC 3339 in UTC.
    pub finished: String,
    /// The folder that was read: the card of an offload, the roll of a verification.
    pub source: Place,
    /// The roll's name and content; absent when no list could be made or read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roll: Option<Roll>,
    /// Every listed file, sorted by path bytes.
    pub files: Vec<FileRecord>,
    /// The copies that were made or verified, in the order of the arguments.
    pub copies: Vec<CopyReport>,
    /// The findings counted, over the source and all copies.
    pub counts: Counts,
    /// Every finding, in the order of the work.
    pub findings: Vec<Finding>,
}

/// Which operation a report is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Operation {
    /// A list was made for a tree where it stands.
    Seal,
    /// A card was copied.
    Offload,
    /// A tree was read and compared with its list.
    Verify,
    /// Names and sizes were compared; nothing was hashed.
    Diff,
    /// Something in a history got another name.
    Rename,
    /// A history was made one list.
    Flatten,
}

impl Operation {
    /// The word that stands in the schema's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Operation::Seal => "seal",
            Operation::Offload => "offload",
            Operation::Verify => "verify",
            Operation::Diff => "diff",
            Operation::Rename => "rename",
            Operation::Flatten => "flatten",
        }
    }
}

/// The result in one word. Only `Verified` says that every file was read and held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Status {
    /// Every listed file was read and every recorded digest held.
    Verified,
    /// Every file was read and listed; there was nothing to compare it with.
    Sealed,
    /// At least one finding is a fault.
    Failed,
    /// Nothing failed, but something could not be proven (no digest to compare, an empty list, a
    /// comparison of names alone). Never clears a wipe.
    Unproven,
    /// The observer stopped it. Never clears a wipe.
    Cancelled,
}

/// A folder and what it stands on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Place {
    /// The folder's path as it was given, made absolute; bytes that are no UTF-8 are escaped as
    /// `\xHH`.
    pub path: String,
    /// Identity of the file system it stands on, `fs:UUID` where the system tells one, otherwise
    /// `dev:MAJOR:MINOR`, which only tells two places of one report apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
}

impl Place {
    /// A folder on a device that may be unknown.
    #[must_use]
    pub fn new(path: impl Into<String>, device: Option<String>) -> Self {
        Place { path: path.into(), device }
    }
}

/// A roll: its name, and the identity of its content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Roll {
    /// The folder's name. Names repeat across days: it identifies nothing by itself.
    pub name: String,
    /// C4 over the lines `path NUL size NUL algorithm:digest LF` of the roll's first list, sorted
    /// by path bytes; 90 characters. See `roll_content`.
    pub content: String,
    /// Listed files.
    pub files: u64,
    /// Their sizes added up, in bytes.
    pub bytes: u64,
}

impl Roll {
    /// A roll of so many files and bytes.
    #[must_use]
    pub fn new(
        name: impl Into<String>,
        content: impl Into<String>,
        files: u64,
        bytes: u64,
    ) -> Self {
        Roll { name: name.into(), content: content.into(), files, bytes }
    }
}

/// A listed file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FileRecord {
    /// Relative path with `/`.
    pub path: String,
    /// Bytes; absent where the list has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// `algorithm:value` for each digest that the list records or that was computed.
    pub hashes: Vec<String>,
}

impl FileRecord {
    /// A file with its digests, each spelled `algorithm:value`.
    #[must_use]
    pub fn new(path: impl Into<String>, size: Option<u64>, hashes: Vec<String>) -> Self {
        FileRecord { path: path.into(), size, hashes }
    }
}

/// One copy of the roll: made by an offload, or read by a verification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CopyReport {
    /// The copy's root folder and its device.
    pub place: Place,
    /// The copy in one word.
    pub status: Status,
    /// How strong the evidence is; absent when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grade: Option<Grade>,
    /// How it is known: what was done past the cache, or why it could not be.
    pub proof: String,
    /// The list that stands at the copy's root; absent when none was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manifest: Option<ManifestRecord>,
    /// Every listed file is there, was read and held, nothing was left out, and the list's content
    /// is the roll's.
    pub complete: bool,
    /// The digests that were compared, by [`Algorithm::name`](mhl_hash::Algorithm::name); each of
    /// them for every file.
    pub algorithms: Vec<String>,
    /// The findings of this copy counted.
    pub counts: Counts,
}

impl CopyReport {
    /// A copy of which nothing is known yet: unproven, not complete, no evidence.
    #[must_use]
    pub fn new(place: Place) -> Self {
        CopyReport {
            place,
            status: Status::Unproven,
            grade: None,
            proof: String::new(),
            manifest: None,
            complete: false,
            algorithms: Vec::new(),
            counts: Counts::default(),
        }
    }
}

/// Which list a copy stands on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ManifestRecord {
    /// Relative to the copy's root.
    pub path: String,
    /// `classic` or `asc`.
    pub format: String,
    /// C4 of the file's bytes; 90 characters.
    pub c4: String,
    /// Media Hash Lists at the copy's root; a history counts as one.
    pub at_root: u32,
    /// The state of the history's chain with this generation, to be kept elsewhere and held against
    /// the history later; absent for a list by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin: Option<HistoryPin>,
}

impl ManifestRecord {
    /// The one list at a root.
    #[must_use]
    pub fn new(path: impl Into<String>, format: impl Into<String>, c4: impl Into<String>) -> Self {
        ManifestRecord {
            path: path.into(),
            format: format.into(),
            c4: c4.into(),
            at_root: 1,
            pin: None,
        }
    }
}

/// How strong "verified" is: the grades of evidence, weakest first.
///
/// ```
/// use mhl_core::Grade;
///
/// assert!(Grade::PastTheCache > Grade::ThroughTheCache);
/// assert_eq!(Grade::PastTheCache.number(), 6);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Grade {
    /// 1: names and sizes only.
    SizeOnly,
    /// 2: taken over from another tool's list.
    Inherited,
    /// 3: hashed in flight; the medium was not read back.
    InFlight,
    /// 4: a full-object checksum that an object store returned.
    ObjectStore,
    /// 5: read back, but perhaps from the system's cache.
    ThroughTheCache,
    /// 6: read back past the cache, proven; or read in full after unmount and remount.
    PastTheCache,
    /// 7: read back by another host later.
    AnotherHost,
}

impl Grade {
    /// The grade's number, 1 to 7.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Grade::SizeOnly => 1,
            Grade::Inherited => 2,
            Grade::InFlight => 3,
            Grade::ObjectStore => 4,
            Grade::ThroughTheCache => 5,
            Grade::PastTheCache => 6,
            Grade::AnotherHost => 7,
        }
    }

    /// What the grade means, in a few words.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Grade::SizeOnly => "size only",
            Grade::Inherited => "inherited from another tool's list",
            Grade::InFlight => "hashed in flight",
            Grade::ObjectStore => "full-object checksum of an object store",
            Grade::ThroughTheCache => "read back through the cache",
            Grade::PastTheCache => "read back past the cache",
            Grade::AnotherHost => "read back by another host later",
        }
    }
}

/// Findings and work, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Counts {
    /// Files listed.
    pub files: u64,
    /// Bytes read and hashed.
    pub bytes: u64,
    /// Files whose every comparable digest held.
    pub verified: u64,
    /// Files with a wrong size or digest.
    pub mismatched: u64,
    /// Files listed and absent.
    pub missing: u64,
    /// Files present and not listed.
    pub new: u64,
    /// Files that could not be read, written or represented.
    pub unreadable: u64,
    /// Files with nothing to compare.
    pub unproven: u64,
    /// Findings that are warnings.
    pub warnings: u64,
    /// Every other finding that is a fault: of the history, the chain, the device.
    #[serde(default)]
    pub faults: u64,
    /// Files of the operating system's litter, passed over.
    #[serde(default)]
    pub litter: u64,
}

/// One thing that is to be known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Finding {
    /// What kind of thing.
    pub kind: FindingKind,
    /// Where: a path relative to the roll, or the path of a folder or device. Bytes that are no
    /// UTF-8 are escaped as `\xHH`.
    pub path: String,
    /// Which copy, by its place in [`Report::copies`]; absent for the source.
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

    /// The same, of the copy at this place of [`Report::copies`].
    #[must_use]
    pub fn on_copy(mut self, copy: usize) -> Self {
        self.copy = Some(copy);
        self
    }
}

macro_rules! finding_kinds {
    ($($(#[$doc:meta])* $kind:ident $name:literal $severity:ident,)*) => {
        /// The kinds of findings, by the names that programs match on.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[non_exhaustive]
        pub enum FindingKind {
            $($(#[$doc])* #[serde(rename = $name)] $kind,)*
        }

        impl FindingKind {
            /// The name in reports: lower case with hyphens.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(FindingKind::$kind => $name,)* }
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
    /// It changed while it was read.
    SourceChanged "source-changed" fault,
    /// It could not be written to a destination.
    WriteFailed "write-failed" fault,
    /// Something else stands where it was to be written.
    NameTaken "name-taken" fault,
    /// A destination cannot take the roll at all: absent, full, not to be written.
    DestinationUnusable "destination-unusable" fault,
    /// A destination is another device than when the work began.
    DeviceChanged "device-changed" fault,
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
    /// Files that an operating system left behind; passed over.
    Litter "litter" warning,
    /// Files that a pattern of the user's ignores: copied, not listed.
    Ignored "ignored" warning,
    /// A missing and a new file have the same digest: perhaps one was renamed to the other.
    RenameCandidate "rename-candidate" warning,
    /// A list or history that the card carried itself: taken over, as the note says.
    Carried "carried" warning,
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

impl Counts {
    /// Counts one finding under its kind.
    pub fn add(&mut self, kind: FindingKind) {
        use FindingKind::*;
        match kind {
            HashMismatch | SizeMismatch => self.mismatched += 1,
            MissingFile => self.missing += 1,
            NewFile => self.new += 1,
            UnreadableFile | SourceChanged | WriteFailed | NameTaken => self.unreadable += 1,
            Unproven => {
                self.unproven += 1;
                self.warnings += 1;
            }
            kind if kind.is_fault() => self.faults += 1,
            _ => self.warnings += 1,
        }
    }

    /// What the counts amount to. Nothing listed, nothing verified, or anything unproven is
    /// never [`Status::Verified`].
    #[must_use]
    pub fn status(&self) -> Status {
        let faults = self.mismatched + self.missing + self.new + self.unreadable + self.faults;
        if faults > 0 {
            Status::Failed
        } else if self.unproven > 0 || self.files == 0 || self.verified < self.files {
            Status::Unproven
        } else {
            Status::Verified
        }
    }
}

impl Report {
    /// An empty report: unproven, nothing found.
    #[must_use]
    pub fn new(operation: Operation, source: Place) -> Self {
        Report {
            schema: format!("mhl.{}/1", operation.name()),
            operation,
            status: Status::Unproven,
            tool: String::new(),
            host: String::new(),
            started: String::new(),
            finished: String::new(),
            source,
            roll: None,
            files: Vec::new(),
            copies: Vec::new(),
            counts: Counts::default(),
            findings: Vec::new(),
        }
    }

    /// Records a finding and counts it, for the whole and for its copy.
    pub fn add(&mut self, finding: Finding) {
        self.counts.add(finding.kind);
        if let Some(copy) = finding.copy.and_then(|copy| self.copies.get_mut(copy)) {
            copy.counts.add(finding.kind);
        }
        self.findings.push(finding);
    }

    /// The report as one line of JSON.
    ///
    /// Control characters and bidirectional overrides in names are escaped by JSON or kept: escape
    /// them where they are printed to a terminal.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Strings, numbers and vectors alone: serde_json has no error for them.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads what [`Report::to_json`] wrote.
    ///
    /// # Errors
    /// When the text is no such object, or of another schema.
    pub fn from_json(text: &str) -> Result<Self, ReadReportError> {
        let report: Report =
            serde_json::from_str(text).map_err(|error| ReadReportError(error.to_string()))?;
        let expected = format!("mhl.{}/1", report.operation.name());
        if report.schema != expected {
            return Err(ReadReportError(format!(
                "schema {:?} found, {expected:?} expected",
                report.schema
            )));
        }
        Ok(report)
    }
}

/// Why a text is no report.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a report: {0}")]
pub struct ReadReportError(String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_read_back() {
        let mut report = Report::new(Operation::Verify, Place::new("/mnt/raid/A001", None));
        report.copies.push(CopyReport::new(report.source.clone()));
        report.add(
            Finding::new(FindingKind::HashMismatch, "Clips/A\u{202e}.mov")
                .differing("md5:00", "md5:01")
                .on_copy(0),
        );
        assert_eq!(report.counts.mismatched, 1);
        assert_eq!(report.copies[0].counts.mismatched, 1);
        assert_eq!(Report::from_json(&report.to_json()), Ok(report.clone()));
        report.schema = "mhl.verify/2".into();
        assert!(Report::from_json(&report.to_json()).is_err());
    }

    #[test]
    fn row_63_nothing_is_never_verified() {
        let mut counts = Counts::default();
        assert_eq!(counts.status(), Status::Unproven);
        counts.files = 1;
        assert_eq!(counts.status(), Status::Unproven, "listed and not verified");
        counts.verified = 1;
        assert_eq!(counts.status(), Status::Verified);
        counts.add(FindingKind::Unproven);
        assert_eq!(counts.status(), Status::Unproven);
        counts.add(FindingKind::NewFile);
        assert_eq!(counts.status(), Status::Failed);
    }
}
