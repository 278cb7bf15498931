//! Copies of rolls, as the ledger's events leave them.

use crate::{
    event_ref::EventRef, evidence::CopyEvidence, media::MediumId, roll::RollId, time::Time,
};

/// Which copy: of this roll, on this medium, below this folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct CopyId {
    /// The roll.
    pub roll: RollId,
    /// The medium; `None` when nobody knows.
    pub medium: Option<MediumId>,
    /// The root folder.
    pub root: String,
}

/// A copy and all that is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RollCopy {
    /// Every piece of evidence, in ledger order.
    pub evidence: Vec<Seen>,
    /// The latest wipe of its medium. Evidence from before is of a copy that is gone.
    pub wiped: Option<EventRef>,
    /// The latest loss of it or of its medium. Evidence from before proves nothing any more.
    pub lost: Option<EventRef>,
}

/// One piece of evidence about a copy.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Seen {
    /// The event that carries it.
    pub at: EventRef,
    /// When that event was recorded.
    pub time: Time,
    /// The content of the list that it was compared with.
    pub content: Option<String>,
    /// Files in that list.
    pub file_count: u64,
    /// What was found.
    pub found: CopyEvidence,
}

impl RollCopy {
    pub(crate) const fn new() -> Self {
        RollCopy { evidence: Vec::new(), wiped: None, lost: None }
    }

    /// Whether the medium holds it, for all that is recorded: something was seen after the latest
    /// wipe.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.evidence.last().is_some_and(|seen| Some(&seen.at) > self.wiped.as_ref())
    }

    /// The evidence that is not of a copy that was wiped or lost since.
    pub(crate) fn standing_evidence(&self) -> impl DoubleEndedIterator<Item = &Seen> {
        self.evidence
            .iter()
            .filter(|seen| Some(&seen.at) > self.wiped.as_ref().max(self.lost.as_ref()))
    }
}
