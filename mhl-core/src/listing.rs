//! From hashed files to the list that stands with them.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use mhl_hash::{Algorithm, HashValue};

use crate::{
    Action, DirectoryEntry, Entry, FileEntry, Format, Header, ManifestRecord, Process,
    RecordedHash, Reference, RelativePath, RootHash, Timestamp, asc, classic,
    context::Agent,
    digests::Digests,
    path,
    tree::{
        FoundFile, Modified, Tree, Volume,
        durable::{Staged, Unpublished, stage},
        is_litter, litter_patterns,
    },
};

/// Algorithms that a format's lists cannot record, or none at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{}",
    if algorithms.is_empty() { "no hash algorithm was named".to_owned() } else {
        format!(
            "{} cannot stand in {format} lists, which know {}",
            names(algorithms),
            names(&known(*format))
        )
    }
)]
#[non_exhaustive]
pub struct AlgorithmNotInFormat {
    /// The format asked for.
    pub format: Format,
    /// Every algorithm that it does not know; empty when none was named.
    pub algorithms: Vec<Algorithm>,
}

fn names(algorithms: &[Algorithm]) -> String {
    algorithms.iter().map(|algorithm| algorithm.name()).collect::<Vec<_>>().join(" ")
}

/// What each format can record, in the order in which it is written. In classic lists `xxhash`
/// comes last: programs that check the first element alone read it as XXH64.
fn known(format: Format) -> Vec<Algorithm> {
    use Algorithm::*;
    match format {
        Format::Classic => vec![Md5, Sha1, Xxh64, Xxh32],
        _ => vec![C4, Md5, Sha1, Xxh128, Xxh3, Xxh64],
    }
}

/// Refuses algorithms that the format cannot record.
pub(crate) fn check_algorithms(
    algorithms: &[Algorithm],
    format: Format,
) -> Result<(), AlgorithmNotInFormat> {
    let known = known(format);
    let foreign: Vec<_> = algorithms.iter().copied().filter(|a| !known.contains(a)).collect();
    if algorithms.is_empty() || !foreign.is_empty() {
        return Err(AlgorithmNotInFormat { format, algorithms: foreign });
    }
    Ok(())
}

/// Everything that a list says.
pub(crate) struct Listing<'a> {
    /// The roll's name.
    pub(crate) folder: &'a str,
    pub(crate) agent: &'a Agent,
    pub(crate) format: Format,
    pub(crate) process: Process,
    /// Patterns of the user's, beside the defaults (ASC).
    pub(crate) ignore: &'a [String],
    pub(crate) started: &'a Timestamp,
    pub(crate) finished: &'a Timestamp,
    pub(crate) tree: &'a Tree,
    pub(crate) digests: &'a Digests,
    /// What is appended to (ASC).
    pub(crate) generation: Generation<'a>,
}

/// A generation among those before it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Generation<'a> {
    /// The chain so far and the number of this generation; nothing for the first.
    pub(crate) after: Option<(&'a asc::Chain, u64)>,
    /// What is said of each file; every one is `original` where nothing is given.
    pub(crate) says: Option<&'a Says>,
    /// The hashes of its directories, where they are not those of the tree by itself.
    pub(crate) directories: Option<&'a DirectoryHashes>,
    /// The newest manifests of the histories nested directly within.
    pub(crate) references: &'a [Reference],
    /// The folders that this generation gives another name, by the new one.
    pub(crate) previous: Option<&'a BTreeMap<RelativePath, RelativePath>>,
}

/// What a generation says of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Say {
    /// Nothing: it was not read, or what was read proves nothing.
    Nothing,
    /// It is recorded for the first time.
    Original,
    Verified,
    Failed,
}

impl Say {
    fn action(self) -> Option<Action> {
        match self {
            Say::Nothing => None,
            Say::Original => Some(Action::Original),
            Say::Verified => Some(Action::Verified),
            Say::Failed => Some(Action::Failed),
        }
    }
}

/// What a generation says of each file of a tree: a byte for each.
#[derive(Clone, Debug, Default)]
pub(crate) struct Says {
    says: Vec<Say>,
    /// The paths that the history knows files by, where they are others, by the places of the files.
    previous: BTreeMap<usize, RelativePath>,
}

