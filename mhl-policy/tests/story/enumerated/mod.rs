//! Every combination of what the rules ask, over small productions, told to a ledger and judged; and
//! beside it what the plain [`table`] says. Each roll of a ledger is one case.
//!
//! `cargo test` takes every 61st of each group's cases; CI takes all, more than a million
//! (`ci/gates/enumeration`).

mod table;

use super::*;
use mhl_core::{
    CopyReport, FileRecord, Grade, ManifestRecord, Operation, Place as Folder, Report, Status,
};
use mhl_policy::{Agent, Event, Ledger, Placement, Profile, clear};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use table::{
    Answer, Approval, Check, Condition, Copy, Evaluation, Evidence, Final, GOOD, Inspection, Issue,
    Links, Looks, Medium, No, Qc, Role, Unknown, Where, Yes,
};

/// Case after case of a full product: each choice takes the next digit of the number.
struct Pick(usize);

impl Pick {
    fn of<T: std::marker::Copy>(&mut self, choices: &[T]) -> T {
        let choice = choices[self.0 % choices.len()];
        self.0 /= choices.len();
        choice
    }
}

/// The cases of one group, and how many were each answer.
struct Cases {
    step: usize,
    next: usize,
    judged: usize,
    answers: [usize; 3],
}

impl Cases {
    fn new() -> Self {
        let all = std::env::var_os("MHL_ENUMERATE").is_some();
        Cases { step: if all { 1 } else { 61 }, next: 0, judged: 0, answers: [0; 3] }
    }

    /// The numbers below this one that are taken, going on where the last call ended.
    fn below(&mut self, count: usize) -> Vec<usize> {
        let taken: Vec<usize> = (self.next..count).step_by(self.step).collect();
        // The next call's begin elsewhere, so that no choice is left out.
        self.next = (self.next + 7) % self.step;
        taken
    }

    fn check(&mut self, found: Decision, expected: Answer, case: &dyn std::fmt::Debug) {
        let found = match found {
            Decision::Cleared => Yes,
            Decision::Withheld => No,
            Decision::Indeterminate => Unknown,
        };
        assert_eq!(found, expected, "{case:?}");
        self.judged += 1;
        self.answers[found as usize] += 1;
    }

    /// The same work by as many threads as the machine runs at once, each with cases of its own.
    fn side_by_side<Part: Sync>(&mut self, parts: &[Part], work: impl Fn(&mut Self, &Part) + Sync) {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let (step, work) = (self.step, &work);
        std::thread::scope(|scope| {
            let shared = (0..threads).map(|thread| {
                let own = parts.iter().skip(thread).step_by(threads);
                scope.spawn(move || {
                    let mut cases = Cases { step, next: 0, judged: 0, answers: [0; 3] };
                    own.for_each(|part| work(&mut cases, part));
                    cases
                })
            });
            for thread in shared.collect::<Vec<_>>() {
                let cases = thread.join().unwrap();
                self.judged += cases.judged;
                self.answers.iter_mut().zip(cases.answers).for_each(|(all, more)| *all += more);
            }
        });
    }

    /// Every answer was given, and as many cases as the product has.
    fn end(&self, product: usize) {
        assert!(self.answers.iter().all(|count| *count > 0), "{:?}", self.answers);
        let least = product / self.step;
        assert!(self.judged >= least, "{} of {product}", self.judged);
        println!("{} of {product} cases: {:?}", self.judged, self.answers);
    }
}

/// A ledger as it is told, and what is told last of each medium.
struct Telling {
    ledger: Ledger,
    moves: BTreeMap<String, Condition>,
    media: BTreeSet<String>,
}

impl Telling {
    fn new() -> Self {
        Telling { ledger: Ledger::new(), moves: BTreeMap::new(), media: BTreeSet::new() }
    }

