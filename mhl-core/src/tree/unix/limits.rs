//! Room and limits of a file system.

use std::io;

use rustix::{fd::AsFd, fs};

use crate::tree::volume::{Capacity, NamesCount};

/// FAT keeps sizes in 32 bits (Microsoft's FAT specification, 1.03).
const FAT_FILE_MAX: u64 = u32::MAX as u64;
/// `f_type` of FAT under Linux.
const MSDOS_MAGIC: u64 = 0x4d44;
/// `f_type` under Linux of file systems whose names have 255 units of UTF-16: FAT, exFAT, NTFS by either
/// driver, HFS+.
const NAMES_OF_255_UNITS: [u64; 5] = [MSDOS_MAGIC, 0x2011_bab0, 0x7366_746e, 0x5346_544e, 0x482b];
/// FUSE, SMB2 and CIFS: what stands behind them may count bytes or UTF-16.
const NAMES_OF_ANY_UNITS: [u64; 3] = [0x6573_5546, 0xfe53_4d42, 0xff53_4d42];

/// Those of the file system under an open folder.
pub(super) fn capacity(folder: impl AsFd) -> io::Result<Capacity> {
    let room = fs::fstatvfs(&folder)?;
    // Signed on some systems.
    #[cfg(target_os = "linux")]
    let kind = fs::fstatfs(&folder)?.f_type as u64 & 0xffff_ffff;
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

#[cfg(test)]
mod tests {
    use super::*;

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
}
