//! Many files: read as their device likes it, into the lanes of several threads.

use std::{
    collections::VecDeque,
    fs::File,
    io::{self, Read},
    num::NonZero,
    path::Path,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use crate::{
    Algorithm, BUFFER_LEN, Backend, Hashed, Observer, ReadError, StreamId, Streams,
    device::{self, Strategy},
};

/// Bytes of all buffers together, unless there are more threads than [`SMALLEST_PIECE`] allows.
const MEMORY: usize = 16 << 20;
/// Files that all threads together hold open, unless there are more threads.
const MOST_OPEN: usize = 256;
/// Bytes of a read below which the calls cost more than the copying.
const SMALLEST_PIECE: usize = 32 << 10;
/// Files in a row that the system's cache held, after which it is asked of some files only.
const WARM: usize = 64;
/// Of so many files one is asked of then: asking costs a small file 3 %, and not having asked costs
/// this many files at most their being read one by one.
const SAMPLE: usize = 16;

/// How many files are to be hashed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FilesOptions {
    /// The digests, all computed in one read.
    pub algorithms: Vec<Algorithm>,
    /// How the files are read; `None` asks the device of the first one.
    pub strategy: Option<Strategy>,
    /// Threads that read and hash; `None` is as many as the machine runs at once, and one for
    /// [`Strategy::Sequential`], which never has more.
    pub threads: Option<NonZero<usize>>,
    /// The kernels.
    pub backend: Backend,
}

impl FilesOptions {
    /// These digests, everything else as the machine suggests.
    #[must_use]
    pub fn new(algorithms: &[Algorithm]) -> Self {
        FilesOptions {
            algorithms: algorithms.to_vec(),
            strategy: None,
            threads: None,
            backend: Backend::best(),
        }
    }
}

/// Hashes files, many at once. The results are in the order of the paths.
///
/// Every file has its own result: one that cannot be read stops nobody else. After a cancellation
/// all that were not through are [`ReadError::Cancelled`].
///
/// Memory: buffers of 17 MiB in all, more only beyond 16 threads (1.3 MiB for each). Open files: 256,
/// or one for each thread; fewer where the system grants no more. A named pipe that nobody writes
/// holds its thread up, beyond any cancellation.
///
/// ```
/// use mhl_hash::{Algorithm, FilesOptions, hash_files};
///
/// let roll = tempfile::tempdir()?;
/// let clips: Vec<_> = (0..40).map(|n| roll.path().join(format!("A001C{n:03}.mxf"))).collect();
/// for clip in &clips {
///     std::fs::write(clip, "abc")?;
/// }
/// for hashed in hash_files(&clips, &FilesOptions::new(&[Algorithm::Md5]), &()) {
///     assert_eq!(hashed?.values[0].to_hex(), "900150983cd24fb0d6963f7d28e17f72");
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn hash_files<P: AsRef<Path> + Sync>(
    paths: &[P],
    options: &FilesOptions,
    observer: &dyn Observer,
) -> Vec<Result<Hashed, ReadError>> {
    let results = Mutex::new((0..paths.len()).map(|_| None).collect::<Vec<_>>());
    hash_each(paths, options, observer, &|index, result| {
        let mut results = results.lock().unwrap_or_else(PoisonError::into_inner);
        results[index] = Some(result);
    });
    let results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    results.into_iter().map(|result| result.unwrap_or(Err(ReadError::Cancelled))).collect()
}

/// Hashes files, many at once, and hands out each result as it comes: the file's place in `paths`
/// and what it held. Every file is handed out once, in no order that means anything, from the
/// threads that hash.
pub fn hash_each<P: AsRef<Path> + Sync>(
    paths: &[P],
    options: &FilesOptions,
    observer: &dyn Observer,
    result: &(dyn Fn(usize, Result<Hashed, ReadError>) + Sync),
) {
    if paths.is_empty() {
        return;
    }
    let strategy = options.strategy.unwrap_or_else(|| {
        // Of the first that can be asked.
        let known = paths.iter().map(AsRef::as_ref).find(|path| path.exists());
        known.map_or(Strategy::Parallel, Strategy::of_device)
    });
    let threads = match strategy {
        Strategy::Sequential => 1,
        Strategy::Parallel => options.threads.map_or_else(machine_threads, NonZero::get),
    };
    let threads = threads.min(paths.len());
    let streams = Streams::with_backend(&options.algorithms, options.backend);
    let most_open = (MOST_OPEN / threads).max(1).min(paths.len().div_ceil(threads));
    let crew = Crew {
        paths,
        options,
        strategy,
        // No thread takes files that another could read at the same time.
        side_by_side: strategy.side_by_side(&streams).min(most_open),
        piece: (MEMORY / threads / streams.lanes()).clamp(SMALLEST_PIECE, BUFFER_LEN),
        next: AtomicUsize::new(0),
        cache_tells: AtomicBool::new(true),
        observer,
        result,
    };
    thread::scope(|scope| {
        for _ in 1..threads {
            // Where the system grants no more threads, those that there are do the work.
            let _ = thread::Builder::new().spawn_scoped(scope, || crew.work());
        }
        crew.work();
    });
}