impl Says {
    /// Nothing of so many files.
    pub(crate) fn nothing(files: usize) -> Self {
        Says { says: vec![Say::Nothing; files], previous: BTreeMap::new() }
    }

    /// That so many files are recorded for the first time.
    pub(crate) fn originals(files: usize) -> Self {
        Says { says: vec![Say::Original; files], previous: BTreeMap::new() }
    }

    /// Says something of a file, and by which other path the history knows it.
    pub(crate) fn set(&mut self, file: usize, say: Say, previous: Option<RelativePath>) {
        if let Some(place) = self.says.get_mut(file) {
            *place = say;
            self.previous.remove(&file);
            self.previous.extend(previous.map(|path| (file, path)));
        }
    }

    /// The same of one more file.
    pub(crate) fn push(&mut self, say: Say, previous: Option<RelativePath>) {
        self.says.push(Say::Nothing);
        self.set(self.says.len() - 1, say, previous);
    }

    /// What is said of a file.
    pub(crate) fn get(&self, file: usize) -> Say {
        self.says.get(file).copied().unwrap_or(Say::Nothing)
    }

    /// The path that the history knows a file by, if another.
    pub(crate) fn previous(&self, file: usize) -> Option<&RelativePath> {
        self.previous.get(&file)
    }

    /// The places of the files of which something is said.
    pub(crate) fn said(&self) -> impl Iterator<Item = usize> {
        let said = self.says.iter().enumerate().filter(|(_, say)| **say != Say::Nothing);
        said.map(|(file, _)| file)
    }

    /// What is said of some of the files, in this order.
    pub(crate) fn select(&self, files: &[usize]) -> Self {
        let mut selected = Says::nothing(files.len());
        for (place, file) in files.iter().enumerate() {
            selected.set(place, self.get(*file), self.previous(*file).cloned());
        }
        selected
    }
}

