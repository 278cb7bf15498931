//! Lists and histories: read, looked up, compared, written, and made of what another engine did.

pub(crate) mod word;
