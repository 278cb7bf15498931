//! A folder of a real disk, by the calls of Unix.

use std::{
    ffi::{OsStr, OsString},
    fs::File,
    io::{self, Read, Write},
    os::{
        fd::{AsFd, BorrowedFd, OwnedFd},
        unix::ffi::{OsStrExt, OsStringExt},
    },
    path::{Path, PathBuf},
};

use rustix::{
    fs::{self, AtFlags, Dir, FileType, Mode, OFlags, RawMode, RenameFlags, Timespec, Timestamps},
    io::Errno,
};

use super::{
    open_files::patiently,
    residency,
    volume::{
        Capacity, Kind, Lock, Modified, NamesCount, ReadFile, Residency, Special, Stat, Take,
        Volume, WriteFile,
    },
};
use crate::{CacheReason, RelativePath};

/// FAT keeps sizes in 32 bits (Microsoft's FAT specification, 1.03).
const FAT_FILE_MAX: u64 = u32::MAX as u64;
/// Leaves the time of access alone: a card stays as it was. The system admits it to a file's owner.
#[cfg(target_os = "linux")]
const UNTOUCHED: OFlags = OFlags::NOATIME;
#[cfg(not(target_os = "linux"))]
const UNTOUCHED: OFlags = OFlags::empty();
/// Bytes that the system reads ahead by itself: for a file of no more there is nothing to advise.
#[cfg(target_os = "linux")]
const SMALL: u64 = 128 << 10;
/// `f_type` of memory under Linux.
#[cfg(target_os = "linux")]
const TMPFS_MAGIC: u64 = 0x0102_1994;
/// `f_type` of FAT under Linux.
const MSDOS_MAGIC: u64 = 0x4d44;
/// `f_type` under Linux of file systems whose names have 255 units of UTF-16: FAT, exFAT, NTFS by either
/// driver, HFS+.
const NAMES_OF_255_UNITS: [u64; 5] = [MSDOS_MAGIC, 0x2011_bab0, 0x7366_746e, 0x5346_544e, 0x482b];
/// FUSE, SMB2 and CIFS: what stands behind them may count bytes or UTF-16.
const NAMES_OF_ANY_UNITS: [u64; 3] = [0x6573_5546, 0xfe53_4d42, 0xff53_4d42];

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

/// Opens what is to be read so that its time of access stays as it is, where the system admits that.
fn untouched(open: impl Fn(OFlags) -> Result<OwnedFd, Errno>) -> Result<OwnedFd, Errno> {
    match open(UNTOUCHED) {
        Err(Errno::PERM) => open(OFlags::empty()),
        opened => opened,
    }
}

/// Has LTFS write its index, without which nothing that was written is found after a power cut. Neither
/// fsync(2) nor syncfs(2) does: the attribute does, set on the root of the file system.
///
/// # Errors
/// What the system says; that there is no such attribute means that the index is not written.
#[cfg(target_os = "linux")]
fn write_index(folder: BorrowedFd<'_>) -> io::Result<()> {
    let root = root_of_file_system(folder)?;
    let flags = fs::XattrFlags::empty();
    fs::fsetxattr(&root, "user.ltfs.sync", b"1", flags).map_err(|error| {
        let error = io::Error::from(error);
        let note = format!("the tape was not told to write its index (user.ltfs.sync): {error}");
        io::Error::new(error.kind(), note)
    })
}

/// The outermost folder on the file system of a folder.
#[cfg(target_os = "linux")]
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

/// The longest name on a file system of a kind, which says that it takes so much. Linux says 255 of NTFS
/// and means units, and 1,530 of exFAT, whose 255 units may have as many bytes. Where it is not known what
/// is counted it is what refuses fewer names: one that is too long after all is refused when it is made.
fn longest_name(kind: u64, told: u64) -> (u64, NamesCount) {
    if NAMES_OF_255_UNITS.contains(&kind) {
        (told.min(255), NamesCount::Utf16)
    } else if NAMES_OF_ANY_UNITS.contains(&kind) {
        (told, NamesCount::Utf16)
    } else {
        (told, NamesCount::Bytes)
    }
}

