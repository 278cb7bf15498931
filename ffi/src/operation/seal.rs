//! A tree listed where it stands.

use std::{ffi::c_char, path::PathBuf};

use mhl_core::SealError;

use crate::{
    Context, Error, Report, Status,
    boundary::{
        arguments::{
            Output, StructSize, given, path_from_bytes, path_from_utf8, path_from_utf16, texts,
        },
        guard::guard,
    },
    hash::algorithm::any_from_codes,
    manifest::word,
    operation::context,
};

/// How a tree is to be sealed. Zero it, set `struct_size`, then what is wanted.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct SealOptions {
    /// `sizeof(mhl_seal_options)`.
    pub struct_size: usize,
    /// The digests to compute, all in one read: numbers of `mhl_algorithm`; NULL for XXH64.
    pub algorithms: *const u32,
    /// How many.
    pub algorithms_len: usize,
    /// What is to be left out: NUL-terminated UTF-8 in the syntax of `.gitignore`; or NULL. An ASC
    /// MHL records it; a classic list cannot, and refuses.
    pub ignore: *const *const c_char,
    /// How many.
    pub ignore_len: usize,
    /// The format of the list, an `mhl_format`; 0 for a classic list. A history that stands there
    /// is lengthened whatever is said here.
    pub format: u32,
}

// SAFETY: `repr(C)`, `struct_size` first; pointers that may be anything until they are used, numbers.
unsafe impl StructSize for SealOptions {
    const NAME: &'static str = "mhl_seal_options";
}

impl From<SealError> for Error {
    fn from(error: SealError) -> Self {
        let of = |kind| Error::new(kind, &error);
        match &error {
            SealError::Root { path, .. } => of(Status::Io).at(path),
            SealError::NothingToSeal { path } => of(Status::NoFiles).at(path),
            SealError::Listed { path, .. } => of(Status::AlreadyListed).at(path),
            SealError::Busy { path } => of(Status::InUse).at(path),
            SealError::Algorithm(_) | SealError::IgnoreInClassic => of(Status::NotListable),
            SealError::Ignore(_) => of(Status::InvalidArgument),
            SealError::History(_) => match error {
                SealError::History(error) => error.into(),
                error => Error::new(Status::Other, error),
            },
            _ => of(Status::Other),
        }
    }
}

/// Reads options; NULL for the defaults.
///
/// # Safety
/// `options` is NULL or a filled struct, its arrays NULL or as long as it says, its texts
/// NUL-terminated.
unsafe fn read(options: *const SealOptions) -> Result<mhl_core::SealOptions, Error> {
    let mut read = mhl_core::SealOptions::default();
    // SAFETY: as the caller promises.
    let Some(options) = (unsafe { given(options) })? else { return Ok(read) };
    // SAFETY: as the caller promises.
    let algorithms = unsafe { any_from_codes(options.algorithms, options.algorithms_len) }?;
    if !algorithms.is_empty() {
        read.algorithms = algorithms;
    }
    // SAFETY: as the caller promises.
    let ignore = unsafe { texts(options.ignore, options.ignore_len, "mhl_seal_options.ignore") }?;
    read.ignore = ignore.into_iter().map(str::to_owned).collect();
    if options.format != 0 {
        read.format = word::format(options.format, "mhl_seal_options.format")?;
    }
    Ok(read)
}

/// Seals the tree at a path, however that was spelled.
///
/// # Safety
/// As [`mhl_seal`] has it.
unsafe fn seal(
    path: impl FnOnce() -> Result<PathBuf, Error>,
    options: *const SealOptions,
    context: *const Context,
    report: *mut *mut Report,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let output = Output::new(report, "report")?;
            let (path, options) = (path()?, read(options)?);
            let context = context::read(context)?;
            let found = mhl_core::seal(&path, &options, &context.context())?;
            output.write(Report::hand_over(found)?);
            Ok(())
        })
    }
}

/// Reads every file of a folder where it stands and writes its list there. `path` is NUL-terminated
/// UTF-8; `options` may be NULL for the defaults, `context` for nobody known and nobody watching. The
/// caller owns `*report` and frees it with `mhl_report_free`.
///
/// A seal compares nothing: it records what the medium gave now, and the outcome is
/// `MHL_OUTCOME_SEALED`. Where a file cannot be read or listed no list is written, which is a finding
/// of the report. Where an ASC MHL history stands already, it is verified and a generation is
/// appended to it: the outcome is then that of a verification.
///
/// Threads: any number at once, on folders of their own. It returns when all is written.
///
/// Errors: `MHL_STATUS_NO_FILES`; `MHL_STATUS_ALREADY_LISTED`; `MHL_STATUS_IN_USE`; `MHL_STATUS_IO`;
/// `MHL_STATUS_INVALID_MANIFEST` for a history that is broken; `MHL_STATUS_NOT_LISTABLE` for a digest
/// that the format does not know, or patterns in a classic list; `MHL_STATUS_CANCELLED`, without a
/// report, and no list was written; `MHL_STATUS_INVALID_ARGUMENT`; `MHL_STATUS_NOT_UNICODE`;
/// `MHL_STATUS_STRUCT_SIZE`.
///
/// # Safety
/// `path` is NULL or NUL-terminated; `options` and `context` are NULL or filled structs, their
/// texts NULL or NUL-terminated, their arrays NULL or as long as they say, the token NULL or not
/// freed, the callback NULL or fit to be called until this returns; `report` and `error` are NULL or
/// can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_seal(
    path: *const c_char,
    options: *const SealOptions,
    context: *const Context,
    report: *mut *mut Report,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe { seal(|| path_from_utf8(path), options, context, report, error) }
}

/// `mhl_seal` for a path of `len` bytes that need not be UTF-8 on Unix, where file names are bytes.
/// On other systems it must be.
///
/// Threads and errors: as `mhl_seal`.
///
/// # Safety
/// `path` is NULL or points to `len` bytes; the rest as `mhl_seal`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_seal_bytes(
    path: *const u8,
    len: usize,
    options: *const SealOptions,
    context: *const Context,
    report: *mut *mut Report,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe { seal(|| path_from_bytes(path, len), options, context, report, error) }
}

/// `mhl_seal` for a path in NUL-terminated UTF-16, a `wchar_t *` of Windows, where an unpaired
/// surrogate is accepted. On other systems it is refused.
///
/// Threads and errors: as `mhl_seal`.
///
/// # Safety
/// `path` is NULL or NUL-terminated; the rest as `mhl_seal`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_seal_w(
    path: *const u16,
    options: *const SealOptions,
    context: *const Context,
    report: *mut *mut Report,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe { seal(|| path_from_utf16(path), options, context, report, error) }
}
