//! Documents published whole or not at all.

use std::io::{self, BufWriter, Write};

use mhl_hash::{Algorithm, HashValue, Hasher};

use crate::{
    RelativePath,
    tree::{Volume, WriteFile, read::read_to_end},
};

/// Writes a new file: under another name, durable, then named, the name durable, and read back.
/// Nothing is replaced. Returns the C4 of its bytes.
pub(crate) fn publish(
    volume: &dyn Volume,
    path: &RelativePath,
    content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<HashValue> {
    write(volume, path, content, |part| volume.rename(part, path))
}

/// The same, for the one kind of file that is replaced: a chain.
pub(crate) fn republish(
    volume: &dyn Volume,
    path: &RelativePath,
    content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<HashValue> {
    write(volume, path, content, |part| volume.replace(part, path))
}

fn write(
    volume: &dyn Volume,
    path: &RelativePath,
    content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    name: impl FnOnce(&RelativePath) -> io::Result<()>,
) -> io::Result<HashValue> {
    let folder = path.parent();
    let part = part_name(folder.as_ref(), "list")?;
    let file = volume.create(&part)?;
    let written = (|| -> io::Result<HashValue> {
        let mut hashed = Hashed { file, hasher: Hasher::new(Algorithm::C4) };
        let mut buffered = BufWriter::with_capacity(1 << 16, &mut hashed);
        content(&mut buffered)?;
        buffered.flush()?;
        drop(buffered);
        hashed.file.sync()?;
        drop(hashed.file);
        name(&part)?;
        Ok(hashed.hasher.finish())
    })();
    if written.is_err() {
        // The first error is the one to tell.
        let _ = volume.remove(&part);
    }
    let written = written?;
    volume.sync_folder(folder.as_ref())?;
    let mut file = volume.open(path)?;
    file.drop_cache();
    let mut hasher = Hasher::new(Algorithm::C4);
    let read = read_to_end(file.as_mut(), &mut vec![0; 1 << 16], &(), |piece| hasher.update(piece));
    if read.is_err() || hasher.finish() != written {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "other bytes were read back"));
    }
    Ok(written)
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
    use crate::tree::Disk;

    #[test]
    fn a_document_is_whole_or_absent() {
        let root = tempfile::tempdir().unwrap();
        let disk = Disk::open(root.path()).unwrap();
        let path = RelativePath::new("roll.mhl").unwrap();
        let half = publish(&disk, &path, |w| {
            w.write_all(&[b'x'; 100_000])?;
            Err(io::Error::other("power"))
        });
        assert_eq!(half.unwrap_err().to_string(), "power");
        assert_eq!(std::fs::read_dir(root.path()).unwrap().count(), 0);

        let c4 = publish(&disk, &path, |w| w.write_all(b"first")).unwrap();
        let mut hasher = Hasher::new(Algorithm::C4);
        hasher.update(b"first");
        assert_eq!(c4, hasher.finish());
        assert!(publish(&disk, &path, |w| w.write_all(b"second")).is_err(), "never replaced");
        assert_eq!(std::fs::read(root.path().join("roll.mhl")).unwrap(), b"first");
        republish(&disk, &path, |w| w.write_all(b"third")).unwrap();
        assert_eq!(std::fs::read(root.path().join("roll.mhl")).unwrap(), b"third");
        assert_eq!(std::fs::read_dir(root.path()).unwrap().count(), 1);
    }
}
