//! From three copies to a permit, and what refuses it.

use std::{fs, path::PathBuf, process::Command};

use serde_json::{Value, json};

use super::{Said, Set, mhl};

/// A key pair that `openssl genpkey -algorithm ed25519` made, for tests alone.
const PRIVATE: &str = "-----BEGIN PRIVATE KEY-----\n\
    MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n\
    -----END PRIVATE KEY-----\n";
const PUBLIC: &str = "-----BEGIN PUBLIC KEY-----\n\
    MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n\
    -----END PUBLIC KEY-----\n";

/// A set whose card stands on three drives, as a ledger tells it.
struct Cleared {
    set: Set,
    ledger: String,
    list: PathBuf,
}

impl Cleared {
    /// Three copies, or as many as are asked for.
    fn of(copies: usize) -> Self {
        let set = Set::new();
        let (ledger, said) = (set.word("set.ledger"), set.offload(&["--json"]));
        assert_eq!(said.code, 0, "{}", said.err);
        let found = fs::read_dir(set.at("raid/A001R1AB")).unwrap().map(|e| e.unwrap().path());
        let list = found.into_iter().find(|path| path.extension().is_some_and(|e| e == "mhl"));
        let cleared = Cleared { set, ledger, list: list.unwrap() };
        cleared.describe();
        // Folders of one disk are one device: here each is told as a drive of its own.
        let mut report = said.json();
        report["source"]["device"] = Value::Null;
        let copy = report["copies"][0].clone();
        report["copies"] = json!(vec![copy; copies]);
        let mut words = vec!["evidence", "--report", "REPORT", "--roll", "A001"];
        words.extend(["--card", "serial:CARD"]);
        let media = [("serial:SET", "cart"), ("serial:LAB", "lab"), ("lto:T00001L8", "lab")];
        for (index, (medium, place)) in media.iter().take(copies).enumerate() {
            let copy = &mut report["copies"][index];
            copy["place"] = json!({"path": format!("/mnt/{index}/A001R1AB")});
            copy["grade"] = json!("past-the-cache");
            words.extend(["--medium", *medium, "--place", *place]);
        }
        fs::write(cleared.set.at("report.json"), report.to_string()).unwrap();
        let report = cleared.set.word("report.json");
        words[2] = &report;
        cleared.record(&words);
        cleared
    }

    fn describe(&self) {
        self.record(&[
            "roll",
            "--id",
            "A001",
            "--kind",
            "camera",
            "--genre",
            "nonfiction",
            "--links",
            "",
        ]);
        for (id, site) in [("cart", "Stage 5"), ("lab", "Dailies lab")] {
            self.record(&["place", "--id", id, "--site", site]);
        }
        self.record(&["medium", "--id", "serial:CARD", "--kind", "capture-device"]);
        self.record(&["medium", "--id", "serial:SET", "--kind", "raid", "--level", "5"]);
        self.record(&["medium", "--id", "serial:LAB", "--kind", "raid", "--level", "6"]);
        let tape = ["--kind", "lto", "--generation", "8", "--file-system", "ltfs"];
        self.record(&[&["medium", "--id", "lto:T00001L8"][..], &tape].concat());
        let seen = ["--covers", "recording", "--covers", "transfer", "--against", "camera-reports"];
        let by = ["--files", "all", "--by", "dit", "--result", "passed"];
        self.record(&[&["inspection", "--rolls", "A001"][..], &by, &seen].concat());
    }

    fn record(&self, words: &[&str]) -> Said {
        let said = mhl(&[&["record", &self.ledger][..], words].concat());
        assert_eq!(said.code, 0, "{words:?}: {}", said.err);
        said
    }

    fn clear(&self, words: &[&str]) -> Said {
        mhl(&[&["clear", &self.ledger, "--roll", "A001"][..], words].concat())
    }

    /// Asks for a permit, with the keys beside it.
    fn permit(&self) -> (String, Said) {
        let (key, permit) = (self.set.word("wipe.key"), self.set.word("A001.permit"));
        fs::write(&key, PRIVATE).unwrap();
        fs::write(self.set.at("wipe.pub"), PUBLIC).unwrap();
        let said = self.clear(&["--permit", &permit, "--key", &key]);
        (permit, said)
    }

    fn check(&self, words: &[&str]) -> Said {
        let (permit, key) = (self.set.word("A001.permit"), self.set.word("wipe.pub"));
        mhl(&[&["permit", "check", &permit, "--key", &key][..], words].concat())
    }

