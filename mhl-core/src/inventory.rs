//! Names and sizes compared, and rolls found: what can be known without reading a clip.

use std::{
    io,
    path::{Path, PathBuf},
};

use crate::{
    Change, CopyReport, Finding, FindingKind, Grade, Item, Limits, Listed, Operation, Place,
    RecordedHash, RelativePath, Report, Status,
    account::Account,
    asc, changes,
    context::Context,
    diff,
    expected::{Expected, ExpectedFile, lists_at},
    hashes::Hashes,
    tree::{Disk, Kind, Volume, is_litter_of, walk},
    verify::{VerifyError, root_and_list},
};

/// Names and sizes, from a list or from a disk; and what a list records besides.
struct Inventory {
    place: Place,
    files: Vec<ExpectedFile>,
    findings: Vec<Finding>,
    /// The list or history that says so; none where a disk does.
    list: Option<Expected>,
}

/// Compares names, sizes, and the digests that both sides record; nothing is hashed, so nothing is
/// verified.
///
/// Each side is a list (a `.mhl` file), a history (a folder named `ascmhl`), or the files below any
/// other folder. Missing is what `expected` alone has, new is what `found` alone has; two sizes
/// are a [`SizeMismatch`](crate::FindingKind::SizeMismatch), two digests of one file a
/// [`HashMismatch`](FindingKind::HashMismatch); a missing and a new file with one digest are a
/// [`RenameCandidate`](FindingKind::RenameCandidate) besides. The report's status is [`Status::Unproven`] when nothing
/// differs. Lists, histories and operating systems' litter are on neither side.
///
/// # Errors
/// [`VerifyError`] when a side cannot be opened or a list cannot be read.
///
/// ```
/// use mhl_core::{Agent, Context, FindingKind, compare_names};
///
/// let set = tempfile::tempdir()?;
/// let (card, copy) = (set.path().join("card"), set.path().join("copy"));
/// std::fs::create_dir(&card)?;
/// std::fs::create_dir(&copy)?;
/// std::fs::write(card.join("A001C001.mxf"), "clip")?;
/// let agent = Agent::new("example", "1.0", "cart-1", "DIT");
/// let report = compare_names(&card, &copy, &Context::new(&agent))?;
/// assert_eq!(report.findings[0].kind, FindingKind::MissingFile);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn compare_names(
    expected: &Path,
    found: &Path,
    context: &Context<'_>,
) -> Result<Report, VerifyError> {
    let left = Inventory::of(expected)?;
    let right = Inventory::of(found)?;
    let mut account = Account::begin_at(Operation::Diff, left.place.clone(), context);
    let mut copy = CopyReport::new(right.place.clone());
    copy.grade = Some(Grade::SizeOnly);
    copy.proof = "names and sizes were compared, and no byte was read".to_owned();
    account.report.copies.push(copy);
    for finding in &left.findings {
        account.found(finding.clone());
    }
    for finding in &right.findings {
        account.found(finding.clone().on_copy(0));
    }
    let mut differing = diff(&left.items(), &right.items()).findings;
    if let Some(list) = &left.list {
        differing = list.without_guesses(FindingKind::NewFile, differing);
    }
    if let Some(list) = &right.list {
        differing = list.without_guesses(FindingKind::MissingFile, differing);
    }
    for finding in differing {
        account.found(finding.on_copy(0));
    }
    for finding in compare_digests(&left, &right) {
        account.found(finding.on_copy(0));
    }
    let report = &mut account.report;
    report.counts.files = left.files.len() as u64;
    report.status = match report.counts.status() {
        Status::Failed => Status::Failed,
        _ => Status::Unproven,
    };
    let (status, counts) = (report.status, report.counts);
    if let Some(copy) = report.copies.first_mut() {
        copy.status = status;
        copy.counts = counts;
    }
    report.files = left.files.iter().map(ExpectedFile::record).collect();
    Ok(account.end())
}

/// What the digests that both sides record say of each other.
fn compare_digests(left: &Inventory, right: &Inventory) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !left.has_digests() || !right.has_digests() {
        return findings;
    }
    let (before, after) = (left.hashes(), right.hashes());
    for change in changes(&left.listed(&before), &right.listed(&after)).changes {
        findings.extend(change.rename_candidate());
        match &change {
            Change::Changed { path, digests, .. } => {
                findings.extend(digests.iter().map(|digest| {
                    let texts = [&digest.before, &digest.after];
                    let [before, after] = texts.map(|text| format!("{} {text}", digest.algorithm));
                    Finding::new(FindingKind::HashMismatch, path.as_str()).differing(before, after)
                }));
            }
            Change::ByteOrder { path } => {
                let note = "the same bits, recorded in the other byte order";
                findings.push(Finding::new(FindingKind::ByteOrder, path.as_str()).noting(note));
            }
            _ => {}
        }
    }
    findings
}

