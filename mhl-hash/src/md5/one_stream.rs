//! One stream: bytes in pieces of any length, gathered into blocks, and the padding at the end.

use super::{BLOCK, INITIAL, State};
use crate::Backend;

/// The padding of RFC 1321, section 3.1: one bit, then zeros.
const MARK: u8 = 0x80;
/// Bytes of the length that ends the padding.
const LENGTH: usize = 8;

/// MD5 of one stream.
#[derive(Clone)]
pub(crate) struct Md5 {
    backend: Backend,
    state: State,
    /// Bytes so far; the length of RFC 1321 is their number of bits modulo 2^64.
    bytes: u64,
    /// The `bytes % BLOCK` bytes that fill no block yet.
    tail: [u8; BLOCK],
    /// Whether the state has the padding already.
    padded: bool,
}

impl Md5 {
    /// A stream without a byte.
    pub(crate) fn new(backend: Backend) -> Self {
        Md5 { backend, state: INITIAL, bytes: 0, tail: [0; BLOCK], padded: false }
    }

    /// Takes the next bytes.
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        let taken = self.fill(bytes);
        let (blocks, rest) = split(&bytes[taken..]);
        self.backend.md5_one(&mut self.state, blocks);
        self.advance(blocks.len());
        if !rest.is_empty() {
            self.fill(rest);
        }
    }

    /// Takes bytes until the block that was begun is full, all of them if they don't fill it, none
    /// if no block was begun and a whole one follows. Returns how many.
    pub(crate) fn fill(&mut self, bytes: &[u8]) -> usize {
        let begun = self.begun();
        if begun == 0 && bytes.len() >= BLOCK {
            return 0;
        }
        let taken = bytes.len().min(BLOCK - begun);
        self.tail[begun..begun + taken].copy_from_slice(&bytes[..taken]);
        self.advance(taken);
        if taken > 0 && self.begun() == 0 {
            self.backend.md5_one(&mut self.state, &self.tail);
        }
        taken
    }

    /// The chaining words, for kernels that take blocks of many streams; whoever puts blocks into
    /// them says so to [`Md5::advance`].
    pub(crate) fn state_mut(&mut self) -> &mut State {
        debug_assert_eq!(self.begun(), 0);
        &mut self.state
    }

    /// Counts bytes that were taken.
    pub(crate) fn advance(&mut self, bytes: usize) {
        self.bytes = self.bytes.wrapping_add(bytes as u64);
    }

    /// Writes the padding after the first `len` of `buffer`, which are the last of the stream, for
    /// kernels that take it with them. Returns where it ends; `None`, with nothing written, while a
    /// block is begun outside the buffer.
    pub(crate) fn pad(&mut self, buffer: &mut [u8], len: usize) -> Option<usize> {
        self.padded = self.begun() == 0;
        self.padded.then(|| pad(buffer, len, self.bytes.wrapping_add(len as u64)))
    }

    /// The digest.
    pub(crate) fn finish(mut self) -> [u8; 16] {
        if self.padded {
            return digest(&self.state);
        }
        let mut padding = [0; 2 * BLOCK];
        let begun = self.begun();
        padding[..begun].copy_from_slice(&self.tail[..begun]);
        let len = pad(&mut padding, begun, self.bytes);
        self.backend.md5_one(&mut self.state, &padding[..len]);
        digest(&self.state)
    }

    fn begun(&self) -> usize {
        (self.bytes % BLOCK as u64) as usize
    }
}

/// The part of the bytes that is whole blocks, and the rest.
fn split(bytes: &[u8]) -> (&[u8], &[u8]) {
    bytes.split_at(bytes.len() - bytes.len() % BLOCK)
}

/// Writes the padding of a stream of `bytes` bytes after the first `len` of `buffer`, which are its
/// end and begin with a block. Returns where the padding ends.
fn pad(buffer: &mut [u8], len: usize, bytes: u64) -> usize {
    let end = (len + 1 + LENGTH).next_multiple_of(BLOCK);
    buffer[len] = MARK;
    buffer[len + 1..end - LENGTH].fill(0);
    buffer[end - LENGTH..end].copy_from_slice(&bytes.wrapping_mul(8).to_le_bytes());
    end
}

/// The digest that a state spells after its padding.
fn digest(state: &State) -> [u8; 16] {
    let mut digest = [0; 16];
    for (bytes, word) in digest.as_chunks_mut().0.iter_mut().zip(state) {
        *bytes = word.to_le_bytes();
    }
    digest
}
