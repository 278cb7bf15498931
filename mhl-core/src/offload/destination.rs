//! One destination: what stands there, file by file, and what is wrong with it.
//!
//! How files get there is told in [`write`](super::write), how they are proven in
//! [`read_back`](super::read_back).

use std::{io, sync::Arc};

use mhl_hash::Algorithm;

use super::{marker::Marker, pulse::Pulse, write::Writing};
use crate::{
    CacheDoubt, CopyReport, Finding, FindingKind, Grade, Place, RelativePath,
    expected::Expected,
    tree::{Lock, Tree, Volume},
};

/// Where a file stands on one destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// To be written.
    Wanted,
    /// It stood there, and is not this offload's to write anew: a list names it, or somebody else
    /// put it there.
    Kept,
    /// A file of this name and size stood there when an unfinished offload was taken up.
    Standing,
    /// Written, named, and both durable.
    Durable,
    /// Read back, and every digest held.
    Proven,
    /// To be written once more: it stood there with other bytes, or could not be made durable.
    Again,
    /// Given up, with a finding.
    Failed,
}

impl State {
    /// Whether a whole file is to be read back.
    pub(super) fn stands(self) -> bool {
        matches!(self, State::Kept | State::Standing | State::Durable)
    }
}

/// What a run made at a destination before its first byte.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Made {
    /// The roll's folder.
    pub(super) roll: bool,
    /// The folder that says "unfinished".
    pub(super) marker: bool,
}

impl Made {
    /// Nothing of ours may stay behind where nothing is done. What says "unfinished" goes last: a roll's
    /// folder without it and without a list is in everybody's way. The lock is held meanwhile.
    pub(super) fn undo(self, folder: &dyn Volume, roll: &RelativePath, marker: &Marker) {
        let is_gone = !self.roll || remove_empty_roll(folder, roll).is_ok();
        if is_gone && self.marker {
            marker.remove(folder);
        }
    }
}

/// Removes the roll's folder, for good. One with something in it is not ours.
fn remove_empty_roll(folder: &dyn Volume, roll: &RelativePath) -> io::Result<()> {
    use io::ErrorKind::{DirectoryNotEmpty, NotFound};
    match folder.remove_folder(roll) {
        Err(error) if !matches!(error.kind(), NotFound | DirectoryNotEmpty) => Err(error),
        _ => folder.sync_folder(None),
    }
}

/// One destination of an offload.
pub(super) struct Destination {
    /// The folder that was named.
    pub(super) folder: Box<dyn Volume>,
    /// The roll's folder in it.
    pub(super) roll: Box<dyn Volume>,
    /// The roll's folder, relative to the named one.
    pub(super) roll_name: RelativePath,
    /// One for each file of the source.
    pub(super) states: Vec<State>,
    /// What is wrong with this destination, in the order of the work.
    pub(super) findings: Vec<Finding>,
    /// What the list of an offload that was finished before says.
    pub(super) finished: Option<Expected>,
    /// That list is not the last word: the card holds more, or its history is to be lengthened.
    /// Otherwise nothing is written to a finished roll.
    pub(super) goes_on: bool,
    /// Holds the system's lock as long as the offload runs.
    pub(super) lock: Option<Lock>,
    /// What of it this run made, to be undone where nothing is done there.
    pub(super) made: Made,
    /// Its signs of life.
    pub(super) pulse: Arc<Pulse>,
    /// Nothing more is tried: the device is full, gone, or another one.
    pub(super) lost: bool,
    /// The first file or list that was read back and is not proven to have come from the device.
    pub(super) doubt: Option<CacheDoubt>,
    /// What is on its way.
    pub(super) writing: Writing,
}

impl Destination {
    pub(super) fn new(
        folder: Box<dyn Volume>,
        roll: Box<dyn Volume>,
        roll_name: RelativePath,
        states: Vec<State>,
        pulse: Arc<Pulse>,
    ) -> Self {
        Destination {
            folder,
            roll,
            roll_name,
            states,
            findings: Vec::new(),
            finished: None,
            goes_on: false,
            lock: None,
            made: Made::default(),
            pulse,
            lost: false,
            doubt: None,
            writing: Writing::default(),
        }
    }

    pub(super) fn is_usable(&self) -> bool {
        !self.lost
    }

    /// Whether anything is written there.
    pub(super) fn is_written(&self) -> bool {
        self.finished.is_none() || self.goes_on
    }

    /// The algorithms of the list that stands there already.
    pub(super) fn listed_algorithms(&self) -> Vec<Algorithm> {
        self.finished.as_ref().map(Expected::algorithms).unwrap_or_default()
    }

