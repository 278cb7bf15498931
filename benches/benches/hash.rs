//! Throughput of the digests, beside the crates that they are compared with.
//!
//! `cargo bench -p mhl-benches --bench hash`
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use md5::Digest as _;
use mhl_hash::{Algorithm, Backend, Hasher, HasherSet, Streams};

const LEN: usize = 4 << 20;

fn one_stream(criterion: &mut Criterion) {
    let bytes: Vec<u8> = (0..LEN).map(|i| (i % 251) as u8).collect();
    let mut group = criterion.benchmark_group("one stream");
    group.throughput(Throughput::Bytes(LEN as u64));
    for algorithm in Algorithm::ALL {
        group.bench_with_input(BenchmarkId::new("mhl-hash", algorithm), &bytes, |b, bytes| {
            b.iter(|| {
                let mut hasher = Hasher::new(algorithm);
                hasher.update(black_box(bytes));
                hasher.finish()
            });
        });
    }
    group.bench_with_input(BenchmarkId::new("md-5", "md5"), &bytes, |b, bytes| {
        b.iter(|| md5::Md5::digest(black_box(bytes)));
    });
    group.bench_with_input(BenchmarkId::new("xxhash-rust", "xxh64be"), &bytes, |b, bytes| {
        b.iter(|| xxhash_rust::xxh64::xxh64(black_box(bytes), 0));
    });
    group.bench_with_input(BenchmarkId::new("mhl-hash set", "xxh64be+md5"), &bytes, |b, bytes| {
        b.iter(|| {
            let mut set = HasherSet::new(&[Algorithm::Xxh64, Algorithm::Md5]);
            set.update(black_box(bytes));
            set.finish()
        });
    });
    group.finish();
}

/// SHA-1 by the processor's instructions, alone and after each kernel for many streams: a kernel that
/// left the upper halves of its registers dirty would slow it down by a third.
fn sha1_after_lanes(criterion: &mut Criterion) {
    let bytes: Vec<u8> = (0..LEN / 64).map(|i| (i % 251) as u8).collect();
    let mut group = criterion.benchmark_group("sha1 after");
    group.throughput(Throughput::Bytes(bytes.len() as u64));
    let sha1 = |bytes: &[u8]| {
        let mut hasher = Hasher::new(Algorithm::Sha1);
        hasher.update(black_box(bytes));
        hasher.finish()
    };
    group.bench_function("nothing", |b| b.iter(|| sha1(&bytes)));
    let lanes = [Algorithm::Md5, Algorithm::Sha1, Algorithm::C4, Algorithm::Xxh64];
    for (backend, algorithm) in Backend::available().into_iter().flat_map(|b| lanes.map(|a| (b, a)))
    {
        let mut streams = Streams::with_backend(&[algorithm], backend);
        let ids: Vec<_> = (0..32).map(|_| streams.start()).collect();
        let pieces: Vec<_> = ids.iter().map(|id| (*id, &bytes[..1024])).collect();
        group.bench_function(BenchmarkId::new(algorithm.name(), backend), |b| {
            b.iter_custom(|times| {
                let mut spent = Duration::ZERO;
                for _ in 0..times {
                    assert!(streams.push_each(&pieces));
                    let start = Instant::now();
                    black_box(sha1(&bytes));
                    spent += start.elapsed();
                }
                spent
            });
        });
    }
    group.finish();
}

criterion_group!(benches, one_stream, sha1_after_lanes);
criterion_main!(benches);
