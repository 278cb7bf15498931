//! `mhl demo`: the whole story on a set made for the occasion.
//!
//! Each folder stands for a volume with an identity, a medium and a place of its own. Everything
//! else is real: the offload, the read-back, the lists, the ledger, the verdicts. The ledger says
//! that it is simulated, and so does every verdict built on it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use mhl_core::{
    FindingKind, Grade, OffloadOptions, Report, Status, VerifyOptions, offload, verify,
};
use mhl_policy::{
    Decision, Event, Ledger, LedgerFile, Placement, Profile, Question, Verdict, clear,
};
use serde_json::{Value, json};

use super::{clock, custody, operate};
use crate::{
    args::Demo,
    exit::Code,
    failure::Failure,
    output::{Terminal, bytes, print},
};

const CAMERA_ROLL: &str = "A001R1AB";
const SOUND_ROLL: &str = "S001";
const CAMERA_CARD: &str = "serial:CARD-A001";
const SOUND_CARD: &str = "serial:CARD-S001";
/// The clip that a failing drive damages.
const CLIP: &str = "A001C002_261122_R1AB.mxf";

/// A folder that stands for a volume: its medium, its place.
struct Drive {
    folder: &'static str,
    medium: &'static str,
    place: &'static str,
}

const STAGE: Drive = Drive { folder: "stage-raid", medium: "serial:RAID-STAGE", place: "cart" };
const LAB: Drive = Drive { folder: "lab-raid", medium: "serial:RAID-LAB", place: "lab" };
const TAPE: Drive = Drive { folder: "lab-tape", medium: "lto:T00012L8", place: "lab" };

pub(crate) fn run(args: &Demo, terminal: &Terminal) -> Result<Code, Failure> {
    let temporary = std::env::temp_dir().join(format!("mhl-demo-{}", std::process::id()));
    let root = args.keep.clone().unwrap_or(temporary);
    let made = fs::create_dir(&root).map_err(|error| Failure::io(&root, error));
    let result = made.and_then(|()| Set::new(&root, terminal)?.story());
    if args.keep.is_none() {
        let _ = fs::remove_dir_all(&root);
    }
    result
}

/// The simulated set.
struct Set<'a> {
    root: &'a Path,
    terminal: &'a Terminal,
    ledger: LedgerFile,
    profile: Profile,
    step: u32,
    verdicts: Vec<Value>,
}

impl<'a> Set<'a> {
    fn new(root: &'a Path, terminal: &'a Terminal) -> Result<Self, Failure> {
        for folder in [STAGE.folder, LAB.folder, TAPE.folder] {
            fs::create_dir(root.join(folder)).map_err(|error| Failure::io(root, error))?;
        }
        make_cards(root).map_err(|error| Failure::io(root, error))?;
        let ledger = LedgerFile::create(root.join("set.ledger"), Ledger::simulated());
        Ok(Set {
            root,
            terminal,
            ledger: ledger?,
            profile: Profile::default(),
            step: 0,
            verdicts: Vec::new(),
        })
    }

    fn story(mut self) -> Result<Code, Failure> {
        self.say("A simulated set: each folder stands for a volume of its own, at its own place.");
        self.describe_set()?;
        self.tell(&format!(
            "camera card {CAMERA_ROLL} and sound card {SOUND_ROLL} come from the set"
        ));

        for roll in [CAMERA_ROLL, SOUND_ROLL] {
            self.offload(roll, &[STAGE, LAB])?;
        }
        self.tell(&format!("may card {CAMERA_ROLL} be wiped?"));
        let early = self.ask()?;

        for roll in [CAMERA_ROLL, SOUND_ROLL] {
            self.offload(roll, &[TAPE])?;
        }
        self.attest()?;
        self.tell("DIT inspected, dailies lab did QC, Editorial evaluated, checked and cleared");
        self.tell(&format!("may card {CAMERA_ROLL} be wiped now?"));
        let granted = self.ask()?;

        self.damage()?;
        let damaged = self.ask()?;

        let told = early == Decision::Withheld
            && granted == Decision::Cleared
            && damaged == Decision::Withheld;
        let status = if told { "told" } else { "failed" };
        let head = self.ledger.ledger().head();
        self.terminal.result(
            &format!(
                "   {} events stand in the ledger; its head is {:.30}…\n",
                head.seq,
                head.to_string()
            ),
            &json!({"schema": "mhl.demo/1", "status": status, "findings": [],
                    "counts": {"steps": self.step, "events": head.seq}, "verdicts": self.verdicts}),
        );
        Ok(if told { Code::Good } else { Code::Io })
    }

