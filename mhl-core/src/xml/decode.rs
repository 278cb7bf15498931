//! Bytes in any encoding that lists were written in, turned into UTF-8 as they arrive.
//!
//! Beside decoding, this is where places are known (line, column, offset) and where a single tag or
//! text of a gigabyte is stopped: the parser above would buffer it whole.

use std::io::{self, BufRead};

use encoding_rs::{DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::{Limits, Position, ReadError, ReadErrorKind, error::cut};

/// Bytes decoded at a time.
const PIECE: usize = 64 * 1024;
/// An XML declaration is looked for in so many bytes.
const DECLARATION: usize = 1024;

/// A `BufRead` of valid UTF-8 that XML admits, over one of stored bytes.
///
/// An error of its own is handed to the parser as some `io::Error`; the true one is had from
/// [`Decoder::take_failure`].
pub(crate) struct Decoder<R> {
    source: R,
    limits: Limits,
    /// Bytes read before the encoding was known, in reverse.
    head: Vec<u8>,
    codec: Option<Codec>,
    declared_wrongly: bool,
    stored: u64,
    /// Decoded text; `at` of its `len` bytes are consumed.
    text: Box<[u8]>,
    len: usize,
    at: usize,
    /// Where `text` begins.
    start: Cursor,
    /// Where the event began that is being read, and where the last element began.
    event: Mark,
    element: Mark,
    /// Bytes of the event that have left `text`.
    event_len: usize,
    /// What comes when `text` is consumed.
    next: Next,
    failure: Option<ReadError>,
}

enum Next {
    More,
    End,
    Fault(ReadErrorKind),
}

#[derive(Clone, Copy)]
enum Mark {
    /// At this byte of `text`.
    Here(usize),
    /// In text that is gone.
    Gone(Position),
}

enum Codec {
    Whatwg(encoding_rs::Decoder),
    Utf32 { big: bool, pending: Vec<u8> },
}

impl<R: BufRead> Decoder<R> {
    pub(crate) fn new(source: R, limits: Limits) -> Self {
        Decoder {
            source,
            limits,
            head: Vec::new(),
            codec: None,
            declared_wrongly: false,
            stored: 0,
            text: vec![0; PIECE].into_boxed_slice(),
            len: 0,
            at: 0,
            start: Cursor { position: Position::START, after_cr: false },
            event: Mark::Here(0),
            element: Mark::Here(0),
            event_len: 0,
            next: Next::More,
            failure: None,
        }
    }

    /// An event begins here.
    pub(crate) fn begin_event(&mut self) {
        self.event = Mark::Here(self.at);
        self.event_len = 0;
    }

    /// The event that was read began an element.
    pub(crate) fn was_element(&mut self) {
        self.element = self.event;
    }

    /// Where the event began.
    pub(crate) fn event_position(&self) -> Position {
        self.position_of(self.event)
    }

    /// Where the last element began.
    pub(crate) fn element_position(&self) -> Position {
        self.position_of(self.element)
    }

    pub(crate) fn take_failure(&mut self) -> Option<ReadError> {
        self.failure.take()
    }

    /// Name of the encoding in which the document is stored.
    pub(crate) fn encoding(&self) -> &'static str {
        match &self.codec {
            None => UTF_8.name(),
            Some(Codec::Whatwg(decoder)) => decoder.encoding().name(),
            Some(Codec::Utf32 { big: true, .. }) => "UTF-32BE",
            Some(Codec::Utf32 { big: false, .. }) => "UTF-32LE",
        }
    }

    /// Whether a document declares two bytes a character and holds one.
    pub(crate) fn declared_wrongly(&self) -> bool {
        self.declared_wrongly
    }

    fn position_of(&self, mark: Mark) -> Position {
        match mark {
            Mark::Here(at) => {
                let mut cursor = self.start;
                cursor.pass(self.text.get(..at).unwrap_or_default());
                cursor.position
            }
            Mark::Gone(position) => position,
        }
    }

    /// Everything in `text` was consumed: puts the next piece there.
    fn refill(&mut self) -> Result<(), ReadError> {
        self.event_len += match self.event {
            Mark::Here(at) => self.len - at,
            Mark::Gone(_) => self.len,
        };
        // The element began no later than the event: one pass over the text serves both.
        let mut passed = 0;
        for mark in [&mut self.element, &mut self.event] {
            if let Mark::Here(at) = *mark {
                self.start.pass(self.text.get(passed..at).unwrap_or_default());
                *mark = Mark::Gone(self.start.position);
                passed = at;
            }
        }
        self.start.pass(self.text.get(passed..self.len).unwrap_or_default());
        (self.len, self.at) = (0, 0);
        if self.event_len > self.limits.text_len {
            let limit = self.limits.text_len as u64;
            let what = "bytes in one tag, comment or text";
            return Err(ReadErrorKind::Limit { what, limit }.at(self.event_position()));
        }
        while self.len == 0 {
            match std::mem::replace(&mut self.next, Next::End) {
                Next::End => return Ok(()),
                Next::Fault(kind) => return Err(kind.at(self.start.position)),
                Next::More => {
                    self.next = Next::More;
                    if let Err(kind) = self.decode_piece() {
                        self.next = Next::Fault(kind);
                    }
                    self.stop_at_forbidden();
                }
            }
        }
        Ok(())
    }

    fn decode_piece(&mut self) -> Result<(), ReadErrorKind> {
        if self.codec.is_none() {
            self.detect()?;
        }
        let limit = ReadErrorKind::Limit { what: "bytes", limit: self.limits.bytes };
        let Some(allowed) = self.limits.bytes.checked_sub(self.stored) else { return Err(limit) };
        let encoding = self.encoding();
        let Some(codec) = &mut self.codec else { return Ok(()) };
        // What was read to find the encoding comes first.
        if !self.head.is_empty() {
            let head = std::mem::take(&mut self.head);
            let (_, written, fault) = codec.decode(&head, &mut self.text, false);
            self.len = written;
            return if fault { Err(ReadErrorKind::Malformed { encoding }) } else { Ok(()) };
        }
        let input = fill(&mut self.source)?;
        let allowed = usize::try_from(allowed).unwrap_or(usize::MAX);
        if allowed == 0 && !input.is_empty() {
            return Err(limit);
        }
        let last = input.is_empty();
        let input = input.get(..allowed.min(PIECE)).unwrap_or(input);
        let (read, written, fault) = codec.decode(input, &mut self.text, last);
        self.source.consume(read);
        self.stored += read as u64;
        self.len = written;
        if fault {
            return Err(ReadErrorKind::Malformed { encoding });
        }
        if last {
            self.next = Next::End;
        }
        Ok(())
    }

    /// Cuts the piece before a character that XML does not admit; the error comes when the
    /// parser has consumed what stands before it.
    fn stop_at_forbidden(&mut self) {
        let text = self.text.get(..self.len).unwrap_or_default();
        if let Some((at, character)) = forbidden(text) {
            self.len = at;
            self.next = Next::Fault(ReadErrorKind::ForbiddenCharacter(character));
        }
    }

    /// Finds the encoding by the byte-order mark, by the first characters, or by the declaration
    /// (XML 1.0, appendix F). Byte by byte, so that the cutting of the input does not matter.
    fn detect(&mut self) -> Result<(), ReadErrorKind> {
        let mut head = Vec::new();
        while head.len() < 4
            || head.starts_with(b"<?xm") && !head.ends_with(b"?>") && head.len() < DECLARATION
        {
            let Some(&byte) = fill(&mut self.source)?.first() else { break };
            self.source.consume(1);
            self.stored += 1;
            head.push(byte);
        }
        let (mark, codec) = match *head.as_slice() {
            [0xff, 0xfe, 0, 0, ..] => (4, Codec::utf32(false)),
            [0, 0, 0xfe, 0xff, ..] => (4, Codec::utf32(true)),
            [b'<', 0, 0, 0, ..] => (0, Codec::utf32(false)),
            [0, 0, 0, b'<', ..] => (0, Codec::utf32(true)),
            [0xff, 0xfe, ..] => (2, Codec::whatwg(UTF_16LE)),
            [0xfe, 0xff, ..] => (2, Codec::whatwg(UTF_16BE)),
            [b'<', 0, ..] => (0, Codec::whatwg(UTF_16LE)),
            [0, b'<', ..] => (0, Codec::whatwg(UTF_16BE)),
            [0xef, 0xbb, 0xbf, ..] => (3, Codec::whatwg(UTF_8)),
            _ => (0, Codec::whatwg(self.declared(&head)?)),
        };
        head.drain(..mark);
        self.head = head;
        self.codec = Some(codec);
        Ok(())
    }

    /// The declared encoding of a document whose first characters are single bytes.
    fn declared(&mut self, head: &[u8]) -> Result<&'static Encoding, ReadErrorKind> {
        let declares = head.starts_with(b"<?xm");
        if declares && !head.ends_with(b"?>") && head.len() < DECLARATION {
            return Err(ReadErrorKind::Truncated { expected: "the end of the XML declaration" });
        }
        let head = String::from_utf8_lossy(head);
        let Some((_, rest)) = head.split_once("encoding").filter(|_| declares) else {
            return Ok(UTF_8);
        };
        let label = rest.split(['"', '\'']).nth(1).unwrap_or_default();
        if label.eq_ignore_ascii_case("us-ascii") || label.eq_ignore_ascii_case("ascii") {
            return Ok(UTF_8);
        }
        let wide = ["utf-16", "utf-32", "ucs-", "iso-10646-ucs"];
        let lower = label.to_ascii_lowercase();
        if wide.iter().any(|prefix| lower.starts_with(prefix)) {
            // Two or four bytes a character are declared, and the declaration itself has one.
            self.declared_wrongly = true;
            return Ok(UTF_8);
        }
        Encoding::for_label_no_replacement(label.as_bytes())
            .ok_or_else(|| ReadErrorKind::UnknownEncoding(cut(label)))
    }
}

