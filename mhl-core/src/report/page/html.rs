//! The writer of markup: what is not a literal of ours is escaped.

use std::io::{self, Write};

use crate::{Timestamp, path::misleads};

/// Markup on its way out.
pub(super) struct Html<W>(W);

impl<W: Write> Html<W> {
    pub(super) fn new(out: W) -> Self {
        Html(out)
    }

    /// Markup. It has to be ours: nothing that was read or made while the program ran.
    pub(super) fn raw(&mut self, markup: &'static str) -> io::Result<()> {
        self.0.write_all(markup.as_bytes())
    }

    /// A text, also where no element may stand.
    pub(super) fn text(&mut self, text: &str) -> io::Result<()> {
        self.escaped(text, "", "")
    }

    /// A text of unknown origin: whatever direction it has it leaves its neighbours alone, its spaces
    /// are kept, and spelled-out characters can be told from the same letters in a name.
    pub(super) fn name(&mut self, name: &str) -> io::Result<()> {
        self.raw("<bdi>")?;
        self.escaped(name, "<span class=\"char\">", "</span>")?;
        self.raw("</bdi>")
    }

    /// An instant as people read it; a text that is none stays as it is.
    pub(super) fn time(&mut self, text: &str) -> io::Result<()> {
        let Ok(time) = Timestamp::parse(text) else { return self.name(text) };
        let spelled = time.to_utc_z();
        self.raw("<time datetime=\"")?;
        self.text(&spelled)?;
        self.raw("\">")?;
        self.text(&spelled.replace('T', " ").replace('Z', " UTC"))?;
        self.raw("</time>")
    }

    fn escaped(&mut self, text: &str, before: &'static str, after: &'static str) -> io::Result<()> {
        for character in text.chars() {
            match character {
                '&' => self.raw("&amp;")?,
                '<' => self.raw("&lt;")?,
                '>' => self.raw("&gt;")?,
                '"' => self.raw("&quot;")?,
                '\'' => self.raw("&#39;")?,
                _ if misleads(character) => {
                    self.raw(before)?;
                    write!(self.0, "{}", character.escape_default())?;
                    self.raw(after)?;
                }
                _ => self.0.write_all(character.encode_utf8(&mut [0; 4]).as_bytes())?,
            }
        }
        Ok(())
    }

    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn name(text: &str) -> String {
        let mut html = Html::new(Vec::new());
        html.name(text).unwrap();
        String::from_utf8(html.0).unwrap()
    }

    fn text(text: &str) -> String {
        let mut html = Html::new(Vec::new());
        html.text(text).unwrap();
        String::from_utf8(html.0).unwrap()
    }

    #[test]
    fn row_37_and_38_a_name_is_shown_and_never_obeyed() {
        assert_eq!(
            name("<script>alert('\"&\")</script>"),
            "<bdi>&lt;script&gt;alert(&#39;&quot;&amp;&quot;)&lt;/script&gt;</bdi>"
        );
        assert_eq!(
            name("A\u{202e}vom.\u{1b}\n"),
            "<bdi>A<span class=\"char\">\\u{202e}</span>vom.<span class=\"char\">\\u{1b}</span>\
             <span class=\"char\">\\n</span></bdi>"
        );
        assert_eq!(text("\u{202e}</title>"), "\\u{202e}&lt;/title&gt;");
        assert_eq!(name("Caf\u{e9} 日本 شريط"), "<bdi>Caf\u{e9} 日本 شريط</bdi>");
    }

    #[test]
    fn what_is_no_time_is_shown_as_it_is() {
        let mut html = Html::new(Vec::new());
        html.time("<b>").unwrap();
        html.time("2026-11-22T14:30:00+01:00").unwrap();
        let said = String::from_utf8(html.0).unwrap();
        assert_eq!(
            said,
            "<bdi>&lt;b&gt;</bdi>\
             <time datetime=\"2026-11-22T13:30:00Z\">2026-11-22 13:30:00 UTC</time>"
        );
    }

    proptest! {
        /// Nothing that the text holds is markup, and whoever decodes it has the text again.
        #[test]
        fn any_text_comes_back(original in "\\PC*|[<>&\"'a-z\u{202e}\n]*") {
            let said = text(&original);
            prop_assert!(!said.contains(['<', '>', '"', '\'']));
            let decoded = said
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&quot;", "\"")
                .replace("&#39;", "'")
                .replace("&amp;", "&");
            prop_assert_eq!(decoded, crate::escape_for_display(&original));
        }
    }
}
