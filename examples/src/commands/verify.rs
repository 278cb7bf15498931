//! `mhl verify`

use std::{
    fs,
    path::{Path, PathBuf},
};

use mhl_core::{FoundRolls, Portion, RelativePath, Report, VerifyOptions, asc, find_rolls, verify};

use super::{
    custody,
    keep::{Keeping, keep},
    operate, rolls,
};
use crate::{
    args::Verify,
    exit::Code,
    failure::Failure,
    output::{Terminal, bytes, word},
};

pub(crate) fn run(args: &Verify, terminal: &Terminal) -> Result<Code, Failure> {
    let mut options = VerifyOptions::default();
    options.past_cache = args.past_cache || args.custody.ledger.is_some();
    options.dry_run = args.dry_run;
    options.stop_at_first = args.stop_at_first;
    options.portion = portion(args)?;
    // Who asks for no list of files does not pay for one.
    options.without_files =
        !terminal.json && args.report.is_none() && args.custody.ledger.is_none();
    if let Some(list) = &args.manifest {
        options.list = Some(relative(list, &args.path)?);
    }
    let found = if args.path.is_dir() && options.list.is_none() {
        find_rolls(&args.path)
    } else {
        FoundRolls::default()
    };
    match (found.rolls.as_slice(), found.findings.as_slice()) {
        ([], []) => one(&args.path, args, &options, terminal),
        ([only], []) => one(only, args, &options, terminal),
        _ if args.custody.ledger.is_some() => {
            Err(Failure::usage("a ledger takes one roll at a time: name the roll itself"))
        }
        _ if args.only.is_some() => {
            Err(Failure::usage("paths are of one roll: name the roll itself"))
        }
        _ => {
            let folder = [args.path.clone()];
            let keeping = Keeping::check(args.report.as_deref(), &folder)?;
            match args.shard {
                Some(shard) => {
                    let shard = rolls::OfRolls { folder: &args.path, found, shard };
                    shard.run(&options, keeping.as_ref(), terminal)
                }
                None => rolls::run(&args.path, found, &options, keeping.as_ref(), terminal),
            }
        }
    }
}

/// Which of the listed files are to be read.
fn portion(args: &Verify) -> Result<Portion, Failure> {
    if let Some(shard) = args.shard {
        return Ok(Portion::shard(shard));
    }
    if let (Some(percent), Some(turn)) = (args.percent, args.turn) {
        let portion = Portion::percent(percent, turn);
        return portion.ok_or_else(|| Failure::usage("--percent takes 1 to 100"));
    }
    let Some(file) = &args.only else { return Ok(Portion::Whole) };
    let text = fs::read_to_string(file).map_err(|error| Failure::io(file, error))?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.is_empty());
    let paths = lines.map(|(number, line)| {
        // As shells complete the names of folders.
        RelativePath::new(line.strip_suffix('/').unwrap_or(line)).map_err(|error| {
            Failure::usage(format!("{}, line {}: {error}", file.display(), number + 1))
        })
    });
    let paths = paths.collect::<Result<Vec<_>, _>>()?;
    if paths.is_empty() {
        return Err(Failure::usage(format!("{}: it names no path", file.display())));
    }
    Ok(Portion::Paths(paths))
}

fn one(
    path: &Path,
    args: &Verify,
    options: &VerifyOptions,
    terminal: &Terminal,
) -> Result<Code, Failure> {
    custody::check(&args.custody, 1)?;
    let keeping = Keeping::check(args.report.as_deref(), &[root(path)])?;
    let report = operate(terminal, |context| verify(path, options, context))?;
    let code = custody::conclude(&args.custody, &report, &headline(&report), terminal);
    Ok(keep(keeping.as_ref(), &report, code))
}

pub(super) fn headline(report: &Report) -> String {
    let counts = &report.counts;
    let unread = match counts.unread {
        0 => String::new(),
        unread => format!(", {unread} not read"),
    };
    format!(
        "{}: {} of {} files verified{unread}, {}",
        word(report.status).to_uppercase(),
        counts.verified,
        counts.files,
        bytes(counts.bytes)
    )
}

/// The roll that a path names: itself, or where the list or history stands.
fn root(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let is_in_it = |path: &Path| !path.is_dir() || path.ends_with(asc::FOLDER);
    path.ancestors().find(|path| !is_in_it(path)).unwrap_or(&path).to_owned()
}

/// The list's path within the roll.
fn relative(list: &Path, roll: &Path) -> Result<RelativePath, Failure> {
    let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let list = absolute(list);
    let within = list.strip_prefix(absolute(roll)).ok().and_then(Path::to_str);
    let path = within.and_then(|text| RelativePath::new(text).ok());
    path.ok_or_else(|| {
        Failure::usage(format!("{} does not stand in {}", list.display(), roll.display()))
    })
}
