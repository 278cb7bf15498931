//! Hash values: canonical bytes, and every spelling that the list formats use.

use alloc::{format, string::String};
use core::{fmt, str::FromStr};

use crate::Algorithm;

/// The alphabet of C4 identifiers (SMPTE ST 2114): base 58 without `0 O I l`.
const C4_ALPHABET: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
/// Digits of a C4 identifier after its prefix `c4`: 58^88 is the first power above 2^512.
const C4_DIGITS: usize = 88;
/// Digits that are turned into limbs of 32 bits, or out of them, at once.
const C4_GROUP: usize = 5;
const C4_GROUP_POWER: u64 = 58u64.pow(C4_GROUP as u32);
const C4_NO_DIGIT: u8 = 58;
/// What each byte stands for.
const C4_POSITIONS: [u8; 256] = {
    let mut positions = [C4_NO_DIGIT; 256];
    let mut position = 0;
    while position < C4_ALPHABET.len() {
        positions[C4_ALPHABET[position] as usize] = position as u8;
        position += 1;
    }
    positions
};
const MAX_LEN: usize = 64;

/// The digest of some bytes, with the algorithm that made it.
///
/// Kept as the canonical bytes, which is the order in which the algorithm's specification prints
/// them (big-endian for the xxHash family). `Display` prints the canonical text: lower-case
/// hexadecimal, and the 90-character identifier for C4.
///
/// ```
/// use mhl_hash::{Algorithm, HashValue};
///
/// let value = HashValue::from_hex(Algorithm::Xxh64, "0EA03B369A463D9D")?;
/// assert_eq!(value.to_string(), "0ea03b369a463d9d");
/// assert_eq!(value.to_reversed_hex(), "9d3d469a363ba00e");
/// assert_eq!(HashValue::from_reversed_hex(Algorithm::Xxh64, "9d3d469a363ba00e")?, value);
/// # Ok::<(), mhl_hash::ParseValueError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HashValue {
    algorithm: Algorithm,
    /// The digest, then zeros.
    bytes: [u8; MAX_LEN],
}

/// A text or byte string that is no value of the algorithm.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} is no {} value: {expected} expected", algorithm.map_or("hash", Algorithm::name))]
#[non_exhaustive]
pub struct ParseValueError {
    /// The algorithm asked for; `None` where the text names none that is known.
    pub algorithm: Option<Algorithm>,
    /// What would have been accepted.
    pub expected: &'static str,
    /// What was given, cut after 128 characters.
    pub found: String,
}

impl ParseValueError {
    fn new(algorithm: impl Into<Option<Algorithm>>, expected: &'static str, found: &str) -> Self {
        let algorithm = algorithm.into();
        ParseValueError { algorithm, expected, found: found.chars().take(128).collect() }
    }
}

impl HashValue {
    /// From the digest and the zeros after it.
    pub(crate) const fn from_array(algorithm: Algorithm, bytes: [u8; MAX_LEN]) -> Self {
        HashValue { algorithm, bytes }
    }

    /// A value from its canonical bytes.
    ///
    /// # Errors
    /// When `bytes` has not [`Algorithm::digest_len`] bytes.
    pub fn from_bytes(algorithm: Algorithm, bytes: &[u8]) -> Result<Self, ParseValueError> {
        if bytes.len() != algorithm.digest_len() {
            let found = format!("{} bytes", bytes.len());
            return Err(ParseValueError::new(algorithm, expected_hex(algorithm), &found));
        }
        let mut all = [0; MAX_LEN];
        all[..bytes.len()].copy_from_slice(bytes);
        Ok(HashValue { algorithm, bytes: all })
    }

    /// A value from its canonical hexadecimal spelling, in either case, without white space.
    ///
    /// # Errors
    /// When the text has not twice [`Algorithm::digest_len`] digits, or one that is not hex.
    pub fn from_hex(algorithm: Algorithm, text: &str) -> Result<Self, ParseValueError> {
        let wrong = || ParseValueError::new(algorithm, expected_hex(algorithm), text);
        let digits = text.as_bytes();
        if digits.len() != 2 * algorithm.digest_len() {
            return Err(wrong());
        }
        let mut bytes = [0; MAX_LEN];
        let mut all = 0;
        for (byte, &[high, low]) in bytes.iter_mut().zip(digits.as_chunks().0) {
            let (high, low) = (HEX_DIGITS[usize::from(high)], HEX_DIGITS[usize::from(low)]);
            all |= high | low;
            *byte = high << 4 | low;
        }
        if all == NO_DIGIT {
            return Err(wrong());
        }
        Ok(HashValue { algorithm, bytes })
    }

    /// A value from hexadecimal with its bytes in reverse, as the deprecated element `xxhash64` of
    /// classic MHL spells it.
    ///
    /// # Errors
    /// As [`HashValue::from_hex`].
    pub fn from_reversed_hex(algorithm: Algorithm, text: &str) -> Result<Self, ParseValueError> {
        Ok(Self::from_hex(algorithm, text)?.reversed())
    }

