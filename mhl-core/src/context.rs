//! What an operation is given besides its paths: who does it, when, and who watches.

use std::{num::NonZero, time::SystemTime};

use serde::{Deserialize, Serialize};

use crate::{Author, Finding, Timestamp};

/// Who does the work: recorded in lists and reports.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Agent {
    /// Name of the program.
    pub tool: String,
    /// Its version.
    pub version: String,
    /// Name of the computer.
    pub host: String,
    /// Account or role of who runs it.
    pub user: String,
    /// The person who takes part, where that is to be recorded: in the lists that are written. A
    /// classic list has the name alone.
    pub author: Option<Author>,
}

impl Agent {
    /// An agent of these names.
    #[must_use]
    pub fn new(
        tool: impl Into<String>,
        version: impl Into<String>,
        host: impl Into<String>,
        user: impl Into<String>,
    ) -> Self {
        Agent {
            tool: tool.into(),
            version: version.into(),
            host: host.into(),
            user: user.into(),
            author: None,
        }
    }

    /// The same, and a person whom lists name.
    #[must_use]
    pub fn with_author(mut self, author: Author) -> Self {
        self.author = Some(author);
        self
    }
}

/// Tells the time that lists and reports record. No decision is ever taken by it.
///
/// A [`Timestamp`] is a clock that stands still, for output that can be compared byte for byte.
pub trait Clock: Sync {
    /// The time now, in UTC.
    fn now(&self) -> Timestamp;
}

/// The system's clock, in whole seconds.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let seconds = match SystemTime::now().duration_since(SystemTime::UNIX_EPOCH) {
            Ok(after) => i64::try_from(after.as_secs()).unwrap_or(i64::MAX),
            Err(before) => -i64::try_from(before.duration().as_secs()).unwrap_or(i64::MAX),
        };
        Timestamp::from_unix(seconds, 0).unwrap_or_else(Timestamp::epoch)
    }
}

impl Clock for Timestamp {
    fn now(&self) -> Timestamp {
        self.clone()
    }
}

/// The parts of an operation, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Phase {
    /// Names and sizes are collected.
    Scan,
    /// The source is read, hashed and written to every destination.
    Copy,
    /// What is read is hashed, while it is copied.
    Hash,
    /// What was written is read back and compared.
    ReadBack,
    /// The source is read once more and compared with the first read.
    SecondRead,
    /// A tree is read and compared with its list.
    Read,
}

/// Watches an operation: the bytes and the cancellation of [`mhl_hash::Observer`], and where the
/// work stands.
///
/// Called from the threads that do the work. `()` watches nothing.
pub trait Progress: mhl_hash::Observer {
    /// A phase begins that will read so many bytes (0 where that is not known).
    fn phase(&self, phase: Phase, bytes: u64) {
        let _ = (phase, bytes);
    }

    /// So many more bytes were written to a copy ([`Phase::Copy`]) or read back from it
    /// ([`Phase::ReadBack`]), by its place in [`Report::copies`](crate::Report::copies). What is
    /// read back is told to [`advanced`](mhl_hash::Observer::advanced) too.
    fn copied(&self, copy: usize, phase: Phase, bytes: u64) {
        let _ = (copy, phase, bytes);
    }

    /// The phase that began last will read so many bytes more than was said.
    fn more(&self, bytes: u64) {
        let _ = bytes;
    }

    /// Something was found; it will stand in the report too.
    fn found(&self, finding: &Finding) {
        let _ = finding;
    }
}

impl Progress for () {}
impl Progress for std::sync::atomic::AtomicBool {}

/// Everything that an operation is given besides its paths and options.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Context<'a> {
    /// Who does the work.
    pub agent: &'a Agent,
    /// What time it is.
    pub clock: &'a dyn Clock,
    /// Who watches, and may cancel.
    pub progress: &'a dyn Progress,
    /// Operations that run on this machine at the same time and share its processors, and the memory
    /// that one takes for buffers.
    pub sharing: NonZero<usize>,
}

impl<'a> Context<'a> {
    /// Nobody watches, the system's clock tells the time, and the machine is ours alone.
    #[must_use]
    pub fn new(agent: &'a Agent) -> Self {
        Context { agent, clock: &SystemClock, progress: &(), sharing: NonZero::<usize>::MIN }
    }

    /// The same, by another clock.
    #[must_use]
    pub fn with_clock(mut self, clock: &'a dyn Clock) -> Self {
        self.clock = clock;
        self
    }

    /// The same, watched.
    #[must_use]
    pub fn with_progress(mut self, progress: &'a dyn Progress) -> Self {
        self.progress = progress;
        self
    }

    /// The same, for one of so many operations that run at the same time.
    #[must_use]
    pub fn sharing(mut self, operations: NonZero<usize>) -> Self {
        self.sharing = operations;
        self
    }
}

impl std::fmt::Debug for Context<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Context").field("agent", self.agent).finish_non_exhaustive()
    }
}
