//! What was told, held against what stands at a root, and listed there.

use std::collections::BTreeMap;

use super::{Look, Record, RecordError};
use crate::{
    CopyReport, Finding, FindingKind, Format, Grade, ManifestRecord, Operation, RelativePath,
    Report, Roll, Status,
    account::{Account, root_name},
    appending::{self, lock_within},
    asc::{self, IgnoreList},
    context::{Context, Phase},
    diff::{Named, diff},
    digests::Digests,
    expected::{Expected, lists_at},
    listing::{Generation, Listing, Say, Says, check_algorithms},
    tree::{
        Disk, FoundFile, Lock, Modified, Tree, Volume, durable::Unpublished, is_within_litter,
        walk, walk_with,
    },
    verify::{
        compare::Read,
        generation::{Appending, compare_directories},
    },
};

/// What stands at a root.
struct Standing {
    /// Everything, where it is looked at.
    found: Tree,
    /// What the histories say; none where a classic list is to be written.
    expected: Option<Expected>,
    /// They end with this value.
    _locks: Vec<Lock>,
}

/// Writes the list of these files at a root. The folders that it lists are put beside them.
pub(super) fn write(
    record: &Record,
    told: &mut Tree,
    disk: &Disk,
    context: &Context<'_>,
) -> Result<Report, RecordError> {
    let root = || disk.root().to_owned();
    let failed = |error| RecordError::Root { path: root(), error };
    // Two lists at once would leave two.
    let lock = disk.lock_folder(None).map_err(failed)?;
    let Some(_lock) = lock else { return Err(RecordError::Busy { path: root() }) };
    context.progress.phase(Phase::Scan, 0);
    let standing = match lists_at(disk).map_err(failed)?.as_slice() {
        [] if record.options.look == Look::Part => {
            return Err(RecordError::PartOfNothing { path: root() });
        }
        [] => before_any(record, disk)?,
        [only] if only.as_str() == asc::FOLDER => with_history(record, disk)?,
        [list, ..] => {
            return Err(RecordError::Listed { path: root(), list: list.to_string() });
        }
    };
    write_over(record, told, disk, standing, context)
}

/// A root without any list.
fn before_any(record: &Record, disk: &Disk) -> Result<Standing, RecordError> {
    let options = &record.options;
    if options.format == Format::Classic {
        if !options.ignore.is_empty() {
            return Err(RecordError::IgnoreInClassic);
        }
        let is_looked_at = options.look != Look::Nothing;
        let found = if is_looked_at { walk(disk) } else { Tree::default() };
        return Ok(Standing { found, expected: None, _locks: Vec::new() });
    }
    let found = walk(disk);
    let within = found.histories_within();
    let _locks = lock_within(disk, &within)?;
    let expected = Expected::before_the_first(disk, &within, &options.limits, &options.ignore)?;
    Ok(Standing { found, expected: Some(expected), _locks })
}

/// A root with a history.
fn with_history(record: &Record, disk: &Disk) -> Result<Standing, RecordError> {
    let options = &record.options;
    check_algorithms(&options.algorithms, Format::Asc)?;
    let appending::Held { tree: found, within, locks } = appending::hold(disk);
    // That it cannot be read is told as that, and not as a lock that cannot be had.
    let mut expected = Expected::of_histories(disk, &within, &options.limits, &options.ignore)?;
    expected.for_comparison();
    Ok(Standing { found, expected: Some(expected), _locks: locks? })
}

