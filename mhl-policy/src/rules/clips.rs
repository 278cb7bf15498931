use super::Rule;
use crate::{
    Truth,
    action::Action,
    case::Case,
    clip_report::ClipReport,
    ledger::Recorded,
    roll::RollId,
    verdict::{Node, Reference},
    word::joined,
};
use std::collections::{BTreeMap, BTreeSet};

/// The clips of reports, which are compared with the lists wherever such a report is on record.
pub(super) const RULE: Rule = Rule::minimum(
    "clips",
    "all the footage has been checked and accounted for against all relevant reports",
);

/// Every clip on a report about the roll is in the list of a roll that the report is about, or somebody
/// resolved that it is not. No report has to be on record.
pub(super) fn judge(case: &Case<'_>, roll: &RollId) -> Node {
    let reports: Vec<Node> =
        case.state.clip_reports.of(roll).map(|report| of_report(case, report)).collect();
    match reports.is_empty() {
        true => Node::new(&RULE, roll.as_str(), Truth::Yes, "no report on record names clips"),
        false => Node::all(&RULE, roll.as_str(), reports),
    }
}

fn of_report(case: &Case<'_>, Recorded { at, says, .. }: &Recorded<ClipReport>) -> Node {
    let subject = match &says.paper {
        Some(paper) => format!("{paper}, event {at}"),
        None => format!("event {at}"),
    };
    let node = |outcome, reason: String| {
        Node::new(&RULE, subject, outcome, reason).citing([Reference::Event(at.clone())])
    };
    let Some(clips) = &says.clips else {
        return node(Truth::Unknown, "which clips it names is not recorded".to_owned())
            .remedied(|| "record the report again, with its clips".to_owned());
    };
    let lists: BTreeMap<&RollId, Option<&BTreeSet<String>>> = says
        .rolls
        .iter()
        .map(|roll| {
            let content = case.current(roll).content;
            let files = content.and_then(|content| case.state.contents.get(content));
            (roll, files.filter(|files| !files.is_empty()))
        })
        .collect();
    let is_listed = |clip: &str| {
        lists.values().flatten().any(|files| files.iter().any(|path| ClipReport::names(clip, path)))
    };
    let is_open = |clip: &&String| {
        let key = (at.clone(), (*clip).clone());
        !case.state.resolutions.contains_key(&key) && !is_listed(clip)
    };
    let open: Vec<&String> = clips.iter().filter(is_open).collect();
    let unread = lists.iter().filter(|(_, files)| files.is_none()).map(|(roll, _)| *roll);
    let unread: Vec<&RollId> = unread.collect();
    if open.is_empty() {
        return node(Truth::Yes, "every clip that it names is in a list, or resolved".to_owned());
    }
    if !unread.is_empty() {
        let reason =
            format!("the list of {} is unknown, and may have {}", joined(&unread), joined(&open));
        let scan = unread.into_iter().map(|roll| Action::Scan { roll: roll.clone() });
        return node(Truth::Unknown, reason).needing(scan);
    }
    let resolve =
        open.iter().map(|clip| Action::Resolve { attestation: at.clone(), issue: (*clip).clone() });
    let resolve: Vec<Action> = resolve.collect();
    node(Truth::No, format!("in no list: {}", joined(open))).needing(resolve)
}

#[cfg(test)]
mod tests {
    use super::super::tests::*;

    fn report(data: serde_json::Value) -> Vec<Step> {
        day_and([event("clip-report", data)])
    }

    fn resolved(clip: &str) -> Vec<Step> {
        let mut steps = report(json!({"paper": "camera-reports", "rolls": ["A001"],
            "clips": ["A001C001", "A001C003", "A001C004"]}));
        let attestation = steps.len().to_string();
        let data = json!({"attestation": attestation, "issue": clip, "resolution": "never shot"});
        steps.push(event("resolution", data));
        steps
    }

    #[test]
    fn table_of_cases() {
        let both_resolved = {
            let mut steps = resolved("A001C003");
            let attestation = (steps.len() - 1).to_string();
            steps.push(event(
                "resolution",
                json!({"attestation": attestation, "issue": "A001C004", "resolution": "deleted"}),
            ));
            steps
        };
        let cases = [
            ("no report", day(), Yes),
            (
                "every clip is listed",
                report(json!({"paper": "camera-reports", "rolls": ["A001"],
                    "clips": ["A001C001", "A001C002.mxf"]})),
                Yes,
            ),
            (
                "a clip that is in no list",
                report(json!({"paper": "script-notes", "rolls": ["A001"],
                    "clips": ["A001C001", "A001C003"]})),
                No,
            ),
            ("one of two that are in no list is resolved", resolved("A001C003"), No),
            ("both are resolved", both_resolved, Yes),
            (
                "clips are not recorded",
                report(json!({"paper": "camera-reports", "rolls": ["A001"]})),
                Unknown,
            ),
            (
                "a report that names none",
                report(json!({"paper": "camera-reports", "rolls": ["A001"], "clips": []})),
                Yes,
            ),
            (
                "row 104: a report of no known kind is compared all the same",
                report(json!({"paper": "napkin", "rolls": ["A001"], "clips": ["A001C003"]})),
                No,
            ),
            (
                "a clip that may be in a roll that nobody offloaded",
                {
                    let mut steps = day();
                    steps.push(event("roll", json!({"id": "A002", "kind": "camera"})));
                    steps.push(event(
                        "clip-report",
                        json!({"rolls": ["A001", "A002"], "clips": ["A001C001", "A002C001"]}),
                    ));
                    steps
                },
                Unknown,
            ),
            (
                "a report about another roll",
                report(json!({"rolls": ["S001"], "clips": ["A001C003"]})),
                Yes,
            ),
            (
                "the card was filled up, and the clip is not in the list that stands",
                {
                    let mut steps = report(json!({"rolls": ["A001"], "clips": ["A001C002"]}));
                    steps.push(changed(offload("A001", "serial:CARD-A"), |r| {
                        r.files.pop();
                        let roll = r.roll.as_mut().unwrap();
                        (roll.files, roll.content) = (1, c4("shorter"));
                    }));
                    steps
                },
                No,
            ),
        ];
        table(&super::RULE, "A001", &cases);
        storage_table(&super::RULE, "A001", &cases[2..3]);
    }
}
