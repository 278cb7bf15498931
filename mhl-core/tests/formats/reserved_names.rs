//! Files of a card whose names this crate, or a list's format, keeps for itself.

use std::fs;

use mhl_core::{
    Agent, Context, FindingKind, Format, OffloadOptions, SealOptions, Status, flatten, offload,
    seal, verify,
};

/// Names of unfinished copies and documents, and names that are much like them.
const KEPT: [&str; 4] = [".list.mhl-part", ".chain.mhl-part", ".0.mhl-part", "Clips/.1.mhl-part"];
const LIKE_THEM: [&str; 3] = [".own.mhl-part", "list.mhl-part", ".mhl-part"];

#[test]
fn a_file_that_is_named_like_an_unfinished_one_is_never_removed_nor_called_copied() {
    let agent = Agent::new("offload", "1.0", "dit", "cart");
    for format in [Format::Classic, Format::Asc] {
        for name in KEPT {
            let set = tempfile::tempdir().unwrap();
            let (card, raid) = (set.path().join("A001"), set.path().join("raid"));
            fs::create_dir_all(card.join("Clips")).unwrap();
            fs::create_dir(&raid).unwrap();
            fs::write(card.join("clip.mxf"), "clip").unwrap();
            fs::write(card.join(name), "precious").unwrap();

            let mut options = OffloadOptions::default();
            options.format = format;
            let copied = offload(&card, &[raid], &options, &Context::new(&agent)).unwrap();
            let told = |finding: &mhl_core::Finding| {
                finding.kind == FindingKind::UnreadableFile && finding.path == name
            };
            assert!(copied.findings.iter().any(told), "{format:?}, {name}: {:?}", copied.findings);
            assert_ne!(copied.status, Status::Verified);
            assert!(copied.copies.iter().all(|copy| copy.status != Status::Verified));

            let mut options = SealOptions::default();
            options.format = format;
            let sealed = seal(&card, &options, &Context::new(&agent)).unwrap();
            assert!(sealed.findings.iter().any(told));
            assert_ne!(sealed.status, Status::Sealed);
            assert_eq!(fs::read(card.join(name)).unwrap(), b"precious", "{format:?}, {name}");
        }
    }
}

#[test]
fn a_file_that_is_named_much_like_one_is_a_file_like_any_other() {
    let agent = Agent::new("offload", "1.0", "dit", "cart");
    let set = tempfile::tempdir().unwrap();
    let (card, raid) = (set.path().join("A001"), set.path().join("raid"));
    fs::create_dir(&card).unwrap();
    fs::create_dir(&raid).unwrap();
    for name in LIKE_THEM {
        fs::write(card.join(name), name).unwrap();
    }
    let context = Context::new(&agent);
    let copied =
        offload(&card, std::slice::from_ref(&raid), &OffloadOptions::default(), &context).unwrap();
    assert_eq!(copied.status, Status::Verified, "{:?}", copied.findings);
    let again = verify(&raid.join("A001"), &Default::default(), &context).unwrap();
    assert_eq!(again.status, Status::Verified, "{:?}", again.findings);
    assert_eq!(again.counts.verified, LIKE_THEM.len() as u64);
}

#[test]
fn flatten_leaves_alone_what_stands_at_its_destination() {
    let agent = Agent::new("offload", "1.0", "dit", "cart");
    let set = tempfile::tempdir().unwrap();
    let (roll, lab) = (set.path().join("A001"), set.path().join("lab"));
    fs::create_dir(&roll).unwrap();
    fs::create_dir(&lab).unwrap();
    fs::write(roll.join("clip.mxf"), "clip").unwrap();
    fs::write(lab.join(".list.mhl-part"), "precious").unwrap();
    let mut options = SealOptions::default();
    options.format = Format::Asc;
    seal(&roll, &options, &Context::new(&agent)).unwrap();
    let report = flatten(&roll, &lab, &Context::new(&agent));
    assert!(report.is_err() || report.is_ok_and(|report| report.status != Status::Sealed));
    assert_eq!(fs::read(lab.join(".list.mhl-part")).unwrap(), b"precious");
}

#[test]
fn a_classic_list_is_never_written_of_names_that_it_would_read_as_others() {
    let agent = Agent::new("offload", "1.0", "dit", "cart");
    for name in ["a\\b", "..\\x"] {
        let set = tempfile::tempdir().unwrap();
        let (card, raid) = (set.path().join("A001"), set.path().join("raid"));
        fs::create_dir_all(card.join("a")).unwrap();
        fs::create_dir(&raid).unwrap();
        fs::write(card.join("a/b"), "one").unwrap();
        fs::write(card.join(name), "another").unwrap();
        let context = Context::new(&agent);
        let copied =
            offload(&card, std::slice::from_ref(&raid), &OffloadOptions::default(), &context)
                .unwrap();
        assert_ne!(copied.status, Status::Verified, "{name}");
        assert!(copied.copies.iter().all(|copy| copy.manifest.is_none()));

        let mut options = OffloadOptions::default();
        options.format = Format::Asc;
        let lab = set.path().join("lab");
        fs::create_dir(&lab).unwrap();
        let copied = offload(&card, std::slice::from_ref(&lab), &options, &context).unwrap();
        assert_eq!(copied.status, Status::Verified, "{name}: {:?}", copied.findings);
        let again = verify(&lab.join("A001"), &Default::default(), &context).unwrap();
        assert_eq!(again.status, Status::Verified, "{name}: {:?}", again.findings);
    }
}
