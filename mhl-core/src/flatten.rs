//! Flatten: a history and all that are nested in it, as one list that stands elsewhere.

use std::{
    collections::HashMap,
    io,
    path::{Path, PathBuf},
};

use crate::{
    CopyReport, Entry, FileEntry, Finding, FindingKind, Format, Grade, Header, ManifestRecord,
    Operation, Place, Process, RelativePath, Report, Roll, Status, Timestamp,
    account::{Account, root_name},
    asc::{self, collection},
    context::Context,
    expected::{Expected, ExpectedFile, ListError, c4_of},
    histories::Past,
    listing::path,
    tree::{
        Disk, Volume,
        durable::{Unpublished, stage},
        walk,
    },
};

/// Why nothing was flattened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FlattenError {
    /// A folder cannot be opened.
    #[error("{}: the folder cannot be opened: {error}", path.display())]
    Root {
        /// The folder that was named.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// There is no history that can be read.
    #[error(transparent)]
    List(#[from] ListError),
    /// The list would be a new file of the tree that it lists.
    #[error("{}: it stands within what is flattened: name a folder elsewhere", path.display())]
    Within {
        /// The destination.
        path: PathBuf,
    },
}

/// Makes one list of a history and of every history nested in it, and writes it into a folder
/// elsewhere, as `packinglist_<folder>_<YYYY-MM-DD>_<HHMMSS>Z.mhl`.
///
/// The list holds every file by its path as of now, with the earliest digest of each format that is
/// not labelled `failed`, its action and date; the previous path and times of its latest record.
/// Where another such list stands there already, `ascmhl_collection.xml` bundles all of them, or
/// bundles this one with those that it did; one that is at fault is left as it is, and is a finding.
/// Nothing is read but names and sizes: the list is as good as the histories. Where a history is
/// at fault, a file is missing, new or of another size, or one has no valid digest, no list is
/// written.
///
/// The report's copy is the destination. Its status is at best [`Status::Unproven`], its evidence
/// [`Grade::Inherited`].
///
/// # Errors
/// [`FlattenError`] when nothing was begun. Everything later is a finding.
///
/// ```
/// use mhl_core::{Agent, Context, Format, SealOptions};
///
/// let (roll, elsewhere) = (tempfile::tempdir()?, tempfile::tempdir()?);
/// std::fs::write(roll.path().join("A001C001.mxf"), "clip")?;
/// let agent = Agent::new("example", "1.0", "cart-1", "DIT");
/// let mut options = SealOptions::default();
/// options.format = Format::Asc;
/// mhl_core::seal(roll.path(), &options, &Context::new(&agent))?;
///
/// let report = mhl_core::flatten(roll.path(), elsewhere.path(), &Context::new(&agent))?;
/// assert!(report.copies[0].manifest.as_ref().unwrap().path.starts_with("packinglist_"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn flatten(
    root: &Path,
    destination: &Path,
    context: &Context<'_>,
) -> Result<Report, FlattenError> {
    let open = |path: &Path| {
        Disk::open(path).map_err(|error| FlattenError::Root { path: path.to_owned(), error })
    };
    let (disk, elsewhere) = (open(root)?, open(destination)?);
    let real = |path: &Path| {
        path.canonicalize().map_err(|error| FlattenError::Root { path: path.to_owned(), error })
    };
    if real(destination)?.starts_with(real(root)?) {
        return Err(FlattenError::Within { path: destination.to_owned() });
    }
    let mut tree = walk(&disk);
    let inner = tree.histories_within();
    let limits = crate::Limits::default();
    let expected = Expected::of_histories_whole(&disk, &inner, &limits)?;

    let mut account = Account::begin(Operation::Flatten, &disk, context);
    let place = Place::new(destination.to_string_lossy(), elsewhere.device());
    account.report.copies.push(CopyReport::new(place));
    account.walked(&tree, None);
    for finding in expected.findings.clone() {
        account.found(finding);
    }
    if let Ok(ignore) = asc::IgnoreList::new(&expected.ignore) {
        tree.leave_out(|path, folder| ignore.is_ignored(path, folder));
    }
    let (stands_for, findings) = expected.stand_for(&tree.files);
    findings.into_iter().for_each(|finding| account.found(finding));
    for file in expected.files.iter().filter(|file| file.hashes.is_empty()) {
        let note = "no digest is recorded that did not fail: there is nothing to list";
        account.found(Finding::new(FindingKind::Unproven, file.path.as_str()).noting(note));
    }
    let clean = account.report.counts.status() != Status::Failed
        && expected.files.iter().all(|file| !file.hashes.is_empty());
    if clean {
        let latest = latest(&disk, &expected.histories, &limits)?;
        let files = tree
            .files
            .iter()
            .zip(stands_for)
            .filter_map(|(found, listed)| Some(entry(&found.path, listed?, &latest)));
        let written = elsewhere
            .lock_folder(None)
            .and_then(|lock| lock.ok_or_else(|| io::Error::other("another program writes there")))
            .map_err(Unpublished::from)
            .and_then(|lock| {
                let list = write(&elsewhere, &root_name(&disk), &expected, files, &account)?;
                Ok((bundle(&elsewhere, &list), list, lock))
            });
        match written {
            Ok((bundled, list, _lock)) => {
                if let Some(copy) = account.report.copies.first_mut() {
                    let c4 = list.c4.to_string();
                    let record = ManifestRecord::new(list.path.as_str(), Format::Asc.name(), c4);
                    copy.manifest = Some(record);
                }
                bundled.into_iter().for_each(|finding| account.found(finding.on_copy(0)));
            }
            Err(error) => {
                let finding = Finding::new(FindingKind::WriteFailed, ".").noting(error.of("list"));
                account.found(finding.on_copy(0));
            }
        }
    }

    let report = &mut account.report;
    report.files = expected.files.iter().map(ExpectedFile::record).collect();
    report.counts.files = expected.files.len() as u64;
    let bytes = expected.bytes();
    let content = expected.content.to_string();
    report.roll = Some(Roll::new(root_name(&disk), content, report.counts.files, bytes));
    report.status = match report.counts.status() {
        Status::Failed => Status::Failed,
        _ => Status::Unproven,
    };
    if let Some(copy) = report.copies.first_mut() {
        copy.status = report.status;
        copy.counts.files = report.counts.files;
        copy.grade = copy.manifest.is_some().then_some(Grade::Inherited);
        copy.proof = "taken over from the histories; no byte was read".to_owned();
    }
    Ok(account.end())
}

