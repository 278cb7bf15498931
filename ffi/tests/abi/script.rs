//! A script of calls, drawn from any bytes: as a program that does everything in any order would make
//! them, with NULL, wrong numbers, wrong sizes and outputs that are too small among them.
//!
//! What C must promise is kept: no handle is used after it was freed, and lengths are true, or more
//! than memory can hold. What the library promises is asserted of every call: an error comes with a
//! failure and with nothing else, what failed wrote nothing and made nothing, and digests are those
//! of the bytes that were taken. Shared with the fuzz target `ffi_calls`.

// The fuzz target sees this file as a public module, and panics are how a promise fails.
#![allow(
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::{
    ffi::{CStr, c_char, c_int, c_void},
    fs,
    os::unix::ffi::OsStrExt,
    path::Path,
    ptr::{null, null_mut},
};

use mhl::*;
use mhl_hash::{Algorithm, HashValue, HasherSet};

/// The script: numbers as long as there are bytes, then zeros.
struct Script<'a>(std::slice::Iter<'a, u8>);

impl Script<'_> {
    fn number(&mut self) -> u8 {
        self.0.next().copied().unwrap_or(0)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::from(self.number()) % end.max(1)
    }

    /// One of sixteen times, what ought not to be.
    fn is_odd(&mut self) -> bool {
        self.number() % 16 == 15
    }

    fn length(&mut self) -> usize {
        [0, 1, 2, 1 << 6, isize::MAX as usize + 1, usize::MAX][self.below(6)]
    }

    fn size(&mut self, right: usize) -> usize {
        if self.is_odd() {
            [0, 1, right - 1, right + 1, right + 8, usize::MAX][self.below(6)]
        } else {
            right
        }
    }

    fn bytes(&mut self) -> Vec<u8> {
        let (first, len) = (self.number(), 37 * self.below(64));
        (0..len).map(|at| first.wrapping_add((at % 251) as u8)).collect()
    }

    fn algorithms(&mut self) -> Vec<u32> {
        (0..self.below(5))
            .map(|_| if self.is_odd() { 8 } else { u32::from(self.number() % 7) + 1 })
            .collect()
    }
}

/// What was asked of a hasher or stream, computed beside it.
struct Beside {
    /// `None` once it was finished.
    set: Option<HasherSet>,
    algorithms: usize,
}

impl Beside {
    fn new(codes: &[u32]) -> Self {
        let mut algorithms: Vec<Algorithm> = Vec::new();
        for code in codes {
            let algorithm = Algorithm::ALL[*code as usize - 1];
            if !algorithms.contains(&algorithm) {
                algorithms.push(algorithm);
            }
        }
        Beside { set: Some(HasherSet::new(&algorithms)), algorithms: algorithms.len() }
    }
}

/// A set of streams, its algorithms, and the numbers it gave with what is computed beside.
struct Set {
    streams: *mut Streams,
    codes: Vec<u32>,
    given: Vec<(u64, Beside)>,
}

const EMPTY: Digest = Digest { algorithm: 0, len: 0, bytes: [0; DIGEST_LEN_MAX] };

/// Makes one call, with or without a place for its error.
fn call(script: &mut Script<'_>, function: impl FnOnce(*mut *mut Error) -> Status) -> Status {
    if script.is_odd() {
        return function(null_mut());
    }
    let mut error = null_mut();
    let status = function(&raw mut error);
    assert_eq!(error.is_null(), status == Status::Good, "an error comes with a failure alone");
    // SAFETY: NULL or an error that the library just made, freed once and last.
    unsafe {
        assert_eq!(mhl_error_kind(error), status);
        let message = CStr::from_ptr(mhl_error_message(error)).to_str().unwrap();
        assert_eq!(message.is_empty(), status == Status::Good);
        let path = mhl_error_path(error);
        assert!(!path.data.is_null() || path.len == 0);
        let (_, _) = (mhl_error_line(error), mhl_error_offset(error));
        mhl_error_free(error);
    }
    assert!(!matches!(status, Status::Panic | Status::Poisoned), "the library panicked");
    status
}

