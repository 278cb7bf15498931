//! What a card says of itself: the lists and histories that stand on it already.
//!
//! A list that names every file is the roll's one list and goes along as it is. One that names a
//! part goes along under another name, and the copies' list names every file. A history goes along
//! and is lengthened. Whatever any of them records of a file, the card has to hold.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use mhl_hash::Algorithm;

use super::names::{Named, Names};
use crate::{
    Finding, FindingKind, Format, Limits, RelativePath, asc,
    digests::Digests,
    expected::{Expected, is_list},
    histories::Past,
    listing::ignore_patterns,
    tree::{FoundFile, Tree, Volume, walk, walk_with},
    verify::generation::compare_directories,
};

/// What a list of a part is called on a copy: its name, and this.
const KEPT_SUFFIX: &str = ".source";

/// A card, and what it says of itself.
pub(super) struct Card<'a> {
    pub(super) volume: &'a dyn Volume,
    /// Everything that is copied as it is, by the paths that it gets.
    pub(super) tree: Tree,
    /// The format of the list that the copies get.
    pub(super) format: Format,
    /// What the copies get last.
    pub(super) carried: Carried,
    /// What its lists, or its histories taken as one, say of the files.
    pub(super) says: Vec<Expected>,
    /// What its lists and its names say of each other.
    pub(super) findings: Vec<Finding>,
    /// The lists of a part: their names on the card by those that they get.
    kept: BTreeMap<RelativePath, RelativePath>,
    /// Litter that a list names, and therefore no litter.
    litter: BTreeSet<String>,
}

/// What of a card's own lists is the list of its copies.
#[derive(Debug)]
pub(super) enum Carried {
    /// Nothing: the copies get a list of ours.
    Nothing,
    /// This list, which names every file.
    List(RelativePath),
    /// The files and folders of its histories.
    Histories(Tree),
}

/// A card whose lists cannot be taken over.
pub(super) struct Refused {
    pub(super) list: RelativePath,
    pub(super) reason: &'static str,
}

impl<'a> Card<'a> {
    /// Walks a card and reads its lists; `format` is that of a list of ours.
    pub(super) fn read(volume: &'a dyn Volume, format: Format) -> Result<Self, Refused> {
        let mut card = Card {
            volume,
            tree: walk(volume),
            format,
            carried: Carried::Nothing,
            says: Vec::new(),
            findings: Vec::new(),
            kept: BTreeMap::new(),
            litter: BTreeSet::new(),
        };
        let lists = lists_among(&card.tree);
        let history = lists.iter().find(|list| list.as_str() == asc::FOLDER);
        match (history, lists.as_slice()) {
            (Some(history), [_]) => card.take_histories(Some(history))?,
            (Some(_), [other, ..]) => {
                let reason = "a history and another list stand side by side, and a roll has one";
                return Err(Refused { list: other.clone(), reason });
            }
            (None, []) if format == Format::Asc && card.tree.history_within().is_some() => {
                card.take_histories(None)?;
            }
            (None, lists) => card.take_lists(lists)?,
            (Some(_), []) => {}
        }
        card.tree.files.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        card.tree.keep_listable(card.format);
        Ok(card)
    }

    fn take_lists(&mut self, lists: &[RelativePath]) -> Result<(), Refused> {
        for list in lists {
            match Expected::of_file(self.volume, list, &Limits::default()) {
                Ok(expected) => self.says.push(expected),
                Err(error) => self.findings.push(
                    Finding::new(FindingKind::ManifestInvalid, list.as_str()).noting(format!(
                        "a list of the card's own, and nothing can be held to it: {error}"
                    )),
                ),
            }
        }
        self.walk_with_listed_litter();
        // Both are sorted, and so is what stands in both.
        let (found, files): (Vec<_>, Vec<_>) = std::mem::take(&mut self.tree.files)
            .into_iter()
            .partition(|file| lists.binary_search(&file.path).is_ok());
        self.tree.files = files;
        let stands =
            |list: &RelativePath| found.binary_search_by(|file| file.path.cmp(list)).is_ok();
        if let Some(list) = lists.iter().find(|list| !stands(list)) {
            let reason = "it is named like a list, and is no file";
            return Err(Refused { list: list.clone(), reason });
        }
        let covers = match self.says.as_slice() {
            [only] if lists.len() == 1 => only.covers(&self.tree.files),
            _ => false,
        };
        self.compare_names();
        let mut kept = Vec::new();
        for file in found {
            let path = file.path.clone();
            if covers {
                let note = "it names every file: it goes along as the roll's list, and the copies \
                            are held to it";
                self.tell(&path, note.to_owned());
                self.format = Format::Classic;
                self.carried = Carried::List(path);
            } else {
                kept.push(self.keep(file)?);
            }
        }
        self.tree.files.append(&mut kept);
        Ok(())
    }

