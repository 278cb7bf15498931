//! The command as a user meets it: words in, text, JSON and an exit code out.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

/// What a run of the command said.
struct Said {
    code: i32,
    out: String,
    err: String,
}

impl Said {
    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.out))
    }
}

impl From<std::process::Output> for Said {
    fn from(output: std::process::Output) -> Self {
        Said {
            code: output.status.code().expect("no signal ended it"),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

fn command(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mhl"));
    command.args(words).env("SOURCE_DATE_EPOCH", "1795354200").env("MHL_HOSTNAME", "cart-1");
    command
}

fn mhl(words: &[&str]) -> Said {
    command(words).output().unwrap().into()
}

/// Runs the command with a file as its standard input.
fn mhl_reading(file: &Path, words: &[&str]) -> Said {
    command(words).stdin(fs::File::open(file).unwrap()).output().unwrap().into()
}

/// A card with two clips, and two drives.
struct Set {
    folder: tempfile::TempDir,
}

impl Set {
    fn new() -> Self {
        let set = Set { folder: tempfile::tempdir().unwrap() };
        fs::create_dir_all(set.at("A001R1AB/Clips")).unwrap();
        fs::write(set.at("A001R1AB/Clips/A001C001.mxf"), vec![1; 100_000]).unwrap();
        fs::write(set.at("A001R1AB/Clips/A001C002.mxf"), vec![2; 100_000]).unwrap();
        fs::create_dir(set.at("raid")).unwrap();
        fs::create_dir(set.at("shuttle")).unwrap();
        set
    }

    fn at(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn word(&self, path: &str) -> String {
        self.at(path).to_str().unwrap().to_owned()
    }

    fn offload(&self, more: &[&str]) -> Said {
        let (card, raid, shuttle) =
            (self.word("A001R1AB"), self.word("raid"), self.word("shuttle"));
        let mut words = vec!["offload", &card, "--to", &raid, "--to", &shuttle];
        words.extend(more);
        mhl(&words)
    }
}

fn flip_a_bit(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    bytes[50_000] ^= 4;
    fs::write(path, bytes).unwrap();
}

#[test]
fn a_card_is_offloaded_and_a_flipped_bit_is_found_by_name() {
    for format in ["classic", "asc"] {
        let set = Set::new();
        let said = set.offload(&["--manifest", format]);
        assert_eq!(said.code, 0, "{}{}", said.out, said.err);
        assert!(said.out.contains("2 of 2 copies verified"), "{}", said.out);
        assert_eq!(mhl(&["verify", &set.word("raid")]).code, 0, "{format}");

        flip_a_bit(&set.at("raid/A001R1AB/Clips/A001C002.mxf"));
        let said = mhl(&["verify", &set.word("raid/A001R1AB")]);
        assert_eq!(said.code, 11, "{format}: {}", said.out);
        assert!(said.out.contains("Clips/A001C002.mxf"), "{}", said.out);
        assert!(!said.out.contains("A001C001"), "the other clip holds: {}", said.out);
        assert_eq!(mhl(&["verify", &set.word("shuttle/A001R1AB")]).code, 0, "the other copy holds");
    }
}

#[test]
fn json_is_one_object_with_the_fields_of_the_contract() {
    let set = Set::new();
    let json = set.offload(&["--json"]).json();
    assert_eq!(json["schema"], "mhl.offload/1");
    assert_eq!(json["status"], "verified");
    assert_eq!(json["counts"]["files"], 2);

    fs::remove_file(set.at("raid/A001R1AB/Clips/A001C001.mxf")).unwrap();
    fs::write(set.at("raid/A001R1AB/stray.txt"), "x").unwrap();
    let said = mhl(&["verify", &set.word("raid/A001R1AB"), "--json"]);
    assert_eq!(said.code, 10);
    let json = said.json();
    assert_eq!((&json["schema"], &json["status"]), (&"mhl.verify/1".into(), &"failed".into()));
    let counts = &json["counts"];
    for field in [
        "files",
        "bytes",
        "verified",
        "mismatched",
        "missing",
        "new",
        "unreadable",
        "unproven",
        "warnings",
    ] {
        assert!(counts[field].is_u64(), "{field}");
    }
    assert_eq!((&counts["missing"], &counts["new"]), (&1.into(), &1.into()));
    let mut kinds: Vec<(&str, &str)> = json["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| (finding["kind"].as_str().unwrap(), finding["path"].as_str().unwrap()))
        .collect();
    kinds.sort_unstable();
    assert_eq!(kinds, [("missing-file", "Clips/A001C001.mxf"), ("new-file", "stray.txt")]);
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let lists = |set: &Set| {
        let roll = set.at("raid/A001R1AB");
        let mut names = fs::read_dir(roll).unwrap().map(|e| e.unwrap().path());
        let list = names.find(|path| path.extension() == Some("mhl".as_ref())).unwrap();
        (list.file_name().unwrap().to_owned(), fs::read(list).unwrap())
    };
    let (one, two) = (Set::new(), Set::new());
    for set in [&one, &two] {
        let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_700_000_000);
        for clip in ["Clips/A001C001.mxf", "Clips/A001C002.mxf"] {
            let file = fs::File::options().write(true).open(set.at("A001R1AB").join(clip)).unwrap();
            file.set_modified(time).unwrap();
        }
        set.offload(&[]);
    }
    assert_eq!(lists(&one), lists(&two));
    assert_eq!(lists(&one).0, "A001R1AB_2026-11-22_133000.mhl");
}

#[test]
fn verify_appends_what_it_found_to_a_history() {
    let set = Set::new();
    set.offload(&["--manifest", "asc"]);
    let generations = || fs::read_dir(set.at("raid/A001R1AB/ascmhl")).unwrap().count() - 1;
    let roll = set.word("raid/A001R1AB");
    assert_eq!(mhl(&["verify", &roll, "--dry-run"]).code, 0);
    assert_eq!(generations(), 1, "a dry run writes nothing");
    assert_eq!(mhl(&["verify", &roll]).code, 0);
    assert_eq!(generations(), 2);

    flip_a_bit(&set.at("raid/A001R1AB/Clips/A001C001.mxf"));
    assert_eq!(mhl(&["verify", &roll]).code, 11);
    assert_eq!(generations(), 3, "failures are recorded too");
    // What failed is never compared against: mended, the roll verifies by its first generation.
    flip_a_bit(&set.at("raid/A001R1AB/Clips/A001C001.mxf"));
    let said = mhl(&["verify", &roll]);
    assert_eq!(said.code, 0, "{}", said.out);

    fs::write(set.at("raid/A001R1AB/late.wav"), "sound").unwrap();
    assert_eq!(mhl(&["verify", &roll]).code, 21, "a new file is recorded and reported");
    assert_eq!(mhl(&["verify", &roll]).code, 0, "and known from then on");
    let said = mhl(&["seal", &roll, "--algorithm", "c4"]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    assert_eq!(mhl(&["verify", &roll]).code, 0);
    assert_eq!(mhl(&["diff", &format!("{roll}/ascmhl"), &roll]).code, 0);

    let chain = set.at("raid/A001R1AB/ascmhl/ascmhl_chain.xml");
    fs::remove_file(chain).unwrap();
    assert_eq!(mhl(&["verify", &roll]).code, 32);
}

#[test]
fn a_wipe_with_two_copies_is_withheld_by_r1() {
    let set = Set::new();
    let ledger = set.word("set.ledger");
    let record = |words: &[&str]| {
        let mut all = vec!["record", &ledger];
        all.extend(words);
        let said = mhl(&all);
        assert_eq!(said.code, 0, "{}", said.err);
    };
    record(&["roll", "--id", "A001", "--kind", "camera", "--genre", "nonfiction", "--links", ""]);
    record(&["medium", "--id", "serial:CARD", "--kind", "capture-device"]);
    record(&["medium", "--id", "serial:RAID", "--kind", "raid", "--level", "6"]);
    let said = set.offload(&[
        "--ledger",
        &ledger,
        "--roll",
        "A001",
        "--card",
        "serial:CARD",
        "--medium",
        "serial:RAID",
        "--medium",
        "serial:SHUTTLE",
    ]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    let said = mhl(&["clear", &ledger, "--roll", "A001"]);
    assert_eq!(said.code, 40, "{}", said.out);
    assert!(said.out.contains("R1"), "{}", said.out);
    let json = mhl(&["clear", &ledger, "--roll", "A001", "--json"]).json();
    assert_eq!((&json["schema"], &json["status"]), (&"mhl.clear/1".into(), &"withheld".into()));

    let typed = mhl(&["record", &ledger, "evidence", "--grade", "7"]);
    assert_eq!(typed.code, 2, "evidence is never typed in");
}

#[test]
fn the_demo_tells_the_whole_story() {
    let said = mhl(&["demo"]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    let answers: Vec<&str> =
        said.out.lines().filter_map(|line| line.trim().strip_prefix("SIMULATED: ")).collect();
    assert_eq!(answers, ["WITHHELD", "CLEARED", "WITHHELD"]);
    assert!(said.out.lines().all(|line| line.chars().count() <= 80), "{}", said.out);
    assert_eq!(mhl(&["demo", "--json"]).json()["status"], "told");
}

#[test]
fn what_cannot_be_meant_is_a_usage_error_that_says_so() {
    let set = Set::new();
    let said = set.offload(&["--algorithm", "c4"]);
    assert_eq!(said.code, 2);
    assert!(said.err.contains("c4 cannot stand in classic lists"), "{}", said.err);
    let card = set.word("A001R1AB");
    let inside = set.word("A001R1AB/Clips");
    let said = mhl(&["offload", &card, "--to", &inside]);
    assert_eq!(said.code, 2);
    assert!(said.err.contains("within the source"), "{}", said.err);
    assert_eq!(mhl(&["verify", &card]).code, 30);
    assert_eq!(mhl(&["offload", &set.word("absent"), "--to", &set.word("raid")]).code, 4);
}

/// The signals of one kind in a process's status: those that it catches (`SigCgt`) or ignores.
#[cfg(target_os = "linux")]
fn signals(process: &str, kind: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(kind)).unwrap_or(":0");
    u64::from_str_radix(line.trim_start_matches(':').trim(), 16).unwrap()
}

/// Runs the command and sends it a signal as soon as it catches that; `None`, and a word of it,
/// where these tests run with signals ignored.
#[cfg(target_os = "linux")]
fn signalled(signal: (&str, u32), words: &[&str]) -> Option<Said> {
    use std::process::Stdio;

    const HANGUP_INTERRUPT_TERMINATE: u64 = 1 | 1 << 1 | 1 << 14;
    if signals("self", "SigIgn") & HANGUP_INTERRUPT_TERMINATE != 0 {
        println!("skipped: the signals that end a process are ignored here");
        return None;
    }
    let (name, number) = signal;
    let mut child = command(words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let id = child.id().to_string();
    while signals(&id, "SigCgt") & (1 << (number - 1)) == 0 {
        assert!(child.try_wait().unwrap().is_none(), "it ended without catching a signal");
        std::thread::yield_now();
    }
    let sent = Command::new("sh").args(["-c", &format!("kill -{name} {id}")]).status().unwrap();
    assert!(sent.success());
    Some(child.wait_with_output().unwrap().into())
}

/// A clip that takes long to read and no room.
#[cfg(target_os = "linux")]
const LONG: u64 = 1 << 36;

#[cfg(target_os = "linux")]
#[test]
fn an_interrupted_seal_says_so_and_writes_no_list() {
    let set = Set::new();
    fs::File::create(set.at("A001R1AB/long.mxf")).unwrap().set_len(LONG).unwrap();
    let Some(said) = signalled(("INT", 2), &["seal", &set.word("A001R1AB"), "--json"]) else {
        return;
    };
    assert_eq!(said.code, 5, "{}{}", said.out, said.err);
    let json = said.json();
    assert_eq!((&json["schema"], &json["status"]), (&"mhl.seal/1".into(), &"cancelled".into()));
    let names = fs::read_dir(set.at("A001R1AB")).unwrap().map(|e| e.unwrap().file_name());
    assert!(names.into_iter().all(|name| !name.to_string_lossy().ends_with(".mhl")));
}

#[cfg(target_os = "linux")]
#[test]
fn a_terminated_verification_of_rolls_ends_with_the_roll_it_was_at() {
    let set = Set::new();
    for roll in ["A001", "A002"] {
        let folder = set.at("raid").join(roll);
        fs::create_dir(&folder).unwrap();
        fs::File::create(folder.join("long.mxf")).unwrap().set_len(LONG).unwrap();
        let list = format!(
            "<?xml version=\"1.0\"?><hashlist version=\"1.1\"><hash><file>long.mxf</file>\
             <size>{LONG}</size><xxhash64be>0000000000000000</xxhash64be></hash></hashlist>"
        );
        fs::write(folder.join("roll.mhl"), list).unwrap();
    }
    let Some(said) = signalled(("TERM", 15), &["verify", &set.word("raid"), "--json"]) else {
        return;
    };
    assert_eq!(said.code, 5, "{}{}", said.out, said.err);
    let json = said.json();
    assert_eq!((&json["schema"], &json["status"]), (&"mhl.verify/1".into(), &"cancelled".into()));
    assert_eq!(json["counts"]["rolls"], 2);
    assert!(json["rolls"].as_array().unwrap().len() < 2, "the second was not begun");
}

#[cfg(target_os = "linux")]
#[test]
fn an_interrupted_hash_says_so() {
    let set = Set::new();
    fs::File::create(set.at("long.mxf")).unwrap().set_len(LONG).unwrap();
    let words = ["hash", &set.word("long.mxf"), &set.word("A001R1AB"), "--json"];
    let Some(said) = signalled(("INT", 2), &words) else { return };
    assert_eq!((said.code, &said.json()["status"]), (5, &"cancelled".into()), "{}", said.err);
}

#[test]
fn seal_says_what_was_written_and_what_was_found() {
    let set = Set::new();
    let roll = set.word("A001R1AB");
    let said = mhl(&["seal", &roll, "--manifest", "asc"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.contains("sealed: 2 files"), "{}", said.out);
    assert!(!said.out.contains("UNKNOWN"), "{}", said.out);

    fs::write(set.at("A001R1AB/late.wav"), "sound").unwrap();
    let said = mhl(&["seal", &roll]);
    assert_eq!(said.code, 21, "{}", said.err);
    assert!(set.at("A001R1AB/ascmhl").read_dir().unwrap().count() == 3, "a second generation");
    assert!(!said.out.contains("NOT SEALED"), "{}", said.out);
    let headline = "0002_A001R1AB_2026-11-22_133000Z.mhl was written";
    assert!(said.out.contains(headline) && said.out.contains("1 new"), "{}", said.out);

    // Nothing is appended to a history that does not hold, whatever list the report names.
    fs::remove_file(set.at("A001R1AB/ascmhl/ascmhl_chain.xml")).unwrap();
    let said = mhl(&["seal", &roll]);
    assert_eq!(said.code, 32, "{}", said.err);
    assert!(said.out.contains("NOT SEALED: no list was written"), "{}", said.out);
}

#[test]
fn an_event_is_read_as_json() {
    let set = Set::new();
    let ledger = set.word("set.ledger");
    let place = set.at("cart.json");
    fs::write(&place, r#"{"id": "cart", "site": "Stage 5"}"#).unwrap();
    let said = mhl_reading(&place, &["record", &ledger, "place", "--json", "-"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(said.json()["seq"], 1);
    fs::write(set.at("lab.json"), r#"{"id": "lab", "site": "Dailies lab"}"#).unwrap();
    let said = mhl(&["record", &ledger, "place", "--json", &set.word("lab.json")]);
    assert_eq!(said.code, 0, "{}", said.err);
    let text = fs::read_to_string(&ledger).unwrap();
    assert!(text.contains("Stage 5") && text.contains("Dailies lab"), "{text}");

    let said = mhl(&["record", &ledger, "place", "--json", "--id", "vault", "--site", "Archive"]);
    assert_eq!((said.code, &said.json()["seq"]), (0, &3.into()), "{}", said.err);
    let said = mhl_reading(&place, &["record", &ledger, "evidence", "--json", "-"]);
    assert_eq!(said.code, 2, "evidence is never typed in");
    let said = mhl(&["record", &ledger, "evidence", "--report", &set.word("lab.json")]);
    assert_eq!(said.code, 3, "no report: {}", said.err);
}

#[test]
fn several_rolls_are_one_object_with_every_finding() {
    let set = Set::new();
    set.offload(&[]);
    set.offload(&["--name", "A002"]);
    flip_a_bit(&set.at("raid/A001R1AB/Clips/A001C002.mxf"));
    fs::create_dir(set.at("raid/A003")).unwrap();
    fs::write(set.at("raid/A003/A003.mhl"), "no list").unwrap();

    let said = mhl(&["verify", &set.word("raid"), "--json"]);
    assert_eq!(said.code, 3, "an invalid list goes before a mismatch: {}", said.err);
    let json = said.json();
    assert_eq!((&json["schema"], &json["status"]), (&"mhl.verify/1".into(), &"failed".into()));
    let counts = &json["counts"];
    for (name, count) in
        [("rolls", 3), ("files", 4), ("verified", 3), ("mismatched", 1), ("faults", 1), ("new", 0)]
    {
        assert_eq!(counts[name], count, "{name}: {counts}");
    }
    let found = |finding: &Value| (finding["kind"].clone(), finding["path"].clone());
    let found: Vec<_> = json["findings"].as_array().unwrap().iter().map(found).collect();
    let clip = set.word("raid/A001R1AB/Clips/A001C002.mxf");
    assert_eq!(
        found,
        [
            ("hash-mismatch".into(), clip.into()),
            ("manifest-invalid".into(), set.word("raid/A003").into())
        ]
    );
    let statuses: Vec<_> =
        json["rolls"].as_array().unwrap().iter().map(|roll| roll["status"].clone()).collect();
    assert_eq!(statuses, ["failed", "verified"], "each whole report");

    let said = mhl(&["verify", &set.word("shuttle"), "--json"]);
    assert_eq!((said.code, &said.json()["status"]), (0, &"verified".into()));
}

#[test]
fn what_has_no_result_is_an_object_of_the_same_schema() {
    let set = Set::new();
    fs::write(set.at("bad.mhl"), "no list").unwrap();
    let (absent, bad) = (set.word("absent"), set.word("bad.mhl"));
    let (card, raid) = (set.word("A001R1AB"), set.word("raid"));
    let cases: [(&[&str], i32, &str, &str); 6] = [
        (&["verify", &absent, "--json"], 4, "unreadable-file", &absent),
        (&["verify", &bad, "--json"], 3, "manifest-invalid", &bad),
        (&["info", &card, "--json"], 30, "manifest-missing", &card),
        (&["offload", &absent, "--to", &raid, "--json"], 4, "unreadable-file", &absent),
        (&["clear", &absent, "--roll", "A001", "--json"], 4, "unreadable-file", &absent),
        (&["seal", &absent, "--json"], 4, "unreadable-file", &absent),
    ];
    for (words, code, kind, path) in cases {
        let said = mhl(words);
        assert_eq!(said.code, code, "{words:?}: {}", said.err);
        let json = said.json();
        assert_eq!(json["schema"], format!("mhl.{}/1", words[0]));
        assert_eq!(json["status"], "failed");
        assert_eq!((&json["exit"], &json["counts"]), (&code.into(), &serde_json::json!({})));
        let findings = json["findings"].as_array().unwrap();
        assert_eq!(findings.len(), 1, "{json}");
        assert_eq!((&findings[0]["kind"], &findings[0]["path"]), (&kind.into(), &path.into()));
        assert!(json["message"].is_string());
    }
    for words in [&["seal", &card, "--algorithm", "c4", "--json"][..], &["seal", "--json"]] {
        let said = mhl(words);
        let json = said.json();
        assert_eq!((said.code, &json["exit"]), (2, &2.into()), "{words:?}");
        assert_eq!(
            (&json["schema"], &json["findings"]),
            (&"mhl.seal/1".into(), &Value::Array(vec![]))
        );
    }
}

#[test]
fn info_tells_lists_from_litter_and_a_history_from_its_roll() {
    let set = Set::new();
    set.offload(&["--manifest", "asc"]);
    let (roll, history) = (set.word("raid/A001R1AB"), set.word("raid/A001R1AB/ascmhl"));
    assert_eq!(mhl(&["info", &history, "--json"]).json()["counts"]["lists"], 1);

    fs::write(set.at("raid/A001R1AB/._roll.mhl"), "left by an operating system").unwrap();
    let list = r#"<?xml version="1.0"?><hashlist version="1.1"></hashlist>"#;
    fs::write(set.at("raid/A001R1AB/roll.mhl"), list).unwrap();
    let of_roll = mhl(&["info", &roll, "--json"]).json();
    assert_eq!(of_roll["counts"]["lists"], 2, "the history and the list beside it: {of_roll}");
    assert_eq!(mhl(&["info", &history, "--json"]).json()["counts"]["lists"], 1);
    fs::remove_dir_all(&history).unwrap();
    assert_eq!(mhl(&["info", &history]).code, 30, "the list beside it is no history");

    fs::write(set.at("raid/A001R1AB/other.mhl"), "no list").unwrap();
    let said = mhl(&["info", &roll, "--json"]);
    assert_eq!(said.code, 3, "{}", said.out);
    assert_eq!(said.json()["counts"]["lists"], 1, "one bad list does not hide the other");
}

#[test]
fn a_ledger_that_cannot_be_opened_is_found_before_the_work() {
    let set = Set::new();
    let said = set.offload(&[
        "--ledger",
        &set.word("raid"),
        "--medium",
        "serial:RAID",
        "--medium",
        "serial:SHUTTLE",
    ]);
    assert_eq!(said.code, 4, "{}", said.err);
    assert_eq!(fs::read_dir(set.at("raid")).unwrap().count(), 0, "nothing was copied");
    assert_eq!(fs::read_dir(set.at("shuttle")).unwrap().count(), 0, "nothing was copied");
}

#[test]
fn a_report_is_printed_whether_or_not_it_can_be_recorded() {
    let set = Set::new();
    let ledger = set.word("set.ledger");
    let media =
        ["--medium", "serial:RAID", "--place", "cart", "--medium", "serial:SHUTTLE", "--ledger"];
    for place in ["cart", "lab"] {
        assert_eq!(mhl(&["record", &ledger, "place", "--id", place, "--site", "Stage 5"]).code, 0);
    }
    let said = set.offload(&[&media[..], &[&ledger]].concat());
    assert_eq!(said.code, 0, "{}", said.err);
    let roll = set.word("raid/A001R1AB");
    let elsewhere = ["--medium", "serial:RAID", "--place", "lab", "--ledger", &ledger, "--json"];
    let said = mhl(&[&["verify", &roll][..], &elsewhere].concat());
    assert_eq!(said.code, 4, "a medium that nobody moved: {}{}", said.out, said.err);
    assert_eq!(said.json()["status"], "verified", "one object, and it is the report");
    assert!(said.err.contains("nothing was recorded"), "{}", said.err);
}

#[test]
fn row_37_and_38_folder_names_are_escaped_wherever_printed() {
    let set = Set::new();
    let evil = "A002\u{1b}[2J\u{9b}\u{202e}\nverified";
    assert_eq!(set.offload(&["--name", evil]).code, 0);
    assert_eq!(set.offload(&["--name", "A003"]).code, 0);
    let roll = set.word(&format!("raid/{evil}"));
    let safe = |text: &str| !text.contains(['\u{1b}', '\u{9b}', '\u{202e}']);
    for words in [
        &["verify", &set.word("raid")][..],
        &["verify", &set.word("raid"), "--json"],
        &["verify", &roll],
        &["info", &roll],
        &["diff", &roll, &set.word("raid/A003")],
        &["seal", &roll],
        &["hash", &roll],
        &["offload", &roll, "--to", &roll],
        &["verify", &format!("{roll}.absent"), "--json"],
    ] {
        let said = mhl(words);
        assert!(safe(&said.out), "{words:?}: {:?}", said.out);
        assert!(safe(&said.err), "{words:?}: {:?}", said.err);
        assert!(!format!("{}{}", said.out, said.err).contains("\nverified"), "{words:?}");
    }
}

#[test]
fn nobody_reading_the_result_changes_nothing_of_it() {
    let set = Set::new();
    set.offload(&[]);
    let roll = set.word("raid/A001R1AB");
    for words in [&["verify", &roll][..], &["verify", &roll, "--json"], &["demo"]] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = command(words).stdout(writer).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{words:?}: {said}");
        assert!(!said.contains("panicked"), "{said}");
    }
}

#[test]
fn a_card_that_carries_a_list_and_grew_keeps_one_list_on_its_copy() {
    let set = Set::new();
    let card = set.word("A001R1AB");
    assert_eq!(mhl(&["seal", &card, "--algorithm", "md5"]).code, 0);
    let report = set.offload(&["--json"]).json();
    assert_eq!(report["status"], "verified", "{report}");
    let kinds = |report: &Value| -> Vec<String> {
        let findings = report["findings"].as_array().unwrap().iter();
        findings.map(|finding| finding["kind"].as_str().unwrap().to_owned()).collect()
    };
    assert!(kinds(&report).contains(&"carried".to_owned()));

    fs::write(set.at("A001R1AB/Clips/A001C003.mxf"), "after lunch").unwrap();
    let report = set.offload(&["--resume", "--json"]).json();
    assert_eq!((&report["status"], &report["counts"]["files"]), (&"verified".into(), &4.into()));
    assert!(set.at("raid/A001R1AB/Clips/A001C003.mxf").exists());
    let said = mhl(&["verify", &set.word("raid/A001R1AB"), "--json"]).json();
    assert_eq!(said["counts"]["verified"], 4, "the card's list is kept and listed: {said}");

    fs::write(set.at("A001R1AB/Clips/A001C001.mxf"), vec![9; 100_000]).unwrap();
    let said = mhl(&["offload", &card, "--to", &set.word("raid"), "--name", "again", "--json"]);
    assert_eq!(said.code, 11);
    let findings = said.json()["findings"].as_array().unwrap().clone();
    let fault = findings.iter().find(|finding| finding["kind"] == "hash-mismatch").unwrap();
    assert!(fault.get("copy").is_none(), "it is the card's own: {fault}");
}

#[test]
fn seal_of_single_files_reads_nothing_else() {
    let set = Set::new();
    let card = set.word("A001R1AB");
    assert_eq!(mhl(&["seal", &card, "--file", "Clips/A001C001.mxf"]).code, 30, "no history");
    assert_eq!(mhl(&["seal", &card, "--manifest", "asc"]).code, 0);
    fs::write(set.at("A001R1AB/report.pdf"), "report").unwrap();
    let said = mhl(&["seal", &card, "--file", "report.pdf", "--json"]).json();
    assert_eq!((&said["status"], &said["counts"]["files"]), (&"sealed".into(), &1.into()));
    let said = mhl(&["seal", &card, "--file", "absent", "--file", "report.pdf"]);
    assert_eq!(said.code, 20, "{}", said.err);
    assert!(said.err.contains("absent"));
    let said = mhl(&["seal", &card, "--file", "report.pdf", "--ignore", "*.pdf"]);
    assert_eq!(said.code, 2, "{}", said.err);
}

#[test]
fn info_tells_histories_within_and_departures_from_the_schema() {
    let set = Set::new();
    for root in ["A001R1AB/Clips", "A001R1AB"] {
        assert_eq!(mhl(&["seal", &set.word(root), "--manifest", "asc"]).code, 0);
    }
    let said = mhl(&["info", &set.word("A001R1AB"), "--json"]).json();
    let lists: Vec<_> =
        said["lists"].as_array().unwrap().iter().map(|l| l["path"].as_str().unwrap()).collect();
    assert_eq!(lists.len(), 3);
    assert_eq!(lists.iter().filter(|list| list.contains("/Clips/ascmhl/")).count(), 2);
    assert_eq!(said["lists"][0]["departures"].as_array().unwrap().len(), 0);

    let list = r#"<hashlist version="1.1"><odd/><odd/></hashlist>"#;
    fs::write(set.at("odd.mhl"), list).unwrap();
    let said = mhl(&["info", &set.word("odd.mhl"), "--json"]).json();
    let departures = said["lists"][0]["departures"].as_array().unwrap();
    let odd = departures.iter().find(|departure| departure["element"] == "odd").unwrap();
    assert_eq!(
        (&odd["rule"], &odd["line"], &odd["more"]),
        (&"schema".into(), &1.into(), &1.into())
    );

    let many: String = (0..5000).map(|number| format!("<odd{number}/>")).collect();
    fs::write(set.at("odd.mhl"), format!(r#"<hashlist version="1.1">{many}</hashlist>"#)).unwrap();
    let said = mhl(&["info", &set.word("odd.mhl"), "--json"]).json();
    let (told, untold) = (&said["lists"][0]["departures"], &said["lists"][0]["departures_untold"]);
    let told = told.as_array().unwrap();
    let more: u64 = told.iter().map(|departure| departure["more"].as_u64().unwrap()).sum();
    assert_eq!(told.len(), 100, "each kind once, and no more lines than can be read");
    assert!(100 + more + untold.as_u64().unwrap() >= 5000, "none is left uncounted: {untold}");
}

#[test]
fn flattened_lists_are_bundled_and_diff_compares_what_they_record() {
    let set = Set::new();
    fs::create_dir(set.at("lists")).unwrap();
    let lists = set.word("lists");
    fs::create_dir(set.at("B001")).unwrap();
    for (name, byte) in [("A001C001.mxf", 1), ("A001C002.mxf", 9)] {
        fs::create_dir_all(set.at("B001/Clips")).unwrap();
        fs::write(set.at("B001/Clips").join(name), vec![byte; 100_000]).unwrap();
    }
    for roll in ["A001R1AB", "B001"] {
        assert_eq!(mhl(&["seal", &set.word(roll), "--manifest", "asc"]).code, 0);
        assert_eq!(mhl(&["flatten", &set.word(roll), &lists]).code, 0);
    }
    let said = mhl(&["info", &set.word("lists/ascmhl_collection.xml"), "--json"]).json();
    assert_eq!((&said["status"], &said["counts"]["lists"]), (&"read".into(), &2.into()));
    assert_eq!(mhl(&["info", &lists, "--json"]).json()["counts"]["lists"], 2, "each once");

    let history = |roll: &str| set.word(&format!("{roll}/ascmhl"));
    let said = mhl(&["diff", &history("A001R1AB"), &history("B001"), "--json"]);
    assert_eq!(said.code, 11, "{}", said.out);
    assert_eq!(said.json()["findings"][0]["kind"], "hash-mismatch");
}
