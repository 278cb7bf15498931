//! The ledger: what its chain finds, what only a pin finds, and what it refuses.

use super::*;
use mhl_policy::{
    Agent, AppendError, Event, EventError, Fault, FaultKind, FileError, Head, Ledger, LedgerError,
    LedgerFile, PinError, ReadError, SCHEMA,
};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::io::Read;

fn kinds(text: &str) -> Vec<(u64, FaultKind)> {
    let faults = Ledger::parse(text).unwrap_err().faults;
    faults.into_iter().map(|fault| (fault.line, fault.kind)).collect()
}

#[test]
fn a_ledger_is_read_back_as_it_was_written() {
    let ledger = ledger_of(&day());
    let read = Ledger::parse(ledger.appended()).unwrap();
    assert_eq!(read, ledger);
    assert_eq!(read.head().seq, 17);
    let first: Value = serde_json::from_str(ledger.appended().lines().next().unwrap()).unwrap();
    assert_eq!(first["prev"], c4(""), "the first line follows nothing");
    let second: Value = serde_json::from_str(ledger.appended().lines().nth(1).unwrap()).unwrap();
    assert_eq!(second["prev"], c4(ledger.appended().lines().next().unwrap()));
}

#[test]
fn a_ledger_is_read_from_any_source_however_it_is_cut() {
    let ledger =
        ledger_of(&day_and((0..40).map(|n| event("place", json!({"id": format!("p{n}")})))));
    let text = ledger.appended();
    for capacity in [1, 7, 64, 1 << 20] {
        let source = std::io::BufReader::with_capacity(capacity, text.as_bytes());
        assert_eq!(Ledger::read(source).unwrap(), ledger, "{capacity}");
    }
    let faults = |bytes: &[u8]| match Ledger::read(bytes) {
        Err(ReadError::Ledger(error)) => error.faults,
        other => panic!("{other:?}"),
    };
    // Wherever it is cut, of what is read at once too.
    let ends: Vec<usize> = text.match_indices('\n').map(|(at, _)| at + 1).collect();
    for (number, end) in ends.iter().enumerate() {
        let cut = Ledger::read(&text.as_bytes()[..*end]).unwrap();
        assert_eq!(cut.head().seq, number as u64 + 1);
        let torn = faults(&text.as_bytes()[..end - 1]);
        assert_eq!(torn.len(), 1, "{torn:?}");
        assert_eq!((torn[0].line, &torn[0].kind), (number as u64 + 1, &FaultKind::Torn));
    }
    let mut bytes = text.as_bytes().to_vec();
    bytes[ends[19] + 100] = 0xff;
    let found = faults(&bytes);
    assert!(matches!(found[0], Fault { line: 21, kind: FaultKind::Line { .. }, .. }), "{found:?}");
    let broken = text.as_bytes().chain(std::io::BufReader::new(Broken));
    assert!(matches!(Ledger::read(broken), Err(ReadError::Io(_))));
}

/// A source that fails.
struct Broken;

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
        Err(std::io::Error::other("the cable was pulled"))
    }
}

#[test]
fn a_cut_tail_and_a_rewrite_are_found_against_a_pin_alone() {
    let ledger = ledger_of(&day());
    let pin: Head = ledger.head().to_string().parse().unwrap();
    let end = ledger.appended().trim_end().rfind('\n').unwrap() + 1;
    let cut = Ledger::parse(&ledger.appended()[..end]).unwrap();
    assert_eq!(cut.check_pin(&pin), Err(PinError::Cut { pinned: 17, found: 16 }));
    let rewritten = ledger_of(&patched("place", "Lab", json!({"site": "Elsewhere"})));
    assert!(matches!(rewritten.check_pin(&pin), Err(PinError::Rewritten { line: 17, .. })));
    let longer = ledger_of(&day_and([event("place", json!({"id": "truck"}))]));
    assert_eq!(longer.check_pin(&pin), Ok(()), "it may grow");
    assert_eq!(cut.check_pin(&Head::default()), Ok(()));
}

