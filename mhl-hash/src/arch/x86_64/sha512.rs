//! SHA-512 of up to 4 streams in AVX2 and 8 in AVX-512: each lane one stream. As in SHA-1.

use core::{arch::x86_64::_mm256_zeroupper, mem::transmute};

use super::{
    Table,
    avx2::Avx2,
    avx512::Avx512,
    by_state, by_word,
    vectors::{eighty, ymm, ymm_ternary, zmm},
};
use crate::sha512::{BLOCK, CONSTANTS, State};

impl Avx2 {
    /// Lanes of the kernel of SHA-512.
    pub(crate) const SHA512_LANES: usize = ymm::LANES_64;

    /// Takes the whole blocks of each input, as many as the shortest has, into the state beside it:
    /// up to [`Avx2::SHA512_LANES`] of them.
    pub(crate) fn sha512(self, states: &mut [&mut State], inputs: &[&[u8]]) {
        debug_assert!(states.len() == inputs.len() && states.len() <= Self::SHA512_LANES);
        // SAFETY: the token proves the feature.
        unsafe { in_ymm(states, inputs) }
    }
}

impl Avx512 {
    /// Lanes of the widest kernel of SHA-512.
    pub(crate) const SHA512_LANES: usize = zmm::LANES_64;

    /// Takes the whole blocks of each input, as many as the shortest has, into the state beside it:
    /// up to [`Avx512::SHA512_LANES`] of them.
    pub(crate) fn sha512(self, states: &mut [&mut State], inputs: &[&[u8]]) {
        debug_assert!(states.len() == inputs.len() && states.len() <= Self::SHA512_LANES);
        // SAFETY: the token proves the features.
        unsafe {
            if states.len() <= ymm_ternary::LANES_64 {
                in_ymm_ternary(states, inputs);
            } else {
                in_zmm(states, inputs);
            }
        }
    }
}

/// The block function (FIPS 180-4, section 6.4.2) in the registers of a module of [`super::vectors`].
macro_rules! kernel {
    ($name:ident, $vectors:ident, $features:literal) => {
        #[target_feature(enable = $features)]
        fn $name(states: &mut [&mut State], inputs: &[&[u8]]) {
            use $vectors::{
                LANES_64, Vector, add_64, choose, majority, message_64, rotate_right_64 as rotate,
                shift_right_64 as shift, splat_64, xor_3,
            };

            #[inline]
            #[target_feature(enable = $features)]
            fn round<const ROUND: usize>(
                [a, b, c, d, e, f, g, h]: [Vector; 8],
                message: &mut [Vector; 16],
            ) -> [Vector; 8] {
                let word = |ahead: usize| message[(ROUND + ahead) % 16];
                let sigma_e = xor_3(rotate::<14>(e), rotate::<18>(e), rotate::<41>(e));
                let h = add_64(h, add_64(word(0), splat_64(CONSTANTS[ROUND])));
                let h = add_64(h, choose(e, f, g));
                // One sum more than needed, so that of those to the next `e` only one waits for
                // `sigma_e`.
                let next_e = add_64(add_64(d, h), sigma_e);
                let h = add_64(h, sigma_e);
                let sigma_a = xor_3(rotate::<28>(a), rotate::<34>(a), rotate::<39>(a));
                let next_a = add_64(h, add_64(majority(a, b, c), sigma_a));
                if ROUND < 64 {
                    let (x, y) = (word(1), word(14));
                    let sigma_0 = xor_3(rotate::<1>(x), rotate::<8>(x), shift::<7>(x));
                    let sigma_1 = xor_3(rotate::<19>(y), rotate::<61>(y), shift::<6>(y));
                    // That of 16 rounds later.
                    message[ROUND % 16] =
                        add_64(add_64(word(0), sigma_0), add_64(word(9), sigma_1));
                }
                [next_a, a, b, c, next_e, e, f, g]
            }

            let table = Table::<LANES_64, BLOCK>::new(inputs);
            type Lanes = [[u64; LANES_64]; 8];
            // SAFETY: a vector is the words of its lanes, which may have any value.
            let mut words = unsafe { transmute::<Lanes, [Vector; 8]>(by_word(states)) };
            for block in 0..table.blocks {
                // SAFETY: every lane has so many blocks.
                let mut message = unsafe { message_64(&table.pointers, block * BLOCK) };
                let before = words;
                eighty!(words = round(&mut message));
                for (word, before) in words.iter_mut().zip(before) {
                    *word = add_64(*word, before);
                }
            }
            // SAFETY: as above.
            let lanes = unsafe { transmute::<[Vector; 8], Lanes>(words) };
            _mm256_zeroupper();
            by_state(&lanes, states);
        }
    };
}
kernel!(in_ymm, ymm, "avx2");
kernel!(in_ymm_ternary, ymm_ternary, "avx512f,avx512bw,avx512vl");
kernel!(in_zmm, zmm, "avx512f,avx512bw,avx512vl");
