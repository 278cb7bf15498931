//! Ours beside the others, in one process on one core.
//!
//! ```text
//! cargo run --release -p mhl-benches --bin compare [-- --json] [--plot FILE.svg] [--rounds N] [WORD...]
//! ```
//! Prints a table, or with `--json` a list of `{name, ours_gbs, other, other_gbs, ratio}`; a row that
//! could not be measured has `skipped` with the reason instead of figures. Words choose the rows
//! whose name holds one of them. The contestants of a row take turns in every round, and the medians
//! of the rounds count: what the neighbours of this machine do then hits all alike. `--plot` draws
//! the ratios.
//!
//! `MHL_HASH_BACKEND` names the backend of the rows that force none. Rows of trees write up to 4.3 GB
//! into the folder that `MHL_BENCH_TREES` names, else that for temporary files, and take at most three
//! rounds; `ci/peers` installs the programs that they are compared with.

mod contest;
mod plot;
mod rows;
mod trees;

use std::{path::PathBuf, process::ExitCode};

use contest::Outcome;
use serde_json::{Value, json};

/// Rounds unless told otherwise.
const ROUNDS: usize = 11;

/// What the command line asks for.
struct Options {
    json: bool,
    plot: Option<PathBuf>,
    rounds: usize,
    words: Vec<String>,
}

impl Options {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Options { json: false, plot: None, rounds: ROUNDS, words: Vec::new() };
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--json" => options.json = true,
                "--plot" => {
                    options.plot = Some(arguments.next().ok_or("--plot needs a file")?.into());
                }
                "--rounds" => {
                    let rounds = arguments.next().and_then(|number| number.parse().ok());
                    options.rounds = rounds
                        .filter(|rounds| *rounds > 0)
                        .ok_or("--rounds needs a number from 1")?;
                }
                option if option.starts_with('-') => {
                    return Err(format!(
                        "{option}: no such option; --json, --plot FILE, --rounds N, words"
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
    for (name, row) in rows::ALL.into_iter().filter(|(name, _)| options.wants(name)) {
        for outcome in row().measure(options.rounds) {
            if !options.json {
                print(name, &outcome);
            }
            all.push((name, outcome));
        }
    }
    if options.json {
        let all = all.iter().map(|(name, outcome)| to_json(name, outcome));
        println!("{:#}", Value::Array(all.collect()));
    }
    if let Some(file) = &options.plot
        && let Err(error) = std::fs::write(file, plot::svg(&all))
    {
        eprintln!("compare: {}: {error}", file.display());
        return ExitCode::FAILURE;
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
