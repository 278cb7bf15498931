//! The proof of a verdict, step by step.

use std::collections::HashMap;

use mhl_policy::{Node, Reference as Cited, Truth as CoreTruth};

use crate::{
    Error, Status, Text, Verdict,
    boundary::{
        arguments::{StructSize, item, to_fill},
        guard::guard,
        handle::lent,
    },
};

/// Whether something holds. Unknown is never yes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
#[non_exhaustive]
pub enum Truth {
    /// It cannot be told.
    Unknown = 0,
    /// It holds.
    Yes = 1,
    /// It does not.
    No = 2,
}

impl From<CoreTruth> for Truth {
    fn from(truth: CoreTruth) -> Self {
        match truth {
            CoreTruth::Yes => Truth::Yes,
            CoreTruth::No => Truth::No,
            CoreTruth::Unknown => Truth::Unknown,
        }
    }
}

/// How binding a rule is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
#[non_exhaustive]
pub enum Level {
    /// One that this header does not name.
    Unknown = 0,
    /// A minimum expectation: it decides.
    Minimum = 1,
    /// Ideally so: mentioned where it is not, and never decides.
    Ideal = 2,
    /// Advice: mentioned where it is not followed, and never decides.
    Advice = 3,
}

impl From<mhl_policy::Level> for Level {
    fn from(level: mhl_policy::Level) -> Self {
        match level {
            mhl_policy::Level::Minimum => Level::Minimum,
            mhl_policy::Level::Ideal => Level::Ideal,
            mhl_policy::Level::Advice => Level::Advice,
            _ => Level::Unknown,
        }
    }
}

/// What a reference leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
#[non_exhaustive]
pub enum ReferenceKind {
    /// Something that this header does not name.
    Unknown = 0,
    /// An event of the ledger, by its number; `7.3` for one within an import.
    Event = 1,
    /// A list, by the C4 of its bytes.
    Manifest = 2,
    /// A roll's content, by its C4.
    Content = 3,
}

/// One step of a proof: a rule judged about a subject. Set `struct_size` before it is filled. Its
/// texts belong to the verdict.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct ProofNode {
    /// `sizeof(mhl_proof_node)`.
    pub struct_size: usize,
    /// How deep it lies: 0 for the answer itself. The steps that it was made of follow it, one
    /// deeper.
    pub depth: u32,
    /// How binding the rule is.
    pub level: Level,
    /// Whether it holds.
    pub holds: Truth,
    /// The rule's id, as `R1`; readings and groups have words, as `copy`.
    pub rule: Text,
    /// The rule in the words of its source.
    pub quotation: Text,
    /// What it is judged about: a roll, a copy, an attestation.
    pub subject: Text,
    /// Why, in a sentence.
    pub sentence: Text,
    /// What would satisfy it; absent where it holds, or nothing can be done here.
    pub remedy: Text,
    /// What it rests on: indices of `mhl_verdict_reference` lie below.
    pub references: u64,
}

// SAFETY: `repr(C)`, `struct_size` first; zeros are absent texts, nothing, and what is unknown. C
// never fills it.
unsafe impl StructSize for ProofNode {
    const NAME: &'static str = "mhl_proof_node";
}

/// What a step rests on. Set `struct_size` before it is filled. Its text belongs to the verdict.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct ProofReference {
    /// `sizeof(mhl_proof_reference)`.
    pub struct_size: usize,
    /// What it leads to.
    pub kind: ReferenceKind,
    /// The event's number, or the C4.
    pub value: Text,
}

// SAFETY: `repr(C)`, `struct_size` first; zeros are absent texts, nothing, and what is unknown. C
// never fills it.
unsafe impl StructSize for ProofReference {
    const NAME: &'static str = "mhl_proof_reference";
}

/// A step that does not hold, taken out of the proof. Set `struct_size` before it is filled. Its text
/// belongs to the verdict.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct ProofReason {
    /// `sizeof(mhl_proof_reason)`.
    pub struct_size: usize,
    /// The step: an index of `mhl_verdict_node`.
    pub node: u64,
    /// 1 when the answer rests on it; 0 when it is only mentioned: advice, or something that does
    /// not hold where enough else does.
    pub decides: u32,
    /// What would satisfy it, or the closest step that rests on it; or absent.
    pub remedy: Text,
}

// SAFETY: `repr(C)`, `struct_size` first; zeros are absent texts, nothing, and what is unknown. C
// never fills it.
unsafe impl StructSize for ProofReason {
    const NAME: &'static str = "mhl_proof_reason";
}

/// A step taken out of the tree.
#[derive(Debug)]
pub(super) struct Step {
    depth: u32,
    /// Without the steps that it was made of.
    node: Flat,
    references: Vec<(ReferenceKind, String)>,
}

#[derive(Debug)]
struct Flat {
    rule: &'static str,
    level: Level,
    holds: Truth,
    quotation: &'static str,
    subject: String,
    sentence: String,
    remedy: Option<String>,
}

/// A reason, by the place of its step.
#[derive(Debug)]
pub(super) struct Reasoned {
    node: usize,
    decides: bool,
    remedy: Option<String>,
}

