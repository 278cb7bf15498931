//! Departures from schema and specification: each kind by itself, and beside `xmllint`.

use std::{fs, path::Path, process::Command};

use mhl_core::{
    Limits, ReadError,
    conformance::{self, Document, Rule, Violation, ViolationKind},
};

use super::{asc, classic, corpus::shared, entry};

const MD5: &str = "d41d8cd98f00b204e9800998ecf8427e";
const TIME: &str = "2026-11-22T14:30:00Z";
const C4: &str =
    "c459dsjfscH38cYeXXYogktxf4Cd9ibshE3BHUo6a58hBXmRQdZrAkZzsWcbWtDg5oQstpDuni4Hirj75GEmTc1sFT";

fn check(document: impl AsRef<[u8]>) -> Result<(Document, Vec<Violation>), ReadError> {
    let mut found = Vec::new();
    let checked = conformance::check(document.as_ref(), &Limits::default(), |violation| {
        found.push(violation)
    });
    Ok((checked?, found))
}

/// What is found in a document: who asks, the kind, and the element.
fn violations(document: &str) -> Vec<(Rule, ViolationKind, String)> {
    let (_, found) = check(document).unwrap();
    found.into_iter().map(|v| (v.rule, v.kind, v.element)).collect()
}

fn classic_file() -> String {
    entry(
        "Clips/a.mov",
        &format!(
            "<size>5</size><lastmodificationdate>{TIME}</lastmodificationdate><md5>{MD5}</md5>\
             <xxhash>0046947589</xxhash><null/><hashdate>{TIME}</hashdate>"
        ),
    )
}

fn asc_file() -> String {
    format!(
        "<hash><path size=\"5\" creationdate=\"{TIME}\">Clips/a.mov</path><md5 action=\"original\" \
         hashdate=\"{TIME}\">{MD5}</md5><previousPath>b</previousPath><metadata><a b=\"c\">d</a>\
         </metadata></hash><directoryhash><path>Clips</path><content><md5>{MD5}</md5></content>\
         <structure><md5>{MD5}</md5></structure></directoryhash>"
    )
}

/// A manifest with every element of the format.
fn full_manifest() -> String {
    let pair = format!("<md5>{MD5}</md5>");
    asc(&asc_file())
        .replace(
            "</creatorinfo>",
            "<author email=\"dit@example.org\" phone=\"1\" role=\"DIT\">A</author>\
             <location>l</location><comment>c</comment></creatorinfo>",
        )
        .replace(
            "</processinfo>",
            &format!(
                "<roothash><content>{pair}</content><structure>{pair}</structure></roothash>\
                 <ignore><pattern>*.tmp</pattern></ignore></processinfo>"
            ),
        )
        .replace(
            "</hashlist>",
            &format!(
                "<metadata/><references><hashlistreference><path>B/ascmhl/0001_B.mhl</path>\
                 <c4>{C4}</c4></hashlistreference></references></hashlist>"
            ),
        )
}

fn chain() -> String {
    format!(
        "<ascmhldirectory xmlns=\"urn:ASC:MHL:DIRECTORY:v2.0\"><hashlist sequencenr=\"1\">\
         <path>0001_A.mhl</path><c4>{C4}</c4></hashlist></ascmhldirectory>"
    )
}

#[test]
fn what_conforms_has_no_violation() {
    for (document, kind) in [
        (classic(&classic_file()), Document::ClassicList),
        (full_manifest(), Document::AscManifest),
        (chain(), Document::AscDirectory),
    ] {
        let (known, found) = check(&document).unwrap();
        assert_eq!((known, found), (kind, Vec::new()), "{document}");
    }
}

