//! Buffers as the kernels like them.

use alloc::{vec, vec::Vec};
use core::{
    fmt,
    ops::{Deref, DerefMut},
};

/// Bytes asked for in one read: 256 KiB was the fastest size for cached reads.
pub const BUFFER_LEN: usize = 256 * 1024;

/// Bytes of a cache line, to which every buffer is aligned.
const LINE: usize = 64;
const PAGE: usize = 4096;

/// Up to [`BUFFER_LEN`] bytes, aligned to 64 and staggered: lent by
/// [`Streams::buffer`](crate::Streams::buffer), given back to
/// [`Streams::submit`](crate::Streams::submit).
///
/// A vector kernel reads from all its streams in step. Bytes that straddle cache lines cost it two
/// loads for one, and streams at the same offset of a page fight for the same places of the
/// first-level cache; so each buffer starts one line further into its page than the one before.
pub struct Buffer {
    bytes: Vec<u8>,
    start: usize,
    room: usize,
    len: usize,
}

impl Buffer {
    /// The buffer of this number, filled with so many zeros.
    pub(crate) fn new(number: usize, room: usize) -> Self {
        let bytes = vec![0; 2 * PAGE + room];
        let start = bytes.as_ptr().align_offset(PAGE).saturating_add(number * LINE % PAGE);
        // Where an interpreter won't tell addresses, alignment does not matter either.
        let start = if start <= 2 * PAGE { start } else { 0 };
        Buffer { bytes, start, room, len: room }
    }

    /// Keeps the first `len` bytes: those that were filled. More than it has is as many.
    pub fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }

    /// The same buffer with all its room.
    pub(crate) fn emptied(mut self) -> Self {
        self.len = self.room;
        self
    }
}

impl Deref for Buffer {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes[self.start..self.start + self.len]
    }
}

impl DerefMut for Buffer {
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut self.bytes[self.start..self.start + self.len]
    }
}

impl fmt::Debug for Buffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Buffer").field("len", &self.len).finish_non_exhaustive()
    }
}
