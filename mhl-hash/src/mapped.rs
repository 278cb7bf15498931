//! A file mapped into memory, for those who ask for it.
#![allow(unsafe_code)]

use std::path::Path;

use memmap2::Mmap;

use crate::{Algorithm, BUFFER_LEN, Hashed, HasherSet, Observer, ReadError, device, hash_reader};

/// Hashes one file through a mapping instead of reads.
///
/// It is not faster than [`hash_file`](crate::hash_file): measured on a warm cache, both are limited
/// by the digest or by memory. It exists for files that a program has mapped anyway.
///
/// # Safety
/// Nobody, in whatever process, may write to the file or truncate it until this returns: its bytes
/// are borrowed like any others.
///
/// # Danger
/// **A mapping turns every read error into a signal.** If a sector cannot be read, the card is pulled
/// or another program truncates the file meanwhile, the process receives SIGBUS (on Windows an access
/// violation) and, unless it handles that, dies with the copies it was making. Never use it on a
/// medium whose health is in question, which is what this crate family is for; use `hash_file`, which
/// returns an error with the offset.
///
/// # Errors
/// As [`hash_file`](crate::hash_file); [`ReadError::Open`] also where the file cannot be mapped.
///
/// ```
/// use mhl_hash::{Algorithm, hash_mapped_file};
///
/// let roll = tempfile::tempdir()?;
/// let clip = roll.path().join("A001C001.mxf");
/// std::fs::write(&clip, "abc")?;
/// // SAFETY: the clip was just made, in a folder of our own.
/// let hashed = unsafe { hash_mapped_file(&clip, &[Algorithm::Xxh64], &()) }?;
/// assert_eq!((hashed.bytes, hashed.values[0].to_hex().as_str()), (3, "44bc2cf5ad770999"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub unsafe fn hash_mapped_file(
    path: &Path,
    algorithms: &[Algorithm],
    observer: &dyn Observer,
) -> Result<Hashed, ReadError> {
    let named = |error| ReadError::Open { path: path.to_owned(), error };
    let file = device::open(path).map_err(named)?;
    if file.metadata().map_err(named)?.len() == 0 {
        // Devices and what a system makes up as it is read call themselves empty.
        return hash_reader(file, algorithms, observer).map_err(|error| error.of(path));
    }
    // SAFETY: the mapping is only read, and the caller promises that nobody writes.
    let bytes = unsafe { Mmap::map(&file) }.map_err(named)?;
    let mut set = HasherSet::new(algorithms);
    #[cfg(unix)]
    let _ = bytes.advise(memmap2::Advice::Sequential);
    for piece in bytes.chunks(BUFFER_LEN) {
        if observer.is_cancelled() {
            return Err(ReadError::Cancelled);
        }
        set.update(piece);
        observer.advanced(piece.len() as u64);
    }
    Ok(Hashed { bytes: bytes.len() as u64, values: set.finish() })
}
