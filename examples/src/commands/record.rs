//! `mhl record`

use std::{
    io::{self, Read},
    path::Path,
};

use mhl_core::Report;
use mhl_policy::{Event, Ledger, LedgerFile, Placement};
use serde_json::{Value, json};

use super::{clock, custody};
use crate::{args::Record, exit::Code, failure::Failure, output::Terminal};

pub(crate) fn run(args: &Record, terminal: &Terminal) -> Result<Code, Failure> {
    let time = custody::now(clock()?.as_ref());
    if args.kind == "evidence" {
        let Evidence { report, roll, placements } = Evidence::of(&fields(&args.fields)?)?;
        let mut ledger = ledger(args)?;
        custody::append_report(&mut ledger, &report, &roll, &placements, time)?;
        return Ok(tell(terminal, &args.kind, &ledger));
    }
    if args.kind == "import" {
        let other = other_ledger(&fields(&args.fields)?)?;
        let mut ledger = ledger(args)?;
        ledger.append_import(&other, time, custody::recorder())?;
        return Ok(tell(terminal, &args.kind, &ledger));
    }
    let event = match args.fields.as_slice() {
        // `--json` itself is every subcommand's: here it stands before a source as well.
        [source] if terminal.json && !source.starts_with("--") => {
            Event::from_json(&args.kind, &read_json(source)?)
        }
        words => {
            let fields = fields(words)?;
            let fields: Vec<(&str, &str)> =
                fields.iter().map(|(field, value)| (field.as_str(), value.as_str())).collect();
            Event::from_fields(&args.kind, &fields)
        }
    };
    let event = event.map_err(Failure::usage)?;
    let mut ledger = ledger(args)?;
    ledger.append(event, time, custody::recorder())?;
    Ok(tell(terminal, &args.kind, &ledger))
}

fn ledger(args: &Record) -> Result<LedgerFile, Failure> {
    if args.simulated { custody::open_simulated(&args.ledger) } else { custody::open(&args.ledger) }
}

fn tell(terminal: &Terminal, kind: &str, ledger: &LedgerFile) -> Code {
    let head = ledger.ledger().head();
    let remarks = ledger.ledger().remarks();
    custody::remark(&remarks, terminal);
    let findings: Vec<Value> = remarks
        .iter()
        .map(|remark| json!({"kind": "remark", "path": kind, "note": remark.to_string()}))
        .collect();
    terminal.result(
        &format!("recorded: {kind}, event {}; pin this head elsewhere: {head}\n", head.seq),
        &json!({"schema": "mhl.record/1", "status": "recorded", "findings": findings,
                "counts": {"events": head.seq, "warnings": remarks.len()},
                "event": kind, "seq": head.seq, "head": head.to_string()}),
    );
    Code::Good
}

/// `--FIELD VALUE` or `--FIELD=VALUE`, each once or several times.
fn fields(words: &[String]) -> Result<Vec<(String, String)>, Failure> {
    let mut fields = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let Some(field) = word.strip_prefix("--") else {
            return Err(Failure::usage(format!("{word:?}: --FIELD VALUE expected")));
        };
        let (field, value) = match field.split_once('=') {
            Some((field, value)) => (field, value.to_owned()),
            None => match words.next() {
                Some(value) => (field, value.clone()),
                None => return Err(Failure::usage(format!("--{field} has no value"))),
            },
        };
        fields.push((field.to_owned(), value));
    }
    Ok(fields)
}

/// The text of another ledger, held against its pin where there is one.
fn other_ledger(fields: &[(String, String)]) -> Result<String, Failure> {
    let (mut from, mut pin) = (None, None);
    for (field, value) in fields {
        match field.as_str() {
            "from" => from = Some(Path::new(value)),
            "pin" => pin = Some(value),
            other => {
                return Err(Failure::usage(format!(
                    "--{other}: a ledger is taken in whole; import takes --from FILE and --pin HEAD"
                )));
            }
        }
    }
    let path = from.ok_or_else(|| Failure::usage("another ledger is taken in: --from FILE"))?;
    let text = std::fs::read_to_string(path).map_err(|error| Failure::io(path, error))?;
    if let Some(pin) = pin {
        let other = Ledger::parse(&text).map_err(|error| Failure::invalid(path, error))?;
        custody::check_pin(&other, pin, path)?;
    }
    Ok(text)
}

fn read_json(source: &str) -> Result<Value, Failure> {
    let mut text = String::new();
    let read = match source {
        "-" => io::stdin().read_to_string(&mut text),
        file => std::fs::File::open(file).and_then(|mut file| file.read_to_string(&mut text)),
    };
    read.map_err(|error| Failure::io(Path::new(source), error))?;
    serde_json::from_str(&text).map_err(Failure::usage)
}

/// Evidence is never typed in: a report of ours, and where its copies stand.
struct Evidence {
    report: Report,
    roll: String,
    placements: Vec<Placement>,
}

impl Evidence {
    fn of(fields: &[(String, String)]) -> Result<Self, Failure> {
        let (mut report, mut roll, mut card) = (None, None, None);
        let (mut media, mut places) = (Vec::new(), Vec::new());
        for (field, value) in fields {
            match field.as_str() {
                "report" => {
                    let path = Path::new(value);
                    let text =
                        std::fs::read_to_string(path).map_err(|error| Failure::io(path, error))?;
                    let read = Report::from_json(text.trim_end());
                    report = Some(read.map_err(|error| Failure::invalid(path, error))?);
                }
                "roll" => roll = Some(value.clone()),
                "card" => card = Some(value.as_str()),
                "medium" => media.push(value.clone()),
                "place" => places.push(value.clone()),
                other => {
                    return Err(Failure::usage(format!(
                        "--{other}: evidence is never typed in; it takes --report FILE, --roll, \
                         --card, --medium and --place"
                    )));
                }
            }
        }
        let report =
            report.ok_or_else(|| Failure::usage("evidence comes from a report: --report FILE"))?;
        let roll = roll.or_else(|| report.roll.as_ref().map(|roll| roll.name.clone()));
        let roll = roll.ok_or_else(|| Failure::usage("the report names no roll: --roll ID"))?;
        let placements = custody::placements(&media, &places, card)?;
        Ok(Evidence { report, roll, placements })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_pairs() {
        let words =
            |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let pairs = fields(&words(&["--id", "A001", "--links=", "--name", "--odd"])).unwrap();
        let pairs: Vec<_> = pairs.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        assert_eq!(pairs, [("id", "A001"), ("links", ""), ("name", "--odd")]);
        assert!(fields(&words(&["id", "A001"])).is_err());
        assert!(fields(&words(&["--id"])).is_err());
    }

    #[test]
    fn evidence_is_never_typed_in() {
        let typed = [("grade".to_owned(), "7".to_owned())];
        assert!(Evidence::of(&typed).is_err());
        assert!(Evidence::of(&[]).is_err());
    }
}