/// The folder of a path below the root, unless it is the root itself, and its last name.
fn in_folder(path: &RelativePath) -> (Option<&str>, &str) {
    let path = path.as_str();
    path.rsplit_once('/').map_or((None, path), |(folder, name)| (Some(folder), name))
}

/// The number of the device that a path leads to.
pub(crate) fn device_of(path: &Path) -> Option<u64> {
    // Signed on some systems.
    #[allow(clippy::useless_conversion, clippy::unnecessary_fallible_conversions)]
    fs::stat(path).ok().and_then(|stat| u64::try_from(stat.st_dev).ok())
}

/// Opens a relative path without leaving the root, without following any symbolic link, and without
/// entering what is mounted below: bytes of another device are no part of this one.
fn open_beneath(root: BorrowedFd<'_>, path: &str, flags: OFlags) -> Result<OwnedFd, Errno> {
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

impl Volume for Disk {
    fn root(&self) -> &Path {
        &self.path
    }

    fn below(&self, folder: &RelativePath) -> io::Result<Box<dyn Volume>> {
        let root = self.folder(Some(folder))?;
        Ok(Box::new(Disk { root, path: self.path.join(folder.as_str()) }))
    }

    fn device(&self) -> Option<String> {
        let device: fs::Dev = fs::fstat(&self.root).ok()?.st_dev;
        Some(uuid_of(device).map_or_else(
            || format!("dev:{}:{}", fs::major(device), fs::minor(device)),
            |uuid| format!("fs:{uuid}"),
        ))
    }

    fn is_tape(&self) -> bool {
        mhl_hash::is_tape(&self.path)
    }

    #[cfg(target_os = "linux")]
    fn sync_all(&self) -> io::Result<()> {
        fs::syncfs(&self.root)?;
        // Where a tape is no longer known as one it is gone, which the next call tells.
        if self.is_tape() { write_index(self.root.as_fd()) } else { Ok(()) }
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
        let room = fs::fstatvfs(&self.root)?;
        // Signed on some systems.
        #[cfg(target_os = "linux")]
        let kind = fs::fstatfs(&self.root)?.f_type as u64 & 0xffff_ffff;
        #[cfg(not(target_os = "linux"))]
        let kind = 0;
        let (name_max, names_count) = longest_name(kind, room.f_namemax);
        Ok(Capacity {
            free: room.f_bavail.saturating_mul(room.f_frsize),
            name_max,
            names_count,
            file_max: if kind == MSDOS_MAGIC { FAT_FILE_MAX } else { u64::MAX },
        })
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
        Ok(Box::new(Opened { file: File::from(self.open_at(path, flags)?), stat: None }))
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

/// An open file, for reading or for writing.
struct Opened {
    file: File,
    /// What it was when it was opened for reading, or found before.
    stat: Option<Stat>,
}

impl Opened {
    fn to_read(file: File, stat: Stat) -> Self {
        #[cfg(target_os = "linux")]
        if stat.size > SMALL {
            let _ = fs::fadvise(&file, 0, None, fs::Advice::Sequential);
        }
        Opened { file, stat: Some(stat) }
    }
}

impl ReadFile for Opened {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.file.read(buffer)
    }

    fn stat(&self) -> io::Result<Stat> {
        Ok(stat_of(&fs::fstat(&self.file)?))
    }

    fn at_opening(&self) -> io::Result<Stat> {
        self.stat.map_or_else(|| self.stat(), Ok)
    }

    #[cfg(target_os = "linux")]
    fn is_in_cache(&self) -> Option<bool> {
        use rustix::io::{IoSliceMut, ReadWriteFlags, preadv2};

        let mut first = [0];
        let now =
            preadv2(&self.file, &mut [IoSliceMut::new(&mut first)], 0, ReadWriteFlags::NOWAIT);
        match now {
            Ok(_) => Some(true),
            Err(Errno::AGAIN) => Some(false),
            // It does not tell, and has nowhere else to keep them.
            Err(_) if fs::fstatfs(&self.file).is_ok_and(|of| of.f_type as u64 == TMPFS_MAGIC) => {
                Some(true)
            }
            Err(_) => None,
        }
    }

    #[cfg(target_os = "linux")]
    fn read_ahead(&self, bytes: u64) {
        // A mere hint: where it is refused the bytes come later.
        let bytes = self.stat.map_or(bytes, |stat| stat.size.min(bytes));
        let _ = fs::fadvise(&self.file, 0, std::num::NonZero::new(bytes), fs::Advice::WillNeed);
    }

    fn make_durable(&mut self) -> io::Result<()> {
        match self.file.sync_all() {
            // Some have no such call; and where nothing can be written nothing waits to be.
            Err(_) if is_read_only(&self.file) => Ok(()),
            result => result,
        }
    }

    fn drop_cache(&mut self) -> Residency {
        match self.file.metadata() {
            Ok(metadata) => residency::drop_and_measure(&self.file, metadata.len()),
            Err(_) => Residency::Unproven(CacheReason::NothingTold),
        }
    }
}

impl WriteFile for Opened {
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)
    }

    fn set_modified(&mut self, time: Modified) -> io::Result<()> {
        Ok(fs::futimens(&self.file, &timestamps(time))?)
    }

    fn set_mode(&mut self, mode: u16) -> io::Result<()> {
        Ok(fs::fchmod(&self.file, Mode::from_raw_mode(RawMode::from(mode)))?)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.file.sync_all()
    }
}

