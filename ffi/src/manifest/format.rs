//! The formats of lists by number.

use crate::{Error, Status};

/// The formats of lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
#[non_exhaustive]
pub enum Format {
    /// One that this header does not name, or none.
    Unknown = 0,
    /// MHL 1.0 and 1.1: one file at the root of a roll.
    Classic = 1,
    /// ASC MHL 2.0: a history of generations in a folder `ascmhl`.
    Asc = 2,
}

impl From<mhl_core::Format> for Format {
    fn from(format: mhl_core::Format) -> Self {
        match format {
            mhl_core::Format::Classic => Format::Classic,
            mhl_core::Format::Asc => Format::Asc,
            _ => Format::Unknown,
        }
    }
}

impl Format {
    /// The format of a name in reports.
    pub(crate) fn named(name: &str) -> Self {
        let known = [mhl_core::Format::Classic, mhl_core::Format::Asc];
        known.into_iter().find(|format| format.name() == name).map_or(Format::Unknown, Format::from)
    }
}

/// The format of a number; `None` for 0.
pub(crate) fn from_code(code: u32, name: &str) -> Result<Option<mhl_core::Format>, Error> {
    match code {
        0 => Ok(None),
        1 => Ok(Some(mhl_core::Format::Classic)),
        2 => Ok(Some(mhl_core::Format::Asc)),
        other => {
            let message = format!("{name} is {other}; an mhl_format, 1 or 2, expected");
            Err(Error::new(Status::InvalidArgument, message))
        }
    }
}
