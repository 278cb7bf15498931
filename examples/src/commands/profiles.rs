//! `mhl profiles`: those that are built in, and what changes from one to another.

use std::path::Path;

use mhl_core::escape_for_display;
use mhl_policy::Profile;
use serde_json::json;

use crate::{args::Profiles, exit::Code, failure::Failure, output::Terminal};

pub(crate) fn run(args: &Profiles, terminal: &Terminal) -> Result<Code, Failure> {
    match (&args.first, &args.second) {
        (Some(first), Some(second)) => {
            compare(&named(Some(first))?, &named(Some(second))?, terminal);
        }
        _ => list(terminal),
    }
    Ok(Code::Good)
}

fn list(terminal: &Terminal) {
    let profiles: Vec<Profile> = Profile::built_in().collect();
    let lines = profiles.iter().map(|p| format!("{}  {}  {}\n", p.name, p.date, p.source));
    let told = profiles.iter().map(|profile| {
        json!({"name": profile.name, "date": profile.date, "source": profile.source,
               "c4": profile.digest(), "readings": profile.readings()})
    });
    terminal.result(
        &lines.collect::<String>(),
        &json!({"schema": "mhl.profiles/1", "status": "listed", "findings": [],
                "counts": {"profiles": profiles.len()}, "profiles": told.collect::<Vec<_>>()}),
    );
}

fn compare(first: &Profile, second: &Profile, terminal: &Terminal) {
    let differences = first.compare(second);
    let mut text = format!(
        "{} -> {}: {} readings differ\n",
        escape_for_display(&first.name),
        escape_for_display(&second.name),
        differences.len()
    );
    for difference in &differences {
        text += &format!("  {}\n", escape_for_display(&difference.to_string()));
    }
    terminal.result(
        &text,
        &json!({"schema": "mhl.profiles/1", "status": "compared", "findings": [],
                "counts": {"differences": differences.len()}, "differences": differences,
                "first": first.name, "second": second.name}),
    );
}

/// A built-in profile by its name, or a file; by default the one for the published page.
pub(super) fn named(named: Option<&str>) -> Result<Profile, Failure> {
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
