//! What the events amount to, replayed in ledger order.

use super::{
    event::{Event, Import},
    fault::FaultKind,
    replay::{Read, Replay},
};
use crate::{
    approval::Approval,
    attestation::{
        Attested, Evaluation, FinalClearance, Inspection, Outcome, Qc, ReportCheck, Resolution,
    },
    copy::{CopyId, RollCopy, Seen, Sight},
    event_ref::EventRef,
    evidence::{CopyEvidence, Evidence, content, file_system},
    media::{Condition, Loss, Medium, MediumId, Move, Wipe},
    place::{Place, PlaceId},
    roll::{Roll, RollId},
    time::Time,
};
use mhl_core::Operation;
use mhl_hash::HashValue;
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fmt::Display,
    sync::Arc,
};

/// Something recorded, with the event that did.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recorded<T> {
    /// The event.
    pub at: EventRef,
    /// When it was recorded.
    pub time: Time,
    /// What it says.
    pub says: T,
}

/// A medium: what was recorded of it, and where it is.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct MediumState {
    /// The record; absent for a medium that only evidence or moves name.
    pub medium: Option<Recorded<Medium>>,
    /// The latest move or loss.
    pub condition: Option<Recorded<Condition>>,
    /// Where it stands; absent in transit and where nobody said.
    pub place: Option<Recorded<PlaceId>>,
}

/// Everything that a ledger says, in the order in which it says it.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct State {
    pub(crate) rolls: BTreeMap<RollId, Recorded<Roll>>,
    pub(crate) media: BTreeMap<MediumId, MediumState>,
    pub(crate) places: BTreeMap<PlaceId, Recorded<Place>>,
    pub(crate) copies: BTreeMap<CopyId, RollCopy>,
    /// The paths of each content's files.
    pub(crate) contents: BTreeMap<String, BTreeSet<String>>,
    pub(crate) inspections: ByRoll<Inspection>,
    pub(crate) qcs: ByRoll<Qc>,
    pub(crate) evaluations: ByRoll<Evaluation>,
    pub(crate) report_checks: ByRoll<ReportCheck>,
    pub(crate) final_clearances: ByRoll<FinalClearance>,
    pub(crate) approvals: Vec<Recorded<Approval>>,
    /// Resolved issues, by attestation and the issue's words.
    pub(crate) resolutions: BTreeMap<(EventRef, String), Recorded<Resolution>>,
    /// Issues that were recorded, by attestation.
    issues: BTreeMap<EventRef, BTreeSet<String>>,
    /// The rolls that name a roll among their links.
    linking: BTreeMap<RollId, BTreeSet<RollId>>,
    /// The other names under which a medium's device was ever seen. Nothing parts names here, so that
    /// what `Devices` joins is joined: evidence is rather lost where a file system moved on than kept
    /// where it did not.
    other_names: BTreeMap<MediumId, BTreeSet<MediumId>>,
    /// The file systems that a medium was seen with, latest.
    pub(crate) file_systems: BTreeMap<MediumId, FileSystems>,
    /// The latest wipe or loss of each medium (of the whole of it, or of one roll's copies on it).
    losses: BTreeMap<(MediumId, Option<RollId>), EventRef>,
    /// The rolls that were seen below a medium's folder since it was last wiped.
    standing: BTreeMap<(MediumId, String), BTreeSet<RollId>>,
    /// The event of every line, by the line's C4: a line that two ledgers share counts once.
    seen: HashMap<HashValue, EventRef>,
    /// Imported events that counted already, and as which.
    aliases: BTreeMap<EventRef, EventRef>,
}

/// The file systems of a medium. They outlast a wipe, which may have deleted files and no more, until
/// the medium is seen with another one.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(crate) struct FileSystems {
    pub(crate) seen: BTreeSet<MediumId>,
    /// Whether the medium was wiped since.
    wiped: bool,
}

impl FileSystems {
    fn take(&mut self, seen: &MediumId) {
        if !self.seen.contains(seen) {
            if self.wiped {
                self.seen.clear();
            }
            self.seen.insert(seen.clone());
        }
        self.wiped = false;
    }
}

