use super::{
    chain::{self, Link},
    error::PlanError,
    file::Plan,
    quantity::Rate,
    rates::{Direction, Rates},
};
use crate::{Rule, Truth, verdict::Node};

pub(crate) const RULE: Rule = Rule::advice(
    "B1",
    "It is recommended that drives should not be slower than the source (e.g., camera card or camera reader).",
);

/// Each drive, written to, against what all readers together deliver.
pub(super) fn judge(plan: &Plan, rates: &Rates) -> Result<Vec<Node>, PlanError> {
    let source = slowest(&chain::source(plan, rates)?);
    let drives = plan.chain.drives.iter().enumerate();
    drives
        .map(|(index, drive)| {
            let links = chain::through_drive(index, drive, Direction::Write, rates)?;
            Ok(compare(&drive.name, slowest(&links), source))
        })
        .collect()
}

/// The rate of the slowest; `None` where one is unknown.
fn slowest(links: &[Link]) -> Option<Rate> {
    let rates: Option<Vec<Rate>> = links.iter().map(|link| link.rate).collect();
    rates.and_then(|rates| rates.into_iter().min())
}

fn compare(name: &str, drive: Option<Rate>, source: Option<Rate>) -> Node {
    let (outcome, reason) = match (drive, source) {
        (Some(drive), Some(source)) if drive < source => {
            (Truth::No, format!("it writes {drive}, and the source gives {source}"))
        }
        (Some(drive), Some(source)) => {
            (Truth::Yes, format!("it writes {drive}, no slower than the source's {source}"))
        }
        (None, _) => (Truth::Unknown, "nobody said how fast it is written".to_owned()),
        (_, None) => (Truth::Unknown, "nobody said how fast the source is".to_owned()),
    };
    let remedy = || match (drive, source) {
        (Some(_), Some(source)) => format!("a drive that writes {source}"),
        (None, _) => "state, name or measure its rate".to_owned(),
        (_, None) => "state, name or measure the rates of card and reader".to_owned(),
    };
    Node::new(&RULE, name, outcome, reason).remedied(remedy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_of_cases() {
        let rate = Rate::from_bytes_per_second;
        for (drive, source, outcome) in [
            (rate(400), rate(400), Truth::Yes),
            (rate(401), rate(400), Truth::Yes),
            (rate(399), rate(400), Truth::No),
            (None, rate(400), Truth::Unknown),
            (rate(400), None, Truth::Unknown),
            (None, None, Truth::Unknown),
        ] {
            let node = compare("RAID", drive, source);
            assert_eq!(node.outcome, outcome, "{drive:?} of {source:?}");
            assert_eq!(node.remedy.is_some(), outcome != Truth::Yes);
        }
    }
}
