//! Every file with its size and digests, folder by folder.

use std::{
    collections::HashSet,
    io::{self, Write},
};

use super::{
    html::Html,
    words::{bytes, counted, number},
};
use crate::{FileRecord, Report, roll::total};

/// Files up to this number, some cards' worth, are shown unfolded and so printed.
const UNFOLDED: usize = 500;
/// Files under one fold: a browser lays out what is unfolded, and frames come by the ten thousand.
const UNDER_ONE_FOLD: usize = 1000;

pub(super) fn write<W: Write>(page: &mut Html<W>, report: &Report) -> io::Result<()> {
    page.raw("<section id=\"files\">\n<h2>Files <small>")?;
    page.text(&number(report.files.len() as u64))?;
    page.raw("</small></h2>\n")?;
    let faulty: HashSet<&str> = report
        .findings
        .iter()
        .filter(|finding| finding.kind.is_fault())
        .map(|finding| finding.path.as_str())
        .collect();
    // By path alone the files of a folder stand apart: before, between and after its folders.
    let mut files: Vec<&FileRecord> = report.files.iter().collect();
    files.sort_by(|a, b| split(&a.path).0.cmp(split(&b.path).0));
    let unfolded = files.len() <= UNFOLDED;
    for folder in files.chunk_by(|a, b| split(&a.path).0 == split(&b.path).0) {
        for files in folder.chunks(UNDER_ONE_FOLD) {
            fold(page, files, folder.len() > UNDER_ONE_FOLD, &faulty, unfolded)?;
        }
    }
    page.raw("</section>\n")
}

/// Files of one folder; `in_part` when it has more.
fn fold<W: Write>(
    page: &mut Html<W>,
    files: &[&FileRecord],
    in_part: bool,
    faulty: &HashSet<&str>,
    unfolded: bool,
) -> io::Result<()> {
    let (Some(first), Some(last)) = (files.first(), files.last()) else { return Ok(()) };
    let (folder, first) = split(&first.path);
    page.raw(if unfolded { "<details open>" } else { "<details>" })?;
    page.raw("<summary>")?;
    if folder.is_empty() {
        page.raw("<b>In no folder</b>")?;
    } else {
        page.raw("<code>")?;
        page.name(folder)?;
        page.raw("</code>")?;
    }
    if in_part {
        page.raw(" <span class=\"range\"><code>")?;
        page.name(first)?;
        page.raw("</code> to <code>")?;
        page.name(split(&last.path).1)?;
        page.raw("</code></span>")?;
    }
    let size = total(files.iter().filter_map(|file| file.size));
    page.raw(" <span class=\"sum\">")?;
    page.text(&format!("{}, {}", counted(files.len() as u64, "file"), bytes(size)))?;
    page.raw("</span>")?;
    let faults = files.iter().filter(|file| faulty.contains(file.path.as_str())).count() as u64;
    if faults > 0 {
        page.raw(" <b class=\"failed\">")?;
        page.text(&format!("{} at fault", number(faults)))?;
        page.raw("</b>")?;
    }
    page.raw(
        "</summary>\n<table>\n<thead><tr><th>Name<th class=\"size\">Bytes<th>Digests</thead>\n",
    )?;
    for file in files {
        row(page, file, faulty.contains(file.path.as_str()))?;
    }
    page.raw("</table></details>\n")
}

fn row<W: Write>(page: &mut Html<W>, file: &FileRecord, is_faulty: bool) -> io::Result<()> {
    page.raw(if is_faulty { "<tr class=\"fault\"><td>" } else { "<tr><td>" })?;
    page.name(split(&file.path).1)?;
    if is_faulty {
        page.raw(" <b class=\"failed\">at fault</b>")?;
    }
    if file.unread {
        page.raw(" <b class=\"unproven\">not read</b>")?;
    }
    page.raw("<td class=\"size\">")?;
    match file.size {
        Some(size) => page.text(&number(size))?,
        None => page.raw("not listed")?,
    }
    page.raw("<td>")?;
    if file.hashes.is_empty() {
        page.raw("<b class=\"unproven\">none</b>")?;
    }
    for hash in &file.hashes {
        let (algorithm, value) = hash.split_once(':').unwrap_or(("", hash));
        page.raw("<p><i>")?;
        page.name(algorithm)?;
        page.raw("</i> ")?;
        page.name(value)?;
    }
    page.raw("\n")
}

/// The folder of a path, and the name in it.
fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}
