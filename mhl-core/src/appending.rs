//! A history is lengthened under a lock, and what an interruption left is taken up.

use std::{
    collections::BTreeSet,
    ffi::OsString,
    io::{self, BufReader},
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use crate::{
    Limits, ReadError, ReadErrorKind, RelativePath, asc,
    expected::{Expected, ListError, Reading, c4_of},
    listing::path,
    tree::{Disk, Lock, Tree, Volume, is_part, walk},
};

/// Why nothing can be appended to the history of a folder, or to one within. Nothing was written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HistoryError {
    /// The folder cannot be opened.
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
    /// A history cannot be held while it is lengthened.
    #[error(transparent)]
    Lock(#[from] LockError),
}

/// Why a history cannot be held while it is lengthened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LockError {
    /// Another program holds it: repeat when that is through.
    #[error("{}: another program is appending to the history", path.display())]
    Busy {
        /// The folder of the history.
        path: PathBuf,
    },
    /// It cannot be locked, or what an interrupted run left in it cannot be brought into order.
    #[error("{}: the history cannot be locked: {error}", path.display())]
    Io {
        /// The folder of the history.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
}

/// A tree, the folders within it that have histories of their own, and the locks on all histories if
/// they are to be had.
pub(crate) struct Held {
    pub(crate) tree: Tree,
    pub(crate) within: Vec<RelativePath>,
    pub(crate) locks: Result<Vec<Lock>, LockError>,
}

/// A tree whose histories are held and read, so that one of them may be lengthened.
pub(crate) struct Opened {
    pub(crate) disk: Disk,
    pub(crate) tree: Tree,
    pub(crate) expected: Expected,
    /// They end with this value.
    pub(crate) _locks: Vec<Lock>,
}

/// Opens a folder with a history at its root.
pub(crate) fn open(root: &Path) -> Result<Opened, HistoryError> {
    let failed = |error| HistoryError::Root { path: root.to_owned(), error };
    let disk = Disk::open(root).map_err(failed)?;
    let history = path(asc::FOLDER).map_err(failed)?;
    let Held { tree, within, locks } = hold(&disk);
    // That there is none is told as that, and not as a lock that cannot be had.
    let expected = Expected::load(&disk, Some(&history), &within, &Limits::default(), &[])?;
    Ok(Opened { _locks: locks?, disk, tree, expected })
}

/// Walks a tree whose histories are to be lengthened: that at the root is held before anything is
/// looked at, those within as they are found.
pub(crate) fn hold(volume: &dyn Volume) -> Held {
    let root = lock(volume);
    let mut tree = walk(volume);
    let within = tree.histories_within();
    let locks = root.and_then(|root| {
        let mut locks = lock_within(volume, &within)?;
        locks.push(root);
        Ok(locks)
    });
    if locks.is_ok() && !within.is_empty() {
        // They may have been lengthened before they were held.
        tree = walk(volume);
    }
    Held { tree, within, locks }
}

/// Takes the locks on the histories of these folders and brings them into order. Without all of them
/// nothing may be appended.
pub(crate) fn lock_within(
    volume: &dyn Volume,
    roots: &[RelativePath],
) -> Result<Vec<Lock>, LockError> {
    let lock = |root: &RelativePath| match volume.below(root) {
        Ok(below) => lock(below.as_ref()),
        Err(error) => Err(LockError::Io { path: volume.root().join(root.as_str()), error }),
    };
    roots.iter().map(lock).collect()
}

/// Takes the lock on a history and brings it into order.
///
/// Between naming a manifest and replacing the chain, the new chain stands under its unfinished
/// name: after a power cut there it says which manifest was under way, and is given its name.
/// Every other unfinished document is removed.
pub(crate) fn lock(volume: &dyn Volume) -> Result<Lock, LockError> {
    let path = volume.root().join(asc::FOLDER);
    match lock_in_order(volume) {
        Ok(Some(lock)) => Ok(lock),
        Ok(None) => Err(LockError::Busy { path }),
        Err(error) => Err(LockError::Io { path, error }),
    }
}

fn lock_in_order(volume: &dyn Volume) -> io::Result<Option<Lock>> {
    let folder = path(asc::FOLDER)?;
    let Some(lock) = volume.lock_folder(Some(&folder))? else { return Ok(None) };
    let chain = path(&format!("{}/{}", asc::FOLDER, asc::CHAIN_FILE))?;
    for name in volume.names(Some(&folder))? {
        let part = name.to_str().and_then(|name| folder.join(name).ok()).filter(is_part);
        let Some(part) = part else { continue };
        match left_by_an_interruption(volume, &chain, &part, &folder)? {
            Left::Announcement => volume.replace(&part, &chain)?,
            Left::Remnant => volume.remove(&part)?,
            Left::Unclear => continue,
        }
        volume.sync_folder(Some(&folder))?;
    }
    Ok(Some(lock))
}

/// Reads the histories of these folders (`None`: of the root itself) as they are between two
/// generations. Where another program holds a lock and is lengthening one, its manifest has a name
/// before the chain lists it: what is read meanwhile is read again, for two seconds at most.
pub(crate) fn while_settled<T>(
    volume: &dyn Volume,
    within: &[RelativePath],
    mut read: impl FnMut() -> T,
) -> T {
    const TRIES: usize = 40;
    let folders: Vec<RelativePath> = within
        .iter()
        .filter_map(|root| root.join(asc::FOLDER).ok())
        .chain(path(asc::FOLDER).ok())
        .collect();
    let held: Vec<_> = folders.iter().map(|folder| volume.lock_folder(Some(folder))).collect();
    // A folder that is not there is nobody's.
    if !held.iter().any(|lock| matches!(lock, Ok(None))) {
        return read();
    }
    let state = || -> Vec<_> {
        let names = folders.iter().map(|folder| volume.names(Some(folder)).ok());
        names.map(|names| names.map(BTreeSet::from_iter)).collect()
    };
    for _ in 1..TRIES {
        let before: Vec<Option<BTreeSet<OsString>>> = state();
        let is_under_way = before.iter().flatten().flatten().any(is_part_name);
        let result = read();
        if !is_under_way && before == state() {
            return result;
        }
        thread::sleep(Duration::from_millis(50));
    }
    read()
}

fn is_part_name(name: &OsString) -> bool {
    name.to_str().and_then(|name| RelativePath::new(name).ok()).is_some_and(|name| is_part(&name))
}

/// What an unfinished document in a history's folder is.
enum Left {
    /// The chain with one more link, to a manifest that stands there whole.
    Announcement,
    /// Nothing that anybody needs.
    Remnant,
    /// The chain that it would follow cannot be understood: a fault to report, never one to mend.
    Unclear,
}

/// # Errors
/// What cannot be read may be an announcement: nothing is decided by a drive that fails.
fn left_by_an_interruption(
    volume: &dyn Volume,
    chain: &RelativePath,
    part: &RelativePath,
    folder: &RelativePath,
) -> io::Result<Left> {
    let Found::Chain(new) = read_chain(volume, part)? else { return Ok(Left::Remnant) };
    let Some((last, before)) = new.links.split_last() else { return Ok(Left::Remnant) };
    let follows = match read_chain(volume, chain)? {
        Found::Chain(old) => before == old.links,
        // The first generation has no chain before it.
        Found::Nothing => before.is_empty(),
        Found::Other => return Ok(Left::Unclear),
    };
    let manifest = folder.join(last.path.as_str()).map_err(io::Error::other)?;
    let stands = match c4_of(volume, &manifest) {
        Ok(c4) => c4 == last.c4,
        Err(error) if error.kind() == io::ErrorKind::NotFound => false,
        Err(error) => return Err(error),
    };
    Ok(if follows && stands { Left::Announcement } else { Left::Remnant })
}

/// What stands where a chain is looked for.
enum Found {
    Nothing,
    Chain(asc::Chain),
    /// A document that is no chain.
    Other,
}

fn read_chain(volume: &dyn Volume, path: &RelativePath) -> io::Result<Found> {
    let file = match Reading::open(volume, path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::Nothing),
        file => file?,
    };
    match asc::Chain::read(BufReader::new(file), &Limits::default()) {
        Ok(chain) => Ok(Found::Chain(chain)),
        Err(ReadError { kind: ReadErrorKind::Io(error), .. }) => Err(error),
        Err(_) => Ok(Found::Other),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::{
        Agent, Context, Format, SealOptions, Status, VerifyOptions, seal,
        tree::faulty::{Call, Fate, Faulty},
        verify,
    };

    fn sealed() -> tempfile::TempDir {
        let roll = tempfile::tempdir().unwrap();
        fs::write(roll.path().join("A001C001.mxf"), "clip").unwrap();
        let options = SealOptions { format: Format::Asc, ..SealOptions::default() };
        let agent = Agent::new("test", "1", "cart", "DIT");
        seal(roll.path(), &options, &Context::new(&agent)).unwrap();
        roll
    }

    fn verified(roll: &tempfile::TempDir) -> Status {
        let agent = Agent::new("test", "1", "cart", "DIT");
        let options = VerifyOptions::default();
        verify(roll.path(), &options, &Context::new(&agent)).unwrap().status
    }

    #[test]
    fn a_manifest_whose_chain_was_cut_off_by_a_crash_is_adopted() {
        let roll = sealed();
        let chain = roll.path().join("ascmhl/ascmhl_chain.xml");
        let before = fs::read(&chain).unwrap();
        assert_eq!(verified(&roll), Status::Verified);
        let after = fs::read(&chain).unwrap();
        // The state between the two names: the manifest has its own, the chain has not.
        fs::write(roll.path().join("ascmhl/.chain.mhl-part"), &after).unwrap();
        fs::write(&chain, &before).unwrap();
        assert_eq!(verified(&roll), Status::Verified);
        assert!(!roll.path().join("ascmhl/.chain.mhl-part").exists());
        assert_eq!(fs::read_dir(roll.path().join("ascmhl")).unwrap().count(), 4);
    }

    #[test]
    fn an_announcement_that_the_drive_does_not_give_is_not_forgotten() {
        let roll = sealed();
        let chain = roll.path().join("ascmhl/ascmhl_chain.xml");
        let part = roll.path().join("ascmhl/.chain.mhl-part");
        let before = fs::read(&chain).unwrap();
        assert_eq!(verified(&roll), Status::Verified);
        fs::rename(&chain, &part).unwrap();
        fs::write(&chain, &before).unwrap();
        for fails_at in [Call::Open, Call::Read] {
            for file in [".chain.mhl-part", "ascmhl_chain.xml", "0002_"] {
                let file = format!("ascmhl/{file}");
                let failing = Disk::open(roll.path()).unwrap();
                let failing = Faulty::new(failing, move |_, call, path| {
                    match call == fails_at && path.starts_with(&file) {
                        true => Fate::Fails(io::Error::from_raw_os_error(5)),
                        false => Fate::Succeeds,
                    }
                });
                assert!(matches!(lock(&failing), Err(LockError::Io { .. })), "{fails_at:?}");
                assert!(part.exists());
            }
        }
        assert_eq!(verified(&roll), Status::Verified);
        assert!(!part.exists());
    }

    #[test]
    fn an_unlisted_manifest_that_nobody_announced_stays_a_fault() {
        let roll = sealed();
        let chain = roll.path().join("ascmhl/ascmhl_chain.xml");
        let before = fs::read(&chain).unwrap();
        assert_eq!(verified(&roll), Status::Verified);
        fs::write(&chain, &before).unwrap();
        fs::write(roll.path().join("ascmhl/.chain.mhl-part"), "<half").unwrap();
        assert_eq!(verified(&roll), Status::Failed);
    }

    /// Two programs verify one history, and a third only reads it: nobody sees a fault where only
    /// somebody else was at work.
    #[test]
    fn a_history_that_others_lengthen_meanwhile_has_no_fault() {
        let roll = sealed();
        let agent = Agent::new("test", "1", "cart", "DIT");
        std::thread::scope(|scope| {
            for dry_run in [false, false, true, true] {
                let (roll, agent) = (&roll, &agent);
                scope.spawn(move || {
                    for _ in 0..20 {
                        let options = VerifyOptions { dry_run, ..VerifyOptions::default() };
                        let report = verify(roll.path(), &options, &Context::new(agent)).unwrap();
                        assert_eq!(report.status, Status::Verified, "{:?}", report.findings);
                    }
                });
            }
        });
    }

    #[test]
    fn a_history_that_another_program_lengthens_is_only_read() {
        let roll = sealed();
        let disk = Disk::open(roll.path()).unwrap();
        let _held = lock(&disk).unwrap();
        assert!(matches!(hold(&disk).locks, Err(LockError::Busy { .. })));
        assert_eq!(verified(&roll), Status::Verified);
        assert_eq!(fs::read_dir(roll.path().join("ascmhl")).unwrap().count(), 2, "no generation");
    }

    #[test]
    fn a_lock_that_the_system_refuses_is_no_other_program() {
        let roll = sealed();
        let refusing = Faulty::new(Disk::open(roll.path()).unwrap(), |_, call, _| match call {
            Call::Lock => Fate::Fails(io::Error::from_raw_os_error(37)),
            _ => Fate::Succeeds,
        });
        let error = hold(&refusing).locks.err().unwrap();
        assert!(matches!(&error, LockError::Io { path, .. } if path.ends_with("ascmhl")));
        assert!(!error.to_string().contains("another program"), "{error}");
    }
}
