//! What the events amount to, replayed in ledger order.

use super::{
    event::{Event, Import},
    fault::FaultKind,
    fits::Fitting,
    replay::{Read, Replay},
};
use crate::{
    approval::Approval,
    attestation::{Attested, Evaluation, FinalClearance, Inspection, Qc, ReportCheck, Resolution},
    clip_report::ClipReport,
    copy::{CopyId, RollCopy, Seen, Sight},
    event_ref::EventRef,
    evidence::{CopyEvidence, Evidence, file_system},
    media::{Condition, Loss, Medium, MediumId, Move, Wipe},
    place::{Place, PlaceId},
    roll::{Roll, RollId},
    time::Time,
};
use mhl_core::Operation;
use mhl_hash::HashValue;
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
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

impl<T> Recorded<T> {
    /// When it holds from, for what may take it out: when it was recorded, or done where that is before.
    pub(crate) fn as_of(&self, done: Option<Time>) -> Time {
        done.map_or(self.time, |done| done.min(self.time))
    }
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
    pub(crate) clip_reports: ByRoll<ClipReport>,
    pub(crate) final_clearances: ByRoll<FinalClearance>,
    pub(crate) approvals: Vec<Recorded<Approval>>,
    /// Resolved issues, by attestation and the issue's words.
    pub(crate) resolutions: BTreeMap<(EventRef, String), Recorded<Resolution>>,
    /// The rolls that name a roll among their links.
    linking: BTreeMap<RollId, BTreeSet<RollId>>,
    /// The other names under which a medium's device was ever seen. Nothing parts names here, so that
    /// what `Devices` joins is joined: evidence is rather lost where a file system moved on than kept
    /// where it did not.
    other_names: BTreeMap<MediumId, BTreeSet<MediumId>>,
    /// The file systems that a medium was seen with, latest.
    pub(crate) file_systems: BTreeMap<MediumId, FileSystems>,
    /// The latest wipe or loss of each medium (of the whole of it, or of one roll's copies on it), and
    /// the latest time of one.
    losses: BTreeMap<(MediumId, Option<RollId>), (EventRef, Time)>,
    /// The rolls that were seen below a medium's folder since it was last wiped.
    standing: BTreeMap<(MediumId, String), BTreeSet<RollId>>,
    lines: Lines,
    /// Imported events that counted already, and as which.
    aliases: BTreeMap<EventRef, EventRef>,
}

/// The C4 of every line: a line that two ledgers share counts once.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
struct Lines {
    /// Of the ledger itself, in their order.
    own: Vec<HashValue>,
    /// Of those that it takes in, where it does not have them itself; each with its event.
    imported: HashMap<HashValue, EventRef>,
}

impl Lines {
    /// The event that a line with this number is already. A line names its own number: two lines
    /// of different numbers are never the same.
    fn first(&self, digest: &HashValue, number: u64) -> Option<EventRef> {
        let index = usize::try_from(number.checked_sub(1)?).ok()?;
        if self.own.get(index) == Some(digest) {
            return Some(EventRef::new(number));
        }
        self.imported.get(digest).cloned()
    }
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
    fn push(&mut self, rolls: BTreeSet<RollId>, recorded: Recorded<T>) {
        for roll in rolls {
            self.of_roll.entry(roll).or_default().push(self.recorded.len());
        }
        self.recorded.push(recorded);
    }

