//! Profiles beside each other: what is called stricter never clears more.

use super::*;
use mhl_policy::{Bearing, Ledger, Profile, clear};
use proptest::prelude::*;

/// Changes of one reading each, in the text of the default profile.
const CHANGES: [(&str, &str); 24] = [
    ("\ncopies = 3", "\ncopies = 2"),
    ("\ncopies = 3", "\ncopies = 4"),
    ("media_types = 2", "media_types = 1"),
    ("media_types = 2", "media_types = 3"),
    ("elsewhere = \"two-sites\"", "elsewhere = \"one-apart\""),
    ("wiped_medium_counts = false", "wiped_medium_counts = true"),
    ("capture_device = \"yes\"", "capture_device = \"no\""),
    ("\"10\", \"50\"", "\"50\""),
    ("generations = [6, 7, 8]", "generations = [6, 7]"),
    ("in_transit = \"yes\"", "in_transit = \"unknown\""),
    ("as_elsewhere = \"no\"", "as_elsewhere = \"yes\""),
    ("lost = \"no\"", "lost = \"yes\""),
    ("\"md5\", \"xxh64be\"", "\"md5\""),
    ("minimum_grade = 6", "minimum_grade = 5"),
    ("minimum_grade = 6", "minimum_grade = 7"),
    ("differing_scan = \"no\"", "differing_scan = \"yes\""),
    ("issue_withholds = true", "issue_withholds = false"),
    ("several_rolls = true", "several_rolls = false"),
    ("width = 3840", "width = 4096"),
    ("height = 2160", "height = 1080"),
    ("qc_and_evaluation = false", "qc_and_evaluation = true"),
    ("linked_rolls = true", "linked_rolls = false"),
    ("\nlto = \"yes\"", "\nlto = \"no\""),
    ("\nraid = \"yes\"", "\nraid = \"unknown\""),
];

fn changed_by(text: &str, (from, to): (&str, &str)) -> String {
    let changed = text.replace(from, to);
    assert_ne!(changed, text, "{from}");
    changed
}

#[test]
fn each_change_differs_in_one_reading() {
    for change in CHANGES {
        let other = Profile::from_toml(&changed_by(Profile::DEFAULT, change)).unwrap();
        let there = Profile::default().compare(&other);
        let back = other.compare(&Profile::default());
        assert_eq!((there.len(), back.len()), (1, 1), "{change:?}");
        let opposite = match there[0].bearing {
            Bearing::Stricter => Bearing::Looser,
            Bearing::Looser => Bearing::Stricter,
            same => same,
        };
        assert_eq!(back[0].bearing, opposite, "{change:?}");
        assert_eq!((&there[0].first, &there[0].second), (&back[0].second, &back[0].first));
    }
}

/// What the lists and reports of this project call a digest is what a profile may call it.
#[test]
fn a_digest_has_one_name_however_it_is_spelled() {
    for spelled in ["xxh64", "xxhash64be", "XXH64BE", "xxHash64"] {
        let text = Profile::DEFAULT.replace("\"xxh64be\"", &format!("{spelled:?}"));
        let profile = Profile::from_toml(&text).unwrap();
        assert_eq!(profile.checksums.algorithms, Profile::default().checksums.algorithms);
        let steps = reported("A001", |r| r.copies[0].algorithms = vec![spelled.into()]);
        let verdict = judged(&steps, &Question::roll("A001"));
        assert_eq!(verdict.decision, Decision::Cleared, "{spelled}\n{verdict}");
    }
    let steps = reported("A001", |r| r.copies[0].algorithms = vec!["xxhash128".into()]);
    assert_eq!(judged(&steps, &Question::roll("A001")).decision, Decision::Withheld);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Over any day, and on top of any other change: a stricter reading never clears what the
    /// looser one does not.
    #[test]
    fn what_is_stricter_never_clears_more(
        base in prop::option::of(0..CHANGES.len()),
        change in 0..CHANGES.len(),
        left_out in prop::collection::btree_set(0_usize..17, 0..2),
        after in Just(subsets::afterwards()).prop_shuffle(),
        taken in prop::collection::vec(prop::bool::weighted(0.2), 13),
        storage in any::<bool>(),
    ) {
        let base = base.map_or(Profile::DEFAULT.to_owned(), |base| changed_by(Profile::DEFAULT, CHANGES[base]));
        let other = base.replace(CHANGES[change].0, CHANGES[change].1);
        let [first, second] = [&base, &other].map(|text| Profile::from_toml(text).unwrap());
        let mut ledger = Ledger::new();
        let steps = day().into_iter().enumerate().filter(|(index, _)| !left_out.contains(index));
        let more = after.into_iter().zip(taken).filter(|(_, taken)| *taken).map(|(step, _)| step);
        for step in steps.map(|(_, step)| step).chain(more) {
            let _ = record(&mut ledger, &step);
        }
        let question = match storage {
            true => Question::storage(medium("serial:SET")),
            false => Question::roll("A001"),
        };
        let clears = |profile| clear(&ledger, &question, profile, now()).decision == Decision::Cleared;
        let (first_clears, second_clears) = (clears(&first), clears(&second));
        let differences = first.compare(&second);
        if differences.iter().all(|d| d.bearing == Bearing::Stricter) {
            prop_assert!(first_clears || !second_clears, "{:?}", differences);
        }
        if differences.iter().all(|d| d.bearing == Bearing::Looser) {
            prop_assert!(second_clears || !first_clears, "{:?}", differences);
        }
    }
}
