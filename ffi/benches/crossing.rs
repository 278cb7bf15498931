//! What it costs to cross the C ABI: the same digests of the same bytes, 64 KiB a call, by the
//! functions that a C program calls and by the Rust crate, in one run.
//!
//!     cargo bench -p mhl-ffi --bench crossing
//!     cargo build --release -p mhl-ffi && MHL_LIBRARY=target/release/libmhl.so cargo bench -p mhl-ffi --bench crossing
//!
//! The functions are called by pointers that the optimiser cannot see through. Without `MHL_LIBRARY`
//! they stand in this program, and both sides run the same machine code below them: what differs is
//! the crossing. With it they are those of that library, found with dlsym: what differs is also how
//! the two were laid out, which moves the loops of XXH3 by 4 %.
//!
//! Both sides take turns in every round, and the medians of the rounds are printed, with the
//! quartiles of their ratio and the ratio of the fastest rounds: absolute figures move with the
//! machine's other work, ratios hardly. The last row pushes no bytes: a call as such.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::{
    env,
    ffi::{CString, c_void},
    hint::black_box,
    os::unix::ffi::OsStringExt,
    path::PathBuf,
    ptr::null_mut,
    time::{Duration, Instant},
};

use mhl::{Digest, Error, Hasher, Piece, Status, Streams};
use mhl_hash::{Algorithm, HasherSet};

const PIECE: usize = 64 * 1024;
/// Short ones, so that few are interrupted.
const ROUNDS: usize = 1001;

/// The calls of the ABI.
struct Library {
    hasher_new:
        unsafe extern "C" fn(*const u32, usize, *mut *mut Hasher, *mut *mut Error) -> Status,
    hasher_update:
        unsafe extern "C" fn(*mut Hasher, *const c_void, usize, *mut *mut Error) -> Status,
    hasher_finish: unsafe extern "C" fn(
        *mut Hasher,
        *mut Digest,
        usize,
        *mut usize,
        *mut *mut Error,
    ) -> Status,
    hasher_free: unsafe extern "C" fn(*mut Hasher),
    streams_new:
        unsafe extern "C" fn(*const u32, usize, *mut *mut Streams, *mut *mut Error) -> Status,
    streams_start: unsafe extern "C" fn(*mut Streams, *mut u64, *mut *mut Error) -> Status,
    streams_push:
        unsafe extern "C" fn(*mut Streams, u64, *const c_void, usize, *mut *mut Error) -> Status,
    streams_push_each:
        unsafe extern "C" fn(*mut Streams, *const Piece, usize, *mut *mut Error) -> Status,
    streams_finish: unsafe extern "C" fn(
        *mut Streams,
        u64,
        *mut Digest,
        usize,
        *mut usize,
        *mut *mut Error,
    ) -> Status,
    streams_free: unsafe extern "C" fn(*mut Streams),
}

impl Library {
    /// Those that are linked into this program.
    fn linked() -> Self {
        Library {
            hasher_new: black_box(mhl::mhl_hasher_new),
            hasher_update: black_box(mhl::mhl_hasher_update),
            hasher_finish: black_box(mhl::mhl_hasher_finish),
            hasher_free: black_box(mhl::mhl_hasher_free),
            streams_new: black_box(mhl::mhl_streams_new),
            streams_start: black_box(mhl::mhl_streams_start),
            streams_push: black_box(mhl::mhl_streams_push),
            streams_push_each: black_box(mhl::mhl_streams_push_each),
            streams_finish: black_box(mhl::mhl_streams_finish),
            streams_free: black_box(mhl::mhl_streams_free),
        }
    }

    fn load(path: PathBuf) -> Self {
        let name = CString::new(path.clone().into_os_string().into_vec()).unwrap();
        // SAFETY: NUL-terminated; the library runs nothing when it is loaded.
        let handle = unsafe { libc::dlopen(name.as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL) };
        assert!(!handle.is_null(), "{} cannot be loaded", path.display());
        /// # Safety
        /// The function of this name has this type.
        unsafe fn find<F>(handle: *mut c_void, name: &str) -> F {
            let spelled = CString::new(name).unwrap();
            // SAFETY: a live handle, NUL-terminated; a pointer to a function of this type.
            unsafe {
                let found = libc::dlsym(handle, spelled.as_ptr());
                assert!(!found.is_null(), "the library has no {name}");
                std::mem::transmute_copy(&found)
            }
        }
        // SAFETY: the types are those of mhl.h.
        unsafe {
            Library {
                hasher_new: find(handle, "mhl_hasher_new"),
                hasher_update: find(handle, "mhl_hasher_update"),
                hasher_finish: find(handle, "mhl_hasher_finish"),
                hasher_free: find(handle, "mhl_hasher_free"),
                streams_new: find(handle, "mhl_streams_new"),
                streams_start: find(handle, "mhl_streams_start"),
                streams_push: find(handle, "mhl_streams_push"),
                streams_push_each: find(handle, "mhl_streams_push_each"),
                streams_finish: find(handle, "mhl_streams_finish"),
                streams_free: find(handle, "mhl_streams_free"),
            }
        }
    }

