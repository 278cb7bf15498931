//! All of the operating system: walking, confined paths, durable writing, reading past the cache,
//! the identity of devices.
//!
//! Everything that touches a disk goes through [`Volume`], so that a disk made for a test can fail
//! at any call. Names are resolved from an open folder and never through a symbolic link, so that
//! nothing outside the root is touched whatever happens to the tree meanwhile.

pub(crate) mod durable;
#[cfg(test)]
pub(crate) mod faulty;
mod litter;
pub(crate) mod open_files;
mod past_cache;
pub(crate) mod read;
#[cfg(unix)]
pub(crate) mod residency;
#[cfg(test)]
pub(crate) mod simulated;
pub(crate) mod turns;
#[cfg(unix)]
mod unix;
mod volume;
mod walk;
mod whereabouts;
#[cfg(windows)]
mod windows;

pub(crate) use durable::{PERMISSIONS, is_part, part_name};
pub use litter::{LITTER_VERSION, is_litter};
pub(crate) use litter::{is_litter_of, is_within_litter, litter_patterns};
pub(crate) use past_cache::PastTheCache;
#[cfg(unix)]
use unix::identity_at;
#[cfg(unix)]
pub(crate) use unix::{Disk, device_of};
pub(crate) use volume::{
    Capacity, Kind, Lock, Modified, ReadFile, Residency, Stat, Take, Volume, WriteFile,
};
pub(crate) use walk::{Found, FoundFile, Tree, refusal, walk, walk_each, walk_observed, walk_with};
pub(crate) use whereabouts::Whereabouts;
#[cfg(windows)]
use windows::identity_at;
#[cfg(windows)]
pub(crate) use windows::{Disk, device_of};

#[cfg(test)]
mod tests;
