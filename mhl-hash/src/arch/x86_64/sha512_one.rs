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
    vectors::{
        eighty,
        ymm::{
            Vector, add_64, big_endian_64, rotate_right_64 as rotate, shift_right_64 as shift,
            xor_3,
        },
    },
};
use crate::sha512::{BLOCK, CONSTANTS, State};

impl Avx2 {
    /// Takes whole blocks into one state.
    pub(crate) fn sha512_one(self, state: &mut State, blocks: &[u8]) {
        // SAFETY: the token proves the features.
        unsafe { compress(state, blocks) }
    }
}

impl Avx512 {
    /// Takes whole blocks into one state, as [`Avx2::sha512_one`] does: wider registers gain nothing.
    pub(crate) fn sha512_one(self, state: &mut State, blocks: &[u8]) {
        self.avx2.sha512_one(state, blocks);
    }
}

/// The 16 words of the message that are next.
struct Message<'a> {
    words: [Vector; 4],
    /// Each with the constant of its round: in memory, and so not here.
    sums: &'a mut [[u64; 4]; 4],
}

/// The block function (FIPS 180-4, section 6.4.2).
#[target_feature(enable = "avx2,bmi1,bmi2")]
fn compress(state: &mut State, blocks: &[u8]) {
    debug_assert_eq!(blocks.len() % BLOCK, 0);
    for block in blocks.as_chunks::<BLOCK>().0 {
        let words = [0, 1, 2, 3].map(|four| {
            // SAFETY: 32 of the 128 bytes.
            big_endian_64(unsafe { _mm256_loadu_si256(block[32 * four..].as_ptr().cast()) })
        });
        let mut sums = [[0; 4]; 4];
        for (four, (words, sums)) in words.into_iter().zip(&mut sums).enumerate() {
            add_constants(words, four, sums);
        }
        let mut message = Message { words, sums: &mut sums };
        let mut words = *state;
        eighty!(words = round(&mut message));
        for (sum, word) in state.iter_mut().zip(words) {
            *sum = sum.wrapping_add(word);
        }
    }
    _mm256_zeroupper();
}

#[inline]
#[target_feature(enable = "avx2,bmi1,bmi2")]
fn round<const ROUND: usize>(
    [a, b, c, d, e, f, g, h]: [u64; 8],
    message: &mut Message<'_>,
) -> [u64; 8] {
    let sigma_e = e.rotate_right(14) ^ e.rotate_right(18) ^ e.rotate_right(41);
    let h = h.wrapping_add(message.sums[ROUND / 4 % 4][ROUND % 4]);
    let h = h.wrapping_add((e & f) ^ (!e & g));
    // One sum more than needed, so that of those to the next `e` only one waits for `sigma_e`.
    let next_e = d.wrapping_add(h).wrapping_add(sigma_e);
    let sigma_a = a.rotate_right(28) ^ a.rotate_right(34) ^ a.rotate_right(39);
    // `b ^ c` is the `a ^ b` of the round before.
    let majority = (a ^ b) & (b ^ c) ^ b;
    let next_a = h.wrapping_add(sigma_e).wrapping_add(sigma_a).wrapping_add(majority);
    if ROUND % 4 == 3 && ROUND < 64 {
        let four = ROUND / 4;
        let next = following([0, 1, 2, 3].map(|further| message.words[(four + further) % 4]));
        message.words[four % 4] = next;
        add_constants(next, four + 4, &mut message.sums[four % 4]);
    }
    [next_a, a, b, c, next_e, e, f, g]
}

/// The four words that follow these 16.
#[inline]
#[target_feature(enable = "avx2,bmi1,bmi2")]
fn following([a, b, c, d]: [Vector; 4]) -> Vector {
    let second = but_first(a, b);
    let sigma_0 = xor_3(rotate::<1>(second), rotate::<8>(second), shift::<7>(second));
    let sum = add_64(add_64(a, sigma_0), but_first(c, d));
    // The first two need the last two of `d`, and the last two the first two.
    let sum = add_64(sum, sigma_1(_mm256_permute2x128_si256::<0x81>(d, d)));
    add_64(sum, sigma_1(_mm256_permute2x128_si256::<0x08>(sum, sum)))
}

/// The last three words of `a` and the first of `b`.
#[inline]
#[target_feature(enable = "avx2,bmi1,bmi2")]
fn but_first(a: Vector, b: Vector) -> Vector {
    _mm256_alignr_epi8::<8>(_mm256_permute2x128_si256::<0x21>(a, b), a)
}

/// The function that the specification calls so, in small letters. It leaves zero as it is.
#[inline]
#[target_feature(enable = "avx2,bmi1,bmi2")]
fn sigma_1(words: Vector) -> Vector {
    xor_3(rotate::<19>(words), rotate::<61>(words), shift::<6>(words))
}

/// The sums of these words, the four that begin with `4 * four`, and the constants of their rounds.
#[inline]
#[target_feature(enable = "avx2,bmi1,bmi2")]
fn add_constants(words: Vector, four: usize, sums: &mut [u64; 4]) {
    let constants = &CONSTANTS.as_chunks::<4>().0[four];
    // SAFETY: four words are 32 bytes.
    unsafe {
        let constants = _mm256_loadu_si256(constants.as_ptr().cast());
        _mm256_storeu_si256(sums.as_mut_ptr().cast(), add_64(words, constants));
    }
    // Compilers would take the sums out of the vector one by one, which is slower than from memory.
    black_box(sums);
}
