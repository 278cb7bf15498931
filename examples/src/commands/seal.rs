//! `mhl seal`

use std::{collections::BTreeSet, path::Path};

use mhl_core::{RelativePath, Report, SealOptions, Status, append, asc, seal};

use super::operate;
use crate::{
    args::Seal,
    exit::Code,
    failure::Failure,
    output::{Terminal, bytes},
};

pub(crate) fn run(args: &Seal, terminal: &Terminal) -> Result<Code, Failure> {
    let mut options = SealOptions::default();
    options.algorithms = args.listing.digests.algorithms();
    options.format = args.listing.manifest.into();
    options.ignore.clone_from(&args.ignore);
    let files = args.files.iter().map(|file| RelativePath::new(file));
    let files: Vec<_> = files.collect::<Result<_, _>>().map_err(Failure::usage)?;
    let before = generations(&args.roll);
    let report = if files.is_empty() {
        operate(terminal, |context| seal(&args.roll, &options, context))?
    } else {
        operate(terminal, |context| append(&args.roll, &files, &options.algorithms, context))?
    };
    terminal.report(&report, &headline(&report, &before));
    Ok(Code::of(&report))
}

/// The files of the history that stands at a root, relative to it.
fn generations(root: &Path) -> BTreeSet<String> {
    let entries = std::fs::read_dir(root.join(asc::FOLDER)).into_iter().flatten().flatten();
    entries.map(|entry| format!("{}/{}", asc::FOLDER, entry.file_name().display())).collect()
}

/// What was written, and what was found. A report may name the list that it compared with: what
/// stood there before was not written now.
fn headline(report: &Report, before: &BTreeSet<String>) -> String {
    let counts = &report.counts;
    let list = report.copies.first().and_then(|copy| copy.manifest.as_ref());
    match (report.status, list.filter(|list| !before.contains(&list.path))) {
        (Status::Cancelled, _) => "CANCELLED: no list was written".to_owned(),
        (_, None) => "NOT SEALED: no list was written".to_owned(),
        (Status::Sealed | Status::Verified, Some(list)) => {
            format!("sealed: {} files, {}, in {}", counts.files, bytes(counts.bytes), list.path)
        }
        (_, Some(list)) => format!(
            "{} was written, and says what was found: {} of {} files verified, {} mismatched, \
             {} missing, {} new",
            list.path, counts.verified, counts.files, counts.mismatched, counts.missing, counts.new
        ),
    }
}
