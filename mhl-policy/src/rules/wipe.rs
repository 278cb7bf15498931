//! The three questions, each a tree of rules over every roll that a wipe would touch.

use super::{
    clips, copies, r1, r2, r3,
    readings::{ASKED, HELD, ISSUES, ROLL, WIPE_CARD, WIPE_STORAGE},
    t1, t2, t3, w1, w2, w3, w4,
};
use crate::{
    Truth,
    action::{Action, RollFact},
    attestation::Attested,
    case::Case,
    event_ref::EventRef,
    ledger::ByRoll,
    media::{MediumId, MediumKind},
    roll::RollId,
    verdict::{JudgedCopy, Node, Reference},
    whatif::Holding,
};
use std::collections::BTreeSet;

/// May every capture device that holds the roll be wiped?
pub(crate) fn judge_roll(case: &mut Case<'_>, roll: &RollId) -> Node {
    let cards: BTreeSet<&MediumId> = case
        .copies(roll)
        .filter_map(|(id, _)| id.medium.as_ref())
        .filter(|medium| case.is_capture_device(medium) == Truth::Yes)
        .collect();
    case.wiped = cards.iter().map(|card| case.devices.of_medium(card)).collect();
    let asked = if case.roll(roll).is_none() {
        not_recorded(roll)
    } else if cards.is_empty() {
        Node::new(
            &ASKED,
            roll.as_str(),
            Truth::Unknown,
            "no capture device is recorded that holds the roll, so what would be wiped is unknown",
        )
        .needing([Action::RecordRoll { roll: roll.clone(), fact: RollFact::Card }])
    } else {
        let named = format!("the cards that hold it are {}", crate::word::joined(cards));
        Node::new(&ASKED, roll.as_str(), Truth::Yes, named)
    };
    cards_and_rolls(case, roll, asked)
}

/// May this one capture device be wiped?
pub(crate) fn judge_card(case: &mut Case<'_>, roll: &RollId, card: &MediumId) -> Node {
    let device = case.devices.of_medium(card);
    let holds = case.copies(roll).any(|(id, _)| case.devices.of_copy(id).as_ref() == Some(&device));
    case.wiped = BTreeSet::from([device]);
    let asked = if case.roll(roll).is_none() {
        not_recorded(roll)
    } else if !holds {
        Node::new(
            &ASKED,
            card.as_str(),
            Truth::No,
            format!("the card is not recorded as holding {roll}"),
        )
        .needing([ask_again("name the card that holds the roll")])
    } else {
        match case.kind(card) {
            Some(MediumKind::CaptureDevice) => {
                Node::new(&ASKED, card.as_str(), Truth::Yes, format!("the card holds {roll}"))
            }
            Some(MediumKind::Other(_)) | None => Node::new(
                &ASKED,
                card.as_str(),
                Truth::Unknown,
                "whether it is a capture device is unknown",
            )
            .needing([Action::RecordMedium { medium: card.clone() }]),
            Some(kind) => Node::new(
                &ASKED,
                card.as_str(),
                Truth::No,
                format!("it is no capture device but {kind}"),
            )
            .needing([ask_again("ask about it as storage")]),
        }
    };
    cards_and_rolls(case, roll, asked)
}

fn not_recorded(roll: &RollId) -> Node {
    Node::new(&ASKED, roll.as_str(), Truth::No, "no such roll is recorded")
        .needing([Action::RecordRoll { roll: roll.clone(), fact: RollFact::Itself }])
}

fn ask_again(instead: &str) -> Action {
    Action::AskAgain { instead: instead.to_owned() }
}

/// Every roll with a copy on what is to be wiped is judged.
fn cards_and_rolls(case: &Case<'_>, roll: &RollId, asked: Node) -> Node {
    let mut rolls = case.rolls_on(&case.wiped);
    rolls.insert(roll);
    let mut children = vec![asked];
    children.extend(rolls.into_iter().filter(|roll| case.roll(roll).is_some()).map(|roll| {
        let parts = vec![
            w1::judge(case, roll),
            w2::judge(case, roll),
            w3::judge(case, roll),
            w4::judge(case, roll),
            issues(case, roll),
            clips::judge(case, roll),
            held(case, roll),
        ];
        Node::all(&ROLL, roll.as_str(), parts)
    }));
    Node::all(&WIPE_CARD, roll.as_str(), children)
}

