//! Rename: a file or folder of a history gets another name, and its history says so.

use std::{collections::BTreeMap, path::Path};

use crate::{
    CopyReport, Finding, FindingKind, Grade, Operation, Reference, RelativePath, Report, Roll,
    Status,
    account::{Account, root_name},
    appending::{self, HistoryError, Opened},
    asc,
    context::Context,
    expected::{Expected, ExpectedFile},
    listing::{DirectoryHashes, Generation, Say},
    tree::{Disk, FoundFile, Tree, Volume, durable::Unpublished},
    verify::{
        VerifyOptions,
        compare::{Comparing, Read},
        generation::{Appending, patterns_of},
        scopes::{Scopes, within},
    },
};

/// Why nothing was renamed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RenameError {
    /// There is no history that can be appended to.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// The history knows nothing of this name, or nothing stands there.
    #[error("{path}: no file or folder that the history knows stands there: {reason}")]
    NotFound {
        /// The old name.
        path: RelativePath,
        /// What is amiss.
        reason: &'static str,
    },
    /// The new name cannot be given.
    #[error("{path}: the name cannot be given: {reason}")]
    NameTaken {
        /// The new name.
        path: RelativePath,
        /// What is amiss.
        reason: &'static str,
    },
}

/// Gives a file or folder of a history another name, and appends a generation that says so.
///
/// Everything renamed is read and compared first; with a fault nothing is renamed. Where `from` is
/// gone and `to` stands there, it was renamed already and is recorded alone: so a run that was cut
/// off is taken up by the same call. A folder with histories of its own is the exception: give it
/// its old name back first, for where it stands nothing refers to them.
///
/// The generation holds what was renamed and nothing else: each file `verified` with its previous
/// path, each folder with its hashes and previous path, and the newest manifests of histories that
/// stand within, which themselves are not touched. It goes to the closest history around both
/// names. The report's copy is the tree, its files those that were renamed.
///
/// # Errors
/// [`RenameError`] when nothing was begun: no history, a name that is not known, taken, ignored, or
/// of another history. Everything later is a finding.
///
/// ```
/// use mhl_core::{Agent, Context, Format, RelativePath, SealOptions, Status, VerifyOptions};
///
/// let roll = tempfile::tempdir()?;
/// std::fs::write(roll.path().join("a.mxf"), "clip")?;
/// let agent = Agent::new("example", "1.0", "cart-1", "DIT");
/// let context = Context::new(&agent);
/// let mut options = SealOptions::default();
/// options.format = Format::Asc;
/// mhl_core::seal(roll.path(), &options, &context)?;
///
/// let [from, to] = ["a.mxf", "A001C001.mxf"].map(|name| RelativePath::new(name).unwrap());
/// assert_eq!(mhl_core::rename(roll.path(), &from, &to, &context)?.status, Status::Verified);
/// let report = mhl_core::verify(roll.path(), &VerifyOptions::default(), &context)?;
/// assert_eq!(report.status, Status::Verified);
/// assert_eq!(report.files[0].path, "A001C001.mxf");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn rename(
    root: &Path,
    from: &RelativePath,
    to: &RelativePath,
    context: &Context<'_>,
) -> Result<Report, RenameError> {
    let Opened { disk, mut tree, mut expected, _locks } = appending::open(root)?;
    let renaming = Renaming::begin(&disk, &expected, from, to)?;
    let mut account = Account::begin(Operation::Rename, &disk, context);
    account.report.copies.push(CopyReport::new(account.report.source.clone()));
    for finding in std::mem::take(&mut expected.findings) {
        account.found(finding.on_copy(0));
    }
    if let Ok(ignore) = asc::IgnoreList::new(&expected.ignore) {
        tree.leave_out(|path, folder| ignore.is_ignored(path, folder));
    }
    tree.leave_out(|path, _| renaming.names(path).is_none());
    expected.files.retain_mut(|file| match moved(&file.path, from, &renaming.at) {
        Some(now) => {
            file.path = now;
            true
        }
        None => false,
    });
    let options = VerifyOptions::default();
    let mut comparing = Comparing { records: true, ..Comparing::of(&disk, &tree, &options) };
    let read = comparing.run(&expected, &mut account).ok();
    if let Some(read) = &read
        && account.report.counts.status() == Status::Verified
        && let Err(note) = renaming.carry_out(&disk, &expected, &tree, read, &mut account)
    {
        account.found(Finding::new(FindingKind::WriteFailed, to.as_str()).noting(note).on_copy(0));
    }

    let report = &mut account.report;
    report.status = if read.is_some() { report.counts.status() } else { Status::Cancelled };
    if report.status == Status::Verified {
        for file in &mut expected.files {
            file.path = renaming.names(&file.path).map_or(file.path.clone(), |(_, new)| new);
        }
    }
    report.files = expected.files.iter().map(ExpectedFile::record).collect();
    let bytes = expected.bytes();
    let files = expected.files.len() as u64;
    report.roll = Some(Roll::new(root_name(&disk), expected.content.to_string(), files, bytes));
    let (status, counts) = (report.status, report.counts);
    if let Some(copy) = report.copies.first_mut() {
        copy.status = status;
        copy.counts = counts;
        copy.grade = Some(Grade::ThroughTheCache);
        copy.proof = "only what was renamed was read and compared".to_owned();
    }
    Ok(account.end())
}

