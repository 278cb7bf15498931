//! Many streams at once.

use alloc::{
    collections::{BTreeSet, VecDeque},
    vec::Vec,
};
use core::sync::atomic::{AtomicUsize, Ordering};

use crate::{
    Algorithm, BUFFER_LEN, Backend, Buffer, HashValue, HasherSet,
    hasher::{Hasher, InLanes},
    lanes::{self, Job},
    md5::Md5,
    one_stream::BlockDigest,
    sha1::Sha1,
    sha512::Sha512,
    xxh64::Xxh64,
};

/// Names one stream of one [`Streams`]; never used twice. Later streams of the same are greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StreamId {
    set: usize,
    number: u64,
    slot: usize,
}

/// Numbers the sets, so that none takes another's stream for its own.
static SETS: AtomicUsize = AtomicUsize::new(0);

/// Many files hashed side by side on one core.
///
/// MD5 takes up to 32 streams at once for little more than the time of one, SHA-1 16, C4 eight and
/// XXH64 four where the processor has AVX-512, half as many (and XXH64 one) where it has AVX2; the
/// others are hashed one by one. [`Streams::lanes`] tells. Streams start, end and differ in length at any time;
/// the value of each depends on its own bytes alone.
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
/// assert!(streams.push_each(&[(first, b"a"), (second, b"abc")]));
/// assert!(streams.push(first, b"bc"));
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
///         assert!(streams.submit(stream, buffer));
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
    /// Each once.
    algorithms: Vec<Algorithm>,
    backend: Backend,
    set: usize,
    /// Streams with a waiting buffer that fill a kernel; 1 when no algorithm gains by waiting.
    lanes: usize,
    next: u64,
    slots: Vec<Slot>,
    /// The slots that no live stream has.
    vacant: Vec<usize>,
    /// Hashers of streams that ended, for those that start.
    spare: Vec<HasherSet>,
    waiting: Vec<Waiting>,
    ended: VecDeque<(StreamId, Vec<HashValue>)>,
    free: Vec<Buffer>,
    /// Buffers made so far.
    made: usize,
    /// Bytes of a buffer.
    buffer_len: usize,
}

/// The place of a live stream.
#[derive(Debug)]
struct Slot {
    number: u64,
    /// `None` while the stream waits, and after its end.
    idle: Option<HasherSet>,
}

