//! Two things that go wrong one after the other: what a single fault leaves behind, disturbed again. Each of
//! these was first found by a [seed](super::seeds).

use super::*;

/// In passing, one case of so many: each is a whole offload or two, and there are thousands.
fn some<Case>(cases: impl Iterator<Item = Case>, of: usize) -> impl Iterator<Item = Case> {
    cases.step_by(if takes_all() { 1 } else { of })
}

fn power(seed: u64) -> [Restart; 2] {
    [Restart::Power(seed), Restart::Power(!seed)]
}

/// A generation that came to nothing leaves no manifest behind that a power cut could bring back.
#[test]
fn the_power_fails_after_a_read_that_failed() {
    for job in Job::all() {
        for (number, fault) in some((0..).zip(on_reads(&job.reads)), 5) {
            let round = Round { then: power(number), ..Round::of(fault) };
            play(&job, format_args!("{fault:?}, then no power"), number, &[round]);
        }
    }
}

/// Where the drive does not say whose the unfinished offload is, it is not taken for a finished one.
#[test]
fn a_read_fails_while_an_offload_is_taken_up() {
    for job in Job::all().into_iter().filter(|job| !job.is_plain) {
        let Count { changes, .. } = job.count;
        for stop in (changes / 2..changes).step_by(13) {
            let stopped = || Round::stopping([stop; 2], [Restart::Process; 2]);
            for (file, call) in some((1..30).flat_map(|file| [(file, 1), (file, 4)]), 7) {
                let fault = Fault::FailsReading(file, call);
                let what = format!("stop after {stop}, then {fault:?}");
                play(&job, what, stop, &[stopped(), Round::of(fault)]);
            }
        }
    }
}

/// A destination that could not be prepared can be, once its drive works.
#[test]
fn what_is_taken_back_cannot_be_taken_back() {
    for job in Job::all() {
        for call in 1..=40 {
            let faults = vec![Fault::FailsAfterAll(call), Fault::Fails(call + 1)];
            let what = format!("{faults:?}, then no power");
            let round = Round { then: power(call), ..Round::new(vec![], [faults, vec![]]) };
            play(&job, what, call, &[round]);
        }
    }
}

/// A history within that was lengthened is seen by the one around it, and stays.
#[test]
fn the_power_fails_after_what_failed_was_made_good() {
    for job in Job::all().into_iter().filter(|job| job.has_histories_within) {
        for call in some(job.last_name..=job.count.calls, 3) {
            let undisturbed = Round { then: power(call), ..Round::new(vec![], [vec![], vec![]]) };
            let rounds = [Round::of(Fault::Fails(call)), undisturbed];
            play(&job, format_args!("call {call}, then a run, then no power"), call, &rounds);
        }
    }
}
