//! What an operation found: all of it, serialisable.
//!
//! One type serves sealing, offloading, verifying and comparing, so that a program reads one shape
//! and a ledger takes one kind of evidence. [`Report::to_json`] is what the command prints with
//! `--json`; `"schema"` names its version.

mod counts;
mod doubt;
mod finding;
mod gathered;
mod grade;
mod json;
mod page;

use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use self::{
    counts::Counts,
    doubt::{CacheDoubt, CacheReason},
    finding::{Finding, FindingKind},
    grade::Grade,
    json::ReadReportError,
};
use crate::{Clock, Phase, ShardRecord, Timestamp, asc::HistoryPin};

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
    /// What was read, and how long that took; for rates. A phase that was taken up again has several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub phases: Vec<PhaseRecord>,
    /// The findings counted, over the source and all copies.
    pub counts: Counts,
    /// Every finding, in the order of the work.
    pub findings: Vec<Finding>,
    /// Of which shard it is, and what the merge needs of that; absent for a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<Box<ShardRecord>>,
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
    /// What another program did was listed; nothing was read.
    Record,
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
            Operation::Record => "record",
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
    /// Everything was listed with the digests that another program told; nothing was read. Never clears
    /// a wipe.
    Recorded,
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
    /// Their sizes added up, in bytes; [`u64::MAX`] where they are more.
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
    /// A verification did not come to read it, though it stands there with its size: only a portion
    /// was asked for, or the work ended before its turn.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unread: bool,
}

impl FileRecord {
    /// A file with its digests, each spelled `algorithm:value`.
    #[must_use]
    pub fn new(path: impl Into<String>, size: Option<u64>, hashes: Vec<String>) -> Self {
        FileRecord { path: path.into(), size, hashes, unread: false }
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
    /// Where a reading past the cache was asked for and not proven: the first file or list of which it
    /// is not, and why. `proof` says the same in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache_doubt: Option<CacheDoubt>,
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
            cache_doubt: None,
            manifest: None,
            complete: false,
            algorithms: Vec::new(),
            counts: Counts::default(),
        }
    }
}

/// A phase of the work: what was read or written in it by one device, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PhaseRecord {
    /// Which part of the work.
    pub phase: Phase,
    /// The copy that was written or read, by its place in [`Report::copies`]; absent for the source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copy: Option<usize>,
    /// When it started, RFC 3339 in UTC.
    pub started: String,
    /// When it ended, RFC 3339 in UTC.
    pub finished: String,
    /// Bytes that were read, or written; those of a file that was not through may be missing.
    pub bytes: u64,
    /// Milliseconds of that time in which the device was at work and not waiting for others, as
    /// measured: no two runs have the same. Absent where it was not measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub busy_ms: Option<u64>,
}

impl PhaseRecord {
    /// A phase of the source's that ends now.
    pub(crate) fn ending(phase: Phase, started: &Timestamp, clock: &dyn Clock, bytes: u64) -> Self {
        let (started, finished) = (started.to_utc_z(), clock.now().to_utc_z());
        PhaseRecord { phase, copy: None, started, finished, bytes, busy_ms: None }
    }

    /// The same, at work for so long.
    pub(crate) fn busy(mut self, busy: Duration) -> Self {
        self.busy_ms = u64::try_from(busy.as_millis()).ok();
        self
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
            phases: Vec::new(),
            counts: Counts::default(),
            findings: Vec::new(),
            shard: None,
        }
    }

    /// What the copying waited for: the record of the source, of the hashing or of a copy that was
    /// at work for the longest part of [`Phase::Copy`]. `None` where nothing was measured.
    #[must_use]
    pub fn bottleneck(&self) -> Option<&PhaseRecord> {
        let copying = |phase| matches!(phase, Phase::Copy | Phase::Hash);
        self.phases.iter().filter(|record| copying(record.phase)).max_by_key(|r| r.busy_ms)
    }

    /// Records a finding and counts it, for the whole and for its copy.
    pub fn add(&mut self, finding: Finding) {
        self.counts.add(finding.kind);
        if let Some(copy) = finding.copy.and_then(|copy| self.copies.get_mut(copy)) {
            copy.counts.add(finding.kind);
        }
        self.findings.push(finding);
    }
}
