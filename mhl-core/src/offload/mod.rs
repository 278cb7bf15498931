//! Offload: a card read once, written to every destination, read back, listed.
//!
//! The order of the work is the promise. Every destination is checked before the first byte. The
//! source is read once; its bytes go to the hasher and to every destination ([`copy`]), each at work
//! on a thread of its own ([`crew`]). Written files become durable in batches ([`write`]), and are
//! noted for the case that all is interrupted ([`journal`]). Then everything is read back past the
//! cache and compared with what the source gave ([`read_back`]). A destination gets its list last, and only when every file of the
//! card stands there and held: no list, no copy.
//!
//! What the card says of itself is held to it ([`card`]), and decides which list the copies get
//! ([`list`]). A roll that was finished before is proven again; where the card grew since, what is
//! new is copied and the roll's one list is replaced, or its history lengthened.

mod buffer;
mod card;
mod copy;
mod crew;
mod destination;
mod journal;
mod list;
mod marker;
mod names;
mod plan;
mod read_back;
mod source;
mod write;

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use mhl_hash::{Algorithm, HashValue, Strategy};

use self::{
    card::{Card, Carried, Refused},
    copy::copy,
    crew::Crew,
    destination::Destination,
    list::Lists,
    plan::Plan,
    source::Source,
};
use crate::{
    CopyReport, Finding, FindingKind, Format, Grade, Operation, PathError, PhaseRecord, Place,
    RelativePath, Report, Status,
    account::Account,
    context::{Context, Phase},
    escape_for_display,
    listing::{AlgorithmNotInFormat, check_algorithms},
    tree::{
        Disk, FoundFile, Volume,
        read::Way,
        turns::{Wanted, read_each},
    },
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
    /// Read the card a second time, past the cache, and compare it with the first: finds a card or
    /// a reader that gives other bytes from one read to the next, for twice the time at the card.
    pub second_read: bool,
    /// How long a destination may give no sign of life in a single call, such as making 256 MiB
    /// durable, before it is given up as [`FindingKind::Stalled`] and the others go on; five minutes
    /// by default. Meanwhile they go on as far as the buffers reach.
    pub patience: Duration,
}

