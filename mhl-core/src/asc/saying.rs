//! What one generation says of files, held against what is known: in few bytes, as most of it is known.

use std::collections::HashMap;

use super::known::Knowledge;
use crate::{
    Action, DirectoryEntry, Entry, Event, FileEntry, Finding, FindingKind, Manifest, ReadError,
    ReadErrorKind, RecordedHash, RelativePath,
    expected::ExpectedFile,
    hashes::Keep,
    path::Ordered,
    read::{Events, agree, files_agree},
    xml::cut,
};

/// What a generation says of its files.
pub(crate) struct Saying {
    pub(crate) number: u64,
    keep: Keep,
    /// The files of which it says something else than is known, or something new, as they come.
    pub(crate) files: Vec<Heard>,
    /// For each known file whether all that is known of it is said again, and nothing else.
    pub(crate) repeated: Vec<bool>,
    /// A digest is labelled `failed`.
    pub(crate) has_failed: bool,
    /// Files that are recorded as `original` again.
    pub(crate) findings: Vec<Finding>,
    /// Where the next file is looked for first.
    near: usize,
}

/// A file of a generation.
pub(crate) struct Heard {
    pub(crate) file: ExpectedFile,
    /// The path before it was renamed. Hardly any file has one.
    pub(crate) previous: Option<Box<RelativePath>>,
}

impl Saying {
    /// Nothing yet.
    pub(crate) fn new(number: u64, keep: Keep, known: &Knowledge) -> Self {
        Saying {
            number,
            keep,
            files: Vec::new(),
            repeated: vec![false; known.files.len()],
            has_failed: false,
            findings: Vec::new(),
            near: 0,
        }
    }

    /// Takes what is said of one file.
    pub(super) fn hear(&mut self, file: &FileEntry, known: &Knowledge) -> Place {
        self.has_failed |= file.hashes.iter().any(RecordedHash::is_failed);
        self.findings.extend(original_again(known, self.number, file));
        let place = known.place_near(self.near, &file.path);
        let record = place.and_then(|place| known.files.get(place));
        self.near = place.map_or(self.near, |place| place + 1);
        if let (Some(place), Some((_, record))) = (place, record)
            && file.previous_path.is_none()
            && record.size == file.size
            && record.hashes.keep(&file.hashes, self.keep)
            && let Some(repeated) = self.repeated.get_mut(place)
        {
            *repeated = true;
            return Place::Known(place);
        }
        self.files.push(Heard {
            file: ExpectedFile {
                path: file.path.clone(),
                size: file.size,
                hashes: self.keep.of(&file.hashes),
            },
            previous: file.previous_path.clone().map(Box::new),
        });
        Place::Heard(self.files.len() - 1)
    }

    /// Whether it says something of a file.
    pub(super) fn lists(&self, path: &RelativePath, known: &Knowledge) -> bool {
        let repeated = known.place(path).and_then(|place| self.repeated.get(place));
        repeated.is_some_and(|repeated| *repeated)
            || self.files.iter().any(|heard| heard.file.path == *path)
    }

    /// For each known file whether it is listed.
    pub(crate) fn listed(&self, known: &Knowledge) -> Vec<bool> {
        let mut listed = self.repeated.clone();
        for heard in &self.files {
            let place = known.place(&heard.file.path).and_then(|place| listed.get_mut(place));
            place.into_iter().for_each(|place| *place = true);
        }
        listed
    }

