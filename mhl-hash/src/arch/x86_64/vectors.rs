//! The operations in which the rounds of SHA-1 and SHA-512 are written, for each kind of register.
//!
//! All modules have the same names: a kernel is its rounds, the name of a module and the features that
//! the module needs. A `Vector` is one word of every lane: 32 bits of `LANES_32` streams, or 64 bits of
//! `LANES_64`.
//!
//! | operation | of each lane |
//! |---|---|
//! | `splat_32`, `splat_64` | the same word |
//! | `add_32`, `add_64` | the sum, without its carry |
//! | `rotate_left_32`, `rotate_right_64`, `shift_right_64` | by a constant number of bits |
//! | `xor`, `xor_3` | the bits that an odd number of words have |
//! | `choose(a, b, c)` | the bits of `b` where `a` has ones, of `c` where it has zeros |
//! | `majority(a, b, c)` | the bits that two of the three have |
//! | `message_32`, `message_64` | the 16 words of a block |

use core::arch::x86_64::{__m128i, _mm_set_epi64x};

/// Defines a module's operations, and in them how it reads a message.
///
/// A message is transposed in pieces of 16 bytes, as registers of every kind move them alike: the pieces
/// of four lanes (for words of 64 bits, two) in as many registers, beside each that of a lane four (two)
/// further, and so on.
macro_rules! operations {
    (
        $vector:ident, $features:literal
        $($name:ident $([const $bits:ident: $type:ty])? ($($argument:ident),*) $does:expr;)*
    ) => {
        pub(in super::super) type Vector = $vector;
        pub(in super::super) const LANES_32: usize = size_of::<Vector>() / 4;
        pub(in super::super) const LANES_64: usize = size_of::<Vector>() / 8;

        $(
            #[inline]
            #[target_feature(enable = $features)]
            pub(in super::super) fn $name<$(const $bits: $type)?>(
                $($argument: Vector),*
            ) -> Vector {
                $does
            }
        )*

        /// The 16 words of 32 bits, most significant byte first, of each lane's block at `offset`.
        ///
        /// # Safety
        /// Behind every pointer are 64 bytes at `offset`.
        #[inline]
        #[target_feature(enable = $features)]
        pub(in super::super) unsafe fn message_32(
            lanes: &[*const u8; LANES_32],
            offset: usize,
        ) -> [Vector; 16] {
            let mut message = [splat_32(0); 16];
            for (i, words) in message.as_chunks_mut::<4>().0.iter_mut().enumerate() {
                let mut pieces = [splat_32(0); 4];
                for (lane, piece) in pieces.iter_mut().enumerate() {
                    // SAFETY: 16 of the 64 bytes.
                    let bytes = unsafe { pieces_of::<4>(&lanes[lane..], offset + 16 * i) };
                    *piece = big_endian_32(bytes);
                }
                let [a, b, c, d] = pieces;
                let (ab, cd) = (low_32(a, b), low_32(c, d));
                [words[0], words[1]] = [low_64(ab, cd), high_64(ab, cd)];
                let (ab, cd) = (high_32(a, b), high_32(c, d));
                [words[2], words[3]] = [low_64(ab, cd), high_64(ab, cd)];
            }
            message
        }

        /// The 16 words of 64 bits, most significant byte first, of each lane's block at `offset`.
        ///
        /// # Safety
        /// Behind every pointer are 128 bytes at `offset`.
        #[inline]
        #[target_feature(enable = $features)]
        pub(in super::super) unsafe fn message_64(
            lanes: &[*const u8; LANES_64],
            offset: usize,
        ) -> [Vector; 16] {
            let mut message = [splat_32(0); 16];
            for (i, words) in message.as_chunks_mut::<2>().0.iter_mut().enumerate() {
                let mut pieces = [splat_32(0); 2];
                for (lane, piece) in pieces.iter_mut().enumerate() {
                    // SAFETY: 16 of the 128 bytes.
                    let bytes = unsafe { pieces_of::<2>(&lanes[lane..], offset + 16 * i) };
                    *piece = big_endian_64(bytes);
                }
                let [a, b] = pieces;
                *words = [low_64(a, b), high_64(a, b)];
            }
            message
        }
    };
}

