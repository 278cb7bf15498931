//! An open file.

use std::{
    fs::File,
    io::{self, Read, Write},
};

use rustix::fs::{self, Mode, RawMode};

use super::stat::{stat_of, timestamps};
use crate::{
    CacheReason,
    tree::{
        residency,
        volume::{Modified, ReadFile, Residency, Stat, WriteFile},
    },
};

/// Bytes that the system reads ahead by itself: for a file of no more there is nothing to advise.
#[cfg(target_os = "linux")]
const SMALL: u64 = 128 << 10;
/// `f_type` of memory under Linux.
#[cfg(target_os = "linux")]
const TMPFS_MAGIC: u64 = 0x0102_1994;

/// An open file, for reading or for writing.
pub(super) struct Opened {
    file: File,
    /// What it was when it was opened for reading, or found before.
    stat: Option<Stat>,
}

impl Opened {
    pub(super) fn to_write(file: File) -> Self {
        Opened { file, stat: None }
    }

    pub(super) fn to_read(file: File, stat: Stat) -> Self {
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
        use rustix::io::{Errno, IoSliceMut, ReadWriteFlags, preadv2};

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
