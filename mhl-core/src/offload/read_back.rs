//! What stands at one destination, read back past the cache and compared with what the card gave.

use std::{io, num::NonZero, sync::Arc};

use mhl_hash::{Algorithm, HashValue};

use super::{
    destination::{Destination, State},
    source::Source,
};
use crate::{
    CacheDoubt, Finding, FindingKind,
    tree::{
        FoundFile,
        read::{Failure, ReadOutcome, Way},
        turns::{Crew, Wanted},
    },
};

impl Destination {
    /// Reads back what stands there and compares it with what the source gave. Returns the bytes
    /// that were read; `sharing` destinations are read back at the same time.
    pub(super) fn read_back(
        &mut self,
        source: &Source,
        last_chance: bool,
        sharing: NonZero<usize>,
    ) -> u64 {
        let mut bytes = 0;
        if self.lost {
            return bytes;
        }
        // By now all that was read is hashed.
        self.note(source);
        // What was left by the offload that this one takes up is ours to write anew.
        let may_write_anew = !last_chance;
        let digests = source.digests().clone();
        let files = source.files();
        let states = self.states.iter_mut().enumerate();
        for (_, state) in states.filter(|(index, state)| state.stands() && !digests.has(*index)) {
            // The source could not be read: there is nothing to compare with.
            *state = State::Failed;
        }
        let before = self.states.clone();
        let standing =
            files.iter().zip(before).enumerate().filter_map(|(index, (file, state))| {
                state.stands().then_some((index, file, state))
            });
        let algorithms: Arc<[Algorithm]> = digests.algorithms().into();
        let wanted = standing.map(|(index, file, state)| Wanted {
            key: (index, file, state),
            path: &file.path,
            found: None,
            algorithms: Arc::clone(&algorithms),
            is_of_others: state != State::Durable,
        });
        let pulse = Arc::clone(&self.pulse);
        let Destination { roll, states, findings, doubt, .. } = self;
        let judged = |(index, file, state): (usize, &FoundFile, State), result: Result<_, _>| {
            let may_write_anew = may_write_anew && state == State::Standing;
            let proof = result.as_ref().map_or(None, |found: &ReadOutcome| found.unproven);
            bytes += result.as_ref().map_or(0, |found| found.bytes);
            let (state, finding) = judge(file, state, &digests.get(index), result, may_write_anew);
            if let (State::Proven, Some(reason)) = (state, proof) {
                doubt.get_or_insert_with(|| CacheDoubt::new(file.path.as_str(), reason));
            }
            findings.extend(finding);
            if let Some(place) = states.get_mut(index) {
                *place = state;
            }
        };
        // After a cancellation the rest stays as it is.
        let crew = pulse.call(|| Crew::suiting(roll.root(), sharing));
        let _ = crew.read_each(roll.as_ref(), wanted, Way::PastTheCache, pulse.as_ref(), judged);
        bytes
    }

    /// The files to be written once more; what stands in their place is removed. After the last
    /// chance they are given up instead.
    pub(super) fn take_again(&mut self, source: &Source, last_chance: bool) -> Vec<usize> {
        let mut work = Vec::new();
        for (index, file) in source.files().iter().enumerate() {
            if self.states.get(index) != Some(&State::Again) {
                continue;
            }
            if last_chance || self.lost {
                self.set(index, State::Failed);
                let note = if self.lost {
                    "not written: the destination was given up"
                } else {
                    "written twice, and twice it could not be made durable"
                };
                let finding = Finding::new(FindingKind::WriteFailed, file.path.as_str());
                self.findings.push(finding.noting(note));
                continue;
            }
            match self.roll.remove(&file.path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    self.fail(index, Some(file), &error);
                }
                _ => {
                    self.set(index, State::Wanted);
                    work.push(index);
                }
            }
        }
        work
    }
}

/// What a file is after it was read back, and what is to be said of it.
fn judge(
    file: &FoundFile,
    state: State,
    expected: &[HashValue],
    result: Result<ReadOutcome, Failure>,
    may_write_anew: bool,
) -> (State, Option<Finding>) {
    let path = file.path.as_str();
    let finding = match result {
        Ok(found) if found.identity == file.stat.identity => {
            Finding::new(FindingKind::NameTaken, path)
                .noting("it is the card's own file under a second name, and no copy")
        }
        Ok(found) if found.values == expected && found.bytes == file.stat.size => {
            return (State::Proven, None);
        }
        _ if may_write_anew => return (State::Again, None),
        Ok(found) => {
            let finding = Finding::new(FindingKind::HashMismatch, path);
            let unequal = expected.iter().zip(&found.values).find(|(a, b)| a != b);
            let finding = match unequal {
                Some((expected, found)) => {
                    finding.differing(format!("{expected:?}"), format!("{found:?}"))
                }
                None => finding,
            };
            finding.noting(match state {
                State::Kept => {
                    "what stands there is not what the card gives: one of the two changed since \
                     it was put there"
                }
                _ => {
                    "the destination gave back other bytes than were written: replace the drive, \
                     cable or reader"
                }
            })
        }
        Err(Failure::Io(offset, error)) => Finding::new(FindingKind::UnreadableFile, path)
            .noting(format!("read-back failed at byte {offset}: {error}")),
        Err(Failure::NotDurable(error)) => Finding::new(FindingKind::WriteFailed, path)
            .noting(format!("it stands there, and could not be made durable: {error}")),
        Err(_) => Finding::new(FindingKind::SourceChanged, path)
            .noting("somebody changed the copy while it was read back"),
    };
    (State::Failed, Some(finding))
}
