//! What every system's disk does alike.

use std::{fs, io};

use super::{Disk, Volume};
use crate::RelativePath;

fn path(text: &str) -> RelativePath {
    RelativePath::new(text).unwrap()
}

#[test]
fn nothing_is_ever_replaced_unless_asked() {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("new"), "new").unwrap();
    fs::write(root.path().join("old"), "old").unwrap();
    let disk = Disk::open(root.path()).unwrap();
    let error = disk.rename(&path("new"), &path("old")).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
    assert!(disk.create(&path("old")).is_err());
    assert_eq!(fs::read(root.path().join("old")).unwrap(), b"old");
    assert_eq!(fs::read(root.path().join("new")).unwrap(), b"new");
    disk.replace(&path("new"), &path("old")).unwrap();
    assert_eq!(fs::read(root.path().join("old")).unwrap(), b"new");
}
