//! Streams whose number of bits overflows 32 bits, and whose number of bytes does. They take minutes
//! without optimisation: `ci/long/long-streams` runs them.

use md5::Digest as _;
use mhl_hash::{Algorithm, HashValue, Streams};

use crate::{EVERY, backends, cycle};

const MIB: usize = 1 << 20;

/// Streams of this length and a few bytes more in every lane, against the oracle.
fn long_streams(mebibytes: usize) {
    let piece = cycle(MIB);
    let mut so_far = (
        md5::Md5::new(),
        xxhash_rust::xxh64::Xxh64::new(0),
        sha1::Sha1::new(),
        sha2::Sha512::new(),
    );
    let update = |(md5, xxh64, sha1, sha512): &mut (_, _, _, _), bytes: &[u8]| {
        md5::Digest::update(md5, bytes);
        xxhash_rust::xxh64::Xxh64::update(xxh64, bytes);
        sha1::Digest::update(sha1, bytes);
        sha2::Digest::update(sha512, bytes);
    };
    for _ in 0..mebibytes {
        update(&mut so_far, &piece);
    }
    let expected = |ending: &[u8]| {
        let mut all = so_far.clone();
        update(&mut all, ending);
        let value = |algorithm, bytes: &[u8]| HashValue::from_bytes(algorithm, bytes).unwrap();
        vec![
            value(Algorithm::Md5, &all.0.finalize()),
            value(Algorithm::Xxh64, &all.1.digest().to_be_bytes()),
            value(Algorithm::Sha1, &all.2.finalize()),
            value(Algorithm::C4, &all.3.finalize()),
        ]
    };
    for backend in backends() {
        let lanes = backend.lanes().max(4);
        let mut streams = Streams::with_backend(&EVERY[..4], backend);
        let ids: Vec<_> = (0..lanes).map(|_| streams.start()).collect();
        let pieces: Vec<_> = ids.iter().map(|id| (*id, piece.as_slice())).collect();
        for _ in 0..mebibytes {
            assert!(streams.push_each(&pieces));
        }
        for (lane, id) in ids.into_iter().enumerate() {
            assert!(streams.push(id, &piece[..lane]));
            assert_eq!(streams.finish(id).unwrap(), expected(&piece[..lane]), "{backend:?}");
        }
    }
}

#[test]
#[ignore = "takes a minute"]
fn row_80_past_512_mib() {
    long_streams(513);
}

#[test]
#[ignore = "takes minutes"]
fn row_80_past_4_gib() {
    long_streams(4097);
}
