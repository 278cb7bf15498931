use super::{Rule, attested, c1};
use crate::{
    Truth,
    action::Action,
    attestation::{Environment, Qc},
    case::Case,
    event_ref::EventRef,
    ledger::{ByRoll, Recorded},
    media::MediumId,
    roll::RollId,
    time::Time,
    verdict::{Node, Reference},
};

pub(super) const RULE: Rule = Rule::minimum(
    "Q1",
    "Visual QC should be performed at a minimum image resolution of 3840x2160 to best identify visual artifacts (e.g., dead pixels, moire, etc.). Visual QC should be done in a controlled environment like a lab. If color evaluation is part of the process the monitor should be professionally calibrated. Visual QC should be done from a checksum-verified safety copy and not a camera mag",
);

pub(super) const REAL_TIME: Rule =
    Rule::ideal("Q1i", "Visual QC is ideally done at real-time playback");

/// Every file passed quality control from a verified copy, seen large enough, in a controlled
/// environment.
pub(super) fn judge(case: &Case<'_>, roll: &RollId) -> Node {
    let qcs = &case.state.qcs;
    let least = &case.profile.qc;
    let anew =
        Action::Qc { roll: roll.clone(), width: least.width.get(), height: least.height.get() };
    let node = attested::judge(case, (&RULE, "QC"), roll, qcs, anew, |recorded, asked| {
        let Recorded { at, says: qc, .. } = recorded;
        asked.ask(
            qc.width.map(|width| width >= least.width.get()),
            "its image was too narrow, or its width is not recorded",
        );
        asked.ask(
            qc.height.map(|height| height >= least.height.get()),
            "its image was too low, or its height is not recorded",
        );
        asked.ask(
            qc.environment.as_ref().map_or(Truth::Unknown, |environment| match environment {
                Environment::Controlled => Truth::Yes,
                Environment::Uncontrolled => Truth::No,
                Environment::Other(_) => Truth::Unknown,
            }),
            "a controlled environment is not recorded",
        );
        asked.ask(
            Truth::from(qc.colour_evaluated).implies(qc.monitor_calibrated.into()),
            "colour was evaluated, or may have been, and no calibrated monitor is recorded",
        );
        let medium = qc.medium.as_ref();
        asked.ask(
            medium.map_or(Truth::Unknown, |medium| {
                was_verified(case, roll, medium, (at, recorded.as_of(qc.when)))
            }),
            "it was not played from a copy that was verified before",
        );
        asked.ask_or(
            !medium.map_or(Truth::Unknown, |medium| case.is_capture_device(medium)),
            "it was played from the camera mag, or it may have been",
            medium
                .filter(|medium| case.is_capture_device(medium) == Truth::Unknown)
                .map(|medium| Action::RecordMedium { medium: medium.clone() }),
        );
    });
    let ideal = real_time(roll, qcs);
    node.with([ideal])
}

/// The medium held a copy that was verified before that event.
fn was_verified(
    case: &Case<'_>,
    roll: &RollId,
    medium: &MediumId,
    (before, time): (&EventRef, Time),
) -> Truth {
    let copies = case.state.copies_of(roll).filter(|(id, _)| id.medium.as_ref() == Some(medium));
    // The copy may be gone by now; what counts is what was known of it then.
    let verified = copies.flat_map(|(_, copy)| {
        let known = copy.evidence.iter().take_while(|seen| seen.at < *before);
        known.last().map(|_| {
            // Not the last alone: what was wiped before it was played may have been wiped since.
            let gone = copy.wiped.iter().chain(&copy.lost).filter(|at| *at < before).max();
            let standing = copy.evidence.iter().filter(move |seen| {
                let known = seen.at < *before && seen.time <= time;
                known && gone.is_none_or(|gone| seen.at > *gone)
            });
            // A later failure takes back what was verified before it.
            standing.fold(Truth::No, |so_far, seen| match c1::judge(case, "", seen).outcome {
                Truth::No if c1::is_failed(seen) => Truth::No,
                outcome => so_far.or(outcome),
            })
        })
    });
    Truth::any(verified)
}

fn real_time(roll: &RollId, qcs: &ByRoll<Qc>) -> Node {
    let of_roll = || qcs.of(roll);
    let outcome = Truth::any(of_roll().map(|qc| Truth::from(qc.says.real_time)));
    let reason = match outcome {
        Truth::Yes => "QC was done at real-time playback",
        _ => "no QC at real-time playback is on record",
    };
    let events = of_roll().map(|qc| Reference::Event(qc.at.clone()));
    Node::new(&REAL_TIME, roll.as_str(), outcome, reason)
        .remedied(|| "do QC at real-time playback".to_owned())
        .citing(events)
}

#[cfg(test)]
mod tests {
    use super::super::tests::*;

