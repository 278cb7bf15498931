//! What a disk holds, and what a process sees that has not reached it yet.
//!
//! Files and folders each have two sides: what is seen, through the cache, and what is durable.
//! Bytes and attributes of a file become durable by its sync, names by the sync of their folder.
//! Until then a power cut may keep any of them: blocks in any order, a size without its blocks, a
//! name without the bytes behind it. Names alone have an order, as they have in real file systems:
//! what was done to a name or a file is never kept without what was done to it before. A rename is
//! kept as a whole.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
};

use super::fault::{Place, Random};
use crate::tree::{Kind, Modified, Stat};

/// Bytes that reach the medium together: few, so that small files tear.
const BLOCK: usize = 64;
/// When the disk's clock starts, seconds since 1970. It advances with every change.
const EPOCH: i64 = 1_900_000_000;

pub(crate) type Inode = usize;
type Names = BTreeMap<String, Inode>;

/// What keeps a file or folder apart from its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Attributes {
    pub(crate) modified: Modified,
    pub(crate) mode: u16,
}

/// Something that is seen, and how much of it is durable.
#[derive(Clone, Debug)]
struct Sides<T> {
    seen: T,
    durable: T,
}

impl<T: Clone> Sides<T> {
    fn new(both: T) -> Self {
        Sides { seen: both.clone(), durable: both }
    }

    fn settle(&mut self) {
        self.durable = self.seen.clone();
    }

    fn lose(&mut self) {
        self.seen = self.durable.clone();
    }
}

#[derive(Clone, Debug)]
struct File {
    bytes: Sides<Vec<u8>>,
    /// Blocks that are seen and were never written.
    dirty: BTreeSet<usize>,
}

#[derive(Clone, Debug)]
enum Content {
    File(File),
    Folder(Sides<Names>),
}

#[derive(Clone, Debug)]
struct Node {
    attributes: Sides<Attributes>,
    content: Content,
}

/// A change of names that is not durable: kept as a whole or not at all.
#[derive(Clone, Debug)]
struct Change {
    inode: Inode,
    /// In a folder, what a name leads to from now on.
    names: Vec<(Inode, String, Option<Inode>)>,
}

impl Change {
    /// Whether it cannot be kept without an earlier one.
    fn follows(&self, earlier: &Change) -> bool {
        let same_name = |(folder, name, _): &(Inode, String, _)| {
            earlier.names.iter().any(|(other, its, _)| (other, its) == (folder, name))
        };
        self.inode == earlier.inode || self.names.iter().any(same_name)
    }

    fn touches(&self, folder: Inode) -> bool {
        self.names.iter().any(|(touched, ..)| *touched == folder)
    }
}

/// The root is inode 0. What nothing leads to any more stays in memory.
#[derive(Clone, Debug)]
pub(super) struct Medium {
    nodes: Vec<Node>,
    pending: Vec<Change>,
    now: i64,
}

impl Medium {
    pub(super) fn new() -> Self {
        let mut medium = Medium { nodes: Vec::new(), pending: Vec::new(), now: EPOCH };
        medium.add(Content::Folder(Sides::new(BTreeMap::new())), 0o755);
        medium
    }

    fn add(&mut self, content: Content, mode: u16) -> Inode {
        let modified = self.tick();
        let attributes = Sides::new(Attributes { modified, mode });
        self.nodes.push(Node { attributes, content });
        self.nodes.len() - 1
    }

    fn tick(&mut self) -> Modified {
        self.now += 1;
        Modified { seconds: self.now, nanoseconds: 0 }
    }

    fn entries(&self, folder: Inode) -> io::Result<&Names> {
        match &self.nodes[folder].content {
            Content::Folder(names) => Ok(&names.seen),
            Content::File(_) => Err(io::ErrorKind::NotADirectory.into()),
        }
    }

    fn file(&mut self, inode: Inode) -> io::Result<&mut File> {
        match &mut self.nodes[inode].content {
            Content::File(file) => Ok(file),
            Content::Folder(_) => Err(io::ErrorKind::IsADirectory.into()),
        }
    }

    /// What stands at a path below a folder; without a path, the folder.
    pub(super) fn find(&self, from: Inode, path: Option<&str>) -> io::Result<Inode> {
        path.into_iter().flat_map(|path| path.split('/')).try_fold(from, |folder, name| {
            self.entries(folder)?.get(name).copied().ok_or(io::ErrorKind::NotFound.into())
        })
    }

