//! One file for each subcommand.

mod clear;
mod custody;
mod demo;
mod diff;
mod flatten;
mod hash;
mod info;
mod keep;
mod merge;
mod offload;
mod permit;
mod plan;
mod profiles;
mod record;
mod rename;
mod rolls;
mod seal;
mod verify;

use std::path::Path;

use mhl_core::{Agent, Clock, Context, SystemClock, Timestamp};

use crate::{
    args::{Command, PermitCommand},
    exit::Code,
    failure::Failure,
    output::Terminal,
    progress::Bar,
};

/// Runs a subcommand.
pub(crate) fn run(command: Command, terminal: &Terminal) -> Result<Code, Failure> {
    match command {
        Command::Offload(args) => offload::run(&args, terminal),
        Command::Seal(args) => seal::run(&args, terminal),
        Command::Verify(args) => verify::run(&args, terminal),
        Command::Merge(args) => merge::run(&args, terminal),
        Command::Diff(args) => diff::run(&args, terminal),
        Command::Rename(args) => rename::run(&args, terminal),
        Command::Flatten(args) => flatten::run(&args, terminal),
        Command::Hash(args) => hash::run(&args, terminal),
        Command::Info(args) => info::run(&args, terminal),
        Command::Record(args) => record::run(&args, terminal),
        Command::Clear(args) => clear::run(&args, terminal),
        Command::Permit(args) => match args.command {
            PermitCommand::Check(args) => permit::check(&args, terminal),
        },
        Command::Plan(args) => plan::run(&args, terminal),
        Command::Profiles(args) => profiles::run(&args, terminal),
        Command::Demo(args) => demo::run(&args, terminal),
    }
}

/// Does an operation's work: by this agent and this clock, watched and stopped at the terminal.
fn operate<T, E>(
    terminal: &Terminal,
    work: impl FnOnce(&Context<'_>) -> Result<T, E>,
) -> Result<T, Failure>
where
    Failure: From<E>,
{
    let (agent, clock, bar) = (agent(), clock()?, Bar::new(terminal));
    let context = Context::new(&agent).with_clock(clock.as_ref()).with_progress(&bar);
    Ok(work(&context)?)
}

/// The folder that something stands in.
fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
        Some(parent) => parent,
        None => path,
    }
}

/// Who runs the command. `MHL_HOSTNAME` fixes the host's name, so that output can be compared.
fn agent() -> Agent {
    let host = std::env::var("MHL_HOSTNAME")
        .ok()
        .or_else(|| std::fs::read_to_string("/proc/sys/kernel/hostname").ok())
        .or_else(|| std::env::var("HOSTNAME").ok())
        .unwrap_or_else(|| "localhost".to_owned());
    let user = std::env::var("USER").or_else(|_| std::env::var("LOGNAME"));
    let user = user.unwrap_or_else(|_| "unknown".to_owned());
    Agent::new("mhl", env!("CARGO_PKG_VERSION"), host.trim(), user)
}

/// The clock: the system's, or one that stands still at `SOURCE_DATE_EPOCH`.
fn clock() -> Result<Box<dyn Clock>, Failure> {
    let Ok(text) = std::env::var("SOURCE_DATE_EPOCH") else { return Ok(Box::new(SystemClock)) };
    let fixed = text.parse().ok().and_then(|seconds| Timestamp::from_unix(seconds, 0));
    match fixed {
        Some(time) => Ok(Box::new(time)),
        None => Err(Failure::usage(format!(
            "SOURCE_DATE_EPOCH is {text:?}: a number of seconds since 1970 expected"
        ))),
    }
}
