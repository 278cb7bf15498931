//! A verdict as one page for people: a producer, an insurer and an auditor read it, and it stands
//! by itself.
//!
//! The page has no script and asks for nothing outside itself, and its own policy forbids both.
//! What stands against the wipe comes before everything that holds; the proof is open where the
//! answer rests on it.

pub(crate) mod html;
mod proof;

use self::html::Html;
use crate::{
    Truth,
    next::Next,
    roll::RollId,
    verdict::{Decision, JudgedCopy, Reason, Verdict},
};
use std::collections::BTreeMap;

const STYLE: &str = include_str!("page.css");

impl Verdict {
    /// The verdict as one self-contained page of HTML: the answer, what it rests on, what to do
    /// next, the copies by roll, place and medium, the whole proof, and what it is bound to.
    /// `next` is what [`next_actions`](crate::next_actions) tells for the same question.
    ///
    /// Whatever was recorded is escaped; characters that a reader would not see, or that would turn
    /// the text around, are spelled out. The same verdict is the same bytes.
    ///
    /// ```
    /// # use mhl_policy::{Ledger, Profile, Question, Time, clear, next_actions};
    /// let (ledger, profile, now) = (Ledger::new(), Profile::default(), Time::from_unix(0));
    /// let question = Question::roll("A001");
    /// let verdict = clear(&ledger, &question, &profile, now);
    /// let page = verdict.to_html(&next_actions(&ledger, &question, &profile, now));
    /// assert!(page.contains("<p class=\"word\">Withheld</p>"));
    /// ```
    #[must_use]
    pub fn to_html(&self, next: &Next) -> String {
        let mut page = Html::new();
        begin(&mut page, self);
        let reasons = self.reasons();
        let (deciding, mentioned): (Vec<_>, Vec<_>) = reasons.iter().partition(|r| r.decides);
        answer(&mut page, self, &deciding);
        write_reasons(&mut page, &deciding);
        if !next.actions.is_empty() {
            write_next(&mut page, next);
        }
        write_mentioned(&mut page, &mentioned);
        copies(&mut page, &self.copies);
        page.raw("<section id=\"proof\">\n<h2>Proof</h2>\n");
        proof::write(&mut page, &self.proof);
        page.raw("</section>\n");
        bound_to(&mut page, self);
        end(&mut page);
        page.finish()
    }
}

const fn word(decision: Decision) -> &'static str {
    match decision {
        Decision::Cleared => "Cleared",
        Decision::Withheld => "Withheld",
        Decision::Indeterminate => "Indeterminate",
    }
}

const fn class(decision: Decision) -> &'static str {
    match decision {
        Decision::Cleared => "cleared",
        Decision::Withheld => "withheld",
        Decision::Indeterminate => "indeterminate",
    }
}

/// The class of a step that holds, does not, or cannot be told, and the word for it.
const fn outcome(truth: Truth) -> (&'static str, &'static str) {
    match truth {
        Truth::Yes => ("yes", "holds"),
        Truth::No => ("no", "does not hold"),
        Truth::Unknown => ("unknown", "unknown"),
    }
}

fn begin(page: &mut Html, verdict: &Verdict) {
    page.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
        .raw(
            "<meta http-equiv=\"Content-Security-Policy\" \
             content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n\
             <meta name=\"referrer\" content=\"no-referrer\">\n\
             <link rel=\"icon\" href=\"data:,\">\n<title>",
        )
        .text(&verdict.question)
        .raw(" \u{2013} ")
        .raw(word(verdict.decision))
        .raw("</title>\n<style>\n")
        .raw(STYLE)
        .raw("</style>\n</head>\n<body>\n<main>\n<header>\n<p class=\"eyebrow\"><span>Clearance</span> <time datetime=\"")
        .text(verdict.now)
        .raw("\">")
        .text(verdict.now.to_string().replace('T', " ").replace('Z', " UTC"))
        .raw("</time></p>\n<h1>May we ")
        .name(&verdict.question)
        .raw("?</h1>\n</header>\n");
    if verdict.simulated {
        page.raw("<p id=\"simulated\">SIMULATED: no real card may be wiped by this page.</p>\n");
    }
}