    /// One stream of `pieces` calls, as C makes them.
    fn one(&self, code: u32, piece: &[u8], pieces: usize) -> Vec<u8> {
        let (mut hasher, mut digest, mut count) = (null_mut(), NONE, 0);
        // SAFETY: slices and locals; the hasher is freed once and last.
        unsafe {
            assert_eq!(
                (self.hasher_new)(&raw const code, 1, &raw mut hasher, null_mut()),
                Status::Good
            );
            for _ in 0..pieces {
                let bytes = black_box(piece);
                let status =
                    (self.hasher_update)(hasher, bytes.as_ptr().cast(), bytes.len(), null_mut());
                assert_eq!(status, Status::Good);
            }
            (self.hasher_finish)(hasher, &raw mut digest, 1, &raw mut count, null_mut());
            (self.hasher_free)(hasher);
        }
        digest.bytes[..digest.len as usize].to_vec()
    }

    /// `lanes` streams in turn, each of `pieces` calls.
    fn in_turn(&self, code: u32, piece: &[u8], pieces: usize, lanes: usize) -> Vec<u8> {
        let (mut streams, mut digest, mut count) = (null_mut(), NONE, 0);
        let mut numbers = vec![0; lanes];
        // SAFETY: slices and locals; the set is freed once and last.
        unsafe {
            let made = (self.streams_new)(&raw const code, 1, &raw mut streams, null_mut());
            assert_eq!(made, Status::Good);
            for number in &mut numbers {
                (self.streams_start)(streams, number, null_mut());
            }
            for _ in 0..pieces {
                for number in &numbers {
                    let bytes = black_box(piece);
                    let (data, len) = (bytes.as_ptr().cast(), bytes.len());
                    let status = (self.streams_push)(streams, *number, data, len, null_mut());
                    assert_eq!(status, Status::Good);
                }
            }
            for number in &numbers {
                (self.streams_finish)(
                    streams,
                    *number,
                    &raw mut digest,
                    1,
                    &raw mut count,
                    null_mut(),
                );
            }
            (self.streams_free)(streams);
        }
        digest.bytes[..digest.len as usize].to_vec()
    }

    /// `lanes` streams side by side, in `pieces` calls.
    fn lanes(&self, code: u32, piece: &[u8], pieces: usize, lanes: usize) -> Vec<u8> {
        let (mut streams, mut digest, mut count) = (null_mut(), NONE, 0);
        let mut numbers = vec![0; lanes];
        // SAFETY: slices and locals; the set is freed once and last.
        unsafe {
            let made = (self.streams_new)(&raw const code, 1, &raw mut streams, null_mut());
            assert_eq!(made, Status::Good);
            for number in &mut numbers {
                (self.streams_start)(streams, number, null_mut());
            }
            let (bytes, len) = (piece.as_ptr().cast(), piece.len());
            let each = numbers.iter().map(|&stream| Piece { stream, bytes, len });
            let each: Vec<Piece> = each.collect();
            for _ in 0..pieces {
                let each = black_box(each.as_slice());
                let status =
                    (self.streams_push_each)(streams, each.as_ptr(), each.len(), null_mut());
                assert_eq!(status, Status::Good);
            }
            for number in &numbers {
                (self.streams_finish)(
                    streams,
                    *number,
                    &raw mut digest,
                    1,
                    &raw mut count,
                    null_mut(),
                );
            }
            (self.streams_free)(streams);
        }
        digest.bytes[..digest.len as usize].to_vec()
    }
}

const NONE: Digest = Digest { algorithm: 0, len: 0, bytes: [0; 64] };

fn one(algorithm: Algorithm, piece: &[u8], pieces: usize) -> Vec<u8> {
    let mut set = HasherSet::new(&[algorithm]);
    for _ in 0..pieces {
        set.update(black_box(piece));
    }
    set.finish()[0].as_bytes().to_vec()
}

