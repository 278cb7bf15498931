//! The case that is judged: the state, the profile, the moment, and what is to be wiped.

use crate::{
    Truth,
    attestation::Attested,
    copy::{CopyId, RollCopy},
    device::{Device, Devices},
    event_ref::EventRef,
    evidence::CopyEvidence,
    ledger::{Recorded, State},
    media::{Medium, MediumId, MediumKind},
    profile::Profile,
    roll::{Genre, Roll, RollId, RollKind},
    time::Time,
};
use mhl_core::Operation;
use std::collections::BTreeSet;

/// Everything that a rule may look at.
pub(crate) struct Case<'a> {
    pub(crate) state: &'a State,
    pub(crate) profile: &'a Profile,
    pub(crate) now: Time,
    pub(crate) devices: Devices,
    /// The devices that are to be wiped.
    pub(crate) wiped: BTreeSet<Device>,
    /// Devices that are imagined gone, and those that may be.
    pub(crate) gone: BTreeSet<Device>,
    pub(crate) perhaps_gone: BTreeSet<Device>,
}

/// What a roll is, by the latest scan of a card that holds it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Current<'a> {
    /// Its content; `None` when nobody saw it, or the card holds something else.
    pub(crate) content: Option<&'a str>,
    /// The latest scan of a card that found other content than was known.
    pub(crate) changed: Option<&'a EventRef>,
}

impl<'a> Case<'a> {
    pub(crate) fn new(state: &'a State, profile: &'a Profile, now: Time) -> Self {
        Case {
            state,
            profile,
            now,
            devices: Devices::of(state),
            wiped: BTreeSet::new(),
            gone: BTreeSet::new(),
            perhaps_gone: BTreeSet::new(),
        }
    }

    pub(crate) fn roll(&self, id: &RollId) -> Option<&'a Recorded<Roll>> {
        self.state.rolls.get(id)
    }

    pub(crate) fn medium(&self, id: &MediumId) -> Option<&'a Recorded<Medium>> {
        self.state.media.get(id)?.medium.as_ref()
    }

    pub(crate) fn kind(&self, id: &MediumId) -> Option<&'a MediumKind> {
        self.medium(id)?.says.kind.as_ref()
    }

    /// Whether a medium is a capture device, by its own record or that of another medium on the
    /// same device.
    pub(crate) fn is_capture_device(&self, medium: &MediumId) -> Truth {
        let device = self.devices.of_medium(medium);
        let on_card = self.state.media.keys().any(|other| {
            self.kind(other) == Some(&MediumKind::CaptureDevice)
                && self.devices.of_medium(other) == device
        });
        match self.kind(medium) {
            _ if on_card => Truth::Yes,
            Some(MediumKind::Other(_)) | None => Truth::Unknown,
            Some(_) => Truth::No,
        }
    }

    /// Copies that are held, of every roll.
    pub(crate) fn held(&self) -> impl Iterator<Item = (&'a CopyId, &'a RollCopy)> {
        self.state.copies.iter().filter(|(_, copy)| copy.is_held())
    }

    /// Copies of a roll that are held.
    pub(crate) fn copies(&self, roll: &RollId) -> impl Iterator<Item = (&'a CopyId, &'a RollCopy)> {
        let first = CopyId { roll: roll.clone(), medium: None, root: String::new() };
        let of_roll = self.state.copies.range(first..).take_while(move |(id, _)| id.roll == *roll);
        of_roll.filter(|(_, copy)| copy.is_held())
    }

    /// Rolls of which a copy stands on one of these devices.
    pub(crate) fn rolls_on(&self, devices: &BTreeSet<Device>) -> BTreeSet<&'a RollId> {
        self.held()
            .filter(|(id, copy)| {
                self.devices.of_copy(id, copy).is_some_and(|device| devices.contains(&device))
            })
            .map(|(id, _)| &id.roll)
            .collect()
    }

    /// Whether the roll is scripted.
    pub(crate) fn scripted(&self, roll: &RollId) -> Truth {
        match self.roll(roll).and_then(|roll| roll.says.genre.as_ref()) {
            Some(Genre::Scripted) => Truth::Yes,
            Some(Genre::Nonfiction) => Truth::No,
            Some(Genre::Other(_)) | None => Truth::Unknown,
        }
    }

    pub(crate) fn roll_kind(&self, roll: &RollId) -> Option<&'a RollKind> {
        self.roll(roll)?.says.kind.as_ref()
    }

    /// What the roll is now. The first evidence says it first; after that only scans of cards
    /// do, because a copy can be wrong about the roll and the card cannot.
    pub(crate) fn current(&self, roll: &RollId) -> Current<'a> {
        let mut current = Current::default();
        for Recorded { at, says: evidence, .. } in &self.state.evidence {
            let own = evidence.roll == *roll;
            let scans: Vec<&CopyEvidence> = match evidence.operation {
                Operation::Offload => {
                    let source = evidence.source.as_deref();
                    source.into_iter().filter(|source| self.may_be_card(source)).collect()
                }
                _ => evidence.copies.iter().filter(|copy| self.is_card(copy)).collect(),
            };
            if !own {
                // Another roll where a card was known to hold this one.
                if scans.iter().any(|scan| self.replaces(scan, roll, at)) {
                    current = Current { content: None, changed: Some(at) };
                }
                continue;
            }
            let Some(content) = evidence.content.as_deref() else {
                if scans.iter().any(|scan| !scan.faults.is_empty()) {
                    current = Current { content: None, changed: Some(at) };
                }
                continue;
            };
            let known = current.content.is_some() || current.changed.is_some();
            if scans.iter().any(|scan| !scan.faults.is_empty()) {
                current = Current { content: None, changed: Some(at) };
            } else if !known {
                current.content = Some(content);
            } else if !scans.is_empty() {
                if current.content.is_some_and(|known| known != content) {
                    current.changed = Some(at);
                }
                current.content = Some(content);
            }
        }
        current
    }

    fn is_card(&self, folder: &CopyEvidence) -> bool {
        folder.medium.as_ref().and_then(|medium| self.kind(medium))
            == Some(&MediumKind::CaptureDevice)
    }

    /// The source of an offload is a card unless it is known to be something else.
    fn may_be_card(&self, source: &CopyEvidence) -> bool {
        match source.medium.as_ref().and_then(|medium| self.kind(medium)) {
            None | Some(MediumKind::CaptureDevice | MediumKind::Other(_)) => true,
            Some(_) => false,
        }
    }

    /// Whether a scan of another roll at `at` found it where this roll had been seen.
    fn replaces(&self, scan: &CopyEvidence, roll: &RollId, at: &EventRef) -> bool {
        self.copies(roll).any(|(id, copy)| {
            id.medium.is_some()
                && id.medium == scan.medium
                && id.root == scan.root
                && copy.standing_evidence().any(|seen| seen.at < *at)
        })
    }

    /// Whether something recorded at `at` is from before the card changed.
    pub(crate) fn is_stale(&self, current: &Current<'_>, at: &EventRef) -> bool {
        current.changed.is_some_and(|changed| at < changed)
    }

    /// The issues of an attestation that nobody resolved.
    pub(crate) fn open_issues<'b, A: Attested>(
        &self,
        attestation: &'b Recorded<A>,
    ) -> Vec<&'b String> {
        attestation
            .says
            .issues()
            .iter()
            .filter(|issue| {
                let key = (attestation.at.clone(), (*issue).clone());
                !self.state.resolutions.contains_key(&key)
            })
            .collect()
    }
}
