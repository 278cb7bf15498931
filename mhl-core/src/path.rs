//! Paths as lists hold them: relative to the roll, spelled in one canonical way.

use std::{borrow::Borrow, cmp::Ordering, fmt};

use crate::{Finding, FindingKind};

/// The longest segment in bytes; what Linux file systems hold.
const MAX_SEGMENT: usize = 255;
/// The longest path in bytes; what one system call takes.
const MAX_PATH: usize = 4096;

/// The path of a file or folder, relative to the root of its roll.
///
/// Canonical: segments separated by `/`, none of them empty, `.` or `..`; no `/` at either end; no
/// NUL; no drive letter; segments of at most 255 bytes, 4096 in all. Case, white space and Unicode
/// normalisation are kept as they are. Ordered by bytes. What has this type cannot lead out of the
/// roll by its spelling (a symbolic link on the way still can: that is the tree's concern).
///
/// `Display` prints the raw text; use [`escape_for_display`] before a terminal sees it.
///
/// ```
/// use mhl_core::RelativePath;
///
/// let clip = RelativePath::new("Clips/A001C001.mxf")?;
/// assert_eq!(clip.file_name(), "A001C001.mxf");
/// assert_eq!(clip.parent(), Some(RelativePath::new("Clips")?));
/// assert!(RelativePath::new("../etc/passwd").is_err());
/// # Ok::<(), mhl_core::PathError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RelativePath(Box<str>);

/// A text that is no path within a roll.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind}: \"{}\"", escape_for_display(path))]
#[non_exhaustive]
pub struct PathError {
    /// The text as it was given, cut after 300 characters.
    pub path: String,
    /// What is wrong with it.
    pub kind: PathErrorKind,
}

/// What is wrong with a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum PathErrorKind {
    /// Nothing, or nothing but `.`.
    #[error("the path is empty")]
    Empty,
    /// It begins at the root of a file system.
    #[error("the path is absolute; one relative to the roll was expected")]
    Absolute,
    /// It begins with a drive letter or names a network share.
    #[error("the path names a drive or share; one relative to the roll was expected")]
    DriveOrShare,
    /// It has a `..` segment.
    #[error("the path has a `..` segment and could leave the roll")]
    ParentSegment,
    /// It has a `.` segment or an empty one.
    #[error("the path has an empty or `.` segment")]
    NotCanonical,
    /// It ends with `/`.
    #[error("the path ends with a separator")]
    TrailingSeparator,
    /// It holds a NUL character.
    #[error("the path holds a NUL character")]
    Nul,
    /// A segment has more than 255 bytes, or the whole more than 4096.
    #[error("the path is longer than 4096 bytes, or a name in it longer than 255")]
    TooLong,
}

/// Why Windows cannot hold a name, or would make another name of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum WindowsHazard {
    /// `CON`, `NUL.txt`, `COM1` and their like name devices.
    #[error("Windows reserves this name for a device")]
    DeviceName,
    /// Windows drops dots and spaces at the end of a name, so that two names become one.
    #[error("Windows drops the dot or space at the end of this name")]
    TrailingDotOrSpace,
    /// What follows a colon would be an alternate stream of another file.
    #[error("Windows takes what follows the colon for a stream of another file")]
    Stream,
    /// One of `< > " | ? * \` or a control character.
    #[error("Windows cannot hold one of the characters of this name")]
    ForbiddenCharacter,
}

impl RelativePath {
    /// Takes a path that is canonical already.
    ///
    /// # Errors
    /// When it is not, by [`PathErrorKind`]. A backslash is an ordinary character here; a path of
    /// a drive or share is refused on every system.
    pub fn new(text: &str) -> Result<Self, PathError> {
        match fault(text) {
            None => Ok(RelativePath(text.into())),
            Some(kind) => Err(refuse(text, kind)),
        }
    }

