//! `mhl clear`

use std::{fmt::Write as _, io::Write as _, path::Path};

use mhl_policy::{
    Decision, Ledger, LedgerFile, Next, NotPermitted, Outlook, Permit, Profile, Question, Scenario,
    SigningKey, Time, Verdict, clear, next_actions, permit, what_if,
};
use serde_json::{Value, json};

use super::{
    clock, custody,
    keep::{Keeping, write_whole},
    profiles,
};
use crate::{
    args::Clear,
    exit::Code,
    failure::Failure,
    output::{Terminal, diagnose},
};

pub(crate) fn run(args: &Clear, terminal: &Terminal) -> Result<Code, Failure> {
    let question = question(args)?;
    let imagined = scenario(&args.what_if)?;
    let keeping = Keeping::check(args.report.as_deref(), &[])?;
    let key = args.key.as_deref().map(signing_key).transpose()?;
    let profile = profiles::named(args.profile.as_deref())?;
    let ledger = LedgerFile::read(&args.ledger)?;
    if let Some(pin) = &args.pin {
        custody::check_pin(&ledger, pin, &args.ledger)?;
    }
    let now = custody::now(clock()?.as_ref());

    let verdict = clear(&ledger, &question, &profile, now);
    let next = next_actions(&ledger, &question, &profile, now);
    let outlook = imagined.map(|scenario| {
        let wiped = verdict.media.iter().cloned();
        what_if(&ledger, &wiped.fold(scenario, Scenario::wiped), &profile, now)
    });
    let permit = match (&args.permit, key) {
        (Some(path), Some(key)) => {
            let asked = Asked { ledger: &ledger, question: &question, profile: &profile, now };
            Some((path.as_path(), asked.permit(&verdict, args.hours)?, key))
        }
        _ => None,
    };

    // What is handed on is written before it is told of.
    let mut failures = Vec::new();
    if let Some((path, Some(permit), key)) = &permit {
        let written = write_whole(path, |file| writeln!(file, "{}", permit.sign(key)));
        failures.extend(written.map_err(|error| Failure::io(path, error)).err());
    }
    let value = as_json(&verdict, &next, outlook.as_ref());
    if let Some(keeping) = keeping {
        failures.extend(keeping.keep(|| verdict.to_html(&next), || value.to_string()).err());
    }
    let permit = permit.as_ref().filter(|_| failures.is_empty());
    terminal.result(&text(&verdict, &next, outlook.as_ref(), permit), &value);
    failures.iter().for_each(|failure| diagnose(&format!("not kept: {}", failure.message)));
    Ok(match verdict.decision {
        _ if !failures.is_empty() => Code::Io,
        Decision::Cleared => Code::Good,
        Decision::Withheld => Code::Withheld,
        _ => Code::Indeterminate,
    })
}

fn question(args: &Clear) -> Result<Question, Failure> {
    let medium = |id: &str| id.parse().map_err(Failure::usage);
    Ok(match (&args.roll, &args.card, &args.storage) {
        (Some(roll), None, None) => Question::roll(roll.as_str()),
        (Some(roll), Some(card), None) => Question::card(roll.as_str(), medium(card)?),
        (None, None, Some(storage)) => Question::storage(medium(storage)?),
        _ => return Err(Failure::usage("either --roll, with or without --card, or --storage")),
    })
}

/// What is imagined besides this wipe; none where it was not asked for.
fn scenario(events: &[String]) -> Result<Option<Scenario>, Failure> {
    let mut scenario = Scenario::new();
    for event in events.iter().filter(|event| !event.is_empty()) {
        let medium = |id: &str| id.parse().map_err(Failure::usage);
        scenario = match event.split_once('=') {
            Some(("wiped", id)) => scenario.wiped(medium(id)?),
            Some(("lost", id)) => scenario.lost(medium(id)?),
            Some(("site", name)) if !name.trim().is_empty() => scenario.site_gone(name),
            _ => {
                return Err(Failure::usage(format!(
                    "{event:?}: wiped=MEDIUM, lost=MEDIUM or site=NAME expected"
                )));
            }
        };
    }
    Ok((!events.is_empty()).then_some(scenario))
}

fn signing_key(path: &Path) -> Result<SigningKey, Failure> {
    let pem = std::fs::read_to_string(path).map_err(|error| Failure::io(path, error))?;
    SigningKey::from_pem(&pem).map_err(|error| Failure::invalid(path, error))
}

/// What a permit is asked for.
struct Asked<'a> {
    ledger: &'a Ledger,
    question: &'a Question,
    profile: &'a Profile,
    now: Time,
}

impl Asked<'_> {
    /// A permit for so many hours; none where the verdict does not clear.
    fn permit(&self, verdict: &Verdict, hours: u16) -> Result<Option<Permit>, Failure> {
        if verdict.decision != Decision::Cleared {
            return Ok(None);
        }
        let expires = Time::from_unix(self.now.unix().saturating_add(i64::from(hours) * 60 * 60));
        match permit(self.ledger, self.question, self.profile, self.now, expires) {
            Ok(permit) => Ok(Some(permit)),
            Err(NotPermitted::NotCleared(_)) => Ok(None),
            Err(error) => Err(Failure::usage(format!("--hours {hours}: {error}"))),
        }
    }
}

fn text(
    verdict: &Verdict,
    next: &Next,
    outlook: Option<&Outlook>,
    permit: Option<&(&Path, Option<Permit>, SigningKey)>,
) -> String {
    let mut text = verdict.to_string();
    if verdict.decision != Decision::Cleared {
        let _ = write!(text, "\n{next}");
    }
    if let Some(outlook) = outlook {
        let _ = write!(text, "\n{outlook}");
    }
    match permit {
        Some((path, Some(permit), key)) => {
            let _ = writeln!(
                text,
                "\nPermit: {}, until {}, signed by key {}",
                path.display(),
                permit.statement().expires,
                key.verifying_key().id()
            );
        }
        Some((path, None, _)) => {
            let _ = writeln!(text, "\nNo permit: {} was not written", path.display());
        }
        None => {}
    }
    text
}

/// The verdict's own object, and what was asked for besides it.
fn as_json(verdict: &Verdict, next: &Next, outlook: Option<&Outlook>) -> Value {
    let mut value = serde_json::from_str(&verdict.to_json()).unwrap_or(Value::Null);
    if let Value::Object(fields) = &mut value {
        if verdict.decision != Decision::Cleared {
            fields.insert("next".to_owned(), next.to_json());
        }
        if let Some(outlook) = outlook {
            let told = serde_json::from_str(&outlook.to_json()).unwrap_or(json!(null));
            fields.insert("what_if".to_owned(), told);
        }
    }
    value
}
