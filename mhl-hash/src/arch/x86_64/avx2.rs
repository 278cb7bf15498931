//! MD5 of up to 16 streams in AVX2: two sets of 8 lanes, each lane one stream.
//!
//! As in AVX-512, with what 16 registers and no ternary logic or rotation ask for:
//! - A rotation is two shifts and a union. G is the sum of `d & b` and `!d & c`, and I, whose
//!   complement is `c ^ (d & !b)`, is subtracted from `a` with a constant that is one less.
//! - The transposition goes four words at a time, in five registers; fours of words move between
//!   lanes as they are loaded.

use core::arch::{
    asm,
    x86_64::{
        __m256i, _mm256_add_epi32, _mm256_load_si256, _mm256_setzero_si256, _mm256_store_si256,
        _mm256_zeroupper,
    },
};

use super::Table;
use crate::md5::{BLOCK, CONSTANTS, State, steps};

/// Lanes of one set.
const SET: usize = 8;

/// Proof that the processor and the system have AVX2, BMI1 and BMI2, which came together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Avx2(());

/// A word of 8 lanes.
#[derive(Clone, Copy)]
#[repr(align(32))]
struct Vector([u32; SET]);

/// The 16 words of a block of both sets.
#[repr(align(64))]
#[allow(dead_code)] // Only assembly looks inside.
struct Message([[Vector; 16]; 2]);

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

impl Avx2 {
    /// Lanes of the widest kernel.
    pub(crate) const LANES: usize = 2 * SET;

    /// Asks the processor.
    pub(crate) fn new() -> Option<Self> {
        let has = is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("bmi2");
        has.then_some(Avx2(()))
    }

    /// Takes the whole blocks of each input, as many as the shortest has, into the state beside it:
    /// up to [`Avx2::LANES`] of them.
    pub(crate) fn md5(self, states: &mut [&mut State], inputs: &[&[u8]]) {
        // SAFETY: the token proves the feature.
        unsafe {
            if states.len() <= SET {
                compress::<1>(states, inputs);
            } else {
                compress::<2>(states, inputs);
            }
        }
    }
}

/// A step of both sets, or of the first.
#[rustfmt::skip]
macro_rules! step {
    (1 $half:tt $step:tt $($rest:tt)*) => {
        concat!(constant!($half $step), lanes!(0 $($rest)*))
    };
    (2 $half:tt $step:tt $($rest:tt)*) => {
        concat!(constant!($half $step), lanes!(0 $($rest)*), lanes!(1 $($rest)*))
    };
}

#[rustfmt::skip]
macro_rules! constant {
    ($half:tt $step:tt) => {
        concat!("vpbroadcastd {k}, dword ptr [{constants} + 4*(32*", $half, " + ", $step, ")]\n")
    };
}

/// A step of set `$n`.
#[rustfmt::skip]
macro_rules! lanes {
    ($n:tt $f:ident $a:ident $b:ident $c:ident $d:ident $word:tt $rotation:tt $constant:tt) => {
        rotated!($n $f $word $rotation
            (concat!("{", stringify!($a), $n, "}")) (concat!("{", stringify!($b), $n, "}"))
            (concat!("{", stringify!($c), $n, "}")) (concat!("{", stringify!($d), $n, "}")))
    };
}

#[rustfmt::skip]
macro_rules! rotated {
    ($n:tt $f:ident $word:tt $rotation:tt ($a:expr) ($b:expr) ($c:expr) ($d:expr)) => {
        concat!(
            "vpaddd {t}, {k}, ymmword ptr [{now} + 32*(16*", $n, " + ", $word, ")]\n",
            "vpaddd ", $a, ", ", $a, ", {t}\n",
            function!($f $a, $b, $c, $d),
            "vpslld {t}, ", $a, ", ", $rotation, "\n",
            "vpsrld ", $a, ", ", $a, ", 32 - ", $rotation, "\n",
            "vpor ", $a, ", ", $a, ", {t}\n",
            "vpaddd ", $a, ", ", $a, ", ", $b, "\n",
        )
    };
}

/// Adds a function of `b`, `c` and `d` to `a`.
#[rustfmt::skip]
macro_rules! function {
    (F $a:expr, $b:expr, $c:expr, $d:expr) => {
        concat!("vpxor {f}, ", $c, ", ", $d, "\nvpand {f}, {f}, ", $b, "\nvpxor {f}, {f}, ", $d,
            "\nvpaddd ", $a, ", ", $a, ", {f}\n")
    };
    (G $a:expr, $b:expr, $c:expr, $d:expr) => {
        concat!("vpandn {t}, ", $d, ", ", $c, "\nvpaddd ", $a, ", ", $a, ", {t}\n",
            "vpand {f}, ", $d, ", ", $b, "\nvpaddd ", $a, ", ", $a, ", {f}\n")
    };
    (H $a:expr, $b:expr, $c:expr, $d:expr) => {
        concat!("vpxor {f}, ", $c, ", ", $d, "\nvpxor {f}, {f}, ", $b,
            "\nvpaddd ", $a, ", ", $a, ", {f}\n")
    };
    (I $a:expr, $b:expr, $c:expr, $d:expr) => {
        concat!("vpandn {f}, ", $b, ", ", $d, "\nvpxor {f}, {f}, ", $c,
            "\nvpsubd ", $a, ", ", $a, ", {f}\n")
    };
}

