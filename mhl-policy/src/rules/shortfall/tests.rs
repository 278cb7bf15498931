//! The cheapest is found, by trying everything else.

use super::super::tests::*;
use super::*;
use crate::{Profile, clear::judge, ledger::Ledger, verdict::Question};
use mhl_core::Status;

/// The least that any set of ways costs that suffices, by trying every one.
fn least(wanting: &Wanting<'_>, free: &BTreeSet<Action>) -> Option<u32> {
    fn grow(
        wanting: &Wanting<'_>,
        free: &BTreeSet<Action>,
        ways: &mut Vec<usize>,
        next: usize,
        best: &mut Option<u32>,
    ) {
        let Some(way) = wanting.ways.get(next) else {
            if wanting.holds(ways) {
                let actions = wanting.actions(ways);
                let price = cost(actions.iter().filter(|action| !free.contains(*action)));
                *best = Some(best.map_or(price, |best| best.min(price)));
            }
            return;
        };
        grow(wanting, free, ways, next + 1, best);
        if way.after.is_none_or(|after| ways.contains(&after)) {
            ways.push(next);
            grow(wanting, free, ways, next + 1, best);
            ways.pop();
        }
    }
    let mut best = None;
    grow(wanting, free, &mut Vec::new(), 0, &mut best);
    best
}

fn ledger_of_what_fits(steps: &[Step]) -> Ledger {
    let mut ledger = Ledger::new();
    for step in steps {
        let _ = record(&mut ledger, step);
    }
    ledger
}

fn troubles() -> Vec<Vec<Step>> {
    let lost = |medium| event("loss", json!({"medium": medium, "condition": "lost"}));
    let failed = |root, medium| {
        changed(verify("A001", root, medium), |r| r.copies[0].status = Status::Failed)
    };
    let mut one_site = patched("place", "Lab", json!({"site": "Stage 5"}));
    let mut zoned = patched("place", "Lab", json!({"zone": "river"}));
    zoned.push(lost("serial:SET"));
    let mut troubles = vec![
        day_and([lost("lto:T00001L8")]),
        day_and([lost("serial:SET")]),
        day_and([lost("serial:SET"), lost("serial:LAB")]),
        day_and([failed("/lab/A001", "serial:LAB")]),
        day_and([failed("/lab/A001", "serial:LAB"), failed("/tape/A001", "lto:T00001L8")]),
        without("place", "Lab"),
        without("medium", "serial:LAB"),
        reported("A001", |r| r.copies[2].grade = Some(mhl_core::Grade::ThroughTheCache)),
        one_site.clone(),
        zoned,
    ];
    one_site.push(failed("/lab/A001", "serial:LAB"));
    troubles.push(one_site);
    troubles
}

#[test]
fn no_other_set_of_ways_is_cheaper() {
    let roll = RollId::from("A001");
    for (number, steps) in troubles().iter().enumerate() {
        let ledger = ledger_of_what_fits(steps);
        for storage in [false, true] {
            let question = match storage {
                true => Question::storage(medium("serial:SET")),
                false => Question::roll("A001"),
            };
            let profile = Profile::default();
            let (case, _) = judge(&ledger, &question, &profile, now());
            let imagined = Imagined::of(&case, storage, &roll);
            let wanting = Wanting::of(&imagined);
            let mut free = BTreeSet::new();
            for _ in 0..2 {
                let solved = wanting.solve(&free, TRIES);
                let price = solved.as_ref().map(|(actions, exact)| {
                    assert!(exact, "{number}");
                    cost(actions.iter().filter(|action| !free.contains(*action)))
                });
                assert_eq!(price, least(&wanting, &free), "{number} {storage}");
                // What somebody does anyway costs nothing more.
                free.extend(wanting.ways.first().into_iter().flat_map(|w| w.actions.clone()));
            }
            let rough = wanting.solve_roughly().unwrap();
            assert!(Some(cost(&rough)) >= least(&wanting, &BTreeSet::new()), "{number}");
        }
    }
}

