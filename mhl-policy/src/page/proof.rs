//! The proof as a tree that opens.

use super::{html::Html, outcome};
use crate::{
    Truth,
    verdict::{Level, Node},
};

/// A step with all below it. It is open where it does not hold and binds.
pub(super) fn write(page: &mut Html, node: &Node) {
    let (class, told) = outcome(node.outcome);
    let leaf = node.children.is_empty() && node.quotation.is_empty() && node.references.is_empty();
    if leaf {
        page.raw("<div class=\"leaf ").raw(class).raw("\"><p>");
    } else {
        let open = node.outcome != Truth::Yes && node.level == Level::Minimum;
        page.raw("<details class=\"").raw(class).raw(if open { "\" open>" } else { "\">" });
        page.raw("\n<summary>");
    }
    page.raw("<span class=\"rule\">").text(node.rule).raw("</span> <b class=\"").raw(class);
    page.raw("\">").raw(told).raw("</b> ").name(&node.subject).raw(": ").name(&node.reason);
    if leaf {
        page.raw("</p></div>\n");
        return;
    }
    page.raw("</summary>\n");
    if !node.quotation.is_empty() {
        page.raw("<p class=\"quotation\">\u{201c}").text(node.quotation).raw("\u{201d}");
        page.raw(match node.level {
            Level::Minimum => "",
            Level::Ideal => " (ideally)",
            Level::Advice => " (advice)",
        });
        page.raw("</p>\n");
    }
    if !node.references.is_empty() {
        page.raw("<p class=\"references\">");
        for reference in &node.references {
            page.raw("<code>").text(reference).raw("</code> ");
        }
        page.raw("</p>\n");
    }
    for child in &node.children {
        write(page, child);
    }
    page.raw("</details>\n");
}
