//! A card and copies that change beside what is read of them.

use std::{
    fs,
    os::unix::fs::symlink,
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
};

use super::*;
use crate::{SealOptions, seal};

/// Offloads, and does something once: when everything was read and read back, and the copy's folders have
/// their times.
fn offload_while(set: &Set, meanwhile: impl Fn() + Send + Sync + 'static, resume: bool) -> Report {
    let (proven, done) = (AtomicBool::new(false), AtomicBool::new(false));
    let drive = set.faulty("raid", move |_, call, path| {
        match (call, path) {
            (Call::Attributes, "Clips") => proven.store(true, Ordering::Relaxed),
            // The last folder that is made durable.
            (Call::SyncFolder, ".")
                if proven.load(Ordering::Relaxed) && !done.swap(true, Ordering::Relaxed) =>
            {
                meanwhile();
            }
            _ => {}
        }
        Fate::Succeeds
    });
    set.offload_on(None, vec![drive], resume)
}

fn faults(report: &Report) -> Vec<(FindingKind, &str, Option<usize>)> {
    let faults = report.findings.iter().filter(|finding| finding.kind.is_fault());
    faults.map(|finding| (finding.kind, finding.path.as_str(), finding.copy)).collect()
}

#[test]
fn what_comes_onto_a_card_that_is_copied_withholds_its_list_and_is_taken_up() {
    let set = Set::new();
    let card = set.card();
    let report = offload_while(
        &set,
        move || {
            fs::create_dir(card.join("New")).unwrap();
            fs::write(card.join("New/y.mov"), "later").unwrap();
            fs::write(card.join("late.mov"), "late").unwrap();
        },
        false,
    );
    assert_eq!(report.status, Status::Failed);
    let changed = FindingKind::SourceChanged;
    let came = ["New", "New/y.mov", "late.mov"].map(|path| (changed, path, None));
    assert_eq!(faults(&report), came);
    assert_eq!(set.lists("raid"), 0);
    assert!(set.holds("raid"), "what was there is copied");

    let report = set.offload(&["raid"], &resume());
    assert_eq!(report.status, Status::Verified, "{:?}", report.findings);
    assert!(report.findings.iter().any(|finding| finding.kind == FindingKind::TakenUp));
    let roll = set.drive("raid").join(ROLL);
    assert_eq!(fs::read(roll.join("New/y.mov")).unwrap(), b"later");
    assert_eq!((report.copies[0].counts.verified, set.lists("raid")), (6, 1));
}

#[test]
fn what_changes_on_a_card_or_goes_from_it_while_it_is_copied_withholds_its_list() {
    type Change = fn(&Path);
    let changes: [(Change, &str); 4] = [
        (|card| fs::write(card.join("Clips.xml"), "<other/>").unwrap(), "Clips.xml"),
        (|card| fs::write(card.join("Clips.xml"), "longer than it was").unwrap(), "Clips.xml"),
        (|card| fs::remove_file(card.join("empty.ale")).unwrap(), "empty.ale"),
        (|card| fs::remove_dir(card.join("Clips/Empty folder")).unwrap(), "Clips/Empty folder"),
    ];
    for (change, path) in changes {
        let set = Set::new();
        let card = set.card();
        let report = offload_while(&set, move || change(&card), false);
        assert_eq!(report.status, Status::Failed, "{path}");
        assert_eq!(faults(&report), [(FindingKind::SourceChanged, path, None)]);
        assert_eq!(set.lists("raid"), 0, "{path}");
    }
}

#[test]
fn a_finished_roll_is_not_confirmed_of_a_card_that_grows_meanwhile() {
    let set = Set::new();
    set.offload(&["raid"], &OffloadOptions::default());
    let card = set.card();
    let done = AtomicBool::new(false);
    let drive = set.faulty("raid", move |_, call, path| {
        if call == Call::Read && path == "Clips.xml" && !done.swap(true, Ordering::Relaxed) {
            fs::write(card.join("late.mov"), "late").unwrap();
        }
        Fate::Succeeds
    });
    let report = set.offload_on(None, vec![drive], true);
    assert_eq!(faults(&report), [(FindingKind::SourceChanged, "late.mov", None)]);
    assert_ne!(report.copies[0].status, Status::Verified);
    assert_eq!(set.offload(&["raid"], &resume()).status, Status::Verified);
}

