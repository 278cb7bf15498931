//! What a Media Hash List holds, whichever of the two formats it has.
//!
//! `cargo run --example read_a_list -- A001R1AB_2026-11-22_143000.mhl`

use std::{error::Error, fs::File, io::BufReader};

use mhl_core::{Limits, escape_for_display, read_manifest};

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("a .mhl file expected")?;
    let manifest = read_manifest(BufReader::new(File::open(path)?), &Limits::default())?;
    for file in manifest.files() {
        for hash in &file.hashes {
            let path = escape_for_display(file.path.as_str());
            println!("{:10} {}  {path}", hash.element(), hash.text());
        }
    }
    for finding in &manifest.findings {
        println!("note: {} {}", finding.kind, escape_for_display(&finding.path));
    }
    Ok(())
}
