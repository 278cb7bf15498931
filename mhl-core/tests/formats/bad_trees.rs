//! Rows 36 to 77 of the bad inputs as an operation meets them on a disk: what is wrong is told, and
//! nothing that is wrong is ever called verified.

use std::{
    ffi::OsStr,
    fs,
    os::unix::{ffi::OsStrExt, fs::MetadataExt, fs::symlink, net::UnixListener},
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, SystemTime},
};

use mhl_core::{
    Agent, Context, FindingKind, Format, Limits, ListError, OffloadOptions, Phase, Progress,
    ReadErrorKind, RecordedHash, Report, SealError, SealOptions, Status, Timestamp, VerifyError,
    VerifyOptions, asc::History, offload, seal, verify,
};
use mhl_hash::{Algorithm, Hasher};
use tempfile::TempDir;

use super::{asc, classic, entry};

/// The digests of a file that holds `clip`.
const MD5: &str = "f6d8b886335927d46fad323c60335d09";
const SHA1: &str = "e3a93fa81145b26d1eb0f2cc8c6863142df2c832";

/// A roll and what stands around it.
struct Set {
    folder: TempDir,
}

impl Set {
    fn new() -> Self {
        let set = Set { folder: tempfile::tempdir().unwrap() };
        fs::create_dir(set.root()).unwrap();
        set
    }

