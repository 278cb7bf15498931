//! Lists and histories: read, looked up, compared, written, and made of what another engine did.

pub(crate) mod difference;
pub(crate) mod entry;
pub(crate) mod header;
pub(crate) mod history;
pub(crate) mod list;
pub(crate) mod lookup;
pub(crate) mod reader;
pub(crate) mod record;
pub(crate) mod time;
pub(crate) mod word;
pub(crate) mod writer;
