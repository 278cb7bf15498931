//! Lists read entry by entry and whole, looked up and compared.

use std::{ffi::c_char, fs, path::PathBuf};

use tempfile::TempDir;

use super::{manifest_record::SOME_TIME, *};

/// A list of either format in a folder of its own.
struct List(TempDir);

const CLASSIC: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<hashlist version="1.1">
  <creatorinfo>
    <name>N. N.</name><username>dit</username><hostname>cart</hostname><tool>engine 4.2</tool>
    <startdate>2026-11-22T14:30:00Z</startdate><finishdate>2026-11-22T14:31:00Z</finishdate>
  </creatorinfo>
  <hash>
    <file>Clips/b.mxf</file>
    <size>3</size>
    <lastmodificationdate>2026-11-22T14:30:00Z</lastmodificationdate>
    <xxhash64be>44bc2cf5ad770999</xxhash64be>
    <md5>900150983CD24FB0D6963F7D28E17F72</md5>
    <hashdate>2026-11-22T14:30:30Z</hashdate>
  </hash>
  <hash>
    <file>a.mxf</file>
    <size>+5</size>
    <lastmodificationdate>2026-11-22T14:30:00Z</lastmodificationdate>
    <null/>
    <hashdate>2026-11-22T14:30:30Z</hashdate>
  </hash>
</hashlist>
"#;

const ASC: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<hashlist version="2.0" xmlns="urn:ASC:MHL:v2.0">
  <creatorinfo>
    <creationdate>2026-11-22T14:30:00+00:00</creationdate><hostname>cart</hostname>
    <tool version="4.2">engine</tool><author role="DIT">N. N.</author>
  </creatorinfo>
  <processinfo>
    <process>transfer</process>
    <roothash><content><xxh64>44bc2cf5ad770999</xxh64></content>
      <structure><xxh64>44bc2cf5ad770998</xxh64></structure></roothash>
    <ignore><pattern>.DS_Store</pattern><pattern>*.tmp</pattern></ignore>
  </processinfo>
  <hashes>
    <hash>
      <path size="3" lastmodificationdate="2026-11-22T14:30:00+00:00">Clips/c.mxf</path>
      <xxh64 action="verified" hashdate="2026-11-22T14:30:00+00:00">44bc2cf5ad770999</xxh64>
      <previousPath>Clips/b.mxf</previousPath>
    </hash>
    <directoryhash>
      <path>Clips</path>
      <content><xxh64>44bc2cf5ad770999</xxh64></content>
      <structure><xxh64>44bc2cf5ad770998</xxh64></structure>
    </directoryhash>
  </hashes>
  <references>
    <hashlistreference>
      <path>Audio/ascmhl/0001_Audio_2026-11-22_143000Z.mhl</path>
      <c4>c459dsjfscH38cYeXXYogktxf4Cd9ibshE3BHUo6a58hBXmRQdZrAkZzsWcbWtDg5oQstpDuni4Hirj75GEmTc1sFT</c4>
    </hashlistreference>
  </references>
</hashlist>
"#;

impl List {
    fn new(list: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("list.mhl"), list).unwrap();
        List(folder)
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("list.mhl")
    }

    fn reader(&self) -> Result<*mut ManifestReader, Failed> {
        let path = c_path(&self.path());
        // SAFETY: NUL-terminated text, a local.
        written(null_mut(), |reader, e| unsafe {
            mhl_manifest_reader_open(path.as_ptr(), reader, e)
        })
    }

    fn load(&self) -> Result<*mut Manifest, Failed> {
        let path = c_path(&self.path());
        // SAFETY: NUL-terminated text, a local.
        written(null_mut(), |manifest, e| unsafe { mhl_manifest_load(path.as_ptr(), manifest, e) })
    }
}

fn next(reader: *mut ManifestReader) -> Result<Entry, Failed> {
    // SAFETY: a live reader.
    filled(|entry, e| unsafe { mhl_manifest_reader_next(reader, entry, e) })
}

fn hash(reader: *mut ManifestReader, index: u64) -> Result<RecordedHash, Failed> {
    // SAFETY: a live reader.
    filled(|hash, e| unsafe { mhl_manifest_reader_hash(reader, index, hash, e) })
}

