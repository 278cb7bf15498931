//! What the simulated disk may do after a power cut, and what it may not.

use std::collections::BTreeSet;

use super::*;

fn path(text: &str) -> RelativePath {
    RelativePath::new(text).unwrap()
}

fn written(disk: &Simulated, name: &str, bytes: &[u8]) -> Box<dyn WriteFile> {
    let mut file = disk.create(&path(name)).unwrap();
    file.write_all(bytes).unwrap();
    file
}

fn read(disk: &Simulated, name: &str) -> Vec<u8> {
    let mut file = disk.open(&path(name)).unwrap();
    let mut bytes = vec![0; 1000];
    let count = file.read(&mut bytes).unwrap();
    bytes.truncate(count);
    bytes
}

/// What stands after power cuts of many seeds: names, and whether their bytes are the ones given.
fn after_power_cuts(disk: &Simulated, bytes: &[u8]) -> BTreeSet<Vec<(String, bool)>> {
    let after = |seed| {
        let disk = disk.fork(0, &[]);
        disk.restart(Restart::Power(seed));
        let whole = |thing: &Thing| thing.bytes.as_ref().is_none_or(|b| b == bytes);
        disk.contents().iter().map(|(name, thing)| (name.clone(), whole(thing))).collect()
    };
    (0..300).map(after).collect()
}

fn one(name: &str, whole: bool) -> Vec<(String, bool)> {
    vec![(name.to_owned(), whole)]
}

const BYTES: [u8; 200] = [7; 200];

#[test]
fn without_a_sync_a_name_is_kept_without_its_bytes_and_bytes_without_their_name() {
    let disk = Simulated::new(1);
    drop(written(&disk, "part", &BYTES));
    disk.rename(&path("part"), &path("clip")).unwrap();
    let expected = [vec![], one("clip", false), one("clip", true), one("part", false)];
    let seen = after_power_cuts(&disk, &BYTES);
    assert!(expected.iter().all(|state| seen.contains(state)), "{seen:?}");
    assert!(seen.iter().all(|state| state.len() < 2), "a rename is whole: {seen:?}");
}

#[test]
fn a_file_that_was_synced_is_whole_under_whichever_name_it_has() {
    let disk = Simulated::new(1);
    written(&disk, "part", &BYTES).sync().unwrap();
    disk.rename(&path("part"), &path("clip")).unwrap();
    let expected = BTreeSet::from([vec![], one("part", true), one("clip", true)]);
    assert_eq!(after_power_cuts(&disk, &BYTES), expected);
    disk.sync_folder(None).unwrap();
    assert_eq!(after_power_cuts(&disk, &BYTES), BTreeSet::from([one("clip", true)]));
}

#[test]
fn the_name_of_a_folder_is_made_durable_by_its_parent() {
    let disk = Simulated::new(1);
    disk.create_folder(&path("Clips")).unwrap();
    written(&disk, "Clips/clip", &BYTES).sync().unwrap();
    disk.sync_folder(Some(&path("Clips"))).unwrap();
    let whole = vec![("Clips".to_owned(), true), ("Clips/clip".to_owned(), true)];
    assert_eq!(after_power_cuts(&disk, &BYTES), BTreeSet::from([vec![], whole.clone()]));
    disk.sync_folder(None).unwrap();
    assert_eq!(after_power_cuts(&disk, &BYTES), BTreeSet::from([whole]));
}

#[test]
fn torn_files_have_old_and_new_blocks_in_any_order() {
    let disk = Simulated::new(1);
    drop(written(&disk, "clip", &BYTES));
    disk.sync_folder(None).unwrap();
    let mut patterns = BTreeSet::new();
    for seed in 0..500 {
        let disk = disk.fork(0, &[]);
        disk.restart(Restart::Power(seed));
        let bytes = read(&disk, "clip");
        patterns.insert((bytes.len(), bytes.iter().map(|byte| *byte == 7).collect::<Vec<_>>()));
    }
    let whole = patterns.iter().filter(|(len, _)| *len == 200);
    assert_eq!(whole.count(), 16, "four blocks, each there or not");
    assert!(patterns.iter().any(|(len, _)| *len == 0));
    assert!(patterns.iter().any(|(len, _)| (1..200).contains(len)));
}