/// What only the latest record of a file says.
struct Latest {
    previous: Option<RelativePath>,
    created: Option<Timestamp>,
    modified: Option<Timestamp>,
}

/// The latest record of each path in any of the histories.
fn latest(
    disk: &Disk,
    histories: &[Past],
    limits: &crate::Limits,
) -> Result<HashMap<RelativePath, Latest>, ListError> {
    let mut latest: HashMap<RelativePath, Latest> = HashMap::new();
    for past in histories {
        let in_tree = |path: &RelativePath| match &past.root {
            Some(root) => root.join(path.as_str()).ok(),
            None => Some(path.clone()),
        };
        let folder = past
            .root
            .as_ref()
            .map_or(disk.root().to_owned(), |root| disk.root().join(root.as_str()));
        let io = |error| ListError::Io { path: folder.join(asc::FOLDER), error };
        let below = past.root.as_ref().map(|root| disk.below(root)).transpose().map_err(io)?;
        asc::each_generation(below.as_deref().unwrap_or(disk), limits, |generation| {
            for file in generation.manifest.files() {
                let Some(path) = in_tree(&file.path) else { continue };
                let own = file.previous_path.as_ref().and_then(in_tree);
                let before = latest.remove(&path).and_then(|before| before.previous);
                let (created, modified) = (file.created.clone(), file.modified.clone());
                latest.insert(path, Latest { previous: own.or(before), created, modified });
            }
        })
        .map_err(io)?;
    }
    Ok(latest)
}

fn entry(
    found: &RelativePath,
    listed: &ExpectedFile,
    latest: &HashMap<RelativePath, Latest>,
) -> FileEntry {
    let mut entry = FileEntry::new(found.clone(), listed.size);
    entry.hashes = listed.hashes.to_vec();
    entry.hashes.sort_by_key(crate::RecordedHash::rank);
    if let Some(latest) = latest.get(&listed.path) {
        entry.previous_path.clone_from(&latest.previous);
        entry.created.clone_from(&latest.created);
        entry.modified.clone_from(&latest.modified);
    }
    entry
}

fn write(
    elsewhere: &Disk,
    folder: &str,
    expected: &Expected,
    files: impl Iterator<Item = FileEntry>,
    account: &Account<'_>,
) -> Result<asc::Link, Unpublished> {
    let agent = account.context.agent;
    let mut header = Header::new(Format::Asc);
    header.created = Some(account.started.clone());
    header.creator.hostname = Some(agent.host.clone());
    header.creator.tool = Some(agent.tool.clone());
    header.creator.tool_version = Some(agent.version.clone());
    header.process = Some(Process::Flatten);
    header.ignore.clone_from(&expected.ignore);
    let time = account.started.file_name_form();
    let name = path(&format!("{PACKING_LIST}{folder}_{time}Z.mhl"))?;
    let list = stage(elsewhere, &name, |sink| {
        let mut list = asc::Writer::new(sink, &header)?;
        for file in files {
            list.entry(&Entry::File(file))?;
        }
        list.finish(&[])?;
        Ok(())
    })?;
    list.publish()?;
    Ok(asc::Link::new(None, name, list.c4()))
}

