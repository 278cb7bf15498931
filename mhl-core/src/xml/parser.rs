//! Reading XML element by element.
//!
//! A format's reader asks for the next [`Child`] of the element it is in, and then takes that child
//! as a [value](Parser::text), as [XML to be kept](Parser::fragment), or asks for its children in
//! turn. What only a document type would need is refused; what a lenient parser would let pass
//! (a cut document, a second root, undeclared prefixes) is an error here.

use std::{io::BufRead, ops::Range};

use memchr::memchr3;

use super::{
    Limits, Position, ReadError, ReadErrorKind,
    error::cut,
    instruction::{Declaration, check_target, is_declaration},
    lexeme::{Kind, Lexeme, lexeme},
    place::Fault,
    tag::{Declarations, Namespaces, Tag, plain_name},
    text::{SPACE, is_space, is_space_byte, push_escaped, push_with_line_ends, reference},
    window::Window,
};

pub(crate) struct Parser<R> {
    window: Window<R>,
    limits: Limits,
    open: Open,
    /// The element that began last was an empty-element tag, and is still to end.
    empty: bool,
    namespaces: Namespaces,
    tag: Tag,
    /// The text of the token that was read last.
    content: Content,
    /// That text where its line ends had to be normalised.
    normalised: String,
    /// The value that was read last, where it is more than one run of text.
    value: String,
}

/// Where the text of a token is.
enum Content {
    /// As it stands in the window.
    Here(Range<usize>),
    /// With line ends normalised.
    Normalised,
}

/// The names of the elements that are open.
#[derive(Default)]
struct Open {
    names: String,
    /// Where each begins.
    begins: Vec<usize>,
}

impl Open {
    #[inline]
    fn depth(&self) -> usize {
        self.begins.len()
    }

    #[inline]
    fn push(&mut self, name: &str) {
        self.begins.push(self.names.len());
        self.names.push_str(name);
    }

    /// The name of the innermost.
    #[inline]
    fn last(&self) -> Option<&str> {
        self.names.get(*self.begins.last()?..)
    }

    #[inline]
    fn pop(&mut self) {
        self.names.truncate(self.begins.pop().unwrap_or(0));
    }
}

/// What comes next in an element.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Child {
    /// An element; its start tag is [`Parser::tag`].
    Element,
    /// A comment or processing instruction, as written.
    Remark(Box<str>),
    /// The element is at its end.
    End,
}

/// An element that is kept as it is.
pub(crate) struct Kept {
    /// As written, with the namespace declarations that it needs to stand alone.
    pub(crate) xml: Box<str>,
    /// Its value, if it holds text alone.
    pub(crate) value: Option<String>,
}

/// What comes next for a walk over any elements.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// An element began; its start tag is [`Parser::tag`].
    Start,
    /// Text was added to the value; references are resolved, CDATA is text.
    Text,
    /// The innermost open element ended.
    End,
}

enum Token {
    Start,
    End,
    Space,
    Text,
    CData,
    Reference(char),
    Comment,
    Instruction,
    Eof,
}

impl<R: BufRead> Parser<R> {
    pub(crate) fn new(source: R, limits: Limits) -> Self {
        Parser {
            window: Window::new(source, &limits),
            limits,
            open: Open::default(),
            empty: false,
            namespaces: Namespaces::default(),
            tag: Tag::default(),
            content: Content::Normalised,
            normalised: String::new(),
            value: String::new(),
        }
    }

    /// Reads up to the start tag of the root element; the comments and processing instructions
    /// before it.
    pub(crate) fn root(&mut self) -> Result<Vec<Box<str>>, ReadError> {
        let mut remarks = Vec::new();
        loop {
            match self.next()? {
                Token::Start => return Ok(remarks),
                Token::Space => {}
                Token::Comment | Token::Instruction => remarks.push(self.content().into()),
                Token::Eof => {
                    return Err(self.error(ReadErrorKind::Truncated { expected: "a root element" }));
                }
                _ => return Err(self.ill_formed("text outside the root element")),
            }
        }
    }

