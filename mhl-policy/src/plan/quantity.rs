//! Amounts of data, rates and times: whole numbers, read from text and told as text.
//!
//! Nothing here is a float. What a text says is taken exactly, or not at all; what has to be
//! rounded is rounded to the side that never promises too much: a rate down, a time up.

use serde::{Deserialize, Serialize, Serializer};
use std::{fmt, str::FromStr};

/// Why a text is no amount, rate or time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is no {what}; expected {expected}")]
#[non_exhaustive]
pub struct ParseQuantityError {
    /// The text that was given.
    pub text: String,
    /// What it was read as.
    pub what: &'static str,
    /// What may stand there.
    pub expected: &'static str,
}

/// A unit by its name, as so many of what is counted.
type Unit = (&'static str, u64);

const BYTES: &[Unit] = &[
    ("B", 1),
    ("kB", 1000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("TB", 1_000_000_000_000),
    ("PB", 1_000_000_000_000_000),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("TiB", 1 << 40),
];

const BITS: &[Unit] =
    &[("bit/s", 1), ("kbit/s", 1000), ("Mbit/s", 1_000_000), ("Gbit/s", 1_000_000_000)];

const TIMES: &[Unit] = &[("s", 1000), ("min", 60_000), ("h", HOUR), ("d", DAY)];

const HOUR: u64 = 3_600_000;
const DAY: u64 = 24 * HOUR;

/// `2.4 TB` by these units, exactly. `None` where it is no number, another unit, no whole number
/// of what is counted, or too large.
fn amount(text: &str, units: &[Unit]) -> Option<u64> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let (number, unit) = text.split_at(end);
    let (_, size) = units.iter().find(|(name, _)| *name == unit.trim())?;
    let (whole, fraction) = match number.split_once('.') {
        Some((_, "")) => return None,
        Some(parts) => parts,
        None => (number, ""),
    };
    // Both are digits alone: a second point is none.
    let digits: u128 = format!("{whole}{fraction}").parse().ok()?;
    let (scaled, parts) = (
        digits.checked_mul(u128::from(*size))?,
        10_u128.checked_pow(u32::try_from(fraction.len()).ok()?)?,
    );
    if whole.is_empty() || scaled % parts != 0 {
        return None;
    }
    u64::try_from(scaled / parts).ok()
}

/// `12.3 GB`: to a tenth, half a tenth up.
fn told(value: u64) -> String {
    const NAMES: [&str; 7] = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];
    let (mut unit, mut size) = (0, 1_u128);
    let value = u128::from(value);
    // The first unit in which it is less than a thousand when it is rounded.
    while unit + 1 < NAMES.len() && (value * 10 + size / 2) / size >= 10_000 {
        unit += 1;
        size *= 1000;
    }
    let tenths = (value * 10 + size / 2) / size;
    let name = NAMES.get(unit).copied().unwrap_or("B");
    match tenths % 10 {
        0 => format!("{} {name}", tenths / 10),
        tenth => format!("{}.{tenth} {name}", tenths / 10),
    }
}

macro_rules! read_as_text {
    ($name:ident) => {
        impl TryFrom<String> for $name {
            type Error = ParseQuantityError;

            fn try_from(text: String) -> Result<Self, ParseQuantityError> {
                text.parse()
            }
        }
    };
}

read_as_text!(Size);
read_as_text!(Rate);
read_as_text!(Span);

/// An amount of data, in bytes.
///
/// ```
/// use mhl_policy::plan::Size;
///
/// let day: Size = "2.4 TB".parse()?;
/// assert_eq!(day.bytes(), 2_400_000_000_000);
/// assert_eq!(day.to_string(), "2.4 TB");
/// assert!("2,4 TB".parse::<Size>().is_err());
/// assert!("0.5 B".parse::<Size>().is_err(), "half a byte is none");
/// # Ok::<(), mhl_policy::plan::ParseQuantityError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct Size(u64);

