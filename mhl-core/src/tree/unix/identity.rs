//! Which device it is, and where a folder stands.
#![allow(unsafe_code)]

#[cfg(target_os = "linux")]
use std::os::fd::AsRawFd;
use std::path::Path;

use rustix::{fd::AsFd, fs};

use super::stat::identity_of;

/// The number of the device that a path leads to.
pub(crate) fn device_of(path: &Path) -> Option<u64> {
    // Signed on some systems.
    #[allow(clippy::useless_conversion, clippy::unnecessary_fallible_conversions)]
    fs::stat(path).ok().and_then(|stat| u64::try_from(stat.st_dev).ok())
}

/// Identity of the file system under an open folder, `fs:UUID` or `dev:MAJOR:MINOR`.
pub(super) fn file_system_of(folder: impl AsFd) -> Option<String> {
    #[cfg(target_os = "linux")]
    if let Some(uuid) = btrfs_uuid(&folder) {
        return Some(format!("fs:{uuid}"));
    }
    let device: fs::Dev = fs::fstat(folder).ok()?.st_dev;
    Some(uuid_of(device).map_or_else(
        || format!("dev:{}:{}", fs::major(device), fs::minor(device)),
        |uuid| format!("fs:{uuid}"),
    ))
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

/// The UUID of a Btrfs: each of its subvolumes has a device number of its own that stands for no device, and
/// all of them are lost together.
///
/// The layout of the call is that of `linux/btrfs.h`.
#[cfg(target_os = "linux")]
fn btrfs_uuid(folder: impl AsFd) -> Option<String> {
    const BTRFS_MAGIC: u64 = 0x9123_683e;
    // _IOR(0x94, 31, struct btrfs_ioctl_fs_info_args), whose size is 1024.
    const FS_INFO: u32 = 0x8400_941f;
    #[repr(C)]
    struct Info {
        max_id: u64,
        devices: u64,
        uuid: [u8; 16],
        others: [u8; 992],
    }
    const _: () = assert!(size_of::<Info>() == 1024);
    // Elsewhere the number may mean another call.
    if fs::fstatfs(&folder).ok()?.f_type as u64 & 0xffff_ffff != BTRFS_MAGIC {
        return None;
    }
    let mut info = Info { max_id: 0, devices: 0, uuid: [0; 16], others: [0; 992] };
    let folder = folder.as_fd().as_raw_fd();
    // SAFETY: the descriptor is open for the whole call, which writes no more than the 1024 bytes of
    // `info`, numbers alone.
    let result = unsafe { libc::ioctl(folder, FS_INFO as _, &raw mut info) };
    (result == 0).then(|| spelled(info.uuid))
}

/// A UUID as udev and others spell it.
#[cfg(target_os = "linux")]
fn spelled(uuid: [u8; 16]) -> String {
    let hex = format!("{:032x}", u128::from_be_bytes(uuid));
    let mut spelled = String::with_capacity(36);
    for (place, digit) in hex.chars().enumerate() {
        if [8, 12, 16, 20].contains(&place) {
            spelled.push('-');
        }
        spelled.push(digit);
    }
    spelled
}

/// What no other file has that a path leads to, as [`Stat`](crate::tree::Stat) tells it.
pub(crate) fn identity_at(path: &Path) -> Option<(u64, u64)> {
    fs::stat(path).ok().map(|stat| identity_of(&stat))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::fs::File;

    use super::*;

    #[test]
    fn a_uuid_is_spelled_as_udev_does() {
        let mut uuid = [0; 16];
        uuid[0] = 0x0a;
        uuid[15] = 0xff;
        assert_eq!(spelled(uuid), "0a000000-0000-0000-0000-0000000000ff");
    }

    /// `ci/faults/devices` shows it of two subvolumes.
    #[test]
    fn what_is_no_btrfs_is_not_asked_as_one() {
        assert_eq!(btrfs_uuid(File::open("/proc").unwrap()), None);
        let proc = file_system_of(File::open("/proc").unwrap()).unwrap();
        assert!(proc.starts_with("dev:0:"), "{proc}");
    }
}
