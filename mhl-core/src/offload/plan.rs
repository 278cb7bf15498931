//! Everything that can be known before the first byte is written, for every destination.

use std::{
    io,
    path::{Path, PathBuf},
};

use super::destination::{Destination, State};
use crate::{
    Finding, FindingKind, Limits, RelativePath, asc,
    expected::{Expected, is_list},
    tree::{Disk, FoundFile, Tree, Volume, is_part, is_within, walk},
};

/// Room that a list takes for one file, and a file system for its bookkeeping: an estimate.
const OVERHEAD_BYTES: u64 = 512;

/// Prepares one destination: checks it, takes its lock, creates the roll's folder.
pub(super) fn prepare(
    index: usize,
    folder: &Path,
    roll: &RelativePath,
    tree: &Tree,
    resume: bool,
) -> Result<Destination, Finding> {
    let disk = Disk::open(folder).map_err(|error| {
        let note = match error.kind() {
            io::ErrorKind::NotFound => "there is no such folder: is the drive mounted? It has to \
                                        exist, because a folder made in the place of an absent \
                                        drive fills the system's disk"
                .to_owned(),
            io::ErrorKind::NotADirectory => "it is a file: name a folder".to_owned(),
            _ => format!("the folder cannot be opened: {error}"),
        };
        refusal(folder, note)
    })?;
    prepare_on(index, Box::new(disk), roll, tree, resume)
}

/// The same, on any volume.
pub(super) fn prepare_on(
    index: usize,
    folder: Box<dyn Volume>,
    roll: &RelativePath,
    tree: &Tree,
    resume: bool,
) -> Result<Destination, Finding> {
    let root = folder.root().to_owned();
    let refuse = |note: String| refusal(&root, note);
    let failed = |what: &str, error: io::Error| refuse(format!("{what}: {error}"));
    let marker = Marker::of(roll).map_err(|error| failed("the roll's name is too long", error))?;
    let roll_path = root.join(roll.as_str());

    let roll_stands = exists(folder.as_ref(), roll).map_err(|e| failed("cannot be examined", e))?;
    let unfinished =
        exists(folder.as_ref(), &marker.folder).map_err(|e| failed("cannot be examined", e))?;
    match (roll_stands, unfinished, resume) {
        (true, false, false) => {
            return Err(Finding::new(FindingKind::NameTaken, roll_path.to_string_lossy()).noting(
                "a roll of this name stands there: choose another name, or another destination; \
                 with resume it is proven again",
            ));
        }
        (_, true, false) => {
            return Err(Finding::new(FindingKind::NameTaken, roll_path.to_string_lossy()).noting(
                "an unfinished offload of this roll stands there: take it up with resume, or \
                 remove it",
            ));
        }
        _ => {}
    }
    check_capacity(folder.as_ref(), tree, &root)?;

    if !unfinished {
        folder
            .create_folder(&marker.folder)
            .map_err(|error| failed("nothing can be written there", error))?;
    }
    let lock = match folder.lock(&marker.lock) {
        Ok(Some(lock)) => lock,
        Ok(None) => return Err(refuse("another offload of this roll is running there".to_owned())),
        Err(error) => return Err(failed("nothing can be written there", error)),
    };
    let prepared = (|| {
        check_case(folder.as_ref(), &marker, tree, &root)?;
        folder.sync_folder(None).map_err(|error| failed("the folder cannot be synced", error))?;
        if !roll_stands {
            folder
                .create_folder(roll)
                .map_err(|error| failed("the roll's folder cannot be created", error))?;
        }
        let below = folder
            .below(roll)
            .map_err(|error| failed("the roll's folder cannot be opened", error))?;
        let left = if roll_stands {
            take_up(below.as_ref(), tree, unfinished).map_err(refuse)?
        } else {
            let states = vec![State::Wanted; tree.files.len()];
            Left { states, list: None, findings: Vec::new() }
        };
        Ok((below, left))
    })();
    match prepared {
        Ok((below, left)) => {
            let mut destination = Destination::new(index, folder, below, roll.clone(), left.states);
            destination.finished = left.list;
            destination.findings = left.findings;
            destination.lock = Some(lock);
            Ok(destination)
        }
        Err(finding) => {
            drop(lock);
            // Nothing of ours may stay behind where nothing was done.
            if !roll_stands {
                let _ = folder.remove_folder(roll);
            }
            if !unfinished {
                marker.remove(folder.as_ref());
            }
            Err(finding)
        }
    }
}

/// What an earlier offload left.
struct Left {
    states: Vec<State>,
    /// Its list, if it came that far.
    list: Option<Expected>,
    /// Files that the card does not hold.
    findings: Vec<Finding>,
}

