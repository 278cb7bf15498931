//! A tree divided among the histories in it: each file belongs to the closest one.

use std::collections::BTreeMap;

use super::compare::Read;
use crate::{
    RelativePath,
    digests::Digests,
    histories::Past,
    listing::Say,
    tree::{FoundFile, Tree},
};

/// The scopes of histories, outer before inner.
pub(crate) struct Scopes<'a> {
    roots: Vec<Option<&'a RelativePath>>,
    /// The same, by the root of each.
    places: BTreeMap<&'a str, usize>,
}

/// What belongs to one history, by paths relative to its root.
pub(crate) struct Part {
    pub(crate) tree: Tree,
    pub(crate) digests: Digests,
    pub(crate) says: Vec<Say>,
}

impl<'a> Scopes<'a> {
    pub(crate) fn of(histories: &'a [Past]) -> Self {
        let roots: Vec<_> = histories.iter().map(|past| past.root.as_ref()).collect();
        let places = roots.iter().enumerate();
        let places = places.map(|(place, root)| (root.map_or("", RelativePath::as_str), place));
        Scopes { places: places.collect(), roots }
    }

    /// The history that something belongs to: the closest around it. The root of a history belongs
    /// to the next outer one.
    pub(crate) fn closest(&self, path: &RelativePath) -> Option<usize> {
        let text = path.as_str();
        let folders = text.rmatch_indices('/').filter_map(|(end, _)| text.get(..end));
        let mut around = folders.chain(std::iter::once(""));
        around.find_map(|folder| self.places.get(folder)).copied()
    }

    /// The roots of the histories that stand within one and within none between.
    pub(crate) fn directly_within(&self, place: usize) -> impl Iterator<Item = &'a RelativePath> {
        let roots = self.roots.iter().copied().flatten();
        roots.filter(move |root| self.closest(root) == Some(place))
    }

    /// What belongs to a history.
    pub(crate) fn part(&self, place: usize, tree: &Tree, read: &Read) -> Part {
        let root = self.roots.get(place).copied().flatten();
        let own = |path: &RelativePath| {
            let belongs = self.closest(path) == Some(place);
            belongs.then(|| within(root, path)).flatten()
        };
        let mut part = Tree::default();
        let (mut places, mut says) = (Vec::new(), Vec::new());
        for (index, file) in tree.files.iter().enumerate() {
            let Some(path) = own(&file.path) else { continue };
            part.files.push(FoundFile { path, stat: file.stat });
            places.push(index);
            says.push(match read.says.get(index) {
                Some(Say::Action(action, previous)) => {
                    let previous = previous.as_ref().and_then(|path| within(root, path));
                    Say::Action(action.clone(), previous)
                }
                _ => Say::Nothing,
            });
        }
        let folders = tree.folders.iter();
        part.folders = folders.filter_map(|(folder, at)| Some((own(folder)?, *at))).collect();
        Part { tree: part, digests: read.digests.select(&places), says }
    }
}

/// A path of the tree, relative to a history's root.
pub(crate) fn within(root: Option<&RelativePath>, path: &RelativePath) -> Option<RelativePath> {
    root.map_or_else(|| Some(path.clone()), |root| path.below(root))
}
