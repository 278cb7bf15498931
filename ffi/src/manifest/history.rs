//! The history at the root of a roll.

use std::{ffi::c_char, path::PathBuf, sync::Arc};

use mhl_core::{Limits, asc};

use crate::{
    Digest, Error, FileHistory, Finding, Manifest, Status, Text,
    boundary::{
        arguments::{
            Output, StructSize, item, path_from_bytes, path_from_utf8, path_from_utf16,
            relative_path, to_fill,
        },
        guard::{guard, guard_free},
        handle::{self, lent},
    },
};

/// The history at the root of a roll, or one within it. Owned by the caller, who frees it; never
/// changes.
#[derive(Debug)]
pub struct History {
    outermost: Arc<asc::History>,
    /// By which of those within it is reached, outer before inner.
    way: Vec<u64>,
}

/// The history that steps through those within lead to.
pub(crate) fn at<'a>(outermost: &'a asc::History, way: &[u64]) -> Result<&'a asc::History, Error> {
    way.iter().try_fold(outermost, |history, step| {
        Ok(&item(&history.nested, *step, "history within")?.history)
    })
}

impl History {
    fn open(root: PathBuf) -> Result<Self, Error> {
        let history = asc::History::load(&root, &Limits::default()).map_err(|error| {
            Error::new(Status::Io, format!("{}: {error}", root.display())).at(&root)
        })?;
        let history = history.ok_or_else(|| {
            let message =
                format!("{}: no history stands there: a folder ascmhl expected", root.display());
            Error::new(Status::NoList, message).at(&root)
        })?;
        Ok(History { outermost: Arc::new(history), way: Vec::new() })
    }

    fn history(&self) -> Result<&asc::History, Error> {
        at(&self.outermost, &self.way)
    }
}

/// A history in numbers. Set `struct_size` before it is filled.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct HistoryCounts {
    /// `sizeof(mhl_history_counts)`.
    pub struct_size: usize,
    /// Generations that could be read: indices of `mhl_history_generation` lie below.
    pub generations: u64,
    /// Histories of folders within, and not within one of those.
    pub nested: u64,
    /// Every fault and warning of the history.
    pub findings: u64,
    /// The number that the next generation gets.
    pub next_number: u64,
    /// 1 where a finding of it, or of one within, is a fault: the history does not hold.
    pub is_faulty: u32,
}

// SAFETY: `repr(C)`, `struct_size` first; zeros are nothing known and absent texts. C never fills it.
unsafe impl StructSize for HistoryCounts {
    const NAME: &'static str = "mhl_history_counts";
}

/// A generation of a history. Its texts belong to the history.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Generation {
    /// `sizeof(mhl_generation)`. Set it before it is filled.
    pub struct_size: usize,
    /// Its number, from 1.
    pub number: u64,
    /// The name of its list in the folder `ascmhl`.
    pub file_name: Text,
    /// C4 of the list's bytes as they are.
    pub c4: Digest,
}

// SAFETY: as above.
unsafe impl StructSize for Generation {
    const NAME: &'static str = "mhl_generation";
}

fn is_faulty(history: &asc::History) -> bool {
    history.findings.iter().any(|finding| finding.kind.is_fault())
        || history.nested.iter().any(|nested| is_faulty(&nested.history))
}

/// Reads the history of the roll at a path, however that was spelled.
///
/// # Safety
/// As [`mhl_history_open`] has it.
unsafe fn open(
    path: impl FnOnce() -> Result<PathBuf, Error>,
    history: *mut *mut History,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let output = Output::new(history, "history")?;
            output.write(handle::owned(History::open(path()?)?));
            Ok(())
        })
    }
}

/// Reads the history of a roll and those within it: every generation, held against its chain. `path` is
/// the roll's folder, which has a folder `ascmhl`: NUL-terminated UTF-8. No file of the roll is read.
/// The caller owns `*history` and frees it with `mhl_history_free`.
///
/// `MHL_STATUS_GOOD` says that it was read: whether it holds is `mhl_history_counts.is_faulty`.
/// Whatever is wrong with it is a finding.
///
/// Threads: any number at once.
///
/// Errors: `MHL_STATUS_NO_LIST` where no history stands; `MHL_STATUS_IO`; `MHL_STATUS_NOT_UNICODE`.
///
/// # Safety
/// `path` is NULL or NUL-terminated; `history` and `error` are NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_history_open(
    path: *const c_char,
    history: *mut *mut History,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe { open(|| path_from_utf8(path), history, error) }
}

/// `mhl_history_open` for a path of `len` bytes that need not be UTF-8 on Unix.
///
/// Threads and errors: as `mhl_history_open`.
///
/// # Safety
/// `path` is NULL or points to `len` bytes; the rest as `mhl_history_open`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_history_open_bytes(
    path: *const u8,
    len: usize,
    history: *mut *mut History,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe { open(|| path_from_bytes(path, len), history, error) }
}

/// `mhl_history_open` for a path in NUL-terminated UTF-16, a `wchar_t *` of Windows.
///
/// Threads and errors: as `mhl_history_open`.
///
/// # Safety
/// `path` is NULL or NUL-terminated; the rest as `mhl_history_open`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_history_open_w(
    path: *const u16,
    history: *mut *mut History,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe { open(|| path_from_utf16(path), history, error) }
}

