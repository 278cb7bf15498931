use std::{fs, path::Path};

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::{
    Agent, Context, Finding, FindingKind, Format, Portion, Report, SealOptions, Status,
    VerifyOptions, seal, verify,
};

fn agent() -> Agent {
    Agent::new("test", "1", "cart", "DIT")
}

/// A roll of so many clips in three folders, with a list of this format.
fn roll(at: &Path, clips: usize, format: Format) {
    for clip in 0..clips {
        let folder = at.join(["Clips", "Clips/Inner", "Sound"][clip % 3]);
        fs::create_dir_all(&folder).unwrap();
        let bytes = vec![u8::try_from(clip % 251).unwrap(); 1000 + 70_000 * (clip % 5)];
        fs::write(folder.join(format!("A001C{clip:03}.mxf")), bytes).unwrap();
    }
    fs::create_dir_all(at.join("Empty/Within")).unwrap();
    let options = SealOptions { format, ..SealOptions::default() };
    seal(at, &options, &Context::new(&agent())).unwrap();
}

/// What is wrong with a roll: everything that a verification can find without another system.
fn spoil(at: &Path) {
    fs::write(at.join("Clips/A001C000.mxf"), vec![9; 1000]).unwrap();
    fs::write(at.join("Sound/A001C005.mxf"), "shorter").unwrap();
    fs::remove_file(at.join("Clips/A001C009.mxf")).unwrap();
    fs::rename(at.join("Clips/Inner/A001C001.mxf"), at.join("Sound/renamed.mxf")).unwrap();
    fs::rename(at.join("Sound/A001C002.mxf"), at.join("Sound/a001c002.mxf")).unwrap();
    fs::write(at.join("Aside.txt"), "new").unwrap();
    fs::write(at.join(".DS_Store"), "litter").unwrap();
}

fn options(portion: Portion, dry_run: bool) -> VerifyOptions {
    VerifyOptions { portion, dry_run, ..VerifyOptions::default() }
}

fn shards_of(at: &Path, of: u32, dry_run: bool) -> Vec<Report> {
    let shard = |number| Portion::shard(Shard::new(number, of).unwrap());
    let verify = |number| verify(at, &options(shard(number), dry_run), &Context::new(&agent()));
    (1..=of).map(|number| verify(number).unwrap()).collect()
}

/// A report without times.
fn timeless(report: &Report) -> Value {
    let mut value = json!(report);
    for key in ["started", "finished"] {
        value[key] = Value::Null;
        for phase in value["phases"].as_array_mut().unwrap() {
            phase[key] = Value::Null;
        }
    }
    value
}

fn assert_merged_is_the_whole(at: &Path, of: u32) -> Report {
    let whole = verify(at, &options(Portion::Whole, true), &Context::new(&agent())).unwrap();
    let mut shards = shards_of(at, of, true);
    assert!(shards.iter().all(|shard| shard.status != Status::Verified));
    // In any order, and as they were written.
    shards.rotate_left(of as usize / 2);
    shards.reverse();
    let shards: Vec<Report> =
        shards.iter().map(|shard| Report::from_json(&shard.to_json()).unwrap()).collect();
    let merged = merge(&shards).unwrap();
    assert_eq!(timeless(&merged), timeless(&whole), "{of} shards");
    merged
}

#[test]
fn merged_shards_are_what_one_machine_says() {
    for format in [Format::Classic, Format::Asc] {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().join("A001");
        roll(&at, 30, format);
        for of in [1, 2, 3, 7, 50] {
            assert_eq!(assert_merged_is_the_whole(&at, of).status, Status::Verified);
        }
        spoil(&at);
        for of in [1, 2, 3, 7, 50] {
            let merged = assert_merged_is_the_whole(&at, of);
            assert_eq!(merged.status, Status::Failed);
            let has = |kind| merged.findings.iter().any(|finding| finding.kind == kind);
            use FindingKind::*;
            for kind in
                [HashMismatch, SizeMismatch, MissingFile, NewFile, Case, RenameCandidate, Litter]
            {
                assert!(has(kind), "{kind} of {format}");
            }
        }
    }
}

