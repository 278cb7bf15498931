//! The history at the root of a scope: loaded whole, every fault reported.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    io::{self, BufRead, BufReader, Read},
    path::Path,
};

use mhl_hash::{Algorithm, HashValue, Streams};

use super::{
    CHAIN_FILE, Chain, DEFAULT_IGNORE, FOLDER, IgnoreList, Known, generation_of,
    known::{FolderRenames, Knowledge},
    saying::Saying,
};
use crate::{
    Finding, FindingKind, Limits, Manifest, PathErrorKind, ReadError, ReadErrorKind, Reference,
    RelativePath, escape_for_display,
    expected::Reading,
    hashes::Keep,
    listing::path,
    read::{Events, fold},
    tree::{Disk, Kind, Volume},
};

/// The history at the root of a scope: its chain, its generations, and what does not fit together.
///
/// Nested histories are in [`nested`](History::nested); the manifests of theirs that a generation
/// refers to are compared with the C4 in the reference.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct History {
    /// The chain; `None` when there is none that can be read.
    pub chain: Option<Chain>,
    /// The generations that could be read, by number.
    pub generations: Vec<Generation>,
    /// The histories of folders within, sorted by path. Each has those within it.
    pub nested: Vec<NestedHistory>,
    /// Every fault and warning of the history. What is unusual within a manifest is in
    /// [`Manifest::findings`]. Paths are relative to the root of the scope.
    pub findings: Vec<Finding>,
}

/// A history within the scope of another.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct NestedHistory {
    /// The folder that it is of, relative to the root of the outer one.
    pub root: RelativePath,
    /// The history. Paths in it are relative to its own root.
    pub history: History,
}

/// One generation of a history.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Generation {
    /// Its number, from 1.
    pub number: u64,
    /// The name of the manifest's file in the folder of the history.
    pub file_name: String,
    /// C4 of the file's bytes as they are.
    pub c4: HashValue,
    /// What it says.
    pub manifest: Manifest,
}