#[test]
fn every_fault_is_told_with_its_line() {
    let ledger = ledger_of(&day());
    let lines: Vec<&str> = ledger.appended().lines().collect();
    let with = |index: usize, line: &str| {
        let mut lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        lines[index] = line.to_owned();
        lines.join("\n") + "\n"
    };
    let last = lines.len() - 1;
    let replaced = |from: &str, to: &str| {
        assert!(lines[last].contains(from));
        with(last, &lines[last].replacen(from, to, 1))
    };
    let n = lines.len() as u64;
    for (text, kind) in [
        (with(last, ""), "Line"),
        (with(last, "{"), "Line"),
        (replaced("\"v\":1", "\"v\":2"), "Version"),
        (replaced("\"seq\":17", "\"seq\":18"), "Sequence"),
        (replaced("\"prev\":\"c4", "\"prev\":\"C4"), "Chain"),
        (replaced("\"event\":\"final-clearance\"", "\"event\":\"blessing\""), "UnknownKind"),
        (replaced("\"rolls\":", "\"rollz\":"), "Data"),
        (replaced("\"by\":\"editorial\"", "\"by\":\"editorial\",\"by\":\"dit\""), "Data"),
        (replaced("\"v\":1", "\"v\":1,\"v\":1"), "Line"),
        (replaced("T20:30:00Z", "T20:30:00"), "Line"),
        (replaced("\"time\":", "\"simulated\":true,\"time\":"), "Simulated"),
        (replaced("\"A001\"", "\"A009\""), "Unrecorded"),
        (ledger.appended().trim_end().to_owned(), "Torn"),
    ] {
        let found = kinds(&text);
        assert_eq!(found.len(), 1, "{kind}: {found:?}");
        assert_eq!(found[0].0, n);
        assert!(format!("{:?}", found[0].1).starts_with(kind), "{kind}: {found:?}");
    }
    // Not the first alone.
    let two = with(2, &lines[2].replacen("\"v\":1", "\"v\":7", 1));
    let found = kinds(&two);
    assert!(matches!(found[0], (3, FaultKind::Version { found: 7 })));
    assert!(matches!(found[1], (4, FaultKind::Chain { .. })));
}

#[test]
fn contradictions_are_refused_and_leave_the_ledger_as_it_was() {
    for (kind, data) in [
        ("medium", json!({"id": "serial:SET", "kind": "lto"})),
        ("medium", json!({"id": "serial:SET", "level": "0"})),
        ("place", json!({"id": "cart", "site": "Stage 6"})),
        ("roll", json!({"id": "A001", "kind": "sound"})),
        ("roll", json!({"id": "A001", "links": []})),
        ("roll", json!({"id": ""})),
        ("inspection", json!({"rolls": ["A001"], "result": "failed"})),
        ("inspection", json!({"rolls": ["A009"]})),
        ("clip-report", json!({"rolls": ["A009"], "clips": ["A009C001"]})),
        ("clip-report", json!({"rolls": ["A001"], "clips": [""]})),
        ("move", json!({"medium": "serial:SET", "condition": "lost"})),
        ("move", json!({"medium": "serial:SET", "condition": "in-transit", "place": "cart"})),
        ("move", json!({"medium": "serial:NOBODY", "condition": "in-place"})),
        ("loss", json!({"medium": "serial:SET", "condition": "offline"})),
        ("wipe", json!({"medium": "serial:NOBODY"})),
        ("approval", json!({"content": "c4:A001"})),
        ("approval", json!({"content": "md5:d41d8cd98f00b204e9800998ecf8427e"})),
        ("resolution", json!({"attestation": "2", "issue": "x", "resolution": "y"})),
    ] {
        let mut ledger = ledger_of(&day());
        let before = ledger.clone();
        assert!(record(&mut ledger, &event(kind, data.clone())).is_err(), "{kind} {data}");
        assert_eq!(ledger, before, "{kind} {data}");
    }
}

