//! A random script of many streams, run on every backend: each must answer as the portable one does.
//!
//! A script is a row of steps of three bytes: what to do, with which stream, and how many bytes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mhl_hash::{Algorithm, Backend, HashValue, StreamId, Streams};

const ALGORITHMS: [Algorithm; 4] =
    [Algorithm::Md5, Algorithm::Xxh64, Algorithm::Sha1, Algorithm::C4];
/// Streams of a script: more than the widest kernel has lanes.
const MOST: usize = 80;

fuzz_target!(|script: &[u8]| {
    let expected = run(Backend::portable(), script);
    for backend in Backend::available() {
        for backend in [true, false].map(|multiply| backend.with_vector_multiply(multiply)) {
            assert_eq!(run(backend, script), expected, "{backend:?}");
        }
    }
});

/// The values of every stream by its number, in the order of the starts.
fn run(backend: Backend, script: &[u8]) -> Vec<(usize, Vec<HashValue>)> {
    let mut streams = Streams::with_backend(&ALGORITHMS, backend);
    let mut ids = Vec::new();
    let mut values = Vec::new();
    for (at, [what, which, len]) in script.as_chunks::<3>().0.iter().enumerate() {
        let bytes: Vec<u8> = (at..at + 37 * usize::from(*len)).map(|i| (i % 251) as u8).collect();
        let picked = ids.get(usize::from(*which) % ids.len().max(1)).copied();
        match (what % 8, picked) {
            (0 | 1, _) | (_, None) if ids.len() < MOST => ids.push(streams.start()),
            (2, Some(id)) => {
                let _is_live = streams.push(id, &bytes);
            }
            (3, Some(_)) => {
                let each = |id: &StreamId| (*id, bytes.as_slice());
                let _all_live = streams.push_each(&ids.iter().map(each).collect::<Vec<_>>());
            }
            (4 | 5, Some(id)) => {
                let mut buffer = streams.buffer();
                for (to, from) in buffer.iter_mut().zip(&bytes) {
                    *to = *from;
                }
                buffer.truncate(bytes.len());
                let _is_live = streams.submit(id, buffer);
            }
            (6, Some(id)) => {
                streams.end(id);
            }
            (7, Some(id)) => values.extend(streams.finish(id).map(|value| (id, value))),
            _ => {}
        }
    }
    for id in &ids {
        streams.end(*id);
    }
    streams.settle();
    values.extend(std::iter::from_fn(|| streams.ended()));
    let number = |id: StreamId| ids.iter().position(|started| *started == id);
    let mut values: Vec<_> =
        values.into_iter().filter_map(|(id, values)| Some((number(id)?, values))).collect();
    values.sort_unstable();
    values
}
