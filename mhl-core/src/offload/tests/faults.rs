//! The promises of the engine, against disks that fail.

use std::{collections::BTreeSet, fs, io, path::PathBuf, sync::Mutex};

use super::*;
use crate::{
    SealOptions,
    context::Progress,
    seal,
    tree::faulty::{Call, Fate, Faulty},
};

#[test]
fn every_destination_holds_the_card_and_one_list() {
    let set = Set::new();
    let report = set.offload(&["raid", "shuttle"], &OffloadOptions::default());
    assert_eq!(report.status, Status::Verified, "{:?}", report.findings);
    let bytes = report.counts.bytes;
    let phases = report.phases.iter().map(|record| (record.phase, record.copy, record.bytes));
    let work =
        [Phase::Copy, Phase::Hash, Phase::Copy, Phase::Copy, Phase::ReadBack, Phase::ReadBack];
    let work = work.into_iter().zip([None, None, Some(0), Some(1), Some(0), Some(1)]);
    assert!(phases.eq(work.map(|(phase, copy)| (phase, copy, bytes))), "{:?}", report.phases);
    assert!(report.bottleneck().is_some());
    for (index, drive) in ["raid", "shuttle"].into_iter().enumerate() {
        assert!(set.holds(drive));
        assert_eq!(set.lists(drive), 1);
        let copy = &report.copies[index];
        assert!(copy.complete && copy.status == Status::Verified);
        assert_eq!(copy.counts.verified, 4);
        assert!(copy.grade.unwrap() >= Grade::ThroughTheCache);
        assert!(set.drive(drive).join(ROLL).join("Clips/Empty folder").is_dir());
        assert!(!set.drive(drive).join(ROLL).join(".DS_Store").exists(), "litter is not copied");
        let left: Vec<_> = fs::read_dir(set.drive(drive)).unwrap().collect();
        assert_eq!(left.len(), 1, "nothing stays beside the roll");
    }
    assert_eq!(report.counts.litter, 1);
    assert_eq!(report.roll.unwrap().files, 4);
    let time = |path: PathBuf| fs::metadata(path).unwrap().modified().unwrap();
    assert_eq!(
        time(set.card().join("Clips/A001C001.mxf")),
        time(set.drive("raid").join(ROLL).join("Clips/A001C001.mxf"))
    );
    assert_eq!(
        time(set.card().join("Clips/Empty folder")),
        time(set.drive("raid").join(ROLL).join("Clips/Empty folder"))
    );
}

#[test]
fn one_bad_destination_does_not_stop_the_other() {
    for call in [Call::Create, Call::Write, Call::Rename, Call::SyncFolder, Call::CreateFolder] {
        let set = Set::new();
        let bad = set.faulty("bad", move |_, now, path| {
            // The marker's folder has to be made for the offload to begin at all.
            let begun = !path.starts_with('.') && path != ROLL;
            if now == call && begun { io_error() } else { Fate::Succeeds }
        });
        let good = set.faulty("good", |_, _, _| Fate::Succeeds);
        let report = set.offload_on(None, vec![bad, good], false);
        assert_eq!(report.status, Status::Failed, "{call:?}");
        assert_eq!(report.copies[0].status, Status::Failed, "{call:?}");
        assert!(!report.copies[0].complete && report.copies[0].manifest.is_none());
        assert_eq!(set.lists("bad"), 0, "{call:?}: no list for a roll that is not whole");
        assert_eq!(report.copies[1].status, Status::Verified, "{call:?}");
        assert!(set.holds("good"));
        assert_eq!(set.lists("good"), 1);
    }
}

#[test]
fn a_write_that_lies_is_found_at_the_read_back() {
    let set = Set::new();
    let lying = set.faulty("raid", |_, call, path| {
        if call == Call::Write && path.contains(".0.") { Fate::Lies } else { Fate::Succeeds }
    });
    let report = set.offload_on(None, vec![lying], false);
    assert_eq!(kinds(&report), [FindingKind::HashMismatch]);
    assert_eq!(report.findings.iter().find(|f| f.kind.is_fault()).unwrap().path, "Clips.xml");
    assert_eq!(set.lists("raid"), 0);
}

