//! Verify: a tree read and compared with its list.
//!
//! First names and sizes, by [`diff`](crate::diff); then every file that stands for a listed one is read once,
//! with every digest that its list records. Everything is reported, and one finding never hides
//! another. To a history a generation is appended that says what was found.

pub(crate) mod compare;
pub(crate) mod generation;
mod portion;
mod rolls;
pub(crate) mod scopes;

use std::{
    collections::HashSet,
    io,
    path::{Path, PathBuf},
    thread,
};

use mhl_hash::Algorithm;

use self::{
    compare::Comparing,
    generation::{append_in_place, compare_directories, not_appended},
};
pub use self::{portion::Portion, rolls::verify_each};
use crate::{
    CacheDoubt, CopyReport, Finding, FindingKind, Format, Grade, Limits, Operation, RelativePath,
    Report, Roll, Status,
    account::{Account, root_name},
    appending::{self, Held, LockError},
    asc::{self, IgnoreError, IgnoreList},
    context::{Context, Phase},
    expected::{Expected, ListError, TheList},
    shard::{ListedDigest, Marks},
    tree::{Disk, Lock, PastTheCache, Tree, Volume, is_part, walk, walk_with},
};

/// How a tree is to be verified.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct VerifyOptions {
    /// The list to compare with, relative to the root; by default the only one that stands there.
    pub list: Option<RelativePath>,
    /// Read files, the list and the history from the medium, and prove it: [`Grade::PastTheCache`] where
    /// that succeeds for all of them. Otherwise the evidence is [`Grade::ThroughTheCache`], and
    /// [`CopyReport::cache_doubt`] tells the first reason.
    pub past_cache: bool,
    /// Write nothing: by default a generation is appended to a history.
    pub dry_run: bool,
    /// Digests to compute and record besides those of the history, in the generation that is
    /// appended.
    pub algorithms: Vec<Algorithm>,
    /// Ignore patterns to add to the history's, in the generation that is appended.
    pub ignore: Vec<String>,
    /// Which of the listed files are read. To a history a portion appends a generation that lists
    /// what was read and nothing else, without hashes of directories.
    pub portion: Portion,
    /// End at the first fault. What is known by then is reported, [`Counts::unread`](crate::Counts::unread)
    /// tells how many files were not read, and nothing is appended to a history. A fault of names or
    /// sizes is known before anything is read.
    pub stop_at_first: bool,
    /// Leave [`Report::files`] empty, and with it some 250 bytes for each listed file. No ledger takes
    /// such a report for evidence. A shard's report has its files all the same: they are merged.
    pub without_files: bool,
    /// The state of the history at the root that was noted elsewhere, by
    /// [`ManifestRecord::pin`](crate::ManifestRecord::pin) or [`asc::HistoryPin::of`]: a chain that
    /// does not continue it is a [`FindingKind::ChainRewritten`].
    pub pin: Option<asc::HistoryPin>,
    /// How much of everything a list may hold.
    pub limits: Limits,
}

