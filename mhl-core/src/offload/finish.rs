//! What an offload came to: lists for the copies that are proven, and the report.

use std::{sync::Arc, time::Duration};

use mhl_hash::{HashValue, Observer as _};

use super::{
    card::Carried,
    crew::{Crew, Ended, GivenUp, prepared},
    destination::Destination,
    list::Lists,
    source::Source,
};
use crate::{
    CopyReport, Finding, FindingKind, Grade, RelativePath, Report, Status, account::Account,
    tree::PastTheCache,
};

/// Lists every proven copy and takes what each has to say into the report. Tells what the lists say
/// of the roll's identity, if anything.
pub(super) fn give_lists(
    crew: &mut Crew<'_>,
    lists: Lists,
    source_is_whole: bool,
    account: &mut Account<'_>,
) -> Option<HashValue> {
    let lists = Arc::new(lists);
    let mut finished = Vec::new();
    let pending = crew.begin(|_, _| {
        let lists = Arc::clone(&lists);
        Some(prepared(move |destination| finish_one(destination, &lists, source_is_whole)))
    });
    crew.wait(pending, None, |who, one| finished.extend(who.zip(one)));
    finished.sort_by_key(|(index, _)| *index);
    let mut contents = Vec::new();
    for (index, Finished { copy, findings, listed }) in finished {
        if let Some(place) = account.report.copies.get_mut(index) {
            *place = copy;
        }
        for finding in findings {
            account.found(finding.on_copy(index));
        }
        if let Some(copy) = account.report.copies.get_mut(index) {
            copy.status = match copy.counts.status() {
                Status::Verified if !copy.complete => Status::Unproven,
                status => status,
            };
        }
        contents.extend(listed);
    }
    // Where a list of ours stands, the roll is what this offload read.
    contents.into_iter().reduce(|a, b| a.and(b)).flatten()
}

/// Takes the roll and its files into the report. `content` is what the lists say of the roll's
/// identity, if anything.
pub(super) fn take_roll(
    name: &RelativePath,
    source: &Source,
    content: Option<HashValue>,
    account: &mut Account<'_>,
) {
    let (card, digests) = (&source.card, source.digests());
    match card.carried {
        Carried::Histories(_) => {
            let (listed, digests) = card.listed(card.ignore(), &digests);
            account.take_files(name.as_str(), &listed, &digests);
        }
        _ => account.take_files(name.as_str(), &card.tree, &digests),
    }
    if let (Some(roll), Some(content)) = (&mut account.report.roll, content) {
        roll.content = content.to_string();
    }
}

/// Lets go of all disks, and concludes. The card is closed by its own thread; only a destination that hangs
/// while it copies a list of the card's own may hold it open still.
pub(super) fn conclude(
    crew: Crew<'_>,
    outcome: Result<(), Ended>,
    mut account: Account<'_>,
) -> Report {
    let (card, destinations) = crew.end();
    let mut cancelled = outcome == Err(Ended::Cancelled);
    if let Some(GivenUp::Silent(silent)) = card {
        let note = "look at the card, its reader and cable, then offload again with resume";
        account.found(stalled(silent, note));
    }
    for (index, why) in destinations {
        cancelled |= why == GivenUp::Cancelled;
        if let GivenUp::Silent(silent) = why {
            let note = "look at its drive, cable and power, then offload again with resume from a \
                        new process";
            account.found(stalled(silent, note).on_copy(index));
        }
        if let Some(copy) = account.report.copies.get_mut(index) {
            copy.status = match why {
                GivenUp::Cancelled => Status::Cancelled,
                GivenUp::Silent(_) | GivenUp::WithTheCard => Status::Failed,
            };
            copy.complete = false;
        }
    }
    let report = &mut account.report;
    report.counts.verified =
        report.copies.iter().map(|copy| copy.counts.verified).min().unwrap_or(0);
    report.status = report.counts.status();
    let all_hold = report.copies.iter().all(|copy| copy.status == Status::Verified);
    if report.status == Status::Verified && !all_hold {
        report.status = Status::Unproven;
    }
    if cancelled {
        report.status = Status::Cancelled;
        // Who got a list before that is what it is.
        let unlisted = report.copies.iter_mut().filter(|copy| copy.manifest.is_none());
        unlisted.for_each(|copy| copy.status = Status::Cancelled);
    }
    account.end()
}

fn stalled(silent: Duration, what_to_do: &str) -> Finding {
    let silent = silent.as_secs_f32();
    let note = format!("it gave no answer for {silent} s and was given up: {what_to_do}");
    Finding::new(FindingKind::Stalled, ".").noting(note)
}

/// What a destination came to.
struct Finished {
    copy: CopyReport,
    findings: Vec<Finding>,
    /// Where it got its list, what that says of the roll's identity, if anything.
    listed: Option<Option<HashValue>>,
}

/// Gives a proven copy its list.
fn finish_one(destination: &mut Destination, lists: &Lists, source_is_whole: bool) -> Finished {
    let source = &lists.source;
    let faulty = destination.findings.iter().any(|finding| finding.kind.is_fault());
    let (mut manifest, mut complete, mut content_of_list) = (None, false, None);
    let is_proven = destination.is_proven() && !faulty && !destination.pulse.is_cancelled();
    if source_is_whole && is_proven && destination.holds(&source.card) {
        let roll = PastTheCache::new(destination.roll.as_ref());
        let given = lists.give(destination, &roll);
        let doubt = roll.doubt();
        destination.doubt = destination.doubt.take().or(doubt);
        match given {
            Ok(listed) => {
                manifest = Some(listed.record);
                complete = listed.notes.iter().all(|n| n.kind != FindingKind::Unproven);
                destination.findings.extend(listed.notes);
                content_of_list = Some(listed.content);
                if destination.is_written() && matches!(source.card.carried, Carried::Histories(_))
                {
                    // Folders with histories of their own were given new entries.
                    destination.finish_folders(&source.card.tree);
                }
                destination.remove_marker();
            }
            Err(findings) => destination.findings.extend(findings),
        }
    }
    let mut copy = destination.report(source.algorithms());
    (copy.manifest, copy.complete) = (manifest, complete);
    if copy.grade == Some(Grade::ThroughTheCache) {
        let finding = Finding::new(FindingKind::ThroughTheCache, ".");
        destination.findings.push(finding.noting(copy.proof.clone()));
    }
    Finished { copy, findings: std::mem::take(&mut destination.findings), listed: content_of_list }
}
