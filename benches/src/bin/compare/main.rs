//! Ours beside the others, in one process on one core.
//!
//! ```text
//! cargo run --release -p mhl-benches --bin compare [-- --json] [-- --rounds N] [-- WORD...]
//! ```
//! Prints a table, or with `--json` a list of `{name, ours_gbs, other, other_gbs, ratio}`; a row that
//! could not be measured has `skipped` with the reason instead of figures. Words choose the rows
//! whose name holds one of them. The contestants of a row take turns in every round, and the medians
//! of the rounds count: what the neighbours of this machine do then hits all alike. `MHL_HASH_BACKEND`
//! names the backend of the rows that force none.

mod contest;
mod rows;

use std::process::ExitCode;

use contest::{Outcome, Row};
use serde_json::{Value, json};

/// Rounds unless told otherwise.
const ROUNDS: usize = 11;

/// What the command line asks for.
struct Options {
    json: bool,
    rounds: usize,
    words: Vec<String>,
}

impl Options {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Options { json: false, rounds: ROUNDS, words: Vec::new() };
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--json" => options.json = true,
                "--rounds" => {
                    let rounds = arguments.next().and_then(|number| number.parse().ok());
                    options.rounds = rounds
                        .filter(|rounds| *rounds > 0)
                        .ok_or("--rounds needs a number from 1")?;
                }
                option if option.starts_with('-') => {
                    return Err(format!("{option}: no such option; --json, --rounds N, words"));
                }
                word => options.words.push(word.to_owned()),
            }
        }
        Ok(options)
    }

    fn wants(&self, row: &Row) -> bool {
        self.words.is_empty() || self.words.iter().any(|word| row.name.contains(word.as_str()))
    }
}

fn main() -> ExitCode {
    let options = match Options::parse(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(message) => {
            eprintln!("compare: {message}");
            return ExitCode::from(2);
        }
    };
    if let Err(error) = contest::pin() {
        eprintln!("compare: not pinned to one core: {error}");
    }
    if !options.json {
        println!("{:<24} {:<12} {:>9} {:>9} {:>7}", "row", "other", "ours GB/s", "other", "ratio");
    }
    let mut all = Vec::new();
    for row in rows::all().iter_mut().filter(|row| options.wants(row)) {
        for outcome in row.measure(options.rounds) {
            if options.json {
                all.push(to_json(row.name, &outcome));
            } else {
                print(row.name, &outcome);
            }
        }
    }
    if options.json {
        println!("{:#}", Value::Array(all));
    }
    ExitCode::SUCCESS
}

fn print(name: &str, outcome: &Outcome) {
    match outcome {
        Outcome::Measured { other, ours_gbs, other_gbs } => {
            let ratio = ours_gbs / other_gbs;
            println!("{name:<24} {other:<12} {ours_gbs:>9.2} {other_gbs:>9.2} {ratio:>7.2}");
        }
        Outcome::Skipped { other, reason } => println!("{name:<24} {other:<12} skipped: {reason}"),
    }
}

fn to_json(name: &str, outcome: &Outcome) -> Value {
    match outcome {
        Outcome::Measured { other, ours_gbs, other_gbs } => json!({
            "name": name,
            "ours_gbs": ours_gbs,
            "other": other,
            "other_gbs": other_gbs,
            "ratio": ours_gbs / other_gbs,
        }),
        Outcome::Skipped { other, reason } => {
            json!({ "name": name, "other": other, "skipped": reason })
        }
    }
}
