//! Cards, rolls and their lists: offload, seal, verify, info, flatten, diff.

use std::fs;

use serde_json::Value;

use super::{Said, Set, command, flip_a_bit, mhl};

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
fn a_portion_is_read_in_turns_or_by_name_and_never_verifies() {
    let set = Set::new();
    set.offload(&[]);
    let roll = set.word("raid/A001R1AB");
    let (mut read, mut verified) = (Vec::new(), 0);
    for turn in ["1", "2"] {
        let said = mhl(&["verify", &roll, "--percent", "50", "--turn", turn, "--json"]);
        let json = said.json();
        assert_eq!((said.code, &json["status"]), (0, &"unproven".into()), "{}", said.err);
        verified += json["counts"]["verified"].as_u64().unwrap();
        let files = json["files"].as_array().unwrap().clone().into_iter();
        read.extend(files.filter(|file| file["unread"].is_null()).map(|file| file["path"].clone()));
    }
    read.sort_by_key(ToString::to_string);
    assert_eq!(
        (read, verified),
        (vec!["Clips/A001C001.mxf".into(), "Clips/A001C002.mxf".into()], 2)
    );

    flip_a_bit(&set.at("raid/A001R1AB/Clips/A001C002.mxf"));
    let names = set.at("names.txt");
    for (text, code) in [
        ("Clips/A001C001.mxf\n", 0),
        ("Clips/\n\n", 11),
        ("Clips/A001C009.mxf\n", 20),
        ("../x\n", 2),
        ("\n", 2),
    ] {
        fs::write(&names, text).unwrap();
        let said = mhl(&["verify", &roll, "--only", names.to_str().unwrap()]);
        assert_eq!(said.code, code, "{text:?}: {}{}", said.out, said.err);
        assert!(!said.out.contains("VERIFIED:"), "{}", said.out);
    }
    for refused in [
        &["--percent", "10"][..],
        &["--turn", "1"],
        &["--percent", "0", "--turn", "1"],
        &["--percent", "10", "--turn", "0"],
    ] {
        assert_eq!(mhl(&[&["verify", &*roll], refused].concat()).code, 2, "{refused:?}");
    }
}

#[test]
fn the_first_fault_ends_a_verification_on_request() {
    let set = Set::new();
    set.offload(&[]);
    flip_a_bit(&set.at("raid/A001R1AB/Clips/A001C001.mxf"));
    let said = mhl(&["verify", &set.word("raid/A001R1AB"), "--stop-at-first", "--json"]);
    let counts = &said.json()["counts"];
    assert_eq!((said.code, &counts["mismatched"], &counts["unread"]), (11, &1.into(), &1.into()));
    // Without it the other is read, and nothing is printed of files that nobody asked for.
    let said = mhl(&["verify", &set.word("raid/A001R1AB")]);
    assert!(said.out.contains("FAILED: 1 of 2 files verified, 200.0 kB"), "{}", said.out);
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
fn a_card_with_a_broken_list_is_refused_and_the_place_told() {
    let set = Set::new();
    fs::write(set.at("A001R1AB/camera.mhl"), "<hashlist version='1.1'>\n<hash></hash>").unwrap();
    let (card, drive) = (set.word("A001R1AB"), set.word("empty"));
    fs::create_dir(&drive).unwrap();
    let said = mhl(&["offload", &card, "--to", &drive]);
    assert_eq!(said.code, 3, "{}", said.err);
    assert!(said.err.contains("camera.mhl") && said.err.contains("line 2"), "{}", said.err);
    assert_eq!(fs::read_dir(&drive).unwrap().count(), 0);
}

#[test]
fn a_folder_with_a_list_s_name_is_no_roll() {
    let set = Set::new();
    set.offload(&[]);
    fs::create_dir(set.at("raid/rushes.mhl")).unwrap();
    let said = mhl(&["verify", &set.word("raid"), "--json"]);
    assert_eq!(said.code, 0, "{}", said.out);
    assert_eq!(said.json()["counts"]["verified"], 2, "the roll beside it: {}", said.out);
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

#[test]
fn diff_of_two_histories_says_how_they_stand_to_each_other() {
    let set = Set::new();
    for root in ["A001R1AB/Clips", "A001R1AB"] {
        assert_eq!(mhl(&["seal", &set.word(root), "--manifest", "asc"]).code, 0);
    }
    set.offload(&[]);
    let history = |drive: &str| set.word(&format!("{drive}/A001R1AB/ascmhl"));
    let (raid, shuttle) = (history("raid"), history("shuttle"));
    let said = mhl(&["diff", &raid, &shuttle, "--json"]).json();
    assert_eq!((&said["schema"], &said["status"]), (&"mhl.diff/1".into(), &"unproven".into()));
    let same = |scope: &str| serde_json::json!({"kinship": "same", "scope": scope});
    assert_eq!(said["kinship"], serde_json::json!([same("."), same("Clips")]));

    // Each facility goes on by itself: one outside, the other within, with a file of one name.
    assert_eq!(mhl(&["verify", &set.word("raid/A001R1AB")]).code, 0);
    for (drive, content) in [("raid", "here"), ("shuttle", "far")] {
        fs::write(set.at(drive).join("A001R1AB/Clips/late.mxf"), content).unwrap();
        assert_eq!(mhl(&["seal", &set.word(&format!("{drive}/A001R1AB/Clips"))]).code, 21);
    }
    let said = mhl(&["diff", &raid, &shuttle]);
    let outer = "history of .: 2 generations in common, then 1 in the first alone";
    let inner =
        "history of Clips: 3 generations in common, then 2 in the first and 1 in the second";
    assert!(said.out.contains(outer) && said.out.contains(inner), "{}", said.out);
    let said = mhl(&["diff", &raid, &shuttle, "--json"]);
    assert_eq!(said.code, 3, "{}", said.out);
    let json = said.json();
    assert_eq!((&json["status"], &json["kinship"][1]["second"]), (&"failed".into(), &1.into()));
    let findings = json["findings"].as_array().unwrap().iter();
    let told: Vec<_> =
        findings.map(|f| (f["kind"].as_str().unwrap(), f["path"].as_str().unwrap())).collect();
    assert!(told.contains(&("conflicting-originals", "Clips/late.mxf")), "{told:?}");
    assert!(json["copies"][0]["counts"]["faults"].as_u64().unwrap() > 0);

    // A folder is no history, and the name alone is one.
    let said = mhl(&["diff", &raid, &set.word("raid/A001R1AB"), "--json"]).json();
    assert!(said.get("kinship").is_none());
    let mut here = command(&["diff", "ascmhl", &shuttle, "--json"]);
    let said: Said = here.current_dir(set.at("raid/A001R1AB")).output().unwrap().into();
    assert!(said.json()["kinship"].is_array(), "{}", said.out);
    let mut here = command(&["info", "ascmhl"]);
    let said: Said = here.current_dir(set.at("raid/A001R1AB")).output().unwrap().into();
    assert_eq!(said.code, 0, "{}", said.err);
}
