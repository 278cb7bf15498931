//! The histories of one tree: the one at its root, and those nested within, as one expectation.
//!
//! A file is judged by the closest history around it. What an outer one recorded of it before the
//! inner one stood there is held against it all the same, and a contradiction is a fault.

mod outers;

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    ops::Bound,
};

use mhl_hash::HashValue;

use self::outers::Outers;
use crate::{
    Finding, FindingKind, Format, Limits, Manifest, ManifestRecord, PathError, RecordedHash,
    Reference, RelativePath,
    asc::{self, Heard},
    expected::{Expected, ExpectedFile, ListError, content_of, in_list},
    hashes::Keep,
    listing::ignore_patterns,
    tree::Volume,
};

/// What a history says besides its files.
#[derive(Clone, Debug)]
pub(crate) struct Past {
    /// The folder that it is of, relative to the tree; none for the tree's own.
    pub(crate) root: Option<RelativePath>,
    pub(crate) chain: Option<asc::Chain>,
    pub(crate) next_number: u64,
    /// Something is wrong with the history itself.
    pub(crate) at_fault: bool,
    /// It has a generation that the one around it has not seen.
    pub(crate) has_grown: bool,
    /// A generation of it was not read: nobody knows what that lists.
    pub(crate) is_partly_unread: bool,
    /// Its own ignore patterns.
    pub(crate) ignore: Vec<String>,
    /// The directories of the newest generation that saw its scope whole.
    pub(crate) directories: Vec<RecordedDirectory>,
    /// Its newest manifest, relative to the tree; none before the first.
    pub(crate) newest: Option<Reference>,
}

/// A directory with its recorded hashes, relative to the tree; no path is the tree's own.
#[derive(Clone, Debug)]
pub(crate) struct RecordedDirectory {
    pub(crate) path: Option<RelativePath>,
    pub(crate) content: Vec<RecordedHash>,
    pub(crate) structure: Vec<RecordedHash>,
}

impl Past {
    /// Its folder, relative to the tree.
    pub(crate) fn folder(&self) -> Result<RelativePath, PathError> {
        match &self.root {
            Some(root) => root.join(asc::FOLDER),
            None => RelativePath::new(asc::FOLDER),
        }
    }

    /// The same but for its directories.
    pub(crate) fn without_directories(&self) -> Self {
        let Past { root, chain, next_number, at_fault, has_grown, is_partly_unread, .. } = self;
        Past {
            root: root.clone(),
            chain: chain.clone(),
            next_number: *next_number,
            at_fault: *at_fault,
            has_grown: *has_grown,
            is_partly_unread: *is_partly_unread,
            ignore: self.ignore.clone(),
            directories: Vec::new(),
            newest: self.newest.clone(),
        }
    }

    /// A history that has no generation yet.
    fn fresh() -> Self {
        Past { ignore: ignore_patterns(&[]), ..Past::at(None) }
    }

    /// A history of which nothing is known.
    pub(crate) fn at(root: Option<RelativePath>) -> Self {
        Past {
            root,
            chain: Some(asc::Chain::default()),
            next_number: 1,
            at_fault: false,
            has_grown: false,
            is_partly_unread: false,
            ignore: Vec::new(),
            directories: Vec::new(),
            newest: None,
        }
    }
}

/// How much a history may hold, and how much of it is kept.
#[derive(Clone, Copy)]
struct Depth<'a> {
    limits: &'a Limits,
    keep: Keep,
}

/// One history, read by itself. Paths are relative to its own root.
struct Told {
    record: ManifestRecord,
    past: Past,
    files: Vec<(RelativePath, asc::Record)>,
    given_up: BTreeSet<RelativePath>,
    findings: Vec<Finding>,
    /// The files of its first generation.
    first: Vec<ExpectedFile>,
    content: HashValue,
    /// Manifests of nested histories: where they stand now.
    references: Vec<asc::Referred>,
    /// The newest generation that saw the scope whole.
    whole: Option<u64>,
}

impl Expected {
    /// What the history at the root of a tree and those within it say. `within` names the folders
    /// that have histories of their own, outer before inner; `ignore` are patterns beside theirs.
    pub(crate) fn of_histories(
        volume: &dyn Volume,
        within: &[RelativePath],
        limits: &Limits,
        ignore: &[String],
    ) -> Result<Self, ListError> {
        Self::of_histories_keeping(Keep::ToCompare, volume, within, limits, ignore)
    }

