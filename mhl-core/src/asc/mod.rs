//! ASC MHL 2.0: a history of generations in a folder `ascmhl` at the root of a scope.
//!
//! [`read`] and [`write()`] take a whole manifest; [`Reader`] and [`Writer`] take it entry by
//! entry, in constant memory. [`Chain`] is the list of a history's generations, and of a collection's
//! manifests. [`History`] loads all of it and reports what does not fit together, and so does
//! [`Collection`].
//!
//! # How a manifest is read
//! UTF-8, whatever the prefixes. `metadata` is read before or after `hashes` and kept as it is.
//! Children in another order than the schema's are read, with a warning. A value is text alone, or
//! one CDATA section alone: see [`classic`](crate::classic).
//!
//! # How it is written
//! UTF-8, LF, the schema's order, the specification's namespace as the default one, the same
//! bytes for the same manifest; `size="0"` for an empty file, times with `+00:00`.

mod chain;
pub(crate) mod collection;
mod directory_hash;
mod elements;
mod history;
mod ignore;
mod kinship;
mod known;
mod lookup;
mod pin;
mod reader;
mod saying;
mod writer;

use std::io::{BufRead, Write};

pub use chain::{Chain, Link};
pub use collection::Collection;
pub use directory_hash::{DirectoryHash, DirectoryHasher};
pub use history::{Generation, History, NestedHistory};
pub(crate) use history::{Referred, each_generation, tell};
pub use ignore::{IgnoreError, IgnoreList};
pub(crate) use ignore::{inward, outward};
pub use kinship::Kinship;
pub use known::Known;
pub(crate) use known::{FolderRenames, Knowledge, Record};
pub use lookup::{FileHistory, Mention};
pub use pin::{HistoryPin, ParsePinError};
pub use reader::Reader;
pub(crate) use saying::{Heard, Saying};
pub use writer::Writer;

use crate::{Format, Limits, Manifest, ReadError, Timestamp, WriteError, read::fold};

/// The namespace of manifests.
pub(crate) const NAMESPACE: &str = "urn:ASC:MHL:v2.0";
/// The namespace of chains and collections.
pub(crate) const DIRECTORY_NAMESPACE: &str = "urn:ASC:MHL:DIRECTORY:v2.0";

/// The folder of a history, at the root of its scope.
pub const FOLDER: &str = "ascmhl";
/// The chain's file in that folder.
pub const CHAIN_FILE: &str = "ascmhl_chain.xml";
/// The file of a collection.
pub const COLLECTION_FILE: &str = "ascmhl_collection.xml";
/// The patterns that the specification ignores by default, in the order in which they are written.
/// Each history has them: without the last two its own folder would count as new files.
pub const DEFAULT_IGNORE: [&str; 3] = [".DS_Store", "ascmhl", "ascmhl/"];

/// Reads an ASC manifest.
///
/// # Errors
/// As [`read_manifest`](crate::read_manifest); a classic list, and any encoding but UTF-8, is an
/// error too.
pub fn read(source: impl BufRead, limits: &Limits) -> Result<Manifest, ReadError> {
    fold(&mut Reader::new(source, limits)?)
}

/// Writes an ASC manifest.
///
/// # Errors
/// When the sink fails, a name cannot stand in XML, or the manifest is of the other format or
/// holds a digest that the format has no element for.
pub fn write(manifest: &Manifest, sink: impl Write) -> Result<(), WriteError> {
    if manifest.format() != Format::Asc {
        return Err(WriteError::WrongFormat("an ASC manifest can only be written of an ASC one"));
    }
    let mut writer = Writer::new(sink, &manifest.header)?;
    for kept in manifest.extra.attributes().iter().filter(|kept| kept.element() == "hashes") {
        writer.keep_attribute(kept.clone())?;
    }
    for entry in &manifest.entries {
        writer.entry(entry)?;
    }
    writer.finish_with(&manifest.references, &manifest.extra).map(drop)
}

/// The name of a manifest's file: `<NNNN>_<folder>_<YYYY-MM-DD>_<HHMMSS>Z.mhl`, in UTC; the
/// generation with four digits or more.
///
/// ```
/// use mhl_core::{Timestamp, asc};
///
/// let time = Timestamp::from_unix(1_795_357_800, 0).unwrap();
/// assert_eq!(asc::file_name(1, "A001R1AB", &time), "0001_A001R1AB_2026-11-22_143000Z.mhl");
/// ```
#[must_use]
pub fn file_name(generation: u64, folder: &str, time: &Timestamp) -> String {
    format!("{generation:04}_{folder}_{}Z.mhl", time.file_name_form())
}

/// The generation in the name of a manifest's file: four digits or more, then `_` or `.mhl`.
pub(crate) fn generation_of(file_name: &str) -> Option<u64> {
    let stem = file_name.strip_suffix(".mhl")?;
    let digits = stem.split('_').next().unwrap_or(stem);
    let number = digits.len() >= 4 && digits.bytes().all(|byte| byte.is_ascii_digit());
    number.then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generation_is_in_the_name() {
        let time = Timestamp::from_unix(0, 0).unwrap();
        for number in [1, 9999, 10_000] {
            assert_eq!(generation_of(&file_name(number, "A_B.mhl", &time)), Some(number));
        }
        assert_eq!(generation_of("0012.mhl"), Some(12));
        for name in ["1_a.mhl", "0001_a.xml", "000a_a.mhl", "._0001_a.mhl", "00001x_.mhl", ".mhl"] {
            assert_eq!(generation_of(name), None, "{name}");
        }
    }
}
