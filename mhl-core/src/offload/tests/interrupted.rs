//! Offloads that are taken up, or find a card that gives other bytes the second time.

use std::{
    collections::BTreeMap,
    fs,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use super::*;
use crate::{context::Phase, tree::faulty::Call};

/// Offloads to a drive that fails at the list, so that everything stands and nothing is finished.
fn stopped_before_its_list(set: &Set, drive: &str) {
    let drive = set.faulty(drive, |_, call, path| {
        if call == Call::Rename && path.ends_with(".mhl") { io_error() } else { Fate::Succeeds }
    });
    assert_eq!(set.offload_on(None, vec![drive], false).status, Status::Failed);
}

/// A card that counts how many bytes of which file were read.
fn counting(set: &Set) -> (Faulty, Arc<Mutex<BTreeMap<String, usize>>>) {
    let reads = Arc::new(Mutex::new(BTreeMap::new()));
    let seen = Arc::clone(&reads);
    let card = Faulty::new(Disk::open(&set.card()).unwrap(), move |_, call, path| {
        if call == Call::Open {
            *seen.lock().unwrap().entry(path.to_owned()).or_insert(0) += 1;
        }
        Fate::Succeeds
    });
    (card, reads)
}

#[test]
fn what_was_finished_is_not_read_from_the_card_again_but_proven_again() {
    let set = Set::new();
    stopped_before_its_list(&set, "raid");
    let torn = set.drive("raid").join(ROLL).join("Clips/A001C001.mxf");
    let mut bytes = fs::read(&torn).unwrap();
    bytes[500_000] ^= 1;
    fs::write(&torn, bytes).unwrap();

    let (card, reads) = counting(&set);
    let raid = set.faulty("raid", |_, _, _| Fate::Succeeds);
    let report = set.offload_on(Some(card), vec![raid], true);
    assert_eq!(report.status, Status::Verified, "{:?}", report.findings);
    assert!(report.findings.iter().any(|finding| finding.kind == FindingKind::TakenUp));
    assert!(set.holds("raid"));
    let reads = reads.lock().unwrap();
    let read: Vec<&str> = reads.keys().map(String::as_str).collect();
    assert_eq!(read, ["Clips/A001C001.mxf"], "the one that did not hold");
    let left: Vec<_> = fs::read_dir(set.drive("raid")).unwrap().collect();
    assert_eq!(left.len(), 1, "no journal stays");
}

#[test]
fn in_doubt_the_card_is_read_again() {
    let journal = |set: &Set| set.drive("raid").join(format!(".{ROLL}.offload/journal.1"));
    type Damage = dyn Fn(&mut Vec<u8>);
    let damage: [(&str, &Damage, usize); 4] = [
        ("absent", &Vec::clear, 4),
        ("cut", &|bytes| bytes.truncate(bytes.len() - 1), 1),
        ("damaged in the first record", &|bytes| bytes[20] ^= 1, 4),
        ("said twice alike", &|bytes| bytes.extend_from_within(..), 0),
    ];
    for (what, damage, read_again) in damage {
        let set = Set::new();
        stopped_before_its_list(&set, "raid");
        let mut bytes = fs::read(journal(&set)).unwrap();
        damage(&mut bytes);
        fs::write(journal(&set), bytes).unwrap();
        let (card, reads) = counting(&set);
        let raid = set.faulty("raid", |_, _, _| Fate::Succeeds);
        let report = set.offload_on(Some(card), vec![raid], true);
        assert_eq!(report.status, Status::Verified, "{what}: {:?}", report.findings);
        assert_eq!(reads.lock().unwrap().len(), read_again, "{what}");
        assert!(set.holds("raid"), "{what}");
    }
}

/// As a camera leaves it that formats a card anew, always records as much, and has no clock.
#[test]
fn what_was_noted_of_another_file_system_is_not_believed() {
    for (other, read_again) in [("fs:1234-ABCD", 0), ("fs:5678-EF01", 4), ("dev:8:1", 4)] {
        let set = Set::new();
        let (mut card, _) = counting(&set);
        card.device = Some("fs:1234-ABCD".to_owned());
        let raid = set.faulty("raid", |_, call, path| {
            if call == Call::Rename && path.ends_with(".mhl") { io_error() } else { Fate::Succeeds }
        });
        set.offload_on(Some(card), vec![raid], false);
        let clip = set.card().join("Clips/A001C001.mxf");
        if read_again > 0 {
            let modified = fs::metadata(&clip).unwrap().modified().unwrap();
            fs::write(&clip, vec![9; 700_000]).unwrap();
            let clip = fs::File::options().write(true).open(&clip).unwrap();
            clip.set_modified(modified).unwrap();
        }
        let (mut card, reads) = counting(&set);
        card.device = Some(other.to_owned());
        let raid = set.faulty("raid", |_, _, _| Fate::Succeeds);
        let report = set.offload_on(Some(card), vec![raid], true);
        assert_eq!(report.status, Status::Verified, "{other}: {:?}", report.findings);
        assert_eq!(reads.lock().unwrap().len(), read_again, "{other}");
        assert!(set.holds("raid"), "{other}");
    }
}

#[test]
fn journals_that_contradict_each_other_are_not_believed() {
    let set = Set::new();
    stopped_before_its_list(&set, "raid");
    // Another content of the same size and time, as no honest journal would have it.
    let clip = set.card().join("Clips/A001C001.mxf");
    let modified = fs::metadata(&clip).unwrap().modified().unwrap();
    let content = fs::read(&clip).unwrap();
    let rewrite = |bytes: &[u8]| {
        fs::write(&clip, bytes).unwrap();
        fs::File::options().write(true).open(&clip).unwrap().set_modified(modified).unwrap();
    };
    rewrite(&vec![7; content.len()]);
    stopped_before_its_list(&set, "shuttle");
    rewrite(&content);
    let (card, reads) = counting(&set);
    let drives = ["raid", "shuttle"].map(|drive| set.faulty(drive, |_, _, _| Fate::Succeeds));
    let report = set.offload_on(Some(card), drives.into(), true);
    assert_eq!(report.status, Status::Verified, "{:?}", report.findings);
    assert_eq!(reads.lock().unwrap().keys().next().unwrap(), "Clips/A001C001.mxf");
    assert!(set.holds("raid") && set.holds("shuttle"));
}

#[test]
fn a_card_that_gives_other_bytes_the_second_time_is_found() {
    for changes in [false, true] {
        let set = Set::new();
        let opened = AtomicUsize::new(0);
        let second = AtomicBool::new(false);
        let card = Faulty::new(Disk::open(&set.card()).unwrap(), move |_, call, path| {
            if path != "Clips/A001C001.mxf" || !changes {
                return Fate::Succeeds;
            }
            if call == Call::Open && opened.fetch_add(1, Ordering::Relaxed) == 1 {
                second.store(true, Ordering::Relaxed);
            }
            let lies = call == Call::Read && second.load(Ordering::Relaxed);
            if lies { Fate::Lies } else { Fate::Succeeds }
        });
        let options = OffloadOptions { second_read: true, ..OffloadOptions::default() };
        let raid = set.faulty("raid", |_, _, _| Fate::Succeeds);
        let report = set.offload_with(Some(card), vec![raid], &options);
        assert!(report.phases.iter().any(|record| record.phase == Phase::SecondRead));
        let faults: &[_] = if changes { &[FindingKind::SourceChanged] } else { &[] };
        assert_eq!(kinds(&report), faults);
        assert_eq!(set.lists("raid"), usize::from(!changes));
    }
}

#[test]
fn many_small_files_are_read_in_turns_and_none_is_mixed_up() {
    let set = Set::new();
    for number in 0..300_usize {
        let bytes: Vec<u8> = (0..number * 37).map(|at| (at * number % 251) as u8).collect();
        fs::write(set.card().join(format!("Clips/{number:04}.dpx")), bytes).unwrap();
    }
    let options = OffloadOptions { algorithms: vec![Algorithm::Md5], ..OffloadOptions::default() };
    let report = set.offload(&["raid", "shuttle"], &options);
    assert_eq!(report.status, Status::Verified, "{:?}", report.findings);
    for drive in ["raid", "shuttle"] {
        for number in 0..300 {
            let name = format!("Clips/{number:04}.dpx");
            let copy = fs::read(set.drive(drive).join(ROLL).join(&name)).unwrap();
            assert_eq!(copy, fs::read(set.card().join(&name)).unwrap(), "{drive} {name}");
        }
    }
}