fn write_over(
    record: &Record,
    told: &mut Tree,
    disk: &Disk,
    standing: Standing,
    context: &Context<'_>,
) -> Result<Report, RecordError> {
    let Standing { mut found, expected, _locks } = standing;
    let options = &record.options;
    let mut account = Account::begin(Operation::Record, disk, context);
    account.started = options.started.clone().unwrap_or(account.started);
    account.report.copies.push(CopyReport::new(account.report.source.clone()));

    let litter = expected.as_ref().map(Expected::listed_litter).unwrap_or_default();
    if !litter.is_empty() {
        found = walk_with(disk, &litter);
    }
    let patterns = expected.as_ref().map_or(&[][..], |expected| &expected.ignore);
    let patterns = [patterns, &options.ignore].concat();
    let ignore = IgnoreList::new(&patterns)?;
    let is_litter =
        |file: &&FoundFile| is_within_litter(&file.path) && !litter.contains(file.path.as_str());
    if let Some(first) = told.files.iter().find(is_litter) {
        let count = told.files.iter().filter(is_litter).count();
        let note = format!("{count} were told that operating systems left: not listed");
        let finding = Finding::new(FindingKind::Litter, first.path.as_str()).noting(note);
        account.found(finding.on_copy(0));
    }
    if options.look == Look::Whole {
        found.keep_listable(if expected.is_some() { Format::Asc } else { Format::Classic });
        account.walked(&found, Some(0));
        account.leave_out(&mut found, &patterns, Some(0))?;
    } else {
        account.warn_of_ignored(told, &patterns, Some(0))?;
    }
    let is_listed = |file: &FoundFile| !is_litter(&file) && !ignore.is_ignored(&file.path, false);
    let left = told.files.iter().filter(|file| is_listed(file)).count();
    if left == 0 {
        return Err(RecordError::NothingToRecord { path: disk.root().to_owned() });
    }
    // Hardly ever is anything left out, and then nothing is copied.
    let part = (left < told.files.len()).then(|| {
        let files = told.files.iter().enumerate().filter(|(_, file)| is_listed(file));
        let (places, files): (Vec<usize>, Vec<FoundFile>) =
            files.map(|(place, file)| (place, file.clone())).unzip();
        (Tree { files, ..Tree::default() }, record.digests.select(&places))
    });
    drop(litter);

    let mut writing = Writing { record, disk, found, expected, ignore, account };
    match part {
        None => {
            told.folders = writing.folders(&told.files);
            writing.list(told, &record.digests)
        }
        Some((mut tree, digests)) => {
            tree.folders = writing.folders(&tree.files);
            writing.list(&tree, &digests)
        }
    }
}

/// A list on its way to a root.
struct Writing<'a> {
    record: &'a Record,
    disk: &'a Disk,
    found: Tree,
    expected: Option<Expected>,
    ignore: IgnoreList,
    account: Account<'a>,
}

