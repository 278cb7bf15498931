//! The reader as a whole: what is well-formed, and where what is not is told.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use proptest::{prelude::*, test_runner::TestRunner};

use super::{Child, Limits, Parser, Position, ReadError, ReadErrorKind, Step};

/// Reads a document of any elements to its end.
fn walk(document: &[u8]) -> Result<(), ReadError> {
    let mut parser = Parser::new(document, Limits::default());
    parser.root()?;
    let (mut depth, mut value) = (1, String::new());
    while depth > 0 {
        match parser.step(&mut value)? {
            Step::Start => depth += 1,
            Step::End => depth -= 1,
            Step::Text => {}
        }
    }
    parser.finish().map(|_| ())
}

#[test]
fn row_19_a_fault_within_a_tag_is_told_at_its_own_place() {
    for end in ["\n", "\r\n", "\r"] {
        let before = format!(
            "<ü>{end}<!-- 한국{end} -->\u{1f3ac}<ä:b xmlns:ä='&lt;'{end} c='{end}ö'{end}  "
        );
        for (text, at) in [
            ("d='ö&nope;'", 4),
            ("d='&#0;'", 3),
            ("d='ö<'", 4),
            ("c=''", 0),
            ("d", 0),
            ("x\u{d7}=''", 0),
            ("p:d=''", 0),
            ("xmlns:xml=''", 0),
        ] {
            let error = walk(format!("{before}{text}/></ü>").as_bytes()).unwrap_err();
            let within: usize = text.chars().take(at).map(char::len_utf8).sum();
            let offset = (before.len() + within) as u64;
            let expected = Position { line: 6, column: 3 + at as u64, offset };
            assert_eq!(error.position, expected, "{text} {end:?}: {error}");
        }
    }
    let error = walk("<?xml\r\n version='1.0'\r\n encoding='ü'?><a/>".as_bytes()).unwrap_err();
    assert_eq!(error.position, Position { line: 3, column: 2, offset: 24 });
    let error = walk(b"<a>\n  <?b\xc3\x97?></a>").unwrap_err();
    assert_eq!(error.position, Position { line: 2, column: 5, offset: 8 });
}

/// However much is read before and within it, and in whatever pieces.
#[test]
fn where_a_value_begins_is_known_when_it_has_been_read() {
    for (before, value) in
        [(0, "1&amp;2".to_owned()), (3, "x&amp;".repeat(40_000)), (9_000, "1".into())]
    {
        let head = format!("<a>{}\n<b c='é'>", "<b>ü</b>\n".repeat(before));
        let document = format!("{head}{value}</b></a>");
        let pieces = std::io::BufReader::with_capacity(7, document.as_bytes());
        let mut parser = Parser::new(pieces, Limits::default());
        parser.root().unwrap();
        for _ in 0..=before {
            assert_eq!(parser.child("a").unwrap(), Child::Element);
            parser.text("b").unwrap();
        }
        let Position { line, column, offset } = parser.at_value(ReadErrorKind::Inclusion).position;
        let expected = (2 + before as u64, 10, head.len() as u64);
        assert_eq!((line, column, offset), expected, "{before}");
    }
}

#[test]
fn row_19_two_attributes_of_one_name_in_one_namespace_are_refused() {
    for (before, attribute) in [
        ("<a xmlns:p='u' xmlns:q='u'><b p:c='' c='' ", "q:c=''"),
        ("<a xmlns:p='u'><b q:c=''\n p:d='' xmlns:q='&#117;' ", "p:c=''"),
        ("<a xmlns:p='u'><b p:c='' ", "p:c=''"),
    ] {
        let error = walk(format!("{before}{attribute}/></a>").as_bytes()).unwrap_err();
        assert!(matches!(error.kind, ReadErrorKind::NotWellFormed(_)), "{error}");
        assert_eq!(error.position.offset, before.len() as u64, "{error}");
    }
    for good in [
        "<a xmlns:p='u' xmlns:q='U' p:c='' q:c=''/>",
        "<p:a xmlns='u' xmlns:p='u' c='' p:c=''/>",
        "<a xmlns:p='u'><b xmlns:q='v' p:c='' q:c=''/><b xmlns:q='u' q:c=''/></a>",
        "<a xmlns:lang='u' xml:lang='' lang:lang='' lang=''/>",
    ] {
        walk(good.as_bytes()).unwrap();
    }
}

#[test]
fn row_19_kept_elements_are_well_formed_too() {
    let mut parser = Parser::new(&b"<a><b c='&nope;'/></a>"[..], Limits::default());
    parser.root().unwrap();
    assert!(matches!(parser.child("a").unwrap_err().kind, ReadErrorKind::NotWellFormed(_)));
}

#[test]
fn kept_elements_declare_each_prefix_from_outside_once() {
    let kept = "<p:c p:d='' xml:e=''/><p:c/><f/><p:c xmlns:p='w' p:d=''/>";
    let document = format!("<a xmlns:p='u' xmlns='v' xmlns:q='x'><b>{kept}</b></a>");
    let mut parser = Parser::new(document.as_bytes(), Limits::default());
    parser.root().unwrap();
    assert_eq!(parser.child("a").unwrap(), Child::Element);
    let xml = parser.fragment().unwrap().xml;
    assert_eq!(*xml, format!("<b xmlns=\"v\" xmlns:p=\"u\">{kept}</b>"));
}

