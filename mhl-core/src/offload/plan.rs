//! Everything that can be known before the first byte is written, for every destination.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    path::Path,
    sync::Arc,
};

use mhl_hash::{Algorithm, HashValue, Observer as _, Strategy};

use super::{
    card::{Card, Carried, is_within},
    destination::{Destination, Made, State},
    journal,
    look::FOREIGN,
    marker::{Claim, Marker},
    pulse::Pulse,
    room::Room,
    site::Site,
};
use crate::{
    Finding, FindingKind, Limits, RelativePath, appending, asc,
    expected::{Expected, is_list},
    histories::Past,
    tree::{Capacity, FoundFile, PastTheCache, Tree, Volume, is_part, walk_observed},
};

/// Room that a list takes for one file, and a file system for its bookkeeping: an estimate.
const OVERHEAD_BYTES: u64 = 512;

/// What another program may have done between a look and the lock.
const MEANWHILE: &str =
    "another offload of this roll was at work there just now: offload again with resume";

/// What all destinations of an offload have in common.
pub(super) struct Plan {
    roll: RelativePath,
    card: Arc<Card>,
    /// Where histories stand on a copy.
    histories: Vec<RelativePath>,
    resume: bool,
}

/// What is to be known of a destination that is prepared.
pub(super) struct Ready {
    /// What it needs of its device.
    pub(super) room: Option<Room>,
    /// The algorithms of the list that stands there already.
    pub(super) algorithms: Vec<Algorithm>,
    /// For each file of the card whether a whole one is to be read back there.
    pub(super) stands: Vec<bool>,
    /// What earlier runs noted of files that stand there: what the card gave.
    pub(super) noted: BTreeMap<usize, Vec<HashValue>>,
    /// It is written to, and its device seeks.
    pub(super) seeks: bool,
}

/// What stands in the roll's folder when the work begins.
struct Left {
    states: Vec<State>,
    /// The list, if an earlier offload came that far.
    list: Option<Expected>,
    /// There is more to be copied or recorded than that list says.
    goes_on: bool,
    /// Files that the card does not hold.
    findings: Vec<Finding>,
    /// What earlier runs noted of files that stand.
    noted: BTreeMap<usize, Vec<HashValue>>,
    /// What is to be written needs this.
    room: Option<Room>,
}

/// Whose an offload is that was begun in a roll's folder.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Begun {
    /// None was, or it is finished.
    No,
    /// This card's: what stands there without a list is ours to write anew.
    Ours,
    /// Another card's: what stands there is only read.
    OfAnother,
}

impl Plan {
    pub(super) fn new(roll: &RelativePath, card: &Arc<Card>, resume: bool) -> Self {
        let (card, histories) = (Arc::clone(card), card.histories_on_a_copy());
        Plan { roll: roll.clone(), card, histories, resume }
    }

