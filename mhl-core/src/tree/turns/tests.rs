//! Files of every length, by crews of all kinds.

use std::io;

use super::*;
use crate::tree::{
    Disk,
    read::{self, read},
};

/// Files that end everywhere: within the first buffer, at its end and behind it.
fn roll(files: usize) -> (tempfile::TempDir, Disk, Vec<RelativePath>) {
    let folder = tempfile::tempdir().unwrap();
    let lens = [0, 1, 64, 4096, 100_000, mhl_hash::BUFFER_LEN, 600_000];
    let paths = (0..files).map(|n| {
        let name = format!("A001C{n:03}.mxf");
        let len = lens[n % lens.len()] + n / lens.len();
        let bytes: Vec<u8> = (0..len).map(|i| ((i + n) % 251) as u8).collect();
        std::fs::write(folder.path().join(&name), bytes).unwrap();
        RelativePath::new(&name).unwrap()
    });
    let paths = paths.collect();
    let disk = Disk::open(folder.path()).unwrap();
    (folder, disk, paths)
}

/// Crews of all kinds.
fn crews() -> impl Iterator<Item = Crew> {
    let kinds = [(Strategy::Sequential, 1), (Strategy::Parallel, 1), (Strategy::Parallel, 5)];
    kinds.into_iter().map(|(strategy, threads)| Crew {
        strategy,
        backend: Backend::best(),
        threads,
        sharing: 1,
    })
}

fn wanted<'a>(
    paths: &'a [RelativePath],
    of: impl Fn(usize) -> Vec<Algorithm>,
) -> Vec<Wanted<'a, usize>> {
    let each = paths.iter().enumerate();
    let algorithms = |key| of(key).into();
    each.map(|(key, path)| Wanted {
        key,
        path,
        found: None,
        algorithms: algorithms(key),
        is_of_others: false,
    })
    .collect()
}

#[test]
fn files_are_handed_out_in_their_order_with_the_values_that_each_has_by_itself() {
    let (_folder, disk, paths) = roll(100);
    let ways: [&dyn Fn(usize) -> Vec<Algorithm>; 3] = [
        &|_| vec![Algorithm::Md5],
        &|_| vec![Algorithm::Xxh3],
        // Other digests now and then, as lists that several programs wrote have them.
        &|n| if n / 30 % 2 == 0 { vec![Algorithm::Md5, Algorithm::C4] } else { vec![] },
    ];
    for (algorithms, crew) in ways.into_iter().flat_map(|w| crews().map(move |c| (w, c))) {
        let mut next = 0;
        let wanted = wanted(&paths, algorithms);
        let way = Way::ThroughTheCache;
        crew.read_each(&disk, wanted, way, &(), |key, result| {
            assert_eq!(key, next, "in order");
            next += 1;
            let (path, own) = (&paths[key], algorithms(key));
            let alone = read(&disk, path, &own, way, &mut read::buffer(), &()).unwrap();
            let outcome = result.unwrap();
            assert_eq!((outcome.values, outcome.bytes), (alone.values, alone.bytes), "{key}");
            assert_eq!((outcome.unproven, outcome.identity), (alone.unproven, alone.identity));
        })
        .unwrap();
        assert_eq!(next, paths.len());
    }
}

#[test]
fn a_file_that_cannot_be_read_stops_nobody_else() {
    let (folder, disk, paths) = roll(50);
    std::fs::remove_file(folder.path().join("A001C007.mxf")).unwrap();
    let mut failed = Vec::new();
    let wanted = wanted(&paths, |_| vec![Algorithm::Md5]);
    read_each(&disk, wanted, Way::PastTheCache, &(), |key, result| {
        if let Err(failure) = result {
            assert!(matches!(failure, Failure::Io(0, _)));
            failed.push(key);
        }
    })
    .unwrap();
    assert_eq!(failed, [7]);
}

/// The process has files for one thread at a time; who has none waits for one.
#[test]
fn who_gets_no_file_waits_until_another_closes_one() {
    use std::sync::{Arc, atomic::Ordering::SeqCst};

    use crate::tree::faulty::{Call, Fate, Faulty};

    for granted in [1, 2, 5] {
        let (_folder, disk, paths) = roll(60);
        let (open, refused) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (opens, closes, refuses) = (open.clone(), open, refused.clone());
        let volume = Faulty::closing(
            disk,
            move |_, call, _| match call {
                Call::Open if opens.fetch_add(1, SeqCst) >= granted => {
                    opens.fetch_sub(1, SeqCst);
                    refuses.fetch_add(1, SeqCst);
                    Fate::Fails(io::Error::from_raw_os_error(24))
                }
                _ => Fate::Succeeds,
            },
            move |path| _ = (path != ".").then(|| closes.fetch_sub(1, SeqCst)),
        );
        let (strategy, backend) = (Strategy::Parallel, Backend::best());
        let crew = Crew { strategy, backend, threads: 3, sharing: 1 };
        let mut next = 0;
        let wanted = wanted(&paths, |_| vec![Algorithm::Md5]);
        let way = Way::ThroughTheCache;
        let done = crew.read_each(&volume, wanted, way, &(), |key, result| {
            assert_eq!((key, result.is_ok()), (next, true), "of {granted}");
            next += 1;
        });
        assert_eq!((done, next), (Ok(()), paths.len()));
        assert!(refused.load(SeqCst) > 0, "of {granted}");
    }
}