impl Writing<'_> {
    /// The folders that are listed around these files.
    fn folders(&mut self, files: &[FoundFile]) -> Vec<(RelativePath, Modified)> {
        match self.record.options.look {
            Look::Whole => std::mem::take(&mut self.found.folders),
            Look::Part => Vec::new(),
            Look::Nothing => {
                let mut folders: BTreeMap<RelativePath, Modified> = self
                    .record
                    .folders
                    .iter()
                    .filter(|(folder, _)| !self.ignore.is_ignored(folder, true))
                    .cloned()
                    .collect();
                let told: Vec<RelativePath> = folders.keys().cloned().collect();
                let within = files.iter().map(|file| &file.path).chain(&told);
                for mut folder in within.filter_map(RelativePath::parent) {
                    while !folders.contains_key(&folder) {
                        let around = folder.parent();
                        folders.insert(folder, Modified::UNKNOWN);
                        let Some(around) = around else { break };
                        folder = around;
                    }
                }
                folders.into_iter().collect()
            }
        }
    }

    /// Lists a tree of what was told.
    fn list(mut self, tree: &Tree, digests: &Digests) -> Result<Report, RecordError> {
        self.account.report.counts.files = tree.files.len() as u64;
        self.hold_to_disk(tree);
        let agrees = !self.account.is_faulty();
        let says = self.hold_to_histories(tree, digests);
        let new = |(place, _): &(usize, &FoundFile)| says.get(*place) == Say::Original;
        let new = tree.files.iter().enumerate().filter(new);
        let new = new.fold((0, 0), |(files, bytes), (_, file)| (files + 1, bytes + file.stat.size));
        let is_cancelled = self.account.context.progress.is_cancelled();
        if agrees && !is_cancelled {
            let written = self.publish(tree, digests, says);
            let manifest = written.map_err(|error| {
                let (at, what) = match &self.expected {
                    Some(_) => (asc::FOLDER, "generation"),
                    None => (".", "list"),
                };
                let finding = Finding::new(FindingKind::WriteFailed, at).noting(error.of(what));
                self.account.found(finding.on_copy(0));
            });
            if let Some(copy) = self.account.report.copies.first_mut() {
                copy.manifest = manifest.ok();
            }
        }
        self.conclude(tree, digests, new, is_cancelled)
    }

    /// Tells where the disk is not as the program told it.
    fn hold_to_disk(&mut self, tree: &Tree) {
        let look = self.record.options.look;
        let mut findings = self.record.twice.clone();
        if look != Look::Nothing {
            findings.extend(differing(&tree.files, &self.found.files, look));
        }
        if look == Look::Whole {
            let stands = |path: &RelativePath| {
                tree.folders.binary_search_by(|(folder, _)| folder.cmp(path)).is_ok()
            };
            let folders = self.record.folders.iter().map(|(folder, _)| folder);
            let absent =
                folders.filter(|folder| !stands(folder) && !self.ignore.is_ignored(folder, true));
            findings.extend(absent.map(|folder| {
                let finding = Finding::new(FindingKind::MissingFile, folder.as_str());
                finding.noting("the folder was told, and does not stand there")
            }));
        }
        self.found = Tree::default();
        findings.into_iter().for_each(|finding| self.account.found(finding.on_copy(0)));
    }

    /// Tells where the histories record something else, and what they say of each file from now on;
    /// nothing where there are none.
    fn hold_to_histories(&mut self, tree: &Tree, digests: &Digests) -> Says {
        let look = self.record.options.look;
        let Some(expected) = &mut self.expected else {
            self.account.warn_of_empty_files(tree, Format::Classic);
            return Says::default();
        };
        for finding in std::mem::take(&mut expected.findings) {
            self.account.found(finding.on_copy(0));
        }
        expected.pass_over(&self.ignore);
        if expected.files.is_empty() {
            // There is nothing to compare with.
            return Says::originals(tree.files.len());
        }
        let (says, mut findings) = expected.compare(&tree.files, digests);
        let kind_of_absent = FindingKind::MissingFile;
        match look {
            Look::Whole => {}
            Look::Part => findings.retain(|finding| finding.kind != kind_of_absent),
            Look::Nothing => {
                for finding in findings.iter_mut().filter(|finding| finding.kind == kind_of_absent)
                {
                    let note =
                        "the history lists it, nothing was told of it, and it was not looked for";
                    finding.note = Some(note.to_owned());
                }
            }
        }
        if look != Look::Part {
            let told = [self.account.report.findings.as_slice(), &findings].concat();
            findings.extend(compare_directories(&expected.histories, tree, digests, &told));
        }
        // What is new is listed now.
        findings.retain(|finding| finding.kind != FindingKind::NewFile);
        findings.into_iter().for_each(|finding| self.account.found(finding.on_copy(0)));
        says
    }

    /// Writes the list, or a generation in each of the histories.
    fn publish(
        &self,
        tree: &Tree,
        digests: &Digests,
        says: Says,
    ) -> Result<ManifestRecord, Unpublished> {
        let (options, context) = (&self.record.options, self.account.context);
        let (folder, started) = (root_name(self.disk), &self.account.started);
        let Some(expected) = &self.expected else {
            let listing = Listing {
                folder: &folder,
                agent: context.agent,
                format: Format::Classic,
                process: options.process.clone(),
                ignore: &[],
                started,
                finished: &context.clock.now(),
                tree,
                digests,
                generation: Generation::default(),
            };
            return listing.write(self.disk);
        };
        let appending = Appending {
            volume: self.disk,
            folder: &folder,
            context,
            process: options.process.clone(),
            started,
            of_a_part: options.look == Look::Part,
        };
        let read = Read { digests: digests.clone(), says };
        appending.append(&expected.histories, tree, &read, &options.ignore)
    }

    /// `new` are the files and bytes that the histories did not list before.
    fn conclude(
        mut self,
        tree: &Tree,
        digests: &Digests,
        new: (u64, u64),
        is_cancelled: bool,
    ) -> Result<Report, RecordError> {
        let name = root_name(self.disk);
        let options = &self.record.options;
        let is_written =
            self.account.report.copies.first().is_some_and(|copy| copy.manifest.is_some());
        if !options.without_files {
            self.account.take_files(&name, tree, digests);
        }
        let (mut files, mut bytes) = (tree.files.len() as u64, tree.bytes());
        match &self.expected {
            Some(expected) if expected.histories.len() > 1 && expected.begins() => {
                // Its first list is not this one alone: what was written says which roll it is.
                let within = expected.histories.iter().filter_map(|past| past.root.clone());
                let within: Vec<RelativePath> = within.collect();
                self.account.report.roll = None;
                if is_written {
                    let written = Expected::of_histories(
                        self.disk,
                        &within,
                        &options.limits,
                        &options.ignore,
                    )?;
                    let content = written.content.to_string();
                    self.account.report.roll = Some(Roll::new(name, content, files, bytes));
                }
            }
            Some(expected) if !expected.begins() => {
                if options.look == Look::Part {
                    let sizes = expected.files.iter().filter_map(|file| file.size);
                    files = expected.files.len() as u64 + new.0;
                    bytes = sizes.sum::<u64>() + new.1;
                }
                let content = expected.content.to_string();
                self.account.report.roll = Some(Roll::new(name, content, files, bytes));
            }
            _ => self.account.take_roll(&name, tree, digests),
        }
        let report = &mut self.account.report;
        report.status = match report.counts.status() {
            Status::Failed => Status::Failed,
            _ if is_cancelled => Status::Cancelled,
            _ if report.counts.unproven > 0 => Status::Unproven,
            _ => Status::Recorded,
        };
        let seen = match options.look {
            Look::Whole => "every file stands there with its size, and none was read",
            Look::Part => "each of these files stands there with its size, and none was read",
            Look::Nothing => "no file was looked for",
        };
        let (status, counts) = (report.status, report.counts);
        if let Some(copy) = report.copies.first_mut() {
            copy.status = status;
            copy.counts = counts;
            copy.algorithms = digests.algorithms().iter().map(|a| a.name().to_owned()).collect();
            if is_written {
                copy.grade = Some(Grade::Inherited);
                copy.proof = format!("the digests are those that the program told; {seen}");
            }
        }
        Ok(self.account.end())
    }
}

/// What differs between files that were told and those that stand there, both sorted.
fn differing(told: &[FoundFile], found: &[FoundFile], look: Look) -> Vec<Finding> {
    // Nearly all of them are the same: only the others are compared in full.
    let (mut missing, mut new) = (Vec::new(), Vec::new());
    let mut found = found.iter().peekable();
    for file in told {
        while let Some(other) = found.next_if(|other| other.path < file.path) {
            new.push(other.item());
        }
        match found.next_if(|other| other.path == file.path) {
            Some(other) if other.stat.size == file.stat.size => {}
            other => {
                missing.push(file.item());
                new.extend(other.map(FoundFile::item));
            }
        }
    }
    new.extend(found.map(FoundFile::item));
    let mut findings = diff(&missing, &new).findings;
    if look == Look::Part {
        findings.retain(|finding| finding.kind != FindingKind::NewFile);
    }
    for finding in &mut findings {
        let note = match finding.kind {
            FindingKind::MissingFile => "it was told, and does not stand there",
            FindingKind::NewFile => "it stands there, and nothing was told of it",
            FindingKind::SizeMismatch => "another size was told than stands there",
            _ => continue,
        };
        finding.note = Some(note.to_owned());
    }
    findings
}
