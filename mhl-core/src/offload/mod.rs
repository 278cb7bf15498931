//! Offload: a card read once, written to every destination, read back, listed.
//!
//! The order of the work is the promise. Every destination is checked before the first byte. The
//! source is read once; its bytes go to the hasher and to every destination. Written files become
//! durable in batches ([`destination`]). Then everything is read back past the cache and compared
//! with what the source gave. A destination gets its list last, and only when every file of the
//! card stands there and held: no list, no copy.
//!
//! What the card says of itself is held to it ([`card`]), and decides which list the copies get
//! ([`list`]). A roll that was finished before is proven again; where the card grew since, what is
//! new is copied and the roll's one list is replaced, or its history lengthened.

mod buffer;
mod card;
mod copy;
mod destination;
mod list;
mod marker;
mod names;
mod plan;

use std::{
    io,
    path::{Path, PathBuf},
    thread,
};

use mhl_hash::{Algorithm, HashValue};

use self::{
    card::{Card, Carried, Refused},
    copy::{copy, join},
    destination::Destination,
    list::Lists,
    plan::Plan,
};
use crate::{
    CopyReport, Finding, FindingKind, Format, Grade, Operation, PathError, PhaseRecord, Place,
    RelativePath, Report, Status,
    account::Account,
    context::{Context, Phase},
    digests::Digests,
    escape_for_display,
    listing::{AlgorithmNotInFormat, check_algorithms},
    tree::{Disk, FoundFile, Volume},
};

/// How an offload is to be done.
///
/// ```
/// use mhl_core::{Format, OffloadOptions};
/// use mhl_hash::{Algorithm, HashValue};
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
    /// The format of the list, where the card carries none that is the copies' too.
    pub format: Format,
    /// Take up an unfinished offload, or prove a finished one again and add what the card has more.
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
    /// The source carries a list or a history of its own that cannot be taken over: it is broken,
    /// or cannot have a second name.
    #[error(
        "{}: the card's own lists cannot be taken over: {}; verify them in place, or offload a copy \
         of the folder without them",
        path.display(),
        findings.iter().map(sentence).collect::<Vec<_>>().join("; ")
    )]
    SourceCarriesList {
        /// The folder that was named.
        path: PathBuf,
        /// Everything that is wrong with them, each with its list or file relative to the folder.
        findings: Vec<Finding>,
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
/// the size of files, and some 270 bytes for each file; some 500 to 900 more for each that a list on
/// the card names.
///
/// The report's `copies` stand in the order of `destinations`. A copy whose `status` is
/// [`Status::Verified`] holds every file of the card, each read back and compared, and its list.
/// [`CopyReport::grade`] tells whether the read-back is proven to have passed the system's cache.
/// What it cannot tell: that a drive's own memory did not answer.
///
/// A list on the card itself:
/// - that names every file with a digest goes along unchanged as the copies' list, whatever
///   [`OffloadOptions::format`] says;
/// - that names a part goes along as `<name>.source`, and the copies' list names every file, it
///   included;
/// - that is an ASC MHL history goes along with those within it, and each copy's are lengthened by
///   a generation of the process `transfer`; a classic list beside it goes along as `<name>.source`.
///
/// Each copy is held to the values of all of them, and so is the card: where the card gives other
/// bytes, lacks a file or has one of another size, or two lists contradict each other, that is a
/// fault of the source and no copy gets a list. Such a card's [`FindingKind::Carried`] says what was
/// done. A list or history that is broken is refused before anything is written anywhere.
///
/// With [`OffloadOptions::resume`], a finished roll is proven again. Where the card grew since, the
/// new files are copied and the roll's list is replaced by one of all files, at no moment half or
/// absent; to a history a generation is appended. Where the card lacks or changed something that the
/// list names, nothing is copied, and everything that differs is told. That goes for a list kept as
/// `<name>.source` too: a finished copy keeps the one that it has. An unfinished one is taken up, and
/// gets it as it is now.
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
    let disk = Disk::open(source)
        .map_err(|error| OffloadError::Source { path: source.to_owned(), error })?;
    let name = roll_name(disk.root(), options)?;
    if destinations.is_empty() {
        return Err(OffloadError::NoDestination);
    }
    let sentences = plan::contradictions(source, destinations, name.as_str());
    if !sentences.is_empty() {
        return Err(OffloadError::Contradiction { sentences });
    }
    check_algorithms(&options.algorithms, options.format)?;
    context.progress.phase(Phase::Scan, 0);
    let card = Card::read(&disk, options.format).map_err(|Refused(findings)| {
        OffloadError::SourceCarriesList { path: source.to_owned(), findings }
    })?;
    if let Carried::Histories(_) = card.carried {
        check_algorithms(&options.algorithms, card.format)?;
    }
    if card.tree.files.is_empty() && card.tree.findings.is_empty() {
        return Err(OffloadError::NothingToCopy { path: source.to_owned() });
    }
    let mut plan = Plan::new(&name, &card, options.resume);
    let prepared = destinations
        .iter()
        .enumerate()
        .map(|(index, folder)| plan.prepare(index, folder))
        .collect();
    Ok(Offload { card, name: &name, options, context }.run(destinations, prepared))
}

fn sentence(finding: &Finding) -> String {
    let path = escape_for_display(&finding.path);
    format!("{path}: {}", finding.note.as_deref().unwrap_or(finding.kind.name()))
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
    card: Card<'a>,
    name: &'a RelativePath,
    options: &'a OffloadOptions,
    context: &'a Context<'a>,
}

