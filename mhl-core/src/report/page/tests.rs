use std::io;

use super::verdict::Verdict;
use crate::{
    CopyReport, FileRecord, Finding, FindingKind, Grade, ManifestRecord, Operation, Phase,
    PhaseRecord, Place, Report, Roll, Status,
};

/// A verification of a roll that holds.
fn verified() -> Report {
    let place = Place::new("/mnt/raid/A001R1AB", Some("fs:1f6c".to_owned()));
    let mut report = Report::new(Operation::Verify, place.clone());
    report.tool = "mhl 1.0".to_owned();
    report.host = "cart-1".to_owned();
    report.started = "2026-11-22T13:30:00Z".to_owned();
    report.finished = "2026-11-22T13:31:40Z".to_owned();
    report.roll = Some(Roll::new("A001R1AB", "c4", 2, 300));
    report.files = ["Clips/A001C001.mxf", "Clips/A001C002.mxf"]
        .map(|path| FileRecord::new(path, Some(150), vec!["xxh64be:0123456789abcdef".to_owned()]))
        .into();
    report.counts.files = 2;
    report.counts.verified = 2;
    report.status = Status::Verified;
    let mut copy = CopyReport::new(place);
    copy.status = Status::Verified;
    copy.grade = Some(Grade::PastTheCache);
    copy.complete = true;
    copy.manifest = Some(ManifestRecord::new("A001R1AB.mhl", "classic", "c4list"));
    copy.counts = report.counts;
    report.copies.push(copy);
    report
}

fn offloaded() -> Report {
    let mut report = verified();
    report.operation = Operation::Offload;
    report.source = Place::new("/media/A001R1AB", Some("fs:card".to_owned()));
    let mut second = report.copies[0].clone();
    second.place = Place::new("/mnt/shuttle/A001R1AB", Some("fs:2b44".to_owned()));
    report.copies.push(second);
    report
}

fn page(report: &Report) -> String {
    let mut page = Vec::new();
    report.write_html(&mut page).unwrap();
    String::from_utf8(page).unwrap()
}

fn verdict(report: &Report) -> (Status, &'static str, String) {
    let verdict = Verdict::of(report);
    (verdict.status, verdict.word(), verdict.sentence)
}

#[test]
fn every_status_has_its_verdict_and_only_verified_says_so() {
    let mut report = verified();
    let said = verdict(&report);
    assert_eq!(said.1, "Verified");
    assert!(said.2.contains("2 files"), "{said:?}");
    for (status, word) in [
        (Status::Sealed, "Sealed"),
        (Status::Recorded, "Recorded"),
        (Status::Failed, "Failed"),
        (Status::Unproven, "Not proven"),
        (Status::Cancelled, "Cancelled"),
    ] {
        report.status = status;
        report.copies[0].status = status;
        assert_eq!(verdict(&report).1, word);
        let page = page(&report);
        assert!(page.contains(&format!("<p class=\"word\">{word}</p>")));
        assert!(!page.contains(">Verified</p>") && !page.contains(">Verified</b>"), "{word}");
        assert!(page.contains("Nothing may be wiped"), "{word}");
    }
}

#[test]
fn row_63_a_report_that_says_more_than_its_counts_gets_the_lesser_verdict() {
    let lessened = |change: &dyn Fn(&mut Report)| {
        let mut report = offloaded();
        change(&mut report);
        assert_eq!(report.status, Status::Verified);
        assert!(page(&report).contains("calls itself \u{201c}Verified\u{201d}"));
        verdict(&report).0
    };
    assert_eq!(verdict(&offloaded()).0, Status::Verified);
    assert_eq!(lessened(&|r| r.counts.verified = 1), Status::Unproven);
    assert_eq!(lessened(&|r| r.counts.unproven = 1), Status::Unproven);
    assert_eq!(lessened(&|r| r.counts.missing = 1), Status::Failed);
    assert_eq!(lessened(&|r| r.copies[1].status = Status::Unproven), Status::Unproven);
    assert_eq!(lessened(&|r| r.copies.clear()), Status::Unproven);
    let fault = Finding::new(FindingKind::HashMismatch, "Clips/A001C001.mxf");
    assert_eq!(lessened(&|r| r.findings.push(fault.clone())), Status::Failed);
}

