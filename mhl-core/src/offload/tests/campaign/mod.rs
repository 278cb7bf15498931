//! The engine against simulated disks: jobs of a few files on two drives, disturbed at every call.
//!
//! A case that fails prints its name and the calls on its drives. `MHL_SIMULATED_CASE='that name'`
//! in the environment lets the same test run this case alone.

mod jobs;
mod promises;
mod seeds;

use std::fmt::Display;

use self::jobs::Job;
use super::*;
use crate::tree::simulated::{Count, Fault, Place, Random, Restart, Simulated};

/// One run of a job with its faults, and what becomes of the drives after it.
#[derive(Clone, Debug)]
struct Round {
    card: Vec<Fault>,
    drives: [Vec<Fault>; 2],
    then: [Restart; 2],
}

impl Round {
    /// One fault on the first drive; then the process starts again.
    fn of(fault: Fault) -> Self {
        let (card, drives) = (Vec::new(), [vec![fault], Vec::new()]);
        Round { card, drives, then: [Restart::Process; 2] }
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
            eprintln!("the case failed in run {}: MHL_SIMULATED_CASE='{}'", self.run, self.name);
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
    let mut played = Played { disturbed: false, first: None };
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
        played.first = played.first.or(report);
        for (drive, how) in case.drives.iter().zip(round.then) {
            drive.restart(how);
            let lies = round.drives.iter().flatten().any(|fault| fault.lies());
            promises::stands_whole(job, drive, lies);
        }
    }
    case.end(rounds);
    Some(played)
}

