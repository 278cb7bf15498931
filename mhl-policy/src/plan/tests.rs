//! A plan in full, and what holds of every plan.

use super::*;
use crate::{Profile, Truth};
use proptest::prelude::*;

/// A plan with every stage. 2.4 TB a day.
pub(super) const PLAN: &str = r#"name = "Harbour"
genre = "scripted"

[shooting]
data_per_day = "2.4 TB"
rest = "0 h"

[cards]
size = "1 TB"
at_hand = 7
margin = 2
agreed_by = ["producer"]

[chain.card]
read = "800 MB/s"
[chain.reader]
read = "1 GB/s"
interface = "usb-3.2-gen-2"

[[chain.drives]]
name = "RAID"
raid = "5"
write = "900 MB/s"
read = "1 GB/s"
interface = "thunderbolt-3"

[[chain.drives]]
name = "shuttle"
write = "800 MB/s"
read = "500 MB/s"

[chain.lto]
generation = 8
drives = 2
from = "RAID"
interface = "sas-3"

[chain.hub]
bandwidth = "1 Gbit/s"
from = "RAID"

[clearance]
qc = { by = "dailies lab", within = "6 h" }
evaluation = { by = "Editorial", within = "6 h" }
"#;

fn schedule(text: &str) -> Result<Schedule, PlanError> {
    Plan::from_toml(text)?.schedule(&Rates::published(), &Profile::default())
}

fn time(schedule: &Schedule, kind: StageKind) -> Option<u64> {
    let stage = schedule.stages.iter().find(|stage| stage.kind == kind)?;
    stage.time.map(Span::milliseconds)
}

#[test]
fn the_sums_are_these() {
    let schedule = schedule(PLAN).unwrap();
    let times: Vec<(StageKind, u64)> =
        schedule.stages.iter().map(|s| (s.kind, s.time.unwrap().milliseconds())).collect();
    assert_eq!(
        times,
        [
            (StageKind::Copy, 3_000_000), // at the card's and the shuttle's 800 MB/s
            (StageKind::ReadBack, 4_800_000), // at the shuttle's 500 MB/s
            (StageKind::TapeWrite, 3_333_334), // two tapes of 360 MB/s
            (StageKind::TapeVerify, 3_333_334),
            (StageKind::Upload, 19_200_000), // 125 MB/s
        ]
    );
    assert_eq!(schedule.total, Some(Span::from_milliseconds(33_666_668)));
    assert_eq!(schedule.bottleneck, Some(StageKind::Upload));
    let change = schedule.change.unwrap();
    assert_eq!(
        (change.raise.as_slice(), change.to.to_string()),
        (&["upload".to_owned()][..], "500 MB/s".into())
    );
    assert_eq!(change.stage_time, Span::from_milliseconds(4_800_000));
    assert_eq!(change.total, Span::from_milliseconds(33_666_668 - 19_200_000 + 4_800_000));
    let governing: Vec<&str> =
        schedule.stages[0].governed_by().iter().map(|link| link.component.as_str()).collect();
    assert_eq!(governing, ["card", "shuttle"]);
}

#[test]
fn what_governs_together_is_changed_together() {
    let text = PLAN
        .replace("\"1 Gbit/s\"", "\"8 Gbit/s\"")
        .replace("read = \"500 MB/s\"", "read = \"900 MB/s\"");
    let text = text.replace("generation = 8", "generation = 9");
    let schedule = schedule(&text).unwrap();
    assert_eq!(schedule.bottleneck, Some(StageKind::Copy), "the first of equals");
    let change = schedule.change.unwrap();
    assert_eq!(change.raise, ["card", "shuttle"]);
    assert_eq!(change.to.to_string(), "900 MB/s");
}

#[test]
fn where_all_are_as_fast_nothing_single_helps() {
    let text = "name = \"x\"\ngenre = \"nonfiction\"\n[shooting]\ncameras = 2\n\
                hours_per_day = \"2 h\"\ndata_rate = \"100 MB/s\"\n[cards]\nsize = \"1 TB\"\n\
                at_hand = 4\nmargin = 0\n[chain.card]\nread = \"1 GB/s\"\n[chain.reader]\n\
                read = \"1 GB/s\"\n[[chain.drives]]\nname = \"a\"\nwrite = \"1 GB/s\"\n\
                read = \"1 GB/s\"\n";
    let schedule = schedule(text).unwrap();
    assert_eq!(schedule.data_per_day.to_string(), "1.4 TB");
    assert_eq!(schedule.change, None);
    assert_eq!(schedule.total.unwrap().to_string(), "48 min");
    assert!(schedule.to_string().contains("nothing in the chain is faster"), "{schedule}");
}

