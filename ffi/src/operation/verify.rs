//! Verification of a roll.

use std::{ffi::c_char, mem::offset_of, path::PathBuf};

use mhl_core::{Portion, RelativePath};

use crate::{
    Context, Error, Report, Status,
    boundary::{
        arguments::{
            Output, StructSize, given, optional_text, path_from_bytes, path_from_utf8,
            path_from_utf16, switch, texts,
        },
        guard::guard,
    },
    hash::algorithm::any_from_codes,
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
    /// Digests to compute and record besides those of a history, in the generation that is appended:
    /// numbers of `mhl_algorithm`; or NULL.
    pub algorithms: *const u32,
    /// How many.
    pub algorithms_len: usize,
    /// Ignore patterns to add to a history's, in the generation that is appended: NUL-terminated
    /// UTF-8 in the syntax of `.gitignore`; or NULL.
    pub ignore: *const *const c_char,
    /// How many.
    pub ignore_len: usize,
    /// The files to read, and folders of such, relative to the roll; or NULL for all. Names and sizes
    /// are compared in any case, all of them. A roll of which a portion was read is never
    /// `MHL_OUTCOME_VERIFIED`.
    pub only: *const *const c_char,
    /// How many.
    pub only_len: usize,
    /// 1 to 100: at most so many percent of the list are read, in turns that together read
    /// everything, such as ten turns of 10 percent. 0 for everything.
    pub percent: u32,
    /// 1 to end at the first fault: what was not read by then is counted, and nothing is appended.
    pub stop_at_first: u32,
    /// Which turn, from 1; turns go round. Read only with a `percent`.
    pub turn: u64,
    /// 1 to leave the list of files out of the report, and some 250 bytes of memory for each. No
    /// ledger takes such a report for evidence.
    pub without_files: u32,
    /// The state of the history that was noted elsewhere, an earlier `mhl_copy.pin`; or NULL. A
    /// history that does not continue it is a fault.
    pub pin: *const c_char,
}

// SAFETY: `repr(C)`, `struct_size` first; pointers that may be anything until they are used, numbers.
unsafe impl StructSize for VerifyOptions {
    const NAME: &'static str = "mhl_verify_options";
    const EARLIER: &'static [usize] = &[offset_of!(VerifyOptions, algorithms)];
}

fn relative(path: &str, name: &str) -> Result<RelativePath, Error> {
    RelativePath::new(path)
        .map_err(|error| Error::new(Status::InvalidArgument, format!("{name}: {error}")))
}

/// Which files are read.
///
/// # Safety
/// As [`read`] has it.
unsafe fn portion(options: &VerifyOptions) -> Result<Portion, Error> {
    let refused = |message: &str| Err(Error::new(Status::InvalidArgument, message));
    // SAFETY: as the caller promises.
    let only = unsafe { texts(options.only, options.only_len, "mhl_verify_options.only") }?;
    if options.percent == 0 {
        let paths = only.into_iter().map(|path| relative(path, "mhl_verify_options.only"));
        let paths: Vec<_> = paths.collect::<Result<_, _>>()?;
        return Ok(if paths.is_empty() { Portion::Whole } else { Portion::Paths(paths) });
    }
    if !only.is_empty() {
        return refused("mhl_verify_options has both only and percent; one expected");
    }
    if options.turn == 0 {
        return refused("mhl_verify_options.turn is 0; turns are counted from 1");
    }
    let percent = u8::try_from(options.percent).ok();
    match percent.and_then(|percent| Portion::percent(percent, options.turn)) {
        Some(portion) => Ok(portion),
        None => refused("mhl_verify_options.percent is more than 100"),
    }
}

/// Reads options; NULL for the defaults.
///
/// # Safety
/// `options` is NULL or a filled struct, its texts NULL or NUL-terminated, its arrays NULL or as long
/// as it says.
unsafe fn read(options: *const VerifyOptions) -> Result<mhl_core::VerifyOptions, Error> {
    let mut read = mhl_core::VerifyOptions::default();
    // SAFETY: as the caller promises.
    let Some(options) = (unsafe { given(options) })? else { return Ok(read) };
    // SAFETY: as the caller promises.
    if let Some(list) = unsafe { optional_text(options.list, "mhl_verify_options.list") }? {
        read.list = Some(relative(list, "mhl_verify_options.list")?);
    }
    // SAFETY: as the caller promises.
    if let Some(pin) = unsafe { optional_text(options.pin, "mhl_verify_options.pin") }? {
        let pin = pin.parse().map_err(|error| Error::new(Status::InvalidArgument, error))?;
        read.pin = Some(pin);
    }
    // SAFETY: as the caller promises.
    unsafe {
        read.algorithms = any_from_codes(options.algorithms, options.algorithms_len)?;
        let ignore = texts(options.ignore, options.ignore_len, "mhl_verify_options.ignore")?;
        read.ignore = ignore.into_iter().map(str::to_owned).collect();
        read.portion = portion(&options)?;
    }
    read.stop_at_first = switch(options.stop_at_first, "mhl_verify_options.stop_at_first")?;
    read.without_files = switch(options.without_files, "mhl_verify_options.without_files")?;
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
            let context = context::read(context)?;
            let found = mhl_core::verify(&path, &options, &context.context())?;
            output.write(Report::hand_over(found)?);
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
/// line and offset, `MHL_STATUS_IO`; `MHL_STATUS_NOT_LISTED` for a path of `only` that the list does
/// not name; `MHL_STATUS_CANCELLED`, without a report;
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
