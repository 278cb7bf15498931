//! The source read once: every buffer goes to the hasher and to every destination.
//!
//! Where source and destinations are of a kind that likes it, as many files are read in turns as
//! lanes take; otherwise one after the other. The hasher takes all that waits for it at once, so that
//! the lanes fill by themselves when hashing is what takes longest.

use std::{
    collections::{HashMap, VecDeque},
    io,
    sync::{
        Arc, Mutex, Weak,
        mpsc::{Receiver, SyncSender, TryRecvError, TrySendError, sync_channel},
    },
    thread,
    time::{Duration, Instant},
};

use mhl_hash::{Strategy, StreamId, Streams};

use super::{
    buffer::{Pool, Shared},
    crew::{Crew, Pulse},
    destination::Destination,
    source::Source,
};
use crate::{
    Finding, FindingKind,
    context::{Phase, Progress},
    tree::{
        FoundFile, ReadFile, Stat,
        read::{Failure, check_unchanged},
    },
};

/// What the hasher and the destinations are told; the steps of one file are in order.
#[derive(Clone)]
pub(super) enum Step {
    /// The bytes of this file follow.
    Begin(usize),
    /// The next bytes of it.
    Bytes(usize, Shared),
    /// It ends: whole, or to be forgotten.
    End { index: usize, whole: bool },
}

/// Steps that somebody may be behind.
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
    /// How long reading took; the rest of the time the source waited for others.
    pub(super) reading: Duration,
    /// How long hashing took.
    pub(super) hashing: Duration,
    /// How long each destination wrote, by its place, and how many bytes.
    pub(super) writing: Vec<(usize, Duration, u64)>,
}

/// The steps for one destination, as it takes them. Whoever gives them can take them all back
/// should it hang.
pub(super) struct Steps(Arc<Mutex<Receiver<Step>>>);

impl Steps {
    /// The next step; `None` when there will be none.
    pub(super) fn next(&self, pulse: &Pulse) -> Option<Step> {
        let steps = self.0.lock().ok()?;
        match steps.try_recv() {
            Ok(step) => {
                pulse.beat();
                Some(step)
            }
            Err(TryRecvError::Empty) => pulse.wait(|| steps.recv().ok()),
            Err(TryRecvError::Disconnected) => None,
        }
    }
}

/// Copies these files.
pub(super) fn copy(
    source: &Arc<Source>,
    work: &[usize],
    crew: &mut Crew,
    strategy: Strategy,
    progress: &dyn Progress,
) -> Copied {
    let mut consumers = Vec::new();
    let mut queues = HashMap::new();
    let pending = crew.begin(|index| {
        let (sender, steps) = sync_channel(STEPS);
        let steps = Arc::new(Mutex::new(steps));
        consumers.push(Consumer { destination: index, steps: sender });
        queues.insert(index, Arc::downgrade(&steps));
        let (steps, source) = (Steps(steps), Arc::clone(source));
        Some(move |destination: &mut Destination| {
            let (began, idle, bytes) =
                (Instant::now(), destination.pulse.idle(), destination.pulse.bytes());
            destination.write(&steps, &source);
            let idle = destination.pulse.idle() - idle;
            let busy = began.elapsed().saturating_sub(idle);
            (busy, destination.pulse.bytes() - bytes)
        })
    });
    let mut copied = thread::scope(|scope| {
        let (hasher, steps) = sync_channel(STEPS);
        let hashed = scope.spawn(move || hash(&steps, source));
        let mut reader = Reader {
            source,
            pool: Pool::default(),
            hasher,
            consumers,
            queues,
            crew,
            progress,
            waited: Duration::ZERO,
            copied: Copied::default(),
        };
        let began = Instant::now();
        let side_by_side = strategy.side_by_side(&Streams::new(source.algorithms()));
        reader.read(work, side_by_side);
        let mut copied = std::mem::take(&mut reader.copied);
        copied.reading = began.elapsed().saturating_sub(reader.waited);
        drop(reader);
        let hashed = join(hashed);
        copied.hashing = hashed.busy;
        let changed = hashed.changed.into_iter().filter_map(|index| source.files().get(index));
        copied.findings.extend(changed.map(|file| {
            Finding::new(FindingKind::SourceChanged, file.path.as_str())
                .noting("a second read gave other bytes: the card or its reader is failing")
        }));
        copied
    });
    crew.wait(pending, Some(Phase::Copy), progress, |index, (busy, bytes)| {
        copied.writing.push((index, busy, bytes));
    });
    copied.writing.sort_unstable();
    copied
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

/// A destination that listens.
struct Consumer {
    destination: usize,
    steps: SyncSender<Step>,
}

struct Reader<'a> {
    source: &'a Source,
    pool: Pool,
    hasher: SyncSender<Step>,
    consumers: Vec<Consumer>,
    /// The other ends of their queues.
    queues: HashMap<usize, Weak<Mutex<Receiver<Step>>>>,
    crew: &'a mut Crew,
    progress: &'a dyn Progress,
    /// How long it waited for others.
    waited: Duration,
    copied: Copied,
}

