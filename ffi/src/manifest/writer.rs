//! A list written entry by entry.

use std::{
    ffi::{c_char, c_int, c_void},
    fmt,
    io::{self, Write},
    path::PathBuf,
};

use mhl_core::{
    DirectoryEntry, Entry as CoreEntry, FileEntry, Format as CoreFormat, ListFile,
    ManifestWriter as CoreWriter, Reference, WriteError,
};
use mhl_hash::{Algorithm, HashValue, Hasher};

use crate::{
    Digest, Error, HashedFile, NewHeader, Status, Text, Time,
    boundary::{
        arguments::{
            Output, StructSize, given, path_from_bytes, path_from_utf8, path_from_utf16,
            relative_path,
        },
        guard::{guard, guard_free},
        handle::{self, Opaque, lent, with},
    },
    manifest::{header::recorded, word},
};

/// Writes a list of either format entry by entry, in constant memory.
#[derive(Debug)]
pub struct ManifestWriter {
    _opaque: (),
}

/// Takes the next `len` bytes of a list. Anything but 0 stops the writer.
pub type WriteCallback =
    Option<unsafe extern "C" fn(userdata: *mut c_void, bytes: *const c_void, len: usize) -> c_int>;

/// A list that is being written.
pub(crate) struct Writing {
    list: CoreWriter<Sink>,
    references: Vec<Reference>,
}

/// Where a list goes.
enum Sink {
    File(Box<ListFile>),
    Callback { function: Taking, userdata: *mut c_void, hasher: Box<Hasher> },
}

type Taking = unsafe extern "C" fn(*mut c_void, *const c_void, usize) -> c_int;

/// What a callback says that takes no more.
#[derive(Debug)]
struct Stopped;

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the callback stopped it")
    }
}

impl std::error::Error for Stopped {}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Sink::File(file) => file.write(bytes),
            Sink::Callback { function, userdata, hasher } => {
                // SAFETY: the caller promised that the function can be called with its data until the
                // writer is freed; the bytes live until it returns.
                if unsafe { function(*userdata, bytes.as_ptr().cast(), bytes.len()) } != 0 {
                    return Err(io::Error::other(Stopped));
                }
                hasher.update(bytes);
                Ok(bytes.len())
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Sink::File(file) => file.flush(),
            Sink::Callback { .. } => Ok(()),
        }
    }
}

impl Opaque for ManifestWriter {
    /// `None` once it was finished, or its sink failed.
    type Value = Option<Writing>;
    const NAME: &'static str = "manifest writer";
}

fn ended() -> Error {
    Error::new(
        Status::Finished,
        "the list was finished, or could not be written on; make a new one",
    )
}

fn failed(error: WriteError) -> Error {
    match &error {
        WriteError::Io(io) if io.get_ref().is_some_and(|inner| inner.is::<Stopped>()) => {
            Error::new(Status::Cancelled, "the callback stopped it")
        }
        _ => error.into(),
    }
}

/// Writes something to a list; where its sink fails, that is its end.
fn work(
    writing: &mut Option<Writing>,
    entry: impl FnOnce(&mut Writing) -> Result<CoreEntry, Error>,
) -> Result<(), Error> {
    let own = writing.as_mut().ok_or_else(ended)?;
    let entry = entry(own)?;
    match own.list.entry(&entry) {
        Ok(()) => Ok(()),
        Err(error) => {
            if let WriteError::Io(_) = error {
                *writing = None;
            }
            Err(failed(error))
        }
    }
}

impl Writing {
    fn finish(self) -> Result<HashValue, Error> {
        match self.list.finish(&self.references).map_err(failed)? {
            Sink::File(file) => Ok(file.publish()?),
            Sink::Callback { hasher, .. } => Ok(hasher.finish()),
        }
    }
}

