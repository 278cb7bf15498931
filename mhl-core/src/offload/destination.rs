//! One destination: files written in the durable order, then read back past the cache.
//!
//! The order is one of batches, not of calls for each file: write all, make each durable, give each
//! its name, make the names durable. Nothing is `Durable` before its batch is.

use std::{collections::BTreeSet, io, sync::mpsc::Receiver};

use mhl_hash::{Algorithm, HashValue};

use super::{copy::Step, marker::Marker};
use crate::{
    CopyReport, Finding, FindingKind, Grade, Place, RelativePath, asc,
    context::Progress,
    digests::Digests,
    expected::Expected,
    tree::{
        FoundFile, Lock, PERMISSIONS, Tree, Volume, WriteFile, part_name,
        read::{Failure, ReadOutcome, Way},
        turns::{Wanted, read_each},
    },
};

/// Files of a batch: so many stay open until they are durable.
const BATCH_FILES: usize = 64;
/// Bytes after which a batch is made durable.
const BATCH_BYTES: u64 = 256 << 20;

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
    fn stands(self) -> bool {
        matches!(self, State::Kept | State::Standing | State::Durable)
    }
}

/// One destination of an offload.
pub(super) struct Destination {
    /// Its place among the destinations.
    pub(super) index: usize,
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
    /// Nothing more is tried: the device is full, gone, or another one.
    lost: bool,
    /// Why a read-back is not proven to have come from the device.
    unproven: Option<&'static str>,
    batch: Vec<Written>,
    batch_bytes: u64,
    current: Option<Written>,
}

/// A file whose bytes were written and that has not yet its name.
struct Written {
    index: usize,
    part: RelativePath,
    file: Box<dyn WriteFile>,
}

