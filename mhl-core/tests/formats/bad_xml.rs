//! Rows 1 to 23 of the bad inputs: XML that is broken, hostile, or strange.

use std::{
    cell::Cell,
    io::{self, BufRead, BufReader, Read},
};

use mhl_core::{Entry, Event, Limits, ReadErrorKind, asc as asc_format, classic as classic_format};

use super::{asc, classic, entry, findings, read, refusal};

const CLASSIC: &str = include_str!("fixtures/classic.mhl");
const ASC: &str = include_str!("fixtures/asc.mhl");
const MD5: &str = "<md5>d41d8cd98f00b204e9800998ecf8427e</md5>";

fn ill_formed(document: impl AsRef<[u8]>) -> String {
    match refusal(document) {
        ReadErrorKind::NotWellFormed(text) => text,
        other => panic!("{other:?}"),
    }
}

#[test]
fn row_01_an_empty_file_is_an_error() {
    for document in ["", "\n", "<?xml version=\"1.0\"?>", "<!-- -->", "\u{feff}"] {
        assert!(matches!(refusal(document), ReadErrorKind::Truncated { .. }), "{document:?}");
    }
}

#[test]
fn row_02_a_cut_at_every_byte_is_an_error() {
    for document in [CLASSIC, ASC] {
        let root_closed = document.rfind("hashlist>").unwrap() + "hashlist>".len();
        for cut in 0..root_closed {
            assert!(read(&document.as_bytes()[..cut]).is_err(), "cut at {cut}");
        }
        assert!(read(&document.as_bytes()[..root_closed]).is_ok());
    }
    let chain = "<ascmhldirectory xmlns=\"urn:ASC:MHL:DIRECTORY:v2.0\"/>";
    for cut in 0..chain.len() {
        let read = asc_format::Chain::read(&chain.as_bytes()[..cut], &Limits::default());
        assert!(read.is_err(), "a chain cut at {cut}");
    }
    assert!(asc_format::Chain::read(chain.as_bytes(), &Limits::default()).is_ok());
    let wide: Vec<u8> = classic("").encode_utf16().flat_map(u16::to_le_bytes).collect();
    for cut in 0..wide.len() {
        assert!(read(&wide[..cut]).is_err(), "UTF-16 cut at {cut}");
    }
}

#[test]
fn row_03_04_05_a_document_type_is_refused_and_nothing_is_opened() {
    for doctype in [
        "<!DOCTYPE lolz [<!ENTITY a \"x\"><!ENTITY b \"&a;&a;&a;&a;\">]>",
        "<!DOCTYPE foo [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>",
        "<!DOCTYPE hashlist SYSTEM \"http://127.0.0.1:9/a.dtd\">",
        "<!DOCTYPE hashlist",
    ] {
        let document = classic("").replace("<hashlist", &format!("{doctype}<hashlist"));
        assert!(matches!(refusal(document), ReadErrorKind::Doctype), "{doctype}");
    }
}

#[test]
fn row_05_xinclude_is_refused() {
    const URI: &str = "http://www.w3.org/2001/XInclude";
    let include = format!("<xi:include xmlns:xi=\"{URI}\" href=\"file:///etc/passwd\"/>");
    // Also where nothing of the format is looked for: deep in an element that is kept as it is.
    let deep = format!("<x><fallback xmlns=\"{URI}\"/></x>");
    for document in [&include, &deep].map(|hidden| [classic(hidden), asc(hidden)]).concat() {
        let error = read(&document).unwrap_err();
        assert!(matches!(error.kind, ReadErrorKind::Inclusion), "{error}");
        let place = document.find("<xi:").or_else(|| document.find("<fallback")).unwrap();
        assert_eq!(error.position.offset, place as u64);
    }
    let root = format!("<hashlist xmlns=\"{URI}\"/>");
    assert!(matches!(refusal(root), ReadErrorKind::Inclusion));
    // To declare the namespace and use nothing of it includes nothing.
    assert!(read(classic(&format!("<x xmlns:xi=\"{URI}\" xi:href=\"a\"/>"))).is_ok());
}

