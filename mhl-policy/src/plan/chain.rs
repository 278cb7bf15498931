//! The chain: what each stage goes through, which link governs it, and how long it takes.

use super::{
    PlanError,
    file::{Drive, GivenRate, Plan},
    quantity::{Rate, Size, Span},
    rates::{Basis, Direction, Rates},
};
use serde::Serialize;
use std::fmt;

/// A part of the work on a day's material.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum StageKind {
    /// Each card is read once and written to every drive at once: the slowest governs.
    Copy,
    /// Every drive is read back at once: the slowest governs.
    ReadBack,
    /// The tapes are written.
    TapeWrite,
    /// The tapes are read in full and compared.
    TapeVerify,
    /// The material goes to the content hub.
    Upload,
}

impl StageKind {
    /// `copy`, `read-back`, `tape-write`, `tape-verify` or `upload`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            StageKind::Copy => "copy",
            StageKind::ReadBack => "read-back",
            StageKind::TapeWrite => "tape-write",
            StageKind::TapeVerify => "tape-verify",
            StageKind::Upload => "upload",
        }
    }

    /// What is occupied by it: stages of one station wait for each other, stations do not.
    #[must_use]
    pub const fn station(self) -> Station {
        match self {
            StageKind::Copy | StageKind::ReadBack => Station::Offload,
            StageKind::TapeWrite | StageKind::TapeVerify => Station::Tape,
            StageKind::Upload => Station::Upload,
        }
    }
}

impl fmt::Display for StageKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// What works on one thing at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Station {
    /// Readers and drives: copy and read-back.
    Offload,
    /// The tape drives: write and verify.
    Tape,
    /// The line to the hub.
    Upload,
}

impl Station {
    /// Every station, in the order of the work.
    pub const ALL: [Station; 3] = [Station::Offload, Station::Tape, Station::Upload];

    /// `offload`, `tape` or `upload`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Station::Offload => "offload",
            Station::Tape => "tape",
            Station::Upload => "upload",
        }
    }
}

/// One thing that the data goes through, in one direction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Link {
    /// What it is, as `card`, `cart RAID`, `cart RAID's interface`. A change of it is a change
    /// wherever it stands in the chain.
    pub component: String,
    /// Which way the data goes through it, as seen from it.
    pub direction: Direction,
    /// How many of it are at work at once.
    pub count: u32,
    /// How fast all of them are together; `None` where nobody said.
    #[serde(rename = "bytes_per_second")]
    pub rate: Option<Rate>,
    /// Where the rate of one comes from.
    pub basis: Basis,
}

/// A stage of the work, and what it takes for the material of one shooting day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Stage {
    /// Which one.
    pub kind: StageKind,
    /// What goes through it: the day's data, and that again for each further tape.
    #[serde(rename = "bytes")]
    pub size: Size,
    /// What it goes through.
    pub links: Vec<Link>,
    /// The rate of the slowest link; `None` where one is unknown.
    #[serde(rename = "bytes_per_second")]
    pub rate: Option<Rate>,
    /// How long it takes; `None` where a link is unknown.
    #[serde(rename = "milliseconds")]
    pub time: Option<Span>,
}

impl Stage {
    fn new(kind: StageKind, size: Size, links: Vec<Link>) -> Result<Self, PlanError> {
        let mut stage = Stage { kind, size, links, rate: None, time: None };
        stage.measure()?;
        Ok(stage)
    }

    /// Rate and time, from the links.
    fn measure(&mut self) -> Result<(), PlanError> {
        let rates: Option<Vec<Rate>> = self.links.iter().map(|link| link.rate).collect();
        self.rate = rates.and_then(|rates| rates.into_iter().min());
        let too_large = PlanError::TooLarge { what: "time of a stage" };
        self.time = match self.rate {
            Some(rate) => Some(rate.time_of(self.size).ok_or(too_large)?),
            None => None,
        };
        Ok(())
    }

    /// The links that are as slow as the stage, each component once. None where the rate is unknown.
    #[must_use]
    pub fn governed_by(&self) -> Vec<&Link> {
        let slowest = |link: &&Link| self.rate.is_some() && link.rate == self.rate;
        let mut governing: Vec<&Link> = Vec::new();
        for link in self.links.iter().filter(slowest) {
            if governing.iter().all(|known| known.component != link.component) {
                governing.push(link);
            }
        }
        governing
    }
}

/// What to change first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Change {
    /// The stage that takes longest.
    pub stage: StageKind,
    /// What governs it: all of these have to be changed together, and nothing else helps that stage.
    pub raise: Vec<String>,
    /// How fast they are.
    #[serde(rename = "from_bytes_per_second")]
    pub from: Rate,
    /// How fast they have to be for something else to govern: the next rate in the chain.
    #[serde(rename = "to_bytes_per_second")]
    pub to: Rate,
    /// What the stage then takes.
    #[serde(rename = "stage_milliseconds")]
    pub stage_time: Span,
    /// What all stages then take together.
    #[serde(rename = "total_milliseconds")]
    pub total: Span,
}

