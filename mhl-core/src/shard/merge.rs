//! The reports of all shards made one.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use mhl_hash::{Algorithm, HashValue};

use super::{ListedDigest, ShardRecord};
use crate::{
    FileRecord, Finding, FindingKind, Format, Listed, PhaseRecord, RecordedHash, RelativePath,
    Report, Status,
    digests::Digests,
    histories::{Past, RecordedDirectory},
    path::around,
    tree::{FoundFile, Kind, Modified, Stat, Tree},
    verify::{
        compare::rename_candidates, generation::compare_directories, grade, nothing_to_compare,
    },
};

/// Why reports are not merged. Shards are named by their numbers, reports by their places among the
/// arguments, from 0.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MergeError {
    /// No report was given.
    #[error("no report was given")]
    Nothing,
    /// Reports that are of no shard, or of one that did not come to its end.
    #[error("{} {} of no shard that came to its end", names("report", reports), are(reports))]
    NoShard {
        /// All of them, by their places.
        reports: Vec<usize>,
    },
    /// Shards of another number of them.
    #[error("{} {} not of {of}, as the first report is", names("report", reports), are(reports))]
    OtherDivision {
        /// Into how many the first report's roll was divided.
        of: u32,
        /// All of the others, by their places.
        reports: Vec<usize>,
    },
    /// Reports that were made by another list: of another roll, or an older or newer one.
    #[error(
        "{} {} made by another list than the first: {list}",
        names("report", reports),
        were(reports)
    )]
    OtherList {
        /// C4 of the first report's list.
        list: String,
        /// All of them, by their places.
        reports: Vec<usize>,
    },
    /// Reports that were made of another state of the tree: files or folders came, went or changed size.
    #[error(
        "{} {} made of another state of the tree than the first: what stood there changed between them",
        names("report", reports),
        were(reports)
    )]
    OtherTree {
        /// All of them, by their places.
        reports: Vec<usize>,
    },
    /// Shards that have several reports.
    #[error("{} {} several reports{}", names("shard", shards), have(shards), if *differing { ", which differ" } else { "" })]
    Repeated {
        /// All of them.
        shards: Vec<u32>,
        /// Two reports of one shard differ in more than times.
        differing: bool,
    },
    /// Shards without a report.
    #[error("{} {} missing", names("shard", shards), are(shards))]
    Missing {
        /// All of them.
        shards: Vec<u32>,
    },
    /// Shards of other rolls, or of the same with other lists.
    #[error(
        "{} {} of other rolls than the first, or of other lists",
        names("report", reports),
        are(reports)
    )]
    OtherRolls {
        /// All of them, by their places.
        reports: Vec<usize>,
    },
    /// Reports whose parts do not fit together, or not into the whole: nobody's shards say this.
    #[error("{} {} not what a shard writes: {what}", names("shard", shards), are(shards))]
    Inconsistent {
        /// Those that it is seen in; all, where it is seen in the whole alone.
        shards: Vec<u32>,
        /// What does not fit.
        what: &'static str,
    },
}

fn names<N: ToString>(what: &str, numbers: &[N]) -> String {
    let plural = if numbers.len() == 1 { "" } else { "s" };
    let numbers: Vec<String> = numbers.iter().map(N::to_string).collect();
    format!("{what}{plural} {}", numbers.join(", "))
}

fn are<N>(numbers: &[N]) -> &'static str {
    if numbers.len() == 1 { "is" } else { "are" }
}

fn were<N>(numbers: &[N]) -> &'static str {
    if numbers.len() == 1 { "was" } else { "were" }
}

fn have<N>(numbers: &[N]) -> &'static str {
    if numbers.len() == 1 { "has" } else { "have" }
}

