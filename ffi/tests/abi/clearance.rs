//! Ledgers, profiles, verdicts, permits.

use std::{
    ffi::{CString, c_char},
    path::Path,
};

use mhl_core::{CopyReport, FileRecord, ManifestRecord, Operation, Place};

use super::{verification::free, *};

const NOW: i64 = 1_772_743_800; // 2026-03-05T20:50:00Z
const LATER: i64 = NOW + 3600;
const C4: &str =
    "c459dsjfscH38cYeXXYogktxf4Cd9ibshE3BHUo6a58hBXmRQdZrAkZzsWcbWtDg5oQstpDuni4Hirj75GEmTc1sFT";
/// RFC 8032, section 7.1, test 1.
const PRIVATE: &str = "-----BEGIN PRIVATE KEY-----\n\
    MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n\
    -----END PRIVATE KEY-----\n";

fn public() -> String {
    mhl_policy::SigningKey::from_pem(PRIVATE).unwrap().verifying_key().to_pem().unwrap()
}

/// What an offload or a verification reports when every copy held.
fn report(operation: Operation, roots: &[&str]) -> *mut Report {
    let mut report = mhl_core::Report::new(operation, Place::new("/card/A001", None));
    report.roll = Some(mhl_core::Roll::new("A001", C4, 1, 5));
    report.files = vec![FileRecord::new("A001C001.mxf", Some(5), vec![])];
    report.status = mhl_core::Status::Verified;
    report.started = "2026-03-05T21:00:00Z".into();
    for root in roots {
        let mut copy = CopyReport::new(Place::new(*root, None));
        copy.status = mhl_core::Status::Verified;
        copy.grade = Some(mhl_core::Grade::PastTheCache);
        copy.complete = true;
        copy.algorithms = vec!["xxh64be".into()];
        copy.manifest = Some(ManifestRecord::new("A001.mhl", "classic", C4));
        report.copies.push(copy);
    }
    let (json, mut handed) = (report.to_json(), null_mut());
    // SAFETY: text of the test, a local.
    call(|e| unsafe { mhl_report_parse(json.as_ptr().cast(), json.len(), &raw mut handed, e) })
        .unwrap();
    handed
}

fn recorder() -> Recorder {
    Recorder {
        struct_size: size_of::<Recorder>(),
        name: c"DIT".as_ptr(),
        role: null(),
        tool: c"offloader 1.2".as_ptr(),
        host: null(),
        time: NOW,
    }
}

fn ledger() -> *mut Ledger {
    let mut ledger = null_mut();
    // SAFETY: a local.
    call(|e| unsafe { mhl_ledger_new(0, &raw mut ledger, e) }).unwrap();
    ledger
}

fn append(ledger: *mut Ledger, kind: &str, fields: &[(&str, &str)]) -> Result<u64, Failed> {
    let c = |text: &str| CString::new(text).unwrap();
    let (kind, texts) = (c(kind), fields.iter().map(|(name, value)| (c(name), c(value))));
    let texts: Vec<_> = texts.collect();
    let field =
        |(name, value): &(CString, CString)| Field { name: name.as_ptr(), value: value.as_ptr() };
    let (fields, mut number) = (texts.iter().map(field).collect::<Vec<_>>(), 0);
    // SAFETY: a live ledger, texts of the test, a local.
    call(|e| unsafe {
        let (by, count) = (&raw const *Box::new(recorder()), fields.len());
        mhl_ledger_append_fields(
            ledger,
            kind.as_ptr(),
            fields.as_ptr(),
            count,
            by,
            &raw mut number,
            e,
        )
    })?;
    Ok(number)
}

fn append_json(ledger: *mut Ledger, kind: &CStr, data: &str) -> Result<(), Failed> {
    let by = recorder();
    // SAFETY: a live ledger, texts of the test.
    call(|e| unsafe {
        let (data, len) = (data.as_ptr().cast(), data.len());
        mhl_ledger_append(ledger, kind.as_ptr(), data, len, &raw const by, null_mut(), e)
    })
}

fn record(
    ledger: *mut Ledger,
    report: *const Report,
    placed: &[(u64, &CStr, &CStr)],
) -> Result<u64, Failed> {
    let placed: Vec<_> = placed
        .iter()
        .map(|(copy, medium, place)| ReportPlacement {
            copy: *copy,
            medium: medium.as_ptr(),
            place: if place.is_empty() { null() } else { place.as_ptr() },
        })
        .collect();
    let (by, mut number) = (recorder(), 0);
    // SAFETY: a live ledger and report, texts of the test, a local.
    call(|e| unsafe {
        mhl_ledger_record_report(
            ledger,
            report,
            c"A001".as_ptr(),
            placed.as_ptr(),
            placed.len(),
            &raw const by,
            &raw mut number,
            e,
        )
    })?;
    Ok(number)
}

/// What is known of a roll before its copies.
fn describe(ledger: *mut Ledger) {
    let roll = [("id", "A001"), ("kind", "camera"), ("genre", "nonfiction"), ("links", "")];
    append(ledger, "roll", &roll).unwrap();
    describe_all_else(ledger);
}

fn describe_all_else(ledger: *mut Ledger) {
    for (kind, fields) in [
        ("place", vec![("id", "cart"), ("site", "Stage 5")]),
        ("place", vec![("id", "vault"), ("site", "Lab")]),
        ("medium", vec![("id", "serial:CARD"), ("kind", "capture-device")]),
        ("medium", vec![("id", "serial:SET"), ("kind", "raid"), ("level", "5")]),
        ("medium", vec![("id", "serial:LAB"), ("kind", "raid"), ("level", "6")]),
        (
            "medium",
            vec![
                ("id", "lto:A00001L8"),
                ("kind", "lto"),
                ("generation", "8"),
                ("file-system", "ltfs"),
            ],
        ),
        (
            "inspection",
            vec![
                ("rolls", "A001"),
                ("files", "all"),
                ("by", "dit"),
                ("result", "passed"),
                ("covers", "recording"),
                ("covers", "transfer"),
                ("against", "camera-reports"),
            ],
        ),
    ] {
        append(ledger, kind, &fields).unwrap();
    }
}

