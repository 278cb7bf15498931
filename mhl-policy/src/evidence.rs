//! Evidence: what a report of the engine proves about copies of a roll.
//!
//! Evidence is never typed in. A [`Report`] is the one way in
//! ([`Ledger::append_report`](crate::Ledger::append_report)); the caller only says on which medium
//! and at which place each of its folders stands.

use crate::{media::MediumId, place::PlaceId, roll::RollId};
use mhl_core::{CopyReport, FindingKind, Grade, ManifestRecord, Operation, Report, Status};
use mhl_hash::{Algorithm, HashValue, Hasher};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Where one folder of a report stands.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Placement {
    /// Which copy, by its place in [`Report::copies`]; `None` is the source of an offload.
    pub copy: Option<usize>,
    /// The medium. `None` leaves it to the report, which may know the file system.
    pub medium: Option<MediumId>,
    /// The place. `None` leaves it where the medium was last known to be.
    pub place: Option<PlaceId>,
}

impl Placement {
    /// What is known of a folder of the report, each part where it is: see the fields.
    #[must_use]
    pub const fn new(
        copy: Option<usize>,
        medium: Option<MediumId>,
        place: Option<PlaceId>,
    ) -> Self {
        Placement { copy, medium, place }
    }

    /// The copy of that number in the report stands on this medium.
    #[must_use]
    pub const fn copy(index: usize, medium: MediumId) -> Self {
        Placement { copy: Some(index), medium: Some(medium), place: None }
    }

    /// The source of the offload is this medium.
    #[must_use]
    pub const fn source(medium: MediumId) -> Self {
        Placement { copy: None, medium: Some(medium), place: None }
    }

    /// The same, at a place.
    #[must_use]
    pub fn at(mut self, place: impl Into<PlaceId>) -> Self {
        self.place = Some(place.into());
        self
    }
}

/// What one report proves, as the ledger keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Evidence {
    /// The roll.
    pub roll: RollId,
    /// C4 of the report as one line of JSON ([`Report::to_json`]), without a line feed.
    pub report: String,
    /// What was done.
    pub operation: Operation,
    /// Program and version that did it.
    pub tool: String,
    /// Name of the computer.
    pub host: String,
    /// When it started, as the report says.
    pub started: String,
    /// When it ended, as the report says.
    pub finished: String,
    /// The roll's content, [`mhl_core::Roll::content`]; absent where the report knows none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// Files in the roll's list.
    pub file_count: u64,
    /// Their sizes added up, in bytes.
    pub bytes: u64,
    /// The paths in the list; absent when the ledger knows them already for this content.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub files: Option<BTreeSet<String>>,
    /// The card that was offloaded; absent for other operations.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Box<CopyEvidence>>,
    /// The copies, in the report's order.
    pub copies: Vec<CopyEvidence>,
}

/// What a report proves about one copy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct CopyEvidence {
    /// The medium that it stands on; absent when nobody knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub medium: Option<MediumId>,
    /// The place where the medium was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<PlaceId>,
    /// The copy's root folder, as the report spells it.
    pub root: String,
    /// The file system or device that the report saw there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// The copy in one word.
    pub status: Status,
    /// How strong the evidence is; absent when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grade: Option<Grade>,
    /// How it is known.
    pub proof: String,
    /// Every listed file is there and was read, and nothing was left out.
    pub complete: bool,
    /// The digests that were compared.
    pub algorithms: BTreeSet<String>,
    /// The list at the copy's root.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manifest: Option<ManifestRecord>,
    /// The kinds of faults that were found, in the source or here.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub faults: BTreeSet<FindingKind>,
    /// The patterns by which a user left files unlisted; the files' paths where no pattern is
    /// known.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub ignored: BTreeSet<String>,
}

/// Why a report cannot be taken as evidence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReportRefused {
    /// A placement names a folder that the report does not have.
    #[error("no copy number {copy} in the report; it has {copies}")]
    NoSuchCopy {
        /// The number that was given, counted from 0.
        copy: usize,
        /// Copies in the report.
        copies: usize,
    },
    /// A source was placed, and the operation has none.
    #[error("the report of a {operation} has no source besides its copies")]
    NoSource {
        /// The operation's name.
        operation: &'static str,
    },
    /// Two placements name one folder.
    #[error("copy number {copy:?} of the report is placed twice; once was expected")]
    PlacedTwice {
        /// The number; `None` is the source.
        copy: Option<usize>,
    },
    /// The roll's content is no C4 identifier.
    #[error("the roll's content {content:?} is no C4 identifier")]
    Content {
        /// The text that the report has.
        content: String,
    },
    /// The list of files is not the list that the roll was counted over.
    #[error("the report counts {counted} files of the roll and lists {listed} different paths")]
    Files {
        /// [`mhl_core::Roll::files`].
        counted: u64,
        /// Different paths in [`Report::files`].
        listed: usize,
    },
    /// It is of one shard of a verification, which proves nothing of the roll.
    #[error(
        "the report is of shard {shard}: merge those of all shards, and record what they amount to"
    )]
    Shard {
        /// `K/N`.
        shard: String,
    },
}