    /// The folder of a path, and the name in it.
    fn place<'p>(&self, from: Inode, path: &'p str) -> io::Result<(Inode, &'p str)> {
        match path.rsplit_once('/') {
            Some((folder, name)) => Ok((self.find(from, Some(folder))?, name)),
            None => Ok((from, path)),
        }
    }

    fn stands(&self, folder: Inode, name: &str) -> io::Result<bool> {
        Ok(self.entries(folder)?.contains_key(name))
    }

    fn change(&mut self, change: Change) {
        for folder in change.names.iter().map(|(folder, ..)| *folder) {
            let modified = self.tick();
            self.nodes[folder].attributes.seen.modified = modified;
        }
        self.apply(&change, |names| &mut names.seen);
        self.pending.push(change);
    }

    fn apply(&mut self, change: &Change, side: fn(&mut Sides<Names>) -> &mut Names) {
        for (folder, name, inode) in &change.names {
            let Content::Folder(names) = &mut self.nodes[*folder].content else { continue };
            match inode {
                Some(inode) => side(names).insert(name.clone(), *inode),
                None => side(names).remove(name),
            };
        }
    }

    pub(super) fn names(&self, folder: Inode) -> io::Result<Vec<String>> {
        Ok(self.entries(folder)?.keys().cloned().collect())
    }

    pub(super) fn stat(&self, inode: Inode, device: u64) -> Stat {
        let node = &self.nodes[inode];
        let (kind, size) = match &node.content {
            Content::File(file) => (Kind::File, file.bytes.seen.len() as u64),
            Content::Folder(_) => (Kind::Folder, 4096),
        };
        let Attributes { modified, mode } = node.attributes.seen;
        let changed = modified.seconds as u32;
        Stat { kind, size, modified, changed, mode, identity: (device, inode as u64) }
    }

    pub(super) fn create(&mut self, from: Inode, path: &str) -> io::Result<Inode> {
        let file = File { bytes: Sides::new(Vec::new()), dirty: BTreeSet::new() };
        self.make(from, path, Content::File(file), 0o644)
    }

    pub(super) fn create_folder(&mut self, from: Inode, path: &str) -> io::Result<Inode> {
        self.make(from, path, Content::Folder(Sides::new(BTreeMap::new())), 0o755)
    }

    fn make(&mut self, from: Inode, path: &str, content: Content, mode: u16) -> io::Result<Inode> {
        let (folder, name) = self.place(from, path)?;
        if self.stands(folder, name)? {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let inode = self.add(content, mode);
        self.change(Change { inode, names: vec![(folder, name.to_owned(), Some(inode))] });
        Ok(inode)
    }

    pub(super) fn rename(
        &mut self,
        root: Inode,
        from: &str,
        to: &str,
        replacing: bool,
    ) -> io::Result<()> {
        let inode = self.find(root, Some(from))?;
        let (old_folder, old_name) = self.place(root, from)?;
        let (folder, name) = self.place(root, to)?;
        if !replacing && self.stands(folder, name)? {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let names =
            vec![(old_folder, old_name.to_owned(), None), (folder, name.to_owned(), Some(inode))];
        self.change(Change { inode, names });
        Ok(())
    }

    /// Removes a file, or an empty folder.
    pub(super) fn remove(&mut self, root: Inode, path: &str, kind: Kind) -> io::Result<()> {
        let inode = self.find(root, Some(path))?;
        match (&self.nodes[inode].content, kind) {
            (Content::Folder(_), Kind::File) => return Err(io::ErrorKind::IsADirectory.into()),
            (Content::File(_), Kind::Folder) => return Err(io::ErrorKind::NotADirectory.into()),
            (Content::Folder(names), _) if !names.seen.is_empty() => {
                return Err(io::ErrorKind::DirectoryNotEmpty.into());
            }
            _ => {}
        }
        let (folder, name) = self.place(root, path)?;
        self.change(Change { inode, names: vec![(folder, name.to_owned(), None)] });
        Ok(())
    }

    pub(super) fn attributes(&mut self, inode: Inode) -> &mut Attributes {
        &mut self.nodes[inode].attributes.seen
    }

    pub(super) fn bytes(&mut self, inode: Inode) -> io::Result<&[u8]> {
        Ok(&self.file(inode)?.bytes.seen)
    }

    /// Bytes that wait to be written.
    pub(super) fn dirty_bytes(&mut self, inode: Inode) -> u64 {
        self.file(inode).map_or(0, |file| (file.dirty.len() * BLOCK) as u64)
    }

    pub(super) fn append(&mut self, inode: Inode, bytes: &[u8]) -> io::Result<()> {
        let modified = self.tick();
        self.nodes[inode].attributes.seen.modified = modified;
        let file = self.file(inode)?;
        let start = file.bytes.seen.len();
        file.bytes.seen.extend_from_slice(bytes);
        if !bytes.is_empty() {
            file.dirty.extend(start / BLOCK..file.bytes.seen.len().div_ceil(BLOCK));
        }
        Ok(())
    }

    /// Makes a file's bytes and attributes durable, but for the block that holds `dropped`. Returns
    /// whether there is such a block.
    pub(super) fn sync(&mut self, inode: Inode, dropped: Option<Place>) -> io::Result<bool> {
        self.nodes[inode].attributes.settle();
        let file = self.file(inode)?;
        let Sides { seen, durable } = &mut file.bytes;
        let dropped = dropped.and_then(|place| place.of(seen.len())).map(|at| at / BLOCK);
        let is_dropped = dropped.is_some_and(|block| file.dirty.remove(&block));
        durable.resize(seen.len(), 0);
        for block in std::mem::take(&mut file.dirty) {
            let range = range_of(block, seen.len());
            durable[range.clone()].copy_from_slice(&seen[range]);
        }
        Ok(is_dropped)
    }

    /// A sync that fails: what was to be written counts as written, and never is.
    pub(super) fn lose_pages(&mut self, inode: Inode, random: &mut Random) {
        if let Ok(file) = self.file(inode) {
            file.dirty.clear();
            if random.coin() {
                file.bytes.durable.resize(file.bytes.seen.len(), 0);
            }
        }
    }

    /// Makes a folder's names durable, and what they cannot be durable without.
    pub(super) fn sync_folder(&mut self, folder: Inode) {
        self.nodes[folder].attributes.settle();
        let mut wanted: Vec<bool> = self.pending.iter().map(|c| c.touches(folder)).collect();
        for later in (0..self.pending.len()).rev() {
            for earlier in 0..later {
                wanted[earlier] |=
                    wanted[later] && self.pending[later].follows(&self.pending[earlier]);
            }
        }
        self.keep(&wanted, true);
    }

    /// Makes those changes durable; the others stay pending, or are forgotten.
    fn keep(&mut self, wanted: &[bool], others_stay: bool) {
        let pending = std::mem::take(&mut self.pending);
        for (change, wanted) in pending.into_iter().zip(wanted) {
            if *wanted {
                self.apply(&change, |names| &mut names.durable);
            } else if others_stay {
                self.pending.push(change);
            }
        }
    }

    /// Forgets the pages of a file that the medium has. `false` when others stay.
    pub(super) fn drop_cache(&mut self, inode: Inode) -> bool {
        let Ok(file) = self.file(inode) else { return false };
        let Sides { seen, durable } = &mut file.bytes;
        for block in (0..seen.len().div_ceil(BLOCK)).filter(|block| !file.dirty.contains(block)) {
            for at in range_of(block, seen.len()) {
                seen[at] = durable.get(at).copied().unwrap_or(0);
            }
        }
        file.dirty.is_empty()
    }

    /// Flips a bit of the medium. `false` when there is no such byte.
    pub(super) fn flip(&mut self, inode: Inode, place: Place) -> bool {
        let Ok(file) = self.file(inode) else { return false };
        let byte = place.of(file.bytes.durable.len()).map(|at| &mut file.bytes.durable[at]);
        byte.map(|byte| *byte ^= 1).is_some()
    }

    /// Everything reaches the medium.
    pub(super) fn sync_all(&mut self) {
        for inode in 0..self.nodes.len() {
            self.nodes[inode].attributes.settle();
            let _ = self.sync(inode, None);
        }
        self.keep(&vec![true; self.pending.len()], false);
    }

    /// What was not durable is kept in part, as the dice say.
    pub(super) fn lose_power(&mut self, random: &mut Random) {
        let kept = self.kept_names(random);
        self.keep(&kept, false);
        for node in &mut self.nodes {
            if random.coin() {
                node.attributes.settle();
            }
            node.attributes.lose();
            match &mut node.content {
                Content::Folder(names) => names.lose(),
                Content::File(file) => file.lose_power(random),
            }
        }
    }

    /// Nothing, everything, what a log held up to some change, or any of them.
    fn kept_names(&self, random: &mut Random) -> Vec<bool> {
        let count = self.pending.len();
        let end = match random.below(4) {
            0 => 0,
            1 => count as u64,
            2 => random.below(count as u64 + 1),
            _ => {
                let mut kept: Vec<bool> = Vec::with_capacity(count);
                for (at, change) in self.pending.iter().enumerate() {
                    let whole = (0..at).all(|e| kept[e] || !change.follows(&self.pending[e]));
                    kept.push(whole && random.coin());
                }
                return kept;
            }
        };
        (0..count as u64).map(|at| at < end).collect()
    }
}

impl File {
    fn lose_power(&mut self, random: &mut Random) {
        let Sides { seen, durable } = &mut self.bytes;
        if !self.dirty.is_empty() {
            let old = durable.len();
            let size = match random.below(3) {
                0 => old,
                1 => seen.len(),
                _ => old + random.below((seen.len() - old) as u64) as usize,
            };
            // Blocks that were never written hold nothing, or what somebody deleted.
            durable.resize(size, if random.coin() { 0 } else { 0xa5 });
            for block in std::mem::take(&mut self.dirty) {
                let range = range_of(block, seen.len().min(durable.len()));
                if random.coin() {
                    durable[range.clone()].copy_from_slice(&seen[range]);
                }
            }
        }
        self.bytes.lose();
    }
}

/// The bytes of a block in a file of this length.
fn range_of(block: usize, len: usize) -> std::ops::Range<usize> {
    (block * BLOCK).min(len)..((block + 1) * BLOCK).min(len)
}