/// The offload wrote two copies.
fn record_offload(ledger: *mut Ledger) {
    let offload = report(Operation::Offload, &["/set/A001", "/tape/A001"]);
    let placed = [
        (NO_COPY, c"serial:CARD", c""),
        (0, c"serial:SET", c"cart"),
        (1, c"lto:A00001L8", c"vault"),
    ];
    record(ledger, offload, &placed).unwrap();
    free(offload);
}

/// The lab verified a third.
fn record_third(ledger: *mut Ledger) {
    let third = report(Operation::Verify, &["/lab/A001"]);
    record(ledger, third, &[(0, c"serial:LAB", c"vault")]).unwrap();
    free(third);
}

fn cleared_ledger() -> *mut Ledger {
    let ledger = ledger();
    describe(ledger);
    record_offload(ledger);
    record_third(ledger);
    ledger
}

fn profile() -> *mut Profile {
    let mut profile = null_mut();
    // SAFETY: NUL-terminated, a local.
    call(|e| unsafe {
        mhl_profile_named(c"netflix-production-assets-2026".as_ptr(), &raw mut profile, e)
    })
    .unwrap();
    profile
}

fn question(roll: Option<&CStr>, card: Option<&CStr>, storage: Option<&CStr>) -> Question {
    let pointer = |text: Option<&CStr>| text.map_or(null(), CStr::as_ptr);
    Question {
        struct_size: size_of::<Question>(),
        roll: pointer(roll),
        card: pointer(card),
        storage: pointer(storage),
    }
}

fn of_roll() -> Question {
    question(Some(c"A001"), None, None)
}

fn clear(
    ledger: *mut Ledger,
    profile: *const Profile,
    question: Question,
    now: i64,
) -> Result<*mut Verdict, Failed> {
    let mut verdict = null_mut();
    // SAFETY: live handles, a struct of the test, a local.
    call(|e| unsafe { mhl_clear(ledger, profile, &raw const question, now, &raw mut verdict, e) })?;
    Ok(verdict)
}

fn answer(verdict: *const Verdict) -> Answer {
    // SAFETY: a live verdict.
    filled(|to, e| unsafe { mhl_verdict_answer(verdict, to, e) }).unwrap()
}

fn node(verdict: *const Verdict, index: u64) -> Result<ProofNode, Failed> {
    // SAFETY: a live verdict.
    filled(|to, e| unsafe { mhl_verdict_node(verdict, index, to, e) })
}

fn reason(verdict: *const Verdict, index: u64) -> Result<ProofReason, Failed> {
    // SAFETY: a live verdict.
    filled(|to, e| unsafe { mhl_verdict_reason(verdict, index, to, e) })
}

fn issue(
    ledger: *mut Ledger,
    profile: *const Profile,
    now: i64,
    expires: i64,
) -> Result<*mut Permit, Failed> {
    let (question, mut permit) = (of_roll(), null_mut());
    // SAFETY: live handles, a struct of the test, a local.
    call(|e| unsafe {
        mhl_permit_issue(ledger, profile, &raw const question, now, expires, &raw mut permit, e)
    })?;
    Ok(permit)
}

fn sign(permit: *const Permit, key: &str) -> Result<String, Failed> {
    // SAFETY: a live permit, text of the test, room of the test.
    written_text(|text, capacity, needed, e| unsafe {
        mhl_permit_sign(permit, key.as_ptr().cast(), key.len(), text, capacity, needed, e)
    })
}

fn verify_statement(envelope: &str, key: &str) -> Result<*mut Statement, Failed> {
    let mut statement = null_mut();
    // SAFETY: texts of the test, a local.
    call(|e| unsafe {
        let (text, key_text) = (envelope.as_ptr().cast(), key.as_ptr().cast());
        mhl_statement_verify(text, envelope.len(), key_text, key.len(), &raw mut statement, e)
    })?;
    Ok(statement)
}

fn check(
    statement: *const Statement,
    ledger: *mut Ledger,
    profile: *const Profile,
    now: i64,
    looks: &[*const Report],
) -> Result<(), Failed> {
    let mut permit = null_mut();
    // SAFETY: live handles, a local; the permit is freed once.
    unsafe {
        let (data, count) = (looks.as_ptr(), looks.len());
        call(|e| {
            mhl_statement_check(statement, ledger, profile, now, data, count, &raw mut permit, e)
        })?;
        assert!(!mhl_permit_statement(permit).is_null());
        mhl_permit_free(permit);
    }
    Ok(())
}

fn head(ledger: *mut Ledger) -> String {
    // SAFETY: a live ledger, room of the test.
    written_text(|text, capacity, needed, e| unsafe {
        mhl_ledger_head(ledger, text, capacity, needed, e)
    })
    .unwrap()
}

/// Frees what a test made.
fn free_all(ledger: *mut Ledger, profile: *mut Profile) {
    // SAFETY: each is freed once and last.
    unsafe {
        mhl_ledger_free(ledger);
        mhl_profile_free(profile);
    }
}

fn free_verdict(verdict: *mut Verdict) {
    // SAFETY: freed once and last.
    unsafe { mhl_verdict_free(verdict) };
}

