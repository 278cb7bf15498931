//! Progress: where an operation stands, told to a callback that may stop it.

use std::{
    ffi::{c_int, c_void},
    ptr::null,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};

use crate::{CancelToken, boundary::arguments::StructSize, operation::report::Finding};

/// The parts of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
#[non_exhaustive]
pub enum Phase {
    /// One that this header does not name, or none yet.
    Unknown = 0,
    /// Names and sizes are collected.
    Scan = 1,
    /// The source is read, hashed and written to every destination.
    Copy = 2,
    /// What was written is read back and compared.
    ReadBack = 3,
    /// A tree is read and compared with its list.
    Read = 4,
}

impl From<mhl_core::Phase> for Phase {
    fn from(phase: mhl_core::Phase) -> Self {
        match phase {
            mhl_core::Phase::Scan => Phase::Scan,
            mhl_core::Phase::Copy => Phase::Copy,
            mhl_core::Phase::ReadBack => Phase::ReadBack,
            mhl_core::Phase::Read => Phase::Read,
            _ => Phase::Unknown,
        }
    }
}

/// Where an operation stands. Lent to the callback until it returns.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Progress {
    /// `sizeof(mhl_progress)` of the library: a member that lies beyond it is not there.
    pub struct_size: usize,
    /// The part that is under way.
    pub phase: Phase,
    /// Bytes that the part will read; 0 where that is not known.
    pub bytes_total: u64,
    /// Bytes that it has read.
    pub bytes_done: u64,
    /// What was just found, or NULL. It will stand in the report too, if there is one.
    pub finding: *const Finding,
}

// SAFETY: `repr(C)`, `struct_size` first; zeros are no phase, no bytes and no finding. C never
// fills it.
unsafe impl StructSize for Progress {
    const NAME: &'static str = "mhl_progress";
}

/// Is told where an operation stands. Anything but 0 stops it at its next buffer: the call then
/// returns `MHL_STATUS_CANCELLED`, and the callback is not called again.
///
/// Rate: at the beginning of each part, for each finding, and for each buffer of at most 256 KiB
/// that was read. No clock is asked: draw less often than it is called.
///
/// Threads: a thread that works for the call, which need not be the caller's; one call at a time,
/// none after the operation returned.
///
/// From within, every function of this library may be called; a token that the operation was
/// given may be cancelled and freed. No C++ exception may leave it and no `longjmp` may pass
/// through it: the behaviour is undefined.
pub type ProgressCallback =
    Option<unsafe extern "C" fn(userdata: *mut c_void, progress: *const Progress) -> c_int>;

/// Whoever watches an operation from C.
pub(crate) struct Watcher {
    callback: ProgressCallback,
    userdata: *mut c_void,
    token: Option<Arc<CancelToken>>,
    /// The callback asked to stop.
    stopped: AtomicBool,
    standing: Mutex<Progress>,
}

// SAFETY: `userdata` goes nowhere but to the callback, which is documented to be called from any
// thread, one call at a time. The finding in `standing` is NULL between calls.
unsafe impl Send for Watcher {}
// SAFETY: as above; the lock on `standing` makes it one call at a time.
unsafe impl Sync for Watcher {}

impl Watcher {
    pub(crate) fn new(
        callback: ProgressCallback,
        userdata: *mut c_void,
        token: Option<Arc<CancelToken>>,
    ) -> Self {
        let standing = Progress {
            struct_size: size_of::<Progress>(),
            phase: Phase::Unknown,
            bytes_total: 0,
            bytes_done: 0,
            finding: null(),
        };
        Watcher {
            callback,
            userdata,
            token,
            stopped: AtomicBool::new(false),
            standing: Mutex::new(standing),
        }
    }

    /// Takes a step and tells of it, unless the callback asked to stop before.
    fn tell(&self, finding: Option<&Finding>, step: impl FnOnce(&mut Progress)) {
        let Some(callback) = self.callback else { return };
        let mut standing = self.standing.lock().unwrap_or_else(PoisonError::into_inner);
        step(&mut standing);
        if self.stopped.load(Relaxed) {
            return;
        }
        let told = Progress { finding: finding.map_or(null(), |finding| finding), ..*standing };
        // SAFETY: the callback and its data are the caller's, who promises that they can be used
        // until the operation returns; `told` lives until the callback returns.
        if unsafe { callback(self.userdata, &raw const told) } != 0 {
            self.stopped.store(true, Relaxed);
        }
    }
}

impl mhl_hash::Observer for Watcher {
    fn advanced(&self, bytes: u64) {
        self.tell(None, |standing| standing.bytes_done += bytes);
    }

    fn is_cancelled(&self) -> bool {
        self.stopped.load(Relaxed) || self.token.as_ref().is_some_and(|token| token.is_cancelled())
    }
}

impl mhl_core::Progress for Watcher {
    fn phase(&self, phase: mhl_core::Phase, bytes: u64) {
        self.tell(None, |standing| {
            (standing.phase, standing.bytes_total, standing.bytes_done) = (phase.into(), bytes, 0);
        });
    }

    fn found(&self, finding: &mhl_core::Finding) {
        self.tell(Some(&Finding::from(finding)), |_| {});
    }
}

#[cfg(test)]
mod tests {
    use mhl_core::{FindingKind, Progress as _};
    use mhl_hash::Observer as _;

    use super::*;

    /// What a callback was told, and what it is to answer.
    struct Told {
        steps: Vec<(Phase, u64, u64, bool)>,
        answers: Vec<c_int>,
    }

    unsafe extern "C" fn note(userdata: *mut c_void, progress: *const Progress) -> c_int {
        // SAFETY: the test's own `Told`, and progress that lives until this returns.
        let (told, progress) = unsafe { (&mut *userdata.cast::<Told>(), &*progress) };
        assert_eq!(progress.struct_size, size_of::<Progress>());
        let found = !progress.finding.is_null();
        told.steps.push((progress.phase, progress.bytes_total, progress.bytes_done, found));
        told.answers.pop().unwrap_or(0)
    }

    #[test]
    fn a_callback_is_told_each_step_until_it_stops() {
        let mut told = Told { steps: Vec::new(), answers: vec![-1, 0, 0, 0] };
        let watcher = Watcher::new(Some(note), (&raw mut told).cast(), None);
        watcher.phase(mhl_core::Phase::Read, 9);
        watcher.advanced(4);
        watcher.found(&mhl_core::Finding::new(FindingKind::NewFile, "x"));
        assert!(!watcher.is_cancelled());
        watcher.advanced(5);
        assert!(watcher.is_cancelled(), "any answer but 0 stops it");
        watcher.advanced(1);
        let read = Phase::Read;
        let expected =
            [(read, 9, 0, false), (read, 9, 4, false), (read, 9, 4, true), (read, 9, 9, false)];
        assert_eq!(told.steps, expected);
    }

    #[test]
    fn a_token_stops_it_without_a_callback() {
        let token = Arc::new(CancelToken::default());
        let watcher = Watcher::new(None, std::ptr::null_mut(), Some(Arc::clone(&token)));
        watcher.advanced(1);
        assert!(!watcher.is_cancelled());
        // SAFETY: a live token.
        unsafe { crate::mhl_cancel_token_cancel(Arc::as_ptr(&token), std::ptr::null_mut()) };
        assert!(watcher.is_cancelled());
    }
}
