//! Classic MHL, versions 1.0 and 1.1: one XML file at the root of a roll.
//!
//! [`read`] and [`write()`] take a whole list; [`Reader`] and [`Writer`] take it entry by entry, in
//! constant memory.
//!
//! # How a list is read
//! - Versions 1.0 and 1.1, no namespace, any encoding (UTF-8, UTF-16, UTF-32 and the declared
//!   legacy ones). Children in another order than the schema's are read, with a warning.
//! - A value is text alone, or one CDATA section alone. A comment, an element or a CDATA section
//!   beside text is an error: joining the pieces could make another value of them.
//! - `xxhash64`, deprecated, is read as little-endian and kept as it is; see
//!   [`RecordedHash::compare`](crate::RecordedHash::compare).
//! - What the format does not define is kept and written back, with a warning.
//!
//! # How a list is written
//! UTF-8, LF, the schema's order, version 1.1, the same bytes for the same list. An empty file has
//! `<size>0</size>`, which the published schema does not admit: losing the file from the list
//! would be worse. Of several digests `xxhash` comes last.

mod reader;
mod writer;

use std::io::{BufRead, Write};

pub use reader::Reader;
pub(crate) use reader::SIGNATURE_NAMESPACE;
pub use writer::Writer;

use crate::{Format, Limits, Manifest, ReadError, Timestamp, WriteError, read::fold};

/// Reads a classic list.
///
/// # Errors
/// As [`read_manifest`](crate::read_manifest); an ASC manifest is an error too.
pub fn read(source: impl BufRead, limits: &Limits) -> Result<Manifest, ReadError> {
    fold(&mut Reader::new(source, limits)?)
}

/// Writes a classic list.
///
/// # Errors
/// When the sink fails, a name cannot stand in XML, or the manifest is of the other format or
/// holds what the format has no element for.
///
/// ```
/// use mhl_core::{FileEntry, Format, Header, Entry, Manifest, RecordedHash, RelativePath, classic};
/// use mhl_hash::{Algorithm, HashValue};
///
/// let mut manifest = Manifest::new(Header::new(Format::Classic));
/// let mut clip = FileEntry::new(RelativePath::new("A001C001.mxf")?, Some(5));
/// let digest = HashValue::from_hex(Algorithm::Xxh64, "0ea03b369a463d9d")?;
/// clip.hashes.push(RecordedHash::new(Format::Classic, digest));
/// manifest.entries.push(Entry::File(clip));
/// let mut list = Vec::new();
/// classic::write(&manifest, &mut list)?;
/// assert!(String::from_utf8(list)?.contains("<xxhash64be>0ea03b369a463d9d</xxhash64be>"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write(manifest: &Manifest, sink: impl Write) -> Result<(), WriteError> {
    if manifest.format() != Format::Classic || !manifest.references.is_empty() {
        return Err(WriteError::WrongFormat("a classic list can only be written of a classic one"));
    }
    let mut writer = Writer::new(sink, &manifest.header)?;
    for entry in &manifest.entries {
        match entry {
            crate::Entry::File(file) => writer.entry(file)?,
            crate::Entry::Directory(_) => {
                return Err(WriteError::WrongFormat("a classic list has no directory entries"));
            }
        }
    }
    writer.finish_with(&manifest.extra).map(drop)
}

/// The name of a list's file: `<folder>_<YYYY-MM-DD>_<HHMMSS>.mhl`, in UTC.
///
/// ```
/// use mhl_core::{Timestamp, classic};
///
/// let time = Timestamp::from_unix(1_795_357_800, 0).unwrap();
/// assert_eq!(classic::file_name("A001R1AB", &time), "A001R1AB_2026-11-22_143000.mhl");
/// ```
#[must_use]
pub fn file_name(folder: &str, time: &Timestamp) -> String {
    format!("{folder}_{}.mhl", time.file_name_form())
}
