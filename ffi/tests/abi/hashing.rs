//! Hashers, streams and the texts of digests.

use std::ffi::c_char;

use proptest::prelude::*;

use super::*;

const MD5: u32 = AlgorithmCode::Md5 as u32;
const XXH64: u32 = AlgorithmCode::Xxh64 as u32;
const C4: u32 = AlgorithmCode::C4 as u32;
const ALL: [u32; 7] = [1, 2, 3, 4, 5, 6, 7];

const EMPTY: Digest = Digest { algorithm: 0, len: 0, bytes: [0; DIGEST_LEN_MAX] };

pub(crate) fn hasher(algorithms: &[u32]) -> *mut Hasher {
    let mut hasher = null_mut();
    // SAFETY: a slice and a local.
    call(|e| unsafe { mhl_hasher_new(algorithms.as_ptr(), algorithms.len(), &raw mut hasher, e) })
        .unwrap();
    hasher
}

pub(crate) fn update(hasher: *mut Hasher, bytes: &[u8]) -> Result<(), Failed> {
    // SAFETY: a live hasher and a slice.
    call(|e| unsafe { mhl_hasher_update(hasher, bytes.as_ptr().cast(), bytes.len(), e) })
}

/// Finishes with room for `capacity` digests, and tells the count too.
fn finish_within(hasher: *mut Hasher, capacity: usize) -> (Result<(), Failed>, Vec<Digest>, usize) {
    let (mut digests, mut count) = (vec![EMPTY; capacity + 1], usize::MAX);
    // SAFETY: a live hasher and locals with more room than is told.
    let result = call(|e| unsafe {
        mhl_hasher_finish(hasher, digests.as_mut_ptr(), capacity, &raw mut count, e)
    });
    assert_eq!(digests[capacity], EMPTY, "nothing is written past the end");
    digests.pop();
    (result, digests, count)
}

/// Finishes and frees.
pub(crate) fn digests(hasher: *mut Hasher) -> Vec<Digest> {
    let (result, mut digests, count) = finish_within(hasher, ALL.len());
    result.unwrap();
    digests.truncate(count);
    // SAFETY: live until here.
    unsafe { mhl_hasher_free(hasher) };
    digests
}

fn spelled(digest: &Digest) -> String {
    let (mut text, mut needed) = ([0; DIGEST_TEXT_MAX], 0);
    // SAFETY: locals.
    call(|e| unsafe { mhl_digest_text(digest, text.as_mut_ptr(), text.len(), &raw mut needed, e) })
        .unwrap();
    // SAFETY: NUL-terminated by the call.
    let spelled = unsafe { CStr::from_ptr(text.as_ptr()) }.to_str().unwrap();
    assert_eq!(needed, spelled.len() + 1);
    spelled.to_owned()
}

#[test]
fn several_digests_come_in_the_order_of_their_algorithms() {
    let hasher = hasher(&[XXH64, MD5, XXH64]);
    update(hasher, b"a").unwrap();
    update(hasher, b"bc").unwrap();
    let digests = digests(hasher);
    assert_eq!(digests.iter().map(|digest| digest.algorithm).collect::<Vec<_>>(), [XXH64, MD5]);
    assert_eq!(spelled(&digests[0]), "44bc2cf5ad770999");
    assert_eq!(digests[0].bytes[..8], [0x44, 0xbc, 0x2c, 0xf5, 0xad, 0x77, 0x09, 0x99]);
    assert_eq!(digests[0].len, 8);
    assert_eq!(spelled(&digests[1]), "900150983cd24fb0d6963f7d28e17f72");
}

proptest! {
    #[test]
    fn streams_pushed_in_turn_equal_hashers(
        pushes in proptest::collection::vec((0usize..3, proptest::collection::vec(any::<u8>(), 0..999)), 0..20),
    ) {
        let mut streams = null_mut();
        let hashers: [_; 3] = std::array::from_fn(|_| hasher(&ALL));
        let mut numbers = [0u64; 3];
        // SAFETY: live handles, slices and locals; the set is freed once and last.
        unsafe {
            call(|e| mhl_streams_new(ALL.as_ptr(), ALL.len(), &raw mut streams, e)).unwrap();
            for number in &mut numbers {
                call(|e| mhl_streams_start(streams, number, e)).unwrap();
            }
            for (which, bytes) in &pushes {
                update(hashers[*which], bytes).unwrap();
                call(|e| mhl_streams_push(streams, numbers[*which], bytes.as_ptr().cast(), bytes.len(), e)).unwrap();
            }
            for (hasher, number) in hashers.into_iter().zip(numbers) {
                let (mut ended, mut count) = ([EMPTY; ALL.len()], 0);
                call(|e| mhl_streams_finish(streams, number, ended.as_mut_ptr(), ended.len(), &raw mut count, e)).unwrap();
                prop_assert_eq!(count, ALL.len());
                prop_assert_eq!(digests(hasher), ended.to_vec());
            }
            mhl_streams_free(streams);
        }
    }
}

