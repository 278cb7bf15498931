//! A disk in memory with a write cache, that fails, stops, lies and vanishes where a test says so.
//!
//! The model is one of a real file system and its medium ([`medium`]), the faults are values
//! ([`fault`]) that strike at calls by their numbers ([`calls`]), and everything that is left to chance comes from a seed. The same seed and faults give
//! the same bytes, as long as one thread at a time uses a disk. Files alone may be read by several at
//! once: what is done to an open file is numbered for that file.

mod calls;
mod fault;
mod medium;

use std::{
    collections::BTreeMap,
    ffi::OsString,
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard},
};

use self::calls::{Is, State, failure};
pub(crate) use self::{
    calls::{Call, Count},
    fault::{Fault, Place, Random},
    medium::{Attributes, Inode},
};
use super::volume::{
    Capacity, Kind, Lock, Modified, NamesCount, ReadFile, Residency, Stat, Volume, WriteFile,
};
use crate::{CacheReason, RelativePath};

/// What a process finds when it starts again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Restart {
    /// The process alone died: the system has everything that it was given.
    Process,
    /// The power failed: what was not durable is kept in part, by this seed.
    Power(u64),
}

/// What stands at a path; a folder has no bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Thing {
    pub(crate) bytes: Option<Vec<u8>>,
    pub(crate) attributes: Attributes,
}

/// Everything below a folder, by path.
pub(crate) type Contents = BTreeMap<String, Thing>;

/// A folder of a simulated disk. Its clones and the folders below are on the same disk.
#[derive(Clone)]
pub(crate) struct Simulated {
    disk: Arc<Disk>,
    root: Inode,
    path: PathBuf,
}

struct Disk {
    device: u64,
    state: Mutex<State>,
}

impl Simulated {
    /// An empty disk of this number, which no other disk of the test has.
    pub(crate) fn new(device: u64) -> Self {
        let state = State::new(Random::new(device));
        Simulated::with(device, state, 0, PathBuf::from(format!("/simulated/{device}")))
    }

    fn with(device: u64, state: State, root: Inode, path: PathBuf) -> Self {
        Simulated { disk: Arc::new(Disk { device, state: Mutex::new(state) }), root, path }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.disk.state.lock().unwrap()
    }

    /// A disk of its own that holds the same, and goes on from this seed with these faults.
    pub(crate) fn fork(&self, seed: u64, faults: &[Fault]) -> Self {
        let mut state = self.state().clone();
        state.restart();
        state.random = Random::new(seed);
        state.faults = faults.to_vec();
        Simulated::with(self.disk.device, state, self.root, self.path.clone())
    }

    /// The reads of each file that was read.
    pub(crate) fn reads(&self) -> BTreeMap<Inode, u64> {
        self.state().reads.clone()
    }

    /// Starts again without faults, after the process or the machine died.
    pub(crate) fn restart(&self, how: Restart) {
        let mut state = self.state();
        state.restart();
        if let Restart::Power(seed) = how {
            state.medium.lose_power(&mut Random::new(seed));
        }
    }

    /// Writes the calls down from now on.
    pub(crate) fn trace(&self) {
        self.state().trace = Some(Vec::new());
    }

    /// The calls that were written down.
    pub(crate) fn traced(&self) -> Vec<Call> {
        self.state().trace.clone().unwrap_or_default()
    }

    pub(crate) fn count(&self) -> Count {
        self.state().count
    }

    /// Puts a durable file there, with the folders on its way; one that stands there is replaced.
    pub(crate) fn put(&self, path: &str, bytes: &[u8], modified: i64) {
        let mut state = self.state();
        let medium = &mut state.medium;
        for (at, _) in path.match_indices('/') {
            let _ = medium.create_folder(self.root, &path[..at]);
        }
        let _ = medium.remove(self.root, path, Kind::File);
        let inode = medium.create(self.root, path).unwrap();
        medium.append(inode, bytes).unwrap();
        medium.attributes(inode).modified = Modified { seconds: modified, nanoseconds: 0 };
        medium.sync_all();
    }

