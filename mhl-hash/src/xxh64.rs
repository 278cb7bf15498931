//! XXH64 with seed 0, as the xxHash specification has it (its chapter "XXH64 algorithm
//! description"): its beginning and end, and the stripes in safe Rust.

use crate::{Backend, one_stream::BlockDigest};

const PRIME_1: u64 = 0x9e37_79b1_85eb_ca87;
const PRIME_2: u64 = 0xc2b2_ae3d_27d4_eb4f;
const PRIME_3: u64 = 0x1656_67b1_9e37_79f9;
const PRIME_4: u64 = 0x85eb_ca77_c2b2_ae63;
const PRIME_5: u64 = 0x27d4_eb2f_1656_67c5;

/// The two primes of a round, for kernels.
#[cfg(all(target_arch = "x86_64", target_pointer_width = "64", not(miri)))]
pub(crate) const ROUND: [u64; 2] = [PRIME_1, PRIME_2];

/// Bytes of a stripe: one word for each accumulator.
pub(crate) const STRIPE: usize = 32;

/// The four accumulators.
pub(crate) type Accumulators = [u64; 4];

/// XXH64, stripe by stripe.
pub(crate) enum Xxh64 {}

impl BlockDigest for Xxh64 {
    type State = Accumulators;
    type Tail = [u8; STRIPE];
    type Digest = u64;

    const BLOCK: usize = STRIPE;
    const INITIAL: Accumulators =
        [PRIME_1.wrapping_add(PRIME_2), PRIME_2, 0, 0u64.wrapping_sub(PRIME_1)];
    const EMPTY: Self::Tail = [0; STRIPE];

    fn lanes(backend: Backend) -> usize {
        backend.xxh64_lanes()
    }

    fn compress(backend: Backend, accumulators: &mut Accumulators, stripes: &[u8]) {
        backend.xxh64_one(accumulators, stripes);
    }

    fn compress_many(backend: Backend, states: &mut [&mut Accumulators], inputs: &[&[u8]]) {
        backend.xxh64_many(states, inputs);
    }

    fn pad(_tail: &mut [u8], _begun: usize, _bytes: u64) -> usize {
        0
    }

    fn digest(accumulators: &Accumulators, rest: &[u8], bytes: u64) -> u64 {
        let hash = if bytes < STRIPE as u64 {
            PRIME_5
        } else {
            let [a, b, c, d] = *accumulators;
            let sum = a
                .rotate_left(1)
                .wrapping_add(b.rotate_left(7))
                .wrapping_add(c.rotate_left(12))
                .wrapping_add(d.rotate_left(18));
            accumulators.iter().fold(sum, |sum, accumulator| {
                (sum ^ round(0, *accumulator)).wrapping_mul(PRIME_1).wrapping_add(PRIME_4)
            })
        };
        avalanche(remainder(hash.wrapping_add(bytes), rest))
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
