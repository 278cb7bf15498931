//! Why a file is not taken, or nothing recorded.

use std::{io, path::PathBuf};

use mhl_hash::Algorithm;

use crate::{
    RelativePath,
    appending::{HistoryError, LockError},
    asc::IgnoreError,
    escape_for_display,
    expected::ListError,
    listing::AlgorithmNotInFormat,
};

/// Why a file was not taken. Those before and after it are.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EntryError {
    /// The digests are not one in each of the algorithms that were named.
    #[error(
        "{}: digests in {} were told; one in each of {} is expected",
        escape_for_display(path.as_str()), names(told), names(expected)
    )]
    Digests {
        /// The file.
        path: RelativePath,
        /// The algorithms of its digests, in the order in which they were told.
        told: Vec<Algorithm>,
        /// The algorithms of the record.
        expected: Vec<Algorithm>,
    },
    /// No list of the format can hold the name.
    #[error("{}: {reason}", escape_for_display(path.as_str()))]
    Name {
        /// The file or folder.
        path: RelativePath,
        /// Why, and what to do.
        reason: &'static str,
    },
    /// A classic list has the time of each file's last change, and none was told.
    #[error(
        "{}: no time of its last change was told, and a classic list has one for each file",
        escape_for_display(path.as_str())
    )]
    NotDated {
        /// The file.
        path: RelativePath,
    },
}

fn names(algorithms: &[Algorithm]) -> String {
    match algorithms {
        [] => "no algorithm".to_owned(),
        some => some.iter().map(|algorithm| algorithm.name()).collect::<Vec<_>>().join(" "),
    }
}

/// Why nothing was recorded at a root. Nothing was written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// The folder cannot be opened.
    #[error("{}: the folder cannot be opened: {error}", path.display())]
    Root {
        /// The folder that was named.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// No file was told.
    #[error("{}: no file was told that could be listed", path.display())]
    NothingToRecord {
        /// The folder that was named.
        path: PathBuf,
    },
    /// A list stands there already, and one roll has one list.
    #[error("{}: the list {list} stands there already, and it cannot be appended to", path.display())]
    Listed {
        /// The folder that was named.
        path: PathBuf,
        /// The list, relative to it.
        list: String,
    },
    /// No digest, or one that the list's format does not know.
    #[error(transparent)]
    Algorithm(#[from] AlgorithmNotInFormat),
    /// A word that is no process of a list that is written of files: `in-place` or `transfer`.
    #[error("{process:?} is not what a program does with files: in-place or transfer expected")]
    Process {
        /// The word.
        process: String,
    },
    /// An ignore pattern is none.
    #[error(transparent)]
    Ignore(#[from] IgnoreError),
    /// Classic lists cannot record what they leave out, so nothing may be.
    #[error("classic lists cannot record ignore patterns: use an ASC MHL")]
    IgnoreInClassic,
    /// A part can be recorded in a history alone, and none stands there.
    #[error("{}: no history stands there that could take a part: record all of it", path.display())]
    PartOfNothing {
        /// The folder that was named.
        path: PathBuf,
    },
    /// Another program is sealing or recording the folder.
    #[error("{}: another program is writing its list", path.display())]
    Busy {
        /// The folder that was named.
        path: PathBuf,
    },
    /// A history that stands there cannot be read, or not be held while it is lengthened.
    #[error(transparent)]
    History(#[from] HistoryError),
}

impl From<LockError> for RecordError {
    fn from(error: LockError) -> Self {
        RecordError::History(error.into())
    }
}

impl From<ListError> for RecordError {
    fn from(error: ListError) -> Self {
        RecordError::History(error.into())
    }
}
