//! Reading a classic list, entry by entry.

use std::io::BufRead;

use crate::{
    Entry, Event, FileEntry, Finding, FindingKind, Format, Fragment, Header, Limits, ReadError,
    ReadErrorKind, RecordedHash, RelativePath,
    manifest::SIGNATURE,
    read::{Document, Events, hash_element, keep, once, push_hash, read_size},
    xml::{Child, Parser, cut, trim_space},
};

/// Reads a classic list in constant memory: the header first, then events.
///
/// Does not know whether a path comes twice; [`read`](super::read) does.
///
/// ```no_run
/// use std::{fs::File, io::BufReader};
/// use mhl_core::{Entry, Event, Limits, classic};
///
/// let list = BufReader::new(File::open("A001R1AB_2026-11-22_143000.mhl")?);
/// for event in classic::Reader::new(list, &Limits::default())? {
///     if let Event::Entry(Entry::File(file)) = event? {
///         println!("{}", file.path);
///     }
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "a list is read by iterating"]
pub struct Reader<R> {
    document: Document<R>,
    header: Header,
    state: State,
}

/// The namespace of XML signatures.
pub(crate) const SIGNATURE_NAMESPACE: &str = "http://www.w3.org/2000/09/xmldsig#";

enum State {
    /// The start tag of an entry was read.
    AtEntry,
    /// Between entries.
    InList,
    /// At the end of the document, or after an error.
    Done,
}

impl<R: BufRead> Reader<R> {
    /// Reads up to the first entry.
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
        xml: Parser<R>,
        remarks: Vec<Box<str>>,
        limits: &Limits,
    ) -> Result<Self, ReadError> {
        if xml.namespace() != "" || xml.tag().local() != "hashlist" {
            return Err(xml.at_element(ReadErrorKind::UnknownRoot {
                element: cut(xml.tag().local()),
                namespace: cut(xml.namespace()),
                expected: "<hashlist> in no namespace (classic) or in urn:ASC:MHL:v2.0 (ASC)",
            }));
        }
        let document = Document::new(xml, Format::Classic, limits);
        let mut reader =
            Reader { document, header: Header::new(Format::Classic), state: State::InList };
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
        header.version = match version.as_deref().map(trim_space) {
            Some(version @ ("1.0" | "1.1")) => version.to_owned(),
            _ => {
                let (found, expected) = (version.map(|v| cut(&v)), "1.0 or 1.1");
                return Err(document.xml.at_element(ReadErrorKind::Version { found, expected }));
            }
        };
        if document.xml.declared_wrongly() {
            let note = "the declaration names an encoding that the document has not, read as UTF-8";
            document.note(FindingKind::Nonconforming, note.to_owned());
        }
        let mut creator_seen = None;
        loop {
            let (document, header) = (&mut self.document, &mut self.header);
            match document.xml.child("hashlist")? {
                Child::Remark(xml) => document.remarks(vec![xml]),
                Child::End => {
                    self.end()?;
                    break;
                }
                Child::Element => match document.which(&["hash", "creatorinfo", "creationdate"]) {
                    Some("hash") => {
                        self.state = State::AtEntry;
                        break;
                    }
                    Some("creatorinfo") => {
                        once(&mut creator_seen, (), "creatorinfo", document)?;
                        read_creator(document, header)?;
                    }
                    Some(_) => {
                        let time = document.time("creationdate", &mut header.extra)?;
                        once(&mut header.created, time, "creationdate", document)?;
                    }
                    None => self.keep_in_root()?,
                },
            }
        }
        self.header.extra.settle();
        if creator_seen.is_none() {
            let note = "<hashlist> has no <creatorinfo> before its entries";
            self.document.note(FindingKind::Nonconforming, note.to_owned());
        }
        Ok(())
    }

    /// Keeps a child of the root element: the list's signature, or an unknown one.
    fn keep_in_root(&mut self) -> Result<(), ReadError> {
        let document = &mut self.document;
        let xml = &document.xml;
        let kept = if xml.tag().local() == SIGNATURE && xml.namespace() == SIGNATURE_NAMESPACE {
            let note = "the list carries an XML signature: kept, and not verified";
            document.note(FindingKind::Signature, note.to_owned());
            Fragment { element: SIGNATURE, xml: document.xml.fragment()?.xml }
        } else {
            document.unknown("hashlist")?
        };
        document.waiting.push_back(Event::Kept(kept));
        Ok(())
    }

    /// After the end tag of the root element.
    fn end(&mut self) -> Result<(), ReadError> {
        let remarks = self.document.xml.finish()?;
        self.document.remarks(remarks);
        if self.document.entries() == 0 {
            self.document.find(Finding::new(FindingKind::Unproven, "").noting("the list is empty"));
        }
        self.state = State::Done;
        Ok(())
    }

    /// Reads on: an entry, which comes after what waits to be taken; without one, something
    /// waits, or the document is at its end, or there was nothing to tell.
    fn advance(&mut self) -> Result<Option<Event>, ReadError> {
        if matches!(self.state, State::InList) {
            match self.document.xml.child("hashlist")? {
                Child::Remark(xml) => self.document.remarks(vec![xml]),
                Child::End => self.end()?,
                Child::Element if self.document.which(&["hash"]).is_some() => {
                    self.state = State::AtEntry;
                }
                Child::Element => self.keep_in_root()?,
            }
        }
        if matches!(self.state, State::AtEntry) {
            self.document.count()?;
            self.state = State::InList;
            return Ok(Some(Event::Entry(Entry::File(read_entry(&mut self.document)?))));
        }
        Ok(None)
    }
}

