//! Whole operations: seal, offload, portions of a verification, and what a report says of copies.

use std::{
    ffi::{CString, c_char, c_int, c_void},
    fs,
    path::{Path, PathBuf},
};

use tempfile::TempDir;

use super::{
    verification::{context, finding, free, json, summary, verify},
    *,
};

/// A card of two clips, and folders to copy it to.
struct Set {
    folder: TempDir,
    card: PathBuf,
    to: Vec<PathBuf>,
}

const CLIPS: [(&str, usize); 2] = [("Clips/A001C001.mxf", 300_000), ("Clips/A001C002.mxf", 5)];
const BYTES: u64 = 300_005;

fn set() -> Set {
    let folder = tempfile::tempdir().unwrap();
    let card = folder.path().join("A001R1AB");
    fs::create_dir_all(card.join("Clips")).unwrap();
    for (clip, size) in CLIPS {
        fs::write(card.join(clip), vec![b'x'; size]).unwrap();
    }
    let to = ["raid", "shuttle"].map(|name| folder.path().join(name));
    to.iter().for_each(|folder| fs::create_dir(folder).unwrap());
    Set { folder, card, to: to.into() }
}

fn c_path(path: &Path) -> CString {
    CString::new(path.as_os_str().as_bytes()).unwrap()
}

fn options() -> OffloadOptions {
    // SAFETY: pointers and numbers.
    OffloadOptions { struct_size: size_of::<OffloadOptions>(), ..unsafe { zeroed() } }
}

fn offload(
    card: &Path,
    to: &[PathBuf],
    options: *const OffloadOptions,
    context: *const Context,
) -> Result<*mut Report, Failed> {
    let (card, to) = (c_path(card), to.iter().map(|path| c_path(path)).collect::<Vec<_>>());
    let to: Vec<*const c_char> = to.iter().map(|path| path.as_ptr()).collect();
    let mut report = null_mut();
    // SAFETY: NUL-terminated texts, structs of the test, a local.
    call(|e| unsafe {
        mhl_offload(card.as_ptr(), to.as_ptr(), to.len(), options, context, &raw mut report, e)
    })?;
    Ok(report)
}

fn copy(report: *const Report, index: u64) -> Result<ReportCopy, Failed> {
    // SAFETY: a live report.
    filled(|to, e| unsafe { mhl_report_copy(report, index, to, e) })
}

fn phases(report: *const Report) -> Vec<PhaseRecord> {
    let count = summary(report).phases;
    // SAFETY: a live report.
    let phase = |at| filled(|to, e| unsafe { mhl_report_phase(report, at, to, e) });
    assert_eq!(phase(count).unwrap_err().status, Status::NotFound);
    (0..count).map(|at| phase(at).unwrap()).collect()
}

