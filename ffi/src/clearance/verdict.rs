//! The answer to a question, and its forms.

use std::sync::OnceLock;

use mhl_policy::{Next, clear, next_actions};

use crate::{
    Error, Ledger, Profile, Question, Status, Text,
    boundary::{
        arguments::{Output, StructSize, to_fill},
        guard::{guard, guard_free},
        handle::{self, lent, with},
    },
    clearance::{
        proof::{Reasoned, Step},
        question,
        recorder::moment,
    },
};

/// The answer to a question. Owned by the caller, who frees it; never changes.
#[derive(Debug)]
pub struct Verdict {
    pub(super) verdict: mhl_policy::Verdict,
    pub(super) next: Next,
    /// The proof's steps, each before those that it was made of.
    pub(super) steps: Vec<Step>,
    pub(super) reasons: Vec<Reasoned>,
    /// What to do, in words.
    pub(super) actions: Vec<String>,
    /// The events of the judged copies.
    pub(super) events: Vec<Option<String>>,
    question: String,
    head: String,
    json: OnceLock<String>,
    next_json: OnceLock<String>,
    text: OnceLock<String>,
    html: OnceLock<String>,
}

/// The answer in one word. Only `MHL_DECISION_CLEARED` permits a wipe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
#[non_exhaustive]
pub enum Decision {
    /// One that this header does not name: not cleared.
    Unknown = 0,
    /// Every necessary condition holds, and will hold after the wipe.
    Cleared = 1,
    /// At least one does not.
    Withheld = 2,
    /// None is known not to hold, and at least one cannot be told: not cleared.
    Indeterminate = 3,
}

impl From<mhl_policy::Decision> for Decision {
    fn from(decision: mhl_policy::Decision) -> Self {
        match decision {
            mhl_policy::Decision::Cleared => Decision::Cleared,
            mhl_policy::Decision::Withheld => Decision::Withheld,
            mhl_policy::Decision::Indeterminate => Decision::Indeterminate,
        }
    }
}

/// A verdict in short. Set `struct_size` before it is filled. Its texts belong to the verdict.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Answer {
    /// `sizeof(mhl_answer)`.
    pub struct_size: usize,
    /// The answer in one word.
    pub decision: Decision,
    /// 1 when the ledger is a demonstration's: then no real card may be wiped by it; else 0.
    pub simulated: u32,
    /// What was asked, in words.
    pub question: Text,
    /// The moment that the caller named, in seconds since 1970-01-01T00:00:00Z.
    pub now: i64,
    /// The ledger's head, as `mhl_ledger_head` writes it.
    pub head: Text,
    /// The profile's name.
    pub profile: Text,
    /// The profile's date.
    pub profile_date: Text,
    /// C4 of the profile's text.
    pub profile_c4: Text,
    /// Steps of the proof: indices of `mhl_verdict_node` lie below.
    pub nodes: u64,
    /// Steps that do not hold: indices of `mhl_verdict_reason` lie below.
    pub reasons: u64,
    /// Copies: indices of `mhl_verdict_copy` lie below.
    pub copies: u64,
    /// What to do next: indices of `mhl_verdict_action` lie below.
    pub actions: u64,
    /// 1 when the question is cleared once all of the actions are done and each came out well; 0
    /// when what is recorded first decides what else is needed.
    pub actions_clear: u32,
    /// 1 when no other set of actions would do for less; 0 when not every set was tried.
    pub actions_cheapest: u32,
}

// SAFETY: `repr(C)`, `struct_size` first; zeros are absent texts, nothing, and what is unknown. C
// never fills it.
unsafe impl StructSize for Answer {
    const NAME: &'static str = "mhl_answer";
}

impl Verdict {
    fn of(verdict: mhl_policy::Verdict, next: Next) -> Self {
        let (steps, reasons) = Step::of_verdict(&verdict);
        let event = |copy: &mhl_policy::JudgedCopy| copy.event.as_ref().map(ToString::to_string);
        Verdict {
            steps,
            reasons,
            actions: next.actions.iter().map(ToString::to_string).collect(),
            events: verdict.copies.iter().map(event).collect(),
            question: verdict.question.to_string(),
            head: verdict.head.to_string(),
            json: OnceLock::new(),
            next_json: OnceLock::new(),
            text: OnceLock::new(),
            html: OnceLock::new(),
            verdict,
            next,
        }
    }

    fn answer(&self) -> Answer {
        let verdict = &self.verdict;
        Answer {
            struct_size: size_of::<Answer>(),
            decision: verdict.decision.into(),
            simulated: u32::from(verdict.simulated),
            question: Text::of(&self.question),
            now: verdict.now.unix(),
            head: Text::of(&self.head),
            profile: Text::of(&verdict.profile),
            profile_date: Text::of(&verdict.profile_date),
            profile_c4: Text::of(&verdict.profile_digest),
            nodes: self.steps.len() as u64,
            reasons: self.reasons.len() as u64,
            copies: verdict.copies.len() as u64,
            actions: self.actions.len() as u64,
            actions_clear: u32::from(self.next.clears),
            actions_cheapest: u32::from(self.next.cheapest),
        }
    }

    /// What to do about it, and the verdict, as the command prints them.
    fn text(&self) -> String {
        match self.verdict.decision {
            mhl_policy::Decision::Cleared => self.verdict.to_string(),
            _ => format!("{}\n{}", self.verdict, self.next),
        }
    }
}

