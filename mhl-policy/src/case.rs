//! The case that is judged: the state, the profile, the moment, and what is to be wiped.

use crate::{
    Truth,
    attestation::Attested,
    copy::{CopyId, RollCopy, Seen, Sight},
    device::{Device, Devices},
    event_ref::EventRef,
    ledger::{Ledger, Recorded, State},
    media::{Medium, MediumId, MediumKind, RaidLevel},
    profile::Profile,
    roll::{Genre, Roll, RollId, RollKind},
    time::Time,
};
use std::collections::BTreeSet;

/// Everything that a rule may look at.
pub(crate) struct Case<'a> {
    pub(crate) state: &'a State,
    pub(crate) profile: &'a Profile,
    pub(crate) now: Time,
    pub(crate) devices: &'a Devices,
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
    pub(crate) changed: Option<(&'a EventRef, Time)>,
}

/// A copy seen by a report, or another roll where one had been.
struct Sighting<'a> {
    at: &'a EventRef,
    time: Time,
    /// Whether it is of the roll itself.
    of_roll: bool,
    content: Option<&'a str>,
    /// Whether a card was read.
    scanned: bool,
    /// Whether a card was found wanting.
    faulty: bool,
}

impl<'a> Case<'a> {
    pub(crate) fn new(ledger: &'a Ledger, profile: &'a Profile, now: Time) -> Self {
        Case {
            state: ledger.state(),
            profile,
            now,
            devices: ledger.devices(),
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
        match self.kind(medium) {
            _ if self.devices.is_card(&self.devices.of_medium(medium)) => Truth::Yes,
            Some(MediumKind::Other(_)) | None => Truth::Unknown,
            Some(_) => Truth::No,
        }
    }

    /// The levels of the RAID that a device is recorded as, by any of its names.
    pub(crate) fn raids(
        &self,
        medium: &MediumId,
    ) -> impl Iterator<Item = (&'a MediumId, &'a RaidLevel)> {
        let device = self.devices.of_medium(medium);
        let names: Vec<&MediumId> = self.devices.media_of(&device).collect();
        names.into_iter().filter_map(|name| {
            let medium = &self.medium(name)?.says;
            Some((name, medium.level.as_ref().filter(|_| medium.kind == Some(MediumKind::Raid))?))
        })
    }

    /// What the medium's device is recorded as by another of its names, where that is something else.
    pub(crate) fn otherwise(&self, medium: &Medium) -> Option<&'a Medium> {
        fn differ<T: PartialEq>(one: &Option<T>, other: &Option<T>) -> bool {
            one.is_some() && other.is_some() && one != other
        }
        let lower = |medium: &Medium| medium.file_system.as_deref().map(str::to_ascii_lowercase);
        let device = self.devices.of_medium(&medium.id);
        let names: Vec<&MediumId> = self.devices.media_of(&device).collect();
        let recorded = names.into_iter().filter_map(|name| Some(&self.medium(name)?.says));
        let mut others = recorded.filter(|other| other.id != medium.id);
        others.find(|other| {
            differ(&medium.kind, &other.kind)
                || differ(&medium.level, &other.level)
                || differ(&medium.generation, &other.generation)
                || differ(&lower(medium), &lower(other))
        })
    }

    /// Copies of a roll that are held.
    pub(crate) fn copies(&self, roll: &RollId) -> impl Iterator<Item = (&'a CopyId, &'a RollCopy)> {
        self.state.copies_of(roll).filter(|(_, copy)| copy.is_held())
    }

    /// Rolls of which a copy stands on one of these devices.
    pub(crate) fn rolls_on(&self, devices: &BTreeSet<Device>) -> BTreeSet<&'a RollId> {
        devices.iter().flat_map(|device| self.devices.rolls_on(device)).collect()
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
        self.roll(roll).and_then(|roll| roll.says.kind.as_ref())
    }

    /// What the roll is now. The first evidence says it first; after that only scans of cards
    /// do, because a copy can be wrong about the roll and the card cannot.
    pub(crate) fn current(&self, roll: &RollId) -> Current<'a> {
        let mut current = Current::default();
        for sighting in self.sightings(roll) {
            let Sighting { at, time, of_roll, content, scanned, faulty } = sighting;
            let known = current.content.is_some() || current.changed.is_some();
            if !of_roll || faulty {
                current = Current { content: None, changed: Some((at, time)) };
            } else if content.is_none() {
                // What it was compared with is unknown, and nothing was found wanting.
            } else if !known {
                current.content = content;
            } else if scanned {
                if current.content.is_some() && current.content != content {
                    current.changed = Some((at, time));
                }
                current.content = content;
            }
        }
        current
    }

    /// What bears on what a roll is, in ledger order.
    fn sightings(&self, roll: &RollId) -> Vec<Sighting<'a>> {
        let mut sightings = Vec::new();
        for (id, copy) in self.state.copies_of(roll) {
            sightings.extend(copy.evidence.iter().map(|seen| {
                let (at, time, content) = (&seen.at, seen.time, seen.content.as_deref());
                let scanned = self.is_scan(id, seen);
                let faulty = scanned && !seen.found.faults.is_empty();
                Sighting { at, time, of_roll: true, content, scanned, faulty }
            }));
            // Another roll where a card was known to hold this one.
            let Some(first) = copy.standing_evidence().next().filter(|_| copy.is_held()) else {
                continue;
            };
            let others = self.state.at_the_same_place(id).filter(|(other, _)| other.roll != *roll);
            let scans = others.flat_map(|(_, other)| &other.evidence);
            let scans = scans.filter(|seen| first.at < seen.at && self.is_scan(id, seen));
            sightings.extend(scans.map(|Seen { at, time, .. }| Sighting {
                at,
                time: *time,
                of_roll: false,
                content: None,
                scanned: true,
                faulty: false,
            }));
        }
        // What one report found wanting outweighs what else it saw.
        sightings.sort_by_key(|sighting| (sighting.at, sighting.faulty));
        sightings
    }

    /// Whether a card was read: one that was offloaded, unless it is known to be something else, or
    /// one that was read where it stood, by whichever of its names.
    fn is_scan(&self, id: &CopyId, seen: &Seen) -> bool {
        let is_card = match &id.medium {
            Some(medium) => self.is_capture_device(medium),
            None => Truth::Unknown,
        };
        match seen.sight {
            Sight::Source => is_card != Truth::No,
            Sight::Itself => is_card == Truth::Yes,
            Sight::Destination => false,
        }
    }

    /// Whether something recorded at `at` is from before the card changed: by the ledger's order, or
    /// by the clock where it came from another ledger later.
    pub(crate) fn is_stale(&self, current: &Current<'_>, at: &EventRef, time: Time) -> bool {
        current.changed.is_some_and(|(changed, then)| at < changed || time < then)
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
