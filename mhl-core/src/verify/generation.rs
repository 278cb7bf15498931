//! What a verification says to a history: its directory hashes compared, a generation appended.

use std::collections::BTreeSet;

use super::compare::Read;
use crate::{
    Comparison, Finding, FindingKind, Format, Operation, Process, RelativePath, Report,
    account::{Account, root_name},
    asc,
    digests::Digests,
    expected::{Past, RecordedDirectory},
    listing::{DirectoryHashes, Generation, Listing, ignore_patterns},
    tree::{Disk, Tree},
};

/// Compares directory hashes with those of the newest generation that saw the tree whole.
///
/// A file that is missing, new, renamed, ignored or different changes the hashes of every directory
/// around it; it is reported itself, and those directories are not.
pub(super) fn compare_directories(
    past: &Past,
    tree: &Tree,
    digests: &Digests,
    account: &mut Account<'_>,
) {
    let computed = DirectoryHashes::of(tree, digests);
    let explained = around_findings(&account.report);
    for RecordedDirectory { path, content, structure } in &past.directories {
        let path = path.as_ref();
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

/// The directories in which something at fault stands, or something under another name or aside;
/// `.` for the root.
fn around_findings(report: &Report) -> BTreeSet<String> {
    use FindingKind::{Case, Ignored, Normalisation, Separator, Unproven};
    let aside = [Case, Ignored, Normalisation, Separator, Unproven];
    let mut around = BTreeSet::new();
    for finding in &report.findings {
        if !finding.kind.is_fault() && !aside.contains(&finding.kind) {
            continue;
        }
        around.insert(".".to_owned());
        let path = finding.path.as_str();
        around.insert(path.to_owned());
        around.extend(
            path.match_indices('/').filter_map(|(end, _)| path.get(..end)).map(str::to_owned),
        );
    }
    around
}

/// Appends a generation that says what was found, if every chain holds.
pub(super) fn append(
    disk: &Disk,
    past: &Past,
    tree: &Tree,
    read: &Read,
    patterns: &[String],
    account: &mut Account<'_>,
) {
    let (false, Some(chain)) = (past.at_fault, &past.chain) else {
        return not_appended(account, "the history itself is at fault");
    };
    if tree.files.is_empty() {
        return not_appended(account, "there is no file to record");
    }
    let listing = Listing {
        folder: &root_name(disk),
        agent: account.context.agent,
        format: Format::Asc,
        process: Process::InPlace,
        ignore: &ignore_patterns(patterns),
        started: &account.started,
        finished: &account.context.clock.now(),
        tree,
        digests: &read.digests,
        generation: Generation { after: Some((chain, past.next_number)), says: Some(&read.says) },
    };
    match listing.write(disk) {
        Ok(mut record) => {
            if let Some(copy) = account.report.copies.first_mut() {
                record.at_root = copy.manifest.as_ref().map_or(1, |manifest| manifest.at_root);
                copy.manifest = Some(record);
            }
        }
        Err(error) => not_appended(account, &error.to_string()),
    }
}

/// No generation could be written: for a verification that is worth a word, for a seal it is the
/// work itself.
pub(super) fn not_appended(account: &mut Account<'_>, why: &str) {
    let kind = match account.report.operation {
        Operation::Seal => {
            if let Some(copy) = account.report.copies.first_mut() {
                copy.manifest = None;
            }
            FindingKind::WriteFailed
        }
        _ => FindingKind::Nonconforming,
    };
    let note = format!("no generation could be written: {why}");
    account.found(Finding::new(kind, asc::FOLDER).noting(note).on_copy(0));
}
