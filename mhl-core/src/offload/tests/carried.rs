//! Cards that carry a list or a history of their own.

use std::{fs, path::Path};

use super::*;
use crate::{SealOptions, VerifyOptions, asc, expected::Expected, seal, verify};

/// Seals a folder as a camera or recorder would.
fn sealed(root: &Path, format: Format, algorithm: Algorithm) {
    let mut options = SealOptions { format, ..SealOptions::default() };
    options.algorithms = vec![algorithm];
    let agent = Agent::new("camera", "1", "camera", "loader");
    let report = seal(root, &options, &Context::new(&agent)).unwrap();
    assert!(report.findings.iter().all(|f| !f.kind.is_fault()), "{:?}", report.findings);
}

/// The lists at a root, sorted.
fn lists(root: &Path) -> Vec<String> {
    let names = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<String> = names.map(|name| name.into_string().unwrap()).collect();
    names.retain(|name| name.contains(".mhl") || name == "ascmhl");
    names.sort();
    names
}

fn verified(root: &Path) -> Report {
    let options = VerifyOptions { dry_run: true, ..VerifyOptions::default() };
    verify(root, &options, &Context::new(&agent())).unwrap()
}

fn carried(report: &Report) -> Vec<&str> {
    let carried = report.findings.iter().filter(|f| f.kind == FindingKind::Carried);
    carried.map(|finding| finding.note.as_deref().unwrap()).collect()
}

#[test]
fn a_list_of_every_file_goes_along_unchanged_as_the_only_one() {
    let set = Set::new();
    sealed(&set.card(), Format::Classic, Algorithm::Md5);
    let own = lists(&set.card());
    let report = set.offload(&["raid", "shuttle"], &OffloadOptions::default());
    assert_eq!(report.status, Status::Verified, "{:?}", report.findings);
    assert!(carried(&report)[0].contains("names every file"));
    for (drive, copy) in ["raid", "shuttle"].into_iter().zip(&report.copies) {
        let roll = set.drive(drive).join(ROLL);
        assert!(set.holds(drive) && copy.complete);
        assert_eq!(lists(&roll), own);
        let [bytes, there] = [&set.card(), &roll].map(|at| fs::read(at.join(&own[0])).unwrap());
        assert_eq!(bytes, there);
        assert_eq!(copy.manifest.as_ref().unwrap().path, own[0]);
        assert!(copy.algorithms.contains(&"md5".to_owned()), "the list's digest is compared");
        let later = verified(&roll);
        assert_eq!(later.status, Status::Verified);
        assert_eq!(later.roll.unwrap().content, report.roll.as_ref().unwrap().content);
    }
    // What this offload computed is in its report, beside what the list asked for.
    assert_eq!(report.files[0].hashes.len(), 2);
    // The same again is proven by the same list, and nothing is written.
    let resume = OffloadOptions { resume: true, ..OffloadOptions::default() };
    let again = set.offload(&["raid"], &resume);
    assert_eq!(again.status, Status::Verified, "{:?}", again.findings);
    assert_eq!(lists(&set.drive("raid").join(ROLL)), own);
}

#[test]
fn a_card_that_is_not_as_its_own_list_says_is_never_verified() {
    for (format, algorithm) in [(Format::Classic, Algorithm::Md5), (Format::Asc, Algorithm::C4)] {
        let set = Set::new();
        sealed(&set.card(), format, algorithm);
        fs::write(set.card().join("Clips.xml"), "<clops/>").unwrap();
        let report = set.offload(&["raid"], &OffloadOptions::default());
        assert_eq!(kinds(&report), [FindingKind::HashMismatch], "{:?}", report.findings);
        let finding = report.findings.iter().find(|f| f.kind.is_fault()).unwrap();
        assert_eq!((finding.path.as_str(), finding.copy), ("Clips.xml", None));
        assert!(finding.note.as_ref().unwrap().contains("its own list"));
        assert_eq!(report.status, Status::Failed);
        assert_eq!(lists(&set.drive("raid").join(ROLL)), [""; 0], "no list, no copy");

        let set = Set::new();
        sealed(&set.card(), format, algorithm);
        fs::remove_file(set.card().join("Clips.xml")).unwrap();
        let report = set.offload(&["raid"], &OffloadOptions::default());
        assert_eq!(kinds(&report), [FindingKind::MissingFile], "{:?}", report.findings);
        assert!(set.drive("raid").join(ROLL).join("empty.ale").exists(), "the rest is copied");
        assert_eq!(lists(&set.drive("raid").join(ROLL)), [""; 0]);
    }
}

