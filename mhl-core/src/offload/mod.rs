//! Offload: a card read once, written to every destination, read back, listed.
//!
//! The order of the work is the promise. Every destination is checked before the first byte ([`plan`]).
//! The source is read once; its bytes go to the hasher and to every destination ([`copy`]). The card and
//! each destination are touched by a thread of their own alone, from their opening to their close,
//! so that nobody waits for one that hangs ([`crew`]). Written files become durable in batches ([`write`]), and are
//! noted for the case that all is interrupted ([`journal`]). Then everything is read back past the
//! cache and compared with what the source gave ([`read_back`]). Last, the card is looked at once more, and
//! each copy ([`look`]). A destination gets its list after that, and only when every file of the card stands
//! there and held: no list, no copy.
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
mod look;
mod marker;
mod names;
mod plan;
mod pulse;
mod read_back;
mod room;
mod site;
mod source;
mod transfer;
mod watched;
mod write;

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use mhl_hash::{Algorithm, Strategy};

use self::{
    card::{Card, Carried, OwnLists, Refused},
    crew::{Aboard, Crew, Ended},
    destination::Destination,
    finish::{conclude, give_lists, take_roll},
    list::Lists,
    plan::{Plan, Ready},
    site::{Looked, Site, contradictions},
    source::Source,
    transfer::{Transfer, work_left},
};
use crate::{
    CopyReport, Finding, Format, Operation, PathError, Place, RelativePath, Report,
    account::Account,
    context::{Context, Phase},
    escape_for_display,
    listing::{AlgorithmNotInFormat, check_algorithms},
    tree::Whereabouts,
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
    /// How long a single call of the system may take, such as making 256 MiB durable or, on a tape, the
    /// whole roll at once, before the disk is given up as
    /// [`FindingKind::Stalled`](crate::FindingKind::Stalled); five minutes by default. Without a
    /// destination the others go on, and meanwhile as far as the buffers reach. Without the card the
    /// offload ends, and can be taken up.
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
    /// The source gave no answer while it was opened or examined, for as long as
    /// [`OffloadOptions::patience`] grants.
    #[error(
        "{}: the source gave no answer for {} s: look at the card, its reader and cable",
        path.display(),
        silent.as_secs_f32()
    )]
    Stalled {
        /// The folder that was named.
        path: PathBuf,
        /// How long it was silent.
        silent: Duration,
    },
    /// The system grants fewer threads than the card, the hashing and the destinations need.
    #[error("the system grants too few threads: {error}: end other programs, or raise its limit")]
    Threads {
        /// What the system said.
        error: io::Error,
    },
    /// The observer asked to stop before anything was begun.
    #[error("cancelled before anything was begun")]
    Cancelled,
}

/// Copies a card to every destination, proves the copies and lists them.
///
/// `destinations` are existing folders; the roll is copied into each, under its own name. The
/// source is never written to. Memory: 24 MiB of buffers while the card is read, whatever the size of
/// files; then some 17 MiB for each destination that is read back; and some 270 bytes for each file; some 300 more for each that a list on
/// the card names, and 100 for each further destination where that is a history.
///
/// The report's `copies` stand in the order of `destinations`. A copy whose `status` is
/// [`Status::Verified`](crate::Status::Verified) holds every file of the card, each read back and compared, and its list.
/// [`CopyReport::grade`] tells whether the read-back is proven to have passed the system's cache.
/// What it cannot tell: that a drive's own memory did not answer.
///
/// Before any list is given, the card is looked at once more, so it has to stay where it is until the end:
/// what came, went or changed in size or time since it was walked is a fault of the source
/// ([`FindingKind::SourceChanged`](crate::FindingKind::SourceChanged)), and no copy gets a list. What came is copied when the offload is
/// taken up. Each copy is looked at too: a name that its folder does not hold, as where a file system keeps
/// it without its trailing dots, and a file that is not the card's are faults of that copy.
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
    let to = destinations.iter().map(|folder| Site::at(folder)).collect();
    offload_sites(Site::at(source), to, options, context)
}

