use super::{
    Rule, copies, r1, r2, r3,
    readings::{HOLDINGS, LINKS},
};
use crate::{
    Truth,
    action::{Action, RollFact},
    case::Case,
    roll::RollId,
    verdict::{Node, Reference},
};
use std::collections::BTreeSet;

pub(super) const RULE: Rule = Rule::minimum(
    "W2",
    "Original camera footage and audio files comply with the 3:2:1 principle stated above.",
);

/// The roll and each that it is linked to satisfy R1 to R3, after the wipe.
pub(super) fn judge(case: &Case<'_>, roll: &RollId) -> Node {
    let mut children = vec![holdings(case, roll)];
    if case.profile.sound.linked_rolls {
        children.push(links(case, roll));
    }
    Node::all(&RULE, roll.as_str(), children)
}

fn holdings(case: &Case<'_>, roll: &RollId) -> Node {
    let standings = copies::standings(case, roll);
    let r1 = r1::judge(case, roll, &standings);
    let r2 = r2::judge(case, roll, &standings);
    let r3 = r3::judge(case, roll, &standings);
    let r1 = r1.with(standings.into_iter().map(|standing| standing.node));
    Node::all(&HOLDINGS, roll.as_str(), vec![r1, r2, r3])
}

/// The rolls that a roll is linked to. Links are stated by either roll, and are direct.
pub(super) fn linked<'a>(case: &Case<'a>, roll: &RollId) -> BTreeSet<&'a RollId> {
    let own = case.roll(roll).and_then(|roll| roll.says.links.as_ref());
    let mut linked: BTreeSet<&RollId> = own.into_iter().flatten().collect();
    linked.extend(case.state.linking(roll));
    linked.remove(roll);
    linked
}

fn links(case: &Case<'_>, roll: &RollId) -> Node {
    let own = case.roll(roll).and_then(|roll| roll.says.links.as_ref());
    let linked = linked(case, roll);
    let event = case.roll(roll).map(|roll| Reference::Event(roll.at.clone()));
    if linked.is_empty() {
        let (outcome, reason) = match own {
            Some(_) => (Truth::Yes, "it has no linked rolls"),
            None => (Truth::Unknown, "neither linked rolls nor their absence are recorded"),
        };
        return Node::new(&LINKS, roll.as_str(), outcome, reason)
            .needing([Action::RecordRoll { roll: roll.clone(), fact: RollFact::Links }])
            .citing(event);
    }
    let children = linked.into_iter().map(|linked| match case.roll(linked) {
        Some(_) => holdings(case, linked),
        None => {
            Node::new(&HOLDINGS, linked.as_str(), Truth::Unknown, "the linked roll is not recorded")
                .needing([Action::RecordRoll { roll: linked.clone(), fact: RollFact::Itself }])
        }
    });
    Node::all(&LINKS, roll.as_str(), children.collect()).citing(event)
}

#[cfg(test)]
mod tests {
    use super::super::tests::*;

    #[test]
    fn table_of_cases() {
        let cases = [
            ("picture and sound hold", day(), Yes),
            ("the sound is not verified", reported("S001", |r| r.copies[2].grade = None), No),
            (
                "linked to a roll that is not recorded",
                patched("roll", "camera", json!({"links": ["S001", "S002"]})),
                Unknown,
            ),
            (
                "the sound roll states the link",
                patched("roll", "camera", json!({"links": null})),
                Yes,
            ),
            (
                "nobody states a link",
                {
                    let mut steps = patched("roll", "camera", json!({"links": null}));
                    if let Step::Event { data, .. } = &mut steps[1] {
                        data.as_object_mut().unwrap().remove("links");
                    }
                    steps
                },
                Unknown,
            ),
            (
                "no sound",
                {
                    let mut steps = patched("roll", "camera", json!({"links": []}));
                    if let Step::Event { data, .. } = &mut steps[1] {
                        data.as_object_mut().unwrap().remove("links");
                    }
                    steps
                },
                Yes,
            ),
        ];
        table(&super::RULE, "A001", &cases);
    }

    #[test]
    fn copies_of_linked_rolls_are_looked_at_where_the_profile_asks() {
        for linked in [true, false] {
            let mut profile = crate::Profile::default();
            profile.sound.linked_rolls = linked;
            let question = crate::Question::roll("A001");
            let verdict = crate::clear(&ledger_of(&day()), &question, &profile, now());
            let of_sound = verdict.copies.iter().any(|copy| copy.roll.as_str() == "S001");
            assert_eq!(of_sound, linked, "{verdict}");
        }
    }
}