/// The text of the part of the page that tells what is not proven.
fn not_proven(report: &Report) -> String {
    let page = page(report);
    let list = page.split_once("<ul id=\"unproven\">").map(|(_, rest)| rest.split_once("</ul>"));
    list.flatten().map(|(list, _)| list.to_owned()).unwrap_or_default()
}

#[test]
fn what_is_not_proven_stands_before_what_is() {
    assert_eq!(not_proven(&offloaded()), "");
    let mut report = offloaded();
    report.copies[1].grade = Some(Grade::ThroughTheCache);
    let said = not_proven(&report);
    assert!(said.contains("/mnt/shuttle/A001R1AB") && said.contains("that the medium holds"));
    assert!(!said.contains("/mnt/raid"));
    let whole = page(&report);
    assert!(whole.find("id=\"unproven\"") < whole.find("id=\"work\""));

    report.copies[1].grade = None;
    report.copies[1].manifest = None;
    let said = not_proven(&report);
    assert!(said.contains("No evidence") && said.contains("no list"), "{said}");
}

#[test]
fn copies_on_one_device_are_told_to_fail_together() {
    let mut report = offloaded();
    report.copies[1].place.device = report.copies[0].place.device.clone();
    assert!(not_proven(&report).contains("One device holds 2 copies"));
    report.source.device = report.copies[0].place.device.clone();
    assert!(not_proven(&report).contains("One device holds the card and 2 copies"));
    report.operation = Operation::Verify;
    report.copies.pop();
    assert_eq!(not_proven(&report), "", "a verified roll is its own source");
}

#[test]
fn every_finding_stands_on_the_page_and_faults_go_first() {
    let mut report = offloaded();
    for number in 0..1500 {
        let kind = match number % 3 {
            0 => FindingKind::Litter,
            1 => FindingKind::HashMismatch,
            _ => FindingKind::NewFile,
        };
        let finding = Finding::new(kind, format!("Clips/A{number:04}")).on_copy(number % 2);
        report.add(finding.differing("md5:00", format!("md5:{number:04}")).noting("look"));
    }
    let page = page(&report);
    assert_eq!(page.matches("<li class=\"finding\">").count(), report.findings.len());
    for finding in &report.findings {
        assert_eq!(page.matches(&format!("<bdi>{}</bdi>", finding.path)).count(), 1);
    }
    assert!(page.contains("1,000 faults, 500 warnings"));
    let first_warning = page.find("<details class=\"warning\"").unwrap();
    assert!(page.rfind("<details class=\"fault\"").unwrap() < first_warning);
}

#[test]
fn every_file_stands_on_the_page_under_its_folder_once() {
    let mut report = verified();
    // Sorted by path bytes, folder `A` is interrupted by what stands in `A/b`.
    let paths = ["A/a.mov", "A/b/c.mov", "A/z.mov", "root.txt"];
    report.files = paths.map(|path| FileRecord::new(path, None, Vec::new())).into();
    let frames = (0..2500).map(|n| FileRecord::new(format!("F/{n:07}.dpx"), Some(1), Vec::new()));
    report.files.extend(frames);
    let page = page(&report);
    assert_eq!(page.matches("<tr><td>").count(), report.files.len());
    let folds = |folder: &str| page.matches(&format!("<summary><code><bdi>{folder}</bdi>")).count();
    assert_eq!(["A", "A/b", "F"].map(folds), [1, 1, 3]);
    assert_eq!(page.matches("<summary><b>In no folder</b>").count(), 1);
}

