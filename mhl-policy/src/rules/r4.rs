use super::Rule;
use crate::{
    Truth,
    case::Case,
    media::{Medium, MediumKind},
    verdict::Node,
};

pub(super) const RULE: Rule = Rule::minimum(
    "R4",
    "RAID 0 is only acceptable for temporary transfer/shuttle drives, and not for backup purposes.",
);

/// A barred RAID counts for nothing, whatever its role.
pub(super) fn judge(case: &Case<'_>, subject: &str, medium: Option<&Medium>) -> Node {
    let barred = &case.profile.media.raid_levels_barred;
    let (outcome, reason) = match medium.map(|medium| (&medium.kind, &medium.level)) {
        Some((Some(MediumKind::Raid), Some(level))) if barred.contains(level) => {
            (Truth::No, format!("RAID {level} is no backup"))
        }
        Some((Some(MediumKind::Raid), None)) => {
            (Truth::Unknown, "the level of the RAID is not recorded".to_owned())
        }
        Some((Some(MediumKind::Other(_)) | None, _)) | None => {
            (Truth::Unknown, "the kind of medium is unknown".to_owned())
        }
        Some(_) => (Truth::Yes, "it is no barred RAID".to_owned()),
    };
    Node::new(&RULE, subject, outcome, reason)
}

#[cfg(test)]
mod tests {
    use super::super::tests::*;

    #[test]
    fn table_of_cases() {
        let cases = [
            ("RAID 5", day(), Yes),
            (
                "RAID 0 for transfer",
                patched("medium", "serial:SET", json!({"level": "RAID 0", "role": "temporary"})),
                No,
            ),
            (
                "RAID of unknown level",
                patched("medium", "serial:SET", json!({"level": null})),
                Unknown,
            ),
        ];
        table(&super::RULE, "serial:SET", &cases);
    }
}