/// Lengthens a file at the first byte that anybody reads.
struct Writer {
    file: std::path::PathBuf,
    once: std::sync::Once,
}

impl mhl_hash::Observer for Writer {
    fn advanced(&self, _: u64) {
        self.once.call_once(|| {
            let mut file = std::fs::OpenOptions::new().append(true).open(&self.file).unwrap();
            std::io::Write::write_all(&mut file, b"more").unwrap();
        });
    }
}

impl Progress for Writer {}

#[test]
fn a_file_that_grows_while_others_are_read_is_found() {
    for backend in Backend::available() {
        let (folder, disk, paths) = roll(40);
        // Eight are open before the first is read.
        let writer =
            Writer { file: folder.path().join("A001C006.mxf"), once: std::sync::Once::new() };
        let mut failed = Vec::new();
        let crew = Crew { strategy: Strategy::Parallel, backend, threads: 1, sharing: 1 };
        let wanted = wanted(&paths, |_| vec![Algorithm::Md5]);
        crew.read_each(&disk, wanted, Way::ThroughTheCache, &writer, |key, result| {
            if result.is_err() {
                assert!(matches!(result, Err(Failure::Changed)));
                failed.push(key);
            }
        })
        .unwrap();
        assert_eq!(failed, [6], "{backend}");
    }
}

/// Files as a walk finds them.
fn as_found(disk: &Disk, paths: &[RelativePath]) -> Vec<Stat> {
    paths.iter().map(|path| disk.stat(Some(path)).unwrap()).collect()
}

#[test]
fn what_changed_since_it_was_found_is_read_as_it_is_now() {
    use std::fs::{self, File};

    for crew in crews() {
        let (folder, disk, paths) = roll(60);
        let at = |n: usize| folder.path().join(paths[n].as_str());
        let stats = as_found(&disk, &paths);
        // Longer, shorter, emptied, dated, gone, another thing.
        fs::write(at(7), vec![1; 200_000]).unwrap();
        fs::write(at(12), "short").unwrap();
        fs::write(at(19), "").unwrap();
        File::options()
            .write(true)
            .open(at(33))
            .unwrap()
            .set_modified(std::time::SystemTime::UNIX_EPOCH)
            .unwrap();
        fs::remove_file(at(40)).unwrap();
        fs::remove_file(at(50)).unwrap();
        let pipe = (at(50), rustix::fs::FileType::Fifo, rustix::fs::Mode::from_raw_mode(0o600));
        rustix::fs::mknodat(rustix::fs::CWD, pipe.0, pipe.1, pipe.2, 0).unwrap();
        let wanted = paths.iter().zip(&stats).enumerate().map(|(key, (path, stat))| Wanted {
            key,
            path,
            found: Some(stat),
            algorithms: [Algorithm::Md5].into(),
            is_of_others: false,
        });
        let way = Way::ThroughTheCache;
        let mut next = 0;
        crew.read_each(&disk, wanted, way, &(), |key, result| {
            assert_eq!(key, next, "in order");
            next += 1;
            let own = [Algorithm::Md5];
            let alone = read(&disk, &paths[key], &own, way, &mut read::buffer(), &());
            match (result, alone) {
                (Ok(outcome), Ok(alone)) => {
                    assert_eq!((outcome.values, outcome.bytes), (alone.values, alone.bytes));
                    assert_eq!(outcome.identity, alone.identity, "{key}");
                }
                (result, alone) => {
                    assert!(matches!(result, Err(Failure::Io(0, _))), "{key}: {result:?}");
                    assert!(alone.is_err() && [40, 50].contains(&key), "{key}");
                }
            }
        })
        .unwrap();
        assert_eq!(next, paths.len());
    }
}

/// Overwrites a file at the first byte that anybody reads, and gives it its old time.
struct Forger {
    file: std::path::PathBuf,
    times: AtomicUsize,
}

impl mhl_hash::Observer for Forger {
    fn advanced(&self, _: u64) {
        if self.times.fetch_add(1, Ordering::Relaxed) == 0 {
            let modified = std::fs::metadata(&self.file).unwrap().modified().unwrap();
            let file = std::fs::OpenOptions::new().write(true).open(&self.file).unwrap();
            std::os::unix::fs::FileExt::write_all_at(&file, b"other", 0).unwrap();
            file.set_modified(modified).unwrap();
        }
    }
}

