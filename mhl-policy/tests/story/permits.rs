//! Permits: what they are bound to, what refuses them, and that outside tools believe them.

use super::*;
use mhl_core::{Finding, FindingKind, Operation, Report, Status};
use mhl_policy::{
    Breach, Breaches, EnvelopeError, Ledger, NotPermitted, Permit, Profile, SigningKey, Statement,
    Time, permit,
};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::{fs, process::Command};

fn roll() -> Question {
    Question::roll("A001")
}

fn hours(count: i64) -> Time {
    Time::from_unix(now().unix() + count * 3600)
}

fn key() -> SigningKey {
    SigningKey::from_seed(&[7; 32])
}

fn permitted(ledger: &Ledger) -> Permit {
    permit(ledger, &roll(), &Profile::default(), now(), hours(12)).unwrap()
}

/// The permit of the day, checked an hour later.
fn checked(ledger: &Ledger, looks: &[Report]) -> Result<Permit, Breaches> {
    let statement = permitted(&ledger_of(&day())).statement().clone();
    statement.check(ledger, &Profile::default(), hours(1), looks)
}

fn names(checked: Result<Permit, Breaches>) -> Vec<&'static str> {
    let breaches = checked.map_or_else(|error| error.breaches, |_| Vec::new());
    let mut names: Vec<_> = breaches.iter().map(Breach::name).collect();
    names.dedup();
    names
}

/// A look at the card: everything on it read and compared with its list.
fn look(operation: Operation) -> Report {
    let mut report = report(operation, "/card/A001", "A001", &["/card/A001"]);
    report.started = now().to_string();
    if operation == Operation::Diff {
        report.status = Status::Unproven;
    }
    report
}

#[test]
fn a_permit_is_bound_to_everything_that_was_judged() {
    let ledger = ledger_of(&day());
    let permit = permitted(&ledger);
    let says = permit.statement();
    assert_eq!(says.question, roll());
    assert_eq!(says.media, [medium("serial:CARD-A")].into());
    assert_eq!(says.rolls, [("A001".into(), c4("A001"))].into());
    let copies: Vec<String> =
        says.copies.iter().map(|copy| format!("{} on {}", copy.roll, copy.medium)).collect();
    let media = ["lto:T00001L8", "serial:LAB", "serial:SET"];
    let expected: Vec<String> = ["A001", "S001"]
        .iter()
        .flat_map(|roll| media.map(|medium| format!("{roll} on {medium}")))
        .collect();
    assert_eq!(copies, expected, "of the sound roll, too: the wipe rests on it");
    assert!(says.copies.iter().all(|copy| copy.manifest == Some(c4("manifest"))));
    assert_eq!(says.profile.c4, Profile::default().digest());
    assert_eq!((&says.ledger, says.issued, says.expires), (ledger.head(), now(), hours(12)));
    assert_eq!(says.verdict, c4(&judged(&day(), &roll()).to_json()));
    assert_eq!(checked(&ledger, &[]).unwrap(), permit, "it holds an hour later");
}

#[test]
fn a_permit_rests_on_no_copy_that_may_not_count() {
    let ledger = ledger_of(&day_and([verify("A001", "/x/A001", "serial:UNRECORDED")]));
    let permit = permitted(&ledger);
    assert_eq!(permit.statement().copies.len(), 6);
    assert!(permit.statement().copies.iter().all(|copy| copy.root != "/x/A001"));
}

#[test]
fn only_what_is_cleared_is_permitted() {
    let permit_of = |steps: &[Step], question: &Question, expires: Time| {
        permit(&ledger_of(steps), question, &Profile::default(), now(), expires)
    };
    for kind in ["inspection", "qc", "evaluation", "report-check"] {
        let refused = permit_of(&without(kind, "A001"), &roll(), hours(12)).unwrap_err();
        assert!(matches!(refused, NotPermitted::NotCleared(verdict)
            if verdict.decision == Decision::Withheld));
    }
    let unknown = permit_of(&without("medium", "serial:SET"), &roll(), hours(12)).unwrap_err();
    assert!(matches!(unknown, NotPermitted::NotCleared(verdict)
        if verdict.decision == Decision::Indeterminate));
    let no_time = permit_of(&day(), &roll(), now());
    assert!(matches!(no_time, Err(NotPermitted::Expiry { .. })));
}

