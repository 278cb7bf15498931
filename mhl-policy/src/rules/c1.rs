use super::Rule;
use crate::{
    Truth,
    case::Case,
    copy::{CopyId, Seen},
    evidence::one_name,
    verdict::{Node, Reference},
};
use mhl_core::{Grade, Status};

pub(super) const RULE: Rule = Rule::minimum(
    "C1",
    "All copies of original camera and audio files should be offloaded using checksum verification, either MD5 or xxHash64be.",
);

/// Every file was read and compared, with a digest that the profile lists, as strongly as it
/// asks.
pub(super) fn judge(case: &Case<'_>, subject: &str, seen: &Seen) -> Node {
    let checksums = &case.profile.checksums;
    let found = &seen.found;
    let ignored: Vec<&String> = found.ignored.difference(&checksums.ignored).collect();
    let least = checksums.minimum_grade.get();
    let listed = |name: &String| checksums.algorithms.contains(&one_name(name));
    // What is known not to hold comes before what is unknown.
    let (outcome, reason) = if !found.faults.is_empty() {
        let faults = crate::word::joined(&found.faults);
        (Truth::No, format!("the report has {faults}"))
    } else if found.status != Status::Verified {
        (Truth::No, format!("it was not verified; {}", proof(&found.proof, found.status)))
    } else if !found.complete && seen.file_count > 0 {
        (Truth::No, "files are missing from it or were left out".to_owned())
    } else if !ignored.is_empty() {
        (Truth::No, format!("files were left unlisted ({})", crate::word::joined(ignored)))
    } else if !found.algorithms.is_empty() && !found.algorithms.iter().any(listed) {
        let used = crate::word::joined(&found.algorithms);
        (Truth::No, format!("{used} is no digest that the profile lists"))
    } else {
        match found.grade {
            None => (Truth::No, "nothing was read back".to_owned()),
            Some(grade @ (Grade::SizeOnly | Grade::Inherited)) => {
                (Truth::No, format!("{}, grade {}, never counts", grade.meaning(), grade.number()))
            }
            Some(grade) if grade.number() < least => (
                Truth::No,
                format!("{}, grade {} of the {least} needed", grade.meaning(), grade.number()),
            ),
            Some(_) if seen.file_count == 0 => (
                Truth::Unknown,
                "its list has no files, and nothing is never every file".to_owned(),
            ),
            Some(_) if found.algorithms.is_empty() => {
                (Truth::Unknown, "which digests were compared is not recorded".to_owned())
            }
            Some(grade) => (Truth::Yes, format!("{}, grade {}", grade.meaning(), grade.number())),
        }
    };
    Node::new(&RULE, subject, outcome, reason)
        .remedied(|| match must_be_copied(seen) {
            true => "copy the roll there again, or to another medium, and verify it past the cache",
            false => "verify every file of the copy past the cache, and record the report",
        })
        .citing([Reference::Event(seen.at.clone())])
}

/// What was found wanting, or lacks files, is not mended by looking again.
pub(super) fn must_be_copied(seen: &Seen) -> bool {
    is_failed(seen) || (seen.found.status == Status::Verified && !seen.found.complete)
}

/// A report that found the copy, or what it was made from, wanting.
pub(super) fn is_failed(seen: &Seen) -> bool {
    seen.found.status == Status::Failed || !seen.found.faults.is_empty()
}

/// A copy without any evidence that stands.
pub(super) fn judge_lost(subject: &str) -> Node {
    let reason = "its medium was lost, failed or wiped, by this or another of its names, and the copy not verified since";
    Node::new(&RULE, subject, Truth::No, reason).remedied(|| {
        "verify every file of the copy past the cache, and record the report".to_owned()
    })
}

/// A copy on a device that was found wanting since, below another folder.
pub(super) fn judge_failed_elsewhere(subject: &str, other: &CopyId, failed: &Seen) -> Node {
    let reason = format!("the roll failed on the same device since, below {}", other.root);
    Node::new(&RULE, subject, Truth::No, reason)
        .remedied(|| "replace the device, or verify every copy on it past the cache".to_owned())
        .citing([Reference::Event(failed.at.clone())])
}

