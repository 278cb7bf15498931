//! Sentences of the two formats' specifications that no other test holds.

use std::{
    fs,
    path::Path,
    sync::atomic::{AtomicI64, Ordering},
    time::{Duration, SystemTime},
};

use mhl_core::{
    Action, Agent, Clock, Context, FindingKind, Format, Limits, OffloadOptions, Process,
    ReadErrorKind, Report, SealOptions, Status, Timestamp, VerifyOptions, asc, compare_names,
    conformance, flatten, offload, seal, verify,
};
use mhl_hash::Algorithm;
use tempfile::TempDir;

use super::{classic, entry, read, reading};

/// A clock that is a minute later at each look.
struct Ticking(AtomicI64);

impl Ticking {
    /// From 13:30 UTC on.
    fn new() -> Self {
        Ticking(AtomicI64::new(1_795_354_200))
    }
}

impl Clock for Ticking {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix(self.0.fetch_add(60, Ordering::Relaxed), 0).unwrap()
    }
}

fn agent() -> Agent {
    Agent::new("test", "1", "cart", "DIT")
}

/// A folder with these files.
fn roll(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, content) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    folder
}

fn asc_options(algorithms: &[Algorithm]) -> SealOptions {
    let mut options = SealOptions::default();
    options.format = Format::Asc;
    options.algorithms = algorithms.to_vec();
    options
}

fn sealed(root: &Path, algorithms: &[Algorithm]) {
    let report = seal(root, &asc_options(algorithms), &Context::new(&agent())).unwrap();
    assert_eq!(report.status, Status::Sealed, "{:?}", report.findings);
}

fn verified(root: &Path) -> Report {
    verify(root, &VerifyOptions::default(), &Context::new(&agent())).unwrap()
}

fn history(root: &Path) -> asc::History {
    asc::History::load(root, &Limits::default()).unwrap().unwrap()
}

/// The text of the newest generation.
fn newest(root: &Path) -> String {
    let name = history(root).generations.pop().unwrap().file_name;
    fs::read_to_string(root.join(asc::FOLDER).join(name)).unwrap()
}

#[test]
fn one_operation_has_one_time_in_the_names_of_all_that_it_writes() {
    let root = roll(&[("A001/a.mov", "a"), ("A001/Audio/b.wav", "b"), ("c.txt", "c")]);
    let clock = Ticking::new();
    let agent = agent();
    for scope in ["A001/Audio", "A001", "."] {
        let context = Context::new(&agent).with_clock(&clock);
        seal(&root.path().join(scope), &asc_options(&[Algorithm::Md5]), &context).unwrap();
    }
    let context = Context::new(&agent).with_clock(&clock);
    let report = verify(root.path(), &VerifyOptions::default(), &context).unwrap();
    assert_eq!(report.status, Status::Verified, "{:?}", report.findings);
    let outer = root.path().file_name().unwrap().to_str().unwrap();
    let started = Timestamp::parse(&report.started).unwrap().file_name_form();
    for (scope, folder, number) in
        [("A001/Audio", "Audio", 4), ("A001", "A001", 3), (".", outer, 2)]
    {
        let name = history(&root.path().join(scope)).generations.pop().unwrap().file_name;
        assert_eq!(name, format!("{number:04}_{folder}_{started}Z.mhl"));
    }
}

#[test]
fn a_new_hash_format_is_recorded_as_verified_beside_the_old_one_in_one_read() {
    let root = roll(&[("a.mov", "clip"), ("b.mov", "clip")]);
    sealed(root.path(), &[Algorithm::Md5]);
    fs::write(root.path().join("c.mov"), "new").unwrap();
    let mut options = VerifyOptions::default();
    options.algorithms = vec![Algorithm::Xxh128];
    let report = verify(root.path(), &options, &Context::new(&agent())).unwrap();
    assert_eq!(report.counts.bytes, 11, "each file is read once");
    let generation = history(root.path()).generations.pop().unwrap().manifest;
    let said = |path: &str| {
        let file = generation.files().find(|file| file.path.as_str() == path).unwrap();
        let hashes = file.hashes.iter();
        hashes.map(|hash| (hash.element().to_owned(), hash.action.clone())).collect::<Vec<_>>()
    };
    for (path, action) in
        [("a.mov", Action::Verified), ("b.mov", Action::Verified), ("c.mov", Action::Original)]
    {
        let both = ["md5", "xxh128"].map(|name| (name.to_owned(), Some(action.clone())));
        assert_eq!(said(path), both, "{path}");
    }
}

