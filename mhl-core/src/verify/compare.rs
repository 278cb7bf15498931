//! Every file of a tree read once and compared with what its list records of it.

use std::collections::HashSet;

use mhl_hash::{Algorithm, HashValue};

use super::{VerifyOptions, scopes::Scopes};
use crate::{
    Action, Change, Finding, FindingKind, Format, Listed, PhaseRecord, RecordedHash,
    account::Account,
    changes,
    context::{Context, Phase},
    digests::Digests,
    expected::{Expected, ExpectedFile, Held},
    listing::Say,
    tree::{
        Disk, FoundFile, Tree,
        read::Way,
        turns::{Cancelled, Wanted, read_each},
    },
};

/// What was read of a tree.
pub(crate) struct Read {
    /// The digests of every file of the tree that was read.
    pub(crate) digests: Digests,
    /// What a generation says of each file of the tree.
    pub(crate) says: Vec<Say>,
}

/// A comparison under way.
pub(crate) struct Comparing<'a> {
    pub(crate) disk: &'a Disk,
    pub(crate) tree: &'a Tree,
    pub(crate) options: &'a VerifyOptions,
    /// A generation will record what is found.
    pub(crate) records: bool,
    /// The tree is not the whole of what is listed: a file that is new to it is nothing amiss.
    pub(crate) of_a_part: bool,
    /// Everything so far came from the medium.
    pub(crate) proven: bool,
}

impl Comparing<'_> {
    pub(crate) fn run(
        &mut self,
        expected: &Expected,
        account: &mut Account<'_>,
    ) -> Result<Read, Cancelled> {
        let files = &self.tree.files;
        let (stands_for, findings) = expected.stand_for(files);
        let renames = Renames::of(expected, &findings);
        // What the tree's own history has no generation of yet, it lists now in its first.
        let scopes = Scopes::of(&expected.histories);
        let begins = expected.histories.first().is_some_and(|own| own.next_number == 1);
        let listed_first = |path: &str| begins && scopes.around(path).next() == Some(0);
        for finding in findings {
            let is_listed_now = self.of_a_part || listed_first(&finding.path);
            if finding.kind == FindingKind::NewFile && is_listed_now {
                continue;
            }
            account.found(finding.on_copy(0));
        }
        let of_history = !expected.histories.is_empty();
        let mut algorithms = expected.algorithms();
        if of_history {
            algorithms.extend(&self.options.algorithms);
        }
        let mut read = Read {
            digests: Digests::new(&algorithms, files.len()),
            says: vec![Say::Nothing; files.len()],
        };
        account.context.progress.phase(Phase::Read, self.tree.bytes());
        account.report.counts.files = expected.files.len() as u64;
        let way = if self.options.past_cache { Way::PastTheCache } else { Way::ThroughTheCache };
        let records = self.records;
        let wanted =
            files.iter().zip(stands_for).enumerate().filter_map(|(index, (file, listed))| {
                let same_size = listed.is_none_or(|listed| listed.has_size(file.stat.size));
                // What no list knows, and what is known to differ, is read only to be recorded, or
                // to find out where a missing file went.
                let told = match listed {
                    Some(_) => same_size,
                    None => renames.may_be(file.stat.size),
                };
                if !told && !records {
                    return None;
                }
                let algorithms: Vec<Algorithm> = match listed {
                    Some(listed) if !of_history => {
                        listed.hashes.iter().filter_map(RecordedHash::algorithm).collect()
                    }
                    _ => algorithms.clone(),
                };
                Some(Wanted { key: (index, file, listed, same_size), path: &file.path, algorithms })
            });
        let Context { progress, clock, .. } = *account.context;
        let began = clock.now();
        let mut new = Vec::new();
        let outcome = read_each(
            self.disk,
            wanted,
            way,
            progress,
            |(index, file, listed, same_size), result| {
                let outcome = match result {
                    Ok(outcome) => outcome,
                    Err(failure) => {
                        let finding = failure.finding(file.path.as_str(), file.stat.size);
                        return account.found(finding.on_copy(0));
                    }
                };
                self.proven &= outcome.unproven.is_none();
                account.report.counts.bytes += outcome.bytes;
                if of_history {
                    read.digests.set(index, &outcome.values);
                }
                let say = match listed {
                    None => {
                        if renames.may_be(file.stat.size) {
                            new.push((file, outcome.values));
                        }
                        Say::Action(Action::Original, None)
                    }
                    Some(listed) => {
                        let (held, findings) = listed.judge(&outcome.values);
                        for finding in findings {
                            account.found(finding.on_copy(0));
                        }
                        if held == Held::Yes && same_size {
                            account.report.counts.verified += 1;
                        }
                        let renamed = (listed.path != file.path).then(|| listed.path.clone());
                        match held {
                            Held::Yes if same_size => Say::Action(Action::Verified, renamed),
                            // To call it verified would make a first record of unproven bytes.
                            Held::Unknown => Say::Nothing,
                            _ => Say::Action(Action::Failed, renamed),
                        }
                    }
                };
                if let Some(place) = read.says.get_mut(index) {
                    *place = say;
                }
            },
        );
        let bytes = account.report.counts.bytes;
        account.report.phases.push(PhaseRecord::ending(Phase::Read, &began, clock, bytes));
        outcome?;
        for finding in renames.found(&new) {
            account.found(finding.on_copy(0));
        }
        Ok(read)
    }
}

/// Files that are missing and may stand elsewhere under a new name.
struct Renames<'a> {
    missing: Vec<&'a ExpectedFile>,
    sizes: HashSet<u64>,
    /// One of them has no recorded size.
    of_any_size: bool,
}

impl<'a> Renames<'a> {
    fn of(expected: &'a Expected, findings: &[Finding]) -> Self {
        let missing = findings.iter().filter(|finding| finding.kind == FindingKind::MissingFile);
        let listed = missing.filter_map(|finding| {
            let files = &expected.files;
            let place =
                files.binary_search_by(|file| file.path.as_str().cmp(&finding.path)).ok()?;
            files.get(place).filter(|file| file.can_be_proven() && file.size != Some(0))
        });
        let missing: Vec<&ExpectedFile> = listed.collect();
        Renames {
            sizes: missing.iter().filter_map(|file| file.size).collect(),
            of_any_size: missing.iter().any(|file| file.size.is_none()),
            missing,
        }
    }

    /// Whether a new file of this size may be one of them.
    fn may_be(&self, size: u64) -> bool {
        size > 0 && (self.of_any_size || self.sizes.contains(&size))
    }

    /// The pairs of one missing and one new file with the same digests. Both stay what they are:
    /// equal bytes under another name are no proof that anybody renamed anything.
    fn found(&self, new: &[(&FoundFile, Vec<HashValue>)]) -> Vec<Finding> {
        let recorded: Vec<Vec<RecordedHash>> = new
            .iter()
            .map(|(_, values)| values.iter().map(|v| RecordedHash::new(Format::Asc, *v)).collect())
            .collect();
        let before =
            self.missing.iter().map(|file| Listed::new(&file.path, file.size, &file.hashes));
        let after = new
            .iter()
            .zip(&recorded)
            .map(|((file, _), hashes)| Listed::new(&file.path, Some(file.stat.size), hashes));
        let changes = changes(&before.collect::<Vec<_>>(), &after.collect::<Vec<_>>());
        changes.changes.iter().filter_map(Change::rename_candidate).collect()
    }
}
