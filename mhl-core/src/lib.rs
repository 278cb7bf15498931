//! Media Hash Lists read, written and compared; camera cards sealed, verified and offloaded.
#![forbid(unsafe_code)]

mod report;

pub use report::{
    CopyReport, Counts, FileRecord, Finding, FindingKind, Grade, ManifestRecord, Operation, Place,
    ReadReportError, Report, Roll, Status,
};