#[test]
fn a_generation_of_a_transfer_is_written_once_the_copies_are_known_to_be_identical() {
    let set = roll(&[("A001/a.mov", "clip"), ("good/.keep", ""), ("bad/.keep", "")]);
    let mut options = OffloadOptions::default();
    options.format = Format::Asc;
    let drives = [set.path().join("good"), set.path().join("absent")];
    let report =
        offload(&set.path().join("A001"), &drives, &options, &Context::new(&agent())).unwrap();
    assert!(report.copies[0].complete && !report.copies[1].complete);
    let written = history(&drives[0].join("A001")).generations.pop().unwrap().manifest;
    assert_eq!(written.header.process, Some(Process::Transfer));
    let actions = written.files().flat_map(|file| &file.hashes).map(|hash| hash.action.clone());
    assert_eq!(actions.collect::<Vec<_>>(), [Some(Action::Original)]);
}

#[test]
fn an_empty_file_has_size_0_in_both_formats_and_is_read_without_a_size() {
    let root = roll(&[("empty.ale", ""), ("a.mov", "clip")]);
    let report = seal(root.path(), &SealOptions::default(), &Context::new(&agent())).unwrap();
    let told = report.findings.iter().map(|finding| (finding.kind, finding.path.as_str()));
    assert_eq!(told.collect::<Vec<_>>(), [(FindingKind::EmptyFile, "empty.ale")]);
    let list = report.copies[0].manifest.as_ref().unwrap().path.clone();
    let text = fs::read_to_string(root.path().join(list)).unwrap();
    assert!(text.contains("<size>0</size>"), "{text}");
    let mut violations = Vec::new();
    conformance::check(text.as_bytes(), &Limits::default(), |found| violations.push(found.kind))
        .unwrap();
    assert_eq!(violations, [conformance::ViolationKind::EmptyFile]);
    assert_eq!(verified(root.path()).status, Status::Verified);

    let root = roll(&[("empty.ale", ""), ("a.mov", "clip")]);
    sealed(root.path(), &[Algorithm::Xxh64]);
    let text = newest(root.path());
    assert!(text.contains("size=\"0\""), "{text}");
    // As the reference tool writes it.
    fs::write(root.path().join("A001.mhl"), text.replace(" size=\"0\"", "")).unwrap();
    fs::remove_dir_all(root.path().join(asc::FOLDER)).unwrap();
    let report = verified(root.path());
    assert_eq!(report.counts.verified, 2, "{:?}", report.findings);
}

#[test]
fn what_is_ignored_has_no_record_and_no_part_in_a_directory_hash() {
    let pair = |root: &Path| {
        let hash = history(root).generations.pop().unwrap().manifest.header.root_hash.unwrap();
        [hash.content, hash.structure].map(|hashes| hashes[0].value())
    };
    let plain = roll(&[("Clips/a.mov", "clip"), ("b.wav", "sound")]);
    sealed(plain.path(), &[Algorithm::Xxh64]);
    let root = roll(&[("Clips/a.mov", "clip"), ("b.wav", "sound"), ("Clips/c.tmp", "x")]);
    let mut options = asc_options(&[Algorithm::Xxh64]);
    options.ignore = vec!["*.tmp".to_owned()];
    seal(root.path(), &options, &Context::new(&agent())).unwrap();
    assert!(!newest(root.path()).contains("c.tmp"));
    assert_eq!(pair(root.path()), pair(plain.path()));
    fs::write(root.path().join("Clips/d.tmp"), "another").unwrap();
    let report = verified(root.path());
    assert_eq!(report.status, Status::Verified, "{:?}", report.findings);
}

#[test]
fn a_collection_lists_manifests_anywhere_below_it_and_nowhere_else() {
    let c4 = "c459dsjfscH38cYeXXYogktxf4Cd9ibshE3BHUo6a58hBXmRQdZrAkZzsWcbWtDg5oQstpDuni4Hirj75GEmTc1sFT";
    let collection = |path: &str| {
        let text = format!(
            "<ascmhldirectory xmlns=\"urn:ASC:MHL:DIRECTORY:v2.0\"><hashlist><path>{path}</path>\
             <c4>{c4}</c4></hashlist></ascmhldirectory>"
        );
        asc::Chain::read(text.as_bytes(), &Limits::default())
    };
    let deep = "day 1/A001/packinglist_A001_2026-11-22_133000Z.mhl";
    let read = collection(deep).unwrap();
    assert_eq!((read.links[0].path.as_str(), read.links[0].sequence), (deep, None));
    for path in ["../A001.mhl", "/A001.mhl"] {
        assert!(matches!(collection(path).unwrap_err().kind, ReadErrorKind::Path(_)), "{path}");
    }
}

