//! Which paths a history passes over: `.gitignore` patterns, in linear time.

use globset::{Candidate, GlobBuilder, GlobSet, GlobSetBuilder};

use crate::RelativePath;

/// Patterns in `.gitignore` syntax, compiled.
///
/// As git has it: the last pattern that matches decides, `!` takes back, a `/` at the end means
/// folders only, a `/` before that ties the pattern to the root, `*` and `?` stop at `/`, `**` does
/// not. Empty patterns and those that begin with `#` match nothing. What stands in an ignored
/// folder is ignored, whatever later patterns say. Case counts.
///
/// Matching takes time linear in the path, whatever the pattern.
///
/// ```
/// use mhl_core::{RelativePath, asc::{DEFAULT_IGNORE, IgnoreList}};
///
/// let ignore = IgnoreList::new(&DEFAULT_IGNORE)?;
/// assert!(ignore.is_ignored(&RelativePath::new("Clips/.DS_Store")?, false));
/// assert!(ignore.is_ignored(&RelativePath::new("ascmhl/ascmhl_chain.xml")?, false));
/// assert!(!ignore.is_ignored(&RelativePath::new("Clips/A001.mxf")?, false));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct IgnoreList {
    globs: GlobSet,
    /// What a match of each glob means.
    meanings: Vec<Meaning>,
}

#[derive(Clone, Copy, Debug)]
struct Meaning {
    takes_back: bool,
    folders_only: bool,
}

/// A text that is no pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("ignore pattern {pattern:?}: {reason}")]
#[non_exhaustive]
pub struct IgnoreError {
    /// The pattern.
    pub pattern: String,
    /// What is wrong with it.
    pub reason: String,
}

impl IgnoreList {
    /// Compiles patterns. None at all ignore nothing.
    ///
    /// # Errors
    /// [`IgnoreError`] for a bracket that is not closed, a backslash at the end, or a pattern
    /// beyond any reasonable size.
    pub fn new<P: AsRef<str>>(patterns: &[P]) -> Result<Self, IgnoreError> {
        let mut globs = GlobSetBuilder::new();
        let mut meanings = Vec::new();
        for pattern in patterns.iter().map(AsRef::as_ref) {
            let Some((glob, meaning)) = translate(pattern) else { continue };
            let glob =
                GlobBuilder::new(&glob).literal_separator(true).backslash_escape(true).build();
            globs.add(glob.map_err(|error| refuse(pattern, &error))?);
            meanings.push(meaning);
        }
        let globs = globs.build().map_err(|error| refuse("all patterns together", &error))?;
        Ok(IgnoreList { globs, meanings })
    }

    /// Whether the path, or a folder in which it stands, is ignored.
    #[must_use]
    pub fn is_ignored(&self, path: &RelativePath, is_folder: bool) -> bool {
        let text = path.as_str();
        let mut folders = text.match_indices('/').filter_map(|(at, _)| text.get(..at));
        folders.any(|folder| self.matches(folder, true)) || self.matches(text, is_folder)
    }

    fn matches(&self, path: &str, is_folder: bool) -> bool {
        let last = self
            .globs
            .matches_candidate(&Candidate::from_bytes(path.as_bytes()))
            .into_iter()
            .rev()
            .filter_map(|glob| self.meanings.get(glob))
            .find(|meaning| is_folder || !meaning.folders_only);
        last.is_some_and(|meaning| !meaning.takes_back)
    }
}

/// The pattern of a nested history, as its outer one would have to spell it.
pub(crate) fn outward(pattern: &str, root: &RelativePath) -> String {
    let (mark, body) = parted(pattern);
    let mut spelled = format!("{mark}/");
    for character in root.as_str().chars() {
        if matches!(character, '*' | '?' | '[' | ']' | '\\') {
            spelled.push('\\');
        }
        spelled.push(character);
    }
    let anchored = is_anchored(body);
    spelled.push_str(if anchored { "/" } else { "/**/" });
    spelled.push_str(body.strip_prefix('/').unwrap_or(body));
    spelled
}

/// The pattern of an outer history, as one nested at this path would have to spell it; `None` where
/// it speaks of other folders.
pub(crate) fn inward(pattern: &str, root: &RelativePath) -> Option<String> {
    let (mark, body) = parted(pattern);
    if !is_anchored(body) {
        return Some(pattern.to_owned());
    }
    let body = body.strip_prefix('/').unwrap_or(body);
    let rest = body.strip_prefix(root.as_str())?.strip_prefix('/')?;
    Some(format!("{mark}/{rest}"))
}

/// The mark that takes back, and the rest.
fn parted(pattern: &str) -> (&str, &str) {
    pattern.split_at(usize::from(pattern.starts_with('!')))
}

/// Whether it matches only where it says; otherwise at any depth.
fn is_anchored(body: &str) -> bool {
    body.trim_end_matches([' ', '/']).contains('/')
}

fn refuse(pattern: &str, error: &globset::Error) -> IgnoreError {
    IgnoreError { pattern: pattern.to_owned(), reason: error.kind().to_string() }
}

