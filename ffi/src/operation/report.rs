//! What an operation found.

use std::{ffi::c_char, mem::offset_of, sync::OnceLock};

use mhl_core::Status as CoreStatus;

use crate::{
    Error, Status,
    boundary::{
        arguments::{Output, StructSize, item, long_text, to_fill},
        guard::{guard, guard_free},
        handle::{self, lent},
        text::Text,
    },
    operation::copy::CopySayings,
};

/// What `mhl_finding.copy` holds for a finding that is about no copy.
pub const NO_COPY: u64 = u64::MAX;

/// What an operation found. Owned by the caller, who frees it; never changes.
#[derive(Debug)]
pub struct Report {
    report: mhl_core::Report,
    /// What is said of each copy and stands in the report in another form.
    pub(super) sayings: Vec<CopySayings>,
    json: OnceLock<String>,
    html: OnceLock<String>,
}

/// The result in one word. Only `MHL_OUTCOME_VERIFIED` says that every file was read and held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
#[non_exhaustive]
pub enum Outcome {
    /// One that this header does not name: not verified.
    Unknown = 0,
    /// Every listed file was read and every recorded digest held, and nothing else stands there.
    Verified = 1,
    /// Every file was read and listed; there was nothing to compare it with.
    Sealed = 2,
    /// At least one finding is a fault.
    Failed = 3,
    /// Nothing failed, but something could not be proven. Never clears a wipe.
    Unproven = 4,
    /// It was stopped. Never clears a wipe.
    Cancelled = 5,
    /// Everything was listed with the digests that another program told; nothing was read. Never
    /// clears a wipe.
    Recorded = 6,
}

impl From<CoreStatus> for Outcome {
    fn from(status: CoreStatus) -> Self {
        match status {
            CoreStatus::Verified => Outcome::Verified,
            CoreStatus::Sealed => Outcome::Sealed,
            CoreStatus::Failed => Outcome::Failed,
            CoreStatus::Unproven => Outcome::Unproven,
            CoreStatus::Cancelled => Outcome::Cancelled,
            CoreStatus::Recorded => Outcome::Recorded,
            _ => Outcome::Unknown,
        }
    }
}

/// A report in numbers. Set `struct_size` before it is filled.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Summary {
    /// `sizeof(mhl_summary)`.
    pub struct_size: usize,
    /// The result in one word.
    pub outcome: Outcome,
    /// Findings in all: indices of `mhl_report_finding` lie below.
    pub findings: u64,
    /// Files listed.
    pub files: u64,
    /// Bytes read and hashed.
    pub bytes: u64,
    /// Files whose every comparable digest held.
    pub verified: u64,
    /// Files with a wrong size or digest.
    pub mismatched: u64,
    /// Files listed and absent.
    pub missing: u64,
    /// Files present and not listed.
    pub unlisted: u64,
    /// Files that could not be read, written or represented.
    pub unreadable: u64,
    /// Files with nothing to compare.
    pub unproven: u64,
    /// Findings that are warnings.
    pub warnings: u64,
    /// Every other finding that is a fault: of the history, the chain, the device.
    pub faults: u64,
    /// Files left behind by operating systems, passed over.
    pub litter: u64,
    /// Files that stand there with their sizes and were not read.
    pub unread: u64,
    /// Copies: indices of `mhl_report_copy` lie below.
    pub copies: u64,
    /// Parts of the work: indices of `mhl_report_phase` lie below.
    pub phases: u64,
}

// SAFETY: `repr(C)`, `struct_size` first; zeros are an unknown outcome of nothing. C never fills it.
unsafe impl StructSize for Summary {
    const NAME: &'static str = "mhl_summary";
    const EARLIER: &'static [usize] = &[offset_of!(Summary, unread)];
}

/// One thing that is to be known. Its texts belong to the report, or to the callback's call.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Finding {
    /// `sizeof(mhl_finding)`. Set it before it is filled.
    pub struct_size: usize,
    /// What kind of thing, by the names that programs match on: `hash-mismatch`,
    /// `missing-file` and so on.
    pub kind: Text,
    /// Where: a path relative to the roll, or that of a folder or device. Bytes that are no UTF-8
    /// are escaped as `\xHH`. Control characters stand as they are: escape them for a terminal.
    pub path: Text,
    /// What was expected; absent where nothing was.
    pub expected: Text,
    /// What was found; absent where nothing was.
    pub found: Text,
    /// A sentence for people, the cause and what to do; or absent.
    pub note: Text,
    /// Which copy, by its place in the report; `MHL_NO_COPY` for none.
    pub copy: u64,
    /// 1 for a fault, which no verification survives; 0 for a warning.
    pub is_fault: u32,
}

// SAFETY: `repr(C)`, `struct_size` first; zeros are absent texts. C never fills it.
unsafe impl StructSize for Finding {
    const NAME: &'static str = "mhl_finding";
}

impl From<&mhl_core::Finding> for Finding {
    fn from(finding: &mhl_core::Finding) -> Self {
        Finding {
            struct_size: size_of::<Finding>(),
            kind: Text::of(finding.kind.name()),
            path: Text::of(&finding.path),
            expected: Text::of_optional(finding.expected.as_deref()),
            found: Text::of_optional(finding.found.as_deref()),
            note: Text::of_optional(finding.note.as_deref()),
            copy: finding.copy.map_or(NO_COPY, |copy| copy as u64),
            is_fault: u32::from(finding.kind.is_fault()),
        }
    }
}