/// The same of folders that open as they like.
fn offload_sites(
    from: Site,
    to: Vec<Site>,
    options: &OffloadOptions,
    context: &Context<'_>,
) -> Result<Report, OffloadError> {
    let source = from.path.clone();
    let folders: Vec<PathBuf> = to.iter().map(|site| site.path.clone()).collect();
    let crew = Crew::new(to.len(), options.patience, context.progress);
    let mut crew = crew.map_err(|error| OffloadError::Threads { error })?;
    let ended = |ended| match ended {
        Ended::Cancelled => OffloadError::Cancelled,
        Ended::CardStalled(silent) => OffloadError::Stalled { path: source.clone(), silent },
    };
    let (root, stands_at) = open_card(from, &mut crew)
        .map_err(ended)?
        .map_err(|error| OffloadError::Source { path: source.clone(), error })?;
    let name = roll_name(&root, options)?;
    if folders.is_empty() {
        return Err(OffloadError::NoDestination);
    }
    let looked = look_at(&folders, &name, &mut crew);
    crew.goes_on().map_err(ended)?;
    let sentences = contradictions((&source, stands_at.as_ref()), &looked);
    if !sentences.is_empty() {
        return Err(OffloadError::Contradiction { sentences });
    }
    check_algorithms(&options.algorithms, options.format)?;
    context.progress.phase(Phase::Scan, 0);
    let (card, lists) =
        read_card(options.format, &mut crew).map_err(ended)?.map_err(|Refused(findings)| {
            OffloadError::SourceCarriesList { path: source.clone(), findings }
        })?;
    if let Carried::Histories(_) = card.carried {
        check_algorithms(&options.algorithms, card.format)?;
    }
    if card.tree.files.is_empty() && card.tree.findings.is_empty() {
        return Err(OffloadError::NothingToCopy { path: source.clone() });
    }
    let prepared = prepare(to, Plan::new(&name, &card, options.resume), &mut crew);
    Ok(Offload { card, lists, name: &name, options, context, crew }.run(&folders, prepared))
}

/// Opens the card: its root, and where it stands.
fn open_card(
    from: Site,
    crew: &mut Crew<'_>,
) -> Result<io::Result<(PathBuf, Option<Whereabouts>)>, Ended> {
    let pulse = Arc::clone(crew.card());
    crew.ask_card(move |aboard| {
        let stands_at = pulse.call(|| Whereabouts::of(&from.path));
        let volume = from.open(&pulse)?;
        let root = volume.root().to_owned();
        *aboard = Some(Aboard::Opened(volume));
        Ok((root, stands_at))
    })
}

/// Where the destinations stand, as far as they give an answer.
fn look_at<'p>(
    folders: &'p [PathBuf],
    roll: &RelativePath,
    crew: &mut Crew<'_>,
) -> Vec<(&'p Path, Looked)> {
    let pending = crew.begin(|index, pulse| {
        let (folder, roll) = (folders.get(index)?.clone(), roll.clone());
        let pulse = Arc::clone(pulse);
        Some(move |_: &mut _| Looked::at(&folder, roll.as_str(), &pulse))
    });
    let mut looked: Vec<_> =
        folders.iter().map(|folder| (folder.as_path(), Looked::default())).collect();
    crew.wait(pending, None, |who, at| {
        if let Some((_, place)) = who.and_then(|index| looked.get_mut(index)) {
            *place = at;
        }
    });
    looked
}

/// Reads the card that was opened; its thread keeps it.
fn read_card(
    format: Format,
    crew: &mut Crew<'_>,
) -> Result<Result<(Arc<Card>, OwnLists), Refused>, Ended> {
    let pulse = Arc::clone(crew.card());
    crew.ask_card(move |aboard| {
        let Some(Aboard::Opened(volume)) = aboard.take() else { return Err(Refused(Vec::new())) };
        let root = volume.root().to_owned();
        let (mut card, lists) = Card::read(volume, format)?;
        card.strategy = pulse.call(|| Strategy::of_device(&root));
        let card = Arc::new(card);
        *aboard = Some(Aboard::Read(Arc::clone(&card)));
        Ok((card, lists))
    })
}

/// What each destination that gave an answer is to be known for, or is refused for.
type Prepared = BTreeMap<usize, Result<Ready, Vec<Finding>>>;

/// Prepares the destinations, all at the same time.
fn prepare(to: Vec<Site>, plan: Plan, crew: &mut Crew<'_>) -> Prepared {
    let plan = Arc::new(plan);
    let mut to: BTreeMap<usize, Site> = to.into_iter().enumerate().collect();
    let pending = crew.begin(|index, pulse| {
        let (site, plan, pulse) = (to.remove(&index)?, Arc::clone(&plan), Arc::clone(pulse));
        Some(move |slot: &mut Option<Destination>| {
            let (destination, ready) = plan.prepare(site, &pulse)?;
            *slot = Some(destination);
            Ok(ready)
        })
    });
    let mut refused = BTreeMap::new();
    let mut ready = BTreeMap::new();
    crew.wait(pending, None, |who, answer| match (who, answer) {
        (Some(index), Ok(one)) => _ = ready.insert(index, one),
        (Some(index), Err(findings)) => _ = refused.insert(index, findings),
        (None, _) => {}
    });
    refused.extend(room::refused(&ready).map(|(index, finding)| (index, vec![finding])));
    let pending = crew.begin(|index, _| {
        refused.contains_key(&index).then_some(|slot: &mut Option<Destination>| {
            slot.take().into_iter().for_each(Destination::back_out);
        })
    });
    crew.wait(pending, None, |_, ()| {});
    ready.retain(|index, _| !refused.contains_key(index));
    refused.keys().for_each(|index| crew.dismiss(*index));
    let refused = refused.into_iter().map(|(index, findings)| (index, Err(findings)));
    ready.into_iter().map(|(index, one)| (index, Ok(one))).chain(refused).collect()
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
    card: Arc<Card>,
    lists: OwnLists,
    name: &'a RelativePath,
    options: &'a OffloadOptions,
    context: &'a Context<'a>,
    crew: Crew<'a>,
}

