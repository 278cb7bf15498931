//! Histories: generations, findings, those within, and one file through its renames.

use std::{ffi::c_char, fs, path::Path};

use mhl_core::{
    Agent, Format as CoreFormat, RelativePath, SealOptions, VerifyOptions as Verifying,
};
use tempfile::TempDir;

use super::{manifest_list::find, *};

/// A roll with a history of three generations, the last of which renames a clip, and one within.
fn roll() -> TempDir {
    let roll = tempfile::tempdir().unwrap();
    for (name, content) in [("Clips/a.mxf", "abc"), ("Audio/c.wav", "c")] {
        let path = roll.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    let agent = Agent::new("test", "1", "cart", "DIT");
    let context = mhl_core::Context::new(&agent);
    let mut options = SealOptions::default();
    options.format = CoreFormat::Asc;
    mhl_core::seal(&roll.path().join("Audio"), &options, &context).unwrap();
    mhl_core::seal(roll.path(), &options, &context).unwrap();
    mhl_core::verify(roll.path(), &Verifying::default(), &context).unwrap();
    let [from, to] = ["Clips/a.mxf", "Clips/b.mxf"].map(|path| RelativePath::new(path).unwrap());
    mhl_core::rename(roll.path(), &from, &to, &context).unwrap();
    roll
}

fn open(root: &Path) -> Result<*mut History, Failed> {
    let root = c_path(root);
    // SAFETY: NUL-terminated text, a local.
    written(null_mut(), |history, e| unsafe { mhl_history_open(root.as_ptr(), history, e) })
}

fn count(history: *const History) -> HistoryCounts {
    // SAFETY: a live history.
    filled(|to, e| unsafe { mhl_history_count(history, to, e) }).unwrap()
}

fn look_up(history: *const History, path: &str) -> Result<*mut FileHistory, Failed> {
    let (data, len) = (path.as_ptr().cast::<c_char>(), path.len());
    // SAFETY: a live history, a text with its length, a local.
    written(null_mut(), |file, e| unsafe { mhl_history_file(history, data, len, file, e) })
}

#[test]
fn generations_are_read_and_their_lists_outlive_the_history() {
    let roll = roll();
    let history = open(roll.path()).unwrap();
    let counts = count(history);
    assert_eq!((counts.generations, counts.nested, counts.next_number), (3, 1, 4));
    assert_eq!((counts.findings, counts.is_faulty), (0, 0));
    // SAFETY: live things, freed once and last; locals.
    unsafe {
        let last: Generation = filled(|to, e| mhl_history_generation(history, 2, to, e)).unwrap();
        assert_eq!(last.number, 3);
        let name = text(last.file_name).unwrap().to_owned();
        assert!(name.starts_with("0003_"), "{name}");
        assert_eq!((last.c4.algorithm, last.c4.len), (AlgorithmCode::C4 as u32, 64));
        let absent = filled::<Generation>(|to, e| mhl_history_generation(history, 3, to, e));
        assert_eq!(absent.unwrap_err().status, Status::NotFound);
        let list = |index| written(null_mut(), |to, e| mhl_history_manifest(history, index, to, e));
        assert_eq!(list(3).unwrap_err().status, Status::NotFound);
        let manifest = list(0).unwrap();
        let (mut root, mut inner) = (NO_TEXT, null_mut());
        call(|e| mhl_history_nested(history, 0, &raw mut root, &raw mut inner, e)).unwrap();
        assert_eq!(text(root), Some("Audio"));
        let refused = refusal(|e| mhl_history_nested(history, 1, &raw mut root, &raw mut inner, e));
        assert_eq!(refused, Status::NotFound);
        mhl_history_free(history);

        assert!(find(manifest, "Clips/a.mxf").is_ok());
        mhl_manifest_free(manifest);
        assert_eq!(count(inner).nested, 0);
        let manifest = written(null_mut(), |to, e| mhl_history_manifest(inner, 0, to, e)).unwrap();
        assert_eq!(find(manifest, "c.wav"), Ok(0));
        mhl_manifest_free(manifest);
        mhl_history_free(inner);
    }
}

#[test]
fn a_file_is_followed_through_its_renames_and_into_a_history_within() {
    let roll = roll();
    let history = open(roll.path()).unwrap();
    // SAFETY: live things, freed once; locals.
    unsafe {
        for name in ["Clips/b.mxf", "Clips/a.mxf"] {
            let file = look_up(history, name).unwrap();
            let told: KnownFile = filled(|to, e| mhl_file_history_summary(file, to, e)).unwrap();
            assert_eq!((text(told.path), text(told.scope)), (Some("Clips/b.mxf"), None));
            assert_eq!((told.mentions, told.references), (3, 1));
            let mention =
                |index| filled::<Mention>(|to, e| mhl_file_history_mention(file, index, to, e));
            let [first, last] = [mention(0).unwrap(), mention(2).unwrap()];
            assert_eq!((first.generation, text(first.path)), (1, Some("Clips/a.mxf")));
            assert_eq!((last.generation, text(last.path)), (3, Some("Clips/b.mxf")));
            assert_eq!(text(last.previous_path), Some("Clips/a.mxf"));
            assert_eq!((first.size, first.hash_count, first.conflict_count), (3, 1, 0));
            assert_eq!(mention(3).unwrap_err().status, Status::NotFound);
            let hash = |mention, index| {
                filled::<RecordedHash>(|to, e| mhl_file_history_hash(file, mention, index, to, e))
            };
            assert_eq!(hash(0, 0).unwrap().action, Action::Original);
            assert_eq!(hash(1, 0).unwrap().action, Action::Verified);
            assert_eq!(hash(0, 1).unwrap_err().status, Status::NotFound);
            assert_eq!(hash(9, 0).unwrap_err().status, Status::NotFound);
            let reference = |index| {
                filled::<RecordedHash>(|to, e| mhl_file_history_reference(file, index, to, e))
            };
            assert_eq!(reference(0).unwrap().digest, manifest_record::abc());
            assert_eq!(reference(1).unwrap_err().status, Status::NotFound);
            let conflict = written(0, |to, e| mhl_file_history_conflict(file, 0, 0, to, e));
            assert_eq!(conflict.unwrap_err().status, Status::NotFound);
            mhl_file_history_free(file);
        }
        let inner = look_up(history, "Audio/c.wav").unwrap();
        assert_eq!(look_up(history, "Clips/x.mxf").unwrap_err().status, Status::NotFound);
        assert_eq!(look_up(history, "../a").unwrap_err().status, Status::InvalidArgument);
        mhl_history_free(history);
        let told: KnownFile = filled(|to, e| mhl_file_history_summary(inner, to, e)).unwrap();
        assert_eq!(text(told.scope), Some("Audio"), "it outlives the history");
        mhl_file_history_free(inner);
    }
}

#[test]
fn a_clip_that_changed_is_in_conflict_with_what_it_is_measured_by() {
    let roll = roll();
    fs::write(roll.path().join("Clips/b.mxf"), "abd").unwrap();
    let agent = Agent::new("test", "1", "cart", "DIT");
    let context = mhl_core::Context::new(&agent);
    mhl_core::verify(roll.path(), &Verifying::default(), &context).unwrap();
    let history = open(roll.path()).unwrap();
    let file = look_up(history, "Clips/b.mxf").unwrap();
    // SAFETY: live things, freed once; locals.
    unsafe {
        let last: Mention = filled(|to, e| mhl_file_history_mention(file, 3, to, e)).unwrap();
        assert_eq!(last.conflict_count, 1);
        let conflict = written(0, |to, e| mhl_file_history_conflict(file, 3, 0, to, e));
        assert_eq!(conflict, Ok(AlgorithmCode::Xxh64 as u32));
        mhl_file_history_free(file);
        mhl_history_free(history);
    }
}

#[test]
fn what_is_wrong_with_a_history_is_a_finding() {
    let roll = roll();
    let inner = roll.path().join("Audio/ascmhl/ascmhl_chain.xml");
    fs::remove_file(inner).unwrap();
    let history = open(roll.path()).unwrap();
    assert_eq!(count(history).is_faulty, 1, "one within does not hold");
    // SAFETY: live things, freed once; locals.
    unsafe {
        let (mut root, mut inner) = (NO_TEXT, null_mut());
        call(|e| mhl_history_nested(history, 0, &raw mut root, &raw mut inner, e)).unwrap();
        let findings = count(inner).findings;
        let kinds: Vec<String> = (0..findings)
            .map(|index| {
                let found = filled::<Finding>(|to, e| mhl_history_finding(inner, index, to, e));
                text(found.unwrap().kind).unwrap().to_owned()
            })
            .collect();
        assert!(kinds.contains(&"chain-missing".to_owned()), "{kinds:?}");
        let absent = filled::<Finding>(|to, e| mhl_history_finding(inner, findings, to, e));
        assert_eq!(absent.unwrap_err().status, Status::NotFound);
        mhl_history_free(inner);
        mhl_history_free(history);
    }
    let none = tempfile::tempdir().unwrap();
    let failed = open(none.path()).unwrap_err();
    assert_eq!((failed.status, failed.path.as_deref()), (Status::NoList, Some(none.path())));
    assert_eq!(open(&none.path().join("absent")).unwrap_err().status, Status::NoList);
}

#[test]
fn row_83_a_null_is_refused_by_every_call_of_a_history() {
    let roll = roll();
    let history = open(roll.path()).unwrap();
    let file = look_up(history, "Clips/b.mxf").unwrap();
    let (mut root, mut number) = (NO_TEXT, 0u32);
    let (mut opened, mut manifest, mut found) = (null_mut(), null_mut(), null_mut());
    // SAFETY: NULL, which every call accepts, and live things, freed once and last.
    unsafe {
        let a = c"a".as_ptr();
        let refused = [
            refusal(|e| mhl_history_open(null(), &raw mut opened, e)),
            refusal(|e| mhl_history_open(c"/".as_ptr(), null_mut(), e)),
            refusal(|e| mhl_history_open_bytes(null(), 1, &raw mut opened, e)),
            refusal(|e| mhl_history_open_w(null(), &raw mut opened, e)),
            refusal(|e| mhl_history_count(null(), null_mut(), e)),
            refusal(|e| mhl_history_count(history, null_mut(), e)),
            refusal(|e| mhl_history_generation(null(), 0, null_mut(), e)),
            refusal(|e| mhl_history_generation(history, 0, null_mut(), e)),
            refusal(|e| mhl_history_manifest(null(), 0, &raw mut manifest, e)),
            refusal(|e| mhl_history_manifest(history, 0, null_mut(), e)),
            refusal(|e| mhl_history_nested(null(), 0, &raw mut root, &raw mut opened, e)),
            refusal(|e| mhl_history_nested(history, 0, null_mut(), &raw mut opened, e)),
            refusal(|e| mhl_history_nested(history, 0, &raw mut root, null_mut(), e)),
            refusal(|e| mhl_history_finding(null(), 0, null_mut(), e)),
            refusal(|e| mhl_history_finding(history, 0, null_mut(), e)),
            refusal(|e| mhl_history_file(null(), a, 1, &raw mut found, e)),
            refusal(|e| mhl_history_file(history, null(), 1, &raw mut found, e)),
            refusal(|e| mhl_history_file(history, a, 1, null_mut(), e)),
            refusal(|e| mhl_file_history_summary(null(), null_mut(), e)),
            refusal(|e| mhl_file_history_summary(file, null_mut(), e)),
            refusal(|e| mhl_file_history_mention(null(), 0, null_mut(), e)),
            refusal(|e| mhl_file_history_mention(file, 0, null_mut(), e)),
            refusal(|e| mhl_file_history_hash(null(), 0, 0, null_mut(), e)),
            refusal(|e| mhl_file_history_hash(file, 0, 0, null_mut(), e)),
            refusal(|e| mhl_file_history_conflict(null(), 0, 0, &raw mut number, e)),
            refusal(|e| mhl_file_history_conflict(file, 0, 0, null_mut(), e)),
            refusal(|e| mhl_file_history_reference(null(), 0, null_mut(), e)),
            refusal(|e| mhl_file_history_reference(file, 0, null_mut(), e)),
        ];
        assert_eq!(refused, [Status::NullPointer; 28]);
        refuses_other_sizes::<HistoryCounts>(|to, e| mhl_history_count(history, to, e));
        refuses_other_sizes::<Generation>(|to, e| mhl_history_generation(history, 0, to, e));
        refuses_other_sizes::<Finding>(|to, e| mhl_history_finding(history, 0, to, e));
        refuses_other_sizes::<KnownFile>(|to, e| mhl_file_history_summary(file, to, e));
        refuses_other_sizes::<Mention>(|to, e| mhl_file_history_mention(file, 0, to, e));
        refuses_other_sizes::<RecordedHash>(|to, e| mhl_file_history_hash(file, 0, 0, to, e));
        refuses_other_sizes::<RecordedHash>(|to, e| mhl_file_history_reference(file, 0, to, e));
        mhl_history_free(null_mut());
        mhl_file_history_free(null_mut());
        mhl_file_history_free(file);
        mhl_history_free(history);
    }
}