impl Evidence {
    /// What a report proves, its folders placed. The list of files is always there; the ledger
    /// drops it when it has it already.
    pub(crate) fn from_report(
        report: &Report,
        roll: RollId,
        placements: &[Placement],
    ) -> Result<Self, ReportRefused> {
        if let Some(record) = &report.shard {
            return Err(ReportRefused::Shard { shard: record.shard.to_string() });
        }
        check_placements(report, placements)?;
        let files: BTreeSet<String> = report.files.iter().map(|file| file.path.clone()).collect();
        if let Some(roll) = &report.roll {
            if HashValue::from_c4(&roll.content).is_err() {
                return Err(ReportRefused::Content { content: roll.content.clone() });
            }
            let listed = u64::try_from(files.len()).unwrap_or(u64::MAX);
            if !report.files.is_empty()
                && (listed != roll.files || files.len() != report.files.len())
            {
                return Err(ReportRefused::Files { counted: roll.files, listed: files.len() });
            }
        }
        let placed = |copy: Option<usize>| placements.iter().find(|placed| placed.copy == copy);
        let source = (report.operation == Operation::Offload).then(|| {
            let mut source = CopyReport::new(report.source.clone());
            source.proof = "read as the source of the offload; not verified itself".to_owned();
            Box::new(CopyEvidence::new(report, None, &source, placed(None)))
        });
        let copies =
            report.copies.iter().enumerate().map(|(index, copy)| {
                CopyEvidence::new(report, Some(index), copy, placed(Some(index)))
            });
        Ok(Evidence {
            roll,
            report: c4(report.to_json().as_bytes()),
            operation: report.operation,
            tool: report.tool.clone(),
            host: report.host.clone(),
            started: report.started.clone(),
            finished: report.finished.clone(),
            content: report.roll.as_ref().map(|roll| roll.content.clone()),
            file_count: report.roll.as_ref().map_or(0, |roll| roll.files),
            bytes: report.roll.as_ref().map_or(0, |roll| roll.bytes),
            files: (!files.is_empty()).then_some(files),
            source,
            copies: copies.collect(),
        })
    }

    /// Every folder that the report saw: the source, then the copies.
    pub(crate) fn folders(&self) -> impl Iterator<Item = &CopyEvidence> {
        self.source.as_deref().into_iter().chain(&self.copies)
    }
}

fn check_placements(report: &Report, placements: &[Placement]) -> Result<(), ReportRefused> {
    let mut seen = BTreeSet::new();
    for Placement { copy, .. } in placements {
        match copy {
            Some(copy) if *copy >= report.copies.len() => {
                return Err(ReportRefused::NoSuchCopy { copy: *copy, copies: report.copies.len() });
            }
            None if report.operation != Operation::Offload => {
                return Err(ReportRefused::NoSource { operation: report.operation.name() });
            }
            _ if !seen.insert(*copy) => return Err(ReportRefused::PlacedTwice { copy: *copy }),
            _ => {}
        }
    }
    Ok(())
}

impl CopyEvidence {
    /// What is found about the source stands against every copy: what could not be read there was
    /// copied nowhere.
    fn new(
        report: &Report,
        index: Option<usize>,
        copy: &CopyReport,
        placed: Option<&Placement>,
    ) -> Self {
        let findings =
            || report.findings.iter().filter(|found| found.copy.is_none() || found.copy == index);
        let seen = copy.place.device.as_deref().and_then(file_system);
        CopyEvidence {
            medium: placed.and_then(|placed| placed.medium.clone()).or(seen),
            place: placed.and_then(|placed| placed.place.clone()),
            root: copy.place.path.clone(),
            device: copy.place.device.clone(),
            status: copy.status,
            grade: copy.grade,
            proof: copy.proof.clone(),
            complete: copy.complete,
            algorithms: copy.algorithms.iter().cloned().collect(),
            manifest: copy.manifest.clone(),
            faults: findings().map(|found| found.kind).filter(|kind| kind.is_fault()).collect(),
            ignored: findings()
                .filter(|found| found.kind == FindingKind::Ignored)
                .map(|found| found.expected.as_ref().unwrap_or(&found.path).clone())
                .collect(),
        }
    }
}

/// The medium that a report's device names; none for `dev:MAJOR:MINOR`, which tells places apart
/// within one report only.
pub(crate) fn file_system(device: &str) -> Option<MediumId> {
    device.parse().ok()
}

/// The one name of a digest that lists and tools call differently: `xxh64` is `xxh64be`. A name
/// that this version does not know stays as it is.
pub(crate) fn one_name(name: &str) -> String {
    name.parse::<Algorithm>().map_or_else(|_| name.to_owned(), |known| known.name().to_owned())
}

