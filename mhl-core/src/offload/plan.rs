//! Everything that can be known before the first byte is written, for every destination.

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
};

use super::{
    destination::{Destination, State},
    marker::{Claim, Marker},
};
use crate::{
    Finding, FindingKind, Limits, RelativePath, asc,
    expected::{Expected, is_list},
    tree::{Disk, FoundFile, Tree, Volume, is_part, is_within, walk},
};

/// Room that a list takes for one file, and a file system for its bookkeeping: an estimate.
const OVERHEAD_BYTES: u64 = 512;

/// What all destinations of an offload have in common.
pub(super) struct Plan<'a> {
    roll: &'a RelativePath,
    tree: &'a Tree,
    resume: bool,
    /// Bytes that earlier destinations need on a device.
    promised: BTreeMap<String, u64>,
}

/// What stands in the roll's folder when the work begins.
struct Left {
    states: Vec<State>,
    /// The list, if an earlier offload came that far.
    list: Option<Expected>,
    /// Files that the card does not hold.
    findings: Vec<Finding>,
}

impl<'a> Plan<'a> {
    pub(super) fn new(roll: &'a RelativePath, tree: &'a Tree, resume: bool) -> Self {
        Plan { roll, tree, resume, promised: BTreeMap::new() }
    }

    /// Prepares one destination: checks it, takes its lock, creates the roll's folder. What is
    /// wrong with it is all told at once.
    pub(super) fn prepare(
        &mut self,
        index: usize,
        folder: &Path,
    ) -> Result<Destination, Vec<Finding>> {
        let disk = Disk::open(folder).map_err(|error| {
            let note = match error.kind() {
                io::ErrorKind::NotFound => "there is no such folder: is the drive mounted? It has \
                                            to exist, because a folder made in the place of an \
                                            absent drive fills the system's disk"
                    .to_owned(),
                io::ErrorKind::NotADirectory => "it is a file: name a folder".to_owned(),
                _ => format!("the folder cannot be opened: {error}"),
            };
            vec![refusal(folder, note)]
        })?;
        self.prepare_on(index, Box::new(disk))
    }

    /// The same, on any volume.
    pub(super) fn prepare_on(
        &mut self,
        index: usize,
        folder: Box<dyn Volume>,
    ) -> Result<Destination, Vec<Finding>> {
        let root = folder.root().to_owned();
        let failed =
            |what: &str, error: io::Error| vec![refusal(&root, format!("{what}: {error}"))];
        let marker =
            Marker::of(self.roll).map_err(|error| failed("the roll's name is too long", error))?;
        let stands = |path| match folder.stat(Some(path)) {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(failed("cannot be examined", error)),
        };
        let (roll_stands, unfinished) = (stands(self.roll)?, stands(&marker.folder)?);
        self.check_name(&root, roll_stands, unfinished)?;
        if roll_stands && !unfinished {
            return self.prepare_finished(index, folder);
        }

        if !unfinished {
            // Before anything is made: a destination that cannot take the roll is left as it is.
            self.check_capacity(folder.as_ref(), None)?;
            folder
                .create_folder(&marker.folder)
                .map_err(|error| failed("nothing can be written there", error))?;
        }
        let lock = match folder.lock(&marker.lock) {
            Ok(Some(lock)) => lock,
            Ok(None) => {
                return Err(vec![refusal(&root, "another offload of this roll is running there")]);
            }
            Err(error) => return Err(failed("nothing can be written there", error)),
        };
        match self.take_place(folder.as_ref(), &marker, roll_stands) {
            Ok((roll, left)) => {
                let mut destination =
                    Destination::new(index, folder, roll, self.roll.clone(), left.states);
                destination.finished = left.list;
                destination.findings = left.findings;
                destination.lock = Some(lock);
                Ok(destination)
            }
            Err(findings) => {
                // Nothing of ours may stay behind where nothing was done.
                if !roll_stands {
                    let _ = folder.remove_folder(self.roll);
                }
                if !unfinished {
                    marker.remove(folder.as_ref());
                }
                Err(findings)
            }
        }
    }

    fn check_name(
        &self,
        root: &Path,
        roll_stands: bool,
        unfinished: bool,
    ) -> Result<(), Vec<Finding>> {
        let note = match (roll_stands, unfinished, self.resume) {
            (true, false, false) => {
                "a roll of this name stands there: choose another name, or another destination; \
                 with resume it is proven again"
            }
            (_, true, false) => {
                "an unfinished offload of this roll stands there: take it up with resume, or \
                 remove it"
            }
            _ => return Ok(()),
        };
        let path = root.join(self.roll.as_str());
        Err(vec![Finding::new(FindingKind::NameTaken, path.to_string_lossy()).noting(note)])
    }

