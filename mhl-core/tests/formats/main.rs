//! The two formats from outside: documents of other programs, bad documents, histories on disk.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(clippy::indexing_slicing)]

// It makes links, sockets, and names that Windows cannot hold.
#[cfg(unix)]
mod bad_trees;
mod bad_values;
mod bad_xml;
mod conformance;
mod conversion;
mod corpus;
mod histories;
mod nested;
mod reading;
mod renames;
mod reserved_names;
mod round_trip;
mod specification;

use mhl_core::{Limits, Manifest, ReadError, ReadErrorKind, read_manifest};

/// A classic list with these children of the root after its header.
fn classic(entries: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<hashlist version=\"1.1\"><creatorinfo>\
         <username>u</username><hostname>h</hostname><tool>t</tool>\
         <startdate>2026-11-22T14:30:00Z</startdate><finishdate>2026-11-22T14:30:00Z</finishdate>\
         </creatorinfo>{entries}</hashlist>"
    )
}

/// An entry of a classic list with this path and these other children.
fn entry(path: &str, rest: &str) -> String {
    format!("<hash><file>{path}</file>{rest}</hash>")
}

/// An ASC manifest with these entries.
fn asc(entries: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<hashlist version=\"2.0\" \
         xmlns=\"urn:ASC:MHL:v2.0\"><creatorinfo><creationdate>2026-11-22T14:30:00Z</creationdate>\
         <hostname>h</hostname><tool version=\"1\">t</tool></creatorinfo><processinfo>\
         <process>in-place</process></processinfo><hashes>{entries}</hashes></hashlist>"
    )
}

fn read(document: impl AsRef<[u8]>) -> Result<Manifest, ReadError> {
    read_manifest(document.as_ref(), &Limits::default())
}

/// Why a document is refused.
fn refusal(document: impl AsRef<[u8]>) -> ReadErrorKind {
    let document = document.as_ref();
    match read(document) {
        Err(error) => error.kind,
        Ok(_) => {
            let head = &document[..document.len().min(600)];
            panic!("accepted: {}", String::from_utf8_lossy(head))
        }
    }
}

/// The kinds of a manifest's findings, by name.
fn findings(manifest: &Manifest) -> Vec<&'static str> {
    manifest.findings.iter().map(|finding| finding.kind.name()).collect()
}
