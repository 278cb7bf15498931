//! What was read and written in which time: the rates of an operation.

use crate::{
    Error, NO_COPY, Phase, Report, Status,
    boundary::{
        arguments::{StructSize, item, to_fill},
        guard::guard,
        handle::lent,
        text::Text,
    },
};

/// What `mhl_phase_record.busy_ms` holds where nothing was measured.
pub const NOT_MEASURED: u64 = u64::MAX;

/// A part of the work: what one device read or wrote in it, and when. Set `struct_size` before it is
/// filled. Its texts belong to the report.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct PhaseRecord {
    /// `sizeof(mhl_phase_record)`.
    pub struct_size: usize,
    /// Which part.
    pub phase: Phase,
    /// The copy that was written or read, by its place in the report; `MHL_NO_COPY` for the source.
    pub copy: u64,
    /// When it started, RFC 3339 in UTC, to the second.
    pub started: Text,
    /// When it ended.
    pub finished: Text,
    /// Bytes that were read, or written.
    pub bytes: u64,
    /// Milliseconds of that time in which the device was at work and not waiting for others: the
    /// rate that it is capable of is `bytes` by this. `MHL_NOT_MEASURED` where it was not measured.
    pub busy_ms: u64,
}

// SAFETY: `repr(C)`, `struct_size` first; zeros are absent texts, nothing, and what is unknown. C
// never fills it.
unsafe impl StructSize for PhaseRecord {
    const NAME: &'static str = "mhl_phase_record";
}

impl From<&mhl_core::PhaseRecord> for PhaseRecord {
    fn from(record: &mhl_core::PhaseRecord) -> Self {
        PhaseRecord {
            struct_size: size_of::<PhaseRecord>(),
            phase: record.phase.into(),
            copy: record.copy.map_or(NO_COPY, |copy| copy as u64),
            started: Text::of(&record.started),
            finished: Text::of(&record.finished),
            bytes: record.bytes,
            busy_ms: record.busy_ms.unwrap_or(NOT_MEASURED),
        }
    }
}

/// Writes the part of the work at an index, from 0. Set `phase->struct_size` before. Its texts are
/// gone with the report.
///
/// Threads: any number at once.
///
/// Errors: `MHL_STATUS_NOT_FOUND` for an index beyond `mhl_summary.phases`;
/// `MHL_STATUS_STRUCT_SIZE`.
///
/// # Safety
/// `report` is NULL or a report that was not freed; `phase` is NULL or a struct whose `struct_size`
/// is set; `error` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_report_phase(
    report: *const Report,
    index: u64,
    phase: *mut PhaseRecord,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let (report, output) = (lent(report, "report")?, to_fill(phase)?);
            output.write(item(&report.engines().phases, index, "phase")?.into());
            Ok(())
        })
    }
}
