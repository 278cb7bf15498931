//! Two documents from anywhere, compared: no panic, the way back mirrors the way there, a list
//! differs from itself in nothing, and its conversion is written and read again.
//!
//! The two are the content of a classic root element and of an ASC one, cut at a NUL byte.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mhl_core::{Change, Changes, Format, Listed, Manifest, changes, read_manifest};
use mhl_fuzz::reading::{limits, write};

fuzz_target!(|content: &[u8]| {
    let mut parts = content.splitn(2, |byte| *byte == 0);
    let (first, second) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let [first, second] = [
        [&br#"<hashlist version="1.1">"#[..], first, b"</hashlist>"].concat(),
        [&br#"<hashlist version="2.0" xmlns="urn:ASC:MHL:v2.0">"#[..], second, b"</hashlist>"]
            .concat(),
    ];
    let manifests: Vec<Manifest> = [first, second]
        .iter()
        .filter_map(|list| read_manifest(&list[..], &limits()).ok())
        .collect();
    for manifest in &manifests {
        let listed = Listed::all_of(manifest);
        let itself = changes(&listed, &listed);
        let known = |change: &Change| !matches!(change, Change::Incomparable { .. });
        assert_eq!(count(&itself, known), 0, "{itself}");
        let other = match manifest.format() {
            Format::Classic => Format::Asc,
            _ => Format::Classic,
        };
        let converted = manifest.converted_to(other).manifest;
        let again = read_manifest(&write(&converted)[..], &limits());
        assert_eq!(again.map(|list| list.entries).ok(), Some(converted.entries));
    }
    if let [first, second] = manifests.as_slice() {
        let (first, second) = (Listed::all_of(first), Listed::all_of(second));
        let (there, back) = (changes(&first, &second), changes(&second, &first));
        let removed = |change: &Change| matches!(change, Change::Removed { .. });
        let added = |change: &Change| matches!(change, Change::Added { .. });
        if there.changes.iter().chain(&back.changes).all(|change| !moved(change)) {
            assert_eq!(count(&there, added), count(&back, removed), "{there}\n{back}");
        }
        let _ = (there.to_json(), there.to_string());
    }
});

/// A recorded `previousPath` is looked for in the second list alone.
fn moved(change: &Change) -> bool {
    matches!(change, Change::Renamed { .. } | Change::Moved { .. })
}

fn count(changes: &Changes, such: impl Fn(&Change) -> bool) -> usize {
    changes.changes.iter().filter(|change| such(change)).count()
}
