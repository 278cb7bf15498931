//! What a production's ledger costs to replay, beside a bare serde_json parse of the same lines,
//! and what the verdicts for all of its rolls cost beside the replay.
//!
//! `cargo run --release -p mhl-benches --bin ledger [ROLLS] [ROUNDS]` prints one table: medians of the
//! rounds, in which all contestants take turns, 500 rolls of 100 events and four copies where not
//! said otherwise. Ratios count; absolute figures move with the neighbours.
//!
//! `--plot [ROUNDS]` prints a picture of how the cost grows to a million events, an SVG.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod production;

use std::{
    fs,
    hint::black_box,
    time::{Duration, Instant},
};

use mhl_benches::chart::{Chart, Line, Scale};
use mhl_policy::{Decision, Ledger, Profile, Question, Time, clear};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (words, numbers): (Vec<_>, Vec<_>) =
        arguments.iter().partition(|argument| argument.starts_with('-'));
    let number = |at: usize, default: usize| -> usize {
        numbers.get(at).map_or(default, |number| number.parse().unwrap())
    };
    match words.first().map(|word| word.as_str()) {
        None => table(number(0, 500), number(1, 9)),
        Some("--plot") => print!("{}", growth(number(0, 3)).svg()),
        Some(other) => eprintln!("{other} is not known: --plot"),
    }
}

fn table(rolls: usize, rounds: usize) {
    let text = production::ledger(rolls);
    let before = resident();
    let ledger = Ledger::read(text.as_bytes()).unwrap();
    let kept = resident().saturating_sub(before);
    println!(
        "{rolls} rolls, {} events, {} MB; what they amount to: {} MB of memory",
        ledger.head().seq,
        text.len() / 1_000_000,
        kept / 1_000_000
    );
    let [parsed, replayed, judged] = medians(&text, rolls, rounds);
    for (name, time) in [("serde_json", parsed), ("replay", replayed), ("verdicts", judged)] {
        let each = time.as_secs_f64() * 1e6 / ledger.head().seq as f64;
        println!("{name:12} {:9.1} ms {each:8.2} us an event", time.as_secs_f64() * 1e3);
    }
    for (what, ratio, wanted) in [
        ("replay / serde_json", replayed.as_secs_f64() / parsed.as_secs_f64(), "2 or less"),
        ("verdicts / replay", judged.as_secs_f64() / replayed.as_secs_f64(), "1 or less"),
    ] {
        println!("{what:20} {ratio:5.2}   {wanted}");
    }
}

/// A bare parse, the replay, and the verdicts for all rolls on a ledger that was just read.
fn medians(text: &str, rolls: usize, rounds: usize) -> [Duration; 3] {
    let mut times = [const { Vec::new() }; 3];
    for _ in 0..rounds {
        let start = Instant::now();
        for line in text.lines() {
            black_box(serde_json::from_str::<serde_json::Value>(line).unwrap());
        }
        times[0].push(start.elapsed());
        let start = Instant::now();
        let ledger = Ledger::read(text.as_bytes()).unwrap();
        times[1].push(start.elapsed());
        let start = Instant::now();
        judge(&ledger, rolls);
        times[2].push(start.elapsed());
    }
    times.map(|mut times| {
        times.sort_unstable();
        times[times.len() / 2]
    })
}

fn judge(ledger: &Ledger, rolls: usize) {
    let profile = Profile::default();
    for number in 0..rolls {
        let question = Question::roll(production::roll(number));
        let verdict = clear(ledger, &question, &profile, Time::from_unix(production::NOW));
        assert_eq!(black_box(verdict).decision, Decision::Cleared);
    }
}

/// From a thousand events to a million.
fn growth(rounds: usize) -> Chart {
    let mut lines = ["serde_json", "replay", "verdicts"]
        .map(|name| Line { name: name.to_owned(), points: Vec::new() });
    for rolls in [10, 100, 1_000, 10_000] {
        let text = production::ledger(rolls);
        let events = text.lines().count();
        for (line, time) in lines.iter_mut().zip(medians(&text, rolls, rounds)) {
            line.points.push((events as f64, time.as_secs_f64()));
            eprintln!("{events:8} {:10} {:10.2} ms", line.name, time.as_secs_f64() * 1e3);
        }
    }
    Chart {
        title: "Time of a ledger by its events, on one core",
        across: Scale { decades: 3..=6, unit: "" },
        up: Scale { decades: -3..=2, unit: "s" },
        lines: lines.into(),
    }
}

/// Bytes of the process that are in memory.
fn resident() -> usize {
    let status = fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = status.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok());
    pages.unwrap_or(0) * 4096
}