#[test]
fn row_06_depth_is_limited() {
    let deep = "<a>".repeat(1_000_000);
    assert!(matches!(refusal(classic(&deep)), ReadErrorKind::Limit { limit: 64, .. }));
}

#[test]
fn row_07_08_attributes_are_limited() {
    for form in ["a", "xmlns:p"] {
        let many: String = (0..80_000).map(|at| format!(" {form}{at}=\"u\"")).collect();
        let document = classic(&format!("<hash{many}/>"));
        assert!(matches!(refusal(document), ReadErrorKind::Limit { limit: 64, .. }), "{form}");
    }
}

/// A beginning, and then one byte for ever; counts what was taken.
struct Endless {
    begin: io::Cursor<Vec<u8>>,
    taken: u64,
}

impl Read for Endless {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = match self.begin.read(out)? {
            0 => io::repeat(b'x').read(out)?,
            read => read,
        };
        self.taken += read as u64;
        Ok(read)
    }
}

#[test]
fn row_08_the_declarations_in_scope_are_limited() {
    let declarations =
        |from: usize, to| (from..to).map(|at| format!(" xmlns:p{at}=\"u\"")).collect::<String>();
    let nested = |second| {
        let (outer, inner) = (declarations(0, 32), declarations(32, second));
        classic(&format!("<a{outer}><b{inner}/><c{inner}/></a>"))
    };
    assert!(read(nested(64)).is_ok());
    let error = ReadErrorKind::Limit { what: "namespace declarations in scope", limit: 64 };
    assert_eq!(refusal(nested(65)).to_string(), error.to_string());
}

#[test]
fn row_09_10_an_endless_attribute_or_text_is_stopped_early() {
    for begin in
        ["<hash a=\"", "<hash><file>", "<!--", "<![CDATA[", "<?pi ", "<a", "</hash", "&amp"]
    {
        let mut document = classic(begin);
        document.truncate(document.len() - "</hashlist>".len());
        let source = Endless { begin: io::Cursor::new(document.into_bytes()), taken: 0 };
        let mut source = BufReader::new(source);
        let error = mhl_core::read_manifest(&mut source, &Limits::default()).unwrap_err();
        assert!(matches!(error.kind, ReadErrorKind::Limit { .. }), "{begin}: {error}");
        let taken = source.get_ref().taken;
        assert!(taken < 5 << 20, "{begin}: {taken} bytes were taken before it was stopped");
    }
    // Pieces of a fragment that are small each.
    let many = format!("<a>{}</a>", "<b/>".repeat(1000));
    let limits = Limits { fragment_len: 1000, ..Limits::default() };
    let error = mhl_core::read_manifest(classic(&many).as_bytes(), &limits).unwrap_err();
    assert!(matches!(error.kind, ReadErrorKind::Limit { limit: 1000, .. }));
    // A value in many references.
    let many = entry(&"&amp;".repeat(1000), MD5);
    let limits = Limits { text_len: 900, ..Limits::default() };
    let error = mhl_core::read_manifest(classic(&many).as_bytes(), &limits).unwrap_err();
    assert!(matches!(error.kind, ReadErrorKind::Limit { limit: 900, .. }));
}

#[test]
fn the_number_of_entries_is_limited() {
    let limits = Limits { entries: 2, ..Limits::default() };
    let entries: String = (0..3).map(|at| entry(&at.to_string(), MD5)).collect();
    let error = mhl_core::read_manifest(classic(&entries).as_bytes(), &limits).unwrap_err();
    assert!(matches!(error.kind, ReadErrorKind::Limit { what: "entries", limit: 2 }));
}

