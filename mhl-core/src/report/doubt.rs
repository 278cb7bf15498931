//! Why it is not proven that bytes came from the medium.

use serde::{Deserialize, Serialize};

/// Why a reading past the cache proved no more than [`Grade::ThroughTheCache`](crate::Grade): the first
/// file or list of which it is not proven that its bytes came from the medium.
///
/// ```
/// use mhl_core::{CacheDoubt, CacheReason};
///
/// let doubt = CacheDoubt::new("Clips/A001C001.mxf", CacheReason::PagesStayed);
/// assert_eq!(doubt.to_string(), "Clips/A001C001.mxf: pages stayed in the system's cache");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CacheDoubt {
    /// Relative to the copy's root.
    pub path: String,
    /// Why.
    pub reason: CacheReason,
}

impl CacheDoubt {
    /// A doubt of a file.
    #[must_use]
    pub fn new(path: impl Into<String>, reason: CacheReason) -> Self {
        CacheDoubt { path: path.into(), reason }
    }
}

impl std::fmt::Display for CacheDoubt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", crate::escape_for_display(&self.path), self.reason)
    }
}

/// Why it is not proven that a file's bytes came from the medium.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum CacheReason {
    /// Nobody asked for a reading past the cache.
    NotAsked,
    /// Residency is measured on Linux alone.
    NotMeasured,
    /// The kind of file system, the file's length or its device could not be learned.
    NothingTold,
    /// A network share: the server's memory is out of sight.
    NetworkShare,
    /// Memory, FUSE, ZFS, overlays and others, which may keep data in memory of their own.
    OwnMemory,
    /// The device is memory itself.
    DeviceIsMemory,
    /// The device is a file (a loop device) that the system reads through its cache.
    DeviceIsAFile,
    /// What the device stands on was not told, or not looked at.
    DeviceBelow,
    /// The system refused to drop the file's pages.
    DropRefused,
    /// So small a file stands within the metadata of its file system, which stay in memory.
    WithinMetadata,
    /// Whether so small a file stands within the metadata of its file system was not told.
    PerhapsWithinMetadata,
    /// Pages stayed in the system's cache: others use the file, or they could not be written out.
    PagesStayed,
    /// Linux tells of a file's pages only whom it belongs to, or who may write to it.
    NotTheOwner,
    /// The system did not tell what its cache holds.
    CacheNotTold,
    /// The disk was given up.
    GivenUp,
}

impl CacheReason {
    /// The reason in words, and what can be done about it.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            CacheReason::NotAsked => "read through the cache, as asked",
            CacheReason::NotMeasured => "residency is measured on Linux only",
            CacheReason::NothingTold => {
                "the system did not tell the file's length, device or kind of file system"
            }
            CacheReason::NetworkShare => "a network share: at best its client's cache is passed",
            CacheReason::OwnMemory => "this kind of file system may keep data in memory of its own",
            CacheReason::DeviceIsMemory => "the device is memory itself",
            CacheReason::DeviceIsAFile => {
                "the device is a file, which the system reads through its cache (losetup \
                 --direct-io=on has it read past it)"
            }
            CacheReason::DeviceBelow => {
                "the device stands on others that the system did not tell, or on more than are \
                 looked at"
            }
            CacheReason::DropRefused => "the system refused to drop its pages",
            CacheReason::WithinMetadata => {
                "the file system keeps so small a file within its metadata, which stay in memory \
                 (Btrfs does not where it is mounted with max_inline=0)"
            }
            CacheReason::PerhapsWithinMetadata => {
                "the file system did not tell whether it keeps so small a file within its \
                 metadata, which stay in memory"
            }
            CacheReason::PagesStayed => "pages stayed in the system's cache",
            CacheReason::NotTheOwner => {
                "the system tells of its pages only whom the file belongs to, or who may write to \
                 it: run as the owner"
            }
            CacheReason::CacheNotTold => "the system did not tell what its cache holds",
            CacheReason::GivenUp => "the disk was given up",
        }
    }
}

impl std::fmt::Display for CacheReason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.meaning())
    }
}
