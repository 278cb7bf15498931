//! One file through the generations of a history, whatever it was called.

use mhl_hash::Algorithm;

use super::{History, known::FolderRenames};
use crate::{FileEntry, RecordedHash, RelativePath};

/// What a history says of one file, generation by generation.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FileHistory<'a> {
    /// Its path as of the last generation, relative to the root of the history that was asked.
    pub path: RelativePath,
    /// The folder of the nested history that has its records; none for the history's own.
    pub scope: Option<RelativePath>,
    /// Every record of it, the earliest first; at least one.
    pub mentions: Vec<Mention<'a>>,
}

/// The record of a file in one generation.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Mention<'a> {
    /// The generation's number.
    pub generation: u64,
    /// What it says, with the path of that time and the action of each digest.
    pub entry: &'a FileEntry,
    /// The formats in which its digest is not the earliest one that is not labelled `failed`,
    /// whatever this one is labelled.
    pub conflicts: Vec<Algorithm>,
}

impl FileHistory<'_> {
    /// The earliest digest of each format that is not labelled `failed`: what the file is measured
    /// by.
    #[must_use]
    pub fn reference_hashes(&self) -> Vec<&RecordedHash> {
        let mut hashes: Vec<&RecordedHash> = Vec::new();
        for hash in self.mentions.iter().flat_map(|mention| &mention.entry.hashes) {
            if !hash.is_failed() && hashes.iter().all(|h| h.algorithm() != hash.algorithm()) {
                hashes.push(hash);
            }
        }
        hashes
    }
}

impl History {
    /// Looks a file up by its path, or by one that it had before: through every generation, any
    /// number of renames of it or of a folder around it, and into nested histories.
    ///
    /// `None` when no generation knows the path. A path that was given up and taken by another file
    /// is the other file's.
    ///
    /// Every entry of every generation may be looked at, once more for each later name: ask for a
    /// few files. [`History::known`] tells of all of them in one pass.
    ///
    /// ```no_run
    /// use mhl_core::{Limits, RelativePath, asc::History};
    ///
    /// let history = History::load("/mnt/raid/A001".as_ref(), &Limits::default())?.unwrap();
    /// if let Some(file) = history.file(&RelativePath::new("Clips/A001C001.mxf")?) {
    ///     for mention in &file.mentions {
    ///         println!("{}: {} {:?}", mention.generation, mention.entry.path, mention.conflicts);
    ///     }
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn file(&self, path: &RelativePath) -> Option<FileHistory<'_>> {
        for nested in &self.nested {
            let inner = path.below(&nested.root).and_then(|path| nested.history.file(&path));
            if let Some(inner) = inner {
                let scope = match inner.scope {
                    Some(scope) => nested.root.join(scope.as_str()).ok()?,
                    None => nested.root.clone(),
                };
                let path = nested.root.join(inner.path.as_str()).ok()?;
                return Some(FileHistory { path, scope: Some(scope), mentions: inner.mentions });
            }
        }
        let mut mentions = match self.back_from(path) {
            Trace::Renamed(to) => return self.file(&to),
            Trace::Mentions(mentions) if mentions.is_empty() => return None,
            Trace::Mentions(mentions) => mentions,
        };
        mentions.reverse();
        let mut file = FileHistory { path: path.clone(), scope: None, mentions };
        let reference: Vec<RecordedHash> = file.reference_hashes().into_iter().cloned().collect();
        for mention in &mut file.mentions {
            let values = mention.entry.hashes.iter().filter_map(RecordedHash::value);
            let differs = values.filter(|value| {
                let own = reference.iter().find(|own| own.algorithm() == Some(value.algorithm()));
                own.is_some_and(|own| !own.compare(value).holds())
            });
            mention.conflicts = differs.map(|value| value.algorithm()).collect();
        }
        Some(file)
    }

    /// Follows a name from the last generation to the first.
    fn back_from(&self, path: &RelativePath) -> Trace<'_> {
        let mut mentions = Vec::new();
        let mut name = path.clone();
        for generation in self.generations.iter().rev() {
            let manifest = &generation.manifest;
            let folders = FolderRenames::of(manifest);
            let before = folders.back(&name);
            if let Some(entry) = manifest.files().find(|file| file.path == name) {
                let number = generation.number;
                mentions.push(Mention { generation: number, entry, conflicts: Vec::new() });
                if let Some(previous) = &entry.previous_path {
                    name = previous.clone();
                    continue;
                }
            } else if before.is_none() {
                let taken =
                    manifest.files().find(|file| file.previous_path.as_ref() == Some(&name));
                let to = taken.map(|file| file.path.clone()).or_else(|| folders.follow(&name));
                match to {
                    Some(to) if mentions.is_empty() => return Trace::Renamed(to),
                    // Earlier generations mean another file by this name.
                    Some(_) => break,
                    None => {}
                }
            }
            name = before.unwrap_or(name);
        }
        Trace::Mentions(mentions)
    }
}

/// Where a name leads.
enum Trace<'a> {
    /// The records of the file that has it, the latest first.
    Mentions(Vec<Mention<'a>>),
    /// To this name, which the file got later.
    Renamed(RelativePath),
}
