//! The last look at a card and at each of its copies, before any list says what stands there.
//!
//! Digests prove the bytes that were read. A look finds what nobody read: what came onto the card, went
//! from it or was written to since it was walked; and on a copy what its file system keeps under another
//! name than it was given, or what somebody else put there.

use std::collections::BTreeSet;

use mhl_hash::Observer;

use super::{
    card::{Card, Carried, is_within},
    destination::Destination,
};
use crate::{
    Finding, FindingKind, Item, RelativePath, Timestamp, diff,
    expected::is_list,
    path::around,
    tree::{Found, FoundFile, Modified, Stat, Tree, Volume, turns::Cancelled, walk_each},
};

/// What is said where the folder that was opened stands at the card's path no more.
pub(super) const CARD_IS_GONE: &str =
    "another folder stands at the card's path: was the card taken out?";

/// Something that is expected: a file with what it was, or a folder.
type Thing<'a> = (&'a RelativePath, Option<&'a Stat>);

/// What is not as expected.
#[derive(Default)]
struct Seen<'a> {
    /// Expected, and not there.
    gone: Vec<Thing<'a>>,
    /// There, and not expected; a folder has no size.
    new: Vec<(RelativePath, Option<u64>)>,
    /// There, and not what it was: what it is now.
    changed: Vec<(&'a RelativePath, &'a Stat, Stat)>,
    /// What cannot be examined, or be taken.
    refused: Vec<Finding>,
}

/// Looks at everything below a root; `same` says whether a file is still what it was. Keeps a few bytes
/// for each thing that is expected.
fn look<'a>(
    volume: &dyn Volume,
    litter: &BTreeSet<&str>,
    observer: &dyn Observer,
    mut things: Vec<Thing<'a>>,
    same: fn(&Stat, &Stat) -> bool,
) -> Result<Seen<'a>, Cancelled> {
    things.sort_unstable_by_key(|(path, _)| *path);
    let mut found = vec![false; things.len()];
    let mut seen = Seen::default();
    walk_each(volume, litter, observer, &mut |there| {
        let (path, stat) = match there {
            Found::File(FoundFile { path, stat }) => (path, Some(stat)),
            Found::Folder(path, _) => (path, None),
            Found::Litter(_) => return,
            Found::Refused(finding) => return seen.refused.push(finding),
        };
        let place = things.binary_search_by_key(&&path, |(path, _)| *path).ok();
        let expected = place.and_then(|place| things.get(place).zip(found.get_mut(place)));
        match (expected, stat) {
            (Some(((path, Some(was)), found)), Some(is)) => {
                *found = true;
                if !same(was, &is) {
                    seen.changed.push((path, was, is));
                }
            }
            (Some(((_, None), found)), None) => *found = true,
            (_, stat) => seen.new.push((path, stat.map(|stat| stat.size))),
        }
    })?;
    let refused: BTreeSet<&str> = seen.refused.iter().map(|finding| &*finding.path).collect();
    // Of what stands in a folder that cannot be read nothing is known.
    let is_known = |path: &RelativePath| {
        let mut folders =
            around(path.as_str()).map(|folder| if folder.is_empty() { "." } else { folder });
        !refused.contains(path.as_str()) && !folders.any(|folder| refused.contains(folder))
    };
    let unseen =
        things.into_iter().zip(found).filter(|((path, _), found)| !found && is_known(path));
    seen.gone = unseen.map(|(thing, _)| thing).collect();
    Ok(seen)
}

/// The files and folders of a tree.
fn things_of(tree: &Tree) -> impl Iterator<Item = Thing<'_>> {
    let files = tree.files.iter().map(|file| (&file.path, Some(&file.stat)));
    files.chain(tree.folders.iter().map(|(folder, _)| (folder, None)))
}

