//! Which media are one physical device.
//!
//! Two identifiers that were seen on the same file system, or on one device within one report,
//! name one device: paths, partitions and mounts never add a copy. A clone that carries the
//! original's file system identity therefore counts once with it, until it is given its own.

use crate::{
    copy::{CopyId, RollCopy},
    evidence::file_system,
    ledger::State,
    media::MediumId,
};
use std::collections::BTreeMap;

/// A physical device, by the first of its media's identifiers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Device(String);

impl Device {
    /// A device that is no other: no identifier is spelled so.
    pub(crate) fn imagined(number: usize) -> Self {
        Device(format!("imagined {number}"))
    }
}

/// The devices of a state: names that were seen to belong together, joined.
#[derive(Debug)]
pub(crate) struct Devices {
    /// Each name's other name; a name without one stands for its device.
    joined: BTreeMap<String, String>,
}

impl Devices {
    /// Joins what the evidence of every copy that is still held shows.
    pub(crate) fn of(state: &State) -> Self {
        let mut devices = Devices { joined: BTreeMap::new() };
        for (id, copy) in state.copies().filter(|(_, copy)| copy.is_held()) {
            let mut names = names(id, copy);
            if let Some(first) = names.pop() {
                for name in names {
                    devices.join(&first, &name);
                }
            }
        }
        devices
    }

    /// The device of a medium.
    pub(crate) fn of_medium(&self, medium: &MediumId) -> Device {
        Device(self.resolve(medium.as_str()))
    }

    /// The device of a copy; `None` when its medium is unknown and nothing identifies it.
    pub(crate) fn of_copy(&self, id: &CopyId, copy: &RollCopy) -> Option<Device> {
        let name = self.resolve(names(id, copy).first()?);
        // A device that only `dev:` names is identified within its report alone.
        name.parse::<MediumId>().is_ok().then_some(Device(name))
    }

    fn resolve(&self, name: &str) -> String {
        let mut name = name;
        while let Some(other) = self.joined.get(name) {
            name = other;
        }
        name.to_owned()
    }

    fn join(&mut self, a: &str, b: &str) {
        let (a, b) = (self.resolve(a), self.resolve(b));
        // A medium's identifier stands for the device before a name of one report's does.
        let rank = |name: &String| (name.parse::<MediumId>().is_err(), name.clone());
        if rank(&a) < rank(&b) {
            self.joined.insert(b, a);
        } else if a != b {
            self.joined.insert(a, b);
        }
    }
}

/// Every name under which a copy's device was seen since it was last wiped.
fn names(id: &CopyId, copy: &RollCopy) -> Vec<String> {
    let seen = copy.evidence.iter().filter(|seen| Some(&seen.at) > copy.wiped.as_ref());
    let devices = seen.filter_map(|seen| {
        let device = seen.found.device.as_ref()?;
        Some(match file_system(device) {
            Some(medium) => medium.to_string(),
            None => format!("event {}: {device}", seen.at),
        })
    });
    id.medium.iter().map(ToString::to_string).chain(devices).collect()
}
