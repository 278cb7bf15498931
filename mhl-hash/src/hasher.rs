//! Streaming hashers: one algorithm, or several in one pass over the bytes.

// The traits serve the states alone; ours are inherent methods.
use alloc::{boxed::Box, vec::Vec};
use core::{fmt, hash::Hasher as _, mem};

use twox_hash::{XxHash3_64, XxHash3_128};
use xxhash_rust::xxh32::Xxh32;

use crate::{
    Algorithm, Backend, HashValue,
    md5::Md5,
    one_stream::{BlockDigest, OneStream},
    sha1::Sha1,
    sha512::Sha512,
    xxh64::Xxh64,
};

/// One digest over bytes as they arrive.
///
/// ```
/// use mhl_hash::{Algorithm, Hasher};
///
/// let mut hasher = Hasher::new(Algorithm::Sha1);
/// hasher.update(b"abc");
/// assert_eq!(hasher.finish().to_hex(), "a9993e364706816aba3e25717850c26c9cd0d89d");
/// ```
#[derive(Clone)]
pub struct Hasher {
    algorithm: Algorithm,
    state: State,
}

#[derive(Clone)]
enum State {
    Md5(OneStream<Md5>),
    Sha1(OneStream<Sha1>),
    Sha512(OneStream<Sha512>),
    Xxh32(Xxh32),
    Xxh64(OneStream<Xxh64>),
    /// Boxed: it is three times as large as the others.
    Xxh3(Box<XxHash3_64>),
    Xxh128(Box<XxHash3_128>),
}

impl Hasher {
    /// A hasher that has seen no byte.
    #[must_use]
    pub fn new(algorithm: Algorithm) -> Self {
        Self::with_backend(algorithm, Backend::best())
    }

    /// A hasher that has seen no byte, on a backend of one's choice. XXH32, XXH3 and XXH128
    /// have one alone.
    #[must_use]
    pub fn with_backend(algorithm: Algorithm, backend: Backend) -> Self {
        let state = match algorithm {
            Algorithm::Md5 => State::Md5(OneStream::new(backend)),
            Algorithm::Sha1 => State::Sha1(OneStream::new(backend)),
            Algorithm::Xxh32 => State::Xxh32(Xxh32::new(0)),
            Algorithm::Xxh64 => State::Xxh64(OneStream::new(backend)),
            Algorithm::Xxh3 => State::Xxh3(Box::default()),
            Algorithm::Xxh128 => State::Xxh128(Box::default()),
            Algorithm::C4 => State::Sha512(OneStream::new(backend)),
        };
        Hasher { algorithm, state }
    }

    /// The algorithm that it computes.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Takes the next bytes; any number, none included.
    pub fn update(&mut self, bytes: &[u8]) {
        match &mut self.state {
            State::Md5(state) => state.update(bytes),
            State::Sha1(state) => state.update(bytes),
            State::Sha512(state) => state.update(bytes),
            State::Xxh32(state) => state.update(bytes),
            State::Xxh64(state) => state.update(bytes),
            State::Xxh3(state) => state.write(bytes),
            State::Xxh128(state) => state.write(bytes),
        }
    }

    /// Takes the next bytes but for those that lanes are to take: all of them where the algorithm
    /// has no lanes. [`InLanes`] gets at the stream that lacks the others.
    pub(crate) fn gather(&mut self, bytes: &[u8]) {
        match &mut self.state {
            State::Md5(stream) => stream.gather(bytes),
            State::Sha1(stream) => stream.gather(bytes),
            State::Sha512(stream) => stream.gather(bytes),
            State::Xxh64(stream) => stream.gather(bytes),
            _ => self.update(bytes),
        }
    }

    /// Pads a stream that lanes are to take to its end.
    pub(crate) fn pad(&mut self) {
        match &mut self.state {
            State::Md5(stream) => stream.pad(),
            State::Sha1(stream) => stream.pad(),
            State::Sha512(stream) => stream.pad(),
            _ => {}
        }
    }

    /// The digest of every byte taken so far.
    #[must_use]
    pub fn finish(mut self) -> HashValue {
        self.take()
    }

