//! Destinations at work side by side, each on a thread of its own.
//!
//! A system call on a drive that hangs never returns, and nothing can end it. So no destination is
//! ever waited for without a limit: one that gives no sign of life for so long is given up, and its
//! thread left to itself. It holds its lock on the place until the process ends, so that nobody else
//! writes where it may wake up, and when it does it finds that it was told to stop.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
        mpsc::{self, Receiver, RecvTimeoutError, Sender},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use super::destination::Destination;
use crate::context::{Phase, Progress};

/// How often those who work are looked after.
const ROUND: Duration = Duration::from_millis(20);
/// What a destination is granted to come to an end once everything is cancelled, at most.
const LAST_CALL: Duration = Duration::from_secs(5);

/// The signs of life of one destination, and what it is told meanwhile.
#[derive(Debug, Default)]
pub(super) struct Pulse {
    /// Calls that came back.
    beats: AtomicU64,
    /// Bytes written or read back.
    bytes: AtomicU64,
    /// Nanoseconds in which it waited for something to do.
    idle: AtomicU64,
    /// It has nothing to do at the moment.
    is_idle: AtomicBool,
    /// It is to stop.
    stop: AtomicBool,
}

impl Pulse {
    /// A call came back.
    pub(super) fn beat(&self) {
        self.beats.fetch_add(1, Ordering::Relaxed);
    }