impl Inventory {
    fn of(path: &Path) -> Result<Self, VerifyError> {
        let open = |root: &Path| {
            Disk::open(root).map_err(|error| VerifyError::Root { path: path.to_owned(), error })
        };
        let (root, list) = root_and_list(path);
        let disk = open(&root)?;
        let place = Place::new(path.to_string_lossy(), disk.device());
        let Some(list) = list else { return Ok(Inventory::of_tree(&disk, place)) };
        let mut list = Expected::load(
            &disk,
            Some(&list),
            &walk(&disk).histories_within(),
            &Limits::default(),
            &[],
        )?;
        let (files, findings) =
            (std::mem::take(&mut list.files), std::mem::take(&mut list.findings));
        Ok(Inventory { place, files, findings, list: Some(list) })
    }

    fn of_tree(disk: &Disk, place: Place) -> Self {
        let mut tree = walk(disk);
        let lists = lists_at(disk).unwrap_or_default();
        tree.leave_out(|path, _| {
            lists.contains(path) || path.segments().any(|name| name == asc::FOLDER)
        });
        let files = tree.files.into_iter().map(|file| ExpectedFile {
            path: file.path,
            size: Some(file.stat.size),
            hashes: Hashes::default(),
        });
        Inventory { place, files: files.collect(), findings: tree.findings, list: None }
    }

    fn items(&self) -> Vec<Item<'_>> {
        self.files.iter().map(|file| Item { path: &file.path, size: file.size }).collect()
    }

    fn has_digests(&self) -> bool {
        self.files.iter().any(|file| !file.hashes.is_empty())
    }

    fn hashes(&self) -> Vec<Vec<RecordedHash>> {
        self.files.iter().map(|file| file.hashes.to_vec()).collect()
    }

    fn listed<'a>(&'a self, hashes: &'a [Vec<RecordedHash>]) -> Vec<Listed<'a>> {
        let files = self.files.iter().zip(hashes);
        files.map(|(file, hashes)| Listed::new(&file.path, file.size, hashes)).collect()
    }
}

/// What stands below a folder of rolls.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct FoundRolls {
    /// Every folder in which a Media Hash List stands, sorted.
    pub rolls: Vec<PathBuf>,
    /// What no list speaks of: a [`NewFile`](FindingKind::NewFile) for each folder that holds files
    /// outside of any roll, an [`UnreadableFile`](FindingKind::UnreadableFile) for each folder that
    /// cannot be read and each entry that cannot be examined.
    pub findings: Vec<Finding>,
}

/// Finds the rolls at or below a folder. Within a roll no further roll is looked for, no symbolic
/// link is followed, and operating systems' litter is passed over.
///
/// A folder that cannot be read is a finding and keeps nothing else from being found. A folder
/// that is not there is one finding and no roll.
#[must_use]
pub fn find_rolls(folder: &Path) -> FoundRolls {
    let mut found = FoundRolls::default();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        let disk = Disk::open(&folder);
        if let Err(error) = disk.and_then(|disk| found.look_into(&disk, &folder, &mut open)) {
            found.cannot_read(&folder, &format!("the folder cannot be read: {error}"));
        }
    }
    found.rolls.sort_unstable();
    found.findings.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

impl FoundRolls {
    /// Looks into the folder that a volume is of; folders in it are added to those to `open`.
    fn look_into(
        &mut self,
        volume: &dyn Volume,
        folder: &Path,
        open: &mut Vec<PathBuf>,
    ) -> io::Result<()> {
        if !lists_at(volume)?.is_empty() {
            self.rolls.push(folder.to_owned());
            return Ok(());
        }
        let mut files = 0u64;
        for name in volume.names(None)? {
            // No list can hold the name: it is a file that none names.
            let Some(path) = name.to_str().and_then(|name| RelativePath::new(name).ok()) else {
                files += 1;
                continue;
            };
            match volume.stat(Some(&path)) {
                Ok(stat) if is_litter_of(&path, stat.kind) => {}
                Ok(stat) if stat.kind == Kind::Folder => open.push(folder.join(name)),
                Ok(_) => files += 1,
                Err(error) => {
                    self.cannot_read(&folder.join(name), &format!("cannot be examined: {error}"));
                }
            }
        }
        if files > 0 {
            self.findings.push(
                Finding::new(FindingKind::NewFile, folder.to_string_lossy())
                    .noting(format!("{files} files stand here, and no list names them")),
            );
        }
        Ok(())
    }

