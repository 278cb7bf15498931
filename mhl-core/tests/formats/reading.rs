//! What holds of every document, however bad: shared by the tests and the fuzz targets.
// The fuzz targets see this file as a public module, and panics are how a property fails.
#![allow(unreachable_pub, clippy::panic, clippy::expect_used)]

use std::io::BufReader;

use mhl_core::{Format, Limits, Manifest, asc, classic, conformance, read_manifest};

/// Limits small enough that a document of a fuzzer reaches them.
#[must_use]
pub fn limits() -> Limits {
    Limits { bytes: 1 << 20, text_len: 1 << 16, fragment_len: 1 << 18, ..Limits::default() }
}

/// Reads a document in one piece and byte by byte: never a panic, and the same outcome. What
/// reads is written, read again equal, and written again to the same bytes.
///
/// # Panics
/// When one of these does not hold.
pub fn reads_as_it_writes(document: &[u8]) {
    // Whatever it says, it says it without a panic; what no format knows is refused by both.
    let checked = conformance::check(document, &limits(), |violation| drop(violation.to_string()));
    let whole = read_manifest(document, &limits());
    if let (Err(refused), Ok(_)) = (&checked, &whole) {
        panic!("the check refuses what reads: {refused}");
    }
    let pieces = read_manifest(BufReader::with_capacity(1, document), &limits());
    let manifest = match (whole, pieces) {
        (Ok(whole), Ok(pieces)) => {
            assert_eq!(whole, pieces, "the outcome depends on how the input was cut");
            whole
        }
        (Err(whole), Err(pieces)) => {
            assert_eq!(whole.to_string(), pieces.to_string(), "the error depends on the cut");
            assert_eq!(whole.position, pieces.position);
            return;
        }
        (whole, pieces) => panic!("whole: {whole:?}; in pieces: {pieces:?}"),
    };
    let written = write(&manifest);
    let again = read_manifest(&written[..], &Limits::default()).expect("what was written reads");
    assert_eq!(settled(again.clone()), settled(manifest), "writing changed what the list says");
    assert_eq!(write(&again), written, "the same list has two spellings");
}

/// A manifest without what writing settles: the version is the newest, oddities are gone.
fn settled(mut manifest: Manifest) -> Manifest {
    manifest.header.version.clear();
    manifest.findings.clear();
    manifest
}

/// Writes a manifest in its own format.
///
/// # Panics
/// When that fails: whatever was read can be written.
#[must_use]
pub fn write(manifest: &Manifest) -> Vec<u8> {
    let mut written = Vec::new();
    match manifest.format() {
        Format::Classic => classic::write(manifest, &mut written),
        _ => asc::write(manifest, &mut written),
    }
    .expect("what was read can be written");
    written
}