#[test]
fn a_classic_list_is_read_entry_by_entry() {
    let list = List::new(CLASSIC);
    let reader = list.reader().unwrap();
    // SAFETY: a live reader.
    let header: ListHeader =
        filled(|to, e| unsafe { mhl_manifest_reader_header(reader, to, e) }).unwrap();
    assert_eq!((header.format, header.process), (Format::Classic, Process::Unknown));
    assert_eq!((text(header.tool), text(header.tool_version)), (Some("engine 4.2"), None));
    assert_eq!((text(header.user), text(header.author_name)), (Some("dit"), Some("N. N.")));
    assert_eq!((header.author_count, header.ignore_count, header.root_hash_count), (1, 0, 0));
    assert_eq!((header.started, header.created.is_known), (SOME_TIME, 0));

    let clip = next(reader).unwrap();
    assert_eq!((clip.kind, text(clip.path)), (EntryKind::File, Some("Clips/b.mxf")));
    assert_eq!((clip.size, clip.modified, clip.created.is_known), (3, SOME_TIME, 0));
    assert_eq!((clip.hash_count, clip.hashed.seconds), (2, SOME_TIME.seconds + 30));
    assert_eq!((text(clip.previous_path), text(clip.finding)), (None, None));
    let digests = [hash(reader, 0).unwrap(), hash(reader, 1).unwrap()];
    let md5 = digests.iter().find(|hash| text(hash.element) == Some("md5")).unwrap();
    assert_eq!((md5.of, md5.action, md5.digest.len), (HashOf::File, Action::None, 16));
    assert_eq!(text(md5.text), Some("900150983CD24FB0D6963F7D28E17F72"), "an unusual spelling");
    let xxh64 = digests.iter().find(|hash| text(hash.element) == Some("xxhash64be")).unwrap();
    assert_eq!((xxh64.digest, text(xxh64.text)), (manifest_record::abc(), None));
    assert_eq!(hash(reader, 2).unwrap_err().status, Status::NotFound);

    let mut found = Vec::new();
    let end = loop {
        match next(reader) {
            Ok(entry) => found.push((entry.kind, text(entry.path).unwrap().to_owned(), entry)),
            Err(end) => break end,
        }
    };
    assert_eq!(end.status, Status::End);
    assert_eq!(next(reader).unwrap_err().status, Status::End, "and again");
    assert_eq!(hash(reader, 0).unwrap_err().status, Status::NotFound, "nothing was read last");
    let files = found.iter().filter(|(kind, ..)| *kind == EntryKind::File);
    assert_eq!(files.map(|(_, path, _)| path.as_str()).collect::<Vec<_>>(), ["a.mxf"]);
    let remark = found.iter().find(|(kind, ..)| *kind == EntryKind::Finding);
    assert!(remark.is_some(), "a size with a sign is unusual");
    // SAFETY: freed once and last.
    unsafe { mhl_manifest_reader_free(reader) };
}

#[test]
fn a_generation_is_read_with_folders_references_and_patterns() {
    let list = List::new(ASC);
    let reader = list.reader().unwrap();
    // SAFETY: a live reader.
    let header: ListHeader =
        filled(|to, e| unsafe { mhl_manifest_reader_header(reader, to, e) }).unwrap();
    assert_eq!((header.format, header.process), (Format::Asc, Process::Transfer));
    assert_eq!((text(header.process_word), text(header.version)), (Some("transfer"), Some("2.0")));
    assert_eq!((text(header.author_role), header.root_hash_count), (Some("DIT"), 2));
    let pattern = |index| {
        // SAFETY: a live reader, a local.
        written(NO_TEXT, |to, e| unsafe { mhl_manifest_reader_ignore(reader, index, to, e) })
    };
    assert_eq!(text(pattern(1).unwrap()), Some("*.tmp"));
    assert_eq!(pattern(2).unwrap_err().status, Status::NotFound);

    let clip = next(reader).unwrap();
    assert_eq!(text(clip.previous_path), Some("Clips/b.mxf"));
    let recorded = hash(reader, 0).unwrap();
    assert_eq!((recorded.action, recorded.hashed), (Action::Verified, SOME_TIME));
    let folder = next(reader).unwrap();
    assert_eq!((folder.kind, folder.size, folder.hash_count), (EntryKind::Directory, NO_SIZE, 2));
    let pair = [hash(reader, 0).unwrap().of, hash(reader, 1).unwrap().of];
    assert_eq!(pair, [HashOf::Content, HashOf::Structure]);
    let reference = next(reader).unwrap();
    assert_eq!((reference.kind, reference.hash_count), (EntryKind::Reference, 1));
    assert_eq!(hash(reader, 0).unwrap().digest.algorithm, AlgorithmCode::C4 as u32);
    assert_eq!(next(reader).unwrap_err().status, Status::End);
    // SAFETY: freed once and last.
    unsafe { mhl_manifest_reader_free(reader) };
}