/// May this storage be wiped?
pub(crate) fn judge_storage(case: &mut Case<'_>, medium: &MediumId) -> Node {
    case.wiped = BTreeSet::from([case.devices.of_medium(medium)]);
    let case = &*case;
    let rolls = case.rolls_on(&case.wiped);
    let asked = match case.kind(medium) {
        _ if case.is_capture_device(medium) == Truth::Yes => {
            Node::new(&ASKED, medium.as_str(), Truth::No, "it is a capture device, not storage")
                .needing([ask_again("ask about its roll, which asks for more")])
        }
        Some(MediumKind::Other(_)) | None => Node::new(
            &ASKED,
            medium.as_str(),
            Truth::Unknown,
            "its kind is unknown; it may be a capture device",
        )
        .needing([Action::RecordMedium { medium: medium.clone() }]),
        Some(_) if rolls.is_empty() => {
            Node::new(&ASKED, medium.as_str(), Truth::Unknown, "no roll is recorded on it").needing(
                [ask_again("record what it holds, by a verification of it, and ask again")],
            )
        }
        Some(kind) => Node::new(&ASKED, medium.as_str(), Truth::Yes, format!("it is {kind}")),
    };
    let mut children = vec![asked];
    children.extend(rolls.into_iter().map(|roll| {
        let standings = copies::standings(case, roll);
        let mut t2 = t2::judge(case, roll, &standings);
        let t3 = t3::judge(case, roll, &standings);
        t2.children.extend(standings.into_iter().map(|standing| standing.node));
        let parts = vec![
            t1::judge(case, roll),
            t2,
            t3,
            issues(case, roll),
            clips::judge(case, roll),
            held(case, roll),
        ];
        Node::all(&ROLL, roll.as_str(), parts)
    }));
    Node::all(&WIPE_STORAGE, medium.as_str(), children)
}

/// What is to be wiped was last seen with the content that is judged: a roll's name is no proof of
/// what a medium holds under it, and cards of one name hold different days.
fn held(case: &Case<'_>, roll: &RollId) -> Node {
    let current = case.current(roll).content;
    let copies = case.copies(roll).filter(|(id, _)| {
        case.devices.of_copy(id).is_some_and(|device| case.wiped.contains(&device))
    });
    let judged = copies.map(|(id, copy)| {
        let seen = copy.since_wiped().rev().find(|seen| seen.content.is_some());
        let content = seen.and_then(|seen| seen.content.as_deref());
        let held = content.zip(current).map(|(content, current)| content == current);
        (Truth::from(held), id, seen)
    });
    let Some((outcome, id, seen)) = judged.min_by_key(|(held, ..)| *held) else {
        return Node::new(&HELD, roll.as_str(), Truth::Yes, "nothing of it would be wiped");
    };
    let reason = match outcome {
        Truth::Yes => "it holds what is judged".to_owned(),
        Truth::No => format!("other content than is judged was seen below {}", id.root),
        Truth::Unknown => format!("what stands below {} is unknown", id.root),
    };
    // A card says what the roll is; storage is compared with it.
    let storage = id.medium.as_ref().filter(|_| current.is_some());
    let storage = storage.filter(|medium| case.is_capture_device(medium) == Truth::No);
    let look = match storage {
        Some(medium) => {
            Action::Verify { roll: roll.clone(), medium: medium.clone(), root: id.root.clone() }
        }
        None => Action::Scan { roll: roll.clone() },
    };
    Node::new(&HELD, roll.as_str(), outcome, reason)
        .needing([look])
        .citing(seen.map(|seen| Reference::Event(seen.at.clone())))
}

/// Every copy of these rolls, and of those that they are linked to where that is asked, in the
/// order of the rolls.
pub(crate) fn copies_of<'a>(
    case: &Case<'a>,
    rolls: &BTreeSet<&'a RollId>,
    with_links: bool,
) -> Vec<JudgedCopy> {
    let mut concerned = rolls.clone();
    if with_links && case.profile.sound.linked_rolls {
        concerned.extend(rolls.iter().flat_map(|roll| w2::linked(case, roll)));
    }
    let standings = concerned.into_iter().flat_map(|roll| copies::standings(case, roll));
    standings.map(|standing| standing.judged()).collect()
}

