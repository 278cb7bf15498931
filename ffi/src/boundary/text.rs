//! Text and bytes that the library lends out.

use std::{ffi::c_char, path::Path, ptr::null};

/// Text that the library lends: UTF-8, not terminated.
///
/// It belongs to the thing that it was read from and is gone with it. Absent text has NULL for its
/// data; empty text has not.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Text {
    /// The first byte, or NULL.
    pub data: *const c_char,
    /// Bytes.
    pub len: usize,
}

/// Bytes, not terminated. Those that the library lends are owned and absent as `mhl_text`; those that
/// a call is given belong to the caller.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Bytes {
    /// The first byte, or NULL.
    pub data: *const u8,
    /// Bytes.
    pub len: usize,
}

impl Text {
    pub(crate) fn of(text: &str) -> Self {
        Text { data: text.as_ptr().cast(), len: text.len() }
    }

    pub(crate) fn of_optional(text: Option<&str>) -> Self {
        text.map_or(Text { data: null(), len: 0 }, Text::of)
    }
}

impl Bytes {
    /// A path as the system spells it: its raw bytes on Unix, UTF-8 elsewhere (an unpaired
    /// surrogate of Windows takes three bytes).
    pub(crate) fn of_path(path: Option<&Path>) -> Self {
        let none = Bytes { data: null(), len: 0 };
        path.map_or(none, |path| {
            let bytes = path.as_os_str().as_encoded_bytes();
            Bytes { data: bytes.as_ptr(), len: bytes.len() }
        })
    }
}
