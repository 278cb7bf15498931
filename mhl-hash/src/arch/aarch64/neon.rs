//! MD5 of up to 8 streams in NEON: two sets of 4 lanes, each lane one stream.
//!
//! Each step waits for the one before it; two sets fill each other's waits. F and G choose between
//! two words bit by bit, which is one instruction. A rotation is a shift and a shift that inserts; it
//! is assembly because compilers make of it a shift that adds, for whose result some processors need
//! twice as long. Words change places with lanes four by four, chaining words as well as the message.
//!
//! What it computes is tested under emulation. Its speed is unmeasured.

use core::arch::{
    aarch64::{
        uint32x4_t, vaddq_u32, vbslq_u32, vdupq_n_u32, veorq_u32, vld1q_u8, vld1q_u32, vornq_u32,
        vreinterpretq_u16_u32, vreinterpretq_u32_u8, vreinterpretq_u32_u16, vreinterpretq_u32_u64,
        vreinterpretq_u64_u32, vrev32q_u16, vshlq_n_u32, vst1q_u32, vtrn1q_u32, vtrn1q_u64,
        vtrn2q_u32, vtrn2q_u64,
    },
    asm,
};

use crate::{
    backend::whole_blocks,
    md5::{BLOCK, State, steps},
};

/// Lanes of one set.
const SET: usize = 4;

/// Proof that the processor has NEON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Neon(());

/// The chaining words of a set, by the names that the steps use.
#[derive(Clone, Copy)]
struct Words {
    a: uint32x4_t,
    b: uint32x4_t,
    c: uint32x4_t,
    d: uint32x4_t,
}

impl Neon {
    /// Lanes of the widest kernel.
    pub(crate) const LANES: usize = 2 * SET;

    /// Asks the processor.
    pub(crate) fn new() -> Option<Self> {
        // Every processor that these targets are built for has it.
        cfg!(target_feature = "neon").then_some(Neon(()))
    }

    /// Takes the whole blocks of each input, as many as the shortest has, into the state beside it:
    /// up to [`Neon::LANES`] of them.
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

/// The functions of the specification, `b` as late as can be.
macro_rules! function {
    (F $b:expr, $c:expr, $d:expr) => {
        vbslq_u32($b, $c, $d)
    };
    (G $b:expr, $c:expr, $d:expr) => {
        vbslq_u32($d, $b, $c)
    };
    (H $b:expr, $c:expr, $d:expr) => {
        veorq_u32(veorq_u32($c, $d), $b)
    };
    (I $b:expr, $c:expr, $d:expr) => {
        veorq_u32($c, vornq_u32($b, $d))
    };
}

#[target_feature(enable = "neon")]
fn compress<const SETS: usize>(states: &mut [&mut State], inputs: &[&[u8]]) {
    let Some(first) = inputs.first() else { return };
    // Lanes without an input read the first one; what comes of it is thrown away.
    let mut lanes = [[first.as_chunks::<BLOCK>().0; SET]; SETS];
    for (lane, input) in lanes.as_flattened_mut().iter_mut().zip(inputs) {
        *lane = input.as_chunks().0;
    }
    let mut sets = [Words::new([vdupq_n_u32(0); SET]); SETS];
    for (set, states) in sets.iter_mut().zip(states.chunks(SET)) {
        *set = Words::load(states);
    }

    for block in 0..whole_blocks(inputs, BLOCK) / BLOCK {
        let messages = lanes.map(|lanes| message(lanes.map(|blocks| &blocks[block])));
        let before = sets;
        macro_rules! block {
            ($(($round:tt $step:tt $f:ident $a:ident $b:ident $c:ident $d:ident
                $word:literal $rotation:literal $constant:literal))*) => {$(
                for (w, message) in sets.iter_mut().zip(&messages) {
                    let added = vaddq_u32(message[$word], vdupq_n_u32($constant));
                    let sum = vaddq_u32(vaddq_u32(w.$a, added), function!($f w.$b, w.$c, w.$d));
                    w.$a = vaddq_u32(rotate::<$rotation>(sum), w.$b);
                }
            )*};
        }
        steps!(block);
        for (set, before) in sets.iter_mut().zip(before) {
            *set = set.plus(before);
        }
    }

    for (set, states) in sets.into_iter().zip(states.chunks_mut(SET)) {
        set.store(states);
    }
}

impl Words {
    #[target_feature(enable = "neon")]
    fn new([a, b, c, d]: [uint32x4_t; 4]) -> Self {
        Words { a, b, c, d }
    }

