//! Streams whose number of bits overflows 32 bits, and whose number of bytes does. They take minutes
//! without optimisation: `ci/long/long-streams` runs them.

use md5::Digest as _;
use mhl_hash::{Algorithm, HashValue, Streams};

use crate::{KERNELS, backends, cycle};

const MIB: usize = 1 << 20;

/// Streams of this length and a few bytes more in every lane, against the oracle.
fn long_streams(mebibytes: usize) {
    let piece = cycle(MIB);
    let mut md5 = md5::Md5::new();
    let mut xxh64 = xxhash_rust::xxh64::Xxh64::new(0);
    for _ in 0..mebibytes {
        md5.update(&piece);
        xxh64.update(&piece);
    }
    let expected = |ending: &[u8]| {
        let (mut md5, mut xxh64) = (md5.clone(), xxh64.clone());
        md5.update(ending);
        xxh64.update(ending);
        vec![
            HashValue::from_bytes(Algorithm::Md5, &md5.finalize()).unwrap(),
            HashValue::from_bytes(Algorithm::Xxh64, &xxh64.digest().to_be_bytes()).unwrap(),
        ]
    };
    for backend in backends() {
        let lanes = backend.lanes().max(4);
        let mut streams = Streams::with_backend(&KERNELS, backend);
        let ids: Vec<_> = (0..lanes).map(|_| streams.start()).collect();
        let pieces: Vec<_> = ids.iter().map(|id| (*id, piece.as_slice())).collect();
        for _ in 0..mebibytes {
            assert!(streams.push_each(&pieces));
        }
        for (lane, id) in ids.into_iter().enumerate() {
            streams.push(id, &piece[..lane]);
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
