//! MD5 of many streams, each in a lane of 32 bits: what the kernels of AVX2 and AVX-512 share.
//!
//! Lanes come in sets of 8. A step waits for the one before it, so several independent sets take
//! turns and fill each other's waits. For the speed:
//! - The words of the blocks are transposed, so that word `w` of all lanes of a set lies side by side
//!   in a scratch area from which the steps read. The next block's transposition stands between the
//!   steps of the current one, where the units that move words are idle. It goes in registers of 256
//!   bits whatever the steps use: these are exchanged at twice the rate.
//! - The steps of a block are one piece of assembly: compilers hoist the words into registers and, as
//!   those run out, spill them all.

use super::{by_state, by_word};
use crate::md5::State;

/// Lanes of one set.
pub(super) const SET: usize = 8;

/// A word of every lane of a set.
pub(super) type Word = [u32; SET];

/// Words of `LANES` lanes for each vector of a kernel: the four of a state, `VECTORS` times.
pub(super) type States<const LANES: usize, const VECTORS: usize> = [[[u32; LANES]; 4]; VECTORS];

/// The states word by word.
pub(super) fn gather<const LANES: usize, const VECTORS: usize>(
    states: &[&mut State],
) -> States<LANES, VECTORS> {
    let mut gathered = [[[0; LANES]; 4]; VECTORS];
    for (words, states) in gathered.iter_mut().zip(states.chunks(LANES)) {
        *words = by_word(states);
    }
    gathered
}

/// The words back into their states.
pub(super) fn scatter<const LANES: usize, const VECTORS: usize>(
    gathered: &States<LANES, VECTORS>,
    states: &mut [&mut State],
) {
    for (words, states) in gathered.iter().zip(states.chunks_mut(LANES)) {
        by_state(words, states);
    }
}

/// A kernel: `$sets` sets of lanes in `$vectors` vectors for each word of a state.
///
/// `$step` spells a step of one vector, with its constant in register 5 of the register file that
/// `$file` names and registers 4 and 6 for itself; 0 to 4 belong to the transposition beside it.
macro_rules! kernel {
    ($name:ident, $features:literal, $sets:tt sets in $vectors:tt $file:ident of $lanes:tt lanes,
        $class:ident, [$load:ident $add:ident $store:ident], $step:ident, $constants:expr) => {
        /// # Safety
        /// The processor has the features.
        #[target_feature(enable = $features)]
        unsafe fn $name(states: &mut [&mut State], inputs: &[&[u8]]) {
            let table = Table::<{ $sets * md5::SET }, BLOCK>::new(inputs);
            if table.blocks == 0 {
                return;
            }
            let mut gathered = md5::gather::<$lanes, $vectors>(states);
            let mut words = gathered.map(|state| {
                // SAFETY: an array of lanes is as long as the vector.
                state.map(|word| unsafe { $load(word.as_ptr().cast()) })
            });
            let mut messages = [Message([[[0; md5::SET]; $sets]; BLOCK / 4]); 2];
            let [now, next] = &mut messages;
            let (mut now, mut next): (*mut Message<$sets>, *mut Message<$sets>) = (now, next);
            // SAFETY: reads the first block of every lane and writes `now`.
            unsafe { steps!(transposition [$sets $class words table.pointers.as_ptr(), now]) };
            for block in 0..table.blocks {
                // After the last block it is transposed again, which nobody reads.
                let offset = (block + 1).min(table.blocks - 1) * BLOCK;
                let before = words;
                // SAFETY: reads `now`, the constants and the block at `offset`, which every lane
                // has, and writes `next`.
                unsafe {
                    steps!(block [$sets $vectors $file $class $step words
                        table.pointers.as_ptr(), offset, now, next, $constants])
                };
                for (word, before) in words.as_flattened_mut().iter_mut().zip(before.as_flattened()) {
                    *word = $add(*word, *before);
                }
                (now, next) = (next, now);
            }
            for (lanes, word) in gathered.as_flattened_mut().iter_mut().zip(words.as_flattened()) {
                // SAFETY: as for the load.
                unsafe { $store(lanes.as_mut_ptr().cast(), *word) };
            }
            // Without this, instructions of the older kind that follow wait for the upper halves.
            _mm256_zeroupper();
            md5::scatter(&gathered, states);
        }
    };
}

