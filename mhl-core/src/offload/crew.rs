//! The card and its destinations at work side by side, each on a thread of its own.
//!
//! A system call on a disk that hangs never returns, and nothing can end it. So whoever waits for the
//! others never touches a disk: its own thread does, and those that help it to read back. The one
//! exception is a list that the card carries, which each destination's thread reads from the card. No
//! thread is waited for without a limit: where a call does not come back for so long the disk is given
//! up, and its thread left to itself. It holds its lock on the place until it wakes up, or the process
//! ends, so that nobody else writes there meanwhile; and when it wakes, every further call is refused
//! ([`watched`](super::watched)).

use std::{
    io,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{
        Arc,
        mpsc::{self, Receiver, RecvTimeoutError, Sender},
    },
    thread::{self, Builder, JoinHandle},
    time::{Duration, Instant},
};

use mhl_hash::Observer as _;

use super::{card::Card, destination::Destination, pulse::Pulse};
use crate::{
    context::{Phase, Progress},
    tree::Volume,
};

/// How often those who work are looked after.
pub(super) const ROUND: Duration = Duration::from_millis(20);
/// What is granted to come to an end once everything is to end, at most.
const LAST_CALL: Duration = Duration::from_secs(5);
/// A round that took longer than this was no round: the process was stopped, or got no processor.
const STOOD_STILL: Duration = Duration::from_secs(1);

/// Whoever works on a disk, seen from those who wait. What belongs to the disk stays on the thread,
/// where it is dropped too: a close may hang as any other call.
struct Hand<S> {
    pulse: Arc<Pulse>,
    jobs: Sender<Job<S>>,
    thread: JoinHandle<()>,
    /// The beats that were counted last, and when they were others or nothing was asked.
    seen: (u64, Instant),
    /// The bytes that were told last.
    told: u64,
    /// Why it was given up.
    given_up: Option<GivenUp>,
    /// It is asked nothing any more, and did not hang.
    is_dismissed: bool,
    /// In whichever way this ends.
    _stops: Stopping,
}

/// Nobody goes on unwatched: who works on a disk is to come to an end when this does, as by a panic.
struct Stopping(Arc<Pulse>);

impl Drop for Stopping {
    fn drop(&mut self) {
        self.0.stop();
    }
}

type Job<S> = Box<dyn FnOnce(&mut Option<S>) + Send>;

/// Why a disk was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum GivenUp {
    /// A call did not come back for so long.
    Silent(Duration),
    /// Everything was cancelled, and it did not come to an end.
    Cancelled,
    /// It waited for the card, which was given up.
    WithTheCard,
}

/// Why the work does not go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// The observer asked to stop.
    Cancelled,
    /// The card gave no answer for so long.
    CardStalled(Duration),
}

/// What the card's thread keeps of it.
pub(super) enum Aboard {
    /// It was opened.
    Opened(Box<dyn Volume>),
    /// It was read, and others share it. At the end its thread closes it, whoever does so still.
    Read(Arc<Card>),
}

/// The threads of an offload.
pub(super) struct Crew<'p> {
    card: Hand<Aboard>,
    /// It hashes what the card gives, and touches no disk.
    hasher: Hand<()>,
    /// One for each destination.
    members: Vec<Hand<Destination>>,
    /// How long a call may take.
    patience: Duration,
    progress: &'p dyn Progress,
}

/// Answers that are waited for, by the places of who gives them; the card has none.
pub(super) struct Pending<T> {
    answers: Receiver<(Option<usize>, thread::Result<T>)>,
    outstanding: Vec<Option<usize>>,
    /// Nobody wants them once everything is cancelled.
    is_for_later: bool,
}

/// An answer that comes for sure.
pub(super) struct Answer<T>(Receiver<(Option<usize>, thread::Result<T>)>);

impl<T> Answer<T> {
    /// Waits for it; a panic of its thread is ours. `None` where nobody was there to be asked.
    pub(super) fn wait(self) -> Option<T> {
        let (_, given) = self.0.recv().ok()?;
        Some(given.unwrap_or_else(|panic| resume_unwind(panic)))
    }
}

impl<'p> Crew<'p> {
    /// A thread for the card, one that hashes, and one for each of so many destinations.
    ///
    /// # Errors
    /// What the system says where it grants no further thread.
    pub(super) fn new(
        destinations: usize,
        patience: Duration,
        progress: &'p dyn Progress,
    ) -> io::Result<Self> {
        Self::of_threads(Builder::new, destinations, patience, progress)
    }

