//! From a document to events, and from events to a manifest: what both formats share.

use std::{
    collections::{HashMap, HashSet, VecDeque, hash_map},
    hash::{BuildHasher, RandomState},
    io::BufRead,
    iter,
};

use crate::{
    Attribute, Entry, Extra, FileEntry, Finding, FindingKind, Format, Fragment, Header, Limits,
    Manifest, ReadError, ReadErrorKind, RecordedHash, Reference, RelativePath, Timestamp, asc,
    classic,
    manifest::NameValue,
    path::Ordered,
    xml::{Parser, cut, prefix, trim_space},
};

/// What a reader yields after the header, in the order of the document.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
// Nearly every event is an entry: boxing it would cost more than it saves.
#[allow(clippy::large_enum_variant)]
pub enum Event {
    /// A file or directory.
    Entry(Entry),
    /// A nested manifest that is referred to (ASC).
    Reference(Reference),
    /// Something in the root element that the format does not define, the ASC `metadata`, or the
    /// signature of a classic list.
    Kept(Fragment),
    /// An attribute that the format does not define, of the ASC `hashes` or `references`.
    KeptAttribute(Attribute),
    /// Something unusual. What is unusual in the same way all over a document is reported once,
    /// at its first place.
    Finding(Finding),
}

/// Reads a manifest of either format, whose root element tells which.
///
/// # Errors
/// [`ReadError`] with the place: when the document is cut, is no well-formed XML, is no Media Hash
/// List, exceeds a limit, or says something that cannot be (a path that leaves the roll, a digest
/// or size or time that is none, one path with two contents).
///
/// ```
/// use mhl_core::{Limits, ReadErrorKind, read_manifest};
///
/// let error = read_manifest(&b"<hashlist version=\"1.1\">"[..], &Limits::default()).unwrap_err();
/// assert!(matches!(error.kind, ReadErrorKind::Truncated { .. }));
/// ```
pub fn read_manifest(source: impl BufRead, limits: &Limits) -> Result<Manifest, ReadError> {
    fold(&mut ManifestReader::new(source, limits)?)
}

/// Reads a manifest of either format in constant memory: the header first, then events.
///
/// Does not know whether a path comes twice; [`read_manifest`] does. After an error it is at its end.
///
/// ```no_run
/// use std::{fs::File, io::BufReader};
/// use mhl_core::{Entry, Event, Limits, ManifestReader};
///
/// let list = BufReader::new(File::open("A001R1AB_2026-11-22_143000.mhl")?);
/// let reader = ManifestReader::new(list, &Limits::default())?;
/// println!("made by {:?}", reader.header().creator.tool);
/// for event in reader {
///     if let Event::Entry(Entry::File(file)) = event? {
///         println!("{}", file.path);
///     }
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "a manifest is read by iterating"]
pub struct ManifestReader<R>(Either<R>);

enum Either<R> {
    Classic(classic::Reader<R>),
    Asc(asc::Reader<R>),
}

impl<R: BufRead> ManifestReader<R> {
    /// Reads up to the first entry or reference.
    ///
    /// # Errors
    /// As [`read_manifest`].
    pub fn new(source: R, limits: &Limits) -> Result<Self, ReadError> {
        let mut xml = Parser::new(source, *limits);
        let remarks = xml.root()?;
        Ok(ManifestReader(if xml.namespace() == asc::NAMESPACE {
            Either::Asc(asc::Reader::from_root(xml, remarks, limits)?)
        } else {
            Either::Classic(classic::Reader::from_root(xml, remarks, limits)?)
        }))
    }

    /// What stands before the entries.
    #[must_use]
    pub fn header(&self) -> &Header {
        match &self.0 {
            Either::Classic(reader) => reader.header(),
            Either::Asc(reader) => reader.header(),
        }
    }
}

impl<R: BufRead> Iterator for ManifestReader<R> {
    type Item = Result<Event, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.0 {
            Either::Classic(reader) => reader.next(),
            Either::Asc(reader) => reader.next(),
        }
    }
}

impl<R: BufRead> Events for ManifestReader<R> {
    fn take_header(&mut self) -> Header {
        match &mut self.0 {
            Either::Classic(reader) => reader.take_header(),
            Either::Asc(reader) => reader.take_header(),
        }
    }

    fn error(&self, kind: ReadErrorKind) -> ReadError {
        match &self.0 {
            Either::Classic(reader) => reader.error(kind),
            Either::Asc(reader) => reader.error(kind),
        }
    }
}

