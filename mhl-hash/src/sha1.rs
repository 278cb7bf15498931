//! SHA-1 (FIPS 180-4, section 6.1): the block function of one stream.

use crate::{
    Backend,
    one_stream::{self, BlockDigest},
};

/// Bytes of a block.
pub(crate) const BLOCK: usize = 64;

/// The five words of the hash value, which are the digest once the padding is done.
pub(crate) type State = [u32; 5];

/// The hash value of a stream without a byte (section 5.3.1).
pub(crate) const INITIAL: State = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0];

/// SHA-1, block by block.
pub(crate) enum Sha1 {}

impl BlockDigest for Sha1 {
    type State = State;
    type Tail = [u8; 2 * BLOCK];
    type Digest = [u8; 20];

    const BLOCK: usize = BLOCK;
    const INITIAL: State = INITIAL;
    const EMPTY: Self::Tail = [0; 2 * BLOCK];

    fn lanes(backend: Backend) -> usize {
        backend.sha1_lanes()
    }

    fn compress(backend: Backend, state: &mut State, blocks: &[u8]) {
        backend.sha1_one(state, blocks);
    }

    fn compress_many(backend: Backend, states: &mut [&mut State], inputs: &[&[u8]]) {
        backend.sha1_many(states, inputs);
    }

    /// The length is the number of bits modulo 2^64, its highest byte first (section 5.1.1).
    fn pad(tail: &mut [u8], begun: usize, bytes: u64) -> usize {
        one_stream::pad(tail, begun, BLOCK, &bytes.wrapping_mul(8).to_be_bytes())
    }

    fn digest(state: &State, _rest: &[u8], _bytes: u64) -> [u8; 20] {
        let mut digest = [0; 20];
        for (bytes, word) in digest.as_chunks_mut().0.iter_mut().zip(state) {
            *bytes = word.to_be_bytes();
        }
        digest
    }
}

/// Takes whole blocks into one state: by the SHA instructions where the processor has them.
pub(crate) fn compress(state: &mut State, blocks: &[u8]) {
    let (blocks, rest) = blocks.as_chunks();
    debug_assert!(rest.is_empty());
    sha1::block_api::compress(state, blocks);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first example of FIPS 180-4, padded by hand.
    #[test]
    fn the_block_of_abc_gives_the_published_digest() {
        let mut block = [0; BLOCK];
        block[..4].copy_from_slice(b"abc\x80");
        block[BLOCK - 1] = 24;
        let mut state = INITIAL;
        compress(&mut state, &block);
        assert_eq!(state, [0xa999_3e36, 0x4706_816a, 0xba3e_2571, 0x7850_c26c, 0x9cd0_d89d]);
    }
}
