//! Cancellation from any thread.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering::Relaxed},
};

use crate::{
    Error, Status,
    boundary::{
        arguments::Output,
        guard::{guard, guard_free},
        handle::lent,
    },
};

/// Stops operations from any thread: from a button, a signal handler, a callback. Once set it
/// stays set.
#[derive(Debug, Default)]
pub struct CancelToken {
    cancelled: AtomicBool,
}

impl CancelToken {
    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancelled.load(Relaxed)
    }

    /// A share in a token, for an operation that lives on when the caller frees the token.
    ///
    /// # Safety
    /// `token` is NULL or a token that was not freed.
    pub(crate) unsafe fn share(token: *const CancelToken) -> Option<Arc<Self>> {
        if token.is_null() {
            return None;
        }
        // SAFETY: made by `Arc::into_raw` and not freed, so that its count is at least 1.
        unsafe {
            Arc::increment_strong_count(token);
            Some(Arc::from_raw(token))
        }
    }
}

/// Makes a token that is not set. The caller owns it and frees it with `mhl_cancel_token_free`.
///
/// Threads: any number at once.
///
/// # Safety
/// `token` and `error` are NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_cancel_token_new(
    token: *mut *mut CancelToken,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let output = Output::new(token, "token")?;
            output.write(Arc::into_raw(Arc::new(CancelToken::default())).cast_mut());
            Ok(())
        })
    }
}

/// Stops every operation that was given this token at its next buffer, and those that begin with
/// it later. It returns at once and may be called again.
///
/// Threads: any number at once, also while an operation runs; a signal handler may call it.
///
/// # Safety
/// `token` is NULL or a token that was not freed; `error` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_cancel_token_cancel(
    token: *const CancelToken,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            lent(token, "token")?.cancelled.store(true, Relaxed);
            Ok(())
        })
    }
}

/// Frees a token. NULL is accepted. Operations that were given it go on, and are no longer
/// stopped by anyone unless it was set before.
///
/// Threads: one, the last to use it; operations that were given it may run.
///
/// # Safety
/// `token` is NULL or a token that was not freed; it is used no more. A second free cannot be told
/// and corrupts memory.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_cancel_token_free(token: *mut CancelToken) {
    guard_free(|| {
        if !token.is_null() {
            // SAFETY: made by `Arc::into_raw`, and given up by its owner.
            drop(unsafe { Arc::from_raw(token.cast_const()) });
        }
    });
}
