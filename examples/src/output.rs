//! What is printed: text for people, or one JSON object.

use std::fmt::Write as _;

use mhl_core::{Finding, Report, Status, escape_for_display};
use serde_json::{Value, json};

use crate::exit::Code;

/// How results are printed.
pub(crate) struct Terminal {
    pub(crate) json: bool,
    pub(crate) quiet: bool,
}

/// Why a subcommand has no result.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) code: Code,
    pub(crate) message: String,
}

impl Failure {
    pub(crate) fn new(code: Code, message: impl std::fmt::Display) -> Self {
        Failure { code, message: message.to_string() }
    }

    /// Arguments that cannot be meant.
    pub(crate) fn usage(message: impl std::fmt::Display) -> Self {
        Failure::new(Code::Usage, message)
    }

    /// The system refused something.
    pub(crate) fn io(path: &std::path::Path, error: impl std::fmt::Display) -> Self {
        Failure::new(Code::Io, format!("{}: {error}", path.display()))
    }
}

impl Terminal {
    /// Prints a result: `text` for people, or `value` as one line of JSON.
    pub(crate) fn result(&self, text: &str, value: &Value) {
        if self.json {
            println!("{value}");
        } else {
            print!("{text}");
        }
    }

    /// Prints a report.
    pub(crate) fn report(&self, report: &Report, headline: &str) {
        if self.json {
            println!("{}", report.to_json());
        } else {
            print!("{}", self.render(report, headline));
        }
    }

    /// Says on standard error why there is no result, and on standard output too for programs.
    pub(crate) fn failure(&self, failure: &Failure) {
        eprintln!("mhl: {}", escape_lines(&failure.message));
        if self.json {
            let code = failure.code as u8;
            println!(
                "{}",
                json!({"schema": "mhl.error/1", "status": "error", "exit": code,
                       "message": failure.message})
            );
        }
    }

    /// A report as lines: every fault, the warnings, then the result.
    pub(crate) fn render(&self, report: &Report, headline: &str) -> String {
        let mut text = String::new();
        for finding in &report.findings {
            if finding.kind.is_fault() || !self.quiet {
                let _ = writeln!(text, "{}{}", of_copy(report, finding), line(finding));
            }
        }
        let _ = writeln!(text, "{headline}");
        for copy in &report.copies {
            if report.copies.len() > 1 || copy.grade.is_some() {
                let evidence = copy.grade.map_or("no evidence", |grade| grade.meaning());
                let _ = writeln!(
                    text,
                    "  {:<10} {}  ({evidence})",
                    word(copy.status),
                    escape_for_display(&copy.place.path)
                );
            }
        }
        text
    }
}

/// The status in capitals where it has to be seen.
pub(crate) fn word(status: Status) -> &'static str {
    match status {
        Status::Verified => "verified",
        Status::Failed => "FAILED",
        Status::Unproven => "UNPROVEN",
        Status::Cancelled => "CANCELLED",
        _ => "UNKNOWN",
    }
}

/// One finding as one line, safe to print.
pub(crate) fn line(finding: &Finding) -> String {
    let mark = if finding.kind.is_fault() { "fault" } else { "note " };
    let mut line =
        format!("{mark}  {:<16} {}", finding.kind.name(), escape_for_display(&finding.path));
    if let (Some(expected), Some(found)) = (&finding.expected, &finding.found) {
        let _ = write!(
            line,
            "\n       {:<16} expected {}, found {}",
            "",
            escape_for_display(expected),
            escape_for_display(found)
        );
    }
    if let Some(note) = &finding.note {
        let _ = write!(line, "\n       {:<16} {}", "", escape_for_display(note));
    }
    line
}

fn of_copy(report: &Report, finding: &Finding) -> String {
    match finding.copy.and_then(|copy| report.copies.get(copy)) {
        Some(copy) if report.copies.len() > 1 => {
            format!("{}: ", escape_for_display(&copy.place.path))
        }
        _ => String::new(),
    }
}

/// A number of bytes as people say it, in powers of 1000 as media are sold.
pub(crate) fn bytes(count: u64) -> String {
    const UNITS: [&str; 6] = ["B", "kB", "MB", "GB", "TB", "PB"];
    let mut unit = 0;
    let mut value = count as f64;
    while value >= 999.5 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    let name = UNITS.get(unit).copied().unwrap_or("B");
    if unit == 0 { format!("{count} B") } else { format!("{value:.1} {name}") }
}

fn escape_lines(text: &str) -> String {
    text.lines().map(escape_for_display).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use mhl_core::FindingKind;

    use super::*;

    #[test]
    fn row_37_and_38_names_are_escaped_wherever_printed() {
        let finding = Finding::new(FindingKind::NewFile, "A\u{202e}\u{1b}[2J\n.mov");
        let line = line(&finding);
        assert!(!line.contains(['\u{202e}', '\u{1b}', '\n']), "{line:?}");
    }

    #[test]
    fn bytes_are_said_as_media_are_sold() {
        assert_eq!(bytes(0), "0 B");
        assert_eq!(bytes(999), "999 B");
        assert_eq!(bytes(999_950_000), "1.0 GB");
        assert_eq!(bytes(2_000_000_000), "2.0 GB");
        assert_eq!(bytes(u64::MAX), "18446.7 PB");
    }
}
