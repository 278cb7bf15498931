//! The evidence of an operation, recorded in a ledger.

use std::path::Path;

use mhl_core::{Clock, Report};
use mhl_policy::{Agent, FileError, Ledger, LedgerFile, MediumId, Placement, Roll, Time};

use super::agent;
use crate::{
    args::Custody,
    exit::Code,
    output::{Failure, Terminal},
};

/// Refuses what cannot be recorded before anything is read.
pub(crate) fn check(custody: &Custody, copies: usize) -> Result<(), Failure> {
    if custody.ledger.is_none() {
        return Ok(());
    }
    if custody.medium.len() != copies {
        return Err(Failure::usage(format!(
            "{} copies and {} media: name one --medium for each copy",
            copies,
            custody.medium.len()
        )));
    }
    if custody.place.len() > copies {
        return Err(Failure::usage("more places than copies"));
    }
    for id in custody.medium.iter().chain(&custody.card) {
        medium(id)?;
    }
    Ok(())
}

/// Appends what a report proves; the roll itself is recorded by its name if nobody did before.
pub(crate) fn record(
    custody: &Custody,
    report: &Report,
    clock: &dyn Clock,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let Some(path) = &custody.ledger else { return Ok(()) };
    let named = report.roll.as_ref().map(|roll| roll.name.clone());
    let Some(id) = custody.roll.clone().or(named) else {
        // Nothing was proven, and a ledger holds no word of it.
        return Ok(());
    };
    let mut placements = Vec::new();
    for (index, id) in custody.medium.iter().enumerate() {
        let placement = Placement::copy(index, medium(id)?);
        placements.push(match custody.place.get(index) {
            Some(place) => placement.at(place.as_str()),
            None => placement,
        });
    }
    if let Some(card) = &custody.card {
        placements.push(Placement::source(medium(card)?));
    }
    let mut ledger = open(path)?;
    let time = now(clock);
    if !ledger.ledger().state().rolls().any(|roll| roll.id.as_str() == id) {
        let mut roll = Roll::new(id.as_str());
        roll.name = report.roll.as_ref().map(|roll| roll.name.clone());
        ledger.append(roll, time, recorder()).map_err(failure)?;
    }
    ledger.append_report(report, id.as_str(), &placements, time, recorder()).map_err(failure)?;
    if !terminal.quiet {
        let head = ledger.ledger().head();
        eprintln!("mhl: recorded in {}; its head is now {head}", path.display());
    }
    Ok(())
}

/// Opens a ledger for appending, and makes it where there is none.
pub(crate) fn open(path: &Path) -> Result<LedgerFile, Failure> {
    let ledger = if path.exists() {
        LedgerFile::open(path)
    } else {
        LedgerFile::create(path, Ledger::new())
    };
    ledger.map_err(failure)
}

/// The code and words of a ledger's error.
pub(crate) fn failure(error: FileError) -> Failure {
    let code = match error {
        FileError::Io { .. } => Code::Io,
        FileError::Ledger { .. } => Code::InvalidManifest,
        _ => Code::Usage,
    };
    Failure::new(code, error)
}

/// The time that a ledger records.
pub(crate) fn now(clock: &dyn Clock) -> Time {
    Time::from_unix(clock.now().unix_seconds())
}

/// Who records.
pub(crate) fn recorder() -> Agent {
    let agent = agent();
    let mut recorder = Agent::new(agent.user);
    recorder.tool = Some(format!("{} {}", agent.tool, agent.version));
    recorder.host = Some(agent.host);
    recorder
}

fn medium(id: &str) -> Result<MediumId, Failure> {
    id.parse().map_err(Failure::usage)
}