/// What was recorded about rolls, each in ledger order; about several of them at once, in each
/// one's place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ByRoll<T> {
    recorded: Vec<Recorded<T>>,
    of_roll: BTreeMap<RollId, Vec<usize>>,
}

impl<T> Default for ByRoll<T> {
    fn default() -> Self {
        ByRoll { recorded: Vec::new(), of_roll: BTreeMap::new() }
    }
}

impl<T> ByRoll<T> {
    fn push(&mut self, rolls: &BTreeSet<RollId>, recorded: Recorded<T>) {
        for roll in rolls {
            let next = self.recorded.len();
            match self.of_roll.get_mut(roll) {
                Some(places) => places.push(next),
                None => drop(self.of_roll.insert(roll.clone(), vec![next])),
            }
        }
        self.recorded.push(recorded);
    }

    /// What names this roll.
    pub(crate) fn of(&self, roll: &RollId) -> impl Iterator<Item = &Recorded<T>> {
        let places = self.of_roll.get(roll).into_iter().flatten();
        places.filter_map(|place| self.recorded.get(*place))
    }
}

impl State {
    /// Every roll that is recorded.
    pub fn rolls(&self) -> impl Iterator<Item = &Roll> {
        self.rolls.values().map(|roll| &roll.says)
    }

    /// Every medium that is recorded or that evidence names.
    pub fn media(&self) -> impl Iterator<Item = (&MediumId, &MediumState)> {
        self.media.iter()
    }

    /// Every place that is recorded.
    pub fn places(&self) -> impl Iterator<Item = &Place> {
        self.places.values().map(|place| &place.says)
    }

    /// Every copy that was ever seen, wiped ones included.
    pub fn copies(&self) -> impl Iterator<Item = (&CopyId, &RollCopy)> {
        self.copies.iter()
    }

    /// Copies of a roll, wiped ones included.
    pub(crate) fn copies_of(&self, roll: &RollId) -> impl Iterator<Item = (&CopyId, &RollCopy)> {
        let first = CopyId { roll: roll.clone(), medium: None, root: String::new() };
        let roll = first.roll.clone();
        self.copies.range(first..).take_while(move |(id, _)| id.roll == roll)
    }

    /// The rolls that name this one among their links.
    pub(crate) fn linking(&self, roll: &RollId) -> impl Iterator<Item = &RollId> {
        self.linking.get(roll).into_iter().flatten()
    }

    /// The copies that were seen where this one was since the medium was last wiped, itself among
    /// them.
    pub(crate) fn at_the_same_place(
        &self,
        id: &CopyId,
    ) -> impl Iterator<Item = (&CopyId, &RollCopy)> {
        let place = id.medium.clone().map(|medium| (medium, id.root.clone()));
        let rolls = place.and_then(|place| self.standing.get(&place)).into_iter().flatten();
        rolls.filter_map(|roll| {
            let there = CopyId { roll: roll.clone(), ..id.clone() };
            self.copies.get_key_value(&there)
        })
    }

    /// Whether these are known as the paths of a content's files.
    pub(super) fn has_files(&self, content: &str, files: &BTreeSet<String>) -> bool {
        self.contents.get(content) == Some(files)
    }

    /// Notes a line's C4. Returns the event that it is already, if it counted before.
    pub(super) fn note(&mut self, digest: HashValue, at: &EventRef) -> Option<EventRef> {
        if let Some(first) = self.seen.get(&digest) {
            self.aliases.insert(at.clone(), first.clone());
            return Some(first.clone());
        }
        self.seen.insert(digest, at.clone());
        None
    }

