//! A digest as a list records it, and the one comparison of it with a computed one.

use mhl_hash::{Algorithm, HashValue, ParseValueError};

use crate::{FindingKind, Format, Timestamp, manifest::NameValue, xml::trim_space};

/// A digest that a list records for a file or directory.
///
/// Holds the value, and the spelling where that is not the usual one, so that a list is written
/// back as it was read.
///
/// ```
/// use mhl_core::{Comparison, Format, RecordedHash};
/// use mhl_hash::{Algorithm, HashValue};
///
/// let computed = HashValue::from_hex(Algorithm::Xxh64, "0ea03b369a463d9d")?;
/// let recorded = RecordedHash::new(Format::Classic, computed);
/// assert_eq!(recorded.compare(&computed), Comparison::Equal);
/// # Ok::<(), mhl_hash::ParseValueError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecordedHash {
    /// What was done with the file when the digest was recorded (ASC).
    pub action: Option<Action>,
    /// When it was computed (ASC).
    pub date: Option<Timestamp>,
    format: Format,
    value: Value,
    spelling: Option<Box<Spelling>>,
    pub(crate) attributes: Vec<NameValue>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Value {
    Known(HashValue),
    Null,
    Unknown,
}

/// An element and its text that do not follow from the value.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Spelling {
    element: Box<str>,
    text: Box<str>,
}

/// What was done with a file when its digest was recorded (ASC).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Action {
    /// The first digest of this file in the history.
    Original,
    /// The file was compared with an earlier digest and held.
    Verified,
    /// The file differed from an earlier digest. Never compared against.
    Failed,
    /// A word that the format does not know. Never compared against.
    Unknown(Box<str>),
}

impl Action {
    /// The word in the manifest.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Action::Original => "original",
            Action::Verified => "verified",
            Action::Failed => "failed",
            Action::Unknown(word) => word,
        }
    }

    pub(crate) fn parse(word: &str) -> Self {
        match word {
            "original" => Action::Original,
            "verified" => Action::Verified,
            "failed" => Action::Failed,
            other => Action::Unknown(other.into()),
        }
    }
}

/// What a recorded digest and a computed one say of each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Comparison {
    /// The same.
    Equal,
    /// The same bits, spelled in another way than the element asks.
    EqualWithNote {
        /// The warning's kind.
        kind: FindingKind,
        /// A sentence for people.
        note: &'static str,
    },
    /// Not the same.
    Different {
        /// What may be behind it.
        note: Option<&'static str>,
    },
    /// Nothing follows from the two, and nothing is proven.
    Incomparable {
        /// Why.
        reason: &'static str,
    },
}

impl Comparison {
    /// Whether the digest held. False for what cannot be compared.
    #[must_use]
    pub fn holds(&self) -> bool {
        matches!(self, Comparison::Equal | Comparison::EqualWithNote { .. })
    }
}

impl RecordedHash {
    /// A digest as we record it. In an ASC manifest it also needs its action and date.
    #[must_use]
    pub fn new(format: Format, value: HashValue) -> Self {
        Self::of(format, Value::Known(value), None)
    }

    /// The classic `null`: the file exists and has its size, nothing else is claimed.
    #[must_use]
    pub fn null() -> Self {
        Self::of(Format::Classic, Value::Null, None)
    }

    fn of(format: Format, value: Value, spelling: Option<Spelling>) -> Self {
        let spelling = spelling.map(Box::new);
        RecordedHash { action: None, date: None, format, value, spelling, attributes: Vec::new() }
    }

