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

/// A barred RAID counts for nothing, whatever its role, and by whichever name it is recorded as one.
pub(super) fn judge(case: &Case<'_>, subject: &str, medium: Option<&Medium>) -> Node {
    let barred = &case.profile.media.raid_levels_barred;
    let other_name = medium.and_then(|medium| {
        case.raids(&medium.id).find(|(name, level)| **name != medium.id && barred.contains(*level))
    });
    let own = medium.map(|medium| (&medium.kind, &medium.level));
    let (outcome, reason) = match (own, other_name) {
        (Some((Some(MediumKind::Raid), Some(level))), _) if barred.contains(level) => {
            (Truth::No, format!("RAID {level} is no backup"))
        }
        (_, Some((name, level))) => {
            (Truth::No, format!("by its name {name} it is RAID {level}, which is no backup"))
        }
        (Some((Some(MediumKind::Raid), None)), _) => {
            (Truth::Unknown, "the level of the RAID is not recorded".to_owned())
        }
        (Some((Some(MediumKind::Other(_)) | None, _)) | None, _) => {
            (Truth::Unknown, "the kind of medium is unknown".to_owned())
        }
        (Some(_), None) => (Truth::Yes, "it is no barred RAID".to_owned()),
    };
    Node::new(&RULE, subject, outcome, reason)
}

#[cfg(test)]
mod tests {
    use super::super::tests::*;

    #[test]
    fn table_of_cases() {
        let aliased = |level| {
            let mut steps = reported("A001", |r| r.copies[0].place.device = Some("fs:1".into()));
            steps.extend([
                event("medium", json!({"id": "serial:ALIAS", "kind": "raid", "level": level})),
                changed(verify("A001", "/a/A001", "serial:ALIAS"), |r| {
                    r.copies[0].place.device = Some("fs:1".into());
                }),
            ]);
            steps
        };
        let cases = [
            ("RAID 5", day(), Yes),
            (
                "RAID 0 for transfer",
                patched("medium", "serial:SET", json!({"level": "RAID 0", "role": "temporary"})),
                No,
            ),
            ("RAID 0 by another name", aliased("0"), No),
            ("RAID 6 by another name", aliased("6"), Yes),
            (
                "RAID of unknown level",
                patched("medium", "serial:SET", json!({"level": null})),
                Unknown,
            ),
        ];
        table(&super::RULE, "serial:SET", &cases);
    }
}
