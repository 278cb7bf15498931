//! The border with C: what comes from it is checked, what goes to it is owned, and no panic passes.

pub(crate) mod arguments;
pub(crate) mod cause;
pub(crate) mod error;
pub(crate) mod guard;
pub(crate) mod handle;
pub(crate) mod paths;
pub(crate) mod status;
pub(crate) mod text;
pub(crate) mod version;