    /// Reads from the end of the root element to the end of the document; the comments and
    /// processing instructions there.
    pub(crate) fn finish(&mut self) -> Result<Vec<Box<str>>, ReadError> {
        let mut remarks = Vec::new();
        loop {
            match self.next()? {
                Token::Eof => return Ok(remarks),
                Token::Space => {}
                Token::Comment | Token::Instruction => remarks.push(self.content().into()),
                Token::Start => return Err(self.ill_formed("a second root element")),
                _ => return Err(self.ill_formed("text outside the root element")),
            }
        }
    }

    /// Declares which namespace is the format's own.
    pub(crate) fn set_home(&mut self, home: &'static str) {
        self.namespaces.set_home(home, &mut self.tag);
    }

    /// The start tag that was read last.
    pub(crate) fn tag(&self) -> &Tag {
        &self.tag
    }

    /// The namespace of that element; empty for none.
    pub(crate) fn namespace(&self) -> &str {
        self.namespaces.of(&self.tag)
    }

    /// The local name of that element if it is in the format's own namespace.
    pub(crate) fn own_name(&self) -> Option<&str> {
        self.tag.own.then(|| self.tag.local())
    }

    /// The namespace of a prefix in scope.
    pub(crate) fn prefix_uri(&self, prefix: &str) -> Option<&str> {
        self.namespaces.uri(prefix)
    }

