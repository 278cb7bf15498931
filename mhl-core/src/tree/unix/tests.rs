//! A folder of a real disk as the engine uses it.

use std::{fs::File, io, os::unix::fs::symlink};

use rustix::fs::{self, FileType, Mode};

use super::{Disk, try_lock};
use crate::{
    RelativePath,
    tree::volume::{Kind, Special, Volume},
};

fn path(text: &str) -> RelativePath {
    RelativePath::new(text).unwrap()
}

#[test]
fn a_lock_on_a_file_that_is_gone_keeps_nobody_out_and_is_none() {
    let root = tempfile::tempdir().unwrap();
    let disk = Disk::open(root.path()).unwrap();
    let lock = path("lock");
    for is_made_anew in [false, true] {
        let first = disk.lock(&lock).unwrap().unwrap();
        let opened = File::open(root.path().join("lock")).unwrap();
        // As whoever finishes does: removes it, then lets go.
        disk.remove(&lock).unwrap();
        drop(first);
        let third = is_made_anew.then(|| disk.lock(&lock).unwrap().unwrap());
        let second = disk.lock_opened(opened, &lock);
        assert_eq!(second.err().unwrap().kind(), io::ErrorKind::NotFound);
        drop(third);
    }
    assert!(disk.lock(&lock).unwrap().is_some());
}

#[test]
fn row_44_and_45_no_symbolic_link_is_followed_anywhere_in_a_path() {
    let outside = tempfile::tempdir().unwrap();
    std::fs::write(outside.path().join("secret"), "x").unwrap();
    let root = tempfile::tempdir().unwrap();
    std::fs::create_dir(root.path().join("Clips")).unwrap();
    symlink(outside.path(), root.path().join("Clips/Out")).unwrap();
    symlink(outside.path().join("secret"), root.path().join("link")).unwrap();
    let disk = Disk::open(root.path()).unwrap();
    assert!(disk.open(&path("link")).is_err());
    assert!(disk.open(&path("Clips/Out/secret")).is_err());
    assert!(disk.stat(Some(&path("Clips/Out/secret"))).is_err());
    assert!(disk.names(Some(&path("Clips/Out"))).is_err());
    assert!(disk.create(&path("Clips/Out/new")).is_err());
    assert!(disk.create_folder(&path("Clips/Out/new")).is_err());
    assert!(disk.remove(&path("Clips/Out/secret")).is_err());
    assert_eq!(disk.stat(Some(&path("link"))).unwrap().kind, Kind::SymbolicLink);
    assert_eq!(std::fs::read_dir(outside.path()).unwrap().count(), 1);
}

#[test]
fn row_47_a_fifo_is_neither_opened_nor_waited_for() {
    let root = tempfile::tempdir().unwrap();
    fs::mknodat(fs::CWD, root.path().join("pipe"), FileType::Fifo, Mode::from_raw_mode(0o600), 0)
        .unwrap();
    let disk = Disk::open(root.path()).unwrap();
    assert_eq!(disk.stat(Some(&path("pipe"))).unwrap().kind, Kind::Special(Special::Fifo));
    assert!(disk.open(&path("pipe")).is_err());
}

#[test]
fn a_file_gets_a_name_in_another_folder() {
    let root = tempfile::tempdir().unwrap();
    let disk = Disk::open(root.path()).unwrap();
    std::fs::create_dir_all(root.path().join("Clips/Sound")).unwrap();
    std::fs::write(root.path().join("new"), "new").unwrap();
    disk.rename(&path("new"), &path("Clips/new")).unwrap();
    disk.rename(&path("Clips/new"), &path("Clips/Sound/new")).unwrap();
    disk.replace(&path("Clips/Sound/new"), &path("Clips/Sound/old")).unwrap();
    disk.replace(&path("Clips/Sound/old"), &path("old")).unwrap();
    assert_eq!(std::fs::read(root.path().join("old")).unwrap(), b"new");
    assert_eq!(std::fs::read_dir(root.path().join("Clips/Sound")).unwrap().count(), 0);
}

#[test]
fn a_second_lock_is_refused_until_the_first_ends() {
    let root = tempfile::tempdir().unwrap();
    let disk = Disk::open(root.path()).unwrap();
    let first = disk.lock(&path("lock")).unwrap();
    assert!(first.is_some());
    assert!(disk.lock(&path("lock")).unwrap().is_none());
    drop(first);
    assert!(disk.lock(&path("lock")).unwrap().is_some());
}

#[test]
fn a_lock_ends_while_a_duplicate_of_its_file_is_open() {
    let root = tempfile::tempdir().unwrap();
    let disk = Disk::open(root.path()).unwrap();
    let file = File::create(root.path().join("lock")).unwrap();
    let _duplicate = file.try_clone().unwrap();
    drop(try_lock(file).unwrap().unwrap());
    assert!(disk.lock(&path("lock")).unwrap().is_some());
}

#[test]
fn a_root_that_was_moved_away_is_noticed() {
    let parent = tempfile::tempdir().unwrap();
    let root = parent.path().join("drive");
    std::fs::create_dir(&root).unwrap();
    let disk = Disk::open(&root).unwrap();
    assert!(disk.is_still_there());
    std::fs::rename(&root, parent.path().join("away")).unwrap();
    assert!(!disk.is_still_there());
    std::fs::create_dir(&root).unwrap();
    assert!(!disk.is_still_there(), "another folder at the same path");
}

#[test]
fn asking_for_the_cache_takes_nothing_from_the_reading() {
    let root = tempfile::tempdir().unwrap();
    std::fs::write(root.path().join("clip"), "clip").unwrap();
    let mut file = Disk::open(root.path()).unwrap().open(&path("clip")).unwrap();
    assert_ne!(file.is_in_cache(), Some(false), "it was just written");
    let mut buffer = [0; 8];
    assert_eq!(file.read(&mut buffer).unwrap(), 4);
    assert_eq!(&buffer[..4], b"clip");
}

#[cfg(target_os = "linux")]
#[test]
fn memory_is_a_cache_of_its_own() {
    let Ok(root) = tempfile::tempdir_in("/dev/shm") else {
        println!("skipped: there is no /dev/shm");
        return;
    };
    std::fs::write(root.path().join("clip"), "clip").unwrap();
    let file = Disk::open(root.path()).unwrap().open(&path("clip")).unwrap();
    assert_eq!(file.is_in_cache(), Some(true));
}
