//! Lists written by hand.

use std::{
    ffi::{c_char, c_int, c_void},
    fs,
    path::Path,
};

use mhl_core::{Entry as CoreEntry, Limits, read_manifest};

use super::{
    manifest_record::{NO_TIME, SOME_TIME, abc, file},
    *,
};

fn header(format: Format) -> NewHeader {
    NewHeader {
        struct_size: size_of::<NewHeader>(),
        format: format as u32,
        process: 0,
        created: SOME_TIME,
        started: SOME_TIME,
        finished: SOME_TIME,
        tool: c"engine".as_ptr(),
        tool_version: null(),
        host: c"cart".as_ptr(),
        user: c"DIT".as_ptr(),
        author_name: c"N. N.".as_ptr(),
        ignore: null(),
        ignore_len: 0,
        root_content: null(),
        root_structure: null(),
        root_hashes_len: 0,
    }
}

fn open(path: &Path, header: &NewHeader) -> Result<*mut ManifestWriter, Failed> {
    let path = c_path(path);
    // SAFETY: NUL-terminated text, a struct of the test, a local.
    written(null_mut(), |writer, e| unsafe {
        mhl_manifest_writer_open(path.as_ptr(), header, writer, e)
    })
}

fn add(writer: *mut ManifestWriter, path: &str, action: u32) -> Result<(), Failed> {
    let digest = abc();
    let mut file = file(path, &digest);
    file.hashed = SOME_TIME;
    // SAFETY: a live writer, a struct of the test.
    call(|e| unsafe { mhl_manifest_writer_file(writer, &raw const file, action, e) })
}

fn finish(writer: *mut ManifestWriter) -> Result<Digest, Failed> {
    // SAFETY: a live writer, a local.
    written(NO_DIGEST, |c4, e| unsafe { mhl_manifest_writer_finish(writer, c4, e) })
}

fn free(writer: *mut ManifestWriter) {
    // SAFETY: the tests free each writer once and last.
    unsafe { mhl_manifest_writer_free(writer) };
}

#[test]
fn a_list_at_a_path_stands_there_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("A001.mhl");
    let abandoned = open(&path, &header(Format::Classic)).unwrap();
    add(abandoned, "a.mxf", 0).unwrap();
    free(abandoned);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);

    let writer = open(&path, &header(Format::Classic)).unwrap();
    add(writer, "a.mxf", 0).unwrap();
    assert_eq!(add(writer, "b.mxf", 1).unwrap_err().status, Status::InvalidArgument);
    assert_eq!(add(writer, "../b.mxf", 0).unwrap_err().status, Status::InvalidArgument);
    assert_eq!(add(writer, "b\u{1}.mxf", 0).unwrap_err().status, Status::NotListable);
    add(writer, "c.mxf", 0).unwrap();
    assert!(!path.exists());
    let c4 = finish(writer).unwrap();
    assert_eq!((c4.algorithm, c4.len), (AlgorithmCode::C4 as u32, 64));
    assert_eq!(finish(writer).unwrap_err().status, Status::Finished);
    assert_eq!(add(writer, "d.mxf", 0).unwrap_err().status, Status::Finished);
    free(writer);
    let list = read_manifest(fs::read(&path).unwrap().as_slice(), &Limits::default()).unwrap();
    assert_eq!(list.files().map(|f| f.path.as_str()).collect::<Vec<_>>(), ["a.mxf", "c.mxf"]);
    assert_eq!(list.header.creator.name.as_deref(), Some("N. N."));
    assert!(list.files().all(|file| file.hash_date.is_some()));
    assert_eq!(open(&path, &header(Format::Classic)).unwrap_err().status, Status::Io, "it stands");
}

unsafe extern "C" fn collect(userdata: *mut c_void, bytes: *const c_void, len: usize) -> c_int {
    // SAFETY: the test's own vector; the bytes live until this returns.
    unsafe {
        let all = &mut *userdata.cast::<Vec<u8>>();
        all.extend_from_slice(slice::from_raw_parts(bytes.cast(), len));
    }
    0
}

unsafe extern "C" fn refuse(_: *mut c_void, _: *const c_void, _: usize) -> c_int {
    1
}

fn new(
    callback: WriteCallback,
    bytes: &mut Vec<u8>,
    header: &NewHeader,
) -> Result<*mut ManifestWriter, Failed> {
    let userdata = std::ptr::from_mut(bytes).cast();
    // SAFETY: a vector that lives longer than the writer, a struct of the test, a local.
    written(null_mut(), |writer, e| unsafe {
        mhl_manifest_writer_new(callback, userdata, header, writer, e)
    })
}

