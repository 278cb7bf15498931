//! A card that grew between two offloads.

use std::{fs, path::Path};

use super::*;
use crate::{SealOptions, VerifyOptions, asc, seal, verify};

const RESUME: bool = true;

fn again(set: &Set, drive: &str) -> Report {
    set.offload(&[drive], &OffloadOptions { resume: RESUME, ..OffloadOptions::default() })
}

fn verified(root: &Path) -> Report {
    let options = VerifyOptions { dry_run: true, ..VerifyOptions::default() };
    verify(root, &options, &Context::new(&agent())).unwrap()
}

fn list_of(set: &Set, drive: &str) -> String {
    let roll = set.drive(drive).join(ROLL);
    let mut names: Vec<String> = fs::read_dir(roll)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".mhl"))
        .collect();
    assert_eq!(names.len(), 1, "{names:?}");
    names.remove(0)
}

#[test]
fn what_was_there_is_proven_what_is_new_is_copied_and_the_list_is_replaced() {
    let set = Set::new();
    set.offload(&["raid"], &OffloadOptions::default());
    let lunch = list_of(&set, "raid");
    let lunch = fs::read(set.drive("raid").join(ROLL).join(lunch)).unwrap();
    fs::create_dir(set.card().join("Sound")).unwrap();
    fs::write(set.card().join("Sound/A001C003.wav"), "wrap").unwrap();
    let report = again(&set, "raid");
    assert_eq!(report.status, Status::Verified, "{:?}", report.findings);
    assert_eq!(report.copies[0].counts.verified, 5, "the old ones were proven too");
    let roll = set.drive("raid").join(ROLL);
    assert_eq!(fs::read(roll.join("Sound/A001C003.wav")).unwrap(), b"wrap");
    assert_ne!(fs::read(roll.join(list_of(&set, "raid"))).unwrap(), lunch);
    let later = verified(&roll);
    assert_eq!((later.status, later.counts.files), (Status::Verified, 5));
    assert_eq!(later.roll.unwrap().content, report.roll.unwrap().content);
    assert_eq!(fs::read_dir(set.drive("raid")).unwrap().count(), 1, "nothing beside the roll");
    // Without resume the roll's name is taken, as ever.
    let report = set.offload(&["raid"], &OffloadOptions::default());
    assert_eq!(kinds(&report), [FindingKind::NameTaken]);
}

#[test]
fn room_is_needed_for_what_is_new_alone() {
    let set = Set::new();
    set.offload(&["raid"], &OffloadOptions::default());
    fs::write(set.card().join("Clips/A001C003.mxf"), vec![3; 100_000]).unwrap();
    let path = set.drive("raid");
    let offload = |free| {
        let mut disk = Faulty::new(Disk::open(&path).unwrap(), |_, _, _| Fate::Succeeds);
        disk.free = Some(free);
        set.offload_on(None, vec![(path.clone(), Box::new(disk))], RESUME)
    };
    assert_eq!(kinds(&offload(90_000)), [FindingKind::DestinationUnusable]);
    assert_eq!(fs::read_dir(&path).unwrap().count(), 1, "nothing stays beside the roll");
    let report = offload(120_000);
    assert_eq!(report.status, Status::Verified, "{:?}", report.findings);
}

#[test]
fn to_a_history_a_generation_is_appended() {
    let set = Set::new();
    let options = OffloadOptions { format: Format::Asc, ..OffloadOptions::default() };
    let lunch = set.offload(&["raid"], &options);
    fs::write(set.card().join("Clips/A001C003.mxf"), "wrap").unwrap();
    let report = again(&set, "raid");
    assert_eq!(report.status, Status::Verified, "{:?}", report.findings);
    let roll = set.drive("raid").join(ROLL);
    let history = asc::History::load(&roll, &crate::Limits::default()).unwrap().unwrap();
    assert_eq!((history.generations.len(), history.findings), (2, vec![]));
    let new: Vec<_> = history.generations[1]
        .manifest
        .files()
        .filter(|file| file.hashes[0].action == Some(crate::Action::Original))
        .map(|file| file.path.as_str())
        .collect();
    assert_eq!(new, ["Clips/A001C003.mxf"]);
    assert_eq!(verified(&roll).status, Status::Verified);
    let content = |report: Report| report.roll.unwrap().content;
    assert_eq!(content(report), content(lunch), "a roll is known by its first list");
}

