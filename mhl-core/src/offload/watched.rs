//! A disk whose every call is a sign of life.

use std::{
    ffi::{OsStr, OsString},
    io,
    ops::ControlFlow,
    path::Path,
    sync::Arc,
};

use super::pulse::{Pulse, gone};
use crate::{
    CacheReason, RelativePath,
    tree::{Capacity, Lock, Modified, ReadFile, Residency, Stat, Take, Volume, WriteFile},
};

/// Something of a disk: its folder, a file, a lock.
///
/// Its fields are dropped in their order, so that a close is a call like any other.
pub(super) struct Watched<T: ?Sized> {
    _closes: Entering,
    inner: Box<T>,
    pulse: Leaving,
}

struct Entering(Arc<Pulse>);
struct Leaving(Arc<Pulse>);

impl Drop for Entering {
    fn drop(&mut self) {
        self.0.enter();
    }
}

impl Drop for Leaving {
    fn drop(&mut self) {
        self.0.leave();
    }
}

impl<T: ?Sized> Watched<T> {
    fn new(inner: Box<T>, pulse: &Arc<Pulse>) -> Self {
        Watched { _closes: Entering(Arc::clone(pulse)), inner, pulse: Leaving(Arc::clone(pulse)) }
    }

    fn call<R>(&self, call: impl FnOnce(&T) -> io::Result<R>) -> io::Result<R> {
        self.pulse.0.try_call(|| call(&self.inner))
    }

    fn call_mut<R>(&mut self, call: impl FnOnce(&mut T) -> io::Result<R>) -> io::Result<R> {
        let Watched { inner, pulse, .. } = self;
        pulse.0.try_call(|| call(inner))
    }

    /// The same of something that is opened by the call.
    fn opened<R: ?Sized>(
        &self,
        call: impl FnOnce(&T) -> io::Result<Box<R>>,
    ) -> io::Result<Watched<R>> {
        let opened = self.pulse.0.try_open(|| call(&self.inner))?;
        Ok(Watched::new(opened, &self.pulse.0))
    }

    fn locked(
        &self,
        call: impl FnOnce(&T) -> io::Result<Option<Lock>>,
    ) -> io::Result<Option<Lock>> {
        let lock = self.call(call)?;
        Ok(lock.map(|lock| Box::new(Watched::new(lock, &self.pulse.0)) as Lock))
    }
}

/// A disk's folder, and all that is opened of it.
pub(super) fn watched(folder: Box<dyn Volume>, pulse: &Arc<Pulse>) -> Box<dyn Volume> {
    Box::new(Watched::new(folder, pulse))
}

impl Volume for Watched<dyn Volume> {
    fn root(&self) -> &Path {
        self.inner.root()
    }

    fn below(&self, folder: &RelativePath) -> io::Result<Box<dyn Volume>> {
        Ok(Box::new(self.opened(|inner| inner.below(folder))?))
    }

    fn device(&self) -> Option<String> {
        self.call(|inner| Ok(inner.device())).ok().flatten()
    }

    fn is_still_there(&self) -> bool {
        self.call(|inner| Ok(inner.is_still_there())).unwrap_or(false)
    }

    fn is_tape(&self) -> bool {
        self.call(|inner| Ok(inner.is_tape())).unwrap_or(false)
    }

    fn sync_all(&self) -> io::Result<()> {
        self.call(Volume::sync_all)
    }

    fn capacity(&self) -> io::Result<Capacity> {
        self.call(Volume::capacity)
    }

    fn names(&self, folder: Option<&RelativePath>) -> io::Result<Vec<OsString>> {
        self.call(|inner| inner.names(folder))
    }

    fn each_entry(&self, folder: Option<&RelativePath>, take: &mut Take<'_>) -> io::Result<()> {
        let pulse = &self.pulse.0;
        let mut is_left = false;
        let mut take = |name: &OsStr, stat: io::Result<Stat>| {
            pulse.beat();
            is_left = pulse.is_given_up();
            if is_left { ControlFlow::Break(()) } else { take(name, stat) }
        };
        self.call(|inner| inner.each_entry(folder, &mut take))?;
        // A part of a folder is not what stands there.
        if is_left { Err(gone()) } else { Ok(()) }
    }

