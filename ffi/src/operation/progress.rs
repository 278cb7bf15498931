//! Progress: where an operation stands, told to a callback that may stop it.

use std::{
    ffi::{c_int, c_void},
    mem::offset_of,
    ptr::null,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};

use crate::{CancelToken, NO_COPY, boundary::arguments::StructSize, operation::report::Finding};

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
    /// What is read is hashed, while it is copied.
    Hash = 5,
    /// The source is read once more and compared with the first read.
    SecondRead = 6,
}

impl From<mhl_core::Phase> for Phase {
    fn from(phase: mhl_core::Phase) -> Self {
        match phase {
            mhl_core::Phase::Scan => Phase::Scan,
            mhl_core::Phase::Copy => Phase::Copy,
            mhl_core::Phase::ReadBack => Phase::ReadBack,
            mhl_core::Phase::Read => Phase::Read,
            mhl_core::Phase::Hash => Phase::Hash,
            mhl_core::Phase::SecondRead => Phase::SecondRead,
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
    /// Bytes that the part will read; 0 where that is not known. It may grow.
    pub bytes_total: u64,
    /// Bytes that it has read, of all copies together while they are read back.
    pub bytes_done: u64,
    /// What was just found, or NULL. It will stand in the report too, if there is one.
    pub finding: *const Finding,
    /// The copy that just came further, by its place in the report, which is that of its
    /// destination; `MHL_NO_COPY` where it was none. The next two are of this copy.
    pub copy: u64,
    /// Bytes that were written to it.
    pub copy_written: u64,
    /// Bytes that were read back from it.
    pub copy_read_back: u64,
}

// SAFETY: `repr(C)`, `struct_size` first; zeros are no phase, no bytes and no finding. C never
// fills it.
unsafe impl StructSize for Progress {
    const NAME: &'static str = "mhl_progress";
    const EARLIER: &'static [usize] = &[offset_of!(Progress, copy)];
}

/// Is told where an operation stands. Anything but 0 stops it at its next buffer: the call then
/// returns `MHL_STATUS_CANCELLED`, and the callback is not called again.
///
/// Rate: at the beginning of each part, for each finding, and for each buffer of at most 256 KiB
/// that was read; of an offload, some hundred times a second, for the source and for each copy that
/// came further. How fast each is follows from its bytes and the caller's clock: none is asked here,
/// so draw less often than it is called.
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
    standing: Mutex<Standing>,
}

/// Where an operation stands.
struct Standing {
    told: Progress,
    copies: Vec<CopyStanding>,
}

/// How far a copy came.
#[derive(Clone, Copy, Default)]
struct CopyStanding {
    written: u64,
    read_back: u64,
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
        let told = Progress {
            struct_size: size_of::<Progress>(),
            phase: Phase::Unknown,
            bytes_total: 0,
            bytes_done: 0,
            finding: null(),
            copy: NO_COPY,
            copy_written: 0,
            copy_read_back: 0,
        };
        Watcher {
            callback,
            userdata,
            token,
            stopped: AtomicBool::new(false),
            standing: Mutex::new(Standing { told, copies: Vec::new() }),
        }
    }

    /// Takes a step and tells of it, unless the callback asked to stop before.
    fn tell(&self, step: impl FnOnce(&mut Standing) -> Progress) {
        let Some(callback) = self.callback else { return };
        let mut standing = self.standing.lock().unwrap_or_else(PoisonError::into_inner);
        let told = step(&mut standing);
        if self.stopped.load(Relaxed) {
            return;
        }
        // SAFETY: the callback and its data are the caller's, who promises that they can be used
        // until the operation returns; `told`, and the finding that it may name, live until the
        // callback returns.
        if unsafe { callback(self.userdata, &raw const told) } != 0 {
            self.stopped.store(true, Relaxed);
        }
    }
}

impl mhl_hash::Observer for Watcher {
    fn advanced(&self, bytes: u64) {
        self.tell(|standing| {
            standing.told.bytes_done += bytes;
            standing.told
        });
    }

    fn is_cancelled(&self) -> bool {
        self.stopped.load(Relaxed) || self.token.as_ref().is_some_and(|token| token.is_cancelled())
    }
}

impl mhl_core::Progress for Watcher {
    fn phase(&self, phase: mhl_core::Phase, bytes: u64) {
        self.tell(|Standing { told, .. }| {
            (told.phase, told.bytes_total, told.bytes_done) = (phase.into(), bytes, 0);
            *told
        });
    }

    fn more(&self, bytes: u64) {
        self.tell(|Standing { told, .. }| {
            told.bytes_total += bytes;
            *told
        });
    }

    fn copied(&self, copy: usize, phase: mhl_core::Phase, bytes: u64) {
        self.tell(|Standing { told, copies }| {
            if copies.len() <= copy {
                copies.resize(copy.saturating_add(1), CopyStanding::default());
            }
            let mut came = CopyStanding::default();
            if let Some(standing) = copies.get_mut(copy) {
                match phase {
                    mhl_core::Phase::ReadBack => standing.read_back += bytes,
                    _ => standing.written += bytes,
                }
                came = *standing;
            }
            Progress {
                copy: copy as u64,
                copy_written: came.written,
                copy_read_back: came.read_back,
                ..*told
            }
        });
    }

    fn found(&self, finding: &mhl_core::Finding) {
        let finding = Finding::from(finding);
        self.tell(|standing| Progress { finding: &raw const finding, ..standing.told });
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

    unsafe extern "C" fn note_copies(userdata: *mut c_void, progress: *const Progress) -> c_int {
        // SAFETY: the test's own vector, and progress that lives until this returns.
        let (told, progress) =
            unsafe { (&mut *userdata.cast::<Vec<(u64, u64, u64, u64)>>(), &*progress) };
        let Progress { copy, copy_written, copy_read_back, bytes_done, .. } = *progress;
        told.push((copy, copy_written, copy_read_back, bytes_done));
        0
    }

    #[test]
    fn each_copy_is_told_of_with_its_own_bytes() {
        use mhl_core::Phase::{Copy, ReadBack};
        let mut told: Vec<(u64, u64, u64, u64)> = Vec::new();
        let watcher = Watcher::new(Some(note_copies), (&raw mut told).cast(), None);
        watcher.phase(Copy, 9);
        watcher.advanced(9);
        watcher.copied(1, Copy, 4);
        watcher.copied(0, Copy, 9);
        watcher.copied(1, Copy, 5);
        watcher.phase(ReadBack, 18);
        watcher.copied(1, ReadBack, 3);
        watcher.advanced(3);
        watcher.more(2);
        let none = NO_COPY;
        let expected = [
            (none, 0, 0, 0),
            (none, 0, 0, 9),
            (1, 4, 0, 9),
            (0, 9, 0, 9),
            (1, 9, 0, 9),
            (none, 0, 0, 0),
            (1, 9, 3, 0),
            (none, 0, 0, 3),
            (none, 0, 0, 3),
        ];
        assert_eq!(told, expected);
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