#[test]
fn what_may_not_count_as_expected_is_remarked_and_taken() {
    let remarked = |step: Step| {
        let mut ledger = ledger_of(&day());
        record(&mut ledger, &step).unwrap();
        let remarks = ledger.remarks();
        assert_eq!(
            Ledger::parse(ledger.appended()).unwrap().remarks(),
            [],
            "of none that was read"
        );
        remarks.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    // Nothing is said of a day that went well.
    for step in day() {
        let mut ledger = ledger_of(&day());
        if record(&mut ledger, &step).is_ok() {
            assert_eq!(ledger.remarks(), [], "{step:?}");
        }
    }
    for (kind, data, said) in [
        ("medium", json!({"id": "serial:X"}), "kind is not recorded"),
        ("medium", json!({"id": "serial:X", "kind": "raidd"}), "kind: \"raidd\" is no word"),
        ("medium", json!({"id": "serial:X", "kind": "raid"}), "level is not recorded"),
        ("medium", json!({"id": "lto:X", "kind": "lto", "generation": 8}), "file_system is not"),
        ("place", json!({"id": "truck"}), "site is not recorded"),
        ("roll", json!({"id": "B001", "kind": "camera", "genre": "drama"}), "genre: \"drama\""),
        ("final-clearance", json!({"rolls": ["A001"], "by": "the boss"}), "by: \"the boss\""),
        ("report-check", json!({"rolls": ["A001"], "files": "most"}), "files: \"most\""),
        ("qc", json!({"rolls": ["A001"], "medium": "serial:NEW"}), "medium serial:NEW is not"),
        ("inspection", json!({"rolls": ["A001"], "issues": ["flicker"]}), "issues are open (1)"),
        ("approval", json!({"use": "raid-final"}), "expires is not recorded"),
        ("clip-report", json!({"rolls": ["A001"], "paper": "napkin"}), "paper: \"napkin\""),
        ("clip-report", json!({"rolls": ["A001"], "paper": "lab"}), "clips is not recorded"),
        (
            "move",
            json!({"medium": "serial:SET", "condition": "in-place", "place": "moon"}),
            "place moon is not recorded yet",
        ),
    ] {
        let remarks = remarked(event(kind, data.clone()));
        assert!(remarks.iter().any(|remark| remark.starts_with(said)), "{data}: {remarks:?}");
    }
    let failed = changed(verify("A001", "/set/A001", "serial:NEW"), |r| {
        r.copies[0].status = mhl_core::Status::Failed;
    });
    let remarks = remarked(failed);
    assert!(remarks[0].starts_with("the copy /set/A001 does not count"), "{remarks:?}");
    assert!(remarks[1].starts_with("medium serial:NEW is not recorded yet"), "{remarks:?}");
}

#[test]
fn one_medium_at_two_sites_at_once_is_an_error() {
    let mut ledger = ledger_of(&day());
    let mut step = verify("A001", "/set/A001", "serial:SET");
    if let Step::Report { placements, .. } = &mut step {
        *placements = vec![mhl_policy::Placement::copy(0, medium("serial:SET")).at("vault")];
    }
    let error = record(&mut ledger, &step).unwrap_err();
    assert!(matches!(error, AppendError::Fault(FaultKind::Contradiction { .. })), "{error}");
    let moved = json!({"medium": "serial:SET", "condition": "in-place", "place": "vault"});
    record(&mut ledger, &event("move", moved)).unwrap();
    record(&mut ledger, &step).unwrap();
}

#[test]
fn evidence_and_imports_are_never_typed_in() {
    for kind in ["evidence", "import"] {
        let never = EventError::NeverTyped { kind: kind.into() };
        assert_eq!(Event::from_json(kind, &json!({})), Err(never.clone()));
        assert_eq!(Event::from_fields(kind, &[]), Err(never));
    }
    assert!(matches!(Event::from_json("wish", &json!({})), Err(EventError::UnknownKind { .. })));
}

#[test]
fn fields_are_typed_as_people_type_them() {
    let typed = Event::from_fields(
        "qc",
        &[
            ("rolls", "A001"),
            ("rolls", "S001"),
            ("files", "all"),
            ("width", "3840"),
            ("colour-evaluated", "true"),
            ("issues", ""),
            ("medium", "serial:lab"),
        ],
    );
    let meant = json!({"rolls": ["A001", "S001"], "files": "all", "width": 3840,
        "colour_evaluated": true, "issues": [], "medium": "serial:LAB"});
    assert_eq!(typed.unwrap(), Event::from_json("qc", &meant).unwrap());
    for (field, value) in [
        ("width", "-1"),
        ("width", "4294967296"),
        ("colour_evaluated", "yes"),
        ("colour", "red"),
        ("medium", "/mnt"),
    ] {
        assert!(
            Event::from_fields("qc", &[("rolls", "A001"), (field, value)]).is_err(),
            "{field}={value}"
        );
    }
    assert!(Event::from_fields("roll", &[("id", "A"), ("id", "B")]).is_err());
}

#[test]
fn a_ledger_taken_in_counts_once_and_in_its_place() {
    // Two sites begin with the same lines; the lab goes on by itself.
    let shared = &day()[..10];
    let mut set = ledger_of(shared);
    let mut lab = set.clone();
    for step in &day()[10..] {
        record(&mut lab, step).unwrap();
    }
    record(&mut set, &event("place", json!({"id": "truck"}))).unwrap();
    set.append_import(lab.appended(), now(), Agent::new("DIT")).unwrap();
    assert_eq!(Ledger::parse(set.appended()).unwrap(), set);
    let verdict = mhl_policy::clear(&set, &Question::roll("A001"), &Default::default(), now());
    assert_eq!(answer(&verdict), (Decision::Cleared, vec![]), "{verdict}");
    assert!(verdict.to_json().contains("\"event 12.14\""), "the lab's QC, within the import");
    assert!(verdict.to_json().contains("\"event 10\""), "the shared offload, counted here");
    // Taken in again, nothing is counted twice.
    let copies = set.state().copies().map(|(_, copy)| copy.evidence.len()).collect::<Vec<_>>();
    set.append_import(lab.appended(), now(), Agent::new("DIT")).unwrap();
    assert!(set.state().copies().map(|(_, copy)| copy.evidence.len()).eq(copies));
}

#[test]
fn a_ledger_that_contradicts_or_is_simulated_is_not_taken_in() {
    let mut ledger = ledger_of(&day());
    let before = ledger.clone();
    let other = ledger_of(&[event("place", json!({"id": "cart", "site": "Stage 6"}))]);
    let mut simulated = Ledger::simulated();
    record(&mut simulated, &event("place", json!({"id": "truck"}))).unwrap();
    for other in [other, simulated] {
        let error = ledger.append_import(other.appended(), now(), Agent::new("DIT")).unwrap_err();
        assert!(matches!(error, AppendError::Fault(FaultKind::Imported { .. })), "{error}");
        assert_eq!(ledger, before);
    }
}

#[test]
fn a_ledger_that_does_not_stand_by_itself_is_not_taken_in() {
    let mut ledger = ledger_of(&day());
    let before = ledger.clone();
    // Its events are about what the ledger that takes it in records, and it does not.
    for step in [
        event("inspection", json!({"rolls": ["A001"], "result": "passed"})),
        event("wipe", json!({"medium": "serial:LAB"})),
        verify("A001", "/lab/A001", "serial:LAB"),
    ] {
        let mut own = ledger_of(&day());
        let lines = own.appended().len();
        record(&mut own, &step).unwrap();
        let mut line: Value = serde_json::from_str(&own.appended()[lines..]).unwrap();
        (line["seq"], line["prev"]) = (json!(1), json!(c4("")));
        let error =
            ledger.append_import(&format!("{line}\n"), now(), Agent::new("DIT")).unwrap_err();
        let AppendError::Fault(FaultKind::Imported { fault }) = &error else { panic!("{error}") };
        assert!(matches!(fault.kind, FaultKind::Unrecorded { .. }), "{error}");
        assert_eq!(ledger, before);
    }
}

/// No report of the engine is so; a line that somebody wrote may be.
#[test]
fn evidence_that_no_report_gives_is_refused() {
    let text = ledger_of(&day()[..10]).appended().to_owned();
    let (before, last) = text.trim_end().rsplit_once('\n').unwrap();
    let changed = |change: &dyn Fn(&mut Value)| {
        let mut line: Value = serde_json::from_str(last).unwrap();
        change(&mut line["data"]);
        Ledger::parse(&format!("{before}\n{line}\n"))
    };
    changed(&|_| {}).unwrap();
    let source = |data: &mut Value| drop(data.as_object_mut().unwrap().remove("source"));
    let folders = |data: &mut Value| {
        source(data);
        (data["operation"], data["copies"]) = (json!("verify"), json!([]));
    };
    let operation = |data: &mut Value| data["operation"] = json!("verify");
    for (name, refused) in [
        ("the source", &source as &dyn Fn(&mut Value)),
        ("the source", &operation),
        ("the folders", &folders),
    ] {
        let LedgerError { faults, .. } = changed(refused).unwrap_err();
        let [Fault { line: 10, kind: FaultKind::Inadmissible { what, .. }, .. }] = &faults[..]
        else {
            panic!("{faults:?}")
        };
        assert!(what.starts_with(name), "{what}");
    }
    // A seal that was cancelled has none, and says nothing of the roll.
    let cancelled = changed(&|data| {
        folders(data);
        data["operation"] = json!("seal");
        data.as_object_mut().unwrap().retain(|field, _| field != "content" && field != "files");
        (data["file_count"], data["bytes"]) = (json!(0), json!(0));
    });
    assert_eq!(cancelled.unwrap().state().copies().count(), 0);
}

#[test]
fn a_file_is_made_once_and_grows_durably() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("show.ledger");
    let mut file = LedgerFile::create(&path, Ledger::new()).unwrap();
    assert!(matches!(LedgerFile::create(&path, Ledger::new()), Err(FileError::Io { .. })));
    let elsewhere = Ledger::parse(ledger_of(&day()).appended()).unwrap();
    let made = LedgerFile::create(folder.path().join("other.ledger"), elsewhere);
    assert!(matches!(made, Err(FileError::ReadElsewhere { .. })), "it would lack its first lines");
    assert!(!folder.path().join("other.ledger").exists());
    let place = mhl_policy::Place::at("cart", "Stage 5");
    file.append(place, now(), Agent::new("DIT")).unwrap();
    assert!(std::fs::File::open(&path).unwrap().try_lock().is_err(), "a second writer waits");
    let head = file.ledger().head().clone();
    drop(file);
    let mut file = LedgerFile::open(&path).unwrap();
    assert_eq!(*file.ledger().head(), head);
    let clash = mhl_policy::Place::at("cart", "Stage 6");
    assert!(matches!(file.append(clash, now(), Agent::new("DIT")), Err(FileError::Append(_))));
    file.append(mhl_policy::Place::new("truck"), now(), Agent::new("DIT")).unwrap();
    let head = file.ledger().head().clone();
    drop(file);
    assert_eq!(*LedgerFile::read(&path).unwrap().head(), head);
    std::fs::write(&path, "not a ledger").unwrap();
    assert!(matches!(LedgerFile::open(&path), Err(FileError::Ledger { .. })));
}

