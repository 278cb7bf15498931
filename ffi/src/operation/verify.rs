//! Verification of a roll.

use std::{ffi::c_char, path::PathBuf};

use mhl_core::RelativePath;

use crate::{
    Context, Error, Report, Status,
    boundary::{
        arguments::{
            Output, StructSize, given, optional_text, path_from_bytes, path_from_utf8,
            path_from_utf16, switch,
        },
        guard::guard,
    },
    operation::context,
};

/// How a roll is to be verified. Zero it, set `struct_size`, then what is wanted.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct VerifyOptions {
    /// `sizeof(mhl_verify_options)`.
    pub struct_size: usize,
    /// The list to compare with, relative to the roll: NUL-terminated UTF-8. NULL for the only one
    /// that stands there.
    pub list: *const c_char,
    /// 1 to read from the medium and prove it, 0 to read as the system likes.
    pub past_cache: u32,
    /// 1 to write nothing; 0 to append a generation to an ASC MHL history, as its specification
    /// asks. To a classic list nothing is ever written.
    pub dry_run: u32,
}

// SAFETY: `repr(C)`, `struct_size` first; a pointer that may be anything until it is used, numbers.
unsafe impl StructSize for VerifyOptions {
    const NAME: &'static str = "mhl_verify_options";
}

/// Reads options; NULL for the defaults.
///
/// # Safety
/// `options` is NULL or a filled struct, its text NULL or NUL-terminated.
unsafe fn read(options: *const VerifyOptions) -> Result<mhl_core::VerifyOptions, Error> {
    let mut read = mhl_core::VerifyOptions::default();
    // SAFETY: as the caller promises.
    let Some(options) = (unsafe { given(options) })? else { return Ok(read) };
    // SAFETY: as the caller promises.
    if let Some(list) = unsafe { optional_text(options.list, "mhl_verify_options.list") }? {
        let list = RelativePath::new(list)
            .map_err(|error| Error::new(Status::InvalidArgument, format!("list: {error}")))?;
        read.list = Some(list);
    }
    read.past_cache = switch(options.past_cache, "mhl_verify_options.past_cache")?;
    read.dry_run = switch(options.dry_run, "mhl_verify_options.dry_run")?;
    Ok(read)
}

/// Verifies the roll at a path, however that was spelled.
///
/// # Safety
/// As [`mhl_verify`] has it.
unsafe fn verify(
    path: impl FnOnce() -> Result<PathBuf, Error>,
    options: *const VerifyOptions,
    context: *const Context,
    report: *mut *mut Report,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let output = Output::new(report, "report")?;
            let (path, options) = (path()?, read(options)?);
            let (agent, watcher) = context::read(context)?;
            let context = mhl_core::Context::new(&agent).with_progress(&watcher);
            let found = mhl_core::verify(&path, &options, &context)?;
            if found.status == mhl_core::Status::Cancelled {
                return Err(Error::new(Status::Cancelled, "the verification was stopped"));
            }
            output.write(Report::hand_over(found));
            Ok(())
        })
    }
}

/// Reads a roll and compares it with its list. `path`, NUL-terminated UTF-8, is the roll's folder
/// or its list; `options` may be NULL for the defaults, `context` for nobody known and nobody
/// watching. The caller owns `*report` and frees it with `mhl_report_free`.
///
/// `MHL_STATUS_GOOD` says that it ran: whether the files held is `mhl_summary.outcome`. Whatever
/// is wrong with the roll is a finding of the report.
///
/// Threads: any number at once, on rolls of their own. It returns when all is read.
///
/// Errors: `MHL_STATUS_NO_LIST`, `MHL_STATUS_SEVERAL_LISTS`, `MHL_STATUS_INVALID_MANIFEST` with
/// line and offset, `MHL_STATUS_IO`; `MHL_STATUS_CANCELLED`, without a report;
/// `MHL_STATUS_NOT_UNICODE`; `MHL_STATUS_STRUCT_SIZE`; `MHL_STATUS_INVALID_ARGUMENT`.
///
/// # Safety
/// `path` is NULL or NUL-terminated; `options` and `context` are NULL or filled structs, their
/// texts NULL or NUL-terminated, the token NULL or not freed, the callback NULL or fit to be
/// called until this returns; `report` and `error` are NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_verify(
    path: *const c_char,
    options: *const VerifyOptions,
    context: *const Context,
    report: *mut *mut Report,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe { verify(|| path_from_utf8(path), options, context, report, error) }
}

/// `mhl_verify` for a path of `len` bytes that need not be UTF-8 on Unix, where file names are
/// bytes. On other systems it must be.
///
/// Threads and errors: as `mhl_verify`.
///
/// # Safety
/// `path` is NULL or points to `len` bytes; the rest as `mhl_verify`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_verify_bytes(
    path: *const u8,
    len: usize,
    options: *const VerifyOptions,
    context: *const Context,
    report: *mut *mut Report,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe { verify(|| path_from_bytes(path, len), options, context, report, error) }
}

/// `mhl_verify` for a path in NUL-terminated UTF-16, a `wchar_t *` of Windows, where an unpaired
/// surrogate is accepted. On other systems it is refused.
///
/// Threads and errors: as `mhl_verify`.
///
/// # Safety
/// `path` is NULL or NUL-terminated; the rest as `mhl_verify`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_verify_w(
    path: *const u16,
    options: *const VerifyOptions,
    context: *const Context,
    report: *mut *mut Report,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe { verify(|| path_from_utf16(path), options, context, report, error) }
}