proptest! {
    #[test]
    fn streams_pushed_side_by_side_equal_hashers(
        calls in proptest::collection::vec(
            proptest::collection::vec((0usize..3, proptest::collection::vec(any::<u8>(), 0..999)), 0..9),
            0..6,
        ),
    ) {
        let mut streams = null_mut();
        let hashers: [_; 3] = std::array::from_fn(|_| hasher(&ALL));
        let mut numbers = [0u64; 3];
        // SAFETY: live handles, slices and locals; the set is freed once and last.
        unsafe {
            call(|e| mhl_streams_new(ALL.as_ptr(), ALL.len(), &raw mut streams, e)).unwrap();
            for number in &mut numbers {
                call(|e| mhl_streams_start(streams, number, e)).unwrap();
            }
            for pieces in &calls {
                pieces.iter().for_each(|(which, bytes)| update(hashers[*which], bytes).unwrap());
                let pieces: Vec<Piece> = pieces.iter().map(|(which, bytes)| {
                    Piece { stream: numbers[*which], bytes: bytes.as_ptr().cast(), len: bytes.len() }
                }).collect();
                call(|e| mhl_streams_push_each(streams, pieces.as_ptr(), pieces.len(), e)).unwrap();
            }
            for (hasher, number) in hashers.into_iter().zip(numbers) {
                let (mut ended, mut count) = ([EMPTY; ALL.len()], 0);
                call(|e| mhl_streams_finish(streams, number, ended.as_mut_ptr(), ended.len(), &raw mut count, e)).unwrap();
                prop_assert_eq!(digests(hasher), ended.to_vec());
            }
            mhl_streams_free(streams);
        }
    }
}

#[test]
fn row_83_of_many_pieces_none_is_taken_where_one_is_bad() {
    let (mut streams, mut stream, mut digest, mut count) = (null_mut(), 0, EMPTY, 0);
    // SAFETY: a live set, locals and literals; bytes that are NULL, or more than there can be, are
    // what is asked about.
    unsafe {
        call(|e| mhl_streams_new(&MD5, 1, &raw mut streams, e)).unwrap();
        call(|e| mhl_streams_start(streams, &raw mut stream, e)).unwrap();
        let good = Piece { stream, bytes: b"abc".as_ptr().cast(), len: 3 };
        let refused = |bad: Piece| {
            let pieces = [good, bad];
            refusal(|e| mhl_streams_push_each(streams, pieces.as_ptr(), 2, e))
        };
        assert_eq!(refused(Piece { stream: stream + 1, ..good }), Status::NotFound);
        assert_eq!(refused(Piece { bytes: null(), ..good }), Status::NullPointer);
        assert_eq!(refused(Piece { len: usize::MAX, ..good }), Status::TooLong);
        let none = refusal(|e| mhl_streams_push_each(streams, null(), 1, e));
        assert_eq!(none, Status::NullPointer);
        let many = refusal(|e| mhl_streams_push_each(streams, &good, usize::MAX / 8, e));
        assert_eq!(many, Status::TooLong);
        call(|e| mhl_streams_push_each(streams, null(), 0, e)).unwrap();
        call(|e| mhl_streams_push_each(streams, &Piece { bytes: null(), len: 0, ..good }, 1, e))
            .unwrap();
        call(|e| mhl_streams_push_each(streams, &good, 1, e)).unwrap();
        call(|e| mhl_streams_finish(streams, stream, &raw mut digest, 1, &raw mut count, e))
            .unwrap();
        mhl_streams_free(streams);
    }
    assert_eq!(spelled(&digest), "900150983cd24fb0d6963f7d28e17f72", "of what was taken alone");
}

#[test]
fn row_83_null_outputs_and_buffers_are_refused() {
    let live = hasher(&[MD5]);
    let mut digest = EMPTY;
    // SAFETY: a live hasher, locals, and NULL, which every call accepts.
    unsafe {
        let refused = [
            refusal(|e| mhl_hasher_new(&MD5, 1, null_mut(), e)),
            refusal(|e| mhl_hasher_new(null(), 1, &mut null_mut(), e)),
            refusal(|e| mhl_hasher_update(live, null(), 1, e)),
            refusal(|e| mhl_hasher_finish(live, &raw mut digest, 1, null_mut(), e)),
            refusal(|e| mhl_hasher_finish(live, null_mut(), 1, &mut 0, e)),
            refusal(|e| mhl_streams_new(&MD5, 1, null_mut(), e)),
            refusal(|e| mhl_cancel_token_new(null_mut(), e)),
        ];
        assert_eq!(refused, [Status::NullPointer; 7]);
    }
    update(live, b"abc").unwrap();
    assert_eq!(
        spelled(&digests(live)[0]),
        "900150983cd24fb0d6963f7d28e17f72",
        "none took anything"
    );
}

#[test]
fn row_84_null_with_length_0_is_no_bytes() {
    let hasher = hasher(&[MD5]);
    // SAFETY: a live hasher; NULL with length 0 is accepted.
    call(|e| unsafe { mhl_hasher_update(hasher, null(), 0, e) }).unwrap();
    assert_eq!(spelled(&digests(hasher)[0]), "d41d8cd98f00b204e9800998ecf8427e");
}

