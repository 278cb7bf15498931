//! A plan as a production writes it down.

use super::{
    PlanError,
    quantity::{Rate, Size, Span},
    rates::is_name,
};
use crate::{
    Genre,
    media::{MediumRole, RaidLevel},
};
use serde::Deserialize;
use std::num::{NonZeroU32, NonZeroU64};

/// What a production plans: how much it shoots, on which cards, through which chain, and who looks
/// at it until the cards may be wiped.
///
/// Every key is known, or it is an error that says where it stands; what may be left out says so.
/// A rate is stated (`"480 MB/s"`), named (`"lto-8"`, looked up in [`Rates`](super::Rates)), or left
/// out: then it is unknown, and so is whatever rests on it.
///
/// ```
/// use mhl_policy::{Profile, plan::{Plan, Rates}};
///
/// let plan = Plan::from_toml(r#"
///     name = "Harbour, main unit"
///     genre = "nonfiction"
///
///     [shooting]
///     data_per_day = "1.8 TB"
///     rest = "11 h"
///
///     [cards]
///     size = "512 GB"
///     at_hand = 6
///     margin = 1
///     agreed_by = ["line producer"]
///
///     [chain.card]
///     read = "cfexpress-2-b"
///     [chain.reader]
///     interface = "usb-3.2-gen-2"
///     [[chain.drives]]
///     name = "cart RAID"
///     write = "900 MB/s"
///     read = "1 GB/s"
///     [[chain.drives]]
///     name = "shuttle"
///     write = "400 MB/s"
///     read = "450 MB/s"
///
///     [clearance]
///     elsewhere = { by = "courier", within = "20 h" }
/// "#)?;
/// let schedule = plan.schedule(&Rates::published(), &Profile::default())?;
/// assert_eq!(schedule.total.map(|span| span.to_string()), Some("2 h 22 min".into()));
/// let first = schedule.change.as_ref().map(|change| change.raise[0].as_str());
/// assert_eq!(first, Some("shuttle"));
/// assert_eq!(schedule.cards.needed, Some(9), "two days of 1.8 TB, and one card");
/// # Ok::<(), mhl_policy::plan::PlanError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Plan {
    /// The production, or one of its units.
    pub name: String,
    /// Scripted or nonfiction.
    pub genre: Genre,
    /// How much is shot.
    pub shooting: Shooting,
    /// The cards.
    pub cards: Cards,
    /// What the data goes through.
    pub chain: Chain,
    /// What a wipe waits for besides.
    #[serde(default)]
    pub clearance: Clearance,
}

/// How much is shot. Either `data_per_day`, or `cameras`, `hours_per_day` and `data_rate` together.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Shooting {
    /// Data of a shooting day, all cameras and recorders together.
    pub data_per_day: Option<Size>,
    /// Cameras.
    pub cameras: Option<NonZeroU32>,
    /// How long each camera records on a shooting day.
    pub hours_per_day: Option<Span>,
    /// What each camera records at.
    pub data_rate: Option<Rate>,
    /// From the end of a shooting day to the next call; none where it is left out, so that cards
    /// which are not cleared by the end of the day are not there on the next.
    #[serde(default)]
    pub rest: Span,
}

/// The cards.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Cards {
    /// Capacity of one.
    pub size: Size,
    /// How many there are.
    pub at_hand: u64,
    /// How many more than the sum there should be: cards break, get lost, and are changed before
    /// they are full. A number of the production's own.
    pub margin: u64,
    /// Who agreed to the number, by role: "always have the 3:2:1 conversation with all
    /// stakeholders".
    #[serde(default)]
    pub agreed_by: Vec<String>,
}

/// What the data goes through.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Chain {
    /// How many hours of each day it is at work; 24 h where it is left out.
    #[serde(default = "a_day")]
    pub hours_per_day: Span,
    /// The cards' own speed.
    #[serde(default)]
    pub card: CardLink,
    /// The card reader.
    #[serde(default)]
    pub reader: ReaderLink,
    /// What each card is copied to, all at once, and read back from. At least one.
    pub drives: Vec<Drive>,
    /// Tape, where it is the final archive.
    pub lto: Option<Tape>,
    /// A content hub, where it is the final archive.
    pub hub: Option<Hub>,
}

const fn a_day() -> Span {
    Span::DAY
}

/// A rate as a plan gives it: stated or named.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
#[non_exhaustive]
pub enum GivenRate {
    /// `480 MB/s`.
    Stated(Rate),
    /// The name of a rate in the dated data, as `lto-8`.
    Named(String),
}

impl TryFrom<String> for GivenRate {
    type Error = super::ParseQuantityError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if is_name(&text) {
            Ok(GivenRate::Named(text))
        } else {
            text.parse().map(GivenRate::Stated)
        }
    }
}

