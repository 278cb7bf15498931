//! Rows 24 to 73 of the bad inputs as far as they show in a whole manifest.

use mhl_core::{Comparison, Entry, FindingKind, ReadErrorKind, RecordedHash};
use mhl_hash::{Algorithm, HashValue};

use super::{asc, classic, entry, findings, read, refusal};

const MD5: &str = "d41d8cd98f00b204e9800998ecf8427e";
const DATES: [&str; 2] = [
    "<lastmodificationdate>2026-11-22T14:30:00Z</lastmodificationdate>",
    "<hashdate>2026-11-22T14:30:00Z</hashdate>",
];

/// A classic entry with nothing unusual but what is given.
fn file(path: &str, size: &str, digests: &str) -> String {
    let [modified, hashed] = DATES;
    entry(path, &format!("<size>{size}</size>{modified}{digests}{hashed}"))
}

fn md5(value: &str) -> String {
    format!("<md5>{value}</md5>")
}

fn asc_file(path: &str, digests: &str) -> String {
    format!("<hash><path>{path}</path>{digests}</hash>")
}

#[test]
fn row_24_to_33_paths_that_leave_the_roll_are_errors() {
    for path in
        ["../../etc/passwd", "a/../b", "/etc/passwd", r"C:\x", "C:x", r"\\srv\s", "", ".", "a/"]
    {
        assert!(
            matches!(refusal(classic(&file(path, "1", &md5(MD5)))), ReadErrorKind::Path(_)),
            "{path}"
        );
        let hash = format!("<md5 action=\"original\">{MD5}</md5>");
        assert!(matches!(refusal(asc(&asc_file(path, &hash))), ReadErrorKind::Path(_)), "{path}");
    }
    let previous = format!("<md5 action=\"verified\">{MD5}</md5><previousPath>../a</previousPath>");
    assert!(matches!(refusal(asc(&asc_file("a", &previous))), ReadErrorKind::Path(_)));
}

#[test]
fn row_29_32_34_36_unusual_paths_are_warnings() {
    for (path, kind) in [
        (r"Clips\a.mov", "separator"),
        ("./a", "spelling"),
        ("a//b", "spelling"),
        ("NUL.txt", "reserved-name"),
        ("clip.mov:stream", "reserved-name"),
        ("clip. ", "reserved-name"),
    ] {
        let manifest = read(classic(&file(path, "1", &md5(MD5)))).unwrap();
        assert_eq!(findings(&manifest), [kind], "{path}");
        assert_eq!(manifest.findings[0].path, manifest.entries[0].path().as_str());
    }
}

#[test]
fn row_50_51_52_sizes() {
    for size in ["-1", "9223372036854775808", "1e3", "", "0x1"] {
        assert!(
            matches!(refusal(classic(&file("a", size, &md5(MD5)))), ReadErrorKind::Size(_)),
            "{size}"
        );
        let path = format!(
            "<hash><path size=\"{size}\">a</path><md5 action=\"original\">{MD5}</md5></hash>"
        );
        assert!(matches!(refusal(asc(&path)), ReadErrorKind::Size(_)), "{size}");
    }
    let manifest = read(classic(&file("a", "+5", &md5(MD5)))).unwrap();
    assert_eq!(findings(&manifest), ["spelling"]);
    assert_eq!(manifest.files().next().unwrap().size, Some(5));
}

#[test]
fn row_53_a_missing_size_is_fine_in_asc_and_a_warning_in_classic() {
    let hash = format!("<md5 action=\"original\">{MD5}</md5>");
    let manifest = read(asc(&asc_file("a", &hash))).unwrap();
    assert_eq!(findings(&manifest), [""; 0]);
    assert_eq!(manifest.files().next().unwrap().size, None);
    let manifest = read(classic(&entry("a", &md5(MD5)))).unwrap();
    assert_eq!(findings(&manifest), ["nonconforming"]);
}

#[test]
fn row_56_57_digests() {
    for digest in
        ["d41d", "d41d8cd98f00b204e9800998ecf8427", "x41d8cd98f00b204e9800998ecf8427e", ""]
    {
        assert!(
            matches!(refusal(classic(&file("a", "0", &md5(digest)))), ReadErrorKind::Digest(_)),
            "{digest}"
        );
    }
    let manifest =
        read(classic(&file("a", "0", &md5(&format!("\n {}\t", MD5.to_uppercase()))))).unwrap();
    let recorded = &manifest.files().next().unwrap().hashes[0];
    assert_eq!(recorded.text(), MD5.to_uppercase());
    let computed = HashValue::from_hex(Algorithm::Md5, MD5).unwrap();
    assert_eq!(recorded.compare(&computed), Comparison::Equal);
}

#[test]
fn row_59_unknown_algorithms_are_kept_and_prove_nothing() {
    let manifest = read(classic(&file("a", "0", "<blake3 v=\"1\">00ff</blake3>"))).unwrap();
    let recorded = &manifest.files().next().unwrap().hashes[0];
    assert_eq!((recorded.element(), recorded.text().as_str()), ("blake3", "00ff"));
    assert_eq!(recorded.algorithm(), None);
    let computed = HashValue::from_hex(Algorithm::Md5, MD5).unwrap();
    assert!(matches!(recorded.compare(&computed), Comparison::Incomparable { .. }));
    assert_eq!(findings(&manifest), ["nonconforming"]);
}