#[test]
fn one_action_for_two_rolls_is_chosen_where_it_costs_less_than_two() {
    let mut steps = patched("place", "Lab", json!({"site": "Stage 5"}));
    steps.push(verify("A001", "/third/A001", "serial:SET"));
    let ledger = ledger_of_what_fits(&steps);
    let profile = Profile::default();
    let (case, _) = judge(&ledger, &Question::roll("A001"), &profile, now());
    let rolls = BTreeSet::from(["A001".into(), "S001".into()]);
    let found = make_good(&case, false, &rolls, BTreeSet::new());
    assert!(found.made_good && found.cheapest);
    assert_eq!(found.actions.len(), 1, "{:?}", found.actions);
    assert!(matches!(found.actions.first(), Some(Action::Carry { .. })));
}

/// The day's copies of the camera roll as they may be imagined, by a profile.
fn imagined<T>(
    steps: &[Step],
    profile: &str,
    question: &Question,
    asked: impl FnOnce(&Imagined<'_>) -> T,
) -> T {
    let ledger = ledger_of_what_fits(steps);
    let profile = Profile::from_toml(profile).unwrap();
    let (case, _) = judge(&ledger, question, &profile, now());
    let storage = matches!(question, Question::Storage(_));
    asked(&Imagined::of(&case, storage, &"A001".into()))
}

fn roll() -> Question {
    Question::roll("A001")
}

/// What the copy on a medium needs to count, in the first words of each action, and the kind that its
/// medium would turn out to be.
fn mends(
    steps: &[Step],
    profile: &str,
    on: &str,
) -> Option<(Vec<&'static str>, Option<MediumKind>)> {
    imagined(steps, profile, &roll(), |imagined| {
        let is = |standing: &Standing<'_>| standing.id.medium == Some(medium(on));
        let index = imagined.standings.iter().position(is).unwrap();
        let (actions, recorded) = imagined.mends[index].as_ref()?;
        let actions = actions.iter().map(|action| match action {
            Action::RecordMedium { .. } => "record",
            Action::Return { .. } => "return",
            Action::Approve { .. } => "approve",
            Action::Scan { .. } => "scan",
            Action::Verify { .. } => "verify",
            Action::List { .. } => "list",
            Action::Recopy { .. } => "recopy",
            other => panic!("{other}"),
        });
        Some((actions.collect(), recorded.as_ref().and_then(|medium| medium.kind.clone())))
    })
}

#[test]
fn each_trouble_of_a_copy_has_its_own_mend() {
    const LAB: &str = "serial:LAB";
    let moved = |kind, condition| event(kind, json!({"medium": LAB, "condition": condition}));
    let seen = |change: &dyn Fn(&mut mhl_core::CopyReport)| {
        reported("A001", |report| change(&mut report.copies[1]))
    };
    // The same drive by another name, which is on a shelf.
    let mut aliased = seen(&|copy| copy.place.device = Some("fs:1".into()));
    aliased.push(changed(verify("A001", "/a/A001", "serial:ALIAS"), |r| {
        r.copies[0].place.device = Some("fs:1".into());
    }));
    aliased.push(event("move", json!({"medium": "serial:ALIAS", "condition": "offline"})));
    let failed_elsewhere = changed(verify("A001", "/x/A001", LAB), |r| {
        r.copies[0].status = Status::Failed;
    });
    let other_values = changed(verify("A001", "/lab/A001", LAB), |r| {
        r.copies[0].status = Status::Failed;
        r.roll.as_mut().unwrap().content = c4("other");
    });
    let grown = changed(verify("A001", "/card/A001", "serial:CARD-A"), |r| {
        r.roll.as_mut().unwrap().content = c4("longer");
    });
    let hub = || patched("medium", LAB, json!({"kind": "content-hub"}));
    let no_hubs = Profile::DEFAULT.replacen("content_hub = \"yes\"", "content_hub = \"no\"", 1);
    let default = Profile::DEFAULT;
    for (trouble, steps, profile, expected) in [
        ("none", day(), default, Some(vec![])),
        ("on a shelf", day_and([moved("move", "offline")]), default, Some(vec!["return"])),
        ("lost", day_and([moved("loss", "lost")]), default, None),
        ("retired", day_and([moved("loss", "retired")]), default, None),
        ("on a shelf by another name", aliased, default, None),
        ("a hub that nobody approved", hub(), default, Some(vec!["approve"])),
        ("a hub where none is listed", hub(), no_hubs.as_str(), None),
        ("a drum", patched("medium", LAB, json!({"kind": "drum"})), default, None),
        (
            "a RAID of no level",
            patched("medium", LAB, json!({"level": null})),
            default,
            Some(vec!["record"]),
        ),
        ("a RAID 1", patched("medium", LAB, json!({"level": "1"})), default, None),
        ("not recorded", without("medium", LAB), default, Some(vec!["record"])),
        (
            "a list of no files",
            reported("A001", |r| {
                r.files.clear();
                r.roll.as_mut().unwrap().files = 0;
            }),
            default,
            None,
        ),
        (
            "through the cache",
            seen(&|copy| copy.grade = Some(mhl_core::Grade::ThroughTheCache)),
            default,
            Some(vec!["verify"]),
        ),
        ("cancelled", seen(&|copy| copy.status = Status::Cancelled), default, Some(vec!["verify"])),
        ("failed", seen(&|copy| copy.status = Status::Failed), default, Some(vec!["recopy"])),
        ("files missing", seen(&|copy| copy.complete = false), default, Some(vec!["recopy"])),
        ("failed below another folder", day_and([failed_elsewhere]), default, Some(vec!["recopy"])),
        ("failed against other values", day_and([other_values]), default, Some(vec!["recopy"])),
        ("the card has more by now", day_and([grown]), default, Some(vec!["recopy"])),
        ("no list with it", seen(&|copy| copy.manifest = None), default, Some(vec!["list"])),
        (
            "no list, and through the cache",
            seen(&|copy| {
                copy.manifest = None;
                copy.grade = Some(mhl_core::Grade::ThroughTheCache);
            }),
            default,
            Some(vec!["list"]),
        ),
        (
            "the card holds another roll now",
            day_and([verify("S001", "/card/A001", "serial:CARD-A")]),
            default,
            Some(vec!["scan", "verify"]),
        ),
    ] {
        let found = mends(&steps, profile, LAB);
        assert_eq!(found.map(|(actions, _)| actions), expected, "{trouble}");
    }
    // It counts until it is wiped, and nobody is advised to rest on it.
    assert_eq!(mends(&day(), default, "serial:CARD-A"), None);
}

/// What nobody recorded is hoped to be what its identifier says, or what is wanting.
#[test]
fn a_medium_turns_out_to_be_what_is_wanting() {
    let unrecorded = |id: &'static str| {
        let mut steps = without("medium", "serial:LAB");
        for step in &mut steps {
            if let Step::Report { placements, .. } = step {
                placements[2] = mhl_policy::Placement::copy(1, medium(id)).at("vault");
            }
        }
        steps
    };
    let lost = |id| event("loss", json!({"medium": id, "condition": "lost"}));
    let mut without_tape = unrecorded("serial:X");
    without_tape.push(lost("lto:T00001L8"));
    let mut without_raid = unrecorded("serial:X");
    without_raid.push(lost("serial:SET"));
    for (steps, on, kind) in [
        (unrecorded("serial:X"), "serial:X", MediumKind::Raid),
        (without_raid, "serial:X", MediumKind::Raid),
        (without_tape, "serial:X", MediumKind::Lto),
        (unrecorded("lto:T00002L8"), "lto:T00002L8", MediumKind::Lto),
        (unrecorded("hub:titus"), "hub:titus", MediumKind::ContentHub),
    ] {
        let found = mends(&steps, Profile::DEFAULT, on);
        assert_eq!(found, Some((vec!["record"], Some(kind))), "{on}");
    }
}

