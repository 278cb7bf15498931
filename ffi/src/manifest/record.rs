//! What another engine copied, recorded without being read again.

use std::{ffi::c_char, path::PathBuf};

use mhl_core::{
    Author, HashedFile as CoreFile, Record as CoreRecord, RecordOptions as CoreOptions,
};
use mhl_hash::HashValue;

use crate::{
    Context, Digest, Error, Report, Status, Text, Time,
    boundary::{
        arguments::{
            Output, StructSize, elements, given, optional_text, path_from_bytes, path_from_utf8,
            path_from_utf16, relative_path, switch, texts,
        },
        guard::{guard, guard_free},
        handle::{self, Opaque, lent, with},
    },
    hash::algorithm::from_codes,
    manifest::word,
    operation::context,
};

/// Takes what an engine copied or hashed, file by file, and lists it at the root of every copy.
#[derive(Debug)]
pub struct Record {
    _opaque: (),
}

/// A record under way, and the person whom its lists name.
pub(crate) struct Told {
    record: CoreRecord,
    author: Option<Author>,
}

impl Opaque for Record {
    type Value = Told;
    const NAME: &'static str = "record";
}

/// How what an engine did is to be recorded. Zero it, set `struct_size`, `algorithms`, `format` and
/// `process`, then what is wanted. It is read when the record is made, and not kept.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct RecordOptions {
    /// `sizeof(mhl_record_options)`.
    pub struct_size: usize,
    /// The digests that are told of each file: numbers of `mhl_algorithm`, at least one.
    pub algorithms: *const u32,
    /// How many.
    pub algorithms_len: usize,
    /// An `mhl_format`, that of a first list. Where a history stands it is appended to, whatever
    /// this says.
    pub format: u32,
    /// What the engine did: `MHL_PROCESS_TRANSFER` or `MHL_PROCESS_IN_PLACE`. A classic list does
    /// not say.
    pub process: u32,
    /// What is held against the disk: an `mhl_look`.
    pub look: u32,
    /// 1 to leave the files out of the report, and with them some 250 bytes for each.
    pub without_files: u32,
    /// When the work began; none for when the list is written.
    pub started: Time,
    /// Patterns of what is to be left out, as `.gitignore` has them, for ASC MHL: NUL-terminated
    /// UTF-8.
    pub ignore: *const *const c_char,
    /// How many.
    pub ignore_len: usize,
    /// The person whom the list names: NUL-terminated UTF-8, as the next three. NULL for nobody; a
    /// classic list has the name alone.
    pub author_name: *const c_char,
    /// Address for mail, or NULL.
    pub author_email: *const c_char,
    /// Telephone number, or NULL.
    pub author_phone: *const c_char,
    /// What the person does, or NULL.
    pub author_role: *const c_char,
}

// SAFETY: `repr(C)`, `struct_size` first; numbers, and pointers that may be anything until they are
// used.
unsafe impl StructSize for RecordOptions {
    const NAME: &'static str = "mhl_record_options";
}

/// A file as the engine that copied it tells it. Zero it, set `struct_size`, then the rest.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct HashedFile {
    /// `sizeof(mhl_hashed_file)`.
    pub struct_size: usize,
    /// Relative to the root, with `/` between its parts: UTF-8, not terminated.
    pub path: Text,
    /// Bytes.
    pub size: u64,
    /// When the file was last changed. A classic list cannot do without.
    pub modified: Time,
    /// When the digests were computed; none for when the list is written.
    pub hashed: Time,
    /// One in each of the algorithms of the record, in any order.
    pub digests: *const Digest,
    /// How many.
    pub digests_len: usize,
}

// SAFETY: as for the options.
unsafe impl StructSize for HashedFile {
    const NAME: &'static str = "mhl_hashed_file";
}

impl HashedFile {
    /// # Safety
    /// What it points to is as its documentation says.
    pub(crate) unsafe fn read(&self) -> Result<CoreFile, Error> {
        // SAFETY: as the caller promises.
        let (path, digests) = unsafe {
            (
                relative_path(self.path.data, self.path.len, "mhl_hashed_file.path")?,
                elements(self.digests, self.digests_len, "mhl_hashed_file.digests")?,
            )
        };
        let digests: Vec<HashValue> =
            digests.iter().map(Digest::value).collect::<Result<_, _>>()?;
        let mut file = CoreFile::new(path, self.size, digests);
        file.modified = self.modified.read("mhl_hashed_file.modified")?;
        file.hashed = self.hashed.read("mhl_hashed_file.hashed")?;
        Ok(file)
    }
}

