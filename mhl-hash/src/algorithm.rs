//! The algorithms: names, digest lengths, and what each can and cannot detect.

use alloc::{borrow::ToOwned, string::String};
use core::{fmt, str::FromStr};

/// One of the seven digests that Media Hash Lists know.
///
/// ```
/// use mhl_hash::Algorithm;
///
/// assert_eq!(Algorithm::Xxh64.name(), "xxh64be");
/// assert_eq!(Algorithm::Xxh64.digest_len(), 8);
/// assert_eq!("xxh64".parse(), Ok(Algorithm::Xxh64));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Algorithm {
    /// MD5 (RFC 1321): 16 bytes. Detects accidents; collisions can be made on purpose.
    Md5,
    /// SHA-1 (FIPS 180-4): 20 bytes. Detects accidents; collisions can be made on purpose.
    Sha1,
    /// XXH32 of the xxHash specification, seed 0: 4 bytes. Classic MHL only.
    Xxh32,
    /// XXH64 of the xxHash specification, seed 0: 8 bytes. The trade calls its canonical,
    /// big-endian spelling `xxHash64be`.
    Xxh64,
    /// XXH3 with 64 bits, seed 0: 8 bytes. ASC MHL only.
    Xxh3,
    /// XXH3 with 128 bits, seed 0: 16 bytes. ASC MHL only.
    Xxh128,
    /// C4 (SMPTE ST 2114): SHA-512 spelled in base 58: 64 bytes. ASC MHL only.
    C4,
}

/// What an equal digest tells of two files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Detects {
    /// Accidents of storage and transport. Nothing is claimed against someone who wants two files
    /// to agree.
    Accidents,
    /// Accidents, and changes made on purpose as long as the digest itself is out of reach.
    Tampering,
}

impl Algorithm {
    /// Every algorithm, in the order of the enumeration.
    pub const ALL: [Algorithm; 7] = [
        Algorithm::Md5,
        Algorithm::Sha1,
        Algorithm::Xxh32,
        Algorithm::Xxh64,
        Algorithm::Xxh3,
        Algorithm::Xxh128,
        Algorithm::C4,
    ];

    /// The name that the command, reports and C ABI use: `md5 sha1 xxh32 xxh64be xxh3 xxh128 c4`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Algorithm::Md5 => "md5",
            Algorithm::Sha1 => "sha1",
            Algorithm::Xxh32 => "xxh32",
            Algorithm::Xxh64 => "xxh64be",
            Algorithm::Xxh3 => "xxh3",
            Algorithm::Xxh128 => "xxh128",
            Algorithm::C4 => "c4",
        }
    }

    /// Length of the digest in bytes; its hexadecimal spelling has twice as many digits.
    #[must_use]
    pub const fn digest_len(self) -> usize {
        match self {
            Algorithm::Xxh32 => 4,
            Algorithm::Xxh64 | Algorithm::Xxh3 => 8,
            Algorithm::Md5 | Algorithm::Xxh128 => 16,
            Algorithm::Sha1 => 20,
            Algorithm::C4 => 64,
        }
    }

    /// What an equal digest tells: accidents ruled out, or tampering too.
    #[must_use]
    pub const fn detects(self) -> Detects {
        match self {
            Algorithm::C4 => Detects::Tampering,
            _ => Detects::Accidents,
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A name that no [`Algorithm`] has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "no hash algorithm is called {name:?}; expected one of md5 sha1 xxh32 xxh64be xxh3 xxh128 c4"
)]
#[non_exhaustive]
pub struct UnknownAlgorithm {
    /// The name that was given.
    pub name: String,
}

impl FromStr for Algorithm {
    type Err = UnknownAlgorithm;

    /// Reads [`Algorithm::name`] in either case; `xxh64`, `xxhash64` and `xxhash64be` are aliases
    /// of `xxh64be`.
    ///
    /// # Errors
    /// [`UnknownAlgorithm`] with the name as it was given.
    fn from_str(name: &str) -> Result<Self, UnknownAlgorithm> {
        let lower = name.to_ascii_lowercase();
        match lower.as_str() {
            "xxh64" | "xxhash64" | "xxhash64be" => Ok(Algorithm::Xxh64),
            other => Algorithm::ALL
                .into_iter()
                .find(|algorithm| algorithm.name() == other)
                .ok_or_else(|| UnknownAlgorithm { name: name.to_owned() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read_back() {
        for algorithm in Algorithm::ALL {
            assert_eq!(algorithm.name().parse(), Ok(algorithm));
            assert_eq!(algorithm.name().to_uppercase().parse(), Ok(algorithm));
        }
        assert_eq!("sha256".parse::<Algorithm>().unwrap_err().name, "sha256");
        assert!("".parse::<Algorithm>().is_err());
    }
}
