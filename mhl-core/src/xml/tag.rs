//! A start tag: its name, its attributes, and the namespaces in scope.

use std::{borrow::Cow, collections::BTreeMap, iter, ops::Range};

use memchr::memchr;

use super::{
    Limits, ReadErrorKind,
    error::cut,
    name::is_unprefixed,
    place::Fault,
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
    pub(super) fn read(&mut self, raw: &str, limits: &Limits) -> Result<(), Fault> {
        // As a plain name, until more is known of it.
        self.set_plain(raw);
        let raw = self.raw.as_bytes();
        let name_len = raw.iter().position(|byte| is_space_byte(*byte)).unwrap_or(raw.len());
        self.name = 0..name_len;
        self.local = check_name(self.name(), limits).map_err(|kind| fault(0, kind))?;
        let ill = |at, text: &str| fault(at, ReadErrorKind::NotWellFormed(text.to_owned()));
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
                return Err(ill(at, "no white space before an attribute"));
            }
            let equals = memchr(b'=', rest);
            let equals = equals.ok_or_else(|| ill(begin, "an attribute without a value"))?;
            let name = rest.get(..equals).unwrap_or_default().trim_ascii_end();
            let name = begin..begin + name.len();
            let text = self.raw.get(name.clone()).unwrap_or_default();
            let local = check_name(text, limits).map_err(|kind| fault(begin, kind))?;
            self.prefixed |= local > 0 || text == "xmlns";
            let opened = begin + equals + 1;
            let opened = opened + space(opened);
            let quote = raw.get(opened).filter(|quote| matches!(quote, b'"' | b'\''));
            let quote = quote.ok_or_else(|| ill(begin, "an attribute value without quotes"))?;
            let start = opened + 1;
            let rest = raw.get(start..).unwrap_or_default();
            let value = rest.get(..memchr(*quote, rest).unwrap_or(rest.len())).unwrap_or_default();
            let span = Span { name, value: start..start + value.len() };
            if holds(value, |byte| matches!(byte, b'<' | b'&')) {
                if let Some(bracket) = memchr(b'<', value) {
                    return Err(ill(start + bracket, "`<` in an attribute value"));
                }
                self.value(&span)?;
            }
            if self.raw_attributes().any(|(earlier, _)| earlier == text) {
                return Err(ill(begin, &format!("the attribute {:?} stands twice", cut(text))));
            }
            if self.attributes.len() == limits.attributes {
                let limit = limits.attributes as u64;
                let what = "attributes of one element";
                return Err(fault(begin, ReadErrorKind::Limit { what, limit }));
            }
            at = span.value.end + 1;
            self.attributes.push(span);
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

    /// The value of an attribute.
    fn value(&self, span: &Span) -> Result<Cow<'_, str>, Fault> {
        let Range { start, .. } = span.value;
        let raw = self.raw.get(span.value.clone()).unwrap_or_default();
        attribute_value(raw).map_err(|found| fault(start + found.at, found.kind))
    }

    /// What is at fault with the value of an attribute, and where that begins.
    pub(super) fn at_value_of(&self, name: &str, kind: ReadErrorKind) -> Fault {
        let named = self.raw_attributes().position(|(own, _)| own == name);
        let span = named.and_then(|at| self.attributes.get(at));
        fault(span.map_or(0, |span| span.value.start), kind)
    }

    /// Names and values of the attributes that are no namespace declarations.
    pub(crate) fn attributes(
        &self,
    ) -> impl Iterator<Item = Result<(&str, Cow<'_, str>), ReadErrorKind>> {
        self.raw_attributes()
            .filter(|(name, _)| declared_prefix(name).is_none())
            .map(|(name, raw)| Ok((name, attribute_value(raw).map_err(|fault| fault.kind)?)))
    }
}

/// What is at fault so many bytes into a tag, which begins after its `<`.
fn fault(at: usize, kind: ReadErrorKind) -> Fault {
    Fault { at: 1 + at, kind }
}

/// Namespace declarations in scope, innermost last.
#[derive(Default)]
pub(crate) struct Namespaces {
    bindings: Vec<Binding>,
    /// The format's own namespace, which our writers use by default; empty for none.
    home: &'static str,
}

