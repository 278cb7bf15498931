use super::Rule;
use crate::{
    Truth,
    copy::Seen,
    verdict::{Node, Reference},
};

pub(super) const RULE: Rule = Rule::minimum(
    "C2",
    "A unique machine-readable checksum manifest (e.g., MHL) should be generated with every offload and accompany the files through all the transfers, including final delivery.",
);

/// A list stands with the copy.
pub(super) fn judge(subject: &str, seen: &Seen) -> Node {
    let event = Reference::Event(seen.at.clone());
    match &seen.found.manifest {
        Some(manifest) => Node::new(&RULE, subject, Truth::Yes, "its manifest is with it")
            .citing([event, Reference::Manifest(manifest.c4.clone())]),
        None => Node::new(&RULE, subject, Truth::No, "no manifest was found with it")
            .remedied(|| "bring the manifest to the copy's root and verify it".to_owned())
            .citing([event]),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::*;

    #[test]
    fn table_of_cases() {
        let cases = [
            (
                "a later run was cancelled before it looked",
                day_and([changed(verify("A001", "/set/A001", "serial:SET"), |r| {
                    r.copies[0].status = mhl_core::Status::Cancelled;
                    r.copies[0].manifest = None;
                })]),
                Yes,
            ),
            ("the manifest is there", day(), Yes),
            ("no manifest", reported("A001", |r| r.copies[0].manifest = None), No),
            (
                "gone when it was last verified",
                day_and([changed(verify("A001", "/set/A001", "serial:SET"), |r| {
                    r.copies[0].manifest = None
                })]),
                No,
            ),
        ];
        table(&super::RULE, "serial:SET", &cases);
    }
}
