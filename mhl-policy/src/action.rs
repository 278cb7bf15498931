//! What can be done about a wipe that is not cleared, and what it costs.

use crate::{
    approval::ApprovedUse,
    attestation::Paper,
    event_ref::EventRef,
    media::{MediumId, MediumKind},
    roll::RollId,
    word::joined,
};
use serde::Serialize;
use std::{collections::BTreeSet, fmt};

/// What a record of a roll leaves open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum RollFact {
    /// The roll itself is not recorded.
    Itself,
    /// Camera or sound.
    Kind,
    /// Scripted or nonfiction.
    Genre,
    /// The rolls that it is linked to, or that there are none.
    Links,
    /// Which card holds it.
    Card,
}

/// Something to do next. Actions are ordered as they are done: what is asked and recorded, then
/// copies, then what people look at, then what they sign.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "action", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Action {
    /// The question cannot be cleared as it was asked.
    AskAgain {
        /// What to ask instead.
        instead: String,
    },
    /// Record what is open about a roll. What else is needed may depend on it.
    RecordRoll {
        /// The roll.
        roll: RollId,
        /// What is open.
        fact: RollFact,
    },
    /// Record what a medium is. What else is needed may depend on it.
    RecordMedium {
        /// The medium.
        medium: MediumId,
    },
    /// Record the place of a medium, and the place's site and threat zone.
    RecordPlace {
        /// The medium.
        medium: MediumId,
    },
    /// Bring a medium back to its place, and record the move.
    Return {
        /// The medium.
        medium: MediumId,
    },
    /// Take a medium to a site where no other copy is, and record the move.
    Carry {
        /// The medium.
        medium: MediumId,
    },
    /// Have a use of a medium approved for a roll, and record the approval.
    Approve {
        /// The use.
        #[serde(rename = "use")]
        usage: ApprovedUse,
        /// The medium.
        medium: MediumId,
        /// The roll.
        roll: RollId,
    },
    /// Read what the card holds now: offload it, or verify it.
    Scan {
        /// The roll.
        roll: RollId,
    },
    /// Verify every file of a copy past the cache against the roll's first list.
    Verify {
        /// The roll.
        roll: RollId,
        /// The medium.
        medium: MediumId,
        /// The copy's root folder.
        root: String,
    },
    /// Leave the roll's list, and no other, at a copy's root; then verify it.
    List {
        /// The roll.
        roll: RollId,
        /// The medium.
        medium: MediumId,
        /// The copy's root folder.
        root: String,
    },
    /// Make a copy that failed anew, and verify it.
    Recopy {
        /// The roll.
        roll: RollId,
        /// The medium.
        medium: MediumId,
        /// The copy's root folder.
        root: String,
    },
    /// Copy the roll to a medium that holds none of it yet, verify the copy, and record the medium
    /// and its place.
    Copy {
        /// The roll.
        roll: RollId,
        /// The kind of medium.
        kind: MediumKind,
        /// What the medium is, as `RAID 5`.
        what: String,
        /// Whether it has to stand at a site where no other copy is.
        elsewhere: bool,
        /// Which of several like it, counted from 1.
        number: u32,
    },
    /// Inspect every file for recording and transfer faults.
    Inspect {
        /// The roll.
        roll: RollId,
        /// The reports that it is made against; none for a plain inspection.
        against: BTreeSet<Paper>,
    },
    /// Do visual QC of every file in a controlled environment, from a verified copy.
    Qc {
        /// The roll.
        roll: RollId,
        /// Least width of the image in pixels.
        width: u32,
        /// Least height of the image in pixels.
        height: u32,
    },
    /// Have Editorial evaluate every file.
    Evaluate {
        /// The roll.
        roll: RollId,
        /// The reports that are compared.
        against: BTreeSet<Paper>,
    },
    /// Have the dailies lab or Editorial check all footage against the reports.
    CheckReports {
        /// The roll.
        roll: RollId,
        /// The reports.
        against: BTreeSet<Paper>,
    },
    /// Resolve an issue, and record how.
    Resolve {
        /// The attestation that found it.
        attestation: EventRef,
        /// The issue, in the words in which it was recorded.
        issue: String,
    },
    /// Have Editorial give final clearance.
    Clear {
        /// The roll.
        roll: RollId,
    },
}

