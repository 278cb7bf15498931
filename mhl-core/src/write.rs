//! From entries to XML: what both writers share.

use std::io::Write;

use mhl_hash::Algorithm;

use crate::{
    Entry, FileEntry, Format, Header, RecordedHash, Reference, WriteError, asc, classic,
    xml::Output,
};

/// Writes a manifest of either format in constant memory, as its header has it.
///
/// ```
/// use mhl_core::{Entry, FileEntry, Format, Header, ManifestWriter, RelativePath};
///
/// let mut list = ManifestWriter::new(Vec::new(), &Header::new(Format::Classic))?;
/// list.entry(&Entry::File(FileEntry::new(RelativePath::new("a.mov")?, Some(1))))?;
/// let written = String::from_utf8(list.finish(&[])?)?;
/// assert!(written.contains("<file>a.mov</file>"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "a manifest is complete only after `finish`"]
#[derive(Debug)]
pub struct ManifestWriter<W>(Either<W>);

#[derive(Debug)]
enum Either<W> {
    Classic(classic::Writer<W>),
    Asc(asc::Writer<W>),
}

impl<W: Write> ManifestWriter<W> {
    /// Begins a manifest. What its schema asks for and is absent is left out, not invented:
    /// [`classic::Writer`] and [`asc::Writer`] say what that is.
    ///
    /// # Errors
    /// When a text of the header cannot stand in XML.
    pub fn new(sink: W, header: &Header) -> Result<Self, WriteError> {
        Ok(ManifestWriter(match header.format {
            Format::Classic => Either::Classic(classic::Writer::new(sink, header)?),
            Format::Asc => Either::Asc(asc::Writer::new(sink, header)?),
        }))
    }

    /// Its format.
    #[must_use]
    pub fn format(&self) -> Format {
        match &self.0 {
            Either::Classic(_) => Format::Classic,
            Either::Asc(_) => Format::Asc,
        }
    }

    /// Writes one entry.
    ///
    /// # Errors
    /// When the sink fails, the path cannot stand in XML, the format has no element for a digest, or
    /// no folders in it (classic). After all but the first the manifest goes on as if the entry had
    /// not been given.
    pub fn entry(&mut self, entry: &Entry) -> Result<(), WriteError> {
        match (&mut self.0, entry) {
            (Either::Classic(list), Entry::File(file)) => list.entry(file),
            (Either::Classic(_), Entry::Directory(_)) => {
                Err(WriteError::WrongFormat("a classic list has no folders"))
            }
            (Either::Asc(manifest), entry) => manifest.entry(entry),
        }
    }

    /// Ends the manifest with its references (ASC) and gives back the sink, flushed.
    ///
    /// # Errors
    /// When the sink fails, the path of a reference cannot stand in XML, or there are references in a
    /// classic list.
    pub fn finish(self, references: &[Reference]) -> Result<W, WriteError> {
        match self.0 {
            Either::Classic(_) if !references.is_empty() => {
                Err(WriteError::WrongFormat("a classic list refers to no others"))
            }
            Either::Classic(list) => list.finish(),
            Either::Asc(manifest) => manifest.finish(references),
        }
    }
}

/// A line with one recorded digest. `path` is for the error.
pub(crate) fn write_digest<W: Write>(
    output: &mut Output<W>,
    level: usize,
    format: Format,
    hash: &RecordedHash,
    path: &str,
) -> Result<(), WriteError> {
    let Some(element) = hash.element_in(format) else {
        return Err(WriteError::NoSuchElement {
            format: format.name(),
            algorithm: hash.algorithm().map_or("null", Algorithm::name),
            path: path.to_owned(),
        });
    };
    output.indent(level);
    output.raw().push('<');
    output.raw().push_str(element);
    if format == Format::Asc {
        if let Some(action) = &hash.action {
            output.attribute("action", action.as_str())?;
        }
        output.time_attribute("hashdate", hash.date.as_ref());
    }
    for (name, value) in &hash.attributes {
        output.attribute(name, value)?;
    }
    output.raw().push('>');
    match hash.spelling_in(format) {
        Some(text) => output.escaped(text)?,
        None => hash.append_value_in(format, output.raw()),
    }
    output.end(element);
    Ok(())
}

/// Lines with the recorded digests of an entry, in the order of their ranks.
pub(crate) fn write_digests<W: Write>(
    output: &mut Output<W>,
    level: usize,
    format: Format,
    hashes: &[RecordedHash],
    path: &str,
) -> Result<(), WriteError> {
    // Sorting is rare, and the usual entry costs no allocation.
    if hashes.is_sorted_by_key(RecordedHash::rank) {
        return hashes.iter().try_for_each(|hash| write_digest(output, level, format, hash, path));
    }
    let mut sorted: Vec<&RecordedHash> = hashes.iter().collect();
    sorted.sort_by_key(|hash| hash.rank());
    sorted.into_iter().try_for_each(|hash| write_digest(output, level, format, hash, path))
}

/// The size of an entry as it is written.
pub(crate) fn push_size(entry: &FileEntry, out: &mut String) {
    let Some(size) = entry.size else { return };
    // The spelling counts only as long as nobody changed the size.
    let spelling = entry
        .size_spelling
        .as_deref()
        .filter(|text| text.strip_prefix('+').unwrap_or(text).parse() == Ok(size));
    if let Some(spelling) = spelling {
        return out.push_str(spelling);
    }
    let mut digits = [0; 20];
    let mut rest = size;
    let mut begin = digits.len();
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
        begin -= 1;
        if rest == 0 {
            break;
        }
    }
    let digits = digits.get(begin..).unwrap_or_default();
    out.push_str(str::from_utf8(digits).unwrap_or_default());
}
