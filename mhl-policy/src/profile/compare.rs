//! Two profiles compared: what changes, and whether it asks for more or for less.

use super::{Elsewhere, Profile};
use serde::Serialize;
use serde_json::Value;
use std::{collections::BTreeSet, fmt};

/// What a change of one reading does to what is cleared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Bearing {
    /// Nothing is cleared by the second that the first withholds because of it.
    Stricter,
    /// Nothing is cleared by the first that the second withholds because of it.
    Looser,
    /// Either may clear what the other does not.
    Other,
    /// Nothing is cleared or withheld by it.
    Mention,
}

impl Bearing {
    /// `stricter`, `looser`, `other` or `mention`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Bearing::Stricter => "stricter",
            Bearing::Looser => "looser",
            Bearing::Other => "other",
            Bearing::Mention => "mention",
        }
    }

    const fn reversed(self) -> Self {
        match self {
            Bearing::Stricter => Bearing::Looser,
            Bearing::Looser => Bearing::Stricter,
            same => same,
        }
    }
}

/// A reading in which two profiles differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Difference {
    /// Its key, as `redundancy.copies`.
    pub key: String,
    /// What the first profile says.
    pub first: String,
    /// What the second one says.
    pub second: String,
    /// What the change does, from the first to the second.
    pub bearing: Bearing,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Difference { key, first, second, bearing } = self;
        write!(f, "{:<8} {key}: {first} -> {second}", bearing.name())
    }
}

impl Profile {
    /// Every reading in which another profile differs from this one, by key. Name, date and source
    /// are not compared.
    ///
    /// ```
    /// use mhl_policy::{Bearing, Profile};
    ///
    /// let ours = Profile::DEFAULT.replace("copies = 3", "copies = 4");
    /// let differences = Profile::default().compare(&Profile::from_toml(&ours)?);
    /// assert_eq!(differences.len(), 1);
    /// assert_eq!(differences[0].to_string(), "stricter redundancy.copies: 3 -> 4");
    /// # Ok::<(), mhl_policy::ProfileError>(())
    /// ```
    #[must_use]
    pub fn compare(&self, other: &Profile) -> Vec<Difference> {
        let (first, second) = (self.values(), other.values());
        let both = first.iter().filter_map(|(key, value)| Some((key, value, second.get(key)?)));
        let differing = both.filter(|(_, first, second)| first != second);
        // Where one copy has to be apart from all others, one more that counts may stand in its
        // way: then counting more is neither stricter nor looser.
        let apart = [self, other].iter().any(|p| p.redundancy.elsewhere == Elsewhere::OneApart);
        differing
            .map(|(key, first, second)| Difference {
                key: key.clone(),
                first: super::text(first),
                second: super::text(second),
                bearing: match bearing(key, first, second) {
                    Bearing::Stricter | Bearing::Looser if apart && counts_copies(key) => {
                        Bearing::Other
                    }
                    bearing => bearing,
                },
            })
            .collect()
    }
}

/// Whether a reading says which copies count.
fn counts_copies(key: &str) -> bool {
    ["media.", "conditions.", "checksums.", "evidence."].iter().any(|table| key.starts_with(table))
        || key == "redundancy.wiped_medium_counts"
}

/// What more of a reading does: a larger number, a longer list, `true`, or a `yes`.
fn more(key: &str) -> Bearing {
    match key {
        "redundancy.copies"
        | "redundancy.media_types"
        | "checksums.minimum_grade"
        | "attestations.open_issue_withholds"
        | "qc.width"
        | "qc.height"
        | "sound.qc_and_evaluation"
        | "sound.linked_rolls" => Bearing::Stricter,
        "redundancy.wiped_medium_counts"
        | "media.capture_device"
        | "media.raid_levels"
        | "media.lto_generations"
        | "media.lto_file_systems"
        | "media.content_hub"
        | "media.single_drive"
        | "conditions.in_transit"
        | "conditions.in_transit_as_elsewhere"
        | "conditions.offline_lto"
        | "conditions.offline_other"
        | "conditions.lost"
        | "conditions.failed"
        | "conditions.retired"
        | "checksums.algorithms"
        | "checksums.ignored"
        | "evidence.before_a_differing_scan"
        | "attestations.several_rolls"
        | "final_archive.lto"
        | "final_archive.content_hub"
        | "final_archive.raid" => Bearing::Looser,
        // What is barred is barred by name: taken off that list it may still not be on the other.
        "media.raid_levels_barred" => Bearing::Stricter,
        "evidence.mention_after_days" => Bearing::Mention,
        _ => Bearing::Other,
    }
}

