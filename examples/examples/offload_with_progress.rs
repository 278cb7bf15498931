//! A card copied to two drives, with progress and a way to stop.
//!
//! `cargo run --example offload_with_progress -- CARD DRIVE DRIVE`

use std::{
    error::Error,
    path::PathBuf,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
};

use mhl_core::{Agent, Context, Finding, OffloadOptions, Phase, Progress, Status, offload};
use mhl_hash::Observer;

#[derive(Default)]
struct Watcher {
    done: AtomicU64,
    /// Set it from any thread: the offload stops at the next buffer and claims nothing.
    stop: AtomicBool,
}

impl Observer for Watcher {
    fn advanced(&self, bytes: u64) {
        self.done.fetch_add(bytes, Ordering::Relaxed);
    }

    fn is_cancelled(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

impl Progress for Watcher {
    fn phase(&self, phase: Phase, bytes: u64) {
        eprintln!("{phase:?}: {bytes} bytes");
    }

    fn found(&self, finding: &Finding) {
        eprintln!("{} {}", finding.kind, finding.path);
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut paths = std::env::args_os().skip(1).map(PathBuf::from);
    let card = paths.next().ok_or("CARD DRIVE… expected")?;
    let drives: Vec<PathBuf> = paths.collect();

    let agent = Agent::new("my offload tool", "1.0", "cart-1", "DIT");
    let watcher = Watcher::default();
    let context = Context::new(&agent).with_progress(&watcher);
    let report = offload(&card, &drives, &OffloadOptions::default(), &context)?;

    for copy in &report.copies {
        let evidence = copy.grade.map_or("no evidence", |grade| grade.meaning());
        println!("{}: {:?}, {evidence}", copy.place.path, copy.status);
    }
    println!("{} bytes moved", watcher.done.into_inner());
    if report.status == Status::Verified { Ok(()) } else { Err("not every copy is proven".into()) }
}
