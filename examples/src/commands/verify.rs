//! `mhl verify`

use std::path::Path;

use mhl_core::{
    Context, ListError, RelativePath, Report, Status, VerifyError, VerifyOptions, find_rolls,
    verify,
};
use serde_json::{Value, json};

use super::{agent, clock, custody};
use crate::{
    args::Verify,
    exit::Code,
    output::{Failure, Terminal, bytes, word},
    progress::Bar,
};

pub(crate) fn run(args: &Verify, terminal: &Terminal) -> Result<Code, Failure> {
    let mut options = VerifyOptions::default();
    options.past_cache = args.past_cache || args.custody.ledger.is_some();
    options.dry_run = args.dry_run;
    if let Some(list) = &args.manifest {
        options.list = Some(relative(list, &args.path)?);
    }
    let rolls = if args.path.is_dir() && options.list.is_none() {
        find_rolls(&args.path).rolls
    } else {
        Vec::new()
    };
    match rolls.as_slice() {
        [] => one(&args.path, args, &options, terminal),
        [only] => one(only, args, &options, terminal),
        several => {
            if args.custody.ledger.is_some() {
                return Err(Failure::usage("a ledger takes one roll at a time"));
            }
            all(several, &options, terminal)
        }
    }
}

fn one(
    path: &Path,
    args: &Verify,
    options: &VerifyOptions,
    terminal: &Terminal,
) -> Result<Code, Failure> {
    custody::check(&args.custody, 1)?;
    let report = read(path, options, terminal)?;
    custody::record(&args.custody, &report, clock()?.as_ref(), terminal)?;
    terminal.report(&report, &headline(&report));
    Ok(Code::of(&report))
}

/// Every roll by itself; one that cannot be verified does not keep the others from it.
fn all(
    rolls: &[std::path::PathBuf],
    options: &VerifyOptions,
    terminal: &Terminal,
) -> Result<Code, Failure> {
    let mut code = Code::Good;
    let (mut reports, mut text) = (Vec::new(), String::new());
    let (mut verified, mut failed) = (0, 0);
    for roll in rolls {
        match read(roll, options, terminal) {
            Ok(report) => {
                code = code.or(Code::of(&report));
                verified += u32::from(report.status == Status::Verified);
                failed += u32::from(report.status == Status::Failed);
                text += &terminal
                    .render(&report, &format!("{}: {}", roll.display(), headline(&report)));
                reports.push(serde_json::from_str(&report.to_json()).unwrap_or(Value::Null));
            }
            Err(failure) => {
                code = code.or(failure.code);
                failed += 1;
                text += &format!("{}\n", failure.message);
                reports.push(json!({"status": "error", "message": failure.message}));
            }
        }
    }
    let status = match (verified, failed) {
        (_, 1..) => "failed",
        (verified, 0) if verified as usize == rolls.len() => "verified",
        _ => "unproven",
    };
    text += &format!("{verified} of {} rolls verified\n", rolls.len());
    let counts = json!({"rolls": rolls.len(), "verified": verified, "failed": failed});
    terminal.result(
        &text,
        &json!({"schema": "mhl.verify-rolls/1", "status": status, "counts": counts,
                "findings": [], "rolls": reports}),
    );
    Ok(code)
}

fn read(path: &Path, options: &VerifyOptions, terminal: &Terminal) -> Result<Report, Failure> {
    let (agent, clock, bar) = (agent(), clock()?, Bar::new(terminal));
    let context = Context::new(&agent).with_clock(clock.as_ref()).with_progress(&bar);
    verify(path, options, &context).map_err(|error| {
        let code = match &error {
            VerifyError::Root { .. } | VerifyError::List(ListError::Io { .. }) => Code::Io,
            VerifyError::List(ListError::None { .. }) => Code::NoHistory,
            VerifyError::List(ListError::Several { .. }) => Code::Usage,
            _ => Code::InvalidManifest,
        };
        Failure::new(code, error)
    })
}

fn headline(report: &Report) -> String {
    let counts = &report.counts;
    format!(
        "{}: {} of {} files, {}",
        word(report.status),
        counts.verified,
        counts.files,
        bytes(counts.bytes)
    )
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
