//! What the system tells of a file, and is told.

use rustix::fs::{self, FileType, Timespec, Timestamps};

use crate::tree::volume::{Kind, Modified, Special, Stat};

pub(super) fn timestamps(time: Modified) -> Timestamps {
    Timestamps {
        last_access: Timespec { tv_sec: 0, tv_nsec: fs::UTIME_OMIT },
        last_modification: Timespec { tv_sec: time.seconds, tv_nsec: time.nanoseconds.into() },
    }
}

// Modes have 16 bits on Apple's systems.
#[allow(clippy::useless_conversion)]
pub(super) fn stat_of(stat: &fs::Stat) -> Stat {
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
pub(super) fn identity_of(stat: &fs::Stat) -> (u64, u64) {
    (stat.st_dev as u64, stat.st_ino)
}
