//! A list as a whole.

use std::{
    ffi::c_char,
    path::PathBuf,
    sync::{Arc, OnceLock},
};

use mhl_core::{
    Entry as CoreEntry, Limits, Manifest as CoreManifest, PathIndex, asc, read_manifest,
};

use crate::{
    Digest, Entry, Error, Finding, ListHeader, RecordedHash, Status, Text,
    boundary::{
        arguments::{
            Output, StructSize, item, long_text, path_from_bytes, path_from_utf8, path_from_utf16,
            to_fill,
        },
        guard::{guard, guard_free},
        handle::{self, lent},
    },
    manifest::{header::ignored, history::at, reader::open_file},
};

/// A list, read whole. Owned by the caller, who frees it; never changes.
#[derive(Debug)]
pub struct Manifest {
    source: Source,
    index: OnceLock<PathIndex>,
    json: OnceLock<String>,
}

#[derive(Debug)]
enum Source {
    Own(Box<CoreManifest>),
    /// That of a generation, of the history that these steps lead to through those within.
    OfHistory(Arc<asc::History>, Vec<u64>, u64),
}

impl Manifest {
    fn new(source: Source) -> Self {
        Manifest { source, index: OnceLock::new(), json: OnceLock::new() }
    }

    /// The manifest of a generation; where there is none such, of nothing.
    pub(crate) fn of_generation(history: Arc<asc::History>, way: Vec<u64>, index: u64) -> Self {
        Manifest::new(Source::OfHistory(history, way, index))
    }

    fn open(path: PathBuf) -> Result<Self, Error> {
        let manifest = read_manifest(open_file(&path)?, &Limits::default())
            .map_err(|error| Error::from(&error).at(&path))?;
        Ok(Manifest::new(Source::Own(Box::new(manifest))))
    }

    pub(crate) fn manifest(&self) -> Result<&CoreManifest, Error> {
        match &self.source {
            Source::Own(manifest) => Ok(manifest),
            Source::OfHistory(history, way, index) => {
                Ok(&item(&at(history, way)?.generations, *index, "generation")?.manifest)
            }
        }
    }

    fn entry(&self, index: u64) -> Result<&CoreEntry, Error> {
        item(&self.manifest()?.entries, index, "entry")
    }
}

/// A list in numbers. Set `struct_size` before it is filled.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct ManifestCounts {
    /// `sizeof(mhl_manifest_counts)`.
    pub struct_size: usize,
    /// Files and folders: indices of `mhl_manifest_entry` lie below.
    pub entries: u64,
    /// Files.
    pub files: u64,
    /// Bytes of the files whose size is listed.
    pub bytes: u64,
    /// Other lists that it refers to.
    pub references: u64,
    /// What is unusual about it: every one a warning.
    pub findings: u64,
}

// SAFETY: `repr(C)`, `struct_size` first; zeros are nothing known and absent texts. C never fills it.
unsafe impl StructSize for ManifestCounts {
    const NAME: &'static str = "mhl_manifest_counts";
}

/// Reads the list at a path, however that was spelled.
///
/// # Safety
/// As [`mhl_manifest_load`] has it.
unsafe fn load(
    path: impl FnOnce() -> Result<PathBuf, Error>,
    manifest: *mut *mut Manifest,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let output = Output::new(manifest, "manifest")?;
            output.write(handle::owned(Manifest::open(path()?)?));
            Ok(())
        })
    }
}

/// Reads a list of either format, a `.mhl` file, whole: some 200 bytes of memory for each entry. `path`
/// is NUL-terminated UTF-8. The caller owns `*manifest` and frees it with `mhl_manifest_free`.
///
/// A path that comes twice with two contents is an error, with one content a finding. Of a generation
/// nothing is known here but what it says: `mhl_history_open` holds it against its chain.
///
/// Threads: any number at once.
///
/// Errors: `MHL_STATUS_IO`; `MHL_STATUS_INVALID_MANIFEST` with line and offset;
/// `MHL_STATUS_NOT_UNICODE`.
///
/// # Safety
/// `path` is NULL or NUL-terminated; `manifest` and `error` are NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_manifest_load(
    path: *const c_char,
    manifest: *mut *mut Manifest,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe { load(|| path_from_utf8(path), manifest, error) }
}

/// `mhl_manifest_load` for a path of `len` bytes that need not be UTF-8 on Unix.
///
/// Threads and errors: as `mhl_manifest_load`.
///
/// # Safety
/// `path` is NULL or points to `len` bytes; the rest as `mhl_manifest_load`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_manifest_load_bytes(
    path: *const u8,
    len: usize,
    manifest: *mut *mut Manifest,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe { load(|| path_from_bytes(path, len), manifest, error) }
}