/// Why nothing was verified.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// The folder cannot be opened.
    #[error("{}: cannot be opened: {error}", path.display())]
    Root {
        /// The path that was named.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// There is no list, or not one.
    #[error(transparent)]
    List(#[from] ListError),
    /// An ignore pattern of the history is none.
    #[error(transparent)]
    Ignore(#[from] IgnoreError),
    /// Paths of [`Portion::Paths`] that are neither listed files nor folders of such.
    #[error("nothing is listed at {}", names(paths))]
    NotListed {
        /// All of them.
        paths: Vec<RelativePath>,
    },
}

fn names(paths: &[RelativePath]) -> String {
    paths.iter().map(RelativePath::as_str).collect::<Vec<_>>().join(", ")
}

/// Reads a tree and compares it with its list.
///
/// Names and sizes are compared first, and what differs is told ([`Progress::found`](crate::Progress::found))
/// before any byte is read. A file of another size is not read at all, unless a generation records
/// its digests: it is no more proven wrong by reading it. Then files are read by as many threads as
/// the machine runs at once, one after the other where the device seeks.
///
/// Memory: up to 16 MiB of buffers, the list and the tree; and the report's
/// [`files`](Report::files), unless [`VerifyOptions::without_files`] is set.
///
/// A call to a drive that hangs is waited for as long as the system waits, by a cancellation too, which is
/// looked for between one call and the next: there is no patience here as
/// [`OffloadOptions::patience`](crate::OffloadOptions::patience) has it. Who must not wait verifies in a
/// process of its own.
///
/// `path` is the root of a roll, or a list: a `.mhl` file at the root or in a folder `ascmhl`. To a
/// history a generation is appended, failures included, unless [`VerifyOptions::dry_run`] is set
/// or the history itself is at fault.
///
/// The report's one copy is the tree. Its status is [`Status::Verified`] only when every listed
/// file was read and each digest that the list records of it held, and nothing stands there that
/// the list does not name.
///
/// # Errors
/// [`VerifyError`] when there is nothing to compare with. Everything later is a finding.
///
/// ```
/// use mhl_core::{Agent, Context, SealOptions, Status, VerifyOptions, seal, verify};
///
/// let roll = tempfile::tempdir()?;
/// std::fs::write(roll.path().join("A001C001.mxf"), "clip")?;
/// let agent = Agent::new("example", "1.0", "cart-1", "DIT");
/// seal(roll.path(), &SealOptions::default(), &Context::new(&agent))?;
///
/// std::fs::write(roll.path().join("A001C001.mxf"), "clap")?;
/// let report = verify(roll.path(), &VerifyOptions::default(), &Context::new(&agent))?;
/// assert_eq!(report.status, Status::Failed);
/// assert_eq!(report.findings[0].path, "A001C001.mxf");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn verify(
    path: &Path,
    options: &VerifyOptions,
    context: &Context<'_>,
) -> Result<Report, VerifyError> {
    let (root, named) = root_and_list(path);
    let named = options.list.clone().or(named);
    let disk =
        Disk::open(&root).map_err(|error| VerifyError::Root { path: path.to_owned(), error })?;
    verify_disk(Operation::Verify, &disk, named.as_ref(), options, context)
}

/// Verifies a tree by the list at its root, or the named one; what is appended to a history is
/// appended under its lock.
pub(crate) fn verify_disk(
    operation: Operation,
    disk: &Disk,
    named: Option<&RelativePath>,
    options: &VerifyOptions,
    context: &Context<'_>,
) -> Result<Report, VerifyError> {
    context.progress.phase(Phase::Scan, 0);
    let list = TheList::at(disk, named)?;
    let past = PastTheCache::new(disk);
    let lists: &dyn Volume = if options.past_cache { &past } else { disk };
    let load =
        |within: &[_]| Expected::of_list(&list, lists, within, &options.limits, &options.ignore);
    if !list.is_history() {
        // Nobody lengthens it: it is read while the tree is walked.
        let mut loaded = None;
        let tree = thread::scope(|scope| {
            let load = || loaded = Some(load(&[]));
            let _ = thread::Builder::new().spawn_scoped(scope, load);
            walk(disk)
        });
        let mut expected = loaded.unwrap_or_else(|| load(&[]))?;
        expected.doubt = past.doubt();
        if let Some(pin) = &options.pin {
            expected.hold_to(pin);
        }
        return verify_expected(operation, disk, tree, expected, None, options, context);
    }
    // A shard writes nothing.
    let (within, tree, locks) = if options.dry_run || options.portion.of_shard().is_some() {
        let tree = walk(disk);
        (tree.histories_within(), tree, None)
    } else {
        let Held { tree, within, locks } = appending::hold(disk);
        (within, tree, Some(locks))
    };
    let mut expected = match &locks {
        Some(Ok(_)) => load(&within)?,
        _ => appending::while_settled(disk, &within, || load(&within))?,
    };
    expected.doubt = past.doubt();
    expected.for_comparison();
    if let Some(pin) = &options.pin {
        expected.hold_to(pin);
    }
    verify_expected(operation, disk, tree, expected, locks, options, context)
}

/// The root of the roll that a path names, and the list if the path is one.
pub(crate) fn root_and_list(path: &Path) -> (PathBuf, Option<RelativePath>) {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let parts = (path.parent(), path.file_name().and_then(|name| name.to_str()));
    if let (Some(root), Some(asc::FOLDER)) = parts
        && path.is_dir()
    {
        return (root.to_owned(), RelativePath::new(asc::FOLDER).ok());
    }
    match parts {
        (Some(folder), Some(name)) if path.is_file() => {
            let in_history = folder.file_name().is_some_and(|name| name == asc::FOLDER);
            match (in_history, folder.parent()) {
                (true, Some(root)) => {
                    let list = RelativePath::new(&format!("{}/{name}", asc::FOLDER)).ok();
                    (root.to_owned(), list)
                }
                _ => (folder.to_owned(), RelativePath::new(name).ok()),
            }
        }
        _ => (path, None),
    }
}

/// Compares a tree with what is expected of it. With the locks on every history a generation is
/// appended; without any asked for, none is.
pub(crate) fn verify_expected(
    operation: Operation,
    disk: &Disk,
    tree: Tree,
    mut expected: Expected,
    locks: Option<Result<Vec<Lock>, LockError>>,
    options: &VerifyOptions,
    context: &Context<'_>,
) -> Result<Report, VerifyError> {
    let mut account = Account::begin(operation, disk, context);
    let mut copy = CopyReport::new(account.report.source.clone());
    copy.manifest = Some(expected.record.clone());
    account.report.copies.push(copy);
    for finding in expected.findings.clone() {
        account.found(finding.on_copy(0));
    }

    let (tree, aside) = comparable(disk, tree, &mut expected, &options.ignore, &mut account)?;
    // What a merge will record, its shards read.
    let shard = options.portion.of_shard();
    let may_append = matches!(locks, Some(Ok(_))) || (shard.is_some() && !options.dry_run);
    let records = may_append && !aside && !expected.histories.is_empty();
    let chosen = options.portion.choose(&expected.files);
    let chosen = chosen.map_err(|paths| VerifyError::NotListed { paths })?;
    let is_whole = chosen.is_none() && shard.is_none();
    let doubt = expected.doubt.take();
    let mut comparison =
        Comparing { records, chosen, doubt, ..Comparing::of(disk, &tree, options) };
    let outcome = comparison.run(&expected, &mut account);
    let Comparing { doubt, stopped, unread, marks, .. } = comparison;
    let marks = marks.filter(|_| outcome.is_ok());
    // What is appended is read back, and is the list that the copy stands on from then on.
    let past = PastTheCache::new(disk);
    let lists: &dyn Volume = if options.past_cache { &past } else { disk };

    if let (Ok(read), [_, ..]) = (&outcome, expected.histories.as_slice()) {
        if is_whole {
            let told = &account.report.findings;
            let findings = compare_directories(&expected.histories, &tree, &read.digests, told);
            findings.into_iter().for_each(|finding| account.found(finding.on_copy(0)));
        }
        let ignore = &options.ignore;
        match locks {
            None => {}
            Some(Ok(_)) if aside => not_appended(&mut account, &set_aside_error().into()),
            Some(Ok(_locks)) if is_whole => {
                append_in_place(lists, &expected, &tree, read, ignore, false, &mut account);
            }
            Some(Ok(_locks)) => {
                let (tree, read) = read.narrow(&tree);
                if !tree.files.is_empty() {
                    append_in_place(lists, &expected, &tree, &read, ignore, true, &mut account);
                }
            }
            Some(Err(error)) => not_appended(&mut account, &io::Error::other(error).into()),
        }
    }
    if operation == Operation::Verify && expected.files.is_empty() {
        account.found(nothing_to_compare(&expected.record.path));
    }
    let cancelled = outcome.is_err() && !stopped;
    drop((tree, outcome));
    if stopped || !is_whole {
        let why = match stopped {
            true => "it ended at the first fault".to_owned(),
            false => options.portion.describe(),
        };
        let note = match shard.filter(|_| !stopped) {
            Some(part) => format!("of shard {} alone: merge the reports of all", part.shard()),
            None => format!(
                "{} of {} listed files stand there and were not read: {why}",
                unread.len(),
                account.report.counts.files
            ),
        };
        account.found(Finding::new(FindingKind::Unread, ".").noting(note).on_copy(0));
    }
    let doubt = doubt.or_else(|| past.doubt());
    let ending = Ending { cancelled, is_whole, doubt, unread, marks };
    conclude(&mut account, expected, ending, options, root_name(disk));
    Ok(account.end())
}

/// What of a tree and of its list is compared: without what the list does not speak of, and what
/// patterns pass over. `true` when a history of its own stands in it, of which nothing is said.
pub(crate) fn comparable(
    disk: &Disk,
    mut tree: Tree,
    expected: &mut Expected,
    ignore: &[String],
    account: &mut Account<'_>,
) -> Result<(Tree, bool), IgnoreError> {
    let litter = expected.listed_litter();
    if !litter.is_empty() {
        tree = walk_with(disk, &litter);
    }
    let aside = set_aside(&mut tree, expected, account);
    let mut patterns = expected.ignore.clone();
    patterns.extend(ignore.iter().cloned());
    let ignore = IgnoreList::new(&patterns)?;
    if expected.format == Format::Asc {
        account.leave_out(&mut tree, &patterns, Some(0))?;
        expected.pass_over(&ignore);
    }
    Ok((tree, aside))
}

/// Takes out of a tree what its list does not speak of; `true` when a history of its own stands in
/// it, of which nothing is said here.
fn set_aside(tree: &mut Tree, expected: &Expected, account: &mut Account<'_>) -> bool {
    let list = &expected.record.path;
    let history = expected.format == Format::Asc;
    tree.leave_out(|path, _| {
        path.as_str() == list || (history && path.segments().next() == Some(asc::FOLDER))
    });
    // A list may name a file that is called like one of ours: then it is no leftover.
    let mut parts = Vec::new();
    tree.files.retain(|file| {
        let is_left = is_part(&file.path) && expected.place_of(file.path.as_str()).is_none();
        if is_left {
            parts.push(file.path.clone());
        }
        !is_left
    });
    for part in parts {
        let note = "left by an interrupted run; passed over";
        account.found(Finding::new(FindingKind::Litter, part.as_str()).noting(note).on_copy(0));
    }
    account.walked(tree, Some(0));
    if !history {
        return false;
    }
    let known: HashSet<&RelativePath> =
        expected.histories.iter().filter_map(|past| past.root.as_ref()).collect();
    let ignore = IgnoreList::new(&expected.ignore).ok();
    let passed_over =
        |root: &RelativePath| ignore.as_ref().is_some_and(|list| list.is_ignored(root, true));
    let mut nested = tree.histories_within();
    nested.retain(|root| !known.contains(root) && !passed_over(root));
    for root in &nested {
        let note = "a history of its own stands here, and is not read as a part of this one: \
                    verify it by itself";
        account.found(Finding::new(FindingKind::Unproven, root.as_str()).noting(note).on_copy(0));
    }
    tree.leave_out(|path, _| nested.iter().any(|root| path.below(root).is_some()));
    !nested.is_empty()
}

/// How a comparison ended.
struct Ending {
    cancelled: bool,
    /// Everything was to be read.
    is_whole: bool,
    /// The first of all that was read of which it is not proven that it came from the medium.
    doubt: Option<CacheDoubt>,
    /// The places of the listed files that were not read.
    unread: Vec<usize>,
    /// What a shard that came to its end noted.
    marks: Option<Marks>,
}

fn conclude(
    account: &mut Account<'_>,
    expected: Expected,
    ending: Ending,
    options: &VerifyOptions,
    name: String,
) {
    let proven = options.past_cache && ending.doubt.is_none();
    let report = &mut account.report;
    let bytes = expected.bytes();
    let files = expected.files.len() as u64;
    report.roll = Some(Roll::new(name, expected.content.to_string(), files, bytes));
    report.status = match report.counts.status() {
        _ if ending.cancelled => Status::Cancelled,
        // Not even one that names every file: a portion is no verification of the roll.
        Status::Verified if !ending.is_whole => Status::Unproven,
        status => status,
    };
    let algorithms = expected.algorithms().into_iter().filter(|algorithm| {
        expected
            .files
            .iter()
            .all(|file| file.hashes.algorithms().any(|recorded| recorded == *algorithm))
    });
    let algorithms = algorithms.map(|algorithm| algorithm.name().to_owned()).collect();
    if let (Some(mut marks), Some(part)) = (ending.marks, options.portion.of_shard()) {
        let own = std::mem::take(&mut marks.own);
        let mut listed = ListedDigest::new();
        let mut own = own.into_iter().peekable();
        for (place, file) in expected.files.into_iter().enumerate() {
            let file = file.record();
            listed.file(&file);
            if own.next_if_eq(&place).is_some() {
                report.files.push(file);
            }
        }
        let record = marks.record(part.shard(), listed.finish(), options, proven);
        report.shard = Some(Box::new(record));
    } else if !options.without_files {
        // Each is dropped as soon as it is told.
        report.files = expected.files.into_iter().map(|file| file.record()).collect();
        for place in &ending.unread {
            report.files.get_mut(*place).into_iter().for_each(|file| file.unread = true);
        }
    }
    if let Some(copy) = report.copies.first_mut() {
        copy.algorithms = algorithms;
    }
    grade(report, options.past_cache, proven, ending.doubt);
}

/// Why nothing is appended where a history within was set aside.
pub(crate) fn set_aside_error() -> io::Error {
    io::Error::other("a history within was not read")
}

/// That a list names no file.
pub(crate) fn nothing_to_compare(list: &str) -> Finding {
    let note = "there is no file to compare, and so nothing is proven";
    Finding::new(FindingKind::Unproven, list).noting(note).on_copy(0)
}

/// Says of the copy what the whole amounts to, and how that is known; where a reading past the cache was
/// `asked` for and is not `proven`, why it is not.
pub(crate) fn grade(report: &mut Report, asked: bool, proven: bool, doubt: Option<CacheDoubt>) {
    let is_doubtful = asked && !proven && report.counts.verified > 0;
    let doubt = doubt.filter(|_| is_doubtful);
    if is_doubtful {
        let note = "not everything is proven to have come from the medium";
        let (path, note) = match &doubt {
            Some(CacheDoubt { path, reason }) => (path.as_str(), format!("{note}: {reason}")),
            None => (".", note.to_owned()),
        };
        let finding = Finding::new(FindingKind::ThroughTheCache, path).noting(note);
        report.add(finding.on_copy(0));
    }
    let (status, counts) = (report.status, report.counts);
    let Some(copy) = report.copies.first_mut() else { return };
    copy.status = status;
    copy.counts = counts;
    copy.complete = status == Status::Verified;
    let through = "read and compared, but perhaps from the system's cache";
    (copy.grade, copy.proof) = match (counts.verified, proven, &doubt) {
        (0, ..) => (None, String::new()),
        (_, true, _) => {
            let proof = "dropped from the cache, measured to be absent, read, compared: every \
                         file, and the list";
            (Some(Grade::PastTheCache), proof.to_owned())
        }
        (_, false, None) => (Some(Grade::ThroughTheCache), through.to_owned()),
        (_, false, Some(doubt)) => (Some(Grade::ThroughTheCache), format!("{through}: {doubt}")),
    };
    copy.cache_doubt = doubt;
}

#[cfg(test)]
mod tests;
