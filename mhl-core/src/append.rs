//! Append: single files recorded in a history, and nothing said of the others.

use std::{collections::HashSet, path::Path};

use mhl_hash::Algorithm;

use crate::{
    CopyReport, FileRecord, Format, Grade, Operation, RelativePath, Report, Roll, Status,
    account::{Account, root_name},
    appending::{self, HistoryError, Opened},
    asc,
    context::Context,
    expected::Expected,
    listing::{AlgorithmNotInFormat, Say, check_algorithms},
    tree::Tree,
    verify::{VerifyOptions, compare::Comparing, generation::append_in_place},
};

/// Why nothing was appended.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AppendError {
    /// There is no history that can be appended to.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// No digest, or one that the format does not know.
    #[error(transparent)]
    Algorithm(#[from] AlgorithmNotInFormat),
    /// No file was named, or no file that can be recorded stands at these names.
    #[error(
        "no file to record: {}",
        if paths.is_empty() { "none was named".to_owned() } else {
            let names: Vec<&str> = paths.iter().map(RelativePath::as_str).collect();
            format!("nothing stands at {}, or the history ignores it", names.join(", "))
        }
    )]
    NotFound {
        /// All such names.
        paths: Vec<RelativePath>,
    },
}

/// Appends a generation that records some files of a history and nothing else.
///
/// `names` are files, or folders of which every file is meant, relative to `root`. Each file is read
/// once: what the history knows is compared and recorded as `verified` or `failed`, what is new as
/// `original`, in the formats of the history and in `algorithms`. No other file is looked at, none is
/// missed, and there are no directory hashes. A file goes to the closest history around it; outer
/// ones refer to what was written.
///
/// The report's operation is [`Operation::Seal`]; its status is [`Status::Sealed`] when every file
/// was recorded and none differs, its files are those that were named. Nothing is said of the rest
/// of the roll: the copy is never complete. Where nothing can be said of any file, because none was
/// read or what is recorded of them cannot be compared, no generation is written, which is a
/// [`WriteFailed`](crate::FindingKind::WriteFailed).
///
/// # Errors
/// [`AppendError`] when nothing was begun: no history, a name at which there is nothing to record.
/// Everything later is a finding.
///
/// ```
/// use mhl_core::{Agent, Context, Format, RelativePath, SealOptions, Status, append, seal};
/// use mhl_hash::Algorithm;
///
/// let roll = tempfile::tempdir()?;
/// std::fs::write(roll.path().join("A001C001.mxf"), "clip")?;
/// let agent = Agent::new("example", "1.0", "cart-1", "DIT");
/// let context = Context::new(&agent);
/// let mut options = SealOptions::default();
/// options.format = Format::Asc;
/// seal(roll.path(), &options, &context)?;
///
/// std::fs::write(roll.path().join("report.pdf"), "camera report")?;
/// let names = [RelativePath::new("report.pdf")?];
/// let report = append(roll.path(), &names, &[Algorithm::Xxh64], &context)?;
/// assert_eq!(report.status, Status::Sealed);
/// assert!(report.copies[0].manifest.as_ref().unwrap().path.starts_with("ascmhl/0002_"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn append(
    root: &Path,
    names: &[RelativePath],
    algorithms: &[Algorithm],
    context: &Context<'_>,
) -> Result<Report, AppendError> {
    check_algorithms(algorithms, Format::Asc)?;
    let Opened { disk, mut tree, mut expected, _locks } = appending::open(root)?;
    tree.keep_listable(Format::Asc);
    let mut options = VerifyOptions::default();
    options.algorithms.extend(algorithms);

    let mut account = Account::begin(Operation::Seal, &disk, context);
    account.report.copies.push(CopyReport::new(account.report.source.clone()));
    for finding in std::mem::take(&mut expected.findings) {
        account.found(finding.on_copy(0));
    }
    let mut roll = Roll::new(root_name(&disk), expected.content.to_string(), 0, 0);
    roll.files = expected.files.len() as u64;
    roll.bytes = expected.bytes();
    narrow(&mut tree, &mut expected, names)?;

    let mut comparing =
        Comparing { records: true, of_a_part: true, ..Comparing::of(&disk, &tree, &options) };
    let read = comparing.run(&expected, &mut account).ok();
    if let Some(read) = &read {
        append_in_place(&disk, &expected, &tree, read, &[], true, &mut account);
        let files = tree.files.iter().enumerate();
        for (_, file) in files.filter(|(index, _)| read.says.get(*index) == Say::Original) {
            roll.files += 1;
            roll.bytes = roll.bytes.saturating_add(file.stat.size);
        }
        let files = tree.files.iter().enumerate().map(|(index, file)| {
            let hashes = read.digests.get(index).iter().map(|v| format!("{v:?}")).collect();
            FileRecord::new(file.path.clone(), Some(file.stat.size), hashes)
        });
        account.report.files = files.collect();
    }
    let report = &mut account.report;
    report.roll = Some(roll);
    report.counts.files = tree.files.len() as u64;
    let faulty = report.counts.status() == Status::Failed;
    let written = report.copies.first().is_some_and(|copy| copy.manifest.is_some());
    report.status = match &read {
        None => Status::Cancelled,
        Some(_) if faulty || !written => Status::Failed,
        Some(_) if report.counts.unproven > 0 => Status::Unproven,
        Some(_) => Status::Sealed,
    };
    let (status, counts) = (report.status, report.counts);
    if let Some(copy) = report.copies.first_mut() {
        copy.status = status;
        copy.counts = counts;
        copy.grade = Some(Grade::InFlight);
        copy.proof = "only what was named was read and recorded".to_owned();
    }
    Ok(account.end())
}