    /// What the production knows before the first card: rolls, places, media.
    fn describe_set(&mut self) -> Result<(), Failure> {
        for (id, kind, link) in
            [(CAMERA_ROLL, "camera", SOUND_ROLL), (SOUND_ROLL, "sound", CAMERA_ROLL)]
        {
            self.record(
                "roll",
                &json!({"id": id, "name": id, "production": "Feature", "day": "12",
                        "genre": "scripted", "kind": kind, "links": [link]}),
            )?;
        }
        self.record("place", &json!({"id": "cart", "site": "Stage 5"}))?;
        self.record("place", &json!({"id": "lab", "site": "Dailies lab"}))?;
        for card in [CAMERA_CARD, SOUND_CARD] {
            self.record("medium", &json!({"id": card, "kind": "capture-device"}))?;
        }
        self.record("medium", &json!({"id": STAGE.medium, "kind": "raid", "level": "5"}))?;
        self.record("medium", &json!({"id": LAB.medium, "kind": "raid", "level": "6"}))?;
        self.record(
            "medium",
            &json!({"id": TAPE.medium, "kind": "lto", "generation": 8, "file_system": "ltfs"}),
        )
    }

    /// What people attest of the rolls.
    fn attest(&mut self) -> Result<(), Failure> {
        let papers = ["script-supervisor", "camera-loader", "dit", "lab"];
        let rolls = [CAMERA_ROLL];
        self.record(
            "inspection",
            &json!({"rolls": rolls, "files": "all", "by": "dit", "result": "passed",
                    "covers": ["recording", "transfer"],
                    "against": ["camera-reports", "script-notes"]}),
        )?;
        self.record(
            "inspection",
            &json!({"rolls": [SOUND_ROLL], "files": "all", "by": "sound", "result": "passed",
                    "covers": ["recording", "transfer"], "against": ["sound-report"]}),
        )?;
        self.record(
            "qc",
            &json!({"rolls": rolls, "files": "all", "by": "dailies-lab", "result": "passed",
                    "width": 3840, "height": 2160, "environment": "controlled",
                    "colour_evaluated": true, "monitor_calibrated": true, "real_time": true,
                    "medium": LAB.medium}),
        )?;
        self.record(
            "evaluation",
            &json!({"rolls": rolls, "files": "all", "by": "editorial", "result": "passed",
                    "against": papers, "all_received": true}),
        )?;
        self.record(
            "report-check",
            &json!({"rolls": rolls, "files": "all", "by": "editorial", "result": "passed",
                    "against": papers}),
        )?;
        self.record("final-clearance", &json!({"rolls": rolls, "by": "editorial"}))
    }

    fn offload(&mut self, roll: &str, drives: &[Drive]) -> Result<(), Failure> {
        let folders: Vec<PathBuf> =
            drives.iter().map(|drive| self.root.join(drive.folder)).collect();
        let card = self.root.join("cards").join(roll);
        let report = operate(&self.terminal.quietly(), |context| {
            offload(&card, &folders, &OffloadOptions::default(), context)
        })?;
        not_cancelled(&report)?;
        let size = report.files.iter().filter_map(|file| file.size).sum();
        let names: Vec<&str> = drives.iter().map(|drive| drive.folder).collect();
        let grade = report.copies.iter().filter_map(|copy| copy.grade).min();
        self.tell(&format!(
            "offloaded {roll} to {}: {} files, {}",
            names.join(" and "),
            report.counts.files,
            bytes(size)
        ));
        let evidence = grade.map_or("no evidence", Grade::meaning);
        self.say(&format!("   read once, written in the durable order, {evidence}, listed"));
        self.accept_this_disk(grade);
        let card_medium = if roll == CAMERA_ROLL { CAMERA_CARD } else { SOUND_CARD };
        let mut placements = vec![Placement::source(parse(card_medium)?).at("cart")];
        for (index, drive) in drives.iter().enumerate() {
            placements.push(Placement::copy(index, parse(drive.medium)?).at(drive.place));
        }
        self.append(&report, roll, &placements)
    }

    /// One bit flips on the stage RAID, and a verification finds it.
    fn damage(&mut self) -> Result<(), Failure> {
        let roll = self.root.join(STAGE.folder).join(CAMERA_ROLL);
        let clip = roll.join("Clips").join(CLIP);
        let mut content = fs::read(&clip).map_err(|error| Failure::io(&clip, error))?;
        if let Some(byte) = content.get_mut(700_000) {
            *byte ^= 1;
        }
        fs::write(&clip, content).map_err(|error| Failure::io(&clip, error))?;
        let mut options = VerifyOptions::default();
        options.past_cache = true;
        let report = operate(&self.terminal.quietly(), |context| verify(&roll, &options, context))?;
        not_cancelled(&report)?;
        let found = report.findings.iter().find(|f| f.kind == FindingKind::HashMismatch);
        let named = found.map_or("nothing", |finding| finding.path.as_str());
        self.tell(&format!("one bit flips on stage-raid; verify finds {named}"));
        let placement = Placement::copy(0, parse(STAGE.medium)?).at(STAGE.place);
        self.append(&report, CAMERA_ROLL, &[placement])
    }

