//! Bad inputs of a clearance as a user meets them: cards and drives of the set, from `offload` to `clear`.

use std::{fs, os::unix::fs::symlink};

use super::{Said, Set, mhl};

/// A card, three drives, and all that a wipe needs but the offload.
struct Shoot {
    set: Set,
    ledger: String,
}

impl Shoot {
    /// In a simulated ledger each folder stands for a drive of its own; in a real one all of them are
    /// folders of one disk.
    fn new(simulated: bool) -> Self {
        let set = Set::new();
        fs::create_dir(set.at("tape")).unwrap();
        let shoot = Shoot { ledger: set.word("set.ledger"), set };
        let mode: &[&str] = if simulated { &["--simulated"] } else { &[] };
        for words in [
            "roll --id A001 --kind camera --genre nonfiction --links=",
            "place --id cart --site Stage",
            "place --id lab --site Lab",
            "medium --id serial:CARD --kind capture-device",
            "medium --id serial:RAID --kind raid --level 5",
            "medium --id serial:SHUTTLE --kind raid --level 6",
            "medium --id lto:T00001L8 --kind lto --generation 8 --file-system ltfs",
            "inspection --rolls A001 --files all --by dit --result passed --covers recording \
             --covers transfer --against camera-reports",
        ] {
            let words: Vec<&str> = words.split(' ').collect();
            let said = mhl(&[&["record"], mode, &[&shoot.ledger], &words].concat());
            assert_eq!(said.code, 0, "{words:?}: {}", said.err);
        }
        shoot
    }

    /// Copies the card to these folders, and records it.
    fn offload(&self, drives: [&str; 3]) -> Said {
        let card = self.set.word("A001R1AB");
        let to = drives.map(|drive| self.set.word(drive));
        let [raid, shuttle, tape] = &to;
        let words = ["offload", &card, "--to", raid, "--to", shuttle, "--to", tape];
        let custody = "--roll A001 --card serial:CARD --medium serial:RAID --medium serial:SHUTTLE \
                       --medium lto:T00001L8 --place cart --place cart --place lab";
        let custody: Vec<&str> = custody.split(' ').collect();
        mhl(&[&words[..], &["--ledger", &self.ledger], &custody].concat())
    }

    /// By the profile that takes what was read back from memory: a test's disk may be no other.
    fn clear(&self) -> Said {
        let profile = concat!(env!("CARGO_MANIFEST_DIR"), "/productions/practice-in-memory.toml");
        let mut said = mhl(&["clear", &self.ledger, "--roll", "A001", "--profile", profile]);
        // However its lines are broken.
        said.out = said.out.split_whitespace().collect::<Vec<_>>().join(" ");
        said
    }
}

#[test]
fn a_card_on_three_drives_is_cleared() {
    let shoot = Shoot::new(true);
    assert_eq!(shoot.offload(["raid", "shuttle", "tape"]).code, 0);
    let said = shoot.clear();
    assert_eq!(said.code, 0, "{}", said.out);
}

/// Three names of one folder and three folders of one disk are one drive, whatever they are said to be;
/// and it is the card's own.
#[test]
fn row_97_and_98_folders_of_the_cards_own_disk_are_no_copies() {
    let shoot = Shoot::new(false);
    symlink(shoot.set.at("raid"), shoot.set.at("mount")).unwrap();
    fs::create_dir(shoot.set.at("raid/again")).unwrap();
    let said = shoot.offload(["mount", "raid/again", "tape"]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    let said = shoot.clear();
    assert_eq!(said.code, 40, "{}", said.out);
    assert!(said.out.contains("R1 A001: 0 of 3 copies count"), "{}", said.out);
    assert!(said.out.contains("on the device that is to be wiped"), "{}", said.out);
}

#[test]
fn row_101_a_card_that_gained_a_file_is_withheld() {
    let shoot = Shoot::new(true);
    assert_eq!(shoot.offload(["raid", "shuttle", "tape"]).code, 0);
    fs::write(shoot.set.at("A001R1AB/Clips/A001C003.mxf"), "one more").unwrap();
    let card = shoot.set.word("A001R1AB");
    let list = fs::read_dir(shoot.set.at("raid/A001R1AB")).unwrap().map(|e| e.unwrap().path());
    let list = list.into_iter().find(|path| path.extension().is_some_and(|e| e == "mhl")).unwrap();
    let name = list.file_name().unwrap().to_str().unwrap();
    fs::copy(&list, shoot.set.at(&format!("A001R1AB/{name}"))).unwrap();
    let said = mhl(&[
        "verify",
        &card,
        "--ledger",
        &shoot.ledger,
        "--roll",
        "A001",
        "--medium",
        "serial:CARD",
    ]);
    assert_ne!(said.code, 0, "{}", said.out);
    let said = shoot.clear();
    assert_eq!(said.code, 40, "{}", said.out);
    assert!(said.out.contains("a later scan of the card found other content"), "{}", said.out);
}

#[test]
fn row_102_what_was_not_copied_withholds_and_litter_does_not() {
    let litter = Shoot::new(true);
    fs::write(litter.set.at("A001R1AB/.DS_Store"), "litter").unwrap();
    fs::write(litter.set.at("A001R1AB/Clips/._A001C001.mxf"), "litter").unwrap();
    assert_eq!(litter.offload(["raid", "shuttle", "tape"]).code, 0);
    assert_eq!(litter.clear().code, 0, "{}", litter.clear().out);

    let skipped = Shoot::new(true);
    symlink("A001C001.mxf", skipped.set.at("A001R1AB/Clips/A001C003.mxf")).unwrap();
    assert_ne!(skipped.offload(["raid", "shuttle", "tape"]).code, 0, "it is no regular file");
    let said = skipped.clear();
    assert_eq!(said.code, 40, "{}", said.out);
    assert!(said.out.contains("the report has unreadable-file"), "{}", said.out);

    let ignored = Shoot::new(true);
    let card = ignored.set.word("A001R1AB");
    let said = mhl(&["seal", &card, "--manifest", "asc", "--ignore", "A001C002.mxf"]);
    assert_eq!(said.code, 0, "{}", said.err);
    ignored.offload(["raid", "shuttle", "tape"]);
    assert_eq!(ignored.clear().code, 40, "{}", ignored.clear().out);
}