/// Namespaces by their prefixes.
pub(super) type Declarations = BTreeMap<Box<str>, Box<str>>;

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
    pub(super) fn enter(
        &mut self,
        tag: &mut Tag,
        depth: usize,
        limits: &Limits,
    ) -> Result<(), Fault> {
        if tag.prefixed {
            self.declare(tag, depth, limits)?;
        }
        tag.binding = self.lookup(tag.prefix()).map_err(|kind| fault(0, kind))?;
        tag.own = self.is_own(tag);
        if !tag.own && self.of(tag) == XINCLUDE {
            return Err(ReadErrorKind::Inclusion.into());
        }
        if tag.prefixed {
            // An attribute without a prefix is in no namespace.
            let prefixed = |name: &str| name.contains(':') && declared_prefix(name).is_none();
            for (span, (name, _)) in tag.attributes.iter().zip(tag.raw_attributes()) {
                if prefixed(name) {
                    self.lookup(prefix(name)).map_err(|kind| fault(span.name.start, kind))?;
                }
            }
            self.check_expanded(tag)?;
        }
        Ok(())
    }

    /// Refuses two attributes with one local name in one namespace, whatever their prefixes
    /// (Namespaces in XML 1.0, section 6.3).
    fn check_expanded(&self, tag: &Tag) -> Result<(), Fault> {
        let mut expanded = BTreeMap::new();
        for (span, (name, _)) in tag.attributes.iter().zip(tag.raw_attributes()) {
            let Some((prefix, local)) = name.split_once(':').filter(|(p, _)| *p != "xmlns") else {
                continue;
            };
            let uri = self.uri(prefix).unwrap_or(XML);
            if let Some(earlier) = expanded.insert((uri, local), name) {
                let text = format!(
                    "the attributes {:?} and {:?} are one: {:?} in namespace {:?}",
                    cut(earlier),
                    cut(name),
                    cut(local),
                    cut(uri)
                );
                return Err(fault(span.name.start, ReadErrorKind::NotWellFormed(text)));
            }
        }
        Ok(())
    }

    /// Takes the declarations in a tag.
    fn declare(&mut self, tag: &Tag, depth: usize, limits: &Limits) -> Result<(), Fault> {
        for (span, (name, _)) in tag.attributes.iter().zip(tag.raw_attributes()) {
            let Some(prefix) = declared_prefix(name) else { continue };
            let uri = tag.value(span)?;
            if !prefix.is_empty() && uri.is_empty() || matches!(prefix, "xml" | "xmlns") {
                let text = format!("the prefix {:?} cannot be declared so", cut(prefix));
                return Err(fault(span.name.start, ReadErrorKind::NotWellFormed(text)));
            }
            // Every prefix is looked up among all declarations in scope.
            if self.bindings.len() == limits.attributes {
                let (what, limit) = ("namespace declarations in scope", limits.attributes as u64);
                return Err(fault(span.name.start, ReadErrorKind::Limit { what, limit }));
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

    /// Adds the declarations that a tag needs where it stands alone, and that were made at a depth
    /// above `depth`: the namespace of each prefix. For an element without a prefix that is outside the
    /// format's own namespace, the default namespace is one of them.
    pub(super) fn needed(&self, tag: &Tag, depth: usize, declarations: &mut Declarations) {
        let attributes = tag
            .raw_attributes()
            .filter(|(name, _)| name.contains(':') && declared_prefix(name).is_none())
            .map(|(name, _)| prefix(name));
        for prefix in iter::once(tag.prefix()).chain(attributes).filter(|prefix| *prefix != "xml") {
            let binding = self.bindings.iter().rfind(|binding| &*binding.prefix == prefix);
            let within = binding.is_some_and(|binding| binding.depth >= depth);
            let uri = binding.map_or("", |binding| &binding.uri);
            let home = prefix.is_empty() && uri == self.home;
            // Each once, however many elements need it: a namespace may be long.
            if !within && !home && !declarations.contains_key(prefix) {
                declarations.insert(prefix.into(), uri.into());
            }
        }
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

/// What a byte may be in a name: its first, another, what divides prefix and local part; or it is
/// none, or part of a character beyond ASCII.
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
                b'a'..=b'z' | b'A'..=b'Z' | b'_' => LETTER,
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

/// The length of the name without a prefix that a text begins with, and that ASCII can tell.
#[inline]
pub(super) fn plain_name(text: &[u8]) -> Option<usize> {
    let len = text.iter().position(|byte| class_of(*byte) & (OTHER | COLON) != 0)?;
    text.first().filter(|first| class_of(**first) == LETTER).map(|_| len)
}

/// Checks a name (Namespaces, production 7); where its local part begins.
fn check_name(name: &str, limits: &Limits) -> Result<usize, ReadErrorKind> {
    if name.len() > limits.name_len {
        let limit = limits.name_len as u64;
        return Err(ReadErrorKind::Limit { what: "bytes in a name", limit });
    }
    let classes = name.bytes().fold(0, |classes, byte| classes | class_of(byte));
    // The usual name is told by its bytes.
    let begins = name.bytes().next().is_some_and(|byte| class_of(byte) == LETTER);
    if classes & (OTHER | COLON) == 0 && begins {
        return Ok(0);
    }
    match name.split_once(':') {
        None if is_unprefixed(name) => Ok(0),
        Some((prefix, part)) if is_unprefixed(prefix) && is_unprefixed(part) => {
            Ok(prefix.len() + 1)
        }
        _ => Err(ReadErrorKind::NotWellFormed(format!("{:?} is no name", cut(name)))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(raw: &str) -> Result<Tag, Fault> {
        let mut tag = Tag::default();
        tag.read(raw, &Limits::default())?;
        Ok(tag)
    }

    #[test]
    fn a_tag_is_taken_apart() {
        let tag = read("p:path size = \"5\"\n  b='&lt;\"'  xmlns:p=\"u\" ").ok().unwrap();
        assert_eq!((tag.name(), tag.local()), ("p:path", "path"));
        let attributes: Vec<_> = tag.attributes().map(Result::unwrap).collect();
        assert_eq!(attributes, [("size", "5".into()), ("b", "<\"".into())]);
    }

    #[test]
    fn row_19_ill_formed_tags_are_errors() {
        for (raw, at) in [
            ("a b=\"1\" b=\"2\"", 9),
            ("a b", 3),
            ("a b=1", 3),
            ("a b=\"1\"c=\"2\"", 8),
            ("a b=\"ü<\"", 8),
            ("a b=\"1\"\n c=\"ü&lt;&no;\"", 19),
            ("a b='&'", 6),
            ("1a", 1),
            ("", 1),
            (" a", 1),
            ("a:", 1),
            (":a", 1),
            ("a:b:c", 1),
            ("a /b=\"\"", 3),
            ("a =\"1\"", 3),
            ("a b=\"1\" /", 9),
            ("a\"b", 1),
            ("a x\u{d7}=\"1\"", 3),
            ("ü:\u{b7}", 1),
        ] {
            let fault = read(raw).err().unwrap();
            assert!(matches!(fault.kind, ReadErrorKind::NotWellFormed(_)), "{raw}");
            assert_eq!(fault.at, at, "{raw}");
        }
        assert_eq!(read("ü:Größe \u{10000}='1'").ok().unwrap().local(), "Größe");
    }

    #[test]
    fn row_07_08_the_number_of_attributes_is_limited() {
        for form in ["a", "xmlns:p"] {
            let raw: String = std::iter::once("e".to_owned())
                .chain((0..65).map(|i| format!(" {form}{i}='u'")))
                .collect();
            let fault = read(&raw).err().unwrap();
            assert!(matches!(fault.kind, ReadErrorKind::Limit { limit: 64, .. }));
            assert_eq!(fault.at, 2 + raw.rfind(' ').unwrap());
        }
        let fault = read(&"n".repeat(1025)).err().unwrap();
        assert!(matches!(fault.kind, ReadErrorKind::Limit { limit: 1024, .. }));
    }

    #[test]
    fn row_08_the_declarations_in_scope_are_limited() {
        let limits = Limits { attributes: 3, ..Limits::default() };
        let mut namespaces = Namespaces::default();
        let mut enter = |raw: &str, depth| {
            namespaces.leave(depth - 1);
            namespaces.enter(&mut read(raw).ok().unwrap(), depth, &limits)
        };
        assert!(enter("a xmlns:p='u' xmlns:q='u'", 1).is_ok());
        assert!(enter("a xmlns:r='u'", 2).is_ok());
        assert!(enter("a xmlns:r='u'", 2).is_ok(), "what was left is out of scope");
        let fault = enter("a b='' xmlns:s='u'", 3).err().unwrap();
        assert!(matches!(fault.kind, ReadErrorKind::Limit { limit: 3, .. }));
        assert_eq!(fault.at, 8);
    }

    #[test]
    fn prefixes_follow_the_innermost_declaration() {
        let mut namespaces = Namespaces::default();
        let mut enter = |raw: &str, depth| {
            let mut tag = read(raw).ok().unwrap();
            namespaces.leave(depth - 1);
            match namespaces.enter(&mut tag, depth, &Limits::default()) {
                Ok(()) => Ok(namespaces.of(&tag).to_owned()),
                Err(fault) => Err(fault.at),
            }
        };
        assert_eq!(enter("a xmlns='u' xmlns:p='v'", 1).unwrap(), "u");
        assert_eq!(enter("p:a xmlns:p='w'", 2).unwrap(), "w");
        assert_eq!(enter("p:a", 2).unwrap(), "v");
        assert_eq!(enter("a xmlns=''", 2).unwrap(), "");
        assert_eq!(enter("q:a", 2), Err(1));
        assert_eq!(enter("a q:b=''", 2), Err(3));
        assert_eq!(enter("a xml:lang='' xmlns:p=''", 2), Err(15));
        assert_eq!(enter("a xml:lang=''", 2).unwrap(), "u");
    }
}
