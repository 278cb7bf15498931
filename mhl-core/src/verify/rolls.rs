//! Many rolls: side by side where their devices like it.

use std::{
    collections::{BTreeMap, VecDeque},
    num::NonZero,
    path::{Path, PathBuf},
    sync::{
        Condvar, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use mhl_hash::{Observer, Strategy};

use super::{VerifyError, VerifyOptions, verify};
use crate::{
    Finding, Report, Status,
    context::{Context, Phase, Progress},
    tree::device_of,
};

/// Rolls that are verified at the same time: each has its list in memory.
const MOST_LANES: usize = 4;

/// Verifies many rolls, up to four at a time: on a device that seeks one after the other, on flash
/// and on different devices side by side. `done` gets each report, and the roll's place in `rolls`,
/// as it comes, from the threads that do the work and one at a time; a roll that could not be
/// verified keeps no other from it.
///
/// The rolls share the machine's processors and the memory that one takes for buffers. A report that
/// `done` has not taken holds up its lane, so that no more than four are in memory. The observer
/// sees one [`Phase::Read`] for all ([`Progress::more`] tells of each roll that comes to be read),
/// and findings with the roll's folder before their paths.
///
/// After a cancellation the rolls under way are reported as cancelled. With
/// [`VerifyOptions::stop_at_first`] no roll is begun after one failed, or could not be verified;
/// those under way end at faults of their own. Rolls that were not begun are not handed out.
///
/// ```
/// use mhl_core::{Agent, Context, SealOptions, Status, VerifyOptions, seal, verify_each};
///
/// let drive = tempfile::tempdir()?;
/// let agent = Agent::new("example", "1.0", "cart-1", "DIT");
/// let rolls = ["A001", "A002", "B001"].map(|name| drive.path().join(name));
/// for roll in &rolls {
///     std::fs::create_dir(roll)?;
///     std::fs::write(roll.join("clip.mxf"), "clip")?;
///     seal(roll, &SealOptions::default(), &Context::new(&agent))?;
/// }
/// let mut verified = 0;
/// verify_each(&rolls, &VerifyOptions::default(), &Context::new(&agent), |_, report| {
///     verified += u32::from(report.is_ok_and(|report| report.status == Status::Verified));
/// });
/// assert_eq!(verified, 3);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn verify_each(
    rolls: &[PathBuf],
    options: &VerifyOptions,
    context: &Context<'_>,
    done: impl FnMut(usize, Result<Report, VerifyError>) + Send,
) {
    let waiting = Waiting::of(rolls);
    let lanes = MOST_LANES.min(rolls.len());
    let sharing = NonZero::new(context.sharing.get().saturating_mul(lanes));
    let sharing = sharing.unwrap_or(context.sharing);
    let reading = AtomicBool::new(false);
    let done = Mutex::new(done);
    waiting.take_all(
        lanes,
        || context.progress.is_cancelled(),
        |taken| {
            let (place, roll) = (taken.roll, rolls.get(taken.roll));
            let roll = roll.map_or(Path::new(""), PathBuf::as_path);
            let progress = OfRoll { roll, all: context.progress, reading: &reading };
            let context = context.with_progress(&progress).sharing(sharing);
            let report = verify(roll, options, &context);
            let is_fault = report.as_ref().map_or(true, |report| report.status == Status::Failed);
            if options.stop_at_first && is_fault {
                waiting.end();
            }
            drop(taken);
            done.lock().unwrap_or_else(PoisonError::into_inner)(place, report);
        },
    );
}

/// Rolls that nobody has begun: a queue for each device that seeks, and one for all others.
struct Waiting {
    queues: Mutex<Vec<Queue>>,
    changed: Condvar,
    /// None is to be begun any more.
    ends: AtomicBool,
}

/// A roll that was taken to be read. Its device is free for the next one when this is dropped, be it
/// by a panic: who waits for it would wait for ever.
struct Taken<'w> {
    waiting: &'w Waiting,
    roll: usize,
    queue: usize,
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        self.waiting.give_back(self.queue);
    }
}

/// Ends it all where a thread panics.
struct EndsByPanic<'w>(&'w Waiting);

impl Drop for EndsByPanic<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.end();
        }
    }
}

struct Queue {
    rolls: VecDeque<usize>,
    /// Rolls of it that may be read at the same time, now.
    free: usize,
}

impl Waiting {
    fn of(rolls: &[PathBuf]) -> Self {
        let mut queues: BTreeMap<Option<u64>, VecDeque<usize>> = BTreeMap::new();
        for (place, roll) in rolls.iter().enumerate() {
            let seeks = Strategy::of_device(roll) == Strategy::Sequential;
            let device = device_of(roll).filter(|_| seeks);
            queues.entry(device).or_default().push_back(place);
        }
        Self::in_queues(queues.into_iter().map(|(device, rolls)| (device.is_some(), rolls)))
    }

