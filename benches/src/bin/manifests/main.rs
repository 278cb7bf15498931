//! What reading, writing and comparing classic lists costs, beside bare quick-xml in the same run.
//!
//! `cargo run --release -p mhl-benches --bin manifests [ENTRIES] [ROUNDS]` prints one table: the best
//! of the rounds, in which all contestants take turns. Ratios count; absolute figures move with
//! the neighbours. Memory is the growth of the process's resident set.
//!
//! `--history [GENERATIONS] [FILES] [ROUNDS]` compares a history with its manifests; `--plot [ROUNDS]`
//! prints a picture of how the cost grows, an SVG.
#![allow(clippy::unwrap_used)]

mod history;
mod list;

use std::{
    fs,
    hint::black_box,
    io::BufReader,
    time::{Duration, Instant},
};

use mhl_benches::chart::{Chart, Line, Scale};
use mhl_core::{Event, Limits, Listed, Manifest, changes, classic};
use quick_xml::events;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (words, numbers): (Vec<_>, Vec<_>) =
        arguments.iter().partition(|argument| argument.starts_with('-'));
    let number = |at: usize, default: usize| -> usize {
        numbers.get(at).map_or(default, |number| number.parse().unwrap())
    };
    match words.first().map(|word| word.as_str()) {
        None => table(number(0, 1_000_000), number(1, 5)),
        Some("--history") => history::run(number(0, 200) as u64, number(1, 10_000), number(2, 3)),
        Some("--plot") => print!("{}", growth(number(0, 5)).svg()),
        Some(other) => eprintln!("{other} is not known: --history, --plot"),
    }
}

/// The cost of lists of a thousand to a million entries.
fn growth(rounds: usize) -> Chart {
    let names = ["whole document", "events", "writing", "difference"];
    let mut lines = names.map(|name| Line { name: name.to_owned(), points: Vec::new() });
    for entries in [1_000, 10_000, 100_000, 1_000_000] {
        let list = list::classic(entries);
        let manifest = classic::read(list.as_bytes(), &Limits::default()).unwrap();
        let contestants: [&dyn Fn(); 4] = [
            &|| drop(classic::read(list.as_bytes(), &Limits::default()).unwrap()),
            &|| read_events(list.as_bytes()),
            &|| classic::write(&manifest, black_box(std::io::sink())).unwrap(),
            &|| difference(&manifest),
        ];
        for (line, best) in lines.iter_mut().zip(best_of(rounds, &contestants)) {
            line.points.push((entries as f64, best.as_secs_f64()));
            eprintln!("{entries:8} {:20} {:10.3} ms", line.name, best.as_secs_f64() * 1e3);
        }
    }
    Chart {
        title: "Time of classic lists by their entries, on one core",
        across: Scale { decades: 3..=6, unit: "" },
        up: Scale { decades: -5..=1, unit: "s" },
        lines: lines.into(),
    }
}

/// The shortest time of each, all taking turns.
fn best_of<const N: usize>(rounds: usize, contestants: &[&dyn Fn(); N]) -> [Duration; N] {
    let mut best = [Duration::MAX; N];
    for _ in 0..rounds {
        for (run, best) in contestants.iter().zip(&mut best) {
            let start = Instant::now();
            run();
            *best = start.elapsed().min(*best);
        }
    }
    best
}

fn difference(manifest: &Manifest) {
    let listed = Listed::all_of(manifest);
    assert_eq!(black_box(changes(&listed, &listed)).same as usize, listed.len());
}

fn table(entries: usize, rounds: usize) {
    let list = list::classic(entries);
    println!("{entries} entries, {} MB", list.len() / 1_000_000);

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
        ("difference of two", &|| difference(&manifest)),
    ];
    let best = best_of(rounds, &contestants.map(|(_, run)| run));
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