/// The words of a block of every lane: word `w` of set `n` is the element `[w][n]`.
#[derive(Clone, Copy)]
#[repr(align(64))]
#[allow(dead_code)] // Only assembly looks inside.
pub(super) struct Message<const SETS: usize>(pub(super) [[Word; SETS]; 16]);

/// The first block's transposition, with nothing beside it.
macro_rules! transposition {
    ([$sets:tt $class:ident $words:ident $inputs:expr, $next:expr]
        $(($round:tt $step:tt $($rest:tt)*))*) => {
        assembly!(0 $class $words $inputs, 0usize, $next; [$(beside!($sets $round $step)),*])
    };
}

/// The steps of a block and the transposition of the next.
macro_rules! block {
    ([$sets:tt $vectors:tt $file:ident $class:ident $one_step:ident $words:ident
        $inputs:expr, $offset:expr, $now:expr, $next:expr, $constants:expr]
        $(($round:tt $step:tt $($rest:tt)*))*) => {
        assembly!($vectors $class $words $inputs, $offset, $next;
            [$(constant!($file $round $step),
                vectors!($vectors $one_step $file $sets $($rest)*),
                beside!($sets $round $step)),*]
            constants = in(reg) $constants, now = in(reg) $now,
            out("ymm5") _, out("ymm6") _,
        )
    };
}

/// Assembly whose operands are those of the transposition and the words of so many vectors.
#[rustfmt::skip]
macro_rules! assembly {
    (0 $($rest:tt)*) => { assembly!([] $($rest)*) };
    (1 $($rest:tt)*) => {
        assembly!([(a0 0 0) (b0 0 1) (c0 0 2) (d0 0 3)] $($rest)*)
    };
    (2 $($rest:tt)*) => {
        assembly!([(a0 0 0) (b0 0 1) (c0 0 2) (d0 0 3) (a1 1 0) (b1 1 1) (c1 1 2) (d1 1 3)]
            $($rest)*)
    };
    (3 $($rest:tt)*) => {
        assembly!([(a0 0 0) (b0 0 1) (c0 0 2) (d0 0 3) (a1 1 0) (b1 1 1) (c1 1 2) (d1 1 3)
            (a2 2 0) (b2 2 1) (c2 2 2) (d2 2 3)] $($rest)*)
    };
    ([$(($word:ident $n:tt $i:tt))*] $class:ident $words:ident
        $inputs:expr, $offset:expr, $next:expr; [$($text:expr),*] $($more:tt)*) => {
        asm!(
            $($text,)*
            $($word = inout($class) $words[$n][$i],)*
            inputs = in(reg) $inputs, offset = in(reg) $offset, next = in(reg) $next,
            p = out(reg) _,
            $($more)*
            out("ymm0") _, out("ymm1") _, out("ymm2") _, out("ymm3") _, out("ymm4") _,
            options(nostack)
        )
    };
}

#[rustfmt::skip]
macro_rules! constant {
    ($file:ident $round:tt $step:tt) => {
        concat!("vpbroadcastd ", stringify!($file), "5, dword ptr [{constants} + 4*(16*", $round, " + ",
            $step, ")]\n")
    };
}

/// A step of every vector.
#[rustfmt::skip]
macro_rules! vectors {
    (1 $step:ident $($rest:tt)*) => { $step!(0 $($rest)*) };
    (2 $step:ident $($rest:tt)*) => { concat!($step!(0 $($rest)*), $step!(1 $($rest)*)) };
    (3 $step:ident $($rest:tt)*) => {
        concat!($step!(0 $($rest)*), $step!(1 $($rest)*), $step!(2 $($rest)*))
    };
}

