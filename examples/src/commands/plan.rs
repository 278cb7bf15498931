//! `mhl plan`

use std::{io::Write as _, path::Path};

use mhl_core::Report;
use mhl_policy::plan::{Plan, Rates};
use serde_json::Value;

use super::{keep::write_whole, profiles};
use crate::{args, exit::Code, failure::Failure, output::Terminal};

pub(crate) fn run(args: &args::Plan, terminal: &Terminal) -> Result<Code, Failure> {
    let plan = read(&args.plan, Plan::from_toml)?;
    let profile = profiles::named(args.profile.as_deref())?;
    let mut rates = Rates::published();
    for path in &args.rates {
        rates = rates.overridden_by(read(path, Rates::from_toml)?);
    }
    for path in &args.report {
        rates = rates.measured_by(&read(path, |text| Report::from_json(text.trim_end()))?);
    }
    let schedule =
        plan.schedule(&rates, &profile).map_err(|error| Failure::invalid(&args.plan, error))?;
    // What is handed on is written before it is told of. Advice refuses nothing.
    if let Some(path) = &args.svg {
        let written = write_whole(path, |file| file.write_all(schedule.to_svg().as_bytes()));
        written.map_err(|error| Failure::io(path, error))?;
    }
    let value = serde_json::from_str(&schedule.to_json()).unwrap_or(Value::Null);
    terminal.result(&schedule.to_string(), &value);
    Ok(Code::Good)
}

/// A file read whole, and as what it is.
fn read<T, E: std::fmt::Display>(
    path: &Path,
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> Result<T, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| Failure::io(path, error))?;
    parse(&text).map_err(|error| Failure::invalid(path, error))
}
