//! Every backend against independent implementations, one stream and many.
//!
//! `MHL_HASH_BACKEND` names the only backend to test; all that the processor has otherwise.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod lengths;
mod long;
#[cfg(unix)]
mod programs;
mod script;

use md5::Digest as _;
use mhl_hash::{Algorithm, Backend, HashValue};

/// Every algorithm: first those that have kernels of their own.
const EVERY: [Algorithm; 7] = [
    Algorithm::Md5,
    Algorithm::Xxh64,
    Algorithm::Sha1,
    Algorithm::C4,
    Algorithm::Xxh32,
    Algorithm::Xxh3,
    Algorithm::Xxh128,
];

/// The backends under test, each with XXH64 in vectors and without.
fn backends() -> Vec<Backend> {
    let named = std::env::var("MHL_HASH_BACKEND").ok();
    let backends = match &named {
        Some(name) => vec![Backend::by_name(name).unwrap_or_else(|| panic!("no backend {name}"))],
        None => Backend::available(),
    };
    let mut all: Vec<Backend> = backends
        .into_iter()
        .flat_map(|backend| [true, false].map(|multiply| backend.with_vector_multiply(multiply)))
        .collect();
    all.dedup();
    all
}

/// A cycle of 251 bytes: no two blocks of 64 within 16 KiB are alike, so that one swapped for
/// another shows.
fn cycle(len: usize) -> Vec<u8> {
    (0..len).map(|i| (i % 251) as u8).collect()
}

/// The values that other implementations give, of every algorithm; XXH32 is ours, in one piece.
fn oracle(bytes: &[u8]) -> Vec<HashValue> {
    let value = |algorithm, bytes: &[u8]| HashValue::from_bytes(algorithm, bytes).unwrap();
    vec![
        value(Algorithm::Md5, &md5::Md5::digest(bytes)),
        value(Algorithm::Xxh64, &xxhash_rust::xxh64::xxh64(bytes, 0).to_be_bytes()),
        value(Algorithm::Sha1, &sha1::Sha1::digest(bytes)),
        value(Algorithm::C4, &sha2::Sha512::digest(bytes)),
        value(Algorithm::Xxh32, &xxhash_rust::xxh32::xxh32(bytes, 0).to_be_bytes()),
        value(Algorithm::Xxh3, &xxhash_rust::xxh3::xxh3_64(bytes).to_be_bytes()),
        value(Algorithm::Xxh128, &xxhash_rust::xxh3::xxh3_128(bytes).to_be_bytes()),
    ]
}
