//! Handles used by several threads.

use std::{
    sync::{
        Barrier,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    thread,
};

use super::{
    hashing::{digests, hasher, update},
    *,
};

/// Lets a pointer go to another thread, as C does.
#[derive(Clone, Copy)]
struct Shared(*mut Hasher);
// SAFETY: a hasher refuses a second call while one is at work: that is what is tested.
unsafe impl Send for Shared {}
// SAFETY: as above.
unsafe impl Sync for Shared {}

impl Shared {
    fn hasher(self) -> *mut Hasher {
        self.0
    }
}

#[test]
fn row_94_of_several_threads_on_one_hasher_one_works_and_the_others_are_refused() {
    const PIECE: &[u8] = &[0xa5; 64 * 1024];
    let md5 = AlgorithmCode::Md5 as u32;
    let shared = Shared(hasher(&[md5]));
    let (taken, start) = (AtomicUsize::new(0), Barrier::new(4));
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let hasher = shared.hasher();
                start.wait();
                for _ in 0..50 {
                    match update(hasher, PIECE) {
                        Ok(()) => drop(taken.fetch_add(1, Relaxed)),
                        Err(failed) => assert_eq!(failed.status, Status::Busy),
                    }
                }
            });
        }
    });
    // Whatever was taken was taken whole, whatever was refused not at all.
    let alone = hasher(&[md5]);
    for _ in 0..taken.into_inner() {
        update(alone, PIECE).unwrap();
    }
    assert_eq!(digests(shared.hasher()), digests(alone));
}
