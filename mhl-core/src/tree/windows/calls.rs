//! What std does not ask of Windows.
#![allow(unsafe_code)]

use std::{
    fs::{File, OpenOptions},
    io,
    os::windows::{
        ffi::OsStrExt,
        fs::OpenOptionsExt,
        io::{AsRawHandle, FromRawHandle, OwnedHandle},
    },
    path::Path,
    ptr,
};

use windows_sys::Win32::{
    Foundation::{ERROR_ACCESS_DENIED, ERROR_ALREADY_EXISTS, INVALID_HANDLE_VALUE},
    Storage::FileSystem as win,
    System::Threading::CreateMutexW,
};

use crate::tree::volume::{Capacity, Kind, Modified, NamesCount, Stat};

/// From 1601, where Windows begins, to 1970, in steps of 100 ns.
const UNIX_EPOCH: i64 = 116_444_736_000_000_000;
const STEPS_PER_SECOND: i64 = 10_000_000;
/// FAT keeps sizes in 32 bits (Microsoft's FAT specification, 1.03).
const FAT_FILE_MAX: u64 = u32::MAX as u64;

/// A text as Windows takes it, with the NUL behind it.
fn wide(text: impl AsRef<std::ffi::OsStr>) -> Vec<u16> {
    text.as_ref().encode_wide().chain([0]).collect()
}