    fn event(&mut self, kind: &str, data: Value) -> mhl_policy::EventRef {
        let (time, agent) = ("2026-03-05T20:30:00Z".parse().unwrap(), Agent::new("DIT"));
        self.ledger.append(Event::from_json(kind, &data).unwrap(), time, agent).unwrap()
    }

    fn places(&mut self, places: &[Where]) {
        for place in places {
            if let Where::At(site, zone) = place {
                let mut data = json!({"id": place_id(*place).unwrap()});
                site.iter().for_each(|site| data["site"] = json!(site));
                zone.iter().for_each(|zone| data["zone"] = json!(zone));
                self.event("place", data);
            }
        }
    }

    /// Records a medium, once.
    fn medium(&mut self, id: &str, medium: Medium, role: Role) {
        if !self.media.insert(id.to_owned()) {
            return;
        }
        let mut data = match medium {
            Medium::Unrecorded => return,
            Medium::Kindless => json!({}),
            Medium::Strange => json!({"kind": "drum"}),
            Medium::Capture => json!({"kind": "capture-device"}),
            Medium::Single => json!({"kind": "single-drive"}),
            Medium::Raid(level) => json!({"kind": "raid", "level": level}),
            Medium::Lto(generation, system) => {
                json!({"kind": "lto", "generation": generation, "file_system": system})
            }
            Medium::Hub(approval) => {
                self.approval("content-hub", "raid-final", id, approval);
                json!({"kind": "content-hub"})
            }
        };
        data["id"] = json!(id);
        match role {
            Role::Unsaid => {}
            Role::Temporary => data["role"] = json!("temporary"),
            Role::Backup => data["role"] = json!("backup"),
            Role::Final => data["role"] = json!("final"),
        }
        data.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        self.event("medium", data);
    }

    fn approval(&mut self, usage: &str, other: &str, medium: &str, approval: Approval) {
        let mut data = json!({"use": usage, "by": "Netflix", "media": [medium], "rolls": "all",
            "expires": "never"});
        match approval {
            Approval::Missing => return,
            Approval::Given => {}
            Approval::Expired => data["expires"] = json!("2026-03-06T09:00:00Z"),
            Approval::Timeless => drop(data.as_object_mut().unwrap().remove("expires")),
            Approval::ForAnotherRoll => data["rolls"] = json!(["another"]),
            Approval::ForAnotherUse => data["use"] = json!(other),
            Approval::BySomebody => data["by"] = json!("somebody"),
        }
        self.event("approval", data);
    }

    /// The roll's card and offload, and its copies, each on the medium of that name.
    fn copies(&mut self, roll: &str, card: Option<&str>, copies: &[(String, Copy)]) {
        let operation = if card.is_some() { Operation::Offload } else { Operation::Verify };
        let mut report = Report::new(operation, Folder::new(format!("/card/{roll}"), None));
        report.files = FILES.map(|path| FileRecord::new(path, Some(5), Vec::new())).to_vec();
        report.roll = Some(mhl_core::Roll::new(roll, CONTENT, 2, 10));
        let mut placements: Vec<Placement> =
            card.iter().map(|card| Placement::source(medium(card))).collect();
        for (index, (id, copy)) in copies.iter().enumerate() {
            report.copies.push(found(roll, copy.evidence));
            let mut placement = Placement::copy(index, medium(id));
            placement.place = place_id(copy.place).map(Into::into);
            placements.push(placement);
            self.moves.insert(id.clone(), copy.condition);
        }
        let (time, agent) = ("2026-03-05T20:30:00Z".parse().unwrap(), Agent::new("DIT"));
        self.ledger.append_report(&report, roll, &placements, time, agent).unwrap();
    }