impl<R: BufRead> BufRead for Decoder<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at == self.len
            && let Err(failure) = self.refill()
        {
            self.failure = Some(failure);
            return Err(io::Error::other("see take_failure"));
        }
        Ok(self.text.get(self.at..self.len).unwrap_or_default())
    }

    fn consume(&mut self, amount: usize) {
        self.at = self.len.min(self.at + amount);
    }
}

impl<R: BufRead> io::Read for Decoder<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let mut text = self.fill_buf()?;
        let read = io::Read::read(&mut text, out)?;
        self.consume(read);
        Ok(read)
    }
}

/// The next bytes of the source; none at its end.
fn fill<R: BufRead>(source: &mut R) -> Result<&[u8], ReadErrorKind> {
    loop {
        match source.fill_buf() {
            Ok(_) => break,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(ReadErrorKind::Io(error)),
        }
    }
    // The buffer is there already: asking again cannot fail in a well-behaved source.
    source.fill_buf().map_err(ReadErrorKind::Io)
}

impl Codec {
    fn whatwg(encoding: &'static Encoding) -> Self {
        Codec::Whatwg(encoding.new_decoder_without_bom_handling())
    }

    fn utf32(big: bool) -> Self {
        Codec::Utf32 { big, pending: Vec::with_capacity(4) }
    }

