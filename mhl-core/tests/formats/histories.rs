//! Histories on disk, whole and broken: each fault is reported, and none hides another.

use std::{fs, path::Path};

use mhl_core::{
    Action, Agent, Context, DirectoryEntry, Entry, FileEntry, FindingKind, Format, Header, Limits,
    Manifest, RecordedHash, Reference, RelativePath, SealOptions, Status, VerifyOptions,
    asc::{self, CHAIN_FILE, Chain, FOLDER, History, Link},
    seal, verify,
};
use mhl_hash::{Algorithm, HashValue, Hasher};
use tempfile::TempDir;

fn digest(algorithm: Algorithm, bytes: &[u8]) -> HashValue {
    let mut hasher = Hasher::new(algorithm);
    hasher.update(bytes);
    hasher.finish()
}

fn path(text: &str) -> RelativePath {
    RelativePath::new(text).unwrap()
}

/// An entry of a file with this content.
fn file(name: &str, content: &str, algorithm: Algorithm, action: Action) -> FileEntry {
    let mut entry = FileEntry::new(path(name), Some(content.len() as u64));
    let mut hash = RecordedHash::new(Format::Asc, digest(algorithm, content.as_bytes()));
    hash.action = Some(action);
    entry.hashes.push(hash);
    entry
}

fn manifest(files: Vec<FileEntry>) -> Manifest {
    let mut header = Header::new(Format::Asc);
    header.ignore = asc::DEFAULT_IGNORE.map(str::to_owned).into();
    let mut manifest = Manifest::new(header);
    manifest.entries = files.into_iter().map(Entry::File).collect();
    manifest
}

fn name(number: u64) -> String {
    format!("{number:04}_A001_2026-11-22_143000Z.mhl")
}

/// A scope with these generations, numbered from 1.
fn scope(generations: &[Manifest]) -> TempDir {
    let root = TempDir::new().unwrap();
    let folder = root.path().join(FOLDER);
    fs::create_dir(&folder).unwrap();
    let mut chain = Chain::default();
    for (manifest, number) in generations.iter().zip(1..) {
        let mut bytes = Vec::new();
        asc::write(manifest, &mut bytes).unwrap();
        fs::write(folder.join(name(number)), &bytes).unwrap();
        chain.links.push(Link::new(
            Some(number),
            path(&name(number)),
            digest(Algorithm::C4, &bytes),
        ));
    }
    write_chain(root.path(), &chain);
    root
}

fn write_chain(root: &Path, chain: &Chain) {
    chain.write(fs::File::create(root.join(FOLDER).join(CHAIN_FILE)).unwrap()).unwrap();
}

fn load(root: &TempDir) -> History {
    History::load(root.path(), &Limits::default()).unwrap().unwrap()
}

fn faults(history: &History) -> Vec<String> {
    let mut faults: Vec<String> =
        history.findings.iter().map(|f| format!("{} {}", f.kind, f.path)).collect();
    faults.sort();
    faults
}

fn original(name: &str) -> FileEntry {
    file(name, name, Algorithm::Xxh64, Action::Original)
}

fn verified(name: &str) -> FileEntry {
    file(name, name, Algorithm::Xxh64, Action::Verified)
}

#[test]
fn a_whole_history_has_no_finding() {
    let root =
        scope(&[manifest(vec![original("a"), original("b")]), manifest(vec![verified("a")])]);
    fs::write(root.path().join(FOLDER).join("README.txt"), "read me").unwrap();
    let history = load(&root);
    assert_eq!(faults(&history), [""; 0]);
    assert_eq!((history.generations.len(), history.next_number()), (2, 3));
    let empty = TempDir::new().unwrap();
    assert!(History::load(empty.path(), &Limits::default()).unwrap().is_none());
    fs::write(empty.path().join(FOLDER), "a file").unwrap();
    assert!(History::load(empty.path(), &Limits::default()).is_err());
}

