//! MD5 of up to 32 streams in AVX-512.
//!
//! A step of one vector is six operations, most of which wait for the one before: one of ternary
//! logic for any of the four functions, a rotation, four additions. Up to three sets of 8 lanes take
//! turns in vectors of 256 bits; four sets go in two vectors of 512, which are half the instructions.
//! As a processor with AVX-512 works off a vector of 512 bits in two halves, or has half as many units
//! for them, fewer than four sets are faster in the shorter ones. A lone set waits for nobody but itself,
//! and goes in the steps of `md5_one`: more operations, a shorter chain.

use core::arch::{
    asm,
    x86_64::{
        _mm256_add_epi32, _mm256_loadu_si256, _mm256_storeu_si256, _mm256_zeroupper,
        _mm512_add_epi32, _mm512_loadu_si512, _mm512_storeu_si512,
    },
};

use super::{
    Table,
    avx2::Avx2,
    md5::{
        self, Message, assembly, beside, block, constant, exchange, kernel, load, store, transpose,
        transposition, vectors, words,
    },
    md5_one::{short_step, truth},
};
use crate::md5::{BLOCK, CONSTANTS, State, steps};

/// Proof that the processor and the system have AVX-512 F, BW, DQ and VL, and
/// what AVX2 asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Avx512 {
    pub(super) avx2: Avx2,
}

impl Avx512 {
    /// Lanes of the widest kernel.
    pub(crate) const LANES: usize = 4 * md5::SET;

    /// Asks the processor.
    pub(crate) fn new() -> Option<Self> {
        let has = [has!("avx512f"), has!("avx512bw"), has!("avx512dq"), has!("avx512vl")];
        Avx2::new().filter(|_| !has.contains(&false)).map(|avx2| Avx512 { avx2 })
    }

    /// Takes the whole blocks of each input, as many as the shortest has, into the state beside it:
    /// up to [`Avx512::LANES`] of them.
    pub(crate) fn md5(self, states: &mut [&mut State], inputs: &[&[u8]]) {
        // SAFETY: the token proves the features.
        unsafe {
            match states.len().div_ceil(md5::SET) {
                0 | 1 => one(states, inputs),
                2 => two(states, inputs),
                3 => three(states, inputs),
                _ => four(states, inputs),
            }
        }
    }
}

/// A step of vector `$n`.
#[rustfmt::skip]
macro_rules! step {
    ($n:tt ymm $sets:tt $f:ident $a:ident $b:ident $c:ident $d:ident
        $word:tt $rotation:tt $constant:tt) => {
        step!("ymm" concat!("ymmword ptr [{now} + 32*(", $sets, "*", $word, " + ", $n, ")]"),
            $f $rotation
            (concat!("{", stringify!($a), $n, ":y}")) (concat!("{", stringify!($b), $n, ":y}"))
            (concat!("{", stringify!($c), $n, ":y}")) (concat!("{", stringify!($d), $n, ":y}")))
    };
    ($n:tt zmm $sets:tt $f:ident $a:ident $b:ident $c:ident $d:ident
        $word:tt $rotation:tt $constant:tt) => {
        step!("zmm" concat!("zmmword ptr [{now} + 32*(", $sets, "*", $word, " + 2*", $n, ")]"),
            $f $rotation
            (concat!("{", stringify!($a), $n, "}")) (concat!("{", stringify!($b), $n, "}"))
            (concat!("{", stringify!($c), $n, "}")) (concat!("{", stringify!($d), $n, "}")))
    };
    ($file:literal $message:expr, $f:ident $rotation:tt ($a:expr) ($b:expr) ($c:expr) ($d:expr)) => {
        concat!(
            "vpaddd ", $file, "6, ", $file, "5, ", $message, "\n",
            "vpaddd ", $a, ", ", $a, ", ", $file, "6\n",
            "vmovdqa64 ", $file, "4, ", $d, "\n",
            "vpternlogd ", $file, "4, ", $b, ", ", $c, ", ", truth!($f), "\n",
            "vpaddd ", $a, ", ", $a, ", ", $file, "4\n",
            "vprold ", $a, ", ", $a, ", ", $rotation, "\n",
            "vpaddd ", $a, ", ", $a, ", ", $b, "\n",
        )
    };
}

/// The same for a lone vector.
#[rustfmt::skip]
macro_rules! lone_step {
    ($n:tt ymm $sets:tt $f:ident $a:ident $b:ident $c:ident $d:ident
        $word:tt $rotation:tt $constant:tt) => {
        lone_step!("ymm" concat!("ymmword ptr [{now} + 32*(", $sets, "*", $word, " + ", $n, ")]"),
            $f $rotation
            (concat!("{", stringify!($a), $n, ":y}")) (concat!("{", stringify!($b), $n, ":y}"))
            (concat!("{", stringify!($c), $n, ":y}")) (concat!("{", stringify!($d), $n, ":y}")))
    };
    ($file:literal $message:expr, $f:ident $rotation:tt ($a:expr) ($b:expr) ($c:expr) ($d:expr)) => {
        concat!(
            "vpaddd ", $file, "6, ", $file, "5, ", $message, "\n",
            "vpaddd ", $a, ", ", $a, ", ", $file, "6\n",
            short_step!($f $rotation $a, $b, $c, $d; concat!($file, "4"), concat!($file, "6")),
        )
    };
}

kernel!(one, "avx512f,avx512vl", 1 sets in 1 ymm of 8 lanes, zmm_reg,
    [_mm256_loadu_si256 _mm256_add_epi32 _mm256_storeu_si256], lone_step, &raw const CONSTANTS);
kernel!(two, "avx512f,avx512vl", 2 sets in 2 ymm of 8 lanes, zmm_reg,
    [_mm256_loadu_si256 _mm256_add_epi32 _mm256_storeu_si256], step, &raw const CONSTANTS);
kernel!(three, "avx512f,avx512vl", 3 sets in 3 ymm of 8 lanes, zmm_reg,
    [_mm256_loadu_si256 _mm256_add_epi32 _mm256_storeu_si256], step, &raw const CONSTANTS);
kernel!(four, "avx512f,avx512vl", 4 sets in 2 zmm of 16 lanes, zmm_reg,
    [_mm512_loadu_si512 _mm512_add_epi32 _mm512_storeu_si512], step, &raw const CONSTANTS);
