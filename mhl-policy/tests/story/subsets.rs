//! Every subset of a day with everything that can go wrong in it: what the crate clears, a plain
//! second reading of the rules clears too, and the reverse.

use super::*;
use mhl_core::{Grade, Report, Status};
use mhl_policy::{Ledger, Profile, Time, clear, permit};
use proptest::prelude::*;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// What may come after the day, in any order.
pub(crate) fn afterwards() -> Vec<Step> {
    let failed = |step| changed(step, |r: &mut Report| r.copies[0].status = Status::Failed);
    vec![
        event("medium", json!({"id": "serial:THIRD", "kind": "raid", "level": "10"})),
        verify("A001", "/third/A001", "serial:THIRD"),
        verify("S001", "/third/S001", "serial:THIRD"),
        verify("A001", "/lab/A001", "serial:LAB"),
        failed(verify("A001", "/lab/A001", "serial:LAB")),
        failed(verify("S001", "/tape/S001", "lto:T00001L8")),
        changed(verify("A001", "/set/A001", "serial:SET"), |r| {
            r.copies[0].grade = Some(Grade::ThroughTheCache);
        }),
        event("loss", json!({"medium": "lto:T00001L8", "condition": "lost"})),
        event("move", json!({"medium": "serial:SET", "condition": "in-transit"})),
        event("wipe", json!({"medium": "serial:SET"})),
        event("inspection", json!({"rolls": ["A001"], "result": "failed", "issues": ["flicker"]})),
        changed(verify("A001", "/card/A001", "serial:CARD-A"), |r| {
            r.roll.as_mut().unwrap().content = c4("longer");
        }),
        changed(verify("A001", "/lab/A001", "serial:LAB"), |r| {
            r.roll.as_mut().unwrap().content = c4("longer");
        }),
    ]
}

/// The rules again, for this day alone, as plainly as they can be written.
#[derive(Default)]
struct Plain {
    recorded: BTreeSet<String>,
    /// Copies that are verified, and the content that they are of.
    verified: BTreeMap<(String, String), String>,
    content: BTreeMap<String, String>,
    attested: BTreeSet<&'static str>,
    lost: bool,
    travelling: bool,
    open_issue: bool,
}

impl Plain {
    fn take(&mut self, step: &Step) {
        match step {
            Step::Report { report, roll, placements } => self.read(report, roll, placements),
            Step::Event { kind, data } => {
                let names = |text: &str| data.to_string().contains(text);
                match *kind {
                    "roll" | "medium" | "place" => {
                        self.recorded.insert(data["id"].as_str().unwrap().to_owned());
                    }
                    "inspection" if names("flicker") => self.open_issue = true,
                    "inspection" if names("S001") => {}
                    "qc" if !self.verified.contains_key(&("A001".into(), "serial:LAB".into())) => {}
                    "loss" => {
                        self.lost = true;
                        self.verified.retain(|(_, medium), _| medium != "lto:T00001L8");
                    }
                    "move" => self.travelling = true,
                    "wipe" => self.verified.retain(|(_, medium), _| medium != "serial:SET"),
                    kind => drop(self.attested.insert(kind)),
                }
            }
        }
    }

    fn read(&mut self, report: &Report, roll: &str, placements: &[mhl_policy::Placement]) {
        let content = &report.roll.as_ref().unwrap().content;
        let scanned = placements
            .iter()
            .any(|placed| placed.medium.as_ref().unwrap().as_str() == "serial:CARD-A");
        let known = self.content.entry(roll.to_owned()).or_insert(content.clone());
        if scanned && known != content {
            *known = content.clone();
            self.attested.clear();
            self.verified.retain(|(of, _), _| of != roll);
        }
        for placed in placements {
            let Some(copy) = placed.copy.map(|copy| &report.copies[copy]) else { continue };
            let key = (roll.to_owned(), placed.medium.as_ref().unwrap().to_string());
            if copy.status == Status::Failed {
                self.verified.remove(&key);
            } else if copy.grade >= Some(Grade::PastTheCache) && *content == self.content[roll] {
                self.verified.insert(key, content.clone());
            }
        }
    }

    fn clears(&self) -> bool {
        let needed = ["A001", "S001", "cart", "vault", "serial:CARD-A"];
        let attested = ["inspection", "qc", "evaluation", "report-check"];
        needed.iter().all(|id| self.recorded.contains(*id))
            // What a roll was played from in QC must be known to be no camera mag.
            && self.recorded.contains("serial:LAB")
            && attested.iter().all(|kind| self.attested.contains(kind))
            && !self.open_issue
            && ["A001", "S001"].iter().all(|roll| self.is_safe(roll))
    }

