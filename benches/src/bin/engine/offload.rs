//! Cards offloaded, beside what copies and compares the same bytes.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    rc::Rc,
};

use mhl_core::{Agent, Context, OffloadOptions, Status, offload};
use mhl_hash::Algorithm;

use crate::{
    Row,
    contest::Contest,
    roll::{LARGE_CARD, MIDDLE, Roll, SMALL, Shape},
};

pub(crate) const ROWS: [Row; 5] = [
    ("offload.8x256m.xxh64", || row(LARGE_CARD, Algorithm::Xxh64, 1, Other::CpAndDiff)),
    ("offload.8x256m.ocopy", || row(LARGE_CARD, Algorithm::Xxh64, 1, Other::Ocopy)),
    ("offload.8x256m.three", || row(LARGE_CARD, Algorithm::Xxh64, 3, Other::OneByOne)),
    ("offload.2000x2m.md5", || row(MIDDLE, Algorithm::Md5, 1, Other::Xxh64)),
    ("offload.100000x4k.md5", || row(SMALL, Algorithm::Md5, 1, Other::Rclone)),
];

/// Who does the same.
#[derive(Clone, Copy)]
enum Other {
    /// `cp -r` and `diff -rq`, which read and compare without a digest.
    CpAndDiff,
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
                Other::CpAndDiff => {
                    run("cp", &[&"-r", &card, to])?;
                    run("diff", &[&"-rq", &card, &copy])
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

    /// Makes them, with nothing in them.
    fn empty(&self) -> Result<(), String> {
        for folder in &self.0 {
            let emptied = match fs::remove_dir_all(folder) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                _ => fs::create_dir(folder),
            };
            emptied.map_err(|error| format!("{}: {error}", folder.display()))?;
        }
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
