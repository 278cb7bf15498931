//! The rows: what is hashed, by us and by whom else. Names stay, so that figures can be followed.

use std::hint::black_box;

use mhl_hash::{Algorithm, Backend, Buffer, Hasher, Streams};

use crate::{contest::Row, trees};

const KIB: usize = 1 << 10;
const MIB: usize = 1 << 20;

/// A row by its name, made when it is wanted: some need gigabytes.
pub(crate) type Named = (&'static str, fn() -> Row);

/// Every row, in the order of the table.
pub(crate) const ALL: [Named; 14] = [
    ("md5.one_stream", md5_one_stream),
    ("md5.2x1m", md5_two),
    ("md5.8x64k", md5_eight),
    ("md5.32x256k.avx2", || md5_thirty_two("avx2")),
    ("md5.32x256k.avx512", || md5_thirty_two("avx512")),
    ("xxh64.one_stream", xxh64_one_stream),
    ("xxh64.4x1m", xxh64_four),
    ("xxh3.one_stream", xxh3_one_stream),
    ("sha1.32x256k", sha1_thirty_two),
    ("c4.8x64k", c4_eight),
    ("tree.2000x2m.md5", || trees::row(trees::MIDDLE, Algorithm::Md5)),
    ("tree.2000x2m.xxh64", || trees::row(trees::MIDDLE, Algorithm::Xxh64)),
    ("tree.100000x4k.md5", || trees::row(trees::SMALL, Algorithm::Md5)),
    ("tree.16x256m.md5", || trees::row(trees::LARGE, Algorithm::Md5)),
];

/// The backend that the environment names, or the best.
pub(crate) fn backend() -> Backend {
    std::env::var("MHL_HASH_BACKEND")
        .ok()
        .and_then(|name| Backend::by_name(&name))
        .unwrap_or_default()
}

/// Contents of so many streams, each in as many lent buffers as it needs: aligned for everybody.
struct Contents {
    buffers: Vec<Vec<Buffer>>,
}

impl Contents {
    fn new(streams: usize, len: usize) -> Self {
        let mut lender = Streams::new(&[]);
        let mut stream = |number: usize| {
            let lens = (0..len).step_by(mhl_hash::BUFFER_LEN);
            lens.map(|from| {
                let mut buffer = lender.buffer();
                buffer.truncate(len - from);
                for (i, byte) in buffer.iter_mut().enumerate() {
                    *byte = ((number + from + i) % 251) as u8;
                }
                buffer
            })
            .collect()
        };
        Contents { buffers: (0..streams).map(&mut stream).collect() }
    }

    fn len(&self) -> usize {
        self.buffers.iter().flatten().map(|buffer| buffer.len()).sum()
    }

    /// All streams side by side.
    fn side_by_side(&self, algorithm: Algorithm, backend: Backend) {
        let mut streams = Streams::with_backend(&[algorithm], backend);
        let ids: Vec<_> = self.buffers.iter().map(|_| streams.start()).collect();
        let most = self.buffers.iter().map(Vec::len).max().unwrap_or(0);
        for round in 0..most {
            let pieces: Vec<_> = ids
                .iter()
                .zip(&self.buffers)
                .filter_map(|(id, buffers)| Some((*id, &**buffers.get(round)?)))
                .collect();
            assert!(streams.push_each(&pieces), "all are live");
        }
        for id in ids {
            black_box(streams.finish(id));
        }
    }

    /// One stream after the other, by whatever takes pieces.
    fn one_by_one<Hash>(
        &self,
        new: impl Fn() -> Hash,
        mut update: impl FnMut(&mut Hash, &[u8]),
        finish: impl Fn(Hash),
    ) {
        for stream in &self.buffers {
            let mut hash = new();
            for buffer in stream {
                update(&mut hash, black_box(buffer));
            }
            finish(hash);
        }
    }

    fn hasher(&self, algorithm: Algorithm) {
        self.one_by_one(
            || Hasher::with_backend(algorithm, backend()),
            |hasher, bytes| hasher.update(bytes),
            |hasher| {
                black_box(hasher.finish());
            },
        );
    }

    fn digest<D: md5::Digest>(&self) {
        self.one_by_one(
            D::new,
            |digest, bytes| digest.update(bytes),
            |digest| {
                black_box(digest.finalize());
            },
        );
    }

    fn fast_md5(&self) {
        self.one_by_one(
            fast_md5::Md5::new,
            |md5, bytes| md5.update(bytes),
            |md5| {
                black_box(md5.finalize());
            },
        );
    }

    fn openssl(&self, digest: fn() -> openssl::hash::MessageDigest) {
        self.one_by_one(
            || openssl::hash::Hasher::new(digest()),
            |hasher, bytes| {
                if let Ok(hasher) = hasher {
                    black_box(hasher.update(bytes)).ok();
                }
            },
            |hasher| {
                if let Ok(mut hasher) = hasher {
                    black_box(hasher.finish()).ok();
                }
            },
        );
    }

    fn md5_simd(&self) {
        // It takes whole messages; none of these is longer than a buffer.
        let inputs: Vec<&[u8]> =
            self.buffers.iter().filter_map(|stream| Some(&**stream.first()?)).collect();
        let mut outputs = vec![[0; 16]; inputs.len()];
        md5_simd::md5_many(black_box(&inputs), &mut outputs);
        black_box(outputs);
    }

    fn xxhash_rust_64(&self) {
        self.one_by_one(
            || xxhash_rust::xxh64::Xxh64::new(0),
            |xxh64, bytes| xxh64.update(bytes),
            |xxh64| {
                black_box(xxh64.digest());
            },
        );
    }

    /// One message in one piece, for those that are fastest so.
    fn whole(&self, hash: impl Fn(&[u8]) -> u64) {
        for buffer in self.buffers.iter().flatten() {
            black_box(hash(black_box(buffer)));
        }
    }
}

/// Contents that every contestant of a row shares.
fn shared(streams: usize, len: usize) -> &'static Contents {
    Box::leak(Box::new(Contents::new(streams, len)))
}

