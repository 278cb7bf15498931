//! What has to be true of a drive, whatever happened.

use mhl_hash::Hasher;

use super::{
    jobs::{Job, bytes_of},
    *,
};
use crate::{
    Entry, Limits, Manifest, asc, read_manifest,
    tree::{
        is_part,
        simulated::{Contents, Thing},
    },
};

/// The drive is as an offload leaves it that nothing disturbed, at one of its times.
pub(super) fn ends_well(job: &Job, drive: &Simulated) {
    ends_as_ever(job, &drive.contents());
}

/// The same, where the folder beside the roll that says "unfinished" may still stand.
pub(super) fn holds_everything(job: &Job, drive: &Simulated) {
    let mut contents = drive.contents();
    contents.retain(|path, _| !is_beside(path));
    ends_as_ever(job, &contents);
}

/// But for two things that an interruption may leave: a list that took an older one's place has the
/// older one's name; and a history within was lengthened, and is again with the outer one: such
/// histories are held to [`stands_whole`] alone.
fn ends_as_ever(job: &Job, contents: &Contents) {
    let own = |path: &str| !job.has_histories_within || !path.contains(asc::FOLDER);
    let part = |contents: &Contents| -> Contents {
        let mut lists = 0;
        let mut name = |path: &String| {
            let is_list = path.ends_with(".mhl") && path.matches('/').count() == 1;
            lists += usize::from(is_list);
            if is_list { format!("{ROLL}/list {lists}") } else { path.clone() }
        };
        let part = contents.iter().filter(|(path, _)| own(path));
        part.map(|(path, thing)| (name(path), thing.clone())).collect()
    };
    let contents = part(contents);
    let ends: Vec<_> = job.ends.iter().map(part).collect();
    let is_end = |end: &Contents| bytes_of(end).eq(bytes_of(&contents));
    assert!(ends.iter().any(is_end), "another end: {:?}", differences(&ends[0], &contents));
}

fn differences(end: &Contents, contents: &Contents) -> Vec<String> {
    let only = |a: &Contents, b: &Contents, what: &str| -> Vec<String> {
        let differs = |path: &String, thing: &Thing| {
            b.get(path).is_none_or(|other| other.bytes != thing.bytes)
        };
        let differing = a.iter().filter(|(path, thing)| differs(path, thing));
        differing.map(|(path, _)| format!("{what} {path}")).collect()
    };
    [only(contents, end, "has"), only(end, contents, "expected")].concat()
}

/// How many files of the card stand as they should, a list of its own under either name.
pub(super) fn held(job: &Job, drive: &Simulated) -> usize {
    let contents = drive.contents();
    let stands = |path: String, thing: &Thing| {
        thing.bytes.is_some() && contents.get(&path).is_some_and(|t| t.bytes == thing.bytes)
    };
    let card = job.card.contents();
    let held = card.iter().filter(|(path, thing)| {
        let path = format!("{ROLL}/{path}");
        stands(format!("{path}.source"), thing) || stands(path, thing)
    });
    held.count()
}

/// Files and folders have the times and permissions that they have on the card. A history is the copy's
/// own from then on.
pub(super) fn keeps_attributes(job: &Job, drive: &Simulated) {
    let contents = drive.contents();
    let card = job.card.contents();
    // A folder with a history in it was changed by that, and where the offload was interrupted just
    // then its time is of that moment.
    let around = |thing: &Thing| thing.bytes.is_none() && job.has_histories_within;
    let own = card.iter().filter(|(path, _)| !path.contains(asc::FOLDER));
    for (path, thing) in own.filter(|(_, thing)| !around(thing)) {
        let Some(copy) = contents.get(&format!("{ROLL}/{path}")) else { continue };
        assert_eq!(copy.attributes, thing.attributes, "{path}");
    }
}

/// What stands under a final name is whole, and a list stands only with all that it names. Where
/// the medium lies, that holds of what a list names alone.
pub(super) fn stands_whole(job: &Job, drive: &Simulated, lies: bool) {
    let contents = drive.contents();
    let root_chain = format!("{ROLL}/{}/{}", asc::FOLDER, asc::CHAIN_FILE);
    // Before the root's chain stands nothing is listed, and histories within may be under way.
    let is_listed = contents.contains_key(&root_chain);
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
            if is_listed {
                check_chain(&contents, &folder, bytes);
            }
        } else if folder.file_name() == asc::FOLDER {
            let list = read_list(path, bytes);
            if is_listed {
                check_list(&contents, folder.parent().as_ref().unwrap(), path, list);
            }
        } else if is_list {
            check_list(&contents, &folder, path, read_list(path, bytes));
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

/// The list is whole.
fn read_list(list: &str, bytes: &[u8]) -> Manifest {
    let manifest = read_manifest(bytes, &Limits::default());
    manifest.unwrap_or_else(|error| panic!("half a list {list}: {error}"))
}

/// Everything that the list names stands as it says.
fn check_list(contents: &Contents, root: &RelativePath, list: &str, manifest: Manifest) {
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
