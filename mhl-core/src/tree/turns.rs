//! Reading many files of a volume by several threads, each of which takes files in turns so that its
//! lanes hash them side by side.

mod reader;

use std::{
    collections::VecDeque,
    num::NonZero,
    path::Path,
    sync::{
        Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
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
        Volume,
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
/// Threads beyond which the device is what is waited for.
const MOST_THREADS: usize = 16;

/// A file to read.
pub(crate) struct Wanted<'a, Key> {
    /// What the reader knows it by.
    pub(crate) key: Key,
    pub(crate) path: &'a RelativePath,
    pub(crate) algorithms: Vec<Algorithm>,
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
    algorithms: Vec<Algorithm>,
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
            && let Some(Wanted { key, path, algorithms, is_of_others }) = self.wanted.next()
        {
            jobs.push(Job { number: self.next, path, algorithms, is_of_others });
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
    /// Files that all threads hold open.
    open: AtomicUsize,
}

#[derive(Default)]
struct State<'a> {
    jobs: VecDeque<Job<'a>>,
    /// Jobs that were taken and are not through.
    taken: usize,
    closed: bool,
}

impl<'a> Queue<'a> {
    fn of(threads: usize) -> Self {
        Queue {
            threads,
            state: Mutex::default(),
            changed: Condvar::new(),
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

    /// The next job for a thread that has so many. Nobody takes what another could read at the same
    /// time.
    fn take(&self, own: usize) -> Option<Job<'a>> {
        let mut state = self.state();
        let fair = (state.jobs.len() + state.taken).div_ceil(self.threads);
        let job = if own < fair { state.jobs.pop_front()? } else { return None };
        state.taken += 1;
        Some(job)
    }

    /// So many of the taken jobs are through.
    fn through(&self, count: usize) {
        if count > 0 {
            self.state().taken -= count;
        }
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
        while state.jobs.is_empty() && !state.closed {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        !state.closed
    }

    /// Whether somebody came to an end that holds for all.
    fn is_closed(&self) -> bool {
        self.state().closed
    }

    fn close(&self) {
        let mut state = self.state();
        state.closed = true;
        drop(state);
        self.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;
    use crate::tree::{
        Disk,
        read::{self, read},
    };

    /// Files that end everywhere: within the first buffer, at its end and behind it.
    fn roll(files: usize) -> (tempfile::TempDir, Disk, Vec<RelativePath>) {
        let folder = tempfile::tempdir().unwrap();
        let lens = [0, 1, 64, 4096, 100_000, mhl_hash::BUFFER_LEN, 600_000];
        let paths = (0..files).map(|n| {
            let name = format!("A001C{n:03}.mxf");
            let len = lens[n % lens.len()] + n / lens.len();
            let bytes: Vec<u8> = (0..len).map(|i| ((i + n) % 251) as u8).collect();
            std::fs::write(folder.path().join(&name), bytes).unwrap();
            RelativePath::new(&name).unwrap()
        });
        let paths = paths.collect();
        let disk = Disk::open(folder.path()).unwrap();
        (folder, disk, paths)
    }

    /// Crews of all kinds.
    fn crews() -> impl Iterator<Item = Crew> {
        let kinds = [(Strategy::Sequential, 1), (Strategy::Parallel, 1), (Strategy::Parallel, 5)];
        kinds.into_iter().map(|(strategy, threads)| Crew {
            strategy,
            backend: Backend::best(),
            threads,
            sharing: 1,
        })
    }

    fn wanted<'a>(
        paths: &'a [RelativePath],
        of: impl Fn(usize) -> Vec<Algorithm>,
    ) -> Vec<Wanted<'a, usize>> {
        let each = paths.iter().enumerate();
        each.map(|(key, path)| Wanted { key, path, algorithms: of(key), is_of_others: false })
            .collect()
    }

    #[test]
    fn files_are_handed_out_in_their_order_with_the_values_that_each_has_by_itself() {
        let (_folder, disk, paths) = roll(100);
        let ways: [&dyn Fn(usize) -> Vec<Algorithm>; 3] = [
            &|_| vec![Algorithm::Md5],
            &|_| vec![Algorithm::Xxh3],
            // Other digests now and then, as lists that several programs wrote have them.
            &|n| if n / 30 % 2 == 0 { vec![Algorithm::Md5, Algorithm::C4] } else { vec![] },
        ];
        for (algorithms, crew) in ways.into_iter().flat_map(|w| crews().map(move |c| (w, c))) {
            let mut next = 0;
            let wanted = wanted(&paths, algorithms);
            let way = Way::ThroughTheCache;
            crew.read_each(&disk, wanted, way, &(), |key, result| {
                assert_eq!(key, next, "in order");
                next += 1;
                let (path, own) = (&paths[key], algorithms(key));
                let alone = read(&disk, path, &own, way, &mut read::buffer(), &()).unwrap();
                let outcome = result.unwrap();
                assert_eq!((outcome.values, outcome.bytes), (alone.values, alone.bytes), "{key}");
                assert_eq!((outcome.unproven, outcome.identity), (alone.unproven, alone.identity));
            })
            .unwrap();
            assert_eq!(next, paths.len());
        }
    }

    #[test]
    fn a_file_that_cannot_be_read_stops_nobody_else() {
        let (folder, disk, paths) = roll(50);
        std::fs::remove_file(folder.path().join("A001C007.mxf")).unwrap();
        let mut failed = Vec::new();
        let wanted = wanted(&paths, |_| vec![Algorithm::Md5]);
        read_each(&disk, wanted, Way::PastTheCache, &(), |key, result| {
            if let Err(failure) = result {
                assert!(matches!(failure, Failure::Io(0, _)));
                failed.push(key);
            }
        })
        .unwrap();
        assert_eq!(failed, [7]);
    }

    /// The process has files for one thread at a time; who has none waits for one.
    #[test]
    fn who_gets_no_file_waits_until_another_closes_one() {
        use std::sync::{Arc, atomic::Ordering::SeqCst};

        use crate::tree::faulty::{Call, Fate, Faulty};

        for granted in [1, 2, 5] {
            let (_folder, disk, paths) = roll(60);
            let (open, refused) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
            let (opens, closes, refuses) = (open.clone(), open, refused.clone());
            let volume = Faulty::closing(
                disk,
                move |_, call, _| match call {
                    Call::Open if opens.fetch_add(1, SeqCst) >= granted => {
                        opens.fetch_sub(1, SeqCst);
                        refuses.fetch_add(1, SeqCst);
                        Fate::Fails(io::Error::from_raw_os_error(24))
                    }
                    _ => Fate::Succeeds,
                },
                move |path| _ = (path != ".").then(|| closes.fetch_sub(1, SeqCst)),
            );
            let (strategy, backend) = (Strategy::Parallel, Backend::best());
            let crew = Crew { strategy, backend, threads: 3, sharing: 1 };
            let mut next = 0;
            let wanted = wanted(&paths, |_| vec![Algorithm::Md5]);
            let way = Way::ThroughTheCache;
            let done = crew.read_each(&volume, wanted, way, &(), |key, result| {
                assert_eq!((key, result.is_ok()), (next, true), "of {granted}");
                next += 1;
            });
            assert_eq!((done, next), (Ok(()), paths.len()));
            assert!(refused.load(SeqCst) > 0, "of {granted}");
        }
    }

    /// Lengthens a file at the first byte that anybody reads.
    struct Writer {
        file: std::path::PathBuf,
        once: std::sync::Once,
    }

    impl mhl_hash::Observer for Writer {
        fn advanced(&self, _: u64) {
            self.once.call_once(|| {
                let mut file = std::fs::OpenOptions::new().append(true).open(&self.file).unwrap();
                std::io::Write::write_all(&mut file, b"more").unwrap();
            });
        }
    }

    impl Progress for Writer {}

    #[test]
    fn a_file_that_grows_while_others_are_read_is_found() {
        for backend in Backend::available() {
            let (folder, disk, paths) = roll(40);
            // Eight are open before the first is read.
            let writer =
                Writer { file: folder.path().join("A001C006.mxf"), once: std::sync::Once::new() };
            let mut failed = Vec::new();
            let crew = Crew { strategy: Strategy::Parallel, backend, threads: 1, sharing: 1 };
            let wanted = wanted(&paths, |_| vec![Algorithm::Md5]);
            crew.read_each(&disk, wanted, Way::ThroughTheCache, &writer, |key, result| {
                if result.is_err() {
                    assert!(matches!(result, Err(Failure::Changed)));
                    failed.push(key);
                }
            })
            .unwrap();
            assert_eq!(failed, [6], "{backend}");
        }
    }

    #[test]
    fn who_takes_the_results_may_end_the_reading_and_gets_no_more() {
        let (_folder, disk, paths) = roll(200);
        for crew in crews() {
            let stop = std::sync::atomic::AtomicBool::new(false);
            let mut handed_out = Vec::new();
            let wanted = wanted(&paths, |_| vec![Algorithm::Xxh64]);
            let result = crew.read_each(&disk, wanted, Way::ThroughTheCache, &stop, |key, _| {
                handed_out.push(key);
                stop.store(key == 17, std::sync::atomic::Ordering::Relaxed);
            });
            assert_eq!(result, Err(Cancelled));
            assert_eq!(handed_out, (0..=17).collect::<Vec<_>>());
        }
    }

    #[test]
    fn more_files_than_are_waited_for_are_all_handed_out_in_order() {
        let (_folder, disk, paths) = roll(1);
        for crew in crews() {
            let wanted = (0..3 * AHEAD).map(|key| {
                // Other digests for each thousand.
                let algorithms = vec![[Algorithm::Xxh64, Algorithm::Md5][key / 1000 % 2]];
                Wanted { key, path: &paths[0], algorithms, is_of_others: false }
            });
            let mut next = 0;
            crew.read_each(&disk, wanted, Way::ThroughTheCache, &(), |key, result| {
                assert_eq!(key, next);
                assert_eq!(result.unwrap().values.len(), 1);
                next += 1;
            })
            .unwrap();
            assert_eq!(next, 3 * AHEAD);
        }
    }

    #[test]
    fn a_cancelled_reading_says_so() {
        let (_folder, disk, paths) = roll(40);
        let cancelled = std::sync::atomic::AtomicBool::new(true);
        let wanted = wanted(&paths, |_| vec![Algorithm::Md5]);
        let result = read_each(&disk, wanted, Way::ThroughTheCache, &cancelled, |_, _| {});
        assert_eq!(result, Err(Cancelled));
    }

    #[test]
    fn a_cancellation_wakes_who_has_nothing_to_read() {
        use std::sync::{
            Arc,
            atomic::{AtomicBool, Ordering::Relaxed},
        };

        use crate::tree::faulty::{Call, Fate, Faulty};

        let (folder, disk, paths) = roll(3);
        for path in &paths {
            // Not through in one turn.
            std::fs::write(folder.path().join(path.as_str()), vec![7; 3 << 20]).unwrap();
        }
        let caller = thread::current().id();
        let (cancelled, is_reading) = (Arc::new(AtomicBool::new(false)), AtomicBool::new(false));
        let stop = Arc::clone(&cancelled);
        // One of the other threads is still reading when everybody else has nothing left to do.
        let volume = Faulty::new(disk, move |_, call, _| {
            let is_other = call == Call::Read && thread::current().id() != caller;
            if is_other && !is_reading.swap(true, Relaxed) {
                thread::sleep(std::time::Duration::from_millis(200));
                stop.store(true, Relaxed);
            }
            Fate::Succeeds
        });
        let (strategy, backend) = (Strategy::Parallel, Backend::best());
        let crew = Crew { strategy, backend, threads: 3, sharing: 1 };
        let wanted = wanted(&paths, |_| vec![Algorithm::Md5]);
        let way = Way::ThroughTheCache;
        let result = crew.read_each(&volume, wanted, way, cancelled.as_ref(), |_, _| {});
        assert_eq!(result, Err(Cancelled));
    }
}