/// What a finish wrote, held to what was computed beside.
fn check_finish(status: Status, beside: &mut Beside, digests: &[Digest], count: usize) {
    match status {
        Status::Good => {
            let expected = beside.set.take().expect("finished once").finish();
            assert_eq!(count, beside.algorithms);
            for (digest, value) in digests.iter().zip(&expected) {
                assert_eq!(digest.bytes[..digest.len as usize], *value.as_bytes());
                assert_eq!(digest.algorithm, as_code(value));
            }
            assert!(digests[count..].iter().all(|digest| *digest == EMPTY));
        }
        Status::TooSmall => {
            assert_eq!(count, beside.algorithms);
            assert!(digests.iter().all(|digest| *digest == EMPTY));
        }
        _ => assert!(count == usize::MAX && digests.iter().all(|digest| *digest == EMPTY)),
    }
}

fn as_code(value: &HashValue) -> u32 {
    (1..=7)
        .find(|code| {
            // SAFETY: static text.
            let name = unsafe { CStr::from_ptr(mhl_algorithm_name(*code)) };
            name.to_str() == Ok(value.algorithm().name())
        })
        .unwrap()
}

/// What the progress callback is given, and answers.
struct Watch {
    answer: c_int,
    token: *const CancelToken,
}

unsafe extern "C" fn watch(userdata: *mut c_void, progress: *const Progress) -> c_int {
    // SAFETY: a `Watch` and a progress that live until this returns, and a live token or NULL.
    unsafe {
        let (watch, progress) = (&*userdata.cast::<Watch>(), &*progress);
        assert_eq!(progress.struct_size, size_of::<Progress>());
        if !watch.token.is_null() && progress.phase == Phase::Read {
            assert_eq!(mhl_cancel_token_cancel(watch.token, null_mut()), Status::Good);
        }
        watch.answer
    }
}

/// Everything that the program holds.
#[derive(Default)]
struct Program {
    hashers: Vec<(*mut Hasher, Beside)>,
    sets: Vec<Set>,
    tokens: Vec<*mut CancelToken>,
    reports: Vec<*mut Report>,
    digests: Vec<Digest>,
}

/// The most of each kind at a time.
const MOST: usize = 6;

/// Makes the rolls that scripts verify: `0` holds, `1` does not, `2` has no list, `3` has one that
/// is none, and there is no `4`.
pub fn make_rolls(rolls: &Path) {
    let list = r#"<?xml version="1.0" encoding="UTF-8"?>
<hashlist version="1.1">
  <creatorinfo>
    <username>dit</username><hostname>cart</hostname><tool>test</tool>
    <startdate>2026-11-22T14:30:00Z</startdate><finishdate>2026-11-22T14:31:00Z</finishdate>
  </creatorinfo>
  <hash>
    <file>A001C001.mxf</file>
    <size>3</size>
    <lastmodificationdate>2026-11-22T09:00:00Z</lastmodificationdate>
    <xxhash64be>44bc2cf5ad770999</xxhash64be>
    <hashdate>2026-11-22T14:30:30Z</hashdate>
  </hash>
</hashlist>
"#;
    for (roll, clip, list) in
        [("0", "abc", list), ("1", "abd", list), ("2", "abc", ""), ("3", "abc", &list[..200])]
    {
        let folder = rolls.join(roll);
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("A001C001.mxf"), clip).unwrap();
        if !list.is_empty() {
            fs::write(folder.join("roll.mhl"), list).unwrap();
        }
    }
}

/// Runs a script. The rolls that it verifies are those of [`make_rolls`], below `rolls`.
///
/// # Panics
/// Where the library does not keep what it promises.
pub fn run(bytes: &[u8], rolls: &Path) {
    let mut script = Script(bytes.iter());
    let mut program = Program::default();
    while script.0.len() > 0 {
        match script.number() % 16 {
            0 | 1 => program.hasher_new(&mut script),
            2 | 3 => program.hasher_update(&mut script),
            4 => program.hasher_finish(&mut script),
            5 => program.hasher_free(&mut script),
            6 => program.streams_new(&mut script),
            7 => program.streams_start(&mut script),
            8 | 9 => program.streams_push(&mut script),
            10 => program.streams_finish(&mut script),
            11 => program.digest_text(&mut script),
            12 => program.token(&mut script),
            13 => program.verify(&mut script, rolls),
            14 => program.report(&mut script),
            _ => program.struct_is_known(&mut script),
        }
    }
    // SAFETY: all are live, and each is freed once and last.
    unsafe {
        program.hashers.into_iter().for_each(|(hasher, _)| mhl_hasher_free(hasher));
        program.sets.into_iter().for_each(|set| mhl_streams_free(set.streams));
        program.tokens.into_iter().for_each(|token| mhl_cancel_token_free(token));
        program.reports.into_iter().for_each(|report| mhl_report_free(report));
    }
}