    /// The same with everything that is recorded of each digest.
    pub(crate) fn of_histories_whole(
        volume: &dyn Volume,
        within: &[RelativePath],
        limits: &Limits,
    ) -> Result<Self, ListError> {
        Self::of_histories_keeping(Keep::Everything, volume, within, limits, &[])
    }

    fn of_histories_keeping(
        keep: Keep,
        volume: &dyn Volume,
        within: &[RelativePath],
        limits: &Limits,
        ignore: &[String],
    ) -> Result<Self, ListError> {
        let told = tell(volume, None, Depth { limits, keep }, ignore, !within.is_empty())?;
        let mut outers = Outers::default();
        outers.add(None, Some(None), told.references, told.whole);
        let mut expected = Expected {
            record: told.record,
            format: Format::Asc,
            files: told.files.into_iter().map(expected_file).collect(),
            content: told.content,
            ignore: told.past.ignore.clone(),
            findings: told.findings,
            histories: vec![told.past],
            doubt: None,
        };
        let mut first = First::of(told.first);
        let depth = Depth { limits, keep };
        expected.take_in_all(volume, within, depth, ignore, &mut first, outers)?;
        if !within.is_empty() && !first.files.is_empty() {
            expected.content = content_of(first.files.iter());
        }
        Ok(expected)
    }

    /// The same where the root has no history yet, and gets one over those within.
    pub(crate) fn before_the_first(
        volume: &dyn Volume,
        within: &[RelativePath],
        limits: &Limits,
        ignore: &[String],
    ) -> Result<Self, ListError> {
        let mut expected = Expected {
            record: ManifestRecord::new(asc::FOLDER, Format::Asc.name(), ""),
            format: Format::Asc,
            files: Vec::new(),
            content: content_of([].iter()),
            ignore: ignore_patterns(&[]),
            findings: Vec::new(),
            histories: vec![Past::fresh()],
            doubt: None,
        };
        expected.take_in_all(
            volume,
            within,
            Depth { limits, keep: Keep::ToCompare },
            ignore,
            &mut First::default(),
            Outers::default(),
        )?;
        Ok(expected)
    }

    /// Compares the chain of the tree's own history with what was noted of it elsewhere.
    pub(crate) fn hold_to(&mut self, pin: &asc::HistoryPin) {
        let path = format!("{}/{}", asc::FOLDER, asc::CHAIN_FILE);
        let chain = self.histories.first().and_then(|past| past.chain.as_ref());
        if let Some(finding) = pin.check(chain, &path) {
            self.findings.push(finding);
            self.histories.iter_mut().for_each(|past| past.at_fault = true);
        }
    }

    /// The roots of the histories of which a generation was not read, which may list any file below;
    /// the tree's own is empty.
    pub(crate) fn partly_unread(&self) -> HashSet<&str> {
        let unread = self.histories.iter().filter(|past| past.is_partly_unread);
        unread.map(|past| past.root.as_ref().map_or("", RelativePath::as_str)).collect()
    }

    fn take_in_all(
        &mut self,
        volume: &dyn Volume,
        within: &[RelativePath],
        depth: Depth<'_>,
        ignore: &[String],
        first: &mut First,
        mut outers: Outers,
    ) -> Result<(), ListError> {
        if within.is_empty() {
            return Ok(());
        }
        let mut files = Gathered::of(std::mem::take(&mut self.files));
        let mut passing_over = PassingOver::default();
        for root in within {
            let mut patterns = self.ignore.clone();
            patterns.extend(ignore.iter().cloned());
            if passing_over.list(&patterns).is_some_and(|list| list.is_ignored(root, true)) {
                continue;
            }
            let inward: Vec<String> =
                patterns.iter().filter_map(|pattern| asc::inward(pattern, root)).collect();
            let told = tell(volume, Some(root), depth, &inward, true)?;
            let first_root = outers.compare(root, &told);
            if let Some(Some(at)) = &first_root {
                let own = told.first.iter().filter_map(|file| {
                    Some(ExpectedFile { path: at.join(file.path.as_str()).ok()?, ..file.clone() })
                });
                first.add(own);
            }
            outers.add(Some(root), first_root, told.references, told.whole);
            let own = told.findings.into_iter().map(|finding| finding_within(root, finding));
            let mut findings: Vec<Finding> = own.collect();
            findings.extend(files.take_in(root, told.files, &told.given_up));
            let faulty = findings.iter().any(|finding| finding.kind.is_fault());
            self.findings.append(&mut findings);
            self.take_past(root, Past { at_fault: told.past.at_fault || faulty, ..told.past });
        }
        outers.mark_grown(&mut self.histories);
        self.files = files.into_sorted();
        Ok(())
    }

