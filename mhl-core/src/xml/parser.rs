//! Reading XML element by element: the one place that knows quick-xml.
//!
//! A format's reader asks for the next [`Child`] of the element it is in, and then takes that child
//! as a [value](Parser::text), as [XML to be kept](Parser::fragment), or asks for its children in
//! turn. What only a document type would need is refused; what a lenient parser would let pass
//! (a cut document, a second root, undeclared prefixes) is an error here.

use std::io::BufRead;

use quick_xml::{
    Error as XmlError, Reader,
    errors::{IllFormedError, SyntaxError},
    events::Event,
};

use super::{
    Limits, Position, ReadError, ReadErrorKind,
    decode::Decoder,
    error::cut,
    tag::{Namespaces, Tag},
    text::{is_admitted, is_space, push_with_line_ends, reference},
};

pub(crate) struct Parser<R> {
    reader: Reader<Decoder<R>>,
    limits: Limits,
    buffer: Vec<u8>,
    /// Elements that are open.
    depth: usize,
    namespaces: Namespaces,
    tag: Tag,
    /// Text of the token that was read last, line ends normalised.
    text: String,
    /// The value that was read last.
    value: String,
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
        let mut reader = Reader::from_reader(Decoder::new(source, limits));
        let config = reader.config_mut();
        config.expand_empty_elements = true;
        config.check_comments = true;
        Parser {
            reader,
            limits,
            buffer: Vec::new(),
            depth: 0,
            namespaces: Namespaces::default(),
            tag: Tag::default(),
            text: String::new(),
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
                Token::Comment | Token::Instruction => remarks.push(self.text.as_str().into()),
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
                Token::Comment | Token::Instruction => remarks.push(self.text.as_str().into()),
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
        self.reader.get_ref().encoding()
    }

    /// Whether a document declares an encoding that it evidently has not.
    pub(crate) fn declared_wrongly(&self) -> bool {
        self.reader.get_ref().declared_wrongly()
    }

    /// Where the last element began.
    pub(crate) fn element_position(&self) -> Position {
        self.reader.get_ref().element_position()
    }

    /// Where what was read last began.
    pub(crate) fn event_position(&self) -> Position {
        self.reader.get_ref().event_position()
    }

    /// An error about the element that began last.
    pub(crate) fn at_element(&self, kind: impl Into<ReadErrorKind>) -> ReadError {
        kind.into().at(self.element_position())
    }

    /// An error about what was read last.
    pub(crate) fn error(&self, kind: ReadErrorKind) -> ReadError {
        kind.at(self.reader.get_ref().event_position())
    }