/// One of the 32 pieces of the transposition of set `$n`: eight for each four words.
#[rustfmt::skip]
macro_rules! piece {
    ($n:tt  0) => { load!($n 0 0) };
    ($n:tt  1) => { load!($n 0 1) };
    ($n:tt  2) => { words!(0 1) };
    ($n:tt  3) => { load!($n 0 2) };
    ($n:tt  4) => { load!($n 0 3) };
    ($n:tt  5) => { words!(2 3) };
    ($n:tt  6) => { store!($n 0 2, 0 1) };
    ($n:tt  7) => { store!($n 1 3, 2 3) };
    ($n:tt  8) => { load!($n 1 0) };
    ($n:tt  9) => { load!($n 1 1) };
    ($n:tt 10) => { words!(0 1) };
    ($n:tt 11) => { load!($n 1 2) };
    ($n:tt 12) => { load!($n 1 3) };
    ($n:tt 13) => { words!(2 3) };
    ($n:tt 14) => { store!($n 0 2, 4 5) };
    ($n:tt 15) => { store!($n 1 3, 6 7) };
    ($n:tt 16) => { load!($n 2 0) };
    ($n:tt 17) => { load!($n 2 1) };
    ($n:tt 18) => { words!(0 1) };
    ($n:tt 19) => { load!($n 2 2) };
    ($n:tt 20) => { load!($n 2 3) };
    ($n:tt 21) => { words!(2 3) };
    ($n:tt 22) => { store!($n 0 2, 8 9) };
    ($n:tt 23) => { store!($n 1 3, 10 11) };
    ($n:tt 24) => { load!($n 3 0) };
    ($n:tt 25) => { load!($n 3 1) };
    ($n:tt 26) => { words!(0 1) };
    ($n:tt 27) => { load!($n 3 2) };
    ($n:tt 28) => { load!($n 3 3) };
    ($n:tt 29) => { words!(2 3) };
    ($n:tt 30) => { store!($n 0 2, 12 13) };
    ($n:tt 31) => { store!($n 1 3, 14 15) };
}

/// The piece that stands beside a step: the first half transposes the first set, the second the
/// second if there is one.
#[rustfmt::skip]
macro_rules! beside {
    (1 1 $step:tt) => { "" };
    ($sets:tt $half:tt $step:tt) => { piece!($half $step) };
}

/// Loads four words of lane `$x`, and those of the lane four further beside them.
#[rustfmt::skip]
macro_rules! load {
    ($n:tt $four:tt $x:tt) => {
        concat!(
            "mov {p}, qword ptr [{inputs} + 8*(8*", $n, " + ", $x, ")]\n",
            "vmovdqu {r", $x, ":x}, xmmword ptr [{p} + {offset} + 16*", $four, "]\n",
            "mov {p}, qword ptr [{inputs} + 8*(8*", $n, " + ", $x, " + 4)]\n",
            "vinserti128 {r", $x, "}, {r", $x, "}, xmmword ptr [{p} + {offset} + 16*", $four, "], 1\n",
        )
    };
}

#[rustfmt::skip]
macro_rules! words {
    ($x:tt $y:tt) => {
        exchange!("vpunpckldq" "vpunpckhdq" $x $y)
    };
}

/// Exchanges pairs of words, which are then the words `$v` and `$w` of the lanes.
#[rustfmt::skip]
macro_rules! store {
    ($n:tt $x:tt $y:tt, $v:tt $w:tt) => {
        concat!(
            exchange!("vpunpcklqdq" "vpunpckhqdq" $x $y),
            "vmovdqa ymmword ptr [{next} + 32*(16*", $n, " + ", $v, ")], {r", $x, "}\n",
            "vmovdqa ymmword ptr [{next} + 32*(16*", $n, " + ", $w, ")], {r", $y, "}\n",
        )
    };
}

#[rustfmt::skip]
macro_rules! exchange {
    ($low:tt $high:tt $x:tt $y:tt) => {
        concat!(
            "vmovdqa {f}, {r", $x, "}\n",
            $low, " {r", $x, "}, {r", $x, "}, {r", $y, "}\n",
            $high, " {r", $y, "}, {f}, {r", $y, "}\n",
        )
    };
}