#[test]
fn a_list_of_a_part_is_kept_under_another_name_and_ours_names_all() {
    let set = Set::new();
    sealed(&set.card(), Format::Classic, Algorithm::Md5);
    let own = "camera.mhl";
    fs::rename(set.card().join(lists(&set.card()).remove(0)), set.card().join(own)).unwrap();
    fs::write(set.card().join("Clips/late.mxf"), "late").unwrap();
    for format in [Format::Classic, Format::Asc] {
        let drive = format.name();
        let options = OffloadOptions { format, ..OffloadOptions::default() };
        let report = set.offload(&[drive], &options);
        assert_eq!(report.status, Status::Verified, "{:?}", report.findings);
        assert!(carried(&report)[0].contains("a part of the files"));
        let roll = set.drive(drive).join(ROLL);
        let kept = format!("{own}.source");
        let [bytes, there] = [set.card().join(own), roll.join(&kept)].map(|f| fs::read(f).unwrap());
        assert_eq!(bytes, there);
        assert!(!roll.join(own).exists());
        assert_eq!(report.copies[0].manifest.as_ref().unwrap().at_root, 1);
        assert!(report.files.iter().any(|file| file.path == kept));
        let later = verified(&roll);
        assert_eq!((later.status, later.counts.files), (Status::Verified, 6));
        assert_eq!(later.roll.unwrap().content, report.roll.unwrap().content);
    }
    // A part that does not hold is told just as well.
    fs::write(set.card().join("Clips.xml"), "<clops/>").unwrap();
    let report = set.offload(&["third"], &OffloadOptions::default());
    assert_eq!(kinds(&report), [FindingKind::HashMismatch]);
}

#[test]
fn of_several_lists_none_is_the_rolls_and_all_are_held_to() {
    let set = Set::new();
    sealed(&set.card(), Format::Classic, Algorithm::Md5);
    let first = lists(&set.card()).remove(0);
    fs::copy(set.card().join(&first), set.card().join("second.MHL")).unwrap();
    let report = set.offload(&["raid"], &OffloadOptions::default());
    assert_eq!(report.status, Status::Verified, "{:?}", report.findings);
    let roll = set.drive("raid").join(ROLL);
    assert_eq!(lists(&roll).len(), 2, "ours and the first, kept");
    assert!(roll.join("second.MHL.source").exists());
    assert_eq!(verified(&roll).status, Status::Verified);
}

/// What an offload of this card is refused for, by its paths; and nothing was written.
fn refused(set: &Set) -> Vec<(FindingKind, String)> {
    let drives = [set.drive("raid")];
    let options = OffloadOptions { resume: true, ..OffloadOptions::default() };
    let result = offload(&set.card(), &drives, &options, &Context::new(&agent()));
    let Err(error @ OffloadError::SourceCarriesList { .. }) = result else {
        unreachable!("{result:?}")
    };
    let said = error.to_string();
    let OffloadError::SourceCarriesList { findings, .. } = error else { unreachable!() };
    for finding in &findings {
        assert!(said.contains(finding.note.as_ref().unwrap()), "{said}");
    }
    assert_eq!(fs::read_dir(&drives[0]).unwrap().count(), 0, "not even a claim");
    findings.into_iter().map(|finding| (finding.kind, finding.path)).collect()
}

