//! How fast media, drives and interfaces are: dated data, and what reports measured.

mod measured;

use super::{PlanError, quantity::Rate};
use mhl_core::Report;
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

pub use measured::Direction;
use measured::Measurement;

/// The rates that a plan may name, and those that reports measured.
///
/// ```
/// use mhl_policy::plan::Rates;
///
/// let published = Rates::published();
/// assert_eq!(published.named("lto-8").map(|named| named.rate.to_string()), Some("360 MB/s".into()));
///
/// let ours = Rates::from_toml(
///     r#"
///     name = "our cart"
///     date = "2026-03-01"
///     [rates.shuttle]
///     kind = "drive"
///     rate = "480 MB/s"
///     source = "measured on 4 TB"
///     date = "2026-02-27"
///     "#,
/// )?;
/// assert!(published.overridden_by(ours).named("shuttle").is_some());
/// # Ok::<(), mhl_policy::plan::PlanError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rates {
    /// The names of the data, the one that goes before all others last.
    pub names: Vec<String>,
    named: BTreeMap<String, NamedRate>,
    measured: Vec<Measurement>,
}

/// A rate that plans name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct NamedRate {
    /// `card`, `interface`, `network`, `tape`, or a word of the file's own.
    pub kind: String,
    /// The line rate and its code, where the rate follows from them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<String>,
    /// What the publisher states, or what the line code leaves.
    pub rate: Rate,
    /// Who says so, and of what.
    pub source: String,
    /// When it was published: `2026`, `2026-03` or `2026-03-05`.
    pub date: String,
    /// Percent of the rate that a plan counts on; by [`NamedRate::kind`], and 100 where the file
    /// does not say.
    #[serde(skip_deserializing, default = "whole")]
    pub usable_percent: u8,
}

const fn whole() -> u8 {
    100
}

/// A file of rates as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    date: String,
    #[serde(default)]
    usable_percent: BTreeMap<String, u8>,
    rates: BTreeMap<String, NamedRate>,
}

/// Where a rate comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "from")]
#[non_exhaustive]
pub enum Basis {
    /// The plan states it.
    Stated,
    /// Dated data has it under this name.
    Named {
        /// The rate's id.
        name: String,
        /// What is published.
        published: Rate,
        /// Who publishes it.
        source: String,
        /// Percent of that which is taken as usable.
        usable_percent: u8,
    },
    /// Reports measured it.
    Measured {
        /// Bytes that were read or written in doing so.
        bytes: u64,
        /// In how many phases of reports.
        phases: usize,
    },
    /// Nobody said.
    Unknown,
}

impl fmt::Display for Basis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Basis::Stated => f.write_str("stated"),
            Basis::Named { name, usable_percent: 100, .. } => write!(f, "{name}"),
            Basis::Named { name, published, usable_percent, .. } => {
                write!(f, "{name}: {usable_percent} % of {published}")
            }
            Basis::Measured { bytes, .. } => {
                write!(f, "measured over {}", super::Size::from_bytes(*bytes))
            }
            Basis::Unknown => f.write_str("unknown"),
        }
    }
}

impl Default for Rates {
    fn default() -> Self {
        Rates::published()
    }
}

impl Rates {
    /// The text of the published rates that come with the crate.
    pub const PUBLISHED: &'static str = include_str!("published-2026.toml");

    /// The published rates that come with the crate.
    #[must_use]
    #[allow(clippy::expect_used)] // The text is part of this crate, and a test reads it.
    pub fn published() -> Self {
        Rates::from_toml(Rates::PUBLISHED).expect("the published rates are read by a test")
    }

    /// Reads a file of rates: `name`, `date`, and under `rates` each with its kind, rate, source and
    /// date; `usable_percent` says by kind how much of them a plan counts on.
    ///
    /// # Errors
    /// [`PlanError`] when the text is no TOML, a key is missing, unknown or of the wrong type, a
    /// rate is named as if it were an amount, or a percentage is not 1 to 100.
    pub fn from_toml(text: &str) -> Result<Self, PlanError> {
        let mut file: File = toml::from_str(text).map_err(|error| PlanError::Toml {
            what: "file of rates",
            message: error.to_string(),
        })?;
        for (kind, percent) in &file.usable_percent {
            if !(1..=100).contains(percent) {
                return Err(PlanError::Inadmissible {
                    key: format!("usable_percent.{kind}"),
                    found: percent.to_string(),
                    expected: "1 to 100".to_owned(),
                });
            }
        }
        for (id, named) in &mut file.rates {
            if !is_name(id) {
                return Err(PlanError::Inadmissible {
                    key: format!("rates.{id:?}"),
                    found: "a name that cannot be told from a rate".to_owned(),
                    expected: "a name that has a letter and no space".to_owned(),
                });
            }
            named.usable_percent = file.usable_percent.get(&named.kind).copied().unwrap_or(100);
            if named.rate.percent(named.usable_percent).is_none() {
                return Err(PlanError::Inadmissible {
                    key: format!("rates.{id}.rate"),
                    found: named.rate.to_string(),
                    expected: "a rate of which something is usable".to_owned(),
                });
            }
        }
        let name = format!("{} of {}", file.name, file.date);
        Ok(Rates { names: vec![name], named: file.rates, measured: Vec::new() })
    }

    /// These rates, where the others do not have one of the same name; and what both measured.
    #[must_use]
    pub fn overridden_by(mut self, other: Rates) -> Self {
        self.names.extend(other.names);
        self.named.extend(other.named);
        self.measured.extend(other.measured);
        self
    }