#[test]
fn a_failed_sync_is_never_believed_and_the_file_is_written_anew() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    let set = Set::new();
    let syncs = AtomicUsize::new(0);
    let once = set.faulty("raid", move |_, call, path| {
        let first = call == Call::Sync
            && path.contains(".0.")
            && syncs.fetch_add(1, Ordering::Relaxed) == 0;
        if first { io_error() } else { Fate::Succeeds }
    });
    let report = set.offload_on(None, vec![once], false);
    assert_eq!(report.status, Status::Verified, "{:?}", report.findings);
    assert!(set.holds("raid"));

    let set = Set::new();
    let always = set.faulty("raid", |_, call, path| {
        if call == Call::Sync && path.contains(".0.") { io_error() } else { Fate::Succeeds }
    });
    let report = set.offload_on(None, vec![always], false);
    assert_eq!(kinds(&report), [FindingKind::WriteFailed]);
    assert_eq!(set.lists("raid"), 0);
}

#[test]
fn no_room_midway_ends_that_destination_and_names_what_to_do() {
    let set = Set::new();
    let full = set.faulty("full", |_, call, path| {
        let third = call == Call::Write && path.contains(".1.");
        if third { fails(io::ErrorKind::StorageFull) } else { Fate::Succeeds }
    });
    let good = set.faulty("good", |_, _, _| Fate::Succeeds);
    let report = set.offload_on(None, vec![full, good], false);
    assert_eq!(kinds(&report), [FindingKind::WriteFailed]);
    let finding = report.findings.iter().find(|f| f.kind.is_fault()).unwrap();
    assert_eq!((finding.path.as_str(), finding.copy), ("Clips/A001C001.mxf", Some(0)));
    assert!(finding.note.as_ref().unwrap().contains("make room"));
    assert_eq!(report.copies[1].status, Status::Verified);

    // With room again, the offload is taken up and ends as if nothing had happened.
    let report =
        set.offload(&["full"], &OffloadOptions { resume: true, ..OffloadOptions::default() });
    assert_eq!(report.status, Status::Verified, "{:?}", report.findings);
    assert!(set.holds("full"));
    assert_eq!(set.lists("full"), 1);
}

#[test]
fn too_little_room_is_known_before_the_first_byte() {
    let set = Set::new();
    let path = set.drive("small");
    let mut small = Faulty::new(Disk::open(&path).unwrap(), |_, _, _| Fate::Succeeds);
    small.free = Some(1000);
    let good = set.faulty("good", |_, _, _| Fate::Succeeds);
    let report = set.offload_on(None, vec![(path.clone(), Box::new(small)), good], false);
    assert_eq!(kinds(&report), [FindingKind::DestinationUnusable]);
    assert_eq!(fs::read_dir(path).unwrap().count(), 0, "nothing was written there");
    assert_eq!(report.copies[1].status, Status::Verified);
}

#[test]
fn a_bad_sector_of_the_card_fails_that_file_and_no_list_is_written() {
    let set = Set::new();
    let disk = Disk::open(&set.card()).unwrap();
    let card = Faulty::new(disk, |_, call, path| {
        if call == Call::Read && path.ends_with("C001.mxf") { io_error() } else { Fate::Succeeds }
    });
    let raid = set.faulty("raid", |_, _, _| Fate::Succeeds);
    let report = set.offload_on(Some(card), vec![raid], false);
    assert_eq!(kinds(&report), [FindingKind::UnreadableFile]);
    let finding = report.findings.iter().find(|f| f.kind.is_fault()).unwrap();
    assert_eq!(finding.path, "Clips/A001C001.mxf");
    assert!(finding.note.as_ref().unwrap().contains("byte 0 of 700000"));
    let roll = set.drive("raid").join(ROLL);
    assert!(!roll.join("Clips/A001C001.mxf").exists(), "never zero-filled, never half");
    assert!(roll.join("Clips/A001C002 Ä & \"q\".mxf").exists(), "the rest was copied");
    assert_eq!(set.lists("raid"), 0);
    assert_eq!(report.roll, None, "the content of a roll that was not read whole is not known");
}

