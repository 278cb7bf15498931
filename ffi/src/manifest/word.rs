//! The words of lists by number.

use mhl_core::{Action as CoreAction, Format as CoreFormat, Process as CoreProcess};

use crate::{Error, Status};

/// The formats of Media Hash Lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
#[non_exhaustive]
pub enum Format {
    /// One that this header does not name.
    Unknown = 0,
    /// MHL 1.0 and 1.1: one file at the root of a roll.
    Classic = 1,
    /// ASC MHL 2.0: a history of generations in a folder `ascmhl`.
    Asc = 2,
}

impl From<CoreFormat> for Format {
    fn from(format: CoreFormat) -> Self {
        match format {
            CoreFormat::Classic => Format::Classic,
            CoreFormat::Asc => Format::Asc,
            _ => Format::Unknown,
        }
    }
}

/// The format of a number.
pub(crate) fn format(code: u32, name: &str) -> Result<CoreFormat, Error> {
    match code {
        1 => Ok(CoreFormat::Classic),
        2 => Ok(CoreFormat::Asc),
        other => Err(unknown(other, name, "an mhl_format: 1 or 2")),
    }
}

/// In which process a list was made. Classic lists do not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
#[non_exhaustive]
pub enum Process {
    /// None is said, or one that this header does not name.
    Unknown = 0,
    /// Files were hashed where they stand.
    InPlace = 1,
    /// Files were copied.
    Transfer = 2,
    /// A history was put into one list.
    Flatten = 3,
}

impl From<Option<&CoreProcess>> for Process {
    fn from(process: Option<&CoreProcess>) -> Self {
        match process {
            Some(CoreProcess::InPlace) => Process::InPlace,
            Some(CoreProcess::Transfer) => Process::Transfer,
            Some(CoreProcess::Flatten) => Process::Flatten,
            _ => Process::Unknown,
        }
    }
}

/// The process of a number.
pub(crate) fn process(code: u32, name: &str) -> Result<CoreProcess, Error> {
    match code {
        1 => Ok(CoreProcess::InPlace),
        2 => Ok(CoreProcess::Transfer),
        3 => Ok(CoreProcess::Flatten),
        other => Err(unknown(other, name, "an mhl_process: 1, 2 or 3")),
    }
}

/// What was done with a file when its digest was recorded (ASC MHL).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
#[non_exhaustive]
pub enum Action {
    /// Nothing is said: classic lists, and hashes of directories.
    None = 0,
    /// The first digest of the file in its history.
    Original = 1,
    /// The file was compared with an earlier digest and held.
    Verified = 2,
    /// The file differed from an earlier digest. Never compared against.
    Failed = 3,
    /// A word that the format does not know. Never compared against.
    Unknown = 4,
}

impl From<Option<&CoreAction>> for Action {
    fn from(action: Option<&CoreAction>) -> Self {
        match action {
            None => Action::None,
            Some(CoreAction::Original) => Action::Original,
            Some(CoreAction::Verified) => Action::Verified,
            Some(CoreAction::Failed) => Action::Failed,
            Some(_) => Action::Unknown,
        }
    }
}

/// The action of a number.
pub(crate) fn action(code: u32, name: &str) -> Result<Option<CoreAction>, Error> {
    match code {
        0 => Ok(None),
        1 => Ok(Some(CoreAction::Original)),
        2 => Ok(Some(CoreAction::Verified)),
        3 => Ok(Some(CoreAction::Failed)),
        other => Err(unknown(other, name, "an mhl_action: 0 to 3")),
    }
}

/// How far what a program tells is held against the disk. No file is ever read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
#[non_exhaustive]
pub enum Look {
    /// Every file that was told has to stand there with its size, and nothing else may.
    Whole = 0,
    /// Every file that was told has to stand there with its size; nothing is said of any other, and
    /// no folder is listed. Wants a history.
    Part = 1,
    /// The files are not looked for.
    Nothing = 2,
}

/// The look of a number.
pub(crate) fn look(code: u32, name: &str) -> Result<mhl_core::Look, Error> {
    match code {
        0 => Ok(mhl_core::Look::Whole),
        1 => Ok(mhl_core::Look::Part),
        2 => Ok(mhl_core::Look::Nothing),
        other => Err(unknown(other, name, "an mhl_look: 0, 1 or 2")),
    }
}

fn unknown(code: u32, name: &str, expected: &str) -> Error {
    Error::new(Status::InvalidArgument, format!("{name} is {code}; {expected} expected"))
}
