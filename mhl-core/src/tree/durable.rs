//! Documents published whole or not at all.

use std::io::{self, BufWriter, Write};

use mhl_hash::{Algorithm, HashValue, Hasher};

use crate::{
    RelativePath, asc,
    tree::{Volume, WriteFile, open_files::patiently, read::read_to_end},
};

/// A document that is written and durable, and has not yet its name.
pub(crate) struct Staged<'a> {
    volume: &'a dyn Volume,
    part: RelativePath,
    path: RelativePath,
    c4: HashValue,
}

/// Writes a document beside the place where it is going to stand. The caller holds the lock under
/// which such documents are made: in a history's folder, what an interrupted run left under that name
/// is removed.
pub(crate) fn stage<'a>(
    volume: &'a dyn Volume,
    path: &RelativePath,
    content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<Staged<'a>> {
    stage_in(volume, path, |hashed| {
        let mut buffered = BufWriter::with_capacity(1 << 16, hashed);
        content(&mut buffered)?;
        buffered.flush()
    })
}

/// The same for a document that stands on another volume, with its time and permissions.
pub(crate) fn stage_copy<'a>(
    volume: &'a dyn Volume,
    path: &RelativePath,
    from: &dyn Volume,
    original: &RelativePath,
) -> io::Result<Staged<'a>> {
    let mut file = patiently(|| from.open(original))?;
    stage_in(volume, path, |hashed| {
        let before = file.stat()?;
        let mut buffer = vec![0; 1 << 16];
        loop {
            match file.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => hashed.write_all(buffer.get(..count).unwrap_or_default())?,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        // What a file system cannot keep of these is no reason to have no list.
        let _ = hashed.file.set_mode(before.mode & PERMISSIONS);
        let _ = hashed.file.set_modified(before.modified);
        Ok(())
    })
}

fn stage_in<'a>(
    volume: &'a dyn Volume,
    path: &RelativePath,
    content: impl FnOnce(&mut Hashed) -> io::Result<()>,
) -> io::Result<Staged<'a>> {
    let (part, mut hashed) = begin(volume, path)?;
    match content(&mut hashed).and_then(|()| hashed.end()) {
        Ok(c4) => Ok(Staged { volume, part, path: path.clone(), c4 }),
        Err(error) => {
            // The first error is the one to tell.
            let _ = volume.remove(&part);
            Err(error)
        }
    }
}

/// Makes the file of a document that has not yet its name, and tells that of the file.
fn begin(volume: &dyn Volume, path: &RelativePath) -> io::Result<(RelativePath, Hashed)> {
    let part = document_part(path)?;
    let create = || patiently(|| volume.create(&part));
    let file = match create() {
        // In a folder of the format's own, under its lock, it can only be what an interrupted run
        // left. Anywhere else it may be somebody's file.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && in_history(path) => {
            volume.remove(&part)?;
            create()?
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let note = format!("{part} stands there: {RESERVED}");
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, note));
        }
        result => result?,
    };
    Ok((part, Hashed { file, hasher: Hasher::new(Algorithm::C4) }))
}

/// A document that is written piece by piece, and has not yet its name. Dropped, it is gone.
pub(crate) struct Unfinished<V: Volume> {
    volume: V,
    part: RelativePath,
    path: RelativePath,
    sink: Option<BufWriter<Hashed>>,
}

impl<V: Volume> Unfinished<V> {
    /// Begins a document beside the place where it is going to stand.
    pub(crate) fn begin(volume: V, path: RelativePath) -> io::Result<Self> {
        let (part, hashed) = begin(&volume, &path)?;
        let sink = Some(BufWriter::with_capacity(1 << 16, hashed));
        Ok(Unfinished { volume, part, path, sink })
    }

