//! Reading one file of a volume to its end, hashed, and past the cache where that can be proven.

use std::io;

use mhl_hash::{Algorithm, BUFFER_LEN, HashValue, HasherSet};

use crate::{
    CacheReason, Finding, FindingKind, RelativePath,
    context::Progress,
    tree::{
        ReadFile, Residency, Stat, Volume,
        open_files::{is_too_many, patiently},
    },
};

/// How a file is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// As the system likes.
    ThroughTheCache,
    /// From the device: the cache is dropped first, and what stays is measured.
    PastTheCache,
}

impl Way {
    /// Does to an open file what the way asks for. Returns why it is not proven that its bytes will
    /// come from the device; `None` when it is.
    pub(crate) fn prepare(self, file: &mut dyn ReadFile) -> Option<CacheReason> {
        match self {
            Way::ThroughTheCache => Some(CacheReason::NotAsked),
            Way::PastTheCache => match file.drop_cache() {
                Residency::Absent => None,
                Residency::Unproven(why) => Some(why),
            },
        }
    }
}

/// What was read.
#[derive(Debug)]
pub(crate) struct ReadOutcome {
    pub(crate) values: Vec<HashValue>,
    pub(crate) bytes: u64,
    /// Why it is not proven that the bytes came from the device; `None` when it is.
    pub(crate) unproven: Option<CacheReason>,
    /// Which file it was: device and inode.
    pub(crate) identity: (u64, u64),
}

impl ReadOutcome {
    /// The same, if so many bytes were found before: with another size, and of another state, its
    /// digests are not to be recorded.
    pub(crate) fn of_size(self, found: u64) -> Result<Self, Failure> {
        if self.bytes == found { Ok(self) } else { Err(Failure::Changed) }
    }
}

/// Why a file was not read to its end.
#[derive(Debug)]
pub(crate) enum Failure {
    Cancelled,
    /// It could not be opened or read; the offset in bytes.
    Io(u64, io::Error),
    /// It could not be made durable before it was read.
    NotDurable(io::Error),
    /// Its size or time changed meanwhile.
    Changed,
}

impl Failure {
    /// Whether there was no file to be had: others may close theirs.
    pub(crate) fn is_too_many(&self) -> bool {
        matches!(self, Failure::Io(_, error) if is_too_many(error))
    }

    /// What is to be said of a file of the source, or of a tree being verified.
    pub(crate) fn finding(&self, path: &str, size: u64) -> Finding {
        match self {
            Failure::Io(offset, error) => Finding::new(FindingKind::UnreadableFile, path)
                .noting(format!("read failed at byte {offset} of {size}: {error}")),
            Failure::NotDurable(error) => Finding::new(FindingKind::UnreadableFile, path)
                .noting(format!("it could not be made durable before it was read: {error}")),
            Failure::Changed | Failure::Cancelled => Finding::new(FindingKind::SourceChanged, path)
                .noting("it changed while it was read: let who writes it finish, then repeat"),
        }
    }
}

/// Buffers are reused from file to file by whoever calls [`read`].
pub(crate) fn buffer() -> Vec<u8> {
    vec![0; BUFFER_LEN]
}

/// Reads a file to its end and hashes it. For who holds none open that could be closed instead.
pub(crate) fn read(
    volume: &dyn Volume,
    path: &RelativePath,
    algorithms: &[Algorithm],
    way: Way,
    buffer: &mut [u8],
    progress: &dyn Progress,
) -> Result<ReadOutcome, Failure> {
    let mut file = patiently(|| volume.open(path)).map_err(|error| Failure::Io(0, error))?;
    // Before the cache is measured: what is added in between is found as a change.
    let before = file.stat().map_err(|error| Failure::Io(0, error))?;
    let unproven = way.prepare(file.as_mut());
    let mut set = HasherSet::new(algorithms);
    let bytes = read_to_end(file.as_mut(), buffer, progress, |bytes| set.update(bytes))?;
    check_unchanged(file.as_ref(), &before, bytes)?;
    Ok(ReadOutcome { values: set.finish(), bytes, unproven, identity: before.identity })
}

/// Gives every byte of an open file to `take`, in order; returns their number.
pub(crate) fn read_to_end(
    file: &mut dyn ReadFile,
    buffer: &mut [u8],
    progress: &dyn Progress,
    mut take: impl FnMut(&[u8]),
) -> Result<u64, Failure> {
    let mut offset = 0u64;
    loop {
        if progress.is_cancelled() {
            return Err(Failure::Cancelled);
        }
        let count = match file.read(buffer) {
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(Failure::Io(offset, error)),
        };
        match buffer.get(..count) {
            None | Some([]) => return Ok(offset),
            Some(bytes) => take(bytes),
        }
        offset += count as u64;
        progress.advanced(count as u64);
    }
}

/// A file that is being written while it is read yields a digest of no state that it ever had. Returns
/// what it is now.
pub(crate) fn check_unchanged(
    file: &dyn ReadFile,
    before: &Stat,
    bytes: u64,
) -> Result<Stat, Failure> {
    let after = file.stat().map_err(|error| Failure::Io(bytes, error))?;
    let is_whole = after.size == bytes;
    let is_same = (after.size, after.modified) == (before.size, before.modified);
    if is_whole && is_same { Ok(after) } else { Err(Failure::Changed) }
}

/// The same of a file that was not looked at when it was opened, but some time before: not even its
/// permissions changed since, as it may have been written and given its old time again.
pub(crate) fn check_as_found(
    file: &dyn ReadFile,
    found: &Stat,
    bytes: u64,
) -> Result<Stat, Failure> {
    let after = file.stat().map_err(|error| Failure::Io(bytes, error))?;
    let is_whole = after.size == bytes;
    if is_whole && after.is_untouched_since(found) { Ok(after) } else { Err(Failure::Changed) }
}
