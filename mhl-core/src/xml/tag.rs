//! A start tag: its name, its attributes, and the namespaces in scope.

use std::{borrow::Cow, ops::Range};

use memchr::memchr;

use super::{
    Limits, ReadErrorKind,
    error::cut,
    text::{attribute_value, holds, is_space_byte},
};

/// The start tag that was read last. Its buffers are used again for the next.
#[derive(Default)]
pub(crate) struct Tag {
    /// What stands between `<` and `>`, line ends normalised.
    pub(super) raw: String,
    name: Range<usize>,
    /// Where the local part of the name begins.
    local: usize,
    attributes: Vec<Span>,
    /// One of them has a prefix or declares a namespace.
    prefixed: bool,
    /// The binding that the element's name uses.
    binding: Option<usize>,
    /// The element is in the format's own namespace.
    pub(super) own: bool,
}

struct Span {
    name: Range<usize>,
    value: Range<usize>,
}

impl Tag {
    /// Takes a tag apart, given what stands between `<` and `>`.
    pub(super) fn read(&mut self, raw: &str, limits: &Limits) -> Result<(), ReadErrorKind> {
        // As a plain name, until more is known of it.
        self.set_plain(raw);
        let raw = self.raw.as_bytes();
        let name_len = raw.iter().position(|byte| is_space_byte(*byte)).unwrap_or(raw.len());
        self.name = 0..name_len;
        self.local = check_name(self.name(), limits)?;
        let ill = |text: &str| ReadErrorKind::NotWellFormed(text.to_owned());
        let space = |at: usize| {
            let rest = raw.get(at..).unwrap_or_default();
            rest.iter().position(|byte| !is_space_byte(*byte)).unwrap_or(rest.len())
        };
        let mut at = name_len;
        loop {
            let begin = at + space(at);
            let rest = raw.get(begin..).unwrap_or_default();
            if rest.is_empty() {
                return Ok(());
            }
            if begin == at {
                return Err(ill("no white space before an attribute"));
            }
            let equals = memchr(b'=', rest).ok_or_else(|| ill("an attribute without a value"))?;
            let name = rest.get(..equals).unwrap_or_default().trim_ascii_end();
            let name = begin..begin + name.len();
            let text = self.raw.get(name.clone()).unwrap_or_default();
            self.prefixed |= check_name(text, limits)? > 0 || text == "xmlns";
            let opened = begin + equals + 1;
            let opened = opened + space(opened);
            let quote = raw.get(opened).filter(|quote| matches!(quote, b'"' | b'\''));
            let quote = quote.ok_or_else(|| ill("an attribute value without quotes"))?;
            let rest = raw.get(opened + 1..).unwrap_or_default();
            let len = memchr(*quote, rest).unwrap_or(rest.len());
            let value = opened + 1..opened + 1 + len;
            if raw.get(value.clone()).is_some_and(|value| holds(value, |byte| byte == b'<')) {
                return Err(ill("`<` in an attribute value"));
            }
            if self.raw_attributes().any(|(earlier, _)| earlier == text) {
                return Err(ReadErrorKind::NotWellFormed(format!(
                    "the attribute {:?} stands twice",
                    cut(text)
                )));
            }
            if self.attributes.len() == limits.attributes {
                let limit = limits.attributes as u64;
                return Err(ReadErrorKind::Limit { what: "attributes of one element", limit });
            }
            at = value.end + 1;
            self.attributes.push(Span { name, value });
        }
    }

    /// Takes a name without a prefix that has been checked, and no attributes.
    #[inline]
    pub(super) fn set_plain(&mut self, name: &str) {
        self.raw.clear();
        self.raw.push_str(name);
        (self.name, self.local) = (0..name.len(), 0);
        self.attributes.clear();
        self.prefixed = false;
    }

    /// The name as written, prefix included.
    #[inline]
    pub(crate) fn name(&self) -> &str {
        self.raw.get(self.name.clone()).unwrap_or_default()
    }

