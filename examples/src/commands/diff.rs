//! `mhl diff`

use mhl_core::{Context, Status, compare_names};

use super::{agent, clock};
use crate::{
    args::Diff,
    exit::Code,
    output::{Failure, Terminal},
};

pub(crate) fn run(args: &Diff, terminal: &Terminal) -> Result<Code, Failure> {
    let (agent, clock) = (agent(), clock()?);
    let context = Context::new(&agent).with_clock(clock.as_ref());
    let report = compare_names(&args.expected, &args.found, &context).map_err(|error| {
        let code = match error {
            mhl_core::VerifyError::List(_) => Code::InvalidManifest,
            _ => Code::Io,
        };
        Failure::new(code, error)
    })?;
    let counts = &report.counts;
    let headline = if report.status == Status::Failed {
        format!(
            "{} missing, {} new, {} of another size",
            counts.missing, counts.new, counts.mismatched
        )
    } else {
        format!("the same {} names and sizes; nothing was hashed", counts.files)
    };
    terminal.report(&report, &headline);
    Ok(Code::of(&report))
}
