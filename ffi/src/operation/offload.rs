//! A card copied to every destination, proved and listed.

use std::{ffi::c_char, path::PathBuf, time::Duration};

use mhl_core::OffloadError;

use crate::{
    Bytes, Context, Error, Report, Status,
    boundary::{
        arguments::{
            Output, StructSize, given, optional_text, path_from_bytes, path_from_utf8,
            path_from_utf16, switch,
        },
        cause::Cause,
        guard::guard,
        paths::{paths_from_bytes, paths_from_utf8, paths_from_utf16},
    },
    hash::algorithm::any_from_codes,
    manifest::word,
    operation::context,
};

/// How an offload is to be done. Zero it, set `struct_size`, then what is wanted.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct OffloadOptions {
    /// `sizeof(mhl_offload_options)`.
    pub struct_size: usize,
    /// The roll's name, which becomes its folder's: NUL-terminated UTF-8. NULL for the name of the
    /// source folder.
    pub name: *const c_char,
    /// The digests to compute, all in one read: numbers of `mhl_algorithm`; NULL for XXH64.
    pub algorithms: *const u32,
    /// How many.
    pub algorithms_len: usize,
    /// The format of the list, an `mhl_format`; 0 for a classic list. A list that the card carries
    /// goes before it.
    pub format: u32,
    /// 1 to take up an unfinished offload, or to prove a finished one again and add what the card
    /// has more; 0 to refuse a destination that has the roll already.
    pub resume: u32,
    /// 1 to read the card a second time, past the cache, and compare it with the first.
    pub second_read: u32,
    /// Milliseconds that a single call of the system may take before a disk is given up; 0 for five
    /// minutes. Without a destination the others go on; without the card the offload ends.
    pub patience_ms: u64,
}

// SAFETY: `repr(C)`, `struct_size` first; pointers that may be anything until they are used, numbers.
unsafe impl StructSize for OffloadOptions {
    const NAME: &'static str = "mhl_offload_options";
}

impl From<OffloadError> for Error {
    fn from(error: OffloadError) -> Self {
        let of = |kind| Error::new(kind, &error);
        match &error {
            OffloadError::Source { path, .. } => of(Status::Io).at(path),
            OffloadError::NothingToCopy { path } => of(Status::NoFiles).at(path),
            OffloadError::SourceCarriesList { path, findings } => {
                of(Status::SourceLists).at(path).because(findings.iter().map(|finding| {
                    let note = finding.note.as_deref().unwrap_or(finding.kind.name());
                    Cause::new(format!("{}: {note}", finding.path)).of_kind(finding.kind.name())
                }))
            }
            OffloadError::Contradiction { sentences } => {
                of(Status::Contradiction).because(sentences.iter().map(Cause::new))
            }
            OffloadError::NoDestination | OffloadError::Name(_) | OffloadError::NotAName { .. } => {
                of(Status::InvalidArgument)
            }
            OffloadError::Algorithm(_) => of(Status::NotListable),
            OffloadError::Stalled { path, .. } => of(Status::Stalled).at(path),
            OffloadError::Cancelled => of(Status::Cancelled),
            _ => of(Status::Other),
        }
    }
}

/// Reads options; NULL for the defaults.
///
/// # Safety
/// `options` is NULL or a filled struct, its text NULL or NUL-terminated, its array NULL or as long
/// as it says.
unsafe fn read(options: *const OffloadOptions) -> Result<mhl_core::OffloadOptions, Error> {
    let mut read = mhl_core::OffloadOptions::default();
    // SAFETY: as the caller promises.
    let Some(options) = (unsafe { given(options) })? else { return Ok(read) };
    // SAFETY: as the caller promises.
    let name = unsafe { optional_text(options.name, "mhl_offload_options.name") }?;
    read.name = name.map(str::to_owned);
    // SAFETY: as the caller promises.
    let algorithms = unsafe { any_from_codes(options.algorithms, options.algorithms_len) }?;
    if !algorithms.is_empty() {
        read.algorithms = algorithms;
    }
    if options.format != 0 {
        read.format = word::format(options.format, "mhl_offload_options.format")?;
    }
    read.resume = switch(options.resume, "mhl_offload_options.resume")?;
    read.second_read = switch(options.second_read, "mhl_offload_options.second_read")?;
    if options.patience_ms > 0 {
        read.patience = Duration::from_millis(options.patience_ms);
    }
    Ok(read)
}

