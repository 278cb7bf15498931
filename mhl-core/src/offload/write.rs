//! Files written to one destination in the durable order.
//!
//! The order is one of batches, not of calls for each file: write all, make each durable, give each
//! its name, make the names durable. Nothing is [`State::Durable`] before its batch is, and only
//! what is durable is noted in the [journal](super::journal). To a tape a roll is one batch, whose
//! names are made durable as a whole: every index that it writes costs it minutes.

use std::{collections::BTreeSet, io};

use mhl_hash::Observer as _;

use super::{
    copy::{Step, Steps},
    destination::{Destination, State, describe},
    journal::Journal,
    marker::Marker,
    pulse::gone,
    source::Source,
};
use crate::{
    Finding, FindingKind, RelativePath,
    tree::{
        FoundFile, PERMISSIONS, WriteFile,
        open_files::{is_too_many, patiently},
        part_name,
    },
};

/// Files of a batch: so many stay open until they are durable, where the system grants as many.
const BATCH_FILES: usize = 64;
/// Bytes after which a batch is made durable.
const BATCH_BYTES: u64 = 256 << 20;

/// What is on its way to a destination.
#[derive(Default)]
pub(super) struct Writing {
    /// Files that are read at the moment.
    open: Vec<Written>,
    /// Files whose bytes are all written.
    batch: Vec<Written>,
    batch_bytes: u64,
    /// So many files, or bytes, and it is made durable.
    most_files: usize,
    /// Whether it is a tape, once asked.
    is_tape: Option<bool>,
    /// What this run notes. Where it cannot be written that costs time, should the offload have to
    /// be taken up, and nothing else.
    journal: Option<Journal>,
    /// Durable files that are not yet noted.
    unnoted: Vec<usize>,
}

/// A file that has not yet its name.
struct Written {
    index: usize,
    part: RelativePath,
    /// Closed where it is made durable with all others.
    file: Option<Box<dyn WriteFile>>,
}

impl Destination {
    /// Takes the steps of the source until they end; of what is whole so many files may stay open.
    pub(super) fn write(&mut self, steps: &Steps, source: &Source, most_open: usize) {
        self.writing.most_files = most_open.min(BATCH_FILES);
        self.begin_journal(source.card.medium());
        while let Some(step) = steps.next(&self.pulse) {
            match step {
                Step::Begin(index) => self.begin_file(index, source),
                Step::Bytes(index, bytes) => {
                    if let Some(written) = self.writing.open.iter_mut().find(|w| w.index == index) {
                        match written.file.as_mut().map_or(Ok(()), |file| file.write_all(&bytes)) {
                            Ok(()) => self.pulse.advanced(bytes.len() as u64),
                            Err(error) => self.drop_file(index, source, &error),
                        }
                    }
                }
                Step::End { index, whole } => self.end_file(index, whole, source),
                // A tape is one batch: a sync costs it minutes, and its files are closed already.
                Step::Settle if self.writing.is_tape == Some(true) => {}
                Step::Settle => self.settle(source),
            }
            if self.lost || self.pulse.is_cancelled() {
                // Hanging up tells the source that it need not read on for this destination.
                break;
            }
        }
        self.settle(source);
        for unfinished in std::mem::take(&mut self.writing.open) {
            drop(unfinished.file);
            let _ = self.roll.remove(&unfinished.part);
        }
    }

    fn begin_journal(&mut self, medium: &str) {
        if self.writing.journal.is_none()
            && self.is_written()
            && let Ok(marker) = Marker::of(&self.roll_name)
        {
            self.writing.journal = Journal::begin(&marker, self.folder.as_ref(), medium).ok();
        }
    }

    fn begin_file(&mut self, index: usize, source: &Source) {
        let (Some(State::Wanted), Some(file)) = (self.states.get(index), source.files().get(index))
        else {
            return;
        };
        if !self.is_the_same() {
            return;
        }
        let part = match part_name(file.path.parent().as_ref(), &index.to_string()) {
            Ok(part) => part,
            Err(error) => return self.fail(index, Some(file), &error),
        };
        let created = match self.roll.create(&part) {
            Err(error) if is_too_many(&error) && !self.writing.batch.is_empty() => {
                self.settle(source);
                patiently(|| self.roll.create(&part))
            }
            Err(error) if is_too_many(&error) => patiently(|| self.roll.create(&part)),
            created => created,
        };
        match created {
            Ok(opened) => self.writing.open.push(Written { index, part, file: Some(opened) }),
            Err(error) => self.fail(index, Some(file), &error),
        }
    }

