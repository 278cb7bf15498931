//! A list at a path of the caller's, whole or not at all.

use std::{
    fmt,
    io::{self, Write},
    path::{Path, PathBuf},
};

use mhl_hash::HashValue;

use crate::{
    RelativePath,
    tree::{
        Disk,
        durable::{Unfinished, Unpublished},
    },
};

/// The file of a list that is being written. It gets its name when it is whole and durable, and
/// replaces nothing; dropped before, nothing is left of it.
///
/// ```
/// use mhl_core::{Format, Header, ListFile, ManifestWriter};
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("A001.mhl");
/// let list = ManifestWriter::new(ListFile::create(&path)?, &Header::new(Format::Classic))?;
/// let file = list.finish(&[])?;
/// assert!(!path.exists());
/// let c4 = file.publish()?;
/// assert!(path.exists() && c4.to_string().starts_with("c4"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct ListFile {
    path: PathBuf,
    file: Unfinished<Disk>,
}

impl ListFile {
    /// Begins a file: under the name `.list.mhl-part` in the folder where it is going to stand.
    ///
    /// # Errors
    /// When the path has no name that a list can have, something stands there or under the unfinished
    /// name, or the folder cannot be written to.
    pub fn create(path: &Path) -> io::Result<Self> {
        let name = path.file_name().and_then(|name| name.to_str());
        let name = name.and_then(|name| RelativePath::new(name).ok());
        let name = name.ok_or_else(|| {
            let note = "the path ends with no name of UTF-8 that a file can have";
            io::Error::new(io::ErrorKind::InvalidInput, note)
        })?;
        if path.symlink_metadata().is_ok() {
            let note = "something stands there, and nothing is replaced";
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, note));
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let disk = Disk::open(folder.unwrap_or(Path::new(".")))?;
        Ok(ListFile { path: path.to_owned(), file: Unfinished::begin(disk, name)? })
    }

    /// Makes the list durable, gives it its name, and reads it back. Tells the C4 of its bytes.
    ///
    /// # Errors
    /// [`PublishError`]: when something stands at the path by now, and when the disk fails.
    pub fn publish(self) -> Result<HashValue, PublishError> {
        let ListFile { path, file } = self;
        file.publish().map_err(|error| match error {
            Unpublished::Unchanged(error) => PublishError { path, stands: false, error },
            Unpublished::Unproven { error, .. } => PublishError { path, stands: true, error },
        })
    }
}

impl Write for ListFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl fmt::Debug for ListFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ListFile").field("path", &self.path).finish_non_exhaustive()
    }
}

/// Why a list did not get its name.
#[derive(Debug, thiserror::Error)]
#[error("{}: {}: {error}", path.display(), if *stands {
    "it stands there, and is not proven to stay"
} else {
    "nothing was written"
})]
#[non_exhaustive]
pub struct PublishError {
    /// Where it was to stand.
    pub path: PathBuf,
    /// The list stands there, or may, and a power cut could take it away again; otherwise nothing of
    /// it is left.
    pub stands: bool,
    /// What the system said.
    pub error: io::Error,
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_list_stands_there_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("A001.mhl");
        let names = || fs::read_dir(folder.path()).unwrap().count();
        let mut file = ListFile::create(&path).unwrap();
        file.write_all(b"half").unwrap();
        assert_eq!(names(), 1);
        drop(file);
        assert_eq!(names(), 0);

        let mut file = ListFile::create(&path).unwrap();
        let second = ListFile::create(&folder.path().join("other.mhl"));
        assert_eq!(second.unwrap_err().kind(), io::ErrorKind::AlreadyExists, "one at a time");
        file.write_all(b"whole").unwrap();
        file.publish().unwrap();
        assert_eq!((names(), fs::read(&path).unwrap().as_slice()), (1, &b"whole"[..]));

        assert_eq!(ListFile::create(&path).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        let other = folder.path().join("other.mhl");
        let file = ListFile::create(&other).unwrap();
        fs::write(&other, "somebody else's").unwrap();
        let error = file.publish().unwrap_err();
        assert!(!error.stands, "{error}");
        assert_eq!(fs::read(&other).unwrap(), b"somebody else's");
        assert_eq!(names(), 2, "nothing is left of it");
        assert!(ListFile::create(&folder.path().join("..")).is_err());
        assert!(ListFile::create(&folder.path().join("absent/a.mhl")).is_err());
    }
}
