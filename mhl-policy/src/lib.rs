//! May this camera card be wiped?
//!
//! A card is wiped when its material is safe: enough verified copies on the right media at two
//! places, looked at by the right people. This crate keeps what was done in a chained ledger and
//! judges a wipe by a dated profile of rules: cleared, withheld or indeterminate, with a proof
//! that leads down to the ledger's events and the manifests' digests.
//!
//! # From reports to a verdict
//! Evidence comes from the engine's reports ([`mhl_core::Report`]) and is never typed in. Two
//! copies withhold; the third clears.
//! ```
//! use mhl_policy::{Agent, Decision, Event, Ledger, Placement, Profile, Question, Time, clear};
//! # use mhl_core::{
//! #     CopyReport, FileRecord, Grade, ManifestRecord, Operation, Place, Report, Roll, Status,
//! # };
//! # const C4: &str = "c459dsjfscH38cYeXXYogktxf4Cd9ibshE3BHUo6a58hBXmRQdZrAkZzsWcbWtDg5oQstpDuni4Hirj75GEmTc1sFT";
//! # /// What `mhl offload` or `mhl verify` reports when every copy held.
//! # fn report(operation: Operation, roots: &[&str]) -> Report {
//! #     let mut report = Report::new(operation, Place::new("/card/A001", None));
//! #     report.roll = Some(Roll::new("A001", C4, 1, 5));
//! #     report.files = vec![FileRecord::new("A001C001.mxf", Some(5), vec![])];
//! #     for root in roots {
//! #         let mut copy = CopyReport::new(Place::new(*root, None));
//! #         copy.status = Status::Verified;
//! #         copy.grade = Some(Grade::PastTheCache);
//! #         copy.complete = true;
//! #         copy.algorithms = vec!["xxh64be".into()];
//! #         copy.manifest = Some(ManifestRecord::new("A001.mhl", "classic", C4));
//! #         report.copies.push(copy);
//! #     }
//! #     report
//! # }
//!
//! let mut ledger = Ledger::new();
//! let now: Time = "2026-03-05T20:30:00Z".parse()?;
//! let dit = Agent::new("DIT");
//! for (kind, fields) in [
//!     ("roll", vec![("id", "A001"), ("kind", "camera"), ("genre", "nonfiction"), ("links", "")]),
//!     ("place", vec![("id", "cart"), ("site", "Stage 5")]),
//!     ("place", vec![("id", "vault"), ("site", "Lab")]),
//!     ("medium", vec![("id", "serial:CARD"), ("kind", "capture-device")]),
//!     ("medium", vec![("id", "serial:SET"), ("kind", "raid"), ("level", "5")]),
//!     ("medium", vec![("id", "serial:LAB"), ("kind", "raid"), ("level", "6")]),
//!     ("medium", vec![("id", "lto:A00001L8"), ("kind", "lto"), ("generation", "8"), ("file-system", "ltfs")]),
//!     ("inspection", vec![
//!         ("rolls", "A001"), ("files", "all"), ("by", "dit"), ("result", "passed"),
//!         ("covers", "recording"), ("covers", "transfer"), ("against", "camera-reports"),
//!     ]),
//! ] {
//!     ledger.append(Event::from_fields(kind, &fields)?, now, dit.clone())?;
//! }
//!
//! // The offload wrote two copies.
//! let offload = report(Operation::Offload, &["/set/A001", "/tape/A001"]);
//! let placed = [
//!     Placement::source("serial:CARD".parse()?),
//!     Placement::copy(0, "serial:SET".parse()?).at("cart"),
//!     Placement::copy(1, "lto:A00001L8".parse()?).at("vault"),
//! ];
//! ledger.append_report(&offload, "A001", &placed, now, dit.clone())?;
//!
//! let (question, profile) = (Question::roll("A001"), Profile::default());
//! let verdict = clear(&ledger, &question, &profile, now);
//! assert_eq!(verdict.decision, Decision::Withheld);
//! assert!(verdict.reasons().iter().any(|reason| reason.node.rule == "R1"), "{verdict}");
//!
//! // The lab verified a third.
//! let verify = report(Operation::Verify, &["/lab/A001"]);
//! let placed = [Placement::copy(0, "serial:LAB".parse()?).at("vault")];
//! ledger.append_report(&verify, "A001", &placed, now, dit)?;
//!
//! let verdict = clear(&ledger, &question, &profile, now);
//! assert_eq!(verdict.decision, Decision::Cleared, "{verdict}");
//! assert!(verdict.clears(&question, ledger.head()));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # How it is laid out
//! - The words of the trade: [`Roll`], [`RollCopy`], [`Medium`], [`Place`], [`Evidence`], the
//!   attestations ([`Inspection`], [`Qc`], [`Evaluation`], [`ReportCheck`], [`FinalClearance`]),
//!   [`ClipReport`] and [`Approval`].
//! - [`Ledger`] keeps them as events, [`LedgerFile`] keeps the ledger on a disk, and [`State`] is
//!   what the events amount to.
//! - [`Profile`] is a rule set with its readings; [`Rule::ALL`] are the rules with their words in
//!   the source.
//! - [`clear`] answers a [`Question`] with a [`Verdict`].
//! - [`next_actions`] tells the cheapest [`Action`]s that would have it cleared.
//! - [`what_if`] looks at every roll after wipes, losses, and sites that are gone.
//! - [`plan`] tells before the shoot how long a day's material takes through the chain of cards, drives,
//!   tapes and lines, and how many cards that asks for.
//! - [`permit`] makes a [`Permit`] of a verdict that clears: bound to what was judged, signed for
//!   those who have no ledger, and judged again when it is [checked](Statement::check).
//!
//! # Guarantees
//! - Unknown is never yes ([`Truth`]): what is not recorded did not happen, and a recorded thing
//!   with a missing field is unknown in that field.
//! - The state *after* the wipe is judged; the medium that is asked about never vouches for
//!   itself unless the profile says so.
//! - One physical device counts once, whatever names and mounts it is seen by. Partitions of one are
//!   joined where its serial number names them; two that nobody names so are two file systems.
//! - A verdict is bound to its question, ledger head, profile, roll contents and moment, and the
//!   same inputs give the same bytes. Clock and random source are never read.
//! - A ledger with any fault is not believed at all. What its chain cannot find, a cut tail or a
//!   full rewrite, [`Ledger::check_pin`] finds.
#![forbid(unsafe_code)]

