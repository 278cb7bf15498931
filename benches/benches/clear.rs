//! How long a verdict takes.
//!
//! `cargo bench -p mhl-benches --bench clear`
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use mhl_core::{
    CopyReport, FileRecord, Grade, ManifestRecord, Operation, Place, Report, Roll, Status,
};
use mhl_hash::{Algorithm, Hasher};
use mhl_policy::{Agent, Event, Ledger, Placement, Profile, Question, Time, clear};

/// A season: so many rolls, each of so many clips, on two media.
const ROLLS: usize = 300;
const CLIPS: usize = 200;

fn report(roll: usize) -> Report {
    let mut hasher = Hasher::new(Algorithm::C4);
    hasher.update(&roll.to_be_bytes());
    let content = hasher.finish().to_string();
    let mut report = Report::new(Operation::Offload, Place::new("/card", None));
    report.status = Status::Verified;
    report.roll = Some(Roll::new("A", &content, CLIPS as u64, 1));
    report.files = (0..CLIPS)
        .map(|clip| FileRecord::new(format!("C{clip:03}.mxf"), Some(1), Vec::new()))
        .collect();
    for drive in ["/raid", "/lab"] {
        let mut copy = CopyReport::new(Place::new(drive, None));
        copy.status = Status::Verified;
        copy.grade = Some(Grade::PastTheCache);
        copy.complete = true;
        copy.algorithms = vec!["xxh64be".to_owned()];
        copy.manifest = Some(ManifestRecord::new("A.mhl", "classic", content.clone()));
        report.copies.push(copy);
    }
    report
}

fn season() -> Ledger {
    let mut ledger = Ledger::new();
    let (time, agent) = (Time::from_unix(0), || Agent::new("bench"));
    for roll in 0..ROLLS {
        let id = format!("A{roll:03}");
        let event = Event::from_fields("roll", &[("id", &id), ("kind", "camera")]).unwrap();
        ledger.append(event, time, agent()).unwrap();
        let placements = [
            Placement::copy(0, "serial:RAID".parse().unwrap()),
            Placement::copy(1, "serial:LAB".parse().unwrap()),
        ];
        ledger.append_report(&report(roll), id.as_str(), &placements, time, agent()).unwrap();
    }
    ledger
}

fn verdict(criterion: &mut Criterion) {
    let ledger = season();
    let profile = Profile::default();
    let mut group = criterion.benchmark_group("a ledger of 300 rolls of 200 clips");
    group.bench_function("read and check the chain", |b| {
        b.iter(|| Ledger::parse(black_box(ledger.appended())).unwrap());
    });
    group.bench_function("clear one roll", |b| {
        let question = Question::roll("A150");
        b.iter(|| clear(&ledger, black_box(&question), &profile, Time::from_unix(0)));
    });
    group.finish();
}

criterion_group!(benches, verdict);
criterion_main!(benches);
