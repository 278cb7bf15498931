//! The ledger: what was done, in memory or in a file.

use std::{ffi::c_char, path::PathBuf};

use mhl_policy::{
    Agent, AppendError, Event, EventError, FaultKind, FileError, LedgerError, LedgerFile,
    Placement, Time,
};

use crate::{
    Error, Recorder, Status, Text,
    boundary::{
        arguments::{Output, long_text, path_from_bytes, path_from_utf8, path_from_utf16, switch},
        cause::Cause,
        guard::{guard, guard_free},
        handle::{self, Opaque, with},
    },
    clearance::recorder,
};

/// What was done with rolls, media and places: events that are only ever appended, each chained to
/// the one before. For one call at a time.
#[derive(Debug)]
pub struct Ledger {
    _opaque: (),
}

impl Opaque for Ledger {
    type Value = Kept;
    const NAME: &'static str = "ledger";
}

/// A ledger, and where it is kept.
pub(crate) struct Kept {
    place: Place,
    /// What is worth saying about the event that was appended last.
    pub(super) remarks: Vec<String>,
}

enum Place {
    Memory(mhl_policy::Ledger),
    /// It was read from a file that is not open any more.
    Read(mhl_policy::Ledger),
    File(LedgerFile),
}

impl Kept {
    fn hand_over(place: Place) -> *mut Ledger {
        handle::create(Kept { place, remarks: Vec::new() })
    }

    /// As it is now.
    pub(super) const fn ledger(&self) -> &mhl_policy::Ledger {
        match &self.place {
            Place::Memory(ledger) | Place::Read(ledger) => ledger,
            Place::File(file) => file.ledger(),
        }
    }

    /// Appends to memory, or to the file; the number of the event.
    pub(super) fn append(
        &mut self,
        addition: Addition<'_>,
        time: Time,
        agent: Agent,
    ) -> Result<u64, Error> {
        use Addition::{Event, Import, Report};
        let _ = match (&mut self.place, addition) {
            (Place::Memory(ledger), Event(event)) => ledger.append(*event, time, agent)?,
            (Place::Memory(ledger), Report(report, roll, placements)) => {
                ledger.append_report(report, roll, &placements, time, agent)?
            }
            (Place::Memory(ledger), Import(other)) => ledger.append_import(other, time, agent)?,
            (Place::File(file), Event(event)) => file.append(*event, time, agent)?,
            (Place::File(file), Report(report, roll, placements)) => {
                file.append_report(report, roll, &placements, time, agent)?
            }
            (Place::File(file), Import(other)) => file.append_import(other, time, agent)?,
            (Place::Read(_), _) => {
                let message = "the ledger was opened for reading; open it for appending";
                return Err(Error::new(Status::LedgerReadOnly, message));
            }
        };
        self.remarks = self.ledger().remarks().iter().map(ToString::to_string).collect();
        Ok(self.ledger().head().seq)
    }
}

/// What is appended to a ledger.
pub(super) enum Addition<'a> {
    Event(Box<Event>),
    /// What a report proves about a roll, its folders placed.
    Report(&'a mhl_core::Report, &'a str, Vec<Placement>),
    /// The text of another ledger.
    Import(&'a str),
}

/// Appends to a ledger by one of the calls of C; `number` becomes the event's, where it is wanted.
///
/// # Safety
/// `ledger` is NULL or a ledger that was not freed; `by` is NULL or a filled struct, its texts NULL or
/// NUL-terminated; `number` and `error` are NULL or can be written.
pub(super) unsafe fn append<'a>(
    ledger: *mut Ledger,
    addition: impl FnOnce() -> Result<Addition<'a>, Error>,
    by: *const Recorder,
    number: *mut u64,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let output = Output::optional(number, "number")?;
            with(ledger, |kept| {
                let (addition, (time, agent)) = (addition()?, recorder::read(by)?);
                let number = kept.append(addition, time, agent)?;
                output.into_iter().for_each(|output| output.write(number));
                Ok(())
            })
        })
    }
}

impl From<LedgerError> for Error {
    fn from(error: LedgerError) -> Self {
        let of = Error::new(Status::InvalidLedger, &error);
        of.on_line(first_line(&error)).because(causes(&error))
    }
}

