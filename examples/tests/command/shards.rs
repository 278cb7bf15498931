//! `verify --shard` and `merge`: what many machines say together is what one says.

use std::{fs, path::Path};

use serde_json::Value;

use super::{Set, flip_a_bit, mhl};

/// A drive with three rolls, one of them with a history.
fn drive() -> Set {
    let set = Set::new();
    for (roll, format, clips) in
        [("A001", "classic", 9), ("A002", "asc", 5), ("B001", "classic", 1)]
    {
        let folder = set.at("drive").join(roll).join("Clips");
        fs::create_dir_all(&folder).unwrap();
        for clip in 0..clips {
            fs::write(folder.join(format!("C{clip:03}.mxf")), vec![clip; 90_000]).unwrap();
        }
        let said = mhl(&["seal", &set.word(&format!("drive/{roll}")), "--manifest", format]);
        assert_eq!(said.code, 0, "{}", said.err);
    }
    set
}

/// The reports of all shards, kept as files.
fn shards(set: &Set, path: &str, of: usize, more: &[&str]) -> Vec<String> {
    let shard = |number| {
        let name = path.replace('/', "-");
        let report = set.word(&format!("{name}-{number}-of-{of}.json"));
        let (roll, shard) = (set.word(path), format!("{number}/{of}"));
        let words = ["verify", &roll, "--shard", &shard, "--report", &report];
        let said = mhl(&[&words, more].concat());
        assert!([0, 10, 11, 21].contains(&said.code), "{}", said.err);
        report
    };
    (1..=of).map(shard).collect()
}

fn merge(reports: &[String], more: &[&str]) -> super::Said {
    let reports: Vec<&str> = reports.iter().map(String::as_str).collect();
    mhl(&[&["merge"], &reports[..], more].concat())
}

fn manifests(history: &Path) -> usize {
    fs::read_dir(history).unwrap().count() - 1
}

#[test]
fn merged_shards_say_what_one_machine_says() {
    let set = drive();
    fs::write(set.at("drive/A001/new.txt"), "new").unwrap();
    fs::remove_file(set.at("drive/A001/Clips/C003.mxf")).unwrap();
    flip_a_bit(&set.at("drive/A002/Clips/C001.mxf"));
    for path in ["drive", "drive/A001", "drive/A002", "drive/B001"] {
        let whole = mhl(&["verify", &set.word(path), "--dry-run", "--json"]);
        for of in [1, 2, 5] {
            let mut reports = shards(&set, path, of, &["--dry-run"]);
            reports.reverse();
            let merged = merge(&reports, &["--json"]);
            assert_eq!(merged.code, whole.code, "{path}: {}", merged.err);
            assert_eq!(merged.out, whole.out, "{path}, {of} shards");
            let [merged, whole] =
                [merge(&reports, &[]), mhl(&["verify", &set.word(path), "--dry-run"])];
            assert_eq!(merged.out, whole.out, "{path}, {of} shards");
        }
    }
}

#[test]
fn a_shard_proves_nothing_by_itself_and_writes_nothing() {
    let set = drive();
    let history = set.at("drive/A002/ascmhl");
    let shard = mhl(&["verify", &set.word("drive/A002"), "--shard", "1/1", "--json"]).json();
    assert_eq!(shard["status"], "unproven");
    assert_eq!(shard["counts"]["verified"], 5);
    assert_eq!(manifests(&history), 1);
    let ledger = set.word("set.ledger");
    let words = ["verify", &set.word("drive/A001"), "--shard", "1/2", "--ledger", &ledger];
    assert_eq!(mhl(&words).code, 2, "no ledger takes it");
    for shard in ["0/2", "3/2", "2", "a/b"] {
        assert_eq!(mhl(&["verify", &set.word("drive/A001"), "--shard", shard]).code, 2, "{shard}");
    }
}

#[test]
fn a_merge_appends_the_one_generation() {
    let set = drive();
    let roll = set.word("drive/A002");
    let reports = shards(&set, "drive/A002", 3, &[]);
    let said = merge(&reports, &["--append", &roll]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(manifests(&set.at("drive/A002/ascmhl")), 2);
    assert_eq!(mhl(&["verify", &roll, "--dry-run"]).code, 0);
    let said = merge(&reports, &["--append", &roll]);
    assert_eq!(said.code, 3);
    assert!(said.err.contains("not what the shards saw"), "{}", said.err);
    assert_eq!(manifests(&set.at("drive/A002/ascmhl")), 2);

    // Of a folder to every history in it.
    let reports = shards(&set, "drive", 4, &[]);
    let said = merge(&reports, &["--append", &set.word("drive")]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.ends_with("3 of 3 rolls verified\n"), "{}", said.out);
    assert_eq!(manifests(&set.at("drive/A002/ascmhl")), 3);
}

#[test]
fn shards_that_do_not_belong_together_are_refused_each_with_its_word() {
    let set = drive();
    let good = shards(&set, "drive/A001", 3, &[]);
    let refused = |reports: &[String], word: &str| {
        let said = merge(reports, &["--json"]);
        assert_eq!(said.code, 3, "{}", said.out);
        assert_eq!(said.out.lines().count(), 1);
        let message = said.json()["message"].as_str().unwrap().to_owned();
        assert!(message.contains(word), "{message}, {word} expected");
    };
    refused(&good[1..], "shard 1 is missing");
    refused(&[&good[..], &good[..1]].concat(), "shard 1 has several reports");

    let copy = |name: &str, change: &dyn Fn(&mut Value)| {
        let mut value: Value =
            serde_json::from_str(&fs::read_to_string(&good[1]).unwrap()).unwrap();
        change(&mut value);
        let path = set.word(name);
        fs::write(&path, value.to_string()).unwrap();
        path
    };
    let with = |changed: String| vec![good[0].clone(), changed, good[2].clone()];
    let other = copy("differing.json", &|value| value["counts"]["verified"] = 1.into());
    refused(&[&good[..], &[other]].concat(), "which differ");
    let forged = copy("plan.json", &|value| value["shard"]["tree"] = "c4".into());
    refused(&with(forged), "plan.json");
    let older = copy("older.json", &|value| value["copies"][0]["manifest"]["c4"] = "c4".into());
    refused(&with(older), "another list");
    let counts = copy("counts.json", &|value| value["counts"]["missing"] = 1.into());
    refused(&with(counts), "shard 2 is not what a shard writes");
    let whole = copy("whole.json", &|value| {
        value.as_object_mut().unwrap().remove("shard");
    });
    refused(&with(whole), "of no shard");

    let text = fs::read_to_string(&good[1]).unwrap();
    let cut = set.word("cut.json");
    fs::write(&cut, &text[..text.len() / 2]).unwrap();
    refused(&with(cut), "cut.json");
    refused(&with(set.word("A001R1AB/Clips/A001C001.mxf")), "A001C001.mxf");
    assert_eq!(merge(&with(set.word("nowhere.json")), &[]).code, 4);

    let others = shards(&set, "drive/B001", 3, &[]);
    refused(&with(others[1].clone()), "another list");
    let all = shards(&set, "drive", 2, &[]);
    refused(&[good[0].clone(), all[0].clone()], "of a folder of rolls");
    refused(&all[..1], "shard 2 is missing");
}
