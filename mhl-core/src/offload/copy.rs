//! The source read once: every buffer goes to the hasher and to every destination.
//!
//! Where source and destinations are of a kind that likes it, as many files are read in turns as
//! lanes take; otherwise one after the other. The hasher waits a little for a buffer of each of them, so
//! that the lanes fill whoever is the fastest.
//!
//! The card's thread reads and gives; who takes needs no card. Should it hang, the others take what it
//! gave before and come to an end.

use std::{
    collections::{HashMap, VecDeque},
    io,
    sync::{
        Arc, Mutex, Weak,
        mpsc::{Receiver, RecvTimeoutError, SyncSender, TryRecvError, TrySendError, sync_channel},
    },
    thread,
    time::{Duration, Instant},
};

use mhl_hash::{Observer as _, Strategy, StreamId, Streams};

use super::{
    buffer::{Pool, Shared},
    crew::{Crew, ROUND, prepared},
    look::CARD_IS_GONE,
    pulse::Pulse,
    source::Source,
};
use crate::{
    Finding, FindingKind,
    context::Phase,
    tree::{
        FoundFile, ReadFile, Stat,
        open_files::{Shortage, most_open},
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
    /// The process has no file left to open: what is whole is made durable, and closed.
    Settle,
}

/// Steps that somebody may be behind.
const STEPS: usize = 256;
/// How long a full queue is left alone before it is tried again.
const PATIENCE: Duration = Duration::from_micros(200);

/// How the source was read. What is wrong with it, or with a destination, is found in them.
#[derive(Default)]
pub(super) struct Copied {
    /// Bytes read.
    pub(super) bytes: u64,
    /// How long reading took; the rest of the time the source waited for others.
    pub(super) reading: Duration,
    /// How long hashing took.
    pub(super) hashing: Duration,
    /// How long each destination wrote, by its place, and how many bytes.
    pub(super) writing: Vec<(usize, Duration, u64)>,
}

/// The steps for somebody, as he takes them. Whoever gives them can take them all back should he
/// hang.
pub(super) struct Steps {
    queue: Arc<Mutex<Receiver<Step>>>,
    /// Who gives them.
    card: Arc<Pulse>,
}

impl Steps {
    /// The next step; `None` when there will be none.
    pub(super) fn next(&self, pulse: &Pulse) -> Option<Step> {
        let steps = self.queue.lock().ok()?;
        match steps.try_recv() {
            Ok(step) => Some(step),
            Err(TryRecvError::Empty) => pulse.wait(|| self.wait_on(&steps)),
            Err(TryRecvError::Disconnected) => None,
        }
    }

    /// The next steps, all that are there already; none when there will be none. While those have fewer
    /// buffers than lanes, and than files that are on their way, others may come soon that are hashed
    /// beside them for little more than these alone. `open` files were begun before.
    fn next_many(&self, pulse: &Pulse, lanes: usize, open: usize) -> Vec<Step> {
        let there = || self.queue.lock().ok()?.try_recv().ok();
        let soon = || self.queue.lock().ok()?.recv_timeout(ROUND).ok();
        let (mut open, mut buffers) = (open, 0);
        let mut steps = Vec::new();
        let mut next = self.next(pulse);
        while let Some(step) = next {
            match step {
                Step::Begin(_) => open += 1,
                Step::Bytes(..) => buffers += 1,
                Step::End { .. } => open = open.saturating_sub(1),
                Step::Settle => {}
            }
            steps.push(step);
            if steps.len() == STEPS {
                break;
            }
            next = match there() {
                None if buffers < lanes.min(open) => pulse.wait(soon),
                step => step,
            };
        }
        steps
    }

    /// Waits for a step as long as the card gives any.
    fn wait_on(&self, steps: &Receiver<Step>) -> Option<Step> {
        loop {
            match steps.recv_timeout(ROUND) {
                Ok(step) => return Some(step),
                Err(RecvTimeoutError::Timeout) if !self.card.is_cancelled() => {}
                Err(_) => return None,
            }
        }
    }
}

/// Copies these files.
pub(super) fn copy(
    source: &Arc<Source>,
    work: &[usize],
    crew: &mut Crew<'_>,
    strategy: Strategy,
    destinations: u64,
) -> Copied {
    // The card's files that are read in turns, and as many at each destination; and there besides those
    // that are whole and not yet durable.
    let shares = usize::try_from(1 + 2 * destinations).unwrap_or(usize::MAX);
    let most_open = (most_open() / shares).max(1);
    let card = Arc::clone(crew.card());
    let (began, idle, bytes) = (Instant::now(), card.idle(), card.bytes());
    let mut consumers = Vec::new();
    let pending = crew.begin(|_, pulse| {
        let (consumer, steps) = Consumer::of(pulse, &card);
        consumers.push(consumer);
        let source = Arc::clone(source);
        Some(prepared(move |destination| {
            let (began, idle, bytes) =
                (Instant::now(), destination.pulse.idle(), destination.pulse.bytes());
            destination.write(&steps, &source, most_open);
            let idle = destination.pulse.idle() - idle;
            let busy = began.elapsed().saturating_sub(idle);
            (busy, destination.pulse.bytes() - bytes)
        }))
    });
    let hashing = Arc::new(Pulse::default());
    let (hasher, steps) = Consumer::of(&hashing, &card);
    let hashed = {
        let source = Arc::clone(source);
        crew.begin_hashing(move || hash(&steps, &hashing, &source))
    };
    let side_by_side = strategy.side_by_side(&Streams::new(source.algorithms()));
    let side_by_side = side_by_side.min(most_open);
    let reader = Reader {
        source: Arc::clone(source),
        pulse: Arc::clone(&card),
        pool: Pool::default(),
        hasher,
        consumers,
        left: Vec::new(),
    };
    let work = work.to_vec();
    let reading = crew.begin_card(move |_| reader.read(&work, side_by_side));
    crew.wait(reading, Some(Phase::Copy), |_, ()| {});
    let mut copied = Copied {
        bytes: card.bytes() - bytes,
        reading: began.elapsed().saturating_sub(card.idle() - idle),
        ..Copied::default()
    };
    // It touches no disk, and ends when the card gives no more.
    let hashed = hashed.wait().unwrap_or_default();
    copied.hashing = hashed.busy;
    for file in hashed.changed.into_iter().filter_map(|index| source.files().get(index)) {
        let finding = Finding::new(FindingKind::SourceChanged, file.path.as_str());
        source.found(
            finding.noting("a second read gave other bytes: the card or its reader is failing"),
        );
    }
    crew.wait(pending, Some(Phase::Copy), |who, given| {
        copied.writing.extend(who.zip(given).map(|(index, (busy, bytes))| (index, busy, bytes)));
    });
    copied.writing.sort_unstable();
    copied
}

/// Why no more is read.
enum Stop {
    Failed(Failure),
    /// The card is asked for nothing more.
    Cancelled,
    /// Every destination has given up.
    Abandoned,
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Stop::Failed(failure)
    }
}

