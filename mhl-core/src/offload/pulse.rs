//! Signs of life of a disk, and what those who work on it are told meanwhile.

use std::{
    io,
    sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    time::{Duration, Instant},
};

use crate::{context::Progress, tree::open_files::is_too_many};

/// The signs of life of one disk: a card, or a destination.
///
/// What never returns is a call of the system. So it is calls that are watched, and not how long the
/// work between them takes: a disk of which nothing is asked hangs never, however long a list is.
#[derive(Debug, Default)]
pub(super) struct Pulse {
    /// Calls that are under way.
    calls: AtomicU64,
    /// Calls that came back.
    beats: AtomicU64,
    /// Bytes read or written.
    bytes: AtomicU64,
    /// Nanoseconds in which whoever works on it waited for others.
    idle: AtomicU64,
    /// Whoever works on it has nothing to do at the moment.
    is_idle: AtomicBool,
    /// Whoever works on it reads the card meanwhile.
    is_at_card: AtomicBool,
    /// Whoever works on it is to come to an end.
    stop: AtomicBool,
    /// Nothing is asked of it any more.
    given_up: AtomicBool,
}

impl Pulse {
    /// A call of the system, which may never come back.
    pub(super) fn call<T>(&self, call: impl FnOnce() -> T) -> T {
        self.enter();
        let result = call();
        self.leave();
        result
    }

    /// The same, unless the disk was given up: should it wake up, it is left alone.
    pub(super) fn try_call<T>(&self, call: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        if self.is_given_up() { Err(gone()) } else { self.call(call) }
    }

    /// The same of an opening. That there is no file to be had is no sign of the disk's life: who
    /// asks for one again and again would hide that who holds one hangs.
    pub(super) fn try_open<T>(&self, open: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        if self.is_given_up() {
            return Err(gone());
        }
        self.enter();
        let opened = open();
        if !opened.as_ref().is_err_and(is_too_many) {
            self.beat();
        }
        self.calls.fetch_sub(1, Relaxed);
        opened
    }

    /// A call begins.
    pub(super) fn enter(&self) {
        self.calls.fetch_add(1, Relaxed);
    }

    /// A call came back.
    pub(super) fn leave(&self) {
        self.beat();
        self.calls.fetch_sub(1, Relaxed);
    }

    /// A call that takes long is getting on.
    pub(super) fn beat(&self) {
        self.beats.fetch_add(1, Relaxed);
    }

    /// Waits for others, which is no sign of death.
    pub(super) fn wait<T>(&self, wait: impl FnOnce() -> T) -> T {
        let began = Instant::now();
        self.is_idle.store(true, Relaxed);
        let result = wait();
        self.beat();
        self.is_idle.store(false, Relaxed);
        let nanoseconds = u64::try_from(began.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.idle.fetch_add(nanoseconds, Relaxed);
        result
    }

    /// Does something that needs the card's answers too.
    pub(super) fn at_card<T>(&self, work: impl FnOnce() -> T) -> T {
        self.is_at_card.store(true, Relaxed);
        let result = work();
        self.is_at_card.store(false, Relaxed);
        result
    }

    /// Whether whoever works on it may wait for the card.
    pub(super) fn is_at_card(&self) -> bool {
        self.is_at_card.load(Relaxed)
    }

    /// The calls that came back so far.
    pub(super) fn beats(&self) -> u64 {
        self.beats.load(Relaxed)
    }

    /// Whether a call is under way.
    pub(super) fn is_called(&self) -> bool {
        self.calls.load(Relaxed) > 0
    }

    /// Whether whoever works on it waits for others.
    pub(super) fn is_idle(&self) -> bool {
        self.is_idle.load(Relaxed)
    }

    /// How long it waited so far.
    pub(super) fn idle(&self) -> Duration {
        Duration::from_nanos(self.idle.load(Relaxed))
    }

    /// Bytes that were read or written so far.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes.load(Relaxed)
    }

    /// Asks whoever works on it to come to an end in good order.
    pub(super) fn stop(&self) {
        self.stop.store(true, Relaxed);
    }

    /// From now on every call fails, but for one that is under way.
    pub(super) fn give_up(&self) {
        self.stop();
        self.given_up.store(true, Relaxed);
    }

    /// Whether it was given up.
    pub(super) fn is_given_up(&self) -> bool {
        self.given_up.load(Relaxed)
    }
}

impl mhl_hash::Observer for Pulse {
    fn advanced(&self, bytes: u64) {
        self.bytes.fetch_add(bytes, Relaxed);
    }

    fn is_cancelled(&self) -> bool {
        self.stop.load(Relaxed)
    }
}

impl Progress for Pulse {}

/// What is said of a disk that was given up.
pub(super) fn gone() -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, "it was given up")
}