    /// Adds what a nested history says besides its files.
    fn take_past(&mut self, root: &RelativePath, past: Past) {
        for pattern in &past.ignore {
            if !self.ignore.contains(pattern) && !asc::DEFAULT_IGNORE.contains(&pattern.as_str()) {
                self.ignore.push(asc::outward(pattern, root));
            }
        }
        self.histories.push(past);
    }
}

/// The patterns of all histories read so far, compiled when there are more.
#[derive(Default)]
struct PassingOver {
    count: usize,
    list: Option<asc::IgnoreList>,
}

impl PassingOver {
    /// `patterns` are those of the call before, and perhaps more among them.
    fn list(&mut self, patterns: &[String]) -> Option<&asc::IgnoreList> {
        if self.count != patterns.len() {
            self.count = patterns.len();
            self.list = asc::IgnoreList::new(patterns).ok();
        }
        self.list.as_ref()
    }
}

/// The files of the first list of the roll, each once.
#[derive(Default)]
struct First {
    files: Vec<ExpectedFile>,
    listed: BTreeSet<RelativePath>,
}

impl First {
    fn of(files: Vec<ExpectedFile>) -> Self {
        let listed = files.iter().map(|file| file.path.clone()).collect();
        First { files, listed }
    }

    /// Adds those of a nested history that are not listed yet.
    fn add(&mut self, files: impl Iterator<Item = ExpectedFile>) {
        self.files.extend(files.filter(|file| self.listed.insert(file.path.clone())));
    }
}

/// The files of the histories taken in so far. A nested one moves only those that stand below it:
/// each file is touched once for each history around it.
struct Gathered(BTreeMap<RelativePath, ExpectedFile>);

impl Gathered {
    fn of(files: Vec<ExpectedFile>) -> Self {
        Gathered(files.into_iter().map(|file| (file.path.clone(), file)).collect())
    }

    /// Puts the files of a nested history in the place of what was said of its folder, and tells
    /// what the histories around it contradict.
    fn take_in(
        &mut self,
        root: &RelativePath,
        own: Vec<(RelativePath, asc::Record)>,
        given_up: &BTreeSet<RelativePath>,
    ) -> Vec<Finding> {
        let mut conflicts = Vec::new();
        let mut own: BTreeMap<RelativePath, asc::Record> = own.into_iter().collect();
        for file in self.remove_below(root) {
            let Some(path) = file.path.below(root) else { continue };
            let Some(known) = own.get_mut(&path) else {
                // Under its new name the inner history answers for it.
                if !given_up.contains(&path) {
                    self.0.insert(file.path.clone(), file);
                }
                continue;
            };
            if let Some((first, second)) = known.conflict(&file.hashes.to_vec()) {
                let note = "the history around and the one within record different bytes";
                conflicts.push(
                    Finding::new(FindingKind::ConflictingOriginals, file.path.as_str())
                        .differing(first, second)
                        .noting(note),
                );
            }
            known.size = known.size.or(file.size);
            known.add_hashes(&file.hashes);
        }
        let own = own.into_iter().filter_map(|(path, known)| {
            let path = root.join(path.as_str()).ok()?;
            Some((path.clone(), expected_file((path, known))))
        });
        self.0.extend(own);
        conflicts
    }

    /// Takes out everything below a folder, by looking at nothing else.
    fn remove_below(&mut self, folder: &RelativePath) -> Vec<ExpectedFile> {
        let first = format!("{folder}/");
        let from = (Bound::Included(first.as_str()), Bound::Unbounded);
        let below = self.0.range::<str, _>(from).map(|(path, _)| path);
        let below: Vec<RelativePath> =
            below.take_while(|path| path.as_str().starts_with(&first)).cloned().collect();
        below.iter().filter_map(|path| self.0.remove(path)).collect()
    }

    fn into_sorted(self) -> Vec<ExpectedFile> {
        self.0.into_values().collect()
    }
}