/// Whatever fails, "verified" is only said of a copy that holds the card and its list; no list stands
/// with less; and a resume ends whole.
#[test]
fn every_call_fails_once_and_nothing_is_ever_claimed_wrongly() {
    let calls = each_call_fails_once(
        false,
        |_, _| true,
        Set::new,
        |set, report, call| {
            let lists = if set.drive("raid").join(ROLL).exists() { set.lists("raid") } else { 0 };
            assert!(lists <= 1, "call {call}");
            assert!(report.status != Status::Verified || lists == 1, "call {call}");
            assert!(lists == 0 || set.holds("raid"), "call {call}: a list with less than the roll");
        },
        |set, context| {
            assert!(set.holds("raid"), "{context}");
            assert_eq!(set.lists("raid"), 1, "{context}");
        },
    );
    assert!(calls > 40, "the calls of an offload were counted: {calls}");
}

#[test]
fn a_finished_roll_is_proven_again_and_nothing_is_written() {
    let set = Set::new();
    set.offload(&["raid"], &OffloadOptions::default());
    let list = || {
        let mut names: Vec<_> = fs::read_dir(set.drive("raid").join(ROLL))
            .unwrap()
            .map(|e| e.unwrap().file_name())
            .collect();
        names.sort();
        names
    };
    let before = list();
    let resume = OffloadOptions { resume: true, ..OffloadOptions::default() };
    let report = set.offload(&["raid"], &resume);
    assert_eq!(report.status, Status::Verified, "{:?}", report.findings);
    assert_eq!(list(), before);

    // Without resume the name is taken; a copy that changed is found, and not repaired in silence.
    let report = set.offload(&["raid"], &OffloadOptions::default());
    assert_eq!(kinds(&report), [FindingKind::NameTaken]);
    fs::write(set.drive("raid").join(ROLL).join("Clips.xml"), "<clops/>").unwrap();
    let report = set.offload(&["raid"], &resume);
    assert_eq!(kinds(&report), [FindingKind::HashMismatch]);
    assert!(report.copies[0].manifest.is_none() || !report.copies[0].complete);
}

#[test]
fn an_unfinished_roll_without_resume_is_named() {
    let set = Set::new();
    let stopped = set.faulty("raid", |_, call, path| {
        if call == Call::Rename && path.ends_with(".mxf") { io_error() } else { Fate::Succeeds }
    });
    set.offload_on(None, vec![stopped], false);
    let report = set.offload(&["raid"], &OffloadOptions::default());
    assert_eq!(kinds(&report), [FindingKind::NameTaken]);
    let finding = report.findings.iter().find(|f| f.kind.is_fault()).unwrap();
    assert!(finding.path.ends_with(ROLL) && finding.note.as_ref().unwrap().contains("unfinished"));
}

#[test]
fn a_torn_file_of_an_unfinished_offload_is_written_anew() {
    let set = Set::new();
    let stopped = set.faulty("raid", |_, call, path| {
        if call == Call::Rename && path.ends_with(".mhl") { io_error() } else { Fate::Succeeds }
    });
    set.offload_on(None, vec![stopped], false);
    let torn = set.drive("raid").join(ROLL).join("Clips/A001C001.mxf");
    let mut bytes = fs::read(&torn).unwrap();
    bytes[500_000] ^= 1;
    fs::write(&torn, bytes).unwrap();
    fs::write(set.drive("raid").join(ROLL).join("Clips/.7.mhl-part"), "rest").unwrap();
    let resume = OffloadOptions { resume: true, ..OffloadOptions::default() };
    let report = set.offload(&["raid"], &resume);
    assert_eq!(report.status, Status::Verified, "{:?}", report.findings);
    assert!(set.holds("raid"));
    assert!(!set.drive("raid").join(ROLL).join("Clips/.7.mhl-part").exists());
}

#[test]
fn two_engines_never_share_a_destination() {
    let set = Set::new();
    let disk = Disk::open(&set.card()).unwrap();
    let (card, _) = Card::read(Box::new(disk), Format::Classic).ok().unwrap();
    let card = Arc::new(card);
    let name = RelativePath::new(ROLL).unwrap();
    let prepare = |resume| {
        let plan = Plan::new(&name, &card, resume);
        plan.prepare(Site::at(&set.drive("raid")), &Arc::default())
    };
    let first = prepare(false);
    assert!(first.is_ok());
    let second = prepare(true).err().unwrap();
    assert!(second[0].note.as_ref().unwrap().contains("another offload"));
}

