//! Many streams at once.

use std::{collections::BTreeMap, ffi::c_void};

use mhl_hash::StreamId;

use crate::{
    Digest, Error, Status,
    boundary::{
        arguments::{Output, elements},
        guard::{guard, guard_free},
        handle::{self, Opaque, with},
    },
    hash::{algorithm::from_codes, digest::Room},
};

/// Computes digests of many files side by side, each with the same algorithms: for copy engines
/// that write several files at a time.
#[derive(Debug)]
pub struct Streams {
    _opaque: (),
}

impl Opaque for Streams {
    type Value = Numbered;
    const NAME: &'static str = "streams";
}

/// Streams by the numbers that C knows them by: from 1, none used twice.
#[derive(Debug)]
pub(crate) struct Numbered {
    streams: mhl_hash::Streams,
    /// How many digests each stream has.
    algorithms: usize,
    live: BTreeMap<u64, StreamId>,
    last: u64,
}

impl Numbered {
    fn find(&self, number: u64) -> Result<StreamId, Error> {
        let stream = self.live.get(&number).copied();
        stream.ok_or_else(|| {
            let message = format!("no stream {number} is live: it was ended, or never started");
            Error::new(Status::NotFound, message)
        })
    }
}

/// Makes a set of streams, none yet, for these algorithms, numbers of `mhl_algorithm`; one named
/// twice is computed once. The caller owns it and frees it with `mhl_streams_free`.
///
/// Threads: any number at once.
///
/// Errors: `MHL_STATUS_INVALID_ARGUMENT` for a number that is no algorithm, or none at all.
///
/// # Safety
/// `algorithms` is NULL or points to `count` numbers; `streams` and `error` are NULL or can be
/// written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_streams_new(
    algorithms: *const u32,
    count: usize,
    streams: *mut *mut Streams,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let output = Output::new(streams, "streams")?;
            let algorithms = from_codes(algorithms, count)?;
            output.write(handle::create(Numbered {
                streams: mhl_hash::Streams::new(&algorithms),
                algorithms: algorithms.len(),
                live: BTreeMap::new(),
                last: 0,
            }));
            Ok(())
        })
    }
}

/// Starts a stream. `*stream` becomes its number: not 0, and never used twice within the set.
///
/// Threads: one at a time for each set; a second one gets `MHL_STATUS_BUSY`.
///
/// # Safety
/// `streams` is NULL or a set that was not freed; `stream` and `error` are NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_streams_start(
    streams: *mut Streams,
    stream: *mut u64,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            with(streams, |numbered| {
                let output = Output::new(stream, "stream")?;
                numbered.last += 1;
                numbered.live.insert(numbered.last, numbered.streams.start());
                output.write(numbered.last);
                Ok(())
            })
        })
    }
}

/// Gives a stream its next `len` bytes; NULL is good when `len` is 0.
///
/// Threads: one at a time for each set; a second one gets `MHL_STATUS_BUSY`, and its bytes are not
/// taken.
///
/// Errors: `MHL_STATUS_NOT_FOUND` when no such stream is live; `MHL_STATUS_TOO_LONG` when `len` is
/// more than memory can hold.
///
/// # Safety
/// `streams` is NULL or a set that was not freed; `bytes` is NULL or points to `len` bytes that
/// nobody writes meanwhile; `error` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_streams_push(
    streams: *mut Streams,
    stream: u64,
    bytes: *const c_void,
    len: usize,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            with(streams, |numbered| {
                let id = numbered.find(stream)?;
                let is_live = numbered.streams.push(id, elements(bytes.cast(), len, "bytes")?);
                debug_assert!(is_live, "it was found");
                Ok(())
            })
        })
    }
}

/// The next bytes of one stream, among those of others: [`mhl_streams_push_each`] takes an array of
/// them, so that its size never changes.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Piece {
    /// The stream.
    pub stream: u64,
    /// Its bytes; NULL is good when there are none.
    pub bytes: *const c_void,
    /// How many.
    pub len: usize,
}

/// Gives many streams their next bytes in one call, which hashes them side by side in the vector
/// registers: MD5 of sixteen pieces takes about as long as that of two. A stream may stand several
/// times; its bytes are taken in order.
///
/// Threads: one at a time for each set; a second one gets `MHL_STATUS_BUSY`, and its bytes are not
/// taken.
///
/// Errors: `MHL_STATUS_NOT_FOUND` when one of the streams is not live, `MHL_STATUS_TOO_LONG` when a
/// `len` is more than memory can hold, `MHL_STATUS_NULL` for bytes that are NULL where there are
/// some. No bytes are taken then, of no stream.
///
/// # Safety
/// `streams` is NULL or a set that was not freed; `pieces` is NULL or points to `count` pieces, whose
/// `bytes` are NULL or point to `len` bytes that nobody writes meanwhile; `error` is NULL or can be
/// written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_streams_push_each(
    streams: *mut Streams,
    pieces: *const Piece,
    count: usize,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            with(streams, |numbered| {
                let given = elements(pieces, count, "pieces")?;
                let mut pieces = Vec::with_capacity(given.len());
                for piece in given {
                    let bytes = elements(piece.bytes.cast::<u8>(), piece.len, "bytes")?;
                    pieces.push((numbered.find(piece.stream)?, bytes));
                }
                let are_live = numbered.streams.push_each(&pieces);
                debug_assert!(are_live, "they were found");
                Ok(())
            })
        })
    }
}

/// Ends a stream and writes its digests in the order of the algorithms, and their number.
///
/// Where `capacity` is less than their number, `*count` becomes that number, nothing else is
/// written, and the stream is not ended.
///
/// Threads: one at a time for each set; a second one gets `MHL_STATUS_BUSY`.
///
/// Errors: `MHL_STATUS_TOO_SMALL`; `MHL_STATUS_NOT_FOUND` when no such stream is live.
///
/// # Safety
/// `streams` is NULL or a set that was not freed; `digests` is NULL or has room for `capacity`
/// digests; `count` and `error` are NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_streams_finish(
    streams: *mut Streams,
    stream: u64,
    digests: *mut Digest,
    capacity: usize,
    count: *mut usize,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            with(streams, |numbered| {
                let id = numbered.find(stream)?;
                let room = Room::new(digests, capacity, count, numbered.algorithms)?;
                numbered.live.remove(&stream);
                let values = numbered.streams.finish(id).unwrap_or_default();
                room.fill(values.iter().map(Digest::from));
                Ok(())
            })
        })
    }
}

/// Frees a set with all its streams. NULL is accepted. Where another call is at work in it, it is
/// freed when that call ends.
///
/// Threads: one, the last to use it.
///
/// # Safety
/// `streams` is NULL or a set that was not freed; it is used no more. A second free cannot be told
/// and corrupts memory.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_streams_free(streams: *mut Streams) {
    // SAFETY: as the caller promises.
    guard_free(|| unsafe { handle::free(streams) });
}