impl Size {
    /// So many bytes.
    #[must_use]
    pub const fn from_bytes(bytes: u64) -> Self {
        Size(bytes)
    }

    /// In bytes.
    #[must_use]
    pub const fn bytes(self) -> u64 {
        self.0
    }

    /// So many times as much; `None` past what a number holds.
    pub(super) fn times(self, count: u64) -> Option<Self> {
        self.0.checked_mul(count).map(Size)
    }
}

impl FromStr for Size {
    type Err = ParseQuantityError;

    /// Reads `2.4 TB`: powers of a thousand as media are sold (`B kB MB GB TB PB`), or of 1024
    /// (`KiB MiB GiB TiB`).
    ///
    /// # Errors
    /// When it is no such text, no whole number of bytes, or past 18 EB.
    fn from_str(text: &str) -> Result<Self, ParseQuantityError> {
        amount(text, BYTES).map(Size).ok_or_else(|| ParseQuantityError {
            text: text.to_owned(),
            what: "amount of data",
            expected: "a number and one of B kB MB GB TB PB KiB MiB GiB TiB, as \"2.4 TB\"",
        })
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&told(self.0))
    }
}

/// In bytes.
impl Serialize for Size {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.0)
    }
}

/// How fast something is, in bytes per second; never 0.
///
/// ```
/// use mhl_policy::plan::Rate;
///
/// let tape: Rate = "360 MB/s".parse()?;
/// assert_eq!(tape.bytes_per_second(), 360_000_000);
/// assert_eq!("10 Gbit/s".parse::<Rate>()?.to_string(), "1.3 GB/s");
/// assert!("360 Mb/s".parse::<Rate>().is_err(), "bits are spelled out");
/// assert!("0 MB/s".parse::<Rate>().is_err());
/// # Ok::<(), mhl_policy::plan::ParseQuantityError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct Rate(u64);

impl Rate {
    /// So many bytes per second; none of nothing.
    #[must_use]
    pub fn from_bytes_per_second(bytes: u64) -> Option<Self> {
        (bytes > 0).then_some(Rate(bytes))
    }

    /// In bytes per second.
    #[must_use]
    pub const fn bytes_per_second(self) -> u64 {
        self.0
    }

    /// The rate of `count` of them at once; `None` past what a number holds.
    pub(super) fn times(self, count: u64) -> Option<Self> {
        self.0.checked_mul(count).and_then(Rate::from_bytes_per_second)
    }

    /// So many percent of it, down to a byte.
    pub(super) fn percent(self, percent: u8) -> Option<Self> {
        let part = u128::from(self.0) * u128::from(percent) / 100;
        u64::try_from(part).ok().and_then(Rate::from_bytes_per_second)
    }

    /// How long so much takes, up to a millisecond; `None` past what a number holds.
    pub(super) fn time_of(self, size: Size) -> Option<Span> {
        let milliseconds = (u128::from(size.0) * 1000).div_ceil(u128::from(self.0));
        u64::try_from(milliseconds).ok().map(Span)
    }
}

impl FromStr for Rate {
    type Err = ParseQuantityError;

    /// Reads `360 MB/s`, or `10 Gbit/s`, which is told in bytes, rounded down.
    ///
    /// # Errors
    /// When it is no such text, nothing, or past what a number holds.
    fn from_str(text: &str) -> Result<Self, ParseQuantityError> {
        let bytes = || text.trim().strip_suffix("/s").and_then(|size| amount(size, BYTES));
        let bits = || amount(text, BITS).map(|bits| bits / 8);
        let rate = bytes().or_else(bits).and_then(Rate::from_bytes_per_second);
        rate.ok_or_else(|| ParseQuantityError {
            text: text.to_owned(),
            what: "rate",
            expected: "a number above 0 and one of B/s kB/s MB/s GB/s bit/s kbit/s Mbit/s Gbit/s, as \"360 MB/s\"",
        })
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}/s", told(self.0)))
    }
}

/// In bytes per second.
impl Serialize for Rate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.0)
    }
}

