//! `mhl diff`

use mhl_core::{Status, compare_names};

use super::operate;
use crate::{args::Diff, exit::Code, failure::Failure, output::Terminal};

pub(crate) fn run(args: &Diff, terminal: &Terminal) -> Result<Code, Failure> {
    let report = operate(terminal, |context| compare_names(&args.expected, &args.found, context))?;
    let counts = &report.counts;
    let headline = if report.status == Status::Failed {
        format!(
            "{} missing, {} new, {} of another size or digest",
            counts.missing, counts.new, counts.mismatched
        )
    } else {
        format!("the same {} names and sizes; nothing was hashed", counts.files)
    };
    terminal.report(&report, &headline);
    Ok(Code::of(&report))
}
