//! A disk that fails where a test says so.

use std::{
    ffi::OsString,
    io,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

pub(crate) use super::volume::NamesCount;
use super::volume::{Capacity, Lock, Modified, ReadFile, Residency, Stat, Volume, WriteFile};
use crate::{CacheReason, RelativePath};

/// The calls that can fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    Names,
    Stat,
    Open,
    Read,
    Create,
    Write,
    Sync,
    CreateFolder,
    Rename,
    Remove,
    SyncFolder,
    SyncAll,
    Attributes,
    Lock,
    /// Of no number; one that fails proves nothing.
    DropCache,
}

/// What happens to a call.
pub(crate) enum Fate {
    Succeeds,
    Fails(io::Error),
    /// A write that says it succeeded and kept other bytes.
    Lies,
}

type Decide = dyn Fn(usize, Call, &str) -> Fate + Send + Sync;

/// A volume whose calls are decided by a test: by their number from 1, their kind, and their path.
pub(crate) struct Faulty {
    inner: Box<dyn Volume>,
    fate: Arc<Oracle>,
    /// The room that it says it has; a write is refused by [`Fate`] alone.
    pub(crate) free: Option<u64>,
    /// Whether it says that it is a tape.
    pub(crate) is_tape: bool,
    /// The longest name that it says it takes.
    pub(crate) names: Option<(u64, NamesCount)>,
    /// The file system that it says it is.
    pub(crate) device: Option<String>,
}

struct Oracle {
    calls: AtomicUsize,
    decide: Box<Decide>,
    closes: Box<Closes>,
}

type Closes = dyn Fn(&str) + Send + Sync;

impl Oracle {
    fn ask(&self, call: Call, path: &str) -> io::Result<bool> {
        let number = self.calls.fetch_add(1, Ordering::Relaxed) + 1;
        match (self.decide)(number, call, path) {
            Fate::Succeeds => Ok(true),
            Fate::Lies => Ok(false),
            Fate::Fails(error) => Err(error),
        }
    }
}

impl Faulty {
    pub(crate) fn new(
        inner: impl Volume + 'static,
        decide: impl Fn(usize, Call, &str) -> Fate + Send + Sync + 'static,
    ) -> Self {
        Faulty::closing(inner, decide, |_| {})
    }

    /// The same, which does something whenever a file is closed, a lock ends, or it is closed itself.
    pub(crate) fn closing(
        inner: impl Volume + 'static,
        decide: impl Fn(usize, Call, &str) -> Fate + Send + Sync + 'static,
        closes: impl Fn(&str) + Send + Sync + 'static,
    ) -> Self {
        let (decide, closes) = (Box::new(decide), Box::new(closes));
        let fate = Arc::new(Oracle { calls: AtomicUsize::new(0), decide, closes });
        Faulty {
            inner: Box::new(inner),
            fate,
            free: None,
            is_tape: false,
            names: None,
            device: None,
        }
    }

    fn ask(&self, call: Call, path: Option<&RelativePath>) -> io::Result<bool> {
        self.fate.ask(call, path.map_or(".", RelativePath::as_str))
    }
}

impl Drop for Faulty {
    fn drop(&mut self) {
        (self.fate.closes)(".");
    }
}

/// A lock that ends when it is let.
struct FaultyLock {
    fate: Arc<Oracle>,
    path: String,
    _inner: Lock,
}

impl Drop for FaultyLock {
    fn drop(&mut self) {
        (self.fate.closes)(&self.path);
    }
}

impl Volume for Faulty {
    fn root(&self) -> &Path {
        self.inner.root()
    }

    fn below(&self, folder: &RelativePath) -> io::Result<Box<dyn Volume>> {
        let inner = self.inner.below(folder)?;
        Ok(Box::new(Faulty {
            inner,
            fate: self.fate.clone(),
            free: self.free,
            is_tape: self.is_tape,
            names: self.names,
            device: self.device.clone(),
        }))
    }

    fn device(&self) -> Option<String> {
        self.device.clone().or_else(|| self.inner.device())
    }

    fn is_still_there(&self) -> bool {
        self.inner.is_still_there()
    }

    fn is_tape(&self) -> bool {
        self.is_tape
    }

    fn sync_all(&self) -> io::Result<()> {
        self.ask(Call::SyncAll, None)?;
        self.inner.sync_all()
    }

    fn capacity(&self) -> io::Result<Capacity> {
        let capacity = self.inner.capacity()?;
        let Capacity { name_max, names_count, .. } = capacity;
        let (name_max, names_count) = self.names.unwrap_or((name_max, names_count));
        let free = self.free.unwrap_or(capacity.free);
        Ok(Capacity { free, name_max, names_count, ..capacity })
    }