impl Offload<'_> {
    fn run(self, folders: &[PathBuf], mut prepared: Prepared) -> Report {
        let mut account =
            Account::begin_at(Operation::Offload, self.card.place.clone(), self.context);
        self.tell_of_the_card(&mut account);
        let mut algorithms = self.options.algorithms.clone();
        let mut ready = Vec::new();
        for (index, folder) in folders.iter().enumerate() {
            let place = folder.join(self.name.as_str());
            account.report.copies.push(CopyReport::new(Place::new(place.to_string_lossy(), None)));
            match prepared.remove(&index) {
                Some(Ok(one)) => {
                    algorithms.extend(&one.algorithms);
                    ready.push(one);
                }
                Some(Err(findings)) => {
                    findings.into_iter().for_each(|finding| account.found(finding.on_copy(index)));
                    if let Some(copy) = account.report.copies.get_mut(index) {
                        copy.status = copy.counts.status();
                    }
                }
                // It was given up, which is told at the end.
                None => {}
            }
        }
        algorithms.extend(self.lists.algorithms());
        let Offload { card, lists, name, options, context, crew } = self;
        // In turns only where nobody minds.
        let seeks = ready.iter().any(|one| one.seeks);
        let strategy = if seeks { Strategy::Sequential } else { card.strategy };
        let source = Arc::new(Source::new(card, &algorithms));
        let work = work_left(&source, &ready, &mut account);
        let mut transfer = Transfer { source: &source, crew, context, account: &mut account };
        let mut outcome = transfer
            .run(work, strategy)
            .and_then(|()| if options.second_read { transfer.read_again() } else { Ok(()) });
        let mut crew = transfer.crew;
        if outcome.is_ok() {
            outcome = look_again(&source, &mut crew, &mut account);
        }
        // Of the card nothing more is read but the lists that it carries.
        let digests = source.digests().clone();
        for finding in lists.judge(&source.card, &digests) {
            account.found(finding);
        }
        // A copy is held to its own.
        drop(lists);
        let whole = outcome.is_ok() && digests.is_complete() && !account.source_is_faulty();
        let lists = Lists {
            source: Arc::clone(&source),
            name: name.clone(),
            digests,
            agent: context.agent.clone(),
            started: account.started.clone(),
            finished: context.clock.now(),
        };
        let content = give_lists(&mut crew, lists, whole, &mut account);
        let copies = &account.report.copies;
        if whole && copies.iter().any(|copy| copy.manifest.is_none()) {
            // It got no list, for a reason that was told or for want of time.
            outcome = crew.goes_on();
        }
        take_roll(name, &source, content, &mut account);
        drop(source);
        conclude(crew, outcome, account)
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
            Carried::List(..) => {}
            Carried::Histories(_) => {
                // Patterns that are none were a fault of the history.
                let _ = account.warn_of_ignored(tree, self.card.ignore(), None);
            }
        }
    }
}

/// Looks at the card once more where any copy may get a list: it holds what was copied, and nothing else.
fn look_again(
    source: &Arc<Source>,
    crew: &mut Crew<'_>,
    account: &mut Account<'_>,
) -> Result<(), Ended> {
    if !crew.each(|destination| destination.is_proven()).contains(&true) {
        return crew.goes_on();
    }
    let (source, pulse) = (Arc::clone(source), Arc::clone(crew.card()));
    let seen = crew.ask_card(move |_| source.card.look_again(pulse.as_ref()))?;
    let differing = seen.map_err(|_| Ended::Cancelled)?;
    let told: BTreeSet<String> = account.faults_of_the_source().map(|f| f.path.clone()).collect();
    let new = differing.into_iter().filter(|finding| !told.contains(&finding.path));
    new.for_each(|finding| account.found(finding));
    Ok(())
}

#[cfg(test)]
mod tests;