    /// The name without its prefix.
    #[inline]
    pub(crate) fn local(&self) -> &str {
        self.raw.get(self.local..self.name.end).unwrap_or_default()
    }

    /// The prefix of the name; empty for none.
    #[inline]
    fn prefix(&self) -> &str {
        self.raw.get(..self.local.saturating_sub(1)).unwrap_or_default()
    }

    /// Whether there is an attribute or namespace declaration.
    #[inline]
    pub(crate) fn has_attributes(&self) -> bool {
        !self.attributes.is_empty()
    }

    /// Whether an attribute has a prefix or is a namespace declaration.
    pub(crate) fn has_prefixed_attributes(&self) -> bool {
        self.prefixed
    }

    /// Names and raw values of all attributes, namespace declarations included.
    pub(super) fn raw_attributes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.attributes.iter().map(|span| {
            let part = |range: &Range<usize>| self.raw.get(range.clone()).unwrap_or_default();
            (part(&span.name), part(&span.value))
        })
    }

    /// Names and values of the attributes that are no namespace declarations.
    pub(crate) fn attributes(
        &self,
    ) -> impl Iterator<Item = Result<(&str, Cow<'_, str>), ReadErrorKind>> {
        self.raw_attributes()
            .filter(|(name, _)| declared_prefix(name).is_none())
            .map(|(name, raw)| Ok((name, attribute_value(raw)?)))
    }
}

/// Namespace declarations in scope, innermost last.
#[derive(Default)]
pub(crate) struct Namespaces {
    bindings: Vec<Binding>,
    /// The format's own namespace, which our writers use by default; empty for none.
    home: &'static str,
}

struct Binding {
    depth: usize,
    own: bool,
    prefix: Box<str>,
    uri: Box<str>,
}

const XML: &str = "http://www.w3.org/XML/1998/namespace";
const XINCLUDE: &str = "http://www.w3.org/2001/XInclude";

impl Namespaces {
    /// Declares the format's own namespace, which the root element tells.
    pub(super) fn set_home(&mut self, home: &'static str, root: &mut Tag) {
        self.home = home;
        for binding in &mut self.bindings {
            binding.own = &*binding.uri == home;
        }
        root.own = self.is_own(root);
    }

    #[inline]
    fn is_own(&self, tag: &Tag) -> bool {
        match tag.binding.and_then(|binding| self.bindings.get(binding)) {
            Some(binding) => binding.own,
            None => self.home.is_empty() && tag.prefix().is_empty(),
        }
    }

    /// Enters the element of this tag, which stands at a depth.
    #[inline]
    pub(super) fn enter(&mut self, tag: &mut Tag, depth: usize) -> Result<(), ReadErrorKind> {
        if tag.prefixed {
            self.declare(tag, depth)?;
        }
        tag.binding = self.lookup(tag.prefix())?;
        tag.own = self.is_own(tag);
        if !tag.own && self.of(tag) == XINCLUDE {
            return Err(ReadErrorKind::Inclusion);
        }
        if tag.prefixed {
            // An attribute without a prefix is in no namespace.
            let prefixed = |name: &&str| name.contains(':') && declared_prefix(name).is_none();
            for name in tag.raw_attributes().map(|(name, _)| name).filter(prefixed) {
                self.lookup(prefix(name))?;
            }
        }
        Ok(())
    }

    /// Takes the declarations in a tag.
    fn declare(&mut self, tag: &Tag, depth: usize) -> Result<(), ReadErrorKind> {
        for (name, raw) in tag.raw_attributes() {
            let Some(prefix) = declared_prefix(name) else { continue };
            let uri = attribute_value(raw)?;
            if !prefix.is_empty() && uri.is_empty() || matches!(prefix, "xml" | "xmlns") {
                let text = format!("the prefix {:?} cannot be declared so", cut(prefix));
                return Err(ReadErrorKind::NotWellFormed(text));
            }
            let own = uri == self.home;
            self.bindings.push(Binding { depth, own, prefix: prefix.into(), uri: uri.into() });
        }
        Ok(())
    }

