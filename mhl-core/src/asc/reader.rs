//! Reading an ASC manifest, entry by entry.

use std::io::BufRead;

use super::{
    NAMESPACE,
    elements::{read_creator, read_directory, read_file, read_process, read_reference},
};
use crate::{
    Entry, Event, Extra, Finding, FindingKind, Format, Fragment, Header, Limits, ReadError,
    ReadErrorKind,
    read::{Document, Events, keep, once},
    xml::{Child, Parser, cut, trim_space},
};

/// Reads an ASC manifest in constant memory: the header first, then events.
///
/// Does not know whether a path comes twice; [`read`](super::read) does.
#[must_use = "a manifest is read by iterating"]
pub struct Reader<R> {
    document: Document<R>,
    header: Header,
    state: State,
    hashes_seen: bool,
    references_seen: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// The start tag of this child of the root element was read.
    At(&'static str),
    InRoot,
    InHashes,
    InReferences,
    /// At the end of the document, or after an error.
    Done,
}

impl<R: BufRead> Reader<R> {
    /// Reads up to the first entry or reference.
    ///
    /// # Errors
    /// As [`read_manifest`](crate::read_manifest).
    pub fn new(source: R, limits: &Limits) -> Result<Self, ReadError> {
        let mut xml = Parser::new(source, *limits);
        let remarks = xml.root()?;
        Self::from_root(xml, remarks, limits)
    }

    /// Goes on after the start tag of the root element.
    pub(crate) fn from_root(
        mut xml: Parser<R>,
        remarks: Vec<Box<str>>,
        limits: &Limits,
    ) -> Result<Self, ReadError> {
        require_root(&mut xml, NAMESPACE, "hashlist", "<hashlist> in urn:ASC:MHL:v2.0")?;
        let document = Document::new(xml, Format::Asc, limits);
        let mut reader = Reader {
            document,
            header: Header::new(Format::Asc),
            state: State::InRoot,
            hashes_seen: false,
            references_seen: false,
        };
        reader.document.remarks(remarks);
        reader.read_header()?;
        Ok(reader)
    }

    /// What stands before the entries.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    fn read_header(&mut self) -> Result<(), ReadError> {
        let document = &mut self.document;
        let header = &mut self.header;
        let mut version = None;
        let unknown = document.attributes("hashlist", |name, value| {
            let known = name == "version";
            if known {
                version = Some(value.to_owned());
            }
            Ok(known)
        })?;
        keep("hashlist", unknown, &mut header.extra);
        if version.as_deref().map(trim_space) != Some("2.0") {
            let (found, expected) = (version.map(|version| cut(&version)), "2.0");
            return Err(document.xml.at_element(ReadErrorKind::Version { found, expected }));
        }
        if document.xml.declared_wrongly() {
            let note = "the declaration names an encoding that the document has not, read as UTF-8";
            document.note(FindingKind::Nonconforming, note.to_owned());
        }
        let (mut creator_seen, mut process_seen) = (None, None);
        loop {
            let document = &mut self.document;
            match document.xml.child("hashlist")? {
                Child::Remark(xml) => document.remarks(vec![xml]),
                Child::End => {
                    self.end()?;
                    break;
                }
                Child::Element => match document.which(&["creatorinfo", "processinfo"]) {
                    Some("creatorinfo") => {
                        once(&mut creator_seen, (), "creatorinfo", document)?;
                        read_creator(document, &mut self.header)?;
                    }
                    Some(_) => {
                        once(&mut process_seen, (), "processinfo", document)?;
                        read_process(document, &mut self.header)?;
                    }
                    None => match document.which(&["hashes", "references"]) {
                        Some(element) => {
                            self.state = State::At(element);
                            break;
                        }
                        None => self.keep_in_root()?,
                    },
                },
            }
        }
        self.header.extra.settle();
        for (element, seen) in [("creatorinfo", creator_seen), ("processinfo", process_seen)] {
            if seen.is_none() {
                let note = format!("<hashlist> has no <{element}> before its entries");
                self.document.note(FindingKind::Nonconforming, note);
            }
        }
        Ok(())
    }

    /// Keeps a child of the root element: its `metadata`, which is any XML, or an unknown one.
    fn keep_in_root(&mut self) -> Result<(), ReadError> {
        let kept = match self.document.which(&["metadata"]) {
            Some(element) => Fragment { element, xml: self.document.xml.fragment()?.xml },
            None => self.document.unknown("hashlist")?,
        };
        self.document.waiting.push_back(Event::Kept(kept));
        Ok(())
    }