/// Takes up what stands in the roll's folder. Only an unfinished offload is changed.
fn take_up(roll: &dyn Volume, tree: &Tree, unfinished: bool) -> Result<Left, String> {
    let found = walk(roll);
    let describe = |path: &RelativePath, error: io::Error| format!("{path}: {error}");
    let history = RelativePath::new(asc::FOLDER).ok();
    let chain = history.as_ref().and_then(|folder| folder.join(asc::CHAIN_FILE).ok());
    let chained = chain.is_some_and(|chain| found.files.iter().any(|file| file.path == chain));
    let (mut gone, mut listed) = (Vec::new(), false);
    for file in &found.files {
        // A manifest without its chain was about to be published: it is made anew.
        let in_history = history.is_some() && file.path.parent() == history;
        if is_part(&file.path) || (in_history && !chained) {
            if unfinished {
                roll.remove(&file.path).map_err(|error| describe(&file.path, error))?;
            }
            gone.push(&file.path);
        } else {
            listed |= in_history || is_list(&file.path);
        }
    }
    let list = if listed {
        let expected = Expected::load(roll, None, &Limits::default());
        Some(expected.map_err(|error| error.to_string())?)
    } else if unfinished {
        None
    } else {
        return Err(format!(
            "{} holds no list and is no unfinished offload: choose another name",
            roll.root().display()
        ));
    };
    let standing = |file: &FoundFile| {
        let place = found.files.binary_search_by(|other| other.path.cmp(&file.path)).ok()?;
        found.files.get(place)
    };
    let states = tree.files.iter().map(|file| match standing(file) {
        // A finished offload is not written to: what is absent or different is a finding.
        None if list.is_some() => State::Standing,
        None => State::Wanted,
        // Another size: ours, from before a crash.
        Some(there) if there.stat.size != file.stat.size && list.is_none() => State::Again,
        Some(_) => State::Standing,
    });
    let states = states.collect();
    let unknown = found.files.iter().filter(|file| {
        let known = tree.files.binary_search_by(|other| other.path.cmp(&file.path)).is_ok();
        let of_history = history.is_some() && file.path.parent() == history;
        !known && !of_history && !is_list(&file.path) && !gone.contains(&&file.path)
    });
    let findings = unknown.map(|file| {
        Finding::new(FindingKind::NewFile, file.path.as_str())
            .noting("it stands in the roll's folder and not on the card")
    });
    Ok(Left { states, findings: findings.collect(), list })
}

fn check_capacity(folder: &dyn Volume, tree: &Tree, root: &Path) -> Result<(), Finding> {
    let capacity = folder
        .capacity()
        .map_err(|error| refusal(root, format!("its room cannot be measured: {error}")))?;
    let needed = tree.bytes() + OVERHEAD_BYTES * (1 + tree.files.len() as u64);
    if capacity.free < needed {
        return Err(refusal(root, "no room: make some, or choose another destination")
            .differing(format!("{needed} bytes free"), format!("{} bytes free", capacity.free)));
    }
    let large = tree.files.iter().find(|file| file.stat.size > capacity.file_max);
    if let Some(file) = large {
        return Err(refusal(root, format!("{} is too large for its file system", file.path))
            .differing(
                format!("at most {} bytes", capacity.file_max),
                format!("{} bytes", file.stat.size),
            ));
    }
    let names = tree.files.iter().map(|file| &file.path).chain(tree.folders.iter().map(|f| &f.0));
    let long = |path: &&RelativePath| path.file_name().len() as u64 > capacity.name_max;
    if let Some(path) = names.clone().find(long) {
        return Err(refusal(root, format!("the name {path} is too long for its file system"))
            .differing(
                format!("at most {} bytes", capacity.name_max),
                format!("{} bytes", path.file_name().len()),
            ));
    }
    Ok(())
}

/// Two names that differ in case alone would become one file.
fn check_case(
    folder: &dyn Volume,
    marker: &Marker,
    tree: &Tree,
    root: &Path,
) -> Result<(), Finding> {
    if !exists(folder, &marker.lock_in_capitals).unwrap_or(false) {
        return Ok(());
    }
    let mut names: Vec<(String, &RelativePath)> =
        tree.files.iter().map(|file| (file.path.as_str().to_lowercase(), &file.path)).collect();
    names.sort_unstable();
    for pair in names.windows(2) {
        if let [(a, first), (b, second)] = pair
            && a == b
        {
            return Err(refusal(
                root,
                format!("it does not tell {first} from {second}: one would replace the other"),
            ));
        }
    }
    Ok(())
}

fn refusal(folder: &Path, note: impl Into<String>) -> Finding {
    Finding::new(FindingKind::DestinationUnusable, folder.to_string_lossy()).noting(note)
}

fn exists(volume: &dyn Volume, path: &RelativePath) -> io::Result<bool> {
    match volume.stat(Some(path)) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// The folder beside the roll that says "unfinished", and the lock in it.
pub(super) struct Marker {
    folder: RelativePath,
    lock: RelativePath,
    lock_in_capitals: RelativePath,
}

impl Marker {
    pub(super) fn of(roll: &RelativePath) -> io::Result<Self> {
        let folder = format!(".{roll}.offload");
        let path = |text: &str| RelativePath::new(text).map_err(io::Error::other);
        Ok(Marker {
            lock: path(&format!("{folder}/lock"))?,
            lock_in_capitals: path(&format!("{folder}/LOCK"))?,
            folder: path(&folder)?,
        })
    }

    /// The offload is finished. What cannot be removed does no harm to the roll.
    pub(super) fn remove(&self, folder: &dyn Volume) {
        let _ = folder.remove(&self.lock);
        let _ = folder.remove_folder(&self.folder);
        let _ = folder.sync_folder(None);
    }
}

/// Which of these folders lie within the source, are it, or are named twice.
pub(super) fn contradictions(source: &Path, destinations: &[PathBuf], roll: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    for (index, destination) in destinations.iter().enumerate() {
        let shown = destination.display();
        let same = |a: &Path, b: &Path| is_within(a, b) && is_within(b, a);
        if is_within(destination, source) {
            wrong.push(format!("the destination {shown} lies within the source"));
        } else if same(&destination.join(roll), source) {
            let source = source.display();
            wrong.push(format!("the destination {shown} is where the source {source} stands"));
        }
        if destinations.iter().take(index).any(|earlier| same(earlier, destination)) {
            wrong.push(format!("the destination {shown} is named twice"));
        }
    }
    wrong
}
