//! What an offload knows of files that it finished, for the one that takes it up.
//!
//! Beside the claim, in `DIR/.<roll>.offload/`, each run writes a `journal.<n>` of its own: for each
//! file of the card whose copy is durable, what the card gave. The run that takes the offload up need
//! not read such a file of the card again; its copy is read back all the same. What the journal says
//! is only believed of a file that has still the size and the time that it had, on the same file system, and
//! where no other destination's journal says otherwise: a card that was formatted anew may well have files of
//! the same names, sizes and, by a dead clock, times. It is never synced: what a power cut takes from it is read
//! again.

use std::{collections::BTreeMap, io};

use mhl_hash::{Algorithm, HashValue, Hasher};

use super::marker::Marker;
use crate::{
    RelativePath,
    expected::Reading,
    tree::{FoundFile, Modified, Volume, WriteFile},
};

/// Fields of a record: size, seconds, nanoseconds, digests, the card's file system, path, checksum; each ends
/// with NUL.
const FIELDS: usize = 7;

/// The journal that this run writes.
pub(super) struct Journal {
    file: Box<dyn WriteFile>,
    /// What the card's file system is known by; empty where it is by nothing.
    medium: String,
    /// Records that are not yet written.
    records: Vec<u8>,
}

impl Journal {
    /// Begins a journal beside those of earlier runs.
    pub(super) fn begin(marker: &Marker, volume: &dyn Volume, medium: &str) -> io::Result<Self> {
        let last = marker.journals(volume)?.into_iter().map(|(number, _)| number).max();
        let path = marker.journal(last.map_or(1, |last| last + 1))?;
        let (file, medium) = (volume.create(&path)?, medium.to_owned());
        Ok(Journal { file, medium, records: Vec::new() })
    }

    /// Notes a file and what the card gave of it.
    pub(super) fn note(&mut self, file: &FoundFile, values: &[HashValue]) {
        let Modified { seconds, nanoseconds } = file.stat.modified;
        let values: Vec<String> = values.iter().map(|value| format!("{value:?}")).collect();
        let (size, values, medium, path) =
            (file.stat.size, values.join(","), &self.medium, &file.path);
        let record = format!("{size}\0{seconds}\0{nanoseconds}\0{values}\0{medium}\0{path}\0");
        self.records.extend_from_slice(record.as_bytes());
        self.records.extend_from_slice(checksum(record.as_bytes()).as_bytes());
        self.records.push(0);
    }

    /// Writes what was noted, if anything: always one call, so that a run's calls can be counted.
    pub(super) fn write(&mut self) -> io::Result<()> {
        self.file.write_all(&std::mem::take(&mut self.records))
    }
}

/// What the journals of a destination say of a card's files, by their places in `files`, which are
/// sorted by path; `medium` is what its file system is known by. What is cut, damaged, of another file system,
/// or says two things of one file says nothing.
pub(super) fn read(
    marker: &Marker,
    volume: &dyn Volume,
    files: &[FoundFile],
    medium: &str,
) -> BTreeMap<usize, Vec<HashValue>> {
    let mut known: BTreeMap<usize, Option<Vec<HashValue>>> = BTreeMap::new();
    for (_, path) in marker.journals(volume).unwrap_or_default() {
        let mut text = Vec::new();
        // What was read before an error is as good as its checksums.
        let _ = Reading::open(volume, &path).and_then(|mut file| io::copy(&mut file, &mut text));
        let mut rest = text.as_slice();
        while let Some((record, after)) = split_record(rest) {
            rest = after;
            let Some((place, values)) = record_of(record, files, medium) else { continue };
            let said = known.entry(place).or_insert_with(|| Some(values.clone()));
            if said.as_ref().is_some_and(|said| *said != values) {
                *said = None;
            }
        }
    }
    known.into_iter().filter_map(|(place, values)| Some((place, values?))).collect()
}

/// The next whole record and what follows it; after a damaged one nothing can be told apart.
fn split_record(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut ends = text.iter().enumerate().filter(|(_, byte)| **byte == 0).map(|(at, _)| at);
    let path_ends = ends.nth(FIELDS - 2)?;
    let sum_ends = ends.next()?;
    let (record, rest) = text.split_at_checked(path_ends + 1)?;
    let (sum, after) = rest.split_at_checked(sum_ends - path_ends)?;
    let sum = sum.strip_suffix(b"\0")?;
    (checksum(record).as_bytes() == sum).then_some((record, after))
}

/// The file that a record tells of, if it is still what it was, and its digests.
fn record_of(record: &[u8], files: &[FoundFile], medium: &str) -> Option<(usize, Vec<HashValue>)> {
    let mut fields = std::str::from_utf8(record).ok()?.split('\0');
    let modified = |seconds: &str, nanoseconds: &str| {
        Some(Modified { seconds: seconds.parse().ok()?, nanoseconds: nanoseconds.parse().ok()? })
    };
    let size: u64 = fields.next()?.parse().ok()?;
    let modified = modified(fields.next()?, fields.next()?)?;
    let values = fields.next()?.split(',').map(value).collect::<Option<Vec<_>>>()?;
    let is_same = fields.next()? == medium;
    let path = RelativePath::new(fields.next()?).ok().filter(|_| is_same)?;
    let place = files.binary_search_by(|file| file.path.cmp(&path)).ok()?;
    let stat = files.get(place)?.stat;
    (stat.size == size && stat.modified == modified).then_some((place, values))
}

fn value(text: &str) -> Option<HashValue> {
    let (name, value) = text.split_once(':')?;
    HashValue::parse(name.parse().ok()?, value).ok()
}

fn checksum(record: &[u8]) -> String {
    let mut hasher = Hasher::new(Algorithm::Xxh3);
    hasher.update(record);
    hasher.finish().to_hex()
}
