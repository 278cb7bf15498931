//! What operating systems leave behind on media: neither copied, nor listed, nor hashed.

/// Version of the list of names that [`is_litter`] knows. A name is added only with a new number.
pub const LITTER_VERSION: u32 = 1;

/// The list as `.gitignore` patterns, for ASC MHL's ignore list.
pub(crate) const LITTER_PATTERNS: [&str; 9] = [
    ".DS_Store",
    "._*",
    ".Spotlight-V100",
    ".Trashes",
    ".fseventsd",
    "System Volume Information",
    "$RECYCLE.BIN",
    "Thumbs.db",
    "desktop.ini",
];

/// Whether a file or folder of this name is an operating system's litter, by version
/// [`LITTER_VERSION`] of the list: `.DS_Store`, `._*`, `.Spotlight-V100`, `.Trashes`,
/// `.fseventsd`, `System Volume Information`, `$RECYCLE.BIN`, `Thumbs.db`, `desktop.ini`.
///
/// ```
/// assert!(mhl_core::is_litter("._A001C001.mov"));
/// assert!(!mhl_core::is_litter("A001C001.mov"));
/// assert!(!mhl_core::is_litter("thumbs.db"), "the spelling of the system that writes it");
/// ```
#[must_use]
pub fn is_litter(name: &str) -> bool {
    LITTER_PATTERNS.iter().any(|pattern| match pattern.strip_suffix('*') {
        Some(prefix) => name.starts_with(prefix),
        None => name == *pattern,
    })
}