impl Program {
    fn hasher_new(&mut self, script: &mut Script<'_>) {
        if self.hashers.len() == MOST {
            return;
        }
        let codes = script.algorithms();
        let (mut hasher, place_is_null) = (null_mut(), script.is_odd());
        let place = if place_is_null { null_mut() } else { &raw mut hasher };
        // SAFETY: a slice, and a local or NULL.
        let status =
            call(script, |e| unsafe { mhl_hasher_new(codes.as_ptr(), codes.len(), place, e) });
        assert_eq!(hasher.is_null(), status != Status::Good);
        let is_right = !codes.is_empty() && codes.iter().all(|code| (1..=7).contains(code));
        assert_eq!(status == Status::Good, is_right && !place_is_null);
        if !hasher.is_null() {
            self.hashers.push((hasher, Beside::new(&codes)));
        }
    }

    fn hasher_update(&mut self, script: &mut Script<'_>) {
        let at = script.below(self.hashers.len());
        let bytes = script.bytes();
        let (data, len) = match script.is_odd() {
            true => (null(), script.length()),
            false => (bytes.as_ptr(), bytes.len()),
        };
        let Some((hasher, beside)) = self.hashers.get_mut(at) else { return };
        // SAFETY: a live hasher; a slice, or NULL.
        let status = call(script, |e| unsafe { mhl_hasher_update(*hasher, data.cast(), len, e) });
        match &mut beside.set {
            None => assert_eq!(status, Status::Finished),
            Some(set) if !data.is_null() => {
                assert_eq!(status, Status::Good);
                set.update(&bytes);
            }
            Some(_) if len == 0 => assert_eq!(status, Status::Good),
            Some(_) => assert!(matches!(status, Status::NullPointer | Status::TooLong)),
        }
    }

    fn hasher_finish(&mut self, script: &mut Script<'_>) {
        let (at, capacity) = (script.below(self.hashers.len()), script.below(9));
        let Some((hasher, beside)) = self.hashers.get_mut(at) else { return };
        let (mut digests, mut count, was_finished) = ([EMPTY; 9], usize::MAX, beside.set.is_none());
        // SAFETY: a live hasher; locals with more room than is told.
        let status = call(script, |e| unsafe {
            mhl_hasher_finish(*hasher, digests.as_mut_ptr(), capacity, &raw mut count, e)
        });
        assert_eq!(status == Status::Finished, was_finished);
        check_finish(status, beside, &digests, count);
        if status == Status::Good {
            self.digests.extend(&digests[..count]);
        }
    }

    fn hasher_free(&mut self, script: &mut Script<'_>) {
        let at = script.below(self.hashers.len());
        let hasher = if self.hashers.is_empty() { null_mut() } else { self.hashers.remove(at).0 };
        // SAFETY: NULL, or live and used no more.
        unsafe { mhl_hasher_free(hasher) };
    }

    fn streams_new(&mut self, script: &mut Script<'_>) {
        let codes = script.algorithms();
        if self.sets.len() == MOST {
            let set = self.sets.remove(script.below(MOST));
            // SAFETY: live and used no more.
            return unsafe { mhl_streams_free(set.streams) };
        }
        let mut streams = null_mut();
        // SAFETY: a slice and a local.
        let status = call(script, |e| unsafe {
            mhl_streams_new(codes.as_ptr(), codes.len(), &raw mut streams, e)
        });
        assert_eq!(streams.is_null(), status != Status::Good);
        if !streams.is_null() {
            self.sets.push(Set { streams, codes, given: Vec::new() });
        }
    }

    fn streams_start(&mut self, script: &mut Script<'_>) {
        let at = script.below(self.sets.len());
        let Some(set) = self.sets.get_mut(at).filter(|set| set.given.len() < 40) else { return };
        let mut number = 0;
        // SAFETY: a live set and a local.
        let status =
            call(script, |e| unsafe { mhl_streams_start(set.streams, &raw mut number, e) });
        assert_eq!(status, Status::Good);
        assert!(number != 0 && set.given.iter().all(|(given, _)| *given != number));
        set.given.push((number, Beside::new(&set.codes)));
    }

