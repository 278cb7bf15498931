//! A plan: what the chain takes, what governs, and how many cards that asks for.

use std::fs;

use serde_json::Value;

use super::{Set, mhl};

/// The plan that `examples/README.md` shows, as it stands there.
fn documented() -> String {
    let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let readme = fs::read_to_string(readme).unwrap();
    readme.split("```toml\n").nth(1).unwrap().split("```").next().unwrap().to_owned()
}

#[test]
fn the_documented_plan_is_told_in_words_numbers_and_a_picture() {
    let set = Set::new();
    let (plan, picture) = (set.word("harbour.toml"), set.word("harbour.svg"));
    fs::write(&plan, documented()).unwrap();
    let said = mhl(&["plan", &plan, "--svg", &picture]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.starts_with("PLAN: Harbour, main unit (scripted)\n"), "{}", said.out);
    assert!(said.out.contains("\nBottleneck: upload\n"), "{}", said.out);
    assert!(said.out.contains("\nTo change first: upload from 125 MB/s to "), "{}", said.out);
    assert!(said.out.lines().all(|line| line.chars().count() <= 80), "{}", said.out);
    let drawn = fs::read_to_string(&picture).unwrap();
    assert!(drawn.starts_with("<svg ") && drawn.contains(">cart RAID<"), "{drawn}");

    let json = mhl(&["plan", &plan, "--json"]).json();
    assert_eq!(json["schema"], "mhl.plan/1");
    let sum: u64 = json["stages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| s["milliseconds"].as_u64().unwrap())
        .sum();
    assert_eq!(json["total_milliseconds"], sum);
    assert_eq!(json["cards"]["needed"], 7, "two days of 2.4 TB, and two cards: {}", json["cards"]);
    let kinds: Vec<&Value> =
        json["findings"].as_array().unwrap().iter().map(|finding| &finding["kind"]).collect();
    assert_eq!(kinds, ["B1"], "the RAID is slower than the reader");
    assert_eq!(json["status"], "advised");
}

#[test]
fn advice_refuses_nothing_and_a_plan_that_is_none_does() {
    let set = Set::new();
    let plan = set.word("plan.toml");
    let run = |text: &str, more: &[&str]| {
        fs::write(&plan, text).unwrap();
        mhl(&[&["plan", &plan][..], more].concat())
    };
    let poor =
        documented().replace("at_hand = 8", "at_hand = 0").replace("write = \"900 MB/s\"\n", "");
    let said = run(&poor, &["--json"]);
    assert_eq!((said.code, &said.json()["status"]), (0, &"unknown".into()), "{}", said.err);
    assert_eq!(said.json()["total_milliseconds"], Value::Null);

    let said = run(&documented().replace("[cards]", "[cards]\ncolour = \"red\""), &["--json"]);
    assert_eq!(said.code, 3);
    assert!(
        said.err.contains("line ") && said.err.contains("unknown field `colour`"),
        "{}",
        said.err
    );
    assert_eq!(said.json()["findings"][0]["path"], plan.as_str());
    let said = run(&documented().replace("usb-3.2-gen-2", "usb-3"), &[]);
    assert_eq!(said.code, 3, "{}", said.out);
    assert!(
        said.err.contains("chain.reader.interface names the rate \"usb-3\"; known are"),
        "{}",
        said.err
    );

    assert_eq!(mhl(&["plan", &set.word("none.toml")]).code, 4);
    assert_eq!(mhl(&["plan"]).code, 2);
    let said = run(&documented(), &["--svg", &set.word("nowhere/chain.svg")]);
    assert_eq!(said.code, 4, "{}", said.err);
    let said = run(&documented(), &["--report", &plan]);
    assert_eq!(said.code, 3, "a plan is no report: {}", said.err);
    let said = run(&documented(), &["--rates", &plan]);
    assert_eq!(said.code, 3, "a plan is no file of rates: {}", said.err);
}

#[test]
fn rates_come_from_a_file_and_from_what_an_offload_measured() {
    let set = Set::new();
    let (plan, rates) = (set.word("plan.toml"), set.word("rates.toml"));
    fs::write(&plan, documented().replace("/mnt/raid", &set.word("raid"))).unwrap();
    fs::write(
        &rates,
        "name = \"our cart\"\ndate = \"2026-03-01\"\n[rates.\"usb-3.2-gen-2\"]\nkind = \"reader\"\n\
         rate = \"700 MB/s\"\nsource = \"this reader\"\ndate = \"2026-03-01\"\n",
    )
    .unwrap();
    let json = mhl(&["plan", &plan, "--rates", &rates, "--json"]).json();
    assert_eq!(json["stages"][0]["bytes_per_second"], 700_000_000, "{json}");

    let mut report = set.offload(&["--json"]).json();
    // So small a copy takes no time that can be told: here it took some.
    for phase in report["phases"].as_array_mut().unwrap() {
        phase["busy_ms"] = 2.into();
        phase["bytes"] = 200_000.into();
    }
    let kept = set.word("report.json");
    fs::write(&kept, report.to_string()).unwrap();
    let json = mhl(&["plan", &plan, "--report", &kept, "--json"]).json();
    let links = json["stages"][0]["links"].as_array().unwrap();
    let raid = links.iter().find(|link| link["component"] == "cart RAID").unwrap();
    assert_eq!(raid["basis"]["from"], "measured", "{raid}");
    assert_eq!(raid["bytes_per_second"], 100_000_000);
    let unused: Vec<String> = serde_json::from_value(json["unused"].clone()).unwrap();
    assert_eq!(unused, [set.word("A001R1AB"), set.word("shuttle/A001R1AB")]);
}