/// Leaves of a tree the files that were named, and of the list what they stand for.
fn narrow(
    tree: &mut Tree,
    expected: &mut Expected,
    names: &[RelativePath],
) -> Result<(), AppendError> {
    let ignore = asc::IgnoreList::new(&expected.ignore).ok();
    let histories: HashSet<RelativePath> = tree.histories_within().into_iter().collect();
    let in_history = |path: &RelativePath| {
        let folder = path.parent();
        let root = folder.filter(|folder| folder.file_name() == asc::FOLDER).map(|f| f.parent());
        root.is_some_and(|root| root.is_none_or(|root| histories.contains(&root)))
    };
    tree.folders.clear();
    tree.files.retain(|file| {
        let ignored = ignore.as_ref().is_some_and(|list| list.is_ignored(&file.path, false));
        !ignored && !in_history(&file.path)
    });
    // Each path is looked up with its folders, so that many names cost no more than one.
    let named: HashSet<&str> = names.iter().map(RelativePath::as_str).collect();
    let around = tree.files.iter().flat_map(|file| file.path.with_folders());
    let standing: HashSet<&str> = around.filter(|path| named.contains(path)).collect();
    let stands = |name: &&RelativePath| standing.contains(name.as_str());
    let absent: Vec<RelativePath> = names.iter().filter(|name| !stands(name)).cloned().collect();
    if !absent.is_empty() || names.is_empty() {
        return Err(AppendError::NotFound { paths: absent });
    }
    // Paired among all, so that another spelling of a known name is no new file.
    let wanted = |path: &RelativePath| path.with_folders().any(|path| named.contains(path));
    let (stands_for, _) = expected.stand_for(&tree.files);
    let pairs = tree.files.iter().zip(stands_for).filter(|(file, _)| wanted(&file.path));
    let mut listed: Vec<_> = pairs.filter_map(|(_, listed)| listed.cloned()).collect();
    listed.sort_by(|a, b| a.path.cmp(&b.path));
    expected.files = listed;
    tree.files.retain(|file| wanted(&file.path));
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::{
        Action, Agent, FindingKind, Limits, SealOptions, VerifyOptions, asc::History, seal, verify,
    };

    /// A roll with a history, and one within it.
    struct Set(tempfile::TempDir);

    impl Set {
        fn new() -> Self {
            let set = Set(tempfile::tempdir().unwrap());
            for (path, content) in
                [("Clips/a.mov", "a"), ("Clips/b.mov", "b"), ("Audio/c.wav", "c")]
            {
                set.write(path, content);
            }
            let options = SealOptions { format: Format::Asc, ..SealOptions::default() };
            for root in [set.root().join("Audio"), set.root().to_owned()] {
                seal(&root, &options, &Context::new(&agent())).unwrap();
            }
            set
        }

        fn root(&self) -> &Path {
            self.0.path()
        }

        fn write(&self, path: &str, content: &str) {
            let path = self.root().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }

        fn append(&self, names: &[&str]) -> Result<Report, AppendError> {
            let names: Vec<_> = names.iter().map(|name| RelativePath::new(name).unwrap()).collect();
            append(self.root(), &names, &[Algorithm::Md5], &Context::new(&agent()))
        }

        fn history(&self) -> History {
            let history = History::load(self.root(), &Limits::default()).unwrap().unwrap();
            assert_eq!(history.findings, []);
            history
        }

        fn verified(&self) -> Report {
            let options = VerifyOptions { dry_run: true, ..VerifyOptions::default() };
            verify(self.root(), &options, &Context::new(&agent())).unwrap()
        }
    }

    fn agent() -> Agent {
        Agent::new("test", "1", "cart", "DIT")
    }

    #[test]
    fn only_what_was_named_is_recorded() {
        let set = Set::new();
        set.write("Docs/report.pdf", "report");
        set.write("Docs/notes.txt", "notes");
        set.write("later.txt", "not named, not missed");
        let report = set.append(&["Docs", "Clips/a.mov"]).unwrap();
        assert_eq!(report.status, Status::Sealed, "{:?}", report.findings);
        assert_eq!((report.counts.files, report.counts.verified), (3, 1));
        assert_eq!(report.roll.unwrap().files, 5);
        let history = set.history();
        let last = &history.generations.last().unwrap().manifest;
        let said: Vec<_> = last
            .files()
            .map(|file| (file.path.as_str(), file.hashes[0].action.clone().unwrap()))
            .collect();
        let (original, verified) = (Action::Original, Action::Verified);
        assert_eq!(
            said,
            [
                ("Clips/a.mov", verified),
                ("Docs/notes.txt", original.clone()),
                ("Docs/report.pdf", original)
            ]
        );
        assert!(last.header.root_hash.is_none() && last.directories().next().is_none());
        assert_eq!(last.references, [], "nothing was read of the history within");
        assert_eq!(history.nested[0].history.generations.len(), 2);

        let later = set.verified();
        let new: Vec<_> = later.findings.iter().filter(|f| f.kind.is_fault()).collect();
        assert!(matches!(new.as_slice(), [only] if only.path == "later.txt"), "{new:?}");
    }

    #[test]
    fn a_file_of_a_history_within_goes_there_and_is_referred_to() {
        let set = Set::new();
        set.write("Audio/d.wav", "d");
        let report = set.append(&["Audio/d.wav"]).unwrap();
        assert_eq!(report.status, Status::Sealed, "{:?}", report.findings);
        let history = set.history();
        let (outer, inner) = (history.generations.last().unwrap(), &history.nested[0].history);
        let inner = inner.generations.last().unwrap();
        assert_eq!(outer.manifest.files().count(), 0);
        assert_eq!(outer.manifest.references[0].c4, inner.c4);
        assert_eq!(inner.manifest.files().next().unwrap().path.as_str(), "d.wav");
        assert_eq!(set.verified().status, Status::Verified, "{:?}", set.verified().findings);
    }

    #[test]
    fn a_file_that_differs_is_recorded_as_failed() {
        let set = Set::new();
        set.write("Clips/a.mov", "x");
        let report = set.append(&["Clips/a.mov"]).unwrap();
        assert_eq!((report.status, report.counts.mismatched), (Status::Failed, 1));
        let history = set.history();
        let file = history.generations.last().unwrap().manifest.files().next().unwrap();
        assert!(file.hashes.iter().all(crate::RecordedHash::is_failed));
    }

    #[test]
    fn a_name_without_a_file_is_told_before_anything_is_written() {
        let set = Set::new();
        set.write(".DS_Store", "litter");
        for names in [&["Clips/a.mov", "Clips/x.mov"][..], &[".DS_Store"], &["ascmhl"], &[]] {
            let error = set.append(names).unwrap_err();
            assert!(matches!(error, AppendError::NotFound { .. }), "{error}");
        }
        assert!(set.append(&["Clips/x.mov"]).unwrap_err().to_string().contains("Clips/x.mov"));
        assert_eq!(set.history().generations.len(), 1);
        fs::remove_dir_all(set.root().join("ascmhl")).unwrap();
        assert!(matches!(
            set.append(&["Clips/a.mov"]),
            Err(AppendError::History(HistoryError::List(_)))
        ));
    }

    /// The only file has a digest of an algorithm that nobody knows: there is nothing to compare.
    #[test]
    fn a_generation_that_would_say_nothing_is_not_written() {
        let c4 = |bytes: &[u8]| {
            let mut hasher = mhl_hash::Hasher::new(Algorithm::C4);
            hasher.update(bytes);
            hasher.finish().to_string()
        };
        let set = Set(tempfile::tempdir().unwrap());
        set.write("a.mov", "a");
        let options = SealOptions { format: Format::Asc, ..SealOptions::default() };
        let sealed = seal(set.root(), &options, &Context::new(&agent())).unwrap();
        let list = set.root().join(&sealed.copies[0].manifest.as_ref().unwrap().path);
        let before = fs::read_to_string(&list).unwrap();
        let after = before.replace("<xxh64 ", "<xxh9 ").replace("</xxh64>", "</xxh9>");
        fs::write(&list, &after).unwrap();
        let chain = set.root().join("ascmhl/ascmhl_chain.xml");
        let text = fs::read_to_string(&chain).unwrap();
        fs::write(&chain, text.replace(&c4(before.as_bytes()), &c4(after.as_bytes()))).unwrap();

        let report = set.append(&["a.mov"]).unwrap();
        assert_eq!(report.status, Status::Failed);
        let faults: Vec<_> = report.findings.iter().filter(|f| f.kind.is_fault()).collect();
        assert!(
            matches!(faults.as_slice(), [only] if only.kind == FindingKind::WriteFailed
            && only.note.as_ref().unwrap().contains("nothing could be said")),
            "{faults:?}"
        );
        assert!(report.copies[0].manifest.is_none());
        assert_eq!(set.history().generations.len(), 1);
    }

    #[test]
    fn a_history_at_fault_is_not_appended_to() {
        let set = Set::new();
        fs::remove_file(set.root().join("ascmhl/ascmhl_chain.xml")).unwrap();
        let report = set.append(&["Clips/a.mov"]).unwrap();
        assert_eq!(report.status, Status::Failed);
        assert!(report.findings.iter().any(|f| f.kind == FindingKind::WriteFailed));
        assert!(report.copies[0].manifest.is_none());
    }
}
