//! One file through the generations of a history.

use mhl_core::{FileEntry, RecordedHash as CoreHash, asc};

use crate::{
    Entry, Error, RecordedHash, Status, Text,
    boundary::{
        arguments::{Output, StructSize, item, to_fill},
        guard::{guard, guard_free},
        handle::{self, lent},
    },
    hash::algorithm::to_code,
};

/// What a history says of one file, generation by generation. Owned by the caller, who frees it; never
/// changes.
#[derive(Debug)]
pub struct FileHistory {
    path: String,
    scope: Option<String>,
    mentions: Vec<Told>,
    /// What it is measured by.
    reference: Vec<CoreHash>,
}

/// What one generation says of it.
#[derive(Debug)]
struct Told {
    generation: u64,
    entry: FileEntry,
    conflicts: Vec<u32>,
}

impl FileHistory {
    pub(crate) fn of(file: &asc::FileHistory<'_>) -> Self {
        let told = file.mentions.iter().map(|mention| Told {
            generation: mention.generation,
            entry: mention.entry.clone(),
            conflicts: mention.conflicts.iter().copied().map(to_code).collect(),
        });
        FileHistory {
            path: file.path.to_string(),
            scope: file.scope.as_ref().map(ToString::to_string),
            mentions: told.collect(),
            reference: file.reference_hashes().into_iter().cloned().collect(),
        }
    }

    fn mention(&self, index: u64) -> Result<&Told, Error> {
        item(&self.mentions, index, "mention")
    }
}

/// A file's history in short. Its texts belong to it.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct KnownFile {
    /// `sizeof(mhl_known_file)`. Set it before it is filled.
    pub struct_size: usize,
    /// Its path as of the last generation, relative to the root of the history that was asked.
    pub path: Text,
    /// The folder of the history within that has its records; absent for the history's own.
    pub scope: Text,
    /// Generations that say something of it, the earliest first; at least one.
    pub mentions: u64,
    /// What it is measured by: the earliest digest of each format that is not labelled failed.
    pub references: u64,
}

// SAFETY: `repr(C)`, `struct_size` first; zeros are nothing known and absent texts. C never fills it.
unsafe impl StructSize for KnownFile {
    const NAME: &'static str = "mhl_known_file";
}

/// The record of a file in one generation. Its texts belong to the file's history.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Mention {
    /// `sizeof(mhl_mention)`. Set it before it is filled.
    pub struct_size: usize,
    /// The generation's number.
    pub generation: u64,
    /// The path of that time, relative to the root of the history that has the record.
    pub path: Text,
    /// The path before this generation renamed it; absent where it did not.
    pub previous_path: Text,
    /// Bytes; `MHL_NO_SIZE` where the list has none.
    pub size: u64,
    /// Its digests.
    pub hash_count: u64,
    /// Digests of it that are not those that the file is measured by.
    pub conflict_count: u64,
}

// SAFETY: as above.
unsafe impl StructSize for Mention {
    const NAME: &'static str = "mhl_mention";
}

/// Writes the file's history in short. Set `summary->struct_size` before. Its texts are gone with it.
///
/// Threads: any number at once.
///
/// Errors: `MHL_STATUS_STRUCT_SIZE`.
///
/// # Safety
/// `file` is NULL or a file's history that was not freed; `summary` is NULL or a struct whose
/// `struct_size` is set; `error` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_file_history_summary(
    file: *const FileHistory,
    summary: *mut KnownFile,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let (file, output) = (lent(file, "file")?, to_fill(summary)?);
            output.write(KnownFile {
                struct_size: size_of::<KnownFile>(),
                path: Text::of(&file.path),
                scope: Text::of_optional(file.scope.as_deref()),
                mentions: file.mentions.len() as u64,
                references: file.reference.len() as u64,
            });
            Ok(())
        })
    }
}