    /// Makes it durable, gives it its name and reads it back; tells the C4 of its bytes. Nothing is
    /// replaced.
    pub(crate) fn publish(mut self) -> Result<HashValue, Unpublished> {
        let Some(sink) = self.sink.take() else {
            return Err(io::Error::other("it was published before").into());
        };
        let hashed = sink.into_inner().map_err(io::IntoInnerError::into_error);
        let ended = hashed.and_then(Hashed::end);
        let c4 = ended.inspect_err(|_| _ = self.volume.remove(&self.part))?;
        let (part, path) = (self.part.clone(), self.path.clone());
        Staged { volume: &self.volume, part, path, c4 }.publish()?;
        Ok(c4)
    }
}

impl<V: Volume> Write for Unfinished<V> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.sink {
            Some(sink) => sink.write(bytes),
            None => Err(io::Error::other("it was published before")),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.sink.as_mut().map_or(Ok(()), Write::flush)
    }
}

impl<V: Volume> Drop for Unfinished<V> {
    fn drop(&mut self) {
        if let Some(sink) = self.sink.take() {
            // What is still buffered would be written otherwise.
            drop(sink.into_parts());
            let _ = self.volume.remove(&self.part);
        }
    }
}

impl Staged<'_> {
    /// C4 of the document's bytes.
    pub(crate) fn c4(&self) -> HashValue {
        self.c4
    }

    /// Forgets the document.
    pub(crate) fn discard(&self) {
        let _ = self.volume.remove(&self.part);
    }

    /// Gives the document its name, makes the name durable, and reads the document back. Nothing is
    /// replaced; what fails leaves nothing behind.
    pub(crate) fn publish(&self) -> Result<(), Unpublished> {
        if let Err(error) = self.volume.rename(&self.part, &self.path) {
            // Over a network what is told to have failed may have been done.
            match self.volume.stat(Some(&self.part)) {
                Err(gone) if gone.kind() == io::ErrorKind::NotFound => {}
                Ok(_) => {
                    self.discard();
                    return Err(Unpublished::Unchanged(error));
                }
                // Nobody can tell under which name it stands.
                Err(_) => return Err(Unpublished::Unproven { at: self.path.clone(), error }),
            }
        }
        let proven = self.sync().and_then(|()| self.prove(&self.path));
        proven.map_err(|error| match self.volume.remove(&self.path) {
            Ok(()) => {
                // A power cut should not bring it back.
                let _ = self.sync();
                Unpublished::Unchanged(error)
            }
            Err(_) => Unpublished::Unproven { at: self.path.clone(), error },
        })
    }

    /// The same for what is replaced. What stood there goes only when the new one was read back.
    pub(crate) fn replace(&self) -> Result<(), Unpublished> {
        self.take_place_of(&self.path)
    }

    /// The same; but where nothing changed, the new document stays under its unfinished name: a chain,
    /// which announces a manifest as long as that may stand.
    pub(crate) fn replace_or_leave(&self) -> Result<(), Unpublished> {
        self.take_place_or_leave(&self.path)
    }

    /// The same where the document that is replaced has another name in the same folder: at every
    /// moment one of the two stands, whole.
    pub(crate) fn take_place_of(&self, old: &RelativePath) -> Result<(), Unpublished> {
        self.take_place_or_leave(old).inspect_err(|error| {
            if let Unpublished::Unchanged(_) = error {
                self.discard();
            }
        })
    }

    fn take_place_or_leave(&self, old: &RelativePath) -> Result<(), Unpublished> {
        let proven = self.prove(&self.part);
        if let Err(error) = proven.and_then(|()| self.volume.replace(&self.part, old)) {
            // Over a network what is told to have failed may have been done.
            if self.volume.stat(Some(&self.part)).is_err() {
                return Err(Unpublished::Unproven { at: old.clone(), error });
            }
            return Err(Unpublished::Unchanged(error));
        }
        let unproven = |at: &RelativePath| {
            let at = at.clone();
            |error| Unpublished::Unproven { at, error }
        };
        self.sync().map_err(unproven(old))?;
        if *old != self.path {
            self.volume.rename(old, &self.path).map_err(unproven(old))?;
            self.sync().map_err(unproven(&self.path))?;
        }
        // XFS answers that a folder is durable when it was shut down before, and nothing is; a read tells.
        self.prove(&self.path).map_err(unproven(&self.path))
    }

    fn sync(&self) -> io::Result<()> {
        self.volume.sync_folder(self.path.parent().as_ref())
    }

    fn prove(&self, path: &RelativePath) -> io::Result<()> {
        let mut file = patiently(|| self.volume.open(path))?;
        file.drop_cache();
        let mut hasher = Hasher::new(Algorithm::C4);
        let mut buffer = vec![0; 1 << 16];
        let read = read_to_end(file.as_mut(), &mut buffer, &(), |piece| hasher.update(piece));
        if read.is_err() || hasher.finish() != self.c4 {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "other bytes were read back"));
        }
        Ok(())
    }
}