    /// Reads the path of an entry in a classic list.
    ///
    /// Windows tools wrote `\`: it becomes `/`, with a [`Separator`](FindingKind::Separator)
    /// warning. Empty and `.` segments are dropped, with a [`Spelling`](FindingKind::Spelling)
    /// warning. A name that Windows cannot hold gets [`ReservedName`](FindingKind::ReservedName).
    ///
    /// # Errors
    /// When the path is absolute, leaves the roll, is empty or too long, or ends with a separator.
    pub fn from_classic(text: &str) -> Result<(Self, Vec<Finding>), PathError> {
        if !holds(text, b'\\') {
            return read(text);
        }
        if text.starts_with(r"\\") {
            return Err(refuse(text, PathErrorKind::DriveOrShare));
        }
        let converted = text.replace('\\', "/");
        let (path, mut findings) = read(&converted).map_err(|error| refuse(text, error.kind))?;
        findings.push(
            Finding::new(FindingKind::Separator, path.as_str())
                .differing(path.as_str(), text)
                .noting("backslashes were read as separators"),
        );
        Ok((path, findings))
    }

    /// Reads the path of an entry in an ASC manifest.
    ///
    /// A backslash is a literal character, with a [`Separator`](FindingKind::Separator) warning;
    /// otherwise as [`RelativePath::from_classic`].
    ///
    /// # Errors
    /// As [`RelativePath::from_classic`].
    pub fn from_asc(text: &str) -> Result<(Self, Vec<Finding>), PathError> {
        let (path, mut findings) = read(text)?;
        if holds(path.as_str(), b'\\') {
            findings.push(
                Finding::new(FindingKind::Separator, path.as_str())
                    .noting("the backslash was read as part of a name, not as a separator"),
            );
        }
        Ok((path, findings))
    }

    /// Stands in an entry until its path is read; never leaves this crate.
    pub(crate) fn unread() -> Self {
        RelativePath("".into())
    }

    /// The path as text, with `/`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its segments from the roll downwards; at least one.
    pub fn segments(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.0.split('/')
    }

    /// The last segment.
    #[must_use]
    pub fn file_name(&self) -> &str {
        self.0.rsplit_once('/').map_or(&*self.0, |(_, name)| name)
    }

    /// The folder that it stands in; `None` when that is the root of the roll.
    #[must_use]
    pub fn parent(&self) -> Option<RelativePath> {
        self.0.rsplit_once('/').map(|(parent, _)| RelativePath(parent.into()))
    }

    /// The path itself and every folder around it, as text.
    pub(crate) fn with_folders(&self) -> impl Iterator<Item = &str> {
        let path = self.as_str();
        let ends = path.match_indices('/').map(|(end, _)| end).chain([path.len()]);
        ends.filter_map(|end| path.get(..end))
    }

    /// The path relative to a folder that it stands in; `None` when it stands elsewhere.
    ///
    /// ```
    /// use mhl_core::RelativePath;
    ///
    /// let [clip, folder] = ["A001/Clips/a.mov", "A001"].map(|path| RelativePath::new(path).unwrap());
    /// assert_eq!(clip.below(&folder).unwrap().as_str(), "Clips/a.mov");
    /// assert_eq!(folder.below(&folder), None, "it does not stand in itself");
    /// ```
    #[must_use]
    pub fn below(&self, folder: &RelativePath) -> Option<RelativePath> {
        let rest = self.0.strip_prefix(folder.as_str())?.strip_prefix('/')?;
        Some(RelativePath(rest.into()))
    }

    /// The path of something in this folder.
    ///
    /// # Errors
    /// When `below` is empty or absolute, or both together are no canonical path.
    pub fn join(&self, below: &str) -> Result<Self, PathError> {
        // Within a folder `C:x` and `\\x` are names like others: they lead nowhere else.
        if let Some(kind @ (PathErrorKind::Empty | PathErrorKind::Absolute)) = fault(below) {
            return Err(refuse(below, kind));
        }
        Self::new(&format!("{}/{below}", self.0))
    }

