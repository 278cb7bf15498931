//! Verify: a tree read and compared with its list.
//!
//! First names and sizes, by [`diff`](crate::diff); then every file that stands for a listed one is read once,
//! with every digest that its list records. Everything is reported, and one finding never hides
//! another. To a history a generation is appended that says what was found.

pub(crate) mod compare;
pub(crate) mod generation;
pub(crate) mod scopes;

use std::{
    collections::HashSet,
    io,
    path::{Path, PathBuf},
};

use mhl_hash::Algorithm;

use self::{
    compare::Comparing,
    generation::{append_in_place, compare_directories, not_appended},
};
use crate::{
    CopyReport, Finding, FindingKind, Format, Grade, Limits, Operation, RelativePath, Report, Roll,
    Status,
    account::{Account, root_name},
    appending::{self, Held, LockError},
    asc::{self, IgnoreError, IgnoreList},
    context::{Context, Phase},
    expected::{Expected, ExpectedFile, ListError},
    tree::{Disk, Lock, Tree, is_part, walk, walk_with},
};

/// How a tree is to be verified.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct VerifyOptions {
    /// The list to compare with, relative to the root; by default the only one that stands there.
    pub list: Option<RelativePath>,
    /// Read from the medium and prove it: [`Grade::PastTheCache`] where that succeeds. Otherwise
    /// the evidence is [`Grade::ThroughTheCache`].
    pub past_cache: bool,
    /// Write nothing: by default a generation is appended to a history.
    pub dry_run: bool,
    /// Digests to compute and record besides those of the history, in the generation that is
    /// appended.
    pub algorithms: Vec<Algorithm>,
    /// Ignore patterns to add to the history's, in the generation that is appended.
    pub ignore: Vec<String>,
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
}

/// Reads a tree and compares it with its list.
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
    let (within, tree, locks) = if options.dry_run {
        let tree = walk(disk);
        (tree.histories_within(), tree, None)
    } else {
        let Held { tree, within, locks } = appending::hold(disk);
        (within, tree, Some(locks))
    };
    let load = || Expected::load(disk, named, &within, &options.limits, &options.ignore);
    let mut expected = match &locks {
        Some(Ok(_)) => load()?,
        _ => appending::while_settled(disk, &within, load)?,
    };
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
    mut tree: Tree,
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

    let litter = expected.listed_litter();
    if !litter.is_empty() {
        tree = walk_with(disk, &litter);
    }
    let aside = set_aside(&mut tree, &expected, &mut account);
    let mut patterns = expected.ignore.clone();
    patterns.extend(options.ignore.iter().cloned());
    let ignore = IgnoreList::new(&patterns)?;
    if expected.format == Format::Asc {
        account.leave_out(&mut tree, &patterns, Some(0))?;
        expected.pass_over(&ignore);
    }
    let may_append = matches!(locks, Some(Ok(_)));
    let records = may_append && !aside && !expected.histories.is_empty();
    let mut comparison = Comparing {
        disk,
        tree: &tree,
        options,
        records,
        of_a_part: false,
        proven: options.past_cache,
    };
    let outcome = comparison.run(&expected, &mut account);
    let proven = comparison.proven;

    if let (Ok(read), [_, ..]) = (&outcome, expected.histories.as_slice()) {
        let told = &account.report.findings;
        let findings = compare_directories(&expected.histories, &tree, &read.digests, told);
        findings.into_iter().for_each(|finding| account.found(finding.on_copy(0)));
        match locks {
            None => {}
            Some(Ok(_locks)) if !aside => {
                let ignore = &options.ignore;
                append_in_place(disk, &expected, &tree, read, ignore, false, &mut account);
            }
            Some(Ok(_)) => {
                let error = io::Error::other("a history within was not read");
                not_appended(&mut account, &error.into());
            }
            Some(Err(error)) => not_appended(&mut account, &io::Error::other(error).into()),
        }
    }
    if operation == Operation::Verify && expected.files.is_empty() {
        let note = "there is no file to compare, and so nothing is proven";
        let list = expected.record.path.as_str();
        account.found(Finding::new(FindingKind::Unproven, list).noting(note).on_copy(0));
    }
    let cancelled = outcome.is_err();
    drop((tree, outcome));
    let cache = (options.past_cache, proven);
    conclude(&mut account, expected, cache, cancelled, root_name(disk));
    Ok(account.end())
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
    let listed: HashSet<&str> = expected.files.iter().map(|file| file.path.as_str()).collect();
    let mut parts = Vec::new();
    tree.files.retain(|file| {
        let is_left = is_part(&file.path) && !listed.contains(file.path.as_str());
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

fn conclude(
    account: &mut Account<'_>,
    expected: Expected,
    (past_cache, proven): (bool, bool),
    cancelled: bool,
    name: String,
) {
    let report = &mut account.report;
    let bytes = expected.files.iter().filter_map(|file| file.size).sum();
    let files = expected.files.len() as u64;
    report.roll = Some(Roll::new(name, expected.content.to_string(), files, bytes));
    report.status = if cancelled { Status::Cancelled } else { report.counts.status() };
    let algorithms = expected.algorithms().into_iter().filter(|algorithm| {
        expected
            .files
            .iter()
            .all(|file| file.hashes.iter().any(|recorded| recorded.algorithm() == Some(*algorithm)))
    });
    let algorithms = algorithms.map(|algorithm| algorithm.name().to_owned()).collect();
    report.files = expected.files.iter().map(ExpectedFile::record).collect();
    if past_cache && !proven && report.counts.verified > 0 {
        let note = "not everything is proven to have come from the medium";
        let finding = Finding::new(FindingKind::ThroughTheCache, ".").noting(note);
        report.add(finding.on_copy(0));
    }
    let (status, counts) = (report.status, report.counts);
    if let Some(copy) = report.copies.first_mut() {
        copy.algorithms = algorithms;
        copy.status = status;
        copy.counts = counts;
        copy.complete = status == Status::Verified;
        if counts.verified > 0 {
            (copy.grade, copy.proof) = if proven {
                let proof = "dropped from the cache, measured to be absent, read, compared";
                (Some(Grade::PastTheCache), proof.to_owned())
            } else {
                let proof = "read and compared, but perhaps from the system's cache";
                (Some(Grade::ThroughTheCache), proof.to_owned())
            };
        }
    }
}

#[cfg(test)]
mod tests;
