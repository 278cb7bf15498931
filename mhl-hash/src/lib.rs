//! The digests of Media Hash Lists.
//!
//! A camera roll is copied, listed and wiped on the strength of a digest. This crate computes the
//! seven that the two list formats know (MD5, XXH64, SHA-1, XXH32, XXH3-64, XXH128, C4), streaming
//! and several in one pass, and converts them between the spellings that lists use.
//!
//! # One file, two digests, one read
//! ```
//! use mhl_hash::{Algorithm, hash_reader};
//!
//! let clip: &[u8] = b"abc";
//! let hashed = hash_reader(clip, &[Algorithm::Md5, Algorithm::Xxh64], &())?;
//! assert_eq!(hashed.bytes, 3);
//! assert_eq!(hashed.values[0].to_string(), "900150983cd24fb0d6963f7d28e17f72");
//! assert_eq!(hashed.values[1].to_string(), "44bc2cf5ad770999");
//! # Ok::<(), mhl_hash::ReadError>(())
//! ```
//!
//! # Bytes as they arrive
//! ```
//! use mhl_hash::{Algorithm, Hasher};
//!
//! let mut hasher = Hasher::new(Algorithm::Md5);
//! hasher.update(b"a");
//! hasher.update(b"bc");
//! assert_eq!(hasher.finish().to_hex(), "900150983cd24fb0d6963f7d28e17f72");
//! ```
//!
//! # Many files at once
//! MD5 waits for itself: each of its 64 steps needs the one before, so that a processor hashing one
//! file stands idle most of the time. [`Streams`] hashes up to 32 files side by side on one core, in
//! the lanes of its vector registers, at many times the speed of one.
//! ```
//! use mhl_hash::{Algorithm, Streams};
//!
//! let clips = [b"abc".as_slice(); 32];
//! let mut streams = Streams::new(&[Algorithm::Md5]);
//! let pieces: Vec<_> = clips.iter().map(|clip| (streams.start(), *clip)).collect();
//! streams.push_each(&pieces);
//! for (stream, _) in pieces {
//!     let values = streams.finish(stream).expect("it was not ended before");
//!     assert_eq!(values[0].to_string(), "900150983cd24fb0d6963f7d28e17f72");
//! }
//! ```
//! What the processor can do is asked at run time ([`Backend`]): no build flags are needed.
//!
//! # Guarantees
//! - The answer never depends on how the bytes were cut into calls, nor on which of several
//!   streams ([`Streams`]) received its bytes when, nor on the processor's [`Backend`].
//! - A value is kept as its canonical bytes, as the algorithm's specification prints them; every
//!   other spelling is a conversion ([`HashValue`]).
//! - A read error is an error: bytes that could not be read are never replaced.
//!
//! # Features
//! - `digest-0_11`: the RustCrypto traits of `digest` 0.11, in the module `digest`.
#![cfg_attr(not(any(feature = "std", test)), no_std)]
#![deny(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]
// Fixed-size blocks and digests are indexed by constants all over this crate.
#![allow(clippy::indexing_slicing)]

extern crate alloc;

mod algorithm;
mod arch;
mod backend;
mod buffer;
#[cfg(feature = "std")]
mod device;
#[cfg(feature = "digest-0_11")]
pub mod digest;
#[cfg(feature = "std")]
mod file;
#[cfg(feature = "std")]
mod files;
mod hasher;
mod lanes;
mod many;
#[cfg(feature = "mmap")]
mod mapped;
mod md5;
mod observe;
mod one_stream;
mod sha1;
mod sha512;
#[cfg(feature = "std")]
mod tree;
mod value;
mod xxh64;

pub use algorithm::{Algorithm, Detects, UnknownAlgorithm};
pub use backend::Backend;
pub use buffer::{BUFFER_LEN, Buffer};
#[cfg(feature = "std")]
pub use device::Strategy;
#[cfg(feature = "std")]
pub use file::{Hashed, ReadError, hash_file, hash_reader};
#[cfg(feature = "std")]
pub use files::{FilesOptions, hash_each, hash_files};
pub use hasher::{Hasher, HasherSet};
pub use many::{StreamId, Streams};
#[cfg(feature = "mmap")]
pub use mapped::hash_mapped_file;
pub use observe::Observer;
#[cfg(feature = "std")]
pub use tree::{TreeFile, hash_tree};
pub use value::{HashValue, ParseValueError};