/// Two programs saw that nothing was at work; one was faster to say that it is.
#[test]
fn who_comes_second_is_told_of_the_first() {
    for (resume, roll_comes) in [(true, false), (false, false), (false, true)] {
        let set = Set::new();
        if resume {
            set.offload(&["raid"], &OffloadOptions::default());
            fs::write(set.card().join("late.ale"), "late").unwrap();
        }
        let drive = set.drive("raid");
        let first = std::sync::Mutex::new(None);
        let raid = set.faulty("raid", move |_, call, path| {
            if call == Call::CreateFolder && path == ".A001R1AB.offload" {
                if roll_comes {
                    // It began and was through.
                    fs::create_dir(drive.join(ROLL)).unwrap();
                    fs::write(drive.join(ROLL).join("Clips.xml"), "<clips/>").unwrap();
                } else {
                    fs::create_dir(drive.join(path)).unwrap();
                    let lock = RelativePath::new(&format!("{path}/lock")).unwrap();
                    let held = Disk::open(&drive).unwrap().lock(&lock).unwrap();
                    *first.lock().unwrap() = held;
                }
            }
            Fate::Succeeds
        });
        let report = set.offload_on(None, vec![raid], resume);
        assert_eq!(kinds(&report), [FindingKind::DestinationUnusable]);
        let finding = report.findings.iter().find(|f| f.kind.is_fault()).unwrap();
        let note = finding.note.as_ref().unwrap();
        assert!(note.contains("another offload of this roll"), "{note}");
        if roll_comes {
            assert!(set.drive("raid").join(ROLL).join("Clips.xml").exists(), "left as it is");
            assert!(!set.drive("raid").join(".A001R1AB.offload").exists());
        }
    }
}

#[test]
fn contradicting_arguments_are_all_named_and_nothing_is_written() {
    let set = Set::new();
    let inside = set.card().join("Clips");
    let beside = set.card().parent().unwrap().to_owned();
    let raid = set.drive("raid");
    let drives = [inside, beside, raid.clone(), raid.clone()];
    let result = offload(&set.card(), &drives, &OffloadOptions::default(), &Context::new(&agent()));
    let Err(OffloadError::Contradiction { sentences }) = result else { unreachable!("{result:?}") };
    assert_eq!(sentences.len(), 3, "{sentences:?}");
    assert_eq!(fs::read_dir(raid).unwrap().count(), 0);
}

#[test]
fn an_absent_destination_is_named_and_never_made() {
    let set = Set::new();
    let absent = set.folder.path().join("unplugged");
    let result = offload(
        &set.card(),
        &[absent.clone(), set.drive("raid")],
        &OffloadOptions::default(),
        &Context::new(&agent()),
    );
    let report = result.unwrap();
    assert_eq!(kinds(&report), [FindingKind::DestinationUnusable]);
    assert_eq!(report.copies[0].status, Status::Failed);
    assert!(!absent.exists());
    assert_eq!(report.copies[1].status, Status::Verified, "the other is finished");
}

#[test]
fn a_cancelled_offload_claims_nothing() {
    struct Stop(std::sync::atomic::AtomicU64);
    impl mhl_hash::Observer for Stop {
        fn advanced(&self, bytes: u64) {
            self.0.fetch_add(bytes, std::sync::atomic::Ordering::Relaxed);
        }
        fn is_cancelled(&self) -> bool {
            self.0.load(std::sync::atomic::Ordering::Relaxed) > 500_000
        }
    }
    impl Progress for Stop {}
    let set = Set::new();
    let stop = Stop(0.into());
    let agent = agent();
    let context = Context::new(&agent).with_progress(&stop);
    let report =
        offload(&set.card(), &[set.drive("raid")], &OffloadOptions::default(), &context).unwrap();
    assert_eq!(report.status, Status::Cancelled);
    assert_eq!(report.copies[0].status, Status::Cancelled);
    assert_eq!(set.lists("raid"), 0);
    let report =
        set.offload(&["raid"], &OffloadOptions { resume: true, ..OffloadOptions::default() });
    assert_eq!(report.status, Status::Verified, "{:?}", report.findings);
}