    /// Takes one event in. On a fault nothing has changed, an import excepted.
    pub(super) fn apply(
        &mut self,
        at: &EventRef,
        import: Option<&EventRef>,
        time: Time,
        simulated: bool,
        event: Event,
    ) -> Result<(), FaultKind> {
        match event {
            Event::Roll(roll) => self.record_roll(at, time, roll),
            Event::Medium(medium) => self.record_medium(at, time, medium),
            Event::Place(place) => self.record_place(at, time, place),
            Event::Evidence(evidence) => self.take_evidence(at, time, evidence),
            Event::Inspection(says) => {
                self.take_attestation(at, time, says, |state| &mut state.inspections)
            }
            Event::Qc(says) => self.take_attestation(at, time, says, |state| &mut state.qcs),
            Event::Evaluation(says) => {
                self.take_attestation(at, time, says, |state| &mut state.evaluations)
            }
            Event::ReportCheck(says) => {
                self.take_attestation(at, time, says, |state| &mut state.report_checks)
            }
            Event::FinalClearance(says) => {
                self.check_rolls(&says.rolls)?;
                let rolls = says.rolls.clone();
                self.final_clearances.push(&rolls, Recorded { at: at.clone(), time, says });
                Ok(())
            }
            Event::Approval(says) => {
                if let Some(named) = says.content.as_deref().filter(|c| content(c).is_none()) {
                    return Err(inadmissible(
                        "the content of an approval",
                        named,
                        "a C4 identifier",
                    ));
                }
                self.approvals.push(Recorded { at: at.clone(), time, says });
                Ok(())
            }
            Event::Move(moved) => self.take_move(at, time, moved),
            Event::Loss(loss) => self.take_loss(at, time, loss),
            Event::Wipe(wipe) => self.take_wipe(at, wipe),
            Event::Resolution(says) => self.take_resolution(at, import, time, says),
            Event::Import(other) => self.take_import(at, simulated, &other),
        }
    }

    fn record_roll(&mut self, at: &EventRef, time: Time, roll: Roll) -> Result<(), FaultKind> {
        if roll.id.as_str().is_empty() {
            return Err(inadmissible("a roll's id", "", "a name that is not empty"));
        }
        let known = self.rolls.get(&roll.id);
        let merged = match known {
            None => roll,
            Some(Recorded { at, says: known, .. }) => {
                let of = |field| format!("{field} of roll {}", roll.id);
                let links = match (&known.links, &roll.links) {
                    (Some(a), Some(b)) if a.is_empty() != b.is_empty() => {
                        let shown = |links: &BTreeSet<RollId>| match links.is_empty() {
                            true => "none".to_owned(),
                            false => crate::word::joined(links),
                        };
                        return Err(FaultKind::Contradiction {
                            what: of("links"),
                            recorded: shown(a),
                            stated: shown(b),
                            at: at.clone(),
                        });
                    }
                    (Some(a), Some(b)) => Some(a.union(b).cloned().collect()),
                    (a, b) => a.clone().or(b.clone()),
                };
                Roll {
                    id: roll.id.clone(),
                    name: merge(&known.name, roll.name.clone(), at, || of("name"))?,
                    production: merge(&known.production, roll.production.clone(), at, || {
                        of("production")
                    })?,
                    genre: merge(&known.genre, roll.genre.clone(), at, || of("genre"))?,
                    day: merge(&known.day, roll.day.clone(), at, || of("day"))?,
                    kind: merge(&known.kind, roll.kind.clone(), at, || of("kind"))?,
                    links,
                }
            }
        };
        for linked in merged.links.iter().flatten() {
            self.linking.entry(linked.clone()).or_default().insert(merged.id.clone());
        }
        self.rolls.insert(merged.id.clone(), Recorded { at: at.clone(), time, says: merged });
        Ok(())
    }