/// A reader of events, whatever its format.
pub(crate) trait Events: Iterator<Item = Result<Event, ReadError>> {
    fn take_header(&mut self) -> Header;
    /// An error about the entry that was read last.
    fn error(&self, kind: ReadErrorKind) -> ReadError;
}

/// Puts the events of a reader into a manifest.
pub(crate) fn fold(events: &mut dyn Events) -> Result<Manifest, ReadError> {
    let mut manifest = Manifest::new(events.take_header());
    let mut paths = Paths::default();
    while let Some(event) = events.next() {
        match event? {
            Event::Entry(entry) => {
                let earlier = paths.earlier(&manifest.entries, entry.path(), Entry::path);
                if let Some(earlier) = earlier {
                    if !agree(earlier, &entry) {
                        let path = cut(entry.path().as_str());
                        return Err(events.error(ReadErrorKind::Contradiction(path)));
                    }
                    manifest.findings.push(
                        Finding::new(FindingKind::DuplicateEntry, entry.path().as_str())
                            .noting("listed twice; the entries agree"),
                    );
                }
                manifest.entries.push(entry);
            }
            Event::Reference(reference) => manifest.references.push(reference),
            Event::Kept(fragment) => manifest.extra.keep(fragment),
            Event::KeptAttribute(attribute) => manifest.extra.keep_attribute(attribute),
            Event::Finding(finding) => manifest.findings.push(finding),
        }
    }
    manifest.extra.settle();
    Ok(manifest)
}

/// Where each path was listed first, without a second copy of it.
#[derive(Default)]
pub(crate) struct Paths {
    /// The entries do not stand in an order of their paths. As long as they do, as in most lists,
    /// the last one tells whether the next is new, and nothing is remembered.
    unordered: bool,
    order: Ordered,
    keys: RandomState,
    first: HashMap<u64, usize>,
    /// Entries whose hash another path had first: hardly ever one.
    collided: Vec<usize>,
}

impl Paths {
    /// The entry that listed this path before; otherwise remembers that the next entry does.
    pub(crate) fn earlier<'a, T>(
        &mut self,
        entries: &'a [T],
        path: &RelativePath,
        path_of: impl Fn(&T) -> &RelativePath,
    ) -> Option<&'a T> {
        if !self.unordered {
            let follows = |last| self.order.follows(path_of(last).as_str(), path.as_str());
            if entries.last().is_none_or(follows) {
                return None;
            }
            self.unordered = true;
            for (at, entry) in entries.iter().enumerate() {
                self.remember(path_of(entry), at);
            }
        }
        let first = self.first.get(&self.keys.hash_one(path.as_str()));
        let mut candidates =
            first.into_iter().flat_map(|first| iter::once(first).chain(&self.collided));
        let earlier =
            candidates.find_map(|at| entries.get(*at).filter(|entry| path_of(entry) == path));
        if earlier.is_none() {
            self.remember(path, entries.len());
        }
        earlier
    }

    fn remember(&mut self, path: &RelativePath, at: usize) {
        match self.first.entry(self.keys.hash_one(path.as_str())) {
            hash_map::Entry::Vacant(first) => _ = first.insert(at),
            hash_map::Entry::Occupied(_) => self.collided.push(at),
        }
    }
}

/// Whether two entries of one path can both hold.
pub(crate) fn agree(a: &Entry, b: &Entry) -> bool {
    match (a, b) {
        (Entry::File(a), Entry::File(b)) => files_agree((a.size, &a.hashes), (b.size, &b.hashes)),
        (Entry::Directory(a), Entry::Directory(b)) => {
            hashes_agree(&a.content, &b.content) && hashes_agree(&a.structure, &b.structure)
        }
        _ => false,
    }
}

/// Whether two sizes with their digests can be of one file.
pub(crate) fn files_agree(
    a: (Option<u64>, &[RecordedHash]),
    b: (Option<u64>, &[RecordedHash]),
) -> bool {
    a.0.is_none_or(|size| b.0.is_none_or(|other| size == other)) && hashes_agree(a.1, b.1)
}

fn hashes_agree(a: &[RecordedHash], b: &[RecordedHash]) -> bool {
    a.iter().all(|hash| {
        b.iter()
            .filter(|other| other.algorithm() == hash.algorithm())
            .filter_map(RecordedHash::value)
            .all(|value| hash.is_failed() || hash.compare(&value).holds())
    })
}

