//! A report as JSON: one object, read back as it was written.

use super::Report;

impl Report {
    /// The report as one line of JSON.
    ///
    /// Control characters and bidirectional overrides in names are escaped by JSON or kept: escape
    /// them where they are printed to a terminal.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Strings, numbers and vectors alone: serde_json has no error for them.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads what [`Report::to_json`] wrote.
    ///
    /// # Errors
    /// When the text is no such object, or of another schema.
    pub fn from_json(text: &str) -> Result<Self, ReadReportError> {
        let report: Report =
            serde_json::from_str(text).map_err(|error| ReadReportError(error.to_string()))?;
        let expected = format!("mhl.{}/1", report.operation.name());
        if report.schema != expected {
            return Err(ReadReportError(format!(
                "schema {:?} found, {expected:?} expected",
                report.schema
            )));
        }
        Ok(report)
    }
}

/// Why a text is no report.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a report: {0}")]
pub struct ReadReportError(String);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CopyReport, Finding, FindingKind, Operation, Place};

    #[test]
    fn a_report_is_read_back() {
        let mut report = Report::new(Operation::Verify, Place::new("/mnt/raid/A001", None));
        report.copies.push(CopyReport::new(report.source.clone()));
        report.add(
            Finding::new(FindingKind::HashMismatch, "Clips/A\u{202e}.mov")
                .differing("md5:00", "md5:01")
                .on_copy(0),
        );
        assert_eq!(report.counts.mismatched, 1);
        assert_eq!(report.copies[0].counts.mismatched, 1);
        assert_eq!(Report::from_json(&report.to_json()), Ok(report.clone()));
        report.schema = "mhl.verify/2".into();
        assert!(Report::from_json(&report.to_json()).is_err());
    }
}
