//! What a file system keeps of what it was given: bytes, times, names.

use std::{
    collections::BTreeSet,
    fs,
    os::unix::fs::MetadataExt,
    sync::Mutex,
    time::{Duration, SystemTime},
};

use super::*;
use crate::tree::faulty::NamesCount;

#[test]
fn what_others_wrote_is_made_durable_before_it_is_believed() {
    let syncs_once_fail = |set: &Set| {
        let failed = AtomicBool::new(false);
        set.faulty("raid", move |_, call, path| {
            let fails = call == Call::Sync && path == "Clips.xml" && !failed.swap(true, Relaxed);
            if fails { io_error() } else { Fate::Succeeds }
        })
    };
    // What an unfinished offload left is written anew.
    let set = Set::new();
    let stopped = set.faulty("raid", |_, call, path| {
        if call == Call::Rename && path.ends_with(".mhl") { io_error() } else { Fate::Succeeds }
    });
    set.offload_on(None, vec![stopped], false);
    let copy = set.drive("raid").join(ROLL).join("Clips.xml");
    // Held open, so that nothing else is known by its number meanwhile.
    let left = fs::File::open(&copy).unwrap();
    let report = set.offload_on(None, vec![syncs_once_fail(&set)], true);
    assert_eq!(report.status, Status::Verified, "{:?}", report.findings);
    assert_ne!(fs::metadata(&copy).unwrap().ino(), left.metadata().unwrap().ino());

    // A finished roll is not written to.
    let report = set.offload_on(None, vec![syncs_once_fail(&set)], true);
    assert_eq!(kinds(&report), [FindingKind::WriteFailed]);
    assert_eq!(report.copies[0].status, Status::Failed);
    assert_eq!(set.offload(&["raid"], &resume()).status, Status::Verified);
}

#[test]
fn a_time_is_kept_where_permissions_cannot_be() {
    let set = Set::new();
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    fs::File::options()
        .write(true)
        .open(set.card().join("Clips.xml"))
        .unwrap()
        .set_modified(time)
        .unwrap();
    let asked = Mutex::new(BTreeSet::new());
    let raid = set.faulty("raid", move |_, call, path| {
        // The first of each file: its permissions.
        let is_first = call == Call::Attributes
            && path.ends_with(".mhl-part")
            && asked.lock().unwrap().insert(path.to_owned());
        if is_first { fails(io::ErrorKind::PermissionDenied) } else { Fate::Succeeds }
    });
    let report = set.offload_on(None, vec![raid], false);
    assert_eq!(report.status, Status::Verified, "{:?}", report.findings);
    let lost = report.findings.iter().filter(|f| f.kind == FindingKind::AttributeLost);
    assert_eq!(lost.count(), 4);
    let copy = set.drive("raid").join(ROLL).join("Clips.xml");
    assert_eq!(fs::metadata(copy).unwrap().modified().unwrap(), time);
}

#[test]
fn a_name_is_refused_where_it_is_too_long_in_what_the_file_system_counts() {
    let set = Set::new();
    let name = "撮".repeat(40);
    fs::write(set.card().join(&name), "clip").unwrap();
    let offload = |names| {
        let path = set.drive("raid");
        let mut raid = Faulty::new(Disk::open(&path).unwrap(), |_, _, _| Fate::Succeeds);
        raid.names = Some(names);
        set.offload_on(None, vec![(path, Box::new(raid))], false)
    };
    for names in [(100, NamesCount::Bytes), (39, NamesCount::Utf16)] {
        let report = offload(names);
        assert_eq!(kinds(&report), [FindingKind::DestinationUnusable]);
        let refused = report.findings.iter().find(|finding| finding.kind.is_fault()).unwrap();
        let (at_most, units) = (names.0, names.1.name());
        assert_eq!(refused.expected.as_deref(), Some(&*format!("at most {at_most} {units}")));
        assert_eq!(fs::read_dir(set.drive("raid")).unwrap().count(), 0);
    }
    assert_eq!(offload((100, NamesCount::Utf16)).status, Status::Verified);
}

/// A card that is mounted for writing stays as it was, times of access and all.
#[cfg(target_os = "linux")]
#[test]
fn reading_a_card_leaves_its_times_of_access_alone() {
    let old = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    let set = Set::new();
    let clips = set.card().join("Clips");
    let of = [clips.join("A001C001.mxf"), set.card().join("Clips.xml"), clips, set.card()];
    // Older than the modification: with `relatime` a reading changes it too.
    let set_back = || {
        for path in &of {
            let times = fs::FileTimes::new().set_accessed(old);
            fs::File::open(path).unwrap().set_times(times).unwrap();
        }
    };
    let accessed = || of.iter().map(|path| fs::metadata(path).unwrap().accessed().unwrap());
    set_back();
    fs::read(&of[1]).unwrap();
    fs::read_dir(&of[2]).unwrap().for_each(drop);
    if accessed().filter(|time| *time != old).count() != 2 {
        println!("skipped: the file system keeps no times of access");
        return;
    }
    set_back();
    let options = OffloadOptions { second_read: true, ..OffloadOptions::default() };
    let report = set.offload(&["raid"], &options);
    assert_eq!(report.status, Status::Verified, "{:?}", report.findings);
    assert!(accessed().all(|time| time == old), "{:?}", accessed().collect::<Vec<_>>());
}
