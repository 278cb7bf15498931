//! Progress on a terminal.

use std::{
    collections::BTreeMap,
    io::IsTerminal,
    sync::{Mutex, MutexGuard, PoisonError},
};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use mhl_core::{Finding, Phase, Progress};
use mhl_hash::Observer;

use crate::output::{Terminal, line};

/// A bar on standard error, one more for each copy, and findings as they come; nothing where standard
/// error is no terminal. It stops the work when the terminal says so.
pub(crate) struct Bar<'a> {
    all: MultiProgress,
    bar: ProgressBar,
    /// By their places among the destinations.
    copies: Mutex<BTreeMap<usize, ProgressBar>>,
    terminal: &'a Terminal,
}

impl<'a> Bar<'a> {
    pub(crate) fn new(terminal: &'a Terminal) -> Self {
        let shown = !terminal.quiet && std::io::stderr().is_terminal();
        let all = MultiProgress::with_draw_target(if shown {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        });
        let bar = all.add(new_bar(0));
        Bar { all, bar, copies: Mutex::default(), terminal }
    }

    fn copies(&self) -> MutexGuard<'_, BTreeMap<usize, ProgressBar>> {
        self.copies.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn new_bar(bytes: u64) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(bytes), ProgressDrawTarget::hidden());
    let style = ProgressStyle::with_template(
        "{msg:9} {wide_bar} {bytes:>10} of {total_bytes}  {bytes_per_sec:>12}  {eta:>4}",
    );
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

impl Drop for Bar<'_> {
    fn drop(&mut self) {
        self.copies().values().for_each(ProgressBar::finish_and_clear);
        self.bar.finish_and_clear();
    }
}

impl Observer for Bar<'_> {
    fn advanced(&self, bytes: u64) {
        self.bar.inc(bytes);
    }

    fn is_cancelled(&self) -> bool {
        self.terminal.is_stopped()
    }
}

impl Progress for Bar<'_> {
    fn phase(&self, phase: Phase, bytes: u64) {
        self.bar.reset();
        self.bar.set_length(bytes);
        let copies = self.copies();
        for copy in copies.values() {
            copy.reset();
            // What is read back is the sum of all copies.
            let shares = if phase == Phase::ReadBack { copies.len() as u64 } else { 1 };
            copy.set_length(bytes.checked_div(shares).unwrap_or(bytes));
        }
        self.bar.set_message(match phase {
            Phase::Scan => "scan",
            Phase::Copy => "copy",
            Phase::ReadBack => "read back",
            Phase::SecondRead => "read again",
            _ => "read",
        });
    }

    fn copied(&self, copy: usize, _: Phase, bytes: u64) {
        let mut copies = self.copies();
        let bar = copies.entry(copy).or_insert_with(|| {
            let bar = self.all.add(new_bar(self.bar.length().unwrap_or(0)));
            bar.set_message(format!("  copy {}", copy + 1));
            bar
        });
        bar.inc(bytes);
    }

    fn more(&self, bytes: u64) {
        self.bar.inc_length(bytes);
    }

    fn found(&self, finding: &Finding) {
        if finding.kind.is_fault() {
            // Where nothing is shown, the result tells it.
            let _ = self.all.println(line(finding));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;

    use super::*;

    #[test]
    fn a_bar_stops_the_work_once_the_terminal_is_stopped() {
        let terminal = Terminal::new(false, true);
        let bar = Bar::new(&terminal);
        assert!(!bar.is_cancelled());
        terminal.stop.store(true, Ordering::Relaxed);
        assert!(bar.is_cancelled());
    }
}