#[test]
fn a_generation_goes_to_a_callback_with_folders_and_references() {
    let mut bytes = Vec::new();
    let (content, structure) = (abc(), abc());
    let patterns = [c".DS_Store".as_ptr()];
    let rooted = NewHeader {
        process: Process::Transfer as u32,
        ignore: patterns.as_ptr(),
        ignore_len: 1,
        root_content: &raw const content,
        root_structure: &raw const structure,
        root_hashes_len: 1,
        ..header(Format::Asc)
    };
    let writer = new(Some(collect), &mut bytes, &rooted).unwrap();
    add(writer, "Clips/a.mxf", Action::Original as u32).unwrap();
    let folder = HashedDirectory {
        struct_size: size_of::<HashedDirectory>(),
        path: lent("Clips"),
        modified: SOME_TIME,
        hashed: NO_TIME,
        content: &raw const content,
        structure: &raw const structure,
        hashes_len: 1,
    };
    let c4 = {
        let mut c4 = Digest { algorithm: AlgorithmCode::C4 as u32, len: 64, ..NO_DIGEST };
        c4.bytes[0] = 1;
        c4
    };
    let name = "Audio/ascmhl/0001.mhl";
    let (data, len) = (name.as_ptr().cast::<c_char>(), name.len());
    // SAFETY: a live writer, structs and texts of the test.
    unsafe {
        call(|e| mhl_manifest_writer_directory(writer, &raw const folder, e)).unwrap();
        call(|e| mhl_manifest_writer_reference(writer, data, len, &raw const c4, e)).unwrap();
        let wrong =
            refusal(|e| mhl_manifest_writer_reference(writer, data, len, &raw const content, e));
        assert_eq!(wrong, Status::InvalidArgument, "no C4");
        refuses_other_sizes::<HashedDirectory>(|to, e| {
            mhl_manifest_writer_directory(writer, to, e)
        });
        refuses_other_sizes::<HashedFile>(|to, e| mhl_manifest_writer_file(writer, to, 0, e));
        assert_eq!(add(writer, "x", 9).unwrap_err().status, Status::InvalidArgument);
    }
    let c4_of_all = finish(writer).unwrap();
    free(writer);
    let mut hasher = mhl_hash::Hasher::new(mhl_hash::Algorithm::C4);
    hasher.update(&bytes);
    assert_eq!(c4_of_all.bytes, hasher.finish().as_bytes());
    let list = read_manifest(bytes.as_slice(), &Limits::default()).unwrap();
    assert_eq!(list.findings, []);
    assert_eq!((list.entries.len(), list.references.len()), (2, 1));
    assert_eq!(list.header.ignore, [".DS_Store"]);
    assert!(list.header.root_hash.is_some());
    assert!(matches!(&list.entries[1], CoreEntry::Directory(folder) if folder.content.len() == 1));
}

#[test]
fn a_callback_that_takes_no_more_ends_the_list() {
    let mut bytes = Vec::new();
    let writer = new(Some(refuse), &mut bytes, &header(Format::Classic)).unwrap();
    let mut ended = None;
    for number in 0..10_000 {
        if let Err(failed) = add(writer, &format!("{number}.mxf"), 0) {
            ended = Some(failed.status);
            break;
        }
    }
    assert_eq!(ended, Some(Status::Cancelled));
    assert_eq!(finish(writer).unwrap_err().status, Status::Finished);
    free(writer);
    let writer = new(Some(refuse), &mut bytes, &header(Format::Classic)).unwrap();
    assert_eq!(finish(writer).unwrap_err().status, Status::Cancelled);
    free(writer);
}

#[test]
fn what_the_format_cannot_hold_is_refused() {
    let mut bytes = Vec::new();
    let writer = new(Some(collect), &mut bytes, &header(Format::Classic)).unwrap();
    let c4 = Digest { algorithm: AlgorithmCode::C4 as u32, len: 64, ..NO_DIGEST };
    let (c4_file, digest) = (file("a.mxf", &c4), abc());
    let folder = HashedDirectory {
        struct_size: size_of::<HashedDirectory>(),
        path: lent("Clips"),
        modified: NO_TIME,
        hashed: NO_TIME,
        content: &raw const digest,
        structure: &raw const digest,
        hashes_len: 1,
    };
    // SAFETY: a live writer, structs of the test.
    unsafe {
        let refused = [
            refusal(|e| mhl_manifest_writer_file(writer, &raw const c4_file, 0, e)),
            refusal(|e| mhl_manifest_writer_directory(writer, &raw const folder, e)),
            refusal(|e| mhl_manifest_writer_reference(writer, c"a".as_ptr(), 1, &raw const c4, e)),
        ];
        assert_eq!(refused, [Status::NotListable; 3]);
    }
    finish(writer).unwrap();
    free(writer);
    let text = String::from_utf8(bytes).unwrap();
    assert!(!text.contains("<hash>"), "none of it was written");

    let mut bytes = Vec::new();
    let mut refused =
        |header: NewHeader| new(Some(collect), &mut bytes, &header).unwrap_err().status;
    assert_eq!(refused(header_of(0)), Status::InvalidArgument);
    assert_eq!(refused(NewHeader { process: 9, ..header(Format::Asc) }), Status::InvalidArgument);
    let control = NewHeader { tool: c"\x01".as_ptr(), ..header(Format::Asc) };
    assert_eq!(refused(control), Status::NotListable);
    let rootless = NewHeader { root_hashes_len: 1, ..header(Format::Asc) };
    assert_eq!(refused(rootless), Status::NullPointer);
}

