//! Profiles: dated rule sets as data.
//!
//! The rules are fixed; what their words leave open is a parameter, and every verdict names the
//! profile that chose. Published revisions of one page differ, so a profile has a name, a date
//! and a source, and none is called plainly after its studio.

mod compare;

pub use compare::{Bearing, Difference};

use crate::{Truth, attestation::Paper, evidence::c4, media::RaidLevel};
use mhl_hash::Algorithm;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    num::{NonZeroU8, NonZeroU32},
};

/// A rule set: who wrote it, when, after which source, and every reading.
///
/// ```
/// use mhl_policy::Profile;
///
/// let profile = Profile::default();
/// assert_eq!(profile.name, "netflix-production-assets-2026");
/// assert_eq!(profile.redundancy.copies.get(), 3);
/// assert_eq!(Profile::named(&profile.name).as_ref(), Some(&profile));
///
/// let mut stricter = Profile::DEFAULT.replace("copies = 3", "copies = 4");
/// assert!(Profile::from_toml(&stricter).is_ok());
/// stricter.push_str("colour = \"blue\"\n");
/// assert!(Profile::from_toml(&stricter).is_err(), "an unknown key may be a mistyped one");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Profile {
    /// Its name, one for each revision.
    pub name: String,
    /// The date of the source or of its reading: `2026`, `2026-03` or `2026-03-05`.
    pub date: String,
    /// What it was written after.
    pub source: String,
    /// C4 of the source's text, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_digest: Option<String>,
    /// How many copies, of what types, where.
    pub redundancy: Redundancy,
    /// What counts as a medium.
    pub media: Media,
    /// Whether copies count that are not in their place.
    pub conditions: Conditions,
    /// What counts as verified.
    pub checksums: Checksums,
    /// How old evidence may be.
    pub evidence: EvidenceAge,
    /// How attestations count.
    pub attestations: Attestations,
    /// What visual QC needs.
    pub qc: QcImage,
    /// What is asked of sound rolls.
    pub sound: Sound,
    /// What counts as the final archive.
    pub final_archive: FinalArchive,
    /// C4 of the text that it was read from.
    #[serde(skip)]
    digest: String,
}

/// How many copies, of what types, where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Redundancy {
    /// Copies, and verified storage mediums, that must be left.
    pub copies: NonZeroU32,
    /// Types of media that they must be on.
    pub media_types: NonZeroU32,
    /// What "in a different location from the others" means.
    pub elsewhere: Elsewhere,
    /// Whether the medium that is about to be wiped counts.
    pub wiped_medium_counts: bool,
}

/// What "in a different location from the others" means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Elsewhere {
    /// The copies stand at two sites at least.
    TwoSites,
    /// One copy stands at a site where no other does.
    OneApart,
}

/// What counts as a medium.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Media {
    /// A camera card or sound card.
    pub capture_device: Answer,
    /// The RAID levels that count.
    pub raid_levels: BTreeSet<RaidLevel>,
    /// The RAID levels that are barred by name.
    pub raid_levels_barred: BTreeSet<RaidLevel>,
    /// The generations of tape that count.
    pub lto_generations: BTreeSet<u32>,
    /// How they must be written.
    pub lto_file_systems: BTreeSet<String>,
    /// A content hub with its approval.
    pub content_hub: Answer,
    /// One disk or solid-state drive.
    pub single_drive: Answer,
    /// Whose approval counts; letters in either case.
    pub approver: String,
}

/// Whether copies count that are not in their place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Conditions {
    /// On the way.
    pub in_transit: Answer,
    /// On the way, as a copy in another location.
    pub in_transit_as_elsewhere: Answer,
    /// A tape on the shelf.
    pub offline_lto: Answer,
    /// Any other medium on the shelf.
    pub offline_other: Answer,
    /// Nobody knows where.
    pub lost: Answer,
    /// Unreadable.
    pub failed: Answer,
    /// Out of use.
    pub retired: Answer,
}

