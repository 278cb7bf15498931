//! The kinds of events, and how they are typed in.

use super::{
    chain::{End, Head},
    fault::{Fault, FaultKind},
    replay,
};
use crate::{
    approval::Approval,
    attestation::{Evaluation, FinalClearance, Inspection, Qc, ReportCheck, Resolution},
    clip_report::ClipReport,
    evidence::{Evidence, c4_value},
    media::{Loss, Medium, Move, Wipe},
    place::Place,
    roll::Roll,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Another ledger, taken in whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Import {
    /// The other ledger's head.
    pub head: Head,
    /// Its lines verbatim, without their line feeds.
    pub lines: Vec<String>,
}

impl Import {
    /// A ledger's lines, and the head that they end at. They are checked when they are taken in.
    pub(super) fn of(text: &str) -> Result<Self, FaultKind> {
        let (lines, rest) = replay::lines(text);
        let mut end = End::new();
        for line in &lines {
            end = end.after(c4_value(line.as_bytes()));
        }
        if rest.is_some() {
            let fault = Fault { line: end.seq.saturating_add(1), kind: FaultKind::Torn };
            return Err(FaultKind::Imported { fault: Box::new(fault) });
        }
        Ok(Import { head: end.head(), lines: lines.into_iter().map(str::to_owned).collect() })
    }
}

macro_rules! events {
    ($($(#[$doc:meta])* $kind:ident $name:literal,)*) => {
        /// Something that happened. Each kind's fields are those of the type that it carries;
        /// `ledger.schema.json` beside this crate lists them all.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Event {
            $($(#[$doc])* $kind($kind),)*
        }

        impl Event {
            /// The names of all kinds.
            pub const KINDS: &'static [&'static str] = &[$($name,)*];

            /// The kind's name, as ledgers spell it.
            #[must_use]
            pub const fn kind(&self) -> &'static str {
                match self { $(Event::$kind(_) => $name,)* }
            }

            /// The event's data as JSON.
            pub(crate) fn data(&self) -> Result<Value, serde_json::Error> {
                match self { $(Event::$kind(data) => serde_json::to_value(data),)* }
            }

            /// Reads the data of a line. `None` is a kind that this version does not know.
            pub(super) fn read(kind: &str, data: &str) -> Option<Result<Self, serde_json::Error>> {
                match kind {
                    $($name => Some(serde_json::from_str(data).map(Event::$kind)),)*
                    _ => None,
                }
            }
        }

        $(impl From<$kind> for Event {
            fn from(data: $kind) -> Self {
                Event::$kind(data)
            }
        })*
    };
}

events! {
    /// A roll, or more about one.
    Roll "roll",
    /// A medium, or more about one.
    Medium "medium",
    /// A place, or more about one.
    Place "place",
    /// What a report proves.
    Evidence "evidence",
    /// A visual inspection or technical check.
    Inspection "inspection",
    /// Visual quality control.
    Qc "qc",
    /// Editorial's evaluation.
    Evaluation "evaluation",
    /// A check against all relevant reports.
    ReportCheck "report-check",
    /// The clips that a camera, sound or script report names.
    ClipReport "clip-report",
    /// Final clearance.
    FinalClearance "final-clearance",
    /// An approval.
    Approval "approval",
    /// A medium went somewhere.
    Move "move",
    /// A medium can no longer be counted on.
    Loss "loss",
    /// A medium was wiped.
    Wipe "wipe",
    /// An issue was resolved.
    Resolution "resolution",
    /// Another ledger was taken in.
    Import "import",
}

/// Why an event cannot be made of what was typed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EventError {
    /// No such kind.
    #[error("no event is called {kind:?}; expected one of {}", Event::KINDS.join(" "))]
    UnknownKind {
        /// The kind that was given.
        kind: String,
    },
    /// Evidence and imports are taken from reports and ledgers, never typed in.
    #[error("{kind} is never typed in: it is taken from a {}", if kind == "import" { "ledger" } else { "report" })]
    NeverTyped {
        /// `evidence` or `import`.
        kind: String,
    },
    /// The kind has no such field.
    #[error("{kind} has no field {field:?}; expected one of {}", expected.join(" "))]
    UnknownField {
        /// The event's kind.
        kind: String,
        /// The field that was given.
        field: String,
        /// The kind's fields.
        expected: Vec<String>,
    },
    /// A field's value is of the wrong shape.
    #[error("{kind}: {field} is {value:?}; expected {expected}")]
    Value {
        /// The event's kind.
        kind: String,
        /// The field.
        field: String,
        /// The value that was given.
        value: String,
        /// The shape that it should have.
        expected: &'static str,
    },
    /// The data is not what the kind asks for.
    #[error("{kind}: {message}")]
    Data {
        /// The event's kind.
        kind: String,
        /// What is wrong, with the field's name.
        message: String,
    },
}

impl Event {
    /// An event of a kind from its JSON data.
    ///
    /// # Errors
    /// [`EventError`] when the kind is unknown, is `evidence` or `import`, or the data has a field
    /// too many, too few, or of the wrong type.
    pub fn from_json(kind: &str, data: &Value) -> Result<Self, EventError> {
        check_typed(kind)?;
        // Through text, so that one reader serves ledgers and people.
        match Event::read(kind, &data.to_string()) {
            Some(event) => event.map_err(|error| EventError::Data {
                kind: kind.to_owned(),
                // Nobody typed the line and column that serde counts.
                message: error.to_string().split(" at line ").next().unwrap_or_default().to_owned(),
            }),
            None => Err(EventError::UnknownKind { kind: kind.to_owned() }),
        }
    }

    /// An event of a kind from fields as a person types them. A list takes its field once for
    /// each item, and once with an empty value for the empty list; where "all" may be said, the
    /// value `all` alone says it. Hyphens and underscores in field names are the same.
    ///
    /// ```
    /// use mhl_policy::Event;
    ///
    /// let event = Event::from_fields(
    ///     "inspection",
    ///     &[
    ///         ("rolls", "A001"), ("files", "all"), ("by", "dit"), ("result", "passed"),
    ///         ("covers", "recording"), ("covers", "transfer"), ("against", "camera-reports"),
    ///     ],
    /// )?;
    /// assert_eq!(event.kind(), "inspection");
    /// assert!(Event::from_fields("evidence", &[]).is_err(), "evidence is never typed in");
    /// # Ok::<(), mhl_policy::EventError>(())
    /// ```
    ///
    /// # Errors
    /// As [`Event::from_json`], and when a field is unknown to the kind or its value no number
    /// where a number belongs.
    pub fn from_fields(kind: &str, fields: &[(&str, &str)]) -> Result<Self, EventError> {
        check_typed(kind)?;
        Event::from_json(kind, &super::schema::data_of_fields(kind, fields)?)
    }
}

fn check_typed(kind: &str) -> Result<(), EventError> {
    match kind {
        "evidence" | "import" => Err(EventError::NeverTyped { kind: kind.to_owned() }),
        kind if !Event::KINDS.contains(&kind) => {
            Err(EventError::UnknownKind { kind: kind.to_owned() })
        }
        _ => Ok(()),
    }
}
