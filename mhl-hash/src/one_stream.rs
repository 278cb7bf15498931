//! One stream of a digest that goes block by block: bytes in pieces of any length, gathered into
//! blocks, and the padding at the end.

use core::{mem, ops::Range};

use crate::Backend;

/// A digest that takes whole blocks into a state: what its kernels and its padding are.
pub(crate) trait BlockDigest {
    /// The words that blocks are taken into.
    type State: Copy;
    /// Room for the bytes that fill no block yet and the padding that follows them: two blocks at
    /// most.
    type Tail: Copy + AsRef<[u8]> + AsMut<[u8]>;
    /// What it ends in.
    type Digest;

    /// Bytes of a block.
    const BLOCK: usize;
    /// The state of a stream without a byte.
    const INITIAL: Self::State;
    /// A tail of zeros.
    const EMPTY: Self::Tail;

    /// Streams that its widest kernel takes.
    fn lanes(backend: Backend) -> usize;

    /// Takes whole blocks into one state.
    fn compress(backend: Backend, state: &mut Self::State, blocks: &[u8]);

    /// Takes the whole blocks of each input into the state beside it: as many as the shortest has,
    /// of up to [`BlockDigest::lanes`] streams.
    fn compress_many(backend: Backend, states: &mut [&mut Self::State], inputs: &[&[u8]]);

    /// Writes the padding of a stream of so many bytes after the first `begun` of the tail. Returns
    /// where it ends, which is a whole number of blocks; 0 for a digest that has none.
    fn pad(tail: &mut [u8], begun: usize, bytes: u64) -> usize;

    /// The digest after the padding. A digest without one gets the bytes that fill no block.
    fn digest(state: &Self::State, rest: &[u8], bytes: u64) -> Self::Digest;
}

/// A stream of a digest.
pub(crate) struct OneStream<D: BlockDigest> {
    backend: Backend,
    state: D::State,
    /// Bytes so far; beyond 2^64 - 1 they are counted modulo 2^64.
    bytes: u64,
    /// Its first `bytes % BLOCK` bytes are the stream's last ones.
    tail: D::Tail,
    /// Which bytes of the piece at hand are blocks that the state lacks.
    blocks: Range<usize>,
    /// Whether the tail is padded, and which of its bytes are then blocks that the state lacks.
    is_padded: bool,
    padded: Range<usize>,
}

/// What lanes need of a stream: all blocks that its state lacks.
pub(crate) struct Parts<'a, D: BlockDigest> {
    pub(crate) state: &'a mut D::State,
    /// Which bytes of the piece at hand are to be taken.
    pub(crate) blocks: &'a mut Range<usize>,
    pub(crate) tail: &'a [u8],
    /// Which bytes of the tail are to be taken after them.
    pub(crate) padded: &'a mut Range<usize>,
}

impl<D: BlockDigest> Clone for OneStream<D> {
    fn clone(&self) -> Self {
        OneStream { blocks: self.blocks.clone(), padded: self.padded.clone(), ..*self }
    }
}

impl<D: BlockDigest> OneStream<D> {
    /// A stream without a byte.
    pub(crate) fn new(backend: Backend) -> Self {
        OneStream {
            backend,
            state: D::INITIAL,
            bytes: 0,
            tail: D::EMPTY,
            blocks: 0..0,
            is_padded: false,
            padded: 0..0,
        }
    }

    /// Takes the next bytes.
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.gather(bytes);
        D::compress(self.backend, &mut self.state, &bytes[mem::take(&mut self.blocks)]);
    }

    /// Takes the next bytes but for whole blocks among them: whoever asked puts these into the state
    /// ([`OneStream::parts`]) before anything else is done with the stream.
    pub(crate) fn gather(&mut self, bytes: &[u8]) {
        let begun = self.begun();
        let mut from = 0;
        if begun > 0 {
            from = bytes.len().min(D::BLOCK - begun);
            let tail = &mut self.tail.as_mut()[..D::BLOCK];
            tail[begun..begun + from].copy_from_slice(&bytes[..from]);
            if begun + from == D::BLOCK {
                D::compress(self.backend, &mut self.state, tail);
            }
        }
        let to = bytes.len() - (bytes.len() - from) % D::BLOCK;
        let rest = &bytes[to..];
        if !rest.is_empty() {
            self.tail.as_mut()[..rest.len()].copy_from_slice(rest);
        }
        self.bytes = self.bytes.wrapping_add(bytes.len() as u64);
        self.blocks = from..to;
    }

    /// Pads the stream, which takes no more bytes. Does nothing to a padded one.
    pub(crate) fn pad(&mut self) {
        if !self.is_padded {
            let begun = self.begun();
            self.padded = 0..D::pad(self.tail.as_mut(), begun, self.bytes);
            self.is_padded = true;
        }
    }

    /// What lanes need.
    pub(crate) fn parts(&mut self) -> Parts<'_, D> {
        Parts {
            state: &mut self.state,
            blocks: &mut self.blocks,
            tail: self.tail.as_ref(),
            padded: &mut self.padded,
        }
    }

    /// Whether the state lacks no block.
    pub(crate) fn is_through(&self) -> bool {
        self.blocks.is_empty() && self.padded.is_empty()
    }

    /// The digest; the stream begins anew.
    pub(crate) fn take(&mut self) -> D::Digest {
        debug_assert!(self.blocks.is_empty(), "blocks that no lane took");
        self.pad();
        D::compress(self.backend, &mut self.state, &self.tail.as_ref()[self.padded.clone()]);
        let digest = D::digest(&self.state, &self.tail.as_ref()[..self.begun()], self.bytes);
        *self = OneStream { tail: self.tail, ..Self::new(self.backend) };
        digest
    }

    fn begun(&self) -> usize {
        (self.bytes % D::BLOCK as u64) as usize
    }
}

/// The padding that MD5 and the SHA family share (RFC 1321, section 3.1; FIPS 180-4, section 5.1):
/// after the first `begun` bytes of a tail one bit, then zeros, and the stream's length at the end of
/// a block. Returns where that block ends.
pub(crate) fn pad(tail: &mut [u8], begun: usize, block: usize, length: &[u8]) -> usize {
    let end = (begun + 1 + length.len()).next_multiple_of(block);
    let zeros = end - length.len();
    tail[begun] = 0x80;
    tail[begun + 1..zeros].fill(0);
    tail[zeros..end].copy_from_slice(length);
    end
}
