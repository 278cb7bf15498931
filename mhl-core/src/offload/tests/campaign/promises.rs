//! What has to be true of a drive, whatever happened.

use mhl_hash::Hasher;

use super::{
    jobs::{Job, bytes_of},
    *,
};
use crate::{
    Entry, Limits, asc, read_manifest,
    tree::{
        is_part,
        simulated::{Contents, Thing},
    },
};

/// What is claimed is kept: everything stands, the list included, and nothing else.
pub(super) fn ends_well(job: &Job, drive: &Simulated) {
    let contents = drive.contents();
    let is_end = |end: &Contents| bytes_of(end).eq(bytes_of(&contents));
    assert!(job.ends.iter().any(is_end), "another end: {:?}", differences(job, &contents));
}

/// The same, where the folder beside the roll that says "unfinished" may still stand.
pub(super) fn holds_everything(job: &Job, drive: &Simulated) {
    let mut contents = drive.contents();
    contents.retain(|path, _| !is_beside(path));
    let is_end = |end: &Contents| bytes_of(end).eq(bytes_of(&contents));
    assert!(job.ends.iter().any(is_end), "lost: {:?}", differences(job, &contents));
}

fn differences(job: &Job, contents: &Contents) -> Vec<String> {
    let end = job.ends.first().unwrap();
    let only = |a: &Contents, b: &Contents, what: &str| -> Vec<String> {
        let differs = |path: &String, thing: &Thing| {
            b.get(path).is_none_or(|other| other.bytes != thing.bytes)
        };
        let differing = a.iter().filter(|(path, thing)| differs(path, thing));
        differing.map(|(path, _)| format!("{what} {path}")).collect()
    };
    [only(contents, end, "has"), only(end, contents, "expected")].concat()
}

/// Files and folders have the times and permissions that they have on the card.
pub(super) fn keeps_attributes(job: &Job, drive: &Simulated) {
    let contents = drive.contents();
    for (path, thing) in job.card.contents() {
        let Some(copy) = contents.get(&format!("{ROLL}/{path}")) else { continue };
        assert_eq!(copy.attributes, thing.attributes, "{path}");
    }
}

/// What stands under a final name is whole, and a list stands only with all that it names. Where
/// the medium lies, that holds of what a list names alone.
pub(super) fn stands_whole(job: &Job, drive: &Simulated, lies: bool) {
    let contents = drive.contents();
    let before = job.drives.first().unwrap().contents();
    let card = job.card.contents();
    for (path, thing) in &contents {
        let Some(bytes) = &thing.bytes else { continue };
        let relative = RelativePath::new(path).unwrap();
        let Some(own) = path.strip_prefix(&format!("{ROLL}/")) else {
            assert!(
                is_beside(path) || before.get(path).is_some_and(|there| there.bytes == thing.bytes),
                "{path} was changed"
            );
            continue;
        };
        let folder = relative.parent().unwrap();
        let is_list = path.to_lowercase().ends_with(".mhl");
        if is_part(&relative) {
            // Nobody takes it for a file of the roll.
        } else if path.ends_with(asc::CHAIN_FILE) {
            check_chain(&contents, &folder, bytes);
        } else if folder.file_name() == asc::FOLDER {
            check_list(&contents, folder.parent().as_ref().unwrap(), path, bytes);
        } else if is_list {
            check_list(&contents, &folder, path, bytes);
        } else if !lies {
            let original =
                card.get(own).or(own.strip_suffix(".source").and_then(|own| card.get(own)));
            let same = original.is_some_and(|original| original.bytes == thing.bytes);
            assert!(same, "{path} is not what the card holds");
        }
    }
    for (path, thing) in before.iter().filter(|(path, _)| !path.starts_with(ROLL)) {
        assert_eq!(contents.get(path).map(|there| &there.bytes), Some(&thing.bytes), "{path}");
    }
}

fn is_beside(path: &str) -> bool {
    let marker = format!(".{ROLL}.offload");
    path.strip_prefix(&marker).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The list is whole, and so is everything that it names.
fn check_list(contents: &Contents, root: &RelativePath, list: &str, bytes: &[u8]) {
    let manifest = read_manifest(bytes, &Limits::default());
    let manifest = manifest.unwrap_or_else(|error| panic!("half a list {list}: {error}"));
    for entry in manifest.entries {
        let Entry::File(file) = entry else { continue };
        let path = root.join(file.path.as_str()).unwrap();
        let there = contents.get(path.as_str()).and_then(|thing| thing.bytes.as_ref());
        let there = there.unwrap_or_else(|| panic!("{list} names {path}, which is absent"));
        assert_eq!(Some(there.len() as u64), file.size, "{list} names {path}");
        assert!(!file.hashes.is_empty());
        for value in file.hashes.iter().map(|hash| hash.value().unwrap()) {
            let mut hasher = Hasher::new(value.algorithm());
            hasher.update(there);
            assert_eq!(hasher.finish(), value, "{list} names {path}");
        }
    }
}

/// The chain is whole, and every manifest of it stands as it says.
fn check_chain(contents: &Contents, folder: &RelativePath, bytes: &[u8]) {
    let chain = asc::Chain::read(bytes, &Limits::default());
    let chain = chain.unwrap_or_else(|error| panic!("half a chain in {folder}: {error}"));
    for link in chain.links {
        let path = folder.join(link.path.as_str()).unwrap();
        let there = contents.get(path.as_str()).and_then(|thing| thing.bytes.as_ref());
        let there = there.unwrap_or_else(|| panic!("the chain names {path}, which is absent"));
        let mut hasher = Hasher::new(Algorithm::C4);
        hasher.update(there);
        assert_eq!(hasher.finish(), link.c4, "the chain names {path}");
    }
}
