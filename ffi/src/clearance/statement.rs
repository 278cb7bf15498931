//! What a permit says, on its way, and whether it still holds.

use std::ffi::c_char;

use mhl_policy::{Breaches, EnvelopeError, VerifyingKey};

use crate::{
    Error, Grade, Ledger, Permit, Profile, Report, Status, Text,
    boundary::{
        arguments::{Output, StructSize, elements, item, long_text, to_fill},
        cause::Cause,
        guard::{guard, guard_free},
        handle::{self, lent, with},
    },
    clearance::recorder::moment,
};

/// What a permit says. By itself it permits nothing: `mhl_statement_check` makes a permit of it again,
/// or tells what stands against that. Owned by the caller, who frees it, unless a permit lends it;
/// never changes.
#[derive(Debug)]
pub struct Statement {
    statement: mhl_policy::Statement,
    question: String,
    head: String,
    /// Where each roll and its content stand, in their order.
    rolls: Vec<(String, String)>,
    media: Vec<String>,
    /// The events of the copies.
    events: Vec<Option<String>>,
}

/// A statement in short. Set `struct_size` before it is filled. Its texts belong to the statement.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Terms {
    /// `sizeof(mhl_terms)`.
    pub struct_size: usize,
    /// What was asked, in words.
    pub question: Text,
    /// The ledger's head, as `mhl_ledger_head` writes it.
    pub head: Text,
    /// The profile's name.
    pub profile: Text,
    /// The profile's date.
    pub profile_date: Text,
    /// C4 of the profile's text.
    pub profile_c4: Text,
    /// C4 of the verdict, of the bytes that `mhl_verdict_json` writes.
    pub verdict_c4: Text,
    /// When it was issued, in seconds since 1970-01-01T00:00:00Z.
    pub issued: i64,
    /// The first moment at which it holds no more.
    pub expires: i64,
    /// 1 when the ledger is a demonstration's: then no real card may be wiped by it; else 0.
    pub simulated: u32,
    /// Media that may be wiped: indices of `mhl_statement_medium` lie below.
    pub media: u64,
    /// Rolls on them: indices of `mhl_statement_roll` lie below.
    pub rolls: u64,
    /// Copies that it rests on: indices of `mhl_statement_copy` lie below.
    pub copies: u64,
}

// SAFETY: `repr(C)`, `struct_size` first; zeros are absent texts, nothing, and what is unknown. C
// never fills it.
unsafe impl StructSize for Terms {
    const NAME: &'static str = "mhl_terms";
}

/// A roll that a permit is bound to. Set `struct_size` before it is filled. Its texts belong to the
/// statement.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct BoundRoll {
    /// `sizeof(mhl_bound_roll)`.
    pub struct_size: usize,
    /// The roll's recorded identifier.
    pub roll: Text,
    /// C4 of its content.
    pub content: Text,
}

// SAFETY: `repr(C)`, `struct_size` first; zeros are absent texts, nothing, and what is unknown. C
// never fills it.
unsafe impl StructSize for BoundRoll {
    const NAME: &'static str = "mhl_bound_roll";
}

/// A copy that a permit rests on. Set `struct_size` before it is filled. Its texts belong to the
/// statement.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct BoundCopy {
    /// `sizeof(mhl_bound_copy)`.
    pub struct_size: usize,
    /// How strong its evidence is.
    pub grade: Grade,
    /// The roll.
    pub roll: Text,
    /// The medium that it stands on.
    pub medium: Text,
    /// The root folder, as the report spelled it.
    pub root: Text,
    /// The number of the event whose evidence counts; or absent.
    pub event: Text,
    /// C4 of the list that stands with it; or absent.
    pub manifest_c4: Text,
}

// SAFETY: `repr(C)`, `struct_size` first; zeros are absent texts, nothing, and what is unknown. C
// never fills it.
unsafe impl StructSize for BoundCopy {
    const NAME: &'static str = "mhl_bound_copy";
}

impl From<EnvelopeError> for Error {
    fn from(error: EnvelopeError) -> Self {
        let kind = match error {
            EnvelopeError::Unsigned { .. } => Status::NotSigned,
            _ => Status::InvalidPermit,
        };
        Error::new(kind, error)
    }
}

