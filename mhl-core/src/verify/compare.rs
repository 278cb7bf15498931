//! Every file of a tree read once and compared with what its list records of it.

use std::{
    collections::HashSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use mhl_hash::{Algorithm, HashValue, Observer};

use super::{VerifyOptions, scopes::Scopes};
use crate::{
    CacheDoubt, Change, Finding, FindingKind, Format, Listed, PhaseRecord, RecordedHash,
    account::Account,
    changes,
    context::{Context, Phase, Progress},
    digests::Digests,
    expected::{Expected, ExpectedFile, Held},
    listing::{Say, Says},
    roll::total,
    shard::{Division, ListedText, Marks, read_record, tree_digest},
    tree::{
        Disk, FoundFile, Tree, Volume,
        read::Way,
        turns::{Cancelled, Crew, Wanted},
    },
};

/// What was read of a tree.
pub(crate) struct Read {
    /// The digests of every file of the tree that was read.
    pub(crate) digests: Digests,
    /// What a generation says of each file of the tree.
    pub(crate) says: Says,
}

impl Read {
    /// What a generation that lists only what was read is made of: those files, and no folder.
    pub(crate) fn narrow(&self, tree: &Tree) -> (Tree, Read) {
        let places: Vec<usize> = self.says.said().collect();
        let says = self.says.select(&places);
        let files = places.iter().filter_map(|place| tree.files.get(*place)).cloned().collect();
        let digests = self.digests.select(&places);
        (Tree { files, ..Tree::default() }, Read { digests, says })
    }
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
    /// For each listed file whether it is to be read; nothing where every one is.
    pub(crate) chosen: Option<Vec<bool>>,
    /// What is noted for the record of the shard that this is.
    pub(crate) marks: Option<Marks>,
    /// The first file so far of which it is not proven that it came from the medium.
    pub(crate) doubt: Option<CacheDoubt>,
    /// It ended at the first fault, as was asked.
    pub(crate) stopped: bool,
    /// The listed files that stand there with their sizes and were not read, by their places in the
    /// list.
    pub(crate) unread: Vec<usize>,
}

impl<'a> Comparing<'a> {
    /// A comparison of everything that is listed; nothing will be recorded.
    pub(crate) fn of(disk: &'a Disk, tree: &'a Tree, options: &'a VerifyOptions) -> Self {
        Comparing {
            disk,
            tree,
            options,
            records: false,
            of_a_part: false,
            chosen: None,
            marks: options.portion.of_shard().map(|_| Marks::default()),
            doubt: None,
            stopped: false,
            unread: Vec::new(),
        }
    }

    /// Compares names and sizes first, and tells what differs before a byte is read.
    ///
    /// # Errors
    /// [`Cancelled`] by the observer, or because of the first fault.
    pub(crate) fn run(
        &mut self,
        expected: &Expected,
        account: &mut Account<'_>,
    ) -> Result<Read, Cancelled> {
        let files = &self.tree.files;
        let (stands_for, findings) = expected.stand_for(files);
        let renames = Renames::of(expected, &findings);
        let part = self.options.portion.of_shard();
        let division = part.map(|part| Division::of(part, &expected.files, files, &stands_for));
        let is_own = |path: &str| division.as_ref().is_none_or(|division| division.is_own(path));
        let of_all = account.report.findings.len();
        // What the tree's own history has no generation of yet, it lists now in its first.
        let scopes = Scopes::of(&expected.histories);
        let begins = expected.begins();
        let listed_first = |path: &str| begins && scopes.around(path).next() == Some(0);
        for finding in findings {
            let is_listed_now = self.of_a_part || listed_first(&finding.path);
            if finding.kind == FindingKind::NewFile && is_listed_now || !is_own(&finding.path) {
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
            // A list by itself is not appended to.
            says: Says::nothing(if of_history { files.len() } else { 0 }),
        };
        let of_names = account.report.findings.len() - of_all;
        let own = expected.files.iter().filter(|file| is_own(file.path.as_str()));
        account.report.counts.files = own.count() as u64;
        let of_chosen = |listed: &ExpectedFile| {
            self.chosen.as_ref().is_none_or(|chosen| {
                let place = expected.place_of(listed.path.as_str());
                place.and_then(|place| chosen.get(place)).is_some_and(|chosen| *chosen)
            })
        };
        let is_whole = self.chosen.is_none();
        let way = if self.options.past_cache { Way::PastTheCache } else { Way::ThroughTheCache };
        let records = self.records;
        // What no list knows, and what is known to differ, is read only to be recorded, or to find
        // out where a missing file went; what is not asked for is not read at all.
        let is_wanted = |file: &FoundFile, listed: Option<&ExpectedFile>| match listed {
            Some(listed) if !is_own(listed.path.as_str()) => false,
            Some(listed) => of_chosen(listed) && (records || listed.has_size(file.stat.size)),
            None if !is_own(file.path.as_str()) => false,
            None => is_whole && (records || renames.may_be(file.stat.size)),
        };
        let pairs = || files.iter().zip(stands_for.iter().copied());
        let bytes = pairs().filter(|(file, listed)| is_wanted(file, *listed));
        account.context.progress.phase(Phase::Read, total(bytes.map(|(file, _)| file.stat.size)));
        let wanted = pairs().enumerate().filter(|(_, (file, listed))| is_wanted(file, *listed));
        let algorithms: Arc<[Algorithm]> = algorithms.into();
        let wanted = wanted.map(|(index, (file, listed))| {
            let same_size = listed.is_none_or(|listed| listed.has_size(file.stat.size));
            let own = listed.filter(|_| !of_history);
            let own = || own.iter().flat_map(|listed| listed.hashes.algorithms());
            let algorithms = match listed {
                Some(_) if !of_history && !own().eq(algorithms.iter().copied()) => own().collect(),
                _ => Arc::clone(&algorithms),
            };
            let key = (index, file, listed, same_size);
            let found = Some(&file.stat);
            Wanted { key, path: &file.path, found, algorithms, is_of_others: false }
        });
        let Context { progress, clock, sharing, .. } = *account.context;
        let began = clock.now();
        let mut new = Vec::new();
        let mut is_read = vec![false; files.len()];
        let watched = Stopping { progress, stop: AtomicBool::new(false) };
        let stop_at = |account: &Account<'_>| {
            let is_faulty = self.options.stop_at_first && account.is_faulty();
            watched.stop.fetch_or(is_faulty, Ordering::Relaxed);
        };
        let mut doubt = self.doubt.take();
        stop_at(account);
        let outcome = Crew::suiting(self.disk.root(), sharing).read_each(
            self.disk,
            wanted,
            way,
            &watched,
            |(index, file, listed, same_size), result| {
                is_read.get_mut(index).into_iter().for_each(|place| *place = true);
                let outcome = match result.and_then(|outcome| outcome.of_size(file.stat.size)) {
                    Ok(outcome) => outcome,
                    Err(failure) => {
                        let finding = failure.finding(file.path.as_str(), file.stat.size);
                        account.found(finding.on_copy(0));
                        return stop_at(account);
                    }
                };
                if let Some(reason) = outcome.unproven {
                    doubt.get_or_insert_with(|| CacheDoubt::new(file.path.as_str(), reason));
                }
                account.report.counts.bytes += outcome.bytes;
                if of_history {
                    read.digests.set(index, &outcome.values);
                }
                let (say, previous) = match listed {
                    None => {
                        if renames.may_be(file.stat.size) {
                            new.push((file, outcome.values));
                        }
                        (Say::Original, None)
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
                            Held::Yes if same_size => (Say::Verified, renamed),
                            // To call it verified would make a first record of unproven bytes.
                            Held::Unknown => (Say::Nothing, None),
                            _ => (Say::Failed, renamed),
                        }
                    }
                };
                read.says.set(index, say, previous);
                stop_at(account);
            },
        );
        self.doubt = doubt;
        self.stopped = watched.stop.into_inner() && !progress.is_cancelled();
        let unread = pairs().zip(&is_read).filter_map(|((file, listed), is_read)| {
            let listed = listed.filter(|listed| is_own(listed.path.as_str()));
            listed.filter(|listed| !is_read && listed.has_size(file.stat.size))
        });
        self.unread = unread.filter_map(|listed| expected.place_of(listed.path.as_str())).collect();
        account.report.counts.unread = self.unread.len() as u64;
        let bytes = account.report.counts.bytes;
        account.report.phases.push(PhaseRecord::ending(Phase::Read, &began, clock, bytes));
        outcome?;
        let (Some(division), Some(marks)) = (&division, &mut self.marks) else {
            for finding in renames.found(&new) {
                account.found(finding.on_copy(0));
            }
            return Ok(read);
        };
        // What only all shards together can judge.
        let of_reading = account.report.findings.len() - of_all - of_names;
        (marks.of_all, marks.of_names, marks.of_reading) = (of_all, of_names, of_reading);
        marks.sharers = division.sharers();
        marks.tree = tree_digest(self.tree);
        let key = |file: &FoundFile, listed: Option<&ExpectedFile>| {
            is_own(listed.map_or(file.path.as_str(), |listed| listed.path.as_str()))
        };
        let own = || pairs().enumerate().filter(|(_, (file, listed))| key(file, *listed));
        marks.all_read = own().all(|(index, _)| !of_history || read.digests.has(index));
        marks.read = match of_history {
            true => own()
                .filter_map(|(index, (file, listed))| {
                    let found = read_record(file, &read.digests.get(index));
                    let is_known = listed.is_some_and(|listed| {
                        let listed = listed.record();
                        (&listed.path, &listed.hashes) == (&found.path, &found.hashes)
                    });
                    (!found.hashes.is_empty() && !is_known).then_some(found)
                })
                .collect(),
            false => new.iter().map(|(file, values)| read_record(file, values)).collect(),
        };
        let missing = renames.missing.iter().filter(|file| is_own(file.path.as_str()));
        marks.missing = missing.map(|file| ListedText::of(file)).collect();
        marks.note_directories(expected, self.tree, division);
        let places = expected.files.iter().enumerate();
        let places = places.filter(|(_, file)| is_own(file.path.as_str()));
        marks.own = places.map(|(place, _)| place).collect();
        Ok(read)
    }
}

