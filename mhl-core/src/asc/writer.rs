//! Writing an ASC manifest, entry by entry.

use std::io::Write;

use super::NAMESPACE;
use crate::{
    Attribute, Author, DirectoryEntry, Entry, Extra, FileEntry, Format, Header, RecordedHash,
    Reference, WriteError,
    write::{push_size, write_digest, write_digests},
    xml::Output,
};

/// Writes an ASC manifest in constant memory.
///
/// What the schema asks for and is absent is left out, not invented: `creationdate`, `hostname`
/// and `tool` in the header, `process`, a digest in each entry, an `action` with it.
#[derive(Debug)]
#[must_use = "a manifest is complete only after `finish`"]
pub struct Writer<W> {
    output: Output<W>,
    /// The attributes of `hashes` and `references` that were kept of a manifest that was read.
    kept: Extra,
    /// `<hashes>` is open. It is opened by the first entry, for it may not be empty.
    listing: bool,
}

impl<W: Write> Writer<W> {
    /// Begins a manifest.
    ///
    /// # Errors
    /// When a text of the header cannot stand in XML, or the header is of the other format.
    pub fn new(sink: W, header: &Header) -> Result<Self, WriteError> {
        if header.format != Format::Asc {
            return Err(WriteError::WrongFormat("the header is not one of an ASC manifest"));
        }
        let mut output = Output::new(sink, Format::Asc);
        output.raw().push_str("<hashlist version=\"2.0\"");
        output.attribute("xmlns", NAMESPACE)?;
        output.kept_attributes("hashlist", &header.extra)?;
        output.raw().push_str(">\n");
        write_creator(&mut output, header)?;
        write_process(&mut output, header)?;
        Ok(Writer { output, kept: Extra::default(), listing: false })
    }

    /// Keeps an attribute that stood in a manifest that was read, as its
    /// [`KeptAttribute`](crate::Event::KeptAttribute) told: one of `hashes`, which has to come
    /// before the first entry, or one of `references`, which stands there if it is not also among
    /// what [`finish_with`](Writer::finish_with) is given.
    ///
    /// ```
    /// use mhl_core::{Event, Limits, asc};
    ///
    /// # let manifest = br#"<hashlist version="2.0" xmlns="urn:ASC:MHL:v2.0"><hashes lab="7"><hash>
    /// # <path>a</path></hash></hashes></hashlist>"#;
    /// let reader = asc::Reader::new(&manifest[..], &Limits::default())?;
    /// let mut writer = asc::Writer::new(Vec::new(), reader.header())?;
    /// for event in reader {
    ///     match event? {
    ///         Event::Entry(entry) => writer.entry(&entry)?,
    ///         Event::KeptAttribute(attribute) => writer.keep_attribute(attribute)?,
    ///         _ => {}
    ///     }
    /// }
    /// let written = String::from_utf8(writer.finish(&[])?)?;
    /// assert!(written.contains("<hashes lab=\"7\">"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`WriteError::Misplaced`] when it belongs to another element, or to `hashes` after an entry.
    pub fn keep_attribute(&mut self, attribute: Attribute) -> Result<(), WriteError> {
        match attribute.element {
            "hashes" if !self.listing => {}
            "references" => {}
            element => {
                return Err(WriteError::Misplaced { element, attribute: attribute.name.into() });
            }
        }
        self.kept.keep_attribute(attribute);
        Ok(())
    }

    /// Writes one entry.
    ///
    /// # Errors
    /// When the sink fails, the path cannot stand in XML, or a digest has no element in ASC
    /// manifests. After the latter two the manifest goes on as if the entry had not been given.
    pub fn entry(&mut self, entry: &Entry) -> Result<(), WriteError> {
        let listing = std::mem::replace(&mut self.listing, true);
        let kept = &self.kept;
        let written = self.output.whole(|output| {
            if !listing {
                output.start(1, "hashes", kept)?;
                output.raw().push('\n');
            }
            match entry {
                Entry::File(file) => write_file(output, file),
                Entry::Directory(directory) => write_directory(output, directory),
            }
        });
        if written.is_err() {
            self.listing = listing;
        }
        written?;
        self.output.pass_on()
    }

    /// Ends the manifest with its references and gives back the sink, flushed.
    ///
    /// # Errors
    /// When the sink fails, or the path of a reference cannot stand in XML.
    pub fn finish(self, references: &[Reference]) -> Result<W, WriteError> {
        self.finish_with(references, &Extra::default())
    }

    /// Ends the manifest with its references, and with what was kept of the root element of one
    /// that was read: its `metadata` first.
    ///
    /// # Errors
    /// When the sink fails, or the path of a reference cannot stand in XML.
    pub fn finish_with(mut self, references: &[Reference], extra: &Extra) -> Result<W, WriteError> {
        for attribute in extra.attributes().iter().filter(|kept| kept.element == "references") {
            if !self.kept.attributes().contains(attribute) {
                self.kept.keep_attribute(attribute.clone());
            }
        }
        let (output, kept) = (&mut self.output, &self.kept);
        if !self.listing && (kept.has("hashes") || extra.has("hashes")) {
            output.start(1, "hashes", kept)?;
            output.raw().push('\n');
            self.listing = true;
        }
        if self.listing {
            output.kept_fragments(2, "hashes", extra);
            output.close(1, "hashes");
        }
        output.kept_fragments(1, "metadata", extra);
        if !references.is_empty() || kept.has("references") || extra.has("references") {
            output.start(1, "references", kept)?;
            output.raw().push('\n');
            for reference in references {
                output.start(2, "hashlistreference", &reference.extra)?;
                output.raw().push('\n');
                output.value(3, "path", reference.path.as_str(), &reference.extra)?;
                output.value(3, "c4", &reference.c4.to_string(), &reference.extra)?;
                output.kept_fragments(3, "hashlistreference", &reference.extra);
                output.close(2, "hashlistreference");
                output.pass_on()?;
            }
            output.kept_fragments(2, "references", extra);
            output.close(1, "references");
        }
        output.kept_fragments(1, "hashlist", extra);
        output.close(0, "hashlist");
        self.output.finish()
    }
}

