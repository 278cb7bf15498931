//! What a ledger may be told by mistake, late, or twice, and what must not become a yes by it.

use super::*;
use Decision::{Cleared, Withheld};
use mhl_core::Operation;
use mhl_policy::{Agent, Event, Ledger, Placement, Time, Truth, clear};
use serde_json::{Value, json};

fn roll() -> Question {
    Question::roll("A001")
}

/// Whether the copy of A001 on this medium, or at this root, counts.
fn counts(steps: &[Step], text: &str) -> Truth {
    counted(&judged(steps, &roll()), text)
}

fn counted(verdict: &Verdict, text: &str) -> Truth {
    let is = |copy: &&mhl_policy::JudgedCopy| {
        let medium = copy.medium.as_ref().map(ToString::to_string);
        copy.roll.as_str() == "A001" && (medium.as_deref() == Some(text) || copy.root == text)
    };
    verdict.copies.iter().find(is).unwrap_or_else(|| panic!("no copy {text}\n{verdict}")).counts
}

/// The offload of another card under the roll's name, to the RAID on set alone.
fn other_day(root: &str) -> Step {
    Step::Report {
        report: report(Operation::Offload, "/card/A001", "another day", &[root]),
        roll: "A001",
        placements: vec![
            Placement::source(medium("serial:CARD-B")),
            Placement::copy(0, medium("serial:SET")).at("cart"),
        ],
    }
}

/// Cards are named alike on every day, and by every unit. The card of another day holds a roll of
/// this name, once; everything that is asked for was done with this day's.
#[test]
fn row_100_a_card_of_the_same_name_with_other_content_is_not_cleared() {
    let mut steps = day();
    let offloaded = steps.iter().position(|step| matches!(step, Step::Report { .. })).unwrap();
    steps.insert(offloaded, other_day("/set/day-11/A001"));
    let card = json!({"id": "serial:CARD-B", "kind": "capture-device"});
    steps.insert(0, event("medium", card));
    for question in [roll(), Question::card("A001", medium("serial:CARD-B"))] {
        let verdict = judged(&steps, &question);
        assert_eq!(answer(&verdict), (Withheld, vec!["held"]), "{verdict}");
    }
    // The card that was judged is its own: it may be wiped.
    let own = Question::card("A001", medium("serial:CARD-A"));
    assert_eq!(judged(&steps, &own).decision, Cleared);
    // Nor may storage go that holds the only copy of the other day.
    steps.push(event("medium", json!({"id": "serial:THIRD", "kind": "raid", "level": "10"})));
    steps.push(verify("A001", "/third/A001", "serial:THIRD"));
    steps.push(verify("S001", "/third/S001", "serial:THIRD"));
    let verdict = judged(&steps, &Question::storage(medium("serial:SET")));
    assert_eq!(answer(&verdict), (Withheld, vec!["held"]), "{verdict}");
}

/// A card of which nobody recorded what it holds is wiped by no proof of the copies.
#[test]
fn row_100_a_card_whose_content_was_never_seen_is_not_cleared() {
    let mut steps = reported("A001", |_| {});
    let unseen = changed(verify("A001", "/card-b/A001", "serial:CARD-B"), |report| {
        report.roll = None;
        report.files.clear();
    });
    steps.push(event("medium", json!({"id": "serial:CARD-B", "kind": "capture-device"})));
    steps.push(unseen);
    let verdict = judged(&steps, &Question::card("A001", medium("serial:CARD-B")));
    assert_eq!(answer(&verdict), (Decision::Indeterminate, vec!["held"]), "{verdict}");
}

/// A card that is read again under the name of its file system is the same card.
#[test]
fn row_101_a_card_that_gained_a_file_withholds_by_any_of_its_names() {
    let steps = reported("A001", |report| report.source.device = Some("fs:card".into()));
    assert_eq!(judged(&steps, &roll()).decision, Cleared);
    for more in ["gained", "other"] {
        let mut again = report(Operation::Verify, "/card/A001", "A001", &["/card/A001"]);
        again.copies[0].place.device = Some("fs:card".into());
        if more == "gained" {
            again.copies[0].status = mhl_core::Status::Failed;
            let found = mhl_core::Finding::new(mhl_core::FindingKind::NewFile, "A001C003.mxf");
            again.add(found.on_copy(0));
        } else {
            again.roll.as_mut().unwrap().content = c4("longer");
        }
        let mut steps = steps.clone();
        steps.push(Step::Report { report: again, roll: "A001", placements: vec![] });
        let verdict = judged(&steps, &roll());
        assert_eq!(verdict.decision, Withheld, "{more}\n{verdict}");
        assert!(answer(&verdict).1.contains(&"fresh"), "{more}\n{verdict}");
    }
}

