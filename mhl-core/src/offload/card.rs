//! What a card says of itself: the lists and histories that stand on it already.
//!
//! A history is the roll's one list, goes along and is lengthened. Without one, a list that names
//! every file is the roll's and goes along as it is. Any other list goes along under another name, and
//! the copies' list names every file. Whatever any of them records of a file, the card has to hold;
//! what is broken is refused before anything is written.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, HashMap, HashSet, hash_map::Entry},
    io,
    sync::{Arc, PoisonError, RwLock},
};

use mhl_hash::{Algorithm, HashValue, Strategy};

use super::{
    names::{Named, Names},
    pulse::gone,
};
use crate::{
    Finding, FindingKind, Format, Limits, ManifestRecord, Place, RelativePath, asc,
    digests::Digests,
    expected::{Expected, ExpectedFile, ListError, is_list},
    histories::Past,
    listing::ignore_patterns,
    tree::{FoundFile, Tree, Volume, walk, walk_with},
    verify::generation::compare_directories,
};

/// What a list that is not the roll's is called on a copy: its name, and this.
const KEPT_SUFFIX: &str = ".source";

/// A card, and what it says of itself.
pub(super) struct Card {
    /// Its folder, until its thread closes it, whoever shares the card still.
    volume: RwLock<Option<Arc<dyn Volume>>>,
    /// What it is known as in a report.
    pub(super) place: Place,
    /// How its device likes to be read, once asked.
    pub(super) strategy: Strategy,
    /// Everything that is copied as it is, by the paths that it gets.
    pub(super) tree: Tree,
    /// The format of the list that the copies get.
    pub(super) format: Format,
    /// What the copies get last.
    pub(super) carried: Carried,
    /// Its histories that go along, outer before inner, without the directories that they record.
    pub(super) histories: Vec<Past>,
    /// The patterns by which its histories pass files over.
    ignore: Vec<String>,
    /// What its histories taken as one, and then its lists, say of the files, until it was read.
    says: Vec<Expected>,
    /// What its lists and its names say of each other.
    pub(super) findings: Vec<Finding>,
    /// The list that goes along as the roll's, as it was walked.
    pub(super) list: Option<FoundFile>,
    /// The lists that are not the roll's: their names on the card by those that they get.
    kept: BTreeMap<RelativePath, RelativePath>,
    /// Litter that a list names, and therefore no litter.
    litter: BTreeSet<String>,
}

/// What of a card's own lists is the list of its copies.
#[derive(Debug)]
pub(super) enum Carried {
    /// Nothing: the copies get a list of ours.
    Nothing,
    /// This list, which names every file, and the identity of the roll by it.
    List(ManifestRecord, HashValue),
    /// The files and folders of its histories.
    Histories(Tree),
}

/// A card whose lists cannot be taken over: what is wrong with each.
pub(super) struct Refused(pub(super) Vec<Finding>);

impl Refused {
    fn list(list: &RelativePath, kind: FindingKind, reason: &str) -> Self {
        Refused(vec![Finding::new(kind, list.as_str()).noting(reason)])
    }
}