    /// What a comparison of the card's names with the copy's list says now.
    fn look(&self) -> String {
        let card = self.set.word("A001R1AB");
        let said = mhl(&["diff", self.list.to_str().unwrap(), &card, "--json"]);
        let look = self.set.word("look.json");
        fs::write(&look, said.out).unwrap();
        look
    }
}

fn kinds(said: &Said) -> Vec<String> {
    let json = said.json();
    let findings = json["findings"].as_array().unwrap();
    findings.iter().map(|finding| finding["kind"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn what_is_cleared_gets_a_permit_that_holds_until_something_happens() {
    let cleared = Cleared::of(3);
    let (permit, said) = cleared.permit();
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    assert!(said.out.starts_with("CLEARED") && said.out.contains("Permit: "), "{}", said.out);
    assert!(!said.out.contains("\nNext"), "{}", said.out);

    let alone = cleared.check(&[]);
    assert_eq!(alone.code, 41, "{}", alone.out);
    assert!(alone.out.starts_with("UNCHECKED: signed by key d75a9801"), "{}", alone.out);
    let held = cleared.check(&["--ledger", &cleared.ledger]);
    assert_eq!(held.code, 0, "{}{}", held.out, held.err);
    assert!(held.out.contains("was not looked at since"), "{}", held.out);
    let look = cleared.look();
    let held = cleared.check(&["--ledger", &cleared.ledger, "--look", &look]);
    assert_eq!(held.code, 0, "{}{}", held.out, held.err);

    // The card gained a file.
    fs::write(cleared.set.at("A001R1AB/Clips/A001C003.mxf"), "one more").unwrap();
    let look = cleared.look();
    let refused = cleared.check(&["--ledger", &cleared.ledger, "--look", &look, "--json"]);
    assert_eq!(
        (refused.code, kinds(&refused)),
        (40, vec!["card-changed".into(), "look-unfinished".into()])
    );
    assert_eq!(refused.json()["permit"]["question"], json!({"roll": "A001"}));

    // Something was recorded since.
    cleared.record(&["place", "--id", "truck", "--site", "Road"]);
    let refused = cleared.check(&["--ledger", &cleared.ledger, "--json"]);
    assert_eq!((refused.code, kinds(&refused)), (40, vec!["ledger-went-on".into()]));
    assert_eq!(refused.json()["status"], "refused");

    // Somebody edited it.
    let edited = fs::read_to_string(&permit).unwrap().replacen("eyJ", "eyK", 1);
    fs::write(&permit, edited).unwrap();
    assert_eq!(cleared.check(&["--ledger", &cleared.ledger]).code, 3);
}

#[test]
fn what_is_withheld_gets_no_permit_and_is_told_what_to_do() {
    let cleared = Cleared::of(2);
    let (permit, said) = cleared.permit();
    assert_eq!(said.code, 40, "{}{}", said.out, said.err);
    assert!(said.out.contains("No permit: ") && !PathBuf::from(&permit).exists());
    assert!(said.out.contains("\nNext\n   1 copy A001 to a medium (LTO-8)"), "{}", said.out);
    assert!(said.out.lines().filter(|l| !l.contains('/')).all(|l| l.chars().count() <= 80));
    let json = cleared.clear(&["--json"]).json();
    assert_eq!(json["next"]["actions"][0]["action"], "copy");
    assert_eq!(json["next"]["clears"], true);

    let unread = cleared.clear(&["--permit", &permit, "--key", &cleared.ledger]);
    assert_eq!(unread.code, 3, "no key: {}", unread.err);
    assert_eq!(cleared.clear(&["--permit", &permit]).code, 2, "a permit is signed or none");
}

#[test]
fn what_if_tells_what_would_be_left() {
    let cleared = Cleared::of(3);
    let said = cleared.clear(&["--what-if"]);
    assert_eq!(said.code, 0);
    assert!(said.out.contains("WHAT IF: serial:CARD wiped\n  1 roll: on 3"), "{}", said.out);
    let said = cleared.clear(&["--what-if", "site=dailies LAB", "--what-if", "lost=serial:set"]);
    assert_eq!(said.code, 0, "the question itself is cleared");
    assert!(
        said.out.contains("A001: 0 of 3 copies, were 3; R1 would hold no more"),
        "{}",
        said.out
    );
    let json = cleared.clear(&["--what-if", "lost=lto:T00001L8", "--json"]).json();
    assert_eq!(json["what_if"]["too_few"], json!(["A001"]));
    assert_eq!(cleared.clear(&["--what-if", "flood"]).code, 2);
}

#[test]
fn the_verdict_is_kept_as_a_page_and_as_json() {
    let cleared = Cleared::of(2);
    let (page, json) = (cleared.set.word("A001.html"), cleared.set.word("A001.json"));
    assert_eq!(cleared.clear(&["--report", &page]).code, 40);
    let written = fs::read_to_string(&page).unwrap();
    assert!(written.starts_with("<!DOCTYPE html>") && written.contains("What to do next"));
    let said = cleared.clear(&["--report", &json, "--json"]);
    let kept: Value = serde_json::from_str(&fs::read_to_string(&json).unwrap()).unwrap();
    assert_eq!(kept, said.json());
    assert_eq!(cleared.clear(&["--report", &cleared.set.word("A001.pdf")]).code, 2);
}

#[test]
fn profiles_are_listed_and_compared() {
    let said = mhl(&["profiles"]);
    assert!(said.out.starts_with("netflix-production-assets-2026  2026  "), "{}", said.out);
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/profiles");
    let differing = |name: &str| {
        let file = format!("{folder}/{name}.toml");
        let said = mhl(&["profiles", "netflix-production-assets-2026", &file, "--json"]);
        assert_eq!(said.code, 0, "{}", said.err);
        let told = said.json()["differences"].as_array().unwrap().clone();
        told.iter()
            .map(|d| format!("{} {}", d["bearing"].as_str().unwrap(), d["key"].as_str().unwrap()))
            .collect::<Vec<_>>()
    };
    assert_eq!(differing("lto-6-to-9"), ["looser media.lto_generations"]);
    assert_eq!(
        differing("lto-5-to-7-and-raid-1"),
        ["other media.lto_generations", "looser media.raid_levels"]
    );
    let studio = differing("a-studio-of-its-own");
    assert!(studio.contains(&"stricter redundancy.copies".to_owned()), "{studio:?}");
    assert!(!studio.iter().any(|change| change.starts_with("looser")), "{studio:?}");
    assert_eq!(fs::read_dir(folder).unwrap().count(), 3, "each is read here");
    assert_eq!(mhl(&["profiles", "netflix-production-assets-2026"]).code, 2);
    assert_eq!(mhl(&["profiles", "netflix-production-assets-2026", "nowhere.toml"]).code, 4);
}

#[test]
fn what_may_not_count_as_expected_is_said_when_it_is_recorded() {
    let cleared = Cleared::of(3);
    let said = cleared.record(&["medium", "--id", "serial:NEW", "--kind", "raidd"]);
    assert!(said.err.contains("note: kind: \"raidd\" is no word that is known"), "{}", said.err);
    let said = cleared.record(&["medium", "--json", "--id", "serial:NEWER", "--kind", "raid"]);
    assert_eq!(kinds(&said), ["remark"]);
}

/// The program in `docs/permit.md`, as it stands there, believes a permit and no edit of it.
#[test]
fn the_recipe_verifies_a_permit_offline() {
    let docs = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/permit.md");
    let Ok(docs) = fs::read_to_string(docs) else {
        return println!("skipped: docs/permit.md is not there");
    };
    let recipe = docs.split("```python\n").nth(1).unwrap().split("```").next().unwrap();
    let here = Command::new("python3").args(["-c", "import cryptography"]).output();
    if !here.is_ok_and(|output| output.status.success()) {
        return println!("skipped: python3 with cryptography is not there");
    }
    let cleared = Cleared::of(3);
    let (permit, _) = cleared.permit();
    let verify = || {
        let key = cleared.set.word("wipe.pub");
        let said = Command::new("python3").args(["-c", recipe, &permit, &key]).output().unwrap();
        (said.status.success(), String::from_utf8(said.stdout).unwrap())
    };
    let (good, said) = verify();
    assert!(good && said.starts_with("may wipe serial:CARD until 2026-"), "{said}");
    let mut envelope: Value = serde_json::from_str(&fs::read_to_string(&permit).unwrap()).unwrap();
    let payload = envelope["payload"].as_str().unwrap().replacen("eyJ", "eyK", 1);
    envelope["payload"] = json!(payload);
    fs::write(&permit, envelope.to_string()).unwrap();
    assert!(!verify().0, "one bit more or less");
}