/// Whether a file's file system is mounted so that nobody can write to it.
fn is_read_only(file: &File) -> bool {
    fs::fstatvfs(file).is_ok_and(|room| room.f_flag.contains(fs::StatVfsMountFlags::RDONLY))
}

fn timestamps(time: Modified) -> Timestamps {
    Timestamps {
        last_access: Timespec { tv_sec: 0, tv_nsec: fs::UTIME_OMIT },
        last_modification: Timespec { tv_sec: time.seconds, tv_nsec: time.nanoseconds.into() },
    }
}

// Modes have 16 bits on Apple's systems.
#[allow(clippy::useless_conversion)]
fn stat_of(stat: &fs::Stat) -> Stat {
    let kind = match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile => Kind::File,
        FileType::Directory => Kind::Folder,
        FileType::Symlink => Kind::SymbolicLink,
        FileType::Fifo => Kind::Special(Special::Fifo),
        FileType::Socket => Kind::Special(Special::Socket),
        _ => Kind::Special(Special::Device),
    };
    Stat {
        kind,
        size: u64::try_from(stat.st_size).unwrap_or(0),
        modified: Modified {
            seconds: stat.st_mtime,
            nanoseconds: u32::try_from(stat.st_mtime_nsec).unwrap_or(0),
        },
        changed: changed_of(stat),
        mode: u16::try_from(stat.st_mode & 0o7777).unwrap_or(0),
        identity: identity_of(stat),
    }
}

/// The lower bits of the nanoseconds since 1970 at which anything changed last.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::unnecessary_cast)]
fn changed_of(stat: &fs::Stat) -> u32 {
    (stat.st_ctime as u32).wrapping_mul(1_000_000_000).wrapping_add(stat.st_ctime_nsec as u32)
}

/// What no other file of the machine has at the same time. Apple numbers its devices with a sign.
#[allow(clippy::cast_sign_loss, clippy::unnecessary_cast)]
fn identity_of(stat: &fs::Stat) -> (u64, u64) {
    (stat.st_dev as u64, stat.st_ino)
}

/// Where a folder stands: its identity and that of each folder around it. Symbolic links and second
/// mounts of one file system are seen through.
pub(crate) struct Whereabouts(Vec<(u64, u64)>);

impl Whereabouts {
    /// Of a folder that can be examined.
    pub(crate) fn of(folder: &Path) -> Option<Self> {
        let folder = folder.canonicalize().ok()?;
        let own = fs::stat(&folder).ok()?;
        let around = folder.ancestors().skip(1).filter_map(|folder| fs::stat(folder).ok());
        Some(Whereabouts([own].into_iter().chain(around).map(|stat| identity_of(&stat)).collect()))
    }