#[test]
fn a_process_that_dies_loses_its_locks_and_nothing_else() {
    let disk = Simulated::new(1);
    let lock = disk.lock(&path("lock")).unwrap();
    assert!(disk.lock(&path("lock")).unwrap().is_none());
    drop(written(&disk, "clip", &BYTES));
    disk.restart(Restart::Process);
    assert_eq!(read(&disk, "clip"), BYTES);
    let second = disk.lock(&path("lock")).unwrap();
    assert!(second.is_some());
    drop(lock);
    assert!(disk.lock(&path("lock")).unwrap().is_none(), "the dead process has none to give back");
}

#[test]
fn after_a_failed_sync_a_second_one_succeeds_and_the_bytes_are_lost() {
    let disk = Simulated::new(1).fork(0, &[Fault::Fails(3)]);
    let mut file = written(&disk, "clip", &BYTES);
    assert!(file.sync().is_err());
    file.sync().unwrap();
    assert_eq!(read(&disk, "clip"), BYTES, "from the cache");
    assert_eq!(disk.open(&path("clip")).unwrap().drop_cache(), Residency::Absent);
    assert_ne!(read(&disk, "clip"), BYTES);
}

#[test]
fn what_is_not_written_stays_in_the_cache_and_is_told() {
    let disk = Simulated::new(1);
    let mut file = written(&disk, "clip", &BYTES);
    let drop_cache = || disk.open(&path("clip")).unwrap().drop_cache();
    assert!(matches!(drop_cache(), Residency::Unproven(_)));
    file.sync().unwrap();
    assert_eq!(drop_cache(), Residency::Absent);
    assert_eq!(read(&disk, "clip"), BYTES);
}

#[test]
fn a_medium_that_lies_is_found_past_the_cache_alone() {
    for fault in [Fault::Drops(1, Place::Last), Fault::Flips(1, Place::Middle)] {
        let disk = Simulated::new(1).fork(0, &[fault]);
        written(&disk, "clip", &BYTES).sync().unwrap();
        assert_eq!(read(&disk, "clip"), BYTES, "{fault:?}");
        disk.open(&path("clip")).unwrap().drop_cache();
        assert_ne!(read(&disk, "clip"), BYTES, "{fault:?}");
        assert_eq!(disk.count().faults, 1);
    }
}

#[test]
fn no_room_is_told_at_the_write_or_at_the_sync() {
    let disk = Simulated::new(1).fork(0, &[Fault::Full(100)]);
    let mut file = disk.create(&path("clip")).unwrap();
    assert_eq!(file.write_all(&BYTES).unwrap_err().kind(), io::ErrorKind::StorageFull);
    let disk = Simulated::new(1).fork(0, &[Fault::FullAtSync(100)]);
    let mut file = written(&disk, "clip", &BYTES);
    assert_eq!(file.sync().unwrap_err().kind(), io::ErrorKind::StorageFull);
}

#[test]
fn nothing_reaches_a_disk_that_stopped() {
    let disk = Simulated::new(1).fork(0, &[Fault::StopsAfter(2)]);
    let mut file = written(&disk, "clip", &BYTES);
    assert!(file.write_all(&BYTES).is_err() && file.sync().is_err());
    assert!(disk.create(&path("more")).is_err());
    disk.restart(Restart::Process);
    assert_eq!(read(&disk, "clip"), BYTES);
    assert_eq!(disk.contents().len(), 1);
}

#[test]
fn a_call_that_fails_after_all_did_what_it_was_asked() {
    let disk = Simulated::new(1).fork(0, &[Fault::FailsAfterAll(1)]);
    assert!(disk.create_folder(&path("Clips")).is_err());
    assert_eq!(disk.contents().len(), 1);
}

#[test]
fn the_same_seed_gives_the_same_disk() {
    let disk = Simulated::new(1);
    for name in ["one", "two", "three"] {
        drop(written(&disk, name, &BYTES));
    }
    let after = |seed| {
        let disk = disk.fork(0, &[]);
        disk.restart(Restart::Power(seed));
        disk.contents()
    };
    assert_eq!(after(11), after(11));
    assert!((0..20).any(|seed| after(seed) != after(11)));
}