    /// What became of each medium, last.
    fn end(mut self) -> Ledger {
        for (id, condition) in std::mem::take(&mut self.moves) {
            let (kind, word) = match condition {
                Condition::NeverMoved => continue,
                // At its place, which it never left.
                Condition::InPlace => ("move", "in-place"),
                Condition::InTransit => ("move", "in-transit"),
                Condition::Offline => ("move", "offline"),
                Condition::Lost => ("loss", "lost"),
                Condition::Failed => ("loss", "failed"),
                Condition::Retired => ("loss", "retired"),
            };
            let mut data = json!({"medium": id, "condition": word});
            let state = self.ledger.state().media().find(|(other, _)| **other == medium(&id));
            let place = state.and_then(|(_, state)| state.place.clone());
            if let (Condition::InPlace, Some(place)) = (condition, place) {
                data["place"] = json!(place.says.as_str());
            }
            self.event(kind, data);
        }
        self.ledger
    }
}

const FILES: [&str; 2] = ["Clips/A001C001.mxf", "Clips/A001C002.mxf"];
/// C4 of nothing, to stand for the content of every roll.
const CONTENT: &str =
    "c459dsjfscH38cYeXXYogktxf4Cd9ibshE3BHUo6a58hBXmRQdZrAkZzsWcbWtDg5oQstpDuni4Hirj75GEmTc1sFT";

fn found(roll: &str, evidence: Evidence) -> CopyReport {
    let mut copy = CopyReport::new(Folder::new(format!("/{roll}"), None));
    copy.status = if evidence.verified { Status::Verified } else { Status::Failed };
    copy.grade = evidence.grade.map(|grade| {
        let grades = [
            Grade::SizeOnly,
            Grade::Inherited,
            Grade::InFlight,
            Grade::ObjectStore,
            Grade::ThroughTheCache,
            Grade::PastTheCache,
            Grade::AnotherHost,
        ];
        grades[usize::from(grade) - 1]
    });
    copy.complete = evidence.complete;
    copy.algorithms = evidence.digest.iter().map(|digest| (*digest).to_owned()).collect();
    if evidence.lists > 0 {
        let mut manifest = ManifestRecord::new("A001.mhl", "classic", CONTENT);
        manifest.at_root = evidence.lists;
        copy.manifest = Some(manifest);
    }
    copy
}

fn place_id(place: Where) -> Option<String> {
    match place {
        Where::Nowhere => None,
        Where::UnrecordedPlace => Some("moon".into()),
        Where::At(site, zone) => Some(format!("{site:?} {zone:?}")),
    }
}

const STAGE: Where = Where::At(Some("Stage"), None);
const LAB: Where = Where::At(Some("Lab"), None);

fn good(medium: Medium, place: Where) -> Copy {
    Copy { medium, place, condition: Condition::NeverMoved, evidence: GOOD }
}