#[test]
fn a_card_is_copied_to_every_destination_and_each_copy_is_told_of() {
    let set = set();
    let report = offload(&set.card, &set.to, null(), &raw const *Box::new(context())).unwrap();
    let told = summary(report);
    assert_eq!(told.outcome, Outcome::Verified, "{}", json(report));
    assert_eq!((told.files, told.bytes, told.copies), (2, BYTES, 2));
    for (index, to) in (0..).zip(&set.to) {
        let copy = copy(report, index).unwrap();
        let root = to.join("A001R1AB");
        assert_eq!(text(copy.root), root.to_str());
        assert_eq!((copy.outcome, copy.complete), (Outcome::Verified, 1));
        assert!(matches!(copy.grade, Grade::PastTheCache | Grade::ThroughTheCache));
        assert!(!text(copy.proof).unwrap().is_empty());
        assert_eq!(text(copy.algorithms), Some("xxh64be"));
        assert_eq!((copy.manifest_format, copy.manifests_at_root), (Format::Classic, 1));
        assert!(root.join(text(copy.manifest).unwrap()).is_file());
        assert_eq!(text(copy.manifest_c4).unwrap().len(), 90);
        assert_eq!(text(copy.pin), None);
        assert_eq!((copy.verified, copy.faults), (2, 0));
    }
    assert_eq!(copy(report, 2).unwrap_err().status, Status::NotFound);

    // SAFETY: a live report.
    let roll: Roll = filled(|to, e| unsafe { mhl_report_roll(report, to, e) }).unwrap();
    assert_eq!(text(roll.operation), Some("offload"));
    assert_eq!((text(roll.name), roll.files, roll.bytes), (Some("A001R1AB"), 2, BYTES));
    assert_eq!(text(roll.content).unwrap().len(), 90);
    assert_eq!(text(roll.source), set.card.to_str());
    assert_eq!((text(roll.tool), text(roll.host)), (Some("offloader 1.2"), Some("cart-1")));

    let phases = phases(report);
    let of = |phase, copy| {
        let of = phases.iter().filter(|record| record.phase == phase && record.copy == copy);
        of.map(|record| record.bytes).sum::<u64>()
    };
    assert_eq!(of(Phase::Copy, NO_COPY), BYTES);
    assert_eq!([of(Phase::Copy, 0), of(Phase::Copy, 1)], [BYTES; 2]);
    assert_eq!([of(Phase::ReadBack, 0), of(Phase::ReadBack, 1)], [BYTES; 2]);
    assert!(phases.iter().any(|record| record.busy_ms != NOT_MEASURED));

    // SAFETY: a live report.
    let html = lent_text(|to, e| unsafe { mhl_report_html(report, to, e) }).unwrap();
    assert!(html.starts_with("<!DOCTYPE html>") && html.contains("A001C001.mxf"));
    free(report);
}

/// Bytes told of each copy, written and read back, and the parts of the work.
#[derive(Default)]
struct Told {
    written: [u64; 2],
    read_back: [u64; 2],
    phases: Vec<Phase>,
    stop_in: Option<Phase>,
}

unsafe extern "C" fn watch(userdata: *mut c_void, progress: *const Progress) -> c_int {
    // SAFETY: the test's own `Told`; progress lives until this returns.
    let (told, progress) = unsafe { (&mut *userdata.cast::<Told>(), &*progress) };
    if told.phases.last() != Some(&progress.phase) {
        told.phases.push(progress.phase);
    }
    if progress.copy != NO_COPY {
        let copy = usize::try_from(progress.copy).unwrap();
        assert!(progress.copy_written >= told.written[copy], "never less than before");
        (told.written[copy], told.read_back[copy]) =
            (progress.copy_written, progress.copy_read_back);
    }
    c_int::from(told.stop_in == Some(progress.phase))
}

fn watching(told: &mut Told) -> Context {
    Context {
        progress: Some(watch),
        userdata: std::ptr::from_mut(told).cast(),
        sharing: 2,
        ..context()
    }
}

#[test]
fn progress_tells_the_bytes_of_every_destination() {
    let set = set();
    let mut told = Told::default();
    let options = OffloadOptions { second_read: 1, ..options() };
    let context = watching(&mut told);
    let report = offload(&set.card, &set.to, &raw const options, &raw const context).unwrap();
    assert_eq!(told.written, [BYTES; 2]);
    assert_eq!(told.read_back, [BYTES; 2]);
    for phase in [Phase::Scan, Phase::Copy, Phase::ReadBack, Phase::SecondRead] {
        assert!(told.phases.contains(&phase), "{phase:?}");
    }
    free(report);
}

