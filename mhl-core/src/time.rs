//! Times as lists record them: the text as it was written, and the instant that it names.

use std::fmt;

use crate::{Format, xml::trim_space};

/// A point in time, with the text that a list spelled it by.
///
/// Reading and writing a list must not change what it says, so the text is kept beside the
/// instant; `Display` prints it. A time that was not read is written as its list's format has it.
/// Two timestamps are equal when they name the same instant, however they are spelled.
///
/// Nothing is ever cleared on the strength of a date inside a list: they tell people when
/// something happened, by a clock that nobody vouches for.
///
/// ```
/// use mhl_core::Timestamp;
///
/// let time = Timestamp::parse("2026-11-22T14:30:00+01:00")?;
/// assert_eq!(time.to_string(), "2026-11-22T14:30:00+01:00");
/// assert_eq!(time.to_utc_z(), "2026-11-22T13:30:00Z");
/// assert_eq!(time.file_name_form(), "2026-11-22_133000");
/// # Ok::<(), mhl_core::ParseTimestampError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Timestamp {
    /// Seconds since 1970-01-01T00:00:00Z.
    seconds: i64,
    nanos: u32,
    written: Written,
}

/// How a timestamp was spelled. The two usual spellings follow from the instant and cost nothing.
#[derive(Clone, Debug)]
enum Written {
    /// It was not read from a list.
    Not,
    Z,
    ZeroOffset,
    /// Boxed, for a list of a million files holds a few million times and hardly one of these.
    Other(Box<Text>),
}

#[derive(Clone, Debug)]
struct Text {
    text: Box<str>,
    zone: bool,
}

/// A text that is no date and time of day.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} is no time: {expected}")]
#[non_exhaustive]
pub struct ParseTimestampError {
    /// The text, cut after 64 characters.
    pub found: String,
    /// What was expected.
    pub expected: &'static str,
}

impl Timestamp {
    /// Reads an `xs:dateTime` (`2026-11-22T14:30:00`, a fraction and a zone if there are any), or
    /// the form of old tools, `2012-12-01 18-34-54`. White space around it is dropped.
    ///
    /// A text without a zone is taken as UTC; [`Timestamp::zone_known`] tells. `24:00:00` is the
    /// first instant of the next day. Fractions beyond nanoseconds are kept as text alone.
    ///
    /// # Errors
    /// When the text has another form, names a day or second that does not exist (29 February
    /// 2023, `:60`), an offset beyond 14 hours, or a year outside 1 to 9999.
    pub fn parse(text: &str) -> Result<Self, ParseTimestampError> {
        let text = trim_space(text);
        parse(text).map_err(|expected| ParseTimestampError {
            found: text.chars().take(64).collect(),
            expected,
        })
    }

    /// The time so many seconds after 1970-01-01T00:00:00Z. Nanoseconds are kept and never
    /// printed. `None` when the year is outside 1 to 9999, which no list can hold, or `nanos` is
    /// a second or more.
    #[must_use]
    pub fn from_unix(seconds: i64, nanos: u32) -> Option<Self> {
        // From 0001-01-01T00:00:00Z to the end of 9999.
        const YEARS: std::ops::Range<i64> = -62_135_596_800..253_402_300_800;
        (nanos < 1_000_000_000 && YEARS.contains(&seconds)).then_some(Timestamp {
            seconds,
            nanos,
            written: Written::Not,
        })
    }

    /// 1970-01-01T00:00:00Z, spelled with `Z`.
    #[must_use]
    pub fn epoch() -> Self {
        Timestamp { seconds: 0, nanos: 0, written: Written::Z }
    }

    /// Seconds since 1970-01-01T00:00:00Z, rounded down.
    #[must_use]
    pub fn unix_seconds(&self) -> i64 {
        self.seconds
    }

    /// The nanoseconds after [`Timestamp::unix_seconds`].
    #[must_use]
    pub fn nanoseconds(&self) -> u32 {
        self.nanos
    }

