//! Many rolls divided among shards: each roll among those whose parts it reaches into.

use std::{
    collections::BTreeMap,
    io::BufReader,
    path::{Path, PathBuf},
};

use mhl_hash::{Algorithm, Hasher};
use serde::{Deserialize, Serialize};

use super::{
    MergeError, RollShard, Shard,
    division::{Span, weight},
    merge,
};
use crate::{
    Entry, Event, Finding, Limits, ManifestReader, Portion, Report,
    expected::{Expected, ListError, Reading, TheList},
    tree::Disk,
};

/// Rolls divided among shards by what their lists say of their sizes, one roll after the other. Every
/// shard that makes it of the same rolls has the same.
///
/// It costs one reading of every list, and no walk of any tree: which files a roll has is found by the
/// shards that share it.
///
/// ```
/// use mhl_core::{Agent, Context, Limits, RollsPlan, SealOptions, Shard, seal};
///
/// let drive = tempfile::tempdir()?;
/// let agent = Agent::new("example", "1.0", "cart-1", "DIT");
/// let rolls = ["A001", "A002", "A003", "A004"].map(|name| drive.path().join(name));
/// for roll in &rolls {
///     std::fs::create_dir(roll)?;
///     std::fs::write(roll.join("clip.mxf"), "clip")?;
///     seal(roll, &SealOptions::default(), &Context::new(&agent))?;
/// }
/// let plan = RollsPlan::new(drive.path(), &rolls, "2/2".parse()?, &Limits::default());
/// let own: Vec<usize> = plan.own().map(|(place, _)| place).collect();
/// assert_eq!(own, [2, 3]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct RollsPlan {
    shard: Shard,
    folder: String,
    /// Relative to the folder, with what each weighs.
    rolls: Vec<(String, u128)>,
}

impl RollsPlan {
    /// Reads the lists of these rolls, which stand in a folder. One that cannot be read weighs next to
    /// nothing: who verifies that roll tells why.
    #[must_use]
    pub fn new(folder: &Path, rolls: &[PathBuf], shard: Shard, limits: &Limits) -> Self {
        let name =
            |roll: &Path| roll.strip_prefix(folder).unwrap_or(roll).to_string_lossy().into_owned();
        let rolls = rolls.iter().map(|roll| (name(roll), 1 + listed_in(roll, limits).unwrap_or(0)));
        RollsPlan { shard, folder: folder.to_string_lossy().into_owned(), rolls: rolls.collect() }
    }

    /// The rolls of which the shard has a part, by their places, and which part.
    pub fn own(&self) -> impl Iterator<Item = (usize, Portion)> {
        let all: u128 = self.rolls.iter().map(|(_, weight)| weight).sum();
        let own = self.shard.number().get() - 1;
        let of = self.shard.of().get();
        let spans = self.rolls.iter().scan(0, move |before, (_, weight)| {
            let span = Span { before: *before, own: *weight, all };
            *before += weight;
            Some(span)
        });
        let shared = spans.enumerate().filter(move |(_, span)| {
            let (first, last) = span.shards(of);
            (first..=last).contains(&own)
        });
        let part = |span| Portion::Shard(RollShard::new(self.shard, span));
        shared.map(move |(place, span)| (place, part(span)))
    }

    /// What the shard says of its work: of each roll its report, or why there is none. `findings`
    /// are of the folder, and told by every shard.
    #[must_use]
    pub fn told(
        &self,
        findings: Vec<Finding>,
        rolls: impl IntoIterator<Item = (usize, Result<Report, Finding>)>,
    ) -> RollsShard {
        let mut plan = Hasher::new(Algorithm::C4);
        for (roll, weight) in &self.rolls {
            plan.update(format!("{roll}\0{weight}\n").as_bytes());
        }
        let mut told = RollsShard {
            shard: self.shard,
            plan: plan.finish().to_string(),
            folder: self.folder.clone(),
            names: self.rolls.iter().map(|(roll, _)| roll.clone()).collect(),
            findings,
            failed: Vec::new(),
            own: Vec::new(),
            rolls: Vec::new(),
        };
        for (place, result) in rolls {
            match result {
                Ok(report) => {
                    told.own.push(place);
                    told.rolls.push(report);
                }
                Err(finding) => told.failed.push(FailedRoll { place, finding }),
            }
        }
        told
    }
}

/// The pieces that a roll's list says it has.
fn listed_in(roll: &Path, limits: &Limits) -> Result<u128, ListError> {
    let io = |error| ListError::Io { path: roll.to_owned(), error };
    let disk = Disk::open(roll).map_err(io)?;
    let list = TheList::at(&disk, None)?;
    if list.is_history() {
        let expected = Expected::of_list(&list, &disk, &[], limits, &[])?;
        return Ok(expected.files.iter().map(|file| weight(file.size.unwrap_or(0))).sum());
    }
    let invalid = |error| ListError::Invalid { path: roll.to_owned(), error: Box::new(error) };
    let file = Reading::open(&disk, list.path()).map_err(io)?;
    let events =
        ManifestReader::new(BufReader::with_capacity(1 << 16, file), limits).map_err(invalid)?;
    let mut pieces = 0;
    for event in events {
        if let Event::Entry(Entry::File(entry)) = event.map_err(invalid)? {
            pieces += weight(entry.size.unwrap_or(0));
        }
    }
    Ok(pieces)
}

