//! One row: contestants that do the same work in turns.

use std::{io, time::Instant};

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// Shortest time of one measurement, in seconds: long against the clock and a change of task.
const SHORTEST: f64 = 0.01;

/// Work that a contestant repeats.
pub(crate) type Work = Box<dyn FnMut()>;

/// The same bytes hashed by us and by others.
pub(crate) struct Row {
    /// Bytes that each contestant hashes in one call.
    bytes: usize,
    ours: Result<Work, String>,
    others: Vec<(&'static str, Result<Work, String>)>,
    most_rounds: usize,
}

/// Ours beside one other.
pub(crate) enum Outcome {
    /// Medians in 10^9 bytes a second.
    Measured {
        other: &'static str,
        ours_gbs: f64,
        other_gbs: f64,
    },
    Skipped {
        other: &'static str,
        reason: String,
    },
}

impl Row {
    pub(crate) fn new(bytes: usize, ours: impl FnMut() + 'static) -> Self {
        Row { bytes, ours: Ok(Box::new(ours)), others: Vec::new(), most_rounds: usize::MAX }
    }

    /// A row that we can't run here.
    pub(crate) fn skipped(reason: impl Into<String>) -> Self {
        Row { bytes: 0, ours: Err(reason.into()), others: Vec::new(), most_rounds: 0 }
    }

    pub(crate) fn against(mut self, other: &'static str, work: impl FnMut() + 'static) -> Self {
        self.others.push((other, Ok(Box::new(work))));
        self
    }

    pub(crate) fn without(mut self, other: &'static str, reason: impl Into<String>) -> Self {
        self.others.push((other, Err(reason.into())));
        self
    }

    /// For work that takes seconds.
    pub(crate) fn at_most(mut self, rounds: usize) -> Self {
        self.most_rounds = rounds;
        self
    }

    /// Everybody in turns, so many rounds.
    pub(crate) fn measure(&mut self, rounds: usize) -> Vec<Outcome> {
        let rounds = rounds.min(self.most_rounds);
        let ours = match &mut self.ours {
            Ok(ours) => ours,
            Err(reason) => {
                let skipped = |(other, _): &(&'static str, _)| Outcome::Skipped {
                    other,
                    reason: reason.clone(),
                };
                return self.others.iter().map(skipped).collect();
            }
        };
        let mut works: Vec<&mut Work> = vec![ours];
        works.extend(self.others.iter_mut().filter_map(|(_, work)| work.as_mut().ok()));
        let calls: Vec<usize> = works.iter_mut().map(|work| calls(work)).collect();
        let mut speeds = vec![Vec::with_capacity(rounds); works.len()];
        for _ in 0..rounds {
            for ((work, calls), speeds) in works.iter_mut().zip(&calls).zip(&mut speeds) {
                let start = Instant::now();
                for _ in 0..*calls {
                    work();
                }
                let bytes = (self.bytes * calls) as f64;
                speeds.push(bytes / start.elapsed().as_secs_f64() / 1e9);
            }
        }
        let mut medians = speeds.into_iter().map(median);
        let ours_gbs = medians.next().unwrap_or(f64::NAN);
        let outcome = |(other, work): &(&'static str, Result<Work, String>)| match work {
            Ok(_) => {
                let other_gbs = medians.next().unwrap_or(f64::NAN);
                Outcome::Measured { other, ours_gbs, other_gbs }
            }
            Err(reason) => Outcome::Skipped { other, reason: reason.clone() },
        };
        self.others.iter().map(outcome).collect()
    }
}

/// How many calls take the shortest time; they warm up the work, too.
fn calls(work: &mut Work) -> usize {
    let start = Instant::now();
    work();
    if start.elapsed().as_secs_f64() >= 10.0 * SHORTEST {
        return 1;
    }
    let mut calls = 1;
    loop {
        let start = Instant::now();
        for _ in 0..calls {
            work();
        }
        if start.elapsed().as_secs_f64() >= SHORTEST {
            return calls;
        }
        calls *= 2;
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Binds the process to the last core that it may use.
pub(crate) fn pin() -> io::Result<()> {
    let allowed = sched_getaffinity(None)?;
    let last = (0..CpuSet::MAX_CPU).rev().find(|cpu| allowed.is_set(*cpu));
    let mut one = CpuSet::new();
    one.set(last.ok_or(io::ErrorKind::NotFound)?);
    Ok(sched_setaffinity(None, &one)?)
}
