//! A ledger in a file: read under a lock, checked, and lengthened durably.

use super::{Agent, AppendError, Event, Ledger, LedgerError, NextLine, ReadError};
use crate::{EventRef, Placement, RollId, Time};
use mhl_core::Report;
use std::{
    fs::{File, OpenOptions},
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
    /// Whether more may stand behind them: of a line that could neither be written nor cut off.
    torn: bool,
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
    /// The ledger was read from elsewhere, and its lines are not at hand.
    #[error("{}: a ledger that was read from elsewhere does not begin a file; copy its file", path.display())]
    ReadElsewhere {
        /// The file that was to be made.
        path: PathBuf,
    },
    /// Another program changed the file while it was locked; nothing was written.
    #[error("{}: {found} bytes long, {expected} expected: another program wrote it, in spite of the lock", path.display())]
    Changed {
        /// The ledger's file.
        path: PathBuf,
        /// Bytes of the lines that were read and appended.
        expected: u64,
        /// Bytes that the file has.
        found: u64,
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
        Ok(LedgerFile { path, file, length, torn: false, ledger })
    }

    /// Opens a ledger's file for appending and checks it. Waits while another program holds it.
    ///
    /// # Errors
    /// [`FileError`] when the system refuses, or the ledger has faults.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, FileError> {
        let path = path.into();
        let file = OpenOptions::new().read(true).write(true).open(&path);
        let mut file = at(&path, "open it for writing", file)?;
        at(&path, "lock it", file.lock())?;
        let (ledger, length) = read(&path, &mut file)?;
        Ok(LedgerFile { path, file, length, torn: false, ledger })
    }

    /// Reads a ledger's file and checks it, without opening it for writing.
    ///
    /// # Errors
    /// [`FileError`] when the system refuses, or the ledger has faults.
    pub fn read(path: impl AsRef<Path>) -> Result<Ledger, FileError> {
        let path = path.as_ref();
        let mut file = at(path, "open it", File::open(path))?;
        at(path, "lock it", file.lock_shared())?;
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
        let next = self.ledger.next_of_event(event.into(), time, agent)?;
        self.write(next)
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
        let next = self.ledger.next_of_report(report, roll.into(), placements, time, agent)?;
        self.write(next)
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
        let next = self.ledger.next_of_import(other, time, agent)?;
        self.write(next)
    }

    /// Writes a line that fits, and takes it in once it is durable: what the ledger says stands in the
    /// file at every moment.
    fn write(&mut self, next: NextLine) -> Result<EventRef, FileError> {
        self.check_end()?;
        if let Err(source) = write_at(&mut self.file, self.length, &next.text) {
            // Half a line would make the whole ledger unreadable.
            let undone = self.file.set_len(self.length).and_then(|()| self.file.sync_all());
            self.torn = undone.is_err();
            let action = match undone {
                Ok(()) => "append the line (nothing was appended)",
                Err(_) => "append the line, nor cut off what was written of it",
            };
            return Err(FileError::Io { path: self.path.clone(), action, source });
        }
        let added = u64::try_from(next.text.len()).unwrap_or(u64::MAX);
        self.length = self.length.saturating_add(added);
        Ok(self.ledger.take(next))
    }

    /// The file ends where its ledger does, or is made to where a line was left behind that could not
    /// be cut off. What else stands there is another program's, which asked for no lock.
    fn check_end(&mut self) -> Result<(), FileError> {
        let found = at(&self.path, "look at its end", self.file.metadata())?.len();
        if self.torn {
            at(&self.path, "cut off what was written of a line", self.file.set_len(self.length))?;
            self.torn = false;
        } else if found != self.length {
            let path = self.path.clone();
            return Err(FileError::Changed { path, expected: self.length, found });
        }
        Ok(())
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

fn at<T>(path: &Path, action: &'static str, result: io::Result<T>) -> Result<T, FileError> {
    result.map_err(|source| FileError::Io { path: path.to_owned(), action, source })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FaultKind, Place};

    fn now() -> Time {
        Time::from_unix(0)
    }

    fn place(file: &mut LedgerFile, id: &str) -> Result<EventRef, FileError> {
        file.append(Place::at(id, "Stage 5"), now(), Agent::new("DIT"))
    }

    #[test]
    fn what_is_not_durable_is_in_no_ledger() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("set.ledger");
        let mut file = LedgerFile::create(&path, Ledger::new()).unwrap();
        place(&mut file, "cart").unwrap();
        let before = file.ledger().clone();

        // The line cannot be written, and what was written of it not be cut off.
        let writable = std::mem::replace(&mut file.file, File::open(&path).unwrap());
        assert!(matches!(place(&mut file, "vault"), Err(FileError::Io { .. })));
        let mut other = Ledger::new();
        other.append(Place::new("shelf"), now(), Agent::new("lab")).unwrap();
        let import = file.append_import(other.appended(), now(), Agent::new("DIT"));
        assert!(matches!(import, Err(FileError::Io { .. })));
        assert_eq!(*file.ledger(), before);

        // Once it can be, the next line stands where half of one was left behind.
        file.file = writable;
        let half = OpenOptions::new().append(true).open(&path).unwrap().write_all(&[b'x'; 1000]);
        half.unwrap();
        place(&mut file, "vault").unwrap();
        assert_eq!(LedgerFile::read_unlocked(&path), *file.ledger());
    }

    #[test]
    fn what_does_not_fit_is_not_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("set.ledger");
        let mut file = LedgerFile::create(&path, Ledger::new()).unwrap();
        place(&mut file, "cart").unwrap();
        let (before, text) = (file.ledger().clone(), std::fs::read(&path).unwrap());
        let elsewhere = Place::at("cart", "Stage 6");
        let refused = file.append(elsewhere.clone(), now(), Agent::new("DIT"));
        assert!(matches!(
            refused,
            Err(FileError::Append(AppendError::Fault(FaultKind::Contradiction { .. })))
        ));
        let mut other = Ledger::new();
        other.append(Place::new("shelf"), now(), Agent::new("lab")).unwrap();
        other.append(elsewhere, now(), Agent::new("lab")).unwrap();
        let refused = file.append_import(other.appended(), now(), Agent::new("DIT"));
        assert!(matches!(refused, Err(FileError::Append(AppendError::Fault(_)))));
        assert_eq!((file.ledger(), std::fs::read(&path).unwrap()), (&before, text));
    }

    #[test]
    fn a_writer_that_asked_for_no_lock_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("set.ledger");
        let mut file = LedgerFile::create(&path, Ledger::new()).unwrap();
        place(&mut file, "cart").unwrap();
        let (head, text) = (file.ledger().head().clone(), std::fs::read(&path).unwrap());
        OpenOptions::new().append(true).open(&path).unwrap().write_all(b"{}\n").unwrap();
        let found = u64::try_from(text.len()).unwrap() + 3;
        let refused = place(&mut file, "vault").unwrap_err();
        assert!(
            matches!(&refused, FileError::Changed { expected, found: seen, .. }
                if (*expected, *seen) == (found - 3, found)),
            "{refused}"
        );
        assert_eq!(*file.ledger().head(), head);
        assert_eq!(std::fs::read(&path).unwrap(), [&text[..], b"{}\n"].concat(), "nothing is lost");
    }

    impl LedgerFile {
        fn read_unlocked(path: &Path) -> Ledger {
            Ledger::parse(&std::fs::read_to_string(path).unwrap()).unwrap()
        }
    }
}
