//! Copies that do not suffice, and the cheapest way to make that good.
//!
//! Each way is tried on the rules themselves: copies are imagined mended, moved or made, and `R1`
//! to `R3`, or `T2` and `T3`, are asked what they would say.

mod imagined;

use self::imagined::{Imagined, kind_of};
use super::{
    copies::{self, Standing, Whereabouts},
    r3,
    readings::COPY,
};
use crate::{
    Truth,
    action::Action,
    case::Case,
    device::Device,
    media::{Medium, MediumId, MediumKind},
    next::cost,
    profile::Elsewhere,
    roll::RollId,
    verdict::Node,
};
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, BinaryHeap},
};

/// What makes copies suffice.
pub(crate) struct Shortfall {
    /// The actions, those that were chosen before included.
    pub(crate) actions: BTreeSet<Action>,
    /// Whether they suffice.
    pub(crate) made_good: bool,
    /// Whether none cheaper do.
    pub(crate) cheapest: bool,
}

/// Sets of ways that are tried for one roll.
const TRIES: usize = 10_000;
/// Choices among the actions that concern several rolls, times the rolls, that are tried.
const CHOICES: usize = 256;

/// Makes good what the copies of these rolls lack, beside actions that are chosen already.
pub(crate) fn make_good(
    case: &Case<'_>,
    storage: bool,
    rolls: &BTreeSet<RollId>,
    chosen: BTreeSet<Action>,
) -> Shortfall {
    let imagined: Vec<Imagined<'_>> =
        rolls.iter().map(|roll| Imagined::of(case, storage, roll)).collect();
    let wanting: Vec<Wanting<'_>> = imagined.iter().map(Wanting::of).collect();
    let mut concerned: BTreeMap<&Action, usize> = BTreeMap::new();
    for wanting in &wanting {
        let actions: BTreeSet<&Action> = wanting.ways.iter().flat_map(|way| &way.actions).collect();
        for action in actions {
            *concerned.entry(action).or_default() += 1;
        }
    }
    let shared: Vec<&Action> = concerned
        .into_iter()
        .filter(|(action, rolls)| *rolls > 1 && !chosen.contains(*action))
        .map(|(action, _)| action)
        .collect();
    let choices = u32::try_from(shared.len()).ok().and_then(|shared| 1_usize.checked_shl(shared));
    let choices = choices.filter(|choices| choices.saturating_mul(rolls.len()) <= CHOICES);
    let all_tried = choices.is_some();
    let solutions = (0..choices.unwrap_or(1)).map(|choice| {
        let mut free = chosen.clone();
        free.extend(
            shared
                .iter()
                .enumerate()
                .filter(|(index, _)| choice >> index & 1 == 1)
                .map(|(_, action)| (*action).clone()),
        );
        together(&wanting, &chosen, free, all_tried)
    });
    let best = solutions.min_by_key(|found| {
        let price = cost(&found.actions);
        (!found.made_good, price, found.actions.len(), found.actions.clone())
    });
    best.unwrap_or(Shortfall { actions: chosen, made_good: true, cheapest: true })
}

/// Every roll made good by itself; `free` costs nothing, and is kept where it serves one.
fn together(
    wanting: &[Wanting<'_>],
    chosen: &BTreeSet<Action>,
    mut free: BTreeSet<Action>,
    all_tried: bool,
) -> Shortfall {
    let mut found = Shortfall { actions: chosen.clone(), made_good: true, cheapest: all_tried };
    for wanting in wanting {
        match wanting.solve(&free, TRIES) {
            Some((actions, cheapest)) => {
                found.cheapest &= cheapest;
                // Where not every choice is tried, what serves one roll is free for the next.
                if !all_tried {
                    free.extend(actions.iter().cloned());
                }
                found.actions.extend(actions);
            }
            None => found.made_good = false,
        }
    }
    found
}

/// One way to have more copies count, or stand apart.
struct Way<'a> {
    actions: BTreeSet<Action>,
    effect: Effect<'a>,
    /// The way that has to be gone as well: a second copy more comes after the first.
    after: Option<usize>,
}