/// Somebody who listens: a destination, or the hasher.
struct Consumer {
    pulse: Arc<Pulse>,
    steps: SyncSender<Step>,
    /// The other end of the queue.
    queue: Weak<Mutex<Receiver<Step>>>,
}

impl Consumer {
    fn of(pulse: &Arc<Pulse>, card: &Arc<Pulse>) -> (Self, Steps) {
        let (sender, steps) = sync_channel(STEPS);
        let steps = Steps { queue: Arc::new(Mutex::new(steps)), card: Arc::clone(card) };
        let queue = Arc::downgrade(&steps.queue);
        (Consumer { pulse: Arc::clone(pulse), steps: sender, queue }, steps)
    }

    /// Gives a step; returns whether anybody listened. One that is slow is waited for, as long as it
    /// is not given up and the card is asked for more.
    fn offer(&self, mut step: Step, card: &Pulse) -> Result<bool, Stop> {
        loop {
            match self.steps.try_send(step) {
                Err(TrySendError::Full(back)) => step = back,
                sent => return Ok(sent.is_ok()),
            }
            if card.is_cancelled() {
                return Err(Stop::Cancelled);
            }
            if self.pulse.is_given_up() {
                return Ok(false);
            }
            card.wait(|| thread::sleep(PATIENCE));
        }
    }
}