    fn cannot_read(&mut self, path: &Path, note: &str) {
        let finding = Finding::new(FindingKind::UnreadableFile, path.to_string_lossy());
        self.findings.push(finding.noting(note));
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::tree::faulty::{Call, Fate, Faulty};

    #[test]
    fn lists_of_both_formats_are_compared_by_what_they_record() {
        let set = tempfile::tempdir().unwrap();
        let agent = crate::Agent::new("test", "1", "cart", "DIT");
        let context = Context::new(&agent);
        let sealed = |name: &str, format, files: [(&str, &str); 3]| {
            let root = set.path().join(name);
            fs::create_dir(&root).unwrap();
            for (file, content) in files {
                fs::write(root.join(file), content).unwrap();
            }
            let options = crate::SealOptions { format, ..Default::default() };
            let report = crate::seal(&root, &options, &context).unwrap();
            let list = report.copies[0].manifest.as_ref().unwrap();
            if format == crate::Format::Asc {
                root.join(asc::FOLDER)
            } else {
                root.join(&list.path)
            }
        };
        let old = [("a.mxf", "one"), ("b.mxf", "two"), ("c.mxf", "six")];
        let new = [("a.mxf", "one"), ("b.mxf", "ten"), ("d.mxf", "six")];
        let classic = sealed("classic", crate::Format::Classic, old);
        let asc = sealed("asc", crate::Format::Asc, new);
        let report = compare_names(&classic, &asc, &context).unwrap();
        let found: Vec<_> = report.findings.iter().map(|f| (f.kind, f.path.as_str())).collect();
        use FindingKind::{HashMismatch, MissingFile, NewFile, RenameCandidate};
        let expected = [
            (MissingFile, "c.mxf"),
            (NewFile, "d.mxf"),
            (HashMismatch, "b.mxf"),
            (RenameCandidate, "c.mxf"),
        ];
        assert_eq!(found, expected);
        // A folder records no digest: names and sizes alone.
        let report = compare_names(&classic, &set.path().join("asc"), &context).unwrap();
        assert!(report.findings.iter().all(|f| !matches!(f.kind, HashMismatch | RenameCandidate)));
    }

    #[test]
    fn rolls_are_found_and_what_no_list_names_is_told() {
        let drive = tempfile::tempdir().unwrap();
        for file in ["A001/A001.mxf", "A001/A001.mhl", "day 2/B001/ascmhl/x", "day 2/C001/C.mxf"] {
            let path = drive.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "x").unwrap();
        }
        fs::create_dir(drive.path().join(".Trashes")).unwrap();
        fs::write(drive.path().join(".Trashes/x"), "x").unwrap();
        let found = find_rolls(drive.path());
        assert_eq!(found.rolls, [drive.path().join("A001"), drive.path().join("day 2/B001")]);
        let paths: Vec<_> = found.findings.iter().map(|f| (f.kind, f.path.as_str())).collect();
        let unlisted = drive.path().join("day 2/C001");
        assert_eq!(paths, [(FindingKind::NewFile, unlisted.to_str().unwrap())]);

        // A folder is no list, whatever it is called.
        let rushes = drive.path().join("day 2/C001/rushes.mhl");
        fs::create_dir(&rushes).unwrap();
        fs::write(rushes.join("C002.mxf"), "x").unwrap();
        let found = find_rolls(&drive.path().join("day 2"));
        assert_eq!(found.rolls, [drive.path().join("day 2/B001")]);
        assert_eq!(found.findings.len(), 2, "{:?}", found.findings);

        let absent = find_rolls(&drive.path().join("absent"));
        assert!(absent.rolls.is_empty());
        assert_eq!(absent.findings[0].kind, FindingKind::UnreadableFile);
    }

    #[test]
    fn an_entry_that_cannot_be_examined_hides_none_of_the_others() {
        let drive = tempfile::tempdir().unwrap();
        for name in ["a.mov", "b.mov", "c.mov"] {
            fs::write(drive.path().join(name), "x").unwrap();
        }
        fs::create_dir(drive.path().join("A001")).unwrap();
        let faulty =
            Faulty::new(Disk::open(drive.path()).unwrap(), |_, call, path| match (call, path) {
                (Call::Stat, "b.mov") => Fate::Fails(io::Error::other("broken")),
                _ => Fate::Succeeds,
            });
        let (mut found, mut open) = (FoundRolls::default(), Vec::new());
        found.look_into(&faulty, drive.path(), &mut open).unwrap();
        assert_eq!(open, [drive.path().join("A001")]);
        let told: Vec<_> = found.findings.iter().map(|finding| finding.kind).collect();
        assert_eq!(told, [FindingKind::UnreadableFile, FindingKind::NewFile]);
        assert!(found.findings[0].path.ends_with("b.mov"));
        assert!(found.findings[1].note.as_ref().unwrap().starts_with("2 files"));
    }
}
