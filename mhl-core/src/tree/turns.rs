//! Reading many files of a volume in turns, so that lanes hash them side by side.

use std::{
    collections::{BTreeMap, VecDeque},
    io,
};

use mhl_hash::{Algorithm, Backend, Strategy, StreamId, Streams};

use crate::{
    RelativePath,
    context::Progress,
    tree::{
        ReadFile, Stat, Volume,
        read::{Failure, ReadOutcome, Way, check_unchanged},
    },
};

/// Files that may be read further than the first that is not through: how much the order in which
/// they are handed out may cost in memory.
const AHEAD: u64 = 1024;

/// A file to read.
pub(crate) struct Wanted<'a, Key> {
    /// What the reader knows it by.
    pub(crate) key: Key,
    pub(crate) path: &'a RelativePath,
    pub(crate) algorithms: Vec<Algorithm>,
}

/// The observer asked to stop.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Cancelled;

/// Reads files to their ends and hashes them, as many side by side as lanes take and the device
/// likes. Each is handed to `done` as it comes to its end, in the order in which it was wanted.
///
/// # Errors
/// [`Cancelled`]; the files that were not through by then, and those that waited for them, are not
/// handed out.
pub(crate) fn read_each<'a, Key>(
    volume: &dyn Volume,
    wanted: impl IntoIterator<Item = Wanted<'a, Key>>,
    way: Way,
    progress: &dyn Progress,
    done: impl FnMut(Key, Result<ReadOutcome, Failure>),
) -> Result<(), Cancelled> {
    let strategy = Strategy::of_device(volume.root());
    read_as(strategy, Backend::best(), volume, wanted, way, progress, done)
}

/// The same by a strategy and a backend of one's choice.
fn read_as<'a, Key>(
    strategy: Strategy,
    backend: Backend,
    volume: &dyn Volume,
    wanted: impl IntoIterator<Item = Wanted<'a, Key>>,
    way: Way,
    progress: &dyn Progress,
    mut done: impl FnMut(Key, Result<ReadOutcome, Failure>),
) -> Result<(), Cancelled> {
    let mut wanted = wanted.into_iter().peekable();
    while let Some(first) = wanted.peek() {
        // Files that want other digests wait for those before them.
        let algorithms = first.algorithms.clone();
        let alike = std::iter::from_fn(|| wanted.next_if(|next| next.algorithms == algorithms));
        let streams = Streams::with_backend(&algorithms, backend);
        let side_by_side = strategy.side_by_side(&streams);
        let turns = Turns {
            volume,
            way,
            progress,
            streams,
            side_by_side,
            open: VecDeque::new(),
            ending: Vec::new(),
            begun: 0,
            handed_out: 0,
            through: BTreeMap::new(),
        };
        turns.run(alike, &mut done)?;
    }
    Ok(())
}

struct Turns<'v, Key> {
    volume: &'v dyn Volume,
    way: Way,
    progress: &'v dyn Progress,
    streams: Streams,
    /// Files that are read in turns.
    side_by_side: usize,
    open: VecDeque<Reading<Key>>,
    ending: Vec<Ending<Key>>,
    /// Files begun, and handed out.
    begun: u64,
    handed_out: u64,
    /// Files that wait for one before them, by their numbers.
    through: BTreeMap<u64, (Key, Result<ReadOutcome, Failure>)>,
}

/// A file on its way.
struct Reading<Key> {
    number: u64,
    key: Key,
    file: Box<dyn ReadFile>,
    /// What the file was when it was opened.
    before: Stat,
    unproven: Option<&'static str>,
    stream: StreamId,
    bytes: u64,
}

/// A file whose bytes are all read.
struct Ending<Key> {
    number: u64,
    key: Key,
    stream: StreamId,
    /// Without its values.
    outcome: ReadOutcome,
}

