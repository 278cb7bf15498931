//! A report as one page for people: a DIT hands it to production, and it stands by itself.
//!
//! The page has no script and asks for nothing outside itself, and its own policy forbids both. It
//! is written as it goes: nothing of it is kept. What was not proven stands before everything that
//! was, and no sentence says more than [`Report::status`] does.

mod files;
mod findings;
mod html;
mod summary;
mod verdict;
mod words;

use std::io::{self, BufWriter, Write};

use self::{html::Html, verdict::Verdict};
use super::Report;

const STYLE: &str = include_str!("page.css");

impl Report {
    /// Writes the report as one self-contained page of HTML, in UTF-8: the verdict, what was not
    /// proven, source and copies, every finding, every file. A file may be handed over unbuffered.
    ///
    /// Whatever names, notes and digests hold is escaped; characters that a reader would not see, or
    /// that would turn the text around, are spelled out, as by
    /// [`escape_for_display`](crate::escape_for_display). A report that calls itself
    /// [`Verified`](super::Status::Verified) while its counts, copies or findings say less gets the
    /// lesser verdict, and the page says so.
    ///
    /// # Errors
    /// What the writer says. Then the page is not whole.
    ///
    /// ```
    /// use mhl_core::{Operation, Place, Report};
    ///
    /// let report = Report::new(Operation::Verify, Place::new("/mnt/raid/A001R1AB", None));
    /// let mut page = Vec::new();
    /// report.write_html(&mut page)?;
    /// assert!(String::from_utf8(page)?.contains("Not proven"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn write_html(&self, out: impl Write) -> io::Result<()> {
        let verdict = Verdict::of(self);
        let mut page = Html::new(BufWriter::with_capacity(1 << 16, out));
        begin(&mut page, self, &verdict)?;
        verdict::write(&mut page, self, &verdict)?;
        summary::write(&mut page, self)?;
        findings::write(&mut page, self)?;
        files::write(&mut page, self)?;
        end(&mut page, self)?;
        page.flush()
    }
}

fn begin<W: Write>(page: &mut Html<W>, report: &Report, verdict: &Verdict) -> io::Result<()> {
    page.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")?;
    page.raw(
        "<meta http-equiv=\"Content-Security-Policy\" \
         content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <link rel=\"icon\" href=\"data:,\">\n<title>",
    )?;
    page.text(name(report))?;
    page.raw(" \u{2013} ")?;
    page.text(verdict.word())?;
    page.raw("</title>\n<style>\n")?;
    page.raw(STYLE)?;
    page.raw("</style>\n</head>\n<body>\n<main>\n<header>\n<p class=\"eyebrow\"><span>")?;
    page.raw(words::operation(report.operation))?;
    page.raw(" report</span> ")?;
    page.time(&report.finished)?;
    page.raw("</p>\n<h1>")?;
    page.name(name(report))?;
    page.raw("</h1>\n</header>\n")
}

fn end<W: Write>(page: &mut Html<W>, report: &Report) -> io::Result<()> {
    page.raw(
        "<footer>\n<h2>What no verification proves</h2>\n\
         <p>That bytes equal those that were hashed first does not say that the camera recorded what \
         its sensor saw, nor which files were deleted before the list was made. A drive has a \
         memory of its own that no system can empty. Whether a card may be wiped takes more than one \
         report: other copies, other places, and somebody who looked at the pictures.</p>\n<p class=\"tool\">",
    )?;
    page.name(&report.tool)?;
    page.raw(" on ")?;
    page.name(&report.host)?;
    page.raw(" \u{b7} <code>")?;
    page.name(&report.schema)?;
    page.raw("</code></p>\n</footer>\n</main>\n</body>\n</html>\n")
}

/// What the page is about: the roll, or the folder where no roll could be told.
fn name(report: &Report) -> &str {
    report.roll.as_ref().map_or(&report.source.path, |roll| &roll.name)
}

#[cfg(test)]
mod tests;
