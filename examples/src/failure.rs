//! Why a subcommand has no result, and which exit code that is.

use std::{fmt::Display, path::Path};

use mhl_core::{
    AppendError, Finding, FindingKind, FlattenError, HistoryError, ListError, LockError,
    MergeError, MergeIntoError, OffloadError, RelativePath, RenameError, SealError, VerifyError,
};
use mhl_policy::FileError;

use crate::exit::Code;

/// Why a subcommand has no result.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) code: Code,
    pub(crate) message: String,
    /// What stands at fault and where, if it is not the arguments.
    at: Option<(FindingKind, String)>,
}

impl Failure {
    pub(crate) fn new(code: Code, message: impl Display) -> Self {
        Failure { code, message: message.to_string(), at: None }
    }

    /// Arguments that cannot be meant.
    pub(crate) fn usage(message: impl Display) -> Self {
        Failure::new(Code::Usage, message)
    }

    /// The system refused something.
    pub(crate) fn io(path: &Path, error: impl Display) -> Self {
        Failure::new(Code::Io, format!("{}: {error}", path.display()))
            .at(FindingKind::UnreadableFile, path)
    }

    /// A list, a ledger, a report or a profile is none.
    pub(crate) fn invalid(path: &Path, error: impl Display) -> Self {
        Failure::new(Code::InvalidManifest, format!("{}: {error}", path.display()))
            .at(FindingKind::ManifestInvalid, path)
    }

    /// The same, of something that stands there.
    pub(crate) fn at(mut self, kind: FindingKind, path: &Path) -> Self {
        self.at = Some((kind, path.to_string_lossy().into_owned()));
        self
    }

    /// The same as a finding, where it is known what it is about.
    pub(crate) fn finding(&self) -> Option<Finding> {
        let (kind, path) = self.at.as_ref()?;
        Some(Finding::new(*kind, path).noting(&self.message))
    }
}

/// A refused merge: its reports are no valid record of one verification.
impl From<MergeError> for Failure {
    fn from(error: MergeError) -> Self {
        Failure::new(Code::InvalidManifest, error)
    }
}

impl From<MergeIntoError> for Failure {
    fn from(error: MergeIntoError) -> Self {
        match error {
            MergeIntoError::Merge(error) => error.into(),
            MergeIntoError::List(error) => VerifyError::List(error).into(),
            MergeIntoError::Root { ref path, .. } => {
                let path = path.clone();
                Failure::new(Code::FileNotFound, error).at(FindingKind::UnreadableFile, &path)
            }
            MergeIntoError::NoHistory { .. } => Failure::new(Code::NoHistory, error),
            other => Failure::new(Code::InvalidManifest, other),
        }
    }
}

impl From<VerifyError> for Failure {
    fn from(error: VerifyError) -> Self {
        let failure = |code| Failure::new(code, &error);
        match &error {
            VerifyError::Root { path, .. } | VerifyError::List(ListError::Io { path, .. }) => {
                failure(Code::Io).at(FindingKind::UnreadableFile, path)
            }
            VerifyError::List(ListError::None { root }) => {
                failure(Code::NoHistory).at(FindingKind::ManifestMissing, root)
            }
            VerifyError::List(ListError::Several { .. }) => failure(Code::Usage),
            VerifyError::List(ListError::Invalid { path, .. }) => {
                failure(Code::InvalidManifest).at(FindingKind::ManifestInvalid, path)
            }
            VerifyError::NotListed { paths } => {
                let first = paths.first().map_or("", RelativePath::as_str);
                failure(Code::FileNotFound).at(FindingKind::MissingFile, first.as_ref())
            }
            _ => failure(Code::InvalidManifest),
        }
    }
}

impl From<SealError> for Failure {
    fn from(error: SealError) -> Self {
        if let SealError::History(error) = error {
            return error.into();
        }
        let failure = |code| Failure::new(code, &error);
        match &error {
            SealError::Root { path, .. } | SealError::NothingToSeal { path } => {
                failure(Code::Io).at(FindingKind::UnreadableFile, path)
            }
            SealError::Listed { path, list } => {
                failure(Code::Usage).at(FindingKind::NameTaken, &path.join(list))
            }
            _ => failure(Code::Usage),
        }
    }
}

impl From<HistoryError> for Failure {
    fn from(error: HistoryError) -> Self {
        let failure = |code| Failure::new(code, &error);
        match error {
            HistoryError::List(error) => VerifyError::List(error).into(),
            HistoryError::Root { ref path, .. }
            | HistoryError::Lock(LockError::Io { ref path, .. }) => {
                failure(Code::Io).at(FindingKind::UnreadableFile, path)
            }
            _ => failure(Code::Usage),
        }
    }
}

impl From<AppendError> for Failure {
    fn from(error: AppendError) -> Self {
        let failure = |code| Failure::new(code, &error);
        match error {
            AppendError::History(error) => error.into(),
            AppendError::NotFound { ref paths } => {
                let first = paths.first().map_or("", RelativePath::as_str);
                failure(Code::FileNotFound).at(FindingKind::MissingFile, first.as_ref())
            }
            _ => failure(Code::Usage),
        }
    }
}

impl From<RenameError> for Failure {
    fn from(error: RenameError) -> Self {
        let failure = |code| Failure::new(code, &error);
        match error {
            RenameError::History(error) => error.into(),
            RenameError::NotFound { ref path, .. } => {
                failure(Code::FileNotFound).at(FindingKind::MissingFile, path.as_str().as_ref())
            }
            RenameError::NameTaken { ref path, .. } => {
                failure(Code::Usage).at(FindingKind::NameTaken, path.as_str().as_ref())
            }
            _ => failure(Code::Usage),
        }
    }
}

impl From<FlattenError> for Failure {
    fn from(error: FlattenError) -> Self {
        let failure = |code| Failure::new(code, &error);
        match error {
            FlattenError::List(error) => VerifyError::List(error).into(),
            FlattenError::Root { ref path, .. } => {
                failure(Code::Io).at(FindingKind::UnreadableFile, path)
            }
            _ => failure(Code::Usage),
        }
    }
}

impl From<OffloadError> for Failure {
    fn from(error: OffloadError) -> Self {
        let failure = |code| Failure::new(code, &error);
        match &error {
            OffloadError::Source { path, .. } | OffloadError::NothingToCopy { path } => {
                failure(Code::Io).at(FindingKind::UnreadableFile, path)
            }
            OffloadError::Threads { .. } => failure(Code::Io),
            OffloadError::Stalled { path, .. } => failure(Code::Io).at(FindingKind::Stalled, path),
            OffloadError::Cancelled => failure(Code::Cancelled),
            OffloadError::SourceCarriesList { path, findings, .. } => {
                let failure = failure(Code::first(findings.iter()));
                match findings.first() {
                    Some(first) => failure.at(first.kind, &path.join(&first.path)),
                    None => failure,
                }
            }
            _ => failure(Code::Usage),
        }
    }
}

impl From<FileError> for Failure {
    fn from(error: FileError) -> Self {
        let failure = |code| Failure::new(code, &error);
        match &error {
            FileError::Io { path, .. } => failure(Code::Io).at(FindingKind::UnreadableFile, path),
            FileError::Ledger { path, .. } => {
                failure(Code::InvalidManifest).at(FindingKind::ManifestInvalid, path)
            }
            _ => failure(Code::Usage),
        }
    }
}