fn machine_threads() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}

/// What the threads share.
struct Crew<'a, P> {
    paths: &'a [P],
    options: &'a FilesOptions,
    strategy: Strategy,
    /// Files that a thread reads in turns.
    side_by_side: usize,
    /// Bytes of one read.
    piece: usize,
    /// The first path that nobody took.
    next: AtomicUsize,
    /// Whether the system tells what it has in its cache, until it refuses.
    cache_tells: AtomicBool,
    observer: &'a dyn Observer,
    result: &'a (dyn Fn(usize, Result<Hashed, ReadError>) + Sync),
}

/// A file on its way.
struct Reading {
    index: usize,
    file: File,
    stream: StreamId,
    bytes: u64,
    /// Whether its first bytes were asked for.
    asked: bool,
}

/// A file whose bytes were all submitted.
struct Ending {
    index: usize,
    stream: StreamId,
    bytes: u64,
}

impl<P: AsRef<Path> + Sync> Crew<'_, P> {
    /// Reads and hashes files until none is left.
    fn work(&self) {
        let streams = Streams::with_backend(&self.options.algorithms, self.options.backend);
        let mut streams = streams.lending(self.piece);
        // A sequential reader has the next file's first bytes on their way.
        let mut most_open = match self.strategy {
            Strategy::Sequential => 2,
            Strategy::Parallel => self.side_by_side,
        };
        let mut refused = None;
        let mut patience = 1000;
        let mut in_cache = 0;
        let mut open: VecDeque<Reading> = VecDeque::new();
        let mut ending: Vec<Ending> = Vec::new();
        while !self.observer.is_cancelled() {
            while open.len() < most_open
                && !self.observer.is_cancelled()
                && let Some(index) = refused.take().or_else(|| self.take())
            {
                match self.open(index, &mut streams) {
                    Ok(reading) => open.push_back(reading),
                    Err(error) if is_too_many(&error) && !(open.is_empty() && patience == 0) => {
                        refused = Some(index);
                        if open.is_empty() {
                            // Other threads hold what the system grants.
                            patience -= 1;
                            thread::sleep(Duration::from_millis(5));
                        } else {
                            most_open = open.len();
                        }
                        break;
                    }
                    Err(error) => {
                        let path = self.path(index).to_owned();
                        (self.result)(index, Err(ReadError::Open { path, error }));
                    }
                }
            }
            let Some(mut reading) = open.pop_front() else {
                streams.settle();
                self.hand_out(&mut streams, &mut ending);
                if refused.is_none() && self.next.load(Ordering::Relaxed) >= self.paths.len() {
                    return;
                }
                continue;
            };
            let mut buffer = streams.buffer();
            match self.read(&mut reading, &mut buffer, &mut in_cache) {
                Ok(None) => {
                    streams.take_back(buffer);
                    open.push_back(reading);
                }
                Ok(Some(count)) => {
                    reading.bytes += count as u64;
                    self.observer.advanced(count as u64);
                    let is_at_its_end = count < buffer.len();
                    buffer.truncate(count);
                    let is_live = streams.submit(reading.stream, buffer);
                    debug_assert!(is_live, "it ends below");
                    if is_at_its_end {
                        let Reading { index, stream, bytes, .. } = reading;
                        streams.end(stream);
                        ending.push(Ending { index, stream, bytes });
                    } else if self.strategy == Strategy::Sequential {
                        open.push_front(reading);
                    } else {
                        open.push_back(reading);
                    }
                }
                Err((count, error)) => {
                    streams.take_back(buffer);
                    streams.finish(reading.stream);
                    let path = Some(self.path(reading.index).to_owned());
                    let offset = reading.bytes + count as u64;
                    (self.result)(reading.index, Err(ReadError::Read { path, offset, error }));
                }
            }
            self.hand_out(&mut streams, &mut ending);
        }
        let unfinished = open.iter().map(|reading| reading.index);
        let never_begun = refused.into_iter().chain(std::iter::from_fn(|| self.take()));
        for index in unfinished.chain(ending.iter().map(|ending| ending.index)).chain(never_begun) {
            (self.result)(index, Err(ReadError::Cancelled));
        }
    }

    /// The next path that nobody took.
    fn take(&self) -> Option<usize> {
        let index = self.next.fetch_add(1, Ordering::Relaxed);
        (index < self.paths.len()).then_some(index)
    }

    fn path(&self, index: usize) -> &Path {
        self.paths[index].as_ref()
    }

    fn open(&self, index: usize, streams: &mut Streams) -> io::Result<Reading> {
        let file = device::open(self.path(index))?;
        let asked = self.strategy == Strategy::Sequential;
        if asked {
            device::read_ahead(&file, self.piece);
        }
        Ok(Reading { index, file, stream: streams.start(), bytes: 0, asked })
    }

    /// Reads until the buffer is full or the file ends, and returns how many bytes; `None` when they
    /// are asked for now and it is somebody else's turn meanwhile. `in_cache` counts the files before
    /// this one that nobody had to wait for.
    ///
    /// # Errors
    /// How many bytes were read before the failure, and what the system said.
    fn read(
        &self,
        reading: &mut Reading,
        buffer: &mut [u8],
        in_cache: &mut usize,
    ) -> Result<Option<usize>, (usize, io::Error)> {
        let mut count = 0;
        let is_warm = *in_cache >= WARM && !reading.index.is_multiple_of(SAMPLE);
        if !reading.asked && !is_warm && self.cache_tells.load(Ordering::Relaxed) {
            reading.asked = true;
            match device::read_cached(&reading.file, buffer) {
                Ok(0) => return Ok(Some(0)),
                Ok(cached) => {
                    count = cached;
                    *in_cache += 1;
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    *in_cache = 0;
                    device::read_ahead(&reading.file, self.piece);
                    return Ok(None);
                }
                Err(error) if error.kind() == io::ErrorKind::Unsupported => {
                    self.cache_tells.store(false, Ordering::Relaxed);
                }
                // What is wrong will be said again.
                Err(_) => {}
            }
        }
        while count < buffer.len() {
            match reading.file.read(&mut buffer[count..]) {
                Ok(0) => break,
                Ok(more) => count += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err((count, error)),
            }
        }
        Ok(Some(count))
    }

    /// Hands out what is through.
    fn hand_out(&self, streams: &mut Streams, ending: &mut Vec<Ending>) {
        while let Some((stream, values)) = streams.ended() {
            if let Some(place) = ending.iter().position(|ending| ending.stream == stream) {
                let Ending { index, bytes, .. } = ending.swap_remove(place);
                (self.result)(index, Ok(Hashed { bytes, values }));
            }
        }
    }
}

