//! Reading many files of a volume by several threads, each of which takes files in turns so that its
//! lanes hash them side by side.

mod reader;
// They put a FIFO in the place of a file.
#[cfg(test)]
#[cfg(unix)]
mod tests;

use std::{
    collections::VecDeque,
    num::NonZero,
    path::Path,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc,
    },
    thread,
};

use mhl_hash::{Algorithm, BUFFER_LEN, Backend, Strategy, Streams};

use self::reader::{Reader, Through};
use crate::{
    RelativePath,
    context::Progress,
    tree::{
        Stat, Volume,
        open_files::most_open,
        read::{Failure, ReadOutcome, Way},
    },
};

/// Files that may be read further than the first that is not through: how much the order in which
/// they are handed out may cost in memory.
const AHEAD: usize = 1024;
/// Bytes of all buffers of a crew together, unless there are more threads than [`SMALLEST_PIECE`]
/// allows.
const MEMORY: usize = 16 << 20;
/// Bytes of a read below which the calls cost more than the copying.
const SMALLEST_PIECE: usize = 32 << 10;
/// Files that all threads of a crew together hold open, where the system grants as many.
const MOST_OPEN: usize = 256;
/// Files that a thread takes at once, at most.
const AT_ONCE: usize = 16;
/// Threads beyond which the device is what is waited for.
const MOST_THREADS: usize = 16;

/// A file to read.
pub(crate) struct Wanted<'a, Key> {
    /// What the reader knows it by.
    pub(crate) key: Key,
    pub(crate) path: &'a RelativePath,
    /// What was found there before. Where nothing changed since, it is not examined before it is read,
    /// but afterwards alone.
    pub(crate) found: Option<&'a Stat>,
    /// The same for many.
    pub(crate) algorithms: Arc<[Algorithm]>,
    /// It is made durable before it is read: somebody else wrote it, and perhaps just now.
    pub(crate) is_of_others: bool,
}

/// The observer asked to stop.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Cancelled;

/// Reads files to their ends and hashes them, as many side by side as lanes take and the device
/// likes, by as many threads as the machine runs at once; by the caller's alone where the device
/// seeks. Each is handed to `done`, on the caller's thread, in the order in which it was wanted.
///
/// # Errors
/// [`Cancelled`]; the files that were not through by then, and those that waited for them, are not
/// handed out. `done` may cause it: nothing is handed out after it did.
pub(crate) fn read_each<'a, Key>(
    volume: &dyn Volume,
    wanted: impl IntoIterator<Item = Wanted<'a, Key>>,
    way: Way,
    progress: &dyn Progress,
    done: impl FnMut(Key, Result<ReadOutcome, Failure>),
) -> Result<(), Cancelled> {
    Crew::suiting(volume.root(), NonZero::<usize>::MIN)
        .read_each(volume, wanted, way, progress, done)
}

/// Who reads, and how.
#[derive(Clone, Debug)]
pub(crate) struct Crew {
    strategy: Strategy,
    backend: Backend,
    threads: usize,
    /// Crews that share the machine.
    sharing: usize,
}

/// A file that no thread has taken yet.
struct Job<'a> {
    number: u64,
    path: &'a RelativePath,
    found: Option<&'a Stat>,
    algorithms: Arc<[Algorithm]>,
    is_of_others: bool,
}

impl Crew {
    /// A crew for the device under a path; `sharing` crews like it work at the same time.
    pub(crate) fn suiting(root: &Path, sharing: NonZero<usize>) -> Self {
        let strategy = Strategy::of_device(root);
        let machine = thread::available_parallelism().map_or(1, NonZero::get).min(MOST_THREADS);
        let threads = match strategy {
            Strategy::Parallel => machine.div_ceil(sharing.get()),
            _ => 1,
        };
        Crew { strategy, backend: Backend::best(), threads, sharing: sharing.get() }
    }

    /// Files that a thread reads in turns.
    fn side_by_side(&self, streams: &Streams) -> usize {
        let most_open = (MOST_OPEN.min(most_open()) / self.sharing / self.threads).max(1);
        self.strategy.side_by_side(streams).min(most_open)
    }

    /// Bytes of one read.
    fn piece(&self, lanes: usize) -> usize {
        (MEMORY / self.sharing / self.threads / lanes).clamp(SMALLEST_PIECE, BUFFER_LEN)
    }

    /// As [`read_each`].
    pub(crate) fn read_each<'a, Key>(
        &self,
        volume: &dyn Volume,
        wanted: impl IntoIterator<Item = Wanted<'a, Key>>,
        way: Way,
        progress: &dyn Progress,
        done: impl FnMut(Key, Result<ReadOutcome, Failure>),
    ) -> Result<(), Cancelled> {
        let queue = Queue::of(self.threads);
        let mut order = Order {
            wanted: wanted.into_iter().fuse(),
            next: 0,
            waiting: VecDeque::new(),
            done,
            progress,
        };
        // A short list starts no thread in vain, and the first files are shared out fairly.
        order.feed(&queue);
        let threads = self.threads.min(order.waiting.len());
        let queue = &queue;
        let reader = || Reader::new(self, volume, way, progress, queue);
        thread::scope(|scope| {
            let (send, others) = mpsc::channel();
            for _ in 1..threads {
                let send = send.clone();
                let work = move || work(reader(), queue, progress, &send);
                // Where the system grants no more threads, those that there are do the work.
                let _ = thread::Builder::new().spawn_scoped(scope, work);
            }
            drop(send);
            let _closing = Closing(queue);
            order.run(reader(), queue, &others)
        })
    }
}

