//! What the processor can do: found out once, listed, and forced where a test wants it.

use alloc::{vec, vec::Vec};
use core::fmt;

#[cfg(all(target_arch = "aarch64", target_endian = "little", not(miri)))]
use crate::arch::aarch64::neon::Neon;
#[cfg(all(target_arch = "x86_64", target_pointer_width = "64", not(miri)))]
use crate::arch::x86_64::{avx2::Avx2, avx512::Avx512, cpu, general};
use crate::{
    md5::{self, BLOCK, State},
    sha1, sha512,
    xxh64::{self, Accumulators, STRIPE},
};

/// A set of kernels that this processor can run.
///
/// Every backend computes the same digests; they differ in speed. [`Hasher`](crate::Hasher) and
/// [`Streams`](crate::Streams) take [`Backend::best`] unless told otherwise. There is no way to make
/// one that the processor lacks.
///
/// ```
/// use mhl_hash::{Algorithm, Backend, Streams};
///
/// for backend in Backend::available() {
///     let mut streams = Streams::with_backend(&[Algorithm::Md5], backend);
///     let stream = streams.start();
///     assert!(streams.push(stream, b"abc"));
///     let values = streams.finish(stream).unwrap();
///     assert_eq!(values[0].to_hex(), "900150983cd24fb0d6963f7d28e17f72", "{backend}");
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backend {
    kernels: Kernels,
    /// Whether XXH64 multiplies in vectors where the instructions exist.
    vector_multiply: bool,
}

/// The tokens prove that the processor was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kernels {
    Portable,
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "64", not(miri)))]
    General,
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "64", not(miri)))]
    Avx2(Avx2),
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "64", not(miri)))]
    Avx512(Avx512),
    #[cfg(all(target_arch = "aarch64", target_endian = "little", not(miri)))]
    Neon(Neon),
}

/// The widest of all kernels, in streams.
pub(crate) const MOST_LANES: usize = 32;

impl Backend {
    /// Safe Rust for every processor.
    #[must_use]
    pub const fn portable() -> Self {
        Backend { kernels: Kernels::Portable, vector_multiply: false }
    }

