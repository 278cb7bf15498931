//! What a verification says, and what it must never say.

use std::{fs, num::NonZero, path::PathBuf, sync::Mutex};

use super::*;
use crate::{Action, Agent, SealOptions, seal};

/// A roll of two clips, sealed.
struct Roll {
    folder: tempfile::TempDir,
}

impl Roll {
    fn sealed(format: Format) -> Self {
        let roll = Roll { folder: tempfile::tempdir().unwrap() };
        roll.write("Clips/A001C001.mxf", "one");
        roll.write("Clips/A001C002.mxf", "second");
        roll.seal(&SealOptions { format, ..SealOptions::default() });
        roll
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("A001")
    }

    fn write(&self, path: &str, content: &str) {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    fn seal(&self, options: &SealOptions) -> Report {
        let agent = Agent::new("test", "1", "cart", "DIT");
        seal(&self.root(), options, &Context::new(&agent)).unwrap()
    }

    fn verify(&self) -> Report {
        self.verify_with(&VerifyOptions::default())
    }

    fn verify_with(&self, options: &VerifyOptions) -> Report {
        let agent = Agent::new("test", "1", "cart", "DIT");
        verify(&self.root(), options, &Context::new(&agent)).unwrap()
    }

    fn history(&self) -> asc::History {
        asc::History::load(&self.root(), &Limits::default()).unwrap().unwrap()
    }

    /// What the newest generation says of a file: its actions.
    fn said(&self, path: &str) -> Vec<Option<Action>> {
        let history = self.history();
        let newest = history.generations.last().unwrap();
        let file = newest.manifest.files().find(|file| file.path.as_str() == path);
        file.map(|file| file.hashes.iter().map(|hash| hash.action.clone()).collect())
            .unwrap_or_default()
    }

    /// The only generation with a text in it replaced, and the chain made to fit.
    fn rewrite_first_generation(&self, from: &str, to: &str) {
        let folder = self.root().join("ascmhl");
        let history = self.history();
        let manifest = folder.join(&history.generations[0].file_name);
        let text = fs::read_to_string(&manifest).unwrap();
        assert!(text.contains(from));
        fs::write(&manifest, text.replace(from, to)).unwrap();
        let disk = Disk::open(&folder).unwrap();
        let name = RelativePath::new(&history.generations[0].file_name).unwrap();
        let c4 = crate::expected::c4_of(&disk, &name).unwrap();
        let mut chain = asc::Chain::default();
        chain.links.push(asc::Link::new(Some(1), name, c4));
        chain.write(fs::File::create(folder.join(asc::CHAIN_FILE)).unwrap()).unwrap();
    }
}

fn faults(report: &Report) -> Vec<(FindingKind, &str)> {
    let faults = report.findings.iter().filter(|finding| finding.kind.is_fault());
    faults.map(|finding| (finding.kind, finding.path.as_str())).collect()
}

#[test]
fn a_sealed_roll_verifies_in_both_formats() {
    for format in [Format::Classic, Format::Asc] {
        let report = Roll::sealed(format).verify();
        assert_eq!(report.status, Status::Verified, "{:?}", report.findings);
        assert_eq!(report.counts.verified, 2);
        assert!(report.copies[0].complete);
        assert_eq!(report.copies[0].grade, Some(Grade::ThroughTheCache));
    }
}

#[test]
fn row_64_what_is_known_as_failed_alone_never_becomes_verified() {
    let roll = Roll::sealed(Format::Asc);
    roll.rewrite_first_generation("action=\"original\"", "action=\"failed\"");
    for _ in 0..3 {
        let report = roll.verify();
        assert_eq!(report.status, Status::Unproven, "{:?}", report.findings);
        assert_eq!(report.counts.verified, 0);
        assert!(!report.copies[0].complete);
        assert_eq!(roll.history().generations.len(), 1, "there is nothing to say of it");
    }
}

#[test]
fn row_65_one_generation_by_itself_is_never_proof() {
    let roll = Roll::sealed(Format::Asc);
    let name = roll.history().generations[0].file_name.clone();
    let agent = Agent::new("test", "1", "cart", "DIT");
    let list = roll.root().join("ascmhl").join(name);
    let report = verify(&list, &VerifyOptions::default(), &Context::new(&agent)).unwrap();
    assert_eq!(report.status, Status::Unproven);
    assert!(!report.copies[0].complete);
    assert_eq!(faults(&report), []);

    // The folder of the history names the history.
    let folder = roll.root().join("ascmhl");
    let report = verify(&folder, &VerifyOptions::default(), &Context::new(&agent)).unwrap();
    assert_eq!(report.status, Status::Verified);
}

#[test]
fn two_lists_at_a_root_are_counted_after_an_append_too() {
    let roll = Roll::sealed(Format::Asc);
    roll.write("other.mhl", "<x/>");
    let options =
        VerifyOptions { list: RelativePath::new("ascmhl").ok(), ..VerifyOptions::default() };
    for dry_run in [true, false] {
        let report = roll.verify_with(&VerifyOptions { dry_run, ..options.clone() });
        assert_eq!(report.copies[0].manifest.as_ref().unwrap().at_root, 2);
    }
}

#[test]
fn row_54_55_wrong_bytes_and_wrong_sizes_are_mismatches() {
    for format in [Format::Classic, Format::Asc] {
        let roll = Roll::sealed(format);
        roll.write("Clips/A001C001.mxf", "eno");
        let report = roll.verify();
        assert_eq!(faults(&report), [(FindingKind::HashMismatch, "Clips/A001C001.mxf")]);
        roll.write("Clips/A001C001.mxf", "longer");
        let report = roll.verify();
        assert!(faults(&report).contains(&(FindingKind::SizeMismatch, "Clips/A001C001.mxf")));
        // Mended, it is measured by what was first recorded, not by the failures since.
        roll.write("Clips/A001C001.mxf", "one");
        let report = roll.verify();
        assert_eq!(report.status, Status::Verified, "{:?}", report.findings);
    }
}

#[test]
fn row_41_a_name_in_the_other_normalisation_is_a_rename_and_stays_known() {
    let roll = Roll { folder: tempfile::tempdir().unwrap() };
    roll.write("Caf\u{e9}.mov", "clip");
    roll.seal(&SealOptions { format: Format::Asc, ..SealOptions::default() });
    let (composed, decomposed) =
        (roll.root().join("Caf\u{e9}.mov"), roll.root().join("Cafe\u{301}.mov"));
    fs::rename(composed, decomposed).unwrap();
    for _ in 0..2 {
        let report = roll.verify();
        assert_eq!(report.status, Status::Verified, "{:?}", report.findings);
    }
}

#[test]
fn everything_is_reported_and_the_directories_around_are_not() {
    let roll = Roll::sealed(Format::Asc);
    roll.write("Clips/A001C003.mxf", "new");
    fs::remove_file(roll.root().join("Clips/A001C001.mxf")).unwrap();
    let report = roll.verify();
    let mut found = faults(&report);
    found.sort_unstable();
    assert_eq!(
        found,
        [
            (FindingKind::MissingFile, "Clips/A001C001.mxf"),
            (FindingKind::NewFile, "Clips/A001C003.mxf"),
        ]
    );
    assert_eq!(report.counts.verified, 1);
    assert_eq!(roll.said("Clips/A001C003.mxf"), [Some(Action::Original)]);
}

#[test]
fn a_directory_that_changed_by_itself_is_a_fault_of_its_own() {
    let roll = Roll::sealed(Format::Asc);
    fs::create_dir(roll.root().join("Clips/added")).unwrap();
    let found = roll.verify();
    let mut found = faults(&found);
    found.dedup();
    let mismatch = FindingKind::DirectoryHashMismatch;
    assert_eq!(found, [(mismatch, "."), (mismatch, "Clips")]);
}

#[test]
fn a_generation_by_itself_does_not_speak_for_a_history_within() {
    let roll = Roll::sealed(Format::Asc);
    let agent = Agent::new("test", "1", "cart", "DIT");
    let options = SealOptions { format: Format::Asc, ..SealOptions::default() };
    seal(&roll.root().join("Clips"), &options, &Context::new(&agent)).unwrap();
    let generation = format!("ascmhl/{}", roll.history().generations[0].file_name);
    let list = Some(RelativePath::new(&generation).unwrap());
    let report = roll.verify_with(&VerifyOptions { list, ..VerifyOptions::default() });
    assert_ne!(report.status, Status::Verified);
    assert!(report.findings.iter().any(|f| f.kind == FindingKind::Unproven && f.path == "Clips"));
}

#[test]
fn only_what_an_unread_generation_may_list_is_in_doubt() {
    let roll = Roll::sealed(Format::Asc);
    let agent = Agent::new("test", "1", "cart", "DIT");
    let options = SealOptions { format: Format::Asc, ..SealOptions::default() };
    seal(&roll.root().join("Clips"), &options, &Context::new(&agent)).unwrap();
    assert_eq!(roll.verify().status, Status::Verified);
    // The newest generation within: what it recorded since the first is gone with it.
    let within = roll.root().join("Clips/ascmhl");
    let mut names: Vec<_> = fs::read_dir(&within).unwrap().map(|e| e.unwrap().path()).collect();
    names.sort();
    fs::write(&names[1], "<half").unwrap();
    roll.write("Clips/perhaps.mxf", "?");
    roll.write("new.mxf", "new");
    let doubt = |report: &Report| -> Vec<String> {
        let unproven = report.findings.iter().filter(|f| f.kind == FindingKind::Unproven);
        unproven.map(|finding| finding.path.clone()).collect()
    };
    let report = roll.verify();
    let new: Vec<_> =
        faults(&report).into_iter().filter(|fault| fault.1.ends_with("mxf")).collect();
    assert_eq!(new, [(FindingKind::NewFile, "new.mxf")]);
    assert_eq!(doubt(&report), ["Clips/perhaps.mxf"]);
    let directories = FindingKind::DirectoryHashMismatch;
    assert!(report.findings.iter().all(|f| f.kind != directories), "{:?}", report.findings);

    // Nor does a comparison of names know, on whichever side the history is.
    let (history, tree) = (roll.root().join("ascmhl"), roll.root());
    let context = Context::new(&agent);
    for (a, b) in [(&history, &tree), (&tree, &history)] {
        let report = crate::compare_names(a, b, &context).unwrap();
        assert_eq!(doubt(&report), ["Clips/perhaps.mxf"]);
        assert_eq!(report.counts.new + report.counts.missing, 1, "new.mxf");
    }

    // What an outer history cannot tell, nobody can, within neither.
    fs::write(roll.root().join("ascmhl").join(&roll.history().generations[0].file_name), "<half")
        .unwrap();
    let report = roll.verify();
    assert_eq!(report.counts.new, 0);
    assert_eq!(doubt(&report), ["Clips/perhaps.mxf", "new.mxf"]);
}

#[test]
fn what_is_unusual_about_a_list_names_it() {
    let roll = Roll::sealed(Format::Asc);
    roll.rewrite_first_generation("<creatorinfo>", "<creatorinfo odd=\"1\">");
    let generation = format!("ascmhl/{}", roll.history().generations[0].file_name);
    let list = Roll::sealed(Format::Classic);
    let path = crate::expected::lists_at(&Disk::open(&list.root()).unwrap()).unwrap().remove(0);
    let text = fs::read_to_string(list.root().join(path.as_str())).unwrap();
    let text = text.replacen("<creatorinfo>", "<creatorinfo odd=\"1\">", 1);
    fs::write(list.root().join(path.as_str()), text).unwrap();
    for (roll, path) in [(roll, generation.as_str()), (list, path.as_str())] {
        let report = roll.verify();
        let odd = report.findings.iter().find(|f| f.kind == FindingKind::Nonconforming).unwrap();
        assert_eq!(odd.path, path, "{odd:?}");
    }
}

#[test]
fn what_is_ignored_from_now_on_is_neither_missing_nor_proof() {
    let roll = Roll::sealed(Format::Asc);
    let ignore = vec!["*C002*".to_owned()];
    let report = roll.seal(&SealOptions { ignore, ..SealOptions::default() });
    assert_eq!(faults(&report), []);
    let ignored = report.findings.iter().find(|f| f.kind == FindingKind::Ignored).unwrap();
    assert_eq!(ignored.expected.as_deref(), Some("*C002*"), "the policy asks for the pattern");
    let report = roll.verify();
    assert_eq!(faults(&report), []);
    assert!(report.findings.iter().any(|finding| finding.kind == FindingKind::Ignored));
}

#[test]
fn rests_of_an_interrupted_run_are_in_nobodys_way() {
    for format in [Format::Classic, Format::Asc] {
        let roll = Roll::sealed(format);
        roll.write(".list.mhl-part", "half a list");
        if format == Format::Asc {
            roll.write("ascmhl/.list.mhl-part", "half a manifest");
        }
        assert_eq!(faults(&roll.verify()), []);
    }
}

#[test]
fn a_classic_list_does_not_hide_what_stands_in_a_folder_called_ascmhl() {
    let roll = Roll::sealed(Format::Classic);
    let list = crate::expected::lists_at(&Disk::open(&roll.root()).unwrap()).unwrap().remove(0);
    roll.write("ascmhl/clip.mov", "footage");
    let report = roll.verify_with(&VerifyOptions { list: Some(list), ..VerifyOptions::default() });
    assert_eq!(faults(&report), [(FindingKind::NewFile, "ascmhl/clip.mov")]);
}

#[test]
fn a_cancelled_verification_claims_nothing() {
    let roll = Roll::sealed(Format::Classic);
    let agent = Agent::new("test", "1", "cart", "DIT");
    let stop = std::sync::atomic::AtomicBool::new(true);
    let context = Context::new(&agent).with_progress(&stop);
    let report = verify(&roll.root(), &VerifyOptions::default(), &context).unwrap();
    assert_eq!(report.status, Status::Cancelled);
    assert!(!report.copies[0].complete);
}

#[test]
fn a_file_under_a_new_name_is_a_candidate_and_still_missing_and_new() {
    for (format, dry_run) in [(Format::Classic, false), (Format::Asc, false), (Format::Asc, true)] {
        let roll = tempfile::tempdir().unwrap();
        let at = |name: &str| roll.path().join(name);
        let files = [("a.mov", "clip"), ("b.mov", "other"), ("twin1", "same"), ("twin2", "same")];
        for (name, content) in files {
            fs::write(at(name), content).unwrap();
        }
        fs::write(at("empty"), "").unwrap();
        let agent = Agent::new("test", "1", "cart", "DIT");
        let context = Context::new(&agent);
        let options = SealOptions { format, ..SealOptions::default() };
        seal(roll.path(), &options, &context).unwrap();
        for (from, to) in [("a.mov", "A001.mov"), ("twin1", "twin3"), ("twin2", "twin4")] {
            fs::rename(at(from), at(to)).unwrap();
        }
        fs::rename(at("empty"), at("empty too")).unwrap();
        fs::write(at("new.mov"), "size").unwrap();
        let options = VerifyOptions { dry_run, ..VerifyOptions::default() };
        let report = verify(roll.path(), &options, &context).unwrap();
        let candidates: Vec<_> =
            report.findings.iter().filter(|f| f.kind == FindingKind::RenameCandidate).collect();
        let [only] = candidates.as_slice() else { unreachable!("{format} {candidates:?}") };
        let names = [&only.expected, &only.found].map(|name| name.as_deref().unwrap());
        assert_eq!(names, ["a.mov", "A001.mov"], "twins and empty files are in doubt");
        assert_eq!((report.counts.missing, report.counts.new), (4, 5), "{format}");
        assert_eq!(report.status, Status::Failed);
        if format == Format::Asc && !dry_run {
            let history = asc::History::load(roll.path(), &Limits::default()).unwrap().unwrap();
            let last = &history.generations.last().unwrap().manifest;
            assert!(last.files().all(|file| file.previous_path.is_none()), "never a fact");
        }
    }
}

#[test]
fn litter_that_another_program_listed_stays_listed_from_generation_to_generation() {
    let roll = Roll::sealed(Format::Asc);
    roll.write("Clips/._A001C001.mxf", "listed litter");
    fs::create_dir(roll.root().join(".Trashes")).unwrap();
    // Another program lists it, and says nothing of litter.
    fs::remove_dir_all(roll.root().join("ascmhl")).unwrap();
    let litter = ["._*", ".Trashes", ".DS_Store"];
    let disk = crate::tree::Disk::open(&roll.root()).unwrap();
    let tree = walk_with(&disk, &["Clips", "Clips/._A001C001.mxf", ".Trashes"].into());
    assert_eq!(tree.files.len(), 3);
    let algorithms = [Algorithm::Xxh64, Algorithm::Md5];
    let mut digests = crate::digests::Digests::new(&algorithms, 3);
    for (index, file) in tree.files.iter().enumerate() {
        let mut set = mhl_hash::HasherSet::new(&algorithms);
        set.update(&fs::read(roll.root().join(file.path.as_str())).unwrap());
        digests.set(index, &set.finish());
    }
    let time = crate::Timestamp::from_unix(0, 0).unwrap();
    let listing = crate::listing::Listing {
        folder: "A001",
        agent: &Agent::new("other", "1", "lab", "loader"),
        format: Format::Asc,
        process: crate::Process::InPlace,
        ignore: &[],
        started: &time,
        finished: &time,
        tree: &tree,
        digests: &digests,
        generation: crate::listing::Generation::default(),
    };
    listing.write(&disk).unwrap();
    let patterns =
        |number: usize| roll.history().generations[number].manifest.header.ignore.clone();
    assert_eq!(
        litter.map(|pattern| patterns(0).contains(&pattern.to_owned())),
        [false, false, true]
    );
    // The order of the schema, whatever the order in which the digests were asked for.
    let history = roll.history();
    let root = history.generations[0].manifest.header.root_hash.as_ref().unwrap();
    assert_eq!(
        root.content.iter().map(|hash| hash.element()).collect::<Vec<_>>(),
        ["md5", "xxh64"]
    );
    for number in 1..3 {
        let report = roll.verify();
        assert_eq!(report.status, Status::Verified, "{:?}", report.findings);
        assert_eq!(report.counts.files, 3);
        assert!(!patterns(number).contains(&"._*".to_owned()));
    }
}

/// What an observer is told before the first byte is read, and how many bytes are read then.
#[derive(Default)]
struct Watcher {
    before: Mutex<Vec<(FindingKind, String)>>,
    read: Mutex<u64>,
}

impl mhl_hash::Observer for Watcher {
    fn advanced(&self, bytes: u64) {
        *self.read.lock().unwrap() += bytes;
    }
}

impl crate::Progress for Watcher {
    fn found(&self, finding: &Finding) {
        if *self.read.lock().unwrap() == 0 {
            self.before.lock().unwrap().push((finding.kind, finding.path.clone()));
        }
    }
}

#[test]
fn names_and_sizes_are_told_before_a_byte_is_read_and_another_size_is_not_read_at_all() {
    let roll = Roll::sealed(Format::Classic);
    roll.write("Clips/A001C001.mxf", "onetwo");
    roll.write("Clips/A001C002.mxf", "SECOND");
    roll.write("new", "new");
    let agent = Agent::new("test", "1", "cart", "DIT");
    let watcher = Watcher::default();
    let context = Context::new(&agent).with_progress(&watcher);
    let report = verify(&roll.root(), &VerifyOptions::default(), &context).unwrap();
    use FindingKind::{HashMismatch, NewFile, SizeMismatch};
    let before = watcher.before.into_inner().unwrap();
    let told: Vec<_> = before.iter().map(|(kind, path)| (*kind, path.as_str())).collect();
    assert_eq!(told, [(SizeMismatch, "Clips/A001C001.mxf"), (NewFile, "new")]);
    assert_eq!(watcher.read.into_inner().unwrap(), 6, "the file of the same size alone");
    assert_eq!(faults(&report).last(), Some(&(HashMismatch, "Clips/A001C002.mxf")));
    assert_eq!((report.counts.mismatched, report.counts.unread), (2, 0));
}

#[test]
fn the_first_fault_ends_it_and_what_was_not_read_is_told() {
    for format in [Format::Classic, Format::Asc] {
        let roll = Roll { folder: tempfile::tempdir().unwrap() };
        for clip in 0..300 {
            roll.write(&format!("Clips/A001C{clip:03}.mxf"), "clip");
        }
        roll.seal(&SealOptions { format, ..SealOptions::default() });
        roll.write("Clips/A001C100.mxf", "clap");
        roll.write("Clips/A001C200.mxf", "clap");
        let options = VerifyOptions { stop_at_first: true, ..VerifyOptions::default() };
        let report = roll.verify_with(&options);
        assert_eq!(report.status, Status::Failed);
        assert_eq!(faults(&report), [(FindingKind::HashMismatch, "Clips/A001C100.mxf")]);
        assert_eq!((report.counts.verified, report.counts.unread), (100, 199));
        let unread = report.files.iter().filter(|file| file.unread).map(|file| file.path.as_str());
        let expected: Vec<_> = (101..300).map(|clip| format!("Clips/A001C{clip:03}.mxf")).collect();
        assert_eq!(unread.collect::<Vec<_>>(), expected);
        assert!(report.findings.iter().any(|finding| finding.kind == FindingKind::Unread));
        if format == Format::Asc {
            assert_eq!(roll.history().generations.len(), 1, "nothing is appended");
        }
        // What is missing is known before: then nothing is read.
        fs::remove_file(roll.root().join("Clips/A001C299.mxf")).unwrap();
        let report = roll.verify_with(&options);
        assert_eq!(faults(&report), [(FindingKind::MissingFile, "Clips/A001C299.mxf")]);
        assert_eq!((report.counts.bytes, report.counts.unread), (0, 299));
        // And without a fault it is a verification like any other.
        let roll = Roll::sealed(format);
        assert_eq!(roll.verify_with(&options).status, Status::Verified);
    }
}

#[test]
fn turns_together_read_everything_and_none_is_a_verification() {
    for format in [Format::Classic, Format::Asc] {
        let roll = Roll { folder: tempfile::tempdir().unwrap() };
        for clip in 0..40usize {
            roll.write(&format!("Clips/A001C{clip:03}.mxf"), &"x".repeat(clip * 100));
        }
        roll.seal(&SealOptions { format, ..SealOptions::default() });
        let mut read = std::collections::BTreeMap::new();
        for turn in 1..=10 {
            let portion = Portion::percent(10, turn).unwrap();
            let report = roll.verify_with(&VerifyOptions { portion, ..VerifyOptions::default() });
            assert_eq!(report.status, Status::Unproven, "{:?}", report.findings);
            assert!(!report.copies[0].complete);
            assert_eq!(report.copies[0].status, Status::Unproven);
            assert_eq!(report.counts.verified + report.counts.unread, 40);
            for file in report.files.iter().filter(|file| !file.unread) {
                *read.entry(file.path.clone()).or_insert(0) += 1;
            }
            if format == Format::Asc && report.counts.verified > 0 {
                let history = roll.history();
                let newest = &history.generations.last().unwrap().manifest;
                let listed: Vec<_> = newest.files().map(|file| file.path.to_string()).collect();
                let told = report.files.iter().filter(|file| !file.unread);
                let mut told: Vec<_> = told.map(|file| file.path.clone()).collect();
                told.sort();
                assert_eq!(listed, told, "a generation says what was read");
                assert_eq!(newest.directories().count(), 0);
                assert!(newest.header.root_hash.is_none());
            }
        }
        assert_eq!(read.len(), 40);
        assert!(read.values().all(|times| *times == 1), "{read:?}");
        assert_eq!(roll.verify().status, Status::Verified, "the whole is still one");
    }
}

#[test]
fn a_portion_that_names_every_file_is_no_verification_and_finds_what_fails() {
    let roll = Roll::sealed(Format::Asc);
    let path = |text: &str| RelativePath::new(text).unwrap();
    let only = |paths: &[&str]| VerifyOptions {
        portion: Portion::Paths(paths.iter().map(|text| path(text)).collect()),
        ..VerifyOptions::default()
    };
    let report = roll.verify_with(&only(&["Clips"]));
    assert_eq!((report.status, report.counts.verified), (Status::Unproven, 2));
    assert!(!report.copies[0].complete);

    roll.write("Clips/A001C001.mxf", "ONE");
    roll.write("Clips/A001C003.mxf", "new");
    let report = roll.verify_with(&only(&["Clips/A001C002.mxf"]));
    assert_eq!(faults(&report), [(FindingKind::NewFile, "Clips/A001C003.mxf")]);
    assert_eq!((report.counts.verified, report.counts.unread), (1, 1));
    assert_eq!(roll.said("Clips/A001C003.mxf"), [], "what was not asked for is not recorded");

    let report = roll.verify_with(&only(&["Clips/A001C001.mxf"]));
    assert_eq!(faults(&report).last(), Some(&(FindingKind::HashMismatch, "Clips/A001C001.mxf")));
    assert_eq!(roll.said("Clips/A001C001.mxf"), [Some(Action::Failed)]);
    assert_eq!(roll.said("Clips/A001C002.mxf"), []);

    let agent = Agent::new("test", "1", "cart", "DIT");
    let unknown = only(&["Clips/A001C003.mxf", "nowhere"]);
    let error = verify(&roll.root(), &unknown, &Context::new(&agent)).unwrap_err();
    let VerifyError::NotListed { paths } = error else { panic!("{error}") };
    assert_eq!(paths, [path("Clips/A001C003.mxf"), path("nowhere")]);
}

#[test]
fn a_portion_of_a_tree_goes_to_the_histories_that_it_belongs_to() {
    let roll = Roll { folder: tempfile::tempdir().unwrap() };
    for card in ["A001", "A002"] {
        roll.write(&format!("{card}/clip.mxf"), card);
        let agent = Agent::new("test", "1", "cart", "DIT");
        let asc = SealOptions { format: Format::Asc, ..SealOptions::default() };
        seal(&roll.root().join(card), &asc, &Context::new(&agent)).unwrap();
    }
    roll.write("notes.txt", "notes");
    roll.seal(&SealOptions { format: Format::Asc, ..SealOptions::default() });
    let generations = |card: &str| {
        let history = asc::History::load(&roll.root().join(card), &Limits::default()).unwrap();
        history.unwrap().generations.len()
    };
    let before = [generations("A001"), generations("A002")];
    let portion = Portion::Paths(vec![RelativePath::new("A001").unwrap()]);
    let report = roll.verify_with(&VerifyOptions { portion, ..VerifyOptions::default() });
    assert_eq!((report.counts.verified, report.counts.unread), (1, 2), "{:?}", report.findings);
    assert_eq!([generations("A001"), generations("A002")], [before[0] + 1, before[1]]);
    assert_eq!(roll.verify().status, Status::Verified);
}

#[test]
fn files_are_left_out_of_the_report_on_request() {
    let roll = Roll::sealed(Format::Classic);
    let report = roll.verify_with(&VerifyOptions { without_files: true, ..Default::default() });
    assert_eq!((report.status, report.files.len()), (Status::Verified, 0));
    assert_eq!(report.roll.unwrap().files, 2);
}

#[test]
fn an_operation_that_shares_the_machine_finds_the_same() {
    let roll = Roll::sealed(Format::Classic);
    let agent = Agent::new("test", "1", "cart", "DIT");
    let many = NonZero::new(1000).unwrap();
    let context = Context::new(&agent).sharing(many);
    let report = verify(&roll.root(), &VerifyOptions::default(), &context).unwrap();
    assert_eq!(report.status, Status::Verified);
}

/// Lengthens a file once names and sizes are known, and nothing is read yet.
struct Late(PathBuf);

impl mhl_hash::Observer for Late {}

impl crate::Progress for Late {
    fn phase(&self, phase: Phase, _: u64) {
        if phase == Phase::Read {
            let content = fs::read_to_string(&self.0).unwrap();
            fs::write(&self.0, content + "more").unwrap();
        }
    }
}

#[test]
fn the_digests_of_a_file_that_grew_since_the_walk_are_not_recorded_with_its_old_size() {
    let agent = Agent::new("test", "1", "cart", "DIT");
    let changed =
        |report: &Report| {
            let of = |finding: &Finding| (finding.kind, finding.path.clone());
            report.findings.iter().map(of).any(|(kind, path)| {
                kind == FindingKind::SourceChanged && path == "Clips/A001C003.mxf"
            })
        };
    for format in [Format::Classic, Format::Asc] {
        let roll = Roll { folder: tempfile::tempdir().unwrap() };
        roll.write("Clips/A001C003.mxf", "third");
        let late = Late(roll.root().join("Clips/A001C003.mxf"));
        let options = SealOptions { format, ..SealOptions::default() };
        let report = seal(&roll.root(), &options, &Context::new(&agent).with_progress(&late));
        let report = report.unwrap();
        assert!(changed(&report), "{report:?}");
        assert_ne!(report.status, Status::Sealed);
        assert_eq!(fs::read_dir(roll.root()).unwrap().count(), 1, "no list");
    }
    let roll = Roll::sealed(Format::Asc);
    roll.write("Clips/A001C003.mxf", "third");
    let late = Late(roll.root().join("Clips/A001C003.mxf"));
    let context = Context::new(&agent).with_progress(&late);
    let report = verify(&roll.root(), &VerifyOptions::default(), &context).unwrap();
    assert!(changed(&report), "{report:?}");
    assert_eq!(roll.said("Clips/A001C003.mxf"), [], "it is new, and the next generation's");
}

/// What the system remembers of a list is not what the medium says.
#[cfg(target_os = "linux")]
#[test]
fn past_the_cache_the_list_has_to_come_from_the_medium_too() {
    use crate::{CacheDoubt, CacheReason, tree::residency::tests::Kept};
    let (past_cache, dry_run) = (true, true);
    for format in [Format::Classic, Format::Asc] {
        let roll = Roll::sealed(format);
        let options = VerifyOptions { past_cache, dry_run, ..VerifyOptions::default() };
        let agent = Agent::new("test", "1", "cart", "DIT");
        let verified = || verify(&roll.root(), &options, &Context::new(&agent)).unwrap();
        let whole = verified();
        if whole.copies[0].grade != Some(Grade::PastTheCache) {
            println!("skipped: {:?}", whole.copies[0].cache_doubt);
            return;
        }
        assert_eq!(whole.copies[0].cache_doubt, None);
        let list = RelativePath::new(&whole.copies[0].manifest.as_ref().unwrap().path).unwrap();
        let mut lists = vec![list.to_string()];
        lists.extend((format == Format::Asc).then(|| format!("ascmhl/{}", asc::CHAIN_FILE)));
        for list in lists {
            let kept = Kept::of(&roll.root().join(&list));
            let report = verified();
            drop(kept);
            assert_eq!(report.status, Status::Verified, "{:?}", report.findings);
            let copy = &report.copies[0];
            assert_eq!(copy.grade, Some(Grade::ThroughTheCache), "{list}");
            let doubt = CacheDoubt::new(&*list, CacheReason::PagesStayed);
            assert_eq!(copy.cache_doubt.as_ref(), Some(&doubt));
            assert!(copy.proof.ends_with(&doubt.to_string()), "{}", copy.proof);
            let told = report.findings.iter().find(|f| f.kind == FindingKind::ThroughTheCache);
            assert_eq!(told.unwrap().path, list);
            let json = report.to_json();
            let expected =
                format!("\"cache_doubt\":{{\"path\":\"{list}\",\"reason\":\"pages-stayed\"}}");
            assert!(json.replace([' ', '\n'], "").contains(&expected), "{json}");
            let mut page = Vec::new();
            report.write_html(&mut page).unwrap();
            let page = String::from_utf8(page).unwrap();
            let (_, lacks) = page.split_once("<ul id=\"unproven\">").unwrap();
            let (lacks, _) = lacks.split_once("</ul>").unwrap();
            assert!(lacks.contains(&format!("{list}: pages stayed")), "{lacks}");
        }
        // Of several the first is told: the list before the files.
        let (clip, list) = ("Clips/A001C001.mxf", list.as_str());
        let _kept = [clip, list].map(|file| Kept::of(&roll.root().join(file)));
        let doubt = verified().copies[0].cache_doubt.clone().unwrap();
        assert_eq!(doubt.path, list);
    }
}

/// As a list that nobody means well with, or one of sparse files, may say.
#[test]
fn sizes_that_no_number_holds_together_are_told_as_more_than_that() {
    let folder = tempfile::tempdir().unwrap();
    let agent = Agent::new("test", "1", "cart", "DIT");
    for name in ["a", "b", "c"] {
        fs::write(folder.path().join(name), "abc").unwrap();
    }
    seal(folder.path(), &SealOptions::default(), &Context::new(&agent)).unwrap();
    let list = fs::read_dir(folder.path()).unwrap().flatten().map(|entry| entry.path());
    let list = list.into_iter().find(|path| path.extension().is_some_and(|e| e == "mhl")).unwrap();
    let text = fs::read_to_string(&list).unwrap();
    fs::write(&list, text.replace("<size>3<", &format!("<size>{}<", i64::MAX))).unwrap();
    let report = verify(folder.path(), &VerifyOptions::default(), &Context::new(&agent)).unwrap();
    assert_eq!(report.status, Status::Failed);
    assert_eq!(report.roll.unwrap().bytes, u64::MAX);
}