#[test]
fn broken_lists_are_all_named_before_anything_is_written_anywhere() {
    let set = Set::new();
    fs::write(set.card().join("A001.mhl"), "<hashlist version=\"1.1\"><cre").unwrap();
    fs::write(set.card().join("A002.mhl"), "").unwrap();
    let [one, two] = ["A001.mhl", "A002.mhl"];
    let invalid = FindingKind::ManifestInvalid;
    assert_eq!(refused(&set), [(invalid, one.to_owned()), (invalid, two.to_owned())]);

    let set = Set::new();
    sealed(&set.card(), Format::Asc, Algorithm::C4);
    fs::remove_file(set.card().join("ascmhl/ascmhl_chain.xml")).unwrap();
    fs::write(set.card().join("A001.mhl"), "").unwrap();
    let kinds: Vec<_> = refused(&set).into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, [invalid, FindingKind::ChainMissing]);
}

#[test]
fn a_list_that_the_card_does_not_give_withholds_the_word_and_not_the_copy() {
    let set = Set::new();
    sealed(&set.card(), Format::Classic, Algorithm::Md5);
    let own = lists(&set.card()).remove(0);
    let unreadable = own.clone();
    let card = Faulty::new(Disk::open(&set.card()).unwrap(), move |_, call, path| {
        if call == Call::Read && path == unreadable { io_error() } else { Fate::Succeeds }
    });
    let raid = set.faulty("raid", |_, _, _| Fate::Succeeds);
    let report = set.offload_on(Some(card), vec![raid], false);
    assert_eq!(kinds(&report), [FindingKind::UnreadableFile; 2], "{:?}", report.findings);
    assert!(set.holds("raid"));
    assert_eq!(lists(&set.drive("raid").join(ROLL)), [""; 0], "no list of ours");
    // By another reader.
    let resume = OffloadOptions { resume: true, ..OffloadOptions::default() };
    let report = set.offload(&["raid"], &resume);
    assert_eq!(report.status, Status::Verified, "{:?}", report.findings);
    assert_eq!(lists(&set.drive("raid").join(ROLL)), [own]);
}

#[test]
fn a_list_whose_second_name_is_taken_is_refused_before_anything_is_written() {
    let set = Set::new();
    sealed(&set.card(), Format::Classic, Algorithm::Md5);
    let own = lists(&set.card()).remove(0);
    fs::write(set.card().join(format!("{own}.source")), "another").unwrap();
    assert_eq!(refused(&set), [(FindingKind::NameTaken, own)]);
}

/// A card with a list and a history, each of which names every file.
fn with_both(set: &Set) -> String {
    sealed(&set.card(), Format::Classic, Algorithm::Md5);
    let own = lists(&set.card()).remove(0);
    let aside = set.folder.path().join("aside.mhl");
    fs::rename(set.card().join(&own), &aside).unwrap();
    sealed(&set.card(), Format::Asc, Algorithm::Md5);
    fs::rename(aside, set.card().join(&own)).unwrap();
    own
}

#[test]
fn beside_a_history_a_list_goes_along_and_both_are_held_to() {
    let set = Set::new();
    let own = with_both(&set);
    let report = set.offload(&["raid"], &OffloadOptions::default());
    assert_eq!(report.status, Status::Verified, "{:?}", report.findings);
    assert!(carried(&report).iter().any(|note| note.contains("beside a history")));
    let roll = set.drive("raid").join(ROLL);
    assert_eq!(lists(&roll), [format!("{own}.source"), "ascmhl".to_owned()]);
    let later = verified(&roll);
    assert_eq!(later.status, Status::Verified, "{:?}", later.findings);
    let resume = OffloadOptions { resume: true, ..OffloadOptions::default() };
    assert_eq!(set.offload(&["raid"], &resume).status, Status::Verified);

    // Each of the two is held to by itself, and against the other.
    let list = set.card().join(&own);
    let text = fs::read_to_string(&list).unwrap();
    let md5 = |bytes: &[u8]| {
        let mut hasher = mhl_hash::Hasher::new(Algorithm::Md5);
        hasher.update(bytes);
        hasher.finish().to_string()
    };
    let wrong = text.replace(&md5(b"<clips/>"), &md5(b"<clops/>"));
    assert_ne!(wrong, text);
    fs::write(&list, wrong).unwrap();
    let report = set.offload(&["shuttle"], &OffloadOptions::default());
    let expected = [FindingKind::ConflictingOriginals, FindingKind::HashMismatch];
    assert_eq!(kinds(&report), expected, "{:?}", report.findings);
    let conflict = report.findings.iter().find(|f| f.kind == expected[0]).unwrap();
    assert!(conflict.path == "Clips.xml" && conflict.note.as_ref().unwrap().contains(&own));
    assert!(report.copies[0].manifest.is_none());
}