#[test]
fn a_copy_more_is_made_on_what_the_profile_lists() {
    let profile = |edits: &[(&str, &str)]| {
        edits.iter().fold(Profile::DEFAULT.to_owned(), |text, (from, to)| {
            assert!(text.contains(from), "{from}");
            text.replacen(from, to, 1)
        })
    };
    let raids = "raid_levels = [\"5\", \"6\", \"10\", \"50\", \"60\"]";
    let (tapes, single) = ("lto_generations = [6, 7, 8]", "single_drive = \"no\"");
    for (edits, expected) in [
        (&[][..], vec!["RAID 5", "LTO-8"]),
        (&[(raids, "raid_levels = [\"10\", \"6\"]")], vec!["RAID 10", "LTO-8"]),
        (
            &[(raids, "raid_levels = []"), (single, "single_drive = \"yes\"")],
            vec!["LTO-8", "single drive"],
        ),
        (&[(tapes, "lto_generations = []")], vec!["RAID 5"]),
        (&[(raids, "raid_levels = []"), (tapes, "lto_generations = []")], vec![]),
    ] {
        let found = imagined(&day(), &profile(edits), &roll(), |imagined| {
            imagined.media.iter().map(Medium::describe).collect::<Vec<_>>()
        });
        assert_eq!(found, expected, "{edits:?}");
    }
    let written = imagined(&day(), Profile::DEFAULT, &roll(), |imagined| {
        imagined.media.iter().filter_map(|medium| medium.file_system.clone()).collect::<Vec<_>>()
    });
    assert_eq!(written, ["ltfs"]);
    // Where nothing may be copied to, a lost tape is not made good, and what was chosen is kept.
    let profile = Profile::from_toml(&profile(&[
        (raids, "raid_levels = []"),
        (tapes, "lto_generations = []"),
    ]));
    let profile = profile.unwrap();
    let lost = event("loss", json!({"medium": "lto:T00001L8", "condition": "lost"}));
    let ledger = ledger_of_what_fits(&day_and([lost]));
    let (case, _) = judge(&ledger, &roll(), &profile, now());
    let chosen = BTreeSet::from([Action::Clear { roll: "A001".into() }]);
    let found = make_good(&case, false, &BTreeSet::from(["A001".into()]), chosen.clone());
    assert!(!found.made_good);
    assert_eq!(found.actions, chosen);
}

