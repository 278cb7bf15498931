//! Every roll on a drive, read past the cache and compared with its list.
//!
//! `cargo run --example verify_rolls -- DRIVE`

use std::{error::Error, path::PathBuf};

use mhl_core::{Agent, Context, Status, VerifyOptions, escape_for_display, find_rolls, verify};

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
    for roll in found.rolls {
        let report = verify(&roll, &options, &Context::new(&agent))?;
        println!("{:?}  {}", report.status, escape_for_display(&roll.to_string_lossy()));
        for finding in report.findings.iter().filter(|finding| finding.kind.is_fault()) {
            println!("  {}  {}", finding.kind, escape_for_display(&finding.path));
        }
        failed |= report.status != Status::Verified;
    }
    if failed { Err("not every roll holds".into()) } else { Ok(()) }
}