impl Default for OffloadOptions {
    /// XXH64, a classic list, the source's name, no resume, one read, five minutes.
    fn default() -> Self {
        OffloadOptions {
            name: None,
            algorithms: vec![Algorithm::Xxh64],
            format: Format::Classic,
            resume: false,
            second_read: false,
            patience: Duration::from_secs(300),
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
    let card = Card::read(Box::new(disk), options.format).map_err(|Refused(findings)| {
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
    card: Card,
    name: &'a RelativePath,
    options: &'a OffloadOptions,
    context: &'a Context<'a>,
}

impl Offload<'_> {
    fn run(self, folders: &[PathBuf], prepared: Vec<Result<Destination, Vec<Finding>>>) -> Report {
        let mut account =
            Account::begin(Operation::Offload, self.card.volume.as_ref(), self.context);
        self.tell_of_the_card(&mut account);
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
        let Offload { card, name, options, context } = self;
        let strategy = strategy_of(&card, &ready);
        let source = Arc::new(Source::new(card, &algorithms));
        let work = work_left(&source, &ready, &mut account);
        let crew = Crew::new(ready, options.patience);
        let mut transfer = Transfer { source: &source, crew, context, account: &mut account };
        let outcome = transfer
            .run(work, strategy)
            .and_then(|()| if options.second_read { transfer.read_again() } else { Ok(()) });
        let crew = transfer.crew;
        for finding in source.card.judge(&source.digests().clone()) {
            account.found(finding);
        }
        let digests = source.digests().clone();
        let whole = outcome.is_ok() && digests.is_complete() && !account.source_is_faulty();
        let lists = Lists {
            source: Arc::clone(&source),
            name: name.clone(),
            digests,
            agent: context.agent.clone(),
            started: account.started.clone(),
            finished: context.clock.now(),
        };
        let content = finish(crew, lists, whole, &mut account);
        conclude(name, &source, content, outcome.is_ok(), account)
    }

    /// What is to be known of the card before anything is read.
    fn tell_of_the_card(&self, account: &mut Account<'_>) {
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
    }
}

/// How the card is read: in turns only where nobody minds.
fn strategy_of(card: &Card, destinations: &[Destination]) -> Strategy {
    let written = destinations.iter().filter(|destination| destination.is_written());
    let all = written.map(|destination| destination.roll.root()).chain([card.volume.root()]);
    let seeks = |path: &Path| Strategy::of_device(path) == Strategy::Sequential;
    if all.into_iter().any(seeks) { Strategy::Sequential } else { Strategy::Parallel }
}

/// The files that are to be read of the card. Of those that stand on every destination, and of which
/// the runs before noted what the card gave, the digests are known.
fn work_left(source: &Source, ready: &[Destination], account: &mut Account<'_>) -> Vec<usize> {
    let mut digests = source.digests();
    let stands = |index: usize| {
        ready.iter().all(|destination| destination.states.get(index).is_some_and(|s| s.stands()))
    };
    let known = |index: usize| {
        let mut noted = ready.iter().filter_map(|destination| destination.noted.get(&index));
        let first = noted.next()?;
        let of = |algorithm| first.iter().find(|value| value.algorithm() == algorithm).copied();
        let values: Option<Vec<HashValue>> =
            source.algorithms().iter().map(|algorithm| of(*algorithm)).collect();
        values.filter(|_| noted.all(|other| other == first))
    };
    let mut work = Vec::new();
    for index in 0..source.files().len() {
        match Some(index).filter(|index| stands(*index)).and_then(known) {
            Some(values) => {
                digests.set(index, &values);
            }
            None => work.push(index),
        }
    }
    let taken_up = source.files().len() - work.len();
    if taken_up > 0 {
        let note = format!(
            "{taken_up} files were read from the card before the interruption, and are not read \
             again: their copies are held to what was noted of them then"
        );
        account.found(Finding::new(FindingKind::TakenUp, ".").noting(note));
    }
    work
}

/// The bytes on their way.
struct Transfer<'a, 'c> {
    source: &'a Arc<Source>,
    crew: Crew,
    context: &'c Context<'c>,
    account: &'a mut Account<'c>,
}

impl Transfer<'_, '_> {
    /// Copies and reads back; what failed in a way that may pass is tried once more.
    fn run(&mut self, mut work: Vec<usize>, strategy: Strategy) -> Result<(), Cancelled> {
        let progress = self.context.progress;
        let source = Arc::clone(self.source);
        let again = self.crew.each(progress, move |destination| {
            if !destination.is_written() {
                return Vec::new();
            }
            destination.create_folders(&source.card.tree);
            // What stood there in another size is known to be bad before anything is read.
            destination.take_again(&source, false)
        });
        work.extend(again.into_iter().flatten());
        for last_chance in [false, true] {
            work.sort_unstable();
            work.dedup();
            let usable = self.crew.each(progress, |destination| destination.is_usable());
            let usable = usable.into_iter().filter(|usable| *usable).count() as u64;
            if usable == 0 || (last_chance && work.is_empty()) {
                break;
            }
            self.copy(&work, strategy)?;
            let bytes =
                if last_chance { self.bytes_of(&work) } else { self.source.card.tree.bytes() };
            self.read_back(bytes * usable, last_chance)?;
            let source = Arc::clone(self.source);
            let again = self
                .crew
                .each(progress, move |destination| destination.take_again(&source, last_chance));
            work = again.into_iter().flatten().collect();
        }
        let source = Arc::clone(self.source);
        self.crew.each(progress, move |destination| {
            match (destination.is_usable(), destination.is_written(), &destination.lock) {
                (true, true, _) => destination.finish_folders(&source.card.tree),
                (true, false, Some(_)) => destination.sync_list(),
                // Finished long ago, and nothing is written; or given up.
                _ => {}
            }
        });
        Ok(())
    }

    fn bytes_of(&self, work: &[usize]) -> u64 {
        let files = work.iter().filter_map(|index| self.source.files().get(*index));
        files.map(|file| file.stat.size).sum()
    }

    fn copy(&mut self, work: &[usize], strategy: Strategy) -> Result<(), Cancelled> {
        let Context { progress, clock, .. } = *self.context;
        progress.phase(Phase::Copy, self.bytes_of(work));
        let began = clock.now();
        let copied = copy(self.source, work, &mut self.crew, strategy, progress);
        let report = &mut self.account.report;
        let record = PhaseRecord::ending(Phase::Copy, &began, clock, copied.bytes);
        report.phases.push(record.clone().busy(copied.reading));
        report
            .phases
            .push(PhaseRecord { phase: Phase::Hash, ..record.clone() }.busy(copied.hashing));
        for (index, busy, bytes) in copied.writing {
            let copy = Some(index);
            report.phases.push(PhaseRecord { copy, bytes, ..record.clone() }.busy(busy));
        }
        report.counts.bytes += copied.bytes;
        for finding in copied.findings {
            self.account.found(finding);
        }
        if copied.cancelled { Err(Cancelled) } else { Ok(()) }
    }

    fn read_back(&mut self, bytes: u64, last_chance: bool) -> Result<(), Cancelled> {
        let Context { progress, clock, .. } = *self.context;
        progress.phase(Phase::ReadBack, bytes);
        let began = clock.now();
        let pending = self.crew.begin(|_| {
            let source = Arc::clone(self.source);
            Some(move |destination: &mut Destination| {
                let began = Instant::now();
                (destination.read_back(&source, last_chance), began.elapsed())
            })
        });
        let phases = &mut self.account.report.phases;
        let from = phases.len();
        self.crew.wait(pending, Some(Phase::ReadBack), progress, |index, (bytes, busy)| {
            let record = PhaseRecord::ending(Phase::ReadBack, &began, clock, bytes).busy(busy);
            phases.push(PhaseRecord { copy: Some(index), ..record });
        });
        if let Some(records) = phases.get_mut(from..) {
            records.sort_by_key(|record| record.copy);
        }
        if progress.is_cancelled() { Err(Cancelled) } else { Ok(()) }
    }

    /// Reads the card once more, past the cache, and compares it with itself.
    fn read_again(&mut self) -> Result<(), Cancelled> {
        let Context { progress, clock, .. } = *self.context;
        progress.phase(Phase::SecondRead, self.source.card.tree.bytes());
        let (began, started) = (clock.now(), Instant::now());
        let card = &self.source.card;
        let digests = self.source.digests().clone();
        let wanted = card.tree.files.iter().enumerate().filter(|(index, _)| digests.has(*index));
        let wanted = wanted.map(|(index, file)| Wanted {
            key: (index, file),
            path: card.name_of(&file.path),
            algorithms: digests.algorithms().to_vec(),
        });
        let (mut bytes, mut unproven) = (0, None);
        let account = &mut self.account;
        let ended = read_each(
            card.volume.as_ref(),
            wanted,
            Way::PastTheCache,
            progress,
            |(index, file): (usize, &FoundFile), result| {
                let path = file.path.as_str();
                match result {
                    Ok(found) => {
                        bytes += found.bytes;
                        unproven = unproven.or(found.unproven);
                        if found.values != digests.get(index) {
                            account.found(Finding::new(FindingKind::SourceChanged, path).noting(
                                "a second read gave other bytes: the card or its reader is failing",
                            ));
                        }
                    }
                    Err(failure) => account.found(failure.finding(path, file.stat.size)),
                }
            },
        );
        if let Some(why) = unproven {
            let note = format!("the second read of the card perhaps came from the cache: {why}");
            account.found(Finding::new(FindingKind::ThroughTheCache, ".").noting(note));
        }
        let record = PhaseRecord::ending(Phase::SecondRead, &began, clock, bytes);
        account.report.phases.push(record.busy(started.elapsed()));
        ended.map_err(|_| Cancelled)
    }
}

fn conclude(
    name: &RelativePath,
    source: &Source,
    content: Option<HashValue>,
    is_through: bool,
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
    if !is_through {
        report.status = Status::Cancelled;
        report.copies.iter_mut().for_each(|copy| copy.status = Status::Cancelled);
    }
    let (card, digests) = (&source.card, source.digests().clone());
    match card.carried {
        Carried::Histories(_) => {
            let (listed, digests) = card.listed(&card.ignore(), &digests);
            account.take_files(name.as_str(), &listed, &digests);
        }
        _ => account.take_files(name.as_str(), &card.tree, &digests),
    }
    if let (Some(roll), Some(content)) = (&mut account.report.roll, content) {
        roll.content = content.to_string();
    }
    account.end()
}

/// Lists every proven copy and takes what each has to say into the report. Tells what the lists say
/// of the roll's identity, if anything.
fn finish(
    mut crew: Crew,
    lists: Lists,
    source_is_whole: bool,
    account: &mut Account<'_>,
) -> Option<HashValue> {
    let lists = Arc::new(lists);
    let mut finished = Vec::new();
    let pending = crew.begin(|_| {
        let lists = Arc::clone(&lists);
        Some(move |destination: &mut Destination| finish_one(destination, &lists, source_is_whole))
    });
    crew.wait(pending, None, account.context.progress, |index, one| finished.push((index, one)));
    finished.sort_by_key(|(index, _)| *index);
    let mut contents = Vec::new();
    for (index, Finished { copy, findings, listed }) in finished {
        if let Some(place) = account.report.copies.get_mut(index) {
            *place = copy;
        }
        for finding in findings {
            account.found(finding.on_copy(index));
        }
        if let Some(copy) = account.report.copies.get_mut(index) {
            copy.status = match copy.counts.status() {
                Status::Verified if !copy.complete => Status::Unproven,
                status => status,
            };
        }
        contents.extend(listed);
    }
    for index in crew.given_up() {
        let note = format!(
            "it gave no answer for {} s and was given up: look at its drive, cable and power, then \
             offload again with resume from a new process",
            crew.patience().as_secs_f32()
        );
        account.found(Finding::new(FindingKind::Stalled, ".").noting(note).on_copy(index));
        if let Some(copy) = account.report.copies.get_mut(index) {
            copy.status = Status::Failed;
        }
    }
    // Where a list of ours stands, the roll is what this offload read.
    contents.into_iter().reduce(|a, b| a.and(b)).flatten()
}

/// What a destination came to.
struct Finished {
    copy: CopyReport,
    findings: Vec<Finding>,
    /// Where it got its list, what that says of the roll's identity, if anything.
    listed: Option<Option<HashValue>>,
}

/// Gives a proven copy its list.
fn finish_one(destination: &mut Destination, lists: &Lists, source_is_whole: bool) -> Finished {
    let source = &lists.source;
    let mut copy = destination.report(source.algorithms());
    let faulty = destination.findings.iter().any(|finding| finding.kind.is_fault());
    let mut content_of_list = None;
    if source_is_whole && destination.is_proven() && !faulty {
        match lists.give(destination) {
            Ok(listed) => {
                copy.manifest = Some(listed.record);
                copy.complete = listed.notes.iter().all(|n| n.kind != FindingKind::Unproven);
                destination.findings.extend(listed.notes);
                content_of_list = Some(listed.content);
                if destination.is_written() && matches!(source.card.carried, Carried::Histories(_))
                {
                    // Folders with histories of their own were given new entries.
                    destination.finish_folders(&source.card.tree);
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
    Finished { copy, findings: std::mem::take(&mut destination.findings), listed: content_of_list }
}

#[cfg(test)]
mod tests;