/// # Safety
/// What the options point to is as their documentation says.
unsafe fn read(options: &RecordOptions) -> Result<Told, Error> {
    let mut read = CoreOptions::default();
    // SAFETY: as the caller promises.
    read.algorithms = unsafe { from_codes(options.algorithms, options.algorithms_len) }?;
    read.format = word::format(options.format, "mhl_record_options.format")?;
    read.process = word::process(options.process, "mhl_record_options.process")?;
    read.look = word::look(options.look, "mhl_record_options.look")?;
    read.without_files = switch(options.without_files, "mhl_record_options.without_files")?;
    read.started = options.started.read("mhl_record_options.started")?;
    let name = "mhl_record_options.ignore";
    // SAFETY: as the caller promises.
    let patterns = unsafe { texts(options.ignore, options.ignore_len, name) }?;
    read.ignore = patterns.into_iter().map(str::to_owned).collect();
    // SAFETY: as the caller promises.
    let author = unsafe { author(options) }?;
    Ok(Told { record: CoreRecord::new(read)?, author })
}

/// # Safety
/// The texts are NULL or NUL-terminated.
unsafe fn author(options: &RecordOptions) -> Result<Option<Author>, Error> {
    let text = |text: *const c_char, name: &str| {
        // SAFETY: as the caller promises.
        Ok::<_, Error>(unsafe { optional_text(text, name) }?.map(str::to_owned))
    };
    let name = text(options.author_name, "mhl_record_options.author_name")?;
    let email = text(options.author_email, "mhl_record_options.author_email")?;
    let phone = text(options.author_phone, "mhl_record_options.author_phone")?;
    let role = text(options.author_role, "mhl_record_options.author_role")?;
    let Some(name) = name else {
        if email.is_some() || phone.is_some() || role.is_some() {
            let message =
                "mhl_record_options.author_name is NULL, and something else of the author is not";
            return Err(Error::new(Status::InvalidArgument, message));
        }
        return Ok(None);
    };
    let mut author = Author::new(name);
    (author.email, author.phone, author.role) = (email, phone, role);
    Ok(Some(author))
}

/// Begins a record of what an engine with copies of its own does: no file is read again for it. The
/// caller owns `*record` and frees it with `mhl_record_free`; freed before `mhl_record_write`,
/// nothing is written.
///
/// Threads: any number at once.
///
/// Errors: `MHL_STATUS_INVALID_ARGUMENT` for a number that is none of its enumeration, no algorithm
/// at all, a process that lists files otherwise, or an ignore pattern that is none;
/// `MHL_STATUS_NOT_LISTABLE` for an algorithm that the format does not know;
/// `MHL_STATUS_NOT_UNICODE`; `MHL_STATUS_STRUCT_SIZE`.
///
/// # Safety
/// `options` is NULL or a filled struct, its arrays as long as it says, its texts NULL or
/// NUL-terminated; `record` and `error` are NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_record_new(
    options: *const RecordOptions,
    record: *mut *mut Record,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let output = Output::new(record, "record")?;
            let options = given(options)?.ok_or_else(|| Error::null("options"))?;
            output.write(handle::create(read(&options)?));
            Ok(())
        })
    }
}

/// Takes a file, in any order. What is refused is not taken, and the record goes on. A file that is
/// told twice is a finding of `mhl_record_write`.
///
/// Threads: one at a time for each record; a second one gets `MHL_STATUS_BUSY`, and its file is not
/// taken.
///
/// Errors: `MHL_STATUS_INVALID_ARGUMENT` for a path that leaves the root or is none, digests that
/// are not one in each algorithm of the record, a time that is none, or none where a classic list
/// has to have one; `MHL_STATUS_NOT_LISTABLE` for a name that no list can hold;
/// `MHL_STATUS_NOT_UNICODE`; `MHL_STATUS_STRUCT_SIZE`.
///
/// # Safety
/// `record` is NULL or a record that was not freed; `file` is NULL or a filled struct, its path and
/// digests as long as it says; `error` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_record_file(
    record: *mut Record,
    file: *const HashedFile,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            with(record, |told| {
                let file = given(file)?.ok_or_else(|| Error::null("file"))?;
                Ok(told.record.file(file.read()?)?)
            })
        })
    }
}