/// A document of one format being read: its parser, and the events that wait to be taken.
pub(crate) struct Document<R> {
    pub(crate) xml: Parser<R>,
    pub(crate) format: Format,
    pub(crate) waiting: VecDeque<Event>,
    /// Notes that were made once for the whole document.
    noted: HashSet<String>,
    entries: u64,
    limit: u64,
}

/// Distinct notes that are remembered; beyond them each occurrence is reported, without its place.
const REMEMBERED: usize = 1000;

impl<R: BufRead> Document<R> {
    pub(crate) fn new(xml: Parser<R>, format: Format, limits: &Limits) -> Self {
        Document {
            xml,
            format,
            waiting: VecDeque::new(),
            noted: HashSet::new(),
            entries: 0,
            limit: limits.entries,
        }
    }

    /// Reports something about one path.
    pub(crate) fn find(&mut self, finding: Finding) {
        self.waiting.push_back(Event::Finding(finding));
    }

    /// Reports something about the document, at its first occurrence.
    pub(crate) fn note(&mut self, kind: FindingKind, note: String) {
        if self.noted.contains(&note) {
            return;
        }
        if self.noted.len() == REMEMBERED {
            return self.find(Finding::new(kind, "").noting(note));
        }
        let place = self.xml.element_position();
        self.find(Finding::new(kind, "").noting(format!("{note} (first at {place})")));
        self.noted.insert(note);
    }

    /// The comments and processing instructions around the root element.
    pub(crate) fn remarks(&mut self, remarks: Vec<Box<str>>) {
        for xml in remarks {
            self.waiting.push_back(Event::Kept(Fragment { element: "hashlist", xml }));
        }
    }

    /// Counts an entry, reference or generation against the limit.
    pub(crate) fn count(&mut self) -> Result<(), ReadError> {
        self.entries += 1;
        if self.entries > self.limit {
            let kind = ReadErrorKind::Limit { what: "entries", limit: self.limit };
            return Err(self.xml.at_element(kind));
        }
        Ok(())
    }

    /// Entries so far.
    pub(crate) fn entries(&self) -> u64 {
        self.entries
    }

