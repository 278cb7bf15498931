use super::{
    Rule,
    copies::{self, Standing},
};
use crate::{Truth, case::Case, profile::Elsewhere, roll::RollId, verdict::Node};

pub(super) const RULE: Rule = Rule::minimum(
    "R3",
    "Keep at least one of these backups in a different geographical location from the others.",
);

/// Two counting copies on different devices at different sites, or, as the profile reads it, one
/// copy at a site where no other is.
pub(super) fn judge(case: &Case<'_>, roll: &RollId, standings: &[Standing<'_>]) -> Node {
    let outcome = match case.profile.redundancy.elsewhere {
        Elsewhere::TwoSites => Truth::any(standings.iter().map(|one| {
            let others = standings.iter().map(|other| other.counts.and(apart(case, one, other)));
            one.counts.and(Truth::any(others))
        })),
        Elsewhere::OneApart => Truth::any(standings.iter().enumerate().map(|(index, one)| {
            let others = || {
                standings.iter().enumerate().filter(|(other, _)| *other != index).map(|(_, o)| o)
            };
            let company = Truth::any(others().map(|other| other.counts));
            let alone = others().map(|other| other.counts.implies(apart(case, one, other)));
            one.counts.and(company).and(Truth::all(alone))
        })),
    };
    let reason = match outcome {
        Truth::Yes => "copies stand at different sites",
        Truth::No => "no copy that counts stands at another site than the others",
        Truth::Unknown => "whether the copies stand at different sites is unknown",
    };
    Node::new(&RULE, roll.as_str(), outcome, reason).remedied(|| match outcome {
        Truth::No => format!("take a copy of {roll} to another site and record the move"),
        _ => "record the places of the media, with their sites".to_owned(),
    })
}

/// Whether two copies stand on different devices at different sites.
fn apart(case: &Case<'_>, one: &Standing<'_>, other: &Standing<'_>) -> Truth {
    let zoned = copies::are_zoned(case);
    let devices = match (&one.device, &other.device) {
        (Some(a), Some(b)) => Truth::from(a != b),
        _ if std::ptr::eq(one.id, other.id) => Truth::No,
        _ => Truth::Unknown,
    };
    let in_transit = case.profile.conditions.in_transit_as_elsewhere.into();
    devices.and(one.place.differs(&other.place, zoned, in_transit))
}

#[cfg(test)]
mod tests {
    use super::super::tests::*;

    #[test]
    fn table_of_cases() {
        // Nobody says on which medium the second copy stands.
        let unplaced = |mut steps: Vec<Step>| {
            if let Step::Report { placements, .. } = &mut steps[9] {
                placements.retain(|placed| placed.copy != Some(1));
            }
            steps
        };
        let cases = [
            (
                "two ids of one device, at two sites",
                {
                    let mut steps = reported("A001", |r| {
                        r.copies[0].place.device = Some("fs:1".into());
                        r.copies[1].place.device = Some("fs:1".into());
                    });
                    steps.push(event(
                        "loss",
                        json!({"medium": "lto:T00001L8", "condition": "lost"}),
                    ));
                    steps
                },
                No,
            ),
            ("set and lab", day(), Yes),
            ("one site, spelled twice", patched("place", "Lab", json!({"site": " stage  5"})), No),
            ("a site without a name", patched("place", "Lab", json!({"site": null})), Unknown),
            (
                "two sites in one threat zone",
                patched("place", "Lab", json!({"zone": "river"}))
                    .into_iter()
                    .chain([event("place", json!({"id": "cart", "zone": "River"}))])
                    .collect(),
                No,
            ),
            (
                "one site with a threat zone, one without",
                patched("place", "Lab", json!({"zone": "river"})),
                Unknown,
            ),
            (
                "the copy elsewhere is still on its way",
                day_and([event(
                    "move",
                    json!({"medium": "serial:SET", "condition": "in-transit"}),
                )]),
                No,
            ),
            (
                "the only copy that may stand elsewhere is on nobody knows what",
                unplaced(patched("place", "Lab", json!({"site": "Stage 5"}))),
                Unknown,
            ),
            (
                "one copy is left, on nobody knows what: it is not apart from itself",
                unplaced(day_and(
                    ["serial:SET", "lto:T00001L8"].map(|medium| {
                        event("loss", json!({"medium": medium, "condition": "lost"}))
                    }),
                )),
                No,
            ),
            (
                "the copies that count are all at the lab",
                day_and([event("loss", json!({"medium": "serial:SET", "condition": "retired"}))]),
                No,
            ),
        ];
        table(&super::RULE, "A001", &cases);
    }

    #[test]
    fn a_copy_is_carried_away_or_its_place_recorded() {
        let said = |steps: &[Step]| said(steps, &super::RULE, "A001").1;
        let together = patched("place", "vault", json!({"site": "Stage 5"}));
        assert_eq!(said(&together), "take a copy of A001 to another site and record the move");
        assert_eq!(
            said(&without("place", "vault")),
            "record the places of the media, with their sites"
        );
    }
}