    /// The states of a set, of up to [`SET`] lanes.
    #[target_feature(enable = "neon")]
    fn load(states: &[&mut State]) -> Self {
        let mut rows = [vdupq_n_u32(0); SET];
        for (row, state) in rows.iter_mut().zip(states) {
            // SAFETY: reads the four words of the state.
            *row = unsafe { vld1q_u32(state.as_ptr()) };
        }
        Words::new(transpose(rows))
    }

    #[target_feature(enable = "neon")]
    fn store(self, states: &mut [&mut State]) {
        for (row, state) in transpose([self.a, self.b, self.c, self.d]).into_iter().zip(states) {
            // SAFETY: writes the four words of the state.
            unsafe { vst1q_u32(state.as_mut_ptr(), row) };
        }
    }

    #[target_feature(enable = "neon")]
    fn plus(self, other: Self) -> Self {
        Words {
            a: vaddq_u32(self.a, other.a),
            b: vaddq_u32(self.b, other.b),
            c: vaddq_u32(self.c, other.c),
            d: vaddq_u32(self.d, other.d),
        }
    }
}

/// The 16 words of the blocks, lane by lane.
#[target_feature(enable = "neon")]
#[inline]
fn message(blocks: [&[u8; BLOCK]; SET]) -> [uint32x4_t; 16] {
    let mut words = [vdupq_n_u32(0); 16];
    for (four, words) in words.as_chunks_mut().0.iter_mut().enumerate() {
        *words = transpose(blocks.map(|block| {
            let bytes: &[u8; 16] = &block.as_chunks().0[four];
            // SAFETY: reads these 16 bytes.
            vreinterpretq_u32_u8(unsafe { vld1q_u8(bytes.as_ptr()) })
        }));
    }
    words
}

/// Four words of four lanes each, from four lanes of four words each; or the other way.
#[target_feature(enable = "neon")]
#[inline]
fn transpose([a, b, c, d]: [uint32x4_t; 4]) -> [uint32x4_t; 4] {
    let low = [vtrn1q_u32(a, b), vtrn1q_u32(c, d)].map(|words| vreinterpretq_u64_u32(words));
    let high = [vtrn2q_u32(a, b), vtrn2q_u32(c, d)].map(|words| vreinterpretq_u64_u32(words));
    [
        vtrn1q_u64(low[0], low[1]),
        vtrn1q_u64(high[0], high[1]),
        vtrn2q_u64(low[0], low[1]),
        vtrn2q_u64(high[0], high[1]),
    ]
    .map(|words| vreinterpretq_u32_u64(words))
}

/// Rotates each word to the left; by 16 it is an exchange of halves.
#[target_feature(enable = "neon")]
#[inline]
fn rotate<const LEFT: i32>(words: uint32x4_t) -> uint32x4_t {
    if LEFT == 16 {
        return vreinterpretq_u32_u16(vrev32q_u16(vreinterpretq_u16_u32(words)));
    }
    let mut rotated = vshlq_n_u32::<LEFT>(words);
    // SAFETY: computes a register from two.
    unsafe {
        asm!(
            "sri {rotated:v}.4s, {words:v}.4s, #{right}",
            rotated = inout(vreg) rotated, words = in(vreg) words, right = const 32 - LEFT,
            options(pure, nomem, nostack, preserves_flags),
        );
    }
    rotated
}
