//! Several paths, as C passes them.

use std::{ffi::c_char, path::PathBuf};

use crate::{
    Bytes, Error,
    boundary::arguments::{elements, path_from_bytes, path_from_utf8, path_from_utf16},
};

/// Paths at an array, each read in its spelling.
///
/// # Safety
/// `paths` is NULL or points to `len` elements, of which each is as `read` needs it.
unsafe fn paths<T: Copy>(
    paths: *const T,
    len: usize,
    name: &str,
    read: impl Fn(T) -> Result<PathBuf, Error>,
) -> Result<Vec<PathBuf>, Error> {
    // SAFETY: as the caller promises.
    let elements = unsafe { elements(paths, len, name) }?.iter().enumerate();
    elements
        .map(|(index, path)| read(*path).map_err(|error| error.of(&format!("{name}[{index}]"))))
        .collect()
}

/// Paths in NUL-terminated UTF-8.
///
/// # Safety
/// `from` is NULL or points to `len` pointers, each NULL or NUL-terminated.
pub(crate) unsafe fn paths_from_utf8(
    from: *const *const c_char,
    len: usize,
    name: &str,
) -> Result<Vec<PathBuf>, Error> {
    // SAFETY: as the caller promises.
    unsafe { paths(from, len, name, |path| path_from_utf8(path)) }
}

/// Paths in the system's own bytes.
///
/// # Safety
/// `from` is NULL or points to `len` structs, each with NULL or as many bytes as it says.
pub(crate) unsafe fn paths_from_bytes(
    from: *const Bytes,
    len: usize,
    name: &str,
) -> Result<Vec<PathBuf>, Error> {
    // SAFETY: as the caller promises.
    unsafe { paths(from, len, name, |path| path_from_bytes(path.data, path.len)) }
}

/// Paths in NUL-terminated UTF-16.
///
/// # Safety
/// `from` is NULL or points to `len` pointers, each NULL or NUL-terminated.
pub(crate) unsafe fn paths_from_utf16(
    from: *const *const u16,
    len: usize,
    name: &str,
) -> Result<Vec<PathBuf>, Error> {
    // SAFETY: as the caller promises.
    unsafe { paths(from, len, name, |path| path_from_utf16(path)) }
}
