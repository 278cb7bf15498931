//! Many streams at once: the shape in which lanes are fed.

use std::collections::BTreeMap;

use crate::{Algorithm, HashValue, HasherSet};

/// Names one stream of a [`Streams`]; never used twice within it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StreamId(u64);

/// Many files hashed side by side on one core.
///
/// Streams start, end and differ in length at any time; the value of each depends on its own bytes
/// alone.
///
/// ```
/// use mhl_hash::{Algorithm, Streams};
///
/// let mut streams = Streams::new(&[Algorithm::Md5]);
/// let first = streams.start();
/// let second = streams.start();
/// streams.push(first, b"a");
/// streams.push(second, b"abc");
/// streams.push(first, b"bc");
/// assert_eq!(streams.finish(first), streams.finish(second));
/// assert_eq!(streams.finish(first), None, "a stream ends once");
/// ```
#[derive(Debug)]
pub struct Streams {
    algorithms: Vec<Algorithm>,
    next: u64,
    live: BTreeMap<StreamId, HasherSet>,
}

impl Streams {
    /// No streams yet; each will be hashed with these algorithms.
    #[must_use]
    pub fn new(algorithms: &[Algorithm]) -> Self {
        Streams { algorithms: algorithms.to_vec(), next: 0, live: BTreeMap::new() }
    }

    /// Starts a stream.
    pub fn start(&mut self) -> StreamId {
        let id = StreamId(self.next);
        self.next += 1;
        self.live.insert(id, HasherSet::new(&self.algorithms));
        id
    }

    /// Gives a live stream its next bytes. Returns `false`, and takes nothing, when the stream has
    /// ended or was started elsewhere.
    pub fn push(&mut self, stream: StreamId, bytes: &[u8]) -> bool {
        let Some(set) = self.live.get_mut(&stream) else { return false };
        set.update(bytes);
        true
    }

    /// Ends a stream and returns its digests in the order of the algorithms; `None` when it has
    /// ended before or was started elsewhere.
    pub fn finish(&mut self, stream: StreamId) -> Option<Vec<HashValue>> {
        self.live.remove(&stream).map(HasherSet::finish)
    }

    /// Streams that were started and not ended.
    #[must_use]
    pub fn live(&self) -> usize {
        self.live.len()
    }
}