    /// A roll that an earlier offload finished: it is read, and nothing is written.
    fn prepare_finished(
        &self,
        index: usize,
        folder: Box<dyn Volume>,
    ) -> Result<Destination, Vec<Finding>> {
        let (roll, left) = self.read_finished(folder.as_ref())?;
        let mut destination = Destination::new(index, folder, roll, self.roll.clone(), left.states);
        destination.finished = left.list;
        destination.findings = left.findings;
        Ok(destination)
    }

    /// What stands in the roll's folder, if it is listed.
    fn read_finished(&self, folder: &dyn Volume) -> Result<(Box<dyn Volume>, Left), Vec<Finding>> {
        let roll = folder.below(self.roll).map_err(|error| {
            vec![refusal(folder.root(), format!("the roll's folder cannot be opened: {error}"))]
        })?;
        let left = self.left(roll.as_ref(), &walk(roll.as_ref()))?;
        if left.list.is_none() {
            let path = folder.root().join(self.roll.as_str());
            let note = "a folder of this name stands there, with no list in it and no unfinished \
                        offload beside it: choose another name";
            let path = path.to_string_lossy();
            return Err(vec![Finding::new(FindingKind::NameTaken, path).noting(note)]);
        }
        Ok((roll, left))
    }

    /// Claims the place for this card, or takes up what was claimed for it.
    fn take_place(
        &mut self,
        folder: &dyn Volume,
        marker: &Marker,
        roll_stands: bool,
    ) -> Result<(Box<dyn Volume>, Left), Vec<Finding>> {
        let root = folder.root().to_owned();
        let failed =
            |what: &str, error: io::Error| vec![refusal(&root, format!("{what}: {error}"))];
        self.check_case(folder, marker)?;
        if roll_stands && let Claim::OfAnother(why) = marker.claim(folder, self.tree) {
            // What was begun for another card is nobody's to remove or replace; what was finished
            // is only read.
            return self.read_finished(folder).map_err(|_| {
                let path = root.join(self.roll.as_str());
                let note = format!(
                    "an unfinished offload stands there, and {why}: choose another name, or \
                     remove it"
                );
                vec![Finding::new(FindingKind::NameTaken, path.to_string_lossy()).noting(note)]
            });
        }
        marker
            .write_claim(folder, self.tree)
            .and_then(|()| folder.sync_folder(None))
            .map_err(|error| failed("nothing can be written there", error))?;
        if !roll_stands {
            folder
                .create_folder(self.roll)
                .map_err(|error| failed("the roll's folder cannot be created", error))?;
        }
        let roll = folder
            .below(self.roll)
            .map_err(|error| failed("the roll's folder cannot be opened", error))?;
        let left = if roll_stands {
            let found = clear_parts(roll.as_ref())
                .map_err(|error| failed("what was begun cannot be taken up", error))?;
            self.left(roll.as_ref(), &found)?
        } else {
            let states = vec![State::Wanted; self.tree.files.len()];
            Left { states, list: None, findings: Vec::new() }
        };
        self.check_capacity(folder, Some(&left.states))?;
        Ok((roll, left))
    }

    /// Compares what stands in the roll's folder with the card.
    fn left(&self, roll: &dyn Volume, found: &Tree) -> Result<Left, Vec<Finding>> {
        let in_history = |path: &RelativePath| path.segments().next() == Some(asc::FOLDER);
        let listed = found.files.iter().any(|file| is_list(&file.path) || in_history(&file.path));
        let list = if listed {
            let expected = Expected::load(roll, None, &[], &Limits::default(), &[]);
            Some(expected.map_err(|error| vec![Finding::from(&error)])?)
        } else {
            None
        };
        let finished = list.is_some();
        let standing = |file: &FoundFile| {
            let place = found.files.binary_search_by(|other| other.path.cmp(&file.path)).ok()?;
            found.files.get(place)
        };
        let states = self.tree.files.iter().map(|file| match standing(file) {
            // A finished offload is not written to: what is absent or different is a finding.
            _ if finished => State::Standing,
            None => State::Wanted,
            // Another size: ours, from before a crash.
            Some(there) if there.stat.size != file.stat.size => State::Again,
            Some(_) => State::Standing,
        });
        let states = states.collect();
        let unknown = found.files.iter().filter(|file| {
            let known = self.tree.files.binary_search_by(|other| other.path.cmp(&file.path));
            known.is_err() && !in_history(&file.path) && !is_list(&file.path)
        });
        let findings = unknown.map(|file| {
            Finding::new(FindingKind::NewFile, file.path.as_str())
                .noting("it stands in the roll's folder and not on the card")
        });
        Ok(Left { states, findings: findings.collect(), list })
    }

