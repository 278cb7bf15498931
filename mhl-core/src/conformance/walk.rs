//! A document walked along the tables of its schema.

use std::io::BufRead;

use super::{
    Document, Rule, Violation, ViolationKind,
    schema::{self, Beyond, Content, Element, Particle, Schema},
    value::Type,
};
use crate::{
    Format, Limits, ReadError, ReadErrorKind, RecordedHash, RelativePath,
    read::size_of,
    xml::{Parser, SPACE, Step, cut, prefix, trim_space},
};

/// The namespace of attributes for the schema itself.
const INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";

pub(super) struct Walk<R, F> {
    xml: Parser<R>,
    schema: &'static Schema,
    document: Document,
    found: F,
    open: Vec<Open>,
}

/// An element that is open.
struct Open {
    element: &'static Element,
    /// The place in its order that was reached, and whether something stands there.
    at: usize,
    filled: bool,
    value: String,
    /// The hash formats in it, or what it lists, as bits.
    parts: u8,
    /// The hash formats of its `content`, where it is a directory hash.
    content: u8,
}

impl Open {
    fn new(element: &'static Element) -> Self {
        Open { element, at: 0, filled: false, value: String::new(), parts: 0, content: 0 }
    }
}

impl<R: BufRead, F: FnMut(Violation)> Walk<R, F> {
    pub(super) fn begin(source: R, limits: &Limits, found: F) -> Result<Self, ReadError> {
        let mut xml = Parser::new(source, *limits);
        xml.root()?;
        let known = [
            (&schema::CLASSIC, Document::ClassicList),
            (&schema::MANIFEST, Document::AscManifest),
            (&schema::DIRECTORY, Document::AscDirectory),
        ];
        let (namespace, name) = (xml.namespace(), xml.tag().local());
        let of_root =
            |(schema, _): &(&Schema, _)| schema.namespace == namespace && schema.root.name == name;
        let Some((schema, document)) = known.into_iter().find(of_root) else {
            return Err(xml.at_element(ReadErrorKind::UnknownRoot {
                element: cut(name),
                namespace: cut(namespace),
                expected: "the root of a classic list, an ASC manifest or an ASC chain",
            }));
        };
        xml.set_home(schema.namespace);
        Ok(Walk { xml, schema, document, found, open: Vec::new() })
    }

    pub(super) fn run(mut self) -> Result<Document, ReadError> {
        let encoding = self.xml.encoding();
        if self.document != Document::ClassicList && encoding != "UTF-8" {
            let note = format!("the document is {encoding}; UTF-8 expected");
            self.report(Rule::Specification, ViolationKind::Encoding, note);
        }
        self.enter(self.schema.root)?;
        while let Some(open) = self.open.last_mut() {
            match self.xml.step(&mut open.value)? {
                Step::Start => self.child()?,
                Step::Text => self.text(),
                Step::End => self.leave(),
            }
        }
        self.xml.finish()?;
        Ok(self.document)
    }

    /// Reports something about the element that began last.
    fn report(&mut self, rule: Rule, kind: ViolationKind, note: String) {
        let (position, element) = (self.xml.element_position(), cut(self.xml.tag().local()));
        (self.found)(Violation { rule, kind, position, element, note });
    }

    /// Reports something about an element at what was read last.
    fn report_here(&mut self, rule: Rule, kind: ViolationKind, element: &str, note: String) {
        let (position, element) = (self.xml.event_position(), element.to_owned());
        (self.found)(Violation { rule, kind, position, element, note });
    }

    /// An element began within the innermost open one.
    fn child(&mut self) -> Result<(), ReadError> {
        match self.place() {
            Some(element) => self.enter(element),
            None => self.xml.skip(),
        }
    }