#[test]
fn row_11_12_13_14_encodings() {
    assert!(matches!(
        refusal(b"<hashlist version=\"1.1\">\xff</hashlist>"),
        ReadErrorKind::Malformed { .. }
    ));
    for format in [classic, asc] {
        assert!(read(format!("\u{feff}{}", format(""))).is_ok(), "a byte-order mark");
    }
    let list = classic(&entry("Größe/한국.mov", MD5));
    let utf16 =
        |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_be_bytes).collect() };
    assert_eq!(read(utf16(&list)).unwrap().entries, read(&list).unwrap().entries);
    assert!(matches!(
        refusal(utf16(&asc(""))),
        ReadErrorKind::EncodingNotAllowed { found: "UTF-16BE" }
    ));
    let latin = |text: &str| -> Vec<u8> {
        text.replace("UTF-8", "ISO-8859-1").chars().map(|c| c as u8).collect()
    };
    let manifest = read(latin(&classic(&entry("Größe", MD5)))).unwrap();
    assert_eq!(manifest.entries[0].path().as_str(), "Größe");
    let ascii = |text: &str| text.replace("UTF-8", "us-ascii");
    for list in [classic(&entry("a", MD5)), asc("")] {
        assert_eq!(read(ascii(&list)).unwrap().entries, read(&list).unwrap().entries);
    }
    assert!(matches!(
        refusal(ascii(&classic(&entry("Größe", MD5)))),
        ReadErrorKind::Malformed { encoding: "US-ASCII" }
    ));
    assert!(matches!(
        refusal(latin(&asc(""))),
        ReadErrorKind::EncodingNotAllowed { found: "windows-1252" }
    ));
}

#[test]
fn row_15_16_characters_that_xml_cannot_hold() {
    for text in ["\0", "\u{1}", "&#0;", "&#xD800;", "&#x110000;", "\u{ffff}"] {
        for document in [
            classic(&entry(text, MD5)),
            classic(&format!("<hash a=\"{text}\"/>")),
            classic(&format!("<a>{text}</a>")),
        ] {
            assert!(matches!(refusal(document), ReadErrorKind::ForbiddenCharacter(_)), "{text:?}");
        }
    }
    assert!(ill_formed(classic(&entry("&nbsp;", MD5))).contains("nbsp"));
    ill_formed(classic(&entry("a&b", MD5)));
}

#[test]
fn row_17_18_one_root_and_nothing_beside_it() {
    let list = classic(&entry("a", MD5));
    assert_eq!(ill_formed(format!("{list}<hashlist/>")), "a second root element");
    for beside in ["x", "<![CDATA[x]]>", "&amp;"] {
        assert_eq!(ill_formed(format!("{list}{beside}")), "text outside the root element");
        assert_eq!(
            ill_formed(list.replace("<hashlist", &format!("{beside}<hashlist"))),
            "text outside the root element"
        );
    }
    ill_formed(format!("{list}</hashlist>"));
    ill_formed(format!(" {list}"));
    let manifest = read(format!("{list}\n<!-- after -->\n")).unwrap();
    assert_eq!(manifest.extra.fragments()[0].xml(), "<!-- after -->");
}

#[test]
fn row_19_ill_formed_documents_are_errors_at_their_place() {
    ill_formed(classic("<hash a=\"1\" a=\"2\"/>"));
    ill_formed(classic("<hash></hsah>"));
    ill_formed(classic("<p:hash/>"));
    ill_formed(classic("<!-- a--b -->"));
    ill_formed(classic("<?xml version=\"1.0\"?>"));
    ill_formed(classic(&entry("a]]>b", MD5)));
    let document = format!("{}\n", CLASSIC.replace("<size>+0</size>", "<size>many</size>"));
    let error = read(document).unwrap_err();
    assert_eq!((error.position.line, error.position.column), (31, 11));
    assert_eq!(
        error.to_string(),
        "line 31, column 11: \"many\" is no size; a number of bytes below 2^63 expected"
    );
    assert_eq!(&CLASSIC[error.position.offset as usize..][..9], "+0</size>");
}

