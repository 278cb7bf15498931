//! A folder of a real disk, by the calls of Unix.

mod file;
mod identity;
mod limits;
mod opening;
mod stat;
#[cfg(target_os = "linux")]
mod tape;

use std::{
    ffi::{OsStr, OsString},
    fs::File,
    io,
    os::{
        fd::{AsFd, BorrowedFd, OwnedFd},
        unix::ffi::{OsStrExt, OsStringExt},
    },
    path::{Path, PathBuf},
};

use rustix::{
    fs::{self, AtFlags, Dir, Mode, OFlags, RenameFlags},
    io::Errno,
};

pub(crate) use self::identity::{device_of, identity_at};
use self::{
    file::Opened,
    identity::file_system_of,
    opening::{in_folder, open_beneath, untouched},
    stat::{stat_of, timestamps},
};
use super::{
    open_files::patiently,
    volume::{Capacity, Kind, Lock, Modified, ReadFile, Stat, Take, Volume, WriteFile},
};
use crate::RelativePath;

/// A folder, held open: everything is resolved from here and never through a symbolic link.
#[derive(Debug)]
pub(crate) struct Disk {
    root: OwnedFd,
    path: PathBuf,
}

impl Disk {
    /// Opens a folder; the path itself may lead through symbolic links.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let path = path.canonicalize()?;
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let root = patiently(|| Ok(fs::open(&path, flags, Mode::empty())?))?;
        Ok(Disk { root, path })
    }

    /// Opens what stands at a path below the root.
    fn open_at(&self, path: &RelativePath, flags: OFlags) -> io::Result<OwnedFd> {
        Ok(open_beneath(self.root.as_fd(), path.as_str(), flags)?)
    }

    fn open_to_read(&self, path: &RelativePath) -> io::Result<File> {
        // Without NONBLOCK a FIFO that took a file's place would wait for a writer for ever.
        let flags = OFlags::RDONLY | OFlags::NONBLOCK;
        Ok(File::from(untouched(|more| {
            open_beneath(self.root.as_fd(), path.as_str(), flags | more)
        })?))
    }

    /// Runs a call on a path's folder and its last name.
    fn at<T>(
        &self,
        path: &RelativePath,
        call: impl FnOnce(BorrowedFd<'_>, &str) -> Result<T, Errno>,
    ) -> io::Result<T> {
        let (folder, name) = in_folder(path);
        let folder = patiently(|| self.folder_at(folder))?;
        Ok(call(self.fd_of(folder.as_ref()), name)?)
    }

    /// The same with two paths. Of those who wait for a file nobody holds one: neither folder is kept
    /// open while the other has to wait.
    fn at_both<T>(
        &self,
        from: &RelativePath,
        to: &RelativePath,
        call: impl FnOnce(BorrowedFd<'_>, &str, BorrowedFd<'_>, &str) -> Result<T, Errno>,
    ) -> io::Result<T> {
        let ((from, from_name), (to, to_name)) = (in_folder(from), in_folder(to));
        let (from, to) = patiently(|| match from == to {
            true => Ok((self.folder_at(from)?, None)),
            false => Ok((self.folder_at(from)?, Some(self.folder_at(to)?))),
        })?;
        let from_fd = self.fd_of(from.as_ref());
        let to_fd = to.as_ref().map_or(from_fd, |to| self.fd_of(to.as_ref()));
        Ok(call(from_fd, from_name, to_fd, to_name)?)
    }

    /// Opens a folder below the root, to resolve a name in it; nothing for the root itself.
    fn folder_at(&self, folder: Option<&str>) -> io::Result<Option<OwnedFd>> {
        let open = |folder| open_beneath(self.root.as_fd(), folder, OFlags::DIRECTORY);
        Ok(folder.map(open).transpose()?)
    }

    fn fd_of<'f>(&'f self, folder: Option<&'f OwnedFd>) -> BorrowedFd<'f> {
        folder.unwrap_or(&self.root).as_fd()
    }

    /// Opens a folder, for a moment: of those who wait for a file nobody holds one.
    fn folder(&self, folder: Option<&RelativePath>) -> io::Result<OwnedFd> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY;
        let open = |flags| match folder {
            Some(folder) => open_beneath(self.root.as_fd(), folder.as_str(), flags),
            None => fs::openat(&self.root, ".", flags | OFlags::CLOEXEC, Mode::empty()),
        };
        patiently(|| Ok(untouched(|more| open(flags | more))?))
    }
}