/// Asks a ledger whether a wipe is cleared, by a profile, at a moment. The state after the wipe is
/// judged, and what is not recorded did not happen. `now`, in seconds since 1970-01-01T00:00:00Z,
/// dates approvals and evidence: nothing here asks a clock. The caller owns `*verdict` and frees it
/// with `mhl_verdict_free`. The same ledger, profile, question and moment give the same verdict, byte
/// for byte.
///
/// `MHL_STATUS_GOOD` says that it was judged: the answer is `mhl_answer.decision`. A verdict
/// is of the ledger as it stood: ask again before the wipe, or issue a permit (`mhl_permit_issue`).
///
/// Threads: one call at a time on a ledger; a second one gets `MHL_STATUS_BUSY`.
///
/// Errors: `MHL_STATUS_INVALID_ARGUMENT` for a question that asks neither of the three, a text that
/// identifies no medium, a moment beyond the years 0 to 9999; `MHL_STATUS_NOT_UNICODE`;
/// `MHL_STATUS_STRUCT_SIZE`.
///
/// # Safety
/// `ledger` is NULL or a ledger, `profile` NULL or a profile, neither freed; `question` is NULL or a
/// filled struct, its texts NULL or NUL-terminated; `verdict` and `error` are NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_clear(
    ledger: *mut Ledger,
    profile: *const Profile,
    question: *const Question,
    now: i64,
    verdict: *mut *mut Verdict,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let output = Output::new(verdict, "verdict")?;
            let profile = &lent(profile, "profile")?.profile;
            let (question, now) = (question::read(question)?, moment(now, "now")?);
            with(ledger, |kept| {
                let judged = clear(kept.ledger(), &question, profile, now);
                let next = next_actions(kept.ledger(), &question, profile, now);
                output.write(handle::owned(Verdict::of(judged, next)));
                Ok(())
            })
        })
    }
}

/// Writes the verdict in short. Set `answer->struct_size` before. Its texts are gone with the
/// verdict.
///
/// Threads: any number at once.
///
/// Errors: `MHL_STATUS_STRUCT_SIZE`.
///
/// # Safety
/// `verdict` is NULL or a verdict that was not freed; `answer` is NULL or a struct whose
/// `struct_size` is set; `error` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_verdict_answer(
    verdict: *const Verdict,
    answer: *mut Answer,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let (verdict, output) = (lent(verdict, "verdict")?, to_fill(answer)?);
            output.write(verdict.answer());
            Ok(())
        })
    }
}

/// Lends one form of a verdict.
///
/// # Safety
/// As [`mhl_verdict_json`] has it.
unsafe fn form(
    verdict: *const Verdict,
    text: *mut Text,
    name: &str,
    error: *mut *mut Error,
    form: impl for<'v> FnOnce(&'v Verdict) -> &'v str,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let (verdict, output) = (lent(verdict, "verdict")?, Output::new(text, name)?);
            output.write(Text::of(form(verdict)));
            Ok(())
        })
    }
}

/// Writes the verdict as one line of JSON, `"schema": "mhl.clear/1"`, as `mhl clear --json` prints it
/// without `next`: answer, proof, copies, and what it is bound to. A permit names the C4 of these
/// bytes. The text is gone with the verdict.
///
/// Threads: any number at once.
///
/// # Safety
/// `verdict` is NULL or a verdict that was not freed; `json` and `error` are NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_verdict_json(
    verdict: *const Verdict,
    json: *mut Text,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        form(verdict, json, "json", error, |verdict| {
            verdict.json.get_or_init(|| verdict.verdict.to_json())
        })
    }
}

/// Writes what to do next as one line of JSON, as `mhl clear --json` prints it as `next`: each action
/// with its fields, cost and words. The text is gone with the verdict.
///
/// Threads: any number at once.
///
/// # Safety
/// `verdict` is NULL or a verdict that was not freed; `json` and `error` are NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_verdict_next_json(
    verdict: *const Verdict,
    json: *mut Text,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        form(verdict, json, "json", error, |verdict| {
            verdict.next_json.get_or_init(|| verdict.next.to_json().to_string())
        })
    }
}

/// Writes the verdict for people, eighty columns wide: the answer, everything against it with what
/// would satisfy it, what held, what to do next. It is safe to print: control characters are
/// escaped. The text is gone with the verdict.
///
/// Threads: any number at once.
///
/// # Safety
/// `verdict` is NULL or a verdict that was not freed; `text` and `error` are NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_verdict_text(
    verdict: *const Verdict,
    text: *mut Text,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        form(verdict, text, "text", error, |verdict| verdict.text.get_or_init(|| verdict.text()))
    }
}

/// Writes the verdict as one page of HTML that stands by itself, in UTF-8: the answer, what to do
/// next, the copies by roll and place, the whole proof. It has no script and asks for nothing outside
/// itself; whatever was recorded is escaped. The text is gone with the verdict.
///
/// Threads: any number at once.
///
/// # Safety
/// `verdict` is NULL or a verdict that was not freed; `html` and `error` are NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_verdict_html(
    verdict: *const Verdict,
    html: *mut Text,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        form(verdict, html, "html", error, |verdict| {
            verdict.html.get_or_init(|| verdict.verdict.to_html(&verdict.next))
        })
    }
}

/// Frees a verdict, and with it every text that was read from it. NULL is accepted.
///
/// Threads: one, the last to use it.
///
/// # Safety
/// `verdict` is NULL or a verdict that was not freed; it is used no more. A second free cannot be
/// told and corrupts memory.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_verdict_free(verdict: *mut Verdict) {
    // SAFETY: as the caller promises.
    guard_free(|| unsafe { handle::free_owned(verdict) });
}
