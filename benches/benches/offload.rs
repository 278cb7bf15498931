//! Lists written and read, a roll offloaded and verified.
//!
//! `cargo bench -p mhl-benches --bench offload`. `ci/long/offload-speed` measures whole programs.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

use std::{fs, hint::black_box, path::Path};

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use mhl_core::{
    Agent, Context, FileEntry, Format, Header, Limits, OffloadOptions, RecordedHash, RelativePath,
    SealOptions, Timestamp, VerifyOptions, classic, offload, read_manifest, seal, verify,
};
use mhl_hash::{Algorithm, HashValue};

const ENTRIES: u64 = 10_000;

fn entries() -> Vec<FileEntry> {
    (0..ENTRIES)
        .map(|index| {
            let path = format!("A001R1AB/Clips/A001C{index:06}_261122_R1AB.mxf");
            let value = HashValue::from_bytes(Algorithm::Xxh64, &index.to_be_bytes());
            let mut entry = FileEntry::new(RelativePath::new(&path).unwrap(), Some(index));
            entry.modified = Some(Timestamp::epoch());
            entry.hash_date = Some(Timestamp::epoch());
            entry.hashes = vec![RecordedHash::new(Format::Classic, value.unwrap())];
            entry
        })
        .collect()
}

fn written(entries: &[FileEntry]) -> Vec<u8> {
    let mut list = classic::Writer::new(Vec::new(), &Header::new(Format::Classic)).unwrap();
    for entry in entries {
        list.entry(entry).unwrap();
    }
    list.finish().unwrap()
}

fn manifest(criterion: &mut Criterion) {
    let entries = entries();
    let bytes = written(&entries);
    let mut group = criterion.benchmark_group("classic list, 10,000 entries");
    group.throughput(Throughput::Bytes(bytes.len() as u64));
    group.bench_function("write", |b| b.iter(|| written(black_box(&entries))));
    group.bench_function("read", |b| {
        b.iter(|| read_manifest(black_box(bytes.as_slice()), &Limits::default()).unwrap());
    });
    group.finish();
}

fn make_card(card: &Path) -> u64 {
    fs::create_dir_all(card).unwrap();
    for clip in 0..8 {
        fs::write(card.join(format!("A001C00{clip}.mxf")), vec![clip; 8 << 20]).unwrap();
    }
    for sidecar in 0..200 {
        fs::write(card.join(format!("A001S{sidecar:03}.xml")), vec![b'x'; 4096]).unwrap();
    }
    (8 << 23) + 200 * 4096
}

fn trees(criterion: &mut Criterion) {
    let set = tempfile::tempdir().unwrap();
    let card = set.path().join("A001R1AB");
    let size = make_card(&card);
    let agent = Agent::new("bench", "1", "bench", "bench");
    let context = Context::new(&agent);
    let mut group = criterion.benchmark_group("a roll of 8 clips and 200 sidecars");
    group.throughput(Throughput::Bytes(size)).sample_size(10);
    group.bench_function("offload to one drive", |b| {
        b.iter_batched(
            || tempfile::tempdir().unwrap(),
            |drive| {
                let drives = [drive.path().to_owned()];
                offload(&card, &drives, &OffloadOptions::default(), &context).unwrap();
                drive
            },
            BatchSize::PerIteration,
        );
    });
    seal(&card, &SealOptions::default(), &context).unwrap();
    group.bench_function("verify through the cache", |b| {
        b.iter(|| verify(&card, &VerifyOptions::default(), &context).unwrap());
    });
    group.finish();
}

criterion_group!(benches, manifest, trees);
criterion_main!(benches);
