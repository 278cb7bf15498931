//! The identity of a roll: one digest over what its first list says.

use std::fmt::Write as _;

use mhl_hash::{Algorithm, HashValue, Hasher};

use crate::RelativePath;

/// The identity of a roll's content: C4 over a line for each digest of each file.
///
/// Each line is `path NUL size NUL algorithm:digest LF`, sorted by the bytes of the path. The size
/// is decimal; a file without one has nothing between the two NULs. A digest is spelled as
/// `HashValue` prints it, its algorithm by [`Algorithm::name`]. A file with several digests has a
/// line for each, in the order of [`Algorithm`]; one with none has a line with nothing after the
/// second NUL, so that a file which cannot be proven still changes the identity. No order of the
/// arguments changes the result.
///
/// Two rolls are the same when this is: names repeat from day to day.
///
/// ```
/// use mhl_core::{RelativePath, roll_content};
/// use mhl_hash::{Algorithm, HashValue};
///
/// let clip = RelativePath::new("A001C001.mxf")?;
/// let digest = HashValue::from_hex(Algorithm::Xxh64, "0ea03b369a463d9d")?;
/// let content = roll_content([(&clip, Some(5), [digest])]);
/// assert_eq!(content.algorithm(), Algorithm::C4);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn roll_content<'a, Digests>(
    files: impl IntoIterator<Item = (&'a RelativePath, Option<u64>, Digests)>,
) -> HashValue
where
    Digests: AsRef<[HashValue]>,
{
    let mut lines: Vec<(&str, Option<u64>, Option<HashValue>)> = Vec::new();
    for (path, size, digests) in files {
        let digests = digests.as_ref();
        if digests.is_empty() {
            lines.push((path.as_str(), size, None));
        }
        lines.extend(digests.iter().map(|&digest| (path.as_str(), size, Some(digest))));
    }
    lines.sort_unstable();
    let mut content = Content::default();
    for (path, size, digest) in lines {
        content.line(path, size, digest);
    }
    content.finish()
}

/// Sizes added up; [`u64::MAX`] where they are more, as sparse files and lists may well say.
pub(crate) fn total(sizes: impl Iterator<Item = u64>) -> u64 {
    sizes.fold(0, u64::saturating_add)
}

/// The same of files that come in the order of their paths, each once: nothing is kept of them.
pub(crate) struct Content {
    hasher: Hasher,
    /// Kept from line to line.
    line: String,
}

impl Default for Content {
    fn default() -> Self {
        Content { hasher: Hasher::new(Algorithm::C4), line: String::new() }
    }
}

impl Content {
    /// The next file, with its digests in any order.
    pub(crate) fn file(&mut self, path: &str, size: Option<u64>, mut digests: Vec<HashValue>) {
        digests.sort_unstable();
        if digests.is_empty() {
            self.line(path, size, None);
        }
        digests.into_iter().for_each(|digest| self.line(path, size, Some(digest)));
    }

    fn line(&mut self, path: &str, size: Option<u64>, digest: Option<HashValue>) {
        self.line.clear();
        self.line.push_str(path);
        // Nothing fails that is written to a string.
        let _ = match size {
            Some(size) => write!(self.line, "\0{size}\0"),
            None => write!(self.line, "\0\0"),
        };
        let _ = digest.map(|digest| write!(self.line, "{digest:?}"));
        self.line.push('\n');
        self.hasher.update(self.line.as_bytes());
    }

    pub(crate) fn finish(self) -> HashValue {
        self.hasher.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(algorithm: Algorithm, byte: u8) -> HashValue {
        HashValue::from_bytes(algorithm, &vec![byte; algorithm.digest_len()]).unwrap()
    }

    #[test]
    fn the_lines_are_those_of_the_rule() {
        let [a, b] = ["B/a.mov", "A/ü.mov"].map(|path| RelativePath::new(path).unwrap());
        let digests = [value(Algorithm::Xxh64, 0xab), value(Algorithm::Md5, 1)];
        let mut by_hand = Hasher::new(Algorithm::C4);
        by_hand.update("A/ü.mov\0\0\n".as_bytes());
        by_hand.update(b"B/a.mov\x007\0md5:01010101010101010101010101010101\n");
        by_hand.update(b"B/a.mov\x007\0xxh64be:abababababababab\n");
        let by_hand = by_hand.finish();
        let none: &[HashValue] = &[];
        assert_eq!(roll_content([(&a, Some(7), &digests[..]), (&b, None, none)]), by_hand);
        let mut in_order = Content::default();
        in_order.file(b.as_str(), None, vec![]);
        in_order.file(a.as_str(), Some(7), digests.to_vec());
        assert_eq!(in_order.finish(), by_hand);
        let turned = [digests[1], digests[0]];
        assert_eq!(roll_content([(&b, None, none), (&a, Some(7), &turned[..])]), by_hand);
    }
}
