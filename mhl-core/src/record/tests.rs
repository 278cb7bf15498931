use std::{collections::BTreeMap, fs, os::unix::fs::symlink, path::Path, sync::atomic::AtomicBool};

use mhl_hash::{FilesOptions, Hasher, hash_tree};
use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::{
    Action, Agent, Author, Entry, Grade, Operation, SealOptions, Status, VerifyOptions,
    appending::{HistoryError, LockError},
    asc::{self, History},
    conformance::{self, ViolationKind},
    read_manifest, seal,
    tree::Volume,
    verify,
};

fn agent() -> Agent {
    Agent::new("engine", "4.2", "cart", "DIT")
}

fn clock() -> Timestamp {
    Timestamp::from_unix(1_795_357_800, 0).unwrap()
}

fn of(bytes: &[u8], algorithm: Algorithm) -> HashValue {
    let mut hasher = Hasher::new(algorithm);
    hasher.update(bytes);
    hasher.finish()
}

fn path(text: &str) -> RelativePath {
    RelativePath::new(text).unwrap()
}

/// A roll of these files; a name that ends with a slash is a folder.
fn roll(files: &[(&str, &str)]) -> TempDir {
    let roll = tempfile::tempdir().unwrap();
    for (name, content) in files {
        put(roll.path(), name, content);
    }
    roll
}

fn put(root: &Path, name: &str, content: &str) {
    let at = root.join(name);
    if name.ends_with('/') {
        return fs::create_dir_all(at).unwrap();
    }
    fs::create_dir_all(at.parent().unwrap()).unwrap();
    fs::write(at, content).unwrap();
}

fn options(format: Format) -> RecordOptions {
    RecordOptions { format, process: Process::InPlace, ..RecordOptions::default() }
}

/// What an engine would tell that had just written this file.
fn file(root: &Path, name: &str, algorithms: &[Algorithm]) -> HashedFile {
    let at = root.join(name);
    let content = fs::read(&at).unwrap();
    let digests = algorithms.iter().map(|algorithm| of(&content, *algorithm)).collect();
    let mut file = HashedFile::new(path(name), content.len() as u64, digests);
    file.modified = modified(&at);
    file
}

fn modified(at: &Path) -> Option<Timestamp> {
    use std::os::unix::fs::MetadataExt;
    Timestamp::from_unix(fs::metadata(at).unwrap().mtime(), 0)
}

/// A record of some files of a roll.
fn told(root: &Path, names: &[&str], options: RecordOptions) -> Record {
    let algorithms = options.algorithms.clone();
    let mut record = Record::new(options).unwrap();
    for name in names {
        record.file(file(root, name, &algorithms)).unwrap();
    }
    record
}

fn write(record: &mut Record, root: &Path) -> Result<Report, RecordError> {
    record.write(root, &Context::new(&agent()).with_clock(&clock()))
}

/// Everything that lists consist of at a root, by path.
fn lists(root: &Path) -> BTreeMap<String, String> {
    let mut lists = BTreeMap::new();
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let at = entry.unwrap().path();
            let name = at.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            if at.is_dir() {
                open.push(at);
            } else if name.ends_with(".mhl") || name.contains("ascmhl/") {
                lists.insert(name, fs::read_to_string(at).unwrap());
            }
        }
    }
    lists
}

/// Leaves of the lists at a root those that stood there before.
fn take_back(root: &Path, before: &BTreeMap<String, String>) {
    for (name, _) in lists(root) {
        match before.get(&name) {
            Some(content) => fs::write(root.join(&name), content).unwrap(),
            None => fs::remove_file(root.join(&name)).unwrap(),
        }
    }
    if !before.keys().any(|name| name.starts_with("ascmhl/")) && root.join("ascmhl").exists() {
        fs::remove_dir(root.join("ascmhl")).unwrap();
    }
}

fn verified(root: &Path) -> Report {
    let options = VerifyOptions { dry_run: true, ..VerifyOptions::default() };
    verify(root, &options, &Context::new(&agent())).unwrap()
}

fn faults(report: &Report) -> Vec<(FindingKind, &str)> {
    let faults = report.findings.iter().filter(|finding| finding.kind.is_fault());
    faults.map(|finding| (finding.kind, finding.path.as_str())).collect()
}