    /// The fastest of this processor.
    #[must_use]
    pub fn best() -> Self {
        #[cfg(all(target_arch = "x86_64", target_pointer_width = "64", not(miri)))]
        {
            if let Some(token) = Avx512::new() {
                let vector_multiply = cpu::multiplies_in_vectors();
                return Backend { kernels: Kernels::Avx512(token), vector_multiply };
            }
            let kernels = Avx2::new().map_or(Kernels::General, Kernels::Avx2);
            Backend { kernels, vector_multiply: false }
        }
        #[cfg(all(target_arch = "aarch64", target_endian = "little", not(miri)))]
        {
            let kernels = Neon::new().map_or(Kernels::Portable, Kernels::Neon);
            Backend { kernels, vector_multiply: false }
        }
        #[cfg(not(any(
            all(target_arch = "x86_64", target_pointer_width = "64", not(miri)),
            all(target_arch = "aarch64", target_endian = "little", not(miri)),
        )))]
        Backend::portable()
    }

    /// All that this processor can run, the portable one first and the fastest last.
    #[must_use]
    pub fn available() -> Vec<Self> {
        #[allow(unused_mut)] // One architecture has no more than this.
        let mut available = vec![Backend::portable()];
        #[cfg(all(target_arch = "x86_64", target_pointer_width = "64", not(miri)))]
        {
            let avx2 = Avx2::new().map(Kernels::Avx2);
            for kernels in [Kernels::General].into_iter().chain(avx2) {
                available.push(Backend { kernels, vector_multiply: false });
            }
            if matches!(Backend::best().kernels, Kernels::Avx512(_)) {
                available.push(Backend::best());
            }
        }
        #[cfg(all(target_arch = "aarch64", target_endian = "little", not(miri)))]
        available.extend(Neon::new().map(|_| Backend::best()));
        available
    }

    /// The available backend of this name.
    ///
    /// ```
    /// use mhl_hash::Backend;
    ///
    /// assert_eq!(Backend::by_name("portable"), Some(Backend::portable()));
    /// assert_eq!(Backend::by_name("abacus"), None);
    /// ```
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Backend::available().into_iter().find(|backend| backend.name() == name)
    }

    /// `portable`; `x86-64`, `avx2` or `avx512`; `neon`, whose speed is unmeasured.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self.kernels {
            Kernels::Portable => "portable",
            #[cfg(all(target_arch = "x86_64", target_pointer_width = "64", not(miri)))]
            Kernels::General => "x86-64",
            #[cfg(all(target_arch = "x86_64", target_pointer_width = "64", not(miri)))]
            Kernels::Avx2(_) => "avx2",
            #[cfg(all(target_arch = "x86_64", target_pointer_width = "64", not(miri)))]
            Kernels::Avx512(_) => "avx512",
            #[cfg(all(target_arch = "aarch64", target_endian = "little", not(miri)))]
            Kernels::Neon(_) => "neon",
        }
    }

    /// How many MD5 streams its widest kernel takes: 1, 2, 8, 16 or 32.
    #[must_use]
    pub const fn lanes(self) -> usize {
        match self.kernels {
            Kernels::Portable => 1,
            #[cfg(all(target_arch = "x86_64", target_pointer_width = "64", not(miri)))]
            Kernels::General => 2,
            #[cfg(all(target_arch = "x86_64", target_pointer_width = "64", not(miri)))]
            Kernels::Avx2(_) => Avx2::LANES,
            #[cfg(all(target_arch = "x86_64", target_pointer_width = "64", not(miri)))]
            Kernels::Avx512(_) => Avx512::LANES,
            #[cfg(all(target_arch = "aarch64", target_endian = "little", not(miri)))]
            Kernels::Neon(_) => Neon::LANES,
        }
    }

    /// How many SHA-1 streams its widest kernel takes.
    pub(crate) const fn sha1_lanes(self) -> usize {
        match self.kernels {
            #[cfg(all(target_arch = "x86_64", target_pointer_width = "64", not(miri)))]
            Kernels::Avx2(_) => Avx2::SHA1_LANES,
            #[cfg(all(target_arch = "x86_64", target_pointer_width = "64", not(miri)))]
            Kernels::Avx512(_) => Avx512::SHA1_LANES,
            _ => 1,
        }
    }

    /// How many SHA-512 streams its widest kernel takes.
    pub(crate) const fn sha512_lanes(self) -> usize {
        match self.kernels {
            #[cfg(all(target_arch = "x86_64", target_pointer_width = "64", not(miri)))]
            Kernels::Avx2(_) => Avx2::SHA512_LANES,
            #[cfg(all(target_arch = "x86_64", target_pointer_width = "64", not(miri)))]
            Kernels::Avx512(_) => Avx512::SHA512_LANES,
            _ => 1,
        }
    }

    /// How many XXH64 streams its widest kernel takes.
    pub(crate) const fn xxh64_lanes(self) -> usize {
        match self.kernels {
            #[cfg(all(target_arch = "x86_64", target_pointer_width = "64", not(miri)))]
            Kernels::Avx512(_) if self.vector_multiply => 4,
            _ => 1,
        }
    }

    /// The same backend with XXH64 in vectors or not, where the instructions exist; without effect
    /// elsewhere.
    ///
    /// By default decided by a table of processor families: the instruction is fast on AMD's Zen 4
    /// and Zen 5, and slower than general registers on others that have it.
    #[must_use]
    pub const fn with_vector_multiply(self, vector_multiply: bool) -> Self {
        match self.kernels {
            #[cfg(all(target_arch = "x86_64", target_pointer_width = "64", not(miri)))]
            Kernels::Avx512(_) => Backend { vector_multiply, ..self },
            _ => {
                let _ = vector_multiply;
                self
            }
        }
    }

    /// Takes whole blocks of MD5 into one state.
    pub(crate) fn md5_one(self, state: &mut State, blocks: &[u8]) {
        match self.kernels {
            #[cfg(all(target_arch = "x86_64", target_pointer_width = "64", not(miri)))]
            Kernels::Avx512(token) => token.md5_one(state, blocks),
            #[cfg(all(target_arch = "x86_64", target_pointer_width = "64", not(miri)))]
            Kernels::General | Kernels::Avx2(_) => general::md5_one(state, blocks),
            _ => md5::portable::compress(state, blocks),
        }
    }

    /// Takes the whole blocks of each input into the state beside it: as many as the shortest has,
    /// of up to [`Backend::lanes`] streams.
    pub(crate) fn md5_many(self, states: &mut [&mut State], inputs: &[&[u8]]) {
        debug_assert_eq!(states.len(), inputs.len());
        debug_assert!(states.len() <= self.lanes());
        let len = whole_blocks(inputs, BLOCK);
        match (self.kernels, states, inputs) {
            (_, [], _) => {}
            (_, [state], [input]) => self.md5_one(state, &input[..len]),
            #[cfg(all(target_arch = "x86_64", target_pointer_width = "64", not(miri)))]
            (Kernels::General, [s, t], [i, j]) => {
                general::md5_two([s, t], [&i[..len], &j[..len]]);
            }
            #[cfg(all(target_arch = "x86_64", target_pointer_width = "64", not(miri)))]
            (Kernels::Avx2(token), states, _) => token.md5(states, inputs),
            #[cfg(all(target_arch = "x86_64", target_pointer_width = "64", not(miri)))]
            (Kernels::Avx512(token), states, _) => token.md5(states, inputs),
            // Of four lanes two would idle, and general registers answer sooner.
            #[cfg(all(target_arch = "aarch64", target_endian = "little", not(miri)))]
            (Kernels::Neon(token), states @ [_, _, _, ..], _) => token.md5(states, inputs),
            (_, states, _) => {
                for (state, input) in states.iter_mut().zip(inputs) {
                    self.md5_one(state, &input[..len]);
                }
            }
        }
    }

    /// Takes whole blocks of SHA-1 into one state.
    pub(crate) fn sha1_one(self, state: &mut sha1::State, blocks: &[u8]) {
        sha1::compress(state, blocks);
    }

    /// Takes the whole blocks of each input into the state beside it: as many as the shortest has,
    /// of up to [`Backend::sha1_lanes`] streams.
    pub(crate) fn sha1_many(self, states: &mut [&mut sha1::State], inputs: &[&[u8]]) {
        match self.kernels {
            // A lane takes a third as long as the SHA instructions, a half in AVX2.
            #[cfg(all(target_arch = "x86_64", target_pointer_width = "64", not(miri)))]
            Kernels::Avx512(token) if states.len() >= 3 => token.sha1(states, inputs),
            #[cfg(all(target_arch = "x86_64", target_pointer_width = "64", not(miri)))]
            Kernels::Avx2(token) if states.len() >= if cpu::has_sha() { 5 } else { 2 } => {
                token.sha1(states, inputs);
            }
            _ => {
                one_by_one(states, inputs, sha1::BLOCK, |state, blocks| {
                    self.sha1_one(state, blocks)
                });
            }
        }
    }

    /// Takes whole blocks of SHA-512 into one state.
    pub(crate) fn sha512_one(self, state: &mut sha512::State, blocks: &[u8]) {
        match self.kernels {
            #[cfg(all(target_arch = "x86_64", target_pointer_width = "64", not(miri)))]
            Kernels::Avx2(token) => token.sha512_one(state, blocks),
            #[cfg(all(target_arch = "x86_64", target_pointer_width = "64", not(miri)))]
            Kernels::Avx512(token) => token.sha512_one(state, blocks),
            _ => sha512::compress(state, blocks),
        }
    }

    /// Takes the whole blocks of each input into the state beside it: as many as the shortest has,
    /// of up to [`Backend::sha512_lanes`] streams.
    pub(crate) fn sha512_many(self, states: &mut [&mut sha512::State], inputs: &[&[u8]]) {
        match self.kernels {
            #[cfg(all(target_arch = "x86_64", target_pointer_width = "64", not(miri)))]
            Kernels::Avx512(token) if states.len() >= 2 => token.sha512(states, inputs),
            #[cfg(all(target_arch = "x86_64", target_pointer_width = "64", not(miri)))]
            Kernels::Avx2(token) if states.len() >= 3 => token.sha512(states, inputs),
            _ => {
                one_by_one(states, inputs, sha512::BLOCK, |state, blocks| {
                    self.sha512_one(state, blocks)
                });
            }
        }
    }

    /// Takes whole stripes of XXH64 into one set of accumulators.
    pub(crate) fn xxh64_one(self, accumulators: &mut Accumulators, stripes: &[u8]) {
        match self.kernels {
            #[cfg(all(target_arch = "x86_64", target_pointer_width = "64", not(miri)))]
            Kernels::Avx512(token) if self.vector_multiply => {
                token.xxh64_one(accumulators, stripes);
            }
            #[cfg(all(target_arch = "x86_64", target_pointer_width = "64", not(miri)))]
            Kernels::General | Kernels::Avx2(_) | Kernels::Avx512(_) => {
                general::xxh64(accumulators, stripes);
            }
            _ => xxh64::stripes(accumulators, stripes),
        }
    }

    /// Takes the whole stripes of each input into the accumulators beside it: as many as the
    /// shortest has, of up to [`Backend::xxh64_lanes`] streams.
    pub(crate) fn xxh64_many(self, states: &mut [&mut Accumulators], inputs: &[&[u8]]) {
        debug_assert_eq!(states.len(), inputs.len());
        match (self.kernels, states, inputs) {
            #[cfg(all(target_arch = "x86_64", target_pointer_width = "64", not(miri)))]
            (Kernels::Avx512(token), [a, b, c, d], &[i, j, k, l]) if self.vector_multiply => {
                token.xxh64([a, b, c, d], [i, j, k, l]);
            }
            (_, states, _) => {
                one_by_one(states, inputs, STRIPE, |state, blocks| self.xxh64_one(state, blocks));
            }
        }
    }
}