    fn record_medium(
        &mut self,
        at: &EventRef,
        time: Time,
        medium: Medium,
    ) -> Result<(), FaultKind> {
        let known = self.media.get(&medium.id).and_then(|state| state.medium.as_ref());
        let merged = match known {
            None => medium,
            Some(Recorded { at, says: known, .. }) => {
                let of = |field| format!("{field} of medium {}", medium.id);
                Medium {
                    id: medium.id.clone(),
                    kind: merge(&known.kind, medium.kind.clone(), at, || of("kind"))?,
                    level: merge(&known.level, medium.level.clone(), at, || of("level"))?,
                    generation: merge(&known.generation, medium.generation, at, || {
                        of("generation")
                    })?,
                    file_system: merge(&known.file_system, medium.file_system.clone(), at, || {
                        of("file system")
                    })?,
                    role: medium.role.clone().or_else(|| known.role.clone()),
                    label: medium.label.clone().or_else(|| known.label.clone()),
                }
            }
        };
        let state = self.media.entry(merged.id.clone()).or_default();
        state.medium = Some(Recorded { at: at.clone(), time, says: merged });
        Ok(())
    }

    fn record_place(&mut self, at: &EventRef, time: Time, place: Place) -> Result<(), FaultKind> {
        if place.id.as_str().is_empty() {
            return Err(inadmissible("a place's id", "", "a name that is not empty"));
        }
        let merged = match self.places.get(&place.id) {
            None => place,
            Some(Recorded { at, says: known, .. }) => {
                let of = |field| format!("{field} of place {}", place.id);
                Place {
                    id: place.id.clone(),
                    site: merge(&known.site, place.site.clone(), at, || of("site"))?,
                    zone: merge(&known.zone, place.zone.clone(), at, || of("zone"))?,
                }
            }
        };
        self.places.insert(merged.id.clone(), Recorded { at: at.clone(), time, says: merged });
        Ok(())
    }

    fn take_evidence(
        &mut self,
        at: &EventRef,
        time: Time,
        evidence: Evidence,
    ) -> Result<(), FaultKind> {
        self.check_rolls([&evidence.roll])?;
        if evidence.source.is_some() != (evidence.operation == Operation::Offload) {
            let found = if evidence.source.is_some() { "there" } else { "missing" };
            return Err(inadmissible(
                "the source of a report",
                found,
                "one of an offload, and of no other operation",
            ));
        }
        // A seal that was cancelled saw no folder to its end, and names no content either.
        if evidence.content.is_some() && evidence.folders().next().is_none() {
            return Err(inadmissible("the folders of a roll's content", "none", "at least one"));
        }
        if let Some(named) = &evidence.content
            && !self.contents.contains_key(named)
            && HashValue::from_c4(named).is_err()
        {
            return Err(inadmissible("the content of a roll", named, "a C4 identifier"));
        }
        let mut stated = BTreeMap::new();
        for folder in evidence.folders() {
            self.check_folder(at, folder)?;
            if let (Some(medium), Some(place)) = (&folder.medium, &folder.place) {
                let first = stated.entry(medium).or_insert(place);
                if *first != place {
                    return Err(contradiction(place_of(medium), *first, place, at));
                }
            }
        }
        let Evidence { roll, operation, content, file_count, files, source, copies, .. } = evidence;
        if let (Some(content), Some(files)) = (&content, files) {
            if let Some(known) = self.contents.get(content).filter(|known| **known != files) {
                return Err(contradiction(
                    format!("list of files of content {content}"),
                    format!("{} files", known.len()),
                    format!("{} files, not all the same", files.len()),
                    at,
                ));
            }
            self.contents.insert(content.clone(), files);
        }
        self.take_names(source.as_deref().into_iter().chain(&copies));
        let sight = match operation {
            Operation::Offload => Sight::Destination,
            _ => Sight::Itself,
        };
        let content: Option<Arc<str>> = content.map(Arc::from);
        let source = source.map(|source| (*source, Sight::Source));
        let folders = source.into_iter().chain(copies.into_iter().map(|copy| (copy, sight)));
        for (found, sight) in folders {
            let (at, content, found) = (at.clone(), content.clone(), Arc::new(found));
            self.take_folder(&roll, Seen { at, time, content, file_count, sight, found });
        }
        Ok(())
    }

