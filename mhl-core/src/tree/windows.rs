//! A folder of a real disk, by the calls of Windows.
//!
//! Windows resolves no name from an open folder as Unix does. Instead every folder on the way to a name
//! is held open while the name is used, each looked at: none may be a reparse point, and as nobody else
//! may delete or rename what is held, none becomes one meanwhile.
//!
//! A folder cannot be made durable. Renames are asked to reach the disk before they return
//! (`MOVEFILE_WRITE_THROUGH`); that a file which was merely created or removed keeps or loses its name
//! over a power cut is left to the journal of the file system, which FAT and exFAT have not.

mod calls;
mod file;

use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions},
    io,
    os::windows::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use windows_sys::Win32::Storage::FileSystem as win;

pub(crate) use self::calls::{device_of, identity_at};
use self::{
    calls::{capacity, move_file, name_lock, stat_of, volume_of},
    file::Opened,
};
use super::{
    open_files::patiently,
    volume::{Capacity, Kind, Lock, Modified, ReadFile, Stat, Volume, WriteFile},
};
use crate::RelativePath;

/// Others may do anything with the file meanwhile, as on Unix.
const SHARED: u32 = win::FILE_SHARE_READ | win::FILE_SHARE_WRITE | win::FILE_SHARE_DELETE;
/// Nobody may rename or delete it meanwhile.
const HELD: u32 = win::FILE_SHARE_READ | win::FILE_SHARE_WRITE;
/// Opens folders too, and a reparse point itself and not what it leads to.
const ITSELF: u32 = win::FILE_FLAG_BACKUP_SEMANTICS | win::FILE_FLAG_OPEN_REPARSE_POINT;

/// A folder, held open.
#[derive(Debug)]
pub(crate) struct Disk {
    root: File,
    /// In the form that knows no longest path and nothing of `.`, `..`, `/` and devices' names.
    path: PathBuf,
}

impl Disk {
    /// Opens a folder; the path itself may lead through symbolic links.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let path = path.canonicalize()?;
        let root = patiently(|| hold_folder(&path))?;
        Ok(Disk { root, path })
    }

    /// The folders on the way to what stands at a path, held, and the path in full.
    fn at(&self, path: &RelativePath) -> io::Result<(Vec<File>, PathBuf)> {
        if path.as_str().contains(unholdable) {
            let note = format!("Windows can hold no such name: {path}");
            return Err(io::Error::new(io::ErrorKind::NotFound, note));
        }
        let (mut held, mut full) = (Vec::new(), self.path.clone());
        let mut names = path.segments().peekable();
        while let Some(name) = names.next() {
            full.push(name);
            if names.peek().is_some() {
                held.push(hold_folder(&full)?);
            }
        }
        Ok((held, full))
    }

    /// The same of what is going to be made: a name of which Windows would make another is refused.
    fn at_new(&self, path: &RelativePath) -> io::Result<(Vec<File>, PathBuf)> {
        if let Some((name, hazard)) = path.windows_hazard() {
            let note = format!("{hazard}: {name}");
            return Err(io::Error::new(io::ErrorKind::InvalidInput, note));
        }
        self.at(path)
    }

    /// The same of a folder, which may be the root.
    fn folder(&self, folder: Option<&RelativePath>) -> io::Result<(Vec<File>, PathBuf)> {
        let Some(folder) = folder else {
            return Ok((Vec::new(), self.path.clone()));
        };
        let (mut held, full) = self.at(folder)?;
        held.push(hold_folder(&full)?);
        Ok((held, full))
    }

    fn open_to_read(&self, path: &RelativePath) -> io::Result<(File, Stat)> {
        let (_held, full) = self.at(path)?;
        let file =
            OpenOptions::new().read(true).share_mode(SHARED).custom_flags(ITSELF).open(full)?;
        let stat = stat_of(&file)?;
        if stat.kind != Kind::File {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
        }
        Ok((file, stat))
    }

    fn moved(&self, from: &RelativePath, to: &RelativePath, replacing: bool) -> io::Result<()> {
        let ((_from_held, from), (_to_held, to)) = (self.at(from)?, self.at_new(to)?);
        move_file(&from, &to, replacing)
    }
}

/// Characters that stand in no name: `:` would lead to a stream of another file, `\` to another folder.
fn unholdable(character: char) -> bool {
    matches!(character, '\0'..='\x1f' | ':' | '\\' | '<' | '>' | '"' | '|' | '?' | '*')
}

/// Opens a folder so that nobody renames or deletes it meanwhile.
fn hold_folder(path: &Path) -> io::Result<File> {
    // The right to list it makes the sharing count: who asks for attributes alone holds nothing.
    let access = win::FILE_LIST_DIRECTORY | win::FILE_READ_ATTRIBUTES;
    let folder =
        OpenOptions::new().access_mode(access).share_mode(HELD).custom_flags(ITSELF).open(path)?;
    match stat_of(&folder)?.kind {
        Kind::Folder => Ok(folder),
        _ => Err(io::Error::new(io::ErrorKind::NotADirectory, "not a folder, or a link to one")),
    }
}

