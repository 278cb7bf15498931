//! Reading and writing lose nothing and depend on nothing.

use mhl_core::{
    Action, Author, DirectoryEntry, Entry, Event, FileEntry, FindingKind, Format, Header, Limits,
    Manifest, Process, RecordedHash, Reference, RelativePath, RootHash, Timestamp, WriteError, asc,
    classic,
};
use mhl_hash::{Algorithm, HashValue, Hasher};
use proptest::prelude::*;

use super::{findings, read, reading};

const CLASSIC: &str = include_str!("fixtures/classic.mhl");
const ASC: &str = include_str!("fixtures/asc.mhl");

#[test]
fn the_fixtures_read_as_they_write() {
    for document in [CLASSIC, ASC] {
        reading::reads_as_it_writes(document.as_bytes());
        let endings = document.replace('\n', "\r\n");
        assert_eq!(read(&endings).unwrap().entries, read(document).unwrap().entries);
        assert_eq!(
            read(document.replace('\n', "\r")).unwrap().entries,
            read(document).unwrap().entries
        );
    }
}

#[test]
fn a_classic_list_keeps_all_that_it_held() {
    let manifest = read(CLASSIC).unwrap();
    let header = &manifest.header;
    assert_eq!(header.creator.log.as_deref(), Some("line one & <two>\r\nline three"));
    assert_eq!(
        header.creator.started.as_ref().unwrap().to_string(),
        "2026-11-22T14:00:00.25+01:00"
    );
    let written = String::from_utf8(reading::write(&manifest)).unwrap();
    for kept in [
        "<hashlist version=\"1.1\" xmlns:lab=\"urn:example:lab\" lab:shelf=\"7\">",
        "<creatorinfo station=\"cart 2\">",
        "<startdate>2026-11-22T14:00:00.25+01:00</startdate>",
        "<lab:job xmlns:lab=\"urn:example:lab\" xmlns:x=\"urn:example:x\" x:id=\"1\">day &quot;3&quot;<lab:empty/></lab:job>",
        "<lastmodificationdate>2026-11-22 10-00-00</lastmodificationdate>",
        "<md5 bit=\"128\" encoding=\"hex\">D29593E2CF81C621FB3C4089F9BBDE4A</md5>",
        "<xxhash64>9d3d469a363ba00e</xxhash64>",
        "<xxhash>0046947589</xxhash>",
        "<xxhash>02cc5d05</xxhash>",
        "<sha256 lab=\"no\">e3b0c44298fc1c14",
        "<hash referencehhashlist=\"true\">",
        "<file>Clips/Grüße &amp; &quot;Quotes&quot; 한국.mhl</file>",
        "<size>+0</size>",
        "<null></null>",
        "<!-- a remark -->",
        "<size>007</size>",
        "<file>a&amp;b&lt;c&gt;.wav</file>",
        "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:SignedInfo>\n",
        "<!-- made for the tests: every element of the format, and some of nobody's -->",
        "<?end of=\"list\"?>",
    ] {
        assert!(written.contains(kept), "{kept}\n{written}");
    }
}

/// Event by event, without a manifest in memory, the list's own attributes are kept too.
#[test]
fn a_streamed_manifest_keeps_the_attributes_of_its_lists() {
    let document = ASC.replace("<mhl:references", "<mhl:references shelf=\"9\"");
    let reader = asc::Reader::new(document.as_bytes(), &Limits::default()).unwrap();
    let mut writer = asc::Writer::new(Vec::new(), reader.header()).unwrap();
    let (mut references, mut late) = (Vec::new(), None);
    for event in reader {
        match event.unwrap() {
            Event::Entry(entry) => writer.entry(&entry).unwrap(),
            Event::Reference(reference) => references.push(reference),
            Event::KeptAttribute(attribute) => {
                late = late.or((attribute.element() == "hashes").then(|| attribute.clone()));
                writer.keep_attribute(attribute).unwrap();
            }
            _ => {}
        }
    }
    let error = writer.keep_attribute(late.unwrap()).unwrap_err();
    assert!(matches!(error, WriteError::Misplaced { element: "hashes", .. }), "{error}");
    let written = read(writer.finish(&references).unwrap()).unwrap();
    let whole = read(&document).unwrap();
    assert_eq!(written.extra.attributes(), whole.extra.attributes());
    assert_eq!(written.entries, whole.entries);
}