/// Makes one report of those of all shards, in whatever order they come: what one machine would have
/// told, but for times, the name of the host where there were several, and the device where it has
/// not one name on all of them.
///
/// Every shard's report has to be there once. All have to be of one division of one state of one
/// tree, compared with one list; the files in them have to be those that the list names. Nothing is
/// read here: what was found and read stands in the reports.
///
/// ```
/// use mhl_core::{
///     Agent, Context, Portion, SealOptions, Shard, Status, VerifyOptions, merge, seal, verify,
/// };
///
/// let roll = tempfile::tempdir()?;
/// for clip in 1..=9 {
///     std::fs::write(roll.path().join(format!("A001C00{clip}.mxf")), "clip")?;
/// }
/// let agent = Agent::new("example", "1.0", "cart-1", "DIT");
/// seal(roll.path(), &SealOptions::default(), &Context::new(&agent))?;
///
/// // On three machines, in any order.
/// let mut reports = Vec::new();
/// for shard in ["2/3", "1/3", "3/3"] {
///     let mut options = VerifyOptions::default();
///     options.portion = Portion::shard(shard.parse()?);
///     reports.push(verify(roll.path(), &options, &Context::new(&agent))?);
/// }
/// assert_eq!(reports[0].status, Status::Unproven, "no shard proves the roll");
/// assert!(merge(&reports[..2]).is_err(), "one is missing");
/// assert_eq!(merge(&reports)?.status, Status::Verified);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`MergeError`], with everything of the first kind that is found.
pub fn merge(reports: &[Report]) -> Result<Report, MergeError> {
    let shards = in_order(reports)?;
    let sections = shards.iter().map(|shard| shard.report.sections()).collect::<Vec<_>>();
    let bad = |is_bad: &dyn Fn(usize, &Of<'_>) -> bool| -> Vec<u32> {
        let bad = shards.iter().enumerate().filter(|(at, shard)| is_bad(*at, shard));
        bad.map(|(_, shard)| shard.record.shard.number().get()).collect()
    };
    let inconsistent = |shards: Vec<u32>, what| match shards.is_empty() {
        true => Ok(()),
        false => Err(MergeError::Inconsistent { shards, what }),
    };
    inconsistent(
        bad(&|at, _| sections.get(at).is_none_or(Option::is_none)),
        "it counts more findings than it has",
    )?;
    let sections: Vec<[&[Finding]; 3]> = sections.into_iter().flatten().collect();
    let of_all = sections.first().map_or(&[][..], |[of_all, ..]| of_all);
    inconsistent(
        bad(&|at, _| sections.get(at).is_none_or(|[own, ..]| *own != of_all)),
        "it tells other things of the list and the tree than the first",
    )?;
    inconsistent(bad(&|_, shard| !counts_hold(shard)), "its counts are not those of its findings")?;
    check_files(&shards)?;

    let Some(first) = shards.first() else { return Err(MergeError::Nothing) };
    let mut whole = Report::new(first.report.operation, first.report.source.clone());
    let all = || shards.iter().map(|shard| shard.report);
    whole.tool.clone_from(&first.report.tool);
    whole.host = hosts(all());
    whole.started = all().map(|report| &*report.started).min().unwrap_or_default().to_owned();
    whole.finished = all().map(|report| &*report.finished).max().unwrap_or_default().to_owned();
    if all().any(|report| report.source.device != whole.source.device) {
        whole.source.device = None;
    }
    whole.copies.clone_from(&first.report.copies);
    for copy in &mut whole.copies {
        copy.counts = Default::default();
        copy.place.device.clone_from(&whole.source.device);
    }
    whole.roll.clone_from(&first.report.roll);
    whole.files = all().flat_map(|report| &report.files).cloned().collect();
    for report in all() {
        report.phases.iter().for_each(|phase| take_in_phase(&mut whole.phases, phase));
        whole.counts.files += report.counts.files;
        whole.counts.bytes += report.counts.bytes;
        whole.counts.verified += report.counts.verified;
    }
    whole.counts.litter = first.report.counts.litter;
    for section in 0..3 {
        let of_section = sections.iter().take(if section == 0 { 1 } else { usize::MAX });
        let findings = of_section.filter_map(|sections| sections.get(section)).copied().flatten();
        findings.for_each(|finding| whole.add(finding.clone()));
    }
    let judged = [renamed(&shards, &sections), directories(&shards, &whole)].concat();
    judged.into_iter().for_each(|finding| whole.add(finding.on_copy(0)));
    if whole.files.is_empty() {
        let list = whole.copies.first().and_then(|copy| copy.manifest.as_ref());
        let list = list.map_or(String::new(), |list| list.path.clone());
        whole.add(nothing_to_compare(&list));
    }
    whole.status = whole.counts.status();
    let proven = shards.iter().all(|shard| shard.record.proven);
    let asked = shards.iter().any(|shard| shard.record.past_cache);
    let copies = shards.iter().filter_map(|shard| shard.report.copies.first());
    let doubt = copies.filter_map(|copy| copy.cache_doubt.clone()).next();
    grade(&mut whole, asked, proven, doubt);
    Ok(whole)
}

