//! The engine as a whole: rolls verified, by one machine and by shards, cards offloaded, beside what their bytes allow and what other
//! programs take.
//!
//! ```text
//! cargo run --release -p mhl-benches --bin engine [-- --json] [--rounds N] [WORD...]
//! cargo run --release -p mhl-benches --bin engine -- --plot [--rounds N] > rates.svg
//! ```
//! Prints a table, or with `--json` a list of `{name, ours_gbs, other, other_gbs, ratio}`; a row that
//! could not be measured has `skipped` with the reason instead of figures. Words choose the rows
//! whose name holds one of them. The two of a row take turns in every round, and the medians of the
//! rounds count. `--plot` prints a picture of an offload's rate by the size of files and the number of
//! destinations, an SVG. All cores are used. Rolls of up to 4.3 GB are written into the folder that
//! `MHL_BENCH_TREES` names, else that for temporary files.

mod contest;
mod offload;
mod roll;
mod shards;
mod verify;

use std::process::ExitCode;

use contest::{Contest, Outcome};
use serde_json::{Value, json};

/// Rounds unless told otherwise.
const ROUNDS: usize = 5;

/// A row, made when it is its turn: rolls are large.
type Row = (&'static str, fn() -> Result<Contest, String>);

fn rows() -> impl Iterator<Item = Row> {
    verify::ROWS.into_iter().chain(shards::ROWS).chain(offload::ROWS)
}

struct Options {
    json: bool,
    plot: bool,
    rounds: usize,
    words: Vec<String>,
}

impl Options {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Options { json: false, plot: false, rounds: ROUNDS, words: Vec::new() };
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--json" => options.json = true,
                "--plot" => options.plot = true,
                "--rounds" => {
                    let rounds = arguments.next().and_then(|number| number.parse().ok());
                    options.rounds = rounds
                        .filter(|rounds| *rounds > 0)
                        .ok_or("--rounds needs a number from 1")?;
                }
                option if option.starts_with('-') => {
                    return Err(format!(
                        "{option}: no such option; --json, --plot, --rounds N, words"
                    ));
                }
                word => options.words.push(word.to_owned()),
            }
        }
        Ok(options)
    }

    fn wants(&self, name: &str) -> bool {
        self.words.is_empty() || self.words.iter().any(|word| name.contains(word.as_str()))
    }
}

fn main() -> ExitCode {
    let options = match Options::parse(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(message) => {
            eprintln!("engine: {message}");
            return ExitCode::from(2);
        }
    };
    if options.plot {
        return match offload::by_size_of_files(options.rounds) {
            Ok(chart) => {
                print!("{}", chart.svg());
                ExitCode::SUCCESS
            }
            Err(reason) => {
                eprintln!("engine: {reason}");
                ExitCode::FAILURE
            }
        };
    }
    if !options.json {
        println!("{:<28} {:<12} {:>9} {:>9} {:>7}", "row", "other", "ours GB/s", "other", "ratio");
    }
    let mut all = Vec::new();
    for (name, row) in rows().filter(|(name, _)| options.wants(name)) {
        let outcome = row().and_then(|mut contest| contest.measure(options.rounds));
        if options.json {
            all.push(to_json(name, &outcome));
        } else {
            print(name, &outcome);
        }
    }
    if options.json {
        println!("{:#}", Value::Array(all));
    }
    ExitCode::SUCCESS
}

fn print(name: &str, outcome: &Result<Outcome, String>) {
    match outcome {
        Ok(Outcome { other, ours_gbs, other_gbs }) => {
            let ratio = ours_gbs / other_gbs;
            println!("{name:<28} {other:<12} {ours_gbs:>9.3} {other_gbs:>9.3} {ratio:>7.2}");
        }
        Err(reason) => println!("{name:<28} skipped: {reason}"),
    }
}

fn to_json(name: &str, outcome: &Result<Outcome, String>) -> Value {
    match outcome {
        Ok(Outcome { other, ours_gbs, other_gbs }) => json!({
            "name": name,
            "ours_gbs": ours_gbs,
            "other": other,
            "other_gbs": other_gbs,
            "ratio": ours_gbs / other_gbs,
        }),
        Err(reason) => json!({ "name": name, "skipped": reason }),
    }
}
