//! The productions in `examples/productions`, run as a newcomer runs them.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::{Said, mhl};

fn productions() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("productions")
}

/// Runs a production in a folder that it makes.
fn run(production: &str, folder: &Path) -> Said {
    let script = productions().join(production).join("run");
    let mut command = Command::new(script);
    command.arg(folder).env("MHL", env!("CARGO_BIN_EXE_mhl"));
    command.output().unwrap().into()
}

/// The exit codes of `mhl clear` that it told, in their order.
fn answers(said: &Said) -> Vec<u8> {
    let told = said.out.lines().filter_map(|line| line.trim().strip_prefix("exit code "));
    told.map(|code| code.parse().unwrap()).collect()
}

/// What each production's `mhl clear` answers, in the order of its story.
const STORIES: [(&str, &[u8]); 3] = [
    ("scripted-series", &[40, 40, 0, 0, 0, 0]),
    ("nonfiction-show", &[40, 40, 0, 0]),
    ("a-day-that-goes-wrong", &[40, 41, 0, 40, 0, 40, 0]),
];

#[test]
fn every_production_ends_as_it_tells_and_the_same_on_every_run() {
    let folders = fs::read_dir(productions()).unwrap().map(|entry| entry.unwrap().path());
    assert_eq!(folders.filter(|path| path.is_dir()).count(), STORIES.len(), "each is run here");
    for (production, expected) in STORIES {
        let scratch = tempfile::tempdir().unwrap();
        let folder = scratch.path().join("set");
        let said = run(production, &folder);
        assert_eq!(said.code, 0, "{production}: {}{}", said.out, said.err);
        assert_eq!(answers(&said), expected, "{production}: {}", said.out);
        assert!(said.out.starts_with('\n') && said.out.contains("\nPLAN: "), "{}", said.out);
        let ledger = fs::read_to_string(folder.join("set.ledger")).unwrap();
        assert!(ledger.lines().all(|line| line.contains("\"simulated\":true")), "{production}");
        let verdicts = said.out.matches(": wipe ").count();
        assert_eq!(said.out.matches("SIMULATED: ").count(), verdicts, "{production}");
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!(run(production, &folder).out, said.out, "{production}");
    }
}

/// Where a disk is memory nothing can be read past it: the story is told all the same, and says so.
#[test]
fn on_a_disk_in_memory_the_productions_say_so() {
    let Ok(scratch) = tempfile::tempdir_in("/dev/shm") else {
        return println!("skipped: /dev/shm is not there");
    };
    for (production, expected) in STORIES {
        let said = run(production, &scratch.path().join(production));
        assert_eq!(said.code, 0, "{production}: {}{}", said.out, said.err);
        assert_eq!(answers(&said), expected, "{production}: {}", said.out);
        assert_eq!(said.out.matches("(this disk cannot prove").count(), 1, "{production}");
        assert!(said.out.contains("by practice-in-memory-of-"), "{}", said.out);
    }
}

/// A production that goes another way than it tells fails.
#[test]
fn an_answer_that_is_not_the_one_told_ends_the_run() {
    let scratch = tempfile::tempdir().unwrap();
    let copy = scratch.path().join("productions");
    fs::create_dir_all(copy.join("nonfiction-show")).unwrap();
    for file in ["simulated-set.sh", "nonfiction-show/plan.toml", "nonfiction-show/run"] {
        fs::copy(productions().join(file), copy.join(file)).unwrap();
    }
    let script = copy.join("nonfiction-show/run");
    // Nobody says that no sound belongs to it.
    let story = fs::read_to_string(&script).unwrap().replace(" --links ''", "");
    fs::write(&script, story.replace("ask 40", "ask 41").replacen("ask 41", "ask 40", 1)).unwrap();
    let mut command = Command::new(&script);
    let output = command.arg(scratch.path().join("set")).env("MHL", env!("CARGO_BIN_EXE_mhl"));
    let said = Said::from(output.output().unwrap());
    assert_eq!((said.code, answers(&said)), (1, vec![40, 40]), "{}{}", said.out, said.err);
    assert!(said.err.contains("exit code 41 was expected"), "{}", said.err);
}

#[test]
fn the_pictures_are_those_of_the_plans() {
    for (production, _) in STORIES {
        let folder = productions().join(production);
        let (plan, drawn) = (folder.join("plan.toml"), tempfile::NamedTempFile::new().unwrap());
        let said = mhl(&["plan", plan.to_str().unwrap(), "--svg", drawn.path().to_str().unwrap()]);
        assert_eq!(said.code, 0, "{}", said.err);
        let (drawn, kept) =
            (fs::read_to_string(drawn.path()), fs::read_to_string(folder.join("chain.svg")));
        assert!(
            drawn.unwrap() == kept.unwrap(),
            "draw it anew: mhl plan plan.toml --svg chain.svg"
        );
    }
}

#[test]
fn the_profile_for_practice_differs_in_one_reading() {
    let practice = productions().join("practice-in-memory.toml");
    let default = "netflix-production-assets-2026";
    let said = mhl(&["profiles", default, practice.to_str().unwrap(), "--json"]);
    let differences = said.json()["differences"].as_array().unwrap().clone();
    assert_eq!(differences.len(), 1, "{differences:?}");
    assert_eq!(differences[0]["key"], "checksums.minimum_grade");
}
