//! The digests of a listed file, in few bytes.

use std::borrow::Cow;

use mhl_hash::{Algorithm, HashValue};

use crate::{Format, RecordedHash};

/// Bytes of the longest digest that is kept in place: SHA-1.
const SHORT: usize = 20;

/// What a list records of a file. One digest is usual, and takes a sixth of a [`RecordedHash`]; several take
/// little more than their bytes.
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
    /// Several digests, or a longer one, and nothing about them but their values: for each the place of
    /// its algorithm among [`Algorithm::ALL`], and its bytes.
    Plain {
        format: Format,
        coded: Box<[u8]>,
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
        if hashes.is_empty() {
            return Hashes::None;
        }
        Self::of_plain(&hashes, RecordedHash::plain).unwrap_or_else(|| Hashes::Any(hashes.into()))
    }
}

impl Hashes {
    /// These digests where `plain` tells format and value of each, and the format is the same.
    fn of_plain(
        hashes: &[RecordedHash],
        plain: fn(&RecordedHash) -> Option<(Format, HashValue)>,
    ) -> Option<Self> {
        let (format, first) = plain(hashes.first()?)?;
        if let ([_], Some(one)) = (hashes, Self::one(format, first)) {
            return Some(one);
        }
        let mut coded = Vec::new();
        for hash in hashes {
            let (_, value) = plain(hash).filter(|(own, _)| *own == format)?;
            let place = Algorithm::ALL.iter().position(|known| *known == value.algorithm())?;
            coded.push(u8::try_from(place).ok()?);
            coded.extend_from_slice(value.as_bytes());
        }
        Some(Hashes::Plain { format, coded: coded.into() })
    }

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
        Self::of_plain(hashes, RecordedHash::plain_but_for_its_record)
            .unwrap_or_else(|| Hashes::from(hashes.to_vec()).for_comparison())
    }

    /// Whether these are kept already, each of them and nothing else.
    pub(crate) fn keep(&self, hashes: &[RecordedHash], how: Keep) -> bool {
        let plain = match how {
            Keep::Everything => RecordedHash::plain,
            Keep::ToCompare => RecordedHash::plain_but_for_its_record,
        };
        match (self, hashes) {
            (Hashes::None, []) => true,
            (Hashes::One { format, .. } | Hashes::Plain { format, .. }, _) => {
                let kept = self.values().map(|value| Some((*format, value)));
                kept.eq(hashes.iter().map(plain))
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
        let (format, any) = match self {
            Hashes::None => (None, &[][..]),
            Hashes::One { format, .. } | Hashes::Plain { format, .. } => (Some(*format), &[][..]),
            Hashes::Any(hashes) => (None, &**hashes),
        };
        let few = format.into_iter().flat_map(|format| {
            self.values().map(move |value| Cow::Owned(RecordedHash::new(format, value)))
        });
        few.chain(any.iter().map(Cow::Borrowed))
    }

    /// The values that are kept without anything about them.
    fn values(&self) -> impl Iterator<Item = HashValue> {
        let (one, mut coded) = match self {
            Hashes::One { algorithm, bytes, .. } => {
                let bytes = bytes.get(..algorithm.digest_len());
                (bytes.and_then(|bytes| HashValue::from_bytes(*algorithm, bytes).ok()), &[][..])
            }
            Hashes::Plain { coded, .. } => (None, &**coded),
            Hashes::None | Hashes::Any(_) => (None, &[][..]),
        };
        let coded = std::iter::from_fn(move || {
            let (place, after) = coded.split_first()?;
            let algorithm = *Algorithm::ALL.get(usize::from(*place))?;
            let (bytes, rest) = after.split_at_checked(algorithm.digest_len())?;
            coded = rest;
            HashValue::from_bytes(algorithm, bytes).ok()
        });
        one.into_iter().chain(coded)
    }

    /// The algorithms that are known to us.
    pub(crate) fn algorithms(&self) -> impl Iterator<Item = Algorithm> {
        let any = if let Hashes::Any(hashes) = self { &**hashes } else { &[] };
        let few = self.values().map(|value| value.algorithm());
        few.chain(any.iter().filter_map(RecordedHash::algorithm))
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
    fn usual_digests_are_kept_in_few_bytes_and_everything_comes_back() {
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
        let c4 = "c459dsjfscH38cYeXXYogktxf4Cd9ibshE3BHUo6a58hBXmRQdZrAkZzsWcbWtDg5oQstpDuni4Hirj75GEmTc1sFT";
        let long = RecordedHash::parse(Format::Asc, "c4", c4).unwrap().unwrap();
        let sha1 = || parse("sha1", "a9993e364706816aba3e25717850c26c9cd0d89d");
        for hashes in [vec![sha1(), md5()], vec![md5(), sha1(), md5()], vec![long]] {
            let kept = Hashes::from(hashes.clone());
            assert!(matches!(kept, Hashes::Plain { .. }), "{hashes:?}");
            let algorithms: Vec<_> = hashes.iter().filter_map(RecordedHash::algorithm).collect();
            assert_eq!(kept.algorithms().collect::<Vec<_>>(), algorithms);
            assert_eq!(kept.to_vec(), hashes);
            for how in [Keep::Everything, Keep::ToCompare] {
                assert!(kept.keep(&hashes, how));
                assert!(!kept.keep(&hashes[1..], how));
                assert!(!kept.keep(&[hashes.clone(), vec![md5()]].concat(), how));
            }
        }
        let one_dated = vec![sha1(), dated.clone()];
        assert!(matches!(Hashes::from(one_dated.clone()), Hashes::Any(_)));
        let compared_with = Hashes::to_compare(&one_dated);
        assert_eq!(compared_with.to_vec(), [sha1(), md5()]);
        assert!(compared_with.keep(&one_dated, Keep::ToCompare));
        assert!(!compared_with.keep(&one_dated, Keep::Everything));
        let one_failed = [sha1(), failed.clone()];
        assert!(!compared_with.keep(&one_failed, Keep::ToCompare));
        assert_eq!(Hashes::to_compare(&one_failed).to_vec(), one_failed);
        let compared = |hash| Hashes::from(vec![hash]).for_comparison().to_vec();
        assert_eq!(compared(dated), [md5()]);
        assert_eq!(compared(failed.clone()), [failed], "what failed stays known for it");
        assert!(size_of::<Hashes>() <= 24);
    }
}
