//! Digests of bytes as they arrive.

use std::ffi::c_void;

use mhl_hash::HasherSet;

use crate::{
    Digest, Error, Status,
    boundary::{
        arguments::{Output, elements},
        guard::{guard, guard_free},
        handle::{self, Opaque, with},
    },
    hash::{algorithm::from_codes, digest::Room},
};

/// Computes one or several digests in one pass over bytes as they arrive.
#[derive(Debug)]
pub struct Hasher {
    _opaque: (),
}

impl Opaque for Hasher {
    /// `None` once it was finished.
    type Value = Option<HasherSet>;
    const NAME: &'static str = "hasher";
}

fn finished() -> Error {
    Error::new(Status::Finished, "the hasher has been finished; make a new one")
}

/// Makes a hasher for these algorithms, numbers of `mhl_algorithm`; one named twice is computed
/// once. The caller owns it and frees it with `mhl_hasher_free`.
///
/// Threads: any number at once.
///
/// Errors: `MHL_STATUS_INVALID_ARGUMENT` for a number that is no algorithm, or none at all.
///
/// # Safety
/// `algorithms` is NULL or points to `count` numbers; `hasher` and `error` are NULL or can be
/// written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_hasher_new(
    algorithms: *const u32,
    count: usize,
    hasher: *mut *mut Hasher,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let output = Output::new(hasher, "hasher")?;
            let algorithms = from_codes(algorithms, count)?;
            output.write(handle::create(Some(HasherSet::new(&algorithms))));
            Ok(())
        })
    }
}

/// Takes the next `len` bytes; NULL is good when `len` is 0. How bytes are cut into calls never
/// changes a digest.
///
/// Threads: one at a time for each hasher; a second one gets `MHL_STATUS_BUSY`, and its bytes are
/// not taken.
///
/// Errors: `MHL_STATUS_FINISHED`; `MHL_STATUS_TOO_LONG` when `len` is more than memory can hold.
///
/// # Safety
/// `hasher` is NULL or a hasher that was not freed; `bytes` is NULL or points to `len` bytes that
/// nobody writes meanwhile; `error` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_hasher_update(
    hasher: *mut Hasher,
    bytes: *const c_void,
    len: usize,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            with(hasher, |set| {
                let set = set.as_mut().ok_or_else(finished)?;
                set.update(elements(bytes.cast(), len, "bytes")?);
                Ok(())
            })
        })
    }
}

/// Ends the hasher and writes its digests in the order of its algorithms, and their number.
///
/// Where `capacity` is less than their number, `*count` becomes that number, nothing else is
/// written, and the hasher is not ended. What remains of an ended hasher is to be freed.
///
/// Threads: one at a time for each hasher; a second one gets `MHL_STATUS_BUSY`.
///
/// Errors: `MHL_STATUS_TOO_SMALL`; `MHL_STATUS_FINISHED` the second time.
///
/// # Safety
/// `hasher` is NULL or a hasher that was not freed; `digests` is NULL or has room for `capacity`
/// digests; `count` and `error` are NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_hasher_finish(
    hasher: *mut Hasher,
    digests: *mut Digest,
    capacity: usize,
    count: *mut usize,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            with(hasher, |set| {
                let needed = set.as_ref().ok_or_else(finished)?.algorithms().count();
                let room = Room::new(digests, capacity, count, needed)?;
                let values = set.take().map(HasherSet::finish).unwrap_or_default();
                room.fill(values.iter().map(Digest::from));
                Ok(())
            })
        })
    }
}

/// Frees a hasher, finished or not. NULL is accepted. Where another call is at work in it, it is
/// freed when that call ends.
///
/// Threads: one, the last to use it.
///
/// # Safety
/// `hasher` is NULL or a hasher that was not freed; it is used no more. A second free cannot be
/// told and corrupts memory.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_hasher_free(hasher: *mut Hasher) {
    // SAFETY: as the caller promises.
    guard_free(|| unsafe { handle::free(hasher) });
}
