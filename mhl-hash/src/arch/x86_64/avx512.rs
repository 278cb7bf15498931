//! MD5 of up to 32 streams in AVX-512: two sets of 16 lanes, each lane one stream.
//!
//! A step of one set is six operations, each of which waits for the one before: one of ternary logic
//! for any of the four functions, a rotation, four additions. The departures for speed:
//! - Two independent sets take turns, so that one fills the other's waits.
//! - The words of 16 blocks are transposed, so that word `w` of every lane is one vector, into a
//!   scratch area from which the steps read. The next block's transposition stands between the steps
//!   of the current one, where the units that move words are idle.
//! - The 64 steps are one piece of assembly: compilers hoist the words into registers and, as those
//!   run out, spill them all.

use core::arch::{
    asm,
    x86_64::{
        __m512i, _mm256_zeroupper, _mm512_add_epi32, _mm512_load_si512, _mm512_setzero_si512,
        _mm512_store_si512,
    },
};

use super::{Table, avx2::Avx2};
use crate::md5::{BLOCK, CONSTANTS, State, steps};

/// Lanes of one set.
const SET: usize = 16;

/// Proof that the processor and the system have AVX-512 F, BW, DQ and VL, and what [`Avx2`] proves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Avx512 {
    pub(super) avx2: Avx2,
}

/// A word of 16 lanes.
#[derive(Clone, Copy)]
#[repr(align(64))]
struct Vector([u32; SET]);

/// The 16 words of a block of both sets.
#[repr(align(64))]
#[allow(dead_code)] // Only assembly looks inside.
struct Message([[Vector; 16]; 2]);

impl Avx512 {
    /// Lanes of the widest kernel.
    pub(crate) const LANES: usize = 2 * SET;

    /// Asks the processor.
    pub(crate) fn new() -> Option<Self> {
        let has = is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512dq")
            && is_x86_feature_detected!("avx512vl");
        Avx2::new().filter(|_| has).map(|avx2| Avx512 { avx2 })
    }