/// Whether an error says that this process or the system has too many files open.
fn is_too_many(error: &io::Error) -> bool {
    /// ENFILE and EMFILE, which have these numbers on every Unix.
    const TOO_MANY: [i32; 2] = [23, 24];
    cfg!(unix) && error.raw_os_error().is_some_and(|number| TOO_MANY.contains(&number))
}

#[cfg(test)]
mod tests {
    use std::{collections::HashSet, path::PathBuf, sync::atomic::AtomicU64};

    use super::*;
    use crate::hash_file;

    /// Files of every awkward length, in folders, and what each holds by itself.
    fn roll() -> (tempfile::TempDir, Vec<PathBuf>) {
        let folder = tempfile::tempdir().unwrap();
        let lens = [0, 1, 63, 64, 4096, SMALLEST_PIECE, BUFFER_LEN - 1, BUFFER_LEN, BUFFER_LEN + 1];
        let paths = (0..90usize).map(|n| {
            let path = folder.path().join(format!("A001C{n:03}.mxf"));
            let len = lens[n % lens.len()] + n / lens.len();
            let bytes: Vec<u8> = (0..len).map(|i| ((i + n) % 251) as u8).collect();
            std::fs::write(&path, bytes).unwrap();
            path
        });
        let paths = paths.collect();
        (folder, paths)
    }

