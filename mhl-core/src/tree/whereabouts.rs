//! Which folder stands within which.

use std::path::Path;

use super::identity_at;

/// Where a folder stands: its identity and that of each folder around it. Symbolic links and second
/// mounts of one file system are seen through.
pub(crate) struct Whereabouts(Vec<(u64, u64)>);

impl Whereabouts {
    /// Of a folder that can be examined.
    pub(crate) fn of(folder: &Path) -> Option<Self> {
        let folder = folder.canonicalize().ok()?;
        let own = identity_at(&folder)?;
        let around = folder.ancestors().skip(1).filter_map(identity_at);
        Some(Whereabouts([own].into_iter().chain(around).collect()))
    }

    /// Whether it is another folder or stands within it.
    pub(crate) fn is_within(&self, of: &Self) -> bool {
        of.0.first().is_some_and(|own| self.0.contains(own))
    }
}
