//! What can be wrong with a ledger, each fault with its line.

use crate::{event_ref::EventRef, evidence::ReportRefused, ledger::chain::Head};

/// A fault, and the line that has it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {kind}")]
#[non_exhaustive]
pub struct Fault {
    /// The line, counted from 1.
    pub line: u64,
    /// What is wrong.
    pub kind: FaultKind,
}

/// What is wrong with a line, or with an event that was to become one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FaultKind {
    /// The last line has no line feed: writing it was interrupted, or the end is cut off.
    #[error("the line does not end; it was cut, or its writing was interrupted")]
    Torn,
    /// The line is no JSON object of a ledger.
    #[error("not a ledger line: {message}")]
    Line {
        /// What the JSON reader says.
        message: String,
    },
    /// The line is of another version.
    #[error("version {found} of the line format; expected 1")]
    Version {
        /// The version that the line names.
        found: u32,
    },
    /// The sequence numbers leave a gap, repeat, or go back.
    #[error("sequence number {found}; expected {expected}")]
    Sequence {
        /// The number that follows the line before.
        expected: u64,
        /// The number that the line has.
        found: u64,
    },
    /// The line before is not the one that this one was written after.
    #[error("the line before was changed: its C4 is {expected}, and this line names {found}")]
    Chain {
        /// C4 of the line before.
        expected: String,
        /// `prev` of this line.
        found: String,
    },
    /// The kind of event is unknown to this version. What an unknown event says is never guessed.
    #[error("unknown kind of event {kind:?}")]
    UnknownKind {
        /// The kind that the line names.
        kind: String,
    },
    /// The event's data is not what its kind asks for.
    #[error("{kind}: {message}")]
    Data {
        /// The event's kind.
        kind: String,
        /// What is wrong.
        message: String,
    },
    /// A simulated event in a ledger that is not simulated, or the reverse.
    #[error("{} event in a ledger that is {}", if *.event { "a simulated" } else { "a real" }, if *.event { "not simulated" } else { "simulated" })]
    Simulated {
        /// Whether the event is simulated.
        event: bool,
    },
    /// Two events contradict one another. Which of them is right is never guessed.
    #[error("{what} is {stated}, and event {at} has {recorded}")]
    Contradiction {
        /// Of what: a roll's, medium's or place's field.
        what: String,
        /// What the earlier event says.
        recorded: String,
        /// What this one says.
        stated: String,
        /// The earlier event.
        at: EventRef,
    },
    /// The event is about something that no earlier event records.
    #[error("no earlier event records {what} {id}")]
    Unrecorded {
        /// Roll, medium, attestation or issue.
        what: &'static str,
        /// Its identifier.
        id: String,
    },
    /// A field says what its kind does not admit.
    #[error("{what} is {found:?}; expected {expected}")]
    Inadmissible {
        /// Which field.
        what: &'static str,
        /// What it says.
        found: String,
        /// What it may say.
        expected: &'static str,
    },
    /// An imported ledger has faults of its own.
    #[error("the imported ledger, {fault}")]
    Imported {
        /// One of them.
        fault: Box<Fault>,
    },
    /// An imported ledger does not end at the head that the import names.
    #[error("the imported lines end at {found}; the import names {expected}")]
    ImportedHead {
        /// The head that the import names.
        expected: Box<Head>,
        /// The head of the lines.
        found: Box<Head>,
    },
    /// Ledgers within ledgers, deeper than anyone needs.
    #[error("imports lie deeper than {limit} levels")]
    ImportedTooDeep {
        /// The limit.
        limit: usize,
    },
}

/// A ledger with faults: all of them. Nothing in it is believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the ledger has {} fault(s); {}", .faults.len(), .faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
#[non_exhaustive]
pub struct LedgerError {
    /// Every fault, by line.
    pub faults: Vec<Fault>,
}

/// Why a ledger was not read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The source failed.
    #[error("the ledger cannot be read: {0}")]
    Io(#[from] std::io::Error),
    /// It has faults.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// Why an event was not appended. The ledger is as it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AppendError {
    /// The ledger would have a fault with it.
    #[error(transparent)]
    Fault(#[from] FaultKind),
    /// The report is no evidence.
    #[error(transparent)]
    Report(#[from] ReportRefused),
    /// Evidence and imports have their own ways in.
    #[error("{kind} is never appended by itself: use append_{}", if *.kind == "import" { "import" } else { "report" })]
    NeverTyped {
        /// `evidence` or `import`.
        kind: &'static str,
    },
    /// The event cannot be spelled as JSON.
    #[error("the event cannot be written: {message}")]
    Unwritable {
        /// What the JSON writer says.
        message: String,
    },
}

/// The ledger is not the one that was pinned, or no longer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PinError {
    /// Its end was cut off.
    #[error("the ledger ends at line {found}; line {pinned} was pinned: its end was cut off")]
    Cut {
        /// The sequence number that was pinned.
        pinned: u64,
        /// The last one that is there.
        found: u64,
    },
    /// The pinned line, or one before it, was changed.
    #[error("line {line} is not the one that was pinned; its C4 is {found}, pinned was {pinned}")]
    Rewritten {
        /// The pinned line.
        line: u64,
        /// The digest that was pinned.
        pinned: String,
        /// The digest that is there.
        found: String,
    },
}