/// Whether a value is as a schema says, for the words that `ledger.schema.json` uses.
fn fits(schema: &Value, root: &Value, value: &Value) -> bool {
    let resolved = schema["$ref"].as_str().map(|path| root.pointer(&path[1..]).unwrap());
    let of_type = |name: &str| match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_u64(),
        "boolean" => value.is_boolean(),
        other => panic!("the test knows no type {other}"),
    };
    let fields = value.as_object();
    resolved.is_none_or(|schema| fits(schema, root, value))
        && schema["type"].as_str().is_none_or(of_type)
        && schema.get("const").is_none_or(|only| only == value)
        && schema["enum"].as_array().is_none_or(|words| words.contains(value))
        && schema["anyOf"].as_array().is_none_or(|any| any.iter().any(|s| fits(s, root, value)))
        && schema["items"].as_object().is_none_or(|_| {
            value.as_array().is_some_and(|all| all.iter().all(|v| fits(&schema["items"], root, v)))
        })
        && schema["required"].as_array().is_none_or(|needed| {
            needed
                .iter()
                .all(|field| fields.is_some_and(|f| f.contains_key(field.as_str().unwrap())))
        })
        && schema["properties"].as_object().is_none_or(|known| {
            fields.is_some_and(|fields| {
                fields.iter().all(|(field, value)| {
                    known.get(field).is_some_and(|schema| fits(schema, root, value))
                })
            })
        })
}