impl Disk {
    /// Locks the file that was opened at a path, if it still stands there: whoever held the lock until
    /// now may have removed it before it let go, and then it keeps nobody else out.
    fn lock_opened(&self, file: File, path: &RelativePath) -> io::Result<Option<Lock>> {
        let opened = stat_of(&fs::fstat(&file)?).identity;
        let lock = try_lock(file)?;
        match lock.as_ref().map(|_| self.stat(Some(path))).transpose()? {
            Some(there) if there.identity != opened => Err(io::ErrorKind::NotFound.into()),
            _ => Ok(lock),
        }
    }
}

impl Volume for Disk {
    fn root(&self) -> &Path {
        &self.path
    }

    fn below(&self, folder: &RelativePath) -> io::Result<Box<dyn Volume>> {
        let root = self.folder(Some(folder))?;
        Ok(Box::new(Disk { root, path: self.path.join(folder.as_str()) }))
    }

    fn device(&self) -> Option<String> {
        file_system_of(&self.root)
    }

    fn is_tape(&self) -> bool {
        mhl_hash::is_tape(&self.path)
    }

    #[cfg(target_os = "linux")]
    fn sync_all(&self) -> io::Result<()> {
        fs::syncfs(&self.root)?;
        // Where a tape is no longer known as one it is gone, which the next call tells.
        if self.is_tape() { tape::write_index(self.root.as_fd()) } else { Ok(()) }
    }

    #[cfg(not(target_os = "linux"))]
    fn sync_all(&self) -> io::Result<()> {
        fs::sync();
        Ok(())
    }

    fn is_still_there(&self) -> bool {
        match (fs::stat(&self.path), fs::fstat(&self.root)) {
            (Ok(now), Ok(then)) => (now.st_dev, now.st_ino) == (then.st_dev, then.st_ino),
            _ => false,
        }
    }

    fn capacity(&self) -> io::Result<Capacity> {
        limits::capacity(&self.root)
    }

    fn names(&self, folder: Option<&RelativePath>) -> io::Result<Vec<OsString>> {
        let mut names = Vec::new();
        for entry in Dir::new(self.folder(folder)?)? {
            let name = entry?.file_name().to_bytes().to_vec();
            if name != b"." && name != b".." {
                names.push(OsString::from_vec(name));
            }
        }
        Ok(names)
    }

    fn each_entry(&self, folder: Option<&RelativePath>, take: &mut Take<'_>) -> io::Result<()> {
        let mut folder = Dir::new(self.folder(folder)?)?;
        while let Some(entry) = folder.read() {
            let entry = entry?;
            let name = entry.file_name();
            if name.to_bytes() != b"." && name.to_bytes() != b".." {
                let stat = fs::statat(folder.fd()?, name, AtFlags::SYMLINK_NOFOLLOW);
                let stat = stat.as_ref().map(stat_of).map_err(|error| (*error).into());
                if take(OsStr::from_bytes(name.to_bytes()), stat).is_break() {
                    break;
                }
            }
        }
        Ok(())
    }