/// How fast the cards are read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct CardLink {
    /// The card's own rate.
    pub read: Option<GivenRate>,
    /// What reports call it: the folder under which cards are mounted, or an identity as
    /// `fs:UUID`. What they measured is of card, reader and interface together, and goes before
    /// what is stated or named of these.
    pub seen_as: Option<String>,
}

/// The card reader. Its rate, its interface, or both; unknown where neither is given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ReaderLink {
    /// The reader's own rate.
    pub read: Option<GivenRate>,
    /// What it is connected by.
    pub interface: Option<GivenRate>,
    /// How many readers are at work at once, each on an interface of its own; 1 where it is left
    /// out.
    pub count: Option<NonZeroU32>,
}

/// A drive that cards are copied to.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Drive {
    /// Its name; each drive has another, and none that of what the chain has besides (`card`,
    /// `reader`, `upload`, `LTO-…`).
    pub name: String,
    /// The level of a RAID.
    pub raid: Option<RaidLevel>,
    /// What it is used for: `temporary`, `backup`, or `final` where it is the final archive.
    pub role: Option<MediumRole>,
    /// How fast it is written.
    pub write: Option<GivenRate>,
    /// How fast it is read.
    pub read: Option<GivenRate>,
    /// What it is connected by, in both directions.
    pub interface: Option<GivenRate>,
    /// What reports call it: the folder where it is mounted, or an identity as `fs:UUID`. What they
    /// measured includes the interface, and goes before what is stated or named.
    pub seen_as: Option<String>,
}

/// Tape as the final archive: written, then verified.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Tape {
    /// Generation: 8 for LTO-8. Its native rate is looked up as `lto-8`.
    pub generation: u32,
    /// Tape drives at work at once, each on an interface of its own.
    pub drives: NonZeroU32,
    /// How many tapes get the same material; 1 where it is left out.
    pub copies: Option<NonZeroU32>,
    /// The drive that it is written from.
    pub from: String,
    /// How fast one tape drive writes, if not at its generation's rate.
    pub write: Option<GivenRate>,
    /// How fast one tape drive reads, if not at its generation's rate.
    pub read: Option<GivenRate>,
    /// What each tape drive is connected by.
    pub interface: Option<GivenRate>,
    /// What reports call it, as of a [`Drive`].
    pub seen_as: Option<String>,
}

/// A content hub as the final archive.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Hub {
    /// Upload bandwidth.
    pub bandwidth: Option<GivenRate>,
    /// The drive that it is uploaded from.
    pub from: String,
}

/// What a wipe waits for besides the chain. A copy has to stand at another place; a content hub is one.
/// Scripted work needs visual QC and editorial evaluation, which nonfiction is not asked for. What is
/// needed and left out is unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Clearance {
    /// A copy that is carried to another place.
    pub elsewhere: Option<Look>,
    /// Visual QC.
    pub qc: Option<Look>,
    /// Editorial evaluation.
    pub evaluation: Option<Look>,
    /// Final clearance, where it is waited for.
    pub final_clearance: Option<Look>,
}

/// Somebody who looks at the material, or carries it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Look {
    /// Who does, by role.
    pub by: String,
    /// When it is done, counted from when a day's material stands on every copy. All of them go on side
    /// by side: one that waits for another counts that in.
    pub within: Span,
}

impl Plan {
    /// Reads a plan.
    ///
    /// # Errors
    /// [`PlanError`] when the text is no TOML, a key is missing, unknown or of the wrong type, or
    /// something is said that cannot be: see [`PlanError::Inadmissible`].
    pub fn from_toml(text: &str) -> Result<Self, PlanError> {
        let plan: Plan = toml::from_str(text)
            .map_err(|error| PlanError::Toml { what: "plan", message: error.to_string() })?;
        plan.check()?;
        Ok(plan)
    }

    fn check(&self) -> Result<(), PlanError> {
        if !matches!(self.genre, Genre::Scripted | Genre::Nonfiction) {
            return inadmissible(
                "genre",
                format!("{:?}", self.genre.name()),
                "scripted or nonfiction",
            );
        }
        self.shooting.check()?;
        let nothing = Size::from_bytes(0);
        if self.cards.size == nothing {
            return inadmissible("cards.size", nothing, "more than nothing");
        }
        if let Some(index) = self.cards.agreed_by.iter().position(|name| name.trim().is_empty()) {
            return inadmissible(format!("cards.agreed_by[{index}]"), "empty", "a role");
        }
        if self.chain.hours_per_day == Span::default() || self.chain.hours_per_day > Span::DAY {
            return inadmissible(
                "chain.hours_per_day",
                self.chain.hours_per_day,
                "more than nothing, and 24 h at most",
            );
        }
        self.check_drives()
    }

