//! Verification: paths, options, progress, cancellation, reports.

use std::{
    ffi::{c_int, c_void},
    fs,
    path::Path,
};

use tempfile::TempDir;

use super::*;

const CLIP: &str = "A001C001.mxf";

/// A roll of one clip with a classic list of it.
fn roll() -> TempDir {
    let roll = tempfile::tempdir().unwrap();
    fs::write(roll.path().join(CLIP), "abc").unwrap();
    fs::write(roll.path().join("roll.mhl"), list("44bc2cf5ad770999")).unwrap();
    roll
}

/// A list of a clip of three bytes.
fn list(xxh64: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<hashlist version="1.1">
  <creatorinfo>
    <username>dit</username><hostname>cart</hostname><tool>test</tool>
    <startdate>2026-11-22T14:30:00Z</startdate><finishdate>2026-11-22T14:31:00Z</finishdate>
  </creatorinfo>
  <hash>
    <file>{CLIP}</file>
    <size>3</size>
    <lastmodificationdate>2026-11-22T09:00:00Z</lastmodificationdate>
    <xxhash64be>{xxh64}</xxhash64be>
    <hashdate>2026-11-22T14:30:30Z</hashdate>
  </hash>
</hashlist>
"#
    )
}

fn options() -> VerifyOptions {
    VerifyOptions {
        struct_size: size_of::<VerifyOptions>(),
        list: null(),
        past_cache: 0,
        dry_run: 0,
    }
}

fn context() -> Context {
    Context {
        struct_size: size_of::<Context>(),
        tool: c"offloader".as_ptr(),
        tool_version: c"1.2".as_ptr(),
        host: c"cart-1".as_ptr(),
        user: null(),
        progress: None,
        userdata: null_mut(),
        cancel: null(),
    }
}

fn verify(
    roll: &Path,
    options: *const VerifyOptions,
    context: *const Context,
) -> Result<*mut Report, Failed> {
    let path = CString::new(roll.as_os_str().as_bytes()).unwrap();
    let mut report = null_mut();
    // SAFETY: NUL-terminated text, structs of the test, a local.
    call(|e| unsafe { mhl_verify(path.as_ptr(), options, context, &raw mut report, e) })?;
    Ok(report)
}

fn summary(report: *const Report) -> Summary {
    let mut summary = std::mem::MaybeUninit::<Summary>::uninit();
    // SAFETY: a live report; the first member is set, as C would.
    unsafe {
        summary.as_mut_ptr().cast::<usize>().write(size_of::<Summary>());
        call(|e| mhl_report_summary(report, summary.as_mut_ptr(), e)).unwrap();
        summary.assume_init()
    }
}

fn finding(report: *const Report, index: u64) -> Result<Finding, Failed> {
    let mut finding = std::mem::MaybeUninit::<Finding>::uninit();
    // SAFETY: as above.
    unsafe {
        finding.as_mut_ptr().cast::<usize>().write(size_of::<Finding>());
        call(|e| mhl_report_finding(report, index, finding.as_mut_ptr(), e))?;
        Ok(finding.assume_init())
    }
}

fn json(report: *const Report) -> String {
    let mut json = Text { data: null(), len: 0 };
    // SAFETY: a live report and a local.
    call(|e| unsafe { mhl_report_json(report, &raw mut json, e) }).unwrap();
    text(json).unwrap().to_owned()
}

fn free(report: *mut Report) {
    // SAFETY: the tests free each report once and last.
    unsafe { mhl_report_free(report) };
}

