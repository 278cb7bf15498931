use super::{
    chain::{Stage, Station},
    quantity::Span,
};
use crate::{Rule, Truth, verdict::Node, word::joined};

pub(crate) const RULE: Rule =
    Rule::advice("B2", "Consider throughput speed throughout the whole data management chain");

/// The chain is known throughout, and each station is through with a day's material before that of
/// the next day comes.
pub(super) fn judge(stages: &[Stage], hours: Span) -> Vec<Node> {
    let mut nodes = vec![known(stages)];
    nodes.extend(Station::ALL.into_iter().filter_map(|station| keeps_up(station, stages, hours)));
    nodes
}

fn known(stages: &[Stage]) -> Node {
    let links = stages.iter().flat_map(|stage| &stage.links);
    let mut unknown: Vec<String> = Vec::new();
    for link in links.filter(|link| link.rate.is_none()) {
        let told = format!("{} ({})", link.component, link.direction.name());
        if !unknown.contains(&told) {
            unknown.push(told);
        }
    }
    let outcome = if unknown.is_empty() { Truth::Yes } else { Truth::Unknown };
    let reason = match outcome {
        Truth::Yes => "every rate is known".to_owned(),
        _ => format!("nobody said how fast these are: {}", joined(unknown)),
    };
    Node::new(&RULE, "the chain", outcome, reason)
        .remedied(|| "state, name or measure each rate; until then no sum is told")
}

/// None where the plan has no such station.
fn keeps_up(station: Station, stages: &[Stage], hours: Span) -> Option<Node> {
    let of_it: Vec<&Stage> = stages.iter().filter(|s| s.kind.station() == station).collect();
    if of_it.is_empty() {
        return None;
    }
    // What is known is a part: past the hours by itself it decides.
    let mut known = of_it.iter().filter_map(|stage| stage.time);
    let sum = known.try_fold(Span::default(), Span::plus);
    let complete = of_it.iter().all(|stage| stage.time.is_some());
    let (outcome, reason) = match sum {
        Some(sum) if sum <= hours && complete => {
            (Truth::Yes, format!("{sum} of the {hours} that a day has for it"))
        }
        Some(sum) if sum <= hours => (Truth::Unknown, "its time is unknown".to_owned()),
        Some(sum) => (
            Truth::No,
            format!("{sum} for a day's material, and a day has {hours} for it: it falls behind"),
        ),
        None => (Truth::No, "it falls behind by more than can be told".to_owned()),
    };
    let node = Node::new(&RULE, station.name(), outcome, reason);
    Some(node.remedied(|| match outcome {
        Truth::No => "a faster chain, more of it side by side, or less data",
        _ => "state, name or measure each rate",
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Profile;
    use crate::plan::tests::PLAN;
    use crate::plan::{Plan, Rates};

    #[test]
    fn table_of_cases() {
        for (case, from, to, subject, outcome) in [
            ("as it is", "", "", "the chain", Truth::Yes),
            ("as it is", "", "", "offload", Truth::Yes),
            ("as it is", "", "", "tape", Truth::Yes),
            ("as it is", "", "", "upload", Truth::Yes),
            ("no rate", "write = \"900 MB/s\"\n", "", "the chain", Truth::Unknown),
            ("no rate", "write = \"900 MB/s\"\n", "", "offload", Truth::Unknown),
            ("no rate", "write = \"900 MB/s\"\n", "", "tape", Truth::Yes),
            (
                "an unpublished generation",
                "generation = 8",
                "generation = 4",
                "tape",
                Truth::Unknown,
            ),
            ("a slow line", "\"1 Gbit/s\"", "\"10 Mbit/s\"", "upload", Truth::No),
            ("a slow line", "\"1 Gbit/s\"", "\"10 Mbit/s\"", "the chain", Truth::Yes),
            (
                "few hours",
                "[chain.card]",
                "[chain]\nhours_per_day = \"1 h\"\n[chain.card]",
                "tape",
                Truth::No,
            ),
            (
                "reading alone takes the day",
                "write = \"900 MB/s\"\nread = \"1 GB/s\"",
                "read = \"1 MB/s\"",
                "offload",
                Truth::No,
            ),
        ] {
            let text = PLAN.replacen(from, to, 1);
            let schedule = Plan::from_toml(&text)
                .unwrap()
                .schedule(&Rates::published(), &Profile::default())
                .unwrap();
            let found = schedule.judgements.iter().find(|n| n.rule == "B2" && n.subject == subject);
            assert_eq!(found.unwrap().outcome, outcome, "{case}: {subject}");
        }
    }
}