#[test]
fn an_unknown_rate_leaves_the_sums_unknown_and_is_found() {
    let schedule = schedule(&PLAN.replacen("read = \"500 MB/s\"\n", "", 1)).unwrap();
    assert_eq!((schedule.total, schedule.bottleneck, &schedule.change), (None, None, &None));
    assert_eq!(time(&schedule, StageKind::ReadBack), None);
    assert_eq!(time(&schedule, StageKind::Copy), Some(3_000_000), "what is known is told");
    let found: Vec<(&str, &str)> =
        schedule.findings().map(|node| (node.rule, node.subject.as_str())).collect();
    assert_eq!(found, [("B2", "the chain"), ("B2", "offload"), ("N1", "cards")]);
    assert_eq!(schedule.followed(), Truth::Unknown);
    assert!(schedule.to_string().contains("shuttle (read)"), "{schedule}");
}

#[test]
fn a_named_rate_counts_by_what_of_it_is_usable() {
    let text = PLAN.replace("read = \"800 MB/s\"", "read = \"cfast-2\"");
    let schedule = schedule(&text).unwrap();
    assert_eq!(schedule.stages[0].rate.unwrap().to_string(), "480 MB/s", "80 % of 600");
    let link = &schedule.stages[0].links[0];
    assert_eq!(link.basis.to_string(), "cfast-2: 80 % of 600 MB/s");
}

#[test]
fn more_readers_and_tapes_at_once_are_faster_and_more_copies_slower() {
    let two = PLAN.replace("[chain.reader]", "[chain.reader]\ncount = 2");
    let two = two.replace("write = \"800 MB/s\"", "write = \"1.2 GB/s\"");
    let with = schedule(&two).unwrap();
    assert_eq!(with.stages[0].rate.unwrap().to_string(), "900 MB/s", "now the RAID governs");
    let copies = PLAN.replace("drives = 2", "drives = 2\ncopies = 2");
    let with = schedule(&copies).unwrap();
    assert_eq!(time(&with, StageKind::TapeVerify), Some(6_666_667));
}

#[test]
fn a_reader_has_its_own_rate_its_interface_s_or_both() {
    let reader = "read = \"1 GB/s\"\ninterface = \"usb-3.2-gen-2\"\n";
    let governing = |given: &str| {
        let text = PLAN.replace(reader, given);
        assert_ne!(text, PLAN, "{given}");
        let stage = schedule(&text).unwrap().stages.remove(0);
        let names: Vec<String> =
            stage.governed_by().iter().map(|link| link.component.clone()).collect();
        (names.join(", "), stage.rate.map(|rate| rate.to_string()))
    };
    let told = |name: &str, rate: &str| (name.to_owned(), Some(rate.to_owned()));
    let slow = "read = \"300 MB/s\"\n";
    assert_eq!(governing(slow), told("reader", "300 MB/s"));
    let both = format!("{slow}interface = \"usb-3.2-gen-2\"\n");
    assert_eq!(governing(&both), told("reader", "300 MB/s"));
    assert_eq!(
        governing("interface = \"usb-3.2-gen-1\"\n"),
        told("reader's interface", "400 MB/s")
    );
    assert_eq!(governing(""), (String::new(), None), "nobody said, and nothing governs");
}

