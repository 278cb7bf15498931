//! A ledger in a file: read under a lock, checked, and lengthened durably.

use super::{Agent, AppendError, Event, Ledger, LedgerError, ReadError};
use crate::{EventRef, Placement, RollId, Time};
use mhl_core::Report;
use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{self, BufReader, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

/// A ledger's file, open for appending. It holds the system's exclusive lock on the file, so that
/// two writers cannot fork the chain; the lock ends with the value.
#[derive(Debug)]
pub struct LedgerFile {
    path: PathBuf,
    file: File,
    /// Bytes of its lines.
    length: u64,
    ledger: Ledger,
}

/// Why a ledger's file could not be read or lengthened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
    /// The system refused.
    #[error("{}: cannot {action}: {source}", path.display())]
    Io {
        /// The ledger's file.
        path: PathBuf,
        /// What was tried.
        action: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// The file is no ledger, or one with faults.
    #[error("{}: {error}", path.display())]
    Ledger {
        /// The ledger's file.
        path: PathBuf,
        /// Every fault.
        error: LedgerError,
    },
    /// Another program has it open for appending, or reads it while it was to be opened for that.
    #[error("{}: another program has the ledger open", path.display())]
    Held {
        /// The ledger's file.
        path: PathBuf,
    },
    /// The ledger was read from elsewhere, and its lines are not at hand.
    #[error("{}: a ledger that was read from elsewhere does not begin a file; copy its file", path.display())]
    ReadElsewhere {
        /// The file that was to be made.
        path: PathBuf,
    },
    /// The event does not fit the ledger; nothing was written.
    #[error(transparent)]
    Append(#[from] AppendError),
}

impl LedgerFile {
    /// Makes a new ledger's file. `ledger` is [`Ledger::new`] or [`Ledger::simulated`], or one
    /// with lines to begin with. That it is simulated is written with its first line: a file that is
    /// closed before it has one is opened as an empty ledger that is not simulated.
    ///
    /// # Errors
    /// [`FileError::Io`] when the file exists already, or the system refuses;
    /// [`FileError::ReadElsewhere`] when lines of the ledger were read: they are not at hand
    /// to be written.
    pub fn create(path: impl Into<PathBuf>, ledger: Ledger) -> Result<Self, FileError> {
        let path = path.into();
        if !ledger.is_whole() {
            return Err(FileError::ReadElsewhere { path });
        }
        let file = OpenOptions::new().read(true).write(true).create_new(true).open(&path);
        let mut file = at(&path, "create it", file)?;
        at(&path, "lock it", file.lock())?;
        // Another program may have opened it between the two calls and written its first line.
        if at(&path, "look at it", file.metadata())?.len() > 0 {
            let source = io::Error::from(io::ErrorKind::AlreadyExists);
            return Err(FileError::Io { path, action: "create it", source });
        }
        at(&path, "write it", file.write_all(ledger.appended().as_bytes()))?;
        at(&path, "make it durable", file.sync_all())?;
        at(&path, "make its name durable", sync_folder(&path))?;
        let length = at(&path, "look at it", file.metadata())?.len();
        Ok(LedgerFile { path, file, length, ledger })
    }

    /// Opens a ledger's file for appending and checks it. Waits while another program holds it.
    ///
    /// # Errors
    /// [`FileError`] when the system refuses, or the ledger has faults.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, FileError> {
        LedgerFile::open_under(path.into(), |file| file.lock().map_err(TryLockError::Error))
    }

    /// [`LedgerFile::open`], which waits for nobody.
    ///
    /// ```
    /// use mhl_policy::{FileError, Ledger, LedgerFile};
    ///
    /// # let set = tempfile::tempdir()?;
    /// # let path = set.path().join("set.ledger");
    /// let held = LedgerFile::create(&path, Ledger::new())?;
    /// assert!(matches!(LedgerFile::try_open(&path), Err(FileError::Held { .. })));
    /// assert!(matches!(LedgerFile::try_read(&path), Err(FileError::Held { .. })));
    /// drop(held);
    /// assert!(LedgerFile::try_open(&path).is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`LedgerFile::open`], and [`FileError::Held`] while another program holds it.
    pub fn try_open(path: impl Into<PathBuf>) -> Result<Self, FileError> {
        LedgerFile::open_under(path.into(), File::try_lock)
    }

    fn open_under(
        path: PathBuf,
        lock: impl FnOnce(&File) -> Result<(), TryLockError>,
    ) -> Result<Self, FileError> {
        let file = OpenOptions::new().read(true).write(true).open(&path);
        let mut file = at(&path, "open it for writing", file)?;
        locked(&path, lock(&file))?;
        let (ledger, length) = read(&path, &mut file)?;
        Ok(LedgerFile { path, file, length, ledger })
    }

    /// Reads a ledger's file and checks it, without opening it for writing.
    ///
    /// # Errors
    /// [`FileError`] when the system refuses, or the ledger has faults.
    pub fn read(path: impl AsRef<Path>) -> Result<Ledger, FileError> {
        LedgerFile::read_under(path.as_ref(), |file| {
            file.lock_shared().map_err(TryLockError::Error)
        })
    }

    /// [`LedgerFile::read`], which waits for nobody.
    ///
    /// # Errors
    /// As [`LedgerFile::read`], and [`FileError::Held`] while another program has it open for
    /// appending.
    pub fn try_read(path: impl AsRef<Path>) -> Result<Ledger, FileError> {
        LedgerFile::read_under(path.as_ref(), File::try_lock_shared)
    }

    fn read_under(
        path: &Path,
        lock: impl FnOnce(&File) -> Result<(), TryLockError>,
    ) -> Result<Ledger, FileError> {
        let mut file = at(path, "open it", File::open(path))?;
        locked(path, lock(&file))?;
        Ok(read(path, &mut file)?.0)
    }

    /// The ledger as the file has it.
    #[must_use]
    pub const fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// [`Ledger::append`], and the line is on the disk when this returns.
    ///
    /// # Errors
    /// [`FileError`]; the file is then as it was, or could not be made so and says it.
    pub fn append(
        &mut self,
        event: impl Into<Event>,
        time: Time,
        agent: Agent,
    ) -> Result<EventRef, FileError> {
        self.write(|ledger| ledger.append(event, time, agent))
    }

    /// [`Ledger::append_report`], and the line is on the disk when this returns.
    ///
    /// # Errors
    /// As [`LedgerFile::append`].
    pub fn append_report(
        &mut self,
        report: &Report,
        roll: impl Into<RollId>,
        placements: &[Placement],
        time: Time,
        agent: Agent,
    ) -> Result<EventRef, FileError> {
        self.write(|ledger| ledger.append_report(report, roll, placements, time, agent))
    }

    /// [`Ledger::append_import`], and the line is on the disk when this returns.
    ///
    /// # Errors
    /// As [`LedgerFile::append`].
    pub fn append_import(
        &mut self,
        other: &str,
        time: Time,
        agent: Agent,
    ) -> Result<EventRef, FileError> {
        self.write(|ledger| ledger.append_import(other, time, agent))
    }

    fn write(
        &mut self,
        append: impl FnOnce(&mut Ledger) -> Result<EventRef, AppendError>,
    ) -> Result<EventRef, FileError> {
        let mut longer = self.ledger.clone();
        let event = append(&mut longer)?;
        let before = self.ledger.appended().len();
        let added = longer.appended().get(before..).unwrap_or_default();
        if let Err(source) = write_at(&mut self.file, self.length, added) {
            // Half a line would make the whole ledger unreadable.
            let undone = self.file.set_len(self.length).and_then(|()| self.file.sync_all());
            let action = match undone {
                Ok(()) => "append the line (nothing was appended)",
                Err(_) => "append the line, nor cut off what was written of it",
            };
            return Err(FileError::Io { path: self.path.clone(), action, source });
        }
        self.length = self.length.saturating_add(u64::try_from(added.len()).unwrap_or(u64::MAX));
        self.ledger = longer;
        Ok(event)
    }
}

fn write_at(file: &mut File, position: u64, text: &str) -> io::Result<()> {
    file.seek(SeekFrom::Start(position))?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// The ledger, and the bytes of its lines.
fn read(path: &Path, file: &mut File) -> Result<(Ledger, u64), FileError> {
    let ledger = match Ledger::read(BufReader::with_capacity(64 << 10, &mut *file)) {
        Ok(ledger) => ledger,
        Err(ReadError::Io(source)) => return at(path, "read it", Err(source)),
        Err(ReadError::Ledger(error)) => {
            return Err(FileError::Ledger { path: path.to_owned(), error });
        }
    };
    // It ends with a line feed, and no one else writes.
    Ok((ledger, at(path, "look at its end", file.stream_position())?))
}

/// A new file's name is durable once its folder is; systems that cannot open a folder keep names
/// durable themselves.
fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(not(unix)) {
        return Ok(());
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

fn locked(path: &Path, lock: Result<(), TryLockError>) -> Result<(), FileError> {
    match lock {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => Err(FileError::Held { path: path.to_owned() }),
        Err(TryLockError::Error(source)) => at(path, "lock it", Err(source)),
    }
}

fn at<T>(path: &Path, action: &'static str, result: io::Result<T>) -> Result<T, FileError> {
    result.map_err(|source| FileError::Io { path: path.to_owned(), action, source })
}
