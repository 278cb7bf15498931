//! Bad inputs of section G, the three questions, and what a verdict promises.

use super::*;
use Decision::{Cleared, Indeterminate, Withheld};
use mhl_core::{Finding, FindingKind, Grade, Operation};
use mhl_policy::{Ledger, Placement, Profile, Truth, clear};
use serde_json::{Value, json};

fn roll() -> Question {
    Question::roll("A001")
}

fn card() -> Question {
    Question::card("A001", medium("serial:CARD-A"))
}

/// A report changed, placed on media of its own.
fn devices(of: &str, names: [Option<&str>; 4]) -> Vec<Step> {
    reported(of, |report| {
        let mut names = names.into_iter().map(|name| name.map(str::to_owned));
        report.source.device = names.next().unwrap();
        for copy in &mut report.copies {
            copy.place.device = names.next().unwrap();
        }
    })
}

#[test]
fn row_97_one_volume_seen_through_two_mounts_is_one_copy() {
    let shared = [None, None, Some("fs:1234-ABCD"), Some("fs:1234-abcd")];
    let verdict = judged(&devices("A001", shared), &roll());
    assert_eq!(verdict.decision, Withheld);
    assert!(answer(&verdict).1.contains(&"R1"), "{verdict}");

    // A device that only one report can tell apart: the same within it, no claim beyond it.
    let one_report = [None, None, Some("dev:8:1"), Some("dev:8:1")];
    assert!(answer(&judged(&devices("A001", one_report), &roll())).1.contains(&"R1"));
    let mut two_reports = devices("A001", [None, None, Some("dev:8:1"), None]);
    let tape = verify("A001", "/tape/A001", "lto:T00001L8");
    two_reports.push(changed(tape, |r| r.copies[0].place.device = Some("dev:8:1".into())));
    assert_eq!(judged(&two_reports, &roll()).decision, Cleared);

    // Two folders on one medium.
    let folders = day_and([
        event("loss", json!({"medium": "lto:T00001L8", "condition": "lost"})),
        verify("A001", "/lab/again/A001", "serial:LAB"),
    ]);
    let verdict = judged(&folders, &roll());
    assert!(verdict.to_string().contains("A001: 2 of 3 copies count"), "{verdict}");
}

/// Two partitions of one disk: its serial number joins their file systems, wherever one is seen by
/// itself later.
#[test]
fn row_97_two_partitions_of_one_disk_are_one_copy() {
    let mut steps = devices("A001", [None, Some("fs:part-1"), Some("fs:part-2"), None]);
    for step in &mut steps {
        if let Step::Report { roll: "A001", placements, .. } = step {
            placements[2] = Placement::copy(1, medium("serial:SET")).at("cart");
        }
    }
    let two = |steps: &[Step]| {
        let verdict = judged(steps, &roll());
        assert_eq!(verdict.decision, Withheld);
        assert!(verdict.to_string().contains("A001: 2 of 3 copies count"), "{verdict}");
    };
    two(&steps);
    for partition in ["fs:part-1", "fs:part-2"] {
        steps.push(event("medium", json!({"id": partition, "kind": "raid", "level": "5"})));
        steps.push(changed(verify("A001", "/mnt/A001", partition), |report| {
            report.copies[0].place.device = Some(partition.into());
        }));
        two(&steps);
    }
}

/// What happened to a device happened to it by all its names.
#[test]
fn row_97_a_device_is_wiped_and_lost_by_every_name() {
    let seen = [None, Some("fs:1"), None, None];
    let mut steps = devices("A001", seen);
    steps.push(event("medium", json!({"id": "fs:1", "kind": "raid", "level": "5"})));
    steps.push(verify("A001", "/again/A001", "fs:1"));
    let counts = |steps: &[Step]| {
        let verdict = judged(steps, &roll());
        let again = |copy: &&mhl_policy::JudgedCopy| copy.root == "/again/A001";
        verdict.copies.iter().find(again).map(|copy| copy.counts)
    };
    assert_eq!(counts(&steps), Some(Truth::Yes));
    for (kind, data) in [
        ("wipe", json!({"medium": "serial:SET"})),
        ("loss", json!({"medium": "serial:SET", "condition": "failed"})),
        ("loss", json!({"medium": "serial:SET", "condition": "lost", "roll": "A001"})),
    ] {
        let mut after = steps.clone();
        after.push(event(kind, data.clone()));
        assert_eq!(counts(&after), Some(Truth::No), "{kind} {data}");
        after.push(verify("A001", "/again/A001", "fs:1"));
        let expected =
            if kind == "loss" && data.get("roll").is_none() { Truth::No } else { Truth::Yes };
        assert_eq!(counts(&after), Some(expected), "{kind} {data}, and verified since");
    }
    // Another roll's loss is not this one's.
    let other = json!({"medium": "serial:SET", "condition": "lost", "roll": "S001"});
    steps.push(event("loss", other));
    assert_eq!(counts(&steps), Some(Truth::Yes));
}