enum Effect<'a> {
    /// The copy of that number counts, on this medium if it was not recorded.
    Counts(usize, Option<&'a Medium>),
    /// This medium is there.
    Is(&'a MediumId, Whereabouts<'a>),
    /// One copy more.
    More(&'a Medium, Whereabouts<'a>, Device),
}

/// One roll whose copies do not suffice, and the ways to make that good.
struct Wanting<'a> {
    imagined: &'a Imagined<'a>,
    ways: Vec<Way<'a>>,
}

impl<'a> Wanting<'a> {
    fn of(imagined: &'a Imagined<'a>) -> Self {
        let mut wanting = Wanting { imagined, ways: Vec::new() };
        for (index, mend) in imagined.mends.iter().enumerate() {
            let counts = imagined.standings.get(index).is_none_or(|one| one.counts == Truth::Yes);
            if let (Some((actions, medium)), false) = (mend, counts) {
                wanting.way(actions.clone(), Effect::Counts(index, medium.as_ref()), None);
            }
        }
        wanting.ways_apart();
        wanting.ways_more();
        wanting
    }

    fn way(
        &mut self,
        actions: BTreeSet<Action>,
        effect: Effect<'a>,
        after: Option<usize>,
    ) -> usize {
        self.ways.push(Way { actions, effect, after });
        self.ways.len().saturating_sub(1)
    }

    /// Media whose place is told, or that are carried to another.
    fn ways_apart(&mut self) {
        let Imagined { case, roll, standings, mends, told, .. } = self.imagined;
        let zoned = copies::are_zoned(case);
        let monotone = case.profile.redundancy.elsewhere == Elsewhere::TwoSites;
        let r3 = r3::judge(case, roll, standings).outcome;
        if self.imagined.storage || (monotone && r3 == Truth::Yes) {
            return;
        }
        let mut media = BTreeSet::new();
        for ((standing, mend), told) in standings.iter().zip(mends).zip(told) {
            let Some(medium) = standing.id.medium.as_ref().filter(|_| mend.is_some()) else {
                continue;
            };
            let movable = kind_of(standing.medium) != Some(&MediumKind::ContentHub);
            if !media.insert(medium) {
                continue;
            }
            let unknown = match standing.place {
                Whereabouts::At(place) => place.site.is_none() || (zoned && place.zone.is_none()),
                Whereabouts::Unknown => true,
                _ => false,
            };
            if unknown && r3 != Truth::No {
                let record = Action::RecordPlace { medium: medium.clone() };
                self.way(BTreeSet::from([record]), Effect::Is(medium, Whereabouts::At(told)), None);
            }
            if movable {
                let carry = Action::Carry { medium: medium.clone() };
                self.way(BTreeSet::from([carry]), Effect::Is(medium, Whereabouts::Elsewhere), None);
            }
        }
    }

    /// Copies that there are not yet: of each kind, beside the others or elsewhere, as many as are
    /// needed at most.
    fn ways_more(&mut self) {
        let imagined = self.imagined;
        for medium in &imagined.media {
            for (elsewhere, place) in
                [(false, Whereabouts::Somewhere), (true, Whereabouts::Elsewhere)]
            {
                // For storage it is all one.
                if elsewhere && imagined.storage {
                    continue;
                }
                let mut after = None;
                for number in 1..=imagined.case.profile.redundancy.copies.get().min(8) {
                    let copy = Action::Copy {
                        roll: imagined.roll.clone(),
                        kind: medium.kind.clone().unwrap_or(MediumKind::Raid),
                        what: medium.describe(),
                        elsewhere,
                        number,
                    };
                    let device = Device::imagined(self.ways.len());
                    let effect = Effect::More(medium, place, device);
                    after = Some(self.way(BTreeSet::from([copy]), effect, after));
                }
            }
        }
    }

