//! The entries of a manifest by path.

use super::Manifest;

/// Finds the entries of a manifest by path, however many it has: eight bytes for each.
///
/// ```
/// use mhl_core::{Entry, FileEntry, Format, Header, Manifest, PathIndex, RelativePath};
///
/// let mut manifest = Manifest::new(Header::new(Format::Classic));
/// for name in ["b.mov", "a.mov"] {
///     manifest.entries.push(Entry::File(FileEntry::new(RelativePath::new(name)?, Some(1))));
/// }
/// let index = PathIndex::of(&manifest);
/// assert_eq!(index.place(&manifest, "a.mov"), Some(1));
/// assert_eq!(index.place(&manifest, "c.mov"), None);
/// # Ok::<(), mhl_core::PathError>(())
/// ```
#[derive(Clone, Debug)]
pub struct PathIndex(Vec<usize>);

impl PathIndex {
    /// The index of a manifest, good until its entries change.
    #[must_use]
    pub fn of(manifest: &Manifest) -> Self {
        let path = |place: &usize| manifest.entries.get(*place).map(|entry| entry.path().as_str());
        let mut places: Vec<usize> = (0..manifest.entries.len()).collect();
        places.sort_by(|one, other| path(one).cmp(&path(other)));
        PathIndex(places)
    }

    /// The place in [`Manifest::entries`] of the first entry with this path, byte for byte; `None`
    /// where there is none, and for an entry that the manifest got since.
    #[must_use]
    pub fn place(&self, manifest: &Manifest, path: &str) -> Option<usize> {
        let at = |place: &usize| manifest.entries.get(*place).map_or("", |e| e.path().as_str());
        let place = self.0.get(self.0.partition_point(|place| at(place) < path))?;
        (at(place) == path).then_some(*place)
    }
}