/// Looks at what stands at a path, and not at what a link there leads to.
fn look_at(path: &Path) -> io::Result<File> {
    let access = win::FILE_READ_ATTRIBUTES;
    OpenOptions::new().access_mode(access).share_mode(SHARED).custom_flags(ITSELF).open(path)
}

impl Volume for Disk {
    fn root(&self) -> &Path {
        &self.path
    }

    fn below(&self, folder: &RelativePath) -> io::Result<Box<dyn Volume>> {
        let (_held, path) = self.at(folder)?;
        let root = patiently(|| hold_folder(&path))?;
        Ok(Box::new(Disk { root, path }))
    }

    fn device(&self) -> Option<String> {
        volume_of(&self.path, &self.root)
    }

    fn is_still_there(&self) -> bool {
        let now = look_at(&self.path).and_then(|file| stat_of(&file));
        match (now, stat_of(&self.root)) {
            (Ok(now), Ok(then)) => now.identity == then.identity,
            _ => false,
        }
    }

    fn is_tape(&self) -> bool {
        mhl_hash::is_tape(&self.path)
    }

    /// To flush a volume takes an administrator's rights, so nothing more is made durable than each file
    /// was when it was written, and that is told.
    fn sync_all(&self) -> io::Result<()> {
        let note = "Windows makes a whole file system durable for administrators alone";
        Err(io::Error::new(io::ErrorKind::Unsupported, note))
    }

    fn capacity(&self) -> io::Result<Capacity> {
        capacity(&self.path)
    }

    fn names(&self, folder: Option<&RelativePath>) -> io::Result<Vec<OsString>> {
        let (_held, path) = self.folder(folder)?;
        fs::read_dir(path)?.map(|entry| Ok(entry?.file_name())).collect()
    }

    fn stat(&self, path: Option<&RelativePath>) -> io::Result<Stat> {
        match path {
            Some(path) => {
                let (_held, full) = self.at(path)?;
                stat_of(&look_at(&full)?)
            }
            None => stat_of(&self.root),
        }
    }

    fn open(&self, path: &RelativePath) -> io::Result<Box<dyn ReadFile>> {
        let (file, stat) = self.open_to_read(path)?;
        Ok(Box::new(Opened::to_read(file, stat)))
    }

    fn create(&self, path: &RelativePath) -> io::Result<Box<dyn WriteFile>> {
        let (_held, full) = self.at_new(path)?;
        let file = OpenOptions::new().write(true).create_new(true).share_mode(SHARED).open(full)?;
        Ok(Box::new(Opened::to_write(file)))
    }

    fn create_folder(&self, path: &RelativePath) -> io::Result<()> {
        let (_held, full) = self.at_new(path)?;
        fs::create_dir(full)
    }

    fn rename(&self, from: &RelativePath, to: &RelativePath) -> io::Result<()> {
        self.moved(from, to, false)
    }

    fn replace(&self, from: &RelativePath, to: &RelativePath) -> io::Result<()> {
        self.moved(from, to, true)
    }

    fn remove(&self, path: &RelativePath) -> io::Result<()> {
        let (_held, full) = self.at(path)?;
        fs::remove_file(full)
    }

    fn remove_folder(&self, path: &RelativePath) -> io::Result<()> {
        let (_held, full) = self.at(path)?;
        fs::remove_dir(full)
    }

    fn set_folder_modified(&self, path: Option<&RelativePath>, time: Modified) -> io::Result<()> {
        let (_held, full) = self.folder(path)?;
        let folder = OpenOptions::new()
            .access_mode(win::FILE_WRITE_ATTRIBUTES)
            .share_mode(SHARED)
            .custom_flags(ITSELF)
            .open(full)?;
        file::set_modified(&folder, time)
    }

    /// Windows has no such call. What is renamed reaches the disk before the rename returns.
    fn sync_folder(&self, folder: Option<&RelativePath>) -> io::Result<()> {
        // That it stands there is all that can be told.
        self.folder(folder).map(drop)
    }

    fn lock(&self, path: &RelativePath) -> io::Result<Option<Lock>> {
        let (_held, full) = self.at_new(path)?;
        let open = || {
            let mut options = OpenOptions::new();
            options.read(true).write(true).create(true).truncate(false);
            options.share_mode(SHARED).custom_flags(win::FILE_FLAG_OPEN_REPARSE_POINT).open(&full)
        };
        let file = patiently(open)?;
        let opened = stat_of(&file)?;
        if opened.kind != Kind::File {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
        }
        // By its identity and not by its bytes: those that `LockFileEx` locks nobody can read or write.
        let lock = name_lock(opened.identity)?;
        match lock.as_ref().map(|_| stat_of(&look_at(&full)?)).transpose()? {
            Some(there) if there.identity != opened.identity => Err(io::ErrorKind::NotFound.into()),
            // The file stays open with the lock: an identity is given anew once nobody has it.
            _ => Ok(lock.map(|lock| Box::new((lock, file)) as Lock)),
        }
    }

    fn lock_folder(&self, folder: Option<&RelativePath>) -> io::Result<Option<Lock>> {
        let (_held, full) = self.folder(folder)?;
        let folder = look_at(&full)?;
        let lock = name_lock(stat_of(&folder)?.identity)?;
        Ok(lock.map(|lock| Box::new((lock, folder)) as Lock))
    }
}

#[cfg(test)]
mod tests;
