//! XXH64 with the four accumulators of a stream in one register of 256 bits, where the processor
//! multiplies them in one operation; four streams fill each other's waits.

use core::arch::x86_64::{
    __m256i, _mm256_add_epi64, _mm256_loadu_si256, _mm256_mullo_epi64, _mm256_rol_epi64,
    _mm256_set1_epi64x, _mm256_setzero_si256, _mm256_storeu_si256, _mm256_zeroupper,
};

use super::avx512::Avx512;
use crate::xxh64::{Accumulators, ROUND, STRIPE};

impl Avx512 {
    /// Takes the whole stripes of each input, as many as the shortest has, into the accumulators
    /// beside it.
    pub(crate) fn xxh64<const STREAMS: usize>(
        self,
        accumulators: [&mut Accumulators; STREAMS],
        inputs: [&[u8]; STREAMS],
    ) {
        // SAFETY: the token proves the features.
        unsafe { stripes(accumulators, inputs) }
    }
}

/// # Safety
/// The processor has AVX-512 F, DQ and VL.
#[target_feature(enable = "avx512f,avx512dq,avx512vl")]
unsafe fn stripes<const STREAMS: usize>(
    mut accumulators: [&mut Accumulators; STREAMS],
    inputs: [&[u8]; STREAMS],
) {
    let [prime_1, prime_2] = ROUND.map(|prime| _mm256_set1_epi64x(prime as i64));
    let len = inputs.iter().map(|input| input.len()).min().unwrap_or(0) / STRIPE * STRIPE;
    let starts = inputs.map(<[u8]>::as_ptr);
    let mut sums = [_mm256_setzero_si256(); STREAMS];
    for (sum, words) in sums.iter_mut().zip(&accumulators) {
        // SAFETY: four words are 32 bytes.
        *sum = unsafe { _mm256_loadu_si256(words.as_ptr().cast()) };
    }
    for at in (0..len).step_by(STRIPE) {
        for (sum, start) in sums.iter_mut().zip(starts) {
            // SAFETY: every input has a stripe at `at`.
            let words: __m256i = unsafe { _mm256_loadu_si256(start.add(at).cast()) };
            let added = _mm256_add_epi64(*sum, _mm256_mullo_epi64(words, prime_2));
            *sum = _mm256_mullo_epi64(_mm256_rol_epi64::<31>(added), prime_1);
        }
    }
    for (sum, words) in sums.into_iter().zip(&mut accumulators) {
        // SAFETY: as for the load.
        unsafe { _mm256_storeu_si256(words.as_mut_ptr().cast(), sum) };
    }
    _mm256_zeroupper();
}
