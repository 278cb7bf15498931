//! What is printed: text for people, or one JSON object.
//!
//! Everything goes through [`print`] and [`diagnose`]: nothing that a name holds reaches the
//! terminal as a control character, and nobody who stops reading stops the work.

use std::{
    fmt::Write as _,
    io::{self, Write as _},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use mhl_core::{Finding, Report, Status, escape_for_display};
use serde_json::{Value, json};

use crate::{exit::Code, failure::Failure};

/// How results are printed, and whether the user at it asked to stop.
pub(crate) struct Terminal {
    pub(crate) json: bool,
    pub(crate) quiet: bool,
    /// Set by a signal: every operation polls it.
    pub(crate) stop: Arc<AtomicBool>,
}

impl Terminal {
    pub(crate) fn new(json: bool, quiet: bool) -> Self {
        Terminal { json, quiet, stop: Arc::default() }
    }

    /// The same, without progress.
    pub(crate) fn quietly(&self) -> Self {
        Terminal { json: self.json, quiet: true, stop: Arc::clone(&self.stop) }
    }

    /// Whether the work is to stop.
    pub(crate) fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Prints a result: `text` for people, or `value` as one line of JSON.
    pub(crate) fn result(&self, text: &str, value: &Value) {
        if self.json { print_json(&value.to_string()) } else { print(text) }
    }

    /// Prints a report.
    pub(crate) fn report(&self, report: &Report, headline: &str) {
        if self.json {
            print_json(&report.to_json());
        } else {
            print(&self.render(report, headline));
        }
    }

    /// Prints a report, and one thing more that its subcommand tells.
    pub(crate) fn report_with(&self, report: &Report, headline: &str, more: (&str, Value)) {
        let mut value = json!(report);
        if let Value::Object(fields) = &mut value {
            fields.insert(more.0.to_owned(), more.1);
        }
        self.result(&self.render(report, headline), &value);
    }

    /// Says on standard error why a subcommand has no result, and on standard output to programs.
    pub(crate) fn failure(&self, command: &str, failure: &Failure) {
        diagnose(&failure.message);
        if self.json {
            self.failure_object(command, failure);
        }
    }

    /// What a program gets where a subcommand has no result.
    pub(crate) fn failure_object(&self, command: &str, failure: &Failure) {
        let status =
            if failure.code == Code::Cancelled { Status::Cancelled } else { Status::Failed };
        let findings: Vec<Finding> = failure.finding().into_iter().collect();
        let object = json!({"schema": format!("mhl.{command}/1"), "status": status, "counts": {},
                            "findings": findings, "message": failure.message,
                            "exit": failure.code as u8});
        print_json(&object.to_string());
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
        Status::Sealed => "sealed",
        Status::Recorded => "recorded",
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

/// Prints lines on standard output. Who reads them may go away: that changes nothing of the result.
pub(crate) fn print(text: &str) {
    let lines: Vec<String> = text.split('\n').map(escape_for_display).collect();
    write(&lines.join("\n"));
}

/// Prints a line on standard error.
pub(crate) fn diagnose(message: &str) {
    let _ = writeln!(io::stderr(), "mhl: {}", escape_for_display(message));
}

fn print_json(object: &str) {
    write(&(escape_json(object) + "\n"));
}

/// What JSON admits in a string and a terminal would obey or hide, as JSON's own escapes: the same
/// value to whoever parses it.
fn escape_json(object: &str) -> String {
    let mut escaped = String::with_capacity(object.len());
    for character in object.chars() {
        let printable = matches!(character, ' '..='~');
        if printable
            || escape_for_display(character.encode_utf8(&mut [0; 4])).len() == character.len_utf8()
        {
            escaped.push(character);
        } else {
            for unit in character.encode_utf16(&mut [0; 2]) {
                let _ = write!(escaped, "\\u{unit:04x}");
            }
        }
    }
    escaped
}

fn write(text: &str) {
    let mut output = io::stdout().lock();
    let written = output.write_all(text.as_bytes()).and_then(|()| output.flush());
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            diagnose(&format!("standard output: {error}"));
        }
        _ => {}
    }
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
    fn row_37_and_38_json_is_safe_to_print_and_says_the_same() {
        let name = "A\u{202e}\u{1b}[2J\n\u{9b}\u{7f}\u{e0041}é日.mov";
        let escaped = escape_json(&json!({"path": name}).to_string());
        assert!(escaped.chars().all(|c| c.to_string() == escape_for_display(&c.to_string())));
        assert!(escaped.contains("é日.mov"), "{escaped}");
        let value: Value = serde_json::from_str(&escaped).unwrap();
        assert_eq!(value["path"], name);
    }

    #[test]
    fn every_status_has_its_word() {
        let statuses = [
            (Status::Verified, "verified"),
            (Status::Sealed, "sealed"),
            (Status::Recorded, "recorded"),
            (Status::Failed, "FAILED"),
            (Status::Unproven, "UNPROVEN"),
            (Status::Cancelled, "CANCELLED"),
        ];
        for (status, said) in statuses {
            assert_eq!(word(status), said);
        }
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
