//! What may be asked.

use std::ffi::c_char;

use crate::{
    Error, Status,
    boundary::arguments::{StructSize, given, optional_text},
    clearance::evidence::medium_id,
};

/// What may be asked, in one of three ways: a `roll` alone, a `roll` and a `card`, or a `storage`
/// alone. Zero it, set `struct_size`, then the texts: NUL-terminated UTF-8.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Question {
    /// `sizeof(mhl_question)`.
    pub struct_size: usize,
    /// May every capture device that holds this roll be wiped? By its recorded identifier.
    pub roll: *const c_char,
    /// May this one capture device, which holds the roll, be wiped? A medium's identifier.
    pub card: *const c_char,
    /// May this onset or near-set storage be wiped? A medium's identifier.
    pub storage: *const c_char,
}

// SAFETY: `repr(C)`, `struct_size` first; pointers that may be anything until they are used.
unsafe impl StructSize for Question {
    const NAME: &'static str = "mhl_question";
}

/// Reads a question.
///
/// # Safety
/// `question` is NULL or a filled struct, its texts NULL or NUL-terminated.
pub(super) unsafe fn read(question: *const Question) -> Result<mhl_policy::Question, Error> {
    // SAFETY: as the caller promises.
    let Some(question) = (unsafe { given(question) })? else {
        return Err(Error::null("question"));
    };
    // SAFETY: as the caller promises.
    let (roll, card, storage) = unsafe {
        (
            optional_text(question.roll, "mhl_question.roll")?,
            optional_text(question.card, "mhl_question.card")?,
            optional_text(question.storage, "mhl_question.storage")?,
        )
    };
    match (roll, card, storage) {
        (Some(roll), None, None) => Ok(mhl_policy::Question::roll(roll)),
        (Some(roll), Some(card), None) => {
            Ok(mhl_policy::Question::card(roll, medium_id(card, "mhl_question.card")?))
        }
        (None, None, Some(storage)) => {
            Ok(mhl_policy::Question::storage(medium_id(storage, "mhl_question.storage")?))
        }
        _ => {
            let message = "mhl_question names a roll, a roll and a card, or a storage";
            Err(Error::new(Status::InvalidArgument, message))
        }
    }
}
