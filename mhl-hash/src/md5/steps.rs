//! The 64 steps of a block (RFC 1321, section 3.4), written once for every kernel.

/// Hands the 64 steps to the macro named.
///
/// A step is `(round step function a b c d word rotation constant)`: `round` and `step` number it from
/// `(0 0)` to `(3 15)`, for kernels that do something else between the steps; the function is one of
/// `F G H I`; `a = b + rotate(a + function(b, c, d) + message[word] + constant, rotation)`.
macro_rules! steps {
    ($kernel:ident $($arguments:tt)*) => {
        $kernel! {
            $($arguments)*
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
            (1  0 G a b c d  1  5 0xf61e2562)
            (1  1 G d a b c  6  9 0xc040b340)
            (1  2 G c d a b 11 14 0x265e5a51)
            (1  3 G b c d a  0 20 0xe9b6c7aa)
            (1  4 G a b c d  5  5 0xd62f105d)
            (1  5 G d a b c 10  9 0x02441453)
            (1  6 G c d a b 15 14 0xd8a1e681)
            (1  7 G b c d a  4 20 0xe7d3fbc8)
            (1  8 G a b c d  9  5 0x21e1cde6)
            (1  9 G d a b c 14  9 0xc33707d6)
            (1 10 G c d a b  3 14 0xf4d50d87)
            (1 11 G b c d a  8 20 0x455a14ed)
            (1 12 G a b c d 13  5 0xa9e3e905)
            (1 13 G d a b c  2  9 0xfcefa3f8)
            (1 14 G c d a b  7 14 0x676f02d9)
            (1 15 G b c d a 12 20 0x8d2a4c8a)
            (2  0 H a b c d  5  4 0xfffa3942)
            (2  1 H d a b c  8 11 0x8771f681)
            (2  2 H c d a b 11 16 0x6d9d6122)
            (2  3 H b c d a 14 23 0xfde5380c)
            (2  4 H a b c d  1  4 0xa4beea44)
            (2  5 H d a b c  4 11 0x4bdecfa9)
            (2  6 H c d a b  7 16 0xf6bb4b60)
            (2  7 H b c d a 10 23 0xbebfbc70)
            (2  8 H a b c d 13  4 0x289b7ec6)
            (2  9 H d a b c  0 11 0xeaa127fa)
            (2 10 H c d a b  3 16 0xd4ef3085)
            (2 11 H b c d a  6 23 0x04881d05)
            (2 12 H a b c d  9  4 0xd9d4d039)
            (2 13 H d a b c 12 11 0xe6db99e5)
            (2 14 H c d a b 15 16 0x1fa27cf8)
            (2 15 H b c d a  2 23 0xc4ac5665)
            (3  0 I a b c d  0  6 0xf4292244)
            (3  1 I d a b c  7 10 0x432aff97)
            (3  2 I c d a b 14 15 0xab9423a7)
            (3  3 I b c d a  5 21 0xfc93a039)
            (3  4 I a b c d 12  6 0x655b59c3)
            (3  5 I d a b c  3 10 0x8f0ccc92)
            (3  6 I c d a b 10 15 0xffeff47d)
            (3  7 I b c d a  1 21 0x85845dd1)
            (3  8 I a b c d  8  6 0x6fa87e4f)
            (3  9 I d a b c 15 10 0xfe2ce6e0)
            (3 10 I c d a b  6 15 0xa3014314)
            (3 11 I b c d a 13 21 0x4e0811a1)
            (3 12 I a b c d  4  6 0xf7537e82)
            (3 13 I d a b c 11 10 0xbd3af235)
            (3 14 I c d a b  2 15 0x2ad7d2bb)
            (3 15 I b c d a  9 21 0xeb86d391)
        }
    };
}
pub(crate) use steps;

/// The constants of the steps, for kernels that read them from memory.
#[cfg(all(target_arch = "x86_64", target_pointer_width = "64", not(miri)))]
pub(crate) static CONSTANTS: [u32; 64] = {
    macro_rules! constants {
        ($(($round:tt $step:tt $f:ident $a:ident $b:ident $c:ident $d:ident
            $word:tt $rotation:tt $constant:literal))*) => {
            [$($constant),*]
        };
    }
    steps!(constants)
};
