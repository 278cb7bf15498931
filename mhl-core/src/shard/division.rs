//! Which shard reads which file.

use super::Shard;
use crate::{RelativePath, expected::ExpectedFile, tree::FoundFile};

/// What a file costs besides its bytes: about what a device reads while it finds the next. Weights are
/// counted in such pieces.
const PIECE: u64 = 64 << 10;

/// Bits of a place among everything: a trillionth, which no shard misses.
const FRACTION: u32 = 40;

/// What reading a file of so many bytes costs, in pieces: below 2^48, so that all that any list names
/// stays within 128 bits whatever is multiplied here.
pub(super) fn weight(size: u64) -> u128 {
    1 + u128::from(size / PIECE)
}

/// The part of everything that one roll is, in pieces: the shards divide everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Span {
    /// What stands before it.
    pub(super) before: u128,
    /// What it has itself; above 0.
    pub(super) own: u128,
    /// What there is.
    pub(super) all: u128,
}

impl Span {
    /// A roll by itself.
    pub(crate) const WHOLE: Span = Span { before: 0, own: 1, all: 1 };

    /// The shards that share this roll, from 0: the first and the last.
    pub(super) fn shards(&self, of: u32) -> (u32, u32) {
        let of = u128::from(of);
        let first = self.before * of / self.all;
        let last = ((self.before + self.own) * of).div_ceil(self.all).saturating_sub(1);
        let narrow = |shard: u128| u32::try_from(shard).unwrap_or(u32::MAX);
        (narrow(first), narrow(last.max(first)))
    }

    /// The shard of what has so many halves of a piece before it, of `total` pieces of the roll.
    pub(super) fn shard_at(&self, halves: u128, total: u128, of: u32) -> u32 {
        let within = (halves << FRACTION) / (2 * total);
        let place = ((self.before << FRACTION) + self.own * within) / self.all;
        let shard = (u128::from(of) * place) >> FRACTION;
        let (first, last) = self.shards(of);
        u32::try_from(shard).unwrap_or(u32::MAX).clamp(first, last)
    }
}

/// A shard's part of one roll: all of it, or of what many rolls are together
/// ([`RollsPlan`](crate::RollsPlan)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RollShard {
    shard: Shard,
    pub(super) span: Span,
}

impl RollShard {
    pub(super) fn new(shard: Shard, span: Span) -> Self {
        RollShard { shard, span }
    }

    /// Which shard of how many.
    #[must_use]
    pub const fn shard(self) -> Shard {
        self.shard
    }
}

/// Of a roll that is all there is.
impl From<Shard> for RollShard {
    fn from(shard: Shard) -> Self {
        RollShard { shard, span: Span::WHOLE }
    }
}

/// A roll divided among shards: the union of listed and found files, sorted by path, cut where the
/// bytes ask for it. A file is of the shard in whose part its middle lies.
pub(crate) struct Division<'a> {
    /// The shard that it is told for, from 0.
    own: u32,
    first: u32,
    last: u32,
    /// Where each shard begins, from the second on, and which it is.
    begins: Vec<(&'a str, u32)>,
}

impl<'a> Division<'a> {
    /// Divides a roll. `stands_for` tells of each found file the listed one that it stands for: both
    /// are one then, by the listed path.
    pub(crate) fn of(
        RollShard { shard, span }: RollShard,
        listed: &'a [ExpectedFile],
        found: &'a [FoundFile],
        stands_for: &[Option<&'a ExpectedFile>],
    ) -> Self {
        let mut union: Vec<(&RelativePath, u64)> = Vec::with_capacity(listed.len());
        union.extend(listed.iter().map(|file| (&file.path, file.size.unwrap_or(0))));
        let new = found.iter().zip(stands_for).filter(|(_, listed)| listed.is_none());
        union.extend(new.map(|(file, _)| (&file.path, file.stat.size)));
        union.sort_unstable();
        let total: u128 = union.iter().map(|(_, size)| weight(*size)).sum();
        let of = shard.of().get();
        let (first, last) = span.shards(of);
        let (mut begins, mut before, mut current) = (Vec::new(), 0, first);
        for (path, size) in union {
            let weight = weight(size);
            let at = span.shard_at(2 * before + weight, total, of);
            before += weight;
            if at != current {
                begins.push((path.as_str(), at));
                current = at;
            }
        }
        Division { own: shard.number().get() - 1, first, last, begins }
    }

    /// Whether something is the own shard's: what is no file of the union goes with the file before it.
    pub(crate) fn is_own(&self, path: &str) -> bool {
        let behind = self.begins.partition_point(|(begin, _)| *begin <= path);
        let shard = behind.checked_sub(1).and_then(|at| self.begins.get(at));
        self.own == shard.map_or(self.first, |(_, shard)| *shard)
    }

    /// The shards that share the roll, from 1: the first and the last.
    pub(crate) fn sharers(&self) -> (u32, u32) {
        (self.first + 1, self.last + 1)
    }
}