#[test]
fn row_65_66_every_fault_is_reported_at_once() {
    let root = scope(&[
        manifest(vec![original("a")]),
        manifest(vec![verified("a")]),
        manifest(vec![verified("a")]),
    ]);
    let folder = root.path().join(FOLDER);
    let changed = fs::read_to_string(folder.join(name(1))).unwrap() + "\n";
    fs::write(folder.join(name(1)), changed).unwrap();
    fs::remove_file(folder.join(name(2))).unwrap();
    fs::write(folder.join(name(3)), "no XML").unwrap();
    fs::write(folder.join(name(4)), "unlisted").unwrap();
    fs::write(folder.join("notes.doc"), "stray").unwrap();
    let history = load(&root);
    assert_eq!(
        faults(&history),
        [
            format!("manifest-invalid ascmhl/{}", name(3)),
            format!("manifest-missing ascmhl/{}", name(2)),
            format!("manifest-modified ascmhl/{}", name(1)),
            format!("manifest-modified ascmhl/{}", name(3)),
            format!("manifest-unlisted ascmhl/{}", name(4)),
            "nonconforming ascmhl/notes.doc".to_owned(),
        ]
    );
    assert_eq!(history.generations.len(), 1, "what can be read is read");
}

#[test]
fn a_chain_that_is_absent_or_broken() {
    let root = scope(&[manifest(vec![original("a")]), manifest(vec![original("a")])]);
    let chain = root.path().join(FOLDER).join(CHAIN_FILE);
    fs::remove_file(&chain).unwrap();
    let history = load(&root);
    assert_eq!(
        faults(&history),
        ["chain-missing ascmhl/ascmhl_chain.xml", "rebaselined a"],
        "without a chain the other faults are still found"
    );
    assert!(history.chain.is_none());
    fs::write(&chain, "<ascmhldirectory").unwrap();
    assert!(faults(&load(&root)).contains(&"manifest-invalid ascmhl/ascmhl_chain.xml".to_owned()));
}

#[test]
fn row_66_numbers_that_repeat_or_leave_a_gap() {
    let root = scope(&[manifest(vec![original("a")]), manifest(vec![verified("a")])]);
    let good = load(&root).chain.unwrap();
    let broken = |numbers: [Option<u64>; 2]| {
        let mut chain = good.clone();
        for (link, number) in chain.links.iter_mut().zip(numbers) {
            link.sequence = number;
        }
        write_chain(root.path(), &chain);
        faults(&load(&root))
    };
    assert_eq!(broken([Some(1), Some(2)]), [""; 0]);
    for numbers in [[Some(1), Some(1)], [Some(1), Some(3)], [Some(1), None]] {
        assert_eq!(broken(numbers), [format!("sequence-broken ascmhl/{}", name(2))], "{numbers:?}");
    }
    let mut chain = good.clone();
    chain.links[1] = good.links[0].clone();
    chain.links[1].sequence = Some(2);
    write_chain(root.path(), &chain);
    assert_eq!(
        faults(&load(&root)),
        [
            format!("manifest-unlisted ascmhl/{}", name(2)),
            format!("sequence-broken ascmhl/{}", name(1)),
            format!("sequence-broken ascmhl/{}", name(1)),
        ],
        "the number in the name, and the second listing"
    );
}

#[test]
fn nothing_outside_the_scope_is_touched() {
    let root = scope(&[manifest(vec![original("a")])]);
    let good = load(&root).chain.unwrap();
    let mut chain = good.clone();
    chain.links[0].path = path("deeper/0001_a.mhl");
    write_chain(root.path(), &chain);
    assert!(faults(&load(&root)).contains(&"path-outside ascmhl/deeper/0001_a.mhl".to_owned()));

    write_chain(root.path(), &good);
    let manifest = root.path().join(FOLDER).join(name(1));
    let bytes = fs::read_to_string(&manifest).unwrap().replace(">a<", ">../a<");
    fs::write(&manifest, bytes).unwrap();
    assert!(faults(&load(&root)).contains(&format!("path-outside ascmhl/{}", name(1))));

    #[cfg(unix)]
    {
        let outside = TempDir::new().unwrap();
        fs::rename(&manifest, outside.path().join("m")).unwrap();
        std::os::unix::fs::symlink(outside.path().join("m"), &manifest).unwrap();
        assert_eq!(faults(&load(&root)), [format!("unreadable-file ascmhl/{}", name(1))]);
    }
}

