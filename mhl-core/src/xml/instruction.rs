//! What stands between `<?` and `?>`: the XML declaration, and processing instructions.

use super::{
    ReadErrorKind,
    error::cut,
    name::is_unprefixed,
    place::Fault,
    text::{SPACE, is_space_byte},
};

/// The XML declaration (XML 1.0, fifth edition, productions 23 to 26, 32, 80 and 81).
pub(super) struct Declaration<'a> {
    /// The encoding that it names.
    pub(super) encoding: Option<&'a str>,
}

/// What a declaration begins with.
const OPEN: &str = "<?xml";

/// A part of a declaration: `name="value"`.
struct Part {
    name: &'static str,
    admits: fn(&str) -> bool,
    expected: &'static str,
}

/// In their order.
const PARTS: [Part; 3] = [
    Part { name: "version", admits: is_version, expected: "1.0, or 1 and another minor version," },
    Part { name: "encoding", admits: is_encoding, expected: "the name of an encoding" },
    Part { name: "standalone", admits: is_yes_or_no, expected: "yes or no" },
];

impl<'a> Declaration<'a> {
    /// Reads the declaration, delimiters included.
    pub(super) fn read(text: &'a str) -> Result<Self, Fault> {
        let body = text.strip_prefix(OPEN).and_then(|text| text.strip_suffix("?>"));
        let body = body.unwrap_or_default();
        let fault = |rest: &str, text: String| Fault {
            at: OPEN.len() + body.len() - rest.len(),
            kind: ReadErrorKind::NotWellFormed(text),
        };
        let mut declaration = Declaration { encoding: None };
        let mut rest = body;
        for Part { name, admits, expected } in PARTS {
            let begin = rest.trim_start_matches(SPACE);
            let after = begin.strip_prefix(name).filter(|_| begin.len() < rest.len());
            let Some(after) = after else {
                if name == "version" {
                    let text = "the XML declaration does not begin with a version".to_owned();
                    return Err(fault(begin, text));
                }
                continue;
            };
            let unquoted =
                || fault(begin, format!("{name} without a quoted value in the XML declaration"));
            let (value, after) = quoted(after).ok_or_else(unquoted)?;
            if !admits(value) {
                let found = cut(value);
                let text = format!("{name} {found:?} in the XML declaration; {expected} expected");
                return Err(fault(begin, text));
            }
            if name == "encoding" {
                declaration.encoding = Some(value);
            }
            rest = after;
        }
        let end = rest.trim_start_matches(SPACE);
        if !end.is_empty() {
            let text = "the XML declaration holds more than version, encoding and standalone in \
                        their order, with white space between them";
            return Err(fault(end, text.to_owned()));
        }
        Ok(declaration)
    }
}

/// Whether this instruction is the XML declaration. To tell that, its end need not be there.
pub(super) fn is_declaration(instruction: &str) -> bool {
    let rest = instruction.strip_prefix(OPEN);
    rest.is_some_and(|rest| rest.bytes().next().is_some_and(|b| b == b'?' || is_space_byte(b)))
}

/// Checks the name of a processing instruction, which is given with its delimiters
/// (productions 16 and 17; Namespaces, section 7: no colon).
pub(super) fn check_target(instruction: &str) -> Result<(), Fault> {
    const OPEN: &str = "<?";
    let body = instruction.strip_prefix(OPEN).and_then(|text| text.strip_suffix("?>"));
    let name = body.unwrap_or_default().split(SPACE).next().unwrap_or_default();
    let what = match name {
        _ if name.eq_ignore_ascii_case("xml") => "reserved",
        _ if is_unprefixed(name) => return Ok(()),
        _ => "no name",
    };
    let text = format!("the processing instruction {:?}: that is {what}", cut(name));
    Err(Fault { at: OPEN.len(), kind: ReadErrorKind::NotWellFormed(text) })
}

/// The value after an equals sign in quotes, and what comes after it.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let value = text.trim_start_matches(SPACE).strip_prefix('=')?.trim_start_matches(SPACE);
    let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    value.strip_prefix(quote)?.split_once(quote)
}

fn is_version(value: &str) -> bool {
    let minor = value.strip_prefix("1.").unwrap_or_default();
    !minor.is_empty() && minor.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_encoding(value: &str) -> bool {
    value.starts_with(|first: char| first.is_ascii_alphabetic())
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}

fn is_yes_or_no(value: &str) -> bool {
    matches!(value, "yes" | "no")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declarations_are_read() {
        for (text, encoding) in [
            ("<?xml version='1.0'?>", None),
            ("<?xml\tversion =\r\n\"1.17\" ?>", None),
            ("<?xml version=\"1.0\" encoding='UTF-8'?>", Some("UTF-8")),
            ("<?xml version='1.0' encoding=\"x-a_b.1\" standalone='no'\n?>", Some("x-a_b.1")),
            ("<?xml version='1.0' standalone = 'yes'?>", None),
        ] {
            assert!(is_declaration(text));
            assert_eq!(Declaration::read(text).ok().unwrap().encoding, encoding, "{text}");
        }
    }

    #[test]
    fn row_19_ill_formed_declarations_are_errors_at_their_place() {
        for (text, at) in [
            ("<?xml?>", 5),
            ("<?xml ?>", 6),
            ("<?xml garbage?>", 6),
            ("<?xml encoding=\"UTF-8\"?>", 6),
            ("<?xml encoding='UTF-8' version='1.0'?>", 6),
            ("<?xml version='3'?>", 6),
            ("<?xml version='1.'?>", 6),
            ("<?xml version='1.0?>", 6),
            ("<?xml version=\"1.0'?>", 6),
            ("<?xml version 1.0?>", 6),
            ("<?xml version='1.0' version='1.0'?>", 20),
            ("<?xml version='1.0' standalone='maybe'?>", 20),
            ("<?xml version='1.0' standalone='yes' encoding='UTF-8'?>", 37),
            ("<?xml version='1.0' encoding=''?>", 20),
            ("<?xml version='1.0' encoding='1a'?>", 20),
            ("<?xml version='1.0' encoding='a b'?>", 20),
            ("<?xml version='1.0' encodings='a'?>", 20),
            ("<?xml version='1.0'encoding='a'?>", 19),
            ("<?xml version='1.0' encoding='a'standalone='no'?>", 32),
            ("<?xml version='1.0' Größe='a'?>", 20),
        ] {
            let fault = Declaration::read(text).err().unwrap();
            assert!(matches!(fault.kind, ReadErrorKind::NotWellFormed(_)), "{text}");
            assert_eq!(fault.at, at, "{text}");
        }
    }

    #[test]
    fn row_19_instructions_have_a_name_of_their_own() {
        for text in ["<?a?>", "<?a <b?>", "<?a\r\n?>", "<?xml-stylesheet a?>", "<?ü-1 ??>"] {
            assert!(!is_declaration(text) && check_target(text).is_ok(), "{text}");
        }
        for text in
            ["<?XML a?>", "<?Xml?>", "<?a<b c?>", "<?a?b?>", "<?a:b?>", "<? a?>", "<?a\u{d7} b?>"]
        {
            assert_eq!(check_target(text).err().map(|fault| fault.at), Some(2), "{text}");
        }
    }
}
