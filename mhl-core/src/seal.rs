//! Seal: a tree read where it stands, and its list made.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use mhl_hash::Algorithm;

use crate::{
    CopyReport, Finding, FindingKind, Format, Grade, Limits, Operation, Process, RelativePath,
    Report, Roll, Status,
    account::{Account, root_name},
    appending::lock_within,
    asc::{self, IgnoreError},
    context::{Context, Phase},
    digests::Digests,
    expected::{Expected, ExpectedFile, lists_at},
    listing::{AlgorithmNotInFormat, Generation, Listing, check_algorithms, ignore_patterns},
    tree::{
        Disk, Tree, Volume,
        durable::write_down_names,
        read::Way,
        turns::{Cancelled, Wanted, read_each},
        walk,
    },
    verify::{VerifyError, VerifyOptions, verify_disk, verify_expected},
};

/// How a tree is to be sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SealOptions {
    /// The digests to compute, all in one read.
    pub algorithms: Vec<Algorithm>,
    /// The format of the list.
    pub format: Format,
    /// What is to be left out, in `.gitignore` syntax (ASC only; the list records the patterns).
    pub ignore: Vec<String>,
}

impl Default for SealOptions {
    /// XXH64, a classic list, nothing left out.
    fn default() -> Self {
        SealOptions {
            algorithms: vec![Algorithm::Xxh64],
            format: Format::Classic,
            ignore: Vec::new(),
        }
    }
}

