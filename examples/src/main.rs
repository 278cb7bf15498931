//! `mhl`: the command, built on the public API of the crates alone.
//!
//! `examples/README.md` documents every subcommand and its JSON.
#![forbid(unsafe_code)]

mod args;
mod commands;
mod exit;
mod failure;
mod output;
mod progress;
mod stop;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use crate::{args::Args, exit::Code, failure::Failure, output::Terminal};

fn main() -> ExitCode {
    let args = Args::try_parse().unwrap_or_else(|error| not_understood(&error));
    let terminal = Terminal::new(args.json, args.quiet);
    let name = args.command.name();
    if args.command.can_be_stopped() {
        stop::listen(&terminal.stop);
    }
    match commands::run(args.command, &terminal) {
        Ok(code) => code.into(),
        Err(failure) => {
            terminal.failure(name, &failure);
            failure.code.into()
        }
    }
}

/// Words that make no command: people are told by clap, and programs get their object as ever.
fn not_understood(error: &clap::Error) -> ! {
    let words: Vec<String> =
        std::env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned()).collect();
    if error.use_stderr() && words.iter().any(|word| word == "--json") {
        let command = Args::command();
        let named = words.iter().find_map(|word| command.find_subcommand(word));
        let failure = Failure::new(Code::Usage, error);
        let name = named.map_or("error", clap::Command::get_name);
        Terminal::new(true, true).failure_object(name, &failure);
    }
    error.exit()
}