/// How long something takes, in milliseconds.
///
/// ```
/// use mhl_policy::plan::Span;
///
/// let night: Span = "11 h 30 min".parse()?;
/// assert_eq!(night.milliseconds(), 41_400_000);
/// assert_eq!(night.to_string(), "11 h 30 min");
/// assert_eq!("1.5 d".parse::<Span>()?.to_string(), "36 h");
/// # Ok::<(), mhl_policy::plan::ParseQuantityError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct Span(u64);

impl Span {
    /// A day and a night.
    pub const DAY: Span = Span(DAY);

    /// So many milliseconds.
    #[must_use]
    pub const fn from_milliseconds(milliseconds: u64) -> Self {
        Span(milliseconds)
    }

    /// In milliseconds.
    #[must_use]
    pub const fn milliseconds(self) -> u64 {
        self.0
    }

    /// Both together; `None` past what a number holds.
    pub(super) fn plus(self, other: Span) -> Option<Span> {
        self.0.checked_add(other.0).map(Span)
    }

    /// What is left of it after another; nothing where that is longer.
    pub(super) fn less(self, other: Span) -> Span {
        Span(self.0.saturating_sub(other.0))
    }

    /// How much later it is when so much work is done, at so many hours of each day, the first of
    /// which begin now; `None` past what a number holds, and where no hours are worked.
    pub(super) fn at_work(self, hours: Span) -> Option<Span> {
        // The last hours of work end a day's, not the next day's rest.
        let days = self.0.saturating_sub(1).checked_div(hours.0)?;
        let rest = self.0 - days * hours.0;
        days.checked_mul(DAY)?.checked_add(rest).map(Span)
    }

    /// Days that it takes, those begun counted as whole.
    pub(super) fn days_begun(self) -> u64 {
        self.0.div_ceil(DAY)
    }
}

impl FromStr for Span {
    type Err = ParseQuantityError;

    /// Reads `90 min`, `1 h 30 min`, `1.5 d`: parts of days, hours, minutes and seconds, added up.
    ///
    /// # Errors
    /// When it is no such text, no whole number of milliseconds, or past what a number holds.
    fn from_str(text: &str) -> Result<Self, ParseQuantityError> {
        let parts: Vec<&str> = text.split_whitespace().collect();
        let mut spans = parts.chunks(2).map(|part| amount(&part.concat(), TIMES));
        let sum = spans.try_fold(0_u64, |sum, part| sum.checked_add(part?));
        sum.filter(|_| !parts.is_empty()).map(Span).ok_or_else(|| ParseQuantityError {
            text: text.to_owned(),
            what: "time",
            expected: "numbers and one of d h min s, as \"1 h 30 min\"",
        })
    }
}

impl fmt::Display for Span {
    /// Hours and minutes, up to the next minute; below one, seconds.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let minutes = self.0.div_ceil(60_000);
        let text = match (minutes / 60, minutes % 60) {
            _ if self.0 <= 59_000 => format!("{} s", self.0.div_ceil(1000)),
            (0, minutes) => format!("{minutes} min"),
            (hours, 0) => format!("{hours} h"),
            (hours, minutes) => format!("{hours} h {minutes} min"),
        };
        f.pad(&text)
    }
}