#[test]
fn a_stopped_offload_has_no_report_and_is_taken_up_again() {
    let set = set();
    let mut told = Told { stop_in: Some(Phase::Copy), ..Told::default() };
    let context = watching(&mut told);
    let failed = offload(&set.card, &set.to, null(), &raw const context).unwrap_err();
    assert_eq!(failed.status, Status::Cancelled);
    let lists = |to: &PathBuf| {
        let inside = fs::read_dir(to.join("A001R1AB")).into_iter().flatten();
        inside
            .filter(|entry| entry.as_ref().unwrap().path().extension() == Some("mhl".as_ref()))
            .count()
    };
    assert_eq!(set.to.iter().map(lists).sum::<usize>(), 0, "no list, no copy");

    let resume = OffloadOptions { resume: 1, ..options() };
    let report = offload(&set.card, &set.to, &raw const resume, null()).unwrap();
    assert_eq!(summary(report).outcome, Outcome::Verified);
    free(report);
    assert_eq!(set.to.iter().map(lists).collect::<Vec<_>>(), [1, 1]);

    // A destination that has the roll is refused without a resume, and that is a finding.
    let report = offload(&set.card, &set.to, null(), null()).unwrap();
    assert_eq!(summary(report).outcome, Outcome::Failed);
    assert_eq!(copy(report, 1).unwrap().complete, 0);
    assert_eq!(finding(report, 0).unwrap().is_fault, 1);
    free(report);
}

#[test]
fn a_token_that_was_set_stops_before_anything_is_begun() {
    let set = set();
    let mut token = null_mut();
    // SAFETY: a token made here, freed once at the end.
    unsafe {
        call(|e| mhl_cancel_token_new(&raw mut token, e)).unwrap();
        call(|e| mhl_cancel_token_cancel(token, e)).unwrap();
        let context = Context { cancel: token, ..context() };
        let failed = offload(&set.card, &set.to, null(), &raw const context).unwrap_err();
        assert_eq!(failed.status, Status::Cancelled);
        mhl_cancel_token_free(token);
    }
    assert!(set.to.iter().all(|to| fs::read_dir(to).unwrap().next().is_none()));
}

#[test]
fn every_option_is_heard() {
    let set = set();
    let algorithms = [AlgorithmCode::C4 as u32, AlgorithmCode::Md5 as u32];
    let options = OffloadOptions {
        name: c"Tag 1".as_ptr(),
        algorithms: algorithms.as_ptr(),
        algorithms_len: 2,
        format: Format::Asc as u32,
        patience_ms: 60_000,
        ..options()
    };
    let report = offload(&set.card, &set.to[..1], &raw const options, null()).unwrap();
    let copy = copy(report, 0).unwrap();
    assert_eq!(copy.outcome, Outcome::Verified, "{}", json(report));
    assert_eq!(text(copy.algorithms), Some("c4 md5"));
    assert_eq!(copy.manifest_format, Format::Asc);
    assert!(set.to[0].join("Tag 1/ascmhl/ascmhl_chain.xml").is_file());
    let pin = text(copy.pin).unwrap().to_owned();
    assert!(pin.starts_with("1:c4"), "{pin}");
    free(report);

    // The pin, noted elsewhere, tells a history that does not continue it.
    let roll = set.to[0].join("Tag 1");
    let held = |pin: &str| {
        let pin = CString::new(pin).unwrap();
        let options = VerifyOptions {
            struct_size: size_of::<VerifyOptions>(),
            pin: pin.as_ptr(),
            dry_run: 1,
            // SAFETY: pointers and numbers.
            ..unsafe { zeroed() }
        };
        let report = verify(&roll, &raw const options, null())?;
        let outcome = summary(report).outcome;
        free(report);
        Ok::<_, Failed>(outcome)
    };
    assert_eq!(held(&pin), Ok(Outcome::Verified));
    assert_eq!(held(&pin.replace("1:", "2:")), Ok(Outcome::Failed));
    assert_eq!(held("1").unwrap_err().status, Status::InvalidArgument);
}

