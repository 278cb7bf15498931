//! Offload: a card read once, written to every destination, read back, listed.
//!
//! The order of the work is the promise. Every destination is checked before the first byte. The
//! source is read once; its bytes go to the hasher and to every destination. Written files become
//! durable in batches ([`destination`]). Then everything is read back past the cache and compared
//! with what the source gave. A destination gets its list last, and only when every file of the
//! card stands there and held: no list, no copy.

mod buffer;
mod copy;
mod destination;
mod marker;
mod plan;

use std::{
    io,
    path::{Path, PathBuf},
    thread,
};

use mhl_hash::Algorithm;

use self::{
    copy::{copy, join},
    destination::Destination,
    plan::Plan,
};
use crate::{
    CopyReport, Finding, FindingKind, Format, Grade, ManifestRecord, Operation, PathError, Place,
    Process, RelativePath, Report, Status, Timestamp,
    account::Account,
    context::{Context, Phase, Progress},
    digests::Digests,
    expected::{Expected, lists_at},
    listing::{AlgorithmNotInFormat, Generation, Listing, check_algorithms},
    tree::{Disk, FoundFile, Tree, Volume, walk},
};

/// How an offload is to be done.
///
/// ```
/// use mhl_core::{Format, OffloadOptions};
/// use mhl_hash::Algorithm;
///
/// let options = OffloadOptions::default();
/// assert_eq!(options.algorithms, [Algorithm::Xxh64]);
/// assert_eq!(options.format, Format::Classic);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OffloadOptions {
    /// The roll's name, which becomes its folder's; by default the name of the source folder.
    pub name: Option<String>,
    /// The digests to compute, all in one read.
    pub algorithms: Vec<Algorithm>,
    /// The format of the list.
    pub format: Format,
    /// Take up an unfinished offload, or prove a finished one again.
    pub resume: bool,
}

impl Default for OffloadOptions {
    /// XXH64, a classic list, the source's name, no resume.
    fn default() -> Self {
        OffloadOptions {
            name: None,
            algorithms: vec![Algorithm::Xxh64],
            format: Format::Classic,
            resume: false,
        }
    }
}

