//! Readers and files: buffers of the right size, errors with their place.

use std::{
    io::{self, Read},
    path::{Path, PathBuf},
};

use crate::{Algorithm, BUFFER_LEN, HashValue, HasherSet, Observer, device};

/// What a reader held.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Hashed {
    /// Bytes read.
    pub bytes: u64,
    /// One value for each algorithm, in the order asked for, each algorithm once.
    pub values: Vec<HashValue>,
}

/// Why bytes could not be hashed to their end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The observer asked to stop.
    #[error("cancelled")]
    Cancelled,
    /// A file could not be opened.
    #[error("{}: cannot open: {error}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// A folder could not be listed to its end.
    #[error("{}: cannot list the folder: {error}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// Neither a file nor a folder: a symbolic link, a pipe, a device.
    #[error("{}: not a file", path.display())]
    NotAFile {
        /// What was found.
        path: PathBuf,
    },
    /// A read failed.
    #[error("{}read failed at byte {offset}: {error}", place(path.as_deref()))]
    Read {
        /// The file; `None` of a reader that has no name.
        path: Option<PathBuf>,
        /// Bytes read before the failure.
        offset: u64,
        /// What the system said.
        error: io::Error,
    },
}

impl ReadError {
    /// The same, of a reader that turned out to be this file.
    pub(crate) fn of(mut self, file: &Path) -> Self {
        if let ReadError::Read { path, .. } = &mut self {
            *path = Some(file.to_owned());
        }
        self
    }
}

fn place(path: Option<&Path>) -> String {
    path.map_or_else(String::new, |path| format!("{}: ", path.display()))
}

/// Hashes a reader to its end with several algorithms in one pass.
///
/// Interrupted reads are repeated; short reads are continued. Memory: one buffer of
/// [`BUFFER_LEN`] bytes.
///
/// # Errors
/// [`ReadError::Read`] with the offset of the failure, and [`ReadError::Cancelled`].
pub fn hash_reader(
    mut reader: impl Read,
    algorithms: &[Algorithm],
    observer: &dyn Observer,
) -> Result<Hashed, ReadError> {
    let mut set = HasherSet::new(algorithms);
    let mut buffer = vec![0; BUFFER_LEN];
    let mut bytes = 0u64;
    loop {
        if observer.is_cancelled() {
            return Err(ReadError::Cancelled);
        }
        let count = match reader.read(&mut buffer) {
            Ok(0) => return Ok(Hashed { bytes, values: set.finish() }),
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(ReadError::Read { path: None, offset: bytes, error }),
        };
        set.update(&buffer[..count]);
        bytes += count as u64;
        observer.advanced(count as u64);
    }
}

/// Hashes one file, read through the system's cache.
///
/// # Errors
/// As [`hash_reader`], and [`ReadError::Open`].
///
/// ```no_run
/// use mhl_hash::{Algorithm, hash_file};
///
/// let hashed = hash_file("A001C001.mxf".as_ref(), &[Algorithm::Xxh64], &())?;
/// println!("{} {} bytes", hashed.values[0], hashed.bytes);
/// # Ok::<(), mhl_hash::ReadError>(())
/// ```
pub fn hash_file(
    path: &Path,
    algorithms: &[Algorithm],
    observer: &dyn Observer,
) -> Result<Hashed, ReadError> {
    let file =
        device::open(path).map_err(|error| ReadError::Open { path: path.to_owned(), error })?;
    hash_reader(file, algorithms, observer).map_err(|error| error.of(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_leaves_no_trace_in_the_time_of_access() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let before = std::time::UNIX_EPOCH;
        let times = std::fs::FileTimes::new().set_accessed(before);
        file.as_file().set_times(times).unwrap();
        hash_file(file.path(), &[Algorithm::Md5], &()).unwrap();
        let paths = [file.path()];
        crate::hash_files(&paths, &crate::FilesOptions::new(&[Algorithm::Md5]), &());
        if cfg!(target_os = "linux") {
            assert_eq!(file.path().metadata().unwrap().accessed().unwrap(), before);
        }
    }

    /// One byte, then an interruption, then an error.
    struct Failing(u8);

    impl Read for Failing {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.0 += 1;
            match self.0 {
                1 => {
                    buffer[0] = b'a';
                    Ok(1)
                }
                2 => Err(io::ErrorKind::Interrupted.into()),
                _ => Err(io::Error::other("bad sector")),
            }
        }
    }

    #[test]
    fn a_read_error_keeps_its_offset_and_interruptions_are_repeated() {
        let error = hash_reader(Failing(0), &[Algorithm::Md5], &()).unwrap_err();
        assert_eq!(error.to_string(), "read failed at byte 1: bad sector");
    }

    #[test]
    fn an_absent_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("A001C001.mxf");
        let error = hash_file(&path, &[Algorithm::Md5], &()).unwrap_err();
        assert!(matches!(&error, ReadError::Open { path: named, .. } if *named == path));
        assert!(error.to_string().contains("A001C001.mxf"));
    }
}