// The fixtures of the integration test serve the tables of the rules too.
#[cfg(test)]
extern crate self as mhl_policy;

mod action;
mod approval;
mod attestation;
mod case;
mod clear;
mod clearance;
mod clip_report;
mod copy;
mod device;
mod event_ref;
mod evidence;
mod ledger;
mod media;
mod next;
mod page;
mod place;
pub mod plan;
mod profile;
mod remark;
mod render;
mod roll;
mod rules;
mod time;
mod truth;
mod verdict;
mod whatif;
mod word;

pub use action::{Action, RollFact};
pub use approval::{Approval, ApprovedUse, Expiry, Never};
pub use attestation::{
    Environment, Evaluation, FaultClass, FinalClearance, Inspection, Outcome, Paper, Party, Qc,
    ReportCheck, Resolution,
};
pub use clear::clear;
pub use clearance::{
    BoundCopy, Breach, Breaches, EnvelopeError, KeyError, NotPermitted, Permit, ProfileName,
    SigningKey, Statement, VerifyingKey, permit,
};
pub use clip_report::ClipReport;
pub use copy::{CopyId, RollCopy, Seen, Sight};
pub use event_ref::{EventRef, ParseEventRefError};
pub use evidence::{CopyEvidence, Evidence, Placement, ReportRefused};
pub use ledger::{
    Agent, AppendError, Event, EventError, Fault, FaultKind, FileError, Head, Import, Ledger,
    LedgerError, LedgerFile, MediumState, ParseHeadError, PinError, ReadError, Recorded, SCHEMA,
    State, Torn,
};
pub use media::{
    Condition, Loss, Medium, MediumId, MediumKind, MediumRole, Move, ParseMediumIdError, RaidLevel,
    Wipe,
};
pub use next::{Next, next_actions};
pub use place::{Place, PlaceId};
pub use profile::{
    Answer, Attestations, Bearing, Checksums, Conditions, Difference, Elsewhere, EvidenceAge,
    FinalArchive, Media, Profile, ProfileError, QcImage, Redundancy, Sound,
};
pub use remark::Remark;
pub use roll::{Genre, Roll, RollId, RollKind};
pub use rules::Rule;
pub use time::{ParseTimeError, Time};
pub use truth::Truth;
pub use verdict::{Decision, JudgedCopy, Level, Node, Question, Reason, Reference, Verdict};
pub use whatif::{Holding, Outlook, RollOutlook, Scenario, what_if};
pub use word::{AllWord, Scope, escaped};
