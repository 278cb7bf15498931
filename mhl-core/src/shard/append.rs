//! The one generation of what all shards read.

use std::{
    collections::HashMap,
    io,
    path::{Path, PathBuf},
};

use mhl_hash::{Algorithm, HashValue};

use super::{ListedDigest, MergeError, merge, merge::values, tree_digest};
use crate::{
    Context, FileRecord, FindingKind, Grade, ListError, Report, Timestamp, VerifyOptions,
    account::Account,
    appending::{self, Held},
    asc::IgnoreError,
    digests::Digests,
    expected::{Expected, TheList},
    listing::Say,
    tree::{Disk, FoundFile, PastTheCache, Volume},
    verify::{
        comparable,
        compare::Read,
        generation::{append_in_place, not_appended},
        grade, root_and_list, set_aside_error,
    },
};

/// Why no generation is appended of what shards read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MergeIntoError {
    /// The reports are not those of all shards.
    #[error(transparent)]
    Merge(#[from] MergeError),
    /// They were dry runs, which do not read what a generation records.
    #[error("the shards were dry runs: nothing of theirs can be appended")]
    DryRun,
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
    /// A list by itself is not appended to.
    #[error("{}: {list} is no history: nothing is appended to it", root.display())]
    NoHistory {
        /// The folder.
        root: PathBuf,
        /// The list that the shards compared with.
        list: String,
    },
    /// The history or the tree is not what the shards saw: nothing is known of what it is now.
    #[error("{}: {} not what the shards saw", root.display(), what.join(" and "))]
    Changed {
        /// The folder.
        root: PathBuf,
        /// What: `the history is`, `the tree is`.
        what: Vec<&'static str>,
    },
    /// An ignore pattern of the history is none.
    #[error(transparent)]
    Ignore(#[from] IgnoreError),
}

/// Merges the reports of all shards, and appends to the history at `path` the one generation that says
/// what they found: as a verification of the whole does it on one machine.
///
/// The tree is walked, and history and tree have to be what the shards saw; no file is read. `options`
/// are those of the shards, but for the portion. The report is that of [`merge`]; where the
/// generation cannot be appended, it says why, as that of [`verify`](crate::verify) does.
///
/// # Errors
/// [`MergeIntoError`]; nothing was written then.
///
/// ```
/// use mhl_core::{
///     Agent, Context, Format, Portion, SealOptions, Shard, VerifyOptions, merge_into, seal, verify,
/// };
///
/// let roll = tempfile::tempdir()?;
/// std::fs::write(roll.path().join("A001C001.mxf"), "clip")?;
/// let (agent, mut seals) = (Agent::new("example", "1.0", "cart-1", "DIT"), SealOptions::default());
/// let context = Context::new(&agent);
/// seals.format = Format::Asc;
/// seal(roll.path(), &seals, &context)?;
///
/// let mut reports = Vec::new();
/// for shard in ["1/2", "2/2"] {
///     let mut options = VerifyOptions::default();
///     options.portion = Portion::shard(shard.parse()?);
///     reports.push(verify(roll.path(), &options, &context)?);
/// }
/// let report = merge_into(roll.path(), &reports, &VerifyOptions::default(), &context)?;
/// let manifest = report.copies[0].manifest.as_ref().unwrap();
/// assert!(manifest.path.starts_with("ascmhl/0002_"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn merge_into(
    path: &Path,
    reports: &[Report],
    options: &VerifyOptions,
    context: &Context<'_>,
) -> Result<Report, MergeIntoError> {
    let merged = merge(reports)?;
    let records = || reports.iter().filter_map(|report| report.shard.as_deref());
    if records().any(|record| !record.recordable) {
        return Err(MergeIntoError::DryRun);
    }
    let (root, named) = root_and_list(path);
    let named = options.list.clone().or(named);
    let disk =
        Disk::open(&root).map_err(|error| MergeIntoError::Root { path: path.to_owned(), error })?;
    let list = TheList::at(&disk, named.as_ref())?;
    if !list.is_history() {
        let list = merged.copies.first().and_then(|copy| copy.manifest.as_ref());
        let list = list.map_or(String::new(), |list| list.path.clone());
        return Err(MergeIntoError::NoHistory { root, list });
    }
    let Held { tree, within, locks } = appending::hold(&disk);
    let load = || Expected::of_list(&list, &disk, &within, &options.limits, &options.ignore);
    let mut expected = match &locks {
        Ok(_) => load()?,
        Err(_) => appending::while_settled(&disk, &within, load)?,
    };
    expected.for_comparison();
    // What stands there was told by the shards.
    let mut unheard = Account::begin(merged.operation, &disk, context);
    let (tree, aside) = comparable(&disk, tree, &mut expected, &options.ignore, &mut unheard)?;

    let mut listed = ListedDigest::new();
    expected.files.iter().for_each(|file| listed.file(&file.record()));
    let (listed, seen) = (listed.finish(), tree_digest(&tree));
    let mut what = Vec::new();
    let manifest = merged.copies.first().and_then(|copy| copy.manifest.as_ref());
    if manifest != Some(&expected.record) || records().any(|record| record.listed != listed) {
        what.push("the history is");
    }
    if records().any(|record| record.tree != seen) {
        what.push("the tree is");
    }
    if !what.is_empty() {
        return Err(MergeIntoError::Changed { root, what });
    }
    let read = read_by_shards(&expected, &tree.files, &merged, reports);
    // The instant, not as it is spelled in the report.
    let started = Timestamp::parse(&merged.started).ok();
    let started = started.and_then(|at| Timestamp::from_unix(at.unix_seconds(), at.nanoseconds()));
    let started = started.unwrap_or_else(|| context.clock.now());
    let mut account = Account { report: merged, context, started };
    match locks {
        Ok(_) if aside => not_appended(&mut account, &set_aside_error().into()),
        Ok(_locks) => {
            let ignore = &options.ignore;
            let copy = account.report.copies.first();
            let is_past = copy.is_some_and(|copy| copy.grade == Some(Grade::PastTheCache));
            let past = PastTheCache::new(&disk);
            let volume: &dyn Volume = if is_past { &past } else { &disk };
            append_in_place(volume, &expected, &tree, &read, ignore, false, &mut account);
            // The copy stands on what was appended, which has to come from the medium as all else.
            if let Some(doubt) = past.doubt() {
                grade(&mut account.report, true, false, Some(doubt));
            }
        }
        Err(error) => not_appended(&mut account, &io::Error::other(error).into()),
    }
    Ok(account.report)
}

