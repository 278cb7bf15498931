//! The writer of markup: what is not a literal of ours is escaped.

use crate::word::is_unprintable;
use std::fmt::Display;

/// Markup as it grows.
pub(crate) struct Html(String);

impl Html {
    pub(crate) fn new() -> Self {
        Html(String::new())
    }

    /// Markup. It has to be ours: nothing that was recorded.
    pub(crate) fn raw(&mut self, markup: &'static str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// A text, also where no element may stand.
    pub(crate) fn text(&mut self, text: impl Display) -> &mut Self {
        self.escaped(&text.to_string(), "", "")
    }

    /// A text of unknown origin: whatever direction it has it leaves its neighbours alone, and
    /// spelled-out characters can be told from the same letters in a name.
    pub(crate) fn name(&mut self, name: impl Display) -> &mut Self {
        self.raw("<bdi>").escaped(&name.to_string(), "<span class=\"char\">", "</span>");
        self.raw("</bdi>")
    }

    fn escaped(&mut self, text: &str, before: &'static str, after: &'static str) -> &mut Self {
        for character in text.chars() {
            match character {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                _ if is_unprintable(character) => {
                    self.0.push_str(before);
                    self.0.extend(character.escape_default());
                    self.0.push_str(after);
                }
                _ => self.0.push(character),
            }
        }
        self
    }

    pub(crate) fn finish(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn row_37_and_38_a_name_is_shown_and_never_obeyed() {
        let mut html = Html::new();
        html.name("<b>\"'&\u{202e}\n");
        assert_eq!(
            html.finish(),
            "<bdi>&lt;b&gt;&quot;&#39;&amp;<span class=\"char\">\\u{202e}</span>\
             <span class=\"char\">\\n</span></bdi>"
        );
    }

    proptest! {
        #[test]
        fn no_text_becomes_markup(text in "\\PC*|[<>&\"'a-z\u{202e}\n]*") {
            let mut html = Html::new();
            html.text(&text);
            let said = html.finish();
            let obeyed = said.contains(['<', '>', '"', '\'', '\n', '\u{202e}']);
            prop_assert!(!obeyed, "{}", said);
        }
    }
}
