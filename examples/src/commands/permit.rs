//! `mhl permit check`: whose a permit is, and whether it holds now.

use std::path::Path;

use mhl_core::Report;
use mhl_policy::{Breach, LedgerFile, Statement, VerifyingKey};
use serde_json::{Value, json};

use super::{clock, custody, profiles};
use crate::{args::PermitCheck, exit::Code, failure::Failure, output::Terminal};

pub(crate) fn check(args: &PermitCheck, terminal: &Terminal) -> Result<Code, Failure> {
    let key = VerifyingKey::from_pem(&read(&args.key)?)
        .map_err(|error| Failure::invalid(&args.key, error))?;
    let statement = Statement::verify(read(&args.permit)?.trim_end(), &key)
        .map_err(|error| Failure::invalid(&args.permit, error))?;
    let told = told(&statement);
    let signed = format!("signed by key {}\n{told}", key.id());
    let Some(path) = &args.ledger else {
        tell(
            terminal,
            "unchecked",
            &format!("UNCHECKED: {signed}  Whether it holds now only its ledger tells: --ledger\n"),
            &[],
            &statement,
        );
        return Ok(Code::Indeterminate);
    };
    let profile = profiles::named(args.profile.as_deref())?;
    let ledger = LedgerFile::read(path)?;
    let looks = args.look.iter().map(|path| look(path)).collect::<Result<Vec<_>, _>>()?;
    let now = custody::now(clock()?.as_ref());
    match statement.check(&ledger, &profile, now, &looks) {
        Ok(_) => {
            let card = match looks.is_empty() {
                true => "  The card itself was not looked at since: --look\n",
                false => "  The card holds what it held, by its names and sizes at least.\n",
            };
            tell(terminal, "holds", &format!("HOLDS: {signed}{card}"), &[], &statement);
            Ok(Code::Good)
        }
        Err(error) => {
            let lines = error.breaches.iter().map(|breach| format!("  {breach}\n"));
            let against: String = lines.collect();
            let text = format!("REFUSED: {signed}\nAgainst it\n{against}");
            tell(terminal, "refused", &text, &error.breaches, &statement);
            Ok(Code::Withheld)
        }
    }
}

/// What a permit says, in a few lines.
fn told(says: &Statement) -> String {
    let list = |items: Vec<String>| items.join(", ");
    let media = list(says.media.iter().map(ToString::to_string).collect());
    let rolls = list(says.rolls.keys().map(ToString::to_string).collect());
    let simulated = if says.simulated { "  SIMULATED: for no real card\n" } else { "" };
    format!(
        "{simulated}  {}: {media}, with rolls {rolls}\n  from {} until {}, by {}, ledger line {}\n",
        says.question, says.issued, says.expires, says.profile.name, says.ledger.seq
    )
}

fn tell(terminal: &Terminal, status: &str, text: &str, breaches: &[Breach], statement: &Statement) {
    let findings: Vec<Value> = breaches
        .iter()
        .map(|breach| json!({"kind": breach.name(), "path": "", "note": breach.to_string()}))
        .collect();
    terminal.result(
        text,
        &json!({"schema": "mhl.permit/1", "status": status, "findings": findings,
                "counts": {"breaches": breaches.len()}, "permit": statement}),
    );
}

fn read(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| Failure::io(path, error))
}

fn look(path: &Path) -> Result<Report, Failure> {
    Report::from_json(read(path)?.trim_end()).map_err(|error| Failure::invalid(path, error))
}