/// Offloads a card, however the paths were spelled.
///
/// # Safety
/// As [`mhl_offload`] has it.
unsafe fn offload(
    source: impl FnOnce() -> Result<PathBuf, Error>,
    destinations: impl FnOnce() -> Result<Vec<PathBuf>, Error>,
    options: *const OffloadOptions,
    context: *const Context,
    report: *mut *mut Report,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let output = Output::new(report, "report")?;
            let source = source().map_err(|error| error.of("source"))?;
            let (destinations, options) = (destinations()?, read(options)?);
            let context = context::read(context)?;
            let found = mhl_core::offload(&source, &destinations, &options, &context.context())?;
            output.write(Report::hand_over(found)?);
            Ok(())
        })
    }
}

/// Copies a card to every destination, reads each copy back past the system's cache, and lists it.
/// `source`, NUL-terminated UTF-8, is the card's folder; `destinations` points to `count` such paths
/// of folders that exist, into each of which the roll is copied under its name. `options` may be NULL
/// for the defaults, `context` for nobody known and nobody watching. The caller owns `*report` and
/// frees it with `mhl_report_free`.
///
/// The source is read once and never written to. `MHL_STATUS_GOOD` says that it ran: only a copy
/// whose `mhl_copy.outcome` is `MHL_OUTCOME_VERIFIED` holds every file of the card, each read back
/// and compared, and its list. A destination gets its list last: a folder without one is no copy.
///
/// Threads: any number at once, with destinations of their own. It returns when all is proved.
///
/// Errors, each before anything was written: `MHL_STATUS_IO` for a source that cannot be opened;
/// `MHL_STATUS_NO_FILES`; `MHL_STATUS_CONTRADICTION`; `MHL_STATUS_SOURCE_LISTS`;
/// `MHL_STATUS_STALLED`; `MHL_STATUS_NOT_LISTABLE` for a digest that the format does not know;
/// `MHL_STATUS_INVALID_ARGUMENT`, also for no destination, or a name that no folder can have;
/// `MHL_STATUS_NOT_UNICODE`;
/// `MHL_STATUS_STRUCT_SIZE`. `MHL_STATUS_CANCELLED` comes without a report; what was copied by then
/// stays, and `resume` takes it up. What goes wrong with one file or one destination
/// is a finding of the report, and the rest of the work is done.
///
/// # Safety
/// `source` is NULL or NUL-terminated; `destinations` is NULL or points to `count` pointers, each
/// NULL or NUL-terminated; `options` and `context` are NULL or filled structs, their texts NULL or
/// NUL-terminated, their arrays NULL or as long as they say, the token NULL or not freed, the
/// callback NULL or fit to be called until this returns; `report` and `error` are NULL or can be
/// written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_offload(
    source: *const c_char,
    destinations: *const *const c_char,
    count: usize,
    options: *const OffloadOptions,
    context: *const Context,
    report: *mut *mut Report,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        let destinations = || paths_from_utf8(destinations, count, "destinations");
        offload(|| path_from_utf8(source), destinations, options, context, report, error)
    }
}

/// `mhl_offload` for paths of bytes that need not be UTF-8 on Unix, where file names are bytes. On
/// other systems they must be.
///
/// Threads and errors: as `mhl_offload`.
///
/// # Safety
/// `source` is NULL or points to `len` bytes; `destinations` is NULL or points to `count` structs,
/// each with NULL or as many bytes as it says; the rest as `mhl_offload`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_offload_bytes(
    source: *const u8,
    len: usize,
    destinations: *const Bytes,
    count: usize,
    options: *const OffloadOptions,
    context: *const Context,
    report: *mut *mut Report,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        let destinations = || paths_from_bytes(destinations, count, "destinations");
        offload(|| path_from_bytes(source, len), destinations, options, context, report, error)
    }
}

/// `mhl_offload` for paths in NUL-terminated UTF-16, each a `wchar_t *` of Windows, where an unpaired
/// surrogate is accepted. On other systems it is refused.
///
/// Threads and errors: as `mhl_offload`.
///
/// # Safety
/// `source` is NULL or NUL-terminated; `destinations` is NULL or points to `count` pointers, each
/// NULL or NUL-terminated; the rest as `mhl_offload`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_offload_w(
    source: *const u16,
    destinations: *const *const u16,
    count: usize,
    options: *const OffloadOptions,
    context: *const Context,
    report: *mut *mut Report,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        let destinations = || paths_from_utf16(destinations, count, "destinations");
        offload(|| path_from_utf16(source), destinations, options, context, report, error)
    }
}
