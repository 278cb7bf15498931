//! Media: what copies stand on.

use crate::{place::PlaceId, roll::RollId, word::words};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A physical medium by an identifier that stays with it: `fs:UUID` of its file system,
/// `serial:…` of the device, `lto:BARCODE`, `hub:…` of a content hub. Paths, partitions and mounts
/// are no identifiers.
///
/// ```
/// use mhl_policy::MediumId;
///
/// let tape: MediumId = "lto:a00001l8".parse()?;
/// assert_eq!(tape.to_string(), "lto:A00001L8", "one tape, however its barcode was typed");
/// assert!("/Volumes/Untitled".parse::<MediumId>().is_err());
/// # Ok::<(), mhl_policy::ParseMediumIdError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MediumId(String);

/// Why a text identifies no medium.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} identifies no medium; expected fs:UUID, serial:NUMBER, lto:BARCODE or hub:NAME")]
#[non_exhaustive]
pub struct ParseMediumIdError {
    /// The text that was given.
    pub text: String,
}

impl MediumId {
    /// The identifier of a medium that nobody has: no text is read as it.
    pub(crate) fn imagined() -> Self {
        MediumId(String::new())
    }

    /// The identifier in its one spelling.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for MediumId {
    type Err = ParseMediumIdError;

    /// Reads an identifier. Letters of a file system's or hub's are lowered, those of a serial
    /// number or barcode raised, and white space around it is dropped: two spellings of one
    /// medium must never count as two.
    ///
    /// # Errors
    /// When the scheme is none of the four, or nothing follows it.
    fn from_str(text: &str) -> Result<Self, ParseMediumIdError> {
        let refused = || ParseMediumIdError { text: text.to_owned() };
        let (scheme, value) = text.trim().split_once(':').ok_or_else(refused)?;
        let (scheme, value) = (scheme.to_ascii_lowercase(), value.trim());
        let value = match scheme.as_str() {
            "fs" | "hub" => value.to_ascii_lowercase(),
            "serial" | "lto" => value.to_ascii_uppercase(),
            _ => return Err(refused()),
        };
        if value.is_empty() {
            return Err(refused());
        }
        Ok(MediumId(format!("{scheme}:{value}")))
    }
}

impl TryFrom<String> for MediumId {
    type Error = ParseMediumIdError;

    fn try_from(text: String) -> Result<Self, ParseMediumIdError> {
        text.parse()
    }
}

impl From<MediumId> for String {
    fn from(id: MediumId) -> Self {
        id.0
    }
}

impl fmt::Display for MediumId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

words! {
    /// The kinds of media; each is one type for the rule that asks for two.
    MediumKind {
        /// A camera card or sound card.
        CaptureDevice "capture-device",
        /// A disk array.
        Raid "raid",
        /// A tape.
        Lto "lto",
        /// The studio's storage service.
        ContentHub "content-hub",
        /// One disk or solid-state drive.
        SingleDrive "single-drive",
    }
}

words! {
    /// What a medium is used for.
    MediumRole {
        /// Transfer or shuttle.
        Temporary "temporary",
        /// A backup.
        Backup "backup",
        /// The final archive.
        Final "final",
    }
}

/// A RAID level in one spelling: `RAID 5`, `raid5` and `5` are the same.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct RaidLevel(String);

impl RaidLevel {
    /// The level alone, as `5` or `z2`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for RaidLevel {
    fn from(text: &str) -> Self {
        let lower: String =
            text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '_')).collect();
        let lower = lower.to_ascii_lowercase();
        RaidLevel(lower.strip_prefix("raid").unwrap_or(&lower).to_owned())
    }
}

impl From<String> for RaidLevel {
    fn from(text: String) -> Self {
        RaidLevel::from(text.as_str())
    }
}

impl From<RaidLevel> for String {
    fn from(level: RaidLevel) -> Self {
        level.0
    }
}

impl fmt::Display for RaidLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// A medium as it was recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Medium {
    /// Its identifier.
    pub id: MediumId,
    /// What it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<MediumKind>,
    /// The level of a RAID.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<RaidLevel>,
    /// The generation of a tape: 8 for LTO-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub generation: Option<u32>,
    /// How a tape was written, as `ltfs` or `tar`; letters in either case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_system: Option<String>,
    /// What it is used for. The one field that may change: the latest statement holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<MediumRole>,
    /// The label that people read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