#[test]
fn what_is_written_is_as_the_schema_says() {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let kinds = schema.pointer("/properties/event/enum").unwrap();
    assert_eq!(kinds, &json!(Event::KINDS));
    let more = [
        event(
            "approval",
            json!({"use": "raid-final", "by": "Netflix", "media": "all",
            "rolls": ["A001"], "expires": "never", "content": c4("A001")}),
        ),
        event("move", json!({"medium": "serial:SET", "condition": "in-transit"})),
        event("loss", json!({"medium": "serial:SET", "condition": "lost", "roll": "A001"})),
        event("inspection", json!({"rolls": ["A001"], "issues": ["flicker"]})),
        event("resolution", json!({"attestation": "21", "issue": "flicker", "resolution": "none"})),
        event("wipe", json!({"medium": "serial:SET"})),
        event(
            "clip-report",
            json!({"rolls": ["A001"], "paper": "camera-reports", "by": "camera", "clips": ["A001C001"]}),
        ),
        changed(verify("A001", "/lab/A001", "serial:LAB"), |r| {
            r.add(mhl_core::Finding::new(mhl_core::FindingKind::Ignored, "x"));
            r.add(mhl_core::Finding::new(mhl_core::FindingKind::NewFile, "y"));
            r.copies[0].place.device = Some("fs:1".into());
        }),
    ];
    let mut ledger = ledger_of(&day_and(more));
    ledger.append_import(ledger_of(&day()[..3]).appended(), now(), Agent::new("DIT")).unwrap();
    let mut seen = std::collections::BTreeSet::new();
    for line in ledger.appended().lines() {
        let value: Value = serde_json::from_str(line).unwrap();
        assert!(fits(&schema, &schema, &value), "{line}");
        let kind = value["event"].as_str().unwrap().to_owned();
        let data = schema.pointer(&format!("/$defs/events/{kind}")).unwrap();
        assert!(fits(data, &schema, &value["data"]), "{line}");
        seen.insert(kind);
    }
    assert_eq!(seen.len(), Event::KINDS.len(), "every kind was written: {seen:?}");
}

