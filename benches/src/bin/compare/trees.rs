//! Rows of whole trees in the page cache, beside the programs that people check copies with.

use std::{
    fs, io,
    num::NonZero,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    rc::Rc,
};

use mhl_hash::{Algorithm, FilesOptions, Strategy, hash_files};

use crate::{contest::Row, rows::backend};

/// Files and the bytes of each.
type Shape = (usize, usize);

pub(crate) const SMALL: Shape = (100_000, 4 << 10);
pub(crate) const MIDDLE: Shape = (2_000, 2 << 20);
pub(crate) const LARGE: Shape = (16, 256 << 20);

/// Rounds of a row: each takes seconds.
const ROUNDS: usize = 3;
/// Of small files, whose single rounds stray by a quarter.
const ROUNDS_OF_SMALL: usize = 9;
/// Files that one call of a program gets: with short names below what a system takes.
const NAMES: usize = 50_000;

/// Files that vanish with it.
struct Tree {
    root: PathBuf,
    /// Relative to the root.
    names: Vec<PathBuf>,
}

impl Tree {
    fn new((files, len): Shape) -> io::Result<Self> {
        let parent =
            std::env::var_os("MHL_BENCH_TREES").map_or_else(std::env::temp_dir, PathBuf::from);
        let root = parent.join(format!("mhl-compare-{}", std::process::id()));
        let mut tree = Tree { root, names: Vec::with_capacity(files) };
        // A cycle that is no power of two, so that no two pages of a file are alike.
        let bytes: Vec<u8> = (0..len + 251).map(|i| (i % 251) as u8).collect();
        for file in 0..files {
            let folder = tree.root.join(format!("{:03}", file / 1000));
            if file % 1000 == 0 {
                fs::create_dir_all(&folder)?;
            }
            let name = format!("{:03}/{:03}", file / 1000, file % 1000);
            let content = bytes.get(file % 251..).and_then(|rest| rest.get(..len));
            fs::write(tree.root.join(&name), content.unwrap_or_default())?;
            tree.names.push(name.into());
        }
        // What is written back during the measurement would slow somebody down.
        rustix::fs::sync();
        Ok(tree)
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.root) {
            eprintln!("compare: {} stays behind: {error}", self.root.display());
        }
    }
}

/// All files of a shape hashed by one thread, and by other programs bound to the same core.
pub(crate) fn row(shape: Shape, algorithm: Algorithm) -> Row {
    let others: &[(&'static str, &[&str])] = match algorithm {
        Algorithm::Md5 if shape == MIDDLE => {
            &[("md5sum", &[]), ("rhash", &["--md5"]), ("rclone", &["md5sum", "--config", ""])]
        }
        Algorithm::Md5 => &[("md5sum", &[]), ("rhash", &["--md5"])],
        _ => &[("xxhsum", &["-H64"]), ("b3sum", &["--num-threads", "1"])],
    };
    let tree = match Tree::new(shape) {
        Ok(tree) => Rc::new(tree),
        Err(error) => {
            let skipped = Row::skipped(format!("the tree cannot be written: {error}"));
            return others.iter().fold(skipped, |row, (other, _)| row.without(other, ""));
        }
    };
    let mut options = FilesOptions::new(&[algorithm]);
    options.backend = backend();
    options.strategy = Some(Strategy::Parallel);
    options.threads = NonZero::new(1);
    let tree_of_ours = Rc::clone(&tree);
    let ours = move || {
        // The same names from the same folder as the programs get.
        let Tree { root, names } = &*tree_of_ours;
        assert!(std::env::set_current_dir(root).is_ok(), "the tree is gone");
        let unread = hash_files(names, &options, &()).iter().filter(|file| file.is_err()).count();
        assert_eq!(unread, 0, "files of the tree could not be read");
    };
    let rounds = if shape == SMALL { ROUNDS_OF_SMALL } else { ROUNDS };
    let mut row = Row::new(shape.0 * shape.1, ours).at_most(rounds);
    for (other, arguments) in others {
        row = if is_installed(other) {
            let tree = Rc::clone(&tree);
            row.against(other, move || run(other, arguments, &tree))
        } else {
            row.without(other, "not installed: ci/peers installs it")
        };
    }
    row
}

fn is_installed(program: &str) -> bool {
    let found = |folder: PathBuf| folder.join(program).is_file();
    std::env::var_os("PATH").is_some_and(|path| std::env::split_paths(&path).any(found))
}

/// Lets a program hash the tree: file by file, or the folder where it takes none.
fn run(program: &str, arguments: &[&str], tree: &Tree) {
    let whole = [PathBuf::from(".")];
    let takes_folders = program == "rclone";
    let names = if takes_folders { &whole[..] } else { &tree.names };
    for names in names.chunks(NAMES) {
        let status = command(program, arguments, &tree.root).args(names).status();
        assert!(status.is_ok_and(|status| status.success()), "{program} failed");
    }
}

fn command(program: &str, arguments: &[&str], folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder).stdout(Stdio::null());
    command
}
