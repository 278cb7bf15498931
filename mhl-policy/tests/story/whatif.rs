//! What would be left.

use super::*;
use mhl_policy::{Ledger, Outlook, Profile, Scenario, Truth, clear, what_if};
use proptest::prelude::*;
use serde_json::{Value, json};

fn outlook(steps: &[Step], scenario: &Scenario) -> Outlook {
    what_if(&ledger_of(steps), scenario, &Profile::default(), now())
}

/// Copies, and what R1, R2, R3 and T3 say, of the camera roll afterwards.
fn after(outlook: &Outlook) -> (usize, usize, [Truth; 4]) {
    let after = outlook.rolls.iter().find(|roll| roll.roll.as_str() == "A001").unwrap().after;
    (after.copies, after.possible, [after.enough, after.types, after.apart, after.archived])
}

use Truth::{No, Unknown, Yes};

#[test]
fn each_loss_takes_what_stood_on_it() {
    let nothing = Scenario::new();
    for (scenario, expected) in [
        (nothing.clone(), (3, 3, [Yes, Yes, Yes, Yes])),
        (nothing.clone().wiped(medium("serial:CARD-A")), (3, 3, [Yes, Yes, Yes, Yes])),
        (nothing.clone().lost(medium("lto:T00001L8")), (2, 2, [No, No, Yes, No])),
        (nothing.clone().lost(medium("serial:SET")), (2, 2, [No, Yes, No, Yes])),
        (nothing.clone().site_gone("Lab"), (1, 1, [No, No, No, No])),
        (nothing.clone().site_gone(" stage  5 "), (2, 2, [No, Yes, No, Yes])),
        (
            nothing.clone().wiped(medium("serial:SET")).wiped(medium("serial:LAB")),
            (1, 1, [No, No, No, Yes]),
        ),
        (nothing.clone().site_gone("Lab").lost(medium("serial:SET")), (0, 0, [No, No, No, No])),
    ] {
        let outlook = outlook(&day(), &scenario);
        assert_eq!(after(&outlook), expected, "{scenario}\n{outlook}");
        assert_eq!(outlook.too_few().count(), if expected.2[0] == Yes { 0 } else { 2 });
        let worse = outlook.rolls.iter().any(|roll| roll.before != roll.after);
        assert_eq!(outlook.worse().count() > 0, worse, "{scenario}");
        assert_eq!(outlook.rolls[0].before.copies, 3, "what is imagined changes nothing before it");
    }
}

#[test]
fn wipes_that_are_cleared_one_by_one_may_not_be_together() {
    let steps = day_and([
        event("medium", json!({"id": "serial:THIRD", "kind": "raid", "level": "10"})),
        verify("A001", "/third/A001", "serial:THIRD"),
        verify("S001", "/third/S001", "serial:THIRD"),
    ]);
    let ledger = ledger_of(&steps);
    let [set, third] = ["serial:SET", "serial:THIRD"].map(medium);
    for storage in [&set, &third] {
        let question = Question::storage(storage.clone());
        let verdict = clear(&ledger, &question, &Profile::default(), now());
        assert_eq!(verdict.decision, Decision::Cleared, "{verdict}");
    }
    let both = outlook(&steps, &Scenario::new().wiped(set).wiped(third));
    assert_eq!(after(&both).0, 2);
    let rolls: Vec<&str> = both.too_few().map(|roll| roll.roll.as_str()).collect();
    assert_eq!(rolls, ["A001", "S001"]);
}

#[test]
fn what_is_not_known_to_be_elsewhere_may_be_gone() {
    let site = Scenario::new().site_gone("Lab");
    // Nobody said where the tape is.
    let mut steps = day();
    for step in &mut steps {
        if let Step::Report { placements, .. } = step {
            placements[3] = mhl_policy::Placement::copy(2, medium("lto:T00001L8"));
        }
    }
    assert_eq!(after(&outlook(&steps, &site)), (1, 2, [No, Unknown, Unknown, Unknown]));
    // It is on its way.
    let leaving = event("move", json!({"medium": "lto:T00001L8", "condition": "in-transit"}));
    let travelling = outlook(&day_and([leaving]), &site);
    assert_eq!(after(&travelling), (1, 2, [No, Unknown, No, Unknown]));
    // Where a place has no site.
    let vague = outlook(&patched("place", "Lab", json!({"site": null})), &site);
    assert_eq!(after(&vague), (1, 3, [Unknown, Unknown, Unknown, Unknown]));
    assert_eq!((vague.too_few().count(), vague.worse().count()), (2, 2), "perhaps is told too");
}

#[test]
fn a_threat_zone_takes_every_site_in_it() {
    let mut steps = day();
    for step in &mut steps {
        if let Step::Event { kind: "place", data } = step {
            data["zone"] = json!("river");
        }
    }
    let outlook = outlook(&steps, &Scenario::new().site_gone("River"));
    assert_eq!(after(&outlook), (0, 0, [No, No, No, No]), "{outlook}");
    assert!(outlook.unknown.is_empty());

    // Of a zone alone: where a place's zone is another, its site need not be known.
    let mut steps = patched("place", "Lab", json!({"site": null, "zone": "hill"}));
    for step in &mut steps {
        if let Step::Event { kind: "place", data } = step
            && data["id"] == "cart"
        {
            data["zone"] = json!("river");
        }
    }
    let outlook = what_if(
        &ledger_of(&steps),
        &Scenario::new().site_gone("river"),
        &Profile::default(),
        now(),
    );
    assert_eq!((after(&outlook).0, after(&outlook).1), (2, 2), "{outlook}");
}