    /// A folder's identity and place must be those that its medium has.
    fn check_folder(&self, at: &EventRef, folder: &CopyEvidence) -> Result<(), FaultKind> {
        let Some(medium) = &folder.medium else { return Ok(()) };
        let seen = folder.device.as_deref().and_then(file_system);
        if let Some(seen) = seen.filter(|seen| medium.as_str().starts_with("fs:") && seen != medium)
        {
            return Err(contradiction(format!("medium of {}", folder.root), &seen, medium, at));
        }
        let Some(place) = &folder.place else { return Ok(()) };
        let Some(state) = self.media.get(medium) else { return Ok(()) };
        if let Some(known) = &state.place {
            if known.says != *place {
                return Err(contradiction(place_of(medium), &known.says, place, &known.at));
            }
        } else if let Some(moved) = &state.condition {
            return Err(contradiction(place_of(medium), &moved.says, place, &moved.at));
        }
        Ok(())
    }

    /// Media that the folders of one report show to be one device.
    fn take_names<'a>(&mut self, folders: impl Iterator<Item = &'a CopyEvidence>) {
        let mut in_report: BTreeMap<&str, &MediumId> = BTreeMap::new();
        for folder in folders {
            let (Some(medium), Some(device)) = (&folder.medium, &folder.device) else { continue };
            match file_system(device) {
                Some(seen) => {
                    if seen != *medium {
                        self.file_systems.entry(medium.clone()).or_default().take(&seen);
                    }
                    self.take_alias(medium, &seen);
                }
                None => {
                    let other = *in_report.entry(device).or_insert(medium);
                    self.take_alias(medium, other);
                }
            }
        }
    }

    fn take_alias(&mut self, one: &MediumId, other: &MediumId) {
        if one == other || self.other_names.get(one).is_some_and(|names| names.contains(other)) {
            return;
        }
        let (of_one, of_other) = (self.names(one), self.names(other));
        self.lose_what_was_lost(&of_one, &of_other);
        self.lose_what_was_lost(&of_other, &of_one);
        self.other_names.entry(one.clone()).or_default().insert(other.clone());
        self.other_names.entry(other.clone()).or_default().insert(one.clone());
    }

    /// What happened to a device by some names happened to it by others, which are only now known
    /// to be its own.
    fn lose_what_was_lost(&mut self, by: &BTreeSet<MediumId>, names: &BTreeSet<MediumId>) {
        let happened = by.iter().flat_map(|name| {
            let of_name = self.losses.range((name.clone(), None)..);
            of_name.take_while(move |((medium, _), _)| medium == name)
        });
        let happened: BTreeSet<(EventRef, Option<RollId>)> =
            happened.map(|((_, roll), at)| (at.clone(), roll.clone())).collect();
        for (at, roll) in happened {
            names.iter().for_each(|name| self.lose(&at, name, roll.as_ref()));
        }
    }

    /// A medium by every name of its device.
    fn names(&self, medium: &MediumId) -> BTreeSet<MediumId> {
        let (mut names, mut next) = (BTreeSet::new(), vec![medium]);
        while let Some(name) = next.pop() {
            if names.insert(name.clone()) {
                next.extend(self.other_names.get(name).into_iter().flatten());
            }
        }
        names
    }

    fn take_folder(&mut self, roll: &RollId, seen: Seen) {
        let folder = &seen.found;
        if let Some(medium) = &folder.medium {
            let state = self.media.entry(medium.clone()).or_default();
            if let (None, Some(place)) = (&state.place, &folder.place) {
                let (at, time) = (seen.at.clone(), seen.time);
                state.place = Some(Recorded { at, time, says: place.clone() });
            }
        }
        let (medium, root) = (folder.medium.clone(), folder.root.clone());
        let id = CopyId { roll: roll.clone(), medium, root };
        let copy = self.copies.entry(id).or_insert_with(RollCopy::new);
        if let (Some(medium), false) = (&folder.medium, copy.is_held()) {
            let place = (medium.clone(), folder.root.clone());
            self.standing.entry(place).or_default().insert(roll.clone());
        }
        copy.take(seen);
    }

    fn take_attestation<A: Attested>(
        &mut self,
        at: &EventRef,
        time: Time,
        says: A,
        list: impl FnOnce(&mut Self) -> &mut ByRoll<A>,
    ) -> Result<(), FaultKind> {
        self.check_rolls(says.rolls())?;
        if says.result() == Some(&Outcome::Failed) && says.issues().is_empty() {
            return Err(inadmissible("issues of a failed result", "none", "at least one"));
        }
        self.issues.insert(at.clone(), says.issues().clone());
        let rolls = says.rolls().clone();
        list(self).push(&rolls, Recorded { at: at.clone(), time, says });
        Ok(())
    }

    fn take_move(&mut self, at: &EventRef, time: Time, moved: Move) -> Result<(), FaultKind> {
        match (&moved.condition, &moved.place) {
            (Condition::InTransit, Some(place)) => {
                return Err(inadmissible("place of a medium in transit", place.as_str(), "none"));
            }
            (Condition::InTransit | Condition::InPlace | Condition::Offline, _) => {}
            (other, _) => {
                return Err(inadmissible(
                    "condition of a move",
                    other.name(),
                    "in-place, in-transit or offline",
                ));
            }
        }
        let state = self.known_medium(&moved.medium)?;
        let place = moved.place.map(|says| Recorded { at: at.clone(), time, says });
        state.place = match moved.condition {
            // Put on the shelf where it stood.
            Condition::Offline => place.or(state.place.take()),
            _ => place,
        };
        state.condition = Some(Recorded { at: at.clone(), time, says: moved.condition });
        Ok(())
    }

    fn take_loss(&mut self, at: &EventRef, time: Time, loss: Loss) -> Result<(), FaultKind> {
        if !matches!(loss.condition, Condition::Lost | Condition::Failed | Condition::Retired) {
            return Err(inadmissible(
                "condition of a loss",
                loss.condition.name(),
                "lost, failed or retired",
            ));
        }
        if let Some(roll) = &loss.roll {
            self.check_rolls([roll])?;
        }
        let state = self.known_medium(&loss.medium)?;
        if loss.roll.is_none() {
            state.condition = Some(Recorded { at: at.clone(), time, says: loss.condition });
        }
        for name in self.names(&loss.medium) {
            self.lose(at, &name, loss.roll.as_ref());
        }
        self.losses.insert((loss.medium, loss.roll), at.clone());
        Ok(())
    }

    /// What was seen on a medium of a roll, or of all, before `at` proves nothing any more.
    fn lose(&mut self, at: &EventRef, medium: &MediumId, roll: Option<&RollId>) {
        let of_medium = self.standing.range(first_of(medium)..);
        for (place, rolls) in of_medium.take_while(|(place, _)| place.0 == *medium) {
            for lost in rolls.iter().filter(|lost| roll.is_none_or(|roll| roll == *lost)) {
                let copy = self.copies.get_mut(&copy_at(place, lost));
                let stands = |copy: &&mut RollCopy| {
                    copy.standing_evidence().next().is_some_and(|seen| seen.at < *at)
                };
                // Where nothing was seen between the last loss and this one, there is nothing more
                // to lose; where something was, this one is the later.
                if let Some(copy) = copy.filter(stands) {
                    copy.lost.push(at.clone());
                }
            }
        }
    }

    /// The copies on the medium are gone. Those that its device holds by another name may be: they
    /// are proven by nothing from before, and are still held to be there where that would withhold.
    fn take_wipe(&mut self, at: &EventRef, wipe: Wipe) -> Result<(), FaultKind> {
        self.known_medium(&wipe.medium)?;
        for name in self.names(&wipe.medium).iter().filter(|name| **name != wipe.medium) {
            self.lose(at, name, None);
        }
        let first = first_of(&wipe.medium);
        while let Some((place, _)) = self.standing.range(first.clone()..).next()
            && place.0 == wipe.medium
        {
            let place = place.clone();
            for roll in self.standing.remove(&place).unwrap_or_default() {
                if let Some(copy) = self.copies.get_mut(&copy_at(&place, &roll)) {
                    copy.wiped.push(at.clone());
                }
            }
        }
        if let Some(had) = self.file_systems.get_mut(&wipe.medium) {
            had.wiped = true;
        }
        self.losses.insert((wipe.medium, None), at.clone());
        Ok(())
    }

    fn take_resolution(
        &mut self,
        at: &EventRef,
        import: Option<&EventRef>,
        time: Time,
        says: Resolution,
    ) -> Result<(), FaultKind> {
        let named = says.attestation.below(import);
        let attestation = self.aliases.get(&named).unwrap_or(&named).clone();
        let issues = self
            .issues
            .get(&attestation)
            .ok_or_else(|| FaultKind::Unrecorded { what: "attestation", id: named.to_string() })?;
        if !issues.contains(&says.issue) {
            return Err(FaultKind::Unrecorded { what: "issue", id: format!("{:?}", says.issue) });
        }
        let key = (attestation, says.issue.clone());
        self.resolutions.insert(key, Recorded { at: at.clone(), time, says });
        Ok(())
    }

    fn take_import(
        &mut self,
        at: &EventRef,
        simulated: bool,
        import: &Import,
    ) -> Result<(), FaultKind> {
        const LIMIT: usize = 8;
        if at.depth() >= LIMIT {
            return Err(FaultKind::ImportedTooDeep { limit: LIMIT });
        }
        let mut replay = Replay::within(self, at, simulated);
        let lines: Vec<&[u8]> = import.lines.iter().map(|line| line.as_bytes()).collect();
        replay.take(&lines);
        let Read { head, faults, .. } = replay.end(false);
        if let Some(fault) = faults.into_iter().next() {
            return Err(FaultKind::Imported { fault: Box::new(fault) });
        }
        if head != import.head {
            return Err(FaultKind::ImportedHead {
                expected: Box::new(import.head.clone()),
                found: Box::new(head),
            });
        }
        Ok(())
    }

    fn check_rolls<'a>(
        &self,
        rolls: impl IntoIterator<Item = &'a RollId>,
    ) -> Result<(), FaultKind> {
        match rolls.into_iter().find(|roll| !self.rolls.contains_key(*roll)) {
            Some(roll) => Err(FaultKind::Unrecorded { what: "roll", id: roll.to_string() }),
            None => Ok(()),
        }
    }

    fn known_medium(&mut self, id: &MediumId) -> Result<&mut MediumState, FaultKind> {
        self.media
            .get_mut(id)
            .ok_or_else(|| FaultKind::Unrecorded { what: "medium", id: id.to_string() })
    }
}