    #[test]
    fn table_of_cases() {
        let cases = [
            (
                "from a copy that had been wiped before",
                {
                    let mut steps = day();
                    steps.insert(11, event("wipe", json!({"medium": "serial:LAB"})));
                    steps
                },
                No,
            ),
            (
                "from a copy that had been wiped before, and was made and wiped again since",
                {
                    let wipe = || event("wipe", json!({"medium": "serial:LAB"}));
                    let mut steps = day_and([verify("A001", "/lab/A001", "serial:LAB"), wipe()]);
                    steps.insert(11, wipe());
                    steps
                },
                No,
            ),
            (
                "from a copy that had been wiped, made again and verified before",
                {
                    let mut steps = day();
                    let wipe = event("wipe", json!({"medium": "serial:LAB"}));
                    steps.splice(11..11, [wipe, verify("A001", "/lab/A001", "serial:LAB")]);
                    steps
                },
                Yes,
            ),
            (
                "from a copy that was verified, and read through the cache later",
                {
                    let mut steps = day();
                    let again = changed(verify("A001", "/lab/A001", "serial:LAB"), |r| {
                        r.copies[0].grade = Some(mhl_core::Grade::ThroughTheCache);
                    });
                    steps.insert(11, again);
                    steps
                },
                Yes,
            ),
            (
                "from a copy that was verified, and failed before it was played",
                {
                    let mut steps = day();
                    let again = changed(verify("A001", "/lab/A001", "serial:LAB"), |r| {
                        r.copies[0].status = mhl_core::Status::Failed;
                    });
                    steps.insert(11, again);
                    steps.push(verify("A001", "/lab/A001", "serial:LAB"));
                    steps
                },
                No,
            ),
            (
                "from the camera mag under another name",
                reported("A001", |r| {
                    r.source.device = Some("fs:1".into());
                    r.copies[1].place.device = Some("fs:1".into());
                }),
                No,
            ),
            ("seen large in a controlled room, from a verified copy", day(), Yes),
            ("too narrow", patched("qc", "A001", json!({"width": 2160, "height": 3840})), No),
            (
                "row 105: a width that would wrap",
                patched("qc", "A001", json!({"width": 0, "height": 4294967295u32})),
                No,
            ),
            ("height not recorded", patched("qc", "A001", json!({"height": null})), Unknown),
            ("anywhere", patched("qc", "A001", json!({"environment": "uncontrolled"})), No),
            (
                "colour on a monitor of unknown calibration",
                patched("qc", "A001", json!({"monitor_calibrated": null})),
                Unknown,
            ),
            (
                "no colour, no calibration",
                patched(
                    "qc",
                    "A001",
                    json!({"monitor_calibrated": false, "colour_evaluated": false}),
                ),
                Yes,
            ),
            ("from the camera mag", patched("qc", "A001", json!({"medium": "serial:CARD-A"})), No),
            (
                "from a medium without a copy",
                {
                    let mut steps = patched("qc", "A001", json!({"medium": "serial:USB"}));
                    steps.insert(
                        0,
                        event("medium", json!({"id": "serial:USB", "kind": "raid", "level": "5"})),
                    );
                    steps
                },
                No,
            ),
            (
                "from a medium not recorded with it",
                patched("qc", "A001", json!({"medium": null})),
                Unknown,
            ),
            (
                "from a copy that was verified only later",
                {
                    let mut steps = reported("A001", |r| r.copies[1].grade = None);
                    steps.push(verify("A001", "/lab/A001", "serial:LAB"));
                    steps
                },
                No,
            ),
            (
                "from a copy that was wiped since",
                day_and([event("wipe", json!({"medium": "serial:LAB"}))]),
                Yes,
            ),
        ];
        table(&super::RULE, "A001", &cases);
    }

    #[test]
    fn real_time_is_ideal_and_never_decides() {
        let cases = [(Some(true), Yes), (Some(false), No), (None, Unknown)];
        for (real_time, expected) in cases {
            let steps = patched("qc", "A001", json!({"real_time": real_time}));
            let question = crate::Question::roll("A001");
            assert_eq!(outcome(&steps, &question, "Q1i", "A001"), expected);
            assert_eq!(judged(&steps, &question).decision, crate::Decision::Cleared);
        }
    }

    #[test]
    fn whether_it_was_seen_at_real_time_is_said() {
        let said = |steps: &[Step]| said(steps, &super::REAL_TIME, "A001");
        let (reason, remedy) = said(&patched("qc", "A001", json!({"real_time": true})));
        assert_eq!((&*reason, &*remedy), ("QC was done at real-time playback", ""));
        let (reason, remedy) = said(&patched("qc", "A001", json!({"real_time": false})));
        assert_eq!(reason, "no QC at real-time playback is on record");
        assert_eq!(remedy, "do QC at real-time playback");
    }
}
