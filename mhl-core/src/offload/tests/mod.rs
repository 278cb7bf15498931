//! A card and places to copy it to, and what the engine promises of them.

mod campaign;
mod carried;
mod faults;
mod grown;
mod hangs;
mod interrupted;
// Their files are told by inode, and their cards have links.
#[cfg(unix)]
mod kept;
#[cfg(unix)]
mod looked;

use std::{
    fs, io,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
};

use super::*;
use crate::{
    Agent, Clock, FindingKind, Grade, Progress, Status, SystemClock, Timestamp,
    tree::{
        Disk, Volume,
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
        self.offload_with(card, drives, &options)
    }

    /// The same as the options say.
    fn offload_with(
        &self,
        card: Option<Faulty>,
        drives: Vec<(PathBuf, Box<dyn Volume>)>,
        options: &OffloadOptions,
    ) -> Report {
        self.offload_watched(card, drives, options, &())
    }

    /// The same, watched.
    fn offload_watched(
        &self,
        card: Option<Faulty>,
        drives: Vec<(PathBuf, Box<dyn Volume>)>,
        options: &OffloadOptions,
        progress: &dyn Progress,
    ) -> Report {
        let card: Box<dyn Volume> = match card {
            Some(card) => Box::new(card),
            None => Box::new(Disk::open(&self.card()).unwrap()),
        };
        let to = drives.into_iter().map(|(path, volume)| Site::opening(path, || Ok(volume)));
        let from = Site::opening(self.card(), || Ok(card));
        self.offload_sites(from, to.collect(), options, progress).unwrap()
    }

    /// The same from and to what opens as the test likes.
    fn offload_sites(
        &self,
        from: Site,
        to: Vec<Site>,
        options: &OffloadOptions,
        progress: &dyn Progress,
    ) -> Result<Report, OffloadError> {
        let agent = agent();
        let context = Context { clock: &Later, progress, ..Context::new(&agent) };
        offload_sites(from, to, options, &context)
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

/// As SQLite is tested: offloads to a drive of which one call fails, the first in the first round and
/// the next in each further one, until nothing fails any more. `wanted` says which calls count;
/// `prepare` makes the set of a round, `judge` gets the report with the number of the call. Then the
/// offload is resumed, ends whole, and `resumed` looks at what stands there. Returns the number of
/// rounds.
fn each_call_fails_once(
    resume: bool,
    wanted: fn(Call, &str) -> bool,
    prepare: impl Fn() -> Set,
    judge: impl Fn(&Set, &Report, usize),
    resumed: impl Fn(&Set, &str),
) -> usize {
    for number in 1.. {
        let set = prepare();
        let (calls, failed) = (AtomicUsize::new(0), Arc::new(AtomicBool::new(false)));
        let seen = failed.clone();
        let drive = set.faulty("raid", move |_, call, path| {
            if wanted(call, path) && calls.fetch_add(1, Relaxed) + 1 == number {
                seen.store(true, Relaxed);
                io_error()
            } else {
                Fate::Succeeds
            }
        });
        let report = set.offload_on(None, vec![drive], resume);
        judge(&set, &report, number);
        if !failed.load(Relaxed) {
            assert_eq!(report.status, Status::Verified, "{:?}", report.findings);
            return number;
        }
        let options = OffloadOptions { resume: true, ..OffloadOptions::default() };
        let again = set.offload(&["raid"], &options);
        let context = format!("call {number}: {:?}", again.findings);
        assert_eq!(again.status, Status::Verified, "{context}");
        resumed(&set, &context);
    }
    0
}

/// An hour later than the system's: no list has the name of an earlier one by chance.
struct Later;

impl Clock for Later {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix(SystemClock.now().unix_seconds() + 3600, 0).unwrap()
    }
}

fn resume() -> OffloadOptions {
    OffloadOptions { resume: true, ..OffloadOptions::default() }
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