#[test]
fn the_three_spellings_of_paths_are_one() {
    let wide =
        |path: &Path| -> Vec<u16> { path.to_str().unwrap().encode_utf16().chain([0]).collect() };
    let outcome = |report: *mut Report| {
        let told = summary(report);
        free(report);
        (told.outcome, told.copies)
    };
    let of_bytes = set();
    let mut report = null_mut();
    let source = of_bytes.card.as_os_str().as_bytes();
    let to: Vec<Bytes> = of_bytes
        .to
        .iter()
        .map(|path| path.as_os_str().as_bytes())
        .map(|bytes| Bytes { data: bytes.as_ptr(), len: bytes.len() })
        .collect();
    // SAFETY: paths of the test, a local.
    call(|e| unsafe {
        let (len, count) = (source.len(), to.len());
        let source = source.as_ptr();
        mhl_offload_bytes(source, len, to.as_ptr(), count, null(), null(), &raw mut report, e)
    })
    .unwrap();
    assert_eq!(outcome(report), (Outcome::Verified, 2));

    let of_wide = set();
    let (source, to) = (wide(&of_wide.card), of_wide.to.iter().map(|to| wide(to)));
    let to: Vec<Vec<u16>> = to.collect();
    let pointers: Vec<*const u16> = to.iter().map(|path| path.as_ptr()).collect();
    // SAFETY: as above, NUL-terminated.
    call(|e| unsafe {
        let to = pointers.as_ptr();
        mhl_offload_w(source.as_ptr(), to, 2, null(), null(), &raw mut report, e)
    })
    .unwrap();
    assert_eq!(outcome(report), (Outcome::Verified, 2));

    let roll = wide(&of_wide.to[0].join("A001R1AB"));
    // SAFETY: as above.
    let sealed = call(|e| unsafe { mhl_seal_w(roll.as_ptr(), null(), null(), &raw mut report, e) });
    assert_eq!(sealed.unwrap_err().status, Status::AlreadyListed);
    let roll = of_wide.to[0].join("A001R1AB");
    let bytes = roll.as_os_str().as_bytes();
    // SAFETY: as above.
    let sealed = call(|e| unsafe {
        mhl_seal_bytes(bytes.as_ptr(), bytes.len(), null(), null(), &raw mut report, e)
    });
    assert_eq!(sealed.unwrap_err().path, Some(roll));
}

#[test]
fn what_cannot_be_begun_is_an_error_with_its_cause() {
    let set = set();
    let refused = |card: &Path, to: &[PathBuf], options: OffloadOptions| {
        offload(card, to, &raw const options, null()).unwrap_err()
    };
    let none = set.folder.path().join("none");
    let failed = refused(&none, &set.to, options());
    assert_eq!((failed.status, failed.path), (Status::Io, Some(none)));
    let failed = refused(&set.to[0], &set.to[1..], options());
    assert_eq!((failed.status, failed.path), (Status::NoFiles, Some(set.to[0].clone())));
    let within = [set.card.join("Clips")];
    let failed = refused(&set.card, &within, options());
    assert_eq!((failed.status, failed.causes.len()), (Status::Contradiction, 1));
    assert_eq!(failed.causes[0].1, failed.message);
    let invalid = |to: &[PathBuf], options| {
        let failed = refused(&set.card, to, options);
        assert_eq!(failed.status, Status::InvalidArgument, "{}", failed.message);
    };
    invalid(&[], options());
    let c4 = [AlgorithmCode::C4 as u32];
    let c4 = OffloadOptions { algorithms: c4.as_ptr(), algorithms_len: 1, ..options() };
    assert_eq!(refused(&set.card, &set.to, c4).status, Status::NotListable);
    invalid(&set.to, OffloadOptions { name: c"a/b".as_ptr(), ..options() });
    assert!(set.to.iter().all(|to| fs::read_dir(to).unwrap().next().is_none()));
}

fn seal_options() -> SealOptions {
    // SAFETY: pointers and numbers.
    SealOptions { struct_size: size_of::<SealOptions>(), ..unsafe { zeroed() } }
}

