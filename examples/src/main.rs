//! `mhl`: the command, built on the public API of the crates alone.
//!
//! `examples/README.md` documents every subcommand and its JSON.
#![forbid(unsafe_code)]

mod args;
mod commands;
mod exit;
mod output;
mod progress;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let args = args::Args::parse();
    let terminal = output::Terminal { json: args.json, quiet: args.quiet };
    match commands::run(args.command, &terminal) {
        Ok(code) => code.into(),
        Err(failure) => {
            terminal.failure(&failure);
            failure.code.into()
        }
    }
}