impl History {
    /// Loads the history of the scope with this root; `None` when it has no folder `ascmhl`.
    ///
    /// Everything that is wrong becomes a finding, and nothing of it stops the rest: the chain
    /// absent or invalid, a generation absent, modified, unlisted or invalid, numbers that repeat
    /// or leave a gap, a file recorded as `original` again, ignore patterns that are gone, a
    /// modified nested manifest, a path that leaves the scope. Symbolic links are not followed.
    ///
    /// # Errors
    /// When the folder itself cannot be read.
    pub fn load(root: &Path, limits: &Limits) -> io::Result<Option<Self>> {
        match Disk::open(root) {
            Ok(disk) => Self::of(&disk, limits),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn of(volume: &dyn Volume, limits: &Limits) -> io::Result<Option<Self>> {
        let mut generations = Vec::new();
        let told = each_generation(volume, limits, |generation| generations.push(generation))?;
        let Some(told) = told else { return Ok(None) };
        let (chain, mut findings) = (told.chain, told.findings);
        let mut nested = Vec::new();
        for found in roots_within(volume, &told.ignore_patterns) {
            let loaded = found.and_then(|folder| {
                let below = volume.below(&folder);
                let history = below.and_then(|below| History::of(below.as_ref(), limits));
                Ok((history.map_err(|error| (folder.to_string(), error))?, folder))
            });
            match loaded {
                Ok((Some(history), root)) => nested.push(NestedHistory { root, history }),
                Ok((None, _)) => {}
                Err((folder, error)) => findings.push(
                    Finding::new(FindingKind::UnreadableFile, folder).noting(error.to_string()),
                ),
            }
        }
        nested.sort_unstable_by(|a: &NestedHistory, b| a.root.cmp(&b.root));
        Ok(Some(History { chain, generations, nested, findings }))
    }

    /// The number that the next generation gets.
    #[must_use]
    pub fn next_number(&self) -> u64 {
        next_number(self.chain.as_ref(), self.generations.iter().map(|g| g.number).max())
    }

    /// Every pattern that any generation ignores, in the order of their first appearance: patterns
    /// accumulate. The defaults are among them, as they apply where a manifest names none.
    #[must_use]
    pub fn ignore_patterns(&self) -> Vec<String> {
        let mut patterns = DEFAULT_IGNORE.map(String::from).to_vec();
        for generation in &self.generations {
            accumulate(&mut patterns, &generation.manifest.header.ignore);
        }
        patterns
    }

    /// What the history knows of each file, by its path as of the last generation: renames are
    /// followed through any number of hops.
    #[must_use]
    pub fn known(&self) -> BTreeMap<RelativePath, Known> {
        let mut known = Knowledge::default();
        for Generation { number, manifest, .. } in &self.generations {
            let mut saying = Saying::new(*number, Keep::Everything, &known);
            manifest.files().for_each(|file| _ = saying.hear(file, &known));
            known.learn(saying, &FolderRenames::of(manifest));
        }
        known.known()
    }
}

/// The folders below a root that have a history of their own and stand within no other such folder;
/// or what cannot be read, and why. Symbolic links are not followed.
fn roots_within(
    volume: &dyn Volume,
    ignore: &[String],
) -> Vec<Result<RelativePath, (String, io::Error)>> {
    let ignore = IgnoreList::new(ignore).ok();
    let mut found = Vec::new();
    let mut open: Vec<Option<RelativePath>> = vec![None];
    while let Some(folder) = open.pop() {
        let names = match volume.names(folder.as_ref()) {
            Ok(names) => names,
            Err(error) => {
                found.push(Err((folder.map_or(".".to_owned(), String::from), error)));
                continue;
            }
        };
        let mut folders = Vec::new();
        for name in names.iter().filter_map(|name| name.to_str()) {
            let path = match &folder {
                Some(folder) => folder.join(name),
                None => RelativePath::new(name),
            };
            let Ok(path) = path else { continue };
            match volume.stat(Some(&path)) {
                Ok(stat) if stat.kind == Kind::Folder => folders.push(path),
                Ok(_) => {}
                Err(error) => found.push(Err((path.to_string(), error))),
            }
        }
        match folder {
            Some(root) if folders.iter().any(|path| path.file_name() == FOLDER) => {
                found.push(Ok(root));
            }
            _ => {
                let ignored = |path: &RelativePath| {
                    ignore.as_ref().is_some_and(|list| list.is_ignored(path, true))
                };
                open.extend(folders.into_iter().filter(|path| !ignored(path)).map(Some));
            }
        }
    }
    found
}

/// What a history says in all, its generations seen one at a time.
pub(crate) struct Told {
    pub(crate) chain: Option<Chain>,
    pub(crate) known: Knowledge,
    pub(crate) ignore_patterns: Vec<String>,
    pub(crate) next_number: u64,
    pub(crate) references: Vec<Referred>,
    /// A generation was not read: nobody knows what it lists.
    pub(crate) is_partly_unread: bool,
    pub(crate) findings: Vec<Finding>,
}

/// A nested manifest that a generation refers to.
pub(crate) struct Referred {
    /// The number of that generation.
    pub(crate) generation: u64,
    /// The path in it.
    pub(crate) written: RelativePath,
    /// Where it stands as of the last generation, and its C4.
    pub(crate) now: Reference,
}

/// Reads a history generation by generation, as [`History::load`] describes, so that little more is in
/// memory than what is known of the files. `visit` gets what was known before, what the generation
/// says of files, and the generation without its files.
pub(crate) fn tell(
    volume: &dyn Volume,
    limits: &Limits,
    keep: Keep,
    visit: impl FnMut(&Knowledge, &Saying, Generation),
) -> io::Result<Option<Told>> {
    walk(volume, limits, keep, Saying::take, visit)
}

/// The same, with each generation whole.
pub(crate) fn each_generation(
    volume: &dyn Volume,
    limits: &Limits,
    mut visit: impl FnMut(Generation),
) -> io::Result<Option<Told>> {
    let whole = |saying: &mut Saying, events: &mut dyn Events, known: &Knowledge| {
        let manifest = fold(events)?;
        manifest.files().for_each(|file| _ = saying.hear(file, known));
        Ok(manifest)
    };
    walk(volume, limits, Keep::ToCompare, whole, |_, _, generation| visit(generation))
}

/// Takes what a manifest says of files, and gives back as much of it as is asked for.
type Take = fn(&mut Saying, &mut dyn Events, &Knowledge) -> Result<Manifest, ReadError>;

/// The same for a `take` that reads a manifest.
fn walk(
    volume: &dyn Volume,
    limits: &Limits,
    keep: Keep,
    take: Take,
    mut visit: impl FnMut(&Knowledge, &Saying, Generation),
) -> io::Result<Option<Told>> {
    let folder = path(FOLDER)?;
    match volume.stat(Some(&folder)) {
        Ok(found) if found.kind == Kind::Folder => {}
        Ok(_) => {
            return Err(io::Error::new(io::ErrorKind::NotADirectory, "ascmhl is no folder"));
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    }
    let mut loading = Loading {
        volume,
        limits,
        references: Vec::new(),
        is_partly_unread: false,
        findings: Vec::new(),
    };
    let present = loading.list(&folder)?;
    let chain = loading.chain();
    loading.check_forks(&present);
    let mut plan: Vec<(u64, String, Option<HashValue>)> = match &chain {
        Some(chain) => loading.follow(chain, &present),
        // Without a chain the names tell the order; every other fault is still to be found.
        None => present
            .iter()
            .filter_map(|name| Some((generation_of(name)?, name.clone(), None)))
            .collect(),
    };
    plan.sort_by_key(|(number, ..)| *number);
    let mut known = Knowledge::default();
    let mut last = None;
    let mut patterns = DEFAULT_IGNORE.map(String::from).to_vec();
    let mut ignored = BTreeSet::new();
    let mut ahead = VecDeque::new();
    for (at, (number, name, expected)) in plan.iter().enumerate() {
        if ahead.is_empty() {
            ahead = loading.read_ahead(plan.iter().skip(at).map(|(_, name, _)| name.as_str()));
        }
        let mut saying = Saying::new(*number, keep, &known);
        let mut take = |events: &mut dyn Events| take(&mut saying, events, &known);
        let generation = ahead
            .pop_front()
            .and_then(|read| loading.generation(*number, name, read, expected.as_ref(), &mut take));
        let Some(generation) = generation else {
            loading.is_partly_unread = true;
            continue;
        };
        let own = path(&format!("{FOLDER}/{name}"))?;
        let names_itself = generation.manifest.lists_itself(&own);
        let names_itself = names_itself
            .or_else(|| saying.lists(&own, &known).then(|| Manifest::names_itself(&own)));
        loading.findings.extend(names_itself);
        loading.check_ignore(&mut ignored, &generation);
        loading.findings.append(&mut saying.findings);
        let folders = FolderRenames::of(&generation.manifest);
        loading.refer(&generation, &folders);
        accumulate(&mut patterns, &generation.manifest.header.ignore);
        last = Some(*number);
        visit(&known, &saying, generation);
        known.learn(saying, &folders);
    }
    loading.check_references();
    let next_number = next_number(chain.as_ref(), last);
    let Loading { references, is_partly_unread, findings, .. } = loading;
    Ok(Some(Told {
        chain,
        known,
        ignore_patterns: patterns,
        next_number,
        references,
        is_partly_unread,
        findings,
    }))
}

fn next_number(chain: Option<&Chain>, last: Option<u64>) -> u64 {
    let listed = chain.into_iter().flat_map(|chain| &chain.links).filter_map(|link| link.sequence);
    listed.chain(last).max().unwrap_or(0).saturating_add(1)
}

fn accumulate(patterns: &mut Vec<String>, more: &[String]) {
    for pattern in more {
        if !patterns.contains(pattern) {
            patterns.push(pattern.clone());
        }
    }
}

/// With so many bytes in memory no other manifest is read ahead.
const READ_AHEAD: usize = 32 << 20;
/// Bytes of a manifest beyond which it is not held in memory.
const LARGE: u64 = 8 << 20;

/// A manifest that is to be parsed.
enum Next {
    Small(Vec<u8>, HashValue),
    Large(Reading),
}

/// Reads a manifest, of which `take` keeps what is wanted.
fn parse(
    source: impl BufRead,
    limits: &Limits,
    take: &mut dyn FnMut(&mut dyn Events) -> Result<Manifest, ReadError>,
) -> Result<Manifest, ReadError> {
    take(&mut super::Reader::new(source, limits)?)
}

/// A history being loaded.
struct Loading<'a> {
    volume: &'a dyn Volume,
    limits: &'a Limits,
    /// Every nested manifest that a generation refers to, where it stands as of the last one.
    references: Vec<Referred>,
    is_partly_unread: bool,
    findings: Vec<Finding>,
}

impl Loading<'_> {
    fn find(&mut self, kind: FindingKind, path: &str, note: impl Into<String>) {
        self.findings.push(Finding::new(kind, path).noting(note));
    }

    /// The names of the manifests in the folder, sorted.
    fn list(&mut self, folder: &RelativePath) -> io::Result<BTreeSet<String>> {
        let mut manifests = BTreeSet::new();
        for name in self.volume.names(Some(folder))? {
            let known = name.to_str().filter(|name| generation_of(name).is_some());
            match (known, name.to_string_lossy()) {
                (Some(name), _) => {
                    manifests.insert(name.to_owned());
                }
                (None, name) if matches!(&*name, CHAIN_FILE | "README.txt") => {}
                (None, name) if name == ".DS_Store" || name.starts_with("._") => {}
                (None, name) => {
                    let note = "does not belong in the folder of a history; passed over";
                    let path = format!("{FOLDER}/{}", escape_for_display(&name));
                    self.find(FindingKind::Nonconforming, &path, note);
                }
            }
        }
        Ok(manifests)
    }

    fn chain(&mut self) -> Option<Chain> {
        let path = format!("{FOLDER}/{CHAIN_FILE}");
        let bytes = match self.bytes(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                self.find(FindingKind::ChainMissing, &path, "the history has no chain file");
                return None;
            }
            Err(error) => {
                self.find(FindingKind::UnreadableFile, &path, error.to_string());
                return None;
            }
        };
        match Chain::read(&bytes[..], self.limits) {
            Ok(chain) => Some(chain),
            Err(error) => {
                self.invalid(&path, &error);
                None
            }
        }
    }