/// Writes what a generation says of the file, by its index from 0, the earliest first. Set
/// `mention->struct_size` before. Its texts are gone with the file's history.
///
/// Threads: any number at once.
///
/// Errors: `MHL_STATUS_NOT_FOUND` for an index beyond `mhl_known_file.mentions`;
/// `MHL_STATUS_STRUCT_SIZE`.
///
/// # Safety
/// `file` is NULL or a file's history that was not freed; `mention` is NULL or a struct whose
/// `struct_size` is set; `error` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_file_history_mention(
    file: *const FileHistory,
    index: u64,
    mention: *mut Mention,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let (file, output) = (lent(file, "file")?, to_fill(mention)?);
            let told = file.mention(index)?;
            let entry = Entry::from(&told.entry);
            output.write(Mention {
                struct_size: size_of::<Mention>(),
                generation: told.generation,
                path: entry.path,
                previous_path: entry.previous_path,
                size: entry.size,
                hash_count: entry.hash_count,
                conflict_count: told.conflicts.len() as u64,
            });
            Ok(())
        })
    }
}

/// Writes a digest of the mention at an index, by its own index from 0. Set `hash->struct_size`
/// before. Its texts are gone with the file's history.
///
/// Threads: any number at once.
///
/// Errors: `MHL_STATUS_NOT_FOUND` for a mention that is none, or an index beyond
/// `mhl_mention.hash_count`; `MHL_STATUS_STRUCT_SIZE`.
///
/// # Safety
/// `file` is NULL or a file's history that was not freed; `hash` is NULL or a struct whose
/// `struct_size` is set; `error` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_file_history_hash(
    file: *const FileHistory,
    mention: u64,
    index: u64,
    hash: *mut RecordedHash,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let (file, output) = (lent(file, "file")?, to_fill(hash)?);
            output.write(RecordedHash::of_file(&file.mention(mention)?.entry, index)?);
            Ok(())
        })
    }
}

/// Writes the algorithm, an `mhl_algorithm`, of a digest of the mention at an index that is not the one
/// that the file is measured by; by its own index from 0.
///
/// Threads: any number at once.
///
/// Errors: `MHL_STATUS_NOT_FOUND` for a mention that is none, or an index beyond
/// `mhl_mention.conflict_count`.
///
/// # Safety
/// `file` is NULL or a file's history that was not freed; `algorithm` and `error` are NULL or
/// can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_file_history_conflict(
    file: *const FileHistory,
    mention: u64,
    index: u64,
    algorithm: *mut u32,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let (file, output) = (lent(file, "file")?, Output::new(algorithm, "algorithm")?);
            output.write(*item(&file.mention(mention)?.conflicts, index, "conflict")?);
            Ok(())
        })
    }
}

/// Writes a digest that the file is measured by, by its index from 0. Set `hash->struct_size` before.
/// Its texts are gone with the file's history.
///
/// Threads: any number at once.
///
/// Errors: `MHL_STATUS_NOT_FOUND` for an index beyond `mhl_known_file.references`;
/// `MHL_STATUS_STRUCT_SIZE`.
///
/// # Safety
/// `file` is NULL or a file's history that was not freed; `hash` is NULL or a struct whose
/// `struct_size` is set; `error` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_file_history_reference(
    file: *const FileHistory,
    index: u64,
    hash: *mut RecordedHash,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let (file, output) = (lent(file, "file")?, to_fill(hash)?);
            output.write(RecordedHash::of_file_hashes(&file.reference, index)?);
            Ok(())
        })
    }
}

/// Frees a file's history, and with it every text that was read from it. NULL is accepted.
///
/// Threads: one, the last to use it.
///
/// # Safety
/// `file` is NULL or a file's history that was not freed; it is used no more. A second free cannot be told
/// and corrupts memory.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_file_history_free(file: *mut FileHistory) {
    // SAFETY: as the caller promises.
    guard_free(|| unsafe { handle::free_owned(file) });
}