/// Assembly with the operands of a transposition, and more.
#[rustfmt::skip]
macro_rules! transposing {
    ($inputs:expr, $offset:expr, $next:expr, [$($text:expr),*] $($more:tt)*) => {
        asm!(
            $($text,)*
            inputs = in(reg) $inputs, offset = in(reg) $offset, next = in(reg) $next,
            p = out(reg) _, f = out(ymm_reg) _,
            r0 = out(ymm_reg) _, r1 = out(ymm_reg) _, r2 = out(ymm_reg) _, r3 = out(ymm_reg) _,
            $($more)*
            options(nostack)
        )
    };
}

/// # Safety
/// The processor has AVX2.
#[target_feature(enable = "avx2")]
unsafe fn compress<const SETS: usize>(states: &mut [&mut State], inputs: &[&[u8]]) {
    let table = Table::<{ Avx2::LANES }, BLOCK>::new(inputs);
    if table.blocks == 0 {
        return;
    }
    let mut old = [const { [Vector([0; SET]); 4] }; 2];
    for (lane, state) in states.iter().enumerate() {
        for (vector, word) in old[lane / SET].iter_mut().zip(state.iter()) {
            vector.0[lane % SET] = *word;
        }
    }
    let mut messages = [const { Message([[Vector([0; SET]); 16]; 2]) }; 2];
    let [now, next] = &mut messages;
    let (mut now, mut next): (*mut Message, *mut Message) = (now, next);
    let mut words = [_mm256_setzero_si256(); 8];
    for (word, vector) in words.iter_mut().zip(old.as_flattened()) {
        // SAFETY: a `Vector` is as large and as aligned as the register.
        *word = unsafe { _mm256_load_si256((&raw const vector.0).cast()) };
    }
    let [mut a0, mut b0, mut c0, mut d0, mut a1, mut b1, mut c1, mut d1] = words;

    macro_rules! first {
        ($(($half:tt $step:tt $($rest:tt)*))*) => {
            // SAFETY: reads the first block of every lane and writes `now`.
            unsafe {
                transposing!(table.pointers.as_ptr(), 0usize, now,
                    [$(beside!(2 $half $step)),*])
            }
        };
    }
    steps!(first);

    for block in 0..table.blocks {
        // After the last block it is transposed again, which nobody reads.
        let offset = (block + 1).min(table.blocks - 1) * BLOCK;
        let before = [a0, b0, c0, d0, a1, b1, c1, d1];
        macro_rules! one {
            ($(($half:tt $step:tt $($rest:tt)*))*) => {
                // SAFETY: reads `now`, the constants and the block at `offset`, which every lane
                // has, and writes `next`.
                unsafe {
                    transposing!(table.pointers.as_ptr(), offset, next,
                        [$(step!(1 $half $step $($rest)*), beside!(1 $half $step)),*]
                        constants = in(reg) &raw const ADDENDS, now = in(reg) now,
                        k = out(ymm_reg) _, t = out(ymm_reg) _,
                        a0 = inout(ymm_reg) a0, b0 = inout(ymm_reg) b0,
                        c0 = inout(ymm_reg) c0, d0 = inout(ymm_reg) d0,
                    )
                }
            };
        }
        macro_rules! two {
            ($(($half:tt $step:tt $($rest:tt)*))*) => {
                // SAFETY: as above.
                unsafe {
                    transposing!(table.pointers.as_ptr(), offset, next,
                        [$(step!(2 $half $step $($rest)*), beside!(2 $half $step)),*]
                        constants = in(reg) &raw const ADDENDS, now = in(reg) now,
                        k = out(ymm_reg) _, t = out(ymm_reg) _,
                        a0 = inout(ymm_reg) a0, b0 = inout(ymm_reg) b0,
                        c0 = inout(ymm_reg) c0, d0 = inout(ymm_reg) d0,
                        a1 = inout(ymm_reg) a1, b1 = inout(ymm_reg) b1,
                        c1 = inout(ymm_reg) c1, d1 = inout(ymm_reg) d1,
                    )
                }
            };
        }
        if SETS == 1 {
            steps!(one);
        } else {
            steps!(two);
        }
        [a0, b0, c0, d0, a1, b1, c1, d1] = add([a0, b0, c0, d0, a1, b1, c1, d1], before);
        (now, next) = (next, now);
    }

    for (vector, word) in old.as_flattened_mut().iter_mut().zip([a0, b0, c0, d0, a1, b1, c1, d1]) {
        // SAFETY: as for the load.
        unsafe { _mm256_store_si256((&raw mut vector.0).cast(), word) };
    }
    _mm256_zeroupper();
    for (lane, state) in states.iter_mut().enumerate() {
        for (vector, word) in old[lane / SET].iter().zip(state.iter_mut()) {
            *word = vector.0[lane % SET];
        }
    }
}

/// Word by word, lane by lane.
#[target_feature(enable = "avx2")]
#[inline]
fn add(mut words: [__m256i; 8], others: [__m256i; 8]) -> [__m256i; 8] {
    for (word, other) in words.iter_mut().zip(others) {
        *word = _mm256_add_epi32(*word, other);
    }
    words
}
