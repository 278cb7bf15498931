//! The ledger: events that are only ever appended, chained by their C4, replayed into a state.
//!
//! `docs/ledger.md` lays down the format and what it promises.

mod chain;
mod event;
mod fault;
mod file;
mod replay;
mod schema;
mod state;

pub use chain::{Agent, Head, ParseHeadError};
pub use event::{Event, EventError, Import};
pub use fault::{AppendError, Fault, FaultKind, LedgerError, PinError};
pub use file::{FileError, LedgerFile};
pub use schema::SCHEMA;
pub use state::{MediumState, Recorded, State};

use crate::{
    event_ref::EventRef,
    evidence::{Evidence, Placement},
    remark::Remark,
    roll::RollId,
    time::Time,
};
use chain::Line;
use mhl_core::Report;
use replay::Replay;

/// A ledger whose every line was checked.
///
/// ```
/// use mhl_policy::{Agent, Ledger, Place, Time};
///
/// let mut ledger = Ledger::new();
/// let now: Time = "2026-03-05T20:30:00Z".parse()?;
/// ledger.append(Place::at("cart", "Stage 5"), now, Agent::new("DIT"))?;
///
/// let read = Ledger::parse(ledger.text())?;
/// assert_eq!(read.head(), ledger.head());
/// assert!(Ledger::parse(&ledger.text().replace("Stage 5", "Stage 6")).is_ok(),
///     "the last line stands alone: only a pinned head finds that it was rewritten");
/// assert!(Ledger::parse(&ledger.text().replace("Stage 5", "Stage 6"))?.check_pin(ledger.head()).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Ledger {
    text: String,
    /// C4 of each line.
    digests: Vec<String>,
    head: Head,
    simulated: bool,
    state: State,
}

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

    /// Reads a ledger: checks the chain, and replays every event. An empty text is an empty
    /// ledger.
    ///
    /// # Errors
    /// [`LedgerError`] with every fault and its line. A chain that holds tells that nothing was
    /// changed *before* its head; whether the head is the right one only
    /// [`Ledger::check_pin`] tells.
    pub fn parse(text: &str) -> Result<Self, LedgerError> {
        let (lines, rest) = replay::lines(text);
        let mut ledger = Ledger { text: text.to_owned(), ..Ledger::default() };
        let mut replay = Replay::new(&mut ledger.state);
        for line in &lines {
            replay.take(line);
        }
        let simulated = replay.is_simulated();
        let (head, mut faults) = replay.end();
        if rest.is_some() {
            faults.push(Fault { line: head.seq.saturating_add(1), kind: FaultKind::Torn });
        }
        if !faults.is_empty() {
            return Err(LedgerError { faults });
        }
        ledger.digests = lines.iter().map(|line| crate::evidence::c4(line.as_bytes())).collect();
        ledger.head = head;
        ledger.simulated = simulated;
        Ok(ledger)
    }

    /// The whole text, one line feed behind each line.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
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

    /// What is worth saying about the last event: words that are not known, what it leaves open,
    /// media and places that it names and nobody recorded, copies that its report does not prove.
    /// None of it is a fault: the event was taken as it is.
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
        let last = self.text.lines().next_back();
        let line = last.and_then(|line| serde_json::from_str::<Line>(line).ok());
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
            Some(index) => self.digests.get(index).cloned(),
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
        match event.into() {
            event @ (Event::Evidence(_) | Event::Import(_)) => {
                Err(AppendError::NeverTyped { kind: event.kind() })
            }
            event => self.append_event(event, time, agent),
        }
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
        let mut evidence = Evidence::from_report(report, roll.into(), placements)?;
        // One list per content: that of another content under the same C4 is a contradiction,
        // and stays in for the replay to find.
        if let (Some(content), Some(files)) = (&evidence.content, &evidence.files)
            && self.state.has_files(content, files)
        {
            evidence.files = None;
        }
        self.append_event(evidence.into(), time, agent)
    }

    /// Appends another ledger whole, its lines verbatim. Lines that both ledgers share count
    /// once.
    ///
    /// # Errors
    /// [`AppendError`] when the two contradict one another, or one is simulated and the other
    /// not. The ledger is then as it was.
    pub fn append_import(
        &mut self,
        other: &Ledger,
        time: Time,
        agent: Agent,
    ) -> Result<EventRef, AppendError> {
        let import = Import {
            head: other.head.clone(),
            lines: replay::lines(&other.text).0.into_iter().map(str::to_owned).collect(),
        };
        // The lines of an import change the state one by one.
        let before = self.state.clone();
        let appended = self.append_event(import.into(), time, agent);
        if appended.is_err() {
            self.state = before;
        }
        appended
    }

    fn append_event(
        &mut self,
        event: Event,
        time: Time,
        agent: Agent,
    ) -> Result<EventRef, AppendError> {
        let line = Line::write(&self.head, self.simulated, &event, time, agent)
            .map_err(|error| AppendError::Unwritable { message: error.to_string() })?;
        let head = self.head.after(&line);
        let at = EventRef::new(head.seq);
        self.state.apply(&at, None, time, self.simulated, event)?;
        self.state.note(head.digest.clone(), &at);
        self.text.push_str(&line);
        self.text.push('\n');
        self.digests.push(head.digest.clone());
        self.head = head;
        Ok(at)
    }
}