    /// The encoding in which the document is stored.
    pub(crate) fn encoding(&self) -> &'static str {
        self.window.encoding()
    }

    /// Whether a document declares an encoding that it evidently has not.
    pub(crate) fn declared_wrongly(&self) -> bool {
        self.window.declared_wrongly()
    }

    /// Where the last element began.
    pub(crate) fn element_position(&self) -> Position {
        self.window.element_position()
    }

    /// Where what was read last began.
    pub(crate) fn event_position(&self) -> Position {
        self.window.event_position()
    }

    /// An error about the element that began last.
    pub(crate) fn at_element(&self, kind: impl Into<ReadErrorKind>) -> ReadError {
        kind.into().at(self.element_position())
    }

    /// An error about the value that was read last, at its beginning.
    pub(crate) fn at_value(&self, kind: impl Into<ReadErrorKind>) -> ReadError {
        kind.into().at(self.window.value_position())
    }

    /// An error about the value of an attribute of the element that began last, of which nothing else
    /// has been read.
    pub(crate) fn at_attribute(&self, name: &str, kind: ReadErrorKind) -> ReadError {
        self.error_within(self.tag.at_value_of(name, kind))
    }

    /// An error about what was read last.
    pub(crate) fn error(&self, kind: ReadErrorKind) -> ReadError {
        kind.at(self.window.event_position())
    }

    /// An error about a part of what was read last.
    fn error_within(&self, fault: Fault) -> ReadError {
        fault.kind.at(self.window.position_in_event(fault.at))
    }

    /// The next child of an element that holds elements only.
    pub(crate) fn child(&mut self, parent: &'static str) -> Result<Child, ReadError> {
        loop {
            self.skip_space();
            return match self.next()? {
                Token::Space => continue,
                Token::Start => Ok(Child::Element),
                Token::End => Ok(Child::End),
                Token::Comment | Token::Instruction => Ok(Child::Remark(self.content().into())),
                Token::CData if is_space(self.content()) => continue,
                Token::Text | Token::CData | Token::Reference(_) => {
                    let text = cut(self.content());
                    Err(self.error(ReadErrorKind::StrayText { element: parent, text }))
                }
                Token::Eof => Err(self.error(ReadErrorKind::Truncated { expected: "an end tag" })),
            };
        }
    }

    /// Walks on; comments and processing instructions are passed over, text is added to `value`.
    pub(crate) fn step(&mut self, value: &mut String) -> Result<Step, ReadError> {
        loop {
            match self.next()? {
                Token::Start => return Ok(Step::Start),
                Token::End => return Ok(Step::End),
                Token::Space | Token::Text | Token::CData => value.push_str(self.content()),
                Token::Reference(character) => value.push(character),
                Token::Comment | Token::Instruction => continue,
                Token::Eof => {
                    return Err(self.error(ReadErrorKind::Truncated { expected: "an end tag" }));
                }
            }
            self.check_len(value.len(), self.limits.text_len, "bytes in one value")?;
            return Ok(Step::Text);
        }
    }

    /// Passes over the element that began last, up to its end.
    pub(crate) fn skip(&mut self) -> Result<(), ReadError> {
        let outside = self.open.depth() - 1;
        while self.open.depth() > outside {
            if let Token::Eof = self.next()? {
                return Err(self.error(ReadErrorKind::Truncated { expected: "an end tag" }));
            }
        }
        Ok(())
    }

    /// The value of the element that began last, up to its end: text alone, or one CDATA section
    /// alone. Neither is ever joined with anything.
    pub(crate) fn text(&mut self, element: &'static str) -> Result<&str, ReadError> {
        self.window.begin_value();
        if let Some(value) = self.plain_value() {
            return Ok(self.window.text(value));
        }
        self.value.clear();
        let mut section = false;
        loop {
            let split = match self.next()? {
                Token::End => return Ok(&self.value),
                _ if section => Some("a CDATA section"),
                Token::Text | Token::Space => {
                    self.value.push_str(content(&self.content, &self.window, &self.normalised));
                    None
                }
                Token::Reference(character) => {
                    self.value.push(character);
                    None
                }
                Token::CData if self.value.is_empty() => {
                    section = true;
                    self.value.push_str(content(&self.content, &self.window, &self.normalised));
                    None
                }
                Token::CData => Some("a CDATA section"),
                Token::Start => Some("an element"),
                Token::Comment => Some("a comment"),
                Token::Instruction => Some("a processing instruction"),
                Token::Eof => {
                    return Err(self.error(ReadErrorKind::Truncated { expected: "an end tag" }));
                }
            };
            if let Some(by) = split {
                return Err(self.error(ReadErrorKind::SplitValue { element, by }));
            }
            self.check_len(self.value.len(), self.limits.text_len, "bytes in one value")?;
        }
    }

    /// Keeps the element that began last, up to its end.
    pub(crate) fn fragment(&mut self) -> Result<Kept, ReadError> {
        let top = self.open.depth();
        let name_end = 1 + self.tag.name().len();
        let mut needed = Declarations::new();
        self.namespaces.needed(&self.tag, top, &mut needed);
        let mut xml = format!("<{}>", self.tag.raw.trim_end());
        // Where the last start tag ends, so that an element without content stays short.
        let mut opened = xml.len();
        let mut names = vec![self.tag.name().to_owned()];
        let mut value = Some(String::new());
        while !names.is_empty() {
            match self.next()? {
                Token::Start => {
                    value = None;
                    self.namespaces.needed(&self.tag, top, &mut needed);
                    names.push(self.tag.name().to_owned());
                    xml.push('<');
                    xml.push_str(self.tag.raw.trim_end());
                    xml.push('>');
                    opened = xml.len();
                }
                Token::End => {
                    let name = names.pop().unwrap_or_default();
                    if xml.len() == opened {
                        xml.pop();
                        xml.push_str("/>");
                    } else {
                        xml.push_str("</");
                        xml.push_str(&name);
                        xml.push('>');
                    }
                }
                Token::Space | Token::Text => {
                    // In the element's own spelling: `>` and quotes need no reference here.
                    xml.push_str(self.content());
                    if let Some(value) = &mut value {
                        value.push_str(self.content());
                    }
                }
                Token::Reference(character) => {
                    xml.push('&');
                    xml.push_str(self.content());
                    xml.push(';');
                    if let Some(value) = &mut value {
                        value.push(character);
                    }
                }
                Token::CData => {
                    value = None;
                    xml.push_str("<![CDATA[");
                    xml.push_str(self.content());
                    xml.push_str("]]>");
                }
                Token::Comment | Token::Instruction => {
                    value = None;
                    xml.push_str(self.content());
                }
                Token::Eof => {
                    return Err(self.error(ReadErrorKind::Truncated { expected: "an end tag" }));
                }
            }
            self.check_len(xml.len(), self.limits.fragment_len, "bytes in one unknown element")?;
        }
        for (prefix, uri) in needed.iter().rev() {
            let colon = if prefix.is_empty() { "" } else { ":" };
            let mut declaration = format!(" xmlns{colon}{prefix}=\"");
            push_escaped(uri, &mut declaration);
            declaration.push('"');
            xml.insert_str(name_end, &declaration);
        }
        Ok(Kept { xml: xml.into(), value })
    }

    fn check_len(&self, len: usize, limit: usize, what: &'static str) -> Result<(), ReadError> {
        if len > limit {
            return Err(self.error(ReadErrorKind::Limit { what, limit: limit as u64 }));
        }
        Ok(())
    }

    fn ill_formed(&self, text: &str) -> ReadError {
        self.error(ReadErrorKind::NotWellFormed(text.to_owned()))
    }

    /// The text of the token that was read last, line ends normalised.
    fn content(&self) -> &str {
        content(&self.content, &self.window, &self.normalised)
    }

    fn next(&mut self) -> Result<Token, ReadError> {
        loop {
            self.window.begin_event();
            if self.empty {
                self.empty = false;
                self.open.pop();
                return Ok(Token::End);
            }
            if let Some(len) = self.end_tag(0) {
                self.window.take(len, 0..0);
                self.open.pop();
                return Ok(Token::End);
            }
            if let Some(len) = self.plain_tag() {
                let name = self.window.take(len + 2, 1..len + 1);
                self.tag.set_plain(self.window.text(name));
                self.begin_element().map_err(|fault| self.error_within(fault))?;
                return Ok(Token::Start);
            }
            let Some(lexeme) = self.lexeme()? else { return Ok(Token::Eof) };
            let range = self.window.take(lexeme.len, lexeme.content);
            match self.token(lexeme.kind, range) {
                Ok(Some(token)) => return Ok(token),
                Ok(None) => {}
                Err(fault) => return Err(self.error_within(fault)),
            }
        }
    }

    // What is usual in a list is told by one look at it. Whatever is not (cut by the edge of the
    // window, beyond a limit, or in error) is left to the grammar, which reads the usual the same.

    /// The length of the usual end tag, if that comes so many bytes ahead: the name that is
    /// expected and nothing else.
    #[inline]
    fn end_tag(&self, ahead: usize) -> Option<usize> {
        let rest = self.window.unread().get(ahead..)?.strip_prefix(b"</")?;
        let name = self.open.last()?;
        let rest = rest.strip_prefix(name.as_bytes())?;
        let len = name.len() + 3;
        (rest.first() == Some(&b'>') && len <= self.limits.text_len).then_some(len)
    }

    /// The length of the name in the usual start tag, if that comes next: a name without a prefix
    /// and nothing else.
    #[inline]
    fn plain_tag(&self) -> Option<usize> {
        let rest = self.window.unread().strip_prefix(b"<")?;
        let len = plain_name(rest)?;
        let usual = rest.get(len) == Some(&b'>') && len <= self.limits.name_len;
        (usual && len + 2 <= self.limits.text_len).then_some(len)
    }

    /// Reads the usual value and the end tag behind it, if they come next: text as it stands.
    #[inline]
    fn plain_value(&mut self) -> Option<Range<usize>> {
        if self.empty || self.window.returns() {
            return None;
        }
        let len = memchr3(b'<', b'&', b']', self.window.unread())?;
        let end = self.end_tag(len).filter(|_| len <= self.limits.text_len)?;
        self.window.begin_event();
        let value = self.window.take(len, 0..len);
        self.window.begin_event();
        self.window.take(end, 0..0);
        self.open.pop();
        Some(value)
    }

    /// Passes over white space before a tag, which says nothing in an element that holds elements
    /// only. What is not wholly in sight is left for [`Parser::next`].
    fn skip_space(&mut self) {
        let unread = self.window.unread();
        let space = unread.iter().position(|byte| !is_space_byte(*byte)).unwrap_or(0);
        if unread.get(space) == Some(&b'<') && space <= self.limits.text_len && !self.empty {
            self.window.begin_event();
            self.window.take(space, 0..0);
        }
    }

    /// The lexeme that comes next; `None` at the end of the document.
    fn lexeme(&mut self) -> Result<Option<Lexeme>, ReadError> {
        let limit = self.limits.text_len;
        loop {
            // No further than the limit, so that what is in sight by chance makes no difference.
            let unread = self.window.unread();
            let (unread, beyond) = match unread.get(..=limit) {
                Some(head) => (head, true),
                None => (unread, false),
            };
            let ended = self.window.ended() && !beyond;
            let wanted = (2 * unread.len()).max(1);
            if !unread.is_empty() {
                match lexeme(unread, ended) {
                    Ok(Some(lexeme)) if lexeme.len <= limit => return Ok(Some(lexeme)),
                    Ok(None) if !beyond => {}
                    Ok(_) => {
                        let what = "bytes in one tag, comment or text";
                        return Err(self.error(ReadErrorKind::Limit { what, limit: limit as u64 }));
                    }
                    Err(kind) => return Err(self.error(kind)),
                }
            }
            if ended {
                return match (unread.is_empty(), self.open.depth()) {
                    (true, 0) => Ok(None),
                    (true, _) => {
                        Err(self.error(ReadErrorKind::Truncated { expected: "an end tag" }))
                    }
                    (false, _) => {
                        Err(self.error(ReadErrorKind::Truncated { expected: "the end of a tag" }))
                    }
                };
            }
            // Twice as much each time: a long lexeme is looked at from its beginning again, and
            // all looks together are no longer than a few times itself.
            self.window.reach(wanted.min(limit + 1))?;
        }
    }

    /// What a lexeme is, its content being there in the window; `None` for the XML declaration,
    /// which is checked here, and of which the decoder has made use.
    fn token(&mut self, kind: Kind, range: Range<usize>) -> Result<Option<Token>, Fault> {
        let text = self.window.text(range.clone());
        self.content = if self.window.returns() && text.contains('\r') {
            self.normalised.clear();
            push_with_line_ends(&mut self.normalised, text);
            Content::Normalised
        } else {
            Content::Here(range)
        };
        let text = content(&self.content, &self.window, &self.normalised);
        Ok(Some(match kind {
            Kind::Start | Kind::Empty => {
                self.start()?;
                self.empty = kind == Kind::Empty;
                Token::Start
            }
            Kind::End => {
                self.end()?;
                Token::End
            }
            Kind::Space => Token::Space,
            Kind::Text => Token::Text,
            Kind::CData => Token::CData,
            Kind::Reference => Token::Reference(reference(text)?),
            Kind::Comment => Token::Comment,
            Kind::Instruction if !is_declaration(text) => {
                check_target(text)?;
                Token::Instruction
            }
            Kind::Instruction if self.window.at_beginning() => {
                Declaration::read(text)?;
                return Ok(None);
            }
            Kind::Instruction => {
                let text = "an XML declaration that is not at the beginning".to_owned();
                return Err(ReadErrorKind::NotWellFormed(text).into());
            }
        }))
    }

    fn start(&mut self) -> Result<(), Fault> {
        self.tag.read(content(&self.content, &self.window, &self.normalised), &self.limits)?;
        self.begin_element()
    }

    /// Enters the element whose start tag was read.
    fn begin_element(&mut self) -> Result<(), Fault> {
        let outside = self.open.depth();
        if outside >= self.limits.depth {
            let limit = self.limits.depth as u64;
            return Err(ReadErrorKind::Limit { what: "elements within elements", limit }.into());
        }
        self.open.push(self.tag.name());
        self.namespaces.leave(outside);
        self.namespaces.enter(&mut self.tag, outside + 1, &self.limits)?;
        self.window.was_element();
        Ok(())
    }

    fn end(&mut self) -> Result<(), ReadErrorKind> {
        let name = content(&self.content, &self.window, &self.normalised).trim_end_matches(SPACE);
        if self.open.last() == Some(name) {
            self.open.pop();
            return Ok(());
        }
        let found = cut(name);
        Err(ReadErrorKind::NotWellFormed(match self.open.last() {
            Some(expected) => format!("</{found}> found, </{}> expected", cut(expected)),
            None => format!("</{found}> found, and no element is open"),
        }))
    }
}

/// The text of a token.
fn content<'a, R: BufRead>(
    content: &Content,
    window: &'a Window<R>,
    normalised: &'a str,
) -> &'a str {
    match content {
        Content::Here(range) => window.text(range.clone()),
        Content::Normalised => normalised,
    }
}