    /// The same, with what a report measured: for each folder that was read or written, its bytes
    /// and the time in which the device was at work and not waiting for others.
    ///
    /// What was read back or verified and may have come from the system's cache is no measure of a
    /// device and is left out, and so is what took no time that could be told. A card is taken to have
    /// been read for the first time: one that was read just before may have been in the cache. A plan takes a measured rate where it says by
    /// `seen_as` what the device was called.
    #[must_use]
    pub fn measured_by(mut self, report: &Report) -> Self {
        self.measured.extend(measured::measurements(report));
        self
    }

    /// A rate by its name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&NamedRate> {
        self.named.get(name)
    }

    /// Every named rate, by its name.
    pub fn all(&self) -> impl Iterator<Item = (&str, &NamedRate)> {
        self.named.iter().map(|(name, rate)| (name.as_str(), rate))
    }

    /// The folders that were measured and that have none of these names, in their order, each once.
    pub(super) fn unused(&self, seen_as: &[&str]) -> Vec<String> {
        let others = self.measured.iter().filter(|m| !seen_as.iter().any(|name| m.is_of(name)));
        let folders: BTreeSet<&str> = others.map(Measurement::folder).collect();
        folders.into_iter().map(str::to_owned).collect()
    }

    /// What was measured of a device: all bytes over all time, down to a byte per second.
    /// `seen_as` is a folder above those of the reports, or the device's identity in them.
    pub(super) fn measured(&self, seen_as: &str, direction: Direction) -> Option<(Rate, Basis)> {
        let seen = || self.measured.iter().filter(|m| m.direction == direction && m.is_of(seen_as));
        let bytes: u128 = seen().map(|m| u128::from(m.bytes)).sum();
        let milliseconds: u128 = seen().map(|m| u128::from(m.milliseconds)).sum();
        let rate = (bytes * 1000).checked_div(milliseconds)?;
        let rate = Rate::from_bytes_per_second(u64::try_from(rate).unwrap_or(u64::MAX))?;
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        Some((rate, Basis::Measured { bytes, phases: seen().count() }))
    }
}

/// Whether a text may name a rate: one word with a letter in it that is no rate.
pub(super) fn is_name(text: &str) -> bool {
    !text.contains(char::is_whitespace)
        && !text.ends_with("/s")
        && text.contains(|c: char| c.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_rates_are_read() {
        let rates = Rates::published();
        assert_eq!(rates.names, ["published-rates-2026 of 2026-12-01"]);
        for (name, rate) in rates.all() {
            assert!(!rate.source.is_empty() && rate.date.len() >= 4, "{name}");
            assert!(rate.rate.percent(rate.usable_percent).is_some(), "{name}");
        }
        let tape = |name: &str| rates.named(name).unwrap().usable_percent;
        assert_eq!((tape("lto-6"), tape("sata-3")), (100, 80));
    }

    /// A line code is a fact: the rate after it follows.
    #[test]
    fn line_codes_leave_what_they_leave() {
        for (name, named) in Rates::published().all() {
            let Some((line, code)) = named.line.as_deref().and_then(|line| line.split_once(", "))
            else {
                continue;
            };
            let line: u64 = line.parse::<Rate>().unwrap().bytes_per_second();
            let left = match code.split(',').next().unwrap() {
                "8b/10b" => line * 8 / 10,
                "128b/132b" => line * 128 / 132,
                _ => continue,
            };
            assert_eq!(named.rate.bytes_per_second() / 1_000_000, left / 1_000_000, "{name}");
        }
    }

    #[test]
    fn a_file_of_rates_is_read_strictly() {
        let good = "name = \"x\"\ndate = \"2026\"\n[rates.ssd]\nkind = \"drive\"\n\
                    rate = \"1 GB/s\"\nsource = \"us\"\ndate = \"2026\"\n";
        assert!(Rates::from_toml(good).is_ok());
        for (from, to) in [
            ("[rates.ssd]", "[rates.\"500 MB/s\"]"),
            ("[rates.ssd]", "[rates.\"500\"]"),
            ("rate = \"1 GB/s\"", "rate = \"0 GB/s\""),
            ("rate = \"1 GB/s\"", "rate = 1"),
            ("source = \"us\"\n", ""),
            ("source = \"us\"", "source = \"us\"\nusable_percent = 4"),
            ("[rates.ssd]", "[usable_percent]\ndrive = 0\n[rates.ssd]"),
            ("[rates.ssd]", "[usable_percent]\ndrive = 101\n[rates.ssd]"),
            ("[rates.ssd]", "[usable_percent]\ndrive = 300\n[rates.ssd]"),
        ] {
            let text = good.replacen(from, to, 1);
            assert_ne!(text, good, "{from}");
            assert!(Rates::from_toml(&text).is_err(), "{to}");
        }
        let tiny = good
            .replace("1 GB/s", "1 B/s")
            .replace("[rates", "[usable_percent]\ndrive = 50\n[rates");
        assert!(Rates::from_toml(&tiny).is_err(), "half a byte a second is nothing");
    }

    #[test]
    fn the_later_file_goes_before() {
        let ours = "name = \"cart\"\ndate = \"2026\"\n[rates.lto-8]\nkind = \"tape\"\n\
                    rate = \"300 MB/s\"\nsource = \"half height\"\ndate = \"2026\"\n";
        let rates = Rates::published().overridden_by(Rates::from_toml(ours).unwrap());
        assert_eq!(rates.named("lto-8").unwrap().source, "half height");
        assert!(rates.named("lto-7").is_some());
        assert_eq!(rates.names.len(), 2);
    }
}
