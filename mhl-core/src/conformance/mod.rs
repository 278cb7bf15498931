//! Whether a document is what its schema and its specification ask for, to the letter.
//!
//! The readers take what is in the wild and warn; here a caller learns every departure with its
//! place, and decides: refuse the document, warn, or accept. A departure is no danger in itself:
//! what could be read in two ways is an error of reading, and then of this check too.
//!
//! Three kinds of document are known: the classic list, the ASC manifest, and the ASC directory
//! (a chain or a collection). What this check and `xmllint --schema` judge differently is told in
//! `docs/conformance.md`.
//!
//! # Refusing what the schema refuses, but for empty files
//! ```
//! use mhl_core::{Limits, conformance::{self, Rule, ViolationKind}};
//!
//! let list = br#"<hashlist version="1.1"><creatorinfo><username>dit</username>
//!   <hostname>cart</hostname><tool>mhl</tool><startdate>2026-11-22T14:30:00Z</startdate>
//!   <finishdate>2026-11-22T14:31:00Z</finishdate></creatorinfo>
//!   <hash><file>empty.txt</file><size>0</size>
//!   <lastmodificationdate>2026-11-22T09:00:00Z</lastmodificationdate>
//!   <md5>d41d8cd98f00b204e9800998ecf8427e</md5><hashdate>2026-11-22T14:30:30Z</hashdate></hash>
//!   </hashlist>"#;
//! let mut refused = Vec::new();
//! conformance::check(&list[..], &Limits::default(), |violation| {
//!     if violation.rule == Rule::Schema && violation.kind != ViolationKind::EmptyFile {
//!         refused.push(violation);
//!     }
//! })?;
//! assert!(refused.is_empty());
//! # Ok::<(), mhl_core::ReadError>(())
//! ```

mod schema;
mod value;
mod walk;

use std::{fmt, io::BufRead};

use crate::{Limits, Position, ReadError, escape_for_display};

/// A departure from a schema or specification.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation {
    /// Who asks for it.
    pub rule: Rule,
    /// What kind of departure.
    pub kind: ViolationKind,
    /// Where: at the tag that is at fault, or at the end tag of what lacks something.
    pub position: Position,
    /// The local name of the element that is at fault; cut after 100 characters.
    pub element: String,
    /// A sentence for people: what was found, and what was expected.
    pub note: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let element = escape_for_display(&self.element);
        write!(f, "{}: <{element}>: {}", self.position, escape_for_display(&self.note))
    }
}

/// Who asks for something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Rule {
    /// The published schema: `MediaHashList_v1_1.xsd`, `ASCMHL.xsd` or `ASCMHLDirectory.xsd`.
    Schema,
    /// The format's text, where its schema takes more.
    Specification,
}

/// What kind of departure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ViolationKind {
    /// An element that the format does not define in this place.
    UnknownElement,
    /// An element that stands out of order, or once more than it may.
    MisplacedElement,
    /// An element that must stand and does not.
    MissingElement,
    /// An attribute that the format does not define for this element.
    UnknownAttribute,
    /// An attribute that must stand and does not.
    MissingAttribute,
    /// A value or attribute that is none of its type.
    BadValue,
    /// Text where only elements may stand.
    StrayText,
    /// A file of no bytes in a classic list, whose schema admits none; losing it would be worse.
    EmptyFile,
    /// A directory hash whose content and structure are of different hash formats.
    UnevenPair,
    /// An ASC document in another encoding than UTF-8.
    Encoding,
}

/// Which kind of document was checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Document {
    /// A classic list.
    ClassicList,
    /// An ASC manifest.
    AscManifest,
    /// An ASC chain or collection.
    AscDirectory,
}

/// Checks a document and hands each departure to `found`, in the order of the document, in
/// constant memory.
///
/// That a path is listed twice is told by reading the whole, and that numbers of a chain follow
/// each other by its history: neither is in the schema.
///
/// # Errors
/// [`ReadError`] with the place: when the document is cut, is no well-formed XML, is none of the
/// three kinds, or exceeds a limit. What was found before it was handed over already.
pub fn check(
    source: impl BufRead,
    limits: &Limits,
    found: impl FnMut(Violation),
) -> Result<Document, ReadError> {
    walk::Walk::begin(source, limits, found)?.run()
}