#[test]
fn each_departure_is_told_by_its_kind() {
    use Rule::{Schema, Specification};
    use ViolationKind::*;
    let list = || classic(&classic_file());
    for (document, rule, kind, element) in [
        (list().replace("<null/>", "<blake3>0</blake3>"), Schema, UnknownElement, "blake3"),
        (list().replace("<size>5</size>", ""), Schema, MissingElement, "lastmodificationdate"),
        (
            list().replace("<hashdate>", "<size>5</size><hashdate>"),
            Schema,
            MisplacedElement,
            "size",
        ),
        (list().replace("<md5>", "<md5 bit=\"128\">"), Schema, UnknownAttribute, "md5"),
        (list().replace("<size>5", "<size>five"), Schema, BadValue, "size"),
        (list().replace("<size>5", "<size>0"), Schema, EmptyFile, "size"),
        (list().replace("</hash>", "stray</hash>"), Schema, StrayText, "hash"),
        (classic(""), Schema, MissingElement, "hashlist"),
        (list().replace("Clips/a.mov", "../a.mov"), Specification, BadValue, "file"),
        (list().replace("0046947589", "9946947589"), Specification, BadValue, "xxhash"),
        (list().replace("version=\"1.1\"", "version=\"2.0\""), Specification, BadValue, "hashlist"),
        (list().replace(" version=\"1.1\"", ""), Schema, MissingAttribute, "hashlist"),
        (full_manifest().replace("original", "perhaps"), Schema, BadValue, "md5"),
        (
            full_manifest().replace("action=\"original\" ", ""),
            Specification,
            MissingAttribute,
            "md5",
        ),
        (full_manifest().replace("size=\"5\"", "size=\"-5\""), Specification, BadValue, "path"),
        (full_manifest().replace("dit@example.org", "dit"), Schema, BadValue, "author"),
        (
            full_manifest()
                .replace("<structure><md5>", "<structure><sha1>")
                .replace(
                    "</md5></structure></directoryhash>",
                    "</sha1></structure></directoryhash>",
                )
                .replace(
                    &format!("<structure><sha1>{MD5}</md5></structure></roothash>"),
                    &format!("<structure><md5>{MD5}</md5></structure></roothash>"),
                )
                .replace(
                    &format!("<sha1>{MD5}</sha1>"),
                    "<sha1>da39a3ee5e6b4b0d3255bfef95601890afd80709</sha1>",
                ),
            Specification,
            UnevenPair,
            "directoryhash",
        ),
        (chain().replace("\"1\"", "\"0\""), Specification, BadValue, "hashlist"),
        (chain().replace(C4, MD5), Specification, BadValue, "c4"),
    ] {
        assert_eq!(violations(&document), [(rule, kind, element.to_owned())], "{document}");
    }
    let nothing = asc("").replace("<hashes></hashes>", "");
    assert_eq!(violations(&nothing), [(Specification, MissingElement, "hashlist".to_owned())]);
    let wide: Vec<u8> = chain().encode_utf16().flat_map(u16::to_le_bytes).collect();
    let (_, found) = check([&[0xff, 0xfe][..], &wide].concat()).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].rule, found[0].kind), (Specification, Encoding));
}

#[test]
fn every_departure_is_told_at_its_place_and_none_hides_another() {
    let document = classic(&entry("a", "\n<size>x</size>\n<md5>y</md5>\n<hashdate>z</hashdate>"));
    let (_, found) = check(document).unwrap();
    let lines: Vec<(u64, ViolationKind)> =
        found.iter().map(|v| (v.position.line, v.kind)).collect();
    use ViolationKind::{BadValue, MissingElement};
    assert_eq!(lines, [(3, BadValue), (4, MissingElement), (4, BadValue), (5, BadValue)]);
    assert_eq!(found[1].to_string(), "line 4, column 1: <md5>: <hash> has no lastmodificationdate");
    assert!(check("<hashlist version=\"1.1\">").is_err());
    assert!(check("<html/>").is_err());
}

/// What the writers write of lists that lack nothing.
#[test]
fn what_is_written_conforms() {
    for document in [classic(&classic_file()), full_manifest()] {
        let manifest = super::read(&document).unwrap();
        assert_eq!(check(super::reading::write(&manifest)).unwrap().1, []);
    }
}

/// A number that follows from the last by a fixed rule: the same mutations on every machine.
struct Sequence(u64);

impl Sequence {
    fn below(&mut self, end: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }

    fn one_of<'a>(&mut self, choice: &[&'a str]) -> &'a str {
        choice[self.below(choice.len())]
    }
}

/// Values that some type admits and another does not.
const VALUES: [&str; 34] = [
    "",
    " ",
    "0",
    "-0",
    "5",
    "+5",
    "-5",
    "007",
    "1e3",
    "1.0",
    "1.1",
    "1.10",
    "2.0",
    " 2.0",
    "true",
    "yes",
    "1",
    "original",
    "verified",
    "failed ",
    "in-place",
    " in-place",
    "flatten",
    "2026-11-22T14:30:00",
    "2026-11-22T14:30:00.123+01:00 ",
    "2026-11-22 14:30:00",
    "2023-02-29T00:00:00Z",
    "2026-11-22T24:00:00Z",
    "00ff",
    "D41D8CD98F00B204E9800998ECF8427E",
    "ef46db3751d8e999",
    "12345678901",
    "a@b.c",
    "a@b",
];

