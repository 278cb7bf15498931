//! A card and places to copy it to, and what the engine promises of them.

mod campaign;
mod carried;
mod faults;
mod grown;

use std::{fs, io, path::PathBuf};

use super::*;
use crate::{
    Agent, Clock, Grade, SystemClock, Timestamp,
    tree::{
        Volume,
        faulty::{Call, Fate, Faulty},
    },
};

/// A card and places to copy it to.
struct Set {
    folder: tempfile::TempDir,
}

const ROLL: &str = "A001R1AB";

impl Set {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let set = Set { folder };
        fs::create_dir_all(set.card().join("Clips/Empty folder")).unwrap();
        fs::write(set.card().join("Clips/A001C001.mxf"), vec![1; 700_000]).unwrap();
        fs::write(set.card().join("Clips/A001C002 Ä & \"q\".mxf"), vec![2; 300_000]).unwrap();
        fs::write(set.card().join("Clips.xml"), "<clips/>").unwrap();
        fs::write(set.card().join("empty.ale"), "").unwrap();
        fs::write(set.card().join(".DS_Store"), "litter").unwrap();
        set
    }

    /// For what is done many times.
    fn of_small_files() -> Self {
        let set = Set::new();
        for (name, byte) in [("A001C001.mxf", 1), ("A001C002 Ä & \"q\".mxf", 2)] {
            fs::write(set.card().join("Clips").join(name), vec![byte; 700]).unwrap();
        }
        set
    }

    fn card(&self) -> PathBuf {
        self.folder.path().join("card").join(ROLL)
    }

    fn drive(&self, name: &str) -> PathBuf {
        let drive = self.folder.path().join(name);
        if !drive.exists() {
            fs::create_dir(&drive).unwrap();
        }
        drive
    }

    fn lists(&self, drive: &str) -> usize {
        let names = fs::read_dir(self.drive(drive).join(ROLL)).unwrap();
        names
            .filter(|name| name.as_ref().unwrap().path().extension() == Some("mhl".as_ref()))
            .count()
    }

    fn holds(&self, drive: &str) -> bool {
        let same = |name: &str| {
            fs::read(self.card().join(name)).ok()
                == fs::read(self.drive(drive).join(ROLL).join(name)).ok()
        };
        ["Clips/A001C001.mxf", "Clips/A001C002 Ä & \"q\".mxf", "Clips.xml", "empty.ale"]
            .into_iter()
            .all(same)
    }

    fn offload(&self, drives: &[&str], options: &OffloadOptions) -> Report {
        let drives: Vec<PathBuf> = drives.iter().map(|drive| self.drive(drive)).collect();
        offload(&self.card(), &drives, options, &Context::new(&agent())).unwrap()
    }

    /// Offloads to drives whose calls are decided by the test; the card's too, if given.
    fn offload_on(
        &self,
        card: Option<Faulty>,
        drives: Vec<(PathBuf, Box<dyn Volume>)>,
        resume: bool,
    ) -> Report {
        let options = OffloadOptions { resume, ..OffloadOptions::default() };
        let agent = agent();
        let card: Box<dyn Volume> = match card {
            Some(card) => Box::new(card),
            None => Box::new(Disk::open(&self.card()).unwrap()),
        };
        let card = Card::read(card.as_ref(), options.format).ok().unwrap();
        let name = RelativePath::new(ROLL).unwrap();
        let (folders, volumes): (Vec<_>, Vec<_>) = drives.into_iter().unzip();
        let mut plan = Plan::new(&name, &card, resume);
        let prepared = volumes
            .into_iter()
            .enumerate()
            .map(|(index, volume)| plan.prepare_on(index, volume))
            .collect();
        let context = Context { clock: &Later, ..Context::new(&agent) };
        let offload = Offload { card, name: &name, options: &options, context: &context };
        offload.run(&folders, prepared)
    }

    fn faulty(
        &self,
        drive: &str,
        decide: impl Fn(usize, Call, &str) -> Fate + Send + Sync + 'static,
    ) -> (PathBuf, Box<dyn Volume>) {
        let path = self.drive(drive);
        let disk = Disk::open(&path).unwrap();
        (path, Box::new(Faulty::new(disk, decide)))
    }
}

/// An hour later than the system's: no list has the name of an earlier one by chance.
struct Later;

impl Clock for Later {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix(SystemClock.now().unix_seconds() + 3600, 0).unwrap()
    }
}

fn agent() -> Agent {
    Agent::new("mhl-core tests", "1", "cart", "DIT")
}

fn fails(kind: io::ErrorKind) -> Fate {
    Fate::Fails(io::Error::from(kind))
}

fn io_error() -> Fate {
    Fate::Fails(io::Error::from_raw_os_error(5))
}

fn kinds(report: &Report) -> Vec<FindingKind> {
    report.findings.iter().map(|finding| finding.kind).filter(|kind| kind.is_fault()).collect()
}