#[test]
fn another_card_of_the_same_name_never_touches_what_the_first_left() {
    let set = Set::new();
    let stopped = set.faulty("raid", |_, call, path| {
        if call == Call::Rename && path.ends_with(".mhl") { io_error() } else { Fate::Succeeds }
    });
    set.offload_on(None, vec![stopped], false);
    let clip = set.drive("raid").join(ROLL).join("Clips/A001C001.mxf");
    let before = fs::read(&clip).unwrap();

    fs::write(set.card().join("Clips/A001C001.mxf"), vec![9; 650_000]).unwrap();
    let report =
        set.offload(&["raid"], &OffloadOptions { resume: true, ..OffloadOptions::default() });
    assert_eq!(kinds(&report), [FindingKind::NameTaken]);
    assert_eq!(fs::read(&clip).unwrap(), before);
    assert_eq!(set.lists("raid"), 0);
}

#[test]
fn a_finished_list_that_names_more_than_the_card_holds_is_not_confirmed() {
    let set = Set::new();
    set.offload(&["raid"], &OffloadOptions::default());
    fs::remove_file(set.card().join("Clips.xml")).unwrap();
    fs::remove_file(set.drive("raid").join(ROLL).join("Clips.xml")).unwrap();
    let resume = OffloadOptions { resume: true, ..OffloadOptions::default() };
    let report = set.offload(&["raid"], &resume);
    assert_eq!(kinds(&report), [FindingKind::MissingFile]);
    assert!(!report.copies[0].complete);
}

#[test]
fn the_card_s_own_file_under_a_second_name_is_no_copy() {
    let set = Set::new();
    set.offload(&["raid"], &OffloadOptions::default());
    let copy = set.drive("raid").join(ROLL).join("Clips/A001C001.mxf");
    fs::remove_file(&copy).unwrap();
    fs::hard_link(set.card().join("Clips/A001C001.mxf"), &copy).unwrap();
    let resume = OffloadOptions { resume: true, ..OffloadOptions::default() };
    let report = set.offload(&["raid"], &resume);
    assert_eq!(kinds(&report), [FindingKind::NameTaken]);
    assert!(!report.copies[0].complete);
}

#[test]
fn a_file_that_nobody_took_to_its_end_has_no_digest() {
    let set = Set::new();
    fs::write(set.card().join("Clips/A001C001.mxf"), vec![1; 60 << 20]).unwrap();
    let full = set.faulty("full", |_, call, path| {
        let begun = call == Call::Write && path.contains(".1.");
        if begun { fails(io::ErrorKind::StorageFull) } else { Fate::Succeeds }
    });
    let report = set.offload_on(None, vec![full], false);
    assert_eq!(report.roll, None, "the content of what was not read to its end is not known");
    let clip = report.files.iter().find(|file| file.path == "Clips/A001C001.mxf").unwrap();
    assert_eq!(clip.hashes, [""; 0]);
}

#[test]
fn a_resume_needs_room_for_what_is_left_alone() {
    let set = Set::new();
    let stopped = set.faulty("raid", |_, call, path| {
        if call == Call::Rename && path.ends_with(".mhl") { io_error() } else { Fate::Succeeds }
    });
    set.offload_on(None, vec![stopped], false);
    let path = set.drive("raid");
    let mut nearly_full = Faulty::new(Disk::open(&path).unwrap(), |_, _, _| Fate::Succeeds);
    nearly_full.free = Some(20_000);
    let report = set.offload_on(None, vec![(path, Box::new(nearly_full))], true);
    assert_eq!(report.status, Status::Verified, "{:?}", report.findings);
}

#[test]
fn two_destinations_on_one_device_need_room_for_both() {
    let set = Set::new();
    let (one, two) = (set.drive("one"), set.drive("two"));
    let room = |path: &PathBuf| {
        let mut disk = Faulty::new(Disk::open(path).unwrap(), |_, _, _| Fate::Succeeds);
        disk.free = Some(1_500_000);
        Box::new(disk) as Box<dyn Volume>
    };
    let drives = vec![(one.clone(), room(&one)), (two.clone(), room(&two))];
    let report = set.offload_on(None, drives, false);
    assert_eq!(kinds(&report), [FindingKind::DestinationUnusable]);
    assert_eq!(report.copies[0].status, Status::Verified);
    assert_eq!(fs::read_dir(two).unwrap().count(), 0, "nothing stays where nothing was done");
}

