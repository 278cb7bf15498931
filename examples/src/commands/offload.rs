//! `mhl offload`

use mhl_core::{Context, OffloadError, OffloadOptions, Status, offload};

use super::{agent, clock, custody};
use crate::{
    args::Offload,
    exit::Code,
    output::{Failure, Terminal, bytes},
    progress::Bar,
};

pub(crate) fn run(args: &Offload, terminal: &Terminal) -> Result<Code, Failure> {
    custody::check(&args.custody, args.to.len())?;
    let mut options = OffloadOptions::default();
    options.name.clone_from(&args.name);
    options.algorithms = args.listing.algorithms();
    options.format = args.listing.manifest.into();
    options.resume = args.resume;
    let (agent, clock, bar) = (agent(), clock()?, Bar::new(terminal));
    let context = Context::new(&agent).with_clock(clock.as_ref()).with_progress(&bar);
    let report = offload(&args.source, &args.to, &options, &context).map_err(|error| {
        let code = match error {
            OffloadError::Source { .. } | OffloadError::NothingToCopy { .. } => Code::Io,
            OffloadError::SourceCarriesList { .. } => Code::Io,
            _ => Code::Usage,
        };
        Failure::new(code, error)
    })?;
    drop(bar);
    custody::record(&args.custody, &report, clock.as_ref(), terminal)?;
    let good = report.copies.iter().filter(|copy| copy.status == Status::Verified).count();
    let size = report.files.iter().filter_map(|file| file.size).sum();
    let headline = format!(
        "{} of {} copies verified: {} files, {}",
        good,
        report.copies.len(),
        report.counts.files,
        bytes(size)
    );
    terminal.report(&report, &headline);
    Ok(Code::of(&report))
}
