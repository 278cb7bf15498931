//! What a long history costs to load and index, beside its manifests read as events.

use std::{
    fs::{self, File},
    hint::black_box,
    io::BufReader,
    path::Path,
    time::{Duration, Instant},
};

use mhl_core::{
    Limits, Timestamp,
    asc::{self, History},
};

use crate::list;

/// Writes so many generations of so many files into a new folder, and compares; the folder goes
/// when that is done. Without a chain: what it would add is one small file.
pub(crate) fn run(generations: u64, files: usize, rounds: usize) {
    let root = std::env::temp_dir().join(format!("mhl-history-{}", std::process::id()));
    let folder = root.join("ascmhl");
    fs::create_dir_all(&folder).unwrap();
    for number in 1..=generations {
        let action = if number == 1 { "original" } else { "verified" };
        let time = Timestamp::from_unix(1_795_357_800 + number as i64, 0).unwrap();
        let name = asc::file_name(number, "A001R1AB", &time);
        fs::write(folder.join(name), list::asc(files, action)).unwrap();
    }
    let (mut events, mut indexed) = (Duration::MAX, Duration::MAX);
    for _ in 0..rounds {
        let start = Instant::now();
        for manifest in fs::read_dir(&folder).unwrap() {
            read_events(&manifest.unwrap().path());
        }
        events = start.elapsed().min(events);
        let start = Instant::now();
        let history = History::load(&root, &Limits::default()).unwrap().unwrap();
        assert_eq!(black_box(history.known()).len(), files);
        indexed = start.elapsed().min(indexed);
    }
    fs::remove_dir_all(&root).unwrap();
    println!("{generations} generations of {files} files");
    println!("manifests as events {:8.1} ms", events.as_secs_f64() * 1e3);
    println!("loaded and indexed  {:8.1} ms", indexed.as_secs_f64() * 1e3);
    let ratio = indexed.as_secs_f64() / events.as_secs_f64();
    println!("history / its manifests as events {ratio:5.2}   1.5 or less");
}

fn read_events(manifest: &Path) {
    let source = BufReader::with_capacity(64 << 10, File::open(manifest).unwrap());
    for event in asc::Reader::new(source, &Limits::default()).unwrap() {
        black_box(event.unwrap());
    }
}
