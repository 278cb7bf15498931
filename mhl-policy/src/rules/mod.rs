//! One rule, one file, one predicate: each with its id, its words in the source, its level, and a
//! table of cases.
//!
//! `R1` to `R3` count copies; `R4` and `C1` to `C4` are filters that say which copies count;
//! `V1`, `Q1` and `E1` judge attestations; `W1` to `W4` and `T1` to `T3` are what a wipe needs.
//! `F1` says what is a final archive; `B1`, `B2` and `N1` are advice for a plan, and stand with it in [`plan`](crate::plan).

mod attested;
mod copies;
mod media;
mod readings;
mod shortfall;
mod wipe;

mod c1;
mod c2;
mod c3;
mod c4;
mod clips;
mod e1;
mod f1;
mod q1;
mod r1;
mod r2;
mod r3;
mod r4;
mod t1;
mod t2;
mod t3;
mod v1;
mod w1;
mod w2;
mod w3;
mod w4;

#[cfg(test)]
mod tests;

/// What of the rules for copies a plan is told beforehand: there it is advice.
pub(crate) const R4_PLANNED: Rule = Rule::advice(r4::RULE.id, r4::RULE.quotation);
pub(crate) const F1_PLANNED: Rule = Rule::advice(f1::RULE.id, f1::RULE.quotation);

pub(crate) use shortfall::{Shortfall, make_good};
pub(crate) use wipe::{copies_of, holding, judge_card, judge_roll, judge_storage};

use crate::verdict::Level;

/// A rule as its source states it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rule {
    /// Its id, as `R1`.
    pub id: &'static str,
    /// How binding it is.
    pub level: Level,
    /// The words of the source.
    pub quotation: &'static str,
}

impl Rule {
    const fn minimum(id: &'static str, quotation: &'static str) -> Self {
        Rule { id, level: Level::Minimum, quotation }
    }

    const fn ideal(id: &'static str, quotation: &'static str) -> Self {
        Rule { id, level: Level::Ideal, quotation }
    }

    pub(crate) const fn advice(id: &'static str, quotation: &'static str) -> Self {
        Rule { id, level: Level::Advice, quotation }
    }

    /// Every rule of the source that this crate judges, in the source's order.
    pub const ALL: &'static [&'static Rule] = &[
        &r1::RULE,
        &r2::RULE,
        &r3::RULE,
        &r4::RULE,
        &c1::RULE,
        &c2::RULE,
        &c3::RULE,
        &c4::RULE,
        &v1::RULE,
        &q1::RULE,
        &q1::REAL_TIME,
        &e1::RULE,
        &w1::RULE,
        &w2::RULE,
        &w3::RULE,
        &w4::RULE,
        &w4::EDITORIAL,
        &t1::RULE,
        &t2::RULE,
        &t3::RULE,
        &f1::RULE,
        &crate::plan::B1,
        &crate::plan::B2,
        &crate::plan::N1,
    ];
}
