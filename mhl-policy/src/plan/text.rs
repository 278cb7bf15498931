//! A schedule for people. Eighty columns.

use super::{Schedule, Stage};
use crate::{Truth, render::paragraph, verdict::Node, word::joined};
use std::fmt;

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        paragraph(f, "", &format!("PLAN: {} ({})", self.production, self.genre))?;
        paragraph(
            f,
            "  ",
            &format!(
                "{} each shooting day, by {} and {}",
                self.data_per_day,
                self.rates.join(", then "),
                self.profile
            ),
        )?;
        writeln!(f, "\nThe chain, for the material of one shooting day")?;
        for stage in &self.stages {
            write_stage(f, stage)?;
        }
        match self.total {
            Some(total) => paragraph(
                f,
                &format!("  {:<12} {total:>12}  ", "together"),
                "one after the other; overlapping makes it shorter",
            )?,
            None => writeln!(f, "  {:<12} {:>12}", "together", "unknown")?,
        }
        writeln!(f)?;
        self.write_change(f)?;
        writeln!(f)?;
        self.write_cards(f)?;
        if !self.unused.is_empty() {
            let unused = joined(&self.unused);
            paragraph(f, "Measured, and nothing in the plan is seen as it: ", &unused)?;
        }
        section(f, "Against the advice", &self.judgements, Truth::No)?;
        section(f, "Unknown", &self.judgements, Truth::Unknown)?;
        section(f, "Followed", &self.judgements, Truth::Yes)
    }
}

fn write_stage(f: &mut fmt::Formatter<'_>, stage: &Stage) -> fmt::Result {
    let time = stage.time.map_or_else(|| "unknown".to_owned(), |time| time.to_string());
    let head = format!("  {:<12} {time:>12}  ", stage.kind);
    let governing = stage.governed_by();
    let told = match (stage.rate, governing.first()) {
        (Some(rate), Some(first)) => {
            let names = joined(governing.iter().map(|link| &link.component));
            let basis = match governing.as_slice() {
                [link] if link.count > 1 => format!(" ({} at once, {})", link.count, first.basis),
                [_] => format!(" ({})", first.basis),
                _ => String::new(),
            };
            format!("at {rate}, governed by {names}{basis}")
        }
        _ => {
            let unknown = stage.links.iter().filter(|link| link.rate.is_none());
            format!("nobody said how fast {} is", joined(unknown.map(|link| &link.component)))
        }
    };
    paragraph(f, &head, &told)
}

impl Schedule {
    fn write_change(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(kind) = self.bottleneck else {
            return paragraph(f, "Bottleneck: ", "unknown, as a rate is");
        };
        paragraph(f, "Bottleneck: ", kind.name())?;
        paragraph(f, "To change first: ", &self.first_change())
    }

    /// What to change first, in a sentence.
    pub(super) fn first_change(&self) -> String {
        match &self.change {
            Some(change) => format!(
                "{} from {} to {}: then {} takes {}, and all {}",
                joined(&change.raise),
                change.from,
                change.to,
                change.stage,
                change.stage_time,
                change.total
            ),
            None if self.total.is_some() => "nothing in the chain is faster: all of it".to_owned(),
            None => "unknown, as a rate is".to_owned(),
        }
    }

    fn write_cards(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        paragraph(f, "Cards: ", &self.card_sum())
    }

    /// The sum behind the number of cards, in a sentence.
    pub(super) fn card_sum(&self) -> String {
        let cards = &self.cards;
        let cleared = match cards.clearance {
            Some(span) => format!("cleared {span} after a shooting day"),
            None => "cleared nobody knows when".to_owned(),
        };
        match (cards.days, cards.full, cards.needed) {
            (Some(days), Some(full), Some(needed)) => format!(
                "{needed} needed, {} at hand. {} x {} on cards of {} fill {full}, and {} as margin; {cleared}",
                cards.at_hand,
                if days == 1 {
                    "1 shooting day".to_owned()
                } else {
                    format!("{days} shooting days")
                },
                self.data_per_day,
                self.card_size,
                cards.margin,
            ),
            _ => {
                format!("{} at hand, and how many are needed is unknown; {cleared}", cards.at_hand)
            }
        }
    }
}

fn section(
    f: &mut fmt::Formatter<'_>,
    title: &str,
    judgements: &[Node],
    outcome: Truth,
) -> fmt::Result {
    let mut nodes = judgements.iter().filter(|node| node.outcome == outcome).peekable();
    if nodes.peek().is_none() {
        return Ok(());
    }
    writeln!(f, "\n{title}")?;
    for node in nodes {
        let head = format!("  {:<4} ", node.rule);
        paragraph(f, &head, &format!("{}: {}", node.subject, node.reason))?;
        if let Some(remedy) = &node.remedy {
            paragraph(f, "       -> ", remedy)?;
        }
    }
    Ok(())
}