/// What is told of advice that is not followed says what to do.
#[test]
fn each_finding_has_its_remedy() {
    let no_hub = PLAN.replace("[chain.hub]\nbandwidth = \"1 Gbit/s\"\nfrom = \"RAID\"\n", "");
    for (text, subject, reason, remedy) in [
        (
            PLAN.replace("at_hand = 7", "at_hand = 6"),
            "cards",
            "7 needed, 6 at hand",
            "1 more card, or a shorter way to clearance",
        ),
        (
            PLAN.replace("at_hand = 7", "at_hand = 0"),
            "cards",
            "7 needed, 0 at hand",
            "7 more cards, or a shorter way to clearance",
        ),
        (
            PLAN.replace("\"1 Gbit/s\"", "\"10 Mbit/s\""),
            "cards",
            "the chain falls behind each day: no number of cards is enough for long",
            "first a chain that keeps up",
        ),
        (
            PLAN.replace("\"1 Gbit/s\"", "\"10 Mbit/s\""),
            "upload",
            "533 h 20 min for a day's material, and a day has 24 h for it: it falls behind",
            "a faster chain, more of it side by side, or less data",
        ),
        (
            PLAN.replace("qc = { by = \"dailies lab\", within = \"6 h\" }\n", ""),
            "cards",
            "nobody said how long it takes until a card is cleared: visual QC",
            "say who looks at the material and when that is done, and every rate",
        ),
        (
            PLAN.replace("read = \"500 MB/s\"\n", ""),
            "offload",
            "its time is unknown",
            "state, name or measure each rate",
        ),
        (
            PLAN.replace("write = \"800 MB/s\"", "write = \"700 MB/s\""),
            "shuttle",
            "it writes 700 MB/s, and the source gives 800 MB/s",
            "a drive that writes 800 MB/s",
        ),
        (
            no_hub.replace("generation = 8", "generation = 9"),
            "the final archive",
            "the profile accepts none of these: LTO-9",
            "plan LTO-6, LTO-7, LTO-8, or a content hub or a RAID in the role final with the approval of netflix",
        ),
        (
            no_hub.split("[chain.lto]").next().unwrap().to_owned(),
            "the final archive",
            "the chain ends in none",
            "plan LTO-6, LTO-7, LTO-8, or a content hub or a RAID in the role final with the approval of netflix",
        ),
    ] {
        let schedule = schedule(&text).unwrap();
        let found = schedule.findings().find(|node| node.subject == subject);
        let found = found.unwrap_or_else(|| panic!("{subject}: {schedule}"));
        assert_eq!((found.reason.as_str(), found.remedy.as_deref()), (reason, Some(remedy)));
    }
    let yes = schedule(&PLAN.replace("generation = 8", "generation = 9")).unwrap();
    let archive = yes.judgements.iter().find(|node| node.rule == "F1").unwrap();
    assert_eq!(archive.reason, "a content hub with the approval of netflix");
    let chain = yes.judgements.iter().find(|node| node.subject == "the chain").unwrap();
    assert_eq!(chain.reason, "every rate is known");
}

#[test]
fn measured_rates_go_before_all_others() {
    let mut text = PLAN.replace("read = \"800 MB/s\"", "read = \"800 MB/s\"\nseen_as = \"/media\"");
    text = text.replace("raid = \"5\"", "raid = \"5\"\nseen_as = \"fs:AAAA\"");
    let plan = Plan::from_toml(&text).unwrap();
    let mut report = mhl_core::Report::new(
        mhl_core::Operation::Offload,
        mhl_core::Place::new("/media/A001", None),
    );
    let raid = mhl_core::Place::new("/mnt/raid/A001", Some("fs:AAAA".into()));
    report.copies.push(mhl_core::CopyReport::new(raid));
    // A phase has no constructor: it is read as it was written.
    let phase = |copy: &str, busy: u64| {
        serde_json::from_str(&format!(
            r#"{{"phase":"copy",{copy}"started":"","finished":"","bytes":1000000,"busy_ms":{busy}}}"#
        ))
        .unwrap()
    };
    report.phases = vec![phase("", 2), phase("\"copy\":0,", 4)];
    let schedule =
        plan.schedule(&Rates::published().measured_by(&report), &Profile::default()).unwrap();
    let links: Vec<(&str, String)> = schedule.stages[0]
        .links
        .iter()
        .map(|link| (link.component.as_str(), link.rate.unwrap().to_string()))
        .collect();
    assert_eq!(
        links,
        [
            ("card and reader", "500 MB/s".to_owned()),
            ("RAID", "250 MB/s".to_owned()),
            ("shuttle", "800 MB/s".to_owned()),
        ]
    );
    assert_eq!(schedule.stages[1].links[0].basis, Basis::Stated, "nobody measured reading");
}