    /// Prepares one destination: checks it, takes its lock, creates the roll's folder. What is
    /// wrong with it is all told at once. Others may be prepared at the same time: whether their
    /// device has room for all of them is told by [`refused`](super::room::refused).
    pub(super) fn prepare(
        &self,
        site: Site,
        pulse: &Arc<Pulse>,
    ) -> Result<(Destination, Ready), Vec<Finding>> {
        let path = site.path.clone();
        let folder = site.open(pulse).map_err(|error| {
            let note = match error.kind() {
                io::ErrorKind::NotFound => "there is no such folder: is the drive mounted? It has \
                                            to exist, because a folder made in the place of an \
                                            absent drive fills the system's disk"
                    .to_owned(),
                io::ErrorKind::NotADirectory => "it is a file: name a folder".to_owned(),
                _ => format!("the folder cannot be opened: {error}"),
            };
            vec![refusal(&path, note)]
        })?;
        // Nothing was made yet, and whoever cancelled is told so by the report.
        let goes_on = || if pulse.is_cancelled() { Err(Vec::new()) } else { Ok(()) };
        goes_on()?;
        let root = folder.root().to_owned();
        let failed =
            |what: &str, error: io::Error| vec![refusal(&root, format!("{what}: {error}"))];
        let marker =
            Marker::of(&self.roll).map_err(|error| failed("the roll's name is too long", error))?;
        let stands = |path| match folder.stat(Some(path)) {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(failed("cannot be examined", error)),
        };
        let (roll_stands, unfinished) = (stands(&self.roll)?, stands(&marker.folder)?);
        self.check_name(&root, roll_stands, unfinished)?;
        goes_on()?;
        if roll_stands && !unfinished {
            let (roll, left) = self.read_finished(folder.as_ref(), Begun::No, pulse)?;
            if !left.goes_on {
                return Ok(self.destination(folder, roll, left, pulse));
            }
            goes_on()?;
        }

        if !unfinished {
            if !roll_stands {
                // Before anything is made: a destination that cannot take the roll is left as it is.
                self.check_capacity(folder.as_ref(), None)?;
            }
            match folder.create_folder(&marker.folder) {
                // Another program began meanwhile: the lock tells whether it is at work.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                result => result.map_err(|error| failed("nothing can be written there", error))?,
            }
        }
        let lock = match folder.lock(&marker.lock) {
            Ok(Some(lock)) => lock,
            Ok(None) => {
                return Err(vec![refusal(&root, "another offload of this roll is running there")]);
            }
            // It was through meanwhile, and its marker went.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(vec![refusal(&root, MEANWHILE)]);
            }
            Err(error) => return Err(failed("nothing can be written there", error)),
        };
        let made = Made { roll: !roll_stands, marker: !unfinished };
        let taken = stands(&self.roll).and_then(|now| match now == roll_stands {
            true => self.take_place(folder.as_ref(), &marker, roll_stands, pulse),
            false => Err(vec![refusal(&root, MEANWHILE)]),
        });
        match taken {
            Ok((roll, left)) => {
                let (mut destination, ready) = self.destination(folder, roll, left, pulse);
                destination.lock = Some(lock);
                destination.made = made;
                Ok((destination, ready))
            }
            Err(findings) => {
                made.undo(folder.as_ref(), &self.roll, &marker);
                Err(findings)
            }
        }
    }

    fn check_name(
        &self,
        root: &Path,
        roll_stands: bool,
        unfinished: bool,
    ) -> Result<(), Vec<Finding>> {
        let note = match (roll_stands, unfinished, self.resume) {
            (true, false, false) => {
                "a roll of this name stands there: choose another name, or another destination; \
                 with resume it is proven again"
            }
            (_, true, false) => {
                "an unfinished offload of this roll stands there: take it up with resume, or \
                 remove it"
            }
            _ => return Ok(()),
        };
        let path = root.join(self.roll.as_str());
        Err(vec![Finding::new(FindingKind::NameTaken, path.to_string_lossy()).noting(note)])
    }

    fn destination(
        &self,
        folder: Box<dyn Volume>,
        roll: Box<dyn Volume>,
        left: Left,
        pulse: &Arc<Pulse>,
    ) -> (Destination, Ready) {
        let Left { states, list, goes_on, findings, noted, room } = left;
        let stands = states.iter().map(|state| state.stands()).collect();
        let mut destination =
            Destination::new(folder, roll, self.roll.clone(), states, Arc::clone(pulse));
        // A list that is not the last word is read anew, or replaced.
        let last = list.as_ref().filter(|_| !goes_on);
        destination.doubt = last.and_then(|list| list.doubt.clone());
        destination.finished = list;
        destination.goes_on = goes_on;
        destination.findings = findings;
        let seeks = || Strategy::of_device(destination.roll.root()) == Strategy::Sequential;
        let seeks = destination.is_written() && pulse.call(seeks);
        let algorithms = destination.listed_algorithms();
        (destination, Ready { room, algorithms, stands, noted, seeks })
    }

    /// What stands in the roll's folder, if it is listed.
    fn read_finished(
        &self,
        folder: &dyn Volume,
        begun: Begun,
        pulse: &Pulse,
    ) -> Result<(Box<dyn Volume>, Left), Vec<Finding>> {
        let roll = folder.below(&self.roll).map_err(|error| {
            vec![refusal(folder.root(), format!("the roll's folder cannot be opened: {error}"))]
        })?;
        let found = self.walk(roll.as_ref(), pulse)?;
        let left = self.left(roll.as_ref(), &found, begun)?;
        if left.list.is_none() {
            let path = folder.root().join(self.roll.as_str());
            let note = "a folder of this name stands there, with no list in it and no unfinished \
                        offload beside it: choose another name";
            let path = path.to_string_lossy();
            return Err(vec![Finding::new(FindingKind::NameTaken, path).noting(note)]);
        }
        Ok((roll, left))
    }

    /// Claims the place for this card, or takes up what was claimed for it.
    fn take_place(
        &self,
        folder: &dyn Volume,
        marker: &Marker,
        roll_stands: bool,
        pulse: &Pulse,
    ) -> Result<(Box<dyn Volume>, Left), Vec<Finding>> {
        let root = folder.root().to_owned();
        let failed =
            |what: &str, error: io::Error| vec![refusal(&root, format!("{what}: {error}"))];
        self.check_case(folder, marker)?;
        let begun = roll_stands && marker.is_claimed(folder);
        if roll_stands && !begun {
            let (roll, left) = self.read_finished(folder, Begun::No, pulse)?;
            if !left.goes_on {
                return Ok((roll, left));
            }
        }
        if begun && let Claim::OfAnother(why) = marker.claim(folder, &self.card.tree) {
            // What was begun for another card is nobody's to remove or replace; what was finished
            // is only read. A history without a word of the transfer is not finished.
            let finished = self.read_finished(folder, Begun::OfAnother, pulse);
            if pulse.is_cancelled() {
                return Err(Vec::new());
            }
            let finished = finished.ok().filter(|(_, left)| {
                !left.list.as_ref().is_some_and(|list| self.lacks_the_transfer(list))
            });
            return finished.ok_or_else(|| {
                let path = root.join(self.roll.as_str());
                let note = format!(
                    "an unfinished offload stands there, and {why}: choose another name, or \
                     remove it"
                );
                vec![Finding::new(FindingKind::NameTaken, path.to_string_lossy()).noting(note)]
            });
        }
        marker
            .write_claim(folder, self.card.footage())
            .and_then(|()| folder.sync_folder(None))
            .map_err(|error| failed("nothing can be written there", error))?;
        if !roll_stands {
            folder
                .create_folder(&self.roll)
                .map_err(|error| failed("the roll's folder cannot be created", error))?;
        }
        let roll = folder
            .below(&self.roll)
            .map_err(|error| failed("the roll's folder cannot be opened", error))?;
        let mut left = if begun {
            let failed = |error| failed("what was begun cannot be taken up", error);
            self.settle_histories(roll.as_ref()).map_err(failed)?;
            let mut found = self.walk(roll.as_ref(), pulse)?;
            self.clear_parts(roll.as_ref(), &mut found).map_err(failed)?;
            let mut left = self.left(roll.as_ref(), &found, Begun::Ours)?;
            left.noted = journal::read(marker, folder, &self.card.tree.files, self.card.medium());
            left.noted.retain(|file, _| left.states.get(*file) == Some(&State::Standing));
            left
        } else if roll_stands {
            let found = self.walk(roll.as_ref(), pulse)?;
            self.left(roll.as_ref(), &found, Begun::No)?
        } else {
            let states = vec![State::Wanted; self.card.tree.files.len()];
            let (findings, noted) = (Vec::new(), BTreeMap::new());
            Left { states, list: None, goes_on: false, findings, noted, room: None }
        };
        left.room = Some(self.check_capacity(folder, Some(&left.states))?);
        Ok((roll, left))
    }

    /// What stands in the roll's folder. Whoever cancels meanwhile is told so by the report.
    fn walk(&self, roll: &dyn Volume, pulse: &Pulse) -> Result<Tree, Vec<Finding>> {
        walk_observed(roll, &self.card.listed_litter(), pulse).map_err(|_| Vec::new())
    }

    /// Compares what stands in the roll's folder with the card.
    fn left(&self, roll: &dyn Volume, found: &Tree, begun: Begun) -> Result<Left, Vec<Finding>> {
        let files = &self.card.tree.files;
        let hides_a_list = |finding: &&Finding| {
            let path = RelativePath::new(&finding.path);
            let is_part_of_one = |path: &RelativePath| is_list(path) || self.in_history(path);
            finding.path == "." || path.as_ref().is_ok_and(is_part_of_one)
        };
        if let Some(finding) = found.findings.iter().find(hides_a_list) {
            let note = finding.note.clone().unwrap_or_default();
            return Err(vec![refusal(&roll.root().join(&finding.path), note)]);
        }
        let is_listed =
            found.files.iter().any(|file| is_list(&file.path) || self.in_history(&file.path));
        let list = if is_listed {
            let within = found.histories_within();
            let past = PastTheCache::new(roll);
            let expected = Expected::load(&past, None, &within, &Limits::default(), &[]);
            let expected = expected.map_err(|error| vec![Finding::from(&error)])?;
            Some(Expected { doubt: past.doubt(), ..expected })
        } else {
            None
        };
        let (stands_for, mut differing) = match &list {
            Some(list) => list.stand_for(files),
            None => (vec![None; files.len()], Vec::new()),
        };
        if let Some(list) = &list {
            let passes_over = list.passes_over();
            differing.retain(|finding| !passes_over(&finding.path));
        }
        let named: Vec<bool> = stands_for.iter().map(Option::is_some).collect();
        let goes_on = match &list {
            Some(list) if begun != Begun::OfAnother => {
                let gone = |finding: &Finding| {
                    matches!(finding.kind, FindingKind::MissingFile | FindingKind::SizeMismatch)
                };
                let new = |finding: &Finding| finding.kind == FindingKind::NewFile;
                let own = begun == Begun::Ours && self.lacks_the_transfer(list);
                let more = own || differing.iter().any(new) || self.has_more_histories_than(list);
                // A card that lost or changed a file may be another card: its files stay out.
                more && !differing.iter().any(gone)
            }
            _ => false,
        };
        if let Some(list) = &list {
            self.check_generations(roll, list)?;
            if goes_on {
                self.check_custody(roll, list)?;
            }
        }
        let standing = |file: &FoundFile| {
            let place = found.files.binary_search_by(|other| other.path.cmp(&file.path)).ok()?;
            found.files.get(place)
        };
        let differs: BTreeSet<&str> = differing
            .iter()
            .filter(|finding| finding.kind.is_fault())
            .map(|finding| finding.path.as_str())
            .collect();
        let states = files.iter().zip(named).map(|(file, named)| match standing(file) {
            // Nothing to read: it is told below.
            _ if !goes_on && differs.contains(file.path.as_str()) => State::Failed,
            // What is listed is not written to: what is absent or different is a finding.
            _ if named || (list.is_some() && !goes_on) => State::Kept,
            None => State::Wanted,
            Some(_) if begun != Begun::Ours => State::Kept,
            // Another size: ours, from before a crash.
            Some(there) if there.stat.size != file.stat.size => State::Again,
            Some(_) => State::Standing,
        });
        let states = states.collect();
        let unknown = found.files.iter().filter(|file| {
            let known = files.binary_search_by(|other| other.path.cmp(&file.path));
            known.is_err() && !self.in_history(&file.path) && !is_list(&file.path)
        });
        let unknown = unknown
            .map(|file| Finding::new(FindingKind::NewFile, file.path.as_str()).noting(FOREIGN));
        let mut findings: Vec<Finding> = unknown.collect();
        if !goes_on {
            let note = |finding: &Finding| match self.card.list_kept_at(&finding.path) {
                Some(list) => format!(
                    "the card's own list {list} changed since this copy was finished, which keeps \
                     it as it was and names it so; nothing was written: offload the card under \
                     another name"
                ),
                None => "the card is not as the list of this copy says, and nothing was written: \
                         offload it under another name"
                    .to_owned(),
            };
            let faults = differing.iter().filter(|finding| finding.kind.is_fault());
            findings.extend(faults.map(|finding| finding.clone().noting(note(finding))));
        }
        Ok(Left { states, findings, list, goes_on, noted: BTreeMap::new(), room: None })
    }

    fn in_history(&self, path: &RelativePath) -> bool {
        is_within(&self.histories, path)
    }

    /// Whether a generation is missing that tells of the transfer: a history is still the one that the
    /// card carries, or the one around it has not seen what was appended.
    fn lacks_the_transfer(&self, list: &Expected) -> bool {
        self.holds_one_of_the_card_s_own(list) || list.histories.iter().any(|past| past.has_grown)
    }

    /// Whether a history of a copy is still the one that the card carries.
    fn holds_one_of_the_card_s_own(&self, list: &Expected) -> bool {
        self.card.histories.iter().any(|own| {
            let there = list.histories.iter().find(|there| there.root == own.root);
            own.chain.is_some() && there.is_some_and(|there| there.chain == own.chain)
        })
    }

    /// Whether the card has a history within that the copy's own does not know.
    fn has_more_histories_than(&self, list: &Expected) -> bool {
        chain_of(list).is_some() && !self.card.histories_new_to(list).is_empty()
    }

    /// Refuses a copy that lacks a generation of the card's own histories: with the card it would be
    /// wiped, and no copy held it.
    fn check_generations(&self, roll: &dyn Volume, list: &Expected) -> Result<(), Vec<Finding>> {
        let lacks_one = |own: &Past| {
            let there = list.histories.iter().find(|there| there.root == own.root);
            let links = |past: &Past| past.chain.as_ref().map(|chain| chain.links.clone());
            match (links(own), there.and_then(links)) {
                (Some(own), Some(there)) => !there.starts_with(&own),
                // Without a chain it is not there yet.
                _ => false,
            }
        };
        if !self.card.histories.iter().any(lacks_one) {
            return Ok(());
        }
        let note = "a history of the card has generations that this copy lacks: offload it under \
                    another name";
        let path = roll.root().to_string_lossy();
        Err(vec![Finding::new(FindingKind::NameTaken, path).noting(note)])
    }

    /// Refuses to go on with a list that the card's own cannot follow.
    fn check_custody(&self, roll: &dyn Volume, list: &Expected) -> Result<(), Vec<Finding>> {
        let same = match (&self.card.carried, chain_of(list)) {
            (Carried::Nothing, _)
            | (Carried::List(..), None)
            | (Carried::Histories(_), Some(_)) => true,
            (Carried::Histories(_), None) | (Carried::List(..), Some(_)) => false,
        };
        if same {
            return Ok(());
        }
        let note = "the card grew, and its own list or history does not continue the one that \
                    stands here: offload it under another name";
        let path = roll.root().to_string_lossy();
        Err(vec![Finding::new(FindingKind::NameTaken, path).noting(note)])
    }

    /// Brings the histories into order that have a chain: a generation that was under way is finished,
    /// or forgotten.
    fn settle_histories(&self, roll: &dyn Volume) -> io::Result<()> {
        for folder in &self.histories {
            let chain = folder.join(asc::CHAIN_FILE).map_err(io::Error::other)?;
            match roll.stat(Some(&chain)) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                stat => stat?,
            };
            let within = folder.parent().map(|root| roll.below(&root)).transpose()?;
            appending::lock(within.as_deref().unwrap_or(roll)).map_err(io::Error::other)?;
        }
        Ok(())
    }

    /// Removes what an interrupted offload had not finished: files that are not whole, and
    /// histories whose outermost chain was not written, or of what a card had more than before its
    /// own. `found` is then what is left.
    fn clear_parts(&self, roll: &dyn Volume, found: &mut Tree) -> io::Result<()> {
        let path = |finding: &Finding| RelativePath::new(&finding.path).ok();
        let hides = |finding: &&Finding| path(finding).is_none_or(|path| self.in_history(&path));
        if let Some(finding) = found.findings.iter().find(hides) {
            // A chain that is not seen now would look like one that was never written.
            let note = finding.note.clone().unwrap_or_default();
            return Err(io::Error::other(format!("{}: {note}", finding.path)));
        }
        let has_chain = |folder: &str| {
            let chain = format!("{folder}/{}", asc::CHAIN_FILE);
            found.files.iter().any(|file| file.path.as_str() == chain)
        };
        // What is left in a history with a chain is for whoever holds its lock.
        let is_held = |path: &RelativePath| {
            self.in_history(path) && path.parent().is_some_and(|folder| has_chain(folder.as_str()))
        };
        let chained = has_chain(asc::FOLDER);
        let unchained: Vec<&RelativePath> =
            self.histories.iter().filter(|folder| !has_chain(folder.as_str())).collect();
        let mut removed = Vec::new();
        for file in &found.files {
            let history = self.in_history(&file.path) && !chained;
            // What the card has too can be carried again; anything else stays, as a fault.
            let begun = self.card.carries(&file.path)
                && unchained.iter().any(|folder| file.path.below(folder).is_some());
            if (is_part(&file.path) && !is_held(&file.path)) || history || begun {
                roll.remove(&file.path)?;
                removed.push(file.path.clone());
            }
        }
        // Sorted, as the files are.
        found.leave_out(|path, folder| !folder && removed.binary_search(path).is_ok());
        Ok(())
    }

    /// Room and limits for what has yet to be written; every shortfall is told. Tells the room that it
    /// needs.
    fn check_capacity(
        &self,
        folder: &dyn Volume,
        states: Option<&[State]>,
    ) -> Result<Room, Vec<Finding>> {
        let root = folder.root();
        let capacity = folder.capacity().map_err(|error| {
            vec![refusal(root, format!("its room cannot be measured: {error}"))]
        })?;
        let mut findings = Vec::new();
        let stands = |index: usize| {
            let state = states.and_then(|states| states.get(index));
            matches!(state, Some(State::Standing | State::Kept))
        };
        let files = self.card.tree.files.iter().enumerate();
        let to_write = files.filter(|(index, _)| !stands(*index)).map(|(_, file)| file.stat.size);
        let needed =
            to_write.sum::<u64>() + OVERHEAD_BYTES * (1 + self.card.tree.files.len() as u64);
        let device = folder.device().unwrap_or_else(|| root.to_string_lossy().into_owned());
        let room = Room { folder: root.to_owned(), device, needed, free: capacity.free };
        findings.extend(room.shortfall(0));
        for file in self.card.tree.files.iter().filter(|file| file.stat.size > capacity.file_max) {
            findings.push(
                refusal(root, format!("{} is too large for its file system", file.path)).differing(
                    format!("at most {} bytes", capacity.file_max),
                    format!("{} bytes", file.stat.size),
                ),
            );
        }
        let files = self.card.tree.files.iter().map(|file| &file.path);
        let names = files.chain(self.card.tree.folders.iter().map(|(folder, _)| folder));
        let Capacity { name_max, names_count, .. } = capacity;
        for path in names.filter(|path| names_count.of(path.file_name()) > name_max) {
            let (len, units) = (names_count.of(path.file_name()), names_count.name());
            findings.push(
                refusal(root, format!("the name {path} is too long for its file system"))
                    .differing(format!("at most {name_max} {units}"), format!("{len} {units}")),
            );
        }
        if findings.is_empty() { Ok(room) } else { Err(findings) }
    }

    /// Names that differ in case alone would become one.
    fn check_case(&self, folder: &dyn Volume, marker: &Marker) -> Result<(), Vec<Finding>> {
        if folder.stat(Some(&marker.lock_in_capitals)).is_err() {
            return Ok(());
        }
        let files = self.card.tree.files.iter().map(|file| &file.path);
        let folders = self.card.tree.folders.iter().map(|(folder, _)| folder);
        let mut names: Vec<(String, &RelativePath)> =
            files.chain(folders).map(|path| (path.as_str().to_lowercase(), path)).collect();
        names.sort_unstable();
        let mut findings = Vec::new();
        for pair in names.windows(2) {
            if let [(a, first), (b, second)] = pair
                && a == b
            {
                let note =
                    format!("it does not tell {first} from {second}: one would replace the other");
                findings.push(refusal(folder.root(), note));
            }
        }
        if findings.is_empty() { Ok(()) } else { Err(findings) }
    }
}

/// The chain of the history at a root, once it has a generation.
fn chain_of(list: &Expected) -> Option<&asc::Chain> {
    let own = list.histories.iter().find(|past| past.root.is_none() && past.newest.is_some());
    own.and_then(|past| past.chain.as_ref())
}

pub(super) fn refusal(folder: &Path, note: impl Into<String>) -> Finding {
    Finding::new(FindingKind::DestinationUnusable, folder.to_string_lossy()).noting(note)
}
