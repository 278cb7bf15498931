//! What follows from a plan.

use super::{
    Change, PlanError, Rates, Stage, StageKind, b1, b2,
    cards::CardCount,
    chain, f1,
    file::Plan,
    n1,
    quantity::{Size, Span},
    r4,
};
use crate::{Genre, Profile, Truth, verdict::Node, word::escape_json};
use serde_json::{Value, json};

/// What follows from a plan: how long each stage takes, what governs, what to change first, how many
/// cards it needs, and which advice it follows.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Schedule {
    /// The production, as the plan names it.
    pub production: String,
    /// Scripted or nonfiction.
    pub genre: Genre,
    /// The names of the dated data by which rates were looked up.
    pub rates: Vec<String>,
    /// The profile's name.
    pub profile: String,
    /// Data of a shooting day.
    pub data_per_day: Size,
    /// Capacity of a card.
    pub card_size: Size,
    /// Hours of a day in which the chain is at work.
    pub hours_per_day: Span,
    /// Every stage, in the order of the work, for the material of one shooting day.
    pub stages: Vec<Stage>,
    /// All stages one after the other; overlapping makes it shorter and never longer. `None` where
    /// a stage is unknown.
    pub total: Option<Span>,
    /// The stage that takes longest; `None` where one is unknown.
    pub bottleneck: Option<StageKind>,
    /// What to change first; `None` where something is unknown, or nothing in the chain is faster.
    pub change: Option<Change>,
    /// How many cards it takes.
    pub cards: CardCount,
    /// Folders that reports measured and that nothing in the plan is `seen_as`.
    pub unused: Vec<String>,
    /// The advice, judged: B1 for each drive, B2 for the chain and each of its stations, F1 for the
    /// final archive, R4 for each RAID, N1 for the cards and those who agreed to them. Followed
    /// advice is here too.
    pub judgements: Vec<Node>,
}

impl Plan {
    /// What follows from the plan by these rates; the profile says what is a final archive and which
    /// RAID is barred. The same plan, rates and profile give the same schedule.
    ///
    /// # Errors
    /// [`PlanError::NoSuchRate`] when a rate is named that the data does not have, and
    /// [`PlanError::TooLarge`] when a figure is past what a number of 64 bits holds. Advice that is
    /// not followed is no error.
    pub fn schedule(&self, rates: &Rates, profile: &Profile) -> Result<Schedule, PlanError> {
        let data = self.shooting.data_per_day()?;
        let stages = chain::stages(self, rates, data)?;
        let total = chain::total(&stages)?;
        let mut judgements = b1::judge(self, rates)?;
        let of_chain = b2::judge(&stages, self.chain.hours_per_day);
        let keeps_up = of_chain.iter().all(|node| node.outcome != Truth::No);
        judgements.extend(of_chain);
        judgements.push(f1::judge(self, profile));
        judgements.extend(r4::judge(self, profile));
        let cards = CardCount::new(self, data, total, keeps_up)?;
        judgements.extend(n1::judge(self, &cards, keeps_up));
        Ok(Schedule {
            production: self.name.clone(),
            genre: self.genre.clone(),
            rates: rates.names.clone(),
            profile: profile.name.clone(),
            data_per_day: data,
            card_size: self.cards.size,
            hours_per_day: self.chain.hours_per_day,
            total,
            bottleneck: chain::bottleneck(&stages).map(|stage| stage.kind),
            change: chain::change(&stages)?,
            stages,
            unused: rates.unused(&self.chain.seen_as()),
            cards,
            judgements,
        })
    }
}

impl Schedule {
    /// Whether all advice is followed; unknown where none is known not to be and something is
    /// unknown.
    #[must_use]
    pub fn followed(&self) -> Truth {
        Truth::all(self.judgements.iter().map(|node| node.outcome))
    }

    /// The advice that is not followed, or may not be.
    pub fn findings(&self) -> impl Iterator<Item = &Node> {
        self.judgements.iter().filter(|node| node.outcome != Truth::Yes)
    }

    /// The schedule as one line of JSON, `"schema": "mhl.plan/1"`. The same schedule is the same
    /// bytes. Control characters and bidirectional overrides are escaped.
    #[must_use]
    pub fn to_json(&self) -> String {
        let findings: Vec<Value> = self
            .findings()
            .map(|node| {
                json!({
                    "kind": node.rule,
                    "path": node.subject,
                    "level": node.level,
                    "outcome": node.outcome,
                    "expected": node.quotation,
                    "found": node.reason,
                    "remedy": node.remedy,
                })
            })
            .collect();
        let count = |truth| self.judgements.iter().filter(|node| node.outcome == truth).count();
        let stages: Vec<Value> = self
            .stages
            .iter()
            .map(|stage| {
                let mut value = json!(stage);
                let governing: Vec<&str> =
                    stage.governed_by().iter().map(|link| link.component.as_str()).collect();
                if let Value::Object(fields) = &mut value {
                    fields.insert("governed_by".to_owned(), json!(governing));
                }
                value
            })
            .collect();
        let text = json!({
            "schema": "mhl.plan/1",
            "status": status(self.followed()),
            "production": self.production,
            "genre": self.genre,
            "rates": self.rates,
            "profile": self.profile,
            "data_per_day_bytes": self.data_per_day,
            "card_size_bytes": self.card_size,
            "hours_per_day_milliseconds": self.hours_per_day,
            "stages": stages,
            "total_milliseconds": self.total,
            "bottleneck": self.bottleneck,
            "change": self.change,
            "cards": self.cards,
            "unused": self.unused,
            "counts": {
                "followed": count(Truth::Yes),
                "against": count(Truth::No),
                "unknown": count(Truth::Unknown),
            },
            "findings": findings,
        })
        .to_string();
        escape_json(&text)
    }
}

/// The whole in one word.
pub(super) const fn status(followed: Truth) -> &'static str {
    match followed {
        Truth::Yes => "followed",
        Truth::No => "advised",
        Truth::Unknown => "unknown",
    }
}
