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
    /// When the latest of these was recorded: what is from before proves nothing, though it was
    /// recorded after.
    pub(crate) gone_until: Option<Time>,
}

/// One piece of evidence about a copy.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Seen {
    /// The event that carries it.
    pub at: EventRef,
    /// When that event was recorded.
    pub time: Time,
    /// When the report says that it began, where that is before it was recorded; otherwise as `time`.
    /// It only ever takes evidence out.
    pub as_of: Time,
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
        RollCopy { evidence: Vec::new(), wiped: Vec::new(), lost: Vec::new(), gone_until: None }
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

    /// The evidence that is not of a copy that was wiped or lost since: neither by the ledger's order
    /// nor by the clock. A report from before may be recorded late, or imported.
    pub(crate) fn standing_evidence(&self) -> impl DoubleEndedIterator<Item = &Seen> {
        let since = self.since(self.wiped.last().max(self.lost.last()));
        since.filter(|seen| Some(seen.as_of) >= self.gone_until)
    }

    /// What was seen before that event, or before its time, proves nothing any more.
    pub(crate) fn lose(&mut self, at: &EventRef, time: Time) {
        // Where nothing was seen between the last loss and this one, there is nothing more to lose;
        // where something was, this one is the later.
        if self.standing_evidence().next().is_some_and(|seen| seen.at < *at) {
            self.lost.push(at.clone());
        }
        self.gone_until = self.gone_until.max(Some(time));
    }

    /// Its medium was wiped, and holds it no more. Returns whether that may not be so: it was seen
    /// later, as the clock says, and the wipe comes from another ledger.
    pub(crate) fn wipe(&mut self, at: &EventRef, time: Time) -> bool {
        let seen_later = self.evidence.last().is_some_and(|seen| seen.time > time);
        if seen_later {
            self.lose(at, time);
        } else {
            self.wiped.push(at.clone());
            self.gone_until = self.gone_until.max(Some(time));
        }
        seen_later
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
