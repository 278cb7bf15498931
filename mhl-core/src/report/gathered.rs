//! One report of many rolls.

use std::path::Path;

use super::{PhaseRecord, Report, Status};
use crate::Phase;

impl Report {
    /// Takes in the report of a roll that stands in this report's folder, to be handed on as one: its
    /// copies after those that are there, its findings and files under the roll's folder, its counts
    /// added. Nothing is lost but the roll's identity, so that no ledger takes the whole for a roll.
    ///
    /// The status is the worst of them: cancelled, failed, unproven, then the others. Rolls may have
    /// been read side by side: what they read counts as one phase, from the first start to the last
    /// end.
    ///
    /// ```
    /// use mhl_core::{Operation, Place, Report, Status};
    ///
    /// let mut drive = Report::new(Operation::Verify, Place::new("/mnt/raid", None));
    /// for (roll, status) in [("A001", Status::Verified), ("B001", Status::Failed)] {
    ///     let place = Place::new(format!("/mnt/raid/{roll}"), None);
    ///     let mut report = Report::new(Operation::Verify, place);
    ///     report.status = status;
    ///     drive.take_in(report);
    /// }
    /// assert_eq!(drive.status, Status::Failed);
    /// ```
    pub fn take_in(&mut self, roll: Report) {
        let is_first = self.started.is_empty();
        let folder = Path::new(&roll.source.path);
        let folder = folder.strip_prefix(&self.source.path).unwrap_or(folder);
        let within = |path: String| match path.as_str() {
            "" | "." => folder.to_string_lossy().into_owned(),
            path => folder.join(path).to_string_lossy().into_owned(),
        };
        if is_first {
            (self.tool, self.host) = (roll.tool, roll.host);
            (self.status, self.started) = (roll.status, roll.started);
            self.finished = roll.finished;
        } else {
            self.status = worse(self.status, roll.status);
            // RFC 3339 in UTC sorts as time does.
            self.started = std::mem::take(&mut self.started).min(roll.started);
            self.finished = std::mem::take(&mut self.finished).max(roll.finished);
        }
        if self.counts.status() == Status::Failed {
            self.status = worse(self.status, Status::Failed);
        }
        for phase in roll.phases {
            self.take_in_phase(phase);
        }
        self.counts += roll.counts;
        let before = self.copies.len();
        self.copies.extend(roll.copies);
        self.files.extend(roll.files.into_iter().map(|mut file| {
            file.path = within(file.path);
            file
        }));
        self.findings.extend(roll.findings.into_iter().map(|mut finding| {
            finding.path = within(finding.path);
            finding.copy = finding.copy.map(|copy| before + copy);
            finding
        }));
    }

    fn take_in_phase(&mut self, more: PhaseRecord) {
        let same =
            |known: &&mut PhaseRecord| known.phase == more.phase && more.phase == Phase::Read;
        let Some(known) = self.phases.iter_mut().find(same) else { return self.phases.push(more) };
        known.bytes = known.bytes.saturating_add(more.bytes);
        known.started = std::mem::take(&mut known.started).min(more.started);
        known.finished = std::mem::take(&mut known.finished).max(more.finished);
    }
}

/// The status that says less.
fn worse(one: Status, other: Status) -> Status {
    use Status::{Cancelled, Failed, Recorded, Sealed, Unproven};
    let order = [Cancelled, Failed, Unproven, Recorded, Sealed];
    order.into_iter().find(|status| [one, other].contains(status)).unwrap_or(Status::Verified)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CopyReport, FileRecord, Finding, FindingKind, Operation, Place};

    fn roll(name: &str, kinds: &[FindingKind]) -> Report {
        let mut report = Report::new(Operation::Verify, Place::new(format!("/raid/{name}"), None));
        report.copies.push(CopyReport::new(report.source.clone()));
        report.started = format!("2026-11-22T10:0{}:00Z", name.len());
        report.finished = format!("2026-11-22T11:0{}:00Z", name.len());
        report.files.push(FileRecord::new("clip.mxf", Some(1), vec![]));
        for kind in kinds {
            report.add(Finding::new(*kind, "clip.mxf").on_copy(0));
        }
        report.counts.files = 1;
        report.counts.verified = 1;
        report.status = report.counts.status();
        let bytes = 10;
        let (started, finished) = (report.started.clone(), report.finished.clone());
        let phase =
            PhaseRecord { phase: Phase::Read, copy: None, started, finished, bytes, busy_ms: None };
        report.phases.push(phase);
        report
    }

    #[test]
    fn nothing_of_a_roll_is_lost_and_everything_has_its_folder() {
        let mut drive = Report::new(Operation::Verify, Place::new("/raid", None));
        drive.add(Finding::new(FindingKind::Litter, "/raid"));
        drive.take_in(roll("A001", &[]));
        assert_eq!(drive.status, Status::Verified);
        drive.take_in(roll("B01", &[FindingKind::HashMismatch]));
        drive.take_in(roll("C0001", &[FindingKind::Unproven]));
        assert_eq!(drive.status, Status::Failed);
        let files: Vec<_> = drive.files.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(files, ["A001/clip.mxf", "B01/clip.mxf", "C0001/clip.mxf"]);
        let findings = drive.findings.iter().map(|found| (found.path.as_str(), found.copy));
        let findings: Vec<_> = findings.collect();
        assert_eq!(
            findings,
            [("/raid", None), ("B01/clip.mxf", Some(1)), ("C0001/clip.mxf", Some(2))]
        );
        assert_eq!((drive.counts.files, drive.counts.mismatched, drive.counts.unproven), (3, 1, 1));
        let [read] = drive.phases.as_slice() else { panic!("{:?}", drive.phases) };
        assert_eq!(read.bytes, 30);
        assert_eq!(
            (&*read.started, &*read.finished),
            ("2026-11-22T10:03:00Z", "2026-11-22T11:05:00Z")
        );
        assert_eq!((&*drive.started, &*drive.finished), (&*read.started, &*read.finished));
        assert_eq!(drive.roll, None);
    }
}