#[test]
fn a_tape_is_made_durable_as_a_whole() {
    use std::sync::{Arc, Mutex};
    let set = Set::new();
    let path = set.drive("tape");
    let calls = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&calls);
    let mut tape = Faulty::new(Disk::open(&path).unwrap(), move |_, call, path| {
        let of_a_clip = call == Call::Sync && path.contains("Clips");
        if call == Call::SyncAll || of_a_clip || call == Call::Rename {
            seen.lock().unwrap().push(call);
        }
        Fate::Succeeds
    });
    tape.is_tape = true;
    let report = set.offload_on(None, vec![(path, Box::new(tape))], false);
    assert_eq!(report.status, Status::Verified, "{:?}", report.findings);
    assert!(set.holds("tape"));
    let calls = calls.lock().unwrap();
    // Each clip before it is closed, the bytes of all files, their names, the names durable; the claim
    // before. Behind it the list, whose name the tape has to write down too.
    let (sync, rename) = ([Call::Sync; 2], [Call::Rename; 4]);
    let all = &[Call::SyncAll][..];
    let expected = [&sync, all, &rename, all, &[Call::Rename], all].concat();
    assert!(calls.ends_with(&expected), "{calls:?}");
    assert_eq!(calls.iter().filter(|call| **call == Call::Sync).count(), 2);
}

/// A close tells nobody what went wrong behind the writes: a tape's files are made durable before.
#[test]
fn what_goes_wrong_behind_the_writes_to_a_tape_is_told() {
    for fails in [1, 2] {
        let set = Set::new();
        let path = set.drive("tape");
        let failed = AtomicUsize::new(0);
        let mut tape = Faulty::new(Disk::open(&path).unwrap(), move |_, call, path| {
            let is_of_it = call == Call::Sync && path == ".0.mhl-part";
            match is_of_it && failed.fetch_add(1, Relaxed) < fails {
                true => io_error(),
                false => Fate::Succeeds,
            }
        });
        tape.is_tape = true;
        let report = set.offload_on(None, vec![(path, Box::new(tape))], false);
        let status = if fails == 1 { Status::Verified } else { Status::Failed };
        assert_eq!(report.status, status, "{:?}", report.findings);
        assert_eq!(set.lists("tape"), usize::from(fails == 1));
    }
}

/// The names of a tape stand in its index: a list of which it does not write that is not known to stay.
#[test]
fn a_tape_that_does_not_write_its_index_behind_the_list_has_none() {
    let set = Set::new();
    let path = set.drive("tape");
    let listed = AtomicBool::new(false);
    let mut tape = Faulty::new(Disk::open(&path).unwrap(), move |_, call, path| match call {
        Call::Rename if path.ends_with(".mhl") => {
            listed.store(true, Relaxed);
            Fate::Succeeds
        }
        Call::SyncAll if listed.load(Relaxed) => io_error(),
        _ => Fate::Succeeds,
    });
    tape.is_tape = true;
    let report = set.offload_on(None, vec![(path, Box::new(tape))], false);
    assert_eq!(report.status, Status::Failed);
    assert!(report.copies[0].manifest.is_none() && !report.copies[0].complete);
    let told = report.findings.iter().find(|finding| finding.kind == FindingKind::WriteFailed);
    assert!(told.is_some(), "{:?}", report.findings);
}

#[test]
fn a_tape_that_cannot_be_made_durable_gets_no_list() {
    let set = Set::new();
    let path = set.drive("tape");
    let mut tape = Faulty::new(Disk::open(&path).unwrap(), |_, call, _| {
        if call == Call::SyncAll { io_error() } else { Fate::Succeeds }
    });
    tape.is_tape = true;
    let report = set.offload_on(None, vec![(path, Box::new(tape))], false);
    assert_eq!(report.status, Status::Failed);
    assert_eq!(set.lists("tape"), 0);
    let report =
        set.offload(&["tape"], &OffloadOptions { resume: true, ..OffloadOptions::default() });
    assert_eq!(report.status, Status::Verified, "{:?}", report.findings);
}

