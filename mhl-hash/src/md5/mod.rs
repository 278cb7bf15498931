//! MD5 (RFC 1321): the hasher of one stream, and the block functions that kernels compete with.

mod one_stream;
pub(crate) mod portable;
mod steps;

pub(crate) use one_stream::Md5;
#[cfg(all(target_arch = "x86_64", not(miri)))]
pub(crate) use steps::CONSTANTS;
pub(crate) use steps::steps;

/// Bytes of a block.
pub(crate) const BLOCK: usize = 64;

/// The four chaining words, which are the digest once the padding is done.
pub(crate) type State = [u32; 4];

/// The chaining words of a stream without a byte.
pub(crate) const INITIAL: State = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476];

/// Length of the whole blocks that every input has.
pub(crate) fn whole_blocks(inputs: &[&[u8]]) -> usize {
    inputs.iter().map(|input| input.len()).min().unwrap_or(0) / BLOCK * BLOCK
}