#[test]
fn directory_hashes_are_compared_by_the_merge() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().join("A001");
    roll(&at, 30, Format::Asc);
    // A folder more, which no file tells of.
    fs::create_dir(at.join("Sound/Later")).unwrap();
    for of in [1, 4] {
        let merged = assert_merged_is_the_whole(&at, of);
        let kinds: Vec<_> =
            merged.findings.iter().map(|finding| (finding.kind, &*finding.path)).collect();
        let differs = FindingKind::DirectoryHashMismatch;
        assert!(
            kinds.contains(&(differs, "Sound")) && kinds.contains(&(differs, ".")),
            "{kinds:?}"
        );
    }
}

#[test]
fn every_file_is_read_by_one_shard_and_the_bytes_are_shared() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().join("A001");
    roll(&at, 60, Format::Classic);
    let shards = shards_of(&at, 4, true);
    let bytes: Vec<u64> = shards.iter().map(|shard| shard.counts.bytes).collect();
    let all: u64 = bytes.iter().sum();
    let whole = verify(&at, &options(Portion::Whole, true), &Context::new(&agent())).unwrap();
    assert_eq!(all, whole.counts.bytes);
    // No shard is further from its quarter than a file, and what opening files counts, allow.
    assert!(bytes.iter().all(|bytes| bytes.abs_diff(all / 4) < 600_000), "{bytes:?}");
    let files: Vec<_> = shards.iter().flat_map(|shard| shard.files.clone()).collect();
    assert_eq!(files, whole.files);
}

#[test]
fn a_shard_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().join("A001");
    roll(&at, 6, Format::Asc);
    let before = fs::read_dir(at.join("ascmhl")).unwrap().count();
    shards_of(&at, 3, false);
    assert_eq!(fs::read_dir(at.join("ascmhl")).unwrap().count(), before);
}

/// Every document of a history without the times and the identities that follow from them.
fn history(at: &Path) -> Vec<(String, String)> {
    let folder = fs::read_dir(at.join("ascmhl")).unwrap();
    let mut documents: Vec<(String, String)> = folder
        .map(|entry| {
            let entry = entry.unwrap();
            let text = fs::read_to_string(entry.path()).unwrap();
            let name = entry.file_name().into_string().unwrap();
            (name.chars().take(9).collect(), without_times(&text))
        })
        .collect();
    documents.sort();
    documents
}

/// A document without its times, and the C4 of others, which follow from theirs.
fn without_times(text: &str) -> String {
    let dated = ["<c4>", "<path>"];
    let lines = text.lines().filter(|line| !dated.iter().any(|word| line.trim().starts_with(word)));
    // How the instant is spelled is a part of the document.
    let digits = |line: &str| match line.trim().starts_with("<creationdate>") {
        true => line.replace(|c: char| c.is_ascii_digit(), "0"),
        false => line.to_owned(),
    };
    lines
        .map(|line| without_date(&digits(line), " hashdate=\""))
        .fold(String::new(), |text, line| {
            text + &without_date(&line, " lastmodificationdate=\"") + "\n"
        })
}

fn without_date(line: &str, attribute: &str) -> String {
    let cut = line.split_once(attribute).and_then(|(before, rest)| {
        let (_, after) = rest.split_once('"')?;
        Some(format!("{before}{after}"))
    });
    cut.unwrap_or_else(|| line.to_owned())
}

#[test]
fn the_generation_of_a_merge_is_that_of_one_machine() {
    for spoiled in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let [one, many] = ["one/A001", "many/A001"].map(|name| folder.path().join(name));
        for at in [&one, &many] {
            roll(at, 30, Format::Asc);
            if spoiled {
                spoil(at);
            }
        }
        let agent = agent();
        let context = Context::new(&agent);
        let whole = verify(&one, &options(Portion::Whole, false), &context).unwrap();
        let shards = shards_of(&many, 5, false);
        assert_eq!(history(&many).len(), 2, "a manifest and its chain");
        let merged = merge_into(&many, &shards, &VerifyOptions::default(), &context).unwrap();
        assert_eq!(merged.findings, whole.findings);
        assert_eq!((merged.status, merged.counts), (whole.status, whole.counts));
        assert_eq!(history(&one).len(), 3);
        for (many, one) in history(&many).iter().zip(&history(&one)) {
            let differing = many.1.lines().zip(one.1.lines()).find(|(many, one)| many != one);
            assert_eq!(differing, None, "{} of {}, spoiled: {spoiled}", many.0, one.0);
            assert_eq!(many, one);
        }

        // They saw the history without this generation.
        let again = merge_into(&many, &shards, &VerifyOptions::default(), &context);
        assert!(matches!(again, Err(MergeIntoError::Changed { .. })), "{again:?}");
    }
}