/// Takes the whole blocks that every input has into the state beside it, one stream after the other.
fn one_by_one<State>(
    states: &mut [&mut State],
    inputs: &[&[u8]],
    block: usize,
    one: impl Fn(&mut State, &[u8]),
) {
    let len = whole_blocks(inputs, block);
    for (state, input) in states.iter_mut().zip(inputs) {
        one(state, &input[..len]);
    }
}

/// Length of the whole blocks that every input has.
pub(crate) fn whole_blocks(inputs: &[&[u8]], block: usize) -> usize {
    inputs.iter().map(|input| input.len()).min().unwrap_or(0) / block * block
}

impl Default for Backend {
    /// [`Backend::best`].
    fn default() -> Self {
        Backend::best()
    }
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A cycle of 251 bytes: no two blocks of 64 within 16 KiB are alike.
    fn cycle(len: usize, from: usize) -> Vec<u8> {
        (from..from + len).map(|i| (i % 251) as u8).collect()
    }

    /// Blocks of md5 streams through the kernel under test, beside each through the oracle.
    fn md5_equals_portable(backend: Backend, lens: &[usize]) {
        let inputs: Vec<Vec<u8>> =
            lens.iter().enumerate().map(|(lane, len)| cycle(*len, 7 * lane)).collect();
        let inputs: Vec<&[u8]> = inputs.iter().map(Vec::as_slice).collect();
        let mut states: Vec<State> = (0..lens.len() as u32)
            .map(|lane| md5::INITIAL.map(|word| word.wrapping_mul(2 * lane + 1)))
            .collect();
        let mut expected = states.clone();
        let len = lens.iter().min().unwrap() / BLOCK * BLOCK;
        for (state, input) in expected.iter_mut().zip(&inputs) {
            md5::portable::compress(state, &input[..len]);
        }
        backend.md5_many(&mut states.iter_mut().collect::<Vec<_>>(), &inputs);
        assert_eq!(states, expected, "{backend}, {lens:?}");
    }

