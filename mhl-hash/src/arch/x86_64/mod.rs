//! x86-64: general registers, AVX2 and AVX-512.
//!
//! MD5 is assembly, a file for each kind of register. SHA-1 and SHA-512, whose rounds wait less for one
//! another, are written once each, in the operations that `vectors` spells for every kind of register.

/// Whether the processor and the system have a feature. Without `std` nobody can be asked, and what
/// the build promises counts.
#[cfg(feature = "std")]
macro_rules! has {
    ($feature:tt) => {
        std::is_x86_feature_detected!($feature)
    };
}
#[cfg(not(feature = "std"))]
macro_rules! has {
    ($feature:tt) => {
        cfg!(target_feature = $feature)
    };
}

pub(crate) mod avx2;
pub(crate) mod avx512;
pub(crate) mod cpu;
pub(crate) mod general;
mod md5;
mod md5_one;
pub(crate) mod multiply;
mod sha1;
mod sha512;
mod sha512_one;
#[cfg(test)]
mod tests;
mod vectors;

/// Where the lanes of a kernel read: a pointer for each, and the blocks that stand behind all.
struct Table<const LANES: usize, const BLOCK: usize> {
    pointers: [*const u8; LANES],
    blocks: usize,
}

impl<const LANES: usize, const BLOCK: usize> Table<LANES, BLOCK> {
    /// The whole blocks that every input has. Lanes without an input read the first one, whose
    /// digest is then computed once more and thrown away.
    fn new(inputs: &[&[u8]]) -> Self {
        let blocks = inputs.iter().map(|input| input.len() / BLOCK).min().unwrap_or(0);
        let idle = inputs.first().map_or(core::ptr::null(), |input| input.as_ptr());
        let mut pointers = [idle; LANES];
        for (pointer, input) in pointers.iter_mut().zip(inputs) {
            *pointer = input.as_ptr();
        }
        Table { pointers, blocks }
    }
}

/// Word by word the states of all lanes; idle lanes are zero.
fn by_word<Word: Copy + Default, const WORDS: usize, const LANES: usize>(
    states: &[&mut [Word; WORDS]],
) -> [[Word; LANES]; WORDS] {
    let mut words = [[Word::default(); LANES]; WORDS];
    for (lane, state) in states.iter().enumerate() {
        for (lanes, word) in words.iter_mut().zip(state.iter()) {
            lanes[lane] = *word;
        }
    }
    words
}

/// Puts the words of every lane back into its state.
fn by_state<Word: Copy, const WORDS: usize, const LANES: usize>(
    words: &[[Word; LANES]; WORDS],
    states: &mut [&mut [Word; WORDS]],
) {
    for (lane, state) in states.iter_mut().enumerate() {
        for (lanes, word) in words.iter().zip(state.iter_mut()) {
            *word = lanes[lane];
        }
    }
}