/// What is said twice, not at all, or cannot be.
#[test]
fn impossible_plans_are_refused_where_they_are() {
    for (from, to, says) in [
        (
            "genre = \"scripted\"",
            "genre = \"musical\"",
            "genre is \"musical\"; expected scripted or nonfiction",
        ),
        ("genre = \"scripted\"", "", "missing field `genre`"),
        ("[cards]", "[cards]\ncolour = \"red\"", "unknown field `colour`"),
        ("[shooting]", "[shooting]\ncameras = 2", "shooting is data_per_day and cameras; expected"),
        ("data_per_day = \"2.4 TB\"", "", "shooting is neither; expected data_per_day, or"),
        ("data_per_day = \"2.4 TB\"", "cameras = 2", "shooting is cameras alone"),
        ("data_per_day = \"2.4 TB\"", "data_per_day = \"0 TB\"", "shooting.data_per_day is 0 B"),
        (
            "data_per_day = \"2.4 TB\"",
            "data_per_day = \"2,4 TB\"",
            "\"2,4 TB\" is no amount of data",
        ),
        ("data_per_day = \"2.4 TB\"", "data_per_day = 2.4", "invalid type"),
        (
            "data_per_day = \"2.4 TB\"",
            "cameras = 0\nhours_per_day = \"1 h\"\ndata_rate = \"1 MB/s\"",
            "nonzero",
        ),
        (
            "data_per_day = \"2.4 TB\"",
            "cameras = 1\nhours_per_day = \"0 h\"\ndata_rate = \"1 MB/s\"",
            "shooting.hours_per_day is nothing",
        ),
        (
            "data_per_day = \"2.4 TB\"",
            "cameras = 4294967295\nhours_per_day = \"200000000 d\"\ndata_rate = \"18 EB/s\"",
            "no rate",
        ),
        (
            "data_per_day = \"2.4 TB\"",
            "cameras = 4294967295\nhours_per_day = \"200000000 d\"\ndata_rate = \"18000 PB/s\"",
            "data of a shooting day is past",
        ),
        ("size = \"1 TB\"", "size = \"0 B\"", "cards.size is 0 B; expected more than nothing"),
        ("at_hand = 7", "at_hand = -1", "invalid value"),
        ("margin = 2\n", "", "missing field `margin`"),
        ("[\"producer\"]", "[\"producer\", \" \"]", "cards.agreed_by[1] is empty; expected a role"),
        (
            "[chain.card]",
            "[chain]\nhours_per_day = \"25 h\"\n[chain.card]",
            "chain.hours_per_day is 25 h",
        ),
        (
            "[chain.card]",
            "[chain]\nhours_per_day = \"0 h\"\n[chain.card]",
            "chain.hours_per_day is 0 s",
        ),
        ("name = \"shuttle\"", "name = \"RAID\"", "chain.drives[1].name is \"RAID\" again"),
        ("name = \"shuttle\"", "name = \"\"", "chain.drives[1].name is empty"),
        (
            "name = \"shuttle\"",
            "name = \"upload\"",
            "chain.drives[1].name is \"upload\"; expected a name that nothing else",
        ),
        (
            "drives = 2\nfrom = \"RAID\"",
            "drives = 2\nfrom = \"NAS\"",
            "chain.lto.from is \"NAS\"; expected the name of a drive: RAID, shuttle",
        ),
        ("drives = 2", "drives = 0", "nonzero"),
        ("write = \"800 MB/s\"", "write = \"0 MB/s\"", "\"0 MB/s\" is no rate"),
        ("write = \"800 MB/s\"", "write = \"800\"", "\"800\" is no rate"),
        (
            "\"sas-3\"",
            "\"sas-33\"",
            "chain.lto.interface names the rate \"sas-33\"; known are 10-gigabit-ethernet,",
        ),
        ("\"thunderbolt-3\"", "\"thunderbold\"", "chain.drives[0].interface names the rate"),
        ("within = \"6 h\"", "within = \"soon\"", "\"soon\" is no time"),
    ] {
        let text = PLAN.replacen(from, to, 1);
        assert_ne!(text, PLAN, "{from}");
        let said = schedule(&text).unwrap_err().to_string();
        assert!(said.contains(says), "{to}: {said}");
    }
    let none = PLAN.split("[[chain.drives]]").next().unwrap();
    assert!(schedule(none).unwrap_err().to_string().contains("missing field `drives`"));
    let empty = PLAN.split("[chain.card]").next().unwrap().to_owned() + "[chain]\ndrives = []\n";
    assert!(schedule(&empty).unwrap_err().to_string().contains("chain.drives is none"));
}

#[test]
fn what_no_number_holds_is_an_error() {
    for (from, to, what) in [
        ("at_hand = 7\nmargin = 2", "at_hand = 7\nmargin = 18446744073709551615", None),
        ("drives = 2", "drives = 2\ncopies = 4294967295", None),
        ("\"2.4 TB\"", "\"18000 PB\"", Some("data for all tapes")),
        ("write = \"800 MB/s\"", "write = \"1 B/s\"", Some("time of a stage")),
    ] {
        let mut text = PLAN.replacen(from, to, 1);
        if what == Some("data for all tapes") {
            text = text.replacen("drives = 2", "drives = 2\ncopies = 2", 1);
        } else if what == Some("time of a stage") {
            text = text.replacen("\"2.4 TB\"", "\"18000 PB\"", 1);
        }
        assert_ne!(text, PLAN);
        match (schedule(&text), what) {
            (Err(PlanError::TooLarge { what: found }), Some(what)) => assert_eq!(found, what),
            (Err(PlanError::TooLarge { .. }), None) => {}
            // TOML holds whole numbers of 63 bits alone; so many tapes fall behind.
            (Err(PlanError::Toml { .. }), None) => {}
            (Ok(schedule), None) => assert_eq!(schedule.followed(), Truth::No),
            (other, what) => panic!("{to}: {what:?}: {other:?}"),
        }
    }
}