    /// Which of these elements began last; `None` when it is another, or in another namespace.
    pub(crate) fn which(&self, elements: &[&'static str]) -> Option<&'static str> {
        let name = self.xml.own_name()?;
        elements.iter().find(|element| **element == name).copied()
    }

    /// Offers each attribute of the element that began last to `take`, and returns those that it
    /// does not know, with the namespace declarations that they need.
    pub(crate) fn attributes(
        &mut self,
        element: &'static str,
        mut take: impl FnMut(&str, &str) -> Result<bool, ReadErrorKind>,
    ) -> Result<Vec<NameValue>, ReadError> {
        let mut unknown: Vec<NameValue> = Vec::new();
        if !self.xml.tag().has_attributes() {
            return Ok(unknown);
        }
        for attribute in self.xml.tag().attributes() {
            let (name, value) = attribute.map_err(|kind| self.xml.at_element(kind))?;
            if take(name, &value).map_err(|kind| self.xml.at_attribute(name, kind))? {
                continue;
            }
            let prefix = prefix(name);
            if let Some(uri) = self.xml.prefix_uri(prefix).filter(|_| !prefix.is_empty()) {
                let declaration = format!("xmlns:{prefix}").into_boxed_str();
                if unknown.iter().all(|(name, _)| *name != declaration) {
                    unknown.push((declaration, uri.into()));
                }
            }
            unknown.push((name.into(), value.into()));
        }
        for at in 0..unknown.len() {
            let Some((name, _)) = unknown.get(at) else { break };
            if !name.starts_with("xmlns:") {
                let note = format!("unknown attribute {name:?} of <{element}>, kept");
                self.note(FindingKind::Nonconforming, note);
            }
        }
        Ok(unknown)
    }

    /// Keeps every attribute of the element that began last.
    pub(crate) fn keep_attributes(
        &mut self,
        element: &'static str,
        extra: &mut Extra,
    ) -> Result<(), ReadError> {
        if self.xml.tag().has_attributes() {
            let unknown = self.attributes(element, |_, _| Ok(false))?;
            keep(element, unknown, extra);
        }
        Ok(())
    }

    /// The value of the element that began last; its attributes are kept.
    pub(crate) fn value(
        &mut self,
        element: &'static str,
        extra: &mut Extra,
    ) -> Result<String, ReadError> {
        self.keep_attributes(element, extra)?;
        Ok(self.xml.text(element)?.to_owned())
    }

    /// The time in the element that began last; its attributes are kept.
    pub(crate) fn time(
        &mut self,
        element: &'static str,
        extra: &mut Extra,
    ) -> Result<Timestamp, ReadError> {
        self.keep_attributes(element, extra)?;
        let time = Timestamp::parse(self.xml.text(element)?);
        let time = time.map_err(|error| self.xml.at_value(error))?;
        self.note_zone(&time);
        Ok(time)
    }

    /// Warns of a time without a zone.
    pub(crate) fn note_zone(&mut self, time: &Timestamp) {
        if !time.zone_known() {
            let note = "times without a zone, taken as UTC".to_owned();
            self.note(FindingKind::Spelling, note);
        }
    }

    /// Checks a path and reports what is unusual about it.
    pub(crate) fn path(
        &mut self,
        read: Result<(RelativePath, Vec<Finding>), crate::PathError>,
    ) -> Result<RelativePath, ReadError> {
        let (path, findings) = read.map_err(|error| self.xml.at_value(error))?;
        for finding in findings {
            self.find(finding);
        }
        Ok(path)
    }

    /// The path in the element that began last.
    pub(crate) fn path_value(&mut self, element: &'static str) -> Result<RelativePath, ReadError> {
        let text = self.xml.text(element)?;
        let path = match self.format {
            Format::Classic => RelativePath::from_classic(text),
            Format::Asc => RelativePath::from_asc(text),
        };
        self.path(path)
    }

    /// Keeps the element that began last, which the format does not define in this place.
    pub(crate) fn unknown(&mut self, parent: &'static str) -> Result<Fragment, ReadError> {
        let name = cut(self.xml.tag().name());
        let note = format!("unknown element <{name}> in <{parent}>, kept");
        self.note(FindingKind::Nonconforming, note);
        Ok(Fragment { element: parent, xml: self.xml.fragment()?.xml })
    }

    /// The hash element of the format that began last.
    pub(crate) fn digest_element(&self) -> Option<&'static str> {
        hash_element(self.format, self.xml.own_name()?)
    }

    /// Reads the element that began last as a recorded digest, being this hash element of the
    /// format. With `attribute` the attributes that the format defines.
    pub(crate) fn digest(
        &mut self,
        element: &'static str,
        attribute: impl FnMut(&str, &str) -> Result<bool, ReadErrorKind>,
    ) -> Result<Option<RecordedHash>, ReadError> {
        let unknown = self.attributes(element, attribute)?;
        let hash = RecordedHash::parse(self.format, element, self.xml.text(element)?);
        let mut hash = hash.map_err(|error| self.xml.at_value(error))?;
        if let Some(hash) = &mut hash {
            hash.attributes = unknown;
        }
        Ok(hash)
    }

    /// Reads the element that began last, which the format does not define, as a digest of an
    /// algorithm that it does not know; `None` when it cannot be one, and was kept in `extra`.
    pub(crate) fn unknown_digest(
        &mut self,
        parent: &'static str,
        extra: &mut Extra,
    ) -> Result<Option<RecordedHash>, ReadError> {
        let tag = self.xml.tag();
        let name = tag.name().to_owned();
        let bare = self.xml.own_name() == Some(name.as_str()) && !tag.has_prefixed_attributes();
        let attributes = self.attributes_as_written()?;
        let note = format!("unknown element <{}> in <{parent}>, kept", cut(&name));
        self.note(FindingKind::Nonconforming, note);
        let kept = self.xml.fragment()?;
        match kept.value.filter(|value| bare && !trim_space(value).is_empty()) {
            Some(value) => {
                let mut hash = RecordedHash::unknown(self.format, &name, &value);
                hash.attributes = attributes;
                Ok(Some(hash))
            }
            None => {
                extra.keep(Fragment { element: parent, xml: kept.xml });
                Ok(None)
            }
        }
    }

    fn attributes_as_written(&self) -> Result<Vec<NameValue>, ReadError> {
        self.xml
            .tag()
            .attributes()
            .map(|attribute| match attribute {
                Ok((name, value)) => Ok((name.into(), value.into())),
                Err(kind) => Err(self.xml.at_element(kind)),
            })
            .collect()
    }
}

/// Adds attributes of an element to what is kept.
pub(crate) fn keep(element: &'static str, attributes: Vec<NameValue>, extra: &mut Extra) {
    keep_at(element, 0, attributes, extra);
}

/// The same for one of several elements of that name.
pub(crate) fn keep_at(
    element: &'static str,
    place: usize,
    attributes: Vec<NameValue>,
    extra: &mut Extra,
) {
    for (name, value) in attributes {
        extra.keep_attribute(Attribute { element, place, name, value });
    }
}

/// The hash element of a format that has this name.
pub(crate) fn hash_element(format: Format, name: &str) -> Option<&'static str> {
    RecordedHash::elements(format).iter().find(|element| **element == name).copied()
}