    fn is_safe(&self, roll: &str) -> bool {
        let counts = |medium: &str| {
            self.recorded.contains(medium)
                && self.verified.contains_key(&(roll.to_owned(), medium.to_owned()))
        };
        let tape = counts("lto:T00001L8") && !self.lost;
        let copies = ["serial:SET", "serial:LAB", "serial:THIRD"].map(counts);
        let elsewhere = copies[0] && !self.travelling && (copies[1] || tape);
        tape && copies.iter().filter(|counts| **counts).count() >= 2 && elsewhere
    }
}

fn compare(steps: &[Step]) -> (bool, bool, String) {
    let (mut ledger, mut plain) = (Ledger::new(), Plain::default());
    for step in steps {
        // What the ledger refuses did not happen.
        if record(&mut ledger, step).is_ok() {
            plain.take(step);
        }
    }
    let (question, profile) = (Question::roll("A001"), Profile::default());
    let verdict = clear(&ledger, &question, &profile, now());
    let later = Time::from_unix(now().unix() + 3600);
    let permitted = permit(&ledger, &question, &profile, now(), later).is_ok();
    assert_eq!(permitted, verdict.decision == Decision::Cleared, "{verdict}");
    (verdict.decision == Decision::Cleared, plain.clears(), verdict.to_string())
}

