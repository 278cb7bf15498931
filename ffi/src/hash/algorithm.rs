//! The algorithms by number.

use std::{
    ffi::{CStr, c_char},
    ptr::null,
};

use mhl_hash::Algorithm;

use crate::{Error, Status, boundary::arguments::elements};

/// The digests, by the numbers that calls take. 0 is none of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
#[non_exhaustive]
pub enum AlgorithmCode {
    /// MD5: 16 bytes.
    Md5 = 1,
    /// SHA-1: 20 bytes.
    Sha1 = 2,
    /// XXH32: 4 bytes. Classic MHL only.
    Xxh32 = 3,
    /// XXH64 in the order of its specification, which lists call `xxHash64be`: 8 bytes.
    Xxh64 = 4,
    /// XXH3 with 64 bits: 8 bytes. ASC MHL only.
    Xxh3 = 5,
    /// XXH3 with 128 bits: 16 bytes. ASC MHL only.
    Xxh128 = 6,
    /// C4 (SMPTE ST 2114), which is SHA-512: 64 bytes. ASC MHL only.
    C4 = 7,
}

const NAMES: [(AlgorithmCode, Algorithm, &CStr); 7] = [
    (AlgorithmCode::Md5, Algorithm::Md5, c"md5"),
    (AlgorithmCode::Sha1, Algorithm::Sha1, c"sha1"),
    (AlgorithmCode::Xxh32, Algorithm::Xxh32, c"xxh32"),
    (AlgorithmCode::Xxh64, Algorithm::Xxh64, c"xxh64be"),
    (AlgorithmCode::Xxh3, Algorithm::Xxh3, c"xxh3"),
    (AlgorithmCode::Xxh128, Algorithm::Xxh128, c"xxh128"),
    (AlgorithmCode::C4, Algorithm::C4, c"c4"),
];

/// The algorithm of a number.
pub(crate) fn from_code(code: u32) -> Result<Algorithm, Error> {
    let known = NAMES.into_iter().find(|(known, ..)| *known as u32 == code);
    known.map(|(_, algorithm, _)| algorithm).ok_or_else(|| {
        let message = format!("{code} is no mhl_algorithm; 1 to {} expected", NAMES.len());
        Error::new(Status::InvalidArgument, message)
    })
}

/// The number of an algorithm; 0 for one that this ABI has no number for.
pub(crate) fn to_code(algorithm: Algorithm) -> u32 {
    let known = NAMES.into_iter().find(|(_, known, _)| *known == algorithm);
    known.map_or(0, |(code, ..)| code as u32)
}

/// Algorithms from C: at least one, each once, in the order in which they are first named.
///
/// # Safety
/// `codes` is NULL or points to `count` numbers.
pub(crate) unsafe fn from_codes(codes: *const u32, count: usize) -> Result<Vec<Algorithm>, Error> {
    // SAFETY: as the caller promises.
    let algorithms = unsafe { any_from_codes(codes, count) }?;
    if algorithms.is_empty() {
        let message = "no algorithm is named; at least one expected";
        return Err(Error::new(Status::InvalidArgument, message));
    }
    Ok(algorithms)
}

/// The same where none need be named.
///
/// # Safety
/// As [`from_codes`].
pub(crate) unsafe fn any_from_codes(
    codes: *const u32,
    count: usize,
) -> Result<Vec<Algorithm>, Error> {
    let mut algorithms = Vec::new();
    // SAFETY: as the caller promises.
    for &code in unsafe { elements(codes, count, "algorithms") }? {
        let algorithm = from_code(code)?;
        if !algorithms.contains(&algorithm) {
            algorithms.push(algorithm);
        }
    }
    Ok(algorithms)
}

/// The name of an algorithm as reports and the command spell it, `md5 sha1 xxh32 xxh64be xxh3
/// xxh128 c4`: NUL-terminated and never freed; NULL for a number that is none.
///
/// Threads: any number at once.
#[unsafe(no_mangle)]
pub extern "C" fn mhl_algorithm_name(algorithm: u32) -> *const c_char {
    let known = NAMES.into_iter().find(|(code, ..)| *code as u32 == algorithm);
    known.map_or(null(), |(.., name)| name.as_ptr())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_algorithm_has_a_number_and_its_own_name() {
        assert_eq!(NAMES.len(), Algorithm::ALL.len());
        for algorithm in Algorithm::ALL {
            let code = to_code(algorithm);
            assert_eq!(from_code(code).unwrap(), algorithm);
            // SAFETY: NUL-terminated and static.
            let name = unsafe { CStr::from_ptr(mhl_algorithm_name(code)) };
            assert_eq!(name.to_str(), Ok(algorithm.name()));
        }
    }

    #[test]
    fn row_95_a_number_that_no_algorithm_has_is_refused() {
        for code in [0, 8, 0x100, u32::MAX] {
            assert_eq!(from_code(code).unwrap_err().kind(), Status::InvalidArgument);
            assert!(mhl_algorithm_name(code).is_null());
        }
    }
}