    /// Whether the text named its zone. If it did not, the instant is a guess of up to 14 hours.
    #[must_use]
    pub fn zone_known(&self) -> bool {
        !matches!(&self.written, Written::Other(other) if !other.zone)
    }

    /// `YYYY-MM-DDTHH:MM:SSZ`, the form that we write in classic lists.
    #[must_use]
    pub fn to_utc_z(&self) -> String {
        self.spelled("Z")
    }

    /// `YYYY-MM-DDTHH:MM:SS+00:00`, the form that we write in ASC manifests.
    #[must_use]
    pub fn to_utc_offset(&self) -> String {
        self.spelled("+00:00")
    }

    /// `YYYY-MM-DD_HHMMSS` in UTC, the form in the names of lists.
    #[must_use]
    pub fn file_name_form(&self) -> String {
        self.spelled("").replace('T', "_").replace(':', "")
    }

    fn spelled(&self, zone: &str) -> String {
        let mut text = String::with_capacity(25);
        self.spell(&mut text, zone);
        text
    }

    /// Appends the text as it was written, or as lists of this format have it.
    pub(crate) fn append_to(&self, format: Format, text: &mut String) {
        let zone = match (&self.written, format) {
            (Written::Other(other), _) => return text.push_str(&other.text),
            (Written::Z, _) | (Written::Not, Format::Classic) => "Z",
            (Written::ZeroOffset, _) | (Written::Not, Format::Asc) => "+00:00",
        };
        self.spell(text, zone);
    }

    /// `YYYY-MM-DDTHH:MM:SS` and the zone.
    fn spell(&self, out: &mut String, zone: &str) {
        let (year, month, day) = date_of(self.seconds.div_euclid(DAY));
        let second = self.seconds.rem_euclid(DAY) as u32;
        let [y0, y1] = two_digits(year / 100);
        let [y2, y3] = two_digits(year % 100);
        let [[m0, m1], [d0, d1]] = [month, day].map(two_digits);
        let [[h0, h1], [n0, n1], [s0, s1]] =
            [second / 3600, second / 60 % 60, second % 60].map(two_digits);
        #[rustfmt::skip]
        let text = [
            y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1, b'T', h0, h1, b':', n0, n1, b':', s0, s1,
        ];
        out.push_str(str::from_utf8(&text).unwrap_or_default());
        out.push_str(zone);
    }
}

/// A number below 100 with both its digits.
fn two_digits(number: u32) -> [u8; 2] {
    [b'0' + (number / 10 % 10) as u8, b'0' + (number % 10) as u8]
}

/// Seconds of a day; those that are leapt over are in no list.
const DAY: i64 = 86_400;
/// Days from 1 March of year 0 to 1 January 1970, in the calendar of today extended backwards.
const EPOCH: i64 = 719_468;
/// Days of four hundred years, after which the calendar repeats itself.
const CYCLE: i64 = 146_097;

/// Days from 1970 to a date. Years begin with March here, so that a leap day is the last of its
/// year, and the months before one have 153 days in every five of them.
fn days_to(year: u32, month: u32, day: u32) -> i64 {
    let year = i64::from(year) - i64::from(month < 3);
    let of_year = i64::from((153 * ((month + 9) % 12) + 2) / 5 + day - 1);
    365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + of_year - EPOCH
}

/// Year, month and day so many days after 1970.
fn date_of(days: i64) -> (u32, u32, u32) {
    let days = days + EPOCH;
    let (cycle, of_cycle) = (days.div_euclid(CYCLE), days.rem_euclid(CYCLE) as u32);
    let leapt = of_cycle / 1460 - of_cycle / 36_524 + of_cycle / 146_096;
    let of_cycle_year = (of_cycle - leapt) / 365;
    let of_year = of_cycle - (365 * of_cycle_year + of_cycle_year / 4 - of_cycle_year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let year = cycle * 400 + i64::from(of_cycle_year) + i64::from(month >= 10);
    (year as u32, (month + 2) % 12 + 1, day)
}

/// How many days a month has; none if there is no such month.
fn days_in(year: u32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        1..=12 => 31,
        _ => 0,
    }
}