impl Medium {
    /// A medium of which nothing more is known.
    #[must_use]
    pub const fn new(id: MediumId) -> Self {
        Medium {
            id,
            kind: None,
            level: None,
            generation: None,
            file_system: None,
            role: None,
            label: None,
        }
    }

    /// What it is, in a few words, as `RAID 5` or `LTO-8`.
    #[must_use]
    pub fn describe(&self) -> String {
        match &self.kind {
            None => "medium of unknown kind".to_owned(),
            Some(MediumKind::Raid) => match &self.level {
                Some(level) => format!("RAID {level}"),
                None => "RAID of unknown level".to_owned(),
            },
            Some(MediumKind::Lto) => match self.generation {
                Some(generation) => format!("LTO-{generation}"),
                None => "LTO of unknown generation".to_owned(),
            },
            Some(kind) => kind.name().replace('-', " "),
        }
    }
}

words! {
    /// Where a medium is, or what became of it.
    Condition {
        /// It stands at its place, reachable.
        InPlace "in-place",
        /// On its way; at no place.
        InTransit "in-transit",
        /// On a shelf: at its place, but not reachable.
        Offline "offline",
        /// Nobody knows where it is.
        Lost "lost",
        /// It can't be read, or not wholly.
        Failed "failed",
        /// Taken out of use.
        Retired "retired",
    }
}

/// A medium went somewhere: `in-place`, `in-transit` or `offline`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Move {
    /// The medium.
    pub medium: MediumId,
    /// How it is now.
    pub condition: Condition,
    /// Where it is now; absent in transit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<PlaceId>,
}

impl Move {
    /// A medium arrived at a place.
    #[must_use]
    pub fn to(medium: MediumId, place: impl Into<PlaceId>) -> Self {
        Move { medium, condition: Condition::InPlace, place: Some(place.into()) }
    }

    /// A medium left for somewhere.
    #[must_use]
    pub const fn in_transit(medium: MediumId) -> Self {
        Move { medium, condition: Condition::InTransit, place: None }
    }
}

/// A medium, or one roll's copies on it, can no longer be counted on: `lost`, `failed` or
/// `retired`. Evidence from before counts no more, even if the medium turns up again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Loss {
    /// The medium.
    pub medium: MediumId,
    /// What became of it.
    pub condition: Condition,
    /// The one roll that it is about; absent when the whole medium is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roll: Option<RollId>,
}

impl Loss {
    /// A whole medium is lost, failed or retired.
    #[must_use]
    pub const fn new(medium: MediumId, condition: Condition) -> Self {
        Loss { medium, condition, roll: None }
    }
}

/// A medium was wiped: every copy on it is gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Wipe {
    /// The medium.
    pub medium: MediumId,
}

impl Wipe {
    /// A wipe that has happened.
    #[must_use]
    pub const fn new(medium: MediumId) -> Self {
        Wipe { medium }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn row_97_one_medium_has_one_spelling() {
        for (text, one) in [
            ("fs:1234-ABCD", "fs:1234-abcd"),
            (" SERIAL: x1 ", "serial:X1"),
            ("lto:A00001L8", "lto:A00001L8"),
            ("Hub:Titus", "hub:titus"),
        ] {
            assert_eq!(text.parse::<MediumId>().unwrap().as_str(), one);
        }
        for text in ["", "fs:", "fs: ", "dev:8:1", "/mnt/raid", "C:", "serial"] {
            assert_eq!(text.parse::<MediumId>().unwrap_err().text, text);
        }
    }

    #[test]
    fn raid_levels_are_spelled_once() {
        for text in ["5", "RAID 5", "raid-5", "Raid_5"] {
            assert_eq!(RaidLevel::from(text).as_str(), "5");
        }
        assert_eq!(RaidLevel::from("RAID-Z2").as_str(), "z2");
    }

    #[test]
    fn row_104_an_unknown_kind_survives() {
        let medium: Medium =
            serde_json::from_str(r#"{"id":"serial:1","kind":"holographic-cube"}"#).unwrap();
        assert_eq!(medium.kind, Some(MediumKind::Other("holographic-cube".into())));
        assert!(serde_json::to_string(&medium).unwrap().contains("holographic-cube"));
    }
}
