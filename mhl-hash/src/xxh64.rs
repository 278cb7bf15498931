//! XXH64 with seed 0, as the xxHash specification has it (its chapter "XXH64 algorithm
//! description"): the hasher of one stream, and the stripes in safe Rust.

use crate::Backend;

const PRIME_1: u64 = 0x9e37_79b1_85eb_ca87;
const PRIME_2: u64 = 0xc2b2_ae3d_27d4_eb4f;
const PRIME_3: u64 = 0x1656_67b1_9e37_79f9;
const PRIME_4: u64 = 0x85eb_ca77_c2b2_ae63;
const PRIME_5: u64 = 0x27d4_eb2f_1656_67c5;

/// The two primes of a round, for kernels.
#[cfg(all(target_arch = "x86_64", not(miri)))]
pub(crate) const ROUND: [u64; 2] = [PRIME_1, PRIME_2];

/// Bytes of a stripe: one word for each accumulator.
pub(crate) const STRIPE: usize = 32;

/// The four accumulators.
pub(crate) type Accumulators = [u64; 4];

/// XXH64 of one stream.
#[derive(Clone)]
pub(crate) struct Xxh64 {
    backend: Backend,
    accumulators: Accumulators,
    /// Bytes so far.
    bytes: u64,
    /// The `bytes % STRIPE` bytes that fill no stripe yet.
    tail: [u8; STRIPE],
}

impl Xxh64 {
    /// A stream without a byte.
    pub(crate) fn new(backend: Backend) -> Self {
        let accumulators = [PRIME_1.wrapping_add(PRIME_2), PRIME_2, 0, 0u64.wrapping_sub(PRIME_1)];
        Xxh64 { backend, accumulators, bytes: 0, tail: [0; STRIPE] }
    }

    /// Takes the next bytes.
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        let taken = self.fill(bytes);
        let bytes = &bytes[taken..];
        let (stripes, rest) = bytes.split_at(bytes.len() - bytes.len() % STRIPE);
        self.backend.xxh64_one(&mut self.accumulators, stripes);
        self.advance(stripes.len());
        if !rest.is_empty() {
            self.fill(rest);
        }
    }

    /// Takes bytes until the stripe that was begun is full, all of them if they don't fill it, none
    /// if no stripe was begun and a whole one follows. Returns how many.
    pub(crate) fn fill(&mut self, bytes: &[u8]) -> usize {
        let begun = self.begun();
        if begun == 0 && bytes.len() >= STRIPE {
            return 0;
        }
        let taken = bytes.len().min(STRIPE - begun);
        self.tail[begun..begun + taken].copy_from_slice(&bytes[..taken]);
        self.advance(taken);
        if taken > 0 && self.begun() == 0 {
            self.backend.xxh64_one(&mut self.accumulators, &self.tail);
        }
        taken
    }

    /// The accumulators, for kernels that take stripes of several streams; whoever puts stripes
    /// into them says so to [`Xxh64::advance`].
    pub(crate) fn accumulators_mut(&mut self) -> &mut Accumulators {
        debug_assert_eq!(self.begun(), 0);
        &mut self.accumulators
    }

    /// Counts bytes that were taken.
    pub(crate) fn advance(&mut self, bytes: usize) {
        self.bytes = self.bytes.wrapping_add(bytes as u64);
    }

    /// The digest.
    pub(crate) fn finish(&self) -> u64 {
        let [a, b, c, d] = self.accumulators;
        let hash = if self.bytes < STRIPE as u64 {
            PRIME_5
        } else {
            let sum = a
                .rotate_left(1)
                .wrapping_add(b.rotate_left(7))
                .wrapping_add(c.rotate_left(12))
                .wrapping_add(d.rotate_left(18));
            self.accumulators.iter().fold(sum, |sum, accumulator| {
                (sum ^ round(0, *accumulator)).wrapping_mul(PRIME_1).wrapping_add(PRIME_4)
            })
        };
        avalanche(remainder(hash.wrapping_add(self.bytes), &self.tail[..self.begun()]))
    }

    fn begun(&self) -> usize {
        (self.bytes % STRIPE as u64) as usize
    }
}

/// Takes whole stripes into the accumulators.
pub(crate) fn stripes(accumulators: &mut Accumulators, stripes: &[u8]) {
    let mut sums = *accumulators;
    for stripe in stripes.as_chunks::<STRIPE>().0 {
        for (sum, word) in sums.iter_mut().zip(stripe.as_chunks().0) {
            *sum = round(*sum, u64::from_le_bytes(*word));
        }
    }
    *accumulators = sums;
}

fn round(accumulator: u64, word: u64) -> u64 {
    accumulator.wrapping_add(word.wrapping_mul(PRIME_2)).rotate_left(31).wrapping_mul(PRIME_1)
}

/// The bytes after the last stripe.
fn remainder(mut hash: u64, tail: &[u8]) -> u64 {
    let (words, tail) = tail.as_chunks::<8>();
    for word in words {
        hash ^= round(0, u64::from_le_bytes(*word));
        hash = hash.rotate_left(27).wrapping_mul(PRIME_1).wrapping_add(PRIME_4);
    }
    let (halves, tail) = tail.as_chunks::<4>();
    for half in halves {
        hash ^= u64::from(u32::from_le_bytes(*half)).wrapping_mul(PRIME_1);
        hash = hash.rotate_left(23).wrapping_mul(PRIME_2).wrapping_add(PRIME_3);
    }
    for byte in tail {
        hash ^= u64::from(*byte).wrapping_mul(PRIME_5);
        hash = hash.rotate_left(11).wrapping_mul(PRIME_1);
    }
    hash
}

fn avalanche(mut hash: u64) -> u64 {
    hash = (hash ^ hash >> 33).wrapping_mul(PRIME_2);
    hash = (hash ^ hash >> 29).wrapping_mul(PRIME_3);
    hash ^ hash >> 32
}