/// Reads one history.
fn tell(
    volume: &dyn Volume,
    root: Option<&RelativePath>,
    Depth { limits, keep }: Depth<'_>,
    ignore: &[String],
    keep_first: bool,
) -> Result<Told, ListError> {
    let folder = root.map_or(volume.root().to_owned(), |root| volume.root().join(root.as_str()));
    let in_tree = |path: &str| match root {
        Some(root) => root.join(path).ok(),
        None => RelativePath::new(path).ok(),
    };
    let mut record = ManifestRecord::new(asc::FOLDER, Format::Asc.name(), "");
    let (mut newest, mut content, mut first) = (None, None, Vec::new());
    let (mut directories, mut whole, mut unusual) = (Vec::new(), None, Vec::new());
    let io = |error| ListError::Io { path: folder.join(asc::FOLDER), error };
    let below = root.map(|root| volume.below(root)).transpose().map_err(io)?;
    let told =
        asc::tell(below.as_deref().unwrap_or(volume), limits, keep, |known, saying, generation| {
            let path = format!("{}/{}", asc::FOLDER, generation.file_name);
            newest = in_tree(&path).map(|path| Reference::new(path, generation.c4));
            record = ManifestRecord::new(&*path, Format::Asc.name(), generation.c4.to_string());
            let manifest = generation.manifest;
            if content.is_none() {
                content = Some(content_heard(&saying.files));
                if keep_first {
                    first = saying.files.iter().map(|heard| heard.file.clone()).collect();
                }
            }
            if saw_the_scope_whole(known, saying, &manifest, ignore) {
                whole = Some(generation.number);
                directories = recorded_directories(&manifest, root);
            } else {
                let folders = asc::FolderRenames::of(&manifest);
                for RecordedDirectory { path, .. } in &mut directories {
                    let own = path.as_ref().and_then(|path| match root {
                        Some(root) => path.below(root),
                        None => Some(path.clone()),
                    });
                    let moved = own.and_then(|own| folders.follow(&own));
                    *path = moved.and_then(|now| in_tree(now.as_str())).or_else(|| path.take());
                }
                let changed = changed_folders(known, saying, &manifest);
                directories.retain(|directory| {
                    let path = directory.path.as_ref();
                    let own = match root {
                        Some(root) => path.and_then(|path| path.below(root)),
                        None => path.cloned(),
                    };
                    !changed.contains(&own)
                });
            }
            unusual.extend(manifest.findings.into_iter().map(|finding| in_list(&path, finding)));
        });
    let told = told.map_err(io)?.ok_or_else(|| ListError::None { root: folder.clone() })?;
    if told.is_partly_unread {
        // What it saw since is not known.
        directories.clear();
    }
    record.pin = told.chain.as_ref().map(asc::HistoryPin::of);
    let past = Past {
        root: root.cloned(),
        at_fault: told.findings.iter().any(|finding| finding.kind.is_fault()),
        has_grown: false,
        is_partly_unread: told.is_partly_unread,
        next_number: told.next_number,
        chain: told.chain,
        ignore: told.ignore_patterns,
        directories,
        newest,
    };
    let mut findings = told.findings;
    findings.append(&mut unusual);
    Ok(Told {
        record,
        past,
        files: told.known.files,
        given_up: told.known.given_up,
        findings,
        first,
        content: content.unwrap_or_else(|| content_of([].iter())),
        references: told.references,
        whole,
    })
}

fn expected_file((path, known): (RelativePath, asc::Record)) -> ExpectedFile {
    ExpectedFile { path, size: known.size, hashes: known.hashes }
}

/// The identity of the roll by a generation before which nothing was known.
fn content_heard(files: &[Heard]) -> HashValue {
    let mut order: Vec<&ExpectedFile> = files.iter().map(|heard| &heard.file).collect();
    order.sort_unstable_by(|a, b| a.path.cmp(&b.path));
    content_of(order.into_iter())
}

/// A finding of a nested history, as one of the tree.
fn finding_within(root: &RelativePath, mut finding: Finding) -> Finding {
    finding.path = match finding.path.as_str() {
        "" | "." => root.to_string(),
        path => format!("{root}/{path}"),
    };
    finding
}

