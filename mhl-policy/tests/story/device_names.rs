//! Bad input 97: one device by many names is one.

use super::bad_inputs::devices;
use super::*;
use Decision::{Cleared, Indeterminate, Withheld};
use mhl_policy::{Placement, Profile, Truth, clear};
use serde_json::json;

fn roll() -> Question {
    Question::roll("A001")
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
    assert!(set.reason.contains("wiped, by this or another of its names"), "{}", set.reason);
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
