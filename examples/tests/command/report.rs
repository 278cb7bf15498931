//! `--report`: what is kept of an operation.

use std::fs;

use serde_json::Value;

use super::{Set, flip_a_bit, mhl};

#[test]
fn a_report_is_kept_as_a_page_and_as_the_json_that_is_printed() {
    let set = Set::new();
    let (page, json) = (set.word("A001.html"), set.word("A001.json"));
    let said = set.offload(&["--report", &page]);
    assert_eq!(said.code, 0, "{}", said.err);
    let kept = fs::read_to_string(&page).unwrap();
    assert!(kept.starts_with("<!DOCTYPE html>") && kept.trim_end().ends_with("</html>"));
    assert!(kept.contains("A001C002.mxf") && kept.contains(&set.word("shuttle/A001R1AB")));

    flip_a_bit(&set.at("raid/A001R1AB/Clips/A001C001.mxf"));
    let roll = set.word("raid/A001R1AB");
    let said = mhl(&["verify", &roll, "--json", "--report", &json]);
    assert_eq!(said.code, 11);
    let kept: Value = serde_json::from_str(&fs::read_to_string(&json).unwrap()).unwrap();
    assert_eq!(kept, said.json());

    // One of an earlier run is replaced, and nothing else is left beside it.
    assert_eq!(mhl(&["verify", &roll, "--report", &page]).code, 11);
    assert!(fs::read_to_string(&page).unwrap().contains("<p class=\"word\">Failed</p>"));
    let left = fs::read_dir(set.at(""))
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().ends_with(".part"));
    assert_eq!(left.count(), 0);
}

#[test]
fn a_report_is_never_kept_in_a_roll_nor_as_something_else() {
    let set = Set::new();
    for refused in ["A001R1AB/page.html", "A001R1AB/Clips/page.html", "page.pdf", "page"] {
        let said = set.offload(&["--report", &set.word(refused)]);
        assert_eq!(said.code, 2, "{refused}: {}", said.err);
        assert!(!set.at(refused).exists());
        assert!(!set.at("raid/A001R1AB").exists(), "nothing was begun");
    }
    assert_eq!(set.offload(&["--report", &set.word("nowhere/page.html")]).code, 4);

    assert_eq!(set.offload(&[]).code, 0);
    let list = fs::read_dir(set.at("raid/A001R1AB")).unwrap().find_map(|entry| {
        let path = entry.unwrap().path();
        path.extension().is_some_and(|e| e == "mhl").then_some(path)
    });
    let list = list.unwrap().to_str().unwrap().to_owned();
    for path in [set.word("raid/A001R1AB"), list] {
        let said = mhl(&["verify", &path, "--report", &set.word("raid/A001R1AB/Clips/page.html")]);
        assert_eq!(said.code, 2, "{}", said.err);
    }
    assert_eq!(set.offload(&["--name", "B002"]).code, 0);
    let said = mhl(&["verify", &set.word("raid"), "--report", &set.word("raid/page.html")]);
    assert_eq!(said.code, 2, "{}", said.err);
}

#[test]
fn a_report_of_many_rolls_is_one_page_and_the_json_that_is_printed() {
    let set = Set::new();
    set.offload(&[]);
    set.offload(&["--name", "B002"]);
    flip_a_bit(&set.at("raid/B002/Clips/A001C002.mxf"));
    fs::create_dir(set.at("raid/C003")).unwrap();
    fs::write(set.at("raid/C003/C003.mhl"), "no list").unwrap();
    let (page, json) = (set.word("rolls.html"), set.word("rolls.json"));
    let said = mhl(&["verify", &set.word("raid"), "--report", &page]);
    assert_eq!(said.code, 3, "{}", said.err);
    let kept = fs::read_to_string(&page).unwrap();
    let holds = [
        "<p class=\"word\">Failed</p>",
        "<h2>Rolls</h2>",
        "A001R1AB/Clips",
        "B002/Clips/A001C002.mxf",
        "raid/C003",
    ];
    for text in holds {
        assert!(kept.contains(text), "{text}");
    }
    assert!(!kept.contains("they fail together"), "rolls are no copies of each other");
    let said = mhl(&["verify", &set.word("raid"), "--json", "--report", &json]);
    let kept: Value = serde_json::from_str(&fs::read_to_string(&json).unwrap()).unwrap();
    assert_eq!(kept, said.json());
    assert_eq!(kept["rolls"].as_array().unwrap().len(), 2);
    assert_eq!(kept["rolls"][0]["files"].as_array().unwrap().len(), 2);
}
