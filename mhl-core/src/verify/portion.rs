//! Which of the listed files a verification reads.

use std::{collections::HashSet, num::NonZero};

use mhl_hash::{Algorithm, Hasher};

use crate::{RelativePath, RollShard, Shard, expected::ExpectedFile};

/// Which of the listed files are read: all, or a portion, for rolls that are looked after bit by bit.
///
/// Names and sizes are compared in any case, all of them. What a portion leaves unread is counted
/// ([`Counts::unread`](crate::Counts::unread)) and named
/// ([`FileRecord::unread`](crate::FileRecord::unread)), and its report is never
/// [`Verified`](crate::Status::Verified), so that no portion is taken for a proof of the roll.
///
/// ```
/// use mhl_core::Portion;
///
/// let monthly = Portion::percent(10, 3).unwrap();
/// assert_eq!(monthly, Portion::percent(10, 13).unwrap(), "ten turns go round");
/// assert_eq!(Portion::percent(30, 1), Portion::percent(25, 1), "four turns: never more than asked");
/// assert_eq!(Portion::percent(0, 1), None);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Portion {
    /// Every file.
    #[default]
    Whole,
    /// One of so many parts of a list, which together are the whole: each file is in the part of
    /// exactly one turn. See [`Portion::percent`].
    Turn {
        /// Which part, from 0; below `of`.
        turn: u64,
        /// Parts in all.
        of: NonZero<u64>,
    },
    /// These files, and every file of these folders.
    Paths(Vec<RelativePath>),
    /// The part of one of many machines, whose reports [`merge`](crate::merge) makes one: listed and
    /// found files, sorted by path and cut into parts of the same bytes, as far as whole files allow.
    ///
    /// The report tells of this part alone, and has a [`ShardRecord`](crate::ShardRecord) if the work
    /// came to its end. Nothing is written: a merge appends the one generation.
    Shard(RollShard),
}

/// What a file is taken to cost besides its bytes: about what a device reads while it finds the next.
const OPENING: u64 = 64 << 10;

impl Portion {
    /// At most so many percent of a list, in turns that are counted from 1 and go round: at 10
    /// percent turn 11 reads what turn 1 read, and any ten turns in a row read everything. `None`
    /// for 0 percent and for more than 100.
    ///
    /// Which file is in which turn follows from the list alone: its files in the order of the XXH64
    /// of their paths, cut into parts of the same bytes, as far as whole files allow (each counts
    /// 64 KiB more, for being opened). What happens to the tree changes nobody's turn; a list that
    /// grows between two turns does.
    #[must_use]
    pub fn percent(percent: u8, turn: u64) -> Option<Self> {
        let percent = NonZero::new(percent).filter(|percent| percent.get() <= 100)?;
        let of = NonZero::new(100u64.div_ceil(percent.get().into()))?;
        Some(Portion::Turn { turn: turn.wrapping_sub(1) % of, of })
    }

    /// Whether it leaves nothing out by its definition.
    pub(super) fn is_whole(&self) -> bool {
        match self {
            Portion::Whole => true,
            Portion::Turn { of, .. } => of.get() == 1,
            Portion::Paths(_) | Portion::Shard(_) => false,
        }
    }

    /// The part of one of many machines in a roll that all of them share: [`Portion::Shard`].
    #[must_use]
    pub fn shard(shard: Shard) -> Self {
        Portion::Shard(shard.into())
    }

    /// The shard's part that it is.
    pub(super) fn of_shard(&self) -> Option<RollShard> {
        match self {
            Portion::Shard(part) => Some(*part),
            _ => None,
        }
    }

    /// For each file whether it is read; nothing where every one is.
    ///
    /// # Errors
    /// Every path that is neither a listed file nor a folder of one.
    pub(super) fn choose(
        &self,
        files: &[ExpectedFile],
    ) -> Result<Option<Vec<bool>>, Vec<RelativePath>> {
        Ok(match self {
            _ if self.is_whole() => None,
            // It is cut when it is known what stands in the tree.
            Portion::Whole | Portion::Shard(_) => None,
            Portion::Turn { turn, of } => Some(of_turn(files, *turn, *of)),
            Portion::Paths(paths) => Some(at(files, paths)?),
        })
    }

    /// What was asked for, in words.
    pub(super) fn describe(&self) -> String {
        match self {
            Portion::Whole => "everything was to be read".to_owned(),
            Portion::Turn { turn, of } => {
                format!("turn {} of {of} was to be read", turn.saturating_add(1))
            }
            Portion::Paths(paths) => format!("{} named paths were to be read", paths.len()),
            Portion::Shard(part) => format!("shard {} was to be read", part.shard()),
        }
    }
}

