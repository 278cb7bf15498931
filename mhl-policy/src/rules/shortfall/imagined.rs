//! What may be imagined of one roll's copies: each mended, and others where there are none yet.

use super::super::{
    c1,
    copies::{self, Standing},
    r1, r2, r3, t2, t3,
};
use crate::{
    Truth,
    action::Action,
    approval::ApprovedUse,
    case::Case,
    copy::CopyId,
    media::{Condition, Medium, MediumId, MediumKind},
    place::Place,
    profile::Answer,
    roll::RollId,
    verdict::{Level, Node},
};
use mhl_core::Status;
use std::collections::BTreeSet;

/// What may be imagined of one roll's copies.
pub(super) struct Imagined<'a> {
    pub(super) case: &'a Case<'a>,
    pub(super) storage: bool,
    pub(super) roll: &'a RollId,
    pub(super) standings: Vec<Standing<'a>>,
    /// What each copy needs to count, and the medium that it would then be on; `None` where
    /// nothing helps it.
    pub(super) mends: Vec<Option<(BTreeSet<Action>, Option<Medium>)>>,
    /// The media that a copy more could be on.
    pub(super) media: Vec<Medium>,
    /// For each copy, where its medium may turn out to be: somewhere by itself, if it turns out
    /// well.
    pub(super) told: Vec<Place>,
    /// Where copies more are called to stand.
    pub(super) id: CopyId,
}

impl<'a> Imagined<'a> {
    pub(super) fn of(case: &'a Case<'a>, storage: bool, roll: &'a RollId) -> Self {
        let standings = copies::standings(case, roll);
        let classes: BTreeSet<MediumKind> = standings
            .iter()
            .filter(|standing| standing.counts == Truth::Yes)
            .filter_map(|standing| standing.medium.and_then(|medium| medium.kind.clone()))
            .collect();
        let mends = standings.iter().map(|standing| mend(case, roll, standing, &classes)).collect();
        // No site is called so.
        let place = |name: &str| Place { zone: Some(name.to_owned()), ..Place::at(name, name) };
        let told = standings.iter().map(|standing| {
            let medium = standing.id.medium.as_ref().map_or("", MediumId::as_str);
            place(&format!("\0{medium}"))
        });
        let told = told.collect();
        let id = CopyId { roll: roll.clone(), medium: None, root: String::new() };
        let media = media_to_copy_to(case);
        Imagined { case, storage, roll, standings, mends, media, told, id }
    }

