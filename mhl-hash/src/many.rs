//! Many streams at once.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::{
    Algorithm, Backend, Buffer, HashValue, HasherSet,
    lanes::{self, Job},
};

/// Names one stream of a [`Streams`]; never used twice within it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StreamId(u64);

/// Many files hashed side by side on one core.
///
/// MD5 takes up to 32 streams at once for little more than the time of one, XXH64 four. Streams
/// start, end and differ in length at any time; the value of each depends on its own bytes alone.
///
/// Bytes come in three ways:
/// - [`push_each`](Streams::push_each): pieces of many streams, hashed side by side before it
///   returns, where they lie.
/// - [`submit`](Streams::submit): a [`Buffer`] that was lent, hashed when enough streams wait to fill
///   the lanes, or when somebody asks. The way to read many files.
/// - [`push`](Streams::push): bytes of one stream, hashed before it returns, at the speed of one.
///
/// Memory: at most one waiting buffer of [`BUFFER_LEN`](crate::BUFFER_LEN) bytes for each lane
/// (32 × 264 KiB, less than 9 MiB), and those that are lent.
///
/// ```
/// use mhl_hash::{Algorithm, Streams};
///
/// let mut streams = Streams::new(&[Algorithm::Md5]);
/// let first = streams.start();
/// let second = streams.start();
/// streams.push_each(&[(first, b"a"), (second, b"abc")]);
/// streams.push(first, b"bc");
/// assert_eq!(streams.finish(first), streams.finish(second));
/// assert_eq!(streams.finish(first), None, "a stream ends once");
/// ```
///
/// Many files, each read into buffers:
/// ```
/// use mhl_hash::{Algorithm, Streams};
///
/// let mut files = vec![b"abc".as_slice(); 100];
/// let mut streams = Streams::new(&[Algorithm::Md5]);
/// for file in &mut files {
///     let stream = streams.start();
///     loop {
///         let mut buffer = streams.buffer();
///         let count = std::io::Read::read(file, &mut buffer)?;
///         if count == 0 {
///             break;
///         }
///         buffer.truncate(count);
///         streams.submit(stream, buffer);
///     }
///     streams.end(stream);
/// }
/// streams.settle();
/// while let Some((_stream, values)) = streams.ended() {
///     assert_eq!(values[0].to_hex(), "900150983cd24fb0d6963f7d28e17f72");
/// }
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Streams {
    algorithms: Vec<Algorithm>,
    backend: Backend,
    /// Streams with a waiting buffer that fill a kernel; 1 when no algorithm gains by waiting.
    lanes: usize,
    next: u64,
    streams: BTreeMap<StreamId, Stream>,
    /// How many of them wait.
    waiting: usize,
    /// How many of them are to end when their buffer is through.
    ending: usize,
    ended: VecDeque<(StreamId, Vec<HashValue>)>,
    free: Vec<Buffer>,
    /// Buffers made so far.
    made: usize,
}

#[derive(Debug)]
struct Stream {
    hashers: HasherSet,
    waiting: Option<Waiting>,
    ends: bool,
}

/// A buffer, and how far each of the algorithms with lanes is in it; the others are through.
#[derive(Debug)]
struct Waiting {
    buffer: Buffer,
    md5: Progress,
    xxh64: Progress,
}

#[derive(Debug)]
struct Progress {
    at: usize,
    end: usize,
}

impl Streams {
    /// No streams yet; each will be hashed with these algorithms.
    #[must_use]
    pub fn new(algorithms: &[Algorithm]) -> Self {
        Self::with_backend(algorithms, Backend::best())
    }

    /// The same on a backend of one's choice.
    #[must_use]
    pub fn with_backend(algorithms: &[Algorithm], backend: Backend) -> Self {
        let lanes = |algorithm: &Algorithm| match algorithm {
            Algorithm::Md5 => backend.lanes(),
            Algorithm::Xxh64 => backend.xxh64_lanes(),
            _ => 1,
        };
        Streams {
            algorithms: algorithms.to_vec(),
            backend,
            lanes: algorithms.iter().map(lanes).max().unwrap_or(1),
            next: 0,
            streams: BTreeMap::new(),
            waiting: 0,
            ending: 0,
            ended: VecDeque::new(),
            free: Vec::new(),
            made: 0,
        }
    }

    /// Starts a stream.
    pub fn start(&mut self) -> StreamId {
        let id = StreamId(self.next);
        self.next += 1;
        let hashers = HasherSet::with_backend(&self.algorithms, self.backend);
        self.streams.insert(id, Stream { hashers, waiting: None, ends: false });
        id
    }

    /// Gives a live stream its next bytes, which are hashed at once. Returns `false`, and takes
    /// nothing, when the stream has ended or was started elsewhere.
    pub fn push(&mut self, stream: StreamId, bytes: &[u8]) -> bool {
        if !self.is_live(stream) {
            return false;
        }
        self.settle_stream(stream);
        if let Some(live) = self.streams.get_mut(&stream) {
            live.hashers.update(bytes);
        }
        true
    }

