//! A production as its ledger tells it: the same lines on every run.

use mhl_core::{
    CopyReport, FileRecord, Grade, ManifestRecord, Operation, Place, Report, Roll, Status,
};
use mhl_hash::{Algorithm, Hasher};
use mhl_policy::{Agent, Event, Ledger, MediumId, Placement, Time};

/// Events of one roll: its record, card, offload, fourth copy, what people attest, and one
/// verification of each copy for every week on the shelf.
const EVENTS_OF_A_ROLL: usize = 100;
/// Clips of a roll.
const CLIPS: usize = 24;
const MINUTE: i64 = 60;
const WEEK: i64 = 7 * 24 * 60 * MINUTE;

/// When the last line was recorded, and later.
pub(crate) const NOW: i64 = 4_000_000_000;

pub(crate) fn roll(number: usize) -> String {
    format!("A{number:05}")
}

/// The ledger of so many rolls, of 100 events and four copies each: a RAID on set, a RAID and a tape
/// at the lab, a RAID in the office.
pub(crate) fn ledger(rolls: usize) -> String {
    let mut ledger = Ledger::new();
    let mut day = Day { ledger: &mut ledger, time: 1_700_000_000 };
    for (place, site) in [("cart", "Stage 5"), ("vault", "Lab"), ("shelf", "Office")] {
        day.event("place", &[("id", place), ("site", site)]);
    }
    // A RAID holds fifty rolls, a tape twenty.
    for number in 0..rolls {
        for (name, level, each) in [("SET", "5", 50), ("LAB", "6", 50), ("OFFICE", "10", 50)] {
            if number % each == 0 {
                let id = format!("serial:{name}{}", number / each);
                day.event("medium", &[("id", &id), ("kind", "raid"), ("level", level)]);
            }
        }
        if number % 20 == 0 {
            let id = tape(number).to_string();
            let tape = [
                ("id", id.as_str()),
                ("kind", "lto"),
                ("generation", "8"),
                ("file-system", "ltfs"),
            ];
            day.event("medium", &tape);
        }
        day.roll(number);
    }
    ledger.appended().to_owned()
}

fn medium(name: &str, number: usize) -> MediumId {
    format!("serial:{name}{}", number / 50).parse().unwrap()
}

fn tape(number: usize) -> MediumId {
    format!("lto:T{:05}L8", number / 20).parse().unwrap()
}

struct Day<'a> {
    ledger: &'a mut Ledger,
    time: i64,
}

