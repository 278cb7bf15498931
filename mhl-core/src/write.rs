//! From entries to XML: what both writers share.

use std::io::Write;

use mhl_hash::Algorithm;

use crate::{FileEntry, Format, RecordedHash, WriteError, xml::Output};

/// A line with one recorded digest. `path` is for the error.
pub(crate) fn write_digest<W: Write>(
    output: &mut Output<W>,
    level: usize,
    format: Format,
    hash: &RecordedHash,
    path: &str,
) -> Result<(), WriteError> {
    let Some(element) = hash.element_in(format) else {
        return Err(WriteError::NoSuchElement {
            format: format.name(),
            algorithm: hash.algorithm().map_or("null", Algorithm::name),
            path: path.to_owned(),
        });
    };
    output.indent(level);
    output.raw().push('<');
    output.raw().push_str(element);
    if format == Format::Asc {
        if let Some(action) = &hash.action {
            output.attribute("action", action.as_str())?;
        }
        output.time_attribute("hashdate", hash.date.as_ref());
    }
    for (name, value) in &hash.attributes {
        output.attribute(name, value)?;
    }
    output.raw().push('>');
    match hash.spelling_in(format) {
        Some(text) => output.escaped(text)?,
        None => hash.append_value_in(format, output.raw()),
    }
    output.end(element);
    Ok(())
}

/// Lines with the recorded digests of an entry, in the order of their ranks.
pub(crate) fn write_digests<W: Write>(
    output: &mut Output<W>,
    level: usize,
    format: Format,
    hashes: &[RecordedHash],
    path: &str,
) -> Result<(), WriteError> {
    // Sorting is rare, and the usual entry costs no allocation.
    if hashes.is_sorted_by_key(RecordedHash::rank) {
        return hashes.iter().try_for_each(|hash| write_digest(output, level, format, hash, path));
    }
    let mut sorted: Vec<&RecordedHash> = hashes.iter().collect();
    sorted.sort_by_key(|hash| hash.rank());
    sorted.into_iter().try_for_each(|hash| write_digest(output, level, format, hash, path))
}

/// The size of an entry as it is written.
pub(crate) fn push_size(entry: &FileEntry, out: &mut String) {
    let Some(size) = entry.size else { return };
    // The spelling counts only as long as nobody changed the size.
    let spelling = entry
        .size_spelling
        .as_deref()
        .filter(|text| text.strip_prefix('+').unwrap_or(text).parse() == Ok(size));
    if let Some(spelling) = spelling {
        return out.push_str(spelling);
    }
    let mut digits = [0; 20];
    let mut rest = size;
    let mut begin = digits.len();
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
        begin -= 1;
        if rest == 0 {
            break;
        }
    }
    let digits = digits.get(begin..).unwrap_or_default();
    out.push_str(str::from_utf8(digits).unwrap_or_default());
}