#[test]
fn a_known_file_recorded_as_original_again() {
    let now = file("b", "a", Algorithm::Xxh64, Action::Original);
    let mut renamed = now.clone();
    renamed.previous_path = Some(path("a"));
    let root = scope(&[
        manifest(vec![original("a"), original("c")]),
        manifest(vec![renamed]),
        manifest(vec![original("c"), original("a"), now]),
    ]);
    assert_eq!(
        faults(&load(&root)),
        ["rebaselined c"],
        "a rename is none, nor the digest that held then; nor a new file under a name given up"
    );
}

#[test]
fn originals_that_contradict_each_other_are_told_apart() {
    let other = |name| file(name, "other", Algorithm::Xxh64, Action::Original);
    let mut renamed = other("d");
    renamed.previous_path = Some(path("b"));
    let root = scope(&[
        manifest(vec![original("a"), original("b"), original("c")]),
        manifest(vec![other("a"), renamed, original("c")]),
    ]);
    assert_eq!(
        faults(&load(&root)),
        ["conflicting-originals a", "conflicting-originals d", "rebaselined c"]
    );
}

#[test]
fn row_66_two_manifests_of_one_number_are_a_fork() {
    let root = scope(&[manifest(vec![original("a")]), manifest(vec![verified("a")])]);
    let folder = root.path().join(FOLDER);
    let fork = "0002_A001_2026-11-23_090000Z.mhl";
    fs::copy(folder.join(name(2)), folder.join(fork)).unwrap();
    assert_eq!(
        faults(&load(&root)),
        [format!("forked ascmhl/{fork}"), format!("manifest-unlisted ascmhl/{fork}")]
    );
    let mut chain = load(&root).chain.unwrap();
    let c4 = chain.links[1].c4;
    chain.links.push(Link::new(Some(2), path(fork), c4));
    write_chain(root.path(), &chain);
    assert_eq!(
        faults(&load(&root)),
        [format!("forked ascmhl/{fork}"), format!("sequence-broken ascmhl/{fork}")]
    );
}

#[test]
fn a_chain_that_was_made_anew_does_not_continue_the_pinned_one() {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("a"), "a").unwrap();
    let agent = Agent::new("test", "1", "cart", "DIT");
    let context = Context::new(&agent);
    let mut options = SealOptions::default();
    options.format = Format::Asc;
    let sealed = seal(root.path(), &options, &context).unwrap();
    let pin = sealed.copies[0].manifest.as_ref().unwrap().pin;
    assert_eq!(pin.map(|pin| pin.generations()), Some(1));
    let mut options_pinned = VerifyOptions::default();
    options_pinned.pin = pin;
    for generations in [2, 3] {
        let report = verify(root.path(), &options_pinned, &context).unwrap();
        assert_eq!(report.status, Status::Verified, "{:?}", report.findings);
        let now = report.copies[0].manifest.as_ref().unwrap().pin.unwrap();
        assert_eq!(now.generations(), generations);
    }
    // Every byte and every digest agree, and it is another history.
    fs::remove_dir_all(root.path().join(FOLDER)).unwrap();
    fs::write(root.path().join("a"), "x").unwrap();
    seal(root.path(), &options, &context).unwrap();
    assert_eq!(
        verify(root.path(), &VerifyOptions::default(), &context).unwrap().status,
        Status::Verified
    );
    let report = verify(root.path(), &options_pinned, &context).unwrap();
    assert_eq!(report.status, Status::Failed);
    assert!(report.findings.iter().any(|f| f.kind == FindingKind::ChainRewritten));
    assert_eq!(load(&root).generations.len(), 2, "nothing is appended");

    // A classic list in its place is not the pinned history either.
    fs::remove_dir_all(root.path().join(FOLDER)).unwrap();
    seal(root.path(), &SealOptions::default(), &context).unwrap();
    let report = verify(root.path(), &options_pinned, &context).unwrap();
    assert!(report.findings.iter().any(|f| f.kind == FindingKind::ChainMissing));
    for text in ["", "1", "x:c4", "1:0ea03b369a463d9d"] {
        assert!(text.parse::<asc::HistoryPin>().is_err(), "{text:?}");
    }
}

