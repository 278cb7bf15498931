//! What the list at a root says of every file, whichever format it has.

use std::{
    io::{self, BufReader, Read},
    path::PathBuf,
};

use mhl_hash::{Algorithm, HashValue};

use crate::{
    Finding, FindingKind, Format, Header, Limits, Manifest, ManifestRecord, ReadError,
    RecordedHash, RelativePath, asc, read_manifest,
    tree::{ReadFile, Volume, read},
};

/// A list, read: what every file is expected to be.
#[derive(Clone, Debug)]
pub(crate) struct Expected {
    pub(crate) record: ManifestRecord,
    pub(crate) format: Format,
    /// Sorted by path bytes, each path once.
    pub(crate) files: Vec<ExpectedFile>,
    /// The identity of the roll by its first list.
    pub(crate) content: HashValue,
    /// Ignore patterns of a history.
    pub(crate) ignore: Vec<String>,
    /// What was unusual or wrong about the list itself.
    pub(crate) findings: Vec<Finding>,
    /// The history, for whoever appends to it.
    pub(crate) history: Option<asc::History>,
}

/// A listed file.
#[derive(Clone, Debug)]
pub(crate) struct ExpectedFile {
    pub(crate) path: RelativePath,
    /// Bytes.
    pub(crate) size: Option<u64>,
    pub(crate) hashes: Vec<RecordedHash>,
}

/// Why there is nothing to compare with.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ListError {
    /// No list stands at the root.
    #[error("{}: no Media Hash List stands there: expected one .mhl file, or a folder ascmhl", root.display())]
    None {
        /// The folder.
        root: PathBuf,
    },
    /// Several lists stand at the root, and one roll has one list.
    #[error("{}: several lists stand there: {}; name the one to use", root.display(), lists.join(", "))]
    Several {
        /// The folder.
        root: PathBuf,
        /// All of them.
        lists: Vec<String>,
    },
    /// A list cannot be read from the disk.
    #[error("{}: {error}", path.display())]
    Io {
        /// The list.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// A list is no Media Hash List.
    #[error("{}: {error}", path.display())]
    Invalid {
        /// The list.
        path: PathBuf,
        /// Where and what.
        error: Box<ReadError>,
    },
}

/// The lists at a root: classic files, and `ascmhl` where there is a history.
pub(crate) fn lists_at(volume: &dyn Volume) -> io::Result<Vec<RelativePath>> {
    let mut lists: Vec<RelativePath> = volume
        .names(None)?
        .into_iter()
        .filter_map(|name| RelativePath::new(name.to_str()?).ok())
        .filter(is_list)
        .collect();
    lists.sort_unstable();
    Ok(lists)
}

/// Whether a path is that of a list at the root of a roll; `ascmhl` stands for its history.
pub(crate) fn is_list(path: &RelativePath) -> bool {
    let name = path.as_str();
    name == asc::FOLDER
        || (path.parent().is_none()
            && name.len() > 4
            && name.to_ascii_lowercase().ends_with(".mhl"))
            && !crate::is_litter(name)
}

impl Expected {
    /// Reads the one list at a root, or the one that was named.
    pub(crate) fn load(
        volume: &dyn Volume,
        named: Option<&RelativePath>,
        limits: &Limits,
    ) -> Result<Self, ListError> {
        let root = volume.root();
        let lists =
            lists_at(volume).map_err(|error| ListError::Io { path: root.to_owned(), error })?;
        let list = match (named, lists.as_slice()) {
            (Some(named), _) => named,
            (None, []) => return Err(ListError::None { root: root.to_owned() }),
            (None, [only]) => only,
            (None, _) => {
                let lists = lists.iter().map(ToString::to_string).collect();
                return Err(ListError::Several { root: root.to_owned(), lists });
            }
        };
        let mut expected = if list.as_str() == asc::FOLDER {
            Self::of_history(volume, limits)?
        } else {
            Self::of_file(volume, list, limits)?
        };
        expected.record.at_root = u32::try_from(lists.len()).unwrap_or(u32::MAX);
        Ok(expected)
    }

