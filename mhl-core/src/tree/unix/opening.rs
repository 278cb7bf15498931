//! Names resolved from an open folder, and never through a symbolic link.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::{
    fs::{self, Mode, OFlags},
    io::Errno,
};

use crate::RelativePath;

/// Leaves the time of access alone: a card stays as it was. The system admits it to a file's owner.
#[cfg(target_os = "linux")]
const UNTOUCHED: OFlags = OFlags::NOATIME;
#[cfg(not(target_os = "linux"))]
const UNTOUCHED: OFlags = OFlags::empty();

/// Opens what is to be read so that its time of access stays as it is, where the system admits that.
pub(super) fn untouched(open: impl Fn(OFlags) -> Result<OwnedFd, Errno>) -> Result<OwnedFd, Errno> {
    match open(UNTOUCHED) {
        Err(Errno::PERM) => open(OFlags::empty()),
        opened => opened,
    }
}

/// The folder of a path below the root, unless it is the root itself, and its last name.
pub(super) fn in_folder(path: &RelativePath) -> (Option<&str>, &str) {
    let path = path.as_str();
    path.rsplit_once('/').map_or((None, path), |(folder, name)| (Some(folder), name))
}

/// Opens a relative path without leaving the root, without following any symbolic link, and without
/// entering what is mounted below: bytes of another device are no part of this one.
pub(super) fn open_beneath(
    root: BorrowedFd<'_>,
    path: &str,
    flags: OFlags,
) -> Result<OwnedFd, Errno> {
    let flags = flags | OFlags::CLOEXEC | OFlags::NOFOLLOW;
    let mode =
        if flags.contains(OFlags::CREATE) { Mode::from_raw_mode(0o666) } else { Mode::empty() };
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::ResolveFlags;
        let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_XDEV;
        match fs::openat2(root, path, flags, mode, resolve) {
            // It may be somebody else's, whose time of access is not ours to keep.
            Err(Errno::PERM) if flags.contains(UNTOUCHED) => return Err(Errno::PERM),
            // Before Linux 5.6, or kept back by a sandbox.
            Err(Errno::NOSYS | Errno::PERM) => {}
            result => return result,
        }
    }
    let Some((folders, name)) = path.rsplit_once('/') else {
        return fs::openat(root, path, flags, mode);
    };
    let step = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let mut at: Option<OwnedFd> = None;
    for folder in folders.split('/') {
        let from = at.as_ref().map_or(root, AsFd::as_fd);
        at = Some(fs::openat(from, folder, step, Mode::empty())?);
    }
    fs::openat(at.as_ref().map_or(root, AsFd::as_fd), name, flags, mode)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn where_a_time_of_access_is_not_ours_to_keep_the_file_is_read_all_the_same() {
        let of = |flags: OFlags| match flags.contains(UNTOUCHED) {
            true => Err(Errno::PERM),
            false => fs::open("/dev/null", OFlags::RDONLY, Mode::empty()),
        };
        assert!(untouched(of).is_ok());
        assert_eq!(untouched(|_| Err(Errno::PERM)).err(), Some(Errno::PERM));
        assert_eq!(untouched(|_| Err(Errno::NOENT)).err(), Some(Errno::NOENT));
    }
}
