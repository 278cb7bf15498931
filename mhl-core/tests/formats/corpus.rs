//! Lists that other programs wrote, from the reference material beside the checkout.

use std::{
    fs,
    path::{Path, PathBuf},
};

use mhl_core::{Comparison, FileEntry, Limits, Manifest, ReadErrorKind, asc, read_manifest};
use mhl_hash::{HashValue, hash_file};

use super::reading;

/// The reference material, where it is: beside the checkout, or where `MHL_SHARED` says.
pub(super) fn shared() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    let shared = std::env::var_os("MHL_SHARED").map_or(beside, PathBuf::from);
    if !shared.join("corpus").is_dir() {
        println!("skipped: no reference material at {}", shared.display());
        return None;
    }
    Some(shared)
}

fn corpus() -> Option<PathBuf> {
    Some(shared()?.join("corpus"))
}

/// The files below a folder with this ending.
pub(super) fn lists(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    files_below(folder, &mut files);
    files.retain(|path| path.extension().is_some_and(|found| found == ending));
    files.sort();
    files
}

fn files_below(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => files_below(&path, found),
            false => found.push(path),
        }
    }
}

fn list_in(folder: &Path) -> Manifest {
    let mut files = Vec::new();
    files_below(folder, &mut files);
    let list = files.iter().find(|path| path.extension().is_some_and(|e| e == "mhl")).unwrap();
    read_manifest(&fs::read(list).unwrap()[..], &Limits::default()).unwrap()
}

/// Each digest of a file that differs, by its element.
fn differing(folder: &Path, file: &FileEntry) -> Vec<String> {
    let path = folder.join(file.path.as_str());
    let algorithms: Vec<_> = file.hashes.iter().filter_map(|hash| hash.algorithm()).collect();
    let computed = hash_file(&path, &algorithms, &()).unwrap();
    assert_eq!(Some(computed.bytes), file.size, "{path:?}");
    let value = |hash: &mhl_core::RecordedHash| -> Option<HashValue> {
        computed.values.iter().find(|value| Some(value.algorithm()) == hash.algorithm()).copied()
    };
    file.hashes
        .iter()
        .filter(|hash| value(hash).is_some_and(|value| !hash.compare(&value).holds()))
        .map(|hash| hash.element().to_owned())
        .collect()
}

#[test]
fn every_list_reads_as_it_writes() {
    let Some(corpus) = corpus() else { return };
    let mut files = Vec::new();
    files_below(&corpus, &mut files);
    let lists: Vec<_> =
        files.iter().filter(|f| f.extension().is_some_and(|e| e == "mhl")).collect();
    assert!(lists.len() >= 10, "{lists:?}");
    for list in lists {
        let document = fs::read(list).unwrap();
        assert!(read_manifest(&document[..], &Limits::default()).is_ok(), "{list:?}");
        reading::reads_as_it_writes(&document);
    }
}

/// Two of the documents are UTF-8 lists, one is UTF-16 with bare CR line ends, one is a chain.
#[test]
fn row_02_real_documents_cut_at_every_byte_are_errors() {
    let Some(corpus) = corpus() else { return };
    for (folder, ending) in [
        ("classic/multiple", "mhl"),
        ("classic/utf-16le", "mhl"),
        ("asc/scenario_01", "mhl"),
        ("asc/scenario_02", "xml"),
    ] {
        let path = &lists(&corpus.join(folder), ending)[0];
        let document = fs::read(path).unwrap();
        let refusal = |bytes: &[u8]| match ending {
            "xml" => asc::Chain::read(bytes, &Limits::default()).err(),
            _ => read_manifest(bytes, &Limits::default()).err(),
        };
        assert!(refusal(&document).is_none(), "{path:?}");
        // What follows the root element is white space, which may be cut.
        let white = |byte: &u8| matches!(byte, b' ' | b'\n' | b'\r' | 0);
        let end = document.iter().rposition(|byte| !white(byte)).unwrap();
        for cut in 0..=end {
            let error = refusal(&document[..cut]).unwrap_or_else(|| panic!("{path:?} {cut}"));
            assert!(
                matches!(
                    error.kind,
                    ReadErrorKind::Truncated { .. }
                        | ReadErrorKind::Malformed { .. }
                        | ReadErrorKind::NotWellFormed(_)
                ),
                "{path:?} cut at {cut}: {error}"
            );
            assert!(error.position.offset <= cut as u64, "{path:?} cut at {cut}: {error}");
        }
    }
}

#[test]
fn classic_lists_hold_against_their_files() {
    let Some(corpus) = corpus() else { return };
    for name in ["generic", "md5", "null", "utf-16le", "xxhash64be"] {
        let folder = corpus.join("classic").join(name);
        let manifest = list_in(&folder);
        assert!(manifest.files().count() >= 3, "{name}");
        for file in manifest.files() {
            assert_eq!(differing(&folder, file), [""; 0], "{name} {}", file.path);
        }
    }
}

#[test]
fn row_60_every_digest_of_an_entry_must_hold() {
    let Some(corpus) = corpus() else { return };
    let folder = corpus.join("classic/multiple");
    let manifest = list_in(&folder);
    let differing: Vec<_> = manifest
        .files()
        .flat_map(|file| {
            differing(&folder, file).into_iter().map(|hash| (file.path.as_str(), hash))
        })
        .collect();
    assert_eq!(differing, [("file1.txt", "md5".to_owned()), ("file2.txt", "md5".to_owned())]);
}

#[test]
fn null_entries_prove_nothing() {
    let Some(corpus) = corpus() else { return };
    let value = HashValue::from_bytes(mhl_hash::Algorithm::Md5, &[0; 16]).unwrap();
    for file in list_in(&corpus.join("classic/null")).files() {
        assert!(file.hashes[0].is_null());
        assert!(matches!(file.hashes[0].compare(&value), Comparison::Incomparable { .. }));
    }
}

#[test]
fn histories_load_without_a_fault_and_their_files_hold() {
    let Some(corpus) = corpus() else { return };
    let mut histories = 0;
    let mut files = Vec::new();
    files_below(&corpus.join("asc"), &mut files);
    for chain in files.iter().filter(|path| path.ends_with(asc::CHAIN_FILE)) {
        let root = chain.parent().unwrap().parent().unwrap();
        let history = asc::History::load(root, &Limits::default()).unwrap().unwrap();
        assert_eq!(history.findings, [], "{root:?}");
        assert_eq!(history.next_number(), history.generations.len() as u64 + 1);
        for generation in &history.generations {
            assert_eq!(generation.manifest.findings, [], "{root:?}");
            for file in generation.manifest.files() {
                assert_eq!(differing(root, file), [""; 0], "{root:?} {}", file.path);
            }
        }
        assert_eq!(history.known().len(), 3);
        histories += 1;

        let mut written = Vec::new();
        history.chain.unwrap().write(&mut written).unwrap();
        assert_eq!(written, fs::read(chain).unwrap(), "our chain is byte for byte the reference's");
    }
    assert_eq!(histories, 5);
}
