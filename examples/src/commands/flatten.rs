//! `mhl flatten`

use mhl_core::flatten;

use super::operate;
use crate::{args::Flatten, exit::Code, failure::Failure, output::Terminal};

pub(crate) fn run(args: &Flatten, terminal: &Terminal) -> Result<Code, Failure> {
    let report = operate(terminal, |context| flatten(&args.root, &args.dest, context))?;
    let list = report.copies.first().and_then(|copy| copy.manifest.as_ref());
    let headline = match list {
        Some(list) => format!("flattened: {} files, in {}", report.counts.files, list.path),
        None => "NOT FLATTENED: no list was written".to_owned(),
    };
    terminal.report(&report, &headline);
    Ok(Code::of(&report))
}
