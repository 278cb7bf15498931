//! A list read entry by entry.

use std::{
    ffi::c_char,
    fs::File,
    io::BufReader,
    path::{Path, PathBuf},
};

use mhl_core::{
    Event, Finding, Format as CoreFormat, Limits, ManifestReader as CoreReader,
    RecordedHash as CoreHash, RelativePath,
};

use crate::{
    Entry, Error, ListHeader, RecordedHash, Status, Text,
    boundary::{
        arguments::{Output, path_from_bytes, path_from_utf8, path_from_utf16, to_fill},
        guard::{guard, guard_free},
        handle::{self, Opaque, with},
    },
    manifest::{entry::HashOf, header::ignored},
};

/// Reads a list of either format entry by entry, in constant memory.
#[derive(Debug)]
pub struct ManifestReader {
    _opaque: (),
}

/// A list that is being read.
pub(crate) struct Reading {
    events: CoreReader<BufReader<File>>,
    path: PathBuf,
    current: Current,
}

/// What was read last.
enum Current {
    Nothing,
    Entry(mhl_core::Entry),
    Reference(RelativePath, Box<CoreHash>),
    Finding(Finding),
    /// The list could not be read on.
    Failed,
}

impl Opaque for ManifestReader {
    type Value = Reading;
    const NAME: &'static str = "manifest reader";
}

/// Opens a file for reading.
pub(crate) fn open_file(path: &Path) -> Result<BufReader<File>, Error> {
    let file = File::open(path).map_err(|error| {
        Error::new(Status::Io, format!("{}: cannot be opened: {error}", path.display())).at(path)
    })?;
    Ok(BufReader::with_capacity(1 << 16, file))
}

impl Reading {
    fn open(path: PathBuf) -> Result<Self, Error> {
        let events = CoreReader::new(open_file(&path)?, &Limits::default())
            .map_err(|error| Error::from(&error).at(&path))?;
        Ok(Reading { events, path, current: Current::Nothing })
    }

    fn next(&mut self) -> Result<Entry, Error> {
        if let Current::Failed = self.current {
            let message = "an earlier call failed: the list was not read to its end";
            return Err(Error::new(Status::InvalidManifest, message).at(&self.path));
        }
        loop {
            self.current = Current::Nothing;
            let Some(event) = self.events.next() else {
                return Err(Error::new(Status::End, "the list was read to its end"));
            };
            self.current = match event {
                Ok(Event::Entry(entry)) => Current::Entry(entry),
                Ok(Event::Reference(reference)) => {
                    let hash = CoreHash::new(CoreFormat::Asc, reference.c4);
                    Current::Reference(reference.path, Box::new(hash))
                }
                Ok(Event::Finding(finding)) => Current::Finding(finding),
                // What the formats do not define is kept for who writes the list again.
                Ok(_) => continue,
                Err(error) => {
                    self.current = Current::Failed;
                    return Err(Error::from(&error).at(&self.path));
                }
            };
            return Ok(match &self.current {
                Current::Entry(entry) => entry.into(),
                Current::Reference(path, _) => Entry::reference(path.as_str()),
                Current::Finding(finding) => finding.into(),
                Current::Nothing | Current::Failed => continue,
            });
        }
    }

    fn hash(&self, index: u64) -> Result<RecordedHash, Error> {
        match &self.current {
            Current::Entry(entry) => RecordedHash::of_entry(entry, index),
            Current::Reference(_, hash) if index == 0 => Ok(RecordedHash::new(HashOf::File, hash)),
            _ => {
                Err(Error::new(Status::NotFound, format!("no hash {index} of what was read last")))
            }
        }
    }
}

/// Opens the list at a path, however that was spelled.
///
/// # Safety
/// As [`mhl_manifest_reader_open`] has it.
unsafe fn open(
    path: impl FnOnce() -> Result<PathBuf, Error>,
    reader: *mut *mut ManifestReader,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let output = Output::new(reader, "reader")?;
            output.write(handle::create(Reading::open(path()?)?));
            Ok(())
        })
    }
}

/// Opens a list of either format, a `.mhl` file, and reads what stands before its entries. `path` is
/// NUL-terminated UTF-8. The caller owns `*reader` and frees it with `mhl_manifest_reader_free`.
///
/// Threads: any number at once.
///
/// Errors: `MHL_STATUS_IO`; `MHL_STATUS_INVALID_MANIFEST` with line and offset;
/// `MHL_STATUS_NOT_UNICODE`.
///
/// # Safety
/// `path` is NULL or NUL-terminated; `reader` and `error` are NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_manifest_reader_open(
    path: *const c_char,
    reader: *mut *mut ManifestReader,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe { open(|| path_from_utf8(path), reader, error) }
}

