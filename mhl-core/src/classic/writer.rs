//! Writing a classic list, entry by entry.

use std::io::Write;

use crate::{
    Extra, FileEntry, Format, Header, WriteError,
    manifest::SIGNATURE,
    write::{push_size, write_digests},
    xml::Output,
};

/// Writes a classic list in constant memory.
///
/// The elements that the schema asks for and that are absent are left out, not invented:
/// `username`, `hostname`, `tool`, `startdate` and `finishdate` in the header, `size`,
/// `lastmodificationdate`, a digest and `hashdate` in each entry.
#[derive(Debug)]
#[must_use = "a list is complete only after `finish`"]
pub struct Writer<W> {
    output: Output<W>,
}

impl<W: Write> Writer<W> {
    /// Begins a list.
    ///
    /// # Errors
    /// When a text of the header cannot stand in XML, or the header is of the other format.
    pub fn new(sink: W, header: &Header) -> Result<Self, WriteError> {
        if header.format != Format::Classic {
            return Err(WriteError::WrongFormat("the header is not one of a classic list"));
        }
        let mut output = Output::new(sink, Format::Classic);
        let Header { creator, extra, .. } = header;
        output.raw().push_str("<hashlist version=\"1.1\"");
        output.kept_attributes("hashlist", extra)?;
        output.raw().push_str(">\n");
        output.time(1, "creationdate", header.created.as_ref(), extra)?;
        output.start(1, "creatorinfo", extra)?;
        output.raw().push('\n');
        let before = [
            ("name", &creator.name),
            ("username", &creator.username),
            ("hostname", &creator.hostname),
            ("tool", &creator.tool),
            ("source", &creator.source),
        ];
        for (element, value) in before {
            output.optional(2, element, value.as_deref(), extra)?;
        }
        output.time(2, "startdate", creator.started.as_ref(), extra)?;
        output.time(2, "finishdate", creator.finished.as_ref(), extra)?;
        output.optional(2, "log", creator.log.as_deref(), extra)?;
        output.kept_fragments(2, "creatorinfo", extra);
        output.close(1, "creatorinfo");
        Ok(Writer { output })
    }

    /// Writes one entry.
    ///
    /// # Errors
    /// When the sink fails, the path cannot stand in XML, or a digest has no element in classic
    /// lists. After the latter two the list goes on as if the entry had not been given.
    pub fn entry(&mut self, entry: &FileEntry) -> Result<(), WriteError> {
        self.output.whole(|output| write_entry(output, entry))?;
        self.output.pass_on()
    }

    /// Ends the list and gives back the sink, flushed.
    ///
    /// # Errors
    /// When the sink fails.
    pub fn finish(self) -> Result<W, WriteError> {
        self.finish_with(&Extra::default())
    }

    /// Ends the list with what was kept of the root element of one that was read.
    ///
    /// # Errors
    /// When the sink fails.
    pub fn finish_with(mut self, extra: &Extra) -> Result<W, WriteError> {
        // The schema has the signature last.
        self.output.kept_fragments(1, "hashlist", extra);
        self.output.kept_fragments(1, SIGNATURE, extra);
        self.output.close(0, "hashlist");
        self.output.finish()
    }
}

fn write_entry<W: Write>(output: &mut Output<W>, entry: &FileEntry) -> Result<(), WriteError> {
    let extra = &entry.extra;
    output.raw().push_str("  <hash");
    if entry.reference {
        output.raw().push_str(" referencehhashlist=\"true\"");
    }
    output.kept_attributes("hash", extra)?;
    output.raw().push_str(">\n");
    output.value(2, "file", entry.path.as_str(), extra)?;
    if entry.size.is_some() {
        output.start(2, "size", extra)?;
        push_size(entry, output.raw());
        output.end("size");
    }
    output.time(2, "creationdate", entry.created.as_ref(), extra)?;
    output.time(2, "lastmodificationdate", entry.modified.as_ref(), extra)?;
    write_digests(output, 2, Format::Classic, &entry.hashes, entry.path.as_str())?;
    output.time(2, "hashdate", entry.hash_date.as_ref(), extra)?;
    output.kept_fragments(2, "hash", extra);
    output.close(1, "hash");
    Ok(())
}