    /// Whether the folder that was opened stands still at its path; gives the destination up where
    /// it does not.
    fn is_the_same(&mut self) -> bool {
        if !self.lost && !self.roll.is_still_there() {
            self.lost = true;
            self.findings.push(Finding::new(FindingKind::DeviceChanged, ".").noting(
                "another folder stands at the destination's path: was the drive taken away?",
            ));
        }
        !self.lost
    }

    fn take_open(&mut self, index: usize) -> Option<Written> {
        let place = self.writing.open.iter().position(|written| written.index == index)?;
        Some(self.writing.open.swap_remove(place))
    }

    fn end_file(&mut self, index: usize, whole: bool, source: &Source) {
        let Some(mut written) = self.take_open(index) else { return };
        let Some(file) = source.files().get(index) else { return };
        if !whole {
            drop(written.file);
            let _ = self.roll.remove(&written.part);
            self.set(index, State::Failed);
            return;
        }
        let kept = written.file.as_mut().map_or(Ok(()), |open| {
            // Some file systems have times and no permissions.
            let mode = open.set_mode(file.stat.mode & PERMISSIONS);
            let time = open.set_modified(file.stat.modified);
            mode.and(time)
        });
        if let Err(error) = kept {
            self.findings.push(
                Finding::new(FindingKind::AttributeLost, file.path.as_str())
                    .noting(format!("its time or permissions could not be kept: {error}")),
            );
        }
        let is_tape = *self.writing.is_tape.get_or_insert_with(|| self.roll.is_tape());
        if is_tape {
            // Closed now, as a tape is one batch. What went wrong behind its writes a close would tell
            // nobody.
            let synced = written.file.take().map_or(Ok(()), |mut open| open.sync());
            return match synced {
                Ok(()) => self.writing.batch.push(written),
                Err(error) => {
                    let _ = self.roll.remove(&written.part);
                    self.fail_as(State::Again, index, Some(file), &error);
                }
            };
        }
        self.writing.batch.push(written);
        self.writing.batch_bytes += file.stat.size;
        let is_full = self.writing.batch.len() >= self.writing.most_files;
        if is_full || self.writing.batch_bytes >= BATCH_BYTES {
            self.settle(source);
        }
    }

    /// Makes a batch durable: every file, then every name.
    fn settle(&mut self, source: &Source) {
        self.writing.batch_bytes = 0;
        let batch = std::mem::take(&mut self.writing.batch);
        if !batch.is_empty() {
            self.is_the_same();
        }
        let is_tape = self.writing.is_tape == Some(true);
        if is_tape && !batch.is_empty() {
            self.sync_all();
        }
        let mut named = Vec::new();
        let mut folders = BTreeSet::new();
        for mut written in batch {
            let Some(file) = source.files().get(written.index) else { continue };
            // A second sync would return success with the old bytes: the first error is final, and
            // the file is written anew.
            let synced = match &mut written.file {
                _ if self.lost => Err(gone()),
                Some(file) => file.sync(),
                None => Ok(()),
            };
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
        if is_tape && !named.is_empty() {
            self.sync_all();
            folders.clear();
        }
        for folder in &folders {
            if named.is_empty() {
                break;
            }
            if let Err(error) = self.roll.sync_folder(folder.as_ref()) {
                self.lose(folder.as_ref().map_or(".", RelativePath::as_str), &error);
            }
        }
        if !self.lost {
            named.iter().for_each(|index| self.set(*index, State::Durable));
            self.writing.unnoted.append(&mut named);
            self.note(source);
        }
    }

    /// Makes a whole tape durable.
    fn sync_all(&mut self) {
        if let Err(error) = self.roll.sync_all() {
            self.lose(".", &error);
        }
    }

    /// Notes the durable files whose digests are known.
    pub(super) fn note(&mut self, source: &Source) {
        let Writing { journal: Some(journal), unnoted, .. } = &mut self.writing else { return };
        unnoted.retain(|index| {
            let values = source.values(*index);
            let file = source.files().get(*index).filter(|_| !values.is_empty());
            file.inspect(|file| journal.note(file, &values)).is_none()
        });
        if journal.write().is_err() {
            self.writing.journal = None;
        }
    }

    fn drop_file(&mut self, index: usize, source: &Source, error: &io::Error) {
        if let Some(written) = self.take_open(index) {
            drop(written.file);
            let _ = self.roll.remove(&written.part);
            self.fail(index, source.files().get(index), error);
        }
    }

    pub(super) fn fail(&mut self, index: usize, file: Option<&FoundFile>, error: &io::Error) {
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
}