    /// Whether the copies would suffice.
    pub(super) fn suffices(&self, standings: &[Standing<'_>]) -> bool {
        let holds = |node: Node| node.outcome == Truth::Yes;
        let (case, roll) = (self.case, self.roll);
        if self.storage {
            holds(t2::judge(case, roll, standings)) && holds(t3::judge(case, roll, standings))
        } else {
            holds(r1::judge(case, roll, standings))
                && holds(r2::judge(case, roll, standings))
                && holds(r3::judge(case, roll, standings))
        }
    }
}

/// Media of the kinds that a roll is copied to in the field, as the profile admits them. A hub
/// takes an approval, which is not ours to give; a card is to be wiped itself.
fn media_to_copy_to(case: &Case<'_>) -> Vec<Medium> {
    let listed = &case.profile.media;
    let medium = |kind| {
        let mut medium = Medium::new(MediumId::imagined());
        medium.kind = Some(kind);
        medium
    };
    let mut media = Vec::new();
    let levels = || listed.raid_levels.difference(&listed.raid_levels_barred);
    if let Some(level) = levels().find(|level| level.as_str() == "5").or(levels().next()) {
        media.push(Medium { level: Some(level.clone()), ..medium(MediumKind::Raid) });
    }
    if let (Some(generation), Some(system)) =
        (listed.lto_generations.last(), listed.lto_file_systems.first())
    {
        media.push(Medium {
            generation: Some(*generation),
            file_system: Some(system.clone()),
            ..medium(MediumKind::Lto)
        });
    }
    if listed.single_drive == Answer::Yes {
        media.push(medium(MediumKind::SingleDrive));
    }
    media
}

/// What would make a copy count, by the filters that it does not pass.
fn mend(
    case: &Case<'_>,
    roll: &RollId,
    standing: &Standing<'_>,
    classes: &BTreeSet<MediumKind>,
) -> Option<(BTreeSet<Action>, Option<Medium>)> {
    // A card counts while it lasts, and waits to be wiped itself: nobody is advised to rest on it.
    let medium = standing
        .id
        .medium
        .as_ref()
        .filter(|_| kind_of(standing.medium) != Some(&MediumKind::CaptureDevice))?;
    let current = case.current(roll);
    let (mut actions, mut recorded) = (BTreeSet::new(), None);
    // What is done to the copy itself: the strongest that any filter asks for.
    let mut work = None;
    let failing = standing
        .node
        .children
        .iter()
        .filter(|filter| filter.outcome != Truth::Yes && filter.level == Level::Minimum);
    for filter in failing {
        match (filter.rule, filter.outcome) {
            ("medium", _) if kind_of(standing.medium) == Some(&MediumKind::ContentHub) => {
                let listed = Truth::from(case.profile.media.content_hub);
                let (usage, medium, roll) = (ApprovedUse::ContentHub, medium.clone(), roll.clone());
                if listed != Truth::Yes {
                    return None;
                }
                actions.insert(Action::Approve { usage, medium, roll });
            }
            ("medium" | "R4", Truth::Unknown) => {
                if matches!(kind_of(standing.medium), Some(MediumKind::Other(_))) {
                    return None;
                }
                actions.insert(Action::RecordMedium { medium: medium.clone() });
                recorded = Some(as_recorded(medium, standing.medium, classes));
            }
            ("condition", _) => match condition(case, medium)? {
                Condition::InTransit | Condition::Offline => {
                    actions.insert(Action::Return { medium: medium.clone() });
                }
                // What is gone is replaced.
                _ => return None,
            },
            ("C1", _) if is_empty(standing) => return None,
            ("C1", _) if must_be_copied(case, standing) => work = work.max(Some(Work::Recopy)),
            ("C4", Truth::No) if current.changed.is_some() => work = work.max(Some(Work::Recopy)),
            ("C2" | "C3", _) => work = work.max(Some(Work::List)),
            ("C1" | "C4" | "fresh", _) => work = work.max(Some(Work::Verify)),
            _ => return None,
        }
    }
    if work.is_some() && current.content.is_none() {
        actions.insert(Action::Scan { roll: roll.clone() });
    }
    let (roll, medium, root) = (roll.clone(), medium.clone(), standing.id.root.clone());
    actions.extend(work.map(|work| match work {
        Work::Verify => Action::Verify { roll, medium, root },
        Work::List => Action::List { roll, medium, root },
        Work::Recopy => Action::Recopy { roll, medium, root },
    }));
    Some((actions, recorded))
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Work {
    Verify,
    List,
    Recopy,
}

pub(super) fn kind_of(medium: Option<&Medium>) -> Option<&MediumKind> {
    medium?.kind.as_ref()
}

fn condition<'a>(case: &'a Case<'_>, medium: &MediumId) -> Option<&'a Condition> {
    let state = case.state.media.get(medium);
    state.and_then(|state| state.condition.as_ref()).map(|condition| &condition.says)
}

/// Compared with a list of no files: another comparison finds no more.
fn is_empty(standing: &Standing<'_>) -> bool {
    standing.seen.is_some_and(|seen| seen.file_count == 0 && seen.found.status == Status::Verified)
}

/// A copy that was found wanting is not mended by looking again.
fn must_be_copied(case: &Case<'_>, standing: &Standing<'_>) -> bool {
    match standing.seen {
        Some(seen) => c1::must_be_copied(seen),
        // It was seen, and its device failed elsewhere since.
        None => case
            .state
            .copies
            .get(standing.id)
            .is_some_and(|copy| copy.standing_evidence().next().is_some()),
    }
}

/// A medium as it will turn out to be, if it turns out well: what its identifier says, or the type
/// that is wanting.
fn as_recorded(id: &MediumId, known: Option<&Medium>, classes: &BTreeSet<MediumKind>) -> Medium {
    let mut medium = known.cloned().unwrap_or_else(|| Medium::new(id.clone()));
    if medium.kind.is_none() {
        let likely = [MediumKind::Raid, MediumKind::Lto];
        medium.kind = match id.as_str().split(':').next() {
            Some("lto") => Some(MediumKind::Lto),
            Some("hub") => Some(MediumKind::ContentHub),
            _ => likely.iter().find(|kind| !classes.contains(kind)).or(likely.first()).cloned(),
        };
    }
    medium
}
