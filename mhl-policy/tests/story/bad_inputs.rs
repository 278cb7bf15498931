//! Bad inputs 98 to 105, each by its number.

use super::*;
use Decision::{Cleared, Indeterminate, Withheld};
use mhl_core::{Finding, FindingKind, Grade, Operation};
use mhl_policy::{Ledger, Placement, Profile, clear};
use serde_json::{Value, json};

fn roll() -> Question {
    Question::roll("A001")
}

fn card() -> Question {
    Question::card("A001", medium("serial:CARD-A"))
}

/// A report changed, placed on media of its own.
pub(crate) fn devices(of: &str, names: [Option<&str>; 4]) -> Vec<Step> {
    reported(of, |report| {
        let mut names = names.into_iter().map(|name| name.map(str::to_owned));
        report.source.device = names.next().unwrap();
        for copy in &mut report.copies {
            copy.place.device = names.next().unwrap();
        }
    })
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
