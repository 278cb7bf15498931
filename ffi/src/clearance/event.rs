//! Events: what happened to rolls, media and places.

use std::ffi::c_char;

use mhl_policy::Event;

use crate::{
    Error, Ledger, Recorder, Status, Text,
    boundary::{
        arguments::{Output, elements, item, long_text, text},
        guard::guard,
        handle::with,
    },
    clearance::ledger::{Addition, append},
};

/// A field of an event as a person types it. It stands in arrays and never grows.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Field {
    /// The field's name, NUL-terminated UTF-8. Hyphens and underscores are the same.
    pub name: *const c_char,
    /// Its value. A list takes its field once for each item, and once with an empty value for the
    /// empty list; where "all" may be said, `all` alone says it.
    pub value: *const c_char,
}

/// Appends an event: `kind` is NUL-terminated UTF-8, as `place` or `inspection`; `data` is the event's
/// data, `len` bytes of JSON, with the fields that the ledger's schema lists for that kind. On
/// success the line is on the disk, where the ledger has a file, and `*number` is its sequence number;
/// `number` may be NULL. What a report proves has its own way in (`mhl_ledger_record_report`), and so
/// has another ledger (`mhl_ledger_import`).
///
/// Threads: one call at a time on a ledger; a second one gets `MHL_STATUS_BUSY`.
///
/// Errors, and the ledger is as it was: `MHL_STATUS_INVALID_EVENT` for an unknown kind, a field too
/// many, too few or said twice, or an event that contradicts an earlier one;
/// `MHL_STATUS_LEDGER_READ_ONLY`; `MHL_STATUS_IO`; `MHL_STATUS_INVALID_ARGUMENT`;
/// `MHL_STATUS_NOT_UNICODE`; `MHL_STATUS_STRUCT_SIZE`.
///
/// # Safety
/// `ledger` is NULL or a ledger that was not freed; `kind` is NULL or NUL-terminated; `data` is NULL
/// or points to `len` bytes; `recorder` is NULL or a filled struct, its texts NULL or NUL-terminated;
/// `number` and `error` are NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_ledger_append(
    ledger: *mut Ledger,
    kind: *const c_char,
    data: *const c_char,
    len: usize,
    recorder: *const Recorder,
    number: *mut u64,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        let event = || {
            let (kind, data) = (text(kind, "kind")?, long_text(data, len, "data")?);
            Ok(Addition::Event(Box::new(Event::from_json_text(kind, data)?)))
        };
        append(ledger, event, recorder, number, error)
    }
}

/// `mhl_ledger_append` without JSON: `fields` points to `count` fields as a person types them, such as
/// `{"id", "cart"}, {"site", "Stage 5"}` of a `place`.
///
/// Threads and errors: as `mhl_ledger_append`.
///
/// # Safety
/// `fields` is NULL or points to `count` fields, their texts NULL or NUL-terminated; the rest as
/// `mhl_ledger_append`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_ledger_append_fields(
    ledger: *mut Ledger,
    kind: *const c_char,
    fields: *const Field,
    count: usize,
    recorder: *const Recorder,
    number: *mut u64,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        let event = || {
            let mut typed = Vec::new();
            for (index, field) in elements(fields, count, "fields")?.iter().enumerate() {
                let name = text(field.name, &format!("fields[{index}].name"))?;
                typed.push((name, text(field.value, &format!("fields[{index}].value"))?));
            }
            Ok(Addition::Event(Box::new(Event::from_fields(text(kind, "kind")?, &typed)?)))
        };
        append(ledger, event, recorder, number, error)
    }
}

/// Appends another ledger whole, given as its text, `len` bytes of UTF-8, its lines verbatim: a second
/// unit's, for example. Lines that both share count once. On success `*number` is the import's own
/// sequence number; `number` may be NULL.
///
/// Threads: one call at a time on a ledger; a second one gets `MHL_STATUS_BUSY`.
///
/// Errors, and the ledger is as it was: `MHL_STATUS_INVALID_LEDGER` with a line of the other, when
/// that has faults; `MHL_STATUS_INVALID_EVENT` when the two contradict each other, or one is
/// simulated and the other not; the rest as `mhl_ledger_append`.
///
/// # Safety
/// `text` is NULL or points to `len` bytes; the rest as `mhl_ledger_append`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_ledger_import(
    ledger: *mut Ledger,
    text: *const c_char,
    len: usize,
    recorder: *const Recorder,
    number: *mut u64,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        let other = || Ok(Addition::Import(long_text(text, len, "text")?));
        append(ledger, other, recorder, number, error)
    }
}

/// Writes what is worth saying about the event that was appended last, by index from 0: a word that is
/// not known and counts as unknown, a field that it leaves open, a medium or place that it names and
/// nobody recorded, a copy that its report does not prove. None of it is a failure: the event was
/// taken as it is. The text is gone with the next call that appends, and with the ledger.
///
/// Threads: one call at a time on a ledger; a second one gets `MHL_STATUS_BUSY`.
///
/// Errors: `MHL_STATUS_NOT_FOUND` beyond the last remark.
///
/// # Safety
/// `ledger` is NULL or a ledger that was not freed; `remark` and `error` are NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_ledger_remark(
    ledger: *mut Ledger,
    index: u64,
    remark: *mut Text,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let output = Output::new(remark, "remark")?;
            with(ledger, |kept| {
                output.write(Text::of(item(&kept.remarks, index, "remark")?));
                Ok(())
            })
        })
    }
}