#[test]
fn text_stays_within_eighty_columns() {
    let long = PLAN.replace(
        "Harbour",
        "A very long name of a production that goes on and on, with \u{202e}turns",
    );
    for text in [PLAN, &long, &PLAN.replace("read = \"500 MB/s\"\n", "")] {
        let told = schedule(text).unwrap().to_string();
        assert!(told.lines().all(|line| line.chars().count() <= 80), "{told}");
        assert!(!told.contains('\u{202e}'));
    }
}

#[test]
fn json_tells_the_same() {
    let schedule = schedule(PLAN).unwrap();
    let json: serde_json::Value = serde_json::from_str(&schedule.to_json()).unwrap();
    assert_eq!((&json["schema"], &json["status"]), (&"mhl.plan/1".into(), &"followed".into()));
    assert_eq!(json["total_milliseconds"], 33_666_668);
    assert_eq!(json["stages"][4]["kind"], "upload");
    assert_eq!(json["stages"][4]["governed_by"][0], "upload");
    assert_eq!(json["stages"][0]["links"][0]["basis"]["from"], "stated");
    assert_eq!(json["change"]["raise"][0], "upload");
    assert_eq!(json["cards"]["needed"], 7);
    assert_eq!(json["counts"]["followed"], 10);
    assert_eq!(json["profile"], "netflix-production-assets-2026");
}

/// A plan whose every rate may be unknown.
fn plan_of(rates: &[Option<u64>; 7], data: u64, at_hand: u64, readers: u32, tapes: u32) -> String {
    let rate = |key: &str, rate: Option<u64>| {
        rate.map_or(String::new(), |rate| format!("{key} = \"{rate} B/s\"\n"))
    };
    let [card, reader, write, read, write2, read2, upload] = *rates;
    format!(
        "name = \"x\"\ngenre = \"nonfiction\"\n[shooting]\ndata_per_day = \"{data} B\"\n\
         [cards]\nsize = \"1 TB\"\nat_hand = {at_hand}\nmargin = 1\n[chain.card]\n{}[chain.reader]\n\
         count = {readers}\n{}[[chain.drives]]\nname = \"a\"\n{}{}[[chain.drives]]\nname = \"b\"\n{}{}\
         [chain.lto]\ngeneration = 8\ndrives = {tapes}\nfrom = \"a\"\n[chain.hub]\nfrom = \"b\"\n{}",
        rate("read", card),
        rate("read", reader),
        rate("write", write),
        rate("read", read),
        rate("write", write2),
        rate("read", read2),
        rate("bandwidth", upload),
    )
}

fn any_rates() -> impl Strategy<Value = [Option<u64>; 7]> {
    let rate = || prop_oneof![1 => Just(None), 12 => (1_000_000_u64..3_000_000_000).prop_map(Some)];
    [rate(), rate(), rate(), rate(), rate(), rate(), rate()]
}

const fn worse(truth: Truth) -> u8 {
    match truth {
        Truth::Yes => 0,
        Truth::Unknown => 1,
        Truth::No => 2,
    }
}

