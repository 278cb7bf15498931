//! The digests of many files, side by side: a few bytes for each file.

use mhl_hash::{Algorithm, HashValue};

use crate::Timestamp;

/// Of no year that a list can hold.
const NO_DATE: i64 = i64::MIN;

/// One value of each algorithm for each file of a list, in as few bytes as the values have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Digests {
    algorithms: Vec<Algorithm>,
    width: usize,
    bytes: Vec<u8>,
    known: Vec<bool>,
    /// Seconds since 1970 when the values of a file were computed, or [`NO_DATE`]; nothing for the
    /// files behind the last that has such a time.
    dates: Vec<i64>,
}

impl Digests {
    /// No digest yet of any of these files. An algorithm named twice counts once.
    pub(crate) fn new(algorithms: &[Algorithm], files: usize) -> Self {
        let mut once: Vec<Algorithm> = Vec::new();
        for algorithm in algorithms {
            if !once.contains(algorithm) {
                once.push(*algorithm);
            }
        }
        let width = once.iter().map(|algorithm| algorithm.digest_len()).sum();
        Digests {
            algorithms: once,
            width,
            bytes: vec![0; width * files],
            known: vec![false; files],
            dates: Vec::new(),
        }
    }

    /// One more file, with its values in the order of the algorithms, and when they were computed.
    pub(crate) fn push(&mut self, values: &[HashValue], date: Option<&Timestamp>) {
        let file = self.known.len();
        self.bytes.resize(self.bytes.len() + self.width, 0);
        self.known.push(false);
        self.set(file, values);
        self.set_date(file, date.map_or(NO_DATE, Timestamp::unix_seconds));
    }

    fn set_date(&mut self, file: usize, date: i64) {
        if date != NO_DATE && self.dates.len() <= file {
            self.dates.resize(file + 1, NO_DATE);
        }
        if let Some(place) = self.dates.get_mut(file) {
            *place = date;
        }
    }

    /// When the values of a file were computed, where that is known.
    pub(crate) fn date(&self, file: usize) -> Option<Timestamp> {
        Timestamp::from_unix(self.seconds(file), 0)
    }

    fn seconds(&self, file: usize) -> i64 {
        self.dates.get(file).copied().unwrap_or(NO_DATE)
    }

    pub(crate) fn algorithms(&self) -> &[Algorithm] {
        &self.algorithms
    }

    /// Records the values of a file, in the order of the algorithms. Returns `false` when other
    /// values were recorded before.
    pub(crate) fn set(&mut self, file: usize, values: &[HashValue]) -> bool {
        let new: Vec<u8> = values.iter().flat_map(HashValue::as_bytes).copied().collect();
        let place = file * self.width..(file + 1) * self.width;
        let (Some(bytes), Some(known)) = (self.bytes.get_mut(place), self.known.get_mut(file))
        else {
            return false;
        };
        if *known {
            return bytes == new;
        }
        *known = true;
        bytes.copy_from_slice(&new);
        true
    }

    /// The values of a file, in the order of the algorithms; none when it was not hashed.
    pub(crate) fn get(&self, file: usize) -> Vec<HashValue> {
        if !self.has(file) {
            return Vec::new();
        }
        let mut from = file * self.width;
        let mut values = Vec::with_capacity(self.algorithms.len());
        for &algorithm in &self.algorithms {
            let to = from + algorithm.digest_len();
            let bytes = self.bytes.get(from..to).unwrap_or_default();
            values.extend(HashValue::from_bytes(algorithm, bytes));
            from = to;
        }
        values
    }

    /// Whether a file was hashed.
    pub(crate) fn has(&self, file: usize) -> bool {
        self.known.get(file).copied().unwrap_or(false)
    }

    /// The digests of some of the files, in this order.
    pub(crate) fn select(&self, files: &[usize]) -> Self {
        let mut selected = Digests::new(&self.algorithms, files.len());
        for (place, file) in files.iter().enumerate() {
            if self.has(*file) {
                selected.set(place, &self.get(*file));
            }
            selected.set_date(place, self.seconds(*file));
        }
        selected
    }

    /// Whether every file was hashed.
    pub(crate) fn is_complete(&self) -> bool {
        self.known.iter().all(|known| *known)
    }
}

#[cfg(test)]
mod tests {
    use mhl_hash::HasherSet;

    use super::*;

    #[test]
    fn values_come_back_and_are_never_replaced() {
        let algorithms = [Algorithm::Xxh64, Algorithm::C4, Algorithm::Xxh64];
        let values = |bytes: &[u8]| {
            let mut set = HasherSet::new(&algorithms);
            set.update(bytes);
            set.finish()
        };
        let mut digests = Digests::new(&algorithms, 3);
        assert!(digests.set(2, &values(b"two")));
        assert!(digests.set(0, &values(b"zero")));
        assert_eq!(digests.get(2), values(b"two"));
        assert_eq!(digests.get(1), []);
        assert!(!digests.is_complete());
        assert!(digests.set(2, &values(b"two")), "the same again");
        assert!(!digests.set(2, &values(b"else")), "something else");
        assert_eq!(digests.get(2), values(b"two"));
        assert!(digests.set(1, &values(b"one")));
        assert!(digests.is_complete());
        assert!(!digests.set(3, &values(b"three")), "no such file");
    }

    #[test]
    fn a_date_goes_with_its_file() {
        let value = HasherSet::new(&[Algorithm::Md5]).finish();
        let at = |seconds| Timestamp::from_unix(seconds, 0);
        let mut digests = Digests::new(&[Algorithm::Md5], 0);
        for date in [None, at(7), None, at(-9)] {
            digests.push(&value, date.as_ref());
        }
        assert!(digests.is_complete());
        let dates = |digests: &Digests| (0..4).map(|file| digests.date(file)).collect::<Vec<_>>();
        assert_eq!(dates(&digests), [None, at(7), None, at(-9)]);
        let selected = digests.select(&[3, 0, 1]);
        assert_eq!(dates(&selected), [at(-9), None, at(7), None]);
        assert_eq!(selected.get(2), value);
    }
}
