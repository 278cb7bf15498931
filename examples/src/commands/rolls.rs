//! `mhl verify` of a folder of rolls: each by itself, and what they amount to.

use std::path::{Path, PathBuf};

use mhl_core::{
    Counts, Finding, FindingKind, Report, Status, VerifyOptions, escape_for_display, verify,
};
use serde_json::{Map, Value, json};

use super::{operate, verify::headline};
use crate::{
    exit::Code,
    failure::Failure,
    output::{Terminal, line},
};

/// Verifies every roll; one that cannot be verified keeps no other from it. `findings` is what was
/// wrong in looking for them.
pub(super) fn run(
    rolls: &[PathBuf],
    findings: Vec<Finding>,
    options: &VerifyOptions,
    terminal: &Terminal,
) -> Code {
    let mut drive = Drive::new(findings);
    for roll in rolls {
        if terminal.is_stopped() {
            drive.cancelled = true;
            break;
        }
        match operate(terminal, |context| verify(roll, options, context)) {
            Ok(report) => drive.read(roll, &report, terminal),
            Err(failure) => drive.could_not_read(roll, &failure),
        }
    }
    drive.conclude(rolls.len(), terminal)
}

/// The rolls of a drive as they come.
struct Drive {
    code: Code,
    text: String,
    findings: Vec<Finding>,
    /// Each count of the reports, summed.
    counts: Map<String, Value>,
    reports: Vec<Value>,
    verified: usize,
    failed: bool,
    cancelled: bool,
}

impl Drive {
    fn new(findings: Vec<Finding>) -> Self {
        let mut drive = Drive {
            code: Code::first(findings.iter()),
            text: String::new(),
            findings: Vec::new(),
            counts: Map::new(),
            reports: Vec::new(),
            verified: 0,
            failed: false,
            cancelled: false,
        };
        // Every count is there, also of no roll.
        drive.count(&Counts::default());
        for finding in findings {
            drive.found(finding);
        }
        drive
    }

    /// Something that no report says.
    fn found(&mut self, finding: Finding) {
        let mut counts = Counts::default();
        counts.add(finding.kind);
        self.count(&counts);
        self.failed |= finding.kind.is_fault();
        self.text += &format!("{}\n", line(&finding));
        self.findings.push(finding);
    }

    fn could_not_read(&mut self, roll: &Path, failure: &Failure) {
        self.code = self.code.or(failure.code);
        let finding = Finding::new(FindingKind::ManifestInvalid, roll.to_string_lossy());
        self.found(finding.noting(&failure.message));
    }

    fn read(&mut self, roll: &Path, report: &Report, terminal: &Terminal) {
        let name = roll.to_string_lossy();
        self.code = self.code.or(Code::of(report));
        self.verified += usize::from(report.status == Status::Verified);
        self.failed |= report.status == Status::Failed;
        self.cancelled |= report.status == Status::Cancelled;
        self.count(&report.counts);
        let headline = format!("{}: {}", escape_for_display(&name), headline(report));
        self.text += &terminal.render(report, &headline);
        self.findings.extend(report.findings.iter().cloned().map(|mut finding| {
            finding.path = roll.join(finding.path).to_string_lossy().into_owned();
            // It counts the copies of the roll's own report.
            finding.copy = None;
            finding
        }));
        self.reports.push(json!(report));
    }

    fn count(&mut self, counts: &Counts) {
        let Value::Object(counts) = json!(counts) else { return };
        for (name, more) in counts {
            let sum = self.counts.get(&name).and_then(Value::as_u64).unwrap_or(0);
            self.counts.insert(name, json!(sum + more.as_u64().unwrap_or(0)));
        }
    }

    fn conclude(mut self, rolls: usize, terminal: &Terminal) -> Code {
        let (code, status) = if self.cancelled {
            (Code::Cancelled, Status::Cancelled)
        } else if rolls == 0 {
            self.text += "no Media Hash List stands there\n";
            (self.code.or(Code::NoHistory), Status::Failed)
        } else if self.failed {
            (self.code, Status::Failed)
        } else if self.verified == rolls {
            (self.code, Status::Verified)
        } else {
            (self.code, Status::Unproven)
        };
        let word = if self.cancelled { "CANCELLED: " } else { "" };
        self.text += &format!("{word}{} of {rolls} rolls verified\n", self.verified);
        self.counts.insert("rolls".to_owned(), json!(rolls));
        terminal.result(
            &self.text,
            &json!({"schema": "mhl.verify/1", "status": status, "counts": self.counts,
                    "findings": self.findings, "rolls": self.reports}),
        );
        code
    }
}