#[test]
fn patterns_only_accumulate() {
    let mut second = manifest(vec![verified("a")]);
    second.header.ignore.push("*.tmp".to_owned());
    let root = scope(&[manifest(vec![original("a")]), second, manifest(vec![verified("a")])]);
    let history = load(&root);
    assert_eq!(faults(&history), [format!("ignore-shrank ascmhl/{}", name(3))]);
    assert_eq!(history.ignore_patterns(), [".DS_Store", "ascmhl", "ascmhl/", "*.tmp"]);
}

#[test]
fn a_nested_manifest_that_changed_or_is_gone() {
    let nested = format!("B/{FOLDER}/0001_B.mhl");
    let mut outer = manifest(vec![original("a")]);
    outer.references.push(Reference::new(path(&nested), digest(Algorithm::C4, b"nested")));
    let root = scope(&[outer]);
    assert_eq!(faults(&load(&root)), [format!("manifest-missing {nested}")]);
    fs::create_dir_all(root.path().join("B").join(FOLDER)).unwrap();
    fs::write(root.path().join(&nested), "nested").unwrap();
    assert_eq!(faults(&load(&root)), [""; 0]);
    fs::write(root.path().join(&nested), "changed").unwrap();
    assert_eq!(faults(&load(&root)), [format!("reference-modified {nested}")]);
}

#[test]
fn the_earliest_digest_that_did_not_fail_follows_the_file() {
    let renamed = |name: &str, previous: &str, action| {
        let mut entry = file(name, "x", Algorithm::Md5, action);
        entry.previous_path = Some(path(previous));
        entry
    };
    let root = scope(&[
        manifest(vec![file("a", "first", Algorithm::Xxh64, Action::Original)]),
        manifest(vec![file("a", "broken", Algorithm::Sha1, Action::Failed)]),
        manifest(vec![renamed("b", "a", Action::Verified)]),
        manifest(vec![renamed("c", "b", Action::Original)]),
        manifest(vec![file("c", "later", Algorithm::Xxh64, Action::Verified)]),
    ]);
    let history = load(&root);
    assert_eq!(faults(&history), [""; 0]);
    let known = history.known();
    assert_eq!(known.len(), 1);
    let record = &known[&path("c")];
    assert_eq!((record.since, record.size), (1, Some(5)));
    let values: Vec<HashValue> = record.hashes.iter().filter_map(RecordedHash::value).collect();
    assert_eq!(values, [digest(Algorithm::Xxh64, b"first"), digest(Algorithm::Md5, b"x")]);
}