#[test]
fn a_roll_that_holds_is_verified() {
    let roll = roll();
    let report = verify(roll.path(), &options(), &context()).unwrap();
    let told = summary(report);
    assert_eq!(told.outcome, Outcome::Verified);
    assert_eq!((told.files, told.verified, told.bytes, told.findings), (1, 1, 3, 0));
    assert_eq!(finding(report, 0).unwrap_err().status, Status::NotFound);
    let json = json(report);
    assert!(json.starts_with(r#"{"schema":"mhl.verify/1""#), "{json}");
    assert!(json.contains(r#""tool":"offloader 1.2","host":"cart-1""#), "{json}");
    free(report);
}

#[test]
fn a_changed_clip_is_found_with_both_digests() {
    let roll = roll();
    fs::write(roll.path().join(CLIP), "abd").unwrap();
    let report = verify(roll.path(), null(), null()).unwrap();
    let told = summary(report);
    assert_eq!(told.outcome, Outcome::Failed);
    assert_eq!((told.mismatched, told.findings), (1, 1));
    let found = finding(report, 0).unwrap();
    assert_eq!(text(found.kind), Some("hash-mismatch"));
    assert_eq!(text(found.path), Some(CLIP));
    assert_eq!(text(found.expected), Some("xxhash64be 44bc2cf5ad770999"));
    assert!(text(found.found).unwrap().starts_with("xxhash64be "));
    assert_eq!(text(found.note), None);
    assert_eq!((found.copy, found.is_fault), (0, 1));
    assert!(json(report).contains(r#""host":"unknown""#));
    free(report);
}

#[test]
fn an_error_tells_its_place() {
    let roll = roll();
    let broken = list("44bc").replace("\n  </hash>", "");
    let digest = broken.find("<xxhash64be>").unwrap() as u64;
    fs::write(roll.path().join("roll.mhl"), &broken).unwrap();
    let failed = verify(roll.path(), null(), null()).unwrap_err();
    assert_eq!(failed.status, Status::InvalidManifest);
    assert_eq!(failed.path, Some(roll.path().join("roll.mhl")));
    assert_eq!(failed.line, 11);
    assert!((digest..digest + 20).contains(&failed.offset), "{failed:?}");
}

#[test]
fn the_list_can_be_named_and_must_be_where_there_are_several() {
    let roll = roll();
    fs::write(roll.path().join("wrong.mhl"), list("44bc2cf5ad770998")).unwrap();
    let failed = verify(roll.path(), null(), null()).unwrap_err();
    assert_eq!(failed.status, Status::SeveralLists);
    let outcome = |name: &CStr| {
        let options = VerifyOptions { list: name.as_ptr(), ..options() };
        let report = verify(roll.path(), &raw const options, null())?;
        let mismatched = summary(report).mismatched;
        free(report);
        Ok::<_, Failed>(mismatched)
    };
    assert_eq!(outcome(c"roll.mhl"), Ok(0));
    assert_eq!(outcome(c"wrong.mhl"), Ok(1));
    assert_eq!(outcome(c"../roll.mhl").unwrap_err().status, Status::InvalidArgument);
    assert_eq!(outcome(c"\xff.mhl").unwrap_err().status, Status::NotUnicode);
}

/// What a callback knows: how often it was called, and what it shall do.
struct Watch<'a> {
    calls: Vec<(Phase, u64, u64)>,
    found: Vec<String>,
    act: &'a mut dyn FnMut(&Progress) -> c_int,
}

unsafe extern "C" fn watch(userdata: *mut c_void, progress: *const Progress) -> c_int {
    // SAFETY: the test's own `Watch`; progress and finding live until this returns.
    unsafe {
        let (watch, progress) = (&mut *userdata.cast::<Watch<'_>>(), &*progress);
        watch.calls.push((progress.phase, progress.bytes_done, progress.bytes_total));
        if let Some(finding) = progress.finding.as_ref() {
            watch.found.push(text(finding.kind).unwrap().to_owned());
        }
        (watch.act)(progress)
    }
}

fn watched<'a>(act: &'a mut dyn FnMut(&Progress) -> c_int) -> Watch<'a> {
    Watch { calls: Vec::new(), found: Vec::new(), act }
}

fn watching(watch_: &mut Watch<'_>) -> Context {
    let userdata = std::ptr::from_mut(watch_).cast();
    Context { progress: Some(watch), userdata, ..context() }
}

#[test]
fn a_callback_is_told_phases_bytes_and_findings() {
    let roll = roll();
    fs::write(roll.path().join("new.mov"), "").unwrap();
    let mut go_on = |_: &Progress| 0;
    let mut told = watched(&mut go_on);
    let context = watching(&mut told);
    free(verify(roll.path(), null(), &raw const context).unwrap());
    assert_eq!(told.calls.first().unwrap().0, Phase::Scan);
    assert_eq!(told.calls.last().unwrap().0, Phase::Read);
    assert!(told.calls.contains(&(Phase::Read, 3, 3)), "{:?}", told.calls);
    assert_eq!(told.found, ["new-file"]);
}

#[test]
fn a_callback_cancels_and_is_not_called_again() {
    let roll = roll();
    let mut stop = |progress: &Progress| c_int::from(progress.phase == Phase::Read);
    let mut told = watched(&mut stop);
    let context = watching(&mut told);
    let failed = verify(roll.path(), null(), &raw const context).unwrap_err();
    assert_eq!(failed.status, Status::Cancelled);
    assert_eq!(told.calls.iter().filter(|call| call.0 == Phase::Read).count(), 1);
}

fn token() -> *mut CancelToken {
    let mut token = null_mut();
    // SAFETY: a local.
    call(|e| unsafe { mhl_cancel_token_new(&raw mut token, e) }).unwrap();
    token
}

#[test]
fn a_token_that_was_set_before_cancels_at_the_first_buffer() {
    let (roll, token) = (roll(), token());
    let context = Context { cancel: token, ..context() };
    let report = verify(roll.path(), null(), &raw const context).unwrap();
    assert_eq!(summary(report).outcome, Outcome::Verified, "not set");
    free(report);
    // SAFETY: a live token, freed once and last.
    unsafe {
        call(|e| mhl_cancel_token_cancel(token, e)).unwrap();
        call(|e| mhl_cancel_token_cancel(token, e)).unwrap();
    }
    let failed = verify(roll.path(), null(), &raw const context).unwrap_err();
    assert_eq!(failed.status, Status::Cancelled);
    // SAFETY: as above.
    unsafe { mhl_cancel_token_free(token) };
}

#[test]
fn row_91_a_callback_may_verify_and_never_waits_for_itself() {
    let roll = roll();
    let mut inner = Vec::new();
    let mut again = |_: &Progress| {
        let report = verify(roll.path(), null(), null()).unwrap();
        inner.push(summary(report).outcome);
        free(report);
        0
    };
    let mut told = watched(&mut again);
    let context = watching(&mut told);
    let report = verify(roll.path(), null(), &raw const context).unwrap();
    assert_eq!(summary(report).outcome, Outcome::Verified);
    free(report);
    let calls = told.calls.len();
    assert_eq!(inner.len(), calls);
    assert!(inner.iter().all(|outcome| *outcome == Outcome::Verified));
}

#[test]
fn row_92_a_callback_may_free_the_token_that_the_operation_was_given() {
    let (roll, token) = (roll(), token());
    let mut live = Some(token);
    let mut free_it = |_: &Progress| {
        if let Some(token) = live.take() {
            // SAFETY: live, freed once and last.
            unsafe {
                call(|e| mhl_cancel_token_cancel(token, e)).unwrap();
                mhl_cancel_token_free(token);
            }
        }
        0
    };
    let mut told = watched(&mut free_it);
    let context = Context { cancel: token, ..watching(&mut told) };
    let failed = verify(roll.path(), null(), &raw const context).unwrap_err();
    assert_eq!(failed.status, Status::Cancelled, "freed, and still set");
}

#[test]
fn row_83_a_null_path_or_output_is_refused() {
    let mut report = null_mut();
    // SAFETY: NULL is accepted; a local.
    unsafe {
        let refused = [
            refusal(|e| mhl_verify(null(), null(), null(), &raw mut report, e)),
            refusal(|e| mhl_verify_bytes(null(), 0, null(), null(), &raw mut report, e)),
            refusal(|e| mhl_verify_bytes(null(), 1, null(), null(), &raw mut report, e)),
            refusal(|e| mhl_verify_w(null(), null(), null(), &raw mut report, e)),
            refusal(|e| mhl_verify(c"/".as_ptr(), null(), null(), null_mut(), e)),
        ];
        assert_eq!(refused, [Status::NullPointer; 5]);
    }
    assert!(report.is_null());
}

#[test]
fn row_86_a_path_that_is_no_unicode_is_refused_but_as_bytes() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join(OsStr::from_bytes(b"A001\xff"));
    fs::create_dir(&folder).unwrap();
    let failed = verify(&folder, null(), null()).unwrap_err();
    assert_eq!(failed.status, Status::NotUnicode);
    let (bytes, mut report) = (folder.as_os_str().as_bytes(), null_mut());
    // SAFETY: slices and a local.
    let as_bytes = call(|e| unsafe {
        mhl_verify_bytes(bytes.as_ptr(), bytes.len(), null(), null(), &raw mut report, e)
    });
    let failed = as_bytes.unwrap_err();
    assert_eq!(
        (failed.status, failed.path),
        (Status::NoList, Some(folder)),
        "opened, byte for byte"
    );
    let surrogate = [u16::from(b'/'), 0xd800, 0];
    // SAFETY: NUL-terminated, a local.
    let refused = refusal(|e| unsafe {
        mhl_verify_w(surrogate.as_ptr(), null(), null(), &raw mut report, e)
    });
    assert_eq!(refused, Status::NotUnicode);
}

#[test]
fn a_path_in_utf_16_is_the_same_path() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("Rôle 𝄞");
    fs::create_dir(&folder).unwrap();
    let wide: Vec<u16> = folder.to_str().unwrap().encode_utf16().chain([0]).collect();
    let mut report = null_mut();
    // SAFETY: NUL-terminated, a local.
    let failed =
        call(|e| unsafe { mhl_verify_w(wide.as_ptr(), null(), null(), &raw mut report, e) });
    assert_eq!(failed.unwrap_err().path, Some(folder));
}

#[test]
fn row_86_a_text_that_is_no_utf_8_is_refused() {
    let roll = roll();
    let wrong = Context { host: c"\xff".as_ptr(), ..context() };
    let failed = verify(roll.path(), null(), &raw const wrong).unwrap_err();
    assert_eq!(failed.status, Status::NotUnicode);
    assert_eq!(failed.message, "mhl_context.host is not UTF-8: byte 0");
}

#[test]
fn row_95_a_switch_is_0_or_1() {
    let roll = roll();
    for wrong in [
        VerifyOptions { past_cache: 2, ..options() },
        VerifyOptions { dry_run: u32::MAX, ..options() },
    ] {
        let failed = verify(roll.path(), &raw const wrong, null()).unwrap_err();
        assert_eq!(failed.status, Status::InvalidArgument);
    }
}

#[test]
fn row_96_a_struct_of_another_size_is_refused() {
    let roll = roll();
    let report = verify(roll.path(), null(), null()).unwrap();
    let refused = |status: Status| assert_eq!(status, Status::StructSize);
    for off in [-1isize, 1, 8] {
        let off = |size: usize| size.checked_add_signed(off).unwrap();
        let options = VerifyOptions { struct_size: off(size_of::<VerifyOptions>()), ..options() };
        refused(verify(roll.path(), &raw const options, null()).unwrap_err().status);
        let context = Context { struct_size: off(size_of::<Context>()), ..context() };
        refused(verify(roll.path(), null(), &raw const context).unwrap_err().status);
        let mut told =
            Summary { struct_size: off(size_of::<Summary>()), files: 99, ..summary(report) };
        // SAFETY: a live report and a local.
        refused(refusal(|e| unsafe { mhl_report_summary(report, &raw mut told, e) }));
        assert_eq!(told.files, 99, "nothing is written");
        let mut room = [usize::MAX; 32];
        room[0] = off(size_of::<Finding>());
        // SAFETY: as above, and more room than a finding needs.
        refused(refusal(|e| unsafe { mhl_report_finding(report, 0, room.as_mut_ptr().cast(), e) }));
        assert!(room[1..].iter().all(|word| *word == usize::MAX), "nothing is written");
    }
    free(report);
}
