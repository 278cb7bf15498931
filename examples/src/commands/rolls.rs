//! `mhl verify` of a folder of rolls: each by itself, and what they amount to.

use std::path::Path;

use mhl_core::{
    Finding, FindingKind, FoundRolls, Operation, Place, Report, RollsPlan, RollsShard, Shard,
    Status, VerifyError, VerifyOptions, escape_for_display, verify, verify_each,
};
use serde_json::{Value, json};

use super::{
    keep::{Keeping, keep_as},
    operate,
    verify::headline,
};
use crate::{
    exit::Code,
    failure::Failure,
    output::{Terminal, line},
};

/// Verifies every roll of a folder; one that cannot be verified keeps no other from it.
pub(super) fn run(
    folder: &Path,
    found: FoundRolls,
    options: &VerifyOptions,
    keeping: Option<&Keeping>,
    terminal: &Terminal,
) -> Result<Code, Failure> {
    let mut told: Vec<Option<Result<Report, VerifyError>>> = Vec::new();
    told.resize_with(found.rolls.len(), || None);
    operate(terminal, |context| {
        verify_each(&found.rolls, options, context, |place, report| {
            if let Some(told) = told.get_mut(place) {
                *told = Some(report);
            }
        });
        Ok::<_, Failure>(())
    })?;
    // They came as they were through; what is said of them stands in their order.
    let is_stopped = terminal.is_stopped();
    let mut drive = Drive::new(folder, found.findings, terminal);
    for (roll, told) in found.rolls.iter().zip(told) {
        match told {
            Some(Ok(report)) => drive.read(roll, report),
            Some(Err(error)) => drive.could_not_read(roll, &error.into()),
            None if is_stopped => drive.cancelled = true,
            None => drive.not_begun(roll),
        }
    }
    Ok(drive.conclude(found.rolls.len(), keeping))
}

/// One shard of the verification of a folder of rolls.
pub(super) struct OfRolls<'a> {
    pub(super) folder: &'a Path,
    pub(super) found: FoundRolls,
    pub(super) shard: Shard,
}

impl OfRolls<'_> {
    /// Verifies what the shard has of each roll, and tells it with what the merge needs of it.
    pub(super) fn run(
        self,
        options: &VerifyOptions,
        keeping: Option<&Keeping>,
        terminal: &Terminal,
    ) -> Result<Code, Failure> {
        let OfRolls { folder, found, shard } = self;
        let plan = RollsPlan::new(folder, &found.rolls, shard, &options.limits);
        let mut told = Vec::new();
        operate(terminal, |context| {
            for (place, portion) in plan.own() {
                let Some(roll) = found.rolls.get(place) else { continue };
                let mut options = options.clone();
                options.portion = portion;
                told.push((place, verify(roll, &options, context)));
            }
            Ok::<_, Failure>(())
        })?;
        let mut drive = Drive::new(folder, found.findings.clone(), terminal);
        let mut results = Vec::new();
        for (place, result) in told {
            let Some(roll) = found.rolls.get(place) else { continue };
            let result = result.map_err(|error| {
                let failure = Failure::from(error);
                drive.could_not_read(roll, &failure);
                unreadable(roll, &failure)
            });
            if let Ok(report) = &result {
                drive.read(roll, report.clone());
            }
            results.push((place, result));
        }
        let own = results.len();
        let mut told = plan.told(found.findings, results);
        // They stand beside it.
        told.rolls.clear();
        drive.shard = Some(told);
        Ok(drive.conclude(own, keeping))
    }
}

/// Tells the rolls of which all shards have told, each merged by `merge`.
pub(super) fn tell_merged(
    folder: &Path,
    findings: Vec<Finding>,
    rolls: Vec<(String, Result<Report, Finding>)>,
    keeping: Option<&Keeping>,
    terminal: &Terminal,
) -> Code {
    let mut drive = Drive::new(folder, findings, terminal);
    let count = rolls.len();
    for (name, result) in rolls {
        match result {
            Ok(report) => drive.read(&folder.join(name), report),
            Err(finding) => {
                drive.code = drive.code.or(Code::first([&finding].into_iter()));
                drive.found(finding);
            }
        }
    }
    drive.conclude(count, keeping)
}

