//! Everything below a root, sorted, with what cannot be copied told apart.

use std::{collections::BTreeSet, ffi::OsStr, io, ops::ControlFlow};

use mhl_hash::Observer;

use crate::{
    Finding, FindingKind, Format, RelativePath, asc,
    roll::total,
    tree::{
        Kind, Modified, Stat, Volume,
        durable::{RESERVED, in_history, is_part},
        is_litter, is_litter_of,
        turns::Cancelled,
    },
};

/// A regular file that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FoundFile {
    pub(crate) path: RelativePath,
    pub(crate) stat: Stat,
}

/// What stands below a root.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tree {
    /// Regular files, sorted by path bytes.
    pub(crate) files: Vec<FoundFile>,
    /// Folders with their times, sorted by path bytes: a folder comes before what it holds.
    pub(crate) folders: Vec<(RelativePath, Modified)>,
    /// Names of operating systems' litter that were passed over, folders once for all they hold.
    pub(crate) litter: Vec<String>,
    /// What is there and could not be taken: links, FIFOs, names that no list can hold.
    pub(crate) findings: Vec<Finding>,
}

/// What a walk comes across.
#[derive(Debug)]
pub(crate) enum Found {
    File(FoundFile),
    /// A folder with its time of modification.
    Folder(RelativePath, Modified),
    /// A name of operating systems' litter: a folder once for all that it holds.
    Litter(RelativePath),
    /// What is there and cannot be taken.
    Refused(Finding),
}

/// Finds everything below a root but operating systems' litter. Symbolic links are never followed,
/// so the walk ends on any tree.
///
/// Nothing fails the walk as a whole: a folder that cannot be read is a finding of its own.
pub(crate) fn walk(volume: &dyn Volume) -> Tree {
    walk_with(volume, &BTreeSet::new())
}

/// The same, with the litter at these paths: other programs list what this crate passes over, and
/// what is listed is verified.
pub(crate) fn walk_with(volume: &dyn Volume, listed: &BTreeSet<&str>) -> Tree {
    // Nobody cancels.
    walk_observed(volume, listed, &()).unwrap_or_default()
}

/// The same, which asks between one entry and the next whether it is to go on.
pub(crate) fn walk_observed(
    volume: &dyn Volume,
    listed: &BTreeSet<&str>,
    observer: &dyn Observer,
) -> Result<Tree, Cancelled> {
    let mut tree = Tree::default();
    walk_each(volume, listed, observer, &mut |found| match found {
        Found::File(file) => tree.files.push(file),
        Found::Folder(folder, modified) => tree.folders.push((folder, modified)),
        Found::Litter(path) => tree.litter.push(path.into()),
        Found::Refused(finding) => tree.findings.push(finding),
    })?;
    tree.files.shrink_to_fit();
    tree.files.sort_unstable_by(|a, b| a.path.cmp(&b.path));
    tree.folders.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    tree.litter.sort_unstable();
    tree.findings.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(tree)
}

/// The same for who need not keep all of it: tells each thing as it comes across it, in no order but
/// that a folder comes before what it holds.
pub(crate) fn walk_each(
    volume: &dyn Volume,
    listed: &BTreeSet<&str>,
    observer: &dyn Observer,
    take: &mut dyn FnMut(Found),
) -> Result<(), Cancelled> {
    let mut open: Vec<Option<RelativePath>> = vec![None];
    while let Some(folder) = open.pop() {
        let mut each = |name: &OsStr, stat: io::Result<Stat>| {
            if observer.is_cancelled() {
                return ControlFlow::Break(());
            }
            let path = name
                .to_str()
                .filter(|name| !name.contains(unlistable))
                .and_then(|name| RelativePath::in_folder(folder.as_ref(), name).ok());
            let found = match path {
                Some(path) => found(path, stat, listed),
                None => {
                    let name = name.as_encoded_bytes().escape_ascii().to_string();
                    let path = join(folder.as_ref(), &name);
                    let note = "no list can hold this name: rename it, or copy it by hand";
                    Some(refused(&path, note))
                }
            };
            if let Some(Found::Folder(folder, _)) = &found {
                open.push(Some(folder.clone()));
            }
            found.into_iter().for_each(&mut *take);
            ControlFlow::Continue(())
        };
        let taken = volume.each_entry(folder.as_ref(), &mut each);
        if observer.is_cancelled() {
            return Err(Cancelled);
        }
        if let Err(error) = taken {
            let name = folder.as_ref().map_or(".", RelativePath::as_str);
            take(refused(name, format!("the folder cannot be read: {error}")));
        }
    }
    Ok(())
}

