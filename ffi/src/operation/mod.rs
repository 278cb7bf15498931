//! Whole operations on rolls: who does them, who watches, what they found.

pub(crate) mod cancel;
pub(crate) mod context;
pub(crate) mod progress;
pub(crate) mod report;
pub(crate) mod verify;
