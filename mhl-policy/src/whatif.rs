//! What if: the copies of every roll after wipes, losses, and a site that is gone.

use crate::{
    Truth,
    case::Case,
    device::Device,
    ledger::{Head, Ledger, MediumState},
    media::MediumId,
    place::comparable,
    profile::Profile,
    roll::RollId,
    rules,
    time::Time,
    word::{escape_json, escaped, joined},
};
use serde::Serialize;
use serde_json::json;
use std::{collections::BTreeSet, fmt};

/// What is imagined to have happened, all of it at once.
///
/// ```
/// use mhl_policy::Scenario;
///
/// let scenario = Scenario::new().wiped("serial:CARD".parse()?).site_gone("Stage 5");
/// assert_eq!(scenario.to_string(), "serial:CARD wiped; site Stage 5 gone");
/// # Ok::<(), mhl_policy::ParseMediumIdError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Scenario {
    /// Media that are wiped, whatever the profile says of a medium that is about to be.
    pub wiped: BTreeSet<MediumId>,
    /// Media that are lost or broken.
    pub lost: BTreeSet<MediumId>,
    /// Sites, or threat zones, that are gone with everything in them.
    pub sites: BTreeSet<String>,
}

impl Scenario {
    /// Nothing happened.
    #[must_use]
    pub fn new() -> Self {
        Scenario::default()
    }

    /// The same, with this medium wiped.
    #[must_use]
    pub fn wiped(mut self, medium: MediumId) -> Self {
        self.wiped.insert(medium);
        self
    }

    /// The same, with this medium lost.
    #[must_use]
    pub fn lost(mut self, medium: MediumId) -> Self {
        self.lost.insert(medium);
        self
    }

    /// The same, with this site or threat zone gone.
    #[must_use]
    pub fn site_gone(mut self, name: impl Into<String>) -> Self {
        self.sites.insert(name.into());
        self
    }
}

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let happened = [
            ("", joined(&self.wiped), "wiped"),
            ("", joined(&self.lost), "lost"),
            ("site ", joined(&self.sites), "gone"),
        ];
        let happened = happened.iter().filter(|(_, what, _)| !what.is_empty());
        let told: Vec<String> =
            happened.map(|(of, what, became)| format!("{of}{what} {became}")).collect();
        match told.is_empty() {
            true => f.write_str("nothing happened"),
            false => f.write_str(&told.join("; ")),
        }
    }
}

/// What a roll's copies amount to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Holding {
    /// Devices on which a copy is sure to count.
    pub copies: usize,
    /// Devices on which one may.
    pub possible: usize,
    /// Enough copies.
    #[serde(rename = "R1")]
    pub enough: Truth,
    /// On enough types of media.
    #[serde(rename = "R2")]
    pub types: Truth,
    /// At different sites.
    #[serde(rename = "R3")]
    pub apart: Truth,
    /// One of them in a final archival format.
    #[serde(rename = "T3")]
    pub archived: Truth,
}

impl Holding {
    /// The rules with their names, as they are told.
    const fn rules(&self) -> [(&'static str, Truth); 4] {
        [("R1", self.enough), ("R2", self.types), ("R3", self.apart), ("T3", self.archived)]
    }
}

/// A roll before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RollOutlook {
    /// The roll.
    pub roll: RollId,
    /// As the ledger stands, with nothing about to be wiped.
    pub before: Holding,
    /// After what is imagined.
    pub after: Holding,
}

impl RollOutlook {
    fn is_too_few(&self) -> bool {
        self.after.enough != Truth::Yes
    }

    fn is_worse(&self) -> bool {
        let rules = self.before.rules().into_iter().zip(self.after.rules());
        rules.into_iter().any(|((_, before), (_, after))| after < before)
    }
}

