//! `mhl offload`

use std::{ffi::OsStr, path::PathBuf, time::Duration};

use mhl_core::{OffloadOptions, Status, offload};

use super::{
    custody,
    keep::{Keeping, keep},
    operate,
};
use crate::{
    args::Offload,
    exit::Code,
    failure::Failure,
    output::{Terminal, bytes},
};

pub(crate) fn run(args: &Offload, terminal: &Terminal) -> Result<Code, Failure> {
    custody::check(&args.custody, args.to.len())?;
    let keeping = Keeping::check(args.report.as_deref(), &rolls(args))?;
    let mut options = OffloadOptions::default();
    options.name.clone_from(&args.name);
    options.algorithms = args.listing.digests.algorithms();
    options.format = args.listing.manifest.into();
    options.resume = args.resume;
    options.second_read = args.second_read;
    options.patience = Duration::from_secs(args.patience);
    let report = operate(terminal, |context| offload(&args.source, &args.to, &options, context))?;
    let good = report.copies.iter().filter(|copy| copy.status == Status::Verified).count();
    let size = report.files.iter().filter_map(|file| file.size).sum();
    let cancelled = if report.status == Status::Cancelled { "CANCELLED: " } else { "" };
    let headline = format!(
        "{cancelled}{} of {} copies verified: {} files, {}",
        good,
        report.copies.len(),
        report.counts.files,
        bytes(size)
    );
    let code = custody::conclude(&args.custody, &report, &headline, terminal);
    Ok(keep(keeping.as_ref(), &report, code))
}

/// The card, and the roll that each destination gets.
fn rolls(args: &Offload) -> Vec<PathBuf> {
    let name = args.name.as_ref().map(OsStr::new).or(args.source.file_name());
    let copies = args.to.iter().map(|folder| folder.join(name.unwrap_or_default()));
    copies.chain([args.source.clone()]).collect()
}
