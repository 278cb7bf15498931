//! Throughput of the digests, beside the crates that they are compared with.
//!
//! `cargo bench -p mhl-benches --bench hash`
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use md5::Digest as _;
use mhl_hash::{Algorithm, Hasher, HasherSet};

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

criterion_group!(benches, one_stream);
criterion_main!(benches);
