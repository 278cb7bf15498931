//! Rolls made for a row, gone with it.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Files and the bytes of each.
pub(crate) type Shape = (usize, usize);

pub(crate) const SMALL: Shape = (100_000, 4 << 10);
pub(crate) const MIDDLE: Shape = (2_000, 2 << 20);
pub(crate) const LARGE: Shape = (16, 256 << 20);
/// 2 GB, of which three copies have room in memory.
pub(crate) const LARGE_CARD: Shape = (8, 256 << 20);

/// A roll that vanishes with this value.
pub(crate) struct Roll {
    root: PathBuf,
    bytes: u64,
}

impl Roll {
    /// A thousand files to a folder.
    pub(crate) fn new((files, len): Shape) -> io::Result<Self> {
        let parent =
            std::env::var_os("MHL_BENCH_TREES").map_or_else(std::env::temp_dir, PathBuf::from);
        let root = parent.join(format!("mhl-engine-{}", std::process::id()));
        let roll = Roll { root, bytes: (files * len) as u64 };
        // A cycle that is no power of two, so that no two pages of a file are alike.
        let bytes: Vec<u8> = (0..len + 251).map(|i| (i % 251) as u8).collect();
        for file in 0..files {
            let folder = roll.root.join(format!("A001R1AB_{:03}", file / 1000));
            if file % 1000 == 0 {
                fs::create_dir_all(&folder)?;
            }
            let content = bytes.get(file % 251..).and_then(|rest| rest.get(..len));
            let name = format!("A001C001_261122_R1AB.{file:07}.ari");
            fs::write(folder.join(name), content.unwrap_or_default())?;
        }
        // What is written back during the measurement would slow somebody down.
        rustix::fs::sync();
        Ok(roll)
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }
}

impl Drop for Roll {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.root) {
            eprintln!("engine: {} stays behind: {error}", self.root.display());
        }
    }
}