impl Action {
    /// What kind of action it is, as its JSON calls it: lower case with hyphens.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Action::AskAgain { .. } => "ask-again",
            Action::RecordRoll { .. } => "record-roll",
            Action::RecordMedium { .. } => "record-medium",
            Action::RecordPlace { .. } => "record-place",
            Action::Return { .. } => "return",
            Action::Carry { .. } => "carry",
            Action::Approve { .. } => "approve",
            Action::Scan { .. } => "scan",
            Action::Verify { .. } => "verify",
            Action::List { .. } => "list",
            Action::Recopy { .. } => "recopy",
            Action::Copy { .. } => "copy",
            Action::Inspect { .. } => "inspect",
            Action::Qc { .. } => "qc",
            Action::Evaluate { .. } => "evaluate",
            Action::CheckReports { .. } => "check-reports",
            Action::Resolve { .. } => "resolve",
            Action::Clear { .. } => "clear",
        }
    }

    /// What it costs, in rough minutes of somebody's attention: what orders two ways to the same
    /// end, and no promise. What the studio has to decide costs most, QC next; what is only to be
    /// written down costs least.
    #[must_use]
    pub const fn cost(&self) -> u32 {
        match self {
            Action::AskAgain { .. }
            | Action::RecordRoll { .. }
            | Action::RecordMedium { .. }
            | Action::RecordPlace { .. } => 1,
            Action::Resolve { .. } => 2,
            Action::Clear { .. } => 3,
            Action::Return { .. } => 6,
            Action::Carry { .. } => 8,
            Action::Inspect { .. } | Action::CheckReports { .. } => 10,
            Action::Verify { .. } => 12,
            Action::List { .. } => 13,
            Action::Scan { .. } => 15,
            Action::Evaluate { .. } => 20,
            Action::Recopy { .. } => 22,
            Action::Copy { kind, elsewhere, .. } => {
                let write = if matches!(kind, MediumKind::Lto) { 26 } else { 24 };
                if *elsewhere { write + 8 } else { write }
            }
            Action::Qc { .. } => 40,
            Action::Approve { .. } => 60,
        }
    }

    /// Whether what else is needed depends on what comes of it.
    #[must_use]
    pub const fn decides_more(&self) -> bool {
        matches!(
            self,
            Action::AskAgain { .. }
                | Action::RecordRoll { .. }
                | Action::RecordMedium { .. }
                | Action::RecordPlace { .. }
        )
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Action::AskAgain { instead } => f.write_str(instead),
            Action::RecordRoll { roll, fact } => match fact {
                RollFact::Itself => {
                    write!(f, "record the roll {roll}, or name the one that is meant")
                }
                RollFact::Kind => write!(f, "record the kind of {roll}: camera or sound"),
                RollFact::Genre => {
                    write!(f, "record the genre of {roll}: scripted or nonfiction")
                }
                RollFact::Links => {
                    write!(f, "record the sound or camera rolls of {roll}, or that there are none")
                }
                RollFact::Card => write!(
                    f,
                    "record the card of {roll} as a capture device, and its offload or a scan of it"
                ),
            },
            Action::RecordMedium { medium } => {
                write!(f, "record what {medium} is: its kind, and level, generation or file system")
            }
            Action::RecordPlace { medium } => {
                write!(f, "record where {medium} is: its place, with the place's site")
            }
            Action::Return { medium } => {
                write!(f, "bring {medium} back to its place, and record the move")
            }
            Action::Carry { medium } => {
                write!(f, "take {medium} to a site where no other copy is, and record the move")
            }
            Action::Approve { usage, medium, roll } => {
                write!(f, "have {medium} approved as {usage} for {roll}, and record the approval")
            }
            Action::Scan { roll } => {
                write!(f, "read the card of {roll} as it is now: offload it, or verify it")
            }
            Action::Verify { roll, medium, root } => write!(
                f,
                "verify every file of {roll} on {medium}, {root}, past the cache, against the \
                 manifest of the first offload"
            ),
            Action::List { roll, medium, root } => write!(
                f,
                "leave the manifest of the first offload, and no other MHL, at the root of {roll} \
                 on {medium}, {root}; then verify it past the cache"
            ),
            Action::Recopy { roll, medium, root } => write!(
                f,
                "copy {roll} to {medium}, {root}, again or to another medium, and verify it past \
                 the cache"
            ),
            Action::Copy { roll, what, elsewhere, number, .. } => {
                let one = if *number == 1 { "a" } else { "one more" };
                let site = if *elsewhere { " at a site where no other copy is" } else { "" };
                write!(
                    f,
                    "copy {roll} to {one} medium ({what}){site}, verify the copy past the cache, \
                     and record the medium and its place"
                )
            }
            Action::Inspect { roll, against } => {
                write!(f, "inspect every file of {roll} for recording and transfer faults")?;
                match against.is_empty() {
                    true => Ok(()),
                    false => write!(f, ", against {}", joined(against)),
                }
            }
            Action::Qc { roll, width, height } => write!(
                f,
                "do visual QC of every file of {roll} at {width}x{height}, in a controlled \
                 environment, from a verified copy"
            ),
            Action::Evaluate { roll, against } => write!(
                f,
                "have Editorial evaluate every file of {roll} against the reports {}",
                joined(against)
            ),
            Action::CheckReports { roll, against } => write!(
                f,
                "have the dailies lab or Editorial check all footage of {roll} against the \
                 reports {}",
                joined(against)
            ),
            Action::Resolve { attestation, issue } => {
                write!(f, "resolve \u{201c}{issue}\u{201d} (event {attestation}), and record how")
            }
            Action::Clear { roll } => write!(f, "have Editorial give final clearance of {roll}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_down_costs_less_than_what_is_done() {
        let (roll, medium): (RollId, MediumId) = ("A001".into(), "serial:X".parse().unwrap());
        let copy = |elsewhere| Action::Copy {
            roll: roll.clone(),
            kind: MediumKind::Raid,
            what: "RAID 5".into(),
            elsewhere,
            number: 1,
        };
        let in_order = [
            Action::RecordMedium { medium: medium.clone() },
            Action::Carry { medium: medium.clone() },
            Action::Verify { roll: roll.clone(), medium: medium.clone(), root: "/x".into() },
            copy(false),
            copy(true),
            Action::Qc { roll: roll.clone(), width: 3840, height: 2160 },
            Action::Approve { usage: ApprovedUse::ContentHub, medium, roll },
        ];
        assert!(in_order.windows(2).all(|pair| pair[0].cost() < pair[1].cost()));
    }

    #[test]
    fn every_action_has_the_name_that_its_json_has() {
        let (roll, medium): (RollId, MediumId) = ("A001".into(), "serial:X".parse().unwrap());
        let (root, against) = ("/x".to_owned(), BTreeSet::new());
        let every = [
            Action::AskAgain { instead: "x".into() },
            Action::RecordRoll { roll: roll.clone(), fact: RollFact::Kind },
            Action::RecordMedium { medium: medium.clone() },
            Action::RecordPlace { medium: medium.clone() },
            Action::Return { medium: medium.clone() },
            Action::Carry { medium: medium.clone() },
            Action::Approve {
                usage: ApprovedUse::ContentHub,
                medium: medium.clone(),
                roll: roll.clone(),
            },
            Action::Scan { roll: roll.clone() },
            Action::Verify { roll: roll.clone(), medium: medium.clone(), root: root.clone() },
            Action::List { roll: roll.clone(), medium: medium.clone(), root: root.clone() },
            Action::Recopy { roll: roll.clone(), medium, root },
            Action::Copy {
                roll: roll.clone(),
                kind: MediumKind::Raid,
                what: "RAID 5".into(),
                elsewhere: false,
                number: 1,
            },
            Action::Inspect { roll: roll.clone(), against: against.clone() },
            Action::Qc { roll: roll.clone(), width: 3840, height: 2160 },
            Action::Evaluate { roll: roll.clone(), against: against.clone() },
            Action::CheckReports { roll: roll.clone(), against },
            Action::Resolve { attestation: EventRef::new(7), issue: "x".into() },
            Action::Clear { roll },
        ];
        for action in every {
            assert_eq!(serde_json::json!(action)["action"], action.name());
        }
    }
}
