//! What the device under a file likes.

use std::{fs::File, io, path::Path};

use crate::Streams;

/// In which order files are read.
///
/// ```
/// use mhl_hash::Strategy;
///
/// // A roll on tape is read in the order in which it was written.
/// assert_ne!(Strategy::Sequential, Strategy::Parallel);
/// // A device of which nothing is known is taken for flash.
/// assert_eq!(Strategy::of_device("/nowhere".as_ref()), Strategy::Parallel);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Strategy {
    /// One file after the other, in the order given, by one thread: for spinning disks and tape,
    /// which lose more by seeking than lanes gain. Small files are still hashed side by side.
    Sequential,
    /// As many files in turns as the lanes take and at least eight, by several threads: for flash,
    /// memory and most networks.
    Parallel,
}

/// Files whose first bytes are on their way at least: flash reads several at once.
const DEPTH: usize = 8;

impl Strategy {
    /// What the system says of the device under a path: sequential where it calls the device
    /// rotational or where LTFS is mounted, parallel where it says anything else or nothing. Only
    /// Linux is asked.
    #[must_use]
    pub fn of_device(path: &Path) -> Self {
        if seeks(path).unwrap_or(false) { Strategy::Sequential } else { Strategy::Parallel }
    }

    /// How many files are to be read in turns into these streams.
    ///
    /// ```
    /// use mhl_hash::{Algorithm, Strategy, Streams};
    ///
    /// let streams = Streams::new(&[Algorithm::Md5]);
    /// assert_eq!(Strategy::Sequential.side_by_side(&streams), 1);
    /// assert!(Strategy::Parallel.side_by_side(&streams) >= streams.lanes());
    /// ```
    #[must_use]
    pub fn side_by_side(self, streams: &Streams) -> usize {
        match self {
            Strategy::Sequential => 1,
            Strategy::Parallel => streams.lanes().max(DEPTH),
        }
    }
}

/// Whether LTFS is mounted under a path. Only Linux is asked; elsewhere, and where the system does not
/// tell, the answer is no.
///
/// By `proc(5)` such a mount has the type `ltfs` or `fuse.ltfs`, or any type of FUSE and a source like
/// `ltfs:/dev/sg3`, by which the reference implementation calls its mounts.
///
/// ```
/// assert!(!mhl_hash::is_tape("/nowhere".as_ref()));
/// ```
#[must_use]
pub fn is_tape(path: &Path) -> bool {
    #[cfg(target_os = "linux")]
    return device_number(path).is_some_and(|number| is_mounted_tape(&number));
    #[cfg(not(target_os = "linux"))]
    {
        let _ = path;
        false
    }
}

/// The number of the device under a path, as the system's tables spell it.
#[cfg(target_os = "linux")]
fn device_number(path: &Path) -> Option<String> {
    use std::os::linux::fs::MetadataExt;

    let device = std::fs::metadata(path).ok()?.st_dev();
    Some(format!("{}:{}", rustix::fs::major(device), rustix::fs::minor(device)))
}

#[cfg(target_os = "linux")]
fn is_mounted_tape(number: &str) -> bool {
    let mounts = std::fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    is_tape_in(&mounts, number)
}

#[cfg(target_os = "linux")]
fn is_tape_in(mounts: &str, number: &str) -> bool {
    mounted(mounts, number).is_some_and(|(kind, source)| {
        let is_fuse = kind == "fuse" || kind.starts_with("fuse.");
        ["ltfs", "fuse.ltfs"].contains(&kind) || (is_fuse && source.starts_with("ltfs:"))
    })
}

#[cfg(target_os = "linux")]
fn seeks(path: &Path) -> Option<bool> {
    let number = device_number(path)?;
    let block = Path::new("/sys/dev/block").join(&number);
    // A virtual disk calls itself rotational unless its host says otherwise, which tells nothing.
    if std::fs::read_link(&block).is_ok_and(|link| link.to_string_lossy().contains("/virtio")) {
        return None;
    }
    // A partition's queue is that of its disk.
    let queue = [block.join("queue/rotational"), block.join("../queue/rotational")];
    if let Some(rotational) = queue.iter().find_map(|file| std::fs::read_to_string(file).ok()) {
        return Some(rotational.trim() == "1");
    }
    Some(is_mounted_tape(&number))
}