/// A thread's whole work: until no file is left, or the observer asks to stop.
fn work(
    mut reader: Reader<'_, '_>,
    queue: &Queue<'_>,
    progress: &dyn Progress,
    send: &mpsc::Sender<Vec<Through>>,
) {
    // Whoever ends has a reason that holds for all: who sleeps is woken to see it.
    let _closing = Closing(queue);
    while !progress.is_cancelled() {
        let mut through = Vec::new();
        let is_busy = reader.step(&mut through);
        if !through.is_empty() && send.send(through).is_err() {
            return;
        }
        if !is_busy && !queue.wait() {
            return;
        }
    }
}

/// What the caller's thread does besides reading: it hands out jobs, and results in their order.
struct Order<'p, Wants, Key, Done> {
    wanted: Wants,
    /// The number of the next job.
    next: u64,
    /// The keys of the jobs that were not handed out, the first of them first, with their results.
    waiting: VecDeque<(Key, Option<Result<ReadOutcome, Failure>>)>,
    done: Done,
    progress: &'p dyn Progress,
}

impl<'a, Wants, Key, Done> Order<'_, Wants, Key, Done>
where
    Wants: Iterator<Item = Wanted<'a, Key>>,
    Done: FnMut(Key, Result<ReadOutcome, Failure>),
{
    fn run(
        &mut self,
        mut reader: Reader<'_, 'a>,
        queue: &Queue<'a>,
        others: &mpsc::Receiver<Vec<Through>>,
    ) -> Result<(), Cancelled> {
        loop {
            if self.progress.is_cancelled() {
                return Err(Cancelled);
            }
            self.feed(queue);
            if self.waiting.is_empty() {
                return Ok(());
            }
            let mut through = Vec::new();
            if !reader.step(&mut through) {
                // What is left is in the hands of others, who end when the observer says so.
                through = others.recv().map_err(|_| Cancelled)?;
            }
            through.extend(others.try_iter().flatten());
            self.hand_out(through)?;
        }
    }

    /// Gives the threads more to do, a good many files at a time.
    fn feed(&mut self, queue: &Queue<'a>) {
        if self.waiting.len() > AHEAD / 2 {
            return;
        }
        let mut jobs = Vec::new();
        while self.waiting.len() < AHEAD
            && let Some(Wanted { key, path, found, algorithms, is_of_others }) = self.wanted.next()
        {
            jobs.push(Job { number: self.next, path, found, algorithms, is_of_others });
            self.next += 1;
            self.waiting.push_back((key, None));
        }
        if !jobs.is_empty() {
            queue.add(jobs);
        }
    }

    fn hand_out(&mut self, through: Vec<Through>) -> Result<(), Cancelled> {
        for (number, result) in through {
            let first = self.next - self.waiting.len() as u64;
            let place = usize::try_from(number - first).ok();
            if let Some((_, place)) = place.and_then(|place| self.waiting.get_mut(place)) {
                *place = Some(result);
            }
        }
        while let Some((key, result)) = self.waiting.pop_front() {
            let Some(result) = result else {
                self.waiting.push_front((key, None));
                break;
            };
            (self.done)(key, result);
            if self.progress.is_cancelled() {
                return Err(Cancelled);
            }
        }
        Ok(())
    }
}

/// Closes a queue when whoever holds this ends, in whichever way.
struct Closing<'q, 'a>(&'q Queue<'a>);

impl Drop for Closing<'_, '_> {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// The jobs that wait for a thread.
struct Queue<'a> {
    threads: usize,
    state: Mutex<State<'a>>,
    /// There are jobs, or none will come any more.
    changed: Condvar,
    /// Somebody came to an end that holds for all.
    closed: AtomicBool,
    /// Files that all threads hold open.
    open: AtomicUsize,
}

#[derive(Default)]
struct State<'a> {
    jobs: VecDeque<Job<'a>>,
    /// Jobs that were taken and are not through.
    taken: usize,
}

impl<'a> Queue<'a> {
    fn of(threads: usize) -> Self {
        Queue {
            threads,
            state: Mutex::default(),
            changed: Condvar::new(),
            closed: AtomicBool::new(false),
            open: AtomicUsize::new(0),
        }
    }

    fn state(&self) -> MutexGuard<'_, State<'a>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, jobs: Vec<Job<'a>>) {
        self.state().jobs.extend(jobs);
        self.changed.notify_all();
    }

    /// Tells that so many of the jobs that a thread took are through, and gives it the next: a good
    /// many while there are many, one while there are few. Nobody takes what another could read at the
    /// same time.
    fn take(&self, own: usize, through: usize, jobs: &mut VecDeque<Job<'a>>) {
        let mut state = self.state();
        state.taken -= through;
        let fair = (state.jobs.len() + state.taken).div_ceil(self.threads);
        let share = (state.jobs.len() / self.threads / 4).clamp(1, AT_ONCE);
        let count = share.min(fair.saturating_sub(own)).min(state.jobs.len());
        state.taken += count;
        jobs.extend(state.jobs.drain(..count));
    }

    /// A thread opened a file.
    fn opened(&self) {
        self.open.fetch_add(1, Ordering::Relaxed);
    }

    /// A thread is about to close one.
    fn closes(&self) {
        self.open.fetch_sub(1, Ordering::Relaxed);
    }

    /// Whether any thread holds a file open.
    fn is_any_open(&self) -> bool {
        self.open.load(Ordering::Relaxed) > 0
    }

    /// Waits for a job; `false` when none will come any more.
    fn wait(&self) -> bool {
        let mut state = self.state();
        while state.jobs.is_empty() && !self.is_closed() {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        !self.is_closed()
    }

    /// Whether somebody came to an end that holds for all.
    fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Relaxed)
    }

    fn close(&self) {
        // Not between somebody's look at it and his falling asleep.
        let state = self.state();
        self.closed.store(true, Ordering::Relaxed);
        drop(state);
        self.changed.notify_all();
    }
}