#[test]
fn a_permit_does_not_outlast_an_approval_that_it_rests_on() {
    let mut steps = day();
    steps.retain(|step| {
        !matches!(step, Step::Event { data, .. } if data["id"] == "serial:LAB" || data["id"] == "lto:T00001L8")
    });
    let hub = medium("hub:titus");
    for step in &mut steps {
        if let Step::Report { placements, .. } = step {
            placements[3] = mhl_policy::Placement::copy(2, hub.clone()).at("vault");
        }
    }
    steps.insert(0, event("medium", json!({"id": "serial:LAB", "kind": "raid", "level": "6"})));
    steps.insert(0, event("medium", json!({"id": "hub:titus", "kind": "content-hub"})));
    steps.push(event(
        "approval",
        json!({"use": "content-hub", "by": "Netflix", "media": ["hub:titus"], "rolls": "all",
               "expires": hours(6)}),
    ));
    let ledger = ledger_of(&steps);
    let until = |expires| permit(&ledger, &roll(), &Profile::default(), now(), expires);
    assert!(matches!(until(hours(12)), Err(NotPermitted::Lapses(_))));
    let permit = until(hours(6)).unwrap();
    let late = Time::from_unix(hours(6).unix() - 1);
    assert!(permit.statement().check(&ledger, &Profile::default(), late, &[]).is_ok());
}

#[test]
fn row_100_a_later_ledger_refuses() {
    let ledger = ledger_of(&day_and([event("place", json!({"id": "truck"}))]));
    assert_eq!(names(checked(&ledger, &[])), ["ledger-went-on"], "whatever was recorded");

    let lost = event("loss", json!({"medium": "lto:T00001L8", "condition": "lost"}));
    let found = names(checked(&ledger_of(&day_and([lost])), &[]));
    assert_eq!(found, ["ledger-went-on", "not-cleared", "copy-gone"], "all of it is told");

    let cut = ledger_of(&day()[..16]);
    assert!(names(checked(&cut, &[])).contains(&"other-ledger"));
    let rewritten = ledger_of(&patched("place", "Lab", json!({"site": "Elsewhere"})));
    assert_eq!(names(checked(&rewritten, &[])), ["other-ledger"]);
}

/// A permit of one card, changed to be another's: by its owner, who has the key.
#[test]
fn row_100_a_permit_is_not_another_cards() {
    let ledger = ledger_of(&day());
    let asked = Question::card("A001", medium("serial:CARD-A"));
    let permit = permit(&ledger, &asked, &Profile::default(), now(), hours(6)).unwrap();
    let check = |change: &dyn Fn(&mut mhl_policy::Statement)| {
        let mut statement = permit.statement().clone();
        change(&mut statement);
        names(statement.check(&ledger, &Profile::default(), now(), &[]))
    };
    assert_eq!(check(&|_| {}), [""; 0]);
    let other = medium("serial:CARD-S");
    let question = Question::card("S001", other.clone());
    let found = check(&|statement| statement.question = question.clone());
    assert!(found.contains(&"other-media") && found.contains(&"other-verdict"), "{found:?}");
    let found = check(&|statement| statement.media = [other.clone()].into());
    assert_eq!(found, ["other-media"]);
    let found = check(&|statement| {
        statement.rolls.insert("A001".into(), c4("another day"));
    });
    assert_eq!(found, ["content-changed"]);
    let found = check(&|statement| {
        statement.rolls = [("S001".into(), c4("S001"))].into();
    });
    assert_eq!(found, ["content-changed"]);
}

