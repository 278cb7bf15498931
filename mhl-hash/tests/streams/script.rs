//! Streams that start, take bytes and end at random.

use std::collections::HashMap;

use mhl_hash::{Algorithm, Backend, HashValue, StreamId, Streams};
use proptest::prelude::*;

use crate::{EVERY, backends, cycle, oracle};

/// One operation; streams are picked among those that were ever started.
#[derive(Clone, Debug)]
enum Step {
    Start,
    Push(prop::sample::Index, usize),
    /// Pieces of so many streams from the one picked on.
    PushEach(prop::sample::Index, usize, usize),
    Submit(prop::sample::Index, usize),
    Finish(prop::sample::Index),
    End(prop::sample::Index),
    Settle,
}

fn step() -> impl Strategy<Value = Step> {
    let any_stream = any::<prop::sample::Index>;
    let len = || prop_oneof![0..200usize, 0..9_000usize];
    prop_oneof![
        6 => Just(Step::Start),
        3 => (any_stream(), len()).prop_map(|(stream, len)| Step::Push(stream, len)),
        3 => (any_stream(), 1..70usize, len()).prop_map(|(s, n, len)| Step::PushEach(s, n, len)),
        9 => (any_stream(), len()).prop_map(|(stream, len)| Step::Submit(stream, len)),
        1 => any_stream().prop_map(Step::Finish),
        3 => any_stream().prop_map(Step::End),
        1 => Just(Step::Settle),
    ]
}

/// What a stream was given, and whether it has ended.
#[derive(Default)]
struct Model {
    bytes: Vec<u8>,
    ended: bool,
}

/// Runs a script and returns the values of all streams, after checking every answer on the way.
fn run(algorithms: &[Algorithm], backend: Backend, steps: &[Step]) -> Vec<Vec<HashValue>> {
    let source = cycle(20_000);
    let mut streams = Streams::with_backend(algorithms, backend);
    let mut ids: Vec<StreamId> = Vec::new();
    let mut models: Vec<Model> = Vec::new();
    let mut values: HashMap<StreamId, Vec<HashValue>> = HashMap::new();
    for (at, step) in steps.iter().enumerate() {
        let piece = |len: usize| &source[at % 251..][..len];
        match step {
            Step::Start => {
                ids.push(streams.start());
                models.push(Model::default());
            }
            _ if ids.is_empty() => {}
            Step::Push(stream, len) => {
                let n = stream.index(ids.len());
                assert_eq!(streams.push(ids[n], piece(*len)), !models[n].ended);
                if !models[n].ended {
                    models[n].bytes.extend(piece(*len));
                }
            }
            Step::PushEach(stream, count, len) => {
                let first = stream.index(ids.len());
                // More pieces than streams: some stand several times.
                let picked: Vec<usize> = (first..first + count).map(|n| n % ids.len()).collect();
                let pieces: Vec<_> =
                    picked.iter().enumerate().map(|(i, n)| (ids[*n], piece(len + i))).collect();
                let all = picked.iter().all(|n| !models[*n].ended);
                assert_eq!(streams.push_each(&pieces), all);
                for (n, (_, bytes)) in picked.iter().zip(&pieces) {
                    if !models[*n].ended {
                        models[*n].bytes.extend(*bytes);
                    }
                }
            }
            Step::Submit(stream, len) => {
                let n = stream.index(ids.len());
                let mut buffer = streams.buffer();
                buffer[..*len].copy_from_slice(piece(*len));
                buffer.truncate(*len);
                assert_eq!(streams.submit(ids[n], buffer), !models[n].ended);
                if !models[n].ended {
                    models[n].bytes.extend(piece(*len));
                }
            }
            Step::Finish(stream) => {
                let n = stream.index(ids.len());
                match streams.finish(ids[n]) {
                    Some(value) => assert!(values.insert(ids[n], value).is_none()),
                    None => assert!(models[n].ended),
                }
                models[n].ended = true;
            }
            Step::End(stream) => {
                let n = stream.index(ids.len());
                assert_eq!(streams.end(ids[n]), !models[n].ended);
                models[n].ended = true;
            }
            Step::Settle => streams.settle(),
        }
        assert_eq!(streams.live(), models.iter().filter(|model| !model.ended).count());
    }
    for id in &ids {
        streams.end(*id);
    }
    streams.settle();
    while let Some((id, value)) = streams.ended() {
        assert!(values.insert(id, value).is_none(), "values are returned once");
    }
    for (id, model) in ids.iter().zip(&models) {
        let expected: Vec<HashValue> = oracle(&model.bytes);
        for value in &values[id] {
            assert!(
                expected.contains(value),
                "{backend:?}: {value:?} of {} bytes",
                model.bytes.len()
            );
        }
    }
    ids.iter().map(|id| values[id].clone()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 2 } else { 96 }))]
    #[test]
    fn row_79_a_random_script_gives_every_stream_the_values_of_its_bytes(
        steps in proptest::collection::vec(step(), 0..300),
    ) {
        let sets: [&[Algorithm]; 7] = [
            &[Algorithm::Md5],
            &[Algorithm::Xxh64],
            &[Algorithm::Sha1],
            &[Algorithm::C4],
            &[Algorithm::Xxh3],
            &EVERY,
            &[Algorithm::Sha1, Algorithm::Xxh64, Algorithm::Xxh3, Algorithm::Md5],
        ];
        for algorithms in sets {
            let mut first = None;
            for backend in backends() {
                let values = run(algorithms, backend, &steps);
                prop_assert_eq!(&values, first.get_or_insert(values.clone()));
            }
        }
    }
}

#[test]
fn a_stream_of_another_set_is_unknown() {
    let mut here = Streams::new(&EVERY);
    let mut elsewhere = Streams::new(&EVERY);
    let own = here.start();
    let stream = elsewhere.start();
    assert_ne!(own, stream);
    assert!(!here.push(stream, b"a"));
    assert!(!here.push_each(&[(stream, b"a")]));
    let buffer = here.buffer();
    assert!(!here.submit(stream, buffer));
    assert!(!here.end(stream));
    assert_eq!(here.finish(stream), None);
    assert_eq!(here.live(), 1);
    assert!(elsewhere.finish(stream).is_some());
}
