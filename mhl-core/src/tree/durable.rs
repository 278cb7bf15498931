//! Documents published whole or not at all.

use std::io::{self, BufWriter, Write};

use mhl_hash::{Algorithm, HashValue, Hasher};

use crate::{
    RelativePath,
    tree::{Volume, WriteFile, read::read_to_end},
};

/// A document that is written and durable, and has not yet its name.
pub(crate) struct Staged<'a> {
    volume: &'a dyn Volume,
    part: RelativePath,
    path: RelativePath,
    c4: HashValue,
}

/// Writes a document beside the place where it is going to stand. The caller holds the lock under
/// which such documents are made: what an interrupted run left under that name is removed.
pub(crate) fn stage<'a>(
    volume: &'a dyn Volume,
    path: &RelativePath,
    content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<Staged<'a>> {
    let part = part_name(path.parent().as_ref(), document_kind(path))?;
    let file = match volume.create(&part) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            volume.remove(&part)?;
            volume.create(&part)?
        }
        result => result?,
    };
    let written = (|| -> io::Result<HashValue> {
        let mut hashed = Hashed { file, hasher: Hasher::new(Algorithm::C4) };
        let mut buffered = BufWriter::with_capacity(1 << 16, &mut hashed);
        content(&mut buffered)?;
        buffered.flush()?;
        drop(buffered);
        hashed.file.sync()?;
        Ok(hashed.hasher.finish())
    })();
    match written {
        Ok(c4) => Ok(Staged { volume, part, path: path.clone(), c4 }),
        Err(error) => {
            // The first error is the one to tell.
            let _ = volume.remove(&part);
            Err(error)
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
    pub(crate) fn publish(&self) -> io::Result<()> {
        if let Err(error) = self.volume.rename(&self.part, &self.path) {
            self.discard();
            return Err(error);
        }
        self.prove().inspect_err(|_| {
            let _ = self.volume.remove(&self.path);
        })
    }

    /// The same for the one kind of file that is replaced: a chain.
    pub(crate) fn replace(&self) -> io::Result<()> {
        self.volume.replace(&self.part, &self.path)?;
        self.prove()
    }

    fn prove(&self) -> io::Result<()> {
        self.volume.sync_folder(self.path.parent().as_ref())?;
        let mut file = self.volume.open(&self.path)?;
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

/// What a document's unfinished form is called by: a chain and a list can be under way at once.
fn document_kind(path: &RelativePath) -> &'static str {
    if path.as_str().ends_with(".xml") { "chain" } else { "list" }
}

/// Hashes what is written.
struct Hashed {
    file: Box<dyn WriteFile>,
    hasher: Hasher,
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

/// Whether a name is one of [`part_name`].
pub(crate) fn is_part(path: &RelativePath) -> bool {
    path.file_name().starts_with('.') && path.as_str().ends_with(PART_SUFFIX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::{
        Disk,
        faulty::{Call, Fate, Faulty},
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

        // An interrupted run left its unfinished document: it is in nobody's way.
        std::fs::write(root.path().join(".list.mhl-part"), "half").unwrap();
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
}