#[test]
fn row_101_a_card_that_gained_a_file_refuses() {
    // As the ledger tells it.
    let gained = |operation| {
        let mut look = look(operation);
        look.add(Finding::new(FindingKind::NewFile, "Clips/A001C003.mxf").on_copy(0));
        look.status = Status::Failed;
        look
    };
    let step = Step::Report {
        report: gained(Operation::Verify),
        roll: "A001",
        placements: vec![mhl_policy::Placement::copy(0, medium("serial:CARD-A"))],
    };
    let found = names(checked(&ledger_of(&day_and([step])), &[]));
    for name in ["ledger-went-on", "not-cleared", "content-changed", "copy-gone"] {
        assert!(found.contains(&name), "{name}: {found:?}");
    }
    // As a look at the card tells it, and no ledger yet.
    let ledger = ledger_of(&day());
    for operation in [Operation::Verify, Operation::Diff] {
        assert_eq!(names(checked(&ledger, &[look(operation)])), [""; 0], "{operation:?}");
        let found = names(checked(&ledger, &[gained(operation)]));
        assert_eq!(found, ["card-changed", "look-unfinished"], "{operation:?}");
    }
}

#[test]
fn row_100_a_look_at_another_card_is_no_look_at_this_one() {
    let ledger = ledger_of(&day());
    let mut other = look(Operation::Verify);
    other.roll.as_mut().unwrap().content = c4("B001");
    assert_eq!(names(checked(&ledger, &[other])), ["look-at-other-content", "not-looked-at"]);
    // A comparison of names says no content: what it lists amounts to one.
    let mut listed = look(Operation::Diff);
    listed.roll = None;
    assert_eq!(names(checked(&ledger, &[listed])), ["look-at-other-content", "not-looked-at"]);
    let mut cancelled = look(Operation::Verify);
    cancelled.status = Status::Cancelled;
    assert_eq!(names(checked(&ledger, &[cancelled])), ["look-unfinished"]);
    for started in ["2026-03-06T08:59:59Z", "", "2026-03-06T10:00:00"] {
        let mut early = look(Operation::Verify);
        early.started = started.into();
        assert_eq!(names(checked(&ledger, &[early])), ["early-look"], "{started}");
    }
    let mut offload = look(Operation::Offload);
    offload.status = Status::Verified;
    assert_eq!(names(checked(&ledger, &[offload])), ["look-unfinished"]);
}

#[test]
fn a_comparison_of_names_is_known_by_the_files_that_it_lists() {
    let path = mhl_core::RelativePath::new("Clips/A001C001.mxf").unwrap();
    let digest =
        mhl_hash::HashValue::from_hex(mhl_hash::Algorithm::Xxh64, "44bc2cf5ad770999").unwrap();
    let content = mhl_core::roll_content([(&path, Some(5), [digest])]).to_string();
    let files = vec![mhl_core::FileRecord::new(
        path.as_str(),
        Some(5),
        vec!["xxh64be:44bc2cf5ad770999".into()],
    )];
    let mut steps = day();
    for step in &mut steps {
        if let Step::Report { report, roll: "A001", .. } = step {
            report.files = files.clone();
            report.roll = Some(mhl_core::Roll::new("A001", &content, 1, 5));
        }
    }
    let ledger = ledger_of(&steps);
    let permit = permitted(&ledger);
    let mut names_alone = look(Operation::Diff);
    (names_alone.roll, names_alone.files) = (None, files);
    let check = |look| permit.statement().check(&ledger, &Profile::default(), hours(1), &[look]);
    assert_eq!(names(check(names_alone.clone())), [""; 0]);
    names_alone.files[0].size = Some(6);
    assert_eq!(names(check(names_alone)), ["look-at-other-content", "not-looked-at"]);
}

#[test]
fn time_and_profile_are_part_of_it() {
    let ledger = ledger_of(&day());
    let statement = permitted(&ledger).statement().clone();
    let at = |time| names(statement.check(&ledger, &Profile::default(), time, &[]));
    assert_eq!(at(hours(-1)), ["not-yet"]);
    assert_eq!(at(now()), [""; 0]);
    assert_eq!(at(Time::from_unix(hours(12).unix() - 1)), [""; 0]);
    assert_eq!(at(hours(12)), ["expired"], "it ends at that moment");
    // A comment more is another text, and nobody has read it against this permit.
    let other = Profile::from_toml(&format!("{}\n# reviewed\n", Profile::DEFAULT)).unwrap();
    assert_eq!(names(statement.check(&ledger, &other, hours(1), &[])), ["other-profile"]);
}

