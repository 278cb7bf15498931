//! What a report amounts to, and what it does not prove: the first things that the page says.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use super::{
    html::Html,
    words::{self, counted, number},
};
use crate::{Operation, Report, Status};

/// The verdict of a page: never more than the report's status, nor than its counts bear out.
pub(super) struct Verdict {
    pub(super) status: Status,
    pub(super) sentence: String,
}

impl Verdict {
    pub(super) fn of(report: &Report) -> Self {
        let status = borne_out(report);
        Verdict { status, sentence: sentence(report, status) }
    }

    pub(super) fn word(&self) -> &'static str {
        words::status(self.status).0
    }
}

/// The report's status, or less where the report itself says less. Reports are read from files, too.
fn borne_out(report: &Report) -> Status {
    let faulty = report.findings.iter().any(|finding| finding.kind.is_fault());
    let copies = &report.copies;
    match report.status {
        Status::Verified | Status::Sealed | Status::Recorded | Status::Unproven if faulty => {
            Status::Failed
        }
        Status::Verified => match report.counts.status() {
            Status::Verified
                if copies.is_empty() || copies.iter().any(|c| c.status != Status::Verified) =>
            {
                Status::Unproven
            }
            status => status,
        },
        status => status,
    }
}

fn sentence(report: &Report, status: Status) -> String {
    let counts = &report.counts;
    let files = counted(counts.files, "file");
    let share = format!("{} of {files} verified", number(counts.verified));
    let faults = report.findings.iter().filter(|finding| finding.kind.is_fault()).count() as u64;
    match (status, report.operation) {
        (Status::Verified, Operation::Offload) => {
            let copies = counted(report.copies.len() as u64, "copy");
            format!("{files} on {copies}: every one was read back, and held.")
        }
        (Status::Verified, _) => {
            format!("{files} listed and read, and every digest that the list records held.")
        }
        (Status::Sealed, _) => {
            format!(
                "{files} listed. There was nothing to compare them with: the list says what they are, not that they are right."
            )
        }
        (Status::Recorded, _) => {
            format!(
                "{files} listed with the digests that another program told. Not one byte was read here."
            )
        }
        (Status::Failed, _) => format!("{} found; {share}.", counted(faults, "fault")),
        (Status::Unproven, Operation::Diff) => {
            "Names, sizes and recorded digests were compared. Not one byte was read.".to_owned()
        }
        (Status::Unproven, _) => {
            format!("No fault was found, and not everything is proven: {share}.")
        }
        (Status::Cancelled, _) => format!("Stopped before its end; {share} until then."),
    }
}

/// Something that was not proven: of a copy or device, or of all.
struct Lack<'a> {
    of: Option<&'a str>,
    what: String,
}

impl<'a> Lack<'a> {
    fn new(what: impl Into<String>) -> Self {
        Lack { of: None, what: what.into() }
    }

    fn of(of: &'a str, what: impl Into<String>) -> Self {
        Lack { of: Some(of), what: what.into() }
    }
}

/// Everything that a reader might take for proven and that is not.
fn lacks<'a>(report: &'a Report, verdict: &Verdict) -> Vec<Lack<'a>> {
    let mut lacks = Vec::new();
    let counts = &report.counts;
    if verdict.status != report.status {
        let (word, _) = words::status(report.status);
        lacks.push(Lack::new(format!(
            "The report calls itself \u{201c}{word}\u{201d}. Its own counts, copies or findings say \
             less, and less is said here."
        )));
    }
    if verdict.status != Status::Verified {
        lacks.push(Lack::new("Nothing may be wiped on the strength of this report."));
    }
    let compares = matches!(report.operation, Operation::Offload | Operation::Verify);
    if compares && counts.verified < counts.files {
        let files = counted(counts.files - counts.verified, "file");
        lacks.push(Lack::new(match (report.operation, report.copies.len()) {
            (Operation::Offload, 2..) => format!("Not verified on every copy: {files}."),
            _ => format!("Not verified: {files}."),
        }));
    }
    if counts.unread > 0 {
        let files = counted(counts.unread, "file");
        lacks.push(Lack::new(format!(
            "Not read: {files}, of which names and sizes alone were compared. Each is marked below."
        )));
    }
    if counts.unproven > 0 {
        let times = counted(counts.unproven, "time");
        lacks.push(Lack::new(format!(
            "There was nothing to compare with, {times}: see the findings."
        )));
    }
    for copy in &report.copies {
        let of = (report.copies.len() > 1).then_some(copy.place.path.as_str());
        let mut lack = |what: String| lacks.push(Lack { of, what });
        if of.is_some() && copy.status != Status::Verified {
            lack(format!("{}.", words::status(copy.status).0));
        }
        if compares && let Some(lacking) = words::lacking(copy.grade) {
            lack(match &copy.cache_doubt {
                Some(doubt) => format!("{lacking} {doubt}."),
                None => lacking.to_owned(),
            });
        }
        if copy.manifest.is_none() && report.operation == Operation::Offload {
            lack("It has no list: this is no finished copy.".to_owned());
        }
    }
    lacks.extend(shared_devices(report));
    if counts.litter > 0 {
        let files = counted(counts.litter, "file");
        lacks.push(Lack::new(format!(
            "{files} left behind by operating systems: passed over, neither copied nor listed."
        )));
    }
    lacks
}

/// Devices that hold more than one of the places: what takes one of them takes all.
fn shared_devices(report: &Report) -> Vec<Lack<'_>> {
    let mut holds: BTreeMap<&str, u64> = BTreeMap::new();
    // The one copy of a verification is the source itself, and rolls are no copies of each other.
    if report.operation != Operation::Offload {
        return Vec::new();
    }
    let card = Some(&report.source);
    let places = card.into_iter().chain(report.copies.iter().map(|copy| &copy.place));
    for device in places.filter_map(|place| place.device.as_deref()) {
        *holds.entry(device).or_default() += 1;
    }
    let card = card.and_then(|place| place.device.as_deref());
    let shared = holds.into_iter().filter(|(_, places)| *places > 1);
    shared
        .map(|(device, places)| {
            let held = if card == Some(device) {
                format!("the card and {}", counted(places - 1, "copy"))
            } else {
                counted(places, "copy")
            };
            Lack::of(device, format!("One device holds {held}: they fail together."))
        })
        .collect()
}

pub(super) fn write<W: Write>(
    page: &mut Html<W>,
    report: &Report,
    verdict: &Verdict,
) -> io::Result<()> {
    page.raw("<section id=\"verdict\" class=\"")?;
    page.raw(words::status(verdict.status).1)?;
    page.raw("\">\n<p class=\"word\">")?;
    page.raw(verdict.word())?;
    page.raw("</p>\n<p class=\"sentence\">")?;
    page.text(&verdict.sentence)?;
    page.raw("</p>\n")?;
    let lacks = lacks(report, verdict);
    if !lacks.is_empty() {
        page.raw("<h2>What is not proven</h2>\n<ul id=\"unproven\">\n")?;
        for Lack { of, what } in lacks {
            page.raw("<li>")?;
            if let Some(of) = of {
                page.raw("<code>")?;
                page.name(of)?;
                page.raw("</code> ")?;
            }
            page.text(&what)?;
            page.raw("</li>\n")?;
        }
        page.raw("</ul>\n")?;
    }
    page.raw("</section>\n")
}
