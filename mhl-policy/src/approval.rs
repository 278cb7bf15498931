//! What a studio approved.

use crate::{
    media::MediumId,
    roll::RollId,
    time::Time,
    word::{Scope, words},
};
use serde::{Deserialize, Serialize};

words! {
    /// What a medium may be used as. An approval attaches to the use, not to the medium.
    ApprovedUse {
        /// A content hub, as a copy and as the final archive.
        ContentHub "content-hub",
        /// A RAID as the final archive.
        RaidFinal "raid-final",
    }
}

/// An approval. A part of its scope, or its expiry, that is not recorded is unknown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Approval {
    /// What is approved.
    #[serde(rename = "use", skip_serializing_if = "Option::is_none")]
    pub usage: Option<ApprovedUse>,
    /// Who approved; the profile says whose word counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// On which media.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media: Option<Scope<MediumId>>,
    /// For which rolls.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rolls: Option<Scope<RollId>>,
    /// Until when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<Expiry>,
    /// The content that a hub's receipt names: the approval holds for this content alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
}

impl Approval {
    /// An approval of a use, of which nothing more is known.
    #[must_use]
    pub const fn of(usage: ApprovedUse) -> Self {
        Approval {
            usage: Some(usage),
            by: None,
            media: None,
            rolls: None,
            expires: None,
            content: None,
        }
    }
}

/// When an approval ends. In JSON: `"never"`, or RFC 3339.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Expiry {
    /// At this moment it holds no more.
    At(Time),
    /// It has no end.
    Never(Never),
}

/// The word "never".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(clippy::exhaustive_enums)] // There is one way to say it.
pub enum Never {
    /// Never.
    #[serde(rename = "never")]
    Never,
}
