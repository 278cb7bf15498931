//! Why a call failed where there is more than one reason: each of them.

use mhl_core::escape_for_display;

use crate::{
    Error, Status,
    boundary::{
        arguments::{StructSize, item, to_fill},
        guard::guard,
        handle::lent,
        text::Text,
    },
};

/// One of several reasons why a call failed. Set `struct_size` before it is filled. Its texts belong
/// to the error.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct ErrorCause {
    /// `sizeof(mhl_cause)`.
    pub struct_size: usize,
    /// What kind of thing, by the names that programs match on: that of a finding, of what stands
    /// against a permit, or the rule that a verdict rests on; absent where there is none.
    pub kind: Text,
    /// A sentence, safe to print as the message of an error.
    pub sentence: Text,
    /// The line of a ledger, from 1; 0 for none.
    pub line: u64,
}

// SAFETY: `repr(C)`, `struct_size` first; zeros are absent texts and no line. C never fills it.
unsafe impl StructSize for ErrorCause {
    const NAME: &'static str = "mhl_cause";
}

/// One reason, as an error keeps it.
#[derive(Debug)]
pub(crate) struct Cause {
    kind: Option<&'static str>,
    sentence: String,
    line: u64,
}

impl Cause {
    pub(crate) fn new(sentence: impl std::fmt::Display) -> Self {
        let sentence = escape_for_display(&sentence.to_string());
        Cause { kind: None, sentence, line: 0 }
    }

    /// The same, of a kind.
    pub(crate) fn of_kind(self, kind: &'static str) -> Self {
        Cause { kind: Some(kind), ..self }
    }

    /// The same, about a line.
    pub(crate) fn on_line(self, line: u64) -> Self {
        Cause { line, ..self }
    }
}

impl From<&Cause> for ErrorCause {
    fn from(cause: &Cause) -> Self {
        ErrorCause {
            struct_size: size_of::<ErrorCause>(),
            kind: Text::of_optional(cause.kind),
            sentence: Text::of(&cause.sentence),
            line: cause.line,
        }
    }
}

/// How many reasons an error names one by one: what stands against a permit, the rules by which there
/// is none, the faults of a ledger, what is wrong with the lists on a card, contradictions, paths that
/// are not listed. 0 where the message says all, and for NULL.
///
/// Threads: any number at once.
///
/// # Safety
/// `error` is NULL or an error that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_error_causes(error: *const Error) -> u64 {
    // SAFETY: NULL or live, as the caller promises.
    unsafe { lent(error, "error") }.map_or(0, |error| error.causes().len() as u64)
}

/// Writes the reason at an index, from 0, of the error `of`. Set `cause->struct_size` before. Its texts
/// are gone with that error.
///
/// Threads: any number at once.
///
/// Errors: `MHL_STATUS_NOT_FOUND` for an index beyond `mhl_error_causes`; `MHL_STATUS_STRUCT_SIZE`.
///
/// # Safety
/// `of` is NULL or an error that was not freed; `cause` is NULL or a struct whose `struct_size` is set;
/// `error` is NULL or can be written, and is not where `of` stands.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_error_cause(
    of: *const Error,
    index: u64,
    cause: *mut ErrorCause,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let (of, output) = (lent(of, "of")?, to_fill(cause)?);
            output.write(item(of.causes(), index, "cause")?.into());
            Ok(())
        })
    }
}