/// What stands at a path; nothing where it stands there no more and was nobody's to take.
fn found(path: RelativePath, stat: io::Result<Stat>, listed: &BTreeSet<&str>) -> Option<Found> {
    let name = path.file_name();
    let listed = listed.contains(path.as_str());
    let refusal = match stat {
        Ok(stat) => match stat.kind {
            kind if is_litter_of(&path, kind) && !listed => return Some(Found::Litter(path)),
            // Ignore patterns cannot tell the two apart, so it must not look ignored.
            Kind::File | Kind::Folder if is_litter(name) && !listed => {
                "named like an operating system's litter, and of another kind: rename it".to_owned()
            }
            Kind::File => return Some(Found::File(FoundFile { path, stat })),
            Kind::Folder => return Some(Found::Folder(path, stat.modified)),
            Kind::SymbolicLink => {
                "a symbolic link: not followed; put the file itself in its place".to_owned()
            }
            Kind::Special(what) => format!("a {}, not a file: remove it", what.name()),
        },
        // Somebody lengthened a history meanwhile.
        Err(error)
            if error.kind() == io::ErrorKind::NotFound && is_part(&path) && in_history(&path) =>
        {
            return None;
        }
        Err(error) => format!("cannot be examined: {error}"),
    };
    Some(refused(path.as_str(), refusal))
}

fn refused(path: &str, note: impl Into<String>) -> Found {
    Found::Refused(Finding::new(FindingKind::UnreadableFile, path).noting(note))
}

impl Tree {
    /// Takes out the files and folders that a list does not hold; `true` says that a path is of a
    /// folder.
    pub(crate) fn leave_out(&mut self, out: impl Fn(&RelativePath, bool) -> bool) {
        self.files.retain(|file| !out(&file.path, false));
        self.folders.retain(|(folder, _)| !out(folder, true));
    }

    /// Takes out the files that no list of a format can tell from others, or whose names are kept for
    /// what is unfinished, and tells each: nobody may take them for copied and listed.
    pub(crate) fn keep_listable(&mut self, format: Format) {
        let Tree { files, findings, .. } = self;
        files.retain(|file| match refusal(&file.path, format) {
            Some(note) => {
                let finding = Finding::new(FindingKind::UnreadableFile, file.path.as_str());
                findings.push(finding.noting(note));
                false
            }
            None => true,
        });
        findings.sort_by(|a, b| a.path.cmp(&b.path));
    }

    /// The folders below the root that have a history of their own, each before those within it.
    pub(crate) fn histories_within(&self) -> Vec<RelativePath> {
        let histories = self.folders.iter().filter(|(f, _)| f.file_name() == asc::FOLDER);
        let mut roots: Vec<_> = histories.filter_map(|(folder, _)| folder.parent()).collect();
        roots.sort_unstable();
        roots
    }

    /// The folder of a history that stands anywhere in the tree.
    pub(crate) fn history_within(&self) -> Option<&RelativePath> {
        self.folders.iter().map(|(folder, _)| folder).find(|f| f.file_name() == asc::FOLDER)
    }

    /// Bytes of all files.
    pub(crate) fn bytes(&self) -> u64 {
        total(self.files.iter().map(|file| file.stat.size))
    }
}

