//! Every file of a tree read once and compared with what its list records of it.

use mhl_hash::Algorithm;

use super::VerifyOptions;
use crate::{
    Action, FindingKind, RecordedHash,
    account::Account,
    context::Phase,
    digests::Digests,
    expected::{Expected, Held},
    listing::Say,
    tree::{
        Disk, Tree,
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
        for finding in findings {
            if finding.kind == FindingKind::NewFile && expected.lists_first(&finding.path) {
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
                // What no list knows, and what is known to differ, is read only to be recorded.
                if (listed.is_none() || !same_size) && !records {
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
        let progress = account.context.progress;
        read_each(self.disk, wanted, way, progress, |(index, file, listed, same_size), result| {
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
                None => Say::Action(Action::Original, None),
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
        })?;
        Ok(read)
    }
}