fn write_creator<W: Write>(output: &mut Output<W>, header: &Header) -> Result<(), WriteError> {
    let Header { creator, extra, .. } = header;
    output.start(1, "creatorinfo", extra)?;
    output.raw().push('\n');
    output.time(2, "creationdate", header.created.as_ref(), extra)?;
    output.optional(2, "hostname", creator.hostname.as_deref(), extra)?;
    if let Some(tool) = &creator.tool {
        output.indent(2);
        output.raw().push_str("<tool");
        if let Some(version) = &creator.tool_version {
            output.attribute("version", version)?;
        }
        output.kept_attributes("tool", extra)?;
        output.raw().push('>');
        output.escaped(tool)?;
        output.end("tool");
    }
    for Author { name, email, phone, role, extra } in &creator.authors {
        output.indent(2);
        output.raw().push_str("<author");
        for (attribute, value) in [("email", email), ("phone", phone), ("role", role)] {
            if let Some(value) = value {
                output.attribute(attribute, value)?;
            }
        }
        output.kept_attributes("author", extra)?;
        output.raw().push('>');
        output.escaped(name)?;
        output.end("author");
    }
    output.optional(2, "location", creator.location.as_deref(), extra)?;
    output.optional(2, "comment", creator.comment.as_deref(), extra)?;
    output.kept_fragments(2, "creatorinfo", extra);
    output.close(1, "creatorinfo");
    Ok(())
}

fn write_process<W: Write>(output: &mut Output<W>, header: &Header) -> Result<(), WriteError> {
    let extra = &header.extra;
    output.start(1, "processinfo", extra)?;
    output.raw().push('\n');
    output.optional(
        2,
        "process",
        header.process.as_ref().map(|process| process.as_str()),
        extra,
    )?;
    if let Some(root) = &header.root_hash {
        output.start(2, "roothash", extra)?;
        output.raw().push('\n');
        write_pair(output, 3, &root.content, &root.structure, ".", extra)?;
        output.kept_fragments(3, "roothash", extra);
        output.close(2, "roothash");
    }
    if !header.ignore.is_empty() || extra.has("ignore") {
        output.start(2, "ignore", extra)?;
        output.raw().push('\n');
        for (place, pattern) in header.ignore.iter().enumerate() {
            output.indent(3);
            output.raw().push_str("<pattern");
            output.kept_attributes_at("pattern", place, extra)?;
            output.raw().push('>');
            output.escaped(pattern)?;
            output.end("pattern");
        }
        output.kept_fragments(3, "ignore", extra);
        output.close(2, "ignore");
    }
    output.kept_fragments(2, "processinfo", extra);
    output.close(1, "processinfo");
    Ok(())
}

fn write_file<W: Write>(output: &mut Output<W>, file: &FileEntry) -> Result<(), WriteError> {
    let extra = &file.extra;
    output.start(2, "hash", extra)?;
    output.raw().push('\n');
    output.indent(3);
    output.raw().push_str("<path");
    if file.size.is_some() {
        output.raw().push_str(" size=\"");
        push_size(file, output.raw());
        output.raw().push('"');
    }
    output.time_attribute("creationdate", file.created.as_ref());
    output.time_attribute("lastmodificationdate", file.modified.as_ref());
    output.kept_attributes("path", extra)?;
    output.raw().push('>');
    output.escaped(file.path.as_str())?;
    output.end("path");
    write_digests(output, 3, Format::Asc, &file.hashes, file.path.as_str())?;
    let previous = file.previous_path.as_ref().map(|path| path.as_str());
    output.optional(3, "previousPath", previous, extra)?;
    output.kept_fragments(3, "hash", extra);
    output.close(2, "hash");
    Ok(())
}

fn write_directory<W: Write>(
    output: &mut Output<W>,
    directory: &DirectoryEntry,
) -> Result<(), WriteError> {
    let extra = &directory.extra;
    output.start(2, "directoryhash", extra)?;
    output.raw().push('\n');
    output.indent(3);
    output.raw().push_str("<path");
    output.time_attribute("creationdate", directory.created.as_ref());
    output.time_attribute("lastmodificationdate", directory.modified.as_ref());
    output.kept_attributes("path", extra)?;
    output.raw().push('>');
    output.escaped(directory.path.as_str())?;
    output.end("path");
    let path = directory.path.as_str();
    write_pair(output, 3, &directory.content, &directory.structure, path, extra)?;
    let previous = directory.previous_path.as_ref().map(|path| path.as_str());
    output.optional(3, "previousPath", previous, extra)?;
    output.kept_fragments(3, "directoryhash", extra);
    output.close(2, "directoryhash");
    Ok(())
}

/// `content` and `structure`, which a directory hash always has.
fn write_pair<W: Write>(
    output: &mut Output<W>,
    level: usize,
    content: &[RecordedHash],
    structure: &[RecordedHash],
    path: &str,
    extra: &Extra,
) -> Result<(), WriteError> {
    for (element, hashes) in [("content", content), ("structure", structure)] {
        output.start(level, element, extra)?;
        output.raw().push('\n');
        for hash in hashes {
            write_digest(output, level + 1, Format::Asc, hash, path)?;
        }
        output.kept_fragments(level + 1, element, extra);
        output.close(level, element);
    }
    Ok(())
}
