//! How much of a file the page cache holds.
#![allow(unsafe_code)]

use std::fs::File;
#[cfg(target_os = "linux")]
use std::{
    os::fd::AsRawFd,
    path::{Path, PathBuf},
    ptr,
};

use super::volume::Residency;
use crate::CacheReason;

/// Bytes mapped at a time: 1 GiB needs 256 KiB for the answer.
#[cfg(target_os = "linux")]
const WINDOW: u64 = 1 << 30;

/// File systems that keep files in memory by their pages alone, by `f_type` of statfs(2): XFS, FAT,
/// exFAT, HFS and HFS+, ISO 9660, JFS.
///
/// Elsewhere an empty page cache proves nothing: tmpfs is memory itself, FUSE and ZFS keep caches
/// of their own, overlays stand on something else.
#[cfg(target_os = "linux")]
const CACHED_BY_PAGES_ALONE: [u64; 7] =
    [0x5846_5342, 0x4d44, 0x2011_bab0, 0x4244, 0x482b, 0x9660, 0x3153_464a];
/// Those that may write a small file within the metadata that describe it, which are cached
/// elsewhere: ext2 to ext4, Btrfs, F2FS, NTFS by either driver, UDF.
#[cfg(target_os = "linux")]
const MAY_BE_INLINE: [u64; 6] =
    [0xef53, 0x9123_683e, 0xf2f5_2010, 0x7366_746e, 0x5346_544e, 0x1501_3346];
/// No file system writes larger files within its metadata: those end with a block of theirs.
#[cfg(target_os = "linux")]
const LARGEST_INLINE: u64 = 1 << 16;
/// NFS, SMB2, CIFS, Ceph, AFS, 9P: the server's memory is out of sight.
#[cfg(target_os = "linux")]
const NETWORK: [u64; 6] = [0x6969, 0xfe53_4d42, 0xff53_4d42, 0x00c3_6400, 0x6b41_4653, 0x0102_1997];

/// Asks the system to forget a file's pages, then counts what stayed.
///
/// `POSIX_FADV_DONTNEED` is advice: dirty pages, tmpfs and other mappings keep theirs. Only the
/// count is believed. To a reader who neither owns the file nor may write it the kernel answers
/// "resident", which proves nothing and is reported so.
#[cfg(target_os = "linux")]
pub(super) fn drop_and_measure(file: &File, len: u64) -> Residency {
    // As f_type is signed on some systems, its bits are compared.
    let Ok(kind) = rustix::fs::fstatfs(file).map(|fs| fs.f_type as u64 & 0xffff_ffff) else {
        return Residency::Unproven(CacheReason::NothingTold);
    };
    if NETWORK.contains(&kind) {
        return Residency::Unproven(CacheReason::NetworkShare);
    }
    let may_be_inline = MAY_BE_INLINE.contains(&kind);
    if !may_be_inline && !CACHED_BY_PAGES_ALONE.contains(&kind) {
        return Residency::Unproven(CacheReason::OwnMemory);
    }
    if let Some(why) = device_in_memory(file) {
        return Residency::Unproven(why);
    }
    // Dirty pages cannot be dropped; a read-only medium refuses and has none.
    let _ = rustix::fs::fsync(file);
    if rustix::fs::fadvise(file, 0, None, rustix::fs::Advice::DontNeed).is_err() {
        return Residency::Unproven(CacheReason::DropRefused);
    }
    // Only what was written out has a place.
    if may_be_inline && (1..=LARGEST_INLINE).contains(&len) {
        match is_inline(file) {
            Some(false) => {}
            Some(true) => return Residency::Unproven(CacheReason::WithinMetadata),
            None => return Residency::Unproven(CacheReason::PerhapsWithinMetadata),
        }
    }
    match pages_left(file, len) {
        None => Residency::Absent,
        Some(why) => Residency::Unproven(why),
    }
}

/// Why it is not proven that the cache holds no page of a file; `None` when it is.
#[cfg(target_os = "linux")]
fn pages_left(file: &File, len: u64) -> Option<CacheReason> {
    let page = rustix::param::page_size() as u64;
    let mut offset = 0;
    while offset < len {
        let window = WINDOW.min(len - offset);
        match resident_pages(file, offset, window, page) {
            Some(0) => offset += window,
            Some(_) if !is_told(file) => return Some(CacheReason::NotTheOwner),
            Some(_) => return Some(CacheReason::PagesStayed),
            None => return Some(CacheReason::CacheNotTold),
        }
    }
    None
}

