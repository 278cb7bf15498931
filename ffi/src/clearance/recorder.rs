//! Who records an event, and when.

use std::ffi::c_char;

use mhl_policy::{Agent, Time};

use crate::{
    Error, Status,
    boundary::arguments::{StructSize, given, optional_text, text},
};

/// Who records an event, and when. Zero it, set `struct_size`, `name` and `time`, then what else is
/// known. Texts are NUL-terminated UTF-8.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Recorder {
    /// `sizeof(mhl_recorder)`.
    pub struct_size: usize,
    /// A person's or service's name; never NULL.
    pub name: *const c_char,
    /// Their role, as `DIT`; or NULL.
    pub role: *const c_char,
    /// Program and version; or NULL.
    pub tool: *const c_char,
    /// Name of the computer; or NULL.
    pub host: *const c_char,
    /// The moment, in seconds since 1970-01-01T00:00:00Z: nothing here asks a clock.
    pub time: i64,
}

// SAFETY: `repr(C)`, `struct_size` first; pointers that may be anything until they are used, a
// number.
unsafe impl StructSize for Recorder {
    const NAME: &'static str = "mhl_recorder";
}

/// A moment from C.
pub(super) fn moment(seconds: i64, name: &str) -> Result<Time, Error> {
    let time = Time::from_unix(seconds);
    if time.unix() != seconds {
        let message = format!(
            "{name} is {seconds}; seconds since 1970-01-01T00:00:00Z between the years 0 and 9999 \
             expected"
        );
        return Err(Error::new(Status::InvalidArgument, message));
    }
    Ok(time)
}

/// Reads who records.
///
/// # Safety
/// `recorder` is NULL or a filled struct, its texts NULL or NUL-terminated.
pub(super) unsafe fn read(recorder: *const Recorder) -> Result<(Time, Agent), Error> {
    // SAFETY: as the caller promises.
    let Some(recorder) = (unsafe { given(recorder) })? else {
        return Err(Error::null("recorder"));
    };
    // SAFETY: as the caller promises.
    let name = unsafe { text(recorder.name, "mhl_recorder.name") }?;
    if name.is_empty() {
        let message = "mhl_recorder.name is empty: nobody would have recorded it";
        return Err(Error::new(Status::InvalidArgument, message));
    }
    let mut agent = Agent::new(name);
    let texts = [
        (&mut agent.role, recorder.role, "mhl_recorder.role"),
        (&mut agent.tool, recorder.tool, "mhl_recorder.tool"),
        (&mut agent.host, recorder.host, "mhl_recorder.host"),
    ];
    for (to, text, name) in texts {
        // SAFETY: as the caller promises.
        *to = unsafe { optional_text(text, name) }?.map(str::to_owned);
    }
    Ok((moment(recorder.time, "mhl_recorder.time")?, agent))
}