    /// The next child of an element that holds elements only.
    pub(crate) fn child(&mut self, parent: &'static str) -> Result<Child, ReadError> {
        loop {
            return match self.next()? {
                Token::Space => continue,
                Token::Start => Ok(Child::Element),
                Token::End => Ok(Child::End),
                Token::Comment | Token::Instruction => Ok(Child::Remark(self.text.as_str().into())),
                Token::CData if is_space(&self.text) => continue,
                Token::Text | Token::CData | Token::Reference(_) => {
                    let text = cut(&self.text);
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
                Token::Space | Token::Text | Token::CData => value.push_str(&self.text),
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
        let outside = self.depth - 1;
        while self.depth > outside {
            if let Token::Eof = self.next()? {
                return Err(self.error(ReadErrorKind::Truncated { expected: "an end tag" }));
            }
        }
        Ok(())
    }

    /// The value of the element that began last, up to its end: text alone, or one CDATA section
    /// alone. Neither is ever joined with anything.
    pub(crate) fn text(&mut self, element: &'static str) -> Result<&str, ReadError> {
        self.value.clear();
        let mut section = false;
        loop {
            let split = match self.next()? {
                Token::End => return Ok(&self.value),
                _ if section => Some("a CDATA section"),
                Token::Text | Token::Space => {
                    self.value.push_str(&self.text);
                    None
                }
                Token::Reference(character) => {
                    self.value.push(character);
                    None
                }
                Token::CData if self.value.is_empty() => {
                    section = true;
                    self.value.push_str(&self.text);
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
        let top = self.depth;
        let name_end = 1 + self.tag.name().len();
        let mut needed = self.namespaces.needed(&self.tag, top);
        let mut xml = format!("<{}>", self.tag.raw.trim_end());
        // Where the last start tag ends, so that an element without content stays short.
        let mut opened = xml.len();
        let mut names = vec![self.tag.name().to_owned()];
        let mut value = Some(String::new());
        while !names.is_empty() {
            match self.next()? {
                Token::Start => {
                    value = None;
                    needed.extend(self.namespaces.needed(&self.tag, top));
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
                    xml.push_str(&self.text);
                    if let Some(value) = &mut value {
                        value.push_str(&self.text);
                    }
                }
                Token::Reference(character) => {
                    xml.push('&');
                    xml.push_str(&self.text);
                    xml.push(';');
                    if let Some(value) = &mut value {
                        value.push(character);
                    }
                }
                Token::CData => {
                    value = None;
                    xml.push_str("<![CDATA[");
                    xml.push_str(&self.text);
                    xml.push_str("]]>");
                }
                Token::Comment | Token::Instruction => {
                    value = None;
                    xml.push_str(&self.text);
                }
                Token::Eof => {
                    return Err(self.error(ReadErrorKind::Truncated { expected: "an end tag" }));
                }
            }
            self.check_len(xml.len(), self.limits.fragment_len, "bytes in one unknown element")?;
        }
        needed.sort();
        needed.dedup();
        for (prefix, uri) in needed.iter().rev() {
            let colon = if prefix.is_empty() { "" } else { ":" };
            let uri = quick_xml::escape::escape(&**uri);
            xml.insert_str(name_end, &format!(" xmlns{colon}{prefix}=\"{uri}\""));
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

    fn next(&mut self) -> Result<Token, ReadError> {
        self.token().map_err(|kind| {
            // What the decoder found has its own place; everything else began with this event.
            match self.reader.get_mut().take_failure() {
                Some(failure) => failure,
                None => self.error(kind),
            }
        })
    }

    fn token(&mut self) -> Result<Token, ReadErrorKind> {
        self.buffer.clear();
        self.text.clear();
        self.reader.get_mut().begin_event();
        let event = self.reader.read_event_into(&mut self.buffer).map_err(kind_of)?;
        let token = match event {
            Event::Start(start) | Event::Empty(start) => {
                let (name, attributes) = (start.name(), start.attributes_raw());
                self.tag.raw.clear();
                self.tag.raw.push_str(name.0);
                push_with_line_ends(&mut self.tag.raw, attributes);
                self.tag.read(&self.limits)?;
                self.depth += 1;
                if self.depth > self.limits.depth {
                    let limit = self.limits.depth as u64;
                    return Err(ReadErrorKind::Limit { what: "elements within elements", limit });
                }
                self.namespaces.leave(self.depth - 1);
                self.namespaces.enter(&mut self.tag, self.depth)?;
                self.reader.get_mut().was_element();
                Token::Start
            }
            Event::End(_) => {
                self.depth -= 1;
                Token::End
            }
            Event::Text(text) => {
                push_with_line_ends(&mut self.text, &text.into_inner());
                if is_space(&self.text) {
                    Token::Space
                } else if self.text.bytes().any(|byte| byte == b']') && self.text.contains("]]>") {
                    return Err(ReadErrorKind::NotWellFormed("`]]>` in text".to_owned()));
                } else {
                    Token::Text
                }
            }
            Event::CData(text) => {
                push_with_line_ends(&mut self.text, &text.into_inner());
                Token::CData
            }
            Event::GeneralRef(name) => {
                self.text.push_str(&name.into_inner());
                Token::Reference(reference(&self.text)?)
            }
            Event::Comment(text) => {
                self.text.push_str("<!--");
                push_with_line_ends(&mut self.text, &text.into_inner());
                self.text.push_str("-->");
                Token::Comment
            }
            Event::PI(text) => {
                self.text.push_str("<?");
                push_with_line_ends(&mut self.text, &text.into_inner());
                self.text.push_str("?>");
                Token::Instruction
            }
            Event::Decl(_) if self.reader.get_ref().event_position() == Position::START => {
                return self.token();
            }
            Event::Decl(_) => {
                let text = "an XML declaration that is not at the beginning";
                return Err(ReadErrorKind::NotWellFormed(text.to_owned()));
            }
            Event::DocType(_) => return Err(ReadErrorKind::Doctype),
            Event::Eof if self.depth > 0 => {
                return Err(ReadErrorKind::Truncated { expected: "an end tag" });
            }
            Event::Eof => Token::Eof,
        };
        // The decoder stops what is larger than its buffer; this makes the limit exact.
        if self.buffer.len() > self.limits.text_len {
            let limit = self.limits.text_len as u64;
            return Err(ReadErrorKind::Limit { what: "bytes in one tag, comment or text", limit });
        }
        Ok(token)
    }
}

fn kind_of(error: XmlError) -> ReadErrorKind {
    match error {
        XmlError::Syntax(SyntaxError::InvalidBangMarkup) => {
            ReadErrorKind::NotWellFormed("unknown markup after `<!`".to_owned())
        }
        XmlError::Syntax(SyntaxError::UnclosedDoctype) => ReadErrorKind::Doctype,
        XmlError::Syntax(_) => ReadErrorKind::Truncated { expected: "the end of a tag" },
        XmlError::IllFormed(IllFormedError::MismatchedEndTag { expected, found }) => {
            let text = format!("</{}> found, </{}> expected", cut(&found), cut(&expected));
            ReadErrorKind::NotWellFormed(text)
        }
        XmlError::IllFormed(error) => ReadErrorKind::NotWellFormed(cut(&error.to_string())),
        // The decoder's own failures never come here: `next` asks for them first.
        XmlError::Io(error) => ReadErrorKind::Io(std::io::Error::new(error.kind(), error)),
        other => ReadErrorKind::NotWellFormed(cut(&other.to_string())),
    }
}

/// The first character of a text that XML cannot hold.
pub(crate) fn unrepresentable(text: &str) -> Option<char> {
    text.chars().find(|character| !is_admitted(*character))
}