/// A roll's content as people and reports spell it: its C4, with or without `c4:` before it.
pub(crate) fn content(text: &str) -> Option<&str> {
    let digest = match text.split_once(':') {
        Some((name, digest)) if name.parse() == Ok(Algorithm::C4) => digest,
        Some(_) => return None,
        None => text,
    };
    HashValue::from_c4(digest).is_ok().then_some(digest)
}

/// C4 of some bytes, in its 90 characters.
pub(crate) fn c4(bytes: &[u8]) -> String {
    c4_value(bytes).to_string()
}

/// C4 of some bytes, as it is compared.
pub(crate) fn c4_value(bytes: &[u8]) -> HashValue {
    let mut hasher = Hasher::new(Algorithm::C4);
    hasher.update(bytes);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use mhl_core::{FileRecord, Finding, Place, Roll};

    fn offload() -> Report {
        let mut report =
            Report::new(Operation::Offload, Place::new("/card/A001", Some("fs:CARD".into())));
        for root in ["/raid/A001", "/tape/A001"] {
            report.copies.push(CopyReport::new(Place::new(root, Some("dev:8:1".into()))));
        }
        report.files = vec![FileRecord::new("a.mov", Some(1), vec![])];
        report.roll = Some(Roll::new("A001", c4(b"list"), 1, 1));
        report
    }

    #[test]
    fn row_102_what_the_source_could_not_give_stands_against_every_copy() {
        let mut report = offload();
        report.add(Finding::new(FindingKind::UnreadableFile, "b.mov"));
        report.add(Finding::new(FindingKind::WriteFailed, "a.mov").on_copy(1));
        let evidence = Evidence::from_report(&report, "A001".into(), &[]).unwrap();
        let faults: Vec<_> = evidence.folders().map(|f| f.faults.clone()).collect();
        let unreadable = BTreeSet::from([FindingKind::UnreadableFile]);
        let both = BTreeSet::from([FindingKind::UnreadableFile, FindingKind::WriteFailed]);
        assert_eq!(faults, [unreadable.clone(), unreadable, both]);
    }

    #[test]
    fn a_medium_is_what_was_said_or_the_file_system_that_was_seen() {
        let tape: MediumId = "lto:T1".parse().unwrap();
        let placements = [Placement::copy(1, tape.clone()).at("vault")];
        let evidence = Evidence::from_report(&offload(), "A001".into(), &placements).unwrap();
        assert_eq!(evidence.source.unwrap().medium, "fs:card".parse().ok());
        assert_eq!(evidence.copies[0].medium, None, "dev: identifies nothing");
        assert_eq!(evidence.copies[1].medium, Some(tape));
        assert_eq!(evidence.copies[1].place, Some("vault".into()));
    }

    #[test]
    fn row_105_counts_that_do_not_fit_are_refused() {
        let mut report = offload();
        report.roll = Some(Roll::new("A001", c4(b"list"), u64::MAX, u64::MAX));
        assert_eq!(
            Evidence::from_report(&report, "A001".into(), &[]),
            Err(ReportRefused::Files { counted: u64::MAX, listed: 1 })
        );
    }

    #[test]
    fn a_shard_proves_nothing_of_the_roll() {
        // As one reads it: the record of a shard is made by a verification alone.
        let text = offload().to_json();
        let record = r#","shard":{"shard":"2/3","first":1,"last":3,"listed":"","tree":"","of_all":0,"of_names":0,"of_reading":0,"recordable":true,"past_cache":true,"proven":true,"all_read":true}}"#;
        let report = Report::from_json(&(text[..text.len() - 1].to_owned() + record)).unwrap();
        assert_eq!(
            Evidence::from_report(&report, "A001".into(), &[]),
            Err(ReportRefused::Shard { shard: "2/3".into() })
        );
    }

    #[test]
    fn placements_that_fit_nothing_are_refused() {
        let medium: MediumId = "serial:1".parse().unwrap();
        let refused = |report: &Report, placements: &[Placement]| {
            Evidence::from_report(report, "A001".into(), placements).unwrap_err()
        };
        let copy = |index| Placement::copy(index, medium.clone());
        assert_eq!(
            refused(&offload(), &[copy(2)]),
            ReportRefused::NoSuchCopy { copy: 2, copies: 2 }
        );
        assert_eq!(
            refused(&offload(), &[copy(0), copy(0)]),
            ReportRefused::PlacedTwice { copy: Some(0) }
        );
        let verify = Report::new(Operation::Verify, Place::new("/raid/A001", None));
        assert_eq!(
            refused(&verify, &[Placement::source(medium.clone())]),
            ReportRefused::NoSource { operation: "verify" }
        );
        let mut report = offload();
        report.roll = Some(Roll::new("A001", "c4", 1, 1));
        assert_eq!(refused(&report, &[]), ReportRefused::Content { content: "c4".into() });
    }
}