/// What the copies of a roll amount to.
pub(crate) fn holding(case: &Case<'_>, roll: &RollId) -> Holding {
    let standings = copies::standings(case, roll);
    let devices = r1::devices(&standings);
    Holding {
        copies: devices.sure,
        possible: devices.possible,
        enough: r1::judge(case, roll, &standings).outcome,
        types: r2::judge(case, roll, &standings).outcome,
        apart: r3::judge(case, roll, &standings).outcome,
        archived: t3::judge(case, roll, &standings).outcome,
    }
}

/// No inspection, QC or evaluation that names the roll has an issue that nobody resolved.
fn issues(case: &Case<'_>, roll: &RollId) -> Node {
    let open: Vec<(&EventRef, &String)> = open(case, roll, &case.state.inspections)
        .chain(open(case, roll, &case.state.qcs))
        .chain(open(case, roll, &case.state.evaluations))
        .collect();
    let held = open.is_empty() || !case.profile.attestations.open_issue_withholds;
    let reason = match open.is_empty() {
        true => "no issue is open".to_owned(),
        false => {
            let told = open.iter().map(|(at, issue)| format!("{issue} (event {at})"));
            format!("open: {}", told.collect::<Vec<_>>().join("; "))
        }
    };
    let resolve = open
        .iter()
        .map(|(at, issue)| Action::Resolve { attestation: (*at).clone(), issue: (*issue).clone() });
    let resolve: Vec<Action> = resolve.collect();
    Node::new(&ISSUES, roll.as_str(), held.into(), reason)
        .needing(resolve)
        .citing(open.into_iter().map(|(at, _)| Reference::Event(at.clone())))
}

fn open<'a, A: Attested>(
    case: &'a Case<'_>,
    roll: &'a RollId,
    attestations: &'a ByRoll<A>,
) -> impl Iterator<Item = (&'a EventRef, &'a String)> + 'a {
    attestations.of(roll).flat_map(|attestation| {
        let issues = case.open_issues(attestation);
        issues.into_iter().map(|issue| (&attestation.at, issue))
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::*;
    use crate::{Action, Question, RollFact, next_actions};

    #[test]
    fn a_card_is_what_was_asked_about() {
        let kindless = without("medium", "serial:CARD-A");
        let strange = patched("medium", "serial:CARD-A", json!({"kind": "drum"}));
        for (case, steps, roll, card, expected) in [
            ("the card of the roll", day(), "A001", "serial:CARD-A", Yes),
            ("the card of another roll", day(), "A001", "serial:CARD-S", No),
            ("a card that nobody recorded", day(), "A001", "serial:CARD-X", No),
            ("a roll that nobody recorded", day(), "X001", "serial:CARD-A", No),
            ("a RAID that holds it", day(), "A001", "serial:SET", No),
            ("what holds it is not recorded", kindless, "A001", "serial:CARD-A", Unknown),
            ("row 104: a kind that nobody knows", strange, "A001", "serial:CARD-A", Unknown),
        ] {
            let question = Question::card(roll, medium(card));
            assert_eq!(outcome(&steps, &question, super::ASKED.id, ""), expected, "{case}");
        }
    }

    #[test]
    fn what_is_not_known_of_the_card_is_asked_for() {
        let asked = |steps: &[Step], question: Question| {
            let profile = crate::Profile::default();
            next_actions(&ledger_of(steps), &question, &profile, now()).actions
        };
        let roll = Action::RecordRoll { roll: "X001".into(), fact: RollFact::Itself };
        let question = Question::card("X001", medium("serial:CARD-A"));
        assert!(asked(&day(), question).contains(&roll));
        let card = Action::RecordMedium { medium: medium("serial:CARD-A") };
        let question = Question::card("A001", medium("serial:CARD-A"));
        assert_eq!(asked(&without("medium", "serial:CARD-A"), question), [card]);
    }
}
