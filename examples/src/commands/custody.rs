//! The evidence of an operation, recorded in a ledger.

use std::path::Path;

use mhl_core::{Clock, Report};
use mhl_policy::{Agent, Head, Ledger, LedgerFile, MediumId, Placement, Remark, Roll, Time};

use super::{agent, clock};
use crate::{
    args::Custody,
    exit::Code,
    failure::Failure,
    output::{Terminal, diagnose},
};

/// Refuses what cannot be recorded before anything is read, and a ledger that cannot be opened.
pub(crate) fn check(custody: &Custody, copies: usize) -> Result<(), Failure> {
    let Some(ledger) = &custody.ledger else { return Ok(()) };
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
    placements(&custody.medium, &custody.place, custody.card.as_deref())?;
    // Not held while the work is done: others record meanwhile.
    open(ledger).map(drop)
}

/// Prints a report and records what it proves. It is printed whether or not it can be recorded.
pub(crate) fn conclude(
    custody: &Custody,
    report: &Report,
    headline: &str,
    terminal: &Terminal,
) -> Code {
    terminal.report(report, headline);
    match record(custody, report, terminal) {
        Ok(()) => Code::of(report),
        Err(failure) => {
            diagnose(&format!("nothing was recorded: {}", failure.message));
            Code::of(report).or(Code::Io)
        }
    }
}

/// Appends what a report proves; the roll itself is recorded by its name if nobody did before.
fn record(custody: &Custody, report: &Report, terminal: &Terminal) -> Result<(), Failure> {
    let Some(path) = &custody.ledger else { return Ok(()) };
    let named = report.roll.as_ref().map(|roll| roll.name.clone());
    let Some(id) = custody.roll.clone().or(named) else {
        // Nothing was proven, and a ledger holds no word of it.
        return Ok(());
    };
    let placements = placements(&custody.medium, &custody.place, custody.card.as_deref())?;
    let mut ledger = open(path)?;
    let time = now(clock()?.as_ref());
    if !ledger.ledger().state().rolls().any(|roll| roll.id.as_str() == id) {
        let mut roll = Roll::new(id.as_str());
        roll.name = report.roll.as_ref().map(|roll| roll.name.clone());
        ledger.append(roll, time, recorder())?;
    }
    append_report(&mut ledger, report, &id, &placements, time)?;
    remark(&ledger.ledger().remarks(), terminal);
    if !terminal.quiet {
        let head = ledger.ledger().head();
        diagnose(&format!("recorded in {}; its head is now {head}", path.display()));
    }
    Ok(())
}

/// Appends what a report proves. In a simulated ledger each folder stands for the volume that it is
/// said to be: there the report's devices, which are folders of one disk, are those volumes.
pub(crate) fn append_report(
    ledger: &mut LedgerFile,
    report: &Report,
    roll: &str,
    placements: &[Placement],
    time: Time,
) -> Result<(), Failure> {
    if !ledger.ledger().is_simulated() {
        ledger.append_report(report, roll, placements, time, recorder())?;
        return Ok(());
    }
    let volume = |copy: Option<usize>| {
        let placed = placements.iter().find(|placed| placed.copy == copy)?;
        placed.medium.as_ref().map(|medium| format!("sim:{medium}"))
    };
    let mut report = report.clone();
    report.source.device = volume(None);
    for (index, copy) in report.copies.iter_mut().enumerate() {
        copy.place.device = volume(Some(index));
    }
    ledger.append_report(&report, roll, placements, time, recorder())?;
    Ok(())
}

/// Says what may not count as whoever recorded it expects.
pub(crate) fn remark(remarks: &[Remark], terminal: &Terminal) {
    if !terminal.quiet {
        remarks.iter().for_each(|remark| diagnose(&format!("note: {remark}")));
    }
}

/// Where the copies of a report stand, in their order, and its card.
pub(crate) fn placements(
    media: &[String],
    places: &[String],
    card: Option<&str>,
) -> Result<Vec<Placement>, Failure> {
    let medium = |id: &str| id.parse::<MediumId>().map_err(Failure::usage);
    let mut placements = Vec::new();
    for (index, id) in media.iter().enumerate() {
        let placement = Placement::copy(index, medium(id)?);
        placements.push(match places.get(index) {
            Some(place) => placement.at(place.as_str()),
            None => placement,
        });
    }
    if let Some(card) = card {
        placements.push(Placement::source(medium(card)?));
    }
    Ok(placements)
}

/// Opens a ledger for appending that is simulated, and makes it where there is none.
pub(crate) fn open_simulated(path: &Path) -> Result<LedgerFile, Failure> {
    if !path.exists() {
        return Ok(LedgerFile::create(path, Ledger::simulated())?);
    }
    let ledger = open(path)?;
    if ledger.ledger().is_simulated() {
        return Ok(ledger);
    }
    Err(Failure::usage(format!("{} is a real ledger, and stays one", path.display())))
}

/// Opens a ledger for appending, and makes it where there is none. What an interruption left of a line
/// is told of, and taken away.
pub(crate) fn open(path: &Path) -> Result<LedgerFile, Failure> {
    if !path.exists() {
        return Ok(LedgerFile::create(path, Ledger::new())?);
    }
    let (ledger, torn) = LedgerFile::recover(path)?;
    if let Some(torn) = torn {
        diagnose(&format!("note: {}: {torn}", path.display()));
    }
    Ok(ledger)
}

/// Holds a ledger against a head that was kept elsewhere.
pub(crate) fn check_pin(ledger: &Ledger, pin: &str, path: &Path) -> Result<(), Failure> {
    let head: Head = pin.parse().map_err(Failure::usage)?;
    ledger.check_pin(&head).map_err(|error| Failure::invalid(path, error))
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
