//! The kernels of SHA-1 and SHA-512 beside the block function of one stream, which is an independent
//! implementation, and beside the examples of FIPS 180-4.

use std::fmt::Debug;

use super::{avx2::Avx2, avx512::Avx512};
use crate::{sha1, sha512};

/// A kernel and what it is compared with.
struct Kernel<State> {
    name: &'static str,
    lanes: usize,
    compress: Box<Compress<State>>,
    one: fn(&mut State, &[u8]),
    initial: State,
    block: usize,
}

type Compress<State> = dyn Fn(&mut [&mut State], &[&[u8]]);

/// Those that this processor can run.
fn sha1_kernels() -> Vec<Kernel<sha1::State>> {
    let kernel = |name, lanes, compress| Kernel {
        name,
        lanes,
        compress,
        one: sha1::compress,
        initial: sha1::INITIAL,
        block: sha1::BLOCK,
    };
    let mut kernels = Vec::new();
    if let Some(token) = Avx2::new() {
        kernels.push(kernel("avx2", Avx2::SHA1_LANES, Box::new(move |s, i| token.sha1(s, i))));
    }
    if let Some(token) = Avx512::new() {
        kernels.push(kernel("avx512", Avx512::SHA1_LANES, Box::new(move |s, i| token.sha1(s, i))));
    }
    kernels
}

fn sha512_kernels() -> Vec<Kernel<sha512::State>> {
    let kernel = |name, lanes, compress| Kernel {
        name,
        lanes,
        compress,
        one: sha512::compress,
        initial: sha512::INITIAL,
        block: sha512::BLOCK,
    };
    let mut kernels = Vec::new();
    if let Some(token) = Avx2::new() {
        let many = move |s: &mut [&mut _], i: &[&[u8]]| token.sha512(s, i);
        kernels.push(kernel("avx2", Avx2::SHA512_LANES, Box::new(many)));
        let one = move |s: &mut [&mut _], i: &[&[u8]]| token.sha512_one(s[0], i[0]);
        kernels.push(kernel("avx2, one stream", 1, Box::new(one)));
    }
    if let Some(token) = Avx512::new() {
        let many = move |s: &mut [&mut _], i: &[&[u8]]| token.sha512(s, i);
        kernels.push(kernel("avx512", Avx512::SHA512_LANES, Box::new(many)));
        let one = move |s: &mut [&mut _], i: &[&[u8]]| token.sha512_one(s[0], i[0]);
        kernels.push(kernel("avx512, one stream", 1, Box::new(one)));
    }
    kernels
}

impl<State: Copy + Debug + PartialEq> Kernel<State> {
    /// Each stream has a state of its own, so that a lane that is mixed up with another is noticed.
    fn equals_one_by_one(&self, inputs: &[&[u8]]) {
        let len = inputs.iter().map(|input| input.len()).min().unwrap() / self.block * self.block;
        let mut states = vec![self.initial; inputs.len()];
        for (lane, state) in states.iter_mut().enumerate() {
            (self.one)(state, &vec![lane as u8; self.block]);
        }
        let mut expected = states.clone();
        (self.compress)(&mut states.iter_mut().collect::<Vec<_>>(), inputs);
        for (state, input) in expected.iter_mut().zip(inputs) {
            (self.one)(state, &input[..len]);
        }
        let lens: Vec<usize> = inputs.iter().map(|input| input.len()).collect();
        assert_eq!(states, expected, "{}, {lens:?}", self.name);
    }

    fn equals_one_by_one_in_every_number(&self) {
        for streams in 1..=self.lanes {
            for blocks in [0, 1, 2, 3, 17] {
                let inputs: Vec<Vec<u8>> =
                    (0..streams).map(|lane| cycle(blocks * self.block, 7 * lane)).collect();
                self.equals_one_by_one(&inputs.iter().map(Vec::as_slice).collect::<Vec<_>>());
            }
            // One takes whole blocks alone; many find them.
            if self.lanes > 1 {
                let longest = 9 * self.block + 3;
                let inputs: Vec<Vec<u8>> =
                    (0..streams).map(|lane| cycle(longest - lane, 7 * lane)).collect();
                let mut inputs: Vec<&[u8]> = inputs.iter().map(Vec::as_slice).collect();
                self.equals_one_by_one(&inputs);
                inputs.reverse();
                self.equals_one_by_one(&inputs);
            }
        }
    }

