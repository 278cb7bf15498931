//! Room for the roll on each device, which several destinations may share.

use std::{collections::BTreeMap, path::PathBuf};

use super::plan::{Ready, refusal};
use crate::Finding;

/// The room that a destination needs of its device.
pub(super) struct Room {
    pub(super) folder: PathBuf,
    /// As a volume tells it, or the folder where it tells none.
    pub(super) device: String,
    /// Bytes that are to be written.
    pub(super) needed: u64,
    /// Bytes that were free before.
    pub(super) free: u64,
}

impl Room {
    /// What is to be said where its device has too little room for it besides what was promised to
    /// others.
    pub(super) fn shortfall(&self, promised: u64) -> Option<Finding> {
        let needed = promised.saturating_add(self.needed);
        let no_room = refusal(&self.folder, "no room: make some, or choose another destination");
        (self.free < needed).then(|| {
            no_room.differing(format!("{needed} bytes free"), format!("{} bytes free", self.free))
        })
    }
}

/// The destinations that have no room besides those before them on the same device, in the order of
/// their places: who is earlier gets it, whichever was faster to answer.
pub(super) fn refused(ready: &BTreeMap<usize, Ready>) -> impl Iterator<Item = (usize, Finding)> {
    let mut promised: BTreeMap<&str, u64> = BTreeMap::new();
    ready.iter().filter_map(move |(index, ready)| {
        let room = ready.room.as_ref()?;
        let promised = promised.entry(&room.device).or_default();
        let shortfall = room.shortfall(*promised);
        if shortfall.is_none() {
            *promised = promised.saturating_add(room.needed);
        }
        Some((*index, shortfall?))
    })
}