/// What counts as verified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Checksums {
    /// The digests of which one at least must have been compared for every file.
    pub algorithms: BTreeSet<String>,
    /// The number of the weakest [grade](mhl_core::Grade) of evidence that counts, 3 to 7.
    pub minimum_grade: NonZeroU8,
    /// Patterns by which a user may leave files unlisted.
    pub ignored: BTreeSet<String>,
}

/// How old evidence may be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct EvidenceAge {
    /// Days after which evidence is mentioned.
    pub mention_after_days: u32,
    /// Whether evidence counts that precedes a scan of the card with other content.
    pub before_a_differing_scan: Answer,
}

/// How attestations count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Attestations {
    /// Whether an open issue withholds, whatever else was found clean.
    pub open_issue_withholds: bool,
    /// Whether one attestation may cover several rolls.
    pub several_rolls: bool,
}

/// What visual QC needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct QcImage {
    /// Least width in pixels.
    pub width: NonZeroU32,
    /// Least height in pixels.
    pub height: NonZeroU32,
}

/// What is asked of sound rolls.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Sound {
    /// What a sound roll is checked against.
    pub inspected_against: Paper,
    /// Whether visual QC and editorial evaluation apply.
    pub qc_and_evaluation: bool,
    /// Whether linked rolls must hold as well.
    pub linked_rolls: bool,
}

/// What counts as the final archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct FinalArchive {
    /// A tape that counts as a medium.
    pub lto: Answer,
    /// A content hub with its approval.
    pub content_hub: Answer,
    /// A RAID in its role, with its approval.
    pub raid: Answer,
}

/// What a profile answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(clippy::exhaustive_enums)] // The three truth values, as an author writes them.
pub enum Answer {
    /// It counts.
    Yes,
    /// It does not.
    No,
    /// It cannot be told, and so never clears.
    Unknown,
}

impl From<Answer> for Truth {
    fn from(answer: Answer) -> Self {
        match answer {
            Answer::Yes => Truth::Yes,
            Answer::No => Truth::No,
            Answer::Unknown => Truth::Unknown,
        }
    }
}

/// Why a text is no profile.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProfileError {
    /// A key is unknown, missing or of the wrong type, or the text is no TOML.
    #[error("not a profile: {message}")]
    Toml {
        /// What the reader says, with line and column.
        message: String,
    },
    /// The text says something that no profile may.
    #[error("{key} is {found}; expected {expected}")]
    Inadmissible {
        /// Which key.
        key: &'static str,
        /// What it says.
        found: String,
        /// What it may say.
        expected: &'static str,
    },
}

impl Profile {
    /// The text of the default profile.
    pub const DEFAULT: &'static str = include_str!("published/netflix-production-assets-2026.toml");

    /// The texts of the profiles that come with the crate.
    const BUILT_IN: [&'static str; 1] = [Profile::DEFAULT];

    /// A profile that comes with the crate.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Profile::built_in().find(|profile| profile.name == name)
    }

    /// Every profile that comes with the crate.
    pub fn built_in() -> impl Iterator<Item = Self> {
        // A test reads each of them.
        Profile::BUILT_IN.into_iter().filter_map(|text| Profile::from_toml(text).ok())
    }

