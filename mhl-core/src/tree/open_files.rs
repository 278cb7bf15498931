//! How many files are held open at once, and what is done where there is none to be had.

use std::{io, thread, time::Duration};

/// How long is waited for somebody to close a file, and how often: five seconds in all.
const PAUSE: Duration = Duration::from_millis(20);
const TRIES: usize = 250;

/// How many files an operation may hold open at the same time: half of what the system grants this
/// process. The other half is for what else the process does, and for what is open for a moment only.
#[cfg(unix)]
pub(crate) fn most_open() -> usize {
    use rustix::process::{Resource, getrlimit};
    let granted = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    usize::try_from(granted / 2).unwrap_or(usize::MAX).max(1)
}

/// The same under Windows, which bounds the handles of a process by memory alone, 16 millions of them.
#[cfg(windows)]
pub(crate) fn most_open() -> usize {
    1 << 14
}

/// Whether an error says that this process or the system has too many files open.
pub(crate) fn is_too_many(error: &io::Error) -> bool {
    /// ENFILE and EMFILE, which have these numbers on every Unix.
    #[cfg(unix)]
    const TOO_MANY: [i32; 2] = [23, 24];
    /// `ERROR_TOO_MANY_OPEN_FILES`.
    #[cfg(windows)]
    const TOO_MANY: [i32; 1] = [4];
    error.raw_os_error().is_some_and(|number| TOO_MANY.contains(&number))
}

/// A time in which there was no file to be had.
#[derive(Debug, Default)]
pub(crate) struct Shortage {
    tries: usize,
}

impl Shortage {
    /// Waits a moment for somebody to close a file; `false` where that was done for long enough.
    pub(crate) fn wait(&mut self) -> bool {
        self.tries += 1;
        let waits = self.tries <= TRIES;
        if waits {
            thread::sleep(PAUSE);
        }
        waits
    }

    /// There is one.
    pub(crate) fn ends(&mut self) {
        self.tries = 0;
    }
}

/// Opens something, and waits where there is no file to be had. For who holds none that he could
/// close instead.
///
/// # Errors
/// What the system says, at last that there are too many.
pub(crate) fn patiently<T>(mut open: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    let mut shortage = Shortage::default();
    loop {
        match open() {
            Err(error) if is_too_many(&error) && shortage.wait() => {}
            result => return result,
        }
    }
}