    /// Puts a durable folder there.
    pub(crate) fn put_folder(&self, path: &str) {
        let mut state = self.state();
        state.medium.create_folder(self.root, path).unwrap();
        state.medium.sync_all();
    }

    /// Puts a copy of what stands elsewhere there, with its times.
    pub(crate) fn put_all(&self, contents: &Contents) {
        for (path, thing) in contents {
            match &thing.bytes {
                Some(bytes) => self.put(path, bytes, thing.attributes.modified.seconds),
                None => self.put_folder(path),
            }
        }
        let mut state = self.state();
        for (path, thing) in contents {
            let inode = state.medium.find(self.root, Some(path)).unwrap();
            *state.medium.attributes(inode) = thing.attributes;
        }
        state.medium.sync_all();
    }

    /// Flips a bit of a file on the medium and empties the cache. `false` when it has no such byte.
    pub(crate) fn flip(&self, path: &str, place: Place) -> bool {
        let medium = &mut self.state().medium;
        let inode = medium.find(self.root, Some(path)).unwrap();
        let flipped = medium.flip(inode, place);
        medium.drop_cache(inode);
        flipped
    }

    /// Everything below, as a process sees it.
    pub(crate) fn contents(&self) -> Contents {
        let state = &mut *self.state();
        let mut contents = Contents::new();
        let mut open = vec![(String::new(), self.root)];
        while let Some((prefix, folder)) = open.pop() {
            for name in state.medium.names(folder).unwrap() {
                let inode = state.medium.find(folder, Some(&name)).unwrap();
                let path = format!("{prefix}{name}");
                let bytes = state.medium.bytes(inode).ok().map(<[u8]>::to_vec);
                if bytes.is_none() {
                    open.push((format!("{path}/"), inode));
                }
                let attributes = *state.medium.attributes(inode);
                contents.insert(path, Thing { bytes, attributes });
            }
        }
        contents
    }

    /// Carries a call out, unless a fault is in its way.
    fn call<T>(
        &self,
        what: (&'static str, Option<&RelativePath>),
        is: Is,
        act: impl FnOnce(&mut State) -> io::Result<T>,
    ) -> io::Result<T> {
        let (result, fails) = {
            let state = &mut *self.state();
            state.enter(what)?;
            let result = act(state);
            let fails = state.leave(is, result.is_ok());
            (result, fails)
        };
        // Outside: a lock that comes to nothing is given back.
        if fails { Err(failure()) } else { result }
    }

    /// The same for what is done to a file being read.
    fn reading<T>(
        &self,
        what: &'static str,
        inode: Inode,
        act: impl FnOnce(&mut State) -> io::Result<T>,
    ) -> io::Result<T> {
        let state = &mut *self.state();
        state.enter_reading(what, inode)?;
        act(state)
    }

    fn find(&self, state: &State, path: Option<&RelativePath>) -> io::Result<Inode> {
        state.medium.find(self.root, path.map(RelativePath::as_str))
    }

    fn opened(&self, state: &State, inode: Inode) -> Box<Opened> {
        let mut random = state.random.clone();
        let random = Random::new(random.next() ^ inode as u64);
        Box::new(Opened { volume: self.clone(), inode, offset: 0, random })
    }

    fn lock_inode(&self, state: &mut State, inode: Inode) -> Option<Lock> {
        let disk = self.disk.clone();
        let process = state.process;
        let is_free = state.locked.insert(inode);
        is_free.then(|| Box::new(Locked { disk, inode, process }) as Lock)
    }
}

impl Volume for Simulated {
    fn root(&self) -> &Path {
        &self.path
    }

    fn below(&self, folder: &RelativePath) -> io::Result<Box<dyn Volume>> {
        self.call(("below", Some(folder)), Is::Read, |state| {
            let root = self.find(state, Some(folder))?;
            state.medium.names(root)?;
            let (disk, path) = (self.disk.clone(), self.path.join(folder.as_str()));
            Ok(Box::new(Simulated { disk, root, path }) as Box<dyn Volume>)
        })
    }

