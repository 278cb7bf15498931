//! What people attest: inspections, quality control, evaluation, report checks, final clearance,
//! and the resolution of issues.

use crate::{event_ref::EventRef, media::MediumId, roll::RollId, time::Time, word::words};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

use crate::word::Scope;

words! {
    /// Who attests.
    Party {
        /// The editorial department.
        Editorial "editorial",
        /// The dailies lab.
        DailiesLab "dailies-lab",
        /// The digital imaging technician.
        Dit "dit",
        /// The camera department.
        Camera "camera",
        /// The sound department.
        Sound "sound",
    }
}

words! {
    /// What came out of it.
    Outcome {
        /// Nothing stands against it.
        Passed "passed",
        /// It did not pass; the issues say why.
        Failed "failed",
    }
}

words! {
    /// The faults that an inspection looked for.
    FaultClass {
        /// Major faults of the recording.
        Recording "recording",
        /// Faults of the data transfer.
        Transfer "transfer",
    }
}

words! {
    /// The reports that footage is compared with.
    Paper {
        /// The camera reports.
        Camera "camera-reports",
        /// The script notes.
        Script "script-notes",
        /// The sound report.
        Sound "sound-report",
        /// The script supervisor's report.
        ScriptSupervisor "script-supervisor",
        /// The camera loader's report.
        Loader "camera-loader",
        /// The report of the digital imaging technician.
        Dit "dit",
        /// The lab report.
        Lab "lab",
    }
}

words! {
    /// Where quality control took place.
    Environment {
        /// A controlled environment, like a lab.
        Controlled "controlled",
        /// Anywhere else.
        Uncontrolled "uncontrolled",
    }
}

/// What every attestation carries, whatever was attested.
pub(crate) trait Attested {
    fn rolls(&self) -> &BTreeSet<RollId>;
    fn files(&self) -> Option<&Scope<String>>;
    fn result(&self) -> Option<&Outcome>;
    fn issues(&self) -> &BTreeSet<String>;
    fn when(&self) -> Option<Time>;
}

/// Defines an attestation: the fields that all have, then its own.
macro_rules! attestation {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        #[non_exhaustive]
        pub struct $name {
            /// The rolls that it covers: those that it names and no other.
            pub rolls: BTreeSet<RollId>,
            /// The files of each roll, by their paths in its list; `all` as the roll was known
            /// then.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub files: Option<Scope<String>>,
            /// Who attests.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub by: Option<Party>,
            /// When it was done. Where that is before it was recorded, it covers nothing that the card
            /// got between.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub when: Option<Time>,
            /// What came out of it.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub result: Option<Outcome>,
            /// The issues that were found. Each stays open until a [`Resolution`] names it. What
            /// failed names at least one.
            #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
            pub issues: BTreeSet<String>,
            $($(#[$field_doc])* #[serde(default, skip_serializing_if = "is_absent")] pub $field: $type,)*
        }

        impl $name {
            /// One that names its rolls and nothing more.
            #[must_use]
            pub fn of<R: Into<RollId>>(rolls: impl IntoIterator<Item = R>) -> Self {
                $name {
                    rolls: rolls.into_iter().map(Into::into).collect(),
                    files: None,
                    by: None,
                    when: None,
                    result: None,
                    issues: BTreeSet::new(),
                    $($field: Default::default(),)*
                }
            }
        }

        impl Attested for $name {
            fn rolls(&self) -> &BTreeSet<RollId> {
                &self.rolls
            }
            fn files(&self) -> Option<&Scope<String>> {
                self.files.as_ref()
            }
            fn result(&self) -> Option<&Outcome> {
                self.result.as_ref()
            }
            fn issues(&self) -> &BTreeSet<String> {
                &self.issues
            }
            fn when(&self) -> Option<Time> {
                self.when
            }
        }
    };
}

fn is_absent<T>(field: &Option<T>) -> bool {
    field.is_none()
}

attestation! {
    /// A visual inspection of camera files during the offload, or the technical check of a sound
    /// roll.
    Inspection {
        /// Which faults were looked for.
        covers: Option<BTreeSet<FaultClass>>,
        /// Which reports the files were inspected against.
        against: Option<BTreeSet<Paper>>,
    }
}

attestation! {
    /// Visual quality control.
    Qc {
        /// Width of the image as it was looked at, in pixels.
        width: Option<u32>,
        /// Height of the image as it was looked at, in pixels.
        height: Option<u32>,
        /// Where.
        environment: Option<Environment>,
        /// Whether colour was evaluated.
        colour_evaluated: Option<bool>,
        /// Whether the monitor is professionally calibrated.
        monitor_calibrated: Option<bool>,
        /// Whether it was played at real-time speed.
        real_time: Option<bool>,
        /// The medium that was played from.
        medium: Option<MediumId>,
    }
}

attestation! {
    /// Editorial's visual evaluation.
    Evaluation {
        /// The reports that were compared with one another and the lab report.
        against: Option<BTreeSet<Paper>>,
        /// Whether every piece of shot material was received.
        all_received: Option<bool>,
    }
}

attestation! {
    /// The check of all footage against all relevant reports.
    ReportCheck {
        /// The reports.
        against: Option<BTreeSet<Paper>>,
    }
}

/// The final clearance of whole rolls.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct FinalClearance {
    /// The rolls that it names and no other.
    pub rolls: BTreeSet<RollId>,
    /// Who cleared them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Party>,
    /// When, if that is known; as for every attestation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Time>,
}

impl FinalClearance {
    /// A clearance that names its rolls and who gave it.
    #[must_use]
    pub fn of<R: Into<RollId>>(rolls: impl IntoIterator<Item = R>, by: Party) -> Self {
        let rolls = rolls.into_iter().map(Into::into).collect();
        FinalClearance { rolls, by: Some(by), when: None }
    }
}

/// An issue of an attestation was resolved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Resolution {
    /// The event that carries the attestation.
    pub attestation: EventRef,
    /// The issue, in the words in which it was recorded.
    pub issue: String,
    /// How it was resolved.
    pub resolution: String,
    /// Who says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Party>,
}

impl Resolution {
    /// An issue of that attestation was resolved so.
    #[must_use]
    pub fn new(
        attestation: EventRef,
        issue: impl Into<String>,
        resolution: impl Into<String>,
    ) -> Self {
        Resolution { attestation, issue: issue.into(), resolution: resolution.into(), by: None }
    }
}