impl Progress for Forger {}

#[test]
fn a_file_that_was_found_and_is_forged_while_it_is_read_is_read_once_more() {
    let (folder, disk, paths) = roll(7);
    // Long enough for two turns: its first bytes are read when it is overwritten.
    let file = folder.path().join(paths[6].as_str());
    let stats = as_found(&disk, &paths);
    // The clock of files ticks every few milliseconds.
    thread::sleep(std::time::Duration::from_millis(50));
    let forger = Forger { file, times: AtomicUsize::new(0) };
    let wanted = Wanted {
        key: (),
        path: &paths[6],
        found: Some(&stats[6]),
        algorithms: [Algorithm::Md5].into(),
        is_of_others: false,
    };
    let mut values = Vec::new();
    let way = Way::ThroughTheCache;
    let crew = crews().next().unwrap();
    crew.read_each(&disk, [wanted], way, &forger, |(), result| {
        values = result.unwrap().values;
    })
    .unwrap();
    let alone = read(&disk, &paths[6], &[Algorithm::Md5], way, &mut read::buffer(), &());
    assert_eq!(values, alone.unwrap().values, "of what stands there now");
    let turns = stats[6].size.div_ceil(BUFFER_LEN as u64);
    assert_eq!(forger.times.into_inner() as u64, 2 * turns, "each byte twice");
}

#[test]
fn who_takes_the_results_may_end_the_reading_and_gets_no_more() {
    let (_folder, disk, paths) = roll(200);
    for crew in crews() {
        let stop = std::sync::atomic::AtomicBool::new(false);
        let mut handed_out = Vec::new();
        let wanted = wanted(&paths, |_| vec![Algorithm::Xxh64]);
        let result = crew.read_each(&disk, wanted, Way::ThroughTheCache, &stop, |key, _| {
            handed_out.push(key);
            stop.store(key == 17, std::sync::atomic::Ordering::Relaxed);
        });
        assert_eq!(result, Err(Cancelled));
        assert_eq!(handed_out, (0..=17).collect::<Vec<_>>());
    }
}

#[test]
fn more_files_than_are_waited_for_are_all_handed_out_in_order() {
    let (_folder, disk, paths) = roll(1);
    for crew in crews() {
        let wanted = (0..3 * AHEAD).map(|key| {
            // Other digests for each thousand.
            let algorithms = [[Algorithm::Xxh64, Algorithm::Md5][key / 1000 % 2]].into();
            Wanted { key, path: &paths[0], found: None, algorithms, is_of_others: false }
        });
        let mut next = 0;
        crew.read_each(&disk, wanted, Way::ThroughTheCache, &(), |key, result| {
            assert_eq!(key, next);
            assert_eq!(result.unwrap().values.len(), 1);
            next += 1;
        })
        .unwrap();
        assert_eq!(next, 3 * AHEAD);
    }
}

#[test]
fn a_cancelled_reading_says_so() {
    let (_folder, disk, paths) = roll(40);
    let cancelled = std::sync::atomic::AtomicBool::new(true);
    let wanted = wanted(&paths, |_| vec![Algorithm::Md5]);
    let result = read_each(&disk, wanted, Way::ThroughTheCache, &cancelled, |_, _| {});
    assert_eq!(result, Err(Cancelled));
}

#[test]
fn a_cancellation_wakes_who_has_nothing_to_read() {
    use std::sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    };

    use crate::tree::faulty::{Call, Fate, Faulty};

    let (folder, disk, paths) = roll(3);
    for path in &paths {
        // Not through in one turn.
        std::fs::write(folder.path().join(path.as_str()), vec![7; 3 << 20]).unwrap();
    }
    let caller = thread::current().id();
    let (cancelled, is_reading) = (Arc::new(AtomicBool::new(false)), AtomicBool::new(false));
    let stop = Arc::clone(&cancelled);
    // One of the other threads is still reading when everybody else has nothing left to do.
    let volume = Faulty::new(disk, move |_, call, _| {
        let is_other = call == Call::Read && thread::current().id() != caller;
        if is_other && !is_reading.swap(true, Relaxed) {
            thread::sleep(std::time::Duration::from_millis(200));
            stop.store(true, Relaxed);
        }
        Fate::Succeeds
    });
    let (strategy, backend) = (Strategy::Parallel, Backend::best());
    let crew = Crew { strategy, backend, threads: 3, sharing: 1 };
    let wanted = wanted(&paths, |_| vec![Algorithm::Md5]);
    let way = Way::ThroughTheCache;
    let result = crew.read_each(&volume, wanted, way, cancelled.as_ref(), |_, _| {});
    assert_eq!(result, Err(Cancelled));
}