    fn device(&self) -> Option<String> {
        Some(format!("fs:{}", self.disk.device))
    }

    fn is_tape(&self) -> bool {
        false
    }

    fn sync_all(&self) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn is_still_there(&self) -> bool {
        let state = &mut *self.state();
        let calls = state.count.calls;
        !state.strikes(|fault| matches!(fault, Fault::IsTakenAway(from) if calls >= *from))
    }

    fn capacity(&self) -> io::Result<Capacity> {
        self.call(("capacity", None), Is::Read, |_| {
            let names_count = NamesCount::Bytes;
            Ok(Capacity { free: 1 << 40, name_max: 255, names_count, file_max: u64::MAX })
        })
    }

    fn names(&self, folder: Option<&RelativePath>) -> io::Result<Vec<OsString>> {
        self.call(("names", folder), Is::Read, |state| {
            let names = state.medium.names(self.find(state, folder)?)?;
            Ok(names.into_iter().map(OsString::from).collect())
        })
    }

    fn stat(&self, path: Option<&RelativePath>) -> io::Result<Stat> {
        self.call(("stat", path), Is::Read, |state| {
            Ok(state.medium.stat(self.find(state, path)?, self.disk.device))
        })
    }

    fn open(&self, path: &RelativePath) -> io::Result<Box<dyn ReadFile>> {
        let inode = {
            let state = &mut *self.state();
            let inode = self.find(state, Some(path))?;
            state.medium.bytes(inode)?;
            inode
        };
        self.reading("open", inode, |state| Ok(self.opened(state, inode) as Box<dyn ReadFile>))
    }

    fn create(&self, path: &RelativePath) -> io::Result<Box<dyn WriteFile>> {
        self.call(("create", Some(path)), Is::Change, |state| {
            let inode = state.medium.create(self.root, path.as_str())?;
            Ok(self.opened(state, inode) as Box<dyn WriteFile>)
        })
    }

    fn create_folder(&self, path: &RelativePath) -> io::Result<()> {
        self.call(("create folder", Some(path)), Is::Change, |state| {
            state.medium.create_folder(self.root, path.as_str()).map(|_| ())
        })
    }

    fn rename(&self, from: &RelativePath, to: &RelativePath) -> io::Result<()> {
        self.call(("rename to", Some(to)), Is::Change, |state| {
            state.medium.rename(self.root, from.as_str(), to.as_str(), false)
        })
    }

    fn replace(&self, from: &RelativePath, to: &RelativePath) -> io::Result<()> {
        self.call(("replace", Some(to)), Is::Change, |state| {
            state.medium.rename(self.root, from.as_str(), to.as_str(), true)
        })
    }

    fn remove(&self, path: &RelativePath) -> io::Result<()> {
        self.call(("remove", Some(path)), Is::Change, |state| {
            state.medium.remove(self.root, path.as_str(), Kind::File)
        })
    }

    fn remove_folder(&self, path: &RelativePath) -> io::Result<()> {
        self.call(("remove folder", Some(path)), Is::Change, |state| {
            state.medium.remove(self.root, path.as_str(), Kind::Folder)
        })
    }

    fn set_folder_modified(&self, path: Option<&RelativePath>, time: Modified) -> io::Result<()> {
        self.call(("time of folder", path), Is::Change, |state| {
            let inode = self.find(state, path)?;
            state.medium.attributes(inode).modified = time;
            Ok(())
        })
    }

    fn sync_folder(&self, folder: Option<&RelativePath>) -> io::Result<()> {
        self.call(("sync folder", folder), Is::Change, |state| {
            let inode = self.find(state, folder)?;
            state.medium.sync_folder(inode);
            Ok(())
        })
    }