impl Step {
    /// The steps of a verdict's proof, and the reasons among them.
    pub(super) fn of_verdict(verdict: &mhl_policy::Verdict) -> (Vec<Step>, Vec<Reasoned>) {
        let (mut steps, mut places) = (Vec::new(), HashMap::new());
        walk(&verdict.proof, 0, &mut steps, &mut places);
        let reasons = verdict.reasons().into_iter().filter_map(|reason| {
            // Every reason is a step of the proof.
            let node = *places.get(&std::ptr::from_ref(reason.node))?;
            Some(Reasoned {
                node,
                decides: reason.decides,
                remedy: reason.remedy.map(str::to_owned),
            })
        });
        let reasons = reasons.collect();
        (steps, reasons)
    }

    fn node(&self) -> ProofNode {
        let Flat { rule, level, holds, quotation, subject, sentence, remedy } = &self.node;
        ProofNode {
            struct_size: size_of::<ProofNode>(),
            depth: self.depth,
            level: *level,
            holds: *holds,
            rule: Text::of(rule),
            quotation: Text::of(quotation),
            subject: Text::of(subject),
            sentence: Text::of(sentence),
            remedy: Text::of_optional(remedy.as_deref()),
            references: self.references.len() as u64,
        }
    }
}

fn walk(node: &Node, depth: u32, steps: &mut Vec<Step>, places: &mut HashMap<*const Node, usize>) {
    places.insert(std::ptr::from_ref(node), steps.len());
    steps.push(Step {
        depth,
        node: Flat {
            rule: node.rule,
            level: node.level.into(),
            holds: node.outcome.into(),
            quotation: node.quotation,
            subject: node.subject.clone(),
            sentence: node.reason.clone(),
            remedy: node.remedy.clone(),
        },
        references: node.references.iter().map(cited).collect(),
    });
    for child in &node.children {
        walk(child, depth.saturating_add(1), steps, places);
    }
}

fn cited(reference: &Cited) -> (ReferenceKind, String) {
    match reference {
        Cited::Event(event) => (ReferenceKind::Event, event.to_string()),
        Cited::Manifest(c4) => (ReferenceKind::Manifest, c4.clone()),
        Cited::Content(c4) => (ReferenceKind::Content, c4.clone()),
        other => (ReferenceKind::Unknown, other.to_string()),
    }
}

/// Writes the step of the proof at an index, from 0: the answer first, each step before those that it
/// was made of. Set `node->struct_size` before. Its texts are gone with the verdict.
///
/// Threads: any number at once.
///
/// Errors: `MHL_STATUS_NOT_FOUND` for an index beyond `mhl_answer.nodes`;
/// `MHL_STATUS_STRUCT_SIZE`.
///
/// # Safety
/// `verdict` is NULL or a verdict that was not freed; `node` is NULL or a struct whose `struct_size`
/// is set; `error` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_verdict_node(
    verdict: *const Verdict,
    index: u64,
    node: *mut ProofNode,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let (verdict, output) = (lent(verdict, "verdict")?, to_fill(node)?);
            output.write(item(&verdict.steps, index, "step")?.node());
            Ok(())
        })
    }
}

/// Writes what the step at an index rests on, by a second index from 0. Set `reference->struct_size`
/// before. Its text is gone with the verdict.
///
/// Threads: any number at once.
///
/// Errors: `MHL_STATUS_NOT_FOUND` for an index beyond `mhl_answer.nodes`, or a second one
/// beyond `mhl_proof_node.references`; `MHL_STATUS_STRUCT_SIZE`.
///
/// # Safety
/// `verdict` is NULL or a verdict that was not freed; `reference` is NULL or a struct whose
/// `struct_size` is set; `error` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_verdict_reference(
    verdict: *const Verdict,
    node: u64,
    index: u64,
    reference: *mut ProofReference,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let (verdict, output) = (lent(verdict, "verdict")?, to_fill(reference)?);
            let step = item(&verdict.steps, node, "step")?;
            let (kind, value) = item(&step.references, index, "reference")?;
            output.write(ProofReference {
                struct_size: size_of::<ProofReference>(),
                kind: *kind,
                value: Text::of(value),
            });
            Ok(())
        })
    }
}

/// Writes a step that does not hold, by index from 0, in the order of the proof: what the answer rests
/// on, and what is only mentioned. Set `reason->struct_size` before. Its text is gone with the
/// verdict.
///
/// Threads: any number at once.
///
/// Errors: `MHL_STATUS_NOT_FOUND` for an index beyond `mhl_answer.reasons`;
/// `MHL_STATUS_STRUCT_SIZE`.
///
/// # Safety
/// `verdict` is NULL or a verdict that was not freed; `reason` is NULL or a struct whose
/// `struct_size` is set; `error` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mhl_verdict_reason(
    verdict: *const Verdict,
    index: u64,
    reason: *mut ProofReason,
    error: *mut *mut Error,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let (verdict, output) = (lent(verdict, "verdict")?, to_fill(reason)?);
            let Reasoned { node, decides, remedy } = item(&verdict.reasons, index, "reason")?;
            output.write(ProofReason {
                struct_size: size_of::<ProofReason>(),
                node: *node as u64,
                decides: u32::from(*decides),
                remedy: Text::of_optional(remedy.as_deref()),
            });
            Ok(())
        })
    }
}