/// A device is on its way by whichever name that was said.
#[test]
fn row_97_a_device_stands_where_any_of_its_names_does() {
    let mut steps = devices("A001", [None, Some("fs:1"), None, None]);
    steps.push(event("medium", json!({"id": "fs:1", "kind": "raid", "level": "5"})));
    steps.push(verify("A001", "/again/A001", "fs:1"));
    assert_eq!(judged(&steps, &roll()).decision, Cleared);
    steps.push(event("move", json!({"medium": "serial:SET", "condition": "in-transit"})));
    let verdict = judged(&steps, &roll());
    assert_eq!((verdict.decision, answer(&verdict).1), (Withheld, vec!["R3"]), "{verdict}");
    // At two places at once, nobody knows where it is.
    steps.push(event(
        "move",
        json!({"medium": "serial:SET", "condition": "in-place", "place": "cart"}),
    ));
    assert_eq!(judged(&steps, &roll()).decision, Cleared);
    steps.push(event("move", json!({"medium": "fs:1", "condition": "in-place", "place": "vault"})));
    let verdict = judged(&steps, &roll());
    assert_eq!((verdict.decision, answer(&verdict).1), (Indeterminate, vec!["R3"]), "{verdict}");
    // A RAID on a shelf may not be reached, by whatever name it is called.
    steps.push(event("move", json!({"medium": "fs:1", "condition": "offline", "place": "cart"})));
    assert!(answer(&judged(&steps, &roll())).1.contains(&"condition"));
}

/// The set's RAID, seen with its file system, which is on record too.
fn set_by_two_names() -> Vec<Step> {
    let mut steps = devices("A001", [None, Some("fs:1"), None, None]);
    steps.push(event("medium", json!({"id": "fs:1", "kind": "raid", "level": "5"})));
    steps
}

fn moved(medium: &str, condition: &str, place: Option<&str>) -> Step {
    let mut data = json!({"medium": medium, "condition": condition});
    if let Some(place) = place {
        data["place"] = json!(place);
    }
    event("move", data)
}

/// Whether the roll's copy below `/again` counts.
fn again(steps: &[Step]) -> Option<Truth> {
    let verdict = judged(steps, &roll());
    let again = |copy: &&mhl_policy::JudgedCopy| copy.root == "/again/A001";
    verdict.copies.iter().find(again).map(|copy| copy.counts)
}

/// A device of which the latest that was said is no place stands nowhere that is known, whatever
/// another of its names says.
#[test]
fn row_97_a_device_that_moved_to_no_known_place_is_nowhere_by_every_name() {
    let mut steps = set_by_two_names();
    steps.push(moved("fs:1", "in-place", Some("cart")));
    assert_eq!(judged(&steps, &roll()).decision, Cleared);
    steps.push(moved("serial:SET", "in-place", None));
    let verdict = judged(&steps, &roll());
    assert_eq!((verdict.decision, answer(&verdict).1), (Indeterminate, vec!["R3"]), "{verdict}");
}

/// What is on its way by one name and arrived by another is not elsewhere, even where a profile
/// counts what is on its way as that.
#[test]
fn row_97_a_device_on_its_way_by_one_name_and_at_a_place_by_another_is_not_elsewhere() {
    let text = Profile::DEFAULT
        .replace("in_transit_as_elsewhere = \"no\"", "in_transit_as_elsewhere = \"yes\"");
    let profile = Profile::from_toml(&text).unwrap();
    let mut steps = set_by_two_names();
    for others in ["serial:LAB", "lto:T00001L8"] {
        steps.push(moved(others, "in-place", Some("cart")));
    }
    steps.push(moved("serial:SET", "in-transit", None));
    let verdict = |steps: &[Step]| clear(&ledger_of(steps), &roll(), &profile, now());
    assert_eq!(verdict(&steps).decision, Cleared, "on its way by all that is said");
    steps.push(moved("fs:1", "in-transit", None));
    for place in [Some("cart"), None] {
        let mut arrived = steps.clone();
        arrived.push(moved("serial:SET", "in-place", place));
        let verdict = verdict(&arrived);
        let told = (verdict.decision, answer(&verdict).1);
        assert_eq!(told, (Indeterminate, vec!["R3"]), "{place:?}\n{verdict}");
        let verdict = judged(&arrived, &roll());
        assert_eq!((verdict.decision, answer(&verdict).1), (Withheld, vec!["R3"]), "{verdict}");
    }
}

/// A wipe by one name does not make the device forget its other names.
#[test]
fn row_97_a_device_keeps_its_names_through_a_wipe() {
    let mut steps = set_by_two_names();
    steps.push(verify("A001", "/again/A001", "fs:1"));
    steps.push(event("wipe", json!({"medium": "fs:1"})));
    steps.push(verify("A001", "/again/A001", "fs:1"));
    assert_eq!(again(&steps), Some(Truth::Yes), "verified since");
    let lost = event("loss", json!({"medium": "serial:SET", "condition": "lost"}));
    for gone in [
        vec![event("wipe", json!({"medium": "serial:SET"}))],
        vec![lost, moved("serial:SET", "in-place", Some("cart"))],
    ] {
        let mut after = steps.clone();
        after.extend(gone);
        assert_eq!(again(&after), Some(Truth::No), "{:?}", after.last());
        after.push(verify("A001", "/again/A001", "fs:1"));
        assert_eq!(again(&after), Some(Truth::Yes), "verified since");
    }
}