impl Listing<'_> {
    /// Writes the list at the root of the roll, durably, and for ASC its chain after it.
    pub(crate) fn write(&self, roll: &dyn Volume) -> Result<ManifestRecord, Unpublished> {
        match self.format {
            Format::Classic => self.write_classic(roll),
            _ => self.write_generation(roll),
        }
    }

    /// Writes a classic list in the place of the roll's old one, durably and never half.
    pub(crate) fn replace(
        &self,
        roll: &dyn Volume,
        old: &RelativePath,
    ) -> Result<ManifestRecord, Unpublished> {
        let (list, path) = self.stage_classic(roll)?;
        list.take_place_of(old)?;
        Ok(ManifestRecord::new(path.as_str(), self.format.name(), list.c4().to_string()))
    }

    fn write_classic(&self, roll: &dyn Volume) -> Result<ManifestRecord, Unpublished> {
        let (list, path) = self.stage_classic(roll)?;
        list.publish()?;
        Ok(ManifestRecord::new(path.as_str(), self.format.name(), list.c4().to_string()))
    }

    fn stage_classic<'v>(&self, roll: &'v dyn Volume) -> io::Result<(Staged<'v>, RelativePath)> {
        let path = path(&classic::file_name(self.folder, self.finished))?;
        let list = stage(roll, &path, |sink| {
            let mut header = Header::new(Format::Classic);
            header.creator.name = self.agent.author.as_ref().map(|author| author.name.clone());
            header.creator.username = Some(self.agent.user.clone());
            header.creator.hostname = Some(self.agent.host.clone());
            header.creator.tool = Some(format!("{} {}", self.agent.tool, self.agent.version));
            header.creator.started = Some(self.started.clone());
            header.creator.finished = Some(self.finished.clone());
            let mut list = classic::Writer::new(sink, &header)?;
            for (index, file) in self.tree.files.iter().enumerate() {
                let mut entry = self.file_entry(index, file);
                entry.hash_date = Some(self.hash_date(index));
                list.entry(&entry)?;
            }
            list.finish()?;
            Ok(())
        })?;
        Ok((list, path))
    }

    fn write_generation(&self, roll: &dyn Volume) -> Result<ManifestRecord, Unpublished> {
        let folder = path(asc::FOLDER)?;
        match roll.create_folder(&folder) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error.into()),
            _ => roll.sync_folder(None)?,
        }
        let (mut chain, number) = match self.generation.after {
            Some((chain, number)) => (chain.clone(), number),
            None => (asc::Chain::default(), 1),
        };
        let name = path(&asc::file_name(number, self.folder, self.started))?;
        let manifest = folder.join(name.as_str()).map_err(io::Error::other)?;
        let generation = stage(roll, &manifest, |sink| self.write_manifest(sink))?;
        chain.links.push(asc::Link::new(Some(number), name, generation.c4()));
        let chain_file = folder.join(asc::CHAIN_FILE).map_err(io::Error::other)?;
        // Until it has its name, the new chain says which manifest was under way.
        let pin = asc::HistoryPin::of(&chain);
        let chain = match stage(roll, &chain_file, |sink| Ok(chain.write(sink)?)) {
            Ok(chain) => chain,
            Err(error) => {
                generation.discard();
                return Err(error.into());
            }
        };
        // The chain stands there before the manifest has its name, on file systems too that keep no
        // order of names by themselves.
        let synced = roll.sync_folder(Some(&folder)).map_err(Unpublished::Unchanged);
        let published = synced.and_then(|()| generation.publish());
        let is_named = published.is_ok();
        if let Err(error) = published.and_then(|()| chain.replace_or_leave()) {
            // Where the new chain stands it would be missing, and without any chain that tells of it,
            // it would be unlisted: the manifest goes only where nothing changed, and durably before
            // the chain that announces it.
            if let Unpublished::Unchanged(_) = error {
                generation.discard();
                let is_gone = !is_named || roll.remove(&manifest).is_ok();
                if is_gone && roll.sync_folder(Some(&folder)).is_ok() {
                    chain.discard();
                }
            }
            return Err(error);
        }
        let c4 = generation.c4().to_string();
        let record = ManifestRecord::new(manifest.as_str(), self.format.name(), c4);
        Ok(ManifestRecord { pin: Some(pin), ..record })
    }

    fn write_manifest(&self, sink: &mut dyn Write) -> io::Result<()> {
        let computed;
        let directories = match self.generation.directories {
            Some(directories) => directories,
            None => {
                computed = DirectoryHashes::of(self.tree, self.digests, &BTreeMap::new());
                &computed
            }
        };
        let date = self.finished.clone();
        let recorded = |value: &HashValue| {
            let mut hash = RecordedHash::new(Format::Asc, *value);
            hash.date = Some(date.clone());
            hash
        };
        let pair = |hashes: &[asc::DirectoryHash]| {
            let content = hashes.iter().map(|hash| recorded(&hash.content)).collect();
            let structure = hashes.iter().map(|hash| recorded(&hash.structure)).collect();
            (content, structure)
        };

        let mut header = Header::new(Format::Asc);
        header.created = Some(self.started.clone());
        header.creator.hostname = Some(self.agent.host.clone());
        header.creator.tool = Some(self.agent.tool.clone());
        header.creator.tool_version = Some(self.agent.version.clone());
        header.creator.authors.extend(self.agent.author.clone());
        header.process = Some(self.process.clone());
        header.root_hash = directories.of_directory(None).map(|hashes| {
            let (content, structure) = pair(hashes);
            RootHash::new(content, structure)
        });
        header.ignore = self.patterns();
        let mut manifest = asc::Writer::new(sink, &header)?;
        for step in depth_first(self.tree) {
            let entry = match step {
                Step::File(index, file) => {
                    let mut entry = self.file_entry(index, file);
                    let action = match self.generation.says {
                        Some(says) => {
                            let Some(action) = says.get(index).action() else { continue };
                            entry.previous_path = says.previous(index).cloned();
                            action
                        }
                        None => Action::Original,
                    };
                    for hash in &mut entry.hashes {
                        hash.action = Some(action.clone());
                        hash.date = Some(self.hash_date(index));
                    }
                    Entry::File(entry)
                }
                Step::Folder(folder, modified) => {
                    let mut entry = DirectoryEntry::new(folder.clone());
                    entry.modified = time(modified);
                    entry.previous_path =
                        self.generation.previous.and_then(|previous| previous.get(folder).cloned());
                    if let Some(hashes) = directories.of_directory(Some(folder)) {
                        (entry.content, entry.structure) = pair(hashes);
                    }
                    Entry::Directory(entry)
                }
            };
            manifest.entry(&entry)?;
        }
        manifest.finish(self.generation.references)?;
        Ok(())
    }

    /// The patterns to record. Litter that is listed, as other programs do, is not ignored from now on.
    fn patterns(&self) -> Vec<String> {
        let mut patterns = ignore_patterns(self.ignore);
        let files = self.tree.files.iter().map(|file| (&file.path, false));
        let folders = self.tree.folders.iter().map(|(folder, _)| (folder, true));
        let litter = files.chain(folders).filter(|(path, _)| path.segments().any(is_litter));
        let litter: Vec<_> = litter.collect();
        let is_listed = |pattern: &String| {
            let alone = asc::IgnoreList::new(std::slice::from_ref(pattern));
            let matches = |alone: asc::IgnoreList| {
                litter.iter().any(|(path, folder)| alone.is_ignored(path, *folder))
            };
            alone.is_ok_and(matches)
        };
        patterns.retain(|pattern| {
            let given =
                self.ignore.contains(pattern) || asc::DEFAULT_IGNORE.contains(&pattern.as_str());
            given || !is_listed(pattern)
        });
        patterns
    }

    /// When the digests of a file were computed: when the work ended, where nobody says otherwise.
    fn hash_date(&self, index: usize) -> Timestamp {
        self.digests.date(index).unwrap_or_else(|| self.finished.clone())
    }

    fn file_entry(&self, index: usize, file: &FoundFile) -> FileEntry {
        let mut entry = FileEntry::new(file.path.clone(), Some(file.stat.size));
        entry.modified = time(file.stat.modified);
        let values = self.digests.get(index);
        entry.hashes = known(self.format)
            .into_iter()
            .filter_map(|algorithm| values.iter().find(|value| value.algorithm() == algorithm))
            .map(|value| RecordedHash::new(self.format, *value))
            .collect();
        entry
    }
}

