//! Digests as values that C keeps.

use std::ffi::c_char;

use mhl_hash::HashValue;

use crate::{
    Error, Status,
    boundary::{
        arguments::{Output, check_len},
        guard::guard,
        handle::lent,
    },
    hash::algorithm,
};

/// Bytes of the longest digest.
pub const DIGEST_LEN_MAX: usize = 64;
/// Bytes of the longest text that `mhl_digest_text` writes, its NUL included.
pub const DIGEST_TEXT_MAX: usize = 91;

/// A digest: a value, to be copied and kept. Its size never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct Digest {
    /// An `mhl_algorithm`.
    pub algorithm: u32,
    /// Bytes that count.
    pub len: u32,
    /// The canonical bytes, in the order in which the algorithm's specification prints them; then
    /// zeros.
    pub bytes: [u8; DIGEST_LEN_MAX],
}

impl From<&HashValue> for Digest {
    fn from(value: &HashValue) -> Self {
        let from = value.as_bytes();
        let mut bytes = [0; DIGEST_LEN_MAX];
        for (to, from) in bytes.iter_mut().zip(from) {
            *to = *from;
        }
        Digest { algorithm: algorithm::to_code(value.algorithm()), len: from.len() as u32, bytes }
    }
}

impl Digest {
    pub(crate) fn value(&self) -> Result<HashValue, Error> {
        let algorithm = algorithm::from_code(self.algorithm)?;
        let bytes = self.bytes.get(..self.len as usize).unwrap_or(&self.bytes);
        HashValue::from_bytes(algorithm, bytes)
            .map_err(|error| Error::new(Status::InvalidArgument, error))
    }
}

/// An array of the caller with room enough, and where the number of its elements goes.
#[derive(Debug)]
pub(crate) struct Room<T> {
    data: *mut T,
    needed: usize,
    count: *mut usize,
}

impl<T> Room<T> {
    /// Checks that `needed` elements fit. Where they do not, their number is told.
    ///
    /// # Safety
    /// `data` is NULL or can take `capacity` elements, `count` is NULL or can be written; both
    /// until [`Room::fill`].
    pub(crate) unsafe fn new(
        data: *mut T,
        capacity: usize,
        count: *mut usize,
        needed: usize,
    ) -> Result<Self, Error> {
        check_len::<T>(capacity, "the output")?;
        // SAFETY: as the caller promises.
        let told = unsafe { Output::new(count, "the output's count") }?;
        if capacity < needed {
            told.write(needed);
            let message = format!("the output has room for {capacity}; {needed} needed");
            return Err(Error::new(Status::TooSmall, message));
        }
        // SAFETY: as the caller promises.
        unsafe { Output::new(data, "the output") }?;
        Ok(Room { data, needed, count })
    }

    /// Writes the elements, never more than were asked for, and their number.
    pub(crate) fn fill(self, elements: impl IntoIterator<Item = T>) {
        let mut written = 0;
        for element in elements.into_iter().take(self.needed) {
            // SAFETY: fewer than `needed`, which is at most the capacity: the promise at `new`.
            unsafe { self.data.add(written).write(element) };
            written += 1;
        }
        // SAFETY: not NULL and aligned, checked at `new`.
        unsafe { self.count.write(written) };
    }
}

/// Writes the digest as lists and reports spell it: lower-case hexadecimal, and the 90-character
/// identifier for C4.
///
/// `*needed` becomes the bytes of the text with its NUL, at most `MHL_DIGEST_TEXT_MAX`, which is
/// room enough for every digest. With a `capacity` of 0, `text` may be NULL: a way to ask.
///
/// Threads: any number at once.
///
/// Errors: `MHL_STATUS_TOO_SMALL` when `capacity` is less than `*needed`;
/// `MHL_STATUS_INVALID_ARGUMENT` when the digest's algorithm or length is none.
///
/// # Safety
/// `digest` is NULL or points to a digest, `text` is NULL or has room for `capacity` bytes,
/// `needed` and `error` are NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_digest_text(
    digest: *const Digest,
    text: *mut c_char,
    capacity: usize,
    needed: *mut usize,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let spelled = lent(digest, "digest")?.value()?.to_string();
            let room = Room::new(text, capacity, needed, spelled.len() + 1)?;
            room.fill(spelled.bytes().chain([0]).map(|byte| byte as c_char));
            Ok(())
        })
    }
}