#[test]
fn one_device_goes_by_all_its_names() {
    let shared = [None, None, Some("fs:1234-abcd"), None];
    let mut names = shared.into_iter().map(|name| name.map(str::to_owned));
    let steps = reported("A001", |report| {
        report.source.device = names.next().unwrap();
        for copy in &mut report.copies {
            copy.place.device = names.next().unwrap();
        }
    });
    let lost = Scenario::new().lost(medium("fs:1234-ABCD"));
    assert_eq!(after(&outlook(&steps, &lost)).0, 2);
    // Nobody said where the device is by its second name; by its first it is known.
    let found = verify("A001", "/again/A001", "fs:1234-abcd");
    let both = steps.into_iter().chain([found]).collect::<Vec<_>>();
    let stage = outlook(&both, &Scenario::new().site_gone("Stage 5"));
    assert_eq!((after(&stage).0, after(&stage).1), (2, 2), "{stage}");
    // On its way by one name, it may be at the site that is gone, wherever the other stands; and so
    // where it is by one name at no place that is known.
    for condition in ["in-transit", "in-place"] {
        let mut moved = both.clone();
        moved.push(event("move", json!({"medium": "fs:1234-abcd", "condition": condition})));
        let stage = outlook(&moved, &Scenario::new().site_gone("Stage 5"));
        assert_eq!((after(&stage).0, after(&stage).1), (1, 2), "{stage}");
    }
}

#[test]
fn what_the_ledger_does_not_know_is_said() {
    let scenario = Scenario::new().lost(medium("serial:NOBODY")).site_gone("Atlantis");
    let outlook = outlook(&day(), &scenario);
    let unknown: Vec<&str> = outlook.unknown.iter().map(String::as_str).collect();
    assert_eq!(unknown, ["Atlantis", "serial:NOBODY"]);
    assert!(outlook.to_string().contains("the ledger knows no Atlantis"), "{outlook}");
}

#[test]
fn an_outlook_is_told_in_text_and_json() {
    let outlook = outlook(&day(), &Scenario::new().lost(medium("lto:T00001L8")));
    let text = outlook.to_string();
    assert!(text.starts_with("WHAT IF: lto:T00001L8 lost\n"), "{text}");
    assert!(text.contains("A001: 2 of 3 copies, were 3; R1 would hold no more"), "{text}");
    let json: Value = serde_json::from_str(&outlook.to_json()).unwrap();
    assert_eq!(json["schema"], "mhl.what-if/1");
    assert_eq!(json["too_few"], json!(["A001", "S001"]));
    assert_eq!(json["rolls"][0]["after"]["R1"], "no");
    assert_eq!(json["rolls"][0]["before"]["copies"], 3);
}

/// The profile may count a medium that is about to be wiped; after the wipe nothing is on it.
#[test]
fn what_is_wiped_is_gone_whatever_the_profile_counts() {
    let text =
        Profile::DEFAULT.replace("wiped_medium_counts = false", "wiped_medium_counts = true");
    let profile = Profile::from_toml(&text).unwrap();
    let scenario = Scenario::new().wiped(medium("serial:SET"));
    assert_eq!(after(&what_if(&ledger_of(&day()), &scenario, &profile, now())).0, 2);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The more is imagined gone, the less is left; and a roll whose card is cleared to be wiped
    /// holds after that wipe.
    #[test]
    fn losses_never_help(
        left_out in prop::collection::btree_set(0_usize..17, 0..3),
        after in Just(subsets::afterwards()).prop_shuffle(),
        taken in prop::collection::vec(prop::bool::weighted(0.25), 13),
        gone in prop::collection::vec(0_usize..6, 0..4),
    ) {
        let mut ledger = Ledger::new();
        let steps = day().into_iter().enumerate().filter(|(index, _)| !left_out.contains(index));
        let more = after.into_iter().zip(taken).filter(|(_, taken)| *taken).map(|(step, _)| step);
        for step in steps.map(|(_, step)| step).chain(more) {
            let _ = record(&mut ledger, &step);
        }
        let profile = Profile::default();
        let mut scenario = Scenario::new().wiped(medium("serial:CARD-A"));
        let mut before = what_if(&ledger, &scenario, &profile, now());
        let question = Question::roll("A001");
        if clear(&ledger, &question, &profile, now()).decision == Decision::Cleared {
            prop_assert_eq!(before.too_few().count(), 0);
        }
        for index in gone {
            scenario = match index {
                0 => scenario.site_gone("Lab"),
                1 => scenario.site_gone("Stage 5"),
                2 => scenario.lost(medium("serial:SET")),
                3 => scenario.lost(medium("lto:T00001L8")),
                4 => scenario.wiped(medium("serial:LAB")),
                _ => scenario.lost(medium("serial:THIRD")),
            };
            let after = what_if(&ledger, &scenario, &profile, now());
            for (was, is) in before.rolls.iter().zip(&after.rolls) {
                let (was, is) = (was.after, is.after);
                prop_assert!(is.copies <= was.copies && is.possible <= was.possible);
                prop_assert!(is.enough <= was.enough && is.types <= was.types);
                prop_assert!(is.apart <= was.apart && is.archived <= was.archived);
            }
            before = after;
        }
    }
}
