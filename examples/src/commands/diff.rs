//! `mhl diff`

use std::{collections::BTreeMap, fmt::Write as _, path::Path};

use mhl_core::{
    Finding, Limits, RelativePath, Status,
    asc::{self, History, Kinship},
    compare_names,
};
use serde_json::{Value, json};

use super::{folder_of, operate};
use crate::{args::Diff, exit::Code, failure::Failure, output::Terminal};

pub(crate) fn run(args: &Diff, terminal: &Terminal) -> Result<Code, Failure> {
    let mut report =
        operate(terminal, |context| compare_names(&args.expected, &args.found, context))?;
    let counts = &report.counts;
    let mut headline = if report.status == Status::Failed {
        format!(
            "{} missing, {} new, {} of another size or digest",
            counts.missing, counts.new, counts.mismatched
        )
    } else {
        format!("the same {} names and sizes; nothing was hashed", counts.files)
    };
    let Some(custody) = Custody::of(&args.expected, &args.found)? else {
        terminal.report(&report, &headline);
        return Ok(Code::of(&report));
    };
    // Each is a mismatch that the report has already: it failed.
    for conflict in custody.conflicts {
        report.add(conflict.on_copy(0));
    }
    for (scope, kinship) in &custody.kinship {
        let _ = write!(headline, "\n  history of {}: {kinship}", name_of(scope.as_ref()));
    }
    let kinship = custody.kinship.iter().map(|(scope, kinship)| {
        let mut value = json!(kinship);
        if let Value::Object(fields) = &mut value {
            fields.insert("scope".to_owned(), json!(name_of(scope.as_ref())));
        }
        value
    });
    terminal.report_with(&report, &headline, ("kinship", kinship.collect()));
    Ok(Code::of(&report))
}

/// What two histories say of each other.
struct Custody {
    kinship: BTreeMap<Option<RelativePath>, Kinship>,
    conflicts: Vec<Finding>,
}

impl Custody {
    /// None where one side is no history.
    fn of(expected: &Path, found: &Path) -> Result<Option<Self>, Failure> {
        let (Some(first), Some(second)) = (history(expected)?, history(found)?) else {
            return Ok(None);
        };
        let (kinship, conflicts) = (first.kinship(&second), first.conflicts_with(&second));
        Ok(Some(Custody { kinship, conflicts }))
    }
}

fn history(path: &Path) -> Result<Option<History>, Failure> {
    if path.file_name().is_none_or(|name| name != asc::FOLDER) {
        return Ok(None);
    }
    let history = History::load(folder_of(path), &Limits::default());
    history.map_err(|error| Failure::io(path, error))
}

fn name_of(scope: Option<&RelativePath>) -> &str {
    scope.map_or(".", RelativePath::as_str)
}
