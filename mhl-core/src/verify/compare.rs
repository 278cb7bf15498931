//! Every file of a tree read once and compared with what its list records of it.

use mhl_hash::{Algorithm, HashValue};

use super::VerifyOptions;
use crate::{
    Action, Comparison, Finding, FindingKind, Item, RecordedHash,
    account::Account,
    context::Phase,
    diff,
    digests::Digests,
    expected::{Expected, ExpectedFile},
    tree::{
        Disk, Tree,
        read::{self, Failure, Way},
    },
};

/// The observer asked to stop.
pub(super) struct Cancelled;

/// What was read of a tree.
pub(super) struct Read {
    /// The digests of every file of the tree that was read.
    pub(super) digests: Digests,
    /// What a generation says of each file of the tree.
    pub(super) actions: Vec<Action>,
}

/// A comparison under way.
pub(super) struct Comparing<'a> {
    pub(super) disk: &'a Disk,
    pub(super) tree: &'a Tree,
    pub(super) options: &'a VerifyOptions,
    /// Everything so far came from the medium.
    pub(super) proven: bool,
}

impl Comparing<'_> {
    pub(super) fn run(
        &mut self,
        expected: &Expected,
        account: &mut Account<'_>,
    ) -> Result<Read, Cancelled> {
        let files = &self.tree.files;
        let listed: Vec<Item<'_>> =
            expected.files.iter().map(|file| Item { path: &file.path, size: file.size }).collect();
        let found: Vec<Item<'_>> = files
            .iter()
            .map(|file| Item { path: &file.path, size: Some(file.stat.size) })
            .collect();
        let difference = diff(&listed, &found);
        for finding in difference.findings {
            account.found(finding.on_copy(0));
        }
        let mut stands_for: Vec<Option<&ExpectedFile>> = vec![None; files.len()];
        for pair in difference.pairs {
            if let Some(place) = stands_for.get_mut(pair.found) {
                *place = expected.files.get(pair.expected);
            }
        }

        let mut algorithms = expected.algorithms();
        if expected.history.is_some() {
            algorithms.extend(&self.options.algorithms);
        }
        let of_history = expected.history.is_some();
        let mut read = Read {
            digests: Digests::new(&algorithms, files.len()),
            actions: vec![Action::Original; files.len()],
        };
        account.context.progress.phase(Phase::Read, self.tree.bytes());
        account.report.counts.files = expected.files.len() as u64;
        let mut buffer = read::buffer();
        for (index, listed) in stands_for.into_iter().enumerate() {
            let Some(file) = files.get(index) else { continue };
            // A file that no list knows is read only where a generation will record it.
            let sizes_differ = listed.is_some_and(|l| l.size.is_some_and(|s| s != file.stat.size));
            let to_record = of_history && !self.options.dry_run;
            if (listed.is_none() || sizes_differ) && !to_record {
                continue;
            }
            let own: Vec<Algorithm> = match (of_history, listed) {
                (false, Some(listed)) => {
                    listed.hashes.iter().filter_map(RecordedHash::algorithm).collect()
                }
                _ => algorithms.clone(),
            };
            let way =
                if self.options.past_cache { Way::PastTheCache } else { Way::ThroughTheCache };
            let progress = account.context.progress;
            match read::read(self.disk, &file.path, &own, way, &mut buffer, progress) {
                Err(Failure::Cancelled) => return Err(Cancelled),
                Err(failure) => {
                    let finding = failure.finding(file.path.as_str(), file.stat.size);
                    account.found(finding.on_copy(0));
                }
                Ok(outcome) => {
                    self.proven &= outcome.unproven.is_none();
                    account.report.counts.bytes += outcome.bytes;
                    if of_history {
                        read.digests.set(index, &outcome.values);
                    }
                    let Some(listed) = listed else { continue };
                    let held = compare(listed, &outcome.values, account);
                    if held == Held::Yes && !sizes_differ {
                        account.report.counts.verified += 1;
                    }
                    let held = held != Held::No && !sizes_differ;
                    if let Some(action) = read.actions.get_mut(index) {
                        *action = if held { Action::Verified } else { Action::Failed };
                    }
                }
            }
        }
        Ok(read)
    }
}

/// Whether a file's recorded digests held.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Held {
    /// Every one that can be compared, and there is one.
    Yes,
    /// One or more differ.
    No,
    /// There is none that can be compared.
    Unknown,
}

/// Compares a file's digests with its recorded ones.
fn compare(listed: &ExpectedFile, computed: &[HashValue], account: &mut Account<'_>) -> Held {
    let path = listed.path.as_str();
    let (mut held, mut differed, mut reason) = (0u32, 0u32, "no digest is recorded");
    for recorded in &listed.hashes {
        let Some(value) =
            computed.iter().find(|value| Some(value.algorithm()) == recorded.algorithm())
        else {
            if recorded.is_null() {
                reason = "its existence and size are recorded, and no digest";
            } else {
                reason = "its digest is of an algorithm that is not known";
            }
            continue;
        };
        match recorded.compare(value) {
            Comparison::Equal => held += 1,
            Comparison::EqualWithNote { kind, note } => {
                held += 1;
                account.found(Finding::new(kind, path).noting(note).on_copy(0));
            }
            Comparison::Different { note } => {
                differed += 1;
                let finding = Finding::new(FindingKind::HashMismatch, path).differing(
                    format!("{} {}", recorded.element(), recorded.text()),
                    format!("{} {value}", recorded.element()),
                );
                let finding = match note {
                    Some(note) => finding.noting(note),
                    None => finding,
                };
                account.found(finding.on_copy(0));
            }
            Comparison::Incomparable { reason: why } => reason = why,
        }
    }
    match (held, differed) {
        (_, 1..) => Held::No,
        (1.., 0) => Held::Yes,
        (0, 0) => {
            account.found(Finding::new(FindingKind::Unproven, path).noting(reason).on_copy(0));
            Held::Unknown
        }
    }
}
