//! What may go wrong with a simulated disk, and the dice that decide what nothing else does.

use super::medium::Inode;

/// One thing that goes wrong. Calls, changes and syncs are numbered from 1, each for itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// This call fails and does nothing. A sync loses the pages that it was to write: they count as
    /// written from then on.
    Fails(u64),
    /// This call on a file being read fails, by its inode and the number of the call on it.
    FailsReading(Inode, u64),
    /// This call does what it is asked, and says that it failed.
    FailsAfterAll(u64),
    /// This call and every later one fail.
    FailsFrom(u64),
    /// After this change nothing reaches the disk any more: the machine is off, or the process dead.
    StopsAfter(u64),
    /// There is room for so many bytes.
    Full(u64),
    /// The same on a file system that tells it at the sync.
    FullAtSync(u64),
    /// This sync of a file says that it succeeded, and the block at this place was not written.
    Drops(u64, Place),
    /// After this sync of a file a bit flips at this place of the medium.
    Flips(u64, Place),
    /// From this call on the disk's path leads elsewhere. What has it open goes on working.
    IsTakenAway(u64),
    /// The cache cannot be dropped, and the disk says so.
    KeepsItsCache,
    /// Reads give less than asked for, and are interrupted.
    ReadsInPieces,
}

impl Fault {
    /// Whether the medium holds other bytes than it was given: no promise can be kept but that of
    /// finding it.
    pub(crate) fn lies(self) -> bool {
        matches!(self, Fault::Drops(..) | Fault::Flips(..))
    }
}

/// A byte of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    First,
    Middle,
    Last,
}

impl Place {
    pub(crate) const ALL: [Place; 3] = [Place::First, Place::Middle, Place::Last];

    /// Its offset in a file of this length.
    pub(crate) fn of(self, len: usize) -> Option<usize> {
        let last = len.checked_sub(1)?;
        Some(match self {
            Place::First => 0,
            Place::Middle => last / 2,
            Place::Last => last,
        })
    }
}

/// SplitMix64 (Steele, Lea and Flood, 2014): the same numbers for the same seed everywhere.
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Random(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`, and 0 below 0. That it is not quite even does no harm here.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    pub(crate) fn coin(&mut self) -> bool {
        self.next() & 1 == 1
    }
}