fn bearing(key: &str, first: &Value, second: &Value) -> Bearing {
    let more = more(key);
    match (key, first, second) {
        _ if more == Bearing::Mention => more,
        ("redundancy.elsewhere", _, _) => match second.as_str() {
            // One copy apart from all others: then two of them stand at different sites.
            Some("one-apart") => Bearing::Stricter,
            _ => Bearing::Looser,
        },
        (_, Value::Array(first), Value::Array(second)) => {
            let [first, second] =
                [first, second].map(|list| list.iter().map(super::text).collect::<BTreeSet<_>>());
            if first.is_subset(&second) {
                more
            } else if second.is_subset(&first) {
                more.reversed()
            } else {
                Bearing::Other
            }
        }
        _ => match (amount(first), amount(second)) {
            (Some(first), Some(second)) if first < second => more,
            (Some(_), Some(_)) => more.reversed(),
            _ => Bearing::Other,
        },
    }
}

/// How much a value is of what it says.
fn amount(value: &Value) -> Option<u64> {
    match value {
        Value::Bool(holds) => Some(u64::from(*holds)),
        Value::Number(number) => number.as_u64(),
        Value::String(answer) => ["no", "unknown", "yes"]
            .iter()
            .position(|word| word == answer)
            .and_then(|rank| u64::try_from(rank).ok()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compared(from: &str, to: &str) -> (String, Bearing) {
        let text = Profile::DEFAULT.replacen(from, to, 1);
        assert_ne!(text, Profile::DEFAULT, "{from}");
        let differences = Profile::default().compare(&Profile::from_toml(&text).unwrap());
        let [only] = differences.as_slice() else { panic!("{from}: {differences:?}") };
        (only.key.clone(), only.bearing)
    }

    #[test]
    fn each_change_has_its_bearing() {
        use Bearing::{Looser, Mention, Other, Stricter};
        for (from, to, key, bearing) in [
            ("copies = 3", "copies = 2", "redundancy.copies", Looser),
            (
                "elsewhere = \"two-sites\"",
                "elsewhere = \"one-apart\"",
                "redundancy.elsewhere",
                Stricter,
            ),
            ("counts = false", "counts = true", "redundancy.wiped_medium_counts", Looser),
            ("[6, 7, 8]", "[6, 7, 8, 9]", "media.lto_generations", Looser),
            ("[6, 7, 8]", "[7, 8]", "media.lto_generations", Stricter),
            ("[6, 7, 8]", "[5, 6, 7]", "media.lto_generations", Other),
            ("offline_lto = \"yes\"", "offline_lto = \"no\"", "conditions.offline_lto", Stricter),
            (
                "offline_other = \"unknown\"",
                "offline_other = \"yes\"",
                "conditions.offline_other",
                Looser,
            ),
            ("barred = [\"0\"]", "barred = []", "media.raid_levels_barred", Looser),
            ("minimum_grade = 6", "minimum_grade = 7", "checksums.minimum_grade", Stricter),
            ("days = 30", "days = 7", "evidence.mention_after_days", Mention),
            ("approver = \"netflix\"", "approver = \"studio\"", "media.approver", Other),
            ("against = \"sound-report\"", "against = \"lab\"", "sound.inspected_against", Other),
            ("linked_rolls = true", "linked_rolls = false", "sound.linked_rolls", Looser),
        ] {
            assert_eq!(compared(from, to), (key.to_owned(), bearing), "{from} -> {to}");
        }
        assert_eq!(Profile::default().compare(&Profile::default()), []);
    }

    #[test]
    fn where_one_copy_stands_apart_more_copies_may_stand_in_its_way() {
        let apart = Profile::DEFAULT.replace("= \"two-sites\"", "= \"one-apart\"");
        let more = apart.replace("[6, 7, 8]", "[6, 7, 8, 9]");
        let [apart, more] = [apart, more].map(|text| Profile::from_toml(&text).unwrap());
        let bearings: Vec<Bearing> = apart.compare(&more).iter().map(|d| d.bearing).collect();
        assert_eq!(bearings, [Bearing::Other]);
    }

    /// A key that is added to profiles is given its bearing here.
    #[test]
    fn every_reading_has_a_bearing() {
        let other = ["media.approver", "redundancy.elsewhere", "sound.inspected_against"];
        for key in Profile::default().readings().keys() {
            assert_eq!(more(key) == Bearing::Other, other.contains(&key.as_str()), "{key}");
        }
    }
}
