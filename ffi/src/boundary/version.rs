//! Which library it is.

use std::ffi::{CStr, c_char};

/// The version of the ABI that this header describes: its upper half changes when a program has to
/// be compiled again and is the number in the shared library's name (`libmhl.so.0`), its lower
/// half when something was added.
pub const ABI_VERSION: u32 = 0x0000_0001;

/// The ABI version of the library that runs. `MHL_ABI_IS_COMPATIBLE()` compares it with the
/// header's: ask once, before any other call.
///
/// Threads: any number at once.
#[unsafe(no_mangle)]
pub extern "C" fn mhl_abi_version() -> u32 {
    ABI_VERSION
}

/// The version of the library that runs, such as `0.1.0`: NUL-terminated, never freed.
///
/// Threads: any number at once.
#[unsafe(no_mangle)]
pub extern "C" fn mhl_version_string() -> *const c_char {
    const VERSION: &CStr =
        match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
            Ok(version) => version,
            Err(_) => c"",
        };
    VERSION.as_ptr()
}