fn header_of(format: u32) -> NewHeader {
    NewHeader { format, ..header(Format::Classic) }
}

#[test]
fn row_83_a_null_is_refused_by_every_call_of_a_writer() {
    let mut bytes: Vec<u8> = Vec::new();
    let good = header(Format::Asc);
    let own = new(Some(collect), &mut bytes, &good).unwrap();
    let mut made = null_mut();
    // SAFETY: NULL, which every call accepts, and live things, freed once and last.
    unsafe {
        let (path, nobody) = (c"/tmp/never.mhl".as_ptr(), null_mut());
        let refused = [
            refusal(|e| mhl_manifest_writer_open(null(), &raw const good, &raw mut made, e)),
            refusal(|e| mhl_manifest_writer_open(path, null(), &raw mut made, e)),
            refusal(|e| mhl_manifest_writer_open(path, &raw const good, null_mut(), e)),
            refusal(|e| {
                mhl_manifest_writer_open_bytes(null(), 1, &raw const good, &raw mut made, e)
            }),
            refusal(|e| mhl_manifest_writer_open_w(null(), &raw const good, &raw mut made, e)),
            refusal(|e| mhl_manifest_writer_new(None, nobody, &raw const good, &raw mut made, e)),
            refusal(|e| mhl_manifest_writer_new(Some(collect), nobody, null(), &raw mut made, e)),
            refusal(|e| {
                mhl_manifest_writer_new(Some(collect), nobody, &raw const good, null_mut(), e)
            }),
            refusal(|e| mhl_manifest_writer_file(null_mut(), null(), 0, e)),
            refusal(|e| mhl_manifest_writer_file(own, null(), 0, e)),
            refusal(|e| mhl_manifest_writer_directory(null_mut(), null(), e)),
            refusal(|e| mhl_manifest_writer_directory(own, null(), e)),
            refusal(|e| mhl_manifest_writer_reference(null_mut(), null(), 0, null(), e)),
            refusal(|e| mhl_manifest_writer_reference(own, null(), 1, null(), e)),
            refusal(|e| mhl_manifest_writer_reference(own, c"a".as_ptr(), 1, null(), e)),
            refusal(|e| mhl_manifest_writer_finish(null_mut(), null_mut(), e)),
        ];
        assert_eq!(refused, [Status::NullPointer; 16]);
        refuses_other_sizes::<NewHeader>(|header, e| {
            let mut made = null_mut();
            mhl_manifest_writer_new(Some(collect), null_mut(), header, &raw mut made, e)
        });
        call(|e| mhl_manifest_writer_finish(own, null_mut(), e)).unwrap();
        mhl_manifest_writer_free(null_mut());
    }
    free(own);
    assert!(!Path::new("/tmp/never.mhl").exists());
}

#[test]
fn a_list_is_written_at_a_path_in_any_spelling() {
    let folder = tempfile::tempdir().unwrap();
    let good = header(Format::Classic);
    let nameless = folder.path().join(OsStr::from_bytes(b"\xff.mhl"));
    let raw = nameless.as_os_str().as_bytes();
    let named = folder.path().join("Rôle.mhl");
    let units: Vec<u16> = named.to_str().unwrap().encode_utf16().chain([0]).collect();
    let bytes = folder.path().join("bytes.mhl");
    let bytes_ = bytes.as_os_str().as_bytes();
    // SAFETY: slices, structs of the test and locals; freed once and last.
    unsafe {
        let refused = written(null_mut(), |to, e| {
            mhl_manifest_writer_open_bytes(raw.as_ptr(), raw.len(), &raw const good, to, e)
        });
        assert_eq!(refused.unwrap_err().status, Status::Io, "a list's name is UTF-8");
        let writer = written(null_mut(), |to, e| {
            mhl_manifest_writer_open_bytes(bytes_.as_ptr(), bytes_.len(), &raw const good, to, e)
        });
        let writer = writer.unwrap();
        finish(writer).unwrap();
        free(writer);
        let writer = written(null_mut(), |to, e| {
            mhl_manifest_writer_open_w(units.as_ptr(), &raw const good, to, e)
        });
        let writer = writer.unwrap();
        finish(writer).unwrap();
        free(writer);
    }
    assert!(named.exists() && bytes.exists());
}