    /// Takes the whole blocks of each input, as many as the shortest has, into the state beside it:
    /// up to [`Avx512::LANES`] of them.
    pub(crate) fn md5(self, states: &mut [&mut State], inputs: &[&[u8]]) {
        // Up to eight, rotations in AVX-512 take longer than shifts in AVX2.
        if states.len() <= 8 {
            return self.avx2.md5(states, inputs);
        }
        // SAFETY: the token proves the features.
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

/// A step of set `$n`. The newest value, `b`, is the first operand of the ternary logic, for which the
/// instruction waits a cycle less than for the others.
#[rustfmt::skip]
macro_rules! lanes {
    ($n:tt $f:ident $a:ident $b:ident $c:ident $d:ident $word:tt $rotation:tt $constant:tt) => {
        concat!(
            "vpaddd {t}, {k}, zmmword ptr [{now} + 64*(16*", $n, " + ", $word, ")]\n",
            "vpaddd {", stringify!($a), $n, "}, {", stringify!($a), $n, "}, {t}\n",
            "vmovdqa64 {f}, {", stringify!($b), $n, "}\n",
            "vpternlogd {f}, {", stringify!($c), $n, "}, {", stringify!($d), $n, "}, ", truth!($f), "\n",
            "vpaddd {", stringify!($a), $n, "}, {", stringify!($a), $n, "}, {f}\n",
            "vprold {", stringify!($a), $n, "}, {", stringify!($a), $n, "}, ", $rotation, "\n",
            "vpaddd {", stringify!($a), $n, "}, {", stringify!($a), $n, "}, {", stringify!($b), $n, "}\n",
        )
    };
}

/// The truth table of a function: bit `4b + 2c + d` is its value.
#[rustfmt::skip]
macro_rules! truth {
    (F) => { "0xca" };
    (G) => { "0xe4" };
    (H) => { "0x96" };
    (I) => { "0x39" };
}

/// One of the 32 pieces of the transposition of set `$n`: four rounds of exchanges, of words, of
/// pairs, of fours and of fours. The first loads, the last stores.
#[rustfmt::skip]
macro_rules! piece {
    ($n:tt  0) => { load!($n 16 17) };
    ($n:tt  1) => { load!($n 18 19) };
    ($n:tt  2) => { load!($n 20 21) };
    ($n:tt  3) => { load!($n 22 23) };
    ($n:tt  4) => { load!($n 24 25) };
    ($n:tt  5) => { load!($n 26 27) };
    ($n:tt  6) => { load!($n 28 29) };
    ($n:tt  7) => { load!($n 30 31) };
    ($n:tt  8) => { pairs!(16 18) };
    ($n:tt  9) => { pairs!(17 19) };
    ($n:tt 10) => { pairs!(20 22) };
    ($n:tt 11) => { pairs!(21 23) };
    ($n:tt 12) => { pairs!(24 26) };
    ($n:tt 13) => { pairs!(25 27) };
    ($n:tt 14) => { pairs!(28 30) };
    ($n:tt 15) => { pairs!(29 31) };
    ($n:tt 16) => { fours!(16 20) };
    ($n:tt 17) => { fours!(18 22) };
    ($n:tt 18) => { fours!(17 21) };
    ($n:tt 19) => { fours!(19 23) };
    ($n:tt 20) => { fours!(24 28) };
    ($n:tt 21) => { fours!(26 30) };
    ($n:tt 22) => { fours!(25 29) };
    ($n:tt 23) => { fours!(27 31) };
    ($n:tt 24) => { store!($n 16 24, 0 8) };
    ($n:tt 25) => { store!($n 20 28, 4 12) };
    ($n:tt 26) => { store!($n 18 26, 1 9) };
    ($n:tt 27) => { store!($n 22 30, 5 13) };
    ($n:tt 28) => { store!($n 17 25, 2 10) };
    ($n:tt 29) => { store!($n 21 29, 6 14) };
    ($n:tt 30) => { store!($n 19 27, 3 11) };
    ($n:tt 31) => { store!($n 23 31, 7 15) };
}

/// The piece that stands beside a step: the first half transposes the first set, the second the
/// second if there is one.
#[rustfmt::skip]
macro_rules! beside {
    (1 1 $step:tt) => { "" };
    ($sets:tt $half:tt $step:tt) => { piece!($half $step) };
}

/// Loads the blocks of two lanes and exchanges their words.
#[rustfmt::skip]
macro_rules! load {
    ($n:tt $x:tt $y:tt) => {
        concat!(block!($n $x), block!($n $y), exchange!("vpunpckldq" "vpunpckhdq" $x $y))
    };
}

/// Loads the block of a lane and asks for a later one: 32 streams are more than the processor follows
/// by itself.
#[rustfmt::skip]
macro_rules! block {
    ($n:tt $x:tt) => {
        concat!(
            "mov {p}, qword ptr [{inputs} + 8*(16*", $n, " + ", $x, " - 16)]\n",
            "vmovdqu64 zmm", $x, ", zmmword ptr [{p} + {offset}]\n",
            "prefetcht0 byte ptr [{p} + {offset} + 512]\n",
        )
    };
}

#[rustfmt::skip]
macro_rules! pairs {
    ($x:tt $y:tt) => {
        exchange!("vpunpcklqdq" "vpunpckhqdq" $x $y)
    };
}

#[rustfmt::skip]
macro_rules! fours {
    ($x:tt $y:tt) => {
        concat!(
            "vmovdqa64 {x}, zmm", $x, "\n",
            "vshufi32x4 zmm", $x, ", zmm", $x, ", zmm", $y, ", 0x88\n",
            "vshufi32x4 zmm", $y, ", {x}, zmm", $y, ", 0xdd\n",
        )
    };
}

/// The last exchange of two vectors, which are then the words `$v` and `$w`.
#[rustfmt::skip]
macro_rules! store {
    ($n:tt $x:tt $y:tt, $v:tt $w:tt) => {
        concat!(
            fours!($x $y),
            "vmovdqa64 zmmword ptr [{next} + 64*(16*", $n, " + ", $v, ")], zmm", $x, "\n",
            "vmovdqa64 zmmword ptr [{next} + 64*(16*", $n, " + ", $w, ")], zmm", $y, "\n",
        )
    };
}

#[rustfmt::skip]
macro_rules! exchange {
    ($low:tt $high:tt $x:tt $y:tt) => {
        concat!(
            "vmovdqa64 {x}, zmm", $x, "\n",
            $low, " zmm", $x, ", zmm", $x, ", zmm", $y, "\n",
            $high, " zmm", $y, ", {x}, zmm", $y, "\n",
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
            p = out(reg) _, x = out(zmm_reg) _,
            $($more)*
            out("zmm16") _, out("zmm17") _, out("zmm18") _, out("zmm19") _,
            out("zmm20") _, out("zmm21") _, out("zmm22") _, out("zmm23") _,
            out("zmm24") _, out("zmm25") _, out("zmm26") _, out("zmm27") _,
            out("zmm28") _, out("zmm29") _, out("zmm30") _, out("zmm31") _,
            options(nostack)
        )
    };
}

/// # Safety
/// The processor has AVX-512 F.
#[target_feature(enable = "avx512f,avx512dq,avx512vl")]
unsafe fn compress<const SETS: usize>(states: &mut [&mut State], inputs: &[&[u8]]) {
    let table = Table::<{ Avx512::LANES }, BLOCK>::new(inputs);
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
    let mut words = [_mm512_setzero_si512(); 8];
    for (word, vector) in words.iter_mut().zip(old.as_flattened()) {
        // SAFETY: a `Vector` is as large and as aligned as the register.
        *word = unsafe { _mm512_load_si512((&raw const vector.0).cast()) };
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
                        constants = in(reg) &raw const CONSTANTS, now = in(reg) now,
                        k = out(zmm_reg) _, t = out(zmm_reg) _, f = out(zmm_reg) _,
                        a0 = inout(zmm_reg) a0, b0 = inout(zmm_reg) b0,
                        c0 = inout(zmm_reg) c0, d0 = inout(zmm_reg) d0,
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
                        constants = in(reg) &raw const CONSTANTS, now = in(reg) now,
                        k = out(zmm_reg) _, t = out(zmm_reg) _, f = out(zmm_reg) _,
                        a0 = inout(zmm_reg) a0, b0 = inout(zmm_reg) b0,
                        c0 = inout(zmm_reg) c0, d0 = inout(zmm_reg) d0,
                        a1 = inout(zmm_reg) a1, b1 = inout(zmm_reg) b1,
                        c1 = inout(zmm_reg) c1, d1 = inout(zmm_reg) d1,
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
        unsafe { _mm512_store_si512((&raw mut vector.0).cast(), word) };
    }
    _mm256_zeroupper();
    for (lane, state) in states.iter_mut().enumerate() {
        for (vector, word) in old[lane / SET].iter().zip(state.iter_mut()) {
            *word = vector.0[lane % SET];
        }
    }
}

/// Word by word, lane by lane.
#[target_feature(enable = "avx512f,avx512dq,avx512vl")]
#[inline]
fn add(mut words: [__m512i; 8], others: [__m512i; 8]) -> [__m512i; 8] {
    for (word, other) in words.iter_mut().zip(others) {
        *word = _mm512_add_epi32(*word, other);
    }
    words
}
