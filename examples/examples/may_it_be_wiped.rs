//! A ledger, a question, a verdict with its reasons.
//!
//! `cargo run --example may_it_be_wiped -- CARD RAID`: offloads the card to one drive, records that,
//! and asks. One copy is never enough; the verdict says what is.

use std::{error::Error, path::PathBuf, time::SystemTime};

use mhl_core::{Agent, Context, OffloadOptions, Status, offload};
use mhl_policy::{self as policy, Event, Ledger, Placement, Profile, Question, Time, clear};

fn main() -> Result<(), Box<dyn Error>> {
    let mut paths = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(card), Some(raid)) = (paths.next(), paths.next()) else {
        return Err("CARD RAID expected".into());
    };
    let agent = Agent::new("my offload tool", "1.0", "cart-1", "DIT");
    let report = offload(&card, &[raid], &OffloadOptions::default(), &Context::new(&agent))?;

    if report.status != Status::Verified {
        return Err("not every copy is proven: see the report's findings".into());
    }

    // The library reads no clock: the caller says when.
    let seconds = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_secs();
    let now = Time::from_unix(i64::try_from(seconds)?);
    let dit = || policy::Agent::new("DIT");
    let mut ledger = Ledger::new();
    let events = [
        ("roll", vec![("id", "A001"), ("kind", "camera"), ("genre", "scripted")]),
        ("medium", vec![("id", "serial:CARD-7"), ("kind", "capture-device")]),
        ("medium", vec![("id", "serial:RAID-1"), ("kind", "raid"), ("level", "6")]),
    ];
    for (kind, fields) in events {
        ledger.append(Event::from_fields(kind, &fields)?, now, dit())?;
    }
    let placements =
        [Placement::source("serial:CARD-7".parse()?), Placement::copy(0, "serial:RAID-1".parse()?)];
    ledger.append_report(&report, "A001", &placements, now, dit())?;

    let verdict = clear(&ledger, &Question::roll("A001"), &Profile::default(), now);
    print!("{verdict}");
    println!("\nPin this head elsewhere: {}", ledger.head());
    Ok(())
}