/// Takes a folder by its path of `len` bytes of UTF-8, relative to the root, with the time of its
/// last change or NULL. Only an empty one has to be told, and only with `MHL_LOOK_NOTHING`; one that
/// was told has to stand there otherwise.
///
/// Threads: as `mhl_record_file`.
///
/// Errors: `MHL_STATUS_INVALID_ARGUMENT` for a path that leaves the root or is none, or a time that
/// is none; `MHL_STATUS_NOT_LISTABLE`; `MHL_STATUS_NOT_UNICODE`.
///
/// # Safety
/// `record` is NULL or a record that was not freed; `path` is NULL or points to `len` bytes;
/// `modified` is NULL or points to a time; `error` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_record_folder(
    record: *mut Record,
    path: *const c_char,
    len: usize,
    modified: *const Time,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            with(record, |told| {
                let path = relative_path(path, len, "path")?;
                let modified = match modified.is_null() {
                    true => None,
                    false => lent(modified, "modified")?.read("modified")?,
                };
                Ok(told.record.folder(path, modified.as_ref())?)
            })
        })
    }
}

/// Lists what was told at the root of a copy, however its path was spelled.
///
/// # Safety
/// As [`mhl_record_write`] has it.
unsafe fn write(
    record: *mut Record,
    path: impl FnOnce() -> Result<PathBuf, Error>,
    context: *const Context,
    report: *mut *mut Report,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            with(record, |told| {
                let output = Output::new(report, "report")?;
                let path = path()?;
                let context = context::read(context)?.by(told.author.clone());
                let found = told.record.write(&path, &context.context())?;
                output.write(Report::hand_over(found)?);
                Ok(())
            })
        })
    }
}

/// Writes the list of what was told at the root of a copy: a classic list, or a generation of the
/// ASC MHL history that stands there or begins there. Repeat it for every copy, and go on telling
/// files in between as you like. `path` is NUL-terminated UTF-8; `context` may be NULL. The caller
/// owns `*report` and frees it with `mhl_report_free`.
///
/// `MHL_STATUS_GOOD` says that it ran. The list stands there with `MHL_OUTCOME_RECORDED`: where the
/// disk is not as it was told, nothing is written, and every difference is a finding. A digest that
/// differs from what a history records is a finding too, and recorded as failed. The digests are
/// the engine's word: no rule clears a wipe on them, before the copy was verified.
///
/// Threads: one at a time for each record, which gets `MHL_STATUS_BUSY` meanwhile.
///
/// Errors: `MHL_STATUS_ALREADY_LISTED`; `MHL_STATUS_IN_USE`; `MHL_STATUS_NO_LIST` for a part where no
/// history stands; `MHL_STATUS_NO_FILES` where none was told that is listed; `MHL_STATUS_NOT_LISTABLE`;
/// `MHL_STATUS_INVALID_MANIFEST` with line and offset for a history that cannot be read;
/// `MHL_STATUS_IO`; `MHL_STATUS_CANCELLED`, without a report; `MHL_STATUS_NOT_UNICODE`;
/// `MHL_STATUS_STRUCT_SIZE`.
///
/// # Safety
/// `record` is NULL or a record that was not freed; `path` is NULL or NUL-terminated; `context` is as
/// `mhl_verify` has it; `report` and `error` are NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_record_write(
    record: *mut Record,
    path: *const c_char,
    context: *const Context,
    report: *mut *mut Report,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe { write(record, || path_from_utf8(path), context, report, error) }
}

/// `mhl_record_write` for a path of `len` bytes that need not be UTF-8 on Unix.
///
/// Threads and errors: as `mhl_record_write`.
///
/// # Safety
/// `path` is NULL or points to `len` bytes; the rest as `mhl_record_write`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_record_write_bytes(
    record: *mut Record,
    path: *const u8,
    len: usize,
    context: *const Context,
    report: *mut *mut Report,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe { write(record, || path_from_bytes(path, len), context, report, error) }
}

/// `mhl_record_write` for a path in NUL-terminated UTF-16, a `wchar_t *` of Windows.
///
/// Threads and errors: as `mhl_record_write`.
///
/// # Safety
/// `path` is NULL or NUL-terminated; the rest as `mhl_record_write`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_record_write_w(
    record: *mut Record,
    path: *const u16,
    context: *const Context,
    report: *mut *mut Report,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe { write(record, || path_from_utf16(path), context, report, error) }
}

/// Frees a record, written or not. NULL is accepted. Where another call is at work in it, it is
/// freed when that call ends.
///
/// Threads: one, the last to use it.
///
/// # Safety
/// `record` is NULL or a record that was not freed; it is used no more. A second free cannot be told
/// and corrupts memory.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_record_free(record: *mut Record) {
    // SAFETY: as the caller promises.
    guard_free(|| unsafe { handle::free(record) });
}