    /// An XXH32 value from decimal digits, as the element `xxhash` of classic MHL spells it: ten
    /// digits, fewer where a tool left out the leading zeros.
    ///
    /// # Errors
    /// When the text is not one to ten decimal digits, or more than 2^32 − 1.
    pub fn from_decimal(text: &str) -> Result<Self, ParseValueError> {
        let wrong =
            || ParseValueError::new(Algorithm::Xxh32, "up to 10 decimal digits below 2^32", text);
        if text.is_empty() || text.len() > 10 || !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(wrong());
        }
        let number: u32 = text.parse().map_err(|_| wrong())?;
        Self::from_bytes(Algorithm::Xxh32, &number.to_be_bytes())
    }

    /// A value from a C4 identifier: `c4` and 88 digits of base 58.
    ///
    /// # Errors
    /// When prefix, length or alphabet differ, or the number is 2^512 or more.
    pub fn from_c4(text: &str) -> Result<Self, ParseValueError> {
        let wrong =
            || ParseValueError::new(Algorithm::C4, "c4 and 88 digits of base 58 below 2^512", text);
        let digits = text.strip_prefix("c4").ok_or_else(wrong)?.as_bytes();
        if digits.len() != C4_DIGITS {
            return Err(wrong());
        }
        let mut number = [0u32; MAX_LEN / 4];
        let (first, rest) = digits.split_at(C4_DIGITS % C4_GROUP);
        for group in core::iter::once(first).chain(rest.chunks(C4_GROUP)) {
            let (mut power, mut carry) = (1, 0);
            for digit in group {
                let position = C4_POSITIONS[usize::from(*digit)];
                if position == C4_NO_DIGIT {
                    return Err(wrong());
                }
                (power, carry) = (power * 58, carry * 58 + u64::from(position));
            }
            for limb in number.iter_mut().rev() {
                carry += u64::from(*limb) * power;
                *limb = carry as u32;
                carry >>= 32;
            }
            if carry != 0 {
                return Err(wrong());
            }
        }
        let mut bytes = [0u8; MAX_LEN];
        for (bytes, limb) in bytes.chunks_exact_mut(4).zip(number) {
            bytes.copy_from_slice(&limb.to_be_bytes());
        }
        Ok(HashValue { algorithm: Algorithm::C4, bytes })
    }

    /// A value from its canonical text, the one that `Display` prints.
    ///
    /// # Errors
    /// As [`HashValue::from_hex`] and [`HashValue::from_c4`].
    pub fn parse(algorithm: Algorithm, text: &str) -> Result<Self, ParseValueError> {
        match algorithm {
            Algorithm::C4 => Self::from_c4(text),
            _ => Self::from_hex(algorithm, text),
        }
    }

    /// The algorithm that made it.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The canonical bytes, [`Algorithm::digest_len`] of them.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.algorithm.digest_len()]
    }

    /// Lower-case hexadecimal of the canonical bytes; 128 digits for C4.
    #[must_use]
    pub fn to_hex(&self) -> String {
        hex(self.as_bytes().iter())
    }

    /// Lower-case hexadecimal of the bytes in reverse order.
    #[must_use]
    pub fn to_reversed_hex(&self) -> String {
        hex(self.as_bytes().iter().rev())
    }

    /// The ten-digit, zero-padded decimal of an XXH32 value; `None` for every other algorithm.
    #[must_use]
    pub fn to_decimal(&self) -> Option<String> {
        let [a, b, c, d] = self.as_bytes() else { return None };
        Some(format!("{:010}", u32::from_be_bytes([*a, *b, *c, *d])))
    }

    /// The C4 identifier of a C4 value, 90 characters; `None` for every other algorithm.
    #[must_use]
    pub fn to_c4(&self) -> Option<String> {
        if self.algorithm != Algorithm::C4 {
            return None;
        }
        let mut number = [0u32; MAX_LEN / 4];
        for (limb, bytes) in number.iter_mut().zip(self.bytes.chunks_exact(4)) {
            *limb = bytes.iter().fold(0, |limb, byte| limb << 8 | u32::from(*byte));
        }
        let mut digits = [0u8; C4_DIGITS];
        for group in digits.rchunks_mut(C4_GROUP) {
            let mut remainder = 0u64;
            for limb in &mut number {
                let value = remainder << 32 | u64::from(*limb);
                *limb = (value / C4_GROUP_POWER) as u32;
                remainder = value % C4_GROUP_POWER;
            }
            for digit in group.iter_mut().rev() {
                *digit = C4_ALPHABET[(remainder % 58) as usize];
                remainder /= 58;
            }
        }
        Some("c4".chars().chain(digits.into_iter().map(char::from)).collect())
    }

    /// The value whose canonical bytes are these in reverse order: the same bits as a tool of the
    /// other byte order spells them.
    #[must_use]
    pub fn reversed(&self) -> Self {
        let mut reversed = *self;
        reversed.bytes[..self.algorithm.digest_len()].reverse();
        reversed
    }
}

impl fmt::Display for HashValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.to_c4().unwrap_or_else(|| self.to_hex()))
    }
}

impl fmt::Debug for HashValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.algorithm, self)
    }
}

impl FromStr for HashValue {
    type Err = ParseValueError;

