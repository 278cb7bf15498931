//! SHA-1 of up to 8 streams in AVX2 and 16 in AVX-512: each lane one stream.
//!
//! The 16 words of the message stand in registers where there are 32 of them. Each makes room for the word
//! of 16 rounds later as soon as it is used, so that no round waits for its word.
//! Up to 8 streams, registers of 256 bits take half the time of 512.

use core::{arch::x86_64::_mm256_zeroupper, mem::transmute};

use super::{
    Table,
    avx2::Avx2,
    avx512::Avx512,
    by_state, by_word,
    vectors::{eighty, ymm, ymm_ternary, zmm},
};
use crate::sha1::{BLOCK, State};

impl Avx2 {
    /// Lanes of the kernel of SHA-1.
    pub(crate) const SHA1_LANES: usize = ymm::LANES_32;

    /// Takes the whole blocks of each input, as many as the shortest has, into the state beside it:
    /// up to [`Avx2::SHA1_LANES`] of them.
    pub(crate) fn sha1(self, states: &mut [&mut State], inputs: &[&[u8]]) {
        debug_assert!(states.len() == inputs.len() && states.len() <= Self::SHA1_LANES);
        // SAFETY: the token proves the feature.
        unsafe { in_ymm(states, inputs) }
    }
}

impl Avx512 {
    /// Lanes of the widest kernel of SHA-1.
    pub(crate) const SHA1_LANES: usize = zmm::LANES_32;

    /// Takes the whole blocks of each input, as many as the shortest has, into the state beside it:
    /// up to [`Avx512::SHA1_LANES`] of them.
    pub(crate) fn sha1(self, states: &mut [&mut State], inputs: &[&[u8]]) {
        debug_assert!(states.len() == inputs.len() && states.len() <= Self::SHA1_LANES);
        // SAFETY: the token proves the features.
        unsafe {
            if states.len() <= ymm_ternary::LANES_32 {
                in_ymm_ternary(states, inputs);
            } else {
                in_zmm(states, inputs);
            }
        }
    }
}

/// The block function (FIPS 180-4, section 6.1.2) in the registers of a module of [`super::vectors`].
macro_rules! kernel {
    ($name:ident, $vectors:ident, $features:literal) => {
        #[target_feature(enable = $features)]
        fn $name(states: &mut [&mut State], inputs: &[&[u8]]) {
            use $vectors::{
                LANES_32, Vector, add_32, choose, majority, message_32, rotate_left_32, splat_32,
                xor, xor_3,
            };

            #[inline]
            #[target_feature(enable = $features)]
            fn round<const ROUND: usize>(
                [a, b, c, d, e]: [Vector; 5],
                message: &mut [Vector; 16],
            ) -> [Vector; 5] {
                let (function, constant) = match ROUND / 20 {
                    0 => (choose(b, c, d), 0x5a82_7999),
                    1 => (xor_3(b, c, d), 0x6ed9_eba1),
                    2 => (majority(b, c, d), 0x8f1b_bcdc),
                    _ => (xor_3(b, c, d), 0xca62_c1d6),
                };
                let word = |ahead: usize| message[(ROUND + ahead) % 16];
                let e = add_32(e, add_32(word(0), splat_32(constant)));
                let e = add_32(add_32(e, function), rotate_left_32::<5>(a));
                if ROUND < 64 {
                    let sum = xor(xor_3(word(0), word(2), word(8)), word(13));
                    // That of 16 rounds later.
                    message[ROUND % 16] = rotate_left_32::<1>(sum);
                }
                [e, a, rotate_left_32::<30>(b), c, d]
            }

            let table = Table::<LANES_32, BLOCK>::new(inputs);
            type Lanes = [[u32; LANES_32]; 5];
            // SAFETY: a vector is the words of its lanes, which may have any value.
            let mut words = unsafe { transmute::<Lanes, [Vector; 5]>(by_word(states)) };
            for block in 0..table.blocks {
                // SAFETY: every lane has so many blocks.
                let mut message = unsafe { message_32(&table.pointers, block * BLOCK) };
                let before = words;
                eighty!(words = round(&mut message));
                for (word, before) in words.iter_mut().zip(before) {
                    *word = add_32(*word, before);
                }
            }
            // SAFETY: as above.
            let lanes = unsafe { transmute::<[Vector; 5], Lanes>(words) };
            _mm256_zeroupper();
            by_state(&lanes, states);
        }
    };
}
kernel!(in_ymm, ymm, "avx2");
kernel!(in_ymm_ternary, ymm_ternary, "avx512f,avx512bw,avx512vl");
kernel!(in_zmm, zmm, "avx512f,avx512bw,avx512vl");