#[test]
fn row_37_and_38_hostile_names_are_text() {
    let hostile = "<img src=x onerror=alert(1)>\"'\u{202e}\n/</code></details><script>x</script>";
    let mut report = offloaded();
    report.roll = Some(Roll::new(hostile, hostile, 1, 1));
    report.source = Place::new(hostile, Some(hostile.to_owned()));
    report.copies[0].place = report.source.clone();
    report.copies[0].proof = hostile.to_owned();
    report.copies[0].algorithms = vec![hostile.to_owned()];
    report.copies[0].manifest = Some(ManifestRecord::new(hostile, hostile, hostile));
    report.files.push(FileRecord::new(hostile, None, vec![hostile.to_owned()]));
    (report.tool, report.host, report.schema) = (hostile.into(), hostile.into(), hostile.into());
    (report.started, report.finished) = (hostile.into(), hostile.into());
    let finding = Finding::new(FindingKind::NewFile, hostile).on_copy(0).noting(hostile);
    report.add(finding.differing(hostile, hostile));
    let page = page(&report);
    assert!(!page.contains("<script") && !page.contains("<img") && !page.contains('\u{202e}'));
    assert_eq!(page.matches("</main>").count(), 1);
    assert_eq!(
        page.matches("<code>").count() + page.matches("<code class").count(),
        page.matches("</code>").count()
    );
}

#[test]
fn the_page_asks_for_nothing_outside_itself() {
    let page = page(&offloaded());
    for word in ["http://", "https://", "url(", "@import", "src=", "<script"] {
        assert!(!page.contains(word), "{word}");
    }
}

#[test]
fn what_was_read_is_told_with_its_time_and_rate() {
    let mut report = offloaded();
    let record = |phase, copy, finished: &str, bytes| PhaseRecord {
        phase,
        copy,
        started: "2026-11-22T13:30:00Z".to_owned(),
        finished: finished.to_owned(),
        bytes,
        busy_ms: None,
    };
    report.phases = vec![
        record(Phase::Copy, None, "2026-11-22T13:31:00Z", 6_000_000_000),
        record(Phase::Copy, None, "2026-11-22T13:30:40Z", 4_000_000_000),
        record(Phase::ReadBack, Some(1), "2026-11-22T13:30:50Z", 10_000_000_000),
    ];
    let page = page(&report);
    assert!(page.contains("10.0 GB in 1 min 40 s, 100.0 MB/s"), "both runs of the copy");
    assert_eq!(page.matches("10.0 GB in 50 s, 200.0 MB/s").count(), 1, "of the copy it is of");
}

/// A disk with so much room and no more.
struct Full(usize);

impl io::Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.checked_sub(bytes.len()).ok_or(io::ErrorKind::StorageFull)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_page_is_written_as_it_goes_and_a_full_disk_is_told() {
    let mut report = verified();
    report.files = (0..20_000)
        .map(|n| FileRecord::new(format!("F/{n:07}.dpx"), Some(1), Vec::new()))
        .collect();
    let whole = page(&report).len();
    let error = report.write_html(Full(whole - 1)).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    report.write_html(Full(whole)).unwrap();
    // Written in pieces that are small beside the page.
    struct Largest(usize);
    impl io::Write for &mut Largest {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 = self.0.max(bytes.len());
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut largest = Largest(0);
    report.write_html(&mut largest).unwrap();
    assert!(largest.0 <= 1 << 16, "{}", largest.0);
    assert!(whole > 10 << 16);
}

#[test]
fn kinds_of_findings_are_said_in_sentences_without_markup() {
    for kind in [FindingKind::HashMismatch, FindingKind::ThroughTheCache, FindingKind::Carried] {
        let meaning = kind.meaning();
        assert!(meaning.ends_with('.') && meaning == meaning.trim(), "{meaning:?}");
        assert!(!meaning.contains(['[', '`', '\n', '<']), "{meaning:?}");
    }
    assert_eq!(FindingKind::HashMismatch.meaning(), "A digest differs from the recorded one.");
}