#[test]
fn from_reports_to_a_verdict_that_clears() {
    let (ledger, profile) = (ledger(), profile());
    let empty = clear(ledger, profile, of_roll(), NOW).unwrap();
    assert_eq!(answer(empty).decision, Decision::Withheld, "nothing recorded, nothing done");
    free_verdict(empty);

    describe(ledger);
    record_offload(ledger);
    let verdict = clear(ledger, profile, of_roll(), NOW).unwrap();
    let told = answer(verdict);
    assert_eq!(told.decision, Decision::Withheld);
    assert_eq!(text(told.question), Some("wipe every card of roll A001"));
    assert_eq!((told.now, told.simulated), (NOW, 0));
    assert_eq!(text(told.head), Some(head(ledger).as_str()));
    assert_eq!(text(told.profile), Some("netflix-production-assets-2026"));

    // Against it stands that copies are wanting, and the proof's node says why.
    let reasons: Vec<_> = (0..told.reasons).map(|at| reason(verdict, at).unwrap()).collect();
    assert_eq!(reason(verdict, told.reasons).unwrap_err().status, Status::NotFound);
    let r1 = reasons.iter().find(|reason| {
        reason.decides == 1 && text(node(verdict, reason.node).unwrap().rule) == Some("R1")
    });
    let r1 = node(verdict, r1.unwrap().node).unwrap();
    assert_eq!((r1.holds, r1.level), (Truth::No, Level::Minimum));
    assert!(text(r1.sentence).is_some() && text(r1.quotation).is_some());

    // What to do: make a third copy, in words and as the command's JSON has it.
    assert_eq!((told.actions, told.actions_clear, told.actions_cheapest), (1, 1, 1));
    // SAFETY: a live verdict.
    let action: NextAction =
        filled(|to, e| unsafe { mhl_verdict_action(verdict, 0, to, e) }).unwrap();
    assert_eq!(text(action.name), Some("copy"));
    assert!(text(action.sentence).unwrap().contains("A001"));
    // SAFETY: as above.
    let next = lent_text(|to, e| unsafe { mhl_verdict_next_json(verdict, to, e) }).unwrap();
    assert!(next.contains(&format!(r#""cost":{}"#, action.cost)), "{next}");
    free_verdict(verdict);

    record_third(ledger);
    let verdict = clear(ledger, profile, of_roll(), NOW).unwrap();
    let told = answer(verdict);
    assert_eq!(told.decision, Decision::Cleared);
    assert_eq!((told.actions, told.copies), (0, 4));
    let counts = (0..told.copies).filter(|at| {
        // SAFETY: a live verdict.
        let copy: JudgedCopy =
            filled(|to, e| unsafe { mhl_verdict_copy(verdict, *at, to, e) }).unwrap();
        assert_eq!(text(copy.roll), Some("A001"));
        match copy.counts {
            Truth::Yes => {
                assert_eq!(copy.grade, Grade::PastTheCache);
                assert_eq!(text(copy.manifest_c4), Some(C4));
                assert_eq!(text(copy.reason), Some(""));
                assert!(text(copy.event).unwrap().parse::<u64>().is_ok());
            }
            _ => assert_eq!(text(copy.medium), Some("serial:CARD")),
        }
        copy.counts == Truth::Yes
    });
    assert_eq!(counts.count(), 3, "the card itself does not");
    free_verdict(verdict);
    free_all(ledger, profile);
}

#[test]
fn what_is_not_recorded_is_unknown_and_never_yes() {
    let (ledger, profile) = (ledger(), profile());
    append(ledger, "roll", &[("id", "A001"), ("kind", "camera"), ("links", "")]).unwrap();
    describe_all_else(ledger);
    record_offload(ledger);
    record_third(ledger);
    let verdict = clear(ledger, profile, of_roll(), NOW).unwrap();
    let told = answer(verdict);
    assert_eq!(told.decision, Decision::Indeterminate);
    assert_eq!(node(verdict, 0).unwrap().holds, Truth::Unknown);
    // SAFETY: a live verdict.
    let action: NextAction =
        filled(|to, e| unsafe { mhl_verdict_action(verdict, 0, to, e) }).unwrap();
    assert_eq!((text(action.name), told.actions_clear), (Some("record-roll"), 0));
    assert_eq!(issue(ledger, profile, NOW, LATER).unwrap_err().status, Status::NotCleared);
    free_verdict(verdict);
    free_all(ledger, profile);
}

#[test]
fn the_proof_is_walked_down_to_events_and_lists() {
    let (ledger, profile) = (cleared_ledger(), profile());
    let verdict = clear(ledger, profile, of_roll(), NOW).unwrap();
    let told = answer(verdict);
    let nodes: Vec<_> = (0..told.nodes).map(|at| node(verdict, at).unwrap()).collect();
    assert_eq!(node(verdict, told.nodes).unwrap_err().status, Status::NotFound);
    assert_eq!((nodes[0].depth, nodes[0].holds), (0, Truth::Yes));
    assert!(nodes[1..].iter().all(|node| node.depth > 0), "one answer");
    assert!(
        nodes.windows(2).all(|pair| pair[1].depth <= pair[0].depth + 1),
        "no level is left out"
    );
    let mut kinds = [0; 4];
    for (at, node) in (0u64..).zip(&nodes) {
        let reference = |index| {
            // SAFETY: a live verdict.
            filled(|to: *mut ProofReference, e| unsafe {
                mhl_verdict_reference(verdict, at, index, to, e)
            })
        };
        for index in 0..node.references {
            let reference = reference(index).unwrap();
            kinds[reference.kind as usize] += 1;
            assert!(!text(reference.value).unwrap().is_empty());
        }
        assert_eq!(reference(node.references).unwrap_err().status, Status::NotFound);
    }
    assert_eq!(kinds[ReferenceKind::Unknown as usize], 0);
    assert!(
        kinds[ReferenceKind::Event as usize] > 0 && kinds[ReferenceKind::Manifest as usize] > 0
    );

    // The four forms.
    // SAFETY: a live verdict.
    unsafe {
        let json = lent_text(|to, e| mhl_verdict_json(verdict, to, e)).unwrap();
        assert!(
            json.contains(r#""schema":"mhl.clear/1""#) && json.contains(r#""status":"cleared""#)
        );
        let shown = lent_text(|to, e| mhl_verdict_text(verdict, to, e)).unwrap();
        assert!(shown.starts_with("CLEARED: wipe every card of roll A001"), "{shown}");
        let html = lent_text(|to, e| mhl_verdict_html(verdict, to, e)).unwrap();
        assert!(html.contains("<p class=\"word\">Cleared</p>"));
    }
    free_verdict(verdict);
    free_all(ledger, profile);
}

#[test]
fn a_permit_is_signed_verified_and_judged_again() {
    let (ledger, profile) = (cleared_ledger(), profile());
    let permit = issue(ledger, profile, NOW, LATER).unwrap();
    let envelope = sign(permit, PRIVATE).unwrap();
    assert!(envelope.contains("application/vnd.in-toto+json"));
    let statement = verify_statement(&envelope, &public()).unwrap();
    // A line may end.
    let again = verify_statement(&format!("{envelope}\n"), &public()).unwrap();
    // SAFETY: live handles, each freed once and last.
    unsafe {
        mhl_statement_free(again);
        let verdict = clear(ledger, profile, of_roll(), NOW).unwrap();
        for said in [mhl_permit_statement(permit), statement.cast_const()] {
            let terms: Terms = filled(|to, e| mhl_statement_terms(said, to, e)).unwrap();
            assert_eq!((terms.issued, terms.expires, terms.simulated), (NOW, LATER, 0));
            assert_eq!(text(terms.question), Some("wipe every card of roll A001"));
            assert_eq!(text(terms.head), Some(head(ledger).as_str()));
            assert_eq!((terms.media, terms.rolls, terms.copies), (1, 1, 3));
            let json = lent_text(|to, e| mhl_verdict_json(verdict, to, e)).unwrap();
            assert_eq!(text(terms.verdict_c4), Some(c4(&json).as_str()), "bound to these bytes");
            let medium = lent_text(|to, e| mhl_statement_medium(said, 0, to, e)).unwrap();
            assert_eq!(medium, "serial:CARD");
            let roll: BoundRoll = filled(|to, e| mhl_statement_roll(said, 0, to, e)).unwrap();
            assert_eq!((text(roll.roll), text(roll.content)), (Some("A001"), Some(C4)));
            let copy: BoundCopy = filled(|to, e| mhl_statement_copy(said, 2, to, e)).unwrap();
            assert_eq!((text(copy.roll), copy.grade), (Some("A001"), Grade::PastTheCache));
            assert_eq!(text(copy.manifest_c4), Some(C4));
            let mut lent = Text { data: null(), len: 0 };
            let beyond = [
                refusal(|e| mhl_statement_medium(said, 1, &raw mut lent, e)),
                filled::<BoundRoll>(|to, e| mhl_statement_roll(said, 1, to, e)).unwrap_err().status,
                filled::<BoundCopy>(|to, e| mhl_statement_copy(said, 3, to, e)).unwrap_err().status,
            ];
            assert_eq!(beyond, [Status::NotFound; 3]);
        }
        free_verdict(verdict);
        mhl_permit_free(permit);
    }

    assert_eq!(check(statement, ledger, profile, NOW + 1, &[]), Ok(()));
    let broken = |now, looks: &[*const Report], kind: &str| {
        let failed = check(statement, ledger, profile, now, looks).unwrap_err();
        assert_eq!(failed.status, Status::PermitBroken);
        let kinds = failed.causes.iter().filter_map(|(kind, ..)| kind.as_deref());
        assert!(kinds.clone().any(|told| told == kind), "{}", failed.message);
        assert!(kinds.clone().all(|told| failed.message.contains(told)), "{}", failed.message);
    };
    broken(LATER, &[], "expired");
    broken(NOW - 1, &[], "not-yet");
    let look = report(Operation::Verify, &["/card/A001"]);
    assert_eq!(check(statement, ledger, profile, NOW + 1, &[look]), Ok(()));
    let offload = report(Operation::Offload, &["/card/A001"]);
    broken(NOW + 1, &[look, offload], "look-unfinished");
    free(offload);
    free(look);
    append(ledger, "place", &[("id", "shelf")]).unwrap();
    broken(NOW + 1, &[], "ledger-went-on");
    broken(LATER, &[], "expired");
    // SAFETY: freed once and last.
    unsafe { mhl_statement_free(statement) };
    free_all(ledger, profile);
}

fn c4(text: &str) -> String {
    let mut hasher = mhl_hash::Hasher::new(mhl_hash::Algorithm::C4);
    hasher.update(text.as_bytes());
    hasher.finish().to_string()
}

#[test]
fn there_is_no_permit_but_by_a_verdict_that_clears() {
    let (ledger, profile) = (ledger(), profile());
    describe(ledger);
    record_offload(ledger);
    let failed = issue(ledger, profile, NOW, LATER).unwrap_err();
    assert_eq!(failed.status, Status::NotCleared);
    assert!(failed.causes.iter().any(|(rule, ..)| rule.as_deref() == Some("R1")), "{failed:?}");
    record_third(ledger);
    let refused = |now, expires| issue(ledger, profile, now, expires).unwrap_err().status;
    assert_eq!(refused(NOW, NOW), Status::InvalidArgument, "for no time");
    assert_eq!(refused(NOW, i64::MAX), Status::InvalidArgument, "beyond all years");
    assert_eq!(refused(NOW * 1000, LATER * 1000), Status::InvalidArgument, "in milliseconds");

    let permit = issue(ledger, profile, NOW, LATER).unwrap();
    let envelope = sign(permit, PRIVATE).unwrap();
    assert_eq!(sign(permit, &public()).unwrap_err().status, Status::InvalidKey);
    assert_eq!(sign(permit, "").unwrap_err().status, Status::InvalidKey);
    let other = mhl_policy::SigningKey::from_seed(&[7; 32]).verifying_key().to_pem().unwrap();
    let refused = |envelope: &str, key: &str| verify_statement(envelope, key).unwrap_err().status;
    assert_eq!(refused(&envelope, &other), Status::NotSigned);
    assert_eq!(refused(&envelope, PRIVATE), Status::InvalidKey);
    assert_eq!(refused("{}", &public()), Status::InvalidPermit);
    // SAFETY: freed once and last.
    unsafe { mhl_permit_free(permit) };
    free_all(ledger, profile);
}

#[test]
fn a_question_asks_one_thing() {
    let (ledger, profile) = (cleared_ledger(), profile());
    let (roll, card) = (Some(c"A001"), Some(c"serial:card"));
    for (question, decision) in [
        (question(roll, None, None), Decision::Cleared),
        (question(roll, card, None), Decision::Cleared),
        (question(None, None, Some(c"serial:SET")), Decision::Withheld),
        (question(Some(c"B001"), None, None), Decision::Withheld),
    ] {
        let verdict = clear(ledger, profile, question, NOW).unwrap();
        assert_eq!(answer(verdict).decision, decision);
        free_verdict(verdict);
    }
    for wrong in [
        question(None, None, None),
        question(None, card, None),
        question(roll, None, card),
        question(roll, Some(c"/mnt/card"), None),
        question(None, None, Some(c"")),
    ] {
        let failed = clear(ledger, profile, wrong, NOW).unwrap_err();
        assert_eq!(failed.status, Status::InvalidArgument);
    }
    let unicode = question(Some(c"\xff"), None, None);
    assert_eq!(clear(ledger, profile, unicode, NOW).unwrap_err().status, Status::NotUnicode);
    free_all(ledger, profile);
}

fn remark(ledger: *mut Ledger, index: u64) -> Result<String, Failed> {
    // SAFETY: a live ledger.
    lent_text(|to, e| unsafe { mhl_ledger_remark(ledger, index, to, e) })
}

#[test]
fn events_are_checked_and_what_is_unknown_is_remarked() {
    let ledger = ledger();
    assert_eq!(append(ledger, "place", &[("id", "cart"), ("site", "Stage 5")]), Ok(1));
    assert_eq!(remark(ledger, 0).unwrap_err().status, Status::NotFound);
    assert_eq!(append(ledger, "medium", &[("id", "lto:T1"), ("kind", "tape")]), Ok(2));
    assert!(remark(ledger, 0).unwrap().starts_with("kind: \"tape\" is no word that is known"));
    append_json(ledger, c"place", r#"{"id": "vault", "site": "Lab"}"#).unwrap();
    let before = head(ledger);
    for (kind, data) in [
        (c"place", r#"{"id": "cart", "site": "Stage 6"}"#),
        (c"place", r#"{"id": "x", "id": "y"}"#),
        (c"place", r#"{"id": "x", "colour": "blue"}"#),
        (c"place", "{"),
        (c"place", ""),
        (c"wish", "{}"),
        (c"evidence", "{}"),
        (c"import", "{}"),
    ] {
        let failed = append_json(ledger, kind, data).unwrap_err();
        assert_eq!(failed.status, Status::InvalidEvent, "{kind:?} {data}");
    }
    let wrong = append(ledger, "place", &[("id", "x"), ("colour", "blue")]).unwrap_err();
    assert_eq!(wrong.status, Status::InvalidEvent);
    assert_eq!(head(ledger), before, "nothing was appended");

    let report = report(Operation::Verify, &["/lab/A001"]);
    let refused = |placed: &[(u64, &CStr, &CStr)]| record(ledger, report, placed).unwrap_err();
    assert_eq!(refused(&[]).status, Status::InvalidEvent, "the roll is not recorded");
    append(ledger, "roll", &[("id", "A001")]).unwrap();
    assert_eq!(refused(&[(1, c"serial:X", c"")]).status, Status::ReportRefused);
    assert_eq!(refused(&[(NO_COPY, c"serial:X", c"")]).status, Status::ReportRefused);
    assert_eq!(refused(&[(u64::MAX - 1, c"serial:X", c"")]).status, Status::ReportRefused);
    let failed = refused(&[(0, c"/mnt/x", c"")]);
    assert_eq!(failed.status, Status::InvalidArgument);
    assert!(failed.message.starts_with("placements[0].medium: "), "{}", failed.message);
    free(report);
    // SAFETY: freed once and last.
    unsafe { mhl_ledger_free(ledger) };
}

fn open(path: &Path, mode: u32) -> Result<*mut Ledger, Failed> {
    let (path, mut ledger) = (CString::new(path.to_str().unwrap()).unwrap(), null_mut());
    // SAFETY: NUL-terminated, a local.
    call(|e| unsafe { mhl_ledger_open(path.as_ptr(), mode, &raw mut ledger, e) })?;
    Ok(ledger)
}

fn close(ledger: *mut Ledger) {
    // SAFETY: freed once and last.
    unsafe { mhl_ledger_free(ledger) };
}

const READ: u32 = LedgerMode::Read as u32;
const APPEND: u32 = LedgerMode::Append as u32;
const CREATE: u32 = LedgerMode::Create as u32;

#[test]
fn a_ledger_in_a_file_has_one_writer() {
    let set = tempfile::tempdir().unwrap();
    let path = set.path().join("set.ledger");
    assert_eq!(open(&path, APPEND).unwrap_err().status, Status::Io);
    let writer = open(&path, CREATE).unwrap();
    append(writer, "place", &[("id", "cart")]).unwrap();
    for mode in [READ, APPEND] {
        let failed = open(&path, mode).unwrap_err();
        assert_eq!((failed.status, failed.path), (Status::LedgerHeld, Some(path.clone())));
    }
    assert_eq!(open(&path, CREATE).unwrap_err().status, Status::LedgerExists);
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(text.lines().count(), 1, "what was appended is there");
    let pin = head(writer);
    close(writer);

    let (one, two) = (open(&path, READ).unwrap(), open(&path, READ).unwrap());
    assert_eq!((head(one), head(two)), (pin.clone(), pin.clone()));
    let failed = append(one, "place", &[("id", "vault")]).unwrap_err();
    assert_eq!(failed.status, Status::LedgerReadOnly);
    close(one);
    close(two);

    // Three spellings of the path, and the pin of yesterday.
    let bytes = path.as_os_str().as_bytes();
    let wide: Vec<u16> = path.to_str().unwrap().encode_utf16().chain([0]).collect();
    let mut ledger = null_mut();
    // SAFETY: paths of the test, a local; freed once.
    unsafe {
        call(|e| mhl_ledger_open_bytes(bytes.as_ptr(), bytes.len(), APPEND, &raw mut ledger, e))
            .unwrap();
        append(ledger, "place", &[("id", "vault")]).unwrap();
        close(ledger);
        call(|e| mhl_ledger_open_w(wide.as_ptr(), READ, &raw mut ledger, e)).unwrap();
        let held = |pin: &CStr| call(|e| mhl_ledger_check_pin(ledger, pin.as_ptr(), e));
        let c_pin = CString::new(pin.clone()).unwrap();
        assert_eq!(held(&c_pin), Ok(()));
        assert_eq!(held(c"nothing").unwrap_err().status, Status::InvalidArgument);
        let ahead = CString::new(pin.replace("1:", "9:")).unwrap();
        assert_eq!(held(&ahead).unwrap_err().status, Status::PinBroken, "cut off");
        let rewritten = CString::new(pin.replace("1:", "2:")).unwrap();
        assert_eq!(held(&rewritten).unwrap_err().status, Status::PinBroken);
        close(ledger);
    }

    std::fs::write(&path, text.replace("cart", "cort") + &text).unwrap();
    let failed = open(&path, READ).unwrap_err();
    assert_eq!((failed.status, failed.line), (Status::InvalidLedger, 2), "{}", failed.message);
    assert_eq!(failed.causes.iter().map(|(.., line)| *line).max(), Some(2));
    assert_eq!(failed.path, Some(path));
}

#[test]
fn a_ledger_in_memory_gives_its_lines_and_takes_in_another() {
    let parse = |text: &str| {
        let mut ledger = null_mut();
        // SAFETY: text of the test, a local.
        call(|e| unsafe {
            mhl_ledger_parse(text.as_ptr().cast(), text.len(), &raw mut ledger, e)
        })?;
        Ok::<_, Failed>(ledger)
    };
    // SAFETY: a live ledger.
    let lines = |ledger| lent_text(|to, e| unsafe { mhl_ledger_appended(ledger, to, e) }).unwrap();
    let other = ledger();
    append(other, "place", &[("id", "vault"), ("site", "Lab")]).unwrap();
    let text = lines(other);
    let again = parse(&text).unwrap();
    assert_eq!(head(again), head(other));
    assert_eq!(lines(again), "", "nothing since it was parsed");
    assert_eq!(parse(&text[..text.len() - 1]).unwrap_err().line, 1, "the line does not end");

    let (main, by, mut number) = (ledger(), recorder(), 0);
    let mut import = |text: &str| {
        // SAFETY: a live ledger, texts of the test, a local.
        call(|e| unsafe {
            let (by, number) = (&raw const by, &raw mut number);
            mhl_ledger_import(main, text.as_ptr().cast(), text.len(), by, number, e)
        })
    };
    import(&text).unwrap();
    let failed = import(&text.replace("Lab", "Lob")[1..]).unwrap_err();
    assert_eq!((failed.status, failed.line), (Status::InvalidLedger, 1));
    assert_eq!(number, 1);
    assert_eq!(
        append(main, "place", &[("id", "vault"), ("site", "Elsewhere")]).unwrap_err().status,
        Status::InvalidEvent
    );
    [other, again, main].into_iter().for_each(close);
}

#[test]
fn a_demonstration_says_so() {
    let mut ledger = null_mut();
    // SAFETY: a local.
    call(|e| unsafe { mhl_ledger_new(1, &raw mut ledger, e) }).unwrap();
    let profile = profile();
    describe(ledger);
    record_offload(ledger);
    record_third(ledger);
    let verdict = clear(ledger, profile, of_roll(), NOW).unwrap();
    assert_eq!((answer(verdict).decision, answer(verdict).simulated), (Decision::Cleared, 1));
    free_verdict(verdict);
    free_all(ledger, profile);

    let set = tempfile::tempdir().unwrap();
    let ledger = open(&set.path().join("x"), LedgerMode::CreateSimulated as u32).unwrap();
    append(ledger, "place", &[("id", "cart")]).unwrap();
    // SAFETY: a live ledger.
    let lines = lent_text(|to, e| unsafe { mhl_ledger_appended(ledger, to, e) }).unwrap();
    assert!(lines.contains(r#""simulated":true"#), "{lines}");
    close(ledger);
}

#[test]
fn a_profile_is_named_parsed_or_opened() {
    let set = tempfile::tempdir().unwrap();
    let path = set.path().join("stricter.toml");
    let stricter = mhl_policy::Profile::DEFAULT.replace("copies = 3", "copies = 4");
    std::fs::write(&path, &stricter).unwrap();
    let c_path = CString::new(path.to_str().unwrap()).unwrap();
    let bytes = path.as_os_str().as_bytes();
    let wide: Vec<u16> = path.to_str().unwrap().encode_utf16().chain([0]).collect();
    let mut made = null_mut();
    let made = &raw mut made;
    // SAFETY: texts of the test, a local; each profile is freed once.
    unsafe {
        let identity = || {
            let name: ProfileName = filled(|to, e| mhl_profile_identity(*made, to, e)).unwrap();
            let told = (text(name.name).unwrap().to_owned(), text(name.c4).unwrap().to_owned());
            assert!(text(name.date).is_some() && text(name.source).is_some());
            mhl_profile_free(*made);
            told
        };
        let (toml, len) = (stricter.as_ptr().cast::<c_char>(), stricter.len());
        call(|e| mhl_profile_parse(toml, len, made, e)).unwrap();
        let parsed = identity();
        assert_eq!(parsed.1, c4(&stricter));
        call(|e| mhl_profile_open(c_path.as_ptr(), made, e)).unwrap();
        assert_eq!(identity(), parsed);
        call(|e| mhl_profile_open_bytes(bytes.as_ptr(), bytes.len(), made, e)).unwrap();
        assert_eq!(identity(), parsed);
        call(|e| mhl_profile_open_w(wide.as_ptr(), made, e)).unwrap();
        assert_eq!(identity(), parsed);

        let failed = call(|e| mhl_profile_named(c"netflix".as_ptr(), made, e)).unwrap_err();
        assert_eq!(failed.status, Status::NotFound);
        assert!(failed.message.contains("netflix-production-assets-2026"));
        let cut = len - 20;
        assert_eq!(refusal(|e| mhl_profile_parse(toml, cut, made, e)), Status::InvalidProfile);
        std::fs::write(&path, "copies = 1").unwrap();
        let failed = call(|e| mhl_profile_open(c_path.as_ptr(), made, e)).unwrap_err();
        assert_eq!((failed.status, failed.path), (Status::InvalidProfile, Some(path.clone())));
        std::fs::write(&path, b"\xff").unwrap();
        let failed = call(|e| mhl_profile_open(c_path.as_ptr(), made, e)).unwrap_err();
        assert_eq!(failed.status, Status::InvalidProfile);
        std::fs::remove_file(&path).unwrap();
        assert_eq!(refusal(|e| mhl_profile_open(c_path.as_ptr(), made, e)), Status::Io);
    }
}

#[test]
fn row_83_a_null_handle_is_refused_by_every_call() {
    let (ledger, profile, by, asked) = (cleared_ledger(), profile(), recorder(), of_roll());
    let (by, asked) = (&raw const by, &raw const asked);
    let (mut lent, mut needed) = (Text { data: null(), len: 0 }, 0);
    let (lent, needed) = (&raw mut lent, &raw mut needed);
    let (kind, json) = (c"place".as_ptr(), c"{}".as_ptr());
    let (mut verdict, mut permit, mut statement) = (null_mut(), null_mut(), null_mut());
    let (verdict, permit, statement) = (&raw mut verdict, &raw mut permit, &raw mut statement);
    let before = head(ledger);
    // SAFETY: NULL, which every call accepts, live handles, and locals.
    unsafe {
        let refused = [
            refusal(|e| mhl_ledger_open(null(), READ, &raw mut *Box::new(null_mut()), e)),
            refusal(|e| mhl_ledger_open(c"x".as_ptr(), READ, null_mut(), e)),
            refusal(|e| mhl_ledger_open_bytes(null(), 0, READ, null_mut(), e)),
            refusal(|e| mhl_ledger_open_w(null(), READ, null_mut(), e)),
            refusal(|e| mhl_ledger_new(0, null_mut(), e)),
            refusal(|e| mhl_ledger_parse(null(), 0, null_mut(), e)),
            refusal(|e| mhl_ledger_appended(null_mut(), lent, e)),
            refusal(|e| mhl_ledger_appended(ledger, null_mut(), e)),
            refusal(|e| mhl_ledger_append(null_mut(), kind, json, 2, by, null_mut(), e)),
            refusal(|e| mhl_ledger_append(ledger, null(), json, 2, by, null_mut(), e)),
            refusal(|e| mhl_ledger_append(ledger, kind, null(), 2, by, null_mut(), e)),
            refusal(|e| {
                let json = c"{\"id\":\"x\"}".as_ptr();
                mhl_ledger_append(ledger, kind, json, 10, null(), null_mut(), e)
            }),
            refusal(|e| mhl_ledger_append_fields(ledger, kind, null(), 1, by, null_mut(), e)),
            refusal(|e| {
                let field = Field { name: c"id".as_ptr(), value: null() };
                mhl_ledger_append_fields(ledger, kind, &raw const field, 1, by, null_mut(), e)
            }),
            refusal(|e| mhl_ledger_import(null_mut(), json, 0, by, null_mut(), e)),
            refusal(|e| mhl_ledger_remark(null_mut(), 0, lent, e)),
            refusal(|e| mhl_ledger_head(null_mut(), null_mut(), 0, needed, e)),
            refusal(|e| mhl_ledger_head(ledger, null_mut(), 0, null_mut(), e)),
            refusal(|e| mhl_ledger_check_pin(ledger, null(), e)),
            refusal(|e| {
                let roll = c"A001".as_ptr();
                mhl_ledger_record_report(ledger, null(), roll, null(), 0, by, null_mut(), e)
            }),
            refusal(|e| mhl_profile_named(null(), null_mut(), e)),
            refusal(|e| mhl_profile_open(null(), null_mut(), e)),
            refusal(|e| mhl_profile_identity(null(), null_mut(), e)),
            refusal(|e| mhl_clear(null_mut(), profile, asked, NOW, verdict, e)),
            refusal(|e| mhl_clear(ledger, null(), asked, NOW, verdict, e)),
            refusal(|e| mhl_clear(ledger, profile, null(), NOW, verdict, e)),
            refusal(|e| mhl_clear(ledger, profile, asked, NOW, null_mut(), e)),
            refusal(|e| mhl_verdict_answer(null(), null_mut(), e)),
            refusal(|e| mhl_verdict_node(null(), 0, null_mut(), e)),
            refusal(|e| mhl_verdict_reference(null(), 0, 0, null_mut(), e)),
            refusal(|e| mhl_verdict_reason(null(), 0, null_mut(), e)),
            refusal(|e| mhl_verdict_copy(null(), 0, null_mut(), e)),
            refusal(|e| mhl_verdict_action(null(), 0, null_mut(), e)),
            refusal(|e| mhl_verdict_json(null(), lent, e)),
            refusal(|e| mhl_verdict_next_json(null(), lent, e)),
            refusal(|e| mhl_verdict_text(null(), lent, e)),
            refusal(|e| mhl_verdict_html(null(), lent, e)),
            refusal(|e| mhl_permit_issue(null_mut(), profile, asked, NOW, LATER, permit, e)),
            refusal(|e| mhl_permit_issue(ledger, profile, asked, NOW, LATER, null_mut(), e)),
            refusal(|e| mhl_permit_sign(null(), json, 2, null_mut(), 0, needed, e)),
            refusal(|e| mhl_statement_verify(null(), 1, json, 2, statement, e)),
            refusal(|e| mhl_statement_verify(json, 2, json, 2, null_mut(), e)),
            refusal(|e| mhl_statement_check(null(), ledger, profile, NOW, null(), 0, permit, e)),
            refusal(|e| mhl_statement_terms(null(), null_mut(), e)),
            refusal(|e| mhl_statement_medium(null(), 0, lent, e)),
            refusal(|e| mhl_statement_roll(null(), 0, null_mut(), e)),
            refusal(|e| mhl_statement_copy(null(), 0, null_mut(), e)),
        ];
        for (index, status) in refused.into_iter().enumerate() {
            assert_eq!(status, Status::NullPointer, "call {index}");
        }
        let nobody = Recorder { name: null(), ..*by };
        let failed = refusal(|e| {
            let json = c"{\"id\":\"x\"}".as_ptr();
            mhl_ledger_append(ledger, kind, json, 10, &raw const nobody, null_mut(), e)
        });
        assert_eq!(failed, Status::NullPointer);
        assert!(mhl_permit_statement(null()).is_null());
        assert!((*verdict).is_null() && (*permit).is_null() && (*statement).is_null());

        mhl_verdict_free(null_mut());
        mhl_permit_free(null_mut());
        mhl_statement_free(null_mut());
        mhl_ledger_free(null_mut());
        mhl_profile_free(null_mut());
    }
    assert_eq!(head(ledger), before);
    free_all(ledger, profile);
}

#[test]
fn row_95_a_number_that_is_none_is_refused() {
    let set = tempfile::tempdir().unwrap();
    for mode in [0, 5, u32::MAX] {
        let failed = open(&set.path().join("x"), mode).unwrap_err();
        assert_eq!(failed.status, Status::InvalidArgument);
    }
    let mut ledger = null_mut();
    // SAFETY: a local.
    let refused = refusal(|e| unsafe { mhl_ledger_new(2, &raw mut ledger, e) });
    assert_eq!(refused, Status::InvalidArgument);
    let (ledger, by) = (self::ledger(), Recorder { time: i64::MIN, ..recorder() });
    let nobody = Recorder { name: c"".as_ptr(), ..recorder() };
    for by in [by, nobody] {
        // SAFETY: a live ledger, texts of the test.
        let refused = refusal(|e| unsafe {
            let json = c"{\"id\":\"x\"}".as_ptr();
            let by = &raw const by;
            mhl_ledger_append(ledger, c"place".as_ptr(), json, 10, by, null_mut(), e)
        });
        assert_eq!(refused, Status::InvalidArgument);
    }
    close(ledger);
}

#[test]
fn row_96_a_struct_of_another_size_is_refused_and_nothing_is_written() {
    let (ledger, profile) = (cleared_ledger(), profile());
    let verdict = clear(ledger, profile, of_roll(), NOW).unwrap();
    let permit = issue(ledger, profile, NOW, LATER).unwrap();
    for off in [-1isize, 1, 4] {
        let off = |size: usize| size.checked_add_signed(off).unwrap();
        let refused = |status: Status| assert_eq!(status, Status::StructSize);
        let wrong = Question { struct_size: off(size_of::<Question>()), ..of_roll() };
        refused(clear(ledger, profile, wrong, NOW).unwrap_err().status);
        let by = Recorder { struct_size: off(size_of::<Recorder>()), ..recorder() };
        let mut room = [usize::MAX; 64];
        let to = room.as_mut_ptr();
        let sized = |size: usize| {
            // SAFETY: room of the test.
            unsafe { to.write(off(size)) };
            to
        };
        // SAFETY: live handles, and more room than each struct needs.
        unsafe {
            refused(refusal(|e| {
                let json = c"{\"id\":\"x\"}".as_ptr();
                let by = &raw const by;
                mhl_ledger_append(ledger, c"place".as_ptr(), json, 10, by, null_mut(), e)
            }));
            let said = mhl_permit_statement(permit);
            let answer = sized(size_of::<Answer>()).cast();
            refused(refusal(|e| mhl_verdict_answer(verdict, answer, e)));
            let node = sized(size_of::<ProofNode>()).cast();
            refused(refusal(|e| mhl_verdict_node(verdict, 0, node, e)));
            let reference = sized(size_of::<ProofReference>()).cast();
            refused(refusal(|e| mhl_verdict_reference(verdict, 0, 0, reference, e)));
            let reason = sized(size_of::<ProofReason>()).cast();
            refused(refusal(|e| mhl_verdict_reason(verdict, 0, reason, e)));
            let copy = sized(size_of::<JudgedCopy>()).cast();
            refused(refusal(|e| mhl_verdict_copy(verdict, 0, copy, e)));
            let action = sized(size_of::<NextAction>()).cast();
            refused(refusal(|e| mhl_verdict_action(verdict, 0, action, e)));
            let terms = sized(size_of::<Terms>()).cast();
            refused(refusal(|e| mhl_statement_terms(said, terms, e)));
            let roll = sized(size_of::<BoundRoll>()).cast();
            refused(refusal(|e| mhl_statement_roll(said, 0, roll, e)));
            let copy = sized(size_of::<BoundCopy>()).cast();
            refused(refusal(|e| mhl_statement_copy(said, 0, copy, e)));
            let name = sized(size_of::<ProfileName>()).cast();
            refused(refusal(|e| mhl_profile_identity(profile, name, e)));
        }
        assert!(room[1..].iter().all(|word| *word == usize::MAX));
    }
    free_verdict(verdict);
    // SAFETY: freed once and last.
    unsafe { mhl_permit_free(permit) };
    free_all(ledger, profile);
}