/// The defaults of the format, the litter that systems leave, then the user's.
///
/// Litter is named, because a verification by another program would report it as new files.
pub(crate) fn ignore_patterns(user: &[String]) -> Vec<String> {
    let mut patterns: Vec<String> = asc::DEFAULT_IGNORE.map(String::from).to_vec();
    let more = litter_patterns().map(str::to_owned).chain(user.to_vec());
    for pattern in more {
        if !patterns.contains(&pattern) {
            patterns.push(pattern);
        }
    }
    patterns
}

fn time(modified: Modified) -> Option<Timestamp> {
    Timestamp::from_unix(modified.seconds, 0)
}

/// A path that the program itself spells.
pub(crate) fn path(text: &str) -> io::Result<RelativePath> {
    RelativePath::new(text).map_err(io::Error::other)
}

/// A file or folder of a tree.
enum Step<'a> {
    File(usize, &'a FoundFile),
    Folder(&'a RelativePath, Modified),
}

impl<'a> Step<'a> {
    fn path(&self) -> &'a RelativePath {
        match self {
            Step::File(_, file) => &file.path,
            Step::Folder(path, _) => path,
        }
    }
}

/// A tree's files and folders, each folder after everything that it holds.
fn depth_first(tree: &Tree) -> impl Iterator<Item = Step<'_>> {
    // By their places, files before folders: a few bytes for each.
    let step = |place: usize| match tree.files.get(place) {
        Some(file) => Some(Step::File(place, file)),
        None => {
            let folder = tree.folders.get(place.checked_sub(tree.files.len())?);
            folder.map(|(path, modified)| Step::Folder(path, *modified))
        }
    };
    let path = |place: usize| step(place).map_or("", |step| step.path().as_str());
    let mut steps: Vec<usize> = (0..tree.files.len() + tree.folders.len()).collect();
    steps.sort_unstable_by(|a, b| path::depth_first(path(*a), path(*b)));
    steps.into_iter().filter_map(step)
}

/// The pairs of a directory, one for each algorithm.
pub(crate) type Pairs = Vec<asc::DirectoryHash>;

/// The directory hashes of a tree, in every algorithm in which each file below has a digest.
#[derive(Debug, Default)]
pub(crate) struct DirectoryHashes {
    hashes: BTreeMap<Option<RelativePath>, Pairs>,
}