#[test]
fn row_97_a_card_is_no_storage_by_another_of_its_names() {
    let mut steps = reported("A001", |report| report.source.device = Some("fs:card".into()));
    steps.push(event("medium", json!({"id": "fs:card", "kind": "raid", "level": "5"})));
    let verdict = judged(&steps, &Question::storage(medium("fs:card")));
    assert_eq!(verdict.decision, Withheld, "{verdict}");
    assert!(answer(&verdict).1.contains(&"asked"), "{verdict}");
}

#[test]
fn row_97_a_device_that_is_two_things_by_two_names_counts_by_neither() {
    let lab = |other: Value| {
        let mut steps = reported("A001", |report| {
            report.copies[1].place.device = Some("fs:lab".into());
        });
        steps.push(event("medium", other));
        counts(&steps, "serial:LAB")
    };
    assert_eq!(lab(json!({"id": "fs:lab", "label": "LAB 1"})), Truth::Yes);
    assert_eq!(lab(json!({"id": "fs:lab", "kind": "raid", "level": "6"})), Truth::Yes);
    assert_eq!(lab(json!({"id": "fs:lab", "kind": "single-drive"})), Truth::Unknown);
    assert_eq!(lab(json!({"id": "fs:lab", "kind": "lto", "generation": 8})), Truth::Unknown);
}

#[test]
fn row_97_a_tape_that_is_two_tapes_by_two_names_counts_by_neither() {
    let tape = |other: Value| {
        let mut steps = reported("A001", |report| {
            report.copies[2].place.device = Some("fs:tape".into());
        });
        steps.push(event("medium", other));
        counts(&steps, "lto:T00001L8")
    };
    let same = json!({"id": "fs:tape", "kind": "lto", "generation": 8, "file_system": "ltfs"});
    assert_eq!(tape(same), Truth::Yes, "in whatever case");
    assert_eq!(tape(json!({"id": "fs:tape", "kind": "lto"})), Truth::Yes);
    assert_eq!(tape(json!({"id": "fs:tape", "kind": "lto", "generation": 9})), Truth::Unknown);
    let tar = json!({"id": "fs:tape", "kind": "lto", "generation": 8, "file_system": "tar"});
    assert_eq!(tape(tar), Truth::Unknown);
}

/// A drive that was formatted without a word, and filled again below the same folder.
#[test]
fn row_97_a_folder_holds_the_roll_that_was_seen_there_last() {
    for (other, expected) in [("B001", Truth::No), ("A001", Truth::Yes)] {
        let mut steps = day();
        steps.push(event("roll", json!({"id": "B001", "kind": "camera", "links": []})));
        steps.push(Step::Report {
            report: report(Operation::Verify, "/set/A001", other, &["/set/A001"]),
            roll: "B001",
            placements: vec![Placement::copy(0, medium("serial:SET"))],
        });
        assert_eq!(counts(&steps, "serial:SET"), expected, "content {other}");
        steps.push(verify("A001", "/set/A001", "serial:SET"));
        assert_eq!(counts(&steps, "serial:SET"), Truth::Yes, "it is there again");
    }
}

fn at(hour: u32) -> Time {
    format!("2026-03-05T{hour:02}:00:00Z").parse().unwrap()
}

/// Records a step at an hour of the day; a report began then.
fn record_at(ledger: &mut Ledger, step: Step, hour: u32) {
    let agent = Agent::new("DIT");
    match step {
        Step::Event { kind, data } => {
            ledger.append(Event::from_json(kind, &data).unwrap(), at(hour), agent).unwrap();
        }
        Step::Report { mut report, roll, placements } => {
            report.started = at(hour).to_string();
            ledger.append_report(&report, roll, &placements, at(hour), agent).unwrap();
        }
    }
}

/// The day, told at noon.
fn noon() -> Ledger {
    let mut ledger = Ledger::new();
    day().into_iter().for_each(|step| record_at(&mut ledger, step, 12));
    ledger
}

