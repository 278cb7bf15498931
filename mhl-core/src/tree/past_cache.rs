//! A volume whose every file is read from the device, and which keeps the first reason for doubt.

use std::{
    ffi::OsString,
    io,
    ops::Deref,
    path::Path,
    sync::{Arc, OnceLock},
};

use super::volume::{Capacity, Lock, Modified, ReadFile, Residency, Stat, Take, Volume, WriteFile};
use crate::{CacheDoubt, RelativePath};

/// Drops each file from the cache when it is opened to be read, and measures what stays. Lists are read
/// so: a verification past the cache compares with what the medium says, and not with what the
/// system remembers of it.
pub(crate) struct PastTheCache<V> {
    inner: V,
    /// Of the root to which the paths in doubts are relative.
    within: Option<RelativePath>,
    first: Arc<OnceLock<CacheDoubt>>,
}

impl<V> PastTheCache<V> {
    pub(crate) fn new(inner: V) -> Self {
        PastTheCache { inner, within: None, first: Arc::default() }
    }

    /// Why it is not proven that all that was read until now came from the device; `None` when it is.
    pub(crate) fn doubt(&self) -> Option<CacheDoubt> {
        self.first.get().cloned()
    }
}

impl<V> Volume for PastTheCache<V>
where
    V: Deref<Target: Volume> + Send + Sync,
{
    fn open(&self, path: &RelativePath) -> io::Result<Box<dyn ReadFile>> {
        let mut file = self.inner.open(path)?;
        if let Residency::Unproven(reason) = file.drop_cache() {
            self.first.get_or_init(|| {
                let within = self.within.as_ref().map(|folder| format!("{folder}/{path}"));
                CacheDoubt::new(within.unwrap_or_else(|| path.to_string()), reason)
            });
        }
        Ok(file)
    }

    fn below(&self, folder: &RelativePath) -> io::Result<Box<dyn Volume>> {
        let within = match &self.within {
            Some(around) => around.join(folder.as_str()).map_err(io::Error::other)?,
            None => folder.clone(),
        };
        let (inner, first) = (self.inner.below(folder)?, Arc::clone(&self.first));
        Ok(Box::new(PastTheCache { inner, within: Some(within), first }))
    }

    fn root(&self) -> &Path {
        self.inner.root()
    }

    fn device(&self) -> Option<String> {
        self.inner.device()
    }

    fn is_still_there(&self) -> bool {
        self.inner.is_still_there()
    }

    fn is_tape(&self) -> bool {
        self.inner.is_tape()
    }

    fn sync_all(&self) -> io::Result<()> {
        self.inner.sync_all()
    }

    fn capacity(&self) -> io::Result<Capacity> {
        self.inner.capacity()
    }

    fn names(&self, folder: Option<&RelativePath>) -> io::Result<Vec<OsString>> {
        self.inner.names(folder)
    }

    fn each_entry(&self, folder: Option<&RelativePath>, take: &mut Take<'_>) -> io::Result<()> {
        self.inner.each_entry(folder, take)
    }

    fn stat(&self, path: Option<&RelativePath>) -> io::Result<Stat> {
        self.inner.stat(path)
    }

    fn create(&self, path: &RelativePath) -> io::Result<Box<dyn WriteFile>> {
        self.inner.create(path)
    }

    fn create_folder(&self, path: &RelativePath) -> io::Result<()> {
        self.inner.create_folder(path)
    }

    fn rename(&self, from: &RelativePath, to: &RelativePath) -> io::Result<()> {
        self.inner.rename(from, to)
    }

    fn replace(&self, from: &RelativePath, to: &RelativePath) -> io::Result<()> {
        self.inner.replace(from, to)
    }

    fn remove(&self, path: &RelativePath) -> io::Result<()> {
        self.inner.remove(path)
    }

    fn remove_folder(&self, path: &RelativePath) -> io::Result<()> {
        self.inner.remove_folder(path)
    }

    fn set_folder_modified(&self, path: Option<&RelativePath>, time: Modified) -> io::Result<()> {
        self.inner.set_folder_modified(path, time)
    }

    fn sync_folder(&self, folder: Option<&RelativePath>) -> io::Result<()> {
        self.inner.sync_folder(folder)
    }

    fn lock(&self, path: &RelativePath) -> io::Result<Option<Lock>> {
        self.inner.lock(path)
    }

    fn lock_folder(&self, folder: Option<&RelativePath>) -> io::Result<Option<Lock>> {
        self.inner.lock_folder(folder)
    }
}