/// A folder of a list that is written, with its directory hashes (ASC MHL). Zero it, set
/// `struct_size`, then the rest.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct HashedDirectory {
    /// `sizeof(mhl_hashed_directory)`.
    pub struct_size: usize,
    /// Relative to the root, with `/` between its parts: UTF-8, not terminated.
    pub path: Text,
    /// When it was last changed; or none.
    pub modified: Time,
    /// When its hashes were computed; or none.
    pub hashed: Time,
    /// The hash of its content in each algorithm.
    pub content: *const Digest,
    /// That of its structure in each, as many.
    pub structure: *const Digest,
    /// How many algorithms.
    pub hashes_len: usize,
}

// SAFETY: `repr(C)`, `struct_size` first; numbers, and pointers that may be anything until they are
// used.
unsafe impl StructSize for HashedDirectory {
    const NAME: &'static str = "mhl_hashed_directory";
}

/// Begins a list.
///
/// # Safety
/// As [`mhl_manifest_writer_open`] has it.
unsafe fn begin(
    sink: impl FnOnce() -> Result<Sink, Error>,
    header: *const NewHeader,
    writer: *mut *mut ManifestWriter,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let output = Output::new(writer, "writer")?;
            let header = given(header)?.ok_or_else(|| Error::null("header"))?.read()?;
            let list = CoreWriter::new(sink()?, &header).map_err(failed)?;
            output.write(handle::create(Some(Writing { list, references: Vec::new() })));
            Ok(())
        })
    }
}

/// Begins a list at a path, however that was spelled.
///
/// # Safety
/// As [`mhl_manifest_writer_open`] has it.
unsafe fn open(
    path: impl FnOnce() -> Result<PathBuf, Error>,
    header: *const NewHeader,
    writer: *mut *mut ManifestWriter,
    error: *mut *mut Error,
) -> Status {
    let sink = || {
        let path = path()?;
        let file = ListFile::create(&path).map_err(|error| {
            Error::new(Status::Io, format!("{}: {error}", path.display())).at(&path)
        })?;
        Ok(Sink::File(Box::new(file)))
    };
    // SAFETY: as the caller promises.
    unsafe { begin(sink, header, writer, error) }
}

/// Begins a list that is written by hand, at a path: NUL-terminated UTF-8. It gets its name when it is
/// finished, whole and durable, and replaces nothing; freed before, nothing is left of it. The caller
/// owns `*writer` and frees it with `mhl_manifest_writer_free`.
///
/// What stands on the disk is not looked at, and no chain is lengthened: `mhl_record_write` does both.
///
/// Threads: any number at once, in folders of their own.
///
/// Errors: `MHL_STATUS_IO`, also where something stands there; `MHL_STATUS_NOT_LISTABLE` for a text
/// that XML cannot hold or a digest that the format does not know; `MHL_STATUS_INVALID_ARGUMENT`;
/// `MHL_STATUS_NOT_UNICODE`; `MHL_STATUS_STRUCT_SIZE`.
///
/// # Safety
/// `path` is NULL or NUL-terminated; `header` is NULL or a filled struct, its texts NULL or
/// NUL-terminated, its arrays as long as it says; `writer` and `error` are NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_manifest_writer_open(
    path: *const c_char,
    header: *const NewHeader,
    writer: *mut *mut ManifestWriter,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe { open(|| path_from_utf8(path), header, writer, error) }
}

/// `mhl_manifest_writer_open` for a path of `len` bytes that need not be UTF-8 on Unix.
///
/// Threads and errors: as `mhl_manifest_writer_open`.
///
/// # Safety
/// `path` is NULL or points to `len` bytes; the rest as `mhl_manifest_writer_open`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_manifest_writer_open_bytes(
    path: *const u8,
    len: usize,
    header: *const NewHeader,
    writer: *mut *mut ManifestWriter,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe { open(|| path_from_bytes(path, len), header, writer, error) }
}

/// `mhl_manifest_writer_open` for a path in NUL-terminated UTF-16, a `wchar_t *` of Windows.
///
/// Threads and errors: as `mhl_manifest_writer_open`.
///
/// # Safety
/// `path` is NULL or NUL-terminated; the rest as `mhl_manifest_writer_open`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_manifest_writer_open_w(
    path: *const u16,
    header: *const NewHeader,
    writer: *mut *mut ManifestWriter,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe { open(|| path_from_utf16(path), header, writer, error) }
}

