//! One thread's work: files read in turns, hashed side by side in its lanes.

use std::{collections::VecDeque, io, sync::Arc};

use mhl_hash::{Algorithm, StreamId, Streams};

use super::{Crew, Job, Queue};
use crate::{
    CacheReason,
    context::Progress,
    tree::{
        ReadFile, Stat, Volume,
        open_files::{Shortage, is_too_many},
        read::{Failure, ReadOutcome, Way, check_as_found, check_unchanged},
    },
};

/// Files in a row that the system's cache held, after which it is asked of some files only.
const WARM: usize = 64;
/// Of so many files one is asked of then: asking costs a small file as much as a read does, and not
/// having asked costs this many files at most their being read without a word beforehand.
const SAMPLE: u64 = 16;

/// What became of a job, by its number.
pub(super) type Through = (u64, Result<ReadOutcome, Failure>);

/// A thread that reads.
pub(super) struct Reader<'q, 'a> {
    crew: &'q Crew,
    volume: &'q dyn Volume,
    way: Way,
    progress: &'q dyn Progress,
    queue: &'q Queue<'a>,
    /// What the streams compute.
    algorithms: Arc<[Algorithm]>,
    streams: Streams,
    /// Files that are read in turns.
    side_by_side: usize,
    open: VecDeque<Reading<'a>>,
    ending: Vec<Ending>,
    /// Files in a row that nobody had to wait for.
    in_cache: usize,
    /// The system tells what it has in its cache, until it does not.
    cache_tells: bool,
    /// What was found of files before they were opened was true each time.
    finds_hold: bool,
    /// Jobs that were taken. The first may have to wait: for those before it that want other digests,
    /// or for one of the files that the system lets a process hold open.
    jobs: VecDeque<Job<'a>>,
    /// Jobs that are through and of which the queue was not told.
    untold: usize,
    /// While there is none at all.
    shortage: Shortage,
}

/// A file on its way.
struct Reading<'a> {
    job: Job<'a>,
    file: Box<dyn ReadFile>,
    /// What the file was when it was opened, or found before.
    before: Stat,
    unproven: Option<CacheReason>,
    stream: StreamId,
    bytes: u64,
}

/// A file whose bytes are all read.
struct Ending {
    number: u64,
    stream: StreamId,
    /// Without its values.
    outcome: ReadOutcome,
}

impl<'q, 'a> Reader<'q, 'a> {
    pub(super) fn new(
        crew: &'q Crew,
        volume: &'q dyn Volume,
        way: Way,
        progress: &'q dyn Progress,
        queue: &'q Queue<'a>,
    ) -> Self {
        let mut reader = Reader {
            crew,
            volume,
            way,
            progress,
            queue,
            algorithms: Arc::default(),
            streams: Streams::new(&[]),
            side_by_side: 1,
            open: VecDeque::new(),
            ending: Vec::new(),
            in_cache: 0,
            cache_tells: way == Way::ThroughTheCache,
            finds_hold: true,
            jobs: VecDeque::new(),
            untold: 0,
            shortage: Shortage::default(),
        };
        reader.compute(Arc::default());
        reader
    }

    /// Does a piece of work: opens what may be read now, then reads one buffer of one file, or hashes
    /// what was read. Returns `false` when there is nothing to do.
    pub(super) fn step(&mut self, through: &mut Vec<Through>) -> bool {
        self.open_more(through);
        if let Some(reading) = self.open.pop_front() {
            self.take_turn(reading, through);
        } else if !self.ending.is_empty() {
            self.streams.settle();
        } else if through.is_empty() {
            return false;
        }
        self.collect(through);
        self.untold += through.len();
        true
    }

    fn open_more(&mut self, through: &mut Vec<Through>) {
        while self.open.len() < self.side_by_side
            && !self.progress.is_cancelled()
            && !self.queue.is_closed()
        {
            let own = self.open.len() + self.ending.len();
            if self.jobs.is_empty() {
                self.queue.take(own, std::mem::take(&mut self.untold), &mut self.jobs);
            }
            let Some(job) = self.jobs.pop_front() else { return };
            if job.algorithms != self.algorithms {
                if own > 0 {
                    // Whoever wants other digests waits for those before it.
                    self.jobs.push_front(job);
                    return;
                }
                self.compute(Arc::clone(&job.algorithms));
            }
            self.begin(job, through);
        }
    }

    fn compute(&mut self, algorithms: Arc<[Algorithm]>) {
        let streams = Streams::with_backend(&algorithms, self.crew.backend);
        let piece = self.crew.piece(streams.lanes());
        self.side_by_side = self.crew.side_by_side(&streams);
        self.streams = streams.lending(piece);
        self.algorithms = algorithms;
    }