#[test]
fn a_list_beside_a_history_may_name_its_files_and_not_be_named_by_it() {
    let set = Set::new();
    let own = with_both(&set);
    let list = set.card().join(&own);
    let entry = "<hash><file>ascmhl/ascmhl_chain.xml</file><size>1</size><lastmodificationdate>\
                 2026-11-22T09:00:00Z</lastmodificationdate><null/>\
                 <hashdate>2026-11-22T09:00:00Z</hashdate></hash>";
    let text = fs::read_to_string(&list).unwrap();
    fs::write(&list, text.replace("</hashlist>", &format!("{entry}</hashlist>"))).unwrap();
    let report = set.offload(&["shuttle"], &OffloadOptions::default());
    assert_eq!(report.status, Status::Verified, "{:?}", report.findings);

    // Another program appended it to the history.
    let name = [RelativePath::new(&own).unwrap()];
    crate::append(&set.card(), &name, &[Algorithm::Md5], &Context::new(&agent())).unwrap();
    assert_eq!(refused(&set), [(FindingKind::NameTaken, own)]);
}

/// A list that grows with its card is none of what the card is known by.
#[test]
fn a_list_that_changed_stops_no_unfinished_offload_and_a_finished_one_says_so() {
    for finished in [false, true] {
        let set = Set::new();
        sealed(&set.card(), Format::Classic, Algorithm::Md5);
        let own = lists(&set.card()).remove(0);
        fs::write(set.card().join("Clips/late.mxf"), "late").unwrap();
        let raid = set.faulty("raid", move |_, call, path| {
            let last = call == Call::Rename && path.ends_with(".mhl");
            if last && !finished { io_error() } else { Fate::Succeeds }
        });
        set.offload_on(None, vec![raid], false);
        let list = set.card().join(&own);
        let text = fs::read_to_string(&list).unwrap();
        fs::write(&list, text.replace("</hashlist>", "<!-- more --></hashlist>")).unwrap();
        let resume = OffloadOptions { resume: true, ..OffloadOptions::default() };
        let report = set.offload(&["raid"], &resume);
        let kept = set.drive("raid").join(ROLL).join(format!("{own}.source"));
        if finished {
            assert_eq!(kinds(&report), [FindingKind::SizeMismatch], "{:?}", report.findings);
            let finding = report.findings.iter().find(|f| f.kind.is_fault()).unwrap();
            assert_eq!(finding.path, format!("{own}.source"));
            assert!(finding.expected.is_some() && finding.found.is_some());
            assert!(finding.note.as_ref().unwrap().contains(&format!("list {own} changed")));
            assert_eq!(fs::read_to_string(kept).unwrap(), text, "as it was");
        } else {
            assert_eq!(report.status, Status::Verified, "{:?}", report.findings);
            assert_eq!(fs::read(kept).unwrap(), fs::read(list).unwrap());
        }
    }
}

