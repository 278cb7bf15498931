//! How much of a file the page cache holds.
#![allow(unsafe_code)]

use std::fs::File;
#[cfg(target_os = "linux")]
use std::{os::fd::AsRawFd, ptr};

use super::volume::Residency;

/// Bytes mapped at a time: 1 GiB needs 256 KiB for the answer.
#[cfg(target_os = "linux")]
const WINDOW: u64 = 1 << 30;

/// File systems whose files the page cache alone keeps in memory, by `f_type` of statfs(2): ext2
/// to ext4, XFS, Btrfs, F2FS, FAT, exFAT, NTFS, HFS and HFS+, UDF, ISO 9660, JFS.
///
/// Elsewhere an empty page cache proves nothing: tmpfs is memory itself, FUSE and ZFS keep caches
/// of their own, overlays stand on something else.
#[cfg(target_os = "linux")]
const CACHED_BY_PAGES_ALONE: [u64; 13] = [
    0xef53,
    0x5846_5342,
    0x9123_683e,
    0xf2f5_2010,
    0x4d44,
    0x2011_bab0,
    0x7366_746e,
    0x5346_544e,
    0x4244,
    0x482b,
    0x1501_3346,
    0x9660,
    0x3153_464a,
];
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
        return Residency::Unproven("the system did not tell its kind of file system");
    };
    if NETWORK.contains(&kind) {
        return Residency::Unproven("a network share: at best its client's cache is passed");
    }
    if !CACHED_BY_PAGES_ALONE.contains(&kind) {
        return Residency::Unproven("this kind of file system may keep data in memory of its own");
    }
    // Dirty pages cannot be dropped; a read-only medium refuses and has none.
    let _ = rustix::fs::fsync(file);
    if rustix::fs::fadvise(file, 0, None, rustix::fs::Advice::DontNeed).is_err() {
        return Residency::Unproven("the system refused to drop its pages");
    }
    let page = rustix::param::page_size() as u64;
    let mut offset = 0;
    while offset < len {
        let window = WINDOW.min(len - offset);
        match resident_pages(file, offset, window, page) {
            Some(0) => offset += window,
            Some(_) => return Residency::Unproven("pages stayed in the system's cache"),
            None => return Residency::Unproven("the system did not tell what its cache holds"),
        }
    }
    Residency::Absent
}

/// No measure is known to this crate here.
#[cfg(not(target_os = "linux"))]
pub(super) fn drop_and_measure(_file: &File, _len: u64) -> Residency {
    Residency::Unproven("residency is measured on Linux only")
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
mod tests {
    use std::io::{Read, Write};

    use super::*;

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
    fn an_empty_file_has_no_page() {
        let file = tempfile::tempfile().unwrap();
        match drop_and_measure(&file, 0) {
            Residency::Absent => {}
            // What tmpfs and its like say of any file.
            Residency::Unproven(why) => assert!(why.contains("kind of file system"), "{why}"),
        }
    }
}