    /// Where the set stands on a file system that is itself memory, no read-back can pass it. The
    /// demonstration then goes by a profile that says so; a real set is not to be judged by it.
    fn accept_this_disk(&mut self, grade: Option<Grade>) {
        if grade == Some(Grade::ThroughTheCache) && self.profile == Profile::default() {
            let text = Profile::DEFAULT.replace("minimum_grade = 6", "minimum_grade = 5");
            let text = text.replace("name = \"", "name = \"demonstration-in-memory-of-");
            if let Ok(profile) = Profile::from_toml(&text) {
                self.profile = profile;
                self.say("   (this folder is memory: judged by a profile that accepts that)");
            }
        }
    }

    fn ask(&mut self) -> Result<Decision, Failure> {
        let now = custody::now(clock()?.as_ref());
        let question = Question::roll(CAMERA_ROLL);
        let verdict = clear(self.ledger.ledger(), &question, &self.profile, now);
        self.show(&verdict);
        self.verdicts.push(serde_json::from_str(&verdict.to_json()).unwrap_or(Value::Null));
        Ok(verdict.decision)
    }

    /// The answer, and the rules that decide it: a line each.
    fn show(&mut self, verdict: &Verdict) {
        let answer = verdict.decision.name().to_uppercase();
        let mut rules: Vec<(&str, &str)> = Vec::new();
        for reason in verdict.reasons() {
            let node = reason.node;
            // Why a single copy does not count, and what is composed of other rules, is for `clear`.
            let of_wipe = node.rule.starts_with(['R', 'V', 'Q', 'E', 'W']) && node.rule != "W2";
            let new = rules.iter().all(|(rule, _)| *rule != node.rule);
            if reason.decides && of_wipe && new {
                rules.push((node.rule, &node.reason));
            }
        }
        self.say(&format!("   SIMULATED: {answer}"));
        for (rule, reason) in rules {
            let line = format!("     {rule:<3} {reason}");
            let cut: String = line.chars().take(79).collect();
            self.say(&if cut == line { line } else { format!("{cut}…") });
        }
    }

    fn record(&mut self, kind: &str, data: &Value) -> Result<(), Failure> {
        let event = Event::from_json(kind, data).map_err(Failure::usage)?;
        let time = custody::now(clock()?.as_ref());
        self.ledger.append(event, time, custody::recorder())?;
        Ok(())
    }

    fn append(
        &mut self,
        report: &Report,
        roll: &str,
        placements: &[Placement],
    ) -> Result<(), Failure> {
        let time = custody::now(clock()?.as_ref());
        custody::append_report(&mut self.ledger, report, roll, placements, time)
    }

    /// The next step of the story.
    fn tell(&mut self, line: &str) {
        self.step += 1;
        self.say(&format!("{:>2} {line}", self.step));
    }

    fn say(&self, line: &str) {
        if !self.terminal.json {
            print(&format!("{line}\n"));
        }
    }
}

/// A story that was broken off tells nothing.
fn not_cancelled(report: &Report) -> Result<(), Failure> {
    match report.status {
        Status::Cancelled => Err(Failure::new(Code::Cancelled, "cancelled")),
        _ => Ok(()),
    }
}

fn parse<T: std::str::FromStr>(text: &str) -> Result<T, Failure>
where
    T::Err: std::fmt::Display,
{
    text.parse().map_err(Failure::usage)
}

/// A camera card and a sound card, small and the same on every run.
fn make_cards(root: &Path) -> std::io::Result<()> {
    let card = root.join("cards").join(CAMERA_ROLL);
    fs::create_dir_all(card.join("Clips"))?;
    for (index, clip) in
        ["A001C001_261122_R1AB.mxf", CLIP, "A001C003_261122_R1AB.mxf"].into_iter().enumerate()
    {
        fs::write(card.join("Clips").join(clip), noise(1 + index as u32, 3 << 20))?;
    }
    fs::write(card.join("A001R1AB_AVID.ale"), "Heading\nFIELD_DELIM\tTABS\n")?;
    fs::write(card.join("Clips/.DS_Store"), "left by an operating system")?;
    let sound = root.join("cards").join(SOUND_ROLL);
    fs::create_dir_all(&sound)?;
    fs::write(sound.join("26-11-22-T01.WAV"), noise(9, 1 << 20))?;
    fs::write(sound.join("26-11-22-T02.WAV"), noise(10, 1 << 20))
}

/// Bytes without a pattern (xorshift, G. Marsaglia, 2003).
fn noise(seed: u32, len: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(2_654_435_761);
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        (state >> 16) as u8
    };
    (0..len).map(|_| next()).collect()
}