/// The answer in one word and in one sentence.
fn answer(page: &mut Html, verdict: &Verdict, deciding: &[&Reason<'_>]) {
    let against = deciding.iter().filter(|reason| reason.node.outcome == Truth::No).count();
    let sentence = match verdict.decision {
        Decision::Cleared => "Every condition holds, and will hold after the wipe.".to_owned(),
        Decision::Withheld => {
            format!("{} against it.", counted(against, "thing stands", "things stand"))
        }
        Decision::Indeterminate => format!(
            "Nothing stands against it, and {} unknown. Unknown is never yes.",
            counted(deciding.len(), "thing is", "things are")
        ),
    };
    page.raw("<section id=\"verdict\" class=\"")
        .raw(class(verdict.decision))
        .raw("\">\n<p class=\"word\">")
        .raw(word(verdict.decision))
        .raw("</p>\n<p class=\"sentence\">")
        .text(sentence)
        .raw("</p>\n</section>\n");
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// Every reason that the answer rests on, with what would satisfy it.
fn write_reasons(page: &mut Html, reasons: &[&Reason<'_>]) {
    if reasons.is_empty() {
        return;
    }
    page.raw("<section id=\"reasons\">\n<h2>What it rests on</h2>\n<ul>\n");
    for Reason { node, remedy, .. } in reasons {
        let (class, told) = outcome(node.outcome);
        page.raw("<li class=\"finding ").raw(class).raw("\">\n<p><span class=\"rule\">");
        page.text(node.rule).raw("</span> <b class=\"").raw(class).raw("\">").raw(told);
        page.raw("</b> ").name(&node.subject).raw(": ").name(&node.reason).raw("</p>\n");
        if let Some(remedy) = remedy {
            page.raw("<p class=\"remedy\">To satisfy it: ").name(remedy).raw(".</p>\n");
        }
        page.raw("</li>\n");
    }
    page.raw("</ul>\n</section>\n");
}

/// What decides nothing: folded, and without a colour that alarms.
fn write_mentioned(page: &mut Html, reasons: &[&Reason<'_>]) {
    if reasons.is_empty() {
        return;
    }
    page.raw("<section id=\"mentioned\">\n<details>\n<summary>Mentioned, decides nothing: ");
    page.text(reasons.len()).raw("</summary>\n<ul>\n");
    for Reason { node, .. } in reasons {
        page.raw("<li class=\"finding\"><span class=\"rule\">").text(node.rule).raw("</span> ");
        page.name(&node.subject).raw(": ").name(&node.reason).raw("</li>\n");
    }
    page.raw("</ul>\n</details>\n</section>\n");
}

fn write_next(page: &mut Html, next: &Next) {
    page.raw("<section id=\"next\">\n<h2>What to do next</h2>\n<ol>\n");
    for action in &next.actions {
        page.raw("<li>").name(action).raw("</li>\n");
    }
    page.raw("</ol>\n<p>").text(next.outcome()).raw("</p>\n</section>\n");
}

/// Every copy, by roll, then by site and place.
fn copies(page: &mut Html, copies: &[JudgedCopy]) {
    let mut rolls: BTreeMap<&RollId, Vec<&JudgedCopy>> = BTreeMap::new();
    for copy in copies {
        rolls.entry(&copy.roll).or_default().push(copy);
    }
    if rolls.is_empty() {
        return;
    }
    page.raw("<section id=\"copies\">\n<h2>Copies</h2>\n");
    for (roll, mut copies) in rolls {
        copies.sort_by_key(|copy| (&copy.site, &copy.place, &copy.medium, &copy.root));
        page.raw("<table>\n<caption>").name(roll).raw("</caption>\n");
        page.raw("<thead><tr><th>Place</th><th>Medium</th><th>After the wipe</th></tr></thead>\n<tbody>\n");
        for copy in copies {
            write_copy(page, copy);
        }
        page.raw("</tbody>\n</table>\n");
    }
    page.raw("</section>\n");
}

fn write_copy(page: &mut Html, copy: &JudgedCopy) {
    page.raw("<tr><td>");
    match (&copy.site, &copy.place) {
        (Some(site), Some(place)) => page.name(site).raw("<small>").name(place).raw("</small>"),
        (None, Some(place)) => page.name(place).raw("<small>site not recorded</small>"),
        (_, None) => page.raw("not recorded, or on its way"),
    };
    page.raw("</td><td>").name(copy.kind.as_deref().unwrap_or("not recorded")).raw("<small>");
    match &copy.medium {
        Some(medium) => page.name(medium),
        None => page.raw("unknown medium"),
    };
    page.raw("</small><small>").name(&copy.root).raw("</small></td><td><b class=\"");
    let (class, told) = match copy.counts {
        Truth::Yes => ("yes", "counts"),
        Truth::No => ("no", "does not count"),
        Truth::Unknown => ("unknown", "may not count"),
    };
    page.raw(class).raw("\">").raw(told).raw("</b><small>");
    match copy.counts {
        Truth::Yes => match copy.grade {
            Some(grade) => page.text(grade.meaning()).raw(", grade ").text(grade.number()),
            None => page,
        },
        _ => page.name(&copy.reason),
    };
    page.raw("</small></td></tr>\n");
}

fn bound_to(page: &mut Html, verdict: &Verdict) {
    fn fact(page: &mut Html, name: impl std::fmt::Display) -> &mut Html {
        page.raw("<div><dt>").name(name).raw("</dt><dd>")
    }
    page.raw("<section id=\"bound\">\n<h2>What it is bound to</h2>\n<dl class=\"facts\">\n");
    fact(page, "Ledger").raw("line ").text(verdict.head.seq).raw("<br><code>");
    page.text(&verdict.head.digest).raw("</code></dd></div>\n");
    fact(page, "Profile").name(&verdict.profile).raw(", ").name(&verdict.profile_date);
    page.raw("<br><code>").text(&verdict.profile_digest).raw("</code></dd></div>\n");
    for (roll, content) in &verdict.contents {
        fact(page, format!("Roll {roll}")).raw("<code>");
        page.text(content.as_deref().unwrap_or("content unknown")).raw("</code></dd></div>\n");
    }
    if !verdict.media.is_empty() {
        fact(page, "To be wiped").name(crate::word::joined(&verdict.media)).raw("</dd></div>\n");
    }
    page.raw("</dl>\n<details>\n<summary>How the profile reads the rules</summary>\n<dl class=\"facts\">\n");
    for (key, reading) in &verdict.readings {
        fact(page, key).name(reading).raw("</dd></div>\n");
    }
    page.raw("</dl>\n</details>\n</section>\n");
}

fn end(page: &mut Html) {
    page.raw(
        "<footer>\n<h2>What no clearance proves</h2>\n\
         <p>That what was recorded is true: it says what was recorded, by whom and when. It holds for \
         this ledger as it stood, at this moment, by this profile. Anything that was recorded since, \
         and a card that changed since, is not in it: ask again before the wipe.</p>\n</footer>\n\
         </main>\n</body>\n</html>\n",
    );
}
