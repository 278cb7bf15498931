//! What is recorded, and what may be wiped by it: record, clear, demo.

use std::fs;

use super::{Set, mhl, mhl_reading};

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
fn a_real_ledger_stays_real_and_a_simulated_one_says_so() {
    let set = Set::new();
    let (real, practice) = (set.word("set.ledger"), set.word("practice.ledger"));
    let place = ["place", "--id", "cart", "--site", "Stage 5"];
    assert_eq!(mhl(&[&["record", &real][..], &place].concat()).code, 0);
    let said = mhl(&[&["record", "--simulated", &real][..], &place].concat());
    assert_eq!(said.code, 2, "{}", said.out);
    assert!(said.err.contains("is a real ledger, and stays one"), "{}", said.err);
    assert_eq!(fs::read_to_string(&real).unwrap().lines().count(), 1);

    assert_eq!(mhl(&[&["record", "--simulated", &practice][..], &place].concat()).code, 0);
    let media = ["--medium", "serial:RAID", "--medium", "serial:SHUTTLE", "--card", "serial:CARD"];
    let said = set.offload(&[&["--ledger", &practice][..], &media].concat());
    assert_eq!(said.code, 0, "{}", said.err);
    let told = fs::read_to_string(&practice).unwrap();
    assert!(told.lines().all(|line| line.contains("\"simulated\":true")), "{told}");
    for device in ["sim:serial:RAID", "sim:serial:SHUTTLE", "sim:serial:CARD"] {
        assert!(told.contains(&format!("\"device\":\"{device}\"")), "{told}");
    }
    let said = mhl(&["clear", &practice, "--roll", "A001R1AB"]);
    assert!(said.out.starts_with("SIMULATED: "), "{}", said.out);
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
fn a_ledger_is_held_against_a_head_that_was_kept_elsewhere() {
    let set = Set::new();
    let ledger = set.word("set.ledger");
    let record = |id: &str| {
        let said = mhl(&["record", &ledger, "place", "--json", "--id", id, "--site", "Stage 5"]);
        said.json()["head"].as_str().unwrap().to_owned()
    };
    let (first, second) = (record("cart"), record("vault"));
    let clear = |pin: &str| mhl(&["clear", &ledger, "--roll", "A001", "--pin", pin]);
    assert_eq!(clear(&second).code, 40, "it is the one, and no roll is recorded");
    assert_eq!(clear(&first).code, 40, "it goes on from there");
    assert_eq!(clear("2:c4").code, 2, "no head");
    let text = fs::read_to_string(&ledger).unwrap();
    fs::write(&ledger, format!("{}\n", text.lines().next().unwrap())).unwrap();
    let cut = clear(&second);
    assert_eq!(cut.code, 3, "{}", cut.out);
    assert!(cut.err.contains("its end was cut off"), "{}", cut.err);
    fs::write(&ledger, text.replacen("Stage 5", "Stage 6", 1)).unwrap();
    assert_eq!(clear(&first).code, 3, "the chain is broken");
}

#[test]
fn a_line_whose_writing_was_interrupted_is_told_of_and_taken_away() {
    let set = Set::new();
    let ledger = set.word("set.ledger");
    let record = |id: &str| mhl(&["record", &ledger, "place", "--id", id, "--site", "Stage 5"]);
    assert_eq!(record("cart").code, 0);
    let text = fs::read_to_string(&ledger).unwrap();
    fs::write(&ledger, format!("{text}{}", &text[..100])).unwrap();
    assert_eq!(mhl(&["clear", &ledger, "--roll", "A001"]).code, 3, "it is not believed");
    let said = record("vault");
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.err.contains("line 2 was torn"), "{}", said.err);
    assert_eq!(fs::read_to_string(set.at("set.ledger.torn")).unwrap(), text[..100]);
    let again = fs::read_to_string(&ledger).unwrap();
    assert!(again.starts_with(&text) && again.lines().count() == 2, "{again}");
    assert_eq!(record("shelf").err.lines().count(), 0, "once");
}

#[test]
fn another_units_ledger_is_taken_in() {
    let set = Set::new();
    let (ledger, other) = (set.word("set.ledger"), set.word("unit2.ledger"));
    let roll = |ledger: &str, id: &str| {
        let said = mhl(&["record", ledger, "roll", "--json", "--id", id, "--kind", "camera"]);
        said.json()["head"].as_str().unwrap().to_owned()
    };
    roll(&ledger, "A001");
    let head = roll(&other, "B001");
    let import =
        |more: &[&str]| mhl(&[&["record", &ledger, "import", "--from", &other][..], more].concat());
    assert_eq!(import(&["--pin", &head.replace("1:", "2:")]).code, 3, "it is not the one");
    assert_eq!(import(&["--roll", "B001"]).code, 2, "it is taken in whole");
    assert_eq!(fs::read_to_string(&ledger).unwrap().lines().count(), 1, "nothing was recorded");
    let said = import(&["--pin", &head]);
    assert_eq!(said.code, 0, "{}", said.err);
    let verdict = mhl(&["clear", &ledger, "--roll", "B001"]);
    assert!(verdict.out.contains("W1    B001"), "it is known: {}", verdict.out);
    assert_eq!(mhl(&["record", &ledger, "import", "--from", &set.word("none")]).code, 4);
    roll(&other, "A001");
    let clash = mhl(&["record", &other, "roll", "--id", "A001", "--genre", "scripted"]);
    assert_eq!(clash.code, 0, "{}", clash.err);
    assert_eq!(mhl(&["record", &ledger, "roll", "--id", "A001", "--genre", "nonfiction"]).code, 0);
    let refused = import(&[]);
    assert_eq!(refused.code, 2, "{}", refused.out);
    assert!(refused.err.contains("genre of roll A001"), "{}", refused.err);
}
