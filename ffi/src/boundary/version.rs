//! Which library it is.

use std::ffi::{CStr, c_char};

use crate::{
    Answer, BoundCopy, BoundRoll, Change, Context, DifferingDigest, Entry, ErrorCause, Finding,
    Generation, HashedDirectory, HashedFile, HistoryCounts, JudgedCopy, KnownFile, ListHeader,
    ManifestCounts, Mention, NewHeader, NextAction, OffloadOptions, PhaseRecord, ProfileName,
    Progress, ProofNode, ProofReason, ProofReference, Question, RecordOptions, RecordedHash,
    Recorder, ReportCopy, Roll, SealOptions, Summary, Terms, VerifyOptions,
    boundary::arguments::{StructSize, is_known_size},
};

/// The version of the ABI that this header describes: its upper half changes when a program has to
/// be compiled again and is the number in the shared library's name (`libmhl.so.0`), its lower
/// half when something was added.
pub const ABI_VERSION: u32 = 0x0000_0002;

/// The ABI version of the library that runs. `MHL_ABI_IS_COMPATIBLE()` compares it with the
/// header's: ask once, before any other call.
///
/// Threads: any number at once.
#[unsafe(no_mangle)]
pub extern "C" fn mhl_abi_version() -> u32 {
    ABI_VERSION
}

/// The version of the library that runs, such as `0.1.0`: NUL-terminated, never freed.
///
/// Threads: any number at once.
#[unsafe(no_mangle)]
pub extern "C" fn mhl_version_string() -> *const c_char {
    const VERSION: &CStr =
        match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
            Ok(version) => version,
            Err(_) => c"",
        };
    VERSION.as_ptr()
}

/// A struct by its name in C, and whether a size is one that it had in some release.
type Known = (&'static str, fn(usize) -> bool);

const fn known<T: StructSize>() -> Known {
    (T::NAME, is_known_size::<T>)
}

/// Every struct that has a `struct_size`.
const STRUCTS: [Known; 37] = [
    known::<Answer>(),
    known::<BoundCopy>(),
    known::<BoundRoll>(),
    known::<Change>(),
    known::<Context>(),
    known::<DifferingDigest>(),
    known::<Entry>(),
    known::<ErrorCause>(),
    known::<Finding>(),
    known::<Generation>(),
    known::<HashedDirectory>(),
    known::<HashedFile>(),
    known::<HistoryCounts>(),
    known::<JudgedCopy>(),
    known::<KnownFile>(),
    known::<ListHeader>(),
    known::<ManifestCounts>(),
    known::<Mention>(),
    known::<NewHeader>(),
    known::<NextAction>(),
    known::<OffloadOptions>(),
    known::<PhaseRecord>(),
    known::<ProfileName>(),
    known::<Progress>(),
    known::<ProofNode>(),
    known::<ProofReason>(),
    known::<ProofReference>(),
    known::<Question>(),
    known::<RecordOptions>(),
    known::<RecordedHash>(),
    known::<Recorder>(),
    known::<ReportCopy>(),
    known::<Roll>(),
    known::<SealOptions>(),
    known::<Summary>(),
    known::<Terms>(),
    known::<VerifyOptions>(),
];

/// Whether the library that runs takes a struct of this name with this size: 1 for today's size and
/// those of earlier releases, 0 for others, for a name that is none, and for NULL.
///
/// `mhl_struct_is_known("mhl_summary", sizeof(mhl_summary))`. A program that was compiled with this
/// header need not ask where `MHL_ABI_IS_COMPATIBLE()`; one that describes the structs itself, in
/// Python or Swift, finds here whether it did so rightly.
///
/// Threads: any number at once.
///
/// # Safety
/// `name` is NULL or NUL-terminated.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_struct_is_known(name: *const c_char, size: usize) -> u32 {
    if name.is_null() {
        return 0;
    }
    // SAFETY: not NULL, so NUL-terminated, as the caller promises.
    let name = unsafe { CStr::from_ptr(name) }.to_bytes();
    let known = STRUCTS.iter().find(|(known, _)| known.as_bytes() == name);
    u32::from(known.is_some_and(|(_, is_known)| is_known(size)))
}