/// A rename that can be carried out.
struct Renaming<'a> {
    from: &'a RelativePath,
    to: &'a RelativePath,
    /// Where it stands now: one of the two.
    at: RelativePath,
    /// The history that records it, by its place among all.
    place: usize,
}

impl<'a> Renaming<'a> {
    fn begin(
        disk: &Disk,
        expected: &Expected,
        from: &'a RelativePath,
        to: &'a RelativePath,
    ) -> Result<Self, RenameError> {
        let missing = |reason| Err(RenameError::NotFound { path: from.clone(), reason });
        let taken = |reason| Err(RenameError::NameTaken { path: to.clone(), reason });
        let known =
            |name| expected.files.iter().any(|file| moved(&file.path, name, name).is_some());
        if !known(from) {
            return missing("no generation lists it");
        }
        if known(to) || to.below(from).is_some() {
            return taken("the history knows it already");
        }
        let ignored = asc::IgnoreList::new(&expected.ignore)
            .is_ok_and(|list| list.is_ignored(to, false) || list.is_ignored(to, true));
        if ignored {
            return taken("the history ignores it");
        }
        let scopes = Scopes::of(&expected.histories);
        let Some(place) = scopes.closest(from).filter(|place| scopes.closest(to) == Some(*place))
        else {
            return taken("it is in the scope of another history");
        };
        let stands = |path| disk.stat(Some(path)).is_ok();
        let at = match (stands(from), stands(to)) {
            (true, false) => from.clone(),
            (false, true) => to.clone(),
            (true, true) => return taken("something stands there"),
            (false, false) => return missing("neither the old name nor the new one is there"),
        };
        Ok(Renaming { from, to, at, place })
    }

    /// The old and the new path of something that stands at a path now; `None` when it stays.
    fn names(&self, path: &RelativePath) -> Option<(RelativePath, RelativePath)> {
        Some((moved(path, &self.at, self.from)?, moved(path, &self.at, self.to)?))
    }