/// Everything that schema and specification ask for holds, but that no file is empty.
fn conforms(list: &str) {
    conformance::check(list.as_bytes(), &Limits::default(), |violation| {
        assert_eq!(violation.kind, ViolationKind::EmptyFile, "{violation}\n{list}");
    })
    .unwrap();
}

/// Seals and verifies what a roll is, then takes that back and records the same digests.
fn same_as_sealed(root: &Path, format: Format, algorithms: &[Algorithm], order: usize) {
    let (agent, clock) = (agent(), clock());
    let context = Context::new(&agent).with_clock(&clock);
    let before = lists(root);
    let sealing = SealOptions { format, algorithms: algorithms.to_vec(), ..SealOptions::default() };
    let sealed = seal(root, &sealing, &context).unwrap();
    let expected = lists(root);
    assert!(expected.len() > before.len(), "{:?}", sealed.findings);
    take_back(root, &before);

    let mut options = options(format);
    options.algorithms = algorithms.iter().rev().copied().collect();
    let mut record = Record::new(options).unwrap();
    let mut hashed = hash_tree(root, &FilesOptions::new(algorithms), &());
    let places = hashed.len();
    hashed.rotate_left(order % places.max(1));
    for one in hashed {
        let name = one.path.to_str().unwrap();
        let is_of_history = name.starts_with("ascmhl/") || name.contains("/ascmhl/");
        if format == Format::Asc && is_of_history {
            continue;
        }
        let result = one.result.unwrap();
        let mut file = HashedFile::new(path(name), result.bytes, result.values);
        file.modified = modified(&root.join(name));
        record.file(file).unwrap();
    }
    let report = record.write(root, &context).unwrap();
    assert!(lists(root).keys().eq(expected.keys()));
    for (name, list) in lists(root) {
        assert_eq!(list, expected[&name], "{name}");
        conforms(&list);
    }
    assert_eq!(report.counts.bytes, 0);
    assert_eq!(report.files.len() as u64, report.counts.files);
    if faults(&sealed).is_empty() {
        assert_eq!(report.status, Status::Recorded, "{:?}", report.findings);
        assert_eq!(report.roll, sealed.roll);
        assert_eq!(verified(root).status, Status::Verified);
    } else {
        assert_eq!((report.status, faults(&report)), (Status::Failed, faults(&sealed)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// A list that a program's digests make is the one that a seal makes which reads the files.
    #[test]
    fn what_is_recorded_is_what_a_seal_would_write(
        files in proptest::collection::btree_map(
            "([ab]/){0,2}[cdé]{1,2}[.]mxf", "[xy]{0,3}", 1..7),
        folders in proptest::collection::btree_set("([ab]/){0,1}[fg]/", 0..3),
        classic in any::<bool>(),
        several in any::<bool>(),
        order in any::<usize>(),
        changed in proptest::option::of(0usize..7),
    ) {
        let roll = tempfile::tempdir().unwrap();
        for name in &folders {
            put(roll.path(), name, "");
        }
        for (name, content) in &files {
            put(roll.path(), name, content);
        }
        put(roll.path(), "._litter", "litter");
        let format = if classic { Format::Classic } else { Format::Asc };
        let mut algorithms = vec![Algorithm::Md5];
        if several {
            algorithms.push(Algorithm::Xxh64);
        }
        same_as_sealed(roll.path(), format, &algorithms, order);
        if classic {
            return Ok(());
        }
        // What a second generation says of files that hold, and that do not.
        if let Some(name) = changed.and_then(|at| files.keys().nth(at)) {
            put(roll.path(), name, "changed, and longer");
        }
        same_as_sealed(roll.path(), format, &algorithms, order);
    }
}

#[test]
fn histories_within_get_their_own_generations_as_a_seal_gives_them() {
    let files = [("Clips/a.mov", "a"), ("Audio/c.wav", "c"), ("Audio/Takes/d.wav", "d")];
    let roll = roll(&files);
    let sealing = SealOptions { format: Format::Asc, ..SealOptions::default() };
    seal(&roll.path().join("Audio"), &sealing, &Context::new(&agent())).unwrap();
    // The first generation around another history, then one more of both.
    same_as_sealed(roll.path(), Format::Asc, &[Algorithm::Xxh64], 1);
    same_as_sealed(roll.path(), Format::Asc, &[Algorithm::Xxh64, Algorithm::C4], 2);
    put(roll.path(), "Audio/Takes/d.wav", "x");
    same_as_sealed(roll.path(), Format::Asc, &[Algorithm::Xxh64, Algorithm::C4], 0);
    let history = History::load(roll.path(), &Limits::default()).unwrap().unwrap();
    assert_eq!(history.findings, []);
    assert_eq!(history.generations.len(), 3);
    assert_eq!(history.nested[0].history.generations.len(), 4);
}

#[test]
fn the_evidence_is_the_programs_and_the_lists_say_what_it_told() {
    let roll = roll(&[("Clips/a.mov", "a"), ("b.wav", "b")]);
    let mut author = Author::new("N. N.");
    author.role = Some("DIT".to_owned());
    let agent = agent().with_author(author.clone());
    let at = |seconds| Timestamp::from_unix(seconds, 0);
    for format in [Format::Classic, Format::Asc] {
        let mut told = RecordOptions { format, started: at(1_700_000_000), ..Default::default() };
        told.algorithms = vec![Algorithm::Md5];
        let mut record = Record::new(told).unwrap();
        for (name, hashed) in [("b.wav", at(1_700_000_060)), ("Clips/a.mov", None)] {
            let mut file = file(roll.path(), name, &[Algorithm::Md5]);
            (file.modified, file.hashed) = (at(1_600_000_000), hashed);
            record.file(file).unwrap();
        }
        assert_eq!(record.files(), 2);
        let report = record.write(roll.path(), &Context::new(&agent).with_clock(&clock())).unwrap();
        assert_eq!((report.operation, report.status), (Operation::Record, Status::Recorded));
        assert_eq!(report.schema, "mhl.record/1");
        let copy = &report.copies[0];
        assert_eq!((copy.grade, copy.complete), (Some(Grade::Inherited), false));
        assert!(copy.proof.contains("none was read"), "{}", copy.proof);
        assert_eq!((report.counts.bytes, report.counts.verified), (0, 0));
        assert_eq!(Report::from_json(&report.to_json()).unwrap(), report);

        let list = copy.manifest.as_ref().unwrap();
        let text = fs::read_to_string(roll.path().join(&list.path)).unwrap();
        conforms(&text);
        let manifest = read_manifest(text.as_bytes(), &Limits::default()).unwrap();
        let by_name = |name: &str| manifest.files().find(|f| f.path.as_str() == name).unwrap();
        let (a, b) = (by_name("Clips/a.mov"), by_name("b.wav"));
        assert_eq!((&a.modified, &b.modified), (&at(1_600_000_000), &at(1_600_000_000)));
        let creator = &manifest.header.creator;
        let hashed = if format == Format::Classic {
            assert_eq!(creator.name.as_deref(), Some("N. N."));
            assert_eq!((&creator.started, &creator.finished), (&at(1_700_000_000), &Some(clock())));
            [&a.hash_date, &b.hash_date].map(Clone::clone)
        } else {
            assert_eq!(creator.authors, [author.clone()]);
            assert_eq!(manifest.header.process, Some(Process::Transfer));
            assert_eq!(manifest.header.created, at(1_700_000_000));
            [&a.hashes[0].date, &b.hashes[0].date].map(Clone::clone)
        };
        assert_eq!(hashed, [Some(clock()), at(1_700_000_060)]);
        take_back(roll.path(), &BTreeMap::new());
    }
}

#[test]
fn one_record_is_written_to_every_copy() {
    let names = ["Clips/a.mov", "b.wav"];
    let copies = [(), ()].map(|()| roll(&[("Clips/a.mov", "a"), ("b.wav", "b")]));
    put(copies[1].path(), "Empty/", "");
    let mut record = told(copies[0].path(), &names, options(Format::Asc));
    for copy in &copies {
        assert_eq!(write(&mut record, copy.path()).unwrap().status, Status::Recorded);
        assert_eq!(verified(copy.path()).status, Status::Verified);
    }
    let folders = |root: &Path| {
        let history = History::load(root, &Limits::default()).unwrap().unwrap();
        history.generations[0].manifest.directories().count()
    };
    assert_eq!((folders(copies[0].path()), folders(copies[1].path())), (1, 2));
    // It goes on: what is told later is in the next list.
    put(copies[0].path(), "late.mov", "late");
    record.file(file(copies[0].path(), "late.mov", &[Algorithm::Xxh64])).unwrap();
    let report = write(&mut record, copies[0].path()).unwrap();
    assert_eq!((report.status, report.counts.files), (Status::Recorded, 3));
    assert_eq!(verified(copies[0].path()).status, Status::Verified);
}

#[test]
fn what_the_disk_does_not_bear_out_is_told_and_nothing_is_written() {
    for format in [Format::Classic, Format::Asc] {
        let set = roll(&[("a.mov", "a"), ("b.mov", "bb"), ("Clips/c.mov", "c")]);
        let root = set.path();
        let mut record = told(root, &["a.mov", "b.mov", "Clips/c.mov"], options(format));
        record.folder(path("Clips"), None).unwrap();
        record.folder(path("Gone"), None).unwrap();
        fs::remove_file(root.join("a.mov")).unwrap();
        put(root, "b.mov", "b");
        put(root, "new.mov", "new");
        symlink("b.mov", root.join("link")).unwrap();
        let report = write(&mut record, root).unwrap();
        use FindingKind::{MissingFile, NewFile, SizeMismatch, UnreadableFile};
        let found = [
            (UnreadableFile, "link"),
            (MissingFile, "a.mov"),
            (SizeMismatch, "b.mov"),
            (NewFile, "new.mov"),
            (MissingFile, "Gone"),
        ];
        assert_eq!(faults(&report), found);
        assert!(report.findings.iter().all(|finding| finding.copy == Some(0)));
        assert_eq!(report.status, Status::Failed);
        assert_eq!((&report.copies[0].manifest, report.copies[0].grade), (&None, None));
        assert!(lists(root).is_empty() && !root.join("ascmhl").exists());
    }
}

#[test]
fn a_name_in_another_spelling_is_the_same_file() {
    let set = roll(&[("Cafe\u{301}.mov", "a")]);
    let mut record = Record::new(options(Format::Classic)).unwrap();
    let mut cafe = HashedFile::new(path("Café.mov"), 1, vec![of(b"a", Algorithm::Xxh64)]);
    cafe.modified = Some(clock());
    record.file(cafe).unwrap();
    let report = write(&mut record, set.path()).unwrap();
    assert_eq!((report.status, faults(&report)), (Status::Recorded, vec![]));
    assert_eq!(report.findings[0].kind, FindingKind::Normalisation);
}

#[test]
fn a_file_that_is_told_twice_is_listed_once_or_not_at_all() {
    let set = roll(&[("a.mov", "a"), ("b.mov", "b")]);
    let mut record = told(set.path(), &["b.mov", "a.mov", "b.mov", "b.mov"], options(Format::Asc));
    let report = write(&mut record, set.path()).unwrap();
    assert_eq!((report.status, report.counts.files), (Status::Recorded, 2));
    let kinds: Vec<_> = report.findings.iter().map(|finding| finding.kind).collect();
    assert_eq!(kinds, [FindingKind::DuplicateEntry; 2]);
    assert_eq!(verified(set.path()).status, Status::Verified);

    let mut other = HashedFile::new(path("b.mov"), 1, vec![of(b"x", Algorithm::Xxh64)]);
    other.modified = Some(clock());
    record.file(other).unwrap();
    let report = write(&mut record, set.path()).unwrap();
    assert_eq!(faults(&report), [(FindingKind::ConflictingOriginals, "b.mov")]);
    let finding = report.findings.iter().find(|finding| finding.kind.is_fault()).unwrap();
    assert!(finding.expected.as_ref().unwrap().starts_with("1 bytes, xxh64be:"), "{finding:?}");
    let history = History::load(set.path(), &Limits::default()).unwrap().unwrap();
    assert_eq!(history.generations.len(), 1, "nothing was written");
}

#[test]
fn a_part_is_appended_and_nothing_is_said_of_the_rest() {
    let set = roll(&[("a.mov", "a"), ("b.mov", "b"), ("Audio/c.wav", "c")]);
    let root = set.path();
    write(&mut told(root, &["a.mov", "b.mov", "Audio/c.wav"], options(Format::Asc)), root).unwrap();
    put(root, "late.mov", "late");
    put(root, "later.mov", "nobody tells of it");
    fs::remove_file(root.join("b.mov")).unwrap();
    let part = RecordOptions { look: Look::Part, ..options(Format::Asc) };
    let report = write(&mut told(root, &["late.mov", "a.mov"], part.clone()), root).unwrap();
    assert_eq!((report.status, &report.findings), (Status::Recorded, &vec![]));
    assert_eq!((report.counts.files, report.roll.as_ref().unwrap().files), (2, 4));
    let history = History::load(root, &Limits::default()).unwrap().unwrap();
    assert_eq!(history.findings, []);
    let last = &history.generations[1].manifest;
    let said: Vec<_> =
        last.files().map(|f| (f.path.as_str(), f.hashes[0].action.clone())).collect();
    let (original, verified) = (Some(Action::Original), Some(Action::Verified));
    assert_eq!(said, [("a.mov", verified), ("late.mov", original)]);
    assert!(last.header.root_hash.is_none() && last.directories().next().is_none());

    let mut absent = told(root, &["late.mov"], part.clone());
    fs::remove_file(root.join("late.mov")).unwrap();
    let report = write(&mut absent, root).unwrap();
    assert_eq!(faults(&report), [(FindingKind::MissingFile, "late.mov")]);
    assert_eq!(History::load(root, &Limits::default()).unwrap().unwrap().generations.len(), 2);

    let empty = roll(&[("a.mov", "a")]);
    let refused = write(&mut told(empty.path(), &["a.mov"], part), empty.path());
    assert!(matches!(refused, Err(RecordError::PartOfNothing { .. })));
}

#[test]
fn what_is_not_looked_for_is_listed_as_it_was_told() {
    let source = roll(&[("Clips/Day/a.mov", "a"), ("b.mov", "b")]);
    for format in [Format::Classic, Format::Asc] {
        let root = tempfile::tempdir().unwrap();
        let unseen = RecordOptions { look: Look::Nothing, ..options(format) };
        let mut record = told(source.path(), &["Clips/Day/a.mov", "b.mov"], unseen);
        record.folder(path("Empty/Within"), Some(&clock())).unwrap();
        put(root.path(), "other.mov", "it is not looked at");
        let report = write(&mut record, root.path()).unwrap();
        assert_eq!((report.status, &report.findings), (Status::Recorded, &vec![]));
        assert!(report.copies[0].proof.contains("no file was looked for"));
        let list = root.path().join(&report.copies[0].manifest.as_ref().unwrap().path);
        let manifest =
            read_manifest(fs::read(list).unwrap().as_slice(), &Limits::default()).unwrap();
        let listed: Vec<_> = manifest.entries.iter().map(|entry| entry.path().as_str()).collect();
        if format == Format::Classic {
            assert_eq!(listed, ["Clips/Day/a.mov", "b.mov"]);
            continue;
        }
        let order = ["Clips/Day/a.mov", "Clips/Day", "Clips", "Empty/Within", "Empty", "b.mov"];
        assert_eq!(listed.iter().collect::<BTreeSet<_>>(), order.iter().collect());
        let dated: Vec<_> = manifest.directories().filter(|d| d.modified.is_some()).collect();
        assert_eq!(dated.len(), 1, "no time is invented");
        // Moved where it belongs, the list holds.
        for name in ["Clips/Day/a.mov", "b.mov"] {
            put(root.path(), name, &fs::read_to_string(source.path().join(name)).unwrap());
        }
        put(root.path(), "Empty/Within/", "");
        fs::remove_file(root.path().join("other.mov")).unwrap();
        assert_eq!(verified(root.path()).status, Status::Verified);

        let mut less = told(
            source.path(),
            &["b.mov"],
            RecordOptions { look: Look::Nothing, ..options(Format::Asc) },
        );
        let report = write(&mut less, root.path()).unwrap();
        assert_eq!(faults(&report), [(FindingKind::MissingFile, "Clips/Day/a.mov")]);
    }
}

#[test]
fn litter_and_what_a_pattern_matches_is_not_listed() {
    let set = roll(&[("a.mov", "a"), ("._a.mov", "l"), ("proxy/a.mp4", "p"), ("x.tmp", "t")]);
    let root = set.path();
    let names = ["a.mov", "._a.mov", "proxy/a.mp4", "x.tmp"];
    let mut ignoring = options(Format::Asc);
    ignoring.ignore = vec!["proxy/".to_owned(), "*.tmp".to_owned()];
    let report = write(&mut told(root, &names, ignoring), root).unwrap();
    assert_eq!((report.status, report.counts.files), (Status::Recorded, 1));
    let kinds: Vec<_> = report.findings.iter().map(|finding| finding.kind).collect();
    use FindingKind::{Ignored, Litter};
    assert_eq!(kinds, [Litter, Litter, Ignored, Ignored]);
    assert_eq!(verified(root).status, Status::Verified);
    // The next one need not name the patterns again, nor tell what they match.
    let report = write(&mut told(root, &["a.mov"], options(Format::Asc)), root).unwrap();
    assert_eq!((report.status, faults(&report)), (Status::Recorded, vec![]));
}

#[test]
fn digests_that_differ_from_the_history_are_recorded_as_failed() {
    let set = roll(&[("a.mov", "a"), ("b.mov", "b")]);
    let root = set.path();
    write(&mut told(root, &["a.mov", "b.mov"], options(Format::Asc)), root).unwrap();
    let mut record = told(root, &["a.mov"], options(Format::Asc));
    let mut b = file(root, "b.mov", &[]);
    b.digests = vec![of(b"x", Algorithm::Xxh64)];
    record.file(b).unwrap();
    let report = write(&mut record, root).unwrap();
    assert_eq!(faults(&report), [(FindingKind::HashMismatch, "b.mov")]);
    assert_eq!(report.status, Status::Failed);
    let history = History::load(root, &Limits::default()).unwrap().unwrap();
    let last = &history.generations[1].manifest;
    let said: Vec<_> = last.files().map(|f| f.hashes[0].action.clone().unwrap()).collect();
    assert_eq!(said, [Action::Verified, Action::Failed]);
    assert!(last.entries.iter().all(|entry| matches!(entry, Entry::File(_))), "no folder");
    assert_eq!(verified(root).status, Status::Verified, "the file itself holds");
}

#[test]
fn nothing_is_said_of_a_file_that_the_history_knows_by_another_algorithm() {
    let set = roll(&[("a.mov", "a")]);
    let root = set.path();
    write(&mut told(root, &["a.mov"], options(Format::Asc)), root).unwrap();
    put(root, "new.mov", "new");
    let md5 = RecordOptions { algorithms: vec![Algorithm::Md5], ..options(Format::Asc) };
    let report = write(&mut told(root, &["a.mov", "new.mov"], md5), root).unwrap();
    assert_eq!((report.status, report.counts.unproven), (Status::Unproven, 1));
    let history = History::load(root, &Limits::default()).unwrap().unwrap();
    let last = &history.generations[1].manifest;
    assert_eq!(last.files().map(|f| f.path.as_str()).collect::<Vec<_>>(), ["new.mov"]);
    assert_eq!(history.findings, []);
}

#[test]
fn a_file_that_cannot_be_listed_is_refused_as_it_is_told() {
    let mut classic = Record::new(options(Format::Classic)).unwrap();
    let mut asc = Record::new(RecordOptions {
        algorithms: vec![Algorithm::Md5, Algorithm::C4],
        ..options(Format::Asc)
    })
    .unwrap();
    let dated = |name: &str, digests: Vec<HashValue>| {
        let mut file = HashedFile::new(path(name), 1, digests);
        file.modified = Some(clock());
        file
    };
    let [md5, c4, xxh64] =
        [Algorithm::Md5, Algorithm::C4, Algorithm::Xxh64].map(|algorithm| of(b"a", algorithm));
    for digests in [vec![], vec![md5], vec![md5, md5], vec![md5, xxh64], vec![md5, c4, xxh64]] {
        let refused = asc.file(dated("a.mov", digests)).unwrap_err();
        assert!(matches!(refused, EntryError::Digests { .. }), "{refused}");
    }
    assert!(asc.file(dated("a.mov", vec![c4, md5])).is_ok(), "in any order");
    assert!(asc.file(HashedFile::new(path("b.mov"), 1, vec![md5, c4])).is_ok(), "without a time");
    let undated = classic.file(HashedFile::new(path("a.mov"), 1, vec![xxh64])).unwrap_err();
    assert!(matches!(undated, EntryError::NotDated { .. }), "{undated}");
    for name in ["a\\b.mov", ".list.mhl-part", "a\u{1}.mov"] {
        let refused = classic.file(dated(name, vec![xxh64])).unwrap_err();
        assert!(matches!(refused, EntryError::Name { .. }), "{refused}");
        assert!(!refused.to_string().contains('\u{1}'));
    }
    assert!(asc.folder(path("b\u{1}"), None).is_err());
    assert_eq!((classic.files(), asc.files()), (0, 2));
}

#[test]
fn what_cannot_be_begun_is_refused() {
    let set = roll(&[("a.mov", "a")]);
    let root = set.path();
    let refused = |options: RecordOptions| Record::new(options).unwrap_err();
    let algorithms = vec![Algorithm::C4];
    let c4 = RecordOptions { algorithms, ..options(Format::Classic) };
    assert!(matches!(refused(c4), RecordError::Algorithm(_)));
    let none = RecordOptions { algorithms: vec![], ..options(Format::Asc) };
    assert!(matches!(refused(none), RecordError::Algorithm(_)));
    let process = RecordOptions { process: Process::Flatten, ..options(Format::Asc) };
    assert!(matches!(refused(process), RecordError::Process { .. }));
    let pattern = RecordOptions { ignore: vec!["[".to_owned()], ..options(Format::Asc) };
    assert!(matches!(refused(pattern), RecordError::Ignore(_)));

    let at = |root: &Path, options| write(&mut told(set.path(), &["a.mov"], options), root);
    let absent = at(&root.join("absent"), options(Format::Asc));
    assert!(matches!(absent, Err(RecordError::Root { .. })));
    let empty = write(&mut Record::new(options(Format::Asc)).unwrap(), root);
    assert!(matches!(empty, Err(RecordError::NothingToRecord { .. })));
    let ignoring = RecordOptions { ignore: vec!["x".to_owned()], ..options(Format::Classic) };
    assert!(matches!(at(root, ignoring), Err(RecordError::IgnoreInClassic)));
    let held = Disk::open(root).unwrap();
    let lock = held.lock_folder(None).unwrap();
    assert!(matches!(at(root, options(Format::Asc)), Err(RecordError::Busy { .. })));
    drop(lock);
    assert!(lists(root).is_empty());

    assert_eq!(at(root, options(Format::Classic)).unwrap().status, Status::Recorded);
    let listed = at(root, options(Format::Classic));
    assert!(matches!(listed, Err(RecordError::Listed { .. })));
}

#[test]
fn a_history_that_cannot_be_lengthened_is_left_as_it_is() {
    let set = roll(&[("a.mov", "a")]);
    let root = set.path();
    write(&mut told(root, &["a.mov"], options(Format::Asc)), root).unwrap();
    let before = lists(root);
    let again = |root: &Path| write(&mut told(root, &["a.mov"], options(Format::Asc)), root);
    let held = Disk::open(root).unwrap();
    let lock = crate::appending::lock(&held).unwrap();
    let busy = again(root).unwrap_err();
    assert!(
        matches!(busy, RecordError::History(HistoryError::Lock(LockError::Busy { .. }))),
        "{busy}"
    );
    drop(lock);
    assert_eq!(lists(root), before);

    let xxh32 = RecordOptions { algorithms: vec![Algorithm::Xxh32], ..options(Format::Classic) };
    let refused = write(&mut told(root, &["a.mov"], xxh32), root);
    assert!(matches!(refused, Err(RecordError::Algorithm(_))), "the history is ASC");

    let stop = AtomicBool::new(true);
    let mut record = told(root, &["a.mov"], options(Format::Asc));
    let report = record.write(root, &Context::new(&agent()).with_progress(&stop)).unwrap();
    assert_eq!((report.status, lists(root)), (Status::Cancelled, before));

    fs::remove_file(root.join("ascmhl/ascmhl_chain.xml")).unwrap();
    let report = again(root).unwrap();
    assert_eq!(report.status, Status::Failed);
    assert!(faults(&report).iter().any(|(kind, _)| *kind == FindingKind::WriteFailed));
    assert_eq!(fs::read_dir(root.join(asc::FOLDER)).unwrap().count(), 1);
}
