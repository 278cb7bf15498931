//! The engine against simulated disks: jobs of a few files on two drives, disturbed at every call.
//!
//! A case that fails prints its name and the calls on its drives. `MHL_SIMULATED_CASE='that name'`
//! in the environment lets the same test run this case alone, `MHL_SIMULATED_ALL=1` lets every test take
//! every call of every job.

mod jobs;
mod pairs;
mod promises;
mod seeds;

use std::{collections::BTreeMap, fmt::Display};

use self::jobs::Job;
use super::*;
use crate::{
    asc,
    tree::simulated::{Count, Fault, Inode, Place, Random, Restart, Simulated},
};

/// One run of a job with its faults, and what becomes of the drives after it.
#[derive(Clone, Debug)]
struct Round {
    card: Vec<Fault>,
    drives: [Vec<Fault>; 2],
    then: [Restart; 2],
}

impl Round {
    /// These faults; then the process starts again.
    fn new(card: Vec<Fault>, drives: [Vec<Fault>; 2]) -> Self {
        Round { card, drives, then: [Restart::Process; 2] }
    }

    /// One fault on the first drive.
    fn of(fault: Fault) -> Self {
        Round::new(Vec::new(), [vec![fault], Vec::new()])
    }

    /// Both drives stop, each at a moment of its own, and start again in this way.
    fn stopping(after: [u64; 2], then: [Restart; 2]) -> Self {
        let drives = after.map(|change| vec![Fault::StopsAfter(change)]);
        Round { card: Vec::new(), drives, then }
    }
}

/// What a test wants to know of a case.
struct Played {
    /// Whether any fault came to pass.
    disturbed: bool,
    /// Whether a list of the card's own could not be read: what was begun then is not what is taken
    /// up when it can.
    begun_without_its_lists: bool,
    /// What the first round said.
    first: Option<Report>,
}

/// A case under way.
struct Case<'a> {
    job: &'a Job,
    name: &'a str,
    seed: u64,
    card: Simulated,
    drives: [Simulated; 2],
    run: u64,
}

impl Drop for Case<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("seed {}, run {}: MHL_SIMULATED_CASE='{}'", self.seed, self.run, self.name);
            for drive in &self.drives {
                drive
                    .traced()
                    .iter()
                    .for_each(|call| eprintln!("{}: {call}", drive.root().display()));
            }
        }
    }
}

/// Plays the rounds of a case, holds every promise after each, and resumes at the end. `None` where
/// another case was asked for.
fn play(job: &Job, what: impl Display, seed: u64, rounds: &[Round]) -> Option<Played> {
    let name = format!("{}, {what}, seed {seed}", job.name);
    let only = std::env::var("MHL_SIMULATED_CASE").ok();
    if only.as_ref().is_some_and(|only| *only != name) {
        return None;
    }
    let (card, drives) =
        (job.card.fork(seed, &[]), job.drives.each_ref().map(|d| d.fork(seed, &[])));
    let mut case = Case { job, name: &name, seed, card, drives, run: 0 };
    let mut played = Played { disturbed: false, begun_without_its_lists: false, first: None };
    for round in rounds {
        let disturb = |drive: &Simulated, faults| {
            let drive = drive.fork(seed, faults);
            if only.is_some() {
                drive.trace();
            }
            drive
        };
        case.card = disturb(&job.card, &round.card);
        for (drive, faults) in case.drives.iter_mut().zip(&round.drives) {
            *drive = disturb(drive, faults);
        }
        let report = case.round(round);
        let all = case.drives.iter().chain([&case.card]);
        played.disturbed |= all.map(|disk| disk.count().faults).sum::<u64>() > 0;
        played.begun_without_its_lists |= report.as_ref().is_some_and(misses_a_list);
        played.first = played.first.or(report);
        for (drive, how) in case.drives.iter().zip(round.then) {
            drive.restart(how);
            let lies = round.drives.iter().flatten().any(|fault| fault.lies());
            promises::stands_whole(job, drive, lies);
        }
    }
    if !played.begun_without_its_lists {
        case.end(rounds);
    }
    Some(played)
}

fn misses_a_list(report: &Report) -> bool {
    let is_list = |path: &str| path.contains(".mhl") || path.contains(asc::FOLDER);
    let of_card = report.findings.iter().filter(|finding| finding.copy.is_none());
    of_card.filter(|finding| finding.kind.is_fault()).any(|finding| is_list(&finding.path))
}

