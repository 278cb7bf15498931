//! What an operation is given besides its paths and options.

use std::{
    ffi::{c_char, c_void},
    mem::offset_of,
    num::NonZero,
};

use mhl_core::{Agent, Author};

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
    /// Operations that run on this machine at the same time and share its processors; 0 for this
    /// one alone.
    pub sharing: u32,
}

// SAFETY: `repr(C)`, `struct_size` first; the rest are pointers, each of which may be anything
// until it is used.
unsafe impl StructSize for Context {
    const NAME: &'static str = "mhl_context";
    const EARLIER: &'static [usize] = &[offset_of!(Context, sharing)];
}

/// Who does an operation and who watches it, as it was given.
pub(crate) struct Given {
    agent: Agent,
    watcher: Watcher,
    sharing: NonZero<usize>,
}

impl Given {
    /// The same with whom a list is to name as its author.
    pub(crate) fn by(mut self, author: Option<Author>) -> Self {
        self.agent.author = author;
        self
    }

    /// The same for the engine.
    pub(crate) fn context(&self) -> mhl_core::Context<'_> {
        mhl_core::Context::new(&self.agent).with_progress(&self.watcher).sharing(self.sharing)
    }
}

/// Reads a context; NULL is nobody known, and nobody watching.
///
/// # Safety
/// `context` is NULL or a filled struct, its texts NULL or NUL-terminated, its token NULL or not
/// freed.
pub(crate) unsafe fn read(context: *const Context) -> Result<Given, Error> {
    let mut agent = Agent::new("unknown", "unknown", "unknown", "unknown");
    let alone = NonZero::<usize>::MIN;
    // SAFETY: as the caller promises.
    let Some(context) = (unsafe { given(context) })? else {
        let watcher = Watcher::new(None, std::ptr::null_mut(), None);
        return Ok(Given { agent, watcher, sharing: alone });
    };
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
    let sharing = usize::try_from(context.sharing).ok().and_then(NonZero::new).unwrap_or(alone);
    let watcher = Watcher::new(context.progress, context.userdata, token);
    Ok(Given { agent, watcher, sharing })
}
