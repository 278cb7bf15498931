//! The digests of a listed file, in few bytes.

use std::borrow::Cow;

use mhl_hash::{Algorithm, HashValue};

use crate::{Format, RecordedHash};

/// Bytes of the longest digest that is kept in place: SHA-1.
const SHORT: usize = 20;

/// What a list records of a file. One digest is usual, and takes a sixth of a [`RecordedHash`].
#[derive(Clone, Debug, Default)]
pub(crate) enum Hashes {
    #[default]
    None,
    /// One digest of up to 20 bytes (zeros follow), and nothing about it but its value.
    One {
        format: Format,
        algorithm: Algorithm,
        bytes: [u8; SHORT],
    },
    Any(Box<[RecordedHash]>),
}

/// How much of what is recorded of a digest is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keep {
    /// All of it.
    Everything,
    /// What a comparison needs: [`Hashes::for_comparison`].
    ToCompare,
}

impl Keep {
    pub(crate) fn of(self, hashes: &[RecordedHash]) -> Hashes {
        match self {
            Keep::Everything => hashes.to_vec().into(),
            Keep::ToCompare => Hashes::to_compare(hashes),
        }
    }
}

impl From<Vec<RecordedHash>> for Hashes {
    fn from(hashes: Vec<RecordedHash>) -> Self {
        match hashes.as_slice() {
            [] => Hashes::None,
            [only] => match only.plain().and_then(|(format, value)| Self::one(format, value)) {
                Some(one) => one,
                None => Hashes::Any(hashes.into()),
            },
            _ => Hashes::Any(hashes.into()),
        }
    }
}

impl Hashes {
    fn one(format: Format, value: HashValue) -> Option<Self> {
        let mut bytes = [0; SHORT];
        bytes.get_mut(..value.as_bytes().len())?.copy_from_slice(value.as_bytes());
        Some(Hashes::One { format, algorithm: value.algorithm(), bytes })
    }

    /// What a comparison needs of them: when a digest was computed, and by which action it came to be
    /// recorded, is forgotten, unless that is a failure.
    pub(crate) fn for_comparison(self) -> Self {
        match self {
            Hashes::Any(mut hashes) => {
                for hash in hashes.iter_mut().filter(|hash| !hash.is_failed()) {
                    (hash.action, hash.date) = (None, None);
                }
                hashes.into_vec().into()
            }
            few => few,
        }
    }

    /// These digests as [`Hashes::for_comparison`] leaves them.
    pub(crate) fn to_compare(hashes: &[RecordedHash]) -> Self {
        if let [only] = hashes
            && let Some((format, value)) = only.plain_but_for_its_record()
            && let Some(one) = Self::one(format, value)
        {
            return one;
        }
        Hashes::from(hashes.to_vec()).for_comparison()
    }

    /// Whether these are kept already, each of them and nothing else.
    pub(crate) fn keep(&self, hashes: &[RecordedHash], how: Keep) -> bool {
        match (self, hashes) {
            (Hashes::None, []) => true,
            (Hashes::One { format, .. }, [only]) => {
                let plain = match how {
                    Keep::Everything => only.plain(),
                    Keep::ToCompare => only.plain_but_for_its_record(),
                };
                plain.is_some_and(|(own, value)| own == *format && Some(value) == self.only())
            }
            (Hashes::Any(kept), _) => match how {
                Keep::Everything => **kept == *hashes,
                Keep::ToCompare => {
                    kept.len() == hashes.len()
                        && kept.iter().zip(hashes).all(|(kept, hash)| {
                            !hash.is_failed() && !kept.is_failed() && kept.is_spelled_like(hash)
                        })
                }
            },
            _ => false,
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }

    /// Each of them, made anew where it is kept in fewer bytes.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Cow<'_, RecordedHash>> {
        let (one, any) = match self {
            Hashes::None => (None, &[][..]),
            Hashes::One { format, .. } => {
                let one = self.only().map(|value| RecordedHash::new(*format, value));
                (one, &[][..])
            }
            Hashes::Any(hashes) => (None, &**hashes),
        };
        one.map(Cow::Owned).into_iter().chain(any.iter().map(Cow::Borrowed))
    }

    /// The one value that is kept in place.
    fn only(&self) -> Option<HashValue> {
        let Hashes::One { algorithm, bytes, .. } = self else { return None };
        HashValue::from_bytes(*algorithm, bytes.get(..algorithm.digest_len())?).ok()
    }

    /// The algorithms that are known to us.
    pub(crate) fn algorithms(&self) -> impl Iterator<Item = Algorithm> {
        let (one, any) = match self {
            Hashes::None => (None, &[][..]),
            Hashes::One { algorithm, .. } => (Some(*algorithm), &[][..]),
            Hashes::Any(hashes) => (None, &**hashes),
        };
        one.into_iter().chain(any.iter().filter_map(RecordedHash::algorithm))
    }

    pub(crate) fn to_vec(&self) -> Vec<RecordedHash> {
        self.iter().map(Cow::into_owned).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Action, Timestamp};

    #[test]
    fn one_usual_digest_is_kept_in_place_and_everything_comes_back() {
        let parse = |element: &str, text: &str| {
            RecordedHash::parse(Format::Classic, element, text).unwrap().unwrap()
        };
        let usual = [
            parse("md5", "900150983cd24fb0d6963f7d28e17f72"),
            parse("sha1", "a9993e364706816aba3e25717850c26c9cd0d89d"),
            parse("xxhash64be", "44bc2cf5ad770999"),
            parse("xxhash", "0852579327"),
        ];
        for hash in usual {
            let hashes = Hashes::from(vec![hash.clone()]);
            assert!(matches!(hashes, Hashes::One { .. }), "{hash:?}");
            assert_eq!(hashes.algorithms().collect::<Vec<_>>(), [hash.algorithm().unwrap()]);
            assert_eq!(hashes.to_vec(), [hash]);
        }
        let md5 = || parse("md5", "900150983cd24fb0d6963f7d28e17f72");
        let mut dated = md5();
        dated.date = Some(Timestamp::epoch());
        let mut failed = md5();
        failed.action = Some(Action::Failed);
        let unusual = [
            vec![parse("md5", "900150983CD24FB0D6963F7D28E17F72")],
            vec![parse("xxhash64", "990977adf52cbc44")],
            vec![RecordedHash::null()],
            vec![dated.clone()],
            vec![failed.clone()],
            vec![md5(), parse("null", "")],
            vec![],
        ];
        for hashes in unusual {
            let kept = Hashes::from(hashes.clone());
            assert!(!matches!(kept, Hashes::One { .. }), "{hashes:?}");
            assert_eq!(kept.to_vec(), hashes);
            assert_eq!(kept.is_empty(), hashes.is_empty());
        }
        let compared = |hash| Hashes::from(vec![hash]).for_comparison().to_vec();
        assert_eq!(compared(dated), [md5()]);
        assert_eq!(compared(failed.clone()), [failed], "what failed stays known for it");
        assert!(size_of::<Hashes>() <= 24);
    }
}
