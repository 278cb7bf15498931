//! What the feature bits of a processor don't tell.

use core::arch::x86_64::__cpuid;
use std::sync::OnceLock;

/// Whether a 64-bit vector multiplication is one operation here: AMD's families 19h (Zen 4) and 1Ah
/// (Zen 5) take 3 cycles for it, Intel's cores 15 in three operations.
pub(crate) fn multiplies_in_vectors() -> bool {
    // Asked once: in a virtual machine each question takes as long as hashing 100 KiB.
    static ANSWER: OnceLock<bool> = OnceLock::new();
    *ANSWER.get_or_init(|| {
        #[allow(unused_unsafe)] // Newer compilers know that this is safe.
        // SAFETY: every x86-64 processor has `cpuid` and its leaves 0 and 1.
        let (vendor, model) = unsafe { (__cpuid(0), __cpuid(1)) };
        let amd = [vendor.ebx, vendor.edx, vendor.ecx]
            == [b"Auth", b"enti", b"cAMD"].map(|part| u32::from_le_bytes(*part));
        let family = (model.eax >> 8 & 0xf) + (model.eax >> 20 & 0xff);
        amd && matches!(family, 0x19 | 0x1a)
    })
}
