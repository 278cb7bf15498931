//! What a report is of: the operation, its roll, its source.

use crate::{
    Error, Report, Status,
    boundary::{
        arguments::{StructSize, to_fill},
        guard::guard,
        handle::lent,
        text::Text,
    },
};

/// What a report is of. Set `struct_size` before it is filled. Its texts belong to the report.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Roll {
    /// `sizeof(mhl_roll)`.
    pub struct_size: usize,
    /// What was done: `seal`, `offload`, `verify` and so on.
    pub operation: Text,
    /// The roll's name; absent, as its content, where no list could be made or read. Names repeat
    /// across days: a name identifies nothing by itself.
    pub name: Text,
    /// The identity of its content: a C4 over the roll's first list.
    pub content: Text,
    /// Files that its list names.
    pub files: u64,
    /// Their sizes added up.
    pub bytes: u64,
    /// The folder that was read: the card of an offload, the roll of a verification.
    pub source: Text,
    /// The file system that it stands on, spelled as `mhl_copy.device`; or absent.
    pub source_device: Text,
    /// Program and version that did it.
    pub tool: Text,
    /// Name of the computer.
    pub host: Text,
    /// When it started, RFC 3339 in UTC.
    pub started: Text,
    /// When it ended.
    pub finished: Text,
}

// SAFETY: `repr(C)`, `struct_size` first; zeros are absent texts, nothing, and what is unknown. C
// never fills it.
unsafe impl StructSize for Roll {
    const NAME: &'static str = "mhl_roll";
}

impl From<&mhl_core::Report> for Roll {
    fn from(report: &mhl_core::Report) -> Self {
        let roll = report.roll.as_ref();
        Roll {
            struct_size: size_of::<Roll>(),
            operation: Text::of(report.operation.name()),
            name: Text::of_optional(roll.map(|roll| roll.name.as_str())),
            content: Text::of_optional(roll.map(|roll| roll.content.as_str())),
            files: roll.map_or(0, |roll| roll.files),
            bytes: roll.map_or(0, |roll| roll.bytes),
            source: Text::of(&report.source.path),
            source_device: Text::of_optional(report.source.device.as_deref()),
            tool: Text::of(&report.tool),
            host: Text::of(&report.host),
            started: Text::of(&report.started),
            finished: Text::of(&report.finished),
        }
    }
}

/// Writes what the report is of. Set `roll->struct_size` before. Its texts are gone with the report.
///
/// Threads: any number at once.
///
/// Errors: `MHL_STATUS_STRUCT_SIZE`.
///
/// # Safety
/// `report` is NULL or a report that was not freed; `roll` is NULL or a struct whose `struct_size`
/// is set; `error` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_report_roll(
    report: *const Report,
    roll: *mut Roll,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let (report, output) = (lent(report, "report")?, to_fill(roll)?);
            output.write(report.engines().into());
            Ok(())
        })
    }
}
