use super::{cards::CardCount, file::Plan};
use crate::{Rule, Truth, verdict::Node, word::joined};

pub(crate) const RULE: Rule = Rule::advice(
    "N1",
    "Hold enough cards to complete the expectations laid out in the “REPURPOSING CAMERA MEDIA” section. This usually means having enough cards for two days of shooting; however always have the 3:2:1 conversation with all stakeholders before confirming that you have enough camera cards.",
);

/// Enough cards, and somebody who agreed to their number.
pub(super) fn judge(plan: &Plan, count: &CardCount, keeps_up: bool) -> Vec<Node> {
    vec![enough(count, keeps_up), agreed(&plan.cards.agreed_by)]
}

fn enough(count: &CardCount, keeps_up: bool) -> Node {
    let at_hand = count.at_hand;
    let (outcome, reason) = match count.needed {
        _ if !keeps_up => (
            Truth::No,
            "the chain falls behind each day: no number of cards is enough for long".to_owned(),
        ),
        Some(needed) if needed <= at_hand => {
            (Truth::Yes, format!("{needed} needed, {at_hand} at hand"))
        }
        Some(needed) => (Truth::No, format!("{needed} needed, {at_hand} at hand")),
        None => {
            let unknown = joined(&count.unknown);
            (
                Truth::Unknown,
                format!("nobody said how long it takes until a card is cleared: {unknown}"),
            )
        }
    };
    let remedy = || match count.needed {
        _ if !keeps_up => "first a chain that keeps up".to_owned(),
        Some(needed) => {
            let more = needed.saturating_sub(at_hand);
            let cards = if more == 1 { "card" } else { "cards" };
            format!("{more} more {cards}, or a shorter way to clearance")
        }
        None => "say who looks at the material and when that is done, and every rate".to_owned(),
    };
    Node::new(&RULE, "cards", outcome, reason).remedied(remedy)
}

fn agreed(by: &[String]) -> Node {
    let (outcome, reason) = match by {
        [] => (Truth::No, "nobody is named who agreed to the number of cards".to_owned()),
        by => (Truth::Yes, format!("{} agreed to the number of cards", joined(by))),
    };
    Node::new(&RULE, "stakeholders", outcome, reason)
        .remedied(|| "have the conversation, and name who agreed")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Profile;
    use crate::plan::tests::PLAN;
    use crate::plan::{Plan, Rates};

    #[test]
    fn table_of_cases() {
        // 2.4 TB a day on cards of 1 TB; the chain takes less than a day.
        let cases = [
            ("two days", "", "", "cards", Truth::Yes, Some(7)),
            ("one card short", "at_hand = 7", "at_hand = 6", "cards", Truth::No, Some(7)),
            ("a margin more", "margin = 2", "margin = 3", "cards", Truth::No, Some(8)),
            (
                "the chain rests at night",
                "[chain.card]",
                "[chain]\nhours_per_day = \"6 h\"\n[chain.card]",
                "cards",
                Truth::No,
                Some(10),
            ),
            (
                "cleared before the next call",
                "rest = \"0 h\"",
                "rest = \"24 h\"",
                "cards",
                Truth::Yes,
                Some(5),
            ),
            ("one day more", "within = \"6 h\"", "within = \"24 h\"", "cards", Truth::No, Some(10)),
            (
                "nobody does QC",
                "qc = { by = \"dailies lab\", within = \"6 h\" }\n",
                "",
                "cards",
                Truth::Unknown,
                None,
            ),
            ("a rate is missing", "write = \"900 MB/s\"\n", "", "cards", Truth::Unknown, None),
            ("the line is too slow", "\"1 Gbit/s\"", "\"10 Mbit/s\"", "cards", Truth::No, None),
            ("agreed", "", "", "stakeholders", Truth::Yes, Some(7)),
            ("nobody agreed", "agreed_by = [\"producer\"]", "", "stakeholders", Truth::No, Some(7)),
        ];
        for (case, from, to, subject, outcome, needed) in cases {
            let text = PLAN.replacen(from, to, 1);
            let schedule = Plan::from_toml(&text)
                .unwrap()
                .schedule(&Rates::published(), &Profile::default())
                .unwrap();
            let found = schedule.judgements.iter().find(|n| n.rule == "N1" && n.subject == subject);
            assert_eq!(found.unwrap().outcome, outcome, "{case}");
            assert_eq!(schedule.cards.needed, needed, "{case}");
        }
    }

    #[test]
    fn a_copy_elsewhere_is_waited_for_unless_it_is_uploaded() {
        let no_hub = PLAN.replace("[chain.hub]\nbandwidth = \"1 Gbit/s\"\nfrom = \"RAID\"\n", "");
        let needed = |text: &str| {
            let plan = Plan::from_toml(text).unwrap();
            let cards = plan.schedule(&Rates::published(), &Profile::default()).unwrap().cards;
            (cards.needed, cards.unknown)
        };
        assert_eq!(needed(&no_hub), (None, vec!["a copy at another place"]));
        let courier = |within: &str| {
            let told =
                format!("[clearance]\nelsewhere = {{ by = \"courier\", within = \"{within}\" }}");
            needed(&no_hub.replace("[clearance]", &told))
        };
        assert_eq!(courier("6 h"), (Some(7), vec![]));
        assert_eq!(courier("30 h"), (Some(10), vec![]), "a day more");
    }

    #[test]
    fn nonfiction_is_not_asked_for_qc() {
        let text = PLAN.replace("scripted", "nonfiction");
        let clearance = text.find("[clearance]").unwrap();
        let schedule = Plan::from_toml(&text[..clearance])
            .unwrap()
            .schedule(&Rates::published(), &Profile::default())
            .unwrap();
        assert_eq!(schedule.cards.needed, Some(7));
        assert_eq!(schedule.cards.clearance, schedule.total);
    }
}