fn of_turn(files: &[ExpectedFile], turn: u64, of: NonZero<u64>) -> Vec<bool> {
    let weight = |file: &ExpectedFile| u128::from(file.size.unwrap_or(0)) + u128::from(OPENING);
    let total: u128 = files.iter().map(weight).sum();
    let mut order: Vec<(u64, usize)> =
        files.iter().enumerate().map(|(place, file)| (hash(&file.path), place)).collect();
    order.sort_unstable();
    let (mut chosen, mut before) = (vec![false; files.len()], 0);
    for (_, place) in order {
        let Some(weight) = files.get(place).map(weight) else { continue };
        // A file is in the part in which its middle lies.
        let middle = before + weight / 2;
        before += weight;
        let is_its_turn = middle * u128::from(of.get()) / total == u128::from(turn);
        chosen.get_mut(place).into_iter().for_each(|place| *place = is_its_turn);
    }
    chosen
}

fn at(files: &[ExpectedFile], paths: &[RelativePath]) -> Result<Vec<bool>, Vec<RelativePath>> {
    let named: HashSet<&str> = paths.iter().map(RelativePath::as_str).collect();
    let mut hit = HashSet::new();
    let mut is_chosen = |file: &ExpectedFile| {
        let around = file.path.with_folders();
        let names: Vec<&str> = around.filter_map(|path| named.get(path).copied()).collect();
        hit.extend(names.iter().copied());
        !names.is_empty()
    };
    let chosen = files.iter().map(&mut is_chosen).collect();
    let unknown = paths.iter().filter(|path| !hit.contains(path.as_str()));
    let unknown: Vec<RelativePath> = unknown.cloned().collect();
    if unknown.is_empty() { Ok(chosen) } else { Err(unknown) }
}

fn hash(path: &RelativePath) -> u64 {
    let mut hasher = Hasher::new(Algorithm::Xxh64);
    hasher.update(path.as_str().as_bytes());
    hasher.finish().as_bytes().iter().fold(0, |hash, byte| hash << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn files(sizes: &[Option<u64>]) -> Vec<ExpectedFile> {
        let file = |(index, size): (usize, &Option<u64>)| ExpectedFile {
            path: RelativePath::new(&format!("Clips/A001C{index:03}.mxf")).unwrap(),
            size: *size,
            hashes: Default::default(),
        };
        sizes.iter().enumerate().map(file).collect()
    }

    proptest! {
        #[test]
        fn every_file_has_exactly_one_turn_and_turns_are_alike(
            sizes in prop::collection::vec(prop::option::of(0u64..1 << 40), 1..60),
            percent in 1u8..=50,
        ) {
            let files = files(&sizes);
            let of = 100u64.div_ceil(percent.into());
            let weight = |size: &Option<u64>| size.unwrap_or(0) + OPENING;
            let total: u64 = sizes.iter().map(weight).sum();
            let largest = sizes.iter().map(weight).max().unwrap();
            let mut turns_of = vec![0; files.len()];
            // Any so many turns in a row.
            for turn in 7..7 + of {
                let chosen = Portion::percent(percent, turn).unwrap().choose(&files).unwrap();
                let chosen = chosen.unwrap();
                let read = chosen.iter().zip(&sizes).filter(|(chosen, _)| **chosen);
                let read: u64 = read.map(|(_, size)| weight(size)).sum();
                prop_assert!(read <= total / of + largest + 1);
                turns_of.iter_mut().zip(&chosen).for_each(|(turns, c)| *turns += u64::from(*c));
            }
            prop_assert!(turns_of.iter().all(|turns| *turns == 1), "{turns_of:?}");
        }
    }

    #[test]
    fn files_and_folders_are_named_and_what_is_not_listed_is_told() {
        let files = files(&[Some(1); 3]);
        let path = |text: &str| RelativePath::new(text).unwrap();
        let one = Portion::Paths(vec![path("Clips/A001C001.mxf")]);
        assert_eq!(one.choose(&files), Ok(Some(vec![false, true, false])));
        let folder = Portion::Paths(vec![path("Clips"), path("Clips/A001C002.mxf")]);
        assert_eq!(folder.choose(&files), Ok(Some(vec![true; 3])));
        let unknown = [path("Clip"), path("Clips/A001C003.mxf")];
        let some = Portion::Paths([&unknown[..], &[path("Clips")]].concat());
        assert_eq!(some.choose(&files), Err(unknown.to_vec()));
        assert_eq!(Portion::Whole.choose(&files), Ok(None));
        assert_eq!(Portion::percent(100, 5).unwrap().choose(&files), Ok(None));
    }
}
