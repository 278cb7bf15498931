//! What a verification says to a history: its directory hashes compared, a generation appended.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
};

use mhl_hash::HashValue;

use super::{
    compare::Read,
    scopes::{Part, Scopes, within},
};
use crate::{
    Comparison, Context, Finding, FindingKind, Format, ManifestRecord, Operation, Process,
    Reference, RelativePath, Timestamp,
    account::{Account, root_name},
    asc,
    digests::Digests,
    expected::Expected,
    histories::{Past, RecordedDirectory},
    listing::{DirectoryHashes, Generation, Listing},
    tree::{
        Tree, Volume,
        durable::{Unpublished, write_down_names},
    },
};

/// Compares directory hashes with those of the newest generation that saw the tree whole.
///
/// A file that is missing, new, renamed, ignored or different changes the hashes of every directory
/// around it; it is reported itself, in `told`, and those directories are not.
pub(crate) fn compare_directories(
    histories: &[Past],
    tree: &Tree,
    digests: &Digests,
    told: &[Finding],
) -> Vec<Finding> {
    if histories.iter().all(|past| past.directories.is_empty()) {
        return Vec::new();
    }
    let computed = DirectoryHashes::of(tree, digests, &BTreeMap::new());
    let explained = around_findings(told);
    let mut findings = Vec::new();
    for RecordedDirectory { path, content, structure } in
        histories.iter().flat_map(|past| &past.directories)
    {
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
                findings.push(
                    Finding::new(FindingKind::DirectoryHashMismatch, name)
                        .differing(recorded.text(), value.to_string())
                        .noting(format!("{side} of the directory, {}", recorded.element())),
                );
            }
        }
    }
    findings
}

