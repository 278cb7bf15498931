//! A question asked of a ledger.

use crate::{
    case::Case,
    ledger::Ledger,
    profile::Profile,
    rules,
    time::Time,
    verdict::{Node, Question, Verdict},
};
use std::collections::BTreeMap;

/// Judges a question by a profile, on the state as it will be after the wipe. `now` dates
/// approvals and evidence; no clock is read.
///
/// Withheld if any necessary condition is false; otherwise indeterminate if any is unknown;
/// otherwise cleared. The same ledger, question, profile and moment give the same verdict, byte
/// for byte.
#[must_use]
pub fn clear(ledger: &Ledger, question: &Question, profile: &Profile, now: Time) -> Verdict {
    let (case, proof) = judge(ledger, question, profile, now);
    let mut judged = case.rolls_on(&case.wiped);
    if let Question::Roll(roll) | Question::Card(roll, _) = question {
        judged.insert(roll);
    }
    let with_links = !matches!(question, Question::Storage(_));
    let copies = rules::copies_of(&case, &judged, with_links);
    let contents: BTreeMap<_, _> = judged
        .into_iter()
        .map(|roll| (roll.clone(), case.current(roll).content.map(str::to_owned)))
        .collect();
    let media = case.wiped.iter().flat_map(|device| case.devices.media_of(device));
    Verdict {
        question: question.clone(),
        decision: proof.outcome.into(),
        now,
        head: ledger.head().clone(),
        simulated: ledger.is_simulated(),
        profile: profile.name.clone(),
        profile_date: profile.date.clone(),
        profile_digest: profile.digest().to_owned(),
        readings: profile.readings(),
        contents,
        media: media.cloned().collect(),
        copies,
        proof,
    }
}

/// The case with what would be wiped, and the proof of it.
pub(crate) fn judge<'a>(
    ledger: &'a Ledger,
    question: &Question,
    profile: &'a Profile,
    now: Time,
) -> (Case<'a>, Node) {
    let mut case = Case::new(ledger, profile, now);
    let proof = match question {
        Question::Roll(roll) => rules::judge_roll(&mut case, roll),
        Question::Card(roll, card) => rules::judge_card(&mut case, roll, card),
        Question::Storage(medium) => rules::judge_storage(&mut case, medium),
    };
    (case, proof)
}