/// Before every folder of a medium.
fn first_of(medium: &MediumId) -> (MediumId, String) {
    (medium.clone(), String::new())
}

fn copy_at((medium, root): &(MediumId, String), roll: &RollId) -> CopyId {
    CopyId { roll: roll.clone(), medium: Some(medium.clone()), root: root.clone() }
}

fn place_of(medium: &MediumId) -> String {
    format!("place of medium {medium}")
}

fn inadmissible(what: &'static str, found: &str, expected: &'static str) -> FaultKind {
    FaultKind::Inadmissible { what, found: found.to_owned(), expected }
}

fn contradiction(
    what: String,
    recorded: impl Display,
    stated: impl Display,
    at: &EventRef,
) -> FaultKind {
    FaultKind::Contradiction {
        what,
        recorded: recorded.to_string(),
        stated: stated.to_string(),
        at: at.clone(),
    }
}

/// What two records say together: what either says, and never two things.
fn merge<T: Clone + PartialEq + Display>(
    known: &Option<T>,
    stated: Option<T>,
    at: &EventRef,
    what: impl FnOnce() -> String,
) -> Result<Option<T>, FaultKind> {
    match (known, stated) {
        (Some(known), Some(stated)) if *known != stated => {
            Err(contradiction(what(), known, stated, at))
        }
        (known, stated) => Ok(stated.or_else(|| known.clone())),
    }
}
