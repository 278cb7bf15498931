//! The part of a document that is in sight: what is being read, and what was decoded beyond it.
//!
//! Beside the text, this is where places are known: line and column are counted where a place is
//! asked for, and where text leaves the window. Each byte is decoded, checked and copied once.

use std::{io::BufRead, ops::Range};

use super::{
    Limits, Position, ReadError, ReadErrorKind,
    decode::{Decoder, PIECE},
    place::Cursor,
    text::{before_line_ends, holds},
};

/// A window of text that XML admits over a document.
pub(super) struct Window<R> {
    decoder: Decoder<R>,
    text: String,
    /// Up to here the text is read.
    at: usize,
    /// Where the text begins.
    start: Cursor,
    /// Where the event began that is being read.
    event: usize,
    /// Where the last element began.
    element: Mark,
    /// Where the last value began.
    value: Mark,
    /// Whether there may be a carriage return in the text.
    returns: bool,
    /// What comes after the text.
    next: Next,
}

#[derive(Clone, Copy)]
enum Mark {
    /// At this byte of the text.
    Here(usize),
    /// In text that has left.
    Gone(Position),
}

enum Next {
    More,
    End,
    Fault(ReadErrorKind),
}

impl<R: BufRead> Window<R> {
    pub(super) fn new(source: R, limits: &Limits) -> Self {
        Window {
            decoder: Decoder::new(source, limits),
            text: String::with_capacity(2 * PIECE),
            at: 0,
            start: Cursor::START,
            event: 0,
            element: Mark::Here(0),
            value: Mark::Here(0),
            returns: false,
            next: Next::More,
        }
    }

    /// Name of the encoding in which the document is stored.
    pub(super) fn encoding(&self) -> &'static str {
        self.decoder.encoding()
    }

    /// Whether a document declares two bytes a character and holds one.
    pub(super) fn declared_wrongly(&self) -> bool {
        self.decoder.declared_wrongly()
    }

    /// The text in sight that is not read yet.
    pub(super) fn unread(&self) -> &[u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    /// Whether nothing comes after the text in sight.
    pub(super) fn ended(&self) -> bool {
        matches!(self.next, Next::End)
    }

    /// Brings so many unread bytes into sight, or all up to the end of the document or to a fault;
    /// the fault itself is the error when nothing comes before it.
    pub(super) fn reach(&mut self, wanted: usize) -> Result<(), ReadError> {
        let before = self.unread().len();
        while self.unread().len() < wanted {
            match self.next {
                Next::More => self.read_piece(),
                Next::End => break,
                Next::Fault(_) if self.unread().len() > before => break,
                Next::Fault(_) => {
                    let end = self.position_at(self.text.len());
                    if let Next::Fault(kind) = std::mem::replace(&mut self.next, Next::End) {
                        return Err(kind.at(end));
                    }
                }
            }
        }
        Ok(())
    }

    /// An event begins here.
    pub(super) fn begin_event(&mut self) {
        self.event = self.at;
    }

    /// The event is read: so many bytes. Where its text stands in the window until the next
    /// [`Window::reach`], given where that stands in the event.
    pub(super) fn take(&mut self, len: usize, content: Range<usize>) -> Range<usize> {
        self.at += len;
        self.event + content.start..self.event + content.end
    }

    /// The event that was read began an element.
    pub(super) fn was_element(&mut self) {
        self.element = Mark::Here(self.event);
    }

    /// A value begins here.
    #[inline]
    pub(super) fn begin_value(&mut self) {
        self.value = Mark::Here(self.at);
    }

    /// The text at a place in the window.
    pub(super) fn text(&self, range: Range<usize>) -> &str {
        self.text.get(range).unwrap_or_default()
    }

    /// Whether there may be a carriage return in the window.
    pub(super) fn returns(&self) -> bool {
        self.returns
    }

    /// Whether the event that is being read began at the beginning of the document.
    pub(super) fn at_beginning(&self) -> bool {
        self.event == 0 && self.start.position == Position::START
    }

    /// Where the event began that was read last.
    pub(super) fn event_position(&self) -> Position {
        self.position_at(self.event)
    }

    /// Where the last element began.
    pub(super) fn element_position(&self) -> Position {
        self.position_of(self.element)
    }

    /// Where the last value began.
    pub(super) fn value_position(&self) -> Position {
        self.position_of(self.value)
    }

    fn position_of(&self, mark: Mark) -> Position {
        match mark {
            Mark::Here(at) => self.position_at(at),
            Mark::Gone(position) => position,
        }
    }

    /// Where that stands which comes so many bytes into the event, its line ends normalised.
    pub(super) fn position_in_event(&self, at: usize) -> Position {
        let event = self.text.get(self.event..self.at).unwrap_or_default();
        self.position_at(self.event + before_line_ends(event, at))
    }

    fn position_at(&self, at: usize) -> Position {
        let mut cursor = self.start;
        cursor.pass(self.text.as_bytes().get(..at).unwrap_or_default());
        cursor.position
    }

    /// Adds the next piece of the document.
    fn read_piece(&mut self) {
        if self.text.capacity() - self.text.len() < PIECE {
            self.leave();
        }
        let begin = self.text.len();
        self.next = match self.decoder.read(&mut self.text) {
            Ok(true) => Next::More,
            Ok(false) => Next::End,
            Err(kind) => Next::Fault(kind),
        };
        let piece = self.text.as_bytes().get(begin..).unwrap_or_default();
        self.returns |= piece.contains(&b'\r');
        if let Some((at, character)) = forbidden(piece) {
            self.text.truncate(begin + at);
            self.next = Next::Fault(ReadErrorKind::ForbiddenCharacter(character));
        }
    }

    /// Lets what was read leave the window.
    fn leave(&mut self) {
        let cut = self.event;
        if cut == 0 {
            return;
        }
        let bytes = self.text.as_bytes();
        let mut passed = 0;
        let mut marks = [&mut self.element, &mut self.value];
        marks.sort_by_key(|mark| match mark {
            Mark::Here(at) => *at,
            Mark::Gone(_) => 0,
        });
        for mark in marks {
            *mark = match *mark {
                Mark::Here(at) if at >= cut => Mark::Here(at - cut),
                Mark::Here(at) => {
                    self.start.pass(bytes.get(passed..at).unwrap_or_default());
                    passed = at;
                    Mark::Gone(self.start.position)
                }
                gone @ Mark::Gone(_) => gone,
            };
        }
        self.start.pass(bytes.get(passed..cut).unwrap_or_default());
        self.text.drain(..cut);
        self.returns = self.returns && self.text.contains('\r');
        self.at -= cut;
        self.event = 0;
    }
}