/// Files may have been deleted, and nothing formatted: a wiped device is one with the file system
/// that it had, until it is seen with another.
#[test]
fn row_97_a_wiped_device_has_its_file_system_until_another_is_seen() {
    let seen = |file_system: &str| {
        changed(verify("A001", "/set/A001", "serial:SET"), |report| {
            report.copies[0].place.device = Some(file_system.to_owned());
        })
    };
    let copies = |steps: &[Step]| {
        let nothing = mhl_policy::Scenario::new();
        let rolls = mhl_policy::what_if(&ledger_of(steps), &nothing, &Profile::default(), now());
        rolls.rolls.iter().find(|roll| roll.roll.as_str() == "A001").unwrap().before.copies
    };
    let mut steps = set_by_two_names();
    steps.extend([
        event("wipe", json!({"medium": "serial:SET"})),
        verify("A001", "/again/A001", "fs:1"),
        verify("A001", "/set/A001", "serial:SET"),
    ]);
    assert_eq!(copies(&steps), 3, "the lab's two, and the one on set");
    steps.push(seen("fs:1"));
    steps.push(event("wipe", json!({"medium": "serial:SET"})));
    steps.push(verify("A001", "/again/A001", "fs:1"));
    steps.push(seen("fs:2"));
    assert_eq!(copies(&steps), 4, "formatted anew; what has the old file system is elsewhere");
    steps.push(seen("fs:1"));
    assert_eq!(copies(&steps), 3, "two file systems of one device");
}

/// That two names are one device's may be learned after it was wiped or lost by one of them.
#[test]
fn row_97_a_name_that_is_learned_later_was_wiped_and_lost_before() {
    let seen = |root: &str| {
        changed(verify("S001", root, "serial:SET"), |report| {
            report.copies[0].place.device = Some("fs:1".into());
        })
    };
    let lost = |data| [event("loss", data), moved("serial:SET", "in-place", Some("cart"))];
    let whole = lost(json!({"medium": "serial:SET", "condition": "lost"}));
    let of = |roll: &str| {
        [event("loss", json!({"medium": "serial:SET", "condition": "lost", "roll": roll}))]
    };
    let cases: [(&[Step], Truth); 4] = [
        (&[event("wipe", json!({"medium": "serial:SET"}))], Truth::No),
        (&whole, Truth::No),
        (&of("A001"), Truth::No),
        (&of("S001"), Truth::Yes),
    ];
    for (gone, counts) in cases {
        let mut steps = day_and([
            event("medium", json!({"id": "fs:1", "kind": "raid", "level": "5"})),
            verify("A001", "/again/A001", "fs:1"),
        ]);
        steps.extend_from_slice(gone);
        assert_eq!(again(&steps), Some(Truth::Yes), "nobody knows yet: {gone:?}");
        // What was verified between the two stands.
        let mut between = steps.clone();
        between.extend([verify("A001", "/again/A001", "fs:1"), seen("/set/S001")]);
        assert_eq!(again(&between), Some(Truth::Yes), "verified since: {gone:?}");
        steps.push(seen("/set/S001"));
        assert_eq!(again(&steps), Some(counts), "{gone:?}");
        steps.push(verify("A001", "/again/A001", "fs:1"));
        assert_eq!(again(&steps), Some(Truth::Yes), "verified since: {gone:?}");
    }
    // The other way about: wiped by the name of its file system, and seen with it later.
    let mut steps = day_and([
        event("medium", json!({"id": "fs:1", "kind": "raid", "level": "5"})),
        event("wipe", json!({"medium": "fs:1"})),
    ]);
    assert_eq!(judged(&steps, &roll()).decision, Cleared);
    steps.push(seen("/set/S001"));
    let verdict = judged(&steps, &roll());
    let set = |copy: &&mhl_policy::JudgedCopy| copy.root == "/set/A001";
    let set = verdict.copies.iter().find(set).expect("the copy on set");
    assert_eq!(set.counts, Truth::No, "{verdict}");
    assert!(set.reason.contains("wiped by another of its names"), "{}", set.reason);
}

/// What a RAID is, it is by all its names.
#[test]
fn row_97_a_raid_of_two_levels_counts_by_neither_name() {
    let set = |level: &str, other: &str| {
        let mut steps = devices("A001", [None, Some("fs:1"), None, None]);
        for step in &mut steps {
            if let Step::Event { kind: "medium", data } = step
                && data["id"] == "serial:SET"
            {
                data["level"] = json!(level);
            }
        }
        steps.push(event("medium", json!({"id": "fs:1", "kind": "raid", "level": other})));
        steps.push(verify("A001", "/again/A001", "fs:1"));
        let verdict = judged(&steps, &roll());
        let of = |root: &str| {
            let copy = verdict.copies.iter().find(|copy| copy.root == root);
            copy.map(|copy| copy.counts).expect("a copy")
        };
        (of("/set/A001"), of("/again/A001"))
    };
    assert_eq!(set("5", "RAID 5"), (Truth::Yes, Truth::Yes));
    assert_eq!(set("5", "6"), (Truth::Unknown, Truth::Unknown));
    assert_eq!(set("5", "0"), (Truth::No, Truth::No));
    assert_eq!(set("0", "5"), (Truth::No, Truth::No));
    assert_eq!(set("5", "1"), (Truth::Unknown, Truth::No));
}

