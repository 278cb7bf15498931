//! A tree divided among the histories in it: each file belongs to the closest one.

use std::{borrow::Cow, collections::HashMap};

use super::compare::Read;
use crate::{
    RelativePath,
    digests::Digests,
    histories::Past,
    listing::Says,
    path::around,
    tree::{FoundFile, Tree},
};

/// The scopes of histories, outer before inner.
pub(crate) struct Scopes<'a> {
    roots: Vec<Option<&'a RelativePath>>,
    /// The same, by the root of each.
    places: HashMap<&'a str, usize>,
}

/// What belongs to one history, by paths relative to its root.
pub(crate) struct Part<'t> {
    pub(crate) tree: Cow<'t, Tree>,
    pub(crate) digests: Cow<'t, Digests>,
    pub(crate) says: Cow<'t, Says>,
}

impl<'a> Scopes<'a> {
    pub(crate) fn of(histories: &'a [Past]) -> Self {
        let roots: Vec<_> = histories.iter().map(|past| past.root.as_ref()).collect();
        let places = roots.iter().enumerate();
        let places = places.map(|(place, root)| (root.map_or("", RelativePath::as_str), place));
        Scopes { places: places.collect(), roots }
    }

    /// The histories around something, the closest first, found by its folders however many
    /// histories there are. The root of a history belongs to the next outer one.
    pub(crate) fn around(&self, path: &str) -> impl Iterator<Item = usize> {
        around(path).filter_map(|folder| self.places.get(folder)).copied()
    }

    /// The history that something belongs to: the closest around it.
    pub(crate) fn closest(&self, path: &RelativePath) -> Option<usize> {
        self.around(path.as_str()).next()
    }

    /// For each history the roots of those that stand within it and within none between.
    pub(crate) fn directly_within(&self) -> Vec<Vec<&'a RelativePath>> {
        let mut within = vec![Vec::new(); self.roots.len()];
        for root in self.roots.iter().copied().flatten() {
            if let Some(inner) = self.closest(root).and_then(|place| within.get_mut(place)) {
                inner.push(root);
            }
        }
        within
    }

    /// What belongs to each history: everything, where there is one alone.
    pub(crate) fn parts<'t>(&self, tree: &'t Tree, read: &'t Read) -> Vec<Part<'t>> {
        if let [None] = self.roots.as_slice() {
            let (tree, digests) = (Cow::Borrowed(tree), Cow::Borrowed(&read.digests));
            return vec![Part { tree, digests, says: Cow::Borrowed(&read.says) }];
        }
        let mut parts: Vec<(Tree, Vec<usize>, Says)> = Vec::new();
        parts.resize_with(self.roots.len(), Default::default);
        for (index, file) in tree.files.iter().enumerate() {
            let Some((place, root, path)) = self.own(&file.path) else { continue };
            let Some((part, places, says)) = parts.get_mut(place) else { continue };
            part.files.push(FoundFile { path, stat: file.stat });
            let previous = read.says.previous(index).and_then(|path| within(root, path));
            says.push(read.says.get(index), previous);
            places.push(index);
        }
        for (folder, modified) in &tree.folders {
            let Some((place, _, path)) = self.own(folder) else { continue };
            if let Some((part, ..)) = parts.get_mut(place) {
                part.folders.push((path, *modified));
            }
        }
        let parts = parts.into_iter();
        let with_digests = |(tree, places, says): (_, Vec<usize>, _)| Part {
            tree: Cow::Owned(tree),
            digests: Cow::Owned(read.digests.select(&places)),
            says: Cow::Owned(says),
        };
        parts.map(with_digests).collect()
    }

    /// The history that something belongs to, its root, and the path relative to that.
    fn own(&self, path: &RelativePath) -> Option<(usize, Option<&'a RelativePath>, RelativePath)> {
        let place = self.closest(path)?;
        let root = self.roots.get(place).copied()?;
        Some((place, root, within(root, path)?))
    }
}

/// A path of the tree, relative to a history's root.
pub(crate) fn within(root: Option<&RelativePath>, path: &RelativePath) -> Option<RelativePath> {
    root.map_or_else(|| Some(path.clone()), |root| path.below(root))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_histories_are_looked_at_as_stand_around_something() {
        let root = |path: &str| Past::at(RelativePath::new(path).ok());
        let mut histories = vec![Past::at(None), root("A"), root("A/B"), root("A-1")];
        histories.extend((0..10_000).map(|number| root(&format!("A/B/{number}"))));
        let scopes = Scopes::of(&histories);
        let around = |path: &str| scopes.around(path).collect::<Vec<_>>();
        assert_eq!(around("A/B/7/Clips/a.mov"), [11, 2, 1, 0]);
        assert_eq!(around("A/B"), [1, 0], "a root belongs to the next outer one");
        assert_eq!(around("A/Bee/a.mov"), [1, 0]);
        assert_eq!(around("a.mov"), [0]);
        let within = scopes.directly_within();
        let counts: Vec<usize> = within.iter().map(Vec::len).collect();
        assert_eq!(counts[..5], [2, 1, 10_000, 0, 0]);
    }
}