/// Two good copies, that leave open what a third adds.
fn companies() -> [[(&'static str, Copy); 2]; 5] {
    let (raid, tape) = (Medium::Raid(Some("5")), Medium::Lto(Some(8), Some("ltfs")));
    [
        [("serial:R1", good(raid, STAGE)), ("lto:T1", good(tape, LAB))],
        [("serial:R1", good(raid, STAGE)), ("serial:R2", good(raid, STAGE))],
        [("serial:R1", good(raid, STAGE)), ("serial:R3", good(raid, LAB))],
        [("lto:T1", good(tape, LAB)), ("lto:T2", good(tape, LAB))],
        [("serial:R1", good(raid, STAGE)), ("lto:T3", good(tape, STAGE))],
    ]
}

fn owned(copies: &[(&str, Copy)]) -> Vec<(String, Copy)> {
    copies.iter().map(|(id, copy)| ((*id).to_owned(), *copy)).collect()
}

fn inspection(rolls: &[String]) -> Value {
    json!({"rolls": rolls, "files": "all", "result": "passed", "covers": ["recording", "transfer"],
        "against": ["camera-reports", "script-notes"]})
}

/// One copy of every kind, anywhere, in any state, with any evidence, beside any two good ones.
#[test]
fn every_copy_beside_every_two_good_ones() {
    let places = [Where::Nowhere, STAGE, LAB, Where::At(None, None)];
    let grades = [None, Some(2), Some(5), Some(6)];
    let (digests, lists) = ([None, Some("md5"), Some("sha1")], [0, 1, 2]);
    let product = 4 * 3 * 3 * 2 * 2 * 4 * 7 * 5;
    let (mut cases, media, profile) = (Cases::new(), Medium::all(), Profile::default());
    let parts: Vec<_> = media.iter().map(|medium| (medium, cases.below(product))).collect();
    cases.side_by_side(&parts, |cases, (medium, numbers)| {
        let mut telling = Telling::new();
        telling.places(&places);
        let mut told = Vec::new();
        for &number in numbers {
            let mut pick = Pick(number);
            let evidence = Evidence {
                grade: pick.of(&grades),
                digest: pick.of(&digests),
                lists: pick.of(&lists),
                complete: pick.of(&[true, false]),
                verified: pick.of(&[true, false]),
            };
            let (place, condition) = (pick.of(&places), pick.of(&Condition::ALL));
            let copy = Copy { medium: **medium, place, condition, evidence };
            let mut copies = owned(&pick.of(&companies()));
            let id = format!("serial:X {place:?} {condition:?}");
            copies.push((id, copy));
            for (id, copy) in &copies {
                telling.medium(id, copy.medium, Role::Unsaid);
            }
            let (roll, card) = (format!("A{number}"), format!("serial:CARD{number}"));
            telling.medium(&card, Medium::Capture, Role::Unsaid);
            telling.event(
                "roll",
                json!({"id": roll, "kind": "camera", "genre": "nonfiction", "links": []}),
            );
            telling.copies(&roll, Some(&card), &copies);
            told.push((roll, card, copies));
        }
        let rolls: Vec<String> = told.iter().map(|(roll, ..)| roll.clone()).collect();
        telling.event("inspection", inspection(&rolls));
        let ledger = telling.end();
        for (roll, card, copies) in told {
            let question = Question::card(roll, super::medium(&card));
            let found = clear(&ledger, &question, &profile, now()).decision;
            let only: Vec<Copy> = copies.iter().map(|(_, copy)| *copy).collect();
            cases.check(found, table::redundant(&only, false), &copies);
        }
    });
    cases.end(product * media.len());
}

/// Three copies, each anywhere, on its way or not, on either of two types; with zones and without.
#[test]
fn every_three_places() {
    let plain = [Where::Nowhere, Where::UnrecordedPlace, STAGE, LAB, Where::At(None, None)];
    let zoned = [
        Where::At(Some("Stage"), Some("river")),
        Where::At(Some("Lab"), Some("river")),
        Where::At(Some("Lab"), Some("hill")),
        Where::At(None, Some("hill")),
    ];
    let mut cases = Cases::new();
    let (mut product, profile) = (0, Profile::default());
    for zones in [&[] as &[Where], &zoned] {
        let places: Vec<Where> = plain.iter().chain(zones).copied().collect();
        let (media, conditions) = (
            [Medium::Raid(Some("5")), Medium::Lto(Some(8), Some("ltfs"))],
            [Condition::NeverMoved, Condition::InTransit],
        );
        let group = (places.len() * 4).pow(3);
        product += group;
        let mut telling = Telling::new();
        telling.places(&places);
        let mut told = Vec::new();
        for number in cases.below(group) {
            let mut pick = Pick(number);
            let copies: Vec<(String, Copy)> = (0..3)
                .map(|slot| {
                    let (medium, place) = (pick.of(&media), pick.of(&places));
                    let condition = pick.of(&conditions);
                    let copy = Copy { medium, place, condition, evidence: GOOD };
                    (format!("serial:{slot} {medium:?} {place:?} {condition:?}"), copy)
                })
                .collect();
            for (id, copy) in &copies {
                telling.medium(id, copy.medium, Role::Unsaid);
            }
            let (roll, card) = (format!("A{number}"), format!("serial:CARD{number}"));
            telling.medium(&card, Medium::Capture, Role::Unsaid);
            telling.event(
                "roll",
                json!({"id": roll, "kind": "camera", "genre": "nonfiction", "links": []}),
            );
            telling.copies(&roll, Some(&card), &copies);
            told.push((roll, copies));
        }
        let rolls: Vec<String> = told.iter().map(|(roll, _)| roll.clone()).collect();
        telling.event("inspection", inspection(&rolls));
        let ledger = telling.end();
        for (roll, copies) in told {
            let found = clear(&ledger, &Question::roll(roll), &profile, now()).decision;
            let only: Vec<Copy> = copies.iter().map(|(_, copy)| *copy).collect();
            cases.check(found, table::redundant(&only, !zones.is_empty()), &copies);
        }
    }
    cases.end(product);
}

/// Storage to be wiped, beside any two good copies and one of any kind, role and approval.
#[test]
fn every_storage() {
    let roles = [Role::Unsaid, Role::Temporary, Role::Backup, Role::Final];
    let product = 4 * 7 * 5 * INSPECTIONS.len();
    let (mut cases, media, profile) = (Cases::new(), Medium::all(), Profile::default());
    for medium in &media {
        let mut telling = Telling::new();
        telling.places(&[STAGE, LAB]);
        let mut told = Vec::new();
        let mut attested = Attested::default();
        for number in cases.below(product) {
            let mut pick = Pick(number);
            let (role, approval) = (pick.of(&roles), pick.of(&Approval::ALL));
            let two = pick.of(&companies());
            let inspection = pick.of(&INSPECTIONS);
            let id = format!("serial:X {role:?} {approval:?}");
            if !telling.media.contains(&id) && matches!(medium, Medium::Raid(_)) {
                telling.approval("raid-final", "content-hub", &id, approval);
            }
            telling.medium(&id, *medium, role);
            let tested = good(*medium, STAGE);
            let mut copies = owned(&two);
            copies.push((id, tested));
            for (id, copy) in &copies {
                telling.medium(id, copy.medium, Role::Unsaid);
            }
            let (roll, wiped) = (format!("A{number}"), format!("serial:WIPED{number}"));
            let shuttle = Medium::Raid(Some("0"));
            telling.medium(&wiped, shuttle, Role::Temporary);
            telling.event("roll", json!({"id": roll}));
            let mut all = copies.clone();
            all.push((wiped.clone(), good(shuttle, STAGE)));
            telling.copies(&roll, None, &all);
            attested.inspect(inspection, &roll);
            let left = [
                (two[0].1, Role::Unsaid, Approval::Missing),
                (two[1].1, Role::Unsaid, Approval::Missing),
                (tested, role, approval),
            ];
            told.push((wiped, inspection, left));
        }
        attested.tell(&mut telling);
        let ledger = telling.end();
        for (wiped, inspection, left) in told {
            let question = Question::storage(super::medium(&wiped));
            let found = clear(&ledger, &question, &profile, now()).decision;
            let inspected = Looks { inspection, ..LOOKED }.v1();
            cases.check(found, table::storage(inspected, &left), &(inspection, left));
        }
    }
    cases.end(product * media.len());
}

const INSPECTIONS: [Inspection; 10] = [
    Inspection::None,
    Inspection::Good,
    Inspection::WithoutScript,
    Inspection::WithoutCameraReports,
    Inspection::SoundReport,
    Inspection::TransferAlone,
    Inspection::HalfTheFiles,
    Inspection::NoResult,
    Inspection::ReportsUnsaid,
    Inspection::InHalves,
];
const QCS: [Qc; 9] = [
    Qc::None,
    Qc::Good,
    Qc::TooLow,
    Qc::Uncontrolled,
    Qc::Uncalibrated,
    Qc::NoColour,
    Qc::FromTheCard,
    Qc::WidthUnsaid,
    Qc::FromAnUnverifiedCopy,
];
const EVALUATIONS: [Evaluation; 6] = [
    Evaluation::None,
    Evaluation::Good,
    Evaluation::ByTheLab,
    Evaluation::BySomebody,
    Evaluation::WithoutTheLabReport,
    Evaluation::NotAllReceived,
];
const CHECKS: [Check; 6] = [
    Check::None,
    Check::ByTheLab,
    Check::ByEditorial,
    Check::ByTheDit,
    Check::BySomebody,
    Check::WithoutTheLabReport,
];
const FINALS: [Final; 4] = [Final::None, Final::Editorial, Final::Dit, Final::Somebody];
const ISSUES: [Issue; 3] = [Issue::None, Issue::Open, Issue::Resolved];
const LINKS: [Links; 6] =
    [Links::Unsaid, Links::None, Links::Safe, Links::Unsafe, Links::Unrecorded, Links::SaidThere];

/// A roll at which everybody looked.
const LOOKED: Looks = Looks {
    scripted: Some(true),
    camera: Some(true),
    inspection: Inspection::Good,
    qc: Qc::Good,
    evaluation: Evaluation::Good,
    check: Check::ByTheLab,
    last: Final::None,
    issue: Issue::None,
};

/// What is attested alike, and the rolls that it names.
type Naming = (Vec<Value>, Vec<String>);

/// The rolls that each attestation names: each is told once.
#[derive(Default)]
struct Attested {
    rolls: BTreeMap<&'static str, BTreeMap<String, Naming>>,
}

impl Attested {
    fn add(&mut self, kind: &'static str, key: &dyn std::fmt::Debug, data: Vec<Value>, roll: &str) {
        let named = self.rolls.entry(kind).or_default().entry(format!("{key:?}"));
        named.or_insert((data, Vec::new())).1.push(roll.to_owned());
    }

    fn inspect(&mut self, inspection: Inspection, roll: &str) {
        let mut data = self::inspection(&[]);
        match inspection {
            Inspection::None => return,
            Inspection::Good | Inspection::InHalves => {}
            Inspection::WithoutScript => data["against"] = json!(["camera-reports"]),
            Inspection::WithoutCameraReports => data["against"] = json!(["script-notes"]),
            Inspection::SoundReport => data["against"] = json!(["sound-report"]),
            Inspection::TransferAlone => data["covers"] = json!(["transfer"]),
            Inspection::HalfTheFiles => data["files"] = json!([FILES[0]]),
            Inspection::NoResult => drop(data.as_object_mut().unwrap().remove("result")),
            Inspection::ReportsUnsaid => drop(data.as_object_mut().unwrap().remove("against")),
        }
        let mut told = vec![data];
        if inspection == Inspection::InHalves {
            told = FILES
                .map(|file| {
                    let mut half = told[0].clone();
                    half["files"] = json!([file]);
                    half
                })
                .to_vec();
        }
        self.add("inspection", &inspection, told, roll);
    }

    fn look(&mut self, looks: &Looks, roll: &str) {
        self.inspect(looks.inspection, roll);
        let passed = || json!({"files": "all", "result": "passed"});
        let mut qc = passed();
        for (field, value) in [
            ("width", json!(3840)),
            ("height", json!(2160)),
            ("environment", json!("controlled")),
            ("colour_evaluated", json!(true)),
            ("monitor_calibrated", json!(true)),
            ("medium", json!("serial:R1")),
        ] {
            qc[field] = value;
        }
        match looks.qc {
            Qc::None | Qc::Good => {}
            Qc::TooLow => qc["height"] = json!(2159),
            Qc::Uncontrolled => qc["environment"] = json!("uncontrolled"),
            Qc::Uncalibrated => qc["monitor_calibrated"] = json!(false),
            Qc::NoColour => {
                qc["colour_evaluated"] = json!(false);
                qc.as_object_mut().unwrap().remove("monitor_calibrated");
            }
            Qc::FromTheCard => qc["medium"] = json!("serial:MAG"),
            Qc::WidthUnsaid => drop(qc.as_object_mut().unwrap().remove("width")),
            Qc::FromAnUnverifiedCopy => qc["medium"] = json!("serial:UNVERIFIED"),
        }
        if looks.qc != Qc::None {
            self.add("qc", &looks.qc, vec![qc], roll);
        }
        let reports = ["script-supervisor", "camera-loader", "dit", "lab"];
        let mut evaluation = passed();
        evaluation["by"] = json!("editorial");
        evaluation["against"] = json!(reports);
        evaluation["all_received"] = json!(true);
        match looks.evaluation {
            Evaluation::None | Evaluation::Good => {}
            Evaluation::ByTheLab => evaluation["by"] = json!("dailies-lab"),
            Evaluation::BySomebody => evaluation["by"] = json!("somebody"),
            Evaluation::WithoutTheLabReport => evaluation["against"] = json!(reports[..3]),
            Evaluation::NotAllReceived => evaluation["all_received"] = json!(false),
        }
        if looks.evaluation != Evaluation::None {
            self.add("evaluation", &looks.evaluation, vec![evaluation], roll);
        }
        let mut check = passed();
        check["against"] = json!(reports);
        check["by"] = json!(match looks.check {
            Check::ByTheDit => "dit",
            Check::BySomebody => "somebody",
            Check::ByEditorial => "editorial",
            _ => "dailies-lab",
        });
        if looks.check == Check::WithoutTheLabReport {
            check["against"] = json!(reports[..3]);
        }
        if looks.check != Check::None {
            self.add("report-check", &looks.check, vec![check], roll);
        }
        let by = match looks.last {
            Final::None => None,
            Final::Editorial => Some("editorial"),
            Final::Dit => Some("dit"),
            Final::Somebody => Some("somebody"),
        };
        if let Some(by) = by {
            self.add("final-clearance", &looks.last, vec![json!({"by": by})], roll);
        }
        if looks.issue != Issue::None {
            let issue = json!({"result": "failed", "issues": ["flicker"]});
            self.add("inspection", &looks.issue, vec![issue], roll);
        }
    }

    fn tell(self, telling: &mut Telling) {
        for (kind, told) in self.rolls {
            for (key, (events, rolls)) in told {
                for mut data in events {
                    data["rolls"] = json!(rolls);
                    let at = telling.event(kind, data);
                    if key == "Resolved" {
                        let resolution = json!({"attestation": at.to_string(), "issue": "flicker",
                            "resolution": "a lamp"});
                        telling.event("resolution", resolution);
                    }
                }
            }
        }
    }
}

/// A roll with three good copies, looked at in this way and linked in that.
fn tell_looked(
    telling: &mut Telling,
    attested: &mut Attested,
    number: usize,
    looks: &Looks,
    links: Links,
) -> String {
    let (roll, card) = (format!("A{number}"), format!("serial:CARD{number}"));
    telling.medium(&card, Medium::Capture, Role::Unsaid);
    let mut data = json!({"id": roll});
    if let Some(scripted) = looks.scripted {
        data["genre"] = json!(if scripted { "scripted" } else { "nonfiction" });
    }
    if let Some(camera) = looks.camera {
        data["kind"] = json!(if camera { "camera" } else { "sound" });
    }
    match links {
        Links::Unsaid | Links::SaidThere => {}
        Links::None => data["links"] = json!([]),
        Links::Safe => data["links"] = json!(["safe"]),
        Links::Unsafe => data["links"] = json!(["unsafe"]),
        Links::Unrecorded => data["links"] = json!(["nobody"]),
    }
    telling.event("roll", data);
    if links == Links::SaidThere {
        telling.event("roll", json!({"id": "safe", "links": [roll]}));
    }
    let mut copies = owned(&companies()[0]);
    copies.push(("serial:R2".into(), good(Medium::Raid(Some("5")), STAGE)));
    for (id, copy) in &copies {
        telling.medium(id, copy.medium, Role::Unsaid);
    }
    telling.copies(&roll, Some(&card), &copies);
    attested.look(looks, &roll);
    roll
}

/// Every way to look at a roll among those that `pick` gives, judged.
fn looked_at(cases: &mut Cases, product: usize, pick: impl Fn(&mut Pick) -> (Looks, Links)) {
    let (mut telling, mut attested, profile) =
        (Telling::new(), Attested::default(), Profile::default());
    telling.places(&[STAGE, LAB]);
    telling.medium("serial:MAG", Medium::Capture, Role::Unsaid);
    telling.medium("serial:UNVERIFIED", Medium::Raid(Some("5")), Role::Unsaid);
    telling.event("roll", json!({"id": "safe"}));
    telling.event("roll", json!({"id": "unsafe"}));
    let mut copies = owned(&companies()[0]);
    copies.push(("serial:R2".into(), good(Medium::Raid(Some("5")), STAGE)));
    for (id, copy) in &copies {
        telling.medium(id, copy.medium, Role::Unsaid);
    }
    telling.copies("safe", None, &copies);
    let mut told = Vec::new();
    for number in cases.below(product) {
        let (looks, links) = pick(&mut Pick(number));
        told.push((tell_looked(&mut telling, &mut attested, number, &looks, links), looks, links));
    }
    attested.tell(&mut telling);
    let ledger = telling.end();
    for (roll, looks, links) in told {
        let found = clear(&ledger, &Question::roll(roll), &profile, now()).decision;
        let expected = looks.suffice().min(table::links(links));
        cases.check(found, expected, &(looks, links));
    }
}

#[test]
fn every_way_to_look_at_a_roll() {
    let mut cases = Cases::new();
    // Genre, kind and links of every sort, with the attestations that tell them apart.
    let first = 3 * 3 * 3 * 6 * 5 * 4 * 5 * 3 * 3;
    looked_at(&mut cases, first, |pick| {
        use Inspection as I;
        let (genre, kind) = ([Some(true), Some(false), None], [Some(true), Some(false), None]);
        let links = pick.of(&[Links::None, Links::Unsaid, Links::Unsafe]);
        let inspections =
            [I::None, I::Good, I::WithoutScript, I::SoundReport, I::NoResult, I::InHalves];
        let looks = Looks {
            scripted: pick.of(&genre),
            camera: pick.of(&kind),
            inspection: pick.of(&inspections),
            qc: pick.of(&[Qc::None, Qc::Good, Qc::TooLow, Qc::WidthUnsaid, Qc::NoColour]),
            evaluation: pick.of(&[EVALUATIONS[0], EVALUATIONS[1], EVALUATIONS[3], EVALUATIONS[5]]),
            check: pick.of(&[CHECKS[0], CHECKS[1], CHECKS[3], CHECKS[4], CHECKS[5]]),
            last: pick.of(&[FINALS[0], FINALS[1], FINALS[3]]),
            issue: pick.of(&ISSUES),
        };
        (looks, links)
    });
    // Every attestation of a scripted camera roll.
    let second = 10 * 9 * 6 * 6 * 4 * 3;
    looked_at(&mut cases, second, |pick| {
        let looks = Looks {
            inspection: pick.of(&INSPECTIONS),
            qc: pick.of(&QCS),
            evaluation: pick.of(&EVALUATIONS),
            check: pick.of(&CHECKS),
            last: pick.of(&FINALS),
            issue: pick.of(&ISSUES),
            ..LOOKED
        };
        (looks, Links::None)
    });
    // Every link and inspection of every kind of roll.
    let third = 6 * 10 * 3 * 3;
    looked_at(&mut cases, third, |pick| {
        let links = pick.of(&LINKS);
        let inspection = pick.of(&INSPECTIONS);
        let (scripted, camera) =
            (pick.of(&[Some(true), Some(false), None]), pick.of(&[Some(true), Some(false), None]));
        (Looks { scripted, camera, inspection, ..LOOKED }, links)
    });
    cases.end(first + second + third);
}