/// A ledger of another unit, which knows the roll and the RAID at the lab.
fn other_unit() -> Ledger {
    let mut ledger = Ledger::new();
    for step in day() {
        let known = matches!(&step, Step::Event { kind: "roll" | "place" | "medium", .. });
        if known {
            record_at(&mut ledger, step, 12);
        }
    }
    ledger
}

fn lab_counts(ledger: &Ledger) -> Truth {
    let verdict = clear(ledger, &roll(), &Default::default(), now());
    counted(&verdict, "serial:LAB")
}

fn verified_at_lab(hour: u32) -> Step {
    changed(verify("A001", "/lab/A001", "serial:LAB"), |report| {
        report.started = at(hour).to_string();
    })
}

#[test]
fn a_report_from_before_a_loss_that_is_recorded_after_it_proves_nothing() {
    for (kind, data) in [
        ("loss", json!({"medium": "serial:LAB", "condition": "retired"})),
        ("wipe", json!({"medium": "serial:LAB"})),
    ] {
        let mut ledger = noon();
        record_at(&mut ledger, event(kind, data), 15);
        let back = json!({"medium": "serial:LAB", "condition": "in-place", "place": "vault"});
        record_at(&mut ledger, event("move", back), 16);
        let agent = || Agent::new("DIT");
        let Step::Report { report, roll, placements } = verified_at_lab(14) else { unreachable!() };
        ledger.append_report(&report, roll, &placements, at(17), agent()).unwrap();
        let remarks = ledger.remarks();
        assert!(remarks[0].to_string().contains("wiped or lost since it was seen"), "{remarks:?}");
        assert_eq!(lab_counts(&ledger), Truth::No, "{kind}: it tells of an hour before");
        record_at(&mut ledger, verified_at_lab(18), 18);
        assert_eq!(lab_counts(&ledger), Truth::Yes, "{kind}");
        assert_eq!(Ledger::parse(ledger.appended()).unwrap(), ledger);
    }
}

#[test]
fn what_another_unit_saw_before_a_loss_proves_nothing_when_it_is_imported_after() {
    for (kind, root) in [("loss", "/lab/A001"), ("wipe", "/lab/A001"), ("loss", "/lab/again")] {
        let (mut ledger, mut other) = (noon(), other_unit());
        record_at(&mut other, verify("A001", root, "serial:LAB"), 14);
        let gone = match kind {
            "loss" => json!({"medium": "serial:LAB", "condition": "failed"}),
            _ => json!({"medium": "serial:LAB"}),
        };
        record_at(&mut ledger, event(kind, gone), 15);
        let back = json!({"medium": "serial:LAB", "condition": "in-place", "place": "vault"});
        record_at(&mut ledger, event("move", back), 16);
        ledger.append_import(other.appended(), at(17), Agent::new("DIT")).unwrap();
        let verdict = clear(&ledger, &roll(), &Default::default(), now());
        assert_eq!(counted(&verdict, root), Truth::No, "{kind} {root}\n{verdict}");
        record_at(&mut ledger, verify("A001", root, "serial:LAB"), 18);
        let verdict = clear(&ledger, &roll(), &Default::default(), now());
        assert_eq!(counted(&verdict, root), Truth::Yes, "{kind} {root}\n{verdict}");
        assert_eq!(Ledger::parse(ledger.appended()).unwrap(), ledger);
    }
}

/// The other unit wiped a card before this one filled it: what is on it now is judged.
#[test]
fn a_wipe_that_is_imported_late_leaves_what_was_seen_since() {
    let (mut ledger, mut other) = (noon(), other_unit());
    record_at(&mut other, event("wipe", json!({"medium": "serial:CARD-A"})), 11);
    record_at(&mut ledger, event("roll", json!({"id": "B001", "kind": "camera"})), 13);
    record_at(&mut ledger, verify("B001", "/card/B001", "serial:CARD-A"), 13);
    ledger.append_import(other.appended(), at(17), Agent::new("DIT")).unwrap();
    let verdict = clear(&ledger, &roll(), &Default::default(), now());
    assert_eq!(verdict.decision, Withheld, "B001 stands on the card\n{verdict}");
    assert!(verdict.contents.contains_key(&"B001".into()), "{verdict}");
}

