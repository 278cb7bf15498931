//! XXH64 with the four accumulators of a stream in one register of 256 bits, where the processor
//! multiplies them in one operation; four streams fill each other's waits.

use core::arch::{
    asm,
    x86_64::{
        __m256i, _mm256_add_epi64, _mm256_loadu_si256, _mm256_mullo_epi64, _mm256_rol_epi64,
        _mm256_set1_epi64x, _mm256_setzero_si256, _mm256_storeu_si256, _mm256_zeroupper,
    },
};

use super::avx512::Avx512;
use crate::xxh64::{Accumulators, ROUND, STRIPE};

impl Avx512 {
    /// Takes whole stripes into the accumulators of one stream.
    pub(crate) fn xxh64_one(self, accumulators: &mut Accumulators, input: &[u8]) {
        // SAFETY: the token proves the features.
        unsafe { stripes_of_one(accumulators, input) }
    }

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

/// One stream waits for itself alone: a sum, a rotation of two cycles, a product of three. As a product
/// distributes over a sum, `rotate(x, 31) * prime` is `x * (prime << 31) + (x >> 33) * prime`, whose
/// longer half is a shift of one cycle and a product, and the next word is added to the shorter one
/// meanwhile: five cycles for six. The third product is free where one stream leaves the multiplier idle.
///
/// # Safety
/// The processor has AVX-512 F, DQ and VL.
#[target_feature(enable = "avx512f,avx512dq,avx512vl")]
unsafe fn stripes_of_one(accumulators: &mut Accumulators, input: &[u8]) {
    let [prime_1, prime_2] = ROUND.map(|prime| _mm256_set1_epi64x(prime as i64));
    let prime_1_high = _mm256_set1_epi64x((ROUND[0] << 31) as i64);
    let (stripes, _) = input.as_chunks::<STRIPE>();
    // SAFETY: a stripe is 32 bytes.
    let word = |stripe: &[u8; STRIPE]| unsafe { _mm256_loadu_si256(stripe.as_ptr().cast()) };
    let Some((first, others)) = stripes.split_first() else { return };
    // SAFETY: four words are 32 bytes.
    let before = unsafe { _mm256_loadu_si256(accumulators.as_ptr().cast()) };
    let mut added = _mm256_add_epi64(before, _mm256_mullo_epi64(word(first), prime_2));
    for stripe in others {
        // Compilers reorder sums at will, and this one's order is the point.
        // SAFETY: reads the 32 bytes of the stripe and nothing else.
        unsafe {
            asm!(
                "vpmullq {high}, {added}, {prime_1_high}",
                "vpsrlq {added}, {added}, 33",
                "vpmullq {word}, {prime_2}, ymmword ptr [{p}]",
                "vpmullq {added}, {added}, {prime_1}",
                "vpaddq {high}, {high}, {word}",
                "vpaddq {added}, {added}, {high}",
                added = inout(ymm_reg) added, high = out(ymm_reg) _, word = out(ymm_reg) _,
                prime_1 = in(ymm_reg) prime_1, prime_2 = in(ymm_reg) prime_2,
                prime_1_high = in(ymm_reg) prime_1_high, p = in(reg) stripe.as_ptr(),
                options(pure, readonly, nostack, preserves_flags),
            );
        }
    }
    let after = _mm256_mullo_epi64(_mm256_rol_epi64::<31>(added), prime_1);
    // SAFETY: as for the load.
    unsafe { _mm256_storeu_si256(accumulators.as_mut_ptr().cast(), after) };
    _mm256_zeroupper();
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
