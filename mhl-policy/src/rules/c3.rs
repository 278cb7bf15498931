use super::Rule;
use crate::{
    copy::Seen,
    verdict::{Node, Reference},
};

pub(super) const RULE: Rule = Rule::minimum(
    "C3",
    "If using MHL, a single MHL should be at the root of every camera and sound roll. One MHL per roll.",
);

/// One list at the root; an ASC history is one.
pub(super) fn judge(subject: &str, seen: &Seen) -> Node {
    let at_root = seen.found.manifest.as_ref().map_or(0, |manifest| manifest.at_root);
    let reason = match at_root {
        0 => "no MHL at its root".to_owned(),
        1 => "one MHL at its root".to_owned(),
        many => format!("{many} MHLs at its root"),
    };
    Node::new(&RULE, subject, (at_root == 1).into(), reason)
        .remedied(|| "leave exactly one MHL at the copy's root, and verify it".to_owned())
        .citing([Reference::Event(seen.at.clone())])
}

#[cfg(test)]
mod tests {
    use super::super::tests::*;

    #[test]
    fn table_of_cases() {
        let cases = [
            ("one list", day(), Yes),
            (
                "two lists",
                reported("A001", |r| r.copies[0].manifest.as_mut().unwrap().at_root = 2),
                No,
            ),
            (
                "row 105: a number of lists that would wrap to one",
                reported("A001", |r| r.copies[0].manifest.as_mut().unwrap().at_root = 257),
                No,
            ),
            ("none", reported("A001", |r| r.copies[0].manifest = None), No),
        ];
        table(&super::RULE, "serial:SET", &cases);
    }
}