    fn names(&self, folder: Option<&RelativePath>) -> io::Result<Vec<OsString>> {
        self.ask(Call::Names, folder)?;
        self.inner.names(folder)
    }

    fn stat(&self, path: Option<&RelativePath>) -> io::Result<Stat> {
        self.ask(Call::Stat, path)?;
        self.inner.stat(path)
    }

    fn open(&self, path: &RelativePath) -> io::Result<Box<dyn ReadFile>> {
        self.ask(Call::Open, Some(path))?;
        let inner = self.inner.open(path)?;
        Ok(Box::new(FaultyFile { inner, fate: self.fate.clone(), path: path.to_string() }))
    }

    fn create(&self, path: &RelativePath) -> io::Result<Box<dyn WriteFile>> {
        self.ask(Call::Create, Some(path))?;
        let inner = self.inner.create(path)?;
        Ok(Box::new(FaultyFile { inner, fate: self.fate.clone(), path: path.to_string() }))
    }

    fn create_folder(&self, path: &RelativePath) -> io::Result<()> {
        self.ask(Call::CreateFolder, Some(path))?;
        self.inner.create_folder(path)
    }

    fn rename(&self, from: &RelativePath, to: &RelativePath) -> io::Result<()> {
        self.ask(Call::Rename, Some(to))?;
        self.inner.rename(from, to)
    }

    fn replace(&self, from: &RelativePath, to: &RelativePath) -> io::Result<()> {
        self.ask(Call::Rename, Some(to))?;
        self.inner.replace(from, to)
    }

    fn remove(&self, path: &RelativePath) -> io::Result<()> {
        self.ask(Call::Remove, Some(path))?;
        self.inner.remove(path)
    }

    fn remove_folder(&self, path: &RelativePath) -> io::Result<()> {
        self.ask(Call::Remove, Some(path))?;
        self.inner.remove_folder(path)
    }

    fn set_folder_modified(&self, path: Option<&RelativePath>, time: Modified) -> io::Result<()> {
        self.ask(Call::Attributes, path)?;
        self.inner.set_folder_modified(path, time)
    }

    fn sync_folder(&self, folder: Option<&RelativePath>) -> io::Result<()> {
        self.ask(Call::SyncFolder, folder)?;
        self.inner.sync_folder(folder)
    }

    fn lock(&self, path: &RelativePath) -> io::Result<Option<Lock>> {
        self.ask(Call::Lock, Some(path))?;
        let lock = self.inner.lock(path)?;
        let lock = lock.map(|_inner| FaultyLock {
            fate: self.fate.clone(),
            path: path.to_string(),
            _inner,
        });
        Ok(lock.map(|lock| Box::new(lock) as Lock))
    }

    fn lock_folder(&self, folder: Option<&RelativePath>) -> io::Result<Option<Lock>> {
        self.ask(Call::Lock, folder)?;
        self.inner.lock_folder(folder)
    }
}

struct FaultyFile<F: ?Sized> {
    fate: Arc<Oracle>,
    path: String,
    inner: Box<F>,
}

impl<F: ?Sized> Drop for FaultyFile<F> {
    fn drop(&mut self) {
        (self.fate.closes)(&self.path);
    }
}

impl ReadFile for FaultyFile<dyn ReadFile> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let honest = self.fate.ask(Call::Read, &self.path)?;
        let count = self.inner.read(buffer)?;
        if !honest && count > 0 {
            buffer[count / 2] ^= 1;
        }
        Ok(count)
    }

    fn stat(&self) -> io::Result<Stat> {
        self.inner.stat()
    }

    fn make_durable(&mut self) -> io::Result<()> {
        self.fate.ask(Call::Sync, &self.path)?;
        self.inner.make_durable()
    }

    fn drop_cache(&mut self) -> Residency {
        if let Fate::Fails(_) = (self.fate.decide)(0, Call::DropCache, &self.path) {
            return Residency::Unproven(CacheReason::PagesStayed);
        }
        self.inner.drop_cache()
    }
}

impl WriteFile for FaultyFile<dyn WriteFile> {
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.fate.ask(Call::Write, &self.path)? || bytes.is_empty() {
            return self.inner.write_all(bytes);
        }
        let mut other = bytes.to_vec();
        other[bytes.len() / 2] ^= 1;
        self.inner.write_all(&other)
    }

    fn set_modified(&mut self, time: Modified) -> io::Result<()> {
        self.fate.ask(Call::Attributes, &self.path)?;
        self.inner.set_modified(time)
    }

    fn set_mode(&mut self, mode: u16) -> io::Result<()> {
        self.fate.ask(Call::Attributes, &self.path)?;
        self.inner.set_mode(mode)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.fate.ask(Call::Sync, &self.path)?;
        self.inner.sync()
    }
}
