//! Writing XML: bytes appended to one buffer, escaped on the way.

use std::io::Write;

use super::{
    WriteError,
    error::cut,
    text::{holds, push_escaped, unrepresentable},
};
use crate::{Attribute, Extra, Format, Timestamp};

/// Bytes gathered before the sink sees them.
const PIECE: usize = 64 * 1024;

/// An XML document on its way into a sink. UTF-8, LF, two blanks for each level.
#[derive(Debug)]
pub(crate) struct Output<W> {
    sink: W,
    format: Format,
    text: String,
}

impl<W: Write> Output<W> {
    pub(crate) fn new(sink: W, format: Format) -> Self {
        let mut text = String::with_capacity(PIECE + PIECE / 4);
        text.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        Output { sink, format, text }
    }

    /// The buffer, for markup and for values that need no escaping.
    pub(crate) fn raw(&mut self) -> &mut String {
        &mut self.text
    }

    /// Begins a line at a level.
    pub(crate) fn indent(&mut self, level: usize) {
        const BLANKS: &str = "                ";
        self.text.push_str(BLANKS.get(..2 * level).unwrap_or(BLANKS));
    }

    /// A line `</name>`.
    pub(crate) fn close(&mut self, level: usize, name: &str) {
        self.indent(level);
        self.end(name);
    }

    /// `</name>` and the end of the line.
    pub(crate) fn end(&mut self, name: &str) {
        self.text.push_str("</");
        self.text.push_str(name);
        self.text.push_str(">\n");
    }

    /// The beginning of a line up to the content of an element: `<name a="…">`, with the
    /// attributes that were kept for it.
    pub(crate) fn start(
        &mut self,
        level: usize,
        name: &'static str,
        extra: &Extra,
    ) -> Result<(), WriteError> {
        self.indent(level);
        self.text.push('<');
        self.text.push_str(name);
        self.kept_attributes(name, extra)?;
        self.text.push('>');
        Ok(())
    }

    /// A line `<name>value</name>`, with the attributes that were kept for the element.
    pub(crate) fn value(
        &mut self,
        level: usize,
        name: &'static str,
        value: &str,
        extra: &Extra,
    ) -> Result<(), WriteError> {
        self.start(level, name, extra)?;
        self.escaped(value)?;
        self.end(name);
        Ok(())
    }

    /// The same for a value that may be absent.
    pub(crate) fn optional(
        &mut self,
        level: usize,
        name: &'static str,
        value: Option<&str>,
        extra: &Extra,
    ) -> Result<(), WriteError> {
        value.map_or(Ok(()), |value| self.value(level, name, value, extra))
    }

    /// The same for a time.
    pub(crate) fn time(
        &mut self,
        level: usize,
        name: &'static str,
        time: Option<&Timestamp>,
        extra: &Extra,
    ) -> Result<(), WriteError> {
        let Some(time) = time else { return Ok(()) };
        self.start(level, name, extra)?;
        time.append_to(self.format, &mut self.text);
        self.end(name);
        Ok(())
    }

    /// ` name="value"`.
    pub(crate) fn attribute(&mut self, name: &str, value: &str) -> Result<(), WriteError> {
        self.text.push(' ');
        self.text.push_str(name);
        self.text.push_str("=\"");
        self.escaped(value)?;
        self.text.push('"');
        Ok(())
    }

    /// ` name="time"`.
    pub(crate) fn time_attribute(&mut self, name: &str, time: Option<&Timestamp>) {
        let Some(time) = time else { return };
        self.text.push(' ');
        self.text.push_str(name);
        self.text.push_str("=\"");
        time.append_to(self.format, &mut self.text);
        self.text.push('"');
    }

    /// The attributes that were kept for an element.
    pub(crate) fn kept_attributes(
        &mut self,
        element: &str,
        extra: &Extra,
    ) -> Result<(), WriteError> {
        self.kept_attributes_at(element, 0, extra)
    }

    /// The attributes that were kept for one of several elements of a name.
    pub(crate) fn kept_attributes_at(
        &mut self,
        element: &str,
        place: usize,
        extra: &Extra,
    ) -> Result<(), WriteError> {
        let of_it = |kept: &&Attribute| kept.element == element && kept.place == place;
        for attribute in extra.attributes().iter().filter(of_it) {
            self.attribute(&attribute.name, &attribute.value)?;
        }
        Ok(())
    }

    /// The XML that was kept for an element, a line each.
    pub(crate) fn kept_fragments(&mut self, level: usize, element: &str, extra: &Extra) {
        for fragment in extra.fragments().iter().filter(|kept| kept.element == element) {
            self.indent(level);
            self.text.push_str(&fragment.xml);
            self.text.push('\n');
        }
    }

    /// Text with everything escaped that a parser would change, in content and in attributes
    /// alike: a carriage return, line feed or tab in a name survives only as a reference.
    pub(crate) fn escaped(&mut self, text: &str) -> Result<(), WriteError> {
        // EF begins the three bytes of U+FFFE and U+FFFF.
        let special = |byte: u8| byte < 0x20 || matches!(byte, b'&' | b'<' | b'>' | b'"' | 0xef);
        if !holds(text.as_bytes(), special) {
            self.text.push_str(text);
            return Ok(());
        }
        if let Some(character) = unrepresentable(text) {
            let (text, character) = (cut(text), u32::from(character));
            return Err(WriteError::Unrepresentable { text, character });
        }
        push_escaped(text, &mut self.text);
        Ok(())
    }

    /// Writes all of something, or nothing of it.
    pub(crate) fn whole(
        &mut self,
        write: impl FnOnce(&mut Self) -> Result<(), WriteError>,
    ) -> Result<(), WriteError> {
        let begin = self.text.len();
        write(self).inspect_err(|_| self.text.truncate(begin))
    }

    /// Hands a full buffer to the sink.
    pub(crate) fn pass_on(&mut self) -> Result<(), WriteError> {
        if self.text.len() >= PIECE {
            self.sink.write_all(self.text.as_bytes())?;
            self.text.clear();
        }
        Ok(())
    }

    /// Hands over the rest and flushes the sink.
    pub(crate) fn finish(mut self) -> Result<W, WriteError> {
        self.sink.write_all(self.text.as_bytes())?;
        self.sink.flush()?;
        Ok(self.sink)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_parser_would_change_is_escaped() {
        let mut output = Output::new(Vec::new(), Format::Classic);
        output.raw().clear();
        output.escaped("Größe").unwrap();
        output.attribute("a", "\"<&>\r\n\t").unwrap();
        assert_eq!(output.raw(), "Größe a=\"&quot;&lt;&amp;&gt;&#13;&#10;&#9;\"");
        for (text, code) in [("a\u{1}", 1), ("\u{ffff}", 0xffff)] {
            let error = output.escaped(text).unwrap_err();
            assert!(
                matches!(error, WriteError::Unrepresentable { character, .. } if character == code)
            );
        }
        output.escaped("\u{ff41}\u{1f3ac}").unwrap();
    }
}