impl PartialEq for Timestamp {
    fn eq(&self, other: &Self) -> bool {
        (self.seconds, self.nanos) == (other.seconds, other.nanos)
    }
}

impl Eq for Timestamp {}

impl fmt::Display for Timestamp {
    /// The text as it was read; `YYYY-MM-DDTHH:MM:SSZ` if it was not.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::with_capacity(25);
        self.append_to(Format::Classic, &mut text);
        f.pad(&text)
    }
}

const FORM: &str = "YYYY-MM-DDTHH:MM:SS, perhaps a fraction, and Z or ±HH:MM expected";

fn parse(text: &str) -> Result<Timestamp, &'static str> {
    let (head, tail) = text.as_bytes().split_first_chunk().ok_or(FORM)?;
    #[rustfmt::skip]
    let &[
        y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1, between, h0, h1, colon, n0, n1, other, s0, s1,
    ] = head else {
        return Err(FORM);
    };
    let digits = [y0, y1, y2, y3, m0, m1, d0, d1, h0, h1, n0, n1, s0, s1];
    // Old tools put a blank between date and time, and hyphens within the time.
    let old = between == b' ';
    let form = (old || between == b'T') && (colon == b':' || old && colon == b'-');
    if !form || other != colon || !digits.iter().all(u8::is_ascii_digit) {
        return Err(FORM);
    }
    let number = |tens: u8, ones: u8| u32::from(tens - b'0') * 10 + u32::from(ones - b'0');
    let year = number(y0, y1) * 100 + number(y2, y3);
    let (month, day) = (number(m0, m1), number(d0, d1));
    let (hour, minute, second) = (number(h0, h1), number(n0, n1), number(s0, s1));
    let mut rest = Digits(tail);
    let fraction = match rest.one_of(b".") {
        Some(_) => Some(rest.fraction().ok_or(FORM)?),
        None => None,
    };
    let zone = rest.zone()?;
    if !rest.0.is_empty() {
        return Err(FORM);
    }

    if year == 0 {
        return Err("years are 1 to 9999");
    }
    if !(1..=days_in(year, month)).contains(&day) {
        return Err("this day is not in the calendar");
    }
    let midnight = hour == 24 && minute == 0 && second == 0 && fraction.unwrap_or(0) == 0;
    if hour > 23 && !midnight || minute > 59 || second > 59 {
        return Err("hours are 0 to 23, minutes and seconds 0 to 59");
    }
    let of_day = i64::from((hour * 60 + minute) * 60 + second);
    let seconds = days_to(year, month, day) * DAY + of_day - zone.map_or(0, |zone| zone.offset);
    let instant =
        Timestamp::from_unix(seconds, fraction.unwrap_or(0)).ok_or("years are 1 to 9999")?;
    let other = |zone| Written::Other(Box::new(Text { text: text.into(), zone }));
    let written = match zone {
        Some(zone) if fraction.is_none() && !midnight && !old && zone.offset == 0 => match zone {
            Zone { z: true, .. } => Written::Z,
            Zone { plus: true, .. } => Written::ZeroOffset,
            _ => other(true),
        },
        zone => other(zone.is_some()),
    };
    Ok(Timestamp { written, ..instant })
}

/// A zone as it was written; the offset in seconds east of UTC.
#[derive(Clone, Copy)]
struct Zone {
    offset: i64,
    z: bool,
    plus: bool,
}

/// What is left to read of a timestamp.
struct Digits<'a>(&'a [u8]);