    /// A list of a part goes along as this file, under another name.
    fn keep(&mut self, list: FoundFile) -> Result<FoundFile, Refused> {
        let refused = |reason| Refused { list: list.path.clone(), reason };
        let kept = RelativePath::new(&format!("{}{KEPT_SUFFIX}", list.path))
            .map_err(|_| refused("it names a part of the files, and its name is too long"))?;
        if self.tree.files.binary_search_by(|file| file.path.cmp(&kept)).is_ok() {
            return Err(refused("it names a part of the files, and its second name is taken"));
        }
        let note = format!("it names a part of the files: it goes along as {kept}, and is listed");
        self.tell(&list.path, note);
        self.kept.insert(kept.clone(), list.path);
        Ok(FoundFile { path: kept, stat: list.stat })
    }

    fn take_histories(&mut self, history: Option<&RelativePath>) -> Result<(), Refused> {
        let within = self.tree.histories_within();
        let limits = Limits::default();
        let expected = match history {
            Some(_) => Expected::of_histories(self.volume, &within, &limits, &[]),
            None => Expected::before_the_first(self.volume, &within, &limits, &[]),
        };
        let Ok(mut expected) = expected else {
            let list = history.or(self.tree.history_within()).cloned();
            let reason = "a history stands there that cannot be read";
            // There is one, or nobody would ask.
            return list.map_or(Ok(()), |list| Err(Refused { list, reason }));
        };
        if let Ok(ignore) = asc::IgnoreList::new(&expected.ignore) {
            expected.pass_over(&ignore);
        }
        self.says.push(expected);
        self.walk_with_listed_litter();
        let folders: HashSet<RelativePath> = self.history_folders().into_iter().collect();
        let in_history = |path: &RelativePath| path.with_folders().any(|at| folders.contains(at));
        let mut carried = Tree::default();
        let (files, own) = std::mem::take(&mut self.tree.files)
            .into_iter()
            .partition::<Vec<_>, _>(|file| in_history(&file.path));
        (carried.files, self.tree.files) = (files, own);
        let (folders, own) = std::mem::take(&mut self.tree.folders)
            .into_iter()
            .partition::<Vec<_>, _>(|(folder, _)| in_history(folder));
        (carried.folders, self.tree.folders) = (folders, own);
        self.format = Format::Asc;
        self.carried = Carried::Histories(carried);
        let unknown = self.compare_names();
        if let Some(history) = history {
            let new = match unknown {
                0 => String::new(),
                new => format!("; {new} files that it does not know are recorded as new"),
            };
            self.tell(history, format!("the history goes along and is lengthened{new}"));
        }
        Ok(())
    }

    /// What a list names is no litter, whatever it is called.
    fn walk_with_listed_litter(&mut self) {
        let litter: BTreeSet<&str> = self.says.iter().flat_map(Expected::listed_litter).collect();
        if !litter.is_empty() {
            self.tree = walk_with(self.volume, &litter);
        }
        self.litter = litter.into_iter().map(str::to_owned).collect();
    }

