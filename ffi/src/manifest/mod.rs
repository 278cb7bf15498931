//! Media Hash Lists.

pub(crate) mod format;
