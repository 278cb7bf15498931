//! What a verification says to a history: its directory hashes compared, a generation appended.

use std::collections::BTreeSet;

use super::{VerifyOptions, compare::Read};
use crate::{
    Comparison, FileEntry, Finding, FindingKind, Format, Process, RecordedHash, RelativePath,
    Report,
    account::{Account, root_name},
    asc,
    digests::Digests,
    listing::{DirectoryHashes, Generation, Listing, ignore_patterns},
    tree::{Disk, Tree},
};

/// The newest generation that saw the tree whole: it lists every file that was known before, and
/// none that failed. Directory hashes of another one speak of a damaged tree.
fn newest_whole(history: &asc::History) -> Option<&asc::Generation> {
    let mut known: BTreeSet<&RelativePath> = BTreeSet::new();
    let mut newest = None;
    for generation in &history.generations {
        let listed: BTreeSet<&RelativePath> =
            generation.manifest.files().map(|file| &file.path).collect();
        for file in generation.manifest.files() {
            if let Some(previous) = &file.previous_path {
                known.remove(previous);
            }
        }
        let failed = |file: &FileEntry| file.hashes.iter().any(RecordedHash::is_failed);
        let whole = known.is_subset(&listed) && !generation.manifest.files().any(failed);
        if whole && generation.manifest.header.root_hash.is_some() {
            newest = Some(generation);
        }
        known.extend(listed);
    }
    newest
}

/// Compares directory hashes with those of the newest generation that saw the tree whole.
///
/// A file that is missing, new or different changes the hashes of every directory around it; it is
/// reported itself, and those directories are not.
pub(super) fn compare_directories(
    history: &asc::History,
    tree: &Tree,
    digests: &Digests,
    account: &mut Account<'_>,
) {
    let Some(generation) = newest_whole(history) else { return };
    let computed = DirectoryHashes::of(tree, digests);
    let explained = around_faults(&account.report);
    let manifest = &generation.manifest;
    let root = manifest.header.root_hash.iter().map(|root| (None, &root.content, &root.structure));
    let directories = manifest
        .directories()
        .map(|directory| (Some(&directory.path), &directory.content, &directory.structure));
    for (path, content, structure) in root.chain(directories) {
        let name = path.map_or(".", RelativePath::as_str);
        let Some(hashes) = computed.of_directory(path).filter(|_| !explained.contains(name)) else {
            continue;
        };
        let pairs =
            content.iter().flat_map(|recorded| hashes.iter().map(move |h| (recorded, h.content)));
        let pairs = pairs.map(|pair| ("content", pair));
        let structures = structure
            .iter()
            .flat_map(|recorded| hashes.iter().map(move |h| (recorded, h.structure)));
        let structures = structures.map(|pair| ("structure", pair));
        for (side, (recorded, value)) in pairs.chain(structures) {
            let same_algorithm = Some(value.algorithm()) == recorded.algorithm();
            if same_algorithm && matches!(recorded.compare(&value), Comparison::Different { .. }) {
                account.found(
                    Finding::new(FindingKind::DirectoryHashMismatch, name)
                        .differing(recorded.text(), value.to_string())
                        .noting(format!("{side} of the directory, {}", recorded.element()))
                        .on_copy(0),
                );
            }
        }
    }
}

/// The directories in which something at fault stands, `.` for the root.
fn around_faults(report: &Report) -> BTreeSet<String> {
    let mut around = BTreeSet::new();
    for finding in report.findings.iter().filter(|finding| finding.kind.is_fault()) {
        around.insert(".".to_owned());
        let path = finding.path.as_str();
        around.extend(
            path.match_indices('/').filter_map(|(end, _)| path.get(..end)).map(str::to_owned),
        );
    }
    around
}

/// Appends a generation that says what was found, if every chain holds.
pub(super) fn append(
    disk: &Disk,
    history: &asc::History,
    tree: &Tree,
    read: &Read,
    options: &VerifyOptions,
    account: &mut Account<'_>,
) {
    let broken = history.findings.iter().any(|finding| finding.kind.is_fault());
    let (false, Some(chain)) = (broken, &history.chain) else { return };
    if tree.files.is_empty() {
        return;
    }
    let mut ignore = history.ignore_patterns();
    ignore.extend(options.ignore.iter().cloned());
    let listing = Listing {
        folder: &root_name(disk),
        agent: account.context.agent,
        format: Format::Asc,
        process: Process::InPlace,
        ignore: &ignore_patterns(&ignore),
        started: &account.started,
        finished: &account.context.clock.now(),
        tree,
        digests: &read.digests,
        generation: Generation {
            after: Some((chain, history.next_number())),
            actions: Some(&read.actions),
        },
    };
    match listing.write(disk) {
        Ok(record) => {
            if let Some(copy) = account.report.copies.first_mut() {
                copy.manifest = Some(record);
            }
        }
        Err(error) => account.found(
            Finding::new(FindingKind::Nonconforming, asc::FOLDER)
                .noting(format!("no generation could be written: {error}"))
                .on_copy(0),
        ),
    }
}