impl Case<'_> {
    /// Runs the job, and holds what is said of each copy to what a power cut leaves of it.
    fn round(&mut self, round: &Round) -> Option<Report> {
        let resume = self.run > 0;
        self.run += 1;
        let report = self.job.run(&self.card, &self.drives, resume, self.run);
        if std::env::var_os("MHL_SIMULATED_CASE").is_some() {
            let findings = report.as_ref().map(|report| &report.findings);
            eprintln!("run {}: {findings:#?}", self.run);
        }
        let card_failed = self.card.count().faults > 0;
        for (index, drive) in self.drives.iter().enumerate() {
            let copy = report.as_ref().map(|report| &report.copies[index]);
            let verified = copy.is_some_and(|copy| copy.status == Status::Verified);
            let later = drive.fork(0, &[]);
            later.restart(Restart::Power(self.seed));
            let counted = copy.map_or(0, |copy| copy.counts.verified);
            assert!(promises::held(self.job, &later) as u64 >= counted, "drive {index}");
            if drive.count().faults == 0 && !card_failed {
                let findings = report.as_ref().map(|report| &report.findings);
                assert!(verified, "drive {index} had no part in it: {findings:?}");
                promises::ends_well(self.job, drive);
            }
            if !verified {
                continue;
            }
            let is_past_the_cache = copy.unwrap().grade == Some(Grade::PastTheCache);
            match round.drives[index].contains(&Fault::KeepsItsCache) {
                true => assert!(!is_past_the_cache),
                false => assert!(is_past_the_cache || drive.count().faults > 0),
            }
            for restart in [Restart::Process, Restart::Power(self.seed), Restart::Power(!self.seed)]
            {
                let later = drive.fork(0, &[]);
                later.restart(restart);
                promises::holds_everything(self.job, &later);
                promises::stands_whole(self.job, &later, false);
            }
        }
        report
    }

    /// Nothing goes wrong any more: both drives end as if nothing ever had.
    fn end(&mut self, rounds: &[Round]) {
        self.card = self.job.card.fork(self.seed, &[]);
        self.drives = self.drives.each_ref().map(|drive| drive.fork(self.seed, &[]));
        self.round(&Round {
            card: Vec::new(),
            drives: [vec![], vec![]],
            then: [Restart::Process; 2],
        });
        let stops = |fault: &Fault| matches!(fault, Fault::StopsAfter(_));
        let faults = rounds.iter().flat_map(|round| round.drives.iter().flatten());
        if faults.clone().all(stops) && rounds.iter().all(|round| round.card.is_empty()) {
            self.drives.iter().for_each(|drive| promises::keeps_attributes(self.job, drive));
        }
    }
}

fn takes_all() -> bool {
    std::env::var_os("MHL_SIMULATED_ALL").is_some()
}

/// The numbers from 1 to `end` that are taken of a job: all of a plain one, some of another.
fn numbers(job: &Job, end: u64) -> impl Iterator<Item = u64> {
    (1..=end).step_by(if job.is_plain || takes_all() { 1 } else { 17 })
}

/// Plays each of these faults on one drive. What the other promises hold of every case, `then`
/// holds of its first report.
fn each(faults: impl Fn(&Job) -> Vec<Fault>, then: impl Fn(Fault, &Job, &Report)) {
    for job in Job::all() {
        for (seed, fault) in (0..).zip(faults(&job)) {
            let played = play(&job, format_args!("{fault:?}"), seed, &[Round::of(fault)]);
            if let Some(Played { disturbed: true, first: Some(first), .. }) = played {
                then(fault, &job, &first);
            }
        }
    }
}

fn on_reads(reads: &BTreeMap<Inode, u64>) -> Vec<Fault> {
    let calls = reads.iter().flat_map(|(file, end)| (1..=*end).map(|call| (*file, call)));
    calls.map(|(file, call)| Fault::FailsReading(file, call)).collect()
}

#[test]
fn every_call_fails_once() {
    each(
        |job| {
            let reads = on_reads(&job.reads);
            let some = numbers(job, reads.len() as u64).map(|number| reads[number as usize - 1]);
            numbers(job, job.count.calls).map(Fault::Fails).chain(some).collect()
        },
        |_, _, _| {},
    );
}

#[test]
fn every_call_is_carried_out_and_said_to_fail() {
    each(|job| numbers(job, job.count.calls).map(Fault::FailsAfterAll).collect(), |_, _, _| {});
}

#[test]
fn every_call_from_one_on_fails_for_good() {
    each(|job| numbers(job, job.count.calls).map(Fault::FailsFrom).collect(), |_, _, _| {});
}

#[test]
fn every_call_of_the_card_fails_once_or_from_one_on_for_good() {
    for job in Job::all() {
        let calls = 1..=job.card_count.calls;
        let mut faults = on_reads(&job.card_reads);
        faults.extend(calls.flat_map(|call| [Fault::Fails(call), Fault::FailsFrom(call)]));
        for number in numbers(&job, faults.len() as u64) {
            let fault = faults[number as usize - 1];
            let round = Round::new(vec![fault], [vec![], vec![]]);
            play(&job, format_args!("card {fault:?}"), 0, &[round]);
        }
    }
}