    fn of_threads(
        thread: impl Fn() -> Builder,
        destinations: usize,
        patience: Duration,
        progress: &'p dyn Progress,
    ) -> io::Result<Self> {
        let (card, hasher) = (Hand::hired(thread())?, Hand::hired(thread())?);
        let members = (0..destinations).map(|_| Hand::hired(thread())).collect::<Result<_, _>>()?;
        Ok(Crew { card, hasher, members, patience, progress })
    }

    /// The pulse of the card.
    pub(super) fn card(&self) -> &Arc<Pulse> {
        &self.card.pulse
    }

    /// Lets the card's thread do something with what it keeps of the card.
    pub(super) fn begin_card<T: Send + 'static>(
        &mut self,
        job: impl FnOnce(&mut Option<Aboard>) -> T + Send + 'static,
    ) -> Pending<T> {
        let (sender, answers) = mpsc::channel();
        let is_asked = self.card.ask(None, &sender, job);
        let outstanding = is_asked.then_some(None).into_iter().collect();
        Pending { answers, outstanding, is_for_later: false }
    }

    /// The same of what nobody wants any more once everything is cancelled, and waits.
    ///
    /// # Errors
    /// Why there is no answer, or nobody wants it any more.
    pub(super) fn ask_card<T: Send + 'static>(
        &mut self,
        job: impl FnOnce(&mut Option<Aboard>) -> T + Send + 'static,
    ) -> Result<T, Ended> {
        let pending = Pending { is_for_later: true, ..self.begin_card(job) };
        let mut answer = None;
        self.wait(pending, None, |_, given| answer = Some(given));
        self.goes_on()?;
        answer.ok_or(Ended::Cancelled)
    }

    /// Lets the thread that hashes do so. Whoever waits for its answer has to end what it is given before.
    pub(super) fn begin_hashing<T: Send + 'static>(
        &mut self,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> Answer<T> {
        let (sender, answers) = mpsc::channel();
        self.hasher.ask(None, &sender, |_| job());
        Answer(answers)
    }

    /// Lets every destination do something that `job` makes for it, by its place and pulse. Its
    /// thread keeps the destination, once that is prepared.
    pub(super) fn begin<T, J>(
        &mut self,
        mut job: impl FnMut(usize, &Arc<Pulse>) -> Option<J>,
    ) -> Pending<T>
    where
        T: Send + 'static,
        J: FnOnce(&mut Option<Destination>) -> T + Send + 'static,
    {
        let (sender, answers) = mpsc::channel();
        let mut outstanding = Vec::new();
        for (index, member) in self.members.iter_mut().enumerate() {
            if !member.works() {
                continue;
            }
            let Some(job) = job(index, &member.pulse) else { continue };
            if member.ask(Some(index), &sender, job) {
                outstanding.push(Some(index));
            }
        }
        Pending { answers, outstanding, is_for_later: false }
    }

    /// Lets every destination that is prepared do the same, and waits. The answers are in no order.
    pub(super) fn each<T: Send + 'static>(
        &mut self,
        job: impl Fn(&mut Destination) -> T + Clone + Send + 'static,
    ) -> Vec<T> {
        let mut all = Vec::new();
        let pending = self.begin(|_, _| Some(prepared(job.clone())));
        self.wait(pending, None, |_, given| all.extend(given));
        all
    }

    /// Waits for all who were asked, but for those that are given up meanwhile.
    pub(super) fn wait<T>(
        &mut self,
        mut pending: Pending<T>,
        phase: Option<Phase>,
        mut answer: impl FnMut(Option<usize>, T),
    ) {
        while !pending.outstanding.is_empty() {
            let asleep = Instant::now();
            let next = pending.answers.recv_timeout(ROUND);
            self.excuse(asleep.elapsed());
            self.tell(phase);
            match next {
                Ok((who, given)) => {
                    pending.outstanding.retain(|waiting| *waiting != who);
                    // A panic of its thread is ours.
                    let given = given.unwrap_or_else(|panic| resume_unwind(panic));
                    // One that was given up counts for nothing, should it wake up.
                    if self.works(who) {
                        answer(who, given);
                    }
                }
                Err(RecvTimeoutError::Timeout) => {
                    if pending.is_for_later && self.progress.is_cancelled() {
                        // However much there is to read: it ends at the next call.
                        self.card.pulse.give_up();
                    }
                    self.look_after();
                    pending.outstanding.retain(|who| self.works(*who));
                }
                // Who is asked answers, whatever happens.
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
    }

    /// Whether the work goes on.
    ///
    /// # Errors
    /// Why it does not.
    pub(super) fn goes_on(&self) -> Result<(), Ended> {
        match self.card.given_up {
            Some(GivenUp::Silent(silent)) => Err(Ended::CardStalled(silent)),
            // Who was told to stop may have stopped, whatever the observer says by now.
            _ if self.card.pulse.is_cancelled() || self.progress.is_cancelled() => {
                Err(Ended::Cancelled)
            }
            _ => Ok(()),
        }
    }

    /// Where all stood still in a round, nobody was silent meanwhile.
    fn excuse(&mut self, round: Duration) {
        if round > STOOD_STILL {
            self.card.excuse(round);
            self.members.iter_mut().for_each(|member| member.excuse(round));
        }
    }

    /// Gives up who shows no sign of life. Once everything is cancelled nobody has long, and once the
    /// card was given up nobody who waits for it.
    fn look_after(&mut self) {
        let cancelled = self.progress.is_cancelled();
        if cancelled {
            self.card.pulse.stop();
            self.members.iter().for_each(|member| member.pulse.stop());
        }
        let last_call = self.patience.min(LAST_CALL);
        let ending = (last_call, GivenUp::Cancelled);
        let silent = (self.patience, GivenUp::Silent(self.patience));
        self.card.look_after(if cancelled { ending } else { silent }, cancelled);
        let without_card = self.card.given_up.is_some();
        for member in &mut self.members {
            let waits_for_card = without_card && member.pulse.is_at_card();
            let limit = match cancelled {
                true => ending,
                false if waits_for_card && !member.pulse.is_called() => {
                    (last_call, GivenUp::WithTheCard)
                }
                false => silent,
            };
            member.look_after(limit, cancelled || waits_for_card);
        }
    }

    /// Tells whoever watches what each did since this was asked last.
    fn tell(&mut self, phase: Option<Phase>) {
        let new = self.card.more_bytes();
        if let (Some(Phase::Copy | Phase::SecondRead), 1..) = (phase, new) {
            self.progress.advanced(new);
        }
        for (index, member) in self.members.iter_mut().enumerate() {
            let new = member.more_bytes();
            if let (Some(phase @ (Phase::Copy | Phase::ReadBack)), 1..) = (phase, new) {
                self.progress.copied(index, phase, new);
                if phase == Phase::ReadBack {
                    self.progress.advanced(new);
                }
            }
        }
    }

    /// Whether anything may be asked of a destination, or of the card.
    fn works(&self, who: Option<usize>) -> bool {
        match who {
            None => self.card.works(),
            Some(index) => self.members.get(index).is_some_and(Hand::works),
        }
    }

    /// Nothing more is asked of a destination.
    pub(super) fn dismiss(&mut self, index: usize) {
        self.members.get_mut(index).into_iter().for_each(|member| member.is_dismissed = true);
    }

    /// Everybody lets go of everything: files are closed, locks end. Tells why the card was given up, if
    /// it was, and which destinations were.
    pub(super) fn end(mut self) -> (Option<GivenUp>, Vec<(usize, GivenUp)>) {
        let card = self.begin_card(|aboard| match aboard.take() {
            Some(Aboard::Read(card)) => card.close(),
            opened => drop(opened),
        });
        let members = self.begin(|_, _| Some(|slot: &mut Option<Destination>| drop(slot.take())));
        self.wait(card, None, |_, ()| {});
        self.wait(members, None, |_, ()| {});
        let members = self.members.into_iter().enumerate();
        let given_up = members.filter_map(|(index, member)| Some((index, member.end()?)));
        let given_up = given_up.collect();
        self.hasher.end();
        (self.card.end(), given_up)
    }
}

/// A job for a destination that is prepared; another gives no answer.
pub(super) fn prepared<T>(
    job: impl FnOnce(&mut Destination) -> T,
) -> impl FnOnce(&mut Option<Destination>) -> Option<T> {
    |slot| slot.as_mut().map(job)
}

impl<S: Send + 'static> Hand<S> {
    fn hired(thread: Builder) -> io::Result<Self> {
        let (jobs, queue) = mpsc::channel::<Job<S>>();
        let pulse = Arc::new(Pulse::default());
        let own = Arc::clone(&pulse);
        let thread = thread.spawn(move || {
            let mut kept = None;
            while let Ok(job) = own.wait(|| queue.recv()) {
                job(&mut kept);
            }
        })?;
        let seen = (0, Instant::now());
        let _stops = Stopping(Arc::clone(&pulse));
        let (told, given_up, is_dismissed) = (0, None, false);
        Ok(Hand { pulse, jobs, thread, seen, told, given_up, is_dismissed, _stops })
    }

    fn works(&self) -> bool {
        self.given_up.is_none() && !self.is_dismissed
    }

    /// Asks for something; `false` where nobody is there to do it.
    fn ask<T: Send + 'static>(
        &mut self,
        who: Option<usize>,
        answers: &Sender<(Option<usize>, thread::Result<T>)>,
        job: impl FnOnce(&mut Option<S>) -> T + Send + 'static,
    ) -> bool {
        if !self.works() {
            return false;
        }
        let answers = answers.clone();
        self.seen = (self.pulse.beats(), Instant::now());
        let job = Box::new(move |kept: &mut Option<S>| {
            let done = catch_unwind(AssertUnwindSafe(|| job(kept)));
            // Nobody listens any more to one that was given up.
            let _ = answers.send((who, done));
        });
        self.jobs.send(job).is_ok()
    }

    /// So much of its silence does not count.
    fn excuse(&mut self, silence: Duration) {
        self.seen.1 = (self.seen.1 + silence).min(Instant::now());
    }

    /// Gives it up where a call did not come back for so long, whoever made it; where `all_counts`,
    /// where its thread did nothing at all for so long and did not wait for others.
    fn look_after(&mut self, (patience, why): (Duration, GivenUp), all_counts: bool) {
        let beats = self.pulse.beats();
        let may_hang = self.pulse.is_called() || (all_counts && !self.pulse.is_idle());
        if beats != self.seen.0 || !may_hang {
            self.seen = (beats, Instant::now());
        } else if self.works() && self.seen.1.elapsed() >= patience {
            self.pulse.give_up();
            self.given_up = Some(why);
        }
    }

    /// Nothing more is asked. One that hangs is left behind; any other has nothing left to close.
    fn end(self) -> Option<GivenUp> {
        drop(self.jobs);
        if self.given_up.is_none() {
            // Its panics were ours before.
            let _ = self.thread.join();
        }
        self.given_up
    }

    /// The bytes since this was asked last.
    fn more_bytes(&mut self) -> u64 {
        let bytes = self.pulse.bytes();
        bytes - std::mem::replace(&mut self.told, bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_the_system_grants_no_thread_that_is_an_error() {
        let beyond_all_memory = || Builder::new().stack_size(1 << 46);
        let crew = Crew::of_threads(beyond_all_memory, 1, Duration::from_secs(1), &());
        assert!(crew.is_err());
    }

    #[test]
    fn after_a_panic_all_others_come_to_an_end() {
        let (ended, has_ended) = mpsc::channel();
        let mut crew = Crew::new(2, Duration::from_secs(3600), &()).unwrap();
        let pending = crew.begin(|index, pulse| {
            let (pulse, ended) = (Arc::clone(pulse), ended.clone());
            Some(move |_: &mut Option<Destination>| {
                assert!(index > 0, "the panic of a destination's job");
                while !pulse.is_cancelled() {
                    thread::sleep(ROUND);
                }
                ended.send(()).unwrap();
            })
        });
        let waits = AssertUnwindSafe(move || crew.wait(pending, None, |_, ()| {}));
        assert!(catch_unwind(waits).is_err(), "its panic is ours");
        assert_eq!(has_ended.recv_timeout(Duration::from_secs(60)), Ok(()));
    }

    #[test]
    fn without_the_card_who_waits_for_it_is_given_up_and_nobody_who_computes() {
        let look_after = |is_at_card: bool| {
            let minute = Duration::from_secs(60);
            let mut crew = Crew::new(1, minute, &()).unwrap();
            crew.card.given_up = Some(GivenUp::Silent(minute));
            let member = &mut crew.members[0];
            let (begun, has_begun) = mpsc::channel();
            let (answers, _) = mpsc::channel();
            let pulse = Arc::clone(&member.pulse);
            let waits = move |_: &mut Option<Destination>| {
                begun.send(()).unwrap();
                while !pulse.is_cancelled() {
                    thread::sleep(ROUND);
                }
            };
            let pulse = Arc::clone(&member.pulse);
            member.ask(Some(0), &answers, move |slot| match is_at_card {
                true => pulse.at_card(|| waits(slot)),
                false => waits(slot),
            });
            has_begun.recv().unwrap();
            member.seen = (member.pulse.beats(), Instant::now().checked_sub(minute).unwrap());
            crew.look_after();
            crew.members[0].given_up
        };
        assert_eq!(look_after(true), Some(GivenUp::WithTheCard));
        assert_eq!(look_after(false), None);
    }

    #[test]
    fn who_was_silent_while_all_stood_still_is_not_given_up() {
        let minute = Duration::from_secs(60);
        let look_after = |round: Duration| {
            let mut crew = Crew::new(1, minute / 2, &()).unwrap();
            let member = &mut crew.members[0];
            member.pulse.enter();
            member.seen.1 = Instant::now().checked_sub(minute).unwrap();
            crew.excuse(round);
            crew.look_after();
            crew.members[0].given_up
        };
        assert_eq!(look_after(minute), None);
        assert_eq!(look_after(ROUND), Some(GivenUp::Silent(minute / 2)));
    }
}
