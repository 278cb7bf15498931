//! Cards and drives that hang: at whichever call, the offload ends, and says so.

use std::{
    fs,
    sync::{
        Arc, Condvar, Mutex,
        atomic::{AtomicBool, Ordering::Relaxed},
        mpsc,
    },
    thread,
    time::Duration,
};

use super::*;
use crate::{Format, SealOptions, seal, tree::faulty::Call};

/// Where a call waits until the test lets go, or is over.
#[derive(Clone, Default)]
struct Gate(Arc<(Mutex<bool>, Condvar)>);

impl Gate {
    fn wait(&self) {
        let mut open = self.0.0.lock().unwrap();
        while !*open {
            open = self.0.1.wait(open).unwrap();
        }
    }

    fn open(&self) {
        *self.0.0.lock().unwrap() = true;
        self.0.1.notify_all();
    }
}

/// Fails a test that hangs itself.
fn within_a_minute<T: Send + 'static>(test: impl FnOnce() -> T + Send + 'static) -> T {
    let (done, is_done) = mpsc::channel();
    let test = thread::spawn(move || {
        let result = test();
        let _ = done.send(());
        result
    });
    let result = is_done.recv_timeout(Duration::from_secs(60));
    assert!(result != Err(mpsc::RecvTimeoutError::Timeout), "it hangs");
    test.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// Enough for a call on a busy machine.
fn impatient() -> OffloadOptions {
    OffloadOptions { patience: Duration::from_secs(1), ..OffloadOptions::default() }
}

/// Without a cancellation it would wait for years.
fn patient() -> OffloadOptions {
    OffloadOptions { patience: Duration::from_secs(1 << 30), ..OffloadOptions::default() }
}

/// A drive that hangs at its calls of a kind on such paths.
fn hanging(
    set: &Set,
    drive: &str,
    gate: &Gate,
    at: impl Fn(Call, &str) -> bool + Send + Sync + 'static,
) -> (PathBuf, Box<dyn Volume>) {
    let gate = gate.clone();
    set.faulty(drive, move |_, call, path| {
        if at(call, path) {
            gate.wait();
        }
        Fate::Succeeds
    })
}

/// The same of the card.
fn hanging_card(
    set: &Set,
    gate: &Gate,
    at: impl Fn(Call, &str) -> bool + Send + Sync + 'static,
) -> Faulty {
    let gate = gate.clone();
    Faulty::new(Disk::open(&set.card()).unwrap(), move |_, call, path| {
        if at(call, path) {
            gate.wait();
        }
        Fate::Succeeds
    })
}

fn good(set: &Set, drive: &str) -> (PathBuf, Box<dyn Volume>) {
    set.faulty(drive, |_, _, _| Fate::Succeeds)
}

/// The stalled disks: copies by their places, the card without one.
fn stalled(report: &Report) -> Vec<Option<usize>> {
    let stalled = report.findings.iter().filter(|finding| finding.kind == FindingKind::Stalled);
    stalled.map(|finding| finding.copy).collect()
}

/// A drive that woke up has let go of its lock before long, and an offload is taken up there.
fn ends_well_after_all(set: &Set, drive: &str) {
    let mut tries = 0;
    while set.offload(&[drive], &resume()).status != Status::Verified {
        tries += 1;
        assert!(tries < 1000, "it woke up, and let go of its lock");
        thread::sleep(Duration::from_millis(10));
    }
    assert!(set.holds(drive));
    assert_eq!(set.lists(drive), 1);
}

struct StopAt(Arc<AtomicBool>);

impl mhl_hash::Observer for StopAt {
    fn is_cancelled(&self) -> bool {
        self.0.load(Relaxed)
    }
}

impl Progress for StopAt {}

#[test]
fn a_destination_that_hangs_is_given_up_and_the_other_is_finished() {
    for hangs_at in [Call::CreateFolder, Call::Create, Call::Write, Call::Sync, Call::Open] {
        within_a_minute(move || {
            let set = Set::new();
            // More than all buffers hold.
            fs::write(set.card().join("Clips/A001C003.mxf"), vec![3; 40 << 20]).unwrap();
            let gate = Gate::default();
            // The marker's and the roll's folder are made before the work begins.
            let hung = hanging(&set, "hung", &gate, move |call, path| {
                call == hangs_at && path.starts_with("Clips")
            });
            let report = set.offload_with(None, vec![hung, good(&set, "good")], &impatient());
            assert_eq!(kinds(&report), [FindingKind::Stalled], "{hangs_at:?}");
            assert_eq!(report.copies[0].status, Status::Failed, "{hangs_at:?}");
            assert!(!report.copies[0].complete);
            assert_eq!(report.copies[1].status, Status::Verified, "{hangs_at:?}");
            assert!(set.holds("good"));
            assert_eq!((set.lists("hung"), set.lists("good")), (0, 1));

            // As long as it may wake up, nobody else takes its place.
            let report = set.offload(&["hung"], &resume());
            assert_eq!(kinds(&report), [FindingKind::DestinationUnusable], "{hangs_at:?}");
            gate.open();
            ends_well_after_all(&set, "hung");
        });
    }
}

/// At its opening, and at each call of its examination.
#[test]
fn a_destination_that_hangs_while_it_is_examined_is_given_up_and_the_other_is_finished() {
    type At = fn(Call, &str) -> bool;
    let stages: [(&str, At); 7] = [
        ("opening", |_, _| false),
        ("stat", |call, path| call == Call::Stat && path == ROLL),
        ("marker", |call, path| call == Call::CreateFolder && path.ends_with(".offload")),
        ("lock", |call, _| call == Call::Lock),
        ("claim", |call, path| call == Call::Create && path.ends_with(".list.mhl-part")),
        ("claim's sync", |call, path| call == Call::Sync && path.ends_with(".list.mhl-part")),
        ("roll", |call, path| call == Call::CreateFolder && path == ROLL),
    ];
    for (stage, at) in stages {
        within_a_minute(move || {
            let set = Set::new();
            let gate = Gate::default();
            let (path, volume) = hanging(&set, "hung", &gate, at);
            let opens = (stage == "opening").then(|| gate.clone());
            let hung = Site::opening(path.clone(), move || {
                opens.iter().for_each(Gate::wait);
                Ok(volume)
            });
            let (drive, volume) = good(&set, "good");
            let to = vec![hung, Site::opening(drive, || Ok(volume))];
            let report = set.offload_sites(Site::at(&set.card()), to, &impatient(), &()).unwrap();
            assert_eq!(stalled(&report), [Some(0)], "{stage}");
            assert_eq!(kinds(&report), [FindingKind::Stalled], "{stage}");
            assert_eq!(report.copies[0].status, Status::Failed, "{stage}");
            assert_eq!(report.copies[1].status, Status::Verified, "{stage}");
            assert!(set.holds("good"));
            // When it wakes up nothing more is done there.
            let before = fs::read_dir(&path).unwrap().count();
            gate.open();
            thread::sleep(Duration::from_millis(100));
            assert!(fs::read_dir(&path).unwrap().count() <= before + 1, "{stage}: that call alone");
            assert!(!path.join(ROLL).exists() || stage == "roll", "{stage}");
            ends_well_after_all(&set, "hung");
        });
    }
}

#[test]
fn a_finished_copy_that_hangs_while_it_is_examined_is_given_up() {
    within_a_minute(|| {
        let set = Set::new();
        set.offload(&["hung", "good"], &OffloadOptions::default());
        let gate = Gate::default();
        let hung =
            hanging(&set, "hung", &gate, |call, path| call == Call::Open && path.ends_with(".mhl"));
        let options = OffloadOptions { resume: true, ..impatient() };
        let report = set.offload_with(None, vec![hung, good(&set, "good")], &options);
        assert_eq!(kinds(&report), [FindingKind::Stalled]);
        assert_eq!(report.copies[1].status, Status::Verified);
        gate.open();
    });
}

#[test]
fn who_is_named_first_gets_the_room_however_long_it_takes_to_answer() {
    within_a_minute(|| {
        let set = Set::new();
        let room = |drive: &str, wait: Duration| {
            let path = set.drive(drive);
            let mut disk = Faulty::new(Disk::open(&path).unwrap(), move |_, call, _| {
                if call == Call::Lock {
                    thread::sleep(wait);
                }
                Fate::Succeeds
            });
            disk.free = Some(1_500_000);
            (path, Box::new(disk) as Box<dyn Volume>)
        };
        let drives = vec![room("slow", Duration::from_millis(300)), room("fast", Duration::ZERO)];
        let report = set.offload_on(None, drives, false);
        assert_eq!(kinds(&report), [FindingKind::DestinationUnusable]);
        assert_eq!(report.copies[0].status, Status::Verified);
        assert_eq!(fs::read_dir(set.drive("fast")).unwrap().count(), 0, "nothing stays there");
    });
}

#[test]
fn a_card_that_hangs_before_anything_is_begun_is_an_error_and_so_is_a_cancellation_then() {
    type At = fn(Call, &str) -> bool;
    let stages: [At; 4] = [
        |_, _| false,
        |call, path| call == Call::Names && path == "Clips",
        |call, path| call == Call::Stat && path == "Clips.xml",
        |call, path| call == Call::Open && path.ends_with(".mhl"),
    ];
    for (place, at) in stages.into_iter().enumerate() {
        for cancelled in [false, true] {
            within_a_minute(move || {
                let set = Set::new();
                let agent = agent();
                seal(&set.card(), &SealOptions::default(), &Context::new(&agent)).unwrap();
                let gate = Gate::default();
                let reached = Arc::new(AtomicBool::new(false));
                let seen = Arc::clone(&reached);
                let card = hanging_card(&set, &gate, move |call, path| {
                    let hangs = at(call, path);
                    seen.fetch_or(hangs && cancelled, Relaxed);
                    hangs
                });
                let (opens, seen) = ((place == 0).then(|| gate.clone()), Arc::clone(&reached));
                let from = Site::opening(set.card(), move || {
                    seen.fetch_or(cancelled && opens.is_some(), Relaxed);
                    opens.iter().for_each(Gate::wait);
                    Ok(Box::new(card))
                });
                let options = if cancelled { patient() } else { impatient() };
                let to = vec![Site::at(&set.drive("raid"))];
                let result = set.offload_sites(from, to, &options, &StopAt(reached));
                match result.unwrap_err() {
                    OffloadError::Cancelled => assert!(cancelled),
                    OffloadError::Stalled { path, silent } => {
                        assert!(!cancelled);
                        assert_eq!((path, silent), (set.card(), impatient().patience));
                    }
                    error => unreachable!("{error}"),
                }
                assert_eq!(fs::read_dir(set.drive("raid")).unwrap().count(), 0);
                gate.open();
            });
        }
    }
}

/// While it is read, and while it is read for the second time.
#[test]
fn a_card_that_hangs_ends_the_offload_and_another_reader_goes_on_with_it() {
    for (at, second_read) in
        [(Call::Open, false), (Call::Read, false), (Call::Open, true), (Call::Read, true)]
    {
        within_a_minute(move || {
            let set = Set::new();
            let gate = Gate::default();
            let opened = AtomicUsize::new(0);
            let card = hanging_card(&set, &gate, move |call, path| {
                let is_clip = path.ends_with("C001.mxf");
                if is_clip && call == Call::Open {
                    opened.fetch_add(1, Relaxed);
                }
                is_clip && call == at && opened.load(Relaxed) == 1 + usize::from(second_read)
            });
            let options = OffloadOptions { second_read, ..impatient() };
            let drives = vec![good(&set, "raid"), good(&set, "shuttle")];
            let report = set.offload_with(Some(card), drives, &options);
            assert_eq!(stalled(&report), [None], "{at:?}");
            assert_eq!(kinds(&report), [FindingKind::Stalled], "{at:?}");
            assert_eq!(report.status, Status::Failed);
            for (copy, drive) in report.copies.iter().zip(["raid", "shuttle"]) {
                assert!(copy.status != Status::Verified && !copy.complete, "{at:?}");
                assert_eq!(set.lists(drive), 0);
            }
            // Its drives are free at once.
            let again = set.offload(&["raid", "shuttle"], &resume());
            assert_eq!(again.status, Status::Verified, "{:?}", again.findings);
            assert!(set.holds("raid") && set.holds("shuttle"));
            gate.open();
        });
    }
}

#[test]
fn what_was_whole_before_the_card_hung_is_not_read_from_it_again() {
    within_a_minute(|| {
        let set = Set::new();
        fs::write(set.card().join("Clips/A001C000.mxf"), vec![3; 1000]).unwrap();
        fs::write(set.card().join("Clips/A001C001.mxf"), vec![1; 3 << 20]).unwrap();
        let gate = Gate::default();
        let reads = AtomicUsize::new(0);
        // It gives others to their ends meanwhile, as they are read in turns.
        let card = hanging_card(&set, &gate, move |call, path| {
            call == Call::Read && path.ends_with("C001.mxf") && reads.fetch_add(1, Relaxed) == 9
        });
        let report = set.offload_with(Some(card), vec![good(&set, "raid")], &impatient());
        assert_eq!(stalled(&report), [None]);
        let again = set.offload(&["raid"], &resume());
        assert_eq!(again.status, Status::Verified, "{:?}", again.findings);
        assert!(again.findings.iter().any(|finding| finding.kind == FindingKind::TakenUp));
        gate.open();
    });
}

/// Its list goes along last.
#[test]
fn a_card_that_hangs_at_its_own_list_is_the_one_that_is_told() {
    for format in [Format::Classic, Format::Asc] {
        within_a_minute(move || {
            let set = Set::new();
            let options = SealOptions { format, ..SealOptions::default() };
            seal(&set.card(), &options, &Context::new(&agent())).unwrap();
            let gate = Gate::default();
            let all_read = Arc::new(AtomicBool::new(false));
            let seen = Arc::clone(&all_read);
            let card = hanging_card(&set, &gate, move |call, path| {
                call == Call::Open && path.ends_with(".mhl") && seen.load(Relaxed)
            });
            let raid = set.faulty("raid", move |_, call, path| {
                // The read-back.
                all_read.fetch_or(call == Call::Open && path.starts_with("Clips"), Relaxed);
                Fate::Succeeds
            });
            let report = set.offload_with(Some(card), vec![raid], &impatient());
            assert_eq!(stalled(&report), [None], "{format}");
            assert_eq!(report.status, Status::Failed, "{format}");
            assert_eq!(report.copies[0].status, Status::Failed, "{format}");
            assert!(!report.copies[0].complete);
            gate.open();
            ends_well_after_all_with_a_list(&set);
        });
    }
}

fn ends_well_after_all_with_a_list(set: &Set) {
    let mut tries = 0;
    while set.offload(&["raid"], &resume()).status != Status::Verified {
        tries += 1;
        assert!(tries < 1000, "it woke up, and let go of its lock");
        thread::sleep(Duration::from_millis(10));
    }
    assert!(set.holds("raid"));
}

/// Who was cancelled is not told to have stalled.
#[test]
fn nothing_that_hangs_outlasts_a_cancellation() {
    for of_card in [false, true] {
        within_a_minute(move || {
            let set = Set::new();
            let gate = Gate::default();
            let stop = Arc::new(AtomicBool::new(false));
            let reached = Arc::clone(&stop);
            let at = move |call, path: &str| {
                let call_of = if of_card { Call::Read } else { Call::Sync };
                let hangs = call == call_of && path.starts_with("Clips");
                reached.fetch_or(hangs, Relaxed);
                hangs
            };
            let (card, drive) = match of_card {
                true => (Some(hanging_card(&set, &gate, at)), good(&set, "raid")),
                false => (None, hanging(&set, "raid", &gate, at)),
            };
            let report = set.offload_watched(card, vec![drive], &patient(), &StopAt(stop));
            assert_eq!(report.status, Status::Cancelled);
            assert_eq!(report.copies[0].status, Status::Cancelled);
            assert_eq!(stalled(&report), [], "it was not waited for that long");
            gate.open();
            ends_well_after_all(&set, "raid");
        });
    }
}

/// While it is prepared, while its folders are made, at the last syncs of its folders: nobody is left
/// whose answer would tell.
#[test]
fn a_cancellation_of_the_only_destination_is_told_as_one_wherever_it_hangs() {
    type At = fn(Call, &str) -> bool;
    let stages: [(&str, At); 3] = [
        ("prepared", |call, _| call == Call::Lock),
        ("folders", |call, path| call == Call::CreateFolder && path.starts_with("Clips")),
        ("last syncs", |call, path| call == Call::Attributes && path == "Clips"),
    ];
    for (stage, at) in stages {
        for hangs in [true, false] {
            within_a_minute(move || {
                let set = Set::new();
                let gate = Gate::default();
                let stop = Arc::new(AtomicBool::new(false));
                let reached = Arc::clone(&stop);
                if !hangs {
                    gate.open();
                }
                let drive = hanging(&set, "raid", &gate, move |call, path| {
                    reached.fetch_or(at(call, path), Relaxed);
                    at(call, path)
                });
                let report = set.offload_watched(None, vec![drive], &patient(), &StopAt(stop));
                assert_eq!(report.status, Status::Cancelled, "{stage} {hangs}");
                assert_eq!(report.copies[0].status, Status::Cancelled, "{stage} {hangs}");
                assert_eq!(kinds(&report), [], "{stage} {hangs}");
                gate.open();
                ends_well_after_all(&set, "raid");
            });
        }
    }
}

/// Cancelled once that was reached; counts how often that was asked for since.
#[derive(Default)]
struct Asked {
    reached: AtomicBool,
    since: AtomicUsize,
}

struct Asks(Arc<Asked>);

impl mhl_hash::Observer for Asks {
    fn is_cancelled(&self) -> bool {
        let reached = self.0.reached.load(Relaxed);
        self.0.since.fetch_add(usize::from(reached), Relaxed);
        reached
    }
}

impl Progress for Asks {}

#[test]
fn a_cancellation_while_a_destination_is_examined_leaves_it_as_it_is() {
    within_a_minute(|| {
        let set = Set::new();
        let asked = Arc::new(Asked::default());
        let seen = Arc::clone(&asked);
        let drive = set.faulty("raid", move |_, call, path| {
            if call == Call::Stat && path == ROLL {
                seen.reached.store(true, Relaxed);
                // By the second time the first was passed on.
                while seen.since.load(Relaxed) < 2 {
                    thread::sleep(Duration::from_millis(1));
                }
            }
            Fate::Succeeds
        });
        let report = set.offload_watched(None, vec![drive], &patient(), &Asks(asked));
        assert_eq!(report.status, Status::Cancelled);
        assert_eq!(report.copies[0].status, Status::Cancelled);
        assert_eq!(kinds(&report), []);
        assert_eq!(fs::read_dir(set.drive("raid")).unwrap().count(), 0, "nothing was made");
    });
}

#[test]
fn a_cancellation_while_lists_are_written_leaves_those_that_stand() {
    within_a_minute(|| {
        let set = Set::new();
        let gate = Gate::default();
        let stop = Arc::new(AtomicBool::new(false));
        let hung = hanging(&set, "hung", &gate, |_, path| path == ".list.mhl-part");
        // The marker goes after the list stands.
        let reached = Arc::clone(&stop);
        let listed = set.faulty("good", move |_, call, path| {
            reached.fetch_or(call == Call::Remove && path.ends_with("lock"), Relaxed);
            Fate::Succeeds
        });
        let report = set.offload_watched(None, vec![hung, listed], &patient(), &StopAt(stop));
        assert_eq!(report.status, Status::Cancelled);
        assert_eq!(report.copies[0].status, Status::Cancelled);
        assert_eq!(report.copies[1].status, Status::Verified);
        assert!(report.copies[1].complete);
        assert_eq!((kinds(&report), set.lists("good")), (vec![], 1));
        gate.open();
        ends_well_after_all(&set, "hung");
    });
}

/// What was not read a second time is not taken for read because the observer thought better of it.
#[test]
fn a_cancellation_that_is_taken_back_is_one_all_the_same() {
    within_a_minute(|| {
        let set = Set::new();
        let stop = Arc::new(AtomicBool::new(false));
        let (cancels, opened) = (Arc::clone(&stop), AtomicUsize::new(0));
        let card = Faulty::new(Disk::open(&set.card()).unwrap(), move |_, call, path| {
            let is_second = call == Call::Open
                && path.ends_with("C001.mxf")
                && opened.fetch_add(1, Relaxed) == 1;
            if is_second {
                cancels.store(true, Relaxed);
                thread::sleep(Duration::from_millis(500));
                cancels.store(false, Relaxed);
            }
            Fate::Succeeds
        });
        let options = OffloadOptions { second_read: true, ..patient() };
        let drives = vec![good(&set, "raid")];
        let report = set.offload_watched(Some(card), drives, &options, &StopAt(stop));
        assert_eq!(report.status, Status::Cancelled);
        assert_eq!(set.lists("raid"), 0);
    });
}

/// A file that is closed, a lock that ends, a folder: at the end of an offload, and on the way.
#[test]
fn a_close_that_hangs_does_not_hold_up_the_report() {
    for closes in ["journal.1", "lock", ".", "Clips.xml", ".list.mhl-part"] {
        for of_card in [false, true] {
            within_a_minute(move || {
                let set = Set::new();
                let gate = Gate::default();
                let disk = |path: &PathBuf, hangs: bool| {
                    let gate = gate.clone();
                    let closing = move |path: &str| {
                        if hangs && path.ends_with(closes) {
                            gate.wait();
                        }
                    };
                    Faulty::closing(Disk::open(path).unwrap(), |_, _, _| Fate::Succeeds, closing)
                };
                let card = disk(&set.card(), of_card);
                let raid = set.drive("raid");
                let drive = Box::new(disk(&raid, !of_card));
                let drives = vec![(raid, drive as _), good(&set, "good")];
                let report = set.offload_with(Some(card), drives, &impatient());
                match of_card {
                    true => {
                        let hangs = closes == "." || closes == "Clips.xml";
                        assert_eq!(stalled(&report), vec![None; usize::from(hangs)], "{closes}");
                    }
                    false => {
                        assert_eq!(stalled(&report), [Some(0)], "{closes}");
                        assert_eq!(report.copies[0].status, Status::Failed, "{closes}");
                        assert_eq!(report.copies[1].status, Status::Verified, "{closes}");
                    }
                }
                gate.open();
            });
        }
    }
}

/// Each of its writes takes long, and none too long.
#[test]
fn a_long_list_that_is_written_slowly_is_no_hang() {
    within_a_minute(|| {
        let set = Set::of_small_files();
        for number in 0..1500 {
            fs::write(set.card().join(format!("Clips/{number:04}.dpx")), "x").unwrap();
        }
        let raid = set.faulty("raid", |_, call, path| {
            if path == ".list.mhl-part" && call == Call::Write {
                thread::sleep(Duration::from_millis(400));
            }
            Fate::Succeeds
        });
        let report = set.offload_with(None, vec![raid], &impatient());
        assert_eq!(report.status, Status::Verified, "{:?}", report.findings);
        let roll = set.drive("raid").join(ROLL);
        let lists = fs::read_dir(roll).unwrap().map(|entry| entry.unwrap().path());
        let list = lists.into_iter().find(|path| path.extension() == Some("mhl".as_ref()));
        assert!(fs::metadata(list.unwrap()).unwrap().len() > 4 << 16, "of several writes");
    });
}

/// Whoever takes the card out need not wait for a drive.
#[test]
fn a_card_is_closed_though_a_destination_hangs() {
    within_a_minute(|| {
        let set = Set::of_small_files();
        let gate = Gate::default();
        let is_closed = Arc::new(AtomicBool::new(false));
        let closed = Arc::clone(&is_closed);
        let card = Faulty::closing(
            Disk::open(&set.card()).unwrap(),
            |_, _, _| Fate::Succeeds,
            move |path| closed.store(path == ".", Relaxed),
        );
        let hung = hanging(&set, "hung", &gate, |call, path| {
            call == Call::Create && path.starts_with("Clips")
        });
        let report = set.offload_with(Some(card), vec![hung, good(&set, "good")], &impatient());
        assert_eq!(stalled(&report), [Some(0)], "{:?}", report.findings);
        assert_eq!(report.copies[1].status, Status::Verified);
        assert!(is_closed.load(Relaxed), "before the drive woke up");
        gate.open();
    });
}

#[test]
fn a_cancellation_waits_for_no_walk_of_an_old_roll() {
    const FILES: usize = 300;
    within_a_minute(|| {
        let set = Set::of_small_files();
        for number in 0..FILES {
            fs::write(set.card().join(format!("Clips/{number:04}.dpx")), "frame").unwrap();
        }
        for old in ["finished", "unfinished"] {
            let first = set.faulty(old, move |_, call, path| match call {
                Call::Rename if old == "unfinished" && path.ends_with(".mhl") => io_error(),
                _ => Fate::Succeeds,
            });
            set.offload_on(None, vec![first], false);
            assert_eq!(set.lists(old), usize::from(old == "finished"));
            let stop = Arc::new(AtomicBool::new(false));
            let seen = Arc::new(AtomicUsize::new(0));
            let (stops, sees) = (Arc::clone(&stop), Arc::clone(&seen));
            let drive = set.faulty(old, move |_, call, path| {
                if call == Call::Stat && path.starts_with("Clips") {
                    stops.store(true, Relaxed);
                    sees.fetch_add(1, Relaxed);
                    thread::sleep(Duration::from_millis(10));
                }
                Fate::Succeeds
            });
            let watched = StopAt(stop);
            let report = set.offload_watched(None, vec![drive], &resume(), &watched);
            assert_eq!(report.status, Status::Cancelled, "{:?}", report.findings);
            assert_eq!(kinds(&report), []);
            let seen = seen.load(Relaxed);
            assert!((1..FILES).contains(&seen), "{old}: {seen}");
        }
    });
}