fn first_line(error: &LedgerError) -> u64 {
    error.faults.first().map_or(0, |fault| fault.line)
}

fn causes(error: &LedgerError) -> impl Iterator<Item = Cause> {
    error.faults.iter().map(|fault| Cause::new(&fault.kind).on_line(fault.line))
}

impl From<AppendError> for Error {
    fn from(error: AppendError) -> Self {
        let of = |kind| Error::new(kind, &error);
        match &error {
            AppendError::Report(_) => of(Status::ReportRefused),
            AppendError::Fault(FaultKind::Imported { fault }) => {
                of(Status::InvalidLedger).on_line(fault.line)
            }
            _ => of(Status::InvalidEvent),
        }
    }
}

impl From<EventError> for Error {
    fn from(error: EventError) -> Self {
        Error::new(Status::InvalidEvent, error)
    }
}

impl From<FileError> for Error {
    fn from(error: FileError) -> Self {
        let of = |kind| Error::new(kind, &error);
        match error {
            FileError::Append(error) => error.into(),
            FileError::Ledger { ref path, error: ref faults } => {
                let of = of(Status::InvalidLedger).at(path);
                of.on_line(first_line(faults)).because(causes(faults))
            }
            FileError::Held { ref path } => of(Status::LedgerHeld).at(path),
            FileError::Changed { ref path, .. } => of(Status::Other).at(path),
            FileError::Io { ref path, ref source, .. } => {
                let exists = source.kind() == std::io::ErrorKind::AlreadyExists;
                of(if exists { Status::LedgerExists } else { Status::Io }).at(path)
            }
            _ => of(Status::Other),
        }
    }
}

/// What a ledger's file is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
#[non_exhaustive]
pub enum LedgerMode {
    /// To ask: the file is read, checked, and closed again. Refused while somebody has it open for
    /// appending.
    Read = 1,
    /// To ask and to append: the file has to exist, and is locked until the ledger is freed.
    Append = 2,
    /// The same with a new file.
    Create = 3,
    /// The same for a demonstration: every event, verdict and permit says that it is simulated.
    CreateSimulated = 4,
}

impl LedgerMode {
    fn of(mode: u32) -> Result<Self, Error> {
        use LedgerMode::{Append, Create, CreateSimulated, Read};
        let known = [Read, Append, Create, CreateSimulated];
        known.into_iter().find(|known| *known as u32 == mode).ok_or_else(|| {
            let message = format!("{mode} is no mhl_ledger_mode; 1 to {} expected", known.len());
            Error::new(Status::InvalidArgument, message)
        })
    }
}

/// Opens the ledger at a path, however that was spelled.
///
/// # Safety
/// As [`mhl_ledger_open`] has it.
unsafe fn open(
    path: impl FnOnce() -> Result<PathBuf, Error>,
    mode: u32,
    ledger: *mut *mut Ledger,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let output = Output::new(ledger, "ledger")?;
            let (path, mode) = (path()?, LedgerMode::of(mode)?);
            let place = match mode {
                LedgerMode::Read => Place::Read(LedgerFile::try_read(path)?),
                LedgerMode::Append => Place::File(LedgerFile::try_open(path)?),
                LedgerMode::Create => {
                    Place::File(LedgerFile::create(path, mhl_policy::Ledger::new())?)
                }
                LedgerMode::CreateSimulated => {
                    Place::File(LedgerFile::create(path, mhl_policy::Ledger::simulated())?)
                }
            };
            output.write(Kept::hand_over(place));
            Ok(())
        })
    }
}

/// Opens a ledger's file and checks every line. `path` is NUL-terminated UTF-8, `mode` an
/// `mhl_ledger_mode`. The caller owns `*ledger` and frees it with `mhl_ledger_free`.
///
/// A ledger that is open for appending holds the system's lock on its file: nobody else appends to it
/// meanwhile, and what `mhl_ledger_append` and its like return is on the disk. Nothing here waits: a
/// second program, or a second call in this one, gets `MHL_STATUS_LEDGER_HELD` and may try again.
///
/// Threads: any number at once.
///
/// Errors: `MHL_STATUS_IO`; `MHL_STATUS_INVALID_LEDGER` with the line of the first fault;
/// `MHL_STATUS_LEDGER_HELD`; `MHL_STATUS_LEDGER_EXISTS` where a new one was to be made;
/// `MHL_STATUS_INVALID_ARGUMENT`; `MHL_STATUS_NOT_UNICODE`.
///
/// # Safety
/// `path` is NULL or NUL-terminated; `ledger` and `error` are NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_ledger_open(
    path: *const c_char,
    mode: u32,
    ledger: *mut *mut Ledger,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe { open(|| path_from_utf8(path), mode, ledger, error) }
}