#[test]
fn row_20_other_roots_and_versions_are_errors() {
    let mut wrong = vec![
        classic("").replace("1.1", "2.0"),
        classic("").replace(" version=\"1.1\"", ""),
        asc("").replace("version=\"2.0\"", "version=\"1.1\""),
    ];
    for document in &wrong {
        assert!(matches!(refusal(document), ReadErrorKind::Version { .. }), "{document}");
    }
    for (document, said) in wrong.iter().zip([
        "version \"2.0\"; 1.0 or 1.1 expected",
        "no version; 1.0 or 1.1 expected",
        "version \"1.1\"; 2.0 expected",
    ]) {
        assert_eq!(refusal(document).to_string(), said);
    }
    wrong = vec![
        asc("").replace("urn:ASC:MHL:v2.0", "urn:ASC:MHL:v1.0"),
        classic("").replace("<hashlist", "<hashlist xmlns=\"urn:other\""),
        "<html/>".to_owned(),
        "<ascmhldirectory xmlns=\"urn:ASC:MHL:DIRECTORY:v2.0\"/>".to_owned(),
    ];
    for document in &wrong {
        assert!(matches!(refusal(document), ReadErrorKind::UnknownRoot { .. }), "{document}");
    }
    assert!(read(classic("").replace("1.1", "1.0")).is_ok());
    let limits = Limits::default();
    assert!(asc_format::read(classic("").as_bytes(), &limits).is_err());
    assert!(classic_format::read(asc("").as_bytes(), &limits).is_err());
}

#[test]
fn row_21_what_is_unknown_is_kept_with_one_warning_for_each_kind() {
    let one = "<hash colour=\"red\"><file>X</file><size>1</size><lastmodificationdate>2026-11-22T14:30:00Z\
               </lastmodificationdate><md5>d41d8cd98f00b204e9800998ecf8427e</md5><hashdate>\
               2026-11-22T14:30:00Z</hashdate><note lang=\"en\"><b>bold</b></note></hash>";
    let manifest = read(classic(&(one.replace('X', "a") + &one.replace('X', "b")))).unwrap();
    assert_eq!(findings(&manifest), ["nonconforming", "nonconforming"]);
    let note = manifest.findings[0].note.as_deref().unwrap();
    assert!(note.contains("\"colour\"") && note.contains("line 2"), "{note}");
    for file in manifest.files() {
        assert_eq!(file.extra.attributes()[0].value(), "red");
        assert_eq!(file.extra.fragments()[0].xml(), "<note lang=\"en\"><b>bold</b></note>");
    }
}

#[test]
fn row_22_a_value_is_never_joined_from_pieces() {
    let digest = |inner: &str| classic(&entry("a", &format!("<size>1</size><md5>{inner}</md5>")));
    let half = "d41d8cd98f00b204";
    let rest = "e9800998ecf8427e";
    for between in ["<!-- -->", "<![CDATA[]]>", "<?pi?>", "<b/>"] {
        let document = digest(&format!("{half}{between}{rest}"));
        assert!(
            matches!(refusal(document), ReadErrorKind::SplitValue { element: "md5", .. }),
            "{between}"
        );
    }
    for pieces in [
        format!("<![CDATA[{half}]]>{rest}"),
        format!("<![CDATA[{half}]]><![CDATA[{rest}]]>"),
        format!("<![CDATA[{half}]]>\n"),
    ] {
        assert!(matches!(refusal(digest(&pieces)), ReadErrorKind::SplitValue { .. }), "{pieces}");
    }
    let whole = read(digest(&format!("<![CDATA[{half}{rest}]]>"))).unwrap();
    assert_eq!(whole.files().next().unwrap().hashes[0].text(), format!("{half}{rest}"));
    assert!(matches!(
        refusal(classic("stray")),
        ReadErrorKind::StrayText { element: "hashlist", .. }
    ));
}

/// A list of so many entries that are made as they are asked for, and counted.
struct Entries<'a> {
    ready: Vec<u8>,
    at: usize,
    made: &'a Cell<u64>,
    limit: u64,
}

impl Read for Entries<'_> {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        unreachable!("readers take the buffer")
    }
}

impl BufRead for Entries<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at == self.ready.len() && self.made.get() <= self.limit {
            self.made.set(self.made.get() + 1);
            self.at = 0;
            self.ready = match self.made.get() <= self.limit {
                true => entry(&format!("Clips/{}", self.made.get()), MD5).into_bytes(),
                false => b"</hashlist>".to_vec(),
            };
        }
        Ok(&self.ready[self.at..])
    }

    fn consume(&mut self, amount: usize) {
        self.at += amount;
    }
}