    /// Reads an element of a list and its text; `None` when the format has no such hash element.
    ///
    /// White space around the text is dropped, either case of hexadecimal is accepted and kept.
    ///
    /// # Errors
    /// When the text is no value of the element's algorithm.
    pub fn parse(
        format: Format,
        element: &str,
        text: &str,
    ) -> Result<Option<Self>, ParseValueError> {
        let text = trim_space(text);
        let value = match (format, element) {
            (_, "md5") => HashValue::from_hex(Algorithm::Md5, text)?,
            (_, "sha1") => HashValue::from_hex(Algorithm::Sha1, text)?,
            (Format::Classic, "xxhash64be") => HashValue::from_hex(Algorithm::Xxh64, text)?,
            (Format::Classic, "xxhash64") => HashValue::from_reversed_hex(Algorithm::Xxh64, text)?,
            (Format::Classic, "xxhash") => xxh32(text)?,
            (Format::Classic, "null") => {
                let spelling = Spelling { element: element.into(), text: text.into() };
                let spelling = (!text.is_empty()).then_some(spelling);
                return Ok(Some(Self::of(format, Value::Null, spelling)));
            }
            (Format::Asc, "xxh64") => HashValue::from_hex(Algorithm::Xxh64, text)?,
            (Format::Asc, "xxh3") => HashValue::from_hex(Algorithm::Xxh3, text)?,
            (Format::Asc, "xxh128") => HashValue::from_hex(Algorithm::Xxh128, text)?,
            (Format::Asc, "c4") => HashValue::from_c4(text)?,
            _ => return Ok(None),
        };
        let usual = match element {
            "c4" => true,
            "xxhash64" => false,
            "xxhash" => text.len() == 10,
            // Without an early exit: many bytes at a time.
            _ => !text.bytes().fold(false, |any, byte| any | byte.is_ascii_uppercase()),
        };
        let spelling = (!usual).then(|| Spelling { element: element.into(), text: text.into() });
        Ok(Some(Self::of(format, Value::Known(value), spelling)))
    }

    /// Format and value, where nothing else is known of it.
    pub(crate) fn plain(&self) -> Option<(Format, HashValue)> {
        let RecordedHash { action, date, format, value, spelling, attributes } = self;
        match (action, date, value, spelling, attributes.as_slice()) {
            (None, None, Value::Known(value), None, []) => Some((*format, *value)),
            _ => None,
        }
    }

    /// The same of one that did not fail, whatever is known of when and why it was recorded.
    pub(crate) fn plain_but_for_its_record(&self) -> Option<(Format, HashValue)> {
        match (&self.value, &self.spelling, self.attributes.as_slice()) {
            (Value::Known(value), None, []) if !self.is_failed() => Some((self.format, *value)),
            _ => None,
        }
    }

    /// Whether element and text are the same, whenever and for whatever reason they were recorded.
    pub(crate) fn is_spelled_like(&self, other: &Self) -> bool {
        let RecordedHash { action: _, date: _, format, value, spelling, attributes } = self;
        (format, value, spelling, attributes)
            == (&other.format, &other.value, &other.spelling, &other.attributes)
    }

