//! What differs between two lists.

use std::sync::OnceLock;

use mhl_core::{Change as CoreChange, Changes, FindingKind, Listed, changes};

use crate::{
    Error, Manifest, NO_SIZE, Status, Text,
    boundary::{
        arguments::{Output, StructSize, item, to_fill},
        guard::{guard, guard_free},
        handle::{self, lent},
    },
    hash::algorithm::to_code,
};

/// What differs between two lists. Owned by the caller, who frees it; never changes.
#[derive(Debug)]
pub struct Difference {
    changes: Changes,
    json: OnceLock<String>,
}

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
#[non_exhaustive]
pub enum ChangeKind {
    /// Something that this header does not name: not the same.
    Unknown = 0,
    /// It is in the second list alone.
    Added = 1,
    /// It is in the first list alone.
    Removed = 2,
    /// It has another size or another digest.
    Changed = 3,
    /// It has another name in the same folder.
    Renamed = 4,
    /// It is in another folder.
    Moved = 5,
    /// The two paths are the same but for their spelling.
    Respelled = 6,
    /// Its digests are the same bits, one of them in the other byte order.
    ByteOrder = 7,
    /// Nothing follows from what is known of its content.
    Incomparable = 8,
}

/// What became of a file. Its texts belong to the difference.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Change {
    /// `sizeof(mhl_change)`. Set it before it is filled.
    pub struct_size: usize,
    /// What.
    pub kind: ChangeKind,
    /// Its path in the first list; in the second where it is there alone.
    pub path: Text,
    /// Its path in the second list, where that is another.
    pub to: Text,
    /// Both sizes where they differ; `MHL_NO_SIZE` otherwise.
    pub size_before: u64,
    /// The size in the second list.
    pub size_after: u64,
    /// Digests that differ.
    pub digest_count: u64,
    /// Why nothing follows, or in what the paths are spelled otherwise: `normalisation`, `separator`,
    /// `case`; absent otherwise.
    pub reason: Text,
}

// SAFETY: `repr(C)`, `struct_size` first; zeros are nothing known and absent texts. C never fills it.
unsafe impl StructSize for Change {
    const NAME: &'static str = "mhl_change";
}

impl From<&CoreChange> for Change {
    fn from(change: &CoreChange) -> Self {
        let absent = Text::of_optional(None);
        let new = |kind| Change {
            struct_size: size_of::<Change>(),
            kind,
            path: Text::of(change.path()),
            to: absent,
            size_before: NO_SIZE,
            size_after: NO_SIZE,
            digest_count: 0,
            reason: absent,
        };
        match change {
            CoreChange::Added { .. } => new(ChangeKind::Added),
            CoreChange::Removed { .. } => new(ChangeKind::Removed),
            CoreChange::Changed { size, digests, .. } => {
                let [size_before, size_after] = size.unwrap_or([NO_SIZE; 2]);
                let digest_count = digests.len() as u64;
                Change { size_before, size_after, digest_count, ..new(ChangeKind::Changed) }
            }
            CoreChange::Renamed { to, .. } => {
                Change { to: Text::of(to), ..new(ChangeKind::Renamed) }
            }
            CoreChange::Moved { to, .. } => Change { to: Text::of(to), ..new(ChangeKind::Moved) },
            CoreChange::Respelled { to, respelled, .. } => Change {
                to: Text::of(to),
                reason: Text::of(FindingKind::name(*respelled)),
                ..new(ChangeKind::Respelled)
            },
            CoreChange::ByteOrder { .. } => new(ChangeKind::ByteOrder),
            CoreChange::Incomparable { reason, .. } => {
                Change { reason: Text::of(reason), ..new(ChangeKind::Incomparable) }
            }
            _ => new(ChangeKind::Unknown),
        }
    }
}

/// A digest that differs between two lists. Its texts belong to the difference.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct DifferingDigest {
    /// `sizeof(mhl_differing_digest)`. Set it before it is filled.
    pub struct_size: usize,
    /// An `mhl_algorithm`.
    pub algorithm: u32,
    /// The text in the first list.
    pub before: Text,
    /// The text in the second list.
    pub after: Text,
}

// SAFETY: as above.
unsafe impl StructSize for DifferingDigest {
    const NAME: &'static str = "mhl_differing_digest";
}

impl Difference {
    fn change(&self, index: u64) -> Result<&CoreChange, Error> {
        item(&self.changes.changes, index, "change")
    }
}

