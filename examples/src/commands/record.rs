//! `mhl record`

use std::{io::Read, path::Path};

use mhl_core::Report;
use mhl_policy::{Event, Placement};
use serde_json::{Value, json};

use super::{clock, custody};
use crate::{
    args::Record,
    exit::Code,
    output::{Failure, Terminal},
};

pub(crate) fn run(args: &Record, terminal: &Terminal) -> Result<Code, Failure> {
    let fields = fields(&args.fields)?;
    let clock = clock()?;
    let time = custody::now(clock.as_ref());
    if args.kind == "evidence" {
        let evidence = Evidence::of(&fields)?;
        let mut ledger = custody::open(&args.ledger)?;
        let appended = ledger.append_report(
            &evidence.report,
            evidence.roll.as_str(),
            &evidence.placements,
            time,
            custody::recorder(),
        );
        appended.map_err(custody::failure)?;
        return Ok(tell(terminal, &args.kind, &ledger));
    }
    let event = match fields.as_slice() {
        [(field, value)] if field == "json" => Event::from_json(&args.kind, &read_json(value)?),
        _ => {
            let fields: Vec<(&str, &str)> =
                fields.iter().map(|(field, value)| (field.as_str(), value.as_str())).collect();
            Event::from_fields(&args.kind, &fields)
        }
    };
    let event = event.map_err(Failure::usage)?;
    let mut ledger = custody::open(&args.ledger)?;
    ledger.append(event, time, custody::recorder()).map_err(custody::failure)?;
    Ok(tell(terminal, &args.kind, &ledger))
}

fn tell(terminal: &Terminal, kind: &str, ledger: &mhl_policy::LedgerFile) -> Code {
    let head = ledger.ledger().head();
    terminal.result(
        &format!("recorded: {kind}, event {}; pin this head elsewhere: {head}\n", head.seq),
        &json!({"schema": "mhl.record/1", "status": "recorded", "counts": {"events": head.seq},
                "findings": [], "event": kind, "seq": head.seq, "head": head.to_string()}),
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

fn read_json(source: &str) -> Result<Value, Failure> {
    let mut text = String::new();
    if source == "-" {
        std::io::stdin()
            .read_to_string(&mut text)
            .map_err(|error| Failure::new(Code::Io, error))?;
    } else {
        text = std::fs::read_to_string(source)
            .map_err(|error| Failure::io(Path::new(source), error))?;
    }
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
                    let text = std::fs::read_to_string(value)
                        .map_err(|error| Failure::io(Path::new(value), error))?;
                    report = Some(Report::from_json(text.trim_end()).map_err(Failure::usage)?);
                }
                "roll" => roll = Some(value.clone()),
                "card" => card = Some(value.parse().map_err(Failure::usage)?),
                "medium" => media.push(value.parse().map_err(Failure::usage)?),
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
        let mut placements: Vec<Placement> = card.map(Placement::source).into_iter().collect();
        for (index, medium) in media.into_iter().enumerate() {
            let placement = Placement::copy(index, medium);
            placements.push(match places.get(index) {
                Some(place) => placement.at(place.as_str()),
                None => placement,
            });
        }
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