/// A file on its way.
struct Reading {
    index: usize,
    file: Box<dyn ReadFile>,
    /// What it was when it was opened.
    before: Stat,
    offset: u64,
}

impl Reader<'_> {
    /// Reads files in turns, so many at once.
    fn read(&mut self, work: &[usize], side_by_side: usize) {
        let mut work = work.iter();
        let mut open: VecDeque<Reading> = VecDeque::new();
        loop {
            while open.len() < side_by_side
                && let Some(&index) = work.next()
            {
                match self.begin(index) {
                    Ok(reading) => open.extend(reading),
                    Err(stop) => return self.stop(stop),
                }
            }
            let Some(mut reading) = open.pop_front() else { break };
            let whole = match self.take_turn(&mut reading) {
                Ok(false) => {
                    open.push_back(reading);
                    continue;
                }
                Ok(true) => true,
                Err(Stop::Failed(failure)) if !matches!(failure, Failure::Cancelled) => {
                    self.failed(reading.index, &failure);
                    false
                }
                Err(stop) => return self.stop(stop),
            };
            if let Err(stop) = self.tell(&Step::End { index: reading.index, whole }) {
                return self.stop(stop);
            }
        }
    }

    /// Nothing more is read. Files that are open end nowhere, and are forgotten.
    fn stop(&mut self, stop: Stop) {
        self.copied.cancelled |= matches!(stop, Stop::Failed(Failure::Cancelled));
    }

    fn failed(&mut self, index: usize, failure: &Failure) {
        if let Some(file) = self.source.files().get(index) {
            self.copied.findings.push(failure.finding(file.path.as_str(), file.stat.size));
        }
    }

    /// Opens a file; what cannot be opened is told.
    fn begin(&mut self, index: usize) -> Result<Option<Reading>, Stop> {
        let Some(found) = self.source.files().get(index) else { return Ok(None) };
        match self.open(found) {
            Ok((file, before)) => {
                self.tell(&Step::Begin(index))?;
                Ok(Some(Reading { index, file, before, offset: 0 }))
            }
            Err(failure) => {
                self.failed(index, &failure);
                Ok(None)
            }
        }
    }

    fn open(&self, found: &FoundFile) -> Result<(Box<dyn ReadFile>, Stat), Failure> {
        let card = &self.source.card;
        let at_start = |error| Failure::Io(0, error);
        if !card.volume.is_still_there() {
            let note = "another folder stands at the card's path: was the card taken out?";
            return Err(at_start(io::Error::new(io::ErrorKind::NotFound, note)));
        }
        let file = card.volume.open(card.name_of(&found.path)).map_err(at_start)?;
        let before = file.stat().map_err(at_start)?;
        if (before.size, before.modified) != (found.stat.size, found.stat.modified) {
            return Err(Failure::Changed);
        }
        Ok((file, before))
    }

    /// Reads one buffer of a file. Returns whether it is at its end.
    fn take_turn(&mut self, reading: &mut Reading) -> Result<bool, Stop> {
        let mut buffer = self.buffer()?;
        let mut count = 0;
        let mut is_at_its_end = false;
        while let Some(rest) = buffer.get_mut(count..).filter(|rest| !rest.is_empty()) {
            match reading.file.read(rest) {
                Ok(0) => {
                    is_at_its_end = true;
                    break;
                }
                Ok(more) => count += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.pool.put_back(buffer);
                    return Err(Failure::Io(reading.offset + count as u64, error).into());
                }
            }
        }
        reading.offset += count as u64;
        self.copied.bytes += count as u64;
        if count == 0 {
            self.pool.put_back(buffer);
        } else {
            let bytes = self.pool.share(buffer, count);
            self.tell(&Step::Bytes(reading.index, bytes))?;
            self.progress.advanced(count as u64);
            self.crew.tell(Some(Phase::Copy), self.progress);
        }
        if is_at_its_end {
            check_unchanged(reading.file.as_ref(), &reading.before, reading.offset)?;
        }
        Ok(is_at_its_end)
    }

    fn buffer(&mut self) -> Result<Vec<u8>, Stop> {
        let mut began = None;
        loop {
            if self.progress.is_cancelled() {
                return Err(Failure::Cancelled.into());
            }
            let now = Instant::now();
            let buffer = self.pool.take();
            let now = *began.get_or_insert(now);
            if let Some(buffer) = buffer {
                self.waited += now.elapsed();
                return Ok(buffer);
            }
            self.look_after_destinations();
        }
    }

    /// Tells everyone who still listens; a destination that gave up has hung up. One that is slow
    /// is waited for, as long as it lives and nobody cancels.
    fn tell(&mut self, step: &Step) -> Result<(), Stop> {
        let mut place = 0;
        self.offer(None, step.clone())?;
        while let Some(consumer) = self.consumers.get(place) {
            let destination = consumer.destination;
            if self.offer(Some(destination), step.clone())? {
                place += 1;
            } else {
                self.consumers.retain(|consumer| consumer.destination != destination);
            }
        }
        if self.consumers.is_empty() { Err(Stop::Abandoned) } else { Ok(()) }
    }

    /// Gives a step to a destination, or to the hasher; returns whether it listened.
    fn offer(&mut self, to: Option<usize>, mut step: Step) -> Result<bool, Stop> {
        let mut began = None;
        loop {
            let consumer = self.consumers.iter().find(|consumer| Some(consumer.destination) == to);
            let steps = match (to, consumer) {
                (None, _) => &self.hasher,
                (Some(_), Some(consumer)) => &consumer.steps,
                (Some(_), None) => return Ok(false),
            };
            match steps.try_send(step) {
                Err(TrySendError::Full(back)) => step = back,
                sent => {
                    self.waited += began.map_or(Duration::ZERO, |began: Instant| began.elapsed());
                    return Ok(sent.is_ok());
                }
            }
            began.get_or_insert_with(Instant::now);
            if self.progress.is_cancelled() {
                return Err(Failure::Cancelled.into());
            }
            thread::sleep(PATIENCE);
            self.look_after_destinations();
        }
    }

    /// Takes back what was for a destination that hangs.
    fn look_after_destinations(&mut self) {
        self.crew.look_after(self.progress);
        let crew = &*self.crew;
        self.consumers.retain(|consumer| crew.works(consumer.destination));
        for (given_up, _) in crew.given_up() {
            let queue = self.queues.get(&given_up).and_then(Weak::upgrade);
            // Where it is taken, its owner woke up: the next round tries again.
            if let Some(Ok(steps)) = queue.as_ref().map(|queue| queue.try_lock()) {
                while steps.try_recv().is_ok() {}
                self.queues.remove(&given_up);
            }
        }
    }
}

