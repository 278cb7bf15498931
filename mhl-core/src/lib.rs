//! Media Hash Lists read, written and compared; camera cards sealed, verified and offloaded.
//!
//! # The operations
//! - [`offload`] reads a card once, writes it to every destination, reads it back past the system's
//!   cache, and lists it last.
//! - [`append`] records single files in a history; [`rename`] gives something in it another name and
//!   records that; [`flatten`] makes a history one list.
//! - [`seal`] lists a tree where it stands; [`verify`] reads one, or a [`Portion`] of it, and compares
//!   it with its list; [`verify_each`] does so for many rolls side by side; [`compare_names`] looks at names and sizes alone; [`find_rolls`] finds what can be verified.
//! - [`Shard`]s divide a verification among many machines, which need not know of each other; [`merge`]
//!   makes one report of theirs, and [`merge_into`] the one generation of a history.
//! - [`Record`] lists what another program copied or hashed, as it tells it, and reads nothing.
//! - All of them fill a [`Report`], and are given who works, a clock and a watcher by a [`Context`].
//!
//! # The formats
//! [`classic`] and [`asc`] read and write as streams; [`read_manifest`] takes either.
//! [`conformance`] tells every departure from schema and specification.
//!
//! # Guarantees
//! - [`Status::Verified`] says that every listed file was read in full and every digest that its list
//!   records of it held. Nothing else does.
//! - [`Grade::PastTheCache`] says that the system's memory was measured not to hold a file before it
//!   was read; where that cannot be measured the evidence is [`Grade::ThroughTheCache`].
//! - A source is never written to. Nothing is ever replaced but the chain of a history, a collection,
//!   and the list of a roll whose card grew, each durably and never half. No symbolic link is followed
//!   below a root.
//! - Every finding is reported, not the first, and bad input is a typed error with its place.
//!
//! # Reading a list, whichever of the two formats it has
//! ```
//! use mhl_core::{Limits, read_manifest};
//!
//! let list = br#"<?xml version="1.0" encoding="UTF-8"?>
//! <hashlist version="1.1">
//!   <creatorinfo>
//!     <username>dit</username><hostname>cart</hostname><tool>mhl</tool>
//!     <startdate>2026-11-22T14:30:00Z</startdate><finishdate>2026-11-22T14:31:00Z</finishdate>
//!   </creatorinfo>
//!   <hash>
//!     <file>Clips/A001C001.mxf</file>
//!     <size>5</size>
//!     <lastmodificationdate>2026-11-22T09:00:00Z</lastmodificationdate>
//!     <xxhash64be>0ea03b369a463d9d</xxhash64be>
//!     <hashdate>2026-11-22T14:30:30Z</hashdate>
//!   </hash>
//! </hashlist>"#;
//! let manifest = read_manifest(&list[..], &Limits::default())?;
//! let clip = manifest.files().next().unwrap();
//! assert_eq!(clip.path.as_str(), "Clips/A001C001.mxf");
//! assert_eq!(clip.hashes[0].text(), "0ea03b369a463d9d");
//! # Ok::<(), mhl_core::ReadError>(())
//! ```
// Only `tree` allows it, where the system's safe wrappers do not suffice.
#![deny(unsafe_code)]

mod account;
mod append;
mod appending;
pub mod asc;
mod changes;
pub mod classic;
pub mod conformance;
mod context;
mod convert;
mod diff;
mod digests;
mod expected;
mod flatten;
mod hashes;
mod histories;
mod inventory;
mod list_file;
mod listing;
mod manifest;
mod offload;
mod path;
mod read;
mod record;
mod recorded;
mod rename;
mod report;
mod roll;
mod seal;
mod shard;
mod time;
mod tree;
mod verify;
mod write;
mod xml;

pub use append::{AppendError, append};
pub use appending::{HistoryError, LockError};
pub use changes::{Change, Changes, Differing, Listed, changes};
pub use context::{Agent, Clock, Context, Phase, Progress, SystemClock};
pub use convert::{Conversion, Loss, LossKind};
pub use diff::{Difference, Item, Pair, diff};
pub use expected::ListError;
pub use flatten::{FlattenError, flatten};
pub use inventory::{FoundRolls, compare_names, find_rolls};
pub use list_file::{ListFile, PublishError};
pub use listing::AlgorithmNotInFormat;
pub use manifest::{
    Attribute, Author, Creator, DirectoryEntry, Entry, Extra, FileEntry, Format, Fragment, Header,
    Manifest, PathIndex, Process, Reference, RootHash,
};
pub use offload::{OffloadError, OffloadOptions, offload};
pub use path::{PathError, PathErrorKind, RelativePath, WindowsHazard, escape_for_display};
pub use read::{Event, ManifestReader, read_manifest};
pub use record::{EntryError, HashedFile, Look, Record, RecordError, RecordOptions};
pub use recorded::{Action, Comparison, RecordedHash};
pub use rename::{RenameError, rename};
pub use report::{
    CacheDoubt, CacheReason, CopyReport, Counts, FileRecord, Finding, FindingKind, Grade,
    ManifestRecord, Operation, PhaseRecord, Place, ReadReportError, Report, Roll, Status,
};
pub use roll::roll_content;
pub use seal::{SealError, SealOptions, seal};
pub use shard::{
    DirectoryText, FailedRoll, HashText, ListedText, MergeError, MergeIntoError, RollShard,
    RollsPlan, RollsShard, Shard, ShardError, ShardRecord, ToldRoll, merge, merge_into,
    told_of_rolls,
};
pub use time::{ParseTimestampError, Timestamp};
pub use tree::{LITTER_VERSION, is_litter};
pub use verify::{Portion, VerifyError, VerifyOptions, verify, verify_each};
pub use write::ManifestWriter;
pub use xml::{Limits, Position, ReadError, ReadErrorKind, WriteError};

// The program in the README is compiled with the examples of this documentation.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