/// The same for a list whose bytes go to a callback, in pieces of some KiB, in order. It is called by
/// the calls of the writer, on their threads, and not after the writer was freed.
///
/// Threads and errors: as `mhl_manifest_writer_open`; `MHL_STATUS_CANCELLED` where the callback stops
/// it.
///
/// # Safety
/// `callback` is NULL or can be called with `userdata` until the writer is freed; the rest as
/// `mhl_manifest_writer_open`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_manifest_writer_new(
    callback: WriteCallback,
    userdata: *mut c_void,
    header: *const NewHeader,
    writer: *mut *mut ManifestWriter,
    error: *mut *mut Error,
) -> Status {
    let sink = || {
        let function = callback.ok_or_else(|| Error::null("callback"))?;
        Ok(Sink::Callback { function, userdata, hasher: Box::new(Hasher::new(Algorithm::C4)) })
    };
    // SAFETY: as the caller promises.
    unsafe { begin(sink, header, writer, error) }
}

/// Writes a file with its digests, as they are given: `action` is an `mhl_action`, 0 in a classic list.
/// What is refused is not written, and the list goes on.
///
/// Threads: one at a time for each writer; a second one gets `MHL_STATUS_BUSY`.
///
/// Errors: `MHL_STATUS_INVALID_ARGUMENT`; `MHL_STATUS_NOT_LISTABLE`; `MHL_STATUS_NOT_UNICODE`;
/// `MHL_STATUS_STRUCT_SIZE`; `MHL_STATUS_IO` and `MHL_STATUS_CANCELLED`, which end the list: each later
/// call gets `MHL_STATUS_FINISHED`.
///
/// # Safety
/// `writer` is NULL or a writer that was not freed; `file` is NULL or a filled struct, its path and
/// digests as long as it says; `error` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_manifest_writer_file(
    writer: *mut ManifestWriter,
    file: *const HashedFile,
    action: u32,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            with(writer, |writing| {
                work(writing, |own| {
                    let file = given(file)?.ok_or_else(|| Error::null("file"))?;
                    let action = word::action(action, "action")?;
                    let is_classic = own.list.format() == CoreFormat::Classic;
                    if is_classic && action.is_some() {
                        let message = "a classic list has no actions; 0 expected";
                        return Err(Error::new(Status::InvalidArgument, message));
                    }
                    let name = "mhl_hashed_file.digests";
                    let mut hashes =
                        recorded(own.list.format(), file.digests, file.digests_len, name)?;
                    let path =
                        relative_path(file.path.data, file.path.len, "mhl_hashed_file.path")?;
                    let mut entry = FileEntry::new(path, Some(file.size));
                    entry.modified = file.modified.read("mhl_hashed_file.modified")?;
                    let hashed = file.hashed.read("mhl_hashed_file.hashed")?;
                    if is_classic {
                        entry.hash_date = hashed;
                    } else {
                        for hash in &mut hashes {
                            (hash.action, hash.date) = (action.clone(), hashed.clone());
                        }
                    }
                    entry.hashes = hashes;
                    Ok(CoreEntry::File(entry))
                })
            })
        })
    }
}

