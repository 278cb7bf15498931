//! A ledger in a file: read under a lock, checked, and lengthened durably.

use super::{Agent, AppendError, Event, Ledger, LedgerError, NextLine, ReadError};
use crate::{EventRef, Placement, RollId, Time};
use mhl_core::Report;
use std::{
    fmt,
    fs::{File, OpenOptions},
    io::{self, BufReader, Read, Seek, SeekFrom, Write},
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

/// What became of a last line that did not end.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Torn {
    /// Its line feed alone was missing, and stands now.
    Ended {
        /// The line.
        line: u64,
    },
    /// It was no whole line, and was cut off.
    CutOff {
        /// The line that it would have been.
        line: u64,
        /// The file that has what was left of it.
        kept: PathBuf,
    },
}

impl fmt::Display for Torn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Torn::Ended { line } => {
                write!(f, "line {line} did not end, and was whole: it is ended")
            }
            Torn::CutOff { line, kept } => write!(
                f,
                "line {line} was torn: its writing was interrupted, and what it was to say is not \
                 recorded; what was left of it is kept in {}",
                kept.display()
            ),
        }
    }
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

    /// [`LedgerFile::open`], of a file whose last line may be torn: what is left of a line whose writing
    /// was interrupted is cut off, and kept beside the ledger. It was never reported as recorded. Where
    /// nothing but the line feed is missing, the line is whole and stays: a line feed is put behind it.
    ///
    /// ```
    /// use mhl_policy::{Agent, Ledger, LedgerFile, Place, Time, Torn};
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("set.ledger");
    ///
    /// let mut file = LedgerFile::create(&path, Ledger::new())?;
    /// file.append(Place::at("cart", "Stage 5"), Time::from_unix(0), Agent::new("DIT"))?;
    /// drop(file);
    /// let text = std::fs::read_to_string(&path)?;
    /// std::fs::write(&path, format!("{text}{{\"v\":1,\"seq\":2,\"pr"))?;
    ///
    /// assert!(LedgerFile::open(&path).is_err());
    /// let (file, torn) = LedgerFile::recover(&path)?;
    /// assert!(matches!(torn, Some(Torn::CutOff { line: 2, .. })));
    /// assert_eq!(file.ledger().head().seq, 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`FileError`] when the system refuses, or the ledger has other faults: then nothing was changed.
    pub fn recover(path: impl Into<PathBuf>) -> Result<(Self, Option<Torn>), FileError> {
        let path = path.into();
        let file = OpenOptions::new().read(true).write(true).open(&path);
        let mut file = at(&path, "open it for writing", file)?;
        at(&path, "lock it", file.lock())?;
        let end = at(&path, "look at its end", end_of_lines(&mut file))?;
        let length = at(&path, "look at its end", file.metadata())?.len();
        if end == length {
            at(&path, "read it", file.rewind())?;
            let (ledger, length) = read(&path, &mut file)?;
            return Ok((LedgerFile { path, file, length, torn: false, ledger }, None));
        }
        at(&path, "read it", file.rewind())?;
        if let Ok(ledger) = Ledger::read(BufReader::new((&mut file).chain(&b"\n"[..]))) {
            at(&path, "end its last line", write_at(&mut file, length, "\n"))?;
            let torn = Torn::Ended { line: ledger.head().seq };
            let length = length.saturating_add(1);
            return Ok((LedgerFile { path, file, length, torn: false, ledger }, Some(torn)));
        }
        at(&path, "read it", file.rewind())?;
        let ledger = of(&path, Ledger::read(BufReader::new((&mut file).take(end))))?;
        let mut rest = Vec::new();
        at(&path, "read it", file.seek(SeekFrom::Start(end)))?;
        at(&path, "read it", file.read_to_end(&mut rest))?;
        // What is cut off stands elsewhere first.
        let kept = keep(&path, &rest)?;
        at(&path, "cut off a torn line", file.set_len(end).and_then(|()| file.sync_all()))?;
        let torn = Torn::CutOff { line: ledger.head().seq.saturating_add(1), kept };
        Ok((LedgerFile { path, file, length: end, torn: false, ledger }, Some(torn)))
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
    let ledger = of(path, Ledger::read(BufReader::with_capacity(64 << 10, &mut *file)))?;
    // It ends with a line feed, and no one else writes.
    Ok((ledger, at(path, "look at its end", file.stream_position())?))
}

fn of(path: &Path, read: Result<Ledger, ReadError>) -> Result<Ledger, FileError> {
    read.map_err(|error| match error {
        ReadError::Io(source) => FileError::Io { path: path.to_owned(), action: "read it", source },
        ReadError::Ledger(error) => FileError::Ledger { path: path.to_owned(), error },
    })
}