#[test]
fn a_card_s_own_list_or_history_is_looked_at_too_and_litter_is_not() {
    for format in [Format::Classic, Format::Asc] {
        let set = Set::new();
        let options = SealOptions { format, ..SealOptions::default() };
        seal(&set.card(), &options, &Context::new(&agent())).unwrap();
        let card = set.card();
        let report = offload_while(
            &set,
            move || fs::write(card.join(".DS_Store"), "more litter").unwrap(),
            false,
        );
        assert_eq!(report.status, Status::Verified, "{:?}", report.findings);

        let set = Set::new();
        let record = seal(&set.card(), &options, &Context::new(&agent())).unwrap();
        let own = match format {
            Format::Classic => record.copies[0].manifest.as_ref().unwrap().path.clone(),
            Format::Asc => "ascmhl/ascmhl_chain.xml".to_owned(),
        };
        let (card, path) = (set.card(), own.clone());
        let report = offload_while(
            &set,
            move || {
                let mut list = fs::read(card.join(&path)).unwrap();
                list.push(b'\n');
                fs::write(card.join(&path), list).unwrap();
            },
            false,
        );
        assert_eq!(faults(&report), [(FindingKind::SourceChanged, &*own, None)]);
        assert!(!set.drive("raid").join(ROLL).join(&own).exists());
    }
}

#[test]
fn a_copy_whose_names_are_not_the_card_s_gets_no_list() {
    use FindingKind::{MissingFile, NewFile, SizeMismatch, UnreadableFile};
    type Change = fn(&Path);
    let changes: [(Change, &[(FindingKind, &str)]); 6] = [
        // As FAT and exFAT do by themselves.
        (
            |roll| fs::rename(roll.join("dots..."), roll.join("dots")).unwrap(),
            &[(NewFile, "dots"), (MissingFile, "dots...")],
        ),
        (
            |roll| fs::rename(roll.join("Clips/Empty folder"), roll.join("Clips/Full")).unwrap(),
            &[(MissingFile, "Clips/Empty folder")],
        ),
        (|roll| fs::write(roll.join("theirs.mov"), "theirs").unwrap(), &[(NewFile, "theirs.mov")]),
        (|roll| symlink("Clips.xml", roll.join("link")).unwrap(), &[(UnreadableFile, "link")]),
        (|roll| fs::remove_file(roll.join("Clips.xml")).unwrap(), &[(MissingFile, "Clips.xml")]),
        (|roll| fs::write(roll.join("Clips.xml"), "").unwrap(), &[(SizeMismatch, "Clips.xml")]),
    ];
    for (change, expected) in changes {
        let set = Set::new();
        fs::write(set.card().join("dots..."), "dots").unwrap();
        let roll = set.drive("raid").join(ROLL);
        let report = offload_while(&set, move || change(&roll), false);
        assert_eq!(report.copies[0].status, Status::Failed);
        let expected: Vec<_> =
            expected.iter().map(|(kind, path)| (*kind, *path, Some(0))).collect();
        assert_eq!(faults(&report), expected);
        assert_eq!(set.lists("raid"), 0);
    }
}

#[test]
fn a_copy_may_spell_names_in_another_way_and_hold_litter() {
    let set = Set::new();
    let roll = set.drive("raid").join(ROLL);
    let report = offload_while(
        &set,
        move || {
            let name = |letter: &str| roll.join(format!("Clips/A001C002 {letter} & \"q\".mxf"));
            fs::rename(name("Ä"), name("A\u{308}")).unwrap();
            fs::write(roll.join(".DS_Store"), "litter").unwrap();
        },
        false,
    );
    assert_eq!(report.status, Status::Verified, "{:?}", report.findings);
    let spelled = |finding: &&Finding| finding.kind == FindingKind::Normalisation;
    assert_eq!(report.findings.iter().filter(spelled).count(), 1);
}
