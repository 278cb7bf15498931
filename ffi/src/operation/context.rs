//! What an operation is given besides its paths and options.

use std::ffi::{c_char, c_void};

use mhl_core::Agent;

use crate::{
    CancelToken, Error,
    boundary::arguments::{StructSize, given, optional_text},
    operation::progress::{ProgressCallback, Watcher},
};

/// Who does the work, and who watches it. Zero it, set `struct_size`, then what is wanted: a NULL
/// text is recorded as `unknown`. Everything is read before the operation begins; the callback and
/// its data are used until it returns.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Context {
    /// `sizeof(mhl_context)`.
    pub struct_size: usize,
    /// Name of the program, recorded in lists and reports: NUL-terminated UTF-8, as the next
    /// three.
    pub tool: *const c_char,
    /// Version of the program.
    pub tool_version: *const c_char,
    /// Name of the computer.
    pub host: *const c_char,
    /// Account or role of who runs it.
    pub user: *const c_char,
    /// Is told where the operation stands and may stop it; or NULL.
    pub progress: ProgressCallback,
    /// Passed to the callback as it is.
    pub userdata: *mut c_void,
    /// Stops the operation from any thread; or NULL.
    pub cancel: *const CancelToken,
}

// SAFETY: `repr(C)`, `struct_size` first; the rest are pointers, each of which may be anything
// until it is used.
unsafe impl StructSize for Context {
    const NAME: &'static str = "mhl_context";
}

/// Reads a context; NULL is nobody known, and nobody watching.
///
/// # Safety
/// `context` is NULL or a filled struct, its texts NULL or NUL-terminated, its token NULL or not
/// freed.
pub(crate) unsafe fn read(context: *const Context) -> Result<(Agent, Watcher), Error> {
    let unknown = || Agent::new("unknown", "unknown", "unknown", "unknown");
    // SAFETY: as the caller promises.
    let Some(context) = (unsafe { given(context) })? else {
        return Ok((unknown(), Watcher::new(None, std::ptr::null_mut(), None)));
    };
    let mut agent = unknown();
    let texts = [
        (&mut agent.tool, context.tool, "mhl_context.tool"),
        (&mut agent.version, context.tool_version, "mhl_context.tool_version"),
        (&mut agent.host, context.host, "mhl_context.host"),
        (&mut agent.user, context.user, "mhl_context.user"),
    ];
    for (to, text, name) in texts {
        // SAFETY: NULL or NUL-terminated, as the caller promises.
        if let Some(text) = unsafe { optional_text(text, name) }? {
            text.clone_into(to);
        }
    }
    // SAFETY: NULL or not freed, as the caller promises.
    let token = unsafe { CancelToken::share(context.cancel) };
    Ok((agent, Watcher::new(context.progress, context.userdata, token)))
}