/// Telling where a medium stands may set copies apart, and carrying it does, where it can be carried.
#[test]
fn copies_are_set_apart_by_what_is_told_or_carried() {
    let (tell, carry) = (|medium| (medium, "tell"), |medium| (medium, "carry"));
    let (set, lab, tape) = ("serial:SET", "serial:LAB", "lto:T00001L8");
    let together = || patched("place", "Lab", json!({"site": "Stage 5"}));
    let mut hub = together();
    hub.extend([
        event("medium", json!({"id": "hub:titus", "kind": "content-hub"})),
        verify("A001", "/hub/A001", "hub:titus"),
        event("move", json!({"medium": "hub:titus", "condition": "in-place", "place": "vault"})),
    ]);
    let mut zoned = patched("place", "Stage 5", json!({"zone": "river"}));
    zoned.push(event("place", json!({"id": "other", "site": "Elsewhere"})));
    let mut on_its_way = together();
    on_its_way.push(event("move", json!({"medium": lab, "condition": "in-transit"})));
    for (case, steps, expected) in [
        ("apart", day(), vec![]),
        ("at one site", together(), vec![carry(tape), carry(lab), carry(set)]),
        ("at one site, a hub with them", hub, vec![carry(tape), carry(lab), carry(set)]),
        ("at one site, one on its way", on_its_way, vec![carry(tape), carry(lab), carry(set)]),
        (
            "the site of two is not recorded",
            patched("place", "Lab", json!({"site": null})),
            vec![tell(tape), carry(tape), tell(lab), carry(lab), carry(set)],
        ),
        (
            "the zone of two is not recorded",
            zoned,
            vec![tell(tape), carry(tape), tell(lab), carry(lab), carry(set)],
        ),
        (
            "the place of two is not recorded",
            without("place", "Lab"),
            vec![tell(tape), carry(tape), tell(lab), carry(lab), carry(set)],
        ),
    ] {
        let apart = |question: &Question| {
            imagined(&steps, Profile::DEFAULT, question, |imagined| {
                let actions = Wanting::of(imagined).ways.into_iter().flat_map(|way| way.actions);
                let apart = actions.filter_map(|action| match action {
                    Action::RecordPlace { medium } => Some((medium.to_string(), "tell")),
                    Action::Carry { medium } => Some((medium.to_string(), "carry")),
                    _ => None,
                });
                apart.collect::<Vec<_>>()
            })
        };
        let expected: Vec<_> = expected.iter().map(|(on, how)| ((*on).to_owned(), *how)).collect();
        assert_eq!(apart(&roll()), expected, "{case}");
        assert_eq!(
            apart(&Question::storage(medium(set))),
            [],
            "of storage no site is asked: {case}"
        );
    }
}