impl Destination {
    pub(super) fn new(
        index: usize,
        folder: Box<dyn Volume>,
        roll: Box<dyn Volume>,
        roll_name: RelativePath,
        states: Vec<State>,
    ) -> Self {
        Destination {
            index,
            folder,
            roll,
            roll_name,
            states,
            findings: Vec::new(),
            finished: None,
            goes_on: false,
            lock: None,
            lost: false,
            unproven: None,
            batch: Vec::new(),
            batch_bytes: 0,
            current: None,
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

    /// Whether every file was read back and held.
    pub(super) fn is_proven(&self) -> bool {
        !self.lost && self.states.iter().all(|state| *state == State::Proven)
    }

    pub(super) fn proven(&self) -> u64 {
        self.states.iter().filter(|state| **state == State::Proven).count() as u64
    }

    /// What the copy amounts to, but for its list.
    pub(super) fn report(&self, digests: &Digests) -> CopyReport {
        let mut copy = CopyReport::new(Place::new(
            self.roll.root().to_string_lossy().into_owned(),
            self.roll.device(),
        ));
        copy.algorithms = digests.algorithms().iter().map(|a| a.name().to_owned()).collect();
        copy.counts.files = self.states.len() as u64;
        copy.counts.verified = self.proven();
        if self.proven() > 0 {
            (copy.grade, copy.proof) = match self.unproven {
                None => (
                    Some(Grade::PastTheCache),
                    "dropped from the cache, measured to be absent, read back, compared".to_owned(),
                ),
                Some(why) => (
                    Some(Grade::ThroughTheCache),
                    format!("read back and compared, but perhaps from the cache: {why}"),
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

    /// Makes the names of a list durable that an interrupted offload may have left without that.
    pub(super) fn sync_list(&mut self) {
        let history = RelativePath::new(asc::FOLDER).ok();
        let history = history.filter(|folder| self.roll.stat(Some(folder)).is_ok());
        let result = history
            .map_or(Ok(()), |folder| self.roll.sync_folder(Some(&folder)))
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

    /// Takes the steps of the source until they end.
    pub(super) fn write(&mut self, steps: &Receiver<Step>, files: &[FoundFile]) {
        for step in steps {
            match step {
                Step::Begin(index) => self.begin(index, files),
                Step::Bytes(bytes) => {
                    let Some(written) = &mut self.current else { continue };
                    if let Err(error) = written.file.write_all(&bytes) {
                        self.drop_current(files, &error);
                    }
                }
                Step::End { whole } => self.end(whole, files),
            }
            if self.lost {
                // Hanging up tells the source that it need not read on for this destination.
                break;
            }
        }
        self.settle(files);
    }

    fn begin(&mut self, index: usize, files: &[FoundFile]) {
        let (Some(State::Wanted), Some(file)) = (self.states.get(index), files.get(index)) else {
            return;
        };
        let result = part_name(file.path.parent().as_ref(), &index.to_string())
            .and_then(|part| self.roll.create(&part).map(|file| (part, file)));
        match result {
            Ok((part, file)) => self.current = Some(Written { index, part, file }),
            Err(error) => self.fail(index, Some(file), &error),
        }
    }

    fn end(&mut self, whole: bool, files: &[FoundFile]) {
        let Some(mut written) = self.current.take() else { return };
        let Some(file) = files.get(written.index) else { return };
        if !whole {
            drop(written.file);
            let _ = self.roll.remove(&written.part);
            self.set(written.index, State::Failed);
            return;
        }
        let kept = written
            .file
            .set_mode(file.stat.mode & PERMISSIONS)
            .and_then(|()| written.file.set_modified(file.stat.modified));
        if let Err(error) = kept {
            self.findings.push(
                Finding::new(FindingKind::AttributeLost, file.path.as_str())
                    .noting(format!("its time or permissions could not be kept: {error}")),
            );
        }
        self.batch.push(written);
        self.batch_bytes += file.stat.size;
        if self.batch.len() >= BATCH_FILES || self.batch_bytes >= BATCH_BYTES {
            self.settle(files);
        }
    }

    /// Makes a batch durable: every file, then every name.
    fn settle(&mut self, files: &[FoundFile]) {
        self.batch_bytes = 0;
        let batch = std::mem::take(&mut self.batch);
        if !batch.is_empty() && !self.lost && !self.roll.is_still_there() {
            self.lost = true;
            self.findings.push(Finding::new(FindingKind::DeviceChanged, ".").noting(
                "another folder stands at the destination's path: was the drive taken away?",
            ));
        }
        let mut named = Vec::new();
        let mut folders = BTreeSet::new();
        for mut written in batch {
            let Some(file) = files.get(written.index) else { continue };
            // A second sync would return success with the old bytes: the first error is final, and
            // the file is written anew.
            let synced = if self.lost { Err(gone()) } else { written.file.sync() };
            drop(written.file);
            let result = synced.map_err(|error| (State::Again, error)).and_then(|()| {
                let named = self.roll.rename(&written.part, &file.path);
                named.map_err(|error| (State::Failed, error))
            });
            match result {
                Ok(()) => {
                    folders.insert(file.path.parent());
                    named.push(written.index);
                }
                Err((state, error)) => {
                    let _ = self.roll.remove(&written.part);
                    let state = if self.lost { State::Failed } else { state };
                    self.fail_as(state, written.index, Some(file), &error);
                }
            }
        }
        folders.insert(None);
        for folder in &folders {
            if named.is_empty() {
                break;
            }
            if let Err(error) = self.roll.sync_folder(folder.as_ref()) {
                self.lose(folder.as_ref().map_or(".", RelativePath::as_str), &error);
            }
        }
        if !self.lost {
            named.into_iter().for_each(|index| self.set(index, State::Durable));
        }
    }

    fn drop_current(&mut self, files: &[FoundFile], error: &io::Error) {
        if let Some(written) = self.current.take() {
            drop(written.file);
            let _ = self.roll.remove(&written.part);
            self.fail(written.index, files.get(written.index), error);
        }
    }

    fn fail(&mut self, index: usize, file: Option<&FoundFile>, error: &io::Error) {
        self.fail_as(State::Failed, index, file, error);
    }

    fn fail_as(&mut self, state: State, index: usize, file: Option<&FoundFile>, error: &io::Error) {
        self.set(index, state);
        if state == State::Again {
            return;
        }
        let path = file.map_or(".", |file| file.path.as_str());
        let kind = match error.kind() {
            io::ErrorKind::AlreadyExists => FindingKind::NameTaken,
            _ => FindingKind::WriteFailed,
        };
        if !self.lost {
            self.findings.push(Finding::new(kind, path).noting(describe(error)));
        }
        // Every further file would fail in the same way.
        if matches!(
            error.kind(),
            io::ErrorKind::StorageFull
                | io::ErrorKind::ReadOnlyFilesystem
                | io::ErrorKind::QuotaExceeded
        ) {
            self.lost = true;
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

    /// Reads back what stands there and compares it with what the source gave.
    pub(super) fn read_back(
        &mut self,
        files: &[FoundFile],
        digests: &Digests,
        last_chance: bool,
        progress: &dyn Progress,
    ) -> u64 {
        let mut bytes = 0;
        if self.lost {
            return bytes;
        }
        // What was left by the offload that this one takes up is ours to write anew.
        let may_write_anew = !last_chance;
        let states = self.states.iter_mut().enumerate();
        for (_, state) in states.filter(|(index, state)| state.stands() && !digests.has(*index)) {
            // The source could not be read: there is nothing to compare with.
            *state = State::Failed;
        }
        let before = self.states.clone();
        let standing =
            files.iter().zip(before).enumerate().filter_map(|(index, (file, state))| {
                state.stands().then_some((index, file, state))
            });
        let wanted = standing.map(|(index, file, state)| Wanted {
            key: (index, file, state),
            path: &file.path,
            algorithms: digests.algorithms().to_vec(),
        });
        let Destination { roll, states, findings, unproven, .. } = self;
        let judged = |(index, file, state): (usize, &FoundFile, State), result: Result<_, _>| {
            let may_write_anew = may_write_anew && state == State::Standing;
            let proof = result.as_ref().map_or(None, |found: &ReadOutcome| found.unproven);
            bytes += result.as_ref().map_or(0, |found| found.bytes);
            let (state, finding) = judge(file, state, &digests.get(index), result, may_write_anew);
            if state == State::Proven {
                *unproven = unproven.or(proof);
            }
            findings.extend(finding);
            if let Some(place) = states.get_mut(index) {
                *place = state;
            }
        };
        // After a cancellation the rest stays as it is.
        let _ = read_each(roll.as_ref(), wanted, Way::PastTheCache, progress, judged);
        bytes
    }

    /// The files to be written once more; what stands in their place is removed. After the last
    /// chance they are given up instead.
    pub(super) fn take_again(&mut self, files: &[FoundFile], last_chance: bool) -> Vec<usize> {
        let mut work = Vec::new();
        for (index, file) in files.iter().enumerate() {
            if self.states.get(index) != Some(&State::Again) {
                continue;
            }
            if last_chance || self.lost {
                self.set(index, State::Failed);
                let note = if self.lost {
                    "not written: the destination was given up"
                } else {
                    "written twice, and twice it could not be made durable"
                };
                let finding = Finding::new(FindingKind::WriteFailed, file.path.as_str());
                self.findings.push(finding.noting(note));
                continue;
            }
            match self.roll.remove(&file.path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    self.fail(index, Some(file), &error);
                }
                _ => {
                    self.set(index, State::Wanted);
                    work.push(index);
                }
            }
        }
        work
    }

    fn set(&mut self, index: usize, state: State) {
        if let Some(place) = self.states.get_mut(index) {
            *place = state;
        }
    }
}

/// What a file is after it was read back, and what is to be said of it.
fn judge(
    file: &FoundFile,
    state: State,
    expected: &[HashValue],
    result: Result<ReadOutcome, Failure>,
    may_write_anew: bool,
) -> (State, Option<Finding>) {
    let path = file.path.as_str();
    let finding = match result {
        Ok(found) if found.identity == file.stat.identity => {
            Finding::new(FindingKind::NameTaken, path)
                .noting("it is the card's own file under a second name, and no copy")
        }
        Ok(found) if found.values == expected && found.bytes == file.stat.size => {
            return (State::Proven, None);
        }
        _ if may_write_anew => return (State::Again, None),
        Ok(found) => {
            let finding = Finding::new(FindingKind::HashMismatch, path);
            let unequal = expected.iter().zip(&found.values).find(|(a, b)| a != b);
            let finding = match unequal {
                Some((expected, found)) => {
                    finding.differing(format!("{expected:?}"), format!("{found:?}"))
                }
                None => finding,
            };
            finding.noting(match state {
                State::Kept => {
                    "what stands there is not what the card gives: one of the two changed since \
                     it was put there"
                }
                _ => {
                    "the destination gave back other bytes than were written: replace the drive, \
                     cable or reader"
                }
            })
        }
        Err(Failure::Io(offset, error)) => Finding::new(FindingKind::UnreadableFile, path)
            .noting(format!("read-back failed at byte {offset}: {error}")),
        Err(_) => Finding::new(FindingKind::SourceChanged, path)
            .noting("somebody changed the copy while it was read back"),
    };
    (State::Failed, Some(finding))
}

fn gone() -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, "the destination was given up")
}

fn describe(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::StorageFull => format!("{error}: make room, then offload with resume"),
        io::ErrorKind::AlreadyExists => "something stands there and is never replaced".to_owned(),
        _ => error.to_string(),
    }
}