/// What became of hashing.
#[derive(Default)]
struct Hashed {
    /// The files whose digests were known and came out different.
    changed: Vec<usize>,
    busy: Duration,
}

/// Hashes what is read: all that waits at once, side by side.
fn hash(steps: &Receiver<Step>, source: &Source) -> Hashed {
    let mut streams = Streams::new(source.algorithms());
    let mut open: HashMap<usize, StreamId> = HashMap::new();
    let mut hashed = Hashed::default();
    while let Ok(first) = steps.recv() {
        let began = Instant::now();
        let mut pieces = Vec::new();
        let mut ends = Vec::new();
        for step in std::iter::once(first).chain(steps.try_iter()).take(STEPS) {
            match step {
                Step::Begin(index) => {
                    open.insert(index, streams.start());
                }
                Step::Bytes(index, bytes) => {
                    pieces.extend(open.get(&index).map(|stream| (*stream, bytes)));
                }
                Step::End { index, whole } => {
                    ends.extend(open.remove(&index).map(|stream| (index, stream, whole)));
                }
            }
        }
        let bytes: Vec<(StreamId, &[u8])> =
            pieces.iter().map(|(stream, bytes)| (*stream, &**bytes)).collect();
        let all_live = streams.push_each(&bytes);
        debug_assert!(all_live, "they end below");
        // The buffers travel on.
        drop(pieces);
        for (index, stream, whole) in ends {
            let values = streams.finish(stream).unwrap_or_default();
            if whole && !source.digests().set(index, &values) {
                hashed.changed.push(index);
            }
        }
        hashed.busy += began.elapsed();
    }
    hashed
}

/// Waits for a thread; its panic is ours.
fn join<T>(thread: thread::ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}
