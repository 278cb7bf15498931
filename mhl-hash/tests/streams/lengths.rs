//! Every length and alignment.

use mhl_hash::{Hasher, Streams};

use crate::{EVERY, backends, cycle, oracle};

/// Longest length: a page and a block.
const LONGEST: usize = 4160;
const LINE: usize = 64;

#[test]
fn row_78_every_length_of_one_stream_equals_the_oracle() {
    let bytes = cycle(LONGEST + LINE);
    for len in 0..=LONGEST {
        let from = len % LINE;
        let expected = oracle(&bytes[from..from + len]);
        for backend in backends() {
            for (algorithm, expected) in EVERY.into_iter().zip(&expected) {
                let mut hasher = Hasher::with_backend(algorithm, backend);
                hasher.update(&bytes[from..from + len]);
                assert_eq!(hasher.finish(), *expected, "{backend:?}, {len} bytes");
            }
        }
    }
}

/// All lengths side by side, each lane at another alignment, and each length at every alignment in
/// the course of the rounds.
#[test]
fn row_78_every_length_and_alignment_of_many_streams_equals_the_oracle() {
    let bytes = cycle(LONGEST + LINE);
    // The cycle has 251 alignments of content, so the oracle is asked for each length and start.
    for backend in backends() {
        for round in (0..LINE).step_by(9) {
            let mut streams = Streams::with_backend(&EVERY, backend);
            let slices: Vec<&[u8]> =
                (0..=LONGEST).map(|len| &bytes[(len + round) % LINE..][..len]).collect();
            let ids: Vec<_> = slices.iter().map(|_| streams.start()).collect();
            let pieces: Vec<_> = ids.iter().copied().zip(slices.iter().copied()).collect();
            assert!(streams.push_each(&pieces));
            for (id, slice) in pieces {
                let values = streams.finish(id).unwrap();
                let (len, shift) = (slice.len(), round);
                assert_eq!(values, oracle(slice), "{backend:?}, {len} bytes, round {shift}");
            }
        }
    }
}

#[test]
fn row_78_every_length_in_lent_buffers_equals_the_oracle() {
    let bytes = cycle(LONGEST);
    for backend in backends() {
        let mut streams = Streams::with_backend(&EVERY, backend);
        let mut ids = Vec::new();
        for len in 0..=LONGEST {
            let id = streams.start();
            let mut buffer = streams.buffer();
            assert_eq!(buffer.as_ptr().align_offset(LINE), 0);
            buffer[..len].copy_from_slice(&bytes[..len]);
            buffer.truncate(len);
            assert!(streams.submit(id, buffer));
            assert!(streams.end(id));
            assert!(!streams.end(id), "a stream ends once");
            ids.push(id);
        }
        assert_eq!(streams.live(), 0);
        streams.settle();
        let mut count = 0;
        while let Some((id, values)) = streams.ended() {
            let len = ids.binary_search(&id).unwrap();
            assert_eq!(values, oracle(&bytes[..len]), "{backend:?}, {len} bytes");
            count += 1;
        }
        assert_eq!(count, LONGEST + 1, "every stream that was ended has its values");
    }
}

#[test]
fn row_81_swapped_blocks_and_swapped_streams_differ() {
    let bytes = cycle(4096);
    for backend in backends() {
        let lanes = backend.lanes().max(4);
        // Stream `n` has its blocks `n` and `n + 1` swapped, so all are different.
        let contents: Vec<Vec<u8>> = (0..lanes)
            .map(|n| {
                let mut content = bytes.clone();
                content[64 * n..64 * n + 64].copy_from_slice(&bytes[64 * n + 64..64 * n + 128]);
                content[64 * n + 64..64 * n + 128].copy_from_slice(&bytes[64 * n..64 * n + 64]);
                content
            })
            .collect();
        let mut streams = Streams::with_backend(&EVERY, backend);
        let pieces: Vec<_> =
            contents.iter().map(|content| (streams.start(), content.as_slice())).collect();
        assert!(streams.push_each(&pieces));
        let values: Vec<_> = pieces.iter().map(|(id, _)| streams.finish(*id).unwrap()).collect();
        for (n, value) in values.iter().enumerate() {
            assert_eq!(*value, oracle(&contents[n]), "{backend:?}, stream {n}");
            assert!(values[..n].iter().all(|other| other[0] != value[0] && other[1] != value[1]));
        }
    }
}