/// A report and its record.
struct Of<'a> {
    report: &'a Report,
    record: &'a ShardRecord,
}

impl Of<'_> {
    /// The format of the list that it compared with.
    fn format(&self) -> Format {
        let list = self.report.copies.first().and_then(|copy| copy.manifest.as_ref());
        match list {
            Some(list) if list.format == Format::Classic.name() => Format::Classic,
            _ => Format::Asc,
        }
    }
}

/// The shards in their order, each once.
fn in_order(reports: &[Report]) -> Result<Vec<Of<'_>>, MergeError> {
    let places = |is_bad: &dyn Fn(&Report) -> bool| -> Vec<usize> {
        let bad = reports.iter().enumerate().filter(|(_, report)| is_bad(report));
        bad.map(|(place, _)| place).collect()
    };
    let ended = |report: &Report| report.shard.is_some() && report.status != Status::Cancelled;
    let no_shard = places(&|report| !ended(report));
    if !no_shard.is_empty() {
        return Err(MergeError::NoShard { reports: no_shard });
    }
    let shards = reports
        .iter()
        .filter_map(|report| report.shard.as_deref().map(|record| Of { report, record }));
    let mut shards: Vec<Of<'_>> = shards.collect();
    let Some(Of { report, record }) = shards.first() else { return Err(MergeError::Nothing) };
    let differing = |of: &dyn Fn(&Report, &ShardRecord) -> bool| {
        places(&|report| report.shard.as_deref().is_some_and(|record| of(report, record)))
    };
    let of = record.shard.of();
    let reports = differing(&|_, other| other.shard.of() != of);
    if !reports.is_empty() {
        return Err(MergeError::OtherDivision { of: of.get(), reports });
    }
    let list = |report: &Report| {
        let manifest = report.copies.first().and_then(|copy| copy.manifest.clone());
        (manifest, report.roll.clone(), report.operation)
    };
    let (known, listed) = (list(report), &record.listed);
    let reports = differing(&|report, record| list(report) != known || record.listed != *listed);
    if !reports.is_empty() {
        let list = known.0.map_or(String::new(), |manifest| manifest.c4);
        return Err(MergeError::OtherList { list, reports });
    }
    let state = |record: &ShardRecord| (record.tree.clone(), record.first, record.last);
    let known = state(record);
    let reports = differing(&|_, record| state(record) != known);
    if !reports.is_empty() {
        return Err(MergeError::OtherTree { reports });
    }
    shards.sort_by_key(|shard| shard.record.shard);
    repeated(&shards)?;
    let there: BTreeSet<u32> = shards.iter().map(|s| s.record.shard.number().get()).collect();
    let (_, first, last) = known;
    let missing: Vec<u32> = (first..=last).filter(|number| !there.contains(number)).collect();
    if !missing.is_empty() {
        return Err(MergeError::Missing { shards: missing });
    }
    let beyond: Vec<u32> = there.into_iter().filter(|n| !(first..=last).contains(n)).collect();
    if !beyond.is_empty() {
        let what = "it says itself that it has no part of the roll";
        return Err(MergeError::Inconsistent { shards: beyond, what });
    }
    Ok(shards)
}