impl DirectoryHashes {
    /// `nested` has the pairs of folders whose files are not in the tree, as a history of their own
    /// lists them.
    pub(crate) fn of(
        tree: &Tree,
        digests: &Digests,
        nested: &BTreeMap<RelativePath, Pairs>,
    ) -> Self {
        let known = if digests.is_complete() { digests.algorithms() } else { &[] };
        let everywhere = |algorithm: &&Algorithm| {
            nested.values().all(|pairs| pair_in(pairs, **algorithm).is_some())
        };
        // In the order of the schema.
        let recordable = self::known(Format::Asc).into_iter().filter(|a| known.contains(a));
        let algorithms: Vec<Algorithm> = recordable.filter(|a| everywhere(&a)).collect();
        let new = || algorithms.iter().map(|a| asc::DirectoryHasher::new(*a)).collect::<Vec<_>>();
        let mut open: BTreeMap<Option<RelativePath>, Vec<asc::DirectoryHasher>> = BTreeMap::new();
        open.insert(None, new());
        let mut hashes = BTreeMap::new();
        for step in depth_first(tree) {
            let (path, name) = (step.path(), step.path().file_name());
            match step {
                Step::File(index, _) => {
                    let parent = open.entry(path.parent()).or_insert_with(new);
                    let values = digests.get(index);
                    for (hasher, algorithm) in parent.iter_mut().zip(&algorithms) {
                        if let Some(value) = values.iter().find(|v| v.algorithm() == *algorithm) {
                            hasher.file(name, value);
                        }
                    }
                }
                Step::Folder(folder, _) => {
                    let own = open.remove(&Some(folder.clone())).unwrap_or_else(new);
                    let own: Pairs = match nested.get(folder) {
                        Some(pairs) => {
                            algorithms.iter().filter_map(|a| pair_in(pairs, *a)).collect()
                        }
                        None => own.into_iter().map(asc::DirectoryHasher::finish).collect(),
                    };
                    let parent = open.entry(path.parent()).or_insert_with(new);
                    for (hasher, hash) in parent.iter_mut().zip(&own) {
                        hasher.directory(name, hash);
                    }
                    hashes.insert(Some(folder.clone()), own);
                }
            }
        }
        let root = open.remove(&None).unwrap_or_default();
        hashes.insert(None, root.into_iter().map(asc::DirectoryHasher::finish).collect());
        DirectoryHashes { hashes }
    }

    /// Those of the folders below one, relative to it and without its own: what can be said of a
    /// tree of which only a part was read.
    pub(crate) fn below(self, folder: Option<&RelativePath>) -> Self {
        let own = |path: RelativePath| match folder {
            Some(folder) => path.below(folder),
            None => Some(path),
        };
        let hashes = self.hashes.into_iter();
        let hashes = hashes.filter_map(|(path, pairs)| Some((Some(own(path?)?), pairs)));
        DirectoryHashes { hashes: hashes.collect() }
    }

    /// The pairs of a directory; `None` names the root. Nothing where there is no pair.
    pub(crate) fn of_directory(
        &self,
        folder: Option<&RelativePath>,
    ) -> Option<&[asc::DirectoryHash]> {
        let hashes = self.hashes.get(&folder.cloned())?;
        (!hashes.is_empty()).then_some(hashes)
    }
}

fn pair_in(pairs: &[asc::DirectoryHash], algorithm: Algorithm) -> Option<asc::DirectoryHash> {
    pairs.iter().find(|pair| pair.content.algorithm() == algorithm).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_algorithm_of_the_other_format_is_named() {
        let error =
            check_algorithms(&[Algorithm::Md5, Algorithm::C4, Algorithm::Xxh3], Format::Classic)
                .unwrap_err();
        assert_eq!(
            error.to_string(),
            "c4 xxh3 cannot stand in classic lists, which know md5 sha1 xxh64be xxh32"
        );
        assert!(check_algorithms(&[Algorithm::Xxh32], Format::Asc).is_err());
        assert!(check_algorithms(&[], Format::Asc).is_err());
        assert!(check_algorithms(&[Algorithm::Xxh32, Algorithm::Md5], Format::Classic).is_ok());
    }

    #[test]
    fn the_defaults_come_first_and_nothing_twice() {
        let patterns = ignore_patterns(&["*.tmp".to_owned(), ".DS_Store".to_owned()]);
        assert_eq!(patterns[..4], [".DS_Store", "ascmhl", "ascmhl/", "._*"]);
        assert_eq!(patterns.last().map(String::as_str), Some("*.tmp"));
        assert_eq!(patterns.len(), 3 + 8 + 1);
    }
}
