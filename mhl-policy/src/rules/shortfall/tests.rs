//! The cheapest is found, by trying everything else.

use super::super::tests::*;
use super::*;
use crate::{Profile, clear::judge, ledger::Ledger, verdict::Question};
use mhl_core::Status;

/// The least that any set of ways costs that suffices, by trying every one.
fn least(wanting: &Wanting<'_>, free: &BTreeSet<Action>) -> Option<u32> {
    fn grow(
        wanting: &Wanting<'_>,
        free: &BTreeSet<Action>,
        ways: &mut Vec<usize>,
        next: usize,
        best: &mut Option<u32>,
    ) {
        let Some(way) = wanting.ways.get(next) else {
            if wanting.holds(ways) {
                let actions = wanting.actions(ways);
                let price = cost(actions.iter().filter(|action| !free.contains(*action)));
                *best = Some(best.map_or(price, |best| best.min(price)));
            }
            return;
        };
        grow(wanting, free, ways, next + 1, best);
        if way.after.is_none_or(|after| ways.contains(&after)) {
            ways.push(next);
            grow(wanting, free, ways, next + 1, best);
            ways.pop();
        }
    }
    let mut best = None;
    grow(wanting, free, &mut Vec::new(), 0, &mut best);
    best
}

fn ledger_of_what_fits(steps: &[Step]) -> Ledger {
    let mut ledger = Ledger::new();
    for step in steps {
        let _ = record(&mut ledger, step);
    }
    ledger
}

fn troubles() -> Vec<Vec<Step>> {
    let lost = |medium| event("loss", json!({"medium": medium, "condition": "lost"}));
    let failed = |root, medium| {
        changed(verify("A001", root, medium), |r| r.copies[0].status = Status::Failed)
    };
    let mut one_site = patched("place", "Lab", json!({"site": "Stage 5"}));
    let mut zoned = patched("place", "Lab", json!({"zone": "river"}));
    zoned.push(lost("serial:SET"));
    let mut troubles = vec![
        day_and([lost("lto:T00001L8")]),
        day_and([lost("serial:SET")]),
        day_and([lost("serial:SET"), lost("serial:LAB")]),
        day_and([failed("/lab/A001", "serial:LAB")]),
        day_and([failed("/lab/A001", "serial:LAB"), failed("/tape/A001", "lto:T00001L8")]),
        without("place", "Lab"),
        without("medium", "serial:LAB"),
        reported("A001", |r| r.copies[2].grade = Some(mhl_core::Grade::ThroughTheCache)),
        one_site.clone(),
        zoned,
    ];
    one_site.push(failed("/lab/A001", "serial:LAB"));
    troubles.push(one_site);
    troubles
}

#[test]
fn no_other_set_of_ways_is_cheaper() {
    let roll = RollId::from("A001");
    for (number, steps) in troubles().iter().enumerate() {
        let ledger = ledger_of_what_fits(steps);
        for storage in [false, true] {
            let question = match storage {
                true => Question::storage(medium("serial:SET")),
                false => Question::roll("A001"),
            };
            let profile = Profile::default();
            let (case, _) = judge(&ledger, &question, &profile, now());
            let imagined = Imagined::of(&case, storage, &roll);
            let wanting = Wanting::of(&imagined);
            let mut free = BTreeSet::new();
            for _ in 0..2 {
                let solved = wanting.solve(&free);
                let price = solved.as_ref().map(|(actions, exact)| {
                    assert!(exact, "{number}");
                    cost(actions.iter().filter(|action| !free.contains(*action)))
                });
                assert_eq!(price, least(&wanting, &free), "{number} {storage}");
                // What somebody does anyway costs nothing more.
                free.extend(wanting.ways.first().into_iter().flat_map(|w| w.actions.clone()));
            }
            let rough = wanting.solve_roughly().unwrap();
            assert!(Some(cost(&rough)) >= least(&wanting, &BTreeSet::new()), "{number}");
        }
    }
}

#[test]
fn one_action_for_two_rolls_is_chosen_where_it_costs_less_than_two() {
    let mut steps = patched("place", "Lab", json!({"site": "Stage 5"}));
    steps.push(verify("A001", "/third/A001", "serial:SET"));
    let ledger = ledger_of_what_fits(&steps);
    let profile = Profile::default();
    let (case, _) = judge(&ledger, &Question::roll("A001"), &profile, now());
    let rolls = BTreeSet::from(["A001".into(), "S001".into()]);
    let found = make_good(&case, false, &rolls, BTreeSet::new());
    assert!(found.made_good && found.cheapest);
    assert_eq!(found.actions.len(), 1, "{:?}", found.actions);
    assert!(matches!(found.actions.first(), Some(Action::Carry { .. })));
}
