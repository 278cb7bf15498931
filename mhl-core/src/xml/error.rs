//! Why a document could not be read or written, and where.

use std::{fmt, io};

use mhl_hash::ParseValueError;

use crate::{ParseTimestampError, PathError, escape_for_display};

/// A place in a document.
///
/// Lines end with LF, CRLF or a bare CR; columns count characters. The offset counts bytes of the
/// document as UTF-8 without its byte-order mark, whatever the encoding in which it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Position {
    /// From 1.
    pub line: u64,
    /// From 1.
    pub column: u64,
    /// From 0.
    pub offset: u64,
}

impl Position {
    /// The beginning of a document.
    pub(crate) const START: Position = Position { line: 1, column: 1, offset: 0 };
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// Why a manifest could not be read, and where: at the beginning of the tag, text or value at fault,
/// or of what is not well-formed within a tag.
#[derive(Debug, thiserror::Error)]
#[error("{position}: {kind}")]
#[non_exhaustive]
pub struct ReadError {
    /// Where.
    pub position: Position,
    /// Why.
    pub kind: ReadErrorKind,
}

/// Why a manifest could not be read. Texts from the document are cut after 100 characters.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadErrorKind {
    /// The bytes could not be had.
    #[error("reading failed: {0}")]
    Io(#[source] io::Error),
    /// The declared encoding is none that is known.
    #[error("the encoding {:?} is unknown", .0)]
    UnknownEncoding(String),
    /// The format asks for UTF-8 and the document has another encoding.
    #[error("the document is {found}; ASC MHL must be UTF-8")]
    EncodingNotAllowed {
        /// The document's encoding.
        found: &'static str,
    },
    /// A byte sequence means nothing in the document's encoding.
    #[error("invalid bytes for {encoding}")]
    Malformed {
        /// The document's encoding.
        encoding: &'static str,
    },
    /// A character that XML does not admit, as itself or by reference.
    #[error("the character U+{:04X} is not allowed in XML", .0)]
    ForbiddenCharacter(u32),
    /// The document ends before its root element does, or has none.
    #[error("the document is cut off: {expected} expected")]
    Truncated {
        /// What should have come.
        expected: &'static str,
    },
    /// Not well-formed XML.
    #[error("not well-formed: {0}")]
    NotWellFormed(String),
    /// A document type declaration: refused, for nothing in it is needed and much can harm.
    #[error("a DOCTYPE is not accepted")]
    Doctype,
    /// An element of XInclude: refused, for what it names would belong to the document, and nothing
    /// outside of it is ever opened.
    #[error("an element of XInclude is not accepted")]
    Inclusion,
    /// More than [`Limits`](crate::Limits) admits.
    #[error("too much: {what} beyond {limit}")]
    Limit {
        /// Of what.
        what: &'static str,
        /// The limit.
        limit: u64,
    },
    /// The root element is none of a Media Hash List.
    #[error(
        "the root element is <{}> in namespace {namespace:?}; {expected} expected",
        escape_for_display(element)
    )]
    UnknownRoot {
        /// The element's local name.
        element: String,
        /// Its namespace; empty for none.
        namespace: String,
        /// What would have been accepted.
        expected: &'static str,
    },
    /// The version is none of the format's.
    #[error("{}; {expected} expected", version(found.as_deref()))]
    Version {
        /// The attribute as it stood; `None` when there is none.
        found: Option<String>,
        /// What would have been accepted.
        expected: &'static str,
    },
    /// An element lacks a part without which it means nothing.
    #[error("<{element}> has no {missing}")]
    Missing {
        /// The element.
        element: &'static str,
        /// The part.
        missing: &'static str,
    },
    /// An element that may stand once stands twice in its parent.
    #[error("<{element}> stands twice")]
    Repeated {
        /// The element.
        element: &'static str,
    },
    /// Text where only elements may stand.
    #[error("text {:?} in <{element}>, which holds elements only", escape_for_display(text))]
    StrayText {
        /// The element.
        element: &'static str,
        /// The text.
        text: String,
    },
    /// An element, a comment or a CDATA section splits a value. It is refused, for joining the
    /// pieces could make another value of them.
    #[error("the value of <{element}> is split by {by}")]
    SplitValue {
        /// The element.
        element: &'static str,
        /// By what.
        by: &'static str,
    },
    /// A path that leaves the roll or is none.
    #[error(transparent)]
    Path(#[from] PathError),
    /// A time that is none.
    #[error(transparent)]
    Time(#[from] ParseTimestampError),
    /// A digest that is none.
    #[error(transparent)]
    Digest(#[from] ParseValueError),
    /// A size that is no number of bytes below 2^63.
    #[error("{:?} is no size; a number of bytes below 2^63 expected", .0)]
    Size(String),
    /// A sequence number that is none.
    #[error("{:?} is no sequence number; a number from 1 expected", .0)]
    SequenceNumber(String),
    /// One path is listed twice, with digests or sizes that disagree.
    #[error("\"{}\" is listed twice, and the entries disagree", escape_for_display(.0))]
    Contradiction(String),
}

impl ReadErrorKind {
    /// The error at a place.
    pub(crate) fn at(self, position: Position) -> ReadError {
        ReadError { position, kind: self }
    }
}

fn version(found: Option<&str>) -> String {
    found.map_or("no version".to_owned(), |found| format!("version {found:?}"))
}

/// The first hundred characters, for an error's text.
pub(crate) fn cut(text: &str) -> String {
    text.chars().take(100).collect()
}

/// Why a manifest could not be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// The bytes could not be written.
    #[error("writing failed: {0}")]
    Io(#[from] io::Error),
    /// A text holds a character that XML 1.0 cannot hold, not even by reference.
    #[error(
        "\"{}\" cannot be written: XML cannot hold the character U+{character:04X}",
        escape_for_display(text)
    )]
    Unrepresentable {
        /// The text, cut after 100 characters.
        text: String,
        /// The character's code point.
        character: u32,
    },
    /// The format has no element for this digest.
    #[error("{format} has no element for {algorithm} digests (\"{}\")", escape_for_display(path))]
    NoSuchElement {
        /// The format.
        format: &'static str,
        /// The digest's algorithm, or `null`.
        algorithm: &'static str,
        /// The entry's path.
        path: String,
    },
    /// A kept attribute came where its element cannot take it any more, or never could.
    #[error(
        "the attribute \"{}\" of <{element}> cannot be written here",
        escape_for_display(attribute)
    )]
    Misplaced {
        /// The element that it belongs to.
        element: &'static str,
        /// The attribute's name.
        attribute: String,
    },
    /// The manifest or entry is of the other format.
    #[error("{0}")]
    WrongFormat(&'static str),
}

impl From<WriteError> for io::Error {
    /// For writing into something that can only tell of I/O.
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Io(error) => error,
            other => io::Error::new(io::ErrorKind::InvalidInput, other),
        }
    }
}