/// How the name of a packing list begins.
const PACKING_LIST: &str = "packinglist_";

/// Bundles a packing list with those that stand beside it. A list by itself needs no collection.
fn bundle(folder: &Disk, list: &asc::Link) -> Vec<Finding> {
    let failed = |error: io::Error| {
        let note = format!("the list stands there, and could not be bundled with others: {error}");
        vec![Finding::new(FindingKind::WriteFailed, asc::COLLECTION_FILE).noting(note)]
    };
    let (chain, more) = match collection::chain_in(folder, &crate::Limits::default()) {
        Ok(Some(Ok(chain))) => (chain, vec![list.clone()]),
        Ok(Some(Err(error))) => return failed(io::Error::other(error)),
        Ok(None) => match packing_lists(folder) {
            Ok(lists) => (asc::Chain::default(), lists),
            Err(error) => return failed(error),
        },
        Err(error) => return failed(error),
    };
    let mut findings = collection::faults(folder, &chain);
    if chain.links.len() + more.len() > 1
        && !findings.iter().any(|finding| finding.kind.is_fault())
        && let Err(error) = collection::write(folder, chain, more)
    {
        findings.extend(failed(error));
    }
    findings
}

/// The packing lists in a folder, sorted by name.
fn packing_lists(folder: &Disk) -> io::Result<Vec<asc::Link>> {
    let names = folder.names(None)?.into_iter().filter_map(|name| name.into_string().ok());
    let is_one = |name: &String| name.starts_with(PACKING_LIST) && name.ends_with(".mhl");
    let mut lists = Vec::new();
    for name in names.filter(is_one) {
        let name = path(&name)?;
        let c4 = c4_of(folder, &name)?;
        lists.push(asc::Link::new(None, name, c4));
    }
    lists.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(lists)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::{Agent, SealOptions, seal};

    #[test]
    fn several_packing_lists_are_bundled_and_a_fault_of_one_is_told() {
        let set = tempfile::tempdir().unwrap();
        let agent = Agent::new("test", "1", "cart", "DIT");
        let context = Context::new(&agent);
        let elsewhere = set.path().join("lists");
        fs::create_dir(&elsewhere).unwrap();
        let load = || asc::Collection::load(&elsewhere, &crate::Limits::default()).unwrap();
        let flattened = |roll: &str| {
            let root = set.path().join(roll);
            fs::create_dir(&root).unwrap();
            fs::write(root.join("clip.mxf"), roll).unwrap();
            let options = SealOptions { format: Format::Asc, ..SealOptions::default() };
            seal(&root, &options, &context).unwrap();
            flatten(&root, &elsewhere, &context).unwrap()
        };
        flattened("A001");
        assert!(load().is_none(), "one list by itself");
        flattened("A002");
        let report = flattened("B001");
        assert!(report.findings.iter().all(|f| !f.kind.is_fault()), "{:?}", report.findings);
        let collection = load().unwrap();
        assert_eq!(collection.findings, []);
        let rolls: Vec<_> =
            collection.chain.links.iter().map(|l| &l.path.as_str()[12..16]).collect();
        assert_eq!(rolls, ["A001", "A002", "B001"]);
        let numbers: Vec<_> = collection.chain.links.iter().map(|link| link.sequence).collect();
        assert_eq!(numbers, [Some(1), Some(2), Some(3)]);
        assert_eq!(collection.manifests.len(), 3);

        let [first, second] =
            [0, 1].map(|at| elsewhere.join(collection.chain.links[at].path.as_str()));
        fs::remove_file(first).unwrap();
        fs::write(second, "<hashlist/>").unwrap();
        let before = fs::read(elsewhere.join(asc::COLLECTION_FILE)).unwrap();
        let report = flattened("B002");
        use FindingKind::{ManifestInvalid, ManifestMissing, ManifestModified};
        let faults = report.findings.iter().map(|f| f.kind).filter(|kind| kind.is_fault());
        assert_eq!(faults.collect::<Vec<_>>(), [ManifestMissing, ManifestModified]);
        assert!(report.copies[0].manifest.is_some(), "the list itself stands");
        assert_eq!(fs::read(elsewhere.join(asc::COLLECTION_FILE)).unwrap(), before);
        let kinds: Vec<_> = load().unwrap().findings.iter().map(|f| f.kind).collect();
        assert_eq!(kinds, [ManifestMissing, ManifestModified, ManifestInvalid]);
    }
}
