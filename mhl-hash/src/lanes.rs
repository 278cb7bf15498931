//! The bytes of many streams through the lanes of one core.
//!
//! A kernel takes as many blocks as the shortest of its inputs has; then whoever is through leaves
//! its lane to the next that waits. So lanes stay full while there are streams to fill them, and as
//! each kernel treats its lanes alike, no digest depends on who shared them.

use alloc::vec::Vec;

use crate::{
    Backend,
    backend::MOST_LANES,
    one_stream::{BlockDigest, OneStream, Parts},
};

/// A stream and the piece at hand, whose blocks it has yet to take.
pub(crate) struct Job<'a, D: BlockDigest> {
    stream: Parts<'a, D>,
    piece: &'a [u8],
}

impl<'a, D: BlockDigest> Job<'a, D> {
    /// What the stream gathered of its piece, and its own padded blocks after that.
    pub(crate) fn new(stream: &'a mut OneStream<D>, piece: &'a [u8]) -> Self {
        let stream = stream.parts();
        debug_assert_eq!((stream.blocks.len() % D::BLOCK, stream.padded.len() % D::BLOCK), (0, 0));
        Job { stream, piece }
    }

    /// What a kernel can take next in one piece; nothing when the stream is through.
    fn next(&self) -> &'a [u8] {
        let Parts { blocks, tail, padded, .. } = &self.stream;
        match &self.piece[(**blocks).clone()] {
            [] => &tail[(**padded).clone()],
            blocks => blocks,
        }
    }

    fn took(&mut self, len: usize) {
        let Parts { blocks, padded, .. } = &mut self.stream;
        let range = if blocks.start == blocks.end { padded } else { blocks };
        range.start += len;
    }
}

/// Takes blocks while at least `enough` streams have any.
pub(crate) fn run<D: BlockDigest>(backend: Backend, jobs: &mut [Job<'_, D>], enough: usize) {
    let mut through = 0;
    loop {
        through += jobs[through..].iter().take_while(|job| job.next().is_empty()).count();
        let mut inputs: [&[u8]; MOST_LANES] = [&[]; MOST_LANES];
        let mut states = Vec::with_capacity(MOST_LANES);
        let mut lanes: [usize; MOST_LANES] = [0; MOST_LANES];
        let ready =
            jobs[through..].iter_mut().enumerate().filter(|(_, job)| !job.next().is_empty());
        for (((index, job), input), lane) in
            ready.take(D::lanes(backend)).zip(&mut inputs).zip(&mut lanes)
        {
            *input = job.next();
            *lane = through + index;
            states.push(&mut *job.stream.state);
        }
        if states.is_empty() || states.len() < enough {
            return;
        }
        let inputs = &inputs[..states.len()];
        let len = inputs.iter().map(|input| input.len()).min().unwrap_or(0);
        D::compress_many(backend, &mut states, inputs);
        for lane in &lanes[..inputs.len()] {
            jobs[*lane].took(len);
        }
    }
}