/// Whether the kernel tells this process of a file's pages: since Linux 5.2 only whom the file belongs
/// to, or who may write to it, and others hear that all are resident.
#[cfg(target_os = "linux")]
fn is_told(file: &File) -> bool {
    use rustix::fs::{Access, AtFlags, CWD};

    let own = rustix::process::geteuid();
    let is_owner = rustix::fs::fstat(file).is_ok_and(|stat| stat.st_uid == own.as_raw());
    let path = format!("/proc/self/fd/{}", file.as_raw_fd());
    let may_write = || rustix::fs::accessat(CWD, &*path, Access::WRITE_OK, AtFlags::EACCESS);
    is_owner || own.is_root() || may_write().is_ok()
}

/// Why what the device of a file gives may come from memory after all; `None` for any other device,
/// and for file systems whose device has no number of its own (Btrfs).
#[cfg(target_os = "linux")]
fn device_in_memory(file: &File) -> Option<CacheReason> {
    let device: rustix::fs::Dev = match rustix::fs::fstat(file) {
        Ok(stat) => stat.st_dev,
        Err(_) => return Some(CacheReason::NothingTold),
    };
    let (major, minor) = (rustix::fs::major(device), rustix::fs::minor(device));
    device_named(&PathBuf::from(format!("/sys/dev/block/{major}:{minor}")), 0)
}

/// The same of a device by its folder in sysfs; `depth` devices stand on it.
#[cfg(target_os = "linux")]
fn device_named(device: &Path, depth: u32) -> Option<CacheReason> {
    const LAYERS: u32 = 8;
    let link = std::fs::read_link(device).ok()?;
    let name = link.file_name()?.to_str()?;
    if name.starts_with("ram") || name.starts_with("zram") {
        return Some(CacheReason::DeviceIsMemory);
    }
    if name.starts_with("loop") {
        // Of a partition the folder is one further up. As the system reads the file past its cache,
        // the device is that of the file: tmpfs and its like cannot.
        let direct = ["loop/dio", "../loop/dio"].map(|to| std::fs::read_to_string(device.join(to)));
        return match direct.into_iter().find_map(Result::ok) {
            Some(direct) if direct.trim() == "1" => None,
            _ => Some(CacheReason::DeviceIsAFile),
        };
    }
    // Encrypted, joined and mirrored devices stand on others.
    if !(name.starts_with("dm-") || name.starts_with("md")) {
        return None;
    }
    let folders = [device.join("slaves"), device.join("../slaves")];
    let Some(below) = folders.iter().find_map(|folder| std::fs::read_dir(folder).ok()) else {
        return Some(CacheReason::DeviceBelow);
    };
    if depth == LAYERS {
        return Some(CacheReason::DeviceBelow);
    }
    below.flatten().find_map(|below| device_named(&below.path(), depth + 1))
}

/// Whether a file's data stand within its metadata; `None` where the file system does not tell.
///
/// The layout of the call is that of `linux/fiemap.h`.
#[cfg(target_os = "linux")]
fn is_inline(file: &File) -> Option<bool> {
    #[repr(C)]
    struct Extent {
        logical: u64,
        physical: u64,
        length: u64,
        reserved: [u64; 2],
        flags: u32,
        reserved_too: [u32; 3],
    }
    #[repr(C)]
    struct Map {
        start: u64,
        length: u64,
        flags: u32,
        mapped: u32,
        capacity: u32,
        reserved: u32,
        /// As many as a small file has pages, and some.
        extents: [Extent; 32],
    }
    // _IOWR('f', 11, struct fiemap), whose size is that without extents.
    const FIEMAP: u32 = 0xc020_660b;
    const DATA_INLINE: u32 = 0x200;
    const LAST: u32 = 0x1;
    // SAFETY: numbers alone, for which zeros are values.
    let mut map: Map = unsafe { std::mem::zeroed() };
    map.length = u64::MAX;
    map.capacity = 32;
    // SAFETY: the descriptor is open for the whole call, which writes no more than the `capacity`
    // extents that the map has room for.
    let result = unsafe { libc::ioctl(file.as_raw_fd(), FIEMAP as _, &raw mut map) };
    if result != 0 {
        return None;
    }
    let extents = map.extents.get(..usize::try_from(map.mapped).ok()?)?;
    match extents.last() {
        // A hole from end to end is read from nowhere.
        None => Some(false),
        Some(last) if last.flags & LAST == 0 => None,
        Some(_) => Some(extents.iter().any(|extent| extent.flags & DATA_INLINE != 0)),
    }
}

/// No measure is known to this crate here.
#[cfg(not(target_os = "linux"))]
pub(super) fn drop_and_measure(_file: &File, _len: u64) -> Residency {
    Residency::Unproven(CacheReason::NotMeasured)
}

