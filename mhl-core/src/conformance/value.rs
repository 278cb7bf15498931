//! The simple types of the schemas (XML Schema 1.0, part 2), as far as they are used.

use crate::{Timestamp, xml::trim_space};

/// What a value or attribute may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    /// `string`: anything.
    Text,
    /// Exactly this text.
    Fixed(&'static str),
    /// One of these words, with no space around it.
    Word(&'static [&'static str]),
    /// `dateTime`. Years are 1 to 9999 here, where the schema has no end.
    Time,
    /// `integer`.
    Integer,
    /// `positiveInteger`: not 0.
    Positive,
    /// `integer` of at most ten digits.
    TenDigits,
    /// `decimal` from 0 with at most one digit after the point.
    Decimal,
    /// `boolean`.
    Boolean,
    /// `hexBinary` of so many bytes.
    Hex(usize),
    /// The pattern `[^@]+@[^\.]+\..+`.
    Email,
}

impl Type {
    /// Whether a text is of the type.
    pub(super) fn admits(self, text: &str) -> bool {
        // All but texts and words are taken without the white space around them.
        let value = trim_space(text);
        match self {
            Type::Text => true,
            Type::Fixed(fixed) => text == fixed,
            Type::Word(words) => words.contains(&text),
            // The form of old tools has a blank between date and time.
            Type::Time => !value.contains(' ') && Timestamp::parse(value).is_ok(),
            Type::Integer => integer(value).is_some(),
            Type::Positive => {
                integer(value).is_some_and(|(negative, digits)| !negative && digits > 0)
            }
            Type::TenDigits => integer(value).is_some_and(|(_, digits)| digits <= 10),
            Type::Decimal => decimal(value),
            Type::Boolean => matches!(value, "true" | "false" | "0" | "1"),
            Type::Hex(bytes) => {
                value.len() == 2 * bytes && value.bytes().all(|byte| byte.is_ascii_hexdigit())
            }
            Type::Email => text.split_once('@').is_some_and(|(name, host)| {
                let rest = host.split_once('.').filter(|(host, _)| !host.is_empty());
                let rest = rest.map_or("", |(_, rest)| rest);
                !name.is_empty() && !rest.is_empty() && !rest.contains(['\n', '\r'])
            }),
        }
    }

    /// What is expected, in words.
    pub(super) fn expected(self) -> String {
        match self {
            Type::Text => "any text".to_owned(),
            Type::Fixed(fixed) => format!("{fixed:?} expected"),
            Type::Word(words) => format!("one of {} expected", words.join(", ")),
            Type::Time => "YYYY-MM-DDTHH:MM:SS with a fraction or zone expected".to_owned(),
            Type::Integer => "a whole number expected".to_owned(),
            Type::Positive => "a whole number above 0 expected".to_owned(),
            Type::TenDigits => "a whole number of at most ten digits expected".to_owned(),
            Type::Decimal => "a number from 0 with one digit after the point expected".to_owned(),
            Type::Boolean => "true, false, 1 or 0 expected".to_owned(),
            Type::Hex(bytes) => format!("{} hexadecimal digits expected", 2 * bytes),
            Type::Email => "an address with @ and a point after it expected".to_owned(),
        }
    }
}

/// Whether a number has a minus, and how many digits without leading zeros; `None` if it is none.
fn integer(text: &str) -> Option<(bool, usize)> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    number.then(|| (text.starts_with('-'), digits.trim_start_matches('0').len()))
}

fn decimal(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let zero = |part: &str| part.bytes().all(|byte| byte == b'0');
    number(whole)
        && number(fraction)
        && whole.len() + fraction.len() > 0
        && fraction.trim_end_matches('0').len() <= 1
        && (!text.starts_with('-') || zero(whole) && zero(fraction))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_admit_what_the_schema_language_admits() {
        for (value, good, bad) in [
            (Type::Text, &["", " a\n"][..], &[][..]),
            (Type::Fixed(""), &[""], &[" ", "x"]),
            (Type::Word(&["failed"]), &["failed"], &[" failed", "Failed", ""]),
            (
                Type::Time,
                &["2026-11-22T14:30:00Z", " 2026-11-22T24:00:00\n", "2026-11-22T14:30:00.5-14:00"],
                &["2026-11-22 14-30-00", "2026-11-22 14:30:00", "2023-02-29T00:00:00Z", ""],
            ),
            (Type::Integer, &["-5", "+5", "007", " 0 "], &["", "+", "1e3", "1.0", "0x1"]),
            (Type::Positive, &["1", "+5", "007"], &["0", "-1", "000", "-0", ""]),
            (Type::TenDigits, &["0046947589", "4294967296", "00000000000001"], &["12345678901"]),
            (Type::Decimal, &["1.1", "2", "1.10", ".5", "1.", "-0"], &["1.11", "-1", ".", "x"]),
            (Type::Boolean, &["true", " 0 "], &["TRUE", "yes", ""]),
            (Type::Hex(2), &["00fF", " 00ff\n"], &["00f", "00ffg", "00fg", ""]),
            (Type::Email, &["a@b.c", "a@b@c.d.e"], &["a@b", "@b.c", "a@.c", "a@b.", "b.c"]),
        ] {
            for text in good {
                assert!(value.admits(text), "{value:?} {text:?}");
            }
            for text in bad {
                assert!(!value.admits(text), "{value:?} {text:?}");
            }
        }
    }
}