/// For each byte of a big-endian word the one that it is in memory.
#[inline]
#[target_feature(enable = "sse2")]
fn bytes_of_32() -> __m128i {
    _mm_set_epi64x(0x0c0d_0e0f_0809_0a0b, 0x0405_0607_0001_0203)
}

/// For each byte of a big-endian word the one that it is in memory.
#[inline]
#[target_feature(enable = "sse2")]
fn bytes_of_64() -> __m128i {
    _mm_set_epi64x(0x0809_0a0b_0c0d_0e0f, 0x0001_0203_0405_0607)
}

/// 256 bits in AVX2: a rotation is three operations, a function of three words two or three.
pub(super) mod ymm {
    use core::arch::x86_64::*;

    use super::{bytes_of_32, bytes_of_64};

    operations! {
        __m256i, "avx2"
        add_32(a, b) _mm256_add_epi32(a, b);
        add_64(a, b) _mm256_add_epi64(a, b);
        rotate_left_32[const BITS: i32](a) {
            let low = _mm256_srl_epi32(a, _mm_cvtsi32_si128(32 - BITS));
            _mm256_or_si256(_mm256_slli_epi32::<BITS>(a), low)
        };
        rotate_right_64[const BITS: i32](a) {
            let high = _mm256_sll_epi64(a, _mm_cvtsi32_si128(64 - BITS));
            _mm256_or_si256(_mm256_srli_epi64::<BITS>(a), high)
        };
        shift_right_64[const BITS: i32](a) _mm256_srli_epi64::<BITS>(a);
        xor(a, b) _mm256_xor_si256(a, b);
        xor_3(a, b, c) xor(xor(a, b), c);
        choose(a, b, c) xor(c, _mm256_and_si256(a, xor(b, c)));
        majority(a, b, c) xor(b, _mm256_and_si256(xor(a, b), xor(b, c)));
        low_32(a, b) _mm256_unpacklo_epi32(a, b);
        high_32(a, b) _mm256_unpackhi_epi32(a, b);
        low_64(a, b) _mm256_unpacklo_epi64(a, b);
        high_64(a, b) _mm256_unpackhi_epi64(a, b);
        big_endian_32(a) _mm256_shuffle_epi8(a, _mm256_broadcastsi128_si256(bytes_of_32()));
        big_endian_64(a) _mm256_shuffle_epi8(a, _mm256_broadcastsi128_si256(bytes_of_64()));
    }

    /// The same word in every lane.
    #[inline]
    #[target_feature(enable = "avx2")]
    pub(in super::super) fn splat_32(word: u32) -> Vector {
        _mm256_set1_epi32(word.cast_signed())
    }

    /// The same word in every lane.
    #[inline]
    #[target_feature(enable = "avx2")]
    pub(in super::super) fn splat_64(word: u64) -> Vector {
        _mm256_set1_epi64x(word.cast_signed())
    }

    /// The 16 bytes at `offset` of the first lane and beside them those of every `STEP`th further.
    ///
    /// # Safety
    /// Behind these pointers are 16 bytes at `offset`.
    #[inline]
    #[target_feature(enable = "avx2")]
    pub(super) unsafe fn pieces_of<const STEP: usize>(
        lanes: &[*const u8],
        offset: usize,
    ) -> Vector {
        let [a, b] = [0, STEP].map(|lane| {
            // SAFETY: the caller's.
            unsafe { _mm_loadu_si128(lanes[lane].add(offset).cast()) }
        });
        _mm256_set_m128i(b, a)
    }
}

/// 256 bits in AVX-512: each of them is one.
pub(super) mod ymm_ternary {
    use core::arch::x86_64::*;

    pub(in super::super) use super::ymm::{
        add_32, add_64, shift_right_64, splat_32, splat_64, xor,
    };
    use super::ymm::{big_endian_32, big_endian_64, high_32, high_64, low_32, low_64, pieces_of};