/// A stream and the buffer that it waits with.
#[derive(Debug)]
struct Waiting {
    id: StreamId,
    hashers: HasherSet,
    buffer: Buffer,
    ends: bool,
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
        let algorithms: Vec<Algorithm> =
            HasherSet::with_backend(algorithms, backend).algorithms().collect();
        let lanes = algorithms.iter().map(|algorithm| lanes_of(*algorithm, backend)).max();
        Streams {
            algorithms,
            backend,
            set: SETS.fetch_add(1, Ordering::Relaxed),
            lanes: lanes.unwrap_or(1),
            next: 0,
            slots: Vec::new(),
            vacant: Vec::new(),
            spare: Vec::new(),
            waiting: Vec::new(),
            ended: VecDeque::new(),
            free: Vec::new(),
            made: 0,
            buffer_len: BUFFER_LEN,
        }
    }

    /// The same, lending buffers of another length: shorter ones where several sets share the memory.
    /// Below 32 KiB the calls that fill them cost more than the copying.
    ///
    /// ```
    /// use mhl_hash::{Algorithm, Streams};
    ///
    /// let mut streams = Streams::new(&[Algorithm::Md5]).lending(64 << 10);
    /// assert_eq!(streams.buffer().len(), 64 << 10);
    /// ```
    #[must_use]
    pub fn lending(mut self, buffer_len: usize) -> Self {
        self.free.clear();
        self.buffer_len = buffer_len;
        self
    }

    /// Bytes of each buffer that is lent.
    #[must_use]
    pub fn buffer_len(&self) -> usize {
        self.buffer_len
    }

    /// Starts a stream.
    pub fn start(&mut self) -> StreamId {
        let hashers = self.spare.pop();
        let hashers =
            hashers.unwrap_or_else(|| HasherSet::with_backend(&self.algorithms, self.backend));
        let slot = Slot { number: self.next, idle: Some(hashers) };
        self.next += 1;
        let number = slot.number;
        let slot = if let Some(vacant) = self.vacant.pop() {
            self.slots[vacant] = slot;
            vacant
        } else {
            self.slots.push(slot);
            self.slots.len() - 1
        };
        StreamId { set: self.set, number, slot }
    }

    /// Gives a live stream its next bytes, which are hashed at once. Returns `false`, and takes
    /// nothing, when the stream has ended or was started elsewhere.
    #[must_use = "a stream that is not live takes nothing"]
    pub fn push(&mut self, stream: StreamId, bytes: &[u8]) -> bool {
        self.settled(stream).map(|hashers| hashers.update(bytes)).is_some()
    }

    /// Gives many live streams their next bytes, which are hashed side by side before it returns. A
    /// stream may stand several times; its bytes are taken in order.
    ///
    /// Returns `false` when one of the streams has ended or was started elsewhere: its bytes are
    /// not taken, those of the others are.
    #[must_use = "a stream that is not live takes nothing"]
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
        let mut live = Vec::with_capacity(pieces.len());
        for (id, bytes) in pieces {
            if self.settled(*id).is_some()
                && let Some(hashers) = self.idle(*id).and_then(Option::take)
            {
                live.push((*id, hashers, *bytes));
            }
        }
        // Not where the lanes ask for it: algorithms without lanes ask for nothing.
        live.iter_mut().for_each(|(_, hashers, bytes)| hashers.gather(bytes));
        for (index, algorithm) in self.algorithms.iter().enumerate() {
            let pieces = live.iter_mut().map(|(_, hashers, bytes)| (hashers.at(index), *bytes));
            in_lanes(*algorithm, self.backend, Until::Through, pieces);
        }
        let all = live.len() == pieces.len();
        for (id, hashers, _) in live {
            self.slots[id.slot].idle = Some(hashers);
        }
        all
    }

    /// Lends a buffer to fill and submit, or to [take back](Streams::take_back). One that is dropped
    /// instead is gone, and another is made when it is needed.
    ///
    /// Its bytes are whatever stood there before, and it is as long as it can be:
    /// [truncate](Buffer::truncate) it to what was filled.
    #[must_use]
    pub fn buffer(&mut self) -> Buffer {
        self.free.pop().unwrap_or_else(|| {
            self.made += 1;
            Buffer::new(self.made, self.buffer_len)
        })
    }

    /// Takes back a buffer that was lent and is not needed.
    pub fn take_back(&mut self, buffer: Buffer) {
        // More are never needed at once, unless the caller holds them.
        if self.free.len() <= self.lanes {
            self.free.push(buffer.emptied());
        }
    }

    /// Gives a live stream its next bytes in a buffer. They are hashed when all lanes can be filled,
    /// when the stream submits or is pushed again, and when it is finished or everything settled.
    ///
    /// Returns `false`, and takes nothing, when the stream has ended or was started elsewhere.
    #[must_use = "a stream that is not live takes nothing"]
    pub fn submit(&mut self, stream: StreamId, buffer: Buffer) -> bool {
        if buffer.is_empty() {
            self.take_back(buffer);
            return self.waits(stream) || self.idle(stream).is_some_and(|idle| idle.is_some());
        }
        self.settled(stream);
        let Some(mut hashers) = self.idle(stream).and_then(Option::take) else {
            self.take_back(buffer);
            return false;
        };
        hashers.gather(&buffer);
        self.waiting.push(Waiting { id: stream, hashers, buffer, ends: false });
        if self.waiting.len() >= self.lanes {
            self.run(Until::TooFew);
        }
        // Several algorithms may each have left others behind.
        if self.waiting.len() >= self.lanes {
            self.run(Until::Through);
        }
        true
    }

    /// Ends a stream, whose values [`Streams::ended`] will return once its bytes are through.
    /// Returns `false` when it has ended before or was started elsewhere.
    pub fn end(&mut self, stream: StreamId) -> bool {
        if let Some(hashers) = self.idle(stream).and_then(Option::take) {
            let values = self.values(stream, hashers);
            self.ended.push_back((stream, values));
            return true;
        }
        let waiting = self.waiting.iter_mut().find(|waiting| waiting.id == stream && !waiting.ends);
        let Some(waiting) = waiting else { return false };
        waiting.ends = true;
        waiting.hashers.pad();
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
        self.run(Until::Through);
    }

    /// Ends a stream and returns its digests in the order of the algorithms; `None` when it has
    /// ended before or was started elsewhere.
    pub fn finish(&mut self, stream: StreamId) -> Option<Vec<HashValue>> {
        self.settled(stream)?;
        let hashers = self.idle(stream)?.take()?;
        Some(self.values(stream, hashers))
    }

    /// The values of a stream that is no more, whose place and hashers are free for another.
    fn values(&mut self, stream: StreamId, mut hashers: HasherSet) -> Vec<HashValue> {
        let values = hashers.take();
        self.vacant.push(stream.slot);
        self.spare.push(hashers);
        values
    }

    /// Streams that were started and not ended.
    #[must_use]
    pub fn live(&self) -> usize {
        let ending = self.waiting.iter().filter(|waiting| waiting.ends).count();
        self.slots.len() - self.vacant.len() - ending
    }

    /// How many streams fill the widest kernel of these algorithms on this backend, from 1 to 32:
    /// so many files, read in turns, keep it busy.
    #[must_use]
    pub fn lanes(&self) -> usize {
        self.lanes
    }

    /// A live stream, after its waiting buffer was hashed, and everybody else's beside it.
    fn settled(&mut self, stream: StreamId) -> Option<&mut HasherSet> {
        if self.waits(stream) {
            self.run(Until::Through);
        }
        self.idle(stream)?.as_mut()
    }

    fn waits(&self, stream: StreamId) -> bool {
        self.waiting.iter().any(|waiting| waiting.id == stream && !waiting.ends)
    }

    /// Where a live stream's state lies unless it waits.
    fn idle(&mut self, stream: StreamId) -> Option<&mut Option<HasherSet>> {
        let slot = self.slots.get_mut(stream.slot).filter(|_| stream.set == self.set)?;
        (slot.number == stream.number).then_some(&mut slot.idle)
    }

    /// Hashes waiting buffers, and lets go of those that are through.
    fn run(&mut self, until: Until) {
        for (index, algorithm) in self.algorithms.iter().enumerate() {
            let pieces = self.waiting.iter_mut();
            let pieces = pieces.map(|waiting| (waiting.hashers.at(index), &*waiting.buffer));
            in_lanes(*algorithm, self.backend, until, pieces);
        }
        let mut place = 0;
        while let Some(waiting) = self.waiting.get(place) {
            if !waiting.hashers.are_through() {
                place += 1;
                continue;
            }
            let Waiting { id, hashers, buffer, ends } = self.waiting.swap_remove(place);
            self.free.push(buffer.emptied());
            if ends {
                let values = self.values(id, hashers);
                self.ended.push_back((id, values));
            } else {
                self.slots[id.slot].idle = Some(hashers);
            }
        }
    }
}