#[test]
fn a_simulated_permit_is_for_no_real_card() {
    let mut ledger = Ledger::simulated();
    for step in day() {
        record(&mut ledger, &step).unwrap();
    }
    let permit = permitted(&ledger);
    assert!(permit.statement().simulated);
    assert!(permit.sign(&key()).len() > 1000);
    let real = ledger_of(&day());
    let found = names(permit.statement().check(&real, &Profile::default(), hours(1), &[]));
    assert_eq!(found, ["simulated", "other-ledger"]);
}

#[test]
fn a_signed_permit_is_read_back_with_the_right_key_alone() {
    let ledger = ledger_of(&day());
    let permit = permitted(&ledger);
    let signed = permit.sign(&key());
    assert_eq!(signed, permit.sign(&key()), "the same permit, key and bytes");
    let public = key().verifying_key();
    let statement = Statement::verify(&signed, &public).unwrap();
    assert_eq!(statement, *permit.statement());
    assert_eq!(statement.check(&ledger, &Profile::default(), hours(1), &[]).unwrap(), permit);

    let other = SigningKey::from_seed(&[8; 32]).verifying_key();
    assert!(matches!(
        Statement::verify(&signed, &other),
        Err(EnvelopeError::Unsigned { signatures: 1, .. })
    ));
    let patched = |field: &str, value: Value| {
        let mut envelope: Value = serde_json::from_str(&signed).unwrap();
        envelope[field] = value;
        Statement::verify(&envelope.to_string(), &public).unwrap_err()
    };
    assert!(matches!(patched("signatures", json!([])), EnvelopeError::Unsigned { .. }));
    assert!(matches!(patched("payload", json!("!")), EnvelopeError::Base64 { part: "payload" }));
    assert!(matches!(patched("payload", json!("e30=")), EnvelopeError::Unsigned { .. }));
    assert!(matches!(patched("payloadType", json!("text")), EnvelopeError::PayloadType { .. }));
    assert!(matches!(
        patched("signatures", json!([{"sig": "?"}])),
        EnvelopeError::Base64 { part: "signature" }
    ));
    assert!(matches!(Statement::verify("{}", &public), Err(EnvelopeError::Envelope { .. })));
}

#[test]
fn the_statement_is_in_toto_s_and_its_subjects_are_sha_512() {
    let signed = permitted(&ledger_of(&day())).sign(&key());
    let envelope: Value = serde_json::from_str(&signed).unwrap();
    assert_eq!(envelope["payloadType"], "application/vnd.in-toto+json");
    let payload = decode(envelope["payload"].as_str().unwrap());
    let statement: Value = serde_json::from_slice(&payload).unwrap();
    assert_eq!(statement["_type"], "https://in-toto.io/Statement/v1");
    assert_eq!(statement["predicateType"], "mhl:permit/1");
    assert_eq!(statement["subject"][0]["name"], "A001");
    let content = mhl_hash::HashValue::from_c4(&c4("A001")).unwrap();
    assert_eq!(statement["subject"][0]["digest"], json!({"sha512": content.to_hex()}));
    assert_eq!(statement["predicate"]["question"], json!({"roll": "A001"}));
    assert_eq!(statement["predicate"]["media"], json!(["serial:CARD-A"]));
}

/// Whoever holds a key can sign anything: what is signed and not so is refused by judging again.
#[test]
fn a_signed_falsehood_is_refused_by_the_ledger() {
    let ledger = ledger_of(&without("qc", "A001"));
    // Signed for a day that was whole, and held against one that is not.
    let statement = permitted(&ledger_of(&day())).statement().clone();
    let found = names(statement.check(&ledger, &Profile::default(), hours(1), &[]));
    assert!(found.contains(&"other-ledger") && found.contains(&"not-cleared"), "{found:?}");

    let whole = ledger_of(&day());
    type Falsify = fn(&mut Statement);
    let falsified: [(&str, Falsify); 6] = [
        ("other-media", |says| says.media.extend([medium("serial:CARD-S")])),
        ("content-changed", |says| says.rolls.extend([("S001".into(), c4("S001"))])),
        ("content-changed", |says| says.rolls.clear()),
        ("copy-gone", |says| says.copies[0].root = "/elsewhere".into()),
        ("other-verdict", |says| says.verdict = c4("another")),
        ("other-verdict", |says| says.issued = hours(-1)),
    ];
    for (name, falsify) in falsified {
        let mut statement = permitted(&whole).statement().clone();
        falsify(&mut statement);
        let found = names(statement.check(&whole, &Profile::default(), hours(1), &[]));
        assert!(found.contains(&name), "{name}: {found:?}");
    }
}