    /// Waits for something to do, which is no sign of death.
    pub(super) fn wait<T>(&self, wait: impl FnOnce() -> T) -> T {
        let began = Instant::now();
        self.is_idle.store(true, Ordering::Relaxed);
        let result = wait();
        self.beat();
        self.is_idle.store(false, Ordering::Relaxed);
        let nanoseconds = u64::try_from(began.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.idle.fetch_add(nanoseconds, Ordering::Relaxed);
        result
    }

    /// How long it waited so far.
    pub(super) fn idle(&self) -> Duration {
        Duration::from_nanos(self.idle.load(Ordering::Relaxed))
    }

    /// Bytes that were written or read back so far.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

impl mhl_hash::Observer for Pulse {
    fn advanced(&self, bytes: u64) {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        self.beat();
    }

    fn is_cancelled(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

impl Progress for Pulse {}

type Job = Box<dyn FnOnce(&mut Destination) + Send>;

/// One destination, seen from those who wait for it.
struct Member {
    /// Its place among the destinations.
    index: usize,
    pulse: Arc<Pulse>,
    jobs: Sender<Job>,
    thread: Option<JoinHandle<()>>,
    /// The beats that were counted last, and when they were others.
    seen: (u64, Instant),
    /// The bytes that were told last.
    told: u64,
    fate: Fate,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Works,
    /// It gave no sign of life for so long.
    GivenUp(Duration),
}

/// The destinations of an offload that can be written to.
pub(super) struct Crew {
    members: Vec<Member>,
    /// How long a call may take.
    patience: Duration,
}

/// Answers that are waited for, by the places of who gives them.
pub(super) struct Pending<T> {
    answers: Receiver<(usize, T)>,
    outstanding: Vec<usize>,
}

impl Crew {
    /// Puts each destination on a thread of its own.
    pub(super) fn new(destinations: Vec<Destination>, patience: Duration) -> Self {
        let members = destinations.into_iter().map(|mut destination| {
            let (jobs, queue) = mpsc::channel::<Job>();
            let (index, pulse) = (destination.index, Arc::clone(&destination.pulse));
            let thread = thread::spawn(move || {
                let pulse = Arc::clone(&destination.pulse);
                while let Ok(job) = pulse.wait(|| queue.recv()) {
                    job(&mut destination);
                }
            });
            let (seen, thread) = ((0, Instant::now()), Some(thread));
            Member { index, pulse, jobs, thread, seen, told: 0, fate: Fate::Works }
        });
        Crew { members: members.collect(), patience }
    }

    /// Lets every member do something that `job` makes for it.
    pub(super) fn begin<T, J>(&mut self, mut job: impl FnMut(usize) -> Option<J>) -> Pending<T>
    where
        T: Send + 'static,
        J: FnOnce(&mut Destination) -> T + Send + 'static,
    {
        let (sender, answers) = mpsc::channel();
        let mut outstanding = Vec::new();
        for member in self.members.iter_mut().filter(|member| member.fate == Fate::Works) {
            let index = member.index;
            let Some(job) = job(index) else { continue };
            let sender = sender.clone();
            member.seen = (member.beats(), Instant::now());
            let job = Box::new(move |destination: &mut Destination| {
                // Nobody listens any more to one that was given up.
                let _ = sender.send((index, job(destination)));
            });
            if member.jobs.send(job).is_ok() {
                outstanding.push(index);
            }
        }
        Pending { answers, outstanding }
    }

    /// Waits for all who were asked, but for those that are given up meanwhile.
    pub(super) fn wait<T>(
        &mut self,
        mut pending: Pending<T>,
        phase: Option<Phase>,
        progress: &dyn Progress,
        mut answer: impl FnMut(usize, T),
    ) {
        while !pending.outstanding.is_empty() {
            let next = pending.answers.recv_timeout(ROUND);
            self.tell(phase, progress);
            match next {
                Ok((index, given)) => {
                    pending.outstanding.retain(|waiting| *waiting != index);
                    // One that was given up counts for nothing, should it wake up.
                    if self.works(index) {
                        answer(index, given);
                    }
                }
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                    self.look_after(progress);
                    pending.outstanding.retain(|index| self.works(*index));
                }
            }
        }
    }

    /// Lets every member do the same, and waits.
    pub(super) fn each<T: Send + 'static>(
        &mut self,
        progress: &dyn Progress,
        job: impl Fn(&mut Destination) -> T + Clone + Send + 'static,
    ) -> Vec<T> {
        let mut all = Vec::new();
        let pending = self.begin(|_| Some(job.clone()));
        self.wait(pending, None, progress, |_, given| all.push(given));
        all
    }

    /// Gives up who shows no sign of life. Once everything is cancelled, nobody has long.
    pub(super) fn look_after(&mut self, progress: &dyn Progress) {
        let cancelled = progress.is_cancelled();
        let patience = if cancelled { self.patience.min(LAST_CALL) } else { self.patience };
        for member in self.members.iter_mut().filter(|member| member.fate == Fate::Works) {
            if cancelled {
                member.pulse.stop();
            }
            member.resume_panic();
            let beats = member.beats();
            if beats != member.seen.0 || member.pulse.is_idle.load(Ordering::Relaxed) {
                member.seen = (beats, Instant::now());
            } else if member.seen.1.elapsed() >= patience {
                member.pulse.stop();
                member.fate = Fate::GivenUp(patience);
            }
        }
    }

    /// Tells whoever watches what each did since this was asked last.
    pub(super) fn tell(&mut self, phase: Option<Phase>, progress: &dyn Progress) {
        for member in &mut self.members {
            let bytes = member.pulse.bytes();
            let new = bytes - std::mem::replace(&mut member.told, bytes);
            if let (Some(phase), 1..) = (phase, new) {
                progress.copied(member.index, phase, new);
                if phase == Phase::ReadBack {
                    progress.advanced(new);
                }
            }
        }
    }

    /// Whether anything may be asked of this destination.
    pub(super) fn works(&self, index: usize) -> bool {
        self.members.iter().any(|member| member.index == index && member.fate == Fate::Works)
    }

    /// The destinations that were given up, and how long each was silent.
    pub(super) fn given_up(&self) -> impl Iterator<Item = (usize, Duration)> {
        self.members.iter().filter_map(|member| match member.fate {
            Fate::Works => None,
            Fate::GivenUp(silent) => Some((member.index, silent)),
        })
    }
}

impl Drop for Crew {
    /// Whoever works comes to an end, and lets go of its lock.
    fn drop(&mut self) {
        for Member { jobs, thread, fate, .. } in self.members.drain(..) {
            drop(jobs);
            if let (Fate::Works, Some(thread)) = (fate, thread) {
                // A panic was ours before, or is no worse than the one that leads here.
                let _ = thread.join();
            }
        }
    }
}

impl Member {
    fn beats(&self) -> u64 {
        self.pulse.beats.load(Ordering::Relaxed)
    }

    /// A panic of its thread is ours.
    fn resume_panic(&mut self) {
        if let Some(thread) = self.thread.take_if(|thread| thread.is_finished())
            && let Err(panic) = thread.join()
        {
            std::panic::resume_unwind(panic);
        }
    }
}