/// That a roll could not be verified.
fn unreadable(roll: &Path, failure: &Failure) -> Finding {
    Finding::new(FindingKind::ManifestInvalid, roll.to_string_lossy()).noting(&failure.message)
}

/// The rolls of a drive, taken together.
struct Drive<'t> {
    terminal: &'t Terminal,
    code: Code,
    text: String,
    /// What the reports do not say, and all that they do.
    whole: Report,
    /// Every finding, with its roll's folder as that was found.
    findings: Vec<Finding>,
    reports: Vec<Value>,
    verified: usize,
    cancelled: bool,
    /// Of which shard they are, and what the merge needs of that.
    shard: Option<RollsShard>,
}

impl<'t> Drive<'t> {
    fn new(folder: &Path, findings: Vec<Finding>, terminal: &'t Terminal) -> Self {
        let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        let mut drive = Drive {
            terminal,
            code: Code::first(findings.iter()),
            text: String::new(),
            whole: Report::new(Operation::Verify, Place::new(folder.to_string_lossy(), None)),
            findings: Vec::new(),
            reports: Vec::new(),
            verified: 0,
            cancelled: false,
            shard: None,
        };
        findings.into_iter().for_each(|finding| drive.found(finding));
        drive
    }

    /// Something that no report says.
    fn found(&mut self, finding: Finding) {
        self.text += &format!("{}\n", line(&finding));
        self.findings.push(finding.clone());
        self.whole.add(finding);
    }

    fn could_not_read(&mut self, roll: &Path, failure: &Failure) {
        self.code = self.code.or(failure.code);
        self.found(unreadable(roll, failure));
    }

    fn not_begun(&mut self, roll: &Path) {
        let note = "the roll was not begun: the first fault of another ended the work";
        self.found(Finding::new(FindingKind::Unread, roll.to_string_lossy()).noting(note));
    }

    fn read(&mut self, roll: &Path, report: Report) {
        let name = roll.to_string_lossy();
        self.code = self.code.or(Code::of(&report));
        self.verified += usize::from(report.status == Status::Verified);
        self.cancelled |= report.status == Status::Cancelled;
        let headline = format!("{}: {}", escape_for_display(&name), headline(&report));
        self.text += &self.terminal.render(&report, &headline);
        self.findings.extend(report.findings.iter().cloned().map(|mut finding| {
            finding.path = roll.join(finding.path).to_string_lossy().into_owned();
            // It counts the copies of the roll's own report.
            finding.copy = None;
            finding
        }));
        self.reports.push(json!(report));
        self.whole.take_in(report);
    }

    fn conclude(mut self, rolls: usize, keeping: Option<&Keeping>) -> Code {
        let failed = self.whole.counts.status() == Status::Failed;
        let (code, status) = if self.cancelled {
            (Code::Cancelled, Status::Cancelled)
        } else if rolls == 0 && self.shard.is_none() {
            self.text += "no Media Hash List stands there\n";
            (self.code.or(Code::NoHistory), Status::Failed)
        } else if failed {
            (self.code, Status::Failed)
        } else if self.verified == rolls && self.shard.is_none() {
            (self.code, Status::Verified)
        } else {
            (self.code, Status::Unproven)
        };
        let word = if self.cancelled { "CANCELLED: " } else { "" };
        self.text += &match &self.shard {
            Some(told) => format!("{word}shard {}: parts of {rolls} rolls read\n", told.shard),
            None => format!("{word}{} of {rolls} rolls verified\n", self.verified),
        };
        self.whole.status = status;
        let mut counts = json!(self.whole.counts);
        if let Value::Object(counts) = &mut counts {
            counts.insert("rolls".to_owned(), json!(rolls));
        }
        let mut value = json!({"schema": "mhl.verify/1", "status": status, "counts": counts,
                               "findings": self.findings, "rolls": self.reports});
        if let (Some(told), Value::Object(fields)) = (&self.shard, &mut value) {
            fields.insert("shard".to_owned(), json!(told));
        }
        self.terminal.result(&self.text, &value);
        keep_as(keeping, &self.whole, || value.to_string(), code)
    }
}