/// `mhl_manifest_reader_open` for a path of `len` bytes that need not be UTF-8 on Unix.
///
/// Threads and errors: as `mhl_manifest_reader_open`.
///
/// # Safety
/// `path` is NULL or points to `len` bytes; the rest as `mhl_manifest_reader_open`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_manifest_reader_open_bytes(
    path: *const u8,
    len: usize,
    reader: *mut *mut ManifestReader,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe { open(|| path_from_bytes(path, len), reader, error) }
}

/// `mhl_manifest_reader_open` for a path in NUL-terminated UTF-16, a `wchar_t *` of Windows.
///
/// Threads and errors: as `mhl_manifest_reader_open`.
///
/// # Safety
/// `path` is NULL or NUL-terminated; the rest as `mhl_manifest_reader_open`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_manifest_reader_open_w(
    path: *const u16,
    reader: *mut *mut ManifestReader,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe { open(|| path_from_utf16(path), reader, error) }
}

/// Writes what stands before the entries. Set `header->struct_size` before. Its texts are gone with
/// the reader.
///
/// Threads: one at a time for each reader; a second one gets `MHL_STATUS_BUSY`.
///
/// Errors: `MHL_STATUS_STRUCT_SIZE`.
///
/// # Safety
/// `reader` is NULL or a reader that was not freed; `header` is NULL or a struct whose `struct_size`
/// is set; `error` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_manifest_reader_header(
    reader: *mut ManifestReader,
    header: *mut ListHeader,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            with(reader, |reading| {
                to_fill(header)?.write(reading.events.header().into());
                Ok(())
            })
        })
    }
}

/// Writes the ignore pattern at an index, from 0, in the order of the list. It is gone with the
/// reader.
///
/// Threads: as `mhl_manifest_reader_header`.
///
/// Errors: `MHL_STATUS_NOT_FOUND` for an index beyond `mhl_list_header.ignore_count`.
///
/// # Safety
/// `reader` is NULL or a reader that was not freed; `pattern` and `error` are NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_manifest_reader_ignore(
    reader: *mut ManifestReader,
    index: u64,
    pattern: *mut Text,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            with(reader, |reading| {
                let output = Output::new(pattern, "pattern")?;
                output.write(ignored(reading.events.header(), index)?);
                Ok(())
            })
        })
    }
}

/// Reads the next entry. Set `entry->struct_size` before. Its texts, and its hashes by
/// `mhl_manifest_reader_hash`, are good until the next call of this function.
///
/// `MHL_STATUS_END` says that the list was read to its end, where it is well-formed; nothing else
/// does. That a path comes twice is not noticed here: `mhl_manifest_load` notices it.
///
/// Threads: one at a time for each reader; a second one gets `MHL_STATUS_BUSY`.
///
/// Errors: `MHL_STATUS_INVALID_MANIFEST` with line and offset, and from then on without; what was
/// read before stands in a document that is none. `MHL_STATUS_IO`; `MHL_STATUS_STRUCT_SIZE`, and
/// nothing is read.
///
/// # Safety
/// `reader` is NULL or a reader that was not freed; `entry` is NULL or a struct whose `struct_size`
/// is set; `error` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_manifest_reader_next(
    reader: *mut ManifestReader,
    entry: *mut Entry,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            with(reader, |reading| {
                let output = to_fill(entry)?;
                output.write(reading.next()?);
                Ok(())
            })
        })
    }
}

/// Writes a hash of the entry that was read last, by its index from 0. Set `hash->struct_size`
/// before. A folder has those of its content first.
///
/// Threads: as `mhl_manifest_reader_next`.
///
/// Errors: `MHL_STATUS_NOT_FOUND` for an index beyond `mhl_entry.hash_count`;
/// `MHL_STATUS_STRUCT_SIZE`.
///
/// # Safety
/// `reader` is NULL or a reader that was not freed; `hash` is NULL or a struct whose `struct_size` is
/// set; `error` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_manifest_reader_hash(
    reader: *mut ManifestReader,
    index: u64,
    hash: *mut RecordedHash,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            with(reader, |reading| {
                to_fill(hash)?.write(reading.hash(index)?);
                Ok(())
            })
        })
    }
}

/// Frees a reader, at its end or not. NULL is accepted. Where another call is at work in it, it is
/// freed when that call ends.
///
/// Threads: one, the last to use it.
///
/// # Safety
/// `reader` is NULL or a reader that was not freed; it is used no more. A second free cannot be told
/// and corrupts memory.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_manifest_reader_free(reader: *mut ManifestReader) {
    // SAFETY: as the caller promises.
    guard_free(|| unsafe { handle::free(reader) });
}
