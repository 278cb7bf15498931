//! The list that a proven copy gets, last: ours, the card's own, or a history one generation longer.

use std::{io, sync::Arc};

use mhl_hash::HashValue;

use super::{
    card::{Card, Carried},
    destination::Destination,
    source::Source,
};
use crate::{
    Agent, Context, Finding, FindingKind, Format, Limits, ManifestRecord, Process, RelativePath,
    Timestamp,
    account::ignored,
    appending, asc,
    digests::Digests,
    expected::Expected,
    listing::{Generation, Listing},
    tree::{
        FoundFile, Volume,
        durable::{Unpublished, stage_copy, write_down_names},
    },
    verify::{
        compare::Read,
        generation::{Appending, compare_directories},
    },
};

/// What every copy's list says and is made from.
pub(super) struct Lists {
    pub(super) source: Arc<Source>,
    /// The roll's name.
    pub(super) name: RelativePath,
    pub(super) digests: Digests,
    pub(super) agent: Agent,
    pub(super) started: Timestamp,
    pub(super) finished: Timestamp,
}

/// A copy's list.
pub(super) struct Listed {
    pub(super) record: ManifestRecord,
    /// The roll's identity, where its first list is not made of what this offload read.
    pub(super) content: Option<HashValue>,
    /// Warnings.
    pub(super) notes: Vec<Finding>,
}

impl Listed {
    fn new(record: ManifestRecord) -> Self {
        Listed { record, content: None, notes: Vec::new() }
    }
}

impl Lists {
    fn card(&self) -> &Card {
        &self.source.card
    }

    /// Gives a proven copy its list; one that stands there and names everything is compared with
    /// what was read. With a fault there is none.
    ///
    /// `roll` is the roll's folder there, of which what is read tells whether it came from the device.
    pub(super) fn give(&self, to: &Destination, roll: &dyn Volume) -> Result<Listed, Vec<Finding>> {
        if !to.roll.is_still_there() {
            let note = "another folder stands at the copy's path: the drive was taken away before \
                        its list was written";
            return Err(vec![Finding::new(FindingKind::DeviceChanged, ".").noting(note)]);
        }
        if let Some(list) = to.finished.as_ref().filter(|_| !to.goes_on) {
            return self.confirm(list);
        }
        let format = to.finished.as_ref().map_or(self.card().format, |list| list.format);
        let listed = match (format, &self.card().carried) {
            (Format::Asc, _) => self.append(to, roll),
            (Format::Classic, Carried::List(list, content)) => {
                self.carry_list(list, *content, to, roll)
            }
            (Format::Classic, _) => self.write_list(roll, to.finished.as_ref()),
        }?;
        write_down_names(roll, &listed.record.path).map_err(not_written)?;
        Ok(listed)
    }

    /// The list of an offload that was finished before.
    fn confirm(&self, list: &Expected) -> Result<Listed, Vec<Finding>> {
        let mut findings = list.compare(&self.card().tree.files, &self.digests).1;
        // What is new was told when the work began, or is ignored.
        findings.retain(|finding| finding.kind != FindingKind::NewFile);
        findings.extend(list.findings.iter().cloned());
        if findings.iter().any(|finding| finding.kind.is_fault()) {
            return Err(findings);
        }
        findings.extend(self.left_out_by(list));
        let content = Some(list.content);
        Ok(Listed { record: list.record.clone(), content, notes: findings })
    }

    /// Tells what patterns of a copy's own history keep out of its list: what the card's own keep out
    /// was told before.
    fn left_out_by(&self, list: &Expected) -> Vec<Finding> {
        let card = self.card();
        // Patterns that are none are a fault of the history.
        ignored(&card.tree, &list.ignore, card.ignore()).unwrap_or_default()
    }

    /// A list of ours; on a roll that grew it takes the old one's place.
    fn write_list(
        &self,
        roll: &dyn Volume,
        old: Option<&Expected>,
    ) -> Result<Listed, Vec<Finding>> {
        let notes = self.hold_to_old(old)?;
        let listing = Listing {
            folder: self.name.as_str(),
            agent: &self.agent,
            format: Format::Classic,
            process: Process::Transfer,
            ignore: &[],
            started: &self.started,
            finished: &self.finished,
            tree: &self.card().tree,
            digests: &self.digests,
            generation: Generation::default(),
        };
        let written = match old.map(|old| RelativePath::new(&old.record.path)) {
            Some(Ok(old)) => listing.replace(roll, &old),
            _ => listing.write(roll),
        };
        Ok(Listed { notes, ..Listed::new(written.map_err(not_written)?) })
    }

    /// The card's own list, unchanged.
    fn carry_list(
        &self,
        list: &ManifestRecord,
        content: HashValue,
        to: &Destination,
        roll: &dyn Volume,
    ) -> Result<Listed, Vec<Finding>> {
        let old = to.finished.as_ref();
        let notes = self.hold_to_old(old)?;
        let staged = RelativePath::new(&list.path).map_err(io::Error::other).and_then(|path| {
            let from = self.card().volume()?;
            to.pulse.at_card(|| stage_copy(roll, &path, from.as_ref(), &path))
        });
        let staged = staged.map_err(|error| not_written(error.into()))?;
        if staged.c4().to_string() != list.c4 {
            staged.discard();
            let note = "the card's list changed since it was read: offload again with resume";
            return Err(vec![Finding::new(FindingKind::SourceChanged, &*list.path).noting(note)]);
        }
        match old.map(|old| RelativePath::new(&old.record.path)) {
            Some(Ok(old)) => staged.take_place_of(&old),
            _ => staged.publish(),
        }
        .map_err(not_written)?;
        Ok(Listed { record: list.clone(), content: Some(content), notes })
    }