impl From<Breaches> for Error {
    fn from(error: Breaches) -> Self {
        let breaches = error.breaches.iter();
        let told: Vec<_> = breaches.map(|breach| format!("{}: {breach}", breach.name())).collect();
        let causes = error.breaches.iter();
        let causes = causes.map(|breach| Cause::new(breach).of_kind(breach.name()));
        let message = format!("the permit does not hold: {}", told.join("; "));
        Error::new(Status::PermitBroken, message).because(causes)
    }
}

impl Statement {
    pub(super) fn of(statement: mhl_policy::Statement) -> Self {
        let rolls = statement.rolls.iter();
        let event = |copy: &mhl_policy::BoundCopy| copy.event.as_ref().map(ToString::to_string);
        Statement {
            question: statement.question.to_string(),
            head: statement.ledger.to_string(),
            rolls: rolls.map(|(roll, content)| (roll.to_string(), content.clone())).collect(),
            media: statement.media.iter().map(ToString::to_string).collect(),
            events: statement.copies.iter().map(event).collect(),
            statement,
        }
    }

    fn terms(&self) -> Terms {
        let statement = &self.statement;
        Terms {
            struct_size: size_of::<Terms>(),
            question: Text::of(&self.question),
            head: Text::of(&self.head),
            profile: Text::of(&statement.profile.name),
            profile_date: Text::of(&statement.profile.date),
            profile_c4: Text::of(&statement.profile.c4),
            verdict_c4: Text::of(&statement.verdict),
            issued: statement.issued.unix(),
            expires: statement.expires.unix(),
            simulated: u32::from(statement.simulated),
            media: self.media.len() as u64,
            rolls: self.rolls.len() as u64,
            copies: statement.copies.len() as u64,
        }
    }
}

/// Reads a permit that a key signed: `envelope` points to `len` bytes, as `mhl_permit_sign` wrote them
/// without the NUL; `key` points to `key_len` bytes of the public key in PEM, as `openssl pkey -pubout`
/// writes it. Nothing is read of what the key did not sign. The caller owns `*statement` and frees it
/// with `mhl_statement_free`. It permits nothing before `mhl_statement_check` did.
///
/// Threads: any number at once.
///
/// Errors: `MHL_STATUS_NOT_SIGNED`; `MHL_STATUS_INVALID_PERMIT`; `MHL_STATUS_INVALID_KEY`;
/// `MHL_STATUS_NOT_UNICODE`.
///
/// # Safety
/// `envelope` is NULL or points to `len` bytes, `key` is NULL or points to `key_len` bytes;
/// `statement` and `error` are NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_statement_verify(
    envelope: *const c_char,
    len: usize,
    key: *const c_char,
    key_len: usize,
    statement: *mut *mut Statement,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let output = Output::new(statement, "statement")?;
            let envelope = long_text(envelope, len, "envelope")?;
            let key = VerifyingKey::from_pem(long_text(key, key_len, "key")?)
                .map_err(|error| Error::new(Status::InvalidKey, error))?;
            let read = mhl_policy::Statement::verify(envelope, &key)?;
            output.write(handle::owned(Statement::of(read)));
            Ok(())
        })
    }
}

/// Checks whether a permit holds at the moment `now`, in seconds since 1970-01-01T00:00:00Z: in its
/// time, of this ledger with nothing recorded since, by this profile, and with every fact judged
/// again. Only then `*permit` is written, which the caller owns and frees with `mhl_permit_free`.
///
/// `looks` points to `count` reports of looks at the cards since the permit was issued, such as
/// `mhl_verify` of the card against a copy's list. With any, there has to be one of each roll, and a
/// card that gained, lost or changed a file refuses. That they are of these cards is the caller's
/// word. Without, the check says nothing of what stands on the cards by now.
///
/// Threads: one call at a time on a ledger; a second one gets `MHL_STATUS_BUSY`.
///
/// Errors: `MHL_STATUS_PERMIT_BROKEN`, whose causes (`mhl_error_cause`) are everything that stands
/// against it, each by the name of its kind: `expired`, `ledger-went-on`, `card-changed` and so on;
/// `MHL_STATUS_INVALID_ARGUMENT`.
///
/// # Safety
/// `statement` is NULL or a statement, `ledger` NULL or a ledger, `profile` NULL or a profile, none
/// freed; `looks` is NULL or points to `count` pointers, each NULL or a report that was not freed;
/// `permit` and `error` are NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_statement_check(
    statement: *const Statement,
    ledger: *mut Ledger,
    profile: *const Profile,
    now: i64,
    looks: *const *const Report,
    count: usize,
    permit: *mut *mut Permit,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let output = Output::new(permit, "permit")?;
            let statement = &lent(statement, "statement")?.statement;
            let profile = &lent(profile, "profile")?.profile;
            let now = moment(now, "now")?;
            let mut reports = Vec::new();
            for (index, look) in elements(looks, count, "looks")?.iter().enumerate() {
                reports.push(lent(*look, &format!("looks[{index}]"))?.engines().clone());
            }
            with(ledger, |kept| {
                let held = statement.check(kept.ledger(), profile, now, &reports)?;
                output.write(Permit::hand_over(held));
                Ok(())
            })
        })
    }
}

