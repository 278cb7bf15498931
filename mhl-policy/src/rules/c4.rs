use super::Rule;
use crate::{
    Truth,
    case::Current,
    copy::Seen,
    verdict::{Node, Reference},
};

pub(super) const RULE: Rule = Rule::minimum(
    "C4",
    "After the original checksum-verified copy with machine-readable checksum manifests (e.g., MHL) has been completed, any subsequent copies should be validated against the checksum values from the original copy to ensure chain of custody.",
);

/// The copy was compared with the roll's own list: content for content, the one that the card
/// held.
pub(super) fn judge(current: &Current<'_>, subject: &str, seen: &Seen) -> Node {
    let (outcome, reason) = match (current.content, &seen.content) {
        (Some(roll), Some(copy)) if *roll == **copy => {
            (Truth::Yes, "it was compared with the values of the original copy")
        }
        (Some(_), Some(_)) => (Truth::No, "it was compared with other values than the original's"),
        (None, _) => (Truth::Unknown, "what the card holds now is unknown"),
        (_, None) => (Truth::Unknown, "what it was compared with is unknown"),
    };
    Node::new(&RULE, subject, outcome, reason)
        .remedied(|| match current.content {
            Some(_) => "verify the copy against the manifest of the first offload".to_owned(),
            None => "scan the card again: offload it, or verify it".to_owned(),
        })
        .citing([Reference::Event(seen.at.clone())])
        .citing(seen.content.as_deref().map(|content| Reference::Content(content.to_owned())))
}

#[cfg(test)]
mod tests {
    use super::super::tests::*;
    use mhl_core::Status;

    #[test]
    fn table_of_cases() {
        let cases = [
            ("the values of the original", day(), Yes),
            (
                "verified against another list, more strongly",
                day_and([changed(verify("A001", "/set/A001", "serial:SET"), |r| {
                    r.copies[0].status = Status::Failed;
                    r.roll.as_mut().unwrap().content = c4("other");
                })]),
                No,
            ),
            ("no content known", reported("A001", |r| r.roll = None), Unknown),
        ];
        table(&super::RULE, "serial:SET", &cases);
        let usb = event("medium", json!({"id": "serial:USB", "kind": "raid", "level": "5"}));
        let somehow = changed(verify("A001", "/usb/A001", "serial:USB"), |r| r.roll = None);
        let cases =
            [("verified against a list that nobody names", day_and([usb, somehow]), Unknown)];
        table(&super::RULE, "serial:USB", &cases);
    }
}