fn repeated(shards: &[Of<'_>]) -> Result<(), MergeError> {
    let pairs = || shards.iter().zip(shards.iter().skip(1));
    let same = |one: &Of<'_>, other: &Of<'_>| one.record.shard == other.record.shard;
    let repeated = pairs().filter(|(one, other)| same(one, other));
    let repeated: BTreeSet<u32> =
        repeated.map(|(one, _)| one.record.shard.number().get()).collect();
    if repeated.is_empty() {
        return Ok(());
    }
    let differing =
        pairs().any(|(one, other)| same(one, other) && result(one.report) != result(other.report));
    Err(MergeError::Repeated { shards: repeated.into_iter().collect(), differing })
}

/// What a shard came to, whenever it did.
pub(super) fn result(report: &Report) -> impl PartialEq + use<'_> {
    let Report { status, files, counts, findings, shard, .. } = report;
    (status, files, counts, findings, shard)
}

/// Whether a shard counted what it tells.
fn counts_hold(shard: &Of<'_>) -> bool {
    let Report { counts, findings, files, .. } = shard.report;
    let mut counted = crate::Counts::default();
    findings.iter().for_each(|finding| counted.add(finding.kind));
    let told = |counts: &crate::Counts| {
        let crate::Counts {
            mismatched, missing, new, unreadable, unproven, warnings, faults, ..
        } = *counts;
        [mismatched, missing, new, unreadable, unproven, warnings, faults]
    };
    told(counts) == told(&counted)
        && counts.files == files.len() as u64
        && counts.verified <= counts.files
        && counts.unread == 0
}

/// The files of all shards are those of the list, in its order.
fn check_files(shards: &[Of<'_>]) -> Result<(), MergeError> {
    let mut listed = ListedDigest::new();
    let files = || shards.iter().flat_map(|shard| &shard.report.files);
    files().for_each(|file| listed.file(file));
    let is_listed = shards.first().is_none_or(|first| first.record.listed == listed.finish());
    if !is_listed {
        let shards = shards.iter().map(|shard| shard.record.shard.number().get()).collect();
        let what = "their files together are not those of the list";
        return Err(MergeError::Inconsistent { shards, what });
    }
    Ok(())
}

/// The names of the hosts, each once, in the order of the shards.
fn hosts<'a>(reports: impl Iterator<Item = &'a Report>) -> String {
    let mut seen = HashSet::new();
    let hosts: Vec<&str> =
        reports.map(|report| &*report.host).filter(|host| seen.insert(*host)).collect();
    hosts.join(", ")
}

fn take_in_phase(phases: &mut Vec<PhaseRecord>, more: &PhaseRecord) {
    let Some(known) = phases.iter_mut().find(|known| known.phase == more.phase) else {
        return phases.push(more.clone());
    };
    known.bytes = known.bytes.saturating_add(more.bytes);
    if more.started < known.started {
        known.started.clone_from(&more.started);
    }
    if more.finished > known.finished {
        known.finished.clone_from(&more.finished);
    }
}

/// A file of which digests are known.
struct Known {
    path: RelativePath,
    size: Option<u64>,
    hashes: Vec<RecordedHash>,
}

impl Known {
    fn listed(&self) -> Listed<'_> {
        Listed::new(&self.path, self.size, &self.hashes)
    }
}

