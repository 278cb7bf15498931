//! Every finding: the faults first, each kind by itself.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use super::{
    html::Html,
    words::{counted, number},
};
use crate::{Finding, FindingKind, Report};

/// Warnings of one kind that are shown unfolded.
const UNFOLDED: usize = 20;

pub(super) fn write<W: Write>(page: &mut Html<W>, report: &Report) -> io::Result<()> {
    let mut kinds: BTreeMap<(bool, FindingKind), Vec<&Finding>> = BTreeMap::new();
    for finding in &report.findings {
        kinds.entry((!finding.kind.is_fault(), finding.kind)).or_default().push(finding);
    }
    let faults = report.findings.iter().filter(|finding| finding.kind.is_fault()).count();
    let warnings = report.findings.len() - faults;
    page.raw("<section id=\"findings\">\n<h2>Findings <small>")?;
    page.text(&counted(faults as u64, "fault"))?;
    page.raw(", ")?;
    page.text(&counted(warnings as u64, "warning"))?;
    page.raw("</small></h2>\n")?;
    for ((is_warning, kind), findings) in kinds {
        page.raw(match (is_warning, findings.len()) {
            (false, _) => "<details class=\"fault\" open>",
            (true, ..=UNFOLDED) => "<details class=\"warning\" open>",
            (true, _) => "<details class=\"warning\">",
        })?;
        page.raw("<summary><b>")?;
        page.text(&number(findings.len() as u64))?;
        page.raw("</b> ")?;
        page.raw(kind.meaning())?;
        page.raw(" <code>")?;
        page.raw(kind.name())?;
        page.raw("</code></summary>\n<ol>\n")?;
        for finding in findings {
            write_finding(page, report, finding)?;
        }
        page.raw("</ol></details>\n")?;
    }
    page.raw("</section>\n")
}

fn write_finding<W: Write>(
    page: &mut Html<W>,
    report: &Report,
    finding: &Finding,
) -> io::Result<()> {
    page.raw("<li class=\"finding\"><p class=\"path\"><code>")?;
    page.name(&finding.path)?;
    page.raw("</code></p>")?;
    let copy = finding.copy.and_then(|copy| report.copies.get(copy));
    match copy {
        Some(copy) if report.copies.len() > 1 => {
            page.raw("<p class=\"where\">on <code>")?;
            page.name(&copy.place.path)?;
            page.raw("</code></p>")?;
        }
        _ => {}
    }
    if finding.expected.is_some() || finding.found.is_some() {
        page.raw("<dl class=\"differing\">")?;
        for (title, value) in [("expected", &finding.expected), ("found", &finding.found)] {
            let Some(value) = value else { continue };
            page.raw("<dt>")?;
            page.raw(title)?;
            page.raw("</dt><dd>")?;
            page.name(value)?;
            page.raw("</dd>")?;
        }
        page.raw("</dl>")?;
    }
    if let Some(note) = &finding.note {
        page.raw("<p class=\"note\">")?;
        page.name(note)?;
        page.raw("</p>")?;
    }
    page.raw("</li>\n")
}