#[test]
fn a_card_that_lost_or_changed_something_stays_out_whatever_is_new_on_it() {
    type Change = fn(&Path);
    let changes: [(Change, FindingKind); 2] = [
        (|card| fs::remove_file(card.join("Clips.xml")).unwrap(), FindingKind::MissingFile),
        (|card| fs::write(card.join("Clips.xml"), "longer").unwrap(), FindingKind::SizeMismatch),
    ];
    for (change, kind) in changes {
        let set = Set::new();
        set.offload(&["raid"], &OffloadOptions::default());
        let before = list_of(&set, "raid");
        change(&set.card());
        fs::write(set.card().join("Clips/A001C003.mxf"), "wrap").unwrap();
        let report = again(&set, "raid");
        assert_eq!(report.status, Status::Failed);
        assert!(kinds(&report).contains(&kind), "{:?}", report.findings);
        let roll = set.drive("raid").join(ROLL);
        assert!(!roll.join("Clips/A001C003.mxf").exists(), "perhaps another card's");
        assert_eq!(list_of(&set, "raid"), before);
        assert_eq!(verified(&roll).status, Status::Verified, "the roll is as it was");
    }
}

#[test]
fn a_file_of_the_same_size_with_other_bytes_keeps_the_old_list() {
    let set = Set::new();
    set.offload(&["raid"], &OffloadOptions::default());
    let before = list_of(&set, "raid");
    fs::write(set.card().join("Clips.xml"), "<clops/>").unwrap();
    fs::write(set.card().join("Clips/A001C003.mxf"), "wrap").unwrap();
    let report = again(&set, "raid");
    assert_eq!(report.status, Status::Failed);
    assert_eq!(list_of(&set, "raid"), before);
    let roll = set.drive("raid").join(ROLL);
    assert_eq!(fs::read(roll.join("Clips.xml")).unwrap(), b"<clips/>", "never written anew");
}

#[test]
fn what_somebody_else_put_into_the_roll_is_compared_and_never_replaced() {
    let set = Set::new();
    set.offload(&["raid"], &OffloadOptions::default());
    fs::write(set.card().join("late.ale"), "late").unwrap();
    let theirs = set.drive("raid").join(ROLL).join("late.ale");
    fs::write(&theirs, "lame").unwrap();
    let report = again(&set, "raid");
    assert_eq!(kinds(&report), [FindingKind::HashMismatch]);
    assert_eq!(fs::read(&theirs).unwrap(), b"lame");
    fs::write(&theirs, "late").unwrap();
    assert_eq!(again(&set, "raid").status, Status::Verified);
}

#[test]
fn a_card_whose_own_list_grew_with_it_has_the_new_one_on_its_copies() {
    let set = Set::new();
    let camera = |set: &Set| {
        let options = SealOptions::default();
        let report = seal(&set.card(), &options, &Context::new(&agent())).unwrap();
        report.copies[0].manifest.clone().unwrap().path
    };
    let first = camera(&set);
    set.offload(&["raid", "shuttle"], &OffloadOptions::default());
    fs::write(set.card().join("Clips/A001C003.mxf"), "wrap").unwrap();
    // The camera's list is behind: it is kept, and the copy's is ours.
    let report = again(&set, "shuttle");
    assert_eq!(report.status, Status::Verified, "{:?}", report.findings);
    let roll = set.drive("shuttle").join(ROLL);
    assert!(roll.join(format!("{first}.source")).exists());
    assert_eq!(verified(&roll).status, Status::Verified);

    fs::remove_file(set.card().join(&first)).unwrap();
    let second = camera(&set);
    fs::rename(set.card().join(second), set.card().join("camera.mhl")).unwrap();
    let report = again(&set, "raid");
    assert_eq!(report.status, Status::Verified, "{:?}", report.findings);
    assert_eq!(list_of(&set, "raid"), "camera.mhl");
    assert_eq!(verified(&set.drive("raid").join(ROLL)).status, Status::Verified);
}

