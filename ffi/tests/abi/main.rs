//! The library as C sees it: its functions called with what C passes.
//!
//! `row_83_…` to `row_96_…` are the bad inputs of a C ABI that the project numbers: a NULL, a
//! length too large, a text that is none, and so on. Rows 90 (built with `panic = "abort"`) and 93
//! (an exception or `longjmp` through a callback) are documented, for nothing can catch them.
// Paths of bytes are Unix's.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod clearance;
mod hashing;
mod manifest_history;
mod manifest_list;
mod manifest_record;
mod manifest_writer;
mod offload;
mod script;
mod threads;
mod verification;

use std::{
    ffi::{CStr, CString, OsStr},
    os::unix::ffi::OsStrExt,
    path::PathBuf,
    ptr::{null, null_mut},
    slice,
};

use mhl::*;

/// What an error said.
#[derive(Debug, PartialEq)]
struct Failed {
    status: Status,
    message: String,
    path: Option<PathBuf>,
    line: u64,
    offset: u64,
    /// Kind, sentence and line of each.
    causes: Vec<(Option<String>, String, u64)>,
}

/// Calls, reads the error if there is one, and frees it.
fn call(function: impl FnOnce(*mut *mut Error) -> Status) -> Result<(), Failed> {
    let mut error = null_mut();
    let status = function(&raw mut error);
    assert_eq!(error.is_null(), status == Status::Good, "an error comes with a failure alone");
    if error.is_null() {
        return Ok(());
    }
    // SAFETY: an error that the library just made, freed once and last.
    unsafe {
        assert_eq!(mhl_error_kind(error), status);
        let path = mhl_error_path(error);
        let path = (!path.data.is_null()).then(|| slice::from_raw_parts(path.data, path.len));
        let failed = Failed {
            status,
            message: CStr::from_ptr(mhl_error_message(error)).to_str().unwrap().to_owned(),
            path: path.map(|bytes| OsStr::from_bytes(bytes).into()),
            line: mhl_error_line(error),
            offset: mhl_error_offset(error),
            causes: (0..mhl_error_causes(error)).map(|index| cause(error, index)).collect(),
        };
        let mut beyond: ErrorCause = zeroed();
        beyond.struct_size = size_of::<ErrorCause>();
        let count = failed.causes.len() as u64;
        assert_eq!(mhl_error_cause(error, count, &raw mut beyond, null_mut()), Status::NotFound);
        mhl_error_free(error);
        assert!(!failed.message.is_empty());
        Err(failed)
    }
}

fn cause(error: *const Error, index: u64) -> (Option<String>, String, u64) {
    // SAFETY: zeros are absent texts; a live error.
    let mut cause: ErrorCause = unsafe { zeroed() };
    cause.struct_size = size_of::<ErrorCause>();
    // SAFETY: as above.
    let status = unsafe { mhl_error_cause(error, index, &raw mut cause, null_mut()) };
    assert_eq!(status, Status::Good);
    let kind = text(cause.kind).map(str::to_owned);
    (kind, text(cause.sentence).unwrap().to_owned(), cause.line)
}

/// The status of a call that fails.
fn refusal(function: impl FnOnce(*mut *mut Error) -> Status) -> Status {
    call(function).unwrap_err().status
}

/// A struct of zeros, as C makes it.
///
/// # Safety
/// Zeros are a value of the type.
unsafe fn zeroed<T>() -> T {
    // SAFETY: as the caller promises.
    unsafe { std::mem::zeroed() }
}

/// A struct that the library fills: zeros, but for the size in its first member.
fn filled<T>(fill: impl FnOnce(*mut T, *mut *mut Error) -> Status) -> Result<T, Failed> {
    // SAFETY: of numbers, texts and enumerations that have a zero.
    let mut to_fill: T = unsafe { zeroed() };
    let pointer = &raw mut to_fill;
    // SAFETY: the first member of each such struct is its size.
    unsafe { pointer.cast::<usize>().write(size_of::<T>()) };
    call(|e| fill(pointer, e))?;
    Ok(to_fill)
}