/// The card's thread at work.
struct Reader {
    source: Arc<Source>,
    /// The card's.
    pulse: Arc<Pulse>,
    pool: Pool,
    hasher: Consumer,
    consumers: Vec<Consumer>,
    /// The queues of destinations that hang.
    left: Vec<Weak<Mutex<Receiver<Step>>>>,
}

/// A file on its way.
struct Reading {
    index: usize,
    file: Box<dyn ReadFile>,
    /// What it was when it was opened.
    before: Stat,
    offset: u64,
}

impl Reader {
    /// Reads files in turns, so many at once.
    fn read(mut self, work: &[usize], mut side_by_side: usize) {
        let mut work = work.iter().copied().peekable();
        let mut open: VecDeque<Reading> = VecDeque::new();
        let mut shortage = Shortage::default();
        loop {
            while open.len() < side_by_side
                && let Some(&index) = work.peek()
            {
                match self.begin(index) {
                    Ok(reading) => {
                        shortage.ends();
                        open.extend(reading);
                    }
                    // Those that are open are read first.
                    Err(Stop::Failed(failure)) if failure.is_too_many() && !open.is_empty() => {
                        side_by_side = open.len();
                        break;
                    }
                    // Destinations hold them, or others who close theirs.
                    Err(Stop::Failed(failure)) if failure.is_too_many() && shortage.wait() => {
                        match self.tell(&Step::Settle) {
                            Ok(()) => continue,
                            Err(_) => return,
                        }
                    }
                    Err(Stop::Failed(failure)) => self.failed(index, &failure),
                    // Files that are open end nowhere, and are forgotten.
                    Err(_) => return,
                }
                work.next();
            }
            let Some(mut reading) = open.pop_front() else { break };
            let whole = match self.take_turn(&mut reading) {
                Ok(false) => {
                    open.push_back(reading);
                    continue;
                }
                Ok(true) => true,
                Err(Stop::Failed(failure)) if !self.pulse.is_cancelled() => {
                    self.failed(reading.index, &failure);
                    false
                }
                Err(_) => return,
            };
            if self.tell(&Step::End { index: reading.index, whole }).is_err() {
                return;
            }
        }
    }

    fn failed(&self, index: usize, failure: &Failure) {
        if let Some(file) = self.source.files().get(index) {
            self.source.found(failure.finding(file.path.as_str(), file.stat.size));
        }
    }

    /// Opens a file and tells everyone.
    fn begin(&mut self, index: usize) -> Result<Option<Reading>, Stop> {
        if self.pulse.is_cancelled() {
            return Err(Stop::Cancelled);
        }
        let source = Arc::clone(&self.source);
        let Some(found) = source.files().get(index) else { return Ok(None) };
        match self.open(found) {
            Ok((file, before)) => {
                self.tell(&Step::Begin(index))?;
                Ok(Some(Reading { index, file, before, offset: 0 }))
            }
            Err(_) if self.pulse.is_cancelled() => Err(Stop::Cancelled),
            Err(failure) => Err(failure.into()),
        }
    }

    fn open(&self, found: &FoundFile) -> Result<(Box<dyn ReadFile>, Stat), Failure> {
        let card = &self.source.card;
        let at_start = |error| Failure::Io(0, error);
        let volume = card.volume().map_err(at_start)?;
        if !volume.is_still_there() {
            return Err(at_start(io::Error::new(io::ErrorKind::NotFound, CARD_IS_GONE)));
        }
        let file = volume.open(card.name_of(&found.path)).map_err(at_start)?;
        let before = file.at_opening().map_err(at_start)?;
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
        self.pulse.advanced(count as u64);
        if count == 0 {
            self.pool.put_back(buffer);
        } else {
            let bytes = self.pool.share(buffer, count);
            self.tell(&Step::Bytes(reading.index, bytes))?;
        }
        if is_at_its_end {
            check_unchanged(reading.file.as_ref(), &reading.before, reading.offset)?;
        }
        Ok(is_at_its_end)
    }

    fn buffer(&mut self) -> Result<Vec<u8>, Stop> {
        loop {
            if self.pulse.is_cancelled() {
                return Err(Stop::Cancelled);
            }
            if let Some(buffer) = self.pulse.wait(|| self.pool.take()) {
                return Ok(buffer);
            }
            self.take_back();
        }
    }