    /// Whether it is another folder or stands within it.
    pub(crate) fn is_within(&self, of: &Self) -> bool {
        of.0.first().is_some_and(|own| self.0.contains(own))
    }
}

/// The UUID of the file system on a block device, by the links that udev keeps.
fn uuid_of(device: fs::Dev) -> Option<String> {
    for link in std::fs::read_dir("/dev/disk/by-uuid").ok()?.flatten() {
        if fs::stat(link.path()).is_ok_and(|stat| stat.st_rdev == device) {
            return link.file_name().into_string().ok();
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn path(text: &str) -> RelativePath {
        RelativePath::new(text).unwrap()
    }

    #[test]
    fn a_lock_on_a_file_that_is_gone_keeps_nobody_out_and_is_none() {
        let root = tempfile::tempdir().unwrap();
        let disk = Disk::open(root.path()).unwrap();
        let lock = path("lock");
        for is_made_anew in [false, true] {
            let first = disk.lock(&lock).unwrap().unwrap();
            let opened = File::open(root.path().join("lock")).unwrap();
            // As whoever finishes does: removes it, then lets go.
            disk.remove(&lock).unwrap();
            drop(first);
            let third = is_made_anew.then(|| disk.lock(&lock).unwrap().unwrap());
            let second = disk.lock_opened(opened, &lock);
            assert_eq!(second.err().unwrap().kind(), io::ErrorKind::NotFound);
            drop(third);
        }
        assert!(disk.lock(&lock).unwrap().is_some());
    }

    #[test]
    fn a_name_is_as_long_as_its_file_system_counts() {
        const EXT4: u64 = 0xef53;
        const EXFAT: u64 = 0x2011_bab0;
        const FUSE: u64 = 0x6573_5546;
        assert_eq!(longest_name(EXT4, 255), (255, NamesCount::Bytes));
        assert_eq!(longest_name(MSDOS_MAGIC, 255), (255, NamesCount::Utf16));
        assert_eq!(longest_name(EXFAT, 1530), (255, NamesCount::Utf16));
        assert_eq!(longest_name(FUSE, 1024), (1024, NamesCount::Utf16));
        let [bytes, units] = [NamesCount::Bytes, NamesCount::Utf16].map(|count| count.of("撮影🎥"));
        assert_eq!((bytes, units), (10, 4));
    }

    #[test]
    fn row_44_and_45_no_symbolic_link_is_followed_anywhere_in_a_path() {
        let outside = tempfile::tempdir().unwrap();
        std::fs::write(outside.path().join("secret"), "x").unwrap();
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join("Clips")).unwrap();
        symlink(outside.path(), root.path().join("Clips/Out")).unwrap();
        symlink(outside.path().join("secret"), root.path().join("link")).unwrap();
        let disk = Disk::open(root.path()).unwrap();
        assert!(disk.open(&path("link")).is_err());
        assert!(disk.open(&path("Clips/Out/secret")).is_err());
        assert!(disk.stat(Some(&path("Clips/Out/secret"))).is_err());
        assert!(disk.names(Some(&path("Clips/Out"))).is_err());
        assert!(disk.create(&path("Clips/Out/new")).is_err());
        assert!(disk.create_folder(&path("Clips/Out/new")).is_err());
        assert!(disk.remove(&path("Clips/Out/secret")).is_err());
        assert_eq!(disk.stat(Some(&path("link"))).unwrap().kind, Kind::SymbolicLink);
        assert_eq!(std::fs::read_dir(outside.path()).unwrap().count(), 1);
    }

    #[test]
    fn row_47_a_fifo_is_neither_opened_nor_waited_for() {
        let root = tempfile::tempdir().unwrap();
        fs::mknodat(
            fs::CWD,
            root.path().join("pipe"),
            FileType::Fifo,
            Mode::from_raw_mode(0o600),
            0,
        )
        .unwrap();
        let disk = Disk::open(root.path()).unwrap();
        assert_eq!(disk.stat(Some(&path("pipe"))).unwrap().kind, Kind::Special(Special::Fifo));
        assert!(disk.open(&path("pipe")).is_err());
    }

    #[test]
    fn asking_for_the_cache_takes_nothing_from_the_reading() {
        let root = tempfile::tempdir().unwrap();
        std::fs::write(root.path().join("clip"), "clip").unwrap();
        let mut file = Disk::open(root.path()).unwrap().open(&path("clip")).unwrap();
        assert_ne!(file.is_in_cache(), Some(false), "it was just written");
        let mut buffer = [0; 8];
        assert_eq!(file.read(&mut buffer).unwrap(), 4);
        assert_eq!(&buffer[..4], b"clip");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn memory_is_a_cache_of_its_own() {
        let Ok(root) = tempfile::tempdir_in("/dev/shm") else {
            println!("skipped: there is no /dev/shm");
            return;
        };
        std::fs::write(root.path().join("clip"), "clip").unwrap();
        let file = Disk::open(root.path()).unwrap().open(&path("clip")).unwrap();
        assert_eq!(file.is_in_cache(), Some(true));
    }

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

    #[cfg(target_os = "linux")]
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

    #[test]
    fn nothing_is_ever_replaced() {
        let root = tempfile::tempdir().unwrap();
        std::fs::write(root.path().join("new"), "new").unwrap();
        std::fs::write(root.path().join("old"), "old").unwrap();
        let disk = Disk::open(root.path()).unwrap();
        let error = disk.rename(&path("new"), &path("old")).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert!(disk.create(&path("old")).is_err());
        assert_eq!(std::fs::read(root.path().join("old")).unwrap(), b"old");
        assert_eq!(std::fs::read(root.path().join("new")).unwrap(), b"new");
    }

    #[test]
    fn a_file_gets_a_name_in_another_folder() {
        let root = tempfile::tempdir().unwrap();
        let disk = Disk::open(root.path()).unwrap();
        std::fs::create_dir_all(root.path().join("Clips/Sound")).unwrap();
        std::fs::write(root.path().join("new"), "new").unwrap();
        disk.rename(&path("new"), &path("Clips/new")).unwrap();
        disk.rename(&path("Clips/new"), &path("Clips/Sound/new")).unwrap();
        disk.replace(&path("Clips/Sound/new"), &path("Clips/Sound/old")).unwrap();
        disk.replace(&path("Clips/Sound/old"), &path("old")).unwrap();
        assert_eq!(std::fs::read(root.path().join("old")).unwrap(), b"new");
        assert_eq!(std::fs::read_dir(root.path().join("Clips/Sound")).unwrap().count(), 0);
    }

    #[test]
    fn a_second_lock_is_refused_until_the_first_ends() {
        let root = tempfile::tempdir().unwrap();
        let disk = Disk::open(root.path()).unwrap();
        let first = disk.lock(&path("lock")).unwrap();
        assert!(first.is_some());
        assert!(disk.lock(&path("lock")).unwrap().is_none());
        drop(first);
        assert!(disk.lock(&path("lock")).unwrap().is_some());
    }

    #[test]
    fn a_lock_ends_while_a_duplicate_of_its_file_is_open() {
        let root = tempfile::tempdir().unwrap();
        let disk = Disk::open(root.path()).unwrap();
        let file = File::create(root.path().join("lock")).unwrap();
        let _duplicate = file.try_clone().unwrap();
        drop(try_lock(file).unwrap().unwrap());
        assert!(disk.lock(&path("lock")).unwrap().is_some());
    }

    #[test]
    fn a_root_that_was_moved_away_is_noticed() {
        let parent = tempfile::tempdir().unwrap();
        let root = parent.path().join("drive");
        std::fs::create_dir(&root).unwrap();
        let disk = Disk::open(&root).unwrap();
        assert!(disk.is_still_there());
        std::fs::rename(&root, parent.path().join("away")).unwrap();
        assert!(!disk.is_still_there());
        std::fs::create_dir(&root).unwrap();
        assert!(!disk.is_still_there(), "another folder at the same path");
    }
}