/// Whether a generation saw its scope whole: it lists every file that was known before and none
/// that failed. Directory hashes of another one speak of a damaged tree.
///
/// Patterns that are only now given take files out of the tree that it saw.
fn saw_the_scope_whole(
    known: &asc::Knowledge,
    saying: &asc::Saying,
    manifest: &Manifest,
    more_ignore: &[String],
) -> bool {
    if manifest.header.root_hash.is_none() || saying.has_failed {
        return false;
    }
    let Ok(ignore) = asc::IgnoreList::new(more_ignore) else { return false };
    let listed = saying.listed(known);
    let renamed: BTreeSet<&RelativePath> =
        saying.files.iter().filter_map(|heard| heard.previous.as_deref()).collect();
    let nested: Vec<RelativePath> = manifest
        .references
        .iter()
        .filter_map(|reference| reference.path.parent()?.parent())
        .collect();
    let own_ignore = asc::IgnoreList::new(&manifest.header.ignore);
    let passed_over = |path: &RelativePath| {
        own_ignore.as_ref().is_ok_and(|ignore| ignore.is_ignored(path, false))
            || nested.iter().any(|root| path.below(root).is_some())
    };
    let known = || known.files.iter().map(|(path, _)| path).zip(&listed);
    known().all(|(path, listed)| *listed || renamed.contains(path) || passed_over(path))
        && !known().any(|(path, listed)| *listed && ignore.is_ignored(path, false))
        && !saying.files.iter().any(|heard| ignore.is_ignored(&heard.file.path, false))
}

/// The folders whose hashes a generation that did not see the scope whole made void: those around a
/// file that is new to the history, and around both names of a rename; `None` is the root.
fn changed_folders(
    known: &asc::Knowledge,
    saying: &asc::Saying,
    manifest: &Manifest,
) -> BTreeSet<Option<RelativePath>> {
    let mut changed = BTreeSet::new();
    let mut change = |path: &RelativePath| {
        let mut folder = path.parent();
        while changed.insert(folder.clone()) {
            let Some(path) = folder else { break };
            folder = path.parent();
        }
    };
    for heard in &saying.files {
        if known.place(&heard.file.path).is_none() {
            change(&heard.file.path);
        }
    }
    let files = saying.files.iter().map(|heard| (&heard.file.path, heard.previous.as_deref()));
    let folders = manifest.directories();
    let folders = folders.map(|folder| (&folder.path, folder.previous_path.as_ref()));
    for (path, previous) in files.chain(folders) {
        if let Some(previous) = previous {
            change(path);
            change(previous);
        }
    }
    changed
}

fn recorded_directories(
    manifest: &Manifest,
    scope: Option<&RelativePath>,
) -> Vec<RecordedDirectory> {
    let root = manifest.header.root_hash.iter().map(|root| RecordedDirectory {
        path: scope.cloned(),
        content: root.content.clone(),
        structure: root.structure.clone(),
    });
    let directories = manifest.directories().filter_map(|directory| {
        let path = match scope {
            Some(scope) => scope.join(directory.path.as_str()).ok()?,
            None => directory.path.clone(),
        };
        Some(RecordedDirectory {
            path: Some(path),
            content: directory.content.clone(),
            structure: directory.structure.clone(),
        })
    });
    root.chain(directories).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gathered(paths: &[&str]) -> Gathered {
        let files = paths.iter().map(|path| ExpectedFile {
            path: RelativePath::new(path).unwrap(),
            size: None,
            hashes: Default::default(),
        });
        Gathered::of(files.collect())
    }

    /// Names that sort between a folder and what it holds stay where they are.
    #[test]
    fn only_what_stands_below_a_nested_history_is_touched() {
        let mut files = gathered(&["A", "A-1/a", "A.mov", "A/B/b", "A/a", "A0/a", "B/a"]);
        let root = RelativePath::new("A").unwrap();
        let below = files.remove_below(&root);
        let below: Vec<&str> = below.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(below, ["A/B/b", "A/a"]);
        let left: Vec<_> = files.into_sorted().into_iter().map(|file| file.path).collect();
        let left: Vec<&str> = left.iter().map(RelativePath::as_str).collect();
        assert_eq!(left, ["A", "A-1/a", "A.mov", "A0/a", "B/a"]);
    }

    #[test]
    fn a_file_of_the_first_list_and_of_a_nested_one_is_listed_once() {
        let file = |path: &str| ExpectedFile {
            path: RelativePath::new(path).unwrap(),
            size: None,
            hashes: Default::default(),
        };
        let mut first = First::of(vec![file("a"), file("A/a")]);
        first.add([file("A/a"), file("A/b")].into_iter());
        first.add([file("A/b"), file("A/c")].into_iter());
        let paths: Vec<&str> = first.files.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(paths, ["a", "A/a", "A/b", "A/c"]);
    }
}
