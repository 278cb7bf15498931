//! What fits a state: an event is checked against all that was taken in before it, and changes
//! nothing by that.

use super::{
    event::Event,
    fault::FaultKind,
    state::{Recorded, State},
};
use crate::{
    attestation::{Attested, Outcome, Resolution},
    event_ref::EventRef,
    evidence::{CopyEvidence, Evidence, content, file_system},
    media::{Condition, Loss, Medium, MediumId, Move},
    place::Place,
    roll::{Roll, RollId},
};
use mhl_core::Operation;
use mhl_hash::HashValue;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Display,
};

/// An event that fits, together with what was recorded before of the same roll, medium or place: it is
/// taken in without a fault.
#[derive(Debug)]
pub(super) struct Fitting(Event);

impl Fitting {
    pub(super) fn into_event(self) -> Event {
        self.0
    }
}

impl State {
    /// Checks an event that would be taken in as `at`, of the ledger that `import` takes in where it is
    /// not this one's own. The lines of an import rest on one another: those are checked as they are
    /// taken in.
    pub(super) fn check(
        &self,
        at: &EventRef,
        import: Option<&EventRef>,
        event: Event,
    ) -> Result<Fitting, FaultKind> {
        let event = match event {
            Event::Roll(roll) => self.merged_roll(roll)?.into(),
            Event::Medium(medium) => self.merged_medium(medium)?.into(),
            Event::Place(place) => self.merged_place(place)?.into(),
            Event::Evidence(evidence) => {
                self.check_evidence(at, &evidence)?;
                evidence.into()
            }
            Event::Inspection(says) => self.attested(says)?.into(),
            Event::Qc(says) => self.attested(says)?.into(),
            Event::Evaluation(says) => self.attested(says)?.into(),
            Event::ReportCheck(says) => self.attested(says)?.into(),
            Event::ClipReport(says) => {
                self.check_rolls(&says.rolls)?;
                if says.clips.iter().flatten().any(String::is_empty) {
                    return Err(inadmissible("a clip", "", "a name that is not empty"));
                }
                says.into()
            }
            Event::FinalClearance(says) => {
                self.check_rolls(&says.rolls)?;
                says.into()
            }
            Event::Approval(says) => {
                if let Some(named) = says.content.as_deref().filter(|c| content(c).is_none()) {
                    return Err(inadmissible(
                        "the content of an approval",
                        named,
                        "a C4 identifier",
                    ));
                }
                says.into()
            }
            Event::Move(moved) => {
                self.check_move(&moved)?;
                moved.into()
            }
            Event::Loss(loss) => {
                self.check_loss(&loss)?;
                loss.into()
            }
            Event::Wipe(wipe) => {
                self.check_medium(&wipe.medium)?;
                wipe.into()
            }
            Event::Resolution(says) => {
                self.check_resolution(import, &says)?;
                says.into()
            }
            event @ Event::Import(_) => event,
        };
        Ok(Fitting(event))
    }

    fn merged_roll(&self, roll: Roll) -> Result<Roll, FaultKind> {
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
        Ok(merged)
    }

    fn merged_medium(&self, medium: Medium) -> Result<Medium, FaultKind> {
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
        Ok(merged)
    }

    fn merged_place(&self, place: Place) -> Result<Place, FaultKind> {
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
        Ok(merged)
    }

    fn check_evidence(&self, at: &EventRef, evidence: &Evidence) -> Result<(), FaultKind> {
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
        let listed = evidence.content.as_ref().zip(evidence.files.as_ref());
        let known = listed.and_then(|(content, files)| {
            Some((content, files, self.contents.get(content).filter(|known| *known != files)?))
        });
        match known {
            None => Ok(()),
            Some((content, files, known)) => Err(contradiction(
                format!("list of files of content {content}"),
                format!("{} files", known.len()),
                format!("{} files, not all the same", files.len()),
                at,
            )),
        }
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

    fn attested<A: Attested>(&self, says: A) -> Result<A, FaultKind> {
        self.check_rolls(says.rolls())?;
        if says.result() == Some(&Outcome::Failed) && says.issues().is_empty() {
            return Err(inadmissible("issues of a failed result", "none", "at least one"));
        }
        Ok(says)
    }

    fn check_move(&self, moved: &Move) -> Result<(), FaultKind> {
        match (&moved.condition, &moved.place) {
            (Condition::InTransit, Some(place)) => {
                Err(inadmissible("place of a medium in transit", place.as_str(), "none"))
            }
            (Condition::InTransit | Condition::InPlace | Condition::Offline, _) => {
                self.check_medium(&moved.medium)
            }
            (other, _) => Err(inadmissible(
                "condition of a move",
                other.name(),
                "in-place, in-transit or offline",
            )),
        }
    }

    fn check_loss(&self, loss: &Loss) -> Result<(), FaultKind> {
        if !matches!(loss.condition, Condition::Lost | Condition::Failed | Condition::Retired) {
            return Err(inadmissible(
                "condition of a loss",
                loss.condition.name(),
                "lost, failed or retired",
            ));
        }
        self.check_rolls(&loss.roll)?;
        self.check_medium(&loss.medium)
    }

    fn check_resolution(
        &self,
        import: Option<&EventRef>,
        says: &Resolution,
    ) -> Result<(), FaultKind> {
        let issues = self.issues(&self.attestation(import, says)).ok_or_else(|| {
            let id = says.attestation.below(import).to_string();
            FaultKind::Unrecorded { what: "attestation", id }
        })?;
        match issues.contains(&says.issue) {
            true => Ok(()),
            false => Err(FaultKind::Unrecorded { what: "issue", id: format!("{:?}", says.issue) }),
        }
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

    fn check_medium(&self, id: &MediumId) -> Result<(), FaultKind> {
        match self.media.contains_key(id) {
            true => Ok(()),
            false => Err(FaultKind::Unrecorded { what: "medium", id: id.to_string() }),
        }
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
