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
//! file stands idle most of the time. Lanes of the vector registers hash up to 32 files side by side
//! on one core, at many times the speed of one:
//! ```no_run
//! use mhl_hash::{Algorithm, FilesOptions, hash_tree};
//!
//! for file in hash_tree("A001R1AB".as_ref(), &FilesOptions::new(&[Algorithm::Md5]), &()) {
//!     match file.result {
//!         Ok(hashed) => println!("{}  {}", hashed.values[0], file.path.display()),
//!         Err(error) => eprintln!("{error}"),
//!     }
//! }
//! ```
//! Programs with their own reading threads feed [`Streams`]:
//! ```
//! use mhl_hash::{Algorithm, Streams};
//!
//! let clips = [b"abc".as_slice(); 32];
//! let mut streams = Streams::new(&[Algorithm::Md5]);
//! let pieces: Vec<_> = clips.iter().map(|clip| (streams.start(), *clip)).collect();
//! assert!(streams.push_each(&pieces));
//! for (stream, _) in pieces {
//!     let values = streams.finish(stream).expect("it was not ended before");
//!     assert_eq!(values[0].to_string(), "900150983cd24fb0d6963f7d28e17f72");
//! }
//! ```
//! What the processor can do is asked at run time ([`Backend`]): no build flags are needed.
//!
//! # Which to choose
//! An equal digest rules out *accidents* with every algorithm but for a chance of one in 2 to the
//! number of its bits. Only C4 rules out that somebody *made* two files with one digest, and that only
//! while the digest itself is out of his reach ([`Detects`]).
//!
//! | | bits | an accident goes unseen | somebody can forge | choose it |
//! |---|---|---|---|---|
//! | XXH64 | 64 | once in 2<sup>64</sup> | at will | for copies: the trade's default, no slower than any disk |
//! | XXH3, XXH128 | 64, 128 | once in 2<sup>64</sup>, 2<sup>128</sup> | at will | where XXH64 is slower than the storage; ASC MHL only |
//! | MD5 | 128 | once in 2<sup>128</sup> | in seconds | where somebody asks for it |
//! | SHA-1 | 160 | once in 2<sup>160</sup> | with effort | where somebody asks for it |
//! | C4 (SHA-512) | 512 | never | not as far as known | where files travel through hands that nobody trusts |
//! | XXH32 | 32 | once in 4 billion | at will | never: it is read in old lists |
//!
//! # Speed
//! One core of an AMD Zen 4 at about 3.6 GHz with AVX-512, 2026-11-22, GB/s and as a multiple of the crate that
//! people choose otherwise, in the same run (`cargo run --release -p mhl-benches --bin compare`, where
//! the whole result stands with the other peers):
//!
//! | | one stream | many streams | a tree of 2 MiB files, read from the cache |
//! |---|---|---|---|
//! | MD5 | 0.85, 1.33 × md-5 | 2: 1.7, 2.7 ×; 8: 6.6, 10 ×; 32: 13.6, 21 × (AVX2 7.8, 12 ×) | 5.6, 8.4 × md5sum |
//! | XXH64 | 22, 1.54 × xxhash-rust | 4: 60, 4.2 × | 11.5, 1.8 × xxhsum |
//! | SHA-1 | 1.87, the sha1 crate's | 32: 6.7, 3.5 × | |
//! | C4 | 0.8, 1.3 × sha2 | 8: 3.0, 4.9 × | |
//! | XXH3 | 57, twox-hash's | one by one | |
//!
//! Lanes keep a core busy that others may share: where a hypervisor gives its other half to somebody,
//! they lose up to a third of that, and one stream a twentieth. NEON hashes MD5 in 8 lanes; its speed
//! is unmeasured. Portable code takes streams one by one.
//!
//! # Guarantees
//! - The answer never depends on how the bytes were cut into calls, nor on which of several
//!   streams ([`Streams`]) received its bytes when, nor on the processor's [`Backend`].
//! - A value is kept as its canonical bytes, as the algorithm's specification prints them; every
//!   other spelling is a conversion ([`HashValue`]).
//! - A read error is an error: bytes that could not be read are never replaced, and a file that
//!   cannot be read is named.
//!
//! # Features
//! - `std` (default): files, threads, and asking the processor at run time. Without it the crate needs
//!   `alloc` alone and runs the kernels that the build promises the processor to have.
//! - `digest-0_11`: the RustCrypto traits of `digest` 0.11, in the module `digest`.
//! - `mmap`: `hash_mapped_file`, whose documentation tells of SIGBUS.
#![cfg_attr(not(any(feature = "std", test)), no_std)]
#![deny(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]
// Blocks, digests and lanes are sliced all over this crate, within lengths that were just compared.
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
pub use device::{Strategy, is_tape};
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