/// Where the last line feed ends, looked for from behind; 0 where there is none.
fn end_of_lines(file: &mut File) -> io::Result<u64> {
    const PIECE: u64 = 64 << 10;
    let mut end = file.metadata()?.len();
    let mut piece = Vec::new();
    while end > 0 {
        let start = end.saturating_sub(PIECE);
        piece.clear();
        file.seek(SeekFrom::Start(start))?;
        (&mut *file).take(end.saturating_sub(start)).read_to_end(&mut piece)?;
        if let Some(last) = piece.iter().rposition(|byte| *byte == b'\n') {
            let behind = u64::try_from(last).unwrap_or(u64::MAX).saturating_add(1);
            return Ok(start.saturating_add(behind));
        }
        end = start;
    }
    Ok(0)
}

/// Keeps what was left of a line beside its ledger, durably: `set.ledger.torn`, and with a number where
/// that is there already.
fn keep(path: &Path, rest: &[u8]) -> Result<PathBuf, FileError> {
    let mut number = 1_u32;
    loop {
        let mut name = path.as_os_str().to_owned();
        name.push(if number == 1 { ".torn".to_owned() } else { format!(".torn-{number}") });
        let kept = PathBuf::from(name);
        match OpenOptions::new().write(true).create_new(true).open(&kept) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < u32::MAX => {
                number = number.saturating_add(1);
            }
            file => {
                let mut file = at(&kept, "keep a torn line there", file)?;
                let written = file.write_all(rest).and_then(|()| file.sync_all());
                at(&kept, "keep a torn line there", written)?;
                at(&kept, "make its name durable", sync_folder(&kept))?;
                return Ok(kept);
            }
        }
    }
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

    /// Wherever the writing of a line was interrupted, what was recorded before it is there.
    #[test]
    fn a_torn_line_is_recovered_with_a_word() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("set.ledger");
        let mut file = LedgerFile::create(&path, Ledger::new()).unwrap();
        place(&mut file, "cart").unwrap();
        let first = std::fs::read(&path).unwrap();
        place(&mut file, &"vault".repeat(20_000)).unwrap();
        let whole = file.ledger().clone();
        drop(file);
        let text = std::fs::read(&path).unwrap();
        let before = Ledger::parse(std::str::from_utf8(&first).unwrap()).unwrap();
        for (number, cut) in
            [first.len() + 1, first.len() + 70_000, text.len() - 2].into_iter().enumerate()
        {
            std::fs::write(&path, &text[..cut]).unwrap();
            assert!(matches!(LedgerFile::open(&path), Err(FileError::Ledger { .. })));
            let (mut file, torn) = LedgerFile::recover(&path).unwrap();
            let Some(Torn::CutOff { line: 2, kept }) = &torn else { panic!("{torn:?}") };
            assert_eq!(std::fs::read(kept).unwrap(), text[first.len()..cut], "nothing is lost");
            let name = ["set.ledger.torn", "set.ledger.torn-2", "set.ledger.torn-3"][number];
            assert_eq!(*kept, folder.path().join(name));
            assert_eq!((file.ledger(), std::fs::read(&path).unwrap()), (&before, first.clone()));
            place(&mut file, "shelf").unwrap();
        }
        // Cut at the line feed, the line says all that it was to say.
        for cut in [text.len() - 1, first.len() - 1] {
            std::fs::write(&path, &text[..cut]).unwrap();
            let (file, torn) = LedgerFile::recover(&path).unwrap();
            let line = if cut > first.len() { 2 } else { 1 };
            assert_eq!(torn, Some(Torn::Ended { line }));
            assert_eq!(std::fs::read(&path).unwrap(), text[..=cut]);
            assert_eq!(*file.ledger(), if line == 2 { whole.clone() } else { before.clone() });
        }
        // What is whole is opened, and what has other faults is not touched.
        std::fs::write(&path, &text).unwrap();
        assert_eq!(LedgerFile::recover(&path).unwrap().1, None);
        let mut faulty = text.clone();
        faulty[10] ^= 1;
        faulty.pop();
        faulty.pop();
        std::fs::write(&path, &faulty).unwrap();
        assert!(matches!(LedgerFile::recover(&path), Err(FileError::Ledger { .. })));
        assert_eq!(std::fs::read(&path).unwrap(), faulty);
        std::fs::write(&path, "{\"v\":1").unwrap();
        let (file, torn) = LedgerFile::recover(&path).unwrap();
        assert!(matches!(torn, Some(Torn::CutOff { line: 1, .. })));
        assert_eq!((file.ledger(), std::fs::read(&path).unwrap()), (&Ledger::new(), vec![]));
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
