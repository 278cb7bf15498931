//! MD5 of up to 16 streams in AVX2: two sets of 8 lanes, or a lone one, in steps of its own.
//!
//! A rotation is two shifts and a union. G is the sum of `d & b` and `!d & c`, which have no bit in
//! common, and I, whose complement is `c ^ (d & !b)`, is subtracted from `a` with a constant that is
//! one less.

use core::arch::{
    asm,
    x86_64::{_mm256_add_epi32, _mm256_loadu_si256, _mm256_storeu_si256, _mm256_zeroupper},
};

use super::{
    Table,
    md5::{
        self, Message, assembly, beside, block, constant, exchange, kernel, load, store, transpose,
        transposition, vectors, words,
    },
};
use crate::md5::{BLOCK, CONSTANTS, State, steps};

/// Proof that the processor and the system have AVX2, BMI1 and BMI2, which came together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Avx2(());

impl Avx2 {
    /// Lanes of the widest kernel.
    pub(crate) const LANES: usize = 2 * md5::SET;

    /// Asks the processor.
    pub(crate) fn new() -> Option<Self> {
        let has = [has!("avx2"), has!("bmi1"), has!("bmi2")];
        (!has.contains(&false)).then_some(Avx2(()))
    }

    /// Takes the whole blocks of each input, as many as the shortest has, into the state beside it:
    /// up to [`Avx2::LANES`] of them.
    pub(crate) fn md5(self, states: &mut [&mut State], inputs: &[&[u8]]) {
        // SAFETY: the token proves the feature.
        unsafe {
            if states.len() <= md5::SET {
                one(states, inputs);
            } else {
                two(states, inputs);
            }
        }
    }
}

/// The constants of the steps, those of I one less.
static ADDENDS: [u32; 64] = {
    let mut addends = CONSTANTS;
    let mut step = 48;
    while step < 64 {
        addends[step] = addends[step].wrapping_sub(1);
        step += 1;
    }
    addends
};

/// A step of vector `$n`.
#[rustfmt::skip]
macro_rules! step {
    ($n:tt ymm $sets:tt $f:ident $a:ident $b:ident $c:ident $d:ident
        $word:tt $rotation:tt $constant:tt) => {
        step!($n $sets $f $word $rotation
            (concat!("{", stringify!($a), $n, "}")) (concat!("{", stringify!($b), $n, "}"))
            (concat!("{", stringify!($c), $n, "}")) (concat!("{", stringify!($d), $n, "}")))
    };
    ($n:tt $sets:tt $f:ident $word:tt $rotation:tt ($a:expr) ($b:expr) ($c:expr) ($d:expr)) => {
        concat!(
            "vpaddd ymm6, ymm5, ymmword ptr [{now} + 32*(", $sets, "*", $word, " + ", $n, ")]\n",
            "vpaddd ", $a, ", ", $a, ", ymm6\n",
            value!($f $a, $b, $c, $d),
            sum!($f), " ", $a, ", ", $a, ", ymm4\n",
            "vpslld ymm6, ", $a, ", ", $rotation, "\n",
            "vpsrld ", $a, ", ", $a, ", 32 - ", $rotation, "\n",
            "vpor ", $a, ", ", $a, ", ymm6\n",
            "vpaddd ", $a, ", ", $a, ", ", $b, "\n",
        )
    };
}

/// The same for a lone vector, whose chain is shorter by the union: as in `md5_one`, the first half of
/// the rotation is added up beside the second.
#[rustfmt::skip]
macro_rules! lone_step {
    ($n:tt ymm $sets:tt $f:ident $a:ident $b:ident $c:ident $d:ident
        $word:tt $rotation:tt $constant:tt) => {
        lone_step!($n $sets $f $word $rotation
            (concat!("{", stringify!($a), $n, "}")) (concat!("{", stringify!($b), $n, "}"))
            (concat!("{", stringify!($c), $n, "}")) (concat!("{", stringify!($d), $n, "}")))
    };
    ($n:tt $sets:tt $f:ident $word:tt $rotation:tt ($a:expr) ($b:expr) ($c:expr) ($d:expr)) => {
        concat!(
            "vpaddd ymm6, ymm5, ymmword ptr [{now} + 32*(", $sets, "*", $word, " + ", $n, ")]\n",
            "vpaddd ", $a, ", ", $a, ", ymm6\n",
            value!($f $a, $b, $c, $d),
            "vpslld ymm6, ", $a, ", ", $rotation, "\n",
            "vpaddd ymm6, ymm6, ", $b, "\n",
            sum!($f), " ", $a, ", ", $a, ", ymm4\n",
            "vpslld ymm4, ymm4, ", $rotation, "\n",
            "vpsrld ", $a, ", ", $a, ", 32 - ", $rotation, "\n",
            sum!($f), " ymm6, ymm6, ymm4\n",
            "vpaddd ", $a, ", ", $a, ", ymm6\n",
        )
    };
}

/// Adds what is early of a function of `b`, `c` and `d` to `a`, and leaves the rest in register 4.
#[rustfmt::skip]
macro_rules! value {
    (F $a:expr, $b:expr, $c:expr, $d:expr) => {
        concat!("vpxor ymm4, ", $c, ", ", $d, "\nvpand ymm4, ymm4, ", $b, "\nvpxor ymm4, ymm4, ", $d, "\n")
    };
    (G $a:expr, $b:expr, $c:expr, $d:expr) => {
        concat!("vpandn ymm6, ", $d, ", ", $c, "\nvpaddd ", $a, ", ", $a, ", ymm6\n",
            "vpand ymm4, ", $d, ", ", $b, "\n")
    };
    (H $a:expr, $b:expr, $c:expr, $d:expr) => {
        concat!("vpxor ymm4, ", $c, ", ", $d, "\nvpxor ymm4, ymm4, ", $b, "\n")
    };
    (I $a:expr, $b:expr, $c:expr, $d:expr) => {
        concat!("vpandn ymm4, ", $b, ", ", $d, "\nvpxor ymm4, ymm4, ", $c, "\n")
    };
}

/// How that rest is added.
#[rustfmt::skip]
macro_rules! sum {
    (I) => { "vpsubd" };
    ($f:ident) => { "vpaddd" };
}

kernel!(one, "avx2", 1 sets in 1 ymm of 8 lanes, ymm_reg,
    [_mm256_loadu_si256 _mm256_add_epi32 _mm256_storeu_si256], lone_step, &raw const ADDENDS);
kernel!(two, "avx2", 2 sets in 2 ymm of 8 lanes, ymm_reg,
    [_mm256_loadu_si256 _mm256_add_epi32 _mm256_storeu_si256], step, &raw const ADDENDS);