    /// What this event recorded.
    fn at(&self, at: &EventRef) -> Option<&Recorded<T>> {
        let place = self.recorded.binary_search_by(|recorded| recorded.at.cmp(at)).ok()?;
        self.recorded.get(place)
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

    /// Notes a line's C4. Whether it is a line that counted before, by which event it is then.
    pub(super) fn note(&mut self, digest: HashValue, at: &EventRef) -> bool {
        let first = self.lines.first(&digest, at.number());
        let own = at.depth() == 0;
        if own {
            self.lines.own.push(digest);
        }
        match first {
            Some(first) => {
                self.aliases.insert(at.clone(), first);
                true
            }
            None => {
                if !own {
                    self.lines.imported.insert(digest, at.clone());
                }
                false
            }
        }
    }

    /// The C4 of each of the ledger's own lines.
    pub(super) fn lines(&self) -> &[HashValue] {
        &self.lines.own
    }

    /// The event whose issue is resolved, by the number by which it counts.
    pub(super) fn attestation(&self, import: Option<&EventRef>, says: &Resolution) -> EventRef {
        let named = says.attestation.below(import);
        self.aliases.get(&named).cloned().unwrap_or(named)
    }

    /// The issues of the attestation that this event is, or the clips of the report: what a resolution
    /// may name. `None` where it is neither.
    pub(super) fn issues(&self, at: &EventRef) -> Option<&BTreeSet<String>> {
        fn of<'a, A: Attested>(list: &'a ByRoll<A>, at: &EventRef) -> Option<&'a BTreeSet<String>> {
            list.at(at).map(|recorded| recorded.says.issues())
        }
        of(&self.inspections, at)
            .or_else(|| of(&self.qcs, at))
            .or_else(|| of(&self.evaluations, at))
            .or_else(|| of(&self.report_checks, at))
            .or_else(|| self.clip_reports.at(at)?.says.clips.as_ref())
    }

    /// Checks an event and takes it in. On a fault nothing has changed, an import excepted.
    pub(super) fn apply(
        &mut self,
        at: &EventRef,
        import: Option<&EventRef>,
        time: Time,
        simulated: bool,
        event: Event,
    ) -> Result<(), FaultKind> {
        if let Event::Import(other) = &event {
            return self.take_import(at, simulated, other);
        }
        let fitting = self.check(at, import, event)?;
        self.take(at, import, time, fitting);
        Ok(())
    }

    /// Takes in what was checked against this very state. An import is no such event: it is taken in
    /// line by line.
    pub(super) fn take(
        &mut self,
        at: &EventRef,
        import: Option<&EventRef>,
        time: Time,
        fitting: Fitting,
    ) {
        let at = at.clone();
        match fitting.into_event() {
            Event::Roll(says) => {
                for linked in says.links.iter().flatten() {
                    self.linking.entry(linked.clone()).or_default().insert(says.id.clone());
                }
                self.rolls.insert(says.id.clone(), Recorded { at, time, says });
            }
            Event::Medium(says) => {
                let state = self.media.entry(says.id.clone()).or_default();
                state.medium = Some(Recorded { at, time, says });
            }
            Event::Place(says) => {
                self.places.insert(says.id.clone(), Recorded { at, time, says });
            }
            Event::Evidence(evidence) => self.take_evidence(&at, time, evidence),
            Event::Inspection(says) => {
                self.inspections.push(says.rolls.clone(), Recorded { at, time, says });
            }
            Event::Qc(says) => self.qcs.push(says.rolls.clone(), Recorded { at, time, says }),
            Event::Evaluation(says) => {
                self.evaluations.push(says.rolls.clone(), Recorded { at, time, says });
            }
            Event::ReportCheck(says) => {
                self.report_checks.push(says.rolls.clone(), Recorded { at, time, says });
            }
            Event::ClipReport(says) => {
                self.clip_reports.push(says.rolls.clone(), Recorded { at, time, says });
            }
            Event::FinalClearance(says) => {
                self.final_clearances.push(says.rolls.clone(), Recorded { at, time, says });
            }
            Event::Approval(says) => self.approvals.push(Recorded { at, time, says }),
            Event::Move(moved) => self.take_move(&at, time, moved),
            Event::Loss(loss) => self.take_loss(&at, time, loss),
            Event::Wipe(wipe) => self.take_wipe(&at, time, wipe),
            Event::Resolution(says) => {
                let key = (self.attestation(import, &says), says.issue.clone());
                self.resolutions.insert(key, Recorded { at, time, says });
            }
            Event::Import(_) => {}
        }
    }

    fn take_evidence(&mut self, at: &EventRef, time: Time, evidence: Evidence) {
        let Evidence {
            roll, operation, started, content, file_count, files, source, copies, ..
        } = evidence;
        let as_of = started.parse().map_or(time, |started: Time| started.min(time));
        if let (Some(content), Some(files)) = (&content, files) {
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
            self.take_folder(&roll, Seen { at, time, as_of, content, file_count, sight, found });
        }
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
        let happened: BTreeSet<(EventRef, Time, Option<RollId>)> =
            happened.map(|((_, roll), (at, time))| (at.clone(), *time, roll.clone())).collect();
        for (at, time, roll) in happened {
            names.iter().for_each(|name| self.lose((&at, time), name, roll.as_ref()));
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
        if !self.copies.contains_key(&id) {
            let mut copy = RollCopy::new();
            copy.gone_until =
                folder.medium.as_ref().and_then(|medium| self.gone_until(medium, roll));
            self.copies.insert(id.clone(), copy);
        }
        let Some(copy) = self.copies.get_mut(&id) else { return };
        if let (Some(medium), false) = (&folder.medium, copy.is_held()) {
            let place = (medium.clone(), folder.root.clone());
            self.standing.entry(place).or_default().insert(roll.clone());
        }
        copy.take(seen);
    }

    /// When a medium was last wiped or lost as a whole or with this roll, by any name of its device.
    fn gone_until(&self, medium: &MediumId, roll: &RollId) -> Option<Time> {
        let names = self.names(medium);
        let gone = names.into_iter().flat_map(|name| {
            [None, Some(roll.clone())].map(|roll| self.losses.get(&(name.clone(), roll)))
        });
        gone.flatten().map(|(_, time)| *time).max()
    }

    /// Notes a wipe or loss for names, copies and reports that come later.
    fn note_loss(&mut self, medium: MediumId, roll: Option<RollId>, at: &EventRef, time: Time) {
        let noted = self.losses.entry((medium, roll)).or_insert_with(|| (at.clone(), time));
        *noted = (at.clone(), noted.1.max(time));
    }

    fn take_move(&mut self, at: &EventRef, time: Time, moved: Move) {
        let state = self.media.entry(moved.medium).or_default();
        let place = moved.place.map(|says| Recorded { at: at.clone(), time, says });
        let known = state.condition.as_ref().map(|known| known.time);
        let known = known.max(state.place.as_ref().map(|known| known.time));
        if known > Some(time) {
            // Of another ledger, and from before what is known: where the medium is, neither says.
            let says = |place: &Option<Recorded<PlaceId>>| place.as_ref().map(|p| p.says.clone());
            if says(&place) != says(&state.place) {
                state.place = None;
            }
            let condition = Recorded { at: at.clone(), time, says: moved.condition };
            state.condition.get_or_insert(condition);
            return;
        }
        state.place = match moved.condition {
            // Put on the shelf where it stood.
            Condition::Offline => place.or(state.place.take()),
            _ => place,
        };
        state.condition = Some(Recorded { at: at.clone(), time, says: moved.condition });
    }

    fn take_loss(&mut self, at: &EventRef, time: Time, loss: Loss) {
        if loss.roll.is_none() {
            let state = self.media.entry(loss.medium.clone()).or_default();
            state.condition = Some(Recorded { at: at.clone(), time, says: loss.condition });
        }
        for name in self.names(&loss.medium) {
            self.lose((at, time), &name, loss.roll.as_ref());
        }
        self.note_loss(loss.medium, loss.roll, at, time);
    }

    /// What was seen on a medium of a roll, or of all, before that event or its time proves nothing any
    /// more.
    fn lose(&mut self, (at, time): (&EventRef, Time), medium: &MediumId, roll: Option<&RollId>) {
        let of_medium = self.standing.range(first_of(medium)..);
        for (place, rolls) in of_medium.take_while(|(place, _)| place.0 == *medium) {
            for lost in rolls.iter().filter(|lost| roll.is_none_or(|roll| roll == *lost)) {
                if let Some(copy) = self.copies.get_mut(&copy_at(place, lost)) {
                    copy.lose(at, time);
                }
            }
        }
    }

    /// The copies on the medium are gone. Those that its device holds by another name may be: they
    /// are proven by nothing from before, and are still held to be there where that would withhold.
    fn take_wipe(&mut self, at: &EventRef, time: Time, wipe: Wipe) {
        for name in self.names(&wipe.medium).iter().filter(|name| **name != wipe.medium) {
            self.lose((at, time), name, None);
        }
        let of_medium = self.standing.range(first_of(&wipe.medium)..).map(|(place, _)| place);
        let places: Vec<_> =
            of_medium.take_while(|place| place.0 == wipe.medium).cloned().collect();
        for place in places {
            let mut rolls = self.standing.remove(&place).unwrap_or_default();
            rolls.retain(|roll| {
                let copy = self.copies.get_mut(&copy_at(&place, roll));
                copy.is_some_and(|copy| copy.wipe(at, time))
            });
            if !rolls.is_empty() {
                self.standing.insert(place, rolls);
            }
        }
        if let Some(had) = self.file_systems.get_mut(&wipe.medium) {
            had.wiped = true;
        }
        self.note_loss(wipe.medium, None, at, time);
    }

    /// Takes another ledger's lines in, one after the other. On a fault some have been.
    pub(super) fn take_import(
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
}

/// Before every folder of a medium.
fn first_of(medium: &MediumId) -> (MediumId, String) {
    (medium.clone(), String::new())
}

fn copy_at((medium, root): &(MediumId, String), roll: &RollId) -> CopyId {
    CopyId { roll: roll.clone(), medium: Some(medium.clone()), root: root.clone() }
}