    fn streams_push(&mut self, script: &mut Script<'_>) {
        let (at, which, bytes) = (script.below(self.sets.len()), script.number(), script.bytes());
        let Some(set) = self.sets.get_mut(at) else { return };
        let picked = usize::from(which) % (set.given.len() + 1);
        let number = set.given.get(picked).map_or(u64::from(which) << 32, |(number, _)| *number);
        // SAFETY: a live set and a slice.
        let status = call(script, |e| unsafe {
            mhl_streams_push(set.streams, number, bytes.as_ptr().cast(), bytes.len(), e)
        });
        match set.given.get_mut(picked).and_then(|(_, beside)| beside.set.as_mut()) {
            Some(beside) => {
                assert_eq!(status, Status::Good);
                beside.update(&bytes);
            }
            None => assert_eq!(status, Status::NotFound),
        }
    }

    fn streams_finish(&mut self, script: &mut Script<'_>) {
        let (at, which, capacity) =
            (script.below(self.sets.len()), script.number(), script.below(9));
        let Some(set) = self.sets.get_mut(at) else { return };
        let picked = usize::from(which) % set.given.len().max(1);
        let Some((number, beside)) = set.given.get_mut(picked) else { return };
        let (mut digests, mut count, was_finished) = ([EMPTY; 9], usize::MAX, beside.set.is_none());
        // SAFETY: a live set; locals with more room than is told.
        let status = call(script, |e| unsafe {
            mhl_streams_finish(
                set.streams,
                *number,
                digests.as_mut_ptr(),
                capacity,
                &raw mut count,
                e,
            )
        });
        assert_eq!(status == Status::NotFound, was_finished);
        check_finish(status, beside, &digests, count);
    }

    fn digest_text(&mut self, script: &mut Script<'_>) {
        let at = script.below(self.digests.len() + 1);
        let made = self.digests.get(at).copied();
        let digest = made.unwrap_or_else(|| Digest {
            algorithm: u32::from(script.number()),
            len: u32::from(script.number()) * 3,
            bytes: [script.number(); DIGEST_LEN_MAX],
        });
        let capacity = script.below(DIGEST_TEXT_MAX + 1);
        let (mut text, mut needed) = ([b'#' as c_char; DIGEST_TEXT_MAX + 1], usize::MAX);
        // SAFETY: locals with more room than is told.
        let status = call(script, |e| unsafe {
            mhl_digest_text(&raw const digest, text.as_mut_ptr(), capacity, &raw mut needed, e)
        });
        let untouched = text.iter().all(|&byte| byte == b'#' as c_char);
        match status {
            // SAFETY: NUL-terminated by the call.
            Status::Good => unsafe {
                assert_eq!(CStr::from_ptr(text.as_ptr()).count_bytes() + 1, needed);
            },
            Status::TooSmall => {
                assert!(untouched && needed > capacity && needed <= DIGEST_TEXT_MAX)
            }
            _ => assert!(untouched && needed == usize::MAX && made.is_none()),
        }
    }

    fn token(&mut self, script: &mut Script<'_>) {
        let at = script.below(self.tokens.len());
        // SAFETY: live tokens, or NULL; freed once, and used no more.
        unsafe {
            match (script.number() % 3, self.tokens.get(at).copied()) {
                (0, Some(token)) => {
                    assert_eq!(call(script, |e| mhl_cancel_token_cancel(token, e)), Status::Good);
                }
                (1, Some(token)) => {
                    self.tokens.remove(at);
                    mhl_cancel_token_free(token);
                }
                _ if self.tokens.len() < MOST => {
                    let mut token = null_mut();
                    let status = call(script, |e| mhl_cancel_token_new(&raw mut token, e));
                    assert_eq!(status, Status::Good);
                    self.tokens.push(token);
                }
                _ => assert_eq!(
                    call(script, |e| mhl_cancel_token_cancel(null(), e)),
                    Status::NullPointer
                ),
            }
        }
    }