#[test]
fn an_asc_manifest_keeps_all_that_it_held() {
    let manifest = read(ASC).unwrap();
    assert_eq!(manifest.header.process, Some(Process::Transfer));
    assert_eq!(manifest.header.ignore[3], "  *.tmp ");
    assert_eq!(manifest.header.creator.authors.len(), 2);
    let clip = manifest.files().next().unwrap();
    assert_eq!(clip.hashes.iter().filter(|hash| hash.is_failed()).count(), 2);
    // The attributes schemaLocation, owner, union, why, lab:count and note; the action "perhaps";
    // the element blake3.
    let mut oddities = findings(&manifest);
    oddities.sort_unstable();
    assert_eq!(oddities[..8], ["nonconforming"; 8]);
    assert_eq!(oddities[8..], ["separator"]);
    let written = String::from_utf8(reading::write(&manifest)).unwrap();
    for kept in [
        "xsi:schemaLocation=\"urn:ASC:MHL:v2.0 ASCMHL.xsd\"",
        "<author email=\"dit@example.org\" phone=\"+1 555\" role=\"DIT\">The DIT</author>",
        "<comment>two&#10;lines</comment>",
        "<xxh64 structure=\"x\">f557f8ca8e5a88ef</xxh64>",
        "<author union=\"600\">The loader</author>",
        "<pattern>.DS_Store</pattern>",
        "<pattern why=\"junk\">  *.tmp </pattern>",
        "<hashes xmlns:lab=\"urn:example:lab\" lab:count=\"3\">",
        "<references note=\"nested\">",
        "<mhl:metadata xmlns:mhl=\"urn:ASC:MHL:v2.0\"><camera xmlns=\"urn:example:camera\" iso=\"800\">A &amp; B</camera></mhl:metadata>",
        "<mhl:metadata xmlns=\"urn:example:default\" xmlns:mhl=\"urn:ASC:MHL:v2.0\"><anything xmlns=\"\">goes <b/></anything><unprefixed/></mhl:metadata>",
        "<path size=\"5\" creationdate=\"2026-11-22T09:00:00+01:00\" lastmodificationdate=\"2026-11-22T10:00:00Z\" owner=\"b\">Clips/A001C001.mov</path>",
        "<xxh3 action=\"perhaps\">2d06800538d394c2</xxh3>",
        "hashdate=\"2026-11-22T14:30:00.123456+00:00\"",
        "<previousPath>Clips/old.mov</previousPath>",
        "<previousPath>Takes</previousPath>",
        r"<path>empty\file.txt</path>",
        "00ff",
        "<path>B001/ascmhl/0001_B001_2026-11-22_143000Z.mhl</path>",
    ] {
        assert!(written.contains(kept), "{kept}\n{written}");
    }
    let order: Vec<usize> =
        ["<c4 ", "<md5 ", "<sha1 ", "<xxh128 ", "<xxh3 ", "<xxh64 action=\"verified\""]
            .map(|element| written.find(element).unwrap())
            .into();
    assert!(order.is_sorted(), "the schema's order: {order:?}");
    let places: Vec<usize> = ["<hashes ", "</hashes>", "<anything", "<references "]
        .map(|element| written.find(element).unwrap())
        .into();
    assert!(places.is_sorted(), "metadata between hashes and references: {places:?}");
}

#[test]
fn a_signature_is_kept_reported_and_written_last() {
    let manifest = read(CLASSIC).unwrap();
    let signature = manifest.signature().unwrap();
    assert!(signature.xml().starts_with("<ds:Signature "), "{}", signature.xml());
    let told = manifest.findings.iter().filter(|f| f.kind == FindingKind::Signature);
    assert_eq!(told.count(), 1);
    let written = String::from_utf8(reading::write(&manifest)).unwrap();
    assert!(written.contains(signature.xml()));
    assert!(written.ends_with("</ds:Signature>\n</hashlist>\n"), "the schema has it last");
    // An element of that name in no namespace, or in an ASC manifest, is none.
    for document in [super::classic("<Signature/>"), ASC.to_owned()] {
        assert_eq!(read(document).unwrap().signature(), None);
    }
}