    /// By whether the device of each queue seeks.
    fn in_queues(queues: impl Iterator<Item = (bool, VecDeque<usize>)>) -> Self {
        let free = |seeks| if seeks { 1 } else { usize::MAX };
        let queues = queues.map(|(seeks, rolls)| Queue { rolls, free: free(seeks) }).collect();
        Waiting {
            queues: Mutex::new(queues),
            changed: Condvar::new(),
            ends: AtomicBool::new(false),
        }
    }

    /// Has every roll read by so many threads, the caller's own among them.
    ///
    /// # Panics
    /// Where `read` does, once the others are through with theirs.
    fn take_all(
        &self,
        lanes: usize,
        is_cancelled: impl Fn() -> bool + Sync,
        read: impl Fn(Taken<'_>) + Sync,
    ) {
        let lane = || {
            let _ends = EndsByPanic(self);
            while let Some(taken) = self.take(&is_cancelled) {
                read(taken);
            }
        };
        thread::scope(|scope| {
            for _ in 1..lanes {
                // Where the system grants no more threads, those that there are do the work.
                let _ = thread::Builder::new().spawn_scoped(scope, lane);
            }
            lane();
        });
    }

    /// The next roll that may be read beside those that are; waits for one. `None` when none is left, or
    /// none is to be begun any more.
    fn take(&self, is_cancelled: impl Fn() -> bool) -> Option<Taken<'_>> {
        let mut queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if is_cancelled() || self.ends.load(Ordering::Relaxed) {
                return None;
            }
            for (place, queue) in queues.iter_mut().enumerate().filter(|(_, queue)| queue.free > 0)
            {
                if let Some(roll) = queue.rolls.pop_front() {
                    queue.free -= 1;
                    return Some(Taken { waiting: self, roll, queue: place });
                }
            }
            if queues.iter().all(|queue| queue.rolls.is_empty()) {
                return None;
            }
            queues = self.changed.wait(queues).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// No further roll is begun.
    fn end(&self) {
        self.ends.store(true, Ordering::Relaxed);
    }

    /// A roll of this queue is through.
    fn give_back(&self, queue: usize) {
        let mut queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        queues.get_mut(queue).into_iter().for_each(|queue| queue.free += 1);
        self.changed.notify_all();
    }
}

/// One roll's progress as a part of that of all.
struct OfRoll<'a> {
    roll: &'a Path,
    all: &'a dyn Progress,
    /// A roll of them is being read.
    reading: &'a AtomicBool,
}

impl Observer for OfRoll<'_> {
    fn advanced(&self, bytes: u64) {
        self.all.advanced(bytes);
    }

    fn is_cancelled(&self) -> bool {
        self.all.is_cancelled()
    }
}