#[test]
fn nothing_is_appended_of_what_is_not_the_same_any_more() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().join("A001");
    roll(&at, 9, Format::Asc);
    let agent = agent();
    let context = Context::new(&agent);
    let refused = |shards: &[Report]| {
        merge_into(&at, shards, &VerifyOptions::default(), &context).unwrap_err().to_string()
    };
    assert!(refused(&shards_of(&at, 2, true)).contains("dry runs"));
    let shards = shards_of(&at, 2, false);
    assert!(refused(&shards[1..]).contains("shard 1 is missing"));
    fs::write(at.join("Sound/more.wav"), "more").unwrap();
    assert!(refused(&shards).ends_with("the tree is not what the shards saw"));
    assert_eq!(history(&at).len(), 2);

    let classic = folder.path().join("B001");
    roll(&classic, 9, Format::Classic);
    let shards = shards_of(&classic, 2, false);
    let error = merge_into(&classic, &shards, &VerifyOptions::default(), &context).unwrap_err();
    assert!(matches!(error, MergeIntoError::NoHistory { .. }));
}

#[test]
fn shards_that_do_not_belong_together_are_refused_each_with_its_error() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().join("A001");
    roll(&at, 12, Format::Classic);
    let good = shards_of(&at, 3, true);
    assert!(merge(&good).is_ok());
    assert_eq!(merge(&[]), Err(MergeError::Nothing));

    assert_eq!(merge(&good[1..]), Err(MergeError::Missing { shards: vec![1] }));
    let twice = [&good[..], &good[..1]].concat();
    assert_eq!(merge(&twice), Err(MergeError::Repeated { shards: vec![1], differing: false }));
    let mut other = twice.clone();
    other[3].counts.verified -= 1;
    assert_eq!(merge(&other), Err(MergeError::Repeated { shards: vec![1], differing: true }));

    let mut whole = good.clone();
    whole[1].shard = None;
    assert_eq!(merge(&whole), Err(MergeError::NoShard { reports: vec![1] }));
    let mut cancelled = good.clone();
    cancelled[2].status = Status::Cancelled;
    assert_eq!(merge(&cancelled), Err(MergeError::NoShard { reports: vec![2] }));

    let mut four = good.clone();
    four[2] = shards_of(&at, 4, true).pop().unwrap();
    assert_eq!(merge(&four), Err(MergeError::OtherDivision { of: 3, reports: vec![2] }));

    // What one machine may tell otherwise than all others, one thing at a time.
    let refused = |change: fn(&mut Report)| {
        let mut shards = good.clone();
        change(&mut shards[1]);
        merge(&shards).unwrap_err()
    };
    let inconsistent = |change| match refused(change) {
        MergeError::Inconsistent { shards, .. } => shards,
        other => panic!("{other:?}"),
    };
    let list = |report: &mut Report| report.copies[0].manifest.as_mut().unwrap().c4 = "c4".into();
    assert!(matches!(refused(list), MergeError::OtherList { reports, .. } if reports == [1]));
    let list = |report: &mut Report| report.shard.as_mut().unwrap().listed = "c4".into();
    assert!(matches!(refused(list), MergeError::OtherList { .. }));
    let tree = |report: &mut Report| report.shard.as_mut().unwrap().tree = "c4".into();
    assert_eq!(refused(tree), MergeError::OtherTree { reports: vec![1] });
    assert_eq!(inconsistent(|report| report.shard.as_mut().unwrap().of_names = 99), [2]);
    assert_eq!(inconsistent(|report| report.counts.missing = 1), [2]);
    assert_eq!(inconsistent(|report| report.counts.unread = 1), [2]);
    assert_eq!(inconsistent(|report| report.counts.verified = 99), [2]);
    assert_eq!(
        inconsistent(|report| {
            report.files.pop();
        }),
        [2],
        "as many as it counts"
    );
    assert_eq!(inconsistent(|report| report.files[0].hashes[0].push('0')), [1, 2, 3]);
    let two = |report: &mut Report| {
        report.files.remove(0);
        report.counts.files -= 1;
        report.counts.verified -= 1;
    };
    assert_eq!(inconsistent(two), [1, 2, 3], "a file of the list is in no shard");

    // The tree changed between two of them; the list is another one.
    let mut changed = good.clone();
    fs::write(at.join("Clips/more.mxf"), "more").unwrap();
    changed[2] = shards_of(&at, 3, true).pop().unwrap();
    assert_eq!(merge(&changed), Err(MergeError::OtherTree { reports: vec![2] }));
    for list in fs::read_dir(&at).unwrap().flatten() {
        if list.path().extension().is_some_and(|extension| extension == "mhl") {
            fs::remove_file(list.path()).unwrap();
        }
    }
    seal(&at, &SealOptions::default(), &Context::new(&agent())).unwrap();
    changed[2] = shards_of(&at, 3, true).pop().unwrap();
    assert!(
        matches!(merge(&changed), Err(MergeError::OtherList { reports, .. }) if reports == [2])
    );
}

