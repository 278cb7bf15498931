//! What another engine copied, recorded.

use std::{
    ffi::{CStr, c_char, c_int, c_void},
    fs,
    path::Path,
};

use tempfile::TempDir;

use super::*;

static XXH64: u32 = AlgorithmCode::Xxh64 as u32;
const MD5: u32 = AlgorithmCode::Md5 as u32;
/// Of "abc".
const ABC: [u8; 8] = [0x44, 0xbc, 0x2c, 0xf5, 0xad, 0x77, 0x09, 0x99];

pub(crate) const NO_TIME: Time = Time { seconds: 0, nanoseconds: 0, is_known: 0 };
pub(crate) static SOME_TIME: Time = Time { seconds: 1_795_357_800, nanoseconds: 0, is_known: 1 };

pub(crate) fn abc() -> Digest {
    let mut digest = Digest { algorithm: XXH64, len: 8, ..NO_DIGEST };
    digest.bytes[..8].copy_from_slice(&ABC);
    digest
}

fn options(format: Format) -> RecordOptions {
    RecordOptions {
        struct_size: size_of::<RecordOptions>(),
        algorithms: &raw const XXH64,
        algorithms_len: 1,
        format: format as u32,
        process: Process::Transfer as u32,
        look: Look::Whole as u32,
        without_files: 0,
        started: NO_TIME,
        ignore: null(),
        ignore_len: 0,
        author_name: null(),
        author_email: null(),
        author_phone: null(),
        author_role: null(),
    }
}

pub(crate) fn file(path: &str, digest: &Digest) -> HashedFile {
    HashedFile {
        struct_size: size_of::<HashedFile>(),
        path: lent(path),
        size: 3,
        modified: SOME_TIME,
        hashed: NO_TIME,
        digests: digest,
        digests_len: 1,
    }
}

fn record(options: &RecordOptions) -> Result<*mut Record, Failed> {
    // SAFETY: a struct of the test, a local.
    written(null_mut(), |record, e| unsafe { mhl_record_new(options, record, e) })
}

fn tell(record: *mut Record, file: &HashedFile) -> Result<(), Failed> {
    // SAFETY: a live record, a struct of the test.
    call(|e| unsafe { mhl_record_file(record, file, e) })
}

fn write(record: *mut Record, root: &Path, context: *const Context) -> Result<*mut Report, Failed> {
    let root = c_path(root);
    // SAFETY: a live record, NUL-terminated text, a local.
    written(null_mut(), |report, e| unsafe {
        mhl_record_write(record, root.as_ptr(), context, report, e)
    })
}

fn free(record: *mut Record) {
    // SAFETY: the tests free each record once and last.
    unsafe { mhl_record_free(record) };
}

/// The outcome of a report, and what it found; the report is freed.
fn told(report: *mut Report) -> (Outcome, Vec<String>) {
    // SAFETY: a live report, freed last.
    unsafe {
        let summary = filled::<Summary>(|to, e| mhl_report_summary(report, to, e)).unwrap();
        let finding = |index| {
            let found =
                filled::<Finding>(|to, e| mhl_report_finding(report, index, to, e)).unwrap();
            format!("{} {}", text(found.kind).unwrap(), text(found.path).unwrap())
        };
        let findings = (0..summary.findings).map(finding).collect();
        mhl_report_free(report);
        (summary.outcome, findings)
    }
}

/// A copy that an engine made.
fn copy() -> TempDir {
    let copy = tempfile::tempdir().unwrap();
    fs::create_dir(copy.path().join("Clips")).unwrap();
    fs::write(copy.path().join("Clips/A001C001.mxf"), "abc").unwrap();
    copy
}

pub(crate) fn context() -> Context {
    Context {
        struct_size: size_of::<Context>(),
        tool: c"engine".as_ptr(),
        tool_version: c"4.2".as_ptr(),
        host: c"cart-1".as_ptr(),
        user: c"DIT".as_ptr(),
        progress: None,
        userdata: null_mut(),
        cancel: null(),
        sharing: 0,
    }
}

/// What the library itself says to the roll, without writing anything.
fn verified(root: &Path) -> Outcome {
    let mut options = filled_options();
    options.dry_run = 1;
    let root = c_path(root);
    // SAFETY: NUL-terminated text, structs of the test, a local.
    let report = written(null_mut(), |report, e| unsafe {
        mhl_verify(root.as_ptr(), &raw const options, null(), report, e)
    });
    told(report.unwrap()).0
}

fn filled_options() -> VerifyOptions {
    // SAFETY: pointers and numbers.
    VerifyOptions { struct_size: size_of::<VerifyOptions>(), ..unsafe { zeroed() } }
}

