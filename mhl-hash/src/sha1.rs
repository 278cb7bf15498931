//! SHA-1 (FIPS 180-4, section 6.1): the block function of one stream.

/// Bytes of a block.
pub(crate) const BLOCK: usize = 64;

/// The five words of the hash value, which are the digest once the padding is done.
pub(crate) type State = [u32; 5];

/// The hash value of a stream without a byte (section 5.3.1).
pub(crate) const INITIAL: State = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0];

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