const ELEMENTS: [&str; 24] = [
    "hash",
    "file",
    "size",
    "md5",
    "sha1",
    "xxhash",
    "xxhash64",
    "null",
    "hashdate",
    "creationdate",
    "lastmodificationdate",
    "path",
    "c4",
    "xxh64",
    "content",
    "structure",
    "previousPath",
    "metadata",
    "author",
    "pattern",
    "comment",
    "unknown",
    "directoryhash",
    "log",
];

const ATTRIBUTES: [&str; 10] = [
    "version",
    "size",
    "action",
    "hashdate",
    "referencehhashlist",
    "email",
    "role",
    "bit",
    "creationdate",
    "sequencenr",
];

/// The document as pieces: tags, and texts between them.
fn pieces(document: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    for character in document.chars() {
        if character == '<' {
            pieces.push(String::new());
        }
        pieces.last_mut().unwrap().push(character);
        if character == '>' {
            pieces.push(String::new());
        }
    }
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

fn name(tag: &str) -> Option<&str> {
    let inner = tag.strip_prefix('<')?;
    (!inner.starts_with(['/', '?', '!'])).then(|| inner.split([' ', '>', '/']).next().unwrap())
}

/// The element that begins at a piece: the place after its end.
fn end_of(pieces: &[String], start: usize) -> usize {
    let mut depth = 0;
    for (at, piece) in pieces.iter().enumerate().skip(start) {
        if piece.starts_with("</") {
            depth -= 1;
        } else if name(piece).is_some() && !piece.ends_with("/>") {
            depth += 1;
        }
        if depth == 0 {
            return at + 1;
        }
    }
    pieces.len()
}

/// A document with one or two changes that keep it well-formed.
fn mutated(document: &str, sequence: &mut Sequence) -> String {
    let mut pieces = pieces(document);
    for _ in 0..=sequence.below(2) {
        // All elements but the root, and those that hold text alone.
        let starts: Vec<usize> =
            (0..pieces.len()).filter(|at| name(&pieces[*at]).is_some()).skip(1).collect();
        if starts.is_empty() {
            break;
        }
        let start = starts[sequence.below(starts.len())];
        let end = end_of(&pieces, start);
        match sequence.below(8) {
            0 => drop(pieces.drain(start..end)),
            1 => {
                let copy: Vec<String> = pieces[start..end].to_vec();
                pieces.splice(end..end, copy);
            }
            2 if pieces.get(end).is_some_and(|next| name(next).is_some()) => {
                let after = end_of(&pieces, end);
                pieces[start..after].rotate_left(end - start);
            }
            3 => {
                let (old, new) =
                    (name(&pieces[start]).unwrap().to_owned(), sequence.one_of(&ELEMENTS));
                pieces[start] = pieces[start].replacen(&old, new, 1);
                if pieces[end - 1].starts_with("</") {
                    pieces[end - 1] = format!("</{new}>");
                }
            }
            4 => {
                let (attribute, value) = (sequence.one_of(&ATTRIBUTES), sequence.one_of(&VALUES));
                if !pieces[start].contains(&format!(" {attribute}=")) {
                    let at = 1 + name(&pieces[start]).unwrap().len();
                    pieces[start].insert_str(at, &format!(" {attribute}=\"{value}\""));
                }
            }
            5 if pieces[start].contains("=\"") => {
                let value = sequence.one_of(&VALUES);
                let from = pieces[start].find("=\"").unwrap() + 2;
                let to = from + pieces[start][from..].find('"').unwrap();
                pieces[start].replace_range(from..to, value);
            }
            6 => pieces.insert(end, "<unknown a=\"b\"/>".to_owned()),
            _ if end == start + 3 => pieces[start + 1] = sequence.one_of(&VALUES).to_owned(),
            _ => pieces.insert(end, sequence.one_of(&["stray", "<!-- -->", "\n"]).to_owned()),
        }
    }
    pieces.concat()
}

/// Which of these documents `xmllint` says validate.
fn xmllint(schema: &Path, folder: &Path, documents: &[Vec<u8>]) -> Vec<bool> {
    let files: Vec<_> = (0..documents.len()).map(|at| folder.join(format!("{at}.xml"))).collect();
    for (file, document) in files.iter().zip(documents) {
        fs::write(file, document).unwrap();
    }
    let output = Command::new("xmllint")
        .args(["--nonet", "--noout", "--schema"])
        .arg(schema)
        .args(&files)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.contains("validates"), "{told}");
    files.iter().map(|file| told.contains(&format!("{} validates\n", file.display()))).collect()
}