    /// Reads a profile. Every key is needed and none is passed over.
    ///
    /// # Errors
    /// [`ProfileError`] when the text is no TOML, a key is missing, unknown or of the wrong type,
    /// a count is zero, an algorithm has no such name, or the grade is not 3 to 7.
    pub fn from_toml(text: &str) -> Result<Self, ProfileError> {
        let mut profile: Profile = toml::from_str(text)
            .map_err(|error| ProfileError::Toml { message: error.to_string() })?;
        let grade = profile.checksums.minimum_grade.get();
        if !(3..=7).contains(&grade) {
            return Err(ProfileError::Inadmissible {
                key: "checksums.minimum_grade",
                found: grade.to_string(),
                expected: "3 to 7: size only and inherited never count",
            });
        }
        let named = |name: &String| match name.parse::<Algorithm>() {
            Ok(algorithm) => Ok(algorithm.name().to_owned()),
            Err(_) => Err(ProfileError::Inadmissible {
                key: "checksums.algorithms",
                found: format!("{name:?}"),
                expected: "md5 sha1 xxh32 xxh64be xxh3 xxh128 c4",
            }),
        };
        profile.checksums.algorithms =
            profile.checksums.algorithms.iter().map(named).collect::<Result<_, _>>()?;
        profile.digest = c4(text.as_bytes());
        Ok(profile)
    }

    /// C4 of the text that it was read from.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Every reading by its key, as `redundancy.copies`, for verdicts and for comparing two
    /// profiles.
    #[must_use]
    pub fn readings(&self) -> BTreeMap<String, String> {
        self.values().into_iter().map(|(key, value)| (key, text(&value))).collect()
    }

    /// Every reading as JSON has it.
    fn values(&self) -> BTreeMap<String, Value> {
        let mut values = BTreeMap::new();
        let tables = serde_json::to_value(self).unwrap_or_default();
        for (table, keys) in tables.as_object().into_iter().flatten() {
            for (key, value) in keys.as_object().into_iter().flatten() {
                values.insert(format!("{table}.{key}"), value.clone());
            }
        }
        values
    }
}

/// A reading in words.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

impl Default for Profile {
    /// The profile for the page that this crate's rules quote.
    #[allow(clippy::expect_used)] // The text is part of this crate, and a test reads it.
    fn default() -> Self {
        Profile::from_toml(Profile::DEFAULT).expect("the default profile is read by a test")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_profile_that_comes_with_the_crate_is_read() {
        for text in Profile::BUILT_IN {
            let profile = Profile::from_toml(text).unwrap();
            assert_eq!(Profile::named(&profile.name), Some(profile));
        }
        assert_eq!(Profile::named("netflix"), None, "no profile has the studio's plain name");
    }

    #[test]
    fn a_key_too_many_too_few_or_out_of_range_is_an_error() {
        for (from, to) in [
            ("copies = 3", "copies = 3\ncopes = 2"),
            ("copies = 3", ""),
            ("copies = 3", "copies = 0"),
            ("copies = 3", "copies = 4294967299"),
            ("copies = 3", "copies = -1"),
            ("copies = 3", "copies = \"3\""),
            ("minimum_grade = 6", "minimum_grade = 2"),
            ("minimum_grade = 6", "minimum_grade = 8"),
            ("minimum_grade = 6", "minimum_grade = 262"),
            ("\"md5\"", "\"md4\""),
            ("lost = \"no\"", "lost = \"perhaps\""),
            ("elsewhere = \"two-sites\"", "elsewhere = \"far\""),
            ("[qc]", "[colour]"),
        ] {
            let text = Profile::DEFAULT.replace(from, to);
            assert_ne!(text, Profile::DEFAULT, "{from}");
            assert!(Profile::from_toml(&text).is_err(), "{to}");
        }
    }

    #[test]
    fn readings_name_every_parameter() {
        let readings = Profile::default().readings();
        assert_eq!(readings["redundancy.wiped_medium_counts"], "false");
        assert_eq!(readings["conditions.in_transit_as_elsewhere"], "no");
        assert_eq!(readings["checksums.algorithms"], "[\"md5\",\"xxh64be\"]");
        assert_eq!(readings.len(), 34);
    }

    #[test]
    fn the_default_is_bound_to_its_source() {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../shared/policy/netflix-production-assets.txt"
        );
        match std::fs::read(path) {
            Ok(text) => assert_eq!(Profile::default().source_digest, Some(c4(&text))),
            Err(_) => println!("skipped: {path} is not there"),
        }
    }
}
