//! Plans: how long a day's material takes through the chain, what governs, and how many cards that
//! asks for.
//!
//! A [`Plan`] is what a production writes down; [`Plan::schedule`] tells what follows from it by
//! [`Rates`] that are stated, named in dated data, or measured by offloads. Everything here is
//! advice: it finds, and refuses nothing. An unknown rate leaves unknown whatever rests on it, and
//! is a finding.
//!
//! # How it is reckoned
//! - A **stage** is as fast as its slowest link. Copying reads a card once and writes every drive at
//!   once, so one slow drive holds all of them up; then every drive is read back. Tapes are written
//!   *and* verified; a hub is uploaded to.
//! - The **total** is all stages one after the other, as if each waited for the whole day's material:
//!   what overlaps makes it shorter. Loading and rewinding, and what drives take from each other on
//!   one bus, are not in it.
//! - **Clearance** is when all stages are through, from wrap on and in the hours in which the chain is at
//!   work, and then the longest of what else is waited for: a copy carried elsewhere, QC, evaluation.
//! - **Cards** are away for the day on which they are shot and for each that begins before they are
//!   cleared: data per day × those days ÷ card size, rounded up, and the plan's margin.
//! - Times are rounded up and rates down, in whole milliseconds and bytes per second. Nothing is a
//!   float, and what a number cannot hold is an error.

mod b1;
mod b2;
mod cards;
mod chain;
mod error;
mod f1;
mod file;
mod n1;
mod picture;
mod quantity;
mod r4;
mod rates;
mod schedule;
mod text;

#[cfg(test)]
mod tests;

pub use cards::CardCount;
pub use chain::{Change, Link, Stage, StageKind, Station};
pub use error::PlanError;
pub use file::{
    CardLink, Cards, Chain, Clearance, Drive, GivenRate, Hub, Look, Plan, ReaderLink, Shooting,
    Tape,
};
pub use quantity::{ParseQuantityError, Rate, Size, Span};
pub use rates::{Basis, Direction, NamedRate, Rates};
pub use schedule::Schedule;

pub(crate) use {b1::RULE as B1, b2::RULE as B2, n1::RULE as N1};