/// With more copies wanting than all sets can be tried of, what is found suffices all the same, and
/// nothing of it can be left out.
#[test]
fn what_is_found_without_trying_everything_is_no_more_than_needed() {
    for steps in troubles() {
        imagined(&steps, Profile::DEFAULT, &roll(), |imagined| {
            let wanting = Wanting::of(imagined);
            if wanting.holds(&[]) {
                return;
            }
            let (found, sure) = wanting.solve(&BTreeSet::new(), 0).unwrap();
            assert!(!sure);
            let ways = |actions: &BTreeSet<Action>| {
                let all = wanting.ways.iter().enumerate();
                let done = all.filter(|(_, way)| way.actions.is_subset(actions));
                done.map(|(index, _)| index).collect::<Vec<usize>>()
            };
            assert!(wanting.holds(&ways(&found)), "{found:?}");
            for action in &found {
                let fewer = found.iter().filter(|other| *other != action).cloned().collect();
                assert!(!wanting.holds(&ways(&fewer)), "{action} of {found:?}");
            }
        });
    }
    let nothing = Profile::DEFAULT
        .replacen("raid_levels = [\"5\", \"6\", \"10\", \"50\", \"60\"]", "raid_levels = []", 1)
        .replacen("lto_generations = [6, 7, 8]", "lto_generations = []", 1);
    let none = imagined(&day(), &nothing, &roll(), |imagined| {
        Wanting::of(imagined).solve(&BTreeSet::new(), 0)
    });
    assert_eq!(none, None, "no medium counts, and none can be copied to");
}

/// Ten drives of two rolls in one room: too many to try each choice among those that serve both.
#[test]
fn what_serves_one_roll_serves_the_next() {
    let mut steps = patched("place", "Lab", json!({"site": "Stage 5"}));
    // The second roll's own, and the first in order.
    steps.push(event("medium", json!({"id": "serial:A", "kind": "raid", "level": "5"})));
    let Step::Report { report, roll, placements } = verify("S001", "/a/S001", "serial:A") else {
        unreachable!()
    };
    let placements = placements.into_iter().map(|placed| placed.at("cart")).collect();
    steps.push(Step::Report { report, roll, placements });
    for number in 0..8 {
        let on: &'static str = format!("serial:DRIVE-{number}").leak();
        steps.push(event("medium", json!({"id": on, "kind": "raid", "level": "5"})));
        for roll in ["A001", "S001"] {
            let root: &'static str = format!("/{number}/{roll}").leak();
            let Step::Report { report, roll, placements } = verify(roll, root, on) else {
                unreachable!()
            };
            let placements = placements.into_iter().map(|placed| placed.at("cart")).collect();
            steps.push(Step::Report { report, roll, placements });
        }
    }
    let ledger = ledger_of_what_fits(&steps);
    let profile = Profile::default();
    let (case, _) = judge(&ledger, &Question::roll("A001"), &profile, now());
    let rolls = BTreeSet::from(["A001".into(), "S001".into()]);
    let found = make_good(&case, false, &rolls, BTreeSet::new());
    assert!(found.made_good && !found.cheapest);
    assert_eq!(found.actions.len(), 1, "one drive is carried for both: {:?}", found.actions);
}

/// To tell in which zone a medium stands costs less than to carry it, and suffices.
#[test]
fn a_zone_that_is_told_sets_copies_apart() {
    let mut steps = patched("place", "Stage 5", json!({"zone": "river"}));
    steps.push(event("place", json!({"id": "other", "site": "Elsewhere"})));
    let ledger = ledger_of_what_fits(&steps);
    let profile = Profile::default();
    let (case, _) = judge(&ledger, &roll(), &profile, now());
    let found = make_good(&case, false, &BTreeSet::from(["A001".into()]), BTreeSet::new());
    assert!(found.made_good && found.cheapest);
    let all: Vec<_> = found.actions.iter().collect();
    assert!(matches!(all[..], [Action::RecordPlace { .. }]), "{all:?}");
}
