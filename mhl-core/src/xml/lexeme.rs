//! Where the next piece of a document ends: the grammar of XML, as far as lists need it.
//!
//! One look at the text that is in sight, without any state, so that the answer cannot depend on
//! how the document was cut.

use std::ops::Range;

use memchr::{memchr, memchr3, memmem};

use super::{ReadErrorKind, text::is_space_byte};

/// One tag, one run of text, one reference, one section, comment or instruction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lexeme {
    pub(super) kind: Kind,
    /// All its bytes.
    pub(super) len: usize,
    /// Those within its delimiters; of a comment or instruction all of them.
    pub(super) content: Range<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Start,
    /// A start tag that is its end tag too.
    Empty,
    End,
    Space,
    Text,
    CData,
    Reference,
    Comment,
    Instruction,
}

/// The lexeme at the beginning of a text that is not empty; `None` when its end is not in sight.
/// With `ended` nothing comes after the text.
///
/// # Errors
/// When no text with this beginning is one: it is then said at the earliest byte that tells.
pub(super) fn lexeme(text: &[u8], ended: bool) -> Result<Option<Lexeme>, ReadErrorKind> {
    Ok(match text {
        [b'<', b'/', ..] => memchr(b'>', text).map(|end| Lexeme::of(Kind::End, 2, end, 1)),
        [b'<', b'?', ..] => instruction(text)?,
        [b'<', b'!', ..] => declaration(text)?,
        [b'<'] => None,
        [b'<', ..] => start(text),
        [b'&', ..] => reference(text)?,
        _ => characters(text, ended)?,
    })
}

impl Lexeme {
    /// Between delimiters: the first of so many bytes, the last beginning at `end`.
    fn of(kind: Kind, open: usize, end: usize, close: usize) -> Self {
        Lexeme { kind, len: end + close, content: open..end }
    }
}

/// A start tag. A `>` within quotes does not end it.
fn start(text: &[u8]) -> Option<Lexeme> {
    let mut at = 1;
    loop {
        at += memchr3(b'>', b'"', b'\'', text.get(at..)?)?;
        match text.get(at)? {
            b'>' if text.get(at - 1) == Some(&b'/') => {
                return Some(Lexeme::of(Kind::Empty, 1, at - 1, 2));
            }
            b'>' => return Some(Lexeme::of(Kind::Start, 1, at, 1)),
            quote => at += 2 + memchr(*quote, text.get(at + 1..)?)?,
        }
    }
}

/// What begins with `<!`.
fn declaration(text: &[u8]) -> Result<Option<Lexeme>, ReadErrorKind> {
    const COMMENT: &[u8] = b"<!--";
    const CDATA: &[u8] = b"<![CDATA[";
    if text.starts_with(COMMENT) {
        let Some(hyphens) = find(text, COMMENT.len(), b"--") else { return Ok(None) };
        return match text.get(hyphens + 2) {
            None => Ok(None),
            Some(b'>') => Ok(Some(Lexeme::of(Kind::Comment, 0, hyphens + 3, 0))),
            Some(_) => Err(ill_formed("`--` in a comment")),
        };
    }
    if text.starts_with(CDATA) {
        let end = find(text, CDATA.len(), b"]]>");
        return Ok(end.map(|end| Lexeme::of(Kind::CData, CDATA.len(), end, 3)));
    }
    match text {
        [_, _, b'D' | b'd', ..] => Err(ReadErrorKind::Doctype),
        _ if COMMENT.starts_with(text) || CDATA.starts_with(text) => Ok(None),
        _ => Err(ill_formed("unknown markup after `<!`")),
    }
}

fn instruction(text: &[u8]) -> Result<Option<Lexeme>, ReadErrorKind> {
    match text.get(2) {
        None => Ok(None),
        Some(b'a'..=b'z' | b'A'..=b'Z' | b'_' | 0x80..) => {
            Ok(find(text, 3, b"?>").map(|end| Lexeme::of(Kind::Instruction, 0, end + 2, 0)))
        }
        Some(_) => Err(ill_formed("a processing instruction without a name")),
    }
}

fn reference(text: &[u8]) -> Result<Option<Lexeme>, ReadErrorKind> {
    let rest = text.get(1..).unwrap_or_default();
    let Some(end) = memchr3(b';', b'<', b'&', rest) else { return Ok(None) };
    match rest.get(end) {
        Some(b';') => Ok(Some(Lexeme::of(Kind::Reference, 1, end + 1, 1))),
        _ => Err(ill_formed("a reference without its semicolon")),
    }
}