/// What one shard says of many rolls.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RollsShard {
    /// Which shard of how many.
    pub shard: Shard,
    /// C4 over the plan: a line `name NUL weight LF` for each roll.
    pub plan: String,
    /// The folder that they stand in.
    pub folder: String,
    /// Every roll there, relative to the folder, in order.
    pub names: Vec<String>,
    /// What is to be known of the folder.
    pub findings: Vec<Finding>,
    /// Rolls of the shard's that could not be verified.
    pub failed: Vec<FailedRoll>,
    /// The places of the rolls that [`RollsShard::rolls`] has reports of.
    pub own: Vec<usize>,
    /// The shard's reports.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rolls: Vec<Report>,
}

impl RollsShard {
    /// Every roll that it tells of.
    fn places(&self) -> impl Iterator<Item = usize> {
        self.own.iter().copied().chain(self.failed.iter().map(|failed| failed.place))
    }

    /// Whether two say the same, whenever they did.
    fn came_to_the_same(&self, other: &Self) -> bool {
        (&self.own, &self.failed) == (&other.own, &other.failed)
            && self.rolls.iter().map(merge::result).eq(other.rolls.iter().map(merge::result))
    }
}

/// A roll that could not be verified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FailedRoll {
    /// Its place among all.
    pub place: usize,
    /// Why.
    pub finding: Finding,
}

/// A roll of which all shards have told.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ToldRoll {
    /// Its name, relative to the folder.
    pub name: String,
    /// The reports of its shards, or why it could not be verified.
    pub reports: Result<Vec<Report>, Finding>,
}

/// What all shards say of many rolls, roll by roll in their order: the reports of each are to be
/// [merged](crate::merge), or [merged into](crate::merge_into) its history.
///
/// # Errors
/// [`MergeError`], where the shards are not those of one plan, each once.
pub fn told_of_rolls(shards: &[RollsShard]) -> Result<Vec<ToldRoll>, MergeError> {
    let Some(first) = shards.first() else { return Err(MergeError::Nothing) };
    let places = |is_bad: &dyn Fn(&RollsShard) -> bool| -> Vec<usize> {
        let bad = shards.iter().enumerate().filter(|(_, shard)| is_bad(shard));
        bad.map(|(place, _)| place).collect()
    };
    let of = first.shard.of();
    let reports = places(&|shard| shard.shard.of() != of);
    if !reports.is_empty() {
        return Err(MergeError::OtherDivision { of: of.get(), reports });
    }
    let plan = |shard: &RollsShard| (shard.plan.clone(), shard.names.clone());
    let reports = places(&|shard| plan(shard) != plan(first) || shard.findings != first.findings);
    if !reports.is_empty() {
        return Err(MergeError::OtherRolls { reports });
    }
    let mut by_number: BTreeMap<u32, Vec<&RollsShard>> = BTreeMap::new();
    for shard in shards {
        by_number.entry(shard.shard.number().get()).or_default().push(shard);
    }
    let repeated: Vec<u32> =
        by_number.iter().filter(|(_, all)| all.len() > 1).map(|(number, _)| *number).collect();
    if !repeated.is_empty() {
        let differing = by_number.values().any(|all| {
            all.iter().zip(all.iter().skip(1)).any(|(one, other)| !one.came_to_the_same(other))
        });
        return Err(MergeError::Repeated { shards: repeated, differing });
    }
    let missing: Vec<u32> = (1..=of.get()).filter(|n| !by_number.contains_key(n)).collect();
    if !missing.is_empty() {
        return Err(MergeError::Missing { shards: missing });
    }
    let ragged: Vec<u32> = by_number
        .iter()
        .filter(|(_, all)| all.iter().any(|shard| shard.own.len() != shard.rolls.len()))
        .map(|(number, _)| *number)
        .collect();
    if !ragged.is_empty() {
        let what = "it has not a report for each place that it names";
        return Err(MergeError::Inconsistent { shards: ragged, what });
    }
    let mut reports: BTreeMap<usize, Vec<Report>> = BTreeMap::new();
    let mut failed: BTreeMap<usize, &Finding> = BTreeMap::new();
    for shard in by_number.values().flatten() {
        for (place, report) in shard.own.iter().zip(&shard.rolls) {
            reports.entry(*place).or_default().push(report.clone());
        }
        for FailedRoll { place, finding } in &shard.failed {
            failed.entry(*place).or_insert(finding);
        }
    }
    let beyond: Vec<u32> = by_number
        .iter()
        .filter(|(_, all)| all.iter().any(|shard| shard.places().any(|p| p >= first.names.len())))
        .map(|(number, _)| *number)
        .collect();
    if !beyond.is_empty() {
        let what = "it tells of more rolls than there are";
        return Err(MergeError::Inconsistent { shards: beyond, what });
    }
    let told = first.names.iter().enumerate().map(|(place, name)| ToldRoll {
        name: name.clone(),
        reports: match failed.get(&place) {
            Some(finding) => Err((*finding).clone()),
            None => Ok(reports.remove(&place).unwrap_or_default()),
        },
    });
    Ok(told.collect())
}