fn value(algorithm: Algorithm, bytes: &[u8]) -> HashValue {
    let mut hasher = Hasher::new(algorithm);
    hasher.update(bytes);
    hasher.finish()
}

/// The bytes that others' verifiers were seen to accept; a change here is a change for them.
#[test]
fn a_new_classic_list_has_exactly_these_bytes() {
    let time = Timestamp::from_unix(1_795_357_800, 999).unwrap();
    let mut header = Header::new(Format::Classic);
    header.creator.username = Some("dit".to_owned());
    header.creator.hostname = Some("cart".to_owned());
    header.creator.tool = Some("mhl 0.1.0".to_owned());
    header.creator.started = Some(time.clone());
    header.creator.finished = Some(time.clone());
    let mut manifest = Manifest::new(header);
    let mut file = FileEntry::new(RelativePath::new("Icon\r").unwrap(), Some(0));
    file.modified = Some(time.clone());
    file.hash_date = Some(time);
    for algorithm in [Algorithm::Xxh32, Algorithm::Xxh64, Algorithm::Md5] {
        file.hashes.push(RecordedHash::new(Format::Classic, value(algorithm, b"")));
    }
    manifest.entries.push(Entry::File(file));
    let mut written = Vec::new();
    classic::write(&manifest, &mut written).unwrap();
    assert_eq!(
        String::from_utf8(written).unwrap(),
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<hashlist version=\"1.1\">
  <creatorinfo>
    <username>dit</username>
    <hostname>cart</hostname>
    <tool>mhl 0.1.0</tool>
    <startdate>2026-11-22T14:30:00Z</startdate>
    <finishdate>2026-11-22T14:30:00Z</finishdate>
  </creatorinfo>
  <hash>
    <file>Icon&#13;</file>
    <size>0</size>
    <lastmodificationdate>2026-11-22T14:30:00Z</lastmodificationdate>
    <md5>d41d8cd98f00b204e9800998ecf8427e</md5>
    <xxhash64be>ef46db3751d8e999</xxhash64be>
    <xxhash>0046947589</xxhash>
    <hashdate>2026-11-22T14:30:00Z</hashdate>
  </hash>
</hashlist>
"
    );
}

