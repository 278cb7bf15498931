//! The published schemas as tables: `MediaHashList_v1_1.xsd`, `ASCMHL.xsd`, `ASCMHLDirectory.xsd`.

use super::value::Type::{
    self, Boolean, Decimal, Email, Fixed, Hex, Integer, Positive, TenDigits, Text, Time, Word,
};
use crate::{asc, classic::SIGNATURE_NAMESPACE};

/// An element: what it may hold and carry.
pub(super) struct Element {
    pub(super) name: &'static str,
    /// Its namespace where that is not its document's.
    pub(super) foreign: Option<&'static str>,
    pub(super) content: Content,
    pub(super) attributes: &'static [Attribute],
    /// What the specification asks beyond the schema.
    pub(super) beyond: Option<Beyond>,
}

pub(super) enum Content {
    /// Elements in this order.
    Children(&'static [Particle]),
    /// Text alone.
    Value(Type),
    /// Whatever; what is in it is not checked.
    Anything,
}

/// A place in an order: one of these elements.
pub(super) struct Particle {
    pub(super) choice: &'static [Element],
    pub(super) required: bool,
    pub(super) many: bool,
}

pub(super) struct Attribute {
    pub(super) name: &'static str,
    pub(super) value: Type,
    pub(super) required: bool,
    pub(super) beyond: Option<Beyond>,
}

/// What a specification asks of a value that its schema takes for any text or number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Beyond {
    /// A path within the roll.
    Path,
    /// A digest of the element's algorithm.
    Digest,
    /// A number of bytes below 2^63.
    Size,
    /// A number from 1.
    Sequence,
    /// A version of classic MHL.
    ClassicVersion,
}

impl Element {
    const fn new(name: &'static str, content: Content) -> Self {
        Element { name, foreign: None, content, attributes: &[], beyond: None }
    }

    const fn value(name: &'static str, value: Type) -> Self {
        Element::new(name, Content::Value(value))
    }

    const fn holding(name: &'static str, children: &'static [Particle]) -> Self {
        Element::new(name, Content::Children(children))
    }

    const fn carrying(mut self, attributes: &'static [Attribute]) -> Self {
        self.attributes = attributes;
        self
    }

    const fn beyond(mut self, beyond: Beyond) -> Self {
        self.beyond = Some(beyond);
        self
    }

    const fn in_namespace(mut self, namespace: &'static str) -> Self {
        self.foreign = Some(namespace);
        self
    }
}

const fn attribute(name: &'static str, value: Type) -> Attribute {
    Attribute { name, value, required: false, beyond: None }
}

/// The element stands once.
const fn one(choice: &'static [Element]) -> Particle {
    Particle { choice, required: true, many: false }
}

/// The element may stand once.
const fn may(choice: &'static [Element]) -> Particle {
    Particle { choice, required: false, many: false }
}

/// One of the elements stands once or more often.
const fn some(choice: &'static [Element]) -> Particle {
    Particle { choice, required: true, many: true }
}

/// A kind of document: its root and the namespace of its elements.
pub(super) struct Schema {
    pub(super) namespace: &'static str,
    pub(super) root: &'static Element,
}

pub(super) static CLASSIC: Schema = Schema { namespace: "", root: &CLASSIC_LIST };
pub(super) static MANIFEST: Schema = Schema { namespace: asc::NAMESPACE, root: &ASC_MANIFEST };
pub(super) static DIRECTORY: Schema =
    Schema { namespace: asc::DIRECTORY_NAMESPACE, root: &ASC_DIRECTORY };

const VERSION: Attribute = Attribute {
    name: "version",
    value: Decimal,
    required: true,
    beyond: Some(Beyond::ClassicVersion),
};

static CLASSIC_LIST: Element = Element::holding(
    "hashlist",
    &[
        may(&[Element::value("creationdate", Time)]),
        one(&[Element::holding(
            "creatorinfo",
            &[
                may(&[Element::value("name", Text)]),
                one(&[Element::value("username", Text)]),
                one(&[Element::value("hostname", Text)]),
                one(&[Element::value("tool", Text)]),
                may(&[Element::value("source", Text)]),
                one(&[Element::value("startdate", Time)]),
                one(&[Element::value("finishdate", Time)]),
                may(&[Element::value("log", Text)]),
            ],
        )]),
        some(&[Element::holding(
            "hash",
            &[
                one(&[Element::value("file", Text).beyond(Beyond::Path)]),
                one(&[Element::value("size", Positive).beyond(Beyond::Size)]),
                may(&[Element::value("creationdate", Time)]),
                one(&[Element::value("lastmodificationdate", Time)]),
                some(&[
                    Element::value("md5", Hex(16)),
                    Element::value("sha1", Hex(20)),
                    Element::value("xxhash", TenDigits).beyond(Beyond::Digest),
                    Element::value("xxhash64", Hex(8)),
                    Element::value("xxhash64be", Hex(8)),
                    Element::value("null", Fixed("")),
                ]),
                one(&[Element::value("hashdate", Time)]),
            ],
        )
        .carrying(&[attribute("referencehhashlist", Boolean)])]),
        may(&[Element::new("Signature", Content::Anything).in_namespace(SIGNATURE_NAMESPACE)]),
    ],
)
.carrying(&[VERSION]);

