//! The end of a ledger: what to pin.

use std::ffi::c_char;

use mhl_policy::Head;

use crate::{
    Error, Ledger, Status,
    boundary::{arguments::text as given_text, guard::guard, handle::with},
    hash::digest::Room,
};

/// Bytes of the longest head that `mhl_ledger_head` writes, its NUL included.
pub const HEAD_TEXT_MAX: usize = 112;

/// Writes a text with its NUL into the caller's room, or how much room it needs.
///
/// # Safety
/// As [`Room::new`].
pub(super) unsafe fn write_text(
    written: &str,
    text: *mut c_char,
    capacity: usize,
    needed: *mut usize,
) -> Result<(), Error> {
    // SAFETY: as the caller promises.
    let room = unsafe { Room::new(text, capacity, needed, written.len().saturating_add(1)) }?;
    room.fill(written.bytes().chain([0]).map(|byte| byte as c_char));
    Ok(())
}

/// Writes the ledger's head, `SEQUENCE:C4`: keep it where whoever can write the ledger cannot, and
/// give it to `mhl_ledger_check_pin` later.
///
/// `*needed` becomes the bytes of the text with its NUL, at most `MHL_HEAD_TEXT_MAX`. With a
/// `capacity` of 0, `text` may be NULL: a way to ask.
///
/// Threads: one call at a time on a ledger; a second one gets `MHL_STATUS_BUSY`.
///
/// Errors: `MHL_STATUS_TOO_SMALL` when `capacity` is less than `*needed`.
///
/// # Safety
/// `ledger` is NULL or a ledger that was not freed; `text` is NULL or has room for `capacity` bytes;
/// `needed` and `error` are NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_ledger_head(
    ledger: *mut Ledger,
    text: *mut c_char,
    capacity: usize,
    needed: *mut usize,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            with(ledger, |kept| {
                write_text(&kept.ledger().head().to_string(), text, capacity, needed)
            })
        })
    }
}

/// Checks that a head that was pinned earlier, NUL-terminated, is this ledger's own, at its end or
/// before. The chain itself finds no end that was cut off and no ledger that was rewritten whole: a
/// pin does.
///
/// Threads: one call at a time on a ledger; a second one gets `MHL_STATUS_BUSY`.
///
/// Errors: `MHL_STATUS_PIN_BROKEN`; `MHL_STATUS_INVALID_ARGUMENT` for a text that is no head.
///
/// # Safety
/// `ledger` is NULL or a ledger that was not freed; `pin` is NULL or NUL-terminated; `error` is NULL
/// or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_ledger_check_pin(
    ledger: *mut Ledger,
    pin: *const c_char,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            with(ledger, |kept| {
                let pin: Head = given_text(pin, "pin")?
                    .parse()
                    .map_err(|error| Error::new(Status::InvalidArgument, error))?;
                let held = kept.ledger().check_pin(&pin);
                held.map_err(|error| Error::new(Status::PinBroken, error))
            })
        })
    }
}
