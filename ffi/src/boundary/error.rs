//! Why a call failed.

use std::{
    any::Any,
    ffi::{CString, c_char},
    path::{Path, PathBuf},
};

use mhl_core::{
    EntryError, HistoryError, ListError, LockError, PublishError, ReadError, ReadErrorKind,
    RecordError, VerifyError, WriteError, escape_for_display,
};

use crate::{
    Status,
    boundary::{
        cause::Cause,
        guard::guard_free,
        handle::{self, lent},
        text::Bytes,
    },
};

/// What `mhl_error_offset` returns when the error is not about a place in a file.
pub const NO_OFFSET: u64 = u64::MAX;

/// Why a call failed. Owned by the caller, who frees it; never changes.
#[derive(Debug)]
pub struct Error {
    kind: Status,
    message: CString,
    path: Option<PathBuf>,
    /// From 1; 0 for none.
    line: u64,
    offset: u64,
    causes: Vec<Cause>,
}

impl Error {
    pub(crate) fn new(kind: Status, message: impl std::fmt::Display) -> Self {
        // A NUL is a control character: none is left after the escaping.
        let message = CString::new(escape_for_display(&message.to_string())).unwrap_or_default();
        Error { kind, message, path: None, line: 0, offset: NO_OFFSET, causes: Vec::new() }
    }

    pub(crate) fn null(what: &str) -> Self {
        Error::new(Status::NullPointer, format!("{what} is NULL"))
    }

    /// A panic, by what it carried.
    pub(crate) fn panicked(payload: Box<dyn Any + Send>) -> Self {
        let said = payload.downcast_ref::<&str>().copied();
        let said = said.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
        let error = Error::new(
            Status::Panic,
            format!("a fault of the library: {}", said.unwrap_or("a panic without a message")),
        );
        // What it carried may panic once more when it is dropped.
        std::mem::forget(payload);
        error
    }

    /// The same, about this path.
    pub(crate) fn at(mut self, path: &Path) -> Self {
        self.path = Some(path.to_owned());
        self
    }

    /// The same, about a line, from 1.
    pub(crate) fn on_line(mut self, line: u64) -> Self {
        self.line = line;
        self
    }

    /// The same, for each of these reasons.
    pub(crate) fn because(mut self, causes: impl IntoIterator<Item = Cause>) -> Self {
        self.causes.extend(causes);
        self
    }

    pub(crate) fn causes(&self) -> &[Cause] {
        &self.causes
    }

    /// The same, about one of several arguments.
    pub(crate) fn of(self, argument: &str) -> Self {
        let message = format!("{argument}: {}", self.message.to_string_lossy());
        Error { message: CString::new(message).unwrap_or_default(), ..self }
    }

    pub(crate) const fn kind(&self) -> Status {
        self.kind
    }
}

impl From<VerifyError> for Error {
    fn from(error: VerifyError) -> Self {
        let of = |kind| Error::new(kind, &error);
        match &error {
            VerifyError::Root { path, .. } => of(Status::Io).at(path),
            VerifyError::List(list) => list.into(),
            VerifyError::Ignore(_) => of(Status::InvalidManifest),
            VerifyError::NotListed { paths } => {
                of(Status::NotListed).because(paths.iter().map(|path| Cause::new(path.as_str())))
            }
            _ => of(Status::Other),
        }
    }
}

impl From<&ListError> for Error {
    fn from(error: &ListError) -> Self {
        let of = |kind| Error::new(kind, error);
        match error {
            ListError::None { root } => of(Status::NoList).at(root),
            ListError::Several { root, .. } => of(Status::SeveralLists).at(root),
            ListError::Io { path, .. } => of(Status::Io).at(path),
            ListError::Invalid { path, error: read } => {
                Error { message: of(Status::Other).message, ..Error::from(&**read) }.at(path)
            }
            _ => of(Status::Other),
        }
    }
}

impl From<&ReadError> for Error {
    fn from(error: &ReadError) -> Self {
        let kind = match error.kind {
            ReadErrorKind::Io(_) => Status::Io,
            _ => Status::InvalidManifest,
        };
        let (line, offset) = (error.position.line, error.position.offset);
        Error { line, offset, ..Error::new(kind, error) }
    }
}