#[test]
fn a_missing_verification_is_no_verified_roll() {
    // A shard that says of a file neither that it held nor what is wrong with it.
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().join("A001");
    roll(&at, 12, Format::Classic);
    let mut shards = shards_of(&at, 3, true);
    shards[1].counts.verified -= 1;
    assert_eq!(merge(&shards).unwrap().status, Status::Unproven);
}

/// A drive of rolls of very different sizes, and the shards of all of them.
fn drive(folder: &Path, of: u32) -> (Vec<std::path::PathBuf>, Vec<RollsShard>) {
    let found = crate::find_rolls(folder);
    let agent = agent();
    let context = Context::new(&agent);
    let shards = (1..=of).map(|number| {
        let shard = Shard::new(number, of).unwrap();
        let plan = RollsPlan::new(folder, &found.rolls, shard, &crate::Limits::default());
        let rolls: Vec<_> = plan
            .own()
            .map(|(place, portion)| {
                let report = verify(&found.rolls[place], &options(portion, true), &context);
                let finding = |error: crate::VerifyError| {
                    Finding::new(FindingKind::ManifestInvalid, "roll").noting(error.to_string())
                };
                (place, report.map_err(finding))
            })
            .collect();
        let told = plan.told(found.findings.clone(), rolls);
        serde_json::from_str(&serde_json::to_string(&told).unwrap()).unwrap()
    });
    let shards = shards.collect();
    (found.rolls, shards)
}

#[test]
fn a_folder_of_rolls_is_divided_by_bytes_and_each_roll_merged() {
    let folder = tempfile::tempdir().unwrap();
    for (name, clips) in [("A001", 3), ("A002", 60), ("B001", 1), ("B002", 15)] {
        let format = if clips == 15 { Format::Asc } else { Format::Classic };
        roll(&folder.path().join(name), clips, format);
    }
    spoil(&folder.path().join("B002"));
    for of in [1, 3, 8, 40] {
        let (rolls, shards) = drive(folder.path(), of);
        let told = told_of_rolls(&shards).unwrap();
        assert_eq!(told.len(), 4);
        for (roll, told) in rolls.iter().zip(told) {
            let merged = merge(&told.reports.unwrap()).unwrap();
            let whole =
                verify(roll, &options(Portion::Whole, true), &Context::new(&agent())).unwrap();
            assert_eq!(timeless(&merged), timeless(&whole), "{of}");
        }
        let bytes: Vec<u64> = shards
            .iter()
            .map(|shard| shard.rolls.iter().map(|report| report.counts.bytes).sum())
            .collect();
        let all: u64 = bytes.iter().sum();
        assert!(bytes.iter().all(|b| b.abs_diff(all / u64::from(of)) < 600_000), "{bytes:?}");
    }
}

