//! Kernels that a processor has instructions for: with `mapped`, the only unsafe code of the crate.
//!
//! Each kernel that needs more than its architecture's baseline is a method of a token, and a token
//! is only made after the processor was asked: who holds one may call it.
#![allow(unsafe_code)]

#[cfg(all(target_arch = "aarch64", target_endian = "little", not(miri)))]
pub(crate) mod aarch64;
#[cfg(all(target_arch = "x86_64", target_pointer_width = "64", not(miri)))]
pub(crate) mod x86_64;
