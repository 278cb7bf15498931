//! What a permit says, and whether it still holds.

use super::{
    Permit,
    breach::{Breach, Breaches},
    card,
    envelope::{self, EnvelopeError},
    key::VerifyingKey,
};
use crate::{
    clear::clear,
    event_ref::EventRef,
    evidence::c4,
    ledger::{Head, Ledger},
    media::MediumId,
    profile::Profile,
    roll::RollId,
    time::Time,
    verdict::{Decision, JudgedCopy, Question, Verdict},
};
use mhl_core::{Grade, Report};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What a permit says. By itself it permits nothing: it may come from anybody. [`check`] makes a
/// [`Permit`] of it again, or tells everything that stands against that.
///
/// [`check`]: Statement::check
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Statement {
    /// What was asked, and is permitted.
    pub question: Question,
    /// Every medium that may be wiped, by every name of its device.
    pub media: BTreeSet<MediumId>,
    /// The rolls on them, each with the C4 of its content.
    pub rolls: BTreeMap<RollId, String>,
    /// The copies that the verdict counted.
    pub copies: Vec<BoundCopy>,
    /// The rules that it was judged by.
    pub profile: ProfileName,
    /// The ledger's head.
    pub ledger: Head,
    /// C4 of the verdict as one line of JSON ([`Verdict::to_json`]).
    pub verdict: String,
    /// When it was issued.
    pub issued: Time,
    /// The first moment at which it holds no more.
    pub expires: Time,
    /// Whether the ledger is a demonstration's: then no real card may be wiped by it.
    pub simulated: bool,
}

/// A copy that a permit rests on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct BoundCopy {
    /// The roll.
    pub roll: RollId,
    /// The medium that it stands on.
    pub medium: MediumId,
    /// The root folder, as the report spelled it.
    pub root: String,
    /// The event whose evidence counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<EventRef>,
    /// C4 of the list that stands with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manifest: Option<String>,
    /// How strong the evidence is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grade: Option<Grade>,
}

/// A profile by all that tells it from another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ProfileName {
    /// Its name.
    pub name: String,
    /// Its date.
    pub date: String,
    /// C4 of its text.
    pub c4: String,
}

impl Statement {
    /// What a verdict that clears permits until `expires`; `None` where a roll's content is
    /// unknown, which no verdict clears.
    pub(super) fn of(verdict: &Verdict, expires: Time) -> Option<Self> {
        let contents = verdict.contents.iter();
        let rolls = contents
            .map(|(roll, content)| Some((roll.clone(), content.clone()?)))
            .collect::<Option<_>>()?;
        Some(Statement {
            question: verdict.question.clone(),
            media: verdict.media.clone(),
            rolls,
            copies: counted(&verdict.copies),
            profile: ProfileName {
                name: verdict.profile.clone(),
                date: verdict.profile_date.clone(),
                c4: verdict.profile_digest.clone(),
            },
            ledger: verdict.head.clone(),
            verdict: c4(verdict.to_json().as_bytes()),
            issued: verdict.now,
            expires,
            simulated: verdict.simulated,
        })
    }

    /// Reads a permit that this key signed: a DSSE envelope with an in-toto statement, as
    /// [`Permit::sign`] makes it. Nothing is read of what the key did not sign.
    ///
    /// # Errors
    /// [`EnvelopeError`] when the text is no envelope, no signature in it is the key's, or what is
    /// signed is no permit of this version.
    pub fn verify(envelope: &str, key: &VerifyingKey) -> Result<Self, EnvelopeError> {
        envelope::open(envelope, key)
    }

    /// Whether the permit holds now: in its time, of this ledger with nothing recorded since, by
    /// this profile, and with every fact judged again.
    ///
    /// `looks` are reports of looks at the cards since: a verification of the card against a
    /// copy's list ([`mhl_core::verify`]), or a comparison of its names and sizes with one
    /// ([`mhl_core::compare_names`]). With any, there has to be one of each roll, and a card that
    /// gained, lost or changed a file refuses. That they are of these cards is the caller's word.
    /// Without, the check says nothing of what stands on the cards by now.
    ///
    /// # Errors
    /// [`Breaches`]: everything that stands against it, not the first alone.
    pub fn check(
        &self,
        ledger: &Ledger,
        profile: &Profile,
        now: Time,
        looks: &[Report],
    ) -> Result<Permit, Breaches> {
        let mut breaches = Vec::new();
        if now < self.issued {
            breaches.push(Breach::NotYet { issued: self.issued, now });
        }
        if now >= self.expires {
            breaches.push(Breach::Expired { expires: self.expires, now });
        }
        let given = ProfileName {
            name: profile.name.clone(),
            date: profile.date.clone(),
            c4: profile.digest().to_owned(),
        };
        if given != self.profile {
            breaches.push(Breach::Profile { bound: self.profile.clone(), found: given });
        }
        if ledger.is_simulated() != self.simulated {
            breaches.push(Breach::Simulated { bound: self.simulated });
        }
        self.check_ledger(ledger, profile, &mut breaches);
        self.check_facts(&clear(ledger, &self.question, profile, now), &mut breaches);
        card::check(&self.rolls, self.issued, looks, &mut breaches);
        match breaches.is_empty() {
            true => Ok(Permit(self.clone())),
            false => Err(Breaches { breaches }),
        }
    }

