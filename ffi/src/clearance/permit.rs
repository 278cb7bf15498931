//! Permits: that a wipe is cleared, to be handed on.

use std::ffi::c_char;

use mhl_policy::{NotPermitted, SigningKey};

use crate::{
    Error, Ledger, Profile, Question, Statement, Status,
    boundary::{
        arguments::{Output, long_text},
        cause::Cause,
        guard::{guard, guard_free},
        handle::{self, lent, with},
    },
    clearance::{head::write_text, question, recorder::moment},
};

/// That a wipe is permitted: made by judging and in no other way. Owned by the caller, who frees it;
/// never changes.
#[derive(Debug)]
pub struct Permit {
    permit: mhl_policy::Permit,
    statement: Statement,
}

impl Permit {
    /// Hands a permit over to C.
    pub(super) fn hand_over(permit: mhl_policy::Permit) -> *mut Permit {
        let statement = Statement::of(permit.statement().clone());
        handle::owned(Permit { permit, statement })
    }
}

impl From<NotPermitted> for Error {
    fn from(error: NotPermitted) -> Self {
        match &error {
            NotPermitted::Expiry { .. } => Error::new(Status::InvalidArgument, error),
            NotPermitted::NotCleared(verdict) | NotPermitted::Lapses(verdict) => {
                let reasons = verdict.reasons();
                let deciding = reasons.iter().filter(|reason| reason.decides).map(|reason| {
                    let node = reason.node;
                    Cause::new(format!("{}: {}", node.subject, node.reason)).of_kind(node.rule)
                });
                Error::new(Status::NotCleared, &error).because(deciding)
            }
            // Something that this ABI does not know: no permit.
            _ => Error::new(Status::NotCleared, error),
        }
    }
}

/// Judges a question as `mhl_clear` does, at the moment `now`, and permits what is cleared until
/// `expires`, both in seconds since 1970-01-01T00:00:00Z. The permit is bound to the question and the
/// media that it names, the content of every roll on them, the copies that were counted, the profile,
/// the ledger's head, and its time. The caller owns `*permit` and frees it with `mhl_permit_free`.
///
/// Threads: one call at a time on a ledger; a second one gets `MHL_STATUS_BUSY`.
///
/// Errors: `MHL_STATUS_NOT_CLEARED` when the verdict does not clear, or an approval that it rests on
/// ends before `expires`: the error's causes name the rules (`mhl_error_cause`), and `mhl_clear` all else; `MHL_STATUS_INVALID_ARGUMENT` when `expires` is not
/// after `now`, and as `mhl_clear`; `MHL_STATUS_NOT_UNICODE`; `MHL_STATUS_STRUCT_SIZE`.
///
/// # Safety
/// `ledger` is NULL or a ledger, `profile` NULL or a profile, neither freed; `question` is NULL or a
/// filled struct, its texts NULL or NUL-terminated; `permit` and `error` are NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_permit_issue(
    ledger: *mut Ledger,
    profile: *const Profile,
    question: *const Question,
    now: i64,
    expires: i64,
    permit: *mut *mut Permit,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let output = Output::new(permit, "permit")?;
            let profile = &lent(profile, "profile")?.profile;
            let (question, now) = (question::read(question)?, moment(now, "now")?);
            let expires = moment(expires, "expires")?;
            with(ledger, |kept| {
                let made = mhl_policy::permit(kept.ledger(), &question, profile, now, expires)?;
                output.write(Permit::hand_over(made));
                Ok(())
            })
        })
    }
}

/// What a permit says; NULL for NULL. It belongs to the permit, is gone with it, and is never freed by
/// itself.
///
/// Threads: any number at once.
///
/// # Safety
/// `permit` is NULL or a permit that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_permit_statement(permit: *const Permit) -> *const Statement {
    // SAFETY: as the caller promises.
    let permit = unsafe { lent(permit, "permit") };
    permit.map_or(std::ptr::null(), |permit| &raw const permit.statement)
}

/// Signs a permit with an Ed25519 key, `key_len` bytes of PEM (PKCS #8, not encrypted, as `openssl
/// genpkey -algorithm ed25519` writes it), and writes it with its NUL: an in-toto statement in a DSSE
/// envelope as one line of JSON, which other tools verify offline, and `mhl_statement_verify` reads
/// back. The same permit and key give the same bytes. The key is not kept.
///
/// `*needed` becomes the bytes of the text with its NUL. With a `capacity` of 0, `text` may be NULL: a
/// way to ask.
///
/// Threads: any number at once.
///
/// Errors: `MHL_STATUS_INVALID_KEY`; `MHL_STATUS_TOO_SMALL` when `capacity` is less than `*needed`;
/// `MHL_STATUS_NOT_UNICODE`.
///
/// # Safety
/// `permit` is NULL or a permit that was not freed; `key` is NULL or points to `key_len` bytes; `text`
/// is NULL or has room for `capacity` bytes; `needed` and `error` are NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_permit_sign(
    permit: *const Permit,
    key: *const c_char,
    key_len: usize,
    text: *mut c_char,
    capacity: usize,
    needed: *mut usize,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let permit = &lent(permit, "permit")?.permit;
            let key = SigningKey::from_pem(long_text(key, key_len, "key")?)
                .map_err(|error| Error::new(Status::InvalidKey, error))?;
            write_text(&permit.sign(&key), text, capacity, needed)
        })
    }
}

/// Frees a permit, and with it what it says. NULL is accepted.
///
/// Threads: one, the last to use it.
///
/// # Safety
/// `permit` is NULL or a permit that was not freed; it is used no more. A second free cannot be told
/// and corrupts memory.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_permit_free(permit: *mut Permit) {
    // SAFETY: as the caller promises.
    guard_free(|| unsafe { handle::free_owned(permit) });
}
