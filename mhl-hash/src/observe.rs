//! Progress and cancellation, polled once per buffer.

use core::sync::atomic::{AtomicBool, Ordering};

/// Watches an operation and may stop it.
///
/// Called from the threads that do the work, once per buffer of [`BUFFER_LEN`](crate::BUFFER_LEN)
/// bytes at most, so both methods should return at once. `()` watches nothing and an
/// [`AtomicBool`] cancels when it is set.
///
/// ```
/// use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};
/// use mhl_hash::{Algorithm, Observer, ReadError, hash_reader};
///
/// struct Bar(AtomicU64);
/// impl Observer for Bar {
///     fn advanced(&self, bytes: u64) {
///         self.0.fetch_add(bytes, Ordering::Relaxed);
///     }
/// }
/// let bar = Bar(AtomicU64::new(0));
/// hash_reader(&b"abc"[..], &[Algorithm::Xxh3], &bar)?;
/// assert_eq!(bar.0.into_inner(), 3);
///
/// let cancelled = AtomicBool::new(true);
/// let result = hash_reader(&b"abc"[..], &[Algorithm::Xxh3], &cancelled);
/// assert!(matches!(result, Err(ReadError::Cancelled)));
/// # Ok::<(), ReadError>(())
/// ```
pub trait Observer: Sync {
    /// So many more bytes were done.
    fn advanced(&self, bytes: u64) {
        let _ = bytes;
    }

    /// Whether the operation is to stop at the next buffer.
    fn is_cancelled(&self) -> bool {
        false
    }
}

impl Observer for () {}

impl Observer for AtomicBool {
    fn is_cancelled(&self) -> bool {
        self.load(Ordering::Relaxed)
    }
}
