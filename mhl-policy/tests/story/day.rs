//! A camera roll and its sound roll, their cards, a RAID on set, a RAID and a tape at the lab, and
//! everything that people attest: the day that the tests of rules and stories change.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(dead_code, unreachable_pub)] // Unit tests and the integration test use a part each.

use mhl_core::{
    CopyReport, FileRecord, Grade, ManifestRecord, Operation, Place as Folder, Report, Status,
};
use mhl_policy::{
    Agent, AppendError, Event, Ledger, MediumId, Placement, Profile, Question, Time, Verdict, clear,
};
use serde_json::{Value, json};

/// What is recorded in one go.
#[allow(clippy::large_enum_variant)]
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Event { kind: &'static str, data: Value },
    Report { report: Report, roll: &'static str, placements: Vec<Placement> },
}

pub(crate) fn event(kind: &'static str, data: Value) -> Step {
    Step::Event { kind, data }
}

pub(crate) fn medium(id: &str) -> MediumId {
    id.parse().unwrap()
}

/// C4 of a word, to stand for a list's content.
pub(crate) fn c4(text: &str) -> String {
    let mut hasher = mhl_hash::Hasher::new(mhl_hash::Algorithm::C4);
    hasher.update(text.as_bytes());
    hasher.finish().to_string()
}

/// A report in which everything held: of `roll` with this content, at these roots.
pub(crate) fn report(operation: Operation, source: &str, content: &str, roots: &[&str]) -> Report {
    let mut report = Report::new(operation, Folder::new(source, None));
    report.tool = "mhl 0.1.0".into();
    report.status = Status::Verified;
    report.files = ["Clips/A001C001.mxf", "Clips/A001C002.mxf"]
        .map(|path| FileRecord::new(path, Some(5), vec!["xxh64be:44bc2cf5ad770999".into()]))
        .to_vec();
    report.roll = Some(mhl_core::Roll::new("A001", c4(content), 2, 10));
    for root in roots {
        let mut copy = CopyReport::new(Folder::new(*root, None));
        copy.status = Status::Verified;
        copy.grade = Some(Grade::PastTheCache);
        copy.proof = "read back with O_DIRECT".into();
        copy.complete = true;
        copy.algorithms = vec!["xxh64be".into()];
        copy.manifest = Some(ManifestRecord::new("A001.mhl", "classic", c4("manifest")));
        report.copies.push(copy);
    }
    report
}

/// The offload of a card to the RAID on set, and to the RAID and the tape at the lab.
pub(crate) fn offload(roll: &'static str, card: &str) -> Step {
    let roots = [format!("/set/{roll}"), format!("/lab/{roll}"), format!("/tape/{roll}")];
    let roots: Vec<&str> = roots.iter().map(String::as_str).collect();
    Step::Report {
        report: report(Operation::Offload, &format!("/card/{roll}"), roll, &roots),
        roll,
        placements: vec![
            Placement::source(medium(card)),
            Placement::copy(0, medium("serial:SET")).at("cart"),
            Placement::copy(1, medium("serial:LAB")).at("vault"),
            Placement::copy(2, medium("lto:T00001L8")).at("vault"),
        ],
    }
}

/// A verification of one copy.
pub(crate) fn verify(roll: &'static str, root: &str, on: &str) -> Step {
    Step::Report {
        report: report(Operation::Verify, root, roll, &[root]),
        roll,
        placements: vec![Placement::copy(0, medium(on))],
    }
}

const REPORTS: [&str; 4] = ["script-supervisor", "camera-loader", "dit", "lab"];

/// The whole day: after it, both cards may be wiped, and the RAID on set may not.
pub(crate) fn day() -> Vec<Step> {
    vec![
        event(
            "roll",
            json!({"id": "A001", "name": "A001", "production": "Feature", "day": "12",
            "genre": "scripted", "kind": "camera", "links": ["S001"]}),
        ),
        event(
            "roll",
            json!({"id": "S001", "production": "Feature", "day": "12",
            "genre": "scripted", "kind": "sound", "links": ["A001"]}),
        ),
        event("place", json!({"id": "cart", "site": "Stage 5"})),
        event("place", json!({"id": "vault", "site": "Lab"})),
        event("medium", json!({"id": "serial:CARD-A", "kind": "capture-device"})),
        event("medium", json!({"id": "serial:CARD-S", "kind": "capture-device"})),
        event("medium", json!({"id": "serial:SET", "kind": "raid", "level": "5"})),
        event("medium", json!({"id": "serial:LAB", "kind": "raid", "level": "6"})),
        event(
            "medium",
            json!({"id": "lto:T00001L8", "kind": "lto", "generation": 8,
            "file_system": "LTFS"}),
        ),
        offload("A001", "serial:CARD-A"),
        offload("S001", "serial:CARD-S"),
        event(
            "inspection",
            json!({"rolls": ["A001"], "files": "all", "by": "dit",
            "result": "passed", "covers": ["recording", "transfer"],
            "against": ["camera-reports", "script-notes"]}),
        ),
        event(
            "inspection",
            json!({"rolls": ["S001"], "files": "all", "by": "sound",
            "result": "passed", "covers": ["recording", "transfer"],
            "against": ["sound-report"]}),
        ),
        event(
            "qc",
            json!({"rolls": ["A001"], "files": "all", "by": "dailies-lab",
            "result": "passed", "width": 3840, "height": 2160, "environment": "controlled",
            "colour_evaluated": true, "monitor_calibrated": true, "real_time": true,
            "medium": "serial:LAB"}),
        ),
        event(
            "evaluation",
            json!({"rolls": ["A001"], "files": "all", "by": "editorial",
            "result": "passed", "against": REPORTS, "all_received": true}),
        ),
        event(
            "report-check",
            json!({"rolls": ["A001", "S001"], "files": "all",
            "by": "dailies-lab", "result": "passed", "against": REPORTS}),
        ),
        event("final-clearance", json!({"rolls": ["A001", "S001"], "by": "editorial"})),
    ]
}

pub(crate) fn now() -> Time {
    "2026-03-06T09:00:00Z".parse().unwrap()
}

pub(crate) fn record(ledger: &mut Ledger, step: &Step) -> Result<(), AppendError> {
    let (time, agent) = ("2026-03-05T20:30:00Z".parse().unwrap(), Agent::new("DIT"));
    match step.clone() {
        Step::Event { kind, data } => {
            ledger.append(Event::from_json(kind, &data).unwrap(), time, agent)
        }
        Step::Report { report, roll, placements } => {
            ledger.append_report(&report, roll, &placements, time, agent)
        }
    }
    .map(drop)
}

/// A ledger of these steps, each of which fits.
pub(crate) fn ledger_of(steps: &[Step]) -> Ledger {
    let mut ledger = Ledger::new();
    for step in steps {
        record(&mut ledger, step).unwrap_or_else(|error| panic!("{step:?}: {error}"));
    }
    ledger
}

pub(crate) fn judged(steps: &[Step], question: &Question) -> Verdict {
    clear(&ledger_of(steps), question, &Profile::default(), now())
}

/// The day with more after it.
pub(crate) fn day_and(more: impl IntoIterator<Item = Step>) -> Vec<Step> {
    let mut steps = day();
    steps.extend(more);
    steps
}

/// Where the first event of this kind stands whose data has this text.
fn find(steps: &[Step], kind: &str, text: &str) -> usize {
    let is = |step: &Step| matches!(step, Step::Event { kind: k, data } if *k == kind && data.to_string().contains(text));
    steps.iter().position(is).unwrap_or_else(|| panic!("no {kind} has {text}"))
}

/// The day without an event.
pub(crate) fn without(kind: &str, text: &str) -> Vec<Step> {
    let mut steps = day();
    steps.remove(find(&steps, kind, text));
    steps
}

/// The day with fields of an event set, or taken away where `null`.
pub(crate) fn patched(kind: &str, text: &str, patch: Value) -> Vec<Step> {
    let mut steps = day();
    let index = find(&steps, kind, text);
    let Step::Event { data, .. } = &mut steps[index] else { unreachable!() };
    for (field, value) in patch.as_object().unwrap() {
        match value {
            Value::Null => drop(data.as_object_mut().unwrap().remove(field)),
            value => data[field] = value.clone(),
        }
    }
    steps
}

/// The day with the report of a roll's offload changed.
pub(crate) fn reported(of: &str, change: impl FnOnce(&mut Report)) -> Vec<Step> {
    let mut steps = day();
    for step in &mut steps {
        if let Step::Report { report, roll, .. } = step
            && *roll == of
        {
            change(report);
            return steps;
        }
    }
    panic!("no report of {of}");
}

/// A step's report changed.
pub(crate) fn changed(mut step: Step, change: impl FnOnce(&mut Report)) -> Step {
    if let Step::Report { report, .. } = &mut step {
        change(report);
    }
    step
}
