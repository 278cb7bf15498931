//! The bytes of many streams through the lanes of one core.
//!
//! A kernel takes as many blocks as the shortest of its inputs has; then whoever is through leaves
//! its lane to the next that waits. So lanes stay full while there are streams to fill them, and as
//! each kernel treats its lanes alike, no digest depends on who shared them.

use crate::{
    Backend,
    backend::MOST_LANES,
    md5::{self, Md5},
    xxh64::{STRIPE, Xxh64},
};

/// The bytes that a stream has yet to take, of which lanes take the whole blocks.
pub(crate) struct Job<'a, Stream> {
    pub(crate) stream: &'a mut Stream,
    pub(crate) bytes: &'a [u8],
    /// Counts the bytes that were taken.
    pub(crate) taken: &'a mut usize,
}

impl<Stream> Job<'_, Stream> {
    fn take(&mut self, len: usize) {
        self.bytes = &self.bytes[len..];
        *self.taken += len;
    }
}

/// Takes whole blocks while at least `enough` streams have any.
pub(crate) fn md5(backend: Backend, jobs: &mut [Job<'_, Md5>], enough: usize) {
    loop {
        let mut inputs: [&[u8]; MOST_LANES] = [&[]; MOST_LANES];
        let mut states = Vec::with_capacity(MOST_LANES);
        let ready = jobs.iter_mut().filter(|job| job.bytes.len() >= md5::BLOCK);
        for (job, input) in ready.take(backend.lanes()).zip(&mut inputs) {
            *input = job.bytes;
            states.push(job.stream.state_mut());
        }
        if states.is_empty() || states.len() < enough {
            return;
        }
        let inputs = &inputs[..states.len()];
        let len = md5::whole_blocks(inputs);
        backend.md5_many(&mut states, inputs);
        let ready = jobs.iter_mut().filter(|job| job.bytes.len() >= md5::BLOCK);
        for job in ready.take(inputs.len()) {
            job.stream.advance(len);
            job.take(len);
        }
    }
}

/// Takes all whole stripes, four streams at a time while there are four.
pub(crate) fn xxh64(backend: Backend, jobs: &mut [Job<'_, Xxh64>]) {
    loop {
        let mut ready = jobs.iter_mut().filter(|job| job.bytes.len() >= STRIPE);
        let (Some(a), Some(b), Some(c), Some(d)) =
            (ready.next(), ready.next(), ready.next(), ready.next())
        else {
            break;
        };
        let len = [&a, &b, &c, &d].map(|job| job.bytes.len()).into_iter().min().unwrap_or(0);
        let len = len / STRIPE * STRIPE;
        let inputs = [&a, &b, &c, &d].map(|job| &job.bytes[..len]);
        let four = [a, b, c, d];
        backend.xxh64_four(four.map(|job| job.stream.accumulators_mut()), inputs);
        for job in jobs.iter_mut().filter(|job| job.bytes.len() >= STRIPE).take(4) {
            job.stream.advance(len);
            job.take(len);
        }
    }
    for job in jobs {
        let len = job.bytes.len() / STRIPE * STRIPE;
        job.stream.update(&job.bytes[..len]);
        job.take(len);
    }
}
