//! A folder of a real disk as the engine uses it.

use std::io;

use super::Disk;
use crate::{
    CacheReason, RelativePath,
    tree::volume::{Kind, Modified, NamesCount, Residency, Volume},
};

fn path(text: &str) -> RelativePath {
    RelativePath::new(text).unwrap()
}

#[test]
fn a_name_that_windows_would_take_for_another_is_refused_before_it_is_made() {
    let root = tempfile::tempdir().unwrap();
    std::fs::write(root.path().join("clip"), "clip").unwrap();
    let disk = Disk::open(root.path()).unwrap();
    for name in ["aux", "NUL.mov", "clip.", "clip ", "clip:stream", "a\\b", "Clips/con"] {
        let error = disk.create(&path(name)).err().unwrap();
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput, "{name}: {error}");
        assert!(disk.create_folder(&path(name)).is_err(), "{name}");
        assert!(disk.rename(&path("clip"), &path(name)).is_err(), "{name}");
        assert!(disk.lock(&path(name)).is_err(), "{name}");
    }
    assert!(disk.open(&path("clip:stream")).is_err());
    assert_eq!(disk.names(None).unwrap(), ["clip"]);
}

#[test]
fn a_second_lock_is_refused_until_the_first_ends() {
    let root = tempfile::tempdir().unwrap();
    let disk = Disk::open(root.path()).unwrap();
    disk.create_folder(&path("ascmhl")).unwrap();
    let first = disk.lock(&path("lock")).unwrap();
    assert!(first.is_some());
    assert!(disk.lock(&path("lock")).unwrap().is_none());
    let folder = disk.lock_folder(Some(&path("ascmhl"))).unwrap();
    assert!(folder.is_some());
    assert!(disk.lock_folder(Some(&path("ascmhl"))).unwrap().is_none());
    drop((first, folder));
    assert!(disk.lock(&path("lock")).unwrap().is_some());
    assert!(disk.lock_folder(Some(&path("ascmhl"))).unwrap().is_some());
}

#[test]
fn what_is_written_is_told_as_it_is() {
    let root = tempfile::tempdir().unwrap();
    let disk = Disk::open(root.path()).unwrap();
    disk.create_folder(&path("Clips")).unwrap();
    let modified = Modified { seconds: 1_764_000_000, nanoseconds: 123_456_700 };
    let mut file = disk.create(&path("Clips/A001")).unwrap();
    file.write_all(b"clip").unwrap();
    file.set_modified(modified).unwrap();
    file.sync().unwrap();
    drop(file);
    let stat = disk.stat(Some(&path("Clips/A001"))).unwrap();
    assert_eq!((stat.kind, stat.size, stat.modified), (Kind::File, 4, modified));
    assert_eq!(disk.stat(Some(&path("Clips"))).unwrap().kind, Kind::Folder);
    let other = disk.stat(Some(&path("Clips"))).unwrap();
    assert_ne!(stat.identity, other.identity);
    assert_eq!(disk.stat(Some(&path("none"))).unwrap_err().kind(), io::ErrorKind::NotFound);
    let mut file = disk.open(&path("Clips/A001")).unwrap();
    file.make_durable().unwrap();
    assert_eq!(file.drop_cache(), Residency::Unproven(CacheReason::NotMeasured));
    let capacity = disk.capacity().unwrap();
    assert!(capacity.free > 0);
    assert_eq!((capacity.name_max, capacity.names_count), (255, NamesCount::Utf16));
    assert!(disk.device().is_some());
    assert!(disk.is_still_there());
}
