//! The source read once: every buffer goes to the hasher and to every destination.

use std::{
    io,
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread,
};

use mhl_hash::HasherSet;

use super::{
    buffer::{Pool, Shared},
    destination::Destination,
};
use crate::{
    Finding, FindingKind,
    context::Progress,
    digests::Digests,
    tree::{
        FoundFile, Volume,
        read::{Failure, check_unchanged},
    },
};

/// What the hasher and the destinations are told, in the order of the source.
#[derive(Clone)]
pub(super) enum Step {
    /// The bytes of this file follow.
    Begin(usize),
    /// The next bytes of it.
    Bytes(Shared),
    /// It ends: whole, or to be forgotten.
    End { whole: bool },
}

/// Steps that a destination may be behind.
const STEPS: usize = 256;

/// Copies these files. Returns what is wrong with the source; what is wrong with a destination is
/// found in it.
pub(super) fn copy(
    source: &dyn Volume,
    files: &[FoundFile],
    work: &[usize],
    digests: &mut Digests,
    destinations: &mut [Destination],
    progress: &dyn Progress,
) -> Result<Vec<Finding>, Cancelled> {
    thread::scope(|scope| {
        let mut consumers = Vec::new();
        let (sender, steps) = sync_channel(STEPS);
        consumers.push(sender);
        let hasher = scope.spawn(move || hash(&steps, digests));
        let mut writers = Vec::new();
        for destination in destinations.iter_mut().filter(|destination| destination.is_usable()) {
            let (sender, steps) = sync_channel(STEPS);
            consumers.push(sender);
            writers.push(scope.spawn(move || destination.write(&steps, files)));
        }
        let mut reader = Reader { source, pool: Pool::default(), consumers, progress };
        let mut findings = Vec::new();
        let mut result = Ok(());
        for &index in work {
            let Some(file) = files.get(index) else { continue };
            match reader.read(index, file) {
                Err(Failure::Cancelled) => {
                    result = Err(Cancelled);
                    break;
                }
                // Only the hasher still listens: every destination has given up.
                _ if reader.consumers.len() == 1 => break,
                Err(failure) => findings.push(failure.finding(file.path.as_str(), file.stat.size)),
                Ok(()) => {}
            }
        }
        drop(reader);
        let changed = join(hasher);
        writers.into_iter().for_each(join);
        for index in changed {
            if let Some(file) = files.get(index) {
                findings.push(
                    Finding::new(FindingKind::SourceChanged, file.path.as_str()).noting(
                        "a second read gave other bytes: the card or its reader is failing",
                    ),
                );
            }
        }
        result.map(|()| findings)
    })
}

/// The observer asked to stop.
#[derive(Debug)]
pub(super) struct Cancelled;

struct Reader<'a> {
    source: &'a dyn Volume,
    pool: Pool,
    consumers: Vec<SyncSender<Step>>,
    progress: &'a dyn Progress,
}

impl Reader<'_> {
    fn read(&mut self, index: usize, file: &FoundFile) -> Result<(), Failure> {
        self.tell(&Step::Begin(index));
        let result = self.read_bytes(file);
        self.tell(&Step::End { whole: result.is_ok() });
        result
    }

    fn read_bytes(&mut self, found: &FoundFile) -> Result<(), Failure> {
        let mut file = self.source.open(&found.path).map_err(|error| Failure::Io(0, error))?;
        let before = file.stat().map_err(|error| Failure::Io(0, error))?;
        if (before.size, before.modified) != (found.stat.size, found.stat.modified) {
            return Err(Failure::Changed);
        }
        let mut offset = 0u64;
        loop {
            let mut buffer = loop {
                if self.progress.is_cancelled() {
                    return Err(Failure::Cancelled);
                }
                if let Some(buffer) = self.pool.take() {
                    break buffer;
                }
            };
            let count = loop {
                match file.read(&mut buffer) {
                    Ok(count) => break count,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => return Err(Failure::Io(offset, error)),
                }
            };
            if count == 0 {
                self.pool.put_back(buffer);
                return check_unchanged(file.as_ref(), &before, offset);
            }
            offset += count as u64;
            let bytes = self.pool.share(buffer, count);
            self.tell(&Step::Bytes(bytes));
            if self.consumers.len() == 1 {
                return Ok(());
            }
            self.progress.advanced(count as u64);
        }
    }

    /// Tells everyone who still listens; a destination that gave up has hung up.
    fn tell(&mut self, step: &Step) {
        self.consumers.retain(|consumer| consumer.send(step.clone()).is_ok());
    }
}

/// Hashes what is read. Returns the files whose digests were known and came out different.
fn hash(steps: &Receiver<Step>, digests: &mut Digests) -> Vec<usize> {
    let algorithms = digests.algorithms().to_vec();
    let mut changed = Vec::new();
    let mut current = (0, HasherSet::new(&[]));
    for step in steps {
        match step {
            Step::Begin(index) => current = (index, HasherSet::new(&algorithms)),
            Step::Bytes(bytes) => current.1.update(&bytes),
            Step::End { whole } => {
                let (index, set) = std::mem::replace(&mut current, (0, HasherSet::new(&[])));
                if whole && !digests.set(index, &set.finish()) {
                    changed.push(index);
                }
            }
        }
    }
    changed
}

/// Waits for a thread; its panic is ours.
pub(super) fn join<T>(thread: thread::ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}
