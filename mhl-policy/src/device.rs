//! Which media are one physical device.
//!
//! Two identifiers that were seen on the same file system, or on one device within one report,
//! name one device: paths, partitions and mounts never add a copy. A clone that carries the
//! original's file system identity therefore counts once with it, until it is given its own. A wiped
//! device is one with the file system that it had until it is seen with another: files may have been
//! deleted, and nothing formatted.

use crate::{
    copy::{CopyId, RollCopy},
    event_ref::EventRef,
    evidence::file_system,
    ledger::State,
    media::{MediumId, MediumKind},
    roll::RollId,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A physical device, by the first of its media's identifiers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Device(String);

impl Device {
    /// A device that is no other: no identifier is spelled so.
    pub(crate) fn imagined(number: usize) -> Self {
        Device(format!("imagined {number}"))
    }
}

/// The devices of a state, and what stands on each. A wipe may part what was joined, so they are
/// gathered anew, in one pass, once a state has changed.
#[derive(Clone, Debug)]
pub(crate) struct Devices {
    /// The device of each medium that has another's name.
    joined: HashMap<MediumId, Device>,
    /// The device of each copy whose medium nobody named, where one is known.
    unnamed: HashMap<CopyId, Device>,
    /// The media of each device.
    media: BTreeMap<Device, BTreeSet<MediumId>>,
    /// The rolls of which a copy is held on each device.
    rolls: BTreeMap<Device, BTreeSet<RollId>>,
    /// The devices of which a medium is recorded as a capture device.
    cards: BTreeSet<Device>,
}

impl Devices {
    /// Joins what the evidence of every copy that is still held shows, and each medium with the file
    /// systems that it had last.
    pub(crate) fn of(state: &State) -> Self {
        let mut names = Names::default();
        let held = || state.copies().filter(|(_, copy)| copy.is_held());
        // The number of each copy's name, where it has one.
        let numbers: Vec<Option<usize>> = held().map(|(id, copy)| names.take(id, copy)).collect();
        for (medium, had) in &state.file_systems {
            for file_system in &had.seen {
                names.join_media(medium, file_system);
            }
        }
        let firsts = names.firsts();
        let device = |number: usize| firsts.get(number).cloned().flatten();

        let mut devices = Devices {
            joined: HashMap::new(),
            unnamed: HashMap::new(),
            media: BTreeMap::new(),
            rolls: BTreeMap::new(),
            cards: BTreeSet::new(),
        };
        for (name, number) in &names.numbers {
            if let (Name::Medium(medium), Some(device)) = (name, device(*number))
                && device.0 != medium.as_str()
            {
                devices.joined.insert(medium.clone(), device);
            }
        }
        for (medium, recorded) in state.media() {
            let device = devices.of_medium(medium);
            let kind = recorded.medium.as_ref().and_then(|medium| medium.says.kind.as_ref());
            if kind == Some(&MediumKind::CaptureDevice) {
                devices.cards.insert(device.clone());
            }
            devices.media.entry(device).or_default().insert(medium.clone());
        }
        for ((id, _), number) in held().zip(numbers) {
            let Some(device) = number.and_then(device) else { continue };
            if id.medium.is_none() {
                devices.unnamed.insert(id.clone(), device.clone());
            }
            let rolls = devices.rolls.entry(device).or_default();
            if !rolls.contains(&id.roll) {
                rolls.insert(id.roll.clone());
            }
        }
        devices
    }

    /// The device of a medium.
    pub(crate) fn of_medium(&self, medium: &MediumId) -> Device {
        match self.joined.get(medium) {
            Some(device) => device.clone(),
            None => Device(medium.as_str().to_owned()),
        }
    }

    /// The device of a copy; `None` when its medium is unknown and nothing identifies it.
    pub(crate) fn of_copy(&self, id: &CopyId) -> Option<Device> {
        match &id.medium {
            Some(medium) => Some(self.of_medium(medium)),
            // A device that only `dev:` names is identified within its report alone.
            None => self.unnamed.get(id).cloned(),
        }
    }

    /// The media of a device, by every name that is recorded or that evidence has.
    pub(crate) fn media_of(&self, device: &Device) -> impl Iterator<Item = &MediumId> {
        self.media.get(device).into_iter().flatten()
    }

    /// The rolls of which a copy is held on a device.
    pub(crate) fn rolls_on(&self, device: &Device) -> impl Iterator<Item = &RollId> {
        self.rolls.get(device).into_iter().flatten()
    }

    /// Whether a medium of the device is recorded as a capture device.
    pub(crate) fn is_card(&self, device: &Device) -> bool {
        self.cards.contains(device)
    }
}

/// A name under which a copy's device was seen.
#[derive(PartialEq, Eq, Hash)]
enum Name<'a> {
    Medium(MediumId),
    /// `dev:MAJOR:MINOR`: it tells places apart within one report.
    InReport(&'a EventRef, &'a str),
}

/// Names that were seen to belong together.
#[derive(Default)]
struct Names<'a> {
    numbers: HashMap<Name<'a>, usize>,
    /// For each name, one that it belongs with; at the end of the chain, itself.
    with: Vec<usize>,
}

impl<'a> Names<'a> {
    /// Joins every name under which a copy's device was seen since it was last wiped, and gives
    /// the number of one of them.
    fn take(&mut self, id: &CopyId, copy: &'a RollCopy) -> Option<usize> {
        let mut own = id.medium.clone().map(|medium| self.number(Name::Medium(medium)));
        let mut before = None;
        for seen in copy.since_wiped() {
            let Some(device) = seen.found.device.as_deref() else { continue };
            let name = match file_system(device) {
                Some(_) if before == Some(device) => continue,
                Some(medium) => Name::Medium(medium),
                None => Name::InReport(&seen.at, device),
            };
            before = Some(device);
            let number = self.number(name);
            match own {
                Some(own) => self.join(own, number),
                None => own = Some(number),
            }
        }
        own
    }

    fn join_media(&mut self, a: &MediumId, b: &MediumId) {
        let (a, b) = (self.number(Name::Medium(a.clone())), self.number(Name::Medium(b.clone())));
        self.join(a, b);
    }

    fn number(&mut self, name: Name<'a>) -> usize {
        let next = self.with.len();
        let number = *self.numbers.entry(name).or_insert(next);
        if number == next {
            self.with.push(next);
        }
        number
    }

    fn first(&self, mut number: usize) -> usize {
        while let Some(with) = self.with.get(number).filter(|with| **with != number) {
            number = *with;
        }
        number
    }

    fn join(&mut self, a: usize, b: usize) {
        let (first_a, first_b) = (self.first(a), self.first(b));
        // Towards the smaller, so that chains end; and at once, so that they stay short.
        let first = first_a.min(first_b);
        for number in [a, b, first_a, first_b] {
            if let Some(with) = self.with.get_mut(number) {
                *with = first;
            }
        }
    }

    /// The device of each name, by the first of the media's identifiers that belong with it; `None`
    /// where none does.
    fn firsts(&self) -> Vec<Option<Device>> {
        let mut firsts: HashMap<usize, &MediumId> = HashMap::new();
        for (name, number) in &self.numbers {
            if let Name::Medium(medium) = name {
                let first = firsts.entry(self.first(*number)).or_insert(medium);
                *first = medium.min(*first);
            }
        }
        (0..self.with.len())
            .map(|number| {
                let medium = firsts.get(&self.first(number))?;
                Some(Device(medium.as_str().to_owned()))
            })
            .collect()
    }
}
