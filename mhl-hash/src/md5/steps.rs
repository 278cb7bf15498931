//! The 64 steps of a block (RFC 1321, section 3.4), written once for every kernel.

/// Hands the 64 steps to the macro named.
///
/// A step is `(half step function a b c d word rotation constant)`: `half` and `step` number it from
/// `(0 0)` to `(1 31)`, for kernels that do something else between the steps; the function is one of
/// `F G H I`; `a = b + rotate(a + function(b, c, d) + message[word] + constant, rotation)`.
macro_rules! steps {
    ($kernel:ident) => {
        $kernel! {
            (0  0 F a b c d  0  7 0xd76aa478)
            (0  1 F d a b c  1 12 0xe8c7b756)
            (0  2 F c d a b  2 17 0x242070db)
            (0  3 F b c d a  3 22 0xc1bdceee)
            (0  4 F a b c d  4  7 0xf57c0faf)
            (0  5 F d a b c  5 12 0x4787c62a)
            (0  6 F c d a b  6 17 0xa8304613)
            (0  7 F b c d a  7 22 0xfd469501)
            (0  8 F a b c d  8  7 0x698098d8)
            (0  9 F d a b c  9 12 0x8b44f7af)
            (0 10 F c d a b 10 17 0xffff5bb1)
            (0 11 F b c d a 11 22 0x895cd7be)
            (0 12 F a b c d 12  7 0x6b901122)
            (0 13 F d a b c 13 12 0xfd987193)
            (0 14 F c d a b 14 17 0xa679438e)
            (0 15 F b c d a 15 22 0x49b40821)
            (0 16 G a b c d  1  5 0xf61e2562)
            (0 17 G d a b c  6  9 0xc040b340)
            (0 18 G c d a b 11 14 0x265e5a51)
            (0 19 G b c d a  0 20 0xe9b6c7aa)
            (0 20 G a b c d  5  5 0xd62f105d)
            (0 21 G d a b c 10  9 0x02441453)
            (0 22 G c d a b 15 14 0xd8a1e681)
            (0 23 G b c d a  4 20 0xe7d3fbc8)
            (0 24 G a b c d  9  5 0x21e1cde6)
            (0 25 G d a b c 14  9 0xc33707d6)
            (0 26 G c d a b  3 14 0xf4d50d87)
            (0 27 G b c d a  8 20 0x455a14ed)
            (0 28 G a b c d 13  5 0xa9e3e905)
            (0 29 G d a b c  2  9 0xfcefa3f8)
            (0 30 G c d a b  7 14 0x676f02d9)
            (0 31 G b c d a 12 20 0x8d2a4c8a)
            (1  0 H a b c d  5  4 0xfffa3942)
            (1  1 H d a b c  8 11 0x8771f681)
            (1  2 H c d a b 11 16 0x6d9d6122)
            (1  3 H b c d a 14 23 0xfde5380c)
            (1  4 H a b c d  1  4 0xa4beea44)
            (1  5 H d a b c  4 11 0x4bdecfa9)
            (1  6 H c d a b  7 16 0xf6bb4b60)
            (1  7 H b c d a 10 23 0xbebfbc70)
            (1  8 H a b c d 13  4 0x289b7ec6)
            (1  9 H d a b c  0 11 0xeaa127fa)
            (1 10 H c d a b  3 16 0xd4ef3085)
            (1 11 H b c d a  6 23 0x04881d05)
            (1 12 H a b c d  9  4 0xd9d4d039)
            (1 13 H d a b c 12 11 0xe6db99e5)
            (1 14 H c d a b 15 16 0x1fa27cf8)
            (1 15 H b c d a  2 23 0xc4ac5665)
            (1 16 I a b c d  0  6 0xf4292244)
            (1 17 I d a b c  7 10 0x432aff97)
            (1 18 I c d a b 14 15 0xab9423a7)
            (1 19 I b c d a  5 21 0xfc93a039)
            (1 20 I a b c d 12  6 0x655b59c3)
            (1 21 I d a b c  3 10 0x8f0ccc92)
            (1 22 I c d a b 10 15 0xffeff47d)
            (1 23 I b c d a  1 21 0x85845dd1)
            (1 24 I a b c d  8  6 0x6fa87e4f)
            (1 25 I d a b c 15 10 0xfe2ce6e0)
            (1 26 I c d a b  6 15 0xa3014314)
            (1 27 I b c d a 13 21 0x4e0811a1)
            (1 28 I a b c d  4  6 0xf7537e82)
            (1 29 I d a b c 11 10 0xbd3af235)
            (1 30 I c d a b  2 15 0x2ad7d2bb)
            (1 31 I b c d a  9 21 0xeb86d391)
        }
    };
}
pub(crate) use steps;

/// The constants of the steps, for kernels that read them from memory.
#[cfg(all(target_arch = "x86_64", not(miri)))]
pub(crate) static CONSTANTS: [u32; 64] = {
    macro_rules! constants {
        ($(($half:tt $step:tt $f:ident $a:ident $b:ident $c:ident $d:ident
            $word:tt $rotation:tt $constant:literal))*) => {
            [$($constant),*]
        };
    }
    steps!(constants)
};