    /// Gives many live streams their next bytes, which are hashed side by side before it returns. A
    /// stream may stand several times; its bytes are taken in order.
    ///
    /// Returns `false` when one of the streams has ended or was started elsewhere: its bytes are
    /// not taken, those of the others are.
    pub fn push_each(&mut self, pieces: &[(StreamId, &[u8])]) -> bool {
        let mut all = true;
        let mut rest = pieces;
        while !rest.is_empty() {
            let mut seen = BTreeSet::new();
            let again = rest.iter().position(|(id, _)| !seen.insert(*id));
            let (round, later) = rest.split_at(again.unwrap_or(rest.len()));
            all &= self.push_round(round);
            rest = later;
        }
        all
    }

    /// At most one piece for each stream.
    fn push_round(&mut self, pieces: &[(StreamId, &[u8])]) -> bool {
        let mut pieces: BTreeMap<StreamId, &[u8]> = pieces.iter().copied().collect();
        let given = pieces.len();
        pieces.retain(|id, _| self.is_live(*id));
        for id in pieces.keys() {
            self.settle_stream(*id);
        }
        let mut md5_taken = vec![0; pieces.len()];
        let mut xxh64_taken = vec![0; pieces.len()];

        let mut jobs = Vec::with_capacity(pieces.len());
        for ((stream, bytes), taken) in pieced(&mut self.streams, &pieces).zip(&mut md5_taken) {
            stream.hashers.update_without_lanes(bytes);
            if let Some(md5) = stream.hashers.md5_mut() {
                *taken = md5.fill(bytes);
                jobs.push(Job { stream: md5, bytes: &bytes[*taken..], taken });
            }
        }
        lanes::md5(self.backend, &mut jobs, 1);

        let mut jobs = Vec::with_capacity(pieces.len());
        for ((stream, bytes), taken) in pieced(&mut self.streams, &pieces).zip(&mut xxh64_taken) {
            if let Some(xxh64) = stream.hashers.xxh64_mut() {
                *taken = xxh64.fill(bytes);
                jobs.push(Job { stream: xxh64, bytes: &bytes[*taken..], taken });
            }
        }
        lanes::xxh64(self.backend, &mut jobs);

        let taken = md5_taken.iter().zip(&xxh64_taken);
        for ((stream, bytes), (md5_taken, xxh64_taken)) in
            pieced(&mut self.streams, &pieces).zip(taken)
        {
            if let Some(md5) = stream.hashers.md5_mut() {
                md5.update(&bytes[*md5_taken..]);
            }
            if let Some(xxh64) = stream.hashers.xxh64_mut() {
                xxh64.update(&bytes[*xxh64_taken..]);
            }
        }
        pieces.len() == given
    }

    /// Lends a buffer to fill and submit. One that is dropped instead is gone, and another is made
    /// when it is needed.
    #[must_use]
    pub fn buffer(&mut self) -> Buffer {
        self.free.pop().unwrap_or_else(|| {
            self.made += 1;
            Buffer::new(self.made)
        })
    }

    /// Gives a live stream its next bytes in a buffer. They are hashed when all lanes can be filled,
    /// when the stream submits or is pushed again, and when it is finished or everything settled.
    ///
    /// Returns `false`, and takes nothing, when the stream has ended or was started elsewhere.
    pub fn submit(&mut self, stream: StreamId, buffer: Buffer) -> bool {
        let is_live = self.is_live(stream);
        if !is_live || buffer.is_empty() {
            self.free.push(buffer.emptied());
            return is_live;
        }
        self.settle_stream(stream);
        if let Some(live) = self.streams.get_mut(&stream) {
            if self.lanes == 1 {
                live.hashers.update(&buffer);
                self.free.push(buffer.emptied());
                return true;
            }
            live.wait(buffer);
            self.waiting += 1;
        }
        if self.waiting >= self.lanes {
            // Until a quarter of them is through: a run for every stream that ends would be short.
            self.run(self.lanes - self.lanes / 4);
        }
        true
    }

    /// Ends a stream, whose values [`Streams::ended`] will return once its bytes are through.
    /// Returns `false` when it has ended before or was started elsewhere.
    pub fn end(&mut self, stream: StreamId) -> bool {
        let Some(live) = self.streams.get_mut(&stream).filter(|stream| !stream.ends) else {
            return false;
        };
        if live.waiting.is_some() {
            live.pad();
            self.ending += 1;
        } else if let Some(values) = self.finish(stream) {
            self.ended.push_back((stream, values));
        }
        true
    }

    /// The values of a stream that was ended and is through, each once, in no order that means
    /// anything; `None` when there is none at the moment. After [`Streams::settle`] all that were
    /// ended are through.
    pub fn ended(&mut self) -> Option<(StreamId, Vec<HashValue>)> {
        self.ended.pop_front()
    }

