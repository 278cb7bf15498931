//! Progress on a terminal.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use mhl_core::{Finding, Phase, Progress};
use mhl_hash::Observer;

use crate::output::{Terminal, line};

/// A bar on standard error, and findings as they come; nothing where standard error is no terminal.
/// It stops the work when the terminal says so.
pub(crate) struct Bar<'a> {
    bar: ProgressBar,
    terminal: &'a Terminal,
}

impl<'a> Bar<'a> {
    pub(crate) fn new(terminal: &'a Terminal) -> Self {
        let shown = !terminal.quiet && std::io::stderr().is_terminal();
        let bar = ProgressBar::with_draw_target(
            Some(0),
            if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() },
        );
        let style = ProgressStyle::with_template(
            "{msg:9} {wide_bar} {bytes:>10} of {total_bytes}  {bytes_per_sec:>12}  {eta:>4}",
        );
        if let Ok(style) = style {
            bar.set_style(style);
        }
        Bar { bar, terminal }
    }
}

impl Drop for Bar<'_> {
    fn drop(&mut self) {
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
        self.bar.set_message(match phase {
            Phase::Scan => "scan",
            Phase::Copy => "copy",
            Phase::ReadBack => "read back",
            _ => "read",
        });
    }

    fn more(&self, bytes: u64) {
        self.bar.inc_length(bytes);
    }

    fn found(&self, finding: &Finding) {
        if finding.kind.is_fault() {
            self.bar.println(line(finding));
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