#[test]
fn names_alone_are_compared_without_a_byte_read() {
    let root = roll(&[("a.mov", "same size")]);
    let report = |found: &Path| compare_names(root.path(), found, &Context::new(&agent())).unwrap();
    let other = roll(&[("a.mov", "size same"), ("b.mov", "")]);
    let told = report(other.path());
    let kinds: Vec<_> = told.findings.iter().map(|f| (f.kind, f.path.as_str())).collect();
    assert_eq!(kinds, [(FindingKind::NewFile, "b.mov")], "other bytes of the same number");
    assert_eq!((told.counts.bytes, told.status), (0, Status::Failed));
    assert_eq!(report(root.path()).status, Status::Unproven, "never verified");
}

#[test]
fn version_1_0_is_read_and_1_1_is_written() {
    let list = classic(&entry("a", "<size>1</size><null/>")).replace("1.1", "1.0");
    let manifest = read(&list).unwrap();
    assert_eq!(manifest.header.version, "1.0");
    let written = String::from_utf8(reading::write(&manifest)).unwrap();
    assert!(written.contains("<hashlist version=\"1.1\">"), "{written}");
}

/// The names that programs match on are the contract: none may change.
#[test]
fn every_fault_and_every_warning_has_its_name() {
    use FindingKind::*;
    let faults = [
        (HashMismatch, "hash-mismatch"),
        (SizeMismatch, "size-mismatch"),
        (MissingFile, "missing-file"),
        (NewFile, "new-file"),
        (UnreadableFile, "unreadable-file"),
        (DirectoryHashMismatch, "directory-hash-mismatch"),
        (ManifestModified, "manifest-modified"),
        (ManifestMissing, "manifest-missing"),
        (ManifestUnlisted, "manifest-unlisted"),
        (ChainMissing, "chain-missing"),
        (SequenceBroken, "sequence-broken"),
        (Rebaselined, "rebaselined"),
        (IgnoreShrank, "ignore-shrank"),
        (ReferenceModified, "reference-modified"),
        (PathOutside, "path-outside"),
    ];
    let warnings = [
        (ByteOrder, "byte-order"),
        (Normalisation, "normalisation"),
        (Case, "case"),
        (Separator, "separator"),
        (DuplicateEntry, "duplicate-entry"),
        (Unproven, "unproven"),
        (Litter, "litter"),
    ];
    for (kinds, fault) in [(&faults[..], true), (&warnings[..], false)] {
        for (kind, name) in kinds {
            assert_eq!((kind.name(), kind.is_fault()), (*name, fault));
        }
    }
}

#[test]
fn a_flattened_list_has_no_failed_digest_and_what_was_last_said_of_a_file() {
    let root = roll(&[("a.mov", "clip"), ("b.mov", "other")]);
    sealed(root.path(), &[Algorithm::Xxh64]);
    let first = history(root.path()).generations.pop().unwrap().manifest;
    fs::write(root.path().join("a.mov"), "clap").unwrap();
    assert_eq!(verified(root.path()).status, Status::Failed);
    fs::write(root.path().join("a.mov"), "clip").unwrap();
    let touched = SystemTime::UNIX_EPOCH + Duration::from_secs(1_900_000_000);
    fs::File::options()
        .write(true)
        .open(root.path().join("a.mov"))
        .and_then(|file| file.set_modified(touched))
        .unwrap();
    assert_eq!(verified(root.path()).status, Status::Verified);
    let elsewhere = tempfile::tempdir().unwrap();
    let report = flatten(root.path(), elsewhere.path(), &Context::new(&agent())).unwrap();
    let list = elsewhere.path().join(&report.copies[0].manifest.as_ref().unwrap().path);
    let list = read(fs::read(list).unwrap()).unwrap();
    let [flat, original] = [&list, &first].map(|list| list.files().next().unwrap());
    assert_eq!((flat.hashes.len(), flat.hashes[0].value()), (1, original.hashes[0].value()));
    assert!(!list.files().flat_map(|file| &file.hashes).any(mhl_core::RecordedHash::is_failed));
    assert_eq!(flat.modified.as_ref().unwrap().unix_seconds(), 1_900_000_000);
}