    operations! {
        __m256i, "avx512f,avx512bw,avx512vl"
        rotate_left_32[const BITS: i32](a) _mm256_rol_epi32::<BITS>(a);
        rotate_right_64[const BITS: i32](a) _mm256_ror_epi64::<BITS>(a);
        xor_3(a, b, c) _mm256_ternarylogic_epi32::<0x96>(a, b, c);
        choose(a, b, c) _mm256_ternarylogic_epi32::<0xca>(a, b, c);
        majority(a, b, c) _mm256_ternarylogic_epi32::<0xe8>(a, b, c);
    }
}

/// 512 bits in AVX-512.
pub(super) mod zmm {
    use core::arch::x86_64::*;

    use super::{bytes_of_32, bytes_of_64};

    operations! {
        __m512i, "avx512f,avx512bw,avx512vl"
        add_32(a, b) _mm512_add_epi32(a, b);
        add_64(a, b) _mm512_add_epi64(a, b);
        rotate_left_32[const BITS: i32](a) _mm512_rol_epi32::<BITS>(a);
        rotate_right_64[const BITS: i32](a) _mm512_ror_epi64::<BITS>(a);
        shift_right_64[const BITS: u32](a) _mm512_srli_epi64::<BITS>(a);
        xor(a, b) _mm512_xor_si512(a, b);
        xor_3(a, b, c) _mm512_ternarylogic_epi32::<0x96>(a, b, c);
        choose(a, b, c) _mm512_ternarylogic_epi32::<0xca>(a, b, c);
        majority(a, b, c) _mm512_ternarylogic_epi32::<0xe8>(a, b, c);
        low_32(a, b) _mm512_unpacklo_epi32(a, b);
        high_32(a, b) _mm512_unpackhi_epi32(a, b);
        low_64(a, b) _mm512_unpacklo_epi64(a, b);
        high_64(a, b) _mm512_unpackhi_epi64(a, b);
        big_endian_32(a) _mm512_shuffle_epi8(a, _mm512_broadcast_i32x4(bytes_of_32()));
        big_endian_64(a) _mm512_shuffle_epi8(a, _mm512_broadcast_i32x4(bytes_of_64()));
    }

    /// The same word in every lane.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
    pub(in super::super) fn splat_32(word: u32) -> Vector {
        _mm512_set1_epi32(word.cast_signed())
    }

    /// The same word in every lane.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
    pub(in super::super) fn splat_64(word: u64) -> Vector {
        _mm512_set1_epi64(word.cast_signed())
    }

    /// The 16 bytes at `offset` of the first lane and beside them those of every `STEP`th further.
    ///
    /// # Safety
    /// Behind these pointers are 16 bytes at `offset`.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
    unsafe fn pieces_of<const STEP: usize>(lanes: &[*const u8], offset: usize) -> Vector {
        let [a, b, c, d] = [0, STEP, 2 * STEP, 3 * STEP].map(|lane| {
            // SAFETY: the caller's.
            unsafe { _mm_loadu_si128(lanes[lane].add(offset).cast()) }
        });
        let ab = _mm512_inserti32x4::<1>(_mm512_castsi128_si512(a), b);
        _mm512_inserti32x4::<3>(_mm512_inserti32x4::<2>(ab, c), d)
    }
}

/// Hands the numbers of 80 rounds to a function: `words = round::<0>(words, &mut message);` and so on.
macro_rules! eighty {
    ($words:ident = $round:ident(&mut $message:ident)) => {
        eighty! { $words $round $message
             0  1  2  3  4  5  6  7  8  9 10 11 12 13 14 15 16 17 18 19
            20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39
            40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58 59
            60 61 62 63 64 65 66 67 68 69 70 71 72 73 74 75 76 77 78 79
        }
    };
    ($words:ident $round:ident $message:ident $($number:literal)*) => {
        $($words = $round::<$number>($words, &mut $message);)*
    };
}
pub(super) use eighty;