#[test]
fn a_list_that_breaks_off_never_ends_well() {
    let cut = CLASSIC.find("<file>a.mxf").unwrap();
    let list = List::new(&CLASSIC[..cut]);
    let reader = list.reader().unwrap();
    assert_eq!(text(next(reader).unwrap().path), Some("Clips/b.mxf"));
    let failed = next(reader).unwrap_err();
    assert_eq!((failed.status, failed.path), (Status::InvalidManifest, Some(list.path())));
    assert!(failed.line > 10 && failed.offset > 0);
    assert_eq!(next(reader).unwrap_err().status, Status::InvalidManifest, "not its end");
    // SAFETY: freed once and last.
    unsafe { mhl_manifest_reader_free(reader) };
    assert_eq!(list.load().unwrap_err().line, failed.line);
    assert_eq!(List::new("<html/>").reader().unwrap_err().status, Status::InvalidManifest);
    fs::remove_file(list.path()).unwrap();
    assert_eq!(list.reader().unwrap_err().status, Status::Io);
    assert_eq!(list.load().unwrap_err().status, Status::Io);
}

fn count(manifest: *const Manifest) -> ManifestCounts {
    // SAFETY: a live manifest.
    filled(|to, e| unsafe { mhl_manifest_count(manifest, to, e) }).unwrap()
}

fn entry(manifest: *const Manifest, index: u64) -> Result<Entry, Failed> {
    // SAFETY: a live manifest.
    filled(|to, e| unsafe { mhl_manifest_entry(manifest, index, to, e) })
}

pub(crate) fn find(manifest: *const Manifest, path: &str) -> Result<u64, Failed> {
    let (data, len) = (path.as_ptr().cast::<c_char>(), path.len());
    // SAFETY: a live manifest, a text with its length, a local.
    written(0, |index, e| unsafe { mhl_manifest_find(manifest, data, len, index, e) })
}