#[test]
fn row_98_the_card_as_its_own_destination_never_counts() {
    for same in [Some("fs:card"), Some("dev:8:1")] {
        let steps = devices("A001", [same, None, None, same]);
        for question in [roll(), card()] {
            let verdict = judged(&steps, &question);
            assert_eq!(verdict.decision, Withheld, "{verdict}");
            assert!(answer(&verdict).1.contains(&"R1"), "{verdict}");
        }
    }
    let steps: Vec<Step> = day()
        .into_iter()
        .map(|step| match step {
            Step::Report { report, roll: roll @ "A001", mut placements } => {
                placements[3] = Placement::copy(2, medium("serial:CARD-A"));
                Step::Report { report, roll, placements }
            }
            step => step,
        })
        .collect();
    assert!(answer(&judged(&steps, &roll())).1.contains(&"R1"));
}

#[test]
fn row_99_evidence_from_before_a_differing_scan_withholds() {
    let rescan = changed(verify("A001", "/card/A001", "serial:CARD-A"), |r| {
        r.roll.as_mut().unwrap().content = c4("longer");
    });
    let verdict = judged(&day_and([rescan.clone()]), &roll());
    let (decision, rules) = answer(&verdict);
    assert_eq!(decision, Withheld, "{verdict}");
    for rule in ["fresh", "R1", "W1", "Q1", "E1", "W3"] {
        assert!(rules.contains(&rule), "{rule}\n{verdict}");
    }
    // Neither does the old content, found again, bring back what was attested before.
    let again = verify("A001", "/card/A001", "serial:CARD-A");
    assert_eq!(judged(&day_and([rescan, again.clone()]), &roll()).decision, Withheld);
    // The same content withholds nothing.
    assert_eq!(judged(&day_and([again]), &roll()).decision, Cleared);
}

/// The clocks of the cards and carts say nothing of the order.
#[test]
fn row_99_it_is_the_ledger_s_order_that_counts_and_no_clock_ahead() {
    let mut ledger = Ledger::new();
    let record = |ledger: &mut Ledger, step: Step, day: u32| {
        let time = format!("2026-03-{day:02}T12:00:00Z").parse().unwrap();
        let agent = mhl_policy::Agent::new("DIT");
        match step {
            Step::Event { kind, data } => {
                let event = mhl_policy::Event::from_json(kind, &data).unwrap();
                ledger.append(event, time, agent).unwrap();
            }
            Step::Report { mut report, roll, placements } => {
                report.started = time.to_string();
                ledger.append_report(&report, roll, &placements, time, agent).unwrap();
            }
        }
    };
    day().into_iter().for_each(|step| record(&mut ledger, step, 6));
    let judge = |ledger: &Ledger| clear(ledger, &roll(), &Profile::default(), now()).decision;
    assert_eq!(judge(&ledger), Cleared);
    let rescan = changed(verify("A001", "/card/A001", "serial:CARD-A"), |r| {
        r.roll.as_mut().unwrap().content = c4("longer");
    });
    record(&mut ledger, rescan, 5);
    assert_eq!(judge(&ledger), Withheld, "the scan is later, whatever its clock says");
}

#[test]
fn row_99_another_roll_where_the_card_held_this_one_withholds() {
    let mut steps = day();
    steps.push(event("roll", json!({"id": "B001", "kind": "camera", "links": []})));
    let Step::Report { mut report, placements, .. } = offload("A001", "serial:CARD-A") else {
        unreachable!()
    };
    report.roll.as_mut().unwrap().content = c4("B001");
    steps.push(Step::Report { report, roll: "B001", placements });
    let verdict = judged(&steps, &roll());
    assert_eq!(verdict.decision, Withheld);
    assert!(answer(&verdict).1.contains(&"fresh"), "{verdict}");
}

#[test]
fn row_100_a_verdict_clears_its_own_card_and_moment_alone() {
    let ledger = ledger_of(&day());
    let verdict = clear(&ledger, &card(), &Profile::default(), now());
    assert!(verdict.clears(&card(), ledger.head()));
    assert_eq!(verdict.contents[&"A001".into()], Some(c4("A001")));
    assert!(!verdict.clears(&roll(), ledger.head()));
    assert!(!verdict.clears(&Question::card("A001", medium("serial:OTHER")), ledger.head()));
    let later = ledger_of(&day_and([event("place", json!({"id": "truck"}))]));
    assert!(!verdict.clears(&card(), later.head()), "something happened since");
}

