//! The bytes of the card on their way: copied, read back, and tried once more where that may help.

use std::{num::NonZero, sync::Arc, time::Instant};

use mhl_hash::{Algorithm, HashValue, Observer as _, Strategy};

use super::{
    copy::copy,
    crew::{Crew, Ended, prepared},
    plan::Ready,
    pulse::Pulse,
    source::Source,
};
use crate::{
    CacheReason, Finding, FindingKind, PhaseRecord,
    account::Account,
    context::{Context, Phase},
    roll::total,
    tree::{
        FoundFile,
        read::{Failure, ReadOutcome, Way},
        turns::{self, Wanted},
    },
};

/// The files that are to be read of the card. Of those that stand on every destination, and of which
/// the runs before noted what the card gave, the digests are known.
pub(super) fn work_left(source: &Source, ready: &[Ready], account: &mut Account<'_>) -> Vec<usize> {
    let mut digests = source.digests();
    let stands =
        |index: usize| ready.iter().all(|destination| destination.stands.get(index) == Some(&true));
    let known = |index: usize| {
        let mut noted = ready.iter().filter_map(|destination| destination.noted.get(&index));
        let first = noted.next()?;
        let of = |algorithm| first.iter().find(|value| value.algorithm() == algorithm).copied();
        let values: Option<Vec<HashValue>> =
            source.algorithms().iter().map(|algorithm| of(*algorithm)).collect();
        values.filter(|_| noted.all(|other| other == first))
    };
    let mut work = Vec::new();
    for index in 0..source.files().len() {
        match Some(index).filter(|index| stands(*index)).and_then(known) {
            Some(values) => {
                digests.set(index, &values);
            }
            None => work.push(index),
        }
    }
    let taken_up = source.files().len() - work.len();
    if taken_up > 0 {
        let note = format!(
            "{taken_up} files were read from the card before the interruption, and are not read \
             again: their copies are held to what was noted of them then"
        );
        account.found(Finding::new(FindingKind::TakenUp, ".").noting(note));
    }
    work
}

/// The bytes on their way.
pub(super) struct Transfer<'a, 'c> {
    pub(super) source: &'a Arc<Source>,
    pub(super) crew: Crew<'c>,
    pub(super) context: &'c Context<'c>,
    pub(super) account: &'a mut Account<'c>,
}

impl Transfer<'_, '_> {
    /// Copies and reads back; what failed in a way that may pass is tried once more.
    pub(super) fn run(&mut self, mut work: Vec<usize>, strategy: Strategy) -> Result<(), Ended> {
        self.crew.goes_on()?;
        let source = Arc::clone(self.source);
        let again = self.crew.each(move |destination| {
            if !destination.is_written() {
                return Vec::new();
            }
            destination.create_folders(&source.card.tree);
            // What stood there in another size is known to be bad before anything is read.
            destination.take_again(&source, false)
        });
        work.extend(again.into_iter().flatten());
        for last_chance in [false, true] {
            work.sort_unstable();
            work.dedup();
            let usable = self.crew.each(|destination| destination.is_usable());
            let usable = usable.into_iter().filter(|usable| *usable).count() as u64;
            if usable == 0 || (last_chance && work.is_empty()) {
                break;
            }
            self.copy(&work, strategy, usable)?;
            let bytes =
                if last_chance { self.bytes_of(&work) } else { self.source.card.tree.bytes() };
            self.read_back(bytes * usable, last_chance, usable)?;
            let source = Arc::clone(self.source);
            let again =
                self.crew.each(move |destination| destination.take_again(&source, last_chance));
            work = again.into_iter().flatten().collect();
        }
        let source = Arc::clone(self.source);
        self.crew.each(move |destination| {
            match (destination.is_usable(), destination.is_written(), &destination.lock) {
                (true, true, _) => destination.finish_folders(&source.card.tree),
                (true, false, Some(_)) => destination.sync_names(&source.card.tree),
                // Finished long ago, and nothing is written; or given up.
                _ => {}
            }
        });
        // Where nobody is left the work was not done, and nobody asked above.
        self.crew.goes_on()
    }

    fn bytes_of(&self, work: &[usize]) -> u64 {
        let files = work.iter().filter_map(|index| self.source.files().get(*index));
        total(files.map(|file| file.stat.size))
    }

    fn copy(&mut self, work: &[usize], strategy: Strategy, usable: u64) -> Result<(), Ended> {
        let Context { progress, clock, .. } = *self.context;
        progress.phase(Phase::Copy, self.bytes_of(work));
        let began = clock.now();
        let copied = copy(self.source, work, &mut self.crew, strategy, usable);
        let report = &mut self.account.report;
        let record = PhaseRecord::ending(Phase::Copy, &began, clock, copied.bytes);
        report.phases.push(record.clone().busy(copied.reading));
        report
            .phases
            .push(PhaseRecord { phase: Phase::Hash, ..record.clone() }.busy(copied.hashing));
        for (index, busy, bytes) in copied.writing {
            let copy = Some(index);
            report.phases.push(PhaseRecord { copy, bytes, ..record.clone() }.busy(busy));
        }
        report.counts.bytes += copied.bytes;
        self.tell_of_the_card();
        self.crew.goes_on()
    }