/// Every stage of a plan, in the order of the work.
pub(super) fn stages(plan: &Plan, rates: &Rates, data: Size) -> Result<Vec<Stage>, PlanError> {
    let source = source(plan, rates)?;
    let mut written = source;
    let mut read_back = Vec::new();
    for (index, drive) in plan.chain.drives.iter().enumerate() {
        written.extend(through_drive(index, drive, Direction::Write, rates)?);
        read_back.extend(through_drive(index, drive, Direction::Read, rates)?);
    }
    let mut stages = vec![
        Stage::new(StageKind::Copy, data, written)?,
        Stage::new(StageKind::ReadBack, data, read_back)?,
    ];
    if plan.chain.lto.is_some() {
        stages.extend(tape_stages(plan, rates, data)?);
    }
    if let Some(hub) = &plan.chain.hub {
        let mut links = read_from(plan, &hub.from, rates)?;
        links.push(link(
            "upload",
            Direction::Write,
            1,
            given("chain.hub.bandwidth", hub.bandwidth.as_ref(), rates)?,
        )?);
        stages.push(Stage::new(StageKind::Upload, data, links)?);
    }
    Ok(stages)
}

fn tape_stages(plan: &Plan, rates: &Rates, data: Size) -> Result<Vec<Stage>, PlanError> {
    let Some(tape) = &plan.chain.lto else { return Ok(Vec::new()) };
    let all =
        data.times(tape.copies()).ok_or(PlanError::TooLarge { what: "data for all tapes" })?;
    let name = format!("LTO-{}", tape.generation);
    let generation = format!("lto-{}", tape.generation);
    let through = |direction: Direction, own: &Option<GivenRate>| -> Result<Vec<Link>, PlanError> {
        let count = tape.drives.get();
        if let Some(measured) = seen(tape.seen_as.as_deref(), direction, rates) {
            return Ok(vec![link(&name, direction, count, measured)?]);
        }
        // A generation that nobody published is unknown; a name that somebody wrote has to be known.
        let rate = match own {
            Some(own) => given(&format!("chain.lto.{}", direction.name()), Some(own), rates)?,
            None => look_up(&generation, rates),
        };
        let mut links = vec![link(&name, direction, count, rate)?];
        if tape.interface.is_some() {
            let rate = given("chain.lto.interface", tape.interface.as_ref(), rates)?;
            links.push(link(&format!("{name}'s interface"), direction, count, rate)?);
        }
        Ok(links)
    };
    let mut written = read_from(plan, &tape.from, rates)?;
    written.extend(through(Direction::Write, &tape.write)?);
    let verified = through(Direction::Read, &tape.read)?;
    Ok(vec![
        Stage::new(StageKind::TapeWrite, all, written)?,
        Stage::new(StageKind::TapeVerify, all, verified)?,
    ])
}

/// A rate and where it comes from; `None` is unknown.
type Known = Option<(Rate, Basis)>;

/// Card, reader and its interface; or what was measured of all three.
pub(super) fn source(plan: &Plan, rates: &Rates) -> Result<Vec<Link>, PlanError> {
    let (card, reader) = (&plan.chain.card, &plan.chain.reader);
    let count = reader.count.map_or(1, std::num::NonZeroU32::get);
    if let Some(measured) = seen(card.seen_as.as_deref(), Direction::Read, rates) {
        return Ok(vec![link("card and reader", Direction::Read, count, measured)?]);
    }
    let one = |component: &str, key: &str, rate: Option<&GivenRate>| {
        link(component, Direction::Read, count, given(key, rate, rates)?)
    };
    let mut links = vec![one("card", "chain.card.read", card.read.as_ref())?];
    if reader.read.is_some() || reader.interface.is_none() {
        links.push(one("reader", "chain.reader.read", reader.read.as_ref())?);
    }
    if reader.interface.is_some() {
        links.push(one("reader's interface", "chain.reader.interface", reader.interface.as_ref())?);
    }
    Ok(links)
}

/// A drive in one direction: itself and its interface; or what was measured of both.
pub(super) fn through_drive(
    index: usize,
    drive: &Drive,
    direction: Direction,
    rates: &Rates,
) -> Result<Vec<Link>, PlanError> {
    if let Some(measured) = seen(drive.seen_as.as_deref(), direction, rates) {
        return Ok(vec![link(&drive.name, direction, 1, measured)?]);
    }
    let own = match direction {
        Direction::Read => &drive.read,
        Direction::Write => &drive.write,
    };
    let key = |field: &str| format!("chain.drives[{index}].{field}");
    let rate = given(&key(direction.name()), own.as_ref(), rates)?;
    let mut links = vec![link(&drive.name, direction, 1, rate)?];
    if drive.interface.is_some() {
        let rate = given(&key("interface"), drive.interface.as_ref(), rates)?;
        links.push(link(&format!("{}'s interface", drive.name), direction, 1, rate)?);
    }
    Ok(links)
}

