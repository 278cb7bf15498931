//! A tape under LTFS, told to keep what was written to it.

use std::{
    io,
    os::fd::{AsFd, BorrowedFd, OwnedFd},
};

use rustix::fs::{self, Mode, OFlags};

use crate::tree::open_files::patiently;

/// Has LTFS write its index, without which nothing that was written is found after a power cut. Neither
/// fsync(2) nor syncfs(2) does: the attribute does, set on the root of the file system.
///
/// # Errors
/// What the system says; that there is no such attribute means that the index is not written.
pub(super) fn write_index(folder: BorrowedFd<'_>) -> io::Result<()> {
    let root = root_of_file_system(folder)?;
    let flags = fs::XattrFlags::empty();
    fs::fsetxattr(&root, "user.ltfs.sync", b"1", flags).map_err(|error| {
        let error = io::Error::from(error);
        let note = format!("the tape was not told to write its index (user.ltfs.sync): {error}");
        io::Error::new(error.kind(), note)
    })
}

/// The outermost folder on the file system of a folder.
fn root_of_file_system(folder: BorrowedFd<'_>) -> io::Result<OwnedFd> {
    let open = |from: BorrowedFd<'_>, path| {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        patiently(|| Ok(fs::openat(from, path, flags, Mode::empty())?))
    };
    let mut root = open(folder, ".")?;
    loop {
        let around = open(root.as_fd(), "..")?;
        let (own, other) = (fs::fstat(&root)?, fs::fstat(&around)?);
        // The root of all is its own parent.
        if own.st_dev != other.st_dev || own.st_ino == other.st_ino {
            return Ok(root);
        }
        root = around;
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::*;

    #[test]
    fn a_file_system_that_keeps_no_such_attribute_is_no_tape_whose_index_was_written() {
        use std::os::unix::fs::MetadataExt;
        // What has attributes of a user keeps this one too, and is no tape: it is not asked there.
        let error = write_index(File::open("/proc/self").unwrap().as_fd()).unwrap_err();
        assert!(error.to_string().contains("user.ltfs.sync"), "{error}");
        let root = root_of_file_system(File::open("/proc/self/task").unwrap().as_fd()).unwrap();
        let proc = std::fs::metadata("/proc").unwrap();
        assert_eq!(fs::fstat(&root).unwrap().st_ino, proc.ino());
        let root = root_of_file_system(File::open("/").unwrap().as_fd()).unwrap();
        assert_eq!(fs::fstat(&root).unwrap().st_ino, std::fs::metadata("/").unwrap().ino());
    }
}
