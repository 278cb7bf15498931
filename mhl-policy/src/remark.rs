//! What is worth saying about an event when it is recorded: it is taken as it is, and may not
//! count as whoever recorded it expects.

use crate::{
    approval::ApprovedUse,
    attestation::{Attested, Environment, FaultClass, Outcome, Paper, Party},
    copy::CopyId,
    evidence::{CopyEvidence, Evidence},
    ledger::{Event, State},
    media::{Medium, MediumId, MediumKind, MediumRole},
    place::PlaceId,
    roll::{Genre, RollId, RollKind},
    word::{AllWord, Scope},
};
use mhl_core::Status;

/// Something that is worth saying about an event.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Remark {
    /// A word that this version does not know. It is kept, and judged as unknown.
    #[error("{field}: {word:?} is no word that is known, and counts as unknown; known are {}", known.join(" "))]
    UnknownWord {
        /// The field.
        field: &'static str,
        /// The word.
        word: String,
        /// The words that are known there.
        known: &'static [&'static str],
    },
    /// A field that the rules ask for is not recorded.
    #[error("{field} is not recorded, and counts as unknown until it is")]
    Missing {
        /// The field.
        field: &'static str,
    },
    /// Something that the event names was not recorded.
    #[error("{what} {id} is not recorded yet, and counts as unknown until it is")]
    Unrecorded {
        /// `medium` or `place`.
        what: &'static str,
        /// Its identifier.
        id: String,
    },
    /// What was found of a copy proves nothing.
    #[error("the copy {root} does not count by this report: {why}")]
    Proves {
        /// The copy's root folder.
        root: String,
        /// Why.
        why: String,
    },
    /// The event withholds until something else is recorded.
    #[error("issues are open ({count}): each withholds until it is resolved")]
    OpenIssues {
        /// How many.
        count: usize,
    },
}

/// Everything that is worth saying about an event that this state has taken in.
pub(crate) fn remarks(event: &Event, state: &State) -> Vec<Remark> {
    let mut remarks = Remarks { found: Vec::new(), state };
    match event {
        Event::Roll(_) | Event::Medium(_) | Event::Place(_) => remarks.record(event),
        Event::Evidence(evidence) => remarks.evidence(evidence),
        Event::Inspection(says) => {
            remarks.attestation(says, says.by.as_ref());
            remarks.words("covers", says.covers.as_ref(), FaultClass::WORDS);
            remarks.words("against", says.against.as_ref(), Paper::WORDS);
        }
        Event::Qc(says) => {
            remarks.attestation(says, says.by.as_ref());
            remarks.needed("width", says.width.is_some());
            remarks.needed("height", says.height.is_some());
            remarks.word("environment", says.environment.as_ref(), Environment::WORDS);
            remarks.needed("colour_evaluated", says.colour_evaluated.is_some());
            remarks.needed("medium", says.medium.is_some());
            says.medium.iter().for_each(|medium| remarks.medium(medium));
        }
        Event::Evaluation(says) => {
            remarks.attestation(says, says.by.as_ref());
            remarks.words("against", says.against.as_ref(), Paper::WORDS);
            remarks.needed("all_received", says.all_received.is_some());
        }
        Event::ReportCheck(says) => {
            remarks.attestation(says, says.by.as_ref());
            remarks.words("against", says.against.as_ref(), Paper::WORDS);
        }
        Event::ClipReport(says) => {
            remarks.word("paper", says.paper.as_ref(), Paper::WORDS);
            remarks.needed("clips", says.clips.is_some());
        }
        Event::FinalClearance(says) => remarks.word("by", says.by.as_ref(), Party::WORDS),
        Event::Approval(says) => {
            remarks.word("use", says.usage.as_ref(), ApprovedUse::WORDS);
            remarks.needed("by", says.by.is_some());
            remarks.scope("media", says.media.as_ref());
            remarks.scope("rolls", says.rolls.as_ref());
            remarks.needed("expires", says.expires.is_some());
        }
        Event::Move(says) => says.place.iter().for_each(|place| remarks.place(place)),
        Event::Loss(_) | Event::Wipe(_) | Event::Resolution(_) | Event::Import(_) => {}
    }
    remarks.found
}

struct Remarks<'a> {
    found: Vec<Remark>,
    state: &'a State,
}