/// A text that a call lends.
fn lent_text(lend: impl FnOnce(*mut Text, *mut *mut Error) -> Status) -> Result<String, Failed> {
    let mut lent = Text { data: null(), len: 0 };
    call(|e| lend(&raw mut lent, e))?;
    Ok(text(lent).unwrap().to_owned())
}

/// A text that a call writes into the caller's room.
fn written_text(
    write: impl Fn(*mut std::ffi::c_char, usize, *mut usize, *mut *mut Error) -> Status,
) -> Result<String, Failed> {
    let mut needed = 0;
    let asked = call(|e| write(null_mut(), 0, &raw mut needed, e)).unwrap_err();
    if asked.status != Status::TooSmall {
        return Err(asked);
    }
    let mut room = vec![0u8; needed];
    call(|e| write(room.as_mut_ptr().cast(), room.len(), &raw mut needed, e))?;
    assert_eq!(room.pop(), Some(0), "NUL-terminated");
    Ok(String::from_utf8(room).unwrap())
}

/// A text that the library lent; `None` where it is absent.
fn text<'a>(text: Text) -> Option<&'a str> {
    if text.data.is_null() {
        return None;
    }
    // SAFETY: lent by something that the test has not freed.
    let bytes = unsafe { slice::from_raw_parts(text.data.cast::<u8>(), text.len) };
    Some(std::str::from_utf8(bytes).unwrap())
}

/// That a call refuses a struct of another size, and writes nothing.
fn refuses_other_sizes<T>(call_it: impl Fn(*mut T, *mut *mut Error) -> Status) {
    for off in [-1isize, 1, 8] {
        let mut room = vec![usize::MAX; size_of::<T>() / size_of::<usize>() + 2];
        room[0] = size_of::<T>().checked_add_signed(off).unwrap();
        let status = refusal(|error| call_it(room.as_mut_ptr().cast(), error));
        assert_eq!(status, Status::StructSize);
        assert!(room[1..].iter().all(|word| *word == usize::MAX), "nothing is written");
    }
}

/// What a handle or a value is written to.
fn written<T>(
    nothing: T,
    call_it: impl FnOnce(*mut T, *mut *mut Error) -> Status,
) -> Result<T, Failed> {
    let mut output = nothing;
    call(|error| call_it(&raw mut output, error))?;
    Ok(output)
}

const NO_TEXT: Text = Text { data: null(), len: 0 };
const NO_DIGEST: Digest = Digest { algorithm: 0, len: 0, bytes: [0; DIGEST_LEN_MAX] };

/// A text that is passed.
fn lent(text: &str) -> Text {
    Text { data: text.as_ptr().cast(), len: text.len() }
}

/// A path that is passed.
fn c_path(path: &std::path::Path) -> std::ffi::CString {
    std::ffi::CString::new(path.as_os_str().as_bytes()).unwrap()
}

proptest::proptest! {
    // Each makes four rolls and some hundred calls.
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(48))]
    #[test]
    fn scripts_of_any_calls_find_what_is_promised(
        bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..2000),
    ) {
        let rolls = tempfile::tempdir().unwrap();
        script::make_rolls(rolls.path());
        script::run(&bytes, rolls.path());
    }
}

#[test]
fn the_library_tells_its_version() {
    assert_eq!(mhl_abi_version(), ABI_VERSION);
    // SAFETY: NUL-terminated and static.
    let version = unsafe { CStr::from_ptr(mhl_version_string()) };
    assert_eq!(version.to_str(), Ok(env!("CARGO_PKG_VERSION")));
}

