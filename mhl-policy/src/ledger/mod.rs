//! The ledger: events that are only ever appended, chained by their C4, replayed into a state.
//!
//! `docs/ledger.md` lays down the format and what it promises.

mod chain;
mod event;
mod fault;
mod file;
mod fits;
mod replay;
mod schema;
mod state;

pub use chain::{Agent, Head, ParseHeadError};
pub use event::{Event, EventError, Import};
pub use fault::{AppendError, Fault, FaultKind, LedgerError, PinError, ReadError};
pub use file::{FileError, LedgerFile, Torn};
pub use schema::SCHEMA;
pub(crate) use state::ByRoll;
pub use state::{MediumState, Recorded, State};

use crate::{
    device::Devices,
    event_ref::EventRef,
    evidence::{Evidence, Placement, c4_value},
    remark::Remark,
    roll::RollId,
    time::Time,
};
use chain::Line;
use fits::Fitting;
use mhl_core::Report;
use mhl_hash::HashValue;
use replay::Replay;
use std::{io::BufRead, sync::OnceLock};

/// A ledger whose every line was checked.
///
/// It keeps what the lines amount to and the C4 of each, not the lines: those stand where they were
/// read from. Two ledgers are equal when their lines are; of two without any, when both are
/// simulated or neither is.
///
/// ```
/// use mhl_policy::{Agent, Ledger, Place, Time};
///
/// let mut ledger = Ledger::new();
/// let now: Time = "2026-03-05T20:30:00Z".parse()?;
/// ledger.append(Place::at("cart", "Stage 5"), now, Agent::new("DIT"))?;
///
/// let read = Ledger::parse(ledger.appended())?;
/// assert_eq!(read.head(), ledger.head());
/// let rewritten = Ledger::parse(&ledger.appended().replace("Stage 5", "Stage 6"))?;
/// assert!(rewritten.check_pin(ledger.head()).is_err(),
///     "the last line stands alone: only a pinned head finds that it was rewritten");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// The lines that were appended since it was begun or read.
    appended: String,
    /// How many lines were read.
    read: usize,
    head: Head,
    simulated: bool,
    state: State,
    /// What is one device, once somebody asked since the last event.
    devices: OnceLock<Devices>,
}

impl PartialEq for Ledger {
    fn eq(&self, other: &Self) -> bool {
        // The rest is how it came to be so.
        (&self.head, self.simulated, &self.state) == (&other.head, other.simulated, &other.state)
    }
}

impl Eq for Ledger {}

impl Ledger {
    /// An empty ledger.
    #[must_use]
    pub fn new() -> Self {
        Ledger::default()
    }

    /// An empty ledger for a demonstration: every line says that it is simulated, and so does
    /// every verdict.
    #[must_use]
    pub fn simulated() -> Self {
        Ledger { simulated: true, ..Ledger::default() }
    }

    /// Reads a ledger from its text, as [`Ledger::read`].
    ///
    /// # Errors
    /// [`LedgerError`] with every fault and its line.
    pub fn parse(text: &str) -> Result<Self, LedgerError> {
        let mut ledger = Ledger::default();
        let (lines, rest) = replay::lines(text);
        let lines: Vec<&[u8]> = lines.into_iter().map(str::as_bytes).collect();
        let mut replay = Replay::new(&mut ledger.state);
        replay.take(&lines);
        let read = replay.end(rest.is_some());
        ledger.read_through(read)
    }

    /// Reads a ledger line by line: checks the chain, and replays every event. What is empty is an
    /// empty ledger. Memory holds some lines at a time, and what they amount to.
    ///
    /// ```
    /// use mhl_policy::Ledger;
    ///
    /// let ledger = Ledger::read(std::io::empty())?;
    /// assert_eq!(ledger, Ledger::new());
    /// # Ok::<(), mhl_policy::ReadError>(())
    /// ```
    ///
    /// # Errors
    /// [`ReadError::Ledger`] with every fault and its line, and [`ReadError::Io`] where the source
    /// fails. A chain that holds tells that nothing was changed *before* its head; whether the
    /// head is the right one only [`Ledger::check_pin`] tells.
    pub fn read(mut source: impl BufRead) -> Result<Self, ReadError> {
        let (mut ledger, mut text) = (Ledger::default(), Vec::new());
        let mut replay = Replay::new(&mut ledger.state);
        let (mut more, mut torn) = (true, false);
        while more && !torn {
            text.clear();
            for _ in 0..replay::AT_ONCE {
                more = source.read_until(b'\n', &mut text)? > 0;
            }
            let mut lines: Vec<&[u8]> = text.split(|byte| *byte == b'\n').collect();
            // What stands behind the last line feed: nothing, unless the ledger ends so.
            torn = lines.pop().is_some_and(|rest| !rest.is_empty());
            replay.take(&lines);
        }
        let read = replay.end(torn);
        Ok(ledger.read_through(read)?)
    }

