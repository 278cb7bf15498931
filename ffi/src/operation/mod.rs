//! Whole operations on rolls: who does them, who watches, what they found.

pub(crate) mod cancel;
pub(crate) mod context;
pub(crate) mod copy;
pub(crate) mod offload;
pub(crate) mod phase;
pub(crate) mod progress;
pub(crate) mod report;
pub(crate) mod roll;
pub(crate) mod seal;
pub(crate) mod verify;
