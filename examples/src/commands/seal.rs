//! `mhl seal`

use mhl_core::{Context, SealError, SealOptions, Status, seal};

use super::{agent, clock};
use crate::{
    args::Seal,
    exit::Code,
    output::{Failure, Terminal, bytes},
    progress::Bar,
};

pub(crate) fn run(args: &Seal, terminal: &Terminal) -> Result<Code, Failure> {
    let mut options = SealOptions::default();
    options.algorithms = args.listing.algorithms();
    options.format = args.listing.manifest.into();
    options.ignore.clone_from(&args.ignore);
    let (agent, clock, bar) = (agent(), clock()?, Bar::new(terminal));
    let context = Context::new(&agent).with_clock(clock.as_ref()).with_progress(&bar);
    let report = seal(&args.roll, &options, &context).map_err(|error| {
        let code = match error {
            SealError::Root { .. } | SealError::NothingToSeal { .. } => Code::Io,
            SealError::History(_) => Code::InvalidManifest,
            _ => Code::Usage,
        };
        Failure::new(code, error)
    })?;
    drop(bar);
    let list = report.copies.first().and_then(|copy| copy.manifest.as_ref());
    let headline = match (report.status, list) {
        (Status::Sealed | Status::Verified, Some(list)) => {
            format!(
                "sealed: {} files, {}, in {}",
                report.counts.files,
                bytes(report.counts.bytes),
                list.path
            )
        }
        _ => "NOT SEALED: no list was written".to_owned(),
    };
    terminal.report(&report, &headline);
    Ok(Code::of(&report))
}
