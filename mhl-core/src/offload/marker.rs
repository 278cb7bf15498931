//! The folder beside a roll that says "unfinished", for which card, who is at work and how far.

use std::{collections::BTreeMap, io};

use mhl_hash::{Algorithm, Hasher};

use crate::{
    RelativePath,
    expected::Reading,
    tree::{
        FoundFile, Tree, Volume,
        durable::{document_part, stage},
    },
};

/// `DIR/.<roll>.offload/`: the system's lock, the claim of the card, and the
/// [journals](super::journal) of the runs.
///
/// The claim is a record for each file of the card but the lists that it carries, `size NUL seconds
/// NUL path NUL`, then the C4 of all of them and a line feed. An offload is only taken up for a card that still holds every file of the
/// claim, so that another card of the same name never removes what the first one left.
pub(super) struct Marker {
    pub(super) folder: RelativePath,
    pub(super) lock: RelativePath,
    /// The lock's name as a file system sees it that does not tell case apart.
    pub(super) lock_in_capitals: RelativePath,
    claim: RelativePath,
}

/// Before the number of a journal's name.
const JOURNAL_PREFIX: &str = "journal.";

/// Whose an unfinished offload is.
pub(super) enum Claim {
    /// This card's, or one that has since grown.
    Ours,
    /// Another's, or nobody can tell.
    OfAnother(String),
}

impl Marker {
    pub(super) fn of(roll: &RelativePath) -> io::Result<Self> {
        let folder = format!(".{roll}.offload");
        let path = |text: &str| RelativePath::new(text).map_err(io::Error::other);
        Ok(Marker {
            lock: path(&format!("{folder}/lock"))?,
            lock_in_capitals: path(&format!("{folder}/LOCK"))?,
            claim: path(&format!("{folder}/card"))?,
            folder: path(&folder)?,
        })
    }

    /// Whether the place is claimed for any card.
    pub(super) fn is_claimed(&self, volume: &dyn Volume) -> bool {
        let absent = |error: &io::Error| error.kind() == io::ErrorKind::NotFound;
        !volume.stat(Some(&self.claim)).as_ref().is_err_and(absent)
    }

    /// Claims the place for a card.
    pub(super) fn write_claim<'f>(
        &self,
        volume: &dyn Volume,
        card: impl Iterator<Item = &'f FoundFile>,
    ) -> io::Result<()> {
        // What an interrupted run left, in a folder that holds nothing but a claim.
        let _ = volume.remove(&document_part(&self.claim)?);
        let staged = stage(volume, &self.claim, |sink| {
            let mut hasher = Hasher::new(Algorithm::C4);
            for file in card {
                let (size, seconds) = (file.stat.size, file.stat.modified.seconds);
                let record = format!("{size}\0{seconds}\0{}\0", file.path);
                hasher.update(record.as_bytes());
                sink.write_all(record.as_bytes())?;
            }
            writeln!(sink, "{}", hasher.finish())
        })?;
        Ok(staged.replace()?)
    }

    /// Whose the unfinished offload is that stands there.
    pub(super) fn claim(&self, volume: &dyn Volume, card: &Tree) -> Claim {
        let other = |why: &str| Claim::OfAnother(why.to_owned());
        let mut text = Vec::new();
        let read =
            Reading::open(volume, &self.claim).and_then(|mut file| io::copy(&mut file, &mut text));
        if read.is_err() {
            return other("the record of its card cannot be read");
        }
        let Some((records, c4)) =
            text.len().checked_sub(91).and_then(|at| text.split_at_checked(at))
        else {
            return other("the record of its card is cut");
        };
        let mut hasher = Hasher::new(Algorithm::C4);
        hasher.update(records);
        if format!("{}\n", hasher.finish()).as_bytes() != c4 {
            return other("the record of its card is damaged");
        }
        let known: BTreeMap<&[u8], (u64, i64)> = card
            .files
            .iter()
            .map(|file| {
                let stat = &file.stat;
                (file.path.as_str().as_bytes(), (stat.size, stat.modified.seconds))
            })
            .collect();
        let mut fields = records.split(|byte| *byte == 0);
        while let (Some(size), Some(seconds), Some(path)) =
            (fields.next(), fields.next(), fields.next())
        {
            let number = |field: &[u8]| std::str::from_utf8(field).ok()?.parse::<i64>().ok();
            let size = number(size).and_then(|size| u64::try_from(size).ok());
            let claimed = size.zip(number(seconds));
            if claimed.is_none() || known.get(path).copied() != claimed {
                let path = String::from_utf8_lossy(path);
                return Claim::OfAnother(format!("its card held another {path}"));
            }
        }
        Claim::Ours
    }

    /// The journal of this number.
    pub(super) fn journal(&self, number: u32) -> io::Result<RelativePath> {
        let name = format!("{}/{JOURNAL_PREFIX}{number}", self.folder);
        RelativePath::new(&name).map_err(io::Error::other)
    }

    /// The journals that stand there, by their numbers.
    pub(super) fn journals(&self, volume: &dyn Volume) -> io::Result<Vec<(u32, RelativePath)>> {
        let names = volume.names(Some(&self.folder))?;
        let numbers = names
            .iter()
            .filter_map(|name| name.to_str()?.strip_prefix(JOURNAL_PREFIX)?.parse::<u32>().ok());
        let mut numbers: Vec<u32> = numbers.collect();
        numbers.sort_unstable();
        numbers.into_iter().map(|number| Ok((number, self.journal(number)?))).collect()
    }

    /// The offload is finished. What cannot be removed does no harm to the roll.
    pub(super) fn remove(&self, volume: &dyn Volume) {
        for (_, journal) in self.journals(volume).unwrap_or_default() {
            let _ = volume.remove(&journal);
        }
        let _ = volume.remove(&self.claim);
        let _ = volume.remove(&self.lock);
        let _ = volume.remove_folder(&self.folder);
        let _ = volume.sync_folder(None);
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::tree::{Disk, walk};

    #[test]
    fn a_claim_holds_for_its_card_and_for_one_that_grew() {
        let set = tempfile::tempdir().unwrap();
        let (card, drive) = (set.path().join("card"), set.path().join("drive"));
        fs::create_dir_all(&card).unwrap();
        fs::create_dir_all(drive.join(".A001.offload")).unwrap();
        fs::write(card.join("C001.mxf"), "one").unwrap();
        fs::write(card.join("Icon\r\n"), "").unwrap();
        let disk = Disk::open(&drive).unwrap();
        let marker = Marker::of(&RelativePath::new("A001").unwrap()).unwrap();
        let walk_card = || walk(&Disk::open(&card).unwrap());
        assert!(matches!(marker.claim(&disk, &walk_card()), Claim::OfAnother(_)), "no claim");
        marker.write_claim(&disk, walk_card().files.iter()).unwrap();
        assert!(matches!(marker.claim(&disk, &walk_card()), Claim::Ours));

        fs::write(card.join("C002.mxf"), "two").unwrap();
        assert!(matches!(marker.claim(&disk, &walk_card()), Claim::Ours), "it grew");
        fs::write(card.join("C001.mxf"), "three").unwrap();
        assert!(matches!(marker.claim(&disk, &walk_card()), Claim::OfAnother(_)), "another clip");

        let claim = drive.join(".A001.offload/card");
        let whole = fs::read(&claim).unwrap();
        for cut in 0..whole.len() {
            fs::write(&claim, &whole[..cut]).unwrap();
            assert!(matches!(marker.claim(&disk, &walk_card()), Claim::OfAnother(_)), "{cut}");
        }
    }
}