    fn stat(&self, path: Option<&RelativePath>) -> io::Result<Stat> {
        self.call(|inner| inner.stat(path))
    }

    fn open(&self, path: &RelativePath) -> io::Result<Box<dyn ReadFile>> {
        Ok(Box::new(self.opened(|inner| inner.open(path))?))
    }

    fn create(&self, path: &RelativePath) -> io::Result<Box<dyn WriteFile>> {
        Ok(Box::new(self.opened(|inner| inner.create(path))?))
    }

    fn create_folder(&self, path: &RelativePath) -> io::Result<()> {
        self.call(|inner| inner.create_folder(path))
    }

    fn rename(&self, from: &RelativePath, to: &RelativePath) -> io::Result<()> {
        self.call(|inner| inner.rename(from, to))
    }

    fn replace(&self, from: &RelativePath, to: &RelativePath) -> io::Result<()> {
        self.call(|inner| inner.replace(from, to))
    }

    fn remove(&self, path: &RelativePath) -> io::Result<()> {
        self.call(|inner| inner.remove(path))
    }

    fn remove_folder(&self, path: &RelativePath) -> io::Result<()> {
        self.call(|inner| inner.remove_folder(path))
    }

    fn set_folder_modified(&self, path: Option<&RelativePath>, time: Modified) -> io::Result<()> {
        self.call(|inner| inner.set_folder_modified(path, time))
    }

    fn sync_folder(&self, folder: Option<&RelativePath>) -> io::Result<()> {
        self.call(|inner| inner.sync_folder(folder))
    }

    fn lock(&self, path: &RelativePath) -> io::Result<Option<Lock>> {
        self.locked(|inner| inner.lock(path))
    }

    fn lock_folder(&self, folder: Option<&RelativePath>) -> io::Result<Option<Lock>> {
        self.locked(|inner| inner.lock_folder(folder))
    }
}

impl ReadFile for Watched<dyn ReadFile> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.call_mut(|inner| inner.read(buffer))
    }

    fn stat(&self) -> io::Result<Stat> {
        self.call(ReadFile::stat)
    }

    fn at_opening(&self) -> io::Result<Stat> {
        self.call(ReadFile::at_opening)
    }

    fn read_ahead(&self, bytes: u64) {
        self.pulse.0.call(|| self.inner.read_ahead(bytes));
    }

    fn is_in_cache(&self) -> Option<bool> {
        self.call(|inner| Ok(inner.is_in_cache())).ok().flatten()
    }

    fn make_durable(&mut self) -> io::Result<()> {
        self.call_mut(ReadFile::make_durable)
    }

    fn drop_cache(&mut self) -> Residency {
        let dropped = self.call_mut(|inner| Ok(inner.drop_cache()));
        dropped.unwrap_or(Residency::Unproven(CacheReason::GivenUp))
    }
}

impl WriteFile for Watched<dyn WriteFile> {
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.call_mut(|inner| inner.write_all(bytes))
    }

    fn set_modified(&mut self, time: Modified) -> io::Result<()> {
        self.call_mut(|inner| inner.set_modified(time))
    }

    fn set_mode(&mut self, mode: u16) -> io::Result<()> {
        self.call_mut(|inner| inner.set_mode(mode))
    }

    fn sync(&mut self) -> io::Result<()> {
        self.call_mut(WriteFile::sync)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::{
        Disk,
        faulty::{Call, Fate, Faulty},
    };

    #[test]
    fn an_answer_is_a_sign_of_life_unless_it_is_that_there_is_no_file_to_be_had() {
        let folder = tempfile::tempdir().unwrap();
        for (number, beats) in [(24, 0), (23, 0), (5, 1)] {
            let fails = move |_, call, _: &str| match call {
                Call::Open => Fate::Fails(io::Error::from_raw_os_error(number)),
                _ => Fate::Succeeds,
            };
            let disk = Faulty::new(Disk::open(folder.path()).unwrap(), fails);
            let pulse = Arc::new(Pulse::default());
            let disk = watched(Box::new(disk), &pulse);
            assert!(disk.open(&RelativePath::new("clip").unwrap()).is_err());
            assert_eq!((pulse.beats(), pulse.is_called()), (beats, false), "{number}");
        }
    }
}
