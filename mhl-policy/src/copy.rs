//! Copies of rolls, as the ledger's events leave them.

use crate::{
    event_ref::EventRef, evidence::CopyEvidence, media::MediumId, roll::RollId, time::Time,
};
use std::sync::Arc;

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
    /// The wipes of its medium that found it there. Evidence from before one is of a copy that is
    /// gone.
    pub wiped: Vec<EventRef>,
    /// The losses of it, or of its medium, and the wipes of its medium by another name of the
    /// device, each after something was seen of it; in ledger order, also those of which only a later
    /// event tells that they concern it. Evidence from before one proves nothing any more.
    pub lost: Vec<EventRef>,
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
    pub content: Option<Arc<str>>,
    /// Files in that list.
    pub file_count: u64,
    /// How the report came to see it.
    pub sight: Sight,
    /// What was found; shared with the evidence before it where that found the same.
    pub found: Arc<CopyEvidence>,
}

/// How a report came to see a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Sight {
    /// It was offloaded from.
    Source,
    /// It was offloaded to.
    Destination,
    /// It was read where it stood.
    Itself,
}

impl RollCopy {
    pub(crate) const fn new() -> Self {
        RollCopy { evidence: Vec::new(), wiped: Vec::new(), lost: Vec::new() }
    }

    /// Takes evidence, the latest so far. A copy that is verified every week is found the same every
    /// week: it costs no more than the week's number.
    pub(crate) fn take(&mut self, mut seen: Seen) {
        if let Some(before) = self.evidence.last() {
            if before.found == seen.found {
                seen.found = Arc::clone(&before.found);
            }
            if before.content == seen.content {
                seen.content.clone_from(&before.content);
            }
        }
        self.evidence.push(seen);
    }

    /// Whether the medium holds it, for all that is recorded: something was seen after the latest
    /// wipe.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.evidence.last().is_some_and(|seen| Some(&seen.at) > self.wiped.last())
    }

    /// The evidence that is not of a copy that was wiped or lost since.
    pub(crate) fn standing_evidence(&self) -> impl DoubleEndedIterator<Item = &Seen> {
        self.since(self.wiped.last().max(self.lost.last()))
    }

    /// The evidence of what the medium holds now, lost or not.
    pub(crate) fn since_wiped(&self) -> impl DoubleEndedIterator<Item = &Seen> {
        self.since(self.wiped.last())
    }

    fn since<'a>(
        &'a self,
        gone: Option<&'a EventRef>,
    ) -> impl DoubleEndedIterator<Item = &'a Seen> {
        // In ledger order.
        let first = self.evidence.partition_point(|seen| Some(&seen.at) <= gone);
        self.evidence.get(first..).unwrap_or_default().iter()
    }
}