impl Report {
    /// Hands a report over to C.
    ///
    /// # Errors
    /// That the operation was stopped: of such there is no report.
    pub(crate) fn hand_over(report: mhl_core::Report) -> Result<*mut Report, Error> {
        if report.status == CoreStatus::Cancelled {
            return Err(Error::new(
                Status::Cancelled,
                format!("the {} was stopped", report.operation.name()),
            ));
        }
        let sayings = report.copies.iter().map(CopySayings::of).collect();
        let (json, html) = (OnceLock::new(), OnceLock::new());
        Ok(handle::owned(Report { report, sayings, json, html }))
    }

    /// The same for the other crates.
    pub(crate) const fn engines(&self) -> &mhl_core::Report {
        &self.report
    }

    fn page(&self) -> String {
        let mut page = Vec::new();
        // Nothing that is written to memory fails, and a page is text.
        let _ = self.report.write_html(&mut page);
        String::from_utf8(page).unwrap_or_default()
    }

    fn summary(&self) -> Summary {
        let counts = &self.report.counts;
        Summary {
            struct_size: size_of::<Summary>(),
            outcome: self.report.status.into(),
            findings: self.report.findings.len() as u64,
            files: counts.files,
            bytes: counts.bytes,
            verified: counts.verified,
            mismatched: counts.mismatched,
            missing: counts.missing,
            unlisted: counts.new,
            unreadable: counts.unreadable,
            unproven: counts.unproven,
            warnings: counts.warnings,
            faults: counts.faults,
            litter: counts.litter,
            unread: counts.unread,
            copies: self.report.copies.len() as u64,
            phases: self.report.phases.len() as u64,
        }
    }
}

/// Reads a report back, `len` bytes of JSON as `mhl_report_json` wrote them or the command kept them:
/// one that was made on another machine, to be recorded in a ledger here. Nothing tells whether the
/// text was changed since: that it was not is the caller's word. The caller owns `*report` and frees it
/// with `mhl_report_free`.
///
/// Threads: any number at once.
///
/// Errors: `MHL_STATUS_INVALID_REPORT`; `MHL_STATUS_CANCELLED` for that of an operation that was
/// stopped; `MHL_STATUS_NOT_UNICODE`.
///
/// # Safety
/// `json` is NULL or points to `len` bytes; `report` and `error` are NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_report_parse(
    json: *const c_char,
    len: usize,
    report: *mut *mut Report,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let output = Output::new(report, "report")?;
            let read = mhl_core::Report::from_json(long_text(json, len, "json")?)
                .map_err(|error| Error::new(Status::InvalidReport, error))?;
            output.write(Report::hand_over(read)?);
            Ok(())
        })
    }
}

/// Writes the report in numbers. Set `summary->struct_size` before.
///
/// Threads: any number at once.
///
/// Errors: `MHL_STATUS_STRUCT_SIZE`.
///
/// # Safety
/// `report` is NULL or a report that was not freed; `summary` is NULL or a struct whose
/// `struct_size` is set; `error` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_report_summary(
    report: *const Report,
    summary: *mut Summary,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let (report, output) = (lent(report, "report")?, to_fill(summary)?);
            output.write(report.summary());
            Ok(())
        })
    }
}

/// Writes the finding at an index, from 0, in the order of the work. Set `finding->struct_size`
/// before. Its texts are gone with the report.
///
/// Threads: any number at once.
///
/// Errors: `MHL_STATUS_NOT_FOUND` for an index beyond `mhl_summary.findings`;
/// `MHL_STATUS_STRUCT_SIZE`.
///
/// # Safety
/// `report` is NULL or a report that was not freed; `finding` is NULL or a struct whose
/// `struct_size` is set; `error` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_report_finding(
    report: *const Report,
    index: u64,
    finding: *mut Finding,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let (report, output) = (lent(report, "report")?, to_fill(finding)?);
            output.write(item(&report.report.findings, index, "finding")?.into());
            Ok(())
        })
    }
}

/// Writes the whole report as one line of JSON, as the command prints it with `--json`; its `schema`
/// names the version. It is made when it is first asked for and gone with the report.
///
/// Threads: any number at once.
///
/// # Safety
/// `report` is NULL or a report that was not freed; `json` and `error` are NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_report_json(
    report: *const Report,
    json: *mut Text,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let (report, output) = (lent(report, "report")?, Output::new(json, "json")?);
            output.write(Text::of(report.json.get_or_init(|| report.report.to_json())));
            Ok(())
        })
    }
}

/// Writes the report as one page of HTML that stands by itself, in UTF-8: what was not proven first,
/// every finding, every file. It has no script and asks for nothing outside itself; whatever names
/// and notes hold is escaped. It is made when it is first asked for and gone with the report.
///
/// Threads: any number at once.
///
/// # Safety
/// `report` is NULL or a report that was not freed; `html` and `error` are NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_report_html(
    report: *const Report,
    html: *mut Text,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let (report, output) = (lent(report, "report")?, Output::new(html, "html")?);
            output.write(Text::of(report.html.get_or_init(|| report.page())));
            Ok(())
        })
    }
}

/// Frees a report, and with it every text that was read from it. NULL is accepted.
///
/// Threads: one, the last to use it.
///
/// # Safety
/// `report` is NULL or a report that was not freed; it is used no more. A second free cannot be
/// told and corrupts memory.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_report_free(report: *mut Report) {
    // SAFETY: as the caller promises.
    guard_free(|| unsafe { handle::free_owned(report) });
}