#[test]
fn breaches_are_told_in_lines_that_no_name_can_break() {
    let mut look = look(Operation::Verify);
    look.add(Finding::new(FindingKind::NewFile, "a\n\u{1b}[2J\u{202e}.mxf").on_copy(0));
    let told = checked(&ledger_of(&day()), &[look]).unwrap_err().to_string();
    assert_eq!(told.lines().count(), 2, "{told}");
    assert!(!told.contains(['\u{1b}', '\u{202e}']), "{told}");
}

/// The bytes of standard base 64.
fn decode(text: &str) -> Vec<u8> {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bytes, mut bits, mut count) = (Vec::new(), 0_u32, 0);
    for digit in text.bytes().filter(|digit| *digit != b'=') {
        bits = bits << 6 | DIGITS.iter().position(|d| *d == digit).unwrap() as u32;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    bytes
}

/// As `docs/permit.md` tells it: the envelope taken apart by hand, the signature checked by a
/// program that shares no line with ours.
#[test]
fn openssl_verifies_a_permit_offline() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let envelope: Value =
        serde_json::from_str(&permitted(&ledger_of(&day())).sign(&key())).unwrap();
    let payload = decode(envelope["payload"].as_str().unwrap());
    let kind = envelope["payloadType"].as_str().unwrap();
    let mut message = format!("DSSEv1 {} {kind} {} ", kind.len(), payload.len()).into_bytes();
    message.extend(&payload);
    fs::write(at("signature"), decode(envelope["signatures"][0]["sig"].as_str().unwrap())).unwrap();
    fs::write(at("key.pem"), key().verifying_key().to_pem().unwrap()).unwrap();
    let verified = |message: &[u8]| {
        fs::write(at("message"), message).unwrap();
        let mut openssl = Command::new("openssl");
        openssl.current_dir(&folder).args(["pkeyutl", "-verify", "-rawin", "-pubin"]);
        openssl.args(["-inkey", "key.pem", "-in", "message", "-sigfile", "signature"]);
        openssl.output().map(|output| output.status.success())
    };
    match verified(&message) {
        Err(_) => println!("skipped: openssl is not there"),
        Ok(good) => {
            assert!(good);
            *message.last_mut().unwrap() ^= 1;
            assert!(!verified(&message).unwrap(), "one bit more or less");
        }
    }
}

proptest! {
    /// Whatever is recorded after a permit was issued, be it good news: it does not hold any more.
    #[test]
    fn no_permit_survives_an_event(
        after in Just(subsets::afterwards()).prop_shuffle(),
        count in 1_usize..13,
    ) {
        let mut ledger = ledger_of(&day());
        let before = ledger.head().clone();
        for step in after.iter().take(count) {
            let _ = record(&mut ledger, step);
        }
        let held = checked(&ledger, &[]).is_ok();
        prop_assert_eq!(held, *ledger.head() == before);
    }

    /// Whatever one byte of an envelope becomes, it is refused or says the same.
    #[test]
    fn no_edit_of_an_envelope_changes_what_it_says(at in any::<prop::sample::Index>(), byte in 0_u8..128) {
        let permit = permitted(&ledger_of(&day()));
        let mut bytes = permit.sign(&key()).into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let text = String::from_utf8(bytes).unwrap();
        if let Ok(read) = Statement::verify(&text, &key().verifying_key()) {
            prop_assert_eq!(&read, permit.statement());
        }
    }

    #[test]
    fn any_text_is_an_envelope_or_refused(text in "\\PC{0,200}") {
        prop_assert!(Statement::verify(&text, &key().verifying_key()).is_err());
    }
}