    /// The same ledger, and the verdict that it gave then, byte for byte.
    fn check_ledger(&self, ledger: &Ledger, profile: &Profile, breaches: &mut Vec<Breach>) {
        if let Err(error) = ledger.check_pin(&self.ledger) {
            breaches.push(Breach::Ledger(error));
        } else if *ledger.head() != self.ledger {
            let (bound, found) = (self.ledger.clone(), ledger.head().clone());
            breaches.push(Breach::LedgerWentOn { bound, found });
        } else if profile.digest() == self.profile.c4 {
            let then = clear(ledger, &self.question, profile, self.issued);
            if c4(then.to_json().as_bytes()) != self.verdict {
                breaches.push(Breach::Verdict { bound: self.verdict.clone() });
            }
        }
    }

    /// What is permitted is what would be permitted now.
    fn check_facts(&self, now: &Verdict, breaches: &mut Vec<Breach>) {
        if now.decision != Decision::Cleared {
            let reasons = now.reasons();
            let rules = reasons.iter().filter(|reason| reason.decides).map(|r| r.node.rule);
            let rules: BTreeSet<&str> = rules.collect();
            breaches.push(Breach::NotCleared {
                decision: now.decision,
                rules: rules.into_iter().map(str::to_owned).collect(),
            });
        }
        if now.media != self.media {
            let (bound, found) = (self.media.clone(), now.media.clone());
            breaches.push(Breach::Media { bound, found });
        }
        let rolls: BTreeSet<&RollId> = self.rolls.keys().chain(now.contents.keys()).collect();
        for roll in rolls {
            let (bound, found) = (self.rolls.get(roll), now.contents.get(roll).cloned().flatten());
            if bound != found.as_ref() {
                breaches.push(Breach::Content { roll: roll.clone(), bound: bound.cloned(), found });
            }
        }
        let counted = counted(&now.copies);
        let gone = self.copies.iter().filter(|copy| !counted.contains(copy));
        breaches.extend(gone.map(|copy| Breach::Copy { copy: copy.clone() }));
        // A copy more takes nothing away; where the ledger is the same it is a forgery all the same,
        // and the verdict's C4 tells.
    }
}

fn counted(copies: &[JudgedCopy]) -> Vec<BoundCopy> {
    let counted = copies.iter().filter(|copy| copy.counts == crate::Truth::Yes);
    counted
        .filter_map(|copy| {
            Some(BoundCopy {
                roll: copy.roll.clone(),
                medium: copy.medium.clone()?,
                root: copy.root.clone(),
                event: copy.event.clone(),
                manifest: copy.manifest.clone(),
                grade: copy.grade,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Truth;

    /// What no verdict that clears holds, and no permit would either.
    #[test]
    fn what_is_unknown_is_never_permitted() {
        let (question, profile) = (Question::roll("A001"), Profile::default());
        let (now, expires) = (Time::from_unix(0), Time::from_unix(3600));
        let mut verdict = clear(&Ledger::new(), &question, &profile, now);
        let copy = |medium: Option<&str>| JudgedCopy {
            roll: "A001".into(),
            medium: medium.map(|medium| medium.parse().unwrap()),
            kind: None,
            root: "/A001".to_owned(),
            place: None,
            site: None,
            counts: Truth::Yes,
            reason: String::new(),
            event: None,
            manifest: None,
            grade: None,
        };
        verdict.copies = vec![copy(None), copy(Some("serial:SET"))];
        verdict.contents.insert("A001".into(), None);
        assert_eq!(Statement::of(&verdict, expires), None, "nobody knows what the roll is");
        verdict.contents.insert("A001".into(), Some(c4(b"")));
        let statement = Statement::of(&verdict, expires).unwrap();
        let media: Vec<&str> = statement.copies.iter().map(|copy| copy.medium.as_str()).collect();
        assert_eq!(media, ["serial:SET"], "nobody could look for a copy on nobody knows what");
    }
}