#[test]
fn a_history_on_the_card_that_went_on_by_itself_needs_a_copy_of_its_own() {
    let set = Set::new();
    let recorder = |set: &Set| {
        let options = SealOptions { format: Format::Asc, ..SealOptions::default() };
        seal(&set.card(), &options, &Context::new(&agent())).unwrap();
    };
    recorder(&set);
    set.offload(&["raid"], &OffloadOptions::default());
    let roll = set.drive("raid").join(ROLL);
    assert_eq!(again(&set, "raid").status, Status::Verified, "the card's is the copy's first");
    // Without a new file, and with one: the second generation is on no copy.
    recorder(&set);
    let report = again(&set, "raid");
    assert_eq!((report.status, kinds(&report)), (Status::Failed, vec![FindingKind::NameTaken]));
    fs::write(set.card().join("Clips/A001C003.mxf"), "wrap").unwrap();
    recorder(&set);
    let report = again(&set, "raid");
    assert_eq!((report.status, kinds(&report)), (Status::Failed, vec![FindingKind::NameTaken]));
    let history = asc::History::load(&roll, &crate::Limits::default()).unwrap().unwrap();
    assert_eq!((history.generations.len(), history.findings), (2, vec![]));
    set.offload(&["shuttle"], &OffloadOptions::default());
    assert_eq!(verified(&set.drive("shuttle").join(ROLL)).status, Status::Verified);

    // Another history altogether is another roll's.
    fs::remove_dir_all(set.card().join("ascmhl")).unwrap();
    fs::write(set.card().join("Clips/A001C004.mxf"), "more").unwrap();
    recorder(&set);
    let report = again(&set, "raid");
    assert_eq!(kinds(&report), [FindingKind::NameTaken]);
    assert_eq!(verified(&roll).status, Status::Verified, "the roll is as it was");
}

/// A card with a history, offloaded, on which the sound folder then got one of its own.
fn with_a_history_within(set: &Set, options: &SealOptions) {
    seal(&set.card(), options, &Context::new(&agent())).unwrap();
    set.offload(&["raid"], &OffloadOptions::default());
    fs::create_dir(set.card().join("Sound")).unwrap();
    fs::write(set.card().join("Sound/A001C003.wav"), "wrap").unwrap();
    seal(&set.card().join("Sound"), options, &Context::new(&agent())).unwrap();
}

#[test]
fn a_history_within_that_is_new_on_a_card_that_grew_goes_along() {
    let asc = SealOptions { format: Format::Asc, ..SealOptions::default() };
    let set = Set::new();
    with_a_history_within(&set, &asc);
    let own = asc::History::load(&set.card().join("Sound"), &crate::Limits::default());
    let own = own.unwrap().unwrap().generations;
    let report = again(&set, "raid");
    assert_eq!(report.status, Status::Verified, "{:?}", report.findings);
    let roll = set.drive("raid").join(ROLL);
    let load = || asc::History::load(&roll, &crate::Limits::default()).unwrap().unwrap();
    let history = load();
    assert_eq!((history.generations.len(), &history.findings), (3, &vec![]));
    let [nested] = history.nested.as_slice() else { unreachable!("{:?}", history.nested) };
    let [first, transfer] = nested.history.generations.as_slice() else { unreachable!() };
    assert_eq!(*first, own[0], "byte for byte, by its C4");
    assert_eq!(transfer.manifest.header.process, Some(crate::Process::Transfer));
    assert_eq!(history.generations[2].manifest.references[0].c4, transfer.c4);
    let outer = &history.generations[2].manifest;
    assert!(outer.files().all(|file| !file.path.as_str().starts_with("Sound")));
    assert_eq!(verified(&roll).status, Status::Verified);

    // A history alone is growth too: no file is new, and one of the folders is sealed since.
    seal(&set.card().join("Clips"), &asc, &Context::new(&agent())).unwrap();
    let report = again(&set, "raid");
    assert_eq!(report.status, Status::Verified, "{:?}", report.findings);
    assert_eq!(load().nested.len(), 2);
    assert_eq!(verified(&roll).status, Status::Verified);
    // And then there is no more to do.
    let before = load().generations.len();
    assert_eq!(again(&set, "raid").status, Status::Verified);
    assert_eq!(load().generations.len(), before);
}

