//! `mhl clear`

use std::path::Path;

use mhl_policy::{Decision, LedgerFile, Profile, Question, clear};
use serde_json::Value;

use super::{clock, custody};
use crate::{args::Clear, exit::Code, failure::Failure, output::Terminal};

pub(crate) fn run(args: &Clear, terminal: &Terminal) -> Result<Code, Failure> {
    let medium = |id: &str| id.parse().map_err(Failure::usage);
    let question = match (&args.roll, &args.card, &args.storage) {
        (Some(roll), None, None) => Question::roll(roll.as_str()),
        (Some(roll), Some(card), None) => Question::card(roll.as_str(), medium(card)?),
        (None, None, Some(storage)) => Question::storage(medium(storage)?),
        _ => return Err(Failure::usage("either --roll, with or without --card, or --storage")),
    };
    let profile = profile(args.profile.as_deref())?;
    let ledger = LedgerFile::read(&args.ledger)?;
    let verdict = clear(&ledger, &question, &profile, custody::now(clock()?.as_ref()));
    let json = serde_json::from_str(&verdict.to_json()).unwrap_or(Value::Null);
    terminal.result(&verdict.to_string(), &json);
    Ok(match verdict.decision {
        Decision::Cleared => Code::Good,
        Decision::Withheld => Code::Withheld,
        _ => Code::Indeterminate,
    })
}

/// A built-in profile by its name, or a file; by default the one for the published page.
fn profile(named: Option<&str>) -> Result<Profile, Failure> {
    let Some(named) = named else { return Ok(Profile::default()) };
    if let Some(profile) = Profile::named(named) {
        return Ok(profile);
    }
    let text = std::fs::read_to_string(named).map_err(|error| {
        let built_in: Vec<String> = Profile::built_in().map(|profile| profile.name).collect();
        let message = format!("{error}; built in are {}", built_in.join(", "));
        Failure::io(Path::new(named), message)
    })?;
    Profile::from_toml(&text).map_err(|error| Failure::invalid(Path::new(named), error))
}
