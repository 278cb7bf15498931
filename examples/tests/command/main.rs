//! The command as a user meets it: words in, text, JSON and an exit code out.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod clearance;
mod ledgers;
mod lists;
mod plan;
mod productions;
mod report;
mod shards;
mod terminal;
#[cfg(unix)]
mod wipes;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

/// What a run of the command said.
struct Said {
    code: i32,
    out: String,
    err: String,
}

impl Said {
    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.out))
    }
}

impl From<std::process::Output> for Said {
    fn from(output: std::process::Output) -> Self {
        Said {
            code: output.status.code().expect("no signal ended it"),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

fn command(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mhl"));
    command.args(words).env("SOURCE_DATE_EPOCH", "1795354200").env("MHL_HOSTNAME", "cart-1");
    command
}

fn mhl(words: &[&str]) -> Said {
    command(words).output().unwrap().into()
}

/// Runs the command with a file as its standard input.
fn mhl_reading(file: &Path, words: &[&str]) -> Said {
    command(words).stdin(fs::File::open(file).unwrap()).output().unwrap().into()
}

/// A card with two clips, and two drives.
struct Set {
    folder: tempfile::TempDir,
}

impl Set {
    fn new() -> Self {
        let set = Set { folder: tempfile::tempdir().unwrap() };
        fs::create_dir_all(set.at("A001R1AB/Clips")).unwrap();
        fs::write(set.at("A001R1AB/Clips/A001C001.mxf"), vec![1; 100_000]).unwrap();
        fs::write(set.at("A001R1AB/Clips/A001C002.mxf"), vec![2; 100_000]).unwrap();
        fs::create_dir(set.at("raid")).unwrap();
        fs::create_dir(set.at("shuttle")).unwrap();
        set
    }

    fn at(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn word(&self, path: &str) -> String {
        self.at(path).to_str().unwrap().to_owned()
    }

    fn offload(&self, more: &[&str]) -> Said {
        let (card, raid, shuttle) =
            (self.word("A001R1AB"), self.word("raid"), self.word("shuttle"));
        let mut words = vec!["offload", &card, "--to", &raid, "--to", &shuttle];
        words.extend(more);
        mhl(&words)
    }
}

fn flip_a_bit(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    bytes[50_000] ^= 4;
    fs::write(path, bytes).unwrap();
}
