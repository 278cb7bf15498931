//! The RustCrypto traits of `digest` 0.11 for the digests of Media Hash Lists.
//!
//! A program written against those traits swaps one type for another:
//!
//! ```
//! use digest::Digest;
//!
//! let value = mhl_hash::digest::Xxh64::digest(b"abc");
//! assert_eq!(value[..], [0x44, 0xbc, 0x2c, 0xf5, 0xad, 0x77, 0x09, 0x99]);
//! ```
//!
//! Outputs are the canonical bytes of [`HashValue`](crate::HashValue). The xxHash types implement
//! `Digest` for the shape alone; they are not cryptographic.

use digest::{
    FixedOutput, FixedOutputReset, HashMarker, Output, OutputSizeUser, Reset, Update, consts,
};

use crate::{Algorithm, Hasher};

macro_rules! digest_type {
    ($(#[$doc:meta])* $name:ident, $algorithm:expr, $size:ty) => {
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $name(Hasher);

        impl Default for $name {
            fn default() -> Self {
                $name(Hasher::new($algorithm))
            }
        }
        impl HashMarker for $name {}
        impl OutputSizeUser for $name {
            type OutputSize = $size;
        }
        impl Update for $name {
            fn update(&mut self, data: &[u8]) {
                self.0.update(data);
            }
        }
        impl Reset for $name {
            fn reset(&mut self) {
                *self = Self::default();
            }
        }
        impl FixedOutput for $name {
            fn finalize_into(self, out: &mut Output<Self>) {
                out.copy_from_slice(self.0.finish().as_bytes());
            }
        }
        impl FixedOutputReset for $name {
            fn finalize_into_reset(&mut self, out: &mut Output<Self>) {
                core::mem::take(self).finalize_into(out);
            }
        }
    };
}

digest_type!(/** MD5, 16 bytes. */ Md5, Algorithm::Md5, consts::U16);
digest_type!(/** SHA-1, 20 bytes. */ Sha1, Algorithm::Sha1, consts::U20);
digest_type!(/** XXH32 with seed 0, 4 bytes, big-endian. */ Xxh32, Algorithm::Xxh32, consts::U4);
digest_type!(/** XXH64 with seed 0, 8 bytes, big-endian. */ Xxh64, Algorithm::Xxh64, consts::U8);
digest_type!(/** XXH3 with 64 bits and seed 0, 8 bytes, big-endian. */ Xxh3, Algorithm::Xxh3, consts::U8);
digest_type!(/** XXH3 with 128 bits and seed 0, 16 bytes, big-endian. */ Xxh128, Algorithm::Xxh128, consts::U16);
digest_type!(/** C4, which is SHA-512: 64 bytes. */ C4, Algorithm::C4, consts::U64);

#[cfg(test)]
mod tests {
    use digest::Digest;

    use super::*;

    /// One generic check serves every type: chunked, reset and one-shot agree with `Hasher`.
    fn agrees<D: Digest + FixedOutputReset>(algorithm: Algorithm) {
        let mut hasher = Hasher::new(algorithm);
        hasher.update(b"message digest");
        let expected = hasher.finish();
        let mut digest = D::new();
        Digest::update(&mut digest, b"message ");
        Digest::update(&mut digest, b"digest");
        assert_eq!(digest.finalize_reset()[..], *expected.as_bytes());
        Digest::update(&mut digest, b"message digest");
        assert_eq!(digest.finalize()[..], *expected.as_bytes());
        assert_eq!(<D as Digest>::output_size(), algorithm.digest_len());
    }

    #[test]
    fn every_type_agrees_with_its_hasher() {
        agrees::<Md5>(Algorithm::Md5);
        agrees::<Sha1>(Algorithm::Sha1);
        agrees::<Xxh32>(Algorithm::Xxh32);
        agrees::<Xxh64>(Algorithm::Xxh64);
        agrees::<Xxh3>(Algorithm::Xxh3);
        agrees::<Xxh128>(Algorithm::Xxh128);
        agrees::<C4>(Algorithm::C4);
    }
}