proptest! {
    /// A stage is the slowest link, and the total the sum of the stages, or unknown with one of them.
    #[test]
    fn totals_are_sums(rates in any_rates(), data in 1_u64..20_000_000_000_000, tapes in 1_u32..4) {
        let schedule = schedule(&plan_of(&rates, data, 9, 1, tapes)).unwrap();
        let known = rates.iter().all(Option::is_some);
        prop_assert_eq!(schedule.total.is_some(), known);
        let sum: Option<u64> = schedule.stages.iter().map(|s| s.time.map(Span::milliseconds)).sum();
        prop_assert_eq!(schedule.total.map(Span::milliseconds), sum);
        prop_assert_eq!(schedule.bottleneck.is_some(), known);
        for stage in &schedule.stages {
            let slowest = stage.links.iter().map(|link| link.rate).min().flatten();
            prop_assert_eq!(stage.rate, slowest, "none before any other: an unknown link hides the rest");
        }
        if let Some(total) = schedule.total {
            let longest = schedule.stages.iter().map(|s| s.time.unwrap()).max().unwrap();
            let named = schedule.stages.iter().find(|s| Some(s.kind) == schedule.bottleneck).unwrap();
            prop_assert_eq!(named.time, Some(longest));
            if let Some(change) = &schedule.change {
                prop_assert!(change.total < total && change.to > change.from);
                prop_assert!(change.stage_time < longest);
            }
        }
    }

    /// Nothing that gets faster makes the plan slower, or adds a card.
    #[test]
    fn faster_is_never_slower(
        rates in any_rates(), data in 1_u64..20_000_000_000_000, which in 0_usize..7, more in 1_u64..1_000_000_000,
    ) {
        let mut faster = rates;
        faster[which] = faster[which].map(|rate| rate + more);
        let [slow, fast] = [rates, faster].map(|rates| schedule(&plan_of(&rates, data, 9, 1, 1)).unwrap());
        for (slow, fast) in slow.stages.iter().zip(&fast.stages) {
            prop_assert!(fast.time <= slow.time);
        }
        prop_assert!(fast.total <= slow.total);
        if let (Some(slow), Some(fast)) = (slow.cards.needed, fast.cards.needed) {
            prop_assert!(fast <= slow);
        }
    }

    /// Another reader or tape drive never makes it slower.
    #[test]
    fn more_at_once_is_never_slower(rates in any_rates(), readers in 1_u32..5, tapes in 1_u32..5) {
        let plan = |readers, tapes| schedule(&plan_of(&rates, 2_000_000_000_000, 9, readers, tapes)).unwrap();
        let few = plan(readers, tapes);
        prop_assert!(plan(readers + 1, tapes).total <= few.total);
        prop_assert!(plan(readers, tapes + 1).total <= few.total);
    }

    /// A card more at hand never adds a finding; less data never does either, of the chain and cards.
    #[test]
    fn more_cards_never_add_a_finding(rates in any_rates(), data in 1_u64..20_000_000_000_000, at_hand in 0_u64..30, more in 0_u64..30) {
        let few = schedule(&plan_of(&rates, data, at_hand, 1, 1)).unwrap();
        let many = schedule(&plan_of(&rates, data, at_hand + more, 1, 1)).unwrap();
        prop_assert!(many.findings().count() <= few.findings().count());
        let less = schedule(&plan_of(&rates, data.div_ceil(2), at_hand, 1, 1)).unwrap();
        for (less, full) in less.judgements.iter().zip(&few.judgements) {
            prop_assert!(worse(less.outcome) <= worse(full.outcome), "{} {}", less.rule, less.subject);
        }
    }

    /// No edit of a plan is a panic, in reading it, in reckoning or in telling.
    #[test]
    fn every_edit_is_a_plan_or_an_error(
        at in 0..PLAN.len(), length in 0_usize..40,
        more in "|[0-9]{1,22}|0\\.[0-9]{1,12}|\"|\n|[a-z =\\[\\]]{1,8}|\"18000 PB/s\"|\"1 B\"|\"200000000 d\"",
    ) {
        let mut text = PLAN.to_owned();
        text.replace_range(at..(at + length).min(PLAN.len()), &more);
        if let Ok(schedule) = schedule(&text) {
            let _ = (schedule.to_string(), schedule.to_json(), schedule.to_svg());
        }
    }

    /// To take a rate away never follows more advice than before, and the same plan is the same bytes.
    #[test]
    fn unknown_is_never_yes(rates in any_rates(), which in 0_usize..7) {
        let mut less = rates;
        less[which] = None;
        let full = schedule(&plan_of(&rates, 2_000_000_000_000, 9, 1, 1)).unwrap();
        let less = schedule(&plan_of(&less, 2_000_000_000_000, 9, 1, 1)).unwrap();
        for (less, full) in less.judgements.iter().zip(&full.judgements) {
            prop_assert!(less.outcome != Truth::Yes || full.outcome == Truth::Yes, "{} {}", less.rule, less.subject);
        }
        prop_assert!(less.followed() != Truth::Yes);
        let again = schedule(&plan_of(&rates, 2_000_000_000_000, 9, 1, 1)).unwrap();
        prop_assert_eq!(full.to_json(), again.to_json());
        prop_assert_eq!(full.to_svg(), again.to_svg());
    }
}
