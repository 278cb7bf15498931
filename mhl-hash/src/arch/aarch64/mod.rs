//! aarch64: NEON for many streams.

pub(crate) mod neon;