/// Why a tree was not sealed. Nothing was written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// The folder cannot be opened.
    #[error("{}: the folder cannot be opened: {error}", path.display())]
    Root {
        /// The folder that was named.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// It holds no file to list.
    #[error("{}: there is no file to list", path.display())]
    NothingToSeal {
        /// The folder that was named.
        path: PathBuf,
    },
    /// A list stands there already, and one roll has one list.
    #[error("{}: the list {list} stands there already: verify it instead", path.display())]
    Listed {
        /// The folder that was named.
        path: PathBuf,
        /// The list, relative to it.
        list: String,
    },
    /// No digest, or one that the list's format does not know.
    #[error(transparent)]
    Algorithm(#[from] AlgorithmNotInFormat),
    /// An ignore pattern is none.
    #[error(transparent)]
    Ignore(#[from] IgnoreError),
    /// Another program is sealing the folder.
    #[error("{}: another program is sealing it", path.display())]
    Busy {
        /// The folder that was named.
        path: PathBuf,
    },
    /// The history that stands there cannot be appended to.
    #[error(transparent)]
    History(#[from] VerifyError),
    /// Classic lists cannot record what they leave out, so nothing may be.
    #[error("classic lists cannot record ignore patterns: use an ASC MHL")]
    IgnoreInClassic,
}

/// Reads every file of a tree and writes its list at the root.
///
/// Where a history stands already, a generation is appended to it whatever
/// [`SealOptions::format`] says: its files are verified, new ones and new digests are recorded. The
/// same goes for every history nested within, before an ASC generation that refers to it is
/// written.
///
/// A seal compares nothing: it records what the medium gave now. The report's status is
/// [`Status::Sealed`], its evidence [`Grade::InFlight`]. Where a file cannot be read or listed no
/// list is written.
///
/// # Errors
/// [`SealError`] when nothing was begun. Everything later is a finding.
///
/// ```
/// use mhl_core::{Agent, Context, SealOptions, Status, seal};
///
/// let roll = tempfile::tempdir()?;
/// std::fs::write(roll.path().join("A001C001.mxf"), "clip")?;
/// let agent = Agent::new("example", "1.0", "cart-1", "DIT");
/// let report = seal(roll.path(), &SealOptions::default(), &Context::new(&agent))?;
/// assert_eq!(report.status, Status::Sealed);
/// assert_eq!(report.files[0].hashes, ["xxh64be:05932ea46db59068"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn seal(
    root: &Path,
    options: &SealOptions,
    context: &Context<'_>,
) -> Result<Report, SealError> {
    let disk =
        Disk::open(root).map_err(|error| SealError::Root { path: root.to_owned(), error })?;
    // Two seals at once would leave two lists.
    let lock =
        disk.lock_folder(None).map_err(|error| SealError::Root { path: root.to_owned(), error })?;
    let Some(_lock) = lock else { return Err(SealError::Busy { path: root.to_owned() }) };
    let lists =
        lists_at(&disk).map_err(|error| SealError::Root { path: root.to_owned(), error })?;
    if matches!(lists.as_slice(), [only] if only.as_str() == asc::FOLDER) {
        return append(&disk, options, context);
    }
    check_algorithms(&options.algorithms, options.format)?;
    if options.format == Format::Classic && !options.ignore.is_empty() {
        return Err(SealError::IgnoreInClassic);
    }
    if let Some(list) = lists.first() {
        return Err(SealError::Listed { path: root.to_owned(), list: list.to_string() });
    }
    context.progress.phase(Phase::Scan, 0);
    let mut tree = walk(&disk);
    tree.keep_listable(options.format);
    let within = tree.histories_within();
    if options.format == Format::Asc && !within.is_empty() {
        return seal_around(&disk, tree, &within, options, context);
    }
    let mut account = Account::begin(Operation::Seal, &disk, context);
    account.walked(&tree, None);
    account.warn_of_empty_files(&tree, options.format);
    if options.format == Format::Asc {
        account.leave_out(&mut tree, &ignore_patterns(&options.ignore), None)?;
    }
    if tree.files.is_empty() && tree.findings.is_empty() {
        return Err(SealError::NothingToSeal { path: root.to_owned() });
    }
    account.report.counts.files = tree.files.len() as u64;
    let mut digests = Digests::new(&options.algorithms, tree.files.len());
    if hash_all(&disk, &tree, &mut digests, &mut account).is_err() {
        account.report.status = Status::Cancelled;
        return Ok(account.end());
    }
    let name = root_name(&disk);
    let mut copy = CopyReport::new(account.report.source.clone());
    copy.algorithms = digests.algorithms().iter().map(|a| a.name().to_owned()).collect();
    if digests.is_complete() && !account.source_is_faulty() {
        let listing = Listing {
            folder: &name,
            agent: context.agent,
            format: options.format,
            process: Process::InPlace,
            ignore: &options.ignore,
            started: &account.started,
            finished: &context.clock.now(),
            tree: &tree,
            digests: &digests,
            generation: Generation::default(),
        };
        let written = listing.write(&disk);
        let written =
            written.and_then(|record| write_down_names(&disk, &record.path).map(|()| record));
        match written {
            Ok(record) => {
                copy.manifest = Some(record);
                copy.grade = Some(Grade::InFlight);
                copy.proof = "read once and listed; there was nothing to compare with".to_owned();
            }
            Err(error) => {
                let finding = Finding::new(FindingKind::WriteFailed, ".");
                account.found(finding.noting(error.of("list")));
            }
        }
    }
    copy.status = if copy.manifest.is_some() { Status::Sealed } else { Status::Failed };
    copy.counts = account.report.counts;
    account.report.status = copy.status;
    account.report.copies.push(copy);
    account.take_files(&name, &tree, &digests);
    Ok(account.end())
}

/// Appends a generation to the history that stands there: what it knows is verified, what is new is
/// recorded, each also in the algorithms that were asked for.
fn append(disk: &Disk, options: &SealOptions, context: &Context<'_>) -> Result<Report, SealError> {
    check_algorithms(&options.algorithms, Format::Asc)?;
    let mut verify = VerifyOptions::default();
    verify.algorithms.clone_from(&options.algorithms);
    verify.ignore.clone_from(&options.ignore);
    Ok(verify_disk(Operation::Seal, disk, None, &verify, context)?)
}

/// Gives a tree in which other histories stand its first generation. The others verify their own
/// files and are appended to, so that the new one can refer to them.
fn seal_around(
    disk: &Disk,
    tree: Tree,
    within: &[RelativePath],
    options: &SealOptions,
    context: &Context<'_>,
) -> Result<Report, SealError> {
    let limits = Limits::default();
    let load = |error| SealError::History(VerifyError::List(error));
    let locks = Some(lock_within(disk, within));
    let expected =
        Expected::before_the_first(disk, within, &limits, &options.ignore).map_err(load)?;
    let mut verify = VerifyOptions::default();
    verify.algorithms.clone_from(&options.algorithms);
    verify.ignore.clone_from(&options.ignore);
    let mut report =
        verify_expected(Operation::Seal, disk, tree, expected, locks, &verify, context)?;
    let written = report.copies.first().is_some_and(|copy| copy.manifest.is_some());
    if !written {
        report.roll = None;
        return Ok(report);
    }
    // What was written says which roll it is.
    let sealed = Expected::load(disk, None, within, &limits, &options.ignore).map_err(load)?;
    let bytes = sealed.bytes();
    let files = sealed.files.len() as u64;
    report.roll = Some(Roll::new(root_name(disk), sealed.content.to_string(), files, bytes));
    report.counts.files = files;
    report.files = sealed.files.iter().map(ExpectedFile::record).collect();
    if matches!(report.status, Status::Verified | Status::Unproven) && report.counts.unproven == 0 {
        report.status = Status::Sealed;
    }
    let (status, counts) = (report.status, report.counts);
    if let Some(copy) = report.copies.first_mut() {
        copy.status = status;
        copy.counts.files = counts.files;
        copy.complete = false;
        copy.grade = Some(Grade::InFlight);
        copy.proof = "read once and listed; the histories within were verified".to_owned();
    }
    Ok(report)
}

/// Reads every file of the tree.
fn hash_all(
    disk: &Disk,
    tree: &Tree,
    digests: &mut Digests,
    account: &mut Account<'_>,
) -> Result<(), Cancelled> {
    let progress = account.context.progress;
    progress.phase(Phase::Read, tree.bytes());
    let algorithms: Arc<[Algorithm]> = digests.algorithms().into();
    let wanted = tree.files.iter().enumerate().map(|(index, file)| Wanted {
        key: (index, file),
        path: &file.path,
        found: Some(&file.stat),
        algorithms: Arc::clone(&algorithms),
        is_of_others: false,
    });
    read_each(disk, wanted, Way::ThroughTheCache, progress, |(index, file), result| {
        match result.and_then(|outcome| outcome.of_size(file.stat.size)) {
            Ok(outcome) => {
                account.report.counts.bytes += outcome.bytes;
                digests.set(index, &outcome.values);
            }
            Err(failure) => account.found(failure.finding(file.path.as_str(), file.stat.size)),
        }
    })
}
