//! A shooting day told to the ledger. Each test changes one thing and names the rule that finds it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod attestations;
mod bad_inputs;
mod chained;
mod clearance;
mod day;
mod device_names;
mod enumerated;
mod mistaken;
mod next;
mod pages;
mod permits;
mod profiles;
mod subsets;
mod told;
mod whatif;

use day::*;
use mhl_policy::{Decision, Question, Verdict};

/// The decision, and the rules that it rests on.
pub(crate) fn answer(verdict: &Verdict) -> (Decision, Vec<&'static str>) {
    let mut rules: Vec<&str> = verdict
        .reasons()
        .iter()
        .filter(|reason| reason.decides)
        .map(|reason| reason.node.rule)
        .collect();
    rules.sort_unstable();
    rules.dedup();
    (verdict.decision, rules)
}