/// Every roll before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Outlook {
    /// What was imagined.
    pub scenario: Scenario,
    /// The ledger's head.
    pub head: Head,
    /// Whether the ledger is a demonstration's.
    pub simulated: bool,
    /// The profile's name.
    pub profile: String,
    /// Copies that each roll needs, by the profile.
    pub needed: u32,
    /// Every roll that is recorded.
    pub rolls: Vec<RollOutlook>,
    /// Media, and sites or zones, of the scenario that the ledger knows nothing of: imagined
    /// gone, they took nothing with them.
    pub unknown: BTreeSet<String>,
}

/// Every roll's copies as they are, and as they would be after wipes, losses, and sites that are
/// gone.
///
/// Nothing is presumed: a copy of which nobody knows whether it stands at a site that is gone, or
/// on its way there, may be gone. Several wipes may each be cleared by itself, and not together:
/// here they are seen together. An attestation is not lost with a copy: what people looked at is
/// not asked here.
///
/// ```
/// use mhl_policy::{Ledger, Profile, Scenario, Time, what_if};
///
/// let scenario = Scenario::new().site_gone("Stage 5");
/// let outlook = what_if(&Ledger::new(), &scenario, &Profile::default(), Time::from_unix(0));
/// assert_eq!(outlook.too_few().count(), 0, "there is no roll");
/// assert!(outlook.unknown.contains("Stage 5"));
/// ```
#[must_use]
pub fn what_if(ledger: &Ledger, scenario: &Scenario, profile: &Profile, now: Time) -> Outlook {
    let state = ledger.state();
    let before = Case::new(ledger, profile, now);
    let mut after = Case::new(ledger, profile, now);
    let media = scenario.wiped.iter().chain(&scenario.lost);
    after.gone = media.clone().map(|medium| after.devices.of_medium(medium)).collect();
    let (gone, perhaps) = at_sites(&after, &scenario.sites);
    after.gone.extend(gone);
    after.perhaps_gone = perhaps;
    let is_place = |name: &&String| {
        state.places().any(|place| {
            [&place.site, &place.zone].into_iter().flatten().any(|known| same(known, name))
        })
    };
    let unknown_media = media.filter(|medium| !state.media.contains_key(*medium));
    let unknown_sites = scenario.sites.iter().filter(|site| !is_place(site));
    let rolls = state.rolls.keys().map(|roll| RollOutlook {
        roll: roll.clone(),
        before: rules::holding(&before, roll),
        after: rules::holding(&after, roll),
    });
    Outlook {
        scenario: scenario.clone(),
        head: ledger.head().clone(),
        simulated: ledger.is_simulated(),
        profile: profile.name.clone(),
        needed: profile.redundancy.copies.get(),
        rolls: rolls.collect(),
        unknown: unknown_media.map(ToString::to_string).chain(unknown_sites.cloned()).collect(),
    }
}

fn same(a: &str, b: &str) -> bool {
    comparable(a) == comparable(b)
}

/// The devices that stand at one of these sites, and those that may.
fn at_sites(case: &Case<'_>, sites: &BTreeSet<String>) -> (BTreeSet<Device>, BTreeSet<Device>) {
    let (mut gone, mut perhaps) = (BTreeSet::new(), BTreeSet::new());
    if sites.is_empty() {
        return (gone, perhaps);
    }
    let (mut silent, mut safe) = (BTreeSet::new(), BTreeSet::new());
    for (medium, state) in case.state.media() {
        let device = case.devices.of_medium(medium);
        match Truth::any(sites.iter().map(|site| stands_at(case, state, site))) {
            Truth::Yes => gone.insert(device),
            Truth::Unknown if state.condition.is_none() && state.place.is_none() => {
                silent.insert(device)
            }
            Truth::Unknown => perhaps.insert(device),
            Truth::No => safe.insert(device),
        };
    }
    // Of a name that nobody ever said anything about, another of the device's may tell; one that
    // went away may be at the site, wherever the others stand.
    perhaps.extend(silent.into_iter().filter(|device| !safe.contains(device)));
    perhaps.retain(|device| !gone.contains(device));
    (gone, perhaps)
}

