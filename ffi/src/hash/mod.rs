//! Digests of bytes that the program pushes as it copies.

pub(crate) mod algorithm;
pub(crate) mod digest;
pub(crate) mod hasher;
pub(crate) mod streams;