/// Why an offload did not start. Nothing was written.
///
/// What goes wrong with one file or one destination is no such error but a [`Finding`] of the
/// report, and the rest of the work is done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OffloadError {
    /// The source cannot be opened.
    #[error("{}: the source cannot be opened: {error}", path.display())]
    Source {
        /// The folder that was named.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// The source holds no file.
    #[error("{}: there is no file to copy", path.display())]
    NothingToCopy {
        /// The folder that was named.
        path: PathBuf,
    },
    /// The source carries a list or a history of its own, which this version does not take over.
    #[error(
        "{}: the card carries the list {list}, and lists of cards are not taken over yet: verify it \
         in place, or offload a copy of the folder without the list",
        path.display()
    )]
    SourceCarriesList {
        /// The folder that was named.
        path: PathBuf,
        /// The list, relative to it.
        list: String,
    },
    /// No destination was named.
    #[error("no destination was named")]
    NoDestination,
    /// The arguments contradict each other; each contradiction is a sentence.
    #[error("{}", sentences.join("; "))]
    Contradiction {
        /// All of them.
        sentences: Vec<String>,
    },
    /// The roll has no name that a folder can have.
    #[error("the roll's name: {0}")]
    Name(#[from] PathError),
    /// The roll's name has a separator in it.
    #[error("{name:?} is no name for a roll: one without a separator expected")]
    NotAName {
        /// The name that was given.
        name: String,
    },
    /// No digest, or one that the list's format does not know.
    #[error(transparent)]
    Algorithm(#[from] AlgorithmNotInFormat),
}

/// Copies a card to every destination, proves the copies and lists them.
///
/// `destinations` are existing folders; the roll is copied into each, under its own name. The
/// source is never written to. Memory: 16 MiB of buffers whatever the number of destinations and
/// the size of files, and some 270 bytes for each file.
///
/// The report's `copies` stand in the order of `destinations`. A copy whose `status` is
/// [`Status::Verified`] holds every file of the card, each read back and compared, and its list.
/// [`CopyReport::grade`] tells whether the read-back is proven to have passed the system's cache.
/// What it cannot tell: that a drive's own memory did not answer.
///
/// # Errors
/// [`OffloadError`] when nothing was begun. Everything later is a finding.
///
/// ```
/// use mhl_core::{Agent, Context, OffloadOptions, Status, offload};
///
/// # let set = tempfile::tempdir()?;
/// # let (card, raid) = (set.path().join("A001R1AB"), set.path().join("raid"));
/// # std::fs::create_dir(&card)?;
/// # std::fs::create_dir(&raid)?;
/// # std::fs::write(card.join("A001C001.mxf"), "clip")?;
/// let agent = Agent::new("example", "1.0", "cart-1", "DIT");
/// let report = offload(&card, &[raid.clone()], &OffloadOptions::default(), &Context::new(&agent))?;
/// assert_eq!(report.status, Status::Verified);
/// assert!(raid.join("A001R1AB/A001C001.mxf").exists());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn offload(
    source: &Path,
    destinations: &[PathBuf],
    options: &OffloadOptions,
    context: &Context<'_>,
) -> Result<Report, OffloadError> {
    let card = Disk::open(source)
        .map_err(|error| OffloadError::Source { path: source.to_owned(), error })?;
    let name = roll_name(card.root(), options)?;
    if destinations.is_empty() {
        return Err(OffloadError::NoDestination);
    }
    let sentences = plan::contradictions(source, destinations, name.as_str());
    if !sentences.is_empty() {
        return Err(OffloadError::Contradiction { sentences });
    }
    check_algorithms(&options.algorithms, options.format)?;
    context.progress.phase(Phase::Scan, 0);
    let tree = walk(&card);
    if tree.files.is_empty() && tree.findings.is_empty() {
        return Err(OffloadError::NothingToCopy { path: source.to_owned() });
    }
    // A classic list names the files of a history within as any others; ASC would have to refer.
    if let (Some(list), Format::Asc) = (tree.history_within(), options.format) {
        let list = list.to_string();
        return Err(OffloadError::SourceCarriesList { path: source.to_owned(), list });
    }
    let lists =
        lists_at(&card).map_err(|error| OffloadError::Source { path: source.to_owned(), error })?;
    if let Some(list) = lists.first() {
        let list = list.to_string();
        return Err(OffloadError::SourceCarriesList { path: source.to_owned(), list });
    }
    let mut plan = Plan::new(&name, &tree, options.resume);
    let prepared = destinations
        .iter()
        .enumerate()
        .map(|(index, folder)| plan.prepare(index, folder))
        .collect();
    Ok(Offload { card: &card, name, tree, options, context }.run(destinations, prepared))
}

fn roll_name(source: &Path, options: &OffloadOptions) -> Result<RelativePath, OffloadError> {
    let own = source.file_name().map(|name| name.to_string_lossy().into_owned());
    let name = options.name.clone().or(own).unwrap_or_default();
    let path = RelativePath::new(&name)?;
    // A name, not a way: a slash would put the roll somewhere else.
    if path.parent().is_some() { Err(OffloadError::NotAName { name }) } else { Ok(path) }
}

/// The observer asked to stop.
struct Cancelled;

/// An offload whose destinations were prepared.
struct Offload<'a> {
    card: &'a dyn Volume,
    name: RelativePath,
    tree: Tree,
    options: &'a OffloadOptions,
    context: &'a Context<'a>,
}