    fn with(files: &[(&str, &str)]) -> Self {
        let set = Set::new();
        for (path, content) in files {
            let path = set.at(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        set
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("A001")
    }

    fn at(&self, path: &str) -> PathBuf {
        self.root().join(path)
    }

    /// A folder beside the roll.
    fn beside(&self, name: &str) -> PathBuf {
        let folder = self.folder.path().join(name);
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    /// Puts a classic list with these entries at the root.
    fn listed(self, entries: &str) -> Self {
        fs::write(self.at("A001.mhl"), classic(entries)).unwrap();
        self
    }

    fn sealed(self, format: Format) -> Self {
        let report = self.try_seal(format).unwrap();
        assert_eq!(report.status, Status::Sealed, "{:?}", report.findings);
        self
    }

    fn try_seal(&self, format: Format) -> Result<Report, SealError> {
        let mut options = SealOptions::default();
        options.format = format;
        seal(&self.root(), &options, &Context::new(&agent()))
    }

    fn verified(&self) -> Report {
        self.try_verify(&VerifyOptions::default()).unwrap()
    }

    fn try_verify(&self, options: &VerifyOptions) -> Result<Report, VerifyError> {
        verify(&self.root(), options, &Context::new(&agent()))
    }
}

fn agent() -> Agent {
    Agent::new("test", "1", "cart", "DIT")
}

/// A classic entry of a file that holds `clip`, with these digests.
fn clip(path: &str, digests: &str) -> String {
    entry(path, &format!("<size>4</size>{digests}"))
}

fn md5() -> String {
    format!("<md5>{MD5}</md5>")
}

fn found(report: &Report) -> Vec<(FindingKind, &str)> {
    report.findings.iter().map(|finding| (finding.kind, finding.path.as_str())).collect()
}

fn faults(report: &Report) -> Vec<(FindingKind, &str)> {
    let mut faults = found(report);
    faults.retain(|(kind, _)| kind.is_fault());
    faults
}

/// Nothing that a report says clears a wipe.
fn clears_nothing(report: &Report) {
    assert!(!matches!(report.status, Status::Verified | Status::Sealed), "{:?}", report.findings);
    assert!(report.copies.iter().all(|copy| !copy.complete));
}

#[test]
fn row_36_a_name_that_would_alias_another_is_never_proven_by_it() {
    let set = Set::with(&[("clip.mov", "clip")])
        .listed(&(clip("clip.mov", &md5()) + &clip("clip.mov.", &md5())));
    let report = set.verified();
    clears_nothing(&report);
    assert_eq!(faults(&report), [(FindingKind::MissingFile, "clip.mov.")]);
    assert!(found(&report).contains(&(FindingKind::ReservedName, "clip.mov.")));
}

#[test]
fn row_39_44_47_what_no_list_can_hold_withholds_everything() {
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("secret"), "secret").unwrap();
    type Make = fn(&Path, &Path);
    let odd: [(&str, Make); 4] = [
        ("A\\xff.mov", |root, _| {
            fs::write(root.join(OsStr::from_bytes(b"A\xff.mov")), "x").unwrap();
        }),
        ("link", |root, outside| symlink(outside, root.join("link")).unwrap()),
        ("socket", |root, _| drop(UnixListener::bind(root.join("socket")).unwrap())),
        ("pipe", |root, _| {
            assert!(Command::new("mkfifo").arg(root.join("pipe")).status().unwrap().success());
        }),
    ];
    for (name, make) in odd {
        for format in [Format::Classic, Format::Asc] {
            let set = Set::with(&[("clip.mov", "clip")]).sealed(format);
            make(&set.root(), outside.path());
            let report = set.verified();
            clears_nothing(&report);
            assert_eq!(faults(&report), [(FindingKind::UnreadableFile, name)]);

            let set = Set::with(&[("clip.mov", "clip")]);
            make(&set.root(), outside.path());
            let report = set.try_seal(format).unwrap();
            clears_nothing(&report);
            assert_eq!(faults(&report), [(FindingKind::UnreadableFile, name)]);
            let listed = |list: &str| set.at(list).exists();
            assert!(!listed("A001.mhl") && !listed("ascmhl"), "no list leaves a file out");
        }
    }
}

#[test]
fn row_40_names_in_both_normalisations_are_two_files() {
    for format in [Format::Classic, Format::Asc] {
        let [composed, decomposed] = ["Caf\u{e9}.mov", "Cafe\u{301}.mov"];
        let set = Set::with(&[(composed, "one"), (decomposed, "two")]).sealed(format);
        let report = set.verified();
        assert_eq!((report.status, report.counts.verified), (Status::Verified, 2));
        fs::remove_file(set.at(decomposed)).unwrap();
        let report = set.verified();
        assert_eq!(faults(&report), [(FindingKind::MissingFile, decomposed)]);
    }
}

/// A file system that does not tell case apart shows the lock of an offload by its name in capitals
/// too: so does this folder, in which that name stands.
#[test]
fn row_42_names_that_would_become_one_are_refused_before_the_first_write() {
    let set = Set::with(&[("Clips/A.mov", "one"), ("Clips/a.mov", "two"), ("b.mov", "three")]);
    let drive = set.beside("drive");
    fs::create_dir(drive.join(".A001.offload")).unwrap();
    fs::write(drive.join(".A001.offload/LOCK"), "").unwrap();
    let mut options = OffloadOptions::default();
    options.resume = true;
    let drives = [drive.clone(), set.beside("other")];
    let report = offload(&set.root(), &drives, &options, &Context::new(&agent())).unwrap();
    let refusal = report.findings.iter().find(|finding| finding.copy == Some(0)).unwrap();
    assert_eq!(refusal.kind, FindingKind::DestinationUnusable);
    let note = refusal.note.as_deref().unwrap();
    assert!(note.contains("Clips/A.mov") && note.contains("Clips/a.mov"), "{note}");
    assert!(!drive.join("A001").exists(), "nothing was written");
    assert!(report.copies[1].complete, "the other drive tells case apart");
}

/// Gives a folder to a thief at the moment when its files are to be read.
struct Swapping {
    folder: PathBuf,
    outside: PathBuf,
}

impl mhl_hash::Observer for Swapping {}

impl Progress for Swapping {
    fn phase(&self, phase: Phase, _: u64) {
        if phase == Phase::Read {
            fs::rename(&self.folder, self.folder.with_extension("away")).unwrap();
            symlink(&self.outside, &self.folder).unwrap();
        }
    }
}

#[test]
fn row_45_a_folder_swapped_for_a_link_during_the_walk_is_not_followed() {
    for format in [Format::Classic, Format::Asc] {
        let set = Set::with(&[("Clips/clip.mov", "clip"), ("b.mov", "b")]);
        let outside = set.beside("outside");
        fs::write(outside.join("clip.mov"), "clip").unwrap();
        let swapping = || Swapping { folder: set.at("Clips"), outside: outside.clone() };
        let mut options = SealOptions::default();
        options.format = format;
        let (agent, thief) = (agent(), swapping());
        let context = Context::new(&agent).with_progress(&thief);
        let report = seal(&set.root(), &options, &context).unwrap();
        clears_nothing(&report);
        assert_eq!(faults(&report), [(FindingKind::UnreadableFile, "Clips/clip.mov")]);

        fs::remove_file(set.at("Clips")).unwrap();
        fs::rename(set.at("Clips.away"), set.at("Clips")).unwrap();
        let set = set.sealed(format);
        let thief = Swapping { folder: set.at("Clips"), outside };
        let context = Context::new(&agent).with_progress(&thief);
        let report = verify(&set.root(), &VerifyOptions::default(), &context).unwrap();
        clears_nothing(&report);
        assert!(
            faults(&report).contains(&(FindingKind::UnreadableFile, "Clips/clip.mov")),
            "the bytes outside are the right ones, and no proof: {:?}",
            report.findings
        );
    }
}

#[test]
fn row_46_a_loop_of_links_ends() {
    let set = Set::with(&[("Clips/clip.mov", "clip")]);
    symlink("..", set.at("Clips/loop")).unwrap();
    symlink("self", set.at("self")).unwrap();
    let report = set.try_seal(Format::Asc).unwrap();
    clears_nothing(&report);
    let unreadable = FindingKind::UnreadableFile;
    assert_eq!(faults(&report), [(unreadable, "Clips/loop"), (unreadable, "self")]);
}

#[test]
fn row_48_hard_links_are_each_hashed_and_never_a_copy() {
    for format in [Format::Classic, Format::Asc] {
        let set = Set::with(&[("a.mov", "clip")]);
        fs::hard_link(set.at("a.mov"), set.at("b.mov")).unwrap();
        let set = set.sealed(format);
        let report = set.verified();
        assert_eq!((report.status, report.counts.verified), (Status::Verified, 2));
        assert_eq!(report.counts.bytes, 8, "either name is read");

        // The copies are files of their own, and the card's file under a second name is none.
        let card = Set::with(&[("a.mov", "clip")]);
        fs::hard_link(card.at("a.mov"), card.at("b.mov")).unwrap();
        let drive = card.beside("drive");
        let mut options = OffloadOptions::default();
        options.format = format;
        options.resume = true;
        let agent = agent();
        let copy = |options: &OffloadOptions| {
            let drives = std::slice::from_ref(&drive);
            offload(&card.root(), drives, options, &Context::new(&agent)).unwrap()
        };
        assert_eq!(copy(&options).status, Status::Verified);
        let inode = |name: &str| fs::metadata(drive.join("A001").join(name)).unwrap().ino();
        assert_ne!(inode("a.mov"), inode("b.mov"));
        fs::remove_file(drive.join("A001/a.mov")).unwrap();
        fs::hard_link(card.at("a.mov"), drive.join("A001/a.mov")).unwrap();
        clears_nothing(&copy(&options));
    }
}

#[test]
fn row_49_a_list_that_names_itself_is_never_proof() {
    let set = Set::with(&[("clip.mov", "clip")])
        .listed(&(clip("clip.mov", &md5()) + &entry("A001.mhl", "<size>1</size><null/>")));
    let report = set.verified();
    clears_nothing(&report);
    assert!(faults(&report).contains(&(FindingKind::ManifestInvalid, "A001.mhl")));
}

#[test]
fn row_54_55_the_right_bytes_under_a_wrong_size_are_a_mismatch() {
    let wrong = entry("clip.mov", &format!("<size>5</size>{}", md5()));
    let set = Set::with(&[("clip.mov", "clip")]).listed(&wrong);
    let report = set.verified();
    clears_nothing(&report);
    assert_eq!(faults(&report), [(FindingKind::SizeMismatch, "clip.mov")]);
    assert_eq!(report.counts.verified, 0);

    let set = Set::with(&[("clip.mov", "clip")]).sealed(Format::Asc);
    rewrite(&set, |text| text.replace("size=\"4\"", "size=\"5\""));
    let report = set.verified();
    clears_nothing(&report);
    assert_eq!(faults(&report), [(FindingKind::SizeMismatch, "clip.mov")]);
    assert_eq!(report.counts.verified, 0);
    let history = History::load(&set.root(), &Limits::default()).unwrap().unwrap();
    let said = history.generations[1].manifest.files().next().unwrap();
    assert!(said.hashes.iter().all(RecordedHash::is_failed), "never recorded as verified");

    let wrong = clip("clip.mov", &format!("<md5>{}</md5>", MD5.replace('f', "e")));
    let set = Set::with(&[("clip.mov", "clip")]).listed(&wrong);
    let report = set.verified();
    clears_nothing(&report);
    assert_eq!(faults(&report), [(FindingKind::HashMismatch, "clip.mov")]);
}

#[test]
fn row_57_58_other_spellings_of_the_same_bits_hold() {
    let [big, little] = ["05932ea46db59068", "6890b56da42e9305"];
    let digest = |element: &str, value: &str| format!("<{element}>{value}</{element}>");
    for (digest, warned) in [
        (digest("md5", &MD5.to_uppercase()), false),
        (digest("xxhash64be", big), false),
        (digest("xxhash64", little), false),
        (digest("xxhash64", big), true),
        (digest("xxhash64be", little), true),
    ] {
        let set = Set::with(&[("clip.mov", "clip")]).listed(&clip("clip.mov", &digest));
        let report = set.verified();
        assert_eq!((report.status, report.counts.verified), (Status::Verified, 1), "{digest}");
        let kinds = found(&report);
        assert_eq!(kinds.contains(&(FindingKind::ByteOrder, "clip.mov")), warned, "{digest}");
    }
    // In an ASC manifest the order is the canonical one; the mismatch says what it looks like.
    let set = Set::with(&[("clip.mov", "clip")]);
    let hash = |value| {
        asc(&format!(
            "<hash><path>clip.mov</path><xxh64 action=\"original\">{value}</xxh64></hash>"
        ))
    };
    fs::write(set.at("A001.mhl"), hash(little)).unwrap();
    let report = set.verified();
    clears_nothing(&report);
    let mismatch = report.findings.iter().find(|f| f.kind == FindingKind::HashMismatch).unwrap();
    assert!(mismatch.note.as_deref().unwrap().contains("byte"), "{mismatch:?}");
    fs::write(set.at("A001.mhl"), hash(big)).unwrap();
    assert_eq!(faults(&set.verified()), []);
}

#[test]
fn row_59_a_digest_of_an_unknown_algorithm_proves_nothing() {
    for digest in ["<blake3>00ff</blake3>", "<null/>"] {
        let set = Set::with(&[("clip.mov", "clip")]).listed(&clip("clip.mov", digest));
        let report = set.verified();
        clears_nothing(&report);
        assert_eq!((report.status, faults(&report)), (Status::Unproven, vec![]), "{digest}");
        assert!(found(&report).contains(&(FindingKind::Unproven, "clip.mov")), "{digest}");
    }
}

#[test]
fn row_60_one_digest_of_two_that_differs_is_a_mismatch() {
    let wrong = SHA1.replace('e', "d");
    for digests in
        [[md5(), format!("<sha1>{wrong}</sha1>")], [format!("<sha1>{wrong}</sha1>"), md5()]]
    {
        let set = Set::with(&[("clip.mov", "clip")]).listed(&clip("clip.mov", &digests.concat()));
        let report = set.verified();
        clears_nothing(&report);
        assert_eq!(faults(&report), [(FindingKind::HashMismatch, "clip.mov")]);
        let finding = report.findings.iter().find(|finding| finding.kind.is_fault()).unwrap();
        assert_eq!(finding.expected, Some(format!("sha1 {wrong}")), "and says which");
        assert_eq!((report.counts.mismatched, report.counts.verified), (1, 0));
    }
    let both = md5() + &format!("<sha1>{SHA1}</sha1>");
    let set = Set::with(&[("clip.mov", "clip")]).listed(&clip("clip.mov", &both));
    assert_eq!(set.verified().counts.verified, 1);
}

#[test]
fn row_61_62_a_file_listed_twice_is_proven_once_or_not_at_all() {
    let set = Set::with(&[("clip.mov", "clip")])
        .listed(&(clip("clip.mov", &md5()) + &clip("clip.mov", &format!("<sha1>{SHA1}</sha1>"))));
    let report = set.verified();
    assert_eq!((report.counts.files, report.counts.verified), (1, 1));
    assert!(found(&report).contains(&(FindingKind::DuplicateEntry, "clip.mov")));

    let other = format!("<md5>{}</md5>", MD5.replace('f', "e"));
    let set = Set::with(&[("clip.mov", "clip")])
        .listed(&(clip("clip.mov", &md5()) + "\n" + &clip("clip.mov", &other)));
    match set.try_verify(&VerifyOptions::default()) {
        Err(VerifyError::List(ListError::Invalid { error, .. })) => {
            assert!(
                matches!(&error.kind, ReadErrorKind::Contradiction(path) if path == "clip.mov")
            );
            assert_eq!(error.position.line, 3);
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn row_63_a_list_of_nothing_clears_nothing() {
    for list in [classic(""), asc("")] {
        let set = Set::new();
        fs::write(set.at("A001.mhl"), list).unwrap();
        let report = set.verified();
        clears_nothing(&report);
        assert_eq!(report.status, Status::Unproven);
    }
}

#[test]
fn row_67_a_star_that_ignores_everything_clears_nothing() {
    let set = Set::with(&[("clip.mov", "clip")]).sealed(Format::Asc);
    let mut options = VerifyOptions::default();
    options.ignore = vec!["*".to_owned()];
    let report = set.try_verify(&options).unwrap();
    clears_nothing(&report);
    assert!(found(&report).contains(&(FindingKind::Ignored, "clip.mov")), "{:?}", report.findings);

    let set = Set::with(&[("clip.mov", "clip")]);
    let mut options = SealOptions::default();
    options.format = Format::Asc;
    options.ignore = vec!["*".to_owned()];
    let sealed = seal(&set.root(), &options, &Context::new(&agent()));
    assert!(matches!(sealed, Err(SealError::NothingToSeal { .. })), "{sealed:?}");
}

#[test]
fn row_76_times_that_fat_rounds_or_loses_change_nothing() {
    let set = Set::with(&[("Clips/clip.mov", "clip")]);
    let at = |seconds, nanos| SystemTime::UNIX_EPOCH + Duration::new(seconds, nanos);
    let touch = |path: &Path, time| {
        fs::File::options().write(true).open(path).unwrap().set_modified(time).unwrap();
    };
    touch(&set.at("Clips/clip.mov"), at(1_795_354_201, 999_999_999));
    let drive = set.beside("drive");
    let copied = drive.join("A001");
    for format in [Format::Classic, Format::Asc] {
        let _ = fs::remove_dir_all(&copied);
        let mut options = OffloadOptions::default();
        options.format = format;
        options.resume = true;
        let agent = agent();
        let copy = || {
            let drives = std::slice::from_ref(&drive);
            offload(&set.root(), drives, &options, &Context::new(&agent)).unwrap()
        };
        assert_eq!(copy().status, Status::Verified);
        // Two seconds are FAT's finest, 1980 its first year, and a zone may move it before that.
        for time in [at(1_795_354_200, 0), at(315_532_800, 0), at(315_500_000, 0)] {
            touch(&copied.join("Clips/clip.mov"), time);
            let report = copy();
            assert_eq!((report.status, faults(&report)), (Status::Verified, vec![]));
            let report = verify(&copied, &VerifyOptions::default(), &Context::new(&agent)).unwrap();
            assert_eq!((report.status, faults(&report)), (Status::Verified, vec![]));
        }
    }
}

#[test]
fn row_77_clocks_that_go_back_or_ahead_leave_the_order_to_the_generations() {
    let set = Set::with(&[("clip.mov", "clip")]);
    let agent = agent();
    let mut options = SealOptions::default();
    options.format = Format::Asc;
    let clock = |text: &str| Timestamp::parse(text).unwrap();
    let first = clock("2026-11-22T14:30:00Z");
    seal(&set.root(), &options, &Context::new(&agent).with_clock(&first)).unwrap();
    for (time, content) in [
        ("9998-01-01T00:00:00Z", "clip"),
        ("1970-01-01T00:00:00Z", "clap"),
        ("1980-01-01T00:00:00Z", "clip"),
    ] {
        fs::write(set.at("clip.mov"), content).unwrap();
        let time = clock(time);
        let context = Context::new(&agent).with_clock(&time);
        let mut more = VerifyOptions::default();
        more.algorithms = vec![Algorithm::Md5];
        let report = verify(&set.root(), &more, &context).unwrap();
        let expected = if content == "clip" { Status::Verified } else { Status::Failed };
        assert_eq!(report.status, expected, "{:?}", report.findings);
    }
    let history = History::load(&set.root(), &Limits::default()).unwrap().unwrap();
    assert_eq!(history.findings, []);
    let years: Vec<_> =
        history.generations.iter().map(|generation| &generation.file_name[..14]).collect();
    assert_eq!(years, ["0001_A001_2026", "0002_A001_9998", "0003_A001_1970", "0004_A001_1980"]);
    let known = history.known();
    let record = known.values().next().unwrap();
    assert_eq!(record.since, 1, "what was recorded first is first, whatever its date");
}

#[test]
fn row_63_a_history_of_nothing_says_so() {
    let set = Set::with(&[("clip.mov", "clip")]).sealed(Format::Asc);
    rewrite(&set, |text| {
        let (before, rest) = text.split_once("<hashes>").unwrap();
        format!("{before}<hashes>{}", &rest[rest.find("</hashes>").unwrap()..])
    });
    fs::remove_file(set.at("clip.mov")).unwrap();
    let report = set.verified();
    clears_nothing(&report);
    assert!(report.findings.iter().any(|finding| finding.kind == FindingKind::Unproven));
}

#[test]
fn a_generation_that_cannot_be_read_makes_no_file_new() {
    let set = Set::with(&[("clip.mov", "clip")]).sealed(Format::Asc);
    rewrite(&set, |text| text.replace("size=\"4\"", "size=\"-4\""));
    let report = set.verified();
    clears_nothing(&report);
    let kinds: Vec<_> = faults(&report).into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, [FindingKind::ManifestInvalid], "what it lists is not known");
}

/// Edits the only generation of a history, and makes its chain fit.
fn rewrite(set: &Set, edit: impl Fn(&str) -> String) {
    let mut chain = History::load(&set.root(), &Limits::default()).unwrap().unwrap().chain.unwrap();
    let manifest = set.at("ascmhl").join(chain.links[0].path.as_str());
    let text = edit(&fs::read_to_string(&manifest).unwrap());
    fs::write(&manifest, &text).unwrap();
    let mut c4 = Hasher::new(Algorithm::C4);
    c4.update(text.as_bytes());
    chain.links[0].c4 = c4.finish();
    chain.write(fs::File::create(set.at("ascmhl/ascmhl_chain.xml")).unwrap()).unwrap();
}
