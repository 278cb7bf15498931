//! `mhl merge`

use std::{
    fs,
    path::{Path, PathBuf},
};

use mhl_core::{MergeError, Report, RollsShard, VerifyOptions, merge, merge_into, told_of_rolls};
use serde_json::Value;

use super::{
    keep::{Keeping, keep},
    operate, rolls,
    verify::headline,
};
use crate::{args::Merge, exit::Code, failure::Failure, output::Terminal};

/// What all of them are of.
enum Told {
    Roll(Vec<Report>),
    Folder(Vec<RollsShard>),
}

pub(crate) fn run(args: &Merge, terminal: &Terminal) -> Result<Code, Failure> {
    let at: Vec<PathBuf> = args.append.iter().cloned().collect();
    let keeping = Keeping::check(args.report.as_deref(), &at)?;
    match read(&args.reports)? {
        Told::Roll(reports) => {
            let report = match &args.append {
                Some(path) => append(path, &reports, terminal)?,
                None => merge(&reports).map_err(|error| refused(&error, &args.reports))?,
            };
            terminal.report(&report, &headline(&report));
            Ok(keep(keeping.as_ref(), &report, Code::of(&report)))
        }
        Told::Folder(shards) => {
            let rolls = told_of_rolls(&shards).map_err(|error| refused(&error, &args.reports))?;
            let first = shards.into_iter().next();
            let (told, findings) =
                first.map(|first| (first.folder, first.findings)).unwrap_or_default();
            let folder = args.append.clone().unwrap_or_else(|| PathBuf::from(told));
            let mut merged = Vec::new();
            for roll in rolls {
                let within = |error: Failure| {
                    Failure::new(error.code, format!("{}: {}", roll.name, error.message))
                };
                let report = match roll.reports {
                    Err(finding) => Err(finding),
                    Ok(reports) => {
                        let whole = merge(&reports).map_err(|error| within(error.into()))?;
                        let list = whole.copies.first().and_then(|copy| copy.manifest.as_ref());
                        let is_history = list.is_some_and(|list| list.format == "asc");
                        Ok(match &args.append {
                            Some(path) if is_history => {
                                append(&path.join(&roll.name), &reports, terminal)
                                    .map_err(within)?
                            }
                            _ => whole,
                        })
                    }
                };
                merged.push((roll.name, report));
            }
            Ok(rolls::tell_merged(&folder, findings, merged, keeping.as_ref(), terminal))
        }
    }
}

fn append(path: &Path, reports: &[Report], terminal: &Terminal) -> Result<Report, Failure> {
    operate(terminal, |context| merge_into(path, reports, &VerifyOptions::default(), context))
}

/// Reads all reports; all of them have to be of a roll, or of a folder.
fn read(paths: &[PathBuf]) -> Result<Told, Failure> {
    let (mut of_roll, mut of_folder) = (Vec::new(), Vec::new());
    for path in paths {
        let text = fs::read_to_string(path).map_err(|error| Failure::io(path, error))?;
        match Report::from_json(&text) {
            Ok(report) => of_roll.push(report),
            Err(error) => match of_rolls(&text) {
                Some(shard) => of_folder.push(shard),
                None => return Err(Failure::invalid(path, error)),
            },
        }
    }
    match (of_roll.is_empty(), of_folder.is_empty()) {
        (false, false) => {
            let message = "some reports are of one roll, and others of a folder of rolls";
            Err(Failure::new(Code::InvalidManifest, message))
        }
        (_, true) => Ok(Told::Roll(of_roll)),
        (true, false) => Ok(Told::Folder(of_folder)),
    }
}

/// What a shard said of a folder of rolls: its reports stand beside what the merge needs.
fn of_rolls(text: &str) -> Option<RollsShard> {
    let mut told: Value = serde_json::from_str(text).ok()?;
    let rolls = told.get_mut("rolls")?.take();
    let mut shard = told.get_mut("shard")?.take();
    shard.as_object_mut()?.insert("rolls".to_owned(), rolls);
    serde_json::from_value(shard).ok()
}

/// Why reports are not merged, with the names of their files.
fn refused(error: &MergeError, paths: &[PathBuf]) -> Failure {
    let reports = match error {
        MergeError::NoShard { reports }
        | MergeError::OtherDivision { reports, .. }
        | MergeError::OtherList { reports, .. }
        | MergeError::OtherTree { reports }
        | MergeError::OtherRolls { reports } => reports.as_slice(),
        _ => &[],
    };
    let names: Vec<String> =
        reports.iter().filter_map(|place| Some(paths.get(*place)?.display().to_string())).collect();
    let names = if names.is_empty() { String::new() } else { format!(": {}", names.join(", ")) };
    Failure::new(Code::InvalidManifest, format!("{error}{names}"))
}