    fn tell_of_the_card(&mut self) {
        for finding in self.source.take_findings() {
            self.account.found(finding);
        }
    }

    fn read_back(&mut self, bytes: u64, last_chance: bool, usable: u64) -> Result<(), Ended> {
        let sharing = usize::try_from(usable).ok().and_then(NonZero::new);
        let sharing = sharing.unwrap_or(NonZero::<usize>::MIN);
        let Context { progress, clock, .. } = *self.context;
        progress.phase(Phase::ReadBack, bytes);
        let began = clock.now();
        let pending = self.crew.begin(|_, _| {
            let source = Arc::clone(self.source);
            Some(prepared(move |destination| {
                let began = Instant::now();
                (destination.read_back(&source, last_chance, sharing), began.elapsed())
            }))
        });
        let phases = &mut self.account.report.phases;
        let from = phases.len();
        self.crew.wait(pending, Some(Phase::ReadBack), |copy, given| {
            let Some((bytes, busy)) = given else { return };
            let record = PhaseRecord::ending(Phase::ReadBack, &began, clock, bytes).busy(busy);
            phases.push(PhaseRecord { copy, ..record });
        });
        if let Some(records) = phases.get_mut(from..) {
            records.sort_by_key(|record| record.copy);
        }
        self.crew.goes_on()
    }

    /// Reads the card once more, past the cache, and compares it with itself.
    pub(super) fn read_again(&mut self) -> Result<(), Ended> {
        let Context { progress, clock, .. } = *self.context;
        progress.phase(Phase::SecondRead, self.source.card.tree.bytes());
        let (began, started) = (clock.now(), Instant::now());
        let (source, pulse) = (Arc::clone(self.source), Arc::clone(self.crew.card()));
        let before = pulse.bytes();
        let pending = self.crew.begin_card(move |_| second_read(&source, &pulse));
        let (mut ended, mut unproven) = (Err(turns::Cancelled), None);
        self.crew.wait(pending, Some(Phase::SecondRead), |_, given| (ended, unproven) = given);
        self.tell_of_the_card();
        if let Some(why) = unproven {
            let note = format!("the second read of the card perhaps came from the cache: {why}");
            let finding = Finding::new(FindingKind::ThroughTheCache, ".").noting(note);
            self.account.found(finding);
        }
        let bytes = self.crew.card().bytes() - before;
        let record = PhaseRecord::ending(Phase::SecondRead, &began, clock, bytes);
        self.account.report.phases.push(record.busy(started.elapsed()));
        self.crew.goes_on()?;
        ended.map_err(|_| Ended::Cancelled)
    }
}

/// Reads a card as [`Transfer::read_again`] has it. Tells whether that came to its end, and why it is
/// not proven that all of it came from the card, if it is not.
fn second_read(
    source: &Source,
    pulse: &Pulse,
) -> (Result<(), turns::Cancelled>, Option<CacheReason>) {
    let card = &source.card;
    let Ok(volume) = card.volume() else { return (Err(turns::Cancelled), None) };
    let digests = source.digests().clone();
    let wanted = card.tree.files.iter().enumerate().filter(|(index, _)| digests.has(*index));
    let algorithms: Arc<[Algorithm]> = digests.algorithms().into();
    let wanted = wanted.map(|(index, file)| Wanted {
        key: (index, file),
        path: card.name_of(&file.path),
        found: None,
        algorithms: Arc::clone(&algorithms),
        is_of_others: false,
    });
    let mut unproven = None;
    let compare = |(index, file): (usize, &FoundFile), result: Result<ReadOutcome, Failure>| {
        let path = file.path.as_str();
        match result {
            Ok(found) => {
                let ReadOutcome { values, unproven: why, .. } = found;
                unproven = unproven.or(why);
                if values != digests.get(index) {
                    source.found(Finding::new(FindingKind::SourceChanged, path).noting(
                        "a second read gave other bytes: the card or its reader is failing",
                    ));
                }
            }
            // It is asked for nothing more.
            Err(_) if pulse.is_cancelled() => {}
            Err(failure) => source.found(failure.finding(path, file.stat.size)),
        }
    };
    let crew = pulse.call(|| turns::Crew::suiting(volume.root(), NonZero::<usize>::MIN));
    let ended = crew.read_each(volume.as_ref(), wanted, Way::PastTheCache, pulse, compare);
    (ended, unproven)
}
