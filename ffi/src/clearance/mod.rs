//! May this card be wiped: ledgers, profiles, verdicts, permits.

pub(crate) mod event;
pub(crate) mod evidence;
pub(crate) mod head;
pub(crate) mod judged;
pub(crate) mod ledger;
pub(crate) mod next;
pub(crate) mod permit;
pub(crate) mod profile;
pub(crate) mod proof;
pub(crate) mod question;
pub(crate) mod recorder;
pub(crate) mod statement;
pub(crate) mod verdict;
