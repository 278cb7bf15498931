//! SHA-512 of one stream: the rounds in general registers, the message four words at a time in vectors.
//!
//! The rounds wait for one another, and the message does not: its vectors run in units that the rounds
//! leave idle. With BMI2 a rotation leaves its operand alone, which saves a move for each.

use core::{
    arch::x86_64::{
        _mm256_alignr_epi8, _mm256_loadu_si256, _mm256_permute2x128_si256, _mm256_storeu_si256,
        _mm256_zeroupper,
    },
    hint::black_box,
};

use super::{
    avx2::Avx2,
    avx512::Avx512,
    vectors::{eighty, ymm, ymm_ternary},
};
use crate::sha512::{BLOCK, CONSTANTS, State};

impl Avx2 {
    /// Takes whole blocks into one state.
    pub(crate) fn sha512_one(self, state: &mut State, blocks: &[u8]) {
        // SAFETY: the token proves the features.
        unsafe { in_ymm(state, blocks) }
    }
}

impl Avx512 {
    /// Takes whole blocks into one state.
    pub(crate) fn sha512_one(self, state: &mut State, blocks: &[u8]) {
        // SAFETY: the token proves the features.
        unsafe { in_ymm_ternary(state, blocks) }
    }
}

/// The block function (FIPS 180-4, section 6.4.2) with the message in the registers of a module of
/// [`super::vectors`].
macro_rules! kernel {
    ($name:ident, $vectors:ident, $features:literal) => {
        #[target_feature(enable = $features)]
        fn $name(state: &mut State, blocks: &[u8]) {
            use $vectors::{
                Vector, add_64, big_endian_64, rotate_right_64 as rotate, shift_right_64 as shift,
                xor_3,
            };

            /// The 16 words that are next, and with the constants of their rounds added, for general
            /// registers.
            type Message<'a> = (&'a mut [Vector; 4], &'a mut [[u64; 4]; 4]);

            #[inline]
            #[target_feature(enable = $features)]
            fn round<const ROUND: usize>(
                [a, b, c, d, e, f, g, h]: [u64; 8],
                (words, sums): &mut Message<'_>,
            ) -> [u64; 8] {
                let y = e.rotate_right(14) ^ e.rotate_right(18) ^ e.rotate_right(41);
                let h = h.wrapping_add(sums[ROUND / 4 % 4][ROUND % 4]);
                let h = h.wrapping_add((e & f) ^ (!e & g)).wrapping_add(y);
                let x = a.rotate_right(28) ^ a.rotate_right(34) ^ a.rotate_right(39);
                // `b ^ c` is the `a ^ b` of the round before.
                let majority = (a ^ b) & (b ^ c) ^ b;
                if ROUND % 4 == 3 && ROUND < 64 {
                    let four = ROUND / 4;
                    let next = next([0, 1, 2, 3].map(|i| words[(four + i) % 4]));
                    words[four % 4] = next;
                    add_constants(next, four + 4, &mut sums[four % 4]);
                }
                [h.wrapping_add(x).wrapping_add(majority), a, b, c, d.wrapping_add(h), e, f, g]
            }

            /// The four words behind these 16.
            #[inline]
            #[target_feature(enable = $features)]
            fn next([a, b, c, d]: [Vector; 4]) -> Vector {
                let x = behind_first(a, b);
                let x = xor_3(rotate::<1>(x), rotate::<8>(x), shift::<7>(x));
                let sum = add_64(add_64(a, x), behind_first(c, d));
                // Two of the four need the other two.
                let y = _mm256_permute2x128_si256::<0x81>(d, d);
                let y = xor_3(rotate::<19>(y), rotate::<61>(y), shift::<6>(y));
                let sum = add_64(sum, y);
                let y = _mm256_permute2x128_si256::<0x08>(sum, sum);
                let y = xor_3(rotate::<19>(y), rotate::<61>(y), shift::<6>(y));
                add_64(sum, y)
            }

            /// The last three words of `a` and the first of `b`.
            #[inline]
            #[target_feature(enable = $features)]
            fn behind_first(a: Vector, b: Vector) -> Vector {
                _mm256_alignr_epi8::<8>(_mm256_permute2x128_si256::<0x21>(a, b), a)
            }

            #[inline]
            #[target_feature(enable = $features)]
            fn add_constants(words: Vector, four: usize, sums: &mut [u64; 4]) {
                let constants = &CONSTANTS.as_chunks::<4>().0[four];
                // SAFETY: four words are 32 bytes.
                unsafe {
                    let constants = _mm256_loadu_si256(constants.as_ptr().cast());
                    _mm256_storeu_si256(sums.as_mut_ptr().cast(), add_64(words, constants));
                }
                // Compilers would take the sums from the vector one by one: slower than from memory.
                black_box(sums);
            }

            debug_assert_eq!(blocks.len() % BLOCK, 0);
            for block in blocks.as_chunks::<BLOCK>().0 {
                let mut words = [0, 1, 2, 3].map(|four| {
                    // SAFETY: 32 of the 128 bytes.
                    big_endian_64(unsafe { _mm256_loadu_si256(block[32 * four..].as_ptr().cast()) })
                });
                let mut sums = [[0; 4]; 4];
                for (four, sums) in sums.iter_mut().enumerate() {
                    add_constants(words[four], four, sums);
                }
                let mut message = (&mut words, &mut sums);
                let mut rounds = *state;
                eighty!(rounds = round(&mut message));
                for (sum, word) in state.iter_mut().zip(rounds) {
                    *sum = sum.wrapping_add(word);
                }
            }
            _mm256_zeroupper();
        }
    };
}
kernel!(in_ymm, ymm, "avx2,bmi1,bmi2");
kernel!(in_ymm_ternary, ymm_ternary, "avx512f,avx512bw,avx512vl,bmi1,bmi2");
