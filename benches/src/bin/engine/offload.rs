//! Cards offloaded, beside what copies and compares the same bytes.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    rc::Rc,
    time::Instant,
};

use mhl_benches::chart::{Chart, Line, Scale};
use mhl_core::{Agent, Context, OffloadOptions, Status, offload};
use mhl_hash::Algorithm;

use crate::{
    Row,
    contest::{Contest, median},
    roll::{LARGE_CARD, MIDDLE, Roll, SMALL, Shape},
};

pub(crate) const ROWS: [Row; 6] = [
    ("offload.8x256m.xxh64", || row(LARGE_CARD, Algorithm::Xxh64, 1, Other::CpAndDiff)),
    ("offload.8x256m.ocopy", || row(LARGE_CARD, Algorithm::Xxh64, 1, Other::Ocopy)),
    ("offload.8x256m.three", || row(LARGE_CARD, Algorithm::Xxh64, 3, Other::OneByOne)),
    ("offload.2000x2m.md5", || row(MIDDLE, Algorithm::Md5, 1, Other::Xxh64)),
    ("offload.100000x4k.synced", || row(SMALL, Algorithm::Xxh64, 1, Other::CpAndSync)),
    ("offload.100000x4k.md5", || row(SMALL, Algorithm::Md5, 1, Other::Rclone)),
];

/// Who does the same.
#[derive(Clone, Copy)]
enum Other {
    /// `cp -r` and `diff -rq`, which read and compare without a digest.
    CpAndDiff,
    /// `cp -r` and `sync -f`, which make durable what nobody looks at again.
    CpAndSync,
    /// `ocopy`, which copies, verifies and lists.
    Ocopy,
    /// `rclone copy` and `rclone check`.
    Rclone,
    /// Us, to each destination by itself.
    OneByOne,
    /// Us, with XXH64.
    Xxh64,
}

/// A card to so many destinations, read back and listed.
fn row(shape: Shape, algorithm: Algorithm, copies: usize, other: Other) -> Result<Contest, String> {
    let name = match other {
        Other::CpAndDiff => "cp+diff",
        Other::CpAndSync => "cp+sync",
        Other::Ocopy => "ocopy",
        Other::Rclone => "rclone",
        Other::OneByOne => "one by one",
        Other::Xxh64 => "xxh64",
    };
    let program = match other {
        Other::Ocopy => Some("ocopy"),
        Other::Rclone => Some("rclone"),
        _ => None,
    };
    if let Some(program) = program.filter(|program| !is_installed(program)) {
        return Err(format!("{program} is not installed"));
    }
    let card = Roll::new(shape).map_err(|error| format!("the card cannot be written: {error}"))?;
    let card = Rc::new(card);
    let drives = Rc::new(Drives::beside(&card, copies));
    let (ours, theirs) =
        ((Rc::clone(&card), Rc::clone(&drives)), (Rc::clone(&card), Rc::clone(&drives)));
    Ok(Contest {
        bytes: card.bytes(),
        before: Box::new(move || drives.empty()),
        ours: Box::new(move || offloaded(ours.0.root(), &ours.1.0, algorithm)),
        other: name,
        others: Box::new(move || {
            let folders = &theirs.1.0;
            let (card, to) = (theirs.0.root(), folders.first().ok_or("no destination")?);
            let copy = to.join(card.file_name().unwrap_or_default());
            match other {
                Other::CpAndDiff => copied_and_compared(card, to, &copy),
                Other::CpAndSync => {
                    run("cp", &[&"-r", &card, to])?;
                    run("sync", &[&"-f", to])
                }
                Other::Ocopy => run("ocopy", &[&card, to]),
                Other::Rclone => {
                    run("rclone", &[&"copy", &card, &copy, &"--config", &""])?;
                    run("rclone", &[&"check", &card, &copy, &"--config", &""])
                }
                Other::OneByOne => folders
                    .iter()
                    .try_for_each(|to| offloaded(card, std::slice::from_ref(to), algorithm)),
                Other::Xxh64 => offloaded(card, folders, Algorithm::Xxh64),
            }
        }),
    })
}