    /// The generations that a chain lists: number, file name, C4.
    fn follow(
        &mut self,
        chain: &Chain,
        present: &BTreeSet<String>,
    ) -> Vec<(u64, String, Option<HashValue>)> {
        let mut generations = Vec::new();
        let mut listed = BTreeSet::new();
        for (link, expected) in chain.links.iter().zip(1..) {
            let path = format!("{FOLDER}/{}", link.path);
            let number = link.sequence.unwrap_or(expected);
            let in_name = generation_of(link.path.file_name());
            if link.sequence != Some(expected) || in_name.is_some_and(|n| n != number) {
                let found = link.sequence.map_or("no number".to_owned(), |n| n.to_string());
                let note = "numbers must count up from 1 without gaps, and agree with file names";
                self.findings.push(
                    Finding::new(FindingKind::SequenceBroken, &*path)
                        .differing(expected.to_string(), found)
                        .noting(note),
                );
            }
            if link.path.parent().is_some() {
                let note = "the chain names a manifest outside its own folder";
                self.find(FindingKind::PathOutside, &path, note);
                self.is_partly_unread = true;
                continue;
            }
            if !listed.insert(link.path.as_str()) {
                self.find(
                    FindingKind::SequenceBroken,
                    &path,
                    "the chain lists this manifest twice",
                );
                continue;
            }
            generations.push((number, link.path.to_string(), Some(link.c4)));
        }
        for name in present.iter().filter(|name| !listed.contains(name.as_str())) {
            let note = "the manifest stands in the history and the chain does not list it";
            self.find(FindingKind::ManifestUnlisted, &format!("{FOLDER}/{name}"), note);
        }
        generations
    }