#[test]
fn shards_of_rolls_that_do_not_belong_together_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["A001", "A002"] {
        roll(&folder.path().join(name), 6, Format::Classic);
    }
    let (_, good) = drive(folder.path(), 3);
    assert!(told_of_rolls(&good).is_ok());
    assert_eq!(told_of_rolls(&[]), Err(MergeError::Nothing));
    assert_eq!(told_of_rolls(&good[..2]), Err(MergeError::Missing { shards: vec![3] }));
    let mut twice = [&good[..], &good[2..]].concat();
    let repeated = |differing| Err(MergeError::Repeated { shards: vec![3], differing });
    assert_eq!(told_of_rolls(&twice), repeated(false));
    twice[3].rolls[0].counts.verified -= 1;
    assert_eq!(told_of_rolls(&twice), repeated(true));
    let changed = |change: fn(&mut RollsShard)| {
        let mut shards = good.clone();
        change(&mut shards[1]);
        told_of_rolls(&shards).unwrap_err()
    };
    let error = changed(|shard| shard.plan.push('x'));
    assert_eq!(error, MergeError::OtherRolls { reports: vec![1] });
    let error = changed(|shard| shard.shard = Shard::new(2, 4).unwrap());
    assert_eq!(error, MergeError::OtherDivision { of: 3, reports: vec![1] });
    let error = changed(|shard| {
        shard.own.pop();
    });
    assert!(matches!(error, MergeError::Inconsistent { shards, .. } if shards == [2]));
    let error = changed(|shard| shard.own[0] = 7);
    assert!(matches!(error, MergeError::Inconsistent { shards, .. } if shards == [2]));
    // A shard that says nothing of a roll that it shares is missing there.
    let mut shards = good.clone();
    shards[1].own.pop();
    shards[1].rolls.pop();
    let told = told_of_rolls(&shards).unwrap().pop().unwrap();
    assert_eq!(merge(&told.reports.unwrap()), Err(MergeError::Missing { shards: vec![2] }));

    // A list that is none: the shards of its roll say so, and so does the merge.
    for entry in fs::read_dir(folder.path().join("A001")).unwrap().flatten() {
        if entry.path().extension().is_some_and(|extension| extension == "mhl") {
            fs::write(entry.path(), "<hashlist").unwrap();
        }
    }
    let (_, shards) = drive(folder.path(), 3);
    let merged = told_of_rolls(&shards).unwrap();
    let failed = merged[0].reports.as_ref().unwrap_err();
    assert_eq!(failed.kind, FindingKind::ManifestInvalid);
    let other = merge(merged[1].reports.as_ref().unwrap()).unwrap();
    assert_eq!(other.status, Status::Verified);
}

#[test]
fn what_is_no_shard_is_told() {
    for text in ["", "1", "0/3", "4/3", "1/0", "1/2/3", "-1/3", "a/b", "1/4294967296"] {
        assert_eq!(text.parse::<Shard>(), Err(ShardError(text.to_owned())));
    }
    assert_eq!(serde_json::from_str::<Shard>("\"2/3\"").ok(), Shard::new(2, 3));
    assert!(serde_json::from_str::<Shard>("\"3/2\"").is_err());
}

proptest! {
    #[test]
    fn spans_leave_no_shard_out_and_none_has_what_is_anothers(
        rolls in prop::collection::vec(1u128..1 << 80, 1..8),
        of in 1u32..2000,
        halves in prop::collection::vec(0u128..1 << 81, 4),
    ) {
        let all: u128 = rolls.iter().sum();
        let (mut before, mut next) = (0, 0);
        for own in rolls {
            let span = Span { before, own, all };
            let (first, last) = span.shards(of);
            // The roll before ends in the shard before, or this shares that.
            prop_assert!(first <= next && last < of && first <= last);
            next = last + 1;
            let mut places: Vec<u32> =
                halves.iter().map(|at| span.shard_at(at % (2 * own), own, of)).collect();
            prop_assert!(places.iter().all(|shard| (first..=last).contains(shard)));
            let mut sorted: Vec<u128> = halves.iter().map(|at| at % (2 * own)).collect();
            sorted.sort_unstable();
            places = sorted.iter().map(|at| span.shard_at(*at, own, of)).collect();
            prop_assert!(places.is_sorted());
            before += own;
        }
        prop_assert_eq!(next, of);
    }
}