/// Why a list of this format cannot hold a file's name, or tell it from others.
pub(crate) fn refusal(path: &RelativePath, format: Format) -> Option<&'static str> {
    if is_part(path) && !in_history(path) {
        Some(RESERVED)
    } else if format == Format::Classic && path.as_str().contains('\\') {
        Some("in a classic list a backslash is read as a separator: rename it, or choose ASC MHL")
    } else if path.as_str().contains(unlistable) {
        Some("it has a character that XML cannot hold: rename it")
    } else {
        None
    }
}

/// Characters that XML 1.0 cannot hold, not even by reference (section 2.2).
fn unlistable(character: char) -> bool {
    matches!(character, '\0'..='\x08' | '\x0b' | '\x0c' | '\x0e'..='\x1f' | '\u{fffe}' | '\u{ffff}')
}

fn join(folder: Option<&RelativePath>, name: &str) -> String {
    match folder {
        Some(folder) => format!("{}/{name}", folder.as_str()),
        None => name.to_owned(),
    }
}

// They make links and names that Windows cannot hold.
#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::{
        fs,
        os::unix::{ffi::OsStrExt, fs::symlink},
    };

    use super::*;
    use crate::tree::Disk;

    #[test]
    fn what_a_list_cannot_tell_apart_is_told_and_taken_out() {
        let root = tempfile::tempdir().unwrap();
        let names = ["a\\b", ".list.mhl-part", ".7.mhl-part", ".own.mhl-part", "clip"];
        for name in names {
            fs::write(root.path().join(name), name).unwrap();
        }
        let disk = Disk::open(root.path()).unwrap();
        for (format, left) in [
            (Format::Classic, &[".own.mhl-part", "clip"][..]),
            (Format::Asc, &[".own.mhl-part", "a\\b", "clip"]),
        ] {
            let mut tree = walk(&disk);
            tree.keep_listable(format);
            let files: Vec<_> = tree.files.iter().map(|file| file.path.as_str()).collect();
            assert_eq!(files, left);
            assert_eq!(tree.findings.len(), names.len() - left.len());
        }
    }

    #[test]
    fn a_file_takes_few_bytes_besides_its_path() {
        assert!(size_of::<FoundFile>() <= 64);
    }

    #[test]
    fn row_39_44_and_46_files_are_sorted_and_everything_else_is_told() {
        let root = tempfile::tempdir().unwrap();
        let at = |name: &str| root.path().join(name);
        fs::create_dir_all(at("Clips/Empty")).unwrap();
        fs::create_dir_all(at(".Spotlight-V100/Store")).unwrap();
        fs::write(at(".Spotlight-V100/Store/x"), "x").unwrap();
        fs::write(at("Clips/b"), "1").unwrap();
        fs::write(at("Clips.a"), "22").unwrap();
        fs::write(at("Clips/._b"), "litter").unwrap();
        fs::write(at(".hidden"), "").unwrap();
        fs::create_dir(at("._A001")).unwrap();
        fs::write(at("._A001/clip"), "footage").unwrap();
        symlink("/etc/passwd", at("link")).unwrap();
        symlink(".", at("Clips/loop")).unwrap();
        fs::write(root.path().join(OsStr::from_bytes(b"A\xff.mov")), "x").unwrap();
        fs::write(at("B\u{1}.mov"), "x").unwrap();

        let tree = walk(&Disk::open(root.path()).unwrap());
        let files: Vec<_> = tree.files.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(files, [".hidden", "Clips.a", "Clips/b"]);
        let folders: Vec<_> = tree.folders.iter().map(|(path, _)| path.as_str()).collect();
        assert_eq!(folders, ["Clips", "Clips/Empty"]);
        assert_eq!(tree.litter, [".Spotlight-V100", "Clips/._b"]);
        let found: Vec<_> = tree.findings.iter().map(|f| (f.kind, f.path.as_str())).collect();
        let unreadable = FindingKind::UnreadableFile;
        assert_eq!(
            found,
            [
                (unreadable, "._A001"),
                (unreadable, "A\\xff.mov"),
                (unreadable, "B\\x01.mov"),
                (unreadable, "Clips/loop"),
                (unreadable, "link"),
            ]
        );
        assert_eq!(tree.bytes(), 3);
    }
}