impl Offload<'_> {
    fn run(self, folders: &[PathBuf], prepared: Vec<Result<Destination, Vec<Finding>>>) -> Report {
        let mut account = Account::begin(Operation::Offload, self.card, self.context);
        account.report.counts.files = self.tree.files.len() as u64;
        account.walked(&self.tree, None);
        account.warn_of_empty_files(&self.tree, self.options.format);
        let mut algorithms = self.options.algorithms.clone();
        let mut ready = Vec::new();
        for (folder, prepared) in folders.iter().zip(prepared) {
            let place = folder.join(self.name.as_str());
            let index = account.report.copies.len();
            account.report.copies.push(CopyReport::new(Place::new(place.to_string_lossy(), None)));
            match prepared {
                Ok(destination) => {
                    algorithms.extend(destination.listed_algorithms());
                    ready.push(destination);
                }
                Err(findings) => {
                    findings.into_iter().for_each(|finding| account.found(finding.on_copy(index)));
                }
            }
        }
        let mut digests = Digests::new(&algorithms, self.tree.files.len());
        let outcome = self.transfer(&mut ready, &mut digests, &mut account);
        let whole = outcome.is_ok() && digests.is_complete() && !account.source_is_faulty();
        let finished = self.context.clock.now();
        for destination in ready {
            self.finish(destination, &digests, whole, &finished, &mut account);
        }
        self.conclude(&digests, &outcome, account)
    }

    /// Copies and reads back; what failed in a way that may pass is tried once more.
    fn transfer(
        &self,
        ready: &mut [Destination],
        digests: &mut Digests,
        account: &mut Account<'_>,
    ) -> Result<(), Cancelled> {
        let files = &self.tree.files;
        let progress = self.context.progress;
        for destination in ready.iter_mut().filter(|d| d.finished.is_none()) {
            destination.create_folders(&self.tree);
            // What stood there in another size is known to be bad before anything is read.
            destination.take_again(files, false);
        }
        let mut work: Vec<usize> = (0..files.len()).collect();
        for last_chance in [false, true] {
            let usable = ready.iter().filter(|destination| destination.is_usable()).count() as u64;
            if usable == 0 || work.is_empty() {
                break;
            }
            let sizes = work.iter().filter_map(|index| files.get(*index));
            let bytes: u64 = sizes.map(|file| file.stat.size).sum();
            progress.phase(Phase::Copy, bytes);
            let copied = copy(self.card, files, &work, digests, ready, progress);
            account.report.counts.bytes += copied.bytes;
            for finding in copied.findings {
                account.found(finding);
            }
            if copied.cancelled {
                return Err(Cancelled);
            }
            progress.phase(Phase::ReadBack, bytes * usable);
            read_back(ready, files, digests, last_chance, progress);
            if progress.is_cancelled() {
                return Err(Cancelled);
            }
            work = ready.iter_mut().flat_map(|d| d.take_again(files, last_chance)).collect();
            work.sort_unstable();
            work.dedup();
        }
        for destination in ready.iter_mut().filter(|destination| destination.is_usable()) {
            match (&destination.finished, &destination.lock) {
                (None, _) => destination.finish_folders(&self.tree),
                (Some(_), Some(_)) => destination.sync_list(),
                // Finished long ago: nothing is written.
                (Some(_), None) => {}
            }
        }
        Ok(())
    }

    /// Lists a proven copy and takes what it has to say into the report.
    fn finish(
        &self,
        mut destination: Destination,
        digests: &Digests,
        source_is_whole: bool,
        finished: &Timestamp,
        account: &mut Account<'_>,
    ) {
        let mut copy = destination.report(digests);
        let faulty = destination.findings.iter().any(|finding| finding.kind.is_fault());
        if source_is_whole && destination.is_proven() && !faulty {
            match self.list(&destination, digests, finished, &account.started) {
                Ok((record, notes)) => {
                    copy.manifest = Some(record);
                    copy.complete = notes.iter().all(|note| note.kind != FindingKind::Unproven);
                    destination.findings.extend(notes);
                    destination.remove_marker();
                }
                Err(findings) => destination.findings.extend(findings),
            }
        }
        if copy.grade == Some(Grade::ThroughTheCache) {
            let finding = Finding::new(FindingKind::ThroughTheCache, ".");
            destination.findings.push(finding.noting(copy.proof.clone()));
        }
        let index = destination.index;
        if let Some(place) = account.report.copies.get_mut(index) {
            *place = copy;
        }
        for finding in std::mem::take(&mut destination.findings) {
            account.found(finding.on_copy(index));
        }
        if let Some(copy) = account.report.copies.get_mut(index) {
            copy.status = match copy.counts.status() {
                Status::Verified if !copy.complete => Status::Unproven,
                status => status,
            };
        }
    }

    /// Writes the list; where one stands already it is compared with what was read. Warnings come
    /// with the list, and with a fault there is none.
    fn list(
        &self,
        destination: &Destination,
        digests: &Digests,
        finished: &Timestamp,
        started: &Timestamp,
    ) -> Result<(ManifestRecord, Vec<Finding>), Vec<Finding>> {
        if let Some(expected) = &destination.finished {
            let findings = compare_with_list(expected, &self.tree.files, digests);
            let holds = findings.iter().all(|finding| !finding.kind.is_fault());
            return if holds { Ok((expected.record.clone(), findings)) } else { Err(findings) };
        }
        let listing = Listing {
            folder: self.name.as_str(),
            agent: self.context.agent,
            format: self.options.format,
            process: Process::Transfer,
            ignore: &[],
            started,
            finished,
            tree: &self.tree,
            digests,
            generation: Generation::default(),
        };
        match listing.write(destination.roll.as_ref()) {
            Ok(record) => Ok((record, Vec::new())),
            Err(error) => {
                let note = format!("the list could not be written: {error}");
                Err(vec![Finding::new(FindingKind::WriteFailed, ".").noting(note)])
            }
        }
    }

    fn conclude(
        self,
        digests: &Digests,
        outcome: &Result<(), Cancelled>,
        mut account: Account<'_>,
    ) -> Report {
        let report = &mut account.report;
        report.counts.verified =
            report.copies.iter().map(|copy| copy.counts.verified).min().unwrap_or(0);
        report.status = report.counts.status();
        let all_hold = report.copies.iter().all(|copy| copy.status == Status::Verified);
        if report.status == Status::Verified && !all_hold {
            report.status = Status::Unproven;
        }
        if outcome.is_err() {
            report.status = Status::Cancelled;
            report.copies.iter_mut().for_each(|copy| copy.status = Status::Cancelled);
        }
        account.take_files(self.name.as_str(), self.tree, digests);
        account.end()
    }
}

/// Reads every destination back, side by side.
fn read_back(
    ready: &mut [Destination],
    files: &[FoundFile],
    digests: &Digests,
    last_chance: bool,
    progress: &dyn Progress,
) {
    thread::scope(|scope| {
        let threads: Vec<_> = ready
            .iter_mut()
            .map(|destination| {
                scope.spawn(move || destination.read_back(files, digests, last_chance, progress))
            })
            .collect();
        threads.into_iter().for_each(join);
    });
}

/// Compares the list of a finished offload with what the card says now: it has to name every file
/// of the card and no other, with its size and digests.
fn compare_with_list(expected: &Expected, files: &[FoundFile], digests: &Digests) -> Vec<Finding> {
    let (stands_for, mut findings) = expected.stand_for(files);
    findings.extend(expected.findings.iter().cloned());
    for (index, listed) in stands_for.into_iter().enumerate() {
        if let Some(listed) = listed {
            findings.extend(listed.judge(&digests.get(index)).1);
        }
    }
    for finding in &mut findings {
        if finding.kind == FindingKind::NewFile {
            let note = "the card grew: offload it under another name";
            finding.note = Some(note.to_owned());
        }
    }
    findings
}

#[cfg(test)]
mod tests;
