//! Evidence: what an operation's report proves about copies of a roll.

use std::ffi::c_char;

use mhl_policy::{MediumId, Placement};

use crate::{
    Error, Ledger, NO_COPY, Recorder, Report, Status,
    boundary::{
        arguments::{elements, optional_text, text},
        handle::lent,
    },
    clearance::ledger::{Addition, append},
};

/// Where one folder of a report stands. It stands in arrays and never grows.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct ReportPlacement {
    /// Which copy, by its place in the report; `MHL_NO_COPY` for the card that was offloaded.
    pub copy: u64,
    /// The medium, NUL-terminated UTF-8: `serial:NUMBER`, `lto:BARCODE`, `fs:UUID` or `hub:NAME`.
    /// NULL leaves it to the report, which may know the file system.
    pub medium: *const c_char,
    /// The place, by its recorded identifier. NULL leaves it where the medium was last known to be.
    pub place: *const c_char,
}

/// A medium's identifier from C.
pub(super) fn medium_id(text: &str, name: &str) -> Result<MediumId, Error> {
    text.parse().map_err(|error| Error::new(Status::InvalidArgument, format!("{name}: {error}")))
}

/// Reads placements.
///
/// # Safety
/// `placements` is NULL or points to `count` structs, their texts NULL or NUL-terminated.
unsafe fn read(placements: *const ReportPlacement, count: usize) -> Result<Vec<Placement>, Error> {
    let mut read = Vec::new();
    // SAFETY: as the caller promises.
    for (index, placed) in unsafe { elements(placements, count, "placements") }?.iter().enumerate()
    {
        let (medium, place) =
            (format!("placements[{index}].medium"), format!("placements[{index}].place"));
        // SAFETY: as the caller promises.
        let (medium_text, place_text) = unsafe {
            (optional_text(placed.medium, &medium)?, optional_text(placed.place, &place)?)
        };
        let copy = match placed.copy {
            NO_COPY => None,
            // A number that no copy can have is refused with those that none has.
            copy => Some(usize::try_from(copy).unwrap_or(usize::MAX)),
        };
        let id = medium_text.map(|text| medium_id(text, &medium)).transpose()?;
        read.push(Placement::new(copy, id, place_text.map(Into::into)));
    }
    Ok(read)
}

/// Appends what an operation's report proves about copies of a roll: the one way in for evidence,
/// which is never typed. `roll` is the roll's recorded identifier, NUL-terminated UTF-8; `placements`
/// points to `count` placements, which say on which medium each folder of the report stands. On
/// success the line is on the disk, where the ledger has a file, and `*number` is its sequence number;
/// `number` may be NULL.
///
/// A copy whose report does not prove it is recorded all the same, and does not count:
/// `mhl_ledger_remark` says so.
///
/// Threads: one call at a time on a ledger; a second one gets `MHL_STATUS_BUSY`.
///
/// Errors, and the ledger is as it was: `MHL_STATUS_REPORT_REFUSED` for a placement that fits no
/// folder, or a report that contradicts itself; `MHL_STATUS_INVALID_EVENT` when the roll is not
/// recorded, or a medium is seen at another place than the one recorded: record a `move` first;
/// `MHL_STATUS_INVALID_ARGUMENT` for a text that identifies no medium; `MHL_STATUS_LEDGER_READ_ONLY`;
/// `MHL_STATUS_IO`; `MHL_STATUS_NOT_UNICODE`; `MHL_STATUS_STRUCT_SIZE`.
///
/// # Safety
/// `ledger` is NULL or a ledger, `report` NULL or a report, neither freed; `roll` is NULL or
/// NUL-terminated; `placements` is NULL or points to `count` structs, their texts NULL or
/// NUL-terminated; `recorder` is NULL or a filled struct, its texts NULL or NUL-terminated; `number`
/// and `error` are NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_ledger_record_report(
    ledger: *mut Ledger,
    report: *const Report,
    roll: *const c_char,
    placements: *const ReportPlacement,
    count: usize,
    recorder: *const Recorder,
    number: *mut u64,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        let evidence = || {
            let report = lent(report, "report")?.engines();
            Ok(Addition::Report(report, text(roll, "roll")?, read(placements, count)?))
        };
        append(ledger, evidence, recorder, number, error)
    }
}
