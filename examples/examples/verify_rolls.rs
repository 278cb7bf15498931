//! Every roll on a drive, read past the cache and compared with its list.
//!
//! `cargo run --example verify_rolls -- DRIVE`

use std::{error::Error, path::PathBuf};

use mhl_core::{
    Agent, Context, Status, VerifyOptions, escape_for_display, find_rolls, verify_each,
};

fn main() -> Result<(), Box<dyn Error>> {
    let drive = PathBuf::from(std::env::args_os().nth(1).ok_or("a folder expected")?);
    let agent = Agent::new("my scrubber", "1.0", "vault-1", "archivist");
    let mut options = VerifyOptions::default();
    options.past_cache = true;
    options.dry_run = true;
    let mut failed = false;
    let found = find_rolls(&drive);
    for finding in &found.findings {
        println!("{}  {}", finding.kind, escape_for_display(&finding.path));
    }
    failed |= !found.findings.is_empty();
    let context = Context::new(&agent);
    // Side by side where the device is flash.
    verify_each(&found.rolls, &options, &context, |place, report| {
        let roll = escape_for_display(
            &found.rolls.get(place).map_or_else(Default::default, |roll| roll.to_string_lossy()),
        );
        match report {
            Ok(report) => {
                println!("{:?}  {roll}", report.status);
                for finding in report.findings.iter().filter(|finding| finding.kind.is_fault()) {
                    println!("  {}  {}", finding.kind, escape_for_display(&finding.path));
                }
                failed |= report.status != Status::Verified;
            }
            Err(error) => {
                println!("{roll}: {}", escape_for_display(&error.to_string()));
                failed = true;
            }
        }
    });
    if failed { Err("not every roll holds".into()) } else { Ok(()) }
}