impl<Key> Turns<'_, Key> {
    fn run<'a>(
        mut self,
        mut wanted: impl Iterator<Item = Wanted<'a, Key>>,
        done: &mut impl FnMut(Key, Result<ReadOutcome, Failure>),
    ) -> Result<(), Cancelled> {
        loop {
            if self.progress.is_cancelled() {
                return Err(Cancelled);
            }
            while self.open.len() < self.side_by_side
                && self.begun - self.handed_out < AHEAD
                && !self.progress.is_cancelled()
                && let Some(next) = wanted.next()
            {
                self.begin(next);
            }
            if let Some(reading) = self.open.pop_front() {
                self.take_turn(reading);
            } else {
                self.streams.settle();
            }
            self.collect();
            while let Some((key, result)) = self.through.remove(&self.handed_out) {
                self.handed_out += 1;
                done(key, result);
            }
            if self.open.is_empty() && self.handed_out == self.begun {
                match wanted.next() {
                    Some(next) => self.begin(next),
                    None => return Ok(()),
                }
            }
        }
    }

    /// Opens a file.
    fn begin(&mut self, wanted: Wanted<'_, Key>) {
        let number = self.begun;
        self.begun += 1;
        let opened = self.volume.open(wanted.path).and_then(|file| {
            // Before the cache is measured: what is added in between is found as a change.
            let before = file.stat()?;
            Ok((file, before))
        });
        match opened {
            Ok((mut file, before)) => {
                let unproven = self.way.prepare(file.as_mut());
                let stream = self.streams.start();
                let key = wanted.key;
                self.open.push_back(Reading {
                    number,
                    key,
                    file,
                    before,
                    unproven,
                    stream,
                    bytes: 0,
                });
            }
            Err(error) => {
                self.through.insert(number, (wanted.key, Err(Failure::Io(0, error))));
            }
        }
    }

    /// Reads one buffer of a file.
    fn take_turn(&mut self, mut reading: Reading<Key>) {
        let mut buffer = self.streams.buffer();
        match fill(reading.file.as_mut(), &mut buffer) {
            Ok(count) => {
                let is_at_its_end = count < buffer.len();
                reading.bytes += count as u64;
                self.progress.advanced(count as u64);
                buffer.truncate(count);
                let is_live = self.streams.submit(reading.stream, buffer);
                debug_assert!(is_live, "it ends below");
                if is_at_its_end {
                    self.end(reading);
                } else if self.side_by_side == 1 {
                    self.open.push_front(reading);
                } else {
                    self.open.push_back(reading);
                }
            }
            Err((count, error)) => {
                self.streams.take_back(buffer);
                let failure = Failure::Io(reading.bytes + count as u64, error);
                self.fail(reading, failure);
            }
        }
    }

    fn end(&mut self, reading: Reading<Key>) {
        match check_unchanged(reading.file.as_ref(), &reading.before, reading.bytes) {
            Ok(()) => {
                let Reading { number, key, before, unproven, stream, bytes, .. } = reading;
                self.streams.end(stream);
                let identity = before.identity;
                let outcome = ReadOutcome { values: Vec::new(), bytes, unproven, identity };
                self.ending.push(Ending { number, key, stream, outcome });
            }
            Err(failure) => self.fail(reading, failure),
        }
    }

    fn fail(&mut self, reading: Reading<Key>, failure: Failure) {
        self.streams.finish(reading.stream);
        self.through.insert(reading.number, (reading.key, Err(failure)));
    }

    /// Collects the values of the files whose bytes are hashed.
    fn collect(&mut self) {
        while let Some((stream, values)) = self.streams.ended() {
            if let Some(place) = self.ending.iter().position(|ending| ending.stream == stream) {
                let Ending { number, key, mut outcome, .. } = self.ending.swap_remove(place);
                outcome.values = values;
                self.through.insert(number, (key, Ok(outcome)));
            }
        }
    }
}

/// Reads until the buffer is full or the file ends. Returns how many bytes.
fn fill(file: &mut dyn ReadFile, buffer: &mut [u8]) -> Result<usize, (usize, io::Error)> {
    let mut count = 0;
    while let Some(rest) = buffer.get_mut(count..)
        && !rest.is_empty()
    {
        match file.read(rest) {
            Ok(0) => break,
            Ok(more) => count += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err((count, error)),
        }
    }
    Ok(count)
}

#[cfg(test)]
mod tests {
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

    fn wanted<'a>(
        paths: &'a [RelativePath],
        of: impl Fn(usize) -> Vec<Algorithm>,
    ) -> Vec<Wanted<'a, usize>> {
        let each = paths.iter().enumerate();
        each.map(|(key, path)| Wanted { key, path, algorithms: of(key) }).collect()
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
        let strategies = [Strategy::Sequential, Strategy::Parallel];
        for (algorithms, strategy) in ways.into_iter().flat_map(|w| strategies.map(|s| (w, s))) {
            let mut next = 0;
            let wanted = wanted(&paths, algorithms);
            read_as(
                strategy,
                Backend::best(),
                &disk,
                wanted,
                Way::ThroughTheCache,
                &(),
                |key, result| {
                    assert_eq!(key, next, "in order");
                    next += 1;
                    let (path, own) = (&paths[key], algorithms(key));
                    let mut buffer = read::buffer();
                    let alone =
                        read(&disk, path, &own, Way::ThroughTheCache, &mut buffer, &()).unwrap();
                    let outcome = result.unwrap();
                    assert_eq!(
                        (outcome.values, outcome.bytes),
                        (alone.values, alone.bytes),
                        "{key}"
                    );
                    assert_eq!(
                        (outcome.unproven, outcome.identity),
                        (alone.unproven, alone.identity)
                    );
                },
            )
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

    #[test]
    fn a_file_that_grows_while_others_are_read_is_found() {
        for backend in Backend::available() {
            let (folder, disk, paths) = roll(40);
            let grown = folder.path().join("A001C006.mxf");
            let mut failed = Vec::new();
            let wanted = wanted(&paths, |_| vec![Algorithm::Md5]).into_iter().inspect(|wanted| {
                // Eight are begun before the first is read.
                if wanted.key == 7 {
                    let mut file = std::fs::OpenOptions::new().append(true).open(&grown).unwrap();
                    std::io::Write::write_all(&mut file, b"more").unwrap();
                }
            });
            let way = Way::ThroughTheCache;
            read_as(Strategy::Parallel, backend, &disk, wanted, way, &(), |key, result| {
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
    fn a_cancelled_reading_says_so() {
        let (_folder, disk, paths) = roll(40);
        let cancelled = std::sync::atomic::AtomicBool::new(true);
        let wanted = wanted(&paths, |_| vec![Algorithm::Md5]);
        let result = read_each(&disk, wanted, Way::ThroughTheCache, &cancelled, |_, _| {});
        assert_eq!(result, Err(Cancelled));
    }
}