/// `mhl_manifest_load` for a path in NUL-terminated UTF-16, a `wchar_t *` of Windows.
///
/// Threads and errors: as `mhl_manifest_load`.
///
/// # Safety
/// `path` is NULL or NUL-terminated; the rest as `mhl_manifest_load`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_manifest_load_w(
    path: *const u16,
    manifest: *mut *mut Manifest,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe { load(|| path_from_utf16(path), manifest, error) }
}

/// Writes what stands before the entries. Set `header->struct_size` before. Its texts are gone with
/// the manifest.
///
/// Threads: any number at once.
///
/// Errors: `MHL_STATUS_STRUCT_SIZE`.
///
/// # Safety
/// `manifest` is NULL or a manifest that was not freed; `header` is NULL or a struct whose
/// `struct_size` is set; `error` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_manifest_header(
    manifest: *const Manifest,
    header: *mut ListHeader,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let (manifest, output) = (lent(manifest, "manifest")?, to_fill(header)?);
            output.write((&manifest.manifest()?.header).into());
            Ok(())
        })
    }
}

/// Writes the ignore pattern at an index, from 0, in the order of the list. It is gone with the
/// manifest.
///
/// Threads: any number at once.
///
/// Errors: `MHL_STATUS_NOT_FOUND` for an index beyond `mhl_list_header.ignore_count`.
///
/// # Safety
/// `manifest` is NULL or a manifest that was not freed; `pattern` and `error` are NULL or can
/// be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_manifest_ignore(
    manifest: *const Manifest,
    index: u64,
    pattern: *mut Text,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let (manifest, output) =
                (lent(manifest, "manifest")?, Output::new(pattern, "pattern")?);
            output.write(ignored(&manifest.manifest()?.header, index)?);
            Ok(())
        })
    }
}

/// Writes a hash of the root of what the list is of, by its index from 0: those of the content first
/// (ASC MHL). Set `hash->struct_size` before.
///
/// Threads: any number at once.
///
/// Errors: `MHL_STATUS_NOT_FOUND` for an index beyond `mhl_list_header.root_hash_count`;
/// `MHL_STATUS_STRUCT_SIZE`.
///
/// # Safety
/// `manifest` is NULL or a manifest that was not freed; `hash` is NULL or a struct whose
/// `struct_size` is set; `error` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_manifest_root_hash(
    manifest: *const Manifest,
    index: u64,
    hash: *mut RecordedHash,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let (manifest, output) = (lent(manifest, "manifest")?, to_fill(hash)?);
            output.write(RecordedHash::of_root(&manifest.manifest()?.header, index)?);
            Ok(())
        })
    }
}

/// Writes the list in numbers. Set `counts->struct_size` before.
///
/// Threads: any number at once.
///
/// Errors: `MHL_STATUS_STRUCT_SIZE`.
///
/// # Safety
/// `manifest` is NULL or a manifest that was not freed; `counts` is NULL or a struct whose
/// `struct_size` is set; `error` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_manifest_count(
    manifest: *const Manifest,
    counts: *mut ManifestCounts,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let (manifest, output) = (lent(manifest, "manifest")?.manifest()?, to_fill(counts)?);
            output.write(ManifestCounts {
                struct_size: size_of::<ManifestCounts>(),
                entries: manifest.entries.len() as u64,
                files: manifest.files().count() as u64,
                bytes: manifest.files().filter_map(|file| file.size).fold(0, u64::saturating_add),
                references: manifest.references.len() as u64,
                findings: manifest.findings.len() as u64,
            });
            Ok(())
        })
    }
}

/// Writes the entry at an index, from 0, in the order of the list: a file or a folder. Set
/// `entry->struct_size` before. Its texts are gone with the manifest.
///
/// Threads: any number at once.
///
/// Errors: `MHL_STATUS_NOT_FOUND` for an index beyond `mhl_manifest_counts.entries`;
/// `MHL_STATUS_STRUCT_SIZE`.
///
/// # Safety
/// `manifest` is NULL or a manifest that was not freed; `entry` is NULL or a struct whose
/// `struct_size` is set; `error` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_manifest_entry(
    manifest: *const Manifest,
    index: u64,
    entry: *mut Entry,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let (manifest, output) = (lent(manifest, "manifest")?, to_fill(entry)?);
            output.write(manifest.entry(index)?.into());
            Ok(())
        })
    }
}

/// Writes a hash of the entry at an index, by its own index from 0. Set `hash->struct_size` before. A
/// folder has those of its content first. Its texts are gone with the manifest.
///
/// Threads: any number at once.
///
/// Errors: `MHL_STATUS_NOT_FOUND` for an entry that is none, or an index beyond
/// `mhl_entry.hash_count`; `MHL_STATUS_STRUCT_SIZE`.
///
/// # Safety
/// `manifest` is NULL or a manifest that was not freed; `hash` is NULL or a struct whose
/// `struct_size` is set; `error` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_manifest_hash(
    manifest: *const Manifest,
    entry: u64,
    index: u64,
    hash: *mut RecordedHash,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let (manifest, output) = (lent(manifest, "manifest")?, to_fill(hash)?);
            output.write(RecordedHash::of_entry(manifest.entry(entry)?, index)?);
            Ok(())
        })
    }
}

