//! Steps of a proof that no sentence of the source states: groups, and readings of the profile.

use super::Rule;

pub(super) const WIPE_CARD: Rule =
    Rule::minimum("wipe", "Repurposing Camera Media should only be done after the following");
pub(super) const WIPE_STORAGE: Rule =
    Rule::minimum("wipe", "Repurposing onset and near set storage should only be done after");
/// What is to be wiped must be what was asked about.
pub(super) const ASKED: Rule = Rule::minimum("asked", "");
/// What is to be wiped holds what was judged.
pub(super) const HELD: Rule = Rule::minimum("held", "");
/// One roll and all that it needs.
pub(super) const ROLL: Rule = Rule::minimum("roll", "");
/// One copy and the filters that it must pass to count.
pub(super) const COPY: Rule = Rule::minimum("copy", "");
/// A copy that stands on what is to be wiped will not be there.
pub(super) const AFTER: Rule = Rule::minimum("after", "");
/// The media that count.
pub(super) const MEDIUM: Rule = Rule::minimum(
    "medium",
    "Capture Device (e.g., camera card or sound card); RAID 5, 6, or 10 (or above) storage; LTO (6, 7 or 8 written in LTFS format); Netflix’s Content Hub (pending Netflix approval)",
);
/// In transit, offline, lost, failed, retired.
pub(super) const CONDITION: Rule = Rule::minimum("condition", "");
/// Evidence and attestations from before the card changed.
pub(super) const FRESH: Rule = Rule::minimum("fresh", "");
/// Evidence that is old is mentioned.
pub(super) const AGE: Rule = Rule::advice("age", "");
/// Issues that nobody resolved.
pub(super) const ISSUES: Rule = Rule::minimum("issues", "");
/// The rolls that a roll is linked to.
pub(super) const LINKS: Rule = Rule::minimum("links", "");
/// One roll's copies.
pub(super) const HOLDINGS: Rule = Rule::minimum("3:2:1", "3:2:1 Principle");