/// In milliseconds.
impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn amounts_are_taken_exactly_or_not_at_all() {
        for (text, bytes) in [
            ("0 B", Some(0)),
            ("1B", Some(1)),
            ("1.5 kB", Some(1500)),
            ("0.001 kB", Some(1)),
            ("0.0001 kB", None),
            ("1 MiB", Some(1 << 20)),
            ("18446744073709551615 B", Some(u64::MAX)),
            ("18446744073709551616 B", None),
            ("99999999999999999999999999999999999999999 B", None),
            ("20000 PB", None),
            ("1. TB", None),
            (".5 TB", None),
            ("1.2.3 TB", None),
            ("-1 TB", None),
            ("1e3 B", None),
            ("TB", None),
            ("1", None),
            ("", None),
            ("1 tb", None),
            ("\u{661} TB", None),
        ] {
            assert_eq!(text.parse::<Size>().ok().map(Size::bytes), bytes, "{text:?}");
        }
    }

    #[test]
    fn rates_are_bytes_or_bits_and_never_nothing() {
        for (text, rate) in [
            ("360 MB/s", Some(360_000_000)),
            ("5 Gbit/s", Some(625_000_000)),
            ("9 bit/s", Some(1)),
            ("7 bit/s", None),
            ("0 MB/s", None),
            ("360 MB", None),
            ("5 Gb/s", None),
            ("1 MB/s/s", None),
        ] {
            assert_eq!(text.parse::<Rate>().ok().map(Rate::bytes_per_second), rate, "{text:?}");
        }
    }

    #[test]
    fn times_add_up() {
        for (text, milliseconds) in [
            ("0 h", Some(0)),
            ("1 d 1 h 1 min 1 s", Some(DAY + HOUR + 61_000)),
            ("0.5 h", Some(HOUR / 2)),
            ("1 h 30", None),
            ("1h", Some(HOUR)),
            ("h", None),
            ("", None),
            ("300000000000 d", None),
        ] {
            assert_eq!(text.parse::<Span>().ok().map(Span::milliseconds), milliseconds, "{text:?}");
        }
    }

    #[test]
    fn what_is_told_is_rounded_to_the_safe_side() {
        assert_eq!(Size(999_949).to_string(), "999.9 kB");
        assert_eq!(Size(999_950).to_string(), "1 MB");
        assert_eq!(Size(u64::MAX).to_string(), "18.4 EB");
        assert_eq!(Span(1).to_string(), "1 s");
        assert_eq!(Span(59_001).to_string(), "1 min");
        assert_eq!(Span(HOUR + 1).to_string(), "1 h 1 min");
        assert_eq!(Rate(3).percent(80), Rate::from_bytes_per_second(2));
        assert_eq!(Rate(1).percent(80), None, "nothing is no rate");
        assert_eq!(Rate(3).time_of(Size(10)), Some(Span(3334)));
        assert_eq!(Rate(1).time_of(Size(u64::MAX)), None);
    }

    #[test]
    fn work_stops_when_its_hours_are_over() {
        let later = |work, hours| Span(work * HOUR).at_work(Span(hours * HOUR)).map(|s| s.0 / HOUR);
        assert_eq!(later(0, 10), Some(0));
        assert_eq!(later(10, 10), Some(10));
        assert_eq!(later(11, 10), Some(25));
        assert_eq!(later(20, 10), Some(34));
        assert_eq!(later(100, 24), Some(100));
        assert_eq!(later(1, 0), None);
        assert_eq!(Span(u64::MAX).at_work(Span(HOUR)), None);
    }

    proptest! {
        #[test]
        fn no_text_is_a_panic(text in "\\PC*|[0-9.]{0,40} ?[a-zA-Z/]{0,6}") {
            let _ = (text.parse::<Size>(), text.parse::<Rate>(), text.parse::<Span>());
        }

        #[test]
        fn a_faster_rate_never_takes_longer(size: u64, rate in 1_u64.., more: u64) {
            let slow = Rate(rate).time_of(Size(size));
            let fast = Rate(rate.saturating_add(more)).time_of(Size(size));
            prop_assert!(slow.is_none() || fast <= slow);
        }

        #[test]
        fn more_work_is_never_done_sooner(work in 0_u64..1 << 50, more in 0_u64..1 << 40, hours in 1_u64..=DAY) {
            let done = |work| Span(work).at_work(Span(hours));
            prop_assert!(done(work) <= done(work + more));
            prop_assert!(done(work) >= Some(Span(work)));
        }

        #[test]
        fn a_time_is_read_as_it_is_told(minutes in 0_u64..1_000_000) {
            let span = Span(minutes * 60_000);
            prop_assert_eq!(span.to_string().parse::<Span>(), Ok(span));
        }
    }
}
