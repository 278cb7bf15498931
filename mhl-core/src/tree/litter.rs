//! What operating systems leave behind on media: neither copied, nor listed, nor hashed.

use crate::{RelativePath, tree::Kind};

/// Version of the list of names that [`is_litter`] knows. A name is added only with a new number.
pub const LITTER_VERSION: u32 = 1;

/// The files of the list as `.gitignore` patterns.
const FILES: [&str; 4] = [".DS_Store", "._*", "Thumbs.db", "desktop.ini"];
/// The folders of the list.
const FOLDERS: [&str; 5] =
    [".Spotlight-V100", ".Trashes", ".fseventsd", "System Volume Information", "$RECYCLE.BIN"];

/// The whole list as `.gitignore` patterns, for ASC MHL's ignore list.
pub(crate) fn litter_patterns() -> impl Iterator<Item = &'static str> {
    FILES.into_iter().chain(FOLDERS)
}

/// Whether a name is on the list of operating systems' litter, version [`LITTER_VERSION`]:
/// `.DS_Store`, `._*`, `Thumbs.db` and `desktop.ini` are files, `.Spotlight-V100`, `.Trashes`,
/// `.fseventsd`, `System Volume Information` and `$RECYCLE.BIN` are folders.
///
/// What bears such a name and is of the other kind is not litter: nobody's footage is passed over
/// for its name.
///
/// ```
/// assert!(mhl_core::is_litter("._A001C001.mov"));
/// assert!(!mhl_core::is_litter("A001C001.mov"));
/// assert!(!mhl_core::is_litter("thumbs.db"), "the spelling of the system that writes it");
/// ```
#[must_use]
pub fn is_litter(name: &str) -> bool {
    is_litter_file(name) || FOLDERS.contains(&name)
}

/// Whether what stands at a path is litter: its name is on the list, and for things of its kind.
pub(crate) fn is_litter_of(path: &RelativePath, kind: Kind) -> bool {
    let name = path.file_name();
    match kind {
        Kind::File => is_litter_file(name),
        Kind::Folder => FOLDERS.contains(&name),
        Kind::SymbolicLink | Kind::Special(_) => false,
    }
}

/// Whether a file at a path is litter, or stands in a folder that is.
pub(crate) fn is_within_litter(path: &RelativePath) -> bool {
    let mut folders = path.segments();
    let name = folders.next_back();
    name.is_some_and(is_litter_file) || folders.any(|folder| FOLDERS.contains(&folder))
}

fn is_litter_file(name: &str) -> bool {
    FILES.iter().any(|pattern| match pattern.strip_suffix('*') {
        Some(prefix) => name.starts_with(prefix),
        None => name == *pattern,
    })
}