const DIGEST: &[Attribute] = &[
    attribute("action", Word(&["original", "verified", "failed"])),
    attribute("hashdate", Time),
    attribute("structure", Text),
];

/// A hash element of the ASC formats.
const fn digest(name: &'static str) -> Element {
    Element::value(name, Text).beyond(Beyond::Digest).carrying(DIGEST)
}

const fn path() -> Element {
    Element::value("path", Text).beyond(Beyond::Path)
}

const CREATED: Attribute = attribute("creationdate", Time);
const MODIFIED: Attribute = attribute("lastmodificationdate", Time);
const SIZE: Attribute =
    Attribute { name: "size", value: Integer, required: false, beyond: Some(Beyond::Size) };

const C4: Particle = may(&[digest("c4")]);
const MD5: Particle = may(&[digest("md5")]);
const SHA1: Particle = may(&[digest("sha1")]);
const XXH128: Particle = may(&[digest("xxh128")]);
const XXH3: Particle = may(&[digest("xxh3")]);
const XXH64: Particle = may(&[digest("xxh64")]);

const CONTENT: Particle =
    one(&[Element::holding("content", &[C4, MD5, SHA1, XXH128, XXH3, XXH64])]);
const STRUCTURE: Particle =
    one(&[Element::holding("structure", &[C4, MD5, SHA1, XXH128, XXH3, XXH64])]);
const PREVIOUS_PATH: Particle = may(&[Element::value("previousPath", Text).beyond(Beyond::Path)]);
const METADATA: Particle = may(&[Element::new("metadata", Content::Anything)]);

static ASC_MANIFEST: Element = Element::holding(
    "hashlist",
    &[
        one(&[Element::holding(
            "creatorinfo",
            &[
                one(&[Element::value("creationdate", Time)]),
                one(&[Element::value("hostname", Text)]),
                one(&[Element::value("tool", Text).carrying(&[attribute("version", Text)])]),
                Particle {
                    required: false,
                    many: true,
                    choice: &[Element::value("author", Text).carrying(&[
                        attribute("email", Email),
                        attribute("phone", Text),
                        attribute("role", Text),
                    ])],
                },
                may(&[Element::value("location", Text)]),
                may(&[Element::value("comment", Text)]),
            ],
        )]),
        one(&[Element::holding(
            "processinfo",
            &[
                one(&[Element::value("process", Word(&["in-place", "transfer", "flatten"]))]),
                may(&[Element::holding("roothash", &[CONTENT, STRUCTURE])]),
                may(&[Element::holding("ignore", &[some(&[Element::value("pattern", Text)])])]),
            ],
        )]),
        may(&[Element::holding(
            "hashes",
            &[some(&[
                Element::holding(
                    "hash",
                    &[
                        one(&[path().carrying(&[SIZE, CREATED, MODIFIED])]),
                        C4,
                        MD5,
                        SHA1,
                        XXH128,
                        XXH3,
                        XXH64,
                        PREVIOUS_PATH,
                        METADATA,
                    ],
                ),
                Element::holding(
                    "directoryhash",
                    &[
                        one(&[path().carrying(&[CREATED, MODIFIED])]),
                        CONTENT,
                        STRUCTURE,
                        PREVIOUS_PATH,
                        METADATA,
                    ],
                ),
            ])],
        )]),
        METADATA,
        may(&[Element::holding(
            "references",
            &[some(&[Element::holding(
                "hashlistreference",
                &[one(&[path()]), one(&[digest("c4")])],
            )])],
        )]),
    ],
)
.carrying(&[Attribute { name: "version", value: Fixed("2.0"), required: true, beyond: None }]);

static ASC_DIRECTORY: Element = Element::holding(
    "ascmhldirectory",
    &[some(&[Element::holding("hashlist", &[one(&[path()]), one(&[digest("c4")])]).carrying(&[
        Attribute {
            name: "sequencenr",
            value: Integer,
            required: false,
            beyond: Some(Beyond::Sequence),
        },
    ])])],
);