/// Behind the documents of an operation, of which `last` was the last: a tape keeps names in its index, and
/// takes minutes to write that, so once for all of them.
pub(crate) fn write_down_names(volume: &dyn Volume, last: &str) -> Result<(), Unpublished> {
    if !volume.is_tape() {
        return Ok(());
    }
    volume.sync_all().map_err(|error| match RelativePath::new(last) {
        Ok(at) => Unpublished::Unproven { at, error },
        Err(_) => error.into(),
    })
}

/// Why a document is not published, and what stands in its place.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unpublished {
    /// What stood there stands, and nothing more.
    #[error("{0}")]
    Unchanged(#[from] io::Error),
    /// The new document stands at a path, or may; a power cut could bring back what it replaced.
    #[error("{at} was written, and it is not proven to stay: {error}")]
    Unproven { at: RelativePath, error: io::Error },
}

impl Unpublished {
    /// The same in words, of this kind of document.
    pub(crate) fn of(&self, what: &str) -> String {
        match self {
            Unpublished::Unchanged(error) => format!("no {what} could be written: {error}"),
            Unpublished::Unproven { .. } => format!("a {what} stands there: {self}"),
        }
    }
}

impl From<Unpublished> for io::Error {
    /// For a caller to whom both are the same: it writes anew or gives up.
    fn from(unpublished: Unpublished) -> Self {
        match unpublished {
            Unpublished::Unchanged(error) => error,
            Unpublished::Unproven { ref error, .. } => {
                io::Error::new(error.kind(), unpublished.to_string())
            }
        }
    }
}

/// The name of a document's unfinished form: a chain and a list can be under way at once.
pub(crate) fn document_part(path: &RelativePath) -> io::Result<RelativePath> {
    let what = if path.as_str().ends_with(".xml") { "chain" } else { "list" };
    part_name(path.parent().as_ref(), what)
}

/// The permission bits that are kept: who may read, write and execute. A card gives nobody the
/// rights of another user.
pub(crate) const PERMISSIONS: u16 = 0o777;

/// Hashes what is written.
struct Hashed {
    file: Box<dyn WriteFile>,
    hasher: Hasher,
}

impl Hashed {
    /// Makes it durable, and tells the C4 of all that was written.
    fn end(mut self) -> io::Result<HashValue> {
        self.file.sync()?;
        Ok(self.hasher.finish())
    }
}

impl Write for Hashed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write_all(bytes)?;
        self.hasher.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The end of the name of a file that is not yet whole.
const PART_SUFFIX: &str = ".mhl-part";

/// The name of a file that is not yet whole, in the folder where it is going to stand.
pub(crate) fn part_name(folder: Option<&RelativePath>, what: &str) -> io::Result<RelativePath> {
    let name = format!(".{what}{PART_SUFFIX}");
    match folder {
        Some(folder) => RelativePath::new(&format!("{}/{name}", folder.as_str())),
        None => RelativePath::new(&name),
    }
    .map_err(io::Error::other)
}

/// Whether a name is one of [`part_name`], of a document or of the file of some number.
pub(crate) fn is_part(path: &RelativePath) -> bool {
    let what = path.file_name().strip_prefix('.').and_then(|name| name.strip_suffix(PART_SUFFIX));
    what.is_some_and(|what| {
        let is_number = || !what.is_empty() && what.bytes().all(|byte| byte.is_ascii_digit());
        ["chain", "list"].contains(&what) || is_number()
    })
}