#[test]
fn every_field_of_the_schema_is_read() {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    for kind in Event::KINDS {
        let event = schema.pointer(&format!("/$defs/events/{kind}")).unwrap();
        for field in event["properties"].as_object().unwrap().keys() {
            let message = Event::from_json(kind, &json!({field: {"no": "such shape"}}));
            let unknown = message.unwrap_err().to_string().contains("unknown field");
            assert!(!unknown, "{kind}.{field}");
        }
    }
}

proptest! {
    /// Whatever one byte of a ledger becomes, no pinned reader takes it for the one that was
    /// pinned.
    #[test]
    fn no_edit_passes_a_pin(at in any::<prop::sample::Index>(), byte in 0_u8..128) {
        let ledger = ledger_of(&day());
        let mut bytes = ledger.appended().as_bytes().to_vec();
        let at = at.index(bytes.len());
        prop_assume!(bytes[at] != byte && bytes[at].is_ascii());
        bytes[at] = byte;
        let text = String::from_utf8(bytes).unwrap();
        let passed = Ledger::parse(&text).is_ok_and(|read| read.check_pin(ledger.head()).is_ok());
        prop_assert!(!passed);
    }

    /// No text makes the reader panic.
    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,200}") {
        let _ = Ledger::parse(&text);
        let line = format!("{{\"v\":1,\"seq\":1,\"prev\":\"{}\",\"data\":{text}}}\n", c4(""));
        let _ = Ledger::parse(&line);
    }
}