fn read_from(plan: &Plan, name: &str, rates: &Rates) -> Result<Vec<Link>, PlanError> {
    let mut drives = plan.chain.drives.iter().enumerate();
    match drives.find(|(_, drive)| drive.name == name) {
        Some((index, drive)) => through_drive(index, drive, Direction::Read, rates),
        // A plan is checked when it is read.
        None => Ok(Vec::new()),
    }
}

fn link(
    component: &str,
    direction: Direction,
    count: u32,
    known: Known,
) -> Result<Link, PlanError> {
    let (rate, basis) = match known {
        Some((rate, basis)) => {
            let all = rate.times(u64::from(count));
            (Some(all.ok_or(PlanError::TooLarge { what: "rate of several at once" })?), basis)
        }
        None => (None, Basis::Unknown),
    };
    Ok(Link { component: component.to_owned(), direction, count, rate, basis })
}

/// A rate as a plan gives it. A name has to be known; what is not given is unknown.
fn given(key: &str, rate: Option<&GivenRate>, rates: &Rates) -> Result<Known, PlanError> {
    let name = match rate {
        None => return Ok(None),
        Some(GivenRate::Stated(rate)) => return Ok(Some((*rate, Basis::Stated))),
        Some(GivenRate::Named(name)) => name,
    };
    let no_such_rate = || PlanError::NoSuchRate {
        key: key.to_owned(),
        name: name.clone(),
        known: rates.all().map(|(name, _)| name.to_owned()).collect(),
    };
    look_up(name, rates).map(Some).ok_or_else(no_such_rate)
}

/// What of a named rate is usable; `None` where nobody published it.
fn look_up(name: &str, rates: &Rates) -> Known {
    let named = rates.named(name)?;
    let basis = Basis::Named {
        name: name.to_owned(),
        published: named.rate,
        source: named.source.clone(),
        usable_percent: named.usable_percent,
    };
    named.rate.percent(named.usable_percent).map(|rate| (rate, basis))
}

/// What reports measured, where the plan says what they call it.
fn seen(seen_as: Option<&str>, direction: Direction, rates: &Rates) -> Option<Known> {
    seen_as.and_then(|name| rates.measured(name, direction)).map(Some)
}

/// All stages together; `None` where one is unknown.
pub(super) fn total(stages: &[Stage]) -> Result<Option<Span>, PlanError> {
    let times: Option<Vec<Span>> = stages.iter().map(|stage| stage.time).collect();
    let Some(times) = times else { return Ok(None) };
    let sum = times.into_iter().try_fold(Span::default(), Span::plus);
    sum.map(Some).ok_or(PlanError::TooLarge { what: "time of all stages" })
}

/// The stage that takes longest, the first of several; `None` where one is unknown.
pub(super) fn bottleneck(stages: &[Stage]) -> Option<&Stage> {
    if stages.iter().any(|stage| stage.time.is_none()) {
        return None;
    }
    // Of equals the last is the maximum: the first is wanted.
    stages.iter().rev().max_by_key(|stage| stage.time)
}

/// What to change first: whatever governs the stage that takes longest, as fast as the next rate
/// in the chain. `None` where something is unknown, or nothing in the chain is faster.
pub(super) fn change(stages: &[Stage]) -> Result<Option<Change>, PlanError> {
    let Some(stage) = bottleneck(stages) else { return Ok(None) };
    let Some(from) = stage.rate else { return Ok(None) };
    let raise: Vec<String> =
        stage.governed_by().into_iter().map(|link| link.component.clone()).collect();
    let rates = stages.iter().flat_map(|stage| &stage.links).filter_map(|link| link.rate);
    let Some(to) = rates.filter(|rate| *rate > from).min() else { return Ok(None) };
    let mut changed = stages.to_vec();
    for stage in &mut changed {
        for link in stage.links.iter_mut().filter(|link| raise.contains(&link.component)) {
            link.rate = link.rate.max(Some(to));
        }
        stage.measure()?;
    }
    let stage_time = changed.iter().find(|other| other.kind == stage.kind).and_then(|s| s.time);
    Ok(match (stage_time, total(&changed)?) {
        (Some(stage_time), Some(total)) => {
            Some(Change { stage: stage.kind, raise, from, to, stage_time, total })
        }
        _ => None,
    })
}
