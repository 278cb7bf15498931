//! MD5 of one stream in AVX-512, whose steps wait a cycle less than those of any other registers.
//!
//! A step is `a = b + rotate(x, s)` with `x = y + f(b, c, d)`, where `y`, the sum of `a`, word and
//! constant, is ready early. As the bits of a rotation's halves don't meet and a shift to the left
//! distributes over a sum, that is `(b + (y << s) + (f << s)) + (x >> 32 - s)`: while `x` is added up
//! and shifted, the first half is. Function, sum, shift and sum are four cycles one after the other,
//! where vectors that rotate need five (a rotation takes two) and general registers four and a half (F
//! and I take two).

use core::arch::{
    asm,
    x86_64::{__m128i, _mm_add_epi32, _mm_cvtsi32_si128, _mm_cvtsi128_si32},
};

use super::avx512::Avx512;
use crate::md5::{BLOCK, CONSTANTS, State, steps};

impl Avx512 {
    /// Takes whole blocks into one state.
    pub(crate) fn md5_one(self, state: &mut State, blocks: &[u8]) {
        // SAFETY: the token proves the features.
        unsafe { compress(state, blocks) }
    }
}

/// `a = b + rotate(a + f(b, c, d), rotation)`, in registers for which any three-operand instruction
/// takes these names, with `f` and `half` for itself.
#[rustfmt::skip]
macro_rules! short_step {
    ($f:ident $rotation:tt $a:expr, $b:expr, $c:expr, $d:expr; $value:expr, $half:expr) => {
        concat!(
            "vpslld ", $half, ", ", $a, ", ", $rotation, "\n",
            "vmovdqa64 ", $value, ", ", $d, "\n",
            "vpternlogd ", $value, ", ", $b, ", ", $c, ", ", truth!($f), "\n",
            "vpaddd ", $half, ", ", $half, ", ", $b, "\n",
            "vpaddd ", $a, ", ", $a, ", ", $value, "\n",
            "vpslld ", $value, ", ", $value, ", ", $rotation, "\n",
            "vpsrld ", $a, ", ", $a, ", 32 - ", $rotation, "\n",
            "vpaddd ", $half, ", ", $half, ", ", $value, "\n",
            "vpaddd ", $a, ", ", $a, ", ", $half, "\n",
        )
    };
}

/// The truth table of a function: bit `4d + 2b + c` is its value.
#[rustfmt::skip]
macro_rules! truth {
    (F) => { "0xb8" };
    (G) => { "0xca" };
    (H) => { "0x96" };
    (I) => { "0x65" };
}

pub(super) use {short_step, truth};

/// A step, in the lowest lane.
#[rustfmt::skip]
macro_rules! step {
    ($round:tt $step:tt $f:ident $a:ident $b:ident $c:ident $d:ident $word:tt $rotation:tt) => {
        concat!(
            "vpaddd {", stringify!($a), "}, {", stringify!($a), "}, dword ptr [{block} + 4*", $word, "]{{1to4}}\n",
            "vpaddd {", stringify!($a), "}, {", stringify!($a), "}, dword ptr [{constants} + 4*(16*", $round,
                " + ", $step, ")]{{1to4}}\n",
            short_step!($f $rotation
                concat!("{", stringify!($a), "}"), concat!("{", stringify!($b), "}"),
                concat!("{", stringify!($c), "}"), concat!("{", stringify!($d), "}");
                "{value}", "{half}"),
        )
    };
}

/// # Safety
/// The processor has AVX-512 F and VL.
#[target_feature(enable = "avx512f,avx512vl")]
unsafe fn compress(state: &mut State, blocks: &[u8]) {
    let [mut a, mut b, mut c, mut d] = state.map(|word| _mm_cvtsi32_si128(word.cast_signed()));
    for block in blocks.as_chunks::<BLOCK>().0 {
        let before = [a, b, c, d];
        macro_rules! block {
            ($(($round:tt $step:tt $f:ident $a:ident $b:ident $c:ident $d:ident
                $word:tt $rotation:tt $constant:tt))*) => {
                // SAFETY: reads the 64 bytes of the block, the constants, and nothing else.
                unsafe {
                    asm!(
                        $(step!($round $step $f $a $b $c $d $word $rotation),)*
                        a = inout(xmm_reg) a, b = inout(xmm_reg) b,
                        c = inout(xmm_reg) c, d = inout(xmm_reg) d,
                        value = out(xmm_reg) _, half = out(xmm_reg) _,
                        block = in(reg) block.as_ptr(), constants = in(reg) &raw const CONSTANTS,
                        options(pure, readonly, nostack, preserves_flags),
                    );
                }
            };
        }
        steps!(block);
        for (word, before) in [&mut a, &mut b, &mut c, &mut d].into_iter().zip(before) {
            *word = _mm_add_epi32(*word, before);
        }
    }
    *state = [a, b, c, d].map(|word: __m128i| _mm_cvtsi128_si32(word).cast_unsigned());
}
