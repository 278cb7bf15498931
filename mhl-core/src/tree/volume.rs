//! The seam between the engine and a disk: every call that the engine makes of a file system.

use std::{
    ffi::{OsStr, OsString},
    io,
    ops::ControlFlow,
    path::Path,
};

use crate::{CacheReason, RelativePath, Timestamp};

/// Takes a name of a folder and what it is.
pub(crate) type Take<'t> = dyn FnMut(&OsStr, io::Result<Stat>) -> ControlFlow<()> + 't;

/// The files below one root folder. Paths are relative to it; `None` names the root itself.
pub(crate) trait Volume: Send + Sync {
    /// The root folder, for messages.
    fn root(&self) -> &Path;
    /// The volume whose root is a folder of this one.
    fn below(&self, folder: &RelativePath) -> io::Result<Box<dyn Volume>>;
    /// Identity of the file system, `fs:UUID` or `dev:MAJOR:MINOR`.
    fn device(&self) -> Option<String>;
    /// Whether the root's path still leads to the folder that was opened.
    fn is_still_there(&self) -> bool;
    /// Whether it is a tape, which loses minutes by every sync.
    fn is_tape(&self) -> bool;
    /// Makes everything durable that was written to the file system; over FUSE, of a tape alone.
    fn sync_all(&self) -> io::Result<()>;
    /// Room and limits of the file system.
    fn capacity(&self) -> io::Result<Capacity>;
    /// The names in a folder, in no order, without `.` and `..`.
    fn names(&self, folder: Option<&RelativePath>) -> io::Result<Vec<OsString>>;
    /// The names in a folder, each with what it is, as [`names`](Volume::names) and
    /// [`stat`](Volume::stat) tell, until `take` breaks off. Names that are no part of a path have an
    /// error.
    fn each_entry(&self, folder: Option<&RelativePath>, take: &mut Take<'_>) -> io::Result<()> {
        for name in self.names(folder)? {
            let path = name.to_str().and_then(|name| match folder {
                Some(folder) => folder.join(name).ok(),
                None => RelativePath::new(name).ok(),
            });
            let stat = path.ok_or_else(|| io::ErrorKind::InvalidInput.into());
            if take(&name, stat.and_then(|path| self.stat(Some(&path)))).is_break() {
                break;
            }
        }
        Ok(())
    }
    /// What a name is; a symbolic link is not followed.
    fn stat(&self, path: Option<&RelativePath>) -> io::Result<Stat>;
    /// Opens a regular file for reading.
    fn open(&self, path: &RelativePath) -> io::Result<Box<dyn ReadFile>>;
    /// The same of what was a regular file when it was looked at before, and may be anything by now:
    /// it need not be looked at once more. Whoever reads it finds out when it is read
    /// ([`Stat::is_untouched_since`]).
    fn open_found(&self, path: &RelativePath, found: &Stat) -> io::Result<Box<dyn ReadFile>> {
        let _ = found;
        self.open(path)
    }
    /// Creates a file that does not exist.
    fn create(&self, path: &RelativePath) -> io::Result<Box<dyn WriteFile>>;
    /// Creates a folder that does not exist.
    fn create_folder(&self, path: &RelativePath) -> io::Result<()>;
    /// Gives a file another name without replacing anything.
    fn rename(&self, from: &RelativePath, to: &RelativePath) -> io::Result<()>;
    /// Gives a file another name and replaces what stood there.
    fn replace(&self, from: &RelativePath, to: &RelativePath) -> io::Result<()>;
    /// Removes a file.
    fn remove(&self, path: &RelativePath) -> io::Result<()>;
    /// Removes an empty folder.
    fn remove_folder(&self, path: &RelativePath) -> io::Result<()>;
    /// Sets a folder's time of modification.
    fn set_folder_modified(&self, path: Option<&RelativePath>, time: Modified) -> io::Result<()>;
    /// Makes a folder's names durable.
    fn sync_folder(&self, folder: Option<&RelativePath>) -> io::Result<()>;
    /// Takes the system's exclusive lock on a file, made if absent. `None` when another holds it; an error
    /// of the kind `NotFound` when it was removed meanwhile.
    fn lock(&self, path: &RelativePath) -> io::Result<Option<Lock>>;
    /// Takes the system's exclusive lock on a folder. `None` when another holds it.
    fn lock_folder(&self, folder: Option<&RelativePath>) -> io::Result<Option<Lock>>;
}

/// The system's lock on something; it ends with this value, or with the process.
pub(crate) type Lock = Box<dyn Send + Sync>;