    /// Finds the element that began last in its parent's order. `None` when it is not to be
    /// checked any further.
    fn place(&mut self) -> Option<&'static Element> {
        let open = self.open.last_mut()?;
        let parent = open.element;
        let particles: &'static [Particle] = match parent.content {
            Content::Children(particles) => particles,
            Content::Anything => return None,
            Content::Value(_) => {
                let note = format!("<{}> holds text alone", parent.name);
                self.report(Rule::Schema, ViolationKind::UnknownElement, note);
                return None;
            }
        };
        let found = particles.iter().enumerate().find_map(|(place, particle)| {
            let element = particle.choice.iter().find(|element| is(&self.xml, element))?;
            Some((place, particle.many, element))
        });
        let Some((place, many, element)) = found else {
            let note = format!("<{}> has no such child", parent.name);
            self.report(Rule::Schema, ViolationKind::UnknownElement, note);
            return None;
        };
        if place < open.at || place == open.at && open.filled && !many {
            let note = format!("it stands too late or too often in <{}>", parent.name);
            self.report(Rule::Schema, ViolationKind::MisplacedElement, note);
        } else {
            let lacking = lacking(particles, open, place);
            (open.at, open.filled) = (place, true);
            for note in lacking {
                self.report(Rule::Schema, ViolationKind::MissingElement, note);
            }
        }
        Some(element)
    }

    /// Enters the element that began last: its attributes.
    fn enter(&mut self, element: &'static Element) -> Result<(), ReadError> {
        self.note_part(element);
        let mut seen = Vec::new();
        let mut wrong = Vec::new();
        if !matches!(element.content, Content::Anything) {
            for attribute in self.xml.tag().attributes() {
                let (name, value) = attribute.map_err(|kind| self.xml.at_element(kind))?;
                let instance = self.xml.prefix_uri(prefix(name)) == Some(INSTANCE);
                if instance
                    && matches!(name.split_once(':'), Some((_, local)) if local.ends_with("chemaLocation"))
                {
                    continue;
                }
                let Some(known) = element.attributes.iter().find(|known| known.name == name) else {
                    let note = format!("the attribute {:?} is not defined", cut(name));
                    wrong.push((Rule::Schema, ViolationKind::UnknownAttribute, note));
                    continue;
                };
                seen.push(known.name);
                let fault = self.fault(known.value, known.beyond, known.name, &value);
                wrong.extend(fault.map(|(rule, kind, note)| {
                    (rule, kind, format!("the attribute `{}`: {note}", known.name))
                }));
            }
        }
        for known in element.attributes.iter().filter(|known| known.required) {
            if !seen.contains(&known.name) {
                let note = format!("the attribute `{}` is absent", known.name);
                wrong.push((Rule::Schema, ViolationKind::MissingAttribute, note));
            }
        }
        let of_a_file = self.open.last().is_some_and(|open| open.element.name == "hash")
            && self.document == Document::AscManifest;
        if of_a_file && element.beyond == Some(Beyond::Digest) && !seen.contains(&"action") {
            let note = "the attribute `action` is absent from a file's digest".to_owned();
            wrong.push((Rule::Specification, ViolationKind::MissingAttribute, note));
        }
        for (rule, kind, note) in wrong {
            self.report(rule, kind, note);
        }
        self.open.push(Open::new(element));
        Ok(())
    }

    /// Remembers that an entry has a digest of this format, or a manifest something to list.
    fn note_part(&mut self, element: &Element) {
        const LISTS: [&str; 2] = ["hashes", "references"];
        let parts = RecordedHash::elements(Format::Asc).iter().chain(&LISTS);
        let Some(at) = parts.into_iter().position(|name| *name == element.name) else { return };
        if let Some(open) = self.open.last_mut() {
            open.parts |= 1 << at;
        }
    }

    /// Text was read in the innermost open element.
    fn text(&mut self) {
        let Some(open) = self.open.last_mut() else { return };
        let Content::Children(_) = open.element.content else { return };
        let stray = !trim_space(&open.value).is_empty();
        let (element, text) = (open.element.name, cut(&open.value));
        open.value.clear();
        if stray {
            let note = format!("text {text:?} where only elements may stand");
            self.report_here(Rule::Schema, ViolationKind::StrayText, element, note);
        }
    }

    /// The innermost open element ended.
    fn leave(&mut self) {
        let Some(open) = self.open.pop() else { return };
        let element = open.element;
        let wrong = match element.content {
            Content::Anything => Vec::new(),
            Content::Value(value) => {
                self.fault(value, element.beyond, element.name, &open.value).into_iter().collect()
            }
            Content::Children(particles) => {
                let lacking = lacking(particles, &open, particles.len());
                let schema = lacking
                    .into_iter()
                    .map(|note| (Rule::Schema, ViolationKind::MissingElement, note));
                schema.chain(self.lacking_beyond(&open)).collect()
            }
        };
        for (rule, kind, note) in wrong {
            self.report_here(rule, kind, element.name, note);
        }
        if let (Some(parent), "content") = (self.open.last_mut(), element.name) {
            parent.content = open.parts;
        } else if let (Some(parent), "structure") = (self.open.last_mut(), element.name) {
            parent.parts = open.parts;
        }
    }

    /// What the specification of ASC MHL asks of an element that its schema lets pass.
    fn lacking_beyond(&self, open: &Open) -> Option<(Rule, ViolationKind, String)> {
        if self.document != Document::AscManifest {
            return None;
        }
        let (kind, note) = match open.element.name {
            "hash" if open.parts == 0 => (ViolationKind::MissingElement, "the entry has no digest"),
            "hashlist" if open.parts == 0 => {
                (ViolationKind::MissingElement, "neither `hashes` nor `references` stands")
            }
            "directoryhash" | "roothash" if open.content != open.parts => {
                (ViolationKind::UnevenPair, "content and structure are of different hash formats")
            }
            _ => return None,
        };
        Some((Rule::Specification, kind, note.to_owned()))
    }

    /// What is wrong with a value.
    fn fault(
        &self,
        value: Type,
        beyond: Option<Beyond>,
        name: &str,
        text: &str,
    ) -> Option<(Rule, ViolationKind, String)> {
        if !value.admits(text) {
            let empty = value == Type::Positive
                && Type::Integer.admits(text)
                && text.trim_matches(|c| SPACE.contains(&c) || matches!(c, '0' | '+')).is_empty();
            let kind = if empty { ViolationKind::EmptyFile } else { ViolationKind::BadValue };
            return Some((Rule::Schema, kind, format!("{:?}; {}", cut(text), value.expected())));
        }
        let trimmed = trim_space(text);
        let classic = self.document == Document::ClassicList;
        let format = if classic { Format::Classic } else { Format::Asc };
        let note = match beyond? {
            Beyond::Path => RelativePath::new(text).err()?.to_string(),
            Beyond::Digest => RecordedHash::parse(format, name, text).err()?.to_string(),
            Beyond::Size => size_of(text).err()?.to_string(),
            Beyond::Sequence if trimmed.parse().is_ok_and(|number: u64| number > 0) => return None,
            Beyond::Sequence => format!("{:?}; a number from 1 expected", cut(text)),
            Beyond::ClassicVersion if matches!(trimmed, "1.0" | "1.1") => return None,
            Beyond::ClassicVersion => format!("{:?}; 1.0 or 1.1 expected", cut(text)),
        };
        Some((Rule::Specification, ViolationKind::BadValue, note))
    }
}

/// Whether the element that began last is this one.
fn is<R: BufRead>(xml: &Parser<R>, element: &Element) -> bool {
    match element.foreign {
        None => xml.own_name() == Some(element.name),
        Some(namespace) => xml.tag().local() == element.name && xml.namespace() == namespace,
    }
}

/// What must stand before this place in an element's order, and does not.
fn lacking(particles: &[Particle], open: &Open, place: usize) -> Vec<String> {
    let passed = particles.iter().enumerate().take(place).skip(open.at);
    passed
        .filter(|(at, particle)| particle.required && !(*at == open.at && open.filled))
        .map(|(_, particle)| {
            let names: Vec<&str> = particle.choice.iter().map(|element| element.name).collect();
            format!("<{}> has no {}", open.element.name, names.join(" or "))
        })
        .collect()
}
