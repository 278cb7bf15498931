//! How many cards it takes so that shooting never waits for a clearance.

use super::{
    PlanError,
    file::{Look, Plan},
    quantity::{Size, Span},
};
use crate::Genre;
use serde::Serialize;

/// The sum behind the number of cards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CardCount {
    /// From the end of a shooting day until its cards may be wiped: all stages one after the other, in
    /// the hours in which the chain is at work, then the longest of what is waited for. `None` where
    /// a part of it is unknown.
    #[serde(rename = "clearance_milliseconds")]
    pub clearance: Option<Span>,
    /// What of that nobody said, as `visual QC`.
    pub unknown: Vec<&'static str>,
    /// Shooting days for which a card is away: the one on which it is shot, and each that begins
    /// before it is cleared. `None` where the time to clearance is unknown, and where the chain
    /// falls behind.
    pub days: Option<u64>,
    /// Cards that are full by then, without the margin.
    pub full: Option<u64>,
    /// Cards on top of that.
    pub margin: u64,
    /// Cards that are needed, with the margin.
    pub needed: Option<u64>,
    /// Cards that there are.
    pub at_hand: u64,
}

impl CardCount {
    /// `total` is the time of all stages; `keeps_up` whether each day's material is through before
    /// that of the next comes, as far as it is known.
    pub(super) fn new(
        plan: &Plan,
        data: Size,
        total: Option<Span>,
        keeps_up: bool,
    ) -> Result<Self, PlanError> {
        let looks = &plan.clearance;
        let scripted = plan.genre == Genre::Scripted;
        let mut unknown = Vec::new();
        for (what, missing) in [
            ("the chain", total.is_none()),
            ("a copy at another place", plan.chain.hub.is_none() && looks.elsewhere.is_none()),
            ("visual QC", scripted && looks.qc.is_none()),
            ("editorial evaluation", scripted && looks.evaluation.is_none()),
        ] {
            if missing {
                unknown.push(what);
            }
        }
        let all: [&Option<Look>; 4] =
            [&looks.elsewhere, &looks.qc, &looks.evaluation, &looks.final_clearance];
        let longest = all.into_iter().flatten().map(|look| look.within).max().unwrap_or_default();
        let clearance = match total {
            Some(total) if unknown.is_empty() => {
                let through = total.at_work(plan.chain.hours_per_day);
                let sum = through.and_then(|through| through.plus(longest));
                Some(sum.ok_or(PlanError::TooLarge { what: "time to clearance" })?)
            }
            _ => None,
        };
        // What is cleared before the next call is there for it.
        let days = clearance
            .filter(|_| keeps_up)
            .map(|clearance| 1 + clearance.less(plan.shooting.rest).days_begun());
        let margin = plan.cards.margin;
        let mut count = CardCount {
            clearance,
            unknown,
            days,
            full: None,
            margin,
            needed: None,
            at_hand: plan.cards.at_hand,
        };
        if let Some(days) = days {
            let too_large = || PlanError::TooLarge { what: "number of cards" };
            let bytes = u128::from(data.bytes()) * u128::from(days);
            let full = bytes.div_ceil(u128::from(plan.cards.size.bytes().max(1)));
            let full = u64::try_from(full).map_err(|_| too_large())?;
            count.full = Some(full);
            count.needed = Some(full.checked_add(margin).ok_or_else(too_large)?);
        }
        Ok(count)
    }
}