#[test]
fn a_list_that_changes_while_the_card_is_read_is_not_carried() {
    let set = Set::new();
    sealed(&set.card(), Format::Classic, Algorithm::Md5);
    let own = set.card().join(lists(&set.card()).remove(0));
    let disk = Disk::open(&set.card()).unwrap();
    let card = Faulty::new(disk, move |_, call, path| {
        // When the first clip is opened, the list was read.
        if call == Call::Open && path == "Clips.xml" {
            fs::write(&own, "another list").unwrap();
        }
        Fate::Succeeds
    });
    let raid = set.faulty("raid", |_, _, _| Fate::Succeeds);
    let report = set.offload_on(Some(card), vec![raid], false);
    assert_eq!(kinds(&report), [FindingKind::SourceChanged], "{:?}", report.findings);
    assert_eq!(lists(&set.drive("raid").join(ROLL)), [""; 0]);
}

#[test]
fn litter_that_a_card_s_own_list_names_is_footage() {
    let set = Set::new();
    let entry = "<hash><file>.DS_Store</file><size>6</size>\
                 <lastmodificationdate>2026-11-22T09:00:00Z</lastmodificationdate>\
                 <xxhash64be>%</xxhash64be><hashdate>2026-11-22T09:00:00Z</hashdate></hash>";
    let mut hasher = mhl_hash::Hasher::new(Algorithm::Xxh64);
    hasher.update(b"litter");
    let entry = entry.replace('%', &hasher.finish().to_string());
    sealed(&set.card(), Format::Classic, Algorithm::Xxh64);
    let own = set.card().join(lists(&set.card()).remove(0));
    let list = fs::read_to_string(&own).unwrap();
    fs::write(&own, list.replace("</hashlist>", &format!("{entry}</hashlist>"))).unwrap();
    let report = set.offload(&["raid"], &OffloadOptions::default());
    assert_eq!(report.status, Status::Verified, "{:?}", report.findings);
    let roll = set.drive("raid").join(ROLL);
    assert!(roll.join(".DS_Store").exists());
    assert_eq!(verified(&roll).status, Status::Verified);
}

#[test]
fn a_history_goes_along_and_gets_a_generation_of_the_transfer() {
    let set = Set::new();
    sealed(&set.card().join("Clips"), Format::Asc, Algorithm::Md5);
    sealed(&set.card(), Format::Asc, Algorithm::C4);
    fs::write(set.card().join("Clips/late.mxf"), "late").unwrap();
    let report = set.offload(&["raid", "shuttle"], &OffloadOptions::default());
    assert_eq!(report.status, Status::Verified, "{:?}", report.findings);
    assert!(carried(&report)[0].contains("1 files that it does not know"));
    let first = asc::History::load(&set.card(), &crate::Limits::default()).unwrap().unwrap();
    for drive in ["raid", "shuttle"] {
        let roll = set.drive(drive).join(ROLL);
        let history = asc::History::load(&roll, &crate::Limits::default()).unwrap().unwrap();
        assert_eq!(history.findings, []);
        let [outer, transfer] = history.generations.as_slice() else { unreachable!() };
        assert_eq!(*outer, first.generations[0], "byte for byte, by its C4");
        assert_eq!(transfer.manifest.header.process, Some(crate::Process::Transfer));
        let (nested, before) = (&history.nested[0].history, &first.nested[0].history);
        let (last, carried) = nested.generations.split_last().unwrap();
        assert_eq!(carried, before.generations);
        assert_eq!(transfer.manifest.references[0].c4, last.c4, "propagated");
        let actions: Vec<_> = last
            .manifest
            .files()
            .map(|file| (file.path.as_str(), file.hashes[0].action.clone().unwrap()))
            .collect();
        use crate::Action::{Original, Verified};
        assert_eq!(
            actions,
            [
                ("A001C001.mxf", Verified),
                ("A001C002 Ä & \"q\".mxf", Verified),
                ("late.mxf", Original)
            ]
        );
        let time = |root: &Path| fs::metadata(root.join("Clips")).unwrap().modified().unwrap();
        assert_eq!(time(&roll), time(&set.card()));
        let later = verified(&roll);
        assert_eq!(later.status, Status::Verified, "{:?}", later.findings);
        assert_eq!(later.roll.unwrap().content, report.roll.as_ref().unwrap().content);
    }
    // On the finished roll nothing more is written.
    let resume = OffloadOptions { resume: true, ..OffloadOptions::default() };
    let again = set.offload(&["raid"], &resume);
    assert_eq!(again.status, Status::Verified, "{:?}", again.findings);
    let roll = set.drive("raid").join(ROLL);
    assert_eq!(fs::read_dir(roll.join("ascmhl")).unwrap().count(), 3);
}