/// `mhl_ledger_open` for a path of `len` bytes that need not be UTF-8 on Unix. On other systems it
/// must be.
///
/// Threads and errors: as `mhl_ledger_open`.
///
/// # Safety
/// `path` is NULL or points to `len` bytes; the rest as `mhl_ledger_open`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_ledger_open_bytes(
    path: *const u8,
    len: usize,
    mode: u32,
    ledger: *mut *mut Ledger,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe { open(|| path_from_bytes(path, len), mode, ledger, error) }
}

/// `mhl_ledger_open` for a path in NUL-terminated UTF-16, a `wchar_t *` of Windows.
///
/// Threads and errors: as `mhl_ledger_open`.
///
/// # Safety
/// `path` is NULL or NUL-terminated; the rest as `mhl_ledger_open`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_ledger_open_w(
    path: *const u16,
    mode: u32,
    ledger: *mut *mut Ledger,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe { open(|| path_from_utf16(path), mode, ledger, error) }
}

/// Makes an empty ledger in memory, for a program that keeps the lines itself
/// (`mhl_ledger_appended`). With `simulated` 1 it is a demonstration's: every event, verdict and
/// permit says so. The caller owns it and frees it with `mhl_ledger_free`.
///
/// Threads: any number at once.
///
/// Errors: `MHL_STATUS_INVALID_ARGUMENT` when `simulated` is neither 0 nor 1.
///
/// # Safety
/// `ledger` and `error` are NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_ledger_new(
    simulated: u32,
    ledger: *mut *mut Ledger,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let output = Output::new(ledger, "ledger")?;
            let made = match switch(simulated, "simulated")? {
                true => mhl_policy::Ledger::simulated(),
                false => mhl_policy::Ledger::new(),
            };
            output.write(Kept::hand_over(Place::Memory(made)));
            Ok(())
        })
    }
}

/// Makes a ledger in memory of the lines of one, `len` bytes of UTF-8, and checks every line. The
/// caller owns it and frees it with `mhl_ledger_free`.
///
/// Threads: any number at once.
///
/// Errors: `MHL_STATUS_INVALID_LEDGER` with the line of the first fault; `MHL_STATUS_NOT_UNICODE`.
///
/// # Safety
/// `text` is NULL or points to `len` bytes; `ledger` and `error` are NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_ledger_parse(
    text: *const c_char,
    len: usize,
    ledger: *mut *mut Ledger,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let output = Output::new(ledger, "ledger")?;
            let read = mhl_policy::Ledger::parse(long_text(text, len, "text")?)?;
            output.write(Kept::hand_over(Place::Memory(read)));
            Ok(())
        })
    }
}

/// Writes the lines that were appended since the ledger was made, parsed or opened, each with its line
/// feed: of a ledger that began empty, all of them. They are gone with the next call that appends,
/// and with the ledger.
///
/// Threads: one call at a time on a ledger; a second one gets `MHL_STATUS_BUSY`.
///
/// # Safety
/// `ledger` is NULL or a ledger that was not freed; `lines` and `error` are NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_ledger_appended(
    ledger: *mut Ledger,
    lines: *mut Text,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let output = Output::new(lines, "lines")?;
            with(ledger, |kept| {
                output.write(Text::of(kept.ledger().appended()));
                Ok(())
            })
        })
    }
}

/// Frees a ledger, and the lock on its file. NULL is accepted.
///
/// Threads: one, the last to use it; while a call is at work in it on another thread it is freed when
/// that call ends.
///
/// # Safety
/// `ledger` is NULL or a ledger that was not freed; it is used no more. A second free cannot be told
/// and corrupts memory.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_ledger_free(ledger: *mut Ledger) {
    // SAFETY: as the caller promises.
    guard_free(|| unsafe { handle::free(ledger) });
}