/// The reader takes no more of the source than it has yielded, but for one buffer: what it holds
/// does not grow with the list.
#[test]
fn row_23_a_list_streams() {
    let begin = classic("").replace("</hashlist>", "").into_bytes();
    let (made, limit) = (Cell::new(0), 50_000);
    let source = Entries { ready: begin, at: 0, made: &made, limit };
    let mut yielded = 0;
    for event in classic_format::Reader::new(source, &Limits::default()).unwrap() {
        if let Event::Entry(Entry::File(file)) = event.unwrap() {
            yielded += 1;
            assert_eq!(file.path.as_str(), format!("Clips/{yielded}"));
            assert!(made.get() - yielded < 1500, "{} read ahead", made.get() - yielded);
        }
    }
    assert_eq!(yielded, limit);
}

/// A source that fails is an I/O error with its place, and the reader yields nothing after it.
#[test]
fn a_failing_source_is_an_error() {
    struct Failing(io::Cursor<Vec<u8>>);
    impl Read for Failing {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            match self.0.read(out)? {
                0 => Err(io::Error::other("the card was pulled")),
                read => Ok(read),
            }
        }
    }
    let begin = classic(&entry("a", MD5)).replace("</hashlist>", "");
    let source = BufReader::new(Failing(io::Cursor::new(begin.into_bytes())));
    let mut reader = classic_format::Reader::new(source, &Limits::default()).unwrap();
    let mut last = None;
    for event in &mut reader {
        last = Some(event);
    }
    let error = last.unwrap().unwrap_err();
    assert!(
        matches!(&error.kind, ReadErrorKind::Io(cause) if cause.to_string().contains("pulled"))
    );
    assert!(reader.next().is_none());
}

/// Where each error of a document points: at the `§`, which is taken out before the reading.
#[test]
fn errors_point_at_their_cause() {
    let of = |text: &str| classic(text);
    let cases = [
        of("").replace("<hashlist", "§<!DOCTYPE a><hashlist"),
        of("<hash>§\u{1}</hash>"),
        of("<hash><file>a§&#0;</file></hash>"),
        of("<hash><file>a§&#xD800;</file></hash>"),
        of("<hash><file>a§&nbsp;</file></hash>"),
        of("") + "§<hashlist/>",
        of("") + "§x",
        of("<hash a=\"1\" §a=\"2\"/>"),
        of("<other\n  a=\"ü\"\n  b=\"ü§&nope;\"/>"),
        of("<other>\n<x §p:a=\"\"/></other>"),
        of("").replace(" encoding", " §encodings"),
        of("<?§XML a?>"),
        of("<hash>§</hsah>"),
        of("").replace("<hashlist", "§<hashlist").replace("1.1", "2.0"),
        asc("").replace("<hashlist", "§<hashlist").replace(":v2.0", ":v1.0"),
        of("<hash><file>a</file><size>§-1</size></hash>"),
        of("<hash><file>a</file><size>1</size><md5\n>§d41d</md5></hash>"),
        of("<hash><file>a</file><size>1</size><md5>§</md5></hash>"),
        of("<hash><file>a</file><hashdate>§2026-11-99</hashdate></hash>"),
        of("<hash><file>§../a</file></hash>"),
        of("<hash><file>§&#46;./a</file></hash>"),
        of("<hash><file>a§<!-- -->b</file></hash>"),
        of("§stray"),
        asc("<hash><path size=\"§9223372036854775808\">a</path></hash>"),
        asc("<hash><path size='1'\n creationdate = '§never'>a</path></hash>"),
        asc("<hash><path>a</path><md5 action='original' hashdate='§soon'>d41d</md5></hash>"),
        asc("<hash><path>§/a</path></hash>"),
        asc("<references><hashlistreference><path>a</path><c4>§c4</c4></hashlistreference></references>")
            .replace("<hashes><references>", "<references>")
            .replace("</references></hashes>", "</references>"),
    ];
    for marked in cases {
        let (before, after) = marked.split_once('§').unwrap();
        let error = read(format!("{before}{after}")).unwrap_err();
        let (lines, last) = before.rsplit_once('\n').unwrap_or(("", before));
        let place = (lines.lines().count() as u64 + 1, last.chars().count() as u64 + 1);
        let told = error.position;
        assert_eq!((told.line, told.column), place, "{marked}: {error}");
        assert_eq!(told.offset, before.len() as u64, "{marked}: {error}");
    }
}