#[test]
fn a_new_asc_manifest_has_exactly_these_bytes() {
    let time = Timestamp::from_unix(1_795_357_800, 0).unwrap();
    let recorded = |algorithm, action| {
        let mut hash = RecordedHash::new(Format::Asc, value(algorithm, b""));
        (hash.action, hash.date) = (action, Some(time.clone()));
        hash
    };
    let mut header = Header::new(Format::Asc);
    header.created = Some(time.clone());
    header.creator.hostname = Some("cart".to_owned());
    header.creator.tool = Some("mhl".to_owned());
    header.creator.tool_version = Some("0.1.0".to_owned());
    let mut author = Author::new("A & B");
    author.role = Some("DIT".to_owned());
    header.creator.authors.push(author);
    header.process = Some(Process::InPlace);
    let pair = || vec![recorded(Algorithm::Xxh64, None)];
    header.root_hash = Some(RootHash::new(pair(), pair()));
    header.ignore = asc::DEFAULT_IGNORE.map(str::to_owned).into();
    let mut manifest = Manifest::new(header);
    let mut file = FileEntry::new(RelativePath::new("Clips/a.mov").unwrap(), Some(0));
    file.modified = Some(time.clone());
    file.hashes.push(recorded(Algorithm::Xxh64, Some(Action::Original)));
    manifest.entries.push(Entry::File(file));
    let mut directory = DirectoryEntry::new(RelativePath::new("Clips").unwrap());
    directory.content = pair();
    directory.structure = pair();
    manifest.entries.push(Entry::Directory(directory));
    let nested = RelativePath::new("B/ascmhl/0001_B.mhl").unwrap();
    manifest.references.push(Reference::new(nested, value(Algorithm::C4, b"")));
    let mut written = Vec::new();
    asc::write(&manifest, &mut written).unwrap();
    assert_eq!(
        String::from_utf8(written).unwrap(),
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<hashlist version=\"2.0\" xmlns=\"urn:ASC:MHL:v2.0\">
  <creatorinfo>
    <creationdate>2026-11-22T14:30:00+00:00</creationdate>
    <hostname>cart</hostname>
    <tool version=\"0.1.0\">mhl</tool>
    <author role=\"DIT\">A &amp; B</author>
  </creatorinfo>
  <processinfo>
    <process>in-place</process>
    <roothash>
      <content>
        <xxh64 hashdate=\"2026-11-22T14:30:00+00:00\">ef46db3751d8e999</xxh64>
      </content>
      <structure>
        <xxh64 hashdate=\"2026-11-22T14:30:00+00:00\">ef46db3751d8e999</xxh64>
      </structure>
    </roothash>
    <ignore>
      <pattern>.DS_Store</pattern>
      <pattern>ascmhl</pattern>
      <pattern>ascmhl/</pattern>
    </ignore>
  </processinfo>
  <hashes>
    <hash>
      <path size=\"0\" lastmodificationdate=\"2026-11-22T14:30:00+00:00\">Clips/a.mov</path>
      <xxh64 action=\"original\" hashdate=\"2026-11-22T14:30:00+00:00\">ef46db3751d8e999</xxh64>
    </hash>
    <directoryhash>
      <path>Clips</path>
      <content>
        <xxh64 hashdate=\"2026-11-22T14:30:00+00:00\">ef46db3751d8e999</xxh64>
      </content>
      <structure>
        <xxh64 hashdate=\"2026-11-22T14:30:00+00:00\">ef46db3751d8e999</xxh64>
      </structure>
    </directoryhash>
  </hashes>
  <references>
    <hashlistreference>
      <path>B/ascmhl/0001_B.mhl</path>
      <c4>c459dsjfscH38cYeXXYogktxf4Cd9ibshE3BHUo6a58hBXmRQdZrAkZzsWcbWtDg5oQstpDuni4Hirj75GEmTc1sFT</c4>
    </hashlistreference>
  </references>
</hashlist>
"
    );
}

#[test]
fn what_a_format_cannot_hold_is_refused_and_leaves_the_list_whole() {
    let file = |path: &str| FileEntry::new(RelativePath::new(path).unwrap(), Some(1));
    let mut writer = classic::Writer::new(Vec::new(), &Header::new(Format::Classic)).unwrap();
    writer.entry(&file("a")).unwrap();
    let error = writer.entry(&file("bell\u{7}")).unwrap_err();
    assert!(matches!(error, WriteError::Unrepresentable { character: 7, .. }), "{error}");
    let mut foreign = file("c");
    foreign.hashes.push(RecordedHash::new(Format::Classic, value(Algorithm::C4, b"")));
    let error = writer.entry(&foreign).unwrap_err();
    assert!(matches!(error, WriteError::NoSuchElement { algorithm: "c4", .. }), "{error}");
    writer.entry(&file("d")).unwrap();
    let list = read(writer.finish().unwrap()).unwrap();
    let paths: Vec<&str> = list.entries.iter().map(|entry| entry.path().as_str()).collect();
    assert_eq!(paths, ["a", "d"]);

    let mut writer = asc::Writer::new(Vec::new(), &Header::new(Format::Asc)).unwrap();
    let mut foreign = file("c");
    foreign.hashes.push(RecordedHash::null());
    assert!(writer.entry(&Entry::File(foreign)).is_err());
    let manifest = writer.finish(&[]).unwrap();
    assert!(!String::from_utf8(manifest).unwrap().contains("<hashes>"), "never an empty one");
    assert!(classic::Writer::new(Vec::new(), &Header::new(Format::Asc)).is_err());
    assert!(asc::Writer::new(Vec::new(), &Header::new(Format::Classic)).is_err());
}

/// A sink that fails after so many bytes.
struct Full(usize);

