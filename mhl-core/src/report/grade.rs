//! How strong evidence is.

use serde::{Deserialize, Serialize};

/// How strong "verified" is: the grades of evidence, weakest first.
///
/// ```
/// use mhl_core::Grade;
///
/// assert!(Grade::PastTheCache > Grade::ThroughTheCache);
/// assert_eq!(Grade::PastTheCache.number(), 6);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Grade {
    /// 1: names and sizes only.
    SizeOnly,
    /// 2: taken over from another tool: from its list, or as it told its digests.
    Inherited,
    /// 3: hashed in flight; the medium was not read back.
    InFlight,
    /// 4: a full-object checksum that an object store returned.
    ObjectStore,
    /// 5: read back, but perhaps from the system's cache.
    ThroughTheCache,
    /// 6: read back past the cache, proven; or read in full after unmount and remount.
    PastTheCache,
    /// 7: read back by another host later.
    AnotherHost,
}

impl Grade {
    /// The grade's number, 1 to 7.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Grade::SizeOnly => 1,
            Grade::Inherited => 2,
            Grade::InFlight => 3,
            Grade::ObjectStore => 4,
            Grade::ThroughTheCache => 5,
            Grade::PastTheCache => 6,
            Grade::AnotherHost => 7,
        }
    }

    /// What the grade means, in a few words.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Grade::SizeOnly => "size only",
            Grade::Inherited => "inherited from another tool",
            Grade::InFlight => "hashed in flight",
            Grade::ObjectStore => "full-object checksum of an object store",
            Grade::ThroughTheCache => "read back through the cache",
            Grade::PastTheCache => "read back past the cache",
            Grade::AnotherHost => "read back by another host later",
        }
    }
}
