//! Figures and states in words.

use super::super::{Grade, Operation, PhaseRecord, Status};
use crate::{Timestamp, context::Phase};

/// The operation as a title begins.
pub(super) const fn operation(operation: Operation) -> &'static str {
    match operation {
        Operation::Seal => "Seal",
        Operation::Offload => "Offload",
        Operation::Verify => "Verification",
        Operation::Diff => "Comparison",
        Operation::Rename => "Rename",
        Operation::Flatten => "Packing list",
        Operation::Record => "Record",
    }
}

/// The phase as people call it.
pub(super) const fn phase(phase: Phase) -> &'static str {
    match phase {
        Phase::Scan => "Scan",
        Phase::Copy => "Copy",
        Phase::Hash => "Hashing",
        Phase::ReadBack => "Read back",
        Phase::SecondRead => "Second read",
        Phase::Read => "Read",
    }
}

/// What part of a phase somebody was at work, in whole percent; `None` where it is too short to
/// tell.
pub(super) fn share(busy_ms: u64, phase: &PhaseRecord) -> Option<String> {
    let whole = seconds(&phase.started, &phase.finished)?.saturating_mul(1000);
    let percent = busy_ms.saturating_mul(100).checked_div(whole)?;
    Some(format!("{} %", percent.min(100)))
}

/// The status in a word, and the class that gives it its colour.
pub(super) const fn status(status: Status) -> (&'static str, &'static str) {
    match status {
        Status::Verified => ("Verified", "verified"),
        Status::Sealed => ("Sealed", "sealed"),
        Status::Recorded => ("Recorded", "sealed"),
        Status::Failed => ("Failed", "failed"),
        Status::Unproven => ("Not proven", "unproven"),
        Status::Cancelled => ("Cancelled", "cancelled"),
    }
}

/// What evidence of a grade does not prove, where a stronger grade is to be had by another reading.
pub(super) const fn lacking(grade: Option<Grade>) -> Option<&'static str> {
    Some(match grade {
        None => "No evidence: not one file was proven.",
        Some(Grade::SizeOnly) => "Names and sizes only: not one byte was compared.",
        Some(Grade::Inherited) => {
            "Taken over from another tool, or from its list: nothing was read here."
        }
        Some(Grade::InFlight) => "Hashed on its way to the medium, and never read back from it.",
        Some(Grade::ObjectStore) => {
            "The store\u{2019}s own checksum: the object was not fetched and read."
        }
        Some(Grade::ThroughTheCache) => {
            "Read back, but perhaps from the computer\u{2019}s memory: that the medium holds the bytes is not proven."
        }
        Some(Grade::PastTheCache | Grade::AnotherHost) => return None,
    })
}

/// `1,234,567`.
pub(super) fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// `1 file`, `2 files`; `1 copy`, `2 copies`.
pub(super) fn counted(count: u64, what: &str) -> String {
    match what.strip_suffix('y') {
        _ if count == 1 => format!("1 {what}"),
        Some(stem) => format!("{} {stem}ies", number(count)),
        None => format!("{} {what}s", number(count)),
    }
}

/// Bytes as people say them, in powers of 1000 as media are sold.
pub(super) fn bytes(count: u64) -> String {
    const UNITS: [&str; 7] = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];
    let (mut value, mut units) = (count as f64, UNITS.iter());
    let mut unit = units.next();
    while value >= 999.5 {
        value /= 1000.0;
        unit = units.next();
    }
    let unit = unit.copied().unwrap_or_default();
    if count < 1000 { format!("{count} B") } else { format!("{value:.1} {unit}") }
}

/// The seconds between two instants; `None` where one is none, or they stand the other way round.
pub(super) fn seconds(started: &str, finished: &str) -> Option<u64> {
    let instant = |text| Some(Timestamp::parse(text).ok()?.unix_seconds());
    u64::try_from(instant(finished)?.checked_sub(instant(started)?)?).ok()
}

/// `1 h 02 min 03 s`.
pub(super) fn duration(seconds: u64) -> String {
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match (hours, minutes) {
        (0, 0) if rest == 0 => "less than 1 s".to_owned(),
        (0, 0) => format!("{rest} s"),
        (0, _) => format!("{minutes} min {rest:02} s"),
        _ => format!("{} h {minutes:02} min {rest:02} s", number(hours)),
    }
}

/// Bytes in a time, and the rate where it can be told: instants are whole seconds, so that less than
/// five of them would make a figure of noise.
pub(super) fn rate(count: u64, seconds: u64) -> String {
    let amount = format!("{} in {}", bytes(count), duration(seconds));
    match count.checked_div(seconds) {
        Some(rate) if seconds >= 5 => format!("{amount}, {}/s", bytes(rate)),
        _ => amount,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_said_as_people_read_them() {
        assert_eq!([0, 999, 1000, 1_234_567].map(number), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!([0, 1, 2].map(|n| counted(n, "file")), ["0 files", "1 file", "2 files"]);
        assert_eq!([1, 2].map(|n| counted(n, "copy")), ["1 copy", "2 copies"]);
        assert_eq!(
            [0, 999, 1000, 999_950_000, u64::MAX].map(bytes),
            ["0 B", "999 B", "1.0 kB", "1.0 GB", "18.4 EB"]
        );
        assert_eq!(
            [0, 59, 60, 3723].map(duration),
            ["less than 1 s", "59 s", "1 min 00 s", "1 h 02 min 03 s"]
        );
    }

    #[test]
    fn a_rate_is_told_only_of_a_time_that_gives_one() {
        assert_eq!(rate(4_000_000, 0), "4.0 MB in less than 1 s");
        assert_eq!(rate(4_000_000, 4), "4.0 MB in 4 s");
        assert_eq!(rate(5_000_000_000, 10), "5.0 GB in 10 s, 500.0 MB/s");
        let at = ["2026-11-22T13:30:00Z", "2026-11-22T14:31:00+01:00", "yesterday"];
        assert_eq!(seconds(at[0], at[1]), Some(60));
        assert_eq!(seconds(at[1], at[0]), None, "a clock that was set back");
        assert_eq!(seconds(at[0], at[2]), None);
    }
}