fn md5_one_stream() -> Row {
    let contents = shared(1, MIB);
    Row::new(contents.len(), || contents.hasher(Algorithm::Md5))
        .against("md-5", || contents.digest::<md5::Md5>())
        .against("fast-md5", || contents.fast_md5())
        .against("openssl", || contents.openssl(openssl::hash::MessageDigest::md5))
}

fn md5_two() -> Row {
    let contents = shared(2, MIB);
    Row::new(contents.len(), || contents.side_by_side(Algorithm::Md5, backend()))
        .against("md-5", || contents.digest::<md5::Md5>())
        .against("fast-md5", || contents.fast_md5())
        .against("openssl", || contents.openssl(openssl::hash::MessageDigest::md5))
}

fn md5_eight() -> Row {
    let contents = shared(8, 64 * KIB);
    Row::new(contents.len(), || contents.side_by_side(Algorithm::Md5, backend()))
        .against("md-5", || contents.digest::<md5::Md5>())
        .against("fast-md5", || contents.fast_md5())
        .against("md5-simd", || contents.md5_simd())
        .against("openssl", || contents.openssl(openssl::hash::MessageDigest::md5))
}

fn md5_thirty_two(backend: &str) -> Row {
    let contents = shared(32, 256 * KIB);
    let row = match Backend::by_name(backend) {
        Some(backend) => {
            Row::new(contents.len(), move || contents.side_by_side(Algorithm::Md5, backend))
        }
        None => Row::skipped(format!("this processor lacks {backend}")),
    };
    row.against("md-5", || contents.digest::<md5::Md5>())
        .against("md5-simd", || contents.md5_simd())
}

fn xxh64_one_stream() -> Row {
    let contents = shared(1, 256 * KIB);
    Row::new(contents.len(), || contents.hasher(Algorithm::Xxh64))
        .against("xxhash-rust", || contents.xxhash_rust_64())
        .against("twox-hash", || contents.whole(|b| twox_hash::XxHash64::oneshot(0, b)))
        .against("xxhash-c", || contents.whole(|b| xxhash_c::xxh64(b, 0)))
}

fn xxh64_four() -> Row {
    let contents = shared(4, MIB);
    Row::new(contents.len(), || contents.side_by_side(Algorithm::Xxh64, backend()))
        .against("xxhash-rust", || contents.xxhash_rust_64())
        .against("twox-hash", || contents.whole(|b| twox_hash::XxHash64::oneshot(0, b)))
        .against("xxhash-c", || contents.whole(|b| xxhash_c::xxh64(b, 0)))
}

fn xxh3_one_stream() -> Row {
    let contents = shared(1, 256 * KIB);
    Row::new(contents.len(), || contents.hasher(Algorithm::Xxh3))
        .against("xxhash-rust", || contents.whole(xxhash_rust::xxh3::xxh3_64))
        .against("twox-hash", || contents.whole(twox_hash::XxHash3_64::oneshot))
        .against("xxhash-c", || contents.whole(xxhash_c::xxh3_64))
}

fn sha1_thirty_two() -> Row {
    let contents = shared(32, 256 * KIB);
    Row::new(contents.len(), || contents.side_by_side(Algorithm::Sha1, backend()))
        .against("sha1", || contents.digest::<sha1::Sha1>())
        .against("openssl", || contents.openssl(openssl::hash::MessageDigest::sha1))
}

fn c4_eight() -> Row {
    let contents = shared(8, 64 * KIB);
    Row::new(contents.len(), || contents.side_by_side(Algorithm::C4, backend()))
        .against("sha2", || contents.digest::<sha2::Sha512>())
        .against("openssl", || contents.openssl(openssl::hash::MessageDigest::sha512))
}