    /// The hash elements of a format.
    pub(crate) const fn elements(format: Format) -> &'static [&'static str] {
        match format {
            Format::Classic => &["md5", "xxhash64be", "sha1", "xxhash", "xxhash64", "null"],
            Format::Asc => &["xxh64", "md5", "c4", "sha1", "xxh128", "xxh3"],
        }
    }

    /// An element with text that stands among the hash elements and that the format does not
    /// define: perhaps a digest, of which nothing can be said.
    pub(crate) fn unknown(format: Format, element: &str, text: &str) -> Self {
        let spelling = Spelling { element: element.into(), text: text.into() };
        Self::of(format, Value::Unknown, Some(spelling))
    }

    /// The recorded value, read as the element's definition asks; `None` for `null` and for
    /// unknown algorithms.
    #[must_use]
    pub fn value(&self) -> Option<HashValue> {
        match self.value {
            Value::Known(value) => Some(value),
            Value::Null | Value::Unknown => None,
        }
    }

    /// The algorithm, where there is one that this crate knows.
    #[must_use]
    pub fn algorithm(&self) -> Option<Algorithm> {
        self.value().map(|value| value.algorithm())
    }

    /// Whether it is the classic `null`.
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.value == Value::Null
    }

    /// Whether it is labelled `failed`, or with a word that the format does not know: such a
    /// digest is never compared against.
    #[must_use]
    pub fn is_failed(&self) -> bool {
        matches!(self.action, Some(Action::Failed | Action::Unknown(_)))
    }

    /// The name of the element in the list.
    #[must_use]
    pub fn element(&self) -> &str {
        match (&self.spelling, &self.value) {
            (Some(spelling), _) => &spelling.element,
            (None, Value::Known(value)) => element_of(self.format, value.algorithm()).unwrap_or(""),
            (None, Value::Null | Value::Unknown) => "null",
        }
    }

    /// The text in the list, without the white space around it.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        match self.spelling_in(self.format) {
            Some(spelling) => text.push_str(spelling),
            None => self.append_value_in(self.format, &mut text),
        }
        text
    }

    /// The text in the list where it does not follow from the value: an unusual spelling of a known
    /// digest, or what stands there for one that is not known.
    #[must_use]
    pub fn spelling(&self) -> Option<&str> {
        self.spelling_in(self.format)
    }

    /// Compares with a digest that was computed from the file's bytes.
    ///
    /// In classic lists either byte order of XXH64 is a match, under either element, with a
    /// [`ByteOrder`](FindingKind::ByteOrder) note; `xxhash` is read as decimal or as hexadecimal,
    /// whichever holds, with a [`Spelling`](FindingKind::Spelling) note where it is not the usual
    /// ten decimal digits. In ASC manifests another byte order is a difference, and the note says
    /// so. What is `failed`, `null`, unknown, or of another algorithm is incomparable.
    #[must_use]
    pub fn compare(&self, computed: &HashValue) -> Comparison {
        let recorded = match self.value {
            _ if self.is_failed() => {
                let reason = "the recorded digest is labelled as failed";
                return Comparison::Incomparable { reason };
            }
            Value::Null => {
                let reason = "the list records no digest for this file, only its size";
                return Comparison::Incomparable { reason };
            }
            Value::Unknown => {
                let reason = "the list records a digest of an unknown algorithm";
                return Comparison::Incomparable { reason };
            }
            Value::Known(recorded) if recorded.algorithm() != computed.algorithm() => {
                let reason = "the list records a digest of another algorithm";
                return Comparison::Incomparable { reason };
            }
            Value::Known(recorded) => recorded,
        };
        let xxhash = self.format == Format::Classic && recorded.algorithm() == Algorithm::Xxh32;
        if recorded == *computed {
            return match &self.spelling {
                Some(spelling) if xxhash => Comparison::EqualWithNote {
                    kind: FindingKind::Spelling,
                    note: if decimal(&spelling.text) == Some(recorded) {
                        "the xxhash value holds when read as decimal, of fewer than ten digits"
                    } else {
                        "the xxhash value holds when read as hexadecimal instead of decimal"
                    },
                },
                _ => Comparison::Equal,
            };
        }
        if xxhash && self.other_xxh32() == Some(*computed) {
            let note = match decimal(&self.text()) == Some(*computed) {
                true => "the xxhash value holds when read as decimal instead of hexadecimal",
                false => "the xxhash value holds when read as hexadecimal instead of decimal",
            };
            return Comparison::EqualWithNote { kind: FindingKind::Spelling, note };
        }
        if recorded.reversed() == *computed {
            return match (self.format, recorded.algorithm()) {
                (Format::Classic, Algorithm::Xxh64) => Comparison::EqualWithNote {
                    kind: FindingKind::ByteOrder,
                    note: "the same 64 bits in the other byte order than the element asks for",
                },
                _ => Comparison::Different {
                    note: Some(
                        "the bytes are the computed ones in reverse order: the list was \
                                perhaps written by a tool of the wrong byte order",
                    ),
                },
            };
        }
        Comparison::Different { note: None }
    }

    /// The other reading of an `xxhash` text: 8 digits may be decimal, 10 may be hexadecimal.
    fn other_xxh32(&self) -> Option<HashValue> {
        let text = self.text();
        match text.len() {
            8 => decimal(&text),
            10 => HashValue::from_hex(Algorithm::Xxh32, text.strip_prefix("00")?).ok(),
            _ => None,
        }
    }

    /// The element name for a list of this format: the one that was read, or the one that the
    /// format has for the algorithm; `None` when it has none.
    pub(crate) fn element_in(&self, format: Format) -> Option<&str> {
        match (&self.spelling, &self.value) {
            (Some(spelling), _) if self.format == format => Some(&spelling.element),
            (Some(spelling), Value::Unknown) => Some(&spelling.element),
            (_, Value::Known(value)) => element_of(format, value.algorithm()),
            (_, Value::Null) => (format == Format::Classic).then_some("null"),
            (None, Value::Unknown) => None,
        }
    }

    /// The text for a list of this format where it does not follow from the value.
    pub(crate) fn spelling_in(&self, format: Format) -> Option<&str> {
        let applies = self.format == format || self.value == Value::Unknown;
        self.spelling.as_deref().filter(|_| applies).map(|spelling| &*spelling.text)
    }

    /// Appends the usual text for a list of this format; nothing for `null`.
    pub(crate) fn append_value_in(&self, format: Format, out: &mut String) {
        if let Value::Known(value) = &self.value {
            append_value(format, value, out);
        }
    }

    /// The place among the hash elements of an entry. ASC: the order of the schema. Classic: the
    /// order is free there, but some verifiers look at the first digest alone, and take `xxhash`
    /// for XXH64: it comes last.
    pub(crate) fn rank(&self) -> u8 {
        match (self.format, self.algorithm()) {
            (Format::Asc, Some(Algorithm::C4)) => 0,
            (_, Some(Algorithm::Md5)) => 1,
            (_, Some(Algorithm::Sha1)) => 2,
            (_, Some(Algorithm::Xxh128)) => 3,
            (_, Some(Algorithm::Xxh3)) => 4,
            (_, Some(Algorithm::Xxh64)) => 5,
            (_, Some(Algorithm::Xxh32)) => 6,
            _ => 7,
        }
    }
}

