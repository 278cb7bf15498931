//! What every subcommand keeps towards who reads it, and towards signals.

use std::fs;
#[cfg(target_os = "linux")]
use std::process::Command;

use serde_json::Value;

use super::{Said, Set, command, mhl};

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
fn what_cannot_be_meant_is_a_usage_error_that_says_so() {
    let set = Set::new();
    let said = set.offload(&["--algorithm", "c4"]);
    assert_eq!(said.code, 2);
    assert!(said.err.contains("c4 cannot stand in classic lists"), "{}", said.err);
    assert_eq!(set.offload(&["--patience", "0"]).code, 2, "everyone would be given up at once");
    let card = set.word("A001R1AB");
    let inside = set.word("A001R1AB/Clips");
    let said = mhl(&["offload", &card, "--to", &inside]);
    assert_eq!(said.code, 2);
    assert!(said.err.contains("within the source"), "{}", said.err);
    assert_eq!(mhl(&["verify", &card]).code, 30);
    assert_eq!(mhl(&["offload", &set.word("absent"), "--to", &set.word("raid")]).code, 4);
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
fn a_terminated_verification_of_rolls_ends_with_the_rolls_it_was_at() {
    let set = Set::new();
    for roll in 1..=9 {
        let folder = set.at("raid").join(format!("A00{roll}"));
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
    assert_eq!(json["counts"]["rolls"], 9);
    let rolls = json["rolls"].as_array().unwrap();
    assert!(rolls.len() <= 4, "no more are read side by side, and the others were not begun");
    for roll in rolls {
        assert_eq!((&roll["status"], &roll["counts"]["unread"]), (&"cancelled".into(), &1.into()));
    }
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