impl Case<'_> {
    /// Runs the job, and holds what is said of each copy to what a power cut leaves of it.
    fn round(&mut self, round: &Round) -> Option<Report> {
        let resume = self.run > 0;
        self.run += 1;
        let report = self.job.run(&self.card, &self.drives, resume, self.run);
        let card_failed = self.card.count().faults > 0;
        for (index, drive) in self.drives.iter().enumerate() {
            let copy = report.as_ref().map(|report| &report.copies[index]);
            let verified = copy.is_some_and(|copy| copy.status == Status::Verified);
            if drive.count().faults == 0 && !card_failed {
                let findings = report.as_ref().map(|report| &report.findings);
                assert!(verified, "drive {index} had no part in it: {findings:?}");
                promises::ends_well(self.job, drive);
            }
            if !verified {
                continue;
            }
            let keeps_its_cache = round.drives[index].contains(&Fault::KeepsItsCache);
            assert_eq!(copy.unwrap().grade == Some(Grade::PastTheCache), !keeps_its_cache);
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

/// Every call of a job on a drive, until there is none of that number.
fn every_call(fault: fn(u64) -> Fault) {
    for job in Job::all() {
        for call in 1.. {
            let fault = fault(call);
            let played = play(&job, format_args!("{fault:?}"), call, &[Round::of(fault)]);
            if played.is_some_and(|played| !played.disturbed) || call > 2000 {
                assert!((60..2000).contains(&call), "{}: {call} calls", job.name);
                break;
            }
        }
    }
}

#[test]
fn every_call_fails_once() {
    every_call(Fault::Fails);
}

#[test]
fn every_call_is_said_to_fail_and_was_carried_out() {
    every_call(Fault::FailsAfterAll);
}

#[test]
fn every_call_from_one_on_fails_for_good() {
    every_call(Fault::FailsFrom);
}

#[test]
fn every_call_of_the_card_fails_once_or_from_one_on_for_good() {
    for job in Job::all() {
        for fault in [Fault::Fails, Fault::FailsFrom] {
            for call in 1.. {
                let round = Round {
                    card: vec![fault(call)],
                    drives: [vec![], vec![]],
                    then: [Restart::Process; 2],
                };
                let what = format!("card {:?}", fault(call));
                let played = play(&job, what, call, &[round]);
                if played.is_some_and(|played| !played.disturbed) || call > 2000 {
                    assert!((10..2000).contains(&call), "{}: {call} calls", job.name);
                    break;
                }
            }
        }
    }
}

#[test]
fn the_process_dies_or_the_power_fails_after_every_change() {
    for job in Job::all() {
        let changes = job.count.changes;
        for change in 1..=changes {
            let other = Random::new(change).below(changes) + 1;
            let after = [change, other];
            for (seed, then) in
                [Restart::Process, Restart::Power(1), Restart::Power(2), Restart::Power(3)]
                    .into_iter()
                    .enumerate()
            {
                let round = Round::stopping(after, [then; 2]);
                let what = format!("stop after {after:?}, {then:?}");
                let played = play(&job, what, change + seed as u64, &[round]);
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
        for change in 1..=changes {
            let mut stop = || [1 + random.below(changes), 1 + random.below(changes)];
            let (first, second) = ([change, stop()[1]], stop());
            let rounds = [first, second].map(|after| {
                Round::stopping(after, [Restart::Power(change), Restart::Power(!change)])
            });
            play(
                &job,
                format_args!("stop after {first:?}, then after {second:?}"),
                change,
                &rounds,
            );
        }
    }
}

#[test]
fn a_drive_that_is_full_at_any_byte_gets_no_list() {
    for job in Job::all() {
        for fault in [Fault::Full, Fault::FullAtSync] {
            for room in (0..job.count.bytes).step_by(61) {
                let fault = fault(room);
                let played = play(&job, format_args!("{fault:?}"), room, &[Round::of(fault)]);
                if let Some(played) = played {
                    assert!(played.disturbed);
                    assert_ne!(played.first.unwrap().copies[0].status, Status::Verified);
                }
            }
        }
    }
}

#[test]
fn a_medium_that_drops_a_write_or_flips_a_bit_is_found() {
    for job in Job::all() {
        for sync in 1..=job.count.syncs {
            for place in Place::ALL {
                for fault in [Fault::Drops(sync, place), Fault::Flips(sync, place)] {
                    let played = play(&job, format_args!("{fault:?}"), sync, &[Round::of(fault)]);
                    let Some(Played { disturbed, first: Some(first) }) = played else { continue };
                    let is_empty = !disturbed;
                    // A block of nothing cannot be dropped, and an empty file has no bit.
                    assert!(
                        is_empty
                            || first.copies[0].status != Status::Verified
                            || matches!(fault, Fault::Drops(..))
                    );
                }
            }
        }
    }
}

#[test]
fn a_cache_that_cannot_be_dropped_is_in_the_evidence() {
    for job in Job::all() {
        let played = play(&job, "keeps its cache", 0, &[Round::of(Fault::KeepsItsCache)]);
        let first = played.and_then(|played| played.first);
        assert!(first.is_none_or(|report| report.status == Status::Verified));
    }
}

#[test]
fn reads_in_pieces_change_nothing() {
    for job in Job::all() {
        for seed in 0..10 {
            let pieces = || vec![Fault::ReadsInPieces];
            let round =
                Round { card: pieces(), drives: [pieces(), pieces()], then: [Restart::Process; 2] };
            let played = play(&job, "reads in pieces", seed, &[round]);
            let first = played.and_then(|played| played.first);
            assert!(first.is_none_or(|report| report.status == Status::Verified));
        }
    }
}

/// A drive that is taken away before its list was begun is not said to hold the roll.
#[test]
fn a_drive_that_is_taken_away_is_noticed_before_the_list() {
    for job in Job::all() {
        for call in 1..=job.count.calls {
            let fault = Fault::IsTakenAway(call);
            play(&job, format_args!("{fault:?}"), call, &[Round::of(fault)]);
        }
    }
}

/// A bit that flips in a finished copy is found when it is proven again.
#[test]
fn a_bit_that_flips_at_rest_is_found_by_the_next_proof() {
    for job in Job::all() {
        for (path, thing) in job.ends[0].iter().filter(|(path, _)| path.starts_with(ROLL)) {
            if thing.bytes.as_ref().is_none_or(Vec::is_empty) {
                continue;
            }
            for place in Place::ALL {
                let drives = job.drives.each_ref().map(|drive| drive.fork(0, &[]));
                job.run(&job.card, &drives, false, 1).unwrap();
                assert!(drives[0].flip(path, place));
                let before = drives[0].contents();
                let report = job.run(&job.card, &drives, true, 2).unwrap();
                let [bad, good] = report.copies.as_slice() else { unreachable!() };
                assert_ne!(bad.status, Status::Verified, "{} {path} {place:?}", job.name);
                assert_eq!(good.status, Status::Verified, "{} {path} {place:?}", job.name);
                assert_eq!(drives[0].contents(), before, "nothing is mended in silence");
                promises::ends_well(&job, &drives[1]);
            }
        }
    }
}