/// A pattern as a glob over whole paths; `None` for one that matches nothing.
fn translate(pattern: &str) -> Option<(String, Meaning)> {
    let pattern = pattern.trim_end_matches(['\n', '\r']);
    if pattern.starts_with('#') {
        return None;
    }
    // Blanks at the end do not count unless a backslash precedes them.
    let trimmed = pattern.trim_end_matches(' ');
    let pattern = if trimmed.ends_with('\\') && trimmed.len() < pattern.len() {
        pattern.get(..=trimmed.len()).unwrap_or(pattern)
    } else {
        trimmed
    };
    let (takes_back, pattern) = match pattern.strip_prefix('!') {
        Some(rest) => (true, rest),
        None => (false, pattern),
    };
    let (folders_only, pattern) = match pattern.strip_suffix('/') {
        Some(rest) => (true, rest),
        None => (false, pattern),
    };
    if pattern.is_empty() {
        return None;
    }
    let mut glob = String::with_capacity(pattern.len() + 8);
    if !pattern.contains('/') {
        glob.push_str("**/");
    }
    // Braces are alternatives to the glob library and plain characters to git.
    let (mut in_class, mut escaped) = (false, false);
    for character in pattern.strip_prefix('/').unwrap_or(pattern).chars() {
        match character {
            '{' | '}' if !in_class && !escaped => {
                glob.push('[');
                glob.push(character);
                glob.push(']');
            }
            _ => glob.push(character),
        }
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '[' => in_class = true,
            ']' => in_class = false,
            _ => {}
        }
    }
    Some((glob, Meaning { takes_back, folders_only }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ignored(patterns: &[&str], path: &str) -> bool {
        let (folder, path) = match path.strip_suffix('/') {
            Some(path) => (true, path),
            None => (false, path),
        };
        let list = IgnoreList::new(patterns).unwrap();
        list.is_ignored(&RelativePath::new(path).unwrap(), folder)
    }

    #[test]
    fn patterns_mean_what_they_mean_to_git() {
        let table: &[(&[&str], &str, bool)] = &[
            (&[".DS_Store"], ".DS_Store", true),
            (&[".DS_Store"], "a/b/.DS_Store", true),
            (&[".DS_Store"], "a/b/x.DS_Store", false),
            (&["._*"], "a/._clip.mov", true),
            (&["ascmhl/"], "a/ascmhl/", true),
            (&["ascmhl/"], "a/ascmhl", false),
            (&["ascmhl/"], "a/ascmhl/x", true),
            (&["/b.txt"], "b.txt", true),
            (&["/b.txt"], "a/b.txt", false),
            (&["a/b"], "a/b", true),
            (&["a/b"], "x/a/b", false),
            (&["a/*"], "a/b/c", true),
            (&["a/*.mov"], "a/b/c.mov", false),
            (&["a/**/c.mov"], "a/b/x/c.mov", true),
            (&["**/c.mov"], "c.mov", true),
            (&["a/**"], "a/b", true),
            (&["a/**"], "a/", false),
            (&["*.mov", "!keep.mov"], "keep.mov", false),
            (&["*.mov", "!keep.mov"], "lose.mov", true),
            (&["!keep.mov", "*.mov"], "keep.mov", true),
            (&["a", "!a/b"], "a/b", true),
            (&["#a"], "#a", false),
            (&["\\#a"], "#a", true),
            (&["\\!a"], "!a", true),
            (&["a  "], "a", true),
            (&["a\\ "], "a ", true),
            (&[""], "a", false),
            (&["/"], "a", false),
            (&["[ab].mov"], "b.mov", true),
            (&["[!ab].mov"], "c.mov", true),
            (&["a?.mov"], "ab.mov", true),
            (&["a?b"], "a/b", false),
            (&["{a,b}"], "a", false),
            (&["{a,b}"], "{a,b}", true),
            (&["[{]x"], "{x", true),
            (&["System Volume Information"], "System Volume Information/x", true),
            (&["$RECYCLE.BIN"], "$RECYCLE.BIN/x", true),
            (&["a"], "A", false),
        ];
        for (patterns, path, expected) in table {
            assert_eq!(ignored(patterns, path), *expected, "{patterns:?} {path}");
        }
        assert_eq!(IgnoreList::new(&["[a"]).unwrap_err().pattern, "[a");
    }

    #[test]
    fn a_pattern_means_the_same_to_the_history_around() {
        let root = RelativePath::new("A[1]/B").unwrap();
        for (pattern, matched, not_matched) in [
            ("*.tmp", "A[1]/B/c/d.tmp", "A[1]/d.tmp"),
            ("c/*.tmp", "A[1]/B/c/d.tmp", "A[1]/B/x/c/d.tmp"),
            ("/d.tmp", "A[1]/B/d.tmp", "A[1]/B/c/d.tmp"),
            ("c/", "A[1]/B/x/c/d", "A[1]/c/d"),
        ] {
            let outer = outward(pattern, &root);
            assert!(ignored(&[&outer], matched), "{outer}");
            assert!(!ignored(&[&outer], not_matched), "{outer}");
        }
        assert!(!ignored(&["*.mov", &outward("!a.mov", &root)], "A[1]/B/a.mov"));
        let root = RelativePath::new("A/B").unwrap();
        assert_eq!(inward("*.tmp", &root).as_deref(), Some("*.tmp"));
        assert_eq!(inward("!/A/B/c/*.tmp", &root).as_deref(), Some("!/c/*.tmp"));
        assert_eq!(inward("A/C/*.tmp", &root), None);
    }

    #[test]
    fn row_67_a_star_ignores_everything() {
        assert!(ignored(&["*"], "a/b"));
    }

    /// A backtracking matcher would not return within the age of the universe.
    #[test]
    fn row_68_a_catastrophic_pattern_is_harmless() {
        let pattern = format!("{}b", "a*".repeat(60));
        assert!(!ignored(&[&pattern], &"a".repeat(250)));
        assert!(ignored(&[&pattern], &format!("{}b", "a".repeat(200))));
    }
}