    /// Takes the files of a manifest as they are read, and gives back all else. What is listed twice
    /// is told, and is an error where the two cannot both hold, as [`fold`](crate::read::fold) has it.
    pub(crate) fn take(
        &mut self,
        events: &mut dyn Events,
        known: &Knowledge,
    ) -> Result<Manifest, ReadError> {
        let mut manifest = Manifest::new(events.take_header());
        let mut listed = Listed::default();
        while let Some(event) = events.next() {
            match event? {
                Event::Entry(entry) => {
                    match listed.earlier(entry.path(), &manifest, self, known) {
                        None => {}
                        Some(earlier) if agrees(&earlier, &entry) => {
                            let path = entry.path().as_str();
                            let note = "listed twice; the entries agree";
                            let twice = Finding::new(FindingKind::DuplicateEntry, path);
                            manifest.findings.push(twice.noting(note));
                        }
                        Some(_) => {
                            let path = cut(entry.path().as_str());
                            return Err(events.error(ReadErrorKind::Contradiction(path)));
                        }
                    }
                    match entry {
                        Entry::File(file) => {
                            let place = self.hear(&file, known);
                            listed.take(file.path, place);
                        }
                        Entry::Directory(directory) => {
                            let place = Place::Directory(manifest.entries.len());
                            listed.take(directory.path.clone(), place);
                            manifest.entries.push(Entry::Directory(directory));
                        }
                    }
                }
                Event::Reference(reference) => manifest.references.push(reference),
                Event::Kept(_) | Event::KeptAttribute(_) => {}
                Event::Finding(finding) => manifest.findings.push(finding),
            }
        }
        Ok(manifest)
    }
}

/// An entry that listed a path before.
enum Earlier<'a> {
    Directory(&'a DirectoryEntry),
    File(Option<u64>, Vec<RecordedHash>),
}

fn agrees(earlier: &Earlier<'_>, entry: &Entry) -> bool {
    match (earlier, entry) {
        (Earlier::File(size, hashes), Entry::File(file)) => {
            files_agree((*size, hashes), (file.size, &file.hashes))
        }
        (Earlier::Directory(one), other @ Entry::Directory(_)) => {
            agree(&Entry::Directory((*one).clone()), other)
        }
        _ => false,
    }
}

/// The paths of a manifest so far. As long as they come in an order, the last one tells whether the
/// next is new; where they do not, as hardly any program writes them, all are remembered.
#[derive(Default)]
struct Listed {
    order: Ordered,
    last: Option<RelativePath>,
    first: Option<HashMap<RelativePath, Place>>,
}

/// Where an entry is kept.
#[derive(Clone, Copy)]
pub(super) enum Place {
    /// Among the entries of the manifest.
    Directory(usize),
    /// Among the files of which something else is said than is known.
    Heard(usize),
    /// Among the known files, of which it says the same.
    Known(usize),
}

impl Listed {
    /// What listed a path before.
    fn earlier<'a>(
        &mut self,
        path: &RelativePath,
        manifest: &'a Manifest,
        saying: &Saying,
        known: &Knowledge,
    ) -> Option<Earlier<'a>> {
        if self.first.is_none() {
            let last = self.last.as_ref();
            if last.is_none_or(|last| self.order.follows(last.as_str(), path.as_str())) {
                return None;
            }
        }
        let first = self.first.get_or_insert_with(|| all(manifest, saying, known));
        match *first.get(path)? {
            Place::Directory(at) => match manifest.entries.get(at)? {
                Entry::Directory(directory) => Some(Earlier::Directory(directory)),
                Entry::File(_) => None,
            },
            Place::Heard(at) => saying
                .files
                .get(at)
                .map(|heard| Earlier::File(heard.file.size, heard.file.hashes.to_vec())),
            Place::Known(at) => known
                .files
                .get(at)
                .map(|(_, record)| Earlier::File(record.size, record.hashes.to_vec())),
        }
    }

    /// Remembers an entry.
    fn take(&mut self, path: RelativePath, place: Place) {
        match &mut self.first {
            Some(first) => _ = first.entry(path).or_insert(place),
            None => self.last = Some(path),
        }
    }
}