    /// The next manifests: small ones in memory with their C4, which costs for eight little more than
    /// for one; a large one open, to be hashed as it is parsed, and none behind it: one is held open at
    /// a time. Each is read once, so that what is hashed is what is parsed.
    fn read_ahead<'a>(&self, names: impl Iterator<Item = &'a str>) -> VecDeque<io::Result<Next>> {
        let mut streams = Streams::new(&[Algorithm::C4]);
        let mut read = Vec::new();
        let mut held = 0;
        for name in names.take(streams.lanes()) {
            let opened = self.open(&format!("{FOLDER}/{name}")).and_then(|file| {
                let is_large = file.size()? > LARGE;
                Ok(if is_large { Err(file) } else { Ok((self.all_of(file)?, streams.start())) })
            });
            let is_large = matches!(opened, Ok(Err(_)));
            held += opened.as_ref().map_or(0, |next| next.as_ref().map_or(0, |(b, _)| b.len()));
            read.push(opened);
            if is_large || held > READ_AHEAD {
                break;
            }
        }
        let small = read.iter().flatten().flatten();
        let pieces: Vec<_> = small.map(|(bytes, id)| (*id, &bytes[..])).collect();
        let taken = streams.push_each(&pieces);
        let mut with_c4 = |(bytes, id)| {
            let c4 = streams.finish(id).filter(|_| taken);
            let c4 = c4.and_then(|values| values.first().copied());
            let c4 = c4.ok_or_else(|| io::Error::other("no digest was computed"))?;
            Ok(Next::Small(bytes, c4))
        };
        let mut next = |small: Result<_, Reading>| match small {
            Ok(small) => with_c4(small),
            Err(file) => Ok(Next::Large(file)),
        };
        read.into_iter().map(|read| read.and_then(&mut next)).collect()
    }

    /// Parses one generation and compares the C4 of its bytes with the chain's.
    fn generation(
        &mut self,
        number: u64,
        file_name: &str,
        next: io::Result<Next>,
        expected: Option<&HashValue>,
        take: &mut dyn FnMut(&mut dyn Events) -> Result<Manifest, ReadError>,
    ) -> Option<Generation> {
        let path = format!("{FOLDER}/{file_name}");
        let absent = "the chain lists the manifest and it is not there";
        let (parsed, c4) = match self.present(next, &path, absent)? {
            Next::Small(bytes, c4) => (parse(&bytes[..], self.limits, take), c4),
            Next::Large(file) => {
                let mut file = file.hashing(self.limits);
                let parsed = parse(BufReader::with_capacity(1 << 16, &mut file), self.limits, take);
                // An error of the document leaves the rest of it to be hashed.
                let c4 = self.present(file.finish(), &path, absent)?;
                (parsed, c4)
            }
        };
        if let Some(expected) = expected.filter(|expected| **expected != c4) {
            self.findings.push(
                Finding::new(FindingKind::ManifestModified, &*path)
                    .differing(expected.to_string(), c4.to_string())
                    .noting("the manifest's bytes are not those that the chain recorded"),
            );
        }
        match parsed {
            Ok(manifest) => {
                Some(Generation { number, file_name: file_name.to_owned(), c4, manifest })
            }
            // What the medium does not give is no fault of the list.
            Err(ReadError { kind: ReadErrorKind::Io(error), .. }) => {
                self.present(Err(error), &path, absent)
            }
            Err(error) => {
                self.invalid(&path, &error);
                None
            }
        }
    }

    fn invalid(&mut self, path: &str, error: &crate::ReadError) {
        let outside = matches!(
            &error.kind,
            ReadErrorKind::Path(path) if matches!(
                path.kind,
                PathErrorKind::Absolute | PathErrorKind::DriveOrShare | PathErrorKind::ParentSegment
            )
        );
        let kind = if outside { FindingKind::PathOutside } else { FindingKind::ManifestInvalid };
        self.find(kind, path, error.to_string());
    }

    /// What was read, or a finding why it was not.
    fn present<T>(&mut self, result: io::Result<T>, path: &str, absent: &str) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                self.find(FindingKind::ManifestMissing, path, absent);
                None
            }
            Err(error) => {
                self.find(FindingKind::UnreadableFile, path, error.to_string());
                None
            }
        }
    }

    /// The bytes of a regular file below the root, reached through no symbolic link. They are
    /// read once, so that what is hashed is what is parsed.
    fn bytes(&self, path: &str) -> io::Result<Vec<u8>> {
        self.all_of(self.open(path)?)
    }

    fn all_of(&self, file: Reading) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        file.take(self.limits.bytes.saturating_add(1)).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// Opens a regular file below the root, reached through no symbolic link.
    fn open(&self, name: &str) -> io::Result<Reading> {
        Reading::open(self.volume, &path(name)?)
    }

    /// A number is of one manifest: two were appended to the same state, each not knowing of the
    /// other.
    fn check_forks(&mut self, present: &BTreeSet<String>) {
        let mut first: BTreeMap<u64, &String> = BTreeMap::new();
        for name in present {
            let Some(number) = generation_of(name) else { continue };
            if let Some(other) = first.get(&number) {
                let note = format!("two manifests are generation {number}: the history forked");
                let path = format!("{FOLDER}/{name}");
                let finding = Finding::new(FindingKind::Forked, path);
                self.findings.push(finding.differing(other.as_str(), name).noting(note));
            } else {
                first.insert(number, name);
            }
        }
    }

    /// Patterns only accumulate.
    fn check_ignore(&mut self, known: &mut BTreeSet<String>, generation: &Generation) {
        let own = &generation.manifest.header.ignore;
        let own: BTreeSet<String> = match own.is_empty() {
            true => DEFAULT_IGNORE.map(String::from).into(),
            false => own.iter().cloned().collect(),
        };
        for gone in known.difference(&own) {
            let path = format!("{FOLDER}/{}", generation.file_name);
            let note = format!("an earlier generation ignores {gone:?}, this one does not");
            self.findings.push(Finding::new(FindingKind::IgnoreShrank, path).noting(note));
        }
        known.extend(own);
    }

    /// Takes the references of a generation; those of earlier ones follow the folders that it
    /// gave other names.
    fn refer(&mut self, generation: &Generation, folders: &FolderRenames) {
        for Referred { now, .. } in &mut self.references {
            if let Some(path) = folders.follow(&now.path) {
                now.path = path;
            }
        }
        self.references.extend(generation.manifest.references.iter().map(|now| Referred {
            generation: generation.number,
            written: now.path.clone(),
            now: now.clone(),
        }));
    }

    fn check_references(&mut self) {
        let references = std::mem::take(&mut self.references);
        for Referred { now: reference, .. } in &references {
            let absent = "a generation refers to this nested manifest and it is not there";
            let path = reference.path.as_str();
            let c4 = self.open(path).and_then(|file| file.hashing(self.limits).finish());
            let Some(found) = self.present(c4, path, absent) else { continue };
            if found != reference.c4 {
                self.findings.push(
                    Finding::new(FindingKind::ReferenceModified, reference.path.as_str())
                        .differing(reference.c4.to_string(), found.to_string())
                        .noting("the nested manifest's bytes are not those that were recorded"),
                );
            }
        }
        self.references = references;
    }
}