/// Writes a folder with its directory hashes (ASC MHL). What is refused is not written, and the list
/// goes on.
///
/// Threads and errors: as `mhl_manifest_writer_file`; `MHL_STATUS_NOT_LISTABLE` in a classic list.
///
/// # Safety
/// `writer` is NULL or a writer that was not freed; `directory` is NULL or a filled struct, its path
/// and digests as long as it says; `error` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_manifest_writer_directory(
    writer: *mut ManifestWriter,
    directory: *const HashedDirectory,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            with(writer, |writing| {
                work(writing, |_| {
                    let told = given(directory)?.ok_or_else(|| Error::null("directory"))?;
                    let path =
                        relative_path(told.path.data, told.path.len, "mhl_hashed_directory.path")?;
                    let hashed = told.hashed.read("mhl_hashed_directory.hashed")?;
                    let hashes = |digests, name| {
                        let mut hashes = recorded(CoreFormat::Asc, digests, told.hashes_len, name)?;
                        for hash in &mut hashes {
                            hash.date.clone_from(&hashed);
                        }
                        Ok::<_, Error>(hashes)
                    };
                    let mut entry = DirectoryEntry::new(path);
                    entry.modified = told.modified.read("mhl_hashed_directory.modified")?;
                    entry.content = hashes(told.content, "mhl_hashed_directory.content")?;
                    entry.structure = hashes(told.structure, "mhl_hashed_directory.structure")?;
                    Ok(CoreEntry::Directory(entry))
                })
            })
        })
    }
}

/// Takes another list that this one refers to, by its path of `len` bytes of UTF-8 relative to the
/// root, and the C4 of its bytes (ASC MHL). References stand behind all entries.
///
/// Threads: as `mhl_manifest_writer_file`.
///
/// Errors: `MHL_STATUS_INVALID_ARGUMENT` for a path that leaves the root or is none, or a digest that
/// is no C4; `MHL_STATUS_NOT_LISTABLE` in a classic list; `MHL_STATUS_NOT_UNICODE`;
/// `MHL_STATUS_FINISHED`.
///
/// # Safety
/// `writer` is NULL or a writer that was not freed; `path` is NULL or points to `len` bytes; `c4` is
/// NULL or points to a digest; `error` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_manifest_writer_reference(
    writer: *mut ManifestWriter,
    path: *const c_char,
    len: usize,
    c4: *const Digest,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            with(writer, |writing| {
                let own = writing.as_mut().ok_or_else(ended)?;
                let path = relative_path(path, len, "path")?;
                let c4 = lent(c4, "c4")?.value()?;
                if c4.algorithm() != Algorithm::C4 {
                    let message = format!("the digest is {}; c4 expected", c4.algorithm().name());
                    return Err(Error::new(Status::InvalidArgument, message));
                }
                if own.list.format() == CoreFormat::Classic {
                    let message = "a classic list refers to no others";
                    return Err(Error::new(Status::NotListable, message));
                }
                own.references.push(Reference::new(path, c4));
                Ok(())
            })
        })
    }
}

/// Ends the list. At a path it is made durable, gets its name, and is read back. `*c4` becomes the C4
/// of its bytes, as a chain records it; it may be NULL. What remains of the writer is to be freed.
///
/// Threads: one at a time for each writer; a second one gets `MHL_STATUS_BUSY`.
///
/// Errors: `MHL_STATUS_IO`, also where something stands at the path by now; the message says whether a
/// list is left. `MHL_STATUS_CANCELLED`; `MHL_STATUS_NOT_LISTABLE`; `MHL_STATUS_FINISHED` the second
/// time.
///
/// # Safety
/// `writer` is NULL or a writer that was not freed; `c4` and `error` are NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_manifest_writer_finish(
    writer: *mut ManifestWriter,
    c4: *mut Digest,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            with(writer, |writing| {
                let output = Output::optional(c4, "c4")?;
                let c4 = writing.take().ok_or_else(ended)?.finish()?;
                if let Some(output) = output {
                    output.write((&c4).into());
                }
                Ok(())
            })
        })
    }
}

/// Frees a writer; where it was not finished at a path, nothing is left of the list. NULL is accepted.
/// Where another call is at work in it, it is freed when that call ends.
///
/// Threads: one, the last to use it.
///
/// # Safety
/// `writer` is NULL or a writer that was not freed; it is used no more. A second free cannot be told
/// and corrupts memory.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_manifest_writer_free(writer: *mut ManifestWriter) {
    // SAFETY: as the caller promises.
    guard_free(|| unsafe { handle::free(writer) });
}