/// The rate by the size of files, with one to three destinations, and that of `cp -r` and `diff -rq`.
pub(crate) fn by_size_of_files(rounds: usize) -> Result<Chart, String> {
    const SHAPES: [Shape; 5] =
        [(50_000, 4 << 10), (8_000, 64 << 10), (1_000, 1 << 20), (64, 16 << 20), (4, 256 << 20)];
    let names = ["3 copies", "2 copies", "1 copy", "cp and diff"];
    let mut lines = names.map(|name| Line { name: name.to_owned(), points: Vec::new() });
    for shape in SHAPES {
        let card =
            Roll::new(shape).map_err(|error| format!("the card cannot be written: {error}"))?;
        let mut rates: [Vec<f64>; 4] = Default::default();
        // One round more, which counts for nothing.
        for round in 0..=rounds {
            for (copies, rates) in [3, 2, 1, 0].into_iter().zip(&mut rates) {
                let drives = Drives::beside(&card, copies.max(1));
                drives.empty()?;
                let start = Instant::now();
                match (copies, drives.0.first()) {
                    (0, Some(to)) => {
                        let copy = to.join(card.root().file_name().unwrap_or_default());
                        copied_and_compared(card.root(), to, &copy)?;
                    }
                    _ => offloaded(card.root(), &drives.0, Algorithm::Xxh64)?,
                }
                if round > 0 {
                    rates.push(card.bytes() as f64 / start.elapsed().as_secs_f64());
                }
            }
        }
        for (line, rates) in lines.iter_mut().zip(rates) {
            let rate = median(rates);
            eprintln!("{:10} bytes a file  {:12} {:6.3} GB/s", shape.1, line.name, rate / 1e9);
            line.points.push((shape.1 as f64, rate));
        }
    }
    Ok(Chart {
        title: "Offload: rate of the card by the size of its files, read back and listed",
        across: Scale { decades: 3..=9, unit: "B" },
        up: Scale { decades: 7..=10, unit: "B/s" },
        lines: lines.into(),
    })
}

fn copied_and_compared(card: &Path, to: &Path, copy: &Path) -> Result<(), String> {
    run("cp", &[&"-r", &card, &to])?;
    run("diff", &[&"-rq", &card, &copy])
}

fn offloaded(card: &Path, to: &[PathBuf], algorithm: Algorithm) -> Result<(), String> {
    let agent = Agent::new("engine", "1", "bench", "bench");
    let mut options = OffloadOptions::default();
    options.algorithms = vec![algorithm];
    match offload(card, to, &options, &Context::new(&agent)) {
        Ok(report) if report.status == Status::Verified => Ok(()),
        Ok(report) => Err(format!("{:?}: {:?}", report.status, report.findings.first())),
        Err(error) => Err(error.to_string()),
    }
}

/// Folders beside a card, gone with this value.
struct Drives(Vec<PathBuf>);

impl Drives {
    fn beside(card: &Roll, count: usize) -> Self {
        let folder = |number| {
            let mut folder = card.root().as_os_str().to_owned();
            folder.push(format!("-drive-{number}"));
            PathBuf::from(folder)
        };
        Drives((0..count).map(folder).collect())
    }

    /// Makes them, with nothing in them, and lets the disk come to rest.
    fn empty(&self) -> Result<(), String> {
        for folder in &self.0 {
            let emptied = match fs::remove_dir_all(folder) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                _ => fs::create_dir(folder),
            };
            emptied.map_err(|error| format!("{}: {error}", folder.display()))?;
        }
        rustix::fs::sync();
        Ok(())
    }
}

impl Drop for Drives {
    fn drop(&mut self) {
        for folder in &self.0 {
            if let Err(error) = fs::remove_dir_all(folder) {
                eprintln!("engine: {} stays behind: {error}", folder.display());
            }
        }
    }
}

fn is_installed(program: &str) -> bool {
    let found = |folder: PathBuf| folder.join(program).is_file();
    std::env::var_os("PATH").is_some_and(|path| std::env::split_paths(&path).any(found))
}

fn run(program: &str, arguments: &[&dyn AsRef<std::ffi::OsStr>]) -> Result<(), String> {
    let mut command = Command::new(program);
    command.args(arguments.iter().map(|argument| argument.as_ref()));
    match command.stdout(Stdio::null()).stderr(Stdio::null()).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{program}: {status}")),
        Err(error) => Err(format!("{program}: {error}")),
    }
}