    /// The path of what bears a name in this folder, or at the root: of a whole path only the last
    /// segment is looked at.
    pub(crate) fn in_folder(folder: Option<&RelativePath>, name: &str) -> Result<Self, PathError> {
        let Some(folder) = folder else { return Self::new(name) };
        let path = [folder.as_str(), "/", name].concat();
        let is_name = !matches!(name, "" | "." | "..") && !holds(name, b'/') && !holds(name, 0);
        if is_name && name.len() <= MAX_SEGMENT && path.len() <= MAX_PATH {
            return Ok(RelativePath(path.into()));
        }
        Self::new(&path)
    }

    /// The first name in the path that Windows cannot hold, and why; `None` when it can hold all.
    ///
    /// A warning in a list, an error before something is written to a Windows file system.
    ///
    /// ```
    /// use mhl_core::{RelativePath, WindowsHazard};
    ///
    /// let path = RelativePath::new("Clips/NUL.txt")?;
    /// assert_eq!(path.windows_hazard(), Some(("NUL.txt", WindowsHazard::DeviceName)));
    /// # Ok::<(), mhl_core::PathError>(())
    /// ```
    #[must_use]
    pub fn windows_hazard(&self) -> Option<(&str, WindowsHazard)> {
        self.segments().find_map(|name| Some((name, windows_hazard(name)?)))
    }
}

impl From<RelativePath> for String {
    fn from(path: RelativePath) -> Self {
        path.0.into_string()
    }
}

