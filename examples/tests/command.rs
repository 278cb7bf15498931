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

fn mhl(words: &[&str]) -> Said {
    let output = Command::new(env!("CARGO_BIN_EXE_mhl"))
        .args(words)
        .env("SOURCE_DATE_EPOCH", "1795354200")
        .env("MHL_HOSTNAME", "cart-1")
        .output()
        .unwrap();
    Said {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
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