    /// Hashes every buffer that waits.
    pub fn settle(&mut self) {
        self.run(1);
    }

    /// Ends a stream and returns its digests in the order of the algorithms; `None` when it has
    /// ended before or was started elsewhere.
    pub fn finish(&mut self, stream: StreamId) -> Option<Vec<HashValue>> {
        if !self.is_live(stream) {
            return None;
        }
        self.settle_stream(stream);
        self.streams.remove(&stream).map(|stream| stream.hashers.finish())
    }

    /// Streams that were started and not ended.
    #[must_use]
    pub fn live(&self) -> usize {
        self.streams.len() - self.ending
    }

    fn is_live(&self, stream: StreamId) -> bool {
        self.streams.get(&stream).is_some_and(|stream| !stream.ends)
    }

    /// Hashes what a stream waits with, and everybody else beside it.
    fn settle_stream(&mut self, stream: StreamId) {
        if self.streams.get(&stream).is_some_and(|stream| stream.waiting.is_some()) {
            self.run(1);
        }
    }

    /// Hashes waiting buffers while at least `enough` lanes of MD5 are filled.
    fn run(&mut self, enough: usize) {
        let mut jobs = Vec::with_capacity(self.waiting);
        for stream in self.streams.values_mut() {
            if let (Some(waiting), Some(md5)) = (&mut stream.waiting, stream.hashers.md5_mut()) {
                let Progress { at, end } = &mut waiting.md5;
                jobs.push(Job { stream: md5, bytes: waiting.buffer.range(*at..*end), taken: at });
            }
        }
        lanes::md5(self.backend, &mut jobs, enough);

        let mut jobs = Vec::with_capacity(self.waiting);
        for stream in self.streams.values_mut() {
            if let (Some(waiting), Some(xxh64)) = (&mut stream.waiting, stream.hashers.xxh64_mut())
            {
                let Progress { at, end } = &mut waiting.xxh64;
                jobs.push(Job { stream: xxh64, bytes: waiting.buffer.range(*at..*end), taken: at });
            }
        }
        lanes::xxh64(self.backend, &mut jobs);

        let mut through = BTreeSet::new();
        for (id, stream) in &mut self.streams {
            if let Some(buffer) = stream.release() {
                self.free.push(buffer.emptied());
                self.waiting -= 1;
                if stream.ends {
                    through.insert(*id);
                }
            }
        }
        for id in through {
            if let Some(stream) = self.streams.remove(&id) {
                self.ending -= 1;
                self.ended.push_back((id, stream.hashers.finish()));
            }
        }
    }
}

/// The streams of the pieces beside their bytes, in the order of both maps.
fn pieced<'a, 'b>(
    streams: &'a mut BTreeMap<StreamId, Stream>,
    pieces: &'a BTreeMap<StreamId, &'b [u8]>,
) -> impl Iterator<Item = (&'a mut Stream, &'b [u8])> {
    streams.iter_mut().filter_map(|(id, stream)| pieces.get(id).map(|bytes| (stream, *bytes)))
}

impl Stream {
    /// Keeps a buffer for the algorithms with lanes and gives it to the others.
    fn wait(&mut self, buffer: Buffer) {
        let end = buffer.len();
        self.hashers.update_without_lanes(&buffer);
        let md5 = self.hashers.md5_mut().map_or(end, |md5| md5.fill(&buffer));
        let xxh64 = self.hashers.xxh64_mut().map_or(end, |xxh64| xxh64.fill(&buffer));
        self.waiting = Some(Waiting {
            buffer,
            md5: Progress { at: md5, end },
            xxh64: Progress { at: xxh64, end },
        });
    }

    /// Puts the padding of MD5 behind the waiting bytes, so that lanes take it too.
    fn pad(&mut self) {
        self.ends = true;
        if let (Some(waiting), Some(md5)) = (&mut self.waiting, self.hashers.md5_mut()) {
            let Progress { at, end } = &mut waiting.md5;
            if let Some(len) = md5.pad(waiting.buffer.with_padding(*at), *end - *at) {
                *end = *at + len;
            }
        }
    }

    /// Lets the buffer go if its blocks are through, after taking what fills no block.
    fn release(&mut self) -> Option<Buffer> {
        let waiting = self.waiting.take_if(|waiting| {
            let Progress { at, end } = waiting.md5;
            end - at < crate::md5::BLOCK
        })?;
        if let Some(md5) = self.hashers.md5_mut() {
            md5.update(waiting.buffer.range(waiting.md5.at..waiting.md5.end));
        }
        if let Some(xxh64) = self.hashers.xxh64_mut() {
            xxh64.update(waiting.buffer.range(waiting.xxh64.at..waiting.xxh64.end));
        }
        Some(waiting.buffer)
    }
}