impl<R: BufRead> Iterator for Reader<R> {
    type Item = Result<Event, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(event) = self.document.waiting.pop_front() {
                return Some(Ok(event));
            }
            if matches!(self.state, State::Done) {
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
        std::mem::replace(&mut self.header, Header::new(Format::Classic))
    }

    fn error(&self, kind: ReadErrorKind) -> ReadError {
        self.document.xml.at_element(kind)
    }
}

fn read_creator<R: BufRead>(
    document: &mut Document<R>,
    header: &mut Header,
) -> Result<(), ReadError> {
    const CHILDREN: [&str; 8] =
        ["name", "username", "hostname", "tool", "source", "startdate", "finishdate", "log"];
    let Header { creator, extra, .. } = header;
    document.keep_attributes("creatorinfo", extra)?;
    loop {
        match document.xml.child("creatorinfo")? {
            Child::End => return Ok(()),
            Child::Remark(xml) => {
                extra.keep(Fragment { element: "creatorinfo", xml });
            }
            Child::Element => {
                let Some(element) = document.which(&CHILDREN) else {
                    let kept = document.unknown("creatorinfo")?;
                    extra.keep(kept);
                    continue;
                };
                let slot = match element {
                    "startdate" | "finishdate" => {
                        let time = document.time(element, extra)?;
                        let slot = match element {
                            "startdate" => &mut creator.started,
                            _ => &mut creator.finished,
                        };
                        once(slot, time, element, document)?;
                        continue;
                    }
                    "name" => &mut creator.name,
                    "username" => &mut creator.username,
                    "hostname" => &mut creator.hostname,
                    "tool" => &mut creator.tool,
                    "source" => &mut creator.source,
                    _ => &mut creator.log,
                };
                let value = document.value(element, extra)?;
                once(slot, value, element, document)?;
            }
        }
    }
}

/// The children of an entry, in the order of the schema.
#[derive(Clone, Copy)]
enum Part {
    File,
    Size,
    Created,
    Modified,
    Digest(&'static str),
    HashDate,
}

impl Part {
    /// By the name of the element; `None` for one that the format does not define here.
    fn of(name: &str) -> Option<Self> {
        Some(match name {
            "file" => Part::File,
            "size" => Part::Size,
            "creationdate" => Part::Created,
            "lastmodificationdate" => Part::Modified,
            "hashdate" => Part::HashDate,
            _ => Part::Digest(hash_element(Format::Classic, name)?),
        })
    }

    /// Its place in the schema's order, in which digests stand in any.
    fn rank(self) -> u8 {
        match self {
            Part::File => 1,
            Part::Size => 2,
            Part::Created => 3,
            Part::Modified => 4,
            Part::Digest(_) => 5,
            Part::HashDate => 6,
        }
    }
}

fn read_entry<R: BufRead>(document: &mut Document<R>) -> Result<FileEntry, ReadError> {
    let mut entry = FileEntry::new(RelativePath::unread(), None);
    let mut path = None;
    let mut reference = false;
    let unknown = document.attributes("hash", |name, value| {
        reference = name == "referencehhashlist" && matches!(value.trim(), "true" | "1");
        Ok(name == "referencehhashlist" && matches!(value.trim(), "true" | "1" | "false" | "0"))
    })?;
    entry.reference = reference;
    keep("hash", unknown, &mut entry.extra);
    let mut place = 0;
    loop {
        match document.xml.child("hash")? {
            Child::End => break,
            Child::Remark(xml) => {
                entry.extra.keep(Fragment { element: "hash", xml });
                continue;
            }
            Child::Element => {}
        }
        let part = document.xml.own_name().and_then(Part::of);
        let rank = part.map_or(place, Part::rank);
        if rank < place {
            let note = "the children of <hash> stand in another order than the schema's";
            document.note(FindingKind::Nonconforming, note.to_owned());
        }
        place = rank;
        let (time, element) = match part {
            Some(Part::File) => {
                document.keep_attributes("file", &mut entry.extra)?;
                let value = document.path_value("file")?;
                once(&mut path, value, "file", document)?;
                continue;
            }
            Some(Part::Size) => {
                document.keep_attributes("size", &mut entry.extra)?;
                if entry.size.is_some() {
                    return Err(document
                        .xml
                        .at_element(ReadErrorKind::Repeated { element: "size" }));
                }
                let usual = read_size(&mut entry, document.xml.text("size")?);
                if !usual.map_err(|kind| document.xml.at_value(kind))? {
                    document
                        .note(FindingKind::Spelling, "sizes that are no plain digits".to_owned());
                }
                continue;
            }
            Some(Part::Created) => (&mut entry.created, "creationdate"),
            Some(Part::Modified) => (&mut entry.modified, "lastmodificationdate"),
            Some(Part::HashDate) => (&mut entry.hash_date, "hashdate"),
            Some(Part::Digest(element)) => {
                let hash = document.digest(element, |_, _| Ok(false))?;
                push_hash(&mut entry.hashes, hash);
                continue;
            }
            None => {
                let hash = document.unknown_digest("hash", &mut entry.extra)?;
                push_hash(&mut entry.hashes, hash);
                continue;
            }
        };
        let value = document.time(element, &mut entry.extra)?;
        once(time, value, element, document)?;
    }
    entry.hashes.sort_by_key(RecordedHash::rank);
    entry.extra.settle();
    let missing = |missing| ReadErrorKind::Missing { element: "hash", missing };
    entry.path = path.ok_or_else(|| document.xml.at_element(missing("<file>")))?;
    let parts = [("size", entry.size.is_none()), ("digest", entry.hashes.is_empty())];
    for (part, absent) in parts {
        if absent {
            let note = format!("the entry has no {part}");
            document
                .find(Finding::new(FindingKind::Nonconforming, entry.path.as_str()).noting(note));
        }
    }
    Ok(entry)
}