/// Adds a digest. One is usual, and a growing vector would take room for four.
pub(crate) fn push_hash(hashes: &mut Vec<RecordedHash>, hash: Option<RecordedHash>) {
    hashes.reserve_exact(1);
    hashes.extend(hash);
}

/// Sets a part of an element that may stand once.
pub(crate) fn once<T, R: BufRead>(
    slot: &mut Option<T>,
    value: T,
    element: &'static str,
    document: &Document<R>,
) -> Result<(), ReadError> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(document.xml.at_element(ReadErrorKind::Repeated { element })),
    }
}

/// Reads a size into an entry: decimal digits below 2^63, and then the spelling is kept where it
/// is not the plain one.
pub(crate) fn read_size(entry: &mut FileEntry, text: &str) -> Result<bool, ReadErrorKind> {
    let text = trim_space(text);
    entry.size = Some(size_of(text)?);
    let usual = text == "0" || text.starts_with(|first: char| matches!(first, '1'..='9'));
    entry.size_spelling = (!usual).then(|| text.into());
    Ok(usual)
}

/// A number of bytes below 2^63, with white space around it.
pub(crate) fn size_of(text: &str) -> Result<u64, ReadErrorKind> {
    let text = trim_space(text);
    let digits = text.strip_prefix('+').unwrap_or(text);
    let number = digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse::<u64>());
    match number {
        Some(Ok(size)) if size <= i64::MAX as u64 => Ok(size),
        _ => Err(ReadErrorKind::Size(cut(text))),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::write::push_size;

    fn size(text: &str) -> Result<(Option<u64>, bool, String), ReadErrorKind> {
        let mut entry = FileEntry::new(RelativePath::new("a").unwrap(), None);
        let usual = read_size(&mut entry, text)?;
        let mut written = String::new();
        push_size(&entry, &mut written);
        Ok((entry.size, usual, written))
    }

    #[test]
    fn row_50_51_52_sizes_are_numbers_below_2_to_the_63() {
        for text in [
            "-1",
            "",
            "+",
            "1e3",
            "0x10",
            "1 000",
            "９",
            "1.0",
            "9223372036854775808",
            "18446744073709551616",
            "10000000000000000000000000000000000000000",
            "++5",
        ] {
            assert!(matches!(size(text), Err(ReadErrorKind::Size(_))), "{text}");
        }
        for (text, number) in
            [("0", 0), ("5", 5), ("9223372036854775807", i64::MAX as u64), ("120", 120)]
        {
            assert_eq!(size(text).unwrap(), (Some(number), true, text.to_owned()));
        }
        for text in ["+5", "005"] {
            assert_eq!(size(text).unwrap(), (Some(5), false, text.to_owned()), "spelling kept");
        }
        assert_eq!(size(" 5\n").unwrap(), (Some(5), true, "5".to_owned()));
    }

    proptest! {
        #[test]
        fn a_path_that_came_before_is_found_in_any_order(
            names in prop::collection::vec("[a-e]{1,2}", 0..30),
            ordered in 0usize..30,
        ) {
            let mut names = names;
            names.get_mut(..ordered).unwrap_or_default().sort();
            let (mut paths, mut listed) = (Paths::default(), Vec::new());
            for (at, name) in names.iter().enumerate() {
                let path = RelativePath::new(name).unwrap();
                let earlier = paths.earlier(&listed, &path, |(path, _)| path).map(|(_, at)| *at);
                prop_assert_eq!(earlier, names[..at].iter().position(|other| other == name));
                listed.push((path, at));
            }
        }
    }

    #[test]
    fn a_changed_size_is_written_plainly() {
        let mut entry = FileEntry::new(RelativePath::new("a").unwrap(), None);
        read_size(&mut entry, "+5").unwrap();
        entry.size = Some(70);
        let mut written = String::new();
        push_size(&entry, &mut written);
        assert_eq!(written, "70");
    }
}