    /// Leaves the elements deeper than this.
    #[inline]
    pub(super) fn leave(&mut self, depth: usize) {
        while self.bindings.last().is_some_and(|binding| binding.depth > depth) {
            self.bindings.pop();
        }
    }

    #[inline]
    fn lookup(&self, prefix: &str) -> Result<Option<usize>, ReadErrorKind> {
        let found = self.bindings.iter().rposition(|binding| &*binding.prefix == prefix);
        if found.is_none() && !matches!(prefix, "" | "xml") {
            let text = format!("the prefix {:?} is not declared", cut(prefix));
            return Err(ReadErrorKind::NotWellFormed(text));
        }
        Ok(found)
    }

    /// The namespace of an element; empty for none.
    pub(crate) fn of(&self, tag: &Tag) -> &str {
        let binding = tag.binding.and_then(|binding| self.bindings.get(binding));
        match binding {
            Some(binding) => &binding.uri,
            None if tag.prefix() == "xml" => XML,
            None => "",
        }
    }

    /// The declarations that a tag needs where it stands alone, and that were made at a depth
    /// above `depth`: prefix and namespace. For an element without a prefix that is outside the
    /// format's own namespace, the default namespace is one of them.
    pub(super) fn needed(&self, tag: &Tag, depth: usize) -> Vec<(Box<str>, Box<str>)> {
        let outside = |prefix: &str| -> Option<(Box<str>, Box<str>)> {
            let found = self.bindings.iter().rev().find(|binding| &*binding.prefix == prefix);
            match found {
                Some(binding) if binding.depth >= depth => None,
                Some(binding) => Some((prefix.into(), binding.uri.clone())),
                None => Some((prefix.into(), "".into())),
            }
        };
        let element = Some(tag.prefix()).filter(|prefix| *prefix != "xml");
        let attributes = tag
            .raw_attributes()
            .filter(|(name, _)| name.contains(':') && declared_prefix(name).is_none())
            .map(|(name, _)| prefix(name))
            .filter(|prefix| *prefix != "xml");
        element
            .into_iter()
            .chain(attributes)
            .filter_map(outside)
            .filter(|(prefix, uri)| !(prefix.is_empty() && &**uri == self.home))
            .collect()
    }

    /// The namespace of a declared prefix.
    pub(crate) fn uri(&self, prefix: &str) -> Option<&str> {
        self.bindings.iter().rev().find(|b| &*b.prefix == prefix).map(|binding| &*binding.uri)
    }
}

/// The prefix of a name; empty for none.
pub(crate) fn prefix(name: &str) -> &str {
    name.split_once(':').map_or("", |(prefix, _)| prefix)
}

/// The prefix that an attribute of this name declares: empty for the default namespace, `None`
/// when the attribute is no declaration.
fn declared_prefix(name: &str) -> Option<&str> {
    match name.strip_prefix("xmlns") {
        Some("") => Some(""),
        Some(rest) => rest.strip_prefix(':'),
        None => None,
    }
}

/// What a byte may be in a name: its first, another, what divides prefix and local part, none.
const LETTER: u8 = 1;
const DIGIT: u8 = 2;
const COLON: u8 = 4;
const OTHER: u8 = 8;

#[inline]
// Every byte has its place in the table.
#[allow(clippy::indexing_slicing)]
fn class_of(byte: u8) -> u8 {
    const CLASSES: [u8; 256] = {
        let mut classes = [OTHER; 256];
        let mut at = 0;
        while at < 256 {
            classes[at] = match at as u8 {
                b'a'..=b'z' | b'A'..=b'Z' | b'_' | 0x80.. => LETTER,
                b'0'..=b'9' | b'-' | b'.' => DIGIT,
                b':' => COLON,
                _ => OTHER,
            };
            at += 1;
        }
        classes
    };
    CLASSES[usize::from(byte)]
}