    #[test]
    fn row_82_every_kernel_and_number_of_streams_equals_the_portable_one() {
        for backend in Backend::available() {
            for streams in 1..=backend.lanes() {
                for blocks in [0, 1, 2, 3, 17] {
                    md5_equals_portable(backend, &vec![blocks * BLOCK; streams]);
                }
                let uneven: Vec<usize> = (0..streams).map(|lane| 65 * BLOCK - lane).collect();
                md5_equals_portable(backend, &uneven);
            }
        }
    }

    #[test]
    fn every_alignment_of_every_lane_is_read_right() {
        let bytes = cycle(3 * BLOCK + 64, 0);
        for backend in Backend::available() {
            for shift in 0..64 {
                let inputs: Vec<&[u8]> = (0..backend.lanes())
                    .map(|lane| &bytes[(shift + lane) % 64..][..3 * BLOCK])
                    .collect();
                let mut states = vec![md5::INITIAL; backend.lanes()];
                backend.md5_many(&mut states.iter_mut().collect::<Vec<_>>(), &inputs);
                for (state, input) in states.iter().zip(&inputs) {
                    let mut expected = md5::INITIAL;
                    md5::portable::compress(&mut expected, input);
                    assert_eq!(*state, expected, "{backend}, shifted by {shift}");
                }
            }
        }
    }

    #[test]
    fn four_streams_of_xxh64_equal_each_alone() {
        let bytes = cycle(99 * STRIPE, 0);
        for backend in Backend::available() {
            for backend in [true, false].map(|multiply| backend.with_vector_multiply(multiply)) {
                let inputs = [0, 1, 2, 3].map(|stream| &bytes[stream..][..98 * STRIPE]);
                let start = |stream: u64| [1, 2, 3, u64::MAX - stream];
                let mut sums = [0, 1, 2, 3].map(start);
                backend.xxh64_many(&mut sums.each_mut(), &inputs);
                for (stream, input) in inputs.iter().enumerate() {
                    let (mut alone, mut portable) = (start(stream as u64), start(stream as u64));
                    backend.xxh64_one(&mut alone, input);
                    xxh64::stripes(&mut portable, input);
                    assert_eq!((sums[stream], alone), (portable, portable), "{backend:?}");
                }
            }
        }
    }

    #[test]
    fn the_list_of_backends_is_named_and_ordered() {
        let available = Backend::available();
        assert_eq!(available.first(), Some(&Backend::portable()));
        assert_eq!(available.last(), Some(&Backend::best()));
        for backend in available {
            assert_eq!(Backend::by_name(backend.name()), Some(backend));
            assert!((1..=MOST_LANES).contains(&backend.lanes()));
        }
    }
}