    /// After the end tag of the root element.
    fn end(&mut self) -> Result<(), ReadError> {
        let remarks = self.document.xml.finish()?;
        self.document.remarks(remarks);
        if self.document.entries() == 0 {
            let note = "the manifest lists nothing";
            self.document.find(Finding::new(FindingKind::Unproven, "").noting(note));
        }
        self.state = State::Done;
        Ok(())
    }

    /// Reads on: an event, which comes after what waits to be taken; without one, something waits,
    /// or the document is at its end, or there was nothing to tell.
    fn advance(&mut self) -> Result<Option<Event>, ReadError> {
        match self.state {
            State::Done => {}
            State::At(element) => self.enter(element)?,
            State::InRoot => match self.document.xml.child("hashlist")? {
                Child::Remark(xml) => self.document.remarks(vec![xml]),
                Child::End => self.end()?,
                Child::Element => match self.document.which(&["hashes", "references"]) {
                    Some(element) => self.enter(element)?,
                    None => self.keep_in_root()?,
                },
            },
            State::InHashes => return self.list_child("hashes", &["hash", "directoryhash"]),
            State::InReferences => return self.list_child("references", &["hashlistreference"]),
        }
        Ok(None)
    }

    fn enter(&mut self, element: &'static str) -> Result<(), ReadError> {
        let (seen, state) = match element {
            "hashes" => (&mut self.hashes_seen, State::InHashes),
            _ => (&mut self.references_seen, State::InReferences),
        };
        if std::mem::replace(seen, true) {
            return Err(self.document.xml.at_element(ReadErrorKind::Repeated { element }));
        }
        let unknown = self.document.attributes(element, |_, _| Ok(false))?;
        let mut extra = Extra::default();
        keep(element, unknown, &mut extra);
        let kept = extra.attributes().iter().cloned().map(Event::KeptAttribute);
        self.document.waiting.extend(kept);
        self.state = state;
        Ok(())
    }

    fn list_child(
        &mut self,
        parent: &'static str,
        elements: &[&'static str],
    ) -> Result<Option<Event>, ReadError> {
        let document = &mut self.document;
        Ok(Some(match document.xml.child(parent)? {
            Child::End => {
                self.state = State::InRoot;
                return Ok(None);
            }
            Child::Remark(xml) => Event::Kept(Fragment { element: parent, xml }),
            Child::Element => {
                let element = document.which(elements);
                if element.is_some() {
                    document.count()?;
                }
                match element {
                    Some("hash") => Event::Entry(Entry::File(read_file(document)?)),
                    Some("directoryhash") => {
                        Event::Entry(Entry::Directory(read_directory(document)?))
                    }
                    Some(_) => Event::Reference(read_reference(document)?),
                    None => Event::Kept(document.unknown(parent)?),
                }
            }
        }))
    }
}

impl<R: BufRead> Iterator for Reader<R> {
    type Item = Result<Event, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(event) = self.document.waiting.pop_front() {
                return Some(Ok(event));
            }
            if self.state == State::Done {
                return None;
            }
            match self.advance() {
                // Nearly always nothing else waits, and the entry need not.
                Ok(Some(event)) if self.document.waiting.is_empty() => return Some(Ok(event)),
                Ok(event) => self.document.waiting.extend(event),
                Err(error) => {
                    self.state = State::Done;
                    self.document.waiting.clear();
                    return Some(Err(error));
                }
            }
        }
    }
}

impl<R: BufRead> Events for Reader<R> {
    fn take_header(&mut self) -> Header {
        std::mem::replace(&mut self.header, Header::new(Format::Asc))
    }

    fn error(&self, kind: ReadErrorKind) -> ReadError {
        self.document.xml.at_element(kind)
    }
}

/// Checks the root element and the encoding of a document in one of the specification's
/// namespaces, and makes that namespace the parser's own.
pub(super) fn require_root<R: BufRead>(
    xml: &mut Parser<R>,
    namespace: &'static str,
    element: &str,
    expected: &'static str,
) -> Result<(), ReadError> {
    if xml.namespace() != namespace || xml.tag().local() != element {
        return Err(xml.at_element(ReadErrorKind::UnknownRoot {
            element: cut(xml.tag().local()),
            namespace: cut(xml.namespace()),
            expected,
        }));
    }
    if xml.encoding() != "UTF-8" {
        let found = xml.encoding();
        return Err(xml.at_element(ReadErrorKind::EncodingNotAllowed { found }));
    }
    xml.set_home(namespace);
    Ok(())
}