fn seal(root: &Path, options: *const SealOptions) -> Result<*mut Report, Failed> {
    let (root, mut report) = (c_path(root), null_mut());
    // SAFETY: NUL-terminated text, a struct of the test, a local.
    call(|e| unsafe { mhl_seal(root.as_ptr(), options, null(), &raw mut report, e) })?;
    Ok(report)
}

#[test]
fn a_folder_is_sealed_once_and_a_history_lengthened() {
    let set = set();
    let report = seal(&set.card, null()).unwrap();
    assert_eq!(summary(report).outcome, Outcome::Sealed);
    let copy_ = copy(report, 0).unwrap();
    assert_eq!((copy_.grade, copy_.manifest_format), (Grade::InFlight, Format::Classic));
    free(report);
    let failed = seal(&set.card, null()).unwrap_err();
    assert_eq!((failed.status, failed.path), (Status::AlreadyListed, Some(set.card.clone())));
    assert_eq!(seal(&set.to[0], null()).unwrap_err().status, Status::NoFiles);

    let roll = set.folder.path().join("history");
    fs::create_dir(&roll).unwrap();
    fs::write(roll.join("A001C001.mxf"), "clip").unwrap();
    fs::write(roll.join("notes.txt"), "left out").unwrap();
    let patterns = [c"*.txt".as_ptr()];
    let ignoring = SealOptions { ignore: patterns.as_ptr(), ignore_len: 1, ..seal_options() };
    let failed = seal(&roll, &raw const ignoring).unwrap_err();
    assert_eq!(failed.status, Status::NotListable, "a classic list cannot say so");
    let asc = SealOptions { format: Format::Asc as u32, ..ignoring };
    for (generation, outcome) in [("1:", Outcome::Sealed), ("2:", Outcome::Verified)] {
        let report = seal(&roll, &raw const asc).unwrap();
        assert_eq!(summary(report).outcome, outcome);
        let copy = copy(report, 0).unwrap();
        assert!(text(copy.pin).unwrap().starts_with(generation));
        assert_eq!(summary(report).files, 1);
        free(report);
    }
}

#[test]
fn a_portion_is_read_and_never_taken_for_the_whole() {
    let set = set();
    free(seal(&set.card, null()).unwrap());
    let asked = |options: VerifyOptions| {
        let report = verify(&set.card, &raw const options, null())?;
        let told = summary(report);
        let listed = json(report).contains("\"path\":\"Clips/A001C001.mxf\"");
        free(report);
        Ok::<_, Failed>((told.outcome, told.verified, told.unread, listed))
    };
    let options = || VerifyOptions {
        struct_size: size_of::<VerifyOptions>(),
        // SAFETY: pointers and numbers.
        ..unsafe { zeroed() }
    };
    let (only, unlisted) = ([c"Clips/A001C002.mxf".as_ptr()], [c"Clips/none".as_ptr()]);
    let one = VerifyOptions { only: only.as_ptr(), only_len: 1, ..options() };
    assert_eq!(asked(one), Ok((Outcome::Unproven, 1, 1, true)));
    let none = VerifyOptions { only: unlisted.as_ptr(), only_len: 1, ..options() };
    let failed = asked(none).unwrap_err();
    assert_eq!(failed.status, Status::NotListed);
    assert_eq!(failed.causes, [(None, "Clips/none".to_owned(), 0)]);
    let turns = [1, 2].map(|turn| {
        let (outcome, read, unread, _) =
            asked(VerifyOptions { percent: 50, turn, ..options() }).unwrap();
        assert_eq!(outcome, Outcome::Unproven);
        assert_eq!(read + unread, 2);
        read
    });
    assert_eq!(turns.iter().sum::<u64>(), 2, "two turns of 50 percent read everything");
    let whole = VerifyOptions { without_files: 1, ..options() };
    assert_eq!(asked(whole), Ok((Outcome::Verified, 2, 0, false)));
    for wrong in [
        VerifyOptions { percent: 50, ..options() },
        VerifyOptions { percent: 101, turn: 1, ..options() },
        VerifyOptions { percent: u32::MAX, turn: 1, ..options() },
        VerifyOptions { percent: 50, turn: 1, ..one },
    ] {
        assert_eq!(asked(wrong).unwrap_err().status, Status::InvalidArgument);
    }
    fs::write(set.card.join("Clips/A001C002.mxf"), "other").unwrap();
    fs::write(set.card.join("new.mov"), "").unwrap();
    let (outcome, verified, unread, _) =
        asked(VerifyOptions { stop_at_first: 1, ..options() }).unwrap();
    assert_eq!((outcome, verified, unread), (Outcome::Failed, 0, 2), "names are compared first");
}