/// Compares two lists, of the same format or not, by names, sizes and recorded digests. Nothing is
/// read but the two: neither is needed afterwards. The caller owns `*difference` and frees it with
/// `mhl_difference_free`.
///
/// Two are one file that was renamed or moved where the second list says so, or where exactly one
/// removed and one added file have a digest in common and nothing else disagrees. What cannot be
/// compared is never the same.
///
/// Threads: any number at once.
///
/// # Safety
/// `before` and `after` are NULL or manifests that were not freed; `difference` and `error` are NULL
/// or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_difference_new(
    before: *const Manifest,
    after: *const Manifest,
    difference: *mut *mut Difference,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let output = Output::new(difference, "difference")?;
            let before = lent(before, "before")?.manifest()?;
            let after = lent(after, "after")?.manifest()?;
            let changes = changes(&Listed::all_of(before), &Listed::all_of(after));
            output.write(handle::owned(Difference { changes, json: OnceLock::new() }));
            Ok(())
        })
    }
}

/// Writes how many files are the same in both lists, and how many changes there are: `*same` counts
/// those whose sizes do not differ and whose comparable digests hold, at least one of them.
///
/// Threads: any number at once.
///
/// # Safety
/// `difference` is NULL or a difference that was not freed; `same`, `changes` and `error` are NULL
/// or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_difference_count(
    difference: *const Difference,
    same: *mut u64,
    changes: *mut u64,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let difference = lent(difference, "difference")?;
            let (same, changes) = (Output::new(same, "same")?, Output::new(changes, "changes")?);
            same.write(difference.changes.same);
            changes.write(difference.changes.changes.len() as u64);
            Ok(())
        })
    }
}

/// Writes the change at an index, from 0, sorted by path. Set `change->struct_size` before. Its texts
/// are gone with the difference.
///
/// Threads: any number at once.
///
/// Errors: `MHL_STATUS_NOT_FOUND` for an index that is none; `MHL_STATUS_STRUCT_SIZE`.
///
/// # Safety
/// `difference` is NULL or a difference that was not freed; `change` is NULL or a struct whose
/// `struct_size` is set; `error` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_difference_change(
    difference: *const Difference,
    index: u64,
    change: *mut Change,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let (difference, output) = (lent(difference, "difference")?, to_fill(change)?);
            output.write(difference.change(index)?.into());
            Ok(())
        })
    }
}

/// Writes a digest in which the change at an index differs, by its own index from 0. Set
/// `digest->struct_size` before. Its texts are gone with the difference.
///
/// Threads: any number at once.
///
/// Errors: `MHL_STATUS_NOT_FOUND` for a change that is none, or an index beyond
/// `mhl_change.digest_count`; `MHL_STATUS_STRUCT_SIZE`.
///
/// # Safety
/// `difference` is NULL or a difference that was not freed; `digest` is NULL or a struct whose
/// `struct_size` is set; `error` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_difference_digest(
    difference: *const Difference,
    change: u64,
    index: u64,
    digest: *mut DifferingDigest,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let (difference, output) = (lent(difference, "difference")?, to_fill(digest)?);
            let digests = match difference.change(change)? {
                CoreChange::Changed { digests, .. } => digests.as_slice(),
                _ => &[],
            };
            let found = item(digests, index, "differing digest")?;
            output.write(DifferingDigest {
                struct_size: size_of::<DifferingDigest>(),
                algorithm: found.algorithm.parse().map_or(0, to_code),
                before: Text::of(&found.before),
                after: Text::of(&found.after),
            });
            Ok(())
        })
    }
}

/// Writes the whole difference as one line of JSON: `same`, and `changes` with a `kind` each. It is made
/// when it is first asked for and gone with the difference.
///
/// Threads: any number at once.
///
/// # Safety
/// `difference` is NULL or a difference that was not freed; `json` and `error` are NULL or can be
/// written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_difference_json(
    difference: *const Difference,
    json: *mut Text,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let (own, output) = (lent(difference, "difference")?, Output::new(json, "json")?);
            output.write(Text::of(own.json.get_or_init(|| own.changes.to_json())));
            Ok(())
        })
    }
}

/// Frees a difference, and with it every text that was read from it. NULL is accepted.
///
/// Threads: one, the last to use it.
///
/// # Safety
/// `difference` is NULL or a difference that was not freed; it is used no more. A second free cannot be told
/// and corrupts memory.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_difference_free(difference: *mut Difference) {
    // SAFETY: as the caller promises.
    guard_free(|| unsafe { handle::free_owned(difference) });
}
