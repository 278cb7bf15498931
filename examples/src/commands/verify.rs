//! `mhl verify`

use std::path::{Path, PathBuf};

use mhl_core::{FoundRolls, RelativePath, Report, VerifyOptions, asc, find_rolls, verify};

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
        _ if args.report.is_some() => {
            Err(Failure::usage("a report is of one roll: name the roll itself"))
        }
        _ => Ok(rolls::run(&found.rolls, found.findings, &options, terminal)),
    }
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
    format!(
        "{}: {} of {} files verified, {}",
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