#[test]
fn row_101_a_card_that_gained_a_file_withholds() {
    let gained = changed(verify("A001", "/card/A001", "serial:CARD-A"), |r| {
        r.copies[0].status = mhl_core::Status::Failed;
        r.add(Finding::new(FindingKind::NewFile, "Clips/A001C003.mxf").on_copy(0));
    });
    let verdict = judged(&day_and([gained]), &roll());
    assert_eq!(verdict.decision, Withheld);
    assert!(answer(&verdict).1.contains(&"fresh"), "{verdict}");
}

#[test]
fn row_102_a_file_that_was_skipped_or_not_read_withholds() {
    for (kind, decision) in [
        // No regular file, or no name in UTF-8, is one of these too.
        (FindingKind::UnreadableFile, Withheld),
        (FindingKind::MissingFile, Withheld),
        (FindingKind::NewFile, Withheld),
        (FindingKind::HashMismatch, Withheld),
        (FindingKind::SizeMismatch, Withheld),
        (FindingKind::SourceChanged, Withheld),
        (FindingKind::WriteFailed, Withheld),
        (FindingKind::NameTaken, Withheld),
        (FindingKind::Stalled, Withheld),
        (FindingKind::DeviceChanged, Withheld),
        (FindingKind::ManifestInvalid, Withheld),
        (FindingKind::PathOutside, Withheld),
        (FindingKind::Ignored, Withheld),
        (FindingKind::Litter, Cleared),
    ] {
        // Of the card, and of one copy of the three that are needed.
        for copy in [None, Some(2)] {
            let steps = reported("A001", |r| {
                let found = Finding::new(kind, "Clips/x");
                r.add(match copy {
                    Some(copy) => found.on_copy(copy),
                    None => found,
                });
            });
            let verdict = judged(&steps, &roll());
            assert_eq!(verdict.decision, decision, "{kind} {copy:?}\n{verdict}");
        }
    }
    // Files that were left unread on purpose, and a copy that lacks some.
    for change in [(|copy| copy.complete = false) as fn(&mut mhl_core::CopyReport), |copy| {
        copy.status = mhl_core::Status::Unproven
    }] {
        let verdict = judged(&reported("A001", |r| change(&mut r.copies[1])), &roll());
        assert_eq!(verdict.decision, Withheld, "{verdict}");
    }
    // A profile may name the pattern.
    let steps = reported("A001", |r| {
        r.add(Finding::new(FindingKind::Ignored, "a.tmp").differing("*.tmp", ""));
    });
    let text = Profile::DEFAULT.replace("ignored = []", "ignored = [\"*.tmp\"]");
    let profile = Profile::from_toml(&text).unwrap();
    let verdict = clear(&ledger_of(&steps), &roll(), &profile, now());
    assert_eq!(verdict.decision, Cleared, "{verdict}");
}

#[test]
fn row_103_evidence_below_the_grade_of_the_profile_withholds() {
    for grade in [
        Grade::SizeOnly,
        Grade::Inherited,
        Grade::InFlight,
        Grade::ObjectStore,
        Grade::ThroughTheCache,
    ] {
        let steps = reported("A001", |r| r.copies[2].grade = Some(grade));
        let (decision, rules) = answer(&judged(&steps, &roll()));
        assert_eq!(decision, Withheld, "{grade:?}");
        assert!(rules.contains(&"C1") && rules.contains(&"R1"), "{grade:?}: {rules:?}");
    }
    let steps = reported("A001", |r| r.copies[2].grade = Some(Grade::ThroughTheCache));
    let text = Profile::DEFAULT.replace("minimum_grade = 6", "minimum_grade = 5");
    let profile = Profile::from_toml(&text).unwrap();
    assert_eq!(clear(&ledger_of(&steps), &roll(), &profile, now()).decision, Cleared);
}

#[test]
fn row_104_an_unknown_word_never_clears() {
    for (kind, text, patch) in [
        ("roll", "camera", json!({"kind": "hologram"})),
        ("medium", "serial:LAB", json!({"kind": "drum"})),
        ("medium", "lto:", json!({"file_system": null})),
        ("inspection", "camera-reports", json!({"files": "most"})),
        ("inspection", "camera-reports", json!({"result": "ok"})),
        ("qc", "A001", json!({"environment": "nice"})),
        ("evaluation", "A001", json!({"by": "someone"})),
        ("evaluation", "A001", json!({"result": "fine"})),
        ("evaluation", "A001", json!({"files": "some"})),
        ("qc", "A001", json!({"result": null})),
        ("qc", "A001", json!({"width": null})),
        ("report-check", "A001", json!({"result": "done"})),
    ] {
        let verdict = judged(&patched(kind, text, patch.clone()), &roll());
        assert_eq!(verdict.decision, Indeterminate, "{kind} {patch}\n{verdict}");
    }
    // In a list of words one that is unknown stands for none that is asked for.
    for (kind, text, patch) in [
        ("inspection", "camera-reports", json!({"covers": ["recording", "transport"]})),
        ("inspection", "camera-reports", json!({"against": ["camera-reports", "notes"]})),
        ("report-check", "A001", json!({"against": ["script-supervisor", "dit", "lab", "x"]})),
    ] {
        let verdict = judged(&patched(kind, text, patch.clone()), &roll());
        assert_eq!(verdict.decision, Withheld, "{kind} {patch}\n{verdict}");
    }
    // A genre that nobody knows asks for what scripted work does.
    let mut steps = without("qc", "A001");
    for step in &mut steps {
        if let Step::Event { kind: "roll", data } = step {
            data["genre"] = json!("essay");
        }
    }
    assert_eq!(judged(&steps, &roll()).decision, Indeterminate);
}

