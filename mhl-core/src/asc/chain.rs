//! The chain of a history, and the collection of manifests of independent scopes.

use std::io::{BufRead, Write};

use mhl_hash::HashValue;

use super::{DIRECTORY_NAMESPACE, elements::read_path_and_c4, reader::require_root};
use crate::{
    Event, Extra, Finding, Format, Fragment, Limits, ReadError, ReadErrorKind, RelativePath,
    WriteError,
    read::{Document, keep},
    xml::{Child, Output, Parser, cut, trim_space},
};

/// The chain of a history (`ascmhl_chain.xml`) or a collection (`ascmhl_collection.xml`).
///
/// ```
/// use mhl_core::{Limits, RelativePath, asc::{Chain, Link}};
/// use mhl_hash::{Algorithm, Hasher};
///
/// let mut chain = Chain::default();
/// let manifest = RelativePath::new("0001_A001_2026-11-22_143000Z.mhl")?;
/// chain.links.push(Link::new(Some(1), manifest, Hasher::new(Algorithm::C4).finish()));
/// let mut file = Vec::new();
/// chain.write(&mut file)?;
/// assert_eq!(Chain::read(&file[..], &Limits::default())?, chain);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Chain {
    /// The manifests, in the order of the document.
    pub links: Vec<Link>,
    /// What else stood in the document.
    pub extra: Extra,
    /// What was unusual about it.
    pub findings: Vec<Finding>,
}

/// A manifest in a chain or collection.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Link {
    /// The generation's number, `sequencenr`, from 1.
    pub sequence: Option<u64>,
    /// The manifest's file, relative to the folder in which the chain or collection stands.
    pub path: RelativePath,
    /// C4 of the manifest's bytes.
    pub c4: HashValue,
    /// What else stood in the element.
    pub extra: Extra,
}

impl Link {
    /// A manifest with its number, file and C4.
    #[must_use]
    pub fn new(sequence: Option<u64>, path: RelativePath, c4: HashValue) -> Self {
        Link { sequence, path, c4, extra: Extra::default() }
    }
}

impl Chain {
    /// Reads a chain or collection. Whether its numbers follow each other is the history's
    /// concern.
    ///
    /// # Errors
    /// [`ReadError`] with the place: when the document is cut, is no well-formed XML or no chain,
    /// exceeds a limit, or has a link without a path or a C4. A digest that is no C4 is named.
    pub fn read(source: impl BufRead, limits: &Limits) -> Result<Self, ReadError> {
        let mut xml = Parser::new(source, *limits);
        let mut remarks = xml.root()?;
        require_root(
            &mut xml,
            DIRECTORY_NAMESPACE,
            "ascmhldirectory",
            "<ascmhldirectory> in urn:ASC:MHL:DIRECTORY:v2.0",
        )?;
        let mut document = Document::new(xml, Format::Asc, limits);
        let mut chain = Chain::default();
        document.keep_attributes("ascmhldirectory", &mut chain.extra)?;
        loop {
            match document.xml.child("ascmhldirectory")? {
                Child::End => break,
                Child::Remark(xml) => remarks.push(xml),
                Child::Element if document.which(&["hashlist"]).is_some() => {
                    document.count()?;
                    chain.links.push(read_link(&mut document)?);
                }
                Child::Element => {
                    let kept = document.unknown("ascmhldirectory")?;
                    chain.extra.keep(kept);
                }
            }
        }
        remarks.extend(document.xml.finish()?);
        let remarks = remarks.into_iter().map(|xml| Fragment { element: "ascmhldirectory", xml });
        remarks.for_each(|remark| chain.extra.keep(remark));
        chain.extra.settle();
        chain.findings = std::mem::take(&mut document.waiting)
            .into_iter()
            .filter_map(|event| match event {
                Event::Finding(finding) => Some(finding),
                _ => None,
            })
            .collect();
        Ok(chain)
    }