impl Offload<'_> {
    fn run(self, folders: &[PathBuf], prepared: Vec<Result<Destination, Vec<Finding>>>) -> Report {
        let mut account = Account::begin(Operation::Offload, self.card.volume, self.context);
        let tree = &self.card.tree;
        account.report.counts.files = tree.files.len() as u64;
        account.walked(tree, None);
        for finding in &self.card.findings {
            account.found(finding.clone());
        }
        match &self.card.carried {
            Carried::Nothing => account.warn_of_empty_files(tree, self.card.format),
            Carried::List(_) => {}
            Carried::Histories(_) => {
                // Patterns that are none were a fault of the history.
                let _ = account.warn_of_ignored(tree, &self.card.ignore(), None);
            }
        }
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
        algorithms.extend(self.card.algorithms());
        let mut digests = Digests::new(&algorithms, tree.files.len());
        let outcome = self.transfer(&mut ready, &mut digests, &mut account);
        for finding in self.card.judge(&digests) {
            account.found(finding);
        }
        let whole = outcome.is_ok() && digests.is_complete() && !account.source_is_faulty();
        let started = account.started.clone();
        let lists = Lists {
            card: &self.card,
            name: self.name,
            digests: &digests,
            context: self.context,
            started: &started,
            finished: &self.context.clock.now(),
        };
        let contents: Vec<_> = ready
            .into_iter()
            .filter_map(|destination| finish(destination, &lists, whole, &mut account))
            .collect();
        // Where a list of ours stands, the roll is what this offload read.
        let content = contents.into_iter().reduce(|a, b| a.and(b)).flatten();
        self.conclude(&digests, content, &outcome, account)
    }

    /// Copies and reads back; what failed in a way that may pass is tried once more.
    fn transfer(
        &self,
        ready: &mut [Destination],
        digests: &mut Digests,
        account: &mut Account<'_>,
    ) -> Result<(), Cancelled> {
        let files = &self.card.tree.files;
        let Context { progress, clock, .. } = *self.context;
        for destination in ready.iter_mut().filter(|d| d.is_written()) {
            destination.create_folders(&self.card.tree);
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
            let began = clock.now();
            let copied = copy(&self.card, &work, digests, ready, progress);
            account.report.phases.push(PhaseRecord::ending(
                Phase::Copy,
                &began,
                clock,
                copied.bytes,
            ));
            account.report.counts.bytes += copied.bytes;
            for finding in copied.findings {
                account.found(finding);
            }
            if copied.cancelled {
                return Err(Cancelled);
            }
            progress.phase(Phase::ReadBack, bytes * usable);
            let records = read_back(ready, files, digests, last_chance, self.context);
            account.report.phases.extend(records);
            if progress.is_cancelled() {
                return Err(Cancelled);
            }
            work = ready.iter_mut().flat_map(|d| d.take_again(files, last_chance)).collect();
            work.sort_unstable();
            work.dedup();
        }
        for destination in ready.iter_mut().filter(|destination| destination.is_usable()) {
            match (destination.is_written(), &destination.lock) {
                (true, _) => destination.finish_folders(&self.card.tree),
                (false, Some(_)) => destination.sync_list(),
                // Finished long ago: nothing is written.
                (false, None) => {}
            }
        }
        Ok(())
    }

    fn conclude(
        self,
        digests: &Digests,
        content: Option<HashValue>,
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
        let name = self.name.as_str();
        match self.card.carried {
            Carried::Histories(_) => {
                let (listed, digests) = self.card.listed(&self.card.ignore(), digests);
                account.take_files(name, listed, &digests);
            }
            _ => account.take_files(name, self.card.tree, digests),
        }
        if let (Some(roll), Some(content)) = (&mut account.report.roll, content) {
            roll.content = content.to_string();
        }
        account.end()
    }
}

/// Lists a proven copy and takes what it has to say into the report. Where it got its list, tells
/// what that says of the roll's identity, if anything.
fn finish(
    mut destination: Destination,
    lists: &Lists<'_>,
    source_is_whole: bool,
    account: &mut Account<'_>,
) -> Option<Option<HashValue>> {
    let mut copy = destination.report(lists.digests);
    let faulty = destination.findings.iter().any(|finding| finding.kind.is_fault());
    let mut content = None;
    if source_is_whole && destination.is_proven() && !faulty {
        match lists.give(&destination) {
            Ok(listed) => {
                copy.manifest = Some(listed.record);
                copy.complete = listed.notes.iter().all(|n| n.kind != FindingKind::Unproven);
                destination.findings.extend(listed.notes);
                content = Some(listed.content);
                if destination.is_written() && matches!(lists.card.carried, Carried::Histories(_)) {
                    // Folders with histories of their own were given new entries.
                    destination.finish_folders(&lists.card.tree);
                }
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
    content
}

/// Reads every destination back, side by side; tells how long each took.
fn read_back(
    ready: &mut [Destination],
    files: &[FoundFile],
    digests: &Digests,
    last_chance: bool,
    context: &Context<'_>,
) -> Vec<PhaseRecord> {
    let Context { progress, clock, .. } = *context;
    thread::scope(|scope| {
        let threads: Vec<_> = ready
            .iter_mut()
            .map(|destination| {
                scope.spawn(move || {
                    let (began, copy) = (clock.now(), Some(destination.index));
                    let bytes = destination.read_back(files, digests, last_chance, progress);
                    let record = PhaseRecord::ending(Phase::ReadBack, &began, clock, bytes);
                    PhaseRecord { copy, ..record }
                })
            })
            .collect();
        threads.into_iter().map(join).collect()
    })
}

#[cfg(test)]
mod tests;