    /// Compares names and sizes with every list, and tells how many files its histories do not
    /// know: nothing is amiss with them.
    fn compare_names(&mut self) -> usize {
        let mut unknown = 0;
        let names = Names::among(&self.tree.files);
        for expected in &self.says {
            let Named { findings, .. } = names.of(expected);
            let ignore = asc::IgnoreList::new(&expected.ignore).ok();
            let ignored = |path: &str| {
                RelativePath::new(path).is_ok_and(|path| {
                    ignore.as_ref().is_some_and(|list| list.is_ignored(&path, false))
                })
            };
            // That a list or generation stands by itself is known here.
            let own = expected.findings.iter().filter(|own| own.kind != FindingKind::Unproven);
            self.findings.extend(own.cloned());
            for finding in findings {
                if finding.kind == FindingKind::NewFile {
                    unknown += usize::from(!ignored(&finding.path));
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

    /// Every algorithm that any of its lists records.
    pub(super) fn algorithms(&self) -> Vec<Algorithm> {
        self.says.iter().flat_map(Expected::algorithms).collect()
    }

    /// Compares what was read of it with what it says. A list of a part that records no digest of
    /// a file takes nothing from ours.
    pub(super) fn judge(&self, digests: &Digests) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut told = self.tree.findings.clone();
        let names = Names::among(&self.tree.files);
        for expected in &self.says {
            let named = names.of(expected);
            told.extend(named.findings);
            for (index, listed) in named.files {
                if !digests.has(index) {
                    continue;
                }
                let (_, judged) = listed.judge(&digests.get(index));
                let judged = judged.into_iter().filter(|finding| {
                    self.kept.is_empty() || finding.kind != FindingKind::Unproven
                });
                findings.extend(judged.map(|finding| by_its_own_list(finding, expected)));
            }
        }
        if let (Carried::Histories(_), [expected]) = (&self.carried, self.says.as_slice())
            && digests.is_complete()
        {
            let (tree, digests) = self.listed(&expected.ignore, digests);
            told.extend(findings.iter().cloned());
            findings.extend(compare_directories(&expected.histories, &tree, &digests, &told));
        }
        findings
    }

    /// The part of the tree that a list with these ignore patterns names, and its digests.
    pub(super) fn listed(&self, ignore: &[String], digests: &Digests) -> (Tree, Digests) {
        let ignore = asc::IgnoreList::new(ignore).ok();
        let names = |path: &RelativePath, folder| {
            ignore.as_ref().is_none_or(|list| !list.is_ignored(path, folder))
        };
        let files = self.tree.files.iter().enumerate();
        let (places, files): (Vec<usize>, Vec<FoundFile>) = files
            .filter(|(_, file)| names(&file.path, false))
            .map(|(place, file)| (place, file.clone()))
            .unzip();
        let folders = self.tree.folders.iter().filter(|(folder, _)| names(folder, true));
        let tree = Tree { files, folders: folders.cloned().collect(), ..Tree::default() };
        (tree, digests.select(&places))
    }

    /// The patterns by which its histories pass files over.
    pub(super) fn ignore(&self) -> Vec<String> {
        match (&self.carried, self.says.as_slice()) {
            (Carried::Histories(_), [expected]) => expected.ignore.clone(),
            _ => ignore_patterns(&[]),
        }
    }

    /// Its histories that go along, outer before inner.
    pub(super) fn histories(&self) -> impl Iterator<Item = &Past> {
        let pasts = self.says.iter().flat_map(|expected| &expected.histories);
        pasts.filter(|past| past.newest.is_some() || past.root.is_some())
    }

    /// The folders that they stand in, each before those within.
    pub(super) fn history_folders(&self) -> Vec<RelativePath> {
        let folder = |past: &Past| match &past.root {
            Some(root) => root.join(asc::FOLDER),
            None => RelativePath::new(asc::FOLDER),
        };
        self.histories().filter_map(|past| folder(past).ok()).collect()
    }

    /// Whether a file is one of its histories'.
    pub(super) fn carries(&self, path: &RelativePath) -> bool {
        match &self.carried {
            Carried::Histories(tree) => tree.files.iter().any(|file| file.path == *path),
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
        let within = self.histories().filter_map(|past| past.root.as_ref());
        within.filter(|root| !known(root)).cloned().collect()
    }

    /// What a file of the tree is called on the card.
    pub(super) fn name_of<'p>(&'p self, path: &'p RelativePath) -> &'p RelativePath {
        self.kept.get(path).unwrap_or(path)
    }

    /// Litter that goes along, because a list names it.
    pub(super) fn listed_litter(&self) -> BTreeSet<&str> {
        self.litter.iter().map(String::as_str).collect()
    }
}

/// The lists at the root of a card that was walked. What could not be examined may be one, and is
/// taken for one: a list that is copied as any file would be a second one of the roll.
fn lists_among(tree: &Tree) -> Vec<RelativePath> {
    let files = tree.files.iter().map(|file| file.path.clone());
    let folders = tree.folders.iter().map(|(folder, _)| folder.clone());
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