/// The length of the name without a prefix that a text begins with.
#[inline]
pub(super) fn plain_name(text: &[u8]) -> Option<usize> {
    let len = text.iter().position(|byte| class_of(*byte) & (OTHER | COLON) != 0)?;
    text.first().filter(|first| class_of(**first) == LETTER).map(|_| len)
}

/// Checks a name as far as ASCII goes (XML 1.0, productions 4 and 4a; Namespaces, production 7);
/// where its local part begins.
fn check_name(name: &str, limits: &Limits) -> Result<usize, ReadErrorKind> {
    if name.len() > limits.name_len {
        let limit = limits.name_len as u64;
        return Err(ReadErrorKind::Limit { what: "bytes in a name", limit });
    }
    let classes = name.bytes().fold(0, |classes, byte| classes | class_of(byte));
    let begins = |part: &str| part.bytes().next().is_some_and(|byte| class_of(byte) == LETTER);
    if classes & (OTHER | COLON) == 0 && begins(name) {
        return Ok(0);
    }
    if let Some((prefix, part)) = name.split_once(':')
        && classes & OTHER == 0
        && begins(prefix)
        && begins(part)
        && !part.contains(':')
    {
        return Ok(prefix.len() + 1);
    }
    Err(ReadErrorKind::NotWellFormed(format!("{:?} is no name", cut(name))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(raw: &str) -> Result<Tag, ReadErrorKind> {
        let mut tag = Tag::default();
        tag.read(raw, &Limits::default())?;
        Ok(tag)
    }

    #[test]
    fn a_tag_is_taken_apart() {
        let tag = read("p:path size = \"5\"\n  b='&lt;\"'  xmlns:p=\"u\" ").unwrap();
        assert_eq!((tag.name(), tag.local()), ("p:path", "path"));
        let attributes: Vec<_> = tag.attributes().map(Result::unwrap).collect();
        assert_eq!(attributes, [("size", "5".into()), ("b", "<\"".into())]);
    }

    #[test]
    fn row_19_ill_formed_tags_are_errors() {
        for raw in [
            "a b=\"1\" b=\"2\"",
            "a b",
            "a b=1",
            "a b=\"1\"c=\"2\"",
            "a b=\"<\"",
            "1a",
            "",
            " a",
            "a:",
            ":a",
            "a:b:c",
            "a /b=\"\"",
            "a =\"1\"",
            "a b=\"1\" /",
            "a\"b",
        ] {
            assert!(matches!(read(raw), Err(ReadErrorKind::NotWellFormed(_))), "{raw}");
        }
    }

    #[test]
    fn row_07_08_the_number_of_attributes_is_limited() {
        for form in ["a", "xmlns:p"] {
            let raw: String = std::iter::once("e".to_owned())
                .chain((0..65).map(|i| format!(" {form}{i}='u'")))
                .collect();
            assert!(matches!(read(&raw), Err(ReadErrorKind::Limit { limit: 64, .. })));
        }
        assert!(matches!(read(&"n".repeat(1025)), Err(ReadErrorKind::Limit { limit: 1024, .. })));
    }

    #[test]
    fn prefixes_follow_the_innermost_declaration() {
        let mut namespaces = Namespaces::default();
        let mut enter = |raw: &str, depth| {
            let mut tag = read(raw).unwrap();
            namespaces.leave(depth - 1);
            namespaces.enter(&mut tag, depth).map(|()| namespaces.of(&tag).to_owned())
        };
        assert_eq!(enter("a xmlns='u' xmlns:p='v'", 1).unwrap(), "u");
        assert_eq!(enter("p:a xmlns:p='w'", 2).unwrap(), "w");
        assert_eq!(enter("p:a", 2).unwrap(), "v");
        assert_eq!(enter("a xmlns=''", 2).unwrap(), "");
        assert!(enter("q:a", 2).is_err());
        assert!(enter("a q:b=''", 2).is_err());
        assert!(enter("a xml:lang='' xmlns:p=''", 2).is_err());
        assert_eq!(enter("a xml:lang=''", 2).unwrap(), "u");
    }
}