impl std::io::Write for Full {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = bytes.len().min(self.0);
        self.0 -= written;
        if written == 0 { Err(std::io::Error::other("full")) } else { Ok(written) }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_full_sink_is_an_error() {
    for document in [CLASSIC, ASC] {
        let manifest = read(document).unwrap();
        let len = reading::write(&manifest).len();
        for room in [0, len - 1] {
            let result = match manifest.format() {
                Format::Classic => classic::write(&manifest, Full(room)),
                _ => asc::write(&manifest, Full(room)),
            };
            assert!(matches!(result, Err(WriteError::Io(_))), "{room}");
        }
    }
}

/// A fixture with some of its bytes replaced, so that a few of thousands still read.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        "[ -~]{0,6}".prop_map(String::into_bytes),
        proptest::sample::select(vec![
            "<a/>",
            "<!-- -->",
            "<![CDATA[x]]>",
            "<?p?>",
            " a=\"1\"",
            "&amp;",
            "&#10;",
            "<x:y xmlns:x=\"u\"/>",
            " xmlns=\"u\"",
            " xmlns:mhl=\"u\"",
            "xxh64",
            "md5",
            "\r\n",
            "ü",
            "</hash><hash>",
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
    ];
    let edits = proptest::collection::vec((any::<prop::sample::Index>(), 0usize..8, piece), 1..4);
    (prop::bool::ANY, edits).prop_map(|(classic, edits)| {
        let mut document = if classic { CLASSIC } else { ASC }.as_bytes().to_vec();
        for (at, len, piece) in edits {
            let at = at.index(document.len());
            let end = document.len().min(at + len);
            document.splice(at..end, piece);
        }
        document
    })
}

/// A fixture with one piece put between two tags, which mostly still reads.
fn extended() -> impl Strategy<Value = Vec<u8>> {
    let piece = proptest::sample::select(vec![
        "<a/>",
        "<a b='1'>c</a>",
        "<!-- -->",
        "<?p q?>",
        "<x:y xmlns:x=\"u\" x:z=\"&lt;\"/>",
        "<md5>x</md5>",
        "<a xmlns='v'><b/></a>",
        "\r\n \r",
        "<mhl:metadata/>",
        "<a><![CDATA[<&>]]></a>",
        "<xxh64 xmlns='urn:ASC:MHL:v2.0'>ef46db3751d8e999</xxh64>",
        "<b>\u{a0}&#13;</b>",
    ]);
    (prop::bool::ANY, any::<prop::sample::Index>(), piece).prop_map(|(classic, at, piece)| {
        let document = if classic { CLASSIC } else { ASC };
        let places: Vec<usize> = document.match_indices('>').map(|(place, _)| place + 1).collect();
        let (before, after) = document.split_at(places[at.index(places.len())]);
        [before, piece, after].concat().into_bytes()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]
    #[test]
    fn damaged_lists_never_panic_and_what_reads_is_kept(document in damaged()) {
        reading::reads_as_it_writes(&document);
    }

    #[test]
    fn extended_lists_keep_what_they_gained(document in extended()) {
        reading::reads_as_it_writes(&document);
    }
}

proptest! {
    #[test]
    fn every_path_and_text_survives(
        names in proptest::collection::btree_set("[^\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f/\\\\\u{fffe}\u{ffff}]{1,12}", 1..6),
        comment in "[^\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\u{fffe}\u{ffff}]{0,20}",
        size in 0..=i64::MAX as u64,
    ) {
        for format in [Format::Classic, Format::Asc] {
            let mut header = Header::new(format);
            match format {
                Format::Classic => header.creator.log = Some(comment.clone()),
                _ => header.creator.comment = Some(comment.clone()),
            }
            let mut manifest = Manifest::new(header);
            for path in names.iter().filter_map(|name| RelativePath::new(name).ok()) {
                let mut file = FileEntry::new(path, Some(size));
                let digest = RecordedHash::new(format, value(Algorithm::Xxh64, comment.as_bytes()));
                file.hashes.push(digest);
                manifest.entries.push(Entry::File(file));
            }
            let again = read(reading::write(&manifest)).unwrap();
            prop_assert_eq!(&again.entries, &manifest.entries);
            prop_assert_eq!(&again.header.creator, &manifest.header.creator);
        }
    }
}