    fn stat(&self, path: Option<&RelativePath>) -> io::Result<Stat> {
        Ok(stat_of(&match path {
            Some(path) => {
                self.at(path, |folder, name| fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW))?
            }
            None => fs::fstat(&self.root)?,
        }))
    }

    fn open(&self, path: &RelativePath) -> io::Result<Box<dyn ReadFile>> {
        let file = self.open_to_read(path)?;
        let stat = stat_of(&fs::fstat(&file)?);
        if stat.kind != Kind::File {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
        }
        Ok(Box::new(Opened::to_read(file, stat)))
    }

    fn open_found(&self, path: &RelativePath, found: &Stat) -> io::Result<Box<dyn ReadFile>> {
        Ok(Box::new(Opened::to_read(self.open_to_read(path)?, *found)))
    }

    fn create(&self, path: &RelativePath) -> io::Result<Box<dyn WriteFile>> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL;
        Ok(Box::new(Opened::to_write(File::from(self.open_at(path, flags)?))))
    }

    fn create_folder(&self, path: &RelativePath) -> io::Result<()> {
        self.at(path, |folder, name| fs::mkdirat(folder, name, Mode::from_raw_mode(0o777)))
    }

    fn rename(&self, from: &RelativePath, to: &RelativePath) -> io::Result<()> {
        self.at_both(from, to, rename_without_replacing)
    }

    fn replace(&self, from: &RelativePath, to: &RelativePath) -> io::Result<()> {
        self.at_both(from, to, |from, from_name, to, to_name| {
            fs::renameat(from, from_name, to, to_name)
        })
    }

    fn remove(&self, path: &RelativePath) -> io::Result<()> {
        self.at(path, |folder, name| fs::unlinkat(folder, name, AtFlags::empty()))
    }

    fn remove_folder(&self, path: &RelativePath) -> io::Result<()> {
        self.at(path, |folder, name| fs::unlinkat(folder, name, AtFlags::REMOVEDIR))
    }

    fn set_folder_modified(&self, path: Option<&RelativePath>, time: Modified) -> io::Result<()> {
        Ok(fs::futimens(self.folder(path)?, &timestamps(time))?)
    }

    fn sync_folder(&self, folder: Option<&RelativePath>) -> io::Result<()> {
        // Which on Apple's systems also empties the drive's own cache.
        File::from(self.folder(folder)?).sync_all()
    }

    fn lock(&self, path: &RelativePath) -> io::Result<Option<Lock>> {
        let open = || self.open_at(path, OFlags::RDWR | OFlags::CREATE);
        self.lock_opened(File::from(patiently(open)?), path)
    }

    fn lock_folder(&self, folder: Option<&RelativePath>) -> io::Result<Option<Lock>> {
        try_lock(File::from(self.folder(folder)?))
    }
}

/// A file that is locked.
struct Locked(File);

impl Drop for Locked {
    /// A process that is being started has a duplicate of the file for a moment, and would hold the
    /// lock beyond a mere close.
    fn drop(&mut self) {
        let _ = self.0.unlock();
    }
}

fn try_lock(file: File) -> io::Result<Option<Lock>> {
    match file.try_lock() {
        Ok(()) => Ok(Some(Box::new(Locked(file)))),
        Err(std::fs::TryLockError::WouldBlock) => Ok(None),
        Err(std::fs::TryLockError::Error(error)) => Err(error),
    }
}

/// Renames without replacing; where the file system cannot, by link and unlink; where it has no links
/// either, such as LTFS and others over FUSE, after a look. Between that look and the rename only
/// somebody who ignores the lock on the place could put something there.
fn rename_without_replacing(
    from_folder: BorrowedFd<'_>,
    from: &str,
    to_folder: BorrowedFd<'_>,
    to: &str,
) -> Result<(), Errno> {
    match fs::renameat_with(from_folder, from, to_folder, to, RenameFlags::NOREPLACE) {
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {
            match fs::linkat(from_folder, from, to_folder, to, AtFlags::empty()) {
                Ok(()) => fs::unlinkat(from_folder, from, AtFlags::empty()),
                Err(Errno::PERM | Errno::NOSYS | Errno::NOTSUP) => {
                    match fs::statat(to_folder, to, AtFlags::SYMLINK_NOFOLLOW) {
                        Err(Errno::NOENT) => fs::renameat(from_folder, from, to_folder, to),
                        Err(error) => Err(error),
                        Ok(_) => Err(Errno::EXIST),
                    }
                }
                Err(error) => Err(error),
            }
        }
        result => result,
    }
}

#[cfg(test)]
mod tests;