/// What the shards read of each file of the tree, and what a generation says of it.
fn read_by_shards(
    expected: &Expected,
    files: &[FoundFile],
    merged: &Report,
    reports: &[Report],
) -> Read {
    let records = reports.iter().filter_map(|report| report.shard.as_deref());
    let read = records.flat_map(|record| &record.read);
    let read: HashMap<&str, &FileRecord> = read.map(|file| (&*file.path, file)).collect();
    let failed = [FindingKind::UnreadableFile, FindingKind::SourceChanged];
    let failed = merged.findings.iter().filter(|finding| failed.contains(&finding.kind));
    let failed: Vec<&str> = failed.map(|finding| finding.path.as_str()).collect();
    let mut algorithms = expected.algorithms();
    for value in read.values().flat_map(|file| values(&file.hashes)) {
        if !algorithms.contains(&value.algorithm()) {
            algorithms.push(value.algorithm());
        }
    }
    let (stands_for, _) = expected.stand_for(files);
    let mut digests = Digests::new(&algorithms, files.len());
    for (index, (file, listed)) in files.iter().zip(&stands_for).enumerate() {
        let path = file.path.as_str();
        let found = match (read.get(path), listed) {
            (Some(read), _) => values(&read.hashes),
            (None, Some(listed)) if !failed.contains(&path) => values(&listed.record().hashes),
            _ => continue,
        };
        if let Some(found) = in_order(&found, &algorithms) {
            digests.set(index, &found);
        }
    }
    let (mut says, _) = expected.compare(files, &digests);
    for index in (0..files.len()).filter(|index| !digests.has(*index)) {
        says.set(index, Say::Nothing, None);
    }
    Read { digests, says }
}

/// One value of each algorithm; nothing where one is wanting.
fn in_order(values: &[HashValue], algorithms: &[Algorithm]) -> Option<Vec<HashValue>> {
    let of = |algorithm: &Algorithm| values.iter().find(|value| value.algorithm() == *algorithm);
    algorithms.iter().map(|algorithm| of(algorithm).copied()).collect()
}
