//! The block function in safe Rust, for every processor: what the other kernels are compared with.

use super::{BLOCK, State, steps};

/// The four functions, as the specification has them.
macro_rules! round {
    (F $b:expr, $c:expr, $d:expr) => {
        ($b & $c) | (!$b & $d)
    };
    (G $b:expr, $c:expr, $d:expr) => {
        ($b & $d) | ($c & !$d)
    };
    (H $b:expr, $c:expr, $d:expr) => {
        $b ^ $c ^ $d
    };
    (I $b:expr, $c:expr, $d:expr) => {
        $c ^ ($b | !$d)
    };
}

/// The words by the names that the steps use.
struct Words {
    a: u32,
    b: u32,
    c: u32,
    d: u32,
}

/// Takes whole blocks into one state.
pub(crate) fn compress(state: &mut State, blocks: &[u8]) {
    debug_assert_eq!(blocks.len() % BLOCK, 0);
    for block in blocks.as_chunks::<BLOCK>().0 {
        let mut message = [0; 16];
        for (word, bytes) in message.iter_mut().zip(block.as_chunks().0) {
            *word = u32::from_le_bytes(*bytes);
        }
        let mut w = Words { a: state[0], b: state[1], c: state[2], d: state[3] };
        macro_rules! block {
            ($(($round:tt $step:tt $f:ident $a:ident $b:ident $c:ident $d:ident
                $word:literal $rotation:literal $constant:literal))*) => {$(
                w.$a = w.$a.wrapping_add(round!($f w.$b, w.$c, w.$d))
                    .wrapping_add(message[$word])
                    .wrapping_add($constant)
                    .rotate_left($rotation)
                    .wrapping_add(w.$b);
            )*};
        }
        steps!(block);
        for (word, new) in state.iter_mut().zip([w.a, w.b, w.c, w.d]) {
            *word = word.wrapping_add(new);
        }
    }
}