/// A file being read.
pub(crate) trait ReadFile: Send {
    /// Reads up to a buffer's length; 0 is the end.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize>;
    /// What the open file is now.
    fn stat(&self) -> io::Result<Stat>;
    /// What the file was when it was opened, or at any time until now; of one that was
    /// [found before](Volume::open_found), what it was then.
    fn at_opening(&self) -> io::Result<Stat> {
        self.stat()
    }
    /// Whether the system has the file's first bytes in its cache; `None` where it does not tell.
    fn is_in_cache(&self) -> Option<bool> {
        None
    }
    /// Asks the system to have the file's first bytes ready soon.
    fn read_ahead(&self, bytes: u64) {
        let _ = bytes;
    }
    /// Makes durable what anybody wrote of the file: what is only in memory yet would be read from there.
    fn make_durable(&mut self) -> io::Result<()>;
    /// Asks the system to forget its pages of the file, then measures what is still resident.
    fn drop_cache(&mut self) -> Residency;
}

/// A file being written.
pub(crate) trait WriteFile: Send {
    /// Writes all of the bytes at the end.
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// Sets the time of modification.
    fn set_modified(&mut self, time: Modified) -> io::Result<()>;
    /// Sets the permission bits.
    fn set_mode(&mut self, mode: u16) -> io::Result<()>;
    /// Makes data and attributes durable. Never called again after it failed.
    fn sync(&mut self) -> io::Result<()>;
}

/// What was measured after the cache was asked to forget a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Residency {
    /// Not a page was resident, the file's data stand in no metadata, and its device is not memory:
    /// the next read comes from the device.
    #[cfg_attr(
        not(any(target_os = "linux", test)),
        expect(dead_code, reason = "measured on Linux alone")
    )]
    Absent,
    /// Pages stayed, or nothing could be measured.
    Unproven(CacheReason),
}

/// Room and limits of a file system.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Capacity {
    /// Bytes that may still be written.
    pub(crate) free: u64,
    /// Longest name, in what is counted of names.
    pub(crate) name_max: u64,
    pub(crate) names_count: NamesCount,
    /// Largest file in bytes.
    pub(crate) file_max: u64,
}

/// What a file system counts of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NamesCount {
    #[cfg_attr(all(windows, not(test)), expect(dead_code, reason = "Windows counts UTF-16 alone"))]
    Bytes,
    /// Units of UTF-16: one for most characters, two for those beyond U+FFFF.
    Utf16,
}

impl NamesCount {
    /// How long a name is.
    pub(crate) fn of(self, name: &str) -> u64 {
        match self {
            NamesCount::Bytes => name.len() as u64,
            NamesCount::Utf16 => name.encode_utf16().count() as u64,
        }
    }

    /// What is counted, in the plural.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            NamesCount::Bytes => "bytes",
            NamesCount::Utf16 => "UTF-16 units",
        }
    }
}

/// A time of modification: seconds since 1970 in UTC, and nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Modified {
    pub(crate) seconds: i64,
    pub(crate) nanoseconds: u32,
}

impl Modified {
    /// One that nobody knows: in no year that a list can hold, so that lists leave it out.
    pub(crate) const UNKNOWN: Self = Modified { seconds: i64::MIN, nanoseconds: 0 };
}

impl From<&Timestamp> for Modified {
    fn from(time: &Timestamp) -> Self {
        Modified { seconds: time.unix_seconds(), nanoseconds: time.nanoseconds() }
    }
}

/// What stands at a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stat {
    pub(crate) kind: Kind,
    /// Bytes.
    pub(crate) size: u64,
    pub(crate) modified: Modified,
    /// When anything about it changed last, which no program can set: the lower bits of the time in
    /// nanoseconds, which tell two times apart.
    pub(crate) changed: u32,
    /// Permission bits.
    pub(crate) mode: u16,
    /// Device and inode: two names with the same pair are one file.
    pub(crate) identity: (u64, u64),
}

impl Stat {
    /// Whether it is a regular file of which nothing changed since an earlier look at it.
    pub(crate) fn is_untouched_since(&self, earlier: &Stat) -> bool {
        let state = |stat: &Stat| (stat.size, stat.modified, stat.changed);
        self.kind == Kind::File && state(self) == state(earlier)
    }
}

/// The kinds of things that a name can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    File,
    Folder,
    SymbolicLink,
    /// A FIFO, socket or device.
    #[cfg_attr(windows, expect(dead_code, reason = "no name is one under Windows"))]
    Special(Special),
}

/// The kinds of things that are no files and look like one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(windows, expect(dead_code, reason = "no name is one under Windows"))]
pub(crate) enum Special {
    Fifo,
    Socket,
    Device,
}

impl Special {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Special::Fifo => "FIFO",
            Special::Socket => "socket",
            Special::Device => "device",
        }
    }
}