/// What of the transposition stands beside a step: each set is transposed within one round.
#[rustfmt::skip]
macro_rules! beside {
    (1 0 $step:tt) => { transpose!(1 0 $step) };
    (2 0 $step:tt) => { transpose!(2 0 $step) };
    (2 2 $step:tt) => { transpose!(2 1 $step) };
    (3 0 $step:tt) => { transpose!(3 0 $step) };
    (3 1 $step:tt) => { transpose!(3 1 $step) };
    (3 2 $step:tt) => { transpose!(3 2 $step) };
    (4 $set:tt $step:tt) => { transpose!(4 $set $step) };
    ($sets:tt $round:tt $step:tt) => { "" };
}

/// The 16 pieces of the transposition of set `$n`: four for each four words.
#[rustfmt::skip]
macro_rules! transpose {
    ($sets:tt $n:tt  0) => { concat!(load!($n 0 0), load!($n 0 1)) };
    ($sets:tt $n:tt  1) => { concat!(words!(0 1), load!($n 0 2)) };
    ($sets:tt $n:tt  2) => { concat!(load!($n 0 3), words!(2 3)) };
    ($sets:tt $n:tt  3) => { concat!(store!($sets $n 0 2, 0 1), store!($sets $n 1 3, 2 3)) };
    ($sets:tt $n:tt  4) => { concat!(load!($n 1 0), load!($n 1 1)) };
    ($sets:tt $n:tt  5) => { concat!(words!(0 1), load!($n 1 2)) };
    ($sets:tt $n:tt  6) => { concat!(load!($n 1 3), words!(2 3)) };
    ($sets:tt $n:tt  7) => { concat!(store!($sets $n 0 2, 4 5), store!($sets $n 1 3, 6 7)) };
    ($sets:tt $n:tt  8) => { concat!(load!($n 2 0), load!($n 2 1)) };
    ($sets:tt $n:tt  9) => { concat!(words!(0 1), load!($n 2 2)) };
    ($sets:tt $n:tt 10) => { concat!(load!($n 2 3), words!(2 3)) };
    ($sets:tt $n:tt 11) => { concat!(store!($sets $n 0 2, 8 9), store!($sets $n 1 3, 10 11)) };
    ($sets:tt $n:tt 12) => { concat!(load!($n 3 0), load!($n 3 1)) };
    ($sets:tt $n:tt 13) => { concat!(words!(0 1), load!($n 3 2)) };
    ($sets:tt $n:tt 14) => { concat!(load!($n 3 3), words!(2 3)) };
    ($sets:tt $n:tt 15) => { concat!(store!($sets $n 0 2, 12 13), store!($sets $n 1 3, 14 15)) };
}

/// Loads four words of lane `$x`, and those of the lane four further beside them.
#[rustfmt::skip]
macro_rules! load {
    ($n:tt $four:tt $x:tt) => {
        concat!(
            "mov {p}, qword ptr [{inputs} + 8*(8*", $n, " + ", $x, ")]\n",
            "vmovdqu xmm", $x, ", xmmword ptr [{p} + {offset} + 16*", $four, "]\n",
            "mov {p}, qword ptr [{inputs} + 8*(8*", $n, " + ", $x, " + 4)]\n",
            "vinserti128 ymm", $x, ", ymm", $x, ", xmmword ptr [{p} + {offset} + 16*", $four, "], 1\n",
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
    ($sets:tt $n:tt $x:tt $y:tt, $v:tt $w:tt) => {
        concat!(
            exchange!("vpunpcklqdq" "vpunpckhqdq" $x $y),
            "vmovdqa ymmword ptr [{next} + 32*(", $sets, "*", $v, " + ", $n, ")], ymm", $x, "\n",
            "vmovdqa ymmword ptr [{next} + 32*(", $sets, "*", $w, " + ", $n, ")], ymm", $y, "\n",
        )
    };
}

#[rustfmt::skip]
macro_rules! exchange {
    ($low:tt $high:tt $x:tt $y:tt) => {
        concat!(
            "vmovdqa ymm4, ymm", $x, "\n",
            $low, " ymm", $x, ", ymm", $x, ", ymm", $y, "\n",
            $high, " ymm", $y, ", ymm4, ymm", $y, "\n",
        )
    };
}

pub(super) use {
    assembly, beside, block, constant, exchange, kernel, load, store, transpose, transposition,
    vectors, words,
};
