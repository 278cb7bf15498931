//! MD5 (RFC 1321): its padding and the block functions that kernels compete with.

pub(crate) mod portable;
mod steps;

#[cfg(all(target_arch = "x86_64", target_pointer_width = "64", not(miri)))]
pub(crate) use steps::CONSTANTS;
pub(crate) use steps::steps;

use crate::{Backend, one_stream};

/// Bytes of a block.
pub(crate) const BLOCK: usize = 64;

/// The four chaining words, which are the digest once the padding is done.
pub(crate) type State = [u32; 4];

/// The chaining words of a stream without a byte.
pub(crate) const INITIAL: State = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476];

/// MD5, block by block.
pub(crate) enum Md5 {}

impl one_stream::BlockDigest for Md5 {
    type State = State;
    type Tail = [u8; 2 * BLOCK];
    type Digest = [u8; 16];

    const BLOCK: usize = BLOCK;
    const INITIAL: State = INITIAL;
    const EMPTY: Self::Tail = [0; 2 * BLOCK];

    fn lanes(backend: Backend) -> usize {
        backend.lanes()
    }

    fn compress(backend: Backend, state: &mut State, blocks: &[u8]) {
        backend.md5_one(state, blocks);
    }

    fn compress_many(backend: Backend, states: &mut [&mut State], inputs: &[&[u8]]) {
        backend.md5_many(states, inputs);
    }

    /// The length is the number of bits modulo 2^64, its lowest byte first.
    fn pad(tail: &mut [u8], begun: usize, bytes: u64) -> usize {
        one_stream::pad(tail, begun, BLOCK, &bytes.wrapping_mul(8).to_le_bytes())
    }

    fn digest(state: &State, _rest: &[u8], _bytes: u64) -> [u8; 16] {
        let mut digest = [0; 16];
        for (bytes, word) in digest.as_chunks_mut().0.iter_mut().zip(state) {
            *bytes = word.to_le_bytes();
        }
        digest
    }
}
