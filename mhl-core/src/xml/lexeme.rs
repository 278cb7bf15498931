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
        [b'<', b'?', ..] => {
            find(text, 2, b"?>").map(|end| Lexeme::of(Kind::Instruction, 0, end + 2, 0))
        }
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
