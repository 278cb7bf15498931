use super::file::Plan;
use crate::{Profile, Truth, rules::R4_PLANNED as RULE, verdict::Node};

/// A drive that the profile bars holds up the work like any other, and counts for nothing.
pub(super) fn judge(plan: &Plan, profile: &Profile) -> Vec<Node> {
    let raids = plan.chain.drives.iter().filter_map(|drive| Some((drive, drive.raid.as_ref()?)));
    raids
        .map(|(drive, level)| {
            let barred = profile.media.raid_levels_barred.contains(level);
            let reason = match barred {
                true => {
                    format!("RAID {level} is for transfer alone: what is on it counts as no copy")
                }
                false => format!("RAID {level}"),
            };
            Node::new(&RULE, drive.name.as_str(), Truth::from(!barred), reason)
                .remedied(|| "plan the copies without it")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::tests::PLAN;

    #[test]
    fn table_of_cases() {
        for (level, outcome) in
            [("0", Truth::No), ("RAID-0", Truth::No), ("5", Truth::Yes), ("z2", Truth::Yes)]
        {
            let text = PLAN.replace("raid = \"5\"", &format!("raid = \"{level}\""));
            let nodes = judge(&Plan::from_toml(&text).unwrap(), &Profile::default());
            let [node] = nodes.as_slice() else { panic!("one drive is a RAID: {nodes:?}") };
            assert_eq!((node.subject.as_str(), node.outcome), ("RAID", outcome), "{level}");
        }
    }
}
