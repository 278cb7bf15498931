//! Lines, checked against their chain and taken into a state one by one.

use super::{
    chain::{Head, Line, VERSION},
    event::Event,
    fault::{Fault, FaultKind},
    state::State,
};
use crate::event_ref::EventRef;

/// A run over the lines of one ledger.
pub(super) struct Replay<'a> {
    state: &'a mut State,
    /// The event that imports this ledger; none for the outermost.
    import: Option<&'a EventRef>,
    /// Whether the ledger is simulated; the first line of the outermost says.
    simulated: Option<bool>,
    head: Head,
    faults: Vec<Fault>,
}

impl<'a> Replay<'a> {
    /// A run over a ledger that stands by itself.
    pub(super) fn new(state: &'a mut State) -> Self {
        Replay { state, import: None, simulated: None, head: Head::default(), faults: Vec::new() }
    }

    /// A run over a ledger that an event imports into one that is simulated or not.
    pub(super) fn within(state: &'a mut State, import: &'a EventRef, simulated: bool) -> Self {
        Replay { import: Some(import), simulated: Some(simulated), ..Replay::new(state) }
    }

    /// Takes the next line. Its faults are kept, and the run goes on behind them.
    pub(super) fn take(&mut self, text: &str) {
        let head = self.head.after(text);
        let line = head.seq;
        match serde_json::from_str::<Line>(text) {
            Ok(read) => self.take_line(read, &head),
            Err(error) => self.fault(line, FaultKind::Line { message: error.to_string() }),
        }
        self.head = head;
    }

    /// The head after the last line, and every fault.
    pub(super) fn end(self) -> (Head, Vec<Fault>) {
        (self.head, self.faults)
    }

    /// Whether the lines say that they are simulated; not when there are none.
    pub(super) fn is_simulated(&self) -> bool {
        self.simulated.unwrap_or(false)
    }

    fn take_line(&mut self, line: Line, head: &Head) {
        let number = head.seq;
        if line.v != VERSION {
            self.fault(number, FaultKind::Version { found: line.v });
        }
        if line.seq != number {
            self.fault(number, FaultKind::Sequence { expected: number, found: line.seq });
        }
        if line.prev != self.head.digest {
            let expected = self.head.digest.clone();
            self.fault(number, FaultKind::Chain { expected, found: line.prev });
        }
        let simulated = *self.simulated.get_or_insert(line.simulated);
        if line.simulated != simulated {
            self.fault(number, FaultKind::Simulated { event: line.simulated });
        }
        let event = match Event::read(&line.event, line.data.get()) {
            Some(Ok(event)) => event,
            Some(Err(error)) => {
                let message = error.to_string();
                return self.fault(number, FaultKind::Data { kind: line.event, message });
            }
            None => return self.fault(number, FaultKind::UnknownKind { kind: line.event }),
        };
        let at = EventRef::within(self.import, number);
        if self.state.note(head.digest.clone(), &at).is_some() {
            return;
        }
        if let Err(kind) = self.state.apply(&at, self.import, line.time, simulated, event) {
            self.fault(number, kind);
        }
    }

    fn fault(&mut self, line: u64, kind: FaultKind) {
        self.faults.push(Fault { line, kind });
    }
}

/// Splits a ledger's text at its line feeds. The second value is the torn rest, if there is one.
pub(super) fn lines(text: &str) -> (Vec<&str>, Option<&str>) {
    let mut lines: Vec<&str> = text.split('\n').collect();
    let rest = lines.pop().filter(|rest| !rest.is_empty());
    (lines, rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_ends_with_its_line_feed() {
        assert_eq!(lines(""), (vec![], None));
        assert_eq!(lines("a\nb\n"), (vec!["a", "b"], None));
        assert_eq!(lines("a\nb"), (vec!["a"], Some("b")));
        assert_eq!(lines("\n"), (vec![""], None));
    }
}
