//! An open file.

use std::{
    fs::{File, FileTimes},
    io::{self, Read, Write},
    time::{Duration, UNIX_EPOCH},
};

use super::calls::{flush, stat_of};
use crate::{
    CacheReason,
    tree::volume::{Modified, ReadFile, Residency, Stat, WriteFile},
};

/// An open file, for reading or for writing.
pub(super) struct Opened {
    file: File,
    /// What it was when it was opened for reading.
    stat: Option<Stat>,
}

impl Opened {
    pub(super) fn to_write(file: File) -> Self {
        Opened { file, stat: None }
    }

    pub(super) fn to_read(file: File, stat: Stat) -> Self {
        Opened { file, stat: Some(stat) }
    }
}

impl ReadFile for Opened {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.file.read(buffer)
    }

    fn stat(&self) -> io::Result<Stat> {
        stat_of(&self.file)
    }

    fn at_opening(&self) -> io::Result<Stat> {
        self.stat.map_or_else(|| self.stat(), Ok)
    }

    fn make_durable(&mut self) -> io::Result<()> {
        flush(&self.file)
    }

    /// Windows tells nobody what it keeps of a file in memory.
    fn drop_cache(&mut self) -> Residency {
        Residency::Unproven(CacheReason::NotMeasured)
    }
}

impl WriteFile for Opened {
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)
    }

    fn set_modified(&mut self, time: Modified) -> io::Result<()> {
        set_modified(&self.file, time)
    }

    /// Of the permission bits Windows has one: whether anybody may write.
    fn set_mode(&mut self, mode: u16) -> io::Result<()> {
        let mut permissions = self.file.metadata()?.permissions();
        permissions.set_readonly(mode & 0o222 == 0);
        self.file.set_permissions(permissions)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.file.sync_all()
    }
}

/// Sets the time of modification, which Windows keeps in steps of 100 ns from 1601 on.
pub(super) fn set_modified(file: &File, time: Modified) -> io::Result<()> {
    let seconds = Duration::from_secs(time.seconds.unsigned_abs());
    let whole = match time.seconds {
        0.. => UNIX_EPOCH.checked_add(seconds),
        _ => UNIX_EPOCH.checked_sub(seconds),
    };
    let at = whole.and_then(|at| at.checked_add(Duration::from_nanos(time.nanoseconds.into())));
    let at = at.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "no such time here"))?;
    file.set_times(FileTimes::new().set_modified(at))
}
