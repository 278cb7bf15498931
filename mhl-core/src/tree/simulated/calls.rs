//! What a disk is asked to do: every call counted, and failed where a fault says so.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, io,
};

use super::{
    fault::{Fault, Random},
    medium::{Inode, Medium},
};
use crate::RelativePath;

/// A medium in use.
#[derive(Clone)]
pub(super) struct State {
    pub(super) medium: Medium,
    pub(super) random: Random,
    pub(super) faults: Vec<Fault>,
    pub(super) count: Count,
    pub(super) stopped: bool,
    pub(super) locked: BTreeSet<Inode>,
    /// Calls that read a file, by inode.
    pub(super) reads: BTreeMap<Inode, u64>,
    /// Restarts: a lock of an earlier process is none.
    pub(super) process: u64,
    /// The calls, where somebody wants to read them.
    pub(super) trace: Option<Vec<Call>>,
}

/// A call as it was written down.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) number: u64,
    pub(crate) name: &'static str,
    pub(crate) path: String,
    /// The number of the change that it makes, if it makes one.
    change: u64,
    refused: bool,
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Call { number, name, path, change, refused } = self;
        let refused = if *refused { ", refused" } else { "" };
        write!(f, "call {number}, change {change}: {name} {path}{refused}")
    }
}

/// What has been counted since the faults were set.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Count {
    /// Calls of every kind, but those of files being read.
    pub(crate) calls: u64,
    /// Calls that changed something, or made it durable.
    pub(crate) changes: u64,
    /// Syncs of files.
    pub(crate) syncs: u64,
    /// Bytes written.
    pub(crate) bytes: u64,
    /// Faults that came to pass.
    pub(crate) faults: u64,
}

/// What a call does to the disk.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Is {
    Read,
    Change,
}

pub(super) fn failure() -> io::Error {
    io::Error::from_raw_os_error(5)
}

impl State {
    pub(super) fn new(random: Random) -> Self {
        State {
            medium: Medium::new(),
            random,
            faults: Vec::new(),
            count: Count::default(),
            stopped: false,
            locked: BTreeSet::new(),
            reads: BTreeMap::new(),
            process: 0,
            trace: None,
        }
    }

    pub(super) fn restart(&mut self) {
        self.faults.clear();
        self.count = Count::default();
        self.stopped = false;
        self.locked.clear();
        self.reads.clear();
        self.process += 1;
    }

    /// Whether a fault of the list happens now.
    pub(super) fn strikes(&mut self, now: impl Fn(&Fault) -> bool) -> bool {
        let strikes = self.faults.iter().any(now);
        self.count.faults += u64::from(strikes);
        strikes
    }

    /// Counts a call, and refuses it where it fails.
    pub(super) fn enter(
        &mut self,
        (name, path): (&'static str, Option<&RelativePath>),
    ) -> io::Result<()> {
        self.count.calls += 1;
        let call = self.count.calls;
        let refused = self.stopped
            || self.strikes(|fault| match fault {
                Fault::Fails(number) => call == *number,
                Fault::FailsFrom(number) => call >= *number,
                _ => false,
            });
        self.note(call, name, path.map_or(".", RelativePath::as_str), refused);
        if refused { Err(failure()) } else { Ok(()) }
    }

    fn note(&mut self, number: u64, name: &'static str, path: &str, refused: bool) {
        let change = self.count.changes + 1;
        if let Some(trace) = &mut self.trace {
            trace.push(Call { number, name, path: path.to_owned(), change, refused });
        }
    }

    /// Counts a call on a file being read, and refuses it where it fails. The count of the other calls
    /// is where it stands meanwhile.
    pub(super) fn enter_reading(&mut self, name: &'static str, inode: Inode) -> io::Result<()> {
        let read = self.reads.entry(inode).or_default();
        *read += 1;
        let (read, call) = (*read, self.count.calls);
        let refused = self.stopped
            || self.strikes(|fault| match fault {
                Fault::FailsReading(file, number) => (inode, read) == (*file, *number),
                Fault::FailsFrom(number) => call >= *number,
                _ => false,
            });
        self.note(read, name, &format!("inode {inode}"), refused);
        if refused { Err(failure()) } else { Ok(()) }
    }

    /// Counts what a call did. Returns whether it is said to have failed.
    pub(super) fn leave(&mut self, is: Is, succeeded: bool) -> bool {
        let call = self.count.calls;
        if is == Is::Change && succeeded {
            self.count.changes += 1;
            let change = self.count.changes;
            self.stopped = self.strikes(|fault| *fault == Fault::StopsAfter(change));
        }
        self.strikes(|fault| *fault == Fault::FailsAfterAll(call))
    }

    pub(super) fn write(&mut self, inode: Inode, bytes: &[u8]) -> io::Result<()> {
        self.count.bytes += bytes.len() as u64;
        let written = self.count.bytes;
        if self.strikes(|fault| matches!(fault, Fault::Full(room) if written > *room)) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.medium.append(inode, bytes)
    }

    pub(super) fn sync(&mut self, inode: Inode) -> io::Result<()> {
        self.count.syncs += 1;
        let (sync, written) = (self.count.syncs, self.count.bytes);
        let waits = self.medium.dirty_bytes(inode) > 0;
        let is_full = |fault: &Fault| match fault {
            Fault::FullAtSync(room) => waits && written > *room,
            _ => false,
        };
        if self.strikes(is_full) {
            self.medium.lose_pages(inode, &mut self.random);
            return Err(io::ErrorKind::StorageFull.into());
        }
        let dropped = self.faults.iter().find_map(|fault| match fault {
            Fault::Drops(number, place) if *number == sync => Some(*place),
            _ => None,
        });
        let was_dropped = self.medium.sync(inode, dropped)?;
        self.count.faults += u64::from(was_dropped);
        for fault in self.faults.clone() {
            if let Fault::Flips(number, place) = fault
                && number == sync
                && self.medium.flip(inode, place)
            {
                self.count.faults += 1;
            }
        }
        Ok(())
    }
}