#[test]
fn a_file_is_found_by_every_name_that_it_had() {
    let renamed = |name: &str, previous: &str, action| {
        let mut entry = file(name, "x", Algorithm::Xxh64, action);
        entry.previous_path = Some(path(previous));
        entry
    };
    let mut moved = manifest(vec![]);
    let mut folder = DirectoryEntry::new(path("Day1"));
    folder.previous_path = Some(path("Clips"));
    moved.entries.push(Entry::Directory(folder));
    let root = scope(&[
        manifest(vec![file("Clips/a", "x", Algorithm::Xxh64, Action::Original)]),
        manifest(vec![renamed("Clips/b", "Clips/a", Action::Original)]),
        moved,
        manifest(vec![file("Day1/b", "y", Algorithm::Xxh64, Action::Failed), original("Clips/a")]),
        manifest(vec![renamed("Day1/c", "Day1/b", Action::Verified)]),
    ]);
    let history = load(&root);
    assert_eq!(faults(&history), [""; 0]);
    let told = |name: &str| {
        let file = history.file(&path(name))?;
        let mentions = file.mentions.iter();
        let mentions =
            mentions.map(|m| (m.generation, m.entry.path.to_string(), m.conflicts.len()));
        Some((file.path.to_string(), mentions.collect::<Vec<_>>()))
    };
    let whole = vec![
        (1, "Clips/a".to_owned(), 0),
        (2, "Clips/b".to_owned(), 0),
        (4, "Day1/b".to_owned(), 1),
        (5, "Day1/c".to_owned(), 0),
    ];
    for name in ["Day1/c", "Day1/b", "Clips/b"] {
        assert_eq!(told(name), Some(("Day1/c".to_owned(), whole.clone())), "{name}");
    }
    let taken = Some(("Clips/a".to_owned(), vec![(4, "Clips/a".to_owned(), 0)]));
    assert_eq!(told("Clips/a"), taken, "the name is another file's now");
    assert_eq!(told("Clips/z"), None);
    let known: Vec<String> = history.known().keys().map(ToString::to_string).collect();
    assert_eq!(known, ["Clips/a", "Day1/c"]);
}

#[test]
fn two_files_may_swap_their_names_in_one_generation() {
    let renamed = |name: &str, content: &str, previous: &str| {
        let mut entry = file(name, content, Algorithm::Xxh64, Action::Verified);
        entry.previous_path = Some(path(previous));
        entry
    };
    let root = scope(&[
        manifest(vec![original("a"), original("b")]),
        manifest(vec![renamed("a", "b", "b"), renamed("b", "a", "a")]),
    ]);
    let history = load(&root);
    for (name, first) in [("a", "b"), ("b", "a")] {
        let value = digest(Algorithm::Xxh64, first.as_bytes());
        assert_eq!(history.known()[&path(name)].hashes[0].value(), Some(value));
        assert_eq!(history.file(&path(name)).unwrap().mentions[0].entry.path, path(first));
    }
}

#[test]
fn a_file_of_a_nested_history_is_found_through_the_outer_one() {
    let root = scope(&[manifest(vec![original("a")])]);
    let inner = scope(&[manifest(vec![original("c")])]);
    fs::create_dir_all(root.path().join("B/D")).unwrap();
    fs::rename(inner.path().join(FOLDER), root.path().join("B/D").join(FOLDER)).unwrap();
    let history = load(&root);
    let found = history.file(&path("B/D/c")).unwrap();
    assert_eq!((found.path, found.scope), (path("B/D/c"), Some(path("B/D"))));
    assert_eq!(history.nested[0].root, path("B/D"));
}

#[test]
fn a_fork_between_copies_is_told_and_is_a_fault_where_the_originals_conflict() {
    let first = || manifest(vec![original("a")]);
    let other = file("b", "other bytes", Algorithm::Xxh64, Action::Original);
    let [one, agreeing, conflicting] = [
        vec![verified("a"), original("b")],
        vec![verified("a"), original("b"), original("c")],
        vec![file("a", "worn", Algorithm::Xxh64, Action::Failed), other],
    ]
    .map(|second| load(&scope(&[first(), manifest(second)])));
    let forked = asc::Kinship::Forked { common: 1, first: 1, second: 1 };
    for copy in [&agreeing, &conflicting] {
        assert_eq!(one.chain.as_ref().unwrap().kinship(copy.chain.as_ref().unwrap()), forked);
        assert_eq!(copy.findings, [], "neither copy is at fault by itself");
    }
    assert_eq!(one.conflicts_with(&agreeing), []);
    for found in [one.conflicts_with(&conflicting), conflicting.conflicts_with(&one)] {
        let told: Vec<_> = found.iter().map(|f| (f.kind, f.path.as_str())).collect();
        assert_eq!(told, [(FindingKind::ConflictingOriginals, "b")], "a failed digest is none");
    }
}