    /// The copies as they would be.
    fn after(&self, ways: &[usize]) -> Vec<Standing<'a>> {
        let standings = self.imagined.standings.iter();
        let mut after: Vec<Standing<'a>> = standings.map(Standing::bare).collect();
        for way in ways.iter().filter_map(|way| self.ways.get(*way)) {
            match &way.effect {
                Effect::Counts(index, medium) => {
                    for standing in after.iter_mut().skip(*index).take(1) {
                        standing.counts = Truth::Yes;
                        standing.medium = medium.or(standing.medium);
                    }
                }
                Effect::Is(medium, place) => {
                    let of_medium =
                        |one: &&mut Standing<'_>| one.id.medium.as_ref() == Some(medium);
                    for standing in after.iter_mut().filter(of_medium) {
                        standing.place = *place;
                    }
                }
                Effect::More(medium, place, device) => after.push(Standing {
                    id: &self.imagined.id,
                    device: Some(device.clone()),
                    medium: Some(medium),
                    place: *place,
                    counts: Truth::Yes,
                    seen: None,
                    node: Node::new(&COPY, "", Truth::Yes, ""),
                }),
            }
        }
        after
    }

    fn holds(&self, ways: &[usize]) -> bool {
        self.imagined.suffices(&self.after(ways))
    }

    fn actions(&self, ways: &[usize]) -> BTreeSet<Action> {
        let ways = ways.iter().filter_map(|way| self.ways.get(*way));
        ways.flat_map(|way| way.actions.iter().cloned()).collect()
    }

    /// The cheapest actions that suffice where `free` ones cost nothing, and whether it is sure
    /// that they are, which it is not where so many sets were tried in vain; `None` where none do.
    fn solve(&self, free: &BTreeSet<Action>, tries: usize) -> Option<(BTreeSet<Action>, bool)> {
        let price = |ways: &[usize]| {
            let actions = self.actions(ways);
            cost(actions.iter().filter(|action| !free.contains(*action)))
        };
        // Sets in the order of their cost, each grown by ways of higher numbers alone.
        let mut sets = BinaryHeap::from([Reverse((0, 0, Vec::new()))]);
        let mut tried = 0_usize;
        while let Some(Reverse((_, _, ways))) = sets.pop() {
            if self.holds(&ways) {
                return Some((self.actions(&ways), true));
            }
            tried += 1;
            if tried > tries {
                return self.solve_roughly().map(|actions| (actions, false));
            }
            let first = ways.last().map_or(0, |last| last + 1);
            for more in first..self.ways.len() {
                let after = self.ways.get(more).and_then(|way| way.after);
                if after.is_none_or(|after| ways.contains(&after)) {
                    let mut set = ways.clone();
                    set.push(more);
                    sets.push(Reverse((price(&set), set.len(), set)));
                }
            }
        }
        None
    }

    /// Everything that can be done, and then without what can be left out, the costliest first.
    fn solve_roughly(&self) -> Option<BTreeSet<Action>> {
        let mut ways: Vec<usize> = (0..self.ways.len()).collect();
        if !self.holds(&ways) {
            return None;
        }
        let mut by_cost = ways.clone();
        by_cost.sort_by_key(|way| Reverse((cost(&self.actions(&[*way])), *way)));
        // Again after each round: media that are all carried off stand together once more, so that what
        // was needed beside them may not be needed without.
        let mut before = usize::MAX;
        while ways.len() < before {
            before = ways.len();
            for way in &by_cost {
                let fewer: Vec<usize> = ways.iter().copied().filter(|kept| kept != way).collect();
                if self.holds(&fewer) {
                    ways = fewer;
                }
            }
        }
        Some(self.actions(&ways))
    }
}

#[cfg(test)]
mod tests;