/// What is to be done about a file that has such a name.
pub(crate) const RESERVED: &str = "an interrupted run left it, or somebody's file has a name that is \
    kept for unfinished copies: remove it or rename it";

/// Whether a path is in the folder of a history.
pub(crate) fn in_history(path: &RelativePath) -> bool {
    path.parent().is_some_and(|folder| folder.file_name() == asc::FOLDER)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::{
        Disk,
        faulty::{Call, Fate, Faulty},
        simulated::{Fault, Simulated},
    };

    #[test]
    fn a_document_is_whole_or_absent() {
        let root = tempfile::tempdir().unwrap();
        let disk = Disk::open(root.path()).unwrap();
        let path = RelativePath::new("roll.mhl").unwrap();
        let half = stage(&disk, &path, |w| {
            w.write_all(&[b'x'; 100_000])?;
            Err(io::Error::other("power"))
        });
        assert_eq!(half.err().unwrap().to_string(), "power");
        assert_eq!(std::fs::read_dir(root.path()).unwrap().count(), 0);

        // What stands under the unfinished name may be somebody's: it is left alone.
        let other = root.path().join(".list.mhl-part");
        std::fs::write(&other, "precious").unwrap();
        let refused = stage(&disk, &path, |w| w.write_all(b"first")).err().unwrap();
        assert_eq!(refused.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(std::fs::read(&other).unwrap(), b"precious");
        std::fs::remove_file(&other).unwrap();
        let first = stage(&disk, &path, |w| w.write_all(b"first")).unwrap();
        first.publish().unwrap();
        let mut hasher = Hasher::new(Algorithm::C4);
        hasher.update(b"first");
        assert_eq!(first.c4(), hasher.finish());
        let second = stage(&disk, &path, |w| w.write_all(b"second")).unwrap();
        assert!(second.publish().is_err(), "never replaced");
        assert_eq!(std::fs::read(root.path().join("roll.mhl")).unwrap(), b"first");
        stage(&disk, &path, |w| w.write_all(b"third")).unwrap().replace().unwrap();
        assert_eq!(std::fs::read(root.path().join("roll.mhl")).unwrap(), b"third");
        assert_eq!(std::fs::read_dir(root.path()).unwrap().count(), 1);
    }

    #[test]
    fn in_a_history_s_folder_what_an_interrupted_run_left_is_in_nobody_s_way() {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join("ascmhl")).unwrap();
        std::fs::write(root.path().join("ascmhl/.list.mhl-part"), "half").unwrap();
        let disk = Disk::open(root.path()).unwrap();
        let path = RelativePath::new("ascmhl/0001_A001_2026-11-22_143000Z.mhl").unwrap();
        stage(&disk, &path, |w| w.write_all(b"first")).unwrap().publish().unwrap();
        assert_eq!(std::fs::read_dir(root.path().join("ascmhl")).unwrap().count(), 1);
    }

    #[test]
    fn no_other_name_is_kept_for_unfinished_copies() {
        let part = |name: &str| is_part(&RelativePath::new(name).unwrap());
        for name in [".list.mhl-part", "Clips/.chain.mhl-part", ".0.mhl-part", "Clips/.12.mhl-part"]
        {
            assert!(part(name), "{name}");
        }
        for name in
            [".own.mhl-part", "list.mhl-part", "..mhl-part", ".mhl-part", ".list.mhl-part/a"]
        {
            assert!(!part(name), "{name}");
        }
    }

    #[test]
    fn a_document_whose_name_is_not_durable_does_not_stand() {
        let root = tempfile::tempdir().unwrap();
        let disk = Faulty::new(Disk::open(root.path()).unwrap(), |_, call, _| {
            if call == Call::SyncFolder {
                Fate::Fails(io::Error::other("EIO"))
            } else {
                Fate::Succeeds
            }
        });
        let path = RelativePath::new("roll.mhl").unwrap();
        assert!(stage(&disk, &path, |w| w.write_all(b"list")).unwrap().publish().is_err());
        assert_eq!(std::fs::read_dir(root.path()).unwrap().count(), 0);
    }

    /// As XFS after it was shut down: folders are said to be durable, and nothing can be read.
    #[test]
    fn a_document_that_takes_a_place_is_read_back_under_its_name() {
        for path in ["list.mhl", "other.mhl"].map(|path| RelativePath::new(path).unwrap()) {
            let root = tempfile::tempdir().unwrap();
            let old = RelativePath::new("list.mhl").unwrap();
            std::fs::write(root.path().join("list.mhl"), "old").unwrap();
            let synced = std::sync::atomic::AtomicBool::new(false);
            let disk = Faulty::new(Disk::open(root.path()).unwrap(), move |_, call, _| {
                use std::sync::atomic::Ordering::SeqCst;
                match call {
                    Call::SyncFolder => synced.store(true, SeqCst),
                    Call::Open if synced.load(SeqCst) => {
                        return Fate::Fails(io::Error::other("EIO"));
                    }
                    _ => {}
                }
                Fate::Succeeds
            });
            let new = stage(&disk, &path, |w| w.write_all(b"new")).unwrap();
            let told = new.take_place_of(&old).unwrap_err();
            assert!(matches!(told, Unpublished::Unproven { at, .. } if at == path));
        }
    }

    /// What was done and is said to have failed, by a disk that then says nothing for a while, may stand
    /// there: it is not told that nothing changed.
    #[test]
    fn a_document_that_may_have_its_name_is_never_told_to_be_absent() {
        let mut unproven = 0;
        for number in 1.. {
            let faults = [Fault::FailsAfterAll(number), Fault::Fails(number + 1)];
            let disk = Simulated::new(1).fork(1, &faults);
            let path = RelativePath::new("new.mhl").unwrap();
            let Ok(staged) = stage(&disk, &path, |w| w.write_all(b"new")) else { continue };
            let published = staged.publish();
            let stands = disk.contents().contains_key("new.mhl");
            match published {
                Err(Unpublished::Unchanged(_)) => assert!(!stands, "call {number}"),
                Err(Unpublished::Unproven { .. }) => unproven += 1,
                Ok(()) => {
                    assert!(stands, "call {number}");
                    if disk.count().faults == 0 {
                        break;
                    }
                }
            }
        }
        assert!(unproven >= 1);
    }

    /// Whatever call fails, who replaces a document learns which of the two stands there.
    #[test]
    fn a_replacement_that_fails_tells_what_stands_there() {
        for name in ["old.mhl", "new.mhl"] {
            let (mut number, mut unchanged, mut unproven) = (0, 0, 0);
            loop {
                number += 1;
                let root = tempfile::tempdir().unwrap();
                std::fs::write(root.path().join("old.mhl"), "old").unwrap();
                let disk = Disk::open(root.path()).unwrap();
                let [path, old] = [name, "old.mhl"].map(|name| RelativePath::new(name).unwrap());
                let failing = Faulty::new(disk, move |now, call, _| {
                    // Those that stage it come before.
                    if now == number && call != Call::Create {
                        Fate::Fails(io::Error::other("EIO"))
                    } else {
                        Fate::Succeeds
                    }
                });
                let Ok(staged) = stage(&failing, &path, |w| w.write_all(b"new")) else { continue };
                let replaced = staged.take_place_of(&old);
                let read = |path: &str| std::fs::read_to_string(root.path().join(path)).unwrap();
                match replaced {
                    Err(Unpublished::Unchanged(_)) => {
                        unchanged += 1;
                        assert_eq!(read("old.mhl"), "old", "call {number}");
                    }
                    Err(Unpublished::Unproven { at, error }) => {
                        unproven += 1;
                        assert_eq!(read(at.as_str()), "new", "call {number}: {error}");
                    }
                    Ok(()) => {
                        assert_eq!(read(name), "new");
                        if number > 12 {
                            break;
                        }
                    }
                }
                assert_eq!(std::fs::read_dir(root.path()).unwrap().count(), 1, "call {number}");
            }
            assert!(unchanged >= 2 && unproven >= 1, "{name}: {unchanged} and {unproven}");
        }
    }
}
