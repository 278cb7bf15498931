//! MD5 of one and of two streams, and XXH64, in general registers.
//!
//! Each step waits for the one before it, so its speed is the length of that chain: 5 operations for
//! F and I, 4 for G and H. Three departures from the specification's formulas reach it:
//! - G is the sum of `d & b` and `!d & c`, which have no bit in common: only the first waits.
//! - H joins `c ^ d` before `b` arrives, and I negates `d` before.
//! - Word and constant are added to `a` three steps before its turn, and `b` last.
//!
//! Compilers reorder sums at will, so the steps are assembly. Two streams fill each other's waits.
//! XXH64 stands here because compilers make vectors of it, which the baseline multiplies slowly.

use core::arch::asm;

use crate::{
    md5::{BLOCK, State, steps},
    xxh64::{Accumulators, ROUND, STRIPE},
};

/// One step of stream `$n`. The constant is spelled as the signed number that an address takes.
#[rustfmt::skip]
macro_rules! step {
    ($n:tt $f:ident $a:ident $b:ident $c:ident $d:ident $word:tt $rotation:tt $constant:tt) => {
        concat!(
            "mov {t:e}, dword ptr [{p",
            $n,
            "} + 4*",
            $word,
            "]\n",
            "lea {",
            stringify!($a),
            $n,
            ":e}, [{",
            stringify!($a),
            $n,
            ":r} + {t:r} + ((",
            $constant,
            " ^ 0x80000000) - 0x80000000)]\n",
            function!(
                $f,
                concat!("{", stringify!($a), $n, ":e}"),
                concat!("{", stringify!($b), $n, ":e}"),
                concat!("{", stringify!($c), $n, ":e}"),
                concat!("{", stringify!($d), $n, ":e}")
            ),
            "rol {",
            stringify!($a),
            $n,
            ":e}, ",
            $rotation,
            "\n",
            "add {",
            stringify!($a),
            $n,
            ":e}, {",
            stringify!($b),
            $n,
            ":e}\n",
        )
    };
}

/// Adds a function of `b`, `c` and `d` to `a`.
#[rustfmt::skip]
macro_rules! function {
    (F, $a:expr, $b:expr, $c:expr, $d:expr) => {
        concat!("mov {t:e}, ", $c, "\nxor {t:e}, ", $d, "\nand {t:e}, ", $b, "\nxor {t:e}, ", $d,
            "\nadd ", $a, ", {t:e}\n")
    };
    (G, $a:expr, $b:expr, $c:expr, $d:expr) => {
        concat!("mov {t:e}, ", $d, "\nnot {t:e}\nand {t:e}, ", $c, "\nadd ", $a, ", {t:e}\n",
            "mov {t:e}, ", $d, "\nand {t:e}, ", $b, "\nadd ", $a, ", {t:e}\n")
    };
    (H, $a:expr, $b:expr, $c:expr, $d:expr) => {
        concat!("mov {t:e}, ", $c, "\nxor {t:e}, ", $d, "\nxor {t:e}, ", $b,
            "\nadd ", $a, ", {t:e}\n")
    };
    (I, $a:expr, $b:expr, $c:expr, $d:expr) => {
        concat!("mov {t:e}, ", $d, "\nnot {t:e}\nor {t:e}, ", $b, "\nxor {t:e}, ", $c,
            "\nadd ", $a, ", {t:e}\n")
    };
}

/// Takes whole blocks into one state.
pub(crate) fn md5_one(state: &mut State, blocks: &[u8]) {
    let [mut a, mut b, mut c, mut d] = *state;
    for block in blocks.as_chunks::<BLOCK>().0 {
        let old = [a, b, c, d];
        macro_rules! block {
            ($(($round:tt $step:tt $($rest:tt)*))*) => {
                // SAFETY: reads the 64 bytes of the block and nothing else.
                unsafe {
                    asm!(
                        $(step!(0 $($rest)*),)*
                        a0 = inout(reg) a, b0 = inout(reg) b, c0 = inout(reg) c, d0 = inout(reg) d,
                        t = out(reg) _, p0 = in(reg) block.as_ptr(),
                        options(pure, readonly, nostack),
                    )
                }
            };
        }
        steps!(block);
        a = a.wrapping_add(old[0]);
        b = b.wrapping_add(old[1]);
        c = c.wrapping_add(old[2]);
        d = d.wrapping_add(old[3]);
    }
    *state = [a, b, c, d];
}

/// Takes whole blocks into two states, as many as the shorter input has.
pub(crate) fn md5_two(states: [&mut State; 2], inputs: [&[u8]; 2]) {
    let [first, second] = states;
    let [mut a0, mut b0, mut c0, mut d0] = *first;
    let [mut a1, mut b1, mut c1, mut d1] = *second;
    let [blocks0, blocks1] = inputs.map(|input| input.as_chunks::<BLOCK>().0);
    for (block0, block1) in blocks0.iter().zip(blocks1) {
        let old = [a0, b0, c0, d0, a1, b1, c1, d1];
        macro_rules! block {
            ($(($round:tt $step:tt $($rest:tt)*))*) => {
                // SAFETY: reads the 64 bytes of each block and nothing else.
                unsafe {
                    asm!(
                        $(step!(0 $($rest)*), step!(1 $($rest)*),)*
                        a0 = inout(reg) a0, b0 = inout(reg) b0,
                        c0 = inout(reg) c0, d0 = inout(reg) d0,
                        a1 = inout(reg) a1, b1 = inout(reg) b1,
                        c1 = inout(reg) c1, d1 = inout(reg) d1,
                        t = out(reg) _, p0 = in(reg) block0.as_ptr(), p1 = in(reg) block1.as_ptr(),
                        options(pure, readonly, nostack),
                    )
                }
            };
        }
        steps!(block);
        for (word, old) in [&mut a0, &mut b0, &mut c0, &mut d0, &mut a1, &mut b1, &mut c1, &mut d1]
            .into_iter()
            .zip(old)
        {
            *word = word.wrapping_add(old);
        }
    }
    *first = [a0, b0, c0, d0];
    *second = [a1, b1, c1, d1];
}

/// Takes whole stripes into the accumulators.
pub(crate) fn xxh64(accumulators: &mut Accumulators, stripes: &[u8]) {
    macro_rules! round {
        ($sum:literal, $at:literal) => {
            concat!(
                "mov {t}, qword ptr [{p} + ",
                $at,
                "]\n",
                "imul {t}, {prime_2}\n",
                "add {",
                $sum,
                "}, {t}\n",
                "rol {",
                $sum,
                "}, 31\n",
                "imul {",
                $sum,
                "}, {prime_1}\n",
            )
        };
    }
    let [mut a, mut b, mut c, mut d] = *accumulators;
    for stripe in stripes.as_chunks::<STRIPE>().0 {
        // SAFETY: reads the 32 bytes of the stripe and nothing else.
        unsafe {
            asm!(
                round!("a", 0), round!("b", 8), round!("c", 16), round!("d", 24),
                a = inout(reg) a, b = inout(reg) b, c = inout(reg) c, d = inout(reg) d,
                t = out(reg) _, p = in(reg) stripe.as_ptr(),
                prime_1 = in(reg) ROUND[0], prime_2 = in(reg) ROUND[1],
                options(pure, readonly, nostack),
            );
        }
    }
    *accumulators = [a, b, c, d];
}