impl Day<'_> {
    fn event(&mut self, kind: &str, fields: &[(&str, &str)]) {
        self.time += MINUTE;
        let event = Event::from_fields(kind, fields).unwrap();
        self.ledger.append(event, Time::from_unix(self.time), agent()).unwrap();
    }

    fn report(&mut self, roll: &str, report: &Report, placements: &[Placement]) {
        self.time += MINUTE;
        let time = Time::from_unix(self.time);
        self.ledger.append_report(report, roll, placements, time, agent()).unwrap();
    }

    fn roll(&mut self, number: usize) {
        let id = roll(number);
        let id = id.as_str();
        let started = self.ledger.head().seq;
        let card = format!("serial:CARD{number}");
        self.event("medium", &[("id", &card), ("kind", "capture-device")]);
        let fields = [("id", id), ("kind", "camera"), ("genre", "scripted"), ("links", "")];
        self.event("roll", &fields);
        let roots = [format!("/set/{id}"), format!("/lab/{id}"), format!("/tape/{id}")];
        let offload = [
            Placement::source(card.parse().unwrap()),
            Placement::copy(0, medium("SET", number)).at("cart"),
            Placement::copy(1, medium("LAB", number)).at("vault"),
            Placement::copy(2, tape(number)).at("vault"),
        ];
        self.report(id, &report(Operation::Offload, id, &roots, number), &offload);
        let office = format!("/office/{id}");
        let placed = Placement::copy(0, medium("OFFICE", number)).at("shelf");
        self.report(id, &report(Operation::Verify, id, &[office], number), &[placed]);

        let passed = [("rolls", id), ("files", "all"), ("result", "passed")];
        let papers = ["script-supervisor", "camera-loader", "dit", "lab"].map(|p| ("against", p));
        let with = |more: &[(&'static str, &'static str)]| {
            passed.iter().copied().chain(more.iter().copied()).collect::<Vec<_>>()
        };
        let covers = [("covers", "recording"), ("covers", "transfer"), ("by", "dit")];
        let looked = [("against", "camera-reports"), ("against", "script-notes")];
        self.event("inspection", &with(&[covers.as_slice(), &looked].concat()));
        let played = medium("LAB", number).to_string();
        let mut qc = with(&[
            ("width", "3840"),
            ("height", "2160"),
            ("environment", "controlled"),
            ("colour-evaluated", "true"),
            ("monitor-calibrated", "true"),
            ("by", "dailies-lab"),
        ]);
        qc.push(("medium", &played));
        self.event("qc", &qc);
        let received = [("all-received", "true"), ("by", "editorial")];
        self.event("evaluation", &with(&[papers.as_slice(), &received].concat()));
        self.event("report-check", &with(&[papers.as_slice(), &[("by", "dailies-lab")]].concat()));
        self.event("final-clearance", &[("rolls", id), ("by", "editorial")]);

        // On the shelf: each copy verified in turn.
        let [set, lab, tape_root] = roots;
        let copies = [
            (set, medium("SET", number)),
            (lab, medium("LAB", number)),
            (tape_root, tape(number)),
            (format!("/office/{id}"), medium("OFFICE", number)),
        ];
        for (root, on) in copies.iter().cycle() {
            if self.ledger.head().seq >= started + EVENTS_OF_A_ROLL as u64 {
                break;
            }
            self.time += WEEK / 1_000;
            let verified = report(Operation::Verify, id, std::slice::from_ref(root), number);
            self.report(id, &verified, &[Placement::copy(0, on.clone())]);
        }
    }
}

fn agent() -> Agent {
    let mut agent = Agent::new("DIT");
    agent.role = Some("DIT".to_owned());
    agent.tool = Some("mhl 0.1.0".to_owned());
    agent.host = Some("cart-1".to_owned());
    agent
}

fn c4(text: &str) -> String {
    let mut hasher = Hasher::new(Algorithm::C4);
    hasher.update(text.as_bytes());
    hasher.finish().to_string()
}

fn report(operation: Operation, id: &str, roots: &[String], number: usize) -> Report {
    let content = c4(id);
    let mut report = Report::new(operation, Place::new(format!("/card/{id}"), None));
    report.tool = "mhl 0.1.0".to_owned();
    report.host = "cart-1".to_owned();
    report.started = "2026-03-05T18:30:00Z".to_owned();
    report.finished = "2026-03-05T18:42:00Z".to_owned();
    report.status = Status::Verified;
    report.roll = Some(Roll::new(id, &content, CLIPS as u64, 512_000_000_000));
    report.files = (0..CLIPS)
        .map(|clip| {
            FileRecord::new(format!("Clips/{id}C{clip:03}_260305_R1AB.mxf"), Some(1), Vec::new())
        })
        .collect();
    for root in roots {
        // Each medium has a file system of its own.
        let mount = root.split('/').nth(1).unwrap();
        let each = if mount == "tape" { 20 } else { 50 };
        let device = Some(format!("fs:{mount}{}-5f2c9a1e-77d0", number / each));
        let mut copy = CopyReport::new(Place::new(root.as_str(), device));
        copy.status = Status::Verified;
        copy.grade = Some(Grade::PastTheCache);
        copy.proof = "read back with O_DIRECT".to_owned();
        copy.complete = true;
        copy.algorithms = vec!["xxh64be".to_owned()];
        copy.manifest = Some(ManifestRecord::new(
            format!("{id}_2026-03-05_183000.mhl"),
            "classic",
            content.clone(),
        ));
        report.copies.push(copy);
    }
    report
}