#[test]
fn what_people_attested_before_the_card_changed_is_stale_when_it_is_imported_after() {
    let (mut ledger, mut other) = (noon(), other_unit());
    // The card was filled up, copied and verified again, and all of it attested anew but for one.
    for step in day() {
        match step {
            Step::Event { kind: "qc", .. } => record_at(&mut other, step, 13),
            Step::Event {
                kind: "inspection" | "evaluation" | "report-check" | "final-clearance",
                ..
            } => record_at(&mut ledger, step, 15),
            Step::Report { roll: "A001", .. } => {
                let longer = changed(step, |report| {
                    report.roll.as_mut().unwrap().content = c4("longer");
                });
                record_at(&mut ledger, longer, 14);
            }
            _ => {}
        }
    }
    let judge = |ledger: &Ledger| answer(&clear(ledger, &roll(), &Default::default(), now()));
    let before = judge(&ledger);
    assert!(before.0 == Withheld && before.1.contains(&"Q1"), "{before:?}");
    ledger.append_import(other.appended(), at(16), Agent::new("DIT")).unwrap();
    assert_eq!(judge(&ledger), before, "it was played before the card was filled up");
    let again = day().into_iter().find(|s| matches!(s, Step::Event { kind: "qc", .. })).unwrap();
    record_at(&mut ledger, again, 17);
    assert_eq!(judge(&ledger), (Cleared, vec![]));
}

#[test]
fn row_99_what_was_done_before_the_card_changed_is_stale_however_late_it_is_recorded() {
    for kind in ["inspection", "qc", "evaluation", "report-check"] {
        let mut ledger = noon();
        let longer = day().into_iter().find(|s| matches!(s, Step::Report { roll: "A001", .. }));
        let longer = changed(longer.unwrap(), |report| {
            report.roll.as_mut().unwrap().content = c4("longer");
        });
        record_at(&mut ledger, longer, 14);
        let attested = |step: &Step| {
            let kinds = ["inspection", "qc", "evaluation", "report-check", "final-clearance"];
            matches!(step, Step::Event { kind, .. } if kinds.contains(kind))
        };
        let again: Vec<Step> = day().into_iter().filter(attested).collect();
        for step in again.clone() {
            let Step::Event { kind: this, mut data } = step else { unreachable!() };
            if this == kind {
                data["when"] = json!(at(13).to_string());
            }
            record_at(&mut ledger, event(this, data), 16);
        }
        let judge = |ledger: &Ledger| answer(&clear(ledger, &roll(), &Default::default(), now()));
        assert_eq!(judge(&ledger).0, Withheld, "{kind}: it was done an hour before");
        for step in again {
            let Step::Event { kind: this, mut data } = step else { unreachable!() };
            if this == kind {
                data["when"] = json!(at(15).to_string());
                record_at(&mut ledger, event(this, data), 17);
            }
        }
        assert_eq!(judge(&ledger), (Cleared, vec![]), "{kind}");
    }
}

#[test]
fn a_move_that_is_imported_late_does_not_say_where_a_medium_is_now() {
    let (mut ledger, mut other) = (noon(), other_unit());
    let put = |place| json!({"medium": "serial:SET", "condition": "in-place", "place": place});
    record_at(&mut other, event("move", put("cart")), 13);
    record_at(&mut ledger, event("move", put("vault")), 14);
    let judge = |ledger: &Ledger| answer(&clear(ledger, &roll(), &Default::default(), now()));
    assert_eq!(judge(&ledger), (Withheld, vec!["R3"]), "all copies are at the lab");
    ledger.append_import(other.appended(), at(15), Agent::new("DIT")).unwrap();
    assert_ne!(judge(&ledger).0, Cleared, "it was on the cart an hour before it left");
    record_at(&mut ledger, event("move", put("cart")), 16);
    assert_eq!(judge(&ledger), (Cleared, vec![]));
}

#[test]
fn qc_is_not_played_from_a_copy_that_was_verified_later() {
    let (mut ledger, mut other) = (Ledger::new(), other_unit());
    let qc = |step: &Step| matches!(step, Step::Event { kind: "qc", .. });
    let (played, rest): (Vec<_>, Vec<_>) = day().into_iter().partition(qc);
    rest.into_iter().for_each(|step| record_at(&mut ledger, step, 12));
    played.into_iter().for_each(|step| record_at(&mut other, step, 11));
    ledger.append_import(other.appended(), at(13), Agent::new("DIT")).unwrap();
    let verdict = clear(&ledger, &roll(), &Default::default(), now());
    assert_eq!(answer(&verdict).0, Withheld, "{verdict}");
    assert!(answer(&verdict).1.contains(&"Q1"), "{verdict}");
}
