//! Cases from seeds: several faults, several interruptions, whatever the dice say.

use std::time::{Duration, Instant};

use super::*;

/// Plays the case of a seed.
fn seed(jobs: &[Job], seed: u64) {
    let random = &mut Random::new(seed);
    let job = &jobs[random.below(jobs.len() as u64) as usize];
    let rounds: Vec<Round> = (0..=random.below(3)).map(|_| round(job, random)).collect();
    play(job, format_args!("{rounds:?}"), seed, &rounds);
}

fn round(job: &Job, random: &mut Random) -> Round {
    let mut drive = || -> Vec<Fault> { (0..random.below(3)).map(|_| fault(job, random)).collect() };
    let drives = [drive(), drive()];
    let mut then = || match random.below(3) {
        0 => Restart::Process,
        _ => Restart::Power(random.next()),
    };
    let then = [then(), then()];
    let card = match random.below(8) {
        0 => vec![Fault::Fails(1 + random.below(job.card_count.calls))],
        1 => vec![Fault::ReadsInPieces],
        _ => Vec::new(),
    };
    Round { card, drives, then }
}

fn fault(job: &Job, random: &mut Random) -> Fault {
    let Count { calls, changes, bytes, .. } = job.count;
    let call = 1 + random.below(calls);
    match random.below(10) {
        0 | 1 => Fault::Fails(call),
        2 => Fault::FailsAfterAll(call),
        3 => Fault::FailsFrom(call),
        4..=6 => Fault::StopsAfter(1 + random.below(changes)),
        7 => Fault::Full(random.below(bytes)),
        8 => Fault::FullAtSync(random.below(bytes)),
        _ => {
            let reads = on_reads(&job.reads);
            reads[random.below(reads.len() as u64) as usize]
        }
    }
}

#[test]
fn seeds_in_passing() {
    let jobs = Job::all();
    (0..200).for_each(|number| seed(&jobs, number));
}

/// Seeds from `MHL_SIMULATED_FROM` on, for `MHL_SIMULATED_MINUTES`. Prints the last one.
#[test]
#[ignore = "takes the minutes that it is given: ci/long/simulated"]
fn seeds_for_some_minutes() {
    let number = |name, default| std::env::var(name).map_or(default, |text| text.parse().unwrap());
    let (from, minutes) = (number("MHL_SIMULATED_FROM", 0), number("MHL_SIMULATED_MINUTES", 1));
    let end = Instant::now() + Duration::from_secs(60 * minutes);
    let jobs = Job::all();
    let mut last = from;
    for number in (from..).take_while(|_| Instant::now() < end) {
        seed(&jobs, number);
        last = number;
    }
    println!("through {last}");
}
