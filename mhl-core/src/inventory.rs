//! Names and sizes compared, and rolls found: what can be known without reading a clip.

use std::{
    io,
    path::{Path, PathBuf},
};

use crate::{
    CopyReport, FileRecord, Finding, Grade, Item, Limits, Operation, Place, RelativePath, Report,
    Status,
    account::Account,
    asc,
    context::Context,
    diff,
    expected::{Expected, lists_at},
    tree::{Disk, Volume, is_litter, walk},
    verify::{VerifyError, root_and_list},
};

/// Names and sizes, from a list or from a disk.
struct Inventory {
    place: Place,
    files: Vec<(RelativePath, Option<u64>)>,
    findings: Vec<Finding>,
}

/// Compares names and sizes; nothing is hashed, so nothing is verified.
///
/// Each side is a list (a `.mhl` file), a history (a folder named `ascmhl`), or the files below any
/// other folder. Missing is what `expected` alone has, new is what `found` alone has; two sizes
/// are a [`SizeMismatch`](crate::FindingKind::SizeMismatch). The report's status is [`Status::Unproven`] when nothing
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
    for finding in diff(&left.items(), &right.items()).findings {
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
    let records = left.files.into_iter();
    report.files = records.map(|(path, size)| FileRecord::new(path, size, Vec::new())).collect();
    Ok(account.end())
}

impl Inventory {
    fn of(path: &Path) -> Result<Self, VerifyError> {
        let open = |root: &Path| {
            Disk::open(root).map_err(|error| VerifyError::Root { path: path.to_owned(), error })
        };
        let history = path.file_name().is_some_and(|name| name == asc::FOLDER) && path.is_dir();
        let (root, list) = match (history, path.parent()) {
            (true, Some(root)) => (root.to_owned(), RelativePath::new(asc::FOLDER).ok()),
            _ => root_and_list(path),
        };
        let root = if root.as_os_str().is_empty() { PathBuf::from(".") } else { root };
        let disk = open(&root)?;
        let place = Place::new(path.to_string_lossy(), disk.device());
        let Some(list) = list else { return Ok(Inventory::of_tree(&disk, place)) };
        let expected = Expected::load(&disk, Some(&list), &Limits::default())?;
        let files = expected.files.into_iter().map(|file| (file.path, file.size)).collect();
        Ok(Inventory { place, files, findings: expected.findings })
    }

    fn of_tree(disk: &Disk, place: Place) -> Self {
        let mut tree = walk(disk);
        let lists = lists_at(disk).unwrap_or_default();
        tree.leave_out(|path, _| {
            lists.contains(path) || path.segments().any(|name| name == asc::FOLDER)
        });
        let files = tree.files.into_iter().map(|file| (file.path, Some(file.stat.size)));
        Inventory { place, files: files.collect(), findings: tree.findings }
    }

    fn items(&self) -> Vec<Item<'_>> {
        self.files.iter().map(|(path, size)| Item { path, size: *size }).collect()
    }
}

/// The rolls at or below a folder: every folder in which a Media Hash List stands, sorted. Within
/// a roll no further roll is looked for, and no symbolic link is followed.
///
/// # Errors
/// When a folder cannot be read.
pub fn find_rolls(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut rolls = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        let disk = Disk::open(&folder)?;
        if !lists_at(&disk)?.is_empty() {
            rolls.push(folder);
            continue;
        }
        for entry in std::fs::read_dir(&folder)? {
            let entry = entry?;
            let litter = entry.file_name().to_str().is_some_and(is_litter);
            if entry.file_type()?.is_dir() && !litter {
                open.push(entry.path());
            }
        }
    }
    rolls.sort_unstable();
    Ok(rolls)
}