/// In approvals, and in the role that goes with one.
#[test]
fn row_104_an_unknown_word_of_an_approval_never_clears() {
    let approved = |role: &str, usage: &str, scope: Value, expires: Value| {
        let approval = json!({"use": usage, "by": "Netflix", "media": scope, "rolls": "all",
            "expires": expires});
        let steps = day_and([
            event("loss", json!({"medium": "lto:T00001L8", "condition": "lost"})),
            event("medium", json!({"id": "serial:LAB", "role": role})),
            event("medium", json!({"id": "serial:C", "kind": "raid", "level": "5"})),
            event("medium", json!({"id": "serial:D", "kind": "raid", "level": "5"})),
            verify("A001", "/c/A001", "serial:C"),
            verify("A001", "/d/A001", "serial:D"),
            verify("S001", "/c/S001", "serial:C"),
            verify("S001", "/d/S001", "serial:D"),
            event("approval", approval),
        ]);
        judged(&steps, &Question::storage(medium("serial:SET"))).decision
    };
    let never = || json!("never");
    assert_eq!(approved("final", "raid-final", json!("all"), never()), Cleared);
    assert_eq!(approved("master", "raid-final", json!("all"), never()), Indeterminate);
    assert_eq!(approved("final", "raids", json!("all"), never()), Indeterminate);
    assert_eq!(approved("final", "raid-final", json!("most"), never()), Indeterminate);
    for field in ["expires", "media", "use", "by"] {
        let data = json!({"use": "raid-final", "by": "Netflix", "media": "all", field: {"no": 1}});
        assert!(mhl_policy::Event::from_json("approval", &data).is_err(), "{field}");
    }
    let someday = json!({"use": "raid-final", "expires": "someday"});
    assert!(mhl_policy::Event::from_json("approval", &someday).is_err());
}

/// What an engine of another version may write of a copy, or a hand.
#[test]
fn row_104_an_unknown_word_of_evidence_is_no_line_of_a_ledger() {
    let text = ledger_of(&day()[..10]).appended().to_owned();
    let (before, last) = text.trim_end().rsplit_once('\n').unwrap();
    for (from, to) in [
        ("\"grade\":\"past-the-cache\"", "\"grade\":\"past-doubt\""),
        ("\"grade\":\"past-the-cache\"", "\"grade\":6"),
        ("\"grade\":\"past-the-cache\"", "\"grade\":\"\""),
        ("\"status\":\"verified\"", "\"status\":\"perfect\""),
        ("\"status\":\"verified\"", "\"status\":null"),
        ("\"operation\":\"offload\"", "\"operation\":\"upload\""),
        ("\"complete\":true", "\"complete\":\"yes\""),
        ("\"complete\":true,", ""),
    ] {
        let changed = last.replacen(from, to, 1);
        assert_ne!(changed, last, "{from}");
        let faults = Ledger::parse(&format!("{before}\n{changed}\n")).unwrap_err().faults;
        assert!(matches!(faults[0].kind, mhl_policy::FaultKind::Data { .. }), "{to}: {faults:?}");
    }
    // A fault that this version does not know is none that it may pass over.
    let unknown = last.replacen("\"complete\":true", "\"complete\":true,\"faults\":[\"new\"]", 1);
    assert!(Ledger::parse(&format!("{before}\n{unknown}\n")).is_err());
    // And a grade that is not there is none.
    let none = last.replacen("\"grade\":\"past-the-cache\",", "", 1);
    let ledger = Ledger::parse(&format!("{before}\n{none}\n")).unwrap();
    let verdict = clear(&ledger, &roll(), &Profile::default(), now());
    assert!(verdict.to_string().contains("nothing was read back"), "{verdict}");
}

#[test]
fn row_105_many_copies_on_one_medium_are_one() {
    let mut steps = day();
    steps.push(event("loss", json!({"medium": "lto:T00001L8", "condition": "lost"})));
    // More than a byte can count.
    let roots: Vec<String> = (0..300).map(|n| format!("/lab/{n}/A001")).collect();
    let roots: Vec<&str> = roots.iter().map(String::as_str).collect();
    steps.push(Step::Report {
        report: report(Operation::Verify, roots[0], "A001", &roots),
        roll: "A001",
        placements: (0..300).map(|n| Placement::copy(n, medium("serial:LAB"))).collect(),
    });
    let verdict = judged(&steps, &roll());
    assert_eq!(verdict.decision, Withheld);
    assert!(verdict.to_string().contains("2 of 3 copies count"), "{verdict}");
    // And a generation of tape that would wrap to one that counts is none that does.
    let tape = patched("medium", "lto:", json!({"generation": 256 + 8}));
    assert_eq!(judged(&tape, &roll()).decision, Withheld);
    assert!(
        mhl_policy::Event::from_json(
            "medium",
            &json!({"id": "lto:T1", "kind": "lto", "generation": (1_u64 << 32) + 8})
        )
        .is_err()
    );
    // A profile that asks for more copies than there can be is not met by wrapping round.
    let text = Profile::DEFAULT.replace("copies = 3", "copies = 4294967295");
    let profile = Profile::from_toml(&text).unwrap();
    let verdict = clear(&ledger_of(&day()), &roll(), &profile, now());
    assert_eq!(verdict.decision, Withheld, "{verdict}");
    // Nor is a list that counts more files than numbers go.
    let line = ledger_of(&day()[..10])
        .appended()
        .replace("\"file_count\":2", "\"file_count\":18446744073709551617");
    assert!(Ledger::parse(&line).is_err());
}