/// Watches as somebody else does, and asks to stop of its own accord.
struct Stopping<'a> {
    progress: &'a dyn Progress,
    stop: AtomicBool,
}

impl Observer for Stopping<'_> {
    fn advanced(&self, bytes: u64) {
        self.progress.advanced(bytes);
    }

    fn is_cancelled(&self) -> bool {
        self.stop.load(Ordering::Relaxed) || self.progress.is_cancelled()
    }
}

impl Progress for Stopping<'_> {
    fn more(&self, bytes: u64) {
        self.progress.more(bytes);
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

    fn found(&self, new: &[(&FoundFile, Vec<HashValue>)]) -> Vec<Finding> {
        let recorded: Vec<Vec<RecordedHash>> = new
            .iter()
            .map(|(_, values)| values.iter().map(|v| RecordedHash::new(Format::Asc, *v)).collect())
            .collect();
        let listed: Vec<_> = self.missing.iter().map(|file| file.hashes.to_vec()).collect();
        let before = self
            .missing
            .iter()
            .zip(&listed)
            .map(|(file, hashes)| Listed::new(&file.path, file.size, hashes));
        let after = new
            .iter()
            .zip(&recorded)
            .map(|((file, _), hashes)| Listed::new(&file.path, Some(file.stat.size), hashes));
        rename_candidates(&before.collect::<Vec<_>>(), &after.collect::<Vec<_>>())
    }
}

/// The pairs of one missing and one new file with the same digests. Both stay what they are: equal
/// bytes under another name are no proof that anybody renamed anything.
pub(crate) fn rename_candidates(missing: &[Listed<'_>], new: &[Listed<'_>]) -> Vec<Finding> {
    changes(missing, new).changes.iter().filter_map(Change::rename_candidate).collect()
}