    fn check_drives(&self) -> Result<(), PlanError> {
        let drives = &self.chain.drives;
        if drives.is_empty() {
            return inadmissible(
                "chain.drives",
                "none",
                "at least one drive that cards are copied to",
            );
        }
        for (index, drive) in drives.iter().enumerate() {
            let key = format!("chain.drives[{index}].name");
            if drive.name.trim().is_empty() {
                return inadmissible(key, "empty", "a name");
            }
            if let Some(MediumRole::Other(role)) = &drive.role {
                let key = format!("chain.drives[{index}].role");
                return inadmissible(key, format!("{role:?}"), MediumRole::WORDS.join(", "));
            }
            let other =
                ["card", "reader", "card and reader", "upload"].contains(&drive.name.as_str());
            if other || drive.name.starts_with("LTO-") || drive.name.ends_with("'s interface") {
                let expected = "a name that nothing else in the chain has";
                return inadmissible(key, format!("{:?}", drive.name), expected);
            }
            if drives.iter().take(index).any(|other| other.name == drive.name) {
                return inadmissible(
                    key,
                    format!("{:?} again", drive.name),
                    "a name that no other drive has",
                );
            }
        }
        let lto = self.chain.lto.as_ref().map(|tape| ("chain.lto.from", &tape.from));
        let hub = self.chain.hub.as_ref().map(|hub| ("chain.hub.from", &hub.from));
        for (key, from) in lto.into_iter().chain(hub) {
            if !drives.iter().any(|drive| drive.name == *from) {
                let names: Vec<&str> = drives.iter().map(|drive| drive.name.as_str()).collect();
                let expected = format!("the name of a drive: {}", names.join(", "));
                return inadmissible(key, format!("{from:?}"), expected);
            }
        }
        Ok(())
    }
}

impl Shooting {
    /// One of the two ways to say it, and all of that one.
    fn check(&self) -> Result<(), PlanError> {
        const EXPECTED: &str = "data_per_day, or cameras, hours_per_day and data_rate";
        let parts = [
            ("cameras", self.cameras.is_some()),
            ("hours_per_day", self.hours_per_day.is_some()),
            ("data_rate", self.data_rate.is_some()),
        ];
        let said: Vec<&str> = parts.iter().filter(|(_, is)| *is).map(|(key, _)| *key).collect();
        let found = match (self.data_per_day, said.len()) {
            (Some(data), 0) if data > Size::from_bytes(0) => return Ok(()),
            (Some(data), 0) => {
                return inadmissible("shooting.data_per_day", data, "more than nothing");
            }
            (None, 3) => {
                return match self.data_per_day() {
                    Ok(data) if data == Size::from_bytes(0) => inadmissible(
                        "shooting.hours_per_day",
                        "nothing",
                        "a time in which something is recorded",
                    ),
                    Ok(_) => Ok(()),
                    Err(error) => Err(error),
                };
            }
            (None, 0) => "neither".to_owned(),
            (None, _) => said.join(" and ") + " alone",
            (Some(_), _) => format!("data_per_day and {}", said.join(", ")),
        };
        inadmissible("shooting", found, EXPECTED)
    }

    /// Data of a shooting day, up to a byte.
    ///
    /// # Errors
    /// [`PlanError::TooLarge`] past what a number holds.
    pub(super) fn data_per_day(&self) -> Result<Size, PlanError> {
        if let Some(data) = self.data_per_day {
            return Ok(data);
        }
        let cameras = self.cameras.map_or(0, |count| u128::from(count.get()));
        let hours = u128::from(self.hours_per_day.unwrap_or_default().milliseconds());
        let rate = self.data_rate.map_or(0, |rate| u128::from(rate.bytes_per_second()));
        // Three numbers of 32, 64 and 64 bits may be more than 128.
        let bytes =
            hours.checked_mul(rate).and_then(|data| data.div_ceil(1000).checked_mul(cameras));
        let bytes = bytes.and_then(|bytes| u64::try_from(bytes).ok());
        bytes.map(Size::from_bytes).ok_or(PlanError::TooLarge { what: "data of a shooting day" })
    }
}

impl Chain {
    /// Every name by which reports know something of it.
    pub(super) fn seen_as(&self) -> Vec<&str> {
        let drives = self.drives.iter().map(|drive| &drive.seen_as);
        let tape = self.lto.iter().map(|tape| &tape.seen_as);
        let all = [&self.card.seen_as].into_iter().chain(drives).chain(tape);
        all.flatten().map(String::as_str).collect()
    }
}

impl Tape {
    /// Tapes that get the same material.
    pub(super) fn copies(&self) -> u64 {
        self.copies.map_or(1, |copies| NonZeroU64::from(copies).get())
    }
}

fn inadmissible<T>(
    key: impl Into<String>,
    found: impl ToString,
    expected: impl Into<String>,
) -> Result<T, PlanError> {
    Err(PlanError::Inadmissible {
        key: key.into(),
        found: found.to_string(),
        expected: expected.into(),
    })
}