fn stands_at(case: &Case<'_>, medium: &MediumState, site: &str) -> Truth {
    let place = medium.place.as_ref().and_then(|place| case.state.places.get(&place.says));
    let Some(place) = place else { return Truth::Unknown };
    let place = &place.says;
    let named = |name: &Option<String>| name.as_ref().map(|name| same(name, site));
    // A site is no zone: where nobody uses zones, their absence tells nothing.
    let zoned = case.state.places().any(|place| place.zone.as_ref().is_some_and(|z| same(z, site)));
    let zone = if zoned { Truth::from(named(&place.zone)) } else { Truth::No };
    let used = case.state.places().any(|place| place.site.as_ref().is_some_and(|s| same(s, site)));
    let of_site = if zoned && !used { Truth::No } else { Truth::from(named(&place.site)) };
    of_site.or(zone)
}

impl Outlook {
    /// Rolls that would be on fewer copies than the profile needs, for sure or perhaps.
    pub fn too_few(&self) -> impl Iterator<Item = &RollOutlook> {
        self.rolls.iter().filter(|roll| roll.is_too_few())
    }

    /// Rolls of which a rule holds and would not any more, for sure or perhaps.
    pub fn worse(&self) -> impl Iterator<Item = &RollOutlook> {
        self.rolls.iter().filter(|roll| roll.is_worse())
    }

    /// The outlook as one line of JSON, `"schema": "mhl.what-if/1"`. The same outlook is the same
    /// bytes.
    #[must_use]
    pub fn to_json(&self) -> String {
        let too_few: Vec<&RollId> = self.too_few().map(|roll| &roll.roll).collect();
        let worse: Vec<&RollId> = self.worse().map(|roll| &roll.roll).collect();
        let text = json!({
            "schema": "mhl.what-if/1",
            "scenario": self.scenario,
            "ledger": self.head,
            "simulated": self.simulated,
            "profile": self.profile,
            "needed": self.needed,
            "too_few": too_few,
            "worse": worse,
            "rolls": self.rolls,
            "unknown": self.unknown,
        });
        escape_json(&text.to_string())
    }
}

impl fmt::Display for Outlook {
    /// A line for each roll that would be on too few copies or for which a rule would hold no
    /// more; the others are counted.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let simulated = if self.simulated { "SIMULATED: " } else { "" };
        writeln!(f, "{simulated}WHAT IF: {}", escaped(&self.scenario.to_string()))?;
        for unknown in &self.unknown {
            writeln!(f, "  the ledger knows no {}", escaped(unknown))?;
        }
        let (changed, kept): (Vec<_>, Vec<_>) =
            self.rolls.iter().partition(|roll| roll.is_too_few() || roll.is_worse());
        for RollOutlook { roll, before, after } in changed {
            write!(f, "  {}: {} of {} copies", escaped(roll.as_str()), after.copies, self.needed)?;
            if after.possible > after.copies {
                write!(f, ", {} more may count", after.possible.saturating_sub(after.copies))?;
            }
            if before.copies != after.copies {
                write!(f, ", were {}", before.copies)?;
            }
            for ((rule, was), (_, is)) in before.rules().into_iter().zip(after.rules()) {
                match (was, is) {
                    (_, Truth::Yes) => {}
                    (Truth::Yes, Truth::No) => write!(f, "; {rule} would hold no more")?,
                    (Truth::Yes, Truth::Unknown) => write!(f, "; {rule} may hold no more")?,
                    (_, Truth::No) => write!(f, "; {rule} does not hold")?,
                    (_, Truth::Unknown) => write!(f, "; whether {rule} holds is unknown")?,
                }
            }
            writeln!(f)?;
        }
        match kept.len() {
            0 => Ok(()),
            1 => writeln!(f, "  1 roll: on {} copies or more, and no rule the worse", self.needed),
            many => {
                writeln!(
                    f,
                    "  {many} rolls: on {} copies or more, and no rule the worse",
                    self.needed
                )
            }
        }
    }
}
