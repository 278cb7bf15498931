use super::file::Plan;
use crate::{
    Profile, Truth, media::MediumRole, rules::F1_PLANNED as RULE, verdict::Node, word::joined,
};

/// Whether the chain ends in a final archive: a tape of a generation that the profile accepts, a
/// content hub, or a RAID in the role final. Approvals are not planned but recorded: they are named.
pub(super) fn judge(plan: &Plan, profile: &Profile) -> Node {
    let archive = &profile.final_archive;
    let approver = &profile.media.approver;
    let mut formats: Vec<(Truth, String)> = Vec::new();
    if let Some(tape) = &plan.chain.lto {
        let generation = profile.media.lto_generations.contains(&tape.generation).into();
        formats
            .push((Truth::from(archive.lto).and(generation), format!("LTO-{}", tape.generation)));
    }
    if plan.chain.hub.is_some() {
        let told = format!("a content hub with the approval of {approver}");
        formats.push((archive.content_hub.into(), told));
    }
    for drive in plan.chain.drives.iter().filter(|drive| drive.role == Some(MediumRole::Final)) {
        // A final drive whose level nobody told is unknown, not none.
        let level = drive.raid.as_ref().map(|level| profile.media.raid_levels.contains(level));
        let told = format!("{} with the approval of {approver}", drive.name);
        formats.push((Truth::from(archive.raid).and(level.into()), told));
    }
    let outcome = Truth::any(formats.iter().map(|(truth, _)| *truth));
    let of = |truth| joined(formats.iter().filter(|f| f.0 == truth).map(|(_, told)| told));
    let reason = match outcome {
        Truth::Yes => of(Truth::Yes),
        Truth::Unknown => format!("it may be none: {}", of(Truth::Unknown)),
        Truth::No if formats.is_empty() => "the chain ends in none".to_owned(),
        Truth::No => format!("the profile accepts none of these: {}", of(Truth::No)),
    };
    Node::new(&RULE, "the final archive", outcome, reason).remedied(|| {
        let generations = profile.media.lto_generations.iter().map(|g| format!("LTO-{g}, "));
        let generations: String = generations.collect();
        format!("plan {generations}or a content hub or a RAID in the role final with the approval of {approver}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::tests::PLAN;

    #[test]
    fn table_of_cases() {
        let no_hub = PLAN.replace("[chain.hub]\nbandwidth = \"1 Gbit/s\"\nfrom = \"RAID\"\n", "");
        let tape =
            "[chain.lto]\ngeneration = 8\ndrives = 2\nfrom = \"RAID\"\ninterface = \"sas-3\"\n";
        let neither = no_hub.replace(tape, "");
        assert!(!neither.contains("[chain.lto]") && !neither.contains("[chain.hub]"));
        for (case, text, outcome) in [
            ("tape and hub", PLAN.to_owned(), Truth::Yes),
            ("tape", no_hub.clone(), Truth::Yes),
            ("another generation", no_hub.replace("generation = 8", "generation = 9"), Truth::No),
            (
                "another generation, and a hub",
                PLAN.replace("generation = 8", "generation = 9"),
                Truth::Yes,
            ),
            ("neither", neither.clone(), Truth::No),
            (
                "a RAID",
                neither.replace("raid = \"5\"", "raid = \"5\"\nrole = \"backup\""),
                Truth::No,
            ),
            (
                "a final RAID",
                neither.replace("raid = \"5\"", "raid = \"5\"\nrole = \"final\""),
                Truth::Yes,
            ),
            (
                "a final RAID 1",
                neither.replace("raid = \"5\"", "raid = \"1\"\nrole = \"final\""),
                Truth::No,
            ),
            (
                "final, and nobody says what",
                neither.replace("raid = \"5\"", "role = \"final\""),
                Truth::Unknown,
            ),
        ] {
            let node = judge(&Plan::from_toml(&text).unwrap(), &Profile::default());
            assert_eq!(node.outcome, outcome, "{case}: {}", node.reason);
            assert_eq!(node.remedy.is_some(), outcome != Truth::Yes, "{case}");
        }
        let strict = Profile::DEFAULT.replace("\nlto = \"yes\"", "\nlto = \"unknown\"");
        let strict = Profile::from_toml(&strict).unwrap();
        assert_eq!(judge(&Plan::from_toml(&no_hub).unwrap(), &strict).outcome, Truth::Unknown);
    }
}
