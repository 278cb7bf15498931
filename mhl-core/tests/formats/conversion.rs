//! A manifest of one format said in the other.

use mhl_core::{
    Format, LossKind, Manifest, RecordedHash,
    conformance::{self, Rule, ViolationKind},
};
use mhl_hash::HashValue;

use super::{asc, classic, entry, read, reading};

const CLASSIC: &str = include_str!("fixtures/classic.mhl");
const ASC: &str = include_str!("fixtures/asc.mhl");
const MD5: &str = "d41d8cd98f00b204e9800998ecf8427e";

fn losses(manifest: &Manifest, format: Format) -> Vec<String> {
    manifest.converted_to(format).losses.iter().map(ToString::to_string).collect()
}

#[test]
fn in_its_own_format_nothing_is_lost() {
    for document in [CLASSIC, ASC] {
        let manifest = read(document).unwrap();
        let same = manifest.converted_to(manifest.format());
        assert_eq!((&same.manifest, same.losses.len()), (&manifest, 0));
    }
}

#[test]
fn a_classic_list_becomes_a_manifest_that_lacks_only_its_process() {
    let file = "<size>0</size><lastmodificationdate>2026-11-22T10:00:00Z</lastmodificationdate>\
                <md5>D41D8CD98F00B204E9800998ECF8427E</md5><xxhash64>9d3d469a363ba00e</xxhash64>\
                <xxhash>0046947589</xxhash><hashdate>2026-11-22T14:30:00Z</hashdate>";
    let converted = read(classic(&entry("a", file))).unwrap().converted_to(Format::Asc);
    let told: Vec<String> = converted.losses.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "dropped: startdate",
            "absent: process",
            "altered: byte order of xxhash64 9d3d469a363ba00e of a",
            "dropped: xxhash 0046947589 of a",
        ]
    );
    let written = reading::write(&converted.manifest);
    let text = String::from_utf8(written.clone()).unwrap();
    for line in [
        "<author>u</author>",
        "<path size=\"0\" lastmodificationdate=\"2026-11-22T10:00:00Z\">a</path>",
        "<md5 action=\"original\" hashdate=\"2026-11-22T14:30:00Z\">d41d8cd98f00b204e9800998ecf8427e</md5>",
        ">0ea03b369a463d9d</xxh64>",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    let mut lacking = Vec::new();
    conformance::check(&written[..], &mhl_core::Limits::default(), |v| {
        lacking.push((v.rule, v.kind, v.element));
    })
    .unwrap();
    let process = (Rule::Schema, ViolationKind::MissingElement, "processinfo".to_owned());
    assert_eq!(lacking, [process], "what was told as absent, and nothing else");
}

#[test]
fn an_asc_manifest_becomes_a_list_without_what_classic_has_not() {
    let converted = read(ASC).unwrap().converted_to(Format::Classic);
    let told: Vec<String> = converted.losses.iter().map(ToString::to_string).collect();
    for loss in [
        "dropped: role of author The DIT",
        "dropped: author The loader",
        "dropped: process",
        "dropped: ignore",
        "absent: username",
        "dropped: previousPath of Clips/A001C001.mov",
        "dropped: action verified of xxh64 of Clips/A001C001.mov",
        "dropped: directoryhash of Clips",
        "dropped: hashlistreference of B001/ascmhl/0001_B001_2026-11-22_143000Z.mhl",
        "dropped: the entry, for the backslash in its name of empty\\file.txt",
    ] {
        assert!(told.iter().any(|told| told == loss), "{loss}\n{told:#?}");
    }
    let clip = converted.manifest.files().next().unwrap();
    let elements: Vec<&str> = clip.hashes.iter().map(RecordedHash::element).collect();
    assert_eq!(elements, ["sha1", "xxhash64be"], "what failed and what classic lacks is gone");
    let again = read(reading::write(&converted.manifest)).unwrap();
    assert_eq!(again.entries, converted.manifest.entries);
}

#[test]
fn row_64_a_failed_digest_is_never_vouched_for() {
    let manifest = read(asc(&format!(
        "<hash><path size=\"1\">a</path><md5 action=\"failed\">{MD5}</md5></hash>"
    )))
    .unwrap();
    let list = manifest.converted_to(Format::Classic).manifest;
    assert!(list.files().all(|file| file.hashes == [RecordedHash::null()]));
    let dropped = format!("dropped: md5 {MD5} of a");
    assert!(losses(&manifest, Format::Classic).contains(&dropped));
}

/// There and back: paths, sizes and every digest that both formats know are the same.
#[test]
fn what_both_formats_know_survives_both_ways() {
    for document in [CLASSIC, ASC] {
        let manifest = read(document).unwrap();
        let there = match manifest.format() {
            Format::Classic => Format::Asc,
            _ => Format::Classic,
        };
        let converted = manifest.converted_to(there);
        assert!(converted.losses.iter().any(|loss| loss.kind == LossKind::Dropped));
        let back = converted.manifest.converted_to(manifest.format()).manifest;
        for file in back.files() {
            let old = manifest.files().find(|old| old.path == file.path).unwrap();
            assert_eq!((file.size, &file.modified), (old.size, &old.modified));
            let values = |hashes: &[RecordedHash]| -> Vec<HashValue> {
                hashes.iter().filter(|h| !h.is_failed()).filter_map(RecordedHash::value).collect()
            };
            let old = values(&old.hashes);
            assert!(values(&file.hashes).iter().all(|value| old.contains(value)));
        }
        assert_eq!(reading::write(&back), reading::write(&read(reading::write(&back)).unwrap()));
    }
}
