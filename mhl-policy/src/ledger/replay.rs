//! Lines, checked against their chain and taken into a state one by one.

use super::{
    chain::{End, Head, Line, LineHasher, VERSION},
    event::Event,
    fault::{Fault, FaultKind},
    state::State,
};
use crate::event_ref::EventRef;
use mhl_hash::HashValue;

/// Lines that are hashed side by side; a reader holds as many in memory.
pub(super) const AT_ONCE: usize = 16;

/// What a run came to.
pub(super) struct Read {
    pub(super) head: Head,
    /// Whether the lines say that they are simulated; not when there are none.
    pub(super) simulated: bool,
    pub(super) faults: Vec<Fault>,
}

/// A run over the lines of one ledger.
pub(super) struct Replay<'a> {
    state: &'a mut State,
    /// The event that imports this ledger; none for the outermost.
    import: Option<&'a EventRef>,
    /// Whether the ledger is simulated; the first line of the outermost says.
    simulated: Option<bool>,
    hasher: LineHasher,
    end: End,
    faults: Vec<Fault>,
}

impl<'a> Replay<'a> {
    /// A run over a ledger that stands by itself.
    pub(super) fn new(state: &'a mut State) -> Self {
        Replay {
            state,
            import: None,
            simulated: None,
            hasher: LineHasher::new(),
            end: End::new(),
            faults: Vec::new(),
        }
    }

    /// A run over a ledger that an event imports into one that is simulated or not.
    pub(super) fn within(state: &'a mut State, import: &'a EventRef, simulated: bool) -> Self {
        Replay { import: Some(import), simulated: Some(simulated), ..Replay::new(state) }
    }

    /// Takes the next lines. The faults of each are kept, and the run goes on behind them.
    pub(super) fn take(&mut self, lines: &[&[u8]]) {
        for lines in lines.chunks(AT_ONCE) {
            for (line, digest) in lines.iter().zip(self.hasher.digests(lines)) {
                let end = self.end.after(digest);
                match serde_json::from_slice::<Line<'_>>(line) {
                    Ok(read) => self.take_line(&read, end),
                    Err(error) => {
                        self.fault(end.seq, FaultKind::Line { message: error.to_string() });
                    }
                }
                self.end = end;
            }
        }
    }

    /// Ends behind the last line feed; `torn` where more follows it.
    pub(super) fn end(mut self, torn: bool) -> Read {
        if torn {
            self.fault(self.end.seq.saturating_add(1), FaultKind::Torn);
        }
        let simulated = self.simulated.unwrap_or(false);
        Read { head: self.end.head(), simulated, faults: self.faults }
    }

    fn take_line(&mut self, line: &Line<'_>, end: End) {
        let number = end.seq;
        if line.v != VERSION {
            self.fault(number, FaultKind::Version { found: line.v });
        }
        if line.seq != number {
            self.fault(number, FaultKind::Sequence { expected: number, found: line.seq });
        }
        if HashValue::from_c4(&line.prev) != Ok(self.end.digest) {
            let expected = self.end.digest.to_string();
            let found = line.prev.clone().into_owned();
            self.fault(number, FaultKind::Chain { expected, found });
        }
        let simulated = *self.simulated.get_or_insert(line.simulated);
        if line.simulated != simulated {
            self.fault(number, FaultKind::Simulated { event: line.simulated });
        }
        let event = match Event::read(&line.event, line.data.get()) {
            Some(Ok(event)) => event,
            Some(Err(error)) => {
                let message = error.to_string();
                let kind = line.event.clone().into_owned();
                return self.fault(number, FaultKind::Data { kind, message });
            }
            None => {
                let kind = line.event.clone().into_owned();
                return self.fault(number, FaultKind::UnknownKind { kind });
            }
        };
        let at = EventRef::within(self.import, number);
        if self.state.note(end.digest, &at) {
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