    /// The offload is finished here: the folder that says "unfinished" goes.
    pub(super) fn remove_marker(&mut self) {
        // While the lock is held: nobody else may take it on a file that is about to go.
        if let (Some(_), Ok(marker)) = (&self.lock, Marker::of(&self.roll_name)) {
            marker.remove(self.folder.as_ref());
        }
        self.lock = None;
    }

    /// Nothing is done here.
    pub(super) fn back_out(self) {
        if let Ok(marker) = Marker::of(&self.roll_name) {
            self.made.undo(self.folder.as_ref(), &self.roll_name, &marker);
        }
    }

    /// Whether every file was read back and held.
    pub(super) fn is_proven(&self) -> bool {
        !self.lost && self.states.iter().all(|state| *state == State::Proven)
    }

    pub(super) fn proven(&self) -> u64 {
        self.states.iter().filter(|state| **state == State::Proven).count() as u64
    }

    /// What the copy amounts to, but for its list.
    pub(super) fn report(&self, algorithms: &[Algorithm]) -> CopyReport {
        let mut copy = CopyReport::new(Place::new(
            self.roll.root().to_string_lossy().into_owned(),
            self.roll.device(),
        ));
        copy.algorithms = algorithms.iter().map(|a| a.name().to_owned()).collect();
        copy.counts.files = self.states.len() as u64;
        copy.counts.verified = self.proven();
        if self.proven() > 0 {
            copy.cache_doubt.clone_from(&self.doubt);
            (copy.grade, copy.proof) = match &self.doubt {
                None => (
                    Some(Grade::PastTheCache),
                    "dropped from the cache, measured to be absent, read back, compared: \
                     every file, and the list"
                        .to_owned(),
                ),
                Some(doubt) => (
                    Some(Grade::ThroughTheCache),
                    format!("read back and compared, but perhaps from the cache: {doubt}"),
                ),
            };
        }
        copy
    }

    /// Creates the source's folders.
    pub(super) fn create_folders(&mut self, tree: &Tree) {
        for (folder, _) in &tree.folders {
            match self.roll.create_folder(folder) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                    self.lose(folder.as_str(), &error);
                    return;
                }
                _ => {}
            }
        }
        self.sync_folders(tree);
    }

    /// Gives the folders their times and makes their names durable.
    pub(super) fn finish_folders(&mut self, tree: &Tree) {
        // The innermost first: an entry made in a folder changes its time.
        for (folder, modified) in tree.folders.iter().rev() {
            if let Err(error) = self.roll.set_folder_modified(Some(folder), *modified) {
                self.findings.push(
                    Finding::new(FindingKind::AttributeLost, folder.as_str())
                        .noting(format!("the folder's time could not be kept: {error}")),
                );
            }
        }
        self.sync_folders(tree);
    }

    /// Makes all names durable that an interrupted offload may have left without that: those of files,
    /// which may have been read back, and those of the lists.
    pub(super) fn sync_names(&mut self, tree: &Tree) {
        let histories = self.finished.iter().flat_map(|list| &list.histories);
        let histories = histories.filter(|past| past.newest.is_some());
        let result = histories
            .filter_map(|past| past.folder().ok())
            .try_for_each(|folder| self.roll.sync_folder(Some(&folder)))
            .and_then(|()| {
                tree.folders.iter().try_for_each(|(folder, _)| {
                    match self.roll.sync_folder(Some(folder)) {
                        // One that holds nothing is in no list, and may be new on the card.
                        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
                        result => result,
                    }
                })
            })
            .and_then(|()| self.roll.sync_folder(None))
            .and_then(|()| self.folder.sync_folder(None));
        if let Err(error) = result {
            self.lose(".", &error);
        }
    }

    fn sync_folders(&mut self, tree: &Tree) {
        let folders = tree.folders.iter().map(|(folder, _)| Some(folder)).chain([None]);
        for folder in folders {
            if let Err(error) = self.roll.sync_folder(folder) {
                return self.lose(folder.map_or(".", RelativePath::as_str), &error);
            }
        }
        if let Err(error) = self.folder.sync_folder(None) {
            self.lose(".", &error);
        }
    }

    /// Gives the destination up.
    pub(super) fn lose(&mut self, path: &str, error: &io::Error) {
        if !self.lost {
            self.findings
                .push(Finding::new(FindingKind::WriteFailed, path).noting(describe(error)));
        }
        self.lost = true;
    }

    pub(super) fn set(&mut self, index: usize, state: State) {
        if let Some(place) = self.states.get_mut(index) {
            *place = state;
        }
    }
}

pub(super) fn describe(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::StorageFull => format!("{error}: make room, then offload with resume"),
        io::ErrorKind::AlreadyExists => "something stands there and is never replaced".to_owned(),
        _ => error.to_string(),
    }
}