#[test]
fn every_other_roll_on_the_card_is_judged_too() {
    let mut steps = day();
    steps.push(event("roll", json!({"id": "A000", "kind": "camera", "links": []})));
    steps.push(verify("A000", "/card/A000", "serial:CARD-A"));
    for question in [roll(), card()] {
        let verdict = judged(&steps, &question);
        assert_eq!(verdict.decision, Withheld, "{verdict}");
        assert!(verdict.contents.contains_key(&"A000".into()));
    }
}

#[test]
fn one_card_is_asked_about_while_another_counts() {
    let mut steps = day_and([
        event("medium", json!({"id": "serial:CARD-B", "kind": "capture-device"})),
        event("loss", json!({"medium": "lto:T00001L8", "condition": "lost", "roll": "A001"})),
        verify("A001", "/card-b/A001", "serial:CARD-B"),
    ]);
    assert_eq!(judged(&steps, &card()).decision, Cleared, "the second card is the third copy");
    assert_eq!(judged(&steps, &roll()).decision, Withheld, "both cards would be wiped");
    steps.push(event("wipe", json!({"medium": "serial:CARD-B"})));
    assert_eq!(judged(&steps, &card()).decision, Withheld, "it was wiped");
}

#[test]
fn what_was_not_asked_rightly_is_never_cleared() {
    let steps = day();
    for (question, decision) in [
        (Question::roll("A009"), Withheld),
        (Question::card("A001", medium("serial:CARD-S")), Withheld),
        (Question::card("A001", medium("serial:SET")), Withheld),
        (Question::card("A001", medium("serial:NEVER-SEEN")), Withheld),
        (Question::storage(medium("serial:CARD-A")), Withheld),
        (Question::storage(medium("serial:NEVER-SEEN")), Indeterminate),
    ] {
        let verdict = judged(&steps, &question);
        assert_eq!(verdict.decision, decision, "{verdict}");
        assert!(answer(&verdict).1.contains(&"asked"), "{verdict}");
    }
    let empty =
        day_and([event("medium", json!({"id": "serial:NEW", "kind": "raid", "level": "5"}))]);
    let verdict = judged(&empty, &Question::storage(medium("serial:NEW")));
    assert_eq!(answer(&verdict), (Indeterminate, vec!["asked"]));
    assert_eq!(judged(&[], &roll()).decision, Withheld);
}

#[test]
fn storage_is_cleared_without_genre_links_or_sites() {
    let mut steps = day();
    for step in &mut steps {
        if let Step::Event { kind: "roll", data } = step {
            data.as_object_mut().unwrap().retain(|field, _| field == "id");
        }
    }
    steps.retain(|step| !matches!(step, Step::Event { kind: "place", .. }));
    let storage = Question::storage(medium("serial:SET"));
    assert_eq!(answer(&judged(&steps, &storage)).0, Withheld);
    steps.push(event("medium", json!({"id": "serial:THIRD", "kind": "raid", "level": "50"})));
    steps.push(verify("A001", "/third/A001", "serial:THIRD"));
    assert_eq!(answer(&judged(&steps, &storage)).0, Withheld, "the sound roll is on it too");
    steps.push(verify("S001", "/third/S001", "serial:THIRD"));
    assert_eq!(answer(&judged(&steps, &storage)), (Cleared, vec![]));
}

#[test]
fn an_open_issue_withholds_until_it_is_resolved() {
    for kind in ["inspection", "qc", "evaluation"] {
        let issue = json!({"rolls": ["A001"], "result": "failed", "issues": ["flicker"]});
        let mut steps = day_and([event(kind, issue)]);
        assert_eq!(answer(&judged(&steps, &roll())), (Withheld, vec!["issues"]), "{kind}");
        let attestation = steps.len().to_string();
        steps.push(event(
            "resolution",
            json!({"attestation": attestation, "issue": "flicker", "resolution": "a lamp"}),
        ));
        assert_eq!(answer(&judged(&steps, &roll())), (Cleared, vec![]), "{kind}");
    }
}

