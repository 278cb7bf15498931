//! A collection: the manifests of independent scopes, bundled by one file.

use std::{
    collections::HashSet,
    io::{self, BufReader},
    path::Path,
};

use super::{COLLECTION_FILE, Chain, Link, read};
use crate::{
    Finding, FindingKind, Limits, Manifest, ReadError, RelativePath,
    expected::{Reading, c4_of},
    tree::{Disk, Volume, durable::stage},
};

/// The manifests that an `ascmhl_collection.xml` bundles, and what does not fit together.
///
/// A collection is a packing list of packing lists: each manifest by its path below the folder and the
/// C4 of its bytes. The scopes have nothing to do with each other, and no file is looked at.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Collection {
    /// What the file says; empty where it cannot be read.
    pub chain: Chain,
    /// The manifests that are there and can be read, each with its place in the chain.
    pub manifests: Vec<(usize, Manifest)>,
    /// Every fault: a manifest that is missing, modified, listed twice or none. Paths are relative to
    /// the folder.
    pub findings: Vec<Finding>,
}

impl Collection {
    /// Loads the collection in a folder; `None` when there is none. Everything that is wrong becomes
    /// a finding, and nothing of it stops the rest.
    ///
    /// # Errors
    /// When the folder or the file itself cannot be read.
    pub fn load(folder: &Path, limits: &Limits) -> io::Result<Option<Self>> {
        let disk = Disk::open(folder)?;
        let mut collection = Collection::default();
        match chain_in(&disk, limits)? {
            None => return Ok(None),
            Some(Ok(chain)) => collection.chain = chain,
            Some(Err(error)) => collection.findings.push(
                Finding::new(FindingKind::ManifestInvalid, COLLECTION_FILE)
                    .noting(error.to_string()),
            ),
        }
        collection.findings.extend(faults(&disk, &collection.chain));
        for (place, link) in collection.chain.links.iter().enumerate() {
            let Ok(file) = Reading::open(&disk, &link.path) else { continue };
            match read(BufReader::new(file), limits) {
                Ok(manifest) => collection.manifests.push((place, manifest)),
                Err(error) => collection.findings.push(
                    Finding::new(FindingKind::ManifestInvalid, link.path.as_str())
                        .noting(error.to_string()),
                ),
            }
        }
        Ok(Some(collection))
    }
}

/// What the collection file in a folder says, if one stands there.
pub(crate) fn chain_in(
    folder: &dyn Volume,
    limits: &Limits,
) -> io::Result<Option<Result<Chain, ReadError>>> {
    let path = RelativePath::new(COLLECTION_FILE).map_err(io::Error::other)?;
    match Reading::open(folder, &path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
        Ok(file) => Ok(Some(Chain::read(BufReader::new(file), limits))),
    }
}

/// Every manifest of a collection that is not there as it was bundled.
pub(crate) fn faults(folder: &dyn Volume, chain: &Chain) -> Vec<Finding> {
    let mut findings = chain.findings.clone();
    let mut bundled = HashSet::new();
    for link in &chain.links {
        let path = link.path.as_str();
        let finding = |kind| Finding::new(kind, path);
        if !bundled.insert(&link.path) {
            findings.push(finding(FindingKind::DuplicateEntry).noting("bundled twice"));
        }
        match c4_of(folder, &link.path) {
            Ok(c4) if c4 == link.c4 => {}
            Ok(c4) => findings.push(
                finding(FindingKind::ManifestModified)
                    .differing(link.c4.to_string(), c4.to_string())
                    .noting("the collection bundled other bytes"),
            ),
            Err(error) if error.kind() == io::ErrorKind::NotFound => findings.push(
                finding(FindingKind::ManifestMissing)
                    .noting("the collection bundles the manifest and it is not there"),
            ),
            Err(error) => {
                findings.push(finding(FindingKind::UnreadableFile).noting(error.to_string()));
            }
        }
    }
    findings
}

/// Writes the collection of these manifests, durably; one that stands there is replaced. The caller
/// holds the lock on the folder.
pub(crate) fn write(folder: &dyn Volume, mut chain: Chain, more: Vec<Link>) -> io::Result<()> {
    let path = RelativePath::new(COLLECTION_FILE).map_err(io::Error::other)?;
    chain.links.extend(more);
    for (link, number) in chain.links.iter_mut().zip(1..) {
        link.sequence = Some(number);
    }
    let staged = stage(folder, &path, |sink| Ok(chain.write(sink)?))?;
    Ok(staged.replace()?)
}
