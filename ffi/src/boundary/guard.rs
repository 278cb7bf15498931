//! The one place where a panic ends and a failure turns into a status.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::{Error, Status};

/// Runs a call. A failure, or a panic, becomes its status; the error goes to whoever asked.
///
/// What the call leaves behind when it panics is seen by nobody: a handle poisons itself
/// ([`Exclusive`](crate::boundary::handle::Exclusive)), and all else is the call's own.
///
/// # Safety
/// `error` is NULL or can be written.
pub(crate) unsafe fn guard(
    error: *mut *mut Error,
    call: impl FnOnce() -> Result<(), Error>,
) -> Status {
    let failure = match catch_unwind(AssertUnwindSafe(call)) {
        Ok(Ok(())) => return Status::Good,
        Ok(Err(failure)) => failure,
        Err(payload) => Error::panicked(payload),
    };
    let status = failure.kind();
    if !error.is_null() {
        // SAFETY: not NULL, so it can be written, as the caller promises.
        unsafe { error.write(Box::into_raw(Box::new(failure))) };
    }
    status
}

/// Frees something. A panic on the way is swallowed: there is nobody to tell, and nothing left to
/// poison.
pub(crate) fn guard_free(call: impl FnOnce()) {
    if let Err(payload) = catch_unwind(AssertUnwindSafe(call)) {
        std::mem::forget(payload);
    }
}

#[cfg(test)]
mod tests {
    use std::{ffi::CStr, ptr::null_mut};

    use super::*;
    use crate::{mhl_error_free, mhl_error_kind, mhl_error_message};

    fn guarded(call: impl FnOnce() -> Result<(), Error>) -> (Status, Option<(Status, String)>) {
        let mut error = null_mut();
        // SAFETY: a local that can be written.
        let status = unsafe { guard(&raw mut error, call) };
        if error.is_null() {
            return (status, None);
        }
        // SAFETY: the error that the guard just made, freed once.
        unsafe {
            let message = CStr::from_ptr(mhl_error_message(error)).to_str().unwrap().to_owned();
            let kind = mhl_error_kind(error);
            mhl_error_free(error);
            (status, Some((kind, message)))
        }
    }

    #[test]
    fn row_89_a_panic_is_caught_whatever_it_carries() {
        struct Unfriendly;
        impl Drop for Unfriendly {
            fn drop(&mut self) {
                panic!("and once more");
            }
        }
        let said = |call: fn()| {
            let (status, error) = guarded(|| {
                call();
                Ok(())
            });
            assert_eq!(status, Status::Panic);
            let (kind, message) = error.unwrap();
            assert_eq!(kind, Status::Panic);
            message
        };
        assert_eq!(said(|| panic!("literal")), "a fault of the library: literal");
        assert_eq!(said(|| panic!("number {}", 7)), "a fault of the library: number 7");
        let nameless = said(|| std::panic::panic_any(Unfriendly));
        assert_eq!(nameless, "a fault of the library: a panic without a message");
    }

    #[test]
    fn success_makes_no_error_and_nobody_need_take_one() {
        assert_eq!(guarded(|| Ok(())), (Status::Good, None));
        // SAFETY: NULL is accepted.
        let status = unsafe { guard(null_mut(), || Err(Error::null("x"))) };
        assert_eq!(status, Status::NullPointer);
    }

    #[test]
    fn a_message_is_one_line_without_nul() {
        let (_, error) = guarded(|| Err(Error::new(Status::Io, "a\0b\nc\u{202e}d")));
        assert_eq!(error.unwrap().1, r"a\u{0}b\nc\u{202e}d");
    }
}