impl Card {
    /// Looks at the card once more, and tells what came, went or changed since it was walked: names,
    /// sizes and times of files. That a folder's time changed is nothing amiss by itself.
    pub(super) fn look_again(&self, observer: &dyn Observer) -> Result<Vec<Finding>, Cancelled> {
        let changed = |path: &str| Finding::new(FindingKind::SourceChanged, path);
        let volume = match self.volume() {
            Ok(volume) if volume.is_still_there() => volume,
            _ => return Ok(vec![changed(".").noting(CARD_IS_GONE)]),
        };
        let own = things_of(&self.tree).map(|(path, stat)| (self.name_of(path), stat));
        let lists = self.list.iter().map(|list| (&list.path, Some(&list.stat)));
        let histories = match &self.carried {
            Carried::Histories(tree) => Some(tree),
            _ => None,
        };
        let things = own.chain(lists).chain(histories.into_iter().flat_map(things_of)).collect();
        let same = |was: &Stat, is: &Stat| (was.size, was.modified) == (is.size, is.modified);
        let seen = look(volume.as_ref(), &self.listed_litter(), observer, things, same)?;
        let came = "it came onto the card while that was copied, and no copy was to hold it: offload \
                    again with resume";
        let went = "it went from the card while that was copied, and the copies hold it: find out who \
                    removed it, then offload the card under another name";
        let other = "it was written to while the card was copied, and the copies hold it as it was: let \
                     who writes it finish, then offload the card under another name";
        let mut findings: Vec<Finding> =
            seen.new.iter().map(|(path, _)| changed(path.as_str()).noting(came)).collect();
        findings.extend(seen.gone.iter().map(|(path, _)| changed(path.as_str()).noting(went)));
        findings.extend(seen.changed.iter().map(|(path, was, is)| {
            changed(path.as_str()).differing(state(was), state(is)).noting(other)
        }));
        findings.extend(seen.refused);
        // What no list can hold was told when it was walked.
        let told: BTreeSet<&str> = self.tree.findings.iter().map(|old| &*old.path).collect();
        findings.retain(|new| !told.contains(&*new.path));
        findings.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(findings)
    }
}

/// What a look sees of a file.
fn state(stat: &Stat) -> String {
    let Modified { seconds, nanoseconds } = stat.modified;
    let time = Timestamp::from_unix(seconds, nanoseconds);
    let time = time.map_or_else(|| format!("{seconds} s"), |time| time.to_utc_z());
    format!("{} bytes, of {time}", stat.size)
}

impl Destination {
    /// Whether the copy holds what the card holds and nothing else: each file in its folder under its own
    /// name, in its size, and beside them nothing but lists. Everything that differs is found; a name that
    /// does so in its spelling alone is a warning, as it is when the copy is verified. After a cancellation
    /// nobody knows.
    pub(super) fn holds(&mut self, card: &Card) -> bool {
        let Ok(differing) = self.look(card) else { return false };
        let holds = differing.iter().all(|finding| !finding.kind.is_fault());
        self.findings.extend(differing);
        holds
    }

    fn look(&self, card: &Card) -> Result<Vec<Finding>, Cancelled> {
        let histories = card.histories_on_a_copy();
        let files = card.tree.files.iter().map(|file| (&file.path, Some(&file.stat)));
        let folders = card.tree.folders.iter().map(|(folder, _)| (folder, None));
        // A finished roll need not have a folder that is new on the card and holds nothing.
        let things = files.chain(folders.filter(|_| self.is_written())).collect();
        let same = |was: &Stat, is: &Stat| was.size == is.size;
        let (roll, litter) = (self.roll.as_ref(), card.listed_litter());
        let mut seen = look(roll, &litter, self.pulse.as_ref(), things, same)?;
        seen.new.retain(|(path, size)| {
            let is_of_lists = is_within(&histories, path) || (size.is_some() && is_list(path));
            !is_of_lists
        });
        let size_of = |stat: Option<&Stat>| stat.map(|stat| stat.size);
        let gone: Vec<Item<'_>> =
            seen.gone.iter().map(|(path, stat)| Item::new(path, size_of(*stat))).collect();
        let new: Vec<Item<'_>> =
            seen.new.iter().map(|(path, size)| Item::new(path, *size)).collect();
        let folders = new.iter().filter(|new| new.size.is_none()).map(|new| new.path.as_str());
        let folders: BTreeSet<&str> = folders.collect();
        let mut findings = diff(&gone, &new).findings;
        // One that holds nothing is in nobody's way.
        findings
            .retain(|found| found.kind != FindingKind::NewFile || !folders.contains(&*found.path));
        for finding in &mut findings {
            let note = match finding.kind {
                FindingKind::MissingFile => {
                    "it was written, and its folder does not hold this name: either the file system \
                     keeps it under another, or somebody removed it"
                }
                FindingKind::NewFile => FOREIGN,
                _ => continue,
            };
            finding.note = Some(note.to_owned());
        }
        findings.extend(seen.changed.iter().map(|(path, was, is)| {
            Finding::new(FindingKind::SizeMismatch, path.as_str())
                .differing(was.size.to_string(), is.size.to_string())
                .noting("somebody changed the copy after it was read back")
        }));
        findings.extend(seen.refused);
        Ok(findings)
    }
}

/// What is said of a file that is no copy of any.
pub(super) const FOREIGN: &str = "it stands in the roll's folder and not on the card";