impl Card {
    /// Walks a card and reads its lists; `format` is that of a list of ours. What the lists say of its
    /// files is told apart, to be let go of once the card was held to it.
    pub(super) fn read(
        volume: Box<dyn Volume>,
        format: Format,
    ) -> Result<(Self, OwnLists), Refused> {
        let root = volume.root();
        let mut card = Card {
            tree: walk(volume.as_ref()),
            place: Place::new(root.to_string_lossy(), volume.device()),
            strategy: Strategy::Parallel,
            volume: RwLock::default(),
            format,
            carried: Carried::Nothing,
            histories: Vec::new(),
            ignore: ignore_patterns(&[]),
            says: Vec::new(),
            findings: Vec::new(),
            list: None,
            kept: BTreeMap::new(),
            litter: BTreeSet::new(),
        };
        let mut lists = lists_among(&card.tree);
        let history = lists.iter().position(|list| list.as_str() == asc::FOLDER);
        let history = history.map(|place| lists.remove(place));
        let is_around = lists.is_empty() && format == Format::Asc;
        if history.is_some() || is_around && card.tree.history_within().is_some() {
            card.read_histories(volume.as_ref(), history.as_ref())?;
        }
        card.read_lists(volume.as_ref(), &lists)?;
        card.walk_with_listed_litter(volume.as_ref());
        let found = card.take_out(&lists)?;
        let unknown = match card.says.first() {
            Some(first) if !first.histories.is_empty() => {
                card.take_out_histories();
                card.compare_names()
            }
            first => {
                let only = first.filter(|only| lists.len() == 1 && only.covers(&card.tree.files));
                if let Some(list) = only {
                    card.format = Format::Classic;
                    card.carried = Carried::List(list.record.clone(), list.content);
                }
                card.compare_names()
            }
        };
        if let Some(history) = history {
            let new = match unknown {
                0 => String::new(),
                new => format!("; {new} files that it does not know are recorded as new"),
            };
            card.tell(&history, format!("the history goes along and is lengthened{new}"));
        }
        card.carry_or_keep(found)?;
        card.tree.files.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        card.tree.keep_listable(card.format);
        card.volume = RwLock::new(Some(volume.into()));
        let lists = OwnLists(std::mem::take(&mut card.says));
        Ok((card, lists))
    }

    /// Its folder. Whoever asks for it lets go of it before long.
    ///
    /// # Errors
    /// It was closed: the offload is at its end.
    pub(super) fn volume(&self) -> io::Result<Arc<dyn Volume>> {
        let volume = self.volume.read().unwrap_or_else(PoisonError::into_inner);
        volume.clone().ok_or_else(gone)
    }

    /// Closes its folder: what is left on a disk that hangs may share the card for long.
    pub(super) fn close(&self) {
        let volume = self.volume.write().unwrap_or_else(PoisonError::into_inner).take();
        drop(volume);
    }

    /// Reads the history at the root and those within; without one at the root, those within alone.
    fn read_histories(
        &mut self,
        volume: &dyn Volume,
        history: Option<&RelativePath>,
    ) -> Result<(), Refused> {
        let within = self.tree.histories_within();
        let limits = Limits::default();
        let expected = match history {
            Some(_) => Expected::of_histories(volume, &within, &limits, &[]),
            None => Expected::before_the_first(volume, &within, &limits, &[]),
        };
        let mut expected = expected.map_err(|error| Refused(vec![Finding::from(&error)]))?;
        if let Ok(ignore) = asc::IgnoreList::new(&expected.ignore) {
            expected.pass_over(&ignore);
        }
        let go_along = |past: &&Past| past.newest.is_some() || past.root.is_some();
        let histories = expected.histories.iter().filter(go_along);
        self.histories = histories.map(Past::without_directories).collect();
        self.says.push(expected);
        Ok(())
    }

    /// Reads the classic lists at the root. Everything that is wrong with them and with the histories
    /// is told at once: a card that could never be finished is not begun. What the medium does not
    /// give is no fault of a list, and may be had by another reader.
    fn read_lists(&mut self, volume: &dyn Volume, lists: &[RelativePath]) -> Result<(), Refused> {
        let mut broken = Vec::new();
        for list in lists {
            match Expected::of_file(volume, list, &Limits::default()) {
                Ok(expected) => self.says.push(expected),
                Err(ListError::Io { error, .. }) => self.findings.push(
                    Finding::new(FindingKind::UnreadableFile, list.as_str()).noting(format!(
                        "a list of the card's own, and nothing can be held to it: {error}"
                    )),
                ),
                Err(error) => broken.push(
                    Finding::new(FindingKind::ManifestInvalid, list.as_str())
                        .noting(error.to_string()),
                ),
            }
        }
        let faults = self.says.iter().flat_map(|says| &says.findings).filter(|finding| {
            finding.kind.is_fault() && finding.kind != FindingKind::UnreadableFile
        });
        broken.extend(faults.cloned());
        if let Some(history) = self.says.first().filter(|says| !says.histories.is_empty()) {
            let names = |list: &&RelativePath| {
                history.files.binary_search_by(|file| file.path.cmp(list)).is_ok()
            };
            broken.extend(lists.iter().filter(names).map(|list| {
                let reason = "the history beside it names it as a file, and a copy with two lists \
                              at its root would have none";
                Finding::new(FindingKind::NameTaken, list.as_str()).noting(reason)
            }));
        }
        if broken.is_empty() { Ok(()) } else { Err(Refused(broken)) }
    }