#[test]
fn a_list_is_counted_and_looked_up() {
    let list = List::new(ASC);
    let manifest = list.load().unwrap();
    let counts = count(manifest);
    assert_eq!((counts.entries, counts.files, counts.bytes), (2, 1, 3));
    assert_eq!((counts.references, counts.findings), (1, 0));
    assert_eq!(find(manifest, "Clips"), Ok(1));
    assert_eq!(find(manifest, "Clips/c.mxf"), Ok(0));
    assert_eq!(find(manifest, "clips").unwrap_err().status, Status::NotFound);
    assert_eq!(find(manifest, "").unwrap_err().status, Status::NotFound);
    assert_eq!(text(entry(manifest, 0).unwrap().path), Some("Clips/c.mxf"));
    assert_eq!(entry(manifest, 2).unwrap_err().status, Status::NotFound);
    // SAFETY: a live manifest, locals; freed once and last.
    unsafe {
        let hash = |entry, index| {
            filled::<RecordedHash>(|to, e| mhl_manifest_hash(manifest, entry, index, to, e))
        };
        assert_eq!(hash(0, 0).unwrap().digest, manifest_record::abc());
        assert_eq!(hash(1, 1).unwrap().of, HashOf::Structure);
        assert_eq!(hash(1, 2).unwrap_err().status, Status::NotFound);
        assert_eq!(hash(2, 0).unwrap_err().status, Status::NotFound);
        let root: RecordedHash =
            filled(|to, e| mhl_manifest_root_hash(manifest, 1, to, e)).unwrap();
        assert_eq!(root.of, HashOf::Structure);
        let header: ListHeader = filled(|to, e| mhl_manifest_header(manifest, to, e)).unwrap();
        assert_eq!(header.ignore_count, 2);
        let pattern = written(NO_TEXT, |to, e| mhl_manifest_ignore(manifest, 0, to, e)).unwrap();
        assert_eq!(text(pattern), Some(".DS_Store"));
        let (mut path, mut c4) = (NO_TEXT, NO_DIGEST);
        call(|e| mhl_manifest_reference(manifest, 0, &raw mut path, &raw mut c4, e)).unwrap();
        assert!(text(path).unwrap().starts_with("Audio/ascmhl/0001_"));
        let absent =
            refusal(|e| mhl_manifest_reference(manifest, 1, &raw mut path, &raw mut c4, e));
        assert_eq!(absent, Status::NotFound);
        let content = written(NO_DIGEST, |to, e| mhl_manifest_roll_content(manifest, to, e));
        assert_eq!(content.unwrap().algorithm, AlgorithmCode::C4 as u32);
        let json = written(NO_TEXT, |to, e| mhl_manifest_json(manifest, to, e)).unwrap();
        let json = text(json).unwrap();
        assert!(json.starts_with(r#"{"schema":"mhl.manifest/1","format":"asc""#), "{json}");
        let finding = filled::<Finding>(|to, e| mhl_manifest_finding(manifest, 0, to, e));
        assert_eq!(finding.unwrap_err().status, Status::NotFound);
        mhl_manifest_free(manifest);
    }
    let twice = CLASSIC.replace("a.mxf", "Clips/b.mxf").replace("+5", "3");
    let manifest = List::new(&twice).load().unwrap();
    // SAFETY: a live manifest, freed once and last.
    unsafe {
        let kinds = (0..count(manifest).findings).map(|index| {
            let finding = filled::<Finding>(|to, e| mhl_manifest_finding(manifest, index, to, e));
            text(finding.unwrap().kind).unwrap().to_owned()
        });
        assert!(kinds.collect::<Vec<_>>().contains(&"duplicate-entry".to_owned()));
        mhl_manifest_free(manifest);
    }
}

#[test]
fn two_lists_are_compared_whatever_their_formats() {
    let [before, after] = [CLASSIC, ASC].map(|list| List::new(list).load().unwrap());
    // SAFETY: live manifests, freed once and before what was made of them; locals.
    unsafe {
        let difference = written(null_mut(), |to, e| mhl_difference_new(before, after, to, e));
        let difference = difference.unwrap();
        mhl_manifest_free(before);
        mhl_manifest_free(after);
        let (mut same, mut changes) = (9, 9);
        call(|e| mhl_difference_count(difference, &raw mut same, &raw mut changes, e)).unwrap();
        assert_eq!((same, changes), (0, 2));
        let change =
            |index| filled::<Change>(|to, e| mhl_difference_change(difference, index, to, e));
        let renamed = change(0).unwrap();
        assert_eq!((renamed.kind, text(renamed.path)), (ChangeKind::Renamed, Some("Clips/b.mxf")));
        assert_eq!((text(renamed.to), renamed.size_before), (Some("Clips/c.mxf"), NO_SIZE));
        assert_eq!(change(1).unwrap().kind, ChangeKind::Removed);
        assert_eq!(change(2).unwrap_err().status, Status::NotFound);
        let json = written(NO_TEXT, |to, e| mhl_difference_json(difference, to, e)).unwrap();
        assert!(text(json).unwrap().contains(r#""kind":"renamed""#));
        let digest = |change, index| {
            filled::<DifferingDigest>(|to, e| {
                mhl_difference_digest(difference, change, index, to, e)
            })
        };
        assert_eq!(digest(0, 0).unwrap_err().status, Status::NotFound);
        assert_eq!(digest(2, 0).unwrap_err().status, Status::NotFound);
        mhl_difference_free(difference);

        let other = CLASSIC.replace("44bc2cf5ad770999", "44bc2cf5ad770998").replace(">3<", ">4<");
        let [before, after] = [CLASSIC, &other].map(|list| List::new(list).load().unwrap());
        let difference = written(null_mut(), |to, e| mhl_difference_new(before, after, to, e));
        let difference = difference.unwrap();
        let changed: Change = filled(|to, e| mhl_difference_change(difference, 0, to, e)).unwrap();
        assert_eq!((changed.kind, changed.digest_count), (ChangeKind::Changed, 1));
        assert_eq!((changed.size_before, changed.size_after), (3, 4));
        let digest: DifferingDigest =
            filled(|to, e| mhl_difference_digest(difference, 0, 0, to, e)).unwrap();
        assert_eq!(digest.algorithm, AlgorithmCode::Xxh64 as u32);
        assert_eq!(text(digest.before), Some("44bc2cf5ad770999"));
        assert_eq!(text(digest.after), Some("44bc2cf5ad770998"));
        mhl_difference_free(difference);
        mhl_manifest_free(before);
        mhl_manifest_free(after);
    }
}

#[test]
fn row_83_a_null_is_refused_by_every_call_of_a_list() {
    let list = List::new(ASC);
    let (reader, manifest) = (list.reader().unwrap(), list.load().unwrap());
    // SAFETY: NULL, which every call accepts, and live things, freed once and last.
    unsafe {
        let difference = written(null_mut(), |to, e| mhl_difference_new(manifest, manifest, to, e));
        let difference = difference.unwrap();
        let (mut path, mut c4, mut number, mut index) = (NO_TEXT, NO_DIGEST, 0u64, 0u64);
        let (mut a_reader, mut a_manifest, mut made) = (null_mut(), null_mut(), null_mut());
        let a = c"a".as_ptr();
        let refused = [
            refusal(|e| mhl_manifest_reader_open(null(), &raw mut a_reader, e)),
            refusal(|e| mhl_manifest_reader_open(c"/".as_ptr(), null_mut(), e)),
            refusal(|e| mhl_manifest_reader_open_bytes(null(), 0, &raw mut a_reader, e)),
            refusal(|e| mhl_manifest_reader_open_w(null(), &raw mut a_reader, e)),
            refusal(|e| mhl_manifest_reader_header(null_mut(), null_mut(), e)),
            refusal(|e| mhl_manifest_reader_header(reader, null_mut(), e)),
            refusal(|e| mhl_manifest_reader_ignore(null_mut(), 0, &raw mut path, e)),
            refusal(|e| mhl_manifest_reader_ignore(reader, 0, null_mut(), e)),
            refusal(|e| mhl_manifest_reader_next(null_mut(), null_mut(), e)),
            refusal(|e| mhl_manifest_reader_next(reader, null_mut(), e)),
            refusal(|e| mhl_manifest_reader_hash(null_mut(), 0, null_mut(), e)),
            refusal(|e| mhl_manifest_reader_hash(reader, 0, null_mut(), e)),
            refusal(|e| mhl_manifest_load(null(), &raw mut a_manifest, e)),
            refusal(|e| mhl_manifest_load(c"/".as_ptr(), null_mut(), e)),
            refusal(|e| mhl_manifest_load_bytes(null(), 1, &raw mut a_manifest, e)),
            refusal(|e| mhl_manifest_load_w(null(), &raw mut a_manifest, e)),
            refusal(|e| mhl_manifest_header(null(), null_mut(), e)),
            refusal(|e| mhl_manifest_header(manifest, null_mut(), e)),
            refusal(|e| mhl_manifest_ignore(null(), 0, &raw mut path, e)),
            refusal(|e| mhl_manifest_ignore(manifest, 0, null_mut(), e)),
            refusal(|e| mhl_manifest_root_hash(null(), 0, null_mut(), e)),
            refusal(|e| mhl_manifest_root_hash(manifest, 0, null_mut(), e)),
            refusal(|e| mhl_manifest_count(null(), null_mut(), e)),
            refusal(|e| mhl_manifest_count(manifest, null_mut(), e)),
            refusal(|e| mhl_manifest_entry(null(), 0, null_mut(), e)),
            refusal(|e| mhl_manifest_entry(manifest, 0, null_mut(), e)),
            refusal(|e| mhl_manifest_hash(null(), 0, 0, null_mut(), e)),
            refusal(|e| mhl_manifest_hash(manifest, 0, 0, null_mut(), e)),
            refusal(|e| mhl_manifest_find(null(), a, 1, &raw mut index, e)),
            refusal(|e| mhl_manifest_find(manifest, null(), 1, &raw mut index, e)),
            refusal(|e| mhl_manifest_find(manifest, a, 1, null_mut(), e)),
            refusal(|e| mhl_manifest_reference(null(), 0, &raw mut path, &raw mut c4, e)),
            refusal(|e| mhl_manifest_reference(manifest, 0, null_mut(), &raw mut c4, e)),
            refusal(|e| mhl_manifest_reference(manifest, 0, &raw mut path, null_mut(), e)),
            refusal(|e| mhl_manifest_finding(null(), 0, null_mut(), e)),
            refusal(|e| mhl_manifest_finding(manifest, 0, null_mut(), e)),
            refusal(|e| mhl_manifest_roll_content(null(), &raw mut c4, e)),
            refusal(|e| mhl_manifest_roll_content(manifest, null_mut(), e)),
            refusal(|e| mhl_manifest_json(null(), &raw mut path, e)),
            refusal(|e| mhl_manifest_json(manifest, null_mut(), e)),
            refusal(|e| mhl_difference_new(null(), manifest, &raw mut made, e)),
            refusal(|e| mhl_difference_new(manifest, null(), &raw mut made, e)),
            refusal(|e| mhl_difference_new(manifest, manifest, null_mut(), e)),
            refusal(|e| mhl_difference_count(null(), &raw mut number, &raw mut index, e)),
            refusal(|e| mhl_difference_count(difference, null_mut(), &raw mut index, e)),
            refusal(|e| mhl_difference_count(difference, &raw mut number, null_mut(), e)),
            refusal(|e| mhl_difference_change(null(), 0, null_mut(), e)),
            refusal(|e| mhl_difference_change(difference, 0, null_mut(), e)),
            refusal(|e| mhl_difference_digest(null(), 0, 0, null_mut(), e)),
            refusal(|e| mhl_difference_digest(difference, 0, 0, null_mut(), e)),
            refusal(|e| mhl_difference_json(null(), &raw mut path, e)),
            refusal(|e| mhl_difference_json(difference, null_mut(), e)),
        ];
        assert_eq!(refused, [Status::NullPointer; 52]);
        assert!(path.data.is_null() && (number, index) == (0, 0), "outputs on success only");
        mhl_manifest_reader_free(null_mut());
        mhl_manifest_free(null_mut());
        mhl_difference_free(null_mut());
        mhl_manifest_reader_free(reader);
        mhl_manifest_free(manifest);
        mhl_difference_free(difference);
    }
}

#[test]
fn row_96_a_struct_of_another_size_is_refused_by_every_call_of_a_list() {
    let list = List::new(ASC);
    let (reader, manifest) = (list.reader().unwrap(), list.load().unwrap());
    // SAFETY: live things; the structs' first members are set. Freed once and last.
    unsafe {
        refuses_other_sizes::<ListHeader>(|to, e| mhl_manifest_reader_header(reader, to, e));
        refuses_other_sizes::<Entry>(|to, e| mhl_manifest_reader_next(reader, to, e));
        assert_eq!(text(next(reader).unwrap().path), Some("Clips/c.mxf"), "nothing was read");
        refuses_other_sizes::<RecordedHash>(|to, e| mhl_manifest_reader_hash(reader, 0, to, e));
        refuses_other_sizes::<ListHeader>(|to, e| mhl_manifest_header(manifest, to, e));
        refuses_other_sizes::<RecordedHash>(|to, e| mhl_manifest_root_hash(manifest, 0, to, e));
        refuses_other_sizes::<ManifestCounts>(|to, e| mhl_manifest_count(manifest, to, e));
        refuses_other_sizes::<Entry>(|to, e| mhl_manifest_entry(manifest, 0, to, e));
        refuses_other_sizes::<RecordedHash>(|to, e| mhl_manifest_hash(manifest, 0, 0, to, e));
        refuses_other_sizes::<Finding>(|to, e| mhl_manifest_finding(manifest, 0, to, e));
        mhl_manifest_reader_free(reader);
        mhl_manifest_free(manifest);
    }
}

#[test]
fn a_list_at_a_path_that_is_no_utf_8_is_opened_by_its_bytes() {
    let list = List::new(CLASSIC);
    let path = list.0.path().join(OsStr::from_bytes(b"\xff.mhl"));
    fs::rename(list.path(), &path).unwrap();
    let bytes = path.as_os_str().as_bytes();
    // SAFETY: slices and locals; freed once and last.
    unsafe {
        let manifest = written(null_mut(), |to, e| {
            mhl_manifest_load_bytes(bytes.as_ptr(), bytes.len(), to, e)
        });
        let reader = written(null_mut(), |to, e| {
            mhl_manifest_reader_open_bytes(bytes.as_ptr(), bytes.len(), to, e)
        });
        assert_eq!(count(manifest.as_ref().unwrap().cast_const()).files, 2);
        mhl_manifest_free(manifest.unwrap());
        mhl_manifest_reader_free(reader.unwrap());
        let wide = list.0.path().join("Rôle.mhl");
        fs::rename(&path, &wide).unwrap();
        let units: Vec<u16> = wide.to_str().unwrap().encode_utf16().chain([0]).collect();
        let manifest = written(null_mut(), |to, e| mhl_manifest_load_w(units.as_ptr(), to, e));
        mhl_manifest_free(manifest.unwrap());
        let reader = written(null_mut(), |to, e| mhl_manifest_reader_open_w(units.as_ptr(), to, e));
        mhl_manifest_reader_free(reader.unwrap());
    }
}