impl fmt::Display for RelativePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Compared and hashed as its text is, so that a set of paths can be asked for a text.
impl Borrow<str> for RelativePath {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for RelativePath {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

/// Whether an ASCII character is in a text: without an early exit, many bytes at a time.
fn holds(text: &str, ascii: u8) -> bool {
    text.bytes().fold(false, |any, byte| any | (byte == ascii))
}

/// Whether a text is a canonical path of names that every system holds and that are spelled the
/// same on each, told by one look at its bytes. Nearly every path is; what is not is looked at
/// again, to tell what it is.
fn is_plain(text: &str) -> bool {
    // As if a separator stood before the first byte.
    let (mut begin, mut last) = (0, b'/');
    let mut classes = 0;
    let mut names_plain = text.len() <= MAX_PATH;
    for (at, &byte) in text.as_bytes().iter().enumerate() {
        let class = class_of(byte);
        classes |= class;
        if class == SEPARATOR {
            names_plain &= class_of(last) & NO_END == 0 && at - begin <= MAX_SEGMENT;
            begin = at + 1;
        } else if begin + 1 == at {
            // The second byte of a name: those of devices are told from others here.
            names_plain &= !begins_like_device(last, byte);
        }
        last = byte;
    }
    names_plain
        && classes & FORBIDDEN == 0
        && class_of(last) & NO_END == 0
        && text.len() - begin <= MAX_SEGMENT
}

/// What a byte means for a plain path: it separates names, ends none, or stands in none.
const SEPARATOR: u8 = 1 | NO_END;
const NO_END: u8 = 2;
const FORBIDDEN: u8 = 4;

#[inline]
// Every byte has its place in the table.
#[allow(clippy::indexing_slicing)]
fn class_of(byte: u8) -> u8 {
    const CLASSES: [u8; 256] = {
        let mut classes = [0; 256];
        let mut at = 0;
        while at < 256 {
            classes[at] = match at as u8 {
                b'/' => SEPARATOR,
                b'.' | b' ' => NO_END,
                byte if is_special(byte) => FORBIDDEN,
                _ => 0,
            };
            at += 1;
        }
        classes
    };
    CLASSES[usize::from(byte)]
}

/// `CON` and `COM`, `PRN`, `AUX`, `NUL`, `LPT` by their first two letters.
#[inline]
fn begins_like_device(first: u8, second: u8) -> bool {
    matches!(
        [first | 0x20, second | 0x20],
        [b'c', b'o'] | [b'p', b'r'] | [b'a', b'u'] | [b'n', b'u'] | [b'l', b'p']
    )
}

/// What keeps a text from being a canonical path.
fn fault(text: &str) -> Option<PathErrorKind> {
    if text.is_empty() {
        return Some(PathErrorKind::Empty);
    }
    if text.starts_with('/') {
        return Some(PathErrorKind::Absolute);
    }
    if text.starts_with(r"\\") || matches!(text.as_bytes(), [b'A'..=b'Z' | b'a'..=b'z', b':', ..]) {
        return Some(PathErrorKind::DriveOrShare);
    }
    if text.len() > MAX_PATH {
        return Some(PathErrorKind::TooLong);
    }
    if holds(text, 0) {
        return Some(PathErrorKind::Nul);
    }
    let mut worst = None;
    for segment in text.as_bytes().split(|byte| *byte == b'/') {
        match segment {
            b".." => return Some(PathErrorKind::ParentSegment),
            b"" | b"." => worst = worst.or(Some(PathErrorKind::NotCanonical)),
            name if name.len() > MAX_SEGMENT => worst = Some(PathErrorKind::TooLong),
            _ => {}
        }
    }
    if worst == Some(PathErrorKind::NotCanonical) && text.ends_with('/') {
        return Some(PathErrorKind::TrailingSeparator);
    }
    worst
}

/// The canonical path of a text with `/` as separator, and what was unusual about it.
fn read(text: &str) -> Result<(RelativePath, Vec<Finding>), PathError> {
    if is_plain(text) {
        return Ok((RelativePath(text.into()), Vec::new()));
    }
    let (path, mut findings) = match fault(text) {
        None => (RelativePath(text.into()), Vec::new()),
        Some(PathErrorKind::NotCanonical) => {
            let segments: Vec<&str> =
                text.split('/').filter(|segment| !matches!(*segment, "" | ".")).collect();
            let path =
                RelativePath::new(&segments.join("/")).map_err(|error| refuse(text, error.kind))?;
            let finding = Finding::new(FindingKind::Spelling, path.as_str())
                .differing(path.as_str(), text)
                .noting("empty and `.` segments were dropped from the path");
            (path, vec![finding])
        }
        Some(kind) => return Err(refuse(text, kind)),
    };
    // In a classic list a backslash is no part of any name here; in ASC it has its own warning.
    if let Some((name, hazard)) = path.windows_hazard()
        && !name.contains('\\')
    {
        findings.push(
            Finding::new(FindingKind::ReservedName, path.as_str()).noting(hazard.to_string()),
        );
    }
    Ok((path, findings))
}

fn refuse(text: &str, kind: PathErrorKind) -> PathError {
    PathError { path: text.chars().take(300).collect(), kind }
}

/// Rules of "Naming Files, Paths, and Namespaces" in the Win32 documentation.
fn windows_hazard(name: &str) -> Option<WindowsHazard> {
    // Most names are plain: one look at each byte, without an early exit, tells.
    if name.bytes().fold(false, |any, byte| any | is_special(byte)) {
        return Some(match name.contains(':') {
            true => WindowsHazard::Stream,
            false => WindowsHazard::ForbiddenCharacter,
        });
    }
    if name.ends_with(['.', ' ']) {
        return Some(WindowsHazard::TrailingDotOrSpace);
    }
    let stem = name.bytes().position(|byte| byte == b'.').unwrap_or(name.len());
    let stem = name.get(..stem).unwrap_or(name).trim_end_matches(' ');
    is_device(stem).then_some(WindowsHazard::DeviceName)
}

/// Bytes that Windows holds in no name.
const fn is_special(byte: u8) -> bool {
    byte < 0x20 || matches!(byte, b':' | b'<' | b'>' | b'"' | b'|' | b'?' | b'*' | b'\\')
}

fn is_device(stem: &str) -> bool {
    // From `CON` to `CONOUT$`.
    if !(3..=7).contains(&stem.len()) {
        return false;
    }
    let is = |name: &str| stem.eq_ignore_ascii_case(name);
    if is("CON") || is("PRN") || is("AUX") || is("NUL") || is("CONIN$") || is("CONOUT$") {
        return true;
    }
    let Some((prefix, number)) = stem.split_at_checked(3) else { return false };
    let port = prefix.eq_ignore_ascii_case("COM") || prefix.eq_ignore_ascii_case("LPT");
    let mut digits = number.chars();
    port && matches!(digits.next(), Some('1'..='9' | '¹' | '²' | '³')) && digits.next().is_none()
}

/// The text with everything escaped that could mislead whoever reads it on a terminal: control
/// characters and line breaks, bidirectional marks and overrides, invisible characters.
///
/// Escapes are Rust's (`\n`, `\u{202e}`); a backslash stays as it is, so that paths stay readable.
///
/// ```
/// assert_eq!(mhl_core::escape_for_display("A\u{202e}vom.\n"), "A\\u{202e}vom.\\n");
/// ```
#[must_use]
pub fn escape_for_display(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if misleads(character) {
            escaped.extend(character.escape_default());
        } else {
            escaped.push(character);
        }
    }
    escaped
}

/// Control characters, the bidirectional controls of Unicode Annex 9, zero-width and other
/// invisible format characters, line and paragraph separators.
pub(crate) const fn misleads(character: char) -> bool {
    matches!(
        character,
        '\0'..='\u{1f}'
            | '\u{7f}'..='\u{9f}'
            | '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

/// Compares two paths by their segments, a folder after everything that it holds: the order of the
/// generations of a history.
pub(crate) fn depth_first(a: &str, b: &str) -> Ordering {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let same = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    match (a.get(same), b.get(same)) {
        (None, None) => Ordering::Equal,
        // One stands within the other, which is a folder.
        (None, Some(b'/')) => Ordering::Greater,
        (Some(b'/'), None) => Ordering::Less,
        // A segment ends, and a longer one begins like it.
        (None | Some(b'/'), Some(_)) => Ordering::Less,
        (Some(_), None | Some(b'/')) => Ordering::Greater,
        (Some(a), Some(b)) => a.cmp(b),
    }
}

/// Paths that came in an order in which none comes twice, or not.
#[derive(Debug)]
pub(crate) struct Ordered {
    by_bytes: bool,
    depth_first: bool,
}

impl Default for Ordered {
    fn default() -> Self {
        Ordered { by_bytes: true, depth_first: true }
    }
}

impl Ordered {
    /// Takes the next path, behind the last one. Returns whether all so far are in one of the orders.
    pub(crate) fn follows(&mut self, last: &str, path: &str) -> bool {
        self.by_bytes = self.by_bytes && last < path;
        self.depth_first = self.depth_first && depth_first(last, path) == Ordering::Less;
        self.by_bytes || self.depth_first
    }
}

/// The folders around a path, the closest first; the last is the root, which is empty.
pub(crate) fn around(path: &str) -> impl Iterator<Item = &str> {
    path.rmatch_indices('/').filter_map(|(end, _)| path.get(..end)).chain([""])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn kind(text: &str) -> PathErrorKind {
        let strict = RelativePath::new(text).unwrap_err().kind;
        assert_eq!(RelativePath::from_asc(text).unwrap_err().kind, strict, "{text}");
        assert_eq!(RelativePath::from_classic(text).unwrap_err().kind, strict, "{text}");
        strict
    }

    fn kinds(findings: &[Finding]) -> Vec<FindingKind> {
        findings.iter().map(|finding| finding.kind).collect()
    }

    #[test]
    fn a_path_stands_with_every_folder_around_it() {
        let path = RelativePath::new("A001/Clips/a.mov").unwrap();
        let around: Vec<&str> = path.with_folders().collect();
        assert_eq!(around, ["A001", "A001/Clips", "A001/Clips/a.mov"]);
        let paths = std::collections::HashSet::from([path]);
        assert!(paths.contains("A001/Clips/a.mov"), "a text finds the path");
    }

    #[test]
    fn row_24_25_parent_segments_are_errors() {
        for text in ["../../etc/passwd", "a/../b", "..", "a/.."] {
            assert_eq!(kind(text), PathErrorKind::ParentSegment);
        }
        let windows = RelativePath::from_classic(r"a\..\b").unwrap_err();
        assert_eq!(windows.kind, PathErrorKind::ParentSegment);
        assert_eq!(windows.path, r"a\..\b");
        assert!(RelativePath::new("a/..b/c..").is_ok(), "dots within a name");
    }

    #[test]
    fn row_26_absolute_paths_are_errors() {
        assert_eq!(kind("/etc/passwd"), PathErrorKind::Absolute);
        assert_eq!(kind("/"), PathErrorKind::Absolute);
        assert_eq!(RelativePath::from_classic(r"\etc").unwrap_err().kind, PathErrorKind::Absolute);
    }

    #[test]
    fn row_27_28_drives_and_shares_are_errors_everywhere() {
        for text in [r"C:\x", "C:x", "c:", r"\\srv\s", r"\\?\UNC\srv\s", r"\\?\C:\x"] {
            assert_eq!(kind(text), PathErrorKind::DriveOrShare, "{text}");
        }
    }

    #[test]
    fn row_29_a_backslash_separates_in_classic_and_is_literal_in_asc() {
        let (path, findings) = RelativePath::from_classic(r"Clips\a.mov").unwrap();
        assert_eq!(path.as_str(), "Clips/a.mov");
        assert_eq!(kinds(&findings), [FindingKind::Separator]);
        let (path, findings) = RelativePath::from_asc(r"Clips\a.mov").unwrap();
        assert_eq!(path.as_str(), r"Clips\a.mov");
        assert_eq!(path.segments().count(), 1);
        assert_eq!(kinds(&findings), [FindingKind::Separator]);
        assert_eq!(
            path.windows_hazard(),
            Some((r"Clips\a.mov", WindowsHazard::ForbiddenCharacter))
        );
    }

    #[test]
    fn row_30_home_and_variables_are_literal() {
        for text in ["~root/foo", "%HomeDrive%/x", "$HOME/x", "~"] {
            assert_eq!(RelativePath::from_classic(text).unwrap().0.as_str(), text);
        }
    }

    #[test]
    fn row_31_nothing_is_no_path() {
        assert_eq!(kind(""), PathErrorKind::Empty);
        assert_eq!(RelativePath::new(".").unwrap_err().kind, PathErrorKind::NotCanonical);
        for text in [".", "./."] {
            assert_eq!(RelativePath::from_asc(text).unwrap_err().kind, PathErrorKind::Empty);
        }
    }

    #[test]
    fn row_32_one_canonical_spelling() {
        for (text, canonical) in [("a//b", "a/b"), ("./a", "a"), ("a/./b", "a/b")] {
            assert_eq!(RelativePath::new(text).unwrap_err().kind, PathErrorKind::NotCanonical);
            let (path, findings) = RelativePath::from_asc(text).unwrap();
            assert_eq!(path.as_str(), canonical);
            assert_eq!(kinds(&findings), [FindingKind::Spelling]);
            assert_eq!(findings[0].found.as_deref(), Some(text));
        }
    }

    #[test]
    fn row_33_a_separator_at_the_end_is_an_error() {
        assert_eq!(kind("a/"), PathErrorKind::TrailingSeparator);
        assert!(RelativePath::from_classic("a\\").is_err());
    }

    #[test]
    fn row_34_35_36_names_that_windows_cannot_hold_are_warnings() {
        use WindowsHazard::*;
        let hazards = [
            ("CON", DeviceName),
            ("con.mov", DeviceName),
            ("NUL.txt", DeviceName),
            ("COM¹", DeviceName),
            ("lpt9.tar.gz", DeviceName),
            ("nul .txt", DeviceName),
            ("clip.mov:stream", Stream),
            ("clip.", TrailingDotOrSpace),
            ("clip ", TrailingDotOrSpace),
            ("a*b", ForbiddenCharacter),
            ("a\nb", ForbiddenCharacter),
        ];
        for (name, hazard) in hazards {
            let text = format!("Clips/{name}");
            let (path, findings) = RelativePath::from_asc(&text).unwrap();
            assert_eq!(path.as_str(), text, "kept as it is");
            assert_eq!(path.windows_hazard(), Some((name, hazard)));
            assert_eq!(kinds(&findings), [FindingKind::ReservedName], "{name:?}");
        }
        for name in ["CONTROL", "COM", "COM10", "COM0", "a.CON", "LPTx", "Ünïcode & 'quote'"] {
            assert_eq!(RelativePath::new(name).unwrap().windows_hazard(), None, "{name}");
        }
    }

    #[test]
    fn row_37_38_what_misleads_is_escaped() {
        assert_eq!(escape_for_display("a\nb\u{1b}[2J\u{7f}"), "a\\nb\\u{1b}[2J\\u{7f}");
        assert_eq!(escape_for_display("a\u{202e}fdp.mov\u{2066}"), "a\\u{202e}fdp.mov\\u{2066}");
        assert_eq!(escape_for_display("Größe \\ 한국 'x'"), "Größe \\ 한국 'x'");
        let error = RelativePath::new("../\u{202e}").unwrap_err();
        assert!(error.to_string().contains("\\u{202e}"), "{error}");
    }

    #[test]
    fn row_43_names_and_paths_have_a_longest_length() {
        assert!(RelativePath::new(&"n".repeat(255)).is_ok());
        assert_eq!(kind(&"n".repeat(300)), PathErrorKind::TooLong);
        assert_eq!(kind(&"abc/".repeat(1250)), PathErrorKind::TooLong);
    }

    #[test]
    fn parents_names_and_children() {
        let path = RelativePath::new("a/b/c").unwrap();
        assert_eq!(path.file_name(), "c");
        assert_eq!(path.parent().unwrap().as_str(), "a/b");
        assert_eq!(RelativePath::new("a").unwrap().parent(), None);
        assert_eq!(path.join("d/e").unwrap().as_str(), "a/b/c/d/e");
        assert!(path.join("..").is_err());
        assert!(path.join("/d").is_err());
        // The fuzzer's find: a path that is accepted as a whole is accepted in its parts.
        for name in ["C:x", r"\\x"] {
            let whole = RelativePath::new(&format!("a/b/c/{name}")).unwrap();
            assert_eq!(path.join(name).unwrap(), whole);
        }
        assert!(RelativePath::new("a\0b").is_err());
    }

    #[test]
    fn usual_paths_are_plain() {
        for text in ["Clips/A001R1AB/A001C001_261122_R1AB.mxf", "a", "Größe/x y.z", ".a/..b/a.b"]
        {
            assert!(is_plain(text), "{text}");
        }
        for long in ["n".repeat(256), "abc/".repeat(1250) + "a", format!("{}/a", "n".repeat(256))] {
            assert!(!is_plain(&long));
        }
    }

    proptest! {
        #[test]
        fn a_plain_path_needs_no_closer_look(
            text in prop_oneof![
                "[ab./\\\\:~ C]{0,12}",
                "(a/)?(con|COM1|lpt[1-9¹]|Nul|aux|prn|conin\\$)(.x|/| )?",
                "\\PC{0,20}",
            ],
        ) {
            let usual = RelativePath::new(&text).is_ok_and(|path| path.windows_hazard().is_none());
            prop_assert!(usual || !is_plain(&text));
        }

        #[test]
        fn whatever_is_accepted_is_canonical(text in "[ab./\\\\:~ C]{0,12}") {
            let read = [RelativePath::from_classic(&text), RelativePath::from_asc(&text)];
            for (path, _) in read.into_iter().flatten() {
                prop_assert_eq!(RelativePath::new(path.as_str()), Ok(path.clone()));
                prop_assert!(path.segments().all(|name| !matches!(name, "" | "." | "..")));
            }
        }
    }
}
