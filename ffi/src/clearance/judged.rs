//! The copies as a verdict found them.

use crate::{
    Error, Grade, Status, Text, Truth, Verdict,
    boundary::{
        arguments::{StructSize, item, to_fill},
        guard::guard,
        handle::lent,
    },
};

/// A copy as a verdict found it. Set `struct_size` before it is filled. Its texts belong to the
/// verdict; each is absent where nobody recorded it.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct JudgedCopy {
    /// `sizeof(mhl_judged_copy)`.
    pub struct_size: usize,
    /// Whether it counts after the wipe.
    pub counts: Truth,
    /// How strong its evidence is.
    pub grade: Grade,
    /// The roll.
    pub roll: Text,
    /// The medium that it stands on.
    pub medium: Text,
    /// What the medium is, as `RAID 5`.
    pub kind: Text,
    /// The root folder, as the report spelled it.
    pub root: Text,
    /// Where the medium stands; absent in transit too.
    pub place: Text,
    /// The site of that place.
    pub site: Text,
    /// Why it does not count, or may not; empty where it does.
    pub reason: Text,
    /// The number of the event whose evidence it stands on.
    pub event: Text,
    /// C4 of the list that stands with it.
    pub manifest_c4: Text,
}

// SAFETY: `repr(C)`, `struct_size` first; zeros are absent texts, nothing, and what is unknown. C
// never fills it.
unsafe impl StructSize for JudgedCopy {
    const NAME: &'static str = "mhl_judged_copy";
}

impl JudgedCopy {
    fn of(copy: &mhl_policy::JudgedCopy, event: Option<&str>) -> Self {
        JudgedCopy {
            struct_size: size_of::<JudgedCopy>(),
            counts: copy.counts.into(),
            grade: copy.grade.into(),
            roll: Text::of(copy.roll.as_str()),
            medium: Text::of_optional(copy.medium.as_ref().map(|medium| medium.as_str())),
            kind: Text::of_optional(copy.kind.as_deref()),
            root: Text::of(&copy.root),
            place: Text::of_optional(copy.place.as_ref().map(|place| place.as_str())),
            site: Text::of_optional(copy.site.as_deref()),
            reason: Text::of(&copy.reason),
            event: Text::of_optional(event),
            manifest_c4: Text::of_optional(copy.manifest.as_deref()),
        }
    }
}

/// Writes a copy that the verdict looked at, by index from 0, in the order of the rolls. Set
/// `copy->struct_size` before. Its texts are gone with the verdict.
///
/// Threads: any number at once.
///
/// Errors: `MHL_STATUS_NOT_FOUND` for an index beyond `mhl_answer.copies`;
/// `MHL_STATUS_STRUCT_SIZE`.
///
/// # Safety
/// `verdict` is NULL or a verdict that was not freed; `copy` is NULL or a struct whose `struct_size`
/// is set; `error` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_verdict_copy(
    verdict: *const Verdict,
    index: u64,
    copy: *mut JudgedCopy,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let (verdict, output) = (lent(verdict, "verdict")?, to_fill(copy)?);
            let found = item(&verdict.verdict.copies, index, "copy")?;
            let event = item(&verdict.events, index, "copy")?;
            output.write(JudgedCopy::of(found, event.as_deref()));
            Ok(())
        })
    }
}