fn lanes(
    algorithm: Algorithm,
    piece: &[u8],
    pieces: usize,
    lanes: usize,
    in_turn: bool,
) -> Vec<u8> {
    let mut streams = mhl_hash::Streams::new(&[algorithm]);
    let ids: Vec<_> = (0..lanes).map(|_| streams.start()).collect();
    let each: Vec<_> = ids.iter().map(|id| (*id, piece)).collect();
    for _ in 0..pieces {
        if in_turn {
            ids.iter().for_each(|id| assert!(streams.push(*id, black_box(piece))));
        } else {
            assert!(streams.push_each(black_box(&each)));
        }
    }
    ids.into_iter().map(|id| streams.finish(id).unwrap()).last().unwrap()[0].as_bytes().to_vec()
}

/// Sorts them; the median is the quantile 1 of 2.
fn quantile(times: &mut [f64], of: usize, in_all: usize) -> f64 {
    times.sort_by(f64::total_cmp);
    times[(times.len() - 1) * of / in_all]
}

/// Both sides in turn; prints the row.
fn row(
    name: &str,
    calls: usize,
    bytes: usize,
    c: impl Fn() -> Vec<u8>,
    rust: impl Fn() -> Vec<u8>,
) {
    assert_eq!(c(), rust(), "{name}: the digests differ");
    let time = |work: &dyn Fn() -> Vec<u8>| {
        let started = Instant::now();
        black_box(work());
        started.elapsed().max(Duration::from_nanos(1)).as_secs_f64()
    };
    let (mut by_c, mut by_rust, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        // Whoever comes second finds the caches as the first left them: each is second as often.
        let (mut of_c, mut of_rust) = (0.0, 0.0);
        if round % 2 == 0 {
            of_c = time(&c);
        }
        of_rust += time(&rust);
        if round % 2 == 1 {
            of_c = time(&c);
        }
        by_c.push(of_c);
        by_rust.push(of_rust);
        ratios.push(of_c / of_rust);
    }
    let (of_c, of_rust) = (quantile(&mut by_c, 1, 2), quantile(&mut by_rust, 1, 2));
    let each = |seconds: f64| seconds * 1e9 / calls as f64;
    println!(
        "| {name} | {:.2} | {:.2} | {:.0} | {:.0} | {:.3} ({:.3} to {:.3}) | {:.3} |",
        bytes as f64 / of_c / 1e9,
        bytes as f64 / of_rust / 1e9,
        each(of_c),
        each(of_rust),
        quantile(&mut ratios, 1, 2),
        quantile(&mut ratios, 1, 4),
        quantile(&mut ratios, 3, 4),
        by_c[0] / by_rust[0],
    );
}

fn main() {
    let library = env::var_os("MHL_LIBRARY")
        .map_or_else(Library::linked, |path| Library::load(PathBuf::from(path)));
    let piece: Vec<u8> = (0..PIECE).map(|at| (at * 31 / 7) as u8).collect();
    println!(
        "| row | C GB/s | Rust GB/s | C ns a call | Rust ns a call | C / Rust (quartiles) | of the fastest |"
    );
    println!("|---|---|---|---|---|---|---|");
    let kinds = [
        ("md5", Algorithm::Md5, 1, 16),
        ("xxh64", Algorithm::Xxh64, 4, 4),
        ("xxh3", Algorithm::Xxh3, 5, 4),
    ];
    for (name, algorithm, code, width) in kinds {
        // So many that what a stream's life costs, a row of its own, is no part of these.
        let pieces = if algorithm == Algorithm::Md5 { 16 } else { 256 };
        row(
            &format!("ffi.{name}.one_stream"),
            pieces,
            pieces * PIECE,
            || library.one(code, &piece, pieces),
            || one(algorithm, &piece, pieces),
        );
        let pieces = pieces / width.min(8);
        row(
            &format!("ffi.{name}.{width}x64k"),
            pieces * width,
            pieces * width * PIECE,
            || library.lanes(code, &piece, pieces, width),
            || lanes(algorithm, &piece, pieces, width, false),
        );
        row(
            &format!("ffi.{name}.{width}x64k_in_turn"),
            pieces * width,
            pieces * width * PIECE,
            || library.in_turn(code, &piece, pieces, width),
            || lanes(algorithm, &piece, pieces, width, true),
        );
    }
    let lives = 1_000;
    let xxh64 = Algorithm::Xxh64;
    row(
        "ffi.no_pieces",
        lives,
        0,
        || (0..lives).fold(Vec::new(), |_, _| library.one(4, &[], 0)),
        || (0..lives).fold(Vec::new(), |_, _| one(xxh64, &[], 0)),
    );
    let pieces = 10_000;
    row("ffi.no_bytes", pieces, 0, || library.one(4, &[], pieces), || one(xxh64, &[], pieces));
}
