//! What was done, where and how fast; and each copy with its evidence.

use std::io::{self, Write};

use super::{
    html::Html,
    words::{self, bytes, counted, number},
};
use crate::{CopyReport, Operation, Place, Report, context::Phase};

pub(super) fn write<W: Write>(page: &mut Html<W>, report: &Report) -> io::Result<()> {
    page.raw("<section id=\"work\">\n<h2>The work</h2>\n<dl class=\"facts\">\n")?;
    if let Some(roll) = &report.roll {
        fact(page, "Roll", |page| page.name(&roll.name))?;
        fact(page, "Content", |page| {
            let (size, exact) = (bytes(roll.bytes), number(roll.bytes));
            page.text(&format!("{}, {size} ({exact} bytes)", counted(roll.files, "file")))
        })?;
    }
    fact(page, source(report.operation), |page| place(page, &report.source))?;
    fact(page, "Started", |page| page.time(&report.started))?;
    fact(page, "Finished", |page| {
        page.time(&report.finished)?;
        match words::seconds(&report.started, &report.finished) {
            Some(seconds) => page.text(&format!(", after {}", words::duration(seconds))),
            None => Ok(()),
        }
    })?;
    for phase in [Phase::Copy, Phase::SecondRead, Phase::Read] {
        if let Some(rate) = rate(report, phase, None) {
            fact(page, words::phase(phase), |page| page.text(&rate))?;
        }
    }
    if let Some((slowest, share)) = report
        .bottleneck()
        .and_then(|slowest| Some((slowest, words::share(slowest.busy_ms?, slowest)?)))
    {
        fact(page, "Slowest", |page| {
            match (slowest.phase, slowest.copy.and_then(|copy| report.copies.get(copy))) {
                (Phase::Hash, _) => page.raw("hashing")?,
                (_, Some(copy)) => {
                    page.raw("writing to <code>")?;
                    page.name(&copy.place.path)?;
                    page.raw("</code>")?;
                }
                _ => page.raw("reading the card")?,
            }
            page.text(&format!(", busy for {share} of the copying"))
        })?;
    }
    fact(page, "By", |page| {
        page.name(&report.tool)?;
        page.raw(" on ")?;
        page.name(&report.host)
    })?;
    if let Some(roll) = &report.roll {
        fact(page, "Identity", |page| digest(page, &roll.content))?;
    }
    page.raw("</dl>\n</section>\n")?;
    if report.copies.is_empty() {
        return Ok(());
    }
    page.raw("<section id=\"copies\">\n<h2>")?;
    page.raw(match report.operation {
        Operation::Offload => "Copies",
        Operation::Verify if report.roll.is_none() && report.copies.len() > 1 => "Rolls",
        _ => "Evidence",
    })?;
    page.raw("</h2>\n<ol>\n")?;
    for (index, copy) in report.copies.iter().enumerate() {
        write_copy(page, report, index, copy)?;
    }
    page.raw("</ol>\n</section>\n")
}

fn write_copy<W: Write>(
    page: &mut Html<W>,
    report: &Report,
    index: usize,
    copy: &CopyReport,
) -> io::Result<()> {
    let (word, class) = words::status(copy.status);
    page.raw("<li class=\"copy\">\n<p class=\"head\"><code>")?;
    page.name(&copy.place.path)?;
    page.raw("</code> <b class=\"")?;
    page.raw(class)?;
    page.raw("\">")?;
    page.raw(word)?;
    page.raw("</b></p>\n<dl class=\"facts\">\n")?;
    fact(page, "Evidence", |page| match copy.grade {
        Some(grade) => {
            page.raw("<b>")?;
            page.raw(grade.meaning())?;
            page.raw("</b> ")?;
            page.text(&format!("(grade {} of 7)", grade.number()))
        }
        None => page.raw("<b>none</b>"),
    })?;
    if !copy.proof.is_empty() {
        fact(page, "How it is known", |page| page.name(&copy.proof))?;
    }
    fact(page, "Verified", |page| {
        let files = counted(copy.counts.files, "file");
        page.text(&format!("{} of {files}", number(copy.counts.verified)))
    })?;
    for (title, phase) in [("Written", Phase::Copy), ("Read back", Phase::ReadBack)] {
        if let Some(rate) = rate(report, phase, Some(index)) {
            fact(page, title, |page| page.text(&rate))?;
        }
    }
    fact(page, "Digests", |page| match copy.algorithms.as_slice() {
        [] => page.raw("none that every file has"),
        algorithms => page.name(&algorithms.join(", ")),
    })?;
    fact(page, "Device", |page| device(page, &copy.place))?;
    fact(page, "List", |page| match &copy.manifest {
        Some(list) => {
            page.raw("<code>")?;
            page.name(&list.path)?;
            page.raw("</code> ")?;
            page.name(&list.format)
        }
        None => page.raw("<b>none</b>"),
    })?;
    if let Some(list) = &copy.manifest {
        fact(page, "Digest of the list", |page| digest(page, &list.c4))?;
    }
    page.raw("</dl>\n</li>\n")
}

fn fact<W: Write>(
    page: &mut Html<W>,
    title: &'static str,
    value: impl FnOnce(&mut Html<W>) -> io::Result<()>,
) -> io::Result<()> {
    page.raw("<div><dt>")?;
    page.raw(title)?;
    page.raw("</dt><dd>")?;
    value(page)?;
    page.raw("</dd></div>\n")
}

const fn source(operation: Operation) -> &'static str {
    match operation {
        Operation::Offload => "Card",
        _ => "Folder",
    }
}

fn place<W: Write>(page: &mut Html<W>, place: &Place) -> io::Result<()> {
    page.raw("<code>")?;
    page.name(&place.path)?;
    page.raw("</code> on ")?;
    device(page, place)
}

fn device<W: Write>(page: &mut Html<W>, place: &Place) -> io::Result<()> {
    match &place.device {
        Some(device) => {
            page.raw("<code>")?;
            page.name(device)?;
            page.raw("</code>")
        }
        None => page.raw("an unknown device"),
    }
}

fn digest<W: Write>(page: &mut Html<W>, digest: &str) -> io::Result<()> {
    page.raw("<code class=\"digest\">")?;
    page.name(digest)?;
    page.raw("</code>")
}

/// Everything that was read in a phase, and the time that it took.
fn rate(report: &Report, phase: Phase, copy: Option<usize>) -> Option<String> {
    let mut records = report
        .phases
        .iter()
        .filter(|record| record.phase == phase && record.copy == copy)
        .peekable();
    records.peek()?;
    let (mut count, mut seconds) = (0_u64, 0_u64);
    for record in records {
        count = count.saturating_add(record.bytes);
        seconds = seconds.saturating_add(words::seconds(&record.started, &record.finished)?);
    }
    Some(words::rate(count, seconds))
}