#[test]
fn row_96_every_struct_with_a_size_is_known_by_its_name() {
    let is_known = |name: &str, size: usize| {
        let name = CString::new(name).unwrap();
        // SAFETY: NUL-terminated.
        unsafe { mhl_struct_is_known(name.as_ptr(), size) }
    };
    let sizes = [
        ("mhl_context", size_of::<Context>()),
        ("mhl_finding", size_of::<Finding>()),
        ("mhl_progress", size_of::<Progress>()),
        ("mhl_summary", size_of::<Summary>()),
        ("mhl_verify_options", size_of::<VerifyOptions>()),
    ];
    for (name, size) in sizes {
        let answers = [size, size - 1, size + 1, 0].map(|size| is_known(name, size));
        assert_eq!(answers, [1, 0, 0, 0], "{name}");
    }
    assert_eq!(is_known("mhl_none", 8), 0);
    // SAFETY: NULL is accepted.
    assert_eq!(unsafe { mhl_struct_is_known(null(), 8) }, 0);

    // The header is where a program finds them: none of its structs is left out.
    let header = include_str!("../../include/mhl.h");
    let mut sized = 0;
    for text in header.split("typedef struct ").skip(1) {
        let (name, members) = text.split_once(' ').unwrap();
        let members = members.split_once('}').map_or("", |(members, _)| members);
        if members.starts_with('{') && members.contains("size_t struct_size;") {
            sized += 1;
            let known = (0..4096).any(|size| is_known(name, size) == 1);
            assert!(known, "{name} is not among the structs of src/boundary/version.rs");
        }
    }
    assert!(sized >= sizes.len(), "{sized} found");
}

#[test]
fn row_83_a_null_handle_is_refused_by_every_call() {
    let digests = [Digest { algorithm: 0, len: 0, bytes: [0; DIGEST_LEN_MAX] }; 1];
    let (mut digest, mut count, mut stream) = (digests[0], 0usize, 0u64);
    // SAFETY: NULL handles, which every call accepts, and locals.
    unsafe {
        let refused = [
            refusal(|e| mhl_hasher_update(null_mut(), b"a".as_ptr().cast(), 1, e)),
            refusal(|e| mhl_hasher_finish(null_mut(), &raw mut digest, 1, &raw mut count, e)),
            refusal(|e| mhl_streams_start(null_mut(), &raw mut stream, e)),
            refusal(|e| mhl_streams_push(null_mut(), 1, b"a".as_ptr().cast(), 1, e)),
            refusal(|e| mhl_streams_push_each(null_mut(), null(), 0, e)),
            refusal(|e| mhl_streams_finish(null_mut(), 1, &raw mut digest, 1, &raw mut count, e)),
            refusal(|e| mhl_error_cause(null(), 0, null_mut(), e)),
            refusal(|e| mhl_digest_text(null(), null_mut(), 0, &raw mut count, e)),
            refusal(|e| mhl_cancel_token_cancel(null(), e)),
            refusal(|e| mhl_report_summary(null(), null_mut(), e)),
            refusal(|e| mhl_report_finding(null(), 0, null_mut(), e)),
            refusal(|e| mhl_report_json(null(), null_mut(), e)),
        ];
        assert_eq!(refused, [Status::NullPointer; 12]);
        assert_eq!(mhl_hasher_update(null_mut(), null(), 0, null_mut()), Status::NullPointer);
        assert_eq!((mhl_error_kind(null()), mhl_error_causes(null())), (Status::Good, 0));
        assert_eq!(CStr::from_ptr(mhl_error_message(null())), c"");
        assert!(mhl_error_path(null()).data.is_null());
        assert_eq!((mhl_error_line(null()), mhl_error_offset(null())), (0, NO_OFFSET));
    }
}

#[test]
fn row_88_freeing_null_does_nothing() {
    // SAFETY: NULL is accepted.
    unsafe {
        mhl_error_free(null_mut());
        mhl_hasher_free(null_mut());
        mhl_streams_free(null_mut());
        mhl_cancel_token_free(null_mut());
        mhl_report_free(null_mut());
    }
}
