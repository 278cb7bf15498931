//! The permit: a verdict that clears, bound to what it was judged on, that can be handed on.
//!
//! A [`Permit`] is made by judging and in no other way: [`permit`] judges a question, and
//! [`Statement::check`] judges it again. What travels between the two, signed, is a [`Statement`].

mod breach;
mod card;
mod envelope;
mod key;
mod statement;

pub use breach::{Breach, Breaches};
pub use envelope::EnvelopeError;
pub use key::{KeyError, SigningKey, VerifyingKey};
pub use statement::{BoundCopy, ProfileName, Statement};

use crate::{
    clear::clear,
    ledger::Ledger,
    profile::Profile,
    time::Time,
    verdict::{Decision, Question, Verdict},
};

/// That a wipe is permitted. There is no other way to one than a verdict that clears: it has no
/// constructor, and does not change.
///
/// It is bound to the question and the media that it names, the content of every roll on them, the
/// copies that were counted, the profile by name, date and digest, the ledger's head, and its time.
///
/// ```compile_fail
/// // Nobody makes one by hand.
/// let permit = mhl_policy::Permit(todo!());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permit(Statement);

/// Why there is no permit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotPermitted {
    /// The verdict does not clear.
    #[error("{}: {}", .0.decision, .0.question)]
    NotCleared(Box<Verdict>),
    /// It would hold for no time at all.
    #[error("it would expire at {expires}, and now is {now}; expected a later moment")]
    Expiry {
        /// The end that was asked for.
        expires: Time,
        /// The moment that the caller named.
        now: Time,
    },
    /// It would not be cleared until the end: an approval that it rests on expires before.
    #[error("cleared now, and {} before the permit expires: ask for an earlier end", .0.decision)]
    Lapses(Box<Verdict>),
}

/// Judges a question as [`clear`] does, and permits what is cleared until `expires`.
///
/// ```
/// use mhl_policy::{Ledger, NotPermitted, Profile, Question, Time, permit};
///
/// let (now, then) = (Time::from_unix(0), Time::from_unix(3600));
/// let refused = permit(&Ledger::new(), &Question::roll("A001"), &Profile::default(), now, then);
/// assert!(matches!(refused, Err(NotPermitted::NotCleared(_))), "an empty ledger clears nothing");
/// ```
///
/// # Errors
/// [`NotPermitted`] when the verdict does not clear, `expires` is not after `now`, or an approval
/// ends before that.
pub fn permit(
    ledger: &Ledger,
    question: &Question,
    profile: &Profile,
    now: Time,
    expires: Time,
) -> Result<Permit, NotPermitted> {
    if expires <= now {
        return Err(NotPermitted::Expiry { expires, now });
    }
    let verdict = clear(ledger, question, profile, now);
    let statement = match verdict.decision {
        Decision::Cleared => Statement::of(&verdict, expires),
        _ => None,
    };
    let Some(statement) = statement else {
        return Err(NotPermitted::NotCleared(Box::new(verdict)));
    };
    // Time only ever ends approvals: what holds at both ends holds between them.
    let last = clear(ledger, question, profile, Time::from_unix(expires.unix().saturating_sub(1)));
    match last.decision {
        Decision::Cleared => Ok(Permit(statement)),
        _ => Err(NotPermitted::Lapses(Box::new(last))),
    }
}

impl Permit {
    /// What it says.
    #[must_use]
    pub const fn statement(&self) -> &Statement {
        &self.0
    }

    /// The permit signed, as one line of JSON: an in-toto statement in a DSSE envelope, which
    /// outside tools verify offline (`docs/permit.md`). The same permit and key give the same
    /// bytes. [`Statement::verify`] reads it back.
    #[must_use]
    pub fn sign(&self, key: &SigningKey) -> String {
        envelope::seal(&self.0, key)
    }
}