#[test]
fn histories_within_a_card_without_one_go_along_below_a_new_one() {
    let set = Set::new();
    sealed(&set.card().join("Clips"), Format::Asc, Algorithm::Md5);
    let options = OffloadOptions { format: Format::Asc, ..OffloadOptions::default() };
    let report = set.offload(&["raid"], &options);
    assert_eq!(report.status, Status::Verified, "{:?}", report.findings);
    let roll = set.drive("raid").join(ROLL);
    let later = verified(&roll);
    assert_eq!(later.status, Status::Verified, "{:?}", later.findings);
    assert_eq!(later.roll.unwrap().content, report.roll.unwrap().content);
    // In a classic list they are files as any others.
    let report = set.offload(&["shuttle"], &OffloadOptions::default());
    assert_eq!(report.status, Status::Verified, "{:?}", report.findings);
    assert!(report.files.iter().any(|file| file.path == "Clips/ascmhl/ascmhl_chain.xml"));
}

#[test]
fn what_a_history_ignores_is_copied_and_not_listed() {
    let set = Set::new();
    let options = SealOptions {
        format: Format::Asc,
        ignore: vec!["*.ale".to_owned()],
        ..SealOptions::default()
    };
    seal(&set.card(), &options, &Context::new(&agent())).unwrap();
    let report = set.offload(&["raid"], &OffloadOptions::default());
    assert_eq!(report.status, Status::Verified, "{:?}", report.findings);
    assert!(set.holds("raid"));
    assert!(report.findings.iter().any(|finding| finding.kind == FindingKind::Ignored));
    assert!(report.files.iter().all(|file| file.path != "empty.ale"));
    assert_eq!(verified(&set.drive("raid").join(ROLL)).status, Status::Verified);
}

#[test]
fn what_a_copy_s_own_history_leaves_out_is_told_when_it_is_proven_again() {
    let set = Set::new();
    let asc = OffloadOptions { format: Format::Asc, ..OffloadOptions::default() };
    assert_eq!(set.offload(&["raid"], &asc).status, Status::Verified);
    let ignore = vec!["*.ale".to_owned()];
    let options = VerifyOptions { ignore, ..VerifyOptions::default() };
    let roll = set.drive("raid").join(ROLL);
    verify(&roll, &options, &Context::new(&agent())).unwrap();
    let report = set.offload(&["raid"], &OffloadOptions { resume: true, ..asc });
    let told = report.findings.iter().find(|finding| finding.kind == FindingKind::Ignored);
    let told = told.unwrap();
    assert_eq!((told.path.as_str(), told.copy), ("empty.ale", Some(0)));
}

#[test]
fn a_copy_s_history_that_another_program_lengthens_is_left_alone() {
    let set = Set::new();
    sealed(&set.card(), Format::Asc, Algorithm::C4);
    set.offload(&["raid"], &OffloadOptions::default());
    fs::write(set.card().join("late.ale"), "late").unwrap();
    let roll = Disk::open(&set.drive("raid").join(ROLL)).unwrap();
    let held = crate::appending::lock(&roll).unwrap();
    let resume = OffloadOptions { resume: true, ..OffloadOptions::default() };
    let report = set.offload(&["raid"], &resume);
    assert_eq!(kinds(&report), [FindingKind::WriteFailed], "{:?}", report.findings);
    drop(held);
    assert_eq!(set.offload(&["raid"], &resume).status, Status::Verified);
}