/// The element that a format has for an algorithm; `None` when it has none.
pub(crate) const fn element_of(format: Format, algorithm: Algorithm) -> Option<&'static str> {
    match (format, algorithm) {
        (_, Algorithm::Md5) => Some("md5"),
        (_, Algorithm::Sha1) => Some("sha1"),
        (Format::Classic, Algorithm::Xxh32) => Some("xxhash"),
        (Format::Classic, Algorithm::Xxh64) => Some("xxhash64be"),
        (Format::Asc, Algorithm::Xxh64) => Some("xxh64"),
        (Format::Asc, Algorithm::Xxh3) => Some("xxh3"),
        (Format::Asc, Algorithm::Xxh128) => Some("xxh128"),
        (Format::Asc, Algorithm::C4) => Some("c4"),
        _ => None,
    }
}

/// Ten decimal digits are the reference tool's; eight digits are another tool's hexadecimal;
/// any other length can only be a decimal without its leading zeros.
fn xxh32(text: &str) -> Result<HashValue, ParseValueError> {
    if text.len() == 8 {
        return HashValue::from_hex(Algorithm::Xxh32, text);
    }
    HashValue::from_decimal(text)
}

fn decimal(text: &str) -> Option<HashValue> {
    HashValue::from_decimal(text).ok()
}

fn append_value(format: Format, value: &HashValue, out: &mut String) {
    match (format, value.algorithm()) {
        (_, Algorithm::C4) => out.push_str(&value.to_string()),
        (Format::Classic, Algorithm::Xxh32) => {
            out.push_str(&value.to_decimal().unwrap_or_default());
        }
        _ => {
            let mut hex = [0; 128];
            let (pairs, _) = hex.as_chunks_mut();
            for ([high, low], byte) in pairs.iter_mut().zip(value.as_bytes()) {
                let digit = |number| if number < 10 { b'0' + number } else { b'a' + number - 10 };
                (*high, *low) = (digit(byte >> 4), digit(byte & 15));
            }
            let hex = hex.get(..2 * value.as_bytes().len()).unwrap_or_default();
            out.push_str(str::from_utf8(hex).unwrap_or_default());
        }
    }
}

#[cfg(test)]
mod tests {
    use mhl_hash::Hasher;

    use super::*;

    fn computed(algorithm: Algorithm) -> HashValue {
        let mut hasher = Hasher::new(algorithm);
        hasher.update(b"clip");
        hasher.finish()
    }

    fn compare(format: Format, element: &str, text: &str, with: Algorithm) -> Comparison {
        let recorded = RecordedHash::parse(format, element, text).unwrap().unwrap();
        assert_eq!(recorded.element(), element);
        assert_eq!(recorded.text(), text.trim(), "the spelling is kept");
        recorded.compare(&computed(with))
    }

    fn kind(comparison: Comparison) -> Option<FindingKind> {
        assert!(comparison.holds(), "{comparison:?}");
        match comparison {
            Comparison::EqualWithNote { kind, .. } => Some(kind),
            _ => None,
        }
    }

    #[test]
    fn row_57_upper_case_is_equal_and_kept() {
        let text = format!(" {}\n", computed(Algorithm::Md5).to_hex().to_uppercase());
        assert_eq!(compare(Format::Classic, "md5", &text, Algorithm::Md5), Comparison::Equal);
    }

    #[test]
    fn row_58_either_byte_order_holds_in_classic_and_not_in_asc() {
        let value = computed(Algorithm::Xxh64);
        let [big, little] = [value.to_hex(), value.to_reversed_hex()];
        let classic = |element, text| compare(Format::Classic, element, text, Algorithm::Xxh64);
        assert_eq!(kind(classic("xxhash64be", &big)), None);
        assert_eq!(kind(classic("xxhash64", &little)), None);
        assert_eq!(kind(classic("xxhash64be", &little)), Some(FindingKind::ByteOrder));
        assert_eq!(kind(classic("xxhash64", &big)), Some(FindingKind::ByteOrder));
        let asc = compare(Format::Asc, "xxh64", &little, Algorithm::Xxh64);
        assert!(matches!(asc, Comparison::Different { note: Some(_) }), "{asc:?}");
    }