    /// Opens a file.
    fn begin(&mut self, mut job: Job<'a>, through: &mut Vec<Through>) {
        job.found = job.found.filter(|_| self.finds_hold);
        let opened = match job.found {
            Some(found) => self.volume.open_found(job.path, found),
            None => self.volume.open(job.path),
        };
        let opened = opened.and_then(|file| {
            // Before the cache is measured: what is added in between is found as a change.
            let before = file.at_opening()?;
            Ok((file, before))
        });
        match opened {
            Ok((mut file, before)) => {
                self.shortage.ends();
                if job.is_of_others
                    && let Err(error) = file.make_durable()
                {
                    through.push((job.number, Err(Failure::NotDurable(error))));
                    return;
                }
                let unproven = self.way.prepare(file.as_mut());
                if self.side_by_side > 1 && self.is_waited_for(file.as_ref(), job.number) {
                    // Its first bytes are on their way while others have their turns.
                    file.read_ahead(self.streams.buffer_len() as u64);
                }
                self.queue.opened();
                let stream = self.streams.start();
                self.open.push_back(Reading { job, file, before, unproven, stream, bytes: 0 });
            }
            Err(error) if is_too_many(&error) && !self.open.is_empty() => {
                self.side_by_side = self.open.len();
                self.jobs.push_front(job);
            }
            Err(error) if is_too_many(&error) && self.waits_for_a_file() => {
                self.jobs.push_front(job);
            }
            Err(error) => through.push((job.number, Err(Failure::Io(0, error)))),
        }
    }

    /// Waits a moment for somebody to close a file. Other threads of the crew that hold one go on, and
    /// will; anybody else may not.
    fn waits_for_a_file(&mut self) -> bool {
        if self.queue.is_any_open() {
            self.shortage.ends();
        }
        self.shortage.wait()
    }

    /// Whether a file's first bytes have yet to come from the device. Where a good many in a row were
    /// there, the next are taken to be, and a mistake is found by the next that is asked of.
    fn is_waited_for(&mut self, file: &dyn ReadFile, number: u64) -> bool {
        if !self.cache_tells {
            return true;
        }
        if self.in_cache >= WARM && !number.is_multiple_of(SAMPLE) {
            return false;
        }
        let told = file.is_in_cache();
        self.cache_tells = told.is_some();
        let is_in_cache = told == Some(true);
        self.in_cache = if is_in_cache { self.in_cache + 1 } else { 0 };
        !is_in_cache
    }

    /// Reads one buffer of a file.
    fn take_turn(&mut self, mut reading: Reading<'a>, through: &mut Vec<Through>) {
        let mut buffer = self.streams.buffer();
        match fill(&mut reading, &mut buffer) {
            Ok(count) => {
                // Whoever lengthened it meanwhile is found when it is looked at once more.
                let is_at_its_end = count < buffer.len() || reading.bytes >= reading.before.size;
                self.progress.advanced(count as u64);
                buffer.truncate(count);
                let is_live = self.streams.submit(reading.stream, buffer);
                debug_assert!(is_live, "it ends below");
                if is_at_its_end {
                    self.end(reading, through);
                } else if self.side_by_side == 1 {
                    self.open.push_front(reading);
                } else {
                    self.open.push_back(reading);
                }
            }
            Err(error) => {
                self.streams.take_back(buffer);
                let failure = Failure::Io(reading.bytes, error);
                self.queue.closes();
                self.fail(reading, failure, through);
            }
        }
    }

    fn end(&mut self, reading: Reading<'a>, through: &mut Vec<Through>) {
        self.queue.closes();
        let Reading { job, file, before, bytes, .. } = &reading;
        let checked = match job.found {
            Some(found) => check_as_found(file.as_ref(), found, *bytes),
            None => check_unchanged(file.as_ref(), before, *bytes),
        };
        match checked {
            Ok(after) => {
                let Reading { job, unproven, stream, bytes, .. } = reading;
                self.streams.end(stream);
                let identity = after.identity;
                let outcome = ReadOutcome { values: Vec::new(), bytes, unproven, identity };
                self.ending.push(Ending { number: job.number, stream, outcome });
            }
            Err(Failure::Changed) if job.found.is_some() => {
                // Before it was opened, or while it was read: that is told by reading it once more. A
                // disk that tells otherwise each time is not to be read twice.
                self.finds_hold = false;
                self.progress.more(reading.bytes);
                self.streams.finish(reading.stream);
                self.jobs.push_front(reading.job);
            }
            Err(failure) => self.fail(reading, failure, through),
        }
    }

    fn fail(&mut self, reading: Reading<'a>, failure: Failure, through: &mut Vec<Through>) {
        self.streams.finish(reading.stream);
        through.push((reading.job.number, Err(failure)));
    }

    /// Collects the values of the files whose bytes are hashed.
    fn collect(&mut self, through: &mut Vec<Through>) {
        while let Some((stream, values)) = self.streams.ended() {
            if let Some(place) = self.ending.iter().position(|ending| ending.stream == stream) {
                let Ending { number, mut outcome, .. } = self.ending.swap_remove(place);
                outcome.values = values;
                through.push((number, Ok(outcome)));
            }
        }
    }
}

/// Reads until the buffer is full or the file has no more bytes than when it was opened, or ends.
/// Returns how many bytes; those of a failed read count as read too.
fn fill(reading: &mut Reading<'_>, buffer: &mut [u8]) -> io::Result<usize> {
    let mut count = 0;
    while let Some(rest) = buffer.get_mut(count..)
        && !rest.is_empty()
    {
        match reading.file.read(rest) {
            Ok(0) => break,
            Ok(more) => {
                count += more;
                reading.bytes += more as u64;
                if reading.bytes >= reading.before.size {
                    break;
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(count)
}