    /// Tells everyone who still listens; a destination that gave up has hung up.
    fn tell(&mut self, step: &Step) -> Result<(), Stop> {
        self.hasher.offer(step.clone(), &self.pulse)?;
        let mut place = 0;
        while let Some(consumer) = self.consumers.get(place) {
            if consumer.offer(step.clone(), &self.pulse)? {
                place += 1;
            } else {
                self.left.push(self.consumers.remove(place).queue);
                self.take_back();
            }
        }
        if self.consumers.is_empty() { Err(Stop::Abandoned) } else { Ok(()) }
    }

    /// Takes back what was for destinations that hang: the buffers are wanted.
    fn take_back(&mut self) {
        for place in (0..self.consumers.len()).rev() {
            if self.consumers.get(place).is_some_and(|consumer| consumer.pulse.is_given_up()) {
                self.left.push(self.consumers.remove(place).queue);
            }
        }
        self.left.retain(|queue| {
            let Some(queue) = queue.upgrade() else { return false };
            match queue.try_lock() {
                Ok(steps) => {
                    while steps.try_recv().is_ok() {}
                    false
                }
                // Its owner woke up: the next round tries again.
                Err(_) => true,
            }
        });
    }
}

/// What became of hashing.
#[derive(Default)]
struct Hashed {
    /// The files whose digests were known and came out different.
    changed: Vec<usize>,
    busy: Duration,
}

/// Hashes what is read: many pieces at once, side by side.
fn hash(steps: &Steps, pulse: &Pulse, source: &Source) -> Hashed {
    let mut streams = Streams::new(source.algorithms());
    let mut open: HashMap<usize, StreamId> = HashMap::new();
    let mut hashed = Hashed::default();
    loop {
        let steps = steps.next_many(pulse, streams.lanes(), open.len());
        if steps.is_empty() {
            return hashed;
        }
        let began = Instant::now();
        let mut pieces = Vec::new();
        let mut ends = Vec::new();
        for step in steps {
            match step {
                Step::Begin(index) => {
                    open.insert(index, streams.start());
                }
                Step::Settle => {}
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buffers_are_waited_for_while_more_files_are_on_their_way_than_have_one() {
        // Lanes, files on their way, buffers that are there; whether others are waited for.
        let table = [
            (1, 4, 1, false),
            (4, 1, 1, false),
            (4, 4, 4, false),
            (2, 4, 3, false),
            (4, 4, 3, true),
            (16, 3, 2, true),
            (4, 2, 0, true),
        ];
        for (lanes, files, buffers, waits) in table {
            let (card, pulse) = (Arc::new(Pulse::default()), Arc::new(Pulse::default()));
            let (consumer, steps) = Consumer::of(&pulse, &card);
            let pool = Pool::default();
            let send = |step| consumer.steps.send(step).unwrap();
            // One was begun before, and another has ended again.
            send(Step::Begin(files));
            (1..files).for_each(|index| send(Step::Begin(index)));
            send(Step::End { index: files, whole: true });
            (0..buffers).for_each(|index| {
                send(Step::Bytes(index, pool.share(pool.take().unwrap(), 1)));
            });
            let next = steps.next_many(&pulse, lanes, 1);
            assert_eq!(next.len(), files + 1 + buffers, "{lanes} lanes, {files} files");
            assert_eq!(pulse.beats() > 0, waits, "{lanes} lanes, {files} files, {buffers} buffers");
            drop(consumer);
            assert!(steps.next_many(&pulse, lanes, files).is_empty(), "there are no more");
        }
    }

    #[test]
    fn however_many_steps_there_are_each_is_taken_once_and_in_order() {
        let (card, pulse) = (Arc::new(Pulse::default()), Arc::new(Pulse::default()));
        let (consumer, steps) = Consumer::of(&pulse, &card);
        let given = 40 * STEPS;
        let giving = thread::spawn(move || {
            (0..given).for_each(|index| consumer.steps.send(Step::Begin(index)).unwrap());
        });
        let mut taken = 0;
        loop {
            let next = steps.next_many(&pulse, 0, 0);
            if next.is_empty() {
                break;
            }
            assert!(next.len() <= STEPS);
            for step in next {
                assert!(matches!(step, Step::Begin(index) if index == taken));
                taken += 1;
            }
        }
        giving.join().unwrap();
        assert_eq!(taken, given);
    }
}