/// Whatever change of a history fails while a new one within goes along, a resume ends whole, and both
/// histories tell of the transfer.
#[test]
fn every_change_of_a_history_fails_once_while_a_new_one_goes_along() {
    let asc = SealOptions { format: Format::Asc, ..SealOptions::default() };
    let calls = each_call_fails_once(
        RESUME,
        |call, path| {
            let reads = matches!(call, Call::Names | Call::Stat | Call::Open | Call::Read);
            path.contains(asc::FOLDER) && !reads
        },
        || {
            let set = Set::of_small_files();
            with_a_history_within(&set, &asc);
            set
        },
        |set, report, call| {
            if report.status == Status::Verified {
                let later = verified(&set.drive("raid").join(ROLL));
                assert_eq!(later.status, Status::Verified, "call {call}");
            }
        },
        |set, context| {
            let roll = set.drive("raid").join(ROLL);
            let history = asc::History::load(&roll, &crate::Limits::default()).unwrap().unwrap();
            assert_eq!(history.findings, [], "{context}");
            for history in [&history, &history.nested[0].history] {
                let process = &history.generations.last().unwrap().manifest.header.process;
                assert_eq!(*process, Some(crate::Process::Transfer), "{context}");
            }
            assert_eq!(verified(&roll).status, Status::Verified, "{context}");
        },
    );
    assert!(calls > 15, "the calls were counted: {calls}");
}

/// Whatever call fails while a roll grows, one whole list stands at its root, and a resume ends
/// with every file in it.
#[test]
fn every_call_of_a_growth_fails_once_and_a_whole_list_stands_all_the_while() {
    for format in [Format::Classic, Format::Asc] {
        let calls = each_call_fails_once(
            RESUME,
            |_, _| true,
            || {
                let set = Set::of_small_files();
                set.offload(&["raid"], &OffloadOptions { format, ..OffloadOptions::default() });
                fs::write(set.card().join("Clips/A001C003.mxf"), "wrap").unwrap();
                set
            },
            |set, report, call| {
                let stands = verified(&set.drive("raid").join(ROLL));
                let only_new =
                    stands.findings.iter().filter(|f| f.kind.is_fault()).all(|finding| {
                        finding.kind == FindingKind::NewFile && finding.path == "Clips/A001C003.mxf"
                    });
                assert!(only_new, "call {call}: {:?}", stands.findings);
                if report.status == Status::Verified {
                    assert_eq!(stands.counts.files, 5, "call {call}");
                }
            },
            |set, context| {
                let later = verified(&set.drive("raid").join(ROLL));
                let whole = (Status::Verified, 5);
                assert_eq!((later.status, later.counts.files), whole, "{format} {context}");
                let beside = fs::read_dir(set.drive("raid")).unwrap().count();
                assert_eq!(beside, 1, "{format} {context}");
            },
        );
        assert!(calls > 40, "the calls were counted: {calls}");
    }
}