    /// Writes a chain or collection: UTF-8, LF, the same bytes for the same links.
    ///
    /// # Errors
    /// When the sink fails, or a path cannot stand in XML.
    pub fn write(&self, sink: impl Write) -> Result<(), WriteError> {
        let mut output = Output::new(sink, Format::Asc);
        output.raw().push_str("<ascmhldirectory");
        output.attribute("xmlns", DIRECTORY_NAMESPACE)?;
        output.kept_attributes("ascmhldirectory", &self.extra)?;
        output.raw().push_str(">\n");
        for link in &self.links {
            output.indent(1);
            output.raw().push_str("<hashlist");
            if let Some(sequence) = link.sequence {
                output.attribute("sequencenr", &sequence.to_string())?;
            }
            output.kept_attributes("hashlist", &link.extra)?;
            output.raw().push_str(">\n");
            output.value(2, "path", link.path.as_str(), &link.extra)?;
            output.value(2, "c4", &link.c4.to_string(), &link.extra)?;
            output.kept_fragments(2, "hashlist", &link.extra);
            output.close(1, "hashlist");
            output.pass_on()?;
        }
        output.kept_fragments(1, "ascmhldirectory", &self.extra);
        output.close(0, "ascmhldirectory");
        output.finish().map(drop)
    }
}

fn read_link<R: BufRead>(document: &mut Document<R>) -> Result<Link, ReadError> {
    let mut extra = Extra::default();
    let mut sequence = None;
    let unknown = document.attributes("hashlist", |name, value| {
        if name != "sequencenr" {
            return Ok(false);
        }
        let number = trim_space(value).parse().ok().filter(|number| *number > 0);
        sequence = Some(number.ok_or_else(|| ReadErrorKind::SequenceNumber(cut(value)))?);
        Ok(true)
    })?;
    keep("hashlist", unknown, &mut extra);
    let (path, c4) = read_path_and_c4(document, "hashlist", &mut extra)?;
    extra.settle();
    Ok(Link { sequence, path, c4, extra })
}

#[cfg(test)]
mod tests {
    use mhl_hash::{Algorithm, Hasher};

    use super::*;

    fn read(links: &str) -> Result<Chain, ReadError> {
        let xml = format!(
            "<d:ascmhldirectory xmlns:d=\"{DIRECTORY_NAMESPACE}\">{links}</d:ascmhldirectory>"
        );
        Chain::read(xml.as_bytes(), &Limits::default())
    }

    fn link(sequence: &str, path: &str, c4: &str) -> String {
        format!("<d:hashlist {sequence}><d:path>{path}</d:path><d:c4>{c4}</d:c4></d:hashlist>")
    }

    #[test]
    fn prefixes_are_free_and_the_sequence_number_may_be_absent() {
        let c4 = Hasher::new(Algorithm::C4).finish();
        let chain = read(
            &(link("sequencenr='1'", "a.mhl", &c4.to_string())
                + &link("", "b/c.mhl", &c4.to_string())),
        )
        .unwrap();
        let path = |text| RelativePath::new(text).unwrap();
        assert_eq!(
            chain.links,
            [Link::new(Some(1), path("a.mhl"), c4), Link::new(None, path("b/c.mhl"), c4)]
        );
        let mut written = Vec::new();
        chain.write(&mut written).unwrap();
        assert_eq!(Chain::read(&written[..], &Limits::default()).unwrap(), chain);
    }

    #[test]
    fn a_digest_that_is_no_c4_is_named() {
        let error = read(&link("sequencenr='1'", "a.mhl", "0ea03b369a463d9d")).unwrap_err();
        assert!(error.to_string().contains("0ea03b369a463d9d"), "{error}");
        assert!(matches!(error.kind, ReadErrorKind::Digest(_)));
    }

    #[test]
    fn broken_links_are_errors() {
        let c4 = Hasher::new(Algorithm::C4).finish().to_string();
        for links in [
            link("sequencenr='0'", "a", &c4),
            link("sequencenr='-1'", "a", &c4),
            link("sequencenr='x'", "a", &c4),
            link("", "../a", &c4),
            "<d:hashlist><d:path>a</d:path></d:hashlist>".to_owned(),
            format!("<d:hashlist><d:c4>{c4}</d:c4></d:hashlist>"),
        ] {
            assert!(read(&links).is_err(), "{links}");
        }
        assert!(Chain::read(&b"<ascmhldirectory/>"[..], &Limits::default()).is_err());
    }
}