fn proof(proof: &str, status: Status) -> String {
    match (proof.is_empty(), status) {
        (false, _) => proof.to_owned(),
        (true, Status::Failed) => "the verification failed".to_owned(),
        (true, Status::Cancelled) => "the run was cancelled".to_owned(),
        (true, _) => "something had nothing to compare with".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::*;
    use mhl_core::{Finding, FindingKind};
    use mhl_core::{Grade, Status};

    #[test]
    fn table_of_cases() {
        let cases = [
            ("read back past the cache", day(), Yes),
            (
                "row 103: through the cache",
                reported("A001", |r| r.copies[0].grade = Some(Grade::ThroughTheCache)),
                No,
            ),
            ("size only", reported("A001", |r| r.copies[0].grade = Some(Grade::SizeOnly)), No),
            ("nothing read back", reported("A001", |r| r.copies[0].grade = None), No),
            ("SHA-1 alone", reported("A001", |r| r.copies[0].algorithms = vec!["sha1".into()]), No),
            ("no digest named", reported("A001", |r| r.copies[0].algorithms = vec![]), Unknown),
            (
                "no digest named, and through the cache",
                reported("A001", |r| {
                    r.copies[0].algorithms = vec![];
                    r.copies[0].grade = Some(Grade::ThroughTheCache);
                }),
                No,
            ),
            (
                "an empty list",
                reported("A001", |r| {
                    r.files.clear();
                    r.roll.as_mut().unwrap().files = 0;
                }),
                Unknown,
            ),
            (
                "an empty list that is not even complete",
                reported("A001", |r| {
                    r.files.clear();
                    r.roll.as_mut().unwrap().files = 0;
                    r.copies[0].complete = false;
                }),
                Unknown,
            ),
            ("not every file", reported("A001", |r| r.copies[0].complete = false), No),
            (
                "a portion of it",
                reported("A001", |r| {
                    // What a verification says that left files unread, as was asked.
                    r.copies[0].status = Status::Unproven;
                    r.copies[0].complete = false;
                    r.add(Finding::new(FindingKind::Unread, ".").on_copy(0));
                }),
                No,
            ),
            (
                "verified, then a portion of it held",
                day_and([changed(verify("A001", "/set/A001", "serial:SET"), |r| {
                    r.copies[0].status = Status::Unproven;
                    r.copies[0].complete = false;
                })]),
                Yes,
            ),
            ("cancelled", reported("A001", |r| r.copies[0].status = Status::Cancelled), No),
            (
                "a file left unlisted by a pattern",
                reported("A001", |r| r.add(Finding::new(FindingKind::Ignored, "x.tmp"))),
                No,
            ),
            (
                "litter passed over",
                reported("A001", |r| r.add(Finding::new(FindingKind::Litter, ".DS_Store"))),
                Yes,
            ),
            (
                "verified, then failed",
                day_and([changed(verify("A001", "/set/A001", "serial:SET"), |r| {
                    r.copies[0].status = Status::Failed
                })]),
                No,
            ),
            (
                "verified, then failed where it was mounted later",
                day_and([changed(verify("A001", "/elsewhere/A001", "serial:SET"), |r| {
                    r.copies[0].status = Status::Failed
                })]),
                No,
            ),
            (
                "failed, then verified",
                day_and([
                    changed(verify("A001", "/set/A001", "serial:SET"), |r| {
                        r.copies[0].status = Status::Failed
                    }),
                    verify("A001", "/set/A001", "serial:SET"),
                ]),
                Yes,
            ),
        ];
        table(&super::RULE, "serial:SET", &cases);
    }

    /// Also where the report does not.
    #[test]
    fn why_a_copy_was_not_verified_is_told() {
        for (status, why) in [
            (Status::Failed, "the verification failed"),
            (Status::Cancelled, "the run was cancelled"),
            (Status::Unproven, "something had nothing to compare with"),
        ] {
            for proof in ["", "the drive was taken away"] {
                let steps = reported("A001", |r| {
                    r.copies[0].status = status;
                    r.copies[0].proof = proof.into();
                });
                let verdict = judged(&steps, &crate::Question::roll("A001"));
                let copy = verdict.copies.iter().find(|copy| copy.root == "/set/A001").unwrap();
                let told = if proof.is_empty() { why } else { proof };
                assert!(
                    copy.reason.contains(&format!("C1: it was not verified; {told}")),
                    "{copy:?}"
                );
            }
        }
    }
}