/// The directories in which something at fault stands, or something under another name or aside;
/// `.` for the root.
fn around_findings(told: &[Finding]) -> BTreeSet<String> {
    use FindingKind::{Case, Ignored, Normalisation, Separator, Unproven};
    let aside = [Case, Ignored, Normalisation, Separator, Unproven];
    let mut around = BTreeSet::new();
    for finding in told {
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

/// How generations are appended to the histories of one tree.
pub(crate) struct Appending<'a> {
    pub(crate) volume: &'a dyn Volume,
    /// The name of the tree's root.
    pub(crate) folder: &'a str,
    pub(crate) context: &'a Context<'a>,
    pub(crate) process: Process,
    /// Fixed once: all manifests of one operation share it.
    pub(crate) started: &'a Timestamp,
    /// The tree is not the whole of it: no directory can be hashed, and a history of which nothing
    /// was read is left as it is.
    pub(crate) of_a_part: bool,
}

impl<'a> Appending<'a> {
    /// To the histories of a tree whose operation gives account of itself here.
    pub(crate) fn in_place(
        volume: &'a dyn Volume,
        folder: &'a str,
        account: &'a Account<'a>,
    ) -> Self {
        let Account { context, ref started, .. } = *account;
        let process = Process::InPlace;
        Appending { volume, folder, context, process, started, of_a_part: false }
    }

    /// Appends to every history a generation that says what was found, if every chain holds: inner
    /// ones first, so that outer ones can refer to what was written. Gives back the manifest of the
    /// tree's own.
    ///
    /// What would say nothing of any file, folder or history within is not written: the schema has
    /// no manifest of nothing. Where that is the tree's own, it is an error.
    pub(crate) fn append(
        &self,
        histories: &[Past],
        tree: &Tree,
        read: &Read,
        ignore: &[String],
    ) -> Result<ManifestRecord, Unpublished> {
        if histories.iter().any(|past| past.at_fault || past.chain.is_none()) {
            return Err(io::Error::other("a history is at fault itself").into());
        }
        let scopes = Scopes::of(histories);
        let mut pairs = BTreeMap::new();
        let mut newest: BTreeMap<RelativePath, Reference> = BTreeMap::new();
        let mut lengthened = BTreeSet::new();
        let mut own_manifest = None;
        let parts = scopes.parts(tree, read).into_iter().zip(scopes.directly_within());
        let parts: Vec<_> = histories.iter().zip(parts).collect();
        for (past, (part, inner)) in parts.into_iter().rev() {
            let own = |path: &RelativePath| within(past.root.as_ref(), path);
            let nested = inner.iter().filter_map(|root| Some((own(root)?, pairs.remove(*root)?)));
            let nested = nested.collect();
            let directories = match self.of_a_part {
                true => DirectoryHashes::default(),
                false => DirectoryHashes::of(&part.tree, &part.digests, &nested),
            };
            let references = inner
                .iter()
                .filter_map(|root| newest.get(*root))
                .filter_map(|manifest| Some(Reference::new(own(&manifest.path)?, manifest.c4)));
            let references: Vec<Reference> = references.collect();
            if let Some(root) = &past.root {
                let pair = directories.of_directory(None).unwrap_or_default().to_vec();
                pairs.insert(root.clone(), pair);
            }
            let says_nothing = part.says.said().next().is_none()
                && (part.tree.files.is_empty() || directories.of_directory(None).is_none())
                && !inner.iter().any(|root| lengthened.contains(*root));
            let written = if says_nothing {
                None
            } else {
                let generation = Generation {
                    after: past.chain.as_ref().map(|chain| (chain, past.next_number)),
                    says: Some(&part.says),
                    directories: Some(&directories),
                    references: &references,
                    previous: None,
                };
                let patterns = patterns_of(histories, &scopes, past, ignore);
                let written = self.write(past, &part, generation, &patterns);
                Some(written.map_err(|error| match error {
                    Unpublished::Unchanged(error) if !lengthened.is_empty() => {
                        let also = "histories within were lengthened before";
                        io::Error::new(error.kind(), format!("{error}; {also}")).into()
                    }
                    other => other,
                })?)
            };
            match &past.root {
                Some(root) => {
                    if written.is_some() {
                        lengthened.insert(root.clone());
                    }
                    let manifest = match &written {
                        Some(record) => Some(reference_to(record)?),
                        None if self.of_a_part => None,
                        None => past.newest.clone(),
                    };
                    newest.extend(manifest.map(|manifest| (root.clone(), manifest)));
                }
                None => own_manifest = written,
            }
        }
        let nothing = "nothing could be said of any file";
        Ok(own_manifest.ok_or_else(|| io::Error::other(nothing))?)
    }

    /// Writes one generation, and tells where it stands in the tree.
    pub(crate) fn write(
        &self,
        past: &Past,
        part: &Part<'_>,
        generation: Generation<'_>,
        patterns: &[String],
    ) -> Result<ManifestRecord, Unpublished> {
        let listing = Listing {
            folder: past.root.as_ref().map_or(self.folder, RelativePath::file_name),
            agent: self.context.agent,
            format: Format::Asc,
            process: self.process.clone(),
            ignore: patterns,
            started: self.started,
            finished: &self.context.clock.now(),
            tree: &part.tree,
            digests: &part.digests,
            generation,
        };
        let Some(root) = &past.root else { return listing.write(self.volume) };
        let record = listing.write(self.volume.below(root)?.as_ref())?;
        let path = root.join(&record.path).map_err(io::Error::other)?;
        Ok(ManifestRecord::new(path, record.format, record.c4))
    }
}

fn reference_to(record: &ManifestRecord) -> io::Result<Reference> {
    let path = RelativePath::new(&record.path).map_err(io::Error::other)?;
    Ok(Reference::new(path, HashValue::from_c4(&record.c4).map_err(io::Error::other)?))
}

/// The patterns that a history records: its own, and what outer ones say of its scope.
pub(crate) fn patterns_of(
    histories: &[Past],
    scopes: &Scopes<'_>,
    past: &Past,
    ignore: &[String],
) -> Vec<String> {
    let Some(root) = &past.root else { return past.ignore.iter().chain(ignore).cloned().collect() };
    let mut around: Vec<usize> = scopes.around(root.as_str()).collect();
    // Outer before inner, as the patterns of one history after another.
    around.reverse();
    let outer = around.into_iter().filter_map(|place| histories.get(place)).flat_map(|other| {
        other.ignore.iter().map(move |pattern| match &other.root {
            Some(other) => asc::outward(pattern, other),
            None => pattern.clone(),
        })
    });
    let outer = outer.chain(ignore.iter().cloned());
    let inward = outer.filter_map(|pattern| asc::inward(&pattern, root));
    past.ignore.iter().cloned().chain(inward).collect()
}

/// Appends what was read where it stands to every history of a tree, or tells why it could not be;
/// `of_a_part` as in [`Appending`].
pub(crate) fn append_in_place(
    volume: &dyn Volume,
    expected: &Expected,
    tree: &Tree,
    read: &Read,
    ignore: &[String],
    of_a_part: bool,
    account: &mut Account<'_>,
) {
    let name = root_name(volume);
    let appending = Appending { of_a_part, ..Appending::in_place(volume, &name, account) };
    let appended = appending.append(&expected.histories, tree, read, ignore);
    match appended.and_then(|record| write_down_names(volume, &record.path).map(|()| record)) {
        Ok(record) => {
            if let Some(copy) = account.report.copies.first_mut() {
                let at_root = expected.record.at_root;
                copy.manifest = Some(ManifestRecord { at_root, ..record });
            }
        }
        Err(error) => not_appended(account, &error),
    }
}

/// No generation is known to be written: for a verification that is worth a word, for a seal it is
/// the work itself.
pub(crate) fn not_appended(account: &mut Account<'_>, why: &Unpublished) {
    let kind = match account.report.operation {
        Operation::Seal => {
            if let Some(copy) = account.report.copies.first_mut() {
                copy.manifest = None;
            }
            FindingKind::WriteFailed
        }
        _ => FindingKind::Nonconforming,
    };
    account.found(Finding::new(kind, asc::FOLDER).noting(why.of("generation")).on_copy(0));
}