/// Documents whose declaration, instructions and names are right or nearly so.
fn documents() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        6 => Just(" version=\"1.0\"".to_owned()),
        4 => Just(" encoding='UTF-8'".to_owned()),
        2 => Just("\n standalone = 'yes'".to_owned()),
        1 => "[ \t\n]version *= *['\"][0-3]\\.[0-9a]{1,2}['\"]",
        1 => " encoding=['\"](UTF-8|utf-8|us-ascii|ascii|1a|klingon|_a|a b|)['\"]",
        1 => " ?standalone=['\"](yes|no|maybe|YES|)['\"]",
        1 => " ?[a-zü?=<'\"]{0,4}",
    ];
    let declaration = (
        prop_oneof![8 => Just("<?xml"), 1 => Just("<?XML"), 1 => Just(" <?xml")],
        // Mostly what a version begins, for without one all the rest is refused.
        prop_oneof![8 => Just(" version='1.0'"), 1 => Just("")],
        prop::collection::vec(part, 0..3),
        prop_oneof![6 => Just("?>"), 1 => Just(" ?>"), 1 => Just("\n?>"), 1 => Just(" ? >")],
    );
    let declaration = declaration.prop_map(|(open, version, parts, close)| {
        format!("{open}{version}{}{close}", parts.concat())
    });
    let characters = "[a-zA-Z_:0-9.<?=&\u{b7}\u{d7}\u{f7}\u{c0}\u{2ff}\u{300}\u{370}\u{37e}\u{37f}\
                      \u{2000}\u{200c}\u{203f}\u{218f}\u{2190}\u{3000}\u{3001}\u{d7ff}\u{e000}\
                      \u{f900}\u{fdd0}\u{fdf0}\u{fffd}\u{10000}\u{effff}\u{f0000}-]{1,2}";
    let name =
        prop_oneof![2 => Just("a".to_owned()), 1 => characters, 1 => "[a-zü][a-z0-9.-]{0,3}"];
    let declaration = prop_oneof![1 => Just(String::new()), 2 => declaration];
    (declaration, name.clone(), name.clone(), name).prop_map(
        |(declaration, instruction, element, attribute)| {
            format!("{declaration}<?{instruction} i?><{element} {attribute}='1'></{element}>")
        },
    )
}

/// What `xmllint` says; `None` where it is not installed.
fn xmllint(document: &str) -> Option<bool> {
    let mut command = Command::new("xmllint");
    command.args(["--noout", "-"]).stdin(Stdio::piped());
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().ok()?;
    child.stdin.take().unwrap().write_all(document.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    // Of prefixes and colons it says its opinion, and ends well all the same.
    let namespaces = String::from_utf8_lossy(&output.stderr).contains("namespace error");
    Some(output.status.success() && !namespaces)
}

#[test]
fn row_19_what_is_well_formed_is_what_xmllint_says() {
    if xmllint("<a/>").is_none() {
        println!("skipped: xmllint is not installed");
        return;
    }
    let config = ProptestConfig { cases: 400, ..ProptestConfig::default() };
    let result = TestRunner::new(config).run(&documents(), |document| {
        // It does not ask for the white space before `standalone`.
        prop_assume!(!document.contains("'standalone") && !document.contains("\"standalone"));
        let ours = walk(document.as_bytes());
        prop_assert_eq!(Some(ours.is_ok()), xmllint(&document), "{:?} {:?}", document, ours);
        Ok(())
    });
    result.unwrap();
}

#[test]
fn row_19_what_an_unchecked_declaration_would_let_pass_is_refused() {
    for document in [
        "<?xml garbage?><a/>",
        "<?xml ?><a/>",
        "<?xml encoding=\"UTF-8\"?><a/>",
        "<?xml version=\"1.0\" standalone=\"yes\" encoding=\"UTF-8\"?><a/>",
        "<?xml version=\"3\"?><a/>",
        "<?xml version=\"1.0\" standalone=\"maybe\"?><a/>",
        "<?XML a?><a/>",
        "<?a<b c?><a/>",
        "<a x\u{d7}=\"1\"/>",
        "<a><b\u{d7}/></a>",
    ] {
        let error = walk(document.as_bytes()).unwrap_err();
        assert!(matches!(error.kind, ReadErrorKind::NotWellFormed(_)), "{document}: {error}");
        // In two bytes a character the decoder has no look at the declaration.
        let wide: Vec<u8> = document.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(walk(&wide).unwrap_err().to_string(), error.to_string());
    }
    let long = format!("<?xml version='1.0'{}?><a/>", " ".repeat(1024));
    let error = walk(long.as_bytes()).unwrap_err();
    assert!(matches!(error.kind, ReadErrorKind::Limit { limit: 1024, .. }), "{error}");
    assert!(walk(b"<?xml-stylesheet href='encoding=\"klingon\"'?><a/>").is_ok());
}