    /// Takes the lists themselves out of the tree.
    fn take_out(&mut self, lists: &[RelativePath]) -> Result<Vec<FoundFile>, Refused> {
        // Both are sorted, and so is what stands in both.
        let is_list = |file: &mut FoundFile| lists.binary_search(&file.path).is_ok();
        let found: Vec<FoundFile> = self.tree.files.extract_if(.., is_list).collect();
        let stands =
            |list: &RelativePath| found.binary_search_by(|file| file.path.cmp(list)).is_ok();
        match lists.iter().find(|list| !stands(list)) {
            None => Ok(found),
            Some(list) => {
                let reason = "it is named like a list, and is no file";
                Err(Refused::list(list, FindingKind::ManifestInvalid, reason))
            }
        }
    }

    /// Takes the histories out of the tree. Lists beside them may name files of theirs, which the
    /// chains answer for, and which are lengthened on a copy.
    fn take_out_histories(&mut self) {
        let folders: HashSet<RelativePath> = self.history_folders().into_iter().collect();
        let in_history = |path: &RelativePath| path.with_folders().any(|at| folders.contains(at));
        let Tree { files, folders, .. } = &mut self.tree;
        let carried = Tree {
            files: files.extract_if(.., |file| in_history(&file.path)).collect(),
            folders: folders.extract_if(.., |(folder, _)| in_history(folder)).collect(),
            ..Tree::default()
        };
        for list in self.says.iter_mut().skip(1) {
            list.files.retain(|file| !in_history(&file.path));
        }
        self.format = Format::Asc;
        self.carried = Carried::Histories(carried);
        self.ignore = self.says.first().map(|history| history.ignore.clone()).unwrap_or_default();
    }

    /// The lists go along: the roll's one as it is, any other under another name.
    fn carry_or_keep(&mut self, lists: Vec<FoundFile>) -> Result<(), Refused> {
        let mut kept = Vec::new();
        for list in lists {
            match self.carried {
                Carried::List(..) => {
                    let note = "it names every file: it goes along as the roll's list, and the \
                                copies are held to it";
                    self.tell(&list.path, note.to_owned());
                    self.list = Some(list);
                }
                _ => kept.push(self.keep(list)?),
            }
        }
        self.tree.files.append(&mut kept);
        Ok(())
    }

    /// A list that is not the roll's goes along as this file, under another name.
    fn keep(&mut self, list: FoundFile) -> Result<FoundFile, Refused> {
        let what = match self.carried {
            Carried::Histories(_) => "it stands beside a history, which is the roll's list",
            _ => "it names a part of the files",
        };
        let refused = |why: &str| {
            Refused::list(&list.path, FindingKind::NameTaken, &format!("{what}, and {why}"))
        };
        let kept = RelativePath::new(&format!("{}{KEPT_SUFFIX}", list.path))
            .map_err(|_| refused("its name is too long"))?;
        if self.tree.files.binary_search_by(|file| file.path.cmp(&kept)).is_ok() {
            return Err(refused("its second name is taken"));
        }
        self.tell(&list.path, format!("{what}: it goes along as {kept}, and is listed"));
        self.kept.insert(kept.clone(), list.path);
        Ok(FoundFile { path: kept, stat: list.stat })
    }

    /// What a list names is no litter, whatever it is called.
    fn walk_with_listed_litter(&mut self, volume: &dyn Volume) {
        let litter: BTreeSet<&str> = self.says.iter().flat_map(Expected::listed_litter).collect();
        if !litter.is_empty() {
            self.tree = walk_with(volume, &litter);
        }
        self.litter = litter.into_iter().map(str::to_owned).collect();
    }