/// The type and the source of the file system with this device number, of a table as `proc(5)` has it.
#[cfg(target_os = "linux")]
fn mounted<'a>(mounts: &'a str, number: &str) -> Option<(&'a str, &'a str)> {
    let mount = mounts.lines().find(|line| line.split(' ').nth(2) == Some(number))?;
    let mut fields = mount.split_once(" - ")?.1.split(' ');
    Some((fields.next()?, fields.next().unwrap_or_default()))
}

#[cfg(not(target_os = "linux"))]
fn seeks(_path: &Path) -> Option<bool> {
    None
}

/// Opens a file to read it. Where the system allows it, which is to the file's owner on Linux, that
/// leaves its time of access alone: evidence stays as it was, and the system has nothing to write.
///
/// # Errors
/// What the system says.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    #[cfg(target_os = "linux")]
    {
        use std::os::unix::fs::OpenOptionsExt;

        const UNTOUCHED: i32 = rustix::fs::OFlags::NOATIME.bits().cast_signed();
        match File::options().read(true).custom_flags(UNTOUCHED).open(path) {
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {}
            opened => return opened,
        }
    }
    File::open(path)
}

/// Asks the system to read the first bytes of a file into its cache meanwhile.
#[cfg(target_os = "linux")]
pub(crate) fn read_ahead(file: &File, len: usize) {
    let len = std::num::NonZero::new(len as u64);
    // A mere hint: where it is refused the bytes come later.
    let _ = rustix::fs::fadvise(file, 0, len, rustix::fs::Advice::WillNeed);
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn read_ahead(_file: &File, _len: usize) {}

/// Reads the next bytes if the system has them in its cache. Returns how many, which is 0 at the end
/// of the file.
///
/// # Errors
/// [`io::ErrorKind::WouldBlock`] where they must be waited for, any other where the system does not
/// tell.
#[cfg(target_os = "linux")]
pub(crate) fn read_cached(file: &File, buffer: &mut [u8]) -> io::Result<usize> {
    use rustix::io::{IoSliceMut, ReadWriteFlags, preadv2};

    /// The offset that stands for the file's own position.
    const HERE: u64 = u64::MAX;
    Ok(preadv2(file, &mut [IoSliceMut::new(buffer)], HERE, ReadWriteFlags::NOWAIT)?)
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn read_cached(_file: &File, _buffer: &mut [u8]) -> io::Result<usize> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_tape_is_known_by_its_file_system_or_by_its_source() {
        let mounts = "\
22 1 254:1 / / rw,relatime - ext4 /dev/vda1 rw
36 22 0:31 / /mnt/my\\040tape rw,nosuid shared:9 - fuse.ltfs ltfs:/dev/sg3 rw,user_id=0
37 22 0:32 / /mnt/b rw,nosuid - fuse ltfs:/dev/sg4 rw,user_id=0
38 22 0:33 / /mnt/c rw,nosuid - ltfs /dev/sg5 rw
39 22 0:34 / /mnt/d rw,nosuid - fuse.exfat /dev/sdb1 rw
40 22 0:35 / /mnt/e rw,nosuid - nfs4 ltfs:/export rw
";
        assert_eq!(mounted(mounts, "0:31"), Some(("fuse.ltfs", "ltfs:/dev/sg3")));
        assert_eq!(mounted(mounts, "254:1"), Some(("ext4", "/dev/vda1")));
        for number in ["0:31", "0:32", "0:33"] {
            assert!(is_tape_in(mounts, number), "{number}");
        }
        for number in ["254:1", "0:34", "0:35", "0:3"] {
            assert!(!is_tape_in(mounts, number), "{number}");
        }
        assert_eq!(mounted("", "0:31"), None);
        assert_eq!(mounted("36 22 0:31 / /mnt", "0:31"), None);
    }
}
