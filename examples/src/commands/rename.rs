//! `mhl rename`

use mhl_core::{RelativePath, Status, rename};

use super::operate;
use crate::{args::Rename, exit::Code, failure::Failure, output::Terminal};

pub(crate) fn run(args: &Rename, terminal: &Terminal) -> Result<Code, Failure> {
    let [from, to] = [&args.from, &args.to].map(|text| RelativePath::new(text));
    let (from, to) = (from.map_err(Failure::usage)?, to.map_err(Failure::usage)?);
    let report = operate(terminal, |context| rename(&args.root, &from, &to, context))?;
    let headline = match report.status {
        Status::Verified => format!("renamed and recorded: {} files", report.counts.verified),
        Status::Cancelled => "CANCELLED: nothing was renamed".to_owned(),
        _ => "NOT RENAMED: see the findings".to_owned(),
    };
    terminal.report(&report, &headline);
    Ok(Code::of(&report))
}