    /// Compares names and sizes with every list, and what the lists record of one file; tells how
    /// many files its histories do not know: nothing is amiss with them.
    fn compare_names(&mut self) -> usize {
        let mut unknown = 0;
        let names = Names::among(&self.tree.files);
        let mut originals: HashMap<usize, ExpectedFile> = HashMap::new();
        for expected in &self.says {
            let Named { files, findings } = names.of(expected);
            for (place, file) in files.into_iter().filter(|_| self.says.len() > 1) {
                match originals.entry(place) {
                    Entry::Vacant(first) => _ = first.insert(file.clone()),
                    Entry::Occupied(mut known) => {
                        self.findings.extend(known.get().conflict(file).map(|finding| {
                            let list = &expected.record.path;
                            finding.noting(format!("{list} and another list of the card differ"))
                        }));
                        known.get_mut().add_formats_of(file);
                    }
                }
            }
            let passes_over = expected.passes_over();
            // That a list or generation stands by itself is known here.
            let own = expected.findings.iter().filter(|own| own.kind != FindingKind::Unproven);
            self.findings.extend(own.cloned());
            for finding in findings {
                if finding.kind == FindingKind::NewFile {
                    unknown += usize::from(!passes_over(&finding.path));
                    continue;
                }
                self.findings.push(by_its_own_list(finding, expected));
            }
        }
        unknown
    }

    fn tell(&mut self, list: &RelativePath, note: String) {
        self.findings.push(Finding::new(FindingKind::Carried, list.as_str()).noting(note));
    }

    /// The part of the tree that a list with these ignore patterns names, and its digests.
    pub(super) fn listed<'a>(
        &'a self,
        ignore: &[String],
        digests: &'a Digests,
    ) -> (Cow<'a, Tree>, Cow<'a, Digests>) {
        let ignore = asc::IgnoreList::new(ignore).ok();
        let names = |path: &RelativePath, folder| {
            ignore.as_ref().is_none_or(|list| !list.is_ignored(path, folder))
        };
        let Tree { files, folders, .. } = &self.tree;
        let mut is_whole = folders.iter().all(|(folder, _)| names(folder, true));
        is_whole &= files.iter().all(|file| names(&file.path, false));
        if is_whole {
            // Not a second time in memory.
            return (Cow::Borrowed(&self.tree), Cow::Borrowed(digests));
        }
        let (places, files): (Vec<usize>, Vec<FoundFile>) = files
            .iter()
            .enumerate()
            .filter(|(_, file)| names(&file.path, false))
            .map(|(place, file)| (place, file.clone()))
            .unzip();
        let folders = folders.iter().filter(|(folder, _)| names(folder, true));
        let tree = Tree { files, folders: folders.cloned().collect(), ..Tree::default() };
        (Cow::Owned(tree), Cow::Owned(digests.select(&places)))
    }

    /// The patterns by which its histories pass files over.
    pub(super) fn ignore(&self) -> &[String] {
        &self.ignore
    }

    /// The folders that they stand in, each before those within.
    pub(super) fn history_folders(&self) -> Vec<RelativePath> {
        self.histories.iter().filter_map(|past| past.folder().ok()).collect()
    }

    /// Where histories stand on a copy.
    pub(super) fn histories_on_a_copy(&self) -> Vec<RelativePath> {
        let mut folders = self.history_folders();
        folders.extend(RelativePath::new(asc::FOLDER));
        folders
    }

    /// Whether a file is one of its histories'.
    pub(super) fn carries(&self, path: &RelativePath) -> bool {
        match &self.carried {
            Carried::Histories(tree) => {
                tree.files.binary_search_by(|file| file.path.cmp(path)).is_ok()
            }
            _ => false,
        }
    }

    /// The folders for which it has a history and a copy with this list has none yet.
    pub(super) fn histories_new_to(&self, list: &Expected) -> Vec<RelativePath> {
        let known = |root: &&RelativePath| {
            // Without a chain it was begun and never finished.
            let stands = |past: &&Past| past.root.as_ref() == Some(*root) && past.chain.is_some();
            list.histories.iter().any(|past| stands(&past))
        };
        let within = self.histories.iter().filter_map(|past| past.root.as_ref());
        within.filter(|root| !known(root)).cloned().collect()
    }

    /// What its file system is known by wherever it is plugged in; empty where that is by nothing.
    pub(super) fn medium(&self) -> &str {
        let device = self.place.device.as_deref().unwrap_or_default();
        // The number of a device is another one at the next reader.
        if device.starts_with("fs:") { device } else { "" }
    }

    /// What a file of the tree is called on the card.
    pub(super) fn name_of<'p>(&'p self, path: &'p RelativePath) -> &'p RelativePath {
        self.kept.get(path).unwrap_or(path)
    }

    /// The list of the card that a copy keeps, or once kept, at a path.
    pub(super) fn list_kept_at(&self, path: &str) -> Option<&str> {
        let carried = match &self.carried {
            Carried::List(list, _) => Some(list.path.as_str()),
            _ => None,
        };
        let is_it = |list: &&str| path.strip_suffix(KEPT_SUFFIX) == Some(*list);
        self.kept.get(path).map(RelativePath::as_str).or(carried.filter(is_it))
    }

    /// What it is known by: its files without the lists that it carries, which grow with it.
    pub(super) fn footage(&self) -> impl Iterator<Item = &FoundFile> {
        self.tree.files.iter().filter(|file| !self.kept.contains_key(&file.path))
    }

    /// Litter that goes along, because a list names it.
    pub(super) fn listed_litter(&self) -> BTreeSet<&str> {
        self.litter.iter().map(String::as_str).collect()
    }
}