/// Everybody together gets so many files, of which two are held by others now and then.
#[test]
fn a_process_with_few_files_to_open_copies_and_proves_the_card_all_the_same() {
    use std::sync::atomic::Ordering::SeqCst;
    let set = Set::of_small_files();
    for number in 0..150 {
        fs::write(set.card().join(format!("Clips/{number:04}.dpx")), vec![7; number]).unwrap();
    }
    let open = Arc::new(AtomicUsize::new(0));
    let refused = Arc::new(AtomicUsize::new(0));
    let disk = |path: &PathBuf, granted: usize| {
        let (opens, closes, refused) = (Arc::clone(&open), Arc::clone(&open), refused.clone());
        let disk = Disk::open(path).unwrap();
        Faulty::closing(
            disk,
            move |number, call, path| {
                let is_held = path.starts_with("Clips");
                let granted = granted - usize::from(number % 7 == 0) * 2;
                match call {
                    Call::Open | Call::Create if is_held => {
                        if opens.fetch_add(1, SeqCst) < granted {
                            return Fate::Succeeds;
                        }
                        opens.fetch_sub(1, SeqCst);
                        refused.fetch_add(1, SeqCst);
                        Fate::Fails(io::Error::from_raw_os_error(24))
                    }
                    _ => Fate::Succeeds,
                }
            },
            move |path| _ = path.starts_with("Clips").then(|| closes.fetch_sub(1, SeqCst)),
        )
    };
    // What is whole at the drive takes all that the card could have.
    let (card, raid) = (disk(&set.card(), 5), set.drive("raid"));
    let drive = Box::new(disk(&raid, 16));
    let options = OffloadOptions { second_read: true, ..OffloadOptions::default() };
    let report = set.offload_with(Some(card), vec![(raid, drive)], &options);
    assert_eq!(report.status, Status::Verified, "{:?}", report.findings);
    assert!(set.holds("raid"));
    assert!(refused.load(SeqCst) > 0);
}

/// The card's reader opens nothing as long as the drive holds what is whole, and the drive by itself would
/// hold all of it to the end.
#[test]
fn who_finds_no_file_to_open_has_the_drives_close_what_is_whole() {
    use std::sync::atomic::Ordering::SeqCst;
    const GRANTED: usize = 4;
    let set = Set::of_small_files();
    for number in 0..20 {
        fs::write(set.card().join(format!("Clips/{number:04}.dpx")), vec![7; number]).unwrap();
    }
    let [open, begun, created] = [(); 3].map(|()| Arc::new(AtomicUsize::new(0)));
    let closing = || {
        let open = Arc::clone(&open);
        move |path: &str| _ = path.starts_with("Clips/").then(|| open.fetch_sub(1, SeqCst))
    };
    let (opens, begins, creates) = (Arc::clone(&open), begun, Arc::clone(&created));
    let decide = move |_, call, path: &str| {
        if call != Call::Open || !path.starts_with("Clips/") {
            return Fate::Succeeds;
        }
        // The drive is never behind: otherwise the card would be read before it holds anything.
        while creates.load(SeqCst) < begins.load(SeqCst) {
            std::thread::yield_now();
        }
        if opens.fetch_add(1, SeqCst) < GRANTED {
            begins.fetch_add(1, SeqCst);
            return Fate::Succeeds;
        }
        opens.fetch_sub(1, SeqCst);
        Fate::Fails(io::Error::from_raw_os_error(24))
    };
    let card = Faulty::closing(Disk::open(&set.card()).unwrap(), decide, closing());
    let (raid, opens) = (set.drive("raid"), Arc::clone(&open));
    let decide = move |_, call, path: &str| {
        if path.starts_with("Clips/") && matches!(call, Call::Open | Call::Create) {
            opens.fetch_add(1, SeqCst);
            created.fetch_add(usize::from(call == Call::Create), SeqCst);
        }
        Fate::Succeeds
    };
    let drive = Box::new(Faulty::closing(Disk::open(&raid).unwrap(), decide, closing()));
    let report = set.offload_on(Some(card), vec![(raid, drive)], false);
    assert_eq!(report.status, Status::Verified, "{:?}", report.findings);
    assert!(set.holds("raid"));
    assert_eq!(open.load(SeqCst), 0);
}

