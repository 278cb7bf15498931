//! The histories around a nested one, and what they saw of it.

use std::collections::{HashMap, HashSet};

use super::{Past, Told};
use crate::{RelativePath, asc, path::around};

/// Where a history stands among the others: what the next inner one has to know of it.
struct Outer {
    root: Option<RelativePath>,
    /// Where it stood when the first list of the roll was made, if that list includes it.
    first_root: Option<Option<RelativePath>>,
    /// The nested manifests that it refers to, by where the root of each stands now in its scope.
    references: HashMap<RelativePath, Vec<asc::Referred>>,
    whole: Option<u64>,
}

/// The histories that were read, to be found by what they are around.
#[derive(Default)]
pub(super) struct Outers {
    /// By their roots; the tree's own is empty.
    by_root: HashMap<String, Outer>,
    /// The roots of nested histories that have grown since the outer ones saw them.
    grown: HashSet<RelativePath>,
}

impl Outers {
    pub(super) fn add(
        &mut self,
        root: Option<&RelativePath>,
        first_root: Option<Option<RelativePath>>,
        references: Vec<asc::Referred>,
        whole: Option<u64>,
    ) {
        let mut by_own = HashMap::<_, Vec<_>>::new();
        for referred in references {
            if let Some(own) = root_of(&referred.now.path) {
                by_own.entry(own).or_default().push(referred);
            }
        }
        let outer = Outer { root: root.cloned(), first_root, references: by_own, whole };
        self.by_root.insert(root.map_or_else(String::new, ToString::to_string), outer);
    }

    /// Whether the first list of the roll includes a nested history, and where that stood then. One
    /// that has grown since is remembered.
    pub(super) fn compare(
        &mut self,
        root: &RelativePath,
        told: &Told,
    ) -> Option<Option<RelativePath>> {
        let outer = around(root.as_str()).find_map(|folder| self.by_root.get(folder))?;
        let own = match &outer.root {
            Some(outer) => root.below(outer)?,
            None => root.clone(),
        };
        let referred = outer.references.get(&own).map_or(&[][..], Vec::as_slice);
        let newest = told.past.newest.as_ref().map(|newest| newest.path.file_name());
        let seen = referred.iter().any(|referred| {
            Some(referred.generation) == outer.whole
                && Some(referred.now.path.file_name()) == newest
        });
        if !seen {
            self.grown.insert(root.clone());
        }
        let first = referred.iter().find(|referred| referred.generation == 1)?;
        let then = root_of(&first.written)?;
        match outer.first_root.as_ref()? {
            Some(outer) => outer.join(then.as_str()).ok().map(Some),
            None => Some(Some(then)),
        }
    }

    /// Marks the histories that have grown since the outer ones saw them, whose hashes of the directories
    /// around such a one speak of another state.
    pub(super) fn mark_grown(&self, histories: &mut [Past]) {
        if self.grown.is_empty() {
            return;
        }
        let of_others: HashSet<&str> =
            self.grown.iter().flat_map(|root| around(root.as_str())).collect();
        for past in histories {
            let Past { root: own, directories, has_grown, .. } = past;
            *has_grown = own.as_ref().is_some_and(|own| self.grown.contains(own));
            directories.retain(|directory| match &directory.path {
                None => false,
                Some(path) => {
                    let is_grown = directory.path != *own && self.grown.contains(path);
                    !is_grown && !of_others.contains(path.as_str())
                }
            });
        }
    }
}

/// The root of the history that a manifest is of, in the same scope.
fn root_of(manifest: &RelativePath) -> Option<RelativePath> {
    manifest.parent()?.parent()
}
