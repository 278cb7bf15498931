//! The buffers that travel from the source to every destination: a fixed number of them.

use std::{
    ops::Deref,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// Bytes in a buffer. Cached reads were fastest at 256 KiB; larger ones leave the second-level
/// cache before they are hashed and written.
pub(super) const BUFFER_LEN: usize = 256 * 1024;
/// Buffers in all, 24 MiB: as many as lanes take, and what a fast destination may be ahead of a slow
/// one.
pub(super) const BUFFERS: usize = 96;
/// Longest wait for a buffer before a cancellation is looked for again.
const PATIENCE: Duration = Duration::from_millis(100);

/// Lends out buffers and takes them back when the last reader has let go.
///
/// The buffer that came home last goes out first: while the destinations keep up, few buffers are
/// in use, and their bytes are still in the processor's cache.
#[derive(Clone, Default)]
pub(super) struct Pool(Arc<Home>);

#[derive(Default)]
struct Home {
    state: Mutex<State>,
    came_home: Condvar,
}

#[derive(Default)]
struct State {
    idle: Vec<Vec<u8>>,
    made: usize,
}

impl Home {
    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it is held, and every state is sound.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take_back(&self, buffer: Vec<u8>) {
        self.state().idle.push(buffer);
        self.came_home.notify_one();
    }
}

impl Pool {
    /// A buffer of [`BUFFER_LEN`] bytes. When all are on their way it waits for one, but not so
    /// long that a cancellation would go unnoticed: `None` says to ask again.
    pub(super) fn take(&self) -> Option<Vec<u8>> {
        let mut state = self.0.state();
        if state.idle.is_empty() && state.made < BUFFERS {
            state.made += 1;
            return Some(vec![0; BUFFER_LEN]);
        }
        if state.idle.is_empty() {
            let waited = self.0.came_home.wait_timeout(state, PATIENCE);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        state.idle.pop()
    }

    /// Takes back a buffer that did not travel.
    pub(super) fn put_back(&self, buffer: Vec<u8>) {
        self.0.take_back(buffer);
    }

    /// Wraps the first `len` bytes for the journey.
    pub(super) fn share(&self, bytes: Vec<u8>, len: usize) -> Shared {
        Shared(Arc::new(Lent { bytes, len, home: self.0.clone() }))
    }
}

/// Bytes that several threads read; the buffer goes home when the last one is done.
#[derive(Clone)]
pub(super) struct Shared(Arc<Lent>);

struct Lent {
    bytes: Vec<u8>,
    len: usize,
    home: Arc<Home>,
}

impl Deref for Shared {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.0.bytes.get(..self.0.len).unwrap_or_default()
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        self.home.take_back(std::mem::take(&mut self.bytes));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_buffers_are_made_than_there_are_and_all_come_home() {
        let pool = Pool::default();
        let mut away = Vec::new();
        for _ in 0..BUFFERS {
            let buffer = pool.take().unwrap();
            away.push(pool.share(buffer, 1));
        }
        let copies = away.clone();
        drop(away);
        assert_eq!(pool.take(), None, "still held by the copies");
        drop(copies);
        for _ in 0..BUFFERS {
            assert_eq!(pool.take().unwrap().len(), BUFFER_LEN);
        }
        assert_eq!(pool.0.state().made, BUFFERS);
    }
}
