//! The source read once: every buffer goes to the hasher and to every destination.

use std::{
    io,
    sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    thread,
    time::Duration,
};

use mhl_hash::HasherSet;

use super::{
    buffer::{Pool, Shared},
    card::Card,
    destination::Destination,
};
use crate::{
    Finding, FindingKind,
    context::Progress,
    digests::Digests,
    tree::{
        FoundFile,
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
/// How long a full queue is left alone before it is tried again.
const PATIENCE: Duration = Duration::from_micros(200);

/// How the source was read.
#[derive(Default)]
pub(super) struct Copied {
    /// Bytes read.
    pub(super) bytes: u64,
    /// The observer asked to stop.
    pub(super) cancelled: bool,
    /// What is wrong with the source. What is wrong with a destination is found in it.
    pub(super) findings: Vec<Finding>,
}

/// Copies these files.
pub(super) fn copy(
    card: &Card<'_>,
    work: &[usize],
    digests: &mut Digests,
    destinations: &mut [Destination],
    progress: &dyn Progress,
) -> Copied {
    let files = card.tree.files.as_slice();
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
        let mut reader =
            Reader { card, pool: Pool::default(), consumers, progress, copied: Copied::default() };
        for &index in work {
            let Some(file) = files.get(index) else { continue };
            match reader.read(index, file) {
                Ok(()) => {}
                Err(Stop::Failed(Failure::Cancelled)) => {
                    reader.copied.cancelled = true;
                    break;
                }
                Err(Stop::Abandoned) => break,
                Err(Stop::Failed(failure)) => {
                    let finding = failure.finding(file.path.as_str(), file.stat.size);
                    reader.copied.findings.push(finding);
                }
            }
        }
        let mut copied = std::mem::take(&mut reader.copied);
        drop(reader);
        let changed = join(hasher);
        writers.into_iter().for_each(join);
        for file in changed.into_iter().filter_map(|index| files.get(index)) {
            copied.findings.push(
                Finding::new(FindingKind::SourceChanged, file.path.as_str())
                    .noting("a second read gave other bytes: the card or its reader is failing"),
            );
        }
        copied
    })
}

/// Why a file was not read to its end.
enum Stop {
    Failed(Failure),
    /// Every destination has given up.
    Abandoned,
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Stop::Failed(failure)
    }
}

struct Reader<'a> {
    card: &'a Card<'a>,
    pool: Pool,
    /// The hasher, then the destinations that still listen.
    consumers: Vec<SyncSender<Step>>,
    progress: &'a dyn Progress,
    copied: Copied,
}

impl Reader<'_> {
    fn read(&mut self, index: usize, file: &FoundFile) -> Result<(), Stop> {
        self.tell(&Step::Begin(index))?;
        let result = self.read_bytes(file);
        self.tell(&Step::End { whole: result.is_ok() })?;
        result
    }

    fn read_bytes(&mut self, found: &FoundFile) -> Result<(), Stop> {
        let name = self.card.name_of(&found.path);
        let mut file = self.card.volume.open(name).map_err(|error| Failure::Io(0, error))?;
        let before = file.stat().map_err(|error| Failure::Io(0, error))?;
        if (before.size, before.modified) != (found.stat.size, found.stat.modified) {
            return Err(Failure::Changed.into());
        }
        let mut offset = 0u64;
        loop {
            let mut buffer = loop {
                if self.progress.is_cancelled() {
                    return Err(Failure::Cancelled.into());
                }
                if let Some(buffer) = self.pool.take() {
                    break buffer;
                }
            };
            let count = loop {
                match file.read(&mut buffer) {
                    Ok(count) => break count,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => return Err(Failure::Io(offset, error).into()),
                }
            };
            if count == 0 {
                self.pool.put_back(buffer);
                return Ok(check_unchanged(file.as_ref(), &before, offset)?);
            }
            offset += count as u64;
            self.copied.bytes += count as u64;
            let bytes = self.pool.share(buffer, count);
            self.tell(&Step::Bytes(bytes))?;
            self.progress.advanced(count as u64);
        }
    }

    /// Tells everyone who still listens; a destination that gave up has hung up. One that is slow
    /// is waited for, as long as nobody cancels.
    fn tell(&mut self, step: &Step) -> Result<(), Stop> {
        let mut cancelled = false;
        let progress = self.progress;
        self.consumers.retain(|consumer| {
            let mut step = step.clone();
            loop {
                match consumer.try_send(step) {
                    Ok(()) => return true,
                    Err(TrySendError::Disconnected(_)) => return false,
                    Err(TrySendError::Full(_)) if progress.is_cancelled() => {
                        cancelled = true;
                        return true;
                    }
                    Err(TrySendError::Full(back)) => step = back,
                }
                thread::sleep(PATIENCE);
            }
        });
        match (cancelled, self.consumers.len()) {
            (true, _) => Err(Failure::Cancelled.into()),
            // Only the hasher still listens.
            (false, 0 | 1) => Err(Stop::Abandoned),
            (false, _) => Ok(()),
        }
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
