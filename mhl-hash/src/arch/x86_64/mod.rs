//! x86-64: general registers for one and two streams, AVX2 and AVX-512 for many.

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
pub(crate) mod multiply;

/// Where the lanes of a kernel read: a pointer for each, and the blocks that stand behind all.
struct Table<const LANES: usize> {
    pointers: [*const u8; LANES],
    blocks: usize,
}

impl<const LANES: usize> Table<LANES> {
    /// The whole blocks, of so many bytes, that every input has. Lanes without an input read the first one, whose
    /// digest is then computed once more and thrown away.
    fn new(inputs: &[&[u8]], block: usize) -> Self {
        let blocks = inputs.iter().map(|input| input.len() / block).min().unwrap_or(0);
        let idle = inputs.first().map_or(core::ptr::null(), |input| input.as_ptr());
        let mut pointers = [idle; LANES];
        for (pointer, input) in pointers.iter_mut().zip(inputs) {
            *pointer = input.as_ptr();
        }
        Table { pointers, blocks }
    }
}