impl From<&HistoryError> for Error {
    fn from(error: &HistoryError) -> Self {
        let of = |kind| Error::new(kind, error);
        match error {
            HistoryError::Root { path, .. } => of(Status::Io).at(path),
            HistoryError::List(list) => list.into(),
            HistoryError::Lock(LockError::Busy { path }) => of(Status::InUse).at(path),
            HistoryError::Lock(LockError::Io { path, .. }) => of(Status::Io).at(path),
            _ => of(Status::Other),
        }
    }
}

impl From<RecordError> for Error {
    fn from(error: RecordError) -> Self {
        let of = |kind| Error::new(kind, &error);
        match &error {
            RecordError::Root { path, .. } => of(Status::Io).at(path),
            RecordError::Busy { path } => of(Status::InUse).at(path),
            RecordError::Listed { path, .. } => of(Status::AlreadyListed).at(path),
            RecordError::PartOfNothing { path } => of(Status::NoList).at(path),
            RecordError::NothingToRecord { path } => of(Status::NoFiles).at(path),
            RecordError::Algorithm(_) | RecordError::IgnoreInClassic => of(Status::NotListable),
            RecordError::Process { .. } | RecordError::Ignore(_) => of(Status::InvalidArgument),
            RecordError::History(history) => history.into(),
            _ => of(Status::Other),
        }
    }
}

impl From<WriteError> for Error {
    fn from(error: WriteError) -> Self {
        let kind = match error {
            WriteError::Io(_) => Status::Io,
            _ => Status::NotListable,
        };
        Error::new(kind, error)
    }
}

impl From<PublishError> for Error {
    fn from(error: PublishError) -> Self {
        Error::new(Status::Io, &error).at(&error.path)
    }
}

impl From<EntryError> for Error {
    fn from(error: EntryError) -> Self {
        let of = |kind| Error::new(kind, &error);
        match &error {
            EntryError::Name { .. } => of(Status::NotListable),
            EntryError::Digests { .. } | EntryError::NotDated { .. } => of(Status::InvalidArgument),
            _ => of(Status::Other),
        }
    }
}

/// The status that the call returned; `MHL_STATUS_GOOD` for NULL.
///
/// Threads: any number at once.
///
/// # Safety
/// `error` is NULL or an error that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_error_kind(error: *const Error) -> Status {
    // SAFETY: NULL or live, as the caller promises.
    unsafe { lent(error, "error") }.map_or(Status::Good, Error::kind)
}

/// What happened, where, and what was expected: a NUL-terminated line of UTF-8 without control
/// characters, fit for a log or a terminal; empty for NULL. It is gone with the error.
///
/// Threads: any number at once.
///
/// # Safety
/// `error` is NULL or an error that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_error_message(error: *const Error) -> *const c_char {
    // SAFETY: NULL or live, as the caller promises.
    unsafe { lent(error, "error") }.map_or(c"".as_ptr(), |error| error.message.as_ptr())
}

/// The file or folder that it is about: raw bytes on Unix, UTF-8 elsewhere. NULL data when it is
/// about none, and for NULL. It is gone with the error.
///
/// Threads: any number at once.
///
/// # Safety
/// `error` is NULL or an error that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_error_path(error: *const Error) -> Bytes {
    // SAFETY: NULL or live, as the caller promises.
    Bytes::of_path(unsafe { lent(error, "error") }.ok().and_then(|error| error.path.as_deref()))
}

/// The line in the file, from 1; 0 when it is about none, and for NULL.
///
/// Threads: any number at once.
///
/// # Safety
/// `error` is NULL or an error that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_error_line(error: *const Error) -> u64 {
    // SAFETY: NULL or live, as the caller promises.
    unsafe { lent(error, "error") }.map_or(0, |error| error.line)
}

/// The byte in the file, from 0, counted in its text as UTF-8 without a byte-order mark;
/// `MHL_NO_OFFSET` when it is about none, and for NULL.
///
/// Threads: any number at once.
///
/// # Safety
/// `error` is NULL or an error that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_error_offset(error: *const Error) -> u64 {
    // SAFETY: NULL or live, as the caller promises.
    unsafe { lent(error, "error") }.map_or(NO_OFFSET, |error| error.offset)
}

/// Frees an error, and with it its message and path. NULL is accepted.
///
/// Threads: one, the last to use it.
///
/// # Safety
/// `error` is NULL or an error that was not freed; it is used no more. A second free cannot be
/// told and corrupts memory.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_error_free(error: *mut Error) {
    // SAFETY: NULL or live and not used again, as the caller promises.
    guard_free(|| unsafe { handle::free_owned(error) });
}
