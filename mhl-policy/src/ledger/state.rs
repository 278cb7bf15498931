//! What the events amount to, replayed in ledger order.

use super::{
    event::{Event, Import},
    fault::FaultKind,
    replay::Replay,
};
use crate::{
    approval::Approval,
    attestation::{
        Attested, Evaluation, FinalClearance, Inspection, Outcome, Qc, ReportCheck, Resolution,
    },
    copy::{CopyId, RollCopy, Seen},
    event_ref::EventRef,
    evidence::{CopyEvidence, Evidence, content, file_system},
    media::{Condition, Loss, Medium, MediumId, Move, Wipe},
    place::{Place, PlaceId},
    roll::{Roll, RollId},
    time::Time,
};
use mhl_hash::HashValue;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Display,
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
    pub(crate) evidence: Vec<Recorded<Evidence>>,
    /// The paths of each content's files.
    pub(crate) contents: BTreeMap<String, BTreeSet<String>>,
    pub(crate) inspections: Vec<Recorded<Inspection>>,
    pub(crate) qcs: Vec<Recorded<Qc>>,
    pub(crate) evaluations: Vec<Recorded<Evaluation>>,
    pub(crate) report_checks: Vec<Recorded<ReportCheck>>,
    pub(crate) final_clearances: Vec<Recorded<FinalClearance>>,
    pub(crate) approvals: Vec<Recorded<Approval>>,
    /// Resolved issues, by attestation and the issue's words.
    pub(crate) resolutions: BTreeMap<(EventRef, String), Recorded<Resolution>>,
    /// Issues that were recorded, by attestation.
    issues: BTreeMap<EventRef, BTreeSet<String>>,
    /// The event of every line, by the line's C4: a line that two ledgers share counts once.
    seen: BTreeMap<String, EventRef>,
    /// Imported events that counted already, and as which.
    aliases: BTreeMap<EventRef, EventRef>,
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

    /// Whether these are known as the paths of a content's files.
    pub(super) fn has_files(&self, content: &str, files: &BTreeSet<String>) -> bool {
        self.contents.get(content) == Some(files)
    }

    /// Notes a line's C4. Returns the event that it is already, if it counted before.
    pub(super) fn note(&mut self, digest: String, at: &EventRef) -> Option<EventRef> {
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
                self.final_clearances.push(Recorded { at: at.clone(), time, says });
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
        if let Some(named) = &evidence.content
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
        if let (Some(content), Some(files)) = (&evidence.content, &evidence.files) {
            if let Some(known) = self.contents.get(content).filter(|known| *known != files) {
                return Err(contradiction(
                    format!("list of files of content {content}"),
                    format!("{} files", known.len()),
                    format!("{} files, not all the same", files.len()),
                    at,
                ));
            }
            self.contents.insert(content.clone(), files.clone());
        }
        for folder in evidence.folders() {
            self.take_folder(at, time, &evidence, folder);
        }
        self.evidence.push(Recorded { at: at.clone(), time, says: evidence });
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

    fn take_folder(
        &mut self,
        at: &EventRef,
        time: Time,
        evidence: &Evidence,
        folder: &CopyEvidence,
    ) {
        if let Some(medium) = &folder.medium {
            let state = self.media.entry(medium.clone()).or_default();
            if let (None, Some(place)) = (&state.place, &folder.place) {
                state.place = Some(Recorded { at: at.clone(), time, says: place.clone() });
            }
        }
        let id = CopyId {
            roll: evidence.roll.clone(),
            medium: folder.medium.clone(),
            root: folder.root.clone(),
        };
        self.copies.entry(id).or_insert_with(RollCopy::new).evidence.push(Seen {
            at: at.clone(),
            time,
            content: evidence.content.clone(),
            file_count: evidence.file_count,
            found: folder.clone(),
        });
    }

    fn take_attestation<A: Attested>(
        &mut self,
        at: &EventRef,
        time: Time,
        says: A,
        list: impl FnOnce(&mut Self) -> &mut Vec<Recorded<A>>,
    ) -> Result<(), FaultKind> {
        self.check_rolls(says.rolls())?;
        if says.result() == Some(&Outcome::Failed) && says.issues().is_empty() {
            return Err(inadmissible("issues of a failed result", "none", "at least one"));
        }
        self.issues.insert(at.clone(), says.issues().clone());
        list(self).push(Recorded { at: at.clone(), time, says });
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
        for (id, copy) in &mut self.copies {
            if id.medium.as_ref() == Some(&loss.medium)
                && loss.roll.as_ref().is_none_or(|roll| *roll == id.roll)
            {
                copy.lost = Some(at.clone());
            }
        }
        Ok(())
    }

    fn take_wipe(&mut self, at: &EventRef, wipe: Wipe) -> Result<(), FaultKind> {
        self.known_medium(&wipe.medium)?;
        for (id, copy) in &mut self.copies {
            if id.medium.as_ref() == Some(&wipe.medium) {
                copy.wiped = Some(at.clone());
            }
        }
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
        for line in &import.lines {
            replay.take(line);
        }
        let (head, faults) = replay.end();
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
