//! Renames recorded and followed; histories made one list.

use std::{fs, path::Path};

use mhl_core::{
    Agent, Context, Format, Limits, Process, RelativePath, RenameError, Report, SealOptions,
    Status, VerifyOptions,
    asc::{FOLDER, History},
    flatten, read_manifest, rename, seal, verify,
};
use tempfile::TempDir;

fn path(text: &str) -> RelativePath {
    RelativePath::new(text).unwrap()
}

fn agent() -> Agent {
    Agent::new("test", "1", "cart", "DIT")
}

fn write(root: &Path, path: &str, content: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

fn sealed(root: &Path) {
    let mut options = SealOptions::default();
    options.format = Format::Asc;
    seal(root, &options, &Context::new(&agent())).unwrap();
}

fn renamed(root: &Path, from: &str, to: &str) -> Result<Report, RenameError> {
    rename(root, &path(from), &path(to), &Context::new(&agent()))
}

fn verified(root: &Path) -> Report {
    verify(root, &VerifyOptions::default(), &Context::new(&agent())).unwrap()
}

fn load(root: &Path) -> History {
    History::load(root, &Limits::default()).unwrap().unwrap()
}

/// A roll with a history, and one nested in `Clips/Audio`.
fn roll() -> TempDir {
    let roll = tempfile::tempdir().unwrap();
    for name in ["Clips/a.mov", "Clips/b.mov", "Clips/Audio/c.wav", "notes.txt"] {
        write(roll.path(), name, name);
    }
    sealed(&roll.path().join("Clips/Audio"));
    sealed(roll.path());
    roll
}

#[test]
fn a_file_keeps_its_record_through_any_number_of_names() {
    let roll = roll();
    let root = roll.path();
    for (from, to) in [("Clips/a.mov", "Clips/x.mov"), ("Clips/x.mov", "y.mov"), ("y.mov", "z.mov")]
    {
        let report = renamed(root, from, to).unwrap();
        assert_eq!(report.status, Status::Verified, "{:?}", report.findings);
        assert_eq!((report.files.len(), report.files[0].path.as_str()), (1, to));
    }
    let report = verified(root);
    assert_eq!(report.status, Status::Verified, "{:?}", report.findings);
    let history = load(root);
    assert_eq!(history.findings, []);
    let mentions = history.file(&path("Clips/a.mov")).unwrap().mentions.len();
    assert_eq!(mentions, 5, "sealed, renamed three times, verified");
    let labels = &history.generations[1].manifest.files().next().unwrap().hashes;
    assert!(labels.iter().all(|hash| hash.action == Some(mhl_core::Action::Verified)));
}

#[test]
fn a_folder_takes_its_files_and_the_histories_within_along() {
    let roll = roll();
    let root = roll.path();
    let before = verified(root).roll.unwrap().content;
    let report = renamed(root, "Clips", "Day1").unwrap();
    assert_eq!(report.status, Status::Verified, "{:?}", report.findings);
    assert_eq!(report.counts.verified, 3);
    assert!(root.join("Day1/Audio/c.wav").exists());
    for _ in 0..2 {
        let report = verified(root);
        assert_eq!(report.status, Status::Verified, "{:?}", report.findings);
        assert_eq!(report.roll.unwrap().content, before, "the identity stays");
    }
    let history = load(root);
    assert_eq!(history.findings, [], "the references followed");
    let recorded = &history.generations[2].manifest;
    assert!(recorded.header.root_hash.is_none(), "it did not see the whole");
    let folders: Vec<_> = recorded
        .directories()
        .map(|folder| (folder.path.as_str(), folder.previous_path.as_ref().unwrap().as_str()))
        .collect();
    assert_eq!(folders, [("Day1/Audio", "Clips/Audio"), ("Day1", "Clips")]);
    let files: Vec<_> = recorded.files().map(|file| file.path.as_str()).collect();
    assert_eq!(files, ["Day1/a.mov", "Day1/b.mov"], "the rest is in the history within");
    assert_eq!(recorded.references.len(), 1);
    assert!(recorded.references[0].path.as_str().starts_with("Day1/Audio/ascmhl/"));
    let whole = &history.generations[0].manifest;
    let hashes = |manifest: &mhl_core::Manifest, name: &str| {
        let folder = manifest.directories().find(|folder| folder.path.as_str() == name).unwrap();
        folder.structure[0].text()
    };
    assert_eq!(hashes(whole, "Clips"), hashes(recorded, "Day1"), "its own name is not in its hash");
}

#[test]
fn a_rename_within_a_nested_history_is_recorded_there() {
    let roll = roll();
    let root = roll.path();
    renamed(root, "Clips/Audio/c.wav", "Clips/Audio/d.wav").unwrap();
    assert_eq!(load(root).generations.len(), 1);
    assert_eq!(load(&root.join("Clips/Audio")).generations.len(), 3);
    let report = verified(root);
    assert_eq!(report.status, Status::Verified, "{:?}", report.findings);
    let across = renamed(root, "Clips/a.mov", "Clips/Audio/a.mov");
    assert!(matches!(across, Err(RenameError::NameTaken { .. })), "{across:?}");
}

#[test]
fn what_cannot_be_renamed_stays_where_it_is() {
    let roll = roll();
    let root = roll.path();
    for (from, to) in [("absent", "z"), ("ascmhl", "z"), ("Clips/Audio/ascmhl", "z")] {
        let error = renamed(root, from, to);
        assert!(matches!(error, Err(RenameError::NotFound { .. })), "{error:?}");
    }
    write(root, "stray.mov", "x");
    for to in ["notes.txt", "stray.mov", "Clips/a.mov/z", "ascmhl/z", ".DS_Store"] {
        let error = renamed(root, "Clips/a.mov", to);
        assert!(matches!(error, Err(RenameError::NameTaken { .. })), "{to} {error:?}");
    }
    write(root, "Clips/a.mov", "other bytes");
    let report = renamed(root, "Clips/a.mov", "z").unwrap();
    assert_eq!(report.status, Status::Failed);
    assert!(root.join("Clips/a.mov").exists() && !root.join("z").exists());
    assert_eq!(load(root).generations.len(), 1);
    assert!(renamed(&root.join("Clips"), "a.mov", "z").is_err(), "no history");
}

#[test]
fn a_rename_that_was_made_already_is_recorded() {
    let roll = roll();
    let root = roll.path();
    write(root, "Doc/report.pdf", "report");
    let mut options = SealOptions::default();
    options.format = Format::Asc;
    seal(root, &options, &Context::new(&agent())).unwrap();
    for (from, to) in [("Doc", "Papers"), ("notes.txt", "Papers/notes.txt")] {
        fs::rename(root.join(from), root.join(to)).unwrap();
        let report = renamed(root, from, to).unwrap();
        assert_eq!(report.status, Status::Verified, "{:?}", report.findings);
    }
    assert_eq!(verified(root).status, Status::Verified);
}

#[test]
fn a_flattened_history_is_one_list_of_every_file_as_first_recorded() {
    let roll = roll();
    let root = roll.path();
    renamed(root, "Clips/a.mov", "Clips/x.mov").unwrap();
    let mut options = SealOptions::default();
    options.algorithms = vec![mhl_hash::Algorithm::Md5];
    seal(root, &options, &Context::new(&agent())).unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let report = flatten(root, elsewhere.path(), &Context::new(&agent())).unwrap();
    assert_eq!(report.status, Status::Unproven, "{:?}", report.findings);
    let record = report.copies[0].manifest.as_ref().unwrap();
    let bytes = fs::read(elsewhere.path().join(&record.path)).unwrap();
    let list = read_manifest(&bytes[..], &Limits::default()).unwrap();
    assert_eq!(list.header.process, Some(Process::Flatten));
    let files: Vec<_> = list.files().map(|file| file.path.as_str()).collect();
    assert_eq!(files, ["Clips/Audio/c.wav", "Clips/b.mov", "Clips/x.mov", "notes.txt"]);
    let renamed = list.files().nth(2).unwrap();
    assert_eq!(renamed.previous_path, Some(path("Clips/a.mov")));
    let labels: Vec<_> = renamed.hashes.iter().map(|h| (h.element(), h.action.clone())).collect();
    let [original, verified] = [mhl_core::Action::Original, mhl_core::Action::Verified].map(Some);
    assert_eq!(labels, [("md5", verified), ("xxh64", original)]);
    assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 1);
}

#[test]
fn nothing_is_flattened_that_is_not_whole() {
    let context_agent = agent();
    let context = Context::new(&context_agent);
    for damage in ["missing", "new", "child"] {
        let roll = roll();
        let root = roll.path();
        match damage {
            "missing" => fs::remove_file(root.join("notes.txt")).unwrap(),
            "new" => write(root, "new", "x"),
            _ => fs::remove_dir_all(root.join("Clips/Audio").join(FOLDER)).unwrap(),
        }
        let elsewhere = tempfile::tempdir().unwrap();
        let report = flatten(root, elsewhere.path(), &context).unwrap();
        assert_eq!(report.status, Status::Failed, "{damage}");
        assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 0, "{damage}");
    }
    let roll = roll();
    assert!(flatten(roll.path(), &roll.path().join("Clips"), &context).is_err());
}