#[test]
fn row_85_a_length_that_no_memory_holds_is_refused() {
    let live = hasher(&[MD5]);
    let mut made = null_mut();
    // SAFETY: the lengths are refused before anything is read.
    unsafe {
        for len in [isize::MAX as usize + 1, usize::MAX] {
            let refused = refusal(|e| mhl_hasher_update(live, b"a".as_ptr().cast(), len, e));
            assert_eq!(refused, Status::TooLong);
        }
        let len = isize::MAX as usize / 4 + 1;
        let refused = refusal(|e| mhl_hasher_new(&MD5, len, &raw mut made, e));
        assert_eq!(refused, Status::TooLong);
        assert!(made.is_null());
    }
    assert_eq!(spelled(&digests(live)[0]), "d41d8cd98f00b204e9800998ecf8427e", "nothing was taken");
}

#[test]
fn row_87_a_text_too_small_tells_the_needed_length_and_is_left_alone() {
    let hasher = hasher(&[C4]);
    let digest = digests(hasher)[0];
    let expected = "c459dsjfscH38cYeXXYogktxf4Cd9ibshE3BHUo6a58hBXmRQdZrAkZzsWcbWtDg5oQstpDuni4Hirj75GEmTc1sFT";
    for capacity in 0..=DIGEST_TEXT_MAX {
        let (mut text, mut needed) = ([b'#' as c_char; DIGEST_TEXT_MAX + 1], 0);
        // SAFETY: a local with more room than is told.
        let result = call(|e| unsafe {
            mhl_digest_text(&raw const digest, text.as_mut_ptr(), capacity, &raw mut needed, e)
        });
        assert_eq!(needed, DIGEST_TEXT_MAX, "C4 is the longest");
        if capacity < DIGEST_TEXT_MAX {
            assert_eq!(result.unwrap_err().status, Status::TooSmall);
            assert!(text.iter().all(|&byte| byte == b'#' as c_char), "written at {capacity}");
        } else {
            result.unwrap();
            let written: Vec<u8> = text.iter().map(|&byte| byte as u8).collect();
            assert_eq!(written, [expected.as_bytes(), b"\0#"].concat());
        }
    }
}

#[test]
fn row_87_digests_too_many_tell_their_number_and_end_nothing() {
    let hasher = hasher(&[MD5, C4]);
    for capacity in [0, 1] {
        let (result, digests, count) = finish_within(hasher, capacity);
        assert_eq!(result.unwrap_err().status, Status::TooSmall);
        assert_eq!(count, 2);
        assert!(digests.iter().all(|digest| *digest == EMPTY));
    }
    update(hasher, b"abc").unwrap();
    assert_eq!(spelled(&digests(hasher)[0]), "900150983cd24fb0d6963f7d28e17f72");
}

#[test]
fn row_88_what_was_ended_is_refused() {
    let hasher = hasher(&[MD5]);
    finish_within(hasher, 1).0.unwrap();
    assert_eq!(finish_within(hasher, 1).0.unwrap_err().status, Status::Finished);
    assert_eq!(update(hasher, b"a").unwrap_err().status, Status::Finished);
    let (mut streams, mut stream, mut digest, mut count) = (null_mut(), 0, EMPTY, 0);
    // SAFETY: live handles and locals, each freed once and last.
    unsafe {
        mhl_hasher_free(hasher);
        call(|e| mhl_streams_new(&MD5, 1, &raw mut streams, e)).unwrap();
        assert_eq!(refusal(|e| mhl_streams_push(streams, stream, null(), 0, e)), Status::NotFound);
        call(|e| mhl_streams_start(streams, &raw mut stream, e)).unwrap();
        let mut finish =
            || call(|e| mhl_streams_finish(streams, stream, &raw mut digest, 1, &raw mut count, e));
        finish().unwrap();
        assert_eq!(finish().unwrap_err().status, Status::NotFound);
        assert_eq!(refusal(|e| mhl_streams_push(streams, stream, null(), 0, e)), Status::NotFound);
        mhl_streams_free(streams);
    }
}

#[test]
fn row_95_numbers_that_no_algorithm_has_are_refused() {
    for wrong in [&[0][..], &[MD5, 8], &[u32::MAX], &[]] {
        let mut made = null_mut::<Hasher>();
        // SAFETY: a slice and a local.
        let refused =
            refusal(|e| unsafe { mhl_hasher_new(wrong.as_ptr(), wrong.len(), &raw mut made, e) });
        assert_eq!(refused, Status::InvalidArgument, "{wrong:?}");
        assert!(made.is_null());
    }
    let md5 = Digest { algorithm: MD5, len: 16, ..EMPTY };
    for wrong in
        [Digest { algorithm: 0, ..md5 }, Digest { len: 17, ..md5 }, Digest { len: 65, ..md5 }]
    {
        let mut needed = 0;
        // SAFETY: a local; no room is told.
        let refused = refusal(|e| unsafe {
            mhl_digest_text(&raw const wrong, null_mut(), 0, &raw mut needed, e)
        });
        assert_eq!(refused, Status::InvalidArgument, "{wrong:?}");
    }
}