#[test]
fn row_67_a_history_that_ignores_everything_lists_nothing_and_verifies_nothing() {
    let set = Set::new();
    sealed(&set.card(), Format::Asc, Algorithm::C4);
    let folder = set.card().join("ascmhl");
    let mut names = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let manifest = names.find(|path| path.extension() == Some("mhl".as_ref())).unwrap();
    let c4 = |bytes: &[u8]| {
        let mut hasher = mhl_hash::Hasher::new(Algorithm::C4);
        hasher.update(bytes);
        hasher.finish().to_string()
    };
    let before = fs::read_to_string(&manifest).unwrap();
    let after = before.replacen("<pattern>.DS_Store</pattern>", "<pattern>*</pattern>", 1);
    assert_ne!(before, after);
    fs::write(&manifest, &after).unwrap();
    let chain = folder.join(asc::CHAIN_FILE);
    let text = fs::read_to_string(&chain).unwrap();
    let text = text.replace(&c4(before.as_bytes()), &c4(after.as_bytes()));
    fs::write(&chain, text).unwrap();
    let report = set.offload(&["raid"], &OffloadOptions::default());
    assert_eq!(report.status, Status::Failed);
    assert!(report.copies[0].manifest.is_none() && set.holds("raid"));
    assert!(report.findings.iter().any(|finding| finding.kind == FindingKind::Ignored));
}

/// As for a card without a list: whatever call fails, nothing is claimed wrongly, and a resume ends
/// whole.
#[test]
fn every_call_of_carrying_a_list_or_history_fails_once() {
    for format in [Format::Classic, Format::Asc] {
        let calls = each_call_fails_once(
            false,
            |_, _| true,
            || {
                let set = Set::of_small_files();
                if format == Format::Asc {
                    sealed(&set.card().join("Clips"), format, Algorithm::Md5);
                }
                sealed(&set.card(), format, Algorithm::Md5);
                set
            },
            |set, report, call| {
                if report.status == Status::Verified {
                    let later = verified(&set.drive("raid").join(ROLL));
                    assert_eq!(later.status, Status::Verified, "{call}: {:?}", later.findings);
                }
            },
            |set, context| {
                let roll = set.drive("raid").join(ROLL);
                assert_eq!(lists(&roll).len(), 1, "{format} {context}");
                let later = verified(&roll);
                let context = format!("{format} {context}: {:?}", later.findings);
                assert_eq!(later.status, Status::Verified, "{context}");
                if format == Format::Asc {
                    let history = asc::History::load(&roll, &crate::Limits::default());
                    let last = history.unwrap().unwrap().generations.pop().unwrap();
                    assert_eq!(last.manifest.header.process, Some(crate::Process::Transfer));
                }
            },
        );
        assert!(calls > 40, "the calls were counted: {calls}");
    }
}

/// What the copies are held to is what their list's C4 is of: a list that becomes another one when it
/// is opened a second time has none of that.
#[test]
fn a_list_is_parsed_and_hashed_in_one_read() {
    let set = Set::new();
    sealed(&set.card(), Format::Classic, Algorithm::Md5);
    let name = lists(&set.card()).remove(0);
    let list = set.card().join(&name);
    let before = fs::read(&list).unwrap();
    let opened = AtomicUsize::new(0);
    let card = Faulty::new(Disk::open(&set.card()).unwrap(), move |_, call, path| {
        if call == Call::Open && path.ends_with(".mhl") && opened.fetch_add(1, Relaxed) == 1 {
            fs::write(&list, "<another/>").unwrap();
        }
        Fate::Succeeds
    });
    let name = RelativePath::new(&name).unwrap();
    let expected = Expected::of_file(&card, &name, &crate::Limits::default()).unwrap();
    let mut hasher = mhl_hash::Hasher::new(Algorithm::C4);
    hasher.update(&before);
    assert_eq!(expected.record.c4, hasher.finish().to_string());
}