#[test]
fn what_was_told_is_listed_at_every_copy_and_verifies() {
    for format in [Format::Classic, Format::Asc] {
        let copies = [copy(), copy()];
        let author = RecordOptions {
            author_name: c"N. N.".as_ptr(),
            author_role: c"DIT".as_ptr(),
            started: SOME_TIME,
            ..options(format)
        };
        let record = record(&author).unwrap();
        let digest = abc();
        tell(record, &file("Clips/A001C001.mxf", &digest)).unwrap();
        for copy in &copies {
            let report = write(record, copy.path(), &context()).unwrap();
            // SAFETY: a live report and a local.
            let json = written(NO_TEXT, |json, e| unsafe { mhl_report_json(report, json, e) });
            let json = text(json.unwrap()).unwrap();
            assert!(json.contains(r#""schema":"mhl.record/1""#), "{json}");
            assert!(json.contains(r#""grade":"inherited""#), "{json}");
            assert_eq!(told(report), (Outcome::Recorded, vec![]));
            assert_eq!(verified(copy.path()), Outcome::Verified);
        }
        free(record);
    }
}

#[test]
fn what_the_disk_does_not_bear_out_is_found_and_nothing_is_written() {
    let copy = copy();
    let record = record(&options(Format::Asc)).unwrap();
    let digest = abc();
    tell(record, &file("Clips/A001C001.mxf", &digest)).unwrap();
    tell(record, &file("Clips/A001C002.mxf", &digest)).unwrap();
    fs::write(copy.path().join("new.mov"), "new").unwrap();
    let (outcome, findings) = told(write(record, copy.path(), null()).unwrap());
    assert_eq!(outcome, Outcome::Failed);
    assert_eq!(findings, ["missing-file Clips/A001C002.mxf", "new-file new.mov"]);
    assert!(!copy.path().join("ascmhl").exists());
    free(record);
}

#[test]
fn a_history_gets_a_generation_of_a_part_or_unseen() {
    let copy = copy();
    let digest = abc();
    let whole = record(&options(Format::Asc)).unwrap();
    tell(whole, &file("Clips/A001C001.mxf", &digest)).unwrap();
    told(write(whole, copy.path(), null()).unwrap());
    free(whole);

    let part = record(&RecordOptions { look: Look::Part as u32, ..options(Format::Asc) }).unwrap();
    fs::write(copy.path().join("late.mxf"), "abc").unwrap();
    tell(part, &file("late.mxf", &digest)).unwrap();
    assert_eq!(told(write(part, copy.path(), null()).unwrap()), (Outcome::Recorded, vec![]));
    free(part);
    assert_eq!(verified(copy.path()), Outcome::Verified);

    let unseen = RecordOptions { look: Look::Nothing as u32, ..options(Format::Asc) };
    let unseen = record(&unseen).unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    tell(unseen, &file("a.mxf", &digest)).unwrap();
    let folder = "Empty";
    // SAFETY: a live record, a text with its length, times of the test.
    unsafe {
        let (data, len) = (folder.as_ptr().cast::<c_char>(), folder.len());
        call(|e| mhl_record_folder(unseen, data, len, &raw const SOME_TIME, e)).unwrap();
        call(|e| mhl_record_folder(unseen, data, len, null(), e)).unwrap();
    }
    assert_eq!(told(write(unseen, elsewhere.path(), null()).unwrap()), (Outcome::Recorded, vec![]));
    free(unseen);
}

#[test]
fn a_path_comes_in_three_spellings() {
    let parent = tempfile::tempdir().unwrap();
    let digest = abc();
    let record = record(&options(Format::Classic)).unwrap();
    tell(record, &file("a.mxf", &digest)).unwrap();
    let bytes = parent.path().join(OsStr::from_bytes(b"A001\xff"));
    fs::create_dir(&bytes).unwrap();
    fs::write(bytes.join("a.mxf"), "abc").unwrap();
    assert_eq!(write(record, &bytes, null()).unwrap_err().status, Status::NotUnicode);
    let raw = bytes.as_os_str().as_bytes();
    // SAFETY: a live record, slices and locals.
    unsafe {
        let report = written(null_mut(), |report, e| {
            mhl_record_write_bytes(record, raw.as_ptr(), raw.len(), null(), report, e)
        });
        assert_eq!(told(report.unwrap()).0, Outcome::Recorded);
        let wide = parent.path().join("Rôle");
        fs::create_dir(&wide).unwrap();
        fs::write(wide.join("a.mxf"), "abc").unwrap();
        let units: Vec<u16> = wide.to_str().unwrap().encode_utf16().chain([0]).collect();
        let report = written(null_mut(), |report, e| {
            mhl_record_write_w(record, units.as_ptr(), null(), report, e)
        });
        assert_eq!(told(report.unwrap()).0, Outcome::Recorded);
    }
    free(record);
}

#[test]
fn what_stands_in_the_way_has_a_status_of_its_own() {
    let copy = copy();
    let digest = abc();
    let classic = record(&options(Format::Classic)).unwrap();
    let nothing = write(classic, copy.path(), null()).unwrap_err();
    assert_eq!(nothing.status, Status::NoFiles, "no file was told");
    tell(classic, &file("Clips/A001C001.mxf", &digest)).unwrap();
    let absent = write(classic, &copy.path().join("absent"), null()).unwrap_err();
    assert_eq!((absent.status, absent.path), (Status::Io, Some(copy.path().join("absent"))));
    told(write(classic, copy.path(), null()).unwrap());
    let listed = write(classic, copy.path(), null()).unwrap_err();
    assert_eq!((listed.status, listed.path.as_deref()), (Status::AlreadyListed, Some(copy.path())));
    free(classic);

    let part = record(&RecordOptions { look: Look::Part as u32, ..options(Format::Asc) }).unwrap();
    tell(part, &file("a.mxf", &digest)).unwrap();
    let empty = tempfile::tempdir().unwrap();
    assert_eq!(write(part, empty.path(), null()).unwrap_err().status, Status::NoList);
    fs::create_dir(empty.path().join("ascmhl")).unwrap();
    fs::write(empty.path().join("ascmhl/ascmhl_chain.xml"), "<").unwrap();
    let (outcome, found) = told(write(part, empty.path(), null()).unwrap());
    assert_eq!(outcome, Outcome::Failed, "{found:?}");
    free(part);
}

unsafe extern "C" fn stop(_: *mut c_void, _: *const Progress) -> c_int {
    1
}

#[test]
fn a_callback_stops_it_and_the_record_can_be_written_again() {
    let copy = copy();
    let digest = abc();
    let record = record(&options(Format::Classic)).unwrap();
    tell(record, &file("Clips/A001C001.mxf", &digest)).unwrap();
    let stopping = Context { progress: Some(stop), ..context() };
    let stopped = write(record, copy.path(), &raw const stopping).unwrap_err();
    assert_eq!(stopped.status, Status::Cancelled);
    assert_eq!(fs::read_dir(copy.path()).unwrap().count(), 1, "nothing was written");
    assert_eq!(told(write(record, copy.path(), null()).unwrap()).0, Outcome::Recorded);
    free(record);
}

#[test]
fn row_95_a_number_of_no_enumeration_is_refused() {
    let refused = |options: RecordOptions| record(&options).unwrap_err().status;
    let good = options(Format::Classic);
    for wrong in [
        RecordOptions { format: 0, ..good },
        RecordOptions { format: 3, ..good },
        RecordOptions { process: 0, ..good },
        RecordOptions { process: Process::Flatten as u32, ..good },
        RecordOptions { process: u32::MAX, ..good },
        RecordOptions { look: 3, ..good },
        RecordOptions { without_files: 2, ..good },
        RecordOptions { algorithms: &raw const WRONG, ..good },
        RecordOptions { algorithms_len: 0, ..good },
        RecordOptions { started: Time { is_known: 2, ..NO_TIME }, ..good },
        RecordOptions { started: Time { seconds: i64::MAX, ..SOME_TIME }, ..good },
        RecordOptions { started: Time { nanoseconds: 1_000_000_000, ..SOME_TIME }, ..good },
        RecordOptions { author_role: c"DIT".as_ptr(), ..good },
    ] {
        assert_eq!(refused(wrong), Status::InvalidArgument, "{wrong:?}");
    }
    static C4: u32 = AlgorithmCode::C4 as u32;
    static WRONG: u32 = 99;
    let c4 = RecordOptions { algorithms: &raw const C4, ..good };
    assert_eq!(refused(c4), Status::NotListable, "a classic list has no C4");
    let pattern = [c"[".as_ptr()];
    let ignoring = |patterns: &[*const c_char]| RecordOptions {
        ignore: patterns.as_ptr(),
        ignore_len: patterns.len(),
        ..options(Format::Asc)
    };
    assert_eq!(refused(ignoring(&pattern)), Status::InvalidArgument);
    assert_eq!(refused(ignoring(&[null()])), Status::NullPointer);
    assert_eq!(refused(ignoring(&[c"\xff".as_ptr()])), Status::NotUnicode);
    let unnamed = RecordOptions { author_name: c"\xff".as_ptr(), ..good };
    assert_eq!(refused(unnamed), Status::NotUnicode);
}

#[test]
fn a_file_that_is_refused_is_not_taken() {
    let own = record(&options(Format::Classic)).unwrap();
    let good = abc();
    let refused = |file: HashedFile| tell(own, &file).unwrap_err().status;
    let path = |text: &'static str| file(text, &good);
    for outside in ["", "/a.mxf", "../a.mxf", "a/../../b.mxf", "a//b"] {
        assert_eq!(refused(path(outside)), Status::InvalidArgument, "{outside:?}");
    }
    assert_eq!(refused(path("a\\b.mxf")), Status::NotListable);
    assert_eq!(refused(path("a\u{1}.mxf")), Status::NotListable);
    let no_unicode = Text { data: b"\xff".as_ptr().cast(), len: 1 };
    assert_eq!(refused(HashedFile { path: no_unicode, ..path("a") }), Status::NotUnicode);
    let too_long = Text { len: usize::MAX, ..lent("a") };
    assert_eq!(refused(HashedFile { path: too_long, ..path("a") }), Status::TooLong);
    let null_path = Text { data: null(), len: 1 };
    assert_eq!(refused(HashedFile { path: null_path, ..path("a") }), Status::NullPointer);
    let undated = HashedFile { modified: NO_TIME, ..path("a") };
    assert_eq!(refused(undated), Status::InvalidArgument, "a classic list has dates");
    let no_digest = HashedFile { digests_len: 0, ..path("a") };
    assert_eq!(refused(no_digest), Status::InvalidArgument);
    for wrong in [
        Digest { algorithm: MD5, len: 16, ..good },
        Digest { algorithm: 99, ..good },
        Digest { len: 7, ..good },
        Digest { len: u32::MAX, ..good },
    ] {
        assert_eq!(refused(file("a", &wrong)), Status::InvalidArgument, "{wrong:?}");
    }
    refuses_other_sizes::<HashedFile>(|file, e| {
        // SAFETY: a live record; the struct's first member is set.
        unsafe { mhl_record_file(own, file, e) }
    });
    // None of them was taken.
    let copy = copy();
    assert_eq!(write(own, copy.path(), null()).unwrap_err().status, Status::NoFiles);
    free(own);
    refuses_other_sizes::<RecordOptions>(|options, e| {
        let mut record = null_mut();
        // SAFETY: the struct's first member is set; a local.
        unsafe { mhl_record_new(options, &raw mut record, e) }
    });
}

#[test]
fn row_83_a_null_is_refused_by_every_call_of_a_record() {
    let digest = abc();
    let (good, file) = (options(Format::Asc), file("a", &digest));
    let own = record(&good).unwrap();
    let mut report = null_mut();
    // SAFETY: NULL, which every call accepts, and live things.
    unsafe {
        let mut made = null_mut();
        let refused = [
            refusal(|e| mhl_record_new(null(), &raw mut made, e)),
            refusal(|e| mhl_record_new(&raw const good, null_mut(), e)),
            refusal(|e| mhl_record_file(null_mut(), &raw const file, e)),
            refusal(|e| mhl_record_file(own, null(), e)),
            refusal(|e| mhl_record_folder(null_mut(), c"a".as_ptr(), 1, null(), e)),
            refusal(|e| mhl_record_folder(own, null(), 1, null(), e)),
            refusal(|e| mhl_record_write(null_mut(), c"/".as_ptr(), null(), &raw mut report, e)),
            refusal(|e| mhl_record_write(own, null(), null(), &raw mut report, e)),
            refusal(|e| mhl_record_write(own, c"/".as_ptr(), null(), null_mut(), e)),
            refusal(|e| mhl_record_write_bytes(own, null(), 0, null(), &raw mut report, e)),
            refusal(|e| mhl_record_write_w(own, null(), null(), &raw mut report, e)),
        ];
        assert_eq!(refused, [Status::NullPointer; 11]);
        assert_eq!(mhl_record_file(null_mut(), null(), null_mut()), Status::NullPointer);
        mhl_record_free(null_mut());
    }
    free(own);
}

#[test]
fn a_message_names_the_member_that_is_wrong() {
    let failed = record(&RecordOptions { format: 7, ..options(Format::Asc) }).unwrap_err();
    assert_eq!(failed.message, "mhl_record_options.format is 7; an mhl_format: 1 or 2 expected");
    // SAFETY: NUL-terminated and static.
    assert_eq!(unsafe { CStr::from_ptr(mhl_algorithm_name(XXH64)) }, c"xxh64be");
}