    fn lock(&self, path: &RelativePath) -> io::Result<Option<Lock>> {
        self.call(("lock", Some(path)), Is::Change, |state| {
            let inode = match self.find(state, Some(path)) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    state.medium.create(self.root, path.as_str())?
                }
                found => found?,
            };
            Ok(self.lock_inode(state, inode))
        })
    }

    fn lock_folder(&self, folder: Option<&RelativePath>) -> io::Result<Option<Lock>> {
        self.call(("lock folder", folder), Is::Read, |state| {
            let inode = self.find(state, folder)?;
            Ok(self.lock_inode(state, inode))
        })
    }
}

/// A lock that ends with its process at the latest.
struct Locked {
    disk: Arc<Disk>,
    inode: Inode,
    process: u64,
}

impl Drop for Locked {
    fn drop(&mut self) {
        let state = &mut *self.disk.state.lock().unwrap();
        if state.process == self.process {
            state.locked.remove(&self.inode);
        }
    }
}

/// An open file, for reading or for writing.
struct Opened {
    volume: Simulated,
    inode: Inode,
    offset: usize,
    random: Random,
}

impl ReadFile for Opened {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Opened { volume, inode, offset, random } = self;
        let (inode, offset) = (*inode, *offset);
        let count = volume.reading("read", inode, |state| {
            let mut limit = buffer.len();
            if state.faults.contains(&Fault::ReadsInPieces) && limit > 0 {
                match random.below(8) {
                    0 => return Err(io::ErrorKind::Interrupted.into()),
                    1..4 => limit = 1 + random.below(limit.min(100) as u64) as usize,
                    _ => {}
                }
            }
            let bytes = state.medium.bytes(inode)?;
            let rest = bytes.get(offset..).unwrap_or_default();
            let count = rest.len().min(limit);
            buffer[..count].copy_from_slice(&rest[..count]);
            Ok(count)
        })?;
        self.offset += count;
        Ok(count)
    }

    fn stat(&self) -> io::Result<Stat> {
        let device = self.volume.disk.device;
        self.volume.reading("stat", self.inode, |state| Ok(state.medium.stat(self.inode, device)))
    }

    /// Not counted among the syncs: files are read by several at once, in any order.
    fn make_durable(&mut self) -> io::Result<()> {
        let Opened { volume, inode, random, .. } = self;
        let synced = volume.reading("sync", *inode, |state| {
            state.medium.sync(*inode, None)?;
            Ok(())
        });
        let state = &mut *volume.state();
        if synced.is_err() && !state.stopped {
            state.medium.lose_pages(*inode, random);
        }
        synced
    }

    fn drop_cache(&mut self) -> Residency {
        let dropped = self.volume.reading("drop cache", self.inode, |state| {
            let stays = state.strikes(|fault| *fault == Fault::KeepsItsCache);
            Ok(!stays && state.medium.drop_cache(self.inode))
        });
        match dropped {
            Ok(true) => Residency::Absent,
            Ok(false) => Residency::Unproven(CacheReason::PagesStayed),
            Err(_) => Residency::Unproven(CacheReason::GivenUp),
        }
    }
}

impl WriteFile for Opened {
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        let inode = self.inode;
        self.volume.call(("write", None), Is::Change, |state| state.write(inode, bytes))
    }

    fn set_modified(&mut self, time: Modified) -> io::Result<()> {
        self.volume.call(("time", None), Is::Change, |state| {
            state.medium.attributes(self.inode).modified = time;
            Ok(())
        })
    }

    fn set_mode(&mut self, mode: u16) -> io::Result<()> {
        self.volume.call(("mode", None), Is::Change, |state| {
            state.medium.attributes(self.inode).mode = mode;
            Ok(())
        })
    }

    fn sync(&mut self) -> io::Result<()> {
        let state = &mut *self.volume.state();
        if let Err(error) = state.enter(("sync", None)) {
            if !state.stopped {
                state.medium.lose_pages(self.inode, &mut state.random);
            }
            return Err(error);
        }
        let result = state.sync(self.inode);
        if state.leave(Is::Change, result.is_ok()) { Err(failure()) } else { result }
    }
}

#[cfg(test)]
mod tests;