/// Writes the index of the entry with a path of `len` bytes of UTF-8, byte for byte as it is listed.
/// The first call takes the time to sort the paths, each later one hardly any.
///
/// Threads: any number at once.
///
/// Errors: `MHL_STATUS_NOT_FOUND`; `MHL_STATUS_NOT_UNICODE`.
///
/// # Safety
/// `manifest` is NULL or a manifest that was not freed; `path` is NULL or points to `len`
/// bytes; `index` and `error` are NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_manifest_find(
    manifest: *const Manifest,
    path: *const c_char,
    len: usize,
    index: *mut u64,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let (found, output) = (lent(manifest, "manifest")?, Output::new(index, "index")?);
            let path = long_text(path, len, "path")?;
            let list = found.manifest()?;
            let places = found.index.get_or_init(|| PathIndex::of(list));
            let place = places.place(list, path);
            let place = place.ok_or_else(|| {
                Error::new(Status::NotFound, format!("the list has no entry {path}"))
            })?;
            output.write(place as u64);
            Ok(())
        })
    }
}

/// Writes another list that this one refers to, by its index from 0: where it stands relative to the
/// root, and the C4 of its bytes (ASC MHL). The path is gone with the manifest.
///
/// Threads: any number at once.
///
/// Errors: `MHL_STATUS_NOT_FOUND` for an index beyond `mhl_manifest_counts.references`.
///
/// # Safety
/// `manifest` is NULL or a manifest that was not freed; `path`, `c4` and `error` are NULL or
/// can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_manifest_reference(
    manifest: *const Manifest,
    index: u64,
    path: *mut Text,
    c4: *mut Digest,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let manifest = lent(manifest, "manifest")?;
            let (path, c4) = (Output::new(path, "path")?, Output::new(c4, "c4")?);
            let reference = item(&manifest.manifest()?.references, index, "reference")?;
            path.write(Text::of(reference.path.as_str()));
            c4.write((&reference.c4).into());
            Ok(())
        })
    }
}

/// Writes what is unusual about the list, by its index from 0. Set `finding->struct_size` before. Its
/// texts are gone with the manifest.
///
/// Threads: any number at once.
///
/// Errors: `MHL_STATUS_NOT_FOUND` for an index beyond `mhl_manifest_counts.findings`;
/// `MHL_STATUS_STRUCT_SIZE`.
///
/// # Safety
/// `manifest` is NULL or a manifest that was not freed; `finding` is NULL or a struct whose
/// `struct_size` is set; `error` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_manifest_finding(
    manifest: *const Manifest,
    index: u64,
    finding: *mut Finding,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let (manifest, output) = (lent(manifest, "manifest")?, to_fill(finding)?);
            output.write(item(&manifest.manifest()?.findings, index, "finding")?.into());
            Ok(())
        })
    }
}

/// Writes the identity of what is listed: a C4 over the paths, sizes and digests of the files, sorted,
/// whatever the format and the order of the list.
///
/// Threads: any number at once.
///
/// # Safety
/// `manifest` is NULL or a manifest that was not freed; `content` and `error` are NULL or can
/// be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_manifest_roll_content(
    manifest: *const Manifest,
    content: *mut Digest,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let (manifest, output) =
                (lent(manifest, "manifest")?, Output::new(content, "content")?);
            output.write((&manifest.manifest()?.roll_content()).into());
            Ok(())
        })
    }
}

/// Writes the whole list as one line of JSON, whose `schema` is `mhl.manifest/1`: header, entries with
/// their hashes, references and findings. It is made when it is first asked for and gone with the
/// manifest.
///
/// Threads: any number at once.
///
/// # Safety
/// `manifest` is NULL or a manifest that was not freed; `json` and `error` are NULL or can be
/// written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_manifest_json(
    manifest: *const Manifest,
    json: *mut Text,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let (list, output) = (lent(manifest, "manifest")?, Output::new(json, "json")?);
            let manifest = list.manifest()?;
            output.write(Text::of(list.json.get_or_init(|| manifest.to_json())));
            Ok(())
        })
    }
}

/// Frees a manifest, and with it every text that was read from it. NULL is accepted.
///
/// Threads: one, the last to use it.
///
/// # Safety
/// `manifest` is NULL or a manifest that was not freed; it is used no more. A second free cannot be told
/// and corrupts memory.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_manifest_free(manifest: *mut Manifest) {
    // SAFETY: as the caller promises.
    guard_free(|| unsafe { handle::free_owned(manifest) });
}