fn told(result: i32) -> io::Result<()> {
    if result == 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// What an open file or folder is. Whatever is a reparse point counts as a link: it stands for something
/// that this program does not see.
pub(super) fn stat_of(file: &File) -> io::Result<Stat> {
    let handle = file.as_raw_handle();
    let mut info = win::BY_HANDLE_FILE_INFORMATION::default();
    // SAFETY: the handle is open for the whole call, which writes `info`, numbers alone.
    told(unsafe { win::GetFileInformationByHandle(handle, &raw mut info) })?;
    let mut times = win::FILE_BASIC_INFO::default();
    let size = size_of::<win::FILE_BASIC_INFO>() as u32;
    // SAFETY: the same; the call writes no more than the `size` bytes of `times`.
    told(unsafe {
        let into = (&raw mut times).cast();
        win::GetFileInformationByHandleEx(handle, win::FileBasicInfo, into, size)
    })?;
    let has = |attribute| info.dwFileAttributes & attribute != 0;
    let kind = if has(win::FILE_ATTRIBUTE_REPARSE_POINT) {
        Kind::SymbolicLink
    } else if has(win::FILE_ATTRIBUTE_DIRECTORY) {
        Kind::Folder
    } else {
        Kind::File
    };
    Ok(Stat {
        kind,
        size: joined(info.nFileSizeHigh, info.nFileSizeLow),
        modified: modified(times.LastWriteTime),
        changed: (times.ChangeTime & i64::from(u32::MAX)) as u32,
        mode: if has(win::FILE_ATTRIBUTE_READONLY) { 0o444 } else { 0o666 },
        identity: (
            info.dwVolumeSerialNumber.into(),
            joined(info.nFileIndexHigh, info.nFileIndexLow),
        ),
    })
}

fn joined(high: u32, low: u32) -> u64 {
    u64::from(high) << 32 | u64::from(low)
}

/// A time of Windows.
fn modified(steps: i64) -> Modified {
    let steps = steps.saturating_sub(UNIX_EPOCH);
    Modified {
        seconds: steps.div_euclid(STEPS_PER_SECOND),
        nanoseconds: (steps.rem_euclid(STEPS_PER_SECOND) * 100) as u32,
    }
}

/// Gives a file or folder another name, and returns when the disk has it.
pub(super) fn move_file(from: &Path, to: &Path, replacing: bool) -> io::Result<()> {
    let (from, to) = (wide(from), wide(to));
    let flags = match replacing {
        true => win::MOVEFILE_WRITE_THROUGH | win::MOVEFILE_REPLACE_EXISTING,
        false => win::MOVEFILE_WRITE_THROUGH,
    };
    // SAFETY: both end with a NUL and live through the call, which only reads them.
    told(unsafe { win::MoveFileExW(from.as_ptr(), to.as_ptr(), flags) })
}

/// Makes durable what anybody wrote of a file that is open for reading: that takes the right to write, so
/// it is opened once more. Of a file that nobody may write it cannot be known that nothing waits: it is
/// refused, with what the system said.
pub(super) fn flush(file: &File) -> io::Result<()> {
    let shared = super::SHARED;
    // SAFETY: the handle is open for the whole call, which makes a new one.
    let again =
        unsafe { win::ReOpenFile(file.as_raw_handle(), win::FILE_GENERIC_WRITE, shared, 0) };
    if again == INVALID_HANDLE_VALUE {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: it was just opened, and belongs to nobody else.
    let again = File::from(unsafe { OwnedHandle::from_raw_handle(again) });
    again.sync_all()
}

/// Room and limits of the file system that a folder stands on.
pub(super) fn capacity(folder: &Path) -> io::Result<Capacity> {
    let path = wide(folder);
    let mut free = 0u64;
    // SAFETY: the path ends with a NUL; the call writes one number, and where it may write nothing the
    // pointers are null.
    told(unsafe {
        let (total, all) = (ptr::null_mut(), ptr::null_mut());
        win::GetDiskFreeSpaceExW(path.as_ptr(), &raw mut free, total, all)
    })?;
    let (name_max, kind) = name_max_and_kind(folder)?;
    let file_max = if kind.starts_with("FAT") { FAT_FILE_MAX } else { u64::MAX };
    Ok(Capacity { free, name_max, names_count: NamesCount::Utf16, file_max })
}

/// The root of the file system that a folder stands on, with its NUL.
fn mount_point(folder: &Path) -> io::Result<Vec<u16>> {
    let path = wide(folder);
    // No mount point is longer than the path to what stands below it, but for a `\` at the end.
    let mut root = vec![0u16; path.len().saturating_add(8)];
    let room = u32::try_from(root.len()).unwrap_or(u32::MAX);
    // SAFETY: the path ends with a NUL; the call writes no more than the `room` units of `root`.
    told(unsafe { win::GetVolumePathNameW(path.as_ptr(), root.as_mut_ptr(), room) })?;
    Ok(root)
}

/// The longest name on the file system of a folder in units of UTF-16, and what kind it calls itself.
fn name_max_and_kind(folder: &Path) -> io::Result<(u64, String)> {
    let root = mount_point(folder)?;
    let (mut longest, mut kind) = (0u32, [0u16; 64]);
    // SAFETY: the root ends with a NUL; the call writes one number and no more than the 64 units of
    // `kind`, and where it may write nothing the pointers are null.
    told(unsafe {
        win::GetVolumeInformationW(
            root.as_ptr(),
            ptr::null_mut(),
            0,
            ptr::null_mut(),
            &raw mut longest,
            ptr::null_mut(),
            kind.as_mut_ptr(),
            64,
        )
    })?;
    Ok((longest.into(), text(&kind)))
}

/// What stands before the first NUL.
fn text(units: &[u16]) -> String {
    String::from_utf16_lossy(units.split(|unit| *unit == 0).next().unwrap_or_default())
}

/// Identity of the file system that an open folder stands on: `fs:` and the GUID of its volume, or
/// where it has none, as a share, `dev:` and its serial number.
pub(super) fn volume_of(path: &Path, folder: &File) -> Option<String> {
    let mut name = [0u16; 64];
    let named = mount_point(path).and_then(|root| {
        // SAFETY: the root ends with a NUL; the call writes no more than the 64 units of `name`.
        told(unsafe {
            win::GetVolumeNameForVolumeMountPointW(root.as_ptr(), name.as_mut_ptr(), 64)
        })
    });
    let name = text(&name);
    let guid = name.split_once('{').and_then(|(_, guid)| guid.split_once('}'));
    match (named, guid) {
        (Ok(()), Some((guid, _))) => Some(format!("fs:{guid}")),
        _ => Some(format!("dev:{:08x}", stat_of(folder).ok()?.identity.0)),
    }
}

/// A lock of this machine on what has an identity: a name that the system keeps until the last handle to it
/// is closed, which the end of a process does. `None` when another holds it. On a share it keeps no other
/// computer out.
pub(super) fn name_lock((volume, file): (u64, u64)) -> io::Result<Option<OwnedHandle>> {
    let name = wide(format!("Global\\mhl-{volume:x}-{file:x}"));
    // SAFETY: the name ends with a NUL and lives through the call; null asks for the usual rights.
    let handle = unsafe { CreateMutexW(ptr::null(), 0, name.as_ptr()) };
    let error = io::Error::last_os_error();
    let is = |number: u32| error.raw_os_error().is_some_and(|own| own.cast_unsigned() == number);
    if handle.is_null() {
        // It is another user's.
        return if is(ERROR_ACCESS_DENIED) { Ok(None) } else { Err(error) };
    }
    // SAFETY: it was just opened, and belongs to nobody else.
    let lock = unsafe { OwnedHandle::from_raw_handle(handle) };
    Ok((!is(ERROR_ALREADY_EXISTS)).then_some(lock))
}

/// What no other file has that a path leads to, through links too, as [`Stat`] tells it.
pub(crate) fn identity_at(path: &Path) -> Option<(u64, u64)> {
    let (access, flags) = (win::FILE_READ_ATTRIBUTES, win::FILE_FLAG_BACKUP_SEMANTICS);
    let file = OpenOptions::new().access_mode(access).custom_flags(flags).open(path).ok()?;
    stat_of(&file).ok().map(|stat| stat.identity)
}

/// The serial number of the volume that a path leads to.
pub(crate) fn device_of(path: &Path) -> Option<u64> {
    identity_at(path).map(|(volume, _)| volume)
}