/// Files that are missing in one shard and may stand in another under a new name.
fn renamed(shards: &[Of<'_>], sections: &[[&[Finding]; 3]]) -> Vec<Finding> {
    let missing = shards.iter().flat_map(|shard| {
        let format = shard.format();
        shard.record.missing.iter().filter_map(move |file| {
            let hashes = file.hashes.iter().filter_map(|hash| hash.recorded(format)).collect();
            Some(Known { path: RelativePath::new(&file.path).ok()?, size: file.size, hashes })
        })
    });
    let missing: Vec<Known> = missing.collect();
    let sizes: HashSet<Option<u64>> = missing.iter().map(|file| file.size).collect();
    let may_be = |size: Option<u64>| sizes.contains(&None) || sizes.contains(&size);
    let names = sections.iter().flat_map(|[_, of_names, _]| *of_names);
    let names = names.filter(|finding| finding.kind == FindingKind::NewFile);
    let names: HashSet<&str> = names.map(|finding| finding.path.as_str()).collect();
    let read = shards.iter().flat_map(|shard| &shard.record.read);
    let new = read.filter(|file| names.contains(&*file.path) && may_be(file.size));
    let new = new.filter_map(|file| {
        let values = values(&file.hashes).into_iter();
        let hashes = values.map(|value| RecordedHash::new(Format::Asc, value)).collect();
        Some(Known { path: RelativePath::new(&file.path).ok()?, size: file.size, hashes })
    });
    let new: Vec<Known> = new.collect();
    let missing: Vec<Listed<'_>> = missing.iter().map(Known::listed).collect();
    let new: Vec<Listed<'_>> = new.iter().map(Known::listed).collect();
    rename_candidates(&missing, &new)
}

/// Directories whose recorded hashes are not those of what was read in them.
fn directories(shards: &[Of<'_>], whole: &Report) -> Vec<Finding> {
    let recorded = shards.iter().flat_map(|shard| &shard.record.directories);
    let recorded: BTreeMap<usize, RecordedDirectory> =
        recorded.filter_map(|directory| Some((directory.place, directory.recorded()?))).collect();
    if recorded.is_empty() || shards.iter().any(|shard| !shard.record.all_read) {
        return Vec::new();
    }
    let names = whole.findings.iter();
    let missing = names.filter(|finding| finding.kind == FindingKind::MissingFile);
    let missing: HashSet<&str> = missing.map(|finding| finding.path.as_str()).collect();
    let read = shards.iter().flat_map(|shard| &shard.record.read);
    let read: HashMap<&str, &FileRecord> = read.map(|file| (&*file.path, file)).collect();
    let mut tree = Tree::default();
    let mut hashes: Vec<Vec<HashValue>> = Vec::new();
    for file in whole.files.iter().filter(|file| !missing.contains(&*file.path)) {
        let Ok(path) = RelativePath::new(&file.path) else { continue };
        let found = read.get(&*file.path).copied().unwrap_or(file);
        hashes.push(values(&found.hashes));
        tree.files.push(FoundFile { path, stat: unknown_stat(file.size.unwrap_or(0)) });
    }
    let empty = shards.iter().flat_map(|shard| &shard.record.empty_folders).map(String::as_str);
    let folders: BTreeSet<&str> = tree
        .files
        .iter()
        .flat_map(|file| around(file.path.as_str()))
        .chain(empty.flat_map(|folder| [folder].into_iter().chain(around(folder))))
        .filter(|folder| !folder.is_empty())
        .collect();
    let folders = folders.into_iter().filter_map(|folder| RelativePath::new(folder).ok());
    let nowhen = Modified { seconds: 0, nanoseconds: 0 };
    let folders = folders.map(|folder| (folder, nowhen)).collect();
    tree.folders = folders;
    let algorithms: BTreeSet<Algorithm> =
        hashes.iter().flatten().map(HashValue::algorithm).collect();
    let algorithms: Vec<Algorithm> = algorithms.into_iter().collect();
    let mut digests = Digests::new(&algorithms, tree.files.len());
    for (place, values) in hashes.iter().enumerate() {
        let of =
            |algorithm: &Algorithm| values.iter().find(|value| value.algorithm() == *algorithm);
        // Where one has fewer, no directory is compared, as where it was not read.
        if let Some(values) =
            algorithms.iter().map(of).map(Option::<&HashValue>::copied).collect::<Option<Vec<_>>>()
        {
            digests.set(place, &values);
        }
    }
    let past = Past { directories: recorded.into_values().collect(), ..Past::at(None) };
    compare_directories(&[past], &tree, &digests, &whole.findings)
}

fn unknown_stat(size: u64) -> Stat {
    let modified = Modified { seconds: 0, nanoseconds: 0 };
    Stat { kind: Kind::File, size, modified, changed: 0, mode: 0, identity: (0, 0) }
}

/// Digests as reports spell them.
pub(super) fn values(hashes: &[String]) -> Vec<HashValue> {
    let value = |text: &String| {
        let (name, value) = text.split_once(':')?;
        HashValue::parse(name.parse().ok()?, value).ok()
    };
    hashes.iter().filter_map(value).collect()
}
