//! What to do next.

use crate::{
    Error, Status, Text, Verdict,
    boundary::{
        arguments::{StructSize, item, to_fill},
        guard::guard,
        handle::lent,
    },
};

/// Something to do next. Set `struct_size` before it is filled. Its texts belong to the verdict.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct NextAction {
    /// `sizeof(mhl_next_action)`.
    pub struct_size: usize,
    /// What it costs, in rough minutes of somebody's attention: what orders two ways to the same
    /// end, and no promise.
    pub cost: u32,
    /// What kind of thing, by the names that programs match on: `copy`, `verify`, `inspect` and so
    /// on. Its fields stand in `mhl_verdict_next_json`.
    pub name: Text,
    /// What to do, in words.
    pub sentence: Text,
}

// SAFETY: `repr(C)`, `struct_size` first; zeros are absent texts, nothing, and what is unknown. C
// never fills it.
unsafe impl StructSize for NextAction {
    const NAME: &'static str = "mhl_next_action";
}

/// Writes what to do next, by index from 0, in the order in which it is done: the cheapest actions
/// that would have the question cleared. None where it is. Set `action->struct_size` before. Its texts
/// are gone with the verdict.
///
/// Threads: any number at once.
///
/// Errors: `MHL_STATUS_NOT_FOUND` for an index beyond `mhl_answer.actions`;
/// `MHL_STATUS_STRUCT_SIZE`.
///
/// # Safety
/// `verdict` is NULL or a verdict that was not freed; `action` is NULL or a struct whose
/// `struct_size` is set; `error` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_verdict_action(
    verdict: *const Verdict,
    index: u64,
    action: *mut NextAction,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let (verdict, output) = (lent(verdict, "verdict")?, to_fill(action)?);
            let found = item(&verdict.next.actions, index, "action")?;
            let sentence = item(&verdict.actions, index, "action")?;
            output.write(NextAction {
                struct_size: size_of::<NextAction>(),
                cost: found.cost(),
                name: Text::of(found.name()),
                sentence: Text::of(sentence),
            });
            Ok(())
        })
    }
}