/// Killed between the two names of a generation: the manifest stands there, and the chain that lists it
/// is still under its unfinished name.
#[test]
fn a_generation_that_was_announced_when_all_ended_is_taken_up() {
    use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
    let set = Set::of_small_files();
    let asc = OffloadOptions { format: Format::Asc, ..OffloadOptions::default() };
    set.offload(&["raid"], &asc);
    fs::write(set.card().join("Clips/A001C003.mxf"), "wrap").unwrap();
    let killed = AtomicBool::new(false);
    let drive = set.faulty("raid", move |_, call, path| {
        if call == Call::Rename && path.contains("chain") {
            killed.store(true, Relaxed);
        }
        if killed.load(Relaxed) { io_error() } else { Fate::Succeeds }
    });
    assert_ne!(set.offload_on(None, vec![drive], RESUME).status, Status::Verified);
    let roll = set.drive("raid").join(ROLL);
    assert!(roll.join("ascmhl/.chain.mhl-part").exists(), "announced");
    let history = || asc::History::load(&roll, &crate::Limits::default()).unwrap().unwrap();
    assert_eq!(history().generations.len(), 1);

    let report = set.offload(&["raid"], &OffloadOptions { resume: RESUME, ..asc });
    assert_eq!(report.status, Status::Verified, "{:?}", report.findings);
    assert_eq!((history().generations.len(), history().findings), (2, vec![]));
    assert_eq!(verified(&roll).counts.files, 5);
}

#[test]
fn a_list_that_took_the_old_one_s_place_and_may_not_stay_is_told_as_that() {
    use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
    let set = Set::of_small_files();
    set.offload(&["raid"], &OffloadOptions::default());
    fs::write(set.card().join("Clips/A001C003.mxf"), "wrap").unwrap();
    let replaced = AtomicBool::new(false);
    let drive = set.faulty("raid", move |_, call, path| match call {
        Call::Rename if path.ends_with(".mhl") => {
            replaced.store(true, Relaxed);
            Fate::Succeeds
        }
        Call::SyncFolder if replaced.load(Relaxed) => io_error(),
        _ => Fate::Succeeds,
    });
    let report = set.offload_on(None, vec![drive], RESUME);
    let note = report.findings.iter().find(|f| f.kind == FindingKind::WriteFailed).unwrap();
    assert!(note.note.as_ref().unwrap().contains("not proven to stay"), "{note:?}");
    assert_eq!(verified(&set.drive("raid").join(ROLL)).counts.files, 5, "it names the new file");
}

/// Where nobody knows what the list says, what stands there is only read, and counted as verified: its
/// names, which the interrupted run may not have made durable, have to stay.
#[test]
fn what_is_counted_beside_a_list_that_cannot_be_read_has_durable_names() {
    let set = Set::new();
    let options =
        |resume| OffloadOptions { resume, format: Format::Asc, ..OffloadOptions::default() };
    set.offload(&["raid"], &options(false));
    fs::create_dir(set.card().join("Sound")).unwrap();
    fs::write(set.card().join("Sound/A001C003.wav"), "sound").unwrap();
    let interrupted = set.faulty("raid", |_, call, path| match call {
        Call::Create if path.starts_with(asc::FOLDER) => io_error(),
        _ => Fate::Succeeds,
    });
    let report = set.offload_with(None, vec![interrupted], &options(true));
    assert_eq!(kinds(&report), [FindingKind::WriteFailed]);

    let synced = Arc::new(std::sync::Mutex::new(Vec::new()));
    let seen = Arc::clone(&synced);
    let unread = set.faulty("raid", move |_, call, path| match call {
        Call::Open if path.contains("/0001_") => io_error(),
        Call::SyncFolder => {
            seen.lock().unwrap().push(path.to_owned());
            Fate::Succeeds
        }
        _ => Fate::Succeeds,
    });
    let report = set.offload_with(None, vec![unread], &options(true));
    assert_ne!(report.copies[0].status, Status::Verified);
    assert!(report.copies[0].counts.verified > 0, "{:?}", report.findings);
    let synced = synced.lock().unwrap();
    assert!(synced.iter().any(|path| path == "Sound"), "{synced:?}");
}