    fn ways() -> Vec<FilesOptions> {
        let algorithms = [Algorithm::Md5, Algorithm::Xxh64, Algorithm::Xxh3];
        let mut ways = Vec::new();
        for strategy in [Strategy::Sequential, Strategy::Parallel] {
            for threads in [1, 2, 7, 200] {
                for backend in Backend::available() {
                    let mut way = FilesOptions::new(&algorithms);
                    way.strategy = Some(strategy);
                    way.threads = NonZero::new(threads);
                    way.backend = backend;
                    ways.push(way);
                }
            }
        }
        ways
    }

    #[test]
    fn every_strategy_backend_and_number_of_threads_gives_what_one_file_by_itself_gives() {
        let (_folder, paths) = roll();
        let alone = |path: &PathBuf| hash_file(path, &ways()[0].algorithms, &()).unwrap();
        let expected: Vec<Hashed> = paths.iter().map(alone).collect();
        for way in ways() {
            let bytes = AtomicU64::new(0);
            struct Count<'a>(&'a AtomicU64);
            impl Observer for Count<'_> {
                fn advanced(&self, bytes: u64) {
                    self.0.fetch_add(bytes, Ordering::Relaxed);
                }
            }
            let hashed = hash_files(&paths, &way, &Count(&bytes));
            let hashed: Vec<Hashed> = hashed.into_iter().map(Result::unwrap).collect();
            assert_eq!(hashed, expected, "{way:?}");
            let sum: u64 = expected.iter().map(|hashed| hashed.bytes).sum();
            assert_eq!(bytes.into_inner(), sum, "{way:?}");
        }
    }

    #[test]
    fn a_file_that_cannot_be_read_stops_nobody_else() {
        let (folder, mut paths) = roll();
        paths.insert(3, folder.path().join("absent.mxf"));
        paths.insert(40, folder.path().to_owned());
        for way in ways() {
            let results = hash_files(&paths, &way, &());
            assert!(matches!(&results[3], Err(ReadError::Open { path, .. }) if *path == paths[3]));
            // Windows opens no folder; others read none.
            let refused = if cfg!(windows) {
                matches!(&results[40], Err(ReadError::Open { .. }))
            } else {
                matches!(&results[40], Err(ReadError::Read { offset: 0, .. }))
            };
            assert!(refused, "a folder");
            assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 90, "{way:?}");
        }
    }

    #[test]
    fn after_a_cancellation_every_file_is_accounted_for_once() {
        let (_folder, paths) = roll();
        for way in ways() {
            /// Stops after so many buffers.
            struct Impatient(AtomicU64);
            impl Observer for Impatient {
                fn is_cancelled(&self) -> bool {
                    self.0.fetch_add(1, Ordering::Relaxed) >= 50
                }
            }
            let seen = Mutex::new(HashSet::new());
            let cancelled = AtomicU64::new(0);
            hash_each(&paths, &way, &Impatient(AtomicU64::new(0)), &|index, result| {
                assert!(seen.lock().unwrap().insert(index), "handed out twice");
                if matches!(result, Err(ReadError::Cancelled)) {
                    cancelled.fetch_add(1, Ordering::Relaxed);
                }
            });
            assert_eq!(seen.into_inner().unwrap().len(), paths.len(), "{way:?}");
            assert!(cancelled.into_inner() > 0, "{way:?}");
        }
    }

    /// Needs a process of its own, as the limit holds for all of it.
    #[cfg(target_os = "linux")]
    #[test]
    fn few_descriptors_make_no_errors() {
        const NAME: &str = "files::tests::few_descriptors_make_no_errors";
        if std::env::var_os("MHL_FEW_DESCRIPTORS").is_none() {
            let exe = std::env::current_exe().unwrap();
            let script = format!("ulimit -n 24; exec {exe:?} --exact {NAME} --nocapture");
            let mut shell = std::process::Command::new("sh");
            let output =
                shell.args(["-c", &script]).env("MHL_FEW_DESCRIPTORS", "1").output().unwrap();
            /// What a shell answers of a program that it cannot run, such as an emulated one.
            const CANNOT_RUN: i32 = 126;
            if output.status.code() == Some(CANNOT_RUN) {
                println!("skipped: this test cannot be started by a shell");
                return;
            }
            assert!(output.status.success(), "{output:?}");
            return;
        }
        let (_folder, paths) = roll();
        for way in ways() {
            let results = hash_files(&paths, &way, &());
            assert!(results.iter().all(Result::is_ok), "{way:?}: {results:?}");
        }
    }

    #[test]
    fn no_file_is_no_work() {
        hash_each(&[] as &[PathBuf], &ways()[0], &(), &|_, _| panic!("of what?"));
    }
}