/// Writes the history in numbers. Set `counts->struct_size` before.
///
/// Threads: any number at once.
///
/// Errors: `MHL_STATUS_STRUCT_SIZE`.
///
/// # Safety
/// `history` is NULL or a history that was not freed; `counts` is NULL or a struct whose
/// `struct_size` is set; `error` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_history_count(
    history: *const History,
    counts: *mut HistoryCounts,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let (history, output) = (lent(history, "history")?.history()?, to_fill(counts)?);
            output.write(HistoryCounts {
                struct_size: size_of::<HistoryCounts>(),
                generations: history.generations.len() as u64,
                nested: history.nested.len() as u64,
                findings: history.findings.len() as u64,
                next_number: history.next_number(),
                is_faulty: u32::from(is_faulty(history)),
            });
            Ok(())
        })
    }
}

/// Writes the generation at an index, from 0, by number. Set `generation->struct_size` before. Its
/// texts are gone with the history.
///
/// Threads: any number at once.
///
/// Errors: `MHL_STATUS_NOT_FOUND` for an index beyond `mhl_history_counts.generations`;
/// `MHL_STATUS_STRUCT_SIZE`.
///
/// # Safety
/// `history` is NULL or a history that was not freed; `generation` is NULL or a struct whose
/// `struct_size` is set; `error` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_history_generation(
    history: *const History,
    index: u64,
    generation: *mut Generation,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let (history, output) = (lent(history, "history")?.history()?, to_fill(generation)?);
            let found = item(&history.generations, index, "generation")?;
            output.write(Generation {
                struct_size: size_of::<Generation>(),
                number: found.number,
                file_name: Text::of(&found.file_name),
                c4: (&found.c4).into(),
            });
            Ok(())
        })
    }
}

/// Hands out the list of the generation at an index, from 0. The caller owns `*manifest` and frees it
/// with `mhl_manifest_free`; it costs nothing and outlives the history.
///
/// Threads: any number at once.
///
/// Errors: `MHL_STATUS_NOT_FOUND` for an index beyond `mhl_history_counts.generations`.
///
/// # Safety
/// `history` is NULL or a history that was not freed; `manifest` and `error` are NULL or can
/// be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_history_manifest(
    history: *const History,
    index: u64,
    manifest: *mut *mut Manifest,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let (own, output) = (lent(history, "history")?, Output::new(manifest, "manifest")?);
            item(&own.history()?.generations, index, "generation")?;
            let (outermost, way) = (Arc::clone(&own.outermost), own.way.clone());
            output.write(handle::owned(Manifest::of_generation(outermost, way, index)));
            Ok(())
        })
    }
}

/// Hands out the history of a folder within, by its index from 0, and the folder's path relative to
/// this one's root, which is gone with this history. The caller owns `*nested` and frees it with
/// `mhl_history_free`; paths in it are relative to its own root.
///
/// Threads: any number at once.
///
/// Errors: `MHL_STATUS_NOT_FOUND` for an index beyond `mhl_history_counts.nested`.
///
/// # Safety
/// `history` is NULL or a history that was not freed; `root`, `nested` and `error` are NULL or
/// can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_history_nested(
    history: *const History,
    index: u64,
    root: *mut Text,
    nested: *mut *mut History,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let own = lent(history, "history")?;
            let (root, output) = (Output::new(root, "root")?, Output::new(nested, "nested")?);
            let within = item(&own.history()?.nested, index, "history within")?;
            let way = [own.way.as_slice(), &[index]].concat();
            root.write(Text::of(within.root.as_str()));
            output.write(handle::owned(History { outermost: Arc::clone(&own.outermost), way }));
            Ok(())
        })
    }
}

/// Writes a fault or warning of the history by its index from 0; those of histories within are theirs.
/// Set `finding->struct_size` before. Its texts are gone with the history.
///
/// Threads: any number at once.
///
/// Errors: `MHL_STATUS_NOT_FOUND` for an index beyond `mhl_history_counts.findings`;
/// `MHL_STATUS_STRUCT_SIZE`.
///
/// # Safety
/// `history` is NULL or a history that was not freed; `finding` is NULL or a struct whose
/// `struct_size` is set; `error` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_history_finding(
    history: *const History,
    index: u64,
    finding: *mut Finding,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let (history, output) = (lent(history, "history")?.history()?, to_fill(finding)?);
            output.write(item(&history.findings, index, "finding")?.into());
            Ok(())
        })
    }
}

/// Looks a file up by its path of `len` bytes of UTF-8, or by one that it had before: through every
/// generation, its renames, and into the histories within. The caller owns `*file` and frees it with
/// `mhl_file_history_free`; it outlives the history.
///
/// Every entry of every generation may be looked at: ask for a few files.
///
/// Threads: any number at once.
///
/// Errors: `MHL_STATUS_NOT_FOUND` for a path that no generation knows;
/// `MHL_STATUS_INVALID_ARGUMENT` for one that leaves the roll or is none; `MHL_STATUS_NOT_UNICODE`.
///
/// # Safety
/// `history` is NULL or a history that was not freed; `path` is NULL or points to `len` bytes;
/// `file` and `error` are NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_history_file(
    history: *const History,
    path: *const c_char,
    len: usize,
    file: *mut *mut FileHistory,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let (history, output) =
                (lent(history, "history")?.history()?, Output::new(file, "file")?);
            let path = relative_path(path, len, "path")?;
            let found = history.file(&path).ok_or_else(|| {
                Error::new(Status::NotFound, format!("no generation knows {path}"))
            })?;
            output.write(handle::owned(FileHistory::of(&found)));
            Ok(())
        })
    }
}

/// Frees a history, and with it every text that was read from it. NULL is accepted.
///
/// Threads: one, the last to use it.
///
/// # Safety
/// `history` is NULL or a history that was not freed; it is used no more. A second free cannot be told
/// and corrupts memory.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_history_free(history: *mut History) {
    // SAFETY: as the caller promises.
    guard_free(|| unsafe { handle::free_owned(history) });
}