impl Digits<'_> {
    fn one_of(&mut self, accepted: &[u8]) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        accepted.contains(first).then(|| {
            self.0 = rest;
            *first
        })
    }

    /// A number of exactly so many digits.
    fn number(&mut self, width: usize) -> Option<u32> {
        let (digits, rest) = self.0.split_at_checked(width)?;
        let mut number = 0;
        for digit in digits {
            if !digit.is_ascii_digit() {
                return None;
            }
            number = number * 10 + u32::from(digit - b'0');
        }
        self.0 = rest;
        Some(number)
    }

    /// One digit or more after the point, in nanoseconds.
    fn fraction(&mut self) -> Option<u32> {
        let mut nanos = 0;
        let mut unit = 100_000_000;
        self.0.first().filter(|digit| digit.is_ascii_digit())?;
        while let Some((digit, rest)) = self.0.split_first().filter(|(d, _)| d.is_ascii_digit()) {
            nanos += unit * u32::from(digit - b'0');
            unit /= 10;
            self.0 = rest;
        }
        Some(nanos)
    }

    fn zone(&mut self) -> Result<Option<Zone>, &'static str> {
        let sign = match self.one_of(b"Z+-") {
            None => return Ok(None),
            Some(b'Z') => return Ok(Some(Zone { offset: 0, z: true, plus: false })),
            Some(sign) => sign,
        };
        let hours = self.number(2).ok_or(FORM)?;
        self.one_of(b":").ok_or(FORM)?;
        let minutes = self.number(2).ok_or(FORM)?;
        let seconds = i64::from(hours * 60 + minutes) * 60;
        if minutes > 59 || seconds > 14 * 3600 {
            return Err("offsets are -14:00 to +14:00");
        }
        let plus = sign == b'+';
        Ok(Some(Zone { offset: if plus { seconds } else { -seconds }, z: false, plus }))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn instant(text: &str) -> i64 {
        let time = Timestamp::parse(text).unwrap();
        assert_eq!(time.to_string(), text, "the text is kept");
        time.unix_seconds()
    }

    #[test]
    fn usual_forms_are_read() {
        assert_eq!(instant("1970-01-01T00:00:00Z"), 0);
        assert_eq!(instant("2016-04-18T14:47:22Z"), 1_460_990_842);
        assert_eq!(instant("2020-01-16T09:15:00+00:00"), 1_579_166_100);
        assert_eq!(instant("2020-01-16T10:15:00+01:00"), 1_579_166_100);
        assert_eq!(instant("2020-01-16T04:15:00.123456-05:00"), 1_579_166_100);
        assert_eq!(instant("2020-01-16T09:15:00-00:00"), 1_579_166_100);
        assert_eq!(
            Timestamp::parse(" 2016-04-18T14:47:22Z\n").unwrap().unix_seconds(),
            1_460_990_842
        );
        assert_eq!(Timestamp::parse("2020-01-16T04:15:00.5Z").unwrap().nanoseconds(), 500_000_000);
    }

    #[test]
    fn row_69_years_outside_1_to_9999_are_errors() {
        for text in [
            "-0001-01-01T00:00:00Z",
            "10000-01-01T00:00:00Z",
            "0000-01-01T00:00:00Z",
            "9999-12-31T24:00:00Z",
            "0001-01-01T00:00:00+01:00",
        ] {
            assert!(Timestamp::parse(text).is_err(), "{text}");
        }
        assert!(Timestamp::from_unix(i64::MAX, 0).is_none());
        assert!(Timestamp::from_unix(0, 1_000_000_000).is_none());
    }

    #[test]
    fn row_70_71_seconds_and_days_that_do_not_exist_are_errors() {
        for text in [
            "2023-01-01T00:00:60Z",
            "2023-02-29T00:00:00Z",
            "2023-13-01T00:00:00Z",
            "2023-01-00T00:00:00Z",
            "2023-01-01T25:00:00Z",
            "2023-01-01T24:00:01Z",
        ] {
            assert!(Timestamp::parse(text).is_err(), "{text}");
        }
        assert!(Timestamp::parse("2024-02-29T00:00:00Z").is_ok());
    }

    #[test]
    fn row_72_a_time_without_a_zone_says_so() {
        let time = Timestamp::parse("2012-12-01 18-34-54").unwrap();
        assert!(!time.zone_known());
        assert_eq!(time.to_string(), "2012-12-01 18-34-54");
        assert_eq!(time.to_utc_z(), "2012-12-01T18:34:54Z");
        assert!(!Timestamp::parse("2012-12-01T18:34:54").unwrap().zone_known());
        assert!(Timestamp::parse("2012-12-01T18:34:54Z").unwrap().zone_known());
    }

    #[test]
    fn row_73_offsets_end_at_fourteen_hours() {
        assert!(Timestamp::parse("2023-01-01T00:00:00+14:00").is_ok());
        for offset in ["+14:01", "-14:01", "+15:00", "+01:60", "+1:00", "+0100"] {
            assert!(Timestamp::parse(&format!("2023-01-01T00:00:00{offset}")).is_err(), "{offset}");
        }
    }

    #[test]
    fn row_74_hour_24_is_the_next_day() {
        assert_eq!(instant("2023-01-01T24:00:00Z"), instant("2023-01-02T00:00:00Z"));
    }

    #[test]
    fn row_75_an_ambiguous_local_time_keeps_its_offset() {
        assert_eq!(
            instant("2026-10-25T02:30:00+01:00") - instant("2026-10-25T02:30:00+02:00"),
            3600
        );
    }

    #[test]
    fn other_texts_are_errors() {
        for text in [
            "",
            "Z",
            "2023-01-01",
            "2023-01-01T00:00Z",
            "2023-01-01T00:00:00.Z",
            "2023-1-01T00:00:00Z",
            "2023-01-01T00:00:00z",
            "2023-01-01T00-00-00Z",
            "2023-01-01T00:00:00Z ?",
            "２０２３-01-01T00:00:00Z",
            "2023-01-01 18-34:54",
            "+023-01-01T00:00:00Z",
        ] {
            let error = Timestamp::parse(text).unwrap_err();
            assert_eq!(error.found, text.trim());
        }
    }

    /// Every day of the years that a list can hold, counted one by one.
    #[test]
    fn the_calendar_is_that_of_counting() {
        let mut days = days_to(1, 1, 1);
        assert_eq!(days * DAY, -62_135_596_800);
        for year in 1..=9999 {
            let leap = year % 4 == 0 && year % 100 != 0 || year % 400 == 0;
            let mut in_year = 0;
            for month in 1..=12 {
                for day in 1..=days_in(year, month) {
                    assert_eq!(days_to(year, month, day), days, "{year}-{month}-{day}");
                    assert_eq!(date_of(days), (year, month, day));
                    (days, in_year) = (days + 1, in_year + 1);
                }
            }
            assert_eq!(in_year, if leap { 366 } else { 365 });
        }
        assert_eq!(days * DAY, 253_402_300_800);
        assert_eq!([days_in(2023, 0), days_in(2023, 13)], [0, 0]);
    }

    proptest! {
        #[test]
        fn every_second_is_printed_and_read_back(seconds in -62_135_596_800i64..253_402_300_800) {
            let time = Timestamp::from_unix(seconds, 0).unwrap();
            prop_assert_eq!(Timestamp::parse(&time.to_utc_z()).unwrap(), time.clone());
            let mut asc = String::new();
            time.append_to(Format::Asc, &mut asc);
            prop_assert_eq!(asc, time.to_utc_offset());
            prop_assert_eq!(time.to_string(), time.to_utc_z());
            let offset = Timestamp::parse(&time.to_utc_offset()).unwrap();
            prop_assert_eq!(offset.unix_seconds(), seconds);
            prop_assert_eq!(offset.to_string(), time.to_utc_offset());
        }

        #[test]
        fn no_text_is_too_strange(text in "\\PC{0,30}") {
            if let Ok(time) = Timestamp::parse(&text) {
                prop_assert_eq!(time.to_string(), text.trim_matches([' ', '\t', '\n', '\r']));
            }
        }
    }
}