    /// Room and limits for what has yet to be written; every shortfall is told.
    fn check_capacity(
        &mut self,
        folder: &dyn Volume,
        states: Option<&[State]>,
    ) -> Result<(), Vec<Finding>> {
        let root = folder.root();
        let capacity = folder.capacity().map_err(|error| {
            vec![refusal(root, format!("its room cannot be measured: {error}"))]
        })?;
        let mut findings = Vec::new();
        let stands =
            |index: usize| states.is_some_and(|states| states.get(index) == Some(&State::Standing));
        let files = self.tree.files.iter().enumerate();
        let to_write = files.filter(|(index, _)| !stands(*index)).map(|(_, file)| file.stat.size);
        let bytes = to_write.sum::<u64>() + OVERHEAD_BYTES * (1 + self.tree.files.len() as u64);
        let device = folder.device().unwrap_or_else(|| root.to_string_lossy().into_owned());
        let promised = self.promised.entry(device).or_default();
        let needed = promised.saturating_add(bytes);
        if capacity.free < needed {
            findings.push(
                refusal(root, "no room: make some, or choose another destination").differing(
                    format!("{needed} bytes free"),
                    format!("{} bytes free", capacity.free),
                ),
            );
        } else if states.is_some() {
            *promised = needed;
        }
        for file in self.tree.files.iter().filter(|file| file.stat.size > capacity.file_max) {
            findings.push(
                refusal(root, format!("{} is too large for its file system", file.path)).differing(
                    format!("at most {} bytes", capacity.file_max),
                    format!("{} bytes", file.stat.size),
                ),
            );
        }
        let files = self.tree.files.iter().map(|file| &file.path);
        let names = files.chain(self.tree.folders.iter().map(|(folder, _)| folder));
        for path in names.filter(|path| path.file_name().len() as u64 > capacity.name_max) {
            findings.push(
                refusal(root, format!("the name {path} is too long for its file system"))
                    .differing(
                        format!("at most {} bytes", capacity.name_max),
                        format!("{} bytes", path.file_name().len()),
                    ),
            );
        }
        if findings.is_empty() { Ok(()) } else { Err(findings) }
    }

    /// Names that differ in case alone would become one.
    fn check_case(&self, folder: &dyn Volume, marker: &Marker) -> Result<(), Vec<Finding>> {
        if folder.stat(Some(&marker.lock_in_capitals)).is_err() {
            return Ok(());
        }
        let files = self.tree.files.iter().map(|file| &file.path);
        let folders = self.tree.folders.iter().map(|(folder, _)| folder);
        let mut names: Vec<(String, &RelativePath)> =
            files.chain(folders).map(|path| (path.as_str().to_lowercase(), path)).collect();
        names.sort_unstable();
        let mut findings = Vec::new();
        for pair in names.windows(2) {
            if let [(a, first), (b, second)] = pair
                && a == b
            {
                let note =
                    format!("it does not tell {first} from {second}: one would replace the other");
                findings.push(refusal(folder.root(), note));
            }
        }
        if findings.is_empty() { Ok(()) } else { Err(findings) }
    }
}

/// Removes what an interrupted offload had not finished: files that are not whole, and a manifest
/// whose chain was not written. Returns what stands there then.
fn clear_parts(roll: &dyn Volume) -> io::Result<Tree> {
    let mut found = walk(roll);
    let in_history = |file: &FoundFile| file.path.segments().next() == Some(asc::FOLDER);
    let chained =
        found.files.iter().any(|file| in_history(file) && file.path.file_name() == asc::CHAIN_FILE);
    let mut removed = Vec::new();
    for file in &found.files {
        if is_part(&file.path) || (in_history(file) && !chained) {
            roll.remove(&file.path)?;
            removed.push(file.path.clone());
        }
    }
    // Sorted, as the files are.
    found.leave_out(|path, folder| !folder && removed.binary_search(path).is_ok());
    Ok(found)
}

fn refusal(folder: &Path, note: impl Into<String>) -> Finding {
    Finding::new(FindingKind::DestinationUnusable, folder.to_string_lossy()).noting(note)
}

/// Which of these folders lie within the source, are it, or are named twice.
pub(super) fn contradictions(source: &Path, destinations: &[PathBuf], roll: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    for (index, destination) in destinations.iter().enumerate() {
        let shown = destination.display();
        let same = |a: &Path, b: &Path| is_within(a, b) && is_within(b, a);
        if is_within(destination, source) {
            wrong.push(format!("the destination {shown} lies within the source"));
        } else if same(&destination.join(roll), source) {
            let source = source.display();
            wrong.push(format!("the destination {shown} is where the source {source} stands"));
        }
        if destinations.iter().take(index).any(|earlier| same(earlier, destination)) {
            wrong.push(format!("the destination {shown} is named twice"));
        }
    }
    wrong
}