#[test]
fn any_one_or_two_steps_left_out_are_read_the_same() {
    let day = day();
    for first in 0..day.len() {
        for second in 0..day.len() {
            let mut steps = day.clone();
            steps.remove(first.max(second));
            if first != second {
                steps.remove(first.min(second));
            }
            let (crate_clears, plain_clears, verdict) = compare(&steps);
            assert_eq!(crate_clears, plain_clears, "without {first} and {second}\n{verdict}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn any_day_is_read_the_same(
        // Most of the day happens, or nothing would ever be cleared.
        left_out in prop::collection::btree_set(0_usize..17, 0..3),
        after in Just(afterwards()).prop_shuffle(),
        taken in prop::collection::vec(prop::bool::weighted(0.25), 13),
    ) {
        let mut steps: Vec<Step> = day()
            .into_iter()
            .enumerate()
            .filter(|(index, _)| !left_out.contains(index))
            .map(|(_, step)| step)
            .collect();
        steps.extend(after.into_iter().zip(taken).filter(|(_, taken)| *taken).map(|(step, _)| step));
        let (crate_clears, plain_clears, verdict) = compare(&steps);
        prop_assert_eq!(crate_clears, plain_clears, "{}\n{:#?}", verdict, steps);
    }
}

#[test]
fn the_second_reading_clears_the_day_and_the_day_recovered() {
    assert!(compare(&day()).1);
    let recovered = day_and([
        changed(verify("A001", "/lab/A001", "serial:LAB"), |r| {
            r.copies[0].status = Status::Failed;
        }),
        verify("A001", "/lab/A001", "serial:LAB"),
    ]);
    let (crate_clears, plain_clears, verdict) = compare(&recovered);
    assert!(crate_clears && plain_clears, "{verdict}");
    assert_eq!(day().len(), 17);
    assert_eq!(afterwards().len(), 13);
}

/// The day with some steps left out, and some of what may come after it.
fn told(left_out: &BTreeSet<usize>, after: &[Step], taken: &[bool]) -> Ledger {
    let mut ledger = Ledger::new();
    let day = day().into_iter().enumerate().filter(|(index, _)| !left_out.contains(index));
    let after = after.iter().zip(taken).filter(|(_, taken)| **taken).map(|(step, _)| step.clone());
    for step in day.map(|(_, step)| step).chain(after) {
        let _ = record(&mut ledger, &step);
    }
    ledger
}

fn clears(ledger: &Ledger) -> bool {
    let question = Question::roll("A001");
    clear(ledger, &question, &Profile::default(), now()).decision == Decision::Cleared
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Any one step of the day taken away: what was not cleared stays so.
    #[test]
    fn nothing_is_gained_by_leaving_something_out(
        left_out in prop::collection::btree_set(0_usize..17, 0..3),
        more in 0_usize..17,
        after in Just(afterwards()).prop_shuffle(),
        taken in prop::collection::vec(prop::bool::weighted(0.2), 13),
    ) {
        let with = clears(&told(&left_out, &after, &taken));
        let mut fewer = left_out;
        fewer.insert(more);
        // Without its record there is no roll, and nothing that may be said of it.
        prop_assert!(with || !clears(&told(&fewer, &after, &taken)));
    }

    /// A report more that found something wanting, whatever it looked at: what was not cleared
    /// stays so. An issue more, a loss and a wipe do not help either.
    #[test]
    fn nothing_is_gained_by_bad_news(
        left_out in prop::collection::btree_set(0_usize..17, 0..2),
        after in Just(afterwards()).prop_shuffle(),
        taken in prop::collection::vec(prop::bool::weighted(0.2), 13),
        roll in prop::sample::select(vec!["A001", "S001"]),
        place in 0_usize..5,
        news in 0_usize..6,
    ) {
        let mut ledger = told(&left_out, &after, &taken);
        let before = clears(&ledger);
        let (root, on) = [
            ("/set", "serial:SET"),
            ("/lab", "serial:LAB"),
            ("/tape", "lto:T00001L8"),
            ("/card", "serial:CARD-A"),
            ("/third", "serial:THIRD"),
        ][place];
        let report = |change: fn(&mut Report)| {
            changed(verify(roll, &format!("{root}/{roll}"), on), change)
        };
        let news = match news {
            0 => report(|r| r.copies[0].status = Status::Failed),
            1 => report(|r| {
                r.add(mhl_core::Finding::new(mhl_core::FindingKind::MissingFile, "x").on_copy(0));
            }),
            2 => report(|r| r.copies[0].complete = false),
            3 => event("loss", json!({"medium": on, "condition": "failed"})),
            4 => event("wipe", json!({"medium": on})),
            _ => event("qc", json!({"rolls": [roll], "result": "failed", "issues": ["a dead pixel"]})),
        };
        // A card that was wiped holds nothing that its next wipe would take.
        prop_assume!(place != 3 || !matches!(&news, Step::Event { kind: "wipe" | "loss", .. }));
        if record(&mut ledger, &news).is_ok() {
            prop_assert!(before || !clears(&ledger), "{:?}", news);
        }
    }

    /// Lines that come in again, in another ledger, count once and change nothing.
    #[test]
    fn what_is_told_twice_counts_once(
        left_out in prop::collection::btree_set(0_usize..17, 0..3),
        after in Just(afterwards()).prop_shuffle(),
        taken in prop::collection::vec(prop::bool::weighted(0.2), 13),
        part in any::<prop::sample::Index>(),
    ) {
        let mut ledger = told(&left_out, &after, &taken);
        let text = ledger.appended().to_owned();
        prop_assume!(!text.is_empty());
        let ends: Vec<usize> = text.match_indices('\n').map(|(at, _)| at + 1).collect();
        let before = ledger.clone();
        let question = Question::roll("A001");
        let agent = mhl_policy::Agent::new("DIT");
        ledger.append_import(&text[..ends[part.index(ends.len())]], now(), agent).unwrap();
        let [was, is] = [&before, &ledger]
            .map(|ledger| clear(ledger, &question, &Profile::default(), now()));
        prop_assert_eq!(was.decision, is.decision);
        prop_assert_eq!(was.proof, is.proof);
        prop_assert_eq!(was.copies, is.copies);
    }

    /// What nobody's order makes different: rolls, places, media, and what people attest, in any
    /// order that records a roll before what is said of it.
    #[test]
    fn the_order_of_what_is_recorded_decides_nothing(
        first in Just((0_usize..9).collect::<Vec<_>>()).prop_shuffle(),
        last in Just((11_usize..17).collect::<Vec<_>>()).prop_shuffle(),
        left_out in prop::collection::btree_set(2_usize..17, 0..3),
    ) {
        let day = day();
        let in_order = |order: &[usize]| {
            let mut ledger = Ledger::new();
            for index in order.iter().filter(|index| !left_out.contains(index)) {
                let _ = record(&mut ledger, &day[*index]);
            }
            clear(&ledger, &Question::roll("A001"), &Profile::default(), now()).decision
        };
        let order: Vec<usize> = first.into_iter().chain([9, 10]).chain(last).collect();
        prop_assert_eq!(in_order(&order), in_order(&(0..17).collect::<Vec<_>>()));
    }
}