#[test]
fn row_61_62_a_path_listed_twice() {
    let other = "c41d8cd98f00b204e9800998ecf8427e";
    let sha1 = "<sha1>da39a3ee5e6b4b0d3255bfef95601890afd80709</sha1>";
    let twice =
        |a: &str, b: &str| read(classic(&(file("a", "0", a) + &file("b", "0", "<null/>") + b)));
    for again in [
        file("a", "0", &md5(MD5)),
        file("./a", "0", &md5(&MD5.to_uppercase())),
        file("a", "0", sha1),
    ] {
        let manifest = twice(&md5(MD5), &again).unwrap();
        assert!(findings(&manifest).contains(&"duplicate-entry"), "{again}");
        assert_eq!(manifest.entries.len(), 3, "nothing is dropped");
    }
    for again in [file("a", "0", &md5(other)), file("a", "1", &md5(MD5))] {
        let error = twice(&md5(MD5), &again).unwrap_err();
        assert!(matches!(error.kind, ReadErrorKind::Contradiction(path) if path == "a"));
        assert_eq!(error.position.line, 2);
    }
    // Both byte orders of one XXH64 value are the same bits.
    let [big, little] =
        ["<xxhash64be>0ea03b369a463d9d</xxhash64be>", "<xxhash64be>9d3d469a363ba00e</xxhash64be>"];
    assert!(twice(big, &file("a", "0", little)).is_ok());
    let pair = "<content/><structure/>";
    let directory = format!("<directoryhash><path>a</path>{pair}</directoryhash>");
    let hash = format!("<md5 action=\"original\">{MD5}</md5>");
    assert!(matches!(
        refusal(asc(&(asc_file("a", &hash) + &directory))),
        ReadErrorKind::Contradiction(_)
    ));
}

#[test]
fn row_63_a_list_of_nothing_is_readable_and_says_so() {
    for document in [classic(""), asc("")] {
        let manifest = read(&document).unwrap();
        assert_eq!(manifest.entries, []);
        assert_eq!(manifest.findings[0].kind, FindingKind::Unproven);
    }
}

#[test]
fn row_64_failed_digests_are_read_and_never_compared() {
    let manifest =
        read(asc(&asc_file("a", &format!("<md5 action=\"failed\">{MD5}</md5>")))).unwrap();
    let file = manifest.files().next().unwrap();
    assert!(file.hashes[0].is_failed());
    assert_eq!(
        manifest.roll_content(),
        mhl_core::roll_content([(&file.path, None, Vec::new())]),
        "what failed is no part of a roll's identity"
    );
}

#[test]
fn row_69_to_73_times() {
    let dated = |time: &str| {
        classic(&entry(
            "a",
            &format!(
                "<size>0</size><lastmodificationdate>{time}</lastmodificationdate>{}{}",
                md5(MD5),
                DATES[1]
            ),
        ))
    };
    for time in [
        "-0001-01-01T00:00:00Z",
        "10000-01-01T00:00:00Z",
        "2023-01-01T00:00:60Z",
        "2023-02-29T00:00:00Z",
        "2023-01-01T00:00:00+14:01",
        "yesterday",
        "",
    ] {
        assert!(matches!(refusal(dated(time)), ReadErrorKind::Time(_)), "{time}");
    }
    let manifest = read(dated("2012-12-01 18-34-54")).unwrap();
    assert_eq!(findings(&manifest), ["spelling"]);
    let modified = manifest.files().next().unwrap().modified.clone().unwrap();
    assert_eq!(modified.to_string(), "2012-12-01 18-34-54");
    let hash = format!("<md5 action=\"original\" hashdate=\"2023-02-29T00:00:00Z\">{MD5}</md5>");
    assert!(matches!(refusal(asc(&asc_file("a", &hash))), ReadErrorKind::Time(_)));
}

#[test]
fn parts_that_are_absent_or_doubled() {
    for (document, missing) in [
        (classic(&format!("<hash>{}</hash>", md5(MD5))), "<file>"),
        (asc("<hash/>"), "<path>"),
        (asc("<directoryhash/>"), "<path>"),
    ] {
        assert!(
            matches!(refusal(document), ReadErrorKind::Missing { missing: found, .. } if found == missing)
        );
    }
    for (document, element) in [
        (classic("<hash><file>a</file><file>b</file></hash>"), "file"),
        (classic("<hash><file>a</file><size>1</size><size>1</size></hash>"), "size"),
        (asc("</hashes><hashes>"), "hashes"),
        (asc("<directoryhash><path>a</path><content/><content/></directoryhash>"), "content"),
    ] {
        assert!(
            matches!(refusal(document), ReadErrorKind::Repeated { element: found } if found == element)
        );
    }
    let bare = read("<hashlist version=\"1.1\"/>").unwrap();
    assert_eq!(findings(&bare), ["unproven", "nonconforming"]);
}

#[test]
fn several_digests_of_one_file_are_all_kept() {
    let digests = format!(
        "<xxhash>0046947589</xxhash>{}<null/><xxhash64be>0ea03b369a463d9d</xxhash64be>",
        md5(MD5)
    );
    let manifest = read(classic(&file("a", "1", &digests))).unwrap();
    let Entry::File(file) = &manifest.entries[0] else { panic!() };
    let elements: Vec<&str> = file.hashes.iter().map(RecordedHash::element).collect();
    assert_eq!(elements, ["md5", "xxhash64be", "xxhash", "null"], "xxhash after what others read");
}