    /// Reads `algorithm:value`, as `Debug` prints it and reports spell it.
    ///
    /// # Errors
    /// When the algorithm is unknown or the value is none of its values.
    fn from_str(text: &str) -> Result<Self, ParseValueError> {
        let wrong = || ParseValueError::new(None, "algorithm:value", text);
        let (algorithm, value) = text.split_once(':').ok_or_else(wrong)?;
        Self::parse(algorithm.parse().map_err(|_| wrong())?, value)
    }
}

const fn expected_hex(algorithm: Algorithm) -> &'static str {
    match algorithm.digest_len() {
        4 => "8 hexadecimal digits (4 bytes)",
        8 => "16 hexadecimal digits (8 bytes)",
        16 => "32 hexadecimal digits (16 bytes)",
        20 => "40 hexadecimal digits (20 bytes)",
        _ => "128 hexadecimal digits (64 bytes)",
    }
}

/// What each byte is as a hexadecimal digit.
const HEX_DIGITS: [u8; 256] = {
    let mut digits = [NO_DIGIT; 256];
    let mut number = 0;
    while number < 16 {
        digits[b"0123456789abcdef"[number] as usize] = number as u8;
        digits[b"0123456789ABCDEF"[number] as usize] = number as u8;
        number += 1;
    }
    digits
};
/// No digit: all bits, so that it shows in whatever it is joined with.
const NO_DIGIT: u8 = 0xff;

fn hex<'a>(bytes: impl ExactSizeIterator<Item = &'a u8>) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Hasher;

    #[test]
    fn c4_of_nothing_is_the_identifier_of_the_standard() {
        let value = Hasher::new(Algorithm::C4).finish();
        assert_eq!(
            value.to_string(),
            "c459dsjfscH38cYeXXYogktxf4Cd9ibshE3BHUo6a58hBXmRQdZrAkZzsWcbWtDg5oQstpDuni4Hirj75GEmTc1sFT"
        );
        assert_eq!(HashValue::from_c4(&value.to_string()), Ok(value));
    }

    #[test]
    fn c4_ends_are_padded_and_bounded() {
        let zero = HashValue::from_bytes(Algorithm::C4, &[0; 64]).unwrap();
        assert_eq!(zero.to_string(), format!("c4{}", "1".repeat(88)));
        let top = HashValue::from_bytes(Algorithm::C4, &[0xff; 64]).unwrap();
        assert_eq!(HashValue::from_c4(&top.to_string()), Ok(top));
        assert!(HashValue::from_c4(&format!("c4{}", "z".repeat(88))).is_err(), "above 2^512");
        assert!(HashValue::from_c4(&format!("c4{}", "0".repeat(88))).is_err(), "not base 58");
        assert!(HashValue::from_c4(&format!("C4{}", "1".repeat(88))).is_err(), "prefix");
    }

    #[test]
    fn decimal_is_ten_digits_and_takes_fewer() {
        let value = HashValue::from_hex(Algorithm::Xxh32, "02cc5d05").unwrap();
        assert_eq!(value.to_decimal().as_deref(), Some("0046947589"));
        assert_eq!(HashValue::from_decimal("0046947589"), Ok(value));
        assert_eq!(HashValue::from_decimal("46947589"), Ok(value));
        for wrong in ["", "4294967296", "00000000001", "+1", "1e3", "0x1"] {
            assert!(HashValue::from_decimal(wrong).is_err(), "{wrong}");
        }
        assert_eq!(
            HashValue::from_hex(Algorithm::Md5, &"0".repeat(32)).unwrap().to_decimal(),
            None
        );
    }

    #[test]
    fn row_56_short_odd_or_foreign_digits_are_errors() {
        for wrong in
            ["", "0", "0ea03b369a463d9", "0ea03b369a463d9dd", "0ea03b369a463d9g", "0ea03b369a463dé"]
        {
            let error = HashValue::from_hex(Algorithm::Xxh64, wrong).unwrap_err();
            assert_eq!(error.expected, "16 hexadecimal digits (8 bytes)");
            assert_eq!(error.found, wrong);
        }
    }

    proptest! {
        #[test]
        fn every_spelling_is_read_back(bytes in proptest::array::uniform32(any::<u8>()), pick in 0usize..7) {
            let algorithm = Algorithm::ALL[pick];
            let long: Vec<u8> = bytes.iter().chain(&bytes).copied().collect();
            let value = HashValue::from_bytes(algorithm, &long[..algorithm.digest_len()]).unwrap();
            prop_assert_eq!(HashValue::from_hex(algorithm, &value.to_hex()), Ok(value));
            prop_assert_eq!(HashValue::from_reversed_hex(algorithm, &value.to_reversed_hex()), Ok(value));
            prop_assert_eq!(HashValue::parse(algorithm, &value.to_string()), Ok(value));
            prop_assert_eq!(format!("{value:?}").parse(), Ok(value));
            prop_assert_eq!(value.reversed().reversed(), value);
            if let Some(decimal) = value.to_decimal() {
                prop_assert_eq!(HashValue::from_decimal(&decimal), Ok(value));
            }
        }
    }
}
