//! Characters of XML 1.0: references, line ends, attribute values.

use std::borrow::Cow;

use super::{ReadErrorKind, error::cut, place::Fault};

/// The white space of XML.
pub(crate) const SPACE: [char; 4] = [' ', '\t', '\n', '\r'];

/// A text without the white space around it.
#[inline]
pub(crate) fn trim_space(text: &str) -> &str {
    // Values hardly ever have any: two looks, where searching for characters costs many.
    let outer = [text.as_bytes().first(), text.as_bytes().last()];
    match outer.into_iter().flatten().any(|byte| is_space_byte(*byte)) {
        true => text.trim_matches(SPACE),
        false => text,
    }
}

pub(super) fn is_space(text: &str) -> bool {
    text.bytes().all(is_space_byte)
}

pub(super) const fn is_space_byte(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// Whether such a byte is in a text: without an early exit, many bytes at a time.
#[inline]
pub(super) fn holds(text: &[u8], such: impl Fn(u8) -> bool) -> bool {
    text.iter().fold(false, |any, byte| any | such(*byte))
}

/// Line ends as XML 1.0, section 2.11, has them: CRLF and a bare CR become LF.
pub(crate) fn push_with_line_ends(out: &mut String, text: &str) {
    if !holds(text.as_bytes(), |byte| byte == b'\r') {
        return out.push_str(text);
    }
    let mut lines = text.split('\r');
    out.push_str(lines.next().unwrap_or_default());
    for line in lines {
        out.push('\n');
        out.push_str(line.strip_prefix('\n').unwrap_or(line));
    }
}

/// Where in a text stands what comes so many bytes into it once its line ends are normalised.
pub(super) fn before_line_ends(text: &str, at: usize) -> usize {
    let mut after_cr = false;
    let mut kept = text.bytes().enumerate().filter(|(_, byte)| {
        let dropped = after_cr && *byte == b'\n';
        after_cr = *byte == b'\r';
        !dropped
    });
    kept.nth(at).map_or(text.len(), |(place, _)| place)
}

/// The character that `&name;` stands for.
pub(crate) fn reference(name: &str) -> Result<char, ReadErrorKind> {
    let number = match name.strip_prefix('#') {
        None => {
            return match name {
                "lt" => Ok('<'),
                "gt" => Ok('>'),
                "amp" => Ok('&'),
                "apos" => Ok('\''),
                "quot" => Ok('"'),
                _ => Err(ReadErrorKind::NotWellFormed(format!("unknown entity {:?}", cut(name)))),
            };
        }
        Some(number) => number,
    };
    let (digits, radix) = match number.strip_prefix('x') {
        Some(digits) => (digits, 16),
        None => (number, 10),
    };
    if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(radix)) {
        let text = format!("bad character reference {:?}", cut(name));
        return Err(ReadErrorKind::NotWellFormed(text));
    }
    // Beyond 32 bits it is forbidden as much as beyond Unicode.
    let code = u32::from_str_radix(digits, radix).unwrap_or(u32::MAX);
    char::from_u32(code).filter(|c| is_admitted(*c)).ok_or(ReadErrorKind::ForbiddenCharacter(code))
}

/// Production 2 of XML 1.0.
pub(crate) const fn is_admitted(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..)
}

/// The value of an attribute (XML 1.0, section 3.3.3): references resolved, white space as blanks.
/// A fault's place is that of the reference.
pub(super) fn attribute_value(raw: &str) -> Result<Cow<'_, str>, Fault> {
    if !holds(raw.as_bytes(), |byte| matches!(byte, b'&' | b'\t' | b'\n' | b'\r')) {
        return Ok(Cow::Borrowed(raw));
    }
    let mut value = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((before, after)) = rest.split_once('&') {
        push_blanks(&mut value, before);
        let at = raw.len() - after.len() - 1;
        let (name, after) = after.split_once(';').ok_or_else(|| {
            let text = "a reference without its semicolon".to_owned();
            Fault { at, kind: ReadErrorKind::NotWellFormed(text) }
        })?;
        value.push(reference(name).map_err(|kind| Fault { at, kind })?);
        rest = after;
    }
    push_blanks(&mut value, rest);
    Ok(Cow::Owned(value))
}

fn push_blanks(value: &mut String, text: &str) {
    value.extend(text.chars().map(|c| if matches!(c, '\t' | '\n' | '\r') { ' ' } else { c }));
}

/// Text with everything escaped that a parser would change, in content and in attributes alike: a
/// carriage return, line feed or tab survives only as a reference.
pub(super) fn push_escaped(text: &str, out: &mut String) {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' => out.push_str("&#9;"),
            '\n' => out.push_str("&#10;"),
            '\r' => out.push_str("&#13;"),
            other => out.push(other),
        }
    }
}

/// The first character of a text that XML cannot hold.
pub(super) fn unrepresentable(text: &str) -> Option<char> {
    text.chars().find(|character| !is_admitted(*character))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn row_16_references_to_no_character_are_errors() {
        for name in ["#0", "#xD800", "#x110000", "#1", "#xfffe", "#99999999999999999999"] {
            assert!(matches!(reference(name), Err(ReadErrorKind::ForbiddenCharacter(_))), "{name}");
        }
        for name in ["#", "#x", "#-1", "#+65", "#xg", "nbsp", "", "LT"] {
            assert!(matches!(reference(name), Err(ReadErrorKind::NotWellFormed(_))), "{name}");
        }
        for (name, character) in
            [("#65", 'A'), ("#x1F3ac", '\u{1f3ac}'), ("#13", '\r'), ("amp", '&')]
        {
            assert_eq!(reference(name).unwrap(), character);
        }
    }

    #[test]
    fn white_space_around_a_text_is_dropped() {
        for text in ["a b", " a b", "a b\t", "\r\n a b \n"] {
            assert_eq!(trim_space(text), "a b");
        }
        assert_eq!([trim_space(""), trim_space(" \t"), trim_space("\u{a0}")], ["", "", "\u{a0}"]);
    }

    #[test]
    fn line_ends_and_attribute_values_are_normalised() {
        let mut text = String::new();
        push_with_line_ends(&mut text, "a\r\nb\rc\nd\r\r");
        assert_eq!(text, "a\nb\nc\nd\n\n");
        for (at, byte) in text.bytes().enumerate() {
            let place = before_line_ends("a\r\nb\rc\nd\r\r", at);
            let original = "a\r\nb\rc\nd\r\r".as_bytes()[place];
            assert!(original == byte || (original, byte) == (b'\r', b'\n'), "{at}");
        }
        assert_eq!(before_line_ends("\r\n", 1), 2);
        assert_eq!(attribute_value("a\tb&#9;c&lt;").ok().unwrap(), "a b\tc<");
        for (raw, at) in [("a&b", 1), ("ü&lt;&no;&gt;", 6), ("&#0;", 0)] {
            assert_eq!(attribute_value(raw).err().map(|fault| fault.at), Some(at), "{raw}");
        }
    }
}
