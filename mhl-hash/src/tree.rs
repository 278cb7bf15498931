//! A folder and all beneath it.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::{FilesOptions, Hashed, Observer, ReadError, hash_files};

/// What stands in a tree.
#[derive(Debug)]
#[non_exhaustive]
pub struct TreeFile {
    /// Relative to the tree's root; empty for the root itself, which stands here when it cannot be
    /// listed.
    pub path: PathBuf,
    /// What the file held, or why that is not known. Folders that cannot be listed, symbolic links
    /// and everything else that is not a file stand here too, with their errors.
    pub result: Result<Hashed, ReadError>,
}

/// Hashes every file of a folder and all beneath it, many at once. The files are in the order of
/// their paths, bytes compared folder by folder.
///
/// Nothing is left out in silence: what cannot be hashed stands between the files with its error.
/// Symbolic links are not followed. After a cancellation, files and folders that were not through are
/// [`ReadError::Cancelled`]. Memory: that of [`hash_files`], and the paths.
///
/// ```
/// use mhl_hash::{Algorithm, FilesOptions, hash_tree};
///
/// let roll = tempfile::tempdir()?;
/// std::fs::create_dir(roll.path().join("CLIPS"))?;
/// std::fs::write(roll.path().join("CLIPS/A001C001.mxf"), "abc")?;
/// let files = hash_tree(roll.path(), &FilesOptions::new(&[Algorithm::Xxh64]), &());
/// assert_eq!(files[0].path, std::path::Path::new("CLIPS/A001C001.mxf"));
/// assert_eq!(files[0].result.as_ref().unwrap().values[0].to_hex(), "44bc2cf5ad770999");
/// # Ok::<(), std::io::Error>(())
/// ```
#[must_use]
pub fn hash_tree(root: &Path, options: &FilesOptions, observer: &dyn Observer) -> Vec<TreeFile> {
    let mut walk = Walk { observer, files: Vec::new(), faults: Vec::new() };
    walk.folder(root);
    walk.files.sort_unstable();
    let results = hash_files(&walk.files, options, observer);
    let relative = |path: PathBuf| match path.strip_prefix(root) {
        Ok(relative) => relative.to_owned(),
        Err(_) => path,
    };
    let files = walk.files.into_iter().zip(results);
    let faults = walk.faults.into_iter().map(|(path, error)| (path, Err(error)));
    let mut all: Vec<TreeFile> = files
        .chain(faults)
        .map(|(path, result)| TreeFile { path: relative(path), result })
        .collect();
    all.sort_by(|one, other| one.path.cmp(&other.path));
    all
}

/// What was found on the way.
struct Walk<'a> {
    observer: &'a dyn Observer,
    files: Vec<PathBuf>,
    faults: Vec<(PathBuf, ReadError)>,
}

impl Walk<'_> {
    fn folder(&mut self, root: &Path) {
        let mut folders = vec![root.to_owned()];
        while let Some(folder) = folders.pop() {
            if self.observer.is_cancelled() {
                self.faults.push((folder, ReadError::Cancelled));
                continue;
            }
            if let Err(error) = self.entries(&folder, &mut folders) {
                self.faults.push((folder.clone(), ReadError::Folder { path: folder, error }));
            }
        }
    }

    fn entries(&mut self, folder: &Path, folders: &mut Vec<PathBuf>) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let path = entry.path();
            let kind = match entry.file_type() {
                Ok(kind) => kind,
                Err(error) => {
                    self.faults.push((path.clone(), ReadError::Open { path, error }));
                    continue;
                }
            };
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file() {
                self.files.push(path);
            } else {
                self.faults.push((path.clone(), ReadError::NotAFile { path }));
            }
        }
        Ok(())
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::Algorithm;

    #[test]
    fn nothing_is_left_out_in_silence() {
        let roll = tempfile::tempdir().unwrap();
        fs::create_dir_all(roll.path().join("A001/CLIPS")).unwrap();
        fs::write(roll.path().join("A001/CLIPS/one.mxf"), "1").unwrap();
        fs::write(roll.path().join("A001.txt"), "2").unwrap();
        std::os::unix::fs::symlink("A001.txt", roll.path().join("link")).unwrap();
        let files = hash_tree(roll.path(), &FilesOptions::new(&[Algorithm::Md5]), &());
        let told: Vec<(&str, bool)> =
            files.iter().map(|file| (file.path.to_str().unwrap(), file.result.is_ok())).collect();
        // Folder by folder: `A001` stands before `A001.txt`.
        assert_eq!(told, [("A001/CLIPS/one.mxf", true), ("A001.txt", true), ("link", false)]);
        assert!(
            matches!(&files[2].result, Err(ReadError::NotAFile { path }) if path.ends_with("link"))
        );
    }

    #[test]
    fn a_root_that_is_no_folder_is_an_error() {
        let files = hash_tree("/nowhere".as_ref(), &FilesOptions::new(&[Algorithm::Md5]), &());
        assert_eq!(files.len(), 1);
        assert_eq!(files[0].path, Path::new(""));
        assert!(matches!(&files[0].result, Err(ReadError::Folder { .. })));
    }
}
