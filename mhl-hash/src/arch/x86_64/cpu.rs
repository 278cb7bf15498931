//! What the feature bits of a processor don't tell.

use core::{
    arch::x86_64::__cpuid,
    sync::atomic::{AtomicU8, Ordering},
};

/// Whether a 64-bit vector multiplication is one operation here: AMD's families 19h (Zen 4) and 1Ah
/// (Zen 5) take 3 cycles for it, Intel's cores 15 in three operations.
pub(crate) fn multiplies_in_vectors() -> bool {
    /// Asked once: in a virtual machine each question takes as long as hashing 100 KiB.
    static ANSWER: AtomicU8 = AtomicU8::new(UNASKED);
    const UNASKED: u8 = 2;
    let answer = ANSWER.load(Ordering::Relaxed);
    if answer != UNASKED {
        return answer == 1;
    }
    #[allow(unused_unsafe)] // Newer compilers know that this is safe.
    // SAFETY: every x86-64 processor has `cpuid` and its leaves 0 and 1.
    let (vendor, model) = unsafe { (__cpuid(0), __cpuid(1)) };
    let amd = [vendor.ebx, vendor.edx, vendor.ecx]
        == [b"Auth", b"enti", b"cAMD"].map(|part| u32::from_le_bytes(*part));
    let family = (model.eax >> 8 & 0xf) + (model.eax >> 20 & 0xff);
    let multiplies = amd && matches!(family, 0x19 | 0x1a);
    ANSWER.store(u8::from(multiplies), Ordering::Relaxed);
    multiplies
}

/// Whether the processor has instructions for SHA-1.
pub(crate) fn has_sha() -> bool {
    has!("sha")
}
