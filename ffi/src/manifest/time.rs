//! Times as lists have them.

use mhl_core::Timestamp;

use crate::{Error, Status, boundary::arguments::switch};

/// A point in time, or none: a zeroed one is none. Lists that are written have whole seconds. Its
/// size never changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Time {
    /// Seconds since 1970-01-01T00:00:00Z, of the years 1 to 9999.
    pub seconds: i64,
    /// Nanoseconds after that, below 1000000000.
    pub nanoseconds: u32,
    /// 1 where there is a time, 0 for none.
    pub is_known: u32,
}

impl Time {
    /// The time that a caller gave.
    pub(crate) fn read(&self, name: &str) -> Result<Option<Timestamp>, Error> {
        if !switch(self.is_known, &format!("{name}.is_known"))? {
            return Ok(None);
        }
        let time = Timestamp::from_unix(self.seconds, self.nanoseconds);
        time.map(Some).ok_or_else(|| {
            let message = format!(
                "{name} is {} s and {} ns; the years 1 to 9999 and less than a second expected",
                self.seconds, self.nanoseconds
            );
            Error::new(Status::InvalidArgument, message)
        })
    }

    pub(crate) fn of(time: Option<&Timestamp>) -> Self {
        time.map_or(Time::default(), |time| Time {
            seconds: time.unix_seconds(),
            nanoseconds: time.nanoseconds(),
            is_known: 1,
        })
    }
}
