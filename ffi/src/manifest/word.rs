//! The words of lists by number.

use mhl_core::Format as CoreFormat;

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

fn unknown(code: u32, name: &str, expected: &str) -> Error {
    Error::new(Status::InvalidArgument, format!("{name} is {code}; {expected} expected"))
}
