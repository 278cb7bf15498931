//! Exit codes: the reference command's for lists, ours beyond.

use std::process::ExitCode;

use mhl_core::{Finding, FindingKind, Report, Status};

/// What the process ends with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    Good = 0,
    Usage = 2,
    InvalidManifest = 3,
    Io = 4,
    Cancelled = 5,
    Missing = 10,
    HashMismatch = 11,
    DirectoryHashMismatch = 12,
    FileNotFound = 20,
    NewFiles = 21,
    NoHistory = 30,
    ManifestModified = 31,
    ChainMissing = 32,
    ManifestMissing = 33,
    Withheld = 40,
    Indeterminate = 41,
}

impl From<Code> for ExitCode {
    fn from(code: Code) -> Self {
        ExitCode::from(code as u8)
    }
}

/// Where several codes hold, the first of these is the process's.
const PRECEDENCE: [Code; 13] = [
    // What was not read to its end says nothing of the rest.
    Code::Cancelled,
    Code::ManifestModified,
    Code::ManifestMissing,
    Code::ChainMissing,
    Code::NoHistory,
    Code::InvalidManifest,
    Code::HashMismatch,
    Code::DirectoryHashMismatch,
    Code::Io,
    Code::Missing,
    Code::NewFiles,
    Code::FileNotFound,
    Code::Usage,
];

impl Code {
    /// The code of a report: the first that applies to any of its faults.
    pub(crate) fn of(report: &Report) -> Self {
        if report.status == Status::Cancelled {
            return Code::Cancelled;
        }
        Code::first(report.findings.iter())
    }

    /// The code of these findings; warnings have none.
    pub(crate) fn first<'a>(findings: impl Iterator<Item = &'a Finding>) -> Self {
        let codes: Vec<Code> = findings.filter_map(|finding| Code::of_kind(finding.kind)).collect();
        PRECEDENCE.into_iter().find(|code| codes.contains(code)).unwrap_or(Code::Good)
    }

    /// Of two codes the one that goes before.
    pub(crate) fn or(self, other: Self) -> Self {
        PRECEDENCE.into_iter().find(|code| [self, other].contains(code)).unwrap_or(Code::Good)
    }

    fn of_kind(kind: FindingKind) -> Option<Self> {
        if !kind.is_fault() {
            return None;
        }
        Some(match kind {
            FindingKind::ManifestModified
            | FindingKind::ReferenceModified
            | FindingKind::ChainRewritten => Code::ManifestModified,
            FindingKind::ManifestMissing => Code::ManifestMissing,
            FindingKind::ChainMissing => Code::ChainMissing,
            FindingKind::HashMismatch | FindingKind::SizeMismatch => Code::HashMismatch,
            FindingKind::DirectoryHashMismatch => Code::DirectoryHashMismatch,
            FindingKind::MissingFile => Code::Missing,
            FindingKind::NewFile => Code::NewFiles,
            FindingKind::ManifestInvalid
            | FindingKind::ManifestUnlisted
            | FindingKind::SequenceBroken
            | FindingKind::Rebaselined
            | FindingKind::ConflictingOriginals
            | FindingKind::Forked
            | FindingKind::IgnoreShrank
            | FindingKind::PathOutside => Code::InvalidManifest,
            _ => Code::Io,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_code_that_applies_is_the_process_s() {
        let code = |kinds: &[FindingKind]| {
            let findings: Vec<_> = kinds.iter().map(|kind| Finding::new(*kind, "x")).collect();
            Code::first(findings.iter())
        };
        assert_eq!(code(&[]), Code::Good);
        assert_eq!(code(&[FindingKind::Litter, FindingKind::Unproven]), Code::Good);
        assert_eq!(code(&[FindingKind::NewFile, FindingKind::MissingFile]), Code::Missing);
        assert_eq!(code(&[FindingKind::MissingFile, FindingKind::UnreadableFile]), Code::Io);
        assert_eq!(
            code(&[FindingKind::UnreadableFile, FindingKind::SizeMismatch]),
            Code::HashMismatch
        );
        assert_eq!(
            code(&[FindingKind::HashMismatch, FindingKind::ChainMissing]),
            Code::ChainMissing
        );
        assert_eq!(
            code(&[FindingKind::ManifestMissing, FindingKind::ManifestModified]),
            Code::ManifestModified
        );
    }

    #[test]
    fn cancelled_goes_before_every_other_code() {
        for code in [Code::Good, Code::Io, Code::HashMismatch, Code::ManifestModified] {
            assert_eq!(code.or(Code::Cancelled), Code::Cancelled);
            assert_eq!(Code::Cancelled.or(code), Code::Cancelled);
        }
        let mut report =
            Report::new(mhl_core::Operation::Verify, mhl_core::Place::new("/A001", None));
        report.add(Finding::new(FindingKind::HashMismatch, "x"));
        report.status = Status::Cancelled;
        assert_eq!(Code::of(&report), Code::Cancelled);
    }
}
