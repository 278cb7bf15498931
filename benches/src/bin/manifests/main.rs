//! What reading, writing and comparing classic lists costs, beside bare quick-xml in the same run.
//!
//! `cargo run --release -p mhl-benches --bin manifests [ENTRIES] [ROUNDS]` prints one table: the best
//! of the rounds, in which all contestants take turns. Ratios count; absolute figures move with
//! the neighbours. Memory is the growth of the process's resident set.
#![allow(clippy::unwrap_used)]

use std::{
    fmt::Write as _,
    fs,
    hint::black_box,
    io::BufReader,
    time::{Duration, Instant},
};

use mhl_core::{Event, Limits, Listed, Manifest, changes, classic};
use quick_xml::events;

fn main() {
    let mut arguments = std::env::args().skip(1).map(|argument| argument.parse().unwrap());
    let (entries, rounds) = (arguments.next().unwrap_or(1_000_000), arguments.next().unwrap_or(5));
    let list = list(entries);
    println!("{entries} entries, {} MB", list.len() / 1_000_000);

    if std::env::var("ONLY").is_ok() {
        for _ in 0..rounds { let start = Instant::now(); read_events(list.as_bytes()); eprintln!("{:?}", start.elapsed()); }
        return;
    }
    let before = resident();
    let manifest = classic::read(list.as_bytes(), &Limits::default()).unwrap();
    println!("the whole document: {} MB of memory", (resident() - before) / 1_000_000);

    let contestants: [(&str, &dyn Fn()); 8] = [
        ("quick-xml, slice", &|| bare_slice(&list)),
        ("events, slice", &|| read_events(list.as_bytes())),
        ("quick-xml, BufRead", &|| bare_buffered(&list)),
        ("events, BufRead", &|| read_events(BufReader::with_capacity(64 << 10, list.as_bytes()))),
        ("whole document", &|| {
            drop(classic::read(list.as_bytes(), &Limits::default()).unwrap());
        }),
        ("quick-xml's writer", &|| bare_writer(&manifest)),
        ("writing", &|| classic::write(&manifest, black_box(std::io::sink())).unwrap()),
        ("difference of two", &|| {
            let listed = Listed::all_of(&manifest);
            assert_eq!(black_box(changes(&listed, &listed)).same as usize, listed.len());
        }),
    ];
    let mut best = [Duration::MAX; 8];
    for _ in 0..rounds {
        for ((_, run), best) in contestants.iter().zip(&mut best) {
            let start = Instant::now();
            run();
            *best = start.elapsed().min(*best);
        }
    }
    for ((name, _), best) in contestants.iter().zip(best) {
        let rate = list.len() as f64 / best.as_secs_f64() / 1e6;
        println!("{name:20} {:8.1} ms {rate:8.0} MB/s", best.as_secs_f64() * 1e3);
    }
    let [slice, events, buffered, events_buffered, whole, bare, write, difference] =
        best.map(|best| best.as_secs_f64());
    for (what, ratio, wanted) in [
        ("events / quick-xml, slice", slice / events, "0.8 or more"),
        ("events / quick-xml, BufRead", buffered / events_buffered, "0.8 or more"),
        ("writing / quick-xml's writer", bare / write, "2 or more"),
        ("difference / reading both", difference / (2.0 * whole), "0.5 or less"),
    ] {
        println!("{what:30} {ratio:5.2}   {wanted}");
    }
}

/// A classic list as this crate writes it: paths of 40 characters, MD5 and XXH64.
fn list(entries: usize) -> String {
    let mut list = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<hashlist version=\"1.1\">\n  <creatorinfo>\n    \
         <username>dit</username>\n    <hostname>cart</hostname>\n    <tool>mhl</tool>\n    \
         <startdate>2026-11-22T14:30:00Z</startdate>\n    \
         <finishdate>2026-11-22T14:31:00Z</finishdate>\n  </creatorinfo>\n",
    );
    for at in 0..entries {
        write!(
            list,
            "  <hash>\n    <file>Clips/A{:03}R1AB/A{:03}C{at:08}_261122_R1AB.mxf</file>\n    \
             <size>{}</size>\n    <lastmodificationdate>2026-11-22T09:00:00Z</lastmodificationdate>\n    \
             <xxhash64be>{:016x}</xxhash64be>\n    <hashdate>2026-11-22T14:30:30Z</hashdate>\n  \
             </hash>\n",
            at / 1000,
            at / 1000,
            at * 4096,
            (at as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15),
        )
        .unwrap();
    }
    list.push_str("</hashlist>\n");
    list
}

fn read_events(source: impl std::io::BufRead) {
    for event in classic::Reader::new(source, &Limits::default()).unwrap() {
        if let Event::Entry(entry) = event.unwrap() {
            black_box(entry);
        }
    }
}

fn bare_slice(list: &str) {
    let mut reader = quick_xml::Reader::from_str(list);
    while !matches!(black_box(reader.read_event().unwrap()), events::Event::Eof) {}
}

fn bare_buffered(list: &str) {
    let source = BufReader::with_capacity(64 << 10, list.as_bytes());
    let mut reader = quick_xml::Reader::from_reader(source);
    let mut buffer = Vec::new();
    while !matches!(black_box(reader.read_event_into(&mut buffer).unwrap()), events::Event::Eof) {
        buffer.clear();
    }
}

/// The same list by quick-xml's own writer, with the values ready.
fn bare_writer(manifest: &Manifest) {
    let mut writer = quick_xml::Writer::new_with_indent(std::io::sink(), b' ', 2);
    let start = |name| events::Event::Start(events::BytesStart::new(name));
    let end = |name| events::Event::End(events::BytesEnd::new(name));
    writer.write_event(start("hashlist")).unwrap();
    for file in manifest.files() {
        writer.write_event(start("hash")).unwrap();
        let time = |time: &Option<mhl_core::Timestamp>| time.as_ref().unwrap().to_string();
        for (name, value) in [
            ("file", file.path.as_str()),
            ("size", &file.size.unwrap().to_string()),
            ("lastmodificationdate", &time(&file.modified)),
            ("xxhash64be", &file.hashes.first().unwrap().text()),
            ("hashdate", &time(&file.hash_date)),
        ] {
            writer.write_event(start(name)).unwrap();
            writer.write_event(events::Event::Text(events::BytesText::new(value))).unwrap();
            writer.write_event(end(name)).unwrap();
        }
        writer.write_event(end("hash")).unwrap();
    }
    writer.write_event(end("hashlist")).unwrap();
    black_box(writer.into_inner());
}

/// Bytes of the process that are in memory.
fn resident() -> usize {
    let status = fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = status.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok());
    pages.unwrap_or(0) * 4096
}