    /// The digest of every byte taken so far; the hasher begins anew.
    fn take(&mut self) -> HashValue {
        let value = |bytes: &[u8]| {
            debug_assert_eq!(bytes.len(), self.algorithm.digest_len());
            let mut all = [0; 64];
            all[..bytes.len()].copy_from_slice(bytes);
            HashValue::from_array(self.algorithm, all)
        };
        match &mut self.state {
            State::Md5(state) => value(&state.take()),
            State::Sha1(state) => value(&state.take()),
            State::Sha512(state) => value(&state.take()),
            State::Xxh32(state) => {
                let digest = state.digest();
                state.reset(0);
                value(&digest.to_be_bytes())
            }
            State::Xxh64(state) => value(&state.take().to_be_bytes()),
            State::Xxh3(state) => value(&mem::take(&mut **state).finish().to_be_bytes()),
            State::Xxh128(state) => value(&mem::take(&mut **state).finish_128().to_be_bytes()),
        }
    }
}

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hasher").field("algorithm", &self.algorithm).finish_non_exhaustive()
    }
}

/// A digest whose streams lanes can take.
pub(crate) trait InLanes: BlockDigest + Sized {
    /// The stream of a hasher of this digest; `None` of another.
    fn stream(hasher: &mut Hasher) -> Option<&mut OneStream<Self>>;
}

macro_rules! in_lanes {
    ($($digest:ident)*) => {$(
        impl InLanes for $digest {
            fn stream(hasher: &mut Hasher) -> Option<&mut OneStream<Self>> {
                if let State::$digest(stream) = &mut hasher.state { Some(stream) } else { None }
            }
        }
    )*};
}

in_lanes!(Md5 Sha1 Sha512 Xxh64);

/// Several digests in one pass over the bytes.
///
/// ```
/// use mhl_hash::{Algorithm, HasherSet};
///
/// let mut set = HasherSet::new(&[Algorithm::Xxh64, Algorithm::Md5, Algorithm::Xxh64]);
/// set.update(b"abc");
/// let values = set.finish();
/// assert_eq!(values.len(), 2, "an algorithm named twice is computed once");
/// assert_eq!(values[0].to_hex(), "44bc2cf5ad770999");
/// ```
#[derive(Clone, Debug)]
pub struct HasherSet {
    hashers: Vec<Hasher>,
}

/// Bytes that every hasher of a set takes before the next piece: they stay in the first-level
/// cache while the second and third hasher read them.
const PIECE: usize = 16 * 1024;

impl HasherSet {
    /// Hashers for these algorithms, in this order, each once. An empty slice is a set that
    /// computes nothing.
    #[must_use]
    pub fn new(algorithms: &[Algorithm]) -> Self {
        Self::with_backend(algorithms, Backend::best())
    }

    /// The same on a backend of one's choice.
    #[must_use]
    pub fn with_backend(algorithms: &[Algorithm], backend: Backend) -> Self {
        let mut hashers: Vec<Hasher> = Vec::with_capacity(algorithms.len());
        for &algorithm in algorithms {
            if hashers.iter().all(|hasher| hasher.algorithm != algorithm) {
                hashers.push(Hasher::with_backend(algorithm, backend));
            }
        }
        HasherSet { hashers }
    }