/// Whether a path is one of these folders', or that of one of them.
pub(super) fn is_within(folders: &[RelativePath], path: &RelativePath) -> bool {
    folders.iter().any(|folder| path == folder || path.below(folder).is_some())
}

/// What a card's histories taken as one, and then its lists, say of its files.
pub(super) struct OwnLists(Vec<Expected>);

impl OwnLists {
    /// Every algorithm that any of them records.
    pub(super) fn algorithms(&self) -> Vec<Algorithm> {
        self.0.iter().flat_map(Expected::algorithms).collect()
    }

    /// Compares what was read of the card with what they say. A list of a part that records no digest
    /// of a file takes nothing from ours.
    pub(super) fn judge(&self, card: &Card, digests: &Digests) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut told = card.tree.findings.clone();
        let names = Names::among(&card.tree.files);
        for expected in &self.0 {
            let named = names.of(expected);
            told.extend(named.findings);
            for (index, listed) in named.files {
                if !digests.has(index) {
                    continue;
                }
                let (_, judged) = listed.judge(&digests.get(index));
                let is_of_part = expected.histories.is_empty() && !card.kept.is_empty();
                let judged = judged
                    .into_iter()
                    .filter(|finding| !is_of_part || finding.kind != FindingKind::Unproven);
                findings.extend(judged.map(|finding| by_its_own_list(finding, expected)));
            }
        }
        if let (Carried::Histories(_), Some(expected)) = (&card.carried, self.0.first())
            && digests.is_complete()
        {
            let (tree, digests) = card.listed(&expected.ignore, digests);
            told.extend(findings.iter().cloned());
            findings.extend(compare_directories(&expected.histories, &tree, &digests, &told));
        }
        findings
    }
}

/// The lists at the root of a card that was walked. What could not be examined may be one, and is
/// taken for one: a list that is copied as any file would be a second one of the roll.
fn lists_among(tree: &Tree) -> Vec<RelativePath> {
    let files = tree.files.iter().map(|file| file.path.clone());
    let folders = tree.folders.iter().map(|(folder, _)| folder.clone());
    // Any other folder is none, whatever it is called.
    let folders = folders.filter(|folder| folder.as_str() == asc::FOLDER);
    let refused = tree.findings.iter().filter_map(|found| RelativePath::new(&found.path).ok());
    let mut lists: Vec<_> = files.chain(folders).chain(refused).filter(is_list).collect();
    lists.sort_unstable();
    lists.dedup();
    lists
}

/// A difference between the card and a list that it carries.
fn by_its_own_list(mut finding: Finding, list: &Expected) -> Finding {
    if finding.kind.is_fault() {
        let why = finding.note.map(|note| format!("; {note}")).unwrap_or_default();
        let list = &list.record.path;
        finding.note = Some(format!("the card is not as its own list {list} says{why}"));
    }
    finding
}
