//! Bytes in any encoding that lists were written in, turned into UTF-8 as they arrive.

use std::io::{self, BufRead};

use encoding_rs::{DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::{
    Limits, ReadErrorKind,
    error::cut,
    instruction::{Declaration, is_declaration},
};

/// Bytes decoded at a time.
pub(super) const PIECE: usize = 64 * 1024;
/// An XML declaration is no longer than so many bytes.
const DECLARATION: usize = 1024;

/// The text of a document, over its stored bytes.
pub(super) struct Decoder<R> {
    source: R,
    /// The document's longest length, and how much of it was read.
    limit: u64,
    stored: u64,
    /// Bytes read before the encoding was known.
    head: Vec<u8>,
    codec: Option<Codec>,
    declared_wrongly: bool,
}

enum Codec {
    Whatwg(encoding_rs::Decoder),
    Ascii,
    Utf32 { big: bool, pending: Vec<u8> },
}

impl<R: BufRead> Decoder<R> {
    pub(super) fn new(source: R, limits: &Limits) -> Self {
        Decoder {
            source,
            limit: limits.bytes,
            stored: 0,
            head: Vec::new(),
            codec: None,
            declared_wrongly: false,
        }
    }

    /// Name of the encoding in which the document is stored.
    pub(super) fn encoding(&self) -> &'static str {
        match &self.codec {
            // What is ASCII is UTF-8.
            None | Some(Codec::Ascii) => UTF_8.name(),
            Some(Codec::Whatwg(decoder)) => decoder.encoding().name(),
            Some(Codec::Utf32 { big: true, .. }) => "UTF-32BE",
            Some(Codec::Utf32 { big: false, .. }) => "UTF-32LE",
        }
    }

    /// Whether a document declares two bytes a character and holds one.
    pub(super) fn declared_wrongly(&self) -> bool {
        self.declared_wrongly
    }

    /// Appends the next piece of the text, which may be empty; false at the end of the document.
    /// Before an error it appends what comes before the fault.
    pub(super) fn read(&mut self, text: &mut String) -> Result<bool, ReadErrorKind> {
        if self.codec.is_none() {
            self.detect()?;
        }
        let limit = ReadErrorKind::Limit { what: "bytes", limit: self.limit };
        let Some(allowed) = self.limit.checked_sub(self.stored) else { return Err(limit) };
        let encoding = match self.codec {
            Some(Codec::Ascii) => "US-ASCII",
            _ => self.encoding(),
        };
        let Some(codec) = &mut self.codec else { return Ok(false) };
        text.reserve(PIECE);
        // What was read to find the encoding comes first.
        if !self.head.is_empty() {
            let head = std::mem::take(&mut self.head);
            let (_, fault) = codec.decode(&head, text, false);
            return if fault { Err(ReadErrorKind::Malformed { encoding }) } else { Ok(true) };
        }
        let input = fill(&mut self.source)?;
        let allowed = usize::try_from(allowed).unwrap_or(usize::MAX);
        if allowed == 0 && !input.is_empty() {
            return Err(limit);
        }
        let last = input.is_empty();
        let input = input.get(..allowed.min(PIECE)).unwrap_or(input);
        let (read, fault) = codec.decode(input, text, last);
        self.source.consume(read);
        self.stored += read as u64;
        if fault { Err(ReadErrorKind::Malformed { encoding }) } else { Ok(!last) }
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
            _ => (0, self.declared(&head)?),
        };
        head.drain(..mark);
        self.head = head;
        self.codec = Some(codec);
        Ok(())
    }

    /// The declared encoding of a document whose first characters are single bytes.
    fn declared(&mut self, head: &[u8]) -> Result<Codec, ReadErrorKind> {
        let utf8 = Codec::whatwg(UTF_8);
        let head = String::from_utf8_lossy(head);
        if !is_declaration(&head) {
            return Ok(utf8);
        }
        if !head.ends_with("?>") {
            let (what, limit) = ("bytes in the XML declaration", DECLARATION as u64);
            return Err(match head.len() < DECLARATION {
                true => ReadErrorKind::Truncated { expected: "the end of the XML declaration" },
                false => ReadErrorKind::Limit { what, limit },
            });
        }
        // What is ill-formed is refused where it is read as text, for there its place is known.
        let declaration = Declaration::read(&head).ok();
        let Some(label) = declaration.and_then(|declaration| declaration.encoding) else {
            return Ok(utf8);
        };
        let lower = label.to_ascii_lowercase();
        // To the web these are names of windows-1252; here they mean what they say.
        if matches!(lower.as_str(), "us-ascii" | "ascii" | "ansi_x3.4-1968") {
            return Ok(Codec::Ascii);
        }
        let wide = ["utf-16", "utf-32", "ucs-", "iso-10646-ucs"];
        if wide.iter().any(|prefix| lower.starts_with(prefix)) {
            // Two or four bytes a character are declared, and the declaration itself has one.
            self.declared_wrongly = true;
            return Ok(utf8);
        }
        Encoding::for_label_no_replacement(label.as_bytes())
            .map(Codec::whatwg)
            .ok_or_else(|| ReadErrorKind::UnknownEncoding(cut(label)))
    }
}

/// The next bytes of the source; none at its end.
fn fill<R: BufRead>(source: &mut R) -> Result<&[u8], ReadErrorKind> {
    loop {
        match source.fill_buf() {
            // At its end every call asks the source anew, and may be interrupted.
            Ok([]) => return Ok(&[]),
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

    /// Decodes what fits into the room that the text has: bytes read, and whether malformed bytes
    /// come next.
    fn decode(&mut self, input: &[u8], text: &mut String, last: bool) -> (usize, bool) {
        match self {
            Codec::Whatwg(decoder) => {
                let (result, read) =
                    decoder.decode_to_string_without_replacement(input, text, last);
                (read, matches!(result, DecoderResult::Malformed(..)))
            }
            Codec::Ascii => {
                let len = Encoding::ascii_valid_up_to(input);
                let ascii = input.get(..len).and_then(|ascii| str::from_utf8(ascii).ok());
                text.push_str(ascii.unwrap_or_default());
                (len, len < input.len())
            }
            Codec::Utf32 { big, pending } => {
                for (at, &byte) in input.iter().enumerate() {
                    pending.push(byte);
                    let Ok(unit) = <[u8; 4]>::try_from(pending.as_slice()) else { continue };
                    pending.clear();
                    let unit =
                        if *big { u32::from_be_bytes(unit) } else { u32::from_le_bytes(unit) };
                    let Some(character) = char::from_u32(unit) else { return (at + 1, true) };
                    text.push(character);
                }
                (input.len(), last && !pending.is_empty())
            }
        }
    }
}