/// Writes a statement in short: what was asked, what it is bound to, its time. Set
/// `terms->struct_size` before. Its texts are gone with the statement.
///
/// Threads: any number at once.
///
/// Errors: `MHL_STATUS_STRUCT_SIZE`.
///
/// # Safety
/// `statement` is NULL or a statement that was not freed; `terms` is NULL or a struct whose
/// `struct_size` is set; `error` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_statement_terms(
    statement: *const Statement,
    terms: *mut Terms,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let (statement, output) = (lent(statement, "statement")?, to_fill(terms)?);
            output.write(statement.terms());
            Ok(())
        })
    }
}

/// Writes a medium that may be wiped, by index from 0: every name of its device is one. The text is
/// gone with the statement.
///
/// Threads: any number at once.
///
/// Errors: `MHL_STATUS_NOT_FOUND` for an index beyond `mhl_terms.media`.
///
/// # Safety
/// `statement` is NULL or a statement that was not freed; `medium` and `error` are NULL or can be
/// written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_statement_medium(
    statement: *const Statement,
    index: u64,
    medium: *mut Text,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let (statement, output) =
                (lent(statement, "statement")?, Output::new(medium, "medium")?);
            output.write(Text::of(item(&statement.media, index, "medium")?));
            Ok(())
        })
    }
}

/// Writes a roll on the media that may be wiped, by index from 0. Set `roll->struct_size` before. Its
/// texts are gone with the statement.
///
/// Threads: any number at once.
///
/// Errors: `MHL_STATUS_NOT_FOUND` for an index beyond `mhl_terms.rolls`; `MHL_STATUS_STRUCT_SIZE`.
///
/// # Safety
/// `statement` is NULL or a statement that was not freed; `roll` is NULL or a struct whose
/// `struct_size` is set; `error` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_statement_roll(
    statement: *const Statement,
    index: u64,
    roll: *mut BoundRoll,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let (statement, output) = (lent(statement, "statement")?, to_fill(roll)?);
            let (roll, content) = item(&statement.rolls, index, "roll")?;
            output.write(BoundRoll {
                struct_size: size_of::<BoundRoll>(),
                roll: Text::of(roll),
                content: Text::of(content),
            });
            Ok(())
        })
    }
}

/// Writes a copy that the permit rests on, by index from 0. Set `copy->struct_size` before. Its texts
/// are gone with the statement.
///
/// Threads: any number at once.
///
/// Errors: `MHL_STATUS_NOT_FOUND` for an index beyond `mhl_terms.copies`; `MHL_STATUS_STRUCT_SIZE`.
///
/// # Safety
/// `statement` is NULL or a statement that was not freed; `copy` is NULL or a struct whose
/// `struct_size` is set; `error` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_statement_copy(
    statement: *const Statement,
    index: u64,
    copy: *mut BoundCopy,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let (statement, output) = (lent(statement, "statement")?, to_fill(copy)?);
            let bound = item(&statement.statement.copies, index, "copy")?;
            let event = item(&statement.events, index, "copy")?;
            output.write(BoundCopy {
                struct_size: size_of::<BoundCopy>(),
                grade: bound.grade.into(),
                roll: Text::of(bound.roll.as_str()),
                medium: Text::of(bound.medium.as_str()),
                root: Text::of(&bound.root),
                event: Text::of_optional(event.as_deref()),
                manifest_c4: Text::of_optional(bound.manifest.as_deref()),
            });
            Ok(())
        })
    }
}

/// Frees a statement that `mhl_statement_verify` made. NULL is accepted.
///
/// Threads: one, the last to use it.
///
/// # Safety
/// `statement` is NULL or was made by `mhl_statement_verify` and not freed; one that a permit lends is
/// freed with the permit. It is used no more. A second free cannot be told and corrupts memory.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_statement_free(statement: *mut Statement) {
    // SAFETY: as the caller promises.
    guard_free(|| unsafe { handle::free_owned(statement) });
}