    /// Gives the new name and records it; without a record the old name comes back. What went wrong
    /// is told with what is now.
    fn carry_out(
        &self,
        disk: &Disk,
        expected: &Expected,
        tree: &Tree,
        read: &Read,
        account: &mut Account<'_>,
    ) -> Result<(), String> {
        if expected.histories.iter().any(|past| past.at_fault || past.chain.is_none()) {
            return Err("not renamed: a history is at fault itself".to_owned());
        }
        let here = self.at == *self.from;
        if here {
            disk.rename(self.from, self.to).map_err(|error| format!("not renamed: {error}"))?;
        }
        let folders = [self.from.parent(), self.to.parent()];
        let durable = folders.iter().try_for_each(|folder| disk.sync_folder(folder.as_ref()));
        let recorded = durable
            .map_err(Unpublished::from)
            .and_then(|()| self.record(disk, expected, tree, read, account));
        recorded.map_err(|error| match error {
            Unpublished::Unchanged(error) if here => match disk.rename(self.to, self.from) {
                Ok(()) => format!("not renamed: {error}"),
                Err(back) => format!(
                    "renamed and not recorded: {error}; the old name could not be given back: \
                     {back}; the same call again records it"
                ),
            },
            Unpublished::Unchanged(error) => format!("not recorded: {error}"),
            Unpublished::Unproven { .. } => format!("renamed; {}", error.of("generation")),
        })
    }

    fn record(
        &self,
        disk: &Disk,
        expected: &Expected,
        tree: &Tree,
        read: &Read,
        account: &mut Account<'_>,
    ) -> Result<(), Unpublished> {
        let Some(past) = expected.histories.get(self.place) else { return Ok(()) };
        let own = |path: &RelativePath| within(past.root.as_ref(), path);
        let now = |path: &RelativePath| Some(self.names(path)?.1);
        // Every file below counts in the hashes of its folders; only the history's own are listed.
        let files = tree
            .files
            .iter()
            .filter_map(|file| Some(FoundFile { path: now(&file.path)?, stat: file.stat }));
        let folders = tree.folders.iter().filter_map(|(folder, at)| Some((now(folder)?, *at)));
        let mut after = Tree::default();
        (after.files, after.folders) = (files.collect(), folders.collect());
        let directories = DirectoryHashes::of(&after, &read.digests, &BTreeMap::new());
        let directories = directories.below(past.root.as_ref());

        let scopes = Scopes::of(&expected.histories);
        let mut parts = scopes.parts(tree, read).into_iter();
        let Some(mut part) = parts.nth(self.place) else { return Ok(()) };
        let in_tree = |path: &RelativePath| match &past.root {
            Some(root) => root.join(path.as_str()).ok(),
            None => Some(path.clone()),
        };
        let names = |path: &RelativePath| {
            let (old, new) = self.names(&in_tree(path)?)?;
            own(&old).zip(own(&new))
        };
        let (own_tree, says) = (part.tree.to_mut(), part.says.to_mut());
        for (place, file) in own_tree.files.iter_mut().enumerate() {
            if let Some((old, new)) = names(&file.path) {
                says.set(place, Say::Verified, Some(old));
                file.path = new;
            }
        }
        let mut previous = BTreeMap::new();
        for (folder, _) in &mut own_tree.folders {
            if let Some((old, new)) = names(folder) {
                previous.insert(new.clone(), old);
                *folder = new;
            }
        }
        // The newest manifests of what stands within, where they stand now.
        let inner = expected.histories.iter().filter_map(|inner| {
            let root = inner.root.as_ref()?;
            let newest = inner.newest.as_ref().filter(|_| scopes.closest(root) == Some(self.place));
            Some(Reference::new(own(&now(&newest?.path)?)?, newest?.c4))
        });
        let references: Vec<Reference> = inner.collect();
        let generation = Generation {
            after: past.chain.as_ref().map(|chain| (chain, past.next_number)),
            says: Some(&part.says),
            directories: Some(&directories),
            references: &references,
            previous: Some(&previous),
        };
        let patterns = patterns_of(&expected.histories, &scopes, past, &[]);
        let name = root_name(disk);
        let appending = Appending::in_place(disk, &name, account);
        let written = appending.write(past, &part, generation, &patterns)?;
        if let Some(copy) = account.report.copies.first_mut() {
            copy.manifest = Some(written);
        }
        Ok(())
    }
}

/// A path at or below one name, as it is under another.
fn moved(path: &RelativePath, from: &RelativePath, to: &RelativePath) -> Option<RelativePath> {
    if path == from { Some(to.clone()) } else { to.join(path.below(from)?.as_str()).ok() }
}