    #[test]
    fn xxhash_is_decimal_or_hexadecimal_whichever_holds() {
        let value = computed(Algorithm::Xxh32);
        let classic = |text: &str| compare(Format::Classic, "xxhash", text, Algorithm::Xxh32);
        assert_eq!(kind(classic(&value.to_decimal().unwrap())), None);
        assert_eq!(kind(classic(&value.to_hex())), Some(FindingKind::Spelling));
        assert_eq!(classic("0000000001"), Comparison::Different { note: None });

        // Eight digits that are decimal and hexadecimal at once: 12345678 is 0x00bc614e.
        let eight = RecordedHash::parse(Format::Classic, "xxhash", "12345678").unwrap().unwrap();
        for hex in ["12345678", "00bc614e"] {
            let value = HashValue::from_hex(Algorithm::Xxh32, hex).unwrap();
            assert_eq!(kind(eight.compare(&value)), Some(FindingKind::Spelling), "{hex}");
        }
        // Ten digits that are hexadecimal after all.
        let ten = RecordedHash::parse(Format::Classic, "xxhash", "0012345678").unwrap().unwrap();
        let value = HashValue::from_hex(Algorithm::Xxh32, "12345678").unwrap();
        assert_eq!(kind(ten.compare(&value)), Some(FindingKind::Spelling));
        let value = HashValue::from_decimal("12345678").unwrap();
        assert_eq!(ten.compare(&value), Comparison::Equal);
        // Fewer digits.
        let few = RecordedHash::parse(Format::Classic, "xxhash", "4711").unwrap().unwrap();
        let value = HashValue::from_decimal("4711").unwrap();
        assert_eq!(kind(few.compare(&value)), Some(FindingKind::Spelling));
    }

    #[test]
    fn row_56_values_that_are_none_are_errors() {
        for (format, element, text) in [
            (Format::Classic, "md5", "91cae4"),
            (Format::Classic, "md5", "g1cae4eeb20d47ca70abbbf058a74e80"),
            (Format::Classic, "sha1", ""),
            (Format::Classic, "xxhash", "4294967296"),
            (Format::Classic, "xxhash", "12345678x"),
            (Format::Classic, "xxhash64be", "0ea03b369a463d9"),
            (Format::Asc, "c4", "0ea03b369a463d9d"),
            (Format::Asc, "xxh128", "0ea0 3b369a463d9d"),
        ] {
            assert!(RecordedHash::parse(format, element, text).is_err(), "{element} {text}");
        }
    }

    #[test]
    fn row_59_64_unknown_null_and_failed_are_incomparable() {
        let value = computed(Algorithm::Md5);
        let mut failed = RecordedHash::new(Format::Asc, value);
        assert!(failed.compare(&value).holds());
        for action in [Action::Failed, Action::parse("perhaps")] {
            failed.action = Some(action);
            assert!(matches!(failed.compare(&value), Comparison::Incomparable { .. }));
        }
        for recorded in [
            RecordedHash::null(),
            RecordedHash::unknown(Format::Classic, "sha256", "00"),
            RecordedHash::new(Format::Classic, computed(Algorithm::Sha1)),
        ] {
            let comparison = recorded.compare(&value);
            assert!(matches!(comparison, Comparison::Incomparable { .. }), "{recorded:?}");
            assert!(!comparison.holds());
        }
        assert_eq!(RecordedHash::parse(Format::Classic, "c4", "c4").unwrap(), None);
        assert_eq!(RecordedHash::parse(Format::Asc, "xxhash64", "00").unwrap(), None);
    }

    #[test]
    fn a_value_is_spelled_by_the_format_that_it_is_written_in() {
        let value = computed(Algorithm::Xxh64);
        let recorded = RecordedHash::parse(Format::Classic, "xxhash64", &value.to_reversed_hex())
            .unwrap()
            .unwrap();
        let mut text = String::new();
        assert_eq!(recorded.spelling_in(Format::Asc), None);
        recorded.append_value_in(Format::Asc, &mut text);
        assert_eq!((recorded.element_in(Format::Asc), text), (Some("xxh64"), value.to_hex()));
        assert_eq!(recorded.element_in(Format::Classic), Some("xxhash64"));
        assert_eq!(RecordedHash::null().element_in(Format::Asc), None);
    }
}