/// How long waiting buffers are hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Until {
    /// Until too few streams are left to fill the lanes: a quarter of them would be idle. A run for
    /// every stream that ends would be short.
    TooFew,
    /// Until nobody waits.
    Through,
}

/// Streams that the widest kernel of an algorithm takes; 1 where it has none for several.
fn lanes_of(algorithm: Algorithm, backend: Backend) -> usize {
    match algorithm {
        Algorithm::Md5 => Md5::lanes(backend),
        Algorithm::Sha1 => Sha1::lanes(backend),
        Algorithm::C4 => Sha512::lanes(backend),
        Algorithm::Xxh64 => Xxh64::lanes(backend),
        _ => 1,
    }
}

/// Takes what each hasher, all of the same algorithm, has yet to take of the piece beside it, and its
/// padded blocks. Algorithms without lanes have taken all by themselves.
fn in_lanes<'a>(
    algorithm: Algorithm,
    backend: Backend,
    until: Until,
    pieces: impl Iterator<Item = (&'a mut Hasher, &'a [u8])>,
) {
    match algorithm {
        Algorithm::Md5 => run_lanes::<Md5>(backend, until, pieces),
        Algorithm::Sha1 => run_lanes::<Sha1>(backend, until, pieces),
        Algorithm::C4 => run_lanes::<Sha512>(backend, until, pieces),
        Algorithm::Xxh64 => run_lanes::<Xxh64>(backend, until, pieces),
        _ => {}
    }
}

fn run_lanes<'a, D: InLanes + 'a>(
    backend: Backend,
    until: Until,
    pieces: impl Iterator<Item = (&'a mut Hasher, &'a [u8])>,
) {
    let jobs = pieces
        .filter_map(|(hasher, piece)| D::stream(hasher).map(|stream| Job::new(stream, piece)));
    let lanes = D::lanes(backend);
    let enough = match until {
        Until::TooFew => lanes - lanes / 4,
        Until::Through => 1,
    };
    lanes::run(backend, &mut jobs.collect::<Vec<_>>(), enough);
}
