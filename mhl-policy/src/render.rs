//! A verdict for people: the answer, then everything against it with what would satisfy it, then
//! what is only mentioned, then what held. Eighty columns.

use crate::{
    Truth,
    verdict::{Level, Node, Reason, Verdict},
    word::escaped,
};
use std::fmt::{self, Write};

const COLUMNS: usize = 80;

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let simulated = if self.simulated { "SIMULATED: " } else { "" };
        let decision = self.decision.name().to_uppercase();
        paragraph(f, "", &format!("{simulated}{decision}: {}", self.question))?;
        let profile = &self.profile;
        paragraph(
            f,
            "  ",
            &format!("by {profile}, at {}, ledger line {}", self.now, self.head.seq),
        )?;
        let reasons = self.reasons();
        let deciding =
            |outcome: Truth| reasons.iter().filter(move |r| r.decides && r.node.outcome == outcome);
        section(f, "Against it", deciding(Truth::No))?;
        section(f, "Unknown", deciding(Truth::Unknown))?;
        section(f, "Mentioned, decides nothing", reasons.iter().filter(|r| !r.decides))?;
        let mut held = Vec::new();
        collect_held(&self.proof, &mut held);
        if !held.is_empty() {
            writeln!(f, "\nHeld")?;
            for node in held {
                entry(f, node)?;
            }
        }
        Ok(())
    }
}

fn section<'a>(
    f: &mut fmt::Formatter<'_>,
    title: &str,
    reasons: impl Iterator<Item = &'a Reason<'a>>,
) -> fmt::Result {
    let mut reasons = reasons.peekable();
    if reasons.peek().is_none() {
        return Ok(());
    }
    writeln!(f, "\n{title}")?;
    for Reason { node, .. } in reasons {
        entry(f, node)?;
        if let Some(remedy) = &node.remedy {
            paragraph(f, "        -> ", remedy)?;
        }
    }
    Ok(())
}

fn entry(f: &mut fmt::Formatter<'_>, node: &Node) -> fmt::Result {
    let mut head = String::new();
    write!(head, "  {:<5} ", node.rule)?;
    paragraph(f, &head, &format!("{}: {}", node.subject, node.reason))
}

/// The highest steps that hold and that a person asked for by a rule's name.
fn collect_held<'a>(node: &'a Node, held: &mut Vec<&'a Node>) {
    let named = node.rule.starts_with(|c: char| c.is_ascii_uppercase());
    if node.outcome == Truth::Yes && node.level == Level::Minimum && named && node.rule != "W2" {
        held.push(node);
    } else {
        // Single copies and attestations are for the proof.
        let single = |child: &&Node| child.rule == "copy" || child.rule == node.rule;
        node.children.iter().filter(|child| !single(child)).for_each(|child| {
            collect_held(child, held);
        });
    }
}

/// Words of a text, escaped, behind a head on the first line and below each other after it.
pub(crate) fn paragraph(f: &mut fmt::Formatter<'_>, head: &str, text: &str) -> fmt::Result {
    let indent = head.chars().count();
    let mut line = head.to_owned();
    let mut width = indent;
    for word in escaped(text).split_whitespace() {
        let length = word.chars().count();
        let space = usize::from(width > indent);
        if space == 1 && width + space + length > COLUMNS {
            writeln!(f, "{line}")?;
            line = " ".repeat(indent);
            width = indent;
        } else if space == 1 {
            line.push(' ');
            width += 1;
        }
        line.push_str(word);
        width += length;
    }
    writeln!(f, "{line}")
}
