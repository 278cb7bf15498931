//! A moment, to the second. Libraries read no clock: every moment here was passed in.

use chrono::{DateTime, SecondsFormat};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr, time::SystemTime};

/// A moment in seconds since 1970-01-01T00:00:00Z, between the years 0 and 9999.
///
/// ```
/// use mhl_policy::Time;
///
/// let time: Time = "2026-03-05T21:30:00+01:00".parse()?;
/// assert_eq!(time.to_string(), "2026-03-05T20:30:00Z");
/// assert!("2026-03-05T21:30:00".parse::<Time>().is_err(), "a time without its zone is a guess");
/// # Ok::<(), mhl_policy::ParseTimeError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Time(i64);

/// Why a text is no moment.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is no time; expected RFC 3339 with a zone, as 2026-03-05T20:30:00Z")]
#[non_exhaustive]
pub struct ParseTimeError {
    /// The text that was given.
    pub text: String,
}

const SECONDS_PER_DAY: i64 = 24 * 60 * 60;
/// 0000-01-01T00:00:00Z and 9999-12-31T23:59:59Z: what RFC 3339 can spell.
const SPELLABLE: std::ops::RangeInclusive<i64> = -62_167_219_200..=253_402_300_799;

impl Time {
    /// So many seconds after 1970-01-01T00:00:00Z; what RFC 3339 cannot spell becomes the nearest
    /// moment that it can.
    #[must_use]
    pub fn from_unix(seconds: i64) -> Self {
        Time(seconds.clamp(*SPELLABLE.start(), *SPELLABLE.end()))
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn unix(self) -> i64 {
        self.0
    }

    /// Whole days from an earlier moment to this one; negative when it is later.
    #[must_use]
    pub const fn days_since(self, earlier: Time) -> i64 {
        (self.0 - earlier.0).div_euclid(SECONDS_PER_DAY)
    }
}

impl From<SystemTime> for Time {
    fn from(time: SystemTime) -> Self {
        let seconds = match time.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(after) => i64::try_from(after.as_secs()).unwrap_or(i64::MAX),
            Err(before) => i64::try_from(before.duration().as_secs()).map_or(i64::MIN, |s| -s),
        };
        Time::from_unix(seconds)
    }
}

impl FromStr for Time {
    type Err = ParseTimeError;

    /// Reads RFC 3339; a fraction of a second is dropped.
    ///
    /// # Errors
    /// [`ParseTimeError`] when a part is missing, the zone included, or out of range.
    fn from_str(text: &str) -> Result<Self, ParseTimeError> {
        DateTime::parse_from_rfc3339(text)
            .ok()
            .map(|time| time.timestamp())
            .filter(|seconds| SPELLABLE.contains(seconds))
            .map(Time)
            .ok_or_else(|| ParseTimeError { text: text.to_owned() })
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match DateTime::from_timestamp(self.0, 0) {
            Some(time) => f.pad(&time.to_rfc3339_opts(SecondsFormat::Secs, true)),
            None => write!(f, "@{}", self.0),
        }
    }
}

impl TryFrom<String> for Time {
    type Error = ParseTimeError;

    fn try_from(text: String) -> Result<Self, ParseTimeError> {
        text.parse()
    }
}

impl From<Time> for String {
    fn from(time: Time) -> Self {
        time.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_out_of_range_are_no_times() {
        for text in [
            "2023-02-29T00:00:00Z",
            "2023-02-28T25:00:00Z",
            "10000-01-01T00:00:00Z",
            "-001-01-01T00:00:00Z",
            "2023-02-28",
            "",
        ] {
            assert_eq!(text.parse::<Time>().unwrap_err().text, text);
        }
        assert_eq!(Time::from_unix(i64::MAX).to_string(), "9999-12-31T23:59:59Z");
        assert_eq!(Time::from_unix(i64::MIN).to_string(), "0000-01-01T00:00:00Z");
    }

    #[test]
    fn days_are_whole_and_signed() {
        let now: Time = "2026-03-31T00:00:00Z".parse().unwrap();
        let then: Time = "2026-03-01T00:00:01Z".parse().unwrap();
        assert_eq!(now.days_since(then), 29);
        assert_eq!(then.days_since(now), -30);
    }
}