/// Pages of `file[offset..offset + len]` in the cache; `None` when the system does not tell.
#[cfg(target_os = "linux")]
fn resident_pages(file: &File, offset: u64, len: u64, page: u64) -> Option<usize> {
    let len = usize::try_from(len).ok()?;
    let offset = libc::off_t::try_from(offset).ok()?;
    let mut answer = vec![0u8; len.div_ceil(usize::try_from(page).ok()?)];
    // SAFETY: a new mapping at an address of the kernel's choice aliases nothing of ours; the file
    // descriptor is open for the whole call. PROT_NONE: its pages are never touched, so a file
    // that shrinks meanwhile cannot raise SIGBUS.
    let address = unsafe {
        libc::mmap(
            ptr::null_mut(),
            len,
            libc::PROT_NONE,
            libc::MAP_SHARED,
            file.as_raw_fd(),
            offset,
        )
    };
    if address == libc::MAP_FAILED {
        return None;
    }
    // SAFETY: `address` is the start of a mapping of `len` bytes made above, and `answer` holds one
    // byte for each of its pages, which is what the call writes.
    let result = unsafe { libc::mincore(address, len, answer.as_mut_ptr()) };
    // SAFETY: exactly the mapping made above, which nothing refers to any more.
    unsafe { libc::munmap(address, len) };
    (result == 0).then(|| answer.iter().filter(|byte| **byte & 1 != 0).count())
}

#[cfg(test)]
#[cfg(target_os = "linux")]
pub(crate) mod tests {
    use std::{
        io::{Read, Write},
        os::unix::fs::PermissionsExt,
    };

    use super::*;

    /// Keeps a file's pages in the cache, which cannot drop what a process has in its memory.
    pub(crate) struct Kept(*mut libc::c_void, usize);

    impl Kept {
        pub(crate) fn of(path: &Path) -> Self {
            let file = File::open(path).unwrap();
            let len = usize::try_from(file.metadata().unwrap().len()).unwrap();
            let (read, shared) = (libc::PROT_READ, libc::MAP_SHARED | libc::MAP_POPULATE);
            // SAFETY: a new mapping at an address of the kernel's choice, of which nothing is read here.
            let address =
                unsafe { libc::mmap(ptr::null_mut(), len, read, shared, file.as_raw_fd(), 0) };
            assert_ne!(address, libc::MAP_FAILED);
            Kept(address, len)
        }
    }

    impl Drop for Kept {
        fn drop(&mut self) {
            // SAFETY: exactly the mapping made above, which nothing refers to.
            unsafe { libc::munmap(self.0, self.1) };
        }
    }

    fn resident(file: &File, len: u64) -> usize {
        resident_pages(file, 0, len, rustix::param::page_size() as u64).unwrap()
    }

    #[test]
    fn what_was_just_written_is_resident_and_a_dropped_file_is_not() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&vec![7; 1 << 20]).unwrap();
        assert!(resident(&file, 1 << 20) > 0, "freshly written pages are in the cache");
        match drop_and_measure(&file, 1 << 20) {
            Residency::Absent => assert_eq!(resident(&file, 1 << 20), 0),
            // On tmpfs the cache is the medium, and the measure has to say so.
            Residency::Unproven(_) => assert!(resident(&file, 1 << 20) > 0),
        }
    }

    #[test]
    fn a_file_that_was_read_again_is_resident_again() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(&vec![7; 1 << 20]).unwrap();
        drop_and_measure(file.as_file(), 1 << 20);
        std::fs::File::open(file.path()).unwrap().read_to_end(&mut Vec::new()).unwrap();
        assert!(resident(file.as_file(), 1 << 20) > 0);
    }

    #[test]
    fn who_is_told_nothing_of_a_file_is_told_that() {
        let (file, path) = tempfile::NamedTempFile::new().unwrap().keep().unwrap();
        (&file).write_all(&[7; 10_000]).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        let kept = Kept::of(&path);
        assert_eq!(pages_left(&file, 10_000), Some(CacheReason::PagesStayed));
        if !rustix::process::geteuid().is_root() {
            println!("skipped: only root can be somebody else");
            return;
        }
        let seen = std::thread::scope(|scope| {
            let as_nobody = || {
                const NOBODY: libc::c_long = 65534;
                // SAFETY: it takes numbers alone, and changes nothing but who this thread is.
                let result = unsafe { libc::syscall(libc::SYS_setresuid, -1, NOBODY, -1) };
                assert_eq!(result, 0);
                pages_left(&File::open(&path).unwrap(), 10_000)
            };
            scope.spawn(as_nobody).join().unwrap()
        });
        drop(kept);
        std::fs::remove_file(&path).unwrap();
        assert_eq!(seen, Some(CacheReason::NotTheOwner));
    }

    #[test]
    fn an_empty_file_has_no_page() {
        let file = tempfile::tempfile().unwrap();
        match drop_and_measure(&file, 0) {
            Residency::Absent => {}
            // What tmpfs and its like say of any file.
            Residency::Unproven(why) => assert_eq!(why, CacheReason::OwnMemory),
        }
    }
}