#[test]
fn a_report_is_read_back_as_it_was_written() {
    let set = set();
    let report = seal(&set.card, null()).unwrap();
    let written = json(report);
    let parse = |text: &str| {
        let mut read = null_mut();
        // SAFETY: text of the test, a local.
        call(|e| unsafe { mhl_report_parse(text.as_ptr().cast(), text.len(), &raw mut read, e) })?;
        Ok::<_, Failed>(read)
    };
    let read = parse(&written).unwrap();
    assert_eq!(json(read), written);
    free(read);
    free(report);
    for wrong in ["", "{}", &written.replace("mhl.seal/1", "mhl.seal/2")] {
        assert_eq!(parse(wrong).unwrap_err().status, Status::InvalidReport);
    }
    let stopped = written.replace(r#""status":"sealed","tool""#, r#""status":"cancelled","tool""#);
    assert_ne!(stopped, written);
    assert_eq!(parse(&stopped).unwrap_err().status, Status::Cancelled);
}

#[test]
fn row_83_a_null_is_refused_wherever_one_may_not_be() {
    let set = set();
    let card = c_path(&set.card);
    let to = [c_path(&set.to[0])];
    let to = [to[0].as_ptr(), null()];
    let mut report = null_mut();
    // SAFETY: NULL, which every call accepts, and locals.
    unsafe {
        let failed = call(|e| {
            mhl_offload(card.as_ptr(), to.as_ptr(), 2, null(), null(), &raw mut report, e)
        })
        .unwrap_err();
        assert_eq!(failed.status, Status::NullPointer);
        assert_eq!(failed.message, "destinations[1]: path is NULL");
        let failed =
            call(|e| mhl_offload(null(), to.as_ptr(), 1, null(), null(), &raw mut report, e))
                .unwrap_err();
        assert_eq!(failed.message, "source: path is NULL");
        let nowhere =
            call(|e| mhl_offload(card.as_ptr(), to.as_ptr(), 1, null(), null(), null_mut(), e));
        assert_eq!(nowhere.unwrap_err().message, "report is NULL");
        let listless = Bytes { data: null(), len: 0 };
        let refused = [
            refusal(|e| mhl_offload(card.as_ptr(), null(), 1, null(), null(), &raw mut report, e)),
            refusal(|e| {
                let bytes = card.as_bytes();
                let (data, len) = (bytes.as_ptr(), bytes.len());
                let to = &raw const listless;
                mhl_offload_bytes(data, len, to, 1, null(), null(), &raw mut report, e)
            }),
            refusal(|e| mhl_offload_w(null(), null(), 0, null(), null(), &raw mut report, e)),
            refusal(|e| mhl_seal(null(), null(), null(), &raw mut report, e)),
            refusal(|e| mhl_seal(card.as_ptr(), null(), null(), null_mut(), e)),
            refusal(|e| mhl_seal_bytes(null(), 0, null(), null(), &raw mut report, e)),
            refusal(|e| mhl_seal_w(null(), null(), null(), &raw mut report, e)),
            refusal(|e| mhl_report_copy(null(), 0, null_mut(), e)),
            refusal(|e| mhl_report_phase(null(), 0, null_mut(), e)),
            refusal(|e| mhl_report_roll(null(), null_mut(), e)),
            refusal(|e| mhl_report_html(null(), null_mut(), e)),
            refusal(|e| mhl_report_parse(null(), 1, &raw mut report, e)),
            refusal(|e| mhl_report_parse(c"{}".as_ptr(), 2, null_mut(), e)),
        ];
        assert_eq!(refused, [Status::NullPointer; 13]);
    }
    assert!(report.is_null());
    assert!(set.to.iter().all(|to| fs::read_dir(to).unwrap().next().is_none()));
}

#[test]
fn row_95_a_number_that_is_none_is_refused() {
    let set = set();
    let unknown = [99];
    for wrong in [
        OffloadOptions { format: 3, ..options() },
        OffloadOptions { resume: 2, ..options() },
        OffloadOptions { second_read: u32::MAX, ..options() },
        OffloadOptions { algorithms: unknown.as_ptr(), algorithms_len: 1, ..options() },
    ] {
        let failed = offload(&set.card, &set.to, &raw const wrong, null()).unwrap_err();
        assert_eq!(failed.status, Status::InvalidArgument);
    }
    let wrong = SealOptions { format: u32::MAX, ..seal_options() };
    assert_eq!(seal(&set.card, &raw const wrong).unwrap_err().status, Status::InvalidArgument);
}

#[test]
fn row_96_a_struct_of_another_size_is_refused_and_nothing_is_written() {
    let set = set();
    let report = seal(&set.card, null()).unwrap();
    let refused = |status: Status| assert_eq!(status, Status::StructSize);
    for off in [-1isize, 1, 4] {
        let off = |size: usize| size.checked_add_signed(off).unwrap();
        let wrong = OffloadOptions { struct_size: off(size_of::<OffloadOptions>()), ..options() };
        refused(offload(&set.card, &set.to, &raw const wrong, null()).unwrap_err().status);
        let wrong = SealOptions { struct_size: off(size_of::<SealOptions>()), ..seal_options() };
        refused(seal(&set.card, &raw const wrong).unwrap_err().status);
        let mut room = [usize::MAX; 64];
        let to = room.as_mut_ptr();
        // SAFETY: a live report, and more room than each struct needs.
        unsafe {
            to.write(off(size_of::<ReportCopy>()));
            refused(refusal(|e| mhl_report_copy(report, 0, to.cast(), e)));
            to.write(off(size_of::<PhaseRecord>()));
            refused(refusal(|e| mhl_report_phase(report, 0, to.cast(), e)));
            to.write(off(size_of::<Roll>()));
            refused(refusal(|e| mhl_report_roll(report, to.cast(), e)));
        }
        assert!(room[1..].iter().all(|word| *word == usize::MAX));
    }
    free(report);
}

#[test]
fn row_96_a_program_that_was_compiled_before_the_structs_grew_goes_on() {
    use std::mem::offset_of;
    let set = set();
    free(seal(&set.card, null()).unwrap());
    // What stood there before; behind it is somebody else's memory.
    let options = VerifyOptions {
        struct_size: offset_of!(VerifyOptions, algorithms),
        algorithms: std::ptr::dangling(),
        algorithms_len: usize::MAX,
        percent: u32::MAX,
        pin: std::ptr::dangling(),
        // SAFETY: pointers and numbers.
        ..unsafe { zeroed() }
    };
    let context = Context { struct_size: offset_of!(Context, sharing), ..context() };
    let report = verify(&set.card, &raw const options, &raw const context).unwrap();
    let mut told =
        Summary { struct_size: offset_of!(Summary, unread), copies: 99, ..summary(report) };
    told.files = 0;
    // SAFETY: a live report, a local.
    call(|e| unsafe { mhl_report_summary(report, &raw mut told, e) }).unwrap();
    assert_eq!((told.outcome, told.files, told.copies), (Outcome::Verified, 2, 99));
    free(report);
}