impl Progress for OfRoll<'_> {
    fn phase(&self, phase: Phase, bytes: u64) {
        let is_read = self.reading.load(Ordering::Relaxed);
        match phase {
            Phase::Read if self.reading.swap(true, Ordering::Relaxed) => self.all.more(bytes),
            // Others are being read meanwhile.
            Phase::Scan if is_read => {}
            phase => self.all.phase(phase, bytes),
        }
    }

    fn more(&self, bytes: u64) {
        self.all.more(bytes);
    }

    fn found(&self, finding: &Finding) {
        let path = self.roll.join(&finding.path).to_string_lossy().into_owned();
        // It counts the copies of the roll's own report.
        self.all.found(&Finding { path, copy: None, ..finding.clone() });
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, sync::atomic::AtomicUsize};

    use super::*;
    use crate::{Agent, SealOptions, seal};

    #[test]
    fn rolls_on_a_device_that_seeks_are_read_one_after_the_other_and_others_side_by_side() {
        let queues = [(true, 0..10), (false, 10..20), (true, 20..30)];
        let queues = queues.map(|(seeks, rolls)| (seeks, rolls.collect::<VecDeque<_>>()));
        let waiting = Waiting::in_queues(queues.into_iter());
        let under_way: [AtomicUsize; 3] = Default::default();
        let most: [AtomicUsize; 3] = Default::default();
        let seen = Mutex::new(Vec::new());
        waiting.take_all(
            6,
            || false,
            |taken| {
                let (roll, queue) = (taken.roll, taken.queue);
                let now = under_way[queue].fetch_add(1, Ordering::SeqCst) + 1;
                most[queue].fetch_max(now, Ordering::SeqCst);
                thread::yield_now();
                under_way[queue].fetch_sub(1, Ordering::SeqCst);
                seen.lock().unwrap().push((roll, queue));
            },
        );
        let mut seen = seen.into_inner().unwrap();
        seen.sort_unstable();
        assert_eq!(seen, (0..30).map(|roll| (roll, roll / 10)).collect::<Vec<_>>());
        assert_eq!([0, 2].map(|queue| most[queue].load(Ordering::SeqCst)), [1, 1]);
    }

    #[test]
    fn who_waits_for_a_device_begins_nothing_once_all_is_to_end() {
        let waiting = Waiting::in_queues([(true, VecDeque::from([0, 1]))].into_iter());
        let first = waiting.take(|| false).unwrap();
        assert_eq!(first.roll, 0);
        thread::scope(|scope| {
            let waits = scope.spawn(|| waiting.take(|| false).map(|taken| taken.roll));
            waiting.end();
            drop(first);
            assert_eq!(waits.join().unwrap(), None);
        });
    }

    #[test]
    fn a_panic_holds_nobody_up_who_waits_for_the_same_device() {
        let (done, is_done) = std::sync::mpsc::channel();
        let test = thread::spawn(move || {
            let waiting = Waiting::in_queues([(true, (0..20).collect())].into_iter());
            let begun = AtomicUsize::new(0);
            let read = |_: Taken<'_>| {
                begun.fetch_add(1, Ordering::SeqCst);
                // The others have come to wait by then.
                thread::sleep(std::time::Duration::from_millis(200));
                panic!("of a lane");
            };
            let all = || waiting.take_all(4, || false, read);
            let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(all));
            let _ = done.send(());
            (result.is_err(), begun.into_inner())
        });
        let result = is_done.recv_timeout(std::time::Duration::from_secs(60));
        assert!(result.is_ok(), "it hangs");
        let (panics, begun) = test.join().unwrap();
        assert!(panics);
        assert!((1..=4).contains(&begun), "by lanes that waited: {begun}");
    }

    /// What an observer is told, in its order.
    #[derive(Default)]
    struct Watcher {
        told: Mutex<Vec<String>>,
        expected: AtomicUsize,
        read: AtomicUsize,
    }

    impl Observer for Watcher {
        fn advanced(&self, bytes: u64) {
            self.read.fetch_add(bytes as usize, Ordering::Relaxed);
        }
    }

    impl Progress for Watcher {
        fn phase(&self, phase: Phase, bytes: u64) {
            self.told.lock().unwrap().push(format!("{phase:?}"));
            self.expected.fetch_add(bytes as usize, Ordering::Relaxed);
        }

        fn more(&self, bytes: u64) {
            self.expected.fetch_add(bytes as usize, Ordering::Relaxed);
        }

        fn found(&self, finding: &Finding) {
            self.told.lock().unwrap().push(finding.path.clone());
        }
    }

    #[test]
    fn every_roll_is_handed_out_once_and_the_observer_sees_one_work() {
        let drive = tempfile::tempdir().unwrap();
        let agent = Agent::new("test", "1", "cart", "DIT");
        let mut rolls = Vec::new();
        for number in 0..9 {
            let roll = drive.path().join(format!("A00{number}"));
            fs::create_dir(&roll).unwrap();
            fs::write(roll.join("clip.mxf"), vec![b'x'; 1000]).unwrap();
            seal(&roll, &SealOptions::default(), &Context::new(&agent)).unwrap();
            rolls.push(roll);
        }
        fs::write(rolls[4].join("clip.mxf"), vec![b'y'; 1000]).unwrap();
        rolls.push(drive.path().join("absent"));
        let watcher = Watcher::default();
        let context = Context::new(&agent).with_progress(&watcher);
        let mut statuses = vec![None; rolls.len()];
        verify_each(&rolls, &VerifyOptions::default(), &context, |place, report| {
            assert!(statuses[place].is_none(), "once");
            statuses[place] = Some(report.ok().map(|report| report.status));
        });
        for (place, status) in statuses.into_iter().enumerate() {
            let expected = match place {
                4 => Some(Status::Failed),
                9 => None,
                _ => Some(Status::Verified),
            };
            assert_eq!(status, Some(expected), "{place}");
        }
        let told = watcher.told.into_inner().unwrap();
        let of = |what: &str| told.iter().filter(|told| *told == what).count();
        assert_eq!(of("Read"), 1, "{told:?}");
        assert_eq!(of(rolls[4].join("clip.mxf").to_str().unwrap()), 1, "{told:?}");
        assert_eq!(watcher.expected.into_inner(), 9000);
        assert_eq!(watcher.read.into_inner(), 9000);
    }

    #[test]
    fn the_first_fault_ends_what_was_not_begun() {
        let agent = Agent::new("test", "1", "cart", "DIT");
        let options = VerifyOptions { stop_at_first: true, ..VerifyOptions::default() };
        let rolls = vec![PathBuf::from("/absent"); 50];
        let mut begun = 0;
        verify_each(&rolls, &options, &Context::new(&agent), |_, _| begun += 1);
        assert!((1..=MOST_LANES).contains(&begun), "{begun}");
    }

    #[test]
    fn after_a_cancellation_no_further_roll_is_begun() {
        let stop = AtomicBool::new(true);
        let agent = Agent::new("test", "1", "cart", "DIT");
        let context = Context::new(&agent).with_progress(&stop);
        let rolls = vec![PathBuf::from("/absent"); 5];
        verify_each(&rolls, &VerifyOptions::default(), &context, |_, _| panic!("begun"));
        verify_each(&[], &VerifyOptions::default(), &Context::new(&agent), |_, _| panic!("none"));
    }
}