impl Remarks<'_> {
    /// A roll, a medium or a place: what all that is recorded of it leaves open.
    fn record(&mut self, event: &Event) {
        match event {
            Event::Roll(roll) => {
                let Some(known) = self.state.rolls.get(&roll.id).map(|roll| &roll.says) else {
                    return;
                };
                self.word("kind", known.kind.as_ref(), RollKind::WORDS);
                self.word("genre", known.genre.as_ref(), Genre::WORDS);
                self.needed("links", known.links.is_some());
            }
            Event::Medium(medium) => {
                let known = self.state.media.get(&medium.id);
                let known = known.and_then(|state| Some(&state.medium.as_ref()?.says));
                known.into_iter().for_each(|known| self.described(known));
            }
            Event::Place(place) => {
                let known = self.state.places.get(&place.id);
                self.needed("site", known.is_some_and(|place| place.says.site.is_some()));
            }
            _ => {}
        }
    }

    fn described(&mut self, medium: &Medium) {
        self.word("kind", medium.kind.as_ref(), MediumKind::WORDS);
        match medium.kind {
            Some(MediumKind::Raid) => self.needed("level", medium.level.is_some()),
            Some(MediumKind::Lto) => {
                self.needed("generation", medium.generation.is_some());
                self.needed("file_system", medium.file_system.is_some());
            }
            _ => {}
        }
        if let Some(role) = &medium.role {
            self.word("role", Some(role), MediumRole::WORDS);
        }
    }

    fn attestation<A: Attested>(&mut self, says: &A, by: Option<&Party>) {
        self.scope("files", says.files());
        self.word("result", says.result(), Outcome::WORDS);
        self.word("by", by, Party::WORDS);
        if !says.issues().is_empty() {
            self.found.push(Remark::OpenIssues { count: says.issues().len() });
        }
    }

    fn evidence(&mut self, evidence: &Evidence) {
        for copy in &evidence.copies {
            if let Some(why) = proves_nothing(copy) {
                self.found.push(Remark::Proves { root: copy.root.clone(), why });
            }
        }
        for folder in evidence.folders() {
            if self.is_late(&evidence.roll, folder) {
                let why = "the medium was wiped or lost since it was seen, as the clock says";
                self.say(Remark::Proves { root: folder.root.clone(), why: why.to_owned() });
            }
            match &folder.medium {
                Some(medium) => self.medium(medium),
                None => self.needed("a medium of the report's folders", false),
            }
            folder.place.iter().for_each(|place| self.place(place));
        }
    }

    /// Whether what was seen last of a folder counts no more, late as it was recorded.
    fn is_late(&self, roll: &RollId, folder: &CopyEvidence) -> bool {
        let (medium, root) = (folder.medium.clone(), folder.root.clone());
        let copy = self.state.copies.get(&CopyId { roll: roll.clone(), medium, root });
        copy.is_some_and(|copy| {
            let standing = copy.standing_evidence().next_back().map(|seen| &seen.at);
            standing != copy.evidence.last().map(|seen| &seen.at)
        })
    }

    fn medium(&mut self, id: &MediumId) {
        let known = self.state.media.get(id).and_then(|state| state.medium.as_ref());
        self.recorded("medium", id.as_str(), known.is_some());
    }

    fn place(&mut self, id: &PlaceId) {
        self.recorded("place", id.as_str(), self.state.places.contains_key(id));
    }

    fn recorded(&mut self, what: &'static str, id: &str, is_recorded: bool) {
        if !is_recorded {
            self.say(Remark::Unrecorded { what, id: id.to_owned() });
        }
    }

    fn needed(&mut self, field: &'static str, is_there: bool) {
        if !is_there {
            self.say(Remark::Missing { field });
        }
    }

    fn word<T: ToString>(
        &mut self,
        field: &'static str,
        word: Option<&T>,
        known: &'static [&'static str],
    ) {
        match word.map(ToString::to_string) {
            None => self.needed(field, false),
            Some(word) if known.contains(&word.as_str()) => {}
            Some(word) => self.say(Remark::UnknownWord { field, word, known }),
        }
    }

    fn words<T: ToString>(
        &mut self,
        field: &'static str,
        words: Option<&std::collections::BTreeSet<T>>,
        known: &'static [&'static str],
    ) {
        match words {
            None => self.needed(field, false),
            Some(words) => words.iter().for_each(|word| self.word(field, Some(word), known)),
        }
    }

    fn scope<T: Ord>(&mut self, field: &'static str, scope: Option<&Scope<T>>) {
        match scope {
            None => self.needed(field, false),
            Some(Scope::Word(word)) => self.word(field, Some(word), AllWord::WORDS),
            Some(Scope::Only(_)) => {}
        }
    }

    fn say(&mut self, remark: Remark) {
        if !self.found.contains(&remark) {
            self.found.push(remark);
        }
    }
}

/// Why a copy cannot count by this report, whatever the profile asks.
fn proves_nothing(copy: &CopyEvidence) -> Option<String> {
    if copy.status != Status::Verified {
        let why = if copy.proof.is_empty() { "it was not verified" } else { &copy.proof };
        return Some(why.to_owned());
    }
    if !copy.complete {
        return Some("files are missing from it or were left out".to_owned());
    }
    match (copy.grade, &copy.manifest) {
        (None, _) => Some("nothing was read back".to_owned()),
        (_, None) => Some("no manifest was found with it".to_owned()),
        _ => None,
    }
}