#[test]
fn advice_and_ideals_are_mentioned_and_never_decide() {
    let steps = patched("qc", "A001", json!({"real_time": false}));
    let late = "2026-05-01T00:00:00Z".parse().unwrap();
    let verdict = clear(&ledger_of(&steps), &roll(), &Profile::default(), late);
    assert_eq!(verdict.decision, Cleared);
    let mentioned: Vec<_> = verdict.reasons().iter().map(|r| (r.node.rule, r.decides)).collect();
    assert!(mentioned.contains(&("Q1i", false)), "{mentioned:?}");
    assert!(mentioned.contains(&("age", false)), "{mentioned:?}");
}

#[test]
fn the_same_inputs_give_the_same_bytes() {
    let json = judged(&day(), &roll()).to_json();
    assert_eq!(json, judged(&day(), &roll()).to_json());
    let value: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(value["schema"], "mhl.clear/1");
    assert_eq!(value["status"], "cleared");
    assert_eq!(value["profile"]["readings"]["redundancy.wiped_medium_counts"], "false");
    assert_eq!(value["counts"]["against"], 0);
    let withheld = judged(&without("qc", "A001"), &roll()).to_json();
    let value: Value = serde_json::from_str(&withheld).unwrap();
    assert_eq!(value["status"], "withheld");
    let q1 = value["findings"].as_array().unwrap().iter().find(|f| f["kind"] == "Q1").unwrap();
    assert_eq!(
        (&q1["path"], &q1["outcome"], &q1["decides"]),
        (&"A001".into(), &"no".into(), &true.into())
    );
    assert!(q1["remedy"].as_str().unwrap().contains("3840x2160"));
}

#[test]
fn the_proof_leads_down_to_events_and_manifests() {
    let verdict = judged(&day(), &roll());
    let json = verdict.to_json();
    assert!(json.contains(&format!("manifest {}", c4("manifest"))));
    assert!(json.contains(&format!("content {}", c4("A001"))));
    assert!(json.contains("\"event 10\""), "the offload");
    assert!(json.contains("\"event 14\""), "the QC");
}

#[test]
fn a_verdict_fits_a_terminal_and_hides_no_character() {
    let name = "A\u{202e}001\u{1b}[2J\n a name so long that no line of eighty columns can hold all of its words";
    let mut steps = day();
    steps.push(event("roll", json!({"id": name, "kind": "camera"})));
    steps.push(Step::Report {
        report: report(Operation::Verify, "/card/x", "x", &["/card/x"]),
        roll: "A001",
        placements: vec![Placement::copy(0, medium("serial:CARD-A"))],
    });
    let verdict = judged(&steps, &Question::roll(name));
    for text in [verdict.to_string(), verdict.to_json()] {
        assert!(!text.contains(['\u{202e}', '\u{1b}']), "{text}");
    }
    assert!(verdict.to_string().lines().all(|line| line.chars().count() <= 80), "{verdict}");
    let value: Value = serde_json::from_str(&verdict.to_json()).unwrap();
    assert!(value["question"].as_str().unwrap().contains(name), "the name itself is kept");
}

#[test]
fn a_simulated_ledger_says_so_in_every_verdict() {
    let mut ledger = Ledger::simulated();
    for step in day() {
        record(&mut ledger, &step).unwrap();
    }
    let verdict = clear(&ledger, &roll(), &Profile::default(), now());
    assert!(verdict.simulated);
    assert!(verdict.to_string().starts_with("SIMULATED: CLEARED"));
    assert!(verdict.to_json().contains("\"simulated\":true"));
}

#[test]
fn readings_of_a_profile_change_the_answer() {
    let answer = |steps: &[Step], from: &str, to: &str| {
        let text = Profile::DEFAULT.replace(from, to);
        assert_ne!(text, Profile::DEFAULT, "{from}");
        let profile = Profile::from_toml(&text).unwrap();
        clear(&ledger_of(steps), &roll(), &profile, now()).decision
    };
    let lost = day_and([
        event("loss", json!({"medium": "lto:T00001L8", "condition": "lost"})),
        verify("A001", "/card/A001", "serial:CARD-A"),
        verify("S001", "/card/S001", "serial:CARD-S"),
    ]);
    let counts = ("wiped_medium_counts = false", "wiped_medium_counts = true");
    assert_eq!(judged(&lost, &roll()).decision, Withheld);
    assert_eq!(answer(&lost, counts.0, counts.1), Cleared);

    let travelling =
        day_and([event("move", json!({"medium": "serial:SET", "condition": "in-transit"}))]);
    assert_eq!(judged(&travelling, &roll()).decision, Withheld);
    let elsewhere = ("in_transit_as_elsewhere = \"no\"", "in_transit_as_elsewhere = \"yes\"");
    assert_eq!(answer(&travelling, elsewhere.0, elsewhere.1), Cleared);

    let apart = ("elsewhere = \"two-sites\"", "elsewhere = \"one-apart\"");
    assert_eq!(answer(&day(), apart.0, apart.1), Cleared);
    assert_eq!(answer(&day(), "several_rolls = true", "several_rolls = false"), Withheld);
    assert_eq!(answer(&day(), "copies = 3", "copies = 4"), Withheld);
    assert_eq!(answer(&day(), "[\"md5\", \"xxh64be\"]", "[\"c4\"]"), Withheld);
}