    fn equals_one_by_one_at_every_alignment(&self) {
        let bytes = cycle(3 * self.block + 64, 0);
        for streams in [self.lanes, self.lanes.div_ceil(2)] {
            for shift in 0..64 {
                let inputs: Vec<&[u8]> = (0..streams)
                    .map(|lane| &bytes[(shift + lane) % 64..][..3 * self.block])
                    .collect();
                self.equals_one_by_one(&inputs);
            }
        }
    }

    /// In every lane the message, padded.
    fn digests(&self, message: &[u8], digest: impl Fn(&State) -> String, expected: &str) {
        let length = self.block / 8;
        let end = (message.len() + 1 + length).next_multiple_of(self.block);
        let mut padded = message.to_vec();
        padded.push(0x80);
        padded.resize(end, 0);
        padded[end - 8..].copy_from_slice(&(8 * message.len() as u64).to_be_bytes());
        for streams in [1, self.lanes.div_ceil(2), self.lanes] {
            let mut states = vec![self.initial; streams];
            let inputs = vec![padded.as_slice(); streams];
            (self.compress)(&mut states.iter_mut().collect::<Vec<_>>(), &inputs);
            for state in &states {
                assert_eq!(digest(state), expected, "{}, {streams} streams", self.name);
            }
        }
    }
}

/// A cycle of 251 bytes: no two blocks of 128 within 32 KiB are alike.
fn cycle(len: usize, from: usize) -> Vec<u8> {
    (from..from + len).map(|i| (i % 251) as u8).collect()
}

#[test]
fn row_82_every_number_of_sha_streams_equals_one_by_one() {
    sha1_kernels().iter().for_each(Kernel::equals_one_by_one_in_every_number);
    sha512_kernels().iter().for_each(Kernel::equals_one_by_one_in_every_number);
}

#[test]
fn every_alignment_of_every_sha_lane_is_read_right() {
    sha1_kernels().iter().for_each(Kernel::equals_one_by_one_at_every_alignment);
    sha512_kernels().iter().for_each(Kernel::equals_one_by_one_at_every_alignment);
}

#[test]
fn every_sha1_lane_gives_the_published_digests() {
    let digest = |state: &sha1::State| state.iter().map(|word| format!("{word:08x}")).collect();
    let million = [b'a'; 1_000_000];
    let examples: [(&[u8], &str); 3] = [
        (b"abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        (
            b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "84983e441c3bd26ebaae4aa1f95129e5e54670f1",
        ),
        (&million, "34aa973cd4c4daa4f61eeb2bdbad27316534016f"),
    ];
    for kernel in sha1_kernels() {
        for (message, expected) in examples {
            kernel.digests(message, digest, expected);
        }
    }
}

#[test]
fn every_sha512_lane_gives_the_published_digests() {
    let digest = |state: &sha512::State| state.iter().map(|word| format!("{word:016x}")).collect();
    let million = [b'a'; 1_000_000];
    let examples: [(&[u8], &str); 3] = [
        (
            b"abc",
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a\
             2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        ),
        (
            b"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn\
              hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
            "8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018\
             501d289e4900f7e4331b99dec4b5433ac7d329eeb6dd26545e96e55b874be909",
        ),
        (
            &million,
            "e718483d0ce769644e2e42c7bc15b4638e1f98b13b2044285632a803afa973eb\
             de0ff244877ea60a4cb0432ce577c31beb009c5c2c49aa2e4eadb217ad8cc09b",
        ),
    ];
    for kernel in sha512_kernels() {
        for (message, expected) in examples {
            kernel.digests(message, digest, expected);
        }
    }
}