    fn of_file(
        volume: &dyn Volume,
        list: &RelativePath,
        limits: &Limits,
    ) -> Result<Self, ListError> {
        let path = || volume.root().join(list.as_str());
        let io = |error| ListError::Io { path: path(), error };
        let file = volume.open(list).map_err(io)?;
        let manifest = read_manifest(BufReader::with_capacity(1 << 16, Reading(file)), limits)
            .map_err(|error| ListError::Invalid { path: path(), error: Box::new(error) })?;
        let c4 = c4_of(volume, list).map_err(io)?;
        let record = ManifestRecord::new(list.as_str(), manifest.format().name(), c4.to_string());
        let mut expected = Expected {
            record,
            format: manifest.format(),
            content: manifest.roll_content(),
            ignore: manifest.header.ignore.clone(),
            findings: manifest.findings.clone(),
            files: Vec::new(),
            history: None,
        };
        expected.findings.extend(manifest.lists_itself(list));
        expected.files = files_of(manifest);
        Ok(expected)
    }

    fn of_history(volume: &dyn Volume, limits: &Limits) -> Result<Self, ListError> {
        let root = volume.root();
        let history = asc::History::load(root, limits)
            .map_err(|error| ListError::Io { path: root.join(asc::FOLDER), error })?
            .ok_or_else(|| ListError::None { root: root.to_owned() })?;
        let (first, last) = (history.generations.first(), history.generations.last());
        let record = match last {
            Some(last) => {
                let path = format!("{}/{}", asc::FOLDER, last.file_name);
                ManifestRecord::new(path, Format::Asc.name(), last.c4.to_string())
            }
            None => ManifestRecord::new(asc::FOLDER, Format::Asc.name(), ""),
        };
        let mut findings = history.findings.clone();
        for generation in &history.generations {
            findings.extend(generation.manifest.findings.iter().cloned());
        }
        let files = history.known().into_iter().map(|(path, known)| ExpectedFile {
            path,
            size: known.size,
            hashes: known.hashes,
        });
        Ok(Expected {
            record,
            format: Format::Asc,
            files: files.collect(),
            content: first.map_or_else(
                || Manifest::new(Header::new(Format::Asc)).roll_content(),
                |first| first.manifest.roll_content(),
            ),
            ignore: history.ignore_patterns(),
            findings,
            history: Some(history),
        })
    }

    /// Every algorithm that any file is listed with.
    pub(crate) fn algorithms(&self) -> Vec<Algorithm> {
        let mut algorithms: Vec<Algorithm> =
            self.files.iter().flat_map(|file| &file.hashes).filter_map(|h| h.algorithm()).collect();
        algorithms.sort_unstable();
        algorithms.dedup();
        algorithms
    }
}

fn files_of(manifest: Manifest) -> Vec<ExpectedFile> {
    let mut files: Vec<ExpectedFile> = manifest
        .entries
        .into_iter()
        .filter_map(|entry| match entry {
            crate::Entry::File(file) => {
                Some(ExpectedFile { path: file.path, size: file.size, hashes: file.hashes })
            }
            crate::Entry::Directory(_) => None,
        })
        .collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    // Two entries of one path that disagree are an error of the reader: what is left agrees.
    files.dedup_by(|later, earlier| {
        let same = later.path == earlier.path;
        if same {
            earlier.hashes.append(&mut later.hashes);
        }
        same
    });
    files
}

/// C4 of a file's bytes.
pub(crate) fn c4_of(volume: &dyn Volume, path: &RelativePath) -> io::Result<HashValue> {
    let way = read::Way::ThroughTheCache;
    let result = read::read(volume, path, &[Algorithm::C4], way, &mut read::buffer(), &());
    match result.map(|outcome| outcome.values.into_iter().next()) {
        Ok(Some(value)) => Ok(value),
        Err(read::Failure::Io(_, error)) => Err(error),
        _ => Err(io::Error::other("it changed while it was read")),
    }
}

/// The finding that a list cannot be used, for reports.
impl From<&ListError> for Finding {
    fn from(error: &ListError) -> Self {
        let (kind, path) = match error {
            ListError::None { root } | ListError::Several { root, .. } => {
                (FindingKind::ManifestInvalid, root)
            }
            ListError::Io { path, .. } | ListError::Invalid { path, .. } => {
                (FindingKind::ManifestInvalid, path)
            }
        };
        Finding::new(kind, path.to_string_lossy()).noting(error.to_string())
    }
}

/// A file of a volume as a reader.
struct Reading(Box<dyn ReadFile>);

impl Read for Reading {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}
