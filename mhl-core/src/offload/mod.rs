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
mod finish;
mod journal;
mod list;
mod marker;
mod names;
mod plan;
mod read_back;
mod source;
mod transfer;
mod write;

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use mhl_hash::Algorithm;

use self::{
    card::{Card, Carried, Refused},
    crew::Crew,
    destination::Destination,
    finish::{conclude, finish},
    list::Lists,
    plan::Plan,
    source::Source,
    transfer::{Transfer, strategy_of, work_left},
};
use crate::{
    CopyReport, Finding, Format, Operation, PathError, Place, RelativePath, Report,
    account::Account,
    context::{Context, Phase},
    escape_for_display,
    listing::{AlgorithmNotInFormat, check_algorithms},
    tree::{Disk, Volume},
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
    /// The format of the list, where the card carries none that is the copies' too.
    pub format: Format,
    /// Take up an unfinished offload, or prove a finished one again and add what the card has more.
    pub resume: bool,
    /// Read the card a second time, past the cache, and compare it with the first: finds a card or
    /// a reader that gives other bytes from one read to the next, for twice the time at the card.
    pub second_read: bool,
    /// How long a destination may give no sign of life in a single call, such as making 256 MiB
    /// durable, before it is given up as [`FindingKind::Stalled`](crate::FindingKind::Stalled) and the others go on; five minutes
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
/// source is never written to. Memory: 24 MiB of buffers while the card is read, whatever the size of
/// files; then some 17 MiB for each destination that is read back; and some 270 bytes for each file; some 500 to 900 more for each that a list on
/// the card names.
///
/// The report's `copies` stand in the order of `destinations`. A copy whose `status` is
/// [`Status::Verified`](crate::Status::Verified) holds every file of the card, each read back and compared, and its list.
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
/// fault of the source and no copy gets a list. Such a card's [`FindingKind::Carried`](crate::FindingKind::Carried) says what was
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
        // Nobody reads the card any more.
        let digests = source.digests().clone();
        for finding in source.card.judge(&digests) {
            account.found(finding);
        }
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

#[cfg(test)]
mod tests;