/// What a copy does not keep is told in docs/what-a-verification-cannot-prove.md.
#[cfg(target_os = "linux")]
#[test]
fn holes_are_filled_and_hard_links_become_files() {
    use std::os::unix::fs::MetadataExt;
    let set = Set::new();
    let sparse = fs::File::create(set.card().join("Clips/sparse.mxf")).unwrap();
    sparse.set_len(5 << 20).unwrap();
    fs::hard_link(set.card().join("Clips.xml"), set.card().join("Clips/second name.xml")).unwrap();
    let report = set.offload(&["raid"], &OffloadOptions::default());
    assert_eq!(report.status, Status::Verified, "{:?}", report.findings);
    let copy = |name: &str| fs::metadata(set.drive("raid").join(ROLL).join(name)).unwrap();
    assert_eq!(copy("Clips/sparse.mxf").len(), 5 << 20);
    assert!(copy("Clips/sparse.mxf").blocks() * 512 >= 5 << 20, "room for every byte is taken");
    assert_ne!(copy("Clips.xml").ino(), copy("Clips/second name.xml").ino());
}

/// Whoever waits for a file gets one: the lists of the card, the claim of what was begun, its journal,
/// the history that is lengthened.
#[test]
fn that_a_file_is_to_be_had_only_at_the_second_try_is_told_of_nobody() {
    for format in [Format::Classic, Format::Asc] {
        let set = Set::of_small_files();
        let sealing = SealOptions { format, ..SealOptions::default() };
        seal(&set.card(), &sealing, &Context::new(&agent())).unwrap();
        let opened_twice = || {
            let tried = Mutex::new(BTreeSet::new());
            move |_, call, path: &str| {
                let is_first = call == Call::Open && tried.lock().unwrap().insert(path.to_owned());
                if is_first {
                    Fate::Fails(io::Error::from_raw_os_error(24))
                } else {
                    Fate::Succeeds
                }
            }
        };
        // It is taken up, with a claim and a journal, and proven again when it is finished.
        let stops = set.faulty("raid", |_, call, path| match call {
            Call::Rename if path.ends_with(".mhl") || path.contains("ascmhl") => io_error(),
            _ => Fate::Succeeds,
        });
        let report = set.offload_on(None, vec![stops], false);
        assert_eq!(report.status, Status::Failed, "{format}");
        for _ in 0..2 {
            let card = Faulty::new(Disk::open(&set.card()).unwrap(), opened_twice());
            let report = set.offload_on(Some(card), vec![set.faulty("raid", opened_twice())], true);
            assert_eq!(report.status, Status::Verified, "{format}: {:?}", report.findings);
        }
        assert!(set.holds("raid"));
    }
}

/// A list that perhaps came from memory is no proof that the medium has one: of a new list, and of one that
/// stood there.
#[test]
fn past_the_cache_a_copy_s_own_list_has_to_come_from_its_medium_too() {
    let set = Set::new();
    let is_whole = set.offload(&["raid"], &OffloadOptions::default());
    if is_whole.copies[0].grade != Some(Grade::PastTheCache) {
        println!("skipped: {:?}", is_whole.copies[0].cache_doubt);
        return;
    }
    for (name, format) in [("classic", Format::Classic), ("asc", Format::Asc)] {
        for resume in [false, true] {
            let path = set.drive(name);
            let remembers = Faulty::new(Disk::open(&path).unwrap(), |_, call, path| match call {
                Call::DropCache if path.ends_with(".mhl") => io_error(),
                _ => Fate::Succeeds,
            });
            let options = OffloadOptions { resume, format, ..OffloadOptions::default() };
            let report = set.offload_with(None, vec![(path, Box::new(remembers))], &options);
            assert_eq!(report.status, Status::Verified, "{:?}", report.findings);
            let copy = &report.copies[0];
            assert_eq!(copy.grade, Some(Grade::ThroughTheCache), "{name}, {resume}");
            let list = &copy.manifest.as_ref().unwrap().path;
            let doubt = copy.cache_doubt.as_ref().unwrap();
            assert_eq!(&doubt.path, list);
            assert!(copy.proof.ends_with(&doubt.to_string()), "{}", copy.proof);
        }
    }
}
