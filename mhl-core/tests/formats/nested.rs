//! Histories within histories: loaded, verified through, appended to, referred to.

use std::{fs, path::Path};

use mhl_core::{
    Action, Agent, Context, FindingKind, Format, Limits, Report, SealOptions, Status,
    VerifyOptions,
    asc::{FOLDER, History},
    seal, verify,
};
use mhl_hash::Algorithm;
use tempfile::TempDir;

fn write(root: &Path, path: &str, content: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

fn sealed(root: &Path, algorithm: Algorithm) -> Report {
    let mut options = SealOptions::default();
    options.algorithms = vec![algorithm];
    options.format = Format::Asc;
    let agent = Agent::new("test", "1", "cart", "DIT");
    seal(root, &options, &Context::new(&agent)).unwrap()
}

fn verified(root: &Path) -> Report {
    let agent = Agent::new("test", "1", "cart", "DIT");
    verify(root, &VerifyOptions::default(), &Context::new(&agent)).unwrap()
}

fn load(root: &Path) -> History {
    History::load(root, &Limits::default()).unwrap().unwrap()
}

fn faults(report: &Report) -> Vec<(FindingKind, &str)> {
    let faults = report.findings.iter().filter(|finding| finding.kind.is_fault());
    faults.map(|finding| (finding.kind, finding.path.as_str())).collect()
}

/// A reel of three histories, each of its own hash format: `Reel`, `Reel/A001` and
/// `Reel/A001/Audio`.
fn reel() -> TempDir {
    let reel = tempfile::tempdir().unwrap();
    let root = reel.path();
    for (path, content) in [
        ("A001/Clips/a.mov", "a"),
        ("A001/b.mov", "b"),
        ("A001/Audio/c.wav", "c"),
        ("Doc/notes.txt", "d"),
    ] {
        write(root, path, content);
    }
    assert_eq!(sealed(&root.join("A001/Audio"), Algorithm::Md5).status, Status::Sealed);
    assert_eq!(sealed(&root.join("A001"), Algorithm::Xxh64).status, Status::Sealed);
    let report = sealed(root, Algorithm::C4);
    assert_eq!(report.status, Status::Sealed, "{:?}", report.findings);
    assert_eq!((report.counts.files, report.findings), (4, vec![]));
    reel
}

#[test]
fn each_history_lists_its_own_and_refers_to_those_directly_within() {
    let reel = reel();
    let root = reel.path();
    let listed = |path: &str| {
        let history = load(&root.join(path));
        assert_eq!(history.findings, []);
        let newest = history.generations.last().unwrap();
        let mut paths: Vec<String> =
            newest.manifest.files().map(|file| file.path.to_string()).collect();
        paths.extend(newest.manifest.directories().map(|folder| format!("{}/", folder.path)));
        paths.sort_unstable();
        let references = &newest.manifest.references;
        let references: Vec<String> =
            references.iter().map(|reference| reference.path.to_string()).collect();
        (history.generations.len(), paths, references)
    };
    let inner = |path: &str| {
        let newest = load(&root.join(path)).generations.pop().unwrap();
        format!("{FOLDER}/{}", newest.file_name)
    };
    let (generations, paths, references) = listed("");
    assert_eq!(
        (generations, paths),
        (1, vec!["A001/".into(), "Doc/".into(), "Doc/notes.txt".into()])
    );
    assert_eq!(references, [format!("A001/{}", inner("A001"))]);
    let (generations, paths, references) = listed("A001");
    assert_eq!(generations, 2);
    assert_eq!(paths, ["Audio/", "Clips/", "Clips/a.mov", "b.mov"]);
    assert_eq!(references, [format!("Audio/{}", inner("A001/Audio"))]);
    let (generations, paths, references) = listed("A001/Audio");
    assert_eq!((generations, paths), (3, vec!["c.wav".into()]));
    assert_eq!(references, [""; 0]);

    let outer = load(root).generations.pop().unwrap().manifest;
    let nested = load(&root.join("A001")).generations.pop().unwrap().manifest;
    let pair = nested.header.root_hash.unwrap();
    let folder = outer.directories().find(|folder| folder.path.as_str() == "A001").unwrap();
    let values = |hashes: &[mhl_core::RecordedHash]| {
        hashes.iter().map(mhl_core::RecordedHash::value).collect::<Vec<_>>()
    };
    assert_eq!(values(&folder.content), values(&pair.content));
    assert_eq!(values(&folder.structure), values(&pair.structure));
    assert_eq!(folder.content.len(), 3, "in every format in which each file below was read");
}

#[test]
fn a_verification_speaks_for_every_history_within() {
    let reel = reel();
    let root = reel.path();
    let report = verified(root);
    assert_eq!(report.status, Status::Verified, "{:?}", report.findings);
    assert_eq!((report.counts.files, report.counts.verified), (4, 4));
    for (path, generations) in [("", 2), ("A001", 3), ("A001/Audio", 4)] {
        assert_eq!(load(&root.join(path)).generations.len(), generations, "{path:?}");
    }
    let roll = report.roll.unwrap();
    let again = verified(root).roll.unwrap();
    assert_eq!((roll.files, roll.bytes), (4, 4));
    assert_eq!(roll.content, again.content, "the identity stays");
}

#[test]
fn the_identity_of_a_roll_covers_what_is_nested_in_it() {
    let [one, two] = [reel(), reel()];
    assert_eq!(
        verified(one.path()).roll.unwrap().content,
        verified(two.path()).roll.unwrap().content
    );
    let other = tempfile::tempdir().unwrap();
    write(other.path(), "A001/Clips/a.mov", "x");
    write(other.path(), "Doc/notes.txt", "d");
    sealed(&other.path().join("A001"), Algorithm::Xxh64);
    let sealed_now = sealed(other.path(), Algorithm::Xxh64).roll.unwrap().content;
    let first = verified(other.path()).roll.unwrap().content;
    assert_eq!(sealed_now, first, "a seal and a verification name one identity");
    let changed = tempfile::tempdir().unwrap();
    write(changed.path(), "A001/Clips/a.mov", "y");
    write(changed.path(), "Doc/notes.txt", "d");
    sealed(&changed.path().join("A001"), Algorithm::Xxh64);
    assert_ne!(sealed(changed.path(), Algorithm::Xxh64).roll.unwrap().content, first);
}

#[test]
fn faults_are_told_by_their_place_in_the_whole_tree() {
    let reel = reel();
    let root = reel.path();
    write(root, "A001/Clips/a.mov", "x");
    write(root, "A001/Audio/new.wav", "n");
    fs::remove_file(root.join("A001/b.mov")).unwrap();
    let report = verified(root);
    let mut found = faults(&report);
    found.sort_unstable();
    found.dedup();
    assert_eq!(
        found,
        [
            (FindingKind::HashMismatch, "A001/Clips/a.mov"),
            (FindingKind::MissingFile, "A001/b.mov"),
            (FindingKind::NewFile, "A001/Audio/new.wav"),
        ]
    );
    let nested = load(&root.join("A001"));
    let newest = &nested.generations.last().unwrap().manifest;
    let clip = newest.files().find(|file| file.path.as_str() == "Clips/a.mov").unwrap();
    assert!(clip.hashes.iter().all(|hash| hash.action == Some(Action::Failed)));
}

#[test]
fn a_nested_history_that_is_gone_or_altered_stops_every_appending() {
    for damage in ["altered", "gone"] {
        let reel = reel();
        let root = reel.path();
        let audio = root.join("A001/Audio").join(FOLDER);
        let newest = load(&root.join("A001/Audio")).generations.pop().unwrap().file_name;
        if damage == "gone" {
            fs::remove_dir_all(&audio).unwrap();
        } else {
            let text = fs::read_to_string(audio.join(&newest)).unwrap();
            fs::write(audio.join(&newest), text + "\n").unwrap();
        }
        let report = verified(root);
        assert_eq!(report.status, Status::Failed);
        let path = format!("A001/Audio/{FOLDER}/{newest}");
        let kind = match damage {
            "gone" => FindingKind::ManifestMissing,
            _ => FindingKind::ReferenceModified,
        };
        assert!(faults(&report).contains(&(kind, path.as_str())), "{:?}", report.findings);
        assert_eq!(load(root).generations.len(), 1, "nothing is appended");
    }
}

#[test]
fn what_an_inner_history_did_by_itself_is_no_fault_of_the_outer_one() {
    let reel = reel();
    let root = reel.path();
    write(root, "A001/Audio/new.wav", "n");
    sealed(&root.join("A001/Audio"), Algorithm::Md5);
    let report = verified(root);
    assert_eq!(report.status, Status::Verified, "{:?}", report.findings);
    assert_eq!(report.counts.verified, 5);
    // The outer ones saw it now: from here on they compare their directories again.
    fs::create_dir(root.join("A001/Audio/added")).unwrap();
    let found = verified(root);
    let mut found = faults(&found);
    found.dedup();
    assert!(found.contains(&(FindingKind::DirectoryHashMismatch, ".")), "{found:?}");
    assert!(found.contains(&(FindingKind::DirectoryHashMismatch, "A001/Audio")), "{found:?}");
}

#[test]
fn a_history_that_comes_later_is_held_against_what_is_known() {
    let reel = tempfile::tempdir().unwrap();
    let root = reel.path();
    write(root, "A001/a.mov", "a");
    write(root, "b.mov", "b");
    let first = sealed(root, Algorithm::Xxh64).roll.unwrap().content;
    sealed(&root.join("A001"), Algorithm::Xxh64);
    let report = verified(root);
    assert_eq!(report.status, Status::Verified, "{:?}", report.findings);
    assert_eq!(report.roll.unwrap().content, first, "the first list named the file already");

    // Damaged, then given a history of its own as if it were new.
    let reel = tempfile::tempdir().unwrap();
    let root = reel.path();
    write(root, "A001/a.mov", "a");
    sealed(root, Algorithm::Xxh64);
    write(root, "A001/a.mov", "x");
    sealed(&root.join("A001"), Algorithm::Xxh64);
    let report = verified(root);
    assert_eq!(faults(&report), [(FindingKind::ConflictingOriginals, "A001/a.mov")]);
    assert_eq!(load(root).generations.len(), 1);
}

#[test]
fn patterns_of_a_nested_history_stay_its_own() {
    let reel = tempfile::tempdir().unwrap();
    let root = reel.path();
    for path in ["A001/a.mov", "A001/a.tmp", "b.mov", "b.tmp"] {
        write(root, path, path);
    }
    let agent = Agent::new("test", "1", "cart", "DIT");
    let mut options = SealOptions::default();
    options.format = Format::Asc;
    options.ignore = vec!["*.tmp".to_owned()];
    seal(&root.join("A001"), &options, &Context::new(&agent)).unwrap();
    sealed(root, Algorithm::Xxh64);
    let report = verified(root);
    assert_eq!(faults(&report), []);
    let mut files: Vec<_> = report.files.iter().map(|file| file.path.as_str()).collect();
    files.sort_unstable();
    assert_eq!(files, ["A001/a.mov", "b.mov", "b.tmp"]);
    assert!(!load(root).ignore_patterns().contains(&"*.tmp".to_owned()));
}