/// Everything that is listed so far.
fn all(manifest: &Manifest, saying: &Saying, known: &Knowledge) -> HashMap<RelativePath, Place> {
    let repeated = known.files.iter().zip(&saying.repeated).enumerate();
    let repeated = repeated.filter(|(_, (_, repeated))| **repeated);
    let repeated = repeated.map(|(at, ((path, _), _))| (path.clone(), Place::Known(at)));
    let heard = saying.files.iter().enumerate();
    let heard = heard.map(|(at, heard)| (heard.file.path.clone(), Place::Heard(at)));
    let directories = manifest.entries.iter().enumerate();
    let directories = directories.map(|(at, entry)| (entry.path().clone(), Place::Directory(at)));
    repeated.chain(heard).chain(directories).collect()
}

/// The finding that a file that is known is recorded as `original` again, which would make whatever
/// it holds now the new reference.
fn original_again(known: &Knowledge, number: u64, file: &FileEntry) -> Option<Finding> {
    // The reference tool labels a renamed file so, and names its previous path.
    if known.files.is_empty()
        || !file.hashes.iter().any(|hash| hash.action == Some(Action::Original))
    {
        return None;
    }
    let renamed = file.previous_path.as_ref().and_then(|previous| known.get(previous));
    let earlier = renamed.or_else(|| known.get(&file.path))?;
    match earlier.conflict(&file.hashes) {
        Some((first, second)) => {
            let note =
                format!("generation {number} records as original other bytes than an earlier one");
            let finding = Finding::new(FindingKind::ConflictingOriginals, file.path.as_str());
            Some(finding.differing(first, second).noting(note))
        }
        None if file.previous_path.is_some() => None,
        // It looks for an original under the new name alone, finds none, and calls the proven digest
        // one.
        None if earlier.renamed && earlier.shares_a_format(&file.hashes) => None,
        None => {
            let note =
                format!("generation {number} records as original a file that an earlier one knows");
            Some(Finding::new(FindingKind::Rebaselined, file.path.as_str()).noting(note))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Limits,
        asc::{FolderRenames, Reader},
        read::fold,
    };

    /// A manifest that lists these files of these bytes, in this order.
    fn manifest(files: &[(&str, u8)]) -> String {
        let entries = files.iter().map(|(path, byte)| {
            let digest = format!("{byte:02x}").repeat(16);
            let md5 = format!(
                "<md5 action=\"verified\" hashdate=\"2026-11-22T14:30:00Z\">{digest}</md5>"
            );
            format!("<hash><path size=\"1\">{path}</path>{md5}</hash>")
        });
        let entries: String = entries.collect();
        format!(
            "<hashlist version=\"2.0\" xmlns=\"urn:ASC:MHL:v2.0\"><hashes>{entries}</hashes></hashlist>"
        )
    }

    #[test]
    fn what_is_listed_twice_is_found_in_every_order() {
        let first = [("A-1/a", 1), ("A/a", 1), ("B", 1)];
        let mut known = Knowledge::default();
        let lists: [&[(&str, u8)]; 6] = [
            &first,
            &[("A/a", 1), ("A-1/a", 1), ("A/a", 1), ("B", 2)],
            &[("A/a", 1), ("A-1/a", 1), ("A/a", 2)],
            &[("C", 1), ("B", 1), ("B", 1), ("C", 1)],
            &[("C", 1), ("B", 1), ("B", 2)],
            &[("B", 1), ("B", 1), ("C", 3), ("C", 3)],
        ];
        for (number, files) in (1..).zip(lists) {
            let xml = manifest(files);
            let reader = || Reader::new(xml.as_bytes(), &Limits::default()).unwrap();
            let mut saying = Saying::new(number, Keep::ToCompare, &known);
            let few = saying.take(&mut reader(), &known).map(|manifest| manifest.findings);
            let all = fold(&mut reader()).map(|manifest| manifest.findings);
            assert_eq!(few.is_ok(), all.is_ok(), "{files:?}");
            if let (Ok(few), Ok(all)) = (few, all) {
                assert_eq!(few, all, "{files:?}");
                known.learn(saying, &FolderRenames::default());
            }
        }
        let paths: Vec<&str> = known.files.iter().map(|(path, _)| path.as_str()).collect();
        assert_eq!(paths, ["A-1/a", "A/a", "B", "C"]);
    }
}