    fn verify(&mut self, script: &mut Script<'_>, rolls: &Path) {
        // It makes system calls that Miri does not know.
        if cfg!(miri) {
            return;
        }
        let path = rolls.join(script.below(5).to_string());
        let list = [c"roll.mhl", c"none.mhl", c"../x.mhl", c"\xffx.mhl"][script.below(4)];
        // SAFETY: numbers and pointers, of which zeros are good.
        let (mut options, mut context): (VerifyOptions, Context) = unsafe { std::mem::zeroed() };
        options.struct_size = script.size(size_of::<VerifyOptions>());
        options.list = if script.number().is_multiple_of(2) { null() } else { list.as_ptr() };
        options.past_cache = u32::from(script.is_odd()) * 2;
        options.dry_run = 1 + u32::from(script.is_odd());
        let token = self.tokens.get(script.below(MOST)).map_or(null(), |token| token.cast_const());
        let mut watched = Watch {
            answer: c_int::from(script.is_odd()),
            token: if script.is_odd() { token } else { null() },
        };
        context.struct_size = script.size(size_of::<Context>());
        context.tool = c"script".as_ptr();
        context.host = if script.is_odd() { c"\xff".as_ptr() } else { c"host".as_ptr() };
        context.progress = Some(watch);
        context.userdata = (&raw mut watched).cast();
        context.cancel = token;
        let mut report = null_mut();
        let (bytes, wide) = (path.as_os_str().as_bytes(), script.is_odd());
        let utf16: Vec<u16> = path.to_string_lossy().encode_utf16().chain([0]).collect();
        let context: *const Context = if script.is_odd() { null() } else { &raw const context };
        // SAFETY: texts, structs and a token that live until it returns; a callback for its data.
        let status = call(script, |e| unsafe {
            if wide {
                mhl_verify_w(utf16.as_ptr(), &raw const options, context, &raw mut report, e)
            } else {
                let len = bytes.len();
                mhl_verify_bytes(
                    bytes.as_ptr(),
                    len,
                    &raw const options,
                    context,
                    &raw mut report,
                    e,
                )
            }
        });
        assert_eq!(report.is_null(), status != Status::Good);
        if options.struct_size != size_of::<VerifyOptions>() {
            assert_eq!(status, Status::StructSize);
        }
        if !report.is_null() {
            self.reports.push(report);
        }
        if self.reports.len() > MOST {
            // SAFETY: live and used no more.
            unsafe { mhl_report_free(self.reports.remove(0)) };
        }
    }

    fn report(&mut self, script: &mut Script<'_>) {
        let at = script.below(self.reports.len());
        let report = self.reports.get(at).map_or(null(), |report| report.cast_const());
        let size = script.size(size_of::<Finding>());
        let index = u64::from(script.number()) << (script.number() % 64);
        let (mut summary, mut finding) = ([usize::MAX; 40], [usize::MAX; 40]);
        summary[0] = size_of::<Summary>();
        finding[0] = size;
        let mut json = Text { data: null(), len: usize::MAX };
        // SAFETY: a live report or NULL; more room than the structs need; a local.
        let (told, found, whole) = unsafe {
            (
                call(script, |e| mhl_report_summary(report, summary.as_mut_ptr().cast(), e)),
                call(script, |e| mhl_report_finding(report, index, finding.as_mut_ptr().cast(), e)),
                call(script, |e| mhl_report_json(report, &raw mut json, e)),
            )
        };
        let end = size_of::<Summary>() / size_of::<usize>();
        assert!(summary[end..].iter().all(|word| *word == usize::MAX), "written past the end");
        if report.is_null() {
            assert_eq!([told, found, whole], [Status::NullPointer; 3]);
            return;
        }
        assert_eq!((told, whole), (Status::Good, Status::Good));
        // SAFETY: lent by a live report.
        let json = unsafe { std::slice::from_raw_parts(json.data.cast::<u8>(), json.len) };
        assert!(std::str::from_utf8(json).unwrap().starts_with('{'));
        match found {
            Status::Good => assert_eq!(size, size_of::<Finding>()),
            Status::StructSize => assert_ne!(size, size_of::<Finding>()),
            other => assert_eq!(other, Status::NotFound),
        }
        if found != Status::Good {
            assert!(finding[1..].iter().all(|word| *word == usize::MAX), "written on failure");
        }
    }

    fn struct_is_known(&mut self, script: &mut Script<'_>) {
        let names = [c"mhl_finding", c"mhl_summary", c"mhl_none", c"", c"\xff"];
        let (name, size) = (names[script.below(5)], script.size(size_of::<Finding>()));
        // SAFETY: NUL-terminated.
        let is_known = unsafe { mhl_struct_is_known(name.as_ptr(), size) };
        if name == c"mhl_finding" {
            assert_eq!(is_known == 1, size == size_of::<Finding>());
        }
        assert!(is_known <= 1);
    }
}
