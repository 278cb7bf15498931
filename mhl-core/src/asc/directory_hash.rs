//! Directory hashes: one pair of digests for a folder and everything below it.

use mhl_hash::{Algorithm, HashValue, Hasher};

/// The pair of hashes of a directory, in one format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DirectoryHash {
    /// Over the bytes of all files below.
    pub content: HashValue,
    /// Over their names too, and so over where they stand.
    pub structure: HashValue,
}

/// Computes the pair of one directory from its immediate children, which may come in any order.
///
/// Rule of the ASC MHL specification. The content hash is over every file's hash and every
/// sub-directory's content hash; the structure hash over H(name ‖ hash bytes) of each file and
/// H(name ‖ structure hash bytes) of each sub-directory. A list of hashes is hashed by sorting
/// them as strings and hashing their concatenated bytes; an empty one is H of nothing. Ignored
/// children are left out by the caller.
///
/// ```
/// use mhl_core::asc::DirectoryHasher;
/// use mhl_hash::{Algorithm, HashValue};
///
/// let digest = |hex| HashValue::from_hex(Algorithm::Xxh64, hex);
/// let mut clips = DirectoryHasher::new(Algorithm::Xxh64);
/// clips.file("A002C006_141024_R2EC.mov", &digest("0ea03b369a463d9d")?);
/// clips.file("A002C007_141024_R2EC.mov", &digest("7680e5f98f4a80fd")?);
/// let clips = clips.finish();
/// assert_eq!(clips.content.to_string(), "4c226b42e27d7af3");
/// assert_eq!(clips.structure.to_string(), "906faa843d591a9f");
/// # Ok::<(), mhl_hash::ParseValueError>(())
/// ```
#[derive(Clone, Debug)]
pub struct DirectoryHasher {
    algorithm: Algorithm,
    /// The bytes of one hash after the other: a folder may hold a hundred thousand frames.
    content: Vec<u8>,
    structure: Vec<u8>,
}

impl DirectoryHasher {
    /// An empty directory.
    #[must_use]
    pub fn new(algorithm: Algorithm) -> Self {
        DirectoryHasher { algorithm, content: Vec::new(), structure: Vec::new() }
    }

    /// Adds a file of the directory: its name without any folder, and its digest, which must be
    /// of the directory's algorithm for the result to mean anything.
    pub fn file(&mut self, name: &str, hash: &HashValue) {
        let named = self.named(name, hash);
        self.add(hash, &named);
    }

    /// Adds a sub-directory: its name without any folder, and its pair.
    pub fn directory(&mut self, name: &str, hash: &DirectoryHash) {
        let named = self.named(name, &hash.structure);
        self.add(&hash.content, &named);
    }

    /// The pair.
    #[must_use]
    pub fn finish(self) -> DirectoryHash {
        DirectoryHash {
            content: hash_of_list(self.algorithm, &self.content),
            structure: hash_of_list(self.algorithm, &self.structure),
        }
    }

    fn add(&mut self, content: &HashValue, structure: &HashValue) {
        self.content.extend_from_slice(content.as_bytes());
        self.structure.extend_from_slice(structure.as_bytes());
    }

    fn named(&self, name: &str, hash: &HashValue) -> HashValue {
        let mut hasher = Hasher::new(self.algorithm);
        hasher.update(name.as_bytes());
        hasher.update(hash.as_bytes());
        hasher.finish()
    }
}

fn hash_of_list(algorithm: Algorithm, hashes: &[u8]) -> HashValue {
    let mut hashes: Vec<&[u8]> = hashes.chunks(algorithm.digest_len()).collect();
    // Hexadecimal, and base 58 with its alphabet in the order of ASCII, sort as the bytes do.
    hashes.sort_unstable();
    let mut hasher = Hasher::new(algorithm);
    for hash in hashes {
        hasher.update(hash);
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The three values that the reference tool recorded for its first scenario.
    #[test]
    fn the_reference_tools_pairs_are_reproduced() {
        let digest = |hex| HashValue::from_hex(Algorithm::Xxh64, hex).unwrap();
        let mut clips = DirectoryHasher::new(Algorithm::Xxh64);
        clips.file("A002C007_141024_R2EC.mov", &digest("7680e5f98f4a80fd"));
        clips.file("A002C006_141024_R2EC.mov", &digest("0ea03b369a463d9d"));
        let clips = clips.finish();
        let mut root = DirectoryHasher::new(Algorithm::Xxh64);
        root.directory("Clips", &clips);
        root.file("Sidecar.txt", &digest("3ab5a4166b9bde44"));
        let root = root.finish();
        assert_eq!(root.content.to_string(), "8d02114c32e28cbe");
        assert_eq!(root.structure.to_string(), "f557f8ca8e5a88ef");
    }

    #[test]
    fn an_empty_directory_is_the_hash_of_nothing() {
        for algorithm in Algorithm::ALL {
            let empty = DirectoryHasher::new(algorithm).finish();
            assert_eq!(empty.content, Hasher::new(algorithm).finish());
            assert_eq!(empty.structure, empty.content);
        }
    }

    #[test]
    fn sorting_by_bytes_is_sorting_by_text() {
        let mut values: Vec<HashValue> = (0u8..=255)
            .map(|byte| {
                let mut hasher = Hasher::new(Algorithm::C4);
                hasher.update(&[byte]);
                hasher.finish()
            })
            .collect();
        values.sort_unstable();
        assert!(values.is_sorted_by_key(|value| value.to_string()));
    }
}