/// The first character that XML 1.0 does not admit (production 2), and where it stands.
fn forbidden(text: &[u8]) -> Option<(usize, u32)> {
    // EF begins the three bytes of U+FFFE and U+FFFF.
    let suspicious = |byte: u8| byte < 0x20 && !matches!(byte, 9 | 10 | 13) || byte == 0xef;
    if !holds(text, suspicious) {
        return None;
    }
    text.iter().enumerate().filter(|(_, byte)| suspicious(**byte)).find_map(
        |(at, &byte)| match text.get(at..at + 3) {
            _ if byte < 0x20 => Some((at, u32::from(byte))),
            Some([0xef, 0xbf, low @ (0xbe | 0xbf)]) => Some((at, 0xff40 | u32::from(*low))),
            _ => None,
        },
    )
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    /// The whole text and its encoding, the same whether it comes at once or byte by byte.
    fn decode(bytes: &[u8]) -> Result<(String, &'static str), ReadError> {
        let whole = text_of(bytes, &Limits::default());
        let single = io::BufReader::with_capacity(1, bytes);
        let single = text_of(single, &Limits::default());
        match (&whole, &single) {
            (Ok(whole), Ok(single)) => assert_eq!(whole, single),
            (Err(whole), Err(single)) => assert_eq!(whole.to_string(), single.to_string()),
            _ => panic!("{whole:?}, byte by byte {single:?}"),
        }
        whole
    }

    fn text_of(source: impl BufRead, limits: &Limits) -> Result<(String, &'static str), ReadError> {
        let mut window = Window::new(source, limits);
        let mut text = String::new();
        loop {
            window.begin_event();
            window.reach(1)?;
            let len = window.unread().len();
            if len == 0 {
                return Ok((text, window.encoding()));
            }
            let range = window.take(len, 0..len);
            text.push_str(window.text(range));
        }
    }

    fn utf16(text: &str, big: bool) -> Vec<u8> {
        text.encode_utf16()
            .flat_map(|u| if big { u.to_be_bytes() } else { u.to_le_bytes() })
            .collect()
    }

    fn utf32(text: &str, big: bool) -> Vec<u8> {
        text.chars()
            .map(u32::from)
            .flat_map(|u| if big { u.to_be_bytes() } else { u.to_le_bytes() })
            .collect()
    }

    const TEXT: &str = "<a>Größe 한국 \u{1f3ac}\r\n</a>";

    #[test]
    fn row_12_13_marks_and_wide_encodings_are_found() {
        for big in [false, true] {
            let name = if big { "UTF-16BE" } else { "UTF-16LE" };
            assert_eq!(decode(&utf16(TEXT, big)).unwrap(), (TEXT.into(), name));
            assert_eq!(
                decode(&utf16(&format!("\u{feff}{TEXT}"), big)).unwrap(),
                (TEXT.into(), name)
            );
            let name = if big { "UTF-32BE" } else { "UTF-32LE" };
            assert_eq!(decode(&utf32(TEXT, big)).unwrap(), (TEXT.into(), name));
            assert_eq!(
                decode(&utf32(&format!("\u{feff}{TEXT}"), big)).unwrap(),
                (TEXT.into(), name)
            );
        }
        assert_eq!(decode(TEXT.as_bytes()).unwrap(), (TEXT.into(), "UTF-8"));
        assert_eq!(decode(format!("\u{feff}{TEXT}").as_bytes()).unwrap(), (TEXT.into(), "UTF-8"));
        for short in ["", "<", "<a"] {
            assert_eq!(decode(short.as_bytes()).unwrap(), (short.into(), "UTF-8"));
        }
    }

    #[test]
    fn row_14_declared_encodings_are_decoded() {
        for (label, bytes, text) in [
            ("windows-1251", &b"\xd4\xe0\xe9\xeb"[..], "Файл"),
            ("ISO-8859-1", b"Gr\xf6\xdfe", "Größe"),
            ("iso-8859-15", b"\xa4", "€"),
            ("EUC-JP", b"\xc6\xfc\xcb\xdc", "日本"),
            ("EUC-KR", b"\xc7\xd1\xb1\xb9", "한국"),
            ("Shift_JIS", b"\x93\xfa\x96\x7b", "日本"),
            ("us-ascii", b"plain", "plain"),
            ("utf-16", b"ascii all the same", "ascii all the same"),
        ] {
            for quote in ['"', '\''] {
                let head = format!("<?xml version='1.0' encoding={quote}{label}{quote}?>");
                let document = [head.as_bytes(), bytes].concat();
                assert_eq!(decode(&document).unwrap().0, format!("{head}{text}"), "{label}");
            }
        }
        let error = decode(b"<?xml version='1.0' encoding='klingon'?><a/>").unwrap_err();
        assert!(matches!(error.kind, ReadErrorKind::UnknownEncoding(label) if label == "klingon"));
    }

    #[test]
    fn row_11_invalid_bytes_are_errors_at_their_place() {
        let error = decode(b"<a>\r\n\xc3\xa4\xff</a>").unwrap_err();
        assert!(matches!(error.kind, ReadErrorKind::Malformed { encoding: "UTF-8" }));
        assert_eq!(error.position, Position { line: 2, column: 2, offset: 7 });
        for label in ["ascii", "US-ASCII", "ansi_x3.4-1968"] {
            let head = format!("<?xml version='1.0' encoding='{label}'?>\n<a>");
            let error = decode(&[head.as_bytes(), "ü".as_bytes()].concat()).unwrap_err();
            assert!(matches!(error.kind, ReadErrorKind::Malformed { encoding: "US-ASCII" }));
            let offset = head.len() as u64;
            assert_eq!(error.position, Position { line: 2, column: 4, offset });
        }
        assert!(decode(b"<a>\xed\xa0\x80</a>").is_err(), "a surrogate");
        assert!(decode(b"<a>\xe4").is_err(), "cut within a character");
        assert!(decode(&utf16("<a>", false)[..5]).is_err(), "cut within a unit");
        assert!(decode(&utf32("<a>", true)[..10]).is_err(), "cut within a unit");
        assert!(decode(b"<\0\0\0\0\xd8\0\0").is_err(), "a surrogate in UTF-32");
    }

    #[test]
    fn row_15_nul_and_other_control_characters_are_errors_at_their_place() {
        for (text, character) in
            [("\0", 0), ("\u{1b}", 0x1b), ("\u{fffe}", 0xfffe), ("\u{ffff}", 0xffff)]
        {
            let error = decode(format!("<a>\r{text}").as_bytes()).unwrap_err();
            assert!(matches!(error.kind, ReadErrorKind::ForbiddenCharacter(c) if c == character));
            assert_eq!(error.position, Position { line: 2, column: 1, offset: 4 });
        }
        assert!(decode("\u{fffd}\u{ff41}\u{7f}\t\r\n".as_bytes()).is_ok());
    }

    #[test]
    fn the_document_has_a_longest_length() {
        for (bytes, fits) in [(5, true), (4, false), (2, false)] {
            let limits = Limits { bytes, ..Limits::default() };
            let result = text_of(&b"<a/>\n"[..], &limits);
            assert_eq!(result.is_ok(), fits, "{bytes}");
        }
    }
}