#[test]
fn the_schemas_and_xmllint_judge_alike() {
    let Some(shared) = shared() else { return };
    if Command::new("xmllint").arg("--version").output().is_err() {
        println!("skipped: xmllint is not installed");
        return;
    }
    let schemas = shared.join("formats/xsd");
    let folder = tempfile::tempdir().unwrap();
    let mut lists = super::corpus::lists(&shared.join("corpus"), "mhl");
    lists.extend(super::corpus::lists(&shared.join("corpus"), "xml"));
    for (schema, kind, base) in [
        ("MediaHashList_v1_1.xsd", Document::ClassicList, classic(&classic_file().repeat(2))),
        ("ASCMHL.xsd", Document::AscManifest, full_manifest()),
        ("ASCMHLDirectory__combined.xsd", Document::AscDirectory, chain()),
    ] {
        let mut sequence = Sequence(1);
        let mut documents: Vec<Vec<u8>> = lists
            .iter()
            .map(|list| fs::read(list).unwrap())
            .filter(|document| check(document).unwrap().0 == kind)
            .collect();
        assert!(documents.len() >= 5, "{schema}");
        documents.push(base.clone().into_bytes());
        documents.extend((0..400).map(|_| mutated(&base, &mut sequence).into_bytes()));
        let judged = xmllint(&schemas.join(schema), folder.path(), &documents);
        let mut conforming = 0;
        for (document, valid) in documents.iter().zip(judged) {
            let found = check(document).unwrap().1;
            let ours = found.iter().all(|violation| violation.rule != Rule::Schema);
            let document = String::from_utf8_lossy(document);
            assert_eq!(ours, valid, "{schema} of {document}\n{found:#?}");
            conforming += usize::from(valid);
        }
        assert!(conforming > 40, "{schema}: both verdicts are tried, {conforming} are good");
    }
}

/// The rows of `docs/conformance.md`: what we say of each document, and what `xmllint` says.
#[test]
fn each_difference_from_xmllint_is_as_its_table_tells() {
    let Some(shared) = shared() else { return };
    if Command::new("xmllint").arg("--version").output().is_err() {
        println!("skipped: xmllint is not installed");
        return;
    }
    let list = || classic(&classic_file());
    let instance = "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"";
    let rows = [
        ("MediaHashList_v1_1.xsd", list().replacen(TIME, &format!(" {TIME}"), 1), true),
        ("MediaHashList_v1_1.xsd", list().replacen("2026", "12026", 1), false),
        ("MediaHashList_v1_1.xsd", list().replace("<size>5", &format!("<size>{}", "9".repeat(24))), true),
        ("MediaHashList_v1_1.xsd", list().replace("<size>5", &format!("<size>{}", "9".repeat(25))), true),
        (
            "MediaHashList_v1_1.xsd",
            list().replace("</hashlist>", "<s:Signature xmlns:s=\"http://www.w3.org/2000/09/xmldsig#\"/></hashlist>"),
            true,
        ),
        (
            "ASCMHL.xsd",
            full_manifest().replace("<metadata/>", "<metadata><hashlist/></metadata>"),
            true,
        ),
        (
            "MediaHashList_v1_1.xsd",
            list().replace("<tool>", &format!("<tool {instance} xsi:type=\"xs:string\" xmlns:xs=\"http://www.w3.org/2001/XMLSchema\">")),
            false,
        ),
    ];
    let expected = [false, true, true, false, false, false, true];
    let folder = tempfile::tempdir().unwrap();
    for ((schema, document, ours), theirs) in rows.into_iter().zip(expected) {
        let (_, found) = check(&document).unwrap();
        assert_eq!(found.iter().all(|v| v.rule != Rule::Schema), ours, "{document}\n{found:?}");
        let documents =
            [document.clone().into_bytes(), list().into_bytes(), full_manifest().into_bytes()];
        let judged = xmllint(&shared.join("formats/xsd").join(schema), folder.path(), &documents);
        assert_eq!(judged[0], theirs, "{document}");
    }
    let doctype = list().replace("<hashlist", "<!DOCTYPE hashlist><hashlist");
    assert!(check(&doctype).is_err());
}