/// Text up to the next markup or reference.
fn characters(text: &[u8], ended: bool) -> Result<Option<Lexeme>, ReadErrorKind> {
    let space = text.iter().position(|byte| !is_space_byte(*byte)).unwrap_or(text.len());
    let mut at = space;
    let (end, whole) = loop {
        let rest = text.get(at..).unwrap_or_default();
        match memchr3(b'<', b'&', b']', rest) {
            None => break (text.len(), ended),
            Some(found) => {
                at += found;
                match text.get(at..) {
                    Some([b']', b']', b'>', ..]) => return Err(ill_formed("`]]>` in text")),
                    Some([b']', ..]) => at += 1,
                    _ => break (at, true),
                }
            }
        }
    };
    let kind = if end == space { Kind::Space } else { Kind::Text };
    Ok(whole.then(|| Lexeme::of(kind, 0, end, 0)))
}

fn find(text: &[u8], from: usize, what: &[u8]) -> Option<usize> {
    Some(from + memmem::find(text.get(from..)?, what)?)
}

fn ill_formed(text: &str) -> ReadErrorKind {
    ReadErrorKind::NotWellFormed(text.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use quick_xml::{Reader, events::Event};

    use super::*;

    /// The lexemes of a text with their contents, up to where it is not well-formed or is cut.
    fn ours(text: &str) -> (Vec<(Kind, &str)>, bool) {
        let (mut found, mut at) = (Vec::new(), 0);
        while at < text.len() {
            let Ok(Some(lexeme)) = lexeme(&text.as_bytes()[at..], true) else {
                return (found, false);
            };
            found.push((lexeme.kind, &text[at..][lexeme.content.clone()]));
            at += lexeme.len;
        }
        (found, true)
    }

    /// The same by quick-xml, which leaves `]]>` in text and the names of instructions to its
    /// caller. In end tags it honours quotes, which have no business there: we end them at `>`.
    fn theirs(text: &str) -> (Vec<(Kind, String)>, bool) {
        let mut reader = Reader::from_str(text);
        let config = reader.config_mut();
        config.check_comments = true;
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        config.trim_markup_names_in_closing_tags = false;
        let mut found = Vec::new();
        loop {
            let (kind, content) = match reader.read_event() {
                Ok(Event::Eof) => return (found, true),
                Ok(Event::Start(tag)) => (Kind::Start, (*tag).to_owned()),
                Ok(Event::Empty(tag)) => (Kind::Empty, (*tag).to_owned()),
                Ok(Event::End(tag)) => (Kind::End, (*tag).to_owned()),
                Ok(Event::PI(text))
                    if !text.starts_with(|c: char| c.is_alphabetic() || c == '_') =>
                {
                    return (found, false);
                }
                Ok(Event::Text(text)) if text.contains("]]>") => return (found, false),
                Ok(Event::Text(text)) if text.bytes().all(is_space_byte) => {
                    (Kind::Space, text.into_inner().into_owned())
                }
                Ok(Event::Text(text)) => (Kind::Text, text.into_inner().into_owned()),
                Ok(Event::CData(text)) => (Kind::CData, text.into_inner().into_owned()),
                Ok(Event::GeneralRef(name)) => (Kind::Reference, name.into_inner().into_owned()),
                Ok(Event::Comment(text)) => (Kind::Comment, format!("<!--{}-->", &*text)),
                Ok(Event::PI(text)) => (Kind::Instruction, format!("<?{}?>", &*text)),
                Ok(Event::Decl(text)) => (Kind::Instruction, format!("<?{}?>", &*text)),
                Ok(Event::DocType(_)) | Err(_) => return (found, false),
            };
            found.push((kind, content));
        }
    }

    /// What documents are made of, and what breaks them.
    fn pieces() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            "[a-z:]{1,3}",
            "[ \t\r\n]{1,3}",
            "[<>/&;!?'\"=\\[\\]-]",
            Just("<a>".to_owned()),
            Just("</a>".to_owned()),
            Just("<b c='>' d=\"'\"/>".to_owned()),
            Just("<!-- - -->".to_owned()),
            Just("<![CDATA[ ]] > ]]>".to_owned()),
            Just("<?p i?>".to_owned()),
            Just("&amp;".to_owned()),
            Just("Größe ]]".to_owned()),
        ];
        prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn lexemes_are_those_of_quick_xml(text in pieces()) {
            let (ours, whole) = ours(&text);
            let quoted = |(kind, name): &(Kind, &str)| *kind == Kind::End && name.contains(['"', '\'']);
            prop_assume!(!ours.iter().any(quoted));
            let (theirs, theirs_whole) = theirs(&text);
            let theirs: Vec<_> = theirs.iter().map(|(kind, text)| (*kind, text.as_str())).collect();
            prop_assert_eq!(&ours, &theirs);
            prop_assert_eq!(whole, theirs_whole);
        }

        #[test]
        fn what_is_in_sight_by_chance_makes_no_difference(text in pieces(), cut in 1usize..40) {
            let bytes = text.as_bytes();
            let Some(head) = bytes.get(..cut) else { return Ok(()) };
            match (lexeme(head, false), lexeme(bytes, true)) {
                (Ok(None), _) => {}
                (head, whole) => prop_assert_eq!(format!("{head:?}"), format!("{whole:?}")),
            }
        }
    }
}