    /// Decodes what fits: bytes read, bytes written, and whether malformed bytes come next.
    fn decode(&mut self, input: &[u8], text: &mut [u8], last: bool) -> (usize, usize, bool) {
        match self {
            Codec::Whatwg(decoder) => {
                let (result, read, written) =
                    decoder.decode_to_utf8_without_replacement(input, text, last);
                (read, written, matches!(result, DecoderResult::Malformed(..)))
            }
            Codec::Utf32 { big, pending } => {
                let (mut read, mut written) = (0, 0);
                for &byte in input {
                    if written + 4 > text.len() {
                        break;
                    }
                    read += 1;
                    pending.push(byte);
                    let Ok(unit) = <[u8; 4]>::try_from(pending.as_slice()) else { continue };
                    pending.clear();
                    let unit =
                        if *big { u32::from_be_bytes(unit) } else { u32::from_le_bytes(unit) };
                    let Some(character) = char::from_u32(unit) else {
                        return (read, written, true);
                    };
                    if let Some(room) = text.get_mut(written..) {
                        written += character.encode_utf8(room).len();
                    }
                }
                (read, written, last && !pending.is_empty())
            }
        }
    }
}

/// The first character that XML 1.0 does not admit (production 2), and where it stands.
fn forbidden(text: &[u8]) -> Option<(usize, u32)> {
    // Without an early exit the compiler makes this loop eight times faster; EF begins the
    // three bytes of U+FFFE and U+FFFF.
    let suspicious = |byte: u8| byte < 0x20 && !matches!(byte, 9 | 10 | 13) || byte == 0xef;
    if !text.iter().fold(false, |any, &byte| any | suspicious(byte)) {
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

/// A place, and what is needed to go on from it.
#[derive(Clone, Copy)]
struct Cursor {
    position: Position,
    after_cr: bool,
}

impl Cursor {
    fn pass(&mut self, text: &[u8]) {
        let Some(&last) = text.last() else { return };
        self.position.offset += text.len() as u64;
        let carriage_returns = count(text, |byte| byte == b'\r');
        let ends = carriage_returns + count(text, |byte| byte == b'\n');
        if ends == 0 {
            self.position.column += count(text, begins_character);
        } else {
            // CRLF is one end of a line, also where a border runs through it.
            let mut pairs = u64::from(self.after_cr && text.starts_with(b"\n"));
            if carriage_returns > 0 {
                pairs += text.windows(2).filter(|pair| pair == b"\r\n").count() as u64;
            }
            self.position.line += ends - pairs;
            let line = text.iter().rposition(|byte| matches!(byte, b'\n' | b'\r'));
            let line = line.and_then(|end| text.get(end + 1..)).unwrap_or_default();
            self.position.column = 1 + count(line, begins_character);
        }
        self.after_cr = last == b'\r';
    }
}

/// Bytes of UTF-8 that are not the second, third or fourth of a character.
fn begins_character(byte: u8) -> bool {
    !matches!(byte, 0x80..=0xbf)
}

/// How many bytes are such. Sums in single bytes, as many at a time as fit in a vector.
fn count(text: &[u8], such: impl Fn(u8) -> bool) -> u64 {
    let pieces = text.chunks(255);
    pieces.map(|piece| u64::from(piece.iter().map(|byte| u8::from(such(*byte))).sum::<u8>())).sum()
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use proptest::prelude::*;

    use super::*;

    fn decode(bytes: &[u8]) -> Result<(String, &'static str), ReadError> {
        let mut whole = Decoder::new(bytes, Limits::default());
        let mut text = String::new();
        let result = whole.read_to_string(&mut text);
        let failure = whole.take_failure();
        let mut single = Decoder::new(io::BufReader::with_capacity(1, bytes), Limits::default());
        let mut again = String::new();
        assert_eq!(single.read_to_string(&mut again).is_ok(), result.is_ok());
        assert_eq!(
            single.take_failure().map(|failure| failure.to_string()),
            failure.as_ref().map(ToString::to_string)
        );
        match failure {
            Some(failure) => Err(failure),
            None => {
                assert_eq!(again, text, "one byte at a time");
                Ok((text, whole.encoding()))
            }
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
            ("us-ascii", "ü".as_bytes(), "ü"),
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
            let mut decoder = Decoder::new(&b"<a/>\n"[..], limits);
            let result = decoder.read_to_string(&mut String::new());
            assert_eq!(result.is_ok(), fits, "{bytes}");
        }
    }

    proptest! {
        #[test]
        fn places_do_not_depend_on_the_pieces(text in "[a\r\nü]{0,20}", cut in 0usize..40) {
            let mut byte_by_byte = Cursor { position: Position::START, after_cr: false };
            let (mut line, mut column, mut cr) = (1, 1, false);
            for character in text.chars() {
                let mut buffer = [0; 4];
                for byte in character.encode_utf8(&mut buffer).bytes() {
                    byte_by_byte.pass(&[byte]);
                }
                match character {
                    '\n' if cr => {}
                    '\n' | '\r' => (line, column) = (line + 1, 1),
                    _ => column += 1,
                }
                cr = character == '\r';
            }
            let expected = Position { line, column, offset: text.len() as u64 };
            prop_assert_eq!(byte_by_byte.position, expected);
            let mut pieces = Cursor { position: Position::START, after_cr: false };
            let (head, tail) = text.as_bytes().split_at(cut.min(text.len()));
            pieces.pass(head);
            pieces.pass(tail);
            prop_assert_eq!(pieces.position, expected);
        }
    }
}