    /// The ledger of these lines, unless one has a fault.
    fn read_through(mut self, read: replay::Read) -> Result<Self, LedgerError> {
        if !read.faults.is_empty() {
            return Err(LedgerError { faults: read.faults });
        }
        self.read = self.state.lines().len();
        self.head = read.head;
        self.simulated = read.simulated;
        Ok(self)
    }

    /// The lines that were appended since it was begun or read, one line feed behind each: of a
    /// ledger that began empty, all of them.
    #[must_use]
    pub fn appended(&self) -> &str {
        &self.appended
    }

    /// Whether [`Ledger::appended`] are all of its lines.
    pub(crate) const fn is_whole(&self) -> bool {
        self.read == 0
    }

    pub(crate) fn devices(&self) -> &Devices {
        self.devices.get_or_init(|| Devices::of(&self.state))
    }

    /// The end: what to pin or sign.
    #[must_use]
    pub const fn head(&self) -> &Head {
        &self.head
    }

    /// What the events amount to.
    #[must_use]
    pub const fn state(&self) -> &State {
        &self.state
    }

    /// Whether it is a demonstration's.
    #[must_use]
    pub const fn is_simulated(&self) -> bool {
        self.simulated
    }

    /// What is worth saying about the event that was appended last: words that are not known, what
    /// it leaves open, media and places that it names and nobody recorded, copies that its report
    /// does not prove. None of it is a fault: the event was taken as it is. Nothing where none was
    /// appended since the ledger was read.
    ///
    /// ```
    /// use mhl_policy::{Agent, Event, Ledger, Time};
    ///
    /// let mut ledger = Ledger::new();
    /// let tape = Event::from_fields("medium", &[("id", "lto:T1"), ("kind", "tape")])?;
    /// ledger.append(tape, Time::from_unix(0), Agent::new("DIT"))?;
    /// let remarks = ledger.remarks();
    /// assert!(remarks[0].to_string().starts_with("kind: \"tape\" is no word that is known"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn remarks(&self) -> Vec<Remark> {
        let last = self.appended.lines().next_back();
        let line = last.and_then(|line| serde_json::from_str::<Line<'_>>(line).ok());
        let event = line.and_then(|line| Event::read(&line.event, line.data.get())?.ok());
        event.map_or_else(Vec::new, |event| crate::remark::remarks(&event, &self.state))
    }

    /// Checks that a head that was pinned earlier is this ledger's own, at its end or before:
    /// only so a cut tail or a full rewrite is found.
    ///
    /// # Errors
    /// [`PinError`] when the pinned line is missing or another.
    pub fn check_pin(&self, pin: &Head) -> Result<(), PinError> {
        let index = usize::try_from(pin.seq).unwrap_or(usize::MAX);
        let found = match index.checked_sub(1) {
            None => Some(Head::default().digest),
            Some(index) => self.state.lines().get(index).map(HashValue::to_string),
        };
        match found {
            None => Err(PinError::Cut { pinned: pin.seq, found: self.head.seq }),
            Some(found) if found != pin.digest => {
                Err(PinError::Rewritten { line: pin.seq, pinned: pin.digest.clone(), found })
            }
            Some(_) => Ok(()),
        }
    }

    /// Appends an event, recorded at `time` by `agent`.
    ///
    /// # Errors
    /// [`AppendError`] when the ledger would have a fault with it, or the event is evidence or an
    /// import. The ledger is then as it was.
    pub fn append(
        &mut self,
        event: impl Into<Event>,
        time: Time,
        agent: Agent,
    ) -> Result<EventRef, AppendError> {
        let next = self.next_of_event(event.into(), time, agent)?;
        Ok(self.take(next))
    }