    /// What a list that is about to be replaced says still holds. That it names too little is why it
    /// is replaced.
    fn hold_to_old(&self, old: Option<&Expected>) -> Result<Vec<Finding>, Vec<Finding>> {
        let Some(old) = old else { return Ok(Vec::new()) };
        let (_, mut findings) = old.compare(&self.card().tree.files, &self.digests);
        findings.retain(|finding| finding.kind != FindingKind::NewFile);
        let holds = findings.iter().all(|finding| !finding.kind.is_fault());
        if holds { Ok(findings) } else { Err(findings) }
    }

    /// A generation more in the copy's history and those within it, which the card's may begin.
    fn append(&self, to: &Destination, roll: &dyn Volume) -> Result<Listed, Vec<Finding>> {
        let new = to.finished.as_ref().map(|list| self.card().histories_new_to(list));
        self.carry_histories(to, roll, new.as_deref())
            .map_err(|error| not_written(error.into()))?;
        let is_carried = matches!(self.card().carried, Carried::Histories(_));
        let pasts = match &to.finished {
            Some(list) => &*list.histories,
            None if is_carried => &*self.card().histories,
            None => &[],
        };
        let mut within: Vec<RelativePath> =
            pasts.iter().filter_map(|past| past.root.clone()).collect();
        within.extend(new.into_iter().flatten());
        within.sort_unstable();
        within.dedup();
        let has_first = pasts.iter().any(|past| past.root.is_none() && past.newest.is_some());
        let limits = Limits::default();
        let load = |first: bool| match first {
            true => Expected::of_histories(roll, &within, &limits, &[]),
            false => Expected::before_the_first(roll, &within, &limits, &[]),
        };
        let own = has_first.then(|| appending::lock(roll)).transpose();
        let locks = appending::lock_within(roll, &within);
        let invalid = |error| vec![Finding::from(&error)];
        let mut expected = load(has_first).map_err(invalid)?;
        if let Ok(ignore) = asc::IgnoreList::new(&expected.ignore) {
            expected.pass_over(&ignore);
        }
        let (tree, digests) = self.card().listed(&expected.ignore, &self.digests);
        let (says, mut notes) = expected.compare(&tree.files, &digests);
        notes.extend(compare_directories(&expected.histories, &tree, &digests, &notes));
        notes.retain(|finding| finding.kind != FindingKind::NewFile);
        notes.extend(expected.findings.iter().cloned());
        notes.extend(self.left_out_by(&expected));
        for error in own.as_ref().err().into_iter().chain(locks.as_ref().err()) {
            let finding = Finding::new(FindingKind::WriteFailed, asc::FOLDER);
            notes.push(finding.noting(error.to_string()));
        }
        if notes.iter().any(|finding| finding.kind.is_fault()) {
            return Err(notes);
        }
        let context = Context::new(&self.agent).with_clock(&self.finished);
        let appending = Appending {
            volume: roll,
            folder: self.name.as_str(),
            context: &context,
            process: Process::Transfer,
            started: &self.started,
            of_a_part: false,
        };
        // All that is needed of them is said: a list may be long.
        expected.files = Vec::new();
        let read = Read { digests: digests.into_owned(), says };
        let record =
            appending.append(&expected.histories, &tree, &read, &[]).map_err(not_written)?;
        drop((tree, read));
        // The first list of such a roll is not this one, or not this one alone.
        let has_list = is_carried || to.finished.is_some();
        let begins_one = expected.histories.iter().any(|past| past.newest.is_none());
        let content = match (has_list, begins_one) {
            (false, _) => None,
            (true, false) => Some(expected.content),
            (true, true) => Some(load(true).map_err(invalid)?.content),
        };
        Ok(Listed { record, content, notes })
    }

    /// The card's histories, as they are, or those of the folders in `only`: every manifest before
    /// any chain, and the chain of the root last. Before that one stands, nothing is listed.
    fn carry_histories(
        &self,
        to: &Destination,
        roll: &dyn Volume,
        only: Option<&[RelativePath]>,
    ) -> io::Result<()> {
        let Carried::Histories(histories) = &self.card().carried else { return Ok(()) };
        let wanted = |path: &RelativePath| {
            only.is_none_or(|roots| {
                let folders = roots.iter().filter_map(|root| root.join(asc::FOLDER).ok());
                folders.into_iter().any(|folder| *path == folder || path.below(&folder).is_some())
            })
        };
        for (folder, _) in histories.folders.iter().filter(|(folder, _)| wanted(folder)) {
            match roll.create_folder(folder) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
                _ => roll.sync_folder(folder.parent().as_ref())?,
            }
        }
        let is_chain = |file: &&FoundFile| file.path.file_name() == asc::CHAIN_FILE;
        let depth = |file: &&FoundFile| file.path.segments().count();
        let files = histories.files.iter().filter(|file| wanted(&file.path));
        let (mut chains, manifests): (Vec<_>, Vec<_>) = files.partition(is_chain);
        chains.sort_by_key(|chain| std::cmp::Reverse(depth(chain)));
        for file in manifests.into_iter().chain(chains) {
            let from = self.card().volume()?;
            let copy = || stage_copy(roll, &file.path, from.as_ref(), &file.path);
            let staged = to.pulse.at_card(copy);
            drop(from);
            staged?.publish()?;
        }
        Ok(())
    }
}

#[allow(clippy::needless_pass_by_value)] // the last step of a chain of results
fn not_written(error: Unpublished) -> Vec<Finding> {
    vec![Finding::new(FindingKind::WriteFailed, ".").noting(error.of("list"))]
}
