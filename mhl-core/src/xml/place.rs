//! Where in a document something stands.

use super::{Position, ReadErrorKind};

/// What is at fault within a tag or instruction, and where.
pub(super) struct Fault {
    /// So many bytes after its `<`, line ends normalised.
    pub(super) at: usize,
    pub(super) kind: ReadErrorKind,
}

impl From<ReadErrorKind> for Fault {
    /// What is at fault with the whole.
    fn from(kind: ReadErrorKind) -> Self {
        Fault { at: 0, kind }
    }
}

/// A place, and what is needed to go on from it.
#[derive(Clone, Copy)]
pub(super) struct Cursor {
    pub(super) position: Position,
    after_cr: bool,
}

impl Cursor {
    pub(super) const START: Cursor = Cursor { position: Position::START, after_cr: false };

    pub(super) fn pass(&mut self, text: &[u8]) {
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
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn places_do_not_depend_on_the_pieces(text in "[a\r\nü]{0,20}", cut in 0usize..40) {
            let mut byte_by_byte = Cursor::START;
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
            let mut pieces = Cursor::START;
            let (head, tail) = text.as_bytes().split_at(cut.min(text.len()));
            pieces.pass(head);
            pieces.pass(tail);
            prop_assert_eq!(pieces.position, expected);
        }
    }
}