    /// Appends what a report proves about copies of a roll: the one way in for evidence.
    /// `placements` says on which medium each folder of the report stands; without one, the
    /// medium is the file system that the report saw, or unknown.
    ///
    /// # Errors
    /// [`AppendError`] when the roll is not recorded, a placement fits no folder, the report
    /// contradicts itself, or a medium is seen at another place than the one recorded (record a
    /// move first). The ledger is then as it was.
    pub fn append_report(
        &mut self,
        report: &Report,
        roll: impl Into<RollId>,
        placements: &[Placement],
        time: Time,
        agent: Agent,
    ) -> Result<EventRef, AppendError> {
        let next = self.next_of_report(report, roll.into(), placements, time, agent)?;
        Ok(self.take(next))
    }

    /// Appends another ledger whole, given as its text, its lines verbatim. It must be one by itself:
    /// what its events are about stands in its own lines, not in this ledger's. Lines that both
    /// share count once.
    ///
    /// # Errors
    /// [`AppendError`] when the other has faults by itself, the two contradict one another, or one is
    /// simulated and the other not. The ledger is then as it was.
    pub fn append_import(
        &mut self,
        other: &str,
        time: Time,
        agent: Agent,
    ) -> Result<EventRef, AppendError> {
        let next = self.next_of_import(other, time, agent)?;
        Ok(self.take(next))
    }

    /// The line that [`Ledger::append`] appends.
    fn next_of_event(
        &self,
        event: Event,
        time: Time,
        agent: Agent,
    ) -> Result<NextLine, AppendError> {
        match event {
            event @ (Event::Evidence(_) | Event::Import(_)) => {
                Err(AppendError::NeverTyped { kind: event.kind() })
            }
            event => self.next(event, time, agent),
        }
    }

    /// The line that [`Ledger::append_report`] appends.
    fn next_of_report(
        &self,
        report: &Report,
        roll: RollId,
        placements: &[Placement],
        time: Time,
        agent: Agent,
    ) -> Result<NextLine, AppendError> {
        let mut evidence = Evidence::from_report(report, roll, placements)?;
        // One list per content: that of another content under the same C4 is a contradiction,
        // and stays in for the check to find.
        if let (Some(content), Some(files)) = (&evidence.content, &evidence.files)
            && self.state.has_files(content, files)
        {
            evidence.files = None;
        }
        self.next(evidence.into(), time, agent)
    }

    /// The line that [`Ledger::append_import`] appends.
    fn next_of_import(
        &self,
        other: &str,
        time: Time,
        agent: Agent,
    ) -> Result<NextLine, AppendError> {
        let import = Import::of(other)?;
        if let Err(LedgerError { faults }) = Ledger::parse(other)
            && let Some(fault) = faults.into_iter().next()
        {
            return Err(FaultKind::Imported { fault: Box::new(fault) }.into());
        }
        self.next(import.into(), time, agent)
    }

    /// The next line, with an event that fits. Nothing has changed by it.
    fn next(&self, event: Event, time: Time, agent: Agent) -> Result<NextLine, AppendError> {
        let mut text = Line::write(&self.head, self.simulated, &event, time, agent)
            .map_err(|error| AppendError::Unwritable { message: error.to_string() })?;
        let digest = c4_value(text.as_bytes());
        text.push('\n');
        let at = EventRef::new(self.head.seq.saturating_add(1));
        let brings = match event {
            Event::Import(other) => {
                let mut state = Box::new(self.state.clone());
                state.take_import(&at, self.simulated, &other)?;
                Brings::State(state)
            }
            event => Brings::Event(Box::new(self.state.check(&at, None, event)?)),
        };
        Ok(NextLine { text, digest, at, time, brings })
    }

    /// Takes in a line that was made for this very ledger. There is nothing left that could fail.
    fn take(&mut self, next: NextLine) -> EventRef {
        let NextLine { text, digest, at, time, brings } = next;
        match brings {
            Brings::Event(fitting) => self.state.take(&at, None, time, *fitting),
            Brings::State(state) => self.state = *state,
        }
        self.state.note(digest, &at);
        self.appended.push_str(&text);
        self.head = Head { seq: self.head.seq.saturating_add(1), digest: digest.to_string() };
        self.devices = OnceLock::new();
        at
    }
}

/// The next line of a ledger: it fits, and is not taken in yet. Between the two it is made durable.
struct NextLine {
    /// The line with its line feed.
    text: String,
    /// C4 of the line without it.
    digest: HashValue,
    at: EventRef,
    time: Time,
    brings: Brings,
}

/// What a line brings to the state.
enum Brings {
    Event(Box<Fitting>),
    /// The state with a whole ledger taken in.
    State(Box<State>),
}