#[test]
fn the_process_dies_or_the_power_fails_after_every_change() {
    let ways = [Restart::Process, Restart::Power(1), Restart::Power(2), Restart::Power(3)];
    for job in Job::all() {
        for change in numbers(&job, job.count.changes) {
            let after = [change, 1 + Random::new(change).below(job.count.changes)];
            for then in ways {
                let what = format!("stop after {after:?}, {then:?}");
                let round = Round::stopping(after, [then; 2]);
                let played = play(&job, what, change, &[round]);
                assert!(played.is_none_or(|played| played.disturbed));
            }
        }
    }
}

#[test]
fn the_power_fails_again_while_the_offload_is_taken_up() {
    for job in Job::all() {
        let changes = job.count.changes;
        let mut random = Random::new(changes);
        let mut other = || 1 + random.below(changes);
        for change in numbers(&job, changes) {
            let (first, second) = ([change, other()], [other(), other()]);
            let then = [Restart::Power(change), Restart::Power(!change)];
            let rounds = [first, second].map(|after| Round::stopping(after, then));
            let what = format!("stop after {first:?}, then after {second:?}");
            play(&job, what, change, &rounds);
        }
    }
}

#[test]
fn a_drive_that_is_full_at_any_byte_gets_no_list() {
    each(
        |job| {
            let rooms = (0..job.count.bytes).step_by(if job.is_plain { 97 } else { 997 });
            rooms.flat_map(|room| [Fault::Full(room), Fault::FullAtSync(room)]).collect()
        },
        |fault, job, report| {
            assert_ne!(report.copies[0].status, Status::Verified, "{}: {fault:?}", job.name);
        },
    );
}

/// The list too, and everything else that is synced.
#[test]
fn a_medium_that_drops_a_write_or_flips_a_bit_is_found() {
    each(
        |job| {
            let places = numbers(job, job.count.syncs)
                .flat_map(|sync| Place::ALL.map(|place| (sync, place)));
            places.flat_map(|(s, place)| [Fault::Drops(s, place), Fault::Flips(s, place)]).collect()
        },
        |fault, job, report| {
            assert_ne!(report.copies[0].status, Status::Verified, "{}: {fault:?}", job.name);
        },
    );
}

#[test]
fn a_cache_that_cannot_be_dropped_is_in_the_evidence() {
    each(
        |_| vec![Fault::KeepsItsCache],
        |_, job, report| {
            assert_eq!(report.status, Status::Verified, "{}", job.name);
            assert_eq!(report.copies[0].grade, Some(Grade::ThroughTheCache), "{}", job.name);
        },
    );
}

#[test]
fn reads_in_pieces_change_nothing() {
    for job in Job::all() {
        for seed in 0..10 {
            let pieces = || vec![Fault::ReadsInPieces];
            let round = Round::new(pieces(), [pieces(), pieces()]);
            let played = play(&job, "reads in pieces", seed, &[round]);
            let first = played.and_then(|played| played.first);
            assert!(first.is_none_or(|report| report.status == Status::Verified));
        }
    }
}

/// What was written until then may stand on it; that it stands under the path that was named would
/// be a lie.
#[test]
fn a_drive_that_is_taken_away_before_its_list_is_begun_does_not_hold_the_roll() {
    for job in Job::all() {
        for call in numbers(&job, job.last_name) {
            let fault = Fault::IsTakenAway(call);
            let played = play(&job, format_args!("{fault:?}"), 0, &[Round::of(fault)]);
            let first = played.and_then(|played| played.first);
            let status = first.map(|report| report.copies[0].status);
            assert_ne!(status, Some(Status::Verified), "{}: {fault:?}", job.name);
        }
    }
}

/// A bit that flips in a finished copy is found when it is proven again. In a list, no digest would
/// tell.
#[test]
fn a_bit_that_flips_at_rest_is_found_by_the_next_proof() {
    for job in Job::all() {
        let is_flippable = |path: &str, bytes: &Option<Vec<u8>>| {
            let empty = bytes.as_ref().is_none_or(Vec::is_empty);
            path.starts_with(ROLL) && !path.ends_with(".mhl") && !empty
        };
        for (path, _) in jobs::bytes_of(&job.ends[1]).filter(|(p, bytes)| is_flippable(p, bytes)) {
            for place in Place::ALL {
                let drives = job.drives.each_ref().map(|drive| drive.fork(0, &[]));
                job.run(&job.card, &drives, false, 1).unwrap();
                assert!(drives[0].flip(path, place));
                let report = job.run(&job.card, &drives, true, 2).unwrap();
                let [bad, good] = report.copies.as_slice() else { unreachable!() };
                assert_ne!(bad.status, Status::Verified, "{} {path} {place:?}", job.name);
                assert_eq!(good.status, Status::Verified, "{} {path} {place:?}", job.name);
                promises::ends_well(&job, &drives[1]);
            }
        }
    }
}