    /// The algorithms, in the order in which [`HasherSet::finish`] returns their values.
    pub fn algorithms(&self) -> impl Iterator<Item = Algorithm> + '_ {
        self.hashers.iter().map(Hasher::algorithm)
    }

    /// Takes the next bytes into every digest.
    pub fn update(&mut self, bytes: &[u8]) {
        if let [only] = self.hashers.as_mut_slice() {
            return only.update(bytes);
        }
        for piece in bytes.chunks(PIECE) {
            for hasher in &mut self.hashers {
                hasher.update(piece);
            }
        }
    }

    /// The hasher of the algorithm at this place of the order.
    ///
    /// # Panics
    /// If there are not so many.
    pub(crate) fn at(&mut self, index: usize) -> &mut Hasher {
        &mut self.hashers[index]
    }

    /// As [`Hasher::gather`], by every hasher.
    pub(crate) fn gather(&mut self, bytes: &[u8]) {
        self.hashers.iter_mut().for_each(|hasher| hasher.gather(bytes));
    }

    /// As [`Hasher::pad`], by every hasher.
    pub(crate) fn pad(&mut self) {
        self.hashers.iter_mut().for_each(Hasher::pad);
    }

    /// Whether no hasher has blocks that lanes are to take.
    pub(crate) fn are_through(&self) -> bool {
        self.hashers.iter().all(|hasher| match &hasher.state {
            State::Md5(stream) => stream.is_through(),
            State::Sha1(stream) => stream.is_through(),
            State::Sha512(stream) => stream.is_through(),
            State::Xxh64(stream) => stream.is_through(),
            _ => true,
        })
    }

    /// The digests, in the order of the algorithms.
    #[must_use]
    pub fn finish(mut self) -> Vec<HashValue> {
        self.take()
    }

    /// The digests, in the order of the algorithms; the set begins anew.
    pub(crate) fn take(&mut self) -> Vec<HashValue> {
        self.hashers.iter_mut().map(Hasher::take).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn one_shot(algorithm: Algorithm, bytes: &[u8]) -> String {
        let mut hasher = Hasher::new(algorithm);
        hasher.update(bytes);
        hasher.finish().to_hex()
    }

    /// RFC 1321, FIPS 180-4 examples, and the sanity values of the xxHash specification's
    /// reference implementation for the empty input, seed 0.
    #[test]
    fn published_vectors() {
        let vectors: [(Algorithm, &[u8], &str); 11] = [
            (Algorithm::Md5, b"", "d41d8cd98f00b204e9800998ecf8427e"),
            (Algorithm::Md5, b"message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
            (
                Algorithm::Md5,
                b"12345678901234567890123456789012345678901234567890123456789012345678901234567890",
                "57edf4a22be3c955ac49da2e2107b67a",
            ),
            (Algorithm::Sha1, b"", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
            (
                Algorithm::Sha1,
                b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "84983e441c3bd26ebaae4aa1f95129e5e54670f1",
            ),
            (Algorithm::Xxh32, b"", "02cc5d05"),
            (Algorithm::Xxh64, b"", "ef46db3751d8e999"),
            (Algorithm::Xxh64, b"abc", "44bc2cf5ad770999"),
            (Algorithm::Xxh3, b"", "2d06800538d394c2"),
            (Algorithm::Xxh128, b"", "99aa06d3014798d86001c324468d497f"),
            (
                Algorithm::C4,
                b"abc",
                "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a\
                 2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
            ),
        ];
        for (algorithm, input, expected) in vectors {
            assert_eq!(one_shot(algorithm, input), expected, "{algorithm}");
        }
    }

    /// The files of the reference history of ASC MHL hold these two texts.
    #[test]
    fn reference_history_vectors() {
        assert_eq!(one_shot(Algorithm::Xxh64, b"abcd\n"), "0ea03b369a463d9d");
        assert_eq!(one_shot(Algorithm::Md5, b"abcd\n"), "f5ac8127b3b6b85cdc13f237c6005d80");
    }

    #[test]
    fn row_78_every_length_of_the_younger_xxhashes_equals_the_oracle() {
        let bytes: Vec<u8> = (0..4160u32).map(|i| (i % 251) as u8).collect();
        // An interpreter takes seconds for each.
        for len in (0..=bytes.len()).step_by(if cfg!(miri) { 260 } else { 1 }) {
            let bytes = &bytes[..len];
            let (xxh3, xxh128) =
                (xxhash_rust::xxh3::xxh3_64(bytes), xxhash_rust::xxh3::xxh3_128(bytes));
            assert_eq!(one_shot(Algorithm::Xxh3, bytes), format!("{xxh3:016x}"), "{len} bytes");
            assert_eq!(one_shot(Algorithm::Xxh128, bytes), format!("{xxh128:032x}"), "{len} bytes");
        }
    }

    proptest! {
        #[test]
        fn row_79_random_chunking_equals_one_shot(
            bytes in proptest::collection::vec(any::<u8>(), 0..if cfg!(miri) { 400 } else { 40_000 }),
            cuts in proptest::collection::vec(any::<proptest::sample::Index>(), 0..8),
        ) {
            let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
            cuts.sort_unstable();
            let mut set = HasherSet::new(&Algorithm::ALL);
            let mut from = 0;
            for cut in cuts.into_iter().chain([bytes.len()]) {
                set.update(&bytes[from..cut]);
                from = cut;
            }
            for value in set.finish() {
                prop_assert_eq!(one_shot(value.algorithm(), &bytes), value.to_hex());
            }
        }
    }

    #[test]
    fn row_81_two_blocks_swapped_differ() {
        let bytes: Vec<u8> = (0..4096u32).map(|i| (i % 251) as u8).collect();
        let mut swapped = bytes.clone();
        swapped[..64].copy_from_slice(&bytes[64..128]);
        swapped[64..128].copy_from_slice(&bytes[..64]);
        for algorithm in Algorithm::ALL {
            assert_ne!(one_shot(algorithm, &bytes), one_shot(algorithm, &swapped), "{algorithm}");
        }
    }
}
