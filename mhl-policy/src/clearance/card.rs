//! What a look at the card says of a permit.

use super::breach::Breach;
use crate::{roll::RollId, time::Time};
use mhl_core::{FileRecord, Operation, RelativePath, Report, Status, roll_content};
use mhl_hash::{Algorithm, HashValue};
use std::collections::{BTreeMap, BTreeSet};

/// Each report is of one roll of the permit, found nothing amiss, and no roll is left out.
pub(super) fn check(
    rolls: &BTreeMap<RollId, String>,
    issued: Time,
    looks: &[Report],
    breaches: &mut Vec<Breach>,
) {
    let mut seen = BTreeSet::new();
    for look in looks {
        // Times in reports never help; one that is too early, or none, is no look since.
        if look.started.parse::<Time>().map_or(true, |started| started < issued) {
            breaches.push(Breach::EarlyLook { started: look.started.clone(), issued });
        }
        let faults = look.findings.iter().filter(|finding| finding.kind.is_fault());
        breaches.extend(
            faults.map(|fault| Breach::Card { kind: fault.kind, path: fault.path.clone() }),
        );
        let held = match look.operation {
            Operation::Verify => look.status == Status::Verified,
            // Names and sizes prove nothing of the bytes, and that no file came or went.
            Operation::Diff => look.status == Status::Unproven,
            _ => false,
        };
        if !held {
            let (operation, status) = (look.operation, look.status);
            breaches.push(Breach::Look { operation, status });
        }
        match content(look) {
            Some(found) if rolls.values().any(|bound| *bound == found) => drop(seen.insert(found)),
            found => breaches.push(Breach::OtherContent { found }),
        }
    }
    if !looks.is_empty() {
        let missed = rolls.iter().filter(|(_, content)| !seen.contains(*content));
        breaches.extend(missed.map(|(roll, _)| Breach::NotLookedAt { roll: roll.clone() }));
    }
}

/// The content of the list that the card was compared with: the report's own word for it, or what
/// the files that it lists amount to.
fn content(look: &Report) -> Option<String> {
    if let Some(roll) = &look.roll {
        return Some(roll.content.clone());
    }
    let files: Vec<(RelativePath, Option<u64>, Vec<HashValue>)> =
        look.files.iter().map(parsed).collect::<Option<_>>()?;
    let lines = files.iter().map(|(path, size, digests)| (path, *size, digests.as_slice()));
    (!files.is_empty()).then(|| roll_content(lines).to_string())
}

fn parsed(file: &FileRecord) -> Option<(RelativePath, Option<u64>, Vec<HashValue>)> {
    let digests = file.hashes.iter().map(|hash| {
        let (algorithm, value) = hash.split_once(':')?;
        HashValue::parse(algorithm.parse::<Algorithm>().ok()?, value).ok()
    });
    Some((RelativePath::new(&file.path).ok()?, file.size, digests.collect::<Option<_>>()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use mhl_core::Place;

    /// A verification that held, of a report that names no roll: what it lists has to tell.
    fn look(path: &str, digests: &[&str]) -> Report {
        let mut look = Report::new(Operation::Verify, Place::new("/card/A001", None));
        look.status = Status::Verified;
        look.started = Time::from_unix(0).to_string();
        let digests = digests.iter().map(|digest| (*digest).to_owned()).collect();
        look.files = vec![FileRecord::new(path, Some(5), digests)];
        look
    }

    #[test]
    fn a_look_whose_list_cannot_be_read_is_of_no_roll() {
        let good = ["xxh64be:44bc2cf5ad770999", "md5:d41d8cd98f00b204e9800998ecf8427e"];
        let bound = content(&look("Clips/A001C001.mxf", &good)).unwrap();
        let rolls = BTreeMap::from([("A001".into(), bound)]);
        let missed = Breach::NotLookedAt { roll: "A001".into() };
        let mut none = look("Clips/A001C001.mxf", &good);
        none.files.clear();
        for (case, look, found) in [
            ("as it was", look("Clips/A001C001.mxf", &good), None),
            ("no file", none, Some(None)),
            ("a digest of no name", look("Clips/A001C001.mxf", &["44bc2cf5ad770999"]), Some(None)),
            ("an unknown digest", look("Clips/A001C001.mxf", &[good[0], "crc:44bc"]), Some(None)),
            ("half a digest", look("Clips/A001C001.mxf", &["xxh64be:44bc2cf5"]), Some(None)),
            ("a path out of the card", look("../A001C001.mxf", &good), Some(None)),
        ] {
            let mut breaches = Vec::new();
            check(&rolls, Time::from_unix(0), &[look], &mut breaches);
            let expected = found.map(|found| vec![Breach::OtherContent { found }, missed.clone()]);
            assert_eq!(breaches, expected.unwrap_or_default(), "{case}");
        }
    }
}
